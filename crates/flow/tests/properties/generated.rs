//! Flows and inputs, made at random: tame ones, in which most parts are as they should be, and wild ones.

use beseda_flow::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

pub const GROUPS: usize = 4;
pub const BLOCKS: usize = 20;

/// What a flow is made of: of a tame one most parts are as they should be, of a wild one anything goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Temper {
    Tame,
    Wild,
}

/// Texts that a flow may hold: plain, with variables, with expressions; in a wild one broken, hungry, too long.
pub fn text(temper: Temper) -> BoxedStrategy<String> {
    let good = select(vec![
        "Hello",
        "{{v0}}!",
        "{{ v1 }} and {{v2}}{{v0}}",
        "{{ v1|upper ~ 1 }} ",
        "{{contact.name.first}}.",
        "{{contact.fields.x}}, {{contact.tags}}",
        "Ещё один вопрос 🤔",
        "Please {{ 'say' if v0 }} it",
    ]);
    let bad = select(vec![
        "",
        " ",
        "{{v0}}{{v0}}{{v0}}{{v0}}{{v0}}{{v0}}{{v0}}{{v0}}--------",
        "{{ [1] * 99999999 }}",
        "{% for i in range(9999) %}xxxxxxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}",
        "{{ broken",
        "{{ 1 / 0 }}",
    ]);
    let long = (1_usize..6000).prop_map(|n| "слово ".repeat(n / 6 + 1));
    let good = good.prop_map(str::to_owned);
    match temper {
        Temper::Tame => prop_oneof![9 => good, 1 => long].boxed(),
        Temper::Wild => {
            prop_oneof![4 => good, 4 => bad.prop_map(str::to_owned), 1 => long, 1 => "\\PC{0,40}"].boxed()
        }
    }
}

/// Titles of options: of a button's length, of a row's, of neither.
pub fn title(temper: Temper) -> BoxedStrategy<String> {
    let short = prop_oneof![
        9 => "[a-zа-я]{3,9}",
        1 => select(vec!["Hello", "{{v0}} (you)", "twenty-one characters", "More", "7"]).prop_map(str::to_owned),
    ];
    match temper {
        Temper::Tame => short.boxed(),
        Temper::Wild => prop_oneof![8 => short, 1 => text(temper), 1 => Just("a title of more than twenty-four".to_owned())].boxed(),
    }
}

pub fn variable(temper: Temper) -> BoxedStrategy<String> {
    match temper {
        Temper::Tame => select(vec!["v0", "v1", "v2", "имя"]).prop_map(str::to_owned).boxed(),
        Temper::Wild => {
            select(vec!["v0", "v1", "v2", "", "today", "not a name"]).prop_map(str::to_owned).boxed()
        }
    }
}

pub fn target() -> impl Strategy<Value = Value> {
    // One more of each than there is: some lines lead nowhere.
    (0..=GROUPS, proptest::option::of(0..=BLOCKS)).prop_map(|(group, block)| match block {
        Some(block) => json!({ "group": format!("g{group}"), "block": format!("b{block}") }),
        None => json!({ "group": format!("g{group}") }),
    })
}

pub fn value(temper: Temper) -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => text(temper).prop_map(Value::from),
        1 => any::<i32>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => select(vec![json!(null), json!(true), json!([]), json!({ "a": [1, "x"] }), json!("today+3"), json!("12")]),
    ]
}

