//! Errors as the Graph API says them. Pure.
//!
//! The codes, their words and HTTP statuses are those of FACTS §8 and of recorded answers. Which error a request
//! gets is decided elsewhere; here is only what it looks like.

use serde_json::{Map, Value, json};

/// A refusal: what the caller reads instead of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    pub code: i64,
    pub subcode: Option<i64>,
    /// `OAuthException` nearly always, `GraphMethodException` for an id that is not there.
    pub kind: &'static str,
    pub message: String,
    /// The words of `error_data.details`: the ones worth reading.
    pub details: Option<String>,
    /// `error_user_title` and `error_user_msg`, which errors of templates carry instead of `details`.
    pub user: Option<Box<(String, String)>>,
}

impl Refusal {
    /// One of Meta's numbered errors with its usual words; an unlisted code gets general ones.
    pub fn of(code: i64) -> Self {
        let known = known(code);
        Self {
            status: known.status,
            code,
            subcode: None,
            kind: "OAuthException",
            message: match code {
                // The only one whose message is a sentence without its number.
                190 => known.title.to_owned(),
                _ => format!("(#{code}) {}", known.title),
            },
            details: (code != 190).then(|| known.details.to_owned()),
            user: None,
        }
    }

    /// The same with `details` of its own.
    pub fn with(code: i64, details: impl Into<String>) -> Self {
        Self { details: Some(details.into()), ..Self::of(code) }
    }

    /// Code 100 with a message of its own, as Graph's parameter checks say it.
    pub fn parameter(message: impl AsRef<str>) -> Self {
        Self { message: format!("(#100) {}", message.as_ref()), details: None, ..Self::of(100) }
    }

    /// A parameter that is not there: `name` as in `interactive['body']['text']`.
    pub fn missing(name: &str) -> Self {
        Self::parameter(format!("The parameter {name} is required."))
    }

    /// A parameter whose value is not one of those allowed.
    pub fn one_of(name: &str, allowed: &str, got: &str) -> Self {
        Self::parameter(format!("Param {name} must be one of {{{allowed}}} - got \"{got}\"."))
    }

    /// A parameter that Meta does not know.
    pub fn unexpected(key: &str, name: &str) -> Self {
        Self::parameter(format!("Unexpected key \"{key}\" on param \"{name}\"."))
    }

    /// An id that does not exist or that the token may not see (recorded).
    pub fn no_object(method: &str, id: &str) -> Self {
        Self {
            subcode: Some(33),
            kind: "GraphMethodException",
            message: format!(
                "Unsupported {method} request. Object with ID '{id}' does not exist, cannot be loaded due to missing \
                 permissions, or does not support this operation. Please read the Graph API documentation at \
                 https://developers.facebook.com/docs/graph-api"
            ),
            details: None,
            ..Self::of(100)
        }
    }

    /// A proof made with another secret than the app's.
    pub fn wrong_proof() -> Self {
        Self {
            kind: "GraphMethodException",
            message: "Invalid appsecret_proof provided in the API argument".to_owned(),
            details: None,
            ..Self::of(100)
        }
    }

    /// No token, or one nobody gave out.
    pub fn bad_token() -> Self {
        Self { message: "Invalid OAuth access token - Cannot parse access token".to_owned(), ..Self::of(190) }
    }

    /// An error about a template, with words for people (recorded).
    pub fn template(subcode: i64, title: &str, message: String) -> Self {
        Self {
            subcode: Some(subcode),
            message: "Invalid parameter".to_owned(),
            details: None,
            user: Some(Box::new((title.to_owned(), message))),
            ..Self::of(100)
        }
    }

    /// The body of the answer.
    pub fn body(&self, trace: &str) -> String {
        let mut error = Map::new();
        error.insert("message".into(), self.message.clone().into());
        error.insert("type".into(), self.kind.into());
        error.insert("code".into(), self.code.into());
        if let Some(details) = &self.details {
            error.insert("error_data".into(), json!({"messaging_product": "whatsapp", "details": details}));
        }
        if let Some(subcode) = self.subcode {
            error.insert("error_subcode".into(), subcode.into());
        }
        if let Some(user) = &self.user {
            let (title, message) = &**user;
            error.insert("is_transient".into(), false.into());
            error.insert("error_user_title".into(), title.as_str().into());
            error.insert("error_user_msg".into(), message.as_str().into());
        }
        error.insert("fbtrace_id".into(), trace.into());
        json!({ "error": error }).to_string()
    }

