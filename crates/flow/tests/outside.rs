//! Calls and what comes of them; what is written about the customer.

mod driver;

use beseda_flow::{Call, CallFault, Compiled, Effect, EndReason, Flow, Input, Outcome, Session, step};
use driver::{check_flow, flow};
use serde_json::{Map, Value, json};

/// A flow of one call; `failed` and perhaps `timeout` lead the other way.
fn calling(block: Value, ports: &[&str]) -> String {
    let edge = |port: &&str| json!({ "id": port, "from": { "block": "call", "port": port }, "to": { "group": "g2" } });
    let edges: Vec<Value> = ports.iter().map(edge).collect();
    flow(json!([block, { "id": "then", "kind": "message", "text": "Then: {{v}}" }]), json!(edges))
}

/// What fails where nothing else leads on: the team is told, since the customer hears nothing.
#[test]
fn a_service_that_fails_for_good_is_told_to_the_team() {
    let http = json!({ "id": "call", "kind": "http", "url": "https://a.example/x", "timeout": 5 });
    let ask = json!({ "id": "call", "kind": "ai_answer", "instructions": "Help" });
    for block in [http, ask] {
        let flow: Flow = Flow::from_json(&calling(block, &[])).unwrap();
        let compiled = Compiled::new(&flow, 1);
        for (silent, why) in [(false, "no route"), (true, "no answer in time")] {
            let begun = step(&compiled, Session::new(&compiled), &Input::at("call", Map::new()), 0);
            let token = begun.effects.iter().find_map(|effect| match effect {
                Effect::Call { token, .. } => Some(*token),
                _ => None,
            });
            let timer = begun.effects.iter().find_map(|effect| match effect {
                Effect::SetTimer { token, .. } => Some(*token),
                _ => None,
            });
            let input = if silent {
                Input::Timeout { token: timer.unwrap() }
            } else {
                let outcome = Outcome::Failed { reason: "no route".into() };
                Input::Returned { token: token.unwrap(), outcome }
            };
            let step = step(&compiled, begun.session, &input, 600_000);
            assert_eq!(step.ended.unwrap().reason, EndReason::Failed);
            let note = step.effects.iter().find_map(|effect| match effect {
                Effect::Note { text, .. } => Some(text.clone()),
                _ => None,
            });
            assert!(note.unwrap().contains(why));
        }
    }
}

/// A note speaks the flow's language; what somebody else said stays as they said it.
#[test]
fn why_a_service_failed_is_told_in_the_language_of_the_flow() {
    let http = json!({ "id": "call", "kind": "http", "url": "https://a.example/x" });
    let mut flow: Value = serde_json::from_str(&calling(http, &[])).unwrap();
    flow["language"] = json!("ru");
    let compiled = Compiled::new(&Flow::from_value(flow).unwrap(), 1);
    let failed = |fault: CallFault| Outcome::Failed { reason: fault.into() };
    for (outcome, says) in [
        (Outcome::Done { value: json!({ "status": 503 }) }, "ответил кодом 503"),
        (failed(CallFault::NoAnswer), "не ответил вовремя"),
        (failed(CallFault::PrivateAddress), "адрес в частной сети"),
        (failed(CallFault::TooLarge), "ответ слишком большой"),
        (failed(CallFault::Unreachable { said: "refused".to_owned() }), "нет соединения: «refused»"),
        (failed(CallFault::NoSecret { name: "key".to_owned() }), "нет секрета `key`"),
        (Outcome::Failed { reason: "out of tea".into() }, "«out of tea»"),
    ] {
        let begun = step(&compiled, Session::new(&compiled), &Input::at("call", Map::new()), 0);
        let token = begun.effects.iter().find_map(|effect| match effect {
            Effect::Call { token, .. } => Some(*token),
            _ => None,
        });
        let returned = Input::Returned { token: token.unwrap(), outcome };
        let step = step(&compiled, begun.session, &returned, 600);
        let note = step.effects.iter().find_map(|effect| match effect {
            Effect::Note { text, .. } => Some(text.clone()),
            _ => None,
        });
        let note = note.unwrap();
        assert!(note.starts_with("Бот не смог продолжить") && note.contains(says), "{note}");
    }
}

