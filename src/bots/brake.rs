//! What stops a bot and another machine from answering each other for ever: once the customer is taken for one
//! (`conversations::Pace`), bots are silent in the thread and people are called.

use beseda_flow::Now;
use beseda_wire::conversations::Handler;
use beseda_wire::messages::EventKind;
use beseda_wire::time::Time;

use super::flows::Flows;
use super::steer;
use crate::conversations::{Conversation, Message, service as threads};
use crate::store::{Actor, StoreError, Tx};

/// Whether bots fall silent with this message. It is as if a person had taken the thread, whom nobody knows yet: the run
/// remembers where it stood, and goes on when the thread is given back. Refused: to end the run; who is a person after
/// all would have to begin again.
pub fn holds(
    tx: &mut Tx<'_>,
    flows: &Flows,
    thread: &mut Conversation,
    message: &Message,
    now: Now,
) -> Result<bool, StoreError> {
    if !thread.pace.heard(&message.content, message.at) {
        return Ok(false);
    }
    let at = Time::from_millis(now.ms);
    steer::take_over(tx, flows, thread, now)?;
    let bot = match &thread.bot {
        Some(bot) => Actor::Bot { id: bot.id, name: bot.name.clone() },
        None => Actor::Program,
    };
    threads::add_event(tx, thread, EventKind::BotPaused, None, &bot, at)?;
    tracing::warn!(conversation.id = %thread.id, "a machine answers a bot: bots are silent in the conversation");
    thread.handler = Handler::Person;
    thread.assignee = None;
    thread.waiting_since = Some(at);
    Ok(true)
}
