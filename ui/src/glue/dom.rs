//! The document, the address bar, and what this browser keeps.

use std::cell::RefCell;
use std::collections::HashMap;

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    CustomEvent, CustomEventInit, Document, Element, HtmlAnchorElement, HtmlElement, HtmlInputElement,
    HtmlMediaElement, HtmlSelectElement, HtmlTextAreaElement, ScrollIntoViewOptions, ScrollLogicalPosition,
    Window,
};

use crate::effect::Theme;

/// What is kept begins with this, since other programs may live on the same host.
const PREFIX: &str = "beseda.";

#[expect(clippy::expect_used, reason = "this program only ever runs in a browser's window")]
pub fn window() -> Window {
    web_sys::window().expect("a window")
}

#[expect(clippy::expect_used, reason = "this program only ever runs in a browser's window")]
pub fn document() -> Document {
    window().document().expect("a document")
}

pub fn by_id(id: &str) -> Option<Element> {
    document().get_element_by_id(id)
}

/// Path and query of the address bar; the token of the setup address may stand behind `#`.
pub fn address() -> String {
    let location = window().location();
    let part = |part: Result<String, JsValue>| part.unwrap_or_default();
    let (path, query, fragment) = (part(location.pathname()), part(location.search()), part(location.hash()));
    if fragment.contains("token=") { format!("{path}{query}{fragment}") } else { format!("{path}{query}") }
}

pub fn push(path: &str) {
    if address() != path {
        // Refused only for addresses of other origins.
        let _ = window()
            .history()
            .and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(path)));
    }
}

pub fn replace(path: &str) {
    let _ =
        window().history().and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(path)));
}

pub fn time_zone() -> String {
    let options = js_sys::Intl::DateTimeFormat::default().resolved_options();
    js_sys::Reflect::get(&options, &"timeZone".into())
        .ok()
        .and_then(|zone| zone.as_string())
        .unwrap_or_default()
}

pub fn after(millis: u32, f: impl FnOnce() + 'static) {
    let closure = Closure::once_into_js(f);
    let millis = i32::try_from(millis).unwrap_or(i32::MAX);
    let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(closure.unchecked_ref(), millis);
}

/// The phone beside the page.
pub const PHONE: &str = "#phone-panel";

thread_local! {
    /// What had the focus before a dialog took it.
    static BEFORE: RefCell<Option<HtmlElement>> = const { RefCell::new(None) };
    /// What had it before the phone took it: from there a dialog may be opened.
    static BEFORE_PHONE: RefCell<Option<HtmlElement>> = const { RefCell::new(None) };
}

pub fn is_within(element: &Element, place: &str) -> bool {
    element.closest(place).ok().flatten().is_some()
}

pub fn focus(id: &str) {
    let Some(element) = by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) else { return };
    let outside = |place: &str| document().active_element().filter(|before| !is_within(before, place));
    // Within a dialog the focus moves, and what was before it stays what was before it.
    if is_within(&element, "[role=dialog]")
        && let Some(before) = outside("[role=dialog]")
    {
        // A menu's item is gone when the dialog is: its button is there.
        let button = before.closest(".menu").ok().flatten();
        let button = button.and_then(|menu| menu.query_selector(".menu-button").ok().flatten());
        BEFORE.with_borrow_mut(|kept| *kept = button.unwrap_or(before).dyn_into().ok());
    }
    // Within the phone the focus moves, and what was before it stays what was before it.
    if is_within(&element, PHONE)
        && let Some(before) = outside(PHONE)
    {
        BEFORE_PHONE.with_borrow_mut(|kept| *kept = before.dyn_into().ok());
    }
    let _ = element.focus();
}

/// Whoever was elsewhere stays there. Where nothing had the focus before, or it is gone, the page has it.
pub fn leave_phone() {
    let before = BEFORE_PHONE.with_borrow_mut(Option::take);
    let lost = |element: &Element| element.tag_name() == "BODY" || is_within(element, PHONE);
    if document().active_element().is_some_and(|active| !lost(&active)) {
        return;
    }
    match before.filter(|before| before.is_connected() && !lost(before)) {
        Some(before) => {
            let _ = before.focus();
        }
        None => focus("main"),
    }
}

