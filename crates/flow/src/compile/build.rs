//! Makes blocks ready to run.

use serde_json::Value;

use super::work::{
    Outside, ReadyAi, ReadyAiField, ReadyBody, ReadyCase, ReadyDeal, ReadyEmail, ReadyFlow, ReadyHandOver,
    ReadyHttp, ReadyJson, ReadyLoop, ReadyMedia, ReadyOperand, ReadyPlace, ReadySave, ReadySource, ReadyTask,
    ReadyTemplate, ReadyTemplateButton, ReadyTest, ReadyTests, ReadyValue, ReadyWait, ReadyWho, SealedPart,
    SealedTemplate, What, Work,
};
use super::{Exit, Node, Places, port};
use crate::answer::{Ask, Choice, time};
use crate::blocks::{
    AiModel, Block, Body, FieldValue, Http, Media, MediaKind, MediaSource, Operator, Pair, Save, Sealable,
    SendTemplate, SetVariable, Shift, SubFlow, Test, Tests, Wait,
};
use crate::catalogue::{Entry, entry_of};
use crate::model::{Flow, Language};
use crate::pattern;
use crate::template::{Formula, Template, Templates, secret_name, variable_path};
use crate::values::text_of;

/// Seconds that a call may take, where the block does not say.
const CALL: u32 = 30;
/// Seconds that a run waits for an incoming call, where the block does not say.
const INCOMING: u32 = 24 * 60 * 60;
/// Seconds for what is known on the spot, and for a letter on its way.
const SHORT: u32 = 30;
const LETTER: u32 = 120;
/// Tokens of a language model's answer, where the block does not say.
const AI_TOKENS: u32 = 500;

pub(crate) struct Builder<'f> {
    pub flow: &'f Flow,
    pub places: Places<'f>,
    pub templates: Templates,
}

impl<'f> Builder<'f> {
    pub fn new(flow: &'f Flow) -> Self {
        Self { flow, places: Places::new(flow), templates: Templates::new(flow.language) }
    }

    /// The country of phone numbers written without one.
    pub fn country(&self) -> Option<String> {
        let of_language = match self.flow.language {
            Language::Ru => Some("RU".to_owned()),
            Language::En => None,
        };
        self.flow.settings.country.clone().or(of_language)
    }

    pub fn node(&mut self, block: &Block, place: &str, following: Exit) -> Node {
        let id = block.id.as_str();
        // The ordinary way on: the port by its name, an edge without a port's name, the block below.
        let ordinary = entry_of(block.kind(), None).map_or(Some(port::NEXT), Entry::ordinary);
        let named = ordinary.and_then(|name| self.places.edge(id, Some(name)));
        let mut next = named.or_else(|| self.places.edge(id, None)).unwrap_or(following);
        let off = block.addresses_off();
        let work = if block.is_passed_by() {
            match off.first().filter(|_| !block.disabled) {
                Some(address) => Work::Off((*address).into()),
                None => Work::Pass,
            }
        } else {
            if let Body::Jump(jump) = &block.body {
                next = self.places.to(&jump.to);
            }
            self.work(block, following)
        };
        Node { id: id.into(), place: place.into(), work, next, address_off: !off.is_empty() }
    }

