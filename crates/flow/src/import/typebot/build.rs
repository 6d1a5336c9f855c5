//! Puts the flow together: gives ids, turns every block, ties the ways on, writes the report.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::made::{Made, To, Way};
use super::names::{Ids, Names};
use super::place::Place;
use super::secrets::Secrets;
use super::source::{Aim, Block as There, Source, Spot};
use super::{kept, rich, sealed, text};
use crate::blocks::{Block, Body, Return};
use crate::bounds::Bounds;
use crate::catalogue::entry_of;
use crate::compile::port;
use crate::fault::Fault;
use crate::import::{Change, ChangeCode, ImportError, Imported, MissingBot, ReasonCode, Row, Verdict};
use crate::load::{LoadError, limits};
use crate::model::{
    Edge, Extra, Flow, Group, Language, SCHEMA, Settings, Source as From, Target, Typing, Variable,
};
use crate::outgoing::whatsapp;
use crate::values::units;

/// How often a question is asked. There it is asked for ever; here two programs that talk to each other come to an end.
const TRIES: u32 = 10;
/// The way from one group to the end lies this far below the lowest one.
const BELOW: f64 = 300.0;

pub struct Builder<'s> {
    pub source: &'s Source<'s>,
    pub names: Names,
    pub secrets: Secrets,
    pub sticky: kept::Sticky,
    /// Ids of triggers and sticky notes.
    pub spot_ids: Ids,
    pub missing: Vec<MissingBot>,
    /// What the texts of the bot are written in, so far.
    letters: Letters,
    pub block_ids: Ids,
    pub group_ids: Vec<String>,
    /// The block of ours that each of theirs begins at.
    entries: HashMap<Spot, String>,
    edge_ids: Ids,
    pub edges: Vec<Edge>,
    report: Vec<Row>,
    pub stop: Option<Group>,
    /// Free ids of groups.
    pub free_groups: Ids,
    /// The inputs of the file, as they came to be questions.
    pub asked: Vec<Asked>,
    /// Where the next sticky note of the group lies.
    note_at: (f64, f64),
    /// Its waits show "typing…".
    pub types: bool,
    typing: Option<Typing>,
}

/// An input of the file.
pub struct Asked {
    /// Our questions that it became, and the last of all its blocks.
    pub questions: Vec<String>,
    pub last: String,
    /// Its kind there, and its group.
    pub kind: String,
    pub group: usize,
}

/// Letters of two scripts, counted.
#[derive(Default)]
struct Letters {
    latin: usize,
    cyrillic: usize,
}

impl<'s> Builder<'s> {
    pub fn new(source: &'s Source<'s>) -> Self {
        let mut groups = Ids::default();
        let mut builder = Self {
            source,
            names: Names::new(&source.variables),
            secrets: Secrets::default(),
            sticky: kept::Sticky::default(),
            spot_ids: Ids::default(),
            missing: Vec::new(),
            letters: Letters::default(),
            block_ids: Ids::default(),
            group_ids: source.groups.iter().map(|group| groups.fresh(group.id)).collect(),
            entries: HashMap::new(),
            edge_ids: Ids::default(),
            edges: Vec::new(),
            report: Vec::new(),
            stop: None,
            free_groups: Ids::default(),
            asked: Vec::new(),
            note_at: (0.0, 0.0),
            types: false,
            typing: None,
        };
        builder.stop = Some(Group {
            id: groups.fresh("end"),
            title: String::new(),
            x: 0.0,
            y: source.groups.iter().map(|group| group.y).fold(0.0, f64::max) + BELOW,
            blocks: Vec::new(),
            extra: Extra::new(),
        });
        builder.free_groups = groups;
        builder.give_ids();
        builder
    }

    /// Every block gets its id before anything is turned, so that jumps find their places.
    fn give_ids(&mut self) {
        for (group, blocks) in self.source.groups.iter().map(|group| &group.blocks).enumerate() {
            for (block, there) in blocks.iter().enumerate() {
                let id = self.block_ids.fresh(there.id);
                self.entries.insert(Spot { group, block }, id);
            }
            // From the end: a text that is asked by the block below begins there.
            for block in (0..blocks.len()).rev() {
                let spot = Spot { group, block };
                if self.is_asked_below(spot)
                    && let Some(below) = self.entries.get(&Spot { group, block: block + 1 }).cloned()
                {
                    self.entries.insert(spot, below);
                }
            }
        }
    }

