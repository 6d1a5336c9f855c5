//! What a business's bots reach outside, by names: secrets, language models, a mail server. Secrets are sealed to their
//! record; they are opened at the moment of a call and shown to nobody.

pub mod api;

use std::collections::BTreeSet;

use beseda_wire::connections::{Connection as WireConnection, ConnectionKind, MailSecurity, SaveConnection};
use beseda_wire::ids::BusinessId;
use beseda_wire::time::Time;
use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::store;
use crate::crypto::{KeyRing, Place, Random, SealError, Sealed, Secret};
use crate::names;
use crate::store::{Actor, Change, Read, StoreError, Tx};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Connection {
    pub kind: ConnectionKind,
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    pub model: Option<String>,
    #[serde(default)]
    pub host: Option<String>,
    #[serde(default)]
    pub port: Option<u16>,
    #[serde(default)]
    pub security: Option<MailSecurity>,
    #[serde(default)]
    pub user: Option<String>,
    #[serde(default)]
    pub from: Option<String>,
    /// The value, the key or the password. A mail server on the same machine may have none.
    #[serde(default)]
    pub secret: Option<Sealed>,
    pub updated_at: Time,
}

/// A connection is new, changed or gone.
#[derive(Debug, Serialize, Deserialize)]
pub struct ConnectionChanged {
    pub name: String,
}

impl Change for ConnectionChanged {
    const KIND: &'static str = "connection.changed";
}

/// Why a connection was not kept: the field, and what it must be.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    pub field: &'static str,
    pub must: &'static str,
}

/// Where and how a connection's secret is sealed.
pub struct Sealing<'a> {
    pub keys: &'a KeyRing,
    pub random: &'a Random,
    pub business: BusinessId,
}

