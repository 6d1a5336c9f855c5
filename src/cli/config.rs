//! `beseda config check` and `beseda config show`.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};

use super::{ConfigArgs, Outcome, print};
use crate::config::{Origin, Settings, Shown, Value};

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Say what is wrong with the configuration, and where
    Check(ConfigArgs),
    /// Print every setting and where it came from; secrets are masked
    Show(Show),
}

#[derive(Debug, Args)]
pub(super) struct Show {
    #[command(flatten)]
    config: ConfigArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(command: ConfigCommand) -> Outcome {
    match command {
        ConfigCommand::Check(args) => print(summary(&args.load()?)),
        ConfigCommand::Show(Show { config, json }) => {
            let settings = config.load()?;
            if json { print(format!("{:#}", as_json(&settings))) } else { print(as_toml(&settings.values)) }
        }
    }
}

fn summary(settings: &Settings) -> String {
    let set = settings.values.iter().filter(|value| value.origin != Origin::Default).count();
    let file = settings
        .file
        .as_ref()
        .map_or_else(|| "no configuration file".to_owned(), |path| path.display().to_string());
    format!(
        "The configuration is right: {file}; {set} of {} settings differ from their default.",
        settings.values.len()
    )
}

/// TOML with the origin of each value behind it, so that it can be kept as a configuration file.
fn as_toml(values: &[Value]) -> String {
    let settings: Vec<(String, &Origin)> = values
        .iter()
        .map(|Value { key, value, origin }| {
            let setting = match value {
                // Neither may be read back as a value.
                Shown::Unset => format!("# {key} is not set"),
                Shown::Secret => format!("# {key} = ***"),
                Shown::Text(text) => format!("{key} = {}", quoted(text)),
                Shown::Number(number) => format!("{key} = {number}"),
                Shown::List(items) => {
                    let items: Vec<String> = items.iter().map(|item| quoted(item)).collect();
                    format!("{key} = [{}]", items.join(", "))
                }
            };
            (setting, origin)
        })
        .collect();
    let width = settings.iter().map(|(setting, _)| setting.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (setting, origin) in settings {
        // Writing to a String does not fail.
        let _ = writeln!(text, "{setting:width$}  # {origin}");
    }
    text.truncate(text.trim_end().len());
    text
}

/// A TOML basic string. JSON escapes the same characters in the same way, but for DEL.
fn quoted(text: &str) -> String {
    Json::from(text).to_string().replace('\u{7f}', "\\u007F")
}

fn as_json(settings: &Settings) -> Json {
    let values: Vec<Json> = settings
        .values
        .iter()
        .map(|Value { key, value, origin }| {
            let (value, secret) = match value {
                Shown::Unset => (Json::Null, false),
                Shown::Text(text) => (json!(text), false),
                Shown::Number(number) => (json!(number), false),
                Shown::List(items) => (json!(items), false),
                Shown::Secret => (json!("***"), true),
            };
            let origin = match origin {
                Origin::Default => json!({"kind": "default"}),
                Origin::File { path, line } => json!({"kind": "file", "path": path, "line": line}),
                Origin::Environment(name) => json!({"kind": "environment", "name": name}),
                Origin::CommandLine(flag) => json!({"kind": "command_line", "name": flag}),
            };
            json!({"key": key, "value": value, "secret": secret, "origin": origin})
        })
        .collect();
    json!({"file": settings.file, "settings": values})
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use super::*;
    use crate::config::{ConfigFile, Flags, Sources};

    fn settings() -> Settings {
        let environment = [
            ("BESEDA_SERVER__METRICS_TOKEN", "s3cret"),
            ("BESEDA_SERVER__TRUSTED_PROXIES", "10.0.0.0/8,::1"),
            ("BESEDA_STORAGE__CACHE_MB", "16"),
        ];
        Settings::load(&Sources {
            file: ConfigFile::None,
            environment: environment.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            flags: Flags { data: Some("/srv/a \"b\"".into()), listen: None },
        })
        .unwrap()
    }

    #[test]
    fn the_shown_text_names_origins_and_hides_secrets() {
        let text = as_toml(&settings().values);
        let line = |start: &str| {
            let line = text.lines().find(|line| line.contains(start)).unwrap();
            line.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(line("metrics_token"), "# server.metrics_token = *** # BESEDA_SERVER__METRICS_TOKEN");
        assert_eq!(line("public_url"), "# server.public_url is not set # default");
        assert_eq!(line("storage.data"), r#"storage.data = "/srv/a \"b\"" # --data"#);
        assert_eq!(line("cache_mb"), "storage.cache_mb = 16 # BESEDA_STORAGE__CACHE_MB");
        assert!(line("trusted_proxies").contains(r#"["10.0.0.0/8", "::1/128"]"#));
        assert!(!text.contains("s3cret"));
    }

    #[test]
    fn the_shown_text_can_be_kept_as_a_configuration_file() {
        let before = settings();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kept.toml");
        fs::write(&path, as_toml(&before.values)).unwrap();
        let after = Settings::load(&Sources {
            file: ConfigFile::At(path),
            environment: BTreeMap::new(),
            flags: Flags::default(),
        })
        .unwrap();
        for (before, after) in before.values.iter().zip(&after.values) {
            let expected = if before.value == Shown::Secret { &Shown::Unset } else { &before.value };
            assert_eq!(expected, &after.value, "{}", before.key);
        }
    }

    #[test]
    fn the_shown_json_holds_the_same() {
        let json = as_json(&settings());
        let listed = json["settings"].as_array().unwrap();
        let find = |key: &str| listed.iter().find(|value| value["key"] == key).unwrap();
        assert_eq!(find("storage.cache_mb")["value"], 16);
        assert_eq!(find("storage.cache_mb")["origin"]["name"], "BESEDA_STORAGE__CACHE_MB");
        assert_eq!(find("server.metrics_token")["value"], "***");
        assert_eq!(find("server.metrics_token")["secret"], true);
        assert_eq!(find("server.public_url")["value"], Json::Null);
        assert_eq!(find("log.level")["origin"]["kind"], "default");
        assert!(!json.to_string().contains("s3cret"));
    }

    #[test]
    fn the_summary_counts_what_was_set() {
        assert!(summary(&settings()).starts_with("The configuration is right: no configuration file; 4 of "));
    }
}
