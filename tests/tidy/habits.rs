//! How the code is written: nothing that may fall over without a written reason, files that fit in a head,
//! secrets that cannot print themselves, and nothing about the machine it was written on.

use crate::source::{Finding, Rust, Tree, word_in};

const EVERY_RUST: [&str; 5] = ["src", "crates", "ui/src", "ui/tests", "tests"];
const LONGEST: usize = 600;

pub fn no_panics(tree: &Tree) -> Vec<Finding> {
    // With the lint that a written exception names.
    const CALLS: [(&str, &str); 5] = [
        (".unwrap()", "unwrap_used"),
        (".expect(", "expect_used"),
        ("todo!(", "todo"),
        ("unimplemented!(", "unimplemented"),
        ("dbg!(", "dbg_macro"),
    ];
    let mut findings = Vec::new();
    for file in tree.rust(&["src", "crates", "ui/src"]) {
        for (line, code) in file.product() {
            for (call, lint) in CALLS.iter().filter(|(call, _)| code.contains(call)) {
                if !excused(&file, line, lint) {
                    let what = format!(
                        "`{call}` outside tests, without a written reason: return the error, or write \
                         `#[expect(clippy::{lint}, reason = \"…\")]` with what makes it impossible"
                    );
                    findings.push(Finding::new(&file.path, line, what));
                }
            }
        }
    }
    findings
}

/// Whether an exception for the lint stands within the item above, or over the whole file. Clippy checks exactly;
/// this only has to see that somebody wrote one, and how far up to look is a matter of taste.
fn excused(file: &Rust, at: usize, lint: &str) -> bool {
    const ABOVE: usize = 60;
    let written = format!("clippy::{lint}");
    let named = |code: &String| code.contains(&written);
    let near = &file.code[at.saturating_sub(ABOVE)..at];
    near.iter().any(named) || file.code.iter().any(|code| code.trim_start().starts_with("#![") && named(code))
}

pub fn reasons_for_exceptions(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust(&EVERY_RUST) {
        for (at, code) in file.code.iter().enumerate() {
            let code = code.trim_start();
            let opens = ["#[allow(", "#![allow(", "#[expect(", "#![expect("]
                .iter()
                .any(|open| code.starts_with(open));
            if opens && !attribute(&file.code[at..]).contains("reason") {
                let what = "an exception from a lint says why: add `reason = \"…\"`";
                findings.push(Finding::new(&file.path, at + 1, what));
            }
            if code.starts_with("#[ignore]") {
                let what = "an ignored test says why: `#[ignore = \"…\"]`, or it is forgotten";
                findings.push(Finding::new(&file.path, at + 1, what));
            }
        }
    }
    findings
}

/// The attribute that starts on the first line, to its closing bracket.
fn attribute(code: &[String]) -> String {
    let mut text = String::new();
    for line in code {
        text.push_str(line);
        if text.matches('[').count() == text.matches(']').count() {
            break;
        }
    }
    text
}

pub fn length_of_files(tree: &Tree) -> Vec<Finding> {
    let files = tree.texts(&EVERY_RUST, ".rs").into_iter();
    files
        .filter(|(_, text)| !text.starts_with("// @generated") && text.lines().count() > LONGEST)
        .map(|(path, text)| {
            let lines = text.lines().count();
            Finding::new(
                path,
                LONGEST,
                format!("{lines} lines; a file has at most {LONGEST}, so that it has one purpose"),
            )
        })
        .collect()
}

pub fn nothing_left_open(tree: &Tree) -> Vec<Finding> {
    let marks = ["TO".to_owned() + "DO", "FIX".to_owned() + "ME", "XX".to_owned() + "X"];
    let mut findings = Vec::new();
    for (path, text) in tree.texts(&EVERY_RUST, ".rs") {
        for (at, line) in text.lines().enumerate() {
            let Some((_, comment)) = line.split_once("//") else { continue };
            if marks.iter().any(|mark| word_in(comment, mark)) {
                let what = "work to do lives in the tracker, where somebody sees it; the code says what is";
                findings.push(Finding::new(path, at + 1, what));
            }
        }
    }
    findings
}

