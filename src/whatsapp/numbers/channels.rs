//! Every route of the program in memory, opened: what a webhook needs before it touches a store.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use beseda_wire::ids::{BusinessId, NumberId};
use beseda_wire::time::Time;

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
    rejected: AtomicU64,
    last_webhook: AtomicI64,
}

/// The numbers of every business, by Meta's phone number id. Cheap to clone.
#[derive(Clone, Default)]
pub struct Channels(Arc<RwLock<HashMap<String, Arc<Channel>>>>);

impl Channels {
    /// Adds a number, or replaces what was known of it.
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
            rejected: AtomicU64::new(0),
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
    /// Counts a request whose signature was wrong. It leaves nothing else.
    pub fn count_rejected(&self) {
        self.rejected.fetch_add(1, Ordering::Relaxed);
    }

    /// Requests with a wrong signature since the program started.
    pub fn rejected(&self) -> u64 {
        self.rejected.load(Ordering::Relaxed)
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
