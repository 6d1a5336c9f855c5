//! `cargo xtask ui` builds the interface into `assets/ui`, which is committed so that `cargo run` needs only Rust.
//!
//! What lies there afterwards:
//! - `index.html`: `ui/public/index.html` with `%app.js%`, `%app.wasm%`, `%app.css%` and `%fonts/x.woff2%`
//!   replaced by the built names;
//! - `app-HASH.js`, `app-HASH.wasm`, `app-HASH.css`, `fonts/NAME-HASH.woff2`: they never change under their name, so a
//!   browser may keep them for ever;
//! - `office-HASH.wasm`, `office-HASH.json`: the second part of the app, for all pages but the inbox (`split`), and its
//!   texts;
//! - `builder-HASH.js`, `builder-HASH.wasm`: the flow editor with the bot engine in it, made of the same sources with the
//!   feature `builder`, and loaded when somebody opens a bot;
//! - the rest of `ui/public` under its own names;
//! - `X.br` in place of every file that gets smaller by it: who does not take that gets it packed anew by the server, so
//!   that the program does not hold a second copy;
//! - `manifest.json`: `{"files": {"app.js": "app-HASH.js", …}, "load": [what a first visit fetches]}`;
//! - `SOURCES`: the stamp of what it was built from, which `tests/tidy.rs` compares.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions, StyleSheet};
use lightningcss::targets::{Browsers, Targets};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::Result;
use crate::project::Project;
use crate::setup;
use crate::shell::Shell;
use crate::sources;

mod split;
mod tables;

const OUTPUT: &str = "assets/ui";

pub fn run(project: &Project, check: bool) -> Result<ExitCode> {
    let now = sources::stamp(&project.root)?;
    if check {
        let fresh = fs::read_to_string(project.path(sources::STAMP)).is_ok_and(|built| built == now);
        println!(
            "{OUTPUT} {} the sources of the interface",
            if fresh { "belongs to" } else { "is older than" }
        );
        return Ok(if fresh { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let mut bundle = Bundle::default();
    bundle.fonts(project)?;
    bundle.styles(project)?;
    // The app is what everybody waits for, so it is made as small as can be: a twelfth smaller than with "s". The editor
    // is dragged at sixty frames a second, and loaded by those who build bots alone.
    let wasm = compile(project, &[], "z")?;
    let (script, bound) = bind(project, "app", &wasm)?;
    let (first, later) = (bound.with_file_name("app_first.wasm"), bound.with_file_name("app_office.wasm"));
    split::split(project, &FEATURES, &bound, &first, &later)?;
    let office = bundle.hashed("office.wasm", optimised(project, &later, &bound)?);
    bundle.words(project)?;
    let module = optimised(project, &first, &bound)?;
    bundle.program("app", split::script(&script, &office)?, module);

    let wasm = compile(project, &["--features", "builder"], "s")?;
    let (script, bound) = bind(project, "builder", &wasm)?;
    let module = optimised(project, &bound, &bound)?;
    bundle.program("builder", script, module);
    bundle.public(project)?;
    bundle.write(&project.path(OUTPUT), &now)?;
    Ok(ExitCode::SUCCESS)
}

/// Compiles the interface to WebAssembly: with the ordinary target where rustup can have it, else with Debian's
/// compiler, which brings the sources of the standard library and builds it for the target.
fn compile(project: &Project, features: &[&str], optimise: &str) -> Result<PathBuf> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let directory = project.path("ui");
    let output = project.target.join("ui");
    let shell = |cargo: &str, toolchain: &[&str]| {
        Shell::new(cargo, &directory)
            .args(["build", "--release", "--locked", "--target", TARGET])
            .args(toolchain)
            .args(features)
            .args(["--target-dir".as_ref(), output.as_os_str()])
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", optimise)
            // Panic messages name files; those of this machine would stand in the bundle, and change it.
            .env("CARGO_ENCODED_RUSTFLAGS", remapped(project))
    };
    if has_target(project, TARGET) {
        println!("compiling with the toolchain's own target {TARGET}");
        shell("cargo", &[]).run()?;
    } else {
        println!("the toolchain has no {TARGET}; compiling with Debian's compiler and its standard library");
        let packages = ["rustc-web", "rust-web-src", "lld", "binaryen"];
        if !Path::new("/usr/bin/cargo").exists() || !Path::new("/usr/bin/wasm-ld").exists() {
            setup::debian(project, &packages)?;
        }
        shell("/usr/bin/cargo", &["-Z", "build-std=std,panic_abort"])
            .env("RUSTC", "/usr/bin/rustc")
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld")
            .run()?;
    }
    let wasm = output.join(TARGET).join("release/beseda_ui.wasm");
    if wasm.is_file() { Ok(wasm) } else { Err(format!("{} was not built", wasm.display()).into()) }
}

fn has_target(project: &Project, target: &str) -> bool {
    let rustup = |args: &[&str]| Shell::new("rustup", &project.root).args(args);
    let listed = rustup(&["target", "list", "--installed"]).output().unwrap_or_default();
    String::from_utf8_lossy(&listed).lines().any(|line| line == target)
        || rustup(&["target", "add", target]).answers()
}

/// Compiler flags that give files the same names on every machine, separated as Cargo wants them.
fn remapped(project: &Project) -> String {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo")));
    let mut flags = vec![
        // Names with the types in them: `split` tells by them which functions belong to which pages.
        "-Csymbol-mangling-version=v0".to_owned(),
        format!("--remap-path-prefix={}=beseda", project.root.display()),
    ];
    flags.extend(home.map(|home| format!("--remap-path-prefix={}=cargo", home.display())));
    flags.join("\u{1f}")
}

/// What the compiler uses without asking, which Debian's binaryen does not expect.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Makes the browser's script and module of the compiled library.
fn bind(project: &Project, name: &str, wasm: &Path) -> Result<(String, PathBuf)> {
    let folder = project.target.join("ui/bound");
    let bindgen = wasm_bindgen(project)?;
    let options = ["--target", "web", "--no-typescript", "--out-name", name, "--out-dir"];
    Shell::new(bindgen, &project.root).args(options).args([folder.as_path(), wasm]).run()?;
    if !Shell::new("wasm-opt", &project.root).args(["--version"]).answers() {
        setup::debian(project, &["binaryen"])?;
    }
    Ok((fs::read_to_string(folder.join(format!("{name}.js")))?, folder.join(format!("{name}_bg.wasm"))))
}

/// The module, smaller. `bound` is what the binding program made of it.
fn optimised(project: &Project, module: &Path, bound: &Path) -> Result<Vec<u8>> {
    let small = module.with_extension("small.wasm");
    Shell::new("wasm-opt", &project.root)
        .args(["-Os"])
        .args(FEATURES)
        .args([module])
        .args(["-o".as_ref(), small.as_os_str()])
        .run()?;
    let mut optimised = fs::read(small)?;
    tables::repair(&fs::read(bound)?, &mut optimised)?;
    Ok(optimised)
}

/// The binding program must be of exactly the library's version. Built once, kept with the person's other caches.
fn wasm_bindgen(project: &Project) -> Result<PathBuf> {
    let lock = fs::read_to_string(project.path("ui/Cargo.lock"))?;
    let version = lock
        .split("[[package]]")
        .find(|package| package.contains("\nname = \"wasm-bindgen\"\n"))
        .and_then(|package| package.split("version = \"").nth(1)?.split('"').next())
        .ok_or("ui/Cargo.lock names no wasm-bindgen")?;
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))
        .unwrap_or_else(|| project.target.clone());
    let folder = cache.join(format!("beseda/wasm-bindgen-{version}"));
    let program = folder.join("bin/wasm-bindgen");
    if !program.is_file() {
        println!("wasm-bindgen {version} is missing; building it, which takes some minutes");
        // Without --locked: its own lock file asks for a newer library than the registry serves.
        let install = ["install", "wasm-bindgen-cli", "--quiet", "--version", version, "--root"];
        project.cargo().args(install).args([&folder]).run()?;
    }
    Ok(program)
}

