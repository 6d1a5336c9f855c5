//! The form of one connection: what is typed, and what is wrong with it.

use std::collections::BTreeMap;
use std::fmt;

use beseda_wire::connections::{Connection, ConnectionKind, MailSecurity, SaveConnection};

use crate::api::Failure;

/// A field, in the order in which they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    Name,
    Url,
    Model,
    Host,
    Port,
    Security,
    User,
    Secret,
    From,
}

impl What {
    const ALL: [Self; 9] = [
        Self::Name,
        Self::Url,
        Self::Model,
        Self::Host,
        Self::Port,
        Self::Security,
        Self::User,
        Self::Secret,
        Self::From,
    ];

    pub const fn id(self) -> &'static str {
        match self {
            Self::Name => "connection-name",
            Self::Url => "connection-url",
            Self::Model => "connection-model",
            Self::Host => "connection-host",
            Self::Port => "connection-port",
            Self::Security => "connection-security",
            Self::User => "connection-user",
            Self::Secret => "connection-value",
            Self::From => "connection-from",
        }
    }

    /// As the API calls it.
    const fn pointer(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Url => "url",
            Self::Model => "model",
            Self::Host => "host",
            Self::Port => "port",
            Self::Security => "security",
            Self::User => "user",
            Self::Secret => "secret",
            Self::From => "from",
        }
    }

    /// What is wrong where the server does not take it.
    const fn refused(self) -> Fault {
        match self {
            Self::Name => Fault::Name,
            Self::Url => Fault::Url,
            Self::Host => Fault::Host,
            Self::Port => Fault::Port,
            Self::Secret => Fault::Secret,
            Self::From => Fault::From,
            Self::Model | Self::User | Self::Security => Fault::Line,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Needed,
    Name,
    Taken,
    Secret,
    /// The one that is kept would go to another server.
    SecretAnew,
    Url,
    Host,
    Port,
    From,
    /// Too long, or of several lines.
    Line,
}

pub struct Form {
    pub kind: ConnectionKind,
    /// It is there already: the name stays, and the secret may be left as it is.
    pub is_known: bool,
    texts: BTreeMap<What, String>,
    faults: BTreeMap<What, Fault>,
    /// What went wrong that no field is to blame for.
    pub failure: Option<Failure>,
}

/// Without what is typed: a secret is among it.
impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, is_known, faults, failure, texts: _ } = self;
        f.debug_struct("Form")
            .field("kind", kind)
            .field("is_known", is_known)
            .field("faults", faults)
            .field("failure", failure)
            .finish_non_exhaustive()
    }
}

pub const fn security_name(security: MailSecurity) -> &'static str {
    match security {
        MailSecurity::Tls => "tls",
        MailSecurity::Starttls => "starttls",
        MailSecurity::None => "none",
    }
}

pub const SECURITIES: [MailSecurity; 3] = [MailSecurity::Tls, MailSecurity::Starttls, MailSecurity::None];

/// The port that a mail server listens at where nothing else is said.
const fn usual_port(security: MailSecurity) -> &'static str {
    match security {
        MailSecurity::Tls => "465",
        MailSecurity::Starttls => "587",
        MailSecurity::None => "25",
    }
}

impl Form {
    pub fn new(kind: ConnectionKind) -> Self {
        let mut texts = BTreeMap::new();
        if kind == ConnectionKind::Email {
            texts.insert(What::Security, security_name(MailSecurity::Tls).to_owned());
        }
        Self { kind, is_known: false, texts, faults: BTreeMap::new(), failure: None }
    }

    pub fn of(known: &Connection) -> Self {
        let mut form = Self { is_known: true, ..Self::new(known.kind) };
        let Connection { name, url, model, host, port, security, user, from, kind: _, updated_at: _ } = known;
        let pairs = [
            (What::Name, Some(name.clone())),
            (What::Url, url.clone()),
            (What::Model, model.clone()),
            (What::Host, host.clone()),
            (What::Port, port.map(|port| port.to_string())),
            (What::Security, security.map(|security| security_name(security).to_owned())),
            (What::User, user.clone()),
            (What::From, from.clone()),
        ];
        form.texts.extend(pairs.into_iter().filter_map(|(what, text)| Some((what, text?))));
        form
    }

