//! What flows do beyond talking: they change the customer's record, call other services with sealed secrets, wait for
//! a call, begin through the API, and live through a kill in the middle of it.

use serde_json::{Value, json};

use crate::support::line::Line;
use crate::support::program::Launch;
use crate::support::service::{Mailbox, Service};
use crate::support::until;

pub const TOM: &str = "447700900123";

pub fn says(id: &str, text: &str) -> Value {
    json!({ "id": id, "kind": "message", "text": text })
}

/// One group of blocks that "go" starts, and one that the `failed` of a block leads to.
pub fn flow(id: &str, blocks: &Value, failing: Option<&str>) -> Value {
    let mut groups = vec![json!({"id": "main", "title": "Main", "blocks": blocks})];
    let mut edges = Vec::new();
    if let Some(block) = failing {
        groups
            .push(json!({"id": "sorry", "title": "Sorry", "blocks": [says("sorry_1", "Something failed.")]}));
        edges.push(json!({"id": "e1", "from": {"block": block, "port": "failed"}, "to": {"group": "sorry"}}));
    }
    json!({
        "schema": 1, "id": id, "name": id, "language": "en", "start": {"group": "main"},
        "triggers": [{"id": "go", "kind": "keyword", "keywords": [{"match": "is", "text": "go"}]}],
        "groups": groups, "edges": edges,
    })
}

/// A line whose flows may call this machine.
pub async fn open_line() -> Line {
    Line::with(Launch::serve().setting("BESEDA_BOTS__PRIVATE_ADDRESSES", "allow")).await
}

pub async fn publish(line: &Line, flow: &Value) -> String {
    let bot = line.api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
    let id = bot["id"].as_str().unwrap().to_owned();
    line.api.post(&format!("/api/v1/bots/{id}/publish"), json!({})).await.ok();
    id
}

pub async fn connect(line: &Line, name: &str, connection: Value) {
    line.api.put(&format!("/api/v1/connections/{name}"), connection).await.ok();
}

