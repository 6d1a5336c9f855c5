//! Files, both ways, and the other objects of the Graph API.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use beseda_wire::messages::{Media, MediaKind, MediaState};
use jiff::SignedDuration;
use reqwest::multipart::{Form, Part};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::super::escape::hex;
use super::super::samples;
use super::*;

fn media(kind: MediaKind, id: &str) -> Media {
    Media {
        kind,
        state: MediaState::Stored,
        sha256: None,
        link: None,
        provider_id: Some(id.to_owned()),
        mime: None,
        size: None,
        caption: None,
        filename: None,
        voice: kind == MediaKind::Audio,
        animated: false,
        problem: None,
    }
}

impl World {
    async fn uploads(&self, bytes: Vec<u8>, mime: &str, product: Option<&str>) -> Got {
        let part = Part::bytes(bytes).file_name("file").mime_str(mime).unwrap();
        let mut form = Form::new();
        if let Some(product) = product {
            form = form.text("messaging_product", product.to_owned());
        }
        let form = form.text("type", mime.to_owned()).part("file", part);
        let url = format!("{}/graph/v25.0/{NUMBER}/media", self.url);
        got(self.http.post(url).bearer_auth("EAAtoken").multipart(form)).await
    }
}

#[tokio::test]
async fn a_file_goes_up_and_into_a_message() {
    let world = World::new().await;
    world.says("hi");
    let photo = samples::read("cake.jpg").unwrap().into_owned();
    let uploaded = world.uploads(photo.clone(), "image/jpeg", Some("whatsapp")).await;
    let id = uploaded.body["id"].as_str().unwrap().to_owned();
    let sent = world.sends("image", json!({"id": id, "caption": "Торт"})).await;
    assert_eq!(sent.status, 200, "{}", sent.body);
    let chat = world.simulator.chat(NUMBER, ANNA).unwrap();
    let Content::Media(shown) = &chat.messages[1].content else { panic!() };
    assert_eq!((shown.provider_id.as_deref(), shown.caption.as_deref()), (Some(id.as_str()), Some("Торт")));
    let on_phone = world.http.get(format!("{}/files/{id}", world.url)).send().await.unwrap();
    assert_eq!(on_phone.headers()["content-type"], "image/jpeg");
    assert_eq!(on_phone.bytes().await.unwrap(), photo);
    let as_audio = world.sends("audio", json!({"id": id})).await;
    assert_eq!(as_audio.status, 200);
    let failed =
        world.receiver.wait_for(1, |change| change["value"]["statuses"][0]["errors"].get(0).cloned()).await;
    assert_eq!(failed[0]["code"], 131_053, "a photo is no sound");
    let unknown = world.sends("image", json!({"id": "123"})).await;
    assert_eq!(
        unknown.body["error"]["message"],
        "(#100) Param image['id'] is not a valid whatsapp business account media attachment ID"
    );
    let node = world.asks(&id).await;
    assert_eq!(node.body["file_size"], photo.len());
    let deleted = got(world.http.delete(format!("{}/graph/{id}", world.url)).bearer_auth("EAAtoken")).await;
    assert_eq!(deleted.body, json!({"success": true}));
    assert_eq!(world.asks(&id).await.code(), 100);
}

#[tokio::test]
async fn a_customer_s_file_is_downloaded_with_the_token_within_five_minutes() {
    let world = World::new().await;
    let file = world.simulator.sample(None, "voice.ogg").await.unwrap();
    world.simulator.say(NUMBER, ANNA, &says(Content::Media(media(MediaKind::Audio, &file.id)))).unwrap();
    let audio = world.receiver.messages(1).await[0]["audio"].clone();
    let bytes = samples::read("voice.ogg").unwrap();
    assert_eq!(audio["mime_type"], "audio/ogg; codecs=opus");
    assert_eq!(audio["voice"], true);
    assert_eq!(audio["sha256"], STANDARD.encode(Sha256::digest(&bytes)));
    let node = world.asks(audio["id"].as_str().unwrap()).await;
    assert_eq!(node.body["messaging_product"], "whatsapp");
    let hex = hex(&Sha256::digest(&bytes));
    assert_eq!(node.body["sha256"], hex, "hex here, base64 in webhooks");
    let url = node.body["url"].as_str().unwrap();
    let get = |url: &str, token: &str| world.http.get(url).bearer_auth(token).send();
    assert_eq!(get(url, "EAAtoken").await.unwrap().bytes().await.unwrap(), *bytes);
    assert_eq!(get(url, "other").await.unwrap().status(), 401);
    assert_eq!(get(&url.replace("ext=1", "ext=2"), "EAAtoken").await.unwrap().status(), 404);
    world.clock.advance(SignedDuration::from_mins(5));
    assert_eq!(get(url, "EAAtoken").await.unwrap().status(), 404, "the address is spent");
    let again = world.asks(audio["id"].as_str().unwrap()).await;
    assert_eq!(get(again.body["url"].as_str().unwrap(), "EAAtoken").await.unwrap().status(), 200);
    world.clock.advance(SignedDuration::from_hours(7 * 24));
    assert_eq!(world.asks(audio["id"].as_str().unwrap()).await.code(), 100, "so is the file");
}

