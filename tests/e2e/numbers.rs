//! A real number, as far as a test can have one: a simulator that runs by itself stands where Meta would.

use serde_json::json;

use crate::support::browser::{Browser, Look, Theme, key};
use crate::support::program::Launch;
use crate::support::simulator::Simulator;
use crate::support::world::{EMAIL, PASSWORD, World, set_up};

const NUMBER: &str = "106540352242922";
const ACCOUNT: &str = "102290129340398";
const TOKEN: &str = "EAAGm0PX4ZCpsBAroses";
const SECRET: &str = "b7f1c3d5e7f90123456789abcdef0123";
const CUSTOMER: &str = "447700900321";

/// What Meta knows of the number; `verify_token` is what its owner typed into Meta's form.
async fn at_meta(simulator: &Simulator, verify_token: &str) {
    let number = json!({
        "phone_number_id": NUMBER,
        "waba_id": ACCOUNT,
        "phone": "+15550783881",
        "name": "Rose & Thorn",
        "token": TOKEN,
        "app_secret": SECRET,
        "verify_token": verify_token,
    });
    simulator.controls.post("/numbers", number).await.ok();
}

async fn in_both_themes_and_narrow(browser: &Browser, name: &str) {
    for (theme, width, height) in
        [(Theme::Light, 1440, 900), (Theme::Dark, 1440, 900), (Theme::Dark, 390, 844)]
    {
        browser.appear(&Look { width, height, theme, ..Look::default() }).await;
        let name = format!("{name} at {width} pixels, {theme:?}");
        browser.assert_accessible(&name).await;
        let over = browser.value_of("document.documentElement.scrollWidth - innerWidth").await;
        assert!(over.as_i64().unwrap_or(1) <= 0, "{name} is {over} pixels wider than the screen");
    }
    browser.appear(&Look::default()).await;
}

