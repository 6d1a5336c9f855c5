//! Running other programs: said before it is run, with no standard input, and its failures as sentences.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Result;
use crate::tally::Tally;

/// A program about to be run in the repository's root.
pub struct Shell {
    command: Command,
    shown: String,
}

impl Shell {
    pub fn new(program: impl AsRef<OsStr>, directory: &Path) -> Self {
        let mut command = Command::new(&program);
        command.current_dir(directory).stdin(Stdio::null());
        // `cargo run` tells its child about the package `xtask`; a build script that saw these would build again.
        for (name, _) in std::env::vars_os() {
            let told = name.to_string_lossy();
            if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_", "CARGO_BIN_"]
                .iter()
                .any(|p| told.starts_with(p))
            {
                command.env_remove(&name);
            }
        }
        Self { command, shown: program.as_ref().to_string_lossy().into_owned() }
    }

    pub fn cargo(directory: &Path) -> Self {
        Self::new("cargo", directory)
    }

    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        for arg in args {
            self.shown.push(' ');
            self.shown.push_str(&arg.as_ref().to_string_lossy());
            self.command.arg(arg);
        }
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.shown = format!("{name}={} {}", value.as_ref().to_string_lossy(), self.shown);
        self.command.env(name, value);
        self
    }

    /// Runs it with its output passed through; whether it succeeded.
    pub fn succeeds(mut self) -> Result<bool> {
        println!("$ {}", self.shown);
        let status = self.command.status().map_err(|e| format!("`{}` cannot be run: {e}", self.shown))?;
        Ok(status.success())
    }

    /// Runs it with its output passed through; a failure is an error.
    pub fn run(self) -> Result<()> {
        let shown = self.shown.clone();
        if self.succeeds()? { Ok(()) } else { Err(format!("`{shown}` failed").into()) }
    }

    /// What it prints on its standard output, silently. A failure is an error that carries what it said.
    pub fn output(mut self) -> Result<Vec<u8>> {
        let output = self.command.output().map_err(|e| format!("`{}` cannot be run: {e}", self.shown))?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(format!("`{}` failed:\n{}", self.shown, String::from_utf8_lossy(&output.stderr)).into())
    }

    /// Whether it starts and ends well, with nothing shown: the way to ask if a tool is there.
    pub fn answers(mut self) -> bool {
        let status = self.command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    }

    /// Runs tests, passing their output through and adding up the `test result:` lines.
    /// A run that fails without any failed test (it did not compile, or a process died) counts as one failure.
    pub fn tests(mut self) -> Result<Tally> {
        println!("$ {}", self.shown);
        let mut child = self.command.stdout(Stdio::piped()).spawn()?;
        let (mut tally, mut skipped) = (Tally::default(), 0);
        if let Some(stdout) = child.stdout.take() {
            // Lossy, because a test may print anything and the count must go on.
            for line in BufReader::new(stdout).split(b'\n') {
                let line = line?;
                let line = String::from_utf8_lossy(&line);
                println!("{line}");
                if let Some(more) = Tally::of_result_line(&line) {
                    tally += more;
                }
                skipped += usize::from(Tally::is_skipped_line(&line));
            }
        }
        (0..skipped).for_each(|_| tally.skip());
        if !child.wait()?.success() && tally.failed == 0 {
            tally.failed = 1;
        }
        Ok(tally)
    }
}
