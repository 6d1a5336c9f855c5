//! Who calls: what a handler is given, and how the program tells.
//!
//! `http` cannot know users or businesses; `app.rs` gives it an [`Authenticator`] that asks the domains.
//! The guard puts the caller into the request before the handler runs; a handler names [`PersonCaller`] or
//! [`BusinessCaller`] among its arguments and so cannot reach a business it was not let into.

use std::ops::Deref;
use std::sync::Arc;

use beseda_wire::accounts::Locale;
use beseda_wire::businesses::Role;
use beseda_wire::ids::{BusinessId, SessionId, UserId};
use beseda_wire::time::Time;
use poem::{FromRequest, Request, RequestBody};

use super::idempotency::Once;
use super::problem::Problem;
use crate::store::{Actor, BusinessStore, Store, StoreError};

/// Answers who a token belongs to and what it opens. Called for every request: no slow work, no writes.
pub trait Authenticator: Send + Sync + 'static {
    /// Whose access token this is, now.
    fn person(&self, token: &str) -> Result<PersonCaller, Denied>;

    /// The business that is meant, and the person's role there. Without `wanted`, the first one the person
    /// belongs to.
    fn business(
        &self,
        person: &PersonCaller,
        wanted: Option<BusinessId>,
    ) -> Result<(Role, Arc<BusinessStore>), Denied>;

    /// The store that keeps the idempotency keys of what a person does outside any business.
    fn platform(&self) -> Option<&Store> {
        None
    }

    /// Whether the first owner exists. Until then only setup and health answer.
    fn set_up(&self) -> bool;
}

/// Why a caller is not let in.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// The token is wrong, expired or revoked.
    #[error("the token is not valid")]
    Token,
    /// There is no such business, or the person does not belong to it. Both are answered alike.
    #[error("no such business")]
    NoBusiness,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Token => Self::unauthorized().detail("The token is wrong, expired or revoked."),
            Denied::NoBusiness => Self::not_found("business"),
            Denied::Store(error) => error.into(),
        }
    }
}

/// A person who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonCaller {
    pub user_id: UserId,
    pub name: String,
    /// In which they read.
    pub locale: Locale,
    pub session_id: SessionId,
    /// When the token ends: a live connection does not outlive it.
    pub expires_at: Time,
}

impl PersonCaller {
    pub fn actor(&self) -> Actor {
        Actor::Person { id: self.user_id, name: self.name.clone() }
    }
}

/// A person in one business. It is the only way to that business's data.
#[derive(Clone)]
pub struct BusinessCaller {
    pub person: PersonCaller,
    pub role: Role,
    pub business: Arc<BusinessStore>,
    /// For operations that record their answer in their own transaction; see `idempotency.rs`.
    pub once: Once,
}

impl Deref for BusinessCaller {
    type Target = PersonCaller;

    fn deref(&self) -> &PersonCaller {
        &self.person
    }
}

/// Whether a role may what `needed` may. Roles are declared from the strongest to the weakest.
pub fn allows(role: Role, needed: Role) -> bool {
    role <= needed
}

impl<'a> FromRequest<'a> for PersonCaller {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> poem::Result<Self> {
        Ok(given::<Self>(request)?)
    }
}

impl<'a> FromRequest<'a> for BusinessCaller {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> poem::Result<Self> {
        Ok(given::<Self>(request)?)
    }
}

/// What the guard put there. Its absence means that the handler asks for more than its declaration gives.
fn given<T: Clone + Send + Sync + 'static>(request: &Request) -> Result<T, Problem> {
    request.extensions().get::<T>().cloned().ok_or_else(|| {
        let place = format_args!("{} {}", request.method(), request.uri().path());
        Problem::internal(&format_args!(
            "{place}: its line in http/operations.rs gives the handler no {}",
            std::any::type_name::<T>()
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_may_what_the_roles_below_it_may() {
        let order = [Role::Owner, Role::Admin, Role::Operator, Role::Viewer];
        for (place, role) in order.into_iter().enumerate() {
            for (other, needed) in order.into_iter().enumerate() {
                assert_eq!(allows(role, needed), place <= other, "{role:?} for {needed:?}");
            }
        }
    }
}
