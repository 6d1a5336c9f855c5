//! What a change of the log is to a screen.

use beseda_wire::ids::ConversationId;
use beseda_wire::live::LiveEvent;

use crate::bots::BotChanged;
use crate::conversations::{ConversationChanged, MessageAdded, MessageChanged, Place};
use crate::conversations::{api, store as conversations};
use crate::customers::{CustomerChanged, CustomersMerged, store as customers};
use crate::realtime::Translate;
use crate::store::{BusinessStore, ChangeRecord, Read, StoreError, View};
use crate::whatsapp::journal::{self, JournalChanged};
use crate::whatsapp::numbers::NumberChanged;

/// Tells screens of changes as things are now: a change that was overtaken shows the newest state.
pub struct Screens;

impl Translate for Screens {
    fn events(
        &self,
        _business: &BusinessStore,
        view: &View,
        change: &ChangeRecord,
    ) -> Result<Vec<LiveEvent>, StoreError> {
        events(view, change)
    }
}

fn events(from: &dyn Read, change: &ChangeRecord) -> Result<Vec<LiveEvent>, StoreError> {
    let mut events = Vec::new();
    if let Some(place) = place(change) {
        if let Some(message) = conversations::message(from, place)? {
            events.push(LiveEvent::Message(Box::new(message.wire())));
        }
        events.extend(conversation(from, place.conversation)?);
    } else if let Some(change) = change.read::<ConversationChanged>() {
        events.extend(conversation(from, change.id)?);
    } else if let Some(change) = change.read::<CustomerChanged>() {
        if let Some(customer) = customers::get(from, change.id)? {
            events.push(LiveEvent::Customer(Box::new(customer.wire())));
        }
        // The threads show the customer's name and tags.
        for id in conversations::of_customer(from, change.id)? {
            events.extend(conversation(from, id)?);
        }
    } else if change.read::<CustomersMerged>().is_some() {
        // Records and threads that screens show are gone under their ids. It is rare: they ask for everything again.
        events.push(LiveEvent::Reload);
    } else if let Some(change) = change.read::<NumberChanged>() {
        events.push(LiveEvent::Number { id: change.id });
    } else if let Some(change) = change.read::<BotChanged>() {
        events.push(LiveEvent::Bot { id: change.id });
    } else if let Some(change) = change.read::<JournalChanged>()
        && let Some(entry) = journal::store::entry(from, change.id)?
    {
        let state = journal::store::state(from, change.id)?;
        events.push(LiveEvent::Journal(Box::new(state.wire(change.id, &entry, false))));
    }
    Ok(events)
}

fn place(change: &ChangeRecord) -> Option<Place> {
    let added = change.read::<MessageAdded>().map(|change| change.place);
    added.or_else(|| change.read::<MessageChanged>().map(|change| change.place))
}

fn conversation(from: &dyn Read, id: ConversationId) -> Result<Option<LiveEvent>, StoreError> {
    let Some(row) = conversations::get(from, id)? else { return Ok(None) };
    Ok(Some(LiveEvent::Conversation(Box::new(api::wire(from, row)?))))
}
