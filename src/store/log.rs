//! The log of a store: batches of writes, one behind another, each durable with one fsync.
//!
//! A log belongs to one generation of writes. When these are in the engine's own file, the log is written over from
//! its beginning by a later generation; it is not cut, because a file that keeps its length is synced without its
//! inode. What is left of the earlier generation behind the new end does not fit: each record's checksum covers the
//! store's identity, the generation and the record's place.

use std::io;

use bytes::Bytes;

use super::engine::{RowKey, WriteSet};
use super::log_file::{BLOCK, Blocks, LogFile};

/// A row as it was written: a key with its value, or without one where it was removed.
pub type Row = (RowKey, Option<Bytes>);

/// A generation's log, open for writing.
pub struct Log {
    file: Box<dyn LogFile>,
    head: Head,
    records: u64,
    /// Behind the last record.
    end: u64,
    /// Up to here the file has blocks.
    filled: u64,
    /// What of the last block is written. It is written again, as it is, with what comes behind it.
    begun: Blocks,
}

/// Whose log it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Of the store: a log beside another store's file is not read.
    pub identity: u64,
    pub generation: u64,
}

const MAGIC: [u8; 8] = *b"besedaL1";
/// Magic, identity, generation, checksum, four bytes without meaning.
const HEAD: usize = 32;
/// Length and checksum.
const FRAME: usize = 8;
/// A row without a value: it is removed.
const REMOVED: u32 = u32::MAX;
/// Zeros are written this far ahead: a sync that has to tell the file system of a new length costs twice.
const AHEAD: std::ops::RangeInclusive<u64> = (64 << 10)..=(1 << 20);

impl Log {
    /// Begins a generation in a file whose earlier one is done with. Nothing is written before the first batch.
    pub fn begin(file: Box<dyn LogFile>, head: Head) -> io::Result<Self> {
        let filled = file.len()?;
        let mut begun = Blocks::default();
        begun.append(&head.bytes());
        Ok(Self { file, head, records: 0, end: HEAD as u64, filled, begun })
    }

    /// Writes a batch down; when it returns, the batch is on the disk. After a failure nobody knows whether it is,
    /// and nothing may be appended any more.
    ///
    /// The batch comes back as rows whose values lie in what was written. Who keeps them keeps one piece of memory
    /// instead of thousands, and what the batch was made of is free for the next one.
    pub fn append(&mut self, writes: WriteSet) -> io::Result<Vec<Row>> {
        let row =
            |(key, value): (&RowKey, &Option<Vec<u8>>)| 8 + key.len() + value.as_ref().map_or(0, Vec::len);
        let mut buffer = Vec::with_capacity(FRAME + writes.iter().map(row).sum::<usize>());
        buffer.extend_from_slice(&[0; FRAME]);
        let mut places = Vec::with_capacity(writes.len());
        for (key, value) in writes {
            put(&mut buffer, &key)?;
            let place = if let Some(value) = value {
                put(&mut buffer, &value)?;
                Some(buffer.len() - value.len()..buffer.len())
            } else {
                buffer.extend_from_slice(&REMOVED.to_le_bytes());
                None
            };
            places.push((key, place));
        }
        let length = length(buffer.len() - FRAME)?;
        let checksum = self.head.checksum(self.records, &buffer[FRAME..]);
        buffer[..4].copy_from_slice(&length.to_le_bytes());
        buffer[4..FRAME].copy_from_slice(&checksum.to_le_bytes());
        self.write(&buffer)?;
        let written = Bytes::from(buffer);
        Ok(places.into_iter().map(|(key, place)| (key, place.map(|place| written.slice(place)))).collect())
    }

    fn write(&mut self, record: &[u8]) -> io::Result<()> {
        let offset = self.end - self.begun.bytes().len() as u64;
        self.begun.append(record);
        let end = self.begun.bytes().len();
        self.begun.fill();
        let filled = offset + self.begun.bytes().len() as u64;
        if filled > self.filled {
            let ahead = (self.filled / 2).clamp(*AHEAD.start(), *AHEAD.end()).next_multiple_of(BLOCK as u64);
            let mut zeros = Blocks::default();
            zeros.append(&vec![0; usize::try_from(ahead).unwrap_or_default()]);
            self.file.write(filled, zeros.bytes())?;
            self.filled = filled + ahead;
        }
        self.file.write(offset, self.begun.bytes())?;
        self.file.sync()?;
        self.begun.keep(end - end % BLOCK..end);
        self.records += 1;
        self.end = offset + end as u64;
        Ok(())
    }

