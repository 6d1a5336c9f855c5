//! The interface: its texts are complete in every language and all used, its looks stand in the stylesheet alone,
//! and the built bundle belongs to the sources beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::source::{Finding, Rust, Tree};
use crate::sources;

/// One language's messages: the key (attributes as `key.attribute`), with its place and what it needs.
type Messages = BTreeMap<String, Message>;

struct Message {
    path: String,
    line: usize,
    text: String,
}

impl Message {
    /// The `$variables` that must be given for it.
    fn variables(&self) -> BTreeSet<&str> {
        let names = self.text.split('$').skip(1);
        names
            .map(|rest| {
                &rest[..rest.find(|c: char| !(c.is_alphanumeric() || "-_".contains(c))).unwrap_or(rest.len())]
            })
            .collect()
    }
}

/// Why a message failed is said in words. The reason that knows none of Meta's has the words of any other.
pub fn words_for_every_failure(tree: &Tree) -> Vec<Finding> {
    let policy = "src/whatsapp/policy.rs";
    let text: String = tree.texts(&[policy], ".rs").into_iter().map(|(_, text)| text).collect();
    let reasons = text.split("(\"").skip(1).filter_map(|rest| rest.split_once('"'));
    let reasons: BTreeSet<&str> = reasons
        .filter(|(reason, _)| {
            *reason != "unknown_error" && reason.chars().all(|c| c.is_ascii_lowercase() || c == '_')
        })
        .map(|(reason, _)| reason)
        .collect();
    let mut findings = Vec::new();
    for (language, messages) in languages(tree) {
        for reason in &reasons {
            let key = format!("failure-{}", reason.replace('_', "-"));
            if !messages.contains_key(&key) {
                findings.push(Finding::new(policy, 1, format!("`{key}` has no text in `{language}`")));
            }
        }
    }
    if reasons.len() < 20 {
        findings.push(Finding::new(policy, 1, "its reasons are not found any more"));
    }
    findings
}

pub fn texts_in_every_language(tree: &Tree) -> Vec<Finding> {
    let languages = languages(tree);
    let mut findings = Vec::new();
    let every: BTreeSet<&String> = languages.values().flat_map(BTreeMap::keys).collect();
    for key in every {
        let known = languages.values().find_map(|messages| messages.get(key));
        for (language, messages) in &languages {
            match (messages.get(key), known) {
                (None, Some(known)) => {
                    let what = format!("`{key}` has no text in `{language}`: people would read the key");
                    findings.push(Finding::new(&known.path, known.line, what));
                }
                (Some(message), Some(known)) if message.variables() != known.variables() => {
                    let what = format!(
                        "`{key}` needs {:?} here and {:?} in {}: one of the two will show a gap",
                        message.variables(),
                        known.variables(),
                        known.path
                    );
                    findings.push(Finding::new(&message.path, message.line, what));
                }
                _ => {}
            }
        }
    }
    findings
}

/// One key with two texts shows whichever was read last, in another place than it was written for.
pub fn texts_written_once(tree: &Tree) -> Vec<Finding> {
    let mut written: BTreeMap<(String, String), Message> = BTreeMap::new();
    let mut findings = Vec::new();
    for (path, text) in tree.texts(&["ui/locales"], ".ftl") {
        let Some(language) = path.split('/').nth(2) else { continue };
        let mut messages = Messages::new();
        read_messages(path, &text, &mut messages);
        for (key, message) in messages {
            let at = (language.to_owned(), key);
            if let Some(other) = written.get(&at) {
                let what = format!("`{}` has another text in {}:{}", at.1, other.path, other.line);
                findings.push(Finding::new(&message.path, message.line, what));
            }
            written.insert(at, message);
        }
    }
    findings
}

/// Russian counts by one, few and many; a text that knows only "one" is wrong for 2, 5 and 11.
pub fn russian_plurals(tree: &Tree) -> Vec<Finding> {
    let languages = languages(tree);
    let messages = languages.get("ru").into_iter().flat_map(BTreeMap::iter);
    messages
        .filter(|(_, message)| {
            let has = |form: &str| message.text.contains(&format!("[{form}]"));
            message.text.contains("->") && has("one") && !(has("few") && has("many"))
        })
        .map(|(key, message)| {
            let what = format!("`{key}` counts, so it needs [one], [few] and [many] in Russian");
            Finding::new(&message.path, message.line, what)
        })
        .collect()
}

