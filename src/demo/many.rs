//! Very many customers with a year of talks, for measuring: lists, search and reports over a size that no dialogue
//! could be written for.
//!
//! The texts say nothing, but they are as real ones are to an index: word frequencies after Zipf, with words that
//! nearly every message has and words that stand in one alone; most messages are short and some long; few customers
//! have most of the messages. The same seed gives the same data.
//!
//! It is written thread by thread in the order of their ids, so that a million messages take seconds: the store then
//! appends. Only a few threads are in memory at the same time.

mod talk;
mod vocabulary;

use std::sync::Arc;

use beseda_wire::ids::{BotId, ConversationId, CustomerId, NumberId};
use beseda_wire::time::Time;

use self::talk::Talker;
use self::vocabulary::{Vocabulary, Zipf};
use super::Language;
use super::calendar::Calendar;
use super::chance::Chance;
use super::samples::Samples;
use super::words::{Words, words};
use crate::conversations::{Assignee, Conversation, Message, store as conversations};
use crate::customers::{Customer, Phone, store as customers};
use crate::store::{Pending, Store, StoreError, Tx};

/// How much is invented.
#[derive(Debug, Clone, Copy)]
pub struct Many {
    pub customers: usize,
    pub messages: usize,
}

/// Who takes part besides the customers.
pub struct Parties {
    /// The busiest first.
    pub agents: Vec<Assignee>,
    pub bot: Option<(BotId, String)>,
    pub number: NumberId,
}

/// Messages after which a part is written; it is one transaction.
const PART: usize = 2_000;
/// Parts that wait for the disk while the next are invented.
const AHEAD: usize = 2;
/// First contacts lie this far back at most, and talks a year.
const DAYS: i64 = 730;

const TAGS: &str = "\
    new regular newsletter vip complaint refund wholesale partner student family insurance card cash \
    delivery pick-up north south west east night referral inactive birthday test";
const CITIES: &str = "\
    London Leeds Bristol Glasgow Cardiff Belfast Derby Hull York Bath Luton Oxford Exeter Dundee Swansea \
    Norwich Reading Preston Lincoln Durham";
const PLANS: &[&str] = &["basic", "plus", "family", "business"];
const SOURCES: &[&str] = &["instagram", "google", "friend", "street", "newspaper"];

/// What is the same for all that is invented.
struct World {
    words: &'static Words,
    calendar: Calendar,
    now: Time,
    parties: Parties,
    vocabulary: Vocabulary,
    samples: Samples,
    tags: Vec<&'static str>,
    cities: Vec<&'static str>,
    tag: Zipf,
    city: Zipf,
    agent: Zipf,
}

/// A customer and everything that was said.
struct Whole {
    customer: Customer,
    conversation: Conversation,
    messages: Vec<Message>,
}

/// Writes them into a business's store, beside what is there.
pub async fn fill_many(
    store: &Store,
    many: Many,
    parties: Parties,
    language: Language,
    now: Time,
    seed: u64,
) -> Result<(), StoreError> {
    let number = parties.number;
    let world = World::new(parties, language, now);
    let mut chance = Chance::new(seed);
    let sizes = sizes(many, &mut chance);
    let mut waiting: Vec<Pending<(), StoreError>> = Vec::new();
    let (mut part, mut held) = (Vec::new(), 0);
    for (place, size) in sizes.iter().copied().enumerate() {
        let whole = world.invent(place, sizes.len(), size, Chance::new(chance.next()));
        held += whole.messages.len();
        part.push(whole);
        if held >= PART || place + 1 == sizes.len() {
            if waiting.len() >= AHEAD {
                waiting.remove(0).await?;
            }
            let written = Arc::new(std::mem::take(&mut part));
            held = 0;
            waiting
                .push(store.submit(move |tx| written.iter().try_for_each(|whole| write(tx, whole, number))));
        }
    }
    for written in waiting {
        written.await?;
    }
    Ok(())
}

fn write(tx: &mut Tx<'_>, whole: &Whole, number: NumberId) -> Result<(), StoreError> {
    let customer = &whole.customer;
    customers::put(tx, None, customer, &crate::store::Actor::Program, customer.created_at)?;
    for message in &whole.messages {
        let actor = super::fill::actor_of(&message.author, customer.id);
        conversations::add_message(tx, number, message, &actor, message.at)?;
    }
    conversations::put(tx, None, &whole.conversation)
}

