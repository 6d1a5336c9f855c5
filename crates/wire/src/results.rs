//! What came of a bot's flow: its numbers, and each customer's run through it.

use serde_json::Value;

use crate::ids::{BotId, ConversationId, CustomerId, NumberId, RunId};
use crate::messages::Message;
use crate::time::Time;
use crate::{wire, words};

words! {
    /// Whether a run goes on.
    pub enum RunState { Live, Ended }

    /// Why a run ended.
    pub enum RunEnd {
        /// It came to its end.
        Finished,
        /// A person took over for good.
        HandedOver,
        /// No answer fitted, and the tries were used up.
        NoAnswer,
        /// The time for an answer was over, and the customer said nothing more.
        TimedOut,
        /// A service failed, or an expression had no result; the customer waits for a person.
        Failed,
        /// The flow itself is at fault there.
        Broken,
        /// Another flow began in the same conversation.
        Replaced,
        /// Somebody of the team ended it.
        Reset
    }

    /// What a flow that failed or is at fault ran into.
    pub enum RunCause {
        /// It came by more blocks than may follow one word of the customer's: it goes round.
        TooManyBlocks,
        /// It said more messages than may follow one word of the customer's.
        TooManyMessages,
        /// It filled in more expressions than one word of the customer's may lead to.
        TooManyExpressions,
        /// A text came out longer than any message.
        TextTooLong,
        /// Its variables hold more than a run may keep.
        VariablesTooLarge,
        /// It did more than one word of the customer's may lead to.
        TooManyEffects,
        /// Too many sub-flows and loops within one another.
        TooDeep,
        /// It went on too long without a word of the customer's.
        TooLongAlone,
        /// More of what it said waits to be sent than can be.
        TooMuchUnsent,
        /// There is nothing to begin with.
        NoStart,
        /// A block of a kind that this version does not know.
        UnknownBlock,
        /// A line or a jump leads to something that is not there.
        DanglingEdge,
        /// The block at which it stood is no longer there, or does not ask any more.
        BlockRemoved,
        /// It belonged to a flow of another name.
        OtherFlow,
        /// The version that it went by is no longer there.
        VersionRemoved,
        /// It runs another bot that is not there, or is not published.
        NoBot,
        /// A call to another service failed.
        CallFailed,
        /// What came back is too large to keep.
        AnswerTooLarge,
        /// The run has used up what language models may cost.
        AiTokens,
        /// A value is not what the block needs.
        BadValue,
        /// A text or an expression has no result.
        ExpressionFailed
    }

    /// What a run waits for.
    pub enum RunWaits {
        /// The customer's answer.
        Answer,
        /// A person of the team.
        Person,
        /// A pause of the flow's own.
        Pause,
        /// Something outside.
        Call
    }

    /// How a file of runs speaks.
    #[derive(Default)]
    pub enum RunsForm {
        /// To people: in words of their language, with times on the business's clock.
        #[default]
        Words,
        /// To programs: in the words of this API, with ids, and times in UTC.
        Codes
    }

    /// What is not known of a run that is to be played again.
    pub enum ScriptGap {
        /// What began it: the present triggers decide.
        Beginning,
        /// What the customer's record said then: it is as it is now.
        Customer,
        /// What some call came back with.
        Calls,
        /// Which block said what.
        Blocks,
        /// What the flow wrote to the customer's record: it is not compared.
        Record,
        /// The run is too long: its newest part is left out.
        Cut
    }

    /// What a step was.
    pub enum RunStepKind {
        /// The run began, or began anew at a block.
        Began,
        Entered,
        Answered,
        /// An answer did not fit.
        Refused,
        /// A block was left by a port.
        Left,
        /// The run went into a flow of another bot, or came back.
        Inside,
        /// Something outside was asked.
        Asked,
        /// A text or a call of the flow failed.
        Note,
        /// An address that came from elsewhere and that nobody has allowed was left out.
        LeftOut,
        /// A person took the conversation.
        Paused,
        /// A person gave it back.
        Resumed,
        /// Somebody of the team had it go on elsewhere; it begins anew there.
        Moved,
        Ended
    }
}

