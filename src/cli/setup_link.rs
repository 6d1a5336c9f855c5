//! `beseda setup-link`: a new setup address, while there is no owner.

use clap::Args;

use super::{ConfigArgs, Failure, Outcome, asking, print};
use crate::app::control::{self, Answer, Ask, ControlError};
use crate::cli::serve::block_on;
use crate::config::Settings;

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
    block_on(async {
        // Only the running program is asked: an address made beside it would be replaced by the one that the next
        // start prints.
        let answered = control::ask(&settings.storage.data, &Ask::SetupLink).await;
        if matches!(answered, Err(ControlError::NotRunning)) {
            return Err(Failure::Failed(not_running(settings).await));
        }
        match answered.map_err(Failure::failed)? {
            Answer::SetupLink { url, expires_at } if command.json => {
                print(serde_json::json!({ "setup_url": url, "expires_at": expires_at }))
            }
            Answer::SetupLink { url, .. } => print(format!("Set it up within 30 minutes: {url}")),
            Answer::Refused { why } => Err(Failure::Failed(why)),
            other => Err(Failure::Failed(format!("an unexpected answer: {other:?}"))),
        }
    })
}

/// What to do where the program does not run.
async fn not_running(settings: Settings) -> String {
    let data = settings.storage.data.display().to_string();
    let is_set_up = match asking::ask(settings, Ask::Users).await {
        Ok(Answer::Users { users }) => !users.is_empty(),
        // It was never started there, or starting it says what is wrong.
        _ => false,
    };
    if is_set_up {
        format!(
            "Beseda is not running on {data}, and is set up already: start it and sign in. Who has forgotten a password \
             gets a new one by: beseda user reset-password"
        )
    } else {
        format!("Beseda is not running on {data}. Start it: it prints the setup address.")
    }
}
