//! The state of the editor, and the small steps that all its parts take.

use std::collections::BTreeSet;
use std::rc::Rc;

use beseda_flow::{Finding, Surroundings};
use beseda_wire::bots::Bot;
use beseda_wire::connections::ConnectionKind;
use beseda_wire::ids::{BotId, UserId};

use super::canvas::far::NAMES;
use super::canvas::gesture::Gesture;
use super::document::ops::{Ids, Of, Selection};
use super::document::{Doc, Fields, Group, Item, Spot};
use super::geometry::{Camera, GRID, Point, Rect, snapped};
use super::history::History;
use super::scene::{NOTE, Scene, TRIGGER};
use super::{
    Dialog, Msg, Tab, connections, files, find, import, native_forms, people, replay, save, templates, test,
    trial, triggers, variables, versions,
};
use crate::bridge::ToApp;
use crate::effect::{Effect, Effects};
use crate::pages::Load;

/// Below this zoom blocks are not told apart, and only groups are drawn.
pub const FAR: f64 = 0.34;
/// What is put down by itself keeps so far from other things.
const MARGIN: f64 = 12.0;
/// What a group keeps free at the edges of a narrow screen.
const NARROW_EDGE: f64 = 24.0;
/// How much of a narrow screen the sheet has at most, `.flow-sheet` in `ui/styles/80-builder.css`.
const SHEET: f64 = 0.55;
/// Milliseconds after a change before the checker looks.
const CHECK_AFTER: u32 = 300;

#[expect(clippy::struct_excessive_bools, reason = "each says something of its own")]
#[derive(Debug, Default)]
pub struct Model {
    pub bot: Option<BotId>,
    /// The page that makes a bot of a file, while it is shown instead.
    pub import: Option<import::Model>,
    pub me: Option<UserId>,
    pub about: Option<Bot>,
    /// Whether the flow is there.
    pub load: Load<()>,
    pub doc: Doc,
    pub scene: Scene,
    pub chosen: Selection,
    /// Of several that are chosen, the one at which the keys stand.
    pub(super) head: Option<Item>,
    pub camera: Camera,
    /// Whether the camera was ever set for this flow.
    pub(super) placed: bool,
    /// The size of the canvas.
    pub window: (f64, f64),
    /// What is drawn now: more than is seen, so that a little moving needs no paint.
    pub(super) drawn: Rect,
    pub(super) drawn_far: bool,
    pub gesture: Gesture,
    pub history: History,
    pub save: save::State,
    /// What is unsaved of bots that were left.
    pub kept: Vec<save::Kept>,
    /// Another place is on the screen.
    pub is_left: bool,
    pub tab: Tab,
    /// What is looked for in the palette.
    pub wanted: String,
    /// The names that are offered for a field, while they are.
    pub offer: Option<variables::Model>,
    pub find: Option<find::Model>,
    pub dialog: Option<Dialog>,
    pub results: super::results::Shown,
    /// The panel of versions, while it is open.
    pub versions: Option<versions::Model>,
    pub templates: templates::Known,
    pub native_forms: native_forms::Known,
    pub connections: connections::Known,
    pub people: people::Known,
    pub problems: Vec<Finding>,
    /// Why the flow cannot be read at all.
    pub unreadable: Option<String>,
    /// The elements of fields in which something stands that they cannot take: the flow has what it had.
    pub misread: BTreeSet<String>,
    pub(super) check_due: bool,
    pub test: test::Model,
    pub replay: replay::Model,
    /// The time zone of the business.
    pub zone: String,
    /// Where the program is reached.
    pub origin: String,
    pub trial: trial::Model,
    pub files: files::Model,
    pub triggers: triggers::Model,
    pub ids: Ids,
    /// Forms are drawn anew with each number: after undo their fields show what is now.
    pub epoch: u32,
    /// The screen is too narrow for arranging things on the canvas. What is in the forms can be changed.
    pub narrow: bool,
    /// On a narrow screen: the form of what is chosen is open, over the canvas.
    pub(super) is_form_open: bool,
    /// The person may look at bots and not change them.
    pub is_read_only: bool,
    /// Where pasting the same thing again goes.
    pub(super) pasted: u32,
    /// Others who have this flow open.
    pub others: Vec<String>,
    pub seed: String,
    /// Milliseconds since 1970, as of the last message.
    pub now: i64,
    /// The field of the flow's own form that somebody was led to: what it is folded into is open.
    pub field: Option<String>,
    /// The focus is in the panel or the palette: Escape brings it back to the canvas first.
    pub(super) is_away: bool,
}

