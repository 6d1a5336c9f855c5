//! Asking, and taking what comes for an answer.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use serde_json::Value;

use super::{Outcome, Run};
use crate::answer::{self, Ask, Bounds, Choice, Heard, Kind, Menu, Pick, Rating};
use crate::calls::pick;
use crate::compile::{Exit, Node, Work, port};
use crate::effects::{Effect, EndReason, Event, Input, Problem};
use crate::load::limits;
use crate::outgoing::{self, Offer, Outgoing, whatsapp};
use crate::session::{Position, Waiting};
use crate::template::Template;

/// Why a question is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prompt {
    Question,
    /// The answer did not fit.
    Retry,
    /// The next page of its list.
    Page,
}

/// An answer with its way on.
struct Answered<'a> {
    value: Value,
    port: &'a str,
    exit: Exit,
}

impl<'a> Run<'a> {
    /// A message, to the question that waits for it. One that came before the question was read is an answer if it fits,
    /// and nothing otherwise.
    pub(super) fn answer(&mut self, block: &str, input: &Input, early: bool) {
        let Position::Question(waiting) = &self.step.session.position else { return };
        let waiting = waiting.clone();
        self.at_question(block, |run, node, ask| {
            let heard = match &ask.kind {
                Kind::Choice(choice) => {
                    let (menu, _) = run.menu(node, choice, waiting.page)?;
                    match menu.hear(input) {
                        Heard::Options(chosen) => {
                            let answered = run.chosen(node, choice, menu, &chosen)?;
                            return run.take(node, ask, answered);
                        }
                        heard => heard,
                    }
                }
                kind => {
                    let bounds = run.bounds(node, kind)?;
                    answer::hear(kind, &node.id, input, &bounds, run.now.date(), run.flow.language)
                }
            };
            match heard {
                Heard::Answer(value) => {
                    run.take(node, ask, Answered { value, port: port::ANSWERED, exit: node.next })
                }
                _ if early => Ok(None),
                Heard::Page(page) => run.ask(node, ask, Prompt::Page, waiting.tries, page),
                Heard::Stale => run.ask(node, ask, Prompt::Question, waiting.tries, waiting.page),
                Heard::Refused | Heard::Options(_) => run.refuse(node, ask, &waiting),
            }
        });
    }

