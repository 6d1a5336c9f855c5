//! Trying out in the editor: a request's answer becomes variables, by mouse and by keys; a picked file is sent by the bot;
//! and the page of bots says which bot answers.

use serde_json::{Value, json};

use crate::support::api::Api;
use crate::support::browser::{Browser, Look, Theme, key};
use crate::support::program::{Launch, Program};
use crate::support::service::Service;

/// A bot of these blocks that "go" starts, the only one that answers, open in the editor.
async fn opened(look: &Look, triggers: Value, blocks: Value) -> (Program, Api, Browser, String) {
    let program = Launch::demo().setting("BESEDA_BOTS__PRIVATE_ADDRESSES", "allow").start().await;
    let api = program.quieted().await;
    let flow = json!({
        "schema": 1, "id": "tried", "name": "Tried", "language": "en", "triggers": triggers,
        "groups": [{ "id": "g", "title": "Start", "x": 0, "y": 0, "blocks": blocks }],
    });
    let bot = api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
    let id = bot["id"].as_str().expect("an id").to_owned();
    let browser = Browser::open(look).await;
    browser.sign_in(&program).await;
    (program, api, browser, id)
}

fn go() -> Value {
    json!([{ "id": "t", "kind": "keyword", "x": -300, "y": 0, "keywords": [{ "match": "is", "text": "go" }] }])
}

async fn draft(api: &Api, id: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
    crate::support::until(what, async || {
        let draft = api.get(&format!("/api/v1/bots/{id}/draft")).await.ok();
        let block = draft["flow"]["groups"][0]["blocks"][0].clone();
        holds(&block).then_some(block)
    })
    .await
}

#[tokio::test]
async fn values_of_a_real_answer_are_mapped_by_mouse_and_by_keys() {
    let answer = json!({ "items": [{ "name": "Tulip", "price": 4.5 }], "left": 12 });
    let service = Service::start(vec![("/stock", 200, answer)]).await;
    let url = format!("{}/stock?of={{{{flower}}}}", service.url);
    let blocks = json!([{ "id": "ask", "kind": "http", "method": "GET", "url": url },
        { "id": "told", "kind": "message", "text": "{{left}}" }]);
    let (program, api, browser, id) = opened(&Look::default(), go(), blocks).await;
    browser.goto(&program.address(&format!("/bots/{id}?at=b-ask"))).await;
    browser.fill("#trial-flower", "tulips").await;
    browser.click("#trial-send").await;
    browser.see("Status 200").await;
    assert_eq!(service.heard()[0].line, "GET /stock?of=tulips HTTP/1.1");
    browser.at_rest().await;
    browser.assert_accessible("a tried request").await;
    browser.shot("trial").await;

    // By the mouse: the price.
    browser.click("button[data-path='items.0.price']").await;
    draft(&api, &id, "the first mapping", |block| {
        block["save"] == json!([{ "variable": "price", "path": "items.0.price" }])
    })
    .await;
    browser.until("the variable's field", "document.activeElement?.value === 'price'").await;

    // By keys: what is left, under another name.
    browser.value_of("document.querySelector(\"button[data-path=left]\").focus()").await;
    browser.keys(&[], key::ENTER).await;
    browser.until("the second variable's field", "document.activeElement?.value === 'left'").await;
    browser.keys(&[key::CONTROL], "a").await;
    browser.keys(&[], "left_now").await;
    let block =
        draft(&api, &id, "the second mapping", |block| block["save"][1]["variable"] == "left_now").await;
    assert_eq!(block["save"][1]["path"], "left");
    browser.see("→ left_now").await;

    // What the service says in its headers, too.
    browser.press("Headers").await;
    browser.click("button[data-header='content-type']").await;
    let kept = json!([{ "variable": "content_type", "header": "content-type" }]);
    draft(&api, &id, "the header's mapping", |block| block["save_headers"] == kept).await;
    browser.until("the header's field", "document.activeElement?.value === 'content_type'").await;
    browser.see("→ content_type").await;
    browser.shot("trial-headers").await;
    browser.assert_accessible("a mapped answer").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    program.stop();
}