/// An expression without a result ends the run: a customer is told nothing that is made of it.
#[test]
fn an_expression_that_fails_is_told_to_the_team() {
    for (block, place) in [
        (json!({ "id": "call", "kind": "set", "variable": "v", "expression": "'a'|nosuch" }), "nosuch"),
        (json!({ "id": "call", "kind": "set", "variable": "v", "expression": "1/0" }), "/0"),
        (json!({ "id": "call", "kind": "message", "text": "{{ nobody * 2 }} left" }), "*"),
        (json!({ "id": "call", "kind": "http", "url": "https://a.example/{{ nobody * 2 }}" }), "*"),
    ] {
        let flow = Flow::from_json(&calling(block.clone(), &["failed"])).unwrap();
        let compiled = Compiled::new(&flow, 1);
        let step = step(&compiled, Session::new(&compiled), &Input::at("call", Map::new()), 0);
        assert_eq!(step.ended.unwrap().reason, EndReason::Failed, "{block}");
        assert!(!step.effects.iter().any(|effect| matches!(effect, Effect::Say { .. })), "{block}");
        let note = step.effects.iter().find_map(|effect| match effect {
            Effect::Note { text, .. } => Some(text.clone()),
            _ => None,
        });
        assert!(note.unwrap().contains(place), "{block}");
    }
}

#[test]
fn a_request_and_its_answer() {
    let http = json!({
        "id": "call", "kind": "http", "method": "POST",
        "url": "https://api.example.com/{{ secret.tenant }}/orders?x=1",
        "query": [{ "name": "q q", "value": "{{ contact.name }}&admin=1" }, { "name": "key", "value": { "secret": "crm_key" } }],
        "headers": [{ "name": "Authorization", "value": "Bearer {{secret.crm_key}}" }, { "name": "X-Name", "value": "a{{ '\r\n' }}Evil: 1" }],
        "body": { "kind": "json", "value": {
            "name": "{{ contact.name }} \"x\"", "n": "{{ 1 + 1 }}", "key": { "secret": "crm_key" }, "in": "k={{secret.crm_key}}", "list": [true, null],
        }},
        "timeout": 5, "status": "status",
        "save": [{ "variable": "v", "path": "items.0.price" }, { "variable": "all" }, { "variable": "none", "path": "a.b" }],
    });
    let called = r#"*: call POST https://api.example.com/<tenant Plain>/orders?x=1&q%20q=%D0%90%D0%BD%D0%BD%D0%B0%26admin%3D1&key=<crm_key Encoded> in 5 s (Authorization: Bearer <crm_key Plain>) (X-Name: a  Evil: 1) application/json {"name":"Анна \"x\"","n":2,"key":"<crm_key Json>","in":"k=<crm_key Json>","list":[true,null]}"#;
    let flow = calling(http, &["failed"]);
    check_flow(
        &flow,
        &format!(
            r#"C: hi
               {called}
               C: are you there?
               *: ignored
               C: (done: {{"status":201,"body":{{"items":[{{"price":5}}]}}}})
               *: status = 201
               *: v = 5
               *: all = {{"items":[{{"price":5}}]}}
               *: none = null
               B: Then: 5
               *: ended finished
               C: (done: {{"status":201}})
               *: ignored"#
        ),
    );
    for (answer, lines) in [
        ("(done: {\"status\":404,\"body\":1})", "*: status = 404\n *: error at call: call"),
        ("(failed: no route)", "*: error at call: call"),
        ("(done: 7)", "*: status = 0\n *: error at call: call"),
        ("(silence)", ""),
    ] {
        check_flow(
            &flow,
            &format!("C: hi\n {called}\n C: {answer}\n {lines}\n B: Other way\n *: ended finished"),
        );
    }
}

