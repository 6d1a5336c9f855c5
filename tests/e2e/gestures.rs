//! What hands do on the canvas: the wheel, a box, a note, a piece taken to another bot.

use serde_json::{Value, json};

use crate::support::browser::{Browser, Look, key};
use crate::support::program::Launch;

fn flow() -> Value {
    let group = |id: &str, x: i32, y: i32| {
        json!({ "id": id, "title": format!("Group {id}"), "x": x, "y": y,
                "blocks": [{ "id": format!("m-{id}"), "kind": "message", "text": format!("Words of {id}") }] })
    };
    json!({
        "schema": 1, "id": "hands", "name": "Hands",
        "triggers": [{ "id": "t", "kind": "any_message", "x": -280, "y": 0 }],
        "groups": [group("a", 0, 0), group("b", 380, 0), group("c", 0, 420)],
        "edges": [
            { "id": "e", "from": { "trigger": "t" }, "to": { "group": "a" } },
            { "id": "f", "from": { "block": "m-a" }, "to": { "group": "b" } },
        ],
    })
}

/// Where an element is in the window, in whole pixels: its left, top, right and bottom.
async fn place(browser: &Browser, selector: &str) -> [i64; 4] {
    browser.find(selector).await;
    let rect = format!(
        "(r => [r.left, r.top, r.right, r.bottom].map(Math.round))(document.querySelector({}).getBoundingClientRect())",
        json!(selector)
    );
    serde_json::from_value(browser.value_of(&rect).await).expect("a place")
}

fn middle([left, top, right, bottom]: [i64; 4]) -> (i64, i64) {
    (i64::midpoint(left, right), i64::midpoint(top, bottom))
}

/// Waits until an element's left upper or right lower corner is there, give or take three pixels.
async fn comes_to(browser: &Browser, selector: &str, edges: [(&str, i64); 2]) {
    let near = edges.map(|(edge, at)| format!("Math.abs(r.{edge} - {at}) <= 3"));
    let rect = format!("document.querySelector({}).getBoundingClientRect()", json!(selector));
    browser
        .until(&format!("{selector} at {edges:?}"), &format!("(r => {})({rect})", near.join(" && ")))
        .await;
}

#[tokio::test]
async fn wheel_box_note_and_clipboard() {
    let program = Launch::demo().start().await;
    let api = program.signed_in().await;
    let bot = api.post("/api/v1/bots", json!({ "flow": flow() })).await.expect(201);
    let draft = format!("/api/v1/bots/{}/draft", bot["id"].as_str().expect("an id"));
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in(&program).await;
    browser.goto(&program.address(&format!("/bots/{}", bot["id"].as_str().expect("an id")))).await;
    browser.find("#b-m-a").await;
    browser.at_rest().await;

    // The wheel with Control zooms to the pointer: what lies under it stays there, and grows.
    let before = place(&browser, "#b-m-b").await;
    let (x, y) = middle(before);
    browser.wheel(&[key::CONTROL], "#b-m-b", -200).await;
    let wider = format!(
        "document.querySelector('#b-m-b').getBoundingClientRect().width > {}",
        before[2] - before[0] + 20
    );
    browser.until("the block to grow", &wider).await;
    let there = format!(
        "(r => Math.abs(r.left + r.width / 2 - {x}) <= 3 && Math.abs(r.top + r.height / 2 - {y}) <= 3)(document.querySelector('#b-m-b').getBoundingClientRect())"
    );
    browser.until("it to be still under the pointer", &there).await;
    browser.keys(&[], "0").await;
    browser.keys(&[], "f").await;
    browser.at_rest().await;

    // The background is dragged, and everything with it.
    let before = place(&browser, "#g-a").await;
    let empty = (before[2] + 20, before[3] + 40);
    browser.drag_at(&[], empty, (empty.0 - 60, empty.1 - 30)).await;
    comes_to(&browser, "#g-a", [("left", before[0] - 60), ("top", before[1] - 30)]).await;

    // A box with Shift chooses what lies in it; the chosen ones go to another bot by the clipboard.
    let (a, b) = (place(&browser, "#g-a").await, place(&browser, "#g-b").await);
    browser.drag_at(&[key::SHIFT], (b[2] + 15, b[3] + 15), (a[0] - 10, a[1] - 10)).await;
    browser.until("two groups to be chosen", "document.querySelectorAll('.group.chosen').length === 2").await;
    assert_eq!(browser.count("#g-c.chosen").await, 0);
    browser.keys(&[key::CONTROL], "c").await;
    let other = json!({ "schema": 1, "id": "other", "name": "Other",
        "groups": [{ "id": "own", "blocks": [{ "id": "hi", "kind": "message", "text": "Hi" }] }] });
    let other = api.post("/api/v1/bots", json!({ "flow": other })).await.expect(201);
    let other = other["id"].as_str().expect("an id");
    browser.goto(&program.address(&format!("/bots/{other}"))).await;
    browser.find("#canvas .block").await;
    browser.at_rest().await;
    let had = browser.count(".group").await;
    browser.value_of("document.querySelector('#canvas').focus()").await;
    browser.keys(&[key::CONTROL], "v").await;
    let more = format!("document.querySelectorAll('.group').length === {}", had + 2);
    browser.until("both groups in the other bot", &more).await;
    let pasted = crate::support::until("the piece to be saved", async || {
        let flow = api.get(&format!("/api/v1/bots/{other}/draft")).await.ok()["flow"].clone();
        flow.to_string().contains("Words of b").then_some(flow)
    })
    .await;
    assert!(
        pasted.to_string().contains("Words of a") && !pasted.to_string().contains("Words of c"),
        "{pasted}"
    );
    assert_eq!(
        pasted["edges"].as_array().map(Vec::len),
        Some(1),
        "the line between them came with them: {pasted}"
    );

    // A note is written, made larger by its corner, and taken back.
    browser.goto(&program.address(&format!("/bots/{}", bot["id"].as_str().expect("an id")))).await;
    browser.find("#b-m-a").await;
    browser.value_of("document.querySelector('#p-sticky-note').scrollIntoView()").await;
    browser.click("#p-sticky-note").await;
    browser.find(".sticky").await;
    browser.until("its form", "document.activeElement?.tagName === 'TEXTAREA'").await;
    browser.keys(&[], "Ask Anna about prices").await;
    browser
        .until("the words on it", "document.querySelector('.sticky').textContent.includes('Ask Anna')")
        .await;
    browser.at_rest().await;
    let before = place(&browser, ".sticky").await;
    let corner = middle(place(&browser, ".sticky-corner").await);
    browser.drag_at(&[], corner, (corner.0 + 60, corner.1 + 40)).await;
    comes_to(&browser, ".sticky", [("right", before[2] + 60), ("bottom", before[3] + 40)]).await;
    crate::support::until("the note to be saved", async || {
        let flow = &api.get(&draft).await.ok()["flow"];
        (flow["notes"][0]["text"] == "Ask Anna about prices").then_some(())
    })
    .await;
    browser.press("Undo").await;
    comes_to(&browser, ".sticky", [("right", before[2]), ("bottom", before[3])]).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    program.stop();
}