    fn work(&mut self, block: &Block, following: Exit) -> Work {
        let id = block.id.as_str();
        match &block.body {
            Body::Message(message) => Work::Message {
                text: self.text(&message.text),
                media: message.media.as_ref().map(|media| self.media(media)),
            },
            Body::Location(place) => Work::Place(Box::new(ReadyPlace {
                latitude: self.text(&text_of(&place.latitude)),
                longitude: self.text(&text_of(&place.longitude)),
                name: self.text(&place.name),
                address: self.text(&place.address),
            })),
            Body::ContactCard(block) => Work::Contacts(
                block
                    .contacts
                    .iter()
                    .map(|card| {
                        [&card.name, &card.phone, &card.email, &card.company, &card.url]
                            .map(|text| self.text(text))
                    })
                    .collect(),
            ),
            Body::Menu(menu) => Work::Menu {
                text: self.text(&menu.text),
                choice: Box::new(Choice::new(&menu.options, menu.button.as_ref(), id, self, true)),
            },
            Body::LinkButton(link) => Work::Link {
                text: self.text(&link.text),
                title: self.text(&link.title),
                url: self.templates.address(&link.url),
            },
            Body::Template(template) => Work::Template(Box::new(self.template(template, id))),
            Body::Wait(wait) => Work::Wait(Box::new(self.wait(wait, id))),
            Body::Question(question) => Work::Ask(Box::new(Ask::new(question, id, self))),
            Body::Condition(condition) => Work::Condition(
                condition
                    .branches
                    .iter()
                    .map(|branch| {
                        let (port, exit) = self.branch(id, &branch.id, following);
                        (port, self.tests(&branch.when), exit)
                    })
                    .collect(),
            ),
            Body::Switch(switch) => Work::Switch {
                variable: variable_path(&switch.variable),
                cases: switch
                    .branches
                    .iter()
                    .map(|case| {
                        let (port, exit) = self.branch(id, &case.id, following);
                        ReadyCase { port, is: case.is, value: self.operand(case.is, &case.value), exit }
                    })
                    .collect(),
            },
            Body::Split(split) => Work::Split(
                split
                    .branches
                    .iter()
                    .map(|share| {
                        let (port, exit) = self.branch(id, &share.id, following);
                        (port, share.weight, exit)
                    })
                    .collect(),
            ),
            Body::Set(set) => self.set(set),
            Body::Jump(_) => Work::Pass,
            Body::SubFlow(SubFlow { to, bot, .. }) => Work::SubFlow {
                to: match (bot.as_deref().filter(|bot| !bot.is_empty()), to) {
                    (Some(bot), _) => ReadyFlow::Bot(bot.to_owned()),
                    (None, Some(target)) => ReadyFlow::Here(self.places.to(target)),
                    (None, None) => ReadyFlow::Here(Exit::Broken),
                },
                failed: self.edge(id, port::FAILED),
            },
            Body::Return(_) => Work::Return,
            Body::Break(_) => Work::Break,
            Body::Loop(work) => Work::Loop(Box::new(ReadyLoop {
                list: Formula::new(&work.list, self.flow.language),
                item: work.item.as_str().into(),
                index: work.index.as_deref().filter(|name| !name.is_empty()).map(Into::into),
                each: self.edge(id, port::EACH),
            })),
            Body::Hours(hours) => {
                let closed = self.edge(id, port::CLOSED).unwrap_or(following);
                if hours.hours.is_empty() {
                    self.outside(id, What::Open, &[], SHORT, closed)
                } else {
                    Work::Hours { open: hours.hours.iter().flat_map(shift).collect(), closed }
                }
            }
            Body::Online(online) => {
                let offline = self.edge(id, port::OFFLINE).unwrap_or(following);
                let who = self.who(online.person.as_ref(), online.team.as_ref());
                self.outside(id, What::Online(who), &[], SHORT, offline)
            }
            Body::ReadFields(read) => self.outside(id, What::Fields, &read.save, SHORT, following),
            Body::SetFields(set) => Work::SetFields(self.fields(&set.fields)),
            Body::Tags(tags) => Work::Tags { add: self.texts(&tags.add), remove: self.texts(&tags.remove) },
            Body::Assign(assign) => Work::Assign(self.who(assign.person.as_ref(), assign.team.as_ref())),
            Body::CreateDeal(deal) => Work::CreateDeal(Box::new(ReadyDeal {
                pipeline: self.some(deal.pipeline.as_ref()),
                stage: self.some(deal.stage.as_ref()),
                title: self.text(&deal.title),
                amount: self.text(&text_of(&deal.amount)),
                currency: deal.currency.clone(),
                fields: self.fields(&deal.fields),
            })),
            Body::MoveDeal(deal) => {
                Work::MoveDeal { pipeline: self.some(deal.pipeline.as_ref()), stage: self.text(&deal.stage) }
            }
            Body::CreateTask(task) => Work::CreateTask(Box::new(ReadyTask {
                title: self.text(&task.title),
                text: self.text(&task.text),
                due: self.some(task.due.as_ref()),
                who: self.who(task.person.as_ref(), task.team.as_ref()),
            })),
            Body::Subscribe(block) => Work::Subscription { topic: self.some(block.topic.as_ref()), on: true },
            Body::Unsubscribe(block) => {
                Work::Subscription { topic: self.some(block.topic.as_ref()), on: false }
            }
            Body::Note(note) => Work::Note(self.text(&note.text)),
            Body::HandOver(hand_over) => Work::HandOver(Box::new(ReadyHandOver {
                text: self.text(&hand_over.text),
                note: self.text(&hand_over.note),
                summary: hand_over.summary || hand_over.ai_summary,
                ai: hand_over.ai_summary.then(|| self.ai("", None, false, &hand_over.model)),
                who: self.who(hand_over.person.as_ref(), hand_over.team.as_ref()),
            })),
            Body::Http(http) => {
                let what = What::Http(self.http(http));
                self.outside(id, what, &http.save, http.timeout.unwrap_or(CALL), following)
            }
            Body::WaitCall(wait) => {
                self.outside(id, What::Incoming, &wait.save, wait.timeout.unwrap_or(INCOMING), following)
            }
            Body::Email(email) => {
                let what = What::Email(ReadyEmail {
                    to: self.texts(&email.to),
                    cc: self.texts(&email.cc),
                    bcc: self.texts(&email.bcc),
                    reply_to: self.some(email.reply_to.as_ref()),
                    subject: self.text(&email.subject),
                    text: self.text(&email.text),
                });
                self.outside(id, what, &[], LETTER, following)
            }
            Body::AiAnswer(block) => {
                let question = block.question.as_ref();
                let ask = self.ai(&block.instructions, question, block.history, &block.model);
                let timeout = ask.timeout;
                let variable = block.variable.as_deref().filter(|name| !name.is_empty()).map(Into::into);
                let what = What::AiAnswer { ask, variable, silent: block.silent };
                self.outside(id, what, &[], timeout, following)
            }
            Body::AiExtract(block) => {
                let ask = self.ai(&block.instructions, block.text.as_ref(), block.history, &block.model);
                let timeout = ask.timeout;
                let fields = block
                    .fields
                    .iter()
                    .map(|field| ReadyAiField {
                        variable: field.variable.as_str().into(),
                        kind: field.kind,
                        description: field.description.clone(),
                        options: field.options.clone().into(),
                        required: field.required,
                    })
                    .collect();
                self.outside(id, What::AiExtract { ask, fields }, &[], timeout, following)
            }
            Body::End(end) => Work::End { text: self.text(&end.text), outcome: end.outcome.clone() },
            Body::Unknown(_) => Work::Unknown { kind: block.kind().to_owned() },
        }
    }

