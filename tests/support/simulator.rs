//! The simulator as a process of its own, so that it lives on when the program is killed.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::api::Api;

pub struct Simulator {
    child: Child,
    /// The Graph host for `BESEDA_WHATSAPP__API_BASE`.
    pub graph: String,
    /// Its controls; nobody is asked who they are.
    pub controls: Api,
}

impl Simulator {
    pub fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_beseda"))
            .args(["simulator", "--json", "--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the simulator starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its standard output");
        BufReader::new(stdout).read_line(&mut line).expect("one line");
        let told: Value = serde_json::from_str(&line).expect("one line of JSON");
        let text = |name: &str| told[name].as_str().expect("an address").to_owned();
        Self { child, graph: text("graph"), controls: Api::new(&text("controls")) }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
