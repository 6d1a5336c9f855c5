//! Reads a flow for mistakes before it runs: what would break, what would surprise, what WhatsApp would not take.
//!
//! A finding is a code with parameters, not a sentence: the interface says it in the reader's language. Looks at the
//! flow, and at what it is told of the business ([`Surroundings`]): does the template exist, has the secret a value?

mod addresses;
mod again;
mod around;
mod ends;
mod graph;
mod names;
mod order;
mod place;

pub use names::variables;
mod parts;
mod texts;
mod window;
mod words;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::compile::Compiled;
use crate::model::Flow;

pub use around::{KnownButton, KnownHeader, KnownPlace, KnownTemplate, Surroundings};
pub(crate) use graph::{has_port, variant};

/// All findings of the flow alone: errors first, then in the order of the flow.
pub fn check(flow: &Flow) -> Vec<Finding> {
    check_in(flow, &Surroundings::default())
}

/// All findings, of what lies around the flow too.
pub fn check_in(flow: &Flow, around: &Surroundings) -> Vec<Finding> {
    let compiled = Compiled::new(flow, 0);
    let mut found = Findings::default();
    graph::check(flow, &compiled, &mut found);
    ends::check(flow, &compiled, &mut found);
    names::check(flow, &compiled, &mut found);
    order::check(flow, &compiled, &mut found);
    texts::check(flow, &compiled, &mut found);
    parts::triggers(flow, &mut found);
    around::check(flow, &compiled, around, &mut found);
    again::check(flow, around, &mut found);
    window::check(flow, &compiled, &mut found);
    addresses::check(flow, &mut found);
    // Stable: the order within a severity stays.
    found.0.sort_by_key(|finding| finding.severity);
    found.0
}

/// What is wrong with a flow's lines alone.
pub(crate) fn of_lines(flow: &Flow) -> Vec<Finding> {
    let mut found = Findings::default();
    graph::check(flow, &Compiled::new(flow, 0), &mut found);
    found.0
}

/// The blocks that run a part of the flow which comes to the same block again before it is done.
pub(crate) fn runs_itself(flow: &Flow) -> Vec<String> {
    graph::runs_itself(&Compiled::new(flow, 0))
}

/// Something about a flow that its author should know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub code: Code,
    pub severity: Severity,
    /// The block to jump to; absent where the finding is about an edge, a trigger or the whole flow.
    pub block: Option<String>,
    /// What the sentence needs: ids (`edge`, `trigger`, `group`, `option`), names, numbers.
    pub parameters: BTreeMap<String, Value>,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Conversations will break: not to be published.
    Error,
    /// Probably not what was meant.
    Warning,
    /// Works; good to know.
    Hint,
}

