use std::slice::from_ref;

use serde_json::{Value, json};

use super::*;
use crate::Flow;

fn flow(triggers: Value) -> Compiled {
    let flow = json!({ "schema": 1, "id": "f", "name": "", "triggers": triggers });
    Compiled::new(&Flow::from_value(flow).unwrap(), 1)
}

fn said(text: &str) -> Incoming<'_> {
    Incoming { text, ..Incoming::default() }
}

fn keyword(id: &str, how: &str, text: &str, priority: i32) -> Value {
    json!({ "id": id, "kind": "keyword", "priority": priority, "keywords": [{ "match": how, "text": text }] })
}

#[test]
fn keywords() {
    for (how, word, text, fires) in [
        ("is", "привет", "Привет!", true),
        ("is", "привет", "  ПРИВЕТ  ", true),
        ("is", "привет", "привет всем", false),
        ("is", "еще", "Ещё", true),
        ("is", "Ёлка", "елка?", true),
        ("is", "?", "?", true),
        ("is", "?", "!", false),
        ("is", "good day", "Good   day.", true),
        ("starts", "запис", "Записаться хочу", true),
        ("starts", "запис", "хочу записаться", false),
        ("contains", "запис", "хочу записаться", true),
        ("contains", "запис", "хочу", false),
        ("regex", r"^заказ\s*\d+$", "Заказ 48213", true),
        ("regex", r"^заказ\s*\d+$", "мой заказ", false),
        ("regex", "ёж", "Еж", true),
        ("regex", "(", "(", false),
        ("contains", " ", "anything", false),
    ] {
        let flow = flow(json!([keyword("t", how, word, 0)]));
        let won = winner([&flow], said(text), Situation::default());
        assert_eq!(won.is_some(), fires, "{how} {word:?}: {text:?}");
    }
}

#[test]
fn the_rule_of_which_wins() {
    let any = || json!({ "id": "any", "kind": "any_message" });
    let first = || json!({ "id": "first", "kind": "first_message" });
    let wins = |flows: &[Value], text: &str, situation: Situation| {
        let flows: Vec<_> = flows.iter().map(|triggers| flow(triggers.clone())).collect();
        let won = winner(&flows, said(text), situation);
        won.map(|won| format!("{}.{}", won.flow, won.trigger.unwrap_or_default())).unwrap_or_default()
    };
    let idle = Situation::default();
    let new = Situation { first_message: true, busy: false };
    let busy = Situation { first_message: false, busy: true };
    let (is, starts) = (keyword("is", "is", "menu", 0), keyword("starts", "starts", "menu", 0));
    let (regex, contains) =
        (keyword("regex", "regex", "menu", 0), keyword("contains", "contains", "menu", 0));

    // Priority before all else.
    assert_eq!(wins(&[json!([is]), json!([keyword("p", "contains", "menu", 1)])], "menu", idle), "1.p");
    // Then the more particular.
    let all = json!([any(), first(), contains, regex, starts, is]);
    assert_eq!(wins(from_ref(&all), "Menu", new), "0.is");
    assert_eq!(wins(from_ref(&all), "menu please", new), "0.starts");
    assert_eq!(wins(from_ref(&all), "the menu", new), "0.regex");
    assert_eq!(wins(&[json!([any(), contains, first()])], "the menu", new), "0.contains");
    assert_eq!(wins(from_ref(&all), "hello", new), "0.first");
    assert_eq!(wins(from_ref(&all), "hello", idle), "0.any");
    // Then the longer keyword.
    let (short, long) = (keyword("short", "contains", "ord", 0), keyword("long", "contains", "order", 0));
    assert_eq!(wins(&[json!([short]), json!([long])], "my order", idle), "1.long");
    // Then the earlier.
    assert_eq!(wins(&[json!([any()]), json!([any()])], "hello", idle), "0.any");
    assert_eq!(
        wins(
            &[json!([is, { "id": "same", "kind": "keyword", "keywords": [{ "text": "menu" }] }])],
            "menu",
            idle
        ),
        "0.is"
    );
    // In the middle of a talk only commands.
    assert_eq!(wins(&[all], "menu", busy), "");
    let mut command = keyword("stop", "is", "стоп", 0);
    command["anywhere"] = json!(true);
    assert_eq!(wins(&[json!([any(), command])], "Стоп!", busy), "0.stop");
    // What is switched off or not known never wins.
    let off = json!({ "id": "off", "kind": "any_message", "disabled": true });
    assert_eq!(wins(&[json!([off, { "id": "moon", "kind": "full_moon" }])], "hello", new), "");
    assert_eq!(wins(&[], "hello", new), "");
}

