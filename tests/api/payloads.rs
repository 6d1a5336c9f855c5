//! Button payloads: a tap on a button that has one begins the bot that begins with it, whichever bot said the button and
//! wherever a line leads from it.

use serde_json::{Value, json};

use crate::support::line::Line;

const TOM: &str = "447700900123";

async fn publish(line: &Line, id: &str, triggers: Value, groups: Value, edges: Value) {
    let flow = json!({ "schema": 1, "id": id, "name": id, "language": "en", "triggers": triggers, "groups": groups,
                       "edges": edges });
    let bot = line.api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
    let id = bot["id"].as_str().unwrap();
    line.api.post(&format!("/api/v1/bots/{id}/publish"), json!({})).await.ok();
}

/// The bot that answers taps whose payload begins with `order/`.
async fn publish_orders(line: &Line) {
    let triggers =
        json!([{ "id": "t", "kind": "payload", "keywords": [{ "match": "starts", "text": "order/" }] }]);
    let says = json!([{ "id": "main", "blocks": [{ "id": "a", "kind": "message", "text": "An order by {{payload}}." }] }]);
    publish(line, "orders", triggers, says, json!([])).await;
}

/// A bot that says this block at "go"; every line from it leads to words that nobody should hear.
async fn publish_asker(line: &Line, block: Value, options: &[&str]) {
    let triggers = json!([{ "id": "t", "kind": "keyword", "keywords": [{ "match": "is", "text": "go" }] }]);
    let groups = json!([{ "id": "main", "blocks": [block.clone()] },
                        { "id": "own", "blocks": [{ "id": "w", "kind": "message", "text": "My own way." }] }]);
    let edges: Vec<Value> = options
        .iter()
        .map(|option| {
            json!({ "id": format!("e_{option}"), "to": { "group": "own" },
                              "from": { "block": block["id"], "port": format!("option:{option}") } })
        })
        .collect();
    publish(line, "asker", triggers, groups, json!(edges)).await;
}

/// The newest message of this kind on the customer's phone.
async fn shown(line: &Line, kind: &str) -> Value {
    line.phone(TOM, &format!("a {kind} on the phone"), |chat| {
        chat.iter().rev().find(|message| message["content"]["type"] == kind).cloned()
    })
    .await
}

async fn hears(line: &Line, words: &str) {
    line.phone(TOM, words, |chat| (chat.last()?["content"]["body"] == words).then_some(())).await;
}

#[tokio::test]
async fn a_tap_on_a_menu_begins_the_bot_of_its_payload() {
    let line = Line::new().await;
    publish_orders(&line).await;
    let menu = json!({ "id": "menu", "kind": "menu", "text": "How can we help?", "options": [
        { "id": "order", "title": "Order", "payload": "order/new" },
        { "id": "hours", "title": "Opening hours" },
        { "id": "staff", "title": "For our staff", "payload": "staff",
          "when": { "join": "and", "tests": [{ "variable": "contact.name", "is": "equal", "value": "Anna" }] } }] });
    publish_asker(&line, menu, &["order", "hours"]).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    let buttons = shown(&line, "buttons").await["content"]["buttons"].clone();
    // What is offered to Anna alone is not offered to Tom.
    let titles: Vec<&str> =
        buttons.as_array().unwrap().iter().map(|button| button["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Order", "Opening hours"]);
    assert_eq!(buttons[0]["id"], "order/new", "the phone holds the payload itself");
    let tap = |button: &Value| json!({ "type": "reply", "kind": "button", "id": button["id"], "title": button["title"] });
    line.says(TOM, tap(&buttons[0])).await;
    hears(&line, "An order by order/new.").await;
    // One without a payload follows its line, as ever.
    line.says(TOM, tap(&buttons[1])).await;
    hears(&line, "My own way.").await;
    line.program.stop();
}

