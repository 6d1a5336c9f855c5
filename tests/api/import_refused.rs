//! Files of bots that are damaged or mean harm: each is refused with every place that is wrong, and nothing has changed.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_tungstenite::tungstenite::Message;

use crate::support::api::Answer;
use crate::support::world::World;

/// A refusal: the status with the problem's name, and the places with their codes.
type Refusal = (u16, &'static str, &'static [(&'static str, &'static str)]);

/// A business with a bot in it, whose state is known.
struct Still {
    world: World,
    before: Value,
}

impl Still {
    async fn new() -> Self {
        let world = World::new().await;
        world.api.post("/api/v1/bots", json!({ "flow": ours() })).await.expect(201);
        let before = state(&world).await;
        Self { world, before }
    }

    async fn import(&self, format: &str, file: &Value) -> Answer {
        self.world.api.post("/api/v1/bots/import", json!({ "format": format, "file": file })).await
    }

    /// A body as it is.
    async fn raw(&self, body: String) -> Answer {
        let request = self.world.api.request(reqwest::Method::POST, "/api/v1/bots/import");
        let request = request.header("Content-Type", "application/json").body(body);
        Answer::read("a raw import".to_owned(), request).await
    }

    /// The file with this at the place is refused so, and names the places.
    async fn refuses(&self, format: &str, file: &Value, (status, kind, wanted): Refusal) -> Value {
        let problem = self.import(format, file).await.problem(status, kind);
        let errors = problem["errors"].as_array().unwrap_or_else(|| panic!("no places: {problem}"));
        let told: Vec<_> = errors
            .iter()
            .map(|one| (one["pointer"].as_str().unwrap(), one["code"].as_str().unwrap()))
            .collect();
        assert_eq!(told, wanted, "{problem}");
        assert!(
            errors.iter().all(|one| one["detail"].as_str().is_some_and(|said| !said.is_empty())),
            "{problem}"
        );
        problem
    }

    async fn nothing_has_changed(self) {
        assert_eq!(state(&self.world).await, self.before);
        // What does change something is seen. And the editor's own drafts are saved half done, as ever.
        let half_done = with(&ours(), "/edges/0/to/group", json!("gone"));
        self.world.api.post("/api/v1/bots", json!({ "flow": half_done })).await.expect(201);
        assert_ne!(state(&self.world).await, self.before);
        self.world.program.stop();
    }
}

/// The bots, the drafts with their revisions, and the position of the business's change log.
async fn state(world: &World) -> Value {
    let bots = world.api.all("/api/v1/bots").await;
    let mut drafts = Vec::new();
    for bot in &bots {
        drafts.push(world.api.get(&format!("/api/v1/bots/{}/draft", bot["id"].as_str().unwrap())).await.ok());
    }
    let address = world.program.address("/live").replace("http://", "ws://");
    let (mut socket, _) = tokio_tungstenite::connect_async(address).await.unwrap();
    let business = world.api.get("/api/v1/businesses").await.ok()["items"][0]["id"].clone();
    let hello = json!({ "token": world.api.token, "business": business });
    socket.send(Message::Text(hello.to_string().into())).await.unwrap();
    let ready: Value =
        serde_json::from_str(socket.next().await.unwrap().unwrap().to_text().unwrap()).unwrap();
    assert_eq!(ready["type"], "ready");
    json!({ "bots": bots, "drafts": drafts, "change log": ready["seq"] })
}

/// The value with another at the place; what is not there yet is added.
fn with(file: &Value, place: &str, value: Value) -> Value {
    let mut file = file.clone();
    let (parent, name) = place.rsplit_once('/').unwrap();
    match file.pointer_mut(parent).unwrap() {
        Value::Array(items) if name == "-" => items.push(value),
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        parent => parent[name] = value,
    }
    file
}

/// A small bot of ours.
fn ours() -> Value {
    json!({
        "schema": 1, "id": "f", "name": "Small", "language": "en", "start": { "group": "g" },
        "triggers": [{ "id": "t", "kind": "any_message" }],
        "groups": [
            { "id": "g", "title": "Hello", "blocks": [
                { "id": "hi", "kind": "message", "text": "Hi" },
                { "id": "ask", "kind": "question", "text": "Go?", "answer": "choice", "options": [{ "id": "yes", "title": "Yes" }] },
                { "id": "on", "kind": "jump", "to": { "group": "h" } }]},
            { "id": "h", "title": "Part", "blocks": [{ "id": "run", "kind": "sub_flow", "to": { "group": "i" } }]},
            { "id": "i", "title": "End", "blocks": [{ "id": "bye", "kind": "message", "text": "Bye" }]}],
        "edges": [{ "id": "e", "from": { "block": "ask", "port": "option:yes" }, "to": { "group": "g" } }],
        "variables": [{ "name": "x" }],
    })
}

