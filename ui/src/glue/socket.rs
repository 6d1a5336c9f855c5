//! The live connection's socket. What comes in is gathered and told once a frame of the screen.

use std::cell::RefCell;

use beseda_wire::ids::{BotId, ConversationId};
use beseda_wire::live::{ClientFrame, Hello, LiveEvent, ServerFrame};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{CloseEvent, Event, MessageEvent, WebSocket};

use super::{dom, http, post};
use crate::live::Msg;

/// Milliseconds between two signs of life; a connection that gave none meanwhile is taken for dead.
const PULSE: u32 = 25_000;
const FRAME: u32 = 16;

thread_local! {
    static OPEN: RefCell<Option<Connection>> = const { RefCell::new(None) };
    /// Tells the events of this connection from those of earlier ones that are still ending.
    static NUMBER: RefCell<u32> = const { RefCell::new(0) };
    static GATHERED: RefCell<Vec<ServerFrame>> = const { RefCell::new(vec![]) };
}

struct Connection {
    number: u32,
    socket: WebSocket,
    /// Something came since the last sign of life was asked for.
    alive: bool,
    _listeners: [Closure<dyn FnMut(Event)>; 2],
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

pub fn open(since: Option<u64>) {
    close();
    let (Some(token), Some(business)) = (http::token(), http::business().and_then(|id| id.parse().ok()))
    else {
        return;
    };
    let number = NUMBER.with_borrow_mut(|number| {
        *number += 1;
        *number
    });
    let location = dom::window().location();
    let scheme = if location.protocol().is_ok_and(|scheme| scheme == "https:") { "wss" } else { "ws" };
    let address = format!("{scheme}://{}/live", location.host().unwrap_or_default());
    let Ok(socket) = WebSocket::new(&address) else {
        post(Msg::Closed);
        return;
    };
    let hello = Hello { token, business, since };
    let opened = {
        let socket = socket.clone();
        Closure::new(move |_: Event| send(&socket, &hello))
    };
    let closed = Closure::new(move |event: Event| {
        // An open connection that was replaced or closed on purpose is nobody's news.
        let is_current = OPEN.with_borrow(|open| open.as_ref().is_some_and(|open| open.number == number));
        if is_current {
            OPEN.with_borrow_mut(|open| {
                if let Some(open) = open {
                    open.socket.set_onmessage(None);
                }
            });
            let _ = event.dyn_into::<CloseEvent>();
            post(Msg::Closed);
        }
    });
    let on_message = Closure::new(move |event: MessageEvent| {
        if let Some(text) = event.data().as_string() {
            receive(number, &text);
        }
    });
    socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
    socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
    socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    let connection =
        Connection { number, socket, alive: true, _listeners: [opened, closed], _on_message: on_message };
    OPEN.with_borrow_mut(|open| *open = Some(connection));
    dom::after(PULSE, move || pulse(number));
}

pub fn close() {
    if let Some(open) = OPEN.with_borrow_mut(Option::take) {
        open.socket.set_onopen(None);
        open.socket.set_onclose(None);
        open.socket.set_onmessage(None);
        // Closing a socket that never opened throws, and is done.
        let _ = open.socket.close();
    }
    GATHERED.with_borrow_mut(Vec::clear);
}

/// Gives the connection the new access token before the old one ends.
pub fn renew(token: &str) {
    say(&ClientFrame::Token { token: token.to_owned() });
}

pub fn viewing(conversation: Option<ConversationId>) {
    say(&ClientFrame::Viewing { conversation });
}

pub fn editing(bot: BotId) {
    say(&ClientFrame::Editing { bot });
}

fn say(frame: &ClientFrame) {
    OPEN.with_borrow(|open| {
        if let Some(open) = open
            && open.socket.ready_state() == WebSocket::OPEN
        {
            send(&open.socket, frame);
        }
    });
}

fn send(socket: &WebSocket, frame: &impl serde::Serialize) {
    if let Ok(text) = serde_json::to_string(frame) {
        // A socket that is closing says so by its event.
        let _ = socket.send_with_str(&text);
    }
}

fn receive(number: u32, text: &str) {
    OPEN.with_borrow_mut(|open| {
        if let Some(open) = open.as_mut().filter(|open| open.number == number) {
            open.alive = true;
        }
    });
    // A frame this version does not know is news for a newer one.
    let Ok(frame) = serde_json::from_str::<ServerFrame>(text) else { return };
    match frame.event {
        LiveEvent::Pong => return,
        LiveEvent::Ready => post(Msg::Opened),
        _ => {}
    }
    let first = GATHERED.with_borrow_mut(|gathered| {
        gathered.push(frame);
        gathered.len() == 1
    });
    if first {
        dom::after(FRAME, || {
            let frames = GATHERED.with_borrow_mut(std::mem::take);
            if !frames.is_empty() {
                post(Msg::Frames(frames));
            }
        });
    }
}

fn pulse(number: u32) {
    let dead = OPEN.with_borrow_mut(|open| {
        let open = open.as_mut().filter(|open| open.number == number)?;
        if open.alive {
            open.alive = false;
            send(&open.socket, &ClientFrame::Ping);
            Some(None)
        } else {
            Some(Some(open.socket.clone()))
        }
    });
    match dead {
        None => {}
        Some(None) => dom::after(PULSE, move || pulse(number)),
        // The listener tells the app.
        Some(Some(socket)) => {
            let _ = socket.close();
        }
    }
}
