//! The people of a business: invited, with their roles, removed.

use serde_json::{Value, json};

use crate::support::api::Api;
use crate::support::program::{Launch, Program};
use crate::support::world::{EMAIL, set_up};

const PASSWORD: &str = "seven quiet lanterns";

/// Makes an invitation, and gives the token of its address.
async fn invite(by: &Api, email: &str, role: &str) -> String {
    let made = by.post("/api/v1/invitations", json!({"email": email, "role": role})).await.expect(201);
    token(&made)
}

fn token(invitation: &Value) -> String {
    let link = invitation["link"].as_str().expect("an address");
    let (address, token) = link.split_once("/invitation?token=").expect("with a token");
    assert_eq!(address, "", "a path alone, where no `server.public_url` is set");
    token.to_owned()
}

/// Somebody new joins with that token.
async fn accept(program: &Program, token: &str, name: &str) -> Api {
    let accept = json!({"token": token, "name": name, "password": PASSWORD, "locale": "en"});
    let answer = program.api().post("/api/v1/auth/invitation/accept", accept).await;
    let cookie = answer.cookie();
    let mut api = program.api().with_token(answer.ok()["access_token"].as_str().expect("a token"));
    api.cookie = cookie;
    api
}

/// Somebody new of the business.
pub async fn joined(program: &Program, owner: &Api, email: &str, role: &str) -> Api {
    let token = invite(owner, email, role).await;
    accept(program, &token, email).await
}

async fn id_of(api: &Api, name: &str) -> String {
    let members = api.all("/api/v1/members").await;
    let found = members.iter().find(|member| member["name"] == name).expect("a member of this name");
    found["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn an_invitation_works_once_and_says_whom_it_is_for() {
    let program = Launch::serve().start().await;
    let anna = set_up(&program).await;
    let token = invite(&anna, "boris@example.com", "operator").await;

    let listed = anna.all("/api/v1/invitations").await;
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (&listed[0]["email"], &listed[0]["invited_by"]),
        (&json!("boris@example.com"), &json!("Anna"))
    );
    assert!(listed[0]["link"].is_null(), "the address is told once");

    let nobody = program.api();
    let shown = nobody.post("/api/v1/auth/invitation", json!({ "token": token })).await.ok();
    assert_eq!(shown["business_name"], "Lotus");
    assert_eq!((&shown["email"], &shown["role"]), (&json!("boris@example.com"), &json!("operator")));
    assert_eq!(shown["has_account"], false);

    // What is wrong with the account is said, and the invitation still stands.
    let weak = json!({"token": token, "name": "a\nb", "password": "short", "locale": "de"});
    let refused = nobody.post("/api/v1/auth/invitation/accept", weak).await.problem(400, "invalid");
    let pointers: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|one| &one["pointer"]).collect();
    assert_eq!(pointers, ["/name", "/locale", "/password"]);

    let boris = accept(&program, &token, "Boris").await;
    assert_eq!(boris.get("/api/v1/users/me").await.ok()["email"], "boris@example.com");
    assert_eq!(boris.get("/api/v1/businesses").await.ok()["items"][0]["role"], "operator");
    boris.get("/api/v1/conversations").await.ok();
    assert!(anna.all("/api/v1/invitations").await.is_empty());
    for used in [&token, "made-up"] {
        nobody
            .post("/api/v1/auth/invitation", json!({ "token": used }))
            .await
            .problem(410, "invitation-over");
        let again = json!({"token": used, "name": "Eve", "password": PASSWORD, "locale": "en"});
        nobody.post("/api/v1/auth/invitation/accept", again).await.problem(410, "invitation-over");
    }
    let members = boris.all("/api/v1/members").await;
    let names: Vec<_> = members.iter().map(|member| (&member["name"], &member["role"])).collect();
    assert_eq!(names, [(&json!("Anna"), &json!("owner")), (&json!("Boris"), &json!("operator"))]);
    // An operator sees the people and rules over nobody.
    boris.get("/api/v1/invitations").await.problem(403, "forbidden");
    let new = json!({"email": "eve@example.com", "role": "viewer"});
    boris.post("/api/v1/invitations", new).await.problem(403, "forbidden");
    // It outlives a restart, and the program never logged a token.
    let program = program.start_again().await;
    assert_eq!(
        program.api().sign_in("boris@example.com", PASSWORD).await.all("/api/v1/members").await.len(),
        2
    );
    assert!(!program.log().contains(&token));
}

