//! Every route of the program in memory, opened: what a webhook needs before it touches a store.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use beseda_wire::ids::{BusinessId, NumberId};
use beseda_wire::time::Time;
use serde::{Deserialize, Serialize};

use super::{Route, sealing_place};
use crate::crypto::{KeyRing, SealError, Secret};
use crate::whatsapp::webhook;

/// One number as the receiver knows it.
#[derive(Debug)]
pub struct Channel {
    pub business: BusinessId,
    pub number: NumberId,
    pub phone_number_id: String,
    pub waba_id: String,
    pub app_secret: Secret,
    pub verify_token: String,
    pub rejected: RejectedCount,
    last_webhook: AtomicI64,
}

/// Counts requests whose signature was wrong. They leave nothing else, so that strangers cannot fill the disk; the count
/// is written now and then.
#[derive(Debug)]
pub struct RejectedCount(Mutex<Rejected>);

/// What is written of such a count.
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
pub struct Channels {
    known: Arc<RwLock<HashMap<String, Arc<Channel>>>>,
    /// Of requests at the address of an app that named none of them.
    nameless: Arc<RejectedCount>,
}

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
            rejected: RejectedCount::default(),
            last_webhook: AtomicI64::new(0),
        };
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(route.phone_number_id.clone(), Arc::new(channel));
        Ok(())
    }

    pub fn remove(&self, phone_number_id: &str) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).remove(phone_number_id);
    }

    pub fn get(&self, phone_number_id: &str) -> Option<Arc<Channel>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(phone_number_id).cloned()
    }

    /// Of requests with a wrong signature at the address of an app that named no number of ours.
    pub fn nameless(&self) -> &RejectedCount {
        &self.nameless
    }

    /// The channels of one business, for the numbers page.
    pub fn of_number(&self, number: NumberId) -> Option<Arc<Channel>> {
        self.all().into_iter().find(|channel| channel.number == number)
    }

    pub fn all(&self) -> Vec<Arc<Channel>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}

impl Channel {
    /// Whether news along this route is the number's: of some, such as templates, only the account is named.
    pub fn is_named(&self, route: &webhook::Route) -> bool {
        match &route.phone_number_id {
            Some(id) => *id == self.phone_number_id,
            None => route.waba_id.as_ref() == Some(&self.waba_id),
        }
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

impl RejectedCount {
    /// Counts one.
    pub fn add(&self, now: Time) {
        let mut rejected = self.get();
        *rejected = Rejected { count: rejected.at(now) + 1, last: now, written: false };
    }

    /// How many there were lately.
    pub fn at(&self, now: Time) -> u64 {
        self.get().at(now)
    }

    /// Goes on with what was written.
    pub fn restore(&self, rejected: Rejected) {
        *self.get() = Rejected { written: true, ..rejected };
    }

    /// The count, if it has changed since it was asked for in this way.
    pub fn unwritten(&self) -> Option<Rejected> {
        let mut rejected = self.get();
        let changed = rejected.count > 0 && !rejected.written;
        rejected.written = true;
        changed.then_some(*rejected)
    }

    fn get(&self) -> MutexGuard<'_, Rejected> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for RejectedCount {
    fn default() -> Self {
        Self(Mutex::new(Rejected { count: 0, last: Time::from_millis(0), written: true }))
    }
}

impl Rejected {
    fn at(&self, now: Time) -> u64 {
        if self.last < now.plus_seconds(-FORGET_SECONDS) { 0 } else { self.count }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_webhooks_are_counted_for_as_long_as_they_come_and_written_once() {
        let rejected = RejectedCount::default();
        let at = Time::from_seconds;
        assert_eq!((rejected.at(at(0)), rejected.unwritten()), (0, None));
        for second in 0..1_000 {
            rejected.add(at(second));
        }
        let written = rejected.unwritten().unwrap();
        assert_eq!((written.count, rejected.unwritten()), (1_000, None), "once for all of them");
        rejected.add(at(1_000));
        assert_eq!(rejected.at(at(1_000 + FORGET_SECONDS)), 1_001);
        assert_eq!(rejected.at(at(1_001 + FORGET_SECONDS)), 0, "a week without one");
        rejected.restore(written);
        assert_eq!((rejected.at(at(1_000)), rejected.unwritten()), (1_000, None));
        rejected.add(at(1_000 + FORGET_SECONDS));
        assert_eq!(rejected.unwritten().map(|rejected| rejected.count), Some(1), "anew");
    }
}
