//! What bots reach outside, as the settings have it: the checker tells what is missing, and forms offer what is there.
//! Only who may change bots may see it; to others nothing is said of it.

use std::collections::BTreeSet;

use beseda_wire::connections::{Connection, ConnectionKind};
use beseda_wire::page::Page;

use super::Msg as BuilderMsg;
use super::model::Model;
use crate::api::{self, Failure};
use crate::effect::{Effect, Effects};

#[derive(Debug, Default)]
pub struct Known {
    /// None until they are here, and where nobody may see them.
    list: Option<Vec<Connection>>,
}

impl Known {
    /// The names of those of a kind.
    pub fn names(&self, kind: ConnectionKind) -> Option<BTreeSet<String>> {
        let such = self.list.as_ref()?.iter().filter(|one| one.kind == kind);
        Some(such.map(|one| one.name.clone()).collect())
    }
}

/// Asks for them; settings may have changed since.
pub fn ask() -> Effect {
    api::connections().then(BuilderMsg::Connections)
}

impl Model {
    pub fn know_connections(&mut self, answer: Result<Page<Connection>, Failure>) -> Effects {
        // What was known stays where the server was not reached.
        let Ok(page) = answer else { return vec![] };
        if self.connections.list.as_ref() != Some(&page.items) {
            self.connections.list = Some(page.items);
            // Forms offer what is there.
            self.epoch += 1;
        }
        self.check_soon()
    }
}
