//! Keys: the shortcuts of the app, and what moves within menus.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::{dom, post};
use crate::Msg;
use crate::app::{Key, Shortcut};

pub fn pressed(event: &KeyboardEvent) {
    if event.is_composing() || event.default_prevented() {
        return;
    }
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    if let Some(target) = &target
        && (in_menu(event, target) || in_row(event, target))
    {
        event.prevent_default();
        return;
    }
    let key = read(event);
    let Some(shortcut) = Shortcut::of(&key) else { return };
    let moves = matches!(shortcut, Shortcut::Next | Shortcut::Previous) && key.code.starts_with("Arrow");
    if moves && target.as_ref().is_some_and(has_own_arrows) {
        return;
    }
    // Escape in a field goes on to leave a composition or to clear a search, too.
    if shortcut != Shortcut::Escape {
        event.prevent_default();
    }
    post(Msg::Key(key));
}

/// The key, and where it was pressed.
pub fn read(event: &KeyboardEvent) -> Key {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    Key {
        key: event.key().to_lowercase().replace("escape", "Escape"),
        code: event.code(),
        command: event.ctrl_key() || event.meta_key(),
        shift: event.shift_key(),
        alt: event.alt_key(),
        in_field: target.as_ref().is_some_and(is_field),
        in_phone: target.as_ref().is_some_and(|target| dom::is_within(target, dom::PHONE)),
        in_dialog: dom::document().query_selector("[aria-modal=true]").is_ok_and(|dialog| dialog.is_some()),
    }
}

pub fn is_field(element: &Element) -> bool {
    let tag = element.tag_name();
    matches!(tag.as_str(), "INPUT" | "TEXTAREA" | "SELECT")
        || element.get_attribute("contenteditable").is_some_and(|value| value != "false")
}

/// Boxes that scroll by the arrows, and players, keep them.
fn has_own_arrows(element: &Element) -> bool {
    element.closest("[data-arrows], audio, video, [role=dialog], [role=menu]").ok().flatten().is_some()
}

/// The keys of menus, as the ARIA practices have them: the button opens and the first item has the focus, arrows walk
/// through, Tab closes and goes on. Escape is the app's.
fn in_menu(event: &KeyboardEvent, target: &Element) -> bool {
    let Some(menu) = target.closest(".menu").ok().flatten() else { return false };
    let html = |selector: &str| {
        let found = menu.query_selector(selector).ok().flatten();
        found.and_then(|element| element.dyn_into::<HtmlElement>().ok())
    };
    let Some(button) = html(".menu-button") else { return false };
    let list = html(".menu-list");
    match (event.key().as_str(), &list) {
        ("ArrowDown", Some(_)) => step(&menu, ".menu-item", 1),
        ("ArrowUp", Some(_)) => step(&menu, ".menu-item", -1),
        ("Enter" | " " | "ArrowDown", None) if target == button.unchecked_ref::<Element>() => {
            button.click();
            into_menu(menu, 20);
            true
        }
        ("Tab", Some(list)) => {
            // At once, so that the browser goes on from the button.
            list.set_hidden(true);
            let _ = button.focus();
            button.click();
            false
        }
        _ => false,
    }
}

/// The first item gets the focus as soon as the list is drawn, which is within a few frames.
fn into_menu(menu: Element, tries: u32) {
    dom::after(8, move || {
        if !step(&menu, ".menu-item", 1) && tries > 0 {
            into_menu(menu, tries - 1);
        }
    });
}

/// The keys of a row that is one stop for Tab, as the ARIA practices have them for toolbars and tabs: left and right walk
/// through it.
fn in_row(event: &KeyboardEvent, target: &Element) -> bool {
    let Some(row) = target.closest("[data-row]").ok().flatten() else { return false };
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.shift_key() {
        return false;
    }
    match event.key().as_str() {
        "ArrowRight" => step(&row, "button", 1),
        "ArrowLeft" => step(&row, "button", -1),
        _ => false,
    }
}

/// The focus goes to the next of these, or to the one before; from none of them to the first or the last.
pub fn step(list: &Element, selector: &str, by: i32) -> bool {
    let Ok(items) = list.query_selector_all(selector) else { return false };
    let count = i32::try_from(items.length()).unwrap_or(0);
    if count == 0 {
        return false;
    }
    let focused = dom::document().active_element();
    let at = (0..count).find(|index| {
        let item = items.get(index.unsigned_abs()).and_then(|item| item.dyn_into::<Element>().ok());
        item.is_some() && item == focused
    });
    let next = match (at, by) {
        (Some(at), by) => (at + by).rem_euclid(count),
        (None, 1) => 0,
        (None, _) => count - 1,
    };
    if let Some(item) = items.get(next.unsigned_abs()).and_then(|item| item.dyn_into::<HtmlElement>().ok()) {
        let _ = item.focus();
    }
    true
}
