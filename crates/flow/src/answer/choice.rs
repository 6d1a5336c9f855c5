//! Choices: the options of a question, and which of them an answer means.

use std::ops::RangeInclusive;

use serde_json::Value;

use crate::blocks::{Opt, Question};
use crate::compile::{Builder, Exit, ReadyTests, port};
use crate::effects::Input;
use crate::outgoing::{Offer, Reply, Shape, cut, page, shape};
use crate::template::{Path, Template, variable_path};
use crate::values::{fold, hash, number_in, text_of};

use super::Heard;

/// How many options a question may ask for.
pub const CHOSEN: RangeInclusive<f64> = 0.0..=1_000.0;

/// The options of a question or of a menu, made ready.
pub struct Choice {
    pub options: Box<[ReadyOption]>,
    /// A variable with more of them, offered first.
    pub items: Option<Path>,
    /// The button that opens the list.
    pub button: Option<Template>,
    /// How many may be chosen, where it is more than one.
    pub several: Option<RangeInclusive<usize>>,
}

pub struct ReadyOption {
    pub id: Box<str>,
    pub title: Template,
    pub description: Template,
    pub value: Option<Value>,
    pub when: Option<ReadyTests>,
    /// The id outside, where it has one of its own.
    pub payload: Option<Box<str>>,
    /// The option's own way on, and its port's name.
    pub exit: Option<Exit>,
    pub port: Box<str>,
}

/// The options as the customer sees them.
pub struct Menu<'a> {
    pub block: &'a str,
    pub offers: Vec<Offer<'a>>,
    /// What each offer stands for.
    pub picks: Vec<Pick<'a>>,
    pub more: &'a str,
    /// The page shown last.
    pub page: u32,
    pub several: Option<&'a RangeInclusive<usize>>,
}

/// What an offer stands for.
pub enum Pick<'a> {
    Option(&'a ReadyOption),
    /// An item of a list: its value.
    Item(Value),
}

impl Choice {
    pub fn of_question(question: &Question, block: &str, builder: &mut Builder) -> Self {
        let bound = |value: &Option<Value>| {
            let number = value.as_ref().and_then(number_in).filter(|number| CHOSEN.contains(number));
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within CHOSEN")]
            number.map(|number| number as usize)
        };
        let least = bound(&question.min).unwrap_or(1).max(1);
        Self {
            items: question.items.as_deref().and_then(variable_path),
            several: question.multiple.then(|| least..=bound(&question.max).unwrap_or(usize::MAX).max(least)),
            ..Self::new(&question.options, question.button.as_ref(), block, builder, false)
        }
    }

    /// `payloads`: whether options go by payloads of their own.
    pub fn new(
        options: &[Opt],
        button: Option<&String>,
        block: &str,
        builder: &mut Builder,
        payloads: bool,
    ) -> Self {
        let mut ready = |option: &Opt| {
            let port = format!("{}{}", port::OPTION, option.id);
            ReadyOption {
                id: option.id.as_str().into(),
                title: builder.templates.text(&option.title),
                description: builder.templates.text(&option.description),
                value: option.value.clone().filter(|value| !value.is_null()),
                when: option.when.as_ref().map(|tests| builder.tests(tests)),
                payload: option
                    .payload
                    .as_deref()
                    .filter(|text| payloads && !text.is_empty())
                    .map(Into::into),
                exit: builder.places.edge(block, Some(&port)),
                port: port.into(),
            }
        };
        let options = options.iter().map(&mut ready).collect();
        let button = button.map(|text| builder.templates.text(text));
        Self { options, items: None, button, several: None }
    }
}

/// An item of a list as an option: an id that is of its place and its title (so that a tap on a list that has changed
/// since is known as such), its title and description, its value.
pub fn item(n: usize, item: &Value) -> (String, String, String, Value) {
    let field = |names: [&str; 3]| match item {
        Value::Object(fields) => names.iter().find_map(|name| fields.get(*name)),
        _ => None,
    };
    let title = self::title(&text_of(field(["title", "name", "label"]).unwrap_or(item)), n + 1);
    let about =
        field(["description", "text", "about"]).map(|text| description(&text_of(text))).unwrap_or_default();
    let value = field(["value", "id", "code"]).unwrap_or(item).clone();
    (format!("~{n}-{:08x}", hash(title.as_bytes()) & 0xffff_ffff), title, about, value)
}

