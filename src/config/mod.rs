//! The settings of the machine: where to listen, where the data lie, how much to use.
//!
//! They come from four places, each stronger than the one before: the defaults, the configuration file, the
//! environment (`BESEDA_SECTION__KEY`), the command line. [`raw`] collects them as they were written; [`Settings`]
//! reads them once, checks them, and remembers where each value came from. Anything that is not understood is an
//! error that says where it stands and what is allowed: a misspelt key that is silently ignored costs its owner a day.
//!
//! What a business sets (channels, roles, working hours) lies in the store and never here: no value can be set in
//! both places, so nobody has to ask which one counts.

mod problem;
mod raw;
mod reader;
mod settings;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use problem::{ConfigError, Origin, Problem};
pub use reader::{Shown, Value};
pub use settings::{Accounts, Limits, Log, LogFormat, Server, Settings, Storage, WhatsApp};

use raw::Raw;
use reader::Reader;

/// Where the configuration file is looked for when nobody names one: the first that exists.
const USUAL_FILES: [&str; 2] = ["config.toml", "/etc/beseda/config.toml"];

/// What the settings are made of, besides the defaults.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    pub file: ConfigFile,
    /// All environment variables; the ones that are ours are picked out. See [`environment`].
    pub environment: BTreeMap<String, String>,
    pub flags: Flags,
}

/// Which configuration file to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ConfigFile {
    /// `$BESEDA_CONFIG`, else the first of `config.toml` and `/etc/beseda/config.toml` that exists, else none.
    #[default]
    Usual,
    /// This one, which must exist.
    At(PathBuf),
    /// None. The demo uses it, lest it run on the data of the installation that the file describes.
    None,
}

/// Settings given on the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    pub data: Option<PathBuf>,
    pub listen: Option<String>,
}

impl Settings {
    /// Reads and checks everything. All problems are reported at once.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        let mut raw = Raw::default();
        let file = Raw::file_to_read(sources, &USUAL_FILES.map(Path::new));
        if let Some(path) = &file {
            raw.add_file(path);
        }
        raw.add_environment(&sources.environment);
        raw.add_flags(&sources.flags);

        let mut reader = Reader::new(raw);
        let state_directory = sources.environment.get("STATE_DIRECTORY").map(String::as_str);
        let settings = Self::read(&mut reader, file, state_directory);
        reader.finish()?;
        Ok(settings)
    }

    /// The defaults, with the data in `data`: for the demo and for tests.
    pub fn for_data(data: &Path) -> Result<Self, ConfigError> {
        Self::load(&Sources {
            file: ConfigFile::None,
            flags: Flags { data: Some(data.to_owned()), listen: None },
            ..Sources::default()
        })
    }
}

/// The environment of this process. Variables that are not UTF-8 are left out: none of ours needs to be.
pub fn environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

#[cfg(test)]
mod tests;
