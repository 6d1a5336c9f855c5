//! What bots say beyond plain messages: templates that Meta approved, in and out of the 24 hours, and native forms.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::api::Answer;
use crate::support::line::{ACCOUNT, Line, NUMBER};

const TOM: &str = "447700900123";

/// A flow that "go" starts, and that a call of the API by the name "late" starts too.
fn flow(id: &str, blocks: &Value, edges: &Value) -> Value {
    json!({
        "schema": 1, "id": id, "name": id, "language": "en", "start": {"group": "main"},
        "triggers": [
            {"id": "go", "kind": "keyword", "keywords": [{"match": "is", "text": "go"}]},
            {"id": "late", "kind": "api", "name": "late"},
        ],
        "groups": [
            {"id": "main", "title": "Main", "blocks": blocks},
            {"id": "coming", "title": "Coming", "blocks": [
                {"id": "see_you", "kind": "message", "text": "See you then!"}]},
        ],
        "edges": edges,
    })
}

async fn publish(line: &Line, flow: &Value) {
    let bot = line.api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
    let id = bot["id"].as_str().unwrap();
    line.api.post(&format!("/api/v1/bots/{id}/publish"), json!({})).await.ok();
}

/// Creates a template at Meta, which approves it at once.
async fn approve(line: &Line, template: Value) {
    let name = template["name"].as_str().unwrap().to_owned();
    let made = crate::support::http_client()
        .post(format!("{}/v25.0/{ACCOUNT}/message_templates", line.simulator.graph))
        .bearer_auth("T")
        .json(&template);
    Answer::read("a new template".to_owned(), made).await.ok();
    let path = format!("/numbers/{NUMBER}/templates/{name}");
    line.order(Method::PUT, &path, json!({"status": "APPROVED"})).await;
}

/// The newest message of this kind on the customer's phone.
async fn shown(line: &Line, kind: &str) -> Value {
    line.phone(TOM, &format!("a {kind} on the phone"), |chat| {
        chat.iter().rev().find(|message| message["content"]["type"] == kind).cloned()
    })
    .await
}

fn reminder() -> Value {
    json!({"id": "remind", "kind": "template", "name": "appointment_reminder", "language": "en_US", "category": "utility",
        "text": "Hello {{1}}, we are expecting you on {{2}} at {{3}}. Will you come?",
        "body": [{"text": "{{contact.name}}"}, {"text": "12\nMay"}, {"text": "15:00"}],
        "buttons": [{"id": "yes", "index": 0, "title": "I will come"}]})
}

#[tokio::test]
async fn a_flow_sends_a_template_when_the_window_is_closed_and_hears_its_buttons() {
    let line = Line::new().await;
    let edges =
        json!([{"id": "e", "from": {"block": "remind", "port": "option:yes"}, "to": {"group": "coming"}}]);
    publish(&line, &flow("reminders", &json!([reminder()]), &edges)).await;
    let thread = line.met(TOM, "Tom").await;
    let act = json!({ "act": "end_window" });
    line.order(Method::POST, &format!("/numbers/{NUMBER}/chats/{TOM}/acts"), act).await;
    let customer = thread["customer_id"].as_str().unwrap();
    line.api.post(&format!("/api/v1/customers/{customer}/start"), json!({ "name": "late" })).await.ok();
    let template = shown(&line, "template").await;
    let words = "Hello Tom, we are expecting you on 12 May at 15:00. Will you come?";
    assert_eq!(template["content"]["preview"], words);
    // The team reads the same.
    let messages = line.messages(&thread).await;
    let sent = messages.iter().find(|message| message["content"]["type"] == "template").unwrap();
    assert_eq!(sent["content"]["preview"], words);
    assert_eq!(sent["author"]["kind"], "bot");
    line.arrives(sent).await;
    let button = &template["content"]["components"].as_array().unwrap()[1];
    assert_eq!(button["text"], "I will come");
    line.says(TOM, json!({"type": "reply", "kind": "template", "id": button["parameters"][0]["payload"], "title": "I will come"}))
        .await;
    line.phone(TOM, "the answer to the tap", |chat| {
        (chat.last()?["content"]["body"] == "See you then!").then_some(())
    })
    .await;
    line.program.stop();
}

