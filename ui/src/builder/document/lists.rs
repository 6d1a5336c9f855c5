//! Lists inside a record: options, branches, keywords.

use serde_json::Value;

use super::Doc;
use super::ops::Of;
use super::pointer::list_mut;

/// A change of a list.
#[derive(Debug, Clone, PartialEq)]
pub enum ListEdit {
    Add(Value),
    Remove(usize),
    /// From one place to another.
    Move(usize, usize),
}

impl Doc {
    #[must_use]
    pub fn list_edited(self, of: &Of, at: &str, edit: ListEdit) -> Self {
        self.changed(of, |fields| {
            let Some(items) = list_mut(fields, at) else { return };
            match edit {
                ListEdit::Add(value) => items.push(value),
                ListEdit::Remove(index) if index < items.len() => {
                    items.remove(index);
                }
                ListEdit::Move(from, to) if from < items.len() && to < items.len() => {
                    let item = items.remove(from);
                    items.insert(to, item);
                }
                ListEdit::Remove(_) | ListEdit::Move(..) => {}
            }
        })
    }
}
