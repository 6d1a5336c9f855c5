//! Whom a webhook means, and everything that follows when two records turn out to be one person: their threads, the
//! bots' runs in them and the time-outs of their questions become one, in the transaction of the webhook.
//!
//! What waits in the outbox, files that are still to be fetched and marks that Meta returns need no change: they hold
//! ids of threads and customers, and the id of what was merged leads to what it became. Messages that were on their
//! way to both records at that moment go side by side; everything later waits in one queue.

use beseda_wire::ids::NumberId;
use beseda_wire::messages::{Content, Direction, System};
use beseda_wire::time::Time;

use crate::bots;
use crate::conversations::{merge, service as threads, store as conversations};
use crate::customers::sight::{self, Merged, Sighted};
use crate::customers::{Customer, Identity, store as customers};
use crate::store::{Actor, StoreError, Tx};
use crate::whatsapp::webhook::{CustomerRef, IdentityChange};

/// The customer a webhook speaks of, known or new; `None` when nothing tells who it is.
///
/// `quoted` is the message that was answered or tapped: it lies in the thread of whoever does so. That tells more
/// than a username, which can pass to somebody else, and less than an id.
pub fn of(
    tx: &mut Tx<'_>,
    number: NumberId,
    told: &CustomerRef,
    quoted: Option<&str>,
    now: Time,
) -> Result<Option<Customer>, StoreError> {
    let told = told.identity();
    if !told.is_firm()
        && let Some(wamid) = quoted
        && let Some(place) = conversations::by_wamid(tx, number, wamid)?
        && let Some(thread) = conversations::get(tx, place.conversation)?
    {
        return customers::get(tx, thread.customer);
    }
    let sighted = sight::sight(tx, &told, &Actor::Program, now)?;
    sighted.map(|sighted| follow(tx, sighted, now)).transpose()
}

/// The customer who goes by other names from now on.
pub fn renamed(
    tx: &mut Tx<'_>,
    told: &CustomerRef,
    change: &IdentityChange,
    now: Time,
) -> Result<Option<Customer>, StoreError> {
    let (told, new) = (told.identity(), change.new.identity());
    // What stands beside the message may be of before the change or of after it; only what differs is surely old.
    let phone = told.phone.filter(|phone| new.phone.as_ref() != Some(phone));
    let beside = told.bsuid.filter(|bsuid| new.bsuid.as_ref().is_some_and(|new| new != bsuid));
    let old = Identity { phone, bsuid: change.previous_bsuid.clone().or(beside), ..Identity::default() };
    let new = Identity { username: told.username, ..new };
    let sighted = sight::renamed(tx, &old, &new, &Actor::Program, now)?;
    sighted.map(|sighted| follow(tx, sighted, now)).transpose()
}

fn follow(tx: &mut Tx<'_>, sighted: Sighted, now: Time) -> Result<Customer, StoreError> {
    for merged in &sighted.merged {
        let moved = merge::merge(tx, merged.from, merged.into, &Actor::Program, now)?;
        for (from, into) in &moved.poured {
            if let Some(before) = conversations::get(tx, *into)? {
                let mut after = before.clone();
                bots::follow(tx, *from, &mut after)?;
                conversations::put(tx, Some(&before), &after)?;
            }
        }
        for id in moved.poured.iter().map(|(_, into)| *into).chain(moved.given) {
            if let Some(thread) = conversations::get(tx, id)? {
                let author = threads::author_of(&Actor::Program);
                let note =
                    threads::draft_message(thread.id, Direction::Event, author, note(merged), now, now);
                conversations::add_message(tx, thread.number, &note, &Actor::Program, now)?;
            }
        }
    }
    Ok(sighted.customer)
}

/// What the team reads in the thread.
fn note(merged: &Merged) -> Content {
    let mut body = "Two records were found to be one person and are one now.".to_owned();
    if !merged.differences.is_empty() {
        body.push_str(" The other one said: ");
        body.push_str(&merged.differences.join("; "));
        body.push('.');
    }
    Content::System(System { event: "customers_merged".to_owned(), body })
}
