//! Every route of the program in memory, opened: what a webhook needs before it touches a store.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use beseda_wire::ids::{BusinessId, NumberId};
use beseda_wire::time::Time;
use serde::{Deserialize, Serialize};

use super::{Route, sealing_place};
use crate::crypto::{KeyRing, SealError, Secret};

/// One number as the receiver knows it.
#[derive(Debug)]
pub struct Channel {
    pub business: BusinessId,
    pub number: NumberId,
    pub phone_number_id: String,
    pub waba_id: String,
    pub app_secret: Secret,
    pub verify_token: String,
    rejected: Mutex<Rejected>,
    last_webhook: AtomicI64,
}

/// Requests whose signature was wrong. They leave nothing else, so that strangers cannot fill the disk; the count is
/// written now and then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    pub count: u64,
    pub last: Time,
    #[serde(skip)]
    written: bool,
}

/// After a week without one they are counted anew: what was wrong then has been put right.
const FORGET_SECONDS: i64 = 7 * 86_400;

/// The numbers of every business, by Meta's phone number id. Cheap to clone.
#[derive(Clone, Default)]
pub struct Channels(Arc<RwLock<HashMap<String, Arc<Channel>>>>);

impl Channels {
    /// Adds a number, or replaces what was known of it: with another secret other signatures are wrong.
    pub fn add(&self, route: &Route, keys: &KeyRing) -> Result<(), SealError> {
        let (business, number) = (route.business.to_string(), route.number.to_string());
        let app_secret =
            keys.unseal(sealing_place(&business, &number, "route_app_secret"), &route.app_secret)?;
        let channel = Channel {
            business: route.business,
            number: route.number,
            phone_number_id: route.phone_number_id.clone(),
            waba_id: route.waba_id.clone(),
            app_secret,
            verify_token: route.verify_token.clone(),
            rejected: Mutex::new(Rejected::none()),
            last_webhook: AtomicI64::new(0),
        };
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(route.phone_number_id.clone(), Arc::new(channel));
        Ok(())
    }

    pub fn remove(&self, phone_number_id: &str) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(phone_number_id);
    }

    pub fn get(&self, phone_number_id: &str) -> Option<Arc<Channel>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(phone_number_id).cloned()
    }

    /// The channels of one business, for the numbers page.
    pub fn of_number(&self, number: NumberId) -> Option<Arc<Channel>> {
        self.all().into_iter().find(|channel| channel.number == number)
    }

    pub fn all(&self) -> Vec<Arc<Channel>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}

impl Channel {
    /// Counts a request whose signature was wrong.
    pub fn count_rejected(&self, now: Time) {
        let mut rejected = self.rejected_mut();
        *rejected = Rejected { count: rejected.at(now) + 1, last: now, written: false };
    }

    /// Requests with a wrong signature lately.
    pub fn rejected(&self, now: Time) -> u64 {
        self.rejected_mut().at(now)
    }

    /// Goes on with what was written.
    pub fn restore_rejected(&self, rejected: Rejected) {
        *self.rejected_mut() = Rejected { written: true, ..rejected };
    }

    /// The count, if it has changed since it was asked for in this way.
    pub fn unwritten_rejected(&self) -> Option<Rejected> {
        let mut rejected = self.rejected_mut();
        let changed = rejected.count > 0 && !rejected.written;
        rejected.written = true;
        changed.then_some(*rejected)
    }

    fn rejected_mut(&self) -> MutexGuard<'_, Rejected> {
        self.rejected.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a webhook; says whether it is the first since the program started.
    pub fn note_webhook(&self, now: Time) -> bool {
        self.last_webhook.swap(now.millis(), Ordering::Relaxed) == 0
    }

    pub fn last_webhook_at(&self) -> Option<Time> {
        let millis = self.last_webhook.load(Ordering::Relaxed);
        (millis != 0).then(|| Time::from_millis(millis))
    }
}

impl Rejected {
    fn none() -> Self {
        Self { count: 0, last: Time::from_millis(0), written: true }
    }

    fn at(&self, now: Time) -> u64 {
        if self.last < now.plus_seconds(-FORGET_SECONDS) { 0 } else { self.count }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_webhooks_are_counted_for_as_long_as_they_come_and_written_once() {
        let channel = Channel {
            business: BusinessId::from_uuid(uuid::Uuid::nil()),
            number: NumberId::from_uuid(uuid::Uuid::nil()),
            phone_number_id: "1".to_owned(),
            waba_id: "2".to_owned(),
            app_secret: Secret::new("s"),
            verify_token: "v".to_owned(),
            rejected: Mutex::new(Rejected::none()),
            last_webhook: AtomicI64::new(0),
        };
        let at = Time::from_seconds;
        assert_eq!((channel.rejected(at(0)), channel.unwritten_rejected()), (0, None));
        for second in 0..1_000 {
            channel.count_rejected(at(second));
        }
        let written = channel.unwritten_rejected().unwrap();
        assert_eq!((written.count, channel.unwritten_rejected()), (1_000, None), "once for all of them");
        channel.count_rejected(at(1_000));
        assert_eq!(channel.rejected(at(1_000 + FORGET_SECONDS)), 1_001);
        assert_eq!(channel.rejected(at(1_001 + FORGET_SECONDS)), 0, "a week without one");
        channel.restore_rejected(written);
        assert_eq!((channel.rejected(at(1_000)), channel.unwritten_rejected()), (1_000, None));
        channel.count_rejected(at(1_000 + FORGET_SECONDS));
        assert_eq!(channel.unwritten_rejected().map(|rejected| rejected.count), Some(1), "anew");
    }
}
