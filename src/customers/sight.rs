//! Who is it? A webhook names a person by a phone, a user id or both; this finds the record, makes one, or finds
//! that two records were one person all along.
//!
//! **The rule.** A business-scoped user id (BSUID) belongs to one WhatsApp account and is made anew when the account
//! changes its phone; a phone can pass to another person. So:
//!
//! * The BSUID decides. Whoever has it, or had it, is meant.
//! * A record that holds the phone and has no BSUID is the same person: it is from before BSUIDs, from a webhook that
//!   carried none, or was entered by hand. If the BSUID has a record too, the two are merged.
//! * A record that holds the phone and has *another* BSUID is somebody else: the phone has passed on. That record
//!   loses the phone and keeps the rest.
//! * Under a BSUID that the person had before, only the past is told: it takes nothing back.
//! * When WhatsApp itself says that an account changed its number or its BSUID, old and new are one person, and their
//!   records are merged, unless the new phone's record has a BSUID that contradicts.
//!
//! Refused: to treat every shared phone as one person. A stranger who gets an old number would read what the bot
//! remembers of its last owner, and a wrong merge cannot be taken apart, while a missed one only leaves two records.
//!
//! Known limit: BSUIDs are made per business portfolio. A person who writes to numbers of two portfolios without a
//! common parent id has two BSUIDs and is two records, between which the phone moves.

use beseda_wire::ids::CustomerId;
use beseda_wire::time::Time;

use super::model::phone_key;
use super::store::{by_bsuid, by_other_id, by_parent_bsuid, by_phone, by_username, get, merge, put};
use super::{Bsuid, Customer, Identity};
use crate::ids;
use crate::store::{Actor, StoreError, Tx};

/// Who was meant.
#[derive(Debug)]
pub struct Sighted {
    pub customer: Customer,
    /// Records that were this person's and are gone, each with what led to it, in the order of the merges. Their
    /// threads are still theirs: the caller moves them in the same transaction.
    pub merged: Vec<Merged>,
}

/// A record that became part of another one.
#[derive(Debug)]
pub struct Merged {
    pub from: CustomerId,
    pub into: CustomerId,
    /// What the lost record said otherwise, for people to read.
    pub differences: Vec<String>,
}

/// Finds the customer a webhook speaks of, or makes one; learns what is new. `None` when nothing names anybody: a
/// record for each such message would be a new customer each time.
pub fn sight(
    tx: &mut Tx<'_>,
    told: &Identity,
    actor: &Actor,
    now: Time,
) -> Result<Option<Sighted>, StoreError> {
    let mut told = told.clone();
    let mut found = Finding { customer: None, merged: Vec::new(), actor, now };
    found.meet_by_bsuid(tx, &mut told)?;
    if let Some(parent) = &told.parent_bsuid {
        found.meet(tx, by_parent_bsuid(tx, parent)?)?;
    }
    found.meet_by_phone(tx, &told)?;
    found.meet_by_loose_names(tx, &told)?;
    found.learn(tx, &told)
}

