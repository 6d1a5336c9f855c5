//! What the flow editor says of a draft before it is published: past conversations played to it, the clock of a try, and
//! the way to a real phone.

use serde_json::{Value, json};

use crate::support::api::Api;
use crate::support::browser::{Browser, Look, Theme, key};
use crate::support::program::{Launch, Program};
use crate::support::until;

fn flow(question: &str) -> Value {
    let says = |id: &str, text: &str| json!({"id": id, "kind": "message", "text": text});
    json!({
        "schema": 1, "id": "cafe", "name": "Cafe", "language": "en", "start": {"group": "main"},
        "triggers": [{"id": "any", "kind": "any_message", "x": 0, "y": 0}],
        "groups": [
            {"id": "main", "title": "Main", "x": 320, "y": 0, "blocks": [
                {"id": "hours", "kind": "hours", "hours": [{"from": "09:00", "to": "18:00"}]},
                says("open", "We are open."),
                {"id": "what", "kind": "question", "text": question, "answer": "choice", "variable": "what",
                 "options": [{"id": "a", "title": "Tea"}, {"id": "b", "title": "Coffee"}]},
                {"id": "bye", "kind": "end", "text": "{{what}} comes.", "outcome": "ordered"},
            ]},
            {"id": "night", "title": "Night", "x": 320, "y": 600, "blocks": [
                says("shut", "We are closed."),
                {"id": "later", "kind": "jump", "to": {"group": "main", "block": "what"}},
            ]},
        ],
        "edges": [
            {"id": "e1", "from": {"trigger": "any"}, "to": {"group": "main"}},
            {"id": "e2", "from": {"block": "hours", "port": "open"}, "to": {"group": "main", "block": "open"}},
            {"id": "e3", "from": {"block": "hours", "port": "closed"}, "to": {"group": "night"}},
        ],
        "variables": [{"name": "what", "kind": "text"}],
    })
}

/// A bot that two customers have talked to: one to the end, one only to its question.
async fn talked() -> (Program, Api, String) {
    let program = Launch::demo().start().await;
    let api = program.quieted().await;
    let bot = api.post("/api/v1/bots", json!({ "flow": flow("Tea or coffee?") })).await.expect(201);
    let bot = bot["id"].as_str().expect("an id").to_owned();
    api.post(&format!("/api/v1/bots/{bot}/publish"), json!({})).await.ok();
    let number = api.all("/api/v1/whatsapp/numbers").await[0]["phone_number_id"].as_str().unwrap().to_owned();
    let runs = |count: usize, state: &'static str| {
        let (api, path) = (&api, format!("/api/v1/bots/{bot}/runs?state={state}"));
        async move {
            until("the runs", || async { (api.all(&path).await.len() == count).then_some(()) }).await;
        }
    };
    let at = |wa_id: &str| format!("/api/v1/simulator/numbers/{number}/chats/{wa_id}/messages");
    for (wa_id, name) in [("447700900801", "Walter Finch"), ("447700900802", "Yara Stone")] {
        let customers = format!("/api/v1/simulator/numbers/{number}/customers");
        api.post(&customers, json!({ "wa_id": wa_id, "name": name })).await;
        api.post(&at(wa_id), json!({"content": {"type": "text", "body": "Hello"}})).await;
    }
    runs(2, "live").await;
    api.post(&at("447700900801"), json!({"content": {"type": "text", "body": "Coffee"}})).await;
    runs(1, "ended").await;
    (program, api, bot)
}

async fn draft(api: &Api, bot: &str, flow: Value) {
    let at = format!("/api/v1/bots/{bot}/draft");
    let revision = api.get(&at).await.ok()["revision"].clone();
    api.put(&at, json!({ "flow": flow, "revision": revision })).await.ok();
}

