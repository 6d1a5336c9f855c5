//! Events that interrupt the talk at every question: `invalidReply`, when an answer does not fit, and `reply`, when one does.
//! There they run a part of the bot, whose `Return` goes back to the question, and which ends the talk where it ends.
//!
//! Here a question has a way on for each of these. On it stands a small group that runs the part; then the question is asked
//! again, or the talk goes on to where it was going. A way of the part that just ends gets a block that ends the talk, since
//! a part comes back from there by itself. That can be done only where no other way leads into the part.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::build::{Asked, Builder};
use super::made::Made;
use super::source::Event;
use crate::blocks::{Block, Body, Ending, Jump, SetVariable, SubFlow};
use crate::catalogue::entry_of;
use crate::compile::port;
use crate::import::{ChangeCode, ImportError};
use crate::model::{Edge, Extra, Group, Source as From, Target};

/// Small groups of one event: more would be a canvas that nobody can read.
const MOST: usize = 300;
/// The small groups stand so far below the canvas, and so far apart.
const BELOW: f64 = 600.0;
const APART: f64 = 360.0;

/// What the part is told of the answer: variables of ours.
struct Told {
    /// What was answered.
    content: Option<String>,
    /// The kind of the question, and the title of its group.
    kind: Option<String>,
    name: Option<String>,
}

