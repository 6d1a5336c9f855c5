//! What each message does.

use std::hash::{DefaultHasher, Hash, Hasher};

use beseda_wire::bots::Draft;
use serde_json::Value;

use super::canvas::Msg as Canvas;
use super::canvas::gesture::Gesture;
use super::document::lists::ListEdit;
use super::document::ops::{Ids, Of, Selection};
use super::document::{Doc, Item, Target, clipboard};
use super::geometry::{Camera, Point};
use super::history::History;
use super::keys::Action;
use super::model::Model;
use super::save::{self, tell};
use super::{Edit, Msg, Tab, kinds, layout, panel, people, test};
use crate::api;
use crate::bridge::{Opened, ToApp, ToBuilder};
use crate::effect::{Effect, Effects};
use crate::i18n::{self, Locale, t};
use crate::pages::Load;
use crate::t;

impl Model {
    pub fn update(&mut self, msg: Msg) -> Effects {
        let mut effects = self.follow(msg);
        effects.extend(self.want_files());
        effects.extend(self.want_triggers());
        effects
    }

    fn follow(&mut self, msg: Msg) -> Effects {
        if self.is_read_only && msg.needs_rights() {
            return vec![];
        }
        match msg {
            Msg::App(told) => self.told(told),
            Msg::Loaded(bot, answer) if Some(bot) == self.bot => self.loaded(answer),
            Msg::Loaded(..) => vec![],
            Msg::Bots(answer) => {
                let Ok(page) = answer else { return vec![] };
                self.about = page.items.iter().find(|bot| Some(bot.id) == self.bot).cloned();
                let scene = std::mem::take(&mut self.scene).with_bots(&page.items);
                self.scene = super::scene::Scene::of(&self.doc, &scene);
                self.triggers.bots = page.items;
                let mut effects = self.want_who_writes();
                effects.extend(self.check_soon());
                effects
            }
            Msg::Connections(answer) => self.know_connections(answer),
            Msg::People(answer) => self.know_people(answer),
            Msg::ShowResults => self.toggle_results(),
            Msg::Results(answer) => self.results(answer),
            Msg::Canvas(msg) => self.update_canvas(msg),
            Msg::Do(action) => self.act(action),
            Msg::Pressed(action, is_away) => {
                self.is_away = is_away;
                self.act(action)
            }
            Msg::Narrow(narrow) => {
                self.narrow = narrow;
                self.is_form_open = false;
                if self.dialog == Some(super::Dialog::Test) {
                    self.dialog = None;
                }
                // Another width is another look, once the canvas has its new size.
                self.placed = false;
                vec![Effect::MeasureCanvas]
            }
            Msg::ShowFlow => {
                let mut effects = self.choose_all(Selection::new());
                effects.extend(self.open_form());
                effects
            }
            Msg::GoToField(at) => self.go_to_field(at),
            Msg::GoTo(item) => {
                self.dialog = None;
                // On a narrow screen the panel would lie over what is shown.
                if self.narrow {
                    self.versions = None;
                    self.dialog = None;
                    self.replay.is_open = false;
                }
                self.go_to(item)
            }
            Msg::Edit(edit) => self.edit(edit),
            Msg::Allow(block) => self.allow(block.as_deref()),
            Msg::Paste(text) => self.paste(&text),
            Msg::Cut => self.act(Action::Delete),
            Msg::Wanted(text) => {
                self.wanted = text;
                vec![]
            }
            Msg::Insert(entry) => {
                let mut effects = self.insert(&entry, None, None);
                // What was looked for is found: the whole palette is there again.
                if !std::mem::take(&mut self.wanted).is_empty() {
                    effects.insert(0, Effect::SetValue("palette-search".to_owned(), String::new()));
                }
                effects
            }
            Msg::InsertFound => match self.found() {
                Some(entry) => self.update(Msg::Insert(entry)),
                None => vec![],
            },
            Msg::Tab(tab) => {
                self.tab = tab;
                self.offer = None;
                if tab == super::Tab::Test { self.begin_test(None) } else { vec![] }
            }
            Msg::ShowProblems => {
                self.dialog = Some(super::Dialog::Problems);
                vec![Effect::Focus("flow-problems".to_owned())]
            }
            Msg::Connect(msg) => self.update_connect(msg),
            Msg::Find(msg) => self.update_find(msg),
            Msg::Save(msg) => self.update_save(msg),
            Msg::Moves(all) => self.choose_moving(all),
            Msg::Versions(msg) => self.update_versions(msg),
            Msg::Templates(msg) => self.update_templates(msg),
            Msg::NativeForms(msg) => self.update_native_forms(msg),
            Msg::Import(msg) => self.import.as_mut().map(|import| import.update(msg)).unwrap_or_default(),
            // A name that is half written is no mistake, and what is found would push the list away from its field.
            Msg::CheckDue if self.offer.is_some() => {
                self.check_due = false;
                self.check_soon()
            }
            Msg::CheckDue => {
                self.check();
                vec![]
            }
            Msg::Test(msg) => self.update_test(msg),
            Msg::Replay(msg) => self.update_replay(msg),
            Msg::PhoneTrial(msg) => self.update_phone_trial(msg),
            Msg::Trial(msg) => self.update_trial(msg),
            Msg::Files(msg) => self.update_files(msg),
            Msg::Triggers(msg) => self.update_triggers(msg),
            Msg::Variables(msg) => self.update_variables(msg),
            Msg::Format(of, at, mark) => self.format(&of, &at, mark),
            Msg::CloseDialog => {
                self.dialog = None;
                vec![Effect::Refocus]
            }
            Msg::Leave => self.leave(),
            Msg::Visit(path) => self.visit(path.to_owned()),
            Msg::AllResults => self.visit_results(),
        }
    }

