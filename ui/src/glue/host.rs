//! Loads the flow editor when it is first needed, and passes on what it and the app say to each other.

use std::cell::RefCell;

use wasm_bindgen::JsCast;
use web_sys::{CustomEvent, HtmlScriptElement};

use super::dom::send;
use super::{dom, listeners, post};
use crate::bridge::{TO_APP, TO_BUILDER, ToApp, ToBuilder};
use crate::pages::builder::Msg;

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

#[derive(Default)]
enum State {
    #[default]
    Absent,
    /// What waits until it is there.
    Loading(Vec<ToBuilder>),
    Here,
}

pub fn tell(told: ToBuilder) {
    let first = STATE.with_borrow_mut(|state| match state {
        State::Here => {
            pass(&told);
            false
        }
        State::Loading(waiting) => {
            waiting.push(told);
            false
        }
        // Nothing is told to an editor that nobody opened.
        State::Absent if !matches!(told, ToBuilder::Open(_) | ToBuilder::Import(_)) => false,
        State::Absent => {
            *state = State::Loading(vec![told]);
            true
        }
    });
    if first {
        load();
    }
}

fn pass(told: &ToBuilder) {
    if let Ok(text) = serde_json::to_string(told) {
        send(TO_BUILDER, &text);
    }
}

/// Hears the editor from now on.
pub fn install() {
    listeners::on(&dom::window(), TO_APP, |event| {
        let text = event.dyn_ref::<CustomEvent>().and_then(|event| event.detail().as_string());
        let Some(said) = text.and_then(|text| serde_json::from_str::<ToApp>(&text).ok()) else { return };
        if said == ToApp::Ready {
            let waiting = STATE.with_borrow_mut(|state| std::mem::replace(state, State::Here));
            if let State::Loading(waiting) = waiting {
                waiting.iter().for_each(pass);
            }
        }
        post(Msg::Said(said));
    });
}

/// Its script starts itself. The page names it, since its name holds a hash of its content.
fn load() {
    let document = dom::document();
    let meta = document.query_selector("meta[name=builder]").ok().flatten();
    let address = meta.and_then(|meta| meta.get_attribute("content"));
    let script =
        document.create_element("script").ok().and_then(|script| script.dyn_into::<HtmlScriptElement>().ok());
    let (Some(address), Some(script), Some(head)) = (address, script, document.head()) else { return };
    script.set_type("module");
    script.set_src(&address);
    listeners::on(&script, "error", |_| {
        // The next try loads anew.
        STATE.with_borrow_mut(|state| *state = State::Absent);
        post(Msg::LoadFailed);
    });
    let _ = head.append_child(&script);
}
