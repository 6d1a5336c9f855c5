//! The same request twice has one effect.

use jiff::SignedDuration;

use super::*;
use crate::http::idempotency::answered;

const BODY: &str = r#"{"name":"A","locale":"en","time_zone":"UTC"}"#;

async fn make<E: Endpoint<Output = Response>>(
    program: &Program<E>,
    path: &str,
    token: &str,
    key: &str,
    body: &str,
) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers =
        [("authorization", bearer.as_str()), ("content-type", "application/json"), ("idempotency-key", key)];
    program.call(Method::POST, path, &headers, body).await
}

#[tokio::test]
async fn a_repeat_gets_the_stored_answer() {
    let program = program();
    let first = make(&program, "/api/v1/things", "anna@owner", "k1", BODY).await;
    assert_eq!((first.status.as_u16(), first.body.as_str()), (201, "\"A 1\""));
    assert!(!first.headers.contains_key("idempotency-replayed"));
    let again = make(&program, "/api/v1/things", "anna@owner", "k1", BODY).await;
    assert_eq!((again.status, again.body.as_str()), (first.status, "\"A 1\""));
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(again.headers["content-type"], "application/json");
    assert_eq!(program.done.made.load(Ordering::Relaxed), 1);

    // Another key, another person, no key: another request each.
    assert_eq!(make(&program, "/api/v1/things", "anna@owner", "k2", BODY).await.body, "\"A 2\"");
    assert_eq!(make(&program, "/api/v1/things", "oleg@owner", "k1", BODY).await.body, "\"A 3\"");
}

#[tokio::test]
async fn a_key_belongs_to_one_request() {
    let program = program();
    make(&program, "/api/v1/things", "anna@owner", "k", BODY).await;
    for (path, body) in
        [("/api/v1/things", BODY.replace('A', "B")), ("/api/v1/things?exact=true", BODY.to_owned())]
    {
        let answer = make(&program, path, "anna@owner", "k", &body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.kind().as_str()),
            (422, "/problems/idempotency-key-reused")
        );
    }
    for key in [&"k".repeat(256), "a key", "a\tkey"] {
        let answer = make(&program, "/api/v1/things", "anna@owner", key, BODY).await;
        assert_eq!(answer.problem().errors[0].pointer, "Idempotency-Key", "{key:?}");
    }
}

#[tokio::test]
async fn a_failure_frees_the_key_and_a_500_does_not() {
    let program = program();
    let failed = make(&program, "/api/v1/things?fail=conflict", "anna@owner", "k", BODY).await;
    assert_eq!(failed.status.as_u16(), 409);
    let failed = make(&program, "/api/v1/things", "anna@owner", "k", "{}").await;
    assert_eq!(failed.status.as_u16(), 400);
    assert_eq!(make(&program, "/api/v1/things", "anna@owner", "k", BODY).await.status.as_u16(), 201);

    let failed = make(&program, "/api/v1/things?fail=panic", "anna@owner", "p", BODY).await;
    assert_eq!(failed.status.as_u16(), 500);
    let again = make(&program, "/api/v1/things?fail=panic", "anna@owner", "p", BODY).await;
    assert_eq!((again.status.as_u16(), again.kind().as_str()), (409, "/problems/idempotency-unknown"));
}

#[tokio::test]
async fn a_key_is_free_after_a_day() {
    let program = program();
    make(&program, "/api/v1/things", "anna@owner", "k", BODY).await;
    program.clock.advance(SignedDuration::from_hours(23));
    assert_eq!(make(&program, "/api/v1/things", "anna@owner", "k", BODY).await.body, "\"A 1\"");
    program.clock.advance(SignedDuration::from_hours(2));
    assert_eq!(make(&program, "/api/v1/things", "anna@owner", "k", BODY).await.body, "\"A 2\"");
}

#[tokio::test]
async fn an_answer_recorded_with_its_effect_is_there_with_it() {
    let program = program();
    let first = make(&program, "/api/v1/things?exact=true", "anna@owner", "k", BODY).await;
    assert_eq!(first.body, "\"A 1\"");
    let anna = program.doorman.person("anna@owner").unwrap().user_id;
    let view = program.doorman.store(1).store.view().unwrap();
    assert!(answered(&view, anna, "k").unwrap());
    // The transaction recorded its own answer, and the guard left it alone.
    let again = make(&program, "/api/v1/things?exact=true", "anna@owner", "k", BODY).await;
    assert_eq!(again.body, "\"A\"");
    assert_eq!(program.done.made.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn two_at_once_have_one_effect() {
    let program = program();
    let (one, two) = tokio::join!(
        make(&program, "/api/v1/things", "anna@owner", "k", BODY),
        make(&program, "/api/v1/things", "anna@owner", "k", BODY),
    );
    assert_eq!((one.status.as_u16(), two.status.as_u16()), (201, 409));
    assert_eq!(two.kind(), "/problems/idempotency-in-progress");
    assert_eq!(two.headers["retry-after"], "1");
    assert_eq!(program.done.made.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn what_a_person_makes_outside_a_business_is_made_once_too() {
    let program = program();
    for (token, body, replayed) in
        [("anna", "\"anna 1\"", false), ("anna", "\"anna 1\"", true), ("oleg", "\"oleg 2\"", false)]
    {
        let answer = make(&program, "/api/v1/lists", token, "k", "").await;
        assert_eq!(
            (answer.body.as_str(), answer.headers.contains_key("idempotency-replayed")),
            (body, replayed)
        );
    }
}
