//! Identifiers: `UUIDv7` newtypes, so that a customer's id can never be passed for a conversation's.
//!
//! Version 7 begins with the time in milliseconds, so ids made later sort later (RFC 9562 §5.7).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that is known to be of this kind: one just made, or one read from its own table.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        #[cfg(feature = "openapi")]
        $crate::ids::openapi_text!($name, "uuid");
    )*};
}

/// Describes a type to OpenAPI as a string with a format, read by `FromStr` and written by `Display`.
#[cfg(feature = "openapi")]
macro_rules! openapi_text {
    ($name:ident, $format:literal) => {
        impl poem_openapi::types::Type for $name {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> std::borrow::Cow<'static, str> {
                concat!("string(", $format, ")").into()
            }

            fn schema_ref() -> poem_openapi::registry::MetaSchemaRef {
                poem_openapi::registry::MetaSchemaRef::Inline(Box::new(
                    poem_openapi::registry::MetaSchema::new_with_format("string", $format),
                ))
            }

            fn as_raw_value(&self) -> Option<&Self::RawValueType> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(self.as_raw_value().into_iter())
            }
        }

        impl poem_openapi::types::ParseFromJSON for $name {
            fn parse_from_json(value: Option<serde_json::Value>) -> poem_openapi::types::ParseResult<Self> {
                match value.unwrap_or_default() {
                    serde_json::Value::String(text) => Ok(text.parse::<Self>()?),
                    other => Err(poem_openapi::types::ParseError::expected_type(other)),
                }
            }
        }

        impl poem_openapi::types::ParseFromParameter for $name {
            fn parse_from_parameter(text: &str) -> poem_openapi::types::ParseResult<Self> {
                Ok(text.parse::<Self>()?)
            }
        }

        impl poem_openapi::types::ToJSON for $name {
            fn to_json(&self) -> Option<serde_json::Value> {
                Some(serde_json::Value::String(self.to_string()))
            }
        }
    };
}
#[cfg(feature = "openapi")]
pub(crate) use openapi_text;

ids! {
    /// A person who signs in.
    UserId;
    /// One device's sign-in.
    SessionId;
    /// A tenant.
    BusinessId;
    /// Somebody asked to join a business, who has not answered yet.
    InvitationId;
    /// A customer of a business; never the phone number, which people change and may hide.
    CustomerId;
    /// A thread between one customer and one of the business's numbers.
    ConversationId;
    /// A message or an event in a thread.
    MessageId;
    /// A WhatsApp number that a business has connected.
    NumberId;
    /// A bot of a business, with its draft and its versions.
    BotId;
    /// A customer's way through a bot's flow.
    RunId;
}

/// All zeros: of a run that was written before runs had ids.
impl Default for RunId {
    fn default() -> Self {
        Self(Uuid::nil())
    }
}
