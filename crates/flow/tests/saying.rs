//! What blocks say, and the pauses between.

mod driver;

use beseda_flow::{
    Compiled, Effect, Event, FilledTemplate, Flow, Header, Input, Now, Outgoing, Parameter, Session, step,
    step_traced,
};
use driver::{check_flow, flow};
use serde_json::json;

#[test]
fn places_contacts_links_and_voices() {
    check_flow(
        &flow(
            json!([
                { "id": "a", "kind": "location", "latitude": 55.75, "longitude": "{{ contact.east or 37.61 }}", "name": "Salon", "address": "Main street 1" },
                { "id": "b", "kind": "location", "latitude": "north", "longitude": 0 },
                { "id": "c", "kind": "contact_card", "contacts": [
                    { "name": "{{contact.name}}", "phone": "{{contact.phone}}" }, { "name": "", "company": "Salon" }, { "name": "" },
                ]},
                { "id": "d", "kind": "link_button", "text": "Look", "title": "Our very long price list", "url": "https://example.com/{{contact.name}}" },
                { "id": "e", "kind": "message", "text": "", "media": { "kind": "audio", "stored": "m", "voice": true } },
            ]),
            json!([]),
        ),
        r#"C: hi
           B: location address=Main street 1 latitude=55.75 longitude=37.61 name=Salon
           *: error at b: bad_value
           B: contacts contacts=[{"company":"","email":"","name":"Анна","phone":"+79161234567","url":""},{"company":"Salon","email":"","name":"Salon","phone":"","url":""}]
           B: link body=Look title=Our very long price… url=https://example.com/%D0%90%D0%BD%D0%BD%D0%B0
           B: (Audio Stored("m"))
           *: ended finished"#,
    );
}

#[test]
fn an_address_that_nobody_has_allowed_is_left_out() {
    check_flow(
        &flow(
            json!([
                { "id": "a", "kind": "message", "text": "Our menu", "address_off": true, "media": { "kind": "image", "url": "https://far.test/a.png" } },
                { "id": "b", "kind": "message", "address_off": true, "media": { "kind": "audio", "url": "{{contact.name}}" } },
                { "id": "c", "kind": "message", "text": "Ours", "address_off": true, "media": { "kind": "image", "stored": "m" } },
                { "id": "d", "kind": "link_button", "text": "Look", "title": "Open", "url": "https://far.test/{{contact.name}}", "address_off": true },
                { "id": "e", "kind": "link_button", "text": "{{ 'https://far.test' }}", "title": "Open", "url": "https://far.test", "address_off": true },
                { "id": "f", "kind": "contact_card", "address_off": true, "contacts": [{ "name": "Salon", "url": "https://far.test" }, { "name": "Anna" }] },
                { "id": "g", "kind": "template", "name": "news", "language": "en", "address_off": true, "header": { "media": { "kind": "image", "url": "https://far.test/a.png" } } },
                { "id": "h", "kind": "template", "name": "news", "language": "en", "address_off": true, "body": [{ "text": "x" }] },
                { "id": "i", "kind": "question", "text": "Coming?", "answer": "text", "address_off": true,
                  "template": { "name": "ask", "language": "en", "header": { "media": { "kind": "image", "url": "https://far.test/a.png" } } } },
                { "id": "j", "kind": "message", "text": "https://far.test/{{contact.name}}", "address_off": true },
                { "id": "k", "kind": "message", "text": "{{contact.name}}", "address_off": true },
                { "id": "l", "kind": "message", "text": "See https://far.test", "address_off": true },
                { "id": "m", "kind": "http", "url": "https://far.test", "address_off": true },
                { "id": "n", "kind": "ai_answer", "address_off": true, "prompt": "Hi" },
            ]),
            json!([]),
        ),
        r#"C: hi
           *: error at a: address_off
           B: Our menu
           *: error at b: address_off
           B: (Image Stored("m")) Ours
           *: error at d: address_off
           B: Look
           *: error at e: address_off
           *: error at f: address_off
           B: contacts contacts=[{"company":"","email":"","name":"Salon","phone":"","url":""},{"company":"","email":"","name":"Anna","phone":"","url":""}]
           *: error at g: address_off
           B: template body=[{"name":null,"text":"x"}] language=en name=news
           *: error at i: address_off
           B: Coming?
           C: yes
           *: error at j: address_off
           *: error at k: address_off
           B: See https://far.test
           *: error at m: address_off
           *: ended finished"#,
    );
}

#[test]
fn what_is_left_out_stands_in_the_trace() {
    let blocks = json!([{ "id": "a", "kind": "link_button", "text": "Look", "title": "Open", "url": "https://far.test/{{contact.name}}", "address_off": true }]);
    let flow = Compiled::new(&Flow::from_json(&flow(blocks, json!([]))).unwrap(), 1);
    let variables = json!({ "contact": { "name": "Tom" } }).as_object().cloned().unwrap();
    let start = Input::Start { trigger: None, at: None, variables };
    let step = step_traced(&flow, Session::new(&flow), &start, Now::utc(0));
    let left = Event::LeftOut { block: "a".to_owned(), address: "https://far.test/Tom".to_owned() };
    assert!(step.trace.contains(&left), "{:?}", step.trace);
}

#[test]
fn a_menu_is_tapped_whenever_the_customer_likes() {
    check_flow(
        &flow(
            json!([
                { "id": "menu", "kind": "menu", "text": "Menu", "options": [
                    { "id": "a", "title": "Prices" }, { "id": "b", "title": "Nowhere" }, { "id": "c", "title": "Outside", "payload": "outside" },
                    { "id": "d", "title": "Never", "when": { "join": "or", "tests": [] } },
                ]},
                { "id": "ask", "kind": "question", "text": "Your name?", "answer": "text", "timeout": 60 },
            ]),
            json!([{ "id": "e", "from": { "block": "menu", "port": "option:a" }, "to": { "group": "g2" } }]),
        ),
        "C: hi
         B: Menu [Prices] [Nowhere] [Outside]
         B: Your name?
         C: [Nowhere]
         B: Your name?
         C: [Prices]
         B: Other way
         *: ended finished",
    );
}