#[tokio::test]
async fn files_whatsapp_does_not_take_are_refused() {
    let world = World::new().await;
    for (bytes, mime, product, code) in [
        (vec![0; 10], "image/gif", Some("whatsapp"), 100),
        (vec![0; 10], "image/jpeg", None, 100),
        (vec![0; 10], "image/jpeg", Some("telegram"), 100),
        (vec![0; (5 << 20) + 1], "image/jpeg", Some("whatsapp"), 131_053),
        (vec![], "image/jpeg", Some("whatsapp"), 131_053),
        (vec![0; 5 << 20], "image/jpeg", Some("whatsapp"), 0),
    ] {
        let size = bytes.len();
        assert_eq!(
            world.uploads(bytes, mime, product).await.code(),
            code,
            "{size} bytes of {mime} for {product:?}"
        );
    }
    assert!(world.simulator.say(NUMBER, ANNA, &says(Content::Media(media(MediaKind::Image, "1")))).is_err());
}

#[tokio::test]
async fn numbers_and_accounts_tell_of_themselves() {
    let world = World::new().await;
    let number = world.asks(&format!("{NUMBER}?fields=verified_name,display_phone_number,throughput")).await;
    assert_eq!(
        number.body,
        json!({"verified_name": "Кофейня", "display_phone_number": "+79150000000", "throughput": {"level": "HIGH"}, "id": NUMBER})
    );
    assert_eq!(world.asks(&format!("{NUMBER}?fields=nothing")).await.code(), 100);
    assert_eq!(
        world.asks(&format!("{ACCOUNT}?fields=name")).await.body,
        json!({"name": "Кофейня", "id": ACCOUNT})
    );
    let numbers = world.asks(&format!("{ACCOUNT}/phone_numbers")).await;
    assert_eq!(numbers.body["data"][0]["id"], NUMBER);
    let apps = world.asks(&format!("{ACCOUNT}/subscribed_apps")).await;
    assert_eq!(apps.body["data"].as_array().unwrap().len(), 1);
    let token = world.asks("debug_token?input_token=EAAtoken").await;
    assert_eq!(token.body["data"]["is_valid"], true);
    let token = world.asks("debug_token?input_token=old").await;
    assert_eq!(token.body["data"]["is_valid"], false);
    assert_eq!(world.asks("123456/message_templates?limit=100").await.body["error"]["error_subcode"], 33);
}

#[tokio::test]
async fn templates_are_listed_made_and_approved() {
    let world = World::new().await;
    let all = world.asks(&format!("{ACCOUNT}/message_templates?limit=100")).await;
    assert_eq!(all.body["data"].as_array().unwrap().len(), 7);
    let some =
        world.asks(&format!("{ACCOUNT}/message_templates?fields=name,status&status=approved&limit=3")).await;
    assert_eq!(some.body["data"][0].as_object().unwrap().len(), 3, "{}", some.body);
    let next = some.body["paging"]["next"].as_str().unwrap();
    assert_eq!(
        got(world.http.get(next).bearer_auth("EAAtoken")).await.body["data"].as_array().unwrap().len(),
        3
    );
    let url = format!("{}/graph/v25.0/{ACCOUNT}/message_templates", world.url);
    let body = json!({"name": "bye", "language": "en_US", "category": "UTILITY", "components": [{"type": "BODY", "text": "Good bye"}]});
    let made = got(world.http.post(&url).bearer_auth("EAAtoken").json(&body)).await;
    assert_eq!(made.body["status"], "PENDING");
    let send = json!({"name": "bye", "language": {"code": "en_US"}});
    assert_eq!(world.sends("template", send.clone()).await.code(), 132_001);
    world.clock.advance(SignedDuration::from_secs(3));
    world.simulator.wake_lanes();
    let told = world.receiver.wait_for(1, |change| {
        (change["field"] == "message_template_status_update").then(|| change["value"].clone())
    });
    let told = told.await;
    assert_eq!((told[0]["event"].as_str(), told[0]["reason"].as_str()), (Some("APPROVED"), Some("NONE")));
    assert_eq!(
        told[0]["message_template_id"].as_u64().unwrap().to_string(),
        made.body["id"].as_str().unwrap()
    );
    assert_eq!(world.sends("template", send).await.status, 200);
    let one = world.asks(made.body["id"].as_str().unwrap()).await;
    assert_eq!((one.body["name"].as_str(), one.body["status"].as_str()), (Some("bye"), Some("APPROVED")));
    let gone = got(world.http.delete(format!("{url}?name=bye")).bearer_auth("EAAtoken")).await;
    assert_eq!(gone.body, json!({"success": true}));
    let gone = got(world.http.delete(format!("{url}?name=bye")).bearer_auth("EAAtoken")).await;
    assert_eq!(gone.body["error"]["error_user_title"], "Message Template Not Found");
}

#[tokio::test]
async fn a_business_blocks_a_customer() {
    let world = World::new().await;
    world.says("hi");
    let url = format!("{}/graph/v25.0/{NUMBER}/block_users", world.url);
    let body = json!({"messaging_product": "whatsapp", "block_users": [{"user": format!("+{ANNA}")}]});
    let blocked = got(world.http.post(&url).bearer_auth("EAAtoken").json(&body)).await;
    assert_eq!(blocked.body["block_users"]["added_users"][0]["wa_id"], ANNA, "{}", blocked.body);
    assert_eq!(world.sends("text", json!({"body": "x"})).await.code(), 130_403);
    got(world.http.delete(&url).bearer_auth("EAAtoken").json(&body)).await;
    assert_eq!(world.sends("text", json!({"body": "x"})).await.status, 200);
}
