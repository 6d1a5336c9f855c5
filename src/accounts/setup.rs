//! The first owner: how a program that belongs to nobody gets one.
//!
//! While there is nobody, each start prints an address with a one-time token. Whoever opens it within half an hour
//! becomes the owner; a newer token replaces the older, and one that was found expired is removed: it does not come alive
//! again when the clock is set back. There is no default password at any time.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use beseda_wire::accounts::{InvitationShown, Setup};
use beseda_wire::businesses::{Membership, NewBusiness};
use beseda_wire::ids::UserId;
use beseda_wire::page::FieldError;
use beseda_wire::time::Time;

use super::model::SetupToken;
use super::service::{actor, add};
use super::{Accounts, AccountsError, Device, Granted, NewUser, User, store};
use crate::crypto::{OpaqueToken, Secret, TokenHash, constant_time_eq};
use crate::store::{Read, StoreError, Tx};

/// What signing in must know of businesses, which lie below this domain and give it themselves.
pub trait Businesses: Send + Sync + 'static {
    /// What is wrong with a business that is to be made; the pointers are those of [`NewBusiness`].
    fn faults(&self, new: &NewBusiness) -> Vec<FieldError>;

    /// Makes it, with its owner.
    fn create(
        &self,
        tx: &mut Tx<'_>,
        new: &NewBusiness,
        owner: UserId,
        now: Time,
    ) -> Result<Membership, AccountsError>;

    /// What the invitation with this token says, while it stands.
    fn invitation(
        &self,
        from: &dyn Read,
        token: TokenHash,
        now: Time,
    ) -> Result<Option<InvitationShown>, StoreError>;

    /// Uses that invitation up: `user` belongs to its business from now on.
    fn join(
        &self,
        tx: &mut Tx<'_>,
        token: TokenHash,
        user: &User,
        now: Time,
    ) -> Result<Membership, AccountsError>;

    /// Where a person belongs.
    fn of(&self, from: &dyn Read, user: UserId) -> Result<Vec<Membership>, StoreError>;
}

/// What the setup address ends with.
#[derive(Debug)]
pub struct SetupLink {
    pub token: Secret,
    pub expires_at: Time,
}

/// How long a setup address works: long enough to find it in a log, too short to be found in an old one.
const LIFETIME_MS: i64 = 30 * 60 * 1_000;

impl Accounts {
    /// Whether the first owner exists. Called for every request.
    pub fn is_set_up(&self) -> bool {
        self.0.set_up.load(Ordering::Acquire)
    }

    /// A short name of this installation, which never changes.
    pub fn installation(&self) -> &str {
        &self.0.installation
    }

    /// A new setup token in place of any older one; `None` when the first owner exists.
    pub async fn setup_link(&self, now: Time) -> Result<Option<SetupLink>, AccountsError> {
        let OpaqueToken { text, hash } = OpaqueToken::generate(&self.0.random);
        let expires_at = now.plus_millis(LIFETIME_MS);
        let made = self
            .0
            .store
            .write(move |tx| {
                if store::has_users(tx)? {
                    return Ok::<_, AccountsError>(false);
                }
                store::put_setup_token(tx, &SetupToken { hash, expires_at })?;
                Ok(true)
            })
            .await?;
        Ok(made.then_some(SetupLink { token: text, expires_at }))
    }

    /// Whether this is the token of the setup address, and it still works. It is not used up.
    pub async fn check_setup_token(&self, shown: &str, now: Time) -> Result<(), AccountsError> {
        let checked = check_token(&self.0.store.view()?, TokenHash::of(shown), now);
        if matches!(checked, Err(AccountsError::SetupToken)) {
            self.remove_expired_token(now).await?;
        }
        checked
    }

    /// Makes the first owner with the first business, and signs them in.
    pub async fn set_up(
        &self,
        setup: Setup,
        device: &Device,
        businesses: Arc<dyn Businesses>,
        now: Time,
    ) -> Result<Granted, AccountsError> {
        let hash = TokenHash::of(&setup.token);
        // Looked at before the work of hashing, so that nobody without the token can order that work.
        self.check_setup_token(&setup.token, now).await?;

        let business = NewBusiness {
            name: setup.business_name,
            time_zone: setup.time_zone,
            locale: setup.locale.clone(),
        };
        let person = NewUser {
            email: setup.email,
            name: setup.name,
            locale: setup.locale,
            password: Secret::new(setup.password),
        };
        check_fields(&person, &businesses.faults(&business))?;
        let user = self.prepare(person, now).await?;

        let inner = Arc::clone(&self.0);
        let device = device.clone();
        let granted = self
            .0
            .store
            .write(move |tx| {
                check_token(tx, hash, now)?;
                store::remove_setup_token(tx);
                add(tx, &user, &actor(&user), now)?;
                businesses.create(tx, &business, user.id, now)?;
                Ok::<_, AccountsError>(inner.begin(tx, user.clone(), &device, now)?)
            })
            .await?;
        self.0.set_up.store(true, Ordering::Release);
        Ok(granted)
    }

    async fn remove_expired_token(&self, now: Time) -> Result<(), StoreError> {
        if store::setup_token(&self.0.store.view()?)?.is_none_or(|token| token.expires_at > now) {
            return Ok(());
        }
        self.0
            .store
            .write(move |tx| {
                if store::setup_token(tx)?.is_some_and(|token| token.expires_at <= now) {
                    store::remove_setup_token(tx);
                }
                Ok(())
            })
            .await
    }
}

fn check_token(from: &dyn Read, shown: TokenHash, now: Time) -> Result<(), AccountsError> {
    if store::has_users(from)? {
        return Err(AccountsError::SetUpAlready);
    }
    match store::setup_token(from)? {
        Some(token)
            if constant_time_eq(token.hash.as_bytes(), shown.as_bytes()) && token.expires_at > now =>
        {
            Ok(())
        }
        _ => Err(AccountsError::SetupToken),
    }
}

/// The faults of the person and of the business together, under the names that the form has for them.
fn check_fields(person: &NewUser, of_business: &[FieldError]) -> Result<(), AccountsError> {
    let mut faults = match person.check() {
        Ok(_) => Vec::new(),
        Err(AccountsError::Invalid(faults)) => faults,
        Err(other) => return Err(other),
    };
    for fault in of_business {
        let pointer = if fault.pointer == "/name" { "/business_name" } else { &fault.pointer };
        // One field gives the language of both.
        if faults.iter().all(|known| known.pointer != pointer) {
            faults.push(FieldError::new(pointer, fault.detail.clone()));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(AccountsError::Invalid(faults)) }
}
