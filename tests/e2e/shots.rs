//! Pictures of every page for people to look at: both themes, wide and narrow, English and Russian.

use crate::support::browser::{Browser, Look, Theme};
use crate::support::program::{Launch, Program};

/// What there is to see, by the name of its picture.
const PAGES: [(&str, &str); 13] = [
    ("start", "/start"),
    ("inbox", "/inbox/all"),
    ("customers", "/customers"),
    ("bots", "/bots"),
    ("phone", "/phone"),
    ("settings-account", "/settings/account"),
    ("settings-business", "/settings/business"),
    ("settings-numbers", "/settings/numbers"),
    ("number-new", "/settings/numbers/new"),
    ("journal", "/settings/journal"),
    ("people", "/settings/people"),
    ("connections", "/settings/connections"),
    ("bot-import", "/bots/import"),
];

#[tokio::test]
#[ignore = "makes pictures to look at and decides nothing; `cargo xtask shots` runs it"]
async fn every_page() {
    for language in ["en", "ru"] {
        let program = Launch::demo().argument("--lang").argument(language).start().await;
        let fresh = Launch::serve().start().await;
        for theme in [Theme::Light, Theme::Dark] {
            for (width, height) in [(1440, 900), (390, 844)] {
                let look = Look { width, height, theme, language: language.to_owned() };
                first_run(&fresh, &look).await;
                pages(&program, &look).await;
            }
        }
    }
}

fn name(page: &str, look: &Look) -> String {
    format!("{page}-{}-{:?}-{}", look.width, look.theme, look.language).to_lowercase()
}

async fn first_run(program: &Program, look: &Look) {
    let browser = Browser::open(look).await;
    browser.goto(program.setup_url.as_deref().expect("a setup address")).await;
    browser.find("main h1").await;
    browser.at_rest().await;
    browser.shot(&name("setup", look)).await;
}

async fn pages(program: &Program, look: &Look) {
    let browser = Browser::open(look).await;
    let shot = async |page: &str| {
        browser.at_rest().await;
        browser.shot(&name(page, look)).await;
    };
    browser.goto(&program.address("/sign-in")).await;
    browser.find("#email").await;
    shot("sign-in").await;
    browser.sign_in(program).await;
    for (page, path) in PAGES {
        browser.goto(&program.address(path)).await;
        browser.find("main").await;
        shot(page).await;
    }
    // One of each list: a thread, a customer, a webhook, a number.
    for (page, path, first) in [
        ("thread", "/inbox/all", "main a[href^='/inbox/all/']"),
        ("customer", "/customers", ".customer-row"),
        ("webhook", "/settings/journal", ".webhook"),
        ("number", "/settings/numbers", ".number-row"),
        ("bot", "/bots", ".bot-name"),
    ] {
        browser.goto(&program.address(path)).await;
        browser.find(first).await;
        browser.click(first).await;
        if page == "bot" {
            browser.find("#canvas .block").await;
        }
        shot(page).await;
        if page == "bot" {
            let address = browser.address().await;
            let bot = address.split('?').next().unwrap_or_default();
            browser.goto(&format!("{bot}/results")).await;
            browser.find("main").await;
            shot("results").await;
        }
    }
    if look.width > 1000 {
        browser.goto(&program.address("/inbox/all")).await;
        browser.find("main a[href^='/inbox/all/']").await;
        browser.click("main a[href^='/inbox/all/']").await;
        browser.keys(&[], "4").await;
        // The demo's phones know nothing of the past: somebody has to say something first.
        browser.fill("#phone-text", "👋").await;
        browser.keys(&[], crate::support::browser::key::ENTER).await;
        browser.find(".handset .message").await;
        shot("thread-phone").await;
        browser.value_of("document.activeElement.blur()").await;
        browser.keys(&[], "4").await;
        browser.keys(&[crate::support::browser::key::CONTROL], "k").await;
        shot("palette").await;
    }
}
