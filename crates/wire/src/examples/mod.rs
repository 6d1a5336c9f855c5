//! What bodies look like: one example for each type that is a body of the API, shown beside its operations.
//!
//! They are values and not JSON, so that a field that is added, renamed or removed here does not compile without its
//! example. All of them tell of one afternoon in a flower shop. A type asks for its example by `oai(example)`.

mod accounts;
mod bots;
mod businesses;
mod connections;
mod conversations;
mod customers;
mod messages;
mod page;
mod results;
mod simulator;
mod trials;
mod whatsapp;

use uuid::Uuid;

use crate::time::Time;

/// The `next` of a page.
pub(crate) const CURSOR: &str = "q3J1sQGS86F8Tnt6nVUPKm8cjiE";

/// An id of version 7, as the program makes them.
const fn id(number: u16) -> Uuid {
    Uuid::from_u128(0x0192_f3a1_7c4e_7b2a_9d10_3f5e_6a7b_0000 + number as u128)
}

/// The shop's people and things, by their ids.
mod ids {
    use super::id;
    use crate::ids::{
        BotId, BusinessId, ConversationId, CustomerId, InvitationId, MessageId, NumberId, RunId, SessionId,
        UserId,
    };

    pub const ANNA: UserId = UserId::from_uuid(id(0x01));
    pub const SIGN_IN: SessionId = SessionId::from_uuid(id(0x02));
    pub const SHOP: BusinessId = BusinessId::from_uuid(id(0x03));
    pub const OLGA: CustomerId = CustomerId::from_uuid(id(0x04));
    pub const THREAD: ConversationId = ConversationId::from_uuid(id(0x05));
    pub const ANSWER: MessageId = MessageId::from_uuid(id(0x06));
    pub const NUMBER: NumberId = NumberId::from_uuid(id(0x07));
    pub const INVITATION: InvitationId = InvitationId::from_uuid(id(0x09));
    pub const BORIS: UserId = UserId::from_uuid(id(0x0a));
    pub const GREETER: BotId = BotId::from_uuid(id(0x08));
    pub const RUN: RunId = RunId::from_uuid(id(0x0b));
}

/// Minutes after 10:15 on the 22nd of November 2026, in UTC.
fn at(minutes: i64) -> Time {
    Time::from_seconds(1_795_342_500 + minutes * 60)
}

/// A text in a field that may be absent.
#[expect(clippy::unnecessary_wraps, reason = "it is what such a field wants")]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// Gives types their examples, and has tests prove that serde reads and writes each as the document shows it.
macro_rules! examples {
    ($($kind:ident: $example:expr;)*) => {
        $(
            impl poem_openapi::types::Example for $kind {
                fn example() -> Self {
                    $example
                }
            }
        )*

        #[cfg(test)]
        mod tests {
            #[test]
            fn each_is_the_same_for_serde_and_for_the_document() {
                $($crate::examples::agree::<super::$kind>();)*
            }
        }
    };
}
use examples;

#[cfg(test)]
fn agree<T>()
where
    T: poem_openapi::types::Example
        + poem_openapi::types::ToJSON
        + serde::Serialize
        + serde::de::DeserializeOwned
        + PartialEq
        + std::fmt::Debug,
{
    let example = T::example();
    let shown = example.to_json().expect("an object");
    assert_eq!(shown, serde_json::to_value(&example).expect("JSON"));
    assert_eq!(serde_json::from_value::<T>(shown).expect("its own JSON"), example);
}
