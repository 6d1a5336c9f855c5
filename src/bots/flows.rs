//! Published flows, made ready to run.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use beseda_flow::{Compiled, Flow};
use beseda_wire::ids::{BotId, BusinessId, ConversationId, UserId};
use uuid::Uuid;

use super::{phone_trials, store};
use crate::crypto::{SigningKeys, hex};
use crate::store::{Read, StoreError};

/// Published flows, prepared once. Kept while the program runs: versions never change.
pub struct Flows {
    versions: Mutex<HashMap<(BotId, u32), Option<Arc<Compiled>>>>,
    published: Mutex<Option<(Option<Uuid>, Arc<Published>)>>,
    people: Mutex<Arc<[Person]>>,
    callbacks: OnceLock<Callbacks>,
}

/// How the addresses are made that other services call to go on with a run.
pub struct Callbacks {
    pub business: BusinessId,
    /// The address of the program, as others reach it.
    pub base: String,
    pub keys: SigningKeys,
}

impl Callbacks {
    /// The address of a thread's run. Who knows it may go on with the run; it cannot be guessed.
    pub fn address(&self, conversation: ConversationId) -> String {
        let proof = hex(&self.keys.sign(conversation.uuid().as_bytes())[..16]);
        format!("{}/hooks/{}/{conversation}/{proof}", self.base, self.business)
    }
}

/// Somebody of the team, to whom a flow may assign a conversation.
pub struct Person {
    pub id: UserId,
    pub name: String,
    pub email: String,
}

/// What is published, as of one generation of the bots.
pub struct Published {
    /// The bots that may begin a conversation, the oldest first.
    pub answering: Vec<(BotId, u32, Arc<Compiled>)>,
    /// Bots whose answering version takes over the runs of earlier ones.
    pub takes_over: Vec<(BotId, u32, Arc<Compiled>)>,
    /// Every flow that another may run within itself, those of bots that are switched off too.
    pub library: Vec<Arc<Compiled>>,
}

impl Default for Flows {
    fn default() -> Self {
        Self {
            versions: Mutex::default(),
            published: Mutex::default(),
            people: Mutex::new(Vec::new().into()),
            callbacks: OnceLock::new(),
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
            // Not kept: there are few, for a short time.
            let flow = phone_trials::flow(from, bot, version)?;
            return Ok(flow.map(|flow| Arc::new(Compiled::new(&flow, u64::from(version)))));
        }
        let mut known = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(&(bot, version)) {
            return Ok(found.clone());
        }
        let compiled = match store::version(from, bot, version)? {
            None => None,
            Some(row) => match Flow::from_json(&row.flow) {
                Ok(flow) => Some(Arc::new(Compiled::new(&flow, u64::from(version)))),
                Err(error) => {
                    tracing::error!(bot.id = %bot, version, %error, "a published flow cannot be read");
                    None
                }
            },
        };
        known.insert((bot, version), compiled.clone());
        Ok(compiled)
    }

    /// The team, as it was told last.
    pub fn people(&self) -> Arc<[Person]> {
        Arc::clone(&self.people.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn set_callbacks(&self, callbacks: Callbacks) {
        // The first stays: they do not change while the program runs.
        let _ = self.callbacks.set(callbacks);
    }

    /// The address of a thread's run, once it is known how they are made.
    pub fn callback(&self, conversation: ConversationId) -> Option<String> {
        self.callbacks.get().map(|callbacks| callbacks.address(conversation))
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
            if store::version(from, bot.id, version)?.is_some_and(|row| row.takes_over) {
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
