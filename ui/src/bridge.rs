//! What the app and the flow editor say to each other. The editor is a program of its own, with the bot engine inside,
//! and is loaded when it is first needed; it asks the app for everything that belongs to being signed in.
//!
//! Both are the same crate, so both sides are these types; between them they go as JSON in events of the window.

use beseda_wire::ids::{BotId, UserId};
use serde::{Deserialize, Serialize};

use crate::api::{Call, Failure};
use crate::app::{PickedFile, UploadNews};

/// The names of the two events.
pub const TO_BUILDER: &str = "beseda-to-builder";
pub const TO_APP: &str = "beseda-to-app";
/// The id of the element that the editor fills.
pub const HOST: &str = "builder-host";

/// Uploads of the editor have numbers of their own: the conversation counts its own from one.
pub const UPLOADS: u32 = 1 << 31;

/// Whether an upload is the editor's.
pub const fn is_of_editor(upload: u32) -> bool {
    upload & UPLOADS != 0
}

/// From the app to the editor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ToBuilder {
    /// Show this bot's flow, with this thing chosen.
    Open(Opened),
    /// Show the page that makes a bot of a file.
    Import(Importing),
    /// Another place is shown now.
    Leave,
    /// The answer to a call.
    Answer {
        number: u32,
        answer: Result<String, Failure>,
    },
    Locale(String),
    /// Something about a bot changed: by us or by somebody else.
    Changed(BotId),
    /// The live connection is back after a pause: changes may have been missed.
    Reconnected,
    /// A file was picked for the block whose form is open.
    Picked(PickedFile),
    /// What becomes of an upload that the editor asked for.
    Upload(u32, UploadNews),
    /// A stored file can be shown from this address of this page's, or not at all.
    File(String, Option<String>),
    /// Who has this bot's flow open now, the person at this screen among them.
    Editors(BotId, Vec<(UserId, String)>),
}

/// A version of a bot that answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answering {
    pub version: u32,
    /// Conversations of other versions move to it.
    pub moves: bool,
}

/// What is opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    pub bot: BotId,
    /// The element's id of what is chosen, as in the address.
    pub chosen: Option<String>,
    pub locale: String,
    /// The time zone of the business, as IANA names it.
    pub zone: String,
    pub me: UserId,
    /// Whether the person may change bots; otherwise they are looked at.
    pub may_change: bool,
    /// Makes the keys of requests unlike any other page's.
    pub seed: String,
    /// Where the program is reached: what stands before the paths of its addresses.
    pub origin: String,
}

/// A bot is to be made of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Importing {
    pub locale: String,
    /// Makes the keys of requests unlike any other page's.
    pub seed: String,
    /// The file, where one is chosen already: its name and its text, which is not read where it is too large.
    pub file: Option<(String, Option<String>)>,
}

/// From the editor to the app.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ToApp {
    /// It is there, and listens.
    Ready,
    Call {
        number: u32,
        call: Call,
    },
    /// Another place, below `/`.
    Go(String),
    /// The place has another address from now on.
    GoQuietly(String),
    Tell {
        words: String,
        is_problem: bool,
        technical: Option<String>,
    },
    Title(String),
    /// Another version answers now; `before` did, and does again when that is taken back.
    Returned {
        bot: BotId,
        before: Option<Answering>,
        words: String,
    },
    /// Keep a text in this browser, or forget it.
    Keep(String, Option<String>),
    /// Put a picked file into the media store; told of as `ToBuilder::Upload` with this number.
    Upload {
        upload: u32,
        file: u32,
    },
    CancelUpload(u32),
    /// Forget a picked file.
    DropFile(u32),
    /// Make a stored file one that can be shown.
    ShowFile(String),
    /// Save a text as a file of this name.
    SaveText {
        name: String,
        text: String,
    },
}
