//! Two people in one editor, in two browsers: they see each other, nothing is overwritten or lost silently, and the page
//! says what happened and what to do.

use serde_json::{Value, json};

use crate::support::api::Api;
use crate::support::browser::{Browser, Look, Theme, key};
use crate::support::program::{Launch, Program};
use crate::support::world::{EMAIL, PASSWORD, World, set_up};

const BORIS: &str = "boris@example.com";
const HIS_PASSWORD: &str = "seven quiet lanterns";

fn flow() -> Value {
    json!({
        "schema": 1, "id": "shared", "name": "Shared", "language": "en", "start": { "group": "a" },
        "triggers": [{ "id": "any", "kind": "any_message", "x": -300, "y": 0 }],
        "groups": [
            { "id": "a", "title": "A", "x": 0, "y": 0, "blocks": [
                { "id": "hi", "kind": "message", "text": "Hello" },
                { "id": "who", "kind": "question", "answer": "text", "text": "Who are you?", "variable": "who" }] },
            { "id": "b", "title": "B", "x": 480, "y": 0, "blocks": [{ "id": "bye", "kind": "end", "text": "Bye" }] },
        ],
        "edges": [{ "id": "e", "from": { "block": "who" }, "to": { "group": "b" } }],
    })
}

/// A bot, its owner Anna, and Boris, who may change it too.
struct Shared {
    program: Program,
    anna: Api,
    bot: String,
}

impl Shared {
    async fn new() -> Self {
        let program = Launch::serve().start().await;
        let anna = set_up(&program).await;
        let new = json!({ "email": BORIS, "role": "admin" });
        let invited = anna.post("/api/v1/invitations", new).await.expect(201);
        let token = invited["link"].as_str().and_then(|link| link.split("token=").nth(1)).expect("a token");
        let accept = json!({ "token": token, "name": "Boris", "password": HIS_PASSWORD, "locale": "en" });
        program.api().post("/api/v1/auth/invitation/accept", accept).await.ok();
        let bot = anna.post("/api/v1/bots", json!({ "flow": flow() })).await.expect(201);
        let bot = bot["id"].as_str().expect("an id").to_owned();
        Self { program, anna, bot }
    }

    async fn open(&self, look: &Look, email: &str, password: &str) -> Browser {
        let browser = Browser::open(look).await;
        browser.sign_in_as(&self.program, email, password).await;
        browser.goto(&self.program.address(&format!("/bots/{}", self.bot))).await;
        browser.find("#canvas .block").await;
        browser.at_rest().await;
        browser
    }

    async fn hers(&self) -> Browser {
        self.open(&Look::default(), EMAIL, PASSWORD).await
    }

    async fn his(&self) -> Browser {
        self.open(&Look { theme: Theme::Dark, ..Look::default() }, BORIS, HIS_PASSWORD).await
    }

    /// The text of a block as the server has it.
    async fn saved(&self, block: &str, text: &str) {
        let path = format!("/api/v1/bots/{}/draft", self.bot);
        crate::support::until(&format!("{text:?} to be saved in {block}"), async || {
            let draft = self.anna.get(&path).await.ok();
            let groups = draft["flow"]["groups"].as_array().cloned().unwrap_or_default();
            let blocks =
                groups.iter().flat_map(|group| group["blocks"].as_array().cloned().unwrap_or_default());
            let mut blocks = blocks.filter(|one| one["id"] == block);
            blocks.any(|one| one["text"] == text).then_some(())
        })
        .await;
    }
}

const FORM: &str = ".flow-form textarea";

/// Chooses a block and puts the cursor behind its text.
async fn at_the_text(browser: &Browser, block: &str) {
    browser.click(&format!("#b-{block}")).await;
    browser.find(FORM).await;
    browser.click(FORM).await;
    browser.keys(&[key::CONTROL], key::END).await;
}

