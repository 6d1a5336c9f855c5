//! The frame of the file: its groups, blocks, edges, variables and events, held against each other. What a block says
//! is read later, by its kind.
//!
//! Versions before 6 begin with a block of the kind `start`; later ones with an event of that kind. Here both are an
//! event.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::place::Place;
use crate::fault::Fault;
use crate::import::ImportError;
use crate::load::{LoadError, limits};

/// The versions of the format. A file without a version is of the third.
const VERSIONS: [&str; 5] = ["3", "4", "5", "6", "6.1"];

pub struct Source<'a> {
    pub root: Place<'a>,
    pub id: String,
    pub name: String,
    pub groups: Vec<Group<'a>>,
    pub edges: Vec<Edge>,
    pub variables: Vec<Variable<'a>>,
    pub events: Vec<Event<'a>>,
    /// Edges of blocks that are not there, with their places. The other program's own files hold such: when a block is
    /// deleted its edge may stay, and does nothing there either. So these alone are told instead of refused.
    pub loose: Vec<(String, String)>,
    /// Everything else that leads to what is not there or begins at it. Ways are looked up while blocks are turned, so they
    /// are found one after the other, and told all at once at the end.
    astray: RefCell<Vec<LoadError>>,
    /// Positions of edges by their ids; none of those that lead to nothing, which are astray.
    by_id: HashMap<&'a str, Option<usize>>,
    /// Positions of edges by what they begin at: a block or an event, and an item or a path of it.
    begins: HashMap<(&'a str, Option<&'a str>), usize>,
    /// Blocks that something leads to by name.
    aimed: HashSet<&'a str>,
    /// Groups that something leads to.
    aimed_groups: HashSet<usize>,
    /// Items and paths that edges may begin at, after their blocks.
    parts: HashSet<(&'a str, &'a str)>,
    /// Where groups and blocks stand.
    group_at: HashMap<&'a str, usize>,
    block_at: HashMap<&'a str, Spot>,
}

/// Where a block stands: its group and its position there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Spot {
    pub group: usize,
    pub block: usize,
}

pub struct Group<'a> {
    pub id: &'a str,
    pub title: &'a str,
    pub x: f64,
    pub y: f64,
    pub blocks: Vec<Block<'a>>,
}

pub struct Block<'a> {
    pub place: Place<'a>,
    pub id: &'a str,
    pub kind: &'a str,
    /// Its edge.
    pub way: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
pub struct Edge {
    pub to: Aim,
}

/// What an edge leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    Group(usize),
    Block(Spot),
}

impl Aim {
    fn group(self) -> usize {
        match self {
            Self::Group(group) | Self::Block(Spot { group, .. }) => group,
        }
    }
}

pub struct Variable<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub value: Option<&'a Value>,
}

pub struct Event<'a> {
    pub place: Place<'a>,
    pub id: &'a str,
    pub kind: &'a str,
    pub way: Option<usize>,
    pub x: f64,
    pub y: f64,
}

impl<'a> Source<'a> {
    pub fn read(value: &'a Value) -> Result<Self, ImportError> {
        let root = Place::root(value);
        root.object()?;
        version(&root)?;
        let mut source = Self {
            id: root.words("id")?.unwrap_or("typebot").to_owned(),
            name: root.words("name")?.or(root.words("id")?).unwrap_or("Typebot").to_owned(),
            groups: Vec::new(),
            edges: Vec::new(),
            variables: Vec::new(),
            events: Vec::new(),
            loose: Vec::new(),
            astray: RefCell::default(),
            by_id: HashMap::new(),
            begins: HashMap::new(),
            parts: HashSet::new(),
            aimed: HashSet::new(),
            aimed_groups: HashSet::new(),
            group_at: HashMap::new(),
            block_at: HashMap::new(),
            root: root.clone(),
        };
        source.read_variables(&root)?;
        source.read_groups(&root)?;
        source.read_edges(&root)?;
        source.read_ways()?;
        source.read_events(&root)?;
        Ok(source)
    }

    fn read_variables(&mut self, root: &Place<'a>) -> Result<(), ImportError> {
        for place in root.list_of("variables", limits::VARIABLES)? {
            let (id, name) = (place.needed("id")?.as_text()?, place.needed("name")?.as_text()?);
            self.variables.push(Variable { id, name, value: place.field("value")?.map(|field| field.value) });
        }
        Ok(())
    }

