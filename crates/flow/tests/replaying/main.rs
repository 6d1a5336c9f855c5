//! Past conversations against another version of their flow.

#![expect(clippy::unwrap_used, reason = "helpers of a test: a failure is the test's")]

mod bots;

use std::collections::BTreeMap;

use beseda_flow::replay::{
    Bots, Came, Change, Difference, Ending, Heard, Line, Place, Replay, Said, Script, Start, Verdict, answer,
    compare, nothing,
};
use beseda_flow::{CallFailure, CallFault, Compiled, Flow, Input, Now, Outcome};
use serde_json::{Map, Value, json};

/// 22 November 2026, noon in Moscow.
const NOON: i64 = 1_795_338_000_000;

fn now(seconds: i64) -> Now {
    Now::new(NOON + seconds * 1000, 10_800)
}

/// Asks for a name and a choice; a price is asked outside.
fn shop() -> Value {
    json!({
        "schema": 1, "id": "shop", "name": "Shop", "start": { "group": "g" },
        "triggers": [
            { "id": "t", "kind": "keyword", "keywords": [{ "match": "is", "text": "hi" }] },
            { "id": "menu", "kind": "keyword", "anywhere": true, "keywords": [{ "match": "is", "text": "menu" }] },
        ],
        "groups": [
            { "id": "g", "blocks": [
                { "id": "hello", "kind": "message", "text": "Hello, {{contact.name}}!" },
                { "id": "who", "kind": "question", "text": "Your name?", "answer": "text", "variable": "who",
                  "timeout": 600 },
                { "id": "what", "kind": "question", "text": "What, {{who}}?", "answer": "choice", "variable": "what",
                  "options": [{ "id": "a", "title": "Tea" }, { "id": "b", "title": "Coffee" }] },
                { "id": "done", "kind": "end", "text": "Thanks", "outcome": "ordered" },
            ] },
            { "id": "late", "blocks": [{ "id": "sorry", "kind": "message", "text": "Still there?" }] },
        ],
        "edges": [{ "id": "e", "from": { "block": "who", "port": "timeout" }, "to": { "group": "late" } }],
    })
}

fn compiled(flow: &Value) -> Compiled {
    Compiled::new(&Flow::from_json(&flow.to_string()).unwrap(), 0)
}

fn text(text: &str) -> Input {
    Input::Text { text: text.to_owned() }
}

fn tap(id: &str, title: &str) -> Input {
    Input::tap(id, title)
}

/// Begun by "hi" at noon; what follows with its seconds after that.
fn script(heard: impl IntoIterator<Item = (i64, Input)>, until: i64) -> Script {
    let contact = json!({ "name": "Anna", "tags": ["vip"], "fields": { "city": "Riga" } });
    Script {
        start: Start {
            at: now(0),
            message: Some(text("hi")),
            happening: None,
            trigger: None,
            bot: None,
            referral: None,
            first_message: false,
            busy: false,
            variables: Map::from_iter([("contact".to_owned(), contact)]),
            seed: 7,
            draws: 0,
        },
        heard: heard.into_iter().map(|(at, input)| Heard { at: now(at), input }).collect(),
        happened: Vec::new(),
        came: Vec::new(),
        until: now(until).ms,
        then: Vec::new(),
        changes: false,
        without: false,
    }
}

fn order() -> Script {
    script([(5, text("Tom")), (9, tap("what/a", "Tea"))], 9)
}

fn played(flow: &Value, script: Script) -> Vec<Line> {
    played_among(flow, &[], &[], &BTreeMap::new(), script)
}

/// Among other bots that answer, with what a person says that calls come back with.
fn played_among(
    flow: &Value,
    before: &[&Compiled],
    after: &[&Compiled],
    answers: &BTreeMap<String, Outcome>,
    script: Script,
) -> Vec<Line> {
    let draft = compiled(flow);
    let all: Vec<&Compiled> = before.iter().chain([&&draft]).chain(after).copied().collect();
    let bots = Bots { draft: &draft, answering: &all, library: &all, answers };
    let mut replay = Replay::new(script);
    assert!(replay.advance(&bots, &mut 1_000), "it comes to an end");
    replay.now
}