/// Waits until the bot's last words are these.
pub async fn hears(line: &Line, words: &str) {
    line.phone(TOM, &format!("{words:?} on the phone"), |chat| {
        (chat.last()?["content"]["body"] == words).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_flow_changes_the_customers_record() {
    let line = Line::new().await;
    let blocks = json!([
        {"id": "tags", "kind": "tags", "add": ["vip", "spring"], "remove": ["cold"]},
        {"id": "fields", "kind": "set_fields", "fields": [
            {"field": "email", "value": "tom@example.com"}, {"field": "Table", "value": "{{ 3 + 4 }}"}]},
        {"id": "note", "kind": "note", "text": "Likes the window."},
        {"id": "assign", "kind": "assign", "person": "anna@example.com"},
        {"id": "off", "kind": "unsubscribe"},
        {"id": "read", "kind": "read_fields", "save": [{"variable": "table", "path": "Table"}]},
        says("done", "Table {{table}}, {{contact.tags | join(' and ')}}."),
    ]);
    publish(&line, &flow("crm", &blocks, Some("read"))).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    hears(&line, "Table 7, vip and spring.").await;
    let thread = line.thread("Tom").await;
    let id = thread["customer_id"].as_str().unwrap();
    let tom = line.api.get(&format!("/api/v1/customers/{id}")).await.ok();
    assert_eq!(tom["tags"], json!(["vip", "spring"]), "{tom}");
    assert_eq!(tom["email"], "tom@example.com");
    assert_eq!(tom["fields"], json!([{"name": "Table", "value": "7"}]));
    assert!(tom["no_marketing_since"].is_string(), "{tom}");
    let messages = line.messages(&thread).await;
    let noted = messages.iter().any(|message| message["content"]["note"] == "Likes the window.");
    assert!(noted, "{messages:#?}");
    line.program.stop();
}

#[tokio::test]
async fn a_request_carries_its_secret_and_its_answer_becomes_variables() {
    let line = open_line().await;
    // It repeats what it was sent, as services do that are asked to find a fault.
    let answer = json!({"order": {"state": "on its way", "eta": 12}, "sent": "Bearer s3cr\"et"});
    let service = Service::start(vec![("/orders", 200, answer)]).await;
    let blocks = json!([
        {"id": "ask", "kind": "http", "method": "POST", "url": format!("{}/orders", service.url),
         "query": [{"name": "who", "value": "{{contact.name}} & Co"}],
         "headers": [{"name": "Authorization", "value": "Bearer {{ secret.shop }}"}],
         "body": {"kind": "json", "value": {"phone": "{{contact.phone}}", "key": {"secret": "shop"}}},
         "save": [{"variable": "state", "path": "order.state"}, {"variable": "eta", "path": "order.eta"},
                  {"variable": "sent", "path": "sent"}],
         "status": "status"},
        says("told", "{{status}}: {{state}}, {{eta}} minutes ({{sent}})."),
    ]);
    let flow = flow("orders", &blocks, Some("ask"));
    // Without its secret it cannot be published.
    let bot = line.api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
    let at = format!("/api/v1/bots/{}/publish", bot["id"].as_str().unwrap());
    let problem = line.api.post(&at, json!({})).await.problem(422, "flow-mistakes");
    assert!(problem.to_string().contains("missing_secret"), "{problem}");
    connect(&line, "shop", json!({"kind": "secret", "secret": "s3cr\"et"})).await;
    let listed = line.api.get("/api/v1/connections").await;
    assert!(!listed.text().contains("s3cr"), "{}", listed.text());
    line.api.post(&at, json!({})).await.ok();
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    hears(&line, "200: on its way, 12 minutes (Bearer •••).").await;
    let runs = line.api.get(&at.replace("/publish", "/runs")).await;
    assert!(runs.text().contains("Bearer •••") && !runs.text().contains("s3cr"), "{}", runs.text());
    let heard = service.heard();
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].line, "POST /orders?who=Tom%20%26%20Co HTTP/1.1");
    assert!(
        heard[0].headers.to_lowercase().contains("authorization: bearer s3cr\"et"),
        "{}",
        heard[0].headers
    );
    let body: Value = serde_json::from_str(&heard[0].body).unwrap();
    assert_eq!(body["key"], "s3cr\"et");
    // Nowhere in what is kept does the secret stand in the open.
    for name in ["store.redb", "store.log"] {
        let found = std::process::Command::new("grep")
            .args(["-rlaF", "s3cr", "--include", name])
            .arg(line.program.data())
            .output()
            .unwrap();
        assert!(found.stdout.is_empty(), "{}", String::from_utf8_lossy(&found.stdout));
    }
    line.program.stop();
}

#[tokio::test]
async fn what_a_service_says_in_its_headers_becomes_variables() {
    let line = open_line().await;
    let service = Service::start(vec![("/stock", 200, json!({"left": 3}))]).await;
    // To HEAD nothing comes but headers.
    let blocks = json!([
        {"id": "ask", "kind": "http", "method": "HEAD", "url": format!("{}/stock", service.url),
         "save_headers": [{"variable": "type", "header": "Content-Type"}, {"variable": "tag", "header": "etag"}]},
        says("told", "It is {{type}}, tagged [{{tag}}]."),
    ]);
    publish(&line, &flow("head", &blocks, Some("ask"))).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    hears(&line, "It is application/json, tagged [].").await;
    assert_eq!(service.heard()[0].line, "HEAD /stock HTTP/1.1");
    line.program.stop();
}

#[tokio::test]
async fn private_addresses_are_refused_and_the_flow_takes_its_way_for_that() {
    let line = Line::new().await;
    let service = Service::start(vec![("/", 200, json!({}))]).await;
    let port = service.url.rsplit(':').next().unwrap().to_owned();
    for (n, host) in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"].iter().enumerate() {
        let blocks = json!([
            {"id": "ask", "kind": "http", "url": format!("http://{host}:{port}/")}, says("done", "It answered."),
        ]);
        let bot = publish(&line, &flow(&format!("inside{n}"), &blocks, Some("ask"))).await;
        line.customer(&format!("44770090012{n}"), &format!("Tom {n}")).await;
        line.writes(&format!("44770090012{n}"), "go").await;
        let path = format!("44770090012{n}");
        line.phone(&path, host, |chat| {
            (chat.last()?["content"]["body"] == "Something failed.").then_some(())
        })
        .await;
        line.api.patch(&format!("/api/v1/bots/{bot}"), json!({"enabled": false})).await.ok();
    }
    assert!(service.heard().is_empty());
    line.program.stop();
}

