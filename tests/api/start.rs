//! Starting and stopping: the first owner, one instance for one directory, nothing before the setup.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::api::Answer;
use crate::support::program::{Launch, run};
use crate::support::world::{EMAIL, PASSWORD, set_up};

#[tokio::test]
async fn the_demo_is_a_business_at_work() {
    for language in ["en", "ru"] {
        let program = Launch::demo().argument("--lang").argument(language).start().await;
        assert!(program.email.is_some() && program.password.is_some(), "it says how to sign in");
        let api = program.signed_in().await;
        assert_eq!(api.get("/api/v1/businesses").await.ok()["items"][0]["locale"], language);
        assert_eq!(api.all("/api/v1/customers").await.len(), 300);
        assert_eq!(api.all("/api/v1/bots").await.len(), 2);
        let numbers = api.all("/api/v1/whatsapp/numbers").await;
        assert_eq!((numbers.len(), &numbers[0]["simulated"]), (1, &json!(true)), "{numbers:?}");
        program.stop();
    }
}

#[tokio::test]
async fn before_the_first_owner_only_setup_and_health_answer() {
    let program = Launch::serve().start().await;
    let nobody = program.api();
    assert_eq!(nobody.get("/api/v1/setup").await.ok()["needed"], true);
    nobody.get("/healthz").await.ok();
    nobody.get("/readyz").await.ok();
    for path in ["/api/v1/conversations", "/api/v1/users/me", "/api/v1/whatsapp/numbers"] {
        nobody.get(path).await.problem(503, "setup-needed");
    }
    let wrong = json!({
        "token": "not the token", "email": EMAIL, "password": PASSWORD, "name": "Eve",
        "business_name": "Evil", "locale": "en", "time_zone": "Europe/London",
    });
    let refused = nobody.post("/api/v1/setup", wrong).await;
    assert!(refused.status.is_client_error(), "{}", refused.text());

    let owner = set_up(&program).await;
    assert_eq!(owner.get("/api/v1/users/me").await.ok()["email"], EMAIL);
    assert_eq!(owner.get("/api/v1/businesses").await.ok()["items"][0]["role"], "owner");

    // The address worked once.
    let token = program.setup_url.clone().unwrap();
    let again = json!({
        "token": token.split("token=").nth(1).unwrap(), "email": "eve@example.com", "password": PASSWORD,
        "name": "Eve", "business_name": "Evil", "locale": "en", "time_zone": "Europe/London",
    });
    let refused = program.api().post("/api/v1/setup", again).await;
    assert!(refused.status.is_client_error(), "{}", refused.text());
    program.stop();
}

#[tokio::test]
async fn a_second_instance_is_told_who_is_in_the_way() {
    let program = Launch::serve().start().await;
    let data = program.data();
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()];
    let (status, _, stderr) = run(&data, &arguments);
    assert_eq!(status.code(), Some(1));
    assert!(stderr.contains("in use by another running Beseda"), "{stderr}");
    program.stop();
}