impl Menu<'_> {
    /// Which option an input means: by the id of what was tapped, then by its title, then by its number, then by the
    /// words with which one title alone begins ("yes" for "Yes, book it").
    ///
    /// Numbers count what the customer saw: the rows of the last page of a list, or all options of a numbered text.
    pub fn hear(&self, input: &Input) -> Heard {
        if let Some(limits) = self.several {
            return self.several(&super::words(input), limits);
        }
        super::last_that_fits(super::parts(input).iter().rev().map(|part| self.hear_one(part)))
    }

    fn hear_one(&self, input: &Input) -> Heard {
        let text = match input {
            Input::Text { text } => text,
            Input::Reply { id, title, .. } => match Reply::parse(id) {
                Some(reply) => return self.tapped(&reply),
                None => title,
            },
            _ => return Heard::Refused,
        };
        self.written(text)
    }

    /// Several options, as numbers or titles with commas between; a title with a comma in it is found whole.
    fn several(&self, text: &str, limits: &RangeInclusive<usize>) -> Heard {
        let mut chosen = Vec::new();
        let mut add = |heard: Heard| match heard {
            Heard::Options(options) => {
                for option in options {
                    if !chosen.contains(&option) {
                        chosen.push(option);
                    }
                }
                true
            }
            _ => false,
        };
        let whole = self.written(text);
        if !add(whole) {
            for piece in text.split([',', ';', '\n', '+']).map(str::trim).filter(|piece| !piece.is_empty()) {
                let numbers = piece.chars().all(|c| c.is_ascii_digit() || c.is_whitespace());
                let fits = if numbers {
                    piece.split_whitespace().all(|number| add(self.written(number)))
                } else {
                    add(self.written(piece))
                };
                if !fits {
                    return Heard::Refused;
                }
            }
        }
        if limits.contains(&chosen.len()) { Heard::Options(chosen) } else { Heard::Refused }
    }

    fn tapped(&self, reply: &Reply) -> Heard {
        match reply {
            _ if reply.block() != self.block => Heard::Stale,
            Reply::Option { option, .. } => {
                let found = self.offers.iter().position(|offer| offer.id == *option);
                found.map_or(Heard::Stale, one)
            }
            Reply::Page { page, .. } => self.turn_to(*page),
        }
    }

    fn written(&self, text: &str) -> Heard {
        let text = fold(text);
        if text.is_empty() {
            return Heard::Refused;
        }
        let titles: Vec<String> = self.offers.iter().map(|offer| fold(&offer.title)).collect();
        if let Some(found) = titles.iter().position(|title| *title == text) {
            return one(found);
        }
        // "book" for "📅 Book!": what stands around the words does not count, if one title alone is left.
        let bare = bare(&text);
        let alike = titles.iter().map(|title| !bare.is_empty() && self::bare(title) == bare);
        if let Some(found) = only(alike) {
            return one(found);
        }
        let paged = self.several.is_none() && shape(&self.offers, self.more) != Shape::Numbered;
        let (shown, more) =
            if paged { page(self.offers.len(), self.page) } else { (0..self.offers.len(), false) };
        if more && (text == fold(self.more) || bare == self::bare(&fold(self.more))) {
            return self.turn_to(self.page.saturating_add(1));
        }
        match bare.parse::<usize>() {
            Ok(number) if (1..=shown.len()).contains(&number) => one(shown.start + number - 1),
            Ok(number) if more && number == shown.len() + 1 => self.turn_to(self.page.saturating_add(1)),
            Ok(_) => Heard::Refused,
            Err(_) => only(titles.iter().map(|title| begins(title, bare))).map_or(Heard::Refused, one),
        }
    }

    fn turn_to(&self, page: u32) -> Heard {
        let there = !self::page(self.offers.len(), page).0.is_empty();
        if there && shape(&self.offers, self.more) == Shape::List { Heard::Page(page) } else { Heard::Stale }
    }
}

fn one(option: usize) -> Heard {
    Heard::Options(vec![option])
}

/// The position of the only `true`.
fn only(mut fits: impl Iterator<Item = bool>) -> Option<usize> {
    let found = fits.position(|fits| fits)?;
    fits.all(|fits| !fits).then_some(found)
}

/// Whether the title begins with these words, whole.
fn begins(title: &str, words: &str) -> bool {
    let rest = bare(title).strip_prefix(words);
    !words.is_empty() && rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// The text without what stands around its letters and digits.
fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_alphanumeric())
}

/// Characters of a title or a description where nothing shorter is asked for (a numbered text), so that a value that
/// got out of hand does not become a hundred messages.
pub const LONGEST: usize = 200;

/// A title as WhatsApp takes it: one line, never empty.
pub fn title(text: &str, number: usize) -> String {
    let title = description(text);
    if title.is_empty() { number.to_string() } else { title }
}

/// A description: one line.
pub fn description(text: &str) -> String {
    let text = text.trim();
    if text.contains(['\n', '\r', '\t']) {
        return cut(&text.split_whitespace().collect::<Vec<_>>().join(" "), LONGEST);
    }
    cut(text, LONGEST)
}
