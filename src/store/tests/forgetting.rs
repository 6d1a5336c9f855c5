//! The change log is shortened, and whoever follows it misses nothing without being told.

use std::collections::BTreeMap;

use beseda_wire::ids::BusinessId;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    /// A transaction with changes at these times.
    Change(Vec<i64>),
    /// A follower moves so many positions on; one that is not there yet begins.
    Follow(u8, u64),
    Leave(u8),
    Forget {
        cutoff: i64,
        limit: usize,
    },
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        // The clock may step back.
        6 => prop::collection::vec(0i64..100, 1..3).prop_map(Step::Change),
        3 => (0u8..3, 0u64..6).prop_map(|(follower, by)| Step::Follow(follower, by)),
        1 => (0u8..3).prop_map(Step::Leave),
        4 => (0i64..120, 1usize..5).prop_map(|(cutoff, limit)| Step::Forget { cutoff, limit }),
        1 => Just(Step::Reopen),
    ]
}

#[derive(Default)]
struct Model {
    /// The times of each transaction that is still told of.
    rows: BTreeMap<u64, Vec<i64>>,
    last: u64,
    followers: BTreeMap<u8, u64>,
}

impl Model {
    fn forget(&mut self, cutoff: i64, limit: usize) -> usize {
        let slowest = self.followers.values().min().copied().unwrap_or(u64::MAX);
        let old: Vec<u64> = self
            .rows
            .iter()
            .take(limit)
            .take_while(|(position, times)| {
                **position <= slowest && **position < self.last && times.iter().all(|at| *at < cutoff)
            })
            .map(|(position, _)| *position)
            .collect();
        for position in &old {
            self.rows.remove(position);
        }
        old.len()
    }

    /// From every position on, what is told is everything, or that something is missing.
    fn same(&self, view: &View) {
        let first = self.rows.keys().next().copied().unwrap_or(1);
        for position in 0..=self.last + 1 {
            let told = changes_after(view, position, usize::MAX);
            if position + 1 < first {
                assert!(
                    matches!(told, Err(StoreError::Forgotten { upto }) if upto + 1 == first),
                    "{position}"
                );
                continue;
            }
            let told = told.unwrap().into_iter().map(|(position, record)| (position, record.at.millis()));
            let expected = self.rows.range(position + 1..);
            let expected = expected.flat_map(|(position, times)| times.iter().map(|at| (*position, *at)));
            assert_eq!(told.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        }
        for (follower, position) in &self.followers {
            assert!(changes_after(view, *position, usize::MAX).is_ok(), "{follower} has lost something");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_forgotten_that_is_new_or_still_to_be_followed(steps in prop::collection::vec(step(), 1..40)) {
        let dir = tempfile::tempdir().unwrap();
        let mut store = open(&dir);
        let mut model = Model::default();
        for step in steps {
            match step {
                Step::Change(times) => {
                    model.last += 1;
                    model.rows.insert(model.last, times.clone());
                    let write = move |tx: &mut Tx<'_>| times.iter().try_for_each(|at| {
                        tx.change(&Actor::Program, Time::from_millis(*at), &Noted { number: 7 })
                    });
                    runtime().block_on(store.write(write)).unwrap();
                }
                Step::Follow(follower, by) => {
                    // 0 is a follower that has not begun; one that begins does so where the log is whole.
                    let begin = model.rows.keys().next().map_or(1, |first| first.saturating_sub(1)).max(1);
                    let before = model.followers.get(&follower).copied().unwrap_or(begin);
                    let position = (before + by).min(model.last.max(1)).max(before);
                    model.followers.insert(follower, position);
                    let name = follower.to_string();
                    let write = move |tx: &mut Tx<'_>| set_follower_position(tx, &name, position);
                    runtime().block_on(store.write(write)).unwrap();
                }
                Step::Leave(follower) => {
                    model.followers.remove(&follower);
                    let name = follower.to_string();
                    runtime()
                        .block_on(store.write(move |tx| { remove_follower(tx, &name); Ok::<_, StoreError>(()) }))
                        .unwrap();
                }
                Step::Forget { cutoff, limit } => {
                    let forget = move |tx: &mut Tx<'_>| forget_changes(tx, Time::from_millis(cutoff), limit);
                    let removed = runtime().block_on(store.write(forget)).unwrap();
                    prop_assert_eq!(removed, model.forget(cutoff, limit));
                }
                Step::Reopen => {
                    store.close();
                    store = open(&dir);
                }
            }
            model.same(&store.view().unwrap());
        }
        store.close();
    }
}

#[test]
fn numbers_go_on_after_everything_old_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let change =
        |at| move |tx: &mut Tx<'_>| tx.change(&Actor::Program, Time::from_millis(at), &Noted { number: 1 });
    for at in 0..3 {
        runtime().block_on(store.write(change(at))).unwrap();
    }
    let forget = |tx: &mut Tx<'_>| forget_changes(tx, Time::from_millis(1_000), 500);
    assert_eq!(runtime().block_on(store.write(forget)).unwrap(), 2);
    store.close();
    let store = open(&dir);
    runtime().block_on(store.write(change(5))).unwrap();
    let left = changes_after(&store.view().unwrap(), 2, 10).unwrap();
    assert_eq!(left.iter().map(|(position, _)| *position).collect::<Vec<_>>(), [3, 4]);
    store.close();
}

