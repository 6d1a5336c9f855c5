//! The built program as a process that is measured.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::Result;

/// The program, serving. Killed when dropped.
pub struct Running {
    child: Child,
    started: Instant,
    /// `127.0.0.1:1234`.
    address: String,
    pub email: String,
    pub password: String,
}

impl Running {
    pub fn start(program: &Path, data: &Path, more: &[&str]) -> Result<Self> {
        let started = Instant::now();
        let mut child = Command::new(program)
            .args(["demo", "--json", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let stdout = child.stdout.take().ok_or("the program has no standard output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let said: Value = serde_json::from_str(&line).unwrap_or_default();
        let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
        let address = text("url").trim_start_matches("http://").to_owned();
        let running = Self { child, started, address, email: text("email"), password: text("password") };
        if running.address.is_empty() {
            return Err(format!("`beseda demo --json` did not say its address: {line:?}").into());
        }
        Ok(running)
    }

    /// Signs in; gives the access token, which outlives the process.
    pub fn sign_in(&self) -> Result<String> {
        let body = json!({ "email": self.email, "password": self.password }).to_string();
        let (status, said) = self.ask("POST", "/api/v1/auth/login", None, &body)?;
        let said: Value = serde_json::from_str(&said).unwrap_or_default();
        let token = said["access_token"].as_str().ok_or_else(|| format!("signing in: {status} {said}"))?;
        Ok(token.to_owned())
    }

    /// Asks until it is answered with 200; gives the time since the process was started.
    pub fn answered(&self, path: &str, token: &str) -> Result<Duration> {
        loop {
            if let Ok((200, _)) = self.ask("GET", path, Some(token), "") {
                return Ok(self.started.elapsed());
            }
            if self.started.elapsed() > Duration::from_secs(120) {
                return Err(format!("{path} is not answered").into());
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// One request on a connection of its own: nothing here needs more of HTTP.
    pub fn ask(&self, method: &str, path: &str, token: Option<&str>, body: &str) -> Result<(u16, String)> {
        let mut stream = TcpStream::connect(&self.address)?;
        let authorization =
            token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n{authorization}\r\n{body}",
            self.address,
            body.len(),
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or("no status")?;
        let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
        Ok((status, body))
    }

    /// Asks it to end in order, and waits.
    pub fn stop(mut self) -> Result<()> {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status()?;
        let ended = self.child.wait()?;
        if asked.success() && ended.success() { Ok(()) } else { Err(format!("it ended with {ended}").into()) }
    }

    /// Resident memory in bytes, once it has not changed by a hundredth for five seconds.
    pub fn settled_memory(&self) -> Result<u64> {
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

    /// The most that was resident since the start, in bytes.
    pub fn peak_memory(&self) -> Result<u64> {
        self.status("VmHWM:")
    }

    fn memory(&self) -> Result<u64> {
        self.status("VmRSS:")
    }

    fn status(&self, name: &str) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line")?;
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
