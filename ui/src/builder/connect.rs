//! Drawing a line without a pointer, or to something that is not there yet: a list of ports, then of places and kinds.

use super::document::{Group, Item, Source, Target};
use super::geometry::Point;
use super::kinds;
use super::model::Model as Builder;
use super::{Dialog, Msg as BuilderMsg};
use crate::effect::{Effect, Effects};
use crate::i18n::t;
use crate::kit::dialog::dialog;
use crate::kit::event::ListKey;
use crate::kit::{Icon, el, event, icon};
use crate::{Node, t};

const FIELD: &str = "connect-search";

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Typed(String),
    Key(ListKey),
    Take(usize),
    Close,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Where the line begins; none while a port of the block is being chosen.
    from: Option<Source>,
    block: String,
    wanted: String,
    at: usize,
    /// Where something new would stand; existing places are not offered then.
    place: Option<Point>,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq)]
enum Choice {
    Port(Option<String>),
    Place(Target),
    New(&'static str),
    /// The line that is there goes.
    Nothing,
}

struct Row {
    choice: Choice,
    icon: Icon,
    words: String,
    about: String,
}

impl Model {
    pub fn ports(block: &str) -> Self {
        Self { from: None, block: block.to_owned(), wanted: String::new(), at: 0, place: None }
    }

    pub fn targets(from: Source, place: Option<Point>) -> Self {
        let block = match &from {
            Source::Port { block, .. } => block.clone(),
            Source::Trigger(_) => String::new(),
        };
        Self { from: Some(from), block, wanted: String::new(), at: 0, place }
    }
}

impl Builder {
    /// A line begins here: what does it lead to?
    pub fn ask_target(&mut self, from: Source) -> Effects {
        if !self.can_arrange() {
            return vec![];
        }
        self.open_connect(Model::targets(from, None))
    }

    /// A line was let go over nothing: what shall stand there?
    pub fn ask_next(&mut self, from: Source, at: Point) -> Effects {
        self.open_connect(Model::targets(from, Some(at)))
    }

    pub fn open_connect(&mut self, model: Model) -> Effects {
        if !self.can_arrange() {
            return vec![];
        }
        self.dialog = Some(Dialog::Connect(model));
        vec![Effect::Focus(FIELD.to_owned())]
    }

    pub fn update_connect(&mut self, msg: Msg) -> Effects {
        let Some(Dialog::Connect(model)) = &mut self.dialog else { return vec![] };
        match msg {
            Msg::Typed(text) => {
                model.wanted = text;
                model.at = 0;
                vec![]
            }
            Msg::Key(ListKey::Enter) => {
                let at = model.at;
                self.take_choice(at)
            }
            Msg::Key(key) => {
                let model = model.clone();
                let at = key.step(model.at, self.choices(&model).len());
                self.dialog = Some(Dialog::Connect(Model { at, ..model }));
                vec![Effect::Reveal(format!("connect-{at}"))]
            }
            Msg::Take(at) => self.take_choice(at),
            Msg::Close => {
                self.dialog = None;
                vec![Effect::Refocus]
            }
        }
    }

    fn take_choice(&mut self, at: usize) -> Effects {
        let Some(Dialog::Connect(model)) = self.dialog.clone() else { return vec![] };
        let Some(row) = self.choices(&model).into_iter().nth(at) else { return vec![] };
        match (row.choice, model.from) {
            (Choice::Port(port), _) => {
                let from = Source::Port { block: model.block, port };
                self.dialog = Some(Dialog::Connect(Model::targets(from, None)));
                vec![Effect::SetValue(FIELD.to_owned(), String::new()), Effect::Focus(FIELD.to_owned())]
            }
            (Choice::Place(to), Some(from)) => {
                self.dialog = None;
                let id = self.ids.next("e");
                let begins = match &from {
                    Source::Port { block, .. } => Item::Block(block.clone()),
                    Source::Trigger(id) => Item::Trigger(id.clone()),
                };
                let doc = self.doc.clone().connected(from, to, id);
                let mut effects = self.change(doc, None);
                // What had the focus before may be drawn anew; and out of sight it is not drawn at all.
                effects.push(Effect::Focus("canvas".to_owned()));
                effects.push(Effect::Focus(begins.dom_id()));
                effects
            }
            (Choice::New(entry), Some(from)) => {
                self.dialog = None;
                self.new_after(from, entry, model.place)
            }
            (Choice::Nothing, Some(from)) => {
                self.dialog = None;
                let edge = self.doc.edge_from(&from).map(|edge| Item::Edge(edge.id.clone()));
                let doc = self.doc.clone().without(&edge.into_iter().collect());
                let mut effects = self.change(doc, None);
                effects.push(Effect::Refocus);
                effects
            }
            (_, None) => vec![],
        }
    }

    /// A new group with a block of this sort, at the end of a line from here.
    fn new_after(&mut self, from: Source, entry: &str, place: Option<Point>) -> Effects {
        let Some(entry) = kinds::entry(entry) else { return vec![] };
        let beside = self.scene.port(&from).map(|port| port.plus(120.0, -20.0));
        let at = place
            .map(|at| at.plus(0.0, -20.0))
            .or(beside)
            .unwrap_or_else(|| self.free_place(super::scene::GROUP));
        let group = self.new_group(at);
        let (id, edge) = (self.ids.next("b"), self.ids.next("e"));
        let name = group.id.clone();
        let group = Group { blocks: vec![std::rc::Rc::new(entry.block(id.clone()))], ..group };
        let to = Target { group: name.clone(), block: None };
        let doc = self.doc.clone().with_group(group).connected(from, to, edge);
        let doc = if place.is_some() { doc } else { self.clear_of_others(doc, &name) };
        let mut effects = self.change(doc, None);
        effects.extend(self.choose(Item::Block(id.clone())));
        effects.extend(self.reveal(&Item::Block(id)));
        effects.extend(self.open_form());
        effects
    }