    fn read_groups(&mut self, root: &Place<'a>) -> Result<(), ImportError> {
        let mut count = 0;
        root.needed("groups")?;
        for place in root.list_of("groups", limits::GROUPS)? {
            let id = place.needed("id")?.as_text()?;
            let (x, y) = coordinates(&place)?;
            let group = self.groups.len();
            if self.group_at.insert(id, group).is_some() {
                return twice(&place, id);
            }
            let mut blocks = Vec::new();
            for (block, place) in place.list_of("blocks", limits::BLOCKS)?.into_iter().enumerate() {
                count += 1;
                if count > limits::BLOCKS {
                    return place.refuse(Fault::TooMany { found: count, most: limits::BLOCKS });
                }
                let id = place.needed("id")?.as_text()?;
                if self.block_at.insert(id, Spot { group, block }).is_some() {
                    return twice(&place, id);
                }
                self.parts.extend(parts(&place).map(|part| (id, part)));
                blocks.push(Block { id, kind: place.needed("type")?.as_text()?, place, way: None });
            }
            let title = place.text("title")?.unwrap_or_default();
            self.groups.push(Group { id, title, x, y, blocks });
        }
        Ok(())
    }

    fn read_edges(&mut self, root: &Place<'a>) -> Result<(), ImportError> {
        let events = root.list("events")?;
        let mut event_ids = HashSet::new();
        for event in &events {
            let id = event.needed("id")?.as_text()?;
            if !event_ids.insert(id) {
                return twice(event, id);
            }
        }
        for place in root.list_of("edges", limits::EDGES)? {
            let id = place.needed("id")?.as_text()?;
            let (from, to) = (place.needed("from")?, place.needed("to")?);
            let n = self.aim(&to)?.map(|aim| {
                self.aimed_groups.insert(aim.group());
                self.edges.push(Edge { to: aim });
                self.edges.len() - 1
            });
            self.aimed.extend(to.text("blockId")?);
            if self.by_id.insert(id, n).is_some() {
                return twice(&place, id);
            }
            self.begin(&place, id, &from, n, &event_ids)?;
        }
        for group in &self.groups {
            for block in group.blocks.iter().filter(|block| matches!(block.kind, "Jump" | "Typebot link")) {
                if let Some(options) = block.place.field("options")? {
                    self.aimed.extend(options.text("blockId")?);
                    let group = options.text("groupId")?.and_then(|id| self.group_at.get(id)).copied();
                    let block = options.text("blockId")?.and_then(|id| self.block_at.get(id));
                    self.aimed_groups.extend(group.into_iter().chain(block.map(|spot| spot.group)));
                }
            }
        }
        Ok(())
    }

    /// Notes what an edge begins at.
    fn begin(
        &mut self,
        place: &Place<'a>,
        id: &str,
        from: &Place<'a>,
        edge: Option<usize>,
        events: &HashSet<&'a str>,
    ) -> Result<(), ImportError> {
        let part = match from.field("pathId")? {
            None => from.field("itemId")?,
            path => path,
        };
        let event = from.field("eventId")?;
        let begin = if let Some(block) = from.text("blockId")? {
            if !self.block_at.contains_key(block) {
                self.loose.push((place.pointer.clone(), id.to_owned()));
                return Ok(());
            }
            let part = part.map(|part| Ok::<_, ImportError>((part.as_text()?, part.pointer))).transpose()?;
            if let Some((id, pointer)) = &part
                && !self.parts.contains(&(block, *id))
            {
                self.goes_astray(pointer, Fault::NoPort { id: (*id).to_owned() });
                return Ok(());
            }
            (block, part.map(|(id, _)| id))
        } else if let Some(event) = event {
            let id = event.as_text()?;
            if !events.contains(id) {
                self.goes_astray(&event.pointer, Fault::NoTrigger { id: id.to_owned() });
                return Ok(());
            }
            (id, None)
        } else {
            self.goes_astray(&from.pointer, Fault::MissingField { name: "blockId".to_owned() });
            return Ok(());
        };
        if let Some(edge) = edge {
            self.begins.entry(begin).or_insert(edge);
        }
        Ok(())
    }

    fn goes_astray(&self, pointer: &str, fault: Fault) {
        self.astray.borrow_mut().push(LoadError::at(pointer, fault));
    }

    /// What led to nothing or began there, once every way has been looked up: each place once.
    pub fn astray(&self) -> Vec<LoadError> {
        let mut told = HashSet::new();
        let mut found = self.astray.borrow().clone();
        found.retain(|error| told.insert(error.pointer.clone()));
        found
    }