/// Lines as a transcript, without times.
fn shown(lines: &[Line]) -> Vec<String> {
    let line = |line: &Line| match line {
        Line::Customer { input: Input::Text { text }, .. } => format!("C: {text}"),
        Line::Customer { input: Input::Reply { title, .. }, .. } => format!("C: [{title}]"),
        Line::Customer { .. } => "C: …".to_owned(),
        Line::Person { text, .. } => format!("P: {text}"),
        Line::Said { said: Said { text, choices, .. }, block, .. } => {
            let begin = format!("{}: {text}", block.as_deref().unwrap_or("?"));
            choices.iter().fold(begin, |line, title| line + " [" + title + "]")
        }
        Line::HandedOver { .. } => "*: handed over".to_owned(),
        Line::Ended { ending, outcome, .. } => {
            format!("*: {ending:?}{}", outcome.as_ref().map(|text| format!(" {text}")).unwrap_or_default())
        }
        Line::Silent { .. } => "*: silent".to_owned(),
        Line::Bot { bot, .. } => format!("*: {} answers", bot.as_deref().unwrap_or("the draft")),
        Line::Changed { block, change, .. } => {
            format!("{block}: {}", serde_json::to_string(change).unwrap())
        }
        Line::Given { block, call, .. } => format!("*: {call} at {block} given"),
        Line::Unknown { block, call, .. } => format!("*: unknown {call} at {block}"),
    };
    lines.iter().map(line).collect()
}

#[track_caller]
fn check(flow: &Value, script: Script, wanted: &[&str]) {
    assert_eq!(shown(&played(flow, script)), wanted);
}

/// The block of the shop, changed.
fn with(block: &str, change: impl Fn(&mut Value)) -> Value {
    let mut flow = shop();
    for group in flow["groups"].as_array_mut().unwrap() {
        for one in group["blocks"].as_array_mut().unwrap() {
            if one["id"] == block {
                change(one);
            }
        }
    }
    flow
}

/// A block in front of another one.
fn before(block: &str, new: &Value) -> Value {
    let mut flow = shop();
    let blocks = flow["groups"][0]["blocks"].as_array_mut().unwrap();
    let at = blocks.iter().position(|one| one["id"] == block).unwrap();
    blocks.insert(at, new.clone());
    flow
}

#[test]
fn a_conversation_is_played_as_it_went() {
    check(
        &shop(),
        order(),
        &[
            "C: hi",
            "hello: Hello, Anna!",
            "who: Your name?",
            "C: Tom",
            "what: What, Tom? [Tea] [Coffee]",
            "C: [Tea]",
            "done: Thanks",
            "*: Finished ordered",
        ],
    );
}

#[test]
fn timers_go_off_when_they_are_due_and_not_after_what_is_known() {
    let late = ["C: hi", "hello: Hello, Anna!", "who: Your name?", "sorry: Still there?", "*: TimedOut"];
    check(&shop(), script([], 600), &late);
    check(&shop(), script([], 599), &late[..3]);
    // What is said afterwards comes too late for it.
    let heard = script([(601, text("Tom"))], 700);
    check(&shop(), heard, &[&late[..], &["C: Tom"]].concat());
}

#[test]
fn a_command_begins_anew_and_a_person_silences() {
    let heard =
        [(1, Input::Pause), (2, text("menu")), (3, Input::Resume), (4, text("menu")), (5, text("Tom"))];
    check(
        &shop(),
        script(heard, 5),
        &[
            "C: hi",
            "hello: Hello, Anna!",
            "who: Your name?",
            "C: menu",
            "who: Your name?",
            "C: menu",
            "hello: Hello, Anna!",
            "who: Your name?",
            "C: Tom",
            "what: What, Tom? [Tea] [Coffee]",
        ],
    );
}

