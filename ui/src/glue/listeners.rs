//! What the app hears of the window. Installed once: Sauron never takes such listeners off again.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{
    ClipboardEvent, DragEvent, Element, Event, EventTarget, HtmlInputElement, KeyboardEvent,
    MediaQueryListEvent, VisibilityState,
};

use super::{dom, files, keyboard, post};
use crate::Msg;
use crate::app::FileTarget;
use crate::router::Route;

/// Milliseconds between two ticks: clocks on the screen show minutes.
const TICK: i32 = 30_000;
const ROOM_FOR_PHONE: &str = "(min-width: 1181px)";

pub fn install() {
    let window = dom::window();
    let document = dom::document();
    on(&window, "popstate", |_| post(Msg::Returned(Route::parse(&dom::address()))));
    on(&window, "online", |_| post(Msg::Online(true)));
    on(&window, "offline", |_| post(Msg::Online(false)));
    on(&document, "visibilitychange", |_| {
        post(Msg::Visible(dom::document().visibility_state() == VisibilityState::Visible));
    });
    on(&window, "keydown", |event| {
        if let Some(key) = event.dyn_ref::<KeyboardEvent>() {
            keyboard::pressed(key);
        }
    });
    on(&document, "paste", |event| {
        let pasted = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data);
        if files::picked(target_of(event.target()), pasted.and_then(|data| data.files())) {
            event.prevent_default();
        }
    });
    // Without this a dropped file would replace the page.
    on(&document, "dragover", |event| {
        event.prevent_default();
        dragging(true);
    });
    on(&document, "dragleave", |event| {
        // Leaving the window has no next element.
        if event.dyn_ref::<DragEvent>().is_some_and(|event| event.related_target().is_none()) {
            dragging(false);
        }
    });
    on(&document, "drop", |event| {
        event.prevent_default();
        dragging(false);
        let dropped = event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer);
        files::picked(target_of(event.target()), dropped.and_then(|data| data.files()));
    });
    on(&document, "change", |event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some(input) = input.filter(|input| input.type_() == "file") {
            files::picked(target_of(event.target()), input.files());
            // So that the same file can be picked again.
            input.set_value("");
        }
    });
    if let Ok(Some(room)) = window.match_media(ROOM_FOR_PHONE) {
        on(&room, "change", |event| {
            if let Some(event) = event.dyn_ref::<MediaQueryListEvent>() {
                post(Msg::Wide(event.matches()));
            }
        });
    }
    let tick = Closure::<dyn FnMut()>::new(|| post(Msg::Tick));
    let _ =
        window.set_interval_with_callback_and_timeout_and_arguments_0(tick.as_ref().unchecked_ref(), TICK);
    tick.forget();
}

/// Files that come by way of the phone go onto it, those of bots become bots or go into their blocks; all others go to the
/// open conversation.
fn target_of(target: Option<EventTarget>) -> FileTarget {
    let element = target.and_then(|target| target.dyn_into::<Element>().ok());
    let is_in = |place| element.as_ref().is_some_and(|element| matches!(element.closest(place), Ok(Some(_))));
    if is_in(".handset") {
        FileTarget::Phone
    } else if is_in("[data-bot-file]") {
        FileTarget::Bot
    } else if is_in("[data-flow-file]") {
        FileTarget::Flow
    } else {
        FileTarget::Thread
    }
}

/// Whether the phone fits beside the other places; `ui/styles/50-phone.css` has the same width.
pub fn is_wide() -> bool {
    dom::window().match_media(ROOM_FOR_PHONE).ok().flatten().is_some_and(|room| room.matches())
}

/// The style sheet shows where the file would go; nothing in the app depends on it.
fn dragging(is: bool) {
    if let Some(root) = dom::document().document_element() {
        let _ = root.toggle_attribute_with_force("data-dragging", is);
    }
}

pub fn on(target: &EventTarget, name: &str, listener: impl FnMut(Event) + 'static) {
    let listener = Closure::<dyn FnMut(Event)>::new(listener);
    // Refused only for names that are no strings.
    let _ = target.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
    // For the life of the page.
    listener.forget();
}