    fn choices(&self, model: &Model) -> Vec<Row> {
        let wanted = model.wanted.trim().to_lowercase();
        let mut rows = vec![];
        match &model.from {
            None => {
                let block = self.doc.block(&model.block).map(|(_, block)| block);
                for port in block.map(|block| kinds::ports(block)).unwrap_or_default() {
                    let from = Source::Port { block: model.block.clone(), port: port.name.clone() };
                    let about = self.doc.edge_from(&from).map(|edge| self.place_title(&edge.to));
                    rows.push(Row {
                        choice: Choice::Port(port.name),
                        icon: Icon::CircleDot,
                        words: port.title,
                        about: about.map(|to| t!("leads-to", name = to.as_str())).unwrap_or_default(),
                    });
                }
            }
            Some(from) => {
                let here = model.place.is_none();
                // A way back into the group it comes from is rarely meant: it stands last, and is never the first choice.
                let (own, others): (Vec<Row>, Vec<Row>) = self
                    .places(from)
                    .into_iter()
                    .filter(|_| here)
                    .partition(|row| self.is_into_own(row, from));
                rows.extend(others);
                rows.extend(kinds::entries().map(|entry| Row {
                    choice: Choice::New(entry.id),
                    icon: entry.look.icon,
                    words: entry.title(),
                    about: t("connect-new"),
                }));
                rows.extend(own);
                if self.doc.edge_from(from).is_some() {
                    rows.push(Row {
                        choice: Choice::Nothing,
                        icon: Icon::X,
                        words: t("connect-nothing"),
                        about: String::new(),
                    });
                }
            }
        }
        rows.retain(|row| {
            let id = if let Choice::New(entry) = row.choice { entry } else { "" };
            kinds::is_wanted(id, &row.words, &wanted)
        });
        rows
    }

    /// Whether a row leads into the group where the line begins.
    fn is_into_own(&self, row: &Row, from: &Source) -> bool {
        let (Choice::Place(to), Source::Port { block, .. }) = (&row.choice, from) else { return false };
        self.doc.block(block).is_some_and(|(group, _)| group.id == to.group)
    }

    /// Groups, and those of their blocks that do not come first.
    fn places(&self, from: &Source) -> Vec<Row> {
        let own = match from {
            Source::Port { block, .. } => Some(block),
            Source::Trigger(_) => None,
        };
        let mut rows = vec![];
        for group in self.doc.groups.iter() {
            let title = self.group_title(group);
            rows.push(Row {
                choice: Choice::Place(Target { group: group.id.clone(), block: None }),
                icon: Icon::SquareDashed,
                words: title.clone(),
                about: String::new(),
            });
            for block in group.blocks.iter().skip(1).filter(|block| Some(&block.id) != own) {
                rows.push(Row {
                    choice: Choice::Place(Target { group: group.id.clone(), block: Some(block.id.clone()) }),
                    icon: kinds::look(block).0,
                    words: self.scene.words_of(block),
                    about: title.clone(),
                });
            }
        }
        rows
    }

    /// What a target is called.
    pub fn place_title(&self, to: &Target) -> String {
        super::scene::place_name(&self.doc, to)
    }

    pub fn view_connect(&self, model: &Model) -> Node {
        let (title, hint) = match (&model.from, model.place) {
            (None, _) => (t("connect-which"), t("connect-which-hint")),
            (Some(_), None) => (t("connect-to"), t("connect-to-hint")),
            (Some(_), Some(_)) => (t("connect-next"), t("connect-next-hint")),
        };
        let rows = self.choices(model);
        let active = format!("connect-{}", model.at);
        let any = !rows.is_empty();
        let list = rows.into_iter().enumerate().map(|(index, row)| {
            el("div")
                .id(format!("connect-{index}"))
                .class("connect-row")
                .attr("role", "option")
                .attr("aria-selected", if index == model.at { "true" } else { "false" })
                .on(event::click(BuilderMsg::Connect(Msg::Take(index))))
                .child(icon(row.icon))
                .child(el("span").class("cut").text(row.words))
                .child(el("span").class("muted cut").text(row.about))
        });
        dialog(
            "flow-connect",
            &title,
            BuilderMsg::Connect(Msg::Close).into(),
            [
                el("input")
                    .id(FIELD)
                    .class("input")
                    .attr("type", "text")
                    .attr("role", "combobox")
                    .attr("aria-expanded", "true")
                    .attr("aria-controls", "connect-list")
                    .attr_if(any, "aria-activedescendant", active)
                    .attr("autocomplete", "off")
                    .attr("value", "")
                    .attr("placeholder", hint.clone())
                    .label(hint)
                    .on(event::input(|text| BuilderMsg::Connect(Msg::Typed(text))))
                    .on(event::keys(|key| BuilderMsg::Connect(Msg::Key(key))))
                    .into(),
                el("div")
                    .id("connect-list")
                    .class("connect-list")
                    .attr("role", "listbox")
                    .attr("tabindex", "-1")
                    .label(title.as_str())
                    .children(list)
                    .into(),
                el("p")
                    .class("hint")
                    .attr("role", "status")
                    .text(if any { String::new() } else { t("nothing-found") })
                    .into(),
            ],
        )
    }
}
