//! The flow editor's side of the browser: a program of its own, in a module of its own, that lives in an element of the
//! app's page. What belongs to being signed in it asks of the app (`bridge`).

use std::cell::RefCell;
use std::collections::HashMap;

use sauron::dom::{Application, Cmd, Program};
use wasm_bindgen::JsCast;
use web_sys::{CustomEvent, HtmlElement};

use super::{canvas, cursor, dom, focus, now};
use crate::bridge::{HOST, TO_APP, TO_BUILDER, ToApp, ToBuilder};
use crate::builder::{Model, Msg as BuilderMsg};
use crate::effect::{Effect, Effects, Then};
use crate::{Msg, Node};

thread_local! {
    static PROGRAM: RefCell<Option<Program<Editor>>> = const { RefCell::new(None) };
    static ROOT: RefCell<Option<HtmlElement>> = const { RefCell::new(None) };
    /// What to make of answers that are on their way.
    static CALLS: RefCell<(u32, HashMap<u32, Then>)> = RefCell::default();
}

/// The editor as Sauron wants it.
pub struct Editor {
    pub model: Model,
}

impl Application for Editor {
    type MSG = Msg;

    fn update(&mut self, msg: Msg) -> Cmd<Msg> {
        self.model.now = now().millis();
        let focus = focus::before();
        let effects: Effects = match msg {
            Msg::Editor(msg) => self.model.update(msg),
            Msg::Copy(text) => vec![Effect::Copy(text)],
            _ => vec![],
        };
        // Places are set after the paint that made their elements, and before what asks for the focus.
        let draw = std::iter::once(Cmd::run(canvas::draw_all));
        let effects = effects.into_iter().map(|effect| Cmd::run(move || perform(effect)));
        Cmd::batch(draw.chain(effects).chain(focus.map(|focus| Cmd::run(move || focus.keep()))))
    }

    fn is_idle(msg: &Msg) -> bool {
        *msg == Msg::Idle
    }

    fn view(&self) -> Node {
        self.model.view()
    }
}

pub fn start() {
    console_error_panic_hook::set_once();
    super::listeners::on(&dom::window(), TO_BUILDER, |event| {
        let text = event.dyn_ref::<CustomEvent>().and_then(|event| event.detail().as_string());
        let told = text.and_then(|text| serde_json::from_str::<ToBuilder>(&text).ok());
        if let Some(told) = told {
            hear(told);
        }
    });
    say(&ToApp::Ready);
}

fn hear(told: ToBuilder) {
    match told {
        ToBuilder::Answer { number, answer } => {
            let then = CALLS.with_borrow_mut(|(_, calls)| calls.remove(&number));
            if let Some(then) = then {
                post(then(answer));
            }
        }
        ToBuilder::Open(_) => {
            attach();
            post(BuilderMsg::App(told));
            canvas::measure();
        }
        ToBuilder::Import(_) => {
            attach();
            post(BuilderMsg::App(told));
        }
        told => post(BuilderMsg::App(told)),
    }
}

/// Puts the editor into the page: the app makes an empty element each time the place is opened.
fn attach() {
    let Some(host) = dom::by_id(HOST) else { return };
    let root = ROOT.with_borrow(Clone::clone).or_else(|| {
        let root = dom::document().create_element("div").ok()?.dyn_into::<HtmlElement>().ok()?;
        root.set_class_name("builder-root");
        let program = Program::append_to_mount(Editor { model: Model::default() }, &root);
        PROGRAM.with_borrow_mut(|kept| *kept = Some((*program).clone()));
        ROOT.with_borrow_mut(|kept| *kept = Some(root.clone()));
        canvas::install(&root);
        Some(root)
    });
    if let Some(root) = root.filter(|root| root.parent_element().as_ref() != Some(&host)) {
        let _ = host.append_child(&root);
    }
}

/// Whether the editor is on the screen, and not the page that makes a bot of a file.
pub fn is_shown() -> bool {
    let is_there = ROOT.with_borrow(|root| root.as_ref().is_some_and(|root| root.is_connected()));
    is_there && with(|model| model.import.is_none()).unwrap_or(false)
}

pub fn post(msg: impl Into<Msg>) {
    let program = PROGRAM.with_borrow(Clone::clone);
    if let Some(mut program) = program {
        program.dispatch(msg.into());
    }
}

/// Reads or changes the model without a paint.
pub fn with<T>(work: impl FnOnce(&mut Model) -> T) -> Option<T> {
    let program = PROGRAM.with_borrow(Clone::clone)?;
    let mut app = program.app_mut();
    Some(work(&mut app.model))
}

pub fn say(said: &ToApp) {
    let Ok(text) = serde_json::to_string(said) else { return };
    dom::send(TO_APP, &text);
}

fn perform(effect: Effect) {
    match effect {
        Effect::Call(call, then) => {
            let number = CALLS.with_borrow_mut(|(next, calls)| {
                *next += 1;
                calls.insert(*next, then);
                *next
            });
            say(&ToApp::Call { number, call });
        }
        Effect::ToApp(said) => say(&said),
        Effect::After(millis, msg) => dom::after(millis, move || post(msg)),
        Effect::Focus(id) => dom::focus(&id),
        Effect::Refocus => dom::refocus(),
        Effect::SetValue(id, text) => dom::set_value(&id, &text),
        Effect::WriteAtCursor(id, what) => cursor::write(&id, what),
        Effect::PlaceBelow(id, field) => cursor::place_below(&id, &field),
        Effect::Reveal(id) => dom::reveal(&id),
        Effect::ScrollToEnd(id) => dom::scroll(&id, true),
        Effect::Copy(text) => dom::copy(&text),
        Effect::Press(id) => dom::press(&id),
        Effect::Recall(key, then) => post(then(dom::recall(&key))),
        Effect::MeasureCanvas => canvas::measure(),
        // The app's own.
        _ => {}
    }
}
