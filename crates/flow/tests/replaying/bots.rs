//! Replays as the whole number would answer: other bots in the place of the draft, within it, after it, and begun by what it
//! writes.

use beseda_flow::Occurrence;
use beseda_flow::replay::Happened;

use super::*;

/// The order, with words in the place of a tap: any bot takes them for an answer.
fn spoken() -> Script {
    script([(5, text("Tom")), (9, text("Tea"))], 9)
}

/// Answers these keywords, and then asks.
fn other(id: &str, keywords: &[(&str, &str)], more: &Value) -> Compiled {
    let keywords: Vec<Value> =
        keywords.iter().map(|(by, text)| json!({ "match": by, "text": text })).collect();
    let mut trigger = json!({ "id": "t", "kind": "keyword", "keywords": keywords });
    trigger.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    asks(id, &trigger)
}

/// Begins by this trigger, asks one thing and says what it heard.
fn asks(id: &str, trigger: &Value) -> Compiled {
    compiled(&json!({
        "schema": 1, "id": id, "name": id, "triggers": [trigger],
        "groups": [{ "id": "g", "blocks": [
            { "id": "ask", "kind": "question", "text": format!("{id} asks {{{{contact.name}}}}"), "answer": "text",
              "variable": "it" },
            { "id": "end", "kind": "end", "text": "{{it}} it is", "outcome": "heard" },
        ] }],
    }))
}

fn among(flow: &Value, before: &[&Compiled], after: &[&Compiled], script: Script) -> Vec<String> {
    shown(&played_among(flow, before, after, &BTreeMap::new(), script))
}

#[test]
fn another_bot_answers_in_its_place_and_goes_on_with_the_conversation() {
    let usual = shown(&played(&shop(), spoken()));
    // Of two that match alike the older one answers.
    let rival = other("rival", &[("is", "hi")], &json!({}));
    let answered = ["C: hi", "*: rival answers", "ask: rival asks Anna", "C: Tom", "end: Tom it is"];
    let ended = [&answered[..], &["*: Finished heard", "C: Tea"]].concat();
    assert_eq!(among(&shop(), &[&rival], &[], spoken()), ended);
    assert_eq!(among(&shop(), &[], &[&rival], spoken()), usual);
    let eager = other("eager", &[("contains", "h")], &json!({ "priority": 5 }));
    assert_eq!(among(&shop(), &[], &[&rival, &eager], spoken())[1], "*: eager answers");
    // It is a difference, whatever stood there then; and none where it was so then.
    let then = played(&shop(), spoken());
    let now = played_among(&shop(), &[&rival], &[], &BTreeMap::new(), spoken());
    let verdict = compare(&then, &now);
    assert_eq!(verdict, different(Difference::OtherBot, 1, 1), "{verdict:?}");
    assert_eq!(compare(&now, &now), Verdict::Same);
    assert_eq!(compare(&now, &then), different(Difference::OtherBot, 1, 1));
}

#[test]
fn in_the_middle_of_a_talk_only_what_fires_anywhere_takes_it_over() {
    let usual = shown(&played(&shop(), spoken()));
    let tom = other("tom", &[("is", "Tom")], &json!({}));
    assert_eq!(among(&shop(), &[&tom], &[], spoken()), usual);
    let anywhere = other("anywhere", &[("is", "Tom")], &json!({ "anywhere": true }));
    let begun = ["C: hi", "hello: Hello, Anna!", "who: Your name?", "C: Tom"];
    let taken =
        ["*: anywhere answers", "ask: anywhere asks Anna", "C: Tea", "end: Tea it is", "*: Finished heard"];
    assert_eq!(among(&shop(), &[], &[&anywhere], spoken()), [&begun[..], &taken[..]].concat());
    // And the draft takes it back, knowing nothing of the talk that was broken off.
    let heard = [(5, text("Tom")), (6, text("menu")), (7, text("Jim"))];
    let back = ["*: the draft answers", "hello: Hello, Anna!", "who: Your name?", "C: Jim"];
    let lines = among(&shop(), &[], &[&anywhere], script(heard, 9));
    let whole = [&begun[..], &taken[..2], &["C: menu"], &back[..], &["what: What, Jim? [Tea] [Coffee]"]];
    assert_eq!(lines, whole.concat());
    // Where the draft answers no more, whoever does.
    let ends = with("who", |block| *block = json!({ "id": "who", "kind": "end", "text": "Bye" }));
    let lines = among(&ends, &[&tom], &[], spoken());
    assert_eq!(lines[4..7], ["C: Tom", "*: tom answers", "ask: tom asks Anna"]);
    // But not while a person talks, with the draft's run over too.
    let heard = [(1, Input::Pause), (5, text("Tom")), (6, Input::Resume), (7, text("Tom"))];
    let lines = among(&ends, &[&tom], &[], script(heard, 9));
    assert_eq!(lines[4..], ["C: Tom", "C: Tom", "*: tom answers", "ask: tom asks Anna"]);
}

