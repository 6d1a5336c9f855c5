//! The flow editor: a canvas of groups of blocks, a palette, a panel with the chosen block's form, and a phone on which
//! the draft can be tried.
//!
//! It is a program of its own (`glue::builder`), loaded when somebody first opens a bot, because it holds the whole bot
//! engine; `bridge` is what it and the app say to each other. Everything here but the views works on values and is
//! tested without a browser: `document` is the flow, `scene` and `geometry` say where things are, `canvas::gesture` what
//! the pointer does, `save` how two people get along.

pub mod canvas;
pub mod connect;
pub mod connections;
pub mod dispute;
pub mod document;
pub mod files;
pub mod find;
pub mod formatting;
pub mod geometry;
pub mod history;
pub mod import;
pub mod keys;
pub mod kinds;
pub mod layout;
pub mod model;
mod moving;
pub mod native_forms;
pub mod palette;
pub mod panel;
pub mod people;
pub mod phone_trial;
pub mod replay;
pub mod results;
mod rights;
mod routes;
pub mod save;
mod scene;
pub mod templates;
pub mod test;
#[cfg(test)]
mod tests;
mod text;
pub mod trial;
pub mod triggers;
mod update;
pub mod variables;
pub mod versions;
pub mod view;
pub mod words;

use beseda_wire::bots::{Bot, Draft};
use beseda_wire::businesses::Member;
use beseda_wire::connections::Connection;
use beseda_wire::ids::BotId;
use beseda_wire::page::Page;
use serde_json::Value;

pub use keys::Action;
pub use model::Model;

use crate::api::Failure;
use crate::bridge::ToBuilder;
use document::Target;
use document::lists::ListEdit;
use document::ops::Of;

/// Everything that can happen in the editor.
#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    App(ToBuilder),
    Loaded(BotId, Result<Box<Draft>, Failure>),
    Bots(Result<Page<Bot>, Failure>),
    Connections(Result<Page<Connection>, Failure>),
    People(Result<Page<Member>, Failure>),
    Canvas(canvas::Msg),
    Do(Action),
    /// A key; whether the focus was away from the canvas.
    Pressed(Action, bool),
    Narrow(bool),
    /// Something is chosen, shown, and gets the focus.
    GoTo(document::Item),
    /// A field of the flow's own form gets the focus.
    GoToField(String),
    Edit(Edit),
    /// The addresses of this block, or of all, may go to customers.
    Allow(Option<String>),
    Paste(String),
    Cut,
    /// What is looked for in the palette.
    Wanted(String),
    Insert(String),
    /// Of what is looked for, the first.
    InsertFound,
    Tab(Tab),
    Connect(connect::Msg),
    Find(find::Msg),
    Save(save::Msg),
    /// Whether conversations under way move to the version that is to answer.
    Moves(bool),
    Import(import::Msg),
    Versions(versions::Msg),
    Templates(templates::Msg),
    NativeForms(native_forms::Msg),
    CheckDue,
    Test(test::Msg),
    Replay(replay::Msg),
    PhoneTrial(phone_trial::Msg),
    Trial(trial::Msg),
    Files(files::Msg),
    Triggers(triggers::Msg),
    Variables(variables::Msg),
    /// What is selected in the field at this pointer is formatted.
    Format(Of, String, crate::marks::Mark),
    /// Shows what came of the flow on its blocks, or puts it away.
    ShowResults,
    /// Opens the page with all of it.
    AllResults,
    Results(Result<Box<beseda_wire::results::BotStats>, Failure>),
    /// What the checker found, where there is no panel for it.
    ShowProblems,
    CloseDialog,
    /// On a narrow screen: the form of the flow itself.
    ShowFlow,
    Leave,
    /// Another page of the program.
    Visit(&'static str),
}

/// A change out of the panel.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// A field's value; null takes the field away.
    Set(Of, String, Value),
    /// A letter more or less in a field.
    Type(Of, String, Value),
    /// What stands in a field is nothing that it takes; nothing changes.
    Misread(Of, String),
    List(Of, String, ListEdit),
    /// The run begins here.
    Start(Target),
}

impl From<Msg> for crate::Msg {
    fn from(msg: Msg) -> Self {
        Self::Editor(msg)
    }
}

/// What the panel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    #[default]
    Block,
    Test,
    Problems,
}

impl Tab {
    pub const ALL: [Self; 3] = [Self::Block, Self::Test, Self::Problems];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Test => "test",
            Self::Problems => "problems",
        }
    }
}

/// What lies over the editor.
#[derive(Debug, Clone, PartialEq)]
pub enum Dialog {
    Shortcuts,
    Publish {
        note: String,
        /// Conversations under way move to the new version.
        moves: bool,
    },
    /// To a version that answered before; conversations under way move to it.
    Return {
        version: u32,
        moves: bool,
    },
    /// What the checker found, on a narrow screen.
    Problems,
    /// The try, on a narrow screen.
    Test,
    Connect(connect::Model),
    PhoneTrial(Box<phone_trial::Model>),
}