/// WhatsApp says that the person known as `old` goes by `new` from now on. What `old` has of a BSUID is the one
/// before the change.
pub fn renamed(
    tx: &mut Tx<'_>,
    old: &Identity,
    new: &Identity,
    actor: &Actor,
    now: Time,
) -> Result<Option<Sighted>, StoreError> {
    let mut told = new.clone();
    let mut found = Finding { customer: None, merged: Vec::new(), actor, now };
    let by_old = match &old.bsuid {
        Some(bsuid) => by_bsuid(tx, bsuid)?,
        None => None,
    };
    let by_old = match (by_old, &old.phone) {
        (None, Some(phone)) => {
            let holder = held(tx, by_phone(tx, phone)?)?;
            // The old phone may have passed on before we heard of the change.
            holder.filter(|holder| !contradicts(holder, old.bsuid.as_ref())).map(|holder| holder.id)
        }
        (found, _) => found,
    };
    found.meet(tx, by_old)?;
    if let Some(before) = found.customer.clone() {
        let late = told.bsuid.as_ref().is_some_and(|bsuid| before.had_bsuid(bsuid));
        let after = if late { before.clone() } else { without_old_names(&before, old, &told) };
        if after != before {
            put(tx, Some(&before), &after, actor, now)?;
            found.customer = Some(after);
        }
    } else if let Some(bsuid) = &old.bsuid {
        // Known only by what comes after the change: what is said late under the old id shall find it.
        let mut sighted = sight(tx, new, actor, now)?;
        if let Some(sighted) = &mut sighted
            && sighted.customer.bsuid.as_ref() != Some(bsuid)
            && !sighted.customer.had_bsuid(bsuid)
        {
            let before = sighted.customer.clone();
            sighted.customer.former_bsuids.push(bsuid.clone());
            put(tx, Some(&before), &sighted.customer, actor, now)?;
        }
        return Ok(sighted);
    }
    found.meet_by_bsuid(tx, &mut told)?;
    found.meet_by_phone(tx, &told)?;
    found.meet_by_loose_names(tx, &told)?;
    found.learn(tx, &told)
}

/// A record without what its person gave up with the change. A new number means a new BSUID, told or not; the old
/// number may be somebody else's by now.
fn without_old_names(before: &Customer, old: &Identity, told: &Identity) -> Customer {
    let mut after = before.clone();
    let moves = told.phone.as_ref().is_some_and(|phone| before.phone_key() != Some(phone_key(phone)));
    if moves {
        after.phone = None;
    }
    let stale = before.bsuid.is_some() && before.bsuid != told.bsuid;
    if stale && (moves || told.bsuid.is_some() || before.bsuid == old.bsuid) {
        after.retire_bsuid();
    }
    if let Some(bsuid) = old.bsuid.as_ref().filter(|bsuid| after.bsuid.as_ref() != Some(bsuid))
        && !after.had_bsuid(bsuid)
    {
        after.former_bsuids.push(bsuid.clone());
    }
    after
}

/// Whether a record has another BSUID than the one that is told.
fn contradicts(customer: &Customer, told: Option<&Bsuid>) -> bool {
    match (&customer.bsuid, told) {
        (Some(ours), Some(told)) => ours != told && !customer.had_bsuid(told),
        _ => false,
    }
}

fn held(tx: &Tx<'_>, id: Option<CustomerId>) -> Result<Option<Customer>, StoreError> {
    match id {
        Some(id) => get(tx, id),
        None => Ok(None),
    }
}

/// The person as far as the names looked at so far tell.
struct Finding<'a> {
    customer: Option<Customer>,
    merged: Vec<Merged>,
    actor: &'a Actor,
    now: Time,
}

