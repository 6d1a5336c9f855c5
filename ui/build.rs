//! Turns the SVG files in `icons/` (from Lucide, as published) into `enum Icon` with its shapes, and the widths of letters
//! beside the fonts into a table.
//!
//! An icon is added by copying its file here. They become data in the program rather than a sprite file
//! because `<use>` of another document is one more request and one more rule in the content policy.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, error, fs};

const WIDTHS: &str = "fonts/inter-widths.txt";

fn main() -> Result<(), Box<dyn error::Error>> {
    println!("cargo::rerun-if-changed=icons");
    println!("cargo::rerun-if-changed={WIDTHS}");
    widths()?;
    let mut names = vec![];
    for entry in fs::read_dir("icons")? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "svg") {
            names.extend(path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned));
        }
    }
    names.sort();

    let mut variants = String::new();
    let mut arms = String::new();
    for name in &names {
        let variant = camel(name);
        writeln!(variants, "    {variant},")?;
        let svg = fs::read_to_string(format!("icons/{name}.svg"))?;
        let mut shapes = String::new();
        for line in svg.lines().map(str::trim) {
            let Some(inside) = line.strip_prefix('<').and_then(|line| line.strip_suffix("/>")) else {
                continue;
            };
            let (tag, attributes) = inside.trim().split_once(' ').ok_or("a shape without attributes")?;
            let mut pairs = String::new();
            for attribute in attributes.split("\" ") {
                let (key, value) = attribute.split_once("=\"").ok_or("an attribute without a value")?;
                write!(pairs, "({:?}, {:?}), ", key.trim(), value.trim().trim_end_matches('"'))?;
            }
            write!(shapes, "({tag:?}, &[{pairs}]), ")?;
        }
        writeln!(arms, "            Self::{variant} => &[{shapes}],")?;
    }
    let code = format!(
        "/// The icons of the interface, by their Lucide names.\n\
         #[derive(Debug, Clone, Copy, PartialEq, Eq)]\n\
         pub enum Icon {{\n{variants}}}\n\n\
         type Shape = (&'static str, &'static [(&'static str, &'static str)]);\n\n\
         impl Icon {{\n    fn shapes(self) -> &'static [Shape] {{\n        match self {{\n{arms}        }}\n    }}\n}}\n"
    );
    fs::write(Path::new(&env::var("OUT_DIR")?).join("icons.rs"), code)?;
    Ok(())
}

/// `(letter, width in weight 400, in weight 600)`, by the letter.
fn widths() -> Result<(), Box<dyn error::Error>> {
    let mut rows = String::new();
    for line in fs::read_to_string(WIDTHS)?.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split(' ').collect();
        let [letter, regular, bold] = columns.as_slice() else {
            return Err("not a letter and two widths".into());
        };
        write!(rows, "(0x{letter}, {regular}, {bold}), ")?;
    }
    let code = format!("const WIDTHS: &[(u16, u16, u16)] = &[{rows}];\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("widths.rs"), code)?;
    Ok(())
}

fn camel(name: &str) -> String {
    name.split('-')
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
                .unwrap_or_default()
        })
        .collect()
}
