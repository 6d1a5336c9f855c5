//! Undo and redo without limit: every state of the flow, sharing what did not change.

use super::document::Doc;
use super::document::merge::merge;
use super::document::ops::Selection;

/// A state one can go back to.
#[derive(Debug, Clone, PartialEq, Default)]
struct Entry {
    doc: Doc,
    chosen: Selection,
}

#[derive(Debug, Default)]
pub struct History {
    past: Vec<Entry>,
    future: Vec<Entry>,
    /// What the last change was a part of: typing into one field is one step back, not one for each letter.
    run: Option<String>,
}

impl History {
    /// Notes the state before a change. Changes of the same `run` that follow one another are one.
    pub fn note(&mut self, doc: &Doc, chosen: &Selection, run: Option<String>) {
        let goes_on = run.is_some() && self.run == run;
        self.run = run;
        self.future.clear();
        if !goes_on {
            self.past.push(Entry { doc: doc.clone(), chosen: chosen.clone() });
        }
    }

    /// Whether the last step is typing that may go on.
    pub fn is_typing(&self) -> bool {
        self.run.is_some()
    }

    /// What follows is a step of its own.
    pub fn pause(&mut self) {
        self.run = None;
    }

    pub fn undo(&mut self, doc: &Doc, chosen: &Selection) -> Option<(Doc, Selection)> {
        let before = self.past.pop()?;
        self.future.push(Entry { doc: doc.clone(), chosen: chosen.clone() });
        self.run = None;
        Some((before.doc, before.chosen))
    }

    pub fn redo(&mut self, doc: &Doc, chosen: &Selection) -> Option<(Doc, Selection)> {
        let after = self.future.pop()?;
        self.past.push(Entry { doc: doc.clone(), chosen: chosen.clone() });
        self.run = None;
        Some((after.doc, after.chosen))
    }

    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Somebody else changed `base` into `theirs`: every step keeps that, so that going back takes back one's own work
    /// and not theirs, also where both once changed the same.
    pub fn rebase(&mut self, base: &Doc, theirs: &Doc) {
        for entry in self.past.iter_mut().chain(&mut self.future) {
            entry.doc = merge(base, theirs, &entry.doc).doc;
        }
        self.run = None;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::builder::document::ops::Of;

    fn named(name: &str) -> Doc {
        Doc::default().set(&Of::Flow, "/name", json!(name))
    }

    #[test]
    fn there_and_back_again() {
        let mut history = History::default();
        let none = Selection::new();
        history.note(&named("a"), &none, None);
        history.note(&named("b"), &none, None);
        let (doc, _) = history.undo(&named("c"), &none).unwrap();
        assert_eq!(doc.name(), "b");
        let (doc, _) = history.redo(&doc, &none).unwrap();
        assert_eq!(doc.name(), "c");
        assert!(history.can_undo() && !history.can_redo());
        let (doc, _) = history.undo(&doc, &none).unwrap();
        history.note(&doc, &none, None);
        assert!(!history.can_redo(), "a new change forgets what was taken back");
    }

    #[test]
    fn typing_is_one_step() {
        let mut history = History::default();
        let none = Selection::new();
        for name in ["", "a", "ab"] {
            history.note(&named(name), &none, Some("name".into()));
        }
        assert!(history.is_typing());
        history.pause();
        assert!(!history.is_typing());
        history.note(&named("abc"), &none, Some("name".into()));
        assert_eq!(history.undo(&named("abcd"), &none).unwrap().0.name(), "abc");
        assert_eq!(history.undo(&named("abc"), &none).unwrap().0.name(), "");
        assert!(!history.can_undo());
    }

    #[test]
    fn going_back_keeps_what_others_did() {
        let mut history = History::default();
        let none = Selection::new();
        let base = named("a");
        history.note(&base, &none, None);
        let mine = base.clone().set(&Of::Flow, "/language", json!("ru"));
        let theirs = named("theirs");
        history.rebase(&base, &theirs);
        let (doc, _) = history.undo(&mine, &none).unwrap();
        assert_eq!((doc.name(), doc.language()), ("theirs", ""));
    }

    #[test]
    fn going_back_to_what_both_changed_finds_what_the_other_made_of_it() {
        let mut history = History::default();
        let none = Selection::new();
        let base = named("a");
        history.note(&named("mine"), &none, None);
        history.rebase(&base, &named("theirs"));
        assert_eq!(history.undo(&named("theirs"), &none).unwrap().0.name(), "theirs");
    }
}
