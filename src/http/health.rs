//! Whether the program lives, and whether it should get work.
//!
//! `/healthz` says that the process answers: a supervisor restarts it when it does not. `/readyz` says that it
//! can do its work: a load balancer sends none while it does not. They are kept apart, because a full disk is
//! no reason to restart and a stopping program is no reason to alarm.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use poem::http::StatusCode;
use poem::{Response, handler, web::Data};
use serde_json::json;

use super::json::CONTENT_TYPE;
use super::kinds;
use super::lifecycle::Lifecycle;
use super::problem::Problem;
use crate::store::{StoreError, Stores};

/// How long the writer may take to answer before the program counts as not ready.
const WRITER: Duration = Duration::from_secs(2);

/// What readiness looks at.
#[derive(Clone)]
pub struct Health {
    pub lifecycle: Lifecycle,
    pub stores: Arc<Stores>,
    /// Bytes that must be free where the data lie.
    pub min_free_bytes: u64,
}

impl Health {
    /// Nothing when the program can do its work, else why it cannot.
    pub async fn unready(&self) -> Option<String> {
        if self.lifecycle.is_stopping() {
            return Some("The program is stopping.".to_owned());
        }
        let asked = self.stores.platform().write(|_tx| Ok::<_, StoreError>(()));
        match tokio::time::timeout(WRITER, asked).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Some(format!("The store does not take writes: {error}.")),
            Err(_) => return Some(format!("The store has not answered within {} s.", WRITER.as_secs())),
        }
        // Asked on every call, and not of all: only a store whose last write failed is written to.
        match tokio::time::timeout(WRITER, self.stores.trouble()).await {
            Ok(None) => {}
            Ok(Some(error)) => return Some(format!("A store does not take writes: {error}.")),
            Err(_) => return Some(format!("A store has not answered within {} s.", WRITER.as_secs())),
        }
        let stores = Arc::clone(&self.stores);
        let behind = tokio::task::spawn_blocking(move || stores.trouble_behind());
        match tokio::time::timeout(WRITER, behind).await {
            Ok(Ok(None)) => {}
            Ok(Ok(Some(error))) => {
                return Some(format!(
                    "What was written waits in the log and cannot be moved to its file: {error}."
                ));
            }
            Ok(Err(error)) => return Some(format!("A store cannot be looked at: {error}.")),
            Err(_) => return Some(format!("A store has not answered within {} s.", WRITER.as_secs())),
        }
        match free_bytes(self.stores.dir()) {
            Ok(free) if free < self.min_free_bytes => Some(format!(
                "The disk has {} MB left, and {} MB are asked for.",
                free >> 20,
                self.min_free_bytes >> 20
            )),
            Ok(_) => None,
            Err(error) => Some(format!("The free space on the disk is not known: {error}.")),
        }
    }
}

/// Bytes that the program may still write where `path` lies.
pub fn free_bytes(path: &Path) -> io::Result<u64> {
    // The data directory may not exist yet; its parent lies on the same disk.
    let existing: PathBuf = path.ancestors().find(|path| path.exists()).unwrap_or(path).to_owned();
    let stat = rustix::fs::statvfs(&existing)?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

#[handler]
pub(super) fn healthz() -> Response {
    Response::builder().content_type(CONTENT_TYPE).body(json!({ "status": "alive" }).to_string())
}

#[handler]
pub(super) async fn readyz(Data(health): Data<&Health>) -> Response {
    match health.unready().await {
        None => Response::builder()
            .status(StatusCode::OK)
            .content_type(CONTENT_TYPE)
            .body(json!({ "status": "ready" }).to_string()),
        Some(why) => Problem::of(kinds::UNAVAILABLE).retry_after(5).detail(why).response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::tests::open_stores;

    #[tokio::test]
    async fn readiness_says_why_not() {
        let dir = tempfile::tempdir().unwrap();
        let stores = open_stores(&dir);
        let health = Health { lifecycle: Lifecycle::new(), stores, min_free_bytes: 0 };
        assert_eq!(health.unready().await, None);

        let full = Health { min_free_bytes: u64::MAX, ..health.clone() };
        assert!(full.unready().await.unwrap().starts_with("The disk has"));

        let closed = health.clone();
        health.stores.close();
        assert!(closed.unready().await.unwrap().starts_with("The store does not take writes"));

        health.lifecycle.stop();
        assert_eq!(health.unready().await.unwrap(), "The program is stopping.");
    }

    #[test]
    fn the_free_space_of_a_folder_to_come_is_known() {
        let dir = tempfile::tempdir().unwrap();
        assert!(free_bytes(&dir.path().join("not/yet")).unwrap() > 0);
    }
}
