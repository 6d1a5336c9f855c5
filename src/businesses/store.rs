//! Keys and indexes of businesses, in the platform's store.

use beseda_wire::businesses::{Membership, Role};
use beseda_wire::ids::{BusinessId, InvitationId, UserId};
use beseda_wire::time::Time;

use super::{Business, Invitation, Member};
use crate::crypto::{TokenHash, hex};
use crate::store::{Order, Read, StoreError, Table, Tx};

const BUSINESSES: Table<BusinessId, Business> = Table::new(120, "businesses");
const MEMBERS: Table<(BusinessId, UserId), Member> = Table::new(121, "members");
const MEMBERSHIPS: Table<(UserId, BusinessId), ()> = Table::new(122, "memberships");
const INVITATIONS: Table<(BusinessId, InvitationId), Invitation> = Table::new(123, "invitations");
/// By the hash of their tokens, in hex.
const INVITATIONS_BY_TOKEN: Table<String, (BusinessId, InvitationId)> =
    Table::new(124, "invitations_by_token");

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

/// Who belongs to a business.
pub fn members(from: &dyn Read, business: BusinessId) -> Result<Vec<(UserId, Member)>, StoreError> {
    let rows = MEMBERS.rows(from, &(business,), None, Order::Ascending, usize::MAX)?;
    Ok(rows.into_iter().map(|((_, user), member)| (user, member)).collect())
}

/// Gives a member another role; says since when they belong there.
pub fn set_role(
    tx: &mut Tx<'_>,
    business: BusinessId,
    user: UserId,
    role: Role,
) -> Result<Option<Time>, StoreError> {
    let Some(member) = MEMBERS.get(tx, &(business, user))? else { return Ok(None) };
    MEMBERS.put(tx, &(business, user), &Member { role, ..member.clone() })?;
    Ok(Some(member.joined_at))
}

pub fn remove_member(tx: &mut Tx<'_>, business: BusinessId, user: UserId) {
    MEMBERS.remove(tx, &(business, user));
    MEMBERSHIPS.remove(tx, &(user, business));
}

/// The invitations of a business, the oldest first, expired ones too.
pub fn invitations(from: &dyn Read, business: BusinessId) -> Result<Vec<Invitation>, StoreError> {
    let rows = INVITATIONS.rows(from, &(business,), None, Order::Ascending, usize::MAX)?;
    Ok(rows.into_iter().map(|(_, invitation)| invitation).collect())
}

pub fn invitation(from: &dyn Read, token: TokenHash) -> Result<Option<Invitation>, StoreError> {
    match INVITATIONS_BY_TOKEN.get(from, &hex(token.as_bytes()))? {
        Some(place) => INVITATIONS.get(from, &place),
        None => Ok(None),
    }
}

pub fn put_invitation(tx: &mut Tx<'_>, invitation: &Invitation) -> Result<(), StoreError> {
    let place = (invitation.business, invitation.id);
    INVITATIONS_BY_TOKEN.put(tx, &hex(invitation.token.as_bytes()), &place)?;
    INVITATIONS.put(tx, &place, invitation)
}

pub fn remove_invitation(tx: &mut Tx<'_>, invitation: &Invitation) {
    INVITATIONS_BY_TOKEN.remove(tx, &hex(invitation.token.as_bytes()));
    INVITATIONS.remove(tx, &(invitation.business, invitation.id));
}
