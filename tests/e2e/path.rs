//! The main path, in a browser: setup, the simulated number, a hello on the phone, the bot, a person.

use crate::support::browser::{Browser, Look, Theme};
use crate::support::program::Launch;

#[tokio::test]
async fn from_the_first_start_to_an_answer_on_the_phone() {
    let program = Launch::serve().start().await;
    let look = Look { width: 1440, height: 900, theme: Theme::Light, language: "en".to_owned() };
    let browser = Browser::open(&look).await;

    // The first owner, through the printed address.
    browser.goto(program.setup_url.as_deref().expect("a setup address")).await;
    browser.see("Welcome to Beseda").await;
    browser.assert_accessible("setup").await;
    browser.press("Next").await;
    browser.fill("#name", "Anna").await;
    browser.fill("#email", "anna@example.com").await;
    browser.fill("#password", "a long way to the sea").await;
    browser.press("Next").await;
    browser.fill("#business", "Lotus").await;
    browser.press("Finish").await;

    // The checklist leads to the phone.
    browser.press("Use the built-in phone").await;
    browser.press("Say hello on the phone").await;
    browser.fill("#phone-text", "Hello").await;
    browser.press("Send from the phone").await;
    browser.find(".handset-tap").await;
    browser.assert_accessible("phone").await;
    browser.click(".handset-tap").await;
    browser
        .until("the bot's next question", "document.querySelectorAll('.handset-chat .in').length >= 3")
        .await;

    // A person takes over and answers.
    browser.goto(&program.address("/inbox/open")).await;
    browser.click("main a[href^='/inbox/open/']").await;
    browser.press("Take over").await;
    browser.fill("#composer", "This is Anna. How can I help?").await;
    browser.keys(&[], "\u{E007}").await;
    browser.find(".out .tick").await;
    browser.at_rest().await;
    browser.assert_accessible("thread").await;
    browser
        .until(
            "two ticks under Anna's answer",
            "[...document.querySelectorAll('.message.out')].some(message => \
             message.textContent.includes('This is Anna') && \
             /Delivered|Read/.test(message.querySelector('.tick')?.getAttribute('aria-label') ?? ''))",
        )
        .await;

    // It is on the customer's phone.
    browser.goto(&program.address("/phone")).await;
    browser.see("This is Anna. How can I help?").await;
    program.stop();
}
