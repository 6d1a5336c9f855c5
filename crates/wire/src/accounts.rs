//! People who sign in, and how they do.

use crate::businesses::Membership;
use crate::ids::{SessionId, UserId};
use crate::time::Time;
use crate::wire;

wire! {
    pub struct User {
        pub id: UserId,
        pub email: String,
        pub name: String,
        /// `en` or `ru`.
        pub locale: String,
    }

    pub struct Login {
        pub email: String,
        pub password: String,
    }

    /// A sign-in that worked. The refresh token travels in a cookie that scripts cannot read.
    pub struct SignedIn {
        /// JWT for the `Authorization: Bearer` header.
        pub access_token: String,
        pub expires_at: Time,
        pub user: User,
        pub businesses: Vec<Membership>,
    }

    /// One device's sign-in.
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

    pub struct ChangePassword {
        pub current: String,
        pub new: String,
    }

    pub struct UpdateUser {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub locale: Option<String>,
    }

    /// Whether this program waits for its first owner.
    pub struct SetupState {
        pub needed: bool,
        /// Free space in the data directory, in MB.
        pub free_mb: u64,
        pub version: String,
    }

    /// Makes the first owner and the first business.
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
