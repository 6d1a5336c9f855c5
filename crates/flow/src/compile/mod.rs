//! A flow made ready to run: blocks by number, edges resolved, texts and patterns prepared. Made once, used by all
//! runs of a version, at the same time if need be.

mod build;
mod visit;
mod work;

use std::collections::HashMap;

use serde_json::Value;

use crate::blocks::Body;
use crate::model::{Edge, Flow, Language, Schedule, Target, Trigger, Typing};
use crate::outgoing::Reply;
use crate::template::{Shadow, Templates};
use crate::texts::Words;
use crate::triggers::Prepared;

pub(crate) use build::Builder;
pub(crate) use visit::Spot;
pub(crate) use work::*;

/// The names of blocks' ports.
pub mod port {
    /// The way on of a block that has but one.
    pub const NEXT: &str = "next";
    pub const ANSWERED: &str = "answered";
    pub const FAILED: &str = "failed";
    pub const TIMEOUT: &str = "timeout";
    pub const ELSE: &str = "else";
    pub const RETURNED: &str = "returned";
    /// What the customer wrote while the block waited for something else.
    pub const MESSAGE: &str = "message";
    /// The body of a loop.
    pub const EACH: &str = "each";
    pub const OPEN: &str = "open";
    pub const CLOSED: &str = "closed";
    pub const ONLINE: &str = "online";
    pub const OFFLINE: &str = "offline";
    /// Before an option's id.
    pub const OPTION: &str = "option:";
    /// Before a branch's id.
    pub const BRANCH: &str = "branch:";
}

/// A flow made ready to run.
pub struct Compiled {
    id: String,
    /// Of the bot whose flow it is, where that is known.
    bot: Option<String>,
    version: u64,
    pub(crate) nodes: Vec<Node>,
    by_id: HashMap<String, usize>,
    groups: HashMap<String, Exit>,
    start: Exit,
    trigger_starts: HashMap<String, Exit>,
    pub(crate) triggers: Vec<Prepared>,
    pub(crate) defaults: Vec<(String, Value)>,
    pub(crate) templates: Templates,
    pub(crate) words: Words,
    pub(crate) language: Language,
    /// The built-in values whose names the flow uses for its own.
    pub(crate) shadow: Shadow,
    /// Something in it reads what was said.
    pub(crate) keeps_transcript: bool,
    /// The most tokens that language models may use in one run.
    pub(crate) ai_tokens: u64,
    pause: u32,
    pub(crate) typing: Option<ReadyTyping>,
    country: Option<String>,
    /// Where taps on the buttons of menus and templates lead, by the ids that WhatsApp carries.
    taps: HashMap<String, Target>,
}

/// How the bot types, in words a minute and seconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReadyTyping {
    pub speed: f64,
    pub most: f64,
    pub between: f64,
    pub first: bool,
}

impl ReadyTyping {
    fn new(typing: &Typing) -> Self {
        Self {
            speed: typing.speed.unwrap_or(400.0).max(1.0),
            most: typing.most.unwrap_or(3.0),
            between: typing.between.unwrap_or_default(),
            first: typing.first,
        }
    }
}

/// Where a port leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Node(usize),
    /// Nowhere: the run is finished.
    End,
    /// To something that is not there.
    Broken,
}

pub(crate) struct Node {
    pub id: Box<str>,
    /// The title of the group in which it stands.
    pub place: Box<str>,
    pub work: Work,
    /// The ordinary way on.
    pub next: Exit,
    /// The addresses that a customer would be sent are left out; of a text, the whole.
    pub address_off: bool,
}

