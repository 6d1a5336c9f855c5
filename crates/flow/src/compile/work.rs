//! What a block does, made ready to run: texts and patterns prepared, ports resolved.

use serde_json::Value;

use super::Exit;
use crate::answer::{Ask, Choice};
use crate::blocks::{
    AiFieldKind, HttpBodyKind, Join, ListOperation, MediaKind, Method, Operator, TemplateButtonKind,
    TemplateCategory,
};
use crate::template::{Formula, Path, Template};

pub(crate) enum Work {
    Message {
        text: Template,
        media: Option<ReadyMedia>,
    },
    Place(Box<ReadyPlace>),
    Contacts(Box<[[Template; 5]]>),
    Menu {
        text: Template,
        choice: Box<Choice>,
    },
    Link {
        text: Template,
        title: Template,
        url: Template,
    },
    Template(Box<ReadyTemplate>),
    Wait(Box<ReadyWait>),
    Ask(Box<Ask>),
    Condition(Box<[(Box<str>, ReadyTests, Exit)]>),
    Switch {
        variable: Option<Path>,
        cases: Box<[ReadyCase]>,
    },
    Split(Box<[(Box<str>, u32, Exit)]>),
    Set {
        variable: Box<str>,
        to: ReadyValue,
        operation: Option<(ListOperation, Option<Box<str>>)>,
    },
    /// A jump, or a block that is switched off: to `next`.
    Pass,
    /// The same of a block that would reach this address, which nobody has allowed.
    Off(Box<str>),
    SubFlow {
        to: ReadyFlow,
        failed: Option<Exit>,
    },
    Return,
    Loop(Box<ReadyLoop>),
    Break,
    /// Hours of the block's own: minutes of the week, from and to.
    Hours {
        open: Box<[(u16, u16)]>,
        closed: Exit,
    },
    SetFields(Box<[(Box<str>, ReadyValue)]>),
    Tags {
        add: Box<[Template]>,
        remove: Box<[Template]>,
    },
    Assign(ReadyWho),
    CreateDeal(Box<ReadyDeal>),
    MoveDeal {
        pipeline: Option<Template>,
        stage: Template,
    },
    CreateTask(Box<ReadyTask>),
    Subscription {
        topic: Option<Template>,
        on: bool,
    },
    Note(Template),
    HandOver(Box<ReadyHandOver>),
    Outside(Box<Outside>),
    End {
        text: Template,
        outcome: Option<String>,
    },
    Unknown {
        kind: String,
    },
}

pub(crate) struct ReadyMedia {
    pub kind: MediaKind,
    pub source: ReadySource,
    pub filename: Option<Template>,
    pub mime: Option<String>,
    pub voice: bool,
}

pub(crate) enum ReadySource {
    Url(Template),
    Stored(String),
}

pub(crate) struct ReadyPlace {
    pub latitude: Template,
    pub longitude: Template,
    pub name: Template,
    pub address: Template,
}

pub(crate) struct ReadyTemplate {
    pub name: String,
    pub language: String,
    pub category: Option<TemplateCategory>,
    pub words: String,
    pub header_text: Option<(Option<String>, Template)>,
    pub header_media: Option<ReadyMedia>,
    pub body: Box<[(Option<String>, Template)]>,
    pub buttons: Box<[ReadyTemplateButton]>,
}

pub(crate) struct ReadyTemplateButton {
    pub id: Box<str>,
    pub index: u32,
    pub kind: TemplateButtonKind,
    pub title: String,
    pub text: Template,
    /// Of a quick reply: its own way on, and its port's name.
    pub exit: Option<Exit>,
    pub port: Box<str>,
}

pub(crate) struct ReadyWait {
    pub seconds: Template,
    pub until: Option<Template>,
    pub typing: bool,
    pub message: Option<Exit>,
}

pub(crate) enum ReadyValue {
    Nothing,
    Literal(Value),
    Text(Template),
    Formula(Formula),
}

pub(crate) struct ReadyTests {
    pub join: Join,
    pub tests: Box<[ReadyTest]>,
}

pub(crate) enum ReadyTest {
    Group(ReadyTests),
    Compare { variable: Option<Path>, is: Operator, value: ReadyOperand },
}

