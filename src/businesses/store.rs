//! Keys and indexes of businesses, in the platform's store.

use beseda_wire::businesses::{Membership, Role};
use beseda_wire::ids::{BusinessId, UserId};
use beseda_wire::time::Time;

use super::{Business, Member};
use crate::store::{Order, Read, StoreError, Table, Tx};

const BUSINESSES: Table<BusinessId, Business> = Table::new(120, "businesses");
const MEMBERS: Table<(BusinessId, UserId), Member> = Table::new(121, "members");
const MEMBERSHIPS: Table<(UserId, BusinessId), ()> = Table::new(122, "memberships");

pub fn get(from: &dyn Read, id: BusinessId) -> Result<Option<Business>, StoreError> {
    BUSINESSES.get(from, &id)
}

/// Every business, oldest first.
pub fn all(from: &dyn Read) -> Result<Vec<Business>, StoreError> {
    Ok(BUSINESSES
        .rows(from, &(), None, Order::Ascending, usize::MAX)?
        .into_iter()
        .map(|(_, row)| row)
        .collect())
}

pub fn put(tx: &mut Tx<'_>, business: &Business) -> Result<(), StoreError> {
    BUSINESSES.put(tx, &business.id, business)
}

pub fn add_member(
    tx: &mut Tx<'_>,
    business: BusinessId,
    user: UserId,
    role: Role,
    now: Time,
) -> Result<(), StoreError> {
    MEMBERS.put(tx, &(business, user), &Member { role, joined_at: now })?;
    MEMBERSHIPS.put(tx, &(user, business), &())
}

/// What a person may do in a business; `None` for strangers.
pub fn role(from: &dyn Read, business: BusinessId, user: UserId) -> Result<Option<Role>, StoreError> {
    Ok(MEMBERS.get(from, &(business, user))?.map(|member| member.role))
}

/// The businesses of a person, oldest first.
pub fn memberships(from: &dyn Read, user: UserId) -> Result<Vec<Membership>, StoreError> {
    let mut found = Vec::new();
    for ((_, id), ()) in MEMBERSHIPS.rows(from, &(user,), None, Order::Ascending, usize::MAX)? {
        if let (Some(business), Some(role)) = (get(from, id)?, role(from, id, user)?) {
            found.push(business.membership(role));
        }
    }
    Ok(found)
}
