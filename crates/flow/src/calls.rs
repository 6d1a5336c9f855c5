//! What the engine asks of the world and waits for, as data. Nothing here goes anywhere: the caller does, and answers
//! with [`crate::Input::Returned`].
//!
//! Secrets stand in it by their names ([`Piece::Secret`]); only the caller, at the moment of sending, puts the values
//! in ([`Sealed::open`]). So no secret is ever in a flow, a session, an effect or a trace, and nothing that a customer
//! wrote can name one: pieces are told apart by their type, not by marks in a text.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::blocks::{AiFieldKind, Method};
use crate::failure::CallFailure;

/// Something outside that a run waits for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Call {
    /// Answered with `{"status": 200, "body": …}`; the body as JSON where it is JSON, else as a text. Where headers are
    /// wanted, with `"headers": {"etag": "…"}` too: the wanted ones, `null` where one did not come.
    Http(HttpCall),
    /// Somebody is to call the run's own address; answered with what was sent.
    Incoming,
    /// Answered with anything.
    Email(EmailCall),
    /// Answered with `{"text": "…", "tokens": 123}`.
    AiAnswer(AiCall),
    /// Answered with `{"fields": {…}, "tokens": 123}`.
    AiExtract(AiCall),
    /// Answered with an object: the fields by their names.
    Fields { fields: Vec<String> },
    /// Is it working time? Answered with `true` or `false`.
    Open,
    /// Is somebody there to talk? Answered with `true` or `false`.
    Online {
        #[serde(default)]
        team: Option<String>,
        #[serde(default)]
        person: Option<String>,
    },
}

/// A request to a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HttpCall {
    pub method: Method,
    /// With its query, encoded.
    pub url: Sealed,
    /// No value holds a line's end.
    pub headers: Vec<(String, Sealed)>,
    pub content_type: Option<String>,
    pub body: Option<Sealed>,
    /// The headers of the answer that the run takes, in lower case. No others are kept: a service says things there that
    /// nobody asked for, cookies among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wanted_headers: Vec<String>,
    /// Seconds.
    pub timeout: u32,
}

/// An e-mail. No address and no subject holds a line's end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailCall {
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub bcc: Vec<String>,
    pub reply_to: Option<String>,
    pub subject: String,
    pub text: String,
}

/// A question to a language model. It gets no tools.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AiCall {
    pub connection: Option<String>,
    pub model: Option<String>,
    pub instructions: String,
    /// What was said before, the oldest first, if the block asks for it.
    pub history: Vec<Line>,
    /// What is to be answered, or where the values are to be found.
    pub text: String,
    /// The values to be found; of an answer none.
    pub fields: Vec<AiWanted>,
    pub max_tokens: u32,
    /// Seconds.
    pub timeout: u32,
}

/// A question to a language model that no run waits for: what it says is for the team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summarize {
    /// What stands above what the model says.
    pub heading: String,
    #[serde(flatten)]
    pub call: AiCall,
}

/// A value that a language model is to find.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AiWanted {
    pub name: String,
    pub kind: AiFieldKind,
    pub description: String,
    pub options: Vec<String>,
    pub required: bool,
}

/// One thing that was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub by: Speaker,
    pub text: String,
}

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    Customer,
    Bot,
}

/// A text that may hold secrets, by their names.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed {
    pub pieces: Vec<Piece>,
}

/// A piece of a sealed text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    Text(String),
    Secret {
        name: String,
        /// How its value has to be written here.
        #[serde(default)]
        writing: Writing,
    },
}

/// How a value is written into its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Writing {
    /// As it is.
    #[default]
    Plain,
    /// Inside the quotes of a JSON text.
    Json,
    /// Percent-encoded, as a part of a query or of a web form.
    Encoded,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It was answered, in the shape that [`Call`] says.
    Done { value: Value },
    /// It could not be made, or nothing sensible came back. The reason holds no secrets.
    Failed {
        #[serde(default)]
        reason: CallFailure,
    },
}

