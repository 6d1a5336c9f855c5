//! Files: one that is cut off leaves nothing, one that lies about its kind runs nowhere, and nobody reads another's.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;

use reqwest::Method;
use serde_json::json;

use crate::support::api::{Answer, Api};
use crate::support::program::Launch;
use crate::support::until;
use crate::support::world::set_up;

async fn upload(api: &Api, kind: &str, body: &str) -> String {
    let request =
        api.request(Method::POST, "/api/v1/media").header("Content-Type", kind).body(body.to_owned());
    let file = Answer::read(format!("{kind} goes up"), request).await.expect(201);
    file["sha256"].as_str().expect("an address").to_owned()
}

/// Files below a folder, by their names.
fn files_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return vec![] };
    let entries = entries.filter_map(Result::ok);
    let below = entries.flat_map(|entry| {
        let path = entry.path();
        if path.is_dir() { files_in(&path) } else { vec![entry.file_name().to_string_lossy().into_owned()] }
    });
    below.collect()
}

#[tokio::test]
async fn what_would_run_as_a_page_is_a_download_that_runs_nothing() {
    let program = Launch::serve().start().await;
    let api = set_up(&program).await;
    let page = "<script>document.title = document.cookie</script>";
    for kind in
        ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript", "text/html, image/png"]
    {
        let address = upload(&api, kind, page).await;
        let path = format!("/api/v1/media/{address}");
        for range in [None, Some("bytes=0-3"), Some("bytes=9999999-"), Some("bytes=-5,0-1"), Some("nonsense")]
        {
            let headers: Vec<_> = range.map(|range| ("Range", range)).into_iter().collect();
            let answer = api.send(Method::GET, &path, None, &headers).await;
            assert_eq!(
                (answer.status.as_u16(), answer.text().as_str()),
                (200, page),
                "{range:?}: parts are not served"
            );
            assert_eq!(answer.header("content-type"), Some("application/octet-stream"), "of {kind}");
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            let policy = answer.header("content-security-policy").expect("a policy");
            assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"), "{policy}");
        }
        program.api().get(&path).await.problem(401, "unauthorized");
    }
    program.stop();
}

#[tokio::test]
async fn no_address_leads_out_of_the_business() {
    let program = Launch::serve().start().await;
    let api = set_up(&program).await;
    let address = upload(&api, "text/plain", "ours").await;
    let new = json!({"name": "Second", "time_zone": "UTC", "locale": "en"});
    let second = api.post("/api/v1/businesses", new).await.expect(201);
    let there = api.clone().in_business(second["id"].as_str().expect("an id"));
    there.get(&format!("/api/v1/media/{address}")).await.problem(404, "not-found");
    for odd in [
        address.to_uppercase(),
        address[..63].to_owned(),
        format!("{address}0"),
        "..%2f..%2fconfig.toml".to_owned(),
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd".to_owned(),
        format!("{}%00{}", &address[..31], &address[32..]),
        format!("{}%2f..%2f", &address[..2]),
    ] {
        let answer = api.get(&format!("/api/v1/media/{odd}")).await;
        assert!(matches!(answer.status.as_u16(), 400 | 404), "{odd}: {answer}");
    }
    program.stop();
}

#[tokio::test]
async fn an_upload_that_is_cut_off_leaves_nothing() {
    let program = Launch::serve().start().await;
    let api = set_up(&program).await;
    upload(&api, "text/plain", "whole").await;
    let folder = program.data();
    let incoming = || files_in(&folder).iter().filter(|name| name.starts_with("incoming-")).count();
    let host = program.url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let token = api.token.clone().expect("a token");
    let head = |length: &str| {
        format!(
            "POST /api/v1/media HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nContent-Type: text/plain\r\n{length}\r\n\r\n"
        )
    };
    for (length, body) in [
        // Less than was said, a chunk that ends early, a chunk whose length is none.
        ("Content-Length: 100000", "a beginning"),
        ("Transfer-Encoding: chunked", "5\r\nabc"),
        ("Transfer-Encoding: chunked", "zz\r\nabc\r\n0\r\n\r\n"),
    ] {
        let mut stream = TcpStream::connect(&host).expect("a connection");
        stream.write_all(format!("{}{body}", head(length)).as_bytes()).expect("sent");
        if length.starts_with("Content-Length") {
            until("the beginning to be there", || async { (incoming() > 0).then_some(()) }).await;
        }
        stream.shutdown(Shutdown::Write).expect("cut off");
        let mut answer = String::new();
        // The other side may close without a word.
        let _ = stream.read_to_string(&mut answer);
        assert!(!answer.starts_with("HTTP/1.1 2"), "{length}: {answer}");
    }
    until("nothing to be left of them", || async { (incoming() == 0).then_some(()) }).await;
    program.stop();
}
