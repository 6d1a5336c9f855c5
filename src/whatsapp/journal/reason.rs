//! Why a webhook was not simply processed, as a stable name that screens can translate.
//!
//! The journal keeps one English sentence for whoever reads the log. The name is told from it when it is read, so that
//! entries from before there were names have one, too.

use beseda_wire::whatsapp::Outcome;

pub const FOREIGN_STATUS: &str = "a status of a message that was not sent from here";
pub const NO_NUMBER: &str = "the webhook names no number";
pub const EMPTY: &str = "it holds no news: no entry, or none with a change in it";
pub const GROUP: &str = "messages of groups are not supported";
pub const NOT_THERE_TO_CHANGE: &str = "the message it changes is not here";
pub const NOT_THERE_TO_REACT: &str = "the message it reacts to is not here";
pub const NOBODY: &str =
    "it names no sender by phone, user id or username, and answers no message that is here";
const NOT_CONNECTED: &str = " is not connected";

/// The sentence for a webhook of a number that nobody has connected.
pub fn not_connected(phone_number_id: &str) -> String {
    format!("the number {phone_number_id}{NOT_CONNECTED}")
}

/// The name of the reason; none where nothing has to be explained.
pub fn name(outcome: Outcome, detail: Option<&str>) -> Option<&'static str> {
    let detail = detail.unwrap_or_default();
    match outcome {
        Outcome::Pending | Outcome::Processed | Outcome::Duplicate => None,
        Outcome::Unreadable => Some("unreadable"),
        Outcome::Failed => Some("failed"),
        Outcome::Unknown if detail.contains(NOT_CONNECTED) => Some("number_not_connected"),
        Outcome::Unknown if detail.contains(FOREIGN_STATUS) => Some("foreign_status"),
        Outcome::Unknown if detail.contains(EMPTY) => Some("empty"),
        Outcome::Unknown if detail.contains(GROUP) => Some("group_message"),
        Outcome::Unknown if detail.contains(NOBODY) => Some("no_sender"),
        Outcome::Unknown if detail.contains(NOT_THERE_TO_CHANGE) || detail.contains(NOT_THERE_TO_REACT) => {
            Some("target_missing")
        }
        Outcome::Unknown => Some("not_understood"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_a_name() {
        for (outcome, detail, expected) in [
            (Outcome::Processed, "", None),
            (Outcome::Unreadable, "expected value at line 1 column 1", Some("unreadable")),
            (Outcome::Unknown, &*not_connected("12345"), Some("number_not_connected")),
            (Outcome::Unknown, FOREIGN_STATUS, Some("foreign_status")),
            (Outcome::Unknown, NOT_THERE_TO_REACT, Some("target_missing")),
            (Outcome::Unknown, NOBODY, Some("no_sender")),
            (Outcome::Unknown, EMPTY, Some("empty")),
            (Outcome::Unknown, NO_NUMBER, Some("not_understood")),
            (Outcome::Unknown, "`calls` holds nothing this version knows", Some("not_understood")),
        ] {
            assert_eq!(name(outcome, Some(detail)), expected, "{detail}");
        }
    }
}
