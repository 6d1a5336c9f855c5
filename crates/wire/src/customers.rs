//! Customers: the people a business talks with.

use crate::ids::CustomerId;
use crate::time::Time;
use crate::wire;

wire! {
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct Customer {
        pub id: CustomerId,
        /// The name the team gave, else the WhatsApp profile's, else the phone.
        pub name: String,
        /// E.164, `+79123456789`; absent when WhatsApp withholds it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub phone: Option<String>,
        /// Meta's business-scoped user id (BSUID).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub bsuid: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub email: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub username: Option<String>,
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub tags: Vec<String>,
        /// Name and value, in the order in which people want to see them.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub fields: Vec<FieldValue>,
        /// Since when they want no marketing messages: by their own word, a button, or WhatsApp's own switch.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub no_marketing_since: Option<Time>,
        /// Until when WhatsApp lets them have no more marketing messages, from anybody. Before that none is sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub marketing_capped_until: Option<Time>,
        /// Since when WhatsApp says that they cannot be reached.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub unreachable_since: Option<Time>,
        pub created_at: Time,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub last_seen_at: Option<Time>,
    }

    pub struct FieldValue {
        pub name: String,
        pub value: String,
    }

    /// Changes to a customer; what is absent stays as it is.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct UpdateCustomer {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub email: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub tags: Option<Vec<String>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub fields: Option<Vec<FieldValue>>,
        /// Whether they want no marketing messages.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub no_marketing: Option<bool>,
    }
}
