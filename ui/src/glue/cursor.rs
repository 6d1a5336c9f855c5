//! What is written where the cursor of a field is, and what opens below a field.

use wasm_bindgen::JsCast;
use web_sys::{Event, EventInit, HtmlElement, HtmlInputElement, HtmlTextAreaElement};

use super::dom;
use crate::builder::variables::write_at;

/// Writes into the field with this id, at its cursor, as if it had been typed, and gives it the focus.
pub fn write(id: &str, what: &str) {
    let Some(element) = dom::by_id(id) else { return };
    let (text, selection) = if let Some(area) = element.dyn_ref::<HtmlTextAreaElement>() {
        (area.value(), (area.selection_start(), area.selection_end()))
    } else if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
        (input.value(), (input.selection_start(), input.selection_end()))
    } else {
        return;
    };
    // Where there is no cursor it is behind the last letter.
    let place = |units: Option<u32>| units.map_or(text.len(), |units| bytes(&text, units));
    let (from, to) = (place(selection.0.ok().flatten()), place(selection.1.ok().flatten()));
    let (text, caret) = write_at(&text, (from, to), what);
    let caret = units(&text[..caret]);
    if let Some(area) = element.dyn_ref::<HtmlTextAreaElement>() {
        area.set_value(&text);
        let _ = area.focus();
        let _ = area.set_selection_range(caret, caret);
    } else if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
        input.set_value(&text);
        let _ = input.focus();
        let _ = input.set_selection_range(caret, caret);
    }
    let told = EventInit::new();
    told.set_bubbles(true);
    // The field tells of its text as ever, once this update is over.
    dom::after(0, move || {
        for name in ["input", "change"] {
            if let Ok(event) = Event::new_with_event_init_dict(name, &told) {
                let _ = element.dispatch_event(&event);
            }
        }
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

/// The place in bytes of one in the units of a browser.
fn bytes(text: &str, units: u32) -> usize {
    let mut left = usize::try_from(units).unwrap_or(usize::MAX);
    for (at, letter) in text.char_indices() {
        if left < letter.len_utf16() {
            return at;
        }
        left -= letter.len_utf16();
    }
    text.len()
}

fn units(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}
