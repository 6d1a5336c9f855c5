//! What Meta says when it refuses: one shape for the Graph API's answers and for failed statuses.

use beseda_wire::messages::Failure;
use serde_json::Value;

use crate::whatsapp::lax::Lax;

/// An error as Meta words it (FACTS §8). What to do about it is decided by [`crate::whatsapp::policy`] alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
#[error("Meta error {code}: {}", self.words())]
pub struct GraphError {
    pub code: i64,
    pub subcode: Option<i64>,
    /// `(#130429) Rate limit hit`, or the title where there is no message.
    pub message: String,
    /// `error_data.details`: the words that tell most.
    pub details: Option<String>,
    /// `error_user_title` and `error_user_msg`: what older Graph errors carry instead of details.
    pub user_title: Option<String>,
    pub user_message: Option<String>,
    pub transient: bool,
    /// What Meta's support asks for.
    pub trace: Option<String>,
    /// The HTTP status it came with; `None` in a webhook.
    pub http_status: Option<u16>,
}

impl GraphError {
    /// Reads `error` of a Graph answer or one of `errors` of a webhook. `None` unless there is a code: without one it
    /// is not an error of the API but some other server's page.
    pub fn read(value: &Value) -> Option<Self> {
        Some(Self {
            code: value.integer("code")?,
            subcode: value.integer("error_subcode"),
            message: value.word("message").or_else(|| value.word("title")).unwrap_or_default(),
            details: value
                .member("error_data")
                .word("details")
                // Some errors carry a bare text here, and old webhooks put `details` beside the code.
                .or_else(|| value.word("error_data"))
                .or_else(|| value.word("details")),
            user_title: value.word("error_user_title"),
            user_message: value.word("error_user_msg"),
            transient: value.flag("is_transient"),
            trace: value.word("fbtrace_id"),
            http_status: None,
        })
    }

    /// The most telling words there are, in Meta's English.
    pub fn words(&self) -> &str {
        [&self.details, &self.user_message, &self.user_title]
            .into_iter()
            .flatten()
            .next()
            .map_or(self.message.as_str(), String::as_str)
    }

    /// For the thread: `reason` is the policy's stable name.
    pub fn failure(&self, reason: &str) -> Failure {
        Failure { code: self.code, reason: reason.to_owned(), detail: self.words().to_owned() }
    }
}
