//! A flow made ready to run: blocks by number, edges resolved, texts and patterns prepared. Made once, used by all
//! runs of a version, at the same time if need be.

use std::collections::HashMap;

use serde_json::Value;

use crate::answer::Ask;
use crate::blocks::{Block, Join};
use crate::blocks::{Body, MediaKind, MediaSource, Operator, Test, Tests};
use crate::model::{Edge, Flow, Language, Target};
use crate::pattern;
use crate::template::{Formula, Path, Template, Templates, variable_path};
use crate::texts::Words;
use crate::triggers::Prepared;
use crate::values::text_of;

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
    pub work: Work,
    /// The ordinary way on.
    pub next: Exit,
}

pub(crate) enum Work {
    Message {
        text: Template,
        media: Option<ReadyMedia>,
    },
    Ask(Box<Ask>),
    Condition(Box<[(Box<str>, ReadyTests, Exit)]>),
    Set {
        variable: Box<str>,
        to: ReadyValue,
    },
    /// A jump, or a block that is switched off: to `next`.
    Pass,
    HandOver {
        text: Template,
        note: Template,
    },
    End {
        text: Template,
        outcome: Option<String>,
    },
    Unknown {
        kind: String,
    },
}

pub(crate) struct ReadyMedia {
    pub kind: MediaKind,
    pub source: ReadySource,
    pub filename: Option<Template>,
}

pub(crate) enum ReadySource {
    Url(Template),
    Stored(String),
}

pub(crate) enum ReadyValue {
    Nothing,
    Literal(Value),
    Text(Template),
    Formula(Formula),
}

pub(crate) struct ReadyTests {
    pub join: Join,
    pub tests: Box<[ReadyTest]>,
}

pub(crate) enum ReadyTest {
    Group(ReadyTests),
    Compare { variable: Option<Path>, is: Operator, value: ReadyOperand },
}

pub(crate) enum ReadyOperand {
    Text(Template),
    Value(Value),
    Pattern(Result<regex::Regex, String>),
}

impl Compiled {
    /// Prepares a flow. Whatever is wrong with it comes up when a run gets there, as the checker tells beforehand.
    ///
    /// `version` is the number under which the flow was published; sessions carry it.
    pub fn new(flow: &Flow, version: u64) -> Self {
        let places = Places::new(flow);
        let mut templates = Templates::new(flow.language);
        let mut nodes = Vec::with_capacity(places.by_id.len());
        for group in &flow.groups {
            for (n, block) in group.blocks.iter().enumerate() {
                let following =
                    if n + 1 < group.blocks.len() { Exit::Node(nodes.len() + 1) } else { Exit::End };
                nodes.push(node(flow, block, following, &places, &mut templates));
            }
        }
        let trigger_starts = flow
            .triggers
            .iter()
            .filter_map(|trigger| {
                Some((trigger.id.clone(), places.to(&places.triggers.get(&*trigger.id)?.to)))
            })
            .collect();
        Self {
            id: flow.id.clone(),
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
        }
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn version(&self) -> u64 {
        self.version
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
struct Places<'a> {
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
    fn edge(&self, block: &str, port: Option<&str>) -> Option<Exit> {
        self.ports.get(&(block, port)).map(|edge| self.to(&edge.to))
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

fn node(flow: &Flow, block: &Block, following: Exit, places: &Places, templates: &mut Templates) -> Node {
    let id = block.id.as_str();
    // The ordinary way on: the port by its name, an edge without a port's name, the block below.
    let ordinary = match &block.body {
        Body::Question(_) => port::ANSWERED,
        Body::Condition(_) => port::ELSE,
        Body::HandOver(_) => port::RETURNED,
        _ => port::NEXT,
    };
    let mut next = places.edge(id, Some(ordinary)).or_else(|| places.edge(id, None)).unwrap_or(following);
    let work = if block.disabled {
        Work::Pass
    } else {
        match &block.body {
            Body::Message(message) => Work::Message {
                text: templates.text(&message.text),
                media: message.media.as_ref().map(|media| ReadyMedia {
                    kind: media.kind,
                    source: match &media.source {
                        MediaSource::Url(url) => ReadySource::Url(templates.text(url)),
                        MediaSource::Stored(id) => ReadySource::Stored(id.clone()),
                    },
                    filename: media.filename.as_ref().map(|name| templates.text(name)),
                }),
            },
            Body::Question(question) => {
                Work::Ask(Box::new(Ask::new(flow, question, templates, |port| places.edge(id, Some(port)))))
            }
            Body::Condition(condition) => Work::Condition(
                condition
                    .branches
                    .iter()
                    .map(|branch| {
                        let port = format!("{}{}", port::BRANCH, branch.id);
                        let exit = places.edge(id, Some(&port)).unwrap_or(following);
                        (port.into(), tests(&branch.when, templates), exit)
                    })
                    .collect(),
            ),
            Body::Set(set) => {
                let to = match (&set.expression, &set.value) {
                    (Some(expression), _) => ReadyValue::Formula(Formula::new(expression, flow.language)),
                    (None, Value::Null) => ReadyValue::Nothing,
                    (None, Value::String(text)) => match Formula::of_whole_text(text, flow.language) {
                        Some(formula) => ReadyValue::Formula(formula),
                        None => ReadyValue::Text(templates.text(text)),
                    },
                    (None, value) => ReadyValue::Literal(value.clone()),
                };
                Work::Set { variable: set.variable.as_str().into(), to }
            }
            Body::Jump(jump) => {
                next = places.to(&jump.to);
                Work::Pass
            }
            Body::HandOver(hand_over) => Work::HandOver {
                text: templates.text(&hand_over.text),
                note: templates.text(&hand_over.note),
            },
            Body::End(end) => Work::End { text: templates.text(&end.text), outcome: end.outcome.clone() },
            _ => Work::Unknown { kind: block.kind().to_owned() },
        }
    };
    Node { id: id.into(), work, next }
}

fn tests(tests: &Tests, templates: &mut Templates) -> ReadyTests {
    let ready = |test: &Test| match test {
        Test::Group(group) => ReadyTest::Group(self::tests(group, templates)),
        Test::Compare(comparison) => ReadyTest::Compare {
            variable: variable_path(&comparison.variable),
            is: comparison.is,
            value: match (comparison.is, &comparison.value) {
                (Operator::Matches | Operator::NotMatches, value) => {
                    ReadyOperand::Pattern(pattern::prepare(&text_of(value)))
                }
                (_, Value::String(text)) => ReadyOperand::Text(templates.text(text)),
                (_, value) => ReadyOperand::Value(value.clone()),
            },
        },
    };
    ReadyTests { join: tests.join, tests: tests.tests.iter().map(ready).collect() }
}
