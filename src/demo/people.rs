//! The customers of the demo. Their phones are of ranges that belong to nobody.

use std::collections::HashSet;

use beseda_wire::ids::CustomerId;
use beseda_wire::time::Time;
use jiff::ToSpan;

use super::calendar::{Calendar, full_date};
use super::chance::Chance;
use super::words::Words;
use crate::customers::{Bsuid, Customer, Phone};

/// Somebody of the demo, with what the dialogues need and a customer's record does not hold.
pub struct Character {
    pub customer: Customer,
    pub first_name: &'static str,
    pub female: bool,
    /// The place of the service they come for, most of the time.
    pub service: usize,
    /// How often they wrote in the time the demo covers.
    pub talks: usize,
}

/// Invents so many people, who first wrote in the days before `now` or long before that; those whose place is `known`
/// have been customers for long.
pub fn people(
    words: &'static Words,
    calendar: &Calendar,
    (count, known): (usize, &dyn Fn(usize) -> bool),
    days: i64,
    now: Time,
    chance: &mut Chance,
) -> Vec<Character> {
    let mut names = HashSet::new();
    let mut phones = HashSet::new();
    (0..count)
        .map(|place| {
            person(words, calendar, (place, known(place)), days, now, chance, &mut names, &mut phones)
        })
        .collect()
}

#[expect(clippy::too_many_arguments, reason = "one caller, just above")]
fn person(
    words: &'static Words,
    calendar: &Calendar,
    (place, known): (usize, bool),
    days: i64,
    now: Time,
    chance: &mut Chance,
    names: &mut HashSet<String>,
    phones: &mut HashSet<String>,
) -> Character {
    let female = chance.percent(64);
    let (first_name, name) = loop {
        let first = *chance.pick(if female { words.female } else { words.male });
        let surname = chance.pick(words.surnames);
        let name = format!("{first} {}", if female { surname.0 } else { surname.1 });
        if names.insert(name.clone()) {
            break (first, name);
        }
    };
    let phone = loop {
        let phone = phone(words, chance);
        if phones.insert(phone.clone()) {
            break phone;
        }
    };
    let service = chance.below(words.services.len());
    let regular = chance.percent(45) || known;
    // The newest first contact is hours old: whoever writes now is somebody's newest talk, not a new face.
    let created = match chance.below(10) {
        _ if regular => now.plus_seconds(-86_400 * chance.between(days, 900)),
        _ => calendar.busy_moment(chance, now.plus_seconds(-5_400), days),
    };
    let hides_phone = place % 25 == 24;
    let bsuid = (hides_phone || chance.percent(30))
        .then(|| Bsuid::parse(&format!("{}.{}", words.country, chance.digits(19))).ok())
        .flatten();
    let mail = chance.percent(35).then(|| format!("{}.{place}@{}", latin(first_name), words.mail));
    let profile = match chance.below(5) {
        0 => first_name.to_owned(),
        1 => format!("{first_name} {}", chance.pick(&["🌸", "✨", "🌿", "☀️", "💛"])),
        _ => name.clone(),
    };
    // The team writes down the full name of whoever has come once; of others the profile's is known.
    let written_down = regular || chance.percent(60);
    let customer = Customer {
        id: CustomerId::from_uuid(chance.id(created)),
        name: written_down.then(|| name.clone()),
        profile_name: Some(if written_down { profile } else { name }),
        phone: if hides_phone { None } else { Phone::parse(&phone).ok() },
        bsuid,
        former_bsuids: Vec::new(),
        parent_bsuid: None,
        other_id: None,
        username: hides_phone.then(|| format!("{}{}", latin(first_name), chance.digits(3))),
        email: mail,
        tags: tags(words, service, regular, chance),
        fields: fields(words, calendar, service, regular, now, chance),
        no_marketing_since: (place % 40 == 11).then(|| now.plus_seconds(-86_400 * chance.between(3, 60))),
        marketing_capped_until: None,
        unreachable_since: None,
        created_at: created,
        last_seen_at: None,
    };
    let talks = if regular { 1 + chance.below(4) } else { 1 + chance.below(2) };
    Character { customer, first_name, female, service, talks }
}

