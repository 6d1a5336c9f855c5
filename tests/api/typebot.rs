//! Bots of the other program: from the file through the API to a customer's phone.
//!
//! The customers follow the scripts that the engine's own tests make of a flow (`crates/flow/tests/typebot/scripts.rs`): from
//! the first word to the last, and together by every block. What they must get is read out of the file itself.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use beseda_flow::{Body, Flow};
use futures_util::future::join_all;
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
#[path = "../../crates/flow/tests/typebot/scripts.rs"]
#[allow(dead_code, reason = "what the engine's own tests use of the scripts")]
mod scripts;

use scripts::{NEVER, Stage, Turn, WHOLE, parts};

/// Blocks that the engine's own tests come by and nobody on this phone, and why.
const ELSEWHERE: [(&str, &[&str], &str); 2] = [
    (
        "high-ticket-lead-follow-up.json",
        &[
            "fe9p6xxrj2lf2pg1675p35l3",
            "htbzhd7dzgh9ki2n2jzd6rf8",
            "q53wqzj3y8ep8al67si34w15",
            "x7jrbbl5ria15ru7fsdpagzm",
        ],
        "the model that is asked before them finds nothing; the one here always finds something",
    ),
    ("linkTypebots_2.json", &["end"], "a bot that is run is missing; here something stands in for it"),
];

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
        let mut flow = outside(&world.api, customer::allowed(&flow)).await;
        // How long it types is tried elsewhere.
        flow.settings.typing = None;
        let list = |value: &Value| value.as_array().unwrap().clone();
        Self { name, file, report: list(&shown["report"]), missing: list(&shown["missing"]), flow, id }
    }

    /// Publishes it as this flow, switched off. Those that it runs may be published later.
    async fn publish(&self, api: &Api, flow: &Flow) {
        let draft = format!("/api/v1/bots/{}/draft", self.id);
        let revision = api.get(&draft).await.ok()["revision"].clone();
        api.put(&draft, json!({ "flow": flow, "revision": revision })).await.ok();
        let published = api.post(&format!("/api/v1/bots/{}/publish", self.id), json!({})).await;
        assert!(published.status.is_success(), "{}: {published}", self.name);
        self.enable(api, false).await;
    }

    async fn enable(&self, api: &Api, enabled: bool) {
        api.patch(&format!("/api/v1/bots/{}", self.id), json!({ "enabled": enabled })).await.ok();
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

/// Makes a bot that says little for each that is run by these and lies in none of the files. Gives their flows.
async fn stand_in(api: &Api, bots: &[Bot]) -> Vec<Flow> {
    let mut flows = Vec::new();
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
        flows.push(Flow::from_value(flow).unwrap());
    }
    flows
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
            Body::AiAnswer(ai) => ai.model.connection = Some(model(api, "A model's answer.").await),
            Body::AiExtract(ai) => {
                let found = ai.fields.iter().map(|field| (field.variable.clone(), json!("found")));
                let found = Value::Object(found.collect());
                ai.model.connection = Some(model(api, &found.to_string()).await);
            }
            _ => {}
        }
    }
    flow
}

/// A connection to a model that always says this.
async fn model(api: &Api, says: &str) -> String {
    let said = json!({"choices": [{"message": {"content": says}}], "usage": {"total_tokens": 5}});
    let url = Service::start(vec![("/chat/completions", 200, said)]).await.url;
    let name = format!("model_{}", url.rsplit(':').next().unwrap());
    let connection = json!({"kind": "ai", "url": url, "model": "small", "secret": "sk-1"});
    api.put(&format!("/api/v1/connections/{name}"), connection).await.ok();
    name
}

/// What can be tapped on a message of the bot, and what such a tap is called.
fn choices(message: &Value) -> (&'static str, Vec<Value>) {
    let content = &message["content"];
    let items = |value: &Value| value.as_array().cloned().unwrap_or_default();
    match content["type"].as_str() {
        Some("buttons") => ("button", items(&content["buttons"])),
        Some("list") => {
            let sections = items(&content["sections"]);
            ("list", sections.iter().flat_map(|section| items(&section["rows"])).collect())
        }
        other => panic!("nothing can be tapped on {other:?}"),
    }
}

/// What a customer had of a talk.
struct Had {
    /// The run as it stands then.
    run: Value,
    blocks: BTreeSet<String>,
    /// How many of the file's words were on the phone.
    told: usize,
}

