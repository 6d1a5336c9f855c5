//! Bots exported by Typebot, in all versions of its format.
//!
//! The frame is read first ([`source`]), then every block by its kind, in the file's order; one block of theirs may
//! become several of ours, the first of which has its id. Ways on are tied at the end ([`build`]), when every block has
//! its place.

mod ai;
mod bubbles;
mod build;
mod choices;
mod conditions;
mod events;
mod formula;
mod inputs;
mod kept;
mod logic;
mod lost;
mod made;
mod mail;
pub(super) mod names;
mod place;
mod requests;
mod rich;
mod set;
mod source;
mod starts;
mod text;

use super::{ImportError, Imported, sealed, secrets};
use crate::fault::Fault;
use crate::load::LoadError;
use source::Source;

/// The most bytes of a file.
pub const BYTES: usize = 10 * 1024 * 1024;

/// Makes a flow of an exported bot. A pure function of the file.
pub fn import(json: &[u8]) -> Result<Imported, ImportError> {
    if json.len() > BYTES {
        return Err(LoadError::whole(Fault::TooLarge { bytes: json.len(), most: BYTES }).into());
    }
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    let value = crate::load::parse(json)?;
    build::Builder::new(&Source::read(&value)?).build(json.len())
}
