//! Past runs as scripts: played to the flow that they went through, everything is answered as it was; played to a draft,
//! what was changed is found.

use std::collections::BTreeMap;

use beseda_flow::replay::{Bots, Change, Difference, Line as Told, Replay, Script, Verdict, compare};
use beseda_flow::{Compiled, Flow, Input};
use serde_json::{Value, json};

use super::flows::{TOM, hears};
use crate::support::line::Line;
use crate::support::program::Launch;
use crate::support::service::Service;
use crate::support::until;

/// Reads the city and a stock level, asks what is wanted, and hands over where the person is to decide.
fn flow(service: &str) -> Value {
    json!({
        "schema": 1, "id": "shop", "name": "Shop", "language": "en", "start": {"group": "main"},
        "triggers": [
            {"id": "go", "kind": "keyword", "keywords": [{"match": "starts", "text": "go"}]},
            {"id": "again", "kind": "keyword", "anywhere": true, "keywords": [{"match": "is", "text": "menu"}]},
        ],
        "groups": [{"id": "main", "title": "Main", "blocks": [
            {"id": "read", "kind": "read_fields", "save": [{"variable": "city", "path": "City"}]},
            {"id": "stock", "kind": "http", "url": format!("{service}/stock"), "save": [{"variable": "left", "path": "left"}]},
            {"id": "hello", "kind": "message", "text": "{{left}} left in {{city}}, {{contact.name}}."},
            {"id": "city", "kind": "set_fields", "fields": [{"field": "City", "value": "Oslo"}]},
            {"id": "what", "kind": "question", "text": "What?", "answer": "choice", "variable": "what",
             "options": [{"id": "a", "title": "Tea"}, {"id": "b", "title": "Coffee"}]},
            {"id": "name", "kind": "question", "text": "Who, for {{what}}?", "answer": "text", "variable": "who"},
            {"id": "over", "kind": "hand_over", "text": "Somebody will write to you, {{who}}."},
        ]}],
        "edges": [],
    })
}

struct Shop {
    line: Line,
    bot: String,
    flow: Value,
}

impl Shop {
    async fn new() -> Self {
        let line = Line::with(Launch::serve().setting("BESEDA_BOTS__PRIVATE_ADDRESSES", "allow")).await;
        let service = Service::start(vec![("/stock", 200, json!({"left": 7}))]).await;
        let flow = flow(&service.url);
        let bot = line.api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
        let bot = bot["id"].as_str().unwrap().to_owned();
        line.api.post(&format!("/api/v1/bots/{bot}/publish"), json!({})).await.ok();
        line.customer(TOM, "Tom").await;
        Self { line, bot, flow }
    }

    async fn says(&self, text: &str, answer: &str) {
        self.line.writes(TOM, text).await;
        hears(&self.line, answer).await;
    }

    async fn scripts(&self, query: &str) -> Vec<Value> {
        self.line.api.all(&format!("/api/v1/bots/{}/scripts?{query}", self.bot)).await
    }

    /// As the flow editor would play it.
    fn played(flow: &Value, script: &Value) -> (Script, Vec<Told>, Verdict) {
        let script: Script = serde_json::from_value(script["script"].clone()).unwrap();
        let flow = Compiled::new(&Flow::from_value(flow.clone()).unwrap(), 0);
        let mut replay = Replay::new(script);
        let answers = BTreeMap::new();
        let bots = Bots { draft: &flow, answering: &[&flow], library: &[&flow], answers: &answers };
        assert!(replay.advance(&bots, &mut 10_000));
        let verdict = compare(&replay.script().then, &replay.now);
        (replay.script().clone(), replay.now, verdict)
    }
}

#[tokio::test]
async fn a_run_played_to_its_own_flow_is_answered_as_it_was() {
    let shop = Shop::new().await;
    shop.says("go", "What?").await;
    // A command in the middle begins anew: the first run was replaced, by nothing that it answered itself.
    shop.says("menu", "What?").await;
    shop.says("coffee", "Who, for Coffee?").await;
    // A person takes over, talks and gives back: the bot asks once more.
    let thread = shop.line.thread("Tom").await;
    let at = format!("/api/v1/conversations/{}", thread["id"].as_str().unwrap());
    shop.line.api.post(&format!("{at}/take-over"), json!({})).await.ok();
    shop.line.writes(TOM, "are you there?").await;
    let hello = json!({"content": {"type": "text", "body": "Yes, I am"}});
    shop.line.api.post(&format!("{at}/messages"), hello).await.expect(201);
    hears(&shop.line, "Yes, I am").await;
    shop.line.api.post(&format!("{at}/give-back"), json!({})).await.ok();
    hears(&shop.line, "Who, for Coffee?").await;
    shop.says("Thomas", "Somebody will write to you, Thomas.").await;
    let scripts = until("the conversation is over", || async {
        let scripts = shop.scripts("").await;
        let ends = |line: &Value| line["line"] == "ended";
        (scripts[0]["script"]["then"].as_array()?.iter().any(ends)).then_some(scripts)
    })
    .await;

    // The run that the command began belongs to the conversation of the one whose place it took.
    let [script] = &scripts[..] else { panic!("one conversation: {scripts:#?}") };
    assert_eq!(script["gaps"], json!([]), "everything is known: {script}");
    let (script, now, verdict) = Shop::played(&shop.flow, script);
    assert_eq!(verdict, Verdict::Same, "{:#?}\n{now:#?}", script.then);
    // The record was as it is no longer: nothing was known of the city when it began.
    assert_eq!(script.start.variables["contact"]["fields"], json!({}));
    assert!(!script.start.variables.contains_key("callback"), "the run's own address is a secret");
    assert!(!script.start.busy && script.start.trigger.as_deref() == Some("go"));
    let inputs: Vec<&Input> = script.heard.iter().map(|heard| &heard.input).collect();
    assert_eq!(inputs.len(), 6, "{inputs:#?}");
    assert!(matches!(inputs[2], Input::Pause) && matches!(inputs[4], Input::Resume), "{inputs:#?}");
    let of_person =
        script.then.iter().filter(|line| matches!(line, Told::Person { text, .. } if text == "Yes, I am"));
    assert_eq!(of_person.count(), 1);
    let blocks: Vec<_> = script.then.iter().filter(|line| line.is_bots()).filter_map(Told::block).collect();
    assert_eq!(blocks, ["hello", "what", "hello", "what", "name", "name", "over", "over"]);
    shop.line.program.stop();
}

