//! Who may name what: the storage engine, the search engine, the web framework, the clock, and the order of the
//! domains. These are what keeps an engine replaceable and a domain readable alone.

use crate::source::{Finding, Rust, Tree, word_in};

/// The domains in their order: each may use those before it, never those after it.
const DOMAINS: [&str; 9] = [
    "accounts",
    "businesses",
    "customers",
    "whatsapp",
    "conversations",
    "bots",
    "broadcasts",
    "deals",
    "analytics",
];

/// Use cases that need several domains. No domain and no kernel module may name them.
const USE_CASES: [&str; 1] = ["inbox"];

/// What stands above everything and may therefore name everything.
const TOP: [&str; 5] = ["main", "lib", "app", "cli", "demo"];

/// The only kernel file that knows the domains, since it lists their routes.
const ROUTES: &str = "src/http/routes.rs";

/// Domains write changes; these two read them afterwards.
const FOLLOWERS: [&str; 2] = ["search", "realtime"];

/// A library and the places whose business it is.
struct Owned {
    words: &'static [&'static str],
    may: fn(&str) -> bool,
    place: &'static str,
    reason: &'static str,
}

const OWNED: [Owned; 3] = [
    Owned {
        words: &["redb"],
        may: |path| path.starts_with("src/store/"),
        place: "only src/store/ names redb",
        reason: "so that another engine can stand behind the same seam",
    },
    Owned {
        words: &["tantivy"],
        may: |path| path.starts_with("src/search/"),
        place: "only src/search/ names tantivy",
        reason: "so that the index stays derived data that can be rebuilt by anything else",
    },
    Owned {
        words: &["poem", "poem_openapi"],
        may: |path| {
            path.starts_with("src/http/")
                || path.starts_with("crates/wire/")
                || path.ends_with("/api.rs")
                || path.contains("/api/")
        },
        place: "only src/http/ and */api.rs name poem",
        reason: "so that rules and storage know nothing of how they are asked",
    },
];

pub fn owned_libraries(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust(&["src", "crates", "ui/src"]) {
        for owned in OWNED.iter().filter(|owned| !(owned.may)(&file.path)) {
            for (line, code) in file.product() {
                if owned.words.iter().any(|word| word_in(code, word)) {
                    findings.push(Finding::new(
                        &file.path,
                        line,
                        format!("{}, {}", owned.place, owned.reason),
                    ));
                }
            }
        }
    }
    findings
}

pub fn one_clock(tree: &Tree) -> Vec<Finding> {
    const WALL: [&str; 5] = ["SystemTime::now", "Timestamp::now", "Zoned::now", "Utc::now", "Local::now"];
    let mut findings = Vec::new();
    for file in
        tree.rust(&["src", "crates/flow", "crates/wire"]).iter().filter(|file| file.path != "src/clock.rs")
    {
        // In the pure crates even a stopwatch would make two equal runs differ.
        let pure = file.path.starts_with("crates/");
        for (line, code) in file.product() {
            if WALL.iter().any(|call| code.contains(call)) || (pure && code.contains("Instant::now")) {
                let what = "only src/clock.rs asks the time, so that tests and replays decide it; take `now` as an argument";
                findings.push(Finding::new(&file.path, line, what));
            }
        }
    }
    findings
}

pub fn order_of_modules(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust(&["src"]) {
        let Some(own) = module_path(&file.path).first().cloned() else { continue };
        if TOP.contains(&own.as_str()) || file.path == ROUTES {
            continue;
        }
        for (line, named) in modules_named(&file) {
            if let Some(why) = refused(&own, &named) {
                findings.push(Finding::new(&file.path, line, format!("`{own}` names `{named}`: {why}")));
            }
        }
    }
    findings
}

/// Why the module `own` may not name the module `named`.
fn refused(own: &str, named: &str) -> Option<&'static str> {
    let place = |module: &str| DOMAINS.iter().position(|domain| *domain == module);
    let use_case = |module: &str| USE_CASES.contains(&module);
    if named == own {
        return None;
    }
    if TOP.contains(&named) {
        return Some("what wires the program together is above everything, so nothing below may name it");
    }
    match (place(own), place(named)) {
        (Some(_), _) if FOLLOWERS.contains(&named) => Some(
            "a domain writes its change and never calls what follows it, so that a crash between the two loses nothing",
        ),
        (None, _) if use_case(own) && FOLLOWERS.contains(&named) => Some(
            "a use case writes its change and never calls what follows it, so that a crash between the two loses nothing",
        ),
        (Some(own), Some(named)) if named > own => Some(
            "domains use only those before them in tests/tidy/layers.rs, so that each can be read without the next",
        ),
        (_, None) if use_case(named) => Some("use cases stand above the domains and the kernel"),
        (None, Some(_)) if !use_case(own) => {
            Some("the kernel knows no domain (only src/http/routes.rs does, and src/app.rs above it)")
        }
        _ => None,
    }
}