#[tokio::test]
async fn a_template_carries_its_picture_and_the_ending_of_its_address() {
    let line = Line::new().await;
    // A file of the business's own; its bytes are a PNG's.
    let png = [b"\x89PNG\r\n\x1a\n".as_slice(), &[0; 24]].concat();
    let upload =
        line.api.request(Method::POST, "/api/v1/media").header("Content-Type", "image/png").body(png);
    let file = Answer::read("the upload".to_owned(), upload).await.expect(201);
    let ready = |id: &str, source: &Value| {
        let mut media = json!({"kind": "image"});
        media.as_object_mut().unwrap().extend(source.as_object().unwrap().clone());
        json!({"id": id, "kind": "template", "name": "order_ready", "language": "en_US", "category": "utility",
            "header": {"media": media}, "body": [{"text": "A-204"}, {"text": "21:00"}],
            "buttons": [{"id": format!("{id}_track"), "index": 0, "kind": "url", "text": "{{contact.name}} 204"}]})
    };
    let own = ready("own", &json!({"stored": file["sha256"]}));
    let linked = ready("linked", &json!({"url": "https://example.com/order.jpg"}));
    publish(&line, &flow("orders", &json!([own, linked]), &json!([]))).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    let both = line
        .phone(TOM, "two templates", |chat| {
            let all: Vec<Value> =
                chat.iter().filter(|message| message["content"]["type"] == "template").cloned().collect();
            (all.len() == 2).then_some(all)
        })
        .await;
    assert!(both[0]["content"]["header_media"]["provider_id"].is_string(), "{}", both[0]);
    assert_eq!(both[1]["content"]["header_media"]["link"], "https://example.com/order.jpg");
    for template in &both {
        let words = "Your order A-204 is ready. You can pick it up today until 21:00.";
        assert_eq!(template["content"]["preview"], words);
        let components = template["content"]["components"].as_array().unwrap();
        assert_eq!(components.last().unwrap()["url"], "https://example.com/orders/Tom%20204");
    }
    let thread = line.thread("Tom").await;
    let messages = line.messages(&thread).await;
    for sent in messages.iter().filter(|message| message["content"]["type"] == "template") {
        line.arrives(sent).await;
    }
    line.program.stop();
}

#[tokio::test]
async fn named_places_are_filled_by_their_names() {
    let line = Line::new().await;
    let template = json!({"name": "welcome", "language": "en_US", "category": "UTILITY", "parameter_format": "NAMED",
        "components": [
            {"type": "HEADER", "format": "TEXT", "text": "For {{who}}",
             "example": {"header_text_named_params": [{"param_name": "who", "example": "Ann"}]}},
            {"type": "BODY", "text": "Hi {{who}}, see you at {{place}} soon.",
             "example": {"body_text_named_params": [{"param_name": "who", "example": "Ann"}, {"param_name": "place", "example": "Home"}]}}]});
    approve(&line, template).await;
    let block = json!({"id": "hi", "kind": "template", "name": "welcome", "language": "en_US", "category": "utility",
        "header": {"name": "who", "text": "{{contact.name}}"},
        "body": [{"name": "place", "text": "the shop"}, {"name": "who", "text": "{{contact.name}}"}]});
    publish(&line, &flow("welcome", &json!([block]), &json!([]))).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    let shown = shown(&line, "template").await;
    assert_eq!(shown["content"]["preview"], "For Tom\nHi Tom, see you at the shop soon.");
    line.program.stop();
}

