//! Being signed in: the person, the business, the pages, and the live connection that feeds them.

use beseda_wire::accounts::{SignedIn, User};
use beseda_wire::businesses::{BusinessSettings, Membership, Role};
use beseda_wire::conversations::InboxCounts;
use beseda_wire::ids::BusinessId;
use beseda_wire::live::LiveEvent;
use beseda_wire::time::Time;

use super::office::{Asked, Desk};
use super::{App, FileTarget, Msg, Office, PHONE, Part, Phase, Told};
use crate::api;
use crate::effect::{Effect, Effects, Live};
use crate::i18n::Locale;
use crate::pages::{Here, inbox, invitation, media, sign_in};
use crate::router::{Route, Section};
use crate::shell::{self, alarm, palette};
use crate::{bridge, live, t};

/// Everything behind the sign-in.
#[derive(Debug)]
pub struct Inside {
    pub user: User,
    pub businesses: Vec<Membership>,
    /// The business on the screen; none for someone who belongs to none yet.
    pub business: Option<Membership>,
    pub counts: InboxCounts,
    pub live: live::State,
    pub media: media::Cache,
    pub inbox: inbox::Model,
    /// All other pages, once their code is here.
    pub office: Option<Box<Office>>,
    pub invitation: invitation::Model,
    /// The numbers that have stopped.
    pub alarm: alarm::Model,
    pub palette: Option<palette::Model>,
    /// When the access token ends.
    expires_at: Time,
    /// Counts are asked for shortly after something changed, once.
    counts_due: bool,
}

/// How long before its end the access token is renewed, in milliseconds.
const EARLY: i64 = 60_000;
/// Milliseconds from the arrival until the code of the other pages is fetched: the inbox's own requests come first.
const OFFICE_AFTER: u32 = 1500;
const NO_COUNTS: InboxCounts = InboxCounts { mine: 0, waiting: 0, open: 0, unread: 0 };

impl App {
    /// The sign-in worked: shows the place that was wanted.
    pub(super) fn enter(&mut self, signed_in: SignedIn, route: Option<Route>) -> Effects {
        let SignedIn { access_token, expires_at, user, businesses } = signed_in;
        let mut effects = vec![Effect::Token(Some(access_token)), self.renew_before(expires_at)];
        let locale = Locale::parse(&user.locale);
        if locale != self.locale && !self.kept.contains_key("locale") {
            self.locale = locale;
            crate::i18n::set(locale);
            effects.push(self.dress());
        }
        let last = self.kept.get("business").and_then(|id| id.parse::<BusinessId>().ok());
        let business = businesses
            .iter()
            .find(|business| Some(business.id) == last)
            .or_else(|| businesses.first())
            .cloned();
        let drafts = self
            .kept
            .iter()
            .filter_map(|(key, text)| Some((key.strip_prefix("draft.")?.parse().ok()?, text.clone())))
            .collect();
        let mut inbox = inbox::Model::new(self.seed.clone(), drafts);
        inbox.recall(user.id, self.kept.iter());
        self.phase = Phase::Inside(Box::new(Inside {
            inbox,
            user,
            businesses,
            business: None,
            counts: NO_COUNTS,
            live: live::State::default(),
            media: media::Cache::default(),
            office: None,
            invitation: invitation::Model::default(),
            alarm: alarm::Model::default(),
            palette: None,
            expires_at,
            counts_due: false,
        }));
        if let Some(route) = route {
            effects.push(Effect::GoQuietly(route.clone()));
            self.route = route;
        } else if matches!(self.route, Route::SignIn | Route::Setup { .. }) {
            self.route = Route::home();
            effects.push(Effect::GoQuietly(self.route.clone()));
        }
        effects.extend(self.work_for(business));
        // Whoever stays in the inbox has the rest of the program before they ask for it.
        if self.office == Part::Absent {
            effects.push(Effect::After(OFFICE_AFTER, Msg::OfficeDue));
        }
        effects
    }

    /// Everything on the screen is this business's from now on.
    fn work_for(&mut self, business: Option<Membership>) -> Effects {
        let Phase::Inside(inside) = &mut self.phase else { return vec![] };
        let mut effects = vec![
            Effect::Business(business.as_ref().map(|business| business.id)),
            Effect::Keep("business".to_owned(), business.as_ref().map(|business| business.id.to_string())),
        ];
        self.clock.zone = business
            .as_ref()
            .map_or_else(|| self.browser_zone.clone(), |business| business.time_zone.clone());
        inside.inbox.work_for(business.as_ref().map(|business| business.id));
        inside.office = (self.office == Part::Here).then(|| Office::new(&self.seed));
        inside.alarm = alarm::Model::default();
        inside.media = media::Cache::default();
        inside.counts = NO_COUNTS;
        inside.live = live::State::default();
        let is_there = business.is_some();
        inside.business = business;
        if is_there {
            effects.push(Effect::Live(Live::Open { since: None }));
            effects.push(ask_counts());
            effects.extend(alarm::ask(inside.role()));
        } else {
            effects.push(Effect::Live(Live::Close));
        }
        effects.extend(self.open_route());
        effects
    }