/// To what had the focus before a dialog. Where that is gone or off, the page has it, and not nothing.
pub fn refocus() {
    if let Some(before) = BEFORE.with_borrow_mut(Option::take).filter(|before| before.is_connected()) {
        let _ = before.focus();
    }
    // A button that is off by now takes no focus.
    if document().active_element().is_none_or(|active| active.tag_name() == "BODY") {
        focus("main");
    }
}

pub fn set_value(id: &str, text: &str) {
    let Some(element) = by_id(id) else { return };
    if let Some(area) = element.dyn_ref::<HtmlTextAreaElement>() {
        area.set_value(text);
    } else if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
        input.set_value(text);
    } else if let Some(select) = element.dyn_ref::<HtmlSelectElement>() {
        select.set_value(text);
    }
}

pub fn reveal(id: &str) {
    let Some(element) = by_id(id) else { return };
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

pub fn scroll(id: &str, to_end: bool) {
    if let Some(element) = by_id(id) {
        element.set_scroll_top(if to_end { element.scroll_height() } else { 0 });
    }
}

pub fn press(id: &str) {
    if let Some(element) = by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        element.click();
    }
}

pub fn toggle_play(id: &str) {
    let Some(media) = by_id(id).and_then(|element| element.dyn_into::<HtmlMediaElement>().ok()) else {
        return;
    };
    if media.paused() {
        let _ = media.play();
    } else {
        let _ = media.pause();
    }
}

/// Lets the browser save what lies at a local address.
pub fn save(url: &str, name: &str) {
    let Ok(link) = document().create_element("a") else { return };
    let Ok(link) = link.dyn_into::<HtmlAnchorElement>() else { return };
    link.set_href(url);
    link.set_download(name);
    link.click();
}

/// Everything this program keeps in this browser. A browser may refuse to keep anything.
pub fn kept() -> HashMap<String, String> {
    let Some(storage) = window().local_storage().ok().flatten() else { return HashMap::new() };
    let count = storage.length().unwrap_or(0);
    (0..count)
        .filter_map(|index| {
            let key = storage.key(index).ok()??;
            let value = storage.get_item(&key).ok()??;
            Some((key.strip_prefix(PREFIX)?.to_owned(), value))
        })
        .collect()
}

/// An event of the window that carries a text.
pub fn send(name: &str, text: &str) {
    let init = CustomEventInit::new();
    init.set_detail(&text.into());
    if let Ok(event) = CustomEvent::new_with_event_init_dict(name, &init) {
        let _ = window().dispatch_event(&event);
    }
}

/// One thing that this program keeps in this browser.
pub fn recall(key: &str) -> Option<String> {
    let storage = window().local_storage().ok().flatten()?;
    storage.get_item(&format!("{PREFIX}{key}")).ok().flatten()
}

pub fn keep(key: &str, text: Option<&str>) {
    let Some(storage) = window().local_storage().ok().flatten() else { return };
    let key = format!("{PREFIX}{key}");
    // A full or refused storage costs a draft at the next visit, and nothing now.
    let _ = match text {
        Some(text) => storage.set_item(&key, text),
        None => storage.remove_item(&key),
    };
}

pub fn copy(text: &str) {
    // Pages without TLS have no clipboard, so the property may be missing.
    let navigator = window().navigator();
    let has = js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|found| !found.is_undefined());
    if has {
        let _ = navigator.clipboard().write_text(text);
        return;
    }
    let Some(area) = document().create_element("textarea").ok() else { return };
    let (Ok(area), Some(body)) = (area.dyn_into::<HtmlTextAreaElement>(), document().body()) else { return };
    area.set_value(text);
    area.set_class_name("unseen");
    let _ = body.append_child(&area);
    area.select();
    if let Some(html) = document().dyn_ref::<web_sys::HtmlDocument>() {
        let _ = html.exec_command("copy");
    }
    area.remove();
}

pub fn dress(theme: Theme, locale: &str) {
    let Some(root) = document().document_element() else { return };
    let _ = match theme {
        Theme::System => root.remove_attribute("data-theme"),
        theme => root.set_attribute("data-theme", theme.name()),
    };
    let _ = root.set_attribute("lang", locale);
}
