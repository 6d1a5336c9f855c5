//! The settings, checked: every key there is, its default, its range and what it means to the program.
//!
//! `config.example.toml` explains each key to the person who sets it; a test keeps it complete and its defaults true.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;
use jiff::SignedDuration;
use tracing_subscriber::filter::Targets;
use url::Url;

use super::problem::Origin;
use super::reader::{Reader, Value};
use crate::crypto::Secret;

/// All settings of this run.
#[derive(Clone, Debug)]
pub struct Settings {
    pub server: Server,
    pub storage: Storage,
    pub whatsapp: WhatsApp,
    pub accounts: Accounts,
    pub bots: Bots,
    pub limits: Limits,
    pub log: Log,
    /// The configuration file that was read, if any.
    pub file: Option<PathBuf>,
    /// Every value with its origin, in the order of the example file, for `beseda config show`.
    pub values: Vec<Value>,
}

#[derive(Clone, Debug)]
pub struct Server {
    /// Port 0 takes a free one.
    pub listen: SocketAddr,
    /// The address people and Meta reach us at, without a slash at its end; `None` where only `listen` is known.
    pub public_url: Option<String>,
    /// Only these may say in a header for whom they ask.
    pub trusted_proxies: Vec<IpNet>,
    /// Open connections of all callers together.
    pub max_connections: usize,
    /// How long requests under way may take to finish when the program stops.
    pub shutdown: Duration,
    /// What `/metrics` asks for; without it `/metrics` answers this machine alone.
    pub metrics_token: Option<Secret>,
}

#[derive(Clone, Debug)]
pub struct Storage {
    /// Absolute.
    pub data: PathBuf,
    /// Absolute, and not inside `data`.
    pub key_file: PathBuf,
    /// Memory for what was last written and for the pages of all open stores together, in bytes.
    pub cache_bytes: usize,
    /// Businesses whose stores are open at the same time.
    pub open_businesses: usize,
    /// How long the change log is kept.
    pub changes_retention: SignedDuration,
    /// How long a file stays that nothing names.
    pub unused_files: SignedDuration,
    /// Below this free space the program reports itself as not ready. In bytes.
    pub min_free_bytes: u64,
}

#[derive(Clone, Debug)]
pub struct WhatsApp {
    /// Without a slash at its end.
    pub api_base: String,
    /// As in the path: `v25.0`.
    pub api_version: String,
    /// How long a processed webhook stays in the journal.
    pub journal_retention: SignedDuration,
    /// Requests to the Graph API under way at the same time.
    pub send_concurrency: usize,
    /// How long to wait for the status of a message whose answer was lost, before it is tried again.
    pub reconcile: SignedDuration,
    /// Largest file taken in or sent, in bytes.
    pub media_max_bytes: u64,
}

#[derive(Clone, Debug)]
pub struct Accounts {
    /// How long an access token lives.
    pub access: SignedDuration,
    /// How long a sign-in lives without being used.
    pub refresh: SignedDuration,
    /// Wrong passwords for one account before it has to wait; four times as many for one address.
    pub lockout_failures: u32,
    /// The longest such wait.
    pub lockout: SignedDuration,
    /// Passwords hashed at the same time; each takes 19 MiB and one processor.
    pub hash_concurrency: usize,
}

#[derive(Clone, Debug)]
pub struct Bots {
    /// Whether flows may call addresses that are not of the Internet.
    pub private_addresses: bool,
    /// How long customers' runs are kept; the numbers counted from them stay.
    pub results_retention: SignedDuration,
}

#[derive(Clone, Debug)]
pub struct Limits {
    /// Largest webhook body, in bytes.
    pub webhook_bytes: u64,
    /// Largest body of any other request but an upload, in bytes.
    pub api_bytes: u64,
    /// Businesses that one person may own.
    pub businesses_per_person: usize,
}

