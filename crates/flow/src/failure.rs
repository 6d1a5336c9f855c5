//! Why a call outside came to nothing: a kind, whose words are in the language of whoever reads them. What somebody else
//! said (a model's server, a mail server, the network) is quoted as it came.

use std::error::Error;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::Language;

/// Why a call came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CallFailure {
    Known(CallFault),
    /// In somebody's own words; so was every failure that was stored before there were kinds.
    Said(String),
}

/// The kinds that have words of our own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum CallFault {
    /// A service answered with something else than success.
    Status {
        status: u16,
    },
    NoAnswer,
    TooLarge,
    /// A private network, which nobody has allowed.
    PrivateAddress,
    NoAddress,
    /// Neither http nor https.
    OtherScheme,
    // What the system or the library says of the connection.
    UnknownHost {
        said: String,
    },
    Refused {
        said: String,
    },
    Unreachable {
        said: String,
    },
    /// A certificate that is none, or a server that does not encrypt.
    NotSecure {
        said: String,
    },
    /// The connection broke before the answer was whole.
    CutOff {
        said: String,
    },
    NotSent {
        said: String,
    },
    TraceWithSecrets,
    HeaderName {
        name: String,
    },
    HeaderValue {
        name: String,
    },
    NoSecret {
        name: String,
    },
    NoConnection {
        name: String,
    },
    NoModel,
    NoMailServer,
    /// A model's server answered with something else than success, and said this.
    ModelStatus {
        status: u16,
        said: String,
    },
    Empty,
    NotJson,
    /// A model found no value of this name.
    NotFound {
        name: String,
    },
    Mailbox {
        text: String,
    },
    Mail {
        said: String,
    },
    MailRefused {
        said: String,
    },
    /// This version cannot ask for it.
    NotAvailable,
    /// The program was stopped in the middle of it: whether it was done is not known.
    Stopped,
    /// Something of our own went wrong.
    Internal {
        said: String,
    },
    /// Somebody who tries a flow wants to see it fail.
    Tried,
}

impl CallFault {
    /// What somebody else said, in their own words.
    pub const fn said_mut(&mut self) -> Option<&mut String> {
        match self {
            Self::UnknownHost { said }
            | Self::Refused { said }
            | Self::Unreachable { said }
            | Self::NotSecure { said }
            | Self::CutOff { said }
            | Self::NotSent { said }
            | Self::ModelStatus { said, .. }
            | Self::Mail { said }
            | Self::MailRefused { said }
            | Self::Internal { said } => Some(said),
            Self::Status { .. }
            | Self::NoAnswer
            | Self::TooLarge
            | Self::PrivateAddress
            | Self::NoAddress
            | Self::OtherScheme
            | Self::TraceWithSecrets
            | Self::HeaderName { .. }
            | Self::HeaderValue { .. }
            | Self::NoSecret { .. }
            | Self::NoConnection { .. }
            | Self::NoModel
            | Self::NoMailServer
            | Self::Empty
            | Self::NotJson
            | Self::NotFound { .. }
            | Self::Mailbox { .. }
            | Self::NotAvailable
            | Self::Stopped
            | Self::Tried => None,
        }
    }
}

/// In English, for logs.
impl fmt::Display for CallFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english())
    }
}

/// It travels in errors of the libraries that make calls.
impl Error for CallFault {}

impl Default for CallFailure {
    fn default() -> Self {
        Self::Said(String::new())
    }
}

impl From<CallFault> for CallFailure {
    fn from(fault: CallFault) -> Self {
        Self::Known(fault)
    }
}

impl From<&str> for CallFailure {
    fn from(said: &str) -> Self {
        Self::Said(said.to_owned())
    }
}

impl CallFailure {
    /// The reason, without a full stop; empty where none is known.
    pub fn words(&self, language: Language) -> String {
        match self {
            Self::Known(fault) => fault.words(language),
            Self::Said(said) if said.trim().is_empty() => String::new(),
            Self::Said(said) => quoted(said, language),
        }
    }
}

/// What somebody else said, marked as theirs.
fn quoted(said: &str, language: Language) -> String {
    match language {
        Language::En => format!("“{}”", said.trim()),
        Language::Ru => format!("«{}»", said.trim()),
    }
}

/// The words and, where something was said, what it was.
fn with(words: String, said: &str, language: Language) -> String {
    if said.trim().is_empty() { words } else { format!("{words}: {}", quoted(said, language)) }
}

impl CallFault {
    pub fn words(&self, language: Language) -> String {
        match language {
            Language::En => self.english(),
            Language::Ru => self.russian(),
        }
    }