impl Default for Ids {
    fn default() -> Self {
        Self::new(1)
    }
}

impl Model {
    pub fn can_edit(&self) -> bool {
        !self.is_read_only && self.load.ready().is_some()
    }

    /// Whether things are moved, connected and added: not by a finger on a telephone.
    pub fn can_arrange(&self) -> bool {
        self.can_edit() && !self.narrow
    }

    /// Whether blocks are drawn, or groups alone.
    pub fn is_far(&self) -> bool {
        self.camera.zoom < FAR
    }

    /// What is drawn of the canvas.
    pub fn shown(&self) -> Rect {
        self.drawn
    }

    /// Whether what is seen goes beyond what is drawn.
    pub fn needs_paint(&self) -> bool {
        let view = self.camera.view(self.window);
        let within = self.drawn.holds(Point::new(view.x, view.y))
            && self.drawn.holds(Point::new(view.right(), view.bottom()));
        !within || self.drawn_far != self.is_far()
    }

    /// Draws what is seen and some more around it.
    pub fn look(&mut self) {
        let view = self.camera.view(self.window);
        self.drawn = view.grown(0.4 * view.w.min(view.h).max(200.0));
        self.drawn_far = self.is_far();
    }

    /// The canvas came to rest.
    pub fn rest(&mut self) -> Effects {
        self.look();
        // A narrow screen begins anew each time, and shall not decide what a wide one begins with.
        let Some(bot) = self.bot.filter(|_| !self.narrow) else { return vec![] };
        let Camera { x, y, zoom } = self.camera;
        let (w, h) = self.window;
        let kept = format!("{x:.0} {y:.0} {zoom:.3} {w:.0} {h:.0}");
        vec![Effect::ToApp(ToApp::Keep(format!("flow.{bot}"), Some(kept)))]
    }

    /// The canvas had another size when it looked like this: the phone came beside it, or went. A flow that was seen
    /// whole is seen whole; of another one the middle stays in the middle.
    pub fn resized(&mut self, before: (f64, f64)) {
        let (view, bounds) = (self.camera.view(before), self.scene.bounds());
        let holds = |view: Rect| {
            view.holds(Point::new(bounds.x, bounds.y))
                && view.holds(Point::new(bounds.right(), bounds.bottom()))
        };
        if holds(view) {
            if !holds(self.camera.view(self.window)) {
                self.camera = self.whole();
            }
        } else {
            self.camera = self.camera.panned((self.window.0 - before.0) / 2.0, 0.0);
        }
    }

    /// The flow is this from now on.
    pub fn change(&mut self, doc: Doc, run: Option<String>) -> Effects {
        if doc == self.doc || !self.can_edit() {
            return vec![];
        }
        self.history.note(&self.doc, &self.chosen, run);
        self.put(doc);
        self.changed()
    }

    /// Shows this flow; what was chosen and is gone is no longer chosen.
    pub fn put(&mut self, doc: Doc) {
        self.doc = doc;
        self.scene = Scene::of(&self.doc, &self.scene);
        let doc = &self.doc;
        let had = !self.chosen.is_empty();
        self.chosen.retain(|item| doc.has(item));
        // The form of what is gone does not become that of the flow.
        self.is_form_open &= !had || !self.chosen.is_empty();
        self.light_differences();
        self.look();
    }

