//! Repairs one thing in an optimised WebAssembly module: which table an export means.
//!
//! The interface has two tables, one of functions and one of references to the browser's objects. Debian's binaryen
//! (108) exports table 0 under every name, and the interface then stops at its first line. The newer ones do not, and
//! then nothing is changed here. Refused: building a newer binaryen, which takes a person ten minutes; leaving out the
//! optimisation, which costs a third of the size; doing without references, since the toolchain's standard library
//! for this target is compiled with them.

use crate::Result;

const TABLES: u8 = 4;
const EXPORTS: u8 = 7;
const TABLE_EXPORT: u8 = 1;
const FUNCTIONS: u8 = 0x70;

/// Points every exported table of `optimised` to the table of the kind it had in `original`.
pub fn repair(original: &[u8], optimised: &mut [u8]) -> Result<()> {
    let (before, kinds) = (Exports::read(original)?, table_kinds(original)?);
    let (after, kinds_after) = (Exports::read(optimised)?, table_kinds(optimised)?);
    for (name, place) in after.0 {
        let was = before.0.iter().find(|(known, _)| *known == name).map(|(_, place)| original[*place]);
        let kind = was.and_then(|index| kinds.get(usize::from(index))).copied();
        // What is split off asks for the table of functions by this name.
        let kind = kind.or((name == "table").then_some(FUNCTIONS));
        let kind = kind.ok_or_else(|| format!("the optimised module exports a new table, {name}"))?;
        if kinds_after.get(usize::from(optimised[place])) == Some(&kind) {
            continue;
        }
        let mut fitting =
            (0..).zip(&kinds_after).filter(|(_, other)| **other == kind).map(|(index, _)| index);
        match (fitting.next(), fitting.next()) {
            (Some(index), None) => optimised[place] = index,
            _ => return Err(format!("it cannot be told which table {name} is").into()),
        }
    }
    Ok(())
}

/// Exported tables: their names, and where in the module their index (one byte) stands.
struct Exports(Vec<(String, usize)>);

impl Exports {
    fn read(module: &[u8]) -> Result<Self> {
        let mut found = Vec::new();
        let Some(mut at) = section(module, EXPORTS)? else { return Ok(Self(found)) };
        for _ in 0..number(module, &mut at)? {
            let length = number(module, &mut at)?;
            let name = String::from_utf8_lossy(module.get(at..at + length).ok_or("a module cut short")?)
                .into_owned();
            at += length;
            let kind = *module.get(at).ok_or("a module cut short")?;
            at += 1;
            if kind == TABLE_EXPORT {
                found.push((name, at));
            }
            if number(module, &mut at)? > 127 && kind == TABLE_EXPORT {
                return Err("a module with more tables than anyone needs".into());
            }
        }
        Ok(Self(found))
    }
}

/// The kind of what each table holds, by its number.
fn table_kinds(module: &[u8]) -> Result<Vec<u8>> {
    let mut kinds = Vec::new();
    let Some(mut at) = section(module, TABLES)? else { return Ok(kinds) };
    for _ in 0..number(module, &mut at)? {
        kinds.push(*module.get(at).ok_or("a module cut short")?);
        at += 1;
        let limits = number(module, &mut at)?;
        number(module, &mut at)?;
        if limits & 1 == 1 {
            number(module, &mut at)?;
        }
    }
    Ok(kinds)
}

/// Where the content of a section starts, if there is one.
fn section(module: &[u8], wanted: u8) -> Result<Option<usize>> {
    let mut at = 8;
    while at < module.len() {
        let kind = module[at];
        at += 1;
        let length = number(module, &mut at)?;
        if kind == wanted {
            return Ok(Some(at));
        }
        at += length;
    }
    Ok(None)
}

/// A number in WebAssembly's variable-length form (unsigned LEB128).
fn number(module: &[u8], at: &mut usize) -> Result<usize> {
    let (mut value, mut shift) = (0, 0);
    loop {
        let byte = *module.get(*at).ok_or("a module cut short")?;
        *at += 1;
        value |= usize::from(byte & 127) << shift;
        if byte < 128 {
            return Ok(value);
        }
        shift += 7;
        if shift > 28 {
            return Err("a number that no module has".into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two tables, of functions and of references, and an export `refs` of this one.
    fn module(exported: u8) -> Vec<u8> {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        module.extend([TABLES, 8, 2, 0x70, 1, 72, 72, 0x6f, 0, 128, 8]);
        // The last number needs two bytes, so the section is nine long.
        module[9] = 9;
        module.extend([EXPORTS, 13, 2, 4]);
        module.extend(*b"refs");
        module.extend([1, exported, 1]);
        module.extend(*b"f");
        module.extend([0, 3]);
        module
    }

    #[test]
    fn an_export_of_the_wrong_table_is_repaired() {
        let mut optimised = module(0);
        repair(&module(1), &mut optimised).unwrap();
        assert_eq!(optimised, module(1));
    }

    #[test]
    fn a_right_export_stays() {
        let mut optimised = module(1);
        repair(&module(1), &mut optimised).unwrap();
        assert_eq!(optimised, module(1));
    }

    #[test]
    fn what_cannot_be_told_is_refused() {
        let mut unknown = module(0);
        let name = unknown.windows(4).position(|window| window == b"refs").unwrap();
        unknown[name] = b'x';
        assert!(repair(&module(1), &mut unknown).is_err());
        assert!(repair(&module(1)[..30], &mut module(0)).is_err());
    }
}
