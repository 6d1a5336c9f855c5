//! Bots of the other program: from the file through the API to a customer's phone.
//!
//! The customers are those who try the engine (`crates/flow/tests/typebot/customer.rs`): what they say follows from the
//! question and a seed. What they must get is read out of the file itself.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use beseda_flow::{Body, Button, Flow, Input, Outgoing, Row};
use serde_json::{Value, json};

use crate::support::api::{Answer, Api};
use crate::support::program::Launch;
use crate::support::service::Service;
use crate::support::until;
use crate::support::world::{World, set_up};

#[path = "../../crates/flow/tests/typebot/beside.rs"]
mod beside;
#[path = "../../crates/flow/tests/typebot/customer.rs"]
#[allow(dead_code, reason = "what the engine's own tests use of the customers")]
mod customer;

/// Customers who talk to a bot until one of them comes to its end.
const CUSTOMERS: u64 = 8;
/// Messages of the bot after which a customer goes away: some bots talk for ever, and WhatsApp slows down who sends one
/// person more than 45 at a time.
const MESSAGES: usize = 32;

/// The samples beside the repository, and the fixtures within it that need nothing but a phone.
fn files() -> Vec<PathBuf> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fixtures = repository.join("crates/flow/tests/fixtures/typebot");
    let own =
        ["bubbles", "cards", "choices", "conditions", "inputs", "pictures", "russian", "set", "v3", "v6_1"];
    let mut files = beside::samples(repository);
    files.extend(own.map(|name| fixtures.join(format!("{name}.json"))));
    files
}

/// A bot that came out of a file.
struct Bot {
    name: String,
    file: Value,
    report: Vec<Value>,
    missing: Vec<Value>,
    flow: Flow,
    id: String,
}

impl Bot {
    /// Imports it, allows what is switched off and points it to this machine's services.
    async fn new(world: &World, path: &Path) -> Self {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let shown = import(&world.api, &file).await;
        assert!(shown.status.is_success(), "{name}: {shown}");
        let shown = shown.json();
        let bot = world.api.post("/api/v1/bots", json!({ "flow": shown["flow"] })).await.expect(201);
        let id = bot["id"].as_str().unwrap().to_owned();
        let draft = world.api.get(&format!("/api/v1/bots/{id}/draft")).await.ok();
        let flow = Flow::from_value(draft["flow"].clone()).unwrap();
        let flow = outside(&world.api, customer::allowed(&flow)).await;
        let changed = json!({ "flow": flow, "revision": draft["revision"] });
        world.api.put(&format!("/api/v1/bots/{id}/draft"), changed).await.ok();
        let list = |value: &Value| value.as_array().unwrap().clone();
        Self { name, file, report: list(&shown["report"]), missing: list(&shown["missing"]), flow, id }
    }

    /// Publishes it, switched off. Those that it runs may be published later.
    async fn publish(&self, api: &Api) {
        let published = api.post(&format!("/api/v1/bots/{}/publish", self.id), json!({})).await;
        assert!(published.status.is_success(), "{}: {published}", self.name);
        self.enable(api, false).await;
    }

    async fn enable(&self, api: &Api, enabled: bool) {
        api.patch(&format!("/api/v1/bots/{}", self.id), json!({ "enabled": enabled })).await.ok();
    }

    fn is_whole(&self) -> bool {
        self.report.iter().all(|row| row["verdict"]["verdict"] != "unsupported")
    }

    /// The plain words of the file's texts by the blocks that they became, where no variable is in them.
    fn words(&self) -> HashMap<&str, Vec<&str>> {
        let texts = self.report.iter().filter(|row| row["kind"] == "text");
        texts
            .filter_map(|row| {
                let content = &self.file.pointer(row["place"].as_str()?)?["content"];
                let mut words = Vec::new();
                plain(&content["richText"], &mut words);
                Some((row["block"].as_str()?, words))
            })
            .collect()
    }
}

/// The texts in a tree of paragraphs, links and styles.
fn plain<'a>(node: &'a Value, words: &mut Vec<&'a str>) {
    match node {
        Value::Array(nodes) => nodes.iter().for_each(|node| plain(node, words)),
        Value::Object(fields) => match fields.get("text").and_then(Value::as_str).map(str::trim) {
            Some(text) if !text.is_empty() && !text.contains("{{") => words.push(text),
            Some(_) => {}
            None => fields.get("children").into_iter().for_each(|node| plain(node, words)),
        },
        _ => {}
    }
}

