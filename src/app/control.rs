//! The control socket: how a command on this machine asks the running program to do something.
//!
//! The running program alone may open its store, so `beseda setup-link` and `beseda user` cannot do their work beside
//! it. They ask it instead, over a Unix socket in the data directory that only the owner of the data may open: whoever
//! may is already able to read and change everything. One line of JSON goes each way, then the connection is closed.
//!
//! It is not an API: both ends are always the same version of the same program.

use std::fmt;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use beseda_wire::time::Time;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};

use super::maintenance::{Maintenance, Removed};
use crate::accounts::{Accounts, AccountsError};
use crate::clock::Clock;
use crate::crypto::Secret;

/// What a command asks for.
#[derive(Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Ask {
    /// A new setup address.
    SetupLink,
    /// Who can sign in.
    Users,
    /// A new password for somebody who has forgotten theirs.
    ResetPassword { email: String, password: String },
    /// What is done every night, now.
    Maintenance,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    SetupLink {
        url: String,
        expires_at: Time,
    },
    Users {
        users: Vec<ListedUser>,
    },
    PasswordReset {
        email: String,
    },
    Maintained {
        removed: Removed,
    },
    /// It was not done; why, for people.
    Refused {
        why: String,
    },
}

/// Somebody who can sign in.
#[derive(Debug, Serialize, Deserialize)]
pub struct ListedUser {
    pub email: String,
    pub name: String,
    pub created_at: Time,
}

/// What answers: the same whether the program runs or a command has opened the store itself.
#[derive(Clone)]
pub struct Control {
    pub accounts: Accounts,
    pub maintenance: Maintenance,
    pub clock: Clock,
    /// The address of the interface, without a slash at its end.
    pub url: String,
}

/// Why a command got no answer.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// No program runs on this data directory.
    #[error("Beseda is not running on this data directory")]
    NotRunning,
    #[error("the running Beseda did not answer: {0}")]
    Io(#[from] io::Error),
    #[error("the running Beseda is another version than this command: {0}")]
    Version(serde_json::Error),
}

const NAME: &str = "control.sock";
/// A question or an answer is one line of at most this many bytes: a list of some thousand people.
const LONGEST: u64 = 1 << 20;
/// Hashing a password on a small machine, behind others that wait.
const PATIENCE: Duration = Duration::from_secs(30);
/// Nightly work over years of data.
const LONG_PATIENCE: Duration = Duration::from_secs(60 * 60);
/// The longest path that a socket's address holds is 107 bytes.
const LONGEST_PATH: usize = 100;

impl Ask {
    const fn patience(&self) -> Duration {
        match self {
            Self::Maintenance => LONG_PATIENCE,
            _ => PATIENCE,
        }
    }
}

impl Control {
    pub async fn answer(&self, ask: Ask) -> Answer {
        self.perform(ask).await.unwrap_or_else(|error| Answer::Refused { why: explained(&error) })
    }

    async fn perform(&self, ask: Ask) -> Result<Answer, AccountsError> {
        let now = self.clock.now().into();
        match ask {
            Ask::SetupLink => {
                let link = self.accounts.setup_link(now).await?.ok_or(AccountsError::SetUpAlready)?;
                let url = format!("{}/setup?token={}", self.url, link.token.expose());
                Ok(Answer::SetupLink { url, expires_at: link.expires_at })
            }
            Ask::Users => {
                let listed = |user: crate::accounts::User| ListedUser {
                    email: user.email.as_str().to_owned(),
                    name: user.name,
                    created_at: user.created_at,
                };
                Ok(Answer::Users { users: self.accounts.users()?.into_iter().map(listed).collect() })
            }
            Ask::ResetPassword { email, password } => {
                let user = self.accounts.reset_password(&email, Secret::new(password), now).await?;
                Ok(Answer::PasswordReset { email: user.email.as_str().to_owned() })
            }
            Ask::Maintenance => Ok(Answer::Maintained { removed: self.maintenance.run(now).await }),
        }
    }

    /// Takes the socket of the data directory. The caller has opened the store, so no other program is there, and a
    /// socket that is there was left behind by one that was killed.
    pub fn listen(&self, data: &Path) -> io::Result<Listening> {
        let path = data.join(NAME);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = {
            let (address, _folder) = short(data)?;
            UnixListener::bind(address)?
        };
        fs::set_permissions(&path, Permissions::from_mode(0o600))?;
        Ok(Listening { listener, path, control: self.clone() })
    }
}

