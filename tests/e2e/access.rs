//! Every page of the demo without a complaint of axe-core, wide and narrow, light and dark, in both languages; and the
//! API's own page.

use std::path::Path;

use crate::support::browser::{Browser, Look, Theme, key};
use crate::support::program::{Launch, Program};

#[tokio::test]
async fn every_page_is_accessible() {
    let looks = [
        (Theme::Light, 1440, 900),
        (Theme::Dark, 1440, 900),
        (Theme::Light, 390, 844),
        (Theme::Dark, 390, 844),
    ];
    every_page("en", &looks).await;
}

/// Words of another length: wide in one theme, narrow in the other.
#[tokio::test]
async fn every_page_is_accessible_in_russian() {
    every_page("ru", &[(Theme::Light, 1440, 900), (Theme::Dark, 390, 844)]).await;
}

async fn every_page(language: &str, looks: &[(Theme, u32, u32)]) {
    let program = Launch::demo().argument("--lang").argument(language).start().await;
    let api = program.signed_in().await;
    let numbers = api.all("/api/v1/whatsapp/numbers").await;
    let number = format!("/settings/numbers/{}", numbers[0]["id"].as_str().expect("an id"));
    let webhooks = api.get("/api/v1/webhooks/journal?limit=1").await.ok();
    let webhook = format!("/settings/journal/{}", webhooks["items"][0]["id"]);
    let threads = api.get("/api/v1/conversations?view=all&limit=1").await.ok();
    let thread = format!("/inbox/all/{}", threads["items"][0]["id"].as_str().expect("an id"));
    let bots = api.all("/api/v1/bots").await;
    let bot = format!("/bots/{}", bots[0]["id"].as_str().expect("an id"));
    for &(theme, width, height) in looks {
        let look = Look { width, height, theme, language: language.to_owned() };
        let browser = Browser::open(&look).await;
        browser.goto(&program.address("/sign-in")).await;
        browser.find("#email").await;
        browser.assert_accessible("/sign-in").await;
        browser.sign_in(&program).await;
        for path in [
            "/start",
            "/inbox/all",
            &thread,
            "/customers",
            "/bots",
            &bot,
            "/phone",
            "/settings/account",
            "/settings/business",
            "/settings/people",
            "/invitation?token=long-ago",
            "/settings/numbers",
            "/settings/numbers/new",
            &number,
            "/settings/journal",
            "/settings/journal?outcome=failed&search=nothing+has+this",
            &webhook,
            "/nowhere",
            "/api/docs",
        ] {
            let name = format!("{path} at {width} pixels, {theme:?}, {language}");
            browser.goto(&program.address(path)).await;
            browser.find("main").await;
            if path == bot {
                browser.find("#canvas .block").await;
            }
            browser.at_rest().await;
            browser.assert_accessible(&name).await;
            if path != "/api/docs" {
                no_wider_than_the_screen(&browser, &name).await;
            }
        }
        what_lies_on_top(&browser, &program, &look).await;
        // It is worked by words, which are English.
        if width > 1000 && language == "en" {
            phone_beside_a_thread(&browser, &program).await;
        }
    }
    program.stop();
}

/// The command palette and the list of keys.
async fn what_lies_on_top(browser: &Browser, program: &Program, look: &Look) {
    browser.goto(&program.address("/inbox/all")).await;
    browser.find(".row").await;
    for (held, pressed, what) in [(&[key::CONTROL][..], "k", ".palette"), (&[], "?", "#shortcuts")] {
        browser.keys(held, pressed).await;
        browser.find(what).await;
        browser.at_rest().await;
        browser.assert_accessible(&format!("{what} at {} pixels, {:?}", look.width, look.theme)).await;
        browser.keys(&[], key::ESCAPE).await;
        browser.gone(what).await;
    }
}

/// The page itself never scrolls sideways: what is wider has a box of its own that does.
async fn no_wider_than_the_screen(browser: &Browser, name: &str) {
    let over = browser.value_of("document.documentElement.scrollWidth - innerWidth").await;
    assert!(over.as_i64().unwrap_or(1) <= 0, "{name} is {over} pixels wider than the screen");
}

/// At 1440 pixels a thread and the phone are both there to work with, and the phone stays from place to place.
async fn phone_beside_a_thread(browser: &Browser, program: &Program) {
    browser.goto(&program.address("/inbox/all")).await;
    browser.click("main a[href^='/inbox/all/']").await;
    browser.find("#composer, .thread .notice").await;
    browser.press("Phone").await;
    browser.find("#phone-panel .handset").await;
    browser.at_rest().await;
    let width = "Math.round(document.querySelector('.thread').getBoundingClientRect().width)";
    let thread = browser.value_of(width).await;
    assert!(thread.as_i64().unwrap_or(0) >= 480, "the thread has {thread} pixels beside the phone");
    browser.assert_accessible("a thread with the phone beside it").await;
    browser.press("Attach").await;
    browser.find(".handset-sheet").await;
    browser.assert_accessible("what can be attached on the phone").await;
    browser.press("Send a location").await;
    browser.find(".handset-chat .out .location").await;
    // A file of one's own, as a picture in the chat.
    let picture = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples/bouquet.jpg");
    browser.choose_file("#phone-file", &picture).await;
    browser.find(".handset-chat .out .picture img").await;
    browser.press("Bots").await;
    browser.find("#phone-panel .handset").await;
    browser.reload().await;
    browser.find("#phone-panel .handset").await;
    browser.press("Put the phone away").await;
    browser.gone("#phone-panel").await;
}