    /// What follows every change: the checker, the test, and the saving.
    pub fn changed(&mut self) -> Effects {
        let mut effects = self.save_soon();
        effects.extend(self.ask_templates());
        effects.extend(self.ask_native_forms());
        self.test.flow_changed();
        self.replay.flow_changed();
        effects.extend(self.check_soon());
        effects
    }

    /// The checker looks again, in a moment.
    pub fn check_soon(&mut self) -> Effects {
        if std::mem::replace(&mut self.check_due, true) {
            return vec![];
        }
        vec![Effect::After(CHECK_AFTER, Msg::CheckDue.into())]
    }

    pub fn check(&mut self) {
        self.check_due = false;
        match beseda_flow::Flow::from_value(self.doc.to_json()) {
            Ok(flow) => {
                self.problems = beseda_flow::check_in(&flow, &self.surroundings());
                self.unreadable = None;
            }
            Err(error) => {
                self.problems.clear();
                self.unreadable = Some(error.to_string());
            }
        }
    }

    /// What the checker is told of the program and the business around the flow.
    fn surroundings(&self) -> Surroundings {
        let features = Some(beseda_flow::PRESENT.iter().copied().collect());
        let bots = &self.triggers.bots;
        let ids = |published: bool| {
            let such = bots.iter().filter(move |bot| bot.published.is_some() == published);
            such.flat_map(|bot| [bot.flow_id.clone(), bot.id.to_string()]).collect()
        };
        let published = || bots.iter().filter(|bot| bot.published.is_some());
        let is_shared = |id: &String| published().filter(|bot| bot.flow_id == *id).count() > 1;
        Surroundings {
            features,
            // Until they are known nothing is said of them.
            bots: (!bots.is_empty()).then(|| ids(true)),
            unpublished_bots: ids(false),
            shared_flows: published().map(|bot| bot.flow_id.clone()).filter(is_shared).collect(),
            secrets: self.connections.names(ConnectionKind::Secret),
            models: self.connections.names(ConnectionKind::Ai),
            mail: self.connections.names(ConnectionKind::Email),
            people: self.people.names(),
            templates: self.templates.told(),
            missing_files: self.files.missing.clone(),
            answering: self.triggers.answering(),
            ..Surroundings::default()
        }
    }

    pub fn choose(&mut self, item: Item) -> Effects {
        self.choose_all(Selection::from([item]))
    }

    pub fn choose_all(&mut self, chosen: Selection) -> Effects {
        if chosen == self.chosen {
            return vec![];
        }
        self.history.pause();
        self.offer = None;
        self.is_form_open = false;
        self.misread.clear();
        self.chosen = chosen;
        if self.tab != Tab::Test && !self.chosen.is_empty() {
            self.tab = Tab::Block;
        }
        vec![self.address()]
    }

    /// The address says what is chosen, if it is one thing.
    fn address(&self) -> Effect {
        let bot = self.bot.map(|bot| bot.to_string()).unwrap_or_default();
        let path = match self.only() {
            Some(item) => format!("/bots/{bot}?at={}", item.dom_id()),
            None => format!("/bots/{bot}"),
        };
        Effect::ToApp(ToApp::GoQuietly(path))
    }

    /// The one thing that is chosen.
    pub fn only(&self) -> Option<&Item> {
        self.chosen.first().filter(|_| self.chosen.len() == 1)
    }

    /// The group and the place of the chosen block, or the end of the chosen group.
    pub fn chosen_block(&self) -> Option<(String, usize)> {
        match self.only()? {
            Item::Block(id) => {
                let (group, _) = self.doc.block(id)?;
                let place = group.blocks.iter().position(|block| block.id == *id)?;
                Some((group.id.clone(), place))
            }
            Item::Group(id) => Some((id.clone(), self.doc.group(id)?.blocks.len())),
            _ => None,
        }
    }