#[test]
fn another_bot_is_run_within_the_draft_and_the_draft_within_another() {
    let inner = asks("inner", &json!({ "id": "never", "kind": "keyword", "disabled": true, "keywords": [] }));
    let sub = json!({ "id": "sub", "kind": "sub_flow", "bot": "inner" });
    let lines = among(&before("what", &sub), &[], &[&inner], spoken());
    assert_eq!(lines[4..], ["ask: inner asks Anna", "C: Tea", "end: Tea it is", "*: Finished heard"]);
    let outer = compiled(&json!({
        "schema": 1, "id": "outer", "name": "Outer",
        "triggers": [{ "id": "t", "kind": "keyword", "priority": 9, "keywords": [{ "match": "is", "text": "hi" }] }],
        "groups": [{ "id": "g", "blocks": [{ "id": "sub", "kind": "sub_flow", "bot": "shop" }] }],
    }));
    let draft = compiled(&shop());
    let answers = BTreeMap::new();
    let all = [&draft, &outer];
    let bots = Bots { draft: &draft, answering: &all, library: &all, answers: &answers };
    let mut replay = Replay::new(spoken());
    assert!(replay.advance(&bots, &mut 1_000));
    assert!(replay.took_part, "as a part of another bot");
    assert_eq!(shown(&replay.now)[1..3], ["*: outer answers", "hello: Hello, Anna!"]);
    // Another one answers, and the draft has no part in it.
    let rival = other("rival", &[("is", "hi")], &json!({ "priority": 9 }));
    let all = [&draft, &rival];
    let mut replay = Replay::new(spoken());
    let bots = Bots { draft: &draft, answering: &all, library: &all, answers: &answers };
    assert!(replay.advance(&bots, &mut 1_000));
    assert!(!replay.took_part);
}

/// Nothing was said: this happened.
fn begun_by(what: Occurrence, event: Value) -> Script {
    let mut script = spoken();
    script.start.message = None;
    script.start.trigger = Some("t".to_owned());
    script.start.happening = Some(what);
    script.start.variables.insert("event".to_owned(), event);
    script
}

#[test]
fn what_happens_without_a_message_is_asked_of_all_bots() {
    let tag = |name: Option<&str>| {
        let mut trigger = json!({ "id": "tag", "kind": "tag_added" });
        if let Some(name) = name {
            trigger["tag"] = json!(name);
        }
        trigger
    };
    let with_trigger = |trigger: &Value| {
        let mut flow = shop();
        flow["triggers"].as_array_mut().unwrap().push(trigger.clone());
        flow
    };
    let added = || begun_by(Occurrence::TagAdded { tag: "gold".to_owned() }, json!({ "tag": "gold" }));
    // The draft waits for any tag, another one for this very one.
    let exact = asks("exact", &tag(Some("Gold")));
    assert_eq!(among(&with_trigger(&tag(None)), &[], &[], added())[0], "hello: Hello, Anna!");
    let lines = among(&with_trigger(&tag(None)), &[], &[&exact], added());
    assert_eq!(lines[..2], ["*: exact answers", "ask: exact asks Anna"]);
    assert_eq!(among(&shop(), &[], &[], added())[0], "*: silent");
    // Each kind of it begins what waits for it, and nothing else.
    let field = Occurrence::FieldChanged { field: "city".to_owned(), value: json!("Oslo") };
    let schedule = |flow: Option<&str>| Occurrence::Schedule {
        flow: flow.map(str::to_owned),
        trigger: "daily".to_owned(),
    };
    let daily = json!({ "id": "daily", "kind": "schedule", "schedule": { "at": "09:00" } });
    let waits = [
        (Occurrence::NewCustomer, json!({ "id": "new", "kind": "new_customer" })),
        (field, json!({ "id": "f", "kind": "field_changed", "field": "city", "value": "Oslo" })),
        (Occurrence::Api { name: "paid".to_owned() }, json!({ "id": "a", "kind": "api", "name": "paid" })),
        (schedule(None), daily.clone()),
    ];
    for (what, trigger) in &waits {
        let flow = with_trigger(trigger);
        assert_eq!(
            Occurrence::of(&Flow::from_json(&flow.to_string()).unwrap().triggers[2], None, &what.event())
                .as_ref(),
            Some(what)
        );
        for (happened, _) in &waits {
            let begins =
                among(&flow, &[], &[], begun_by(happened.clone(), happened.event()))[0].starts_with("hello");
            assert_eq!(begins, happened == what, "{happened:?} of {trigger}");
        }
    }
    // A schedule is due for the bot it is of.
    let script = || begun_by(schedule(Some("watch")), json!({}));
    let watch = asks("watch", &daily);
    let lines = among(&with_trigger(&daily), &[], &[&watch], script());
    assert_eq!(lines[..2], ["*: watch answers", "ask: watch asks Anna"]);
    // What began it is not known: the bot that began it begins it, unless its trigger is gone.
    let unknown = |bot: Option<&str>| {
        let mut script = spoken();
        script.start.message = None;
        script.start.trigger = Some("daily".to_owned());
        script.start.bot = bot.map(str::to_owned);
        script
    };
    assert_eq!(among(&shop(), &[], &[&watch], unknown(Some("watch")))[0], "*: watch answers");
    assert_eq!(among(&shop(), &[], &[&watch], unknown(None))[0], "*: silent");
}

