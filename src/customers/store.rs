//! Keys and indexes of customers.

use std::ops::ControlFlow;

use beseda_wire::ids::CustomerId;
use beseda_wire::time::Time;

use super::model::phone_key;
use super::{Bsuid, Customer, CustomerChanged, Identity, Phone};
use crate::ids;
use crate::store::{Actor, Order, Read, StoreError, Table, Tx};

const CUSTOMERS: Table<CustomerId, Customer> = Table::new(10, "customers");
/// By the canonical number, under which every way of writing one phone is the same.
const BY_PHONE: Table<String, CustomerId> = Table::new(11, "customers_by_phone");
const BY_BSUID: Table<String, CustomerId> = Table::new(12, "customers_by_bsuid");

pub fn get(from: &dyn Read, id: CustomerId) -> Result<Option<Customer>, StoreError> {
    CUSTOMERS.get(from, &id)
}

pub fn by_phone(from: &dyn Read, phone: &Phone) -> Result<Option<CustomerId>, StoreError> {
    BY_PHONE.get(from, &phone_key(phone))
}

pub fn by_bsuid(from: &dyn Read, bsuid: &Bsuid) -> Result<Option<CustomerId>, StoreError> {
    BY_BSUID.get(from, &bsuid.to_string())
}

/// Keeps a customer and the indexes of it; `before` is what was stored.
pub fn put(
    tx: &mut Tx<'_>,
    before: Option<&Customer>,
    customer: &Customer,
    actor: &Actor,
    now: Time,
) -> Result<(), StoreError> {
    let phone = customer.phone_key();
    let old_phone = before.and_then(Customer::phone_key);
    reindex(tx, &BY_PHONE, old_phone, phone, customer.id)?;
    let old_bsuid = before.and_then(|before| before.bsuid.as_ref().map(ToString::to_string));
    let bsuid = customer.bsuid.as_ref().map(ToString::to_string);
    reindex(tx, &BY_BSUID, old_bsuid, bsuid, customer.id)?;
    CUSTOMERS.put(tx, &customer.id, customer)?;
    tx.change(actor, now, &CustomerChanged { id: customer.id })
}

/// Finds the customer a webhook speaks of, or makes one; learns what is new. Also says whether it is new.
///
/// The BSUID wins over the phone: it belongs to one account, while a phone may have passed to another
/// person. A phone that another customer holds stays theirs until WhatsApp says it changed hands.
pub fn identify(
    tx: &mut Tx<'_>,
    identity: &Identity,
    actor: &Actor,
    now: Time,
) -> Result<(Customer, bool), StoreError> {
    let by_bsuid = match &identity.bsuid {
        Some(bsuid) => by_bsuid(tx, bsuid)?,
        None => None,
    };
    let by_phone = match &identity.phone {
        Some(phone) => by_phone(tx, phone)?,
        None => None,
    };
    let found = match by_bsuid.or(by_phone) {
        Some(id) => get(tx, id)?,
        None => None,
    };
    let Some(before) = found else {
        let id = CustomerId::from_uuid(ids::fresh(now));
        let mut customer = Customer {
            id,
            name: None,
            profile_name: None,
            phone: None,
            bsuid: None,
            parent_bsuid: None,
            username: None,
            email: None,
            tags: Vec::new(),
            fields: Vec::new(),
            no_marketing_since: None,
            unreachable_since: None,
            created_at: now,
            last_seen_at: None,
        };
        customer.learn(identity);
        let actor =
            if matches!(actor, Actor::Customer { .. }) { Actor::Customer { id } } else { actor.clone() };
        put(tx, None, &customer, &actor, now)?;
        return Ok((customer, true));
    };
    let mut customer = before.clone();
    let mut told = identity.clone();
    if by_phone.is_some_and(|holder| holder != customer.id) {
        told.phone = None;
    }
    // The same number written another way (Brazil's ninth digit) is not a change.
    if let (Some(known), Some(phone)) = (&customer.phone, &told.phone)
        && phone_key(known) == phone_key(phone)
    {
        told.phone = None;
    }
    if customer.learn(&told) {
        put(tx, Some(&before), &customer, actor, now)?;
    }
    Ok((customer, false))
}

/// The customers newest first, beyond `after`, whose name, phone or e-mail holds `search`.
pub fn page(
    from: &dyn Read,
    search: &str,
    after: Option<CustomerId>,
    limit: usize,
) -> Result<Vec<Customer>, StoreError> {
    let search = search.trim().to_lowercase();
    let mut found = Vec::new();
    CUSTOMERS.visit(from, &(), after.as_ref(), Order::Descending, |_, customer| {
        if matches(&customer, &search) {
            found.push(customer);
        }
        if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(found)
}

/// Whether a customer is meant by a few letters or digits, which are in lower case.
pub fn matches(customer: &Customer, search: &str) -> bool {
    let digits: String = search.chars().filter(char::is_ascii_digit).collect();
    search.is_empty()
        || customer.shown_name().to_lowercase().contains(search)
        || customer.email.as_ref().is_some_and(|email| email.to_lowercase().contains(search))
        || (digits.len() >= 3
            && customer.phone.as_ref().is_some_and(|phone| phone.to_string().contains(&digits)))
}

fn reindex(
    tx: &mut Tx<'_>,
    index: &Table<String, CustomerId>,
    before: Option<String>,
    after: Option<String>,
    id: CustomerId,
) -> Result<(), StoreError> {
    if before == after {
        return Ok(());
    }
    if let Some(before) = before
        && index.get(tx, &before)? == Some(id)
    {
        index.remove(tx, &before);
    }
    if let Some(after) = after {
        index.put(tx, &after, &id)?;
    }
    Ok(())
}
