//! `beseda serve`: runs the program until it is told to stop.

use std::io::Write as _;

use clap::Args;
use serde::Serialize;
use tokio::signal::unix::{SignalKind, signal};

use super::{ConfigArgs, Failure, Outcome};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Settings;
use crate::crypto::{Random, Secret};
use crate::http::lifecycle::Lifecycle;
use crate::memory;

#[derive(Debug, Args)]
pub struct ServeCommand {
    #[command(flatten)]
    config: ConfigArgs,
    /// Print one line of JSON when it serves
    #[arg(long)]
    json: bool,
}

/// What is told when the program serves; absent parts do not apply. It is told once, to whoever started the program,
/// and prints itself nowhere else.
pub struct Serving {
    pub url: String,
    /// Where it listens, as somebody on this machine reaches it.
    pub local_url: String,
    pub email: Option<String>,
    pub password: Option<Secret>,
    pub data: String,
    pub setup_url: Option<String>,
    pub pid: u32,
}

impl Serving {
    pub fn told(&self) -> serde_json::Value {
        serde_json::json!({
            "url": self.url,
            "local_url": self.local_url,
            "email": self.email,
            "password": self.password.as_ref().map(Secret::expose),
            "data": self.data,
            "setup_url": self.setup_url,
            "pid": self.pid,
        })
    }
}

pub fn run(command: ServeCommand) -> Outcome {
    let settings = command.config.load()?;
    block_on(async {
        let app = open(settings).await?;
        let link = app.accounts.setup_link(app.clock.now().into()).await.map_err(Failure::failed)?;
        let setup_url = link.map(|link| format!("{}/setup?token={}", app.url(), link.token.expose()));
        let serving = Serving {
            url: app.url(),
            local_url: app.local_url(),
            email: None,
            password: None,
            data: app.settings.storage.data.display().to_string(),
            setup_url,
            pid: std::process::id(),
        };
        let mut lines = vec![format!("Beseda serves {}", serving.url)];
        if serving.local_url != serving.url {
            // Behind a proxy: with port 0 nobody else could tell which port it got.
            lines.push(format!("It listens at {}", serving.local_url));
        }
        if let Some(setup_url) = &serving.setup_url {
            lines.push(format!("Set it up within 30 minutes: {setup_url}"));
            lines.push("(a new address: beseda setup-link)".to_owned());
        }
        announce(command.json, &serving.told(), &lines.join("\n"));
        stay(app).await
    })
}

/// Opens the program's data and takes its address, with the log set up.
pub async fn open(settings: Settings) -> Result<App, Failure> {
    super::log::start(&settings.log);
    outlive_file_limits();
    App::open(settings, Clock::system(), Random::system()).await.map_err(Failure::failed)
}

/// A limit on the size of files (`ulimit -f`, systemd's `LimitFSIZE`) is as a full disk: the write fails. Unheard, the
/// signal that comes with it would end the program.
fn outlive_file_limits() {
    // SIGXFSZ on every platform we build for.
    const FILE_LIMIT: i32 = 25;
    if let Err(error) = signal(SignalKind::from_raw(FILE_LIMIT)) {
        tracing::warn!(%error, "a limit on the size of files would end the program");
    }
}

/// Serves until SIGTERM or SIGINT; a second one does not wait for what is under way.
pub async fn stay(app: App) -> Outcome {
    tokio::spawn(stop_on_signal(app.lifecycle.clone()));
    // What opening took: what a crash had left was read and moved, the demo was made.
    memory::give_back();
    memory::keep_giving_back();
    app.run().await.map_err(Failure::failed)
}

/// Prints where it serves: one line of JSON for programs, sentences for people.
pub fn announce(json: bool, serving: &impl Serialize, text: &str) {
    let line = if json { serde_json::to_string(serving).unwrap_or_default() } else { text.to_owned() };
    let mut out = std::io::stdout().lock();
    // Whoever started it may not be listening; it serves all the same.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Runs a command's work on the program's threads.
pub fn block_on(work: impl Future<Output = Outcome>) -> Outcome {
    // Two providers of cryptography may be linked in; rustls wants to be told which one is meant.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.enable_all().on_thread_park(memory::parked).build().map_err(Failure::failed)?.block_on(work)
}

/// Stops at the first signal in order, at the second at once.
pub async fn stop_on_signal(lifecycle: Lifecycle) {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return tracing::error!("signals cannot be heard: stop the program by force");
    };
    let mut next = async || {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    next().await;
    tracing::info!("stopping");
    lifecycle.stop();
    next().await;
    // Nothing acknowledged is lost by this: it is what a power cut does, and the store is made for that.
    std::process::exit(1);
}
