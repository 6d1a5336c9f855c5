//! Bot flows: their format, the engine that runs them and the checker that reads them.
//!
//! A flow is JSON ([`model`]). It is loaded ([`Flow::from_json`]), prepared once ([`Compiled::new`]) and then
//! stepped for every message of a customer ([`step`]): `(session, input, now) -> (session, effects)`. The same
//! code answers customers on the server and drives the test panel in the browser.
//!
//! What a run needs of the world goes out as an [`Effect`]. Most are to be carried out and no more is heard of them;
//! a [`Call`] is waited for, and answered with [`Input::Returned`]. Secrets stand in calls by their names alone
//! ([`Sealed`]). Which flow answers at all is [`winner`]'s to say; which blocks there are, [`catalogue`]'s; what is wrong
//! with a flow, [`check_in`]'s. Bots to begin with lie in the `gallery`, behind the feature of that name. Files of other
//! programs become flows in [`import`]. Past conversations are played to another version of their flow in [`replay`].
//!
//! What is not here: no I/O, no clock, no randomness, no storage, no WhatsApp client. The caller tells the time
//! ([`Now`]) and the seed ([`Session::seeded`]), sends what [`Effect::Say`] asks for, keeps the [`Session`] and wakes the
//! engine when a timer is due.

/// The JSON Schema of a flow.
pub const JSON_SCHEMA: &str = include_str!("../flow.schema.json");

mod addresses;
mod answer;
mod blocks;
mod bounds;
mod calls;
mod catalogue;
mod check;
mod compare;
mod compile;
mod contact;
mod effects;
mod engine;
mod failure;
mod fault;
#[cfg(feature = "gallery")]
pub mod gallery;
pub mod import;
mod load;
mod model;
mod names;
mod outgoing;
mod pattern;
mod people;
pub mod replay;
mod script;
mod session;
mod template;
mod texts;
mod triggers;
mod values;

#[cfg(test)]
mod schema;
pub use blocks::*;
pub use calls::{
    AiCall, AiWanted, Call, EmailCall, HttpCall, Line, Outcome, Piece, Sealed, Speaker, Summarize, Writing,
    pick,
};
pub use catalogue::{
    Entry, Feature, Group as PaletteGroup, PRESENT, TriggerEntry, catalogue, trigger_catalogue,
};
pub use check::{
    Code, Finding, KnownButton, KnownHeader, KnownPlace, KnownTemplate, Severity, Surroundings, check,
    check_in, variables,
};
pub use compile::{Compiled, port};
pub use contact::{field_text, is_own_field, is_writable_field};
pub use effects::{ClockChange, Effect, EndReason, Ended, Event, Input, Limit, Now, Problem, Step};
pub use engine::{World, step, step_in, step_traced};
pub use failure::{CallFailure, CallFault};
pub use fault::Fault;
pub use load::{LoadError, limits, unparsed};
pub use model::{
    Edge, Extra, Flow, Group, Keyword, Language, Match, SCHEMA, Schedule, Settings, Source, Target, Texts,
    Trigger, TriggerKind, Typing, Variable, VariableKind,
};
pub use names::is_taken_name;
pub use outgoing::{
    Button, Contact, Filled, Header, Outgoing, Parameter, Reply, Row, Template as FilledTemplate, whatsapp,
};
pub use people::{is_called, nobody_called};
pub use script::Script;
pub use session::{
    Calling, Came, Frame, Inside, Pause, Position, Round, Session, Transcript, Variables, Waiting,
};
pub use template::{ABILITIES, Ability, AbilityGroup, Mistake, MistakeKind, SAMPLE};
pub use texts::default_texts;
pub use triggers::{
    Ahead, Burst, Ground, Happening, Incoming, LostBy, Occurrence, Rival, Situation, Why, Winner, ahead,
    start_link, winner,
};
pub use values::{is_same, size_of};
