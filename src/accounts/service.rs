//! What people do with their accounts: sign in, stay signed in, sign out, change what others see of them.

use std::net::IpAddr;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use beseda_wire::accounts::{self as wire, Locale};
use beseda_wire::ids::{SessionId, UserId};
use beseda_wire::page::FieldError;
use beseda_wire::time::Time;

use super::lockout::{Lockout, Wait};
use super::model::Salt;
use super::refresh::{RefreshTokens, Verdict};
use super::{AccountChange, AccountEvent, Businesses, Email, SignIn, User, device, password_rule, store};
use crate::config;
use crate::crypto::{AccessTokens, KeyRing, PasswordHash, Passwords, Random, Secret};
use crate::ids;
use crate::names;
use crate::store::{Actor, Store, StoreError, Tx};

/// Accounts of this installation. Cheap to clone.
#[derive(Clone)]
pub struct Accounts(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub store: Store,
    pub random: Random,
    pub set_up: AtomicBool,
    pub passwords: Passwords,
    access: AccessTokens,
    refresh: RefreshTokens,
    refresh_ms: i64,
    /// A short name of this installation.
    pub installation: String,
    pub lockout: Mutex<Lockout>,
}

/// Where a request came from.
#[derive(Clone, Debug)]
pub struct Device {
    /// The `User-Agent` header.
    pub agent: String,
    pub ip: IpAddr,
    /// The address as limits count it: for IPv6 the /64.
    pub network: IpAddr,
}

/// A sign-in that worked, or was continued.
#[derive(Debug)]
pub struct Granted {
    pub user: User,
    pub session: SessionId,
    pub access: Secret,
    pub expires_at: Time,
    /// For the cookie.
    pub refresh: Secret,
    pub refresh_expires_at: Time,
}

/// Whom an access token speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub user: UserId,
    pub name: String,
    pub locale: Locale,
    pub session: SessionId,
    /// When the token ends.
    pub expires_at: Time,
}

/// Someone to be added.
#[derive(Clone, Debug)]
pub struct NewUser {
    pub email: String,
    pub name: String,
    /// `en` or `ru`.
    pub locale: String,
    pub password: Secret,
}

