//! The office: every page but the inbox. Its code is a second part of the program that is fetched when somebody first
//! goes there, or has sat in the inbox for a moment, so that nobody waits for it at the sign-in or in the inbox.
//!
//! It is no other program: `cargo xtask ui` splits one module in two by the names of its functions (`split.rs` there has
//! the list of modules), and both parts have one memory. So an office page is written like any other. What it takes is
//! one way in: the app reaches these pages through `Office`, which is made when the code is there, and whose public
//! functions stay functions (`inline(never)`), so that there is something to split at. What is called too early works,
//! but the browser stands still while it fetches the part, and its console says so.

use beseda_wire::accounts::User;
use beseda_wire::businesses::{BusinessSettings, Role};
use beseda_wire::live::LiveEvent;

use super::{FileTarget, Msg, Told};
use crate::Node;
use crate::effect::{Effect, Effects, Theme};
use crate::i18n::Locale;
use crate::pages::{
    Around, Here, account, bots, builder, business, connections, customers, journal, media, numbers, people,
    phone, results, roles::rules, start,
};
use crate::router::{Route, Section};

/// The models of these pages.
#[derive(Debug)]
pub struct Office {
    customers: customers::Model,
    bots: bots::Model,
    pub builder: builder::Model,
    results: results::Model,
    numbers: numbers::Model,
    journal: journal::Model,
    phone: phone::Model,
    account: account::Model,
    people: people::Model,
    connections: connections::Model,
    business_settings: business::Model,
    start: start::Model,
}

/// What these pages may know besides what all do.
pub struct Desk<'a> {
    pub here: &'a Here,
    pub route: &'a Route,
    pub role: Role,
    pub locale: Locale,
    /// The business's time zone.
    pub zone: &'a str,
    /// Makes the keys of this page's requests unlike those of any other.
    pub seed: &'a str,
    /// Where the program is reached.
    pub origin: &'a str,
}

/// What a page asks of the app that is no effect in the browser.
#[derive(Debug)]
pub enum Asked {
    /// The business goes by this now.
    Renamed(Box<BusinessSettings>),
    /// The place has another address, to which nobody has to come.
    At(Route),
}

impl Office {
    #[inline(never)]
    pub fn new(seed: &str) -> Box<Self> {
        Box::new(Self {
            customers: customers::Model::default(),
            bots: bots::Model::new(seed.to_owned()),
            builder: builder::Model::default(),
            results: results::Model::default(),
            numbers: numbers::Model::new(seed.to_owned()),
            journal: journal::Model::default(),
            phone: phone::Model::default(),
            account: account::Model::default(),
            people: people::Model::default(),
            connections: connections::Model::default(),
            business_settings: business::Model::default(),
            start: start::Model::default(),
        })
    }

    /// Loads what the shown place needs.
    #[inline(never)]
    pub fn open(&mut self, desk: &Desk<'_>) -> Effects {
        match desk.route {
            Route::Customers { customer } => self.customers.open(*customer),
            Route::Bots => self.bots.open(),
            Route::Bot { bot, chosen } => {
                let chosen = chosen.clone();
                self.builder.open(
                    *bot,
                    chosen,
                    (desk.here.me, rules(desk.role)),
                    (desk.locale, desk.zone),
                    (desk.seed, desk.origin),
                )
            }
            Route::Results { bot, look, run } => self.results.open(*bot, look, *run, desk.here.now),
            Route::ImportBot => self.builder.open_import(desk.locale, desk.seed),
            Route::Settings(Section::Numbers) => self.numbers.open(),
            Route::NewNumber => self.numbers.open_form(),
            Route::Number(id) => self.numbers.open_one(*id),
            Route::Settings(Section::Account) => self.account.open(),
            Route::Settings(Section::Business) => self.business_settings.open(),
            Route::Settings(Section::People) => self.people.open(desk.role),
            Route::Settings(Section::Connections) => self.connections.open(desk.role),
            Route::Journal { outcome, search, entry } => self.journal.open(*outcome, search, *entry),
            Route::Start => self.start.open(),
            // `/settings/journal` is read as the journal itself.
            _ => vec![],
        }
    }

    /// What is no longer on the screen puts its things away.
    #[inline(never)]
    pub fn left(&mut self, route: &Route) -> Effects {
        if !matches!(route, Route::Journal { .. }) {
            self.journal.left();
        }
        if !matches!(route, Route::Customers { .. }) {
            self.customers.left();
        }
        if matches!(route, Route::Bot { .. } | Route::ImportBot) { vec![] } else { self.builder.left() }
    }

