//! Several businesses of one person: which one is looked at.

use serde_json::json;

use crate::support::browser::{Browser, Look, key};
use crate::support::world::{EMAIL, PASSWORD, World};

#[tokio::test]
async fn another_business_is_chosen_and_has_its_own_conversations() {
    let world = World::new().await;
    world.customer("447700900123", "Tom").await;
    world.writes("447700900123", "Hello").await;
    world.thread("Tom").await;
    world
        .api
        .post("/api/v1/businesses", json!({"name": "Grain", "locale": "en", "time_zone": "Europe/London"}))
        .await
        .expect(201);
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in_as(&world.program, EMAIL, PASSWORD).await;
    browser.goto(&world.program.address("/inbox/all")).await;
    browser.find("main a[href^='/inbox/all/']").await;
    browser.click(".business .menu-button").await;
    browser.find(".business [role=menuitemradio]").await;
    browser.press("Grain").await;
    browser.until("its name", "document.querySelector('.business-name').textContent === 'Grain'").await;
    browser.gone("main a[href^='/inbox/all/']").await;
    // It stays chosen, and the way back is the same, by keys.
    browser.reload().await;
    browser.until("its name", "document.querySelector('.business-name')?.textContent === 'Grain'").await;
    browser.tab_to(".business .menu-button").await;
    browser.keys(&[], key::ENTER).await;
    browser.until("the menu", "document.activeElement?.role === 'menuitemradio'").await;
    // Tab closes it and goes on; Enter opens it anew, with the focus on the first.
    browser.keys(&[], key::TAB).await;
    browser.gone(".business .menu-list").await;
    browser.until("the search", "document.activeElement?.closest('.rail') !== null").await;
    browser.tab_to(".business .menu-button").await;
    browser.keys(&[], key::ENTER).await;
    browser.until("the first", "document.activeElement?.textContent.includes('Lotus')").await;
    browser.keys(&[], key::ENTER).await;
    browser.until("its name", "document.querySelector('.business-name').textContent === 'Lotus'").await;
    browser.find("main a[href^='/inbox/all/']").await;
    world.program.stop();
}
