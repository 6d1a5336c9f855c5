//! Files against a model: none is removed that a row names or that was used lately, and the others go.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use beseda_wire::ids::BusinessId;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::store::{Schema, Stores, StoresOptions};

const ROWS: Table<u32, String> = Table::new(1_000, "rows");
const DAY: i64 = 86_400;
const GRACE: i64 = 7 * DAY;

#[derive(Debug, Clone)]
enum Step {
    Upload(u8),
    /// Somebody is about to write a row that names a file.
    Hold(u8),
    /// They write it.
    Write,
    Unwrite(u32),
    Hours(u16),
    /// The next part of a sweep.
    Sweep,
    /// The sweep under way ends here.
    Kill,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0u8..5).prop_map(Step::Upload),
        3 => (0u8..5).prop_map(Step::Hold),
        3 => Just(Step::Write),
        2 => (0u32..8).prop_map(Step::Unwrite),
        3 => (1u16..300).prop_map(Step::Hours),
        8 => Just(Step::Sweep),
        1 => Just(Step::Kill),
    ]
}

enum Under {
    Way(Slice),
    Doomed(Vec<BlobHash>),
}

struct World {
    business: Arc<BusinessStore>,
    now: Time,
    /// When each file was last used.
    used: BTreeMap<u8, Time>,
    /// Who is about to write.
    about: Vec<u8>,
    rows: BTreeMap<u32, u8>,
    next: u32,
    /// What the sweep under way has found.
    sweep: Option<(Under, Time)>,
    runtime: tokio::runtime::Runtime,
    _dir: tempfile::TempDir,
}

fn hash(file: u8) -> BlobHash {
    crate::crypto::hex(&crate::crypto::sha256(&[file])).parse().unwrap()
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let schema = || Schema { what: "a test's store", migrations: &[] };
        let stores = Stores::open(StoresOptions {
            dir: dir.path().to_owned(),
            cache_bytes: 1 << 20,
            open_businesses: 1,
            platform_schema: schema(),
            business_schema: schema(),
        });
        let now = Time::from_seconds(1_800_000_000);
        let business = stores.unwrap().business(BusinessId::from_uuid(Uuid::from_u128(1)), now).unwrap();
        Self {
            business,
            now,
            used: BTreeMap::new(),
            about: Vec::new(),
            rows: BTreeMap::new(),
            next: 0,
            sweep: None,
            runtime: tokio::runtime::Builder::new_current_thread().build().unwrap(),
            _dir: dir,
        }
    }

    fn here(&self, file: u8) -> bool {
        self.business.blobs.path(&hash(file)).is_some()
    }

    fn fresh(&self, file: u8) -> bool {
        self.used.get(&file).is_some_and(|at| *at >= self.now.plus_seconds(-GRACE))
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Upload(file) => {
                self.business.blobs.put(&[file], self.now).unwrap();
                self.used.insert(file, self.now);
            }
            Step::Hold(file) => {
                let held = self.business.blobs.hold(&hash(file), self.now).unwrap();
                assert_eq!(held, self.here(file));
                if held {
                    self.used.insert(file, self.now);
                    self.about.push(file);
                }
            }
            Step::Write => {
                // Who takes longer than the grace time from looking to writing is not protected, and there is nobody.
                let about = std::mem::take(&mut self.about);
                for file in about.into_iter().filter(|file| self.fresh(*file)).collect::<Vec<_>>() {
                    let (row, text) = (self.next, format!("{{\"picture\":\"{}\"}}", hash(file)));
                    self.next += 1;
                    self.rows.insert(row, file);
                    self.runtime
                        .block_on(self.business.store.write(move |tx| ROWS.put(tx, &row, &text)))
                        .unwrap();
                }
            }
            Step::Unwrite(row) => {
                self.rows.remove(&row);
                let remove = move |tx: &mut Tx<'_>| {
                    ROWS.remove(tx, &row);
                    Ok::<_, StoreError>(())
                };
                self.runtime.block_on(self.business.store.write(remove)).unwrap();
            }
            Step::Hours(hours) => self.now = self.now.plus_seconds(i64::from(hours) * 3_600),
            Step::Sweep => {
                let business = Arc::clone(&self.business);
                let next = match self.sweep.take() {
                    None => Some((Under::Way(unnamed(&business, 0).unwrap()), self.now)),
                    Some((Under::Way(slice), began)) => {
                        let marked = mark(&business, &slice, began.plus_seconds(-GRACE), began);
                        Some((Under::Doomed(self.runtime.block_on(marked).unwrap()), began))
                    }
                    Some((Under::Doomed(doomed), began)) => {
                        let removed = remove(&business, doomed, began.plus_seconds(-GRACE));
                        self.runtime.block_on(removed).unwrap();
                        None
                    }
                };
                self.sweep = next;
            }
            Step::Kill => self.sweep = None,
        }
    }

    fn check(&self) {
        for file in self.rows.values().chain(self.about.iter().filter(|file| self.fresh(**file))) {
            assert!(self.here(*file), "file {file} is named and gone");
        }
        for file in self.used.keys().filter(|file| self.fresh(**file)) {
            assert!(self.here(*file), "file {file} was used lately and is gone");
        }
    }

    fn whole_sweep(&mut self) -> Swept {
        self.sweep = None;
        self.runtime.block_on(sweep(&self.business, GRACE, self.now)).unwrap()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, ..ProptestConfig::default() })]

    #[test]
    fn what_is_named_or_about_to_be_stays_and_the_rest_goes(steps in prop::collection::vec(step(), 1..60)) {
        let mut world = World::new();
        for step in steps {
            world.step(step);
            world.check();
        }
        // When nobody writes any more, what is named is what is there.
        world.about.clear();
        for _ in 0..2 {
            world.now = world.now.plus_seconds(GRACE + DAY);
            world.whole_sweep();
            world.check();
        }
        let named: BTreeSet<u8> = world.rows.values().copied().collect();
        let here: BTreeSet<u8> = (0..5).filter(|file| world.here(*file)).collect();
        prop_assert_eq!(named, here);
        prop_assert_eq!(world.whole_sweep(), Swept::default());
        let marks = UNNAMED.rows(&world.business.store.view().unwrap(), &(), None, Order::Ascending, 9).unwrap();
        prop_assert_eq!(marks, []);
    }

    #[test]
    fn every_address_in_a_text_is_seen(
        parts in prop::collection::vec(prop_oneof![
            "[0-9a-f]{64}".prop_map(Ok), "[ -~]{0,90}".prop_map(Err), "[0-9a-f]{0,200}".prop_map(Err),
        ], 0..8),
    ) {
        let (mut text, mut written) = (String::new(), Vec::new());
        for part in parts {
            match part {
                Ok(address) => {
                    text.push_str(&address);
                    written.push(address.parse::<BlobHash>().unwrap());
                }
                Err(other) => text.push_str(&other),
            }
        }
        let mut seen = HashSet::new();
        addresses(text.as_bytes(), |hash| { seen.insert(hash); });
        for address in written {
            prop_assert!(seen.contains(&address), "{address} in {text}");
        }
        let all = text.as_bytes().windows(64).filter_map(|window| std::str::from_utf8(window).ok()?.parse().ok());
        prop_assert_eq!(seen, all.collect::<HashSet<BlobHash>>());
    }
}

