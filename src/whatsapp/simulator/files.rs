//! The files on the customers' phones: how they come there, and who sees them.
//!
//! A file is written to its place while it comes, so that a large one is never whole in memory.

use std::io;
use std::sync::Arc;

use beseda_wire::simulator::SimFile;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};

use super::book::{Home, Number, Refused};
use super::media::{Owner, StoredFile, most_bytes};
use super::state::Simulator;
use super::{samples, view};

/// Why a file is not kept.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("there is no such file")]
    Missing,
    #[error(transparent)]
    Nobody(#[from] Refused),
    #[error("WhatsApp does not take files of the kind `{0}`")]
    Kind(String),
    #[error("WhatsApp takes up to {0} bytes of this kind")]
    TooLarge(u64),
    #[error("the file did not come whole")]
    Cut,
    #[error("the file is empty")]
    Empty,
    #[error("the file cannot be written: {0}")]
    Disk(io::Error),
}

impl Simulator {
    /// Puts a file on the phones of those customers whom `number` knows; of everyone without one.
    pub async fn take_file<E>(
        &self,
        number: Option<&str>,
        mime: &str,
        name: Option<String>,
        bytes: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<SimFile, FileError> {
        let home = self.home_of(number)?;
        let most = most_bytes(mime).ok_or_else(|| FileError::Kind(mime.to_owned()))?;
        let id = self.0.ids.object();
        let mut writing = self.0.media.begin(&id, most);
        let mut bytes = std::pin::pin!(bytes);
        let mut empty = true;
        while let Some(part) = bytes.next().await {
            empty &= part.as_ref().is_ok_and(Bytes::is_empty);
            let added = match part {
                Ok(part) => writing.add(&part).await.map_err(FileError::Disk),
                Err(_) => Err(FileError::Cut),
            };
            let whole = added.and_then(|fits| fits.then_some(()).ok_or(FileError::TooLarge(most)));
            if let Err(error) = whole {
                writing.abandon().await;
                return Err(error);
            }
        }
        if empty {
            writing.abandon().await;
            return Err(FileError::Empty);
        }
        let owner = Owner::Customers(home);
        let kept = self.0.media.end(writing, id, mime.to_owned(), name, owner, self.now()).await;
        Ok(view::file(&*kept.map_err(FileError::Disk)?))
    }

    /// Puts one of the samples there.
    pub async fn sample(&self, number: Option<&str>, name: &str) -> Result<SimFile, FileError> {
        let sample = samples::read(name).ok_or(FileError::Missing)?;
        let whole = futures_util::stream::iter([Ok::<_, io::Error>(Bytes::from(sample.into_owned()))]);
        self.take_file(number, samples::mime(name), Some(name.to_owned()), whole).await
    }

    /// A file that still lives.
    pub(super) fn file(&self, id: &str) -> Option<Arc<StoredFile>> {
        self.0.media.get(id, self.now())
    }

    /// The same, if it is one of those that `number` may see.
    pub(super) fn file_of(&self, number: &Number, id: &str) -> Option<Arc<StoredFile>> {
        self.file(id).filter(|file| file.owner.shows_to(number))
    }

    /// The same, for a number by its id.
    pub(super) fn file_at(&self, number: &str, id: &str) -> Result<Arc<StoredFile>, FileError> {
        self.file_of(&*self.number(number)?, id).ok_or(FileError::Missing)
    }

    fn home_of(&self, number: Option<&str>) -> Result<Home, FileError> {
        match number {
            None => Ok(Home::EVERYWHERE),
            Some(number) => Ok(self.number(number)?.home),
        }
    }
}
