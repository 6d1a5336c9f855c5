//! The focus of the editor: it does not fall to the page because what had it is drawn no more, or drawn anew.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::text_field::TextField;
use super::{builder, dom};
use crate::builder::panel;

/// What has the focus before something changes.
pub struct Before {
    element: Element,
    /// The ids of what it lies in, the innermost first.
    around: Vec<String>,
}

/// None where nothing of the editor has it.
pub fn before() -> Option<Before> {
    let element = dom::document().active_element()?;
    element.closest(".builder-root").ok().flatten()?;
    let mut around = vec![];
    // What lies around something on the canvas would be chosen by it.
    let on_canvas = element.closest("#canvas").ok().flatten().is_some();
    let mut outer = element.parent_element().filter(|_| !on_canvas);
    while let Some(parent) = outer.filter(|parent| !parent.matches(".builder-root").unwrap_or(true)) {
        if !parent.id().is_empty() {
            around.push(parent.id());
        }
        outer = parent.parent_element();
    }
    Some(Before { element, around })
}

impl Before {
    /// Once it is drawn: where what had the focus is gone and nothing else was given it, the same field has it as it is
    /// drawn now, or what it lay in, or what is chosen on the canvas.
    pub fn keep(self) {
        let is_off = |element: &Element| element.matches(":disabled").unwrap_or(false);
        let is_gone = !self.element.is_connected() || is_off(&self.element);
        let has_focus =
            |element: &Element| element.tag_name() != "BODY" && !is_off(element) && element.is_connected();
        if !is_gone || dom::document().active_element().as_ref().is_some_and(has_focus) {
            return;
        }
        let Some((epoch, chosen)) = builder::with(|model| (model.epoch, model.focus_on_canvas())) else {
            return;
        };
        let again = panel::redrawn_id(&self.element.id(), epoch);
        let is_again = again.is_some();
        let dialog = dom::document().query_selector("[aria-modal=true]").ok().flatten();
        let dialog = dialog.map(|dialog| dialog.id());
        let places = again.into_iter().chain(self.around).chain(dialog).chain([chosen, "canvas".to_owned()]);
        for (at, id) in places.enumerate() {
            let Some(element) = dom::by_id(&id).and_then(|element| element.dyn_into::<HtmlElement>().ok())
            else {
                continue;
            };
            let _ = element.focus();
            if dom::document().active_element().is_some_and(|active| active == *element) {
                // The cursor stands where it stood.
                let fields = TextField::of(&self.element).zip(TextField::of(&element));
                if let Some((before, now)) = fields.filter(|_| at == 0 && is_again)
                    && let Some((from, to)) = before.selection()
                {
                    now.select(from, to);
                }
                return;
            }
        }
    }
}