#[tokio::test]
async fn a_changed_draft_is_found_out() {
    let shop = Shop::new().await;
    shop.says("go", "What?").await;
    shop.says("tea", "Who, for Tea?").await;
    shop.says("Thomas", "Somebody will write to you, Thomas.").await;
    let scripts = until("the run is over", || async {
        let scripts = shop.scripts("limit=1").await;
        (scripts[0]["run"]["state"] == "ended").then_some(scripts)
    })
    .await;
    let against = |change: &dyn Fn(&mut Value)| {
        let mut flow = shop.flow.clone();
        change(&mut flow);
        let (_, now, verdict) = Shop::played(&flow, &scripts[0]);
        match verdict {
            Verdict::Different { place, difference } => {
                let block = place.now.and_then(|at| now[at].block()).unwrap_or_default().to_owned();
                Some((difference, block))
            }
            _ => None,
        }
    };
    let block = |flow: &mut Value, index: usize, name: &str, value: Value| {
        flow["groups"][0]["blocks"][index][name] = value;
    };
    let found = |difference, block: &str| Some((difference, block.to_owned()));
    assert_eq!(against(&|_| {}), None);
    assert_eq!(
        against(&|flow| block(flow, 5, "text", json!("And who, for {{what}}?"))),
        found(Difference::Text, "name")
    );
    assert_eq!(
        against(&|flow| block(flow, 4, "options", json!([{"id": "a", "title": "Tea"}]))),
        found(Difference::Choices, "what")
    );
    assert_eq!(against(&|flow| block(flow, 6, "kind", json!("end"))), found(Difference::HandOver, "over"),);
    assert_eq!(
        against(&|flow| flow["triggers"][0]["keywords"][0]["text"] = json!("start")),
        found(Difference::Silent, ""),
    );
    // What was written to the customer's record stands in the script, and in the draft's transcript too.
    let (script, ..) = Shop::played(&shop.flow, &scripts[0]);
    let kept = |line: &Told| match line {
        Told::Changed { change: Change::Field { field, value }, .. } => Some((field.clone(), value.clone())),
        _ => None,
    };
    let kept: Vec<_> = script.then.iter().filter_map(kept).collect();
    assert_eq!(kept, [("City".to_owned(), "Oslo".to_owned())]);
    let fields = |city: &str| json!([{"field": "City", "value": city}]);
    assert_eq!(
        against(&|flow| block(flow, 3, "fields", fields("Bergen"))),
        found(Difference::Record, "city")
    );
    assert_eq!(against(&|flow| block(flow, 3, "disabled", json!(true))), found(Difference::Record, ""));
    // What a service is asked beyond what was asked then nobody knows.
    let mut flow = shop.flow.clone();
    block(&mut flow, 1, "id", json!("other"));
    assert!(matches!(Shop::played(&flow, &scripts[0]).2, Verdict::Unknown { .. }));
    shop.line.program.stop();
}

#[tokio::test]
async fn scripts_are_for_those_who_make_bots() {
    let shop = Shop::new().await;
    shop.says("go", "What?").await;
    let at = |rest: &str| format!("/api/v1/bots/{}/scripts{rest}", shop.bot);
    for (query, expected) in [("", 1), ("from=2020-01-01", 1), ("to=2020-01-01", 0), ("version=2", 0)] {
        assert_eq!(shop.scripts(query).await.len(), expected, "{query}");
    }
    let live = &shop.scripts("").await[0];
    assert_eq!(Shop::played(&shop.flow, live).2, Verdict::Same, "a run that goes on is known until now");
    let api = &shop.line.api;
    api.get(&at("?limit=201")).await.problem(400, "invalid");
    api.get(&at("?from=yesterday")).await.problem(400, "invalid");
    let nobody = "/api/v1/bots/01990000-0000-7000-8000-000000000001/scripts";
    api.get(nobody).await.problem(404, "not-found");
    shop.line.program.api().get(&at("")).await.problem(401, "unauthorized");
    for (email, role) in [("eve@example.com", "viewer"), ("ann@example.com", "operator")] {
        let person = super::members::joined(&shop.line.program, api, email, role).await;
        person.get(&at("")).await.problem(403, "forbidden");
    }
    let admin = super::members::joined(&shop.line.program, api, "bob@example.com", "admin").await;
    assert_eq!(admin.all(&at("")).await.len(), 1);
    shop.line.program.stop();
}