pub fn tests(temper: Temper) -> impl Strategy<Value = Value> {
    let operator = select(vec![
        "equal",
        "not_equal",
        "contains",
        "not_contains",
        "greater",
        "greater_or_equal",
        "less",
        "less_or_equal",
        "set",
        "empty",
        "starts",
        "ends",
    ]);
    let name = select(match temper {
        Temper::Tame => vec!["v0", "v1", "v2.0", "contact.name"],
        Temper::Wild => vec!["v0", "v1.a", "contact.name", "?"],
    });
    let plain = (name.clone(), operator, value(temper)).prop_map(|(variable, is, value)| match value {
        Value::Null => json!({ "variable": variable, "is": is }),
        value => json!({ "variable": variable, "is": is, "value": value }),
    });
    let patterns = (
        name,
        select(vec!["matches", "not_matches"]),
        select(match temper {
            Temper::Tame => vec!["^a", "[а-я]{2,}$"],
            Temper::Wild => vec!["(", "{{v0}}", "."],
        }),
    )
        .prop_map(|(variable, is, value)| json!({ "variable": variable, "is": is, "value": value }));
    let compare = prop_oneof![4 => plain, 1 => patterns].boxed();
    let group = |inner: BoxedStrategy<Value>| {
        (select(vec!["and", "or"]), vec(inner, 1..4))
            .prop_map(|(join, tests)| json!({ "join": join, "tests": tests }))
    };
    let nested = prop_oneof![3 => compare.clone(), 1 => group(compare)];
    group(nested.boxed())
}

pub fn options(temper: Temper) -> impl Strategy<Value = Value> {
    let least = usize::from(temper == Temper::Tame);
    let count = prop_oneof![2 => least..4, 2 => 4_usize..11, 1 => 11_usize..30];
    let option = move || (title(temper), text(temper), proptest::option::of(value(temper)));
    count.prop_flat_map(move |count| vec(option(), count)).prop_map(|options| {
        // Those of a few have no descriptions: else there would be no buttons.
        let described = options.len() > 3;
        let option = |(n, (title, description, value)): (usize, (String, String, Option<Value>))| {
            let mut option = json!({ "id": format!("o{n}"), "title": title });
            if described && n % 3 == 0 && !description.is_empty() {
                option["description"] = json!(description);
            }
            if let Some(value) = value.filter(|value| !value.is_null()) {
                option["value"] = value;
            }
            option
        };
        options.into_iter().enumerate().map(option).collect()
    })
}

pub fn question(temper: Temper) -> impl Strategy<Value = Value> {
    // Choices have most to go wrong.
    let mut answers =
        vec!["text", "number", "email", "phone", "date", "choice", "choice", "choice", "choice"];
    answers.extend((temper == Temper::Wild).then_some("iris_scan"));
    let answer = select(answers);
    let limit = || match temper {
        Temper::Tame => Just(None).boxed(),
        Temper::Wild => proptest::option::of(value(temper)).boxed(),
    };
    let limits = (limit(), limit(), 0_u32..4, 4_u32..100);
    let more =
        (proptest::option::of(0_u32..4), proptest::option::of(1_u32..1000), options(temper), any::<bool>());
    (text(temper), answer, variable(temper), text(temper), limits, more).prop_map(
        move |(
            text,
            answer,
            variable,
            retry,
            (min, max, shortest, longest),
            (tries, timeout, options, pattern),
        )| {
            let mut block =
                json!({ "kind": "question", "text": text, "answer": answer, "variable": variable });
            let fields = block.as_object_mut().unwrap();
            if !retry.is_empty() {
                fields.insert("retry".to_owned(), json!(retry));
            }
            for (name, limit) in [("min", min), ("max", max)] {
                if let Some(limit) = limit.filter(|limit| !limit.is_null()) {
                    fields.insert(name.to_owned(), limit);
                }
            }
            if answer == "choice" && options != json!([]) {
                fields.insert("options".to_owned(), options);
            } else if answer == "text" {
                fields.insert("min_length".to_owned(), json!(shortest));
                fields.insert("max_length".to_owned(), json!(longest));
                fields.insert(
                    "pattern".to_owned(),
                    json!(if pattern || temper == Temper::Tame { "[а-яa-z]" } else { "(broken" }),
                );
            }
            for (name, number) in [("tries", tries), ("timeout", timeout)] {
                if let Some(number) = number {
                    fields.insert(name.to_owned(), json!(number));
                }
            }
            block
        },
    )
}