/// The same of the other program.
fn theirs() -> Value {
    json!({
        "version": "6.1", "id": "b", "name": "Small",
        "events": [{ "id": "s", "type": "start", "outgoingEdgeId": "e1" }],
        "groups": [
            { "id": "g", "title": "Hello", "graphCoordinates": { "x": 1, "y": 2 }, "blocks": [
                { "id": "hi", "type": "text", "content": { "richText": [{ "type": "p", "children": [{ "text": "Hi" }] }] } },
                { "id": "ask", "type": "choice input", "items": [{ "id": "yes", "content": "Go" }], "options": { "variableId": "v" } },
                { "id": "on", "type": "Jump", "options": { "groupId": "h" } }]},
            { "id": "h", "title": "Part", "blocks": [
                { "id": "run", "type": "Typebot link", "options": { "typebotId": "current", "groupId": "i" } },
                { "id": "after", "type": "text", "content": { "plainText": "After" } }]},
            { "id": "i", "title": "End", "blocks": [{ "id": "bye", "type": "text", "content": { "plainText": "Bye" } }]}],
        "edges": [
            { "id": "e1", "from": { "eventId": "s" }, "to": { "groupId": "g" } },
            { "id": "e2", "from": { "blockId": "ask", "itemId": "yes" }, "to": { "groupId": "g" } }],
        "variables": [{ "id": "v", "name": "V" }],
    })
}

const MISTAKES: (u16, &str) = (422, "flow-mistakes");
const INVALID: (u16, &str) = (400, "invalid");

#[tokio::test]
async fn what_leads_or_begins_nowhere() {
    let still = Still::new().await;
    let gone = || json!("gone");
    still.import("beseda", &ours()).await.ok();
    still.import("typebot", &theirs()).await.ok();
    for (format, place, value, at, code) in [
        ("beseda", "/start/group", gone(), "/file/start/group", "no_group"),
        ("beseda", "/edges/0/to/group", gone(), "/file/edges/0/to/group", "no_group"),
        ("beseda", "/edges/0/to/block", gone(), "/file/edges/0/to/block", "no_block"),
        ("beseda", "/edges/0/from/block", gone(), "/file/edges/0/from/block", "no_block"),
        ("beseda", "/edges/0/from/port", gone(), "/file/edges/0/from/port", "no_port"),
        ("beseda", "/edges/0/from", json!({ "trigger": "gone" }), "/file/edges/0/from/trigger", "no_trigger"),
        ("beseda", "/groups/0/blocks/2/to/group", gone(), "/file/groups/0/blocks/2/to/group", "no_group"),
        ("beseda", "/groups/1/blocks/0/to/group", gone(), "/file/groups/1/blocks/0/to/group", "no_group"),
        ("beseda", "/groups/1/blocks/0/to/block", gone(), "/file/groups/1/blocks/0/to/block", "no_block"),
        ("typebot", "/edges/1/to/groupId", gone(), "/file/edges/1/to/groupId", "no_group"),
        ("typebot", "/edges/1/to/blockId", gone(), "/file/edges/1/to/blockId", "no_block"),
        ("typebot", "/edges/1/from/itemId", gone(), "/file/edges/1/from/itemId", "no_port"),
        ("typebot", "/edges/0/from/eventId", gone(), "/file/edges/0/from/eventId", "no_trigger"),
        ("typebot", "/events/0/outgoingEdgeId", gone(), "/file/events/0/outgoingEdgeId", "no_edge"),
        (
            "typebot",
            "/groups/0/blocks/1/items/0/outgoingEdgeId",
            gone(),
            "/file/groups/0/blocks/1/items/0/outgoingEdgeId",
            "no_edge",
        ),
        (
            "typebot",
            "/groups/0/blocks/2/options/groupId",
            gone(),
            "/file/groups/0/blocks/2/options/groupId",
            "no_group",
        ),
        (
            "typebot",
            "/groups/1/blocks/0/options/groupId",
            gone(),
            "/file/groups/1/blocks/0/options/groupId",
            "no_group",
        ),
    ] {
        let file = if format == "beseda" { ours() } else { theirs() };
        let wanted = [(at, code)];
        let problem = still.import(format, &with(&file, place, value)).await.problem(MISTAKES.0, MISTAKES.1);
        let error = &problem["errors"][0];
        assert_eq!(
            [(error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap())],
            wanted,
            "{problem}"
        );
        assert_eq!(error["parameters"]["id"], "gone", "{problem}");
    }
    // All of them at once, each with the block that people know.
    let mut file = with(&ours(), "/edges/0/to/group", gone());
    file = with(&file, "/groups/0/blocks/2/to/group", gone());
    let wanted = &[("/file/groups/0/blocks/2/to/group", "no_group"), ("/file/edges/0/to/group", "no_group")];
    let problem = still.refuses("beseda", &file, (MISTAKES.0, MISTAKES.1, wanted)).await;
    let whose = |n: usize| problem["errors"][n]["parameters"]["of"].clone();
    assert_eq!(whose(0), json!({ "block": "on", "kind": "jump", "group": "Hello" }));
    assert_eq!(whose(1), json!({ "block": "ask", "kind": "question", "group": "Hello" }));
    // What the other program leaves of a deleted block leads nowhere there either.
    let left = json!({ "id": "e3", "from": { "blockId": "zzz" }, "to": { "groupId": "g" } });
    let shown = still.import("typebot", &with(&theirs(), "/edges/-", left)).await.ok();
    let rows = shown["report"].as_array().unwrap();
    let row = rows.iter().find(|row| row["place"] == "/edges/2").expect("the edge is told");
    assert_eq!(row["verdict"], json!({ "verdict": "adapted", "how": [{ "code": "edge_left_out" }] }));
    still.nothing_has_changed().await;
}

