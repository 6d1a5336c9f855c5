//! `kill -9` while files are removed that nothing names. Meanwhile people send some of those very files.
//!
//! A week has to pass between the mark and the removal. What is killed has the computer's clock, so the marks are made
//! before, by the same work with an earlier time.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use beseda::app::offline;
use beseda::config::Settings;
use beseda_wire::time::Time;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::support::api::Api;
use crate::support::program::{Program, run};
use crate::support::world::World;

/// Files that messages name from the beginning; those that nothing names; those that come during the sweeps.
const NAMED: Range<usize> = 0..20;
const UNNAMED: Range<usize> = 20..8_020;
const NEW: Range<usize> = 8_020..8_030;
/// How often the program is killed while it removes. Each time some more are gone.
const KILLS: usize = 5;

/// In seconds.
const MONTH: i64 = 30 * 86_400;

fn text(n: usize) -> String {
    format!("file {n}")
}

fn address(text: &str) -> String {
    let digits: Vec<_> = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

/// Gives the program a file, as a person does who is about to send it. Nothing when the program is down.
async fn upload(api: &Api, n: usize) -> Option<Value> {
    let request = api.request(Method::POST, "/api/v1/media?filename=note.txt");
    let sent = request.header("Content-Type", "text/plain").body(text(n)).send().await.ok()?;
    let answer = sent.error_for_status().ok()?;
    answer.json().await.ok()
}

/// Uploads and sends; whether the message was acknowledged.
async fn send(api: &Api, thread: &str, n: usize) -> bool {
    let Some(mut content) = upload(api, n).await else { return false };
    content["type"] = json!("media");
    let path = format!("/api/v1/conversations/{thread}/messages");
    let sent = api.request(Method::POST, &path).json(&json!({ "content": content })).send().await;
    sent.is_ok_and(|answer| answer.status().is_success())
}

/// Every file below a folder, by its name.
fn files(folder: &Path) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        // One may be removed while it is looked at.
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files(&entry.path())),
            Ok(_) => drop(found.insert(entry.file_name().to_string_lossy().into_owned(), entry.path())),
            Err(_) => {}
        }
    }
    found
}

/// Marks what nothing names as of a month ago, and makes every file as old.
async fn let_a_month_pass(data: &Path, folder: &Path) {
    let settings = Settings::for_data(data).expect("the default settings");
    let (control, stores) = offline(&settings).expect("nobody else has the data");
    let before = Time::from(control.clock.now()).plus_seconds(-MONTH);
    let removed = control.maintenance.run(before).await;
    assert_eq!((removed.files, removed.failures), (0, 0), "the first sweep marks");
    drop(control);
    spawn_blocking(move || stores.close()).await.expect("it closes");
    let used = SystemTime::from(before.timestamp());
    for path in files(folder).values() {
        File::options()
            .write(true)
            .open(path)
            .and_then(|file| file.set_modified(used))
            .expect("an older file");
    }
}

/// Asks the running program for its nightly work; what it has removed, if it lived to say so.
fn maintain(program: &Program) -> JoinHandle<Option<Value>> {
    let data = program.data();
    spawn_blocking(move || {
        let (status, said, _) = run(&data, &["maintenance", "--json", "--data", &data.display().to_string()]);
        status.success().then(|| serde_json::from_str(&said).expect("one line of JSON"))
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sweep_that_is_cut_off_loses_no_named_file_and_goes_on() {
    let world = World::new().await;
    world.customer("15550001", "Tom").await;
    world.writes("15550001", "Hello").await;
    let thread = world.thread("Tom").await["id"].as_str().expect("an id").to_owned();
    let World { mut program, api, .. } = world;
    let named = Arc::new(Mutex::new(BTreeSet::new()));
    for n in NAMED {
        assert!(send(&api, &thread, n).await, "a picture is sent");
        named.lock().unwrap().insert(n);
    }

    // Files lie two folders deep, by the beginnings of their addresses.
    let one = files(&program.data()).remove(&address(&text(NAMED.start))).expect("the file is there");
    let folder = one.ancestors().nth(3).expect("the folder of files").to_owned();
    assert!(program.terminate().success());
    for n in UNNAMED {
        let address = address(&text(n));
        let place = folder.join(&address[..2]).join(&address[2..4]);
        fs::create_dir_all(&place).and_then(|()| fs::write(place.join(&address), text(n))).expect("a file");
    }
    let_a_month_pass(&program.data(), &folder).await;
    program = program.start_again().await;
    for n in NEW {
        assert!(upload(&api, n).await.is_some(), "a file is uploaded, and sent by nobody");
    }

    // Somebody sends, one after another, the very files that are being removed.
    let stop = Arc::new(AtomicBool::new(false));
    let sender = tokio::spawn({
        let (stop, named, api, thread) = (Arc::clone(&stop), Arc::clone(&named), api.clone(), thread.clone());
        async move {
            let mut tried = BTreeSet::new();
            for n in UNNAMED.step_by(7) {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                tried.insert(n);
                if send(&api, &thread, n).await {
                    named.lock().unwrap().insert(n);
                }
            }
            tried
        }
    });
    let still_there = |program_is: &str| {
        let (found, named) = (files(&folder), named.lock().unwrap().clone());
        for n in named {
            let path = found.get(&address(&text(n)));
            let read = path.and_then(|path| fs::read_to_string(path).ok());
            assert_eq!(read, Some(text(n)), "file {n}, which a message names, when the program {program_is}");
        }
        found.len()
    };
    let mut gone = Vec::new();
    for round in 1..=KILLS {
        let found = files(&folder);
        let before = found.len();
        // To look at all of them takes as long as to remove them.
        let some: Vec<_> = UNNAMED.step_by(20).filter_map(|n| found.get(&address(&text(n)))).collect();
        let asked = maintain(&program);
        while some.iter().filter(|path| !path.exists()).count() < 4 * round {
            assert!(!asked.is_finished(), "a sweep was over before it could be cut off");
            tokio::task::yield_now().await;
        }
        program.kill();
        assert_eq!(asked.await.expect("the command ends"), None, "the sweep was cut off");
        gone.push(before.saturating_sub(still_there("was killed")));
        program = program.start_again().await;
    }
    stop.store(true, Ordering::Relaxed);
    let tried = sender.await.expect("the sender ends");

    let removed = maintain(&program).await.expect("the command ends").expect("the sweep goes on to its end");
    assert_eq!(removed["failures"], 0);
    still_there("was started again");
    let found = files(&folder);
    let left: Vec<_> =
        UNNAMED.filter(|n| !tried.contains(n) && found.contains_key(&address(&text(*n)))).collect();
    assert!(left.is_empty(), "nothing names them, and they are there: {left:?}");
    for n in NEW {
        assert!(found.contains_key(&address(&text(n))), "file {n} is new and was removed");
    }
    let sent = named.lock().unwrap().len();
    assert!(sent > NAMED.len() + 5, "files were sent while others were removed: {sent}");
    let again = maintain(&program).await.expect("the command ends").expect("a sweep");
    assert_eq!((&again["files"], &again["failures"]), (&json!(0), &json!(0)), "nothing is removed twice");
    println!(
        "{KILLS} kills, {gone:?} files gone by each, {} after them; {sent} named, {} of them during the sweeps",
        removed["files"],
        sent - NAMED.len(),
    );
    program.stop();
}
