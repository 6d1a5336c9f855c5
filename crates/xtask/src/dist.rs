//! `cargo xtask dist` makes the program as it is given away: one static file, with the heavy optimisation that an
//! ordinary build leaves out.

use std::fs;
use std::process::{Command, ExitCode, Stdio};

use crate::Result;
use crate::project::Project;

const TARGET: &str = "x86_64-unknown-linux-gnu";

pub fn run(project: &Project) -> Result<ExitCode> {
    // The target is named even though it is the machine's own: otherwise the flags would also reach build scripts
    // and procedural macros, which cannot be static.
    let build = ["build", "--profile", "dist", "--target", TARGET];
    project.cargo().args(build).env("RUSTFLAGS", "-C target-feature=+crt-static").run()?;
    let program = project.target.join(TARGET).join("dist/beseda");
    let bytes = fs::metadata(&program)?.len();
    println!("{}: {:.1} MB", program.display(), crate::bench::megabytes(bytes));
    // `ldd` fails for a program without a dynamic section, so its words are read instead of its status.
    let said = Command::new("ldd").arg(&program).stdin(Stdio::null()).output()?;
    let words = [said.stdout, said.stderr].concat();
    let words = String::from_utf8_lossy(&words);
    println!("ldd: {}", words.trim());
    let is_static = words.contains("statically linked") || words.contains("not a dynamic executable");
    Ok(if is_static { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