#[tokio::test]
async fn marketing_is_not_sent_by_a_bot_to_who_refused_it() {
    let line = Line::new().await;
    let offer = |id: &str, category: Value| {
        json!({"id": id, "kind": "template", "name": "spring_offer", "language": "en_US", "category": category,
            "body": [{"text": "Tom"}, {"text": "SPRING"}]})
    };
    let blocks = json!([
        {"id": "off", "kind": "unsubscribe"},
        offer("said", json!("marketing")), offer("unsaid", Value::Null), reminder(),
    ]);
    publish(&line, &flow("offers", &blocks, &json!([]))).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    let reminded = shown(&line, "template").await;
    assert_eq!(reminded["content"]["name"], "appointment_reminder");
    let templates = |messages: Vec<Value>| -> Vec<Value> {
        messages.into_iter().filter(|message| message["content"]["type"] == "template").collect()
    };
    let thread = line.thread("Tom").await;
    let all = templates(line.messages(&thread).await);
    let offers: Vec<_> = all.iter().filter(|message| message["content"]["name"] == "spring_offer").collect();
    assert_eq!(offers.len(), 2, "what was not sent stands in the thread all the same");
    for offer in offers {
        assert_eq!(
            (&offer["status"], &offer["failure"]["reason"]),
            (&json!("failed"), &json!("marketing_stopped"))
        );
        assert_eq!(line.taken(offer).await, 0, "Meta was not asked");
    }
    line.program.stop();
}

#[tokio::test]
async fn the_templates_of_a_number_are_listed_as_meta_has_them() {
    let line = Line::new().await;
    let at = format!("/api/v1/whatsapp/numbers/{}/templates", line.number["id"].as_str().unwrap());
    let listed = line.api.get(&at).await.ok();
    let items = listed["items"].as_array().unwrap();
    let of = |name: &str, language: &str| {
        items.iter().find(|one| one["name"] == name && one["language"] == language).cloned().unwrap()
    };
    let reminder = of("appointment_reminder", "ru");
    assert_eq!(reminder["category"], "utility");
    assert_eq!(
        reminder["places"],
        json!([{"name": "1", "example": "Анна"}, {"name": "2", "example": "12 мая"}, {"name": "3", "example": "15:00"}])
    );
    assert_eq!(reminder["buttons"][0], json!({"kind": "quick_reply", "title": "Приду", "fillable": false}));
    let ready = of("order_ready", "en_US");
    assert_eq!(ready["header"], json!({"kind": "image"}));
    assert_eq!(
        ready["buttons"],
        json!([{"kind": "url", "title": "Track the order", "url": "https://example.com/orders/{{1}}", "fillable": true}])
    );
    // Meta is asked at most once a minute, so a template that is paused meanwhile is still told of.
    let pause = json!({"status": "PAUSED"});
    line.order(Method::PUT, &format!("/numbers/{NUMBER}/templates/hello_world"), pause).await;
    assert_eq!(line.api.get(&at).await.ok(), listed);
    line.api.get(&format!("/api/v1/whatsapp/numbers/{}/templates", uuid())).await.problem(404, "not-found");
    // With new credentials it is asked anew, and then it is gone.
    let again = format!("/api/v1/whatsapp/numbers/{}", line.number["id"].as_str().unwrap());
    line.api.patch(&again, json!({})).await.ok();
    let fresh = line.api.get(&at).await.ok();
    assert!(fresh["items"].as_array().unwrap().iter().all(|one| one["name"] != "hello_world"), "{fresh}");
    line.program.stop();
}

#[tokio::test]
async fn a_flow_is_published_only_with_templates_that_are_there_and_filled() {
    let line = Line::new().await;
    let publish_with = async |changes: Value| {
        let mut block = reminder();
        block.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        let flow = flow("checked", &json!([block]), &json!([]));
        let bot = line.api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
        line.api.post(&format!("/api/v1/bots/{}/publish", bot["id"].as_str().unwrap()), json!({})).await
    };
    publish_with(json!({})).await.ok();
    for (changes, code) in [
        (json!({"name": "nobody_has_this"}), "unknown_template"),
        (json!({"language": "pt_BR"}), "unknown_template"),
        (json!({"body": [{"text": "Tom"}]}), "template_places"),
        (json!({"header": {"text": "Hi"}}), "template_header"),
        (json!({"buttons": [{"id": "u", "index": 1, "kind": "url", "text": "x"}]}), "template_button"),
    ] {
        let problem = publish_with(changes).await.problem(422, "flow-mistakes");
        assert!(problem["errors"].to_string().contains(code), "{problem}");
        let at = problem["errors"][0]["pointer"].as_str().unwrap();
        assert!(at.starts_with("/groups/0/blocks/0"), "{problem}");
    }
    // What Meta cannot be asked about is not held against anybody.
    let id = line.number["id"].as_str().unwrap();
    let wrong = json!({"token": "wrong", "skip_checks": true});
    line.api.patch(&format!("/api/v1/whatsapp/numbers/{id}"), wrong).await.ok();
    publish_with(json!({"name": "nobody_has_this"})).await.ok();
    line.program.stop();
}