    fn read_ways(&mut self) -> Result<(), ImportError> {
        for group in 0..self.groups.len() {
            for block in 0..self.groups[group].blocks.len() {
                let found = &self.groups[group].blocks[block];
                self.groups[group].blocks[block].way = self.way(&found.place, found.id, None)?;
            }
        }
        Ok(())
    }

    fn read_events(&mut self, root: &Place<'a>) -> Result<(), ImportError> {
        for place in root.list_of("events", limits::TRIGGERS)? {
            let id = place.needed("id")?.as_text()?;
            let kind = place.needed("type")?.as_text()?;
            let (x, y) = coordinates(&place)?;
            self.events.push(Event { id, kind, way: self.way(&place, id, None)?, x, y, place });
        }
        if self.events.iter().any(|event| event.kind == "start") {
            return Ok(());
        }
        let start = self.groups.iter().find_map(|group| {
            let block = group.blocks.iter().find(|block| block.kind == "start")?;
            Some(Event {
                place: block.place.clone(),
                id: block.id,
                kind: "start",
                way: block.way,
                x: group.x,
                y: group.y,
            })
        });
        self.events.extend(start);
        Ok(())
    }

    /// The edge of a block, an item or an event: the one that it names, else the one that begins there.
    pub fn way(&self, place: &Place<'a>, id: &str, part: Option<&str>) -> Result<Option<usize>, ImportError> {
        let Some(named) = place.field("outgoingEdgeId")? else {
            return Ok(self.begins.get(&(id, part)).copied());
        };
        let id = named.as_text()?;
        if id.is_empty() {
            return Ok(None);
        }
        Ok(self.by_id.get(id).copied().unwrap_or_else(|| {
            self.goes_astray(&named.pointer, Fault::NoEdge { id: id.to_owned() });
            None
        }))
    }

    /// What a target (`groupId` and perhaps `blockId`) leads to; nothing where that is not there.
    pub fn aim(&self, place: &Place<'a>) -> Result<Option<Aim>, ImportError> {
        if let Some(block) = place.field("blockId")? {
            let id = block.as_text()?;
            let spot = self.block_at.get(id);
            if spot.is_none() {
                self.goes_astray(&block.pointer, Fault::NoBlock { id: id.to_owned() });
            }
            return Ok(spot.map(|spot| Aim::Block(*spot)));
        }
        let group = place.needed("groupId")?;
        let id = group.as_text()?;
        let found = self.group_at.get(id);
        if found.is_none() {
            self.goes_astray(&group.pointer, Fault::NoGroup { id: id.to_owned() });
        }
        Ok(found.map(|n| Aim::Group(*n)))
    }

    pub fn block(&self, spot: Spot) -> &Block<'a> {
        &self.groups[spot.group].blocks[spot.block]
    }

    pub fn is_group_aimed_at(&self, group: usize) -> bool {
        self.aimed_groups.contains(&group)
    }

    /// Whether something leads to the block itself.
    pub fn is_aimed_at(&self, spot: Spot) -> bool {
        self.aimed.contains(self.block(spot).id)
    }
}

/// The ids of a block's items and of their paths, as far as they are what they have to be: that is looked at when the block
/// is turned, by its kind.
fn parts<'a>(block: &Place<'a>) -> impl Iterator<Item = &'a str> {
    let list = |value: &'a Value, name: &str| value.get(name).and_then(Value::as_array).into_iter().flatten();
    let items = list(block.value, "items");
    items
        .flat_map(move |item| [item].into_iter().chain(list(item, "paths")))
        .filter_map(|part| part.get("id")?.as_str())
}

/// Of two things with one id nobody knows which one is meant.
fn twice<T>(place: &Place, id: &str) -> Result<T, ImportError> {
    place.needed("id")?.refuse(Fault::Duplicate { id: id.to_owned() })
}

fn version(root: &Place) -> Result<(), ImportError> {
    let Some(version) = root.field("version")? else { return Ok(()) };
    let text = version.as_text()?;
    if VERSIONS.contains(&text) {
        return Ok(());
    }
    version.refuse(Fault::Version { version: text.chars().take(20).collect() })
}

fn coordinates(place: &Place) -> Result<(f64, f64), ImportError> {
    let Some(at) = place.field("graphCoordinates")? else { return Ok((0.0, 0.0)) };
    Ok((at.number("x")?.unwrap_or_default(), at.number("y")?.unwrap_or_default()))
}