#[test]
fn messages_are_taken_together_by_the_pause_of_the_new_flow() {
    let mut flow = shop();
    flow["settings"] = json!({ "pause": 3 });
    let heard = [(5, text("Tom")), (7, text("Jones")), (20, tap("what/a", "Tea"))];
    check(
        &flow,
        script(heard, 20),
        &[
            "C: hi",
            "hello: Hello, Anna!",
            "who: Your name?",
            "C: Tom",
            "C: Jones",
            "what: What, Tom\nJones? [Tea] [Coffee]",
            "C: [Tea]",
            "done: Thanks",
            "*: Finished ordered",
        ],
    );
}

#[test]
fn what_is_said_right_after_the_beginning_is_part_of_it() {
    let mut flow = shop();
    flow["settings"] = json!({ "pause": 3 });
    check(
        &flow,
        script([(1, text("a tea please")), (9, text("Tom"))], 20),
        &[
            "C: hi",
            "C: a tea please",
            "hello: Hello, Anna!",
            "who: Your name?",
            "C: Tom",
            "what: What, Tom? [Tea] [Coffee]",
        ],
    );
}

#[test]
fn somebody_moved_the_run_to_a_block() {
    let to = |block: &str| script([(3, Input::at(block, Map::new()))], 3);
    let begun = ["C: hi", "hello: Hello, Anna!", "who: Your name?"];
    check(&shop(), to("done"), &[&begun[..], &["done: Thanks", "*: Finished ordered"]].concat());
    check(&shop(), to("gone"), &begun);
}