#[derive(Clone, Debug)]
pub struct Log {
    /// A level, or levels by part of the program: `info,beseda::whatsapp=debug`.
    pub level: String,
    pub format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

const MB: u64 = 1024 * 1024;

impl Settings {
    pub(super) fn read(reader: &mut Reader, file: Option<PathBuf>, state_directory: Option<&str>) -> Self {
        let server = Server {
            listen: reader.text(
                "server.listen",
                SocketAddr::from(([127, 0, 0, 1], 8080)),
                |text| {
                    text.parse().map_err(|_| {
                        "an IP address and a port, as \"127.0.0.1:8080\", \"0.0.0.0:80\" or \"[::]:8080\""
                            .into()
                    })
                },
                ToString::to_string,
            ),
            public_url: reader.optional_text("server.public_url", |text| web_address(text, false)),
            trusted_proxies: reader.list("server.trusted_proxies", network),
            max_connections: size(reader.number("server.max_connections", 2_048, 16..=100_000)),
            shutdown: Duration::from_secs(reader.number("server.shutdown_seconds", 20, 1..=600)),
            metrics_token: reader.secret("server.metrics_token"),
        };
        let storage = Storage::read(reader, state_directory);
        let whatsapp = WhatsApp {
            api_base: reader.text(
                "whatsapp.api_base",
                "https://graph.facebook.com".to_owned(),
                |text| web_address(text, true),
                Clone::clone,
            ),
            api_version: reader.text("whatsapp.api_version", "v25.0".to_owned(), version, Clone::clone),
            journal_retention: days(reader.number("whatsapp.journal_days", 30, 1..=3_650)),
            send_concurrency: size(reader.number("whatsapp.send_concurrency", 64, 1..=1_024)),
            reconcile: seconds(reader.number("whatsapp.reconcile_seconds", 90, 10..=3_600)),
            media_max_bytes: MB * reader.number("whatsapp.media_max_mb", 100, 1..=100),
        };
        let accounts = Accounts {
            access: seconds(60 * reader.number("accounts.access_minutes", 15, 1..=60)),
            refresh: days(reader.number("accounts.refresh_days", 30, 1..=365)),
            lockout_failures: u32::try_from(reader.number("accounts.lockout_failures", 5, 1..=100))
                .unwrap_or(u32::MAX),
            lockout: seconds(60 * reader.number("accounts.lockout_minutes", 15, 1..=1_440)),
            hash_concurrency: size(reader.number("accounts.hash_concurrency", 2, 1..=64)),
        };
        let bots = Bots {
            private_addresses: reader.text(
                "bots.private_addresses",
                false,
                |text| match text {
                    "refuse" => Ok(false),
                    "allow" => Ok(true),
                    _ => Err("\"refuse\" or \"allow\"".to_owned()),
                },
                |allow| if *allow { "allow" } else { "refuse" }.to_owned(),
            ),
            results_retention: days(reader.number("bots.results_days", 180, 1..=3_650)),
        };
        let limits = Limits {
            webhook_bytes: MB * reader.number("limits.webhook_mb", 4, 4..=64),
            api_bytes: MB * reader.number("limits.api_mb", 1, 1..=64),
            businesses_per_person: size(reader.number("limits.businesses_per_person", 20, 1..=10_000)),
        };
        let log = Log {
            level: reader.text("log.level", "info".to_owned(), level, Clone::clone),
            format: reader
                .text("log.format", LogFormat::Text, LogFormat::read, |format| format.name().to_owned()),
        };
        Self { server, storage, whatsapp, accounts, bots, limits, log, file, values: reader.values() }
    }
}

impl Storage {
    fn read(reader: &mut Reader, state_directory: Option<&str>) -> Self {
        // systemd names the directories it made for the service, the first one for the data.
        let state_directory =
            state_directory.and_then(|list| list.split(':').next()).filter(|path| !path.is_empty());
        let data = reader.text(
            "storage.data",
            absolute(Path::new(state_directory.unwrap_or("beseda-data"))),
            path,
            |path| path.display().to_string(),
        );
        if state_directory.is_some() {
            reader.default_came_from(Origin::Environment("STATE_DIRECTORY".to_owned()));
        }
        // Beside the data and not in them, so that whoever copies the data does not copy the key with them.
        let mut beside = data.clone().into_os_string();
        beside.push("-keys");
        let key_file =
            reader.text("storage.key_file", PathBuf::from(beside).join("beseda.key"), path, |path| {
                path.display().to_string()
            });
        if key_file.starts_with(&data) || resolved(&key_file).starts_with(resolved(&data)) {
            let what = format!(
                "the key file {} lies inside the data directory {}: it must lie apart, or a copy of the data \
                 is a copy of the key",
                key_file.display(),
                data.display()
            );
            reader.refuse("storage.key_file", what);
        }
        Self {
            data,
            key_file,
            cache_bytes: size(MB * reader.number("storage.cache_mb", 192, 4..=65_536)),
            open_businesses: size(reader.number("storage.open_businesses", 64, 1..=10_000)),
            changes_retention: days(reader.number("storage.changes_days", 30, 1..=3_650)),
            unused_files: days(reader.number("storage.unused_files_days", 7, 1..=3_650)),
            min_free_bytes: MB * reader.number("storage.min_free_mb", 200, 0..=1_048_576),
        }
    }
}

/// A path without the links in the part of it that is there.
fn resolved(path: &Path) -> PathBuf {
    let there = path.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)));
    match there {
        Some((above, real)) => {
            path.strip_prefix(above).map_or_else(|_| path.to_owned(), |rest| real.join(rest))
        }
        None => path.to_owned(),
    }
}