    pub fn new_group(&mut self, at: Point) -> Group {
        let number = self.doc.groups.len() + 1;
        let title = crate::t!("group-number", number = number.to_string().as_str());
        let mut rest = Fields::new();
        rest.insert("title".into(), title.into());
        Group { id: self.ids.next("g"), x: snapped(at.x), y: snapped(at.y), blocks: vec![], rest }
    }

    /// A place in what is seen where nothing of that size would lie on something else.
    pub fn free_place(&self, size: (f64, f64)) -> Point {
        self.free_from(
            self.camera.to_world(Point::new(self.window.0 / 2.0 - 132.0, self.window.1 / 3.0)),
            size,
        )
    }

    /// This place, or the next below it that is free.
    pub fn free_from(&self, at: Point, (w, h): (f64, f64)) -> Point {
        let mut at = Point::new(snapped(at.x), snapped(at.y));
        let groups = self.scene.groups.iter().map(|group| group.rect);
        let spots = self.scene.triggers.iter().chain(&self.scene.notes).map(|(_, rect)| *rect);
        let things: Vec<Rect> = groups.chain(spots).collect();
        // Below whatever is in the way; each thing is so at most once.
        for _ in &things {
            let wanted = Rect::new(at.x, at.y, w, h).grown(MARGIN);
            let Some(thing) = things.iter().find(|thing| thing.meets(wanted)) else { break };
            at.y = snapped(thing.bottom() + MARGIN + GRID);
        }
        at
    }

    /// The flow with this new group where it lies on nothing: how high it is follows from what its block says.
    pub fn clear_of_others(&self, doc: Doc, group: &str) -> Doc {
        let scene = Scene::of(&doc, &self.scene);
        let Some(rect) = scene.group(group).map(|group| group.rect) else { return doc };
        let at = self.free_from(Point::new(rect.x, rect.y), (rect.w, rect.h));
        let items = Selection::from([Item::Group(group.to_owned())]);
        doc.moved(&items, at.x - rect.x, at.y - rect.y)
    }

    /// A trigger or a note, which stand on the canvas by themselves.
    pub fn insert_spot(&mut self, entry: &str, at: Option<Point>) -> Effects {
        let size = if entry.starts_with("trigger-") { TRIGGER } else { NOTE };
        let at = at.unwrap_or_else(|| self.free_place(size));
        let (x, y) = (snapped(at.x), snapped(at.y));
        let doc = self.doc.clone();
        let (doc, item) = if let Some(kind) = entry.strip_prefix("trigger-") {
            let kind = kind.replace('-', "_");
            let mut fields = Fields::new();
            if matches!(kind.as_str(), "keyword" | "payload" | "link") {
                fields.insert("keywords".into(), serde_json::json!([{ "match": "contains", "text": "" }]));
            }
            fields.insert("kind".into(), kind.into());
            let id = self.ids.next("t");
            (doc.with_trigger(Spot { id: id.clone(), x, y, fields }), Item::Trigger(id))
        } else {
            let id = self.ids.next("n");
            (doc.with_note(Spot { id: id.clone(), x, y, fields: Fields::new() }), Item::Note(id))
        };
        let mut effects = self.change(doc, None);
        effects.extend(self.choose(item.clone()));
        effects.extend(self.reveal(&item));
        effects.extend(self.open_form());
        effects
    }

    /// Brings something into view, and says so to those who do not see it.
    pub fn reveal(&mut self, item: &Item) -> Effects {
        if let Some(rect) = self.scene.rect(item) {
            let seen = self.uncovered();
            if self.is_far() {
                let zoom = 0.8 / self.camera.zoom;
                self.camera = self.camera.zoomed(zoom, Point::default()).centred(rect, seen);
            }
            let rect = self.around(item, rect);
            self.camera = self.camera.revealing(rect, seen);
        }
        self.rest()
    }

