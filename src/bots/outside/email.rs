//! An e-mail through the business's own server.

use std::time::Duration;

use beseda_flow::{CallFault, EmailCall};
use beseda_wire::connections::MailSecurity;
use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use serde_json::{Value, json};

use super::{Means, Outside};

/// How long a server may take, from the greeting to the last word.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whether a text is an e-mail address, with a name before it or without.
pub fn is_mailbox(text: &str) -> bool {
    text.parse::<Mailbox>().is_ok()
}

/// Sends it; the server has taken it then.
pub async fn send(outside: &Outside, call: &EmailCall, means: &Means) -> Result<Value, CallFault> {
    let (server, password) = means.connection.as_ref().ok_or(CallFault::NoMailServer)?;
    let message = message(call, server.from.as_deref().unwrap_or_default())?;
    let host = server.host.clone().unwrap_or_default();
    let security = server.security.unwrap_or(MailSecurity::Starttls);
    let port = server.port.unwrap_or(match security {
        MailSecurity::Tls => 465,
        MailSecurity::Starttls => 587,
        MailSecurity::None => 25,
    });
    // The address that was looked at is the one that is called: the library would look the name up again, and might
    // find another. The certificate is still asked for the name.
    let found = outside.addresses.resolve_host(&host, port).await?;
    let address = found.first().map(|address| address.ip().to_string()).unwrap_or_default();
    let tls = |make: fn(TlsParameters) -> Tls| {
        let made = TlsParameters::new(host.clone()).map(make);
        made.map_err(|error| CallFault::Unreachable { said: error.to_string() })
    };
    let tls = match security {
        MailSecurity::Tls => tls(Tls::Wrapper)?,
        MailSecurity::Starttls => tls(Tls::Required)?,
        MailSecurity::None => Tls::None,
    };
    let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address)
        .port(port)
        .tls(tls)
        .timeout(Some(Duration::from_secs(20)));
    if let (Some(user), Some(password)) = (&server.user, password) {
        transport = transport.credentials(Credentials::new(user.clone(), password.expose().to_owned()));
    }
    let sent = tokio::time::timeout(PATIENCE, transport.build().send(message)).await;
    match sent {
        Ok(Ok(_)) => Ok(json!({})),
        Ok(Err(error)) => Err(CallFault::MailRefused { said: error.to_string() }),
        Err(_) => Err(CallFault::NoAnswer),
    }
}

fn message(call: &EmailCall, from: &str) -> Result<Message, CallFault> {
    let mailbox =
        |text: &String| text.parse::<Mailbox>().map_err(|_| CallFault::Mailbox { text: text.clone() });
    let mut message = Message::builder().from(mailbox(&from.to_owned())?).subject(&call.subject);
    for to in &call.to {
        message = message.to(mailbox(to)?);
    }
    for cc in &call.cc {
        message = message.cc(mailbox(cc)?);
    }
    for bcc in &call.bcc {
        message = message.bcc(mailbox(bcc)?);
    }
    if let Some(reply_to) = &call.reply_to {
        message = message.reply_to(mailbox(reply_to)?);
    }
    let made = message.header(ContentType::TEXT_PLAIN).body(call.text.clone());
    made.map_err(|error| CallFault::Mail { said: error.to_string() })
}
