//! Repairs what wasm-opt 108, the one Debian 12 has, breaks: it writes index 0 into every exported table.
//!
//! The module has two tables, of functions and of JavaScript values, and the script grows the exported one
//! at its start. Leaving wasm-opt out would cost a tenth of the module; newer ones are not packaged there.

use crate::Result;

const EXPORTS: u8 = 7;
const TABLE: u8 = 1;

/// Gives the exported tables of `optimised` the indices they have in `original`. The order of the tables
/// themselves is the same in both. Changes nothing where they agree.
pub fn restore_exported_tables(original: &[u8], optimised: &mut [u8]) -> Result<()> {
    let wanted = exported_tables(original).ok_or("the compiled module cannot be read")?;
    let found = exported_tables(optimised).ok_or("the optimised module cannot be read")?;
    for (name, at) in found {
        let Some((_, from)) = wanted.iter().find(|(known, _)| *known == name) else { continue };
        let (was, is) = (original[*from], optimised[at]);
        // One byte holds an index below 128; more tables than that there will never be.
        if was >= 0x80 || is >= 0x80 {
            return Err(format!("the exported table {name} has too large an index").into());
        }
        optimised[at] = was;
    }
    Ok(())
}

/// Name of each exported table with the place of its index.
fn exported_tables(module: &[u8]) -> Option<Vec<(String, usize)>> {
    // Magic number and version.
    let mut at = 8;
    let mut tables = vec![];
    while at < module.len() {
        let section = *module.get(at)?;
        at += 1;
        let length = number(module, &mut at)?;
        let end = at.checked_add(length)?;
        if section == EXPORTS {
            for _ in 0..number(module, &mut at)? {
                let length = number(module, &mut at)?;
                let name = module.get(at..at.checked_add(length)?)?;
                at += length;
                let kind = *module.get(at)?;
                at += 1;
                if kind == TABLE {
                    tables.push((String::from_utf8_lossy(name).into_owned(), at));
                }
                number(module, &mut at)?;
            }
        }
        at = end;
    }
    Some(tables)
}

/// An unsigned LEB128 number, as WebAssembly writes all of them.
fn number(module: &[u8], at: &mut usize) -> Option<usize> {
    let (mut number, mut shift) = (0_usize, 0);
    loop {
        let byte = *module.get(*at)?;
        *at += 1;
        number |= usize::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
        shift += 7;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module that exports a function `f` and a table `t` of this index.
    fn module(index: u8) -> Vec<u8> {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        module.extend([EXPORTS, 9, 2, 1, b'f', 0, 200 - 128, 1, b't', TABLE, index]);
        module
    }

    #[test]
    fn the_index_of_the_original_comes_back() {
        let mut optimised = module(0);
        restore_exported_tables(&module(1), &mut optimised).unwrap();
        assert_eq!(optimised, module(1));
    }

    #[test]
    fn what_is_cut_off_is_refused() {
        assert!(restore_exported_tables(&module(1)[..12], &mut module(0)).is_err());
    }
}
