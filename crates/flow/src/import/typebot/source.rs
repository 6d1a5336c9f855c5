//! The frame of the file: its groups, blocks, edges, variables and events, held against each other. What a block says
//! is read later, by its kind.
//!
//! Versions before 6 begin with a block of the kind `start`; later ones with an event of that kind. Here both are an
//! event.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::place::Place;
use crate::fault::Fault;
use crate::import::ImportError;
use crate::load::limits;

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
    /// Edges that begin at nothing, with their places.
    pub loose: Vec<(String, String)>,
    /// Positions of edges by their ids.
    by_id: HashMap<&'a str, usize>,
    /// Positions of edges by what they begin at: a block or an event, and an item or a path of it.
    begins: HashMap<(&'a str, Option<&'a str>), usize>,
    /// Blocks that something leads to by name.
    aimed: HashSet<&'a str>,
    /// Groups that something leads to.
    aimed_groups: HashSet<usize>,
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
            by_id: HashMap::new(),
            begins: HashMap::new(),
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
            let aim = self.aim(&to)?;
            self.aimed.extend(to.text("blockId")?);
            self.aimed_groups.insert(aim.group());
            let n = self.edges.len();
            self.edges.push(Edge { to: aim });
            if self.by_id.insert(id, n).is_some() {
                return twice(&place, id);
            }
            let item = from.text("itemId")?;
            let path = from.text("pathId")?;
            match (from.text("blockId")?, from.text("eventId")?) {
                (Some(block), _) if self.block_at.contains_key(block) => {
                    self.begins.entry((block, path.or(item))).or_insert(n);
                }
                (None, Some(event)) if event_ids.contains(event) => {
                    self.begins.entry((event, None)).or_insert(n);
                }
                // What is left of a block that was deleted: real files have such edges, and they lead nowhere.
                _ => self.loose.push((place.pointer.clone(), id.to_owned())),
            }
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
        self.by_id.get(id).map_or_else(|| named.refuse(Fault::NoEdge { id: id.to_owned() }), |n| Ok(Some(*n)))
    }

    /// What a target (`groupId` and perhaps `blockId`) leads to.
    pub fn aim(&self, place: &Place<'a>) -> Result<Aim, ImportError> {
        if let Some(block) = place.field("blockId")? {
            let id = block.as_text()?;
            let spot = self.block_at.get(id);
            return spot.map_or_else(
                || block.refuse(Fault::NoBlock { id: id.to_owned() }),
                |spot| Ok(Aim::Block(*spot)),
            );
        }
        let group = place.needed("groupId")?;
        let id = group.as_text()?;
        let found = self.group_at.get(id);
        found.map_or_else(|| group.refuse(Fault::NoGroup { id: id.to_owned() }), |n| Ok(Aim::Group(*n)))
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
