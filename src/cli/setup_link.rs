//! `beseda setup-link`: a new setup address, while there is no owner.

use clap::Args;

use super::{ConfigArgs, Failure, Outcome, print};
use crate::app::control::{self, Answer, Ask, ControlError};
use crate::cli::serve::block_on;

#[derive(Debug, Args)]
pub struct SetupLinkCommand {
    #[command(flatten)]
    config: ConfigArgs,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(command: SetupLinkCommand) -> Outcome {
    let settings = command.config.load()?;
    let data = settings.storage.data;
    block_on(async {
        // Only the running program is asked: an address made beside it would be replaced by the one that the next
        // start prints.
        let answer = control::ask(&data, &Ask::SetupLink).await.map_err(|error| match error {
            ControlError::NotRunning => Failure::Failed(format!(
                "Beseda is not running on {}. Start it: it prints the setup address.",
                data.display()
            )),
            other => Failure::failed(other),
        })?;
        match answer {
            Answer::SetupLink { url, expires_at } if command.json => {
                print(serde_json::json!({ "setup_url": url, "expires_at": expires_at }))
            }
            Answer::SetupLink { url, .. } => print(format!("Set it up within 30 minutes: {url}")),
            Answer::Refused { why } => Err(Failure::Failed(why)),
            other => Err(Failure::Failed(format!("an unexpected answer: {other:?}"))),
        }
    })
}
