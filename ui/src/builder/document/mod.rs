//! The flow as it is edited: the JSON of a flow, cut into records that snapshots share.
//!
//! A `Doc` is a value. An operation makes a new one, which shares every record it did not change with the old one, so
//! keeping all of them costs little: that is the whole history. Nothing that this version does not know is lost: what a
//! record holds beside the few fields the canvas needs stays with it as JSON.

pub mod clipboard;
pub mod lists;
pub mod merge;
pub mod ops;
pub mod pointer;
pub mod settle;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use serde_json::{Map, Value, json};

/// A JSON object.
pub type Fields = Map<String, Value>;

/// A flow under the pencil.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Doc {
    /// Everything beside the lists below: name, language, variables, settings, and what newer programs wrote.
    pub rest: Rc<Fields>,
    pub groups: Rc<Vec<Rc<Group>>>,
    pub triggers: Rc<Vec<Rc<Spot>>>,
    pub notes: Rc<Vec<Rc<Spot>>>,
    pub edges: Rc<Vec<Rc<Edge>>>,
}

/// Blocks that stand together.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Group {
    pub id: String,
    pub x: f64,
    pub y: f64,
    pub blocks: Vec<Rc<Block>>,
    /// Title and whatever else.
    pub rest: Fields,
}

/// A block: its id, its kind, and its fields as JSON.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Block {
    pub id: String,
    pub kind: String,
    pub fields: Fields,
}

/// A thing with a place and fields: a trigger or a note.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Spot {
    pub id: String,
    pub x: f64,
    pub y: f64,
    pub fields: Fields,
}

/// A line between a port and what it leads to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Edge {
    pub id: String,
    pub from: Source,
    pub to: Target,
    pub rest: Fields,
}

/// Where an edge begins.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A block's port; without a name its ordinary way on.
    Port {
        block: String,
        port: Option<String>,
    },
    Trigger(String),
}

impl Default for Source {
    fn default() -> Self {
        Self::Trigger(String::new())
    }
}

/// Where an edge leads: a group, or one block of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Target {
    pub group: String,
    pub block: Option<String>,
}

/// Something of a flow that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    Group(String),
    Block(String),
    Trigger(String),
    Note(String),
    Edge(String),
}

impl Item {
    pub fn id(&self) -> &str {
        match self {
            Self::Group(id) | Self::Block(id) | Self::Trigger(id) | Self::Note(id) | Self::Edge(id) => id,
        }
    }

    /// The id of its element in the page.
    pub fn dom_id(&self) -> String {
        let (mark, id) = match self {
            Self::Group(id) => ("g", id),
            Self::Block(id) => ("b", id),
            Self::Trigger(id) => ("t", id),
            Self::Note(id) => ("n", id),
            Self::Edge(id) => ("e", id),
        };
        format!("{mark}-{id}")
    }

    /// Reads an element's id back.
    pub fn of_dom_id(id: &str) -> Option<Self> {
        let (mark, id) = id.split_once('-')?;
        let id = id.to_owned();
        Some(match mark {
            "g" => Self::Group(id),
            "b" => Self::Block(id),
            "t" => Self::Trigger(id),
            "n" => Self::Note(id),
            "e" => Self::Edge(id),
            _ => return None,
        })
    }
}

impl Doc {
    /// Reads a flow. What is no object, or lacks an id, is dropped: the server would refuse it.
    pub fn from_json(flow: &Value) -> Self {
        let Value::Object(fields) = flow else { return Self::default() };
        let mut rest = fields.clone();
        let mut list = |name: &str| match rest.remove(name) {
            Some(Value::Array(items)) => items,
            _ => vec![],
        };
        Self {
            groups: all(list("groups"), Group::from_fields),
            triggers: all(list("triggers"), Spot::from_fields),
            notes: all(list("notes"), Spot::from_fields),
            edges: all(list("edges"), Edge::from_fields),
            rest: Rc::new(rest),
        }
    }

    pub fn to_json(&self) -> Value {
        let mut fields = (*self.rest).clone();
        fields.insert("groups".into(), self.groups.iter().map(|group| group.to_json()).collect());
        for (name, spots) in [("triggers", &self.triggers), ("notes", &self.notes)] {
            if !spots.is_empty() {
                fields.insert(name.into(), spots.iter().map(|spot| spot.to_json()).collect());
            }
        }
        if !self.edges.is_empty() {
            fields.insert("edges".into(), self.edges.iter().map(|edge| edge.to_json()).collect());
        }
        Value::Object(fields)
    }

    pub fn name(&self) -> &str {
        text(&self.rest, "name")
    }