#[test]
fn what_a_flow_writes_to_the_record_begins_what_waits_for_it() {
    let gold = json!({ "id": "gold", "kind": "tag_added", "tag": "Tea" });
    let watch = asks("watch", &gold);
    // Once the draft is over: in its middle it is not interrupted.
    let lines = among(&keeps(), &[], &[&watch], spoken());
    let end = ["C: Tea", "done: Thanks", "*: Finished ordered", "*: watch answers", "ask: watch asks Tom"];
    assert_eq!(lines[5..], end);
    let mut waits = keeps();
    let blocks = waits["groups"][0]["blocks"].as_array_mut().unwrap();
    blocks.insert(4, json!({ "id": "more", "kind": "question", "text": "More?", "answer": "text" }));
    assert_eq!(among(&waits, &[], &[&watch], spoken())[5..], ["C: Tea", "more: More?"]);
    // Unless it may begin anywhere.
    let mut anywhere = gold.clone();
    anywhere["anywhere"] = json!(true);
    let lines = among(&waits, &[], &[&asks("watch", &anywhere)], spoken());
    assert_eq!(lines[6..], ["more: More?", "*: watch answers", "ask: watch asks Anna"]);
    // A tag that the customer has is not added once more.
    let vip = asks("watch", &json!({ "id": "vip", "kind": "tag_added", "tag": "vip" }));
    let again = before("done", &json!({ "id": "tag", "kind": "tags", "add": ["vip"] }));
    assert_eq!(among(&again, &[], &[&vip], spoken()).last().unwrap(), "*: Finished ordered");
    // A field with its value, which is a text there.
    let age = json!({ "id": "age", "kind": "field_changed", "field": "age", "value": "42" });
    let lines = among(&keeps(), &[], &[&asks("watch", &age)], spoken());
    assert_eq!(lines[lines.len() - 2..], ["*: watch answers", "ask: watch asks Tom"]);
}

#[test]
fn two_flows_that_set_each_other_off_come_to_an_end() {
    let sets = |id: &str, waits: &str, adds: &str| {
        compiled(&json!({
            "schema": 1, "id": id, "name": id, "triggers": [{ "id": "t", "kind": "tag_added", "tag": waits }],
            "groups": [{ "id": "g", "blocks": [
                { "id": "off", "kind": "tags", "remove": [waits] },
                { "id": "say", "kind": "message", "text": id },
                { "id": "on", "kind": "tags", "add": [adds] },
            ] }],
        }))
    };
    let (first, second) = (sets("ping", "a", "b"), sets("pong", "b", "a"));
    let begins = before("hello", &json!({ "id": "tag", "kind": "tags", "add": ["a"] }));
    let mut ends = begins.clone();
    ends["groups"][0]["blocks"] = json!([begins["groups"][0]["blocks"][0]]);
    let lines = among(&ends, &[], &[&first, &second], script([], 900));
    let said = |id: &str| lines.iter().filter(|line| **line == format!("say: {id}")).count();
    assert_eq!((said("ping"), said("pong")), (3, 2), "{lines:#?}");
}

