//! The pages beside the inbox, whose code is a part of the program that comes later: by itself to whoever sits in the inbox,
//! and at once to whoever asks for one of these pages. The console stays quiet, which it would not if something had
//! been called before it was there.

use serde_json::json;

use crate::support::browser::{Browser, Look, Theme, key};
use crate::support::program::Launch;

const FETCHED: &str = "performance.getEntriesByType('resource').some(one => /office-.*wasm/.test(one.name))";

#[tokio::test]
async fn every_place_is_there_without_loading_the_page_again() {
    let program = Launch::demo().start().await;
    let browser = Browser::open(&Look::default()).await;
    browser.goto(&program.address("/sign-in")).await;
    browser.find("#email").await;
    assert_eq!(browser.value_of(FETCHED).await, false, "nobody needs it to sign in");
    browser.sign_in(&program).await;
    browser.value_of("window.sameDocument = true").await;
    browser.find(".row").await;
    browser.complaints().await;

    browser.until("the other pages' code, by itself", FETCHED).await;
    for place in ["/customers", "/bots", "/settings/account"] {
        browser.click(&format!(".rail a[href='{place}']")).await;
        browser.find("main h1").await;
        browser.gone("main .skeleton").await;
        assert!(browser.address().await.ends_with(place));
    }
    for section in ["business", "people", "numbers", "connections", "journal"] {
        browser.click(&format!(".subnav a[href='/settings/{section}']")).await;
        browser.until("the section", &format!("location.pathname === '/settings/{section}'")).await;
        browser.find("main h1").await;
        browser.gone("main .skeleton").await;
    }
    // Back through both parts, and forward again.
    for path in ["connections", "numbers", "people", "business", "account"] {
        browser.back().await;
        browser.until("the place before", &format!("location.pathname === '/settings/{path}'")).await;
        browser.find("main h1").await;
    }
    browser.keys(&[], "1").await;
    browser.find(".row").await;
    browser.back().await;
    browser.find(".subnav").await;

    // The words of both parts are in the language that is chosen now.
    browser.press("Русский").await;
    browser.see("Диалоги").await;
    browser.see("Профиль, пароль и устройства.").await;
    assert_eq!(browser.value_of("window.sameDocument").await, true);
    browser.assert_quiet().await;
    program.stop();
}

#[tokio::test]
async fn an_address_leads_to_its_page_and_a_part_that_cannot_be_fetched_is_told_of() {
    let program = Launch::demo().start().await;
    let look = Look { width: 390, height: 844, theme: Theme::Dark, ..Look::default() };
    let browser = Browser::open(&look).await;
    browser.sign_in(&program).await;
    browser.chromium("Network.enable", json!({})).await;
    browser.chromium("Network.setBlockedURLs", json!({ "urls": ["*/office-*.wasm"] })).await;
    browser.goto(&program.address("/settings/numbers")).await;
    browser.see("The server was not reached").await;
    browser.at_rest().await;
    browser.assert_accessible("a page whose code did not come").await;
    browser.complaints().await;
    browser.chromium("Network.setBlockedURLs", json!({ "urls": [] })).await;
    browser.press("Try again").await;
    browser.find("main h1").await;
    browser.gone("main .notice.red").await;
    browser.reload().await;
    browser.find("main h1").await;
    browser.at_rest().await;
    browser.assert_accessible("a page that was asked for by its address").await;
    browser.assert_quiet().await;
    program.stop();
}

#[tokio::test]
async fn a_time_zone_is_picked_by_its_city() {
    let program = Launch::demo().start().await;
    let api = program.signed_in().await;
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in(&program).await;
    browser.goto(&program.address("/settings/business")).await;
    browser.click("#business-zone").await;
    browser.find(".zone-list").await;
    for (theme, width) in [(Theme::Light, 1440), (Theme::Dark, 390)] {
        browser.appear(&Look { width, height: 844, theme, ..Look::default() }).await;
        browser.at_rest().await;
        browser.assert_accessible(&format!("the choice of a time zone at {width} pixels")).await;
    }
    browser.fill("#business-zone-search", "nowhere at all").await;
    browser.see("No such city here").await;
    browser.fill("#business-zone-search", "germ").await;
    browser.keys(&[], key::ENTER).await;
    browser
        .until(
            "the chosen city",
            "document.querySelector('#business-zone').textContent.includes('Berlin, Germany')",
        )
        .await;
    browser.gone(".zone-search").await;
    let raw = "document.querySelector('main').innerText.includes('Europe/')";
    assert_eq!(browser.value_of(raw).await, false, "nobody reads a zone's name in the database");
    // The longest name is cut, and the page is no wider for it.
    browser.click("#business-zone").await;
    browser.fill("#business-zone-search", "petersburg").await;
    browser.appear(&Look { width: 390, height: 844, ..Look::default() }).await;
    browser.find(".zone-option").await;
    browser.keys(&[], key::ENTER).await;
    browser.gone(".zone-search").await;
    browser
        .until("a page as wide as the screen", "document.querySelector('.page').scrollWidth <= innerWidth")
        .await;
    browser.appear(&Look::default()).await;
    browser.click("#business-zone").await;
    browser.fill("#business-zone-search", "berlin").await;
    browser.keys(&[], key::ENTER).await;
    browser.press("Save").await;
    browser.see("Saved").await;
    assert_eq!(api.get("/api/v1/business").await.ok()["time_zone"], "Europe/Berlin");
    browser.assert_quiet().await;
    program.stop();
}

