//! What the configuration accepts, what it refuses and in which words, and that the example file tells the truth.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;

/// Loads a file with `text` and an environment; gives the settings or the problems, with the file named `FILE`.
fn load(text: impl AsRef<[u8]>, environment: &[(&str, &str)]) -> Result<Settings, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    fs::write(&path, text).unwrap();
    let sources = Sources {
        file: ConfigFile::At(path.clone()),
        environment: environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        flags: Flags::default(),
    };
    Settings::load(&sources).map_err(|error| error.to_string().replace(&path.display().to_string(), "FILE"))
}

fn refused(text: &str, environment: &[(&str, &str)]) -> String {
    load(text, environment).unwrap_err()
}

fn origin<'a>(settings: &'a Settings, key: &str) -> &'a Origin {
    &settings.values.iter().find(|value| value.key == key).unwrap().origin
}

#[test]
fn nothing_needs_to_be_set() {
    let settings = load("", &[]).unwrap();
    assert_eq!(settings.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.whatsapp.api_base, "https://graph.facebook.com");
    assert!(settings.storage.data.is_absolute() && settings.storage.data.ends_with("beseda-data"));
    assert!(settings.storage.key_file.ends_with("beseda-data-keys/beseda.key"));
    assert!(settings.values.iter().all(|value| value.origin == Origin::Default));
}

#[test]
fn each_source_is_stronger_than_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("my.toml");
    fs::write(
        &path,
        "[server]\nlisten = \"127.0.0.1:1\"\nshutdown_seconds = 5\n\n[storage]\ncache_mb = 16\n",
    )
    .unwrap();
    let environment = [("BESEDA_SERVER__LISTEN", "127.0.0.1:2"), ("BESEDA_STORAGE__CACHE_MB", "64")];
    let mut sources = Sources {
        file: ConfigFile::At(path.clone()),
        environment: environment.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        flags: Flags { listen: Some("127.0.0.1:3".into()), data: Some("/srv/beseda".into()) },
    };
    let settings = Settings::load(&sources).unwrap();
    assert_eq!(settings.server.listen.port(), 3);
    assert_eq!(settings.storage.cache_bytes, 64 << 20);
    assert_eq!(settings.server.shutdown.as_secs(), 5);
    assert_eq!(settings.storage.data, Path::new("/srv/beseda"));
    assert_eq!(settings.storage.key_file, Path::new("/srv/beseda-keys/beseda.key"));
    assert_eq!(*origin(&settings, "server.listen"), Origin::CommandLine("--listen"));
    assert_eq!(*origin(&settings, "storage.data"), Origin::CommandLine("--data"));
    assert_eq!(
        *origin(&settings, "storage.cache_mb"),
        Origin::Environment("BESEDA_STORAGE__CACHE_MB".into())
    );
    assert_eq!(*origin(&settings, "server.shutdown_seconds"), Origin::File { path: path.clone(), line: 3 });
    assert_eq!(*origin(&settings, "log.level"), Origin::Default);

    sources.flags = Flags::default();
    assert_eq!(Settings::load(&sources).unwrap().server.listen.port(), 2);
    sources.environment.clear();
    assert_eq!(Settings::load(&sources).unwrap().server.listen.port(), 1);
    sources.environment.insert("BESEDA_CONFIG".into(), path.display().to_string());
    sources.file = ConfigFile::Usual;
    assert_eq!(Settings::load(&sources).unwrap().server.listen.port(), 1);
    sources.file = ConfigFile::None;
    assert_eq!(Settings::load(&sources).unwrap().server.listen.port(), 8080);
}

#[test]
fn unknown_keys_are_refused_with_their_line_and_the_nearest_known_one() {
    let told = refused("[server]\n# where\nlisen = \"127.0.0.1:80\"\n", &[]);
    assert_eq!(
        told,
        "FILE:3: [server] has no key `lisen`; did you mean `listen`? It has: listen, public_url, \
         trusted_proxies, max_connections, shutdown_seconds, metrics_token, metrics_token_file"
    );
    let told = refused("\n[sever]\nlisten = 1\nother = 2\n", &[]);
    assert_eq!(
        told,
        "FILE:2: there is no section [sever]; did you mean `server`? There are: server, storage, whatsapp, \
         accounts, bots, limits, log"
    );
    assert!(refused("listen = 1\n", &[]).starts_with("FILE:1: `listen` stands outside a section"));
    assert!(
        refused("[server.listen]\nport = 1\n", &[])
            .starts_with("FILE:1: server.listen = (a section) is refused")
    );
}

