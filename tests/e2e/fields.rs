//! What is rarely needed is filled in all the same: the payload and the condition of an answer, and numbers that are refused
//! before anything is lost. A customer then sees what was filled in.

use serde_json::{Value, json};

use crate::support::browser::{Browser, Look, Theme, key};
use crate::support::program::Launch;
use crate::support::until;
use crate::support::world::World;

const TOM: &str = "447700900123";

fn asker() -> Value {
    json!({
        "schema": 1, "id": "asker", "name": "Меню", "language": "ru", "start": { "group": "a" },
        "triggers": [
            { "id": "go", "kind": "keyword", "keywords": [{ "match": "is", "text": "go" }], "x": -320, "y": 0 },
            { "id": "clock", "kind": "schedule", "schedule": { "at": "09:00" }, "x": -320, "y": 200 }],
        "groups": [
            { "id": "a", "title": "Меню", "x": 0, "y": 0, "blocks": [
                { "id": "pause", "kind": "wait", "seconds": "{{ 0 * 60 }}" },
                { "id": "menu", "kind": "menu", "text": "Чем помочь?", "options": [
                    { "id": "order", "title": "Заказать" }, { "id": "staff", "title": "Для своих" }] }] },
            { "id": "b", "title": "Вопрос", "x": 480, "y": 0, "blocks": [
                { "id": "ask", "kind": "question", "answer": "number", "text": "Сколько?", "variable": "count", "tries": 2 }] }],
        "edges": [{ "id": "e", "from": { "block": "menu", "port": "option:staff" }, "to": { "group": "b" } }],
    })
}

fn orders() -> Value {
    json!({
        "schema": 1, "id": "orders", "name": "Заказы", "language": "ru",
        "triggers": [{ "id": "t", "kind": "payload", "keywords": [{ "match": "is", "text": "order/new" }] }],
        "groups": [{ "id": "a", "blocks": [{ "id": "m", "kind": "message", "text": "Что закажете?" }] }],
    })
}

async fn make(world: &World, flow: Value) -> String {
    let bot = world.api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
    bot["id"].as_str().expect("an id").to_owned()
}

async fn publish(world: &World, bot: &str) {
    world.api.post(&format!("/api/v1/bots/{bot}/publish"), json!({})).await.ok();
}

/// The field of the thing that is chosen, at this pointer with dashes.
fn field(at: &str) -> String {
    format!(".flow-form [id$='-{at}']")
}

