//! What signing in must know of businesses: where a person belongs, and how the first owner makes one.

use beseda_wire::accounts::InvitationShown;
use beseda_wire::businesses::{Membership, NewBusiness};
use beseda_wire::ids::UserId;
use beseda_wire::page::FieldError;
use beseda_wire::time::Time;

use super::invitations::{self, InvitationError};
use super::service::{self, BusinessError};
use super::store;
use crate::accounts::{AccountsError, Businesses, User};
use crate::crypto::TokenHash;
use crate::store::{Actor, Read, StoreError, Tx};

/// The businesses of this installation, as `accounts` asks for them.
#[derive(Clone, Copy, Debug)]
pub struct Directory;

impl Businesses for Directory {
    fn faults(&self, new: &NewBusiness) -> Vec<FieldError> {
        service::faults(new)
    }

    fn create(
        &self,
        tx: &mut Tx<'_>,
        new: &NewBusiness,
        owner: UserId,
        now: Time,
    ) -> Result<Membership, AccountsError> {
        service::create(tx, new, owner, now).map_err(|error| match error {
            BusinessError::Store(error) => error.into(),
            BusinessError::Invalid(errors) => AccountsError::Invalid(errors),
            // Only a person who is there can have made too many.
            BusinessError::TooMany(_) | BusinessError::Missing | BusinessError::Overtaken(_) => {
                AccountsError::Invalid(Vec::new())
            }
        })
    }

    fn invitation(
        &self,
        from: &dyn Read,
        token: TokenHash,
        now: Time,
    ) -> Result<Option<InvitationShown>, StoreError> {
        invitations::shown(from, token, now)
    }

    fn join(
        &self,
        tx: &mut Tx<'_>,
        token: TokenHash,
        user: &User,
        now: Time,
    ) -> Result<Membership, AccountsError> {
        let actor = Actor::Person { id: user.id, name: user.name.clone() };
        invitations::join(tx, token, user.id, &actor, now).map_err(|error| match error {
            InvitationError::Store(error) => error.into(),
            InvitationError::MemberAlready => AccountsError::MemberAlready,
            _ => AccountsError::InvitationOver,
        })
    }

    fn of(&self, from: &dyn Read, user: UserId) -> Result<Vec<Membership>, StoreError> {
        store::memberships(from, user)
    }
}