#[tokio::test]
async fn a_picked_picture_is_sent_by_the_bot() {
    let blocks = json!([{ "id": "show", "kind": "message", "text": "Our menu",
        "media": { "kind": "image", "url": "" } }]);
    let look = Look { theme: Theme::Dark, ..Look::default() };
    let (program, api, browser, id) = opened(&look, go(), blocks).await;
    let place = program.data();
    let (wrong, right) = (place.join("menu.gif"), place.join("menu.png"));
    std::fs::write(&wrong, b"GIF89a").expect("a file");
    std::fs::write(&right, PNG).expect("a file");
    browser.goto(&program.address(&format!("/bots/{id}?at=b-show"))).await;
    browser.find("#flow-file-choose").await;
    browser.choose_file("#flow-file", &wrong).await;
    browser.see("is none that WhatsApp takes here").await;
    browser.at_rest().await;
    browser.assert_accessible("a refused file").await;
    browser.choose_file("#flow-file", &right).await;
    browser.find("img.file-picture").await;
    // The bubble shows it as WhatsApp will.
    browser.until("the picture in the bubble", IN_BUBBLE).await;
    let block = draft(&api, &id, "the stored file", |block| block["media"]["stored"].is_string()).await;
    assert_eq!(
        (&block["media"]["mime"], &block["media"]["filename"]),
        (&json!("image/png"), &json!("menu.png"))
    );
    browser.at_rest().await;
    browser.assert_accessible("a stored file").await;
    browser.shot("file").await;
    // Opened again it is fetched out of the store.
    browser.reload().await;
    browser.find("img.file-picture").await;
    browser.until("the picture in the bubble once more", IN_BUBBLE).await;
    api.post(&format!("/api/v1/bots/{id}/publish"), json!({})).await.ok();
    browser.goto(&program.address("/phone")).await;
    browser.fill("#phone-text", "go").await;
    browser.keys(&[], key::ENTER).await;
    browser
        .until(
            "the picture on the phone",
            "[...document.querySelectorAll('.handset-chat .in')].some(m => m.querySelector('img') && m.textContent.includes('Our menu'))",
        )
        .await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    program.stop();
}

#[tokio::test]
async fn it_is_shown_which_bot_answers_and_a_link_has_its_code() {
    let triggers = json!([
        { "id": "any", "kind": "any_message", "x": -300, "y": 0 },
        { "id": "link", "kind": "link", "x": -300, "y": 120, "keywords": [{ "match": "is", "text": "menu" }] },
    ]);
    let blocks = json!([{ "id": "hi", "kind": "message", "text": "Hi" }]);
    let (program, api, browser, id) = opened(&Look::default(), triggers, blocks).await;
    api.post(&format!("/api/v1/bots/{id}/publish"), json!({})).await.ok();
    browser.goto(&program.address("/bots")).await;
    browser.fill("#winner-text", "menu please").await;
    browser.keys(&[], key::ENTER).await;
    browser.see("It would have fitted these, too").await;
    let told = browser.text(".winner-answer").await;
    assert!(
        told.contains("Link with a start word: menu") && told.contains("it is less particular"),
        "{told}"
    );
    browser.click(".winner-triggers > summary").await;
    browser.at_rest().await;
    browser.assert_accessible("which bot answers").await;
    browser.shot("winner").await;
    browser.goto(&program.address(&format!("/bots/{id}?at=t-any"))).await;
    browser.see("What comes before it").await;
    browser
        .until("the link's trigger", "document.querySelector('.ahead')?.textContent.includes('menu')")
        .await;
    browser.goto(&program.address(&format!("/bots/{id}?at=t-link"))).await;
    browser.find("svg.qr").await;
    let address = browser.text(".start-link-address").await;
    assert!(address.contains("?text=menu"));
    // The picture is of that address: it says so to who cannot see it.
    let label = browser.value_of("document.querySelector('svg.qr').getAttribute('aria-label')").await;
    assert!(label.as_str().is_some_and(|label| label.contains(&address)), "{label}: {address}");
    browser.click("#start-link-save").await;
    let file = browser.downloaded("whatsapp-qr.svg").await;
    assert!(file.starts_with(b"<svg"));
    browser.at_rest().await;
    browser.assert_accessible("a link's code").await;
    browser.shot("link").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    program.stop();
}

