//! The names that can stand in texts and expressions, offered where somebody writes: by a button beside the field, and as
//! soon as `{{` is written. The name goes to where the cursor is.
//!
//! The field keeps its text and its cursor itself (`kit::field`): where the cursor was when something was typed follows
//! from what the text was before, and what is chosen is written by the browser (`Effect::WriteAtCursor`).

pub mod names;
mod view;

use serde_json::Value;

use self::names::{Name, Named, fits};
use super::Msg as BuilderMsg;
use super::dispute::sides::common;
use super::document::ops::Of;
use super::kinds::{self, Input};
use super::model::Model as Builder;
use super::{panel, words};
use crate::effect::{Effect, Effects, Written};
use crate::kit::event::ListKey;

/// What begins a place of a text where a value stands.
pub const OPENED: &str = "{{";
const CLOSED: &str = "}}";
/// The element that offers the names, and the field in which one is looked for.
pub const OFFER: &str = "names";
const SEARCH: &str = "names-search";
/// The names themselves.
const LIST: &str = "names-list";

/// The element of the name at this place among those on offer.
fn name_id(at: usize) -> String {
    format!("name-{at}")
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    /// The button of the field at this pointer.
    Open(Of, String, Named),
    Typed(String),
    Key(ListKey),
    /// A name is chosen, by its place in the list.
    Take(String),
    Close,
}

/// Names are on offer for a field.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    of: Of,
    at: String,
    named: Named,
    /// Asked for by writing: the focus stays in the field, and what follows is what is looked for.
    by_writing: bool,
    wanted: String,
    /// The one that Enter takes.
    chosen: usize,
}

impl Builder {
    pub fn update_variables(&mut self, msg: Msg) -> Effects {
        if let Msg::Open(of, at, named) = msg {
            return self.offer(Model { of, at, named, by_writing: false, wanted: String::new(), chosen: 0 });
        }
        let offered = self.offered();
        let Some(offer) = &mut self.offer else { return vec![] };
        match msg {
            Msg::Open(..) => vec![],
            Msg::Typed(text) => {
                offer.wanted = text;
                offer.chosen = 0;
                vec![]
            }
            Msg::Key(ListKey::Enter) => {
                let name = offered.get(offer.chosen).map(|name| name.name.clone());
                name.map(|name| self.take_name(&name)).unwrap_or_default()
            }
            Msg::Key(key) => {
                offer.chosen = key.step(offer.chosen, offered.len());
                vec![Effect::Reveal(name_id(offer.chosen))]
            }
            Msg::Take(name) => self.take_name(&name),
            Msg::Close => self.close_offer(),
        }
    }

    fn offer(&mut self, offer: Model) -> Effects {
        let field = panel::field_id(&offer.of, &offer.at, self.epoch);
        let mut effects = vec![Effect::PlaceBelow(OFFER.to_owned(), field)];
        if !offer.by_writing {
            effects.push(Effect::Focus(SEARCH.to_owned()));
        }
        self.offer = Some(offer);
        effects
    }

    /// Puts the names away; the focus goes back to the field.
    pub fn close_offer(&mut self) -> Effects {
        let Some(offer) = self.offer.take() else { return vec![] };
        vec![Effect::Focus(panel::field_id(&offer.of, &offer.at, self.epoch))]
    }

    fn take_name(&mut self, name: &str) -> Effects {
        let Some(offer) = self.offer.take() else { return vec![] };
        let field = panel::field_id(&offer.of, &offer.at, self.epoch);
        vec![Effect::WriteAtCursor(field, Written::Name(offer.named.written(name)))]
    }

    /// The names that fit what is looked for.
    pub fn offered(&self) -> Vec<Name> {
        let Some(offer) = &self.offer else { return vec![] };
        let wanted = offer.wanted.trim().to_lowercase();
        self.names().into_iter().filter(|name| fits(name, &wanted)).collect()
    }

    /// How a name is written in the field at this pointer.
    fn named_at(&self, of: &Of, at: &str) -> Named {
        let Of::Block(id) = of else { return Named::InText };
        let entry = self.doc.block(id).and_then(|(_, block)| kinds::entry_of(block));
        let field = entry.and_then(|entry| entry.look.form.iter().find(|field| field.at == at));
        match field.map(|field| field.input) {
            Some(Input::Formula) => Named::InExpression,
            _ => Named::InText,
        }
    }

    /// A field's text becomes this by writing: whoever writes `{{` is offered the names, and goes on writing.
    pub(super) fn names_follow(&mut self, of: &Of, at: &str, value: &Value) -> Effects {
        let is_open =
            self.offer.as_ref().is_some_and(|offer| offer.by_writing && offer.of == *of && offer.at == at);
        let before = self.doc.fields(of).and_then(|fields| super::document::pointer::get(fields, at));
        let (before, now) = (before.map(lines).unwrap_or_default(), lines(value));
        let (same, after) = common(&before, &now);
        let is_written = same + after < now.len();
        let begun = begun(&now[..now.len() - after]);
        match begun {
            // What was just written ends so, or what follows it goes on.
            Some(wanted) if is_open || (wanted.is_empty() && is_written) => {
                let named = self.named_at(of, at);
                let (of, at, wanted) = (of.clone(), at.to_owned(), wanted.to_owned());
                let effects = self.offer(Model { of, at, named, by_writing: true, wanted, chosen: 0 });
                // Nothing fits: whoever writes on has something else in mind.
                if self.offered().is_empty() {
                    self.offer = None;
                    return vec![];
                }
                effects
            }
            _ => {
                self.offer = None;
                vec![]
            }
        }
    }
}