#[tokio::test]
async fn every_method_that_asks_a_resource_is_sent() {
    let line = open_line().await;
    let service = Service::start(vec![("/", 200, json!({"seen": true}))]).await;
    let url = format!("{}/thing", service.url);
    connect(&line, "key", json!({"kind": "secret", "secret": "s3cr"})).await;
    let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"];
    let mut blocks: Vec<Value> = methods
        .iter()
        .map(|method| {
            let body = json!({"kind": "json", "value": {"a": 1}});
            json!({"id": method, "kind": "http", "method": method, "url": url, "status": format!("s_{method}"), "body": body})
        })
        .collect();
    let seen: Vec<String> = methods.iter().map(|method| format!("{{{{s_{method}}}}}")).collect();
    blocks.push(says("done", &seen.join(" ")));
    publish(&line, &flow("methods", &json!(blocks), None)).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    hears(&line, "200 200 200 200 200 200 200 200").await;
    let heard = service.heard();
    let lines: Vec<String> = methods.iter().map(|method| format!("{method} /thing HTTP/1.1")).collect();
    assert_eq!(heard.iter().map(|one| one.line.clone()).collect::<Vec<_>>(), lines);
    assert_eq!(heard.last().unwrap().body, "", "what TRACE carries would be sent back");
    assert_eq!(heard[1].body, "{\"a\":1}");

    // A tunnel is nothing that a resource is asked for, and what is sent back carries no secret.
    let one = |fields: Value| {
        let mut block = json!({"id": "ask", "kind": "http", "url": url});
        block.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        flow("one", &json!([block, says("end", "x")]), Some("ask"))
    };
    let tunnel = json!({"flow": one(json!({"method": "CONNECT"}))});
    let problem = line.api.post("/api/v1/bots", tunnel).await.problem(400, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], "/flow/groups/0/blocks/0/method", "{problem}");
    let why = problem["errors"][0]["detail"].as_str().unwrap();
    assert!(why.contains("RFC 9110 §9.3.6") && why.contains("TRACE"), "{why}");
    let header = json!([{"name": "X-Key", "value": {"secret": "key"}}]);
    let sealed = one(json!({"method": "TRACE", "headers": header}));
    let bot = line.api.post("/api/v1/bots", json!({ "flow": sealed })).await.expect(201);
    let at = format!("/api/v1/bots/{}/publish", bot["id"].as_str().unwrap());
    let problem = line.api.post(&at, json!({})).await.problem(422, "flow-mistakes");
    assert!(problem.to_string().contains("secret_sent_back"), "{problem}");
    let block = &sealed["groups"][0]["blocks"][0];
    let tried = json!({"block": block, "variables": {}});
    let tried = line.api.post("/api/v1/bots/try-request", tried).await.ok();
    assert!(tried["failure"].as_str().unwrap().contains("carries no secrets"), "{tried}");
    assert_eq!(service.heard().len(), methods.len(), "and is not sent");
    line.program.stop();
}