    /// The fields that this kind has.
    pub fn fields(&self) -> impl Iterator<Item = What> {
        let kind = self.kind;
        What::ALL.into_iter().filter(move |what| match what {
            What::Name | What::Secret => true,
            What::Url | What::Model => kind == ConnectionKind::Ai,
            What::Host | What::Port | What::Security | What::User | What::From => {
                kind == ConnectionKind::Email
            }
        })
    }

    /// Where people begin to write: the name of what is there stays.
    pub fn first(&self) -> What {
        self.fields().find(|what| !(self.is_known && *what == What::Name)).unwrap_or(What::Name)
    }

    pub fn text(&self, what: What) -> &str {
        self.texts.get(&what).map_or("", String::as_str)
    }

    pub fn name(&self) -> &str {
        self.text(What::Name).trim()
    }

    pub fn security(&self) -> MailSecurity {
        let name = self.text(What::Security);
        SECURITIES.into_iter().find(|security| security_name(*security) == name).unwrap_or(MailSecurity::Tls)
    }

    /// What is offered where no port is written.
    pub fn port_hint(&self) -> &'static str {
        usual_port(self.security())
    }

    pub fn set(&mut self, what: What, text: String) {
        self.faults.remove(&what);
        self.texts.insert(what, text);
    }

    pub fn fault(&self, what: What) -> Option<Fault> {
        self.faults.get(&what).copied()
    }

    pub fn has_faults(&self) -> bool {
        !self.faults.is_empty()
    }

    pub fn first_fault(&self) -> Option<What> {
        self.faults.keys().next().copied()
    }

    /// Looks at what is typed, as the server would; `taken` says whether another connection has the name.
    pub fn check(&mut self, taken: bool) {
        self.failure = None;
        self.faults.clear();
        let fields: Vec<What> = self.fields().collect();
        for what in fields {
            if let Some(fault) = self.look_at(what, taken) {
                self.faults.insert(what, fault);
            }
        }
    }

    fn look_at(&self, what: What, taken: bool) -> Option<Fault> {
        let text = self.text(what).trim();
        let needed = match what {
            What::Secret => self.kind == ConnectionKind::Secret && !self.is_known,
            What::Port | What::Security | What::User => false,
            What::Name | What::Url | What::Model | What::Host | What::From => true,
        };
        if text.is_empty() {
            return needed.then_some(Fault::Needed);
        }
        let wrong = match what {
            What::Name if taken && !self.is_known => return Some(Fault::Taken),
            What::Name => !is_name(text),
            What::Url => !(text.starts_with("https://") || text.starts_with("http://")),
            What::Port => text.parse::<u16>().map_or(true, |port| port == 0),
            What::From => !text.contains('@'),
            What::Secret => self.text(what).chars().count() > 4096,
            What::Model | What::Host | What::User => text.len() > 300,
            What::Security => false,
        };
        wrong.then(|| what.refused())
    }

    /// Says at its field what the server did not take.
    pub fn refused(&mut self, failure: Failure) {
        let blamed = self.fields().find(|what| failure.field(what.pointer()).is_some());
        match blamed {
            Some(what) => {
                let is_kept = what == What::Secret && self.text(what).is_empty();
                let fault = if is_kept { Fault::SecretAnew } else { what.refused() };
                self.faults.insert(what, fault);
            }
            None => self.failure = Some(failure),
        }
    }

    pub fn wire(&self) -> SaveConnection {
        let of_kind: Vec<What> = self.fields().collect();
        let given = |what: What| {
            let text = self.text(what).trim();
            (of_kind.contains(&what) && !text.is_empty()).then(|| text.to_owned())
        };
        let is_mail = self.kind == ConnectionKind::Email;
        // A secret is taken as it is: spaces may belong to it.
        let secret = self.text(What::Secret);
        SaveConnection {
            kind: self.kind,
            secret: (!secret.is_empty()).then(|| secret.to_owned()),
            url: given(What::Url),
            model: given(What::Model),
            host: given(What::Host),
            port: given(What::Port).and_then(|port| port.parse().ok()),
            security: is_mail.then(|| self.security()),
            user: given(What::User),
            from: given(What::From),
        }
    }
}

/// The server's rule: what a flow's text can name.
fn is_name(name: &str) -> bool {
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    begins && name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