impl Finding<'_> {
    /// The record with this id is the person's.
    fn meet(&mut self, tx: &mut Tx<'_>, id: Option<CustomerId>) -> Result<(), StoreError> {
        held(tx, id)?.map_or(Ok(()), |other| self.meet_record(tx, other))
    }

    /// This record is the person's.
    fn meet_record(&mut self, tx: &mut Tx<'_>, other: Customer) -> Result<(), StoreError> {
        self.customer = Some(match self.customer.take() {
            None => other,
            Some(known) if known.id == other.id => known,
            Some(known) => self.join(tx, known, other)?,
        });
        Ok(())
    }

    /// By the BSUID. What is told under one that the person had before is history: the names of today stay.
    fn meet_by_bsuid(&mut self, tx: &mut Tx<'_>, told: &mut Identity) -> Result<(), StoreError> {
        let Some(bsuid) = &told.bsuid else { return Ok(()) };
        let Some(holder) = held(tx, by_bsuid(tx, bsuid)?)? else { return Ok(()) };
        if holder.had_bsuid(bsuid) {
            *told = Identity { profile_name: told.profile_name.take(), ..Identity::default() };
        }
        self.meet_record(tx, holder)
    }

    /// Merges two records. The older one stays: its id is what other systems have known for longer.
    fn join(&mut self, tx: &mut Tx<'_>, a: Customer, b: Customer) -> Result<Customer, StoreError> {
        let (into, from) = if (a.created_at, a.id) <= (b.created_at, b.id) { (a, b) } else { (b, a) };
        let differences = into.differences(&from);
        self.merged.push(Merged { from: from.id, into: into.id, differences });
        merge(tx, from, &into, self.actor, self.now)
    }

    fn meet_by_phone(&mut self, tx: &mut Tx<'_>, told: &Identity) -> Result<(), StoreError> {
        let Some(phone) = &told.phone else { return Ok(()) };
        let Some(id) = by_phone(tx, phone)? else { return Ok(()) };
        // Mostly the one that the user id named: its record is not read a second time.
        if self.customer.as_ref().is_some_and(|known| known.id == id) {
            return Ok(());
        }
        let Some(holder) = get(tx, id)? else { return Ok(()) };
        let bsuid = told.bsuid.as_ref().or(self.customer.as_ref().and_then(|known| known.bsuid.as_ref()));
        if contradicts(&holder, bsuid) {
            let after = Customer { phone: None, ..holder.clone() };
            return put(tx, Some(&holder), &after, self.actor, self.now);
        }
        self.meet_record(tx, holder)
    }

    /// By names that alone prove little. Who is known by nothing else is the person; anybody else has lost them.
    fn meet_by_loose_names(&mut self, tx: &mut Tx<'_>, told: &Identity) -> Result<(), StoreError> {
        let nothing_firmer = told.phone.is_none() && told.bsuid.is_none() && told.parent_bsuid.is_none();
        if let Some(other) = &told.other_id
            && let Some(holder) = held(tx, by_other_id(tx, other)?)?
            && !self.is_or_meets(tx, &holder, nothing_firmer)?
        {
            let after = Customer { other_id: None, ..holder.clone() };
            put(tx, Some(&holder), &after, self.actor, self.now)?;
        }
        if let Some(username) = &told.username
            && let Some(holder) = held(tx, by_username(tx, username)?)?
            && !self.is_or_meets(tx, &holder, nothing_firmer && told.other_id.is_none())?
        {
            let after = Customer { username: None, ..holder.clone() };
            put(tx, Some(&holder), &after, self.actor, self.now)?;
        }
        Ok(())
    }

    fn is_or_meets(
        &mut self,
        tx: &mut Tx<'_>,
        holder: &Customer,
        only_name: bool,
    ) -> Result<bool, StoreError> {
        let firm = holder.phone.is_some() || holder.bsuid.is_some() || !holder.former_bsuids.is_empty();
        let same = match &self.customer {
            Some(known) if known.id == holder.id => return Ok(true),
            Some(_) => !firm,
            None => only_name || !firm,
        };
        if same {
            self.meet_record(tx, holder.clone())?;
        }
        Ok(same)
    }

    fn learn(mut self, tx: &mut Tx<'_>, told: &Identity) -> Result<Option<Sighted>, StoreError> {
        let Some(before) = self.customer.take() else {
            if !told.is_firm() && told.username.is_none() {
                return Ok(None);
            }
            let mut customer = Customer::new(CustomerId::from_uuid(ids::fresh(self.now)), self.now);
            customer.learn(told);
            put(tx, None, &customer, self.actor, self.now)?;
            return Ok(Some(Sighted { customer, merged: self.merged }));
        };
        let mut customer = before.clone();
        if customer.learn(told) {
            put(tx, Some(&before), &customer, self.actor, self.now)?;
        }
        Ok(Some(Sighted { customer, merged: self.merged }))
    }
}

#[cfg(test)]
mod tests;
