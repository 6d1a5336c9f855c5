//! What begins a bot, and the blocks whose words are no text: places, cards, stars, files; over the built-in phone.

use serde_json::{Value, json};

use crate::support::until;
use crate::support::world::World;

const TOM: &str = "447700900123";

fn says(id: &str, text: &str) -> Value {
    json!({ "id": id, "kind": "message", "text": text })
}

async fn publish(world: &World, id: &str, triggers: Value, blocks: Value) {
    let flow = json!({ "schema": 1, "id": id, "name": id, "language": "en", "triggers": triggers,
                       "groups": [{ "id": "main", "blocks": blocks }] });
    let bot = world.api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
    let bot = bot["id"].as_str().unwrap();
    world.api.post(&format!("/api/v1/bots/{bot}/publish"), json!({})).await.ok();
}

/// A world in which none of its own bots answers.
async fn quiet() -> World {
    let world = World::new().await;
    for bot in world.api.all("/api/v1/bots").await {
        world
            .api
            .patch(&format!("/api/v1/bots/{}", bot["id"].as_str().unwrap()), json!({ "enabled": false }))
            .await
            .ok();
    }
    world
}

/// Waits until the bot's newest message is of this content.
async fn hears(world: &World, wa_id: &str, content: Value) {
    world
        .phone(wa_id, &format!("{content} on the phone"), |chat| {
            let newest = chat.iter().rev().find(|message| message["direction"] == "out")?;
            let has = |(name, value): (&String, &Value)| newest["content"][name] == *value;
            content.as_object().unwrap().iter().all(has).then_some(())
        })
        .await;
}

fn text(words: &str) -> Value {
    json!({ "type": "text", "body": words })
}

#[tokio::test]
async fn words_begin_a_bot_as_its_keywords_say() {
    let world = quiet().await;
    let keyword = |how: &str, text: &str| json!([{ "id": "t", "kind": "keyword", "keywords": [{ "match": how, "text": text }] }]);
    publish(&world, "is", keyword("is", "price"), json!([says("a", "It is the word.")])).await;
    publish(&world, "starts", keyword("starts", "order"), json!([says("a", "It starts so.")])).await;
    publish(&world, "contains", keyword("contains", "parking"), json!([says("a", "It is in it.")])).await;
    publish(&world, "regex", keyword("regex", r"^\d{4}-[a-z]{2}$"), json!([says("a", "It looks so.")])).await;
    for (n, (said, heard)) in [
        ("Price!", "It is the word."),
        ("order 7 tulips", "It starts so."),
        ("is there parking nearby?", "It is in it."),
        ("2041-ab", "It looks so."),
    ]
    .into_iter()
    .enumerate()
    {
        let customer = format!("44770090010{n}");
        world.customer(&customer, "Somebody").await;
        world.writes(&customer, said).await;
        hears(&world, &customer, text(heard)).await;
    }
    // Nothing begins with what fits none of them.
    world.customer(TOM, "Tom").await;
    world.writes(TOM, "the price, an order, 20-a").await;
    let thread = world.thread("Tom").await;
    assert!(thread["waiting_since"].is_string(), "{thread}");
    assert!(world.messages(&thread).await.iter().all(|message| message["direction"] != "out"));
    // Nobody has promised a person: what is said in other words begins one.
    world.writes(TOM, "price").await;
    hears(&world, TOM, text("It is the word.")).await;
    world.program.stop();
}

#[tokio::test]
async fn where_a_bot_has_called_people_only_commands_begin_another() {
    let world = quiet().await;
    let keyword = |word: &str, anywhere: bool| json!([{ "id": "t", "kind": "keyword", "anywhere": anywhere, "keywords": [{ "match": "is", "text": word }] }]);
    publish(
        &world,
        "help",
        keyword("help", false),
        json!([says("a", "A person comes."), { "id": "h", "kind": "hand_over" }]),
    )
    .await;
    publish(&world, "price", keyword("price", false), json!([says("a", "It costs 5.")])).await;
    publish(&world, "menu", keyword("menu", true), json!([says("a", "This is the menu.")])).await;
    world.customer(TOM, "Tom").await;
    world.writes(TOM, "help").await;
    hears(&world, TOM, text("A person comes.")).await;
    world.writes(TOM, "price").await;
    world.writes(TOM, "menu").await;
    hears(&world, TOM, text("This is the menu.")).await;
    let thread = world.thread("Tom").await;
    assert!(
        !json!(world.messages(&thread).await).to_string().contains("It costs 5."),
        "a person was promised"
    );
    world.program.stop();
}

