//! The state of the whole interface, and what each message does to it.

mod keys;
mod office;
mod session;

use std::collections::HashMap;

use beseda_wire::accounts::{SetupState, SignedIn};
use beseda_wire::ids::BusinessId;
use beseda_wire::time::Time;
use serde::{Deserialize, Serialize};

pub use keys::{Key, Shortcut};
pub use office::Office;
pub use session::Inside;

use crate::api::{self, Failure};
use crate::bridge::ToBuilder;
use crate::effect::{Effect, Effects, Theme};
use crate::format::Clock;
use crate::i18n::{self, Locale};
use crate::kit::toast::Toast;
use crate::pages::{
    account, bots, builder, business, connections, customers, inbox, invitation, journal, numbers, people,
    phone, results, setup, sign_in, start,
};
use crate::router::Route;
use crate::shell::{alarm, palette};
use crate::{live, t};

/// Everything that can happen.
#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    /// Nothing that matters.
    Idle,
    /// A link was followed.
    Go(Route),
    /// The place has another address from now on, without a step back to the old one.
    GoQuietly(Route),
    /// The browser went back or forward.
    Returned(Route),
    /// Time passed: half a minute, or the page came back into view.
    Tick,
    Online(bool),
    /// Whether anybody can see the page.
    Visible(bool),
    /// Whether there is room for the phone beside the other places.
    Wide(bool),
    /// Shows the phone beside the other places, or puts it away.
    PhoneBeside(bool),
    /// The shortcut of the phone: beside the other places where there is room, else its page.
    TogglePhone,
    /// The access token is about to end.
    RenewDue,
    Key(Key),
    Copy(String),
    DropToast(u32),
    /// Takes back what a toast told of.
    Undo(u32),
    Theme(Theme),
    Locale(Locale),
    ToggleMenu(Menu),
    CloseMenus,
    ShowShortcuts(bool),
    /// Answers while the program starts.
    Booted(Result<Box<SignedIn>, Failure>),
    SetupKnown(Result<SetupState, Failure>),
    StartAgain,
    /// A sign-in that just worked, and where to go then.
    SignedIn(Box<SignedIn>, Option<Route>),
    /// The access token was renewed.
    Renewed(Box<SignedIn>),
    SignOut,
    /// The sign-in ended, here or elsewhere.
    SignedOut,
    Business(BusinessId),
    Live(live::Msg),
    /// A stored file is at this local address, or could not be fetched.
    Media(String, Result<String, Failure>),
    /// Fetch the code of the office.
    OfficeDue,
    /// It is here, or could not be fetched.
    Office(Result<(), Failure>),
    /// Files were picked, dropped or pasted.
    Files(FileTarget, Vec<PickedFile>),
    /// A file that a bot shall be made of, by its name.
    BotFile(String, Result<String, Failure>),
    Upload(u32, UploadNews),
    Setup(setup::Msg),
    SignIn(sign_in::Msg),
    /// Somebody has an account and wants to go on with it, there.
    AskSignIn(Route),
    Invitation(invitation::Msg),
    Start(start::Msg),
    Inbox(inbox::Msg),
    Customers(customers::Msg),
    Bots(bots::Msg),
    Results(results::Msg),
    Numbers(numbers::Msg),
    Journal(journal::Msg),
    Phone(phone::Msg),
    Account(account::Msg),
    People(people::Msg),
    Connections(connections::Msg),
    BusinessSettings(business::Msg),
    Alarm(alarm::Msg),
    Palette(palette::Msg),
    /// Load the program anew.
    Reload,
    /// What the flow editor tells the app.
    Builder(builder::Msg),
    /// Of the flow editor itself, in its own module.
    #[cfg(any(feature = "builder", test))]
    Editor(crate::builder::Msg),
}

macro_rules! from_pages {
    ($($page:ident: $variant:ident),* $(,)?) => {$(
        impl From<$page::Msg> for Msg {
            fn from(msg: $page::Msg) -> Self {
                Self::$variant(msg)
            }
        }
    )*};
}
from_pages!(
    setup: Setup, sign_in: SignIn, start: Start, inbox: Inbox, customers: Customers, bots: Bots, results: Results,
    numbers: Numbers, journal: Journal, phone: Phone, account: Account, palette: Palette, live: Live,
    builder: Builder, invitation: Invitation, people: People, alarm: Alarm,
    connections: Connections, business: BusinessSettings,
);

/// Where picked files go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileTarget {
    /// To the customer of the open conversation.
    Thread,
    /// Onto the customer's phone.
    Phone,
    /// A bot is made of it.
    Bot,
    /// Into a block of the flow that is open.
    Flow,
}

