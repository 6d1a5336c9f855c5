//! Templates, native forms and links: chosen in the editor, tried there, and used on the phone; and the business's hours.

use serde_json::{Value, json};

use crate::support::api::Api;
use crate::support::browser::{Browser, Look, Theme, key};
use crate::support::program::{Launch, Program};

/// A demo in which this flow alone answers; the address of its editor.
async fn demo_with(blocks: Value) -> (Program, Api, String) {
    let program = Launch::demo().start().await;
    let api = program.quieted().await;
    let flow = json!({
        "schema": 1, "id": "tried", "name": "Tried", "language": "en", "start": {"group": "main"},
        "triggers": [{"id": "any", "kind": "any_message"}],
        "groups": [{"id": "main", "title": "Main", "blocks": blocks}], "edges": [],
    });
    let bot = api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
    let id = bot["id"].as_str().expect("an id").to_owned();
    (program, api, id)
}

async fn says_on_the_phone(browser: &Browser, program: &Program, words: &str) {
    browser.goto(&program.address("/phone")).await;
    browser.fill("#phone-text", words).await;
    browser.keys(&[], key::ENTER).await;
}

#[tokio::test]
async fn a_template_is_chosen_filled_sent_and_tapped() {
    let (program, api, bot) =
        demo_with(json!([{"id": "t", "kind": "template", "name": "", "language": ""}])).await;
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in(&program).await;
    browser.goto(&program.address(&format!("/bots/{bot}"))).await;
    browser.click(".block").await;
    browser.find(".flow-form select option[value*='appointment_reminder']").await;
    browser.set(".flow-form fieldset select", "appointment_reminder\nen_US").await;
    browser.see("Place 1 (as “Anna”)").await;
    browser.at_rest().await;
    browser.assert_accessible("the form of a template").await;
    for (place, words) in [("1", "{{contact.name}}"), ("2", "12 May"), ("3", "15:00")] {
        let at = place.parse::<usize>().expect("a number") - 1;
        browser.fill(&format!(".flow-form [id$=-body-{at}-text]"), words).await;
    }
    // What it will look like, its replies among it; each of them is a way out.
    browser
        .until(
            "the preview",
            "document.querySelector('.flow-preview .words')?.textContent.includes('12 May at 15:00')",
        )
        .await;
    browser
        .until("its replies", "document.querySelectorAll('.flow-preview .handset-tap').length === 2")
        .await;
    browser.until("their ways", "document.querySelectorAll('.block .port-row').length >= 2").await;
    browser.shot("editor-template").await;
    let draft = format!("/api/v1/bots/{bot}/draft");
    crate::support::until("the template to be saved", async || {
        let saved = api.get(&draft).await.ok();
        let block = &saved["flow"]["groups"][0]["blocks"][0];
        (block["body"][2]["text"] == "15:00" && block["category"] == "utility").then_some(())
    })
    .await;
    // Another number of places is a mistake that the checker finds.
    browser.click("#tab-problems").await;
    browser.until("no mistakes", "document.querySelectorAll('.flow-tab .problem.bad').length === 0").await;
    api.post(&format!("/api/v1/bots/{bot}/publish"), json!({})).await.ok();

    says_on_the_phone(&browser, &program, "hello").await;
    browser.see("12 May at 15:00").await;
    browser.at_rest().await;
    browser.assert_accessible("a template on the phone").await;
    browser.press("I will come").await;
    browser
        .until("the tap", "[...document.querySelectorAll('.handset-chat .out')].some(m => m.textContent.includes('I will come'))")
        .await;
    program.stop();
}

#[tokio::test]
async fn a_form_is_opened_on_the_phone_and_filled_in() {
    let blocks = json!([
        {"id": "link", "kind": "link_button", "text": "Our menu", "title": "Look", "url": "https://example.com/menu?x=1"},
        {"id": "bad", "kind": "link_button", "text": "No address", "title": "Nowhere", "url": "{{nothing or 'javascript:alert(1)'}}"},
        {"id": "book", "kind": "question", "answer": "form", "text": "Book a table", "button": "Open the form",
         "form": {"id": "4711", "screen": "S", "data": {"name": "{{contact.name}}"},
            "save": [{"variable": "guests", "path": "guests"}, {"variable": "day", "path": "when.day"}]}},
        {"id": "done", "kind": "message", "text": "Booked: {{guests}} on {{day}}"},
    ]);
    let (program, api, bot) = demo_with(blocks).await;
    api.post(&format!("/api/v1/bots/{bot}/publish"), json!({})).await.ok();
    let browser =
        Browser::open(&Look { width: 390, height: 844, theme: Theme::Dark, ..Look::default() }).await;
    browser.sign_in(&program).await;
    says_on_the_phone(&browser, &program, "hello").await;
    browser.find(".handset-tap[href='https://example.com/menu?x=1'][target=_blank][rel~=noopener]").await;
    browser.see("example.com/menu").await;
    browser.press("Open the form").await;
    browser.see("when.day").await;
    browser.at_rest().await;
    browser.assert_accessible("a form on the phone").await;
    browser.shot("phone-form-390-dark").await;
    browser.fill("#phone-form-1", "4").await;
    browser.fill("#phone-form-2", "Friday").await;
    browser.press("Send the form").await;
    browser.see("Booked: 4 on Friday").await;
    program.stop();
}

