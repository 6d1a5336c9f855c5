//! Listeners. Each carries the message it sends as a value, and is renewed when that value changes;
//! Sauron alone compares listeners by their types and would keep the first one for ever.

use sauron::dom::Event;
use sauron::vdom::{self, AttributeValue, EventCallback};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement, KeyboardEvent, MouseEvent};

use crate::router::Route;
use crate::{Attribute, Msg};

fn listen(name: &'static str, callback: EventCallback<Msg>) -> Attribute {
    vdom::attr(name, AttributeValue::EventListener(callback))
}

fn send(name: &'static str, msg: impl Into<Msg>) -> Attribute {
    listen(name, EventCallback::with_value(msg.into(), |msg, _| msg.clone()))
}

pub fn click(msg: impl Into<Msg>) -> Attribute {
    send("click", msg)
}

pub fn focus(msg: impl Into<Msg>) -> Attribute {
    send("focus", msg)
}

pub fn blur(msg: impl Into<Msg>) -> Attribute {
    send("blur", msg)
}

pub fn pointer_enter(msg: impl Into<Msg>) -> Attribute {
    mouse_alone("pointerenter", msg.into())
}

pub fn pointer_leave(msg: impl Into<Msg>) -> Attribute {
    mouse_alone("pointerleave", msg.into())
}

/// Fingers are over what they touch only while they touch it, so they do not count.
fn mouse_alone(name: &'static str, msg: Msg) -> Attribute {
    listen(
        name,
        EventCallback::with_value(msg, |msg, event: Event| {
            let kind =
                event.as_web().and_then(|event| js_sys::Reflect::get(&event, &"pointerType".into()).ok());
            let is_mouse = kind.and_then(|kind| kind.as_string()).is_some_and(|kind| kind == "mouse");
            if is_mouse { msg.clone() } else { Msg::Idle }
        }),
    )
}

/// A click on a link inside the interface. With a modifier key the browser opens its tab as ever.
pub fn go(route: Route) -> Attribute {
    listen(
        "click",
        EventCallback::with_value(route, |route, event: Event| {
            let Some(click) = mouse(&event) else { return Msg::Idle };
            if click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key() {
                return Msg::Idle;
            }
            click.prevent_default();
            Msg::Go(route.clone())
        }),
    )
}

/// Like `click`, for what lies inside something that listens itself.
pub fn click_only(msg: impl Into<Msg>) -> Attribute {
    listen(
        "click",
        EventCallback::with_value(msg.into(), |msg, event: Event| {
            if let Some(click) = mouse(&event) {
                click.prevent_default();
                click.stop_propagation();
            }
            msg.clone()
        }),
    )
}

/// A form that is sent.
pub fn submit(msg: impl Into<Msg>) -> Attribute {
    listen(
        "submit",
        EventCallback::with_value(msg.into(), |msg, event: Event| {
            if let Some(event) = event.as_web() {
                event.prevent_default();
            }
            msg.clone()
        }),
    )
}

/// Each change of a field's text.
pub fn input<M: Into<Msg> + 'static>(make: fn(String) -> M) -> Attribute {
    listen("input", text_callback(make as usize, move |_, text| make(text).into()))
}

/// Each change of a field's text, where several fields share a message and differ by a name.
pub fn input_of<C, M>(context: C, make: fn(C, String) -> M) -> Attribute
where
    C: Clone + PartialEq + 'static,
    M: Into<Msg> + 'static,
{
    listen(
        "input",
        text_callback((context, make as usize), move |(context, _), text| make(context.clone(), text).into()),
    )
}

/// A choice or a finished text.
pub fn change<M: Into<Msg> + 'static>(make: fn(String) -> M) -> Attribute {
    listen("change", text_callback(make as usize, move |_, text| make(text).into()))
}

/// A choice or a finished text, where several fields share a message and differ by what they stand for.
pub fn change_of<C, M>(context: C, make: fn(C, String) -> M) -> Attribute
where
    C: Clone + PartialEq + 'static,
    M: Into<Msg> + 'static,
{
    listen(
        "change",
        text_callback((context, make as usize), move |(context, _), text| make(context.clone(), text).into()),
    )
}

/// `same` tells one listener from another: closures of one type that hold different functions do not
/// compare, so the function's address goes in.
fn text_callback<C: PartialEq + 'static>(
    same: C,
    call: impl Fn(&C, String) -> Msg + 'static,
) -> EventCallback<Msg> {
    EventCallback::with_value(same, move |same, event: Event| {
        let text = event.as_web().and_then(|event| event.target()).and_then(|target| {
            if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
                Some(input.value())
            } else if let Some(area) = target.dyn_ref::<HtmlTextAreaElement>() {
                Some(area.value())
            } else {
                target.dyn_ref::<HtmlSelectElement>().map(HtmlSelectElement::value)
            }
        });
        text.map_or(Msg::Idle, |text| call(same, text))
    })
}

/// Enter without Shift, unless an input method is still composing a word.
pub fn enter(msg: impl Into<Msg>) -> Attribute {
    listen(
        "keydown",
        EventCallback::with_value(msg.into(), |msg, event: Event| {
            let Some(key) = event.as_web().and_then(|event| event.dyn_into::<KeyboardEvent>().ok()) else {
                return Msg::Idle;
            };
            if key.key() != "Enter" || key.shift_key() || key.is_composing() {
                return Msg::Idle;
            }
            key.prevent_default();
            msg.clone()
        }),
    )
}

