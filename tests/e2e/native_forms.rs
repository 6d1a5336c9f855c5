//! Native forms: chosen in the editor out of those that the number has, tried there, and filled in on the phone.

use serde_json::{Value, json};

use crate::support::api::Answer;
use crate::support::browser::{Browser, Look, Theme, key};
use crate::support::line::{ACCOUNT, Line};
use crate::support::program::Launch;
use crate::support::until;
use crate::support::world::{EMAIL, PASSWORD};

/// Fills in the demo's form of a visit, wherever it is shown.
async fn fill_in(browser: &Browser, prefix: &str, shots: &str) {
    browser.find(&format!("#{prefix}-screen")).await;
    browser.press("Continue").await;
    browser.see("This is needed.").await;
    browser.at_rest().await;
    browser.assert_accessible("a form with what is missing").await;
    browser.shot(&format!("{shots}-missing")).await;
    browser.set(&format!("#{prefix}-service"), "cleaning").await;
    browser.set(&format!("#{prefix}-day"), "2026-12-03").await;
    browser.click(&format!("#{prefix}-screen input[value=evening]")).await;
    browser.press("Continue").await;
    browser.see("About you").await;
    browser.fill(&format!("#{prefix}-name"), "Tom Hill").await;
    browser.click(&format!("#{prefix}-screen input[value=hour]")).await;
    browser.click(&format!("#{prefix}-agrees")).await;
    browser.at_rest().await;
    browser.assert_accessible("the last screen of a form").await;
    browser.shot(shots).await;
    browser.press("Book").await;
}

#[tokio::test]
async fn a_form_is_chosen_tried_and_filled_in() {
    let program = Launch::demo().start().await;
    let api = program.quieted().await;
    let flow = json!({
        "schema": 1, "id": "visits", "name": "Visits", "language": "en", "start": {"group": "main"},
        "triggers": [{"id": "go", "kind": "keyword", "priority": 9, "keywords": [{"match": "is", "text": "book it"}]}],
        "groups": [{"id": "main", "title": "Main", "blocks": [
            {"id": "book", "kind": "question", "answer": "form", "text": "Book a visit with us", "button": "Open the form",
             "form": {"id": ""}},
            {"id": "done", "kind": "message", "text": "{{service}} for {{name}}, {{day}} in the {{time}}, {{remind}} before"},
        ]}], "edges": [],
    });
    let bot = api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
    let bot = bot["id"].as_str().unwrap();
    let number = api.all("/api/v1/whatsapp/numbers").await[0]["id"].as_str().unwrap().to_owned();
    let forms = api.get(&format!("/api/v1/whatsapp/numbers/{number}/forms")).await.ok();
    let form = forms["items"][0]["id"].as_str().unwrap().to_owned();

    let browser = Browser::open(&Look::default()).await;
    browser.sign_in(&program).await;
    browser.goto(&program.address(&format!("/bots/{bot}?at=b-book"))).await;
    let choice = "select[id$=form-id-choice]";
    browser.find(&format!("{choice} option[value='{form}']")).await;
    browser.set(choice, &form).await;
    browser.see("Put its 7 answers into variables").await;
    browser.click("#native-form-save-all").await;
    browser.until("seven answers", "document.querySelectorAll('.flow-form .record').length === 7").await;
    for theme in [Theme::Light, Theme::Dark] {
        browser.appear(&Look { theme, ..Look::default() }).await;
        browser.at_rest().await;
        browser.assert_accessible("a block that asks by a form").await;
        browser.shot(&format!("native-form-block-{theme:?}").to_lowercase()).await;
    }
    browser.appear(&Look::default()).await;

    browser.click("#flow-try").await;
    // From the start it would wait for the words that begin it.
    browser.press("From what is chosen").await;
    browser.click(".test-chat .handset-tap").await;
    fill_in(&browser, "test-form", "native-form-tried").await;
    browser.see("cleaning for Tom Hill, 2026-12-03 in the evening, hour before").await;

    until("the draft", || async {
        let draft = api.get(&format!("/api/v1/bots/{bot}/draft")).await.ok();
        let block = &draft["flow"]["groups"][0]["blocks"][0];
        (block["form"]["id"] == *form && block["form"]["save"].as_array().map(Vec::len) == Some(7))
            .then_some(())
    })
    .await;
    api.post(&format!("/api/v1/bots/{bot}/publish"), json!({})).await.ok();
    browser.appear(&Look { width: 390, height: 844, theme: Theme::Dark, ..Look::default() }).await;
    browser.goto(&program.address("/phone")).await;
    browser.fill("#phone-text", "book it").await;
    browser.keys(&[], key::ENTER).await;
    browser.press("Open the form").await;
    fill_in(&browser, "phone-form", "native-form-390-dark").await;
    browser.see("cleaning for Tom Hill, 2026-12-03 in the evening, hour before").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    program.stop();
}