wire! {
    /// A customer's way through a bot's flow.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct BotRun {
        pub id: RunId,
        pub bot_id: BotId,
        /// The version of the flow it goes by, or went by at its end.
        pub version: u32,
        pub customer_id: CustomerId,
        pub customer_name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub customer_phone: Option<String>,
        pub conversation_id: ConversationId,
        pub number_id: NumberId,
        pub state: RunState,
        /// Why it ended; absent while it goes on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reason: Option<RunEnd>,
        /// What it ran into, where it failed or is broken; absent of runs from before this was kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub cause: Option<RunCause>,
        /// The label of the end block at which it ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub outcome: Option<String>,
        /// The block at which it stands, or ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub block: Option<String>,
        /// What it waits for there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub waits_for: Option<RunWaits>,
        pub started_at: Time,
        /// When it moved last.
        pub updated_at: Time,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub ended_at: Option<Time>,
        /// What it knows, or knew at its end, by names. Without what the customer's record says, and long texts cut.
        pub variables: Value,
    }

    /// One thing a run did.
    pub struct RunStep {
        pub kind: RunStepKind,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub block: Option<String>,
        /// The way by which the block was left.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub port: Option<String>,
        /// The answer, what was asked, what failed, or the address that was left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub text: Option<String>,
        /// The flow whose block it is, where it is not the bot's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub flow: Option<String>,
        /// Who of the team moved or ended it; absent of what was done before this was kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub by: Option<String>,
    }

    /// A step or a message; one of the two is there.
    pub struct RunLine {
        pub at: Time,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub step: Option<RunStep>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub message: Option<Message>,
    }

    /// A run from its beginning: what it did, and what was said in between.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct RunTranscript {
        pub run: BotRun,
        /// In the order in which it happened.
        pub lines: Vec<RunLine>,
        /// The run is longer than what is shown: the newest lines are left out.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub cut: bool,
    }

    /// A conversation as a script, to be played to another version of a bot's flow.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct RunScript {
        /// The bot's first run in it; where other bots talked, the run that began it.
        pub run: BotRun,
        /// In the engine's own words: `start` (when, the `message` or the `happening`, the `trigger` that fired, and the
        /// `variables` that were given), `heard` (what the customer and the team did, each `at` a time with its
        /// `input`), `happened` (what else began a run, with the `event` it was told), `came` (what calls came back with,
        /// with their `block`), `until` (milliseconds since 1970), `then` (the lines of the transcript), `changes`
        /// (whether what the flows wrote to the customer's record stands among them), `without` (the bot had no part in
        /// it). Other bots are told by the ids of their flows.
        pub script: Value,
        /// What is not known of it.
        pub gaps: Vec<ScriptGap>,
    }

    /// Moves a run that goes on.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct MoveRun {
        /// The block at which it goes on: the block does what it does, and says what it says.
        pub block: String,
        /// The version of the flow to go on with; without it the one it has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub version: Option<u32>,
    }

    /// The numbers of a bot's flow. A run belongs to the day on which it began, by the clock of the business.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct BotStats {
        /// All of them. Each is in one of the numbers from `live` to `reset`, which add up to this.
        pub started: u32,
        /// Runs that go on with the bot.
        pub live: u32,
        /// Runs that came to their end.
        pub finished: u32,
        /// Runs that a person has: they ended with a person, or stand until the person gives the conversation back.
        pub handed_over: u32,
        /// Runs whose customer gave no answer in time or none that fitted, or has been silent for a day.
        pub dropped: u32,
        /// Runs that failed: something outside did, or the flow is at fault.
        pub failed: u32,
        /// Runs whose place another flow took.
        pub replaced: u32,
        /// Runs that somebody of the team ended.
        pub reset: u32,
        /// The median time from the beginning to the end of those that `finished`, in milliseconds, to within a twentieth.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub median_ms: Option<u64>,
        /// The questions in the order in which customers come to them.
        pub funnel: Vec<FunnelStep>,
        /// Every block that a run came to.
        pub blocks: Vec<BlockStats>,
        /// How runs ended.
        pub ends: Vec<EndCount>,
        /// What the end blocks are labelled, with the runs that ended there.
        pub outcomes: Vec<OutcomeCount>,
    }

    /// A question of the funnel.
    pub struct FunnelStep {
        pub block: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub flow: Option<String>,
        /// Runs that came to it.
        pub reached: u32,
        /// Runs that answered it.
        pub answered: u32,
    }

    /// The numbers of one block.
    pub struct BlockStats {
        pub block: String,
        /// The flow whose block it is, where it is not the bot's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub flow: Option<String>,
        /// How often it was entered.
        pub entered: u32,
        /// How many runs came to it.
        pub runs: u32,
        /// How often it was answered.
        pub answered: u32,
        /// How often an answer did not fit.
        pub refused: u32,
        /// Runs that ended here without an answer, or have been standing here for a day.
        pub dropped: u32,
        /// Runs that stand here now and may yet go on.
        pub waiting: u32,
        /// The median time to an answer in milliseconds, to within a twentieth.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub median_ms: Option<u64>,
        /// How often it was left by each of its ways.
        pub ports: Vec<PortStats>,
    }

    pub struct PortStats {
        pub port: String,
        pub left: u32,
    }

    pub struct EndCount {
        pub reason: RunEnd,
        pub runs: u32,
    }

    pub struct OutcomeCount {
        pub outcome: String,
        pub runs: u32,
    }
}