pub(crate) enum ReadyOperand {
    Text(Template),
    Value(Value),
    Pattern(Result<regex::Regex, String>),
}

pub(crate) struct ReadyCase {
    pub port: Box<str>,
    pub is: Operator,
    pub value: ReadyOperand,
    pub exit: Exit,
}

pub(crate) enum ReadyFlow {
    /// A place in this flow.
    Here(Exit),
    Bot(String),
}

pub(crate) struct ReadyLoop {
    pub list: Formula,
    pub item: Box<str>,
    pub index: Option<Box<str>>,
    pub each: Option<Exit>,
}

/// A person or a team, or neither.
pub(crate) struct ReadyWho {
    pub person: Option<Template>,
    pub team: Option<Template>,
}

pub(crate) struct ReadyDeal {
    pub pipeline: Option<Template>,
    pub stage: Option<Template>,
    pub title: Template,
    pub amount: Template,
    pub currency: Option<String>,
    pub fields: Box<[(Box<str>, ReadyValue)]>,
}

pub(crate) struct ReadyTask {
    pub title: Template,
    pub text: Template,
    pub due: Option<Template>,
    pub who: ReadyWho,
}

pub(crate) struct ReadyHandOver {
    pub text: Template,
    pub note: Template,
    pub summary: bool,
    /// The model that writes the summary.
    pub ai: Option<ReadyAi>,
    pub who: ReadyWho,
}

/// A call, with what becomes of its answer.
pub(crate) struct Outside {
    pub what: What,
    pub save: Box<[ReadySave]>,
    /// Seconds until it is given up.
    pub timeout: u32,
    pub failed: Option<Exit>,
    pub timed_out: Option<Exit>,
    /// Where the customer's message leads meanwhile.
    pub message: Option<Exit>,
    /// Of a question with yes or no: the way on for no.
    pub no: Exit,
}

pub(crate) struct ReadySave {
    pub variable: Box<str>,
    pub path: Box<str>,
}

pub(crate) enum What {
    Http(ReadyHttp),
    Incoming,
    Email(ReadyEmail),
    AiAnswer { ask: ReadyAi, variable: Option<Box<str>>, silent: bool },
    AiExtract { ask: ReadyAi, fields: Box<[ReadyAiField]> },
    Fields,
    Open,
    Online(ReadyWho),
}

pub(crate) struct ReadyHttp {
    pub method: Method,
    pub url: SealedTemplate,
    pub query: Box<[(Box<str>, SealedTemplate)]>,
    pub headers: Box<[(Box<str>, SealedTemplate)]>,
    pub body: Option<ReadyBody>,
    /// By the names of headers in lower case.
    pub save_headers: Box<[ReadySave]>,
    pub status: Option<Box<str>>,
}

pub(crate) struct ReadyBody {
    pub kind: HttpBodyKind,
    pub json: ReadyJson,
    pub text: SealedTemplate,
    pub content_type: Option<String>,
    pub fields: Box<[(Box<str>, SealedTemplate)]>,
}

/// JSON whose texts may hold variables and secrets.
pub(crate) enum ReadyJson {
    Literal(Value),
    Text(SealedTemplate),
    Formula(Formula),
    List(Box<[ReadyJson]>),
    Object(Box<[(Box<str>, ReadyJson)]>),
}

/// A text with variables and secrets: pieces, so that nothing in a variable can stand for a secret.
pub(crate) struct SealedTemplate(pub Box<[SealedPart]>);

pub(crate) enum SealedPart {
    Text(Template),
    Secret(Box<str>),
}

pub(crate) struct ReadyEmail {
    pub to: Box<[Template]>,
    pub cc: Box<[Template]>,
    pub bcc: Box<[Template]>,
    pub reply_to: Option<Template>,
    pub subject: Template,
    pub text: Template,
}

pub(crate) struct ReadyAi {
    pub connection: Option<String>,
    pub model: Option<String>,
    pub instructions: Template,
    pub text: Option<Template>,
    pub history: bool,
    pub max_tokens: u32,
    pub timeout: u32,
}

pub(crate) struct ReadyAiField {
    pub variable: Box<str>,
    pub kind: AiFieldKind,
    pub description: String,
    pub options: Box<[String]>,
    pub required: bool,
}
