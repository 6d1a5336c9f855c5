//! Pictures of every page for people to look at: both themes, wide and narrow, English and Russian.

use crate::support::browser::{Browser, Look, Theme};
use crate::support::program::{Launch, Program};

/// What there is to see, by the name of its picture.
const PAGES: [(&str, &str); 6] = [
    ("start", "/start"),
    ("inbox", "/inbox/all"),
    ("customers", "/customers"),
    ("bots", "/bots"),
    ("settings-account", "/settings/account"),
    ("settings-numbers", "/settings/numbers"),
];

#[tokio::test]
#[ignore = "makes pictures to look at and decides nothing; `cargo xtask shots` runs it"]
async fn every_page() {
    for language in ["en", "ru"] {
        let program = Launch::demo().argument("--lang").argument(language).start().await;
        for theme in [Theme::Light, Theme::Dark] {
            for (width, height) in [(1440, 900), (390, 844)] {
                let look = Look { width, height, theme, language: language.to_owned() };
                pages(&program, &look).await;
            }
        }
    }
}

async fn pages(program: &Program, look: &Look) {
    let name =
        |page: &str| format!("{page}-{}-{:?}-{}", look.width, look.theme, look.language).to_lowercase();
    let browser = Browser::open(look).await;
    browser.goto(&program.address("/sign-in")).await;
    browser.find("#email").await;
    browser.shot(&name("sign-in")).await;
    browser.sign_in(program).await;
    for (page, path) in PAGES {
        browser.goto(&program.address(path)).await;
        browser.find("main").await;
        browser.at_rest().await;
        browser.shot(&name(page)).await;
    }
    // A thread: the first of the list.
    browser.goto(&program.address("/inbox/all")).await;
    browser.find("main a[href^='/inbox/all/']").await;
    browser.click("main a[href^='/inbox/all/']").await;
    browser.at_rest().await;
    browser.shot(&name("thread")).await;
}
