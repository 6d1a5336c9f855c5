//! The fields of a form, as data.

use beseda_flow::{Feature, PRESENT};

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
    Number,
    /// Seconds, said in a unit that suits.
    Duration,
    Flag,
    /// One of these values; their texts are `choice-WORDS-VALUE`. An empty value takes the field away.
    Choice {
        values: &'static [&'static str],
        words: &'static str,
    },
    /// What a choice offers.
    Options,
    /// The ways out of a condition.
    Branches,
    /// Several of these kinds of files.
    Checks(&'static [&'static str]),
    /// Days of the week, 1 is Monday.
    Days,
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
}

impl Field {
    pub const fn new(at: &'static str, words: &'static str, input: Input) -> Self {
        Self { at, input, words, when: When::Always, rare: false, needs: None }
    }

    /// Whether the program has what it needs.
    pub fn is_there(&self) -> bool {
        self.needs.is_none_or(|feature| PRESENT.contains(&feature))
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