#[tokio::test]
async fn two_people_write_at_the_same_time() {
    let shared = Shared::new().await;
    let (hers, his) = (shared.hers().await, shared.his().await);
    hers.find(".flow-others[aria-label*=Boris]").await;
    his.find(".flow-others[aria-label*=Anna]").await;

    // In one group, each in their own block: nobody is thrown out of what they write.
    at_the_text(&hers, "hi").await;
    at_the_text(&his, "who").await;
    hers.keys(&[], ", dear").await;
    his.keys(&[], " Really?").await;
    his.see("Hello, dear").await;
    hers.see("Who are you? Really?").await;
    hers.keys(&[], " guest").await;
    his.keys(&[], " Say it.").await;
    shared.saved("hi", "Hello, dear guest").await;
    shared.saved("who", "Who are you? Really? Say it.").await;
    his.see("Hello, dear guest").await;
    hers.see("Who are you? Really? Say it.").await;
    for browser in [&hers, &his] {
        let written = "document.activeElement?.tagName === 'TEXTAREA'";
        browser.until("the focus to be where it was", written).await;
        assert_eq!(browser.count(".flow-clash").await, 0);
        // Who saves second is refused once, merges and saves again: the browser writes that down by itself.
        let refused = |complaint: &String| complaint.contains("/draft - ") && complaint.contains("409");
        let complaints = browser.complaints().await;
        assert!(complaints.iter().all(refused), "{complaints:?}");
    }
    // Going back takes back one's own work alone, in as many steps as it was written in.
    for _ in 0..2 {
        if hers.text("#b-hi").await.contains("dear") {
            hers.press("Undo").await;
            hers.at_rest().await;
        }
    }
    shared.saved("hi", "Hello").await;
    shared.saved("who", "Who are you? Really? Say it.").await;
    shared.program.stop();
}

#[tokio::test]
async fn a_dispute_and_a_lost_answer() {
    let shared = Shared::new().await;
    let (hers, his) = (shared.hers().await, shared.his().await);

    // Her connection is gone, and both change the same.
    hers.offline(true).await;
    at_the_text(&hers, "hi").await;
    hers.keys(&[], " of hers").await;
    at_the_text(&his, "hi").await;
    his.keys(&[], " of his").await;
    shared.saved("hi", "Hello of his").await;
    hers.see("Your changes are kept on this page").await;
    hers.at_rest().await;
    hers.assert_accessible("what is not saved").await;
    hers.shot("together-offline").await;
    hers.offline(false).await;
    hers.see("Boris changed the same as you").await;
    // Both texts stand side by side, with who and when.
    assert!(hers.text(".dispute-side:first-child").await.contains("Hello of hers"));
    let of_his = hers.text(".dispute-side:last-child").await;
    assert!(
        of_his.contains("Hello of his") && of_his.contains("Boris") && of_his.contains("just now"),
        "{of_his}"
    );
    hers.at_rest().await;
    hers.assert_accessible("a dispute about a block").await;
    hers.shot("together-dispute").await;
    // Nothing is published until it is decided.
    hers.until("publishing to be off", "document.querySelector('#flow-publish').disabled").await;
    hers.press("Keep mine").await;
    shared.saved("hi", "Hello of hers").await;
    his.see("Hello of hers").await;
    // The other way is one step back.
    hers.press("Undo").await;
    shared.saved("hi", "Hello of his").await;

    // A saving arrives, and its answer does not: that is no dispute with oneself.
    hers.complaints().await;
    hers.value_of(
        "(() => { const fetch = window.fetch; let lost = false; window.fetch = async (...asked) => { \
         const request = new Request(...asked); const answer = await fetch(request.clone()); \
         if (request.method === 'PUT' && !lost) { lost = true; throw new TypeError('lost'); } return answer; }; })()",
    )
    .await;
    at_the_text(&hers, "bye").await;
    hers.keys(&[], " and").await;
    shared.saved("bye", "Bye and").await;
    hers.see("Not saved").await;
    hers.keys(&[], " come again").await;
    shared.saved("bye", "Bye and come again").await;
    hers.see("Saved").await;
    assert_eq!(hers.count(".flow-clash").await, 0);
    shared.program.stop();
}

#[tokio::test]
async fn publishing_meets_what_the_other_saved() {
    let shared = Shared::new().await;
    let (hers, his) = (shared.hers().await, shared.his().await);
    hers.click("#flow-publish").await;
    hers.fill("#publish-note", "First").await;
    // Her page reads nothing of what he saves until she has published.
    hers.value_of(
        "(() => { const fetch = window.fetch; let go; const over = new Promise(done => go = done); \
         window.fetch = async (...asked) => { const request = new Request(...asked); \
         if (request.method === 'GET' && request.url.endsWith('/draft')) await over; \
         const answer = await fetch(request); if (request.url.endsWith('/publish')) go(); return answer; }; })()",
    )
    .await;
    at_the_text(&his, "hi").await;
    his.keys(&[], ", half done").await;
    shared.saved("hi", "Hello, half done").await;
    hers.click("#flow-publishing [type=submit]").await;
    hers.see("Not published: Boris changed the flow meanwhile").await;
    let versions = format!("/api/v1/bots/{}/versions", shared.bot);
    assert!(shared.anna.all(&versions).await.is_empty(), "nobody has seen it whole");
    hers.see("Hello, half done").await;
    hers.shot("together-overtaken").await;
    hers.click("#flow-publishing [type=submit]").await;
    hers.see("Published v1").await;
    his.see("Published v1").await;
    assert_eq!(shared.anna.all(&versions).await[0]["note"], "First", "the note was kept");
    shared.program.stop();
}

