//! The rows of a list in a form: the ids of its buttons, and what has the focus after a change.

use super::field_id;
use crate::builder::document::lists::ListEdit;
use crate::builder::document::ops::Of;
use crate::builder::document::{Doc, pointer};
use crate::builder::model::Model;
use crate::effect::Effect;

/// What a row's first field may be.
const FIRST: [&str; 8] = ["title", "text", "name", "variable", "path", "key", "field", "value"];

/// The button that adds to the list of this id.
pub fn add_id(list: &str) -> String {
    format!("{list}-add")
}

/// The button that moves the row at this place of it up, or down.
pub fn move_id(list: &str, place: usize, up: bool) -> String {
    format!("{list}-{place}-{}", if up { "up" } else { "down" })
}

impl Model {
    /// What has the focus after a change of a list: the first field of what is new, the button to add where something
    /// went, and the same button of what moved, or its first field where it can move no further.
    pub(in crate::builder) fn focus_in_list(
        &self,
        doc: &Doc,
        of: &Of,
        at: &str,
        edit: &ListEdit,
    ) -> Option<Effect> {
        let items = pointer::get(doc.fields(of)?, at)?.as_array()?;
        let last = items.len().saturating_sub(1);
        let whole = field_id(of, at, self.epoch);
        let place = match *edit {
            ListEdit::Add(_) => last,
            ListEdit::Move(_, to) if to == 0 || to == last => to,
            ListEdit::Move(from, to) => return Some(Effect::Focus(move_id(&whole, to, to < from))),
            ListEdit::Remove(_) => return Some(Effect::Focus(add_id(&whole))),
        };
        let name =
            FIRST.into_iter().find(|name| items.get(place).is_some_and(|item| item.get(name).is_some()))?;
        Some(Effect::Focus(field_id(of, &format!("{at}/{place}/{name}"), self.epoch)))
    }
}