    /// Goes to another page of the program.
    pub fn visit(&mut self, path: String) -> Effects {
        // What was typed is saved before the page goes.
        let mut effects = self.save_now();
        effects.push(Effect::ToApp(ToApp::Go(path)));
        effects
    }

    fn told(&mut self, told: ToBuilder) -> Effects {
        match told {
            ToBuilder::Open(opened) => self.open(opened),
            ToBuilder::Import(importing) => {
                i18n::set(Locale::parse(&importing.locale));
                let (import, effects) = super::import::Model::open(importing);
                self.import = Some(import);
                effects
            }
            ToBuilder::Leave => self.leave_unsaved(),
            ToBuilder::Locale(code) => {
                i18n::set(Locale::parse(&code));
                // Titles of ports and blocks are words, too.
                self.scene = super::scene::Scene::of(&self.doc, &self.scene.bare());
                self.epoch += 1;
                vec![]
            }
            ToBuilder::Changed(bot) if Some(bot) == self.bot => {
                let mut effects = self.changed_somewhere();
                effects.extend(self.ask_versions());
                effects.extend(self.ask_phone_trials());
                effects
            }
            ToBuilder::Reconnected => self.changed_somewhere(),
            ToBuilder::Editors(bot, people) if Some(bot) == self.bot => {
                let me = self.me;
                self.others =
                    people.into_iter().filter(|(id, _)| Some(*id) != me).map(|(_, name)| name).collect();
                vec![]
            }
            ToBuilder::Picked(file) => self.update_files(super::files::Msg::Picked(file)),
            ToBuilder::Upload(upload, news) => self.update_files(super::files::Msg::News(upload, news)),
            ToBuilder::File(sha256, address) => self.update_files(super::files::Msg::Shown(sha256, address)),
            // This flow may run that bot, or be asked after it.
            ToBuilder::Changed(_) if self.bot.is_some() => vec![api::bots().then(Msg::Bots)],
            // Answers are taken by the glue.
            ToBuilder::Answer { .. } | ToBuilder::Changed(_) | ToBuilder::Editors(..) => vec![],
        }
    }

    fn open(&mut self, opened: Opened) -> Effects {
        self.import = None;
        self.is_left = false;
        self.is_read_only = !opened.may_change;
        i18n::set(Locale::parse(&opened.locale));
        let chosen = opened.chosen.as_deref().and_then(Item::of_dom_id);
        if self.bot == Some(opened.bot) && self.load.ready().is_some() {
            // The same flow: the address only says what is chosen.
            // Whoever comes back may have been in the settings.
            let mut effects: Effects = self.ask_connections().into_iter().chain([people::ask()]).collect();
            effects.extend(match chosen {
                Some(item) if self.only() != Some(&item) && self.doc.has(&item) => {
                    self.chosen = Selection::from([item.clone()]);
                    self.reveal(&item)
                }
                _ => vec![],
            });
            // What a sign-in that ended kept from being saved.
            if self.is_dirty() && self.save.failure.is_some() {
                effects.extend(self.save_soon());
            }
            return effects;
        }
        let mut hasher = DefaultHasher::new();
        (&opened.seed, opened.bot.to_string()).hash(&mut hasher);
        let (window, narrow) = (self.window, self.narrow);
        self.keep_unsaved();
        let mut kept = std::mem::take(&mut self.kept);
        // Somebody else has signed in.
        if self.me.is_some_and(|me| me != opened.me) {
            kept.clear();
        }
        *self = Self {
            kept,
            bot: Some(opened.bot),
            me: Some(opened.me),
            load: Load::Loading,
            chosen: chosen.into_iter().collect(),
            ids: Ids::new(hasher.finish()),
            seed: opened.seed,
            zone: opened.zone,
            origin: opened.origin,
            window,
            narrow,
            is_read_only: !opened.may_change,
            ..Self::default()
        };
        let bot = opened.bot;
        let asked = [
            api::draft(bot).then(move |answer| Msg::Loaded(bot, answer.map(Box::new))),
            api::bots().then(Msg::Bots),
            people::ask(),
        ];
        asked.into_iter().chain(self.ask_connections()).collect()
    }

