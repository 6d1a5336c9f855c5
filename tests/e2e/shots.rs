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

#[tokio::test]
#[ignore = "makes pictures to look at and decides nothing; `cargo xtask shots` runs it"]
async fn the_editor_at_work() {
    for language in ["en", "ru"] {
        let program = Launch::demo()
            .argument("--lang")
            .argument(language)
            .setting("BESEDA_BOTS__PRIVATE_ADDRESSES", "allow")
            .start()
            .await;
        let api = program.quieted().await;
        let new = json!({ "email": "guest@example.com", "role": "operator" });
        let invited = api.post("/api/v1/invitations", new).await.expect(201);
        let token = invited["link"].as_str().and_then(|link| link.split("token=").nth(1)).expect("a token");
        let accept = json!({ "token": token, "name": "Guest", "password": "seven quiet lanterns", "locale": language });
        program.api().post("/api/v1/auth/invitation/accept", accept).await.ok();
        for theme in [Theme::Light, Theme::Dark] {
            for (width, height) in [(1440, 900), (390, 844)] {
                let look = Look { width, height, theme, language: language.to_owned() };
                at_work(&program, &look).await;
            }
        }
    }
}

/// A conversation of a few blocks, and a chain of a hundred groups.
fn at_work_flow(chain: usize) -> Value {
    let group = |n: usize| {
        let block = json!({ "id": format!("c{n}"), "kind": "message", "text": format!("Step {n}") });
        json!({ "id": format!("g{n}"), "title": format!("Group {n}"), "x": n * 320, "y": 0, "blocks": [block] })
    };
    let edge = |n: usize| json!({ "id": format!("e{n}"), "from": { "block": format!("c{}", n - 1) }, "to": { "group": format!("g{n}") } });
    json!({
        "schema": 1, "id": "work", "name": "Work", "language": "en", "start": { "group": "g0" },
        "triggers": [{ "id": "any", "kind": "any_message", "x": -300, "y": 0 }],
        "groups": (0..chain).map(group).chain([json!({ "id": "a", "title": "Hello", "x": 0, "y": 400, "blocks": [
            { "id": "hi", "kind": "message", "text": "Good morning, {{contact.name}}! What can we do for you today?" },
            { "id": "who", "kind": "question", "answer": "choice", "text": "Which flowers?", "variable": "flowers",
              "options": [{ "id": "t", "title": "Tulips" }, { "id": "r", "title": "Roses, {{contact.name}}" }] },
            { "id": "if", "kind": "condition", "branches": [{ "id": "b", "title": "Tulips", "when": { "join": "and",
              "tests": [{ "variable": "flowers", "is": "equal", "value": "Tulips" }] } }] },
            { "id": "ask", "kind": "http", "method": "GET", "url": "http://127.0.0.1:1/" }] })]).collect::<Vec<_>>(),
        "edges": (1..chain).map(edge).collect::<Vec<_>>(),
    })
}

async fn at_work(program: &Program, look: &Look) {
    let api = program.signed_in().await;
    let bot = api.post("/api/v1/bots", json!({ "flow": at_work_flow(100) })).await.expect(201);
    let id = bot["id"].as_str().expect("an id").to_owned();
    let (bot, draft) = (format!("/bots/{id}"), format!("/api/v1/bots/{id}/draft"));
    let wide = look.width > 1000;
    let guest = Browser::open(look).await;
    guest.sign_in_as(program, "guest@example.com", "seven quiet lanterns").await;
    guest.goto(&program.address(&format!("{bot}?at=b-hi"))).await;
    guest.find(".flow-reading").await;
    guest.at_rest().await;
    guest.shot(&name("work-reading", look)).await;

    let browser = Browser::open(look).await;
    let shot = async |page: &str| {
        browser.at_rest().await;
        browser.shot(&name(page, look)).await;
    };
    browser.sign_in(program).await;
    browser.goto(&program.address(&format!("{bot}?at=b-hi"))).await;
    browser.find("#b-hi").await;
    browser.click("#flow-try").await;
    browser.click("#test-customer > summary").await;
    browser.click("#test-customer-field-add").await;
    shot("work-customer").await;
    browser.click("#test-customer > summary").await;
    browser.fill("#test-text", "Hi").await;
    browser.keys(&[], key::ENTER).await;
    shot("work-try").await;
    if wide {
        browser.goto(&program.address(&format!("{bot}?at=b-hi"))).await;
        browser.find(".flow-form textarea").await;
        browser.click(".flow-form .insert").await;
        browser.find(".name-row").await;
        shot("work-names").await;
        browser.keys(&[], key::ESCAPE).await;
        browser.click(".flow-form textarea").await;
        browser.keys(&[key::CONTROL], key::END).await;
        browser.keys(&[], " {{fl").await;
        browser.find(".name-row").await;
        shot("work-names-writing").await;
        browser.keys(&[], key::ENTER).await;
        for (page, block) in [("work-options", "who"), ("work-condition", "if")] {
            browser.goto(&program.address(&format!("{bot}?at=b-{block}"))).await;
            browser.find(".flow-form .input").await;
            shot(page).await;
        }
        browser.goto(&program.address(&format!("{bot}?at=b-ask"))).await;
        browser.click("#trial-send").await;
        browser.find(".trial-failed").await;
        shot("work-request").await;
        browser.value_of("document.querySelector('#canvas').focus()").await;
        browser.keys(&[], "l").await;
        shot("work-chain").await;
    }
    // Somebody else changes what is being written, on a wide screen.
    browser.goto(&program.address(&format!("{bot}?at=b-hi"))).await;
    browser.find("#b-hi").await;
    if wide {
        browser.find(".flow-form textarea").await;
        browser.offline(true).await;
        browser.click(".flow-form textarea").await;
        browser.keys(&[key::CONTROL], key::END).await;
        browser.keys(&[], " We have fresh tulips.").await;
        browser.click("#b-who").await;
        browser.click(".flow-form textarea").await;
        browser.keys(&[key::CONTROL], key::END).await;
        browser.keys(&[], " And how many?").await;
        let mut theirs = api.get(&draft).await.ok();
        let groups = theirs["flow"]["groups"].as_array_mut().expect("groups");
        let last = groups.last_mut().expect("a group");
        last["blocks"][0]["text"] = json!("Good morning! What can we do for you this evening?");
        last["blocks"][1]["text"] = json!("Which flowers today?");
        last["blocks"][1]["options"][0]["title"] = json!("Fresh tulips");
        let save = json!({ "flow": theirs["flow"], "revision": theirs["revision"] });
        api.put(&draft, save).await.ok();
        browser.offline(false).await;
        browser.find(".dispute").await;
        shot("work-dispute").await;
        browser.appear(&Look { width: 390, height: 844, ..look.clone() }).await;
        shot("work-dispute-narrow").await;
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