/// Field names that hold something a log or an answer must never show. (A `verify_token` is not one: it only proves
/// to Meta that a callback address is ours, and its owner reads it on the screen.)
const SECRET_FIELDS: [&str; 11] = [
    "password",
    "new_password",
    "secret",
    "app_secret",
    "token",
    "access_token",
    "refresh_token",
    "api_token",
    "private_key",
    "master_key",
    "api_key",
];

/// Types that show a secret on purpose, each with its reason.
const SHOWN: [(&str, &str); 1] = [
    // The line for whoever started the demo, with the demo's own password; it exists to be printed.
    ("src/cli/serve.rs", "Serving"),
];

pub fn secrets_stay_secret(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    // The types on the wire carry secrets in plain text by their nature; what the server keeps need not.
    for file in tree.rust(&["src"]) {
        for item in structs(&file) {
            let derives = |name: &str| word_in(&item.derives, name);
            let is_secret = item.name.ends_with("Secret") || item.name.ends_with("Password");
            // A command is named after what it does.
            if is_secret && !derives("Args") && (derives("Debug") || derives("Serialize")) {
                let what = format!(
                    "`{}` derives Debug or Serialize: a secret never prints itself; write a Debug that masks it",
                    item.name
                );
                findings.push(Finding::new(&file.path, item.line, what));
            }
            let shown = SHOWN.contains(&(file.path.as_str(), item.name.as_str()));
            if shown || !(derives("Debug") || derives("Serialize")) {
                continue;
            }
            for (line, field) in &item.fields {
                let what = format!(
                    "`{field}` of `{}` is plain text in a type that can be printed or stored: use the masked type, \
                     or write a Debug that masks it",
                    item.name
                );
                findings.push(Finding::new(&file.path, *line, what));
            }
        }
    }
    findings
}

struct Struct {
    name: String,
    line: usize,
    derives: String,
    /// Fields whose name is a secret's and whose type is plain text or bytes.
    fields: Vec<(usize, String)>,
}

fn structs(file: &Rust) -> Vec<Struct> {
    let mut found: Vec<Struct> = Vec::new();
    let mut derives = String::new();
    let mut inside = false;
    for (line, code) in file.product() {
        let text = code.trim();
        if text.starts_with("#[derive(") {
            derives = attribute(&file.code[line - 1..]);
            continue;
        }
        let words: Vec<&str> = text.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
        if let Some(name) = words.iter().skip_while(|word| **word != "struct").nth(1) {
            let derives = std::mem::take(&mut derives);
            found.push(Struct { name: (*name).to_owned(), line, derives, fields: Vec::new() });
            inside = text.ends_with('{');
        } else if text.starts_with('}') {
            inside = false;
            derives.clear();
        } else if ["fn", "enum", "impl"].iter().any(|word| words.contains(word)) {
            derives.clear();
        }
        if let (true, Some(item), Some((name, kind))) = (inside, found.last_mut(), text.split_once(':')) {
            let name = name.trim().rsplit(' ').next().unwrap_or_default();
            let kind = kind.trim().trim_end_matches(',');
            let plain = ["String", "Option<String>", "Vec<u8>", "Option<Vec<u8>>", "Box<str>", "Bytes"];
            if SECRET_FIELDS.contains(&name) && plain.contains(&kind) {
                item.fields.push((line, name.to_owned()));
            }
        }
    }
    found
}

