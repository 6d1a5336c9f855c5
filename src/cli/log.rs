//! The log: to standard error, for people or as JSON, as the configuration says.

use std::io::IsTerminal;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::config::{Log, LogFormat};

const SCHEDULER: &str = "tokio_cron_scheduler";

/// Starts the log. Standard output stays free for what a command prints.
pub fn start(settings: &Log) {
    // The configuration has been checked, so this reads what it says.
    let levels: Targets = settings.level.parse().unwrap_or_default();
    // The scheduler tells three times that it starts. Whoever names it in the configuration hears it.
    let named = settings.level.contains(SCHEDULER);
    let levels = if named { levels } else { levels.with_target(SCHEDULER, LevelFilter::WARN) };
    // Colours are for a terminal; in a file or a journal they are noise.
    let colours = std::io::stderr().is_terminal();
    let plain = fmt::layer().with_writer(std::io::stderr).with_ansi(colours);
    let layer = match settings.format {
        LogFormat::Text => plain.boxed(),
        LogFormat::Json => plain.json().boxed(),
    };
    // A test in the same process may have set one; the first stays.
    drop(tracing_subscriber::registry().with(layer.with_filter(levels)).try_init());
}
