//! The built program as a process: started on a free port with a data directory of its own, killed, started again.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use super::api::Api;
use super::{PATIENCE, http_client};

/// How to start it. Keeps what a restart needs.
pub struct Launch {
    arguments: Vec<OsString>,
    environment: Vec<(String, String)>,
    home: tempfile::TempDir,
    listen: String,
}

impl Launch {
    /// `beseda serve`: an empty program that waits for its first owner.
    pub fn serve() -> Self {
        Self::new("serve")
    }

    /// `beseda demo`: with the demo business, and a person to sign in as.
    pub fn demo() -> Self {
        Self::new("demo")
    }

    fn new(command: &str) -> Self {
        let home = tempfile::Builder::new().prefix("beseda-test-").tempdir().expect("a temporary folder");
        let arguments = vec![command.into(), "--json".into()];
        Self { arguments, environment: Vec::new(), home, listen: "127.0.0.1:0".to_owned() }
    }

    #[must_use]
    pub fn argument(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// A setting, as `BESEDA_SECTION__KEY`.
    #[must_use]
    pub fn setting(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    pub fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// The program's own words, from every start on this data directory.
    pub fn log(&self) -> PathBuf {
        self.home.path().join("program.log")
    }

    /// Starts the program and waits until it serves.
    pub async fn start(self) -> Program {
        let (child, said) = self.spawn();
        let mut program = Program::read(self, child, &said);
        program.wait_until_ready().await;
        program
    }

    fn spawn(&self) -> (Child, mpsc::Receiver<String>) {
        let log = File::options().create(true).append(true).open(self.log()).expect("a log file");
        // The benches measure the release build with the same tests.
        let program = std::env::var_os("BESEDA_TEST_PROGRAM");
        let mut command = Command::new(program.unwrap_or_else(|| env!("CARGO_BIN_EXE_beseda").into()));
        forget_settings(&mut command);
        let mut child = command
            .args(&self.arguments)
            .args(["--listen", &self.listen, "--data"])
            .arg(self.data())
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(self.home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the program starts");
        let stdout = child.stdout.take().expect("its standard output");
        let (send, said) = mpsc::channel();
        // Reads to the end, so that the program never waits for a reader.
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = send.send(line);
            }
        });
        (child, said)
    }
}

/// The running program.
pub struct Program {
    launch: Launch,
    child: Child,
    pub url: String,
    pub email: Option<String>,
    pub password: Option<String>,
    pub setup_url: Option<String>,
}

impl Program {
    fn read(launch: Launch, child: Child, said: &mpsc::Receiver<String>) -> Self {
        let mut program =
            Self { launch, child, url: String::new(), email: None, password: None, setup_url: None };
        let line = program.first_line(said);
        let field = |name: &str| line[name].as_str().map(String::from);
        program.url = field("local_url").expect("the JSON line has the address");
        program.email = field("email");
        program.password = field("password");
        program.setup_url = field("setup_url");
        assert_eq!(line["pid"], program.child.id(), "the JSON line has the process id");
        let data = field("data").expect("the JSON line has the data directory");
        assert_eq!(fs::canonicalize(data).ok(), fs::canonicalize(program.data()).ok());
        program
    }

    /// The one line of JSON that says that the program serves.
    fn first_line(&mut self, said: &mpsc::Receiver<String>) -> Value {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            match said.recv_timeout(Duration::from_millis(50)) {
                Ok(line) => {
                    let Ok(json) = serde_json::from_str(&line) else {
                        panic!("with --json the program prints JSON alone, but said: {line}")
                    };
                    return json;
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
        }
        panic!("the program said no address within {PATIENCE:?}:\n{}", self.last_words())
    }

    async fn wait_until_ready(&mut self) {
        let http = http_client();
        let address = format!("{}/readyz", self.url.trim_end_matches('/'));
        let started = Instant::now();
        loop {
            if http.get(&address).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            let over = self.child.try_wait().expect("its state");
            let waited = started.elapsed();
            assert!(
                over.is_none() && waited < PATIENCE,
                "not ready after {waited:?} ({over:?}):\n{}",
                self.last_words()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub fn data(&self) -> PathBuf {
        self.launch.data()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.url.trim_end_matches('/'))
    }

    /// The API, for nobody yet.
    pub fn api(&self) -> Api {
        Api::new(self.url.trim_end_matches('/'))
    }

    /// The API, as the person that the program named when it started.
    pub async fn signed_in(&self) -> Api {
        let (Some(email), Some(password)) = (&self.email, &self.password) else {
            panic!("this program named nobody to sign in as")
        };
        self.api().sign_in(email, password).await
    }

    /// The API of a demo that has become quiet: its own bots are off, and nobody is with a customer. Who is with whom
    /// changes with the hour at which the demo begins.
    pub async fn quieted(&self) -> Api {
        let api = self.signed_in().await;
        for bot in api.all("/api/v1/bots").await {
            let path = format!("/api/v1/bots/{}", bot["id"].as_str().expect("an id"));
            api.patch(&path, json!({ "enabled": false })).await.ok();
        }
        for thread in api.all("/api/v1/conversations?view=all").await {
            if thread["handler"] == "person" {
                let path =
                    format!("/api/v1/conversations/{}/give-back", thread["id"].as_str().expect("an id"));
                api.post(&path, json!({})).await.ok();
            }
        }
        api
    }

    /// As a power cut does it: no chance to finish anything.
    pub fn kill(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it is gone");
    }

    /// Starts it again on the same data directory and the same address.
    pub async fn start_again(mut self) -> Self {
        self.kill();
        self.launch.listen = self.url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let launch = std::mem::replace(&mut self.launch, Launch::serve());
        drop(self);
        launch.start().await
    }

    /// Asks it to stop, and expects it to do so in order.
    pub fn stop(mut self) {
        let status = self.terminate();
        assert!(status.success(), "it stopped with {status}:\n{}", self.last_words());
    }

    /// Sends SIGTERM and waits for the end.
    pub fn terminate(&mut self) -> ExitStatus {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a process id");
        kill_process(pid, Signal::TERM).expect("it can be asked to stop");
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().expect("its state") {
                return status;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("it did not stop within {PATIENCE:?} of SIGTERM:\n{}", self.last_words())
    }

    /// Everything it wrote on its standard error, over all starts.
    pub fn log(&self) -> String {
        fs::read_to_string(self.launch.log()).unwrap_or_default()
    }

    fn last_words(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("-- the program's last words:\n{}", self.last_words());
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Settings of whoever runs the tests are not the tests' settings.
fn forget_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().to_ascii_uppercase().starts_with("BESEDA_") {
            command.env_remove(name);
        }
    }
}

/// Runs the program to its end with these arguments: exit status, standard output, standard error.
pub fn run(directory: &Path, arguments: &[&str]) -> (ExitStatus, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beseda"));
    forget_settings(&mut command);
    let output = command
        .args(arguments)
        .current_dir(directory)
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status, text(&output.stdout), text(&output.stderr))
}
