//! Every error answer is a problem, whoever found the error.

use serde_json::json;

use super::*;

const TOKEN: (&str, &str) = ("authorization", "Bearer anna@owner");
const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");

#[tokio::test]
async fn what_the_framework_refuses_is_a_problem() {
    let program = program();
    let get = async |path: &str| program.get(path, "anna@owner").await;

    let answer = get("/api/v1/nowhere").await;
    assert_eq!((answer.status.as_u16(), answer.kind().as_str()), (404, "/problems/not-found"));
    let answer = get("/elsewhere").await;
    assert_eq!((answer.status.as_u16(), answer.kind().as_str()), (404, "/problems/not-found"));

    let answer = program.call(Method::DELETE, "/api/v1/rows/1/text", &[TOKEN], "").await;
    assert_eq!((answer.status.as_u16(), answer.kind().as_str()), (405, "/problems/method-not-allowed"));
    assert_eq!(answer.headers["allow"], "GET, HEAD, PUT");
    assert_eq!(answer.problem().detail.as_deref(), Some("This address takes GET, HEAD, PUT."));

    let answer = get("/api/v1/rows/many/text").await;
    let problem = answer.problem();
    assert_eq!((problem.status, problem.kind.as_str()), (400, "/problems/invalid"));
    assert_eq!(problem.errors[0].pointer, "number");
    assert!(problem.errors[0].detail.starts_with("must be a whole number"), "{}", problem.errors[0].detail);
}

#[tokio::test]
async fn a_wrong_body_is_told_where_and_what() {
    let program = program();
    let post = async |headers: &[(&str, &str)], body: &str| {
        program.call(Method::POST, "/api/v1/things", headers, body).await.problem()
    };

    let problem = post(&[TOKEN, JSON], r#"{"name": "A", "locale": "en"}"#).await;
    assert_eq!((problem.status, problem.kind.as_str()), (400, "/problems/invalid"));
    assert_eq!(
        (problem.errors[0].pointer.as_str(), problem.errors[0].detail.as_str()),
        ("/time_zone", "is required")
    );

    let problem = post(&[TOKEN, JSON], r#"{"name": 7, "locale": "en", "time_zone": "UTC"}"#).await;
    assert_eq!(problem.errors[0].pointer, "/name");
    assert_eq!(problem.errors[0].detail, "must be a text");

    let problem = post(&[TOKEN, JSON], r#"{"name": "A", "#).await;
    assert_eq!((problem.status, problem.kind.as_str()), (400, "/problems/unreadable"));
    let problem = post(&[TOKEN, JSON], r#"{"name":"A","locale":"en","time_zone":"UTC"} and more"#).await;
    assert_eq!(problem.kind, "/problems/unreadable");

    for headers in [&[TOKEN][..], &[TOKEN, ("content-type", "text/plain")]] {
        let problem = post(headers, "{}").await;
        assert_eq!((problem.status, problem.kind.as_str()), (415, "/problems/media-type"));
        assert!(problem.detail.unwrap().ends_with("send application/json."));
    }
}

#[tokio::test]
async fn a_body_is_counted_also_when_it_does_not_say_its_length() {
    let program = program();
    let long = format!("\"{}\"", "x".repeat(100));
    // The request builder says no length, as a chunked upload does.
    let counted = program.call(Method::PUT, "/api/v1/rows/1/text", &[TOKEN, JSON], &long).await;
    let said = program
        .call(Method::PUT, "/api/v1/rows/1/text", &[TOKEN, JSON, ("content-length", "102")], &long)
        .await;
    for (answer, parameters) in
        [(counted, json!({ "most": 64 })), (said, json!({ "most": 64, "bytes": 102 }))]
    {
        assert_eq!((answer.status.as_u16(), answer.kind().as_str()), (413, "/problems/too-large"));
        let problem = answer.problem();
        assert_eq!(problem.detail.as_deref(), Some("The body may have up to 64 bytes."));
        let error = &problem.errors[0];
        assert_eq!((error.pointer.as_str(), error.code.as_deref()), ("/text", Some("too_large")));
        assert_eq!(error.parameters, Some(parameters));
    }
    let short = format!("\"{}\"", "x".repeat(62));
    let answer = program.call(Method::PUT, "/api/v1/rows/1/text", &[TOKEN, JSON], &short).await;
    assert_eq!(answer.status.as_u16(), 204);
}

#[tokio::test]
async fn a_panic_is_a_500_with_a_number_and_nothing_else() {
    let program = program();
    let body = r#"{"name":"A","locale":"en","time_zone":"UTC"}"#;
    let answer = program.call(Method::POST, "/api/v1/things?fail=panic", &[TOKEN, JSON], body).await;
    assert_eq!((answer.status.as_u16(), answer.kind().as_str()), (500, "/problems/internal"));
    assert!(!answer.body.contains("as ordered"), "{}", answer.body);
    assert_eq!(program.get("/api/v1/open", "anna").await.status.as_u16(), 200);
}

#[test]
fn the_store_answers_busy_and_closed_with_503_and_hides_the_rest() {
    use crate::store::StoreError;
    let busy = Problem::from(StoreError::Busy).response();
    assert_eq!(busy.status().as_u16(), 503);
    assert_eq!(busy.headers()["retry-after"], "1");
    assert_eq!(Problem::from(StoreError::Closed).body().status, 503);
    let engine = Problem::from(StoreError::Engine("disk /dev/sda1 is broken".to_owned()));
    assert_eq!(engine.body().status, 500);
    assert!(!engine.body().detail.clone().unwrap().contains("sda1"));
    // A store that takes writes has failed at something else.
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(engine.with_failing(open_stores(&dir).platform()).body().status, 500);
}

#[tokio::test]
async fn every_answer_has_the_safe_headers() {
    let program = program();
    for path in ["/api/v1/open", "/api/v1/nowhere"] {
        let answer = program.get(path, "anna").await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
            ("cross-origin-opener-policy", "same-origin"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; sandbox"),
        ] {
            assert_eq!(answer.headers[name], value, "{path}");
        }
        assert!(!answer.headers.contains_key("strict-transport-security"));
    }
}