    fn text(&mut self, source: &str) -> Template {
        self.templates.text(source)
    }

    fn texts(&mut self, sources: &[String]) -> Box<[Template]> {
        sources.iter().map(|source| self.text(source)).collect()
    }

    fn some(&mut self, source: Option<&String>) -> Option<Template> {
        source.filter(|text| !text.trim().is_empty()).map(|text| self.text(text))
    }

    fn edge(&self, block: &str, port: &str) -> Option<Exit> {
        self.places.edge(block, Some(port))
    }

    /// A branch's port and where it leads: without an edge to the block below.
    fn branch(&self, block: &str, branch: &str, following: Exit) -> (Box<str>, Exit) {
        let port = format!("{}{branch}", port::BRANCH);
        let exit = self.edge(block, &port).unwrap_or(following);
        (port.into(), exit)
    }

    fn media(&mut self, media: &Media) -> ReadyMedia {
        ReadyMedia {
            kind: media.kind,
            source: match &media.source {
                MediaSource::Url(url) => ReadySource::Url(self.templates.address(url)),
                MediaSource::Stored(id) => ReadySource::Stored(id.clone()),
            },
            filename: (media.filename.as_ref())
                .filter(|_| media.kind == MediaKind::Document)
                .map(|name| self.text(name)),
            mime: media.mime.clone(),
            voice: media.voice,
        }
    }

    pub fn template(&mut self, template: &SendTemplate, block: &str) -> ReadyTemplate {
        let header = template.header.as_ref();
        ReadyTemplate {
            name: template.name.clone(),
            language: template.language.clone(),
            category: template.category,
            words: template.text.clone(),
            header_text: header.and_then(|header| {
                let text = header.text.as_ref()?;
                Some((header.name.clone(), self.text(text)))
            }),
            header_media: header.and_then(|header| header.media.as_ref()).map(|media| self.media(media)),
            body: template
                .body
                .iter()
                .map(|parameter| (parameter.name.clone(), self.text(&parameter.text)))
                .collect(),
            buttons: template
                .buttons
                .iter()
                .map(|button| {
                    let port = format!("{}{}", port::OPTION, button.id);
                    ReadyTemplateButton {
                        id: button.id.as_str().into(),
                        index: button.index,
                        kind: button.kind,
                        title: button.title.clone(),
                        text: self.text(&button.text),
                        exit: self.edge(block, &port),
                        port: port.into(),
                    }
                })
                .collect(),
        }
    }

