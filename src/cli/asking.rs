//! How a command has something done in the data directory: by the program that runs there, or else by itself.

use super::Failure;
use crate::app;
use crate::app::control::{self, Answer, Ask, ControlError};
use crate::config::Settings;

/// Asks the running program; where none runs, opens the store for the moment.
pub async fn ask(settings: Settings, asked: Ask) -> Result<Answer, Failure> {
    match control::ask(&settings.storage.data, &asked).await {
        Err(ControlError::NotRunning) => {}
        answered => return answered.map_err(Failure::failed),
    }
    let (control, stores) = app::offline(&settings).map_err(Failure::failed)?;
    let answer = control.answer(asked).await;
    drop(control);
    tokio::task::spawn_blocking(move || stores.close()).await.map_err(Failure::failed)?;
    Ok(answer)
}

pub fn unexpected(answer: Answer) -> Failure {
    Failure::Failed(match answer {
        Answer::Refused { why } => why,
        other => format!("an unexpected answer: {other:?}"),
    })
}