pub fn block(temper: Temper) -> BoxedStrategy<Value> {
    let media = select(vec!["image", "audio", "sticker", "document"]);
    let known = prop_oneof![
        3 => text(temper).prop_map(|text| json!({ "kind": "message", "text": text })),
        1 => (text(temper), media).prop_map(|(text, kind)|
            json!({ "kind": "message", "text": text, "media": { "kind": kind, "url": "https://example.com/{{v0}}" } })),
        5 => question(temper),
        2 => vec(tests(temper), 1..3).prop_map(|branches| json!({
            "kind": "condition",
            "branches": branches.into_iter().enumerate()
                .map(|(n, when)| json!({ "id": format!("c{n}"), "when": when })).collect::<Vec<_>>(),
        })),
        2 => (variable(temper), value(temper)).prop_map(|(variable, value)| json!({ "kind": "set", "variable": variable, "value": value })),
        1 => (variable(temper), select(match temper {
                Temper::Tame => vec!["v0 ~ v1", "(v0 or 0)|int + 1", "[v0, v1]", "v2"],
                Temper::Wild => vec!["v0 ~ v1 ~ v0", "v0 + v0", "1 +", "[v0, v0]", "v1 * 99999"],
            }))
            .prop_map(|(variable, source)| json!({ "kind": "set", "variable": variable, "expression": source })),
        1 => target().prop_map(|to| json!({ "kind": "jump", "to": to })),
        1 => (text(temper), text(temper)).prop_map(|(text, note)| json!({ "kind": "hand_over", "text": text, "note": note })),
        1 => text(temper).prop_map(|text| json!({ "kind": "end", "text": text, "outcome": "done" })),
        12 => newer_block(temper),
    ];
    match temper {
        Temper::Tame => known.boxed(),
        Temper::Wild => {
            prop_oneof![20 => known, 1 => Just(json!({ "kind": "teleport", "to": ["Mars"] }))].boxed()
        }
    }
}