#[tokio::test]
async fn a_tap_on_a_list_begins_the_bot_of_its_payload() {
    let line = Line::new().await;
    publish_orders(&line).await;
    let options: Vec<Value> = (1..=4)
        .map(|n| json!({ "id": format!("o{n}"), "title": format!("Cake {n}"), "payload": format!("order/{n}") }))
        .collect();
    publish_asker(
        &line,
        json!({ "id": "menu", "kind": "menu", "text": "Which?", "options": options }),
        &["o3"],
    )
    .await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    let row = shown(&line, "list").await["content"]["sections"][0]["rows"][2].clone();
    line.says(TOM, json!({ "type": "reply", "kind": "list", "id": row["id"], "title": row["title"] })).await;
    hears(&line, "An order by order/3.").await;
    line.program.stop();
}

#[tokio::test]
async fn a_tap_on_a_templates_reply_begins_the_bot_of_its_payload() {
    let line = Line::new().await;
    publish_orders(&line).await;
    let template = json!({ "id": "remind", "kind": "template", "name": "appointment_reminder", "language": "en_US",
        "category": "utility", "body": [{ "text": "Tom" }, { "text": "12 May" }, { "text": "15:00" }],
        "buttons": [{ "id": "yes", "index": 0, "title": "I will come", "text": "order/{{contact.name}}" }] });
    publish_asker(&line, template, &["yes"]).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    let button = shown(&line, "template").await["content"]["components"][1].clone();
    let payload = &button["parameters"][0]["payload"];
    assert_eq!(payload, "order/Tom");
    line.says(TOM, json!({ "type": "reply", "kind": "template", "id": payload, "title": button["text"] }))
        .await;
    hears(&line, "An order by order/Tom.").await;
    line.program.stop();
}

/// A bot with a menu whose ids are those of every such bot, as of bots that were made of one ready bot.
async fn publish_twin(line: &Line, name: &str, asks: bool) {
    let triggers = json!([{ "id": "t", "kind": "keyword", "keywords": [{ "match": "is", "text": name }] }]);
    let menu = json!({ "id": "m", "kind": "menu", "text": format!("Menu of {name}"), "options": [{ "id": "o", "title": "Go" }] });
    let question = json!({ "id": "m", "kind": "question", "answer": "choice", "text": format!("Question of {name}"),
                           "options": [{ "id": "o", "title": "Go" }, { "id": "n", "title": "No" }] });
    let block = if asks { question } else { menu };
    let groups = json!([{ "id": "g", "blocks": [block] },
                        { "id": "h", "blocks": [{ "id": "w", "kind": "message", "text": format!("This is {name}.") }] }]);
    let edges = json!([{ "id": "e", "from": { "block": "m", "port": "option:o" }, "to": { "group": "h" } }]);
    publish(line, name, triggers, groups, edges).await;
}

#[tokio::test]
async fn a_tap_is_for_the_bot_that_showed_the_button() {
    let line = Line::new().await;
    for name in ["one", "two"] {
        publish_twin(&line, name, false).await;
    }
    for name in ["third", "fourth"] {
        publish_twin(&line, name, true).await;
    }
    line.customer(TOM, "Tom").await;
    let show = async |name: &str, words: &str| {
        line.writes(TOM, name).await;
        let words = words.to_owned();
        line.phone(TOM, &words, |chat| {
            chat.last().filter(|message| message["content"].to_string().contains(&words)).cloned()
        })
        .await
    };
    let second = show("two", "Menu of two").await;
    line.taps(TOM, &second, "button", &second["content"]["buttons"][0]).await;
    hears(&line, "This is two.").await;
    let first = show("one", "Menu of one").await;
    line.taps(TOM, &first, "button", &first["content"]["buttons"][0]).await;
    hears(&line, "This is one.").await;

    // A late tap on another bot's question answers nothing of the one that is asked now: it is asked again.
    let late = show("fourth", "Question of fourth").await;
    line.writes(TOM, "No").await;
    let asked = show("third", "Question of third").await;
    line.taps(TOM, &late, "button", &late["content"]["buttons"][0]).await;
    let again = line
        .phone(TOM, "the question again", |chat| {
            let last = chat.last()?;
            (last["id"] != asked["id"] && last["content"].to_string().contains("Question of third"))
                .then(|| last.clone())
        })
        .await;
    line.taps(TOM, &again, "button", &again["content"]["buttons"][0]).await;
    hears(&line, "This is third.").await;
    line.program.stop();
}