/// The socket, taken. Dropping it removes it.
pub struct Listening {
    listener: UnixListener,
    path: PathBuf,
    control: Control,
}

impl Listening {
    /// Answers commands, for ever.
    pub async fn serve(self) {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let control = self.control.clone();
                    tokio::spawn(async move {
                        if converse(&control, stream).await.is_err() {
                            tracing::debug!("a command left before it was answered");
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "no command could be heard");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        // What is left behind is removed at the next start.
        let _ = fs::remove_file(&self.path);
    }
}

async fn converse(control: &Control, mut stream: UnixStream) -> io::Result<()> {
    let (from, mut to) = stream.split();
    let mut line = String::new();
    let mut from = BufReader::new(from.take(LONGEST));
    tokio::time::timeout(PATIENCE, from.read_line(&mut line)).await??;
    let answer = match serde_json::from_str::<Ask>(&line) {
        Ok(ask) => tokio::time::timeout(ask.patience(), control.answer(ask)).await?,
        Err(error) => Answer::Refused { why: format!("the question is not understood: {error}") },
    };
    let mut line = serde_json::to_vec(&answer)?;
    line.push(b'\n');
    to.write_all(&line).await?;
    to.shutdown().await
}

/// Asks the program that runs on this data directory.
pub async fn ask(data: &Path, ask: &Ask) -> Result<Answer, ControlError> {
    let connected = match short(data) {
        Ok((address, _folder)) => UnixStream::connect(address).await,
        Err(error) => Err(error),
    };
    let stream = connected.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => ControlError::NotRunning,
        _ => error.into(),
    })?;
    let exchanged = tokio::time::timeout(ask.patience(), exchange(stream, ask)).await;
    let line = exchanged.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    serde_json::from_str(&line).map_err(ControlError::Version)
}

async fn exchange(mut stream: UnixStream, ask: &Ask) -> io::Result<String> {
    let (from, mut to) = stream.split();
    let mut line = serde_json::to_vec(ask)?;
    line.push(b'\n');
    to.write_all(&line).await?;
    let mut answer = String::new();
    BufReader::new(from.take(LONGEST)).read_line(&mut answer).await?;
    Ok(answer)
}

/// The socket's path, short enough for an address. A long one goes by the open folder, which has to stay open while
/// the address is used.
fn short(data: &Path) -> io::Result<(PathBuf, Option<File>)> {
    let path = data.join(NAME);
    if path.as_os_str().len() <= LONGEST_PATH {
        return Ok((path, None));
    }
    let folder = File::open(data)?;
    Ok((PathBuf::from(format!("/proc/self/fd/{}/{NAME}", folder.as_raw_fd())), Some(folder)))
}