/// The files of the bundle by their final names.
#[derive(Default)]
struct Bundle {
    files: BTreeMap<String, Vec<u8>>,
    /// What the sources call them -> what they are called in the bundle.
    names: BTreeMap<String, String>,
}

impl Bundle {
    /// Adds a file under a name that belongs to its content.
    fn hashed(&mut self, name: &str, content: Vec<u8>) -> String {
        let hash = sources::hexadecimal(&Sha256::digest(&content)[..6]);
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let built = format!("{stem}-{hash}.{extension}");
        self.names.insert(name.to_owned(), built.clone());
        self.files.insert(built.clone(), content);
        built
    }

    fn fonts(&mut self, project: &Project) -> Result<()> {
        for (name, path) in files_in(&project.path("ui/fonts"))? {
            if ends_in(&path, "woff2") {
                self.hashed(&format!("fonts/{name}"), fs::read(path)?);
            }
        }
        Ok(())
    }

    /// One stylesheet: the files of `ui/styles` in the order of their names, so that a number in front decides.
    fn styles(&mut self, project: &Project) -> Result<()> {
        let mut text = String::new();
        for path in files_in(&project.path("ui/styles"))?.into_values() {
            if ends_in(&path, "css") {
                text.push_str(&fs::read_to_string(path)?);
                text.push('\n');
            }
        }
        // Browsers of early 2023; older ones lack what the layout is built on.
        let browsers = Browsers {
            chrome: Some(111 << 16),
            firefox: Some(113 << 16),
            safari: Some((16 << 16) | (4 << 8)),
            ..Browsers::default()
        };
        let targets = Targets::from(browsers);
        let mut sheet =
            StyleSheet::parse(&text, ParserOptions::default()).map_err(|e| format!("ui/styles: {e}"))?;
        sheet
            .minify(MinifyOptions { targets, ..MinifyOptions::default() })
            .map_err(|e| format!("ui/styles: {e}"))?;
        let printed = sheet.to_css(PrinterOptions { minify: true, targets, ..PrinterOptions::default() })?;
        let named = self.renamed(&printed.code, "", "");
        self.hashed("app.css", named.into_bytes());
        Ok(())
    }

