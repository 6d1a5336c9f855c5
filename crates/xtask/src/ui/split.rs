//! Splits the interface's module in two: what the sign-in and the inbox need, and the office (`ui/src/app/office.rs`),
//! which is fetched later. binaryen's `wasm-split` does it; here is said which function goes where.
//!
//! A function goes with the office when it is one of the office's modules', or when only such functions call it. Through
//! pointers nobody sees who calls: there it goes with the office when its name tells of the office, for the types that
//! generic code was made for are part of a name. Where that is wrong, a function is called before it is there, and
//! `later.js` fetches it on the spot. So the list below decides about speed, never about whether something works.
//!
//! Refused: a program of its own for these pages, as the flow editor is. It would hold the framework and the API's types
//! a second time, some 300 KB, and all that belongs to being signed in would have to be told to it.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use crate::Result;
use crate::project::Project;
use crate::shell::Shell;

/// The modules of the office, below the interface's crate.
const OFFICE: [&str; 14] = [
    "app::office",
    "native_form",
    "pages::account",
    "pages::bots",
    "pages::builder",
    "pages::business",
    "pages::connections",
    "pages::customers",
    "pages::journal",
    "pages::numbers",
    "pages::people",
    "pages::phone",
    "pages::results",
    "pages::start",
];

/// What the script gives the first part in the place of functions that are in the second.
const LATER: &str = include_str!("later.js");
/// Where the binding program lists what it gives.
const IMPORTS: &str = "        \"./app_bg.js\": import0,\n";

/// Writes both parts of a module that still has its names.
pub fn split(project: &Project, features: &[&str], module: &Path, first: &Path, later: &Path) -> Result<()> {
    let binaryen = |program: &str| Shell::new(program, &project.root).args(features);
    let graph = binaryen("wasm-opt").args(["--print-call-graph".as_ref(), module.as_os_str()]).output()?;
    let graph = String::from_utf8(graph)?;
    let office = Graph::read(&graph).office();
    if office.is_empty() {
        return Err("no function tells by its name that it is of the office".into());
    }
    let list = later.with_extension("names");
    fs::write(&list, office.join("\n"))?;
    let mut names = OsString::from("@");
    names.push(list);
    binaryen("wasm-split")
        .args([module])
        .args(["--split-funcs".into(), names, "-o1".into(), first.into(), "-o2".into(), later.into()])
        .args(["--import-namespace", "app", "--placeholder-namespace", "later"])
        .run()
}

/// The script of the first part, which knows where the second is.
pub fn script(bound: &str, later: &str) -> Result<String> {
    if bound.matches(IMPORTS).count() != 1 {
        return Err("the binding program lists its imports in another way".into());
    }
    let bound = bound.replace(IMPORTS, &format!("{IMPORTS}        \"later\": later,\n"));
    Ok(format!("{}\n{}", bound.trim_end(), LATER.replace("%office.wasm%", later)))
}

/// Whether a path begins with one of the office's modules.
fn is_office(path: &str) -> bool {
    let Some(path) = path.strip_prefix("beseda_ui::") else { return false };
    OFFICE
        .iter()
        .filter_map(|module| path.strip_prefix(module))
        .any(|rest| !rest.starts_with(|c: char| c == '_' || c.is_alphanumeric()))
}

/// Whether it is a function of the office, or what drops a value of one of its types.
fn is_of_office(name: &str) -> bool {
    let dropped = name.strip_prefix("core::ptr::drop_in_place::<");
    let path = dropped.map_or(name, |of| of.strip_prefix("alloc::boxed::Box<").unwrap_or(of));
    is_office(path.trim_start_matches('<'))
}

/// Whether the name of a function tells of the office anywhere.
fn tells_of_office(name: &str) -> bool {
    name.match_indices("beseda_ui::").any(|(at, _)| is_office(&name[at..]))
}

/// Who calls whom, as binaryen prints it. Functions go by its own spelling of their names.
#[derive(Debug, Default)]
struct Graph<'a> {
    calls: HashMap<&'a str, Vec<&'a str>>,
    /// What is defined in the module, in its order.
    defined: Vec<&'a str>,
    exported: Vec<&'a str>,
    /// What is called through pointers.
    pointed_at: Vec<&'a str>,
}

impl<'a> Graph<'a> {
    fn read(text: &'a str) -> Self {
        let mut graph = Self::default();
        // Indented less than the key at the top.
        for line in text.lines().filter_map(|line| line.strip_prefix("  \"")) {
            let Some((name, rest)) = line.split_once('"') else { continue };
            if let Some(callee) = rest.strip_prefix(" -> \"").and_then(|rest| rest.split('"').next()) {
                graph.calls.entry(name).or_default().push(callee);
            } else if rest.contains("rounded") {
                graph.pointed_at.push(name);
            } else if rest.contains("\"white\"") {
                graph.defined.push(name);
            } else if rest.contains("\"gray\"") {
                graph.exported.push(name);
            }
        }
        graph
    }

