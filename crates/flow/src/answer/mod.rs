//! Questions: what is shown, and whether what came is an answer. Each kind of answer has its own file.

mod choice;
mod date;
mod email;
mod number;
mod phone;

use jiff::civil::Date;
use regex::Regex;
use serde_json::Value;

use crate::blocks::{Answer, Question};
use crate::compile::{Exit, port};
use crate::effects::Input;
use crate::model::{Flow, Language};
use crate::outgoing::Reply;
use crate::pattern;
use crate::template::{Template, Templates};
use crate::values::{number_in, text_of};

pub(crate) use choice::{Choice, Menu, description, title};
pub(crate) use date::bound as date_bound;
pub(crate) use phone::is_country;

/// A question made ready.
pub(crate) struct Ask {
    pub answer: Answer,
    pub text: Template,
    pub retry: Option<Template>,
    pub variable: Option<Box<str>>,
    /// Answers heard before `failed`, at least one.
    pub tries: u32,
    pub timeout: Option<u32>,
    pub kind: Kind,
    pub failed: Option<Exit>,
    pub timed_out: Option<Exit>,
}

pub(crate) enum Kind {
    Text { lengths: std::ops::RangeInclusive<usize>, pattern: Option<Result<Regex, String>> },
    Number { min: Option<Template>, max: Option<Template>, whole: bool },
    Email,
    Phone { country: Option<String> },
    Date { min: Option<Template>, max: Option<Template> },
    Choice(Choice),
    Unknown(String),
}

/// The most characters of a text answer: as many as WhatsApp carries.
const LONGEST: u32 = 4096;
const TRIES: u32 = 3;

impl Ask {
    pub fn new(
        flow: &Flow,
        question: &Question,
        templates: &mut Templates,
        edge: impl Fn(&str) -> Option<Exit>,
    ) -> Self {
        let mut bound = |value: &Option<Value>| value.as_ref().map(|value| templates.text(&text_of(value)));
        let kind = match &question.answer {
            Answer::Text => {
                let least = question.min_length.unwrap_or(1).max(1);
                let most = question.max_length.unwrap_or(LONGEST).min(LONGEST);
                Kind::Text {
                    lengths: least as usize..=most as usize,
                    pattern: question.pattern.as_deref().map(pattern::prepare),
                }
            }
            Answer::Number => {
                Kind::Number { min: bound(&question.min), max: bound(&question.max), whole: question.whole }
            }
            Answer::Email => Kind::Email,
            Answer::Phone => Kind::Phone {
                country: question.country.clone().or_else(|| flow.settings.country.clone()).or_else(|| {
                    match flow.language {
                        Language::Ru => Some("RU".to_owned()),
                        Language::En => None,
                    }
                }),
            },
            Answer::Date => Kind::Date { min: bound(&question.min), max: bound(&question.max) },
            Answer::Choice => Kind::Choice(Choice::new(question, templates, &edge)),
            Answer::Other(name) => Kind::Unknown(name.clone()),
            other => Kind::Unknown(format!("{other:?}").to_lowercase()),
        };
        Self {
            answer: question.answer.clone(),
            text: templates.text(&question.text),
            retry: question
                .retry
                .as_ref()
                .filter(|text| !text.trim().is_empty())
                .map(|text| templates.text(text)),
            variable: question.variable.as_deref().filter(|name| !name.is_empty()).map(Into::into),
            tries: question.tries.or(flow.settings.tries).unwrap_or(TRIES).max(1),
            timeout: question.timeout,
            kind,
            failed: edge(port::FAILED),
            timed_out: edge(port::TIMEOUT),
        }
    }
}

/// What an input is to a question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Heard {
    Answer(Value),
    /// This option of a choice.
    Option(usize),
    /// Show this page of the list.
    Page(u32),
    /// Not an answer: a try is used up.
    Refused,
    /// A tap on a message of long ago: asked again, no try used up.
    Stale,
}

/// The limits of an answer, their variables filled in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bounds {
    pub min: Option<String>,
    pub max: Option<String>,
}

/// Takes an input as an answer to anything but a choice.
pub(crate) fn hear(
    kind: &Kind,
    block: &str,
    input: &Input,
    bounds: &Bounds,
    today: Date,
    language: Language,
) -> Heard {
    let text = match input {
        Input::Text { text } => text.as_str(),
        Input::Reply { id, title } => match Reply::parse(id) {
            Some(reply) if reply.block() != block => return Heard::Stale,
            _ => title.as_str(),
        },
        _ => return Heard::Refused,
    };
    let text = text.trim();
    let value = match kind {
        Kind::Text { lengths, pattern } => {
            let fits = match pattern {
                Some(Ok(pattern)) => pattern::found(pattern, text),
                // A broken pattern, reported when the question was asked, must not hold a customer for ever.
                Some(Err(_)) | None => true,
            };
            (fits && lengths.contains(&text.chars().count())).then(|| Value::from(text))
        }
        Kind::Number { whole, .. } => number::parse(text, language).and_then(|value| {
            let limit = |bound: &Option<String>| {
                bound.as_ref().and_then(|text| number_in(&Value::from(text.as_str())))
            };
            let number = number_in(&value)?;
            let fits = limit(&bounds.min).is_none_or(|min| number >= min)
                && limit(&bounds.max).is_none_or(|max| number <= max)
                && (!whole || number.fract() == 0.0);
            fits.then_some(value)
        }),
        Kind::Email => email::parse(text).map(Value::from),
        Kind::Phone { country } => phone::parse(text, country.as_deref()).map(Value::from),
        Kind::Date { .. } => {
            let limit = |bound: &Option<String>| bound.as_ref().and_then(|text| date::bound(text, today));
            date::parse(text, today, limit(&bounds.min), limit(&bounds.max), language)
                .map(|date| Value::from(date.to_string()))
        }
        Kind::Choice(_) | Kind::Unknown(_) => None,
    };
    value.map_or(Heard::Refused, Heard::Answer)
}