impl Compiled {
    /// Prepares a flow. Whatever is wrong with it comes up when a run gets there, as the checker tells beforehand.
    ///
    /// `version` is the number under which the flow was published; sessions carry it.
    pub fn new(flow: &Flow, version: u64) -> Self {
        let mut builder = Builder::new(flow);
        let mut nodes = Vec::with_capacity(builder.places.by_id.len());
        for group in &flow.groups {
            for (n, block) in group.blocks.iter().enumerate() {
                let following =
                    if n + 1 < group.blocks.len() { Exit::Node(nodes.len() + 1) } else { Exit::End };
                nodes.push(builder.node(block, &group.title, following));
            }
        }
        let taps = taps(flow, &builder.places);
        let shadow = Shadow::of(flow);
        let keeps_transcript = nodes.iter().any(|node| keeps_transcript(&node.work, shadow));
        let country = builder.country();
        let Builder { places, templates, .. } = builder;
        let trigger_starts = flow
            .triggers
            .iter()
            .filter_map(|trigger| {
                Some((trigger.id.clone(), places.to(&places.triggers.get(&*trigger.id)?.to)))
            })
            .collect();
        Self {
            id: flow.id.clone(),
            bot: None,
            version,
            nodes,
            start: match &flow.start {
                Some(target) => places.to(target),
                None => flow.groups.first().map_or(Exit::Broken, |group| places.groups[group.id.as_str()]),
            },
            by_id: places.by_id.iter().map(|(id, n)| ((*id).to_owned(), *n)).collect(),
            groups: places.groups.iter().map(|(id, exit)| ((*id).to_owned(), *exit)).collect(),
            trigger_starts,
            triggers: flow.triggers.iter().map(Prepared::new).collect(),
            defaults: flow
                .variables
                .iter()
                .filter(|variable| !variable.default.is_null())
                .map(|variable| (variable.name.clone(), variable.default.clone()))
                .collect(),
            templates,
            words: Words::new(flow),
            language: flow.language,
            shadow,
            keeps_transcript,
            ai_tokens: u64::from(flow.settings.ai_tokens.unwrap_or(AI_TOKENS)),
            pause: flow.settings.pause.unwrap_or_default(),
            typing: flow.settings.typing.as_ref().map(ReadyTyping::new),
            taps,
            country,
        }
    }

    /// The flow of this bot. Two bots may have flows of one id: sub-flows tell them apart by this.
    #[must_use]
    pub fn of_bot(self, id: String) -> Self {
        Self { bot: Some(id), ..self }
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether what this bot had shown may be of this flow.
    pub(crate) fn may_have_shown(&self, bot: Option<&str>) -> bool {
        bot.is_none() || self.bot.is_none() || bot == self.bot.as_deref()
    }

    /// The language of the engine's own words.
    pub fn language(&self) -> Language {
        self.language
    }

    pub(crate) fn bot(&self) -> Option<&str> {
        self.bot.as_deref()
    }

    /// Whether this is the id of its bot, or its own.
    pub(crate) fn is_called(&self, id: &str) -> bool {
        self.bot() == Some(id) || self.id() == id
    }

    pub fn version(&self) -> u64 {
        self.version
    }

    /// Seconds to wait for more after a message, before the run is stepped with all of them
    /// ([`crate::Input::Together`]).
    pub fn pause(&self) -> u32 {
        self.pause
    }

    /// Its triggers, those that are switched off too, as they stand in the flow.
    pub fn triggers(&self) -> impl Iterator<Item = &Trigger> {
        self.triggers.iter().map(Prepared::trigger)
    }

    /// Whether it begins when something happens to a customer, without a message.
    pub fn waits_for_events(&self) -> bool {
        self.triggers.iter().any(Prepared::waits_for_events)
    }

    /// The triggers that fire by the clock: their ids, when, and for whom.
    pub fn schedules(&self) -> impl Iterator<Item = (&str, &Schedule, Option<&str>)> {
        self.triggers.iter().filter_map(Prepared::schedule)
    }

    /// The names by which a program begins it.
    pub fn api_names(&self) -> impl Iterator<Item = &str> {
        self.triggers.iter().filter_map(Prepared::api_name)
    }

    /// Whether the flow has a block that a run may stand at.
    pub fn has_block(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    /// Whether this block of the flow is a question.
    pub fn asks_at(&self, id: &str) -> bool {
        self.find(id).is_some_and(|node| matches!(node.work, Work::Ask(_)))
    }

    /// Whether the flow has a trigger of this id that may fire.
    pub fn has_trigger(&self, id: &str) -> bool {
        self.triggers.iter().any(|trigger| trigger.is(id))
    }

    /// The country of phone numbers written without one.
    pub(crate) fn country(&self) -> Option<&str> {
        self.country.as_deref()
    }

    /// Where a tap on a button of a menu or a template leads.
    pub(crate) fn tap(&self, id: &str) -> Option<&Target> {
        self.taps.get(id)
    }

    pub(crate) fn find(&self, block: &str) -> Option<&Node> {
        self.by_id.get(block).map(|n| &self.nodes[*n])
    }

    /// Where a run begins that this trigger started.
    pub(crate) fn entry(&self, trigger: Option<&str>, at: Option<&Target>) -> Exit {
        if let Some(target) = at {
            return resolve(target, |id| self.by_id.get(id).copied(), |id| self.groups.get(id).copied());
        }
        trigger.and_then(|id| self.trigger_starts.get(id).copied()).unwrap_or(self.start)
    }
}

/// Finds things by their ids. Of two with one id the first counts (the checker reports the other).
pub(crate) struct Places<'a> {
    by_id: HashMap<&'a str, usize>,
    groups: HashMap<&'a str, Exit>,
    ports: HashMap<(&'a str, Option<&'a str>), &'a Edge>,
    triggers: HashMap<&'a str, &'a Edge>,
}

impl<'a> Places<'a> {
    fn new(flow: &'a Flow) -> Self {
        let mut places = Self {
            by_id: HashMap::new(),
            groups: HashMap::new(),
            ports: HashMap::new(),
            triggers: HashMap::new(),
        };
        let mut number = 0;
        for group in &flow.groups {
            // An empty group is the end of what led to it.
            let first = if group.blocks.is_empty() { Exit::End } else { Exit::Node(number) };
            places.groups.entry(&group.id).or_insert(first);
            for block in &group.blocks {
                places.by_id.entry(&block.id).or_insert(number);
                number += 1;
            }
        }
        for edge in &flow.edges {
            if let Some(block) = &edge.from.block {
                places.ports.entry((block, edge.from.port.as_deref())).or_insert(edge);
            } else if let Some(trigger) = &edge.from.trigger {
                places.triggers.entry(trigger).or_insert(edge);
            }
        }
        places
    }

