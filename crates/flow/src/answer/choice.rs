//! Choices: the options of a question, and which of them an answer means.

use serde_json::Value;

use crate::blocks::{Opt, Question};
use crate::compile::{Exit, port};
use crate::effects::Input;
use crate::outgoing::{Offer, Reply, Shape, cut, page, shape};
use crate::template::{Template, Templates};
use crate::values::fold;

use super::Heard;

/// The options of a question, made ready.
pub struct Choice {
    pub options: Box<[ReadyOption]>,
    /// The button that opens the list.
    pub button: Option<Template>,
}

pub struct ReadyOption {
    pub id: Box<str>,
    pub title: Template,
    pub description: Template,
    pub value: Option<Value>,
    /// The option's own way on, and its port's name.
    pub exit: Option<Exit>,
    pub port: Box<str>,
}

/// The options as the customer sees them.
pub struct Menu<'a> {
    pub block: &'a str,
    pub offers: Vec<Offer<'a>>,
    pub more: &'a str,
    /// The page shown last.
    pub page: u32,
}

impl Choice {
    pub fn new(question: &Question, templates: &mut Templates, edge: &impl Fn(&str) -> Option<Exit>) -> Self {
        let ready = |option: &Opt| {
            let port = format!("{}{}", port::OPTION, option.id);
            ReadyOption {
                id: option.id.as_str().into(),
                title: templates.text(&option.title),
                description: templates.text(&option.description),
                value: option.value.clone().filter(|value| !value.is_null()),
                exit: edge(&port),
                port: port.into(),
            }
        };
        let options = question.options.iter().map(ready).collect();
        let button = question.button.as_ref().map(|text| templates.text(text));
        Self { options, button }
    }
}

impl Menu<'_> {
    /// Which option an input means: by the id of what was tapped, then by its title, then by its number, then by the
    /// words with which one title alone begins ("yes" for "Yes, book it").
    ///
    /// Numbers count what the customer saw: the rows of the last page of a list, or all options of a numbered text.
    pub fn hear(&self, input: &Input) -> Heard {
        let text = match input {
            Input::Text { text } => text,
            Input::Reply { id, title } => match Reply::parse(id) {
                Some(reply) => return self.tapped(&reply),
                None => title,
            },
            _ => return Heard::Refused,
        };
        self.written(text)
    }

    fn tapped(&self, reply: &Reply) -> Heard {
        match reply {
            _ if reply.block() != self.block => Heard::Stale,
            Reply::Option { option, .. } => {
                let found = self.offers.iter().position(|offer| offer.id == *option);
                found.map_or(Heard::Stale, Heard::Option)
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
            return Heard::Option(found);
        }
        // "book" for "📅 Book!": what stands around the words does not count, if one title alone is left.
        let bare = bare(&text);
        let alike = titles.iter().map(|title| !bare.is_empty() && self::bare(title) == bare);
        if let Some(found) = only(alike) {
            return Heard::Option(found);
        }
        let paged = shape(&self.offers, self.more) != Shape::Numbered;
        let (shown, more) =
            if paged { page(self.offers.len(), self.page) } else { (0..self.offers.len(), false) };
        if more && (text == fold(self.more) || bare == self::bare(&fold(self.more))) {
            return self.turn_to(self.page.saturating_add(1));
        }
        match bare.parse::<usize>() {
            Ok(number) if (1..=shown.len()).contains(&number) => Heard::Option(shown.start + number - 1),
            Ok(number) if more && number == shown.len() + 1 => self.turn_to(self.page.saturating_add(1)),
            Ok(_) => Heard::Refused,
            Err(_) => {
                only(titles.iter().map(|title| begins(title, bare))).map_or(Heard::Refused, Heard::Option)
            }
        }
    }

    fn turn_to(&self, page: u32) -> Heard {
        let there = !self::page(self.offers.len(), page).0.is_empty();
        if there && shape(&self.offers, self.more) == Shape::List { Heard::Page(page) } else { Heard::Stale }
    }
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
const LONGEST: usize = 200;

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