    pub(super) fn switch_business(&mut self, id: BusinessId) -> Effects {
        self.menu = None;
        let Phase::Inside(inside) = &mut self.phase else { return vec![] };
        let Some(business) = inside.businesses.iter().find(|business| business.id == id).cloned() else {
            return vec![];
        };
        // Another business has other records: only the place itself can stay.
        let route = match &self.route {
            Route::Inbox { view, .. } => Route::Inbox { view: *view, conversation: None },
            Route::Customers { .. } => Route::Customers { customer: None },
            Route::Number(_) => Route::Settings(Section::Numbers),
            Route::Bot { .. } | Route::Results { .. } => Route::Bots,
            Route::Journal { .. } => Route::journal(),
            route => route.clone(),
        };
        self.route = route.clone();
        let mut effects = vec![Effect::Go(route)];
        effects.extend(self.work_for(Some(business)));
        effects
    }

    /// The access token was renewed, by us or because a request found the old one ended.
    pub(super) fn renew(&mut self, signed_in: SignedIn) -> Effects {
        let due = self.renew_before(signed_in.expires_at);
        let Phase::Inside(inside) = &mut self.phase else { return vec![] };
        inside.businesses = signed_in.businesses;
        inside.expires_at = signed_in.expires_at;
        let mut effects = vec![Effect::Token(Some(signed_in.access_token)), due];
        effects.extend(self.reconnect());
        effects
    }

    /// Asks for the next token a minute before this one ends, so that the live connection never breaks.
    fn renew_before(&self, expires_at: Time) -> Effect {
        let left = expires_at.millis_since(self.clock.now) - EARLY;
        Effect::After(u32::try_from(left.max(1000)).unwrap_or(u32::MAX), Msg::RenewDue)
    }

    /// The sign-in ended. What was typed stays.
    pub(super) fn leave(&mut self) -> Effects {
        if !matches!(self.phase, Phase::Inside(_)) {
            return vec![];
        }
        let wanted = self.route.clone();
        if let Phase::Inside(inside) = &self.phase {
            let me = inside.user.id;
            self.kept.retain(|key, _| !key.starts_with("draft.") && !inbox::is_unsent(me, key));
            let drafts = inside.inbox.drafts().iter().map(|(id, text)| (format!("draft.{id}"), text.clone()));
            self.kept.extend(drafts.chain(inside.inbox.unsent(me)));
        }
        self.phase = Phase::SignIn(Box::new(sign_in::Model::new(Some(wanted))));
        self.menu = None;
        self.shortcuts_shown = false;
        self.toasts.clear();
        self.clock.zone.clone_from(&self.browser_zone);
        vec![
            Effect::Live(Live::Close),
            Effect::Token(None),
            Effect::Business(None),
            Effect::Title(t!("sign-in-title")),
            Effect::Focus("email".to_owned()),
        ]
    }

    /// Loads what the shown place needs.
    pub(super) fn open_route(&mut self) -> Effects {
        let Some(here) = self.here() else { return vec![] };
        let Phase::Inside(inside) = &mut self.phase else { return vec![] };
        inside.palette = None;
        let mut effects = match &self.route {
            Route::Inbox { view, conversation } => inside.inbox.open(*view, *conversation, &here),
            Route::Invitation { token } => inside.invitation.open(token),
            _ => vec![],
        };
        effects.extend(self.open_office());
        let Phase::Inside(inside) = &mut self.phase else { return effects };
        if !matches!(self.route, Route::Inbox { .. }) {
            inside.inbox.left();
            effects.push(Effect::Live(Live::Viewing(None)));
        }
        if let Route::Bot { bot, .. } = self.route {
            effects.push(Effect::Live(Live::Editing(bot)));
        }
        effects.push(Effect::Title(shell::title(self)));
        effects
    }

    /// Opens the shown place where it is one of the office, as soon as the office is here.
    pub(super) fn open_office(&mut self) -> Effects {
        let Some(here) = self.here() else { return vec![] };
        let shown = self.phone_is_shown();
        if self.office != Part::Here {
            return if self.route.is_office() || shown { self.fetch_office() } else { vec![] };
        }
        let Phase::Inside(inside) = &mut self.phase else { return vec![] };
        let (role, zone) = (inside.role(), &self.clock.zone);
        let office = inside.office.get_or_insert_with(|| Office::new(&self.seed));
        let (locale, seed, origin) = (self.locale, &self.seed, &self.origin);
        let desk = Desk { here: &here, route: &self.route, role, locale, zone, seed, origin };
        let mut effects = office.open(&desk);
        effects.extend(office.left(&self.route));
        let by_hand = std::mem::take(&mut self.phone_wanted) || self.route == Route::Phone;
        effects.extend(self.settle_phone(by_hand));
        effects
    }

