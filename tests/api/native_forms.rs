//! Native forms: those of a number's account, as Meta tells of them, and a bot that asks by one.

use serde_json::{Value, json};

use crate::support::api::Answer;
use crate::support::line::{ACCOUNT, Line};

const TOM: &str = "447700900123";

async fn create(line: &Line, form: Value) -> Value {
    let made = crate::support::http_client()
        .post(format!("{}/v25.0/{ACCOUNT}/flows", line.simulator.graph))
        .bearer_auth("T")
        .json(&form);
    Answer::read("a new form".to_owned(), made).await.ok()
}

#[tokio::test]
async fn the_forms_of_a_number_are_listed_with_what_they_ask() {
    let line = Line::new().await;
    let number = line.number["id"].as_str().unwrap();
    let at = format!("/api/v1/whatsapp/numbers/{number}/forms");
    create(&line, json!({ "name": "A draft", "categories": ["OTHER"] })).await;
    let forms = line.api.get(&at).await.ok()["items"].clone();
    let named: Vec<_> = forms
        .as_array()
        .unwrap()
        .iter()
        .map(|form| (form["name"].clone(), form["published"].clone()))
        .collect();
    assert_eq!(
        named,
        [
            (json!("Book a visit"), json!(true)),
            (json!("Запись на приём"), json!(true)),
            (json!("A draft"), json!(false))
        ]
    );
    assert_eq!(forms[0]["screens"], json!([]), "lists are short");
    let id = forms[0]["id"].as_str().unwrap();
    let form = line.api.get(&format!("{at}/{id}")).await.ok();
    assert_eq!(form["fields"], json!(["service", "day", "time", "name", "wishes", "remind", "agrees"]));
    let kinds: Vec<_> = form["screens"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|screen| screen["parts"].as_array().unwrap())
        .map(|part| part["kind"].clone())
        .collect();
    assert_eq!(kinds, ["heading", "dropdown", "date", "radio", "text", "long_text", "checkbox", "opt_in"]);
    // A draft without JSON has nothing to show yet.
    let draft = line.api.get(&format!("{at}/{}", forms[2]["id"].as_str().unwrap())).await.ok();
    assert_eq!((draft["screens"].clone(), draft["fields"].clone()), (json!([]), json!([])));

    line.api.get(&format!("{at}/4711")).await.problem(404, "not-found");
    let nobody = "/api/v1/whatsapp/numbers/01990000-0000-7000-8000-000000000001/forms";
    line.api.get(nobody).await.problem(404, "not-found");
    line.program.api().get(&at).await.problem(401, "unauthorized");
    line.program.stop();
}

#[tokio::test]
async fn what_a_form_sends_back_goes_into_variables() {
    let line = Line::new().await;
    let number = line.number["id"].as_str().unwrap();
    let forms = line.api.get(&format!("/api/v1/whatsapp/numbers/{number}/forms")).await.ok();
    let form = forms["items"][0]["id"].as_str().unwrap();
    let flow = json!({
        "schema": 1, "id": "visits", "name": "Visits", "language": "en", "start": {"group": "main"},
        "triggers": [{"id": "go", "kind": "keyword", "keywords": [{"match": "is", "text": "go"}]}],
        "groups": [{"id": "main", "title": "Main", "blocks": [
            {"id": "book", "kind": "question", "answer": "form", "text": "Book a visit", "button": "Book",
             "form": {"id": form, "save": [{"variable": "service", "path": "service"}, {"variable": "name", "path": "name"}]}},
            {"id": "done", "kind": "end", "text": "{{service}} for {{name}}"},
        ]}],
        "edges": [],
    });
    let bot = line.api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
    line.api.post(&format!("/api/v1/bots/{}/publish", bot["id"].as_str().unwrap()), json!({})).await.ok();
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    line.phone(TOM, "the form", |chat| (chat.last()?["content"]["flow_id"] == form).then_some(())).await;
    let answers = json!({"service": "checkup", "name": "Tom", "agrees": true});
    line.says(TOM, json!({"type": "form_reply", "answers": answers})).await;
    line.phone(TOM, "the answer", |chat| {
        (chat.last()?["content"]["body"] == "checkup for Tom").then_some(())
    })
    .await;
    line.program.stop();
}

#[tokio::test]
async fn a_form_that_the_account_has_not_is_refused_and_the_thread_says_so() {
    let line = Line::new().await;
    let flow = json!({
        "schema": 1, "id": "visits", "name": "Visits", "language": "en", "start": {"group": "main"},
        "triggers": [{"id": "go", "kind": "keyword", "keywords": [{"match": "is", "text": "go"}]}],
        "groups": [{"id": "main", "title": "Main", "blocks": [
            {"id": "book", "kind": "question", "answer": "form", "text": "Book a visit", "button": "Book",
             "form": {"id": "4711"}},
        ]}],
        "edges": [],
    });
    let bot = line.api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
    line.api.post(&format!("/api/v1/bots/{}/publish", bot["id"].as_str().unwrap()), json!({})).await.ok();
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    let thread = line.thread("Tom").await;
    let failed = crate::support::until("the refusal", || async {
        let messages = line.messages(&thread).await;
        messages
            .into_iter()
            .find(|message| message["content"]["flow_id"] == "4711" && message["status"] == "failed")
    })
    .await;
    let failure = &failed["failure"];
    assert_eq!(
        (&failure["code"], &failure["reason"]),
        (&json!(131_009), &json!("parameter_invalid")),
        "{failed}"
    );
    assert!(failure["detail"].as_str().unwrap().contains("4711"), "{failed}");
    line.program.stop();
}
