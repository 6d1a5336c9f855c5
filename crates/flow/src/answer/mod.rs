//! Questions: what is shown, and whether what came is an answer. Each kind of answer has its own file.

mod choice;
mod date;
mod email;
mod number;
mod phone;
mod rating;
pub(crate) mod time;
mod url;

use jiff::civil::Date;
use regex::Regex;
use serde_json::{Map, Value};

use crate::blocks::{Answer, MediaKind, Question};
use crate::compile::{Builder, Exit, ReadyJson, ReadySave, ReadyTemplate, port};
use crate::effects::Input;
use crate::model::Language;
use crate::outgoing::Reply;
use crate::pattern;
use crate::template::Template;
use crate::values::{number_in, text_of};

pub(crate) use choice::{CHOSEN, Choice, LONGEST, Menu, Pick, description, item, title};
pub(crate) use date::{bound as date_bound, parse as date};
pub(crate) use email::parse as email;
pub(crate) use number::parse as number;
pub(crate) use phone::{is_country, parse as phone};
pub(crate) use rating::Rating;

/// A question made ready.
pub(crate) struct Ask {
    pub answer: Answer,
    pub text: Template,
    pub retry: Option<Template>,
    /// Asked with this instead of `text`.
    pub template: Option<ReadyTemplate>,
    pub variable: Option<Box<str>>,
    /// Answers heard before `failed`, at least one.
    pub tries: u32,
    pub timeout: Option<u32>,
    pub kind: Kind,
    pub failed: Option<Exit>,
    pub timed_out: Option<Exit>,
}

pub(crate) enum Kind {
    Text {
        lengths: std::ops::RangeInclusive<usize>,
        pattern: Option<Result<Regex, String>>,
    },
    Number {
        min: Option<Template>,
        max: Option<Template>,
        whole: bool,
    },
    Email,
    Phone {
        country: Option<String>,
    },
    Url,
    Date {
        min: Option<Template>,
        max: Option<Template>,
    },
    Time {
        min: Option<Template>,
        max: Option<Template>,
    },
    Choice(Box<Choice>),
    Rating(Box<Rating>),
    /// Of no kinds all.
    Media {
        accept: Box<[MediaKind]>,
        several: bool,
    },
    Location,
    Form(Box<ReadyForm>),
    Unknown(String),
}

/// A native form made ready.
pub(crate) struct ReadyForm {
    pub id: String,
    pub button: Option<Template>,
    pub screen: Option<String>,
    pub data: ReadyJson,
    pub draft: bool,
    pub save: Box<[ReadySave]>,
}

/// The most characters of a text answer: as many as WhatsApp carries.
const LONGEST_TEXT: u32 = 4096;
const TRIES: u32 = 3;

impl Ask {
    pub fn new(question: &Question, block: &str, builder: &mut Builder) -> Self {
        let flow = builder.flow;
        let edge = |builder: &Builder, port: &str| builder.places.edge(block, Some(port));
        let mut bound =
            |value: &Option<Value>| value.as_ref().map(|value| builder.templates.text(&text_of(value)));
        let kind = match &question.answer {
            Answer::Text => {
                let least = question.min_length.unwrap_or(1).max(1);
                let most = question.max_length.unwrap_or(LONGEST_TEXT).min(LONGEST_TEXT);
                Kind::Text {
                    lengths: least as usize..=most as usize,
                    pattern: question.pattern.as_deref().map(pattern::prepare),
                }
            }
            Answer::Number => {
                Kind::Number { min: bound(&question.min), max: bound(&question.max), whole: question.whole }
            }
            Answer::Email => Kind::Email,
            Answer::Phone => Kind::Phone { country: question.country.clone().or_else(|| builder.country()) },
            Answer::Url => Kind::Url,
            Answer::Date => Kind::Date { min: bound(&question.min), max: bound(&question.max) },
            Answer::Time => Kind::Time { min: bound(&question.min), max: bound(&question.max) },
            Answer::Choice => Kind::Choice(Box::new(Choice::of_question(question, block, builder))),
            Answer::Rating => Kind::Rating(Box::new(Rating::new(question, &mut builder.templates))),
            Answer::Media => {
                Kind::Media { accept: question.accept.clone().into(), several: question.multiple }
            }
            Answer::Location => Kind::Location,
            Answer::Form => {
                let form = question.form.clone().unwrap_or_default();
                Kind::Form(Box::new(ReadyForm {
                    id: form.id,
                    button: question.button.as_ref().map(|text| builder.templates.text(text)),
                    screen: form.screen,
                    data: builder.json(&Value::Object(form.data), false),
                    draft: form.draft,
                    save: builder.save(&form.save),
                }))
            }
            Answer::Other(name) => Kind::Unknown(name.clone()),
        };
        Self {
            answer: question.answer.clone(),
            text: builder.templates.text(&question.text),
            retry: question
                .retry
                .as_ref()
                .filter(|text| !text.trim().is_empty())
                .map(|text| builder.templates.text(text)),
            template: question.template.as_ref().map(|template| builder.template(template, block)),
            variable: question.variable.as_deref().filter(|name| !name.is_empty()).map(Into::into),
            tries: question.tries.or(flow.settings.tries).unwrap_or(TRIES).max(1),
            timeout: question.timeout,
            kind,
            failed: edge(builder, port::FAILED),
            timed_out: edge(builder, port::TIMEOUT),
        }
    }

    /// Whether the answer is several options.
    pub fn several(&self) -> bool {
        matches!(&self.kind, Kind::Choice(choice) if choice.several.is_some())
    }
}

