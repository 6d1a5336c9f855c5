//! What differs between the languages of the demo, besides the dialogues: names, services, days.

mod en;
mod ru;

use super::Language;

pub struct Words {
    /// `en` or `ru`.
    pub language: &'static str,
    pub business: &'static str,
    pub time_zone: &'static str,
    pub address: &'static str,
    /// Latitude and longitude of the business, degrees.
    pub place: (f64, f64),
    /// The number of the business, E.164; nobody's.
    pub phone: &'static str,
    pub staff: [Person; 3],
    /// Who speaks for the business through the API.
    pub system: &'static str,
    pub female: &'static [&'static str],
    pub male: &'static [&'static str],
    /// Of women, of men.
    pub surnames: &'static [(&'static str, &'static str)],
    pub services: &'static [Service],
    /// The experts, in several cases where the language has them.
    pub doctors: &'static [Doctor],
    pub tomorrow: &'static str,
    /// “on Monday”, Monday first.
    pub on_days: [&'static str; 7],
    /// As they stand after the day of the month.
    pub months: [&'static str; 12],
    pub fields: Fields,
    pub sources: &'static [&'static str],
    pub tags: Tags,
    /// Headline and text of the advertisement some come from.
    pub advert: (&'static str, &'static str),
    pub notes: &'static [&'static str],
    /// The country of business-scoped user ids.
    pub country: &'static str,
    pub mail: &'static str,
}

/// Somebody of the staff: the owner comes first.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    pub name: &'static str,
    pub email: &'static str,
    pub female: bool,
}

pub struct Service {
    /// `teeth`, `skin`, `hair`, `nails` or `body`.
    pub topic: &'static str,
    pub name: &'static str,
    /// What one books: «чистку зубов».
    pub accusative: &'static str,
    /// After what: «чистки зубов».
    pub genitive: &'static str,
    pub price: &'static str,
    /// The place of the expert in the list.
    pub doctor: usize,
}

pub struct Doctor {
    pub name: &'static str,
    /// To whom: «к Анне Сергеевне».
    pub dative: &'static str,
    /// Of whom, and whom: «у Анны Сергеевны».
    pub genitive: &'static str,
}

/// The names of the customers' fields.
pub struct Fields {
    pub birthday: &'static str,
    pub source: &'static str,
    pub doctor: &'static str,
    pub last_visit: &'static str,
    pub next_visit: &'static str,
    pub visits: &'static str,
    pub note: &'static str,
}

pub struct Tags {
    pub new: &'static str,
    pub regular: &'static str,
    pub vip: &'static str,
    pub family: &'static str,
    pub advert: &'static str,
    /// A topic of the services and what it is called.
    pub topics: &'static [(&'static str, &'static str)],
}

pub fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &en::WORDS,
        Language::Ru => &ru::WORDS,
    }
}
