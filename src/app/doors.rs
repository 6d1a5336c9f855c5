//! Who is let in where: the answers that `http` asks for, from accounts and businesses.

use std::sync::Arc;

use beseda_wire::businesses::Role;
use beseda_wire::ids::BusinessId;

use crate::accounts::{Accounts, AccountsError};
use crate::businesses;
use crate::clock::Clock;
use crate::http::caller::{Authenticator, Denied, PersonCaller};
use crate::store::{BusinessStore, Store, Stores};

/// Tells callers from strangers.
pub struct Doors {
    pub accounts: Accounts,
    pub stores: Arc<Stores>,
    pub clock: Clock,
}

impl Authenticator for Doors {
    fn person(&self, token: &str) -> Result<PersonCaller, Denied> {
        match self.accounts.person(token, self.clock.now().into()) {
            Ok(person) => Ok(PersonCaller {
                user_id: person.user,
                name: person.name,
                locale: person.locale,
                session_id: person.session,
                expires_at: person.expires_at,
            }),
            Err(AccountsError::Store(error)) => Err(Denied::Store(error)),
            Err(_) => Err(Denied::Token),
        }
    }

    fn business(
        &self,
        person: &PersonCaller,
        wanted: Option<BusinessId>,
    ) -> Result<(Role, Arc<BusinessStore>), Denied> {
        let platform = self.stores.platform().view()?;
        let (id, role) = if let Some(id) = wanted {
            let role = businesses::store::role(&platform, id, person.user_id)?;
            (id, role.ok_or(Denied::NoBusiness)?)
        } else {
            let mut all = businesses::store::memberships(&platform, person.user_id)?.into_iter();
            all.next().map(|first| (first.id, first.role)).ok_or(Denied::NoBusiness)?
        };
        Ok((role, self.stores.business(id, self.clock.now().into())?))
    }

    fn platform(&self) -> Option<&Store> {
        Some(self.stores.platform())
    }

    fn set_up(&self) -> bool {
        self.accounts.is_set_up()
    }
}
