//! `cargo xtask dist` makes the program as it is given away: one static file, with the heavy optimisation that an
//! ordinary build leaves out. It fails when the file needs anything of the machine, or does not serve the demo.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use crate::Result;
use crate::bench::running::Running;
use crate::project::Project;

const TARGET: &str = "x86_64-unknown-linux-gnu";

pub fn run(project: &Project) -> Result<ExitCode> {
    make(project)?;
    Ok(ExitCode::SUCCESS)
}

/// Builds and checks it; an error says what is wrong with it.
pub fn make(project: &Project) -> Result<()> {
    let started = Instant::now();
    // The target is named even though it is the machine's own: otherwise the flags would also reach build scripts
    // and procedural macros, which cannot be static.
    let build = ["build", "--profile", "dist", "--target", TARGET];
    project.cargo().args(build).env("RUSTFLAGS", "-C target-feature=+crt-static").run()?;
    let program = project.target.join(TARGET).join("dist/beseda");
    let file = fs::read(&program)?;
    let megabytes = crate::bench::megabytes(file.len() as u64);
    println!("{}: {megabytes:.1} MB in {:.0} s", program.display(), started.elapsed().as_secs_f64());
    needs_nothing(&file)?;
    println!("it is static: no loader, no shared library");
    serves(project, &program)
}

fn serves(project: &Project, program: &Path) -> Result<()> {
    let data = project.target.join("dist-check");
    if data.exists() {
        fs::remove_dir_all(&data)?;
    }
    let running = Running::start(program, &data.join("data"), &[])?;
    running.answered("/api/v1/conversations?limit=1", &running.sign_in()?)?;
    running.stop()?;
    fs::remove_dir_all(&data)?;
    println!("it serves the demo");
    Ok(())
}

/// Reads an ELF file of 64 bits: it may ask for no loader and for no library. A dynamic section alone is no fault: a
/// static file that can lie at any address moves itself with one. `ldd` is not asked, whose words differ by system.
pub fn needs_nothing(file: &[u8]) -> Result<()> {
    const DYNAMIC: u64 = 2;
    const INTERPRETER: u64 = 3;
    const NEEDED: u64 = 1;
    if !file.starts_with(b"\x7fELF\x02\x01") {
        return Err("it is no little-endian ELF file of 64 bits".into());
    }
    let (headers, size, count) = (number(file, 0x20, 8)?, number(file, 0x36, 2)?, number(file, 0x38, 2)?);
    for header in 0..count {
        let at = headers + header * size;
        let (kind, offset, length) =
            (number(file, at, 4)?, number(file, at + 8, 8)?, number(file, at + 32, 8)?);
        if kind == INTERPRETER {
            return Err("it asks for a loader".into());
        }
        for entry in (0..length / 16).filter(|_| kind == DYNAMIC) {
            if number(file, offset + entry * 16, 8)? == NEEDED {
                return Err("it asks for a shared library".into());
            }
        }
    }
    Ok(())
}

fn number(file: &[u8], at: u64, bytes: usize) -> Result<u64> {
    let at = usize::try_from(at)?;
    let found = file.get(at..at + bytes).ok_or("the file ends too early")?;
    let mut wide = [0; 8];
    wide[..bytes].copy_from_slice(found);
    Ok(u64::from_le_bytes(wide))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with these program headers, and what the second points at.
    fn elf(kinds: &[u64], dynamic: &[u64]) -> Vec<u8> {
        let mut file = vec![0; 64];
        file[..6].copy_from_slice(b"\x7fELF\x02\x01");
        file[0x20] = 64;
        file[0x36] = 56;
        file[0x38] = u8::try_from(kinds.len()).unwrap();
        let after = 64 + 56 * kinds.len() as u64;
        for kind in kinds {
            let mut header = [0; 56];
            header[..8].copy_from_slice(&kind.to_le_bytes());
            header[8..16].copy_from_slice(&after.to_le_bytes());
            header[32..40].copy_from_slice(&(dynamic.len() as u64 * 16).to_le_bytes());
            file.extend(header);
        }
        for tag in dynamic {
            file.extend(tag.to_le_bytes());
            file.extend([0; 8]);
        }
        file
    }

    #[test]
    fn a_file_that_needs_something_is_told_from_one_that_does_not() {
        assert!(needs_nothing(&elf(&[1, 1], &[])).is_ok());
        assert!(needs_nothing(&elf(&[1, 2], &[5, 6, 0])).is_ok(), "it moves itself");
        assert!(needs_nothing(&elf(&[1, 2], &[5, 1, 0])).is_err(), "a library");
        assert!(needs_nothing(&elf(&[3, 1], &[])).is_err(), "a loader");
        assert!(needs_nothing(b"#!/bin/sh").is_err());
        assert!(needs_nothing(&elf(&[1, 2], &[1])[..80]).is_err(), "cut off");
        // This very test is linked as everything is that is not given away.
        assert!(needs_nothing(&fs::read(std::env::current_exe().unwrap()).unwrap()).is_err());
    }
}