/// What a table's QR code opens is WhatsApp with the start word already written, as the customer then sends it.
#[tokio::test]
async fn the_start_word_of_a_link_begins_a_bot() {
    let world = quiet().await;
    let any = json!([{ "id": "t", "kind": "any_message" }]);
    publish(&world, "any", any, json!([says("a", "Whatever you say.")])).await;
    let start = "Стол 7 & bar";
    let link = json!([{ "id": "t", "kind": "link", "keywords": [{ "match": "is", "text": start }] }]);
    publish(&world, "table", link, json!([says("a", "Your table is laid: {{message}}")])).await;
    let address = beseda_flow::start_link(world.number["phone"].as_str().unwrap(), start);
    let address = reqwest::Url::parse(&address).unwrap();
    let digits: String =
        world.number["phone"].as_str().unwrap().chars().filter(char::is_ascii_digit).collect();
    assert_eq!((address.host_str(), address.path()), (Some("wa.me"), format!("/{digits}").as_str()));
    let (_, written) = address.query_pairs().find(|(name, _)| name == "text").unwrap();
    assert_eq!(written, start, "as WhatsApp reads it");
    world.customer(TOM, "Tom").await;
    world.writes(TOM, &written).await;
    hears(&world, TOM, text("Your table is laid: Стол 7 & bar")).await;
    // Another word is not this link's.
    world.writes(TOM, "Стол 7").await;
    hears(&world, TOM, text("Whatever you say.")).await;
    world.program.stop();
}

#[tokio::test]
async fn an_advertisement_begins_a_bot_of_its_own() {
    let world = quiet().await;
    let any = json!([{ "id": "t", "kind": "any_message" }]);
    publish(&world, "any", any, json!([says("a", "Whatever you say.")])).await;
    let ad = json!([{ "id": "t", "kind": "referral", "sources": ["120211"] }]);
    publish(&world, "ad", ad, json!([says("a", "You saw {{referral.headline}}.")])).await;
    world.customer(TOM, "Tom").await;
    let path = format!("/api/v1/simulator/numbers/{}/chats/{TOM}/messages", world.phone_number_id());
    let from = |source: &str| json!({ "content": text("Hello"), "referral": { "source_id": source, "source_type": "ad", "headline": "Spring tulips" } });
    world.api.post(&path, from("999")).await.expect(201);
    hears(&world, TOM, text("Whatever you say.")).await;
    world.api.post(&path, from("120211")).await.expect(201);
    hears(&world, TOM, text("You saw Spring tulips.")).await;
    world.program.stop();
}

#[tokio::test]
async fn a_field_that_changes_begins_a_bot() {
    let world = quiet().await;
    let changed = json!([{ "id": "t", "kind": "field_changed", "field": "Stage", "value": "ready" }]);
    publish(&world, "field", changed, json!([says("a", "Come and get it.")])).await;
    world.customer(TOM, "Tom").await;
    world.writes(TOM, "Hello").await;
    let thread = world.thread("Tom").await;
    let customer = format!("/api/v1/customers/{}", thread["customer_id"].as_str().unwrap());
    let stage = |value: &str| json!({ "fields": [{ "name": "Stage", "value": value }] });
    // What the follower of the change log has not been told of yet is still news to it.
    until("the news", async || {
        world.api.patch(&customer, stage("baking")).await.ok();
        world.api.patch(&customer, stage("ready")).await.ok();
        let messages = world.messages(&thread).await;
        messages.iter().any(|message| message["content"]["body"] == "Come and get it.").then_some(())
    })
    .await;
    hears(&world, TOM, text("Come and get it.")).await;
    world.program.stop();
}

