//! Who may call: the table is complete, and it holds.

use super::*;
use crate::http::guard::faults;

struct Half;

impl Policy for Half {
    const OPERATIONS: &'static [Operation] = &[
        get("/open", "open", Who::Public),
        get("/open", "open_again", Who::Public).creating(),
        get("/me", "me", Who::Person),
        post("/me", "me", Who::Person),
        get("/gone", "gone", Who::Public),
    ];
}

#[test]
fn an_undeclared_operation_is_refused() {
    let program = program();
    let guard = Guard::new(Arc::clone(&program.doorman) as Arc<dyn Authenticator>, Clock::system(), 1 << 20);
    let refused = Guarded::<_, Half>::new(Sample(Arc::default()), guard).err().unwrap();
    assert_eq!(
        refused.0,
        [
            "GET /open creates, but for nobody",
            "GET /open is declared twice",
            "the name `me` is given to two operations",
            "GET /setup is not declared: who may call it?",
            "POST /lists is not declared: who may call it?",
            "GET /rows/{number}/text is not declared: who may call it?",
            "PUT /rows/{number}/text is not declared: who may call it?",
            "POST /things is not declared: who may call it?",
            "GET /forgetful is not declared: who may call it?",
            "GET /gone is declared and does not exist",
            "POST /me is declared and does not exist",
        ]
    );
    assert!(faults::<Sample>(Table1::OPERATIONS).is_empty());
}

#[tokio::test]
async fn each_kind_of_caller_gets_as_far_as_declared() {
    let program = program();
    let status = async |path: &str, token: &str| program.get(path, token).await.status.as_u16();
    assert_eq!(status("/api/v1/open", "nobody").await, 200);
    assert_eq!(status("/api/v1/setup", "nobody").await, 204);
    assert_eq!(status("/api/v1/me", "nobody").await, 401);
    assert_eq!(status("/api/v1/me", "anna").await, 200);
    for (token, expected) in
        [("anna@viewer", 403), ("anna@operator", 403), ("anna@admin", 204), ("anna@owner", 204)]
    {
        let headers =
            [("authorization", format!("bearer {token}")), ("content-type", "application/json".to_owned())];
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = program.call(Method::PUT, "/api/v1/rows/1/text", &headers, "\"hello\"").await;
        assert_eq!(answer.status.as_u16(), expected, "{token}");
    }
    assert_eq!(program.get("/api/v1/rows/1/text", "anna@viewer").await.body, "\"hello\"");
    let bare = program.call(Method::GET, "/api/v1/me", &[], "").await;
    assert_eq!(bare.kind(), "/problems/unauthorized");
    assert_eq!(bare.headers["www-authenticate"], "Bearer");
}

#[tokio::test]
async fn another_business_is_not_there() {
    let program = program();
    let ask = async |token: &str, business: &str| {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("beseda-business", business)];
        program.call(Method::GET, "/api/v1/rows/5/text", &headers, "").await
    };
    let second = program.doorman.store(2);
    second
        .store
        .write::<_, crate::store::StoreError, _>(|tx| ROWS.put(tx, &5, &"two".to_owned()))
        .await
        .unwrap();

    assert_eq!(ask("both", &business_id(2).to_string()).await.body, "\"two\"");
    // A member of the first business alone: the second, one that never was, and no id at all look the same.
    for business in [&business_id(2).to_string(), &business_id(77).to_string(), "2"] {
        let answer = ask("anna", business).await;
        assert_eq!(
            (answer.status.as_u16(), answer.problem().detail.as_deref()),
            (404, Some("There is no such business."))
        );
    }
    // The record of the second business is not there in the first.
    assert_eq!(ask("both", &business_id(1).to_string()).await.status.as_u16(), 404);
}

#[tokio::test]
async fn a_handler_that_asks_for_more_than_its_declaration_gives_is_our_fault() {
    let answer = program().get("/api/v1/forgetful", "anna@owner").await;
    assert_eq!(answer.kind(), "/problems/internal");
    assert!(!answer.body.contains("operations.rs"), "{}", answer.body);
}
