//! The program with its demo data: how long it takes to serve, and how much memory it holds when nobody asks.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Budget, Row, size};
use crate::Result;
use crate::project::Project;

/// Odd, so that one of them is the median.
const STARTS: usize = 7;

pub fn measure(project: &Project) -> Result<Vec<Row>> {
    let data = project.target.join("bench/demo");
    if data.exists() {
        fs::remove_dir_all(&data)?;
    }
    fs::create_dir_all(&data)?;
    // The first start writes the demo data; what people wait for is every start after it.
    drop(Running::start(&project.release(), &data)?);
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(Running::start(&project.release(), &data)?.took);
    }
    starts.sort();
    let idle = Running::start(&project.release(), &data)?.settled_memory()?;
    Ok(vec![
        Row {
            name: "start_ms",
            value: starts[STARTS / 2].as_secs_f64() * 1000.0,
            unit: "ms",
            budget: Budget::AtMost(300.0),
            baseline: None,
            note: Some("with the demo data; the budget is for a million messages".to_owned()),
        },
        Row {
            name: "idle_rss_mb",
            value: size::megabytes(idle),
            unit: "MB",
            budget: Budget::AtMost(64.0),
            baseline: None,
            note: None,
        },
    ])
}

/// The program, serving. Killed when dropped.
struct Running {
    child: Child,
    took: Duration,
}

impl Running {
    fn start(program: &Path, data: &Path) -> Result<Self> {
        let started = Instant::now();
        let mut child = Command::new(program)
            .args(["demo", "--json", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let stdout = child.stdout.take().ok_or("the program has no standard output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let running = Self { child, took: started.elapsed() };
        let served = serde_json::from_str::<Value>(&line).is_ok_and(|line| line["url"].is_string());
        if served {
            Ok(running)
        } else {
            Err(format!("`beseda demo --json` did not say its address: {line:?}").into())
        }
    }

    /// Resident memory in bytes, once it has not changed by a hundredth for five seconds.
    fn settled_memory(&self) -> Result<u64> {
        const STILL: Duration = Duration::from_secs(5);
        let (started, mut since) = (Instant::now(), Instant::now());
        let mut reference = self.memory()?;
        while since.elapsed() < STILL {
            if started.elapsed() > Duration::from_secs(60) {
                return Err("its memory did not settle within a minute".into());
            }
            thread::sleep(Duration::from_millis(200));
            let now = self.memory()?;
            if now.abs_diff(reference) > reference / 100 {
                (reference, since) = (now, Instant::now());
            }
        }
        self.memory()
    }

    fn memory(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kilobytes * 1024)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