    pub fn build(mut self, bytes: usize) -> Result<Imported, ImportError> {
        let source = self.source;
        self.typing()?;
        let mut groups = Vec::with_capacity(source.groups.len());
        for (n, there) in source.groups.iter().enumerate() {
            let only_start = there.blocks.iter().all(|block| block.kind == "start");
            if only_start && !there.blocks.is_empty() && !source.is_group_aimed_at(n) {
                continue;
            }
            let blocks = self.group(n)?;
            groups.push(Group {
                id: self.group_ids[n].clone(),
                title: there.title.to_owned(),
                x: there.x,
                y: there.y,
                blocks,
                extra: Extra::new(),
            });
        }
        let (start, triggers) = self.starts(&mut groups)?;
        let astray = source.astray();
        if !astray.is_empty() {
            return Err(ImportError::Lines(astray));
        }
        for (place, id) in &source.loose {
            let how = vec![Change { code: ChangeCode::EdgeLeftOut, parameters: super::made::named([]) }];
            self.report.push(Row {
                place: place.clone(),
                id: id.clone(),
                kind: "edge".to_owned(),
                group: String::new(),
                block: None,
                verdict: Verdict::Adapted { how },
            });
        }
        if let Some(stop) = self.stop.take().filter(|group| !group.blocks.is_empty()) {
            groups.push(stop);
        }
        let variables = self.variables();
        let mut extra = Extra::new();
        if let Some(notes) = self.sticky.into_notes() {
            extra.insert("notes".to_owned(), notes);
        }
        let flow = Flow {
            schema: SCHEMA,
            id: super::names::clean_id(&source.id),
            name: source.name.chars().take(200).collect(),
            language: self.letters.language(),
            start,
            triggers,
            groups,
            edges: self.edges,
            variables,
            settings: Settings { tries: Some(TRIES), typing: self.typing, ..Settings::default() },
            extra,
        };
        check_size(&flow, bytes)?;
        let mut report = self.report;
        crate::import::rounds::look(&flow, &mut report).map_err(ImportError::Lines)?;
        Ok(Imported { flow, report, missing: self.missing })
    }

    /// Theirs delays every message by how long somebody would write it: a setting of the bot here too, shown where the bot
    /// pauses as well. A file that does not speak of it is left as it is.
    fn typing(&mut self) -> Result<(), ImportError> {
        let Some(settings) = self.source.root.field("settings")? else { return Ok(()) };
        let Some(typing) = settings.field("typingEmulation")? else { return Ok(()) };
        if typing.perhaps("enabled")? != Some(true) {
            return Ok(());
        }
        self.types = true;
        // What is out of bounds is as near to them as may be.
        let within = |name: &str, least: f64, most: f64| {
            Ok::<_, ImportError>(typing.number(name)?.map(|number| number.clamp(least, most)))
        };
        let longest = f64::from(whatsapp::TYPING);
        self.typing = Some(Typing {
            speed: within("speed", 1.0, f64::from(limits::TYPING_SPEED))?,
            most: within("maxDelay", 0.0, longest)?,
            between: within("delayBetweenBubbles", 0.0, longest)?.filter(|seconds| *seconds > 0.0),
            first: typing.perhaps("isDisabledOnFirstMessage")? == Some(false),
            extra: Extra::new(),
        });
        let how = vec![Change { code: ChangeCode::TypingOfBot, parameters: super::made::named([]) }];
        self.report.push(Row {
            place: typing.pointer.clone(),
            id: "typingEmulation".to_owned(),
            kind: "typingEmulation".to_owned(),
            group: String::new(),
            block: None,
            verdict: Verdict::Adapted { how },
        });
        Ok(())
    }

    fn variables(&mut self) -> Vec<Variable> {
        let mut variables: Vec<Variable> = Vec::new();
        for (n, there) in self.source.variables.iter().enumerate() {
            let name = self.names.named(there.name);
            let mut named = json!({ "name": there.name, "default": there.value });
            let painted = sealed::painted(&mut named, None);
            let default = match named["default"].take() {
                Value::Array(items) => items.into_iter().filter(Value::is_string).collect(),
                text @ Value::String(_) => text,
                _ => Value::Null,
            };
            if painted {
                let how =
                    vec![Change { code: ChangeCode::SecretLeftOut, parameters: super::made::named([]) }];
                self.report.push(Row {
                    place: format!("/variables/{n}"),
                    id: there.id.to_owned(),
                    kind: "variable".to_owned(),
                    group: String::new(),
                    block: None,
                    verdict: Verdict::Adapted { how },
                });
            }
            if !variables.iter().any(|variable| variable.name == name) {
                variables.push(Variable { name, kind: <_>::default(), default, extra: Extra::new() });
            }
        }
        variables
    }

