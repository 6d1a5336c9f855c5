//! `Idempotency-Key`: the same request twice has one effect and one answer, for 24 hours.
//!
//! The guard does it for every operation marked `.creating()`, and handlers need no code:
//!
//! 1. The key is *claimed* in the business's store (in the platform's for what a person does outside of one), with a hash of the request, before the handler runs.
//! 2. The handler runs.
//! 3. A 2xx answer is recorded under the key. After any other answer the claim is dropped, because a handler
//!    that fails has undone its transaction; after a 500 it is kept, because then nobody knows.
//!
//! A crash between 2 and 3 leaves a claim without an answer: the retry is told so
//! (`/problems/idempotency-unknown`) and the effect is not doubled. An operation for which that is not good
//! enough records its answer in the very transaction that has the effect, with [`Once::record`] from
//! `BusinessCaller::once` (or the argument `Once`); then a retry after a crash gets the answer too. The refused alternative is a hook
//! in the store that finds the running request by itself: it would tie every write to HTTP, invisibly.
//!
//! A second request with a key that is being worked on gets 409 and `Retry-After: 1`; it does not wait,
//! because waiting requests would pile up behind a slow one.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use beseda_wire::ids::{BusinessId, UserId};
use beseda_wire::time::Time;
use poem::http::{HeaderName, HeaderValue, StatusCode, Uri};
use poem::{FromRequest, Request, RequestBody, Response};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::kinds;
use super::problem::Problem;
use crate::store::{Order, Read, Store, StoreError, Table, Tx};

/// The header that carries the key.
pub const HEADER: &str = "Idempotency-Key";
/// The header that says that an answer was given before.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

const KEPT_SECONDS: i64 = 24 * 60 * 60;
/// Answers above this are not kept: store values stay small. None of our creating operations comes near.
const LARGEST_ANSWER: usize = 64 << 10;
/// Claims cleaned up with each new one; two keep the table from growing.
const SWEPT: usize = 4;

const RECORDS: Table<(UserId, String), Record> = Table::new(6, "idempotency");
const BY_AGE: Table<(Time, UserId, String), ()> = Table::new(7, "idempotency_by_age");

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    /// SHA-256 of the operation, the address and the body.
    request: String,
    at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<Answer>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Answer {
    status: u16,
    /// JSON, as every answer of a creating operation is.
    body: String,
}

/// The key of a request, if it has one.
pub(super) fn key(request: &Request) -> Result<Option<String>, Problem> {
    let Some(value) = request.headers().get(HEADER) else { return Ok(None) };
    match value.to_str() {
        Ok(text) if (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Ok(Some(text.to_owned()))
        }
        _ => Err(Problem::invalid_field(HEADER, "must be 1 to 255 visible ASCII characters, without blanks")),
    }
}

/// What makes two requests the same.
pub(super) fn print(operation: &str, uri: &Uri, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    for part in [operation.as_bytes(), uri.to_string().as_bytes(), body] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    crate::crypto::hex(&hash.finalize())
}

/// The keys that are being worked on in this process: it tells a claim that runs from one that a crash left.
#[derive(Clone, Default)]
pub(super) struct InFlight(Arc<Mutex<HashSet<Owned>>>);

/// A key belongs to a person in a business; outside of one (making a business) to the person alone.
type Owned = (Option<BusinessId>, UserId, String);

pub(super) enum Claimed {
    /// It was done before; this is the answer.
    Done(Response),
    New(Claim),
}

impl InFlight {
    pub(super) async fn claim(
        &self,
        store: &Store,
        owned: Owned,
        request: String,
        now: Time,
    ) -> Result<Claimed, Problem> {
        if !self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(owned.clone()) {
            return Err(Problem::of(kinds::KEY_IN_USE).retry_after(1));
        }
        // From here on dropping the running mark frees the key, whatever happens.
        let (user, key) = (owned.1, owned.2.clone());
        let running = Running { all: self.clone(), owned };
        let (row, print) = ((user, key.clone()), request.clone());
        let found = store.write(move |tx| take(tx, &row, &print, now)).await?;
        match found {
            None => {
                let row = (user, key);
                let once =
                    Once(Some(Arc::new(Recording { row, request, at: now, done: AtomicBool::new(false) })));
                Ok(Claimed::New(Claim { once, running }))
            }
            Some(record) if record.request != request => Err(Problem::of(kinds::KEY_REUSED)),
            Some(Record { answer: Some(answer), .. }) => Ok(Claimed::Done(replay(answer))),
            Some(_) => Err(Problem::of(kinds::KEY_UNKNOWN)),
        }
    }
}

