//! The programs that are measured, as processes: started on a free port, asked over HTTP, killed when dropped.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::Result;

/// A running program.
pub struct Running {
    _child: Child,
    pid: u32,
    /// What it said when it served.
    pub said: Value,
}

impl Running {
    /// Starts it and waits for its line of JSON.
    pub async fn start(mut command: Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().ok_or("no standard output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).await?;
        let said =
            serde_json::from_str(&line).map_err(|_| format!("it did not say its address: {line:?}"))?;
        let pid = child.id().ok_or("it ended at once")?;
        Ok(Self { _child: child, pid, said })
    }

    pub fn text(&self, name: &str) -> Result<&str> {
        self.said[name].as_str().ok_or_else(|| format!("it did not say its {name}").into())
    }

    /// Processor time of all its threads so far, in seconds (proc(5): `utime` and `stime`, in hundredths).
    pub fn processor_seconds(&self) -> Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid))?;
        // The name may hold spaces; it ends with the last bracket.
        let fields: Vec<&str> =
            stat.rsplit_once(')').ok_or("an odd stat file")?.1.split_whitespace().collect();
        let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
        Ok(crate::webhooks::to_f64(ticks) / 100.0)
    }

    /// Resident memory in megabytes.
    pub fn memory_mb(&self) -> Result<f64> {
        self.megabytes("VmRSS:")
    }

    /// The most that was resident since the start, in megabytes.
    pub fn peak_memory_mb(&self) -> Result<f64> {
        self.megabytes("VmHWM:")
    }

    fn megabytes(&self, name: &str) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? * 1024.0 / 1e6)
    }
}

/// The product, with its owner signed in.
#[derive(Clone)]
pub struct Product {
    pub running: Arc<Running>,
    pub url: String,
    token: String,
    http: reqwest::Client,
}

impl Product {
    /// Starts an empty one whose Graph host is `graph`.
    pub async fn start(program: &Path, data: &Path, graph: &str) -> Result<Self> {
        if data.exists() {
            std::fs::remove_dir_all(data)?;
        }
        std::fs::create_dir_all(data)?;
        let mut command = Command::new(program);
        command
            .args(["serve", "--json", "--listen", "127.0.0.1:0", "--data"])
            .arg(data.join("data"))
            .env("BESEDA_WHATSAPP__API_BASE", graph)
            .env("BESEDA_LOG__LEVEL", "warn");
        let running = Running::start(command).await?;
        let url = running.text("url")?.to_owned();
        let setup = running.text("setup_url")?.split("token=").nth(1).ok_or("no setup token")?.to_owned();
        let mut product =
            Self { running: Arc::new(running), url, token: String::new(), http: reqwest::Client::new() };
        let answer = product
            .post(
                "/api/v1/setup",
                json!({
                    "token": setup, "email": "owner@example.com", "password": "a long way to the sea", "name": "Owner",
                    "business_name": "Bench", "locale": "en", "time_zone": "Europe/London",
                }),
            )
            .await?;
        answer["access_token"].as_str().ok_or("no access token")?.clone_into(&mut product.token);
        Ok(product)
    }

    /// Starts one on data that `beseda demo` has made.
    pub async fn demo(program: &Path, data: &Path, graph: &str) -> Result<Self> {
        let mut command = Command::new(program);
        command
            .args(["demo", "--json", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env("BESEDA_WHATSAPP__API_BASE", graph)
            .env("BESEDA_LOG__LEVEL", "warn");
        let running = Running::start(command).await?;
        let url = running.text("url")?.to_owned();
        let who = json!({ "email": running.text("email")?, "password": running.text("password")? });
        let mut product =
            Self { running: Arc::new(running), url, token: String::new(), http: reqwest::Client::new() };
        let answer = product.post("/api/v1/auth/login", who).await?;
        answer["access_token"].as_str().ok_or("no access token")?.clone_into(&mut product.token);
        Ok(product)
    }

    pub async fn get(&self, path: &str) -> Result<Value> {
        self.answer(self.http.get(format!("{}{path}", self.url))).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.answer(self.http.post(format!("{}{path}", self.url)).json(&body)).await
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Result<Value> {
        answer(request.bearer_auth(&self.token)).await
    }

    /// Connects a number that asks nobody whether it exists.
    pub async fn connect(&self, phone_number_id: &str, secret: &str) -> Result<()> {
        self.post(
            "/api/v1/whatsapp/numbers",
            json!({
                "phone_number_id": phone_number_id, "waba_id": "500", "token": "T", "app_secret": secret, "name": "Main",
                "phone": format!("+1555{phone_number_id}"), "messages_per_second": 1000, "skip_checks": true,
            }),
        )
        .await?;
        Ok(())
    }

    /// Waits until everything in the journal is processed; gives the seconds it took.
    pub async fn processed(&self) -> Result<f64> {
        let started = std::time::Instant::now();
        loop {
            let page = self.get("/api/v1/webhooks/journal?limit=1").await?;
            if page["items"][0]["outcome"] != "pending" {
                return Ok(started.elapsed().as_secs_f64());
            }
            if started.elapsed().as_secs() > 300 {
                return Err("the journal was not processed within five minutes".into());
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}

/// Sends a request that must succeed.
pub async fn answer(request: reqwest::RequestBuilder) -> Result<Value> {
    let response = request.send().await?;
    let (status, url) = (response.status(), response.url().clone());
    let text = response.text().await?;
    if !status.is_success() {
        return Err(format!("{url} answered {status}: {text}").into());
    }
    Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
}
