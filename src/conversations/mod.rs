//! Threads between a customer and one of the business's numbers: their messages, who answers, and the
//! 24-hour window.
//!
//! Not here: how a message travels (`whatsapp`, `inbox`), and what a bot says (`bots`).

pub mod api;
pub mod merge;
mod model;
mod pace;
mod preview;
pub mod service;
pub mod store;
pub mod window;

pub use model::{
    Assignee, BOT_STOPPED, Bot, Conversation, ConversationChanged, Message, MessageAdded, MessageChanged,
    Place, WindowClosed,
};
pub use pace::Pace;
pub use preview::preview;
