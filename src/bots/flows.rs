//! Published flows, made ready to run.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use beseda_flow::{Compiled, Flow, is_called};
use beseda_wire::businesses::WorkingHours;
use beseda_wire::ids::{BotId, BusinessId, ConversationId, RunId, UserId};
use jiff::civil::DateTime;
use uuid::Uuid;

use super::{phone_trials, store};
use crate::businesses::hours;
use crate::crypto::{SigningKeys, hex};
use crate::presence::Presence;
use crate::store::{Read, StoreError};

/// Published flows, prepared once. Kept while the program runs: versions never change.
pub struct Flows {
    versions: Mutex<HashMap<(BotId, u32), Option<Arc<Compiled>>>>,
    /// Of the newest trials. A flow that is tried is as frozen as a version, and each of its messages asks for it.
    trials: Mutex<VecDeque<((BotId, u32), Arc<Compiled>)>>,
    published: Mutex<Option<(Option<Uuid>, Arc<Published>)>>,
    people: Mutex<Arc<[Person]>>,
    hours: Mutex<Option<Arc<WorkingHours>>>,
    callbacks: OnceLock<Callbacks>,
    presence: OnceLock<(BusinessId, Presence)>,
}

/// Flows of trials that are kept ready.
const TRIALS: usize = 8;

/// What a turn may ask of the business: who belongs to it, who is there, and when it is open.
pub struct Around {
    pub people: Arc<[Person]>,
    hours: Option<Arc<WorkingHours>>,
    presence: Option<(BusinessId, Presence)>,
}

impl Around {
    /// Whether the business is open at this time of its own calendar.
    pub fn is_open(&self, at: DateTime) -> bool {
        self.hours.as_ref().is_none_or(|hours| hours::is_open(hours, at))
    }

    /// Whether somebody who may answer customers has a screen open; of one person, whether they have.
    pub fn is_online(&self, person: Option<&str>) -> bool {
        let Some((business, presence)) = &self.presence else { return false };
        let mut asked = self.people.iter().filter(|one| person.is_none_or(|name| one.is(name)));
        asked.any(|one| one.may_answer && presence.is_here(*business, one.id))
    }
}

/// How the addresses are made that other services call to go on with a run.
pub struct Callbacks {
    pub business: BusinessId,
    /// The address of the program, as others reach it.
    pub base: String,
    pub keys: SigningKeys,
}

impl Callbacks {
    /// The address of a thread's run. Who knows it may go on with this run and no later one: services call more than once,
    /// and a payment of last week pays no new order. It cannot be guessed.
    pub fn address(&self, conversation: ConversationId, run: RunId) -> String {
        let whose = [*conversation.uuid().as_bytes(), *run.uuid().as_bytes()].concat();
        let proof = hex(&self.keys.sign(&whose)[..16]);
        format!("{}/hooks/{}/{conversation}/{run}/{proof}", self.base, self.business)
    }
}

/// Somebody of the team, to whom a flow may assign a conversation.
pub struct Person {
    pub id: UserId,
    pub name: String,
    pub email: String,
    /// Their role lets them write to customers.
    pub may_answer: bool,
}

impl Person {
    /// Whether this is who is meant: by the id, the e-mail address or the name.
    pub fn is(&self, name: &str) -> bool {
        is_called([&*self.id.to_string(), &self.email, &self.name], name)
    }
}

/// What is published, as of one generation of the bots.
pub struct Published {
    /// The bots that may begin a conversation, the oldest first.
    pub answering: Vec<(BotId, u32, Arc<Compiled>)>,
    /// Bots whose answering version takes over the runs of their other versions.
    pub takes_over: Vec<(BotId, u32, Arc<Compiled>)>,
    /// Every flow that another may run within itself, those of bots that are switched off too.
    pub library: Vec<Arc<Compiled>>,
}

impl Default for Flows {
    fn default() -> Self {
        Self {
            versions: Mutex::default(),
            trials: Mutex::default(),
            published: Mutex::default(),
            people: Mutex::new(Vec::new().into()),
            hours: Mutex::default(),
            callbacks: OnceLock::new(),
            presence: OnceLock::new(),
        }
    }
}

impl Flows {
    /// The flow of a version; `None` when it is gone or cannot be read (which is logged once).
    pub fn get(
        &self,
        from: &dyn Read,
        bot: BotId,
        version: u32,
    ) -> Result<Option<Arc<Compiled>>, StoreError> {
        if phone_trials::is_trial(version) {
            return self.trial(from, bot, version);
        }
        let mut known = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(&(bot, version)) {
            return Ok(found.clone());
        }
        let compiled = match store::version(from, bot, version)? {
            None => None,
            Some(row) => match Flow::from_json(&row.flow) {
                Ok(flow) => Some(Arc::new(compiled(&flow, bot, version))),
                Err(error) => {
                    tracing::error!(bot.id = %bot, version, %error, "a published flow cannot be read");
                    None
                }
            },
        };
        known.insert((bot, version), compiled.clone());
        Ok(compiled)
    }

