//! Counts, and the places that Meta's ids lead to.

use uuid::Uuid;

use super::*;
use crate::store::{Migration, Schema, Store};

const BEFORE: Schema = Schema { what: "the test store", migrations: &[] };
const AFTER: Schema =
    Schema { what: "the test store", migrations: &[Migration { to: 2, run: super::shorten_wamids }] };

fn number(at: u128) -> NumberId {
    NumberId::from_uuid(Uuid::from_u128(at))
}

fn place(at: u128) -> Place {
    Place {
        conversation: ConversationId::from_uuid(Uuid::from_u128(at)),
        message: MessageId::from_uuid(Uuid::from_u128(at + 100)),
    }
}

#[tokio::test]
async fn ids_that_were_kept_whole_are_found_by_their_keys() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("store.redb");
    let store = Store::open(&file, 1 << 20, &BEFORE).unwrap();
    // As many as three pieces take, the last of which is empty.
    store
        .write(|tx| {
            for at in 0..4 {
                BY_WHOLE_WAMID.put(tx, &(number(at % 2), format!("wamid.{at}")), &place(at))?;
            }
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    store.close();

    let store = Store::open(&file, 1 << 20, &AFTER).unwrap();
    let view = store.view().unwrap();
    for at in 0..4 {
        assert_eq!(by_wamid(&view, number(at % 2), &format!("wamid.{at}")).unwrap(), Some(place(at)));
        assert_eq!(
            by_wamid(&view, number(1 - at % 2), &format!("wamid.{at}")).unwrap(),
            None,
            "another number's"
        );
    }
    assert_eq!(by_wamid(&view, number(0), "wamid.9").unwrap(), None);
    assert!(BY_WHOLE_WAMID.first(&view, &(), Order::Ascending).unwrap().is_none());
    drop(view);
    store.close();
}

#[test]
fn a_thousand_threads_and_more_count_as_a_thousand() {
    let dir = tempfile::tempdir().unwrap();
    let stores = crate::http::tests::open_stores(&dir);
    let me = UserId::from_uuid(uuid::Uuid::from_u128(1));
    let waits = |from: u128, upto: u128| {
        move |tx: &mut Tx<'_>| -> Result<u32, StoreError> {
            for n in from..upto {
                let id = ConversationId::from_uuid(uuid::Uuid::from_u128(n));
                WAITING.put(tx, &(Time::from_seconds(7), id), &())?;
            }
            Ok(counts(tx, me)?.waiting)
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let counted = |from, upto| runtime.block_on(stores.platform().write(waits(from, upto))).unwrap();
    assert_eq!(counted(0, 999), 999);
    assert_eq!(counted(999, 1_000), InboxCounts::MOST);
    assert_eq!(counted(1_000, 1_100), InboxCounts::MOST);
    stores.close();
}
