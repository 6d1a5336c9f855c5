//! The pages. Each has a model, its messages, `open` for when people come to it, `update`, and a view. All but the inbox and
//! those before the sign-in are of the office, whose code is fetched later (`app::office`).

pub mod account;
pub mod bots;
pub mod builder;
pub mod business;
pub mod connections;
pub mod customers;
pub mod faults;
pub mod inbox;
pub mod invitation;
pub mod journal;
pub mod media;
pub mod numbers;
pub mod people;
pub mod phone;
pub mod results;
pub mod roles;
pub mod setup;
pub mod sign_in;
pub mod start;
pub mod zones;

use beseda_wire::accounts::User;
use beseda_wire::businesses::Role;
use beseda_wire::ids::UserId;
use beseda_wire::time::Time;

use crate::api::Failure;
use crate::format::Clock;

/// What an `update` may know of the world around its page.
#[derive(Debug, Clone, PartialEq)]
pub struct Here {
    pub now: Time,
    pub me: UserId,
    pub my_name: String,
    /// What one may do in the business on the screen.
    pub role: Role,
    /// Whether the live connection stands.
    pub is_open: bool,
}

/// What a view may know of it.
pub struct Around<'a> {
    pub clock: &'a Clock,
    pub me: &'a User,
    /// The name of the business on the screen.
    pub business: &'a str,
    /// What one may do there.
    pub role: Role,
    pub media: &'a media::Cache,
    pub online: bool,
    /// The page's own address without its path.
    pub origin: &'a str,
}

impl Around<'_> {
    /// A whole address of what the server told: a path alone, where it does not know by which address it is reached.
    pub fn whole(&self, told: &str) -> String {
        if told.starts_with('/') { format!("{}{told}", self.origin) } else { told.to_owned() }
    }
}

/// Something that is asked of the server.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Load<T> {
    #[default]
    Not,
    Loading,
    Ready(T),
    Failed(Failure),
}

impl<T> Load<T> {
    pub fn ready(&self) -> Option<&T> {
        match self {
            Self::Ready(value) => Some(value),
            _ => None,
        }
    }

    pub fn ready_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Ready(value) => Some(value),
            _ => None,
        }
    }

    /// Keeps what is there while it is asked for again.
    pub fn begin(&mut self) {
        if !matches!(self, Self::Ready(_)) {
            *self = Self::Loading;
        }
    }

    pub fn answer(&mut self, answer: Result<T, Failure>) {
        *self = match answer {
            Ok(value) => Self::Ready(value),
            Err(failure) => Self::Failed(failure),
        };
    }
}
