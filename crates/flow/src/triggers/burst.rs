//! Messages in quick succession before any of them is answered (the flow's `pause`): which flow begins is asked of all of
//! them, and the run is told all of them.
//!
//! That the first one alone decides was refused: people greet before they say what they want, and "Hello" would begin
//! the flow for any message where "Where is my order?", a second later, has one of its own.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Incoming, Situation, Winner, strongest};
use crate::answer;
use crate::compile::Compiled;
use crate::effects::Input;

/// What a customer has said in one go, the earliest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Burst {
    pub messages: Vec<Input>,
    /// The ad or post that the customer came from, as a run is told it; `source_id` tells it apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral: Option<Value>,
    /// As it was when the first of them came.
    #[serde(default)]
    pub first_message: bool,
    #[serde(default)]
    pub busy: bool,
}

/// Nobody says more in one go who wants an answer, and what is kept must have a bound.
const MOST: usize = 50;

impl Burst {
    pub fn new(first: Input, referral: Option<Value>, situation: Situation) -> Self {
        let Situation { first_message, busy } = situation;
        Self { messages: vec![first], referral, first_message, busy }
    }

    /// One more. Of very many the earliest are let go.
    pub fn add(&mut self, message: Input, referral: Option<Value>) {
        if self.messages.len() >= MOST {
            self.messages.remove(0);
        }
        self.messages.push(message);
        self.referral = referral.or_else(|| self.referral.take());
    }

    pub fn situation(&self) -> Situation {
        Situation { first_message: self.first_message, busy: self.busy }
    }

    /// The flow that begins: the strongest match of any of the messages, by the rule of [`super::winner`]; of equals, what
    /// the earlier message matched.
    pub fn winner(&self, flows: &[&Compiled]) -> Option<Winner> {
        let referral = self.referral.as_ref().and_then(|referral| referral.get("source_id")?.as_str());
        let mut best = None;
        for message in &self.messages {
            let incoming = Incoming {
                text: message.words(),
                payload: message.payload(),
                tapped_of: message.tapped_of(),
                referral,
            };
            let Some((strength, won)) = strongest(flows.iter().copied(), incoming.into(), self.situation())
            else {
                continue;
            };
            if best.as_ref().is_none_or(|(so_far, _)| strength > *so_far) {
                best = Some((strength, won));
            }
        }
        best.map(|(_, won)| won)
    }

    /// What the run is told of it: `message`, all the words, each message on its line; `payload`, the id of what was
    /// tapped last; `files`, as a question for several files gives them; `location`, the last one; `referral`.
    pub fn told(&self) -> Map<String, Value> {
        let messages = &self.messages;
        let words = messages.iter().map(Input::words).filter(|words| !words.is_empty());
        let words = words.collect::<Vec<_>>().join("\n");
        let files: Vec<Value> = messages.iter().filter_map(answer::file).collect();
        let values = [
            ("message", Some(Value::from(words))),
            ("payload", messages.iter().rev().find_map(Input::payload).map(Value::from)),
            ("files", (!files.is_empty()).then_some(Value::Array(files))),
            ("location", messages.iter().rev().find_map(answer::place)),
            ("referral", self.referral.clone()),
        ];
        values.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}