/// Ofcom keeps +44 7700 900000 to 900999 for drama, the North American plan 555-0100 to 555-0199 for fiction. Russia
/// keeps none; no operator gives out numbers that begin with three zeros after the code.
fn phone(words: &Words, chance: &mut Chance) -> String {
    if words.language == "ru" {
        let code =
            chance.pick(&["903", "905", "910", "915", "916", "921", "925", "926", "962", "985", "999"]);
        return format!("+7{code}000{}", chance.digits(4));
    }
    if chance.percent(88) {
        format!("+447700900{}", chance.digits(3))
    } else {
        format!("+1{}55501{}", chance.pick(&["212", "415", "617", "303"]), chance.digits(2))
    }
}

fn tags(words: &Words, service: usize, regular: bool, chance: &mut Chance) -> Vec<String> {
    let names = &words.tags;
    let topic = words.services[service].topic;
    let mut tags = Vec::new();
    if regular {
        tags.push(names.regular);
        if chance.percent(18) {
            tags.push(names.vip);
        }
        if chance.percent(15) {
            tags.push(names.family);
        }
    } else if chance.percent(70) {
        tags.push(names.new);
    }
    if chance.percent(75) {
        tags.extend(names.topics.iter().find(|(key, _)| *key == topic).map(|(_, name)| *name));
    }
    tags.into_iter().map(str::to_owned).collect()
}

fn fields(
    words: &Words,
    calendar: &Calendar,
    service: usize,
    regular: bool,
    now: Time,
    chance: &mut Chance,
) -> Vec<(String, String)> {
    let names = &words.fields;
    let today = calendar.date(now);
    let mut fields = Vec::new();
    let mut add = |name: &str, value: String| fields.push((name.to_owned(), value));
    if chance.percent(if regular { 85 } else { 30 }) {
        let born = today.saturating_sub((chance.between(19, 71) * 365 + chance.between(0, 364)).days());
        add(names.birthday, full_date(words, born));
    }
    if chance.percent(80) {
        add(names.source, (*chance.pick(words.sources)).to_owned());
    }
    if regular {
        add(names.doctor, words.doctors[words.services[service].doctor].name.to_owned());
        let visit = calendar.visit(now.plus_seconds(-86_400 * chance.between(8, 160)), chance);
        add(names.last_visit, calendar.full(words, visit));
        add(names.visits, chance.between(2, 34).to_string());
        if chance.percent(25) {
            let visit = calendar.visit(now.plus_seconds(86_400 * chance.between(0, 20)), chance);
            add(names.next_visit, format!("{}, {}", calendar.full(words, visit), calendar.clock(visit)));
        }
        if chance.percent(20) {
            add(names.note, (*chance.pick(words.notes)).to_owned());
        }
    }
    fields
}

/// A name in Latin letters, for addresses.
fn latin(name: &str) -> String {
    const LETTERS: [(char, &str); 33] = [
        ('а', "a"),
        ('б', "b"),
        ('в', "v"),
        ('г', "g"),
        ('д', "d"),
        ('е', "e"),
        ('ё', "e"),
        ('ж', "zh"),
        ('з', "z"),
        ('и', "i"),
        ('й', "y"),
        ('к', "k"),
        ('л', "l"),
        ('м', "m"),
        ('н', "n"),
        ('о', "o"),
        ('п', "p"),
        ('р', "r"),
        ('с', "s"),
        ('т', "t"),
        ('у', "u"),
        ('ф', "f"),
        ('х', "kh"),
        ('ц', "ts"),
        ('ч', "ch"),
        ('ш', "sh"),
        ('щ', "sch"),
        ('ъ', ""),
        ('ы', "y"),
        ('ь', ""),
        ('э', "e"),
        ('ю', "yu"),
        ('я', "ya"),
    ];
    let letter = |char: char| match LETTERS.iter().find(|(from, _)| *from == char) {
        Some((_, to)) => (*to).to_owned(),
        None => char.to_string(),
    };
    name.to_lowercase().chars().map(letter).collect()
}
