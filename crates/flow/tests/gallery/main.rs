//! The ready bots: each without a finding, the same in both languages, laid out to be read, talked to along all of its
//! ways.

mod explorer;
mod shape;
mod talks;

#[allow(dead_code, reason = "of the driver only the talk itself is needed here")]
#[path = "../driver/mod.rs"]
mod driver;