#[test]
fn unknown_variables_are_refused_and_other_programs_are_left_alone() {
    assert_eq!(
        refused("", &[("BESEDA_SERVER__LISEN", "127.0.0.1:80")]),
        "BESEDA_SERVER__LISEN: there is no such setting; did you mean `BESEDA_SERVER__LISTEN`?"
    );
    let told = refused("", &[("BESEDA_SERVER_LISTEN", "127.0.0.1:80")]);
    assert!(told.contains("did you mean `BESEDA_SERVER__LISTEN`?"), "{told}");
    assert_eq!(
        refused("", &[("BESEDA_LISTEN", "127.0.0.1:80")]),
        "BESEDA_LISTEN: there is no such setting; did you mean `BESEDA_SERVER__LISTEN`?"
    );
    let told = refused("", &[("BESEDA_COLOUR", "red")]);
    assert!(
        told.ends_with(
            "they are BESEDA_SECTION__KEY, with the sections server, storage, whatsapp, accounts, bots, limits, log"
        ),
        "{told}"
    );
    for name in ["beseda_server__listen", "BESEDA_server__LISTEN"] {
        let told = refused("", &[(name, "127.0.0.1:80")]);
        assert!(told.ends_with("settings are written in capitals: `BESEDA_SERVER__LISTEN`"), "{told}");
    }
    assert!(
        load("", &[("BESEDA_CONFIG", ""), ("OTHER_A__B", "x"), ("BESEDA_SERVER__PUBLIC_URL", "")]).is_ok()
    );
    // What Kubernetes sets beside a service of our name.
    assert!(
        load("", &[("BESEDA_PORT_8080_TCP", "tcp://10.0.0.1:8080"), ("BESEDA_SERVICE_HOST", "10.0.0.1")])
            .is_ok()
    );
}

#[test]
fn mistakes_are_told_in_the_order_in_which_they_stand() {
    let text = "[log]\nfromat = \"json\"\n[server]\nlisten = 7\n[colours]\n[accounts]\nrefresh_days = 0\n";
    let told = refused(text, &[("BESEDA_LOG__LEVEL", "shout")]);
    let places: Vec<_> = told.lines().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(places, ["FILE:2", "FILE:4", "FILE:5", "FILE:7", "BESEDA_LOG__LEVEL"]);
}

#[test]
fn bad_values_are_refused_with_what_is_allowed() {
    for (text, expected) in [
        (
            "[server]\nlisten = 8080",
            "FILE:2: server.listen = 8080 is refused: it must be a text between quotes",
        ),
        (
            "[server]\nlisten = \"8080\"",
            "server.listen = \"8080\" is refused: it must be an IP address and a port",
        ),
        ("[server]\nmax_connections = 1", "it must be a whole number from 16 to 100000"),
        ("[server]\nmax_connections = -1", "server.max_connections = -1 is refused"),
        (
            "[server]\nmax_connections = 20.5",
            "(a number with a fraction) is refused: it must be a whole number",
        ),
        (
            "[server]\nmax_connections = \"20\"",
            "max_connections = \"20\" is refused: it must be a whole number",
        ),
        ("[server]\npublic_url = \"chat.example.com\"", "it must be an address without a path"),
        ("[server]\npublic_url = \"https://a.example/b\"", "it must be an address without a path"),
        ("[server]\npublic_url = \"ftp://a.example\"", "it must be an address without a path"),
        ("[server]\npublic_url = \"https://u:p@a.example\"", "it must be an address without a path"),
        ("[server]\ntrusted_proxies = \"10.0.0.0/8\"", "it must be a list of texts"),
        ("[server]\ntrusted_proxies = [\"10.0.0.0/8\", \"here\"]", "[\"10.0.0.0/8\", \"here\"] is refused"),
        ("[storage]\ndata = \"\"", "it must be the path of a file or directory"),
        ("[storage]\ndata = \"/\"", "it must be the path of a file or directory"),
        ("[whatsapp]\napi_version = \"25.0\"", "it must be a version of the Graph API, as \"v25.0\""),
        ("[whatsapp]\nmedia_max_mb = 101", "it must be a whole number from 1 to 100"),
        ("[limits]\nwebhook_mb = 3", "it must be a whole number from 4 to 64"),
        ("[log]\nlevel = \"inof\"", "it must be error, warn, info, debug or trace"),
        ("[log]\nlevel = \"info,beseda=loud\"", "it must be error, warn, info, debug or trace"),
        ("[log]\nformat = \"xml\"", "it must be \"text\" or \"json\""),
        ("[log]\nformat = 2026-11-22", "log.format = (a date) is refused"),
        ("[log\nformat", "FILE:1: this is not TOML"),
        ("[log]\nformat = \"text\"\nformat = \"json\"", "FILE:3: this is not TOML: duplicate key"),
    ] {
        let told = refused(text, &[]);
        assert!(told.contains(expected), "{text}\n  gave: {told}\n  not: {expected}");
    }
    let told = refused("", &[("BESEDA_STORAGE__CACHE_MB", "lots")]);
    assert_eq!(
        told,
        "BESEDA_STORAGE__CACHE_MB: storage.cache_mb = \"lots\" is refused: it must be a whole number from 4 to 65536"
    );
}

