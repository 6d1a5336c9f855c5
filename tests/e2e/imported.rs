//! A bot from elsewhere: the addresses that came with it are off until somebody allows them.

use serde_json::{Value, json};

use crate::support::api::Api;
use crate::support::browser::{Browser, Look, key};
use crate::support::program::Launch;

/// Two pictures, a link and a last word, as a stranger's file.
fn file() -> Value {
    json!({
        "schema": 1, "id": "far", "name": "From afar", "language": "en", "start": {"group": "main"},
        "triggers": [{"id": "any", "kind": "any_message"}],
        "groups": [{"id": "main", "title": "Main", "blocks": [
            {"id": "menu", "kind": "message", "text": "The menu", "media": {"kind": "image", "url": "https://far.test/menu.png"}},
            {"id": "photo", "kind": "message", "text": "Our house", "media": {"kind": "image", "url": "{{contact.photo}}"}},
            {"id": "link", "kind": "link_button", "text": "Book a table", "title": "Book", "url": "https://far.test/book"},
            {"id": "video", "kind": "message", "text": "https://far.test/film"},
            {"id": "call", "kind": "http", "method": "GET", "url": "https://far.test/api"},
            {"id": "bye", "kind": "message", "text": "Bye. More at https://told.test."},
        ]}],
        "edges": [],
    })
}

/// The blocks of the draft whose addresses are off, once they are these.
async fn off(api: &Api, bot: &str, wanted: &[&str]) {
    crate::support::until(&format!("{wanted:?} to be off"), async || {
        let draft = api.get(&format!("/api/v1/bots/{bot}/draft")).await.ok();
        let blocks = draft["flow"]["groups"][0]["blocks"].as_array()?.clone();
        let off = blocks.iter().filter(|block| block["address_off"] == true);
        let off: Vec<&str> = off.map(|block| block["id"].as_str().unwrap_or_default()).collect();
        (off == wanted).then_some(())
    })
    .await;
}

#[tokio::test]
async fn addresses_from_elsewhere_are_listed_off_and_allowed() {
    let program = Launch::demo().start().await;
    let api = program.quieted().await;
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path().join("far.json");
    std::fs::write(&path, file().to_string()).expect("a file");
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in(&program).await;
    browser.goto(&program.address("/bots/import")).await;
    browser.choose_file("#bot-file", &path).await;
    browser.see("Addresses that are switched off").await;
    browser.see("{{contact.photo}}").await;
    browser.see("https://far.test/api").await;
    browser.see("Addresses within texts").await;
    // Blocks are called as in the palette, wherever they are named.
    let report = browser.text(".import-report").await;
    for name in ["Image", "Link button", "HTTP request", "https://told.test In: Main (Text)."] {
        assert!(report.contains(name), "{name}: {report}");
    }
    assert!(!report.contains("link_button") && !report.contains("(message)"), "{report}");
    browser.at_rest().await;
    browser.assert_accessible("the report with addresses").await;
    browser.shot("import-addresses").await;
    browser.click("#import-make").await;
    browser.find("#b-menu").await;
    let address = browser.address().await;
    let bot = address.split("/bots/").nth(1).expect("a bot").split('?').next().expect("an id").to_owned();
    off(&api, &bot, &["menu", "photo", "link", "video", "call"]).await;
    browser.find("#b-call.off").await;

    // The checker leads to the block, where it is allowed.
    browser.click("#tab-problems").await;
    browser.find("#allow-addresses").await;
    browser.at_rest().await;
    browser.assert_accessible("the addresses among what is checked").await;
    browser.shot("addresses-checked").await;
    browser.click(".problems button.problem").await;
    browser.find("#b-menu.chosen").await;
    browser.find("#allow-address").await;
    browser.at_rest().await;
    browser.assert_accessible("a block whose address is off").await;
    browser.shot("address-off").await;
    browser.click("#allow-address").await;
    off(&api, &bot, &["photo", "link", "video", "call"]).await;
    browser.gone("#allow-address").await;

    // A block that reaches outside is allowed in the same place, and by the keyboard.
    browser.click("#tab-problems").await;
    browser.find("#allow-addresses").await;
    let go = "[...document.querySelectorAll('button.problem')].find(one => one.textContent.includes('far.test/api')).click()";
    browser.value_of(go).await;
    browser.find("#b-call.chosen").await;
    browser.see("Allow the block").await;
    browser.value_of("document.querySelector('#allow-address').focus()").await;
    browser.keys(&[], key::ENTER).await;
    off(&api, &bot, &["photo", "link", "video"]).await;
    browser.gone("#b-call.off").await;
    browser.keys(&[key::CONTROL], "z").await;
    off(&api, &bot, &["photo", "link", "video", "call"]).await;

    // A try says what customers would get: the caption without its picture, the text without its link.
    browser.click("#tab-test").await;
    browser
        .until("the last word", "document.querySelector('.test-chat')?.textContent.includes('Bye.')")
        .await;
    let chat = browser.text(".test-chat").await;
    assert!(chat.contains("Our house") && chat.contains("Book a table"), "{chat}");
    assert!(chat.contains("which came from elsewhere and nobody has allowed"), "{chat}");
    browser
        .until(
            "the allowed picture alone",
            "document.querySelectorAll('.test-chat .preview-file, .test-chat .preview-picture').length === 1",
        )
        .await;

    browser.click("#tab-problems").await;
    browser.click("#allow-addresses").await;
    off(&api, &bot, &[]).await;
    browser.gone("#allow-addresses").await;
    browser.assert_quiet().await;
}

#[tokio::test]
async fn a_damaged_file_is_refused_with_its_places_in_words() {
    let program = Launch::demo().start().await;
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path().join("damaged.json");
    let mut damaged = file();
    damaged["groups"][0]["blocks"][5] = json!({"id": "on", "kind": "jump", "to": {"group": "gone"}});
    damaged["edges"] = json!([{"id": "e", "from": {"block": "menu"}, "to": {"group": "away"}}]);
    std::fs::write(&path, damaged.to_string()).expect("a file");
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in(&program).await;
    browser.goto(&program.address("/bots/import")).await;
    browser.choose_file("#bot-file", &path).await;
    browser.see("This file cannot become a bot. Nothing was made.").await;
    let said = browser.text(".import-refused").await;
    for words in ["Group 1, Block 6", "Jump in “Main”", "the group “gone”", "Line 1", "the group “away”"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    browser.at_rest().await;
    browser.assert_accessible("a file that is refused").await;
    browser.shot("import-damaged").await;
}
