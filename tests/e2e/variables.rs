//! Variables are chosen from a list where one writes, by the mouse and by the keyboard, in both languages.

use serde_json::json;

use crate::support::browser::{Browser, Look, key};
use crate::support::program::Launch;
use crate::support::world::{EMAIL, PASSWORD, set_up};

#[tokio::test]
async fn a_variable_goes_to_the_cursor() {
    let program = Launch::serve().start().await;
    let api = set_up(&program).await;
    let flow = json!({
        "schema": 1, "id": "names", "name": "Names", "language": "en", "start": { "group": "a" },
        "triggers": [{ "id": "any", "kind": "any_message", "x": -300, "y": 0 }],
        "groups": [{ "id": "a", "title": "A", "x": 0, "y": 0, "blocks": [
            { "id": "who", "kind": "question", "answer": "text", "text": "Who are you?", "variable": "guest" },
            { "id": "hi", "kind": "message", "text": "Hello!" },
            { "id": "link", "kind": "link_button", "text": "Look", "title": "", "url": "https://lotus.test" }] }],
    });
    let bot = api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
    let bot = bot["id"].as_str().expect("an id").to_owned();
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in_as(&program, EMAIL, PASSWORD).await;
    browser.goto(&program.address(&format!("/bots/{bot}"))).await;
    browser.find("#canvas .block").await;
    browser.click("#b-hi").await;
    let field = ".flow-form textarea";
    browser.click(field).await;
    browser.keys(&[key::CONTROL], key::END).await;
    // Before the last letter: what is chosen stands there, and the cursor behind it.
    browser.keys(&[], key::LEFT).await;
    browser.keys(&[], ", {{gu").await;
    browser.find(".name-row.on").await;
    // The field says which list it opened, and which of it Enter takes.
    let told = "(f => document.getElementById(f.getAttribute('aria-controls'))?.getAttribute('role') === 'listbox' && \
                document.getElementById(f.getAttribute('aria-activedescendant'))?.matches('[role=option].on'))\
                (document.activeElement)";
    browser.until("a list that belongs to the field", told).await;
    browser.at_rest().await;
    browser.assert_accessible("names while writing").await;
    browser.shot("names-writing").await;
    browser.keys(&[], key::ENTER).await;
    browser
        .until("the name", &format!("document.querySelector('{field}').value === 'Hello, {{{{guest}}}}!'"))
        .await;
    browser.keys(&[], " and").await;
    browser
        .until(
            "the rest",
            &format!("document.querySelector('{field}').value === 'Hello, {{{{guest}}}} and!'"),
        )
        .await;
    browser.see("Hello, ‹guest› and!").await;
    // The button, the field to look in, and Escape back to the text.
    browser.click(".flow-form .insert").await;
    browser.keys(&[], "phone").await;
    browser.find("#name-0.on").await;
    browser.at_rest().await;
    browser.assert_accessible("names by the button").await;
    browser.shot("names-button").await;
    browser.keys(&[], key::ESCAPE).await;
    browser.gone(".names").await;
    browser.until("the focus", "document.activeElement.tagName === 'TEXTAREA'").await;
    browser.click(".flow-form .insert").await;
    browser.click("#name-1").await;
    browser.see("Hello, ‹guest› andElena!").await;
    a_line_is_a_combobox(&browser).await;
    tabs_are_one_stop(&browser).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    program.stop();
}

/// A field of one line tells whether its list is open.
async fn a_line_is_a_combobox(browser: &Browser) {
    browser.click("#b-link").await;
    let field = ".flow-form [role=combobox]";
    browser.click(&format!("{field}[aria-expanded=false]:not([aria-controls])")).await;
    browser.keys(&[], "{{").await;
    browser.find(&format!("{field}[aria-expanded=true][aria-controls=names-list]")).await;
    browser.keys(&[], key::DOWN).await;
    browser.find(&format!("{field}[aria-activedescendant=name-1]")).await;
    browser.assert_accessible("names at a line").await;
    browser.keys(&[], key::ESCAPE).await;
    browser.find(&format!("{field}[aria-expanded=false]:not([aria-controls])")).await;
}

/// Tab leads to the chosen tab alone; arrows walk from one to the next, and Enter opens it.
async fn tabs_are_one_stop(browser: &Browser) {
    let focus = async |tab: &str| {
        browser.until(tab, &format!("document.activeElement.matches({})", json!(tab))).await;
    };
    assert_eq!(browser.count("[role=tab][tabindex='0']").await, 1);
    browser.value_of("document.querySelector('#tab-block').focus()").await;
    browser.keys(&[], key::LEFT).await;
    focus("#tab-problems[tabindex='-1'][aria-selected=false]").await;
    browser.keys(&[], key::RIGHT).await;
    browser.keys(&[], key::RIGHT).await;
    focus("#tab-test").await;
    browser.keys(&[], key::LEFT).await;
    browser.keys(&[], key::LEFT).await;
    browser.keys(&[], key::ENTER).await;
    focus("#tab-problems[tabindex='0'][aria-selected=true]").await;
    browser.assert_accessible("the tabs of the panel").await;
}