#[test]
fn all_problems_are_told_at_once() {
    let told = refused("[server]\nlisten = 1\n[log]\nfromat = \"json\"\n", &[("BESEDA_LOG__LEVEL", "shout")]);
    assert_eq!(told.lines().count(), 3, "{told}");
}

#[test]
fn a_named_file_must_be_there() {
    let sources = Sources { file: ConfigFile::At("/nowhere/beseda.toml".into()), ..Sources::default() };
    let told = Settings::load(&sources).unwrap_err().to_string();
    assert_eq!(told, "/nowhere/beseda.toml: there is no such file");
}

#[test]
fn a_file_in_another_encoding_is_told_where_it_begins() {
    for (text, place) in [
        // Latin-1, as an old editor saves it.
        (&b"[server]\n# caf\xe9\nlisten = \"127.0.0.1:0\"\n"[..], "FILE:2: column 6 holds the byte 0xe9,"),
        // Columns are letters and not bytes.
        ("# ключ\n# ключ ".as_bytes(), ""),
        (b"\xff\xfe[\0", "FILE:1: column 1 holds the byte 0xff,"),
        (b"# \xd1\x8f\xd1\x8f \xd1", "FILE:1: column 6 holds the byte 0xd1,"),
    ] {
        match load(text, &[]) {
            Ok(_) => assert_eq!(place, ""),
            Err(told) => assert!(!place.is_empty() && told.starts_with(place), "{told}"),
        }
    }
}

#[test]
fn values_are_brought_to_one_form() {
    let settings = load(
        "[server]\npublic_url = \"https://Chat.Example.com/\"\ntrusted_proxies = [\"10.1.2.3/8\", \"::1\"]\n\
         [whatsapp]\napi_base = \"http://127.0.0.1:9000/graph/\"\n[log]\nlevel = \"warn,beseda::store=trace\"",
        &[],
    )
    .unwrap();
    assert_eq!(settings.server.public_url.as_deref(), Some("https://chat.example.com"));
    assert_eq!(settings.whatsapp.api_base, "http://127.0.0.1:9000/graph");
    let proxies: Vec<String> = settings.server.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["10.0.0.0/8", "::1/128"]);
    let listed = load("", &[("BESEDA_SERVER__TRUSTED_PROXIES", "10.0.0.0/8, 192.168.1.1")]).unwrap();
    assert_eq!(listed.server.trusted_proxies.len(), 2);
}

#[test]
fn the_key_may_not_lie_among_the_data() {
    let told = refused("[storage]\ndata = \"/srv/b\"\nkey_file = \"/srv/b/beseda.key\"\n", &[]);
    assert!(told.starts_with("FILE:3: the key file /srv/b/beseda.key lies inside"), "{told}");
    let home = tempfile::tempdir().unwrap();
    let (data, link) = (home.path().join("data"), home.path().join("link"));
    std::fs::create_dir(&data).unwrap();
    std::os::unix::fs::symlink(&data, &link).unwrap();
    let by_link = format!("[storage]\ndata = {data:?}\nkey_file = {:?}\n", link.join("keys/beseda.key"));
    assert!(refused(&by_link, &[]).contains("lies inside the data directory"), "a link leads there too");
    assert!(load("[storage]\ndata = \"/srv/b\"\nkey_file = \"/srv/b.key\"\n", &[]).is_ok());
}

#[test]
fn a_slash_at_the_end_says_nothing() {
    for data in ["/srv/b/", "/srv/b//", "/srv/./b/."] {
        let settings = load(format!("[storage]\ndata = {data:?}\n"), &[]).unwrap();
        assert_eq!(settings.storage.data.as_os_str(), "/srv/b");
        assert_eq!(settings.storage.key_file.as_os_str(), "/srv/b-keys/beseda.key");
    }
    let settings = load("", &[("BESEDA_STORAGE__DATA", "./d/")]).unwrap();
    let here = std::env::current_dir().unwrap();
    assert_eq!(settings.storage.data.as_os_str(), here.join("d").as_os_str());
    assert_eq!(settings.storage.key_file.as_os_str(), here.join("d-keys/beseda.key").as_os_str());
    let sources = Sources {
        file: ConfigFile::None,
        environment: [("STATE_DIRECTORY".to_owned(), "/var/lib/beseda/".to_owned())].into(),
        flags: Flags::default(),
    };
    let settings = Settings::load(&sources).unwrap();
    assert_eq!(settings.storage.key_file.as_os_str(), "/var/lib/beseda-keys/beseda.key");
    let sources = Sources { flags: Flags { data: Some("/srv/b/".into()), listen: None }, ..sources };
    assert_eq!(Settings::load(&sources).unwrap().storage.data.as_os_str(), "/srv/b");
}