#[tokio::test]
async fn what_leads_round_without_a_wait() {
    let still = Still::new().await;
    // Without its question, or the edge that begins there.
    let mut dumb =
        with(&ours(), "/groups/0/blocks/1", json!({ "id": "ask", "kind": "message", "text": "Go" }));
    dumb["edges"] = json!([]);
    let back = json!({ "id": "e", "from": { "block": "hi" }, "to": { "group": "g" } });
    let itself = json!({ "id": "run", "kind": "sub_flow", "bot": "f" });
    let by_name = with(&ours(), "/groups/1/blocks/0", itself);
    for (file, group, blocks) in [
        (with(&dumb, "/edges/-", back), 0, json!(["hi"])),
        (with(&dumb, "/groups/0/blocks/2/to/group", json!("g")), 0, json!(["hi", "ask", "on"])),
        (with(&ours(), "/groups/1/blocks/0/to/group", json!("h")), 1, json!(["run"])),
        (with(&by_name, "/start/group", json!("h")), 1, json!(["run"])),
    ] {
        let problem = still.import("beseda", &file).await.problem(MISTAKES.0, MISTAKES.1);
        let error = &problem["errors"][0];
        assert_eq!(error["pointer"], format!("/file/groups/{group}/blocks/0"), "{problem}");
        assert_eq!(
            (&error["code"], &error["parameters"]["blocks"]),
            (&json!("leads_round"), &blocks),
            "{problem}"
        );
        assert_eq!(error["parameters"]["of"]["group"], ["Hello", "Part"][group], "{problem}");
    }
    let mut round = theirs();
    round["groups"][0]["blocks"].as_array_mut().unwrap().remove(1);
    round["groups"][0]["blocks"][1]["options"]["groupId"] = json!("g");
    round["edges"].as_array_mut().unwrap().pop();
    still
        .refuses("typebot", &round, (MISTAKES.0, MISTAKES.1, &[("/file/groups/0/blocks/0", "leads_round")]))
        .await;
    let within = with(&theirs(), "/groups/1/blocks/0/options/groupId", json!("h"));
    still
        .refuses("typebot", &within, (MISTAKES.0, MISTAKES.1, &[("/file/groups/1/blocks/0", "leads_round")]))
        .await;
    // With a question in the round it asks again, which is what such rounds are for.
    let again = with(&ours(), "/groups/0/blocks/2/to/group", json!("g"));
    let shown = still.import("beseda", &again).await.ok();
    assert!(!shown["report"].to_string().contains("round"), "{shown}");
    // One that a condition ends comes in, and its place is told.
    let when = json!({ "join": "and", "tests": [{ "variable": "x", "is": "set" }] });
    let checks = json!({ "id": "ask", "kind": "condition", "branches": [{ "id": "yes", "when": when }] });
    let mut may = with(&again, "/groups/0/blocks/1", checks);
    may["edges"] =
        json!([{ "id": "e", "from": { "block": "ask", "port": "branch:yes" }, "to": { "group": "i" } }]);
    let shown = still.import("beseda", &may).await.ok();
    let rows = shown["report"].as_array().unwrap();
    let row =
        rows.iter().find(|row| row["verdict"].to_string().contains("may_lead_round")).expect("it is told");
    assert_eq!(row["place"], "/groups/0/blocks/0");
    still.nothing_has_changed().await;
}

