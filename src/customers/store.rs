//! Keys and indexes of customers.

use std::ops::ControlFlow;

use beseda_wire::ids::CustomerId;
use beseda_wire::time::Time;

use super::model::phone_key;
use super::{Bsuid, Customer, CustomerChanged, CustomersMerged, Phone};
use crate::store::{Actor, Order, Progress, Read, StoreError, Table, Tx};

const CUSTOMERS: Table<CustomerId, Customer> = Table::new(10, "customers");
/// By the canonical number, under which every way of writing one phone is the same.
const BY_PHONE: Table<String, CustomerId> = Table::new(11, "customers_by_phone");
const BY_BSUID: Table<String, CustomerId> = Table::new(12, "customers_by_bsuid");

/// By the ids that records had before they were found to be another record's person.
const MERGED: Table<CustomerId, CustomerId> = Table::new(13, "customers_merged");
const BY_PARENT: Table<String, CustomerId> = Table::new(14, "customers_by_parent_bsuid");
const BY_OTHER: Table<String, CustomerId> = Table::new(15, "customers_by_other_id");
const BY_USERNAME: Table<String, CustomerId> = Table::new(16, "customers_by_username");

/// By when they were there last, for the list.
const BY_SEEN: Table<Place, ()> = Table::new(17, "customers_by_seen");

/// A customer's place in the list: when they were there last, and the record's id, which begins with when it was made.
pub type Place = (Time, CustomerId);

/// Where a customer stands in the list. Who was never there comes after everybody who was.
pub fn place(customer: &Customer) -> Place {
    (customer.last_seen_at.unwrap_or(Time::from_millis(i64::MIN)), customer.id)
}

/// A customer. The id of a record that was merged into another one leads there.
pub fn get(from: &dyn Read, id: CustomerId) -> Result<Option<Customer>, StoreError> {
    match CUSTOMERS.get(from, &id)? {
        Some(customer) => Ok(Some(customer)),
        None => match MERGED.get(from, &id)? {
            Some(_) => CUSTOMERS.get(from, &survivor(from, id)?),
            None => Ok(None),
        },
    }
}

/// The id under which a customer is found now.
pub fn survivor(from: &dyn Read, id: CustomerId) -> Result<CustomerId, StoreError> {
    let mut id = id;
    // Each step leads to a record that outlived the one before, so this ends.
    while let Some(next) = MERGED.get(from, &id)? {
        id = next;
    }
    Ok(id)
}

pub fn by_phone(from: &dyn Read, phone: &Phone) -> Result<Option<CustomerId>, StoreError> {
    BY_PHONE.get(from, &phone_key(phone))
}

/// Also by a user id that the customer had before.
pub fn by_bsuid(from: &dyn Read, bsuid: &Bsuid) -> Result<Option<CustomerId>, StoreError> {
    BY_BSUID.get(from, &bsuid.to_string())
}

pub fn by_parent_bsuid(from: &dyn Read, bsuid: &Bsuid) -> Result<Option<CustomerId>, StoreError> {
    BY_PARENT.get(from, &bsuid.to_string())
}

pub fn by_other_id(from: &dyn Read, id: &str) -> Result<Option<CustomerId>, StoreError> {
    BY_OTHER.get(from, &id.to_owned())
}

pub fn by_username(from: &dyn Read, username: &str) -> Result<Option<CustomerId>, StoreError> {
    BY_USERNAME.get(from, &username_key(username))
}

/// Keeps a customer and the indexes of it; `before` is what was stored.
pub fn put(
    tx: &mut Tx<'_>,
    before: Option<&Customer>,
    customer: &Customer,
    actor: &Actor,
    now: Time,
) -> Result<(), StoreError> {
    reindex(tx, before, Some(customer), customer.id)?;
    CUSTOMERS.put(tx, &customer.id, customer)?;
    tx.change(actor, now, &CustomerChanged::between(before, customer))
}

/// Makes two records one: `into` takes everything over, and the id of `from` leads to it from now on.
pub fn merge(
    tx: &mut Tx<'_>,
    from: Customer,
    into: &Customer,
    actor: &Actor,
    now: Time,
) -> Result<Customer, StoreError> {
    let (from_id, into_id) = (from.id, into.id);
    reindex(tx, Some(&from), None, from_id)?;
    CUSTOMERS.remove(tx, &from_id);
    MERGED.put(tx, &from_id, &into_id)?;
    let mut whole = into.clone();
    whole.absorb(from);
    put(tx, Some(into), &whole, actor, now)?;
    tx.change(actor, now, &CustomersMerged { from: from_id, into: into_id })?;
    Ok(whole)
}

/// The customers, those who were there last first, beyond `after`, whose name, phone or e-mail holds `search`.
pub fn page(
    from: &dyn Read,
    search: &str,
    after: Option<Place>,
    limit: usize,
) -> Result<Vec<Customer>, StoreError> {
    let search = search.trim().to_lowercase();
    let (mut found, mut failed) = (Vec::new(), None);
    BY_SEEN.visit(from, &(), after.as_ref(), Order::Descending, |(_, id), ()| {
        match CUSTOMERS.get(from, &id) {
            Ok(Some(customer)) if matches(&customer, &search) => found.push(customer),
            Ok(_) => {}
            Err(error) => {
                failed = Some(error);
                return ControlFlow::Break(());
            }
        }
        if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    failed.map_or(Ok(found), Err)
}

/// Gives the records of before there was a list by last visit their places in it.
pub fn index_seen(tx: &mut Tx<'_>) -> Result<Progress, StoreError> {
    let mut places = Vec::new();
    CUSTOMERS.visit(tx, &(), None, Order::Ascending, |_, customer| {
        places.push(place(&customer));
        ControlFlow::Continue(())
    })?;
    places.iter().try_for_each(|place| BY_SEEN.put(tx, place, &()))?;
    Ok(Progress::Done)
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

/// Moves a record's entries in every index from what it said to what it says.
fn reindex(
    tx: &mut Tx<'_>,
    before: Option<&Customer>,
    after: Option<&Customer>,
    id: CustomerId,
) -> Result<(), StoreError> {
    type Keys = fn(&Customer) -> Vec<String>;
    let indexes: [(&Table<String, CustomerId>, Keys); 5] = [
        (&BY_PHONE, |customer| customer.phone_key().into_iter().collect()),
        (&BY_BSUID, |customer| {
            customer.bsuid.iter().chain(&customer.former_bsuids).map(ToString::to_string).collect()
        }),
        (&BY_PARENT, |customer| customer.parent_bsuid.iter().map(ToString::to_string).collect()),
        (&BY_OTHER, |customer| customer.other_id.iter().cloned().collect()),
        (&BY_USERNAME, |customer| customer.username.iter().map(|name| username_key(name)).collect()),
    ];
    let (was, is) = (before.map(place), after.map(place));
    if was != is {
        if let Some(was) = &was {
            BY_SEEN.remove(tx, was);
        }
        if let Some(is) = &is {
            BY_SEEN.put(tx, is, &())?;
        }
    }
    for (index, keys) in indexes {
        let (old, new) = (before.map(keys).unwrap_or_default(), after.map(keys).unwrap_or_default());
        for key in &old {
            // An entry that leads to somebody else was taken over and is theirs.
            if !new.contains(key) && index.get(tx, key)? == Some(id) {
                index.remove(tx, key);
            }
        }
        for key in &new {
            if !old.contains(key) {
                index.put(tx, key, &id)?;
            }
        }
    }
    Ok(())
}

fn username_key(username: &str) -> String {
    username.trim_start_matches('@').to_lowercase()
}

#[cfg(test)]
mod tests;
