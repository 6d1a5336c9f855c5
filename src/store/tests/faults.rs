//! What a full disk, a broken one and a power cut may take: nothing that was acknowledged, and of nothing a half.

use std::path::Path;

use super::disk::Disk;
use super::*;

/// Numbers that look random and come again with the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound.max(1)
    }
}

/// A write that can be seen to be whole: three rows far apart, one of which is long, and a change.
fn job(number: u32) -> impl FnMut(&mut Tx<'_>) -> Result<(), StoreError> + Send + 'static {
    move |tx| {
        ROWS.put(tx, &(0, format!("{number:05}")), &number)?;
        ROWS.put(tx, &(1, format!("{:05}", 99_999 - number)), &number)?;
        ROWS.put(tx, &(2, format!("{number:05}{}", "x".repeat(3_000))), &number)?;
        tx.change(&Actor::Program, Time::from_millis(0), &Noted { number })
    }
}

/// Whether a write is there, whole.
fn found(view: &View, number: u32) -> Result<bool, StoreError> {
    let rows = [
        (0, format!("{number:05}")),
        (1, format!("{:05}", 99_999 - number)),
        (2, format!("{number:05}{}", "x".repeat(3_000))),
    ];
    let mut there = [false; 3];
    for (there, key) in there.iter_mut().zip(rows) {
        *there = ROWS.get(view, &key)? == Some(number);
    }
    assert!(there.iter().all(|row| *row == there[0]), "a half of write {number} is there: {there:?}");
    Ok(there[0])
}

/// Every acknowledged write is there, every other is there whole or not at all, and the log tells of each once.
fn check_view(view: &View, outcomes: &[bool]) -> Result<(), StoreError> {
    let mut there = Vec::new();
    for (number, acknowledged) in (0..).zip(outcomes) {
        let found = found(view, number)?;
        assert!(found || !acknowledged, "write {number} was acknowledged and is lost");
        there.extend(found.then_some(number));
    }
    let log = changes_after(view, 0, usize::MAX)?;
    let told: Vec<u32> = log.iter().map(|(_, record)| record.read::<Noted>().unwrap().number).collect();
    assert_eq!(told, there);
    Ok(())
}

fn check(view: &View, outcomes: &[bool]) {
    check_view(view, outcomes).unwrap();
}

/// Like [`check`], while the disk fails: the file may be opened again under a view, and its reader takes another.
fn check_store(store: &Store, outcomes: &[bool]) {
    let outcome = (0..100).find_map(|_| check_view(&store.view().ok()?, outcomes).ok());
    assert!(outcome.is_some(), "it cannot be read");
}

/// Writes one after another; says which were acknowledged.
fn write(store: &Store, numbers: std::ops::Range<u32>) -> Vec<bool> {
    let runtime = runtime();
    numbers
        .map(|number| {
            let outcome = runtime.block_on(store.write(job(number)));
            let kind = outcome.as_ref().err();
            assert!(!matches!(kind, Some(StoreError::Closed)), "who follows the store would end");
            outcome.is_ok()
        })
        .collect()
}

/// Each operation that a series of writes makes fails once, alone or with some that follow it.
#[test]
fn a_disk_that_fails_for_a_while_needs_no_restart() {
    let whole = {
        let (disk, dir) = (Disk::default(), tempfile::tempdir().unwrap());
        let store = disk.open(&dir.path().join("store.redb"), &SCHEMA).unwrap();
        let before = disk.operations();
        assert_eq!(write(&store, 0..6), [true; 6]);
        disk.operations() - before
    };
    let mut refused = 0;
    for from in 0..whole {
        for count in [1, 2, 7, 1_000_000] {
            let (disk, dir) = (Disk::default(), tempfile::tempdir().unwrap());
            let store = disk.open(&dir.path().join("store.redb"), &SCHEMA).unwrap();
            disk.fail(from, count);
            let mut outcomes = write(&store, 0..6);
            refused += outcomes.iter().filter(|taken| !**taken).count();
            let last_failed = outcomes.last() == Some(&false);
            assert_eq!(store.is_failing(), last_failed, "readiness knows");
            disk.heal();
            runtime().block_on(store.probe()).expect("it takes writes again");
            assert!(!store.is_failing());
            outcomes.extend(write(&store, 6..8));
            assert_eq!(outcomes[6..], [true, true]);
            check(&store.view().unwrap(), &outcomes);
            store.close();
            let store = disk.open(&dir.path().join("store.redb"), &SCHEMA).unwrap();
            check(&store.view().unwrap(), &outcomes);
        }
    }
    assert!(refused > 20, "the faults were felt: {refused}");
}

/// Writes until the disk is full.
fn fill(disk: &Disk, file: &Path, store: &Store, outcomes: &mut Vec<bool>) {
    disk.room(std::fs::metadata(file).unwrap().len());
    while outcomes.iter().rev().take_while(|taken| !**taken).count() < 5 {
        let next = u32::try_from(outcomes.len()).unwrap();
        outcomes.extend(write(store, next..next + 1));
        check_store(store, outcomes);
        assert!(outcomes.len() < 5_000, "the disk does not fill");
    }
    assert!(store.is_failing());
}

#[test]
fn a_full_disk_refuses_writes_and_answers_reads() {
    let (disk, dir) = (Disk::default(), tempfile::tempdir().unwrap());
    let file = dir.path().join("store.redb");
    let store = disk.open(&file, &SCHEMA).unwrap();
    let mut outcomes = write(&store, 0..5);
    fill(&disk, &file, &store, &mut outcomes);
    disk.heal();
    let next = u32::try_from(outcomes.len()).unwrap();
    let more = write(&store, next..next + 5);
    assert_eq!(more, [true; 5], "without a restart");
    outcomes.extend(more);
    check_store(&store, &outcomes);
}

/// The log takes what comes in, and redb nothing: that is told long before a write is refused, and ends by itself.
#[test]
fn rows_that_cannot_be_moved_are_told_of_while_writes_are_still_taken() {
    let (disk, dir) = (Disk::default(), tempfile::tempdir().unwrap());
    let file = dir.path().join("store.redb");
    let store = disk.open_impatient(&file, &SCHEMA).unwrap();
    let mut outcomes = write(&store, 0..5);
    assert!(store.trouble_behind().is_none());
    disk.room(std::fs::metadata(&file).unwrap().len());
    let told = (5..5_000u32).find_map(|next| {
        // The mover has had its turn before so much waits that writes have to wait for it.
        let crowded = std::time::Instant::now();
        while store.is_crowded() && store.failures_behind() == 0 && crowded.elapsed().as_millis() < 500 {
            std::thread::yield_now();
        }
        outcomes.extend(write(&store, next..next + 1));
        assert_eq!(outcomes.last(), Some(&true), "it was not told of before write {next} was refused");
        store.trouble_behind()
    });
    assert!(matches!(told, Some(StoreError::Engine(_))), "{told:?}");
    assert!(!store.is_failing(), "every write was taken");
    let failures = store.failures_behind();
    assert!(failures > 0);
    // Asking has it tried again, and again in vain.
    until(|| {
        assert!(store.trouble_behind().is_some());
        store.failures_behind() > failures
    });
    disk.heal();
    // Nobody writes, and still it ends.
    until(|| store.trouble_behind().is_none());
    check_store(&store, &outcomes);
    store.close();
    check(&disk.open(&file, &SCHEMA).unwrap().view().unwrap(), &outcomes);
}

fn until(done: impl Fn() -> bool) {
    let started = std::time::Instant::now();
    while !done() {
        assert!(started.elapsed() < std::time::Duration::from_secs(20), "waited in vain");
        std::thread::yield_now();
    }
}

/// What could not be moved is read from the log, and the first write that has room moves it.
#[test]
fn a_full_disk_keeps_no_store_from_being_opened_and_read() {
    let (disk, dir) = (Disk::default(), tempfile::tempdir().unwrap());
    let file = dir.path().join("store.redb");
    let store = disk.open(&file, &SCHEMA).unwrap();
    let mut outcomes = write(&store, 0..5);
    fill(&disk, &file, &store, &mut outcomes);
    store.close();
    assert!(dir.path().join("store.log").exists(), "it is the only copy");
    let store = disk.open(&file, &SCHEMA).unwrap();
    check_store(&store, &outcomes);
    disk.heal();
    let next = u32::try_from(outcomes.len()).unwrap();
    outcomes.extend(write(&store, next..next + 1));
    assert_eq!(outcomes.last(), Some(&true), "without a restart");
    store.close();
    check(&disk.open(&file, &SCHEMA).unwrap().view().unwrap(), &outcomes);
}

/// Many readers and a writer whose rows are moved all the time: nobody sees a half of a commit, or a later one's rows.
#[test]
fn readers_see_whole_commits_while_rows_are_moved() {
    let (disk, dir) = (Disk::default(), tempfile::tempdir().unwrap());
    let store = disk.open(&dir.path().join("store.redb"), &SCHEMA).unwrap();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    let view = store.view().unwrap();
                    let newest = ROWS.get(&view, &(5, "newest".to_owned())).unwrap().unwrap_or_default();
                    let count = ROWS.rows(&view, &(6u8,), None, Order::Ascending, usize::MAX).unwrap().len();
                    assert_eq!(count, usize::try_from(newest).unwrap());
                    let logged = changes_after(&view, 0, usize::MAX).unwrap().len();
                    assert_eq!(logged, count);
                }
            });
        }
        let runtime = runtime();
        for number in 1..400u32 {
            let write = move |tx: &mut Tx<'_>| {
                ROWS.put(tx, &(5, "newest".to_owned()), &number)?;
                ROWS.put(tx, &(6, format!("{number:05}{}", "x".repeat(500))), &number)?;
                tx.change(&Actor::Program, Time::from_millis(0), &Noted { number })
            };
            runtime.block_on(store.write::<_, StoreError, _>(write)).unwrap();
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