/// Arrows, Enter, Home and End, for lists that keep the focus in one place.
pub fn keys<M: Into<Msg> + 'static>(make: fn(ListKey) -> M) -> Attribute {
    listen(
        "keydown",
        EventCallback::with_value(make as usize, move |_, event: Event| {
            list_key(&event).map_or(Msg::Idle, |key| make(key).into())
        }),
    )
}

/// What keys mean with Ctrl or Cmd where somebody writes, by their places on the keyboard and whether Shift is held; those
/// that mean nothing (none) are the field's.
pub fn commands_of<C, M>(context: C, make: fn(C, &str, bool) -> Option<M>) -> Attribute
where
    C: Clone + PartialEq + 'static,
    M: Into<Msg> + 'static,
{
    listen(
        "keydown",
        EventCallback::with_value((context, make as usize), move |(context, _), event: Event| {
            let Some(key) = event.as_web().and_then(|event| event.dyn_into::<KeyboardEvent>().ok()) else {
                return Msg::Idle;
            };
            if !(key.ctrl_key() || key.meta_key()) || key.alt_key() || key.is_composing() {
                return Msg::Idle;
            }
            let Some(msg) = make(context.clone(), &key.code(), key.shift_key()) else { return Msg::Idle };
            key.prevent_default();
            msg.into()
        }),
    )
}

/// The keys of a list that opens where somebody writes: up, down and Enter are the list's, Tab leaves it (none), and all
/// others are the field's.
pub fn keys_at_cursor<M: Into<Msg> + 'static>(make: fn(Option<ListKey>) -> M) -> Attribute {
    listen(
        "keydown",
        EventCallback::with_value(make as usize, move |_, event: Event| {
            let key = event.clone().as_web().and_then(|event| event.dyn_into::<KeyboardEvent>().ok());
            match key.as_ref().map(KeyboardEvent::key).as_deref() {
                Some("Tab") => make(None).into(),
                Some("ArrowUp" | "ArrowDown" | "Enter") => {
                    list_key(&event).map_or(Msg::Idle, |key| make(Some(key)).into())
                }
                _ => Msg::Idle,
            }
        }),
    )
}

/// The same as `keys`, for a list that opens in its place and has nobody else to close it: Escape is one of its keys.
/// Several such lists share a message, and differ by what they stand for.
pub fn closing_keys_of<C, M>(context: C, make: fn(C, ListKey) -> M) -> Attribute
where
    C: Clone + PartialEq + 'static,
    M: Into<Msg> + 'static,
{
    listen(
        "keydown",
        EventCallback::with_value((context, make as usize), move |(context, _), event: Event| {
            let key = escape(&event).or_else(|| list_key(&event));
            key.map_or(Msg::Idle, |key| make(context.clone(), key).into())
        }),
    )
}

/// Whoever listens for Escape elsewhere sees that it was meant for this.
fn escape(event: &Event) -> Option<ListKey> {
    let key = event.clone().as_web()?.dyn_into::<KeyboardEvent>().ok()?;
    if key.key() != "Escape" || key.is_composing() {
        return None;
    }
    key.prevent_default();
    Some(ListKey::Escape)
}

fn list_key(event: &Event) -> Option<ListKey> {
    let key = event.clone().as_web()?.dyn_into::<KeyboardEvent>().ok()?;
    let list_key = ListKey::parse(&key.key())?;
    if key.is_composing() {
        return None;
    }
    key.prevent_default();
    Some(list_key)
}

/// A key that moves through a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKey {
    Up,
    Down,
    Home,
    End,
    Enter,
    /// Only of [`closing_keys_of`].
    Escape,
}

impl ListKey {
    fn parse(key: &str) -> Option<Self> {
        Some(match key {
            "ArrowUp" => Self::Up,
            "ArrowDown" => Self::Down,
            "Home" => Self::Home,
            "End" => Self::End,
            "Enter" => Self::Enter,
            _ => return None,
        })
    }

    /// The place this key leads to, in a list of so many.
    pub fn step(self, at: usize, count: usize) -> usize {
        let last = count.saturating_sub(1);
        match self {
            Self::Up => at.saturating_sub(1),
            Self::Down => (at + 1).min(last),
            Self::Home => 0,
            Self::End => last,
            Self::Enter | Self::Escape => at,
        }
    }
}

/// Where a scrolled box stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scroll {
    /// Pixels hidden above.
    pub above: i32,
    /// Pixels of the whole content.
    pub content: i32,
    /// Pixels shown.
    pub shown: i32,
}

pub fn scroll<M: Into<Msg> + 'static>(make: fn(Scroll) -> M) -> Attribute {
    listen(
        "scroll",
        EventCallback::with_value(make as usize, move |_, event: Event| {
            let element = event
                .as_web()
                .and_then(|event| event.target())
                .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            element.map_or(Msg::Idle, |element| {
                make(Scroll {
                    above: element.scroll_top(),
                    content: element.scroll_height(),
                    shown: element.client_height(),
                })
                .into()
            })
        }),
    )
}

fn mouse(event: &Event) -> Option<MouseEvent> {
    event.clone().as_web()?.dyn_into().ok()
}