    /// The header `WWW-Authenticate`, which Graph sends with every refusal of a client's fault (recorded).
    pub fn authenticate(&self) -> String {
        let kind = if self.code == 190 { "invalid_token" } else { "invalid_request" };
        let message: String = self.message.chars().filter(char::is_ascii).collect();
        format!("OAuth \"Facebook Platform\" \"{kind}\" \"{}\"", message.replace(['"', '\n'], "'"))
    }
}

/// The entry of `errors` in a status that failed, or in a message that could not be passed on.
pub fn in_webhook(code: i64, details: Option<&str>) -> Value {
    let known = known(code);
    json!({
        "code": code,
        "title": known.title,
        "message": known.title,
        "error_data": {"details": details.unwrap_or(known.details)},
        "href": "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes/",
    })
}

struct Known {
    code: i64,
    status: u16,
    title: &'static str,
    details: &'static str,
}

const fn row(code: i64, status: u16, title: &'static str, details: &'static str) -> Known {
    Known { code, status, title, details }
}

fn known(code: i64) -> &'static Known {
    KNOWN.iter().find(|known| known.code == code).unwrap_or(&UNKNOWN)
}

const UNKNOWN: Known = row(0, 400, "An unknown error has occurred", "An unknown error has occurred.");

/// The errors that can be ordered or that the simulator gives by itself.
const KNOWN: [Known; 46] = [
    row(0, 401, "AuthException", "We were unable to authenticate the app user."),
    row(1, 400, "An unknown error has occurred", "Invalid request or possible server error."),
    row(2, 503, "Service temporarily unavailable", "Temporary due to downtime or due to being overloaded."),
    row(
        3,
        500,
        "Capability or permissions issue",
        "Application does not have the capability to make this API call.",
    ),
    row(4, 400, "Application request limit reached", "The app has reached its API call rate limit."),
    row(
        10,
        403,
        "Application does not have permission for this action",
        "Permission is either not granted or has been removed.",
    ),
    row(
        100,
        400,
        "Invalid parameter",
        "The request included one or more unsupported or misspelled parameters.",
    ),
    row(
        190,
        401,
        "Error validating access token: Session has expired on Monday, 01-Jan-24 00:00:00 PST. The current time is Monday, 01-Jan-24 01:00:00 PST.",
        "",
    ),
    row(200, 403, "Permissions error", "Permission is either not granted or has been removed."),
    row(
        368,
        403,
        "Temporarily blocked for policies violations",
        "The account has been restricted or disabled for violating a platform policy.",
    ),
    row(80007, 400, "Rate limit issues", "The WhatsApp Business Account has reached its rate limit."),
    row(
        130_403,
        400,
        "User is blocked",
        "Message failed to send because the business has blocked this user.",
    ),
    row(130_429, 400, "Rate limit hit", "Cloud API message throughput has been reached."),
    row(
        130_472,
        400,
        "User's number is part of an experiment",
        "Message was not sent as part of an experiment.",
    ),
    row(
        130_497,
        403,
        "Business account is restricted from messaging users in this country",
        "Business account is restricted from messaging users in this country.",
    ),
    row(131_000, 500, "Something went wrong", "Message failed to send due to an unknown error."),
    row(131_005, 403, "Access denied", "Permission is either not granted or has been removed."),
    row(131_008, 400, "Required parameter is missing", "The request is missing a required parameter."),
    row(131_009, 400, "Parameter value is not valid", "One or more parameter values are invalid."),
    row(131_016, 500, "Service unavailable", "A service is temporarily unavailable."),
    row(131_021, 400, "Recipient cannot be sender", "Sender and recipient phone number is the same."),
    row(131_026, 400, "Message undeliverable", "Message Undeliverable."),
    row(
        131_030,
        400,
        "Recipient phone number not in allowed list",
        "Recipient phone number not in allowed list: Add recipient phone number to recipient list and try again.",
    ),
    row(131_031, 403, "Account has been locked", "Business account has been locked."),
    row(
        131_037,
        400,
        "Display name is not approved",
        "WhatsApp provided number needs display name approval before message can be sent.",
    ),
    row(
        131_042,
        400,
        "Business eligibility payment issue",
        "Message failed to send because there were one or more errors related to your payment method.",
    ),
    row(
        131_045,
        500,
        "Incorrect certificate",
        "Message failed to send due to a phone number registration error.",
    ),
    row(
        131_047,
        400,
        "Re-engagement message",
        "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
    ),
    row(
        131_048,
        400,
        "Spam rate limit hit",
        "Message failed to send because there are restrictions on how many messages can be sent from this phone number.",
    ),
    row(
        131_049,
        400,
        "This message was not delivered to maintain healthy ecosystem engagement.",
        "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
    ),
    row(
        131_050,
        400,
        "User has stopped receiving marketing messages from this business",
        "Unable to deliver the message. This recipient has chosen to stop receiving marketing messages on WhatsApp from your business.",
    ),
    row(131_051, 400, "Message type unknown", "Message type is currently not supported."),
    row(131_052, 400, "Media download error", "Failed to download the media sent by the user."),
    row(131_053, 400, "Media upload error", "Unable to upload the media used in the message."),
    row(
        131_056,
        400,
        "(Business Account, Consumer Account) pair rate limit hit",
        "Too many messages sent from the sender phone number to the same recipient phone number in a short period of time.",
    ),
    row(131_057, 500, "Business Account is in maintenance mode", "Business Account is in maintenance mode."),
    row(
        131_062,
        400,
        "Business-scoped User ID (BSUID) recipients are not supported for this message.",
        "Business-scoped User ID (BSUID) recipients are not supported for this message.",
    ),
    row(
        132_000,
        400,
        "Number of parameters does not match the expected number of params",
        "The number of variable parameter values in the request did not match the template.",
    ),
    row(
        132_001,
        404,
        "Template name does not exist in the translation",
        "The template does not exist in the specified language or the template has not been approved.",
    ),
    row(132_005, 400, "Translated text too long", "Translated text is too long."),
    row(
        132_012,
        400,
        "Parameter format does not match format in the created template",
        "Variable parameter values formatted incorrectly.",
    ),
    row(
        132_015,
        400,
        "Template is paused",
        "Template is paused due to low quality so it cannot be sent in a template message.",
    ),
    row(
        132_016,
        400,
        "Template is disabled",
        "Template has been paused too many times due to low quality and is now permanently disabled.",
    ),
    row(133_004, 503, "Server Temporarily Unavailable", "Server is temporarily unavailable."),
    row(133_010, 400, "Account not registered", "The account is not registered."),
    row(137_000, 400, "Identity key mismatch", "The recipient's identity key hash does not match."),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn error(refusal: &Refusal) -> Value {
        serde_json::from_str::<Value>(&refusal.body("Atrace")).unwrap()["error"].clone()
    }

    #[test]
    fn a_wrong_id_reads_as_recorded() {
        let refusal = Refusal::no_object("post", "123123");
        assert_eq!(refusal.status, 400);
        assert_eq!(
            error(&refusal),
            json!({
                "message": "Unsupported post request. Object with ID '123123' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api",
                "type": "GraphMethodException",
                "code": 100,
                "error_subcode": 33,
                "fbtrace_id": "Atrace",
            })
        );
    }

    #[test]
    fn a_numbered_error_carries_its_number_and_details() {
        let error = error(&Refusal::of(130_429));
        assert_eq!(error["message"], "(#130429) Rate limit hit");
        assert_eq!(error["error_data"]["messaging_product"], "whatsapp");
        assert_eq!(error["type"], "OAuthException");
    }

    #[test]
    fn a_header_never_breaks_its_quotes() {
        let refusal = Refusal::one_of("type", "TEXT", "\"тип\"\n");
        let header = refusal.authenticate();
        assert!(header.is_ascii() && !header.contains('\n'), "{header}");
        assert_eq!(header.matches('"').count(), 6, "{header}");
    }

    #[test]
    fn no_code_is_listed_twice() {
        for (at, known) in KNOWN.iter().enumerate() {
            assert!(KNOWN[at + 1..].iter().all(|other| other.code != known.code), "{}", known.code);
            assert!((400..=503).contains(&known.status));
        }
    }
}