    /// The file, for another generation.
    pub fn into_file(self) -> Box<dyn LogFile> {
        self.file
    }
}

/// Reads what a log holds: its head and every batch up to where a crash cut it off. `None` for a file that never
/// held a batch.
pub fn read(file: &dyn LogFile) -> io::Result<Option<(Head, Vec<WriteSet>)>> {
    let Ok(length) = usize::try_from(file.len()?) else { return Ok(None) };
    if length < HEAD {
        return Ok(None);
    }
    let mut bytes = vec![0; length];
    file.read(0, &mut bytes)?;
    let (head, mut rest) = bytes.split_at(HEAD);
    if head.iter().all(|byte| *byte == 0) {
        return Ok(None);
    }
    let Some(head) = Head::of(head) else { return Err(damaged("its head")) };
    let mut batches = Vec::new();
    while let Some((batch, behind)) = record(head, batches.len() as u64, rest) {
        batches.push(batch);
        rest = behind;
    }
    // Each record is on the disk before the next is begun, so only the last can be cut off.
    let place = batches.len() as u64;
    let skipped = frame(rest).and_then(|(length, _)| rest.get(FRAME + length..));
    if skipped.is_some_and(|behind| record(head, place + 1, behind).is_some()) {
        return Err(damaged(&format!("record {place}")));
    }
    Ok(Some((head, batches)))
}

fn damaged(what: &str) -> io::Error {
    let advice = "it holds acknowledged writes; restore a backup, or move the log away to go on without them";
    io::Error::new(io::ErrorKind::InvalidData, format!("{what} is damaged: {advice}"))
}

/// The length and the checksum in front of a record.
fn frame(bytes: &[u8]) -> Option<(usize, u32)> {
    let (frame, _) = bytes.split_at_checked(FRAME)?;
    let length = u32::from_le_bytes(frame[..4].try_into().ok()?);
    Some((usize::try_from(length).ok()?, u32::from_le_bytes(frame[4..].try_into().ok()?)))
}

/// The next record, if it is whole and belongs here; with what is behind it.
fn record(head: Head, place: u64, bytes: &[u8]) -> Option<(WriteSet, &[u8])> {
    let (length, checksum) = frame(bytes)?;
    let (mut rows, behind) = bytes[FRAME..].split_at_checked(length)?;
    if head.checksum(place, rows) != checksum {
        return None;
    }
    let mut batch = WriteSet::new();
    while !rows.is_empty() {
        let key = take(&mut rows)??;
        batch.insert(RowKey::from_vec(key), take(&mut rows)?);
    }
    Some((batch, behind))
}

