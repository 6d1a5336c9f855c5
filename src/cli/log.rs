//! The log: to standard error, for people or as JSON, as the configuration says.

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::config::{Log, LogFormat};

/// Starts the log. Standard output stays free for what a command prints.
pub fn start(settings: &Log) {
    // The configuration has been checked, so this reads what it says.
    let levels: Targets = settings.level.parse().unwrap_or_default();
    let plain = fmt::layer().with_writer(std::io::stderr);
    let layer = match settings.format {
        LogFormat::Text => plain.boxed(),
        LogFormat::Json => plain.json().boxed(),
    };
    // A test in the same process may have set one; the first stays.
    drop(tracing_subscriber::registry().with(layer.with_filter(levels)).try_init());
}