async fn import(api: &Api, file: &Value) -> Answer {
    api.post("/api/v1/bots/import", json!({ "format": "typebot", "file": file })).await
}

/// Makes a bot that says little for each that is run by these and lies in none of the files.
async fn stand_in(api: &Api, bots: &[Bot]) {
    let here: HashSet<&str> = bots.iter().map(|bot| bot.flow.id.as_str()).collect();
    let missing: HashSet<&str> =
        bots.iter().flat_map(|bot| &bot.missing).filter_map(|missing| missing["bot"].as_str()).collect();
    for id in missing.difference(&here) {
        let flow = json!({"schema": 1, "id": id, "name": id, "language": "en", "groups": [
            {"id": "g", "title": "G", "blocks": [{"id": "m", "kind": "message", "text": "From another bot."}]}]});
        let bot = api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
        let path = format!("/api/v1/bots/{}", bot["id"].as_str().unwrap());
        api.post(&format!("{path}/publish"), json!({})).await.ok();
        api.patch(&path, json!({ "enabled": false })).await.ok();
    }
}

/// The flow with its services on this machine: each answers with what its block wants to keep.
async fn outside(api: &Api, mut flow: Flow) -> Flow {
    for block in flow.groups.iter_mut().flat_map(|group| &mut group.blocks) {
        match &mut block.body {
            Body::Http(http) if !http.url.is_empty() => {
                let mut answer = json!({});
                http.save.iter().for_each(|save| customer::put(&mut answer, &save.path));
                http.url = Service::start(vec![("/", 200, answer)]).await.url;
            }
            Body::AiAnswer(ai) => {
                let said = json!({"choices": [{"message": {"content": "A model's answer."}}], "usage": {"total_tokens": 5}});
                let url = Service::start(vec![("/chat/completions", 200, said)]).await.url;
                let name = "model".to_owned();
                let connection = json!({"kind": "ai", "url": url, "model": "small", "secret": "sk-1"});
                api.put(&format!("/api/v1/connections/{name}"), connection).await.ok();
                ai.model.connection = Some(name);
            }
            _ => {}
        }
    }
    flow
}