/// One customer's talk with a bot, from the script's first turn to its last.
async fn talk(world: &World, bot: &Bot, wa_id: String, script: &[Turn]) -> Had {
    world.customer(&wa_id, &wa_id).await;
    let mut known = Value::Null;
    for turn in script {
        if let Turn::Begins { text, .. } = turn {
            world.writes(&wa_id, text).await;
            continue;
        }
        // Time passes and services answer by themselves here.
        if matches!(turn, Turn::Waits | Turn::Gets(_) | Turn::GetsNothing) {
            continue;
        }
        let run = waiting(world, bot, &wa_id, &known).await;
        let (chat, ..) = arrived(world, bot, &wa_id, &run).await;
        known = run["updated_at"].clone();
        // Some bots wait for an answer before they have said anything.
        let last = chat.iter().rev().find(|message| message["direction"] == "out").unwrap_or(&Value::Null);
        match turn {
            Turn::Says(text) => world.writes(&wa_id, text).await,
            Turn::Taps(n) => {
                let (kind, choices) = choices(last);
                world.taps(&wa_id, last, kind, &choices[*n]).await
            }
            Turn::Sends(_) => {
                let sample =
                    format!("/api/v1/simulator/numbers/{}/samples/coffee.jpg", world.phone_number_id());
                let file = world.api.post(&sample, json!({})).await.expect(201);
                let photo =
                    json!({"type": "media", "kind": "image", "state": "stored", "provider_id": file["id"]});
                world.says(&wa_id, photo).await
            }
            other => panic!("no customer does {other:?}"),
        };
    }
    let run = waiting(world, bot, &wa_id, &known).await;
    let (_, blocks, told) = arrived(world, bot, &wa_id, &run).await;
    Had { run, blocks, told }
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

/// What is on the phone, once all that the run has said is there; the blocks that the run came by; and it is what the file
/// says, in so many places.
async fn arrived(
    world: &World,
    bot: &Bot,
    wa_id: &str,
    run: &Value,
) -> (Vec<Value>, BTreeSet<String>, usize) {
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
    let entered = lines.iter().filter(|line| line["step"]["kind"] == "entered");
    let entered: Vec<&str> = entered.filter_map(|line| line["step"]["block"].as_str()).collect();
    for block in &entered {
        for words in words.get(block).into_iter().flatten() {
            let written = words.replace('\n', "\\n");
            assert!(heard.contains(&written), "{}: {wa_id} was not told {words:?} but\n{heard}", bot.name);
            told += 1;
        }
    }
    (chat, entered.into_iter().map(str::to_owned).collect(), told)
}

#[tokio::test]
async fn own_bots_run_from_start_to_end_on_a_phone() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/flow/tests/fixtures/typebot");
    run_on_a_phone(&WHOLE.map(|name| fixtures.join(format!("{name}.json")))).await;
}

#[tokio::test]
async fn samples_run_from_start_to_end_on_a_phone() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    if let Some(samples) = beside::samples(repository, "samples_run_from_start_to_end_on_a_phone") {
        run_on_a_phone(&samples).await;
    }
}

async fn run_on_a_phone(paths: &[PathBuf]) {
    let program = Launch::serve().setting("BESEDA_BOTS__PRIVATE_ADDRESSES", "allow").start().await;
    let api = set_up(&program).await;
    let number = api.post("/api/v1/whatsapp/numbers/simulated", json!({})).await.expect(201);
    let world = World { program, api, number };
    for bot in world.api.all("/api/v1/bots").await {
        world.api.delete(&format!("/api/v1/bots/{}", bot["id"].as_str().unwrap())).await;
    }
    // All of them first: some run one another.
    let mut bots = Vec::new();
    for path in paths {
        bots.push(Bot::new(&world, path).await);
    }
    let stand_ins = stand_in(&world.api, &bots).await;
    for bot in &bots {
        bot.publish(&world.api, &bot.flow).await;
    }
    let (mut phone, mut told) = (447_700_900_000_u64, 0);
    for bot in &bots {
        let others = bots.iter().map(|other| &other.flow).filter(|other| other.id != bot.flow.id);
        let others: Vec<Flow> = others.chain(&stand_ins).cloned().collect();
        let blocks = bot.flow.groups.iter().flat_map(|group| &group.blocks);
        let mut unseen: BTreeSet<String> = blocks.map(|block| block.id.clone()).collect();
        for part in parts(&bot.flow) {
            bot.publish(&world.api, &part).await;
            bot.enable(&world.api, true).await;
            let found = Stage::new(&part, &others).scripts();
            let scripts = found.scripts.iter().filter(|script| !script.contains(&Turn::GetsNothing));
            let talks = scripts.map(|script| {
                phone += 1;
                talk(&world, bot, phone.to_string(), script)
            });
            for had in join_all(talks).await {
                let end = if found.endless { Value::Null } else { json!("finished") };
                assert_eq!(had.run["reason"], end, "{}: {}", bot.name, had.run);
                unseen.retain(|id| !had.blocks.contains(id));
                told += had.told;
            }
            bot.enable(&world.api, false).await;
        }
        let mut known: BTreeSet<String> = NEVER
            .iter()
            .filter(|(file, ..)| *file == bot.name)
            .map(|(_, block, _)| (*block).to_owned())
            .collect();
        let elsewhere = ELSEWHERE.iter().filter(|(file, ..)| *file == bot.name);
        known.extend(elsewhere.flat_map(|(_, blocks, _)| *blocks).map(|block| (*block).to_owned()));
        assert_eq!(unseen, known, "{}: nobody comes by these, against those that are known", bot.name);
    }
    assert!(told > 2 * bots.len(), "only {told} texts of the files could be looked for on a phone");
    world.program.stop();
}
