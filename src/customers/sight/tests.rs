//! The rule of who is who, as a table.

use super::*;
use crate::customers::Phone;
use crate::store::{Schema, Store};

const SCHEMA: Schema = Schema { what: "the test store", migrations: &[] };

/// Who is there after these sightings: phone, user id and former user ids of each, the oldest record first.
type People = Vec<(Option<&'static str>, Option<&'static str>, Vec<&'static str>)>;

#[derive(Clone, Copy)]
enum Say {
    /// A message from this phone and user id.
    Wrote(Option<&'static str>, Option<&'static str>),
    /// WhatsApp says that the first goes by the second.
    Renamed((Option<&'static str>, Option<&'static str>), (Option<&'static str>, Option<&'static str>)),
}

use Say::{Renamed, Wrote};

fn identity((phone, bsuid): (Option<&str>, Option<&str>)) -> Identity {
    Identity {
        phone: phone.map(|phone| Phone::parse(phone).unwrap()),
        bsuid: bsuid.map(|bsuid| Bsuid::parse(bsuid).unwrap()),
        ..Identity::default()
    }
}

async fn people(says: &[Say]) -> Vec<(Option<String>, Option<String>, Vec<String>)> {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(&home.path().join("store.redb"), 1 << 20, &SCHEMA).unwrap();
    let says = says.to_vec();
    store
        .write(move |tx| {
            for (at, say) in says.iter().enumerate() {
                let now = Time::from_seconds(1_000 + i64::try_from(at).unwrap());
                match say {
                    Wrote(phone, bsuid) => sight(tx, &identity((*phone, *bsuid)), &Actor::Program, now)?,
                    Renamed(old, new) => renamed(tx, &identity(*old), &identity(*new), &Actor::Program, now)?,
                };
            }
            let mut rows = crate::customers::store::page(tx, "", None, 100)?;
            rows.sort_by_key(|row| (row.created_at, row.id));
            let text = |bsuid: Bsuid| bsuid.to_string();
            Ok::<_, StoreError>(
                rows.into_iter()
                    .map(|row| {
                        let phone = row.phone.map(|phone| phone.to_string());
                        let former = row.former_bsuids.into_iter().map(text).collect();
                        (phone, row.bsuid.map(text), former)
                    })
                    .collect(),
            )
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn who_is_who() {
    let (old, new) = (Some("+447700900001"), Some("+447700900002"));
    let (one, two, other) = (Some("GB.b"), Some("GB.c"), Some("GB.d"));
    let cases: Vec<(&str, Vec<Say>, People)> = vec![
        (
            "one and the same",
            vec![Wrote(old, None), Wrote(old, one), Wrote(None, one)],
            vec![(old, one, vec![])],
        ),
        (
            "a phone here, a user id there, then both",
            vec![Wrote(old, None), Wrote(None, one), Wrote(old, one)],
            vec![(old, one, vec![])],
        ),
        (
            "a phone whose holder has another user id has passed on",
            vec![Wrote(old, one), Wrote(old, two)],
            vec![(None, one, vec![]), (old, two, vec![])],
        ),
        (
            "a new number, told with both user ids",
            vec![Wrote(old, one), Renamed((old, one), (new, two)), Wrote(new, two)],
            vec![(new, two, vec!["GB.b"])],
        ),
        (
            "a new number, told without user ids",
            vec![Wrote(old, one), Renamed((old, None), (new, None)), Wrote(new, two)],
            vec![(new, two, vec!["GB.b"])],
        ),
        (
            "they wrote from the new number before we were told",
            vec![Wrote(old, one), Wrote(new, two), Renamed((old, one), (new, two))],
            vec![(new, two, vec!["GB.b"])],
        ),
        (
            "a new number that another, older record without a user id has",
            vec![Wrote(new, None), Wrote(old, one), Renamed((old, one), (new, two))],
            vec![(new, two, vec!["GB.b"])],
        ),
        (
            "a new number that was somebody else's",
            vec![Wrote(new, other), Wrote(old, one), Renamed((old, one), (new, two))],
            vec![(None, other, vec![]), (new, two, vec!["GB.b"])],
        ),
        (
            "what comes late under the old user id takes nothing back",
            vec![Wrote(old, one), Renamed((old, one), (new, two)), Wrote(old, one)],
            vec![(new, two, vec!["GB.b"])],
        ),
        (
            "the old number's next owner is somebody else",
            vec![Wrote(old, one), Renamed((old, one), (new, two)), Wrote(old, other)],
            vec![(new, two, vec!["GB.b"]), (old, other, vec![])],
        ),
        (
            "a new user id alone",
            vec![Wrote(old, one), Renamed((None, one), (None, two)), Wrote(None, two), Wrote(old, two)],
            vec![(old, two, vec!["GB.b"])],
        ),
        (
            "two changes in the wrong order",
            vec![Wrote(None, one), Renamed((None, two), (None, other)), Renamed((None, one), (None, two))],
            vec![(None, other, vec!["GB.b", "GB.c"])],
        ),
        (
            "the change is told twice",
            vec![Wrote(old, one), Renamed((old, one), (new, two)), Renamed((old, one), (new, two))],
            vec![(new, two, vec!["GB.b"])],
        ),
        (
            "Brazil's ninth digit is no new phone",
            vec![Wrote(Some("+551187654321"), None), Wrote(Some("+5511987654321"), one)],
            vec![(Some("+551187654321"), one, vec![])],
        ),
    ];
    for (what, says, expected) in cases {
        let found = people(&says).await;
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(phone, bsuid, former)| {
                let former: Vec<_> = former.into_iter().map(ToOwned::to_owned).collect();
                (phone.map(ToOwned::to_owned), bsuid.map(ToOwned::to_owned), former)
            })
            .collect();
        assert_eq!(found, expected, "{what}");
    }
}

#[tokio::test]
async fn whoever_is_named_by_nothing_is_nobody() {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(&home.path().join("store.redb"), 1 << 20, &SCHEMA).unwrap();
    store
        .write(|tx| {
            let now = Time::from_seconds(1);
            let mut sees = |told: Identity| {
                let seen = sight(tx, &told, &Actor::Program, now).unwrap();
                seen.map(|seen| seen.customer.id)
            };
            let named = Identity { profile_name: Some("Ann".to_owned()), ..Identity::default() };
            assert_eq!(sees(named), None);
            // A name of an unknown form, and a username, are still the same person's each time.
            let odd = Identity { other_id: Some("PHONE_NUMBER".to_owned()), ..Identity::default() };
            assert_eq!(sees(odd.clone()), sees(odd));
            let username = |name: &str| Identity { username: Some(name.to_owned()), ..Identity::default() };
            let ann = sees(username("@ann"));
            assert_eq!(sees(username("Ann")), ann);
            // Known by the username alone until now: the same person.
            let firm = Identity { bsuid: Some(Bsuid::parse("GB.1").unwrap()), ..username("ann") };
            assert_eq!(sees(firm), ann);
            // Somebody else took the username.
            let thief = Identity { bsuid: Some(Bsuid::parse("GB.2").unwrap()), ..username("ann") };
            let thief = sees(thief);
            assert_ne!(thief, ann);
            assert_eq!(sees(username("ann")), thief);
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn what_both_records_say_is_kept_and_the_stricter_wish_wins() {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(&home.path().join("store.redb"), 1 << 20, &SCHEMA).unwrap();
    let (old, whole, merged) = store
        .write(|tx| {
            let see = |tx: &mut Tx<'_>, told: &Identity, at: i64| {
                sight(tx, told, &Actor::Program, Time::from_seconds(at))
            };
            let first = see(tx, &identity((Some("+447700900001"), None)), 1)?.unwrap().customer;
            let second = see(tx, &identity((None, Some("GB.b"))), 2)?.unwrap().customer;
            let mut first_after = first.clone();
            first_after.tags = vec!["vip".to_owned()];
            first_after.fields = vec![("city".to_owned(), "London".to_owned())];
            put(tx, Some(&first), &first_after, &Actor::Program, Time::from_seconds(3))?;
            let mut second_after = second.clone();
            second_after.name = Some("Ann".to_owned());
            second_after.tags = vec!["vip".to_owned(), "new".to_owned()];
            second_after.fields =
                vec![("city".to_owned(), "Leeds".to_owned()), ("age".to_owned(), "30".to_owned())];
            second_after.no_marketing_since = Some(Time::from_seconds(2));
            put(tx, Some(&second), &second_after, &Actor::Program, Time::from_seconds(3))?;
            let both = see(tx, &identity((Some("+447700900001"), Some("GB.b"))), 4)?.unwrap();
            let by_old_id = get(tx, second.id)?.unwrap();
            assert_eq!(by_old_id, both.customer);
            assert_eq!(both.customer.id, first.id);
            Ok::<_, StoreError>((second.id, both.customer, both.merged))
        })
        .await
        .unwrap();
    assert_eq!(whole.name.as_deref(), Some("Ann"));
    assert_eq!(whole.tags, ["vip", "new"]);
    let fields: Vec<_> = whole.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(fields, [("city", "London"), ("age", "30")]);
    assert_eq!(whole.no_marketing_since, Some(Time::from_seconds(2)));
    assert_eq!((merged.len(), merged[0].from, merged[0].into), (1, old, whole.id));
    assert_eq!(merged[0].differences, ["city: Leeds"]);
}