/// A file people chose to send; its bytes stay with the browser under this number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PickedFile {
    pub file: u32,
    pub name: String,
    pub mime: String,
    pub size: u64,
    /// A local address to show it from.
    pub url: String,
}

/// What becomes of an upload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum UploadNews {
    /// Bytes sent so far.
    Progress(u64),
    Done(Result<Box<beseda_wire::messages::Media>, Failure>),
}

/// The menus of the shell; one is open at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Menu {
    Business,
    Person,
}

impl Menu {
    /// The id of the button that opens it.
    pub const fn button(self) -> &'static str {
        match self {
            Self::Business => "business-menu",
            Self::Person => "person-menu",
        }
    }
}

/// What the browser knows when the program starts.
#[derive(Debug, Clone, PartialEq)]
pub struct Flags {
    pub now: Time,
    pub route: Route,
    pub locale: Locale,
    pub theme: Theme,
    /// The browser's time zone.
    pub zone: String,
    /// The page's own address without its path: `https://chat.example.com`.
    pub origin: String,
    /// Whether there is room for the phone beside the other places.
    pub wide: bool,
    /// What this browser kept, by key.
    pub kept: HashMap<String, String>,
    /// Makes the keys of this page's requests unlike those of any other.
    pub seed: String,
}

/// The whole interface.
#[expect(clippy::struct_excessive_bools, reason = "what the browser and people say, each by itself")]
#[derive(Debug)]
pub struct App {
    pub clock: Clock,
    /// The browser's own time zone, for when no business says otherwise.
    pub browser_zone: String,
    /// The page's own address without its path.
    pub origin: String,
    pub route: Route,
    pub theme: Theme,
    pub locale: Locale,
    pub online: bool,
    pub wide: bool,
    /// Whether the phone lies beside the other places, where there is room.
    pub phone_beside: bool,
    /// Somebody asked for the phone, whose code is not here yet, and wants to write.
    phone_wanted: bool,
    pub phase: Phase,
    pub menu: Option<Menu>,
    pub shortcuts_shown: bool,
    pub toasts: Vec<Toast>,
    pub office: Part,
    next_toast: u32,
    kept: HashMap<String, String>,
    seed: String,
}

/// How far the code of a part of the program is.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    Absent,
    Loading,
    Here,
    Failed(Failure),
}

/// How far people are in.
#[derive(Debug)]
pub enum Phase {
    Starting,
    /// The server did not answer.
    Unreachable(Failure),
    Setup(Box<setup::Model>),
    SignIn(Box<sign_in::Model>),
    /// Somebody who was invited and is not signed in.
    Invitation(Box<invitation::Model>),
    Inside(Box<Inside>),
}

/// Kept while the phone lies beside the other places.
const PHONE: &str = "phone";

impl App {
    pub fn new(flags: Flags) -> (Self, Effects) {
        i18n::set(flags.locale);
        let mut app = Self {
            clock: Clock { now: flags.now, zone: flags.zone.clone() },
            browser_zone: flags.zone,
            origin: flags.origin,
            route: flags.route,
            theme: flags.theme,
            locale: flags.locale,
            online: true,
            wide: flags.wide,
            phone_beside: flags.kept.contains_key(PHONE),
            phone_wanted: false,
            phase: Phase::Starting,
            menu: None,
            shortcuts_shown: false,
            toasts: vec![],
            office: Part::Absent,
            next_toast: 0,
            kept: flags.kept,
            seed: flags.seed,
        };
        let mut effects = vec![app.dress()];
        effects.push(app.boot());
        // What an address leads to is fetched beside the sign-in.
        if app.route.is_office() {
            effects.extend(app.fetch_office());
        }
        (app, effects)
    }

    fn boot(&self) -> Effect {
        match self.route {
            Route::Setup { .. } => api::setup_state().then(Msg::SetupKnown),
            _ => api::refresh().then(|answer| Msg::Booted(answer.map(Box::new))),
        }
    }

