//! What blocks say, and the pauses between.

mod driver;

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
           B: link body=Look title=Our very long price… url=https://example.com/Анна
           B: (Audio Stored("m"))
           *: ended finished"#,
    );
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
           B: template body=[{"name":null,"text":"Анна !"},{"name":"day","text":"–"}] buttons=[{"index":0,"kind":"quick_reply","text":"t/yes"},{"index":1,"kind":"url","text":"x/Анна"}] header={"media":{"filename":null,"media":"image","source":{"url":"https://example.com/a.png"}}} language=en_US name=reminder
           C: hello?
           *: ignored
           C: (silence)
           B: Late
           *: ended finished"#,
    );
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
         *: ignored
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
