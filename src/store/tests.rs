//! The store against a model, batches with failing members, migrations, timers and files.

mod disk;
mod faults;
mod forgetting;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use beseda_wire::time::Time;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::schema::version;
use super::*;

const ROWS: Table<(u8, String), u32> = Table::new(100, "rows");
const SCHEMA: Schema = Schema { what: "the test store", migrations: &[] };

#[derive(Debug, Clone)]
enum Op {
    Put(u8, String, u32),
    Remove(u8, String),
}

#[derive(Debug, Clone)]
struct Job {
    ops: Vec<Op>,
    fails: bool,
}

fn op() -> impl Strategy<Value = Op> {
    let key = (0u8..3, "[a-c\u{0}]{0,3}");
    prop_oneof![
        3 => (key.clone(), any::<u32>()).prop_map(|((a, b), value)| Op::Put(a, b, value)),
        1 => key.prop_map(|(a, b)| Op::Remove(a, b)),
    ]
}

fn job() -> impl Strategy<Value = Job> {
    (prop::collection::vec(op(), 0..6), prop::bool::weighted(0.2)).prop_map(|(ops, fails)| Job { ops, fails })
}

fn apply(tx: &mut Tx<'_>, job: &Job) -> Result<(), StoreError> {
    for op in &job.ops {
        match op {
            Op::Put(a, b, value) => ROWS.put(tx, &(*a, b.clone()), value)?,
            Op::Remove(a, b) => ROWS.remove(tx, &(*a, b.clone())),
        }
    }
    Ok(())
}

/// Every way of walking gives what the model gives.
fn same(from: &dyn Read, model: &BTreeMap<(u8, String), u32>) {
    let all: Vec<_> = model.clone().into_iter().collect();
    assert_eq!(ROWS.rows(from, &(), None, Order::Ascending, usize::MAX).unwrap(), all);
    let mut reversed = all.clone();
    reversed.reverse();
    assert_eq!(ROWS.rows(from, &(), None, Order::Descending, usize::MAX).unwrap(), reversed);
    for prefix in 0..3 {
        let expected: Vec<_> = all.iter().filter(|((a, _), _)| *a == prefix).cloned().collect();
        let found = ROWS.rows(from, &(prefix,), None, Order::Ascending, usize::MAX).unwrap();
        assert_eq!(found, expected);
        if let Some((after, _)) = expected.first() {
            let found = ROWS.rows(from, &(prefix,), Some(after), Order::Ascending, 2).unwrap();
            assert_eq!(found, expected.iter().skip(1).take(2).cloned().collect::<Vec<_>>());
        }
        if let Some((before, _)) = expected.last() {
            let found = ROWS.rows(from, &(prefix,), Some(before), Order::Descending, 1).unwrap();
            assert_eq!(found, expected.iter().rev().skip(1).take(1).cloned().collect::<Vec<_>>());
        }
    }
    for (key, value) in &all {
        assert_eq!(ROWS.get(from, key).unwrap(), Some(*value));
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn it_does_what_an_ordered_map_does(rounds in prop::collection::vec(prop::collection::vec(job(), 1..8), 1..5)) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("store.redb");
        let mut model = BTreeMap::new();
        let mut changes = Vec::new();
        for (made, round) in (0..).zip(rounds) {
            // Each round opens the file again: what was answered must still be there.
            let store = Store::open(&file, 1 << 20, &SCHEMA).unwrap();
            let mut pending = Vec::new();
            for (at, job) in (made * 100..).zip(round) {
                let before = model.clone();
                for op in &job.ops {
                    match op {
                        Op::Put(a, b, value) => drop(model.insert((*a, b.clone()), *value)),
                        Op::Remove(a, b) => drop(model.remove(&(*a, b.clone()))),
                    }
                }
                let seen = model.clone();
                if job.fails { model = before } else { changes.push(at) }
                pending.push((job.fails, store.submit(move |tx| {
                    apply(tx, &job)?;
                    same(tx, &seen);
                    tx.change(&Actor::Program, Time::from_millis(0), &Noted { number: at })?;
                    if job.fails { Err(StoreError::Busy) } else { Ok(()) }
                })));
            }
            for (fails, pending) in pending {
                prop_assert_eq!(runtime().block_on(pending).is_err(), fails);
            }
            let view = store.view().unwrap();
            same(&view, &model);
            let log = changes_after(&view, 0, usize::MAX).unwrap();
            let noted: Vec<u32> = log.iter().filter_map(|(_, record)| record.read::<Noted>()).map(|noted| noted.number).collect();
            prop_assert_eq!(&noted, &changes);
            // Those of one commit have one position, and positions have no gaps.
            let mut positions: Vec<u64> = log.iter().map(|(seq, _)| *seq).collect();
            positions.dedup();
            prop_assert_eq!(positions.clone(), (1..=positions.len() as u64).collect::<Vec<_>>());
            drop(view);
            store.close();
        }
    }

    #[test]
    fn keys_sort_as_their_values(a in any::<(i64, String, u16)>(), b in any::<(i64, String, u16)>()) {
        let encode = |key: &(i64, String, u16)| { let mut bytes = RowKey::new(); key.encode(&mut bytes); bytes };
        prop_assert_eq!(encode(&a).cmp(&encode(&b)), a.cmp(&b));
        let bytes = encode(&a);
        let mut rest = bytes.as_slice();
        prop_assert_eq!(Key::decode(&mut rest), Some(a));
        prop_assert!(rest.is_empty());
    }
}

