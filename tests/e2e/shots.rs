//! Pictures of every page for people to look at: both themes, wide and narrow, English and Russian.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::browser::{Browser, Look, Theme, key};
use crate::support::program::{Launch, Program};

/// What there is to see, by the name of its picture.
pub const PAGES: [(&str, &str); 13] = [
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

#[tokio::test]
#[ignore = "makes pictures to look at and decides nothing; `cargo xtask shots` runs it"]
async fn a_large_flow() {
    for language in ["en", "ru"] {
        let program = Launch::demo().argument("--lang").argument(language).start().await;
        let bot = large_bot(&program, language).await;
        for theme in [Theme::Light, Theme::Dark] {
            for (width, height) in [(1440, 900), (390, 844)] {
                large_flow(&program, &bot, &Look { width, height, theme, language: language.to_owned() })
                    .await;
            }
        }
    }
}

/// A bot of more than sixty blocks: two of the gallery's, one below the other. It is published, and then changed a little.
async fn large_bot(program: &Program, language: &str) -> String {
    let api = program.signed_in().await;
    let read = async |id: &str| {
        let bot = api.get(&format!("/api/v1/bots/gallery/{id}?language={language}")).await.ok();
        bot["flow"].clone()
    };
    let (mut flow, mut below) = (read("clinic").await, read("loyalty").await);
    apart(&mut below);
    for list in ["groups", "edges", "variables"] {
        let more = below[list].as_array().cloned().unwrap_or_default();
        let own = flow[list].as_array_mut().expect("a list");
        let known: Vec<Value> = own.iter().map(|one| one["name"].clone()).filter(Value::is_string).collect();
        own.extend(more.into_iter().filter(|one| !known.contains(&one["name"])));
    }
    let bot = api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
    let path = format!("/api/v1/bots/{}", bot["id"].as_str().expect("an id"));
    api.post(&format!("{path}/publish"), json!({ "note": "1" })).await.ok();
    api.patch(&path, json!({ "enabled": false })).await.ok();
    let draft = api.get(&format!("{path}/draft")).await.ok();
    let mut flow = draft["flow"].clone();
    flow["groups"][0]["blocks"][0]["text"] = json!("👋 {{contact.name}}");
    let more = json!({ "id": "new", "kind": "message", "text": "…" });
    flow["groups"][1]["blocks"].as_array_mut().expect("blocks").push(more);
    // Jumps from here and there to one place.
    for n in [4, 7, 9, 12, 15, 18, 21] {
        let jump =
            json!({ "id": format!("jump{n}"), "kind": "jump", "to": { "group": flow["groups"][3]["id"] } });
        flow["groups"][n]["blocks"].as_array_mut().expect("blocks").push(jump);
    }
    // A group goes, and a block of one that stays, with their lines.
    let groups = flow["groups"].as_array_mut().expect("groups");
    let mut gone = groups.remove(2);
    let blocks = groups[0]["blocks"].as_array_mut().expect("blocks");
    let last = blocks.pop().expect("a block");
    let block_ids: Vec<Value> = gone["blocks"]
        .as_array_mut()
        .expect("blocks")
        .iter()
        .chain([&last])
        .map(|block| block["id"].clone())
        .collect();
    flow["edges"]
        .as_array_mut()
        .expect("edges")
        .retain(|edge| edge["to"]["group"] != gone["id"] && !block_ids.contains(&edge["from"]["block"]));
    api.put(&format!("{path}/draft"), json!({ "flow": flow, "revision": draft["revision"] })).await.ok();
    path.replace("/api/v1", "")
}

/// Gives what a flow names by its id another one, and another place on the canvas.
fn apart(flow: &mut Value) {
    fn refer(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    match value {
                        Value::String(id) if ["group", "block"].contains(&name.as_str()) => {
                            id.insert_str(0, "x_");
                        }
                        value => refer(value),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(refer),
            _ => {}
        }
    }
    fn rename(one: &mut Value) {
        one["id"] = json!(format!("x_{}", one["id"].as_str().expect("an id")));
    }
    refer(flow);
    // Lines from its triggers would lead from nowhere.
    flow["edges"].as_array_mut().expect("edges").retain(|edge| edge["from"]["block"].is_string());
    flow["edges"].as_array_mut().expect("edges").iter_mut().for_each(rename);
    for group in flow["groups"].as_array_mut().expect("groups") {
        rename(group);
        group["y"] = json!(group["y"].as_f64().unwrap_or_default() + 3_000.0);
        group["blocks"].as_array_mut().expect("blocks").iter_mut().for_each(rename);
    }
}

async fn large_flow(program: &Program, bot: &str, look: &Look) {
    let browser = Browser::open(look).await;
    let shot = async |page: &str| {
        browser.at_rest().await;
        browser.shot(&name(page, look)).await;
    };
    browser.sign_in(program).await;
    browser.goto(&program.address(bot)).await;
    browser.find("#canvas .block").await;
    shot("flow60").await;
    browser.click("#canvas .block").await;
    shot("flow60-block").await;
    browser.value_of("document.querySelector('#canvas').focus()").await;
    browser.keys(&[], "f").await;
    shot("flow60-whole").await;
    browser.click("#flow-versions-button").await;
    browser.find(".version-list").await;
    shot("flow60-versions").await;
    browser.click(".version-do button").await;
    browser.find(".differences").await;
    shot("flow60-compared").await;
    browser.value_of("document.querySelector('.difference-name')?.click()").await;
    shot("flow60-difference").await;
    if look.width < 1000 {
        return;
    }
    browser.keys(&[], key::ESCAPE).await;
    browser.value_of("document.querySelector('#canvas').focus()").await;
    browser.keys(&[key::CONTROL], "f").await;
    let jump = if look.language == "ru" { "переход" } else { "jump" };
    browser.fill("#flow-find", jump).await;
    browser.find(".find-hit").await;
    shot("flow60-find").await;
    browser.keys(&[], key::ESCAPE).await;
    browser.click(".flow-tab-button:nth-child(3)").await;
    browser.find(".problem").await;
    shot("flow60-check").await;
    browser.click(".flow-tab-button:nth-child(2)").await;
    browser.fill("#test-text", "menu").await;
    browser.keys(&[], key::ENTER).await;
    shot("flow60-try").await;
    // A pause until a day and a time.
    browser.click("#p-wait").await;
    browser.find(".flow-form .time-of select").await;
    browser.value_of("document.querySelector('.time-of select').focus()").await;
    browser.set(".time-of select", "moment").await;
    browser.find("input[type=datetime-local]").await;
    shot("flow60-wait").await;
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
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = repository.join("crates/flow/tests/fixtures/typebot/http.json");
    browser.goto(&program.address("/bots/import")).await;
    browser.choose_file("#bot-file", &file).await;
    browser.find(".import-rows").await;
    shot("bot-import-report").await;
    browser.goto(&program.address("/settings/business")).await;
    browser.click("#business-zone").await;
    browser.find(".zone-list").await;
    shot("zone").await;
    browser.goto(&program.address("/bots")).await;
    browser.click(".page-head .button.primary").await;
    browser.find(".gallery-card").await;
    shot("bot-new").await;
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
            if look.width > 1000 {
                browser.click(".flow-tab-button:nth-child(2)").await;
                browser.find("#test-text").await;
                shot("bot-try").await;
                browser.click("#replay-open").await;
                browser.find(".flow-replay").await;
                shot("bot-replay").await;
                browser.value_of("document.querySelector('#canvas').focus()").await;
                browser.keys(&[], "?").await;
                browser.find("#flow-shortcuts").await;
                shot("bot-keys").await;
            }
            browser.goto(&format!("{bot}/results")).await;
            browser.find(".results-runs tbody a").await;
            shot("results").await;
            browser.click(".results-files button").await;
            browser.find(".results-columns").await;
            browser.value_of("document.querySelector('.results-runs').scrollIntoView()").await;
            shot("results-runs").await;
            browser.click(".results-runs tbody a").await;
            browser.find(".run-lines").await;
            shot("results-run").await;
        }
    }
    if look.width > 1000 {
        browser.goto(&program.address("/inbox/all")).await;
        browser.find("main a[href^='/inbox/all/']").await;
        browser.click("main a[href^='/inbox/all/']").await;
        browser.keys(&[], "4").await;
        // The demo's phones know nothing of the past: somebody has to say something first.
        browser.fill("#phone-text", "Hi").await;
        browser.keys(&[], key::ENTER).await;
        browser.find(".handset .message").await;
        shot("thread-phone").await;
        browser.value_of("document.activeElement.blur()").await;
        browser.keys(&[], "4").await;
        browser.keys(&[key::CONTROL], "k").await;
        shot("palette").await;
    }
}