impl Call {
    /// What is asked, in a word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Http(_) => "http",
            Self::Incoming => "incoming",
            Self::Email(_) => "email",
            Self::AiAnswer(_) => "ai_answer",
            Self::AiExtract(_) => "ai_extract",
            Self::Fields { .. } => "fields",
            Self::Open => "open",
            Self::Online { .. } => "online",
        }
    }
}

impl HttpCall {
    /// Whether what came back says of every wanted header whether it was there.
    pub(crate) fn has_its_headers(&self, outcome: &Outcome) -> bool {
        let Outcome::Done { value } = outcome else { return true };
        let told = value.get("headers");
        self.wanted_headers.iter().all(|name| told.is_some_and(|told| told.get(name).is_some()))
    }
}

impl Sealed {
    /// The text with its secrets put in. The error is the name of one that is not known.
    pub fn open(&self, secret: impl Fn(&str) -> Option<String>) -> Result<String, String> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Secret { name, writing } => {
                    let value = secret(name).ok_or_else(|| name.clone())?;
                    text.push_str(&writing.write(&value));
                }
            }
        }
        Ok(text)
    }

    /// The names of its secrets.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Secret { name, .. } => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// Adds a text, joined to the one before.
    pub(crate) fn push(&mut self, text: &str) {
        if let Some(Piece::Text(last)) = self.pieces.last_mut() {
            last.push_str(text);
        } else if !text.is_empty() {
            self.pieces.push(Piece::Text(text.to_owned()));
        }
    }

    pub(crate) fn push_secret(&mut self, name: &str, writing: Writing) {
        self.pieces.push(Piece::Secret { name: name.to_owned(), writing });
    }

    pub(crate) fn append(&mut self, more: Sealed) {
        for piece in more.pieces {
            match piece {
                Piece::Text(text) => self.push(&text),
                secret @ Piece::Secret { .. } => self.pieces.push(secret),
            }
        }
    }

    pub(crate) fn contains(&self, wanted: char) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains(wanted)))
    }

    /// Without spaces at its ends.
    pub(crate) fn trimmed(mut self) -> Self {
        if let Some(Piece::Text(first)) = self.pieces.first_mut() {
            *first = first.trim_start().to_owned();
        }
        if let Some(Piece::Text(last)) = self.pieces.last_mut() {
            last.truncate(last.trim_end().len());
        }
        self
    }

    /// Without line ends, so that nothing can begin a header of its own.
    pub(crate) fn in_one_line(mut self) -> Self {
        for piece in &mut self.pieces {
            if let Piece::Text(text) = piece {
                *text = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            }
        }
        self.trimmed()
    }

    /// Bytes of its texts.
    pub(crate) fn len(&self) -> usize {
        self.pieces.iter().map(|piece| if let Piece::Text(text) = piece { text.len() } else { 0 }).sum()
    }
}

impl Writing {
    /// The value as it stands in such a place.
    pub(crate) fn write(self, value: &str) -> Cow<'_, str> {
        match self {
            Self::Plain => Cow::Borrowed(value),
            Self::Json => {
                let quoted = Value::from(value).to_string();
                Cow::Owned(quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned())
            }
            Self::Encoded => Cow::Owned(encoded(value)),
        }
    }
}

/// Percent-encodes all but RFC 3986's unreserved characters.
pub(crate) fn encoded(text: &str) -> String {
    encoded_but(text, |_, byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// Percent-encodes all bytes but those that are kept, by their places and values.
pub(crate) fn encoded_but(text: &str, keeps: impl Fn(usize, u8) -> bool) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut coded = String::with_capacity(text.len());
    for (at, byte) in text.bytes().enumerate() {
        if keeps(at, byte) {
            coded.push(char::from(byte));
        } else {
            coded.push('%');
            coded.push(char::from(HEX[usize::from(byte >> 4)]));
            coded.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    coded
}

/// The part of an answer at a path (`items.0.price`), as a block's `save` picks it; the whole for an empty path.
pub fn pick<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let path = path.trim();
    if path.is_empty() {
        return Some(value);
    }
    path.split('.').try_fold(value, |value, name| crate::values::step_into(value, name))
}