    /// Opens the phone where it is shown, and puts it away where it is not.
    #[inline(never)]
    pub fn settle_phone(&mut self, shown: bool, by_hand: bool) -> Effects {
        if shown { self.phone.open(by_hand) } else { self.phone.close() }
    }

    #[inline(never)]
    pub fn update(
        &mut self,
        msg: Msg,
        desk: &Desk<'_>,
        user: &mut User,
        told: &mut Vec<Told>,
    ) -> (Effects, Option<Asked>) {
        let effects = match msg {
            // Clocks on the screen move by being drawn again.
            Msg::Tick => match desk.route {
                Route::Number(id) => self.numbers.look_again(*id),
                _ => vec![],
            },
            Msg::Files(FileTarget::Phone, files) => self.phone.files_picked(files),
            Msg::Files(FileTarget::Bot, files) => {
                let effects = builder::read_file(&files);
                self.bots.escape();
                effects
            }
            Msg::Files(FileTarget::Flow, files) => builder::pick_file(files),
            Msg::BotFile(name, Ok(text)) => {
                self.bots.escape();
                self.builder.take_file(name, Some(text));
                vec![Effect::After(0, Msg::Go(Route::ImportBot))]
            }
            Msg::BotFile(_, Err(failure)) => {
                told.push(Told::failure(&failure));
                vec![]
            }
            Msg::Upload(upload, news) => builder::upload_news(upload, news),
            Msg::Customers(msg) => self.customers.update(msg, told),
            Msg::Bots(msg) => self.bots.update(msg, told),
            Msg::Results(msg) => self.results.update(msg, told),
            Msg::Builder(msg) => self.builder.update(msg, told),
            Msg::Numbers(msg) => self.numbers.update(msg, told),
            Msg::Journal(msg) => {
                // The address keeps the search, without a step back for each letter. It follows what is typed and never
                // leads: a letter typed meanwhile would be lost.
                let searched = self.journal.searched(&msg);
                let mut effects = self.journal.update(msg, told);
                if let Some(route) = searched.filter(|_| matches!(desk.route, Route::Journal { .. })) {
                    effects.push(Effect::GoQuietly(route.clone()));
                    return (effects, Some(Asked::At(route)));
                }
                effects
            }
            Msg::Phone(msg) => self.phone.update(msg, desk.here, told),
            Msg::Account(msg) => self.account.update(msg, user, told),
            Msg::People(msg) => self.people.update(msg, told),
            Msg::Connections(msg) => self.connections.update(msg, told),
            Msg::BusinessSettings(msg) => {
                let (effects, saved) = self.business_settings.update(msg, desk.here.now, told);
                return (effects, saved.map(|saved| Asked::Renamed(Box::new(saved))));
            }
            Msg::Start(msg) => self.start.update(msg, told),
            _ => vec![],
        };
        (effects, None)
    }

    /// Something changed, here or elsewhere.
    #[inline(never)]
    pub fn live(&mut self, event: &LiveEvent, route: &Route) -> Effects {
        let mut effects = vec![];
        match event {
            LiveEvent::Reload => {
                effects.extend(self.journal.reload());
                effects.extend(self.builder.reconnected());
                if let Route::Results { .. } = route {
                    effects.extend(self.results.somebody_wrote());
                }
            }
            LiveEvent::Number { .. } => {
                effects.extend(self.numbers.changed_somewhere());
                effects.extend(self.phone.numbers_changed());
                if *route == Route::Start {
                    effects.extend(self.start.open());
                }
            }
            LiveEvent::Journal(entry) => effects.extend(self.journal.live((**entry).clone())),
            LiveEvent::Editors { bot, people } => effects.extend(self.builder.editors(*bot, people.clone())),
            LiveEvent::Bot { id } => {
                effects.extend(self.bots.changed_somewhere());
                effects.extend(self.builder.changed_somewhere(*id));
            }
            LiveEvent::Customer(customer) => self.customers.changed((**customer).clone()),
            LiveEvent::Conversation(_) => {
                self.start.somebody_wrote();
                if let Route::Results { .. } = route {
                    effects.extend(self.results.somebody_wrote());
                }
            }
            _ => {}
        }
        effects
    }

    /// The live connection is back after a pause.
    #[inline(never)]
    pub fn reconnected(&self) -> Effects {
        self.builder.reconnected()
    }

