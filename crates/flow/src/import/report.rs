//! What became of every block of the file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a sentence about a code needs: names, numbers, addresses without anything secret.
pub type Parameters = BTreeMap<String, Value>;

/// What became of one block or event of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Where it stands in the file, as a JSON pointer.
    pub place: String,
    /// Its id there.
    pub id: String,
    /// Its kind in the other program's own word.
    pub kind: String,
    /// The title of its group.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// The block of ours that it begins at; none for what is no block here.
    pub block: Option<String>,
    pub verdict: Verdict,
}

/// How well a block could be taken over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    Imported,
    /// Does its work another way.
    Adapted {
        how: Vec<Change>,
    },
    /// Waits, switched off, for something that no file carries.
    NeedsKey {
        what: Vec<Need>,
        how: Vec<Change>,
    },
    /// Kept as a note that no run comes by.
    Unsupported {
        why: Reason,
        how: Vec<Change>,
    },
}

/// One way in which a block differs from what it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    pub code: ChangeCode,
    #[serde(flatten)]
    pub parameters: Parameters,
}

/// How a block differs. The parameters of each are named after the dash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChangeCode {
    /// There is nothing in it: kept, switched off.
    Empty,
    /// It is not chosen yet where it leads.
    ToBeChosen,
    /// Reaches outside: switched off until somebody allows it. – perhaps `address`
    OffUntilAllowed,
    /// Customers would be sent this address: left out until somebody allows it. – `address`
    AddressOff,
    /// Something secret was left out: a reference of this name stands in its place; without one it is painted over. – perhaps
    /// `name`
    SecretLeftOut,
    /// WhatsApp has no such formatting.
    FormattingLost,
    /// Code inside a text is left out.
    InlineCodeLeftOut,
    /// A file of a kind that WhatsApp does not show is sent as its address.
    AsLink,
    /// What a picture leads to is said below it.
    AddressBelow,
    /// An address to go to is a button that opens it. – `title`
    LinkButton,
    /// Shown as a list. – `count`
    List,
    /// Shown as a list in pages. – `count`
    PagedList,
    /// Titles too long for buttons and rows: a numbered text. – `longest`, `limit`
    NumberedText,
    /// Several options are chosen by their numbers.
    NumberedAnswers,
    /// An option without a title is known by its number.
    NumberedTitle,
    /// Pictures are sent before the question. – `count`
    PicturesBefore,
    PicturesLeftOut,
    /// The values of options may not hold variables: the title is stored.
    ValueLeftOut,
    /// A field of what was chosen is not stored. – `field`
    FieldLeftOut,
    /// Ways out of items that are only known in a run are one. – `count`
    WaysLeftOut,
    /// What stood in the empty field is asked. – `text`
    PlaceholderAsText,
    /// Asked one after another. – `count`
    SeveralQuestions,
    /// The date's or time's own way of writing is left out. – `format`
    FormatLeftOut,
    /// How a number is written (a currency, per cent, a unit) is left out. – `format`
    NumberStyleLeftOut,
    /// Numbers are not taken in steps of this. – `value`
    StepLeftOut,
    /// Files of these kinds alone were taken; any file of their sort is. – `value`
    FileKindsWidened,
    /// Something else that the block was told is left out. – `name`, as the other program calls it
    OptionLeftOut,
    /// The model may not call tools: kept as notes. – `count`
    ToolsLeftOut,
    /// A least or greatest value that is none. – `value`
    BoundLeftOut,
    /// Files and voice messages are no answer to this question.
    AttachmentsLeftOut,
    /// A text instead of a file goes on without one.
    TextSkips,
    /// Always the same here. – `value`
    Constant,
    /// Another random id stands for it.
    RandomId,
    /// A date or time is written another way.
    DateForm,
    /// The comparison names no way to compare: taken for "equal". – `variable`
    OperatorAssumed,
    /// A way out without an edge ends the run.
    EndsHere,
    /// – `id`
    UnknownVariable,
    /// A word that the customer writes; the talk that it interrupts does not go on. – `word`
    CommandWord,
    /// Runs its part after each answer that fits, by a small group on the way on. – `count` (of questions)
    AfterAnswers,
    /// Runs its part after each answer that does not fit, by a small group on that way, before it is asked again. – `count`
    AfterRefusals,
    /// What starts the bot could not be said in our words: any message does.
    StartLeftOut,
    /// Runs another bot, which has to be imported too. – `bot`
    OtherBot,
    /// The other bot is run from its beginning. – `group`
    FromBeginning,
    /// A part of the answer that is not stored. – `path`
    PathLeftOut,
    /// All variables are sent.
    AllVariables,
    /// Formatted as a web page: sent as a text.
    HtmlAsText,
    /// An attachment is left out.
    AttachmentLeftOut,
    /// What was told to the model in several messages is told in one.
    MessagesJoined,
    /// A service of its own is a plain request. – `service`
    PlainRequest,
    /// Called at another address, which the run knows. – `variable`
    OtherAddress,
    /// The edge begins at nothing and is left out.
    EdgeLeftOut,
    /// From here blocks lead round without waiting for anything, as long as some of them are switched off or mere notes.
    LeadsRound,
    /// From here blocks may lead round without asking anything: a condition decides.
    MayLeadRound,
    /// A part that runs itself within itself. – `most` (times within one another)
    RunsItself,
    /// "Typing…" before messages is a setting of the bot, and shown while a block waits too; Latin and other letters are
    /// counted alike.
    TypingOfBot,
    /// The summary by a language model is switched off until somebody allows it.
    SummaryOff,
}

/// What a block waits for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Need {
    pub code: NeedCode,
    #[serde(flatten)]
    pub parameters: Parameters,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NeedCode {
    /// A connection to a language model. – `provider`, perhaps `model`
    Model,
    /// A mail server.
    Mail,
    /// A secret's value. – `name`
    Secret,
}

/// Why a block could not be taken over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    pub code: ReasonCode,
    #[serde(flatten)]
    pub parameters: Parameters,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReasonCode {
    /// A kind of block that this version does not know.
    UnknownKind,
    /// There is no such thing on WhatsApp.
    NotOnWhatsapp,
    /// Another program's service.
    OtherService,
    /// – `action`
    Action,
    /// Code of a programming language.
    Code,
    /// The file names the request but does not hold it.
    RequestNotInFile,
    /// – `method`
    Method,
    /// A pattern that cannot be taken over: the comparison never holds. – `pattern`
    Pattern,
    /// Something happens that starts nothing here.
    Event,
    /// More than a block may hold. – `message`
    TooLarge,
}

/// A bot that the imported one runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingBot {
    /// Its id in the other program.
    pub id: String,
    /// The flow id that it will have when it is imported.
    pub bot: String,
    /// Blocks of ours that run it.
    pub blocks: Vec<String>,
}

/// A parameter of the report: what was shortened to be shown.
pub fn short(text: &str) -> Value {
    Value::String(text.chars().take(100).collect())
}