/// Messages per customer: each has some, and the tenth who write most have about half.
fn sizes(many: Many, chance: &mut Chance) -> Vec<usize> {
    let weights: Vec<u64> = (0..many.customers)
        .map(|_| 1_000_000 / (3 + u64::try_from(chance.below(100)).unwrap_or_default()))
        .collect();
    let total: u64 = weights.iter().sum::<u64>().max(1);
    let spread = u64::try_from(many.messages.saturating_sub(many.customers)).unwrap_or_default();
    let share = |weight: u64| usize::try_from(weight * spread / total).unwrap_or_default();
    let mut sizes: Vec<usize> = weights.into_iter().map(|weight| 1 + share(weight)).collect();
    // What rounding has left over.
    let missing = many.messages.saturating_sub(sizes.iter().sum());
    sizes.iter_mut().take(missing).for_each(|size| *size += 1);
    sizes
}

impl World {
    fn new(parties: Parties, language: Language, now: Time) -> Self {
        let words = words(language);
        let (tags, cities) = (TAGS.split(' ').collect::<Vec<_>>(), CITIES.split(' ').collect::<Vec<_>>());
        Self {
            words,
            calendar: Calendar::new(words.time_zone),
            now,
            vocabulary: Vocabulary::new(language),
            samples: Samples::new(),
            tag: Zipf::new(tags.len()),
            tags,
            city: Zipf::new(cities.len()),
            cities,
            agent: Zipf::new(parties.agents.len()),
            parties,
        }
    }

    fn invent(&self, place: usize, of: usize, size: usize, mut chance: Chance) -> Whole {
        // The later the place the later the first contact: ids follow it, and the store is written in their order.
        let span = (DAYS - 1) * 86_400_000;
        let step = span / i64::try_from(of.max(1)).unwrap_or(1);
        let since = step * i64::try_from(place).unwrap_or_default() + chance.between(0, step.max(1) - 1);
        let created = self.now.plus_millis(since - DAYS * 86_400_000);
        let customer = self.customer(place, created, &mut chance);
        let id = ConversationId::from_uuid(chance.id(created));
        let mut talker = Talker::new(self, &customer, id, chance);
        talker.talk(size);
        let (conversation, messages) = talker.finish();
        let last_seen_at = conversation.last_in_at;
        Whole { customer: Customer { last_seen_at, ..customer }, conversation, messages }
    }

    fn customer(&self, place: usize, created: Time, chance: &mut Chance) -> Customer {
        let words = self.words;
        let female = chance.percent(55);
        let first = *chance.pick(if female { words.female } else { words.male });
        let surname = chance.pick(words.surnames);
        let name = format!("{first} {}", if female { surname.0 } else { surname.1 });
        let mut tags: Vec<String> = Vec::new();
        for _ in 0..chance.below(4) {
            let tag = self.tags[self.tag.draw(chance)];
            if !tags.iter().any(|known| known == tag) {
                tags.push(tag.to_owned());
            }
        }
        let mut fields = vec![
            ("city".to_owned(), self.cities[self.city.draw(chance)].to_owned()),
            ("plan".to_owned(), (*chance.pick(PLANS)).to_owned()),
        ];
        if chance.percent(60) {
            fields.push(("source".to_owned(), (*chance.pick(SOURCES)).to_owned()));
        }
        if chance.percent(40) {
            let (month, day) = (chance.between(1, 12), chance.between(1, 28));
            fields
                .push(("birthday".to_owned(), format!("{}-{month:02}-{day:02}", chance.between(1950, 2006))));
        }
        if chance.percent(50) {
            fields.push(("orders".to_owned(), chance.below(40).to_string()));
        }
        Customer {
            id: CustomerId::from_uuid(chance.id(created)),
            name: chance.percent(70).then(|| name.clone()),
            profile_name: Some(name),
            // Country code 999 is given to nobody, and holds as many as are asked for.
            phone: Phone::parse(&format!("+99977{place:08}")).ok(),
            bsuid: None,
            former_bsuids: Vec::new(),
            parent_bsuid: None,
            other_id: None,
            username: None,
            email: chance.percent(35).then(|| format!("customer.{place}@{}", words.mail)),
            tags,
            fields,
            no_marketing_since: chance.percent(3).then(|| created.plus_seconds(86_400)),
            marketing_capped_until: None,
            unreachable_since: None,
            created_at: created,
            last_seen_at: None,
        }
    }
}

#[cfg(test)]
mod tests;