/// One pixel.
const IN_BUBBLE: &str = "document.querySelector('.flow-preview img.preview-picture')?.naturalWidth > 0";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\nIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4\0\0\0\0IEND\xaeB`\x82";

#[tokio::test]
async fn why_a_request_came_to_nothing_is_said_in_a_sentence() {
    let blocks = json!([{ "id": "ask", "kind": "http", "method": "GET", "url": "http://127.0.0.1:1/" }]);
    let (program, _, browser, id) = opened(&Look::default(), go(), blocks).await;
    browser.goto(&program.address(&format!("/bots/{id}?at=b-ask"))).await;
    browser.click("#trial-send").await;
    browser.see("Nobody listens at this address").await;
    // The technical words would say the same.
    let told = browser.text(".trial-failed").await;
    assert!(!told.to_lowercase().contains("refused"), "{told}");
    browser.at_rest().await;
    browser.assert_accessible("a request that came to nothing").await;
    browser.shot("trial-failed").await;
    program.stop();
}

#[tokio::test]
async fn the_customer_of_a_try_is_somebody_else() {
    let blocks = json!([
        { "id": "hi", "kind": "message", "text": "Hello {{contact.name}}" },
        { "id": "ask", "kind": "question", "answer": "text", "text": "Anything else?", "variable": "more" },
        { "id": "is", "kind": "online" },
        { "id": "bye", "kind": "message", "text": "Bye {{contact.name}}" }]);
    let (program, _, browser, id) = opened(&Look::default(), go(), blocks).await;
    browser.goto(&program.address(&format!("/bots/{id}"))).await;
    browser.click("#flow-try").await;
    browser.click("#test-customer > summary").await;
    browser.fill("#test-customer-name", "Ada").await;
    browser.set("#test-customer-online", "yes").await;
    browser.at_rest().await;
    browser.assert_accessible("the customer of a try").await;
    browser.shot("try-customer").await;
    browser.click("#test-customer > summary").await;
    browser.fill("#test-text", "go").await;
    browser.keys(&[], key::ENTER).await;
    browser.see("Hello Ada").await;
    browser.fill("#test-text", "no").await;
    browser.keys(&[], key::ENTER).await;
    browser.see("Somebody is online").await;
    browser.see("Bye Ada").await;
    browser.click("#test-customer > summary").await;
    browser.click("#test-customer-reset").await;
    browser.until("the usual name", "document.querySelector('#test-customer-name').value === 'Elena'").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());

    // On a phone the try is there, too, with its customer.
    let phone = Browser::open(&Look { width: 390, height: 844, theme: Theme::Dark, ..Look::default() }).await;
    phone.sign_in(&program).await;
    phone.goto(&program.address(&format!("/bots/{id}"))).await;
    phone.click("#flow-try").await;
    phone.click("#test-customer > summary").await;
    phone.fill("#test-customer-name", "Bea").await;
    phone.at_rest().await;
    phone.assert_accessible("the customer of a try on a phone").await;
    phone.shot("try-customer-phone").await;
    phone.click("#test-customer > summary").await;
    phone.fill("#test-text", "go").await;
    phone.keys(&[], key::ENTER).await;
    phone.see("Hello Bea").await;
    phone.at_rest().await;
    phone.shot("try-phone").await;
    program.stop();
}

#[tokio::test]
async fn a_wait_of_a_try_is_skipped() {
    let blocks = json!([
        { "id": "hi", "kind": "message", "text": "Till tomorrow" },
        { "id": "wait", "kind": "wait", "seconds": 86400 },
        { "id": "ask", "kind": "question", "answer": "text", "text": "Still there?", "timeout": 7200 },
        { "id": "yes", "kind": "message", "text": "Good" }]);
    let (program, _, browser, id) = opened(&Look::default(), go(), blocks).await;
    browser.goto(&program.address(&format!("/bots/{id}"))).await;
    browser.click("#flow-try").await;
    browser.fill("#test-text", "go").await;
    browser.keys(&[], key::ENTER).await;
    browser.see("Waits for 1 day").await;
    assert!(!browser.text(".handset-chat").await.contains("Still there?"));
    browser.press("Skip").await;
    browser.see("Time passes").await;
    browser.see("Still there?").await;
    // The focus is where the answer is written, and the question has a time of its own.
    browser.until("the answer's field", "document.activeElement?.id === 'test-text'").await;
    browser.see("Waits for 2 h").await;
    browser.fill("#test-text", "yes").await;
    browser.keys(&[], key::ENTER).await;
    browser.see("Good").await;
    browser.gone(".test-call").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    program.stop();
}