    fn group(&mut self, group: usize) -> Result<Vec<Block>, ImportError> {
        let source = self.source;
        let mut blocks: Vec<Block> = Vec::new();
        let mut below: Vec<(usize, Way)> = Vec::new();
        let mut asked: Option<String> = None;
        self.note_at = (source.groups[group].x, source.groups[group].y);
        for (block, there) in source.groups[group].blocks.iter().enumerate() {
            if there.kind == "start" {
                continue;
            }
            let spot = Spot { group, block };
            let entry = self.entries[&spot].clone();
            let mut made = Made::new(&entry, std::mem::take(&mut self.block_ids));
            if self.is_asked_below(spot) {
                asked = Some(self.bubble_text(&mut made, there)?);
            } else {
                let is_last = block + 1 == source.groups[group].blocks.len();
                self.block(&mut made, there, asked.take(), is_last)?;
                hold(&mut made, there);
            }
            self.block_ids = std::mem::take(&mut made.ids);
            finish(&mut made, there, source);
            self.asked.extend(asked_by(&made, there, group));
            blocks.append(&mut made.blocks);
            for way in made.ways.drain(..) {
                match way.to {
                    To::Below => below.push((blocks.len(), way)),
                    _ => self.tie(way),
                }
            }
            self.report.push(Row {
                place: there.place.pointer.clone(),
                id: there.id.to_owned(),
                kind: there.kind.to_owned(),
                group: source.groups[group].title.to_owned(),
                block: Some(entry),
                verdict: made.verdict(),
            });
        }
        for (end, way) in below {
            let to = blocks.get(end).map_or(To::Stop, |block| To::Own(block.id.clone()));
            self.tie(Way { to, ..way });
        }
        // Ways between the blocks of one group name the block alone; the group is this one.
        for edge in self.edges.iter_mut().filter(|edge| edge.to.group.is_empty()) {
            edge.to.group.clone_from(&self.group_ids[group]);
        }
        Ok(blocks)
    }

    fn tie(&mut self, way: Way) {
        let to = match way.to {
            To::Aim(aim) => self.target(aim),
            To::Own(block) => Target { group: String::new(), block: Some(block), extra: Extra::new() },
            To::Stop => self.stop_target(),
            To::Below => return,
        };
        let from = From { block: Some(way.block), port: Some(way.port), ..From::default() };
        self.edge(from, to);
    }

    pub fn edge(&mut self, from: From, to: Target) {
        let id = self.edge_ids.fresh(&format!("e{}", self.edges.len() + 1));
        self.edges.push(Edge { id, from, to, extra: Extra::new() });
    }

    pub fn target(&self, aim: Aim) -> Target {
        let (group, block) = match aim {
            Aim::Group(group) => (group, None),
            // A start is no block here.
            Aim::Block(spot) if self.source.block(spot).kind == "start" => (spot.group, None),
            Aim::Block(spot) => (spot.group, self.entries.get(&spot).cloned()),
        };
        Target { group: self.group_ids[group].clone(), block, extra: Extra::new() }
    }

    /// The end of the run or of the part that runs, for ways that may not fall to the block below.
    fn stop_target(&mut self) -> Target {
        let id = self.block_ids.fresh("end");
        let Some(stop) = &mut self.stop else {
            return Target { group: String::new(), block: None, extra: Extra::new() };
        };
        if stop.blocks.is_empty() {
            stop.blocks.push(Block {
                id,
                disabled: false,
                address_off: false,
                body: Body::Return(Return::default()),
            });
        }
        Target { group: stop.id.clone(), block: None, extra: Extra::new() }
    }

    /// A sticky note above the group that is being turned; each above the one before.
    pub fn note(&mut self, kind: &str, said: &str) {
        let id = self.spot_ids.fresh("note");
        self.note_at.1 -= kept::HEIGHT + kept::GAP;
        self.sticky.add(&id, self.note_at, kind, said);
    }

    pub fn row(&mut self, row: Row) {
        self.report.push(row);
    }

    /// Whether a text is said by the block below it, which asks: on WhatsApp a question and its buttons are one message.
    fn is_asked_below(&self, spot: Spot) -> bool {
        let there = self.source.block(spot);
        let Some(below) = self.source.groups[spot.group].blocks.get(spot.block + 1) else { return false };
        let limit = match below.kind {
            "text input"
            | "number input"
            | "email input"
            | "url input"
            | "phone number input"
            | "date input"
            | "time input"
            | "choice input"
            | "picture choice input"
            | "cards"
            | "rating input"
            | "file input" => whatsapp::TEXT,
            "Redirect" => whatsapp::LINK_BODY,
            _ => return false,
        };
        let below = Spot { block: spot.block + 1, ..spot };
        let said = || {
            let content = there.place.field("content").ok()??;
            Some(rich::of_content(&content).ok()?.text)
        };
        there.kind == "text"
            && there.way.is_none()
            && !self.source.is_aimed_at(below)
            && said().is_some_and(|text| !text.is_empty() && units(&text) <= limit)
    }