/// Somebody puts a backup of the file back over a crashed store, whose logs lie there still.
#[test]
fn the_log_of_a_later_state_is_not_read_into_a_backup() {
    let (disk, dir) = (Disk::default(), tempfile::tempdir().unwrap());
    let (file, backup) = (dir.path().join("store.redb"), dir.path().join("backup"));
    let store = disk.open(&file, &SCHEMA).unwrap();
    write(&store, 0..2);
    store.close();
    std::fs::copy(&file, &backup).unwrap();
    let store = disk.open(&file, &SCHEMA).unwrap();
    write(&store, 2..40);
    disk.fail(0, u64::MAX / 2);
    store.close();
    disk.cut_power(|_| 1);
    std::fs::copy(&backup, &file).unwrap();
    let store = Disk::default().open(&file, &SCHEMA).unwrap();
    let mut outcomes = vec![true, true];
    outcomes.resize(40, false);
    check(&store.view().unwrap(), &outcomes);
}

#[test]
fn a_log_without_its_store_is_not_written_over() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("store.redb");
    std::fs::write(dir.path().join("store.log2"), "acknowledged").unwrap();
    let Err(StoreError::Engine(error)) = Store::open(&file, 1 << 20, &SCHEMA) else { panic!("it opened") };
    assert!(error.contains("store.log2") && error.contains("put the store back"), "{error}");
    assert!(!file.exists());
}

