//! The list of customers: who was there last stands first, page by page.

use super::*;
use crate::store::{Migration, Schema, Store};

const FIRST: Schema = Schema { what: "the test store", migrations: &[] };
const SECOND: Schema =
    Schema { what: "the test store", migrations: &[Migration { to: 2, run: super::index_seen }] };

fn at(seconds: i64) -> Time {
    Time::from_seconds(seconds)
}

/// A customer whose record was made at a second, and who was there at another.
fn customer(made: i64, seen: Option<i64>) -> Customer {
    let id = CustomerId::from_uuid(uuid::Uuid::from_u128(made.unsigned_abs().into()));
    Customer { last_seen_at: seen.map(at), name: Some(format!("c{made}")), ..Customer::new(id, at(made)) }
}

fn put(tx: &mut Tx<'_>, before: Option<&Customer>, after: &Customer) -> Result<(), StoreError> {
    super::put(tx, before, after, &Actor::Program, at(99))
}

fn names(found: &[Customer]) -> Vec<&str> {
    found.iter().filter_map(|customer| customer.name.as_deref()).collect()
}

#[tokio::test]
async fn who_was_there_last_stands_first_and_pages_neither_repeat_nor_skip() {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(&home.path().join("store.redb"), 1 << 20, &FIRST).unwrap();
    let people = [
        customer(1, Some(50)),
        customer(2, None),
        customer(3, Some(10)),
        customer(4, None),
        customer(5, Some(50)),
        customer(6, Some(30)),
    ];
    let rest = people.clone();
    store.write(move |tx| rest.iter().try_for_each(|one| put(tx, None, one))).await.unwrap();
    let whole = page(&store.view().unwrap(), "", None, 10).unwrap();
    assert_eq!(names(&whole), ["c5", "c1", "c6", "c3", "c4", "c2"]);
    assert_eq!(names(&page(&store.view().unwrap(), "C1", None, 10).unwrap()), ["c1"]);

    // After the first page somebody behind it writes, and somebody on it writes again.
    let first = page(&store.view().unwrap(), "", None, 3).unwrap();
    let (third, sixth) = (people[2].clone(), people[5].clone());
    store
        .write(move |tx| {
            put(tx, Some(&third), &Customer { last_seen_at: Some(at(70)), ..third.clone() })?;
            put(tx, Some(&sixth), &Customer { last_seen_at: Some(at(80)), ..sixth.clone() })
        })
        .await
        .unwrap();
    let rest = page(&store.view().unwrap(), "", first.last().map(place), 10).unwrap();
    assert_eq!(names(&rest), ["c4", "c2"]);
    let whole = page(&store.view().unwrap(), "", None, 10).unwrap();
    assert_eq!(names(&whole), ["c6", "c3", "c5", "c1", "c4", "c2"]);

    // Of two records that become one, one place is left: that of the later visit.
    let (from, into) = (people[0].clone(), people[1].clone());
    store.write(move |tx| merge(tx, from.clone(), &into, &Actor::Program, at(99))).await.unwrap();
    let whole = page(&store.view().unwrap(), "", None, 10).unwrap();
    assert_eq!(names(&whole), ["c6", "c3", "c5", "c2", "c4"]);
}

#[tokio::test]
async fn records_of_before_the_list_get_their_places() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("store.redb");
    let store = Store::open(&file, 1 << 20, &FIRST).unwrap();
    store
        .write(|tx| {
            for one in [customer(1, Some(50)), customer(2, None), customer(3, Some(60))] {
                CUSTOMERS.put(tx, &one.id, &one)?;
            }
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    assert!(page(&store.view().unwrap(), "", None, 10).unwrap().is_empty());
    store.close();

    let store = Store::open(&file, 1 << 20, &SECOND).unwrap();
    let whole = page(&store.view().unwrap(), "", None, 10).unwrap();
    assert_eq!(names(&whole), ["c3", "c1", "c2"]);
    store.close();
}