    fn trial(&self, from: &dyn Read, bot: BotId, version: u32) -> Result<Option<Arc<Compiled>>, StoreError> {
        let Some(trial) = phone_trials::going_on(from, bot, version)? else { return Ok(None) };
        let mut known = self.trials.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, flow)) = known.iter().find(|(of, _)| *of == (bot, version)) {
            return Ok(Some(Arc::clone(flow)));
        }
        let Ok(flow) = Flow::from_json(&trial.flow) else { return Ok(None) };
        let flow = Arc::new(compiled(&flow, bot, version));
        known.push_front(((bot, version), Arc::clone(&flow)));
        known.truncate(TRIALS);
        Ok(Some(flow))
    }

    /// The business, as it was told last.
    pub fn around(&self) -> Around {
        Around {
            people: Arc::clone(&self.people.lock().unwrap_or_else(PoisonError::into_inner)),
            hours: self.hours.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            presence: self.presence.get().cloned(),
        }
    }

    pub fn set_callbacks(&self, callbacks: Callbacks) {
        // The first stays: they do not change while the program runs.
        let _ = self.callbacks.set(callbacks);
    }

    /// The address of a thread's run, once it is known how they are made.
    pub fn callback(&self, conversation: ConversationId, run: RunId) -> Option<String> {
        self.callbacks.get().map(|callbacks| callbacks.address(conversation, run))
    }

    /// Where it is seen who is there.
    pub fn set_presence(&self, business: BusinessId, presence: Presence) {
        // The first stays: there is one for the whole program.
        let _ = self.presence.set((business, presence));
    }

    /// When the business is open; without any hours always.
    pub fn set_hours(&self, hours: Option<WorkingHours>) {
        *self.hours.lock().unwrap_or_else(PoisonError::into_inner) = hours.map(Arc::new);
    }

    pub fn set_people(&self, people: Vec<Person>) {
        *self.people.lock().unwrap_or_else(PoisonError::into_inner) = people.into();
    }

    /// What is published. Read again only when a bot has changed: every message asks.
    pub fn published(&self, from: &dyn Read) -> Result<Arc<Published>, StoreError> {
        let generation = store::generation(from)?;
        let mut known = self.published.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, published)) = known.as_ref().filter(|(of, _)| *of == generation) {
            return Ok(Arc::clone(published));
        }
        let (mut answering, mut takes_over, mut library) = (Vec::new(), Vec::new(), Vec::new());
        for bot in store::all(from)? {
            let Some(version) = bot.published else { continue };
            let Some(flow) = self.get(from, bot.id, version)? else { continue };
            library.push(Arc::clone(&flow));
            if store::version(from, bot.id, version)?.is_some_and(|row| row.draws_runs()) {
                takes_over.push((bot.id, version, Arc::clone(&flow)));
            }
            if bot.enabled {
                answering.push((bot.id, version, flow));
            }
        }
        let published = Arc::new(Published { answering, takes_over, library });
        // Bots written before there were generations would all be of the same one.
        if generation.is_some() {
            *known = Some((generation, Arc::clone(&published)));
        }
        Ok(published)
    }
}

fn compiled(flow: &Flow, bot: BotId, version: u32) -> Compiled {
    Compiled::new(flow, u64::from(version)).of_bot(bot.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn online_is_who_may_answer_and_has_a_screen_open() {
        let id = |number: u128| Uuid::from_u128(number);
        let (business, presence, flows) =
            (BusinessId::from_uuid(id(1)), Presence::default(), Flows::default());
        let person = |number, name: &str, may_answer| Person {
            id: UserId::from_uuid(id(number)),
            name: name.to_owned(),
            email: format!("{name}@example.com"),
            may_answer,
        };
        flows.set_people(vec![person(2, "Anna", true), person(3, "Vera", false)]);
        assert!(!flows.around().is_online(None), "nobody says who is there");
        flows.set_presence(business, presence.clone());
        assert!(!flows.around().is_online(None));
        let watching = presence.open(business, UserId::from_uuid(id(3))).unwrap();
        let stranger = presence.open(business, UserId::from_uuid(id(4))).unwrap();
        assert!(!flows.around().is_online(None), "neither a viewer nor somebody of elsewhere answers");
        let anna = presence.open(business, UserId::from_uuid(id(2))).unwrap();
        let around = flows.around();
        assert!(around.is_online(None));
        assert!(around.is_online(Some(" anna@EXAMPLE.com ")) && around.is_online(Some("Anna")));
        assert!(!around.is_online(Some("Vera")) && !around.is_online(Some("Boris")));
        drop((watching, stranger, anna));
        assert!(!around.is_online(None));
    }
}
