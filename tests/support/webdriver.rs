//! The small part of W3C WebDriver, and of Chromium's own protocol beside it, that the browser tests use.
//!
//! Written here on the HTTP client the program has anyway. The libraries for this bring a second set of HTTP, cookie
//! and TLS crates each, and none of them covers the calls to Chromium's protocol that emulation, axe-core and
//! the console need.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use reqwest::Method;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde_json::{Value, json};

use super::http_client;

/// The name under which WebDriver passes elements around.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A driver process with one browser session in it. Both end with this value.
pub struct WebDriver {
    http: reqwest::Client,
    session: String,
    driver: Child,
    browser: Option<Pid>,
}

/// What WebDriver refused: its stable name (`no such element`) and its sentence.
#[derive(Debug)]
pub struct Refused {
    pub name: String,
    pub message: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.message.lines().next().unwrap_or_default())
    }
}

/// An element that was found in the page; stale as soon as the page replaces it.
#[derive(Debug, Clone)]
pub struct Element(pub String);

impl WebDriver {
    /// Starts a driver on a free port, and a browser with these arguments and preferences in it.
    pub async fn start(arguments: &[String], preferences: Value, log: &Path) -> Self {
        let mut driver = Command::new("chromedriver")
            .args(["--port=0", "--log-level=WARNING"])
            .arg(format!("--log-path={}", log.display()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // A group of its own, so that what it started can be ended with it.
            .process_group(0)
            .spawn()
            .expect("chromedriver starts; `cargo xtask test --only browser` installs it");
        let port = port(&mut driver);
        let http = http_client();
        let mut started = Self { http, session: format!("http://127.0.0.1:{port}"), driver, browser: None };
        let capabilities = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "args": arguments, "prefs": preferences },
            "goog:loggingPrefs": { "browser": "ALL" },
            "unhandledPromptBehavior": "ignore",
        } } });
        let opened = started.call(Method::POST, "/session", Some(capabilities)).await;
        let opened = opened.unwrap_or_else(|refused| panic!("no browser: {refused:?}"));
        started.browser = opened["capabilities"]["goog:processID"]
            .as_i64()
            .and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        started.session =
            format!("{}/session/{}", started.session, opened["sessionId"].as_str().expect("a session"));
        started
    }

    pub fn browser_pid(&self) -> Option<Pid> {
        self.browser
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, Refused> {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.session));
        if method == Method::POST {
            request = request.json(&body.unwrap_or_else(|| json!({})));
        }
        let lost =
            |error: reqwest::Error| Refused { name: "driver lost".to_owned(), message: error.to_string() };
        let mut answer: Value = request.send().await.map_err(lost)?.json().await.map_err(lost)?;
        let value = answer["value"].take();
        match value["error"].as_str() {
            Some(name) if value["message"].is_string() => {
                let message = value["message"].as_str().unwrap_or_default().to_owned();
                Err(Refused { name: name.to_owned(), message })
            }
            _ => Ok(value),
        }
    }

    pub async fn get(&self, path: &str) -> Result<Value, Refused> {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Result<Value, Refused> {
        self.call(Method::POST, path, Some(body)).await
    }

    /// One command of Chromium's own protocol.
    pub async fn chromium(&self, command: &str, parameters: Value) -> Result<Value, Refused> {
        self.post("/goog/cdp/execute", json!({ "cmd": command, "params": parameters })).await
    }

    pub async fn find(&self, selector: &str) -> Result<Element, Refused> {
        let using = if selector.starts_with("//") { "xpath" } else { "css selector" };
        let found = self.post("/element", json!({ "using": using, "value": selector })).await?;
        Ok(Element(found[ELEMENT].as_str().unwrap_or_default().to_owned()))
    }

    /// Runs the body of a function in the page; `arguments[n]` are its arguments.
    pub async fn script(&self, body: &str, arguments: Value) -> Result<Value, Refused> {
        self.post("/execute/sync", json!({ "script": body, "args": arguments })).await
    }

    /// An element as an argument of a script or of an action.
    pub fn reference(element: &Element) -> Value {
        json!({ ELEMENT: element.0 })
    }

    /// An element that a script gave back, if it did.
    pub fn dereference(value: &Value) -> Option<Element> {
        Some(Element(value[ELEMENT].as_str()?.to_owned()))
    }
}

/// The port that the driver chose, from what it says when it is ready.
fn port(driver: &mut Child) -> u16 {
    let stdout = driver.stdout.take().expect("its standard output");
    let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
    let port = lines.find_map(|line| {
        let (_, port) = line.rsplit_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    // Reads on, so that the driver never waits for a reader.
    thread::spawn(move || lines.for_each(drop));
    port.expect("chromedriver says its port")
}

impl Drop for WebDriver {
    fn drop(&mut self) {
        // By process id, never by name: other tests have browsers of their own.
        if let Some(browser) = self.browser {
            let _ = kill_process(browser, Signal::KILL);
        }
        if let Some(driver) = i32::try_from(self.driver.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(driver, Signal::KILL);
        }
        let _ = self.driver.wait();
    }
}
