//! Replays in the page, without a browser.

use beseda_flow::replay::Difference;
use serde_json::{Value, json};

use super::*;
use crate::builder::document::Doc;
use crate::effect::read;

const BOT: &str = "01990000-0000-7000-8000-000000000001";

/// Asks the same for ever.
fn flow(text: &str) -> Value {
    json!({ "schema": 1, "id": "f", "name": "F", "groups": [{ "id": "g", "blocks": [
        { "id": "a", "kind": "question", "text": text, "answer": "text" },
        { "id": "b", "kind": "jump", "to": { "group": "g" } },
    ]}]})
}

fn editor(text: &str) -> Builder {
    Builder { bot: BOT.parse().ok(), doc: Doc::from_json(&flow(text)), ..Builder::default() }
}

/// A page of conversations with many answers each, answered with this text then.
fn page(count: usize, next: Option<&str>, text: &str) -> String {
    let said = || json!({ "line": "said", "at": 0, "block": "a", "kind": "text", "text": text });
    let heard = |n: i64| json!({ "at": { "ms": n, "offset": 0 }, "input": { "kind": "text", "text": "x" } });
    let script = json!({
        "start": { "at": { "ms": 0, "offset": 0 } },
        "heard": (1..100).map(heard).collect::<Vec<_>>(),
        "until": 100,
        "then": (0..100).map(|_| said()).collect::<Vec<_>>(),
    });
    let run = json!({
        "id": BOT, "bot_id": BOT, "version": 1, "customer_id": BOT, "customer_name": "Tom", "conversation_id": BOT,
        "number_id": BOT, "state": "live", "started_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z", "variables": {},
    });
    let items: Vec<_> = (0..count).map(|_| json!({ "run": run, "script": script, "gaps": [] })).collect();
    json!({ "items": items, "next": next }).to_string()
}

fn replay(msg: crate::Msg) -> Msg {
    let crate::Msg::Editor(BuilderMsg::Replay(msg)) = msg else { panic!("not of the replay") };
    msg
}

/// Lets slices pass until something else is asked for; counts them.
fn slices(model: &mut Builder, mut effects: Effects) -> (usize, Effects) {
    let mut count = 0;
    while let Some(Effect::After(0, msg)) = effects.first() {
        count += 1;
        assert!(count < 1_000, "it goes on for ever");
        effects = model.update_replay(replay(msg.clone()));
    }
    (count, effects)
}

