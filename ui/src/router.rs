//! Addresses: every place of the interface has one, and back, forward and reload keep it.

use std::fmt::Write as _;

use beseda_wire::conversations::InboxView;
use beseda_wire::ids::{BotId, ConversationId, CustomerId, NumberId, RunId};
use beseda_wire::results::RunState;
use beseda_wire::whatsapp::Outcome;

use crate::api::encode;

/// A place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// First run, with the token of the printed address, and which of its steps is shown, counted from one.
    Setup {
        token: String,
        step: u8,
    },
    SignIn,
    /// Somebody was invited, with the token of the address.
    Invitation {
        token: String,
    },
    /// The checklist of a new business.
    Start,
    Inbox {
        view: InboxView,
        conversation: Option<ConversationId>,
    },
    Customers {
        customer: Option<CustomerId>,
    },
    Bots,
    /// A bot is made of a file.
    ImportBot,
    /// The flow of a bot, with the thing that is chosen in it.
    Bot {
        bot: BotId,
        chosen: Option<String>,
    },
    /// What came of a bot's flow, with what is looked for and the run that is open.
    Results {
        bot: BotId,
        look: ResultsLook,
        run: Option<RunId>,
    },
    /// A customer's phone at the simulated number.
    Phone,
    Settings(Section),
    /// Connecting a number of Meta's.
    NewNumber,
    Number(NumberId),
    /// The webhooks, with what is looked for and the one that is open.
    Journal {
        outcome: Option<Outcome>,
        search: String,
        entry: Option<u64>,
    },
    /// No place of ours; the path, to say so.
    Unknown(String),
}

/// Which of a bot's runs are looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResultsLook {
    pub state: Option<RunState>,
    pub version: Option<u32>,
    /// Begun in so many last days.
    pub days: Option<u32>,
    pub search: String,
}

/// A page of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Account,
    Business,
    People,
    Numbers,
    Connections,
    Journal,
}

/// What may have become of a webhook, in the order in which people look for it.
pub const OUTCOMES: [Outcome; 6] = [
    Outcome::Failed,
    Outcome::Unreadable,
    Outcome::Unknown,
    Outcome::Pending,
    Outcome::Duplicate,
    Outcome::Processed,
];

pub const fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pending => "pending",
        Outcome::Processed => "processed",
        Outcome::Duplicate => "duplicate",
        Outcome::Unknown => "unknown",
        Outcome::Unreadable => "unreadable",
        Outcome::Failed => "failed",
    }
}

impl Section {
    pub const ALL: [Self; 6] =
        [Self::Account, Self::Business, Self::People, Self::Numbers, Self::Connections, Self::Journal];

    pub const fn route(self) -> Route {
        match self {
            Self::Account | Self::Business | Self::People | Self::Numbers | Self::Connections => {
                Route::Settings(self)
            }
            Self::Journal => Route::journal(),
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Business => "business",
            Self::People => "people",
            Self::Numbers => "numbers",
            Self::Connections => "connections",
            Self::Journal => "journal",
        }
    }
}

/// The views of the inbox in the order in which they are shown.
pub const VIEWS: [InboxView; 5] =
    [InboxView::Mine, InboxView::Waiting, InboxView::Open, InboxView::All, InboxView::Closed];

pub const fn view_name(view: InboxView) -> &'static str {
    match view {
        InboxView::Mine => "mine",
        InboxView::Waiting => "waiting",
        InboxView::Open => "open",
        InboxView::All => "all",
        InboxView::Closed => "closed",
    }
}

impl Route {
    /// Where people land who asked for no place in particular.
    pub const fn home() -> Self {
        Self::Inbox { view: InboxView::Open, conversation: None }
    }

    /// The whole journal.
    pub const fn journal() -> Self {
        Self::Journal { outcome: None, search: String::new(), entry: None }
    }

