//! Reading the tree: which files there are, and Rust text with its comments and literals told apart from its code.
//!
//! This is not a parser. Rules here ask "does this word stand in the code of that file", for which a line scanner
//! that knows strings, comments and `#[cfg(test)]` is enough, and is quicker to build than any syntax library.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Files by their path from the repository's root, with `/` between the parts.
/// Bytes, because one rule also reads the built interface.
#[derive(Default)]
pub struct Tree(BTreeMap<String, Vec<u8>>);

/// What a rule has to say about one place.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    pub path: String,
    /// From 1; 0 when the file as a whole is meant.
    pub line: usize,
    pub what: String,
}

impl Finding {
    pub fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into() }
    }
}

/// Never read, as folders or files: what is built, what a person keeps beside the sources, and Git's own.
const IGNORED: [&str; 6] = [".git", "target", "data", ".cache", "node_modules", ".idea"];

impl Tree {
    pub fn read(root: &Path) -> std::io::Result<Self> {
        let mut tree = Self::default();
        tree.add(root, "")?;
        Ok(tree)
    }

    fn add(&mut self, folder: &Path, prefix: &str) -> std::io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
            let kind = entry.file_type()?;
            if IGNORED.contains(&name.as_str()) {
                continue;
            }
            if kind.is_dir() {
                self.add(&entry.path(), &path)?;
            } else if kind.is_file() {
                let bytes = if entry.path().extension().is_some_and(|ending| ending == "br") {
                    unpacked(&entry.path())?
                } else {
                    fs::read(entry.path())?
                };
                self.0.insert(path, bytes);
            }
        }
        Ok(())
    }

    /// A tree out of strings, for the rules' own tests.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect())
    }

    pub fn has_folder(&self, folder: &str) -> bool {
        let prefix = format!("{}/", folder.trim_end_matches('/'));
        self.0.range(prefix.clone()..).next().is_some_and(|(path, _)| path.starts_with(&prefix))
    }

    pub fn all(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// The text files below these folders (or the files of exactly these names) whose name ends so.
    pub fn texts(&self, roots: &[&str], ending: &str) -> Vec<(&str, String)> {
        self.all()
            .filter(|(path, _)| path.ends_with(ending))
            .filter(|(path, _)| {
                roots.iter().any(|root| path == root || path.starts_with(&format!("{root}/")))
            })
            .map(|(path, bytes)| (path, String::from_utf8_lossy(bytes).into_owned()))
            .collect()
    }

    pub fn text(&self, path: &str) -> Option<String> {
        self.0.get(path).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    /// Rust files below these folders, read and told apart.
    pub fn rust(&self, roots: &[&str]) -> Vec<Rust> {
        let mut files: Vec<Rust> =
            self.texts(roots, ".rs").into_iter().map(|(path, text)| Rust::read(path, &text)).collect();
        let test_only: Vec<String> = files.iter().flat_map(Rust::test_modules).collect();
        for file in &mut files {
            let stem = file.path.trim_end_matches(".rs");
            if test_only.iter().any(|module| stem == module || stem.starts_with(&format!("{module}/"))) {
                file.test.fill(true);
            }
        }
        files
    }
}

/// The built interface lies packed in the tree; rules read what a browser will.
fn unpacked(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    brotli_decompressor::BrotliDecompress(&mut fs::File::open(path)?, &mut bytes)?;
    Ok(bytes)
}

/// One Rust file. All texts have the same lines, so that a line number means the same in each.
pub struct Rust {
    pub path: String,
    /// Comments and the insides of strings and characters blanked out.
    pub code: Vec<String>,
    /// Comments blanked out, strings kept.
    pub spoken: Vec<String>,
    /// Which lines are compiled for tests only.
    pub test: Vec<bool>,
}

impl Rust {
    pub fn read(path: &str, source: &str) -> Self {
        let (code, spoken) = blank(source);
        let code: Vec<String> = code.split('\n').map(String::from).collect();
        let test = if is_test_file(path) { vec![true; code.len()] } else { test_lines(&code) };
        Self { path: path.to_owned(), code, spoken: spoken.split('\n').map(String::from).collect(), test }
    }

    /// What `#[cfg(test)] mod name;` names: the paths of those modules, without their ending.
    fn test_modules(&self) -> Vec<String> {
        let stem = self.path.trim_end_matches(".rs");
        let own = stem.rsplit_once('/').filter(|(_, name)| ["mod", "lib", "main"].contains(name));
        let folder = own.map_or(stem, |(folder, _)| folder);
        let lines = self.code.iter().zip(&self.test).filter(|(_, test)| **test);
        let named = lines.filter_map(|(line, _)| {
            let name = line.trim().strip_suffix(';')?.rsplit_once("mod ")?.1;
            Some(format!("{folder}/{}", name.trim()))
        });
        named.collect()
    }

    /// The lines of the product's own code, numbered from 1.
    pub fn product(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code
            .iter()
            .enumerate()
            .filter(|(at, _)| !self.test[*at])
            .map(|(at, line)| (at + 1, line.as_str()))
    }
}

/// Whether this file is no part of the product by its name: `tests.rs`, `…_tests.rs`, or below such a folder.
fn is_test_file(path: &str) -> bool {
    path.split('/').any(|part| ["tests", "benches", "examples"].contains(&part))
        || path.ends_with("/tests.rs")
        || path.ends_with("_tests.rs")
}

/// Where a word stands in a line, as a whole word.
pub fn word_in(line: &str, word: &str) -> bool {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        !line[..at].ends_with(part_of_word) && !line[at + word.len()..].starts_with(part_of_word)
    })
}