    /// Fetches the code of the office, where nobody did.
    pub(super) fn fetch_office(&mut self) -> Effects {
        if matches!(self.office, Part::Loading | Part::Here) {
            return vec![];
        }
        self.office = Part::Loading;
        vec![Effect::FetchOffice]
    }

    /// Whether the phone is on the screen, as a page or beside another.
    pub fn phone_is_shown(&self) -> bool {
        self.route == Route::Phone || (self.wide && self.phone_beside)
    }

    /// Opens the phone where it is shown, and puts it away where it is not.
    pub(super) fn settle_phone(&mut self, by_hand: bool) -> Effects {
        let shown = self.phone_is_shown();
        match &mut self.phase {
            Phase::Inside(inside) => {
                let shown = shown && inside.business.is_some();
                match &mut inside.office {
                    Some(office) => office.settle_phone(shown, by_hand),
                    // It is opened when it is here.
                    None if shown => {
                        self.phone_wanted |= by_hand;
                        self.fetch_office()
                    }
                    None => vec![],
                }
            }
            _ => vec![],
        }
    }

    pub(super) fn put_phone(&mut self, beside: bool) -> Effects {
        self.menu = None;
        self.phone_beside = beside;
        let mut effects = vec![Effect::Keep(PHONE.to_owned(), beside.then(|| "beside".to_owned()))];
        // The page makes room for what it shall lie beside.
        if beside && self.route == Route::Phone {
            effects.push(Effect::After(0, Msg::Go(Route::home())));
        }
        effects.extend(self.settle_phone(beside));
        if !beside {
            effects.push(Effect::LeavePhone);
        }
        effects
    }

    /// What pages may know of the world around them.
    pub(super) fn here(&self) -> Option<Here> {
        let Phase::Inside(inside) = &self.phase else { return None };
        Some(Here {
            now: self.clock.now,
            me: inside.user.id,
            my_name: inside.user.name.clone(),
            role: inside.role(),
            is_open: inside.live.is_open,
        })
    }

    pub(super) fn update_inside(&mut self, msg: Msg) -> (Effects, Vec<Told>) {
        let Some(here) = self.here() else { return (vec![], vec![]) };
        let Phase::Inside(inside) = &mut self.phase else { return (vec![], vec![]) };
        let mut told = vec![];
        let effects = match msg {
            Msg::Inbox(inbox::Msg::Counts(answer)) => {
                inside.counts_due = false;
                if let Ok(counts) = answer {
                    inside.counts = counts;
                }
                vec![Effect::Title(shell::title(self))]
            }
            Msg::Inbox(inbox::Msg::CountsDue) => vec![ask_counts()],
            Msg::Inbox(msg) => inside.inbox.update(msg, &here, &mut told),
            Msg::Files(FileTarget::Thread, files) => match self.route {
                Route::Inbox { conversation: Some(_), .. } => inside.inbox.files_picked(files),
                _ => files.iter().map(|file| Effect::DropFile(file.file)).collect(),
            },
            Msg::Upload(upload, news) if !bridge::is_of_editor(upload) => {
                inside.inbox.upload_news(upload, news, &here)
            }
            // What failed while the connection stood is tried again as well.
            Msg::Tick if inside.live.is_open => {
                let mut effects = inside.inbox.send_unsent(&here);
                effects.extend(self.update_office(Msg::Tick, &here, &mut told));
                effects
            }
            Msg::Alarm(msg) => {
                inside.alarm.update(msg);
                vec![]
            }
            Msg::Invitation(msg) => {
                let (mut effects, joined) = inside.invitation.update(msg);
                if let Some(joined) = joined {
                    told.push(Told::words(t!("invitation-joined", name = &joined.name)));
                    effects.push(Effect::After(0, Msg::Business(joined.id)));
                    effects.push(Effect::After(0, Msg::Go(Route::home())));
                    inside.businesses.push(joined);
                }
                effects
            }
            Msg::Palette(msg) => self.update_palette(msg),
            msg => self.update_office(msg, &here, &mut told),
        };
        (effects, told)
    }

    fn update_office(&mut self, msg: Msg, here: &Here, told: &mut Vec<Told>) -> Effects {
        let Phase::Inside(inside) = &mut self.phase else { return vec![] };
        let role = inside.role();
        let Some(office) = &mut inside.office else { return vec![] };
        let may_rename = matches!(msg, Msg::Builder(_));
        let (route, locale, origin) = (&self.route, self.locale, &self.origin);
        let (zone, seed) = (&self.clock.zone, &self.seed);
        let desk = Desk { here, route, role, locale, zone, seed, origin };
        let (mut effects, asked) = office.update(msg, &desk, &mut inside.user, told);
        match asked {
            Some(Asked::Renamed(saved)) => {
                self.clock.zone.clone_from(&saved.time_zone);
                inside.renamed(*saved);
            }
            Some(Asked::At(route)) => self.route = route,
            None => {}
        }
        if may_rename {
            effects.push(Effect::Title(shell::title(self)));
        }
        effects
    }