/// A field's text: one that holds a list has an item on each line.
fn lines(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(words::plain).collect::<Vec<_>>().join("\n"),
        other => words::plain(other),
    }
}

/// What is written after `{{` in a text that ends at the cursor, as long as it can be the beginning of a name.
fn begun(text: &str) -> Option<&str> {
    let (_, rest) = text.rsplit_once(OPENED)?;
    let rest = rest.trim_start_matches(' ');
    rest.chars().all(|letter| letter.is_alphanumeric() || "_.".contains(letter)).then_some(rest)
}

/// The text with what is chosen written into it at the cursor, and where the cursor is then; places are bytes. What was
/// chosen (`from` to `to`) and what was begun before it with `{{` goes.
pub fn write_at(text: &str, (from, to): (usize, usize), what: &str) -> (String, usize) {
    let (head, tail) = (text.get(..from).unwrap_or(text), text.get(to..).unwrap_or_default());
    // Within a text of JSON stand quotes already.
    let bare = what.strip_prefix('"').and_then(|what| what.strip_suffix('"'));
    let what = bare.filter(|_| is_in_quotes(head)).unwrap_or(what);
    // Also where an expression is written, which needs no braces.
    let head = begun(head).and_then(|_| head.rfind(OPENED)).map_or(head, |at| &head[..at]);
    let is_begun = head.len() < from;
    // A place that was begun may be closed already.
    let tail = match tail.trim_start_matches(' ').strip_prefix(CLOSED) {
        Some(rest) if is_begun => rest,
        _ => tail,
    };
    (format!("{head}{what}{tail}"), head.len() + what.len())
}

/// Whether a text of JSON that ends here is within quotes.
fn is_in_quotes(json: &str) -> bool {
    let mut within = false;
    let mut letters = json.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            '"' => within = !within,
            _ => {}
        }
    }
    within
}

impl From<Msg> for crate::Msg {
    fn from(msg: Msg) -> Self {
        BuilderMsg::Variables(msg).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_goes_to_the_cursor_and_takes_the_place_of_what_was_begun() {
        let written = |text: &str, what: &str| {
            let at = text.find('|').unwrap();
            let end = text.rfind('|').unwrap();
            let (from, to) = (at, if end > at { end - 1 } else { at });
            let (text, caret) = write_at(&text.replace('|', ""), (from, to), what);
            format!("{}|{}", &text[..caret], &text[caret..])
        };
        assert_eq!(written("Hi |, you", "{{name}}"), "Hi {{name}}|, you");
        assert_eq!(written("Привет, {{|", "{{name}}"), "Привет, {{name}}|");
        assert_eq!(written("Hi {{na|!", "{{name}}"), "Hi {{name}}|!");
        assert_eq!(written("Hi {{ na| }}!", "{{name}}"), "Hi {{name}}|!");
        assert_eq!(written("{{a}} and |", "{{b}}"), "{{a}} and {{b}}|");
        assert_eq!(written("{{a}} {{|}}", "{{b}}"), "{{a}} {{b}}|");
        assert_eq!(written("one |two| three", "{{b}}"), "one {{b}}| three");
        // An expression names it as it is, and what stands after it stays.
        assert_eq!(written("price * |", "count"), "price * count|");
        assert_eq!(written("2 * {{co|", "count"), "2 * count|");
    }

    #[test]
    fn in_json_a_name_stands_in_quotes() {
        let written = |text: &str| {
            let at = text.find('|').unwrap();
            write_at(&text.replace('|', ""), (at, at), "\"{{name}}\"").0
        };
        assert_eq!(written(r#"{ "a": | }"#), r#"{ "a": "{{name}}" }"#);
        assert_eq!(written(r#"{ "a": "Hi |" }"#), r#"{ "a": "Hi {{name}}" }"#);
        assert_eq!(written(r#"{ "a\"b": | }"#), r#"{ "a\"b": "{{name}}" }"#);
    }

    #[test]
    fn what_is_begun_ends_where_no_name_goes_on() {
        assert_eq!(begun("Hi {{"), Some(""));
        assert_eq!(begun("Hi {{ contact.na"), Some("contact.na"));
        assert_eq!(begun("{{имя"), Some("имя"));
        for none in ["Hi", "Hi {", "{{name}}", "{{name}} and", "{{a|upper", "{{a + b"] {
            assert_eq!(begun(none), None, "{none}");
        }
    }
}