/// Traces of the machine something was built on: they tell strangers about it and differ at every build.
pub fn no_build_machine(tree: &Tree) -> Vec<Finding> {
    const TRACES: [&str; 6] =
        ["/root/.cargo", "/root/.rustup", "/work/", "/usr/local/cargo", "/.cargo/registry/", "/Users/"];
    // Not written by us, and kept as they were.
    const FOREIGN: [&str; 3] = ["tests/fixtures/", "tests/e2e/vendor/", "tests/tidy/"];
    let mut findings = Vec::new();
    for (path, bytes) in
        tree.all().filter(|(path, _)| !FOREIGN.iter().any(|foreign| path.starts_with(foreign)))
    {
        for trace in TRACES {
            if let Some(at) = position(bytes, trace.as_bytes()) {
                let line = bytes[..at].split(|byte| *byte == b'\n').count();
                findings.push(Finding::new(
                    path,
                    line,
                    format!("`{trace}` is a path of the machine this was written on"),
                ));
            }
        }
    }
    findings
}

/// Where a path starts that is not the end of a longer one (`/network/` does not name `/work/`).
fn position(bytes: &[u8], trace: &[u8]) -> Option<usize> {
    let inner = trace.starts_with(b"/.");
    bytes.windows(trace.len()).enumerate().find_map(|(at, window)| {
        let starts = at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || b"./_-}".contains(&bytes[at - 1]));
        (window == trace && (starts || inner)).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(findings: &[Finding]) -> Vec<usize> {
        findings.iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn an_unexcused_panic_is_found() {
        let text = "fn a() { x.unwrap(); }\n#[expect(clippy::expect_used, reason = \"r\")]\nfn b() { x.expect(\"y\"); }\n\
                    #[cfg(test)]\nmod tests {\n fn c() { x.unwrap(); }\n}\nfn d() { let s = \".unwrap()\"; }";
        assert_eq!(lines(&no_panics(&Tree::of(&[("src/a.rs", text)]))), [1]);
    }

    #[test]
    fn an_exception_or_ignored_test_without_a_reason_is_found() {
        let text = "#[allow(dead_code)]\n#[allow(\n  dead_code,\n  reason = \"r\"\n)]\n#[ignore]\n#[ignore = \"slow\"]\nfn a() {}";
        assert_eq!(lines(&reasons_for_exceptions(&Tree::of(&[("tests/a.rs", text)]))), [1, 6]);
    }

    #[test]
    fn a_long_file_is_found() {
        let (long, generated) = ("x\n".repeat(601), format!("// @generated\n{}", "x\n".repeat(700)));
        let tree =
            Tree::of(&[("src/a.rs", &long), ("src/b.rs", &generated), ("src/c.rs", &"x\n".repeat(600))]);
        assert_eq!(length_of_files(&tree).len(), 1);
    }

    #[test]
    fn open_work_in_a_comment_is_found() {
        let text =
            format!("let url = \"http://x\";\n// {}{}: later\nlet todo = 1; // a todo list", "TO", "DO");
        assert_eq!(lines(&nothing_left_open(&Tree::of(&[("src/a.rs", &text)]))), [2]);
    }

    #[test]
    fn a_secret_that_can_print_itself_is_found() {
        let text = "#[derive(Debug, Clone)]\npub struct AppSecret(String);\n\
                    #[derive(Clone)]\npub struct Password(String);\n\
                    #[derive(Debug)]\nstruct Login {\n  pub email: String,\n  pub password: String,\n}\n\
                    #[derive(Serialize)]\nstruct Kept {\n  token: Secret,\n  app_secret: Option<String>,\n}";
        assert_eq!(lines(&secrets_stay_secret(&Tree::of(&[("src/a.rs", text)]))), [2, 8, 13]);
    }

    #[test]
    fn a_path_of_a_build_machine_is_found() {
        let tree = Tree::of(&[
            ("docs/a.md", "fine: /network/x and src/work/y\n\"/work/x\""),
            ("assets/ui/app.wasm", "\0\u{1}/home/me/.cargo/registry/src"),
        ]);
        assert_eq!(lines(&no_build_machine(&tree)), [1, 2]);
    }
}