/// The draft as the server has it, once it holds what is expected.
async fn saved(world: &World, bot: &str, what: &str, holds: impl Fn(&Value) -> bool) {
    until(what, async || {
        let draft = world.api.get(&format!("/api/v1/bots/{bot}/draft")).await.ok();
        holds(&draft["flow"]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_payload_and_the_condition_of_an_answer_are_filled_in_and_count() {
    let program = Launch::demo().argument("--lang").argument("ru").start().await;
    let api = program.quieted().await;
    let number = api.get("/api/v1/whatsapp/numbers").await.ok()["items"][0].clone();
    let world = World { program, api, number };
    let bot = make(&world, asker()).await;
    let orders = make(&world, orders()).await;
    publish(&world, &orders).await;
    let look = Look { width: 1440, height: 900, theme: Theme::Light, language: "ru".to_owned() };
    let browser = Browser::open(&look).await;
    browser.sign_in(&world.program).await;
    browser.goto(&world.program.address(&format!("/bots/{bot}"))).await;
    browser.find("#canvas .block").await;

    browser.click("#b-menu").await;
    browser.click(".option:nth-of-type(1) .option-more summary").await;
    browser.fill(&field("menu-options-0-payload"), "order/new").await;
    browser.click(".option:nth-of-type(2) .option-more summary").await;
    browser.click(&field("menu-options-1-when-switch")).await;
    browser.fill(&field("menu-options-1-when-tests-0-variable"), "contact.name").await;
    browser.fill(&field("menu-options-1-when-tests-0-value"), "Анна").await;
    saved(&world, &bot, "the options to be saved", |flow| {
        let options = &flow["groups"][0]["blocks"][1]["options"];
        let test = json!({ "variable": "contact.name", "is": "equal", "value": "Анна" });
        options[0]["payload"] == "order/new"
            && options[1]["when"] == json!({ "join": "and", "tests": [test] })
    })
    .await;
    browser.at_rest().await;
    browser.assert_accessible("the options of a menu").await;
    browser.shot("fields-option").await;

    // What is no number is refused where it is typed, and the flow keeps what it had.
    browser.click("#b-ask").await;
    let tries = field("ask-tries");
    browser.fill(&tries, "три").await;
    browser.find(&format!("{tries}[aria-invalid=true]")).await;
    browser.see("Нужно целое число от 1").await;
    browser.at_rest().await;
    browser.assert_accessible("a number that is none").await;
    browser.shot("fields-number").await;
    browser.fill(&tries, "4").await;
    browser.gone(&format!("{tries}[aria-invalid=true]")).await;
    saved(&world, &bot, "the tries to be saved", |flow| flow["groups"][1]["blocks"][0]["tries"] == 4).await;

    // A pause that a run works out is shown as it is written.
    browser.click("#b-pause").await;
    let pause = field("pause-seconds");
    browser
        .until("the pause", &format!("document.querySelector({}).value === '{{{{ 0 * 60 }}}}'", json!(pause)))
        .await;
    browser.shot("fields-pause").await;

    // Days of the month, and the bot's own words, which stand in the empty fields.
    browser.click("#t-clock").await;
    browser.click(".flow-form .form-more summary").await;
    browser.click(".flow-form [id$='-clock-schedule-month_days'] .toggle:nth-of-type(15)").await;
    browser.at_rest().await;
    browser.assert_accessible("the form of a schedule").await;
    browser.shot("fields-schedule").await;
    browser.keys(&[], key::ESCAPE).await;
    browser.until("the focus on the canvas", "document.activeElement?.id === 't-clock'").await;
    browser.keys(&[], key::ESCAPE).await;
    browser.find(&field("flow-name")).await;
    browser.click(".form-more:nth-of-type(3) > summary").await;
    let own = field("flow-settings-texts-choose");
    browser
        .until(
            "what it says by itself",
            &format!("document.querySelector({}).placeholder === 'Выбрать'", json!(own)),
        )
        .await;
    browser.fill(&own, "Показать, что у нас есть").await;
    browser.see("24 из 20").await;
    saved(&world, &bot, "the words and the days", |flow| {
        flow["settings"]["texts"]["choose"] == "Показать, что у нас есть"
            && flow["triggers"][1]["schedule"]["month_days"] == json!([15])
    })
    .await;
    browser.at_rest().await;
    browser.assert_accessible("the bot's own words").await;
    browser.shot("fields-own-words").await;

    publish(&world, &bot).await;
    world.customer(TOM, "Том").await;
    world.writes(TOM, "go").await;
    let shown = world
        .phone(TOM, "the menu", |chat| {
            chat.iter().rev().find(|one| one["content"]["type"] == "buttons").cloned()
        })
        .await;
    let buttons = shown["content"]["buttons"].as_array().expect("buttons");
    assert_eq!(buttons.len(), 1, "what is offered to Anna alone is not offered to Tom: {shown}");
    world.taps(TOM, &shown, "button", &buttons[0]).await;
    world
        .phone(TOM, "the bot of the payload", |chat| {
            (chat.last()?["content"]["body"] == "Что закажете?").then_some(())
        })
        .await;
    // On a telephone the flow is read.
    browser.appear(&Look { width: 390, height: 844, ..look }).await;
    browser.reload().await;
    browser.find("#canvas .block").await;
    browser.shot("fields-narrow").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    world.program.stop();
}