impl Builder<'_> {
    /// Ties the event to the questions; false where it cannot be done.
    pub fn listen(
        &mut self,
        made: &mut Made,
        event: &Event,
        groups: &mut Vec<Group>,
    ) -> Result<bool, ImportError> {
        // Of several the first counts there.
        let is_first = self
            .source
            .events
            .iter()
            .find(|other| other.kind == event.kind)
            .is_some_and(|first| first.id == event.id);
        let Some(edge) = event.way.filter(|_| is_first) else { return Ok(false) };
        let part = self.target(self.source.edges[edge].to);
        let Some(own) = self.own_groups(event, &part, groups) else { return Ok(false) };
        let told = match event.place.field("options")? {
            Some(options) => Told {
                content: self.variable(made, &options, "contentVariableId")?,
                kind: self.variable(made, &options, "inputTypeVariableId")?,
                name: self.variable(made, &options, "inputNameVariableId")?,
            },
            None => Told { content: None, kind: None, name: None },
        };
        let all = std::mem::take(&mut self.asked);
        let asked: Vec<&Asked> = all.iter().filter(|one| !own.contains(&self.group_ids[one.group])).collect();
        let wrong = event.kind == "invalidReply";
        let ways = |one: &&Asked| if wrong { one.questions.len() } else { self.ways_of(&one.last).len() + 1 };
        let fits = asked.iter().map(ways).sum::<usize>() <= MOST;
        if fits {
            self.end_where_it_ends(groups, &own);
            for one in &asked {
                if wrong {
                    self.ask_again(one, &told, &part, groups);
                } else {
                    self.go_on(one, &told, &part, groups);
                }
            }
            if wrong && told.content.is_some() {
                made.how(ChangeCode::OptionLeftOut, [("name", json!("contentVariableId"))]);
            }
            let code = if wrong { ChangeCode::AfterRefusals } else { ChangeCode::AfterAnswers };
            made.how(code, [("count", json!(asked.len()))]);
        }
        self.asked = all;
        Ok(fits)
    }

    /// The groups of the event's part, if they are its own: nothing else leads into them.
    fn own_groups(&self, event: &Event, part: &Target, groups: &[Group]) -> Option<HashSet<String>> {
        let own = self.behind([part.group.clone()], groups);
        let others = self.source.events.iter().filter(|other| other.id != event.id);
        let others = others.filter_map(|other| Some(self.target(self.source.edges[other.way?].to).group));
        // Parts that nothing leads to may yet be tied to the bot; a link into the event's own part is one of its own.
        let loose = groups.iter().filter(|group| !own.contains(&group.id)).map(|group| group.id.clone());
        let elsewhere = self.behind(others.chain(loose), groups);
        own.is_disjoint(&elsewhere).then_some(own)
    }

    /// The groups that a run may come to from these.
    fn behind(&self, from: impl IntoIterator<Item = String>, groups: &[Group]) -> HashSet<String> {
        let mut leads: HashMap<&str, HashSet<&str>> = HashMap::new();
        let mut group_of: HashMap<&str, &str> = HashMap::new();
        for group in groups {
            for block in &group.blocks {
                group_of.insert(&block.id, &group.id);
                let to = match &block.body {
                    Body::Jump(jump) => Some(&jump.to),
                    Body::SubFlow(part) => part.to.as_ref(),
                    _ => None,
                };
                leads.entry(&group.id).or_default().extend(to.map(|to| &*to.group));
            }
        }
        for edge in &self.edges {
            if let Some(group) = edge.from.block.as_deref().and_then(|block| group_of.get(block)) {
                leads.entry(group).or_default().insert(&edge.to.group);
            }
        }
        let mut found = HashSet::new();
        let mut ahead: Vec<String> = from.into_iter().collect();
        while let Some(id) = ahead.pop() {
            if found.insert(id.clone()) {
                ahead.extend(leads.get(&*id).into_iter().flatten().map(|id| (*id).to_owned()));
            }
        }
        found
    }

    /// The part ends the talk wherever it does not return.
    fn end_where_it_ends(&mut self, groups: &mut Vec<Group>, own: &HashSet<String>) {
        let mut ids = HashSet::new();
        for group in groups.iter_mut().filter(|group| own.contains(&group.id)) {
            ids.extend(group.blocks.iter().map(|block| block.id.clone()));
            let leads_on = matches!(
                group.blocks.last().map(|block| &block.body),
                Some(Body::Jump(_) | Body::Return(_) | Body::End(_))
            );
            if !leads_on {
                group.blocks.push(self.block_of("end", Body::End(Ending::default())));
            }
        }
        // Ways that may not fall to the block below end in a group that returns from a part: not from this one.
        let Some(stop) = self.stop.as_ref().map(|stop| stop.id.clone()) else { return };
        let is_own = |edge: &Edge| edge.from.block.as_ref().is_some_and(|id| ids.contains(id));
        let ends: Vec<usize> = (0..self.edges.len())
            .filter(|n| self.edges[*n].to.group == stop && is_own(&self.edges[*n]))
            .collect();
        if ends.is_empty() {
            return;
        }
        let id = self.free_groups.fresh("over");
        for n in ends {
            self.edges[n].to.group.clone_from(&id);
        }
        if let Some(stop) =
            self.stop.as_mut().filter(|stop| self.edges.iter().all(|edge| edge.to.group != stop.id))
        {
            stop.blocks.clear();
        }
        let blocks = vec![self.block_of("end", Body::End(Ending::default()))];
        groups.push(Group {
            id,
            title: String::new(),
            x: 0.0,
            y: self.lowest() + BELOW,
            blocks,
            extra: Extra::new(),
        });
    }

    fn lowest(&self) -> f64 {
        self.source.groups.iter().map(|group| group.y).fold(0.0, f64::max)
    }

    /// After an answer that does not fit the part runs, and the question is asked again.
    fn ask_again(&mut self, asked: &Asked, told: &Told, part: &Target, groups: &mut Vec<Group>) {
        for question in &asked.questions {
            // It goes on without an answer anyway.
            if self.edges.iter().any(|edge| is_from(&edge.from, question, port::FAILED)) {
                continue;
            }
            let Some(Body::Question(ask)) = body_of(groups, question) else { continue };
            ask.tries = Some(1);
            let group = self.group_ids[asked.group].clone();
            let again = Target { group, block: Some(question.clone()), extra: Extra::new() };
            let to = self.beside(asked, told, None, part, Some(again), groups);
            self.edge(from(question, port::FAILED), to);
        }
    }

    /// After an answer that fits the part runs, and the talk goes on.
    fn go_on(&mut self, asked: &Asked, told: &Told, part: &Target, groups: &mut Vec<Group>) {
        let last = &asked.last;
        // What it is told of the answer is what the question keeps.
        let mut content = None;
        if told.content.is_some() {
            let wanted = self.names.fresh("reply");
            for question in &asked.questions {
                if let Some(Body::Question(ask)) = body_of(groups, question) {
                    content = Some(ask.variable.get_or_insert_with(|| wanted.clone()).clone());
                }
            }
        }
        let content = content.as_deref();
        let Some(body) = body_of(groups, last) else { return };
        let ordinary = entry_of(body.kind(), crate::check::variant(body))
            .and_then(crate::Entry::ordinary)
            .unwrap_or(port::NEXT);
        let has_ordinary = self.edges.iter().any(|edge| is_from(&edge.from, last, ordinary));
        let mut groups_of: Vec<(Target, Target)> = Vec::new();
        for n in self.ways_of(last) {
            let wanted = self.edges[n].to.clone();
            let known = groups_of.iter().find(|(on, _)| *on == wanted).map(|(_, to)| to.clone());
            let to = known.unwrap_or_else(|| {
                let to = self.beside(asked, told, content, part, Some(wanted.clone()), groups);
                groups_of.push((wanted, to.clone()));
                to
            });
            self.edges[n].to = to;
        }
        if !has_ordinary {
            let below = below(groups, last);
            let to = self.beside(asked, told, content, part, below, groups);
            self.edge(from(last, ordinary), to);
        }
    }

    /// The lines on which a run goes on from the block after an answer.
    fn ways_of(&self, block: &str) -> Vec<usize> {
        let goes_on =
            |from: &From| from.block.as_deref() == Some(block) && from.port.as_deref() != Some(port::FAILED);
        let edges = self.edges.iter().enumerate();
        edges.filter(|(_, edge)| goes_on(&edge.from)).map(|(n, _)| n).collect()
    }

    /// A group that tells the part what it wants to know, runs it and goes on.
    fn beside(
        &mut self,
        asked: &Asked,
        told: &Told,
        content: Option<&str>,
        part: &Target,
        on: Option<Target>,
        groups: &mut Vec<Group>,
    ) -> Target {
        let id = self.free_groups.fresh("event");
        let mut blocks = Vec::new();
        let content = content.map(|name| Value::from(format!("{{{{{name}}}}}")));
        let kind = asked.kind.strip_suffix(" input").unwrap_or(&asked.kind);
        let kind = match kind {
            "choice" => "buttons",
            "phone number" => "phone",
            kind => kind,
        };
        let name = self.source.groups[asked.group].title;
        for (variable, value) in [
            (&told.content, content),
            (&told.kind, Some(Value::from(kind))),
            (&told.name, Some(Value::from(super::text::template(name, &mut self.names).template))),
        ] {
            if let (Some(variable), Some(value)) = (variable.clone(), value) {
                blocks.push(
                    self.block_of(
                        "told",
                        Body::Set(SetVariable { variable, value, ..SetVariable::default() }),
                    ),
                );
            }
        }
        let to = Some(part.clone());
        blocks.push(self.block_of("part", Body::SubFlow(SubFlow { to, bot: None, extra: Extra::new() })));
        if let Some(to) = on {
            blocks.push(self.block_of("on", Body::Jump(Jump { to, extra: Extra::new() })));
        }
        let lowest = self.lowest();
        let near = &self.source.groups[asked.group];
        let left = groups.iter().filter(|group| group.y > lowest + BELOW / 2.0).count();
        #[expect(clippy::cast_precision_loss, reason = "a few of them")]
        let x = near.x.min(0.0) + left as f64 * APART;
        groups.push(Group {
            id: id.clone(),
            title: near.title.to_owned(),
            x,
            y: lowest + BELOW,
            blocks,
            extra: Extra::new(),
        });
        Target { group: id, block: None, extra: Extra::new() }
    }

    fn block_of(&mut self, wanted: &str, body: Body) -> Block {
        Block { id: self.block_ids.fresh(wanted), disabled: false, address_off: false, body }
    }
}

fn from(block: &str, port: &str) -> From {
    From { block: Some(block.to_owned()), port: Some(port.to_owned()), ..From::default() }
}

fn is_from(from: &From, block: &str, port: &str) -> bool {
    from.block.as_deref() == Some(block) && from.port.as_deref() == Some(port)
}

fn body_of<'g>(groups: &'g mut [Group], id: &str) -> Option<&'g mut Body> {
    let mut blocks = groups.iter_mut().flat_map(|group| &mut group.blocks);
    blocks.find(|block| block.id == id).map(|block| &mut block.body)
}

/// The block that stands below in the same group.
fn below(groups: &[Group], id: &str) -> Option<Target> {
    groups.iter().find_map(|group| {
        let at = group.blocks.iter().position(|block| block.id == id)?;
        let block = group.blocks.get(at + 1)?.id.clone();
        Some(Target { group: group.id.clone(), block: Some(block), extra: Extra::new() })
    })
}