/// The kinds of blocks beyond the first seven.
pub fn newer_block(temper: Temper) -> BoxedStrategy<Value> {
    let name = || variable(temper);
    let path = || {
        select(match temper {
            Temper::Tame => vec!["v0", "v2", "contact.tags"],
            Temper::Wild => vec!["v2", "?", "v2.0.x"],
        })
    };
    let shares = |fields: fn(usize) -> Value| {
        move |count: usize| -> Vec<Value> {
            let share = |n: usize| {
                let mut share = fields(n);
                share["id"] = json!(format!("c{n}"));
                share
            };
            (0..count).map(share).collect()
        }
    };
    let weights = shares(|n| json!({ "weight": n * 2 + 1 }));
    let cases = shares(|n| json!({ "is": "contains", "value": format!("{n}") }));
    let mut plain = vec![
        json!({ "kind": "location", "latitude": 55.5, "longitude": "{{v0}}", "name": "{{v1}}" }),
        json!({ "kind": "location", "latitude": 1, "longitude": 2 }),
        json!({ "kind": "contact_card", "contacts": [{ "name": "{{v0}}", "phone": "1" }, { "name": "" }] }),
        json!({ "kind": "template", "name": "t", "language": "ru", "body": [{ "text": "{{v0}}" }], "buttons": [{ "id": "o0", "index": 0, "kind": "quick_reply" }] }),
        json!({ "kind": "return" }),
        json!({ "kind": "break" }),
        json!({ "kind": "hours" }),
        json!({ "kind": "hours", "hours": [{ "days": [1, 7], "from": "09:00", "to": "03:00" }] }),
        json!({ "kind": "online" }),
        json!({ "kind": "set_fields", "fields": [{ "field": "name", "value": "{{v0}}" }, { "field": "x", "value": "{{ v2 }}" }] }),
        json!({ "kind": "tags", "add": ["{{v0}}", "vip"], "remove": ["{{v1}}"] }),
        json!({ "kind": "assign", "team": "{{v0}}" }),
        json!({ "kind": "create_deal", "title": "{{v0}}", "amount": "{{v1}}", "fields": [{ "field": "x", "value": 1 }] }),
        json!({ "kind": "move_deal", "stage": "{{v1}}" }),
        json!({ "kind": "create_task", "title": "{{v0}}", "due": "10:00" }),
        json!({ "kind": "subscribe", "topic": "{{v0}}" }),
        json!({ "kind": "unsubscribe" }),
        json!({ "kind": "note", "text": "{{transcript}}" }),
        json!({ "kind": "hand_over", "summary": true, "person": "{{v0}}" }),
        json!({ "kind": "email", "to": ["{{v0}}", "anna@example.com"], "subject": "{{v1}}", "text": "{{v2}}" }),
        json!({ "kind": "ai_answer", "instructions": "{{v0}}", "history": true, "variable": "v1" }),
        json!({ "kind": "ai_extract", "fields": [{ "variable": "v0", "kind": "number", "required": true }, { "variable": "v1" }] }),
        json!({ "kind": "sub_flow", "bot": "other" }),
        json!({ "kind": "sub_flow", "bot": "nobody" }),
        json!({ "kind": "read_fields", "save": [{ "variable": "v0", "path": "x" }, { "variable": "v2", "path": "tags" }, { "variable": "v1", "path": "name" }] }),
        json!({ "kind": "tags", "add": ["VIP"], "remove": ["vip "] }),
    ];
    if temper == Temper::Wild {
        // The checker keeps them from being published.
        plain.push(json!({ "kind": "set_fields", "fields": [{ "field": "phone", "value": "1" }, { "field": " tags", "value": "{{v2}}" }, { "field": "x" }] }));
    }
    let plain = select(plain);
    let waits = prop_oneof![
        (select(vec![json!(0), json!(1), json!(5.5), json!("{{v0}}"), json!(1e9)]), any::<bool>())
            .prop_map(|(seconds, typing)| json!({ "kind": "wait", "seconds": seconds, "typing": typing }))
            // As it is written: what is usual is left out.
            .prop_map(without_false),
        select(vec!["10:00", "{{ tomorrow }}", "{{v0}}"])
            .prop_map(|until| json!({ "kind": "wait", "until": until })),
        Just(json!({ "kind": "wait_call", "save": [{ "variable": "v0", "path": "a.0" }] })),
    ];
    let http = (text(temper), name()).prop_map(|(text, name)| {
        json!({ "kind": "http", "method": "POST", "url": "https://a.b/{{ secret.key }}",
                "query": [{ "name": "q", "value": text }], "headers": [{ "name": "X", "value": { "secret": "key" } }],
                "body": { "kind": "json", "value": { "a": ["{{ v2 }}", "x{{v0}}", { "secret": "key" }] } },
                "save": [{ "variable": name, "path": "a.b" }, { "variable": "v1" }], "status": "v2" })
    });
    let asks = (select(vec!["url", "time", "rating", "media", "location", "form"]), text(temper), any::<bool>())
        .prop_map(|(answer, text, several)| {
            let mut block = json!({ "kind": "question", "answer": answer, "text": text, "variable": "v0", "timeout": 60 });
            match answer {
                "media" if several => block["multiple"] = json!(true),
                "form" => block["form"] = json!({ "id": "1", "data": { "a": "{{v0}}" }, "save": [{ "variable": "v1", "path": "a" }] }),
                "rating" if several => block["max"] = json!(10),
                _ => {}
            }
            block
        });
    let dynamic = (path(), options(temper), any::<bool>()).prop_map(|(items, options, multiple)| {
        let mut block =
            json!({ "kind": "question", "answer": "choice", "text": "?", "variable": "v1", "items": items });
        if options != json!([]) {
            block["options"] = options;
        }
        if multiple {
            block["multiple"] = json!(true);
        }
        block
    });
    prop_oneof![
        4 => plain,
        1 => (text(temper), options(temper)).prop_map(|(text, options)| json!({ "kind": "menu", "text": text, "options": options })),
        1 => (text(temper), title(temper)).prop_map(|(text, title)| json!({ "kind": "link_button", "text": text, "title": title, "url": "https://a.b/{{v0}}" })),
        2 => waits,
        1 => http,
        2 => asks,
        2 => dynamic,
        1 => (1_usize..4).prop_map(move |count| json!({ "kind": "split", "branches": weights(count) })),
        1 => (path(), 1_usize..4).prop_map(move |(path, count)| json!({ "kind": "switch", "variable": path, "branches": cases(count) })),
        2 => (path(), name()).prop_map(|(list, item)| json!({ "kind": "loop", "list": list, "item": item })),
        1 => target().prop_map(|to| json!({ "kind": "sub_flow", "to": to })),
        1 => (name(), select(vec!["append", "pop", "shift", "item"]), text(temper)).prop_map(|(variable, operation, value)| {
            json!({ "kind": "set", "variable": variable, "operation": operation, "list": "v2", "value": value })
        }),
    ]
    .boxed()
}

