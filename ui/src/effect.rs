//! What `update` asks the browser to do. Values, not actions: tests read them.

use std::fmt;

use crate::Msg;
use crate::api::{Call, Failure};
use crate::bridge::{ToApp, ToBuilder};
use crate::marks::Mark;
use crate::router::Route;

/// Everything an update asks for, in order.
pub type Effects = Vec<Effect>;

/// What to make of an answer.
pub type Then = Box<dyn FnOnce(Result<String, Failure>) -> Msg>;

/// What is written into a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// A name, in place of what was begun with `{{`.
    Name(String),
    /// The marks of a formatting, around what is selected.
    Marks(Mark),
}

/// One thing the browser shall do, after the screen shows what the update changed.
pub enum Effect {
    /// Ask the server.
    Call(Call, Then),
    /// Send a picked file; progress and end come as messages of the upload with this number.
    Upload {
        upload: u32,
        file: u32,
    },
    /// Put a picked file onto the customer's phone in the simulator; answered by a message of the phone.
    UploadToPhone {
        file: u32,
        mime: String,
        /// The simulated number whose customer has the phone.
        number: String,
    },
    /// Stop sending it.
    CancelUpload(u32),
    /// Read a picked file as text; answered by `Msg::BotFile` under its name.
    ReadFile {
        file: u32,
        name: String,
    },
    /// Save a text as a file of this name.
    SaveText {
        name: String,
        text: String,
    },
    /// Forget a picked file.
    DropFile(u32),
    /// Fetch a stored file for showing; answered by `Msg::Media`.
    FetchMedia(String),
    /// Fetch the code of the office; answered by `Msg::Office`.
    FetchOffice,
    /// Save a stored file under a name.
    SaveMedia {
        sha256: String,
        name: String,
    },
    /// Put an address into the address bar and the history.
    Go(Route),
    /// Put an address into the address bar in place of the present one.
    GoQuietly(Route),
    /// Send a message after so many milliseconds.
    After(u32, Msg),
    /// Move the focus to the element with this id.
    Focus(String),
    /// Move the focus back to where it was before a dialog took it.
    Refocus,
    /// Move the focus out of the phone beside the page, back to where it was before.
    LeavePhone,
    /// Set the text of the field with this id: fields keep their own text while people type.
    SetValue(String, String),
    /// Write into the field with this id, where its cursor is or what is selected.
    WriteAtCursor(String, Written),
    /// Put the element with this id below the field with the other one.
    PlaceBelow(String, String),
    /// Bring the element with this id into view.
    Reveal(String),
    /// Scroll the element with this id to its end, or to its top.
    ScrollToEnd(String),
    ScrollToTop(String),
    /// Press the element with this id: file pickers open only by a click.
    Press(String),
    /// Play or pause the sound or film with this id.
    TogglePlay(String),
    /// Keep a text in this browser, or forget it.
    Keep(String, Option<String>),
    /// Put a text onto the clipboard.
    Copy(String),
    /// Say which theme and language the document has.
    Dress {
        theme: Theme,
        locale: String,
    },
    Title(String),
    /// The access token for everything that follows; none signs out.
    Token(Option<String>),
    /// The business that requests speak for.
    Business(Option<beseda_wire::ids::BusinessId>),
    /// Open or close the live connection.
    Live(Live),
    /// Tell the flow editor something.
    ToBuilder(ToBuilder),
    /// The flow editor tells the app something.
    ToApp(ToApp),
    /// Look up what this browser keeps under a key.
    Recall(String, fn(Option<String>) -> Msg),
    /// Tell the flow editor the size of its canvas.
    MeasureCanvas,
    /// Load the program anew.
    ReloadPage,
}

/// What the live connection shall do.
#[derive(Debug, Clone, PartialEq)]
pub enum Live {
    /// Connect, telling the last event that was seen.
    Open {
        since: Option<u64>,
    },
    /// Say which conversation is on the screen.
    Viewing(Option<beseda_wire::ids::ConversationId>),
    /// Say that the flow of this bot is on the screen.
    Editing(beseda_wire::ids::BotId),
    Close,
}

