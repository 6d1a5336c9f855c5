//! The people of a business: which role each has, and who may change that.
//!
//! An admin rules over everybody but the owners, an owner over all. A business without an owner would belong to nobody,
//! so the last one stays.

use beseda_wire::businesses::{Member as Shown, Role};
use beseda_wire::ids::{BusinessId, UserId};
use beseda_wire::time::Time;

use super::model::{MemberEvent, MembersChanged};
use super::{invitations, store};
use crate::accounts;
use crate::store::{Actor, Read, StoreError, Tx};

/// Why the people of a business stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum MembersError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Never there, or gone.
    #[error("nobody with this id belongs to the business")]
    NoMember,
    /// Only an owner rules over owners.
    #[error("only an owner may do this")]
    ForOwners,
    #[error("a business has at least one owner")]
    LastOwner,
}

/// Whether somebody with the role `by` may give or take `role`.
pub fn may_give(by: Role, role: Role) -> bool {
    by == Role::Owner || (by == Role::Admin && role != Role::Owner)
}

/// Everyone who belongs to a business, the strongest roles first, and among them who came first.
pub fn list(platform: &dyn Read, business: BusinessId) -> Result<Vec<Shown>, StoreError> {
    let mut shown = Vec::new();
    for (id, member) in store::members(platform, business)? {
        shown.extend(show(platform, id, member.role, member.joined_at)?);
    }
    shown.sort_by_key(|member| (member.role, member.joined_at));
    Ok(shown)
}

/// Gives somebody another role.
pub fn change_role(
    tx: &mut Tx<'_>,
    business: BusinessId,
    by: (UserId, &Actor),
    user: UserId,
    role: Role,
    now: Time,
) -> Result<Shown, MembersError> {
    let before = ruled(tx, business, by.0, user)?;
    if !may_give(caller_role(tx, business, by.0)?, role) {
        return Err(MembersError::ForOwners);
    }
    if role != before {
        keep_an_owner(tx, business, before, role == Role::Owner)?;
        let joined_at = store::set_role(tx, business, user, role)?.ok_or(MembersError::NoMember)?;
        invitations::withdraw_beyond(tx, business, user, Some(role))?;
        let event = MemberEvent::Role { from: before, to: role };
        tx.change(by.1, now, &MembersChanged { business, user, event })?;
        return show(tx, user, role, joined_at)?.ok_or(MembersError::NoMember);
    }
    list(tx, business)?.into_iter().find(|member| member.id == user).ok_or(MembersError::NoMember)
}

/// Somebody does not belong to the business any more. What they do there ends at once: every request asks for the role.
pub fn remove(
    tx: &mut Tx<'_>,
    business: BusinessId,
    by: (UserId, &Actor),
    user: UserId,
    now: Time,
) -> Result<(), MembersError> {
    let before = ruled(tx, business, by.0, user)?;
    keep_an_owner(tx, business, before, false)?;
    store::remove_member(tx, business, user);
    invitations::withdraw_beyond(tx, business, user, None)?;
    let event = MemberEvent::Removed { role: before };
    tx.change(by.1, now, &MembersChanged { business, user, event })?;
    Ok(())
}

/// The role of somebody over whom `by` rules. It is read again here: it may have changed since the request was let in.
fn ruled(tx: &Tx<'_>, business: BusinessId, by: UserId, user: UserId) -> Result<Role, MembersError> {
    let role = store::role(tx, business, user)?.ok_or(MembersError::NoMember)?;
    if may_give(caller_role(tx, business, by)?, role) { Ok(role) } else { Err(MembersError::ForOwners) }
}

fn caller_role(tx: &Tx<'_>, business: BusinessId, by: UserId) -> Result<Role, MembersError> {
    // Whoever was removed meanwhile is as good as a viewer.
    Ok(store::role(tx, business, by)?.unwrap_or(Role::Viewer))
}

fn keep_an_owner(
    tx: &Tx<'_>,
    business: BusinessId,
    before: Role,
    stays_owner: bool,
) -> Result<(), MembersError> {
    if before != Role::Owner || stays_owner {
        return Ok(());
    }
    let owners =
        store::members(tx, business)?.iter().filter(|(_, member)| member.role == Role::Owner).count();
    if owners > 1 { Ok(()) } else { Err(MembersError::LastOwner) }
}

/// A member as colleagues see them; nothing where the account is gone.
fn show(platform: &dyn Read, id: UserId, role: Role, joined_at: Time) -> Result<Option<Shown>, StoreError> {
    Ok(accounts::store::user(platform, id)?.map(|user| {
        let user = user.shown();
        Shown { id, name: user.name, email: user.email, role, joined_at }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_rule_over_all_and_admins_over_all_but_owners() {
        let roles = [Role::Owner, Role::Admin, Role::Operator, Role::Viewer];
        let given = |by| roles.map(|role| may_give(by, role));
        assert_eq!(given(Role::Owner), [true; 4]);
        assert_eq!(given(Role::Admin), [false, true, true, true]);
        assert_eq!(given(Role::Operator), [false; 4]);
        assert_eq!(given(Role::Viewer), [false; 4]);
    }
}
