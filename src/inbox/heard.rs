//! Which numbers webhooks come for, noted as they are processed.
//!
//! Not as they are taken: there nothing of a body is read that need not be, and what is taken is processed soon.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use beseda_wire::ids::{BusinessId, NumberId};
use beseda_wire::time::Time;

use super::runtime::{Inbox, Runtime};
use crate::whatsapp::journal::Entry;
use crate::whatsapp::numbers::{Channel, Channels};
use crate::whatsapp::webhook::{Delivery, Route};

/// When the newest processed webhook of each number came, since the program started.
#[derive(Default)]
pub(super) struct Heard(Mutex<HashMap<NumberId, Time>>);

impl Heard {
    pub fn all(&self) -> HashMap<NumberId, Time> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn note(&self, deliveries: &[Delivery], numbers: &HashMap<String, NumberId>, at: Time) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for route in routes(deliveries) {
            if let Some(number) = route.phone_number_id.as_ref().and_then(|id| numbers.get(id)) {
                heard.insert(*number, at);
            }
        }
    }
}

impl Inbox {
    /// Notes on each number that an entry is for that its webhooks arrive, and in the store that they ever did.
    pub(super) async fn note_arrived(
        self: &Arc<Self>,
        runtime: &Runtime,
        entry: &Entry,
        deliveries: &[Delivery],
    ) {
        for channel in addressed(&self.channels, runtime.business.id, entry, deliveries) {
            // The first since the program started: maybe the first ever.
            if channel.note_webhook(entry.received_at) {
                let at = entry.received_at;
                self.note(&channel, move |number| {
                    let first = number.first_webhook_at.is_none();
                    number.first_webhook_at.get_or_insert(at);
                    first
                })
                .await;
            }
        }
    }
}

/// The number at whose own address it came, or those that it names.
fn addressed(
    channels: &Channels,
    business: BusinessId,
    entry: &Entry,
    deliveries: &[Delivery],
) -> Vec<Arc<Channel>> {
    let found: Vec<_> = match &entry.phone_number_id {
        Some(id) => channels.get(id).into_iter().collect(),
        None => routes(deliveries).filter_map(|route| named(channels, route)).collect(),
    };
    found.into_iter().filter(|channel| channel.business == business).collect()
}

fn named(channels: &Channels, route: &Route) -> Option<Arc<Channel>> {
    match &route.phone_number_id {
        Some(id) => channels.get(id),
        None => channels.all().into_iter().find(|channel| channel.is_named(route)),
    }
}

/// Each route once where they follow each other: a batch is mostly of one number.
fn routes(deliveries: &[Delivery]) -> impl Iterator<Item = &Route> {
    let mut last = None;
    deliveries
        .iter()
        .map(|delivery| &delivery.route)
        .filter(move |route| last.replace(*route) != Some(*route))
}
