//! What the team sees of customers' runs through a bot, and what it does with those that go on.

pub mod act;
pub mod api;
mod export;
mod switch;
