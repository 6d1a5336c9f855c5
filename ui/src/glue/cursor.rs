//! What is written where the cursor of a field is, and what opens below a field.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, EventInit, HtmlElement, HtmlInputElement, HtmlTextAreaElement};

use super::dom;
use crate::builder::variables::write_at;
use crate::effect::Written;
use crate::marks::wrap;
use crate::utf16::{bytes, units};

/// Writes into the field with this id, where its cursor is, as if it had been typed, and gives it the focus.
pub fn write(id: &str, what: &Written) {
    let Some(element) = dom::by_id(id) else { return };
    let (text, selection) = if let Some(area) = element.dyn_ref::<HtmlTextAreaElement>() {
        (area.value(), (area.selection_start(), area.selection_end()))
    } else if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
        (input.value(), (input.selection_start(), input.selection_end()))
    } else {
        return;
    };
    // Where there is no cursor it is behind the last letter.
    let place = |selected: Result<Option<u32>, JsValue>| selected.ok().flatten().unwrap_or(units(&text));
    let (from, to) = (place(selection.0), place(selection.1));
    let (text, from, to) = match what {
        Written::Name(name) => {
            let (text, cursor) = write_at(&text, (bytes(&text, from), bytes(&text, to)), name);
            let cursor = units(&text[..cursor]);
            (text, cursor, cursor)
        }
        Written::Marks(mark) => wrap(&text, from, to, *mark),
    };
    if let Some(area) = element.dyn_ref::<HtmlTextAreaElement>() {
        area.set_value(&text);
        let _ = area.focus();
        let _ = area.set_selection_range(from, to);
    } else if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
        input.set_value(&text);
        let _ = input.focus();
        let _ = input.set_selection_range(from, to);
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