#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// Whichever of the two it was is not told.
    #[error("the e-mail or the password is wrong")]
    WrongCredentials,
    #[error("too many wrong passwords; the next try is possible in {} seconds", .0.seconds)]
    Wait(Wait),
    /// More passwords wait to be checked than there is room for.
    #[error("too many sign-ins at this moment")]
    Busy,
    /// The token is not ours, has expired or was revoked.
    #[error("the sign-in has ended")]
    SignInOver,
    #[error("there is no such account or sign-in")]
    NotFound,
    #[error("someone has this e-mail already")]
    EmailTaken,
    #[error("{}", .0.iter().map(|field| format!("{}: {}", field.pointer, field.detail)).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<FieldError>),
    /// The first owner exists.
    #[error("this program is set up already")]
    SetUpAlready,
    /// Used, expired, replaced by a newer one, or never given.
    #[error("the setup address is not valid any more")]
    SetupToken,
    /// Used, expired, withdrawn, replaced by a newer one, or never given.
    #[error("the invitation is not valid any more")]
    InvitationOver,
    #[error("this person belongs to the business already")]
    MemberAlready,
    #[error("{0}")]
    Password(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// More sign-ins of one person are not kept; the one that is unused for longest ends.
const MOST_SIGN_INS: usize = 50;
/// Longest name, in characters.
const LONGEST_NAME: usize = 100;

impl Accounts {
    /// Reads from the store whether anyone exists, and who has to wait.
    pub fn new(
        store: Store,
        keys: &KeyRing,
        settings: &config::Accounts,
        random: Random,
    ) -> Result<Self, StoreError> {
        let view = store.view()?;
        let set_up = super::store::has_users(&view)?;
        let mut lockout = Lockout::new(settings.lockout_failures, millis(settings.lockout));
        lockout.restore(super::store::failures(&view)?);
        drop(view);
        Ok(Self(Arc::new(Inner {
            store,
            set_up: AtomicBool::new(set_up),
            passwords: Passwords::new(settings.hash_concurrency, random.clone()),
            random,
            access: AccessTokens::new(keys, settings.access),
            refresh: RefreshTokens::new(keys),
            refresh_ms: millis(settings.refresh),
            installation: keys.installation(),
            lockout: Mutex::new(lockout),
        })))
    }

    /// Signs a device in. A wrong password and an unknown account get the same answer after the same time, and the
    /// same waits.
    pub async fn sign_in(
        &self,
        email: &str,
        password: Secret,
        device: &Device,
        now: Time,
    ) -> Result<Granted, AccountsError> {
        let user = store::user_by_email(&self.0.store.view()?, &Email::key_of(email))?;
        let user = self.check_password(email, user, password.clone(), device, now).await?;
        let newer = self.newer_hash(&user, password).await?;
        self.open(user, newer, device, now).await
    }

    /// Continues a sign-in by its refresh token and gives the next one.
    pub async fn refresh(
        &self,
        token: &Secret,
        device: &Device,
        now: Time,
    ) -> Result<Granted, AccountsError> {
        let shown = RefreshTokens::read(token.expose()).ok_or(AccountsError::SignInOver)?;
        let inner = Arc::clone(&self.0);
        let device = device.clone();
        let granted = self.0.store.write(move |tx| inner.refreshed(tx, &shown, &device, now)).await?;
        granted.ok_or(AccountsError::SignInOver)
    }

    /// Ends the sign-in that a refresh token belongs to. A token that is not ours ends nothing, and that is no error:
    /// whoever signs out is out in any case.
    pub async fn sign_out(&self, token: &Secret, now: Time) -> Result<(), AccountsError> {
        let Some(shown) = RefreshTokens::read(token.expose()) else { return Ok(()) };
        let inner = Arc::clone(&self.0);
        self.0
            .store
            .write(move |tx| {
                let Some(sign_in) = store::sign_in(tx, shown.session)? else { return Ok(()) };
                if inner.refresh.judge(&shown, &sign_in, now, inner.refresh_ms).is_some() {
                    end(tx, &sign_in, now)?;
                }
                Ok(())
            })
            .await
    }

    /// Ends the sign-in that an access token belongs to. One that is good for nothing ends nothing, which is no error.
    pub async fn sign_out_by_access(&self, token: &str, now: Time) -> Result<(), AccountsError> {
        match self.person(token, now) {
            Ok(person) => match self.revoke(&person, person.session, now).await {
                Err(AccountsError::NotFound) => Ok(()),
                done => done,
            },
            Err(AccountsError::SignInOver) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Whom an access token speaks for, if its sign-in still stands. Called for every request.
    pub fn person(&self, token: &str, now: Time) -> Result<Person, AccountsError> {
        let claims = self.0.access.check(token, now.timestamp()).map_err(|_| AccountsError::SignInOver)?;
        let (Ok(user), Ok(session)) = (claims.subject.parse(), claims.session.parse()) else {
            return Err(AccountsError::SignInOver);
        };
        let view = self.0.store.view()?;
        let stands =
            store::sign_in(&view, session)?.is_some_and(|found| found.user == user && found.expires_at > now);
        match store::user(&view, user)? {
            Some(found) if stands => Ok(Person {
                user,
                locale: Locale::of_code(&found.locale).unwrap_or_default(),
                name: found.name,
                session,
                expires_at: claims.expires_at.into(),
            }),
            _ => Err(AccountsError::SignInOver),
        }
    }

    /// What a person is told who has just signed in, with the businesses they belong to.
    pub fn welcome(
        &self,
        granted: &Granted,
        businesses: &dyn Businesses,
    ) -> Result<wire::SignedIn, AccountsError> {
        Ok(wire::SignedIn {
            access_token: granted.access.expose().to_owned(),
            expires_at: granted.expires_at,
            user: granted.user.shown(),
            businesses: businesses.of(&self.0.store.view()?, granted.user.id)?,
        })
    }

    pub fn user(&self, id: UserId) -> Result<User, AccountsError> {
        store::user(&self.0.store.view()?, id)?.ok_or(AccountsError::NotFound)
    }

    /// Everyone who can sign in, the first to come first.
    pub fn users(&self) -> Result<Vec<User>, AccountsError> {
        Ok(store::users(&self.0.store.view()?)?)
    }

    /// A person's sign-ins, the last used first.
    pub fn sign_ins(&self, person: &Person, now: Time) -> Result<Vec<wire::Session>, AccountsError> {
        let found = store::sign_ins(&self.0.store.view()?, person.user, now)?;
        Ok(found.iter().map(|sign_in| sign_in.shown(person.session)).collect())
    }

    /// Ends one of the person's own sign-ins, at once.
    pub async fn revoke(&self, person: &Person, session: SessionId, now: Time) -> Result<(), AccountsError> {
        let user = person.user;
        self.0
            .store
            .write(move |tx| {
                let found = store::sign_in(tx, session)?.filter(|sign_in| sign_in.user == user);
                end(tx, &found.ok_or(AccountsError::NotFound)?, now)
            })
            .await
    }

    /// Changes the person's own name or language.
    pub async fn update(
        &self,
        person: &Person,
        change: wire::UpdateUser,
        now: Time,
    ) -> Result<User, AccountsError> {
        let faults: Vec<FieldError> = [
            change.name.as_deref().and_then(|name| name_fault(name, "/name")),
            change.locale.as_deref().and_then(|locale| locale_fault(locale, "/locale")),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !faults.is_empty() {
            return Err(AccountsError::Invalid(faults));
        }
        let id = person.user;
        self.0
            .store
            .write(move |tx| {
                let mut user = store::user(tx, id)?.ok_or(AccountsError::NotFound)?;
                if let Some(name) = &change.name {
                    name.trim().clone_into(&mut user.name);
                }
                if let Some(locale) = &change.locale {
                    user.locale.clone_from(locale);
                }
                user.updated_at = now;
                store::put_user(tx, &user)?;
                tx.change(&actor(&user), now, &AccountChange { user: id, event: AccountEvent::Changed })?;
                Ok(user)
            })
            .await
    }

    /// Adds someone, and does `also` in the same transaction: nobody is added without belonging somewhere.
    pub async fn add<F>(&self, new: NewUser, now: Time, mut also: F) -> Result<User, AccountsError>
    where
        F: FnMut(&mut Tx<'_>, &User) -> Result<(), AccountsError> + Send + 'static,
    {
        let user = self.prepare(new, now).await?;
        let added = self
            .0
            .store
            .write(move |tx| {
                add(tx, &user, &Actor::Program, now)?;
                also(tx, &user)?;
                Ok::<_, AccountsError>(user.clone())
            })
            .await?;
        self.0.set_up.store(true, std::sync::atomic::Ordering::Release);
        Ok(added)
    }

    /// Checks what was typed and hashes the password; nothing is stored.
    pub(super) async fn prepare(&self, new: NewUser, now: Time) -> Result<User, AccountsError> {
        let email = new.check()?;
        let password = self.hash(new.password).await?;
        Ok(User {
            id: UserId::from_uuid(ids::fresh(now)),
            email,
            name: new.name.trim().to_owned(),
            locale: new.locale,
            password,
            password_changed_at: now,
            created_at: now,
            updated_at: now,
        })
    }

    async fn open(
        &self,
        verified: User,
        newer: Option<PasswordHash>,
        device: &Device,
        now: Time,
    ) -> Result<Granted, AccountsError> {
        let inner = Arc::clone(&self.0);
        let device = device.clone();
        self.0
            .store
            .write(move |tx| {
                // The password may have been changed while it was being checked.
                let mut user = store::user(tx, verified.id)?
                    .filter(|user| user.password == verified.password)
                    .ok_or(AccountsError::WrongCredentials)?;
                if let Some(newer) = &newer {
                    user.password = newer.clone();
                    store::put_user(tx, &user)?;
                }
                Ok(inner.begin(tx, user, &device, now)?)
            })
            .await
    }
}

impl Inner {
    /// A new sign-in of `user`.
    pub fn begin(
        &self,
        tx: &mut Tx<'_>,
        user: User,
        device: &Device,
        now: Time,
    ) -> Result<Granted, StoreError> {
        make_room(tx, user.id, now)?;
        let sign_in = SignIn {
            id: SessionId::from_uuid(ids::fresh(now)),
            user: user.id,
            device: device::name(&device.agent),
            ip: device.ip,
            network: device.network,
            created_at: now,
            last_used_at: now,
            expires_at: now.plus_millis(self.refresh_ms),
            salt: Salt::new(&self.random),
            generation: 0,
            rotated_at: now,
        };
        store::put_sign_in(tx, &sign_in)?;
        let event =
            AccountEvent::SignedIn { session: sign_in.id, device: sign_in.device.clone(), ip: sign_in.ip };
        tx.change(&actor(&user), now, &AccountChange { user: user.id, event })?;
        Ok(self.grant(user, &sign_in, now))
    }

    /// `None` where the sign-in is over; what that takes has then been written, so it must not be an error, which
    /// would drop the writes.
    fn refreshed(
        &self,
        tx: &mut Tx<'_>,
        shown: &super::refresh::Presented,
        device: &Device,
        now: Time,
    ) -> Result<Option<Granted>, AccountsError> {
        let Some(sign_in) = store::sign_in(tx, shown.session)? else { return Ok(None) };
        let Some(verdict) = self.refresh.judge(shown, &sign_in, now, self.refresh_ms) else {
            return Ok(None);
        };
        let Some(user) = store::user(tx, sign_in.user)? else { return Ok(None) };
        match verdict {
            Verdict::Next(next) => {
                let next = SignIn { ip: device.ip, network: device.network, ..next };
                store::put_sign_in(tx, &next)?;
                Ok(Some(self.grant(user, &next, now)))
            }
            Verdict::Again => Ok(Some(self.grant(user, &sign_in, now))),
            Verdict::Expired => {
                store::remove_sign_in(tx, &sign_in);
                Ok(None)
            }
            Verdict::Reused => {
                tracing::warn!(user.id = %user.id, client.ip = %device.ip, "a used-up refresh token was shown again");
                store::remove_sign_in(tx, &sign_in);
                let event = AccountEvent::TokenReused { session: sign_in.id, ip: device.ip };
                tx.change(&Actor::Program, now, &AccountChange { user: user.id, event })?;
                Ok(None)
            }
        }
    }

    fn grant(&self, user: User, sign_in: &SignIn, now: Time) -> Granted {
        let access = self.access.issue(&user.id.to_string(), &sign_in.id.to_string(), now.timestamp());
        Granted {
            user,
            session: sign_in.id,
            access: access.text,
            expires_at: access.expires_at.into(),
            refresh: self.refresh.text(sign_in),
            refresh_expires_at: sign_in.expires_at,
        }
    }
}

impl NewUser {
    /// Every fault at once.
    pub(super) fn check(&self) -> Result<Email, AccountsError> {
        let mut faults = Vec::new();
        let email = Email::read(&self.email).map_err(|detail| faults.push(fault("/email", detail)));
        faults.extend(name_fault(&self.name, "/name"));
        faults.extend(locale_fault(&self.locale, "/locale"));
        if let Err(detail) = password_rule::check(self.password.expose(), &[&self.email, &self.name]) {
            faults.push(fault("/password", detail));
        }
        match email {
            Ok(email) if faults.is_empty() => Ok(email),
            _ => Err(AccountsError::Invalid(faults)),
        }
    }
}

/// Stores a new user, unless the e-mail is taken.
pub(super) fn add(tx: &mut Tx<'_>, user: &User, actor: &Actor, now: Time) -> Result<(), AccountsError> {
    if store::is_taken(tx, &user.email)? {
        return Err(AccountsError::EmailTaken);
    }
    store::put_user(tx, user)?;
    tx.change(actor, now, &AccountChange { user: user.id, event: AccountEvent::Added })?;
    Ok(())
}

pub(super) fn actor(user: &User) -> Actor {
    Actor::Person { id: user.id, name: user.name.clone() }
}

pub(super) fn fault(pointer: &str, detail: impl Into<String>) -> FieldError {
    FieldError::new(pointer, detail)
}

fn end(tx: &mut Tx<'_>, sign_in: &SignIn, now: Time) -> Result<(), AccountsError> {
    store::remove_sign_in(tx, sign_in);
    let actor = store::user(tx, sign_in.user)?.map_or(Actor::Program, |user| actor(&user));
    let event = AccountEvent::SignedOut { session: sign_in.id };
    tx.change(&actor, now, &AccountChange { user: sign_in.user, event })?;
    Ok(())
}

/// Removes what has expired, and what is unused for longest where there are too many.
fn make_room(tx: &mut Tx<'_>, user: UserId, now: Time) -> Result<(), StoreError> {
    let (mut standing, expired): (Vec<_>, Vec<_>) =
        store::all_sign_ins(tx, user)?.into_iter().partition(|sign_in| sign_in.expires_at > now);
    standing.sort_by_key(|sign_in| std::cmp::Reverse(sign_in.last_used_at));
    for sign_in in expired.iter().chain(standing.iter().skip(MOST_SIGN_INS - 1)) {
        store::remove_sign_in(tx, sign_in);
    }
    Ok(())
}

fn name_fault(name: &str, pointer: &str) -> Option<FieldError> {
    names::fault(name, LONGEST_NAME).map(|detail| fault(pointer, detail))
}

fn locale_fault(locale: &str, pointer: &str) -> Option<FieldError> {
    Locale::of_code(locale).is_none().then(|| fault(pointer, "must be `en` or `ru`"))
}

fn millis(duration: jiff::SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
