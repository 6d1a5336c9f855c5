//! The fields of a form, as data.

use beseda_flow::{Feature, PRESENT};
use serde_json::Value;

use crate::builder::document::{Fields, pointer};
use crate::{format, t};

/// One field of a block's form.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// JSON pointer within the block.
    pub at: &'static str,
    pub input: Input,
    /// The end of its label's key, `field-WORDS`.
    pub words: &'static str,
    /// Shown only when another field says so.
    pub when: When,
    /// Rarely needed: folded away.
    pub rare: bool,
    /// The part of the program that it needs. Until that is there, the field is shown only where it is filled.
    pub needs: Option<Feature>,
}

/// When a field is shown.
#[derive(Debug, Clone, Copy)]
pub enum When {
    Always,
    /// The value at this pointer is one of these texts.
    Is(&'static str, &'static [&'static str]),
    /// The switch at this pointer is on.
    On(&'static str),
}

/// How a field is filled.
#[derive(Debug, Clone, Copy)]
pub enum Input {
    /// A text that is sent on WhatsApp: several lines that may hold variables and formatting, of so many characters.
    Body(usize),
    /// Another text of several lines that may hold variables; so many characters are taken.
    Text(usize),
    /// A line that may hold variables.
    Line(usize),
    /// Plain text: an id, an address, a pattern.
    Plain,
    /// The name of a variable.
    Name,
    /// An expression.
    Formula,
    Number(Numbers),
    /// Seconds, said in a unit that suits; at most so many.
    Duration(u32),
    /// The same, where a text with variables may say them.
    Pause(u32),
    Flag,
    /// One of these values; their texts are `choice-WORDS-VALUE`. An empty value takes the field away.
    Choice {
        values: &'static [&'static str],
        words: &'static str,
    },
    /// What a choice offers; of a menu each tap may have a payload.
    Options {
        payloads: bool,
    },
    /// The ways out of a condition.
    Branches,
    /// Several of these kinds of files.
    Checks(&'static [&'static str]),
    /// Days of the week, 1 is Monday.
    Days,
    /// Days of the month.
    MonthDays,
    /// A list of records with fields of their own.
    Records {
        fields: &'static [Field],
        fresh: &'static str,
    },
    /// A place in the flow.
    Place,
    /// Another bot, by the id of its flow.
    Bot,
    /// Somebody of the business; the key of the words for nobody.
    Person(&'static str),
    /// A connection to a language model, by its name.
    Connection,
    /// A picture, film, sound, document or sticker.
    Media,
    /// A template that WhatsApp has approved, with what fills it.
    Template,
    /// A native form of WhatsApp, by Meta's id.
    NativeForm,
    /// The name of what a native form sends back.
    AnswerOfForm,
    /// Any value: text, or JSON where it is not text.
    Value,
    /// A number as a bound.
    Bound,
    /// A time of the day.
    Time,
    /// A day.
    Date,
    /// A day as a bound: one of the calendar, or one counted from today.
    DateBound,
    /// A time of the day as a bound.
    TimeBound,
    /// What is waited for: a time, a day, or both.
    Until,
    /// Texts, one a line.
    Lines,
    /// The words that start a flow.
    Keywords,
    /// JSON as it is, for what has no form of its own yet.
    Json,
    /// Words of the engine's own that a flow may say in others: of so many characters.
    OwnWords(usize),
}

/// The numbers that a field takes, within these bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers {
    pub least: i32,
    pub most: u32,
    /// No fractions.
    pub whole: bool,
}

impl Numbers {
    pub const fn whole(least: i32, most: u32) -> Self {
        Self { least, most, whole: true }
    }

    pub const fn any(least: i32, most: u32) -> Self {
        Self { least, most, whole: false }
    }

    /// What a typed text comes to; nothing where it is none of these numbers.
    pub fn read(self, text: &str) -> Option<Value> {
        let text: String = text.split_whitespace().collect();
        let text = text.replace(',', ".").replace('−', "-");
        let (least, most) = (f64::from(self.least), f64::from(self.most));
        match text.parse::<i64>() {
            Ok(number) => {
                (i64::from(self.least)..=i64::from(self.most)).contains(&number).then(|| number.into())
            }
            Err(_) if self.whole => None,
            Err(_) => {
                text.parse::<f64>().ok().filter(|number| (least..=most).contains(number)).map(Value::from)
            }
        }
    }