/// Takes the key, or gives the record that has it.
fn take(
    tx: &mut Tx<'_>,
    row: &(UserId, String),
    request: &str,
    now: Time,
) -> Result<Option<Record>, StoreError> {
    let since = now.plus_seconds(-KEPT_SECONDS);
    if let Some(record) = RECORDS.get(tx, row)?.filter(|record| record.at >= since) {
        return Ok(Some(record));
    }
    for ((at, user, key), ()) in BY_AGE.rows(tx, &(), None, Order::Ascending, SWEPT)? {
        if at < since {
            remove(tx, &(user, key))?;
        }
    }
    remove(tx, row)?;
    RECORDS.put(tx, row, &Record { request: request.to_owned(), at: now, answer: None })?;
    BY_AGE.put(tx, &(now, row.0, row.1.clone()), &())?;
    Ok(None)
}

fn remove(tx: &mut Tx<'_>, row: &(UserId, String)) -> Result<(), StoreError> {
    if let Some(record) = RECORDS.get(tx, row)? {
        BY_AGE.remove(tx, &(record.at, row.0, row.1.clone()));
        RECORDS.remove(tx, row);
    }
    Ok(())
}

fn replay(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = Response::builder().status(status).header(REPLAYED, HeaderValue::from_static("true"));
    if !answer.body.is_empty() {
        response = response.content_type(super::json::CONTENT_TYPE);
    }
    response.body(answer.body)
}

struct Running {
    all: InFlight,
    owned: Owned,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.all.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.owned);
    }
}

/// A claimed key, while its request runs.
pub(super) struct Claim {
    once: Once,
    running: Running,
}

impl Claim {
    pub(super) fn once(&self) -> Once {
        self.once.clone()
    }

    /// Writes down how it ended, and gives the answer on.
    pub(super) async fn settle(
        self,
        store: &Store,
        answer: Result<Response, Problem>,
    ) -> Result<Response, Problem> {
        let Some(recording) = self.once.0.clone() else { return answer };
        let status = match &answer {
            Ok(response) => response.status(),
            Err(problem) => {
                StatusCode::from_u16(problem.body().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
        };
        // A 500 may have come after the effect: the claim stays, so that nobody does it again.
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            return answer;
        }
        if !status.is_success() {
            let row = recording.row.clone();
            store.write(move |tx| remove(tx, &row)).await?;
            return answer;
        }
        if recording.done.load(Ordering::Acquire) {
            return answer;
        }
        let mut response = answer?;
        let body = response.take_body().into_bytes().await.map_err(|error| Problem::internal(&error))?;
        if let Ok(text) = std::str::from_utf8(&body)
            && text.len() <= LARGEST_ANSWER
        {
            let kept = Answer { status: status.as_u16(), body: text.to_owned() };
            let record = recording.record(Some(kept));
            let row = recording.row.clone();
            store.write(move |tx| RECORDS.put(tx, &row, &record)).await?;
        }
        response.set_body(body);
        drop(self.running);
        Ok(response)
    }
}

/// Records an answer in the transaction that makes it true. Without a key it does nothing.
#[derive(Clone, Default)]
pub struct Once(Option<Arc<Recording>>);

struct Recording {
    row: (UserId, String),
    request: String,
    at: Time,
    done: AtomicBool,
}

impl Recording {
    fn record(&self, answer: Option<Answer>) -> Record {
        Record { request: self.request.clone(), at: self.at, answer }
    }
}

impl<'a> FromRequest<'a> for Once {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> poem::Result<Self> {
        Ok(request.extensions().get::<Self>().cloned().unwrap_or_default())
    }
}

impl Once {
    /// Call it last in the closure that has the effect, with what the handler is going to answer.
    pub fn record<T: Serialize>(
        &self,
        tx: &mut Tx<'_>,
        status: StatusCode,
        answer: &T,
    ) -> Result<(), StoreError> {
        let Some(recording) = &self.0 else { return Ok(()) };
        let body = serde_json::to_string(answer)
            .map_err(|error| StoreError::Damaged { table: "idempotency", detail: error.to_string() })?;
        let answer = Answer { status: status.as_u16(), body };
        RECORDS.put(tx, &recording.row, &recording.record(Some(answer)))?;
        recording.done.store(true, Ordering::Release);
        Ok(())
    }
}

/// Whether the user's key has an answer; for tests of operations that record their own.
pub fn answered(from: &dyn Read, user: UserId, key: &str) -> Result<bool, StoreError> {
    Ok(RECORDS.get(from, &(user, key.to_owned()))?.is_some_and(|record| record.answer.is_some()))
}