/// To begin anew beside the businesses' data would hide them from everybody, without a word.
#[tokio::test]
async fn a_lost_platform_is_no_fresh_installation() {
    let mut program = Launch::serve().start().await;
    set_up(&program).await.post("/api/v1/whatsapp/numbers/simulated", json!({})).await.expect(201);
    assert!(program.terminate().success());
    let data = program.data();
    let file = data.join("platform.redb");
    let whole = std::fs::read(&file).unwrap();
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()];
    for lost in [true, false] {
        if lost {
            std::fs::remove_file(&file).unwrap();
        } else {
            std::fs::write(&file, "").unwrap();
        }
        let (status, said, error) = run(&data, &arguments);
        assert_eq!(status.code(), Some(1), "{said}");
        for word in ["platform.redb is missing or empty", "data of 1 businesses", "put it back from a backup"]
        {
            assert!(error.contains(word), "{error}");
        }
        assert!(
            std::fs::metadata(&file).map_or(true, |found| found.len() == 0),
            "nothing is made in its place"
        );
    }
    std::fs::write(&file, whole).unwrap();
    let program = program.start_again().await;
    let api = program.api().sign_in(EMAIL, PASSWORD).await;
    assert_eq!(api.all("/api/v1/whatsapp/numbers").await.len(), 1, "put back, all is there");
    program.stop();

    // A crash in the very first moment leaves a file without a byte, and beside it nothing.
    let launch = Launch::serve();
    std::fs::create_dir(launch.data()).unwrap();
    std::fs::write(launch.data().join("platform.redb"), "").unwrap();
    let program = launch.start().await;
    set_up(&program).await;
    program.stop();
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_kill() {
    let program = Launch::serve().start().await;
    let api = set_up(&program).await;
    api.post("/api/v1/businesses", json!({ "name": "Second", "time_zone": "Europe/Moscow", "locale": "ru" }))
        .await
        .expect(201);
    let program = program.start_again().await;
    let api = program.api().sign_in(EMAIL, PASSWORD).await;
    let names: Vec<_> = api
        .all("/api/v1/businesses")
        .await
        .into_iter()
        .map(|business| business["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["Lotus", "Second"]);
    assert!(program.setup_url.is_none(), "a program with an owner prints no setup address");
    program.stop();
}

#[tokio::test]
async fn another_business_is_not_there() {
    let program = Launch::serve().start().await;
    let anna = set_up(&program).await;
    let number = anna.post("/api/v1/whatsapp/numbers/simulated", json!({})).await.expect(201);
    let second = anna
        .post("/api/v1/businesses", json!({ "name": "Second", "time_zone": "UTC", "locale": "en" }))
        .await
        .expect(201);
    // The same person in the other business sees nothing of the first.
    let other = anna.clone().in_business(second["id"].as_str().unwrap());
    let id = number["id"].as_str().unwrap();
    other.get(&format!("/api/v1/whatsapp/numbers/{id}")).await.problem(404, "not-found");
    assert!(other.all("/api/v1/whatsapp/numbers").await.is_empty());
    // A business that is not there, or is somebody else's, is answered alike.
    let stranger = anna.clone().in_business("01a205b6-e05f-7688-85b6-e05f5fbe04b0");
    stranger.get("/api/v1/conversations").await.problem(404, "not-found");
    program.api().get("/api/v1/conversations").await.problem(401, "unauthorized");
}

#[tokio::test]
async fn the_nightly_work_is_done_when_somebody_asks_for_it() {
    let mut program = Launch::serve().start().await;
    let api = set_up(&program).await;
    let upload = api.request(Method::POST, "/api/v1/media").header("Content-Type", "text/plain").body("new");
    let file = Answer::read("the upload".to_owned(), upload).await.expect(201);
    let folder = program.data();
    let data = folder.display().to_string();
    let maintain = || {
        let (status, said, error) = run(&folder, &["maintenance", "--json", "--data", &data]);
        assert!(status.success(), "{error}");
        serde_json::from_str::<Value>(&said).expect("one line of JSON")
    };
    let nothing = json!({ "webhooks": 0, "changes": 0, "held": 0, "files": 0, "bytes": 0, "failures": 0 });
    assert_eq!(maintain(), nothing, "the running program does it");
    assert!(program.terminate().success());
    assert_eq!(maintain(), nothing, "without one it is done all the same");
    let program = program.start_again().await;
    let api = program.api().sign_in(EMAIL, PASSWORD).await;
    let path = format!("/api/v1/media/{}", file["sha256"].as_str().expect("an address"));
    assert_eq!(api.get(&path).await.text(), "new", "what is new is kept");
}

#[test]
fn a_directory_of_somebody_elses_is_left_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("site");
    std::fs::create_dir(&site).unwrap();
    std::fs::write(site.join("index.html"), "hello").unwrap();
    std::fs::set_permissions(&site, std::fs::Permissions::from_mode(0o755)).unwrap();
    let named = site.display().to_string();
    for arguments in
        [vec!["serve", "--listen", "127.0.0.1:0", "--data", &named], vec!["user", "list", "--data", &named]]
    {
        let (status, said, error) = run(folder.path(), &arguments);
        assert_eq!(status.code(), Some(1), "{said}");
        assert!(error.contains(&named), "{error}");
        if arguments[0] == "serve" {
            assert!(error.contains("holds files that are not Beseda's"), "{error}");
            assert!(error.contains("name a directory that is empty or not there yet"), "{error}");
        }
        assert_eq!(std::fs::metadata(&site).unwrap().permissions().mode() & 0o777, 0o755);
        assert_eq!(std::fs::read_dir(&site).unwrap().count(), 1, "nothing is put there");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "and no keys beside it");
    }
}

#[tokio::test]
async fn a_proxys_program_says_where_it_listens_and_closes_its_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    let launch = Launch::serve().setting("BESEDA_SERVER__PUBLIC_URL", "https://chat.example.com");
    let data = launch.data();
    std::fs::create_dir(&data).unwrap();
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o755)).unwrap();
    let program = launch.start().await;
    assert!(program.setup_url.as_deref().unwrap().starts_with("https://chat.example.com/setup?token="));
    program.api().get("/healthz").await.ok();
    assert_eq!(std::fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
    program.stop();
}