    /// Reads path and query: `/inbox/open/0198…`, `/setup?token=…`.
    pub fn parse(address: &str) -> Self {
        let (path, query) = address.split_once(['?', '#']).unwrap_or((address, ""));
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let unknown = || Self::Unknown(path.to_owned());
        match parts.as_slice() {
            [] | ["inbox"] => Self::home(),
            ["setup"] => {
                let step = query.split(['&', '#']).find_map(|pair| pair.strip_prefix("step=")?.parse().ok());
                Self::Setup { token: token_of(query), step: step.unwrap_or(1) }
            }
            ["invitation"] => Self::Invitation { token: token_of(query) },
            ["sign-in"] => Self::SignIn,
            ["start"] => Self::Start,
            ["inbox", view] => Self::inbox(view, None).unwrap_or_else(unknown),
            ["inbox", view, id] => {
                id.parse().ok().and_then(|id| Self::inbox(view, Some(id))).unwrap_or_else(unknown)
            }
            ["customers"] => Self::Customers { customer: None },
            ["customers", id] => {
                id.parse().map_or_else(|_| unknown(), |id| Self::Customers { customer: Some(id) })
            }
            ["bots"] => Self::Bots,
            ["bots", "import"] => Self::ImportBot,
            ["bots", id] => id.parse().map_or_else(
                |_| unknown(),
                |bot| Self::Bot { bot, chosen: value_of(query, "at").filter(|at| !at.is_empty()) },
            ),
            ["bots", id, "results"] => {
                id.parse().map_or_else(|_| unknown(), |bot| Self::results_of(bot, query, None))
            }
            ["bots", id, "results", run] => match (id.parse(), run.parse()) {
                (Ok(bot), Ok(run)) => Self::results_of(bot, query, Some(run)),
                _ => unknown(),
            },
            ["phone"] => Self::Phone,
            ["settings"] => Self::Settings(Section::Account),
            ["settings", "numbers", "new"] => Self::NewNumber,
            ["settings", "numbers", id] => id.parse().map_or_else(|_| unknown(), Self::Number),
            ["settings", "journal"] => Self::journal_of(query, None),
            ["settings", "journal", id] => {
                id.parse().map_or_else(|_| unknown(), |id| Self::journal_of(query, Some(id)))
            }
            ["settings", name] => Section::ALL
                .into_iter()
                .find(|section| section.name() == *name)
                .map_or_else(unknown, Self::Settings),
            _ => unknown(),
        }
    }

    fn inbox(view: &str, conversation: Option<ConversationId>) -> Option<Self> {
        let view = VIEWS.into_iter().find(|known| view_name(*known) == view)?;
        Some(Self::Inbox { view, conversation })
    }

    fn journal_of(query: &str, entry: Option<u64>) -> Self {
        let value = |name: &str| value_of(query, name);
        let outcome = value("outcome")
            .and_then(|name| OUTCOMES.into_iter().find(|outcome| outcome_name(*outcome) == name));
        Self::Journal { outcome, search: value("search").unwrap_or_default(), entry }
    }

    /// All that came of a bot's flow.
    pub fn results(bot: BotId) -> Self {
        Self::Results { bot, look: ResultsLook::default(), run: None }
    }

    fn results_of(bot: BotId, query: &str, run: Option<RunId>) -> Self {
        let number = |name: &str| value_of(query, name).and_then(|value| value.parse().ok());
        let state = match value_of(query, "state").as_deref() {
            Some("live") => Some(RunState::Live),
            Some("ended") => Some(RunState::Ended),
            _ => None,
        };
        let search = value_of(query, "search").unwrap_or_default();
        let look = ResultsLook { state, version: number("version"), days: number("days"), search };
        Self::Results { bot, look, run }
    }

    pub fn path(&self) -> String {
        match self {
            Self::Setup { token, step: ..=1 } if token.is_empty() => "/setup".to_owned(),
            Self::Setup { token, step: ..=1 } => format!("/setup?token={token}"),
            Self::Setup { token, step } if token.is_empty() => format!("/setup?step={step}"),
            // Behind `#` it is sent to nobody when the page is loaded again.
            Self::Setup { token, step } => format!("/setup?step={step}#token={token}"),
            Self::SignIn => "/sign-in".to_owned(),
            Self::Invitation { token } => format!("/invitation?token={token}"),
            Self::Start => "/start".to_owned(),
            Self::Inbox { view, conversation } => {
                let mut path = format!("/inbox/{}", view_name(*view));
                if let Some(id) = conversation {
                    // Writing into a string cannot fail.
                    let _ = write!(path, "/{id}");
                }
                path
            }
            Self::Customers { customer: None } => "/customers".to_owned(),
            Self::Customers { customer: Some(id) } => format!("/customers/{id}"),
            Self::Bots => "/bots".to_owned(),
            Self::ImportBot => "/bots/import".to_owned(),
            Self::Bot { bot, chosen: None } => format!("/bots/{bot}"),
            Self::Bot { bot, chosen: Some(chosen) } => {
                let mut path = format!("/bots/{bot}?at=");
                encode(chosen, &mut path);
                path
            }
            Self::Results { bot, look, run } => {
                let mut path = format!("/bots/{bot}/results");
                if let Some(run) = run {
                    // Writing into a string cannot fail.
                    let _ = write!(path, "/{run}");
                }
                let state = look.state.map(|state| if state == RunState::Live { "live" } else { "ended" });
                let number = |number: Option<u32>| number.map(|number| number.to_string());
                let search = Some(look.search.clone()).filter(|search| !search.is_empty());
                let parts = [
                    ("state", state.map(ToOwned::to_owned)),
                    ("version", number(look.version)),
                    ("days", number(look.days)),
                    ("search", search),
                ];
                let mut mark = '?';
                for (name, value) in parts {
                    let Some(value) = value else { continue };
                    let _ = write!(path, "{mark}{name}=");
                    encode(&value, &mut path);
                    mark = '&';
                }
                path
            }
            Self::Phone => "/phone".to_owned(),
            Self::Settings(section) => format!("/settings/{}", section.name()),
            Self::NewNumber => "/settings/numbers/new".to_owned(),
            Self::Number(id) => format!("/settings/numbers/{id}"),
            Self::Journal { outcome, search, entry } => {
                let mut path = "/settings/journal".to_owned();
                if let Some(id) = entry {
                    // Writing into a string cannot fail.
                    let _ = write!(path, "/{id}");
                }
                let mut mark = '?';
                if let Some(outcome) = outcome {
                    let _ = write!(path, "{mark}outcome={}", outcome_name(*outcome));
                    mark = '&';
                }
                if !search.is_empty() {
                    let _ = write!(path, "{mark}search=");
                    encode(search, &mut path);
                }
                path
            }
            Self::Unknown(path) => path.clone(),
        }
    }

