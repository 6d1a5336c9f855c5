//! Beseda's interface: a Sauron app that talks to the server through its public API alone.
//!
//! `app` holds the state and says what each message does to it; it asks for everything else (requests,
//! focus, storage, the address) by returning `effect::Effect` values, so that all of it is tested without
//! a browser. `glue` is the only part that touches one.

#![cfg_attr(
    feature = "builder",
    allow(
        dead_code,
        reason = "the app and the flow editor are made of the same sources; each leaves the other out"
    )
)]

pub mod api;
pub mod app;
pub mod bridge;
#[cfg(any(feature = "builder", test))]
pub mod builder;
pub mod effect;
pub mod format;
mod glue;
pub mod i18n;
pub mod kit;
pub mod live;
pub mod marks;
mod native_form;
pub mod pages;
pub mod router;
pub mod shell;
pub mod utf16;

pub use app::Msg;

/// A piece of what is on the screen.
pub type Node = sauron::vdom::Node<Msg>;
/// An attribute or a listener.
pub type Attribute = sauron::vdom::Attribute<Msg>;

/// Where the browser begins: with the app, or, in the module that is loaded when somebody opens a bot, with the flow
/// editor. Both are made of these sources; what the one does not reach is not in its module.
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {
    #[cfg(not(feature = "builder"))]
    glue::start();
    #[cfg(feature = "builder")]
    glue::builder::start();
}
