//! What bots reach outside: keys, language models, a mail server. What is secret goes in and never comes out.

use crate::time::Time;
use crate::{wire, words};

words! {
    pub enum ConnectionKind {
        /// A value that requests name and nobody sees: `{{ secret.name }}`.
        Secret,
        /// A language model behind an OpenAI-compatible address.
        Ai,
        /// A mail server.
        Email,
    }

    pub enum MailSecurity {
        /// TLS from the first byte (port 465).
        Tls,
        /// TLS after `STARTTLS` (port 587).
        Starttls,
        /// Open text: for a server on the same machine.
        None,
    }
}

wire! {
    /// Something that a business's bots may reach. What is secret of it is not shown.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct Connection {
        pub name: String,
        pub kind: ConnectionKind,
        /// Of a language model: the address before `/chat/completions`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub url: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub model: Option<String>,
        /// Of a mail server.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub host: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub port: Option<u16>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub security: Option<MailSecurity>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub user: Option<String>,
        /// The address that mails come from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub from: Option<String>,
        pub updated_at: Time,
    }

    /// A connection as it shall be.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct SaveConnection {
        pub kind: ConnectionKind,
        /// The value, the model's key, or the mail server's password, at most 4,096 characters. Without it the one
        /// that is there stays.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub secret: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub url: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub model: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub host: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub port: Option<u16>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub security: Option<MailSecurity>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub user: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub from: Option<String>,
    }
}
