//! The business of `beseda demo`: a clinic with three hundred customers and ninety days of talks, alive now.
//!
//! [`generate`] invents it as plain data, the same for the same seed and moment; [`fill`] writes that through the
//! domains' own stores, so that every index is right. The dialogues are texts (`texts/`, read by [`script`]), played
//! by the rules and the bot engine of the product itself.
//!
//! Not here: the accounts of the staff and the business's own record, which the caller makes (the names are in
//! [`profile`]), and the customers of the simulator, who are on its phones.

mod calendar;
mod cast;
mod chance;
mod fill;
mod journal;
mod many;
mod people;
mod robots;
mod samples;
mod say;
mod script;
mod story;
mod words;

use std::collections::HashMap;

use beseda_wire::ids::NumberId;
use beseda_wire::time::Time;

use self::calendar::Calendar;
use self::cast::Cast;
use self::chance::Chance;
pub use self::fill::{DemoError, Simulated, fill};
pub use self::many::{Many, Parties, fill_many};
use self::people::Character;
use self::samples::Samples;
use self::script::{Script, When};
pub use self::story::Thread;
use self::story::{Teller, World};
pub use self::words::Person;
use self::words::{Words, words};
use crate::bots::{Bot, Version};
use crate::conversations::Assignee;
use crate::customers::Customer;
use crate::whatsapp::journal::{Entry, State};

/// The language of everything the demo's people write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    En,
    Ru,
}

/// What the caller needs to make the records of the business and its staff.
pub struct Profile {
    pub business: &'static str,
    /// IANA name.
    pub time_zone: &'static str,
    /// `en` or `ru`.
    pub locale: &'static str,
    /// The number of the business in E.164; it belongs to nobody.
    pub phone: &'static str,
    /// The owner first, then two colleagues.
    pub staff: [Person; 3],
}

/// What a demo is made for.
pub struct Setting<'a> {
    pub language: Language,
    pub now: Time,
    pub seed: u64,
    /// The owner first; at least one.
    pub staff: &'a [Assignee],
    pub number: NumberId,
    /// Meta's ids, for the bodies in the journal.
    pub phone_number_id: &'a str,
    pub waba_id: &'a str,
}

/// A business's customers, threads, bots and journal, not written anywhere yet.
pub struct DemoData {
    pub customers: Vec<Customer>,
    pub threads: Vec<Thread>,
    pub bots: Vec<(Bot, Version)>,
    /// Oldest first.
    pub journal: Vec<(Entry, State)>,
    /// What of the texts could not be played; the tests see that it is empty.
    pub problems: Vec<String>,
    samples: Samples,
}

const CUSTOMERS: usize = 300;
const DAYS: i64 = 90;
/// Days before now in which those who talk now have not talked, so that one talk does not run into the other.
const REST: i64 = 14;

pub fn profile(language: Language) -> Profile {
    let words = words(language);
    Profile {
        business: words.business,
        time_zone: words.time_zone,
        locale: words.language,
        phone: words.phone,
        staff: words.staff,
    }
}

/// Invents the demo: no I/O, no clock, and the same result for the same setting.
pub fn generate(setting: &Setting<'_>) -> DemoData {
    let words = words(setting.language);
    let mut chance = Chance::new(setting.seed);
    let calendar = Calendar::new(words.time_zone);
    let samples = Samples::new();
    let (scripts, mut problems) = script::parse(match setting.language {
        Language::En => include_str!("texts/dialogues.en.txt"),
        Language::Ru => include_str!("texts/dialogues.ru.txt"),
    });
    let since = setting.now.plus_seconds(-86_400 * (DAYS + 30));
    let robots = robots::robots(setting.language, words, since, &mut chance);
    let world = World {
        words,
        calendar: calendar.clone(),
        now: setting.now,
        number: setting.number,
        staff: setting.staff,
        robots: &robots,
        samples: &samples,
    };
    let mut roles = roles(&scripts);
    let known = |place: usize| roles.contains_key(&place);
    let mut characters =
        people::people(words, &calendar, (CUSTOMERS, &known), DAYS, setting.now, &mut chance);
    // Somebody who was known before opens the ninety days.
    let opening = calendar.when_open(setting.now.plus_seconds(-86_400 * DAYS), &mut chance);
    let is_known = |character: &Character| character.customer.created_at < opening;
    let opener = (0..CUSTOMERS).find(|place| !roles.contains_key(place) && is_known(&characters[*place]));
    let mut threads = Vec::with_capacity(CUSTOMERS);
    for (place, character) in characters.iter_mut().enumerate() {
        let own = roles.remove(&place).unwrap_or_default();
        let chance = Chance::new(chance.next());
        let opening = (opener == Some(place)).then_some(opening);
        let (thread, found) = tell(&world, character, &scripts, &own, opening, chance);
        problems.extend(found);
        settle(words, &mut character.customer, &thread);
        threads.push(thread);
    }
    let journal = journal::entries(setting, words, &characters, &threads, &mut chance);
    DemoData {
        customers: characters.into_iter().map(|character| character.customer).collect(),
        threads,
        bots: robots.into_iter().map(|robot| (robot.bot, robot.version)).collect(),
        journal,
        problems,
        samples,
    }
}

