//! The program with 50,000 customers and a million messages: how long a start takes until somebody is answered.
//!
//! Making the data takes a minute or two, so they are kept for the next run. Whoever changes what is stored removes
//! `target/bench/large`.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::running::Running;
use super::{Budget, Row};
use crate::Result;
use crate::project::Project;

/// The first of them is killed in the middle of its work.
const STARTS: usize = 6;
/// After this time without a write the program has settled its files.
const QUIET: Duration = Duration::from_secs(12);
/// A page of the inbox: answered once the business's file is open.
const PAGE: &str = "/api/v1/conversations?limit=1";

pub fn start(project: &Project) -> Result<Vec<Row>> {
    let data = data(project)?;
    let running = Running::start(&project.release(), &data, &[])?;
    let token = running.sign_in()?;
    running.answered(PAGE, &token)?;
    running.stop()?;
    let (mut clean, mut killed, mut busy) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..STARTS {
        let running = Running::start(&project.release(), &data, &[])?;
        clean.push(running.answered(PAGE, &token)?);
        change(&running, &token)?;
        // It is killed in the middle of its work once, and then when nothing was written for a while.
        if round == 0 {
            drop(running);
            let running = Running::start(&project.release(), &data, &[])?;
            busy.push(running.answered(PAGE, &token)?);
            running.stop()?;
            continue;
        }
        thread::sleep(QUIET);
        drop(running);
        let running = Running::start(&project.release(), &data, &[])?;
        killed.push(running.answered(PAGE, &token)?);
        running.stop()?;
    }
    let busy =
        format!("the same after kill -9; {} ms when killed in the middle of writing", busy[0].as_millis());
    let row = |name, mut times: Vec<Duration>, note: &str| {
        times.sort();
        let median = times[times.len() / 2];
        Row {
            name,
            value: median.as_secs_f64() * 1000.0,
            unit: "ms",
            budget: Budget::AtMost(300.0),
            baseline: None,
            note: Some(note.to_owned()),
        }
    };
    Ok(vec![
        row(
            "start_ms",
            clean,
            "until a page of the inbox is answered, a million messages, after an ordered stop",
        ),
        row("start_killed_ms", killed, &busy),
    ])
}

/// Writes into the business's file.
fn change(running: &Running, token: &str) -> Result<()> {
    let (_, page) = running.ask("GET", PAGE, Some(token), "")?;
    let page: Value = serde_json::from_str(&page)?;
    let id = page["items"][0]["id"].as_str().ok_or("no conversation")?;
    let (status, said) =
        running.ask("POST", &format!("/api/v1/conversations/{id}/take-over"), Some(token), "{}")?;
    if status == 200 { Ok(()) } else { Err(format!("taking over: {status} {said}").into()) }
}

/// The data directory, filled.
pub fn data(project: &Project) -> Result<PathBuf> {
    let folder = project.target.join("bench/large");
    let (data, done) = (folder.join("data"), folder.join("filled"));
    if done.exists() {
        return Ok(data);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    println!("inventing 50,000 customers and 1,000,000 messages");
    let started = Instant::now();
    let many = ["--customers", "50000", "--messages", "1000000"];
    let running = Running::start(&project.release(), &data, &many)?;
    println!(
        "took {:.1} s and {:.0} MB",
        started.elapsed().as_secs_f64(),
        super::megabytes(running.peak_memory()?)
    );
    running.stop()?;
    fs::write(done, "")?;
    Ok(data)
}
