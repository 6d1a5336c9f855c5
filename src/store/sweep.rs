//! Collects files that nothing names any more.
//!
//! A file is kept as long as the value of any row of the business's store holds its address as text. Which tables there
//! are is not asked: a new one is heeded on its first day, and a flow that this version cannot read as well. A domain
//! that kept an address in another form, or in keys alone, would lose its files; none does, and none may.
//!
//! What nothing names is marked with the time at which that was first seen, in the store. It is removed by a later sweep,
//! when it was neither named nor used for the whole grace time since. So what is about to be named is safe, if it is
//! named within that time: uploads and downloads are used when they are finished, and whoever writes a row that names a
//! file which is here already holds it before ([`Blobs::hold`](super::Blobs::hold)), under the same lock under which it
//! is removed. Either the removal sees the use, or the user sees that the file is gone.
//!
//! Cut off at any instant, a sweep leaves files that go later, or marks of files that are gone, which go as well.
//!
//! A count of references beside each file is refused: a write with every message that has a picture, and a number that is
//! wrong for ever after the first mistake.

use std::collections::HashMap;
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

use beseda_wire::time::Time;

use super::engine::Range;
use super::{BlobError, BlobHash, Blobs, BusinessStore, Order, Read, StoreError, Table, Tx, apart};

/// When a file was first seen that nothing names. In the key, so that the mark does not name it.
const UNNAMED: Table<String, Time> = Table::new(9, "files_unnamed");

/// Addresses in memory at the same time, more or less. With more files the rows are read several times.
const FILES: usize = 50_000;
/// Marks set or removed in one transaction.
const BATCH: usize = 500;

/// What a sweep has removed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    pub files: usize,
    pub bytes: u64,
}

/// Sweeps the files of a business: marks what nothing names, and removes what has had its mark, and no use, for `grace`
/// seconds.
pub async fn sweep(business: &Arc<BusinessStore>, grace: i64, now: Time) -> Result<Swept, BlobError> {
    let cutoff = now.plus_seconds(-grace);
    let blobs = business.blobs.clone();
    apart(move || Ok::<_, BlobError>(blobs.remove_unfinished(cutoff)?)).await?;
    let mut swept = Swept::default();
    let mut begin = 0;
    while begin < FOLDERS {
        let of = Arc::clone(business);
        let slice = apart(move || unnamed(&of, begin)).await?;
        let doomed = mark(business, &slice, cutoff, now).await?;
        let removed = remove(business, doomed, cutoff).await?;
        swept.files += removed.len();
        swept.bytes += removed.iter().filter_map(|hash| slice.files.get(hash)).sum::<u64>();
        begin = slice.end;
    }
    Ok(swept)
}

/// Holds every file that this text names, before it is written.
pub fn hold_named(text: &str, blobs: &Blobs, now: Time) -> Result<(), BlobError> {
    let mut outcome = Ok(());
    addresses(text.as_bytes(), |hash| {
        if outcome.is_ok() {
            // Whether it is here is for whoever knows what the text is.
            outcome = blobs.hold(&hash, now).map(drop);
        }
    });
    outcome
}

const FOLDERS: u16 = 256;

/// A part of the files, by how their addresses begin.
struct Slice {
    begin: u16,
    end: u16,
    /// Those that nothing names, with their sizes.
    files: HashMap<BlobHash, u64>,
}

