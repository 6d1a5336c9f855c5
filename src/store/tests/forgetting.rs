//! The change log is shortened, and whoever follows it misses nothing without being told.

use std::collections::BTreeMap;

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
