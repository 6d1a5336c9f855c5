//! A real browser, as a person would use it: look, click, type, wait until something is there.
//!
//! Nothing here waits for a fixed time: every helper asks the page until what it wants is true, and panics with what
//! the page shows instead when [`super::PATIENCE`] is over. Nothing outside this machine can be reached: every other
//! name resolves to nothing, so a page that loads something from elsewhere shows it in [`Browser::complaints`].

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::PATIENCE;
use super::program::Program;
use super::webdriver::{Element, Refused, WebDriver};

/// axe-core, injected by the browser's debugging protocol, which the page's Content-Security-Policy does not bind.
const AXE: &str = include_str!("../e2e/vendor/axe-core/axe.min.js");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

/// How the browser presents itself.
#[derive(Debug, Clone)]
pub struct Look {
    pub width: u32,
    pub height: u32,
    pub theme: Theme,
    /// Language tag, `en` or `ru`.
    pub language: String,
}

impl Default for Look {
    fn default() -> Self {
        Self { width: 1440, height: 900, theme: Theme::Light, language: "en".to_owned() }
    }
}

pub struct Browser {
    driver: WebDriver,
    /// Its profile; deleted after the browser is gone, since fields drop in order.
    profile: tempfile::TempDir,
}

impl Browser {
    pub async fn open(look: &Look) -> Self {
        Self::start(look, &[]).await
    }

    /// One that draws as often as it can instead of as often as a screen shows: for measurements.
    pub async fn unpaced(look: &Look) -> Self {
        Self::start(look, &["--disable-frame-rate-limit", "--disable-gpu-vsync"]).await
    }

    async fn start(look: &Look, more: &[&str]) -> Self {
        let profile =
            tempfile::Builder::new().prefix("beseda-browser-").tempdir().expect("a temporary folder");
        let mut arguments: Vec<String> = [
            "--headless=new",
            // Root has no sandbox, and test machines run as root.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-default-apps",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--force-color-profile=srgb",
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
        ]
        .map(String::from)
        .to_vec();
        arguments.extend(more.iter().map(ToString::to_string));
        arguments.push(format!("--user-data-dir={}", profile.path().join("profile").display()));
        arguments.push(format!("--lang={}", look.language));
        arguments.push(format!("--accept-lang={}", look.language));
        arguments.push(format!("--window-size={},{}", look.width, look.height));
        let preferences = json!({
            "intl.accept_languages": look.language,
            "intl.selected_languages": look.language,
            "credentials_enable_service": false,
            "profile.password_manager_leak_detection": false,
            "download.default_directory": profile.path().join("downloads"),
        });
        let driver = WebDriver::start(&arguments, preferences, &profile.path().join("driver.log")).await;
        let browser = Self { driver, profile };
        // The flags above decide what is asked of servers; on Linux the formats follow the system's language.
        browser.chromium("Emulation.setLocaleOverride", json!({ "locale": look.language })).await;
        browser.appear(look).await;
        browser
    }

