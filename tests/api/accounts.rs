//! The first start, sign-in, and the commands that help when nobody can sign in.

use std::path::Path;
use std::process::ExitStatus;

use serde_json::{Value, json};

use crate::support::api::Api;
use crate::support::program::{Launch, Program, run};

const PASSWORD: &str = "a long green bicycle";

fn setup(token: &str) -> Value {
    json!({
        "token": token, "email": "anna@example.com", "password": PASSWORD, "name": "Anna",
        "business_name": "Flowers", "locale": "en", "time_zone": "Europe/Moscow",
    })
}

fn token(setup_url: &str) -> &str {
    setup_url.split_once("/setup?token=").expect("a setup address").1
}

/// A program with its first owner, and the owner's API.
async fn set_up() -> (Program, Api) {
    let program = Launch::serve().start().await;
    let url = program.setup_url.clone().expect("a new program prints its setup address");
    program.api().post("/api/v1/setup", setup(token(&url))).await.ok();
    let anna = program.api().sign_in("anna@example.com", PASSWORD).await;
    (program, anna)
}

fn command(program: &Program, arguments: &[&str]) -> (ExitStatus, String, String) {
    let data = program.data();
    let data = data.to_str().expect("a path in UTF-8");
    run(Path::new("/"), &[arguments, &["--data", data]].concat())
}

#[tokio::test]
async fn until_the_setup_address_is_used_only_setup_and_health_answer() {
    let program = Launch::serve().start().await;
    let api = program.api();
    let login = json!({"email": "a@b.c", "password": "x"});
    let refused = api.post("/api/v1/auth/login", login).await.problem(503, "setup-needed");
    assert!(refused["detail"].as_str().is_some_and(|how| how.contains("beseda setup-link")), "{refused}");
    // Every operation there is, as the program itself lists them.
    let (_, document, _) = run(Path::new("/"), &["openapi"]);
    let document: Value = serde_json::from_str(&document).expect("the API's document");
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for method in methods.as_object().expect("methods").keys().filter(|_| !path.starts_with("/setup")) {
            let path = format!("/api/v1{}", path.replace(['{', '}'], ""));
            let method = method.to_uppercase().parse().expect("a method");
            api.send(method, &path, None, &[]).await.problem(503, "setup-needed");
        }
    }
    for path in [
        "/api/v1/openapi.json",
        "/api/v1/flow.schema.json",
        "/api/v1/nowhere",
        "/api/docs",
        "/api/docs/docs.js",
        "/problems/not-found",
        "/metrics",
        "/live",
        "/webhooks/whatsapp",
        "/webhooks/whatsapp/100200300400500",
        "/simulator/numbers",
        "/simulator/graph/v25.0/me",
    ] {
        api.get(path).await.problem(503, "setup-needed");
        api.post(path, Value::Null).await.problem(503, "setup-needed");
    }
    assert_eq!(api.get("/api/v1/setup").await.ok()["needed"], true);
    for path in ["/healthz", "/readyz", "/", "/setup", "/icon.svg"] {
        assert!(api.get(path).await.status.is_success(), "{path}");
    }

    let first = program.setup_url.clone().expect("a setup address");
    let (status, said, _) = command(&program, &["setup-link", "--json"]);
    assert!(status.success());
    let made: Value = serde_json::from_str(&said).expect("one line of JSON");
    let second = made["setup_url"].as_str().expect("a setup address");
    assert!(second.starts_with(program.url.trim_end_matches('/')), "{second}");

    // The page asks before anybody fills it in, which uses nothing up.
    let check = async |url: &str| api.post("/api/v1/setup/token", json!({ "token": token(url) })).await;
    check(&first).await.problem(410, "setup-link-expired");
    check(second).await.expect(204);
    api.post("/api/v1/setup", setup(token(&first))).await.problem(410, "setup-link-expired");
    let signed_in = api.post("/api/v1/setup", setup(token(second))).await.ok();
    assert_eq!(signed_in["businesses"][0]["role"], "owner");
    api.post("/api/v1/setup", setup(token(second))).await.problem(410, "setup-link-expired");
    check(second).await.problem(410, "setup-link-expired");
    let anna = program.api().with_token(signed_in["access_token"].as_str().expect("a token"));
    assert_eq!(anna.get("/api/v1/conversations").await.ok()["items"], json!([]));

    let (status, _, said) = command(&program, &["setup-link"]);
    assert_eq!(status.code(), Some(1));
    assert!(said.contains("set up already"), "{said}");
    assert!(!program.log().contains(token(second)), "the log keeps no token");
}