    fn wait(&mut self, wait: &Wait, block: &str) -> ReadyWait {
        ReadyWait {
            seconds: self.text(&text_of(&wait.seconds)),
            until: self.some(wait.until.as_ref()),
            typing: wait.typing,
            message: self.edge(block, port::MESSAGE),
        }
    }

    fn set(&mut self, set: &SetVariable) -> Work {
        let to = match (&set.expression, &set.value) {
            (Some(expression), _) => ReadyValue::Formula(Formula::new(expression, self.flow.language)),
            (None, value) => self.value(value),
        };
        let list = set.list.as_deref().filter(|name| !name.is_empty());
        Work::Set {
            variable: set.variable.as_str().into(),
            to,
            operation: set.operation.clone().map(|operation| (operation, list.map(Into::into))),
        }
    }

    fn value(&mut self, value: &Value) -> ReadyValue {
        match value {
            Value::Null => ReadyValue::Nothing,
            Value::String(text) => match Formula::of_whole_text(text, self.flow.language) {
                Some(formula) => ReadyValue::Formula(formula),
                None => ReadyValue::Text(self.text(text)),
            },
            value => ReadyValue::Literal(value.clone()),
        }
    }

    fn fields(&mut self, fields: &[FieldValue]) -> Box<[(Box<str>, ReadyValue)]> {
        fields.iter().map(|field| (field.field.as_str().into(), self.value(&field.value))).collect()
    }

    fn who(&mut self, person: Option<&String>, team: Option<&String>) -> ReadyWho {
        ReadyWho { person: self.some(person), team: self.some(team) }
    }

    pub fn tests(&mut self, tests: &Tests) -> ReadyTests {
        let ready = |test: &Test| match test {
            Test::Group(group) => ReadyTest::Group(self.tests(group)),
            Test::Compare(comparison) => ReadyTest::Compare {
                variable: variable_path(&comparison.variable),
                is: comparison.is,
                value: self.operand(comparison.is, &comparison.value),
            },
        };
        ReadyTests { join: tests.join, tests: tests.tests.iter().map(ready).collect() }
    }

    fn operand(&mut self, is: Operator, value: &Value) -> ReadyOperand {
        match (is, value) {
            (Operator::Matches | Operator::NotMatches, value) => {
                ReadyOperand::Pattern(pattern::prepare(&text_of(value)))
            }
            (_, Value::String(text)) => ReadyOperand::Text(self.text(text)),
            (_, value) => ReadyOperand::Value(value.clone()),
        }
    }

    fn outside(&mut self, block: &str, what: What, save: &[Save], timeout: u32, no: Exit) -> Work {
        Work::Outside(Box::new(Outside {
            what,
            save: self.save(save),
            timeout,
            failed: self.edge(block, port::FAILED),
            timed_out: self.edge(block, port::TIMEOUT),
            message: self.edge(block, port::MESSAGE),
            no,
        }))
    }

    #[expect(clippy::unused_self, reason = "stands with the other parts of a block")]
    pub fn save(&self, save: &[Save]) -> Box<[ReadySave]> {
        save.iter()
            .map(|save| ReadySave {
                variable: save.variable.as_str().into(),
                path: save.path.as_str().into(),
            })
            .collect()
    }

    fn http(&mut self, http: &Http) -> ReadyHttp {
        ReadyHttp {
            method: http.method,
            url: self.sealed(&http.url),
            query: self.pairs(&http.query),
            headers: self.pairs(&http.headers),
            body: http.body.as_ref().map(|body| ReadyBody {
                kind: body.kind,
                json: self.json(&body.value, true),
                text: self.sealed(&body.text),
                content_type: body.content_type.clone(),
                fields: self.pairs(&body.fields),
            }),
            save_headers: http
                .save_headers
                .iter()
                .map(|save| ReadySave {
                    variable: save.variable.as_str().into(),
                    path: save.header.trim().to_ascii_lowercase().into(),
                })
                .collect(),
            status: http.status.as_deref().filter(|name| !name.is_empty()).map(Into::into),
        }
    }

