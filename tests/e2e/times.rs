//! Times and days are set in the browser's own fields, by keys, and are there when the page is loaded again.

use serde_json::{Value, json};

use crate::support::api::Api;
use crate::support::browser::{Browser, Look, key};
use crate::support::program::Launch;

/// The value of the field with this label, once it is shown.
async fn shows(browser: &Browser, selector: &str, value: &str) {
    let holds = format!("document.querySelector({}).value === {}", json!(selector), json!(value));
    browser.until(&format!("{selector} to show {value}"), &holds).await;
}

async fn saved(api: &Api, bot: &str, pointer: &str, wanted: &Value) {
    crate::support::until(&format!("{pointer} to be {wanted}"), async || {
        let draft = api.get(&format!("/api/v1/bots/{bot}/draft")).await.ok();
        (draft["flow"].pointer(pointer) == Some(wanted)).then_some(())
    })
    .await;
}

/// Types into the field as somebody does who came there by keys: the field takes digits part by part.
async fn types(browser: &Browser, selector: &str, keys: &str) {
    browser.find(selector).await;
    browser.value_of(&format!("document.querySelector({}).focus()", json!(selector))).await;
    browser.keys(&[], keys).await;
}

#[tokio::test]
async fn times_are_set_by_keys_saved_and_shown_again() {
    let program = Launch::demo().start().await;
    let api = program.quieted().await;
    let flow = json!({
        "schema": 1, "id": "timed", "name": "Timed", "language": "en", "start": {"group": "main"},
        "triggers": [{"id": "daily", "kind": "schedule", "schedule": {"at": "08:00", "days": [1, 2]}}],
        "groups": [{"id": "main", "title": "Main", "x": 400, "blocks": [
            {"id": "when", "kind": "question", "text": "When?", "answer": "time", "variable": "when", "min": "10:00"},
            {"id": "pause", "kind": "wait", "until": "2030-05-01 10:00"},
        ]}], "edges": [],
    });
    let bot = api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
    let bot = bot["id"].as_str().expect("an id").to_owned();
    let editor = program.address(&format!("/bots/{bot}"));
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in(&program).await;
    browser.goto(&editor).await;
    let clock = ".flow-form input[id$='-daily-schedule-at']";
    let bound = ".flow-form input[id$='-when-min']";
    let until = ".flow-form input[id$='-pause-until']";

    browser.see("Mon, Tue, 08:00").await;
    browser.click("#t-daily").await;
    types(&browser, clock, "0935AM").await;
    saved(&api, &bot, "/triggers/0/schedule/at", &json!("09:35")).await;
    browser.see("Mon, Tue, 09:35").await;
    browser.press("Wed").await;
    browser.see("Mon–Wed, 09:35").await;
    browser.click("#b-when").await;
    types(&browser, bound, "0145PM").await;
    saved(&api, &bot, "/groups/0/blocks/0/min", &json!("13:45")).await;
    browser.click("#b-pause").await;
    types(&browser, until, &format!("06152031{}0730AM", key::TAB)).await;
    saved(&api, &bot, "/groups/0/blocks/1/until", &json!("2031-06-15 07:30")).await;

    browser.goto(&editor).await;
    browser.see("Mon–Wed, 09:35").await;
    browser.click("#t-daily").await;
    shows(&browser, clock, "09:35").await;
    browser.at_rest().await;
    browser.assert_accessible("the form of a schedule").await;
    browser.shot("schedule").await;
    browser.click("#b-when").await;
    shows(&browser, bound, "13:45").await;
    browser.click("#b-pause").await;
    shows(&browser, until, "2031-06-15T07:30").await;
    browser.assert_quiet().await;
}
