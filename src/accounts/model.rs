//! The records of accounts.

use std::fmt;
use std::net::IpAddr;

use beseda_wire::accounts as wire;
use beseda_wire::ids::{SessionId, UserId};
use beseda_wire::time::Time;
use serde::{Deserialize, Serialize};

use crate::crypto::{PasswordHash, Random, TokenHash};
use crate::names;
use crate::store::Change;

/// A person who can sign in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct User {
    pub id: UserId,
    pub email: Email,
    pub name: String,
    /// `en` or `ru`.
    pub locale: String,
    pub password: PasswordHash,
    pub password_changed_at: Time,
    pub created_at: Time,
    pub updated_at: Time,
}

/// An e-mail address as it was typed; two that differ in capitals alone are one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(String);

/// One device's sign-in. Revoking it removes the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignIn {
    pub id: SessionId,
    pub user: UserId,
    /// For people: "Firefox, Linux".
    pub device: String,
    /// Where it was last used from.
    pub ip: IpAddr,
    /// The same as lock-outs count it: for IPv6 the /64.
    pub network: IpAddr,
    pub created_at: Time,
    pub last_used_at: Time,
    /// Moves on with each use.
    pub expires_at: Time,
    /// What this sign-in's refresh tokens are made with, beside the key file.
    pub salt: Salt,
    /// Which refresh token is the present one, counted from 0.
    pub generation: u32,
    /// When it became that.
    pub rotated_at: Time,
}

/// Random bytes that are nobody's business.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Salt([u8; 16]);

/// The one-time token of the setup address, while nobody owns this installation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SetupToken {
    pub hash: TokenHash,
    pub expires_at: Time,
}

/// What happened to an account, for the audit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountChange {
    pub user: UserId,
    pub event: AccountEvent,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountEvent {
    Added,
    /// Name or language.
    Changed,
    SignedIn {
        session: SessionId,
        device: String,
        ip: IpAddr,
    },
    SignedOut {
        session: SessionId,
    },
    /// An old refresh token was shown again: somebody else has it. The sign-in was ended.
    TokenReused {
        session: SessionId,
        ip: IpAddr,
    },
    /// Every other sign-in was ended with it.
    PasswordChanged,
}

impl Change for AccountChange {
    const KIND: &'static str = "account";
}

impl User {
    /// What the person and their colleagues may see.
    pub fn shown(&self) -> wire::User {
        wire::User {
            id: self.id,
            email: self.email.0.clone(),
            name: self.name.clone(),
            locale: self.locale.clone(),
        }
    }
}

impl Email {
    /// Takes what looks like an address; whether it receives mail nobody knows before it does.
    pub fn read(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let right = text.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty()
                && !host.is_empty()
                && !host.contains('@')
                && !host.starts_with('.')
                && !host.ends_with('.')
        });
        let plain = text.len() <= 254 && !text.contains(char::is_whitespace) && !names::has_hidden(text);
        if right && plain {
            Ok(Self(text.to_owned()))
        } else {
            Err("must be an e-mail address, as anna@example.com".to_owned())
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// By which it is found.
    pub fn key(&self) -> String {
        Self::key_of(&self.0)
    }

    /// The key of whatever was typed, an address or not.
    pub fn key_of(text: &str) -> String {
        text.trim().to_lowercase()
    }
}

impl SignIn {
    pub fn shown(&self, current: SessionId) -> wire::Session {
        wire::Session {
            id: self.id,
            device: self.device.clone(),
            ip: self.ip.to_string(),
            created_at: self.created_at,
            last_used_at: self.last_used_at,
            current: self.id == current,
        }
    }
}

impl Salt {
    pub fn new(random: &Random) -> Self {
        Self(random.bytes())
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_an_address_is_taken() {
        for text in ["anna@example.com", " Anna.P+x@Example.COM ", "иван@почта.рф", "root@localhost"]
        {
            assert!(Email::read(text).is_ok(), "{text}");
        }
        for text in
            ["", "anna", "@example.com", "anna@", "a@b@c", "an na@example.com", "a@.com", "a@com.", "a@b\n.c"]
        {
            assert!(Email::read(text).is_err(), "{text}");
        }
        assert!(Email::read(&format!("{}@example.com", "x".repeat(250))).is_err());
    }

    #[test]
    fn capitals_make_no_other_address() {
        let email = Email::read(" Anna@Example.COM").unwrap();
        assert_eq!(email.as_str(), "Anna@Example.COM");
        assert_eq!(email.key(), "anna@example.com");
        assert_eq!(Email::key_of("ИВАН@почта.РФ "), "иван@почта.рф");
    }
}