#[tokio::test]
async fn a_place_and_a_card_come_to_the_phone() {
    let world = quiet().await;
    let any = json!([{ "id": "t", "kind": "any_message" }]);
    let place = json!({ "id": "p", "kind": "location", "latitude": 51.5, "longitude": "-0.12", "name": "{{contact.name}}'s shop", "address": "1 High Street" });
    publish(&world, "place", any, json!([place])).await;
    world.customer(TOM, "Tom").await;
    world.writes(TOM, "Where?").await;
    let shown = json!({ "type": "location", "latitude": 51.5, "longitude": -0.12, "name": "Tom's shop", "address": "1 High Street" });
    hears(&world, TOM, shown).await;

    let keyword = json!([{ "id": "t", "kind": "keyword", "keywords": [{ "text": "who" }] }]);
    let card = json!({ "id": "c", "kind": "contact_card", "contacts": [{ "name": "Anna Hart", "phone": "+447700900999", "email": "anna@example.com", "company": "Lotus" }] });
    publish(&world, "card", keyword, json!([card])).await;
    world.writes(TOM, "Who?").await;
    let contacts = world
        .phone(TOM, "the card", |chat| {
            let newest = chat.last()?;
            (newest["content"]["type"] == "contacts").then(|| newest["content"]["contacts"].clone())
        })
        .await;
    assert_eq!(contacts[0]["name"], "Anna Hart", "{contacts}");
    assert_eq!(contacts[0]["emails"][0], "anna@example.com");
    assert_eq!(contacts[0]["organization"], "Lotus");
    assert!(contacts[0]["phones"][0].to_string().contains("7700900999"), "{contacts}");
    world.program.stop();
}

#[tokio::test]
async fn stars_a_file_and_a_place_are_asked_for() {
    let world = quiet().await;
    let keyword = json!([{ "id": "t", "kind": "keyword", "keywords": [{ "text": "begin" }] }]);
    let ask = |id: &str, answer: &str, text: &str| json!({ "id": id, "kind": "question", "answer": answer, "text": text, "variable": id, "retry": "Not that." });
    let blocks = json!([
        ask("stars", "rating", "How many stars?"),
        ask("file", "media", "A picture, please."),
        ask("place", "location", "Where are you?"),
        says("end", "{{stars}} stars, {{file.kind}}, {{place.latitude}}."),
    ]);
    publish(&world, "asks", keyword, blocks).await;
    world.customer(TOM, "Tom").await;
    world.writes(TOM, "begin").await;
    let stars = world
        .phone(TOM, "the stars", |chat| {
            chat.iter().find(|message| message["content"]["body"] == "How many stars?").cloned()
        })
        .await;
    world.writes(TOM, "eleven").await;
    world
        .phone(TOM, "another try", |chat| {
            chat.iter().any(|message| message["content"]["body"] == "Not that.").then_some(())
        })
        .await;
    let row = &stars["content"]["sections"][0]["rows"][3];
    world.taps(TOM, &stars, "list", row).await;
    hears(&world, TOM, text("A picture, please.")).await;
    // Words are no picture.
    world.writes(TOM, "here").await;
    hears(&world, TOM, text("Not that.")).await;
    let sample = format!("/api/v1/simulator/numbers/{}/samples/coffee.jpg", world.phone_number_id());
    let file = world.api.post(&sample, json!({})).await.expect(201);
    let photo = json!({ "type": "media", "kind": "image", "state": "stored", "provider_id": file["id"] });
    world.says(TOM, photo).await;
    hears(&world, TOM, json!({ "body": "Where are you?" })).await;
    world.says(TOM, json!({ "type": "location", "latitude": 51.5, "longitude": -0.12 })).await;
    hears(&world, TOM, text("4 stars, image, 51.5.")).await;
    world.program.stop();
}