/// An error as the person at the terminal needs it.
fn explained(error: &AccountsError) -> String {
    match error {
        AccountsError::SetUpAlready => {
            "Beseda is set up already. Who has forgotten a password gets a new one by: beseda user reset-password"
                .to_owned()
        }
        AccountsError::NotFound => "Nobody has this e-mail. Who can sign in is told by: beseda user list".to_owned(),
        AccountsError::Invalid(faults) => {
            faults.iter().map(|fault| format!("The password {}.", fault.detail)).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

impl fmt::Debug for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SetupLink => f.write_str("SetupLink"),
            Self::Users => f.write_str("Users"),
            Self::Maintenance => f.write_str("Maintenance"),
            Self::ResetPassword { email, .. } => write!(f, "ResetPassword({email}, ***)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::accounts::NewUser;
    use crate::config::Settings;
    use crate::crypto::{KeyRing, Random};

    use super::*;

    struct World {
        control: Control,
        folder: tempfile::TempDir,
    }

    impl World {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let settings = Settings::for_data(folder.path()).unwrap();
            let stores = crate::app::open_stores(&settings).unwrap();
            let random = Random::seeded(1);
            let keys = KeyRing::ephemeral(&random);
            let accounts =
                Accounts::new(stores.platform().clone(), &keys, &settings.accounts, random).unwrap();
            let clock = Clock::manual("2026-11-23T10:00:00Z".parse().unwrap());
            let maintenance = Maintenance::new(stores, &settings);
            let control = Control { accounts, maintenance, clock, url: "http://127.0.0.1:8080".into() };
            Self { control, folder }
        }

        async fn with_anna() -> Self {
            let world = Self::new();
            let anna = NewUser {
                email: "Anna@example.com".into(),
                name: "Anna".into(),
                locale: "en".into(),
                password: Secret::new("a long green bicycle"),
            };
            let now = world.control.clock.now().into();
            world.control.accounts.add(anna, now, |_, _| Ok(())).await.unwrap();
            world
        }

        fn reset(email: &str, password: &str) -> Ask {
            Ask::ResetPassword { email: email.into(), password: password.into() }
        }
    }

    async fn refusal(control: &Control, ask: Ask) -> String {
        match control.answer(ask).await {
            Answer::Refused { why } => why,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_command_gets_a_setup_address_from_the_running_program() {
        let world = World::new();
        let data = world.folder.path();
        let served = tokio::spawn(world.control.listen(data).unwrap().serve());
        assert_eq!(fs::metadata(data.join(NAME)).unwrap().permissions().mode() & 0o777, 0o600);
        let Answer::SetupLink { url, expires_at } = ask(data, &Ask::SetupLink).await.unwrap() else {
            panic!()
        };
        assert!(url.starts_with("http://127.0.0.1:8080/setup?token="), "{url}");
        assert_eq!(expires_at, Time::from(world.control.clock.now()).plus_seconds(30 * 60));

        served.abort();
        let _ = served.await;
        assert!(!data.join(NAME).exists());
        assert!(matches!(ask(data, &Ask::SetupLink).await, Err(ControlError::NotRunning)));
    }

    #[tokio::test]
    async fn what_a_killed_program_left_behind_is_no_obstacle() {
        let world = World::new();
        let data = world.folder.path();
        std::mem::forget(world.control.listen(data).unwrap());
        drop(std::os::unix::net::UnixListener::bind(data.join("other.sock")).unwrap());
        fs::rename(data.join("other.sock"), data.join(NAME)).unwrap();
        assert!(matches!(ask(data, &Ask::Users).await, Err(ControlError::NotRunning)));
        let served = tokio::spawn(world.control.listen(data).unwrap().serve());
        assert!(matches!(ask(data, &Ask::Users).await, Ok(Answer::Users { .. })));
        served.abort();
    }

    #[tokio::test]
    async fn a_data_directory_may_lie_deep() {
        let world = World::new();
        let deep = world.folder.path().join("a".repeat(120)).join("b".repeat(120));
        fs::create_dir_all(&deep).unwrap();
        let served = tokio::spawn(world.control.listen(&deep).unwrap().serve());
        assert!(matches!(ask(&deep, &Ask::Users).await, Ok(Answer::Users { .. })));
        served.abort();
    }

    #[tokio::test]
    async fn people_are_listed_and_passwords_reset() {
        let world = World::with_anna().await;
        let Answer::Users { users } = world.control.answer(Ask::Users).await else { panic!() };
        assert_eq!((users[0].email.as_str(), users[0].name.as_str()), ("Anna@example.com", "Anna"));

        assert!(refusal(&world.control, Ask::SetupLink).await.contains("set up already"));
        let unknown = World::reset("nobody@example.com", "another blue car");
        assert!(refusal(&world.control, unknown).await.contains("Nobody has this e-mail"));
        let weak = World::reset("anna@example.com", "1234567890");
        assert!(refusal(&world.control, weak).await.starts_with("The password is one of the first"));

        let asked = World::reset("anna@example.com", "another blue car");
        assert!(!format!("{asked:?}").contains("blue"));
        let Answer::PasswordReset { email } = world.control.answer(asked).await else { panic!() };
        assert_eq!(email, "Anna@example.com");
    }

    #[tokio::test]
    async fn nonsense_is_answered_and_not_obeyed() {
        let world = World::new();
        let data = world.folder.path();
        let served = tokio::spawn(world.control.listen(data).unwrap().serve());
        let mut stream = UnixStream::connect(data.join(NAME)).await.unwrap();
        stream.write_all(b"{\"ask\":\"everything\"}\n").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.contains("not understood") && answer.ends_with('\n'), "{answer}");
        served.abort();
    }
}