#[tokio::test]
async fn an_e_mail_goes_through_the_business_own_server() {
    let line = open_line().await;
    let mailbox = Mailbox::start().await;
    let server = json!({"kind": "email", "host": "127.0.0.1", "port": mailbox.port, "security": "none", "from": "Shop <shop@example.com>"});
    connect(&line, "mail", server).await;
    let blocks = json!([
        {"id": "mail", "kind": "email", "to": ["boss@example.com"], "subject": "A lead: {{contact.name}}", "text": "Call {{contact.phone}}."},
        says("done", "We have written to the boss."),
    ]);
    publish(&line, &flow("mails", &blocks, Some("mail"))).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    hears(&line, "We have written to the boss.").await;
    let mails = mailbox.mails();
    assert_eq!(mails.len(), 1);
    for part in ["Subject: A lead: Tom", "To: boss@example.com", "shop@example.com", "Call +447700900123."] {
        assert!(mails[0].contains(part), "{part} in {}", mails[0]);
    }
    line.program.stop();
}

#[tokio::test]
async fn a_flow_begins_through_the_api_and_interrupts_nobody() {
    let line = Line::new().await;
    let mut ready = flow(
        "ready",
        &json!([says("told", "Order {{event.order}} is ready."), {"id": "ask", "kind": "question", "text": "Will you come?", "answer": "text"}]),
        Some("ask"),
    );
    ready["triggers"] = json!([{"id": "api", "kind": "api", "name": "order_ready"}]);
    let bot = publish(&line, &ready).await;
    let thread = line.met(TOM, "Tom").await;
    let start = format!("/api/v1/customers/{}/start", thread["customer_id"].as_str().unwrap());
    for name in ["no such thing", ""] {
        let refused = line.api.post(&start, json!({"name": name})).await.problem(404, "not-found");
        let detail = refused["detail"].as_str().unwrap();
        assert!(detail.contains(&format!("“{name}”")) && detail.contains("“order_ready”"), "{detail}");
    }
    // A run would be broken by it at once, whether it is long or of many pieces.
    for event in [json!({"text": "x".repeat(500_000)}), json!(vec![1; 10_000])] {
        let asked = json!({"name": "order_ready", "event": event});
        let refused = line.api.post(&start, asked).await.problem(400, "invalid");
        let error = &refused["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!("/event"), &json!("too_large")));
        assert_eq!(error["parameters"]["most"], 131_072);
    }
    let begun = line.api.post(&start, json!({"name": "order_ready", "event": {"order": 7}})).await.ok();
    assert_eq!(begun["bot"], bot);
    assert_eq!(begun["conversation"], thread["id"]);
    hears(&line, "Will you come?").await;
    assert_eq!(line.read_out(TOM).await, ["Order 7 is ready.", "Will you come?"]);
    let again = line.api.post(&start, json!({"name": "order_ready"})).await.ok();
    assert_eq!(again.get("bot"), None, "a bot is talking");
    let nobody = "/api/v1/customers/01990000-0000-7000-8000-000000000001/start";
    line.api.post(nobody, json!({"name": "order_ready"})).await.problem(404, "not-found");
    line.program.stop();
}

#[tokio::test]
async fn versions_are_kept_and_an_earlier_one_answers_again() {
    let line = Line::new().await;
    let version = |text: &str| {
        flow(
            "news",
            &json!([says("one", text), {"id": "ask", "kind": "question", "text": "And?", "answer": "text"}, says("end", &format!("{text} ends."))]),
            Some("ask"),
        )
    };
    let id = publish(&line, &version("First")).await;
    let at = |rest: &str| format!("/api/v1/bots/{id}/{rest}");
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    hears(&line, "And?").await;
    // Whoever is in the middle finishes with the version they began with.
    line.api.put(&at("draft"), json!({"flow": version("Second"), "revision": 1})).await.ok();
    line.api.post(&at("publish"), json!({"note": "second"})).await.ok();
    line.writes(TOM, "well").await;
    hears(&line, "First ends.").await;
    line.writes(TOM, "go").await;
    hears(&line, "And?").await;
    // Or moves, where that was asked for.
    line.api.put(&at("draft"), json!({"flow": version("Third"), "revision": 2})).await.ok();
    line.api.post(&at("publish"), json!({"note": "third", "move_running": true})).await.ok();
    line.writes(TOM, "well").await;
    hears(&line, "Third ends.").await;
    let versions = line.api.get(&at("versions")).await.ok();
    let told: Vec<_> = versions["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["number"].as_u64().unwrap(), one["answering"].as_bool().unwrap()))
        .collect();
    assert_eq!(told, [(3, true), (2, false), (1, false)]);
    assert_eq!(line.api.get(&at("versions/2")).await.ok()["flow"], version("Second"));
    assert_eq!(line.api.post(&at("versions/1/return"), json!({})).await.ok()["published"], 1);
    // Who did it is on record, and once for one return.
    line.api.post(&at("versions/1/return"), json!({})).await.ok();
    let first = line.api.get(&at("versions/1")).await.ok();
    let returns = first["returns"].as_array().unwrap();
    assert_eq!(returns.len(), 1, "{first}");
    assert_eq!((&returns[0]["author"], returns[0]["at"].is_string()), (&first["author"], true));
    assert!(line.api.get(&at("versions/2")).await.ok().get("returns").is_none_or(|none| none == &json!([])));
    line.writes(TOM, "go").await;
    until("the first version again", || async {
        line.read_out(TOM).await.iter().rev().nth(1).is_some_and(|text| text == "First").then_some(())
    })
    .await;
    line.api.post(&at("versions/9/return"), json!({})).await.problem(404, "not-found");
    line.program.stop();
}

#[tokio::test]
async fn whoever_is_in_the_middle_at_a_return_finishes_or_moves_as_chosen() {
    let line = Line::new().await;
    let version = |text: &str, more: &Value| {
        let ask = json!({"id": "ask", "kind": "question", "text": "And?", "answer": "text"});
        let mut blocks = vec![says("one", text), ask];
        blocks.extend(more.as_array().into_iter().flatten().cloned());
        blocks.push(says("end", &format!("{text} ends.")));
        flow("news", &json!(blocks), Some("ask"))
    };
    let only_here = json!([{"id": "more", "kind": "question", "text": "And more?", "answer": "text"}]);
    let id = publish(&line, &version("First", &json!([]))).await;
    let at = |rest: &str| format!("/api/v1/bots/{id}/{rest}");
    line.api.put(&at("draft"), json!({"flow": version("Second", &only_here), "revision": 1})).await.ok();
    line.api.post(&at("publish"), json!({})).await.ok();
    let returned = async |number: u32, moves: bool| {
        let path = at(&format!("versions/{number}/return"));
        assert_eq!(line.api.post(&path, json!({"move_running": moves})).await.ok()["published"], number);
    };
    line.customer(TOM, "Tom").await;

    // Where nobody is to move, the conversation goes on with the version it began with.
    line.writes(TOM, "go").await;
    hears(&line, "And?").await;
    returned(1, false).await;
    line.writes(TOM, "well").await;
    hears(&line, "And more?").await;
    line.writes(TOM, "no").await;
    hears(&line, "Second ends.").await;

    // Otherwise it goes on as the earlier version does.
    returned(2, false).await;
    line.writes(TOM, "go").await;
    hears(&line, "And?").await;
    returned(1, true).await;
    line.writes(TOM, "well").await;
    hears(&line, "First ends.").await;

    // At a block that the earlier one has not, it finishes with its own.
    returned(2, false).await;
    line.writes(TOM, "go").await;
    hears(&line, "And?").await;
    line.writes(TOM, "well").await;
    hears(&line, "And more?").await;
    returned(1, true).await;
    line.writes(TOM, "no").await;
    hears(&line, "Second ends.").await;

    // Each version tells what was chosen.
    let told = async |number: u32| {
        let version = line.api.get(&at(&format!("versions/{number}"))).await.ok();
        assert_eq!(version["move_running"], false);
        let returns = version["returns"].as_array().unwrap();
        returns.iter().map(|back| back["move_running"].as_bool().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((told(1).await, told(2).await), (vec![false, true, true], vec![false, false]));
    // What is no choice changes nothing.
    let wrong = line.api.post(&at("versions/2/return"), json!({"move_running": "all"})).await;
    assert_eq!(wrong.problem(400, "invalid")["errors"][0]["pointer"], "/move_running");
    assert_eq!(line.api.get(&at("versions/1")).await.ok()["answering"], true);
    line.program.stop();
}

#[tokio::test]
async fn two_bots_that_run_each_other_are_published_one_after_the_other() {
    let line = Line::new().await;
    let running = |id: &str, word: &str, asks: &str, other: &str, failing: Option<&str>| {
        let blocks = json!([
            {"id": "ask", "kind": "question", "text": asks, "answer": "text"},
            {"id": "run", "kind": "sub_flow", "bot": other},
        ]);
        let mut flow = flow(id, &blocks, failing);
        flow["triggers"][0]["keywords"][0]["text"] = json!(word);
        flow
    };
    let make = async |flow: &Value| {
        let bot = line.api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
        assert_eq!(bot["flow_id"], flow["id"]);
        format!("/api/v1/bots/{}/publish", bot["id"].as_str().unwrap())
    };
    let reception = make(&running("reception", "go", "Who are you?", "booking", Some("run"))).await;
    // A bot that is nowhere is a mistake, one that only waits to be published is none.
    let problem = line.api.post(&reception, json!({})).await.problem(422, "flow-mistakes");
    assert_eq!(problem["errors"][0]["code"], "unknown_bot", "{problem}");
    let booking = make(&running("booking", "book", "When?", "reception", None)).await;
    line.api.post(&reception, json!({})).await.ok();

    // Meanwhile the way on is the one for what failed.
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    hears(&line, "Who are you?").await;
    line.writes(TOM, "Tom").await;
    hears(&line, "Something failed.").await;

    // From the moment of its publication the other one is run, and runs the first in its turn.
    line.api.post(&booking, json!({})).await.ok();
    for (says, heard) in
        [("go", "Who are you?"), ("Tom", "When?"), ("at noon", "Who are you?"), ("Tom again", "When?")]
    {
        line.writes(TOM, says).await;
        hears(&line, heard).await;
    }

    // Where nothing is said of what failed the customer waits for a person.
    make(&running("later", "later", "?", "reception", None)).await;
    let eager = make(&running("eager", "eager", "Now?", "later", None)).await;
    line.api.post(&eager, json!({})).await.ok();
    let una = "447700900124";
    line.customer(una, "Una").await;
    line.writes(una, "eager").await;
    line.phone(una, "the question", |chat| (chat.last()?["content"]["body"] == "Now?").then_some(())).await;
    line.writes(una, "yes").await;
    until("Una waits for a person", || async {
        let thread = line.thread("Una").await;
        (thread["handler"] == "nobody" && thread["waiting_since"].is_string()).then_some(())
    })
    .await;
    line.program.stop();
}

#[tokio::test]
async fn of_two_bots_with_one_flow_each_can_be_run() {
    let line = Line::new().await;
    let form = |says_what: &str| {
        let mut flow = flow("form", &json!([says("said", says_what)]), None);
        flow["triggers"] = json!([]);
        flow
    };
    publish(&line, &form("I am the first.")).await;
    let copy = publish(&line, &form("I am the copy.")).await;
    let calls = |id: &str, bot: &str| {
        let mut flow = flow(id, &json!([{"id": "run", "kind": "sub_flow", "bot": bot}]), Some("run"));
        flow["triggers"][0]["keywords"][0]["text"] = json!(id);
        flow
    };
    publish(&line, &calls("one", "form")).await;
    publish(&line, &calls("two", &copy)).await;
    line.customer(TOM, "Tom").await;
    for (word, heard) in [("one", "I am the first."), ("two", "I am the copy.")] {
        line.writes(TOM, word).await;
        hears(&line, heard).await;
    }
    line.program.stop();
}

#[tokio::test]
async fn a_tag_begins_a_flow() {
    let line = Line::new().await;
    let mut tagged = flow("tagged", &json!([says("told", "Welcome to {{event.tag}}.")]), None);
    tagged["triggers"] = json!([{"id": "tag", "kind": "tag_added", "tag": "club"}]);
    publish(&line, &tagged).await;
    let thread = line.met(TOM, "Tom").await;
    let customer = format!("/api/v1/customers/{}", thread["customer_id"].as_str().unwrap());
    // What the follower of the change log has not been told of yet is still news to it.
    until("the welcome", || async {
        line.api.patch(&customer, json!({"tags": ["other"]})).await.ok();
        line.api.patch(&customer, json!({"tags": ["club"]})).await.ok();
        line.read_out(TOM).await.contains(&"Welcome to club.".to_owned()).then_some(())
    })
    .await;
    // Once for each time that the tag is added, and never for another.
    let before = line.read_out(TOM).await.len();
    line.api.patch(&customer, json!({"tags": ["club", "more"]})).await.ok();
    let told = line.read_out(TOM).await;
    assert!(told[before..].iter().all(|text| text == "Welcome to club."), "{told:?}");
    line.program.stop();
}

#[tokio::test]
async fn the_gallery_is_there_in_both_languages_and_its_bots_can_be_published() {
    let line = Line::new().await;
    for language in ["en", "ru"] {
        let listed = line.api.get(&format!("/api/v1/bots/gallery?language={language}")).await.ok();
        let listed = listed["items"].as_array().unwrap().clone();
        assert!(listed.len() >= 15, "{}", listed.len());
        for one in listed {
            let path = format!("/api/v1/bots/gallery/{}?language={language}", one["id"].as_str().unwrap());
            publish(&line, &line.api.get(&path).await.ok()["flow"]).await;
        }
    }
    line.api.get("/api/v1/bots/gallery/none").await.problem(404, "not-found");
    line.program.stop();
}

#[tokio::test]
async fn an_import_shows_what_it_would_do_and_changes_nothing() {
    let line = Line::new().await;
    let ours = flow(
        "ours",
        &json!([says("one", "Hello"), {"id": "call", "kind": "http", "url": "https://example.com/"}]),
        None,
    );
    let shown = line.api.post("/api/v1/bots/import", json!({"format": "beseda", "file": ours})).await.ok();
    assert_eq!(shown["flow"]["groups"][0]["blocks"][1]["address_off"], true, "{shown}");
    assert_eq!(shown["report"].as_array().unwrap().len(), 2);
    let typebot = json!({
        "version": "6.1", "id": "t1", "name": "Hello", "variables": [], "settings": {}, "theme": {},
        "events": [{"id": "e1", "type": "start", "outgoingEdgeId": "x1", "graphCoordinates": {"x": 0, "y": 0}}],
        "groups": [{"id": "g1", "title": "Start", "graphCoordinates": {"x": 0, "y": 0}, "blocks": [
            {"id": "b1", "type": "text", "content": {"richText": [{"type": "p", "children": [{"text": "Hello there"}]}]}}]}],
        "edges": [{"id": "x1", "from": {"eventId": "e1"}, "to": {"groupId": "g1"}}],
    });
    let shown =
        line.api.post("/api/v1/bots/import", json!({"format": "typebot", "file": typebot})).await.ok();
    publish(&line, &shown["flow"]).await;
    let mut broken = typebot.clone();
    broken["groups"][0]["blocks"][0]["type"] = json!(7);
    let problem = line.api.post("/api/v1/bots/import", json!({"format": "typebot", "file": broken})).await;
    let problem = problem.problem(400, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], "/file/groups/0/blocks/0/type", "{problem}");
    assert_eq!(line.api.get("/api/v1/bots").await.ok()["items"].as_array().unwrap().len(), 1);
    line.program.stop();
}