/// Blanks comments (both results) and literals (first result), keeping every line's place.
fn blank(text: &str) -> (String, String) {
    let chars: Vec<char> = text.chars().collect();
    let (mut code, mut spoken) = (String::with_capacity(text.len()), String::with_capacity(text.len()));
    let hidden = |c: char| if c == '\n' { '\n' } else { ' ' };
    let mut at = 0;
    while at < chars.len() {
        let end = literal_or_comment(&chars, at);
        let Some((end, kind)) = end else {
            code.push(chars[at]);
            spoken.push(chars[at]);
            at += 1;
            continue;
        };
        for (place, &c) in chars.iter().enumerate().take(end).skip(at) {
            // The quotes stay, so that a call with a literal still looks like one.
            let edge = kind == Kind::Literal && (place == at || place == end - 1);
            code.push(if edge { c } else { hidden(c) });
            spoken.push(if kind == Kind::Literal { c } else { hidden(c) });
        }
        at = end;
    }
    (code, spoken)
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Kind {
    Comment,
    Literal,
}

/// If a comment or a literal starts here: where it ends (exclusive), and which of the two it is.
fn literal_or_comment(chars: &[char], at: usize) -> Option<(usize, Kind)> {
    let next = |offset: usize| chars.get(at + offset).copied();
    let word_before = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
    match chars[at] {
        '/' if next(1) == Some('/') => {
            let length = chars[at..].iter().position(|&c| c == '\n').unwrap_or(chars.len() - at);
            Some((at + length, Kind::Comment))
        }
        '/' if next(1) == Some('*') => Some((block_comment(chars, at), Kind::Comment)),
        '"' => Some((quoted(chars, at, '"'), Kind::Literal)),
        'r' if !word_before || chars.get(at.wrapping_sub(1)) == Some(&'b') => {
            let hashes = chars[at + 1..].iter().take_while(|&&c| c == '#').count();
            (next(1 + hashes) == Some('"')).then(|| (raw(chars, at + 1 + hashes, hashes), Kind::Literal))
        }
        // A character, unless it is a lifetime: those have no closing quote one character (or escape) later.
        '\'' if next(1) == Some('\\') => Some((quoted(chars, at, '\''), Kind::Literal)),
        '\'' if next(2) == Some('\'') => Some((at + 3, Kind::Literal)),
        _ => None,
    }
}

fn block_comment(chars: &[char], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0_usize);
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) if depth == 1 => return at + 2,
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    chars.len()
}

