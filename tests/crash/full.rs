//! A disk that is full. The program's files may grow no further (a limit of the process, which needs no privilege and
//! fails as a full disk does: in the middle of a write); later there is room again, and nobody restarts anything.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use serde_json::{Value, json};

use crate::kills::{NUMBER, SECRET, webhook};
use crate::support::api::Api;
use crate::support::graph::GraphApi;
use crate::support::line::Line;
use crate::support::program::{Launch, Program};
use crate::support::world::{EMAIL, PASSWORD, set_up};
use crate::support::{http_client, until};

/// How long a message is, so that the disk is full soon.
const LENGTH: usize = 30_000;

/// No file of the program may grow beyond so many bytes; `None` takes the limit away.
fn limit(program: &Program, bytes: Option<u64>) {
    let pid = i32::try_from(program.pid()).ok().and_then(Pid::from_raw).expect("a process id");
    let none = Rlimit { current: None, maximum: None };
    let limit = Rlimit { current: bytes, ..none };
    prlimit(Some(pid), Resource::Fsize, limit).expect("its limits can be set");
}

/// The largest file below a folder, in bytes.
fn largest(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(found) if found.is_dir() => largest(&entry.path()),
        Ok(found) => found.len(),
        Err(_) => 0,
    };
    entries.map(size).max().unwrap_or_default()
}

/// A flow that needs more room than a webhook.
fn large_flow() -> Value {
    let blocks =
        (0..40).map(|n| json!({ "id": format!("m{n}"), "kind": "message", "text": "long ".repeat(200) }));
    json!({ "schema": 1, "id": "large", "name": "Large", "language": "en", "start": { "group": "a" }, "edges": [],
        "groups": [{ "id": "a", "title": "A", "x": 0, "y": 0, "blocks": blocks.collect::<Vec<_>>() }] })
}

async fn connect(api: &Api) {
    let number = json!({
        "phone_number_id": NUMBER, "waba_id": "500", "token": "T", "app_secret": SECRET, "name": "Main",
        "phone": "+15550100200", "skip_checks": true,
    });
    api.post("/api/v1/whatsapp/numbers", number).await.expect(201);
}

async fn ready(program: &Program) -> (u16, String) {
    let answer = http_client().get(program.address("/readyz")).send().await.expect("it answers");
    (answer.status().as_u16(), answer.text().await.unwrap_or_default())
}

