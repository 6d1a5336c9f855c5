//! How soon the interface can be used: from the first byte asked for to the list of conversations on the screen.
//!
//! `cargo xtask bench` runs it on the release build, which it names in `BESEDA_TEST_PROGRAM`.

use serde_json::json;

use crate::support::browser::{Browser, Look};
use crate::support::program::Launch;

/// Odd, so that one of them is the median.
const VISITS: usize = 9;

/// Notes when the first row of the list has been painted. It is there before the page's own scripts are.
const WATCH: &str = "
    new MutationObserver((_, observer) => {
        if (!document.querySelector(\"main a[href^='/inbox/']\")) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => { window.besedaReady = performance.now(); }));
    }).observe(document, { childList: true, subtree: true });
";

#[tokio::test]
#[ignore = "measures and decides nothing; `cargo xtask bench` runs it"]
async fn how_soon_the_inbox_can_be_used() {
    let program = Launch::demo().start().await;
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in(&program).await;
    browser.chromium("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await;
    let mut visits = Vec::new();
    for _ in 0..VISITS {
        // A first visit: nothing of the interface is in the browser yet.
        browser.chromium("Network.clearBrowserCache", json!({})).await;
        browser.goto("about:blank").await;
        browser.goto(&program.address("/inbox/open")).await;
        browser.find("main a[href^='/inbox/']").await;
        browser.until("the first row to be painted", "window.besedaReady > 0").await;
        let ready = browser.value_of("window.besedaReady").await;
        visits.push(ready.as_f64().expect("a number of milliseconds"));
    }
    visits.sort_by(f64::total_cmp);
    println!("{}", json!({ "ui_ready_ms": visits[VISITS / 2], "visits": visits }));
}
