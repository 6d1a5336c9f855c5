//! What is written for people and for Cargo: links lead somewhere, and the lock file holds nothing refused.

use std::collections::BTreeSet;
use std::path::Path;

use crate::source::{Finding, Tree};

pub fn links_resolve(tree: &Tree) -> Vec<Finding> {
    let ours = |path: &str| is_markdown(path) && (path.starts_with("docs/") || !path.contains('/'));
    let mut findings = Vec::new();
    for path in tree.all().map(|(path, _)| path).filter(|path| ours(path)) {
        for (line, target) in links(&tree.text(path).unwrap_or_default()) {
            let foreign = target.contains("://") || target.starts_with("mailto:") || target.starts_with('/');
            if let Some(what) = (!foreign).then(|| wrong(tree, path, &target)).flatten() {
                findings.push(Finding::new(path, line, what));
            }
        }
    }
    findings
}

/// What is wrong with a link from this document, if anything.
fn wrong(tree: &Tree, document: &str, target: &str) -> Option<String> {
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = if file.is_empty() { document.to_owned() } else { resolve(document, file) };
    match tree.text(&path) {
        None if tree.has_folder(&path) => None,
        None => Some(format!("the link to `{file}` leads nowhere ({path})")),
        // Anchors into anything but Markdown are line numbers, which nobody can keep true.
        Some(text) if is_markdown(&path) && !anchor.is_empty() && !anchors(&text).contains(anchor) => {
            Some(format!("`{path}` has no heading `#{anchor}`"))
        }
        Some(_) => None,
    }
}

fn is_markdown(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "md")
}

/// Targets of Markdown links and pictures, outside code, with their lines.
fn links(text: &str) -> Vec<(usize, String)> {
    let (mut found, mut fenced) = (Vec::new(), false);
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        // Every second part stands between backticks.
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("``");
        for rest in prose.split("](").skip(1) {
            if let Some((target, _)) = rest.split_once(')') {
                let target = target.split_whitespace().next().unwrap_or_default();
                found.push((at + 1, target.trim_matches(['<', '>']).to_owned()));
            }
        }
    }
    found
}

fn resolve(from: &str, link: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.trim_end_matches('/').split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The anchors that forges make of headings: lower case, spaces to dashes, punctuation dropped.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

/// What decides whether a change lands is what people are told to run.
pub fn one_test_command(tree: &Tree) -> Vec<Finding> {
    const COMMAND: &str = "cargo xtask test";
    let mut findings = Vec::new();
    let commands: Vec<(usize, String)> = (1..)
        .zip(tree.text(".ci/run").unwrap_or_default().lines().map(String::from))
        .filter(|(_, line)| {
            !line.is_empty() && !["#", "set ", "cd "].iter().any(|start| line.starts_with(start))
        })
        .collect();
    for (line, command) in commands.iter().filter(|(_, command)| command != COMMAND) {
        findings.push(Finding::new(
            ".ci/run",
            *line,
            format!("it calls `{command}`, and should call `{COMMAND}` alone"),
        ));
    }
    if commands.is_empty() {
        findings.push(Finding::new(".ci/run", 0, format!("it does not call `{COMMAND}`")));
    }
    if tree.text("README.md").is_some_and(|readme| !readme.contains(COMMAND)) {
        findings.push(Finding::new(
            "README.md",
            0,
            format!("it does not say how everything is tested: `{COMMAND}`"),
        ));
    }
    findings
}

/// The two rules of `deny.toml` that must hold even where cargo-deny is not installed.
pub fn dependencies(tree: &Tree) -> Vec<Finding> {
    const REFUSED: [&str; 4] = ["openssl", "openssl-sys", "native-tls", "hyper-tls"];
    const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";
    let mut findings = Vec::new();
    for lock in ["Cargo.lock", "ui/Cargo.lock"] {
        for (at, line) in tree.text(lock).unwrap_or_default().lines().enumerate() {
            let value = |key: &str| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"');
            if let Some(name) = value("name").filter(|name| REFUSED.contains(name)) {
                let what =
                    format!("`{name}` needs OpenSSL, with which the program cannot be one static file");
                findings.push(Finding::new(lock, at + 1, what));
            }
            if value("source").is_some_and(|source| source != REGISTRY) {
                let what =
                    "dependencies come from the ordinary registry alone, so that anyone can build this";
                findings.push(Finding::new(lock, at + 1, what));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(findings: &[Finding]) -> Vec<usize> {
        findings.iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let readme = "[a](docs/A.md) [b](docs/B.md)\n![p](docs/p.png \"title\") [w](https://x.y/z)\n\
                      [h](docs/A.md#two-words) [i](docs/A.md#none)\n`[c](d)`\n```\n[c](d)\n```\n[own](#top)";
        let tree =
            Tree::of(&[("README.md", readme), ("docs/A.md", "# Two words!\n[up](../README.md) [d](./)")]);
        assert_eq!(lines(&links_resolve(&tree)), [1, 2, 3, 8]);
    }

    #[test]
    fn another_test_command_is_found() {
        let good = ("README.md", "Run `cargo xtask test`.");
        let check = |run, readme| lines(&one_test_command(&Tree::of(&[(".ci/run", run), readme])));
        assert_eq!(check("#!/x\nset -e\ncd x\ncargo xtask test\n", good), []);
        assert_eq!(check("#!/x\ncargo xtask test\ntrue\n", good), [3]);
        assert_eq!(check("#!/x\n", ("README.md", "no")), [0, 0]);
    }

    #[test]
    fn a_refused_dependency_is_found() {
        let lock = "[[package]]\nname = \"openssl-sys\"\nsource = \"git+https://x.y/z\"\n[[package]]\nname = \"redb\"\n\
                    source = \"registry+https://github.com/rust-lang/crates.io-index\"\n";
        assert_eq!(lines(&dependencies(&Tree::of(&[("Cargo.lock", lock)]))), [2, 3]);
    }
}
