//! Ratings: a number between two, tapped or written.

use std::ops::RangeInclusive;

use serde_json::Value;

use crate::blocks::Question;
use crate::effects::Input;
use crate::outgoing::{Offer, Reply, whatsapp};
use crate::template::{Template, Templates};
use crate::values::number_in;

use super::Heard;

/// A rating made ready.
pub struct Rating {
    pub from: i64,
    pub to: i64,
    /// What stands at the lowest and at the highest number.
    pub low: Template,
    pub high: Template,
}

impl Rating {
    pub fn new(question: &Question, templates: &mut Templates) -> Self {
        /// A longer scale is a number to ask for.
        const LONGEST: i64 = 100;
        let whole = |value: &Option<Value>, default: i64| {
            let number = value.as_ref().and_then(number_in).filter(|number| number.abs() <= 1_000.0);
            #[expect(clippy::cast_possible_truncation, reason = "at most a thousand, checked above")]
            number.map_or(default, |number| number as i64)
        };
        let from = whole(&question.min, 1);
        let to = whole(&question.max, from.max(1) + 4).clamp(from, from + LONGEST);
        Self { from, to, low: templates.text(&question.low), high: templates.text(&question.high) }
    }

    /// The numbers by the lists that show them: one list, two halves, or none where they are too many for two (a list has
    /// ten rows).
    pub fn lists(&self) -> Vec<RangeInclusive<i64>> {
        let count = usize::try_from(self.to - self.from + 1).unwrap_or(usize::MAX);
        if count <= whatsapp::ROWS {
            vec![self.from..=self.to]
        } else if count <= 2 * whatsapp::ROWS {
            let middle = self.from + (self.to - self.from) / 2;
            vec![self.from..=middle, middle + 1..=self.to]
        } else {
            Vec::new()
        }
    }

    /// Whether buttons show it: so few numbers that nothing need stand under them.
    pub fn is_plain(&self) -> bool {
        let few = usize::try_from(self.to - self.from).is_ok_and(|more| more < whatsapp::BUTTONS);
        few && self.low.is_empty() && self.high.is_empty()
    }

    /// Numbers as rows, the words for the lowest and the highest of all under them.
    pub fn offers(&self, numbers: RangeInclusive<i64>, low: &str, high: &str) -> Vec<Offer<'static>> {
        numbers
            .map(|number| {
                let description = match number {
                    number if number == self.from => low,
                    number if number == self.to => high,
                    _ => "",
                };
                Offer::new(number.to_string(), number.to_string(), super::description(description))
            })
            .collect()
    }

    pub fn hear(&self, block: &str, input: &Input) -> Heard {
        let text = match input {
            Input::Text { text } => text.as_str(),
            Input::Reply { id, title, .. } => match Reply::parse(id) {
                Some(reply) if reply.block() != block => return Heard::Stale,
                Some(Reply::Option { option, .. }) => option,
                _ => title,
            },
            _ => return Heard::Refused,
        };
        let text = text.trim();
        let stars = text.chars().filter(|c| matches!(c, '⭐' | '★' | '🌟')).count();
        // "5/5", "5 из 5", "5!"
        let digits = text.split(|c: char| !c.is_ascii_digit() && c != '-').find(|piece| !piece.is_empty());
        let rest_is_words = !text.contains(['.', ',']);
        let number = match i64::try_from(stars) {
            Ok(stars @ 1..) => Some(stars),
            _ => digits.filter(|_| rest_is_words).and_then(|digits| digits.parse().ok()),
        };
        match number.filter(|number| (self.from..=self.to).contains(number)) {
            Some(number) => Heard::Answer(Value::from(number)),
            None => Heard::Refused,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Language;

    fn rating_of(question: Value) -> Rating {
        let question: Question = serde_json::from_value(question).unwrap();
        Rating::new(&question, &mut Templates::new(Language::En))
    }

    #[test]
    fn ratings() {
        let rating = rating_of(json!({ "answer": "rating", "min": 0, "max": 10 }));
        assert_eq!(rating.lists(), [0..=5, 6..=10]);
        let lists = |from, to| Rating { from, to, ..rating_of(json!({ "answer": "rating" })) }.lists();
        assert_eq!(lists(1, 10), [1..=10]);
        assert_eq!(lists(1, 20), [1..=10, 11..=20]);
        assert_eq!(lists(-10, 9), [-10..=-1, 0..=9]);
        assert_eq!(lists(1, 21), []);
        for (text, wanted) in [
            ("7", Some(7)),
            (" 10! ", Some(10)),
            ("0", Some(0)),
            ("9 из 10", Some(9)),
            ("⭐⭐⭐", Some(3)),
            ("11", None),
            ("-1", None),
            ("4.5", None),
            ("good", None),
            ("", None),
            ("99999999999999999999", None),
        ] {
            let heard = rating.hear("b", &Input::Text { text: text.to_owned() });
            assert_eq!(heard, wanted.map_or(Heard::Refused, |n: i64| Heard::Answer(json!(n))), "{text}");
        }
        let tap = |id: &str| rating.hear("b", &Input::tap(id, "3"));
        assert_eq!(tap("b/4"), Heard::Answer(json!(4)));
        assert_eq!(tap("c/4"), Heard::Stale);
        assert_eq!(tap("foreign"), Heard::Answer(json!(3)));
    }
}