/// What an input is to a question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Heard {
    Answer(Value),
    /// These options of a choice: of one that takes a single answer, one.
    Options(Vec<usize>),
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

/// The inputs that an input consists of, those that came first first.
pub(crate) fn parts(input: &Input) -> &[Input] {
    match input {
        Input::Together { parts } => parts,
        input => std::slice::from_ref(input),
    }
}

/// All texts of an input, captions too, each on its line.
pub(crate) fn words(input: &Input) -> String {
    let texts = parts(input).iter().filter_map(|part| match part {
        Input::Text { text } => Some(text.as_str()),
        Input::Reply { title, .. } => Some(title),
        Input::Media { caption, .. } => Some(caption),
        _ => None,
    });
    texts.map(str::trim).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Takes an input as an answer to anything but a choice. Of messages that came together a text is all the texts and
/// files are all the files; of anything else the last that fits is the answer.
pub(crate) fn hear(
    kind: &Kind,
    block: &str,
    input: &Input,
    bounds: &Bounds,
    today: Date,
    language: Language,
) -> Heard {
    match (kind, input) {
        (Kind::Media { accept, several }, _) => files(accept, *several, parts(input)),
        (Kind::Text { .. }, Input::Together { parts })
            if parts.iter().all(|part| !matches!(part, Input::Reply { .. })) =>
        {
            hear_one(kind, block, &Input::Text { text: words(input) }, bounds, today, language)
        }
        _ => {
            let heard =
                parts(input).iter().rev().map(|part| hear_one(kind, block, part, bounds, today, language));
            last_that_fits(heard)
        }
    }
}

/// The first of these that is an answer, or what the very first of them is.
pub(crate) fn last_that_fits(heard: impl Iterator<Item = Heard>) -> Heard {
    let mut first = None;
    for heard in heard {
        if heard != Heard::Refused {
            return heard;
        }
        first.get_or_insert(heard);
    }
    first.unwrap_or(Heard::Refused)
}

/// A file as a variable holds it.
pub(crate) fn file(input: &Input) -> Option<Value> {
    let Input::Media { media, id, caption, filename, voice } = input else { return None };
    Some(serde_json::json!({
        "kind": media, "id": id, "caption": caption, "filename": filename, "voice": voice,
    }))
}

/// A place as a variable holds it.
pub(crate) fn place(input: &Input) -> Option<Value> {
    let Input::Location { latitude, longitude, name, address } = input else { return None };
    Some(serde_json::json!({
        "latitude": latitude, "longitude": longitude, "name": name, "address": address,
    }))
}

fn files(accept: &[MediaKind], several: bool, parts: &[Input]) -> Heard {
    let accepted = parts.iter().filter(
        |part| matches!(part, Input::Media { media, .. } if accept.is_empty() || accept.contains(media)),
    );
    let mut files: Vec<Value> = accepted.filter_map(file).collect();
    match files.pop() {
        Some(last) if !several => Heard::Answer(last),
        Some(last) => {
            files.push(last);
            Heard::Answer(Value::Array(files))
        }
        None => Heard::Refused,
    }
}

/// The answers of a native form. What another block has sent, and lies further up in the chat, is no answer to this one, be
/// it the same form of Meta's in another bot: the token that comes back is the block's id. Copies of one block are not told
/// apart, as with buttons.
fn form(block: &str, fields: &Map<String, Value>) -> Heard {
    const TOKEN: &str = "flow_token";
    if fields.get(TOKEN).and_then(Value::as_str).is_some_and(|token| token != block) {
        return Heard::Stale;
    }
    let mut fields = fields.clone();
    fields.remove(TOKEN);
    Heard::Answer(Value::Object(fields))
}

fn hear_one(
    kind: &Kind,
    block: &str,
    input: &Input,
    bounds: &Bounds,
    today: Date,
    language: Language,
) -> Heard {
    let text = match (kind, input) {
        (Kind::Rating(rating), _) => return rating.hear(block, input),
        (Kind::Location, Input::Location { .. }) => {
            return place(input).map_or(Heard::Refused, Heard::Answer);
        }
        (Kind::Form(_), Input::Form { fields }) => return form(block, fields),
        // A shared card is how many people give a number.
        (Kind::Phone { .. }, Input::Contact { phone, .. }) => phone.as_str(),
        (_, Input::Text { text }) => text,
        (_, Input::Reply { id, title, .. }) => match Reply::parse(id) {
            Some(reply) if reply.block() != block => return Heard::Stale,
            _ => title,
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
        Kind::Number { whole, .. } => number::heard(text, language).and_then(|value| {
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
        Kind::Url => url::parse(text).map(Value::from),
        Kind::Date { .. } => {
            let limit = |bound: &Option<String>| bound.as_ref().and_then(|text| date::bound(text, today));
            date::parse(text, today, limit(&bounds.min), limit(&bounds.max), language)
                .map(|date| Value::from(date.to_string()))
        }
        Kind::Time { .. } => {
            let limit = |bound: &Option<String>| bound.as_ref().and_then(|text| time::bound(text));
            let fits = |time: &jiff::civil::Time| {
                limit(&bounds.min).is_none_or(|min| *time >= min)
                    && limit(&bounds.max).is_none_or(|max| *time <= max)
            };
            time::parse(text).filter(fits).map(|time| Value::from(time::written(time)))
        }
        Kind::Choice(_)
        | Kind::Rating(_)
        | Kind::Media { .. }
        | Kind::Location
        | Kind::Form(_)
        | Kind::Unknown(_) => None,
    };
    value.map_or(Heard::Refused, Heard::Answer)
}