#[test]
fn what_happened_in_the_middle_and_what_other_bots_asked_for_comes_when_it_came() {
    let api = asks("paid", &json!({ "id": "a", "kind": "api", "name": "paid", "anywhere": true }));
    let mut talk = spoken();
    let what = Occurrence::Api { name: "paid".to_owned() };
    talk.happened = vec![Happened { at: now(6), what, event: json!({ "sum": 3 }) }];
    let lines = among(&shop(), &[], &[&api], talk);
    assert_eq!(
        lines[4..],
        [
            "what: What, Tom? [Tea] [Coffee]",
            "*: paid answers",
            "ask: paid asks Anna",
            "C: Tea",
            "end: Tea it is",
            "*: Finished heard"
        ]
    );
    // What a call came back with belongs to the bot that asked: copies have the same blocks.
    let calls = |id: &str| {
        json!({
            "schema": 1, "id": id, "name": id,
            "triggers": [{ "id": "t", "kind": "keyword", "keywords": [{ "match": "is", "text": "hi" }] }],
            "groups": [{ "id": "g", "blocks": [
                { "id": "call", "kind": "http", "url": "https://a.b", "save": [{ "path": "n", "variable": "n" }] },
                { "id": "say", "kind": "end", "text": "Got {{n}}" },
            ] }],
        })
    };
    let came = |bot: Option<&str>, n: u8| Came {
        at: NOON,
        bot: bot.map(str::to_owned),
        block: "call".to_owned(),
        outcome: Some(answer("http", &format!(r#"{{"n": {n}}}"#))),
    };
    let script = || Script { came: vec![came(Some("copy"), 1), came(None, 2)], ..script([], 9) };
    assert_eq!(among(&calls("own"), &[], &[], script())[1], "say: Got 2");
    let copy = compiled(&calls("copy"));
    assert_eq!(among(&calls("own"), &[&copy], &[], script())[1..3], ["*: copy answers", "say: Got 1"]);
}

#[test]
fn of_what_is_said_in_one_go_the_strongest_match_begins() {
    let mut draft = shop();
    draft["settings"] = json!({ "pause": 3 });
    let thanks = other("thanks", &[("is", "yo")], &json!({}));
    let usual = [
        "C: hi",
        "C: yo",
        "hello: Hello, Anna!",
        "who: Your name?",
        "C: Tea",
        "what: What, Tea? [Tea] [Coffee]",
    ];
    // Of equals what was said earlier counts.
    let even = script([(1, text("yo")), (9, text("Tea"))], 20);
    assert_eq!(among(&draft, &[&thanks], &[], even), usual);
    let quick = || script([(1, text("Tom")), (9, text("Tea"))], 20);
    let loud = other("loud", &[("is", "Tom")], &json!({ "priority": 1 }));
    let taken = [
        "C: hi",
        "C: Tom",
        "*: loud answers",
        "ask: loud asks Anna",
        "C: Tea",
        "end: Tea it is",
        "*: Finished heard",
    ];
    assert_eq!(among(&draft, &[&loud], &[], quick()), taken);
    // Later it is an answer, and without a pause the first message is answered at once.
    assert_eq!(among(&draft, &[&loud], &[], spoken()), among(&draft, &[], &[], spoken()));
    assert_eq!(
        among(&shop(), &[&loud], &[], quick())[..3],
        ["C: hi", "hello: Hello, Anna!", "who: Your name?"]
    );
    // The one that waits has no part in it where another one takes its place.
    let rival = compiled(&draft);
    let mut quiet = shop();
    quiet["id"] = json!("quiet");
    quiet["triggers"][0]["keywords"][0]["text"] = json!("Tom");
    quiet["triggers"][0]["priority"] = json!(1);
    let lines = among(&quiet, &[&rival], &[], quick());
    assert_eq!(lines[..3], ["C: hi", "C: Tom", "hello: Hello, Anna!"]);
}

#[test]
fn a_run_is_told_all_that_was_sent_in_one_go() {
    let mut draft = shop();
    draft["settings"] = json!({ "pause": 3 });
    draft["groups"][0]["blocks"][0]["text"] =
        json!("{{message}}: {{files | length}} file, {{files[0].id}}, at {{location.name}}");
    let photo = Input::Media {
        media: beseda_flow::MediaKind::Image,
        id: "ab12".to_owned(),
        caption: "Look".to_owned(),
        filename: String::new(),
        voice: false,
    };
    let place =
        Input::Location { latitude: 1.0, longitude: 2.0, name: "Shop".to_owned(), address: String::new() };
    let mut sent = script([(1, photo), (2, place)], 9);
    // What is recorded of it is what came of another pause.
    sent.start.variables.insert("message".to_owned(), json!("hi"));
    let lines = among(&draft, &[], &[], sent);
    assert!(lines.contains(&"hello: hi\nLook: 1 file, ab12, at Shop".to_owned()), "{lines:?}");
    // A later message brings what it brings: the picture belonged to the earlier one.
    draft["groups"][0]["blocks"][0]["text"] = json!("{{message}} {{files}}");
    let photo = Input::Media {
        media: beseda_flow::MediaKind::Image,
        id: "ab12".to_owned(),
        caption: "hi".to_owned(),
        filename: String::new(),
        voice: false,
    };
    let mut sent = script([(9, text("menu"))], 20);
    sent.start.message = Some(photo);
    let lines = among(&draft, &[], &[], sent);
    assert!(lines[1].contains("ab12"), "{lines:?}");
    assert_eq!(lines[4].trim_end(), "hello: menu");
}