#[test]
fn a_view_of_a_file_that_was_opened_again_says_so() {
    let (disk, dir) = (Disk::default(), tempfile::tempdir().unwrap());
    let store = disk.open(&dir.path().join("store.redb"), &SCHEMA).unwrap();
    write(&store, 0..40);
    let view = store.view().unwrap();
    disk.fail(0, u64::MAX / 2);
    assert_eq!(write(&store, 40..42), [false, false]);
    disk.heal();
    let read = (0..40).map(|n| ROWS.get(&view, &(2, format!("{n:05}{}", "x".repeat(3_000)))));
    for row in read {
        // What it has in memory it may still give.
        assert!(matches!(row, Ok(Some(_)) | Err(StoreError::Engine(_))), "{row:?}");
    }
    assert_eq!(write(&store, 42..43), [true]);
}

#[test]
fn a_crash_costs_no_repair_of_the_whole_file() {
    let (disk, dir) = (Disk::default(), tempfile::tempdir().unwrap());
    let file = dir.path().join("store.redb");
    let store = disk.open(&file, &SCHEMA).unwrap();
    let outcomes = write(&store, 0..40);
    disk.fail(0, u64::MAX / 2);
    store.close();
    disk.cut_power(|_| 0);
    let store = disk.open(&file, &SCHEMA).unwrap();
    assert_eq!(disk.repairs(), 0);
    check(&store.view().unwrap(), &outcomes);
}

