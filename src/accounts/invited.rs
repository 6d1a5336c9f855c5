//! Somebody who was invited: their account is made, and they are signed in, in one step.
//!
//! Not here: what an invitation is and who may make one, which lies below, in `businesses/`; and joining with an account
//! that is there already, which needs nothing of this.

use std::sync::Arc;

use beseda_wire::accounts::{AcceptInvitation, InvitationShown};
use beseda_wire::time::Time;

use super::service::{actor, add};
use super::{Accounts, AccountsError, Businesses, Device, Granted, NewUser};
use crate::crypto::{Secret, TokenHash};

impl Accounts {
    /// What the holder of an invitation's address may know of it.
    pub fn invitation(
        &self,
        token: &str,
        businesses: &dyn Businesses,
        now: Time,
    ) -> Result<InvitationShown, AccountsError> {
        let view = self.0.store.view()?;
        businesses.invitation(&view, TokenHash::of(token), now)?.ok_or(AccountsError::InvitationOver)
    }

    /// Makes the account for an invitation, and signs it in.
    pub async fn accept(
        &self,
        accept: AcceptInvitation,
        device: &Device,
        businesses: Arc<dyn Businesses>,
        now: Time,
    ) -> Result<Granted, AccountsError> {
        let token = TokenHash::of(&accept.token);
        // Looked at before the work of hashing, so that nobody without an invitation can order that work.
        let invitation = self.invitation(&accept.token, &*businesses, now)?;
        if invitation.has_account {
            return Err(AccountsError::EmailTaken);
        }
        let person = NewUser {
            email: invitation.email,
            name: accept.name,
            locale: accept.locale,
            password: Secret::new(accept.password),
        };
        let user = self.prepare(person, now).await?;
        let inner = Arc::clone(&self.0);
        let device = device.clone();
        self.0
            .store
            .write(move |tx| {
                add(tx, &user, &actor(&user), now)?;
                businesses.join(tx, token, &user, now)?;
                Ok::<_, AccountsError>(inner.begin(tx, user.clone(), &device, now)?)
            })
            .await
    }
}
