//! The forms of the flow editor by keys: texts are formatted, the focus stays where one works, people are picked.

use serde_json::{Value, json};

use crate::support::api::Api;
use crate::support::browser::{Browser, Look, key};
use crate::support::program::{Launch, Program};
use crate::support::until;
use crate::support::world::{EMAIL, PASSWORD, set_up};

struct Opened {
    program: Program,
    api: Api,
    draft: String,
    browser: Browser,
}

/// A bot whose one group has these blocks, in the editor.
async fn open(blocks: Value) -> Opened {
    let program = Launch::serve().start().await;
    let api = set_up(&program).await;
    let flow = json!({
        "schema": 1, "id": "forms", "name": "Forms", "language": "en", "start": { "group": "a" },
        "triggers": [{ "id": "any", "kind": "any_message", "x": -300, "y": 0 }],
        "groups": [{ "id": "a", "title": "A", "x": 0, "y": 0, "blocks": blocks }],
    });
    let bot = api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
    let bot = bot["id"].as_str().expect("an id");
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in_as(&program, EMAIL, PASSWORD).await;
    browser.goto(&program.address(&format!("/bots/{bot}"))).await;
    browser.find("#canvas .block").await;
    browser.at_rest().await;
    Opened { program, api, draft: format!("/api/v1/bots/{bot}/draft"), browser }
}

impl Opened {
    /// Waits until the draft has this at a place of its first block.
    async fn saved(&self, at: &str, expected: &Value) {
        let at = format!("/flow/groups/0/blocks/0{at}");
        until(&format!("{expected} at {at}"), async || {
            let draft = self.api.get(&self.draft).await.ok();
            (draft.pointer(&at).unwrap_or(&Value::Null) == expected).then_some(())
        })
        .await;
    }

    async fn focus(&self, what: &str, selector: &str) {
        let is_there = format!("document.activeElement.matches({})", json!(selector));
        self.browser.until(&format!("the focus after {what} at {selector}"), &is_there).await;
    }

    async fn finish(self) {
        self.browser.assert_quiet().await;
        self.program.stop();
    }
}

/// Waits until the field has this text, with what is selected in brackets, and the focus.
async fn written(browser: &Browser, expected: &str) {
    let now = "(f => f.tagName !== 'TEXTAREA' ? '' : f.value.slice(0, f.selectionStart) + '[' + \
               f.value.slice(f.selectionStart, f.selectionEnd) + ']' + f.value.slice(f.selectionEnd))(document.activeElement)";
    browser.until(expected, &format!("{now} === {}", json!(expected))).await;
}

#[tokio::test]
async fn words_are_formatted_by_keys_and_by_buttons() {
    let opened = open(json!([{ "id": "hi", "kind": "message", "text": "Привет 👋 again" }])).await;
    let browser = &opened.browser;
    browser.click("#b-hi").await;
    browser.click(".flow-form textarea").await;
    browser.keys(&[key::CONTROL], key::END).await;
    browser.keys(&[key::CONTROL, key::SHIFT], key::LEFT).await;
    browser.keys(&[key::CONTROL], "b").await;
    written(browser, "Привет 👋 *[again]*").await;
    opened.saved("/text", &json!("Привет 👋 *again*")).await;
    browser
        .until("bold in the preview", "document.querySelector('.flow-preview b')?.textContent === 'again'")
        .await;

    // Back to the buttons: one stop for all of them, and arrows between them.
    browser.keys(&[key::SHIFT], key::TAB).await;
    browser.keys(&[key::SHIFT], key::TAB).await;
    browser.keys(&[], key::RIGHT).await;
    opened.focus("an arrow", "[aria-label=Italic]").await;
    browser.keys(&[], key::ENTER).await;
    written(browser, "Привет 👋 *_[again]_*").await;
    browser.keys(&[key::CONTROL], "b").await;
    written(browser, "Привет 👋 [_again_]").await;
    browser.press("Italic").await;
    written(browser, "Привет 👋 [again]").await;
    browser.keys(&[key::CONTROL, key::SHIFT], "m").await;
    written(browser, "Привет 👋 ```[again]```").await;
    browser.keys(&[key::CONTROL, key::SHIFT], "m").await;
    browser.keys(&[key::CONTROL, key::SHIFT], "x").await;
    written(browser, "Привет 👋 ~[again]~").await;
    opened.saved("/text", &json!("Привет 👋 ~again~")).await;
    // A step back in the field takes the marks off, as it takes back what is typed.
    browser.keys(&[key::CONTROL], "z").await;
    opened.saved("/text", &json!("Привет 👋 again")).await;
    opened.focus("a step back", "textarea").await;
    browser.assert_accessible("a form with formatting").await;
    opened.finish().await;
}