    pub(super) fn reconnect(&mut self) -> Effects {
        match &self.phase {
            Phase::Inside(inside) if !inside.live.is_open && inside.business.is_some() => {
                // After a night's sleep the token has ended; the answer brings us back here.
                if inside.expires_at <= self.clock.now {
                    return vec![super::renew()];
                }
                vec![Effect::Live(Live::Open { since: inside.live.seen })]
            }
            _ => vec![],
        }
    }

    pub(super) fn live(&mut self, msg: live::Msg) -> Effects {
        let Some(here) = self.here() else { return vec![] };
        let Phase::Inside(inside) = &mut self.phase else { return vec![] };
        match msg {
            live::Msg::Opened => {
                inside.live.opened();
                // What happened between the first load and this moment was told to nobody.
                let missed = inside.live.seen.is_none();
                let mut effects = if missed { inside.inbox.reload(&here) } else { vec![] };
                let viewing = match self.route {
                    Route::Inbox { conversation, .. } => conversation,
                    _ => None,
                };
                effects.push(Effect::Live(Live::Viewing(viewing)));
                effects.extend(inside.inbox.send_unsent(&here));
                if let Route::Bot { bot, .. } = self.route {
                    effects.push(Effect::Live(Live::Editing(bot)));
                }
                effects.extend(inside.office.iter().flat_map(|office| office.reconnected()));
                effects
            }
            live::Msg::Closed => {
                // The milliseconds of the clock are random enough to spread people out.
                #[expect(clippy::cast_precision_loss, reason = "0 to 999")]
                let spread = (self.clock.now.millis() % 1000) as f64 / 1000.0;
                let pause = inside.live.closed(spread);
                vec![Effect::After(pause, live::Msg::Retry.into())]
            }
            live::Msg::Retry => self.reconnect(),
            live::Msg::Frames(frames) => {
                let mut effects = vec![];
                for frame in frames {
                    // What is not part of the change log has no position.
                    if frame.seq > 0 {
                        inside.live.seen = Some(frame.seq);
                    }
                    if let Some(office) = &mut inside.office {
                        effects.extend(office.live(&frame.event, &self.route));
                    }
                    match frame.event {
                        // Perhaps only the token ended: the cookie decides.
                        LiveEvent::SignedOut => effects.push(super::renew()),
                        LiveEvent::Reload => {
                            effects.extend(inside.inbox.reload(&here));
                            effects.push(ask_counts());
                            effects.extend(alarm::ask(inside.role()));
                        }
                        LiveEvent::Number { .. } => effects.extend(alarm::ask(inside.role())),
                        LiveEvent::Customer(customer) => inside.inbox.customer_changed(&customer),
                        event => {
                            let counts_change = matches!(event, LiveEvent::Conversation(_));
                            effects.extend(inside.inbox.live(event, &here));
                            if counts_change && !inside.counts_due {
                                inside.counts_due = true;
                                effects.push(Effect::After(400, inbox::Msg::CountsDue.into()));
                            }
                        }
                    }
                }
                effects
            }
        }
    }

    /// Files that are on the screen and not here yet.
    pub(super) fn media_wanted(&mut self) -> Effects {
        let Phase::Inside(inside) = &mut self.phase else { return vec![] };
        let mut wanted = match self.route {
            Route::Inbox { .. } => inside.inbox.media_wanted(),
            _ => vec![],
        };
        wanted.extend(inside.office.iter().flat_map(|office| office.media_wanted()));
        let mut effects: Effects = inside.media.want(wanted).into_iter().map(Effect::FetchMedia).collect();
        if let Some(office) = &mut inside.office {
            effects.extend(office.media_news(&inside.media));
        }
        effects
    }
}

impl Inside {
    /// What one may do in the business on the screen; in none, nothing.
    pub fn role(&self) -> Role {
        self.business.as_ref().map_or(Role::Viewer, |business| business.role)
    }

    /// The business on the screen goes by this now.
    fn renamed(&mut self, saved: BusinessSettings) {
        let Some(business) = &mut self.business else { return };
        business.name = saved.name;
        business.time_zone = saved.time_zone;
        business.locale = saved.locale;
        if let Some(known) = self.businesses.iter_mut().find(|known| known.id == business.id) {
            known.clone_from(business);
        }
    }
}

fn ask_counts() -> Effect {
    api::counts().then(inbox::Msg::Counts)
}
