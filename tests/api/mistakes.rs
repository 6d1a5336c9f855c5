//! Where a flow's mistakes are and what is allowed there, as a program that publishes is told.

use serde_json::{Value, json};

use crate::flows::{flow, says};
use crate::support::line::Line;

#[tokio::test]
async fn a_mistake_has_its_place_in_the_flow_and_a_sentence() {
    let line = Line::new().await;
    let bot = line.api.post("/api/v1/bots", json!({ "flow": plain() })).await.expect(201);
    let at = format!("/api/v1/bots/{}", bot["id"].as_str().unwrap());
    let nowhere = json!([{"id": "e", "from": {"block": "b"}, "to": {"group": "nowhere"}}]);
    let schedule = |schedule: Value| json!([{"id": "go", "kind": "schedule", "schedule": schedule}]);
    for (place, wrong, pointer, code, says) in [
        (
            "/groups/0/blocks/1/text",
            json!("{{secret.x}}"),
            "/groups/0/blocks/1/text",
            "secret_elsewhere",
            "takes no secrets",
        ),
        ("/groups/0/blocks/1/text", json!(""), "/groups/0/blocks/1/text", "empty_text", "needs a text"),
        (
            "/triggers/0/keywords/0",
            json!({"match": "regex", "text": "("}),
            "/triggers/0/keywords/0/text",
            "bad_pattern",
            "no regular expression",
        ),
        (
            "/triggers",
            schedule(json!({"at": "25:99"})),
            "/triggers/0/schedule/at",
            "bad_value",
            "00:00 to 23:59",
        ),
        (
            "/triggers",
            schedule(json!({"at": "10:00", "days": [9]})),
            "/triggers/0/schedule/days",
            "bad_value",
            "from 1 (Monday) to 7",
        ),
        ("/edges", nowhere, "/edges/0/to", "dangling_edge", "not in the flow"),
        ("/groups/1/id", json!("main"), "/groups/1/id", "duplicate_id", "each needs its own"),
        ("/variables", json!([{"name": "1x"}]), "/variables/0/name", "bad_name", "letters, digits"),
    ] {
        let mut flow = plain();
        *flow.pointer_mut(place).unwrap() = wrong;
        let revision = line.api.get(&format!("{at}/draft")).await.ok()["revision"].clone();
        line.api.put(&format!("{at}/draft"), json!({"flow": flow, "revision": revision})).await.ok();
        let problem = line.api.post(&format!("{at}/publish"), json!({})).await.problem(422, "flow-mistakes");
        let error = &problem["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)), "{problem}");
        assert!(error["detail"].as_str().unwrap().contains(says), "{problem}");
    }
    line.program.stop();
}

#[tokio::test]
async fn what_cannot_be_kept_is_told_with_what_is_allowed() {
    let line = Line::new().await;
    let bot = line.api.post("/api/v1/bots", json!({ "flow": plain() })).await.expect(201);
    let at = format!("/api/v1/bots/{}", bot["id"].as_str().unwrap());
    let before = line.api.get(&format!("{at}/draft")).await.ok();
    for (place, wrong, says) in [
        ("", json!(5), "expected an object"),
        ("/schema", json!("1"), "expected a whole number from 0 to 4294967295"),
        ("/schema", json!(0), "it must be 1"),
        ("/groups", json!({}), "expected a list"),
        ("/language", json!(null), "expected text"),
        ("/name", json!(""), "must have 1 to 120 characters"),
        ("/name", json!("  "), "must have 1 to 120 characters"),
        ("/triggers/0/priority", json!(2_147_483_648_u64), "from -2147483648 to 2147483647"),
    ] {
        let mut flow = plain();
        *flow.pointer_mut(place).unwrap() = wrong;
        let refused = line.api.put(&format!("{at}/draft"), json!({"flow": flow, "revision": 1})).await;
        let problem = refused.problem(400, "invalid");
        let error = &problem["errors"][0];
        assert_eq!(error["pointer"], format!("/flow{place}"), "{problem}");
        assert!(error["detail"].as_str().unwrap().contains(says), "{problem}");
    }
    let long = line.api.post(&format!("{at}/publish"), json!({"note": "ы".repeat(1_001)})).await;
    assert_eq!(long.problem(400, "invalid")["errors"][0]["pointer"], "/note");
    assert_eq!(line.api.get(&format!("{at}/draft")).await.ok(), before);
    line.api.post(&format!("{at}/publish"), json!({"note": "ы".repeat(1_000)})).await.ok();
    line.program.stop();
}

fn plain() -> Value {
    let mut flow = flow("plain", &json!([says("a", "Hello."), says("b", "Bye.")]), None);
    flow["groups"].as_array_mut().unwrap().push(json!({"id": "more", "title": "More", "blocks": []}));
    flow["variables"] = json!([]);
    flow["triggers"][0]["priority"] = json!(0);
    flow
}