#[tokio::test]
async fn past_conversations_show_what_a_draft_would_answer_differently() {
    let (program, api, bot) = talked().await;
    // The end alone is another one: whoever came to it is answered differently.
    let mut changed = flow("Tea or coffee?");
    changed["groups"][0]["blocks"][3]["text"] = json!("{{what}} comes at once.");
    draft(&api, &bot, changed).await;

    let browser = Browser::open(&Look::default()).await;
    browser.sign_in(&program).await;
    browser.goto(&program.address(&format!("/bots/{bot}"))).await;
    browser.find("#canvas .block").await;

    // Before it is published.
    browser.until("the publish button", "document.querySelector('#flow-publish')?.disabled === false").await;
    browser.click("#flow-publish").await;
    browser.see("2 past conversations were played to this draft. 1 is answered differently.").await;
    browser.at_rest().await;
    browser.assert_accessible("the publish dialog with what differs").await;
    browser.shot("replay-publish").await;
    browser.press("Show which").await;

    browser.until("the one that differs", "document.querySelectorAll('.replay-run').length === 1").await;
    browser.at_rest().await;
    let listed = browser.text(".replay-runs").await;
    assert!(listed.contains("Walter Finch") && listed.contains("Another text"), "{listed}");
    browser.assert_accessible("the list of replays").await;
    browser.shot("replay-list").await;
    browser.click(".replay-runs .replay-run").await;
    browser
        .until("both transcripts", "document.querySelectorAll('.replay-sides section').length === 2")
        .await;
    let marked = "[...document.querySelectorAll('.replay-line.differs .words')].map(e => e.textContent)";
    assert_eq!(browser.value_of(marked).await, json!(["Coffee comes.", "Coffee comes at once."]));
    for (theme, name) in [(Theme::Light, "replay-one"), (Theme::Dark, "replay-one-dark")] {
        browser.appear(&Look { theme, ..Look::default() }).await;
        browser.at_rest().await;
        browser.assert_accessible(name).await;
        browser.shot(name).await;
    }
    // A press leads to the block.
    browser.click(".replay-line.differs .replay-jump").await;
    browser.until("the block to be chosen", "location.search.includes('bye')").await;
    let has_focus = |id: &str| format!("document.activeElement?.id === '{id}'");
    browser.until("the block to have the focus", &has_focus("b-bye")).await;

    // Another change, and it is said that what is shown is of before.
    browser.gone("#flow-replay").await;
    browser.click("#tab-test").await;
    browser.click("#replay-open").await;
    browser.press("All of them").await;
    let mut question = flow("What would you like?");
    question["groups"][0]["blocks"][3]["text"] = json!("{{what}} comes at once.");
    draft(&api, &bot, question).await;
    browser.see("The draft changed since.").await;
    browser.click("#replay-run").await;
    browser.see("2 are answered differently.").await;
    browser.until("the panel to have the focus", &has_focus("flow-replay")).await;

    // What opened it has the focus again; where that is off by now, the flow.
    browser.keys(&[], key::ESCAPE).await;
    browser.until("its button", &has_focus("replay-open")).await;
    browser.click("#tab-block").await;
    browser.click("#flow-publish").await;
    browser.press("Show which").await;
    browser.until("the panel to have the focus", &has_focus("flow-replay")).await;
    api.post(&format!("/api/v1/bots/{bot}/publish"), json!({})).await.ok();
    browser.until("nothing to publish", "document.querySelector('#flow-publish').disabled").await;
    browser.press("Close").await;
    browser.until("the flow to have the focus", &has_focus("canvas")).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    program.stop();
}

