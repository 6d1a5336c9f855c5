//! `beseda maintenance`: what the program does every night, now.

use clap::Args;

use super::asking::{ask, unexpected};
use super::serve::block_on;
use super::{ConfigArgs, Outcome, print};
use crate::app::control::{Answer, Ask};

#[derive(Debug, Args)]
pub struct MaintenanceCommand {
    #[command(flatten)]
    config: ConfigArgs,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(command: MaintenanceCommand) -> Outcome {
    let settings = command.config.load()?;
    block_on(async {
        super::log::start(&settings.log);
        match ask(settings, Ask::Maintenance).await? {
            Answer::Maintained { removed } if command.json => print(serde_json::json!(removed)),
            Answer::Maintained { removed } => print(format!("Removed {removed}.")),
            other => Err(unexpected(other)),
        }
    })
}