#[test]
fn calls_come_back_with_what_they_came_back_with_then() {
    let price = json!({ "id": "price", "kind": "http", "url": "https://example.com", "save": [{ "path": "price", "variable": "price" }] });
    let mut flow = before("what", &price);
    flow["groups"][0]["blocks"][3]["text"] = json!("What, for {{price}}?");
    let came = |outcome| Script {
        came: vec![Came { at: NOON, bot: None, block: "price".to_owned(), outcome }],
        ..script([(5, text("Tom"))], 5)
    };
    let begun = ["C: hi", "hello: Hello, Anna!", "who: Your name?", "C: Tom"];
    let done = Outcome::Done { value: json!({ "status": 200, "body": { "price": 12 } }) };
    // A header that was not wanted then was not kept: nobody knows what stood in it.
    let mut wants = flow.clone();
    let request = wants["groups"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .flat_map(|group| group["blocks"].as_array_mut().unwrap());
    let request = request.into_iter().find(|block| block["id"] == "price").unwrap();
    request["save_headers"] = json!([{ "header": "ETag", "variable": "etag" }]);
    check(&wants, came(Some(done.clone())), &[&begun[..], &["*: unknown http at price"]].concat());
    let told = json!({ "status": 200, "headers": { "etag": null }, "body": { "price": 12 } });
    let told = Outcome::Done { value: told };
    check(&wants, came(Some(told)), &[&begun[..], &["what: What, for 12? [Tea] [Coffee]"]].concat());
    check(&flow, came(Some(done)), &[&begun[..], &["what: What, for 12? [Tea] [Coffee]"]].concat());
    let failed = Outcome::Failed { reason: CallFault::NoAnswer.into() };
    check(&flow, came(Some(failed)), &[&begun[..], &["*: Failed"]].concat());
    check(&flow, came(None), &[&begun[..], &["*: unknown http at price"]].concat());
    // Asked more often than then.
    check(&flow, script([(5, text("Tom"))], 5), &[&begun[..], &["*: unknown http at price"]].concat());
}

#[test]
fn the_customers_record_is_as_it_was_then_and_becomes_what_the_flow_makes_of_it() {
    let read =
        json!({ "id": "read", "kind": "read_fields", "save": [{ "path": "city", "variable": "city" }] });
    let mut flow = before("what", &read);
    let blocks = flow["groups"][0]["blocks"].as_array_mut().unwrap();
    blocks.insert(2, json!({ "id": "write", "kind": "set_fields", "fields": [{ "field": "city", "value": "{{who}}ville" }] }));
    blocks[4]["text"] = json!("What for {{city}}?");
    assert!(shown(&played(&flow, script([(5, text("Tom"))], 5)))[4].contains("What for Tomville?"));
    flow["groups"][0]["blocks"].as_array_mut().unwrap().remove(2);
    assert!(shown(&played(&flow, script([(5, text("Tom"))], 5)))[4].contains("What for Riga?"));
}

#[test]
fn the_flow_itself_says_whether_it_answers() {
    let mut flow = shop();
    flow["triggers"][0]["keywords"][0]["text"] = json!("hello");
    check(&flow, order(), &["C: hi", "*: silent", "C: Tom", "C: [Tea]"]);
    // Begun by something that is no message: the same trigger has to be there.
    let by = |trigger: &str| {
        let mut script = order();
        script.start.message = None;
        script.start.trigger = Some(trigger.to_owned());
        script
    };
    assert_eq!(shown(&played(&shop(), by("t")))[0], "hello: Hello, Anna!");
    assert_eq!(shown(&played(&shop(), by("gone")))[0], "*: silent");
    let mut disabled = shop();
    disabled["triggers"][0]["disabled"] = json!(true);
    assert_eq!(shown(&played(&disabled, by("t")))[0], "*: silent");
}

/// The shop, where what is chosen is written down.
fn keeps() -> Value {
    let mut flow =
        before("done", &json!({ "id": "tag", "kind": "tags", "add": ["{{what}}"], "remove": ["vip"] }));
    let blocks = flow["groups"][0]["blocks"].as_array_mut().unwrap();
    let last = blocks.len() - 1;
    blocks.insert(last, json!({ "id": "set", "kind": "set_fields", "fields": [{ "field": "name", "value": "{{who}}" }, { "field": "age", "value": "{{ 40 + 2 }}" }] }));
    blocks.insert(last, json!({ "id": "off", "kind": "unsubscribe", "topic": "news" }));
    blocks.insert(last, json!({ "id": "to", "kind": "assign", "person": "Anna" }));
    flow
}

#[test]
fn what_is_written_to_the_record_is_compared_where_it_was_kept() {
    let told = |changes| Script { changes, ..order() };
    let then = played(&keeps(), told(true));
    let of_record: Vec<&str> = vec![
        r#"tag: {"change":"tag_added","tag":"Tea"}"#,
        r#"tag: {"change":"tag_removed","tag":"vip"}"#,
        r#"to: {"change":"assigned","person":"Anna"}"#,
        r#"off: {"change":"unsubscribed","topic":"news"}"#,
        r#"set: {"change":"field","field":"name","value":"Tom"}"#,
        r#"set: {"change":"field","field":"age","value":"42"}"#,
    ];
    assert_eq!(shown(&then)[6..12], of_record);
    assert_eq!(shown(&played(&keeps(), told(false)))[6..], ["done: Thanks", "*: Finished ordered"]);
    let against = |change: &dyn Fn(&mut Value)| {
        let mut flow = keeps();
        for block in flow["groups"][0]["blocks"].as_array_mut().unwrap() {
            change(block);
        }
        compare(&then, &played(&flow, told(true)))
    };
    assert_eq!(against(&|_| {}), Verdict::Same);
    let set = |id: &'static str, name: &'static str, value: Value| {
        move |block: &mut Value| {
            if block["id"] == id {
                block[name] = value.clone();
            }
        }
    };
    assert_eq!(against(&set("tag", "add", json!(["cold"]))), different(Difference::Record, 6, 6));
    assert_eq!(against(&set("to", "person", json!("Bob"))), different(Difference::Record, 8, 8));
    assert_eq!(against(&set("off", "kind", json!("subscribe"))), different(Difference::Record, 9, 9));
    let fewer = json!([{ "field": "name", "value": "{{who}}" }]);
    let less =
        Verdict::Different { place: Place { then: Some(11), now: None }, difference: Difference::Record };
    assert_eq!(against(&set("set", "fields", fewer)), less);
    // What is said counts first, and what is not known to its end may yet write the rest.
    assert_eq!(against(&set("done", "text", json!("Bye"))), different(Difference::Text, 12, 12));
    let http = json!("http");
    assert!(matches!(against(&set("to", "kind", http)), Verdict::Unknown { .. }));
    let long = Change::Field { field: "f".to_owned(), value: "x".repeat(199) + "…" };
    let effect = json!({ "kind": "set_field", "block": "b", "field": "f", "value": "x".repeat(900) });
    assert_eq!(Change::of(&serde_json::from_value(effect).unwrap()), Some(("b".to_owned(), long)));
}

#[test]
fn a_person_says_what_a_call_comes_back_with() {
    let asks = |kind: Value| {
        let mut block = json!({ "id": "call" });
        block.as_object_mut().unwrap().extend(kind.as_object().unwrap().clone());
        let mut flow = before("done", &block);
        flow["groups"][0]["blocks"][4]["text"] = json!("Got {{got}}");
        let failed =
            json!({ "id": "f", "from": { "block": "call", "port": "failed" }, "to": { "group": "late" } });
        flow["edges"].as_array_mut().unwrap().push(failed);
        flow
    };
    let http = json!({ "kind": "http", "url": "https://a.b", "save": [{ "path": "x", "variable": "got" }] });
    let ai = json!({ "kind": "ai_answer", "instructions": "x", "silent": true, "variable": "got" });
    let extract = json!({ "kind": "ai_extract", "fields": [{ "variable": "got", "kind": "text" }] });
    let incoming = json!({ "kind": "wait_call", "save": [{ "path": "", "variable": "got" }] });
    let failed = || Outcome::Failed { reason: CallFailure::default() };
    for (kind, name, given, says) in [
        (&http, "http", answer("http", r#"{"x": 7}"#), "done: Got 7"),
        (&http, "http", answer("http", "plain"), "done: Got"),
        (&http, "http", nothing("http"), "done: Got"),
        (&http, "http", failed(), "sorry: Still there?"),
        (&ai, "ai_answer", answer("ai_answer", "Nine."), "done: Got Nine."),
        (&ai, "ai_answer", nothing("ai_answer"), "done: Got …"),
        (&extract, "ai_extract", answer("ai_extract", r#"{"got": "tea"}"#), "done: Got tea"),
        (&extract, "ai_extract", nothing("ai_extract"), "done: Got"),
        (&incoming, "incoming", answer("incoming", "12"), "done: Got 12"),
    ] {
        let flow = asks(kind.clone());
        let answers = BTreeMap::from([("call".to_owned(), given)]);
        let lines = shown(&played_among(&flow, &[], &[], &answers, order()));
        assert_eq!(lines[6..8], [format!("*: {name} at call given"), says.to_owned()], "{lines:?}");
        assert_eq!(shown(&played(&flow, order()))[6..], [format!("*: unknown {name} at call")]);
    }
    // What is on record goes before what a person says.
    let outcome = Some(answer("http", r#"{"x": 1}"#));
    let came = Came { at: NOON, bot: None, block: "call".to_owned(), outcome };
    let answers = BTreeMap::from([("call".to_owned(), failed())]);
    let script = Script { came: vec![came], ..order() };
    let lines = shown(&played_among(&asks(http), &[], &[], &answers, script));
    assert_eq!(lines[6], "done: Got 1");
}

#[test]
fn a_long_conversation_is_played_in_slices_with_the_same_result() {
    let flow = compiled(&shop());
    let mut replay = Replay::new(order());
    let mut rounds = 0;
    let answers = BTreeMap::new();
    let bots = Bots { draft: &flow, answering: &[&flow], library: &[&flow], answers: &answers };
    while !replay.advance(&bots, &mut 1) {
        rounds += 1;
        assert!(rounds < 100);
    }
    assert!(rounds >= 3, "{rounds}");
    assert_eq!(replay.now, played(&shop(), order()));
}

fn different(difference: Difference, then: usize, now: usize) -> Verdict {
    Verdict::Different { place: Place { then: Some(then), now: Some(now) }, difference }
}

#[test]
fn what_counts_as_different() {
    let then = played(&shop(), order());
    let against = |flow: &Value| compare(&then, &played(flow, order()));
    let set = json!({ "id": "new", "kind": "set", "variable": "x", "value": "1" });
    let cases = [
        ("nothing", shop(), Verdict::Same),
        ("a block that says nothing", before("who", &set), Verdict::Same),
        (
            "another text after variables",
            with("what", |block| block["text"] = json!("What then, {{who}}?")),
            different(Difference::Text, 4, 4),
        ),
        (
            "the same text by other variables",
            with("what", |block| block["text"] = json!("{{ 'What, ' ~ who ~ '?' }}")),
            Verdict::Same,
        ),
        (
            "another choice",
            with("what", |block| block["options"][1]["title"] = json!("Juice")),
            different(Difference::Choices, 4, 4),
        ),
        ("a question that waits longer", with("who", |block| block["timeout"] = json!(900)), Verdict::Same),
        (
            "more is said",
            before("who", &json!({ "id": "new", "kind": "message", "text": "By the way" })),
            different(Difference::Text, 2, 2),
        ),
        (
            "the same words from another block",
            with("hello", |block| block["id"] = json!("hello2")),
            different(Difference::Block, 1, 1),
        ),
        (
            "another end",
            with("done", |block| block["outcome"] = json!("sold")),
            different(Difference::End, 7, 7),
        ),
        (
            "a hand-over in place of the end",
            with("done", |block| *block = json!({ "id": "done", "kind": "hand_over", "text": "Thanks" })),
            different(Difference::HandOver, 7, 7),
        ),
    ];
    for (what, flow, verdict) in cases {
        assert_eq!(against(&flow), verdict, "{what}: {:?}", shown(&played(&flow, order())));
    }
}

fn said(block: Option<&str>, text: &str) -> Line {
    Line::Said { at: 0, block: block.map(str::to_owned), said: Said::text("text", text) }
}

fn ended(ending: Ending) -> Line {
    Line::Ended { at: 0, block: None, ending, outcome: None }
}

#[test]
fn lines_are_compared_whatever_stands_between_them() {
    let customer = || Line::Customer { at: 0, input: text("a") };
    let over = || Line::HandedOver { at: 5, block: Some("h".to_owned()) };
    let unknown = || Line::Unknown { at: 0, block: "c".to_owned(), call: "http".to_owned() };
    let only = |then, now, difference| Verdict::Different { place: Place { then, now }, difference };
    let cases: [(&str, Vec<Line>, Vec<Line>, Verdict); 9] = [
        ("nothing", vec![], vec![], Verdict::Same),
        (
            "the order of the customer's words",
            vec![customer(), customer(), said(None, "x"), said(None, "y")],
            vec![customer(), said(Some("b"), "x"), customer(), said(Some("b"), "y")],
            Verdict::Same,
        ),
        (
            "a person in between",
            vec![said(None, "x"), Line::Person { at: 0, text: "I am here".to_owned() }],
            vec![said(None, "x")],
            Verdict::Same,
        ),
        ("more", vec![customer()], vec![customer(), said(None, "x")], only(None, Some(1), Difference::More)),
        ("less", vec![said(None, "x")], vec![], only(Some(0), None, Difference::Less)),
        ("no hand-over", vec![over()], vec![], only(Some(0), None, Difference::HandOver)),
        ("no end", vec![ended(Ending::Finished)], vec![], only(Some(0), None, Difference::End)),
        (
            "not known",
            vec![said(None, "x"), said(None, "y")],
            vec![said(None, "x"), unknown()],
            Verdict::Unknown { now: 1 },
        ),
        (
            "different before it is not known",
            vec![said(None, "x")],
            vec![said(None, "z"), unknown()],
            different(Difference::Text, 0, 0),
        ),
    ];
    for (what, then, now, verdict) in cases {
        assert_eq!(compare(&then, &now), verdict, "{what}");
    }
}

#[test]
fn a_script_goes_as_json() {
    let mut script = order();
    script.then = played(&shop(), order());
    script.came = vec![Came { at: 1, bot: None, block: "b".to_owned(), outcome: None }];
    let json = serde_json::to_string(&script).unwrap();
    assert_eq!(serde_json::from_str::<Script>(&json).unwrap(), script);
}