    fn loaded(&mut self, answer: Result<Box<Draft>, api::Failure>) -> Effects {
        let draft = match answer {
            Ok(draft) => draft,
            Err(failure) => {
                self.load = Load::Failed(failure);
                return vec![];
            }
        };
        self.load = Load::Ready(());
        let doc = Doc::from_json(&draft.flow);
        self.save = save::State::begin(&draft, &doc);
        self.files.missing = draft.missing_files.iter().cloned().collect();
        self.history = History::default();
        self.put(doc);
        let mut effects = self.meet_unsaved(*draft);
        self.check();
        effects.push(Effect::ToApp(ToApp::Title(self.doc.name().to_owned())));
        effects.extend(self.want_who_writes());
        effects.push(Effect::MeasureCanvas);
        // Keys mean something from the first moment.
        if !self.narrow {
            effects.push(Effect::Focus("canvas".to_owned()));
        }
        effects.extend(self.ask_templates());
        effects.extend(self.ask_native_forms());
        effects.extend(self.first_look());
        effects
    }

    /// The first look at a flow: where the person was last time, or all of it.
    fn first_look(&mut self) -> Effects {
        if self.placed || self.window.0 < 1.0 || self.load.ready().is_none() {
            return vec![];
        }
        self.placed = true;
        if self.narrow {
            return self.recalled(None);
        }
        let bot = self.bot.map(|bot| bot.to_string()).unwrap_or_default();
        vec![Effect::Recall(format!("flow.{bot}"), |kept| {
            crate::Msg::Editor(Msg::Canvas(Canvas::Recalled(kept)))
        })]
    }

    pub fn update_canvas(&mut self, msg: Canvas) -> Effects {
        match msg {
            Canvas::Down(press) => self.down(press),
            Canvas::Up => self.up(),
            Canvas::Cancel => {
                self.gesture = Gesture::None;
                vec![]
            }
            Canvas::Window(w, h) => {
                let before = std::mem::replace(&mut self.window, (w, h));
                if self.placed && !self.narrow && before.0 >= 1.0 && (before.0 - w).abs() > f64::EPSILON {
                    self.resized(before);
                }
                self.look();
                self.first_look()
            }
            Canvas::Rest => self.rest(),
            Canvas::Recalled(kept) => self.recalled(kept.as_deref()),
            Canvas::Zoom(factor) => {
                let middle = Point::new(self.window.0 / 2.0, self.window.1 / 2.0);
                self.camera = self.camera.zoomed(factor, middle);
                self.rest()
            }
            Canvas::OneToOne => self.update_canvas(Canvas::Zoom(1.0 / self.camera.zoom)),
            Canvas::Fit => self.fit(),
            Canvas::Connect(from) => self.ask_target(from),
            Canvas::Centre(point) => {
                let Camera { zoom, .. } = self.camera;
                self.camera = Camera {
                    x: self.window.0 / 2.0 - point.x * zoom,
                    y: self.window.1 / 2.0 - point.y * zoom,
                    zoom,
                };
                self.rest()
            }
            Canvas::Focused(item) => {
                if self.chosen.contains(&item) {
                    return vec![];
                }
                let mut effects = self.choose(item.clone());
                effects.extend(self.reveal(&item));
                effects
            }
        }
    }