#[tokio::test]
async fn a_form_is_tried_in_the_editor() {
    let blocks = json!([
        {"id": "book", "kind": "question", "answer": "form", "text": "Book", "button": "Open",
         "form": {"id": "1", "save": [{"variable": "day", "path": "when.day"}]}},
        {"id": "done", "kind": "message", "text": "On {{day}}"},
    ]);
    let (program, _, bot) = demo_with(blocks).await;
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in(&program).await;
    browser.goto(&program.address(&format!("/bots/{bot}"))).await;
    browser.find("#canvas .block").await;
    browser.click("#flow-try").await;
    browser.click(".test-chat .handset-tap").await;
    browser.find("#test-form").await;
    browser.at_rest().await;
    browser.assert_accessible("a form in a try").await;
    browser.fill("#test-form", "{\"when\": {\"day\": \"Friday\"}}").await;
    browser.press("Send the form").await;
    browser.see("On Friday").await;
    program.stop();
}

#[tokio::test]
async fn the_hours_of_the_business_are_set_and_kept() {
    let program = Launch::demo().start().await;
    let api = program.signed_in().await;
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in(&program).await;
    browser.goto(&program.address("/settings/business")).await;
    browser.find("#business-name").await;
    browser.press("We have working hours").await;
    browser.see("Monday").await;
    browser.press("Add hours: Monday").await;
    browser
        .until(
            "the new range",
            "document.querySelectorAll('.hours-day:first-child .hours-range').length === 2",
        )
        .await;
    let times = |at: usize, end: &str| format!(".hours-day:first-child [id$='day-0-{at}-{end}']");
    for (at, end, time) in [(0, "to", "13:00"), (1, "from", "12:00"), (1, "to", "18:00")] {
        browser.set(&times(at, end), time).await;
    }
    browser.press("Save").await;
    // Two ranges that overlap are told at their place, and nothing is saved.
    browser.see("Overlaps with another range of the day.").await;
    browser.at_rest().await;
    browser.assert_accessible("hours that overlap").await;
    browser.set(&times(1, "from"), "14:00").await;
    browser.press("Same for Tue – Fri").await;
    browser.press("Add a date").await;
    browser.set("[id$='-date-0'][type=date]", "2026-12-25").await;
    browser.press("Save").await;
    browser.see("Saved. Bots go by it from now on.").await;
    let saved = api.get("/api/v1/business").await.ok();
    let both = json!([{"from": "09:00", "to": "13:00"}, {"from": "14:00", "to": "18:00"}]);
    assert_eq!(saved["hours"]["week"][4]["ranges"], both, "{saved}");
    assert_eq!(saved["hours"]["dates"], json!([{"date": "2026-12-25", "ranges": []}]));
    for (look, name) in [
        (Look::default(), "business-1440-light"),
        (Look { theme: Theme::Dark, ..Look::default() }, "business-1440-dark"),
        (Look { width: 390, height: 844, ..Look::default() }, "business-390-light"),
    ] {
        browser.appear(&look).await;
        browser.at_rest().await;
        browser.assert_accessible(name).await;
        browser.shot(name).await;
    }
    program.stop();
}

#[tokio::test]
async fn rarely_used_fields_are_open_where_one_is_filled() {
    let blocks = json!([
        {"id": "plain", "kind": "question", "answer": "number", "text": "How many?", "variable": "many"},
        {"id": "filled", "kind": "question", "answer": "number", "text": "How old?", "variable": "old", "retry": "A number"},
    ]);
    let (program, _, bot) = demo_with(blocks).await;
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in(&program).await;
    browser.goto(&program.address(&format!("/bots/{bot}?at=b-filled"))).await;
    browser.find("details.form-more[open]").await;
    // Emptied under the cursor, the field stays; so does what somebody closed.
    let retry = "details.form-more textarea";
    browser.fill(retry, "").await;
    browser.keys(&[], "x").await;
    browser.find("details.form-more[open]").await;
    browser.click("#b-plain").await;
    browser
        .until("the other form", "document.querySelector('.flow-form textarea')?.value === 'How many?'")
        .await;
    browser.find("details.form-more:not([open])").await;
    browser.assert_quiet().await;
    program.stop();
}
