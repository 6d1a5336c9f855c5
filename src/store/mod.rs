//! The storage seam and what stands on it: transactions with group commit, typed tables, the change log,
//! durable timers, migrations and content-addressed files.
//!
//! It knows no domain, and nothing outside this folder names the engine (redb). Domains declare
//! [`Table`]s and read or write them through a [`Read`] or a [`Tx`]; a `store.rs` takes a transaction and
//! never opens one. Use cases open one:
//!
//! ```ignore
//! let customer = store.write(move |tx| customers::store::rename(tx, id, &name, now)).await?;
//! let page = customers::store::page(&store.view()?, cursor, 50)?;
//! ```
//!
//! What a transaction promises: it sees its own writes and every committed one, in one order; it is kept
//! whole or not at all; when `write` returns, it is on the disk. The closure may be run again, so it has no
//! effects of its own (a distributed engine behind this seam would retry on conflicts).

mod blobs;
pub mod bytes;
mod cache;
mod changes;
mod engine;
mod key;
mod log;
mod log_file;
mod logged_engine;
mod overlay;
mod queue;
mod recent;
mod redb_engine;
mod redb_rows;
mod schema;
mod stores;
pub mod sweep;
mod table;
pub mod timers;
mod tx;
mod writer;

pub use blobs::{BlobError, BlobHash, BlobWriter, Blobs};
pub use changes::{
    Actor, Change, ChangeRecord, Straggler, changes_after, follower_position, forget_changes,
    remove_follower, set_follower_position, straggler,
};
pub use engine::RowKey;
pub use key::Key;
pub use schema::{Migration, Progress, Schema};
pub use stores::{BusinessStore, Stores, StoresOptions};
pub use table::{Order, Table};
pub use tx::{Read, Tx, View};
pub use writer::{Pending, Store};

/// For `skip_serializing_if`: a field that is what it would be without being written need not be. Half of a message
/// would be the names of what it has not.
pub fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Reads for a while, on a thread that serves nobody else: megabytes, or many rows.
pub async fn apart<T, E>(read: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let read = tokio::task::spawn_blocking(read).await;
    read.unwrap_or_else(|error| Err(StoreError::Panicked(error.to_string()).into()))
}

/// Why the store could not do what it was asked.
///
/// Domain errors wrap it; `http` answers it with 503 (busy, closed, a disk that takes no writes) or 500 (the rest) and
/// shows none of the text to the caller.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The engine or the disk failed; what was asked is not done, unless the disk had it and only could not say so.
    #[error("storage failed: {0}")]
    Engine(String),
    /// Another process has the file open.
    #[error("{0} is in use by another running Beseda")]
    InUse(String),
    /// A stored value cannot be read as its type.
    #[error("damaged value in table {table}: {detail}")]
    Damaged { table: &'static str, detail: String },
    /// More writes wait than the queue holds.
    #[error("too many writes are waiting")]
    Busy,
    /// The store is closing.
    #[error("the store is closed")]
    Closed,
    /// The change log no longer tells what came directly after the position that was asked for.
    #[error("the changes up to {upto} are no longer kept")]
    Forgotten { upto: u64 },
    /// The closure panicked; its writes are dropped, the other members of its batch are not.
    #[error("a write panicked: {0}")]
    Panicked(String),
    /// The data were written by a newer program.
    #[error(
        "{what} has schema version {found}, this program knows versions up to {known}: start the newer program, \
         or restore a backup made by this one"
    )]
    Newer { what: String, found: u32, known: u32 },
}

#[cfg(test)]
mod tests;