#[tokio::test]
async fn a_newer_invitation_replaces_the_older_and_one_can_be_withdrawn() {
    let program = Launch::serve().start().await;
    let anna = set_up(&program).await;
    let older = invite(&anna, "boris@example.com", "operator").await;
    let newer = invite(&anna, "Boris@Example.com", "viewer").await;
    let shown =
        async |token: &str| program.api().post("/api/v1/auth/invitation", json!({ "token": token })).await;
    shown(&older).await.problem(410, "invitation-over");
    assert_eq!(shown(&newer).await.ok()["role"], "viewer");
    let listed = anna.all("/api/v1/invitations").await;
    assert_eq!(listed.len(), 1);
    let path = format!("/api/v1/invitations/{}", listed[0]["id"].as_str().unwrap());
    anna.delete(&path).await.expect(204);
    anna.delete(&path).await.problem(404, "not-found");
    shown(&newer).await.problem(410, "invitation-over");

    for email in ["boris", "\u{202e}a@b.co", "a\u{200b}@b.co", "a@b\0.co"] {
        let wrong = json!({"email": email, "role": "viewer"});
        let refused = anna.post("/api/v1/invitations", wrong).await.problem(400, "invalid");
        assert_eq!(refused["errors"][0]["pointer"], "/email", "{email:?}");
    }
    let own = json!({"email": EMAIL, "role": "viewer"});
    anna.post("/api/v1/invitations", own).await.problem(409, "conflict");
}

#[tokio::test]
async fn the_word_of_a_callback_is_for_those_who_manage_numbers() {
    let program = Launch::serve().start().await;
    let anna = set_up(&program).await;
    let boris = accept(&program, &invite(&anna, "boris@example.com", "viewer").await, "Boris").await;
    let number = anna.post("/api/v1/whatsapp/numbers/simulated", json!({})).await.expect(201);
    let path = format!("/api/v1/whatsapp/numbers/{}", number["id"].as_str().unwrap());
    let word = number["verify_token"].as_str().unwrap();
    assert_eq!(anna.get(&path).await.ok()["verify_token"], word);
    let seen = boris.get(&path).await.ok();
    assert_eq!((seen.get("verify_token"), &seen["phone_number_id"]), (None, &number["phone_number_id"]));
    assert_eq!(boris.all("/api/v1/whatsapp/numbers").await[0].get("verify_token"), None);
}

#[tokio::test]
async fn somebody_with_an_account_joins_another_business() {
    let program = Launch::serve().start().await;
    let anna = set_up(&program).await;
    let boris = accept(&program, &invite(&anna, "boris@example.com", "viewer").await, "Boris").await;
    let business = json!({"name": "Second", "time_zone": "UTC", "locale": "en"});
    let second = anna.post("/api/v1/businesses", business).await.expect(201);
    let second = second["id"].as_str().unwrap();
    boris.clone().in_business(second).get("/api/v1/conversations").await.problem(404, "not-found");

    let token = invite(&anna.clone().in_business(second), "boris@example.com", "admin").await;
    let shown = program.api().post("/api/v1/auth/invitation", json!({ "token": token })).await.ok();
    assert_eq!(shown["has_account"], true);
    let accept = json!({"token": token, "name": "Boris", "password": PASSWORD, "locale": "en"});
    program.api().post("/api/v1/auth/invitation/accept", accept).await.problem(409, "conflict");
    program
        .api()
        .post("/api/v1/businesses/join", json!({ "token": token }))
        .await
        .problem(401, "unauthorized");
    let joined = boris.post("/api/v1/businesses/join", json!({ "token": token })).await.ok();
    assert_eq!((&joined["name"], &joined["role"]), (&json!("Second"), &json!("admin")));
    boris.post("/api/v1/businesses/join", json!({ "token": token })).await.problem(410, "invitation-over");
    boris.clone().in_business(second).get("/api/v1/invitations").await.ok();
    // In the first one he is what he was.
    boris.get("/api/v1/invitations").await.problem(403, "forbidden");
}