    pub fn update(&mut self, msg: Msg, now: Time) -> Effects {
        self.clock.now = now;
        let mut effects = match msg {
            Msg::Idle => vec![],
            Msg::Go(route) => {
                let mut effects = vec![Effect::Go(route.clone())];
                effects.extend(self.arrive(route));
                effects
            }
            Msg::GoQuietly(route) => {
                let mut effects = vec![Effect::GoQuietly(route.clone())];
                effects.extend(self.arrive(route));
                effects
            }
            Msg::Returned(route) => self.arrive(route),
            Msg::Wide(wide) => {
                self.wide = wide;
                self.settle_phone(false)
            }
            Msg::PhoneBeside(beside) => self.put_phone(beside),
            Msg::TogglePhone if self.wide && self.route != Route::Phone => self.put_phone(!self.phone_beside),
            Msg::TogglePhone => self.update(Msg::Go(Route::Phone), now),
            Msg::Online(online) => {
                self.online = online;
                if online { self.reconnect() } else { vec![] }
            }
            Msg::Visible(_) if !matches!(self.phase, Phase::Inside(_)) => vec![],
            Msg::Visible(visible) => self.update_page(inbox::Msg::Visible(visible).into()),
            Msg::RenewDue => vec![renew()],
            Msg::Key(key) => self.press(&key),
            Msg::Copy(text) => {
                let mut effects = vec![Effect::Copy(text)];
                effects.extend(self.tell(t!("copied")));
                effects
            }
            Msg::DropToast(id) => {
                self.toasts.retain(|toast| toast.id != id);
                vec![]
            }
            Msg::Undo(id) => {
                let at = self.toasts.iter().position(|toast| toast.id == id);
                let undo = at.and_then(|at| self.toasts.remove(at).undo);
                undo.map(|undo| self.update(*undo, now)).unwrap_or_default()
            }
            Msg::Theme(theme) => {
                self.theme = theme;
                vec![self.dress(), Effect::Keep("theme".to_owned(), Some(theme.name().to_owned()))]
            }
            Msg::Locale(locale) => self.speak(locale),
            Msg::ToggleMenu(menu) => {
                self.menu = if self.menu == Some(menu) { None } else { Some(menu) };
                vec![]
            }
            Msg::CloseMenus => {
                self.menu = None;
                vec![]
            }
            Msg::ShowShortcuts(shown) => {
                self.shortcuts_shown = shown;
                self.menu = None;
                vec![if shown { Effect::Focus("shortcuts".to_owned()) } else { Effect::Refocus }]
            }
            Msg::Booted(Ok(signed_in)) => self.enter(*signed_in, None),
            Msg::Booted(Err(failure)) if failure.is_signed_out() => {
                vec![api::setup_state().then(Msg::SetupKnown)]
            }
            // A program that waits for its first owner answers nothing but setup.
            Msg::Booted(Err(failure)) if failure.kind() == "setup-needed" => {
                vec![api::setup_state().then(Msg::SetupKnown)]
            }
            Msg::Booted(Err(failure)) | Msg::SetupKnown(Err(failure)) => {
                self.phase = Phase::Unreachable(failure);
                vec![]
            }
            Msg::SetupKnown(Ok(state)) => self.greet(state),
            Msg::Reload => vec![Effect::ReloadPage],
            Msg::StartAgain => {
                self.phase = Phase::Starting;
                vec![self.boot()]
            }
            Msg::AskSignIn(wanted) => {
                self.phase = Phase::SignIn(Box::new(sign_in::Model::new(Some(wanted))));
                vec![Effect::Title(t!("sign-in-title")), Effect::Focus("email".to_owned())]
            }
            Msg::SignedIn(signed_in, route) => {
                let was_setup = matches!(self.phase, Phase::Setup(_));
                let mut effects = self.enter(*signed_in, route);
                effects.extend(was_setup.then(|| Effect::Keep(setup::KEPT.to_owned(), None)));
                effects
            }
            Msg::Renewed(signed_in) => self.renew(*signed_in),
            Msg::SignOut => vec![api::logout().then(|_| Msg::SignedOut)],
            Msg::SignedOut => self.leave(),
            Msg::Business(id) => self.switch_business(id),
            Msg::Live(msg) => self.live(msg),
            Msg::Media(sha256, answer) => {
                if let Phase::Inside(inside) = &mut self.phase {
                    inside.media.answer(sha256, answer);
                }
                vec![]
            }
            Msg::OfficeDue => self.fetch_office(),
            Msg::Office(Ok(())) => {
                self.office = Part::Here;
                self.open_office()
            }
            Msg::Office(Err(failure)) => {
                self.office = Part::Failed(failure);
                vec![]
            }
            msg => self.update_page(msg),
        };
        effects.extend(self.media_wanted());
        effects
    }

    /// Messages of pages, which matter only while their page can be there.
    fn update_page(&mut self, msg: Msg) -> Effects {
        let now = self.clock.now;
        match (&mut self.phase, msg) {
            (Phase::Setup(model), Msg::Setup(msg)) => model.update(msg, now),
            (Phase::SignIn(model), Msg::SignIn(msg)) => model.update(msg),
            (Phase::Invitation(model), Msg::Invitation(msg)) => model.update(msg).0,
            (Phase::Inside(_), msg) => {
                let (effects, told) = self.update_inside(msg);
                let mut effects = effects;
                effects.extend(told.into_iter().filter_map(|told| self.show(told)));
                effects
            }
            _ => vec![],
        }
    }