#[test]
fn a_clock_that_was_set_back_costs_time_and_nothing_else() {
    let mut world = World::new();
    world.step(Step::Upload(1));
    world.now = world.now.plus_seconds(100 * DAY);
    assert_eq!(world.whole_sweep().files, 0, "it is marked");
    world.now = world.now.plus_seconds(-50 * DAY);
    assert_eq!(world.whole_sweep().files, 0, "and marked again");
    world.now = world.now.plus_seconds(6 * DAY);
    assert_eq!(world.whole_sweep().files, 0);
    world.now = world.now.plus_seconds(2 * DAY);
    assert_eq!(world.whole_sweep(), Swept { files: 1, bytes: 1 });
    assert!(!world.here(1));
}

#[test]
fn what_a_killed_upload_left_goes_and_what_is_not_ours_stays() {
    let world = World::new();
    world.business.blobs.put(&[1], world.now).unwrap();
    let path = world.business.blobs.path(&hash(1)).unwrap();
    let (inner, media) = (path.parent().unwrap(), path.ancestors().nth(3).unwrap());
    let old = std::time::SystemTime::UNIX_EPOCH;
    for (file, at) in [
        (media.join("incoming-old"), old),
        (media.join("incoming-new"), old + std::time::Duration::from_secs(1_800_000_000)),
        (media.join("readme.txt"), old),
        (inner.join("notes"), old),
    ] {
        std::fs::File::create(&file).unwrap().set_modified(at).unwrap();
    }
    let World { business, now, runtime, .. } = &world;
    for days in [0, 8, 16] {
        runtime.block_on(sweep(business, GRACE, now.plus_seconds(days * DAY - DAY))).unwrap();
    }
    assert!(!media.join("incoming-old").exists());
    for kept in [media.join("incoming-new"), media.join("readme.txt"), inner.join("notes")] {
        assert_eq!(kept.exists(), !kept.ends_with("incoming-new"), "{}", kept.display());
    }
}