    /// What the options of a choice come to: of one its value and its own way on, of several a list.
    fn chosen(
        &mut self,
        node: &'a Node,
        choice: &'a Choice,
        mut menu: Menu<'a>,
        chosen: &[usize],
    ) -> Result<Answered<'a>, EndReason> {
        let mut values = Vec::with_capacity(chosen.len());
        let mut way = (port::ANSWERED, node.next);
        for n in chosen {
            let Some(picked) = menu.picks.get_mut(*n) else { continue };
            values.push(match picked {
                Pick::Item(value) => std::mem::take(value),
                Pick::Option(option) => {
                    way = (&*option.port, option.exit.unwrap_or(node.next));
                    match &option.value {
                        Some(value) => value.clone(),
                        None => Value::from(self.render(node, &option.title)?.trim()),
                    }
                }
            });
        }
        if choice.several.is_some() {
            return Ok(Answered { value: Value::Array(values), port: port::ANSWERED, exit: node.next });
        }
        Ok(Answered { value: values.pop().unwrap_or_default(), port: way.0, exit: way.1 })
    }

    fn take(&mut self, node: &'a Node, ask: &'a Ask, answered: Answered<'a>) -> Outcome {
        let Answered { value, port, exit } = answered;
        self.clear_timer();
        if self.traced {
            self.step.trace.push(Event::Answered { block: node.id.to_string(), value: value.clone() });
        }
        if let Kind::Form(form) = &ask.kind {
            for save in &form.save {
                if !save.variable.is_empty() {
                    let part = pick(&value, &save.path).cloned().unwrap_or_default();
                    self.set(node, &save.variable, part)?;
                }
            }
        }
        if let Some(variable) = &ask.variable {
            self.set(node, variable, value)?;
        }
        self.left(node, port);
        Ok(Some(exit))
    }

    fn refuse(&mut self, node: &'a Node, ask: &'a Ask, waiting: &Waiting) -> Outcome {
        let tries = waiting.tries.saturating_add(1);
        if self.traced {
            self.step.trace.push(Event::Refused { block: node.id.to_string(), tries });
        }
        if tries < ask.tries {
            return self.ask(node, ask, Prompt::Retry, tries, waiting.page);
        }
        self.clear_timer();
        self.left(node, port::FAILED);
        ask.failed.map_or(Err(EndReason::NoAnswer), |exit| Ok(Some(exit)))
    }

    /// Which numbers would do, where only some would.
    fn retry_of_number(&mut self, node: &'a Node, kind: &'a Kind) -> Result<Option<String>, EndReason> {
        let Kind::Number { min, max, whole } = kind else { return Ok(None) };
        let mut bound = |bound: &'a Option<Template>| -> Result<Option<String>, EndReason> {
            let Some(template) = bound else { return Ok(None) };
            let text = self.render(node, template)?;
            Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
        };
        let (min, max) = (bound(min)?, bound(max)?);
        Ok(self.flow.words.retry_of_number(min.as_deref(), max.as_deref(), *whole))
    }

    /// Says a question (or why it is said again) and waits.
    pub(super) fn ask(
        &mut self,
        node: &'a Node,
        ask: &'a Ask,
        prompt: Prompt,
        tries: u32,
        mut page: u32,
    ) -> Outcome {
        let text = match (prompt, &ask.retry) {
            (Prompt::Retry, Some(retry)) => self.render(node, retry)?,
            (Prompt::Retry, None) => match self.retry_of_number(node, &ask.kind)? {
                Some(text) => Cow::Owned(text),
                None => Cow::Borrowed(self.flow.words.retry(&ask.answer, ask.several())),
            },
            (Prompt::Page, _) => Cow::Borrowed(self.flow.words.choose_body.as_str()),
            (Prompt::Question, _) => self.render(node, &ask.text)?,
        };
        // A template asks the question itself; what is said after an answer is said freely.
        let template = ask.template.as_ref().filter(|_| prompt == Prompt::Question);
        let header = template.and_then(|template| template.header_media.as_ref());
        let template = match header.filter(|_| node.address_off) {
            // Without its header it cannot be sent: it is asked freely.
            Some(media) if self.file(node, media)?.is_none() => None,
            _ => template,
        };
        match (&ask.kind, template) {
            (Kind::Choice(choice), template) => {
                let (menu, button) = self.menu(node, choice, page)?;
                page = menu.page;
                if menu.offers.is_empty() {
                    return self.nothing_to_choose(node, ask, choice);
                }
                match template {
                    Some(template) => {
                        let options: Vec<&str> = menu.offers.iter().map(|offer| &*offer.id).collect();
                        let options = &options[..options.len().min(whatsapp::TEMPLATE_BUTTONS)];
                        self.say_template(node, template, options)?;
                    }
                    None if menu.several.is_some() => {
                        let words = &self.flow.words;
                        let text = if text.trim().is_empty() { &words.choose_body } else { text.trim() };
                        let text = outgoing::numbered(text, &menu.offers) + "\n\n" + &words.choose_many;
                        self.say(node, &text)?;
                    }
                    None => self.say_choice(node, &text, &menu, button.as_deref())?,
                }
            }
            (Kind::Unknown(name), _) => {
                self.problem(&node.id, Problem::UnknownKind { name: name.clone() });
                return Err(EndReason::Broken);
            }
            (_, Some(template)) => self.say_template(node, template, &[])?,
            (Kind::Text { pattern: Some(Err(message)), .. }, None) => {
                self.problem(&node.id, Problem::Pattern { message: message.clone() });
                self.say(node, &text)?;
            }
            (Kind::Rating(rating), None) => self.say_rating(node, rating, &text)?,
            (Kind::Location, None) => {
                let otherwise = &self.flow.words.retry_location;
                let body = self.body(node, &text, whatsapp::LOCATION_BODY, otherwise)?;
                self.say_all(node, vec![Outgoing::AskLocation { body }])?;
            }
            (Kind::Form(form), None) => {
                let data = self.json_value(node, &form.data)?;
                let words = &self.flow.words;
                let button = match &form.button {
                    Some(text) => self.line(node, text)?,
                    None => String::new(),
                };
                let button = if button.is_empty() { &words.open } else { &button };
                let button = outgoing::cut(button, whatsapp::FORM_BUTTON);
                let body = self.body(node, &text, whatsapp::FORM_BODY, &words.retry_form)?;
                let data = if let Value::Object(data) = data { data } else { serde_json::Map::new() };
                self.say_all(
                    node,
                    vec![Outgoing::Form {
                        body,
                        button,
                        token: node.id.to_string(),
                        form: form.id.clone(),
                        screen: form.screen.clone(),
                        data,
                        draft: form.draft,
                    }],
                )?;
            }
            _ => self.say(node, &text)?,
        }
        self.clear_timer();
        let timer = ask.timeout.map(|seconds| {
            let token = self.token();
            self.step.effects.push(Effect::SetTimer { token, due: self.now.after(seconds) });
            token
        });
        let waiting = Waiting { block: node.id.to_string(), tries, page, timer };
        self.step.session.position = Position::Question(waiting);
        Ok(None)
    }

    fn say_rating(&mut self, node: &'a Node, rating: &'a Rating, text: &str) -> Result<(), EndReason> {
        let low = answer::description(&self.render(node, &rating.low)?);
        let high = answer::description(&self.render(node, &rating.high)?);
        let menu = |numbers| {
            let offers = rating.offers(numbers, &low, &high);
            Menu { block: &node.id, offers, picks: Vec::new(), more: "", page: 0, several: None }
        };
        let end = |number: i64, about: &str| {
            if about.is_empty() { number.to_string() } else { format!("{number} – {about}") }
        };
        let scale = format!("{} … {}", end(rating.from, &low), end(rating.to, &high));
        match &rating.lists()[..] {
            [all] => self.say_choice(node, text, &menu(all.clone()), None),
            // A recommendation from 0 to 10 (NPS) among them. One list in pages was refused, since what stands on its second
            // page is chosen less often and the score would be of the layout: here every number is as near as any other.
            [lower, upper] => {
                let button =
                    |numbers: &RangeInclusive<i64>| format!("{} – {}", numbers.start(), numbers.end());
                self.say_choice(node, text, &menu(lower.clone()), Some(&button(lower)))?;
                self.say_choice(node, &scale, &menu(upper.clone()), Some(&button(upper)))
            }
            // Too many to tap: a number is one word on the keyboard.
            _ => self.say(node, &format!("{}\n\n{scale}", text.trim())),
        }
    }

    /// A choice with nothing in it. Options that are not written are a mistake; those of a list may well be none.
    fn nothing_to_choose(&mut self, node: &'a Node, ask: &'a Ask, choice: &Choice) -> Outcome {
        self.clear_timer();
        self.problem(&node.id, Problem::NoOptions);
        if choice.items.is_none() && choice.options.is_empty() {
            return Err(EndReason::Broken);
        }
        self.left(node, port::FAILED);
        ask.failed.map_or(Err(EndReason::NoAnswer), |exit| Ok(Some(exit)))
    }

    /// The options with their texts filled in, and the text of the button that opens the list.
    pub(super) fn menu(
        &mut self,
        node: &'a Node,
        choice: &'a Choice,
        page: u32,
    ) -> Result<(Menu<'a>, Option<Cow<'a, str>>), EndReason> {
        let mut offers = Vec::with_capacity(choice.options.len());
        let mut picks = Vec::with_capacity(choice.options.len());
        if let Some(path) = &choice.items {
            let list = self.scope().find(path);
            let items = list.as_deref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            for (n, item) in items.iter().take(limits::OPTIONS).enumerate() {
                let (id, title, description, value) = answer::item(n, item);
                offers.push(Offer::new(id, title, description));
                picks.push(Pick::Item(value));
            }
        }
        for option in &choice.options {
            if let Some(when) = &option.when
                && !self.hold(node, when)?
            {
                continue;
            }
            let title = answer::title(&self.render(node, &option.title)?, offers.len() + 1);
            let description = answer::description(&self.render(node, &option.description)?);
            let payload = option.payload.as_deref();
            offers.push(Offer { payload, ..Offer::new(&*option.id, title, description) });
            picks.push(Pick::Option(option));
        }
        let button = match &choice.button {
            Some(text) => Some(self.render(node, text)?),
            None => None,
        };
        // A stored page may lie beyond the options of a newer version.
        let page = if outgoing::page(offers.len(), page).0.is_empty() { 0 } else { page };
        let (more, several) = (self.flow.words.more.as_str(), choice.several.as_ref());
        Ok((Menu { block: &node.id, offers, picks, more, page, several }, button))
    }

    fn bounds(&mut self, node: &Node, kind: &'a Kind) -> Result<Bounds, EndReason> {
        let (Kind::Number { min, max, .. } | Kind::Date { min, max } | Kind::Time { min, max }) = kind else {
            return Ok(Bounds::default());
        };
        let mut bound = |text: &'a Option<Template>| match text {
            Some(text) => self.render(node, text).map(|text| Some(text.into_owned())),
            None => Ok(None),
        };
        Ok(Bounds { min: bound(min)?, max: bound(max)? })
    }

    /// Goes on from the question that waits, where it still is one.
    pub(super) fn at_question(
        &mut self,
        block: &str,
        go: impl FnOnce(&mut Self, &'a Node, &'a Ask) -> Outcome,
    ) {
        let flow = self.flow;
        let Some(node) = flow.find(block) else { return self.missing(block) };
        let Work::Ask(ask) = &node.work else { return self.missing(block) };
        let outcome = go(self, node, ask);
        self.go_on(node, outcome);
    }
}