#[test]
fn under_systemd_the_data_lie_in_its_state_directory() {
    let settings = load("", &[("STATE_DIRECTORY", "/var/lib/beseda:/var/lib/beseda-keys")]).unwrap();
    assert_eq!(settings.storage.data, Path::new("/var/lib/beseda"));
    assert_eq!(settings.storage.key_file, Path::new("/var/lib/beseda-keys/beseda.key"));
    assert_eq!(*origin(&settings, "storage.data"), Origin::Environment("STATE_DIRECTORY".into()));
    let given = load("[storage]\ndata = \"/srv/b\"", &[("STATE_DIRECTORY", "/var/lib/beseda")]).unwrap();
    assert_eq!(given.storage.data, Path::new("/srv/b"));
}

#[test]
fn a_secret_comes_by_itself_or_from_a_file_and_is_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, "s3cret-token\n").unwrap();
    let file = file.display().to_string();

    for (text, environment) in [
        ("[server]\nmetrics_token = \"s3cret-token\"".to_owned(), vec![]),
        (format!("[server]\nmetrics_token_file = \"{file}\""), vec![]),
        (String::new(), vec![("BESEDA_SERVER__METRICS_TOKEN", "s3cret-token")]),
        (String::new(), vec![("BESEDA_SERVER__METRICS_TOKEN_FILE", file.as_str())]),
    ] {
        let settings = load(&text, &environment).unwrap();
        assert_eq!(settings.server.metrics_token.as_ref().unwrap().expose(), "s3cret-token");
        assert!(!format!("{settings:?}").contains("s3cret"));
        let shown = settings.values.iter().find(|value| value.key == "server.metrics_token").unwrap();
        assert_eq!(shown.value, Shown::Secret);
        assert_ne!(shown.origin, Origin::Default);
    }
    let both = format!("[server]\nmetrics_token = \"s3cret-token\"\nmetrics_token_file = \"{file}\"");
    let told = refused(&both, &[]);
    assert!(told.contains("keep one") && !told.contains("s3cret"), "{told}");
    assert!(refused("", &[("BESEDA_SERVER__METRICS_TOKEN_FILE", "/nowhere")]).contains("cannot be read"));
    let told = refused("[server]\nmetrics_token = 5", &[]);
    assert!(told.contains("must be a text") && !told.contains('5'), "{told}");
}

/// The settings of the example file: `(section.key, value, the comment above)`.
fn example() -> Vec<(String, String, String)> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("config.example.toml")).unwrap();
    let (mut section, mut comment, mut found) = (String::new(), String::new(), Vec::new());
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut section);
        } else if let Some((key, value)) = line.strip_prefix('#').and_then(|rest| rest.split_once(" = "))
            && !key.starts_with(' ')
        {
            found.push((format!("{section}.{key}"), value.to_owned(), std::mem::take(&mut comment)));
        } else if let Some(prose) = line.strip_prefix("# ") {
            comment.push_str(prose);
        } else {
            comment.clear();
        }
    }
    found
}

#[test]
fn the_example_has_every_key_in_order_with_a_comment() {
    let settings = load("", &[]).unwrap();
    let keys: Vec<&str> = settings.values.iter().map(|value| value.key).collect();
    let example = example();
    let shown: Vec<&str> = example.iter().map(|(key, _, _)| key.as_str()).collect();
    assert_eq!(shown, keys);
    for (key, _, comment) in &example {
        assert!(comment.len() > 30 && comment.contains(". ") | comment.ends_with('.'), "{key}: {comment:?}");
    }
}

#[test]
fn the_examples_values_are_the_defaults() {
    let defaults = load("", &[]).unwrap();
    let mut text = String::new();
    let mut unset = Vec::new();
    for (key, value, comment) in example() {
        let (section, name) = key.split_once('.').unwrap();
        text.extend([section, ".", name, " = ", &value, "\n"]);
        if comment.contains("Not set by default") {
            unset.push(key);
        }
    }
    let from_example = load(&text, &[]).unwrap();
    for (default, example) in defaults.values.iter().zip(&from_example.values) {
        assert_eq!(default.key, example.key);
        if default.value == Shown::Unset {
            assert!(unset.iter().any(|key| key == default.key), "{} has no default: say so", default.key);
            assert_ne!(example.value, Shown::Unset, "{} needs an example", default.key);
        } else {
            assert_eq!(default.value, example.value, "{}", default.key);
        }
    }
}

#[test]
fn the_example_file_itself_is_accepted_and_changes_nothing() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("config.example.toml");
    let sources =
        Sources { file: ConfigFile::At(path), environment: BTreeMap::new(), flags: Flags::default() };
    let settings = Settings::load(&sources).unwrap();
    assert!(settings.values.iter().all(|value| value.origin == Origin::Default));
}
