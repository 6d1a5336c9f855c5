//! The command line: what was typed, and one file per command.
//!
//! A command parses nothing and decides nothing that belongs to a domain: it loads the settings, calls one use case,
//! prints, and says how it went by its exit code.
//!
//! | code | meaning |
//! | --- | --- |
//! | 0 | done |
//! | 1 | it could not start, or failed on the way |
//! | 2 | the command line or the configuration is wrong: starting again will not help, so a service manager should not |

mod asking;
mod config;
mod demo;
mod log;
mod maintenance;
mod openapi;
mod serve;
mod setup_link;
mod simulator;
mod user;
mod version;

use std::fmt::Display;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{ConfigFile, Flags, Settings, Sources, environment};

#[derive(Debug, Parser)]
#[command(name = "beseda", version, about, long_about = None, arg_required_else_help = true, propagate_version = false)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check the configuration, or show every setting and where it came from
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Run the program
    Serve(serve::ServeCommand),
    /// Run the program with a business that looks real and a simulated number
    Demo(demo::DemoCommand),
    /// Print a new setup address, while there is no owner
    SetupLink(setup_link::SetupLinkCommand),
    /// List who can sign in, or reset a forgotten password
    #[command(subcommand)]
    User(user::UserCommand),
    /// Do now what is done every night: remove what is older than it shall be kept
    Maintenance(maintenance::MaintenanceCommand),
    /// Run the WhatsApp simulator alone, for developing against
    Simulator(simulator::SimulatorCommand),
    /// Print the OpenAPI document
    Openapi,
    /// Print the version and the platform
    Version,
}

/// Settings on the command line; they are stronger than the environment and the file.
#[derive(Clone, Debug, Default, Args)]
pub struct ConfigArgs {
    /// The configuration file [default: config.toml, else /etc/beseda/config.toml, where they exist]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The directory of all data
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Where to listen: an IP address and a port; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
}

/// Why a command failed, for the person at the terminal and for the exit code.
#[derive(Debug)]
pub enum Failure {
    /// Exit code 1.
    Failed(String),
    /// Exit code 2.
    Refused(String),
}

/// What a command gives back.
pub type Outcome = Result<(), Failure>;

/// Parses the command line and runs what it asks for.
pub fn run() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Config(command) => config::run(command),
        Command::Serve(command) => serve::run(command),
        Command::Demo(command) => demo::run(command),
        Command::SetupLink(command) => setup_link::run(command),
        Command::User(command) => user::run(command),
        Command::Maintenance(command) => maintenance::run(command),
        Command::Simulator(command) => simulator::run(command),
        Command::Openapi => openapi::run(),
        Command::Version => version::run(),
    };
    let (text, code) = match outcome {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Failed(text)) => (text, 1),
        Err(Failure::Refused(text)) => (text, 2),
    };
    // Where even the terminal is gone there is nobody left to tell.
    let _ = writeln!(io::stderr(), "{text}");
    ExitCode::from(code)
}

impl ConfigArgs {
    /// The settings of this run.
    pub fn load(self) -> Result<Settings, Failure> {
        self.load_with(ConfigFile::Usual)
    }

    /// The settings of a run that has nothing to do with an installation: of files, only one that is named.
    pub fn load_apart(self) -> Result<Settings, Failure> {
        self.load_with(ConfigFile::None)
    }

    fn load_with(self, unnamed: ConfigFile) -> Result<Settings, Failure> {
        let sources = Sources {
            file: self.config.map_or(unnamed, ConfigFile::At),
            environment: environment(),
            flags: Flags { data: self.data, listen: self.listen },
        };
        Settings::load(&sources).map_err(|error| Failure::Refused(error.to_string()))
    }
}

impl Failure {
    pub fn failed(error: impl Display) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Prints a result. A reader that has gone away, as in `beseda config show | head`, is no failure.
fn print(text: impl Display) -> Outcome {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::failed(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