    fn to(&self, target: &Target) -> Exit {
        resolve(target, |id| self.by_id.get(id).copied(), |id| self.groups.get(id).copied())
    }

    /// Where the port's own edge leads.
    pub fn edge(&self, block: &str, port: Option<&str>) -> Option<Exit> {
        self.target(block, port).map(|target| self.to(target))
    }

    fn target(&self, block: &str, port: Option<&str>) -> Option<&'a Target> {
        self.ports.get(&(block, port)).map(|edge| &edge.to)
    }
}

fn resolve(
    target: &Target,
    block: impl Fn(&str) -> Option<usize>,
    group: impl Fn(&str) -> Option<Exit>,
) -> Exit {
    match &target.block {
        Some(id) => block(id).map_or(Exit::Broken, Exit::Node),
        None => group(&target.group).unwrap_or(Exit::Broken),
    }
}

/// Tokens that language models may use in one run, where the flow does not say.
const AI_TOKENS: u32 = 20_000;

/// The taps that lead somewhere by themselves.
fn taps(flow: &Flow, places: &Places) -> HashMap<String, Target> {
    let mut taps = HashMap::new();
    for block in flow.groups.iter().flat_map(|group| &group.blocks).filter(|block| !block.is_passed_by()) {
        let options: Vec<&str> = match &block.body {
            Body::Menu(menu) => menu
                .options
                .iter()
                .filter(|option| option.payload.as_ref().is_none_or(String::is_empty))
                .map(|option| option.id.as_str())
                .collect(),
            Body::Template(template) => template.buttons.iter().map(|button| button.id.as_str()).collect(),
            _ => continue,
        };
        for option in options {
            let port = format!("{}{option}", port::OPTION);
            if let Some(target) = places.target(&block.id, Some(&port)) {
                taps.entry(Reply::Option { block: &block.id, option }.id()).or_insert_with(|| target.clone());
            }
        }
    }
    taps
}

fn keeps_transcript(work: &Work, shadow: Shadow) -> bool {
    let asks = match work {
        Work::HandOver(hand_over) => hand_over.summary,
        Work::Outside(outside) => match &outside.what {
            What::AiAnswer { ask, .. } | What::AiExtract { ask, .. } => ask.history || ask.text.is_none(),
            _ => false,
        },
        _ => false,
    };
    let mut reads = asks;
    work.visit(&mut |_, spot| {
        let names = match spot {
            Spot::Text(text) => text.variables(),
            Spot::Formula(formula) => formula.variables(),
            Spot::Path(path) => vec![&*path.name],
            Spot::Secret(_) => Vec::new(),
        };
        reads |= names.into_iter().any(|name| shadow.reads_transcript(name));
    });
    reads
}