/// The files of the next folders that no row names, as of one moment after they were found.
fn unnamed(business: &BusinessStore, begin: u16) -> Result<Slice, BlobError> {
    let mut files = HashMap::new();
    let mut end = begin;
    while end < FOLDERS && files.len() < FILES {
        let first = u8::try_from(end).unwrap_or(u8::MAX);
        files.extend(business.blobs.in_folder(first)?.into_iter().map(|found| (found.hash, found.size)));
        end += 1;
    }
    if !files.is_empty() {
        let everything = Range { start: Bound::Unbounded, end: Bound::Unbounded, reverse: false };
        // One view: a row that moves from a later key to an earlier one while it is read must not be missed.
        business.store.view()?.scan_bytes(everything, &mut |_, value| {
            addresses(value, |address| {
                files.remove(&address);
            });
            if files.is_empty() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
    }
    Ok(Slice { begin, end, files })
}

/// Marks what is unnamed and takes marks back from what is not; gives what has been unnamed since before `cutoff`.
async fn mark(
    business: &BusinessStore,
    slice: &Slice,
    cutoff: Time,
    now: Time,
) -> Result<Vec<BlobHash>, StoreError> {
    let marked = marks(&business.store.view()?, slice)?;
    let wrong: Vec<String> = marked
        .iter()
        .filter(|(hash, at)| **at > now || hash.parse().is_ok_and(|hash| !slice.files.contains_key(&hash)))
        .map(|(hash, _)| hash.clone())
        .collect();
    unmark(business, &wrong).await?;
    let mut doomed = Vec::new();
    let mut new = Vec::new();
    for hash in slice.files.keys() {
        match marked.get(&hash.to_string()) {
            // A clock that was set back has made the mark later than now: it counts from now.
            Some(at) if *at <= now => doomed.extend((*at < cutoff).then(|| hash.clone())),
            _ => new.push(hash.to_string()),
        }
    }
    in_batches(business, &new, move |tx, hash| UNNAMED.put(tx, hash, &now)).await?;
    Ok(doomed)
}

/// Removes what was not used meanwhile; gives what is gone.
async fn remove(
    business: &BusinessStore,
    doomed: Vec<BlobHash>,
    cutoff: Time,
) -> Result<Vec<BlobHash>, BlobError> {
    let blobs = business.blobs.clone();
    let removed = apart(move || {
        let mut removed = Vec::new();
        for hash in doomed {
            if blobs.remove_unused(&hash, cutoff)? {
                removed.push(hash);
            }
        }
        Ok::<_, BlobError>(removed)
    })
    .await?;
    let gone: Vec<String> = removed.iter().map(BlobHash::to_string).collect();
    unmark(business, &gone).await?;
    Ok(removed)
}

/// The marks of a slice.
fn marks(from: &dyn Read, slice: &Slice) -> Result<HashMap<String, Time>, StoreError> {
    let mut marks = HashMap::new();
    // An address sorts behind what it begins with; before the first nothing does.
    let before = (slice.begin > 0).then(|| format!("{:02x}", slice.begin));
    UNNAMED.visit(from, &(), before.as_ref(), Order::Ascending, |hash, at| {
        if slice.end < FOLDERS && hash >= format!("{:02x}", slice.end) {
            return ControlFlow::Break(());
        }
        marks.insert(hash, at);
        ControlFlow::Continue(())
    })?;
    Ok(marks)
}

async fn unmark(business: &BusinessStore, hashes: &[String]) -> Result<(), StoreError> {
    let remove = |tx: &mut Tx<'_>, hash: &String| {
        UNNAMED.remove(tx, hash);
        Ok(())
    };
    in_batches(business, hashes, remove).await
}

async fn in_batches(
    business: &BusinessStore,
    hashes: &[String],
    each: impl Fn(&mut Tx<'_>, &String) -> Result<(), StoreError> + Copy + Send + 'static,
) -> Result<(), StoreError> {
    for batch in hashes.chunks(BATCH) {
        let batch = batch.to_vec();
        business.store.write(move |tx| batch.iter().try_for_each(|hash| each(tx, hash))).await?;
    }
    Ok(())
}

/// Every piece of the text that may be an address. One of 64 digits has one of them at each multiple of 64.
fn addresses(text: &[u8], mut found: impl FnMut(BlobHash)) {
    const LENGTH: usize = 64;
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let mut at = LENGTH - 1;
    while at < text.len() {
        if !is_digit(&text[at]) {
            at += LENGTH;
            continue;
        }
        let begin = text[..at].iter().rposition(|byte| !is_digit(byte)).map_or(0, |before| before + 1);
        let end = text[at..].iter().position(|byte| !is_digit(byte)).map_or(text.len(), |after| at + after);
        for window in text[begin..end].windows(LENGTH) {
            if let Some(hash) = std::str::from_utf8(window).ok().and_then(|text| text.parse().ok()) {
                found(hash);
            }
        }
        at = end + LENGTH;
    }
}

#[cfg(test)]
mod tests;
