//! Keys and indexes of accounts, in the platform's store.

use std::net::IpAddr;

use beseda_wire::ids::{SessionId, UserId};
use beseda_wire::time::Time;

use super::lockout::{Counted, Failures};
use super::model::SetupToken;
use super::{Email, SignIn, User};
use crate::store::{Order, Read, StoreError, Table, Tx};

const USERS: Table<UserId, User> = Table::new(110, "users");
const USERS_BY_EMAIL: Table<String, UserId> = Table::new(111, "users_by_email");
const SESSIONS: Table<SessionId, SignIn> = Table::new(112, "sessions");
const SESSIONS_OF_USER: Table<(UserId, SessionId), ()> = Table::new(113, "sessions_of_user");
const SETUP: Table<(), SetupToken> = Table::new(114, "setup");
/// By the network as text, as lock-outs count it.
const SESSIONS_OF_NETWORK: Table<(String, SessionId), ()> = Table::new(115, "sessions_of_network");

/// How often passwords were tried in vain: an account's or an address's count, by its hash.
const FAILURES: Table<Counted, Failures> = Table::new(116, "sign_in_failures");

pub fn failures(from: &dyn Read) -> Result<Vec<(Counted, Failures)>, StoreError> {
    FAILURES.rows(from, &(), None, Order::Ascending, usize::MAX)
}

/// Keeps these counts; those without a value are gone.
pub fn put_failures(tx: &mut Tx<'_>, rows: &[(Counted, Option<Failures>)]) -> Result<(), StoreError> {
    for (counted, row) in rows {
        if let Some(row) = row {
            FAILURES.put(tx, counted, row)?;
        } else {
            FAILURES.remove(tx, counted);
        }
    }
    Ok(())
}

pub fn user(from: &dyn Read, id: UserId) -> Result<Option<User>, StoreError> {
    USERS.get(from, &id)
}

/// By the key of an e-mail; see [`Email::key_of`].
pub fn user_by_email(from: &dyn Read, key: &str) -> Result<Option<User>, StoreError> {
    match USERS_BY_EMAIL.get(from, &key.to_owned())? {
        Some(id) => user(from, id),
        None => Ok(None),
    }
}

/// Everyone, the first to come first.
pub fn users(from: &dyn Read) -> Result<Vec<User>, StoreError> {
    Ok(USERS.rows(from, &(), None, Order::Ascending, usize::MAX)?.into_iter().map(|(_, user)| user).collect())
}

/// Whether there is anyone at all.
pub fn has_users(from: &dyn Read) -> Result<bool, StoreError> {
    Ok(USERS.first(from, &(), Order::Ascending)?.is_some())
}

/// Stores a user. The caller has made sure that nobody else has the e-mail.
pub fn put_user(tx: &mut Tx<'_>, user: &User) -> Result<(), StoreError> {
    if let Some(before) = USERS.get(tx, &user.id)?
        && before.email.key() != user.email.key()
    {
        USERS_BY_EMAIL.remove(tx, &before.email.key());
    }
    USERS_BY_EMAIL.put(tx, &user.email.key(), &user.id)?;
    USERS.put(tx, &user.id, user)
}

/// Whether someone has this e-mail.
pub fn is_taken(from: &dyn Read, email: &Email) -> Result<bool, StoreError> {
    USERS_BY_EMAIL.contains(from, &email.key())
}

pub fn sign_in(from: &dyn Read, id: SessionId) -> Result<Option<SignIn>, StoreError> {
    SESSIONS.get(from, &id)
}

/// A person's sign-ins that still stand, the last used first.
pub fn sign_ins(from: &dyn Read, user: UserId, now: Time) -> Result<Vec<SignIn>, StoreError> {
    let mut found = all_sign_ins(from, user)?;
    found.retain(|sign_in| sign_in.expires_at > now);
    found.sort_by_key(|sign_in| std::cmp::Reverse(sign_in.last_used_at));
    Ok(found)
}

/// A person's sign-ins, expired ones too.
pub fn all_sign_ins(from: &dyn Read, user: UserId) -> Result<Vec<SignIn>, StoreError> {
    let mut found = Vec::new();
    for ((_, id), ()) in SESSIONS_OF_USER.rows(from, &(user,), None, Order::Ascending, usize::MAX)? {
        found.extend(SESSIONS.get(from, &id)?);
    }
    Ok(found)
}

/// Whether anybody is signed in from this network.
pub fn is_home(from: &dyn Read, network: IpAddr, now: Time) -> Result<bool, StoreError> {
    let sessions =
        SESSIONS_OF_NETWORK.rows(from, &(network.to_string(),), None, Order::Ascending, MOST_ASKED)?;
    for ((_, id), ()) in sessions {
        if SESSIONS.get(from, &id)?.is_some_and(|found| found.network == network && found.expires_at > now) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Sessions that are looked at for one that stands: expired ones go with their owner's next sign-in.
const MOST_ASKED: usize = 100;

pub fn put_sign_in(tx: &mut Tx<'_>, sign_in: &SignIn) -> Result<(), StoreError> {
    if let Some(before) = SESSIONS.get(tx, &sign_in.id)?
        && before.network != sign_in.network
    {
        SESSIONS_OF_NETWORK.remove(tx, &(before.network.to_string(), before.id));
    }
    SESSIONS_OF_NETWORK.put(tx, &(sign_in.network.to_string(), sign_in.id), &())?;
    SESSIONS_OF_USER.put(tx, &(sign_in.user, sign_in.id), &())?;
    SESSIONS.put(tx, &sign_in.id, sign_in)
}

pub fn remove_sign_in(tx: &mut Tx<'_>, sign_in: &SignIn) {
    SESSIONS_OF_USER.remove(tx, &(sign_in.user, sign_in.id));
    SESSIONS_OF_NETWORK.remove(tx, &(sign_in.network.to_string(), sign_in.id));
    SESSIONS.remove(tx, &sign_in.id);
}

pub fn setup_token(from: &dyn Read) -> Result<Option<SetupToken>, StoreError> {
    SETUP.get(from, &())
}

pub fn put_setup_token(tx: &mut Tx<'_>, token: &SetupToken) -> Result<(), StoreError> {
    SETUP.put(tx, &(), token)
}

pub fn remove_setup_token(tx: &mut Tx<'_>) {
    SETUP.remove(tx, &());
}