    fn recalled(&mut self, kept: Option<&str>) -> Effects {
        let numbers: Vec<f64> =
            kept.unwrap_or_default().split(' ').filter_map(|number| number.parse().ok()).collect();
        match (numbers.as_slice(), self.only().cloned()) {
            ([x, y, zoom, size @ ..], chosen) => {
                self.camera = Camera { x: *x, y: *y, zoom: zoom.clamp(0.05, 2.0) };
                if let [w, h] = size {
                    self.resized((*w, *h));
                }
                self.look();
                // A place that shows nothing of the flow is of no use: it was remembered on a larger screen.
                let seen = self.camera.view(self.window);
                if !self.scene.groups.iter().any(|group| group.rect.meets(seen)) {
                    return self.fit();
                }
                chosen.map(|item| self.reveal(&item)).unwrap_or_default()
            }
            (_, Some(item)) => {
                self.camera = Camera::default();
                self.reveal(&item)
            }
            _ => {
                let mut effects = self.fit();
                // Too small to read is no first look: the beginning, then.
                if self.camera.zoom < 0.6 {
                    let bounds = self.scene.bounds();
                    let start =
                        self.doc.start().and_then(|start| self.scene.group(&start.group)).map(|g| g.rect);
                    let at = start.unwrap_or(bounds);
                    let zoom = if self.narrow { 1.0 } else { 0.85 };
                    // What begins the flow stands to the left of it, and is seen as well.
                    let triggers = self.scene.triggers.iter().map(|(_, rect)| rect.x);
                    let before = (at.x - triggers.fold(at.x, f64::min)) * zoom + 24.0;
                    let left = if self.narrow {
                        24.0
                    } else {
                        before.max(320.0_f64.min(self.window.0 / 3.0)).min(self.window.0 / 2.0)
                    };
                    self.camera =
                        Camera { x: left - at.x * zoom, y: self.window.1 / 3.0 - at.y * zoom, zoom };
                    effects = self.rest();
                }
                effects
            }
        }
    }

    pub(super) fn edit(&mut self, edit: Edit) -> Effects {
        match edit {
            Edit::Set(of, at, value) => {
                self.misread.remove(&panel::field_id(&of, &at, self.epoch));
                let doc = self.doc.clone().set(&of, &at, value);
                self.edited(doc, &of, None)
            }
            Edit::Misread(of, at) => {
                self.misread.insert(panel::field_id(&of, &at, self.epoch));
                vec![]
            }
            Edit::Type(of, at, value) => {
                self.misread.remove(&panel::field_id(&of, &at, self.epoch));
                let run = format!("{of:?}{at}");
                let names = self.names_follow(&of, &at, &value);
                let doc = self.doc.clone().set(&of, &at, value);
                let mut effects = self.edited(doc, &of, Some(run));
                effects.extend(names);
                effects
            }
            Edit::List(of, at, edit) => {
                let edit = match edit {
                    ListEdit::Add(value) => ListEdit::Add(self.with_id(value)),
                    edit => edit,
                };
                let doc = self.doc.clone().list_edited(&of, &at, edit.clone());
                // Fields further down show what moved up.
                self.epoch += 1;
                let focus = self.focus_in_list(&doc, &of, &at, &edit);
                let mut effects = self.edited(doc, &of, None);
                effects.extend(focus);
                effects
            }
            Edit::Start(to) => {
                let doc = self.doc.clone().set(&Of::Flow, "/start", to.to_json());
                self.change(doc, None)
            }
        }
    }

    /// A new option or branch gets an id that no other has, since lines are tied to it.
    fn with_id(&mut self, mut value: Value) -> Value {
        if let Some(fields) = value.as_object_mut().filter(|fields| fields.contains_key("id")) {
            fields.insert("id".into(), self.ids.next("o").into());
        }
        value
    }

    pub(super) fn edited(&mut self, doc: Doc, of: &Of, run: Option<String>) -> Effects {
        let doc = match of {
            Of::Block(id) => {
                let names: Vec<String> = doc
                    .block(id)
                    .map(|(_, block)| kinds::ports(block).into_iter().filter_map(|port| port.name).collect())
                    .unwrap_or_default();
                let lists = |port: &str| port.starts_with("option:") || port.starts_with("branch:");
                doc.without_edges_of(id, |port| !lists(port) || names.iter().any(|name| name == port))
            }
            _ => doc,
        };
        self.change(doc, run)
    }

    /// What is chosen, as text for the clipboard.
    pub fn copied(&self) -> Option<String> {
        let bot = self.bot.map(|bot| bot.to_string());
        clipboard::written(&clipboard::part(&self.doc, &self.chosen), bot.as_deref())
    }

    /// Lets addresses that came from elsewhere go to customers.
    fn allow(&mut self, only: Option<&str>) -> Effects {
        let off = self.doc.blocks().filter(|(_, block)| block.has_address_off());
        let off = off.filter(|(_, block)| only.is_none_or(|only| only == block.id));
        let off: Vec<Of> = off.map(|(_, block)| Of::Block(block.id.clone())).collect();
        let doc = off.iter().fold(self.doc.clone(), |doc, of| doc.set(of, "/address_off", Value::Null));
        let mut effects = self.change(doc, None);
        // The button is no more.
        effects.push(Effect::Focus(match only {
            Some(_) => self.first_field(),
            None => format!("tab-{}", Tab::Problems.name()),
        }));
        effects
    }

