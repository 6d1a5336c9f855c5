//! What signing in must know of businesses: where a person belongs, and how the first owner makes one.

use beseda_wire::businesses::{Membership, NewBusiness};
use beseda_wire::ids::UserId;
use beseda_wire::page::FieldError;
use beseda_wire::time::Time;

use super::service::{self, BusinessError};
use super::store;
use crate::accounts::{AccountsError, Businesses};
use crate::store::{Read, StoreError, Tx};

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
        })
    }

    fn of(&self, from: &dyn Read, user: UserId) -> Result<Vec<Membership>, StoreError> {
        store::memberships(from, user)
    }
}