/// A form whose second screen a server of the business's own decides: `{lead, ask}` are its words.
async fn with_an_endpoint(line: &Line, words: [&str; 2]) -> String {
    let footer =
        |words: &str, action: Value| json!({"type": "Footer", "label": words, "on-click-action": action});
    let layout = |children: Value| json!({"type": "SingleColumnLayout", "children": children});
    let shown = json!({
        "version": "7.0", "data_api_version": "3.0",
        "routing_model": {"WHO": ["END"], "END": []},
        "screens": [
            {"id": "WHO", "title": words[0], "layout": layout(json!([
                {"type": "TextInput", "name": "name", "label": words[1], "required": true},
                footer("OK", json!({"name": "data_exchange", "payload": {"name": "${form.name}"}})),
            ]))},
            {"id": "END", "title": words[0], "terminal": true, "layout": layout(json!([
                {"type": "TextBody", "text": words[1]},
                footer("OK", json!({"name": "complete", "payload": {}})),
            ]))},
        ],
    });
    let made = crate::support::http_client()
        .post(format!("{}/v25.0/{ACCOUNT}/flows", line.simulator.graph))
        .bearer_auth("T")
        .json(&json!({
            "name": words[0], "categories": ["OTHER"], "endpoint_uri": "https://example.com/flow",
            "flow_json": shown.to_string(), "publish": true,
        }));
    let made = Answer::read("a form with an endpoint".to_owned(), made).await.ok();
    made["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_form_that_asks_a_server_says_so_where_it_is_chosen_and_tried() {
    let line = Line::new().await;
    for (language, words) in [("en", ["Who are you?", "Your name"]), ("ru", ["Кто вы?", "Ваше имя"])]
    {
        let form = with_an_endpoint(&line, words).await;
        let flow = json!({
            "schema": 1, "id": language, "name": words[0], "language": language, "settings": {"pause": 20},
            "triggers": [{"id": "go", "kind": "any_message"}],
            "groups": [{"id": "main", "title": "Main", "blocks": [
                {"id": "ask", "kind": "question", "answer": "form", "text": words[0], "button": "OK", "form": {"id": form}},
            ]}], "edges": [],
        });
        let bot = line.api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
        let bot = bot["id"].as_str().expect("an id").to_owned();
        line.api.patch("/api/v1/users/me", json!({"locale": language})).await.ok();
        let look = Look { language: language.to_owned(), ..Look::default() };
        let browser = Browser::open(&look).await;
        browser.sign_in_as(&line.program, EMAIL, PASSWORD).await;
        browser.goto(&line.program.address(&format!("/bots/{bot}?at=b-ask"))).await;
        browser.find(".flow-form .native-form-server").await;
        shots(&browser, &look, &format!("form-endpoint-{language}")).await;
        // The try waits for more messages; then the form is opened, and does not go on.
        browser.click("#tab-test").await;
        browser.fill("#test-text", "hi").await;
        browser.keys(&[], key::ENTER).await;
        browser.find(".test-call").await;
        shots(&browser, &look, &format!("try-gathers-{language}")).await;
        browser.click(".test-call button").await;
        browser.gone(".test-call").await;
        browser.click(".test-chat .handset-tap").await;
        browser.find("form.native-form .native-form-server").await;
        shots(&browser, &look, &format!("try-endpoint-{language}")).await;
        browser.assert_quiet().await;
    }
    line.program.stop();
}

/// As it is seen in both themes, on a desk and on a telephone.
async fn shots(browser: &Browser, look: &Look, name: &str) {
    for theme in [Theme::Light, Theme::Dark] {
        for (width, height) in [(1440, 900), (390, 844)] {
            browser.appear(&Look { width, height, theme, ..look.clone() }).await;
            browser.at_rest().await;
            browser.assert_accessible(name).await;
            let over = browser.value_of("document.documentElement.scrollWidth - innerWidth").await;
            assert!(over.as_i64().unwrap_or(1) <= 0, "{name} is {over} pixels wider than the screen");
            browser.shot(&format!("{name}-{width}-{theme:?}")).await;
        }
    }
    browser.appear(look).await;
}
