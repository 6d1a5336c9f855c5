//! What is written where the cursor of a field is, and what opens below a field.

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::dom;
use super::text_field::TextField;
use crate::builder::variables::write_at;
use crate::effect::Written;
use crate::marks::wrap;
use crate::utf16::{bytes, units};

/// Writes into the field with this id, where its cursor is, as if it had been typed, and gives it the focus.
pub fn write(id: &str, what: Written) {
    let Some(field) = dom::by_id(id).and_then(|element| TextField::of(&element)) else { return };
    field.focus();
    // The field tells of its text at once, which may not be while an update is under way.
    dom::after(0, move || {
        let text = field.text();
        // Where there is no cursor it is behind the last letter.
        let (from, to) = field.selection().unwrap_or_else(|| (units(&text), units(&text)));
        let (text, from, to) = match what {
            Written::Name(name) => {
                let (text, cursor) = write_at(&text, (bytes(&text, from), bytes(&text, to)), &name);
                let cursor = units(&text[..cursor]);
                (text, cursor, cursor)
            }
            Written::Marks(mark) => wrap(&text, from, to, mark),
        };
        field.write(&text);
        field.select(from, to);
        field.settle();
    });
}

/// Puts an element below another one, in what both scroll in.
pub fn place_below(id: &str, field: &str) {
    let html = |id: &str| dom::by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
    let (Some(element), Some(field)) = (html(id), html(field)) else { return };
    let Some(within) = element.offset_parent() else { return };
    let top = field.get_bounding_client_rect().bottom() - within.get_bounding_client_rect().top()
        + f64::from(within.scroll_top());
    let _ = element.style().set_property("top", &format!("{:.0}px", top + 4.0));
    dom::reveal(id);
}
