//! Where a webhook led: the conversation that holds what it brought.
//!
//! It is looked for when somebody asks, by Meta's ids of the messages, and not kept: most webhooks are never looked at.

use beseda_wire::ids::ConversationId;

use super::process;
use crate::conversations::store as conversations;
use crate::store::{Read, StoreError};
use crate::whatsapp::journal::Entry;
use crate::whatsapp::numbers::store as numbers;
use crate::whatsapp::webhook::{Delivery, Event};

/// The conversation of the first message in the webhook that is known here.
pub fn conversation(from: &dyn Read, entry: &Entry) -> Result<Option<ConversationId>, StoreError> {
    let Ok(deliveries) = process::decode(entry) else { return Ok(None) };
    let known = numbers::all(from)?;
    for delivery in &deliveries {
        let named = delivery.route.phone_number_id.as_ref().or(entry.phone_number_id.as_ref());
        let number = known.iter().find(|number| Some(&number.phone_number_id) == named);
        let (Some(number), Some(wamid)) = (number, wamid(delivery)) else { continue };
        if let Some(place) = conversations::by_wamid(from, number.id, &wamid)? {
            return Ok(Some(place.conversation));
        }
    }
    Ok(None)
}

fn wamid(delivery: &Delivery) -> Option<String> {
    match &delivery.event {
        Event::Message(message) | Event::Echo(message) => Some(message.wamid.clone()),
        Event::Amendment(amendment) => Some(amendment.target.clone()),
        Event::System(system) => Some(system.wamid.clone()),
        Event::Status(status) => Some(status.wamid.clone()),
        Event::Call(call) => Some(call.key()),
        Event::Preference(_) | Event::Notice(_) | Event::Unknown(_) => None,
    }
}