fn quoted(chars: &[char], start: usize, quote: char) -> usize {
    let mut at = start + 1;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            c if c == quote => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

fn raw(chars: &[char], quote: usize, hashes: usize) -> usize {
    let mut at = quote + 1;
    while at < chars.len() {
        if chars[at] == '"' && chars[at + 1..].iter().take(hashes).filter(|&&c| c == '#').count() == hashes {
            return at + 1 + hashes;
        }
        at += 1;
    }
    chars.len()
}

/// Marks the item after each `#[cfg(test)]` or `#[test]`: to its closing brace, or to its semicolon.
fn test_lines(code: &[String]) -> Vec<bool> {
    let mut test = vec![false; code.len()];
    let mut at = 0;
    while at < code.len() {
        let line = code[at].trim();
        if !(line.starts_with("#[cfg(test)]") || line.starts_with("#![cfg(test)]")) {
            at += 1;
            continue;
        }
        let end = if line.starts_with("#!") { code.len() } else { item_end(code, at) };
        test[at..end].fill(true);
        at = end;
    }
    test
}

/// The line after the item that starts at or below this one. Brackets of attributes are skipped over by counting.
fn item_end(code: &[String], start: usize) -> usize {
    let (mut braces, mut brackets) = (0_i32, 0_i32);
    for (offset, line) in code[start..].iter().enumerate() {
        for c in line.chars() {
            match c {
                '[' | '(' => brackets += 1,
                ']' | ')' => brackets -= 1,
                '{' => braces += 1,
                '}' => braces -= 1,
                ';' if braces == 0 && brackets == 0 => return start + offset + 1,
                _ => {}
            }
            // Below zero the enclosing item ends: what was marked is a field, an arm or a statement.
            if c == '}' && braces <= 0 && brackets <= 0 {
                return start + offset + 1;
            }
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> String {
        blank(text).0
    }

    #[test]
    fn comments_and_literals_are_not_code() {
        assert_eq!(code("a // redb\nb"), "a        \nb");
        assert_eq!(code("a /* x /* y */ z */ b"), "a                   b");
        assert_eq!(code(r#"f("redb \" redb") g"#), r#"f("            ") g"#);
        assert_eq!(code("f(r#\"redb \" x\"#) g"), "f(r           #) g");
        assert_eq!(code("let c = '\"'; redb"), "let c = ' '; redb");
        assert_eq!(code("fn f<'a>(x: &'a str) {} '\\''"), "fn f<'a>(x: &'a str) {} '  '");
        assert_eq!(blank("f(\"x\") // y").1, "f(\"x\")     ");
    }

    #[test]
    fn test_items_are_marked_to_their_end() {
        let file = Rust::read(
            "src/a.rs",
            "fn a() {}\n#[cfg(test)]\n#[path = \"x\"]\nmod tests {\n  fn b() {}\n}\nfn c() {}\n#[cfg(test)]\nmod d;\nfn e() {}",
        );
        let product: Vec<usize> = file.product().map(|(line, _)| line).collect();
        assert_eq!(product, [1, 7, 10]);
        assert_eq!(Rust::read("src/a/tests.rs", "fn a() {}").product().count(), 0);
    }

    #[test]
    fn files_of_test_modules_are_marked() {
        let declares = "mod product;\n#[cfg(test)]\nmod schema;";
        let tree = Tree::of(&[
            ("src/a/mod.rs", declares),
            ("src/a/schema.rs", "x"),
            ("src/a/schema/deep.rs", "x"),
            ("src/a/product.rs", "x"),
            ("src/b.rs", declares),
            ("src/b/schema.rs", "x"),
            ("src/schema.rs", "x"),
        ]);
        let product = tree.rust(&["src"]).into_iter().filter(|file| file.product().count() > 0);
        let paths: Vec<String> = product.map(|file| file.path).collect();
        assert_eq!(paths, ["src/a/mod.rs", "src/a/product.rs", "src/b.rs", "src/schema.rs"]);
    }

    #[test]
    fn words_are_whole() {
        assert!(word_in("use redb::Database;", "redb"));
        assert!(!word_in("let redbook = poem_openapi;", "redb"));
        assert!(!word_in("poem_openapi", "poem"));
    }

    #[test]
    fn folders_are_found_by_their_files() {
        let tree = Tree::of(&[("ui/src/main.rs", ""), ("uix/y", "")]);
        assert!(tree.has_folder("ui/src") && tree.has_folder("uix") && !tree.has_folder("u"));
        assert_eq!(tree.rust(&["ui"]).len(), 1);
    }
}
