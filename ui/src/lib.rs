//! Beseda's interface: a Sauron app that talks to the server through its public API alone.
//!
//! `app` holds the state and says what each message does to it; it asks for everything else (requests,
//! focus, storage, the address) by returning `effect::Effect` values, so that all of it is tested without
//! a browser. `glue` is the only part that touches one.

pub mod api;
pub mod app;
pub mod effect;
pub mod format;
mod glue;
pub mod i18n;
pub mod kit;
pub mod live;
pub mod pages;
pub mod router;
pub mod shell;

pub use app::Msg;

/// A piece of what is on the screen.
pub type Node = sauron::vdom::Node<Msg>;
/// An attribute or a listener.
pub type Attribute = sauron::vdom::Attribute<Msg>;

/// Where the browser begins.
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {
    glue::start();
}