    /// A text of theirs as a template of ours.
    pub fn text(&mut self, made: &mut Made, raw: &str) -> String {
        let done = text::template(raw, &mut self.names);
        if done.had_code {
            made.how(ChangeCode::InlineCodeLeftOut, []);
        }
        if done.had_secret {
            made.how(ChangeCode::SecretLeftOut, []);
        }
        done.template
    }

    /// A text that is shown to the customer.
    pub fn said(&mut self, made: &mut Made, raw: &str) -> String {
        self.letters.count(raw);
        self.text(made, raw)
    }

    /// The text of a field, for the customer; nothing where it is blank.
    pub fn said_in(
        &mut self,
        made: &mut Made,
        place: &Place,
        field: &str,
    ) -> Result<Option<String>, ImportError> {
        Ok(place.words(field)?.map(|raw| self.said(made, raw)))
    }

    /// Our name of the variable whose id stands in a field.
    pub fn variable(
        &self,
        made: &mut Made,
        place: &Place,
        field: &str,
    ) -> Result<Option<String>, ImportError> {
        let Some(id) = place.words(field)? else { return Ok(None) };
        let name = self.names.with_id(id).map(str::to_owned);
        if name.is_none() {
            made.how(ChangeCode::UnknownVariable, [("id", json!(id))]);
        }
        Ok(name)
    }

    /// All variables, for what sends "everything": as many as a list may have.
    pub fn all_variables(&mut self) -> Vec<(String, String)> {
        let source = self.source;
        let named = source.variables.iter().take(limits::ITEMS);
        named.map(|variable| (variable.name.to_owned(), self.names.named(variable.name))).collect()
    }
}

impl Letters {
    fn count(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                'a'..='z' | 'A'..='Z' => self.latin += 1,
                'а'..='я' | 'А'..='Я' | 'ё' | 'Ё' => self.cyrillic += 1,
                _ => {}
            }
        }
    }

    /// The language in which the engine's own words are said: Russian where most letters are Cyrillic.
    fn language(&self) -> Language {
        if self.cyrillic > self.latin { Language::Ru } else { Language::En }
    }
}

/// What an input became; nothing of what is none, or could not be taken over.
fn asked_by(made: &Made, there: &There, group: usize) -> Option<Asked> {
    let questions = made.blocks.iter().filter(|block| matches!(block.body, Body::Question(_)));
    let questions: Vec<String> = questions.map(|block| block.id.clone()).collect();
    let last = made.blocks.last().filter(|_| !questions.is_empty())?.id.clone();
    Some(Asked { questions, last, kind: there.kind.to_owned(), group })
}

/// What a flow could not hold is kept as a note.
fn hold(made: &mut Made, there: &There) {
    let refused = made.blocks.iter().find_map(|block| Bounds::default().body(&block.body, "").err());
    if let Some(error) = refused {
        made.cannot(ReasonCode::TooLarge, [("message", json!(error.to_string()))]);
        made.only(kept::in_place(there));
    }
}

/// The ordinary way on, from the last block; and the same for those that go on whatever happens.
fn finish(made: &mut Made, there: &There, source: &Source) {
    let Some(last) = made.blocks.last() else { return };
    let id = last.id.clone();
    let to = there.way.map_or(To::Below, |edge| To::Aim(source.edges[edge].to));
    let ordinary = entry_of(last.kind(), crate::check::variant(&last.body)).and_then(crate::Entry::ordinary);
    if let (To::Aim(_), Some(port)) = (&to, ordinary) {
        made.way(&id, port, to.clone());
    }
    for block in std::mem::take(&mut made.forgiving) {
        made.way(&block, port::FAILED, to.clone());
    }
}

fn check_size(flow: &Flow, bytes: usize) -> Result<(), ImportError> {
    Bounds::default().flow(flow).map_err(ImportError::Flow)?;
    // Written out only where the file is so large that it may matter: a block takes more room here than there.
    if bytes > limits::BYTES / 8 {
        let bytes = serde_json::to_vec(flow).map_or(usize::MAX, |json| json.len());
        if bytes > limits::BYTES {
            let fault = Fault::TooLarge { bytes, most: limits::BYTES };
            return Err(ImportError::Flow(LoadError::whole(fault)));
        }
    }
    Ok(())
}

/// An empty set of options, for blocks that have none in the file.
pub fn options<'a>(there: &There<'a>, nothing: &'a Value) -> Result<Place<'a>, ImportError> {
    Ok(there
        .place
        .field("options")?
        .unwrap_or_else(|| Place { value: nothing, pointer: format!("{}/options", there.place.pointer) }))
}

/// What stands for options that are not there.
pub fn nothing() -> Value {
    Value::Object(Map::new())
}