/// Who wins of one flow's triggers.
fn fires(triggers: Value, happening: Happening) -> String {
    let flow = flow(triggers);
    let won = winner([&flow], happening, Situation { first_message: true, busy: false });
    won.and_then(|won| won.trigger).unwrap_or_default()
}

#[test]
fn messages_with_more_than_words() {
    let triggers = || {
        json!([
            { "id": "any", "kind": "any_message" },
            { "id": "ads", "kind": "referral" },
            { "id": "ad", "kind": "referral", "sources": ["120210"] },
            { "id": "link", "kind": "link", "keywords": [{ "text": "table 7" }] },
            { "id": "pay", "kind": "payload", "keywords": [{ "text": "order", "match": "starts" }] },
            keyword("words", "contains", "table", 0),
        ])
    };
    for (text, payload, referral, wanted) in [
        ("hi", None, None, "any"),
        ("hi", None, Some("999"), "ads"),
        ("a table", None, Some("999"), "words"),
        ("a table", None, Some("120210"), "ad"),
        ("Table 7!", None, None, "link"),
        ("Table 7 please", None, None, "link"),
        ("table 77", None, None, "words"),
        ("Order", Some("ORDER_77"), None, "pay"),
        ("Table 7", Some("order"), Some("120210"), "pay"),
        ("Order", Some("x"), None, "any"),
    ] {
        let message = Incoming { text, payload, referral, ..Incoming::default() };
        assert_eq!(fires(triggers(), message.into()), wanted, "{message:?}");
    }
}

#[test]
fn what_happens_without_a_message() {
    let triggers = || {
        json!([
            { "id": "any", "kind": "any_message" },
            { "id": "new", "kind": "new_customer" },
            { "id": "tags", "kind": "tag_added" },
            { "id": "vip", "kind": "tag_added", "tag": "VIP" },
            { "id": "city", "kind": "field_changed", "field": "city" },
            { "id": "paris", "kind": "field_changed", "field": "city", "value": "Paris" },
            { "id": "won", "kind": "deal_moved", "pipeline": "sales", "stage": "won" },
            { "id": "daily", "kind": "schedule", "schedule": { "at": "10:00" } },
            { "id": "call", "kind": "api" },
            { "id": "named", "kind": "api", "name": "invoice" },
        ])
    };
    let (paris, oslo) = (json!("paris"), json!("Oslo"));
    for (happening, wanted) in [
        (Happening::NewCustomer, "new"),
        (Happening::TagAdded { tag: "vip" }, "vip"),
        (Happening::TagAdded { tag: "cold" }, "tags"),
        (Happening::FieldChanged { field: "city", value: &paris }, "paris"),
        (Happening::FieldChanged { field: "city", value: &oslo }, "city"),
        (Happening::FieldChanged { field: "age", value: &oslo }, ""),
        (Happening::DealMoved { pipeline: "sales", stage: "won" }, "won"),
        (Happening::DealMoved { pipeline: "other", stage: "won" }, ""),
        (Happening::Schedule { flow: "f", trigger: "daily" }, "daily"),
        (Happening::Schedule { flow: "g", trigger: "daily" }, ""),
        (Happening::Api { name: "call" }, "call"),
        (Happening::Api { name: "invoice" }, "named"),
        (Happening::Api { name: "named" }, ""),
    ] {
        assert_eq!(fires(triggers(), happening), wanted, "{happening:?}");
    }
}

