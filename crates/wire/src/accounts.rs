//! People who sign in, and how they do.

use crate::businesses::{Membership, Role};
use crate::ids::{SessionId, UserId};
use crate::time::Time;
use crate::{wire, words};

words! {
    /// A language that the program speaks.
    #[derive(Default)]
    pub enum Locale {
        #[default]
        En,
        Ru
    }
}

impl Locale {
    pub const ALL: [Self; 2] = [Self::En, Self::Ru];

    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ru => "ru",
        }
    }

    /// The language in its own words: people find it even when they cannot read the rest.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Ru => "Русский",
        }
    }

    /// The language for a tag such as `ru-RU`; English for what there is no translation of.
    pub fn parse(tag: &str) -> Self {
        let language = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|locale| locale.code().eq_ignore_ascii_case(language)).unwrap_or_default()
    }

    /// The language with exactly this code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.code() == code)
    }
}

wire! {
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct User {
        pub id: UserId,
        pub email: String,
        pub name: String,
        /// `en` or `ru`.
        pub locale: String,
    }

    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct Login {
        pub email: String,
        pub password: String,
    }

    /// A sign-in that worked. The refresh token travels in a cookie that scripts cannot read.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct SignedIn {
        /// JWT for the `Authorization: Bearer` header.
        pub access_token: String,
        pub expires_at: Time,
        pub user: User,
        pub businesses: Vec<Membership>,
    }

    /// One device's sign-in.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct Session {
        pub id: SessionId,
        /// What the browser calls itself.
        pub device: String,
        pub ip: String,
        pub created_at: Time,
        pub last_used_at: Time,
        /// The one that asks.
        pub current: bool,
    }

    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct ChangePassword {
        pub current: String,
        pub new: String,
    }

    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct UpdateUser {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub locale: Option<String>,
    }

    /// The token of an invitation's address.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct InvitationToken {
        pub token: String,
    }

    /// What an invitation says to whoever holds its address.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct InvitationShown {
        pub business_name: String,
        pub email: String,
        pub role: Role,
        /// The name of whoever invited them.
        pub invited_by: String,
        pub expires_at: Time,
        /// Somebody with this e-mail has an account here: sign in with it, and join.
        pub has_account: bool,
    }

    /// Makes the account of somebody who was invited.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct AcceptInvitation {
        pub token: String,
        pub name: String,
        pub password: String,
        /// `en` or `ru`.
        pub locale: String,
    }

    /// Whether this program waits for its first owner.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct SetupState {
        pub needed: bool,
        /// Free space in the data directory, in MB.
        pub free_mb: u64,
        pub version: String,
    }

    /// The token of a setup address.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct SetupToken {
        pub token: String,
    }

    /// Makes the first owner and the first business.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct Setup {
        /// From the one-time address that was printed.
        pub token: String,
        pub email: String,
        pub password: String,
        pub name: String,
        pub business_name: String,
        /// `en` or `ru`.
        pub locale: String,
        /// IANA name, `Europe/Moscow`.
        pub time_zone: String,
    }
}