#[tokio::test]
async fn who_loses_the_role_or_the_bot_is_told_and_keeps_the_work() {
    let shared = Shared::new().await;
    let his = shared.his().await;
    let members = shared.anna.all("/api/v1/members").await;
    let him = members.iter().find(|member| member["email"] == BORIS).expect("a member");
    let him = format!("/api/v1/members/{}", him["id"].as_str().expect("an id"));
    shared.anna.patch(&him, json!({ "role": "viewer" })).await.ok();
    at_the_text(&his, "hi").await;
    his.keys(&[], " of his").await;
    his.see("Your role does not allow changing bots").await;
    his.at_rest().await;
    his.assert_accessible("a role that was taken away").await;
    his.shot("together-forbidden").await;
    his.press("Save as a file").await;
    let file = his.downloaded("Shared.json").await;
    assert!(String::from_utf8_lossy(&file).contains("Hello of his"));
    shared.anna.patch(&him, json!({ "role": "admin" })).await.ok();
    his.press("Try again").await;
    shared.saved("hi", "Hello of his").await;
    his.gone(".flow-clash").await;

    shared.anna.delete(&format!("/api/v1/bots/{}", shared.bot)).await.expect(204);
    his.see("This bot was deleted").await;
    at_the_text(&his, "bye").await;
    his.keys(&[], ", friends").await;
    his.press("Keep mine as another bot").await;
    his.see("Bye, friends").await;
    his.gone(".flow-clash").await;
    let bots = shared.anna.all("/api/v1/bots").await;
    assert_eq!(bots.len(), 1, "{bots:#?}");
    his.until("the new bot's address", &format!("location.pathname.includes({})", bots[0]["id"])).await;
    shared.program.stop();
}

#[tokio::test]
async fn a_trial_that_a_person_holds_up_says_so() {
    let world = World::new().await;
    let bot = world.api.post("/api/v1/bots", json!({ "flow": flow() })).await.expect(201);
    let bot = bot["id"].as_str().expect("an id");
    world.customer("447700900123", "Tom").await;
    world.writes("447700900123", "Hello").await;
    let thread = world.thread("Tom").await;
    let taken = format!("/api/v1/conversations/{}/take-over", thread["id"].as_str().expect("an id"));
    world.api.post(&taken, json!({})).await.ok();
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in_as(&world.program, EMAIL, PASSWORD).await;
    browser.goto(&world.program.address(&format!("/bots/{bot}"))).await;
    browser.find("#canvas .block").await;
    browser.click("#flow-try").await;
    browser.click("#phone-trial-open").await;
    browser.press("Make a code").await;
    let code = browser.text("#phone-trial-word").await;
    world.writes("447700900123", &code).await;
    browser.see("A person is talking in this conversation").await;
    browser.at_rest().await;
    browser.assert_accessible("a trial that is held up").await;
    browser.shot("together-held-up").await;
    browser.press("Open the conversation").await;
    let there = format!("location.pathname.includes({})", thread["id"]);
    browser.until("the conversation", &there).await;
    world.program.stop();
}

#[tokio::test]
async fn who_may_not_change_bots_looks_at_them() {
    let shared = Shared::new().await;
    let members = shared.anna.all("/api/v1/members").await;
    let him = members.iter().find(|member| member["email"] == BORIS).expect("a member");
    let him = format!("/api/v1/members/{}", him["id"].as_str().expect("an id"));
    shared.anna.patch(&him, json!({ "role": "operator" })).await.ok();
    let publish = format!("/api/v1/bots/{}/publish", shared.bot);
    shared.anna.post(&publish, json!({})).await.ok();

    let his = shared.his().await;
    his.see("You can look at this bot and try it").await;
    for gone in ["#flow-publish", ".flow-palette", "#phone-trial-open"] {
        assert_eq!(his.count(gone).await, 0, "{gone}");
    }
    his.click("#b-hi").await;
    his.until("the field to be off", &format!("document.querySelector('{FORM}').matches(':disabled')")).await;
    his.at_rest().await;
    his.assert_accessible("a bot that is looked at").await;
    his.shot("reading-bot").await;
    his.press("Versions").await;
    his.see("Compare").await;
    assert_eq!(his.count(".version-do .button").await, 1, "to compare, and nothing else");
    his.press("Close").await;
    // It is tried as by anyone else.
    his.click("#flow-try").await;
    his.see("Who are you?").await;
    assert_eq!(his.count("#phone-trial-open").await, 0);
    assert_eq!(his.complaints().await, Vec::<String>::new(), "nothing was asked for in vain");
    shared.program.stop();
}