/// What somebody else's eyes found: a menu that is cut off, a deletion that is not carried out, panels without a way out by
/// keys, files whose mistake is not named.
#[tokio::test]
async fn menus_are_whole_deletions_are_meant_and_panels_close_by_keys() {
    let program = Launch::demo().start().await;
    let api = program.quieted().await;
    let long = "Areallylongnamewithoutanyblanks".repeat(3);
    let flow = json!({ "schema": 1, "id": "long", "name": long, "language": "en", "start": { "group": "g" },
        "triggers": [], "edges": [],
        "groups": [{ "id": "g", "title": "G", "blocks": [{ "id": "b", "kind": "message", "text": "Hi" }] }] });
    api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
    let bots = api.all("/api/v1/bots").await;
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in(&program).await;

    // Each entry of the last row's menu is what lies where it is seen; and Escape closes it.
    let opener = "document.querySelector('.table tbody tr:last-child .menu-button')";
    let whole = "(() => { const items = [...document.querySelectorAll('.menu-item')]; return items.length === 5 && \
        items.every(item => { const box = item.getBoundingClientRect(); \
        return item.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)); }); })()";
    for (theme, width) in [(Theme::Light, 1440), (Theme::Dark, 390)] {
        browser.appear(&Look { width, height: 844, theme, ..Look::default() }).await;
        browser.goto(&program.address("/bots")).await;
        browser.find(".bot-name").await;
        browser.value_of(&format!("{opener}.focus()")).await;
        browser.value_of(&format!("{opener}.click()")).await;
        browser.until(&format!("a whole menu at {width} pixels"), whole).await;
        browser.at_rest().await;
        browser.assert_accessible(&format!("the bots with a menu at {width} pixels")).await;
        browser.shot(&format!("bots-menu-{width}")).await;
        let over = browser.value_of("document.documentElement.scrollWidth - innerWidth").await;
        assert!(over.as_i64().unwrap_or(1) <= 0, "a long name makes the page {over} pixels wider");
        browser.keys(&[], key::ESCAPE).await;
        browser.gone(".menu-list").await;
        browser.until("the focus on its button", &format!("document.activeElement === {opener}")).await;
    }

    // A published bot is deleted when that is meant, and then at once.
    browser.appear(&Look::default()).await;
    browser.goto(&program.address("/bots")).await;
    let published = bots.iter().find(|bot| bot["published"].is_u64()).expect("a published bot");
    let menu = format!("#bot-menu-{}", published["id"].as_str().expect("an id"));
    for means_it in [false, true] {
        browser.click(&menu).await;
        browser.click(&format!("{menu}-list .menu-item:last-child")).await;
        browser.find("#remove").await;
        browser.at_rest().await;
        browser.assert_accessible("the question before a bot is deleted").await;
        browser.shot("bot-delete").await;
        if means_it {
            browser.click("#remove .button.danger").await;
        } else {
            browser.keys(&[], key::ESCAPE).await;
        }
        browser.gone("#remove").await;
    }
    browser.gone(&menu).await;
    browser.until("a focus", "document.activeElement !== document.body").await;
    browser.reload().await;
    browser.find(".bot-name").await;
    assert_eq!(browser.count(&menu).await, 0);

    // The panel of a run takes the focus; Escape closes it and leads back to its row.
    let left = api.all("/api/v1/bots").await;
    let mut with_runs = None;
    for bot in &left {
        let path = format!("/api/v1/bots/{}/runs?limit=1", bot["id"].as_str().expect("an id"));
        if api.get(&path).await.ok()["items"].as_array().is_some_and(|runs| !runs.is_empty()) {
            with_runs = bot["id"].as_str().map(str::to_owned);
        }
    }
    let bot = with_runs.expect("another bot with runs");
    browser.goto(&program.address(&format!("/bots/{bot}/results"))).await;
    browser.click(".results-runs tbody a").await;
    browser.find(".run-lines").await;
    browser.until("the focus in the panel", "document.activeElement?.id === 'run-panel'").await;
    browser.keys(&[], key::ESCAPE).await;
    browser.gone("#run-panel").await;
    browser.until("the focus on its row", "document.activeElement?.id.startsWith('run-')").await;

    // A file that cannot become a bot: the place and what is wrong, for as long as one looks.
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path().join("dangling.json");
    let file = json!({ "version": "6", "name": "X", "variables": [], "events": [],
        "groups": [{ "id": "a", "title": "A", "graphCoordinates": { "x": 0, "y": 0 }, "blocks": [] }],
        "edges": [{ "id": "e", "from": { "blockId": "b" }, "to": { "groupId": "nope" } }] });
    std::fs::write(&path, file.to_string()).expect("a file");
    browser.complaints().await;
    browser.goto(&program.address("/bots/import")).await;
    browser.choose_file("#bot-file", &path).await;
    browser.see("Line 1, to, groupId").await;
    browser.see("It leads to the group “nope”, which is not in the file.").await;
    browser.at_rest().await;
    browser.assert_accessible("a refused file").await;
    browser.shot("import-refused").await;
    program.stop();
}