#[test]
fn a_closed_store_is_one_file() {
    let (disk, dir) = (Disk::default(), tempfile::tempdir().unwrap());
    let names = || {
        let entries = dir.path().read_dir().unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let file = dir.path().join("store.redb");
    let store = disk.open(&file, &SCHEMA).unwrap();
    let outcomes = write(&store, 0..3);
    assert_eq!(names(), ["store.log", "store.log2", "store.redb"]);
    store.close();
    assert_eq!(names(), ["store.redb"]);
    check(&disk.open(&file, &SCHEMA).unwrap().view().unwrap(), &outcomes);
}

/// Whoever puts a copy in the place of a store must not get the crashed store's log on top of it.
#[test]
fn the_log_of_another_store_is_not_read() {
    let (disk, dir) = (Disk::default(), tempfile::tempdir().unwrap());
    let (file, copy) = (dir.path().join("store.redb"), dir.path().join("copy.redb"));
    let store = disk.open(&file, &SCHEMA).unwrap();
    write(&store, 0..1);
    store.copy_to(&copy).unwrap();
    write(&store, 1..2);
    disk.fail(0, u64::MAX / 2);
    store.close();
    disk.cut_power(|_| 1);
    std::fs::rename(&copy, &file).unwrap();
    let store = Disk::default().open(&file, &SCHEMA).unwrap();
    check(&store.view().unwrap(), &[true, false]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    /// Power cuts at every moment, with everything that was not synced lost, kept, torn or out of order.
    #[test]
    fn a_power_cut_takes_nothing_that_was_acknowledged(
        seed in 1u64..,
        cuts in prop::collection::vec((0u64..60, 1u32..12), 1..4),
    ) {
        let (disk, dir) = (Disk::default(), tempfile::tempdir().unwrap());
        let file = dir.path().join("store.redb");
        let mut chance = Chance(seed);
        // A file whose making was cut off is another test's: the schema's migrations.
        disk.open(&file, &SCHEMA).unwrap().close();
        let mut outcomes = Vec::new();
        for (moment, writes) in cuts {
            let store = disk.open(&file, &SCHEMA).unwrap();
            check(&store.view().unwrap(), &outcomes);
            // From here on the disk does nothing: what the program does after the cut is not to be seen.
            disk.fail(moment, u64::MAX / 2);
            let next = u32::try_from(outcomes.len()).unwrap();
            outcomes.extend(write(&store, next..next + writes));
            store.close();
            disk.cut_power(|bound| chance.below(bound));
        }
        let store = disk.open(&file, &SCHEMA).unwrap();
        check(&store.view().unwrap(), &outcomes);
        let next = u32::try_from(outcomes.len()).unwrap();
        prop_assert_eq!(write(&store, next..next + 1), [true]);
    }
}

const NEXT: Schema = Schema {
    what: "the test store",
    migrations: &[
        Migration { to: 2, run: |tx| ROWS.put(tx, &(3, "second".into()), &2).map(|()| Progress::Done) },
        // In two pieces.
        Migration {
            to: 3,
            run: |tx| {
                if !ROWS.contains(tx, &(3, "third".into()))? {
                    ROWS.put(tx, &(3, "third".into()), &3)?;
                    return Ok(Progress::More);
                }
                ROWS.remove(tx, &(0, "00000".into()));
                Ok(Progress::Done)
            },
        },
    ],
};

/// A migration cut off at each of its operations, by a fault or by a power cut.
#[test]
fn a_migration_cut_off_leaves_the_old_or_the_new_and_the_way_back() {
    let mut chance = Chance(7);
    let mut finished = 0;
    for moment in 0.. {
        for power_cut in [false, true] {
            let (disk, dir) = (Disk::default(), tempfile::tempdir().unwrap());
            let file = dir.path().join("store.redb");
            let store = disk.open(&file, &SCHEMA).unwrap();
            write(&store, 0..4);
            store.close();
            disk.fail(moment, u64::MAX / 2);
            let migrated = disk.open(&file, &NEXT);
            finished += u32::from(migrated.is_ok());
            if let Ok(store) = migrated {
                store.close();
            }
            if power_cut {
                disk.cut_power(|bound| chance.below(bound));
            }
            disk.heal();
            // The program before it starts again, or refuses because the data are newer, and then there is a copy.
            match disk.open(&file, &SCHEMA) {
                Ok(store) => {
                    let view = store.view().unwrap();
                    assert_eq!(version(&view).unwrap(), Some(1), "at {moment}");
                    check(&view, &[true; 4]);
                    drop(view);
                    store.close();
                }
                Err(StoreError::Newer { found, .. }) => {
                    assert!(found == 2 || found == 3);
                    let copy = dir.path().join("store.schema-1.redb");
                    let store = disk.open(&copy, &SCHEMA).expect("the copy is whole");
                    check(&store.view().unwrap(), &[true; 4]);
                    store.close();
                }
                Err(error) => panic!("at {moment}: {error}"),
            }
            // The newer one finishes what it began.
            let store = disk.open(&file, &NEXT).unwrap();
            let view = store.view().unwrap();
            assert_eq!(version(&view).unwrap(), Some(3));
            let rows = ROWS.rows(&view, &(3u8,), None, Order::Ascending, 9).unwrap();
            assert_eq!(rows.len(), 2);
            assert_eq!(ROWS.get(&view, &(0, "00000".into())).unwrap(), None);
            assert!((1..4).all(|number| found(&view, number).unwrap()));
            drop(view);
            store.close();
        }
        if finished >= 2 {
            assert!(moment > 15, "the migration has many operations: {moment}");
            return;
        }
    }
}