    /// The shown page is that of `route` from now on.
    fn arrive(&mut self, route: Route) -> Effects {
        self.menu = None;
        self.shortcuts_shown = false;
        self.route = route;
        match &mut self.phase {
            Phase::Inside(_) => self.open_route(),
            Phase::Setup(setup) => {
                if let Route::Setup { step, .. } = self.route {
                    setup.show(step);
                }
                vec![]
            }
            _ => vec![],
        }
    }

    fn speak(&mut self, locale: Locale) -> Effects {
        self.locale = locale;
        i18n::set(locale);
        let mut effects =
            vec![self.dress(), Effect::Keep("locale".to_owned(), Some(locale.code().to_owned()))];
        if let Phase::Inside(inside) = &mut self.phase {
            locale.code().clone_into(&mut inside.user.locale);
            let update =
                beseda_wire::accounts::UpdateUser { name: None, locale: Some(locale.code().to_owned()) };
            // The language is already on the screen and kept here; elsewhere it follows when it can.
            effects.push(api::update_me(&update).then(|_| Msg::Idle));
            effects.push(Effect::ToBuilder(ToBuilder::Locale(locale.code().to_owned())));
        }
        effects
    }

    fn greet(&mut self, state: SetupState) -> Effects {
        let (token, step) = match &self.route {
            Route::Setup { token, step } => (token.clone(), *step),
            _ => (String::new(), 1),
        };
        if state.needed {
            let mut model = setup::Model::new(token, self.browser_zone.clone(), self.locale, state);
            model.recall(self.kept.get(setup::KEPT).map_or("", String::as_str));
            model.show(step);
            let mut effects = model.check();
            self.phase = Phase::Setup(Box::new(model));
            effects.push(Effect::Title(t!("setup-title")));
            effects
        } else if let Route::Invitation { token } = &self.route {
            let mut model = invitation::Model::default();
            let mut effects = model.open(token);
            self.phase = Phase::Invitation(Box::new(model));
            effects.push(Effect::Title(t!("invitation")));
            effects
        } else {
            let wanted = match &self.route {
                Route::Setup { .. } | Route::SignIn => None,
                route => Some(route.clone()),
            };
            self.phase = Phase::SignIn(Box::new(sign_in::Model::new(wanted)));
            vec![Effect::Title(t!("sign-in-title")), Effect::Focus("email".to_owned())]
        }
    }

    fn dress(&self) -> Effect {
        Effect::Dress { theme: self.theme, locale: self.locale.code().to_owned() }
    }

    /// Says something in the corner for a few seconds.
    fn tell(&mut self, words: String) -> Option<Effect> {
        self.show(Told::words(words))
    }

    /// What has technical details stays until it is closed: nobody reads them within seconds.
    fn show(&mut self, told: Told) -> Option<Effect> {
        self.next_toast += 1;
        let id = self.next_toast;
        let stays = told.technical.is_some();
        let millis = if told.is_problem || told.undo.is_some() { 10_000 } else { 4000 };
        self.toasts.push(Toast {
            id,
            words: told.words,
            is_problem: told.is_problem,
            technical: told.technical,
            undo: told.undo.map(Box::new),
        });
        // More than three at once are not read; the oldest go.
        let excess = self.toasts.len().saturating_sub(3);
        self.toasts.drain(..excess);
        (!stays).then(|| Effect::After(millis, Msg::DropToast(id)))
    }
}

/// A new access token for the cookie. A failure that is not a refusal is tried again with the next request.
pub(crate) fn renew() -> Effect {
    api::refresh().then(|answer| match answer {
        Ok(signed_in) => Msg::Renewed(Box::new(signed_in)),
        Err(failure) if failure.is_signed_out() => Msg::SignedOut,
        Err(_) => Msg::Idle,
    })
}

/// What a page wants said in the corner.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    pub words: String,
    pub is_problem: bool,
    pub technical: Option<String>,
    pub undo: Option<Msg>,
}

impl Told {
    pub fn words(words: impl Into<String>) -> Self {
        Self { words: words.into(), is_problem: false, technical: None, undo: None }
    }

    pub fn failure(failure: &Failure) -> Self {
        Self { words: failure.words(), is_problem: true, technical: Some(failure.technical()), undo: None }
    }

    #[must_use]
    pub fn undo(mut self, msg: impl Into<Msg>) -> Self {
        self.undo = Some(msg.into());
        self
    }
}

#[cfg(test)]
mod tests;