/// Who plays the dialogues that are played once: every tenth customer one.
fn roles(scripts: &[Script]) -> HashMap<usize, Vec<&Script>> {
    let once = scripts.iter().filter(|script| script.when != When::Any);
    once.enumerate().map(|(nth, script)| ((2 + nth * 10) % CUSTOMERS, vec![script])).collect()
}

/// One customer's thread from the beginning.
fn tell(
    world: &World<'_>,
    character: &Character,
    scripts: &[Script],
    own: &[&Script],
    opening: Option<Time>,
    mut chance: Chance,
) -> (Thread, Vec<String>) {
    let created = character.customer.created_at;
    let until = if own.is_empty() { world.now } else { world.now.plus_seconds(-86_400 * REST) };
    let is_new = created > world.now.plus_seconds(-86_400 * DAYS);
    let mut starts: Vec<Time> = (0..character.talks)
        .map(|_| world.calendar.busy_moment(&mut chance, until, DAYS - if own.is_empty() { 0 } else { REST }))
        .filter(|start| *start > created)
        .collect();
    if is_new && created < until {
        starts.push(created);
    }
    if starts.is_empty() && own.is_empty() {
        starts.push(created.max(world.now.plus_seconds(-86_400 * (DAYS - 1))));
    }
    starts.extend(opening);
    starts.sort_unstable();
    let first = starts.first().copied().unwrap_or(created);
    let mut teller = Teller::new(world, &character.customer, first, Chance::new(chance.next()));
    let mut played: Vec<&str> = Vec::new();
    for start in starts {
        let fits = |script: &&Script| {
            script.when == When::Any
                && !played.contains(&script.name)
                && (!script.first || (is_new && played.is_empty()))
                && (!script.phone || character.customer.phone.is_some())
        };
        let fitting: Vec<&Script> = scripts.iter().filter(fits).collect();
        if fitting.is_empty() {
            break;
        }
        // An earlier talk may have run into this one, up to a visit days later.
        let start = start.max(teller.free_from());
        let script = fitting[chance.weighted(fitting.iter().map(|script| script.weight))];
        played.push(script.name);
        let staff = chance.weighted([3, 4, 3].into_iter().take(world.staff.len()));
        let cast = cast(world, character, script, start, staff, &mut chance);
        teller.play(script, &cast, start, staff);
    }
    for script in own {
        let start = match script.when {
            When::Ago(days) => world.calendar.when_open(world.now.plus_seconds(-86_400 * days), &mut chance),
            When::Any | When::Live(_) => world.now,
        };
        let staff = chance.weighted([3, 4, 3].into_iter().take(world.staff.len()));
        let cast = cast(world, character, script, start, staff, &mut chance);
        teller.play(script, &cast, start, staff);
    }
    teller.finish()
}

fn cast(
    world: &World<'_>,
    character: &Character,
    script: &Script,
    started: Time,
    staff: usize,
    chance: &mut Chance,
) -> Cast {
    let words = world.words;
    let mut service = &words.services[character.service];
    if let Some(topic) = script.topic
        && service.topic != topic
    {
        let fitting: Vec<_> = words.services.iter().filter(|service| service.topic == topic).collect();
        if !fitting.is_empty() {
            service = *chance.pick(fitting.as_slice());
        }
    }
    let visit = world.calendar.visit(started, chance);
    let mut other = world.calendar.visit(started.plus_seconds(86_400), chance);
    if other == visit {
        other = visit.plus_seconds(3_600);
    }
    Cast {
        words,
        name: character.first_name.to_owned(),
        female: character.female,
        staff_female: words.staff[staff % words.staff.len()].female,
        staff_name: words.staff[staff % words.staff.len()].name.split(' ').next().unwrap_or_default(),
        service,
        visit,
        other,
        started,
    }
}

/// What a thread tells of its customer.
fn settle(words: &Words, customer: &mut Customer, thread: &Thread) {
    customer.last_seen_at = thread.conversation.last_in_at;
    let referrals = thread.messages.iter().filter_map(|message| message.referral.as_ref());
    if referrals.clone().any(|referral| referral.source_id.is_some()) {
        customer.tags.push(words.tags.advert.to_owned());
    }
    let failed =
        thread.messages.iter().filter_map(|message| Some((message.at, message.failure.as_ref()?.code)));
    for (at, code) in failed {
        match code {
            131_026 => customer.unreachable_since = Some(at),
            131_050 => customer.no_marketing_since = Some(at),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
