//! A field that people write in, of one line or of several.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, EventInit, HtmlDocument, HtmlElement, HtmlInputElement, HtmlTextAreaElement};

use super::dom;
use crate::builder::dispute::sides::common;
use crate::utf16::units;

#[derive(Clone)]
pub enum TextField {
    Line(HtmlInputElement),
    Area(HtmlTextAreaElement),
}

impl TextField {
    pub fn of(element: &Element) -> Option<Self> {
        let line = element.dyn_ref::<HtmlInputElement>().cloned().map(Self::Line);
        line.or_else(|| element.dyn_ref::<HtmlTextAreaElement>().cloned().map(Self::Area))
    }

    fn element(&self) -> &HtmlElement {
        match self {
            Self::Line(line) => line,
            Self::Area(area) => area,
        }
    }

    pub fn focus(&self) {
        let _ = self.element().focus();
    }

    pub fn text(&self) -> String {
        match self {
            Self::Line(line) => line.value(),
            Self::Area(area) => area.value(),
        }
    }

    /// Where the selection begins and ends, in units of UTF-16; none in fields that have no cursor.
    pub fn selection(&self) -> Option<(u32, u32)> {
        let (from, to) = match self {
            Self::Line(line) => (line.selection_start(), line.selection_end()),
            Self::Area(area) => (area.selection_start(), area.selection_end()),
        };
        Some((from.ok()??, to.ok()??))
    }

    pub fn select(&self, from: u32, to: u32) {
        let _ = match self {
            Self::Line(line) => line.set_selection_range(from, to),
            Self::Area(area) => area.set_selection_range(from, to),
        };
    }

    /// Makes its text this one, as if somebody had typed what is different: the field tells of it, and its own step back
    /// takes it back. It has the focus.
    pub fn write(&self, text: &str) {
        let before = self.text();
        if before == text {
            return;
        }
        let (same, after) = common(&before, text);
        self.select(units(&before[..same]), units(&before[..before.len() - after]));
        let new = &text[same..text.len() - after];
        let command = if new.is_empty() { "delete" } else { "insertText" };
        let document = dom::document().dyn_into::<HtmlDocument>().ok();
        let is_typed = document
            .and_then(|document| document.exec_command_with_show_ui_and_value(command, false, new).ok());
        if is_typed != Some(true) {
            match self {
                Self::Line(line) => line.set_value(text),
                Self::Area(area) => area.set_value(text),
            }
            self.tell("input");
        }
    }

    /// Its text is finished for now.
    pub fn settle(&self) {
        self.tell("change");
    }

    fn tell(&self, name: &str) {
        let told = EventInit::new();
        told.set_bubbles(true);
        if let Ok(event) = Event::new_with_event_init_dict(name, &told) {
            let _ = self.element().dispatch_event(&event);
        }
    }
}
