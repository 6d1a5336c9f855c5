//! `beseda user list` and `beseda user reset-password`: for the owner of the machine, when nobody can sign in.

use std::io::Read as _;

use clap::{Args, Subcommand};

use super::asking::{ask, unexpected};
use super::serve::block_on;
use super::{ConfigArgs, Failure, Outcome, print};
use crate::app::control::{Answer, Ask};
use crate::crypto::{Random, Secret};

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// List everyone who can sign in
    List(List),
    /// Give somebody a new password and sign them out everywhere
    ResetPassword(Reset),
}

#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    config: ConfigArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub struct Reset {
    /// The e-mail they sign in with
    email: String,
    #[command(flatten)]
    config: ConfigArgs,
    /// Read the new password from standard input instead of making one up
    #[arg(long)]
    stdin: bool,
}

pub(super) fn run(command: UserCommand) -> Outcome {
    match command {
        UserCommand::List(List { config, json }) => {
            let settings = config.load()?;
            block_on(async move {
                match ask(settings, Ask::Users).await? {
                    Answer::Users { users } if json => print(serde_json::json!({ "users": users })),
                    Answer::Users { users } if users.is_empty() => print("Nobody yet."),
                    Answer::Users { users } => {
                        let lines: Vec<String> =
                            users.iter().map(|user| format!("{}  {}", user.email, user.name)).collect();
                        print(lines.join("\n"))
                    }
                    other => Err(unexpected(other)),
                }
            })
        }
        UserCommand::ResetPassword(Reset { email, config, stdin }) => {
            let settings = config.load()?;
            let password = if stdin { from_stdin()? } else { made_up(&Random::system()) };
            block_on(async move {
                let asked = Ask::ResetPassword { email, password: password.expose().to_owned() };
                match ask(settings, asked).await? {
                    Answer::PasswordReset { email } if stdin => {
                        print(format!("{email} has the new password and is signed out everywhere."))
                    }
                    Answer::PasswordReset { email } => print(format!(
                        "{email} is signed out everywhere and signs in with this password, to be changed then:\n{}",
                        password.expose()
                    )),
                    other => Err(unexpected(other)),
                }
            })
        }
    }
}

fn from_stdin() -> Result<Secret, Failure> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(Failure::failed)?;
    let password = Secret::new(text.trim_end_matches(['\r', '\n']));
    drop(Secret::new(text));
    Ok(password)
}

/// Four groups of five letters that are not mistaken for each other when read out: 99 bits.
fn made_up(random: &Random) -> Secret {
    const LETTERS: [char; 31] = [
        'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'j', 'k', 'm', 'n', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w',
        'x', 'y', 'z', '2', '3', '4', '5', '6', '7', '8', '9',
    ];
    let letter = || {
        let index = usize::try_from(random.below(31)).unwrap_or_default();
        LETTERS[index]
    };
    let groups: Vec<String> = (0..4).map(|_| (0..5).map(|_| letter()).collect()).collect();
    Secret::new(groups.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_up_password_is_long_and_another_each_time() {
        let random = Random::seeded(1);
        let (one, other) = (made_up(&random), made_up(&random));
        assert_ne!(one.expose(), other.expose());
        for password in [one, other] {
            let groups: Vec<&str> = password.expose().split('-').collect();
            assert_eq!(groups.len(), 4);
            assert!(
                groups.iter().all(|group| group.len() == 5 && !group.contains(['l', 'o', 'i', '0', '1']))
            );
        }
    }
}