    /// Which numbers they are.
    pub fn words(self) -> String {
        let bound = |number: f64| format::number(number);
        let (least, most) = (bound(self.least.into()), bound(self.most.into()));
        let key = if self.whole { "number-whole" } else { "number-any" };
        t!(key, least = least.as_str(), most = most.as_str())
    }
}

impl Field {
    pub const fn new(at: &'static str, words: &'static str, input: Input) -> Self {
        Self { at, input, words, when: When::Always, rare: false, needs: None }
    }

    /// Whether the program has what it needs.
    pub fn is_there(&self) -> bool {
        self.needs.is_none_or(|feature| PRESENT.contains(&feature))
    }

    /// Whether another field of its record, which stands at `inside`, lets it be shown.
    pub fn is_shown(&self, values: &Fields, inside: &str) -> bool {
        let now = |at: &str| pointer::get(values, &format!("{inside}{at}"));
        match self.when {
            When::Always => true,
            When::Is(at, wanted) => wanted.contains(&now(at).and_then(Value::as_str).unwrap_or_default()),
            When::On(at) => now(at) == Some(&Value::Bool(true)),
        }
    }

    #[must_use]
    pub const fn on(mut self, at: &'static str) -> Self {
        self.when = When::On(at);
        self
    }

    #[must_use]
    pub const fn is(mut self, at: &'static str, values: &'static [&'static str]) -> Self {
        self.when = When::Is(at, values);
        self
    }

    #[must_use]
    pub const fn needs(mut self, feature: Feature) -> Self {
        self.needs = Some(feature);
        self
    }

    #[must_use]
    pub const fn rare(mut self) -> Self {
        self.rare = true;
        self
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::builder::kinds;

    #[test]
    fn how_many_answers_is_asked_where_there_may_be_several() {
        let shown = |multiple: Value| {
            let entry = kinds::entry("ask_choice").unwrap();
            let mut values = entry.block("x".into()).fields;
            values.insert("multiple".into(), multiple);
            let fields = entry.look.form.iter().filter(|field| field.is_shown(&values, ""));
            fields.filter(|field| matches!(field.at, "/min" | "/max")).count()
        };
        assert_eq!((shown(json!(true)), shown(json!(false)), shown(Value::Null)), (2, 0, 0));
    }

    #[test]
    fn a_number_is_read_as_people_write_it_or_not_at_all() {
        let (whole, any) = (Numbers::whole(-5, 1000), Numbers::any(0, 25));
        for (numbers, text, wanted) in [
            (whole, "-3", Some(json!(-3))),
            (whole, "−3", Some(json!(-3))),
            (whole, " 1 000 ", Some(json!(1000))),
            (whole, "1001", None),
            (whole, "-6", None),
            (whole, "1.5", None),
            (whole, "-", None),
            (whole, "ten", None),
            (any, "1.5", Some(json!(1.5))),
            (any, "1,5", Some(json!(1.5))),
            (any, "25", Some(json!(25))),
            (any, "25.1", None),
            (any, "-0.1", None),
            (any, "inf", None),
            (any, "NaN", None),
        ] {
            assert_eq!(numbers.read(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_field_asks_its_own_record() {
        let field = Field::new("/options", "ai-options", Input::Lines).is("/kind", &["choice"]);
        let value = json!({ "kind": "text", "fields": [{ "kind": "choice" }, {}] });
        let values = value.as_object().unwrap();
        let shown = ["/fields/0", "/fields/1", ""].map(|inside| field.is_shown(values, inside));
        assert_eq!(shown, [true, false, false]);
        let field = Field::new("/options", "ai-options", Input::Lines).is("/kind", &["", "text"]);
        assert!(field.is_shown(values, "/fields/1"), "what is not there counts as empty");
    }
}