    /// Takes another size or theme, as when a window is resized or the system turns dark. The language stays.
    pub async fn appear(&self, look: &Look) {
        let theme = if look.theme == Theme::Dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
        self.chromium("Emulation.setEmulatedMedia", media).await;
        // Windows have a least width, which a telephone is below.
        let metrics = json!({
            "width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": look.width < 600,
        });
        self.chromium("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// The process id of the browser itself.
    pub fn process(&self) -> Option<i32> {
        self.driver.browser_pid().map(|pid| pid.as_raw_nonzero().get())
    }

    /// Where it keeps what it remembers.
    pub fn profile(&self) -> &Path {
        self.profile.path()
    }

    pub async fn chromium(&self, command: &str, parameters: Value) -> Value {
        self.driver
            .chromium(command, parameters)
            .await
            .unwrap_or_else(|refused| panic!("{command}: {refused}"))
    }

    pub async fn goto(&self, address: &str) {
        let went = self.driver.post("/url", json!({ "url": address })).await;
        went.unwrap_or_else(|refused| panic!("{address}: {refused}"));
    }

    pub async fn reload(&self) {
        self.driver.post("/refresh", json!({})).await.expect("a page to load again");
    }

    pub async fn back(&self) {
        self.driver.post("/back", json!({})).await.expect("a page before this one");
    }

    pub async fn address(&self) -> String {
        self.driver.get("/url").await.expect("an address").as_str().unwrap_or_default().to_owned()
    }

    /// The value of an expression in the page. It may be a promise.
    pub async fn value_of(&self, expression: &str) -> Value {
        self.evaluate(expression).await.unwrap_or_else(|error| panic!("{error}"))
    }

    async fn evaluate(&self, expression: &str) -> Result<Value, String> {
        let parameters = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.driver.chromium("Runtime.evaluate", parameters).await.map_err(|e| e.to_string())?;
        if answer["exceptionDetails"].is_null() {
            return Ok(answer["result"]["value"].clone());
        }
        let details = &answer["exceptionDetails"];
        let said =
            details["exception"]["description"].as_str().or(details["text"].as_str()).unwrap_or_default();
        Err(format!("`{}` threw {said}", expression.chars().take(200).collect::<String>()))
    }

    /// Waits until an expression in the page is true.
    pub async fn until(&self, what: &str, expression: &str) {
        let ask = async || self.evaluate(expression).await.is_ok_and(|value| value == true).then_some(());
        self.wait(what, ask).await;
    }

    /// Waits until the page shows this text somewhere.
    pub async fn see(&self, text: &str) {
        let condition = format!("(document.body?.innerText ?? '').includes({})", json!(text));
        self.until(&format!("the text {text:?}"), &condition).await;
    }

    /// Waits until something that fits the selector (CSS, or XPath from `//`) can be seen, and gives it.
    pub async fn find(&self, selector: &str) -> Element {
        let ask = async || {
            let element = self.driver.find(selector).await.ok()?;
            let shown = self.driver.get(&format!("/element/{}/displayed", element.0)).await.ok()?;
            (shown == true).then_some(element)
        };
        self.wait(selector, ask).await
    }

    /// Waits until nothing fits the selector any more.
    pub async fn gone(&self, selector: &str) {
        let condition = format!("document.querySelector({}) === null", json!(selector));
        self.until(&format!("{selector} to be gone"), &condition).await;
    }

    /// How many elements fit a CSS selector now.
    pub async fn count(&self, selector: &str) -> u64 {
        let count = self.value_of(&format!("document.querySelectorAll({}).length", json!(selector))).await;
        count.as_u64().unwrap_or_default()
    }

    pub async fn text(&self, selector: &str) -> String {
        let ask = async || {
            let element = self.driver.find(selector).await.ok()?;
            let text = self.driver.get(&format!("/element/{}/text", element.0)).await.ok()?;
            Some(text.as_str().unwrap_or_default().to_owned())
        };
        self.wait(selector, ask).await
    }

    /// Clicks where a person would: in the middle of it, and only if nothing lies over it.
    pub async fn click(&self, selector: &str) {
        let ask = async || {
            let element = self.driver.find(selector).await?;
            self.click_on(&element).await
        };
        self.try_until(&format!("a click on {selector}"), ask).await;
    }

    /// A click goes to a place: what is moving away, or is just being replaced, would be missed.
    async fn click_on(&self, element: &Element) -> Result<Value, Refused> {
        let still = self.driver.script(STANDS_STILL, json!([WebDriver::reference(element)])).await?;
        if still != true {
            return Err(Refused { name: "it moves".to_owned(), message: still.to_string() });
        }
        self.driver.post(&format!("/element/{}/click", element.0), json!({})).await
    }

    /// Presses the button, link, tab or menu item that a screen reader would call by exactly this name.
    pub async fn press(&self, name: &str) {
        let ask = async || {
            let found = self.driver.script(BY_NAME, json!([name])).await?;
            let missing = || Refused { name: "no such name".to_owned(), message: name.to_owned() };
            let element = WebDriver::dereference(&found).ok_or_else(missing)?;
            self.click_on(&element).await
        };
        self.try_until(&format!("something to press named {name:?}"), ask).await;
    }

    /// Empties a field and types into it.
    pub async fn fill(&self, selector: &str, text: &str) {
        let ask = async || {
            let element = self.driver.find(selector).await?;
            self.driver.post(&format!("/element/{}/clear", element.0), json!({})).await?;
            self.driver.post(&format!("/element/{}/value", element.0), json!({ "text": text })).await
        };
        self.try_until(&format!("typing into {selector}"), ask).await;
    }

    /// Sets a field whose letters depend on the browser's language (a time, a date), or makes a choice.
    pub async fn set(&self, selector: &str, value: &str) {
        self.find(selector).await;
        let script = format!(
            "(() => {{ const field = document.querySelector({}); field.value = {}; \
             for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, {{ bubbles: true }})); \
             return field.value; }})()",
            json!(selector),
            json!(value)
        );
        assert_eq!(self.value_of(&script).await, value, "{selector} takes no {value:?}");
    }

    /// Chooses files in a file field, which may be hidden behind a button.
    pub async fn choose_file(&self, selector: &str, file: &Path) {
        let ask = async || {
            let element = self.driver.find(selector).await?;
            let text = file.to_string_lossy();
            self.driver.post(&format!("/element/{}/value", element.0), json!({ "text": text })).await
        };
        self.try_until(&format!("choosing a file in {selector}"), ask).await;
    }

    /// Types keys wherever the focus is: text, and [`key`]'s names. With `held` (Control, Shift …) kept down.
    pub async fn keys(&self, held: &[&str], text: &str) {
        let mut actions = Vec::new();
        actions.extend(held.iter().map(|key| json!({ "type": "keyDown", "value": key })));
        for c in text.chars() {
            actions.push(json!({ "type": "keyDown", "value": c }));
            actions.push(json!({ "type": "keyUp", "value": c }));
        }
        actions.extend(held.iter().rev().map(|key| json!({ "type": "keyUp", "value": key })));
        let keyboard = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] });
        self.driver.post("/actions", keyboard).await.expect("keys are typed");
    }

    /// Drags from the middle of one element to the middle of another, slowly enough for the page to follow.
    pub async fn drag(&self, from: &str, to: &str) {
        let (from, to) = (self.find(from).await, self.find(to).await);
        let move_to = |element: &Element, duration: u32| {
            let origin = WebDriver::reference(element);
            json!({ "type": "pointerMove", "duration": duration, "x": 0, "y": 0, "origin": origin })
        };
        let actions = json!([
            move_to(&from, 0),
            { "type": "pointerDown", "button": 0 },
            { "type": "pointerMove", "duration": 50, "x": 8, "y": 8, "origin": "pointer" },
            move_to(&to, 200),
            { "type": "pointerUp", "button": 0 },
        ]);
        let pointer = json!({ "actions": [{ "type": "pointer", "id": "mouse", "actions": actions }] });
        self.driver.post("/actions", pointer).await.expect("a drag");
    }

    /// Drags from one place of the window to another, with keys held down.
    pub async fn drag_at(&self, held: &[&str], from: (i64, i64), to: (i64, i64)) {
        let at = |(x, y): (i64, i64), duration: u32| json!({ "type": "pointerMove", "duration": duration, "x": x, "y": y, "origin": "viewport" });
        let actions = json!([
            at(from, 0),
            { "type": "pointerDown", "button": 0 },
            at((from.0 + 8, from.1 + 8), 50),
            at(to, 200),
            { "type": "pointerUp", "button": 0 },
        ]);
        let pointer = json!({ "actions": [{ "type": "pointer", "id": "mouse", "actions": actions }] });
        self.holding(held, pointer).await;
    }

    /// Turns the wheel over the middle of an element by so many pixels, with keys held down. Above zero is down.
    pub async fn wheel(&self, held: &[&str], selector: &str, by: i32) {
        let origin = WebDriver::reference(&self.find(selector).await);
        let scroll = json!({ "type": "scroll", "x": 0, "y": 0, "deltaX": 0, "deltaY": by, "origin": origin });
        let wheel = json!({ "actions": [{ "type": "wheel", "id": "wheel", "actions": [scroll] }] });
        self.holding(held, wheel).await;
    }

    async fn holding(&self, held: &[&str], what: Value) {
        let keyboard = async |kind: &str| {
            let actions: Vec<_> = held.iter().map(|key| json!({ "type": kind, "value": key })).collect();
            let keyboard = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] });
            self.driver.post("/actions", keyboard).await.expect("keys are held");
        };
        keyboard("keyDown").await;
        self.driver.post("/actions", what).await.expect("a movement");
        keyboard("keyUp").await;
    }

    /// Presses Tab until it gets to what the selector names, as somebody without a mouse does.
    pub async fn tab_to(&self, selector: &str) {
        self.tab_until(selector, &format!("document.activeElement?.matches({}) ?? false", json!(selector)))
            .await;
    }

    /// Presses Tab until it gets to the button with these words.
    pub async fn tab_to_button(&self, words: &str) {
        let here = format!(
            "document.activeElement?.matches('button') && document.activeElement.textContent.trim() === {}",
            json!(words)
        );
        self.tab_until(words, &here).await;
    }

    async fn tab_until(&self, what: &str, here: &str) {
        for _ in 0..150 {
            if self.value_of(here).await == true {
                return;
            }
            self.keys(&[], key::TAB).await;
        }
        panic!("Tab does not get to {what}:\n{}", self.text("body").await);
    }

    /// Cuts the page's connections, or lets them come back.
    pub async fn offline(&self, offline: bool) {
        self.chromium("Network.enable", json!({})).await;
        let conditions =
            json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.chromium("Network.emulateNetworkConditions", conditions).await;
    }

    /// Signs in as the person that the program named when it started, and waits until the page has left the form.
    pub async fn sign_in(&self, program: &Program) {
        let (Some(email), Some(password)) = (&program.email, &program.password) else {
            panic!("this program named nobody to sign in as")
        };
        self.sign_in_as(program, email, password).await;
    }

    pub async fn sign_in_as(&self, program: &Program, email: &str, password: &str) {
        self.goto(&program.address("/sign-in")).await;
        self.fill("#email", email).await;
        self.fill("#password", password).await;
        self.click("form [type=submit]").await;
        self.gone("#password").await;
        // Before anybody is signed in the page asks with a cookie it may not have, and Chromium notes the refusal.
        self.complaints().await;
    }

    /// Waits until nothing moves or loads any more: fonts, pictures, requests and animations. Pictures that are loaded
    /// when they come into view are not waited for before.
    pub async fn at_rest(&self) {
        let quiet = "(async () => { await document.fonts.ready; const count = () => performance.getEntriesByType('resource')\
                     .length; let before = -1; while (before !== count()) { before = count(); \
                     await new Promise(r => setTimeout(r, 250)); } \
                     await Promise.all(document.getAnimations().filter(a => a.effect?.getComputedTiming().iterations !== \
                     Infinity).map(a => a.finished.catch(() => {}))); \
                     const far = i => { const r = i.getBoundingClientRect(); return r.bottom < 0 || r.top > innerHeight; }; \
                     return [...document.images].every(i => i.complete || (i.loading === 'lazy' && far(i))); })()";
        self.until("the page to come to rest", quiet).await;
    }

    /// A picture of what is to be seen, in `target/shots/NAME.png` or the folder that `BESEDA_SHOTS` names.
    pub async fn shot(&self, name: &str) -> PathBuf {
        let picture = self.chromium("Page.captureScreenshot", json!({ "format": "png" })).await;
        let picture = STANDARD.decode(picture["data"].as_str().unwrap_or_default()).expect("a picture");
        let path = shots().join(format!("{name}.png"));
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder for pictures");
        fs::write(&path, picture).expect("a picture is written");
        path
    }

    /// What the page complained about since the last call: errors and warnings of the console, blocked and failed
    /// loads. Chromium forgets them when they are read.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.driver.post("/se/log", json!({ "type": "browser" })).await.expect("the console");
        let entries = log.as_array().cloned().unwrap_or_default();
        let grave =
            entries.iter().filter(|entry| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING")));
        grave.filter_map(|entry| entry["message"].as_str().map(String::from)).collect()
    }

    /// Expects a quiet console.
    pub async fn assert_quiet(&self) {
        let complaints = self.complaints().await;
        assert!(complaints.is_empty(), "the console is not quiet:\n{}", complaints.join("\n"));
    }

    /// Expects axe-core to find nothing against WCAG 2.2 AA and its best practices in the page as it is now.
    pub async fn assert_accessible(&self, what: &str) {
        // A button that is just becoming usable again is paler for a moment.
        self.at_rest().await;
        let violations = self.violations().await;
        if !violations.is_empty() {
            let shot = self.shot(&format!("not-accessible-{}", what.replace([' ', '/'], "-"))).await;
            panic!("{what} is not accessible (see {}):\n{}", shot.display(), violations.join("\n"));
        }
    }

    /// What axe-core finds, each with its rule, what is wrong and where.
    pub async fn violations(&self) -> Vec<String> {
        if self.value_of("typeof axe").await != "object" {
            self.value_of(&format!("{AXE}\n;true")).await;
        }
        // Animations are finished first: half-shown text has too little contrast.
        let run = "(async () => { await Promise.all(document.getAnimations().filter(a => a.effect?.getComputedTiming()\
                   .iterations !== Infinity).map(a => a.finished.catch(() => {}))); \
                   const r = await axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', \
                   'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }); return r.violations.map(v => ({ id: v.id, \
                   impact: v.impact, help: v.help, nodes: v.nodes.map(n => ({ target: n.target.join(' '), \
                   html: n.html, summary: n.failureSummary })) })); })()";
        let found = self.value_of(run).await;
        let found = found.as_array().cloned().unwrap_or_default();
        found.iter().map(readable).collect()
    }

    /// What was downloaded by this name, once it is there.
    pub async fn downloaded(&self, name: &str) -> Vec<u8> {
        let path = self.profile.path().join("downloads").join(name);
        // Chromium takes the name first, for a file that is still empty.
        let read = async || fs::read(&path).ok().filter(|file| !file.is_empty());
        self.wait(&format!("the download {name}"), read).await
    }

    /// Asks until there is an answer; panics with what the page shows instead.
    async fn wait<T>(&self, what: &str, ask: impl AsyncFn() -> Option<T>) -> T {
        let missing = || Refused { name: "not there".to_owned(), message: what.to_owned() };
        self.try_until(what, async || ask().await.ok_or_else(missing)).await
    }

    async fn try_until<T>(&self, what: &str, ask: impl AsyncFn() -> Result<T, Refused>) -> T {
        let started = Instant::now();
        loop {
            let refused = match ask().await {
                Ok(answer) => return answer,
                Err(refused) => refused,
            };
            if started.elapsed() > PATIENCE {
                let shows = self.evaluate("document.body?.innerText ?? ''").await.unwrap_or_default();
                let shot = self.shot(&format!("failed-{}", std::process::id())).await;
                panic!(
                    "waited {PATIENCE:?} in vain for {what} ({refused})\nat {}\nthe page shows (see {}):\n{}\n\
                     the console says:\n{}",
                    self.address().await,
                    shot.display(),
                    shows.as_str().unwrap_or_default(),
                    self.complaints().await.join("\n"),
                );
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }
}

/// Names of keys for [`Browser::keys`], as WebDriver numbers them.
pub mod key {
    pub const ENTER: &str = "\u{e007}";
    pub const ESCAPE: &str = "\u{e00c}";
    pub const TAB: &str = "\u{e004}";
    pub const END: &str = "\u{e010}";
    pub const SHIFT: &str = "\u{e008}";
    pub const CONTROL: &str = "\u{e009}";
    pub const UP: &str = "\u{e013}";
    pub const DOWN: &str = "\u{e015}";
    pub const LEFT: &str = "\u{e012}";
    pub const RIGHT: &str = "\u{e014}";
}

/// Whether an element is there and at the same place for two frames, once it is in view.
const STANDS_STILL: &str = "
    return (async () => { const element = arguments[0], frame = () => new Promise(done => requestAnimationFrame(done));
    const place = () => { const { x, y, width, height } = element.getBoundingClientRect();
        return [x, y, width, height].join(); };
    if (!element.isConnected) return false;
    element.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
    await frame(); const before = place(); await frame(); await frame();
    return element.isConnected && place() === before; })();";

/// Finds what can be pressed by its name: the label if there is one, else the text.
const BY_NAME: &str = "
    const name = element => (element.getAttribute('aria-label') ?? element.innerText ?? element.value ?? '')
        .replace(/\\s+/g, ' ').trim();
    const roles = 'button,a[href],summary,[role=button],[role=link],[role=tab],[role=menuitem],[role=option],' +
        '[role=switch],[role=menuitemradio],[role=radio],[role=checkbox],input[type=submit]';
    return [...document.querySelectorAll(roles)]
        .find(element => name(element) === arguments[0] && element.checkVisibility()) ?? null;";

/// Where pictures go.
fn shots() -> PathBuf {
    std::env::var_os("BESEDA_SHOTS").map_or_else(
        || Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target directory").join("shots"),
        PathBuf::from,
    )
}

fn readable(violation: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut said =
        format!("{} ({}): {}", text(&violation["id"]), text(&violation["impact"]), text(&violation["help"]));
    for node in violation["nodes"].as_array().into_iter().flatten() {
        let summary = text(&node["summary"]).replace('\n', " ");
        // Writing to a string cannot fail.
        let _ = write!(said, "\n    at {}: {}\n       {summary}", text(&node["target"]), text(&node["html"]));
    }
    said
}
