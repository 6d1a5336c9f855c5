//! What flows write to a customer's record, and to whom they give a conversation: names that nobody has change nothing.

use serde_json::{Value, json};

use super::flows::{TOM, flow, hears, publish, says};
use crate::support::line::Line;

/// What the team reads of what happened in a thread, of one kind.
async fn events(line: &Line, thread: &Value, kind: &str) -> Vec<Value> {
    let messages = line.messages(thread).await;
    let such = messages.into_iter().filter(|message| message["content"]["event"] == kind);
    such.map(|message| message["content"]["note"].clone()).collect()
}

#[tokio::test]
async fn a_conversation_stays_with_whoever_has_it_where_nobody_has_the_name() {
    let line = Line::new().await;
    let blocks = json!([
        {"id": "anna", "kind": "assign", "person": " ANNA@example.com"},
        {"id": "typo", "kind": "assign", "person": "{{ 'demo@exmaple.com' }}"},
        {"id": "unset", "kind": "assign", "person": "{{ contact.fields.manager }}"},
        says("done", "Done."),
        {"id": "over", "kind": "hand_over", "person": "{{ 'Bob' }}", "note": "Wants to pay."},
    ]);
    let bot = publish(&line, &flow("crm", &blocks, None)).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    hears(&line, "Done.").await;
    let thread = line.thread("Tom").await;
    assert_eq!(thread["assignee"]["name"], "Anna", "{thread}");
    assert_eq!(events(&line, &thread, "assigned").await, ["Anna"]);
    let typo = "Not assigned: nobody here is called “demo@exmaple.com”.";
    assert_eq!(events(&line, &thread, "note").await, [typo]);
    let bob = "Not assigned: nobody here is called “Bob”.";
    assert_eq!(events(&line, &thread, "handed_over").await, [format!("Wants to pay.\n\n{bob}")]);

    // The run's record says it, at the block.
    let runs = line.api.all(&format!("/api/v1/bots/{bot}/runs")).await;
    let run = format!("/api/v1/bots/{bot}/runs/{}", runs[0]["id"].as_str().unwrap());
    let read = line.api.get(&run).await.ok();
    let steps = read["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["step"])
        .filter(|step| step["kind"] == "note");
    let notes: Vec<_> = steps.map(|step| (&step["block"], &step["text"])).collect();
    assert_eq!(notes, [(&json!("typo"), &json!(typo)), (&json!("over"), &json!(bob))]);
    line.program.stop();
}

#[tokio::test]
async fn a_flow_that_names_nobody_of_the_business_is_not_published() {
    let line = Line::new().await;
    for (kind, person, is_there) in [
        ("assign", "demo@exmaple.com", false),
        ("hand_over", "Bob", false),
        ("online", "Bob", false),
        ("assign", " anna@EXAMPLE.com", true),
        ("assign", "anna", true),
        ("assign", "{{who}}", true),
    ] {
        let mut flow = flow("names", &json!([{"id": "x", "kind": kind, "person": person}]), None);
        flow["variables"] = json!([{"name": "who"}]);
        let bot = line.api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
        let at = format!("/api/v1/bots/{}", bot["id"].as_str().unwrap());
        let publish = line.api.post(&format!("{at}/publish"), json!({})).await;
        if is_there {
            publish.ok();
            continue;
        }
        let problem = publish.problem(422, "flow-mistakes");
        let told = problem["errors"].to_string();
        assert!(told.contains("unknown_person") && told.contains(person), "{problem}");
        assert!(line.api.all("/api/v1/bots").await.last().unwrap()["published"].is_null());
    }
    line.program.stop();
}

#[tokio::test]
async fn what_is_not_the_flows_to_write_is_named_before_it_is_published() {
    let line = Line::new().await;
    let fields = json!([{"field": "email", "value": "a@b.co"}, {"field": "phone", "value": "1"}, {"field": "tags", "value": "x"}]);
    let flow = flow("phones", &json!([{"id": "x", "kind": "set_fields", "fields": fields}]), None);
    let bot = line.api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
    let at = format!("/api/v1/bots/{}/publish", bot["id"].as_str().unwrap());
    let problem = line.api.post(&at, json!({})).await.problem(422, "flow-mistakes");
    let errors = problem["errors"].as_array().unwrap();
    let told: Vec<_> = errors.iter().map(|error| (&error["code"], &error["parameters"]["field"])).collect();
    let code = json!("read_only_field");
    assert_eq!(told, [(&code, &json!("phone")), (&code, &json!("tags"))], "{problem}");
    assert_eq!(errors[0]["parameters"]["allowed"], "name, email, or a field of the business's own");
    line.program.stop();
}

#[tokio::test]
async fn a_field_reads_the_same_in_the_run_that_wrote_it_and_ever_after() {
    let line = Line::new().await;
    let blocks = json!([
        {"id": "list", "kind": "set", "variable": "list", "expression": "[1, 'two']"},
        {"id": "set", "kind": "set_fields", "fields": [
            {"field": "List", "value": "{{list}}"}, {"field": "Sum", "value": "{{ 1 + 2 }}"},
            {"field": "Gone", "value": "{{ [] }}"}, {"field": "name", "value": "{{ ['Tom', 'Lee'] }}"}]},
        {"id": "read", "kind": "read_fields", "save": [
            {"variable": "list", "path": "List"}, {"variable": "sum", "path": "Sum"},
            {"variable": "gone", "path": "Gone"}, {"variable": "name", "path": "name"}]},
        says("known", "{{contact.fields}} {{contact.name}} {{contact.fields.List | length}}"),
        says("read_now", "{{list}}; {{sum}}; {{gone}}; {{name}}; {{list | length}}"),
    ]);
    publish(&line, &flow("kinds", &blocks, Some("read"))).await;
    line.customer(TOM, "Tom").await;
    let known = r#"{"List":"1, two","Sum":"3"} Tom, Lee 6"#;
    let read = "1, two; 3; ; Tom, Lee; 6";
    for round in 1..=2 {
        line.writes(TOM, "go").await;
        line.phone(TOM, "the end of the run", |chat| {
            let said: Vec<_> = chat.iter().filter(|message| message["direction"] == "out").collect();
            (said.len() == 2 * round).then_some(())
        })
        .await;
        assert_eq!(line.read_out(TOM).await[2 * round - 2..], [known, read]);
    }
    line.program.stop();
}

#[tokio::test]
async fn a_tag_is_one_whoever_writes_it_and_in_whatever_case() {
    let line = Line::new().await;
    let blocks = json!([
        {"id": "tags", "kind": "tags", "add": ["SPRING"], "remove": ["vip"]},
        says("done", "{{contact.tags}}"),
    ]);
    publish(&line, &flow("tags", &blocks, None)).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    hears(&line, "SPRING").await;
    let thread = line.thread("Tom").await;
    let at = format!("/api/v1/customers/{}", thread["customer_id"].as_str().unwrap());
    let tags = json!(["VIP", "Spring", "vip", "spring"]);
    let tom = line.api.patch(&at, json!({ "tags": tags })).await.ok();
    assert_eq!(tom["tags"], json!(["VIP", "Spring"]));
    line.writes(TOM, "go").await;
    hears(&line, "Spring").await;
    assert_eq!(line.api.get(&at).await.ok()["tags"], json!(["Spring"]));
    line.program.stop();
}