    /// The place on the rail this one belongs to.
    /// Whether the place is one of the office (`app::office`), whose code is fetched by itself.
    pub fn is_office(&self) -> bool {
        self.place().is_some_and(|place| place != Place::Inbox)
    }

    pub const fn place(&self) -> Option<Place> {
        match self {
            Self::Inbox { .. } => Some(Place::Inbox),
            Self::Customers { .. } => Some(Place::Customers),
            Self::Bots | Self::ImportBot | Self::Bot { .. } | Self::Results { .. } => Some(Place::Bots),
            Self::Phone => Some(Place::Phone),
            Self::Settings(_) | Self::NewNumber | Self::Number(_) | Self::Journal { .. } => {
                Some(Place::Settings)
            }
            Self::Start => Some(Place::Start),
            Self::Setup { .. } | Self::SignIn | Self::Invitation { .. } | Self::Unknown(_) => None,
        }
    }
}

/// The token of a one-time address.
fn token_of(query: &str) -> String {
    let token = query.split(['&', '#', '?']).find_map(|pair| pair.strip_prefix("token="));
    token.unwrap_or_default().to_owned()
}

/// The value of this name in a query.
fn value_of(query: &str, name: &str) -> Option<String> {
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(decode)
}

/// The text of a percent-encoded value. What is no UTF-8 is shown as far as it can be.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = pair.filter(|_| *first == b'%').and_then(|pair| u8::from_str_radix(pair, 16).ok());
        if let Some(byte) = byte {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(if *first == b'+' { b' ' } else { *first });
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// An entry of the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Start,
    Inbox,
    Customers,
    Bots,
    Phone,
    Settings,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01990000-0000-7000-8000-000000000001";

    #[test]
    fn every_address_leads_back_to_itself() {
        for address in [
            "/setup?token=abc-123",
            "/setup?step=3#token=abc-123",
            "/setup?step=2",
            "/setup",
            "/sign-in",
            "/invitation?token=abc-123",
            "/start",
            "/inbox/mine",
            "/inbox/waiting",
            "/inbox/open",
            "/inbox/all",
            "/inbox/closed",
            &format!("/inbox/all/{ID}"),
            "/customers",
            &format!("/customers/{ID}"),
            "/bots",
            "/bots/import",
            &format!("/bots/{ID}"),
            &format!("/bots/{ID}?at=b-hello_1"),
            &format!("/bots/{ID}/results"),
            &format!("/bots/{ID}/results/{ID}?state=live&version=2&days=30&search=%D0%90"),
            "/phone",
            "/settings/account",
            "/settings/people",
            "/settings/numbers",
            "/settings/connections",
            "/settings/numbers/new",
            &format!("/settings/numbers/{ID}"),
            "/settings/journal",
            "/settings/journal/17",
            "/settings/journal?outcome=failed",
            "/settings/journal/17?outcome=unknown&search=%D0%90%20%26%2B",
            "/nowhere/at/all",
        ] {
            assert_eq!(Route::parse(address).path(), address);
        }
    }

    #[test]
    fn short_and_wrong_addresses() {
        assert_eq!(Route::parse("/"), Route::home());
        assert_eq!(Route::parse("/inbox"), Route::home());
        assert_eq!(Route::parse("/settings"), Route::Settings(Section::Account));
        assert_eq!(Route::parse("/setup#token=xyz"), Route::Setup { token: "xyz".to_owned(), step: 1 });
        assert_eq!(Route::parse("/inbox/all/not-an-id"), Route::Unknown("/inbox/all/not-an-id".to_owned()));
        assert_eq!(Route::parse("/inbox/nobody"), Route::Unknown("/inbox/nobody".to_owned()));
    }
}
