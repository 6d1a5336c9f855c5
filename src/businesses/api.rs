//! A person's businesses.

use std::sync::Arc;

use beseda_wire::businesses::{Membership, NewBusiness};
use beseda_wire::page::Page;
use poem_openapi::OpenApi;

use super::service::{self, BusinessError};
use super::store;
use crate::clock::Clock;
use crate::http::caller::PersonCaller;
use crate::http::json::{Created, Json};
use crate::http::problem::Problem;
use crate::http::tags::Tag;
use crate::store::Stores;

pub struct BusinessesApi {
    pub stores: Arc<Stores>,
    pub clock: Clock,
}

#[OpenApi(tag = "Tag::Businesses")]
impl BusinessesApi {
    /// Lists your businesses, with your role in each.
    #[oai(path = "/businesses", method = "get")]
    async fn list(&self, caller: PersonCaller) -> Result<Json<Page<Membership>>, Problem> {
        let items = store::memberships(&self.stores.platform().view()?, caller.user_id)?;
        Ok(Json(Page { items, next: None }))
    }

    /// Makes a business.
    ///
    /// You become its owner.
    #[oai(path = "/businesses", method = "post")]
    async fn create(
        &self,
        caller: PersonCaller,
        new: Json<NewBusiness>,
    ) -> Result<Created<Membership>, Problem> {
        let (user, now) = (caller.user_id, self.clock.now().into());
        let write = move |tx: &mut crate::store::Tx<'_>| service::create(tx, &new.0, user, now);
        Ok(Created(self.stores.platform().write(write).await?))
    }
}

impl From<BusinessError> for Problem {
    fn from(error: BusinessError) -> Self {
        match error {
            BusinessError::Store(error) => error.into(),
            BusinessError::Invalid(errors) => Self::invalid(errors),
        }
    }
}