    /// The script loads the module and starts it by itself: a starter in the page would be an inline script, which
    /// the Content-Security-Policy forbids.
    fn program(&mut self, name: &str, script: String, module: Vec<u8>) {
        let module = self.hashed(&format!("{name}.wasm"), module);
        let bound = format!("{name}_bg.wasm");
        let script = format!("{}\n__wbg_init();\n", script.replace(&bound, &module).trim_end());
        self.hashed(&format!("{name}.js"), script.into_bytes());
    }

    /// The texts of the office, by their language: they come with its code.
    fn words(&mut self, project: &Project) -> Result<()> {
        let mut words = BTreeMap::new();
        for language in fs::read_dir(project.path("ui/locales"))? {
            let language = language?;
            let mut texts = String::new();
            for path in files_in(&language.path().join("office"))?.into_values() {
                texts.push_str(&fs::read_to_string(path)?);
                texts.push('\n');
            }
            words.insert(language.file_name().to_string_lossy().into_owned(), texts);
        }
        self.hashed("office.json", serde_json::to_vec(&words)?);
        Ok(())
    }

    fn public(&mut self, project: &Project) -> Result<()> {
        for (name, path) in files_in(&project.path("ui/public"))? {
            let mut content = fs::read(path)?;
            if name == "index.html" {
                content = self.renamed(&String::from_utf8(content)?, "%", "%").into_bytes();
            }
            self.files.insert(name, content);
        }
        Ok(())
    }

    /// The text with every name of the sources, between these marks, replaced by its name in the bundle.
    fn renamed(&self, text: &str, before: &str, after: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (name, built)| {
            text.replace(&format!("{before}{name}{after}"), built)
        })
    }

    /// Replaces the folder's content. Everything was built before this, so a failed build leaves the old bundle.
    fn write(&self, folder: &Path, stamp: &str) -> Result<()> {
        let page = self.files.get("index.html").ok_or("ui/public/index.html is missing")?;
        let page = String::from_utf8_lossy(page);
        if let Some(unknown) = page.split('%').skip(1).step_by(2).find(|name| name.contains('.')) {
            return Err(
                format!("ui/public/index.html asks for %{unknown}%, which the bundle does not have").into()
            );
        }
        let mut load = vec!["index.html"];
        // What the page names at once; icons are fetched later, if at all.
        let at_once =
            |name: &str| ["js", "css", "wasm", "woff2"].iter().any(|kind| ends_in(Path::new(name), kind));
        // The page names these, too, for whoever goes on.
        let later = ["builder.js", "office.wasm", "office.json"].map(|name| self.names.get(name));
        let is_later = |name: &str| later.iter().flatten().any(|later| *later == name);
        let named = |name: &&str| at_once(name) && page.contains(*name) && !is_later(name);
        load.extend(self.files.keys().map(String::as_str).filter(named));
        // The script names the module, and the page needs all three even where it does not preload them.
        load.extend(
            ["app.js", "app.wasm", "app.css"]
                .iter()
                .filter_map(|name| self.names.get(*name))
                .map(String::as_str),
        );
        load.sort_unstable();
        load.dedup();
        let manifest = json!({ "files": self.names, "load": load });

        if folder.is_dir() {
            fs::remove_dir_all(folder)?;
        }
        println!("{:<44} {:>9} {:>9}", "", "bytes", "brotli");
        for (name, content) in &self.files {
            let brotli = brotli(content)?;
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            // Fonts and pictures are packed already.
            if brotli.len() * 20 < content.len() * 19 {
                fs::write(folder.join(format!("{name}.br")), &brotli)?;
            } else {
                fs::write(&path, content)?;
            }
            println!("{name:<44} {:>9} {:>9}", content.len(), brotli.len());
        }
        fs::write(folder.join("manifest.json"), serde_json::to_string_pretty(&manifest)? + "\n")?;
        fs::write(folder.join("SOURCES"), stamp)?;
        Ok(())
    }
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &content[..], &mut packed, &parameters)?;
    Ok(packed)
}

fn ends_in(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|own| own == extension)
}

/// Every file below a folder by its name from there, in order; nothing if there is no such folder.
fn files_in(folder: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(current) = open.pop().filter(|current| current.is_dir()) {
        for entry in fs::read_dir(&current)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
                files.insert(name, path);
            }
        }
    }
    Ok(files)
}
