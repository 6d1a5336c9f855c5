//! Has a language model sum up conversations that bots handed over. Nobody waits for it: people have the conversation
//! already, and what the model says, or what was said where it says nothing, follows as a note.
//!
//! What is to be summed up is a row until its note is written, so a crash in between loses none and writes none twice. A
//! model may be asked again: that changes nothing.

use std::sync::Arc;

use beseda_flow::{Call, Language, Outcome};
use beseda_wire::ids::ConversationId;
use beseda_wire::messages::EventKind;
use tokio::sync::Semaphore;

use super::outside::{BATCH, UnderWay, means};
use super::runtime::{Inbox, Runtime};
use crate::bots::{PendingSummary, store};
use crate::conversations::{service as threads, store as conversations};
use crate::store::{StoreError, Tx};

/// Characters of a summary at most: more is none.
const LONGEST: usize = 2_000;

/// Begins those that nobody works at yet.
pub fn begin(
    inbox: &Arc<Inbox>,
    runtime: &Arc<Runtime>,
    under_way: &Arc<UnderWay>,
    room: &Arc<Semaphore>,
) -> Result<(), StoreError> {
    for (conversation, pending) in store::summaries(&runtime.business.store.view()?, BATCH)? {
        under_way.run(room, (conversation, pending.mark()), || {
            make(Arc::clone(inbox), Arc::clone(runtime), conversation, pending)
        });
    }
    Ok(())
}

async fn make(
    inbox: Arc<Inbox>,
    runtime: Arc<Runtime>,
    conversation: ConversationId,
    pending: PendingSummary,
) -> Result<(), StoreError> {
    let call = Call::AiAnswer(pending.summarize.call.clone());
    let outcome = match means(&inbox, &runtime, &call) {
        Ok(means) => inbox.options.outside.make(&call, &means).await,
        Err(fault) => Outcome::Failed { reason: fault.into() },
    };
    let note = match &outcome {
        Outcome::Done { value } => {
            let said = value["text"].as_str().unwrap_or_default().trim();
            let said: String = said.chars().take(LONGEST).collect();
            format!("{}\n{said}", pending.summarize.heading)
        }
        Outcome::Failed { reason } => {
            let reason = reason.words(Language::En);
            tracing::warn!(conversation.id = %conversation, reason, "no model wrote a summary");
            pending.otherwise.clone()
        }
    };
    let now = inbox.now();
    let write = move |tx: &mut Tx<'_>| {
        // A later hand-over wants one of its own, and the thread may be part of another by now.
        let waits = store::summary(tx, conversation)?.is_some_and(|known| known.mark() == pending.mark());
        let Some(thread) = conversations::get(tx, conversation)?.filter(|_| waits) else { return Ok(()) };
        store::remove_summary(tx, conversation);
        threads::add_event(tx, &thread, EventKind::Note, Some(note.clone()), &pending.actor(), now)?;
        conversations::put_announced(tx, Some(&thread), &thread, &pending.actor(), now)
    };
    runtime.business.store.write(write).await
}
