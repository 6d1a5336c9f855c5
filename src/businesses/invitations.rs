//! Invitations: a one-time address by which somebody joins a business.
//!
//! Only the hash of its token is kept. It is worth as much as whoever made it: when they may no longer give that role, it
//! is worth nothing.

use beseda_wire::accounts::InvitationShown;
use beseda_wire::businesses::{Membership, NewInvitation, Role};
use beseda_wire::ids::{BusinessId, InvitationId, UserId};
use beseda_wire::page::FieldError;
use beseda_wire::time::Time;

use super::members::may_give;
use super::model::{Invitation, MemberEvent, MembersChanged};
use super::store;
use crate::accounts::{self, Email};
use crate::crypto::TokenHash;
use crate::ids;
use crate::store::{Actor, Read, StoreError, Tx};

/// How long an invitation stands.
const LIFETIME_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
/// Invitations of one business that stand at the same time.
const MOST: usize = 100;

/// Why nobody is invited, or nobody joins.
#[derive(Debug, thiserror::Error)]
pub enum InvitationError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a field is wrong")]
    Invalid(Vec<FieldError>),
    #[error("only an owner makes owners")]
    ForOwners,
    #[error("this person belongs to the business already")]
    MemberAlready,
    #[error("there are {MOST} invitations already")]
    TooMany,
    #[error("there is no such invitation")]
    Missing,
    /// Used, expired, withdrawn, replaced by a newer one, or never given.
    #[error("the invitation is not valid any more")]
    Over,
}

/// Invites somebody. An older invitation of the same e-mail is worth nothing from now on.
pub fn invite(
    tx: &mut Tx<'_>,
    business: BusinessId,
    by: (UserId, &str),
    new: &NewInvitation,
    token: TokenHash,
    now: Time,
) -> Result<Invitation, InvitationError> {
    let email = Email::read(&new.email)
        .map_err(|detail| InvitationError::Invalid(vec![FieldError::new("/email", detail)]))?;
    let role = store::role(tx, business, by.0)?.unwrap_or(Role::Viewer);
    if !may_give(role, new.role) {
        return Err(InvitationError::ForOwners);
    }
    if let Some(user) = accounts::store::user_by_email(tx, &email.key())?
        && store::role(tx, business, user.id)?.is_some()
    {
        return Err(InvitationError::MemberAlready);
    }
    let mut standing = 0;
    for known in store::invitations(tx, business)? {
        if known.expires_at <= now || known.email.key() == email.key() {
            store::remove_invitation(tx, &known);
        } else {
            standing += 1;
        }
    }
    if standing >= MOST {
        return Err(InvitationError::TooMany);
    }
    let invitation = Invitation {
        id: InvitationId::from_uuid(ids::fresh(now)),
        business,
        email,
        role: new.role,
        token,
        inviter: by.0,
        inviter_name: by.1.to_owned(),
        created_at: now,
        expires_at: now.plus_millis(LIFETIME_MS),
    };
    store::put_invitation(tx, &invitation)?;
    Ok(invitation)
}

/// The invitations of a business that stand, the newest first.
pub fn list(platform: &dyn Read, business: BusinessId, now: Time) -> Result<Vec<Invitation>, StoreError> {
    let mut found = store::invitations(platform, business)?;
    found.retain(|invitation| invitation.expires_at > now);
    found.reverse();
    Ok(found)
}

/// Takes an invitation back.
pub fn withdraw(
    tx: &mut Tx<'_>,
    business: BusinessId,
    by: UserId,
    id: InvitationId,
) -> Result<(), InvitationError> {
    let found = store::invitations(tx, business)?.into_iter().find(|known| known.id == id);
    let found = found.ok_or(InvitationError::Missing)?;
    let role = store::role(tx, business, by)?.unwrap_or(Role::Viewer);
    if !may_give(role, found.role) {
        return Err(InvitationError::ForOwners);
    }
    store::remove_invitation(tx, &found);
    Ok(())
}

/// Takes back what somebody could not invite any more with their new role, or without any.
pub fn withdraw_beyond(
    tx: &mut Tx<'_>,
    business: BusinessId,
    inviter: UserId,
    role: Option<Role>,
) -> Result<(), StoreError> {
    for known in store::invitations(tx, business)? {
        if known.inviter == inviter && !role.is_some_and(|role| may_give(role, known.role)) {
            store::remove_invitation(tx, &known);
        }
    }
    Ok(())
}

/// What an invitation says to whoever holds its address, while it stands.
pub fn shown(
    platform: &dyn Read,
    token: TokenHash,
    now: Time,
) -> Result<Option<InvitationShown>, StoreError> {
    let Some(invitation) = standing(platform, token, now)? else { return Ok(None) };
    let Some(business) = store::get(platform, invitation.business)? else { return Ok(None) };
    let has_account = accounts::store::is_taken(platform, &invitation.email)?;
    Ok(Some(InvitationShown {
        business_name: business.name,
        email: invitation.email.as_str().to_owned(),
        role: invitation.role,
        invited_by: invitation.inviter_name,
        expires_at: invitation.expires_at,
        has_account,
    }))
}

/// Uses an invitation up: the person belongs to its business from now on.
pub fn join(
    tx: &mut Tx<'_>,
    token: TokenHash,
    user: UserId,
    actor: &Actor,
    now: Time,
) -> Result<Membership, InvitationError> {
    let invitation = standing(tx, token, now)?.ok_or(InvitationError::Over)?;
    let Invitation { business, role, .. } = invitation;
    if store::role(tx, business, user)?.is_some() {
        return Err(InvitationError::MemberAlready);
    }
    let found = store::get(tx, business)?.ok_or(InvitationError::Over)?;
    store::remove_invitation(tx, &invitation);
    store::add_member(tx, business, user, role, now)?;
    let event = MemberEvent::Joined { role, invited_by: invitation.inviter };
    tx.change(actor, now, &MembersChanged { business, user, event })?;
    Ok(found.membership(role))
}

fn standing(platform: &dyn Read, token: TokenHash, now: Time) -> Result<Option<Invitation>, StoreError> {
    Ok(store::invitation(platform, token)?.filter(|invitation| invitation.expires_at > now))
}
