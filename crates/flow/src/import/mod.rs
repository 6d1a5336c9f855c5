//! Flows from other programs: a file of theirs becomes a flow of ours, with a report of what became of every block.
//!
//! An import is a pure function of the file. It shows what it will do before anything is stored: whoever calls it keeps
//! the flow or drops it. What reaches outside (requests, e-mail, language models) arrives switched off, and so do the
//! addresses that customers would be sent; those within texts are told. Nothing secret is carried: in its place stands a reference to a secret that the business fills in.
//!
//! The report holds codes and data, not sentences, as the checker's findings do: the interface says them in the
//! reader's language.

mod beside;
mod lines;
mod own;
mod report;
mod rounds;
mod sealed;
mod secrets;
mod told;
mod typebot;
mod whose;

use crate::load::LoadError;
use crate::model::Flow;

pub use own::{Strangers, Taken, import as own};
pub use report::{
    Change, ChangeCode, MissingBot, Need, NeedCode, Parameters, Reason, ReasonCode, Row, Verdict,
};
pub use sealed::painted;
pub use told::{Told, told};
pub use typebot::{BYTES as TYPEBOT_BYTES, import as typebot};
pub use whose::{Whose, whose};

/// A flow made of another program's file.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    pub flow: Flow,
    /// A row for every block and event of the file, in its order.
    pub report: Vec<Row>,
    /// Bots that this one runs and that are in other files.
    pub missing: Vec<MissingBot>,
}

/// Why a file cannot be imported. Nothing of a refused file remains.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    File(#[from] LoadError),
    /// It can be read, and conversations would break on its lines: they begin or end at what is not there, or lead round
    /// without ever waiting. All of them, at least one.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Lines(Vec<LoadError>),
    /// What came of the file is more than a flow may hold; the place is one of the flow's.
    #[error("the imported flow: {0}")]
    Flow(LoadError),
}

impl ImportError {
    pub fn errors(&self) -> &[LoadError] {
        match self {
            Self::File(error) | Self::Flow(error) => std::slice::from_ref(error),
            Self::Lines(errors) => errors,
        }
    }
}
