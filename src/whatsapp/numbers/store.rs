//! Keys of numbers: records in the business's store, routes in the platform's.

use beseda_wire::ids::NumberId;
use beseda_wire::time::Time;

use super::channels::Rejected;
use super::{Number, NumberChanged, Route};
use crate::store::{Actor, Order, Read, StoreError, Table, Tx};

const NUMBERS: Table<NumberId, Number> = Table::new(20, "numbers");
/// Which number a phone number id of Meta's is or was: connected again after it was removed it is the same one, with its
/// conversations.
const IDS: Table<String, NumberId> = Table::new(24, "number_ids");
/// In the platform's store, by Meta's phone number id.
const ROUTES: Table<String, Route> = Table::new(130, "number_routes");

/// In the platform's store: strangers must not have a business's opened.
const REJECTED: Table<String, Rejected> = Table::new(131, "number_rejected");
/// Of those that named no number.
const REJECTED_NAMELESS: Table<(), Rejected> = Table::new(132, "nameless_rejected");

pub fn rejected(platform: &dyn Read, phone_number_id: &str) -> Result<Option<Rejected>, StoreError> {
    REJECTED.get(platform, &phone_number_id.to_owned())
}

pub fn rejected_nameless(platform: &dyn Read) -> Result<Option<Rejected>, StoreError> {
    REJECTED_NAMELESS.get(platform, &())
}

/// Keeps counts of webhooks that were refused, of those numbers that are connected still, and of none.
pub fn put_rejected(
    platform: &mut Tx<'_>,
    counts: &[(String, Rejected)],
    nameless: Option<&Rejected>,
) -> Result<(), StoreError> {
    if let Some(rejected) = nameless {
        REJECTED_NAMELESS.put(platform, &(), rejected)?;
    }
    for (id, rejected) in counts {
        if ROUTES.contains(platform, id)? {
            REJECTED.put(platform, id, rejected)?;
        }
    }
    Ok(())
}

pub fn get(from: &dyn Read, id: NumberId) -> Result<Option<Number>, StoreError> {
    NUMBERS.get(from, &id)
}

/// The business's numbers, the oldest first.
pub fn all(from: &dyn Read) -> Result<Vec<Number>, StoreError> {
    let rows = NUMBERS.rows(from, &(), None, Order::Ascending, usize::MAX)?;
    Ok(rows.into_iter().map(|(_, number)| number).collect())
}

pub fn put(tx: &mut Tx<'_>, number: &Number, actor: &Actor, now: Time) -> Result<(), StoreError> {
    NUMBERS.put(tx, &number.id, number)?;
    keep_id(tx, number)?;
    tx.change(actor, now, &NumberChanged { id: number.id })
}

/// The number that has this phone number id of Meta's, or had it before it was removed.
pub fn id_of(from: &dyn Read, phone_number_id: &str) -> Result<Option<NumberId>, StoreError> {
    IDS.get(from, &phone_number_id.to_owned())
}

fn keep_id(tx: &mut Tx<'_>, number: &Number) -> Result<(), StoreError> {
    if IDS.get(tx, &number.phone_number_id)? == Some(number.id) {
        return Ok(());
    }
    IDS.put(tx, &number.phone_number_id, &number.id)
}

pub fn remove(tx: &mut Tx<'_>, id: NumberId, actor: &Actor, now: Time) -> Result<(), StoreError> {
    // One of before its id was kept.
    if let Some(number) = NUMBERS.get(tx, &id)? {
        keep_id(tx, &number)?;
    }
    NUMBERS.remove(tx, &id);
    tx.change(actor, now, &NumberChanged { id })
}

pub fn route(platform: &dyn Read, phone_number_id: &str) -> Result<Option<Route>, StoreError> {
    ROUTES.get(platform, &phone_number_id.to_owned())
}

pub fn routes(platform: &dyn Read) -> Result<Vec<Route>, StoreError> {
    let rows = ROUTES.rows(platform, &(), None, Order::Ascending, usize::MAX)?;
    Ok(rows.into_iter().map(|(_, route)| route).collect())
}

/// Leads a number's webhooks to its business, unless they lead to another: then false.
pub fn claim(platform: &mut Tx<'_>, route: &Route) -> Result<bool, StoreError> {
    if ROUTES.get(platform, &route.phone_number_id)?.is_some_and(|known| known.business != route.business) {
        return Ok(false);
    }
    ROUTES.put(platform, &route.phone_number_id, route)?;
    // With another secret other signatures are wrong.
    REJECTED.remove(platform, &route.phone_number_id);
    Ok(true)
}

pub fn remove_route(platform: &mut Tx<'_>, phone_number_id: &str) {
    ROUTES.remove(platform, &phone_number_id.to_owned());
    REJECTED.remove(platform, &phone_number_id.to_owned());
}
