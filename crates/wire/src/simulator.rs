//! The phone: what the built-in simulator's customers see and do.
//!
//! These are the simulator's own types, not Meta's: the product never reads them, only the phone panel
//! and the tests do.

use crate::messages::{Content, Direction, Status};
use crate::time::Time;
use crate::wire;

wire! {
    /// A customer who lives in the simulator.
    pub struct SimCustomer {
        /// Digits of the phone, as WhatsApp's `wa_id`.
        pub wa_id: String,
        pub name: String,
        /// Business-scoped user id; such a customer may hide the phone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub bsuid: Option<String>,
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub hides_phone: bool,
    }

    /// A message on the customer's phone. `direction` is the business's: `out` came from the business.
    pub struct SimMessage {
        pub id: String,
        pub at: Time,
        pub direction: Direction,
        pub content: Content,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub status: Option<Status>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reply_to: Option<String>,
        /// The reaction the other side put on it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reaction: Option<String>,
    }

    /// A customer's chat with one number.
    pub struct SimChat {
        pub customer: SimCustomer,
        pub messages: Vec<SimMessage>,
        /// The business is writing.
        pub typing: bool,
        /// Changes with every change of the chat; ask with `?after=` to wait for the next.
        pub revision: u64,
    }

    /// What a customer does on the phone.
    pub struct SimSend {
        pub content: Content,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reply_to: Option<String>,
    }
}