pub fn texts_used(tree: &Tree) -> Vec<Finding> {
    let languages = languages(tree);
    let Some(messages) = languages.get("en") else { return Vec::new() };
    // The server says in files what the pages say.
    let files = tree.rust(&["ui/src", "src/inbox/runs/export"]);
    let literals: Vec<(usize, &Rust, String)> = files.iter().flat_map(literals).collect();
    let mut findings = Vec::new();

    let mut used: BTreeSet<&str> = literals.iter().map(|(_, _, literal)| literal.as_str()).collect();
    // `format!("status-{kind}")` uses every key that starts so.
    let prefixes: Vec<&str> = literals
        .iter()
        .filter_map(|(_, _, literal)| literal.split_once('{').map(|(prefix, _)| prefix))
        .filter(|prefix| prefix.len() > 2 && prefix.ends_with('-') && looks_like_key(prefix))
        .collect();
    let references: Vec<&str> = messages.values().flat_map(|message| references(&message.text)).collect();
    used.extend(references);
    for (key, message) in messages.iter().filter(|_| !files.is_empty()) {
        let base = key.split('.').next().unwrap_or(key);
        if !used.contains(base) && !prefixes.iter().any(|prefix| base.starts_with(prefix)) {
            let what = format!(
                "`{key}` is used nowhere in ui/src: a text nobody reads is still translated by somebody"
            );
            findings.push(Finding::new(&message.path, message.line, what));
        }
    }

    for (line, file, literal) in &literals {
        let dynamic = literal.contains('{');
        if asks_for_text(file, *line, literal) && !dynamic && !messages.contains_key(literal.as_str()) {
            let what = format!("`{literal}` is no key of ui/locales/en: people would read the key");
            findings.push(Finding::new(&file.path, *line, what));
        }
    }
    findings
}

pub fn looks_in_the_stylesheet(tree: &Tree) -> Vec<Finding> {
    let reason = "looks stand in ui/styles, so that the Content-Security-Policy needs no 'unsafe-inline'";
    let mut findings = Vec::new();
    for file in tree.rust(&["ui/src"]) {
        for (line, code) in file.product() {
            let spoken = &file.spoken[line - 1];
            let macros = ["style!", "jss!", "jss_ns!", "stylesheet!"].iter().any(|m| {
                code.match_indices(m)
                    .any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
            });
            let sets = ["attr(", "attribute(", "prop("].map(|call| format!("{call}\"style\""));
            let attribute = sets.iter().any(|set| spoken.contains(set)) || spoken.contains(" style=");
            if macros || attribute {
                findings.push(Finding::new(&file.path, line, format!("an inline style: {reason}")));
            }
        }
    }
    for (path, text) in tree.texts(&["ui/static", "ui/index.html", "src/http"], ".html") {
        for (at, line) in text.lines().enumerate() {
            if line.contains(" style=") || line.contains("<style") {
                findings.push(Finding::new(path, at + 1, format!("an inline style: {reason}")));
            }
        }
    }
    findings
}

/// The interface is committed as built, so that `cargo run` needs nothing but Rust. It has to be the built form of
/// exactly these sources.
pub fn bundle_belongs_to_sources(root: &Path, tree: &Tree) -> std::io::Result<Vec<Finding>> {
    if !tree.has_folder("ui/src") {
        return Ok(Vec::new());
    }
    let built = tree.text(sources::STAMP);
    let now = sources::stamp(root)?;
    Ok(match built {
        Some(built) if built == now => Vec::new(),
        Some(_) => vec![Finding::new(
            sources::STAMP,
            1,
            "the built interface is of other sources than those in the tree: run `cargo xtask ui` and commit assets/ui",
        )],
        None => vec![Finding::new(
            sources::STAMP,
            0,
            "there is no built interface: run `cargo xtask ui` and commit assets/ui",
        )],
    })
}

/// `ui/locales/<language>/*.ftl`, read.
fn languages(tree: &Tree) -> BTreeMap<String, Messages> {
    let mut languages: BTreeMap<String, Messages> = BTreeMap::new();
    for (path, text) in tree.texts(&["ui/locales"], ".ftl") {
        let Some(language) = path.split('/').nth(2) else { continue };
        read_messages(path, &text, languages.entry(language.to_owned()).or_default());
    }
    languages
}

fn read_messages(path: &str, text: &str, messages: &mut Messages) {
    let (mut message, mut current) = (String::new(), None);
    for (at, line) in text.lines().enumerate() {
        if line.starts_with('#') {
            continue;
        }
        let indented = line.starts_with([' ', '\t', '}', '[', '*']);
        let head = line.split_once('=').map(|(head, rest)| (head.trim(), rest));
        let key = match head {
            Some((name, _)) if !indented && looks_like_key(name) => {
                name.clone_into(&mut message);
                Some(message.clone())
            }
            Some((name, _)) if indented => name
                .strip_prefix('.')
                .filter(|name| looks_like_key(name))
                .map(|name| format!("{message}.{name}")),
            _ => None,
        };
        if let (Some(key), Some((_, rest))) = (key, head) {
            let read = Message { path: path.to_owned(), line: at + 1, text: rest.to_owned() };
            messages.insert(key.clone(), read);
            current = Some(key);
        } else if let Some(message) = current.as_ref().and_then(|key| messages.get_mut(key)) {
            message.text.push('\n');
            message.text.push_str(line);
        }
    }
}

fn looks_like_key(name: &str) -> bool {
    let name = name.strip_prefix('-').unwrap_or(name);
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// Messages and terms that a text refers to: `{ key }`, `{ -term }`.
fn references(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| {
        let name = rest[..rest.find(['}', '(', '.', '\n'])?].trim();
        looks_like_key(name).then_some(name)
    })
}