    /// Files that are on the screen.
    #[inline(never)]
    pub fn media_wanted(&self) -> Vec<String> {
        let mut wanted = self.phone.media_wanted();
        wanted.extend(self.builder.media_wanted());
        wanted
    }

    /// What came of those.
    #[inline(never)]
    pub fn media_news(&mut self, media: &media::Cache) -> Effects {
        self.builder.media_news(media)
    }

    /// Closes a page's menu or question; where there was one, says where the focus goes.
    #[inline(never)]
    pub fn close_dialog(&mut self) -> Option<Effects> {
        if let Some(effects) = self.bots.close_menu() {
            return Some(effects);
        }
        let any = self.numbers.escape()
            || self.people.escape()
            || self.results.escape()
            || self.bots.escape()
            || self.connections.escape();
        any.then(|| vec![Effect::Refocus])
    }

    /// Closes what lies on top in the phone; says whether there was anything.
    #[inline(never)]
    pub fn close_in_phone(&mut self) -> Option<Effects> {
        self.phone.escape()
    }

    /// Where Escape leads from an open record: to its list.
    #[inline(never)]
    pub fn way_back(&self, route: &Route) -> Option<Route> {
        match route {
            Route::Customers { customer: Some(_) } => Some(Route::Customers { customer: None }),
            Route::Journal { entry: Some(_), .. } => Some(self.journal.route(None)),
            Route::Results { run: Some(_), .. } => Some(self.results.route(None)),
            _ => None,
        }
    }

    /// The next or the previous record of the list that is shown: how to go there, and the id of its row.
    #[inline(never)]
    pub fn step(&mut self, route: &Route, by: i32) -> Option<(Msg, String)> {
        match route {
            Route::Journal { entry, .. } => {
                let id = self.journal.neighbour(*entry, by)?;
                let route = self.journal.route(Some(id));
                // Walking through the list leaves one step back, not one for each key.
                let go = if entry.is_some() { Msg::GoQuietly(route) } else { Msg::Go(route) };
                Some((go, format!("webhook-{id}")))
            }
            Route::Customers { customer } => {
                let id = self.customers.neighbour(*customer, by)?;
                Some((Msg::Go(Route::Customers { customer: Some(id) }), format!("customer-{id}")))
            }
            Route::Results { run, .. } => {
                let id = self.results.neighbour(*run, by)?;
                let route = self.results.route(Some(id));
                let go = if run.is_some() { Msg::GoQuietly(route) } else { Msg::Go(route) };
                Some((go, results::row_id(id)))
            }
            _ => None,
        }
    }

    #[inline(never)]
    pub fn view(&self, route: &Route, around: &Around<'_>, theme: Theme, wide: bool) -> Node {
        match route {
            Route::Customers { .. } => self.customers.view(around),
            Route::Bots => self.bots.view(around),
            Route::Bot { .. } | Route::ImportBot => self.builder.view(),
            Route::Results { .. } => self.results.view(around),
            Route::Phone => self.phone.view(around, wide),
            Route::Settings(Section::Numbers) => self.numbers.view(around),
            Route::NewNumber => self.numbers.view_form(),
            Route::Number(id) => self.numbers.view_one(*id, around),
            Route::Journal { .. } | Route::Settings(Section::Journal) => self.journal.view(around),
            Route::Settings(Section::Account) => self.account.view(around, theme),
            Route::Settings(Section::Business) => self.business_settings.view(around),
            Route::Settings(Section::People) => self.people.view(around),
            Route::Settings(Section::Connections) => self.connections.view(around),
            // `Route::Start`: all others are no places of the office.
            _ => self.start.view(around),
        }
    }

    /// What the page on the screen asks before it does it.
    #[inline(never)]
    pub fn dialog(&self, route: &Route, around: &Around<'_>) -> Option<Node> {
        match route {
            Route::Settings(Section::People) => self.people.dialog(around),
            Route::Results { .. } => self.results.dialog(),
            Route::Settings(Section::Connections) => self.connections.dialog(),
            Route::Bots => self.bots.dialog(),
            route => self.numbers.dialog(route),
        }
    }

    /// The phone beside another page, and whose thread is open there.
    #[inline(never)]
    pub fn phone_panel(&self, open: Option<(&str, &str)>, around: &Around<'_>) -> Node {
        self.phone.panel(open, around)
    }
}
