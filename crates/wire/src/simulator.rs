//! The phone: what the built-in simulator's customers see and do, and what a person or a test orders of it.
//!
//! These are the simulator's own types, not Meta's: the product never reads them, only the phone panel
//! and the tests do.

use crate::messages::{Content, Direction, Referral, Status};
use crate::time::Time;
use crate::{wire, words};

wire! {
    /// A customer who lives in the simulator.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct SimCustomer {
        /// Digits of the phone, as WhatsApp's `wa_id`.
        pub wa_id: String,
        pub name: String,
        /// Business-scoped user id; made up when absent. Such a customer may hide the phone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub bsuid: Option<String>,
        /// The name others may find the customer by, with its `@`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub username: Option<String>,
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub hides_phone: bool,
        /// The customer blocked every business here: what is sent stays on one tick.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub blocked: bool,
    }

    /// What changes about a customer; absent fields stay as they are.
    #[cfg_attr(feature = "openapi", oai(example))]
    #[derive(Default)]
    pub struct SimCustomerChange {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub username: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub hides_phone: Option<bool>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub blocked: Option<bool>,
        /// Another phone number: WhatsApp tells every business the customer has written to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub wa_id: Option<String>,
    }

    /// A message on the customer's phone. `direction` is the business's: `out` came from the business.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct SimMessage {
        pub id: String,
        pub at: Time,
        pub direction: Direction,
        pub content: Content,
        /// How far it got: of what the business sent, WhatsApp's own status; of what the customer said, `read`
        /// once the business marked it so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub status: Option<Status>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reply_to: Option<String>,
        /// The reaction the other side put on it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reaction: Option<String>,
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub edited: bool,
        /// The customer deleted it for everyone.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub revoked: bool,
    }

    /// A customer's chat with one number.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct SimChat {
        pub customer: SimCustomer,
        pub messages: Vec<SimMessage>,
        /// The business is writing.
        pub typing: bool,
        /// The customer looks at the chat: what arrives is read at once.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub open: bool,
        /// The 24 hours in which the business may write freely are running.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub window_open: bool,
        /// Changes with every change of the chat; ask with `?after=` to wait for the next.
        pub revision: u64,
    }

    /// What a customer does on the phone.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct SimSend {
        pub content: Content,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reply_to: Option<String>,
        /// It was forwarded from another chat.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub forwarded: bool,
        /// The advertisement or the product the customer came from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub referral: Option<Referral>,
    }

    /// Another text for a message the customer has sent.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct SimEdit {
        pub message: String,
        pub text: String,
    }

    /// Something the customer does in the chat besides writing.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct SimAct {
        pub act: SimActKind,
        /// The message it is about, where it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub message: Option<String>,
    }

    /// A file on the customer's phone, ready to be sent: give its `id` as `provider_id`.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct SimFile {
        pub id: String,
        pub mime: String,
        /// Bytes.
        pub size: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
    }

    /// A file of the simulator's own, for customers who have nothing at hand.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct SimSample {
        pub name: String,
        pub mime: String,
    }

    /// Registers a business's number in the simulator, with what Meta's dashboard would know of it.
    pub struct SimRegister {
        pub phone_number_id: String,
        pub waba_id: String,
        /// The number in E.164, `+` and digits.
        pub phone: String,
        pub name: String,
        pub token: String,
        pub app_secret: String,
        pub verify_token: String,
        /// Where webhooks go; without it none are sent until one is set.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub callback_url: Option<String>,
        /// The token's permissions; both of WhatsApp's when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub scopes: Option<Vec<String>>,
    }

    /// A registered number, without its secrets.
    pub struct SimNumber {
        pub phone_number_id: String,
        pub waba_id: String,
        pub phone: String,
        pub name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub callback_url: Option<String>,
        /// Whether the app is subscribed to the account's webhooks.
        pub subscribed: bool,
    }

    /// Where webhooks go from now on.
    pub struct SimCallback {
        pub callback_url: String,
    }

    /// Another state of a template: `PAUSED`, `DISABLED`, `REJECTED`, `APPROVED` …
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct SimTemplateChange {
        /// Meta's word.
        pub status: String,
        /// Meta's word for why; `NONE` when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reason: Option<String>,
    }

    /// A webhook of whatever kind, to be signed and delivered like the others.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct SimWebhook {
        /// `account_update`, `phone_number_quality_update`, or one nobody has heard of.
        pub field: String,
        pub value: serde_json::Value,
    }

    /// What came of asking a callback address to prove itself.
    pub struct SimVerified {
        pub ok: bool,
        pub detail: String,
    }

    /// A fault on order. Without `times` and `probability` it happens once.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct SimFault {
        pub kind: SimFaultKind,
        /// Meta's error code, for `error` and `failed_status`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub code: Option<i64>,
        /// Milliseconds, for `delay` and `late_statuses`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub ms: Option<u64>,
        /// How many times it shall happen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub times: Option<u64>,
        /// How likely it is each time, 0 to 1; 1 when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub probability: Option<f64>,
        /// Only for this customer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub wa_id: Option<String>,
        /// Only for this number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub phone_number_id: Option<String>,
    }

    /// What is true of every send and every webhook, until it is changed. Absent fields stay as they are.
    #[derive(Default)]
    pub struct SimRules {
        /// Messages a second that a number may send; 0 for no limit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub per_second: Option<u32>,
        /// Whether one customer may get one message in six seconds, with a burst of 45 borrowed from later.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub pair_limit: Option<bool>,
        /// Whether the 24-hour window is kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub window: Option<bool>,
        /// Whether a form is sent only where the account has it, and as it is: published, or as a draft.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub known_forms: Option<bool>,
        /// How far statuses go by themselves: `sent`, `delivered` or `read`; `queued` for none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub statuses: Option<Status>,
        /// Milliseconds from one status to the next.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub status_delay_ms: Option<u64>,
        /// Changes in one webhook at most, 1 to 1000.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub batch: Option<u32>,
        /// Whether webhooks wait instead of being sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub hold_webhooks: Option<bool>,
    }

    /// What the simulator counted since it started or was reset.
    pub struct SimCounters {
        /// Sends that were accepted, those with a lost answer included.
        pub accepted: u64,
        /// Of the accepted, those whose answer was lost on purpose.
        pub answers_lost: u64,
        pub refused: u64,
        /// Refusals by Meta's error code.
        pub refused_by_code: Vec<SimCodeCount>,
        /// Accepted sends whose `biz_opaque_callback_data` had been accepted before.
        pub duplicates: u64,
        /// The first hundred callback data that were accepted more than once.
        pub duplicated: Vec<String>,
        /// Read marks and typing signs.
        pub marks: u64,
        /// Messages customers sent.
        pub said: u64,
        pub webhooks_delivered: u64,
        /// Changes that were delivered: one webhook may carry many.
        pub changes_delivered: u64,
        pub webhooks_failed: u64,
        /// Changes waiting to be delivered.
        pub changes_waiting: u64,
        /// Changes given up: their time was over or too many were waiting.
        pub changes_dropped: u64,
        pub uploads: u64,
        pub downloads: u64,
    }

    pub struct SimCodeCount {
        pub code: i64,
        pub count: u64,
    }

    /// Many customers who talk to one number at once, each waiting for the answer before saying the next.
    pub struct SimCrowd {
        pub phone_number_id: String,
        /// How many, 1 to 100,000. They are made when they are not there.
        pub customers: u32,
        /// How long they talk.
        pub seconds: f64,
        /// How long they talk before it counts.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub warm_up_seconds: f64,
        /// What they say in turn, where the last message offers nothing to tap.
        pub texts: Vec<String>,
        /// How many messages of the business make an answer; 1 when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub answers: Option<u32>,
        /// Turns a second, of all together; as fast as answers come when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub per_second: Option<f64>,
        /// Milliseconds after which an answer is no longer waited for; 10,000 when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub patience_ms: Option<u64>,
    }

    /// How the talking went, warm-up left out.
    pub struct SimCrowdReport {
        /// Turns that were answered.
        pub answered: u64,
        /// Turns that were not answered in time.
        pub unanswered: u64,
        /// How long it was counted.
        pub seconds: f64,
        /// Answered turns a second.
        pub per_second: f64,
        /// Milliseconds from saying something to having the answer on the phone.
        pub p50_ms: f64,
        pub p99_ms: f64,
        pub max_ms: f64,
    }

    /// Where a simulator of its own serves; one line of JSON when it is ready.
    pub struct SimServing {
        pub url: String,
        /// The product's `api_base`.
        pub graph: String,
        pub controls: String,
        pub pid: u32,
    }

    /// How often sends with one `biz_opaque_callback_data` were accepted.
    pub struct SimAccepted {
        pub count: u64,
    }
}

