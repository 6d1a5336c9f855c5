//! Numbers, accounts and the checks before one is connected.

use super::*;

fn number(id: &str) -> Value {
    json!({"id": id, "display_phone_number": "+1 555-093-4873", "verified_name": "Flores", "quality_rating": "GREEN",
           "status": "CONNECTED", "throughput": {"level": "HIGH"}})
}

fn wrong_id() -> Script {
    Script::json(
        400,
        &graph_error(&json!({
            "message": "Unsupported get request. Object with ID '1' does not exist, cannot be loaded due to missing \
                        permissions, or does not support this operation.",
            "type": "GraphMethodException", "code": 100, "error_subcode": 33,
        })),
    )
}

fn refused(code: i64) -> Script {
    Script::json(401, &graph_error(&json!({"message": "No", "type": "OAuthException", "code": code})))
}

fn page(items: &Value) -> Script {
    Script::json(200, &json!({ "data": items }))
}

async fn checked(script: Vec<Script>) -> (bool, Vec<String>) {
    let asked = script.len();
    let (graph, credentials, server) = client(script).await;
    let checks = graph.check(&credentials, "WABA").await;
    assert_eq!(server.requests().len(), asked);
    let results = checks.checks.into_iter().map(|check| format!("{} {}", check.name, check.result)).collect();
    (checks.ok, results)
}

#[tokio::test]
async fn a_number_in_order() {
    let (graph, credentials, server) = client(vec![Script::json(200, &number("1000"))]).await;
    let number = graph.phone_number(&credentials).await.unwrap();
    assert_eq!(number.phone.unwrap().as_str(), "+15550934873");
    assert_eq!((number.verified_name.as_deref(), number.rate), (Some("Flores"), Some(1000)));
    assert_eq!((number.quality.as_deref(), number.status.as_deref()), (Some("GREEN"), Some("CONNECTED")));
    assert!(server.request().line.starts_with("GET /v25.0/1000?fields=id%2C"));
}

#[tokio::test]
async fn subscribing() {
    let script = vec![
        Script::json(200, &json!({"success": true})),
        page(&json!([{"whatsapp_business_api_data": {}}])),
    ];
    let (graph, credentials, server) = client(script).await;
    graph.subscribe(&credentials, "WABA").await.unwrap();
    assert_eq!(graph.subscriptions(&credentials, "WABA").await.unwrap(), 1);
    let lines: Vec<_> = server.requests().into_iter().map(|request| request.line).collect();
    assert_eq!(lines, ["POST /v25.0/WABA/subscribed_apps", "GET /v25.0/WABA/subscribed_apps"]);
}

#[tokio::test]
async fn checks() {
    let ours = || Script::json(200, &number("1000"));
    let account = || Script::json(200, &json!({"id": "WABA", "name": "Flores Ltd"}));
    let numbers = || page(&json!([number("999"), number("1000")]));
    for (script, ok, results) in [
        (
            vec![ours(), account(), numbers(), page(&json!([{}]))],
            true,
            ["token token_ok", "phone_number phone_number_ok", "waba waba_ok", "subscription subscribed"],
        ),
        (
            vec![ours(), account(), numbers(), page(&json!([]))],
            true,
            ["token token_ok", "phone_number phone_number_ok", "waba waba_ok", "subscription not_subscribed"],
        ),
        (
            vec![refused(190)],
            false,
            [
                "token token_invalid",
                "phone_number not_checked",
                "waba not_checked",
                "subscription not_checked",
            ],
        ),
        (
            vec![refused(10)],
            false,
            [
                "token permission_missing",
                "phone_number not_checked",
                "waba not_checked",
                "subscription not_checked",
            ],
        ),
        (
            vec![Script::http(502, &[], b"")],
            false,
            ["token unreachable", "phone_number not_checked", "waba not_checked", "subscription not_checked"],
        ),
        (
            vec![wrong_id(), account(), numbers(), page(&json!([]))],
            false,
            [
                "token token_ok",
                "phone_number phone_number_unknown",
                "waba waba_ok",
                "subscription not_subscribed",
            ],
        ),
        (
            vec![ours(), wrong_id()],
            false,
            [
                "token token_ok",
                "phone_number phone_number_ok",
                "waba waba_unknown",
                "subscription not_checked",
            ],
        ),
        (
            vec![ours(), account(), page(&json!([number("999")])), page(&json!([]))],
            false,
            [
                "token token_ok",
                "phone_number phone_number_ok",
                "waba number_not_in_waba",
                "subscription not_subscribed",
            ],
        ),
        (
            vec![ours(), refused(200)],
            false,
            [
                "token token_ok",
                "phone_number phone_number_ok",
                "waba permission_missing",
                "subscription not_checked",
            ],
        ),
        (
            vec![ours(), account(), numbers(), refused(200)],
            false,
            [
                "token token_ok",
                "phone_number phone_number_ok",
                "waba waba_ok",
                "subscription permission_missing",
            ],
        ),
    ] {
        assert_eq!(checked(script).await, (ok, results.map(ToOwned::to_owned).to_vec()));
    }
}