/// What the phone shows, as the customers take it.
fn shown(message: &Value) -> Option<Outgoing> {
    let content = &message["content"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let items = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let body = text(&content["body"]);
    Some(match content["type"].as_str()? {
        "text" => Outgoing::Text { body },
        "buttons" => {
            let buttons = items(&content["buttons"]);
            let button = |one: &Value| Button { id: text(&one["id"]), title: text(&one["title"]) };
            Outgoing::Buttons { body, buttons: buttons.iter().map(button).collect() }
        }
        "list" => {
            let rows = items(&content["sections"])
                .iter()
                .flat_map(|section| items(&section["rows"]))
                .collect::<Vec<_>>();
            let row = |one: &Value| Row {
                id: text(&one["id"]),
                title: text(&one["title"]),
                description: text(&one["description"]),
            };
            Outgoing::List { body, button: text(&content["button"]), rows: rows.iter().map(row).collect() }
        }
        _ => return None,
    })
}

/// One customer's talk with a bot, to its end or until they go away. Gives the run as it stands then, and how many of the
/// file's words were on the phone.
async fn talk(world: &World, bot: &Bot, wa_id: &str, mut dice: u64) -> (Value, usize) {
    world.customer(wa_id, wa_id).await;
    world.writes(wa_id, "Hello").await;
    let mut known = Value::Null;
    loop {
        let run = waiting(world, bot, wa_id, &known).await;
        let (chat, told) = arrived(world, bot, wa_id, &run).await;
        if run["state"] == "ended"
            || chat.iter().filter(|message| message["direction"] == "out").count() > MESSAGES
        {
            return (run, told);
        }
        known = run["updated_at"].clone();
        let block = run["block"].as_str().unwrap();
        let question = bot.flow.groups.iter().flat_map(|group| &group.blocks).find(|one| one.id == block);
        let Some(Body::Question(question)) = question.map(|block| &block.body) else {
            // It waits in another bot that this one runs.
            world.writes(wa_id, "Anna").await;
            continue;
        };
        // Some bots wait for an answer before they have said anything.
        let last = chat.iter().rev().find(|message| message["direction"] == "out").unwrap_or(&Value::Null);
        match customer::answer(question, shown(last).as_ref(), &mut dice) {
            Input::Text { text } => world.writes(wa_id, &text).await,
            Input::Reply { id, title } => {
                let kind = if last["content"]["type"] == "list" { "list" } else { "button" };
                world.taps(wa_id, last, kind, &json!({ "id": id, "title": title })).await
            }
            Input::Media { .. } => {
                world.says(wa_id, json!({"type": "location", "latitude": 1.0, "longitude": 2.0})).await
            }
            other => panic!("no customer says {other:?}"),
        };
    }
}

/// The customer's run, once it has moved and waits for an answer or is over.
async fn waiting(world: &World, bot: &Bot, wa_id: &str, known: &Value) -> Value {
    until(&format!("{}: a question or the end for {wa_id}", bot.name), || async {
        let runs = world.api.get(&format!("/api/v1/bots/{}/runs?search={wa_id}", bot.id)).await.ok();
        let run = runs["items"].as_array()?.first()?.clone();
        let stands = run["state"] == "ended" || run["waits_for"] == "answer";
        (stands && run["updated_at"] != *known).then_some(run)
    })
    .await
}

/// What is on the phone, once all that the run has said is there; and it is what the file says, in so many places.
async fn arrived(world: &World, bot: &Bot, wa_id: &str, run: &Value) -> (Vec<Value>, usize) {
    let path = format!("/api/v1/bots/{}/runs/{}", bot.id, run["id"].as_str().unwrap());
    let story = world.api.get(&path).await.ok();
    let lines = story["lines"].as_array().unwrap();
    let said = lines.iter().filter(|line| line["message"]["direction"] == "out").count();
    let chat = world
        .phone(wa_id, &format!("{}: {said} messages on the phone of {wa_id}", bot.name), |chat| {
            let out = chat.iter().filter(|message| message["direction"] == "out").count();
            (out >= said).then(|| chat.to_vec())
        })
        .await;
    let heard: String = chat.iter().map(|message| message["content"].to_string()).collect();
    let heard = heard.replace("\\\"", "\"");
    let (words, mut told) = (bot.words(), 0);
    for block in lines.iter().filter(|line| line["step"]["kind"] == "entered") {
        for words in words.get(block["step"]["block"].as_str().unwrap_or_default()).into_iter().flatten() {
            let written = words.replace('\n', "\\n");
            assert!(heard.contains(&written), "{}: {wa_id} was not told {words:?} but\n{heard}", bot.name);
            told += 1;
        }
    }
    (chat, told)
}

#[tokio::test]
async fn every_sample_is_imported_and_talks_to_its_end_on_a_phone() {
    let program = Launch::serve().setting("BESEDA_BOTS__PRIVATE_ADDRESSES", "allow").start().await;
    let api = set_up(&program).await;
    let number = api.post("/api/v1/whatsapp/numbers/simulated", json!({})).await.expect(201);
    let world = World { program, api, number };
    for bot in world.api.all("/api/v1/bots").await {
        world.api.delete(&format!("/api/v1/bots/{}", bot["id"].as_str().unwrap())).await;
    }
    // All of them first: some run one another.
    let mut bots = Vec::new();
    for path in files() {
        bots.push(Bot::new(&world, &path).await);
    }
    stand_in(&world.api, &bots).await;
    for bot in &bots {
        bot.publish(&world.api).await;
    }
    let (mut phone, mut told) = (447_700_900_000_u64, 0);
    for bot in &bots {
        bot.enable(&world.api, true).await;
        let must_end = bot.is_whole() && !beside::has_no_end(&bot.file);
        let mut reasons = HashSet::new();
        for seed in 0..CUSTOMERS {
            phone += 1;
            let (run, words) = talk(&world, bot, &phone.to_string(), seed).await;
            told += words;
            let reason = run["reason"].as_str().unwrap_or("live").to_owned();
            assert!(["finished", "live"].contains(&reason.as_str()), "{}: {run}", bot.name);
            reasons.insert(reason);
            if !must_end || reasons.contains("finished") {
                break;
            }
        }
        assert!(!must_end || reasons.contains("finished"), "{}: nobody came to the end", bot.name);
        bot.enable(&world.api, false).await;
    }
    assert!(told > 2 * bots.len(), "only {told} texts of the files could be looked for on a phone");
    world.program.stop();
}