words! {
    /// What the customer does in a chat besides writing.
    pub enum SimActKind {
        /// Looks at the chat: everything in it is read, and what comes is read at once.
        Open,
        Close,
        /// Reads everything without staying.
        Read,
        /// Listens to a voice note.
        Play,
        /// Deletes an own message for everyone.
        Revoke,
        /// Taps "stop" on marketing messages.
        StopMarketing,
        ResumeMarketing,
        /// Lets the 24 hours run out at once.
        EndWindow,
    }

    /// What goes wrong.
    pub enum SimFaultKind {
        /// The send is refused with `code`.
        Error,
        /// An answer with status 500 and no body; the send is not accepted.
        ServerError,
        /// The send is accepted, and the connection closes without an answer.
        LostAnswer,
        /// The connection closes before the send is accepted.
        LostRequest,
        /// The answer takes `ms` longer.
        Delay,
        /// The send is accepted and fails later, by webhook, with `code`.
        FailedStatus,
        /// The send's webhooks come twice, or that of what the customer says next.
        DuplicateWebhook,
        /// The send's statuses come `ms` later.
        LateStatuses,
        /// The send's statuses come in the wrong order.
        ReversedStatuses,
        /// The send's statuses never come.
        NoStatuses,
        /// The next address to download a file from leads nowhere, like one whose five minutes are over.
        FileGone,
    }
}

impl SimCustomer {
    /// A customer who hides nothing and blocked nobody.
    pub fn new(wa_id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            wa_id: wa_id.into(),
            name: name.into(),
            bsuid: None,
            username: None,
            hides_phone: false,
            blocked: false,
        }
    }
}

impl SimFault {
    /// A fault that happens once, to whoever comes next.
    pub fn new(kind: SimFaultKind) -> Self {
        Self {
            kind,
            code: None,
            ms: None,
            times: None,
            probability: None,
            wa_id: None,
            phone_number_id: None,
        }
    }
}

impl SimSend {
    /// Something said anew: it answers nothing and comes from nowhere else.
    pub fn new(content: Content) -> Self {
        Self { content, reply_to: None, forwarded: false, referral: None }
    }
}