pub fn without_false(mut block: Value) -> Value {
    block.as_object_mut().unwrap().retain(|_, value| *value != json!(false));
    block
}

/// Another bot that flows may run.
pub fn other() -> Compiled {
    Compiled::new(&Flow::from_value(other_flow()).unwrap(), 1)
}

pub fn other_flow() -> Value {
    json!({
        "schema": 1, "id": "other", "name": "",
        "groups": [{ "id": "g", "blocks": [
            { "id": "b0", "kind": "question", "text": "{{v0}}?", "answer": "text", "variable": "v0" },
            { "id": "b1", "kind": "sub_flow", "bot": "other" },
        ]}],
    })
}

/// A flow with everything in it, in the shape in which the program writes flows.
pub fn flow() -> impl Strategy<Value = Value> {
    prop_oneof![2 => Just(Temper::Tame), 1 => Just(Temper::Wild)].prop_flat_map(flow_of)
}

pub fn flow_of(temper: Temper) -> impl Strategy<Value = Value> {
    let port = select(vec![
        "next",
        "answered",
        "failed",
        "timeout",
        "else",
        "returned",
        "option:o0",
        "option:o1",
        "branch:c0",
        "branch:c1",
        "each",
        "message",
        "closed",
        "offline",
    ]);
    let edge = (0..=BLOCKS, proptest::option::of(port), target()).prop_map(|(block, port, to)| match port {
        Some(port) => json!({ "from": { "block": format!("b{block}"), "port": port }, "to": to }),
        None => json!({ "from": { "block": format!("b{block}") }, "to": to }),
    });
    let least = usize::from(temper == Temper::Tame);
    let groups =
        vec(vec((block(temper), proptest::bool::weighted(0.1)), least..=BLOCKS / GROUPS), 1..=GROUPS);
    let parts = (groups, vec(edge, 0..20), proptest::option::of(target()), select(vec!["en", "ru"]));
    parts.prop_map(move |(groups, edges, start, language)| {
        let count = groups.iter().map(Vec::len).sum::<usize>();
        let exists = |to: &Value| {
            let within = |id: &Value, least: usize| {
                id.as_str().is_none_or(|id| id[1..].parse::<usize>().is_ok_and(|number| number < least))
            };
            within(&to["group"], groups.len()) && within(&to["block"], count)
        };
        let keep = |to: &Value| temper == Temper::Wild || exists(to);
        let mut flow = json!({ "schema": 1, "id": "f", "name": "Any", "language": language });
        if let Some(start) = start.filter(keep) {
            flow["start"] = start;
        }
        let edges = edges.into_iter().filter(|edge| keep(&edge["to"])).enumerate().map(|(n, mut edge)| {
            edge["id"] = json!(format!("e{n}"));
            edge
        });
        flow["edges"] = edges.collect();
        let mut number = 0;
        let mut made = Vec::new();
        for (n, blocks) in groups.into_iter().enumerate() {
            let mut list = Vec::new();
            for (mut block, disabled) in blocks {
                block["id"] = json!(format!("b{number}"));
                if disabled {
                    block["disabled"] = json!(true);
                }
                let leads = block["kind"] == "jump" || block["kind"] == "sub_flow" && block["to"].is_object();
                if temper == Temper::Tame && leads && block["to"]["group"] != "g0" {
                    block["to"] = json!({ "group": "g0" });
                }
                number += 1;
                list.push(block);
            }
            made.push(json!({ "id": format!("g{n}"), "x": n * 300, "y": 0.5, "blocks": list }));
        }
        flow["groups"] = json!(made);
        if temper == Temper::Tame {
            without_strange_edges(&mut flow);
        }
        flow["variables"] = json!([{ "name": "v2", "default": ["a", "b"] }]);
        // As the program writes it: what is empty or usual is left out.
        serde_json::to_value(Flow::from_value(flow).unwrap()).unwrap()
    })
}