    fn paste(&mut self, text: &str) -> Effects {
        if !self.can_edit() {
            return vec![];
        }
        let Some(clipboard::Pasted { mut part, bot }) = clipboard::read(text) else {
            return vec![tell(t("paste-nothing"))];
        };
        let own = self.bot.map(|bot| bot.to_string());
        let mut left = clipboard::LeftBehind::default();
        if bot.is_none() || bot != own {
            part = clipboard::detached(part);
            // Nobody outside knows the ids of the business's bots.
            if !self.triggers.bots.iter().any(|known| Some(known.id.to_string()) == bot) {
                (part, left) = clipboard::from_strangers(part);
            }
        }
        self.pasted += 1;
        let shift = f64::from(self.pasted % 8) * 24.0;
        let at =
            self.camera.to_world(Point::new(self.window.0 / 3.0, self.window.1 / 4.0)).plus(shift, shift);
        let mut effects = self.put_part(&part, at);
        // One word on all of it: of two the second would hide the first.
        let off =
            (left.off > 0).then(|| t!("paste-off", count = i64::try_from(left.off).unwrap_or(i64::MAX)));
        let addresses = (left.addresses > 0)
            .then(|| t!("paste-addresses", count = i64::try_from(left.addresses).unwrap_or(i64::MAX)));
        let secrets = match left.secrets.as_slice() {
            [] => (left.painted > 0).then(|| t("paste-painted")),
            names => Some(t!("paste-secrets", names = names.join(", ").as_str())),
        };
        let told: Vec<String> = off.into_iter().chain(addresses).chain(secrets).collect();
        if !told.is_empty() {
            effects.push(tell(told.join(" ")));
        }
        effects
    }

    pub fn duplicate(&mut self) -> Effects {
        // Whole groups are copied beside themselves; a block goes right below itself.
        if let (Some(Item::Block(id)), Some((group, place))) = (self.only(), self.chosen_block()) {
            let Some((_, block)) = self.doc.block(id) else { return vec![] };
            let mut copy = (**block).clone();
            copy.id = self.ids.next("b");
            let new = Item::Block(copy.id.clone());
            let doc = self.doc.clone().with_block(&group, place + 1, copy);
            let mut effects = self.change(doc, None);
            effects.extend(self.go_to(new));
            return effects;
        }
        let part = clipboard::part(&self.doc, &self.chosen);
        if part.groups.is_empty() && part.triggers.is_empty() && part.notes.is_empty() {
            return vec![];
        }
        let corner = self.chosen.iter().filter_map(|item| self.scene.rect(item));
        let corner = corner.reduce(super::geometry::Rect::with).unwrap_or_default();
        self.put_part(&part, Point::new(corner.x + 36.0, corner.y + 36.0))
    }

    fn put_part(&mut self, part: &Doc, at: Point) -> Effects {
        let at = (super::geometry::snapped(at.x), super::geometry::snapped(at.y));
        let (doc, new) = clipboard::pasted(self.doc.clone(), part, at, &mut self.ids);
        let mut effects = self.change(doc, None);
        let first = new.first().cloned();
        effects.extend(self.choose_all(new));
        if let Some(item) = first {
            effects.extend(self.reveal(&item));
            effects.push(Effect::Focus(item.dom_id()));
        }
        effects
    }

    pub fn tidy(&mut self) -> Effects {
        let places = layout::tidy(&self.doc, &self.scene);
        let doc = self.doc.clone().placed(&places);
        let mut effects = self.change(doc, None);
        effects.extend(self.fit());
        effects
    }

    pub fn set_start(&self, item: &Item) -> Option<Msg> {
        let to = match item {
            Item::Group(id) => Target { group: id.clone(), block: None },
            _ => return None,
        };
        (self.doc.start().as_ref() != Some(&to)).then_some(Msg::Edit(Edit::Start(to)))
    }

    fn update_test(&mut self, msg: test::Msg) -> Effects {
        self.run_test(msg)
    }

    pub fn load_failed(&self) -> Option<&api::Failure> {
        match &self.load {
            Load::Failed(failure) => Some(failure),
            _ => None,
        }
    }

    /// What a screen reader hears of the flow as a whole.
    pub fn about_words(&self) -> String {
        t!(
            "flow-about",
            groups = u32::try_from(self.doc.groups.len()).unwrap_or(u32::MAX),
            blocks = u32::try_from(self.doc.blocks().count()).unwrap_or(u32::MAX)
        )
    }
}
