//! A working day without a mouse: nothing here clicks.

use crate::support::browser::{Browser, Look, key};
use crate::support::program::Launch;

#[tokio::test]
async fn a_day_at_the_keyboard() {
    let program = Launch::demo().start().await;
    let (Some(email), Some(password)) = (&program.email, &program.password) else { panic!("nobody to be") };
    let browser = Browser::open(&Look::default()).await;

    // Sign in: the first field has the focus.
    browser.goto(&program.address("/sign-in")).await;
    browser.until("the first field to have the focus", "document.activeElement?.id === 'email'").await;
    browser.keys(&[], email).await;
    browser.keys(&[], key::TAB).await;
    browser.keys(&[], password).await;
    browser.keys(&[], key::ENTER).await;
    browser.find(".row").await;
    // Before the sign-in the page asked with a cookie it does not have.
    browser.complaints().await;

    // Open a conversation, take it over, answer, give it back.
    browser.keys(&[], "1").await;
    browser.keys(&[], key::DOWN).await;
    browser.find("#composer").await;
    let open = browser.address().await;
    browser.keys(&[], key::DOWN).await;
    browser.until("the next conversation", &format!("location.href !== '{open}'")).await;
    to_a_conversation_that_can_be_answered(&browser).await;
    if browser.count("[aria-keyshortcuts=T]").await > 0 {
        browser.keys(&[], "t").await;
    }
    browser.find("[aria-keyshortcuts=B]").await;
    browser.keys(&[], "r").await;
    browser.until("the composer to have the focus", "document.activeElement?.id === 'composer'").await;
    browser.keys(&[], "All by keys").await;
    browser.keys(&[], key::ENTER).await;
    browser
        .until(
            "the answer in the thread",
            "[...document.querySelectorAll('.message.out')].some(m => m.textContent.includes('All by keys'))",
        )
        .await;
    browser.keys(&[key::SHIFT], key::TAB).await;
    browser.value_of("document.activeElement.blur()").await;
    browser.keys(&[], "b").await;
    browser.find("[aria-keyshortcuts=T]").await;

    // The palette leads to the journal; arrows walk through it, Escape closes the entry.
    browser.keys(&[key::CONTROL], "k").await;
    browser.until("the palette", "document.activeElement?.id === 'palette-input'").await;
    browser.keys(&[], "journal").await;
    browser.see("Journal").await;
    browser.keys(&[], key::ENTER).await;
    browser.find(".webhook").await;
    browser.keys(&[], key::DOWN).await;
    browser.find(".journal-detail .webhook-body").await;
    let first = browser.address().await;
    browser.keys(&[], key::DOWN).await;
    browser.until("the next webhook", &format!("location.href !== '{first}'")).await;
    browser.keys(&[], key::ESCAPE).await;
    browser.gone(".journal-detail").await;

    // The phone comes beside the journal, has the focus, sends, goes away again, and gives the focus back.
    browser.value_of("document.querySelector('a.rail-place').focus()").await;
    browser.keys(&[], "4").await;
    browser.until("the phone to have the focus", "document.activeElement?.id === 'phone-text'").await;
    assert!(browser.address().await.contains("/settings/journal"), "the journal is still there");
    let before = browser.value_of("document.querySelector('.webhook').id").await;
    browser.keys(&[], "Sent by keys").await;
    browser.keys(&[], key::ENTER).await;
    browser
        .until(
            "it on the phone",
            "[...document.querySelectorAll('.handset-chat .out')].some(m => m.textContent.includes('Sent by keys'))",
        )
        .await;
    browser.keys(&[], key::ESCAPE).await;
    browser.gone("#phone-panel").await;
    browser.until("the focus where it was", "document.activeElement?.matches('a.rail-place')").await;
    // It came in as a webhook, and the journal shows it without being asked.
    let newer = format!("document.querySelector('.webhook')?.id !== {before}");
    browser.until("its webhook on top", &newer).await;
    browser.keys(&[], "?").await;
    browser.find("[role=dialog]").await;
    browser.keys(&[], key::ESCAPE).await;
    browser.gone("[role=dialog]").await;
    browser.assert_quiet().await;
    program.stop();
}

/// Walks down to a conversation whose window is open and that a bot or a person leads.
async fn to_a_conversation_that_can_be_answered(browser: &Browser) {
    for _ in 0..30 {
        browser.find(".thread-head .window").await;
        browser.until("the composer", "document.querySelector('.composer > *') !== null").await;
        let can = "document.querySelector('#composer') !== null && document.querySelector('#composer:disabled') === null \
                   && document.querySelector('[aria-keyshortcuts=T], [aria-keyshortcuts=B]') !== null";
        if browser.value_of(can).await == true {
            return;
        }
        let before = browser.address().await;
        browser.keys(&[], key::DOWN).await;
        browser.until("another conversation", &format!("location.href !== '{before}'")).await;
    }
    panic!("no conversation of the demo can be answered");
}