/// Light or dark, or as the system has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    Light,
    Dark,
    #[default]
    System,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::System];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::System => "system",
        }
    }

    pub fn parse(name: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.name() == name).unwrap_or_default()
    }
}

impl fmt::Debug for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(call, _) => write!(f, "Call({} {})", call.method.name(), call.path),
            Self::Upload { upload, file } => write!(f, "Upload({upload}, {file})"),
            Self::UploadToPhone { file, .. } => write!(f, "UploadToPhone({file})"),
            Self::CancelUpload(upload) => write!(f, "CancelUpload({upload})"),
            Self::ReadFile { file, name } => write!(f, "ReadFile({file}, {name})"),
            Self::SaveText { name, .. } => write!(f, "SaveText({name})"),
            Self::DropFile(file) => write!(f, "DropFile({file})"),
            Self::FetchMedia(sha256) => write!(f, "FetchMedia({sha256})"),
            Self::FetchOffice => write!(f, "FetchOffice"),
            Self::SaveMedia { sha256, name } => write!(f, "SaveMedia({sha256}, {name})"),
            Self::Go(route) => write!(f, "Go({})", route.path()),
            Self::GoQuietly(route) => write!(f, "GoQuietly({})", route.path()),
            Self::After(millis, msg) => write!(f, "After({millis}, {msg:?})"),
            Self::Focus(id) => write!(f, "Focus({id})"),
            Self::Refocus => write!(f, "Refocus"),
            Self::LeavePhone => write!(f, "LeavePhone"),
            Self::SetValue(id, text) => write!(f, "SetValue({id}, {text:?})"),
            Self::WriteAtCursor(id, Written::Name(name)) => write!(f, "WriteAtCursor({id}, {name:?})"),
            Self::WriteAtCursor(id, Written::Marks(mark)) => write!(f, "WriteAtCursor({id}, {mark:?})"),
            Self::PlaceBelow(id, field) => write!(f, "PlaceBelow({id}, {field})"),
            Self::Reveal(id) => write!(f, "Reveal({id})"),
            Self::ScrollToEnd(id) => write!(f, "ScrollToEnd({id})"),
            Self::ScrollToTop(id) => write!(f, "ScrollToTop({id})"),
            Self::Press(id) => write!(f, "Press({id})"),
            Self::TogglePlay(id) => write!(f, "TogglePlay({id})"),
            Self::Keep(key, text) => write!(f, "Keep({key}, {text:?})"),
            Self::Copy(_) => write!(f, "Copy"),
            Self::Dress { theme, locale } => write!(f, "Dress({}, {locale})", theme.name()),
            Self::Title(title) => write!(f, "Title({title:?})"),
            Self::Token(token) => write!(f, "Token({})", token.is_some()),
            Self::Business(business) => write!(f, "Business({business:?})"),
            Self::Live(live) => write!(f, "Live({live:?})"),
            Self::ToBuilder(told) => write!(f, "ToBuilder({told:?})"),
            Self::ToApp(said) => write!(f, "ToApp({said:?})"),
            Self::Recall(key, _) => write!(f, "Recall({key})"),
            Self::MeasureCanvas => write!(f, "MeasureCanvas"),
            Self::ReloadPage => write!(f, "ReloadPage"),
        }
    }
}

/// Reads effects back in tests.
#[cfg(test)]
pub(crate) mod read {
    use super::{Effect, Effects};
    use crate::Msg;
    use crate::api::Failure;

    /// The effects as text, one a line.
    pub fn lines(effects: &Effects) -> Vec<String> {
        effects.iter().map(|effect| format!("{effect:?}")).collect()
    }

    /// Answers the first call whose line begins so, and says which message that makes.
    pub fn answer(effects: &mut Effects, begins: &str, with: Result<&str, Failure>) -> Msg {
        let line = format!("Call({begins}");
        let at = effects
            .iter()
            .position(|effect| format!("{effect:?}").starts_with(&line))
            .unwrap_or_else(|| panic!("no {line} in {:?}", lines(effects)));
        let Effect::Call(_, then) = effects.remove(at) else { unreachable!("only calls begin so") };
        then(with.map(str::to_owned))
    }
}
