//! The business's people, to whom a flow may give conversations: forms offer them, and the checker and the try tell of a
//! name that nobody has.

use std::collections::BTreeSet;

use beseda_flow::{Effect as Told, is_called, nobody_called};
use beseda_wire::businesses::Member;
use beseda_wire::page::Page;

use super::Msg as BuilderMsg;
use super::model::Model;
use super::words::language;
use crate::api::{self, Failure};
use crate::effect::{Effect, Effects};

#[derive(Debug, Default)]
pub struct Known {
    /// None until they are here.
    pub list: Option<Vec<Member>>,
}

impl Known {
    /// All that they are called by.
    pub fn names(&self) -> Option<BTreeSet<String>> {
        let names = |one: &Member| [one.id.to_string(), one.email.clone(), one.name.clone()];
        Some(self.list.as_ref()?.iter().flat_map(names).collect())
    }

    /// Who is meant by a name.
    pub fn find(&self, name: &str) -> Option<&Member> {
        let is = |one: &&Member| is_called([&*one.id.to_string(), &one.email, &one.name], name);
        self.list.as_ref()?.iter().find(is)
    }

    /// Whether somebody is meant by a name; until they are known, perhaps.
    pub fn knows(&self, name: &str) -> bool {
        self.list.is_none() || self.find(name).is_some()
    }

    /// What the team is told where an effect gives the conversation to somebody who is not there.
    pub fn missed_by(&self, told: &Told) -> Option<String> {
        let missing = match told {
            Told::Assign { person: Some(name), .. } | Told::HandOver { person: Some(name), .. } => {
                Some(name).filter(|name| !self.knows(name))
            }
            // There are no teams yet.
            Told::Assign { team, .. } => team.as_ref(),
            _ => None,
        };
        missing.map(|name| nobody_called(name, language()))
    }
}

/// Asks for them; somebody may have come or gone since.
pub fn ask() -> Effect {
    api::members().then(BuilderMsg::People)
}

impl Model {
    pub fn know_people(&mut self, answer: Result<Page<Member>, Failure>) -> Effects {
        // What was known stays where the server was not reached.
        let Ok(page) = answer else { return vec![] };
        if self.people.list.as_ref() != Some(&page.items) {
            self.people.list = Some(page.items);
            // Forms offer who is there.
            self.epoch += 1;
        }
        self.check_soon()
    }
}