/// A customer's first message is asked of the triggers for new customers too, by the same rule.
#[test]
fn a_new_customer_comes_with_the_first_message() {
    let new = |priority: i32| json!({ "id": "new", "kind": "new_customer", "priority": priority });
    let first = json!({ "id": "first", "kind": "first_message" });
    let any = json!({ "id": "any", "kind": "any_message" });
    let wins = |one: Value, other: Value, first_message: bool| {
        let flows = [flow(json!([one])), flow(json!([other]))];
        let won = winner(&flows, said("Hello"), Situation { first_message, busy: false });
        won.map_or(String::new(), |won| {
            let rest = won.others.iter().map(|rival| rival.trigger.as_str());
            [won.trigger.as_deref().unwrap_or_default()].into_iter().chain(rest).collect::<Vec<_>>().join(" ")
        })
    };
    assert_eq!(wins(first.clone(), new(100), true), "new first");
    assert_eq!(wins(first.clone(), new(0), true), "first new", "of equals the older bot's");
    assert_eq!(wins(any.clone(), new(0), true), "new any");
    assert_eq!(wins(any.clone(), new(-1), true), "any new");
    assert_eq!(wins(keyword("hi", "is", "hello", 0), new(0), true), "hi new");
    assert_eq!(wins(any, new(100), false), "any");
}

#[test]
fn why_a_bot_wins_is_told() {
    let flows = [
        flow(json!([{ "id": "any", "kind": "any_message" }, keyword("short", "contains", "ord", 0)])),
        flow(json!([keyword("long", "contains", "order", 0), keyword("late", "contains", "Order", 0)])),
        flow(json!([keyword("low", "is", "my order", -1)])),
    ];
    let won = winner(&flows, said("My order"), Situation::default()).unwrap();
    assert_eq!((won.flow, won.trigger.as_deref()), (1, Some("long")));
    assert_eq!(
        serde_json::to_value(&won.why).unwrap(),
        json!({ "priority": 0, "ground": "keyword_contains", "keyword": "order" })
    );
    let others: Vec<_> = won.others.iter().map(|rival| (rival.trigger.as_str(), rival.lost_by)).collect();
    assert_eq!(
        others,
        [
            ("late", LostBy::Order),
            ("short", LostBy::Keyword),
            ("any", LostBy::Ground),
            ("low", LostBy::Priority),
        ]
    );
}

#[test]
fn a_tap_on_an_old_menu_begins_where_it_leads() {
    let menu = json!({
        "schema": 1, "id": "f", "name": "",
        "triggers": [{ "id": "any", "kind": "any_message", "priority": 100 }],
        "groups": [
            { "id": "g", "blocks": [{ "id": "menu", "kind": "menu", "text": "?", "options": [{ "id": "a", "title": "A" }, { "id": "b", "title": "B" }] }] },
            { "id": "h", "blocks": [{ "id": "end", "kind": "end" }] },
        ],
        "edges": [{ "id": "e", "from": { "block": "menu", "port": "option:a" }, "to": { "group": "h" } }],
    });
    let flow = Compiled::new(&Flow::from_value(menu).unwrap(), 1);
    let tap = |payload, busy| {
        let message = Incoming { text: "A", payload: Some(payload), ..Incoming::default() };
        winner([&flow], message, Situation { first_message: false, busy })
    };
    let won = tap("menu/a", false).unwrap();
    assert_eq!((won.trigger.as_deref(), won.at.as_ref().map(|at| at.group.as_str())), (None, Some("h")));
    assert_eq!(won.why.ground, Ground::Tap);
    assert!(matches!(won.start(Map::new()), Input::Start { trigger: None, at: Some(_), .. }));
    // Of an option that leads nowhere it is a message like any other; a run hears its own taps.
    assert_eq!(tap("menu/b", false).unwrap().trigger.as_deref(), Some("any"));
    assert_eq!(tap("menu/a", true), None);
}

#[test]
fn links_open_with_their_word() {
    assert_eq!(
        start_link("+7 916 123-45-67", "Стол 7"),
        "https://wa.me/79161234567?text=%D0%A1%D1%82%D0%BE%D0%BB%207"
    );
}