/// `src/customers/store.rs` is `customers::store`, `src/customers/mod.rs` is `customers`.
fn module_path(path: &str) -> Vec<String> {
    let inner = path.strip_prefix("src/").unwrap_or(path);
    let mut parts: Vec<String> = inner.trim_end_matches(".rs").split('/').map(String::from).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

/// The top-level modules that a file's own code names, with the line: `crate::x`, `crate::{x, y::z}`, and as many
/// `super::` as lead to the top.
fn modules_named(file: &Rust) -> Vec<(usize, String)> {
    let depth = module_path(&file.path).len();
    let text: String = file
        .code
        .iter()
        .zip(&file.test)
        .flat_map(|(line, test)| [if *test { "" } else { line.as_str() }, "\n"])
        .collect();
    let mut named = Vec::new();
    for start in [String::from("crate::"), "super::".repeat(depth)] {
        for (at, found) in text.match_indices(&start) {
            let before = text[..at].chars().next_back();
            // Longer words (`mycrate::`), longer paths (`super::super::` inside more of them) and the
            // `pub(crate)` without a path are something else.
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            for (offset, name) in heads(&text[at + found.len()..]) {
                let line = text[..at + found.len() + offset].matches('\n').count() + 1;
                named.push((line, name));
            }
        }
    }
    named
}

/// The first names of a path, or of each path in a braced group.
fn heads(text: &str) -> Vec<(usize, String)> {
    let name_at = |at: usize| -> String {
        text[at..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    if !text.starts_with('{') {
        let name = name_at(0);
        return if name.is_empty() { Vec::new() } else { vec![(0, name)] };
    }
    let (mut depth, mut expects, mut heads) = (0_usize, false, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '{' => (depth, expects) = (depth + 1, depth == 0),
            '}' if depth == 1 => break,
            '}' => depth -= 1,
            ',' if depth == 1 => expects = true,
            c if expects && (c.is_alphabetic() || c == '_') => {
                heads.push((at, name_at(at)));
                expects = false;
            }
            _ => {}
        }
    }
    heads
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(findings: &[Finding]) -> Vec<usize> {
        findings.iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_library_outside_its_place_is_found() {
        let tree = Tree::of(&[
            ("src/store/engine.rs", "use redb::Database;"),
            ("src/customers/store.rs", "// redb is fine in prose\nuse redb::Database;"),
            ("src/customers/api.rs", "use poem_openapi::OpenApi;\nuse tantivy::Index;"),
            ("src/customers/service.rs", "fn f(x: poem::Request) {}"),
            ("src/jobs/mod.rs", "#[cfg(test)]\nmod tests {\n use poem::test;\n}"),
        ]);
        let findings = owned_libraries(&tree);
        let places: Vec<(&str, usize)> = findings.iter().map(|f| (f.path.as_str(), f.line)).collect();
        let expected =
            [("src/customers/api.rs", 2), ("src/customers/service.rs", 1), ("src/customers/store.rs", 2)];
        assert_eq!(places, expected);
    }

    #[test]
    fn a_second_clock_is_found() {
        let tree = Tree::of(&[
            ("src/clock.rs", "Timestamp::now()"),
            ("src/jobs/mod.rs", "let a = Instant::now();\nlet b = jiff::Timestamp::now();"),
            ("crates/flow/src/engine.rs", "let a = Instant::now();"),
        ]);
        let findings = one_clock(&tree);
        assert_eq!(lines(&findings), [1, 2]);
    }

    #[test]
    fn a_module_out_of_order_is_found() {
        let tree = Tree::of(&[
            (
                "src/customers/service.rs",
                "use crate::accounts::User;\nuse crate::deals::Deal;\nuse super::super::bots;",
            ),
            (
                "src/deals/mod.rs",
                "use crate::{\n  customers::{self, inbox},\n  realtime::Hub,\n  analytics as a,\n};",
            ),
            ("src/store/mod.rs", "use crate::clock;\nfn f(c: &crate::customers::Customer) {}"),
            ("src/http/routes.rs", "use crate::customers;"),
            ("src/app.rs", "use crate::customers;"),
            ("src/inbox/receive.rs", "use crate::{bots, deals};\nuse crate::search::Index;"),
            ("src/bots/mod.rs", "use crate::inbox;\nuse crate::app;\npub(crate) fn f() {}"),
        ]);
        let findings = order_of_modules(&tree);
        let places: Vec<String> = findings.iter().map(|f| format!("{}:{}", f.path, f.line)).collect();
        let expected = [
            "src/bots/mod.rs:1",
            "src/bots/mod.rs:2",
            "src/customers/service.rs:2",
            "src/customers/service.rs:3",
            "src/deals/mod.rs:3",
            "src/deals/mod.rs:4",
            "src/inbox/receive.rs:2",
            "src/store/mod.rs:2",
        ];
        assert_eq!(places, expected);
    }
}