#[test]
fn a_follower_that_keeps_the_log_is_named_until_it_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let write = |at| {
        let change =
            move |tx: &mut Tx<'_>| tx.change(&Actor::Program, Time::from_seconds(at), &Noted { number: 1 });
        runtime().block_on(store.write(change)).unwrap();
    };
    let follow = |name: &'static str, position| {
        runtime().block_on(store.write(move |tx| set_follower_position(tx, name, position))).unwrap();
    };
    let found = |cutoff| {
        let cutoff = Time::from_seconds(cutoff);
        runtime().block_on(store.write(move |tx| forget_changes(tx, cutoff, 500))).unwrap();
        straggler(&store.view().unwrap(), cutoff).unwrap()
    };
    assert_eq!(found(1_000), None, "there is no log");
    (1..=10).for_each(write);
    assert_eq!(found(3), None, "nobody follows it");
    follow("quick", 9);
    follow("slow", 4);
    let slow = |commits, since| {
        Some(Straggler { follower: "slow".to_owned(), commits, since: Time::from_seconds(since) })
    };
    assert_eq!(found(5), None, "what it has not followed would be kept in any case");
    assert_eq!(found(8), slow(6, 5));
    write(11);
    assert_eq!(found(8), slow(7, 5));
    follow("slow", 6);
    assert_eq!(found(8), slow(5, 7));
    follow("slow", 7);
    assert_eq!(found(8), None);
    assert_eq!(found(1_000), slow(4, 8));
    follow("slow", 11);
    assert_eq!(
        found(1_000),
        Some(Straggler { follower: "quick".to_owned(), commits: 2, since: Time::from_seconds(10) })
    );
    follow("quick", 10);
    assert_eq!(found(1_000), None, "the newest change stays anyway");
    store.close();
}

#[test]
fn what_keeps_a_log_is_told_once() {
    let dir = tempfile::tempdir().unwrap();
    let options = StoresOptions {
        dir: dir.path().to_owned(),
        cache_bytes: 1 << 20,
        open_businesses: 1,
        platform_schema: SCHEMA,
        business_schema: SCHEMA,
    };
    let stores = Stores::open(options).unwrap();
    let straggler = |follower: &str, commits| {
        Some(Straggler { follower: follower.to_owned(), commits, since: Time::from_seconds(1) })
    };
    let business = Some(BusinessId::from_uuid(uuid::Uuid::from_u128(1)));
    assert!(!stores.note_straggler(business, None));
    assert!(stores.note_straggler(business, straggler("automations", 5)));
    assert!(!stores.note_straggler(business, straggler("automations", 7)), "it is known");
    assert!(stores.note_straggler(None, straggler("automations", 9)), "of another log");
    assert_eq!(stores.stragglers(), (2, 9));
    assert!(stores.note_straggler(business, straggler("search", 8)), "another follower");
    assert!(stores.note_straggler(None, None), "it went on");
    assert_eq!(stores.stragglers(), (1, 8));
    assert!(stores.note_straggler(business, None) && stores.note_straggler(business, straggler("search", 1)));
    stores.close();
}
