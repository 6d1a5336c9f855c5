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
    let checks = graph.check(&credentials, "WABA", &Secret::new("secret")).await;
    assert_eq!(server.requests().len(), asked);
    for check in &checks.checks {
        assert_eq!(
            check.ok || check.result == "not_checked",
            check.ok || check.detail.is_none(),
            "{check:?}"
        );
    }
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
    assert_eq!(graph.subscriptions(&credentials, "WABA").await.unwrap(), [None]);
    let lines: Vec<_> = server.requests().into_iter().map(|request| request.line).collect();
    assert_eq!(lines, ["POST /v25.0/WABA/subscribed_apps", "GET /v25.0/WABA/subscribed_apps"]);
}

/// What `debug_token` says.
fn token(scopes: &[&str], accounts: &[&str]) -> Script {
    let granted: Vec<_> =
        scopes.iter().map(|scope| json!({"scope": scope, "target_ids": accounts})).collect();
    let data = json!({"app_id": "7", "is_valid": true, "expires_at": 0, "scopes": scopes, "granular_scopes": granted});
    Script::json(200, &json!({ "data": data }))
}

fn expired() -> Script {
    let error = json!({"message": "Error validating access token: Session has expired", "type": "OAuthException",
                       "code": 190, "error_subcode": 463});
    Script::json(401, &graph_error(&error))
}

fn wrong_proof() -> Script {
    let error = json!({"message": "Invalid appsecret_proof provided in the API argument",
                       "type": "GraphMethodException", "code": 100});
    Script::json(400, &graph_error(&error))
}

const BOTH: [&str; 2] = ["whatsapp_business_management", "whatsapp_business_messaging"];

#[tokio::test]
async fn checks() {
    let ours = || Script::json(200, &number("1000"));
    let known = || token(&BOTH, &["WABA"]);
    let proven = || Script::json(200, &json!({"id": "1000"}));
    let account = || Script::json(200, &json!({"id": "WABA", "name": "Flores Ltd"}));
    let numbers = || page(&json!([number("999"), number("1000")]));
    let app = |id: &str| page(&json!([{"whatsapp_business_api_data": {"id": id}}]));
    let ends = |first: &'static str| {
        [first, "not_checked", "not_checked", "not_checked", "not_checked", "not_checked"]
    };
    let well = ["token_ok", "permissions_ok", "app_secret_ok", "phone_number_ok", "waba_ok", "subscribed"];
    let but = |place: usize, result: &'static str| {
        let mut results = well;
        results[place] = result;
        results
    };
    for (what, script, ok, results) in [
        ("all is well", vec![ours(), known(), proven(), account(), numbers(), app("7")], true, well),
        (
            "no app is subscribed",
            vec![ours(), known(), proven(), account(), numbers(), page(&json!([]))],
            true,
            but(5, "not_subscribed"),
        ),
        (
            "another app is subscribed",
            vec![ours(), known(), proven(), account(), numbers(), app("8")],
            true,
            but(5, "not_subscribed"),
        ),
        ("a wrong token", vec![refused(190)], false, ends("token_invalid")),
        ("an old token", vec![expired()], false, ends("token_expired")),
        ("no permission at all", vec![refused(10)], false, ends("permission_missing")),
        ("no line", vec![Script::http(502, &[], b"")], false, ends("unreachable")),
        (
            "one permission is missing",
            vec![ours(), token(&BOTH[..1], &[]), proven(), account(), numbers(), app("7")],
            false,
            but(1, "permission_missing"),
        ),
        (
            "permissions for another account",
            vec![ours(), token(&BOTH, &["OTHER"]), proven(), account(), numbers(), app("7")],
            false,
            but(1, "permission_elsewhere"),
        ),
        (
            "Meta does not tell the permissions",
            vec![ours(), refused(100), proven(), account(), numbers(), app("7")],
            true,
            but(1, "not_checked"),
        ),
        (
            "the secret of another app",
            vec![ours(), known(), wrong_proof(), account(), numbers(), app("7")],
            false,
            but(2, "app_secret_wrong"),
        ),
        (
            "a wrong number",
            vec![wrong_id(), known(), account(), numbers(), app("7")],
            false,
            ["token_ok", "permissions_ok", "not_checked", "phone_number_unknown", "waba_ok", "subscribed"],
        ),
        (
            "a wrong account",
            vec![ours(), known(), proven(), wrong_id()],
            false,
            ["token_ok", "permissions_ok", "app_secret_ok", "phone_number_ok", "waba_unknown", "not_checked"],
        ),
        (
            "a number of another account",
            vec![ours(), known(), proven(), account(), page(&json!([number("999")])), app("7")],
            false,
            but(4, "number_not_in_waba"),
        ),
        (
            "the account may not be read",
            vec![ours(), known(), proven(), refused(200)],
            false,
            [
                "token_ok",
                "permissions_ok",
                "app_secret_ok",
                "phone_number_ok",
                "permission_missing",
                "not_checked",
            ],
        ),
        (
            "the subscriptions may not be read",
            vec![ours(), known(), proven(), account(), numbers(), refused(200)],
            false,
            but(5, "permission_missing"),
        ),
    ] {
        let names = ["token", "permissions", "app_secret", "phone_number", "waba", "subscription"];
        let results: Vec<_> =
            names.iter().zip(results).map(|(name, result)| format!("{name} {result}")).collect();
        assert_eq!(checked(script).await, (ok, results), "{what}");
    }
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let script = vec![
        Script::json(200, &number("1000")),
        token(&BOTH[..1], &[]),
        Script::json(200, &json!({"id": "1000"})),
        Script::json(200, &json!({"id": "WABA"})),
        page(&json!([number("1000")])),
        page(&json!([])),
    ];
    let (graph, credentials, server) = client(script).await;
    let checks = graph.check(&credentials, "WABA", &Secret::new("secret")).await;
    let detail = checks.checks[1].detail.clone().unwrap();
    assert!(detail.starts_with("The token lacks the permission whatsapp_business_messaging: "), "{detail}");
    // The proof is over the token, so nobody who sees it learns the secret.
    let line = server.requests()[2].line.clone();
    assert!(line.contains("appsecret_proof="), "{line}");
}