#[tokio::test]
async fn a_person_says_what_a_service_would_have_answered() {
    let (program, api, bot) = talked().await;
    // Nobody was asked for the price then.
    let mut asks = flow("Tea or coffee?");
    let price = json!({"id": "price", "kind": "http", "url": "https://prices.invalid/", "save": [{"variable": "what", "path": "name"}]});
    asks["groups"][0]["blocks"].as_array_mut().unwrap().insert(3, price);
    let tag = json!({"id": "tag", "kind": "tags", "add": ["guest"]});
    asks["groups"][0]["blocks"].as_array_mut().unwrap().insert(4, tag);
    draft(&api, &bot, asks).await;

    let browser = Browser::open(&Look::default()).await;
    browser.sign_in(&program).await;
    browser.goto(&program.address(&format!("/bots/{bot}"))).await;
    browser.find("#canvas .block").await;
    browser.click("#tab-test").await;
    browser.click("#replay-open").await;
    browser.see("1 could be played only in part").await;
    browser.at_rest().await;
    browser.assert_accessible("a list with one that was played in part").await;
    browser.shot("replay-in-part").await;
    browser.click(".replay-unknown .replay-run").await;
    browser.see("What would have come back?").await;
    for (theme, width) in [(Theme::Light, 1440), (Theme::Dark, 1440), (Theme::Light, 390)] {
        browser.appear(&Look { width, theme, ..Look::default() }).await;
        browser.at_rest().await;
        browser.assert_accessible("the form for an answer").await;
        browser.shot(&format!("replay-answer-{theme:?}-{width}").to_lowercase()).await;
    }
    browser.appear(&Look::default()).await;
    browser.fill("#replay-typed", r#"{"name": "Espresso"}"#).await;
    browser.press("Go on with this answer").await;
    let marked = "[...document.querySelectorAll('.replay-line.differs .words')].map(e => e.textContent)";
    browser.until("the difference", &format!("{marked}.join() === 'Coffee comes.,Espresso comes.'")).await;
    let lines = browser.text(".replay-sides section:last-child").await;
    assert!(lines.contains("With your answer (http)"), "{lines}");
    browser.shot("replay-answered").await;
    // The same words as then: what is written to the record is left.
    browser.press("All of them").await;
    browser.press("Forget them").await;
    browser.until("the panel to have the focus", "document.activeElement?.id === 'flow-replay'").await;
    browser.click(".replay-unknown .replay-run").await;
    browser.fill("#replay-typed", r#"{"name": "Coffee"}"#).await;
    browser.press("Go on with this answer").await;
    browser.until("the record", &format!("{marked}.join() === 'Tag “guest” is added'")).await;
    browser.at_rest().await;
    browser.assert_accessible("a difference of the record").await;
    browser.shot("replay-record").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    program.stop();
}

#[tokio::test]
async fn another_bot_is_chosen_by_name_and_may_answer_in_its_place() {
    let (program, api, bot) = talked().await;
    let says = json!([{"id": "one", "kind": "message", "text": "Welcome."}]);
    let mut greeter = json!({
        "schema": 1, "id": "greeter", "name": "Greeter", "language": "en", "edges": [],
        "triggers": [{"id": "word", "kind": "keyword", "keywords": [{"match": "is", "text": "hello"}]}],
        "groups": [{"id": "g", "title": "G", "x": 0, "y": 0, "blocks": says}],
    });
    let made = api.post("/api/v1/bots", json!({ "flow": greeter })).await.expect(201);
    let publish = format!("/api/v1/bots/{}/publish", made["id"].as_str().unwrap());
    greeter["id"] = json!("later");
    greeter["name"] = json!("Later");
    let later = api.post("/api/v1/bots", json!({ "flow": greeter })).await.expect(201);
    let mut runs = flow("Tea or coffee?");
    runs["groups"][1]["blocks"][1] = json!({"id": "later", "kind": "sub_flow", "bot": "later"});
    draft(&api, &bot, runs).await;

    let browser = Browser::open(&Look::default()).await;
    browser.sign_in(&program).await;
    browser.goto(&program.address(&format!("/bots/{bot}?at=b-later"))).await;
    browser.see("That bot is not published yet.").await;
    let chosen = "document.querySelector('select[id$=later-bot]')?.selectedOptions[0].textContent";
    browser.until("the bot's name", &format!("{chosen} === 'Later (not published yet)'")).await;
    browser.at_rest().await;
    browser.assert_accessible("a block that runs another bot").await;
    browser.shot("sub-flow-bot").await;
    // Somebody publishes it: what was said of it goes.
    let later = format!("/api/v1/bots/{}/publish", later["id"].as_str().unwrap());
    api.post(&later, json!({})).await.ok();
    browser.until("the bot that is published", &format!("{chosen} === 'Later'")).await;
    browser
        .until("no warning", "!document.body.textContent.includes('That bot is not published yet.')")
        .await;

    api.post(&publish, json!({})).await.ok();
    browser.click("#tab-test").await;
    browser.click("#replay-open").await;
    browser.see("2 are answered differently.").await;
    let listed = browser.text(".replay-runs").await;
    assert!(listed.contains("Another bot answers"), "{listed}");
    browser.click(".replay-runs .replay-run").await;
    browser.see("Another bot answers: Greeter").await;
    browser.at_rest().await;
    browser.assert_accessible("a conversation that another bot has now").await;
    browser.shot("replay-other-bot").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    program.stop();
}

#[tokio::test]
async fn the_clock_of_a_try_is_set() {
    let (program, _, bot) = talked().await;
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in(&program).await;
    browser.goto(&program.address(&format!("/bots/{bot}"))).await;
    browser.find("#canvas .block").await;
    browser.click("#flow-try").await;
    for (at, says) in [("2026-11-27T10:30", "We are open."), ("2026-11-27T22:15", "We are closed.")] {
        // Letters go into such a field as the system's language has it; its value is the same everywhere.
        let set = format!(
            "(() => {{ const field = document.querySelector('input#test-clock'); field.value = '{at}'; \
             field.dispatchEvent(new Event('change', {{ bubbles: true }})); }})()"
        );
        browser.value_of(&set).await;
        browser.find(".test-clock.set").await;
        browser.press("From the start").await;
        let said = format!(
            "[...document.querySelectorAll('.test-chat .bubble')].some(e => e.textContent === '{says}')"
        );
        browser.until(says, &said).await;
        let shown = browser.value_of("document.querySelector('input#test-clock').value").await;
        assert_eq!(shown, at);
    }
    browser.at_rest().await;
    browser.assert_accessible("a try at another time").await;
    browser.shot("test-clock").await;
    browser.press("Real time").await;
    browser.gone(".test-clock.set").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    program.stop();
}

#[tokio::test]
async fn a_draft_is_tried_on_a_phone() {
    let (program, api, bot) = talked().await;
    draft(&api, &bot, flow("What may it be?")).await;
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in(&program).await;
    browser.goto(&program.address(&format!("/bots/{bot}"))).await;
    browser.find("#canvas .block").await;
    browser.click("#flow-try").await;
    browser.click("#phone-trial-open").await;
    browser.find("#phone-trial-phone").await;
    browser.at_rest().await;
    browser.assert_accessible("the dialog for a trial").await;
    browser.shot("trial-ask").await;
    browser.click("#flow-trying [type=submit]").await;
    let word = browser.text("#phone-trial-word").await;
    browser.at_rest().await;
    browser.assert_accessible("the word of a trial").await;
    browser.shot("trial-word").await;

    let number = api.all("/api/v1/whatsapp/numbers").await[0]["phone_number_id"].as_str().unwrap().to_owned();
    let customers = format!("/api/v1/simulator/numbers/{number}/customers");
    api.post(&customers, json!({ "wa_id": "447700900803", "name": "Zoe Hart" })).await;
    let chat = format!("/api/v1/simulator/numbers/{number}/chats/447700900803");
    api.post(&format!("{chat}/messages"), json!({"content": {"type": "text", "body": word}})).await;
    // The open dialog hears of it.
    browser.see("The draft is being tried on a phone now.").await;
    until("the draft on the phone", || async {
        let chat = api.get(&chat).await.ok();
        (chat["messages"].as_array()?.last()?["content"]["body"] == "What may it be?").then_some(())
    })
    .await;
    browser.press("Stop the trial").await;
    browser.see("The last trial is over.").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    program.stop();
}