impl LogFormat {
    fn read(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("\"text\" or \"json\"".to_owned()),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}

/// An `http` or `https` address without its last slash. No query or fragment: paths of ours are added to it.
fn web_address(text: &str, may_have_path: bool) -> Result<String, String> {
    let allowed = if may_have_path {
        "an address as \"https://graph.facebook.com\""
    } else {
        "an address without a path, as \"https://chat.example.com\""
    };
    let url = Url::parse(text.trim()).map_err(|_| allowed.to_owned())?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
        && (may_have_path || url.path() == "/");
    if plain { Ok(url.as_str().trim_end_matches('/').to_owned()) } else { Err(allowed.to_owned()) }
}

/// A network, or a single address.
fn network(text: &str) -> Result<IpNet, String> {
    text.parse::<IpNet>()
        .map(|network| network.trunc())
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| "networks or addresses, as [\"10.0.0.0/8\", \"::1\"]".to_owned())
}

/// A Graph API version: `v25.0`.
fn version(text: &str) -> Result<String, String> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix('v')
        .and_then(|numbers| numbers.split_once('.'))
        .filter(|(major, minor)| digits(major) && digits(minor))
        .map(|_| text.to_owned())
        .ok_or_else(|| "a version of the Graph API, as \"v25.0\"".to_owned())
}

fn level(text: &str) -> Result<String, String> {
    let is_level = |word: &str| matches!(word, "error" | "warn" | "info" | "debug" | "trace" | "off");
    // The parser takes a single word that is no level for the name of a module, and would accept "inof".
    let all_known = text.split(',').all(|part| part.contains('=') || is_level(part.trim()));
    if all_known && text.parse::<Targets>().is_ok() {
        Ok(text.to_owned())
    } else {
        Err("error, warn, info, debug or trace, and where needed parts of the program with their own, as \
             \"info,beseda::whatsapp=debug\""
            .to_owned())
    }
}

fn path(text: &str) -> Result<PathBuf, String> {
    let path = absolute(Path::new(text));
    // "/" and "…/.." have no name of their own, beside which the key could lie.
    if text.is_empty() || path.file_name().is_none() {
        return Err("the path of a file or directory with a name".to_owned());
    }
    Ok(path)
}

/// The path from the root, so that a later change of the working directory moves nothing. Where the working directory
/// is gone there is nothing to start from, and opening the path will say so. A slash at the end says nothing, and goes:
/// what lies beside the path has its name with something behind it.
fn absolute(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    absolute.components().collect()
}

fn seconds(number: u64) -> SignedDuration {
    SignedDuration::from_secs(i64::try_from(number).unwrap_or(i64::MAX))
}

fn days(number: u64) -> SignedDuration {
    seconds(number * 24 * 60 * 60)
}

fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