#[tokio::test]
async fn an_admin_rules_over_all_but_owners_and_one_owner_always_stays() {
    let program = Launch::serve().start().await;
    let anna = set_up(&program).await;
    let boris = accept(&program, &invite(&anna, "boris@example.com", "admin").await, "Boris").await;
    let carla = accept(&program, &invite(&boris, "carla@example.com", "viewer").await, "Carla").await;
    let at = async |name: &str| format!("/api/v1/members/{}", id_of(&anna, name).await);
    let (her, him, third) = (at("Anna").await, at("Boris").await, at("Carla").await);
    let role = |role: &str| json!({ "role": role });

    // The admin makes no owners, and does nothing to one.
    let new = json!({"email": "eve@example.com", "role": "owner"});
    boris.post("/api/v1/invitations", new).await.problem(403, "forbidden");
    boris.patch(&third, role("owner")).await.problem(403, "forbidden");
    boris.patch(&him, role("owner")).await.problem(403, "forbidden");
    boris.patch(&her, role("viewer")).await.problem(403, "forbidden");
    boris.delete(&her).await.problem(403, "forbidden");
    assert_eq!(boris.patch(&third, role("operator")).await.ok()["role"], "operator");
    // A role counts from the next request on.
    carla.patch(&him, role("viewer")).await.problem(403, "forbidden");
    boris.patch(&third, role("admin")).await.ok();
    carla.get("/api/v1/invitations").await.ok();

    // The last owner stays one.
    anna.patch(&her, role("admin")).await.problem(409, "conflict");
    anna.delete(&her).await.problem(409, "conflict");
    assert_eq!(anna.patch(&her, role("owner")).await.ok()["role"], "owner");
    anna.patch(&him, role("owner")).await.ok();
    anna.patch(&her, role("admin")).await.ok();
    boris.delete(&him).await.problem(409, "conflict");

    // Nobody of another business is there to be changed.
    anna.patch("/api/v1/members/0192f3a1-7c4e-7b2a-9d10-3f5e6a7b0001", role("viewer"))
        .await
        .problem(404, "not-found");
    let wrong = boris.patch(&third, role("king")).await.problem(400, "invalid");
    assert_eq!(wrong["errors"][0]["pointer"], "/role");
}

#[tokio::test]
async fn whoever_is_removed_is_out_at_once() {
    let program = Launch::serve().start().await;
    let anna = set_up(&program).await;
    let boris = accept(&program, &invite(&anna, "boris@example.com", "admin").await, "Boris").await;
    let left = invite(&boris, "eve@example.com", "operator").await;
    boris.get("/api/v1/conversations").await.ok();

    let him = format!("/api/v1/members/{}", id_of(&anna, "Boris").await);
    anna.delete(&him).await.expect(204);
    anna.delete(&him).await.problem(404, "not-found");
    boris.get("/api/v1/conversations").await.problem(404, "not-found");
    // The account is still there, and the cookie still signs in, only to nothing.
    let refreshed = boris.post("/api/v1/auth/refresh", Value::Null).await.ok();
    assert_eq!(refreshed["businesses"], json!([]));
    let again = program.api().with_token(refreshed["access_token"].as_str().unwrap());
    again.get("/api/v1/members").await.problem(404, "not-found");
    // And what he left behind lets nobody in.
    program
        .api()
        .post("/api/v1/auth/invitation", json!({ "token": left }))
        .await
        .problem(410, "invitation-over");
}

#[tokio::test]
async fn one_person_owns_so_many_businesses_and_no_more() {
    let program = Launch::serve().setting("BESEDA_LIMITS__BUSINESSES_PER_PERSON", "2").start().await;
    let anna = set_up(&program).await;
    let new = |name: &str| json!({"name": name, "time_zone": "UTC", "locale": "en"});
    for (pointer, value) in [("/name", "a\nb"), ("/name", "\u{202e}")] {
        let problem = anna.post("/api/v1/businesses", new(value)).await.problem(400, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
    anna.post("/api/v1/businesses", new("Second")).await.expect(201);
    let refused = anna.post("/api/v1/businesses", new("Third")).await.problem(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("limits.businesses_per_person"), "{refused}");
    assert_eq!(anna.all("/api/v1/businesses").await.len(), 2);
}
