//! From changes to frames, and what a screen has missed.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use beseda_wire::live::LiveEvent;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::Translate;
use super::hub::Hub;
use crate::store::{BusinessStore, ChangeRecord, StoreError, View, changes_after};

/// Changes that a screen may have missed and still be told one by one. Beyond it loading again is faster.
const MISSED: usize = 1_000;

/// A frame as it goes over the wire. Cloning it copies no text.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub text: Utf8Bytes,
}

impl Frame {
    pub fn of(seq: u64, event: &LiveEvent) -> Self {
        Self::written(seq, &json(event))
    }

    /// `{"seq": 7, "type": …}` around an event's own JSON: the same event may go out under several numbers.
    fn written(seq: u64, event: &str) -> Self {
        Self { text: format!("{{\"seq\":{seq},{}", &event[1..]).into() }
    }
}

fn json(event: &LiveEvent) -> String {
    // Types of our own with text keys: it cannot fail, and if it did, loading again is the right answer.
    serde_json::to_string(event).unwrap_or_else(|_| "{\"type\":\"reload\"}".to_owned())
}

/// What people see of these changes, in their order.
///
/// A record that changed several times in one go is shown once, in its last state, at its last place. When a
/// change makes several frames, only the last has its number: a screen that got a part of them asks for the
/// change again.
pub(super) fn translate(
    translate: &dyn Translate,
    business: &BusinessStore,
    view: &View,
    changes: &[(u64, ChangeRecord)],
) -> Vec<Frame> {
    let mut shown: Vec<Option<(u64, String)>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (number, change) in changes {
        let events = events(translate, business, view, change).unwrap_or_else(|cause| {
            tracing::error!(cause, change.kind, change.number = number, "a change could not be told");
            vec![LiveEvent::Reload]
        });
        let count = events.len();
        for (place, event) in events.iter().enumerate() {
            let seq = if place + 1 == count { *number } else { number.saturating_sub(1) };
            let event = json(event);
            if let Some(earlier) = places.insert(event.clone(), shown.len()) {
                shown[earlier] = None;
            }
            shown.push(Some((seq, event)));
        }
    }
    shown.into_iter().flatten().map(|(seq, event)| Frame::written(seq, &event)).collect()
}

/// One change that cannot be told, or makes the translation panic, must not stop all that follow.
fn events(
    translate: &dyn Translate,
    business: &BusinessStore,
    view: &View,
    change: &ChangeRecord,
) -> Result<Vec<LiveEvent>, String> {
    match catch_unwind(AssertUnwindSafe(|| translate.events(business, view, change))) {
        Ok(told) => told.map_err(|error| error.to_string()),
        Err(_) => Err("the translation panicked".to_owned()),
    }
}

impl Hub {
    /// The frames between what a screen last saw and `position`; a single `Reload` when the log does not tell.
    pub fn missed(&self, since: u64, position: u64) -> Result<Vec<Frame>, StoreError> {
        let reload = || vec![Frame::of(position, &LiveEvent::Reload)];
        if since == position {
            return Ok(Vec::new());
        }
        // Later than we are: the screen remembers what a restored backup does not hold.
        if since > position || position - since > MISSED as u64 {
            return Ok(reload());
        }
        let view = self.store().store.view()?;
        let mut changes = match changes_after(&view, since, MISSED) {
            Err(StoreError::Forgotten { .. }) => return Ok(reload()),
            changes => changes?,
        };
        // What came after the screen joined reaches it by the hub.
        changes.retain(|(number, _)| *number <= position);
        if changes.len() > MISSED || changes.first().is_none_or(|(number, _)| *number != since + 1) {
            return Ok(reload());
        }
        Ok(translate(&**self.translate(), self.store(), &view, &changes))
    }
}
