//! Trying a draft on a real phone: whoever sends a one-time word to the number talks to the draft as it was then, and
//! nobody else does.
//!
//! The frozen flow is run like a version, with a number that no publication reaches ([`FIRST`]). It answers nobody by
//! its triggers but the one who tries it, in the middle of the trial; its runs are no results and are not counted. A
//! trial is over with its run, when it is stopped, or when nobody has sent the word in time.

pub mod api;

use beseda_wire::bots::{NewPhoneTrial, PhoneTrial as WireTrial, PhoneTrialState};
use beseda_wire::ids::{BotId, ConversationId, MessageId, NumberId, UserId};
use beseda_wire::messages::{Direction, Failure};
use beseda_wire::time::Time;
use serde::{Deserialize, Serialize};

use super::{BotChanged, DraftError, steer, store};
use crate::conversations::{BOT_STOPPED, Conversation, Message, store as conversations};
use crate::customers::{Customer, Phone};
use crate::ids;
use crate::store::{Actor, Read, StoreError, Tx};
use crate::whatsapp::numbers::store as numbers;

/// Trials are numbered from here, versions below.
pub const FIRST: u32 = 1 << 31;
/// How long the word may be sent, in seconds.
pub const OPEN_FOR: i64 = 30 * 60;
/// What every word begins with, so that other messages need no looking up.
const PREFIX: &str = "try-";
/// Letters of a word, none of which is taken for another.
const LETTERS: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";
const LENGTH: usize = 8;
/// Messages of a trial that are looked through for one that did not arrive.
const MESSAGES: usize = 1_000;

/// A trial, for as long as it is remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhoneTrial {
    pub word: String,
    /// The flow as it was when the trial was made; empty once it is over.
    pub flow: String,
    /// The only phone that may send the word; of anybody's, the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// The number to which the word is sent.
    pub number: NumberId,
    /// Who made it.
    pub person: Option<UserId>,
    pub author: String,
    pub created_at: Time,
    pub expires_at: Time,
    /// Where it is tried, once the word was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// Where the word was sent while a person was talking there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_up: Option<ConversationId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Time>,
}

/// Why there is no trial.
#[derive(Debug, thiserror::Error)]
pub enum PhoneTrialError {
    #[error(transparent)]
    Draft(#[from] DraftError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("there is no such trial")]
    NoTrial,
    #[error("the phone {0}")]
    Phone(String),
    #[error("there is no such number")]
    NoNumber,
}

/// Whether a run's version is that of a trial.
pub fn is_trial(version: u32) -> bool {
    version >= FIRST
}

impl PhoneTrial {
    pub fn state(&self, now: Time) -> PhoneTrialState {
        if self.ended_at.is_some() {
            PhoneTrialState::Ended
        } else if self.conversation.is_some() {
            PhoneTrialState::Running
        } else if now < self.expires_at {
            PhoneTrialState::Waiting
        } else {
            PhoneTrialState::Expired
        }
    }
}

/// Makes a trial of a flow. It takes the place of the trials that this person made of the bot before.
pub fn make(
    tx: &mut Tx<'_>,
    bot: BotId,
    new: &NewPhoneTrial,
    (word, flow): (String, String),
    actor: &Actor,
    now: Time,
) -> Result<(u32, PhoneTrial), PhoneTrialError> {
    let phone = match new.phone.as_deref().map(str::trim).filter(|phone| !phone.is_empty()) {
        Some(phone) => {
            Some(Phone::parse(phone).map_err(|error| PhoneTrialError::Phone(error.to_string()))?.canonical())
        }
        None => None,
    };
    let known = numbers::all(tx)?;
    let number = match new.number_id {
        Some(id) => known.iter().find(|number| number.id == id),
        None => known.first(),
    };
    let number = number.ok_or(PhoneTrialError::NoNumber)?.id;
    let (person, author) = match actor {
        Actor::Person { id, name } => (Some(*id), name.clone()),
        _ => (None, String::new()),
    };
    for (version, old) in store::phone_trials(tx, bot)? {
        if old.person == person {
            end(tx, bot, version, actor, now)?;
            store::remove_phone_trial(tx, bot, version, &old.word);
        }
    }
    // Random bits and not the next number: a number that was used once must not come to mean another flow.
    let version =
        FIRST | u32::try_from(ids::fresh(now).as_u128() & u128::from(FIRST - 1)).unwrap_or_default();
    let expires_at = now.plus_seconds(OPEN_FOR);
    let trial = PhoneTrial {
        word,
        flow,
        phone,
        number,
        person,
        author,
        created_at: now,
        expires_at,
        conversation: None,
        held_up: None,
        ended_at: None,
    };
    put(tx, bot, version, &trial, actor, now)?;
    Ok((version, trial))
}

/// Ends a trial: its run goes on no more, and its word opens nothing.
pub fn stop(
    tx: &mut Tx<'_>,
    bot: BotId,
    version: u32,
    actor: &Actor,
    now: Time,
) -> Result<PhoneTrial, PhoneTrialError> {
    store::phone_trial(tx, bot, version)?.ok_or(PhoneTrialError::NoTrial)?;
    end(tx, bot, version, actor, now)?;
    store::phone_trial(tx, bot, version)?.ok_or(PhoneTrialError::NoTrial)
}

fn end(tx: &mut Tx<'_>, bot: BotId, version: u32, actor: &Actor, now: Time) -> Result<(), StoreError> {
    let Some(trial) = store::phone_trial(tx, bot, version)? else { return Ok(()) };
    let thread = match trial.conversation {
        Some(id) => conversations::get(tx, id)?,
        None => None,
    };
    if let Some(before) = thread {
        let its = store::run(tx, before.id)?.is_some_and(|run| run.bot == bot && run.version == version);
        if its {
            let mut after = before.clone();
            steer::reset(tx, &mut after, actor, now)?;
            conversations::put_announced(tx, Some(&before), &after, actor, now)?;
        }
    }
    over(tx, bot, version, actor, now)
}

/// The run of a trial is over: the trial is, too.
pub fn over(tx: &mut Tx<'_>, bot: BotId, version: u32, actor: &Actor, now: Time) -> Result<(), StoreError> {
    match store::phone_trial(tx, bot, version)? {
        Some(trial) if trial.ended_at.is_none() => {
            let trial = PhoneTrial { ended_at: Some(now), flow: String::new(), ..trial };
            put(tx, bot, version, &trial, actor, now)
        }
        _ => Ok(()),
    }
}

/// A trial that waits for the words that its customer has just sent.
pub struct Met {
    bot: BotId,
    version: u32,
    trial: PhoneTrial,
}

/// The trial that waits for these words of this customer.
pub fn met(
    from: &dyn Read,
    words: &str,
    number: NumberId,
    customer: &Customer,
    now: Time,
) -> Result<Option<Met>, StoreError> {
    let word = words.trim().to_ascii_lowercase();
    if !word.starts_with(PREFIX) {
        return Ok(None);
    }
    let Some((bot, version)) = store::phone_trial_of_word(from, &word)? else { return Ok(None) };
    let Some(trial) = store::phone_trial(from, bot, version)? else { return Ok(None) };
    let is_theirs = trial.phone.as_ref().is_none_or(|phone| customer.phone.as_ref() == Some(phone));
    let waits = trial.state(now) == PhoneTrialState::Waiting && trial.number == number && is_theirs;
    Ok(waits.then_some(Met { bot, version, trial }))
}

impl Met {
    /// It begins in this conversation.
    pub fn begin(
        mut self,
        tx: &mut Tx<'_>,
        thread: &Conversation,
        now: Time,
    ) -> Result<(BotId, u32), StoreError> {
        self.trial.conversation = Some(thread.id);
        self.trial.held_up = None;
        self.put(tx, thread, now)?;
        Ok((self.bot, self.version))
    }