    /// On a narrow screen a block is seen with all of its group where there is room, which is as wide as the screen at most.
    fn around(&mut self, item: &Item, rect: Rect) -> Rect {
        let group = match item {
            Item::Group(id) => self.scene.group(id),
            Item::Block(id) => self.scene.group_of(id),
            _ => None,
        };
        let Some(group) = group.filter(|_| self.narrow).map(|group| group.rect) else { return rect };
        let seen = self.uncovered();
        let most = (seen.0 - 2.0 * NARROW_EDGE) / group.w;
        if self.camera.zoom > most {
            self.camera = self.camera.zoomed(most / self.camera.zoom, Point::default());
        }
        let fits = group.h * self.camera.zoom + 2.0 * NARROW_EDGE <= seen.1;
        if fits { group } else { Rect { x: group.x, w: group.w, ..rect } }
    }

    /// The part of the canvas that nothing lies over: on a narrow screen a sheet has the lower part while something is
    /// chosen.
    fn uncovered(&self) -> (f64, f64) {
        let (w, h) = self.window;
        let has_sheet = self.narrow && !self.chosen.is_empty();
        (w, if has_sheet { h * (1.0 - SHEET) } else { h })
    }

    /// Chooses something, shows it, and gives it the focus.
    pub fn go_to(&mut self, item: Item) -> Effects {
        let mut effects = self.choose(item.clone());
        effects.extend(self.reveal(&item));
        effects.push(Effect::Focus(item.dom_id()));
        effects
    }

    pub fn fit(&mut self) -> Effects {
        self.camera = self.whole();
        self.rest()
    }

    /// The whole flow in the window. From far away names stand beyond their things (`canvas/far.rs`), and need more room.
    fn whole(&self) -> Camera {
        let fit = |margin: f64| Camera::fit(self.scene.bounds(), self.window, margin);
        let near = fit(56.0);
        if near.zoom < FAR { fit(NAMES + 12.0) } else { near }
    }

    /// Leads to a field of the flow's own form.
    pub fn go_to_field(&mut self, at: String) -> Effects {
        self.dialog = None;
        let mut effects = self.choose_all(Selection::new());
        self.tab = Tab::Block;
        effects.push(Effect::Focus(super::panel::field_id(&Of::Flow, &at, self.epoch)));
        self.field = Some(at);
        self.is_form_open = self.narrow;
        effects
    }

    /// The first field of the chosen thing's form gets the focus.
    pub fn open_form(&mut self) -> Effects {
        self.tab = Tab::Block;
        if self.narrow {
            self.is_form_open = true;
            // A field with the focus would bring the keyboard up over the form.
            return vec![Effect::Focus(super::view::SHEET.to_owned())];
        }
        // What cannot be written in takes no focus.
        let at = if self.is_read_only { "tab-block".to_owned() } else { self.first_field() };
        vec![Effect::Focus(at)]
    }

    /// What the form in the panel edits: the one thing chosen, or the flow itself.
    pub fn form(&self) -> Of {
        self.only().and_then(Of::item).unwrap_or(Of::Flow)
    }

    /// The findings about a thing, the worst first.
    pub fn findings(&self, block: &str) -> impl Iterator<Item = &Finding> {
        self.problems.iter().filter(move |finding| finding.block.as_deref() == Some(block))
    }

    pub fn has_mistakes(&self) -> bool {
        self.unreadable.is_some() || self.mistakes() > 0
    }

    pub fn mistakes(&self) -> usize {
        let errors = self.problems.iter().filter(|finding| finding.severity == beseda_flow::Severity::Error);
        errors.count()
    }

    /// What does not stand in the way of publishing, and is probably not what was meant.
    pub fn remarks(&self) -> usize {
        let remarks =
            self.problems.iter().filter(|finding| finding.severity == beseda_flow::Severity::Warning);
        remarks.count()
    }

    pub fn group_title(&self, group: &Rc<Group>) -> String {
        if group.title().is_empty() { crate::i18n::t("group-untitled") } else { group.title().to_owned() }
    }
}
