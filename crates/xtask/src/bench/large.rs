//! The program with 100,000 customers and a million messages: how long a start takes until somebody is answered, and how
//! much memory it takes while it is used.
//!
//! Making the data takes a minute or two, so they are kept for the next run. Whoever changes what is stored removes
//! `target/bench/large`.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::running::Running;
use super::{Budget, Row};
use crate::Result;
use crate::project::Project;
use crate::shell::Shell;

const CUSTOMERS: &str = "100000";
const MESSAGES: &str = "1000000";
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

/// On a copy: the load writes, and the data are for the next run as well.
pub fn memory(project: &Project) -> Result<Vec<Row>> {
    let data = data(project)?;
    project.cargo().args(["build", "--release", "--package", "load"]).run()?;
    let copy = project.target.join("bench/load");
    if copy.exists() {
        fs::remove_dir_all(&copy)?;
    }
    fs::create_dir_all(&copy)?;
    // With the key beside them: the demo's number is sealed with it.
    Shell::new("cp", &project.root)
        .args(["--archive", "--reflink=auto"])
        .args(beside(&data))
        .args([&copy])
        .run()?;
    let output = Shell::new(project.target.join("release/load"), &project.root)
        .args(["memory", "--program"])
        .args([project.release()])
        .args(["--data"])
        .args([copy.join("data")])
        .output();
    let _ = fs::remove_dir_all(&copy);
    let told: Value = serde_json::from_slice(&output?)?;
    let number = |name: &str| told[name].as_f64().ok_or_else(|| format!("the load did not say its {name}"));
    Ok(vec![Row {
        name: "load_rss_mb",
        value: number("peak_mb")?,
        unit: "MB",
        budget: Budget::AtMost(256.0),
        baseline: None,
        note: Some(format!(
            "the most while {:.0} messages were answered and {:.0} pages a second read; {:.0} MB before, {:.0} MB after",
            number("answered")?,
            number("pages_per_second")?,
            number("before_mb")?,
            number("after_mb")?
        )),
    }])
}

/// The data and what belongs to them.
fn beside(data: &Path) -> Vec<PathBuf> {
    let mut keys = data.as_os_str().to_owned();
    keys.push("-keys");
    [data.to_owned(), PathBuf::from(keys)].into_iter().filter(|path| path.exists()).collect()
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
    let size = format!("{CUSTOMERS} customers, {MESSAGES} messages");
    if fs::read_to_string(&done).is_ok_and(|filled| filled == size) {
        return Ok(data);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    println!("inventing {size}");
    let started = Instant::now();
    let many = ["--customers", CUSTOMERS, "--messages", MESSAGES];
    let running = Running::start(&project.release(), &data, &many)?;
    println!(
        "took {:.1} s and {:.0} MB",
        started.elapsed().as_secs_f64(),
        super::megabytes(running.peak_memory()?)
    );
    running.stop()?;
    fs::write(done, size)?;
    Ok(data)
}
