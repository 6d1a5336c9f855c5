//! Conversations in which several bots talk, as scripts: who took whose place, what one of them brought about, and those in
//! which the bot had no part.

use std::collections::BTreeMap;

use beseda_flow::replay::{Bots, Difference, Line as Told, Replay, Script, Verdict, compare};
use beseda_flow::{Compiled, Flow, Occurrence};
use beseda_wire::time::Time;
use serde_json::{Value, json};

use super::flows::{TOM, hears};
use crate::support::line::Line;
use crate::support::program::Launch;
use crate::support::until;

/// Begins by this trigger, asks what is wanted and writes a tag.
fn flow(id: &str, trigger: &Value, tag: &str) -> Value {
    json!({
        "schema": 1, "id": id, "name": id, "language": "en", "start": {"group": "main"}, "triggers": [trigger],
        "groups": [{"id": "main", "title": "Main", "blocks": [
            {"id": "ask", "kind": "question", "text": format!("{id} asks"), "answer": "text", "variable": "it"},
            {"id": "tag", "kind": "tags", "add": [tag]},
            {"id": "end", "kind": "end", "text": format!("{id} heard {{{{it}}}}"), "outcome": "heard"},
        ]}],
        "edges": [],
    })
}

fn keyword(word: &str, anywhere: bool) -> Value {
    let keywords = json!([{"match": "is", "text": word}]);
    json!({"id": "word", "kind": "keyword", "anywhere": anywhere, "keywords": keywords})
}

struct Shop {
    line: Line,
    bots: BTreeMap<&'static str, (String, Value)>,
}