/// The string literals of the product's code that fit on a line.
fn literals(file: &Rust) -> Vec<(usize, &Rust, String)> {
    let mut found = Vec::new();
    for (line, code) in file.product() {
        let spoken: Vec<char> = file.spoken[line - 1].chars().collect();
        let quotes: Vec<usize> =
            code.chars().enumerate().filter(|(_, c)| *c == '"').map(|(at, _)| at).collect();
        for pair in quotes.chunks_exact(2) {
            found.push((line, file, spoken[pair[0] + 1..pair[1]].iter().collect()));
        }
    }
    found
}

/// Whether the literal on this line is handed to a function that looks a text up. `t` and `tr` are the interface's
/// words for that, as functions, methods or macros.
fn asks_for_text(file: &Rust, line: usize, literal: &str) -> bool {
    let spoken = &file.spoken[line - 1];
    let quoted = format!("\"{literal}\"");
    spoken.match_indices(&quoted).any(|(at, _)| {
        let before = spoken[..at].trim_end_matches(|c: char| c == '&' || c.is_whitespace());
        let Some(call) = before.strip_suffix('(') else { return false };
        let name = call.trim_end_matches('!').rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next();
        name.is_some_and(|name| ["t", "tr", "t_with", "tr_with"].contains(&name))
    }) && looks_like_key(literal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(findings: &[Finding]) -> Vec<usize> {
        findings.iter().map(|finding| finding.line).collect()
    }

    const EN: &str = "# a comment\nsave = Save\nhello = Hello, { $name }\n    .title = Hi\n\
                      count = { $n ->\n    [one] one\n   *[other] { $n } of { -brand }\n}\n-brand = Beseda\n";

    #[test]
    fn a_text_missing_in_a_language_is_found() {
        let tree = Tree::of(&[
            ("ui/locales/en/app.ftl", EN),
            (
                "ui/locales/ru/app.ftl",
                "hello = Привет, { $who }\ncount = { $n ->\n [one] a\n *[other] b\n}\n-brand = B",
            ),
        ]);
        let findings = texts_in_every_language(&tree);
        let what: Vec<&str> = findings.iter().map(|f| f.what.split('`').nth(1).unwrap_or("")).collect();
        assert_eq!(what, ["hello", "hello.title", "save"]);
        assert_eq!(lines(&russian_plurals(&tree)), [2]);
    }

    #[test]
    fn a_text_written_twice_is_found() {
        let tree = Tree::of(&[
            ("ui/locales/en/app.ftl", EN),
            ("ui/locales/en/office/other.ftl", "saved = Saved\nsave = Keep"),
            ("ui/locales/ru/app.ftl", "save = Сохранить"),
        ]);
        assert_eq!(lines(&texts_written_once(&tree)), [2]);
    }

    #[test]
    fn a_text_nobody_uses_and_a_key_nobody_wrote_are_found() {
        let view =
            "fn view() {\n  t(\"save\"); cx.t(\"lost\"); tr!(\"hello\", name); start(\"not-a-key\");\n}";
        let tree = Tree::of(&[("ui/locales/en/app.ftl", EN), ("ui/src/view.rs", view)]);
        let findings = texts_used(&tree);
        let places: Vec<(&str, usize)> = findings.iter().map(|f| (f.path.as_str(), f.line)).collect();
        assert_eq!(places, [("ui/locales/en/app.ftl", 5), ("ui/src/view.rs", 2)]);
        let dynamic = Tree::of(&[
            ("ui/locales/en/a.ftl", "state-on = On\n"),
            ("ui/src/a.rs", "format!(\"state-{x}\")"),
        ]);
        assert_eq!(texts_used(&dynamic), []);
    }

    #[test]
    fn an_inline_style_is_found() {
        let text = "fn a() {\n style! { color: red };\n attr(\"style\", \"x\");\n let my_style = class(\"style-a\"); set(&options, \"style\", \"currency\");\n}";
        let html = "<p style=\"x\">\n<p class=\"y\">";
        let tree = Tree::of(&[("ui/src/a.rs", text), ("ui/static/index.html", html)]);
        assert_eq!(lines(&looks_in_the_stylesheet(&tree)), [2, 3, 1]);
    }

    #[test]
    fn a_bundle_of_other_sources_is_found() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let source = folder.path().join("ui/src");
        std::fs::create_dir_all(&source).expect("a folder");
        std::fs::write(source.join("lib.rs"), "one").expect("a file");
        let check = || {
            let tree = Tree::read(folder.path()).expect("the tree");
            lines(&bundle_belongs_to_sources(folder.path(), &tree).expect("a check"))
        };
        assert_eq!(check(), [0]);
        std::fs::create_dir_all(folder.path().join("assets/ui")).expect("a folder");
        let stamp = sources::stamp(folder.path()).expect("a stamp");
        std::fs::write(folder.path().join(sources::STAMP), stamp).expect("a file");
        assert_eq!(check(), []);
        std::fs::write(source.join("lib.rs"), "two").expect("a file");
        assert_eq!(check(), [1]);
    }
}
