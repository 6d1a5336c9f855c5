//! The phone in the page, as a customer has it: rows of a list, several people, what is sent besides words; and what the
//! team sends them.

use std::path::Path;

use serde_json::json;

use crate::support::browser::{Browser, Look, key};
use crate::support::until;
use crate::support::world::{EMAIL, PASSWORD, World};

/// A bot that asks with more answers than fit on buttons.
async fn with_a_list() -> World {
    let world = World::new().await;
    for bot in world.api.all("/api/v1/bots").await {
        let path = format!("/api/v1/bots/{}", bot["id"].as_str().unwrap());
        world.api.delete(&path).await.expect(204);
    }
    let options: Vec<_> = ["Roses", "Peonies", "Tulips", "Lilies", "Irises"]
        .iter()
        .map(|name| json!({"id": name.to_lowercase(), "title": name}))
        .collect();
    let flow = json!({
        "schema": 1, "id": "flowers", "name": "Flowers", "language": "en", "start": {"group": "main"},
        "triggers": [{"id": "go", "kind": "any_message"}],
        "groups": [{"id": "main", "title": "Main", "blocks": [
            {"id": "ask", "kind": "question", "answer": "choice", "text": "Which flowers?", "button": "Choose",
             "options": options, "variable": "flowers"},
            {"id": "done", "kind": "message", "text": "{{flowers}} it is"},
        ]}], "edges": [],
    });
    let bot = world.api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
    let path = format!("/api/v1/bots/{}/publish", bot["id"].as_str().unwrap());
    world.api.post(&path, json!({})).await.ok();
    world
}

async fn at_the_phone(world: &World, look: &Look) -> Browser {
    let browser = Browser::open(look).await;
    browser.sign_in_as(&world.program, EMAIL, PASSWORD).await;
    browser.goto(&world.program.address("/phone")).await;
    browser.find("#phone-text").await;
    browser
}

/// Takes up the phone of one of the customers.
async fn somebody(browser: &Browser, name: &str) {
    let person = format!(
        "[...document.querySelectorAll('.phone-person')].find(one => one.querySelector('b').textContent === '{name}')"
    );
    browser.until(&format!("{name} among the customers"), &format!("{person} !== undefined")).await;
    browser.value_of(&format!("{person}.click()")).await;
}

const FIELD_HAS_FOCUS: &str = "document.activeElement?.id === 'phone-text'";

#[tokio::test]
async fn rows_are_picked_and_whoever_picks_one_writes_on() {
    let world = with_a_list().await;
    let browser = at_the_phone(&world, &Look::default()).await;
    browser.fill("#phone-text", "Hello").await;
    browser.keys(&[], key::ENTER).await;
    browser.find(".handset-tap").await;
    // By mouse.
    browser.press("Choose").await;
    browser.find("#phone-sheet .handset-row").await;
    assert_eq!(browser.count("#phone-sheet .handset-row").await, 5);
    browser.at_rest().await;
    browser.assert_accessible("the rows of a list on the phone").await;
    browser.press("Peonies").await;
    browser.see("Peonies it is").await;
    browser.until("the focus where one writes", FIELD_HAS_FOCUS).await;

    // By keys: what lies under the sheet is not reached meanwhile.
    browser.keys(&[], "Again").await;
    browser.keys(&[], key::ENTER).await;
    browser.until("the second question", "document.querySelectorAll('.handset-tap').length === 2").await;
    browser.value_of("[...document.querySelectorAll('.handset-tap')].at(-1).focus()").await;
    browser.keys(&[], key::ENTER).await;
    browser.until("the sheet", "document.activeElement?.id === 'phone-sheet'").await;
    for _ in 0..6 {
        browser.keys(&[], key::TAB).await;
        let within = "document.activeElement.closest('#phone-sheet, .handset') === document.activeElement.closest('#phone-sheet')";
        browser.until("the focus to keep out of what is covered", within).await;
    }
    browser.keys(&[], key::ENTER).await;
    browser.see("Irises it is").await;
    browser.until("the focus where one writes", FIELD_HAS_FOCUS).await;

    // What is sent besides words gives the focus back, too.
    for (what, sent) in
        [("Send a photo", ".handset-chat .out img"), ("Send a location", ".handset-chat .out .location")]
    {
        browser.press("Attach").await;
        browser.press(what).await;
        browser.find(sent).await;
        browser.until("the focus where one writes", FIELD_HAS_FOCUS).await;
    }
    world.program.stop();
}

#[tokio::test]
async fn several_people_write_and_nobody_says_what_another_was_writing() {
    let world = with_a_list().await;
    world.customer("447700900123", "Tom").await;
    world.customer("447700900124", "Ann").await;
    let browser = at_the_phone(&world, &Look::default()).await;
    somebody(&browser, "Tom").await;
    browser.until("Tom's phone", "document.querySelector('#phone-text')?.ariaLabel?.includes('Tom')").await;
    browser.fill("#phone-text", "It is Tom").await;
    browser.keys(&[], key::ENTER).await;
    browser.find(".handset-chat .out").await;
    browser.fill("#phone-text", "I have not said this").await;
    somebody(&browser, "Ann").await;
    browser.until("Ann's phone", "document.querySelector('#phone-text')?.ariaLabel?.includes('Ann')").await;
    assert_eq!(browser.value_of("document.querySelector('#phone-text').value").await, "");
    assert_eq!(browser.count(".handset-chat .out").await, 0, "nothing of Tom's");
    browser.fill("#phone-text", "It is Ann").await;
    browser.keys(&[], key::ENTER).await;
    browser.find(".handset-chat .out").await;
    // Somebody nobody has met.
    browser.press("New customer").await;
    browser.until("a third phone", "document.querySelectorAll('.handset-chat .out').length === 0").await;
    browser.fill("#phone-text", "It is me").await;
    browser.keys(&[], key::ENTER).await;
    somebody(&browser, "Tom").await;
    browser.see("It is Tom").await;
    until("three conversations", || async {
        let threads = world.api.all("/api/v1/conversations?view=all").await;
        (threads.len() == 3).then_some(())
    })
    .await;
    world.program.stop();
}

#[tokio::test]
async fn a_file_out_of_the_composer_reaches_the_phone() {
    let world = with_a_list().await;
    world.customer("447700900123", "Tom").await;
    world.writes("447700900123", "Show me").await;
    let thread = world.thread("Tom").await;
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in_as(&world.program, EMAIL, PASSWORD).await;
    browser.goto(&world.program.address(&format!("/inbox/all/{}", thread["id"].as_str().unwrap()))).await;
    browser.press("Take over").await;
    browser.find("#composer").await;
    let picture = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples/bouquet.jpg");
    browser.choose_file("#attach", &picture).await;
    browser.find(".composer-files li").await;
    browser.at_rest().await;
    browser.assert_accessible("a file that is about to be sent").await;
    browser.fill("#composer", "As of this morning").await;
    browser.keys(&[], key::ENTER).await;
    browser.find(".thread .message.out img").await;
    let (kind, caption) = world
        .phone("447700900123", "the picture", |chat| {
            let content = &chat.iter().rfind(|message| message["content"]["type"] == "media")?["content"];
            Some((content["kind"].clone(), content["caption"].clone()))
        })
        .await;
    assert_eq!((kind, caption), (json!("image"), json!("As of this morning")));
    world.program.stop();
}