#[tokio::test]
async fn a_real_number_from_a_wrong_token_to_a_replayed_webhook() {
    let simulator = Simulator::start();
    at_meta(&simulator, "not typed yet").await;
    let program = Launch::serve().setting("BESEDA_WHATSAPP__API_BASE", &simulator.graph).start().await;
    set_up(&program).await;
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in_as(&program, EMAIL, PASSWORD).await;

    // The form finds what is missing by itself.
    browser.goto(&program.address("/settings/numbers")).await;
    browser.press("Connect a number").await;
    browser.see("Where do I find this?").await;
    browser.press("Check").await;
    browser.find("[aria-invalid=true]").await;
    browser.assert_accessible("the form with what is missing").await;

    // A wrong token, in plain words.
    browser.fill("#phone-number-id", NUMBER).await;
    browser.fill("#waba-id", ACCOUNT).await;
    browser.fill("#token", "EAAGwrong").await;
    browser.fill("#app-secret", SECRET).await;
    browser.press("Check").await;
    browser.see("Meta does not accept this token.").await;
    browser.see("Make a new permanent one and paste it whole.").await;
    assert_eq!(browser.count(".check.bad").await, 1, "what could not be tried is not blamed");
    in_both_themes_and_narrow(&browser, "failed checks").await;

    // The right one, with the number of another account.
    browser.fill("#token", TOKEN).await;
    browser.fill("#waba-id", "999999999999999").await;
    browser.press("Check").await;
    browser.see("Meta knows no account with this ID for this token.").await;
    browser.fill("#waba-id", ACCOUNT).await;
    browser.press("Check").await;
    browser.see("Everything fits.").await;
    browser.assert_accessible("good checks").await;
    browser.press("Connect").await;

    // What to enter at Meta, and it waits.
    browser.see("Let messages come in").await;
    browser.find("#verified:not(.done)").await;
    browser.find("#first:not(.done)").await;
    in_both_themes_and_narrow(&browser, "a number that waits").await;
    let address = browser.text("#callback-url").await;
    assert_eq!(address, program.address(&format!("/webhooks/whatsapp/{NUMBER}")));
    let token = browser.text("#callback-token").await;
    let page = browser.value_of("document.body.innerHTML").await;
    let page = page.as_str().unwrap_or_default();
    assert!(!page.contains(TOKEN) && !page.contains(SECRET), "a secret is shown again");

    // Meta asks whether the address is ours: the page turns green without being loaded again.
    browser.value_of("window.stillHere = true").await;
    at_meta(&simulator, &token).await;
    let callback = json!({ "callback_url": address });
    simulator.controls.put(&format!("/numbers/{NUMBER}/callback"), callback).await.ok();
    let verified = simulator.controls.post(&format!("/numbers/{NUMBER}/verify"), json!({})).await.ok();
    assert_eq!(verified["ok"], true, "{verified}");
    browser.find("#verified.done").await;
    browser.find("#first:not(.done)").await;
    assert_eq!(browser.value_of("window.stillHere").await, true, "it was loaded again");

    // Somebody signs with another secret: whoever waits is told, and led to the field.
    let forged = program.api().post(&format!("/webhooks/whatsapp/{NUMBER}"), json!({ "entry": [] })).await;
    assert_eq!(forged.status.as_u16(), 401);
    browser.reload().await;
    browser.see("Webhooks come, and are refused").await;
    browser.press("Enter the app secret").await;
    browser.until("the focus in the field", "document.activeElement?.id === 'new-app-secret'").await;
    browser.value_of("window.stillHere = true").await;

    // The first customer writes.
    let customer = json!({ "wa_id": CUSTOMER, "name": "Rosa" });
    simulator.controls.post(&format!("/numbers/{NUMBER}/customers"), customer).await.ok();
    let hello = json!({ "content": { "type": "text", "body": "Do you have peonies?" } });
    simulator.controls.post(&format!("/numbers/{NUMBER}/chats/{CUSTOMER}/messages"), hello).await.ok();
    browser.see("Messages come in").await;
    browser.assert_accessible("a number at work").await;
    assert_eq!(browser.value_of("window.stillHere").await, true, "it was loaded again");

    // Its webhook is in the journal, leads to the conversation, and can be replayed.
    browser.press("Webhooks").await;
    browser.click(".webhook").await;
    browser.see("All of it was understood and is in its place.").await;
    browser.see("Do you have peonies?").await;
    browser.press("Replay").await;
    browser.see("Everything in it is in its place now.").await;
    browser.see("replayed once").await;
    browser.assert_accessible("a replayed webhook").await;

    // The address keeps filter and entry over a reload and over back.
    let here = browser.address().await;
    assert!(here.contains("/settings/journal/") && here.contains(&format!("search={NUMBER}")), "{here}");
    browser.reload().await;
    // It came once, and was processed then: a replay that brings nothing new says nothing else.
    browser.see("All of it was understood and is in its place.").await;
    browser.see("Last replay").await;
    browser.press("Open the conversation").await;
    browser.find("#composer").await;
    browser.see("Do you have peonies?").await;
    browser.back().await;
    browser.see("As it came").await;
    assert_eq!(browser.address().await, here);

    // The webhook that nobody had signed is counted where people look, and so is what named no number.
    for _ in 0..2 {
        let nobody = program.api().post("/webhooks/whatsapp", json!({ "entry": [] })).await;
        assert_eq!(nobody.status.as_u16(), 401);
    }
    browser.goto(&program.address("/settings/journal")).await;
    browser.see("1 webhook for Rose & Thorn was refused").await;
    browser.see("2 webhooks that named none of your numbers were refused").await;
    browser.assert_quiet().await;
    in_both_themes_and_narrow(&browser, "the journal of refused webhooks").await;
    browser.shot("journal-refused").await;

    // Letting it go names what goes, and Escape keeps it.
    browser.press("Check the secret").await;
    browser.see("1 lately").await;
    browser.see("2 lately").await;
    browser.press("Remove…").await;
    browser.see("The access token and the app secret are deleted from here.").await;
    browser.assert_accessible("the question before a number goes").await;
    browser.keys(&[], crate::support::browser::key::ESCAPE).await;
    browser.gone("[role=dialog]").await;
    browser.press("Remove…").await;
    browser.click("[role=dialog] .danger").await;
    browser.see("The number is removed").await;
    browser.find("a[href='/settings/numbers/new']").await;
    assert_eq!(browser.count(".number-row").await, 0);
    program.stop();
}