#[tokio::test]
async fn values_of_another_kind_at_every_level() {
    let still = Still::new().await;
    for (format, place, value, at, code) in [
        ("beseda", "/name", json!(7), "/file/name", "needs_text"),
        ("beseda", "/groups", json!({}), "/file/groups", "needs_list"),
        ("beseda", "/groups/0", json!("x"), "/file/groups/0", "needs_object"),
        ("beseda", "/groups/0/x", json!("left"), "/file/groups/0/x", "needs_number"),
        ("beseda", "/groups/0/blocks", json!(1), "/file/groups/0/blocks", "needs_list"),
        ("beseda", "/groups/0/blocks/0/text", json!([]), "/file/groups/0/blocks/0/text", "needs_text"),
        (
            "beseda",
            "/groups/0/blocks/1/options/0/title",
            json!(7),
            "/file/groups/0/blocks/1/options/0/title",
            "needs_text",
        ),
        ("beseda", "/groups/0/blocks/2/to", json!("h"), "/file/groups/0/blocks/2/to", "needs_object"),
        ("beseda", "/edges", json!("x"), "/file/edges", "needs_list"),
        ("beseda", "/edges/0/to", json!(null), "/file/edges/0/to", "needs_object"),
        ("beseda", "/triggers/0/keywords", json!("x"), "/file/triggers/0/keywords", "needs_list"),
        ("beseda", "/variables/0/name", json!({}), "/file/variables/0/name", "needs_text"),
        ("beseda", "/settings", json!([]), "/file/settings", "needs_object"),
        ("typebot", "/version", json!("99"), "/file/version", "version"),
        ("typebot", "/version", json!(6), "/file/version", "needs_text"),
        ("typebot", "/groups", json!({}), "/file/groups", "needs_list"),
        ("typebot", "/groups/0", json!("x"), "/file/groups/0", "needs_object"),
        (
            "typebot",
            "/groups/0/graphCoordinates/x",
            json!("left"),
            "/file/groups/0/graphCoordinates/x",
            "needs_number",
        ),
        ("typebot", "/groups/0/blocks", json!(1), "/file/groups/0/blocks", "needs_list"),
        ("typebot", "/groups/0/blocks/0/type", json!(7), "/file/groups/0/blocks/0/type", "needs_text"),
        (
            "typebot",
            "/groups/0/blocks/0/content/richText",
            json!("x"),
            "/file/groups/0/blocks/0/content/richText",
            "needs_list",
        ),
        (
            "typebot",
            "/groups/0/blocks/1/items/0/content",
            json!([]),
            "/file/groups/0/blocks/1/items/0/content",
            "needs_text",
        ),
        (
            "typebot",
            "/groups/0/blocks/1/options",
            json!([]),
            "/file/groups/0/blocks/1/options",
            "needs_object",
        ),
        ("typebot", "/edges/0/to", json!(null), "/file/edges/0/to", "missing"),
        ("typebot", "/variables/0/name", json!({}), "/file/variables/0/name", "needs_text"),
        ("typebot", "/events/0/id", json!(7), "/file/events/0/id", "needs_text"),
    ] {
        let file = if format == "beseda" { ours() } else { theirs() };
        let problem = still.import(format, &with(&file, place, value)).await.problem(INVALID.0, INVALID.1);
        let error = &problem["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!(at), &json!(code)), "{problem}");
        assert!(error["detail"].as_str().is_some_and(|said| !said.is_empty()), "{problem}");
    }
    for format in ["beseda", "typebot"] {
        let problem = still.import(format, &json!([])).await.problem(INVALID.0, INVALID.1);
        assert_eq!(problem["errors"][0]["pointer"], "/file", "{problem}");
    }
    still.nothing_has_changed().await;
}

#[tokio::test]
async fn more_than_is_taken() {
    let still = Still::new().await;
    for (format, file) in [("beseda", ours()), ("typebot", theirs())] {
        let block = file["groups"][0]["blocks"][0].clone();
        let many = with(&file, "/groups/0/blocks", std::iter::repeat_n(block, 5_001).collect());
        let problem = still.import(format, &many).await.problem(INVALID.0, INVALID.1);
        let error = &problem["errors"][0];
        assert_eq!(
            (&error["pointer"], &error["code"]),
            (&json!("/file/groups/0/blocks"), &json!("too_many"))
        );
        assert_eq!(error["parameters"], json!({ "found": 5_001, "most": 5_000 }), "{problem}");
    }
    // A file of ours with five megabytes, and a body with twelve.
    let long = with(&ours(), "/name", json!("x".repeat(5 << 20)));
    let problem = still.refuses("beseda", &long, (413, "too-large", &[("/file", "too_large")])).await;
    let told = &problem["errors"][0]["parameters"];
    assert_eq!((&told["most"], told["bytes"].as_u64() > Some(5 << 20)), (&json!(4 << 20), true), "{problem}");
    let most = (10 << 20) + 4096;
    let (head, problem) = still.announces(12_000_000).await;
    assert_eq!(head, "HTTP/1.1 413 Payload Too Large");
    let error = &problem["errors"][0];
    assert_eq!((&error["pointer"], &error["code"]), (&json!("/file"), &json!("too_large")), "{problem}");
    assert_eq!(error["parameters"], json!({ "bytes": 12_000_000, "most": most }), "{problem}");
    still.nothing_has_changed().await;
}

#[tokio::test]
async fn depth_that_would_fell_a_careless_reader() {
    let still = Still::new().await;
    for (format, field) in [("beseda", "groups"), ("typebot", "groups"), ("typebot", "theme")] {
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        let body = format!("{{\"format\":\"{format}\",\"file\":{{\"{field}\":{deep}}}}}");
        let problem = still.raw(body).await.problem(400, "unreadable");
        let error = &problem["errors"][0];
        // The body and the file are two of the 127.
        assert_eq!(error["pointer"], format!("/file/{field}{}", "/0".repeat(125)), "{problem}");
        assert_eq!(
            (&error["code"], &error["parameters"]),
            (&json!("nested"), &json!({ "most": 127 })),
            "{problem}"
        );
    }
    // Cut off in the middle: the place up to which it could be read.
    let cut = "{\"format\":\"typebot\",\"file\":{\"groups\":[{\"id\":";
    let problem = still.raw(cut.to_owned()).await.problem(400, "unreadable");
    assert_eq!(problem["errors"][0]["pointer"], "/file/groups/0/id", "{problem}");
    assert_eq!(problem["errors"][0]["code"], "syntax", "{problem}");
    still.nothing_has_changed().await;
}

impl Still {
    /// What is answered to the mere announcement of a body: whoever sends it all first may find the connection closed before
    /// the answer is read.
    async fn announces(&self, size: usize) -> (String, Value) {
        let address = self.world.program.url.strip_prefix("http://").unwrap();
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let token = self.world.api.token.as_deref().unwrap();
        let head = format!(
            "POST /api/v1/bots/import HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nConnection: close\r\nContent-Length: {size}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.lines().next().unwrap().to_owned(), serde_json::from_str(body).unwrap())
    }
}

/// What is drawn here may lead round for as long as it is a draft.
#[tokio::test]
async fn a_draft_that_leads_round_is_kept_and_not_published() {
    let world = World::new().await;
    let mut flow = with(&ours(), "/groups/0/blocks/2/to/group", json!("g"));
    flow["groups"][0]["blocks"].as_array_mut().unwrap().remove(1);
    flow["edges"] = json!([]);
    let bot = world.api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
    let path = format!("/api/v1/bots/{}/publish", bot["id"].as_str().unwrap());
    let problem = world.api.post(&path, json!({})).await.problem(MISTAKES.0, MISTAKES.1);
    let at = problem["errors"][0]["pointer"].as_str().unwrap();
    assert!(at.starts_with("/groups/0/blocks/"), "{problem}");
    assert_eq!(problem["errors"][0]["code"], "endless_loop", "{problem}");
    world.program.stop();
}