/// Of messages that are taken together each is asked; the strongest match of any of them begins, and is told all.
#[test]
fn of_messages_in_quick_succession_the_strongest_match_wins() {
    let any = json!({ "id": "any", "kind": "any_message" });
    let first = json!({ "id": "first", "kind": "first_message" });
    let loud = json!({ "id": "loud", "kind": "any_message", "priority": 5, "disabled": true });
    let stop = json!({ "id": "stop", "kind": "keyword", "anywhere": true,
        "keywords": [{ "match": "is", "text": "stop" }] });
    let ad = json!({ "id": "ad", "kind": "referral", "sources": ["7"] });
    let flows = [
        flow(json!([any, first, loud, ad])),
        flow(json!([keyword("order", "contains", "order", 0), keyword("late", "contains", "late", 0), stop])),
    ];
    let flows: Vec<&Compiled> = flows.iter().collect();
    let text = |text: &str| Input::Text { text: text.to_owned() };
    let photo = |caption: &str| Input::Media {
        media: crate::MediaKind::Image,
        id: "ab".to_owned(),
        caption: caption.to_owned(),
        filename: String::new(),
        voice: false,
    };
    let burst = |messages: &[Input], situation: Situation| {
        let mut burst = Burst::new(messages[0].clone(), None, situation);
        messages[1..].iter().for_each(|message| burst.add(message.clone(), None));
        burst
    };
    let wins = |messages: &[Input], situation: Situation| {
        let won = burst(messages, situation).winner(&flows);
        won.map(|won| format!("{}.{}", won.flow, won.trigger.unwrap_or_default())).unwrap_or_default()
    };
    let idle = Situation::default();
    let new = Situation { first_message: true, busy: false };
    let busy = Situation { first_message: false, busy: true };
    assert_eq!(wins(&[text("Hello")], idle), "0.any");
    assert_eq!(wins(&[text("Hello"), text("my order is here?")], idle), "1.order");
    assert_eq!(wins(&[text("my order is here?"), text("Hello")], idle), "1.order");
    assert_eq!(wins(&[text("Hello"), text("my order")], new), "1.order");
    assert_eq!(wins(&[text("Hello"), text("you")], new), "0.first", "still the first ones");
    assert_eq!(wins(&[text("Hello"), photo("of my order")], idle), "1.order", "captions are words");
    // Of equals the longer word, and then what was said earlier.
    assert_eq!(wins(&[text("late"), text("order")], idle), "1.order");
    assert_eq!(wins(&[text("or"), text("Hello")], idle), "0.any");
    // In the middle of a run only what fires anywhere is asked, of every message.
    assert_eq!(wins(&[text("order"), text("Hello")], busy), "");
    assert_eq!(wins(&[text("order"), text("stop")], busy), "1.stop");

    let tap = Input::tap("pay/1", "Pay");
    let place =
        Input::Location { latitude: 1.5, longitude: 2.0, name: "Shop".to_owned(), address: String::new() };
    let mut all = burst(&[text("Hello"), photo("Look"), tap, place, photo("")], idle);
    assert_eq!(
        Value::Object(all.told()),
        json!({
            "message": "Hello\nLook\nPay", "payload": "pay/1",
            "files": [
                { "kind": "image", "id": "ab", "caption": "Look", "filename": "", "voice": false },
                { "kind": "image", "id": "ab", "caption": "", "filename": "", "voice": false },
            ],
            "location": { "latitude": 1.5, "longitude": 2.0, "name": "Shop", "address": "" },
        })
    );
    assert_eq!(Value::Object(burst(&[text("Hello")], idle).told()), json!({ "message": "Hello" }));
    // The ad from which any of them came counts for all.
    all.add(text("hi"), Some(json!({ "source_id": "7", "headline": "Sale" })));
    assert_eq!(all.winner(&flows).unwrap().trigger.as_deref(), Some("ad"));
    assert_eq!(all.told()["referral"], json!({ "source_id": "7", "headline": "Sale" }));
}

#[test]
fn of_very_many_messages_in_one_go_the_latest_are_kept() {
    let text = |number: u32| Input::Text { text: number.to_string() };
    let mut burst = Burst::new(text(0), None, Situation { first_message: true, busy: false });
    for number in 1..1_000 {
        burst.add(text(number), None);
    }
    let told = burst.told();
    let lines: Vec<&str> = told["message"].as_str().unwrap().lines().collect();
    assert_eq!((lines.len(), lines[0], lines[49]), (50, "950", "999"));
}
