//! The main path, in a browser: setup, the simulated number, a hello on the phone, the bot, a person.

use crate::support::browser::{Browser, Look, Theme, key};
use crate::support::program::{Launch, Program};

#[tokio::test]
async fn a_setup_address_that_does_not_work_any_more_is_told_when_it_is_opened() {
    let program = Launch::serve().start().await;
    let look = Look { width: 390, height: 844, theme: Theme::Light, language: "ru".to_owned() };
    let browser = Browser::open(&look).await;
    browser.goto(&program.address("/setup?token=old")).await;
    browser.see("Этот адрес настройки уже использован или устарел").await;
    browser.find("#token").await;
    browser.assert_accessible("a setup address that is too old").await;
    program.stop();
}

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
    browser.fill("#password", "1234567890").await;
    browser.press("Next").await;
    browser.fill("#business", "Lotus").await;
    browser.press("Finish").await;
    // What the server does not take is marked where it was typed.
    browser.find("#password[aria-invalid=true]").await;
    browser.see("Too easy to guess").await;
    browser.fill("#password", "a long way to the sea").await;
    browser.press("Next").await;
    browser.find("#business").await;
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
    both_sides_at_once(&browser, &program).await;
    program.stop();
}

/// The phone beside the thread: what one side does, the other sees.
async fn both_sides_at_once(browser: &Browser, program: &Program) {
    browser.goto(&program.address("/inbox/open")).await;
    browser.click("main a[href^='/inbox/open/']").await;
    browser.press("Phone").await;
    browser.find("#phone-panel .handset-chat .message").await;
    browser.fill("#composer", "One moment").await;
    browser
        .until(
            "the phone to say that somebody is typing",
            "document.querySelector('#phone-panel header [role=status]')?.textContent === 'typing…'",
        )
        .await;
    browser.click("#composer").await;
    browser.keys(&[], key::ENTER).await;
    browser
        .until(
            "the answer on the phone",
            "[...document.querySelectorAll('.handset-chat .in')].at(-1)?.textContent.includes('One moment')",
        )
        .await;

    // The customer quotes it, and then speaks.
    let quote =
        "[...document.querySelectorAll('.handset-chat .in')].at(-1).querySelector('.message-tools button')";
    browser.value_of(&format!("{quote}.click()")).await;
    browser.find(".handset-writing .composer-quote").await;
    browser.fill("#phone-text", "Thank you").await;
    browser.keys(&[], key::ENTER).await;
    browser
        .until(
            "the quote in the thread",
            "[...document.querySelectorAll('.thread .message.in')].at(-1)?.querySelector('.quote')\
             ?.textContent.includes('One moment')",
        )
        .await;
    browser.press("Send a voice note").await;
    browser.find("#phone-panel audio").await;
    browser.find(".thread audio").await;
    browser.assert_accessible("both sides at once").await;
}