    /// A person is talking there, whom no bot interrupts: whoever tries is told why nothing happens.
    pub fn hold_up(mut self, tx: &mut Tx<'_>, thread: &Conversation, now: Time) -> Result<(), StoreError> {
        self.trial.held_up = Some(thread.id);
        self.put(tx, thread, now)
    }

    fn put(&self, tx: &mut Tx<'_>, thread: &Conversation, now: Time) -> Result<(), StoreError> {
        put(tx, self.bot, self.version, &self.trial, &Actor::Customer { id: thread.customer }, now)
    }
}

/// A trial that is not over, with its frozen flow.
pub fn going_on(from: &dyn Read, bot: BotId, version: u32) -> Result<Option<PhoneTrial>, StoreError> {
    Ok(store::phone_trial(from, bot, version)?.filter(|trial| trial.ended_at.is_none()))
}

/// Eight letters of random bytes.
pub fn word(random: [u8; LENGTH]) -> String {
    let letters = random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 31)]));
    PREFIX.chars().chain(letters).collect()
}

pub fn wire(
    from: &dyn Read,
    bot: BotId,
    version: u32,
    trial: &PhoneTrial,
    now: Time,
) -> Result<WireTrial, StoreError> {
    let number = numbers::get(from, trial.number)?;
    let to = number.as_ref().and_then(|number| number.phone.clone());
    let simulated = number.as_ref().is_some_and(|number| number.simulated);
    Ok(WireTrial {
        id: version,
        bot_id: bot,
        state: trial.state(now),
        word: trial.word.clone(),
        link: to.as_deref().filter(|_| !simulated).map(|to| beseda_flow::start_link(to, &trial.word)),
        number_id: trial.number,
        number_name: number.map(|number| number.name).unwrap_or_default(),
        number_phone: to,
        phone: trial.phone.as_ref().map(ToString::to_string),
        author: trial.author.clone(),
        created_at: trial.created_at,
        expires_at: trial.expires_at,
        conversation_id: trial.conversation,
        held_up_in: trial.held_up,
        failure: failure(from, bot, trial)?,
    })
}

/// Why the last thing that was said in a trial did not arrive; nothing where it did, or may yet. What the end of the
/// trial took back was not to arrive.
fn failure(from: &dyn Read, bot: BotId, trial: &PhoneTrial) -> Result<Option<Failure>, StoreError> {
    let Some(conversation) = trial.conversation else { return Ok(None) };
    let since = MessageId::from_uuid(ids::compose(trial.created_at, Time::from_millis(0), 0));
    let said = conversations::messages_since(from, conversation, since, MESSAGES)?;
    let own = |message: &&Message| {
        message.direction == Direction::Out
            && message.author.bot_id == Some(bot)
            && trial.ended_at.is_none_or(|end| message.at <= end)
    };
    let last = said.iter().rfind(own);
    let failure = last.and_then(|message| message.failure.clone());
    Ok(failure.filter(|failure| failure.reason != BOT_STOPPED))
}

fn put(
    tx: &mut Tx<'_>,
    bot: BotId,
    version: u32,
    trial: &PhoneTrial,
    actor: &Actor,
    now: Time,
) -> Result<(), StoreError> {
    store::put_phone_trial(tx, bot, version, trial)?;
    // Open screens look anew; what is published is as it was.
    tx.change(actor, now, &BotChanged { id: bot })
}
