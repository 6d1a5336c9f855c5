//! Passwords: checking one at the door, changing one, replacing one that was forgotten.

use std::net::Ipv4Addr;
use std::sync::{MutexGuard, PoisonError};

use beseda_wire::ids::{SessionId, UserId};
use beseda_wire::time::Time;

use super::lockout::{Lockout, Tried};
use super::service::{actor, fault};
use super::{
    AccountChange, AccountEvent, Accounts, AccountsError, Device, Email, Person, User, password_rule, store,
};
use crate::crypto::{PasswordError, PasswordHash, Secret};
use crate::store::{Actor, Tx};

impl Accounts {
    /// Changes the person's own password and ends every sign-in but the one that asks. The present password is asked
    /// for, and counted like one at the door: a browser left open is not enough.
    pub async fn change_password(
        &self,
        person: &Person,
        current: Secret,
        new: Secret,
        device: &Device,
        now: Time,
    ) -> Result<(), AccountsError> {
        let user = self.user(person.user)?;
        check_password_rule(&new, &user.email, &user.name, "/new")?;
        let email = user.email.as_str().to_owned();
        let checked = self.check_password(&email, Some(user), current, device, now).await?;
        let hash = self.hash(new).await?;
        let keep = person.session;
        let actor = actor(&checked);
        self.0
            .store
            .write(move |tx| {
                set_password(tx, checked.id, Some(&checked.password), &hash, Some(keep), &actor, now)
            })
            .await
    }

    /// Sets a password for someone who has forgotten theirs, and ends all their sign-ins. For the command line of the
    /// machine's owner.
    pub async fn reset_password(&self, email: &str, new: Secret, now: Time) -> Result<User, AccountsError> {
        let found = store::user_by_email(&self.0.store.view()?, &Email::key_of(email))?;
        let user = found.ok_or(AccountsError::NotFound)?;
        check_password_rule(&new, &user.email, &user.name, "/new")?;
        let hash = self.hash(new).await?;
        let id = user.id;
        self.0.store.write(move |tx| set_password(tx, id, None, &hash, None, &Actor::Program, now)).await?;
        let key = user.email.key();
        self.lockout().renewed(&key);
        self.keep_counts(&Tried { account: key, address: Ipv4Addr::UNSPECIFIED.into(), at_home: false })
            .await;
        Ok(user)
    }

    /// The user, if the password is theirs and may be tried now.
    pub(super) async fn check_password(
        &self,
        email: &str,
        user: Option<User>,
        password: Secret,
        device: &Device,
        now: Time,
    ) -> Result<User, AccountsError> {
        let at_home = store::is_home(&self.0.store.view()?, device.network, now)?;
        // Longer than any e-mail there is, lest the counts be filled with books.
        let account = Email::key_of(email).chars().take(254).collect();
        let tried = Tried { account, address: device.network, at_home };
        self.lockout().begin(&tried, now).map_err(AccountsError::Wait)?;
        let stored = user.as_ref().map(|user| user.password.clone());
        let right = match self.0.passwords.verify(password, stored).await {
            Ok(right) => right,
            Err(error) => {
                self.lockout().forgive(&tried, now);
                return Err(error.into());
            }
        };
        match user {
            Some(user) if right => {
                self.lockout().succeeded(&tried, now);
                self.keep_counts(&tried).await;
                Ok(user)
            }
            _ => {
                tracing::info!(client.ip = %device.ip, "a sign-in was refused");
                self.keep_counts(&tried).await;
                Err(AccountsError::WrongCredentials)
            }
        }
    }

    /// Writes what of a try's counts must outlive the program. Before the answer: who has it and ends the program must
    /// not have had the try for nothing.
    async fn keep_counts(&self, tried: &Tried) {
        let written = {
            let mut lockout = self.lockout();
            let rows = lockout.unwritten(tried);
            if rows.is_empty() {
                return;
            }
            // Still under the lock: what was counted later is written later.
            self.0.store.submit(move |tx| store::put_failures(tx, &rows))
        };
        // In memory they count all the same.
        if let Err(error) = written.await {
            tracing::error!(%error, "failed sign-ins are not kept");
        }
    }

    /// A hash with today's parameters, where the stored one has older ones: only now is the password known.
    pub(super) async fn newer_hash(
        &self,
        user: &User,
        password: Secret,
    ) -> Result<Option<PasswordHash>, AccountsError> {
        if self.0.passwords.is_outdated(&user.password) {
            Ok(Some(self.hash(password).await?))
        } else {
            Ok(None)
        }
    }

    pub(super) async fn hash(&self, password: Secret) -> Result<PasswordHash, AccountsError> {
        Ok(self.0.passwords.hash(password).await?)
    }

    fn lockout(&self) -> MutexGuard<'_, Lockout> {
        self.0.lockout.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `verified` is the hash that was checked; another one means that the password was changed meanwhile.
fn set_password(
    tx: &mut Tx<'_>,
    id: UserId,
    verified: Option<&PasswordHash>,
    new: &PasswordHash,
    keep: Option<SessionId>,
    actor: &Actor,
    now: Time,
) -> Result<(), AccountsError> {
    let mut user = store::user(tx, id)?.ok_or(AccountsError::NotFound)?;
    if verified.is_some_and(|verified| *verified != user.password) {
        return Err(AccountsError::WrongCredentials);
    }
    user.password = new.clone();
    user.password_changed_at = now;
    user.updated_at = now;
    store::put_user(tx, &user)?;
    for sign_in in store::all_sign_ins(tx, id)?.iter().filter(|sign_in| Some(sign_in.id) != keep) {
        store::remove_sign_in(tx, sign_in);
    }
    tx.change(actor, now, &AccountChange { user: id, event: AccountEvent::PasswordChanged })?;
    Ok(())
}

fn check_password_rule(
    password: &Secret,
    email: &Email,
    name: &str,
    pointer: &str,
) -> Result<(), AccountsError> {
    password_rule::check(password.expose(), &[email.as_str(), name])
        .map_err(|detail| AccountsError::Invalid(vec![fault(pointer, detail)]))
}

impl From<PasswordError> for AccountsError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::Busy,
            PasswordError::Failed(_) => Self::Password(error.to_string()),
        }
    }
}