    fn pairs(&mut self, pairs: &[Pair]) -> Box<[(Box<str>, SealedTemplate)]> {
        pairs
            .iter()
            .map(|pair| {
                let value = match &pair.value {
                    Sealable::Text(text) => self.sealed(text),
                    Sealable::Secret { secret, .. } => {
                        SealedTemplate([SealedPart::Secret(secret.as_str().into())].into())
                    }
                };
                (pair.name.trim().into(), value)
            })
            .collect()
    }

    /// Cuts a text at its secrets, so that each piece between is a template of its own.
    fn sealed(&mut self, source: &str) -> SealedTemplate {
        let mut parts = Vec::new();
        let mut open = 0;
        let mut from = 0;
        while let Some((start, end, name)) = next_secret(source, from) {
            if start > open {
                parts.push(SealedPart::Text(self.text(&source[open..start])));
            }
            parts.push(SealedPart::Secret(name.into()));
            open = end;
            from = end;
        }
        if open < source.len() {
            parts.push(SealedPart::Text(self.text(&source[open..])));
        }
        SealedTemplate(parts.into())
    }

    /// JSON with variables in its texts; `secrets`: and with secrets.
    pub fn json(&mut self, value: &Value, secrets: bool) -> ReadyJson {
        match value {
            Value::String(text) => {
                let sealed = if secrets {
                    self.sealed(text)
                } else {
                    SealedTemplate([SealedPart::Text(self.text(text))].into())
                };
                let has_secret = sealed.0.iter().any(|part| matches!(part, SealedPart::Secret(_)));
                match Formula::of_whole_text(text, self.flow.language).filter(|_| !has_secret) {
                    Some(formula) => ReadyJson::Formula(formula),
                    None => ReadyJson::Text(sealed),
                }
            }
            Value::Array(items) => {
                ReadyJson::List(items.iter().map(|item| self.json(item, secrets)).collect())
            }
            Value::Object(fields) => {
                let secret =
                    fields.get("secret").and_then(Value::as_str).filter(|_| secrets && fields.len() == 1);
                if let Some(name) = secret {
                    return ReadyJson::Text(SealedTemplate([SealedPart::Secret(name.into())].into()));
                }
                ReadyJson::Object(
                    fields
                        .iter()
                        .map(|(name, field)| (name.as_str().into(), self.json(field, secrets)))
                        .collect(),
                )
            }
            value => ReadyJson::Literal(value.clone()),
        }
    }

    fn ai(&mut self, instructions: &str, text: Option<&String>, history: bool, model: &AiModel) -> ReadyAi {
        ReadyAi {
            connection: model.connection.clone(),
            model: model.model.clone(),
            instructions: self.text(instructions),
            text: self.some(text),
            history,
            max_tokens: model.max_tokens.unwrap_or(AI_TOKENS),
            timeout: model.timeout.unwrap_or(CALL),
        }
    }
}

/// The next `{{ secret.name }}` at or after a position: where it begins and ends, and the name.
fn next_secret(source: &str, mut from: usize) -> Option<(usize, usize, &str)> {
    loop {
        let start = from + source.get(from..)?.find("{{")?;
        let end = start + source.get(start..)?.find("}}")? + 2;
        if let Some(name) = secret_name(&source[start + 2..end - 2]) {
            return Some((start, end, name));
        }
        from = start + 2;
    }
}

/// The minutes of the week, from Monday's midnight, in which a shift is at work. Hours that are no times are none; an
/// end before the beginning lies on the next day.
fn shift(shift: &Shift) -> Vec<(u16, u16)> {
    const DAY: u16 = 24 * 60;
    let minute = |text: &str| {
        // The day's end is written so.
        if text.trim() == "24:00" {
            return Some(DAY);
        }
        let time = time::bound(text)?;
        Some(u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs()))
    };
    let (Some(from), Some(to)) = (minute(&shift.from), minute(&shift.to)) else { return Vec::new() };
    let to = if to <= from { to + DAY } else { to };
    let every = [1, 2, 3, 4, 5, 6, 7];
    let days = if shift.days.is_empty() { &every[..] } else { &shift.days };
    days.iter()
        .filter(|day| (1..=7).contains(*day))
        .map(|day| {
            let midnight = (u16::from(*day) - 1) * DAY;
            (midnight + from, midnight + to)
        })
        .collect()
}
