//! Reading and changing customers.

use beseda_wire::customers::{Customer, UpdateCustomer};
use beseda_wire::ids::CustomerId;
use beseda_wire::page::{FieldError, Page};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

use super::store;
use crate::clock::Clock;
use crate::http::caller::BusinessCaller;
use crate::http::json::Json;
use crate::http::paging::{List, Paging};
use crate::http::problem::Problem;
use crate::http::tags::Tag;
use crate::names;

/// Letters of a name, a tag, a field's name.
const NAME: usize = 120;
/// Letters of a field's value.
const VALUE: usize = 2_000;
/// Tags, and fields, of one customer.
const MOST: usize = 100;

pub struct CustomersApi {
    pub clock: Clock,
}

#[OpenApi(tag = "Tag::Customers")]
impl CustomersApi {
    /// Lists customers.
    ///
    /// Those who were there last first; after them those who never were, the newest first. A customer who writes between
    /// two pages moves to the front: those behind are neither repeated nor skipped. `search` looks for letters of the name or e-mail, or at least three digits of the phone.
    #[oai(path = "/customers", method = "get")]
    async fn list(
        &self,
        caller: BusinessCaller,
        list: List,
        search: Query<Option<String>>,
        limit: Query<Option<u32>>,
        cursor: Query<Option<String>>,
    ) -> Result<Json<Page<Customer>>, Problem> {
        let paging = Paging::read::<store::Place>(list, limit.0, cursor.0.as_deref())?;
        let search = search.0.unwrap_or_default();
        let rows = store::page(&caller.business.store.view()?, &search, paging.after, paging.rows())?;
        Ok(paging.page(rows, |row| (store::place(&row), row.wire())))
    }

    /// Reads a customer.
    #[oai(path = "/customers/:id", method = "get")]
    async fn read(&self, caller: BusinessCaller, id: Path<CustomerId>) -> Result<Json<Customer>, Problem> {
        let found = store::get(&caller.business.store.view()?, id.0)?;
        found.map(|row| Json(row.wire())).ok_or_else(|| Problem::not_found("customer"))
    }

    /// Changes a customer.
    ///
    /// Fields that are absent stay as they are; tags and fields are replaced as a whole. Of tags that differ in nothing but
    /// case the first is kept. An empty `email` takes the one that is known away; names and tags have at least one character.
    #[oai(path = "/customers/:id", method = "patch")]
    async fn update(
        &self,
        caller: BusinessCaller,
        id: Path<CustomerId>,
        update: Json<UpdateCustomer>,
    ) -> Result<Json<Customer>, Problem> {
        let update = checked(update.0)?;
        let (id, now, actor) = (id.0, self.clock.now().into(), caller.actor());
        let answer = caller
            .business
            .store
            .write(move |tx| {
                let Some(before) = store::get(tx, id)? else { return Ok(None) };
                let mut after = before.clone();
                after.apply(&update, now);
                if after != before {
                    store::put(tx, Some(&before), &after, &actor, now)?;
                }
                Ok::<_, crate::store::StoreError>(Some(after.wire()))
            })
            .await?;
        answer.map(Json).ok_or_else(|| Problem::not_found("customer"))
    }
}

/// Says what is wrong with a text of at most so many letters.
type Fault = fn(&str, usize) -> Option<String>;

/// An update whose texts are trimmed and within their lengths.
fn checked(mut update: UpdateCustomer) -> Result<UpdateCustomer, Problem> {
    let mut errors = Vec::new();
    let mut check = |pointer: String, text: &mut String, fault: Fault, most: usize| {
        *text = text.trim().to_owned();
        errors.extend(fault(text, most).map(|detail| FieldError::new(pointer, detail)));
    };
    if let Some(name) = &mut update.name {
        check("/name".to_owned(), name, names::fault, NAME);
    }
    if let Some(email) = &mut update.email {
        check("/email".to_owned(), email, names::line_fault, NAME);
    }
    for (index, tag) in update.tags.iter_mut().flatten().enumerate() {
        check(format!("/tags/{index}"), tag, names::fault, NAME);
    }
    for (index, field) in update.fields.iter_mut().flatten().enumerate() {
        check(format!("/fields/{index}/name"), &mut field.name, names::fault, NAME);
        check(format!("/fields/{index}/value"), &mut field.value, names::line_fault, VALUE);
    }
    for (pointer, count) in [
        ("/tags", update.tags.as_ref().map_or(0, Vec::len)),
        ("/fields", update.fields.as_ref().map_or(0, Vec::len)),
    ] {
        if count > MOST {
            errors.push(FieldError::new(pointer, format!("must be at most {MOST}")));
        }
    }
    if update.email.as_ref().is_some_and(|email| !email.is_empty() && !email.contains('@')) {
        errors.push(FieldError::new("/email", "must be an e-mail address"));
    }
    if errors.is_empty() { Ok(update) } else { Err(Problem::invalid(errors)) }
}