/// Takes out the edges that begin nowhere: nothing that runs depends on them, and the checker calls them errors.
pub fn without_strange_edges(flow: &mut Value) {
    let read = Flow::from_value(flow.clone()).unwrap();
    let strange: Vec<_> = check(&read)
        .into_iter()
        .filter(|finding| finding.code == Code::EdgeFromNowhere)
        .filter_map(|finding| finding.parameters.get("edge").cloned())
        .collect();
    flow["edges"].as_array_mut().unwrap().retain(|edge| !strange.contains(&edge["id"]));
}

pub fn input() -> impl Strategy<Value = Input> {
    let words = select(vec![
        "",
        "1",
        "2",
        "10",
        "more",
        "Ещё",
        "Hello",
        "hello",
        "да",
        "anna@example.com",
        "89161234567",
        "завтра",
        "12,5",
    ]);
    let reply = (0..=BLOCKS, select(vec!["o0", "o1", "o24", "+0", "+1", "+2", "+4294967295", "+x", ""]));
    prop_oneof![
        8 => words.prop_map(|text| Input::Text { text: text.to_owned() }),
        1 => text(Temper::Wild).prop_map(|text| Input::Text { text }),
        1 => (0_usize..70_000).prop_map(|n| Input::Text { text: "z".repeat(n) }),
        4 => reply.prop_map(|(block, rest)| Input::tap(format!("b{block}/{rest}"), "Hello")),
        1 => Just(Input::tap("template-button", "1")),
        2 => (0_u64..6).prop_map(|token| Input::Timeout { token }),
        1 => Just(Input::Media { media: MediaKind::Image, id: "m".to_owned(), caption: "1".to_owned(), filename: String::new(), voice: false }),
        1 => Just(Input::Location { latitude: 1.0, longitude: 2.0, name: String::new(), address: String::new() }),
        1 => Just(Input::Other),
        1 => Just(Input::Contact { name: "A".to_owned(), phone: "+442079460958".to_owned() }),
        1 => Just(Input::Form { fields: Map::from_iter([("a".to_owned(), json!([1, "x"]))]) }),
        1 => Just(Input::Together { parts: vec![
            Input::Text { text: "1".to_owned() },
            Input::tap("b3/o0", "Hello"),
            Input::Together { parts: vec![Input::Other] },
        ]}),
        5 => (1_u64..8, outcome()).prop_map(|(token, outcome)| Input::Returned { token, outcome }),
        1 => Just(Input::Pause),
        1 => Just(Input::Resume),
        2 => proptest::option::of(target()).prop_map(|at| Input::Start {
            trigger: Some("t".to_owned()),
            at: at.map(|at| serde_json::from_value(at).unwrap()),
            variables: Map::from_iter([("contact".to_owned(), json!({ "name": "Anna" }))]),
        }),
    ]
}

pub fn outcome() -> impl Strategy<Value = Outcome> {
    let values = select(vec![
        json!(true),
        json!(null),
        json!({ "status": 200, "body": { "a": { "b": [1, 2] } } }),
        json!({ "status": 500 }),
        json!({ "x": "a, b", "tags": ["VIP", "b"], "name": "Anna" }),
        json!({ "text": "An answer", "tokens": 15_000 }),
        json!({ "fields": { "v0": "12", "v1": ["a"] }, "tokens": -1 }),
        json!({ "status": 200, "body": { "a": { "b": "y".repeat(200_000) } } }),
        json!({ "status": 200, "body": "z".repeat(300_000) }),
    ]);
    prop_oneof![
        5 => values.prop_map(|value| Outcome::Done { value }),
        1 => Just(Outcome::Failed { reason: "no route".into() }),
    ]
}