/// A length and as many bytes; the inner `None` is a removal.
#[expect(clippy::option_option, reason = "the outer one is a cut-off record, the inner one a removed row")]
fn take(bytes: &mut &[u8]) -> Option<Option<Vec<u8>>> {
    let (length, rest) = bytes.split_at_checked(4)?;
    *bytes = rest;
    let length = u32::from_le_bytes(length.try_into().ok()?);
    if length == REMOVED {
        return Some(None);
    }
    let (taken, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *bytes = rest;
    Some(Some(taken.to_vec()))
}

fn put(buffer: &mut Vec<u8>, bytes: &[u8]) -> io::Result<()> {
    buffer.extend_from_slice(&length(bytes.len())?.to_le_bytes());
    buffer.extend_from_slice(bytes);
    Ok(())
}

fn length(bytes: usize) -> io::Result<u32> {
    let length = u32::try_from(bytes).ok().filter(|length| *length != REMOVED);
    length.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a batch of more than 4 GB"))
}

impl Head {
    fn bytes(self) -> [u8; HEAD] {
        let mut bytes = [0; HEAD];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..16].copy_from_slice(&self.identity.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.generation.to_le_bytes());
        let checksum = crc32fast::hash(&bytes[..24]);
        bytes[24..28].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    fn of(bytes: &[u8]) -> Option<Self> {
        let number =
            |range| Some(u64::from_le_bytes(bytes.get::<std::ops::Range<usize>>(range)?.try_into().ok()?));
        let head = Self { identity: number(8..16)?, generation: number(16..24)? };
        (bytes == head.bytes()).then_some(head)
    }

    fn checksum(self, place: u64, rows: &[u8]) -> u32 {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&self.identity.to_le_bytes());
        hasher.update(&self.generation.to_le_bytes());
        hasher.update(&place.to_le_bytes());
        hasher.update(rows);
        hasher.finalize()
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

    use smallvec::smallvec;
    use tempfile::NamedTempFile;

    use super::super::log_file::OnDisk;
    use super::*;

    const HEAD_1: Head = Head { identity: 7, generation: 1 };

    fn file() -> NamedTempFile {
        NamedTempFile::new().unwrap()
    }

    fn open(file: &NamedTempFile) -> Box<dyn LogFile> {
        Box::new(OnDisk::new(File::options().read(true).write(true).open(file.path()).unwrap()))
    }

    fn batch(number: u8) -> WriteSet {
        WriteSet::from([
            (smallvec![number], Some(vec![number; usize::from(number) * 100])),
            (smallvec![number, 0], None),
            (smallvec![], Some(vec![])),
        ])
    }

    #[test]
    fn batches_come_back_in_their_order() {
        let file = file();
        assert_eq!(read(&*open(&file)).unwrap(), None);
        let mut log = Log::begin(open(&file), HEAD_1).unwrap();
        let batches = [batch(1), batch(2), WriteSet::new(), batch(200)];
        for batch in &batches {
            let rows = log.append(batch.clone()).unwrap();
            let rows = rows.into_iter().map(|(key, value)| (key, value.map(Vec::from)));
            assert_eq!(rows.collect::<WriteSet>(), *batch);
        }
        assert_eq!(read(&*open(&file)).unwrap(), Some((HEAD_1, batches.to_vec())));
    }

    #[test]
    fn a_later_generation_hides_the_earlier_one() {
        let file = file();
        // A record that fills the first block, so that the one behind it is not written over.
        let length = BLOCK - HEAD - FRAME - 9;
        let batch = WriteSet::from([(smallvec![1], Some(vec![1; length]))]);
        let mut log = Log::begin(open(&file), HEAD_1).unwrap();
        for _ in 1..20 {
            log.append(batch.clone()).unwrap();
        }
        let head = Head { generation: 3, ..HEAD_1 };
        let mut log = Log::begin(log.into_file(), head).unwrap();
        log.append(batch.clone()).unwrap();
        assert_eq!(log.end, BLOCK as u64);
        assert_eq!(read(&*open(&file)).unwrap(), Some((head, vec![batch])));
    }

    #[test]
    fn whatever_is_cut_off_ends_the_log_and_what_is_changed_is_said() {
        let file = file();
        let mut log = Log::begin(open(&file), HEAD_1).unwrap();
        let mut ends = Vec::new();
        for number in 1..4 {
            log.append(batch(number)).unwrap();
            ends.push(usize::try_from(log.end).unwrap());
        }
        let whole = fs::read(file.path()).unwrap()[..ends[2]].to_vec();
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0x40;
            for bytes in [&whole[..at], &changed] {
                let damaged = self::file();
                fs::write(damaged.path(), bytes).unwrap();
                let left = ends.iter().filter(|end| **end <= at).count();
                let cut = bytes.len() < whole.len();
                match read(&*open(&damaged)) {
                    Ok(None) => assert!(cut && at < HEAD),
                    Ok(Some((head, batches))) => {
                        assert_eq!((head, batches.len()), (HEAD_1, left), "at {at}");
                    }
                    // What is not cut off but changed is said, where whole records follow.
                    Err(error) => {
                        assert!(!cut && at < ends[1], "at {at}");
                        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
                    }
                }
            }
        }
    }
}