    pub fn language(&self) -> &str {
        text(&self.rest, "language")
    }

    pub fn group(&self, id: &str) -> Option<&Rc<Group>> {
        self.groups.iter().find(|group| group.id == id)
    }

    /// A block with the group it stands in.
    pub fn block(&self, id: &str) -> Option<(&Rc<Group>, &Rc<Block>)> {
        self.blocks().find(|(_, block)| block.id == id)
    }

    pub fn blocks(&self) -> impl Iterator<Item = (&Rc<Group>, &Rc<Block>)> {
        self.groups.iter().flat_map(|group| group.blocks.iter().map(move |block| (group, block)))
    }

    pub fn trigger(&self, id: &str) -> Option<&Rc<Spot>> {
        self.triggers.iter().find(|trigger| trigger.id == id)
    }

    pub fn note(&self, id: &str) -> Option<&Rc<Spot>> {
        self.notes.iter().find(|note| note.id == id)
    }

    pub fn edge(&self, id: &str) -> Option<&Rc<Edge>> {
        self.edges.iter().find(|edge| edge.id == id)
    }

    /// The edge that begins here; of several the first counts.
    pub fn edge_from(&self, from: &Source) -> Option<&Rc<Edge>> {
        self.edges.iter().find(|edge| edge.from == *from)
    }

    /// Whether there is such a thing.
    pub fn has(&self, item: &Item) -> bool {
        match item {
            Item::Group(id) => self.group(id).is_some(),
            Item::Block(id) => self.block(id).is_some(),
            Item::Trigger(id) => self.trigger(id).is_some(),
            Item::Note(id) => self.note(id).is_some(),
            Item::Edge(id) => self.edge(id).is_some(),
        }
    }

    /// Where a run begins: what `start` says, else the first group.
    pub fn start(&self) -> Option<Target> {
        match self.rest.get("start") {
            Some(Value::Object(fields)) => Some(Target::from_fields(fields)),
            _ => self.groups.first().map(|group| Target { group: group.id.clone(), ..Target::default() }),
        }
    }

    /// Every name of a variable that the flow knows: declared ones, and those that its blocks fill.
    pub fn variables(&self) -> Vec<String> {
        let declared = self.rest.get("variables").and_then(Value::as_array).into_iter().flatten();
        let declared = declared.filter_map(|variable| variable.get("name")?.as_str());
        let mut names: Vec<String> = declared.map(str::to_owned).collect();
        for (_, block) in self.blocks() {
            for (field, value) in &block.fields {
                match (field.as_str(), value) {
                    ("variable" | "status" | "item" | "index", Value::String(name)) => {
                        names.push(name.clone());
                    }
                    // Parts of an answer, values that a model finds.
                    ("save" | "save_headers" | "fields", Value::Array(items)) => {
                        let filled = items.iter().filter_map(|item| item.get("variable")?.as_str());
                        names.extend(filled.map(str::to_owned));
                    }
                    ("form", Value::Object(form)) => {
                        let saved = form.get("save").and_then(Value::as_array).into_iter().flatten();
                        names.extend(
                            saved.filter_map(|item| Some(item.get("variable")?.as_str()?.to_owned())),
                        );
                    }
                    _ => {}
                }
            }
        }
        names.retain(|name| !name.is_empty());
        names.sort();
        names.dedup();
        names
    }
}

fn all<T>(items: Vec<Value>, read: fn(Fields) -> Option<T>) -> Rc<Vec<Rc<T>>> {
    let fields = items.into_iter().filter_map(|item| match item {
        Value::Object(fields) => Some(fields),
        _ => None,
    });
    Rc::new(fields.filter_map(read).map(Rc::new).collect())
}

impl Group {
    fn from_fields(mut fields: Fields) -> Option<Self> {
        let blocks = match fields.remove("blocks") {
            Some(Value::Array(items)) => (*all(items, Block::from_fields)).clone(),
            _ => vec![],
        };
        let (x, y) = place(&mut fields);
        Some(Self { id: id(&mut fields)?, x, y, blocks, rest: fields })
    }

    fn to_json(&self) -> Value {
        let mut fields = with_place(&self.id, self.x, self.y, &self.rest);
        fields.insert("blocks".into(), self.blocks.iter().map(|block| block.to_json()).collect());
        Value::Object(fields)
    }

    pub fn title(&self) -> &str {
        text(&self.rest, "title")
    }
}

impl Block {
    /// Reads a block from its fields, `id` and `kind` among them.
    pub fn from_fields(mut fields: Fields) -> Option<Self> {
        let id = id(&mut fields)?;
        let Some(Value::String(kind)) = fields.remove("kind") else { return None };
        Some(Self { id, kind, fields })
    }