impl Shop {
    async fn new(flows: impl IntoIterator<Item = (&'static str, Value)>) -> Self {
        let line = Line::with(Launch::serve()).await;
        let mut bots = BTreeMap::new();
        for (name, flow) in flows {
            let bot = line.api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
            let bot = bot["id"].as_str().unwrap().to_owned();
            line.api.post(&format!("/api/v1/bots/{bot}/publish"), json!({})).await.ok();
            bots.insert(name, (bot, flow));
        }
        line.customer(TOM, "Tom").await;
        Self { line, bots }
    }

    async fn says(&self, text: &str, answer: &str) {
        self.line.writes(TOM, text).await;
        hears(&self.line, answer).await;
    }

    async fn scripts(&self, bot: &str, query: &str) -> Vec<Value> {
        self.line.api.all(&format!("/api/v1/bots/{}/scripts?{query}", self.bots[bot].0)).await
    }

    /// The conversation, once so many runs of it are over.
    async fn ended(&self, bot: &str, query: &str, runs: usize) -> Script {
        until("the runs are over", || async {
            let scripts = self.scripts(bot, query).await;
            let script: Script = serde_json::from_value(scripts.first()?["script"].clone()).unwrap();
            let ended = script.then.iter().filter(|line| matches!(line, Told::Ended { .. })).count();
            assert_eq!(scripts[0]["gaps"], json!([]));
            (ended == runs).then_some(script)
        })
        .await
    }

    /// As the flow editor would play it to a draft of this bot.
    fn played(&self, bot: &str, change: impl Fn(&mut Value), script: &Script) -> (Verdict, Replay) {
        let compiled = |flow: &Value| Compiled::new(&Flow::from_value(flow.clone()).unwrap(), 0);
        let flows: Vec<(&str, Compiled)> = self
            .bots
            .iter()
            .map(|(name, (_, flow))| {
                let mut flow = flow.clone();
                if *name == bot {
                    change(&mut flow);
                }
                (*name, compiled(&flow))
            })
            .collect();
        let all: Vec<&Compiled> = flows.iter().map(|(_, flow)| flow).collect();
        let draft = &flows.iter().find(|(name, _)| *name == bot).unwrap().1;
        let answers = BTreeMap::new();
        let bots = Bots { draft, answering: &all, library: &all, answers: &answers };
        let mut replay = Replay::new(script.clone());
        assert!(replay.advance(&bots, &mut 1_000));
        (compare(&script.then, &replay.now), replay)
    }
}

fn speakers(script: &Script) -> Vec<Option<String>> {
    let speaker = |line: &Told| if let Told::Bot { bot, .. } = line { Some(bot.clone()) } else { None };
    script.then.iter().filter_map(speaker).collect()
}

#[tokio::test]
async fn a_conversation_goes_from_bot_to_bot() {
    let gold = json!({"id": "gold", "kind": "tag_added", "tag": "gold"});
    let flows = [
        ("shop", flow("shop", &keyword("go", false), "silver")),
        ("help", flow("help", &keyword("help", true), "gold")),
        ("club", flow("club", &gold, "bronze")),
    ];
    let shop = Shop::new(flows).await;
    shop.says("go", "shop asks").await;
    // Another bot takes its place, and what that one writes begins a third.
    shop.says("help", "help asks").await;
    shop.says("lost", "club asks").await;
    shop.says("yes", "club heard yes").await;

    let some = |bot: &str| Some(bot.to_owned());
    let script = shop.ended("shop", "", 2).await;
    assert_eq!(speakers(&script), [some("help"), some("club")]);
    assert_eq!((script.heard.len(), script.happened.len(), script.without), (3, 0, false));
    let (verdict, replay) = shop.played("shop", |_| {}, &script);
    assert_eq!(verdict, Verdict::Same, "{:#?}\n{:#?}", script.then, replay.now);
    // The same conversation belongs to each of the three, from its beginning; to none of them as another's.
    let script = shop.ended("club", "", 2).await;
    assert_eq!(speakers(&script), [some("shop"), some("help"), None]);
    assert_eq!(script.start.bot, some("shop"));
    assert_eq!(shop.played("club", |_| {}, &script).0, Verdict::Same);
    for bot in ["shop", "help", "club"] {
        assert_eq!((shop.scripts(bot, "").await.len(), shop.scripts(bot, "others=true").await.len()), (1, 0));
    }
    // A draft that no longer sets the tag: the third bot does not begin.
    let (verdict, _) = shop.played(
        "help",
        |flow| flow["groups"][0]["blocks"][1]["add"] = json!(["tin"]),
        &shop.ended("help", "", 2).await,
    );
    assert!(matches!(verdict, Verdict::Different { difference: Difference::Less, .. }), "{verdict:?}");
    // One that does not listen to the command: the first one goes on.
    let help = shop.ended("help", "", 2).await;
    let deaf = |flow: &mut Value| flow["triggers"][0]["anywhere"] = json!(false);
    let (verdict, replay) = shop.played("help", deaf, &help);
    assert!(matches!(verdict, Verdict::Different { difference: Difference::OtherBot, .. }), "{verdict:?}");
    assert!(!replay.took_part, "{:#?}", replay.now);
    let goes_on = |line: &Told| matches!(line, Told::Said { said, .. } if said.text == "shop heard help");
    assert!(replay.now.iter().any(goes_on), "{:#?}", replay.now);
    shop.line.program.stop();
}

#[tokio::test]
async fn a_draft_may_answer_where_other_bots_did() {
    let api = json!({"id": "api", "kind": "api", "name": "paid"});
    let flows = [
        ("rare", flow("rare", &keyword("never", false), "x")),
        ("shop", flow("shop", &keyword("go", false), "y")),
        ("paid", flow("paid", &api, "z")),
    ];
    let shop = Shop::new(flows).await;
    shop.says("go", "shop asks").await;
    shop.says("tea", "shop heard tea").await;
    assert_eq!(shop.scripts("rare", "").await.len(), 0);
    let script = shop.ended("rare", "others=true", 1).await;
    assert!(script.without);
    let (verdict, replay) = shop.played("rare", |_| {}, &script);
    assert_eq!((verdict, replay.took_part), (Verdict::Same, false));
    let (verdict, replay) = shop.played("rare", |flow| flow["triggers"][0] = keyword("go", true), &script);
    assert!(matches!(verdict, Verdict::Different { difference: Difference::OtherBot, .. }), "{verdict:?}");
    assert!(replay.took_part);

    // Begun by the API: another draft that waits for the same call.
    let customer = shop.line.thread("Tom").await["customer_id"].as_str().unwrap().to_owned();
    let start = json!({"name": "paid", "event": {"sum": 12}});
    shop.line.api.post(&format!("/api/v1/customers/{customer}/start"), start).await.ok();
    hears(&shop.line, "paid asks").await;
    shop.says("fine", "paid heard fine").await;
    let script = shop.ended("rare", "others=true", 1).await;
    assert_eq!(script.start.happening, Some(Occurrence::Api { name: "paid".to_owned() }));
    assert_eq!(script.start.variables["event"], json!({"sum": 12}));
    assert_eq!(shop.played("rare", |_| {}, &script).0, Verdict::Same);
    let also = |flow: &mut Value| {
        flow["triggers"][0] = json!({"id": "a", "kind": "api", "name": "paid", "priority": 2});
    };
    let (verdict, replay) = shop.played("rare", also, &script);
    assert!(matches!(verdict, Verdict::Different { difference: Difference::OtherBot, .. }), "{verdict:?}");
    assert!(replay.took_part);
    // Page after page, the newest first.
    let at = format!("/api/v1/bots/{}/scripts?others=true&limit=1", shop.bots["rare"].0);
    let newest = shop.line.api.get(&at).await.ok();
    let next = newest["next"].as_str().expect("an older one");
    let older = shop.line.api.get(&format!("{at}&cursor={next}")).await.ok();
    assert_eq!(shop.scripts("rare", "others=true").await.len(), 2);
    let begun = |page: &Value| -> Time {
        serde_json::from_value(page["items"][0]["run"]["started_at"].clone()).unwrap()
    };
    assert!(begun(&newest) > begun(&older));
    shop.line.program.stop();
}