#[test]
fn templates_are_filled_and_their_buttons_tapped() {
    check_flow(
        &flow(
            json!([
                { "id": "t", "kind": "template", "name": "reminder", "language": "en_US",
                  "header": { "media": { "kind": "image", "url": "https://example.com/a.png" } },
                  "body": [{ "text": "{{contact.name}}\n\n!" }, { "name": "day", "text": "{{nobody}}" }],
                  "buttons": [{ "id": "yes", "index": 0 }, { "id": "url", "index": 1, "kind": "url", "text": "x/{{contact.name}}" }] },
                { "id": "w", "kind": "wait", "seconds": 60 },
                { "id": "late", "kind": "message", "text": "Late" },
            ]),
            json!([{ "id": "e", "from": { "block": "t", "port": "option:yes" }, "to": { "group": "g2" } }]),
        ),
        r#"C: hi
           B: template body=[{"name":null,"text":"Анна !"},{"name":"day","text":"–"}] buttons=[{"index":0,"kind":"quick_reply","text":"t/yes"},{"index":1,"kind":"url","text":"x/%D0%90%D0%BD%D0%BD%D0%B0"}] header={"media":{"filename":null,"media":"image","source":{"url":"https://example.com/a.png"}}} language=en_US name=reminder
           C: hello?
           *: ignored
           C: (silence)
           B: Late
           *: ended finished"#,
    );
}

#[test]
fn a_templates_words_are_filled_for_people_alone() {
    let said = |words: &str, body: serde_json::Value| {
        let template = json!({ "id": "t", "kind": "template", "name": "n", "language": "en_US", "text": words,
            "category": "utility", "header": { "name": "title", "text": "Hi\n{{contact.name}}" }, "body": body,
            "buttons": [{ "id": "go", "kind": "url", "title": "Open", "text": "a b/?q={{contact.name}}#%20" }] });
        let flow = Flow::from_json(&flow(json!([template]), json!([]))).unwrap();
        let flow = Compiled::new(&flow, 1);
        let contact = json!({ "contact": { "name": "Eve" } });
        let start = Input::at("t", contact.as_object().cloned().unwrap());
        let step = step(&flow, Session::new(&flow), &start, 0);
        let Effect::Say { message: Outgoing::Template(template), .. } = &step.effects[0] else {
            panic!("{:?}", step.effects)
        };
        FilledTemplate::clone(template)
    };
    let numbered = said(
        "Hello {{1}}, table {{ 2 }} of {{3}}, {{1}}!",
        json!([{ "text": "{{contact.name}}" }, { "text": "7" }]),
    );
    assert_eq!(numbered.text, "Hello Eve, table 7 of {{3}}, Eve!");
    let named = said(
        "{{who}} at {{when}} {{",
        json!([{ "name": "when", "text": "9" }, { "name": "who", "text": "Al" }]),
    );
    assert_eq!(named.text, "Al at 9 {{");
    assert_eq!(
        named.header,
        Some(Header::Text(Parameter { name: Some("title".into()), text: "Hi Eve".into() }))
    );
    assert_eq!(named.buttons[0].text, "a%20b/?q=Eve#%20", "what an address may hold stays");
    assert_eq!(said("", json!([{ "text": "7" }])).text, "");
}

#[test]
fn pauses_and_what_disturbs_them() {
    let waiting = |wait: serde_json::Value, edges: serde_json::Value| {
        flow(
            json!([
                wait,
                { "id": "then", "kind": "message", "text": "It is {{now}}" },
            ]),
            edges,
        )
    };
    check_flow(
        &waiting(json!({ "id": "w", "kind": "wait", "seconds": 90, "typing": true }), json!([])),
        "C: hi
         *: typing seconds=25
         C: hello?
         C: (silence)
         B: It is 2026-11-22 12:01
         *: ended finished",
    );
    let edges = json!([{ "id": "e", "from": { "block": "w", "port": "message" }, "to": { "group": "g2" } }]);
    check_flow(
        &waiting(json!({ "id": "w", "kind": "wait", "until": "10:00" }), edges),
        "C: hi
         C: stop
         B: Other way
         *: ended finished",
    );
    check_flow(
        &waiting(json!({ "id": "w", "kind": "wait", "until": "{{ tomorrow }} 10:00" }), json!([])),
        "C: hi
         C: (silence)
         B: It is 2026-11-23 10:00
         *: ended finished",
    );
    for wait in [
        json!({ "id": "w", "kind": "wait", "seconds": 0 }),
        json!({ "id": "w", "kind": "wait", "until": "2020-01-01" }),
    ] {
        check_flow(&waiting(wait, json!([])), "C: hi\n B: It is 2026-11-22 12:00\n *: ended finished");
    }
    check_flow(
        &waiting(json!({ "id": "w", "kind": "wait", "seconds": "soon" }), json!([])),
        "C: hi
         *: error at w: bad_value
         B: It is 2026-11-22 12:00
         *: ended finished",
    );
    // A person's talk does not stop the clock.
    check_flow(
        &waiting(json!({ "id": "w", "kind": "wait", "seconds": 3 }), json!([])),
        "C: hi
         C: (taken over)
         C: what?
         *: ignored
         C: hm
         *: ignored
         C: (given back)
         B: It is 2026-11-22 12:00
         *: ended finished",
    );
}