#[test]
fn headers_of_an_answer_go_into_variables() {
    let http = json!({
        "id": "call", "kind": "http", "method": "HEAD", "url": "https://a.b",
        "save_headers": [{ "variable": "v", "header": " ETag " }, { "variable": "length", "header": "content-length" },
            { "variable": "", "header": "date" }],
    });
    let called = r"*: call HEAD https://a.b in 30 s wants etag, content-length, date";
    let flow = calling(http, &["failed"]);
    for (answer, lines) in [
        (
            r#"{"status":200,"headers":{"etag":"\"7\"","content-length":null,"date":"x"},"body":""}"#,
            "*: v = \"7\"\n *: length = null\n B: Then: \"7\"",
        ),
        (r#"{"status":200}"#, "*: v = null\n *: length = null\n B: Then:"),
        // Of a refusal they are kept too.
        (
            r#"{"status":429,"headers":{"etag":"later"}}"#,
            "*: v = later\n *: length = null\n *: error at call: call\n B: Other way",
        ),
    ] {
        check_flow(&flow, &format!("C: hi\n {called}\n C: (done: {answer})\n {lines}\n *: ended finished"));
    }
}

#[test]
fn other_bodies_and_ways() {
    check_flow(
        &calling(
            json!({ "id": "call", "kind": "http", "method": "PUT", "url": " https://a.b ",
                    "body": { "kind": "form", "fields": [{ "name": "a b", "value": "{{contact.name}}" }, { "name": "k", "value": "{{secret.k}}" }] } }),
            &["timeout"],
        ),
        "C: hi
         *: call PUT https://a.b in 30 s application/x-www-form-urlencoded a%20b=%D0%90%D0%BD%D0%BD%D0%B0&k=<k Encoded>
         C: (silence)
         B: Other way
         *: ended finished",
    );
    check_flow(
        &calling(
            json!({ "id": "call", "kind": "http", "url": "https://a.b", "body": { "kind": "text", "text": "<x>{{secret.k}}</x>", "content_type": "text/xml" } }),
            &[],
        ),
        "C: hi
         *: call GET https://a.b in 30 s text/xml <x><k Plain></x>
         C: (failed: no)
         *: error at call: call
         *: ended failed",
    );
}

#[test]
fn secrets_are_filled_by_the_caller_alone() {
    let http = json!({ "id": "call", "kind": "http", "url": "https://a.b/{{secret.key}}",
        "headers": [{ "name": "X-Name", "value": "{{contact.name}}" }], "body": { "kind": "json", "value": { "k": { "secret": "key" } } } });
    let compiled = Compiled::new(&Flow::from_json(&calling(http, &[])).unwrap(), 1);
    // A customer who writes the words of a secret gets them back as words.
    let contact = json!({ "name": "{{ secret.key }}" });
    let variables =
        Map::from_iter([("secret".to_owned(), json!({ "key": "guess" })), ("contact".to_owned(), contact)]);
    let start = Input::Start { trigger: None, at: None, variables };
    let done = step(&compiled, Session::new(&compiled), &start, 0);
    let Some(Effect::Call { call: Call::Http(http), .. }) = done.effects.first() else { panic!("no call") };
    let secret = |name: &str| (name == "key").then(|| "s\"e cret".to_owned());
    assert_eq!(http.url.open(secret).unwrap(), "https://a.b/s\"e cret");
    assert_eq!(http.body.as_ref().unwrap().open(secret).unwrap(), r#"{"k":"s\"e cret"}"#);
    assert_eq!(http.headers[0].1.open(secret).unwrap(), "{{ secret.key }}");
    assert_eq!(http.url.open(|_| None), Err("key".to_owned()));
    assert_eq!(http.url.secrets().collect::<Vec<_>>(), ["key"]);
    let all = serde_json::to_string(&done.effects).unwrap() + &serde_json::to_string(&done.session).unwrap();
    assert!(!all.contains("cret\\"), "{all}");
}

#[test]
fn an_incoming_call_is_waited_for() {
    let wait = || json!({ "id": "call", "kind": "wait_call", "timeout": 600, "save": [{ "variable": "v", "path": "status" }] });
    check_flow(
        &calling(wait(), &["message"]),
        r#"C: hi
           *: call incoming
           C: (done: {"status":"paid"})
           *: v = paid
           B: Then: paid
           *: ended finished"#,
    );
    check_flow(
        &calling(wait(), &["message"]),
        "C: hi
         *: call incoming
         C: how do I pay?
         B: Other way
         *: ended finished",
    );
    check_flow(
        &calling(wait(), &[]),
        "C: hi
         *: call incoming
         C: how do I pay?
         *: ignored
         C: (silence)
         *: error at call: call
         *: ended failed",
    );
    // What comes while a person talks is heard afterwards.
    check_flow(
        &calling(wait(), &[]),
        r#"C: hi
           *: call incoming
           C: (taken over)
           C: (done: {"status":"paid"})
           C: (given back)
           *: v = paid
           B: Then: paid
           *: ended finished"#,
    );
}

#[test]
fn letters() {
    check_flow(
        &calling(
            json!({ "id": "call", "kind": "email", "to": ["{{contact.to or 'a@b.co, c@d.co'}}", "nobody"], "bcc": ["x@y.zz"],
                    "reply_to": "{{contact.name}}", "subject": "Order{{ '\n' }}Bcc: all", "text": "Line\nline" }),
            &["failed"],
        ),
        r#"C: hi
           *: call email bcc=["x@y.zz"] subject=Order Bcc: all text=Line / line to=["a@b.co","c@d.co"]
           C: (done: {})
           B: Then:
           *: ended finished"#,
    );
    check_flow(
        &calling(json!({ "id": "call", "kind": "email", "to": ["{{nobody}}"], "subject": "x" }), &["failed"]),
        "C: hi
         *: error at call: bad_value
         B: Other way
         *: ended finished",
    );
}

/// Nobody waits for the model: the hand-over is an effect of the same step, and what was said goes with it.
#[test]
fn a_language_model_is_asked_for_a_summary() {
    let over = |fields: Value| {
        let mut block = json!({ "id": "over", "kind": "hand_over", "note": "Hi", "ai_summary": true });
        block.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        json!([{ "id": "q", "kind": "question", "text": "What?", "answer": "text" }, block])
    };
    check_flow(
        &flow(over(json!({ "max_tokens": 90, "timeout": 7 })), json!([])),
        "C: hi
         B: What?
         C: Tea
         *: handed over: Hi (asks a model for 90 tokens in 7 s) (summary: < What? / > Tea)
         *: ended handed_over",
    );
    // What models may say in one run is bounded here too, and the hand-over is not lost by it.
    let mut bounded: Value = serde_json::from_str(&flow(
        over(json!({})),
        json!([{ "id": "e", "from": { "block": "over", "port": "returned" }, "to": { "group": "g" } }]),
    ))
    .unwrap();
    bounded["settings"] = json!({ "ai_tokens": 600 });
    check_flow(
        &bounded.to_string(),
        "C: hi
         B: What?
         C: Tea
         *: handed over: Hi (asks a model for 500 tokens in 30 s) (summary: < What? / > Tea)
         C: (given back)
         B: What?
         C: Milk
         *: handed over: Hi (asks a model for 100 tokens in 30 s) (summary: < What? / > Tea / < What? / > Milk)
         C: (given back)
         B: What?
         C: Water
         *: error at over: ai_tokens
         *: handed over: Hi (summary: < What? / > Tea / < What? / > Milk / < What? / > Water)",
    );
}

#[test]
fn a_language_model_answers() {
    check_flow(
        &flow(
            json!([
                { "id": "hello", "kind": "message", "text": "Hello" },
                { "id": "q", "kind": "question", "text": "Ask me", "answer": "text" },
                { "id": "call", "kind": "ai_answer", "instructions": "You are {{contact.name}}", "history": true, "variable": "v", "max_tokens": 100, "model": "m" },
                { "id": "again", "kind": "ai_answer", "question": "{{v}}", "silent": true, "variable": "w" },
                { "id": "end", "kind": "message", "text": "{{w}}" },
            ]),
            json!([]),
        ),
        r#"C: hi
           B: Hello
           B: Ask me
           C: What is open?
           *: call ai_answer history=[{"by":"bot","text":"Hello"},{"by":"bot","text":"Ask me"},{"by":"customer","text":"What is open?"}] instructions=You are Анна max_tokens=100 model=m text=What is open? timeout=30
           C: (done: {"text":"We are.","tokens":19990})
           *: v = We are.
           B: We are.
           *: call ai_answer max_tokens=10 text=We are. timeout=30
           C: (done: {"text":" ","tokens":20})
           *: error at again: call
           *: ended failed"#,
    );
    // What a run may cost is bounded.
    let twice = json!([
        { "id": "call", "kind": "ai_answer", "question": "x" },
        { "id": "more", "kind": "ai_answer", "question": "y" },
    ]);
    check_flow(
        &flow(
            twice,
            json!([{ "id": "e", "from": { "block": "more", "port": "failed" }, "to": { "group": "g2" } }]),
        ),
        r#"C: hi
           *: call ai_answer max_tokens=500 text=x timeout=30
           C: (done: {"text":"Yes.","tokens":20000})
           B: Yes.
           *: error at more: ai_tokens
           B: Other way
           *: ended finished"#,
    );
}

#[test]
fn a_language_model_finds_values() {
    let extract = json!({ "id": "call", "kind": "ai_extract", "text": "x", "fields": [
        { "variable": "v", "kind": "number", "required": true, "description": "How many" },
        { "variable": "day", "kind": "date" }, { "variable": "mail", "kind": "email" }, { "variable": "phone", "kind": "phone" },
        { "variable": "yes", "kind": "boolean" }, { "variable": "size", "kind": "choice", "options": ["S", "M"] }, { "variable": "text" },
    ]});
    let called = r#"*: call ai_extract fields=[{"description":"How many","kind":"number","name":"v","options":[],"required":true},{"description":"","kind":"date","name":"day","options":[],"required":false},{"description":"","kind":"email","name":"mail","options":[],"required":false},{"description":"","kind":"phone","name":"phone","options":[],"required":false},{"description":"","kind":"boolean","name":"yes","options":[],"required":false},{"description":"","kind":"choice","name":"size","options":["S","M"],"required":false},{"description":"","kind":"text","name":"text","options":[],"required":false}] max_tokens=500 text=x timeout=30"#;
    check_flow(
        &calling(extract.clone(), &["failed"]),
        &format!(
            r#"C: hi
               {called}
               C: (done: {{"fields":{{"v":"3","day":"tomorrow","mail":"not one","phone":"+44 20 7946 0958","yes":true,"size":"m","text":"  hi ","extra":1}}}})
               *: v = 3
               *: day = 2026-11-23
               *: mail = null
               *: phone = +442079460958
               *: yes = true
               *: size = M
               *: text = hi
               B: Then: 3
               *: ended finished"#
        ),
    );
    let check_failed = |answer: &str| {
        let compiled = Compiled::new(&Flow::from_json(&calling(extract.clone(), &["failed"])).unwrap(), 1);
        let start = Input::Start { trigger: None, at: None, variables: Map::new() };
        let asked = step(&compiled, Session::new(&compiled), &start, 0);
        let Some(Effect::Call { token, .. }) = asked.effects.first() else { panic!("no call") };
        let value = serde_json::from_str(answer).unwrap();
        let returned = Input::Returned { token: *token, outcome: Outcome::Done { value } };
        let done = step(&compiled, asked.session, &returned, 0);
        assert!(serde_json::to_string(&done.effects).unwrap().contains("Other way"), "{answer}");
    };
    check_failed(r#"{"fields":{"v":"many"}}"#);
    check_failed("{}");
    check_failed("[]");
}

#[test]
fn is_it_open_is_somebody_there() {
    for (block, call, no) in [
        (json!({ "id": "call", "kind": "hours" }), "open", "closed"),
        (json!({ "id": "call", "kind": "online", "team": "{{ 'sales' }}" }), "online team=sales", "offline"),
    ] {
        let flow = calling(block, &[no]);
        for (answer, said) in [
            ("(done: true)", "Then:"),
            ("(done: false)", "Other way"),
            ("(done: 1)", "Other way"),
            ("(silence)", "Other way"),
        ] {
            check_flow(
                &flow,
                &format!("C: hi\n *: call {call}\n C: {answer}\n B: {said}\n *: ended finished"),
            );
        }
        check_flow(
            &flow,
            &format!(
                "C: hi\n *: call {call}\n C: (failed: x)\n *: error at call: call\n B: Other way\n *: ended finished"
            ),
        );
    }
}

#[test]
fn what_is_known_of_a_customer_is_read_and_written() {
    check_flow(
        &flow(
            json!([
                { "id": "read", "kind": "read_fields", "save": [{ "variable": "city", "path": "city.name" }] },
                { "id": "set", "kind": "set_fields", "fields": [
                    { "field": "name", "value": "{{ contact.name }}!" }, { "field": "visits", "value": "{{ 2 + 1 }}" }, { "field": "old" },
                    { "field": "phone", "value": "1" }, { "field": "tags", "value": "a" },
                ]},
                { "id": "tags", "kind": "tags", "add": ["VIP", "{{ nobody }}", "new {{ city }}"], "remove": ["cold"] },
                { "id": "say", "kind": "message", "text": "{{contact.name}} {{contact.fields.visits}} {{contact.tags}}" },
                { "id": "if", "kind": "condition", "branches": [{ "id": "b", "when": { "join": "and", "tests": [{ "variable": "contact.tags", "is": "contains", "value": "vip" }] } }] },
                { "id": "never", "kind": "message", "text": "Never" },
            ]),
            json!([{ "id": "e", "from": { "block": "if", "port": "branch:b" }, "to": { "group": "g2" } }]),
        ),
        r#"C: hi
           *: call fields fields=["city.name"]
           C: (done: {"city.name":"Rome"})
           *: city = Rome
           *: set_field field=name value=Анна!
           *: set_field field=visits value=3
           *: set_field field=old
           *: error at set: read_only_field
           *: error at set: read_only_field
           *: add_tag tag=VIP
           *: add_tag tag=new Rome
           *: remove_tag tag=cold
           B: Анна! 3 VIP, new Rome
           B: Other way
           *: ended finished"#,
    );
}

#[test]
fn what_the_team_gets() {
    check_flow(
        &flow(
            json!([
                { "id": "a", "kind": "assign", "team": "sales" },
                { "id": "b", "kind": "assign" },
                { "id": "nobody", "kind": "assign", "person": "{{ nobody }}" },
                { "id": "c", "kind": "create_deal", "pipeline": "p", "title": "For {{contact.name}}", "amount": "1 200.50", "currency": "EUR", "fields": [{ "field": "source", "value": "bot" }] },
                { "id": "d", "kind": "create_deal", "title": "x", "amount": "much" },
                { "id": "e", "kind": "move_deal", "stage": "won" },
                { "id": "f", "kind": "create_task", "title": "Call", "text": "{{contact.phone}}", "due": "10:00", "person": "{{ 'anna' }}" },
                { "id": "g", "kind": "create_task", "title": "Soon", "due": "soon" },
                { "id": "h", "kind": "subscribe", "topic": "news" },
                { "id": "i", "kind": "unsubscribe" },
                { "id": "j", "kind": "note", "text": "Wants {{nobody or 'tea'}}" },
                { "id": "k", "kind": "hand_over", "text": "One moment", "note": "Hi", "summary": true, "team": "sales" },
            ]),
            json!([]),
        ),
        r#"C: hi
           *: assign team=sales
           *: assign
           *: error at nobody: bad_value
           *: create_deal amount=1200.5 currency=EUR fields={"source":"bot"} pipeline=p title=For Анна
           *: error at d: bad_value
           *: create_deal title=x
           *: move_deal stage=won
           *: create_task due=1795417200000 person=anna text=+79161234567 title=Call
           *: error at g: bad_value
           *: create_task title=Soon
           *: subscribe topic=news
           *: unsubscribe
           *: note text=Wants tea
           B: One moment
           *: handed over: Hi (summary: < One moment) (team: sales)
           *: ended handed_over"#,
    );
}