/// Letters, digits and `_`, not beginning with a digit, at most 64: what a flow's text can name.
pub fn is_name(name: &str) -> bool {
    let begins = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    begins && name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// What is wrong with a connection that is to be kept beside `before`.
pub fn fault(save: &SaveConnection, before: Option<&Connection>) -> Option<Fault> {
    let fault = |field, must| Some(Fault { field, must });
    let kept = before.filter(|before| before.kind == save.kind);
    if save.secret.as_deref().is_some_and(|secret| {
        secret.is_empty() || secret.chars().count() > 4096 || secret.contains(char::is_control)
    }) {
        return fault("secret", "must have 1 to 4,096 characters on one line, without control characters");
    }
    if save.secret.is_none()
        && kept.is_some_and(|before| before.secret.is_some() && is_elsewhere(save, before))
    {
        return fault(
            "secret",
            "must be given anew where it is sent to another server, or without encryption",
        );
    }
    let has_secret = save.secret.is_some() || kept.is_some_and(|before| before.secret.is_some());
    let line = |text: &Option<String>| {
        text.as_deref().is_none_or(|text| text.len() <= 300 && !names::has_controls(text))
    };
    for (field, text) in
        [("model", &save.model), ("host", &save.host), ("user", &save.user), ("from", &save.from)]
    {
        if !line(text) {
            return fault(field, "must be one line of at most 300 bytes, without control characters");
        }
    }
    match save.kind {
        ConnectionKind::Secret if !has_secret => fault("secret", "must be given"),
        ConnectionKind::Secret => None,
        ConnectionKind::Ai => {
            let url = save.url.as_deref().and_then(|url| Url::parse(url).ok());
            let fits = url.is_some_and(|url| {
                // A key has its own field: what stands in the address is shown.
                let is_plain = url.query().is_none() && url.username().is_empty() && url.password().is_none();
                matches!(url.scheme(), "https" | "http") && url.has_host() && is_plain
            });
            if !fits {
                return fault(
                    "url",
                    "must be an address such as https://api.openai.com/v1, without ? and without a password",
                );
            }
            if save.model.as_deref().is_none_or(str::is_empty) {
                return fault("model", "must name a model");
            }
            None
        }
        ConnectionKind::Email => {
            if save.host.as_deref().is_none_or(|host| url::Host::parse(host).is_err()) {
                return fault("host", "must name the mail server, such as smtp.example.com");
            }
            if save.port == Some(0) {
                return fault("port", "must be from 1 to 65,535");
            }
            if !save.from.as_deref().is_some_and(super::outside::is_mailbox) {
                return fault("from", "must be an e-mail address");
            }
            None
        }
    }
}

/// Whether a secret that is kept would go where nobody has sent it: whoever may change the address may not read it.
fn is_elsewhere(save: &SaveConnection, before: &Connection) -> bool {
    let origin = |url: Option<&String>| url.and_then(|url| Url::parse(url).ok()).map(|url| url.origin());
    match save.kind {
        ConnectionKind::Secret => false,
        ConnectionKind::Ai => origin(save.url.as_ref()) != origin(before.url.as_ref()),
        ConnectionKind::Email => {
            let unsealed = |security: Option<MailSecurity>| security == Some(MailSecurity::None);
            let host = |host: &Option<String>| host.as_deref().map(str::to_ascii_lowercase);
            host(&save.host) != host(&before.host) || (unsealed(save.security) && !unsealed(before.security))
        }
    }
}

/// Keeps a connection that has no [`fault`].
pub fn save(
    tx: &mut Tx<'_>,
    name: &str,
    save: &SaveConnection,
    sealing: &Sealing<'_>,
    actor: &Actor,
    now: Time,
) -> Result<Connection, StoreError> {
    let before = store::connection(tx, name)?.filter(|before| before.kind == save.kind);
    let business = sealing.business.to_string();
    let sealed = save.secret.as_ref().map(|secret| {
        sealing.keys.seal(place(&business, name), &Secret::new(secret.clone()), sealing.random)
    });
    let secret = sealed.or_else(|| before.and_then(|before| before.secret));
    let connection = Connection::new(save, secret, now);
    store::put_connection(tx, name, &connection)?;
    tx.change(actor, now, &ConnectionChanged { name: name.to_owned() })?;
    Ok(connection)
}

/// Removes a connection; says whether it was there.
pub fn remove(tx: &mut Tx<'_>, name: &str, actor: &Actor, now: Time) -> Result<bool, StoreError> {
    if store::connection(tx, name)?.is_none() {
        return Ok(false);
    }
    store::remove_connection(tx, name);
    tx.change(actor, now, &ConnectionChanged { name: name.to_owned() })?;
    Ok(true)
}

/// The names of the connections of a kind.
pub fn of_kind(from: &dyn Read, kind: ConnectionKind) -> Result<BTreeSet<String>, StoreError> {
    let all = store::connections(from)?;
    Ok(all.into_iter().filter(|(_, one)| one.kind == kind).map(|(name, _)| name).collect())
}

/// A connection's secret, opened.
pub fn open(
    keys: &KeyRing,
    business: BusinessId,
    name: &str,
    connection: &Connection,
) -> Result<Option<Secret>, SealError> {
    let business = business.to_string();
    connection.secret.as_ref().map(|sealed| keys.unseal(place(&business, name), sealed)).transpose()
}

fn place<'a>(business: &'a str, name: &'a str) -> Place<'a> {
    Place { business, table: "connections", id: name, field: "secret" }
}

impl Connection {
    fn new(save: &SaveConnection, secret: Option<Sealed>, now: Time) -> Self {
        Self {
            kind: save.kind,
            url: save.url.clone(),
            model: save.model.clone(),
            host: save.host.clone(),
            port: save.port,
            security: save.security,
            user: save.user.clone(),
            from: save.from.clone(),
            secret,
            updated_at: now,
        }
    }

    pub fn wire(self, name: String) -> WireConnection {
        WireConnection {
            name,
            kind: self.kind,
            url: self.url,
            model: self.model,
            host: self.host,
            port: self.port,
            security: self.security,
            user: self.user,
            from: self.from,
            updated_at: self.updated_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ai() -> SaveConnection {
        SaveConnection {
            kind: ConnectionKind::Ai,
            secret: Some("sk-1".to_owned()),
            url: Some("https://models.example.com/v1".to_owned()),
            model: Some("small".to_owned()),
            host: None,
            port: None,
            security: None,
            user: None,
            from: None,
        }
    }

    #[test]
    fn what_is_missing_or_odd_is_named() {
        let field = |save: SaveConnection| fault(&save, None).map(|fault| fault.field);
        assert_eq!(field(ai()), None);
        assert_eq!(field(SaveConnection { url: Some("models".to_owned()), ..ai() }), Some("url"));
        assert_eq!(field(SaveConnection { url: Some("ftp://a.example".to_owned()), ..ai() }), Some("url"));
        assert_eq!(field(SaveConnection { model: None, ..ai() }), Some("model"));
        for model in ["a\nb", "a\0", "a\u{202e}b"] {
            assert_eq!(field(SaveConnection { model: Some(model.to_owned()), ..ai() }), Some("model"));
        }
        for secret in ["", "a\0b", "a\r\nX-Other: b"] {
            assert_eq!(field(SaveConnection { secret: Some(secret.to_owned()), ..ai() }), Some("secret"));
        }
        let secret = SaveConnection { kind: ConnectionKind::Secret, ..ai() };
        assert_eq!(field(secret.clone()), None);
        assert_eq!(field(SaveConnection { secret: None, ..secret.clone() }), Some("secret"));
        assert_eq!(field(SaveConnection { secret: Some("x".repeat(5000)), ..secret }), Some("secret"));
        let mail =
            SaveConnection { kind: ConnectionKind::Email, host: Some("mail.example".to_owned()), ..ai() };
        assert_eq!(
            field(SaveConnection { from: Some("no address".to_owned()), ..mail.clone() }),
            Some("from")
        );
        assert_eq!(field(SaveConnection { from: Some("shop@example.com".to_owned()), ..mail }), None);
    }

    #[test]
    fn a_secret_that_is_kept_goes_to_nobody_else() {
        let before = |save: &SaveConnection| {
            Connection::new(save, Some(Sealed::from_bytes(vec![1])), Time::from_millis(0))
        };
        let field =
            |save: &SaveConnection, before: &Connection| fault(save, Some(before)).map(|fault| fault.field);
        let kept = SaveConnection { secret: None, ..ai() };
        let known = before(&kept);
        assert!(known.secret.is_some());
        assert_eq!(field(&kept, &known), None);
        let at = |url: &str| SaveConnection { url: Some(url.to_owned()), ..kept.clone() };
        assert_eq!(field(&at("https://models.example.com/v2"), &known), None);
        for url in
            ["https://evil.example/v1", "http://models.example.com/v1", "https://models.example.com:8443/v1"]
        {
            assert_eq!(field(&at(url), &known), Some("secret"), "{url}");
        }
        assert_eq!(
            field(
                &SaveConnection { secret: Some("new".to_owned()), ..at("https://evil.example/v1") },
                &known
            ),
            None
        );
        let mail = SaveConnection {
            kind: ConnectionKind::Email,
            host: Some("mail.example".to_owned()),
            from: Some("shop@example.com".to_owned()),
            ..kept
        };
        let known = before(&mail);
        assert_eq!(field(&SaveConnection { user: Some("anna".to_owned()), ..mail.clone() }, &known), None);
        assert_eq!(
            field(&SaveConnection { host: Some("evil.example".to_owned()), ..mail.clone() }, &known),
            Some("secret")
        );
        assert_eq!(
            field(&SaveConnection { security: Some(MailSecurity::None), ..mail.clone() }, &known),
            Some("secret")
        );
        for (host, port) in [("a b", 25), ("", 25), ("mail.example", 0)] {
            let odd = SaveConnection {
                host: Some(host.to_owned()),
                port: Some(port),
                secret: Some("x".to_owned()),
                ..mail.clone()
            };
            assert!(matches!(field(&odd, &known), Some("host" | "port")), "{host}:{port}");
        }
    }

    #[test]
    fn a_name_is_what_a_text_can_say() {
        for good in ["crm", "CRM_2", "_x"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "2crm", "a b", "a-b", "ключ", &"a".repeat(65)] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
