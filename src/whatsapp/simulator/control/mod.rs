//! The simulator's own controls, over HTTP: for the phone panel, tests and benches. Not a part of WhatsApp.

pub(super) mod api;