#[tokio::test]
async fn a_sign_in_outlives_a_kill_and_ends_by_signing_out() {
    let (program, mut anna) = set_up().await;
    let program = program.start_again().await;
    assert_eq!(anna.get("/api/v1/users/me").await.ok()["name"], "Anna");
    assert!(program.setup_url.is_none());

    let refreshed = anna.post("/api/v1/auth/refresh", Value::Null).await;
    let cookie = refreshed.cookie().expect("the next cookie");
    assert_ne!(Some(&cookie), anna.cookie.as_ref());
    assert_eq!(anna.get("/api/v1/auth/sessions").await.ok()["items"].as_array().map(Vec::len), Some(2));
    anna.cookie = Some(cookie);
    anna.post("/api/v1/auth/logout", Value::Null).await.expect(204);
    anna.get("/api/v1/users/me").await.problem(401, "unauthorized");
}

#[tokio::test]
async fn the_machines_owner_resets_a_forgotten_password_running_or_not() {
    let (mut program, anna) = set_up().await;
    let (status, said, _) = command(&program, &["user", "list"]);
    assert!(status.success());
    assert_eq!(said.trim(), "anna@example.com  Anna");

    let (status, said, _) = command(&program, &["user", "reset-password", "Anna@Example.com"]);
    assert!(status.success(), "{said}");
    let made_up = said.trim().lines().last().expect("a password").to_owned();
    anna.get("/api/v1/users/me").await.problem(401, "unauthorized");
    let old = json!({"email": "anna@example.com", "password": PASSWORD});
    program.api().post("/api/v1/auth/login", old).await.problem(401, "sign-in-failed");
    program.api().sign_in("anna@example.com", &made_up).await.get("/api/v1/users/me").await.ok();

    assert!(program.terminate().success());
    let (status, _, said) = command(&program, &["setup-link"]);
    assert_eq!(status.code(), Some(1));
    assert!(said.contains("not running") && said.contains("set up already: start it"), "{said}");
    let (status, said, _) = command(&program, &["user", "reset-password", "anna@example.com"]);
    assert!(status.success(), "{said}");
    let made_up = said.trim().lines().last().expect("a password").to_owned();
    let program = program.start_again().await;
    program.api().sign_in("anna@example.com", &made_up).await.get("/api/v1/users/me").await.ok();
    program.stop();
}

#[tokio::test]
async fn a_second_program_on_the_same_data_is_told_so() {
    let program = Launch::serve().start().await;
    let (status, said, error) = command(&program, &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(status.code(), Some(1));
    assert_eq!(said, "");
    assert!(error.contains("in use by another running Beseda"), "{error}");
}

#[test]
fn mistakes_in_the_configuration_are_named_with_their_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("config.toml");
    std::fs::write(&file, "[server]\nlisen = \"127.0.0.1:80\"\n").expect("a file");
    for arguments in [["config", "check"].as_slice(), &["serve"]] {
        let (status, _, error) = run(folder.path(), arguments);
        assert_eq!(status.code(), Some(2), "{error}");
        assert!(
            error.contains("config.toml:2: [server] has no key `lisen`; did you mean `listen`?"),
            "{error}"
        );
    }
    std::fs::write(&file, "[server]\nlisten = \"127.0.0.1:80\"\n").expect("a file");
    let (status, said, _) = run(folder.path(), &["config", "show"]);
    assert!(status.success());
    let line = said.lines().find(|line| line.starts_with("server.listen")).expect("the setting");
    assert!(
        line.starts_with("server.listen = \"127.0.0.1:80\"") && line.ends_with("config.toml:2"),
        "{line}"
    );
}