/// The business's bots: this one and those with these ids.
fn bots(others: &[(&str, bool)]) -> String {
    let bot = |(id, enabled): &(&str, bool)| {
        json!({ "id": id, "name": "B", "flow_id": "other", "enabled": enabled, "published": 4, "running": 0,
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z" })
    };
    let items: Vec<_> = [(BOT, true)].iter().chain(others).map(bot).collect();
    json!({ "items": items }).to_string()
}

/// Begins a round in a business without other bots; what is asked then.
fn begun(model: &mut Builder, mut effects: Effects) -> Effects {
    let listed = replay(read::answer(&mut effects, "GET /bots", Ok(&bots(&[]))));
    model.update_replay(listed)
}

#[test]
fn long_conversations_are_played_in_slices_and_page_after_page() {
    let mut model = editor("New");
    let effects = model.update_replay(Msg::Open);
    let mut effects = begun(&mut model, effects);
    assert_eq!(read::lines(&effects)[0], format!("Call(GET /bots/{BOT}/scripts?limit=20)"));
    let first = replay(read::answer(&mut effects, "GET /bots/", Ok(&page(20, Some("more"), "Old"))));
    let effects = model.update_replay(first);
    let (count, mut effects) = slices(&mut model, effects);
    assert!(count >= 9, "{count} slices for 20 conversations of 100 steps");
    let asked = read::lines(&effects);
    assert_eq!(asked, [format!("Call(GET /bots/{BOT}/scripts?limit=20&cursor=more)")]);
    assert!(model.replay.is_going);
    let second = replay(read::answer(&mut effects, "GET /bots/", Ok(&page(1, None, "New"))));
    let effects = model.update_replay(second);
    let (_, effects) = slices(&mut model, effects);
    assert!(effects.is_empty() && !model.replay.is_going);
    assert_eq!((model.replay.played.len(), model.replay.different().count()), (21, 20));
    model.update_replay(Msg::Show(0));
    model.view_replay();
    model.replay_notice();
}

#[test]
fn what_was_played_is_not_played_again_until_the_flow_changes() {
    let mut model = editor("Old");
    let effects = model.update_replay(Msg::Open);
    let mut effects = begun(&mut model, effects);
    let answer = replay(read::answer(&mut effects, "GET /bots/", Ok(&page(1, None, "Old"))));
    let late = answer.clone();
    let effects = model.update_replay(answer);
    slices(&mut model, effects);
    assert_eq!(model.replay.different().count(), 0);
    assert!(model.begin_replay().is_empty());
    model.replay.flow_changed();
    assert_eq!(model.begin_replay().len(), 1);
    assert!(model.replay.played.is_empty());
    // An answer of the round before is of no use.
    assert!(model.update_replay(late).is_empty() && model.replay.queue.is_empty());
    let failed = Msg::Scripts(model.replay.round, Err(Failure::Offline));
    model.update_replay(failed);
    assert!(!model.replay.is_going && model.replay.failure.is_some());
}

const OTHER: &str = "01990000-0000-7000-8000-000000000002";

/// The flow of the other bot: it says "Other" to whoever writes "x".
fn version() -> String {
    let flow = json!({ "schema": 1, "id": "other", "name": "B",
        "triggers": [{ "id": "t", "kind": "keyword", "anywhere": true, "keywords": [{ "match": "is", "text": "x" }] }],
        "groups": [{ "id": "g", "blocks": [{ "id": "b", "kind": "message", "text": "Other" }] }] });
    format!(
        r#"{{"number":4,"published_at":"2026-01-01T00:00:00Z","author":"","answering":true,"running":0,"flow":{flow}}}"#
    )
}

/// A round with one conversation of this bot and one of the other, which is switched on or off.
fn among(flow: &Value, enabled: bool, of_other: &str) -> Builder {
    let mut model = Builder { bot: BOT.parse().ok(), doc: Doc::from_json(flow), ..Builder::default() };
    let mut effects = model.update_replay(Msg::Run);
    let listed = replay(read::answer(&mut effects, "GET /bots", Ok(&bots(&[(OTHER, enabled)]))));
    let mut effects = model.update_replay(listed);
    assert_eq!(read::lines(&effects), [format!("Call(GET /bots/{OTHER}/versions/4)")]);
    let answered = replay(read::answer(&mut effects, "GET /bots/", Ok(&version())));
    let mut effects = model.update_replay(answered);
    let scripts = replay(read::answer(&mut effects, "GET /bots/", Ok(&page(1, None, "Old"))));
    let effects = model.update_replay(scripts);
    let (_, mut effects) = slices(&mut model, effects);
    let asked = format!("Call(GET /bots/{BOT}/scripts?others=true&limit=20)");
    assert_eq!(read::lines(&effects), [asked]);
    let scripts = replay(read::answer(&mut effects, "GET /bots/", Ok(of_other)));
    let effects = model.update_replay(scripts);
    slices(&mut model, effects);
    assert!(!model.replay.is_going);
    model
}

/// A conversation that the other bot had: somebody wrote "x", and it said "Other".
fn of_other() -> String {
    let mut page: Value = serde_json::from_str(&page(1, None, "Old")).expect("JSON");
    page["items"][0]["script"] = json!({
        "start": { "at": { "ms": 0, "offset": 0 }, "message": { "kind": "text", "text": "x" }, "bot": "other" },
        "until": 100,
        "without": true,
        "then": [
            { "line": "bot", "at": 0, "bot": "other" },
            { "line": "said", "at": 0, "block": "b", "kind": "text", "text": "Other" },
            { "line": "ended", "at": 0, "ending": "finished" },
        ],
    });
    page.to_string()
}

#[test]
fn other_bots_answer_where_they_are_switched_on_and_are_run_where_they_are_not() {
    let model = among(&flow("Old"), true, &page(0, None, ""));
    let other = |line: &Line| matches!(line, Line::Bot { bot: Some(bot), .. } if bot == "other");
    let says = |line: &Line| matches!(line, Line::Said { said, .. } if said.text == "Other");
    let now = &model.replay.played[0].now;
    assert!(now.iter().any(other) && now.iter().any(says), "{now:?}");
    let model = among(&flow("Old"), false, &page(0, None, ""));
    assert!(!model.replay.played[0].now.iter().any(other));
    let mut runs = flow("Old");
    runs["groups"][0]["blocks"][1] = json!({ "id": "b", "kind": "sub_flow", "bot": "other" });
    let model = among(&runs, false, &page(0, None, ""));
    assert!(model.replay.played[0].now.iter().any(says), "{:?}", model.replay.played[0].now);
}

#[test]
fn conversations_of_other_bots_are_shown_where_the_draft_has_a_part_now() {
    let mut model = among(&flow("Old"), true, &of_other());
    assert_eq!((model.replay.played.len(), model.replay.untouched), (1, 1));
    model.update_replay(Msg::Open);
    model.view_replay();
    let mut answers = flow("Mine");
    answers["triggers"] = json!([{ "id": "t", "kind": "keyword", "priority": 3, "keywords": [{ "match": "is", "text": "x" }] }]);
    let mut model = among(&answers, true, &of_other());
    let (at, one) = model.replay.different().find(|(_, one)| one.of_others).expect("the draft answers now");
    assert!(matches!(one.verdict, Verdict::Different { difference: Difference::OtherBot, .. }), "{one:?}");
    assert_eq!(model.replay.untouched, 0);
    model.update_replay(Msg::Open);
    model.view_replay();
    model.update_replay(Msg::Show(at));
    model.view_replay();
}

#[test]
fn what_a_person_says_that_a_call_comes_back_with_moves_all_that_wait_for_it() {
    let mut json = flow("Old");
    json["groups"][0]["blocks"] = json!([
        { "id": "call", "kind": "http", "url": "https://a.b", "save": [{ "path": "n", "variable": "n" }] },
        { "id": "a", "kind": "question", "text": "{{n}}", "answer": "text" },
    ]);
    let mut model = Builder { bot: BOT.parse().ok(), doc: Doc::from_json(&json), ..Builder::default() };
    let effects = model.update_replay(Msg::Run);
    let mut effects = begun(&mut model, effects);
    let scripts = replay(read::answer(&mut effects, "GET /bots/", Ok(&page(3, None, "Old"))));
    let effects = model.update_replay(scripts);
    slices(&mut model, effects);
    assert_eq!((model.replay.unknown().count(), model.replay.stopped_at("call")), (3, 3));
    model.update_replay(Msg::Show(1));
    model.view_replay();
    assert!(model.update_replay(Msg::Answer("a".to_owned(), Answer::Skip)).is_empty(), "nobody waits there");
    model.update_replay(Msg::Typed(r#"{"n": "Old"}"#.to_owned()));
    let effects = model.update_replay(Msg::Answer("call".to_owned(), Answer::Typed));
    slices(&mut model, effects);
    assert_eq!((model.replay.unknown().count(), model.replay.played.len()), (0, 3));
    let says = |model: &Builder| match &model.replay.played[1].now[1] {
        Line::Said { said, .. } => said.text.clone(),
        line => panic!("{line:?}"),
    };
    assert_eq!((says(&model).as_str(), model.replay.typed.as_str()), ("Old", ""));
    model.update_replay(Msg::Back);
    model.view_replay();
    let effects = model.update_replay(Msg::Forget);
    slices(&mut model, effects);
    assert_eq!(model.replay.unknown().count(), 3);
}

#[test]
fn what_a_replay_cannot_know_is_said_beside_its_result() {
    crate::i18n::set(crate::i18n::Locale::ALL[0]);
    let shown = |triggers: &Value, is_played: bool| {
        let mut flow = flow("Well?");
        flow["triggers"] = triggers.clone();
        let mut model = Builder { bot: BOT.parse().ok(), doc: Doc::from_json(&flow), ..Builder::default() };
        if is_played {
            let effects = model.update_replay(Msg::Run);
            let mut effects = begun(&mut model, effects);
            let at = effects.iter().position(|effect| format!("{effect:?}").contains("/scripts")).unwrap();
            let Effect::Call(_, then) = effects.remove(at) else { panic!() };
            let effects = model.update_replay(replay(then(Ok(page(1, None, "Well?")))));
            let (_, mut effects) = slices(&mut model, effects);
            if !effects.is_empty() {
                let Effect::Call(_, then) = effects.remove(0) else { panic!("{effects:?}") };
                let effects = model.update_replay(replay(then(Ok(page(0, None, "Well?")))));
                slices(&mut model, effects);
            }
        }
        model.replay.is_open = true;
        model.view_replay().unwrap().render_to_string()
    };
    let of = |kind: &str| json!([{ "id": "t", "kind": kind }]);
    assert!(!shown(&of("tag_added"), false).contains("replay-not-covered"), "nothing is played yet");
    let words = shown(&of("keyword"), true);
    assert!(words.contains("no bot answered then") && !words.contains("not on record"), "{words}");
    for kind in ["tag_added", "field_changed", "deal_moved", "new_customer", "schedule", "api"] {
        assert!(shown(&of(kind), true).contains("not on record"), "{kind}");
    }
    let off = json!([{ "id": "t", "kind": "tag_added", "disabled": true }]);
    assert!(!shown(&off, true).contains("not on record"));
}