    fn english(&self) -> String {
        let said = |words: &str, said: &str| with(words.to_owned(), said, Language::En);
        match self {
            Self::Status { status } => format!("status {status}"),
            Self::NoAnswer => "no answer in time".to_owned(),
            Self::TooLarge => "the answer is too large".to_owned(),
            Self::PrivateAddress => {
                "the address is in a private network, which is not allowed (bots.private_addresses)"
                    .to_owned()
            }
            Self::NoAddress => "there is no such web address".to_owned(),
            Self::OtherScheme => "only http and https addresses can be called".to_owned(),
            Self::UnknownHost { said: what } => said("no address was found for the name", what),
            Self::Refused { said: what } => said("nobody listens at the address", what),
            Self::Unreachable { said: what } => said("no connection", what),
            Self::NotSecure { said: what } => said("no secure connection", what),
            Self::CutOff { said: what } => said("the connection broke", what),
            Self::NotSent { said: what } => said("the request could not be made", what),
            Self::TraceWithSecrets => {
                "a TRACE request carries no secrets: the service sends back what it is sent".to_owned()
            }
            Self::HeaderName { name } => format!("`{name}` is no name of a header"),
            Self::HeaderValue { name } => format!("the header {name} cannot hold its value"),
            Self::NoSecret { name } => format!("there is no secret `{name}`"),
            Self::NoConnection { name } => format!("there is no connection `{name}` for it"),
            Self::NoModel => "there is no connection to a language model".to_owned(),
            Self::NoMailServer => "there is no connection to a mail server".to_owned(),
            Self::ModelStatus { status, said: what } => {
                said(&format!("the model’s server answered with status {status}"), what)
            }
            Self::Empty => "an empty answer".to_owned(),
            Self::NotJson => "the model did not answer in JSON".to_owned(),
            Self::NotFound { name } => format!("the model found no {name}"),
            Self::Mailbox { text } => format!("`{text}` is no e-mail address"),
            Self::Mail { said: what } => said("the e-mail could not be made", what),
            Self::MailRefused { said: what } => said("the mail server refused it", what),
            Self::NotAvailable => "not available in this version".to_owned(),
            Self::Stopped => "the program was stopped in the middle of it".to_owned(),
            Self::Internal { said: what } => said("the program itself failed", what),
            Self::Tried => "it failed in the try".to_owned(),
        }
    }

    fn russian(&self) -> String {
        let said = |words: &str, said: &str| with(words.to_owned(), said, Language::Ru);
        match self {
            Self::Status { status } => format!("ответил кодом {status}"),
            Self::NoAnswer => "не ответил вовремя".to_owned(),
            Self::TooLarge => "ответ слишком большой".to_owned(),
            Self::PrivateAddress => {
                "адрес в частной сети, а это не разрешено (bots.private_addresses)".to_owned()
            }
            Self::NoAddress => "такого веб-адреса нет".to_owned(),
            Self::OtherScheme => "вызывать можно только адреса http и https".to_owned(),
            Self::UnknownHost { said: what } => said("для этого имени не нашлось адреса", what),
            Self::Refused { said: what } => said("по этому адресу никто не отвечает", what),
            Self::Unreachable { said: what } => said("нет соединения", what),
            Self::NotSecure { said: what } => said("нет защищённого соединения", what),
            Self::CutOff { said: what } => said("соединение прервалось", what),
            Self::NotSent { said: what } => said("запрос не удалось выполнить", what),
            Self::TraceWithSecrets => {
                "запрос TRACE не отправляют с секретами: сервис возвращает то, что ему прислали".to_owned()
            }
            Self::HeaderName { name } => format!("`{name}` не подходит как имя заголовка"),
            Self::HeaderValue { name } => format!("значение не помещается в заголовок {name}"),
            Self::NoSecret { name } => format!("нет секрета `{name}`"),
            Self::NoConnection { name } => format!("для этого нет подключения `{name}`"),
            Self::NoModel => "языковая модель не подключена".to_owned(),
            Self::NoMailServer => "почтовый сервер не подключён".to_owned(),
            Self::ModelStatus { status, said: what } => {
                said(&format!("сервер модели ответил кодом {status}"), what)
            }
            Self::Empty => "пустой ответ".to_owned(),
            Self::NotJson => "модель ответила не в JSON".to_owned(),
            Self::NotFound { name } => format!("модель не нашла {name}"),
            Self::Mailbox { text } => format!("`{text}` — не адрес почты"),
            Self::Mail { said: what } => said("письмо не удалось составить", what),
            Self::MailRefused { said: what } => said("почтовый сервер не принял письмо", what),
            Self::NotAvailable => "в этой версии этого нет".to_owned(),
            Self::Stopped => "программа остановилась посреди вызова".to_owned(),
            Self::Internal { said: what } => said("сбой в самой программе", what),
            Self::Tried => "так задано в пробе".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn our_own_words_are_in_the_language_and_what_others_said_is_quoted() {
        let said = || "Invalid key".to_owned();
        for (failure, en, ru) in [
            (CallFault::Status { status: 500 }.into(), "status 500", "ответил кодом 500"),
            (CallFault::NoAnswer.into(), "no answer in time", "не ответил вовремя"),
            (
                CallFault::ModelStatus { status: 401, said: said() }.into(),
                "the model’s server answered with status 401: “Invalid key”",
                "сервер модели ответил кодом 401: «Invalid key»",
            ),
            (
                CallFault::ModelStatus { status: 502, said: " ".to_owned() }.into(),
                "the model’s server answered with status 502",
                "сервер модели ответил кодом 502",
            ),
            (CallFailure::Said(said()), "“Invalid key”", "«Invalid key»"),
            (CallFailure::default(), "", ""),
        ] {
            assert_eq!(failure.words(Language::En), en);
            assert_eq!(failure.words(Language::Ru), ru);
        }
    }

    #[test]
    fn what_was_stored_as_a_text_is_read_as_somebodys_words() {
        let read = |value| serde_json::from_value::<CallFailure>(value).unwrap();
        assert_eq!(read(json!("status 500")), CallFailure::from("status 500"));
        for known in [CallFault::NoAnswer, CallFault::Status { status: 404 }] {
            let known = CallFailure::from(known);
            assert_eq!(read(serde_json::to_value(&known).unwrap()), known);
        }
    }
}