    pub fn to_json(&self) -> Value {
        let mut fields = self.fields.clone();
        fields.insert("id".into(), json!(self.id));
        fields.insert("kind".into(), json!(self.kind));
        Value::Object(fields)
    }

    pub fn text(&self, name: &str) -> &str {
        text(&self.fields, name)
    }

    /// The items of a list; none where there is no list.
    pub fn list(&self, name: &str) -> &[Value] {
        self.fields.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    pub fn is_disabled(&self) -> bool {
        self.fields.get("disabled") == Some(&Value::Bool(true))
    }

    /// Its addresses came from elsewhere, and nobody has allowed them.
    pub fn has_address_off(&self) -> bool {
        self.fields.get("address_off") == Some(&Value::Bool(true))
    }

    /// It reaches outside, came from elsewhere, and nobody has allowed it.
    pub fn waits_to_be_allowed(&self) -> bool {
        self.has_address_off() && beseda_flow::reaches_outside(&self.kind)
    }
}

impl Spot {
    fn from_fields(mut fields: Fields) -> Option<Self> {
        let (x, y) = place(&mut fields);
        Some(Self { id: id(&mut fields)?, x, y, fields })
    }

    pub fn to_json(&self) -> Value {
        Value::Object(with_place(&self.id, self.x, self.y, &self.fields))
    }

    pub fn text(&self, name: &str) -> &str {
        text(&self.fields, name)
    }
}

impl Edge {
    fn from_fields(mut fields: Fields) -> Option<Self> {
        let (Some(Value::Object(from)), Some(Value::Object(to))) =
            (fields.remove("from"), fields.remove("to"))
        else {
            return None;
        };
        let name = |name: &str| from.get(name).and_then(Value::as_str).map(str::to_owned);
        let from = match (name("block"), name("trigger")) {
            (Some(block), _) => Source::Port { block, port: name("port") },
            (None, Some(trigger)) => Source::Trigger(trigger),
            (None, None) => return None,
        };
        Some(Self { id: id(&mut fields)?, from, to: Target::from_fields(&to), rest: fields })
    }

    fn to_json(&self) -> Value {
        let mut fields = self.rest.clone();
        fields.insert("id".into(), json!(self.id));
        let from = match &self.from {
            Source::Port { block, port: Some(port) } => json!({ "block": block, "port": port }),
            Source::Port { block, port: None } => json!({ "block": block }),
            Source::Trigger(trigger) => json!({ "trigger": trigger }),
        };
        fields.insert("from".into(), from);
        fields.insert("to".into(), self.to.to_json());
        Value::Object(fields)
    }
}

impl Target {
    fn from_fields(fields: &Fields) -> Self {
        let block = fields.get("block").and_then(Value::as_str).map(str::to_owned);
        Self { group: text(fields, "group").to_owned(), block }
    }

    pub fn from_json(value: &Value) -> Option<Self> {
        value.as_object().map(Self::from_fields)
    }

    pub fn to_json(&self) -> Value {
        match &self.block {
            Some(block) => json!({ "group": self.group, "block": block }),
            None => json!({ "group": self.group }),
        }
    }

    /// The thing that a line to here touches.
    pub fn item(&self) -> Item {
        match &self.block {
            Some(block) => Item::Block(block.clone()),
            None => Item::Group(self.group.clone()),
        }
    }
}

fn id(fields: &mut Fields) -> Option<String> {
    match fields.remove("id") {
        Some(Value::String(id)) => Some(id),
        _ => None,
    }
}

fn place(fields: &mut Fields) -> (f64, f64) {
    let mut number = |name: &str| fields.remove(name).and_then(|value| value.as_f64()).unwrap_or_default();
    (number("x"), number("y"))
}

fn with_place(id: &str, x: f64, y: f64, rest: &Fields) -> Fields {
    let mut fields = rest.clone();
    fields.insert("id".into(), json!(id));
    fields.insert("x".into(), short(x));
    fields.insert("y".into(), short(y));
    fields
}

/// 420 rather than 420.0, as the engine writes it.
fn short(number: f64) -> Value {
    // Places are whole after snapping; what is not stays as it is.
    #[expect(clippy::cast_possible_truncation, reason = "compared with the number right away")]
    let whole = number as i64;
    #[expect(clippy::cast_precision_loss, reason = "a place on a canvas")]
    let same = (whole as f64 - number).abs() < f64::EPSILON;
    if same { json!(whole) } else { json!(number) }
}

/// A text field; empty where there is none.
pub fn text<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}