    /// What goes with the office.
    fn office(&self) -> Vec<&'a str> {
        let unknown = self.pointed_at.iter().filter(|name| !tells_of_office(&readable(name)));
        let mut next: Vec<&str> = self.exported.iter().chain(unknown).copied().collect();
        let mut reached = HashSet::new();
        while let Some(name) = next.pop() {
            if !is_of_office(&readable(name)) && reached.insert(name) {
                next.extend(self.calls.get(name).into_iter().flatten());
            }
        }
        self.defined.iter().copied().filter(|name| !reached.contains(name)).collect()
    }
}

/// The name as the compiler gave it, without the crates' hashes. binaryen writes what is no letter as `\` and its number.
fn readable(name: &str) -> String {
    let mut pieces = name.split('\\');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.get(..2).and_then(|number| u8::from_str_radix(number, 16).ok()) {
            Some(byte) => {
                text.push(char::from(byte));
                text.push_str(&piece[2..]);
            }
            None => text.push_str(piece),
        }
    }
    let mut plain = String::new();
    for (at, piece) in text.split('[').enumerate() {
        // `core[c5930c85a12de822]::fmt`, and no slice's `[u8]`.
        match piece.split_once(']') {
            Some((hash, rest)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                plain.push_str(rest);
            }
            _ if at == 0 => plain.push_str(piece),
            _ => plain.extend(["[", piece]),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRAPH: &str = r#"digraph call {
  rankdir = LR;
  subgraph cluster_key {
    "Import" [style="filled", fillcolor="turquoise"];
    "A" -> "B" [style="filled, rounded", label = "Direct Call"];
  }
  "start" [style="filled", fillcolor="gray"];
  "beseda_ui::pages::bots::view" [style="filled", fillcolor="white"];
  "beseda_ui::shell::view" [style="filled", fillcolor="white"];
  "table" [style="filled", fillcolor="white"];
  "button" [style="filled", fillcolor="white"];
  "post::<beseda_ui::pages::bots::Msg>" [style="filled", fillcolor="white"];
  "then::<beseda_ui::pages::bots::Msg>" [style="filled", fillcolor="white"];
  "answer" [style="filled", fillcolor="white"];
  "js_now" [style="filled", fillcolor="turquoise"];
  "start" -> "beseda_ui::shell::view"; // call
  "beseda_ui::shell::view" -> "beseda_ui::pages::bots::view"; // call
  "beseda_ui::shell::view" -> "button"; // call
  "beseda_ui::shell::view" -> "post::<beseda_ui::pages::bots::Msg>"; // call
  "beseda_ui::pages::bots::view" -> "button"; // call
  "beseda_ui::pages::bots::view" -> "table"; // call
  "beseda_ui::pages::bots::view" -> "js_now"; // call
  "then::<beseda_ui::pages::bots::Msg>" [style="filled, rounded"];
  "answer" [style="filled, rounded"];
}"#;

    #[test]
    fn what_only_the_office_calls_goes_with_it() {
        // Not what is called from elsewhere, for whatever type it was made, nor what anybody may call through a pointer.
        let office = Graph::read(GRAPH).office();
        assert_eq!(office, ["beseda_ui::pages::bots::view", "table", "then::<beseda_ui::pages::bots::Msg>"]);
    }

    #[test]
    fn names_tell_of_modules() {
        let named =
            "<core\\5bc5930c85a12de822\\5d::Vec<beseda_ui\\5bc5930c85a12de822\\5d::pages::bots::Msg>>::push";
        let named = readable(named);
        assert_eq!(named, "<core::Vec<beseda_ui::pages::bots::Msg>>::push");
        assert!(tells_of_office(&named) && !is_of_office(&named));
        assert_eq!(readable("<\\5bu8\\5d>::len"), "<[u8]>::len");
        for own in [
            "<beseda_ui::pages::bots::Model>::view",
            "beseda_ui::pages::bots::view::{closure#0}",
            "core::ptr::drop_in_place::<alloc::boxed::Box<beseda_ui::app::office::Office>>",
        ] {
            assert!(is_of_office(own), "{own}");
        }
        for other in [
            "beseda_ui::pages::bots_of_old::view",
            "<beseda_ui::pages::inbox::Model>::view",
            // To drop it is to look first whether there is one.
            "core::ptr::drop_in_place::<core::option::Option<alloc::boxed::Box<beseda_ui::app::office::Office>>>",
        ] {
            assert!(!is_of_office(other), "{other}");
        }
    }

    #[test]
    fn a_script_that_lists_its_imports_otherwise_is_refused() {
        let bound = format!("    return {{\n{IMPORTS}    }};\n");
        let script = script(&bound, "office-1.wasm").unwrap();
        assert!(script.contains("\"later\": later,\n    };") && script.contains("office-1.wasm"));
        assert!(super::script("return {};", "office-1.wasm").is_err());
    }

    #[test]
    fn every_module_of_the_list_is_there() {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/");
        for module in OFFICE {
            let path = format!("{source}{}", module.replace("::", "/"));
            let there =
                [format!("{path}.rs"), format!("{path}/mod.rs")].iter().any(|path| Path::new(path).is_file());
            assert!(there, "{module}");
        }
    }
}