#[tokio::test]
async fn a_number_that_meta_does_not_serve_says_so() {
    let line = Line::new().await;
    let wrong = json!({"token": "wrong", "skip_checks": true});
    let id = line.number["id"].as_str().unwrap();
    line.api.patch(&format!("/api/v1/whatsapp/numbers/{id}"), wrong).await.ok();
    let problem = line.api.get(&format!("/api/v1/whatsapp/numbers/{id}/templates")).await;
    let problem = problem.problem(502, "meta-failed");
    assert!(problem["detail"].as_str().unwrap().contains("190"), "{problem}");
    line.program.stop();
}

fn uuid() -> &'static str {
    "0192f3a1-7c4e-7b2a-9d10-3f5e6a7b0000"
}

#[tokio::test]
async fn a_form_is_filled_in_and_its_answers_become_variables() {
    let line = Line::new().await;
    let number = line.number["id"].as_str().unwrap();
    let forms = line.api.get(&format!("/api/v1/whatsapp/numbers/{number}/forms")).await.ok();
    let form = forms["items"][0]["id"].as_str().unwrap();
    let blocks = json!([
        {"id": "book", "kind": "question", "answer": "form", "text": "Book a table", "button": "Open the form",
         "variable": "all", "form": {"id": form, "screen": "BOOKING", "data": {"name": "{{contact.name}}"},
            "save": [{"variable": "guests", "path": "guests"}, {"variable": "day", "path": "when.day"}]}},
        {"id": "done", "kind": "message", "text": "{{guests}} on {{day}}: {{all}}"},
    ]);
    publish(&line, &flow("booking", &blocks, &json!([]))).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    let asked = shown(&line, "form").await;
    let content = &asked["content"];
    assert_eq!((&content["flow_id"], &content["cta"]), (&json!(form), &json!("Open the form")));
    assert_eq!((&content["screen"], &content["data"]), (&json!("BOOKING"), &json!({"name": "Tom"})));
    // The phone can show what the flow reads.
    let fields = line.api.get(&format!("/api/v1/bots/forms/{form}")).await.ok();
    assert_eq!(fields, json!({"fields": ["guests", "when.day"]}));
    assert_eq!(line.api.get("/api/v1/bots/forms/none").await.ok(), json!({"fields": []}));
    let reply = |form: &Value, answers: Value| json!({"content": {"type": "form_reply", "answers": answers}, "reply_to": form["id"]});
    let at = format!("/numbers/{NUMBER}/chats/{TOM}/messages");
    // Words are no answer: it is asked again, with the same form.
    line.writes(TOM, "two").await;
    line.phone(TOM, "the form once more", |chat| {
        (chat.iter().filter(|message| message["content"]["type"] == "form").count() == 2).then_some(())
    })
    .await;
    line.order(Method::POST, &at, reply(&asked, json!({"guests": "2", "when": {"day": "12 May"}}))).await;
    line.phone(TOM, "the answers as variables", |chat| {
        let said = chat.last()?["content"]["body"].as_str()?.to_owned();
        // What proves which form it was stays out of the variables.
        (said.starts_with("2 on 12 May: ") && !said.contains("flow_token")).then_some(())
    })
    .await;
    let thread = line.thread("Tom").await;
    let answered =
        line.messages(&thread).await.into_iter().find(|one| one["content"]["type"] == "form_reply");
    assert_eq!(answered.unwrap()["content"]["answers"]["guests"], "2");
    // Nobody fills in a form that was never sent.
    let nobody = json!({"content": {"type": "form_reply", "answers": {}}});
    line.customer("447700900124", "Eve").await;
    let path = format!("/numbers/{NUMBER}/chats/447700900124/messages");
    let refused = line.simulator.controls.send(Method::POST, &path, Some(nobody), &[]).await;
    assert!(refused.status.is_client_error(), "{}", refused.text());
    line.program.stop();
}
