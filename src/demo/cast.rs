//! Who plays in a dialogue, and how its words are filled in.

use beseda_wire::time::Time;

use super::calendar::Calendar;
use super::chance::Chance;
use super::words::{Service, Words};

/// What the words of one dialogue may name.
pub struct Cast {
    pub words: &'static Words,
    /// The customer's first name.
    pub name: String,
    pub female: bool,
    pub staff_female: bool,
    pub staff_name: &'static str,
    pub service: &'static Service,
    /// The visit the talk is about.
    pub visit: Time,
    /// The hour that is free as well.
    pub other: Time,
    pub started: Time,
}

impl Cast {
    /// The text with its variables filled in; what is not known stays as it is, for a test to find.
    pub fn fill(&self, text: &str, calendar: &Calendar, chance: &mut Chance) -> String {
        let mut filled = String::with_capacity(text.len() + 16);
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            filled.push_str(&rest[..open]);
            rest = &rest[open..];
            let Some(length) = closing(rest) else { break };
            filled.push_str(&self.value(&rest[1..length], calendar, chance));
            rest = &rest[length + 1..];
        }
        filled.push_str(rest);
        filled.replace("\\n", "\n")
    }

    fn value(&self, inner: &str, calendar: &Calendar, chance: &mut Chance) -> String {
        let parts = parts(inner, '|');
        if parts.len() > 1 {
            let part = *chance.pick(parts.as_slice());
            return self.fill(part, calendar, chance);
        }
        if let Some((female, male)) = inner.split_once('/') {
            let (female, is_female) = match female.strip_prefix("o:") {
                Some(female) => (female, self.staff_female),
                None => (female, self.female),
            };
            return if is_female { female } else { male }.to_owned();
        }
        let doctor = &self.words.doctors[self.service.doctor];
        match inner {
            "name" => self.name.clone(),
            "staff" => self.staff_name.to_owned(),
            "clinic" => self.words.business.to_owned(),
            "address" => self.words.address.to_owned(),
            "service" => self.service.name.to_owned(),
            "service.acc" => self.service.accusative.to_owned(),
            "service.gen" => self.service.genitive.to_owned(),
            "price" => self.service.price.to_owned(),
            "doctor" => doctor.name.to_owned(),
            "doctor.dat" => doctor.dative.to_owned(),
            "doctor.gen" => doctor.genitive.to_owned(),
            "on" => calendar.on(self.words, self.visit, self.started).to_owned(),
            "date" => calendar.day(self.words, self.visit),
            "time" => calendar.clock(self.visit),
            "On" => capital(calendar.on(self.words, self.visit, self.started)),
            "other.On" => capital(calendar.on(self.words, self.other, self.started)),
            "other.on" => calendar.on(self.words, self.other, self.started).to_owned(),
            "other.date" => calendar.day(self.words, self.other),
            "other.time" => calendar.clock(self.other),
            "order" => format!("{}", 40_000 + chance.below(9_999)),
            _ => format!("{{{inner}}}"),
        }
    }
}

/// With its first letter large, for the beginning of a sentence.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The place of the bracket that closes the first one.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    text.char_indices().find_map(|(at, char)| {
        match char {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(at)
    })
}

/// The parts between separators that stand outside of brackets.
fn parts(text: &str, separator: char) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, char) in text.char_indices() {
        match char {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ if char == separator && depth == 0 => {
                parts.push(&text[start..at]);
                start = at + char.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::Language;
    use crate::demo::words::words;

    #[test]
    fn words_are_filled_in() {
        let ru = words(Language::Ru);
        let at: Time = "2026-03-11T09:00:00Z".parse().unwrap();
        let cast = Cast {
            words: ru,
            name: "Анна".into(),
            female: true,
            staff_female: false,
            staff_name: "Даниил",
            service: &ru.services[0],
            visit: at.plus_seconds(86_400),
            other: at.plus_seconds(3 * 86_400),
            started: at,
        };
        let calendar = Calendar::new(ru.time_zone);
        let fill = |text| cast.fill(text, &calendar, &mut Chance::new(1));
        assert_eq!(
            fill("{name}, {o:записала/записал} вас {on} в {time} к {doctor.dat}"),
            "Анна, записал вас завтра в 12:00 к Анне Сергеевне"
        );
        assert_eq!(
            fill("{записалась/записался} на {service.acc}\\n{date}"),
            "записалась на чистку зубов\n12 марта"
        );
        let chosen = fill("{Привет, {name}|Добрый день}!");
        assert!(["Привет, Анна!", "Добрый день!"].contains(&chosen.as_str()), "{chosen}");
        assert_eq!(fill("{unknown} {open"), "{unknown} {open");
    }
}