/// Whatever is drawn anew under the hands: the focus never falls to the page, from where keys lead nowhere.
#[tokio::test]
async fn the_focus_stays_in_the_editor() {
    let options = ["One", "Two", "Three", "Four"].map(|title| json!({ "id": title, "title": title }));
    let opened = open(json!([
        { "id": "ask", "kind": "question", "answer": "choice", "text": "Which?", "options": options },
        { "id": "bye", "kind": "message", "text": "Bye." },
    ]))
    .await;
    let browser = &opened.browser;
    browser.click("#b-ask").await;

    // The button of a step back is off after the last one.
    browser.click("[aria-label='Move 1 down']").await;
    browser.press("Undo").await;
    browser.find("[aria-label=Undo]:disabled").await;
    opened.focus("the last step back", "#b-ask").await;

    // A row that moves takes its button along, as far as it goes.
    browser.click("[aria-label='Move 1 down']").await;
    opened.focus("moving down", "[aria-label='Move 2 down']").await;
    browser.keys(&[], key::ENTER).await;
    opened.focus("moving on", "[aria-label='Move 3 down']").await;
    opened.saved("/options/2/title", &json!("One")).await;
    browser.keys(&[], key::ENTER).await;
    opened.focus("coming to the end", ".option input").await;
    browser.click("[aria-label='Move 3 up']").await;
    opened.focus("moving up", "[aria-label='Move 2 up']").await;
    browser.click("[aria-label='Remove 4']").await;
    opened.focus("removing a row", "[id$=-ask-options-add]").await;

    // A step back draws the form anew: the same field has the focus, with the cursor where it was.
    browser.click(".flow-form textarea").await;
    browser.keys(&[key::CONTROL], key::END).await;
    browser.keys(&[key::CONTROL], "z").await;
    browser.find("[aria-label='Remove 4']").await;
    written(browser, "Which?[]").await;

    // What had the focus on the canvas goes.
    browser.click("#b-bye").await;
    browser.keys(&[key::CONTROL], "d").await;
    browser.until("a copy", "document.querySelectorAll('.block').length === 3").await;
    opened.focus("duplicating a block", ".block:not(#b-ask):not(#b-bye)").await;
    browser.keys(&[key::CONTROL], "z").await;
    browser.until("no copy", "document.querySelectorAll('.block').length === 2").await;
    opened.focus("a step back", "#b-bye").await;
    browser.keys(&[], key::UP).await;
    browser.keys(&[], key::UP).await;
    opened.focus("going up", "#g-a").await;
    browser.keys(&[key::CONTROL], "d").await;
    opened.focus("duplicating a group", ".group:not(#g-a)").await;
    browser.keys(&[key::CONTROL], "c").await;
    browser.keys(&[key::CONTROL], "v").await;
    browser.until("three groups", "document.querySelectorAll('.group').length === 3").await;
    opened.focus("pasting", ".group.chosen").await;
    browser.keys(&[key::CONTROL], "z").await;
    browser.until("two groups", "document.querySelectorAll('.group').length === 2").await;
    opened.focus("taking the pasted back", ".group.chosen:not(#g-a)").await;
    opened.finish().await;
}

#[tokio::test]
async fn a_question_says_how_many_answers_it_takes() {
    let options = ["One", "Two"].map(|title| json!({ "id": title, "title": title }));
    let question =
        json!({ "id": "ask", "kind": "question", "answer": "choice", "text": "Which?", "options": options });
    let opened = open(json!([question])).await;
    let browser = &opened.browser;
    browser.click("#b-ask").await;
    browser.click(".form-more > summary").await;
    browser.find("[aria-label='Several answers at once']").await;
    assert_eq!(
        browser.count("[id$=-ask-min], [id$=-ask-max]").await,
        0,
        "of one answer nobody asks how many"
    );
    browser.press("Several answers at once").await;
    browser.fill("[id$=-ask-min]", "3").await;
    opened.saved("/min", &json!(3)).await;
    browser.see("there are not that many answers").await;
    browser.fill("[id$=-ask-min]", "1").await;
    browser.fill("[id$=-ask-max]", "2").await;
    opened.saved("/max", &json!(2)).await;
    browser.until("no complaint", "!document.body.innerText.includes('not that many answers')").await;
    opened.finish().await;
}

#[tokio::test]
async fn a_person_is_picked_with_the_mouse_and_by_keys() {
    let opened = open(json!([{ "id": "give", "kind": "assign" }])).await;
    let browser = &opened.browser;
    browser.click("#b-give").await;
    browser.click(&format!(".flow-form select option[value='{EMAIL}']")).await;
    opened.saved("/person", &json!(EMAIL)).await;
    browser.tab_to(".flow-form select").await;
    browser.keys(&[], key::UP).await;
    opened.saved("/person", &Value::Null).await;
    browser.keys(&[], "An").await;
    opened.saved("/person", &json!(EMAIL)).await;
    opened.focus("a choice", ".flow-form select").await;
    browser.assert_accessible("a form with people").await;
    opened.finish().await;
}