/// What was found. The parameters of each are named after the dash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Code {
    /// There is nothing to begin with, or `start` leads to something that is not there.
    NoStart,
    /// No trigger is switched on: the flow begins only by hand.
    NoTrigger,
    /// – `what`, `id`
    DuplicateId,
    /// An edge or a jump leads to something that is not there. – `edge`, `to`
    DanglingEdge,
    /// An edge begins at nothing, or at a port its block does not have. – `edge`, `from`
    EdgeFromNowhere,
    /// A port has more than one edge; the first counts. – `edge`
    DoubleEdge,
    /// An edge leads to a group without blocks: the run ends there. – `edge`, `group`
    EmptyGroup,
    /// No run can get here.
    Unreachable,
    /// Blocks lead round without ever waiting for the customer. – `blocks` (the first twenty)
    EndlessLoop,
    /// Blocks may lead round without waiting, if a condition lets them. – `blocks`
    LoopWithoutQuestion,
    /// The port leads nowhere: the run ends there. – `port`
    NoWayOn,
    /// – `kind`
    UnknownKind,
    /// – `kind`, `trigger`
    UnknownTrigger,
    /// A keyword trigger without keywords, or a keyword without text. – `trigger`
    EmptyKeyword,
    /// A trigger of the API without a name: it is called by its id. – `trigger`
    NamelessTrigger,
    /// – `pattern`, `message`, perhaps `trigger`
    BadPattern,
    /// A pattern holds `{{`: patterns are taken literally. – `pattern`
    PatternWithVariables,
    /// A text or an expression that can give nothing. – `field`, `why` and `name` (a [`crate::Mistake`]), `message`
    BadTemplate,
    /// A block that says nothing, asks without a word, or offers an answer without one. – `field`, perhaps `option` and
    /// its `number`
    EmptyText,
    /// A question of the kind choice without options.
    NoOptions,
    /// A condition without branches, a branch without tests, or shares that are all 0. – perhaps `branch`
    EmptyCondition,
    /// – `name`
    BadName,
    /// The name is one that the engine gives itself. – `name`
    ReservedName,
    /// Read, but never given a value. – `name`
    UnsetVariable,
    /// Given a value, but on no way that leads here. – `name`
    SetLater,
    /// A least or greatest value that is no number or date, the least above the greatest, or above what there is. –
    /// `field`, `value`
    BadBound,
    /// – `country`
    BadCountry,
    /// An address that does not begin with http:// or https://, or has no host. – `url`
    BadAddress,
    /// Longer than WhatsApp takes: it will be cut. – `field`, `length`, `limit`, perhaps `option` and its `number`. As of
    /// the next ones, `own` says that it is one of the flow's own words (`settings.texts`), by its name.
    CutText,
    /// Longer than WhatsApp takes, where nothing can be cut: it refuses the message. – `field`, `length`, `limit`
    TooLong,
    /// Longer than one message: it will be sent in several. – `field`, `length`, `limit`
    SplitText,
    /// A caption that is too long follows as its own message. – `length`, `limit`
    CaptionApart,
    /// Few options, but one too long for a button: shown as a list. – `length`, `limit`, perhaps `option` and its `number`
    ListInsteadOfButtons,
    /// More answers than there are buttons: shown as a list. – `count`, `limit`
    ListForMany,
    /// More answers than a list has rows: it has pages, each with a row that leads to the next. – `count`, `limit`
    PagedList,
    /// A text too long to stand with its button is said before it. – `length`, `limit`
    TextApart,
    /// More buttons than a template has. – `count`, `limit`
    TooManyButtons,
    /// Something that the block cannot do without is not filled in. – `field`
    EmptyField,
    /// What is written there is not what it has to be. – `field`, `value`, perhaps `trigger`
    BadValue,
    /// A secret without a value. – `name`
    MissingSecret,
    /// There is no connection to a language model or a mail server, or not the one that is named. – `kind` (`ai` or
    /// `email`), `name`
    MissingConnection,
    /// A secret where none is filled in: only a request's address, query, headers and body take secrets. – `field`
    SecretElsewhere,
    /// A secret in a `TRACE` request, which the service sends back. – `name`
    SecretSentBack,
    /// – `bot`
    UnknownBot,
    /// A sub-flow runs a bot that is there and not published: until it is, the way on is `failed`, and where that leads
    /// nowhere the run ends and the customer waits for a person. – `bot`, `port`
    UnpublishedBot,
    /// A sub-flow names the id that several bots' flows have: the first of those that are published is run. A bot's own id
    /// is of one. – `bot`
    SeveralBots,
    /// A part of the customer's record that flows do not write. – `field`, `allowed` (what they may write, in words)
    ReadOnlyField,
    /// – `name`
    UnknownTeam,
    /// – `name`
    UnknownPerson,
    /// – `pipeline` or `stage`
    UnknownStage,
    /// – `name`, `language`
    UnknownTemplate,
    /// The template has more or fewer places than are filled. – `name`, `language`, `wanted`, `given`
    TemplatePlaces,
    /// The template's header needs a text or a file and has another, none, or one too many. – `name`, `wanted`
    TemplateHeader,
    /// A button of the template that is not of this kind, or one that needs something and has nothing. – `name`,
    /// `number`
    TemplateButton,
    /// The part of the product that this needs is not there. – `feature`, perhaps `trigger`
    NotAvailable,
    /// Said freely when the 24 hours after the customer's last message may be over. – `hours`
    ClosedWindow,
    /// Blocks lead round on timers and calls alone, without the customer's word. – `blocks`
    LoopWithoutCustomer,
    /// The same, with messages in the round and less than an hour's rest: it says more than WhatsApp takes. – `blocks`
    TalksWithoutEnd,
    /// A title too long for a list, or the same as that of an earlier one: shown as a numbered text. – `length`, `limit`,
    /// `option` and its `number`, `same` (the earlier one's number, or null)
    NumberedInsteadOfList,
    /// An address that stands for the real one (`example.com`). – `url`, perhaps `name` of a variable
    PlaceholderAddress,
    /// An address that came with a file or a paste from elsewhere: customers are not sent it before somebody allows it. –
    /// `url`
    AddressOff,
    /// A block that came in the same way and reaches outside: it is passed by before somebody allows it. – perhaps `url`
    OffUntilAllowed,
    /// A file of the business's own that is not here. – `file`
    MissingFile,
    /// A file that WhatsApp does not take as this. – `media`, `value`
    BadFileType,
    /// A file with more bytes than WhatsApp takes. – `size`, `limit`
    LargeFile,
    /// The block writes what begins the flow, or what begins another one that does: they may go round for ever. –
    /// `what`, `trigger`, perhaps `through` (the other flow's name)
    BeginsItself,
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add<const N: usize>(
        &mut self,
        severity: Severity,
        code: Code,
        block: Option<&str>,
        parameters: [(&str, Value); N],
    ) {
        self.0.push(Finding {
            code,
            severity,
            block: block.map(str::to_owned),
            parameters: parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        });
    }

    fn error<const N: usize>(&mut self, code: Code, block: Option<&str>, parameters: [(&str, Value); N]) {
        self.add(Severity::Error, code, block, parameters);
    }

    fn warning<const N: usize>(&mut self, code: Code, block: Option<&str>, parameters: [(&str, Value); N]) {
        self.add(Severity::Warning, code, block, parameters);
    }

    fn hint<const N: usize>(&mut self, code: Code, block: Option<&str>, parameters: [(&str, Value); N]) {
        self.add(Severity::Hint, code, block, parameters);
    }
}