/// A token that ends stops the number; a new one is tried before it is kept, and the waiting message goes out.
#[tokio::test]
async fn a_stopped_number_is_helped_by_a_new_token() {
    let simulator = Simulator::start();
    at_meta(&simulator, "typed").await;
    let program = Launch::serve().setting("BESEDA_WHATSAPP__API_BASE", &simulator.graph).start().await;
    let api = set_up(&program).await;
    let request = json!({
        "phone_number_id": NUMBER, "waba_id": ACCOUNT, "token": TOKEN, "app_secret": SECRET, "verify_token": "typed",
    });
    let number = api.post("/api/v1/whatsapp/numbers", request).await.expect(201);
    let address = program.address(number["callback_url"].as_str().unwrap());
    let callback = json!({ "callback_url": address });
    simulator.controls.put(&format!("/numbers/{NUMBER}/callback"), callback).await.ok();
    let customer = json!({ "wa_id": CUSTOMER, "name": "Rosa" });
    simulator.controls.post(&format!("/numbers/{NUMBER}/customers"), customer).await.ok();
    let hello = json!({ "content": { "type": "text", "body": "Hello" } });
    simulator.controls.post(&format!("/numbers/{NUMBER}/chats/{CUSTOMER}/messages"), hello).await.ok();

    // From now on Meta takes another token.
    let renewed = "EAAGm0PX4ZCpsBAthorns";
    let number_at_meta = json!({
        "phone_number_id": NUMBER, "waba_id": ACCOUNT, "phone": "+15550783881", "name": "Rose & Thorn",
        "token": renewed, "app_secret": SECRET, "verify_token": "typed", "callback_url": address,
    });
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in_as(&program, EMAIL, PASSWORD).await;
    let thread = crate::support::until("the thread", || async {
        api.all("/api/v1/conversations?view=all").await.into_iter().next()
    })
    .await;
    simulator.controls.post("/numbers", number_at_meta).await.ok();
    let answer = json!({ "content": { "type": "text", "body": "We have peonies" } });
    let thread = thread["id"].as_str().expect("an id");
    api.post(&format!("/api/v1/conversations/{thread}/messages"), answer).await.expect(201);

    let id = number["id"].as_str().expect("an id");
    // The owner is told where she is, without looking for it, and led there.
    browser.find(".alarm").await;
    in_both_themes_and_narrow(&browser, "the bar about a stopped number").await;
    browser.goto(&program.address("/customers")).await;
    browser.find(".alarm").await;
    browser.press("Put it right").await;
    assert!(browser.address().await.ends_with(&format!("/settings/numbers/{id}")));
    browser.see("Nothing is sent from this number at the moment").await;
    in_both_themes_and_narrow(&browser, "a stopped number").await;
    browser.press("Enter a new token").await;
    browser.until("the focus in the field", "document.activeElement?.id === 'new-token'").await;
    browser.fill("#new-token", "EAAGwrong").await;
    browser.press("Check and keep").await;
    browser.see("Meta does not accept this token.").await;
    browser.fill("#new-token", renewed).await;
    browser.press("Check and keep").await;
    browser.see("The new credentials work and are kept").await;
    browser.gone(".alarm").await;
    browser.gone("[role=alert]").await;
    crate::support::until("the waiting message on the customer's phone", || async {
        let chat = simulator.controls.get(&format!("/numbers/{NUMBER}/chats/{CUSTOMER}")).await.ok();
        chat["messages"].to_string().contains("We have peonies").then_some(())
    })
    .await;
    program.stop();
}

/// What failed lately is told on every page until the owner has seen it; by keys alone.
#[tokio::test]
async fn a_warning_leads_to_the_number_and_goes_when_it_was_seen() {
    let world = World::new().await;
    world.customer(CUSTOMER, "Rosa").await;
    world.writes(CUSTOMER, "Hello").await;
    let thread = world.thread("Rosa").await;
    let thread = thread["id"].as_str().unwrap();
    let faults = format!("/api/v1/simulator/numbers/{}/faults", world.phone_number_id());
    let fault = async |code: u32| {
        let fault = json!({"kind": "error", "code": code, "times": 1});
        assert!(world.api.post(&faults, fault).await.status.is_success());
    };
    let answer = json!({ "content": { "type": "text", "body": "We have peonies" } });
    let send =
        async || world.api.post(&format!("/api/v1/conversations/{thread}/messages"), answer.clone()).await;
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in_as(&world.program, EMAIL, PASSWORD).await;
    browser.goto(&world.program.address("/customers")).await;
    // What concerns her alone is told where she is looked at.
    browser.click(".customer-row").await;
    fault(131_026).await;
    send().await.expect(201);
    browser.see("Cannot reach them since").await;
    browser.press("Close").await;
    fault(131_048).await;
    send().await.expect(201);
    browser.find(".alarm.amber").await;
    browser.see("WhatsApp limits this number because of complaints.").await;
    in_both_themes_and_narrow(&browser, "the bar about messages that failed").await;
    browser.tab_to(".alarm a").await;
    browser.keys(&[], key::ENTER).await;
    browser.find(".notice.amber").await;
    in_both_themes_and_narrow(&browser, "a number with a warning").await;
    browser.tab_to_button("I have seen it").await;
    browser.keys(&[], key::ENTER).await;
    browser.gone(".alarm").await;
    browser.gone(".notice.amber").await;
    browser.until("the focus on the page", "document.activeElement?.id === 'main'").await;
    browser.reload().await;
    browser.find(".panels").await;
    assert_eq!(browser.count(".alarm, .notice.amber").await, 0);
    world.program.stop();
}