/// The business's own file has no room left while its log has: webhooks are taken, and readiness says that this will end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_cannot_grow_is_told_of_while_webhooks_are_taken() {
    // A small cache: what was written is moved to its file after some hundred kilobytes.
    let program = Launch::serve().setting("BESEDA_STORAGE__CACHE_MB", "4").start().await;
    let api = set_up(&program).await;
    connect(&api).await;
    let callback = program.address(&format!("/webhooks/whatsapp/{NUMBER}"));
    let (meta, http) = (GraphApi::new(SECRET), http_client());
    let send = async |n: u64| {
        let (_, body) = webhook(n, &"long ".repeat(LENGTH / 5));
        meta.webhook(&http, &callback, body).send().await.expect("it answers").status().as_u16()
    };
    let mut n = 0;
    // The log gets as long as some megabytes, and must have room.
    while largest(&program.data()) < 8 << 20 {
        assert_eq!(send(n).await, 200);
        n += 1;
    }
    limit(&program, Some(largest(&program.data())));
    let said = loop {
        assert_eq!(send(n).await, 200, "webhook {n} was refused and readiness had said nothing");
        n += 1;
        let (status, said) = ready(&program).await;
        if status != 200 {
            break said;
        }
        assert!(n < 2_000, "the file grows");
    };
    assert!(said.contains("cannot be moved"), "{said}");
    let counted =
        http.get(program.address("/metrics")).send().await.expect("it answers").text().await.expect("text");
    let failures = counted.lines().find_map(|line| line.strip_prefix("beseda_store_move_failures_total "));
    assert!(failures.and_then(|count| count.parse::<u64>().ok()).is_some_and(|count| count > 0), "{counted}");

    limit(&program, None);
    let started = Instant::now();
    while ready(&program).await.0 != 200 {
        assert!(started.elapsed() < Duration::from_secs(30), "not ready with room on the disk");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(send(n).await, 200);
    program.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_takes_nothing_that_was_acknowledged_and_needs_no_restart() {
    let program = Launch::serve().start().await;
    let api = set_up(&program).await;
    connect(&api).await;
    let callback = program.address(&format!("/webhooks/whatsapp/{NUMBER}"));
    let (meta, http) = (GraphApi::new(SECRET), http_client());
    let mut acknowledged = BTreeSet::new();
    let mut send = async |n: u64| {
        let (wamid, body) = webhook(n, &"long ".repeat(LENGTH / 5));
        let answer = meta.webhook(&http, &callback, body).send().await.expect("it answers");
        let status = answer.status().as_u16();
        if status == 200 {
            acknowledged.insert(wamid);
        }
        status
    };
    assert_eq!(send(0).await, 200);
    assert_eq!(ready(&program).await.0, 200);

    limit(&program, Some(largest(&program.data()) + (1 << 20)));
    let mut n = 1;
    let mut refused = 0;
    while refused < 5 {
        let status = send(n).await;
        n += 1;
        assert!(status == 200 || status >= 500, "a webhook was answered with {status}");
        // What is full stays full, but a smaller write may still find a place.
        refused += u32::from(status >= 500);
        assert!(n < 2_000, "the disk does not fill");
    }
    let (status, said) = ready(&program).await;
    assert!(status == 503 && said.contains("does not take writes"), "{status} {said}");
    let pages = api.get("/api/v1/conversations?view=all").await;
    assert!(pages.status.is_success(), "what is there can be read");
    // What people do is refused likewise, and they are told why.
    let mut bots = 0;
    let told = loop {
        let answer = api.post("/api/v1/bots", json!({ "flow": large_flow() })).await;
        if !answer.status.is_success() {
            break answer;
        }
        bots += 1;
        assert!(bots < 200, "bots find a place where webhooks find none");
    };
    told.problem(503, "storage-failing");
    assert_eq!(told.header("retry-after"), Some("10"));

    limit(&program, None);
    let started = Instant::now();
    loop {
        let (status, said) = ready(&program).await;
        if status == 200 {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(30), "not ready with room on the disk: {said}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for n in n..n + 5 {
        assert_eq!(send(n).await, 200, "it takes webhooks again");
    }

    let program = program.start_again().await;
    let api = program.api().sign_in(EMAIL, PASSWORD).await;
    let started = Instant::now();
    loop {
        let mut found = BTreeSet::new();
        for thread in api.all("/api/v1/conversations?view=all").await {
            let id = thread["id"].as_str().unwrap();
            for message in api.all(&format!("/api/v1/conversations/{id}/messages")).await {
                found.extend(message["wamid"].as_str().map(String::from));
            }
        }
        let lost: Vec<_> = acknowledged.difference(&found).collect();
        if lost.is_empty() {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "acknowledged and lost: {lost:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(acknowledged.len() > 10, "the disk was not full from the beginning: {}", acknowledged.len());
    program.stop();
}

/// Meta has taken the message, and there is no room to write that down. It is written when there is, and not sent twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_sent_while_the_disk_was_full_is_not_sent_again() {
    let line = Line::new().await;
    let thread = line.met("447700900123", "Tom").await;
    // No status comes that would tell.
    line.rules(json!({"hold_webhooks": true})).await;
    line.fault(json!({"kind": "delay", "ms": 2_000, "times": 1})).await;
    let sent = line.send_text(&thread, "Once").await;
    until("Meta to have it", || async { (line.taken(&sent).await == 1).then_some(()) }).await;
    limit(&line.program, Some(1));
    until("the answer that cannot be written down", || async {
        (ready(&line.program).await.0 == 503).then_some(())
    })
    .await;
    limit(&line.program, None);
    until("room", || async { (ready(&line.program).await.0 == 200).then_some(()) }).await;
    line.becomes(&sent, &["sent"]).await;
    assert_eq!(line.taken(&sent).await, 1);
    // What comes behind it goes.
    let next = line.send_text(&thread, "Next").await;
    line.becomes(&next, &["sent"]).await;
    assert_eq!((line.taken(&sent).await, line.taken(&next).await), (1, 1));
    line.program.stop();
}
