//! How much of what bots said waits to be sent in a thread. What a customer's own messages draw is not counted here: each of
//! them is answered, until it is a machine that writes them (`brake`).

use beseda_wire::ids::ConversationId;
use beseda_wire::messages::{AuthorKind, Direction, Status};

use crate::conversations::store as conversations;
use crate::store::{Read, StoreError};

/// Messages of bots that may wait in a thread while a run goes on without the customer. WhatsApp takes ten a minute.
const MOST_UNSENT: usize = 60;

/// Whether a run that goes on by itself would say more than can be sent. Refused: to let it rest until all is sent; what
/// goes round in circles would talk for as long as the window is open.
pub fn is_too_much(from: &dyn Read, thread: ConversationId) -> Result<bool, StoreError> {
    let (mut unsent, mut before) = (0, None);
    for _ in 0..MOST_UNSENT {
        // Most often the first one was sent.
        let page = conversations::messages(from, thread, before, 8)?;
        let Some(last) = page.last() else { return Ok(false) };
        before = Some(last.id);
        for message in page.iter().filter(|message| message.direction == Direction::Out) {
            match message.status {
                Some(Status::Queued) if message.author.kind == AuthorKind::Bot => unsent += 1,
                Some(Status::Queued | Status::Failed) | None => {}
                Some(_) => return Ok(false),
            }
            if unsent >= MOST_UNSENT {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