#[derive(Serialize, Deserialize)]
struct Noted {
    number: u32,
}

impl Change for Noted {
    const KIND: &'static str = "test.noted";
}

fn open(dir: &tempfile::TempDir) -> Store {
    Store::open(&dir.path().join("store.redb"), 1 << 20, &SCHEMA).unwrap()
}

#[tokio::test]
async fn a_panicking_member_spares_its_batch() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let good = store.submit(|tx| ROWS.put(tx, &(1, "good".into()), &1));
    let bad = store.submit(|tx| -> Result<(), StoreError> {
        ROWS.put(tx, &(1, "bad".into()), &1)?;
        panic!("on purpose")
    });
    let after = store.submit(|tx| ROWS.get(tx, &(1, "bad".into())));
    good.await.unwrap();
    assert!(matches!(bad.await, Err(StoreError::Panicked(message)) if message == "on purpose"));
    assert_eq!(after.await.unwrap(), None);
    assert_eq!(ROWS.get(&store.view().unwrap(), &(1, "good".into())).unwrap(), Some(1));
}

#[tokio::test]
async fn an_attempt_undoes_only_itself() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    store
        .write(|tx| {
            ROWS.put(tx, &(1, "kept".into()), &1)?;
            let failed: Result<(), StoreError> = tx.attempt(|tx| {
                ROWS.put(tx, &(1, "dropped".into()), &1)?;
                tx.change(&Actor::Program, Time::from_millis(0), &Noted { number: 1 })?;
                ROWS.put(tx, &(1, "kept".into()), &2)?;
                let inner: Result<(), StoreError> = tx.attempt(|tx| {
                    ROWS.remove(tx, &(1, "kept".into()));
                    Err(StoreError::Closed)
                });
                assert!(inner.is_err());
                assert_eq!(ROWS.get(tx, &(1, "kept".into()))?, Some(2));
                Err(StoreError::Busy)
            });
            assert!(failed.is_err());
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    let view = store.view().unwrap();
    let rows = ROWS.rows(&view, &(), None, Order::Ascending, 10).unwrap();
    assert_eq!(rows, [((1, "kept".to_owned()), 1)]);
    assert!(changes_after(&view, 0, 10).unwrap().is_empty());
}

#[test]
fn a_second_opener_is_told_who_is_in_the_way() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let second = Store::open(&dir.path().join("store.redb"), 1 << 20, &SCHEMA);
    assert!(matches!(second.err(), Some(StoreError::InUse(_))));
    store.close();
}

#[tokio::test]
async fn after_closing_nothing_is_taken() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    store.close();
    let late = store.write(|tx| ROWS.put(tx, &(1, "late".into()), &1)).await;
    assert!(matches!(late, Err(StoreError::Closed)));
}

#[tokio::test]
async fn a_migration_copies_first_and_a_newer_file_is_refused() {
    const NEXT: Schema = Schema {
        what: "the test store",
        migrations: &[Migration {
            to: 2,
            run: |tx| ROWS.put(tx, &(9, "migrated".into()), &2).map(|()| Progress::Done),
        }],
    };
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("store.redb");
    let store = open(&dir);
    store.write(|tx| ROWS.put(tx, &(1, "old".into()), &1)).await.unwrap();
    store.close();

    let store = Store::open(&file, 1 << 20, &NEXT).unwrap();
    let view = store.view().unwrap();
    assert_eq!(version(&view).unwrap(), Some(2));
    assert_eq!(ROWS.get(&view, &(9, "migrated".into())).unwrap(), Some(2));
    drop(view);
    store.close();

    assert!(matches!(
        Store::open(&file, 1 << 20, &SCHEMA).err(),
        Some(StoreError::Newer { found: 2, known: 1, .. })
    ));

    // The way back that the log names: the copy over the file.
    std::fs::rename(dir.path().join("store.schema-1.redb"), &file).unwrap();
    let store = open(&dir);
    let view = store.view().unwrap();
    assert_eq!(version(&view).unwrap(), Some(1));
    assert_eq!(ROWS.get(&view, &(1, "old".into())).unwrap(), Some(1));
    assert_eq!(ROWS.get(&view, &(9, "migrated".into())).unwrap(), None);
}

#[tokio::test]
async fn timers_fire_in_order_and_move_when_set_again() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let at = Time::from_millis;
    store
        .write(move |tx| {
            timers::set(tx, "late", "test", at(30), &1)?;
            timers::set(tx, "moved", "test", at(10), &2)?;
            timers::set(tx, "moved", "test", at(20), &3)?;
            timers::set(tx, "gone", "test", at(5), &4)?;
            assert!(timers::cancel(tx, "gone")?);
            assert!(!timers::cancel(tx, "gone")?);
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    let view = store.view().unwrap();
    assert_eq!(timers::next_due(&view).unwrap(), Some(at(20)));
    assert!(timers::due(&view, at(19), 10).unwrap().is_empty());
    let due = timers::due(&view, at(30), 10).unwrap();
    assert_eq!(due.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["moved", "late"]);
    assert_eq!(due[0].1.read::<u32>(), Some(3));
}

#[test]
fn values_can_grow_fields() {
    #[derive(Serialize, Deserialize)]
    struct Old {
        name: String,
    }
    #[derive(Serialize, Deserialize)]
    struct New {
        name: String,
        #[serde(default)]
        age: Option<u32>,
    }
    let old = rmp_serde::to_vec_named(&Old { name: "a".into() }).unwrap();
    let new: New = rmp_serde::from_slice(&old).unwrap();
    assert_eq!((new.name.as_str(), new.age), ("a", None));
    let new = rmp_serde::to_vec_named(&New { name: "b".into(), age: Some(3) }).unwrap();
    assert_eq!(rmp_serde::from_slice::<Old>(&new).unwrap().name, "b");
}

#[test]
fn files_are_kept_once_and_never_half() {
    let dir = tempfile::tempdir().unwrap();
    let blobs = Blobs::new(dir.path().join("media"));
    let first = blobs.put(b"picture", Time::from_millis(0)).unwrap();
    assert_eq!(blobs.put(b"picture", Time::from_millis(0)).unwrap(), first);
    assert_eq!(std::fs::read(blobs.path(&first).unwrap()).unwrap(), b"picture");
    let mut writer = blobs.writer(4).unwrap();
    writer.write(b"1234").unwrap();
    assert!(matches!(writer.write(b"5"), Err(BlobError::TooLarge { limit: 4 })));
    drop(writer);
    let mut unfinished = 0;
    for entry in std::fs::read_dir(dir.path().join("media")).unwrap() {
        unfinished += usize::from(entry.unwrap().file_name().to_string_lossy().starts_with("incoming"));
    }
    assert_eq!(unfinished, 0);
    assert!("../../etc/passwd".parse::<BlobHash>().is_err());
}

#[tokio::test]
async fn a_walk_stops_where_the_visitor_breaks() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    store
        .write(|tx| {
            for number in 0..10u32 {
                ROWS.put(tx, &(0, format!("{number}")), &number)?;
            }
            let mut seen = 0;
            ROWS.visit(tx, &(), None, Order::Ascending, |_, _| {
                seen += 1;
                if seen == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })?;
            assert_eq!(seen, 3);
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
}
