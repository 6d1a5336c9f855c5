//! Which flow answers a message.
//!
//! The rule, in this order: the greater `priority`; then the more particular match (`is`, `starts`, `regex`,
//! `contains`, first message, any message); then the longer keyword; then the flow that stands earlier in the
//! caller's list; then the trigger that stands earlier in its flow. It depends on nothing else.

use std::cmp::Reverse;

use regex::Regex;

use crate::compile::Compiled;
use crate::model::{Keyword, Match, Trigger, TriggerKind};
use crate::pattern;
use crate::values::fold;

/// A message that may start a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Incoming<'a> {
    /// The text, a media's caption, or the title of what was tapped.
    pub text: &'a str,
}

/// What else counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Situation {
    /// The customer never wrote to this business before.
    pub first_message: bool,
    /// A run is under way: only triggers that fire `anywhere` are asked.
    pub busy: bool,
}

/// The flow that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Winner {
    /// Position in the list that was given.
    pub flow: usize,
    /// The trigger's id, for [`crate::Input::Start`].
    pub trigger: String,
}

/// The flow that answers this message, if any does.
pub fn winner<'a>(
    flows: impl IntoIterator<Item = &'a Compiled>,
    message: Incoming,
    situation: Situation,
) -> Option<Winner> {
    let folded = fold(message.text);
    let mut best: Option<(Rank, usize, &str)> = None;
    for (n, flow) in flows.into_iter().enumerate() {
        for trigger in &flow.triggers {
            // Only a greater rank displaces: of equals the earlier stays.
            if let Some(rank) = trigger.rank(message.text, &folded, situation)
                && best.as_ref().is_none_or(|(before, ..)| rank > *before)
            {
                best = Some((rank, n, &trigger.id));
            }
        }
    }
    best.map(|(_, flow, trigger)| Winner { flow, trigger: trigger.to_owned() })
}

/// Priority, particularity (the first kinds are the most particular), length of the keyword.
type Rank = (i32, Reverse<u8>, usize);

/// A trigger made ready.
pub(crate) struct Prepared {
    id: String,
    priority: i32,
    disabled: bool,
    anywhere: bool,
    kind: TriggerKind,
    keywords: Vec<ReadyKeyword>,
}

enum ReadyKeyword {
    Is(String),
    Starts(String),
    Regex(Regex),
    Contains(String),
}

impl Prepared {
    pub fn new(trigger: &Trigger) -> Self {
        Self {
            id: trigger.id.clone(),
            priority: trigger.priority,
            disabled: trigger.disabled,
            anywhere: trigger.anywhere,
            kind: trigger.kind.clone(),
            keywords: trigger.keywords.iter().filter_map(ready).collect(),
        }
    }

    fn rank(&self, text: &str, folded: &str, situation: Situation) -> Option<Rank> {
        if self.disabled || (situation.busy && !self.anywhere) {
            return None;
        }
        let (particular, length) = match self.kind {
            TriggerKind::Keyword => {
                let found = self.keywords.iter().filter_map(|keyword| keyword.found(text, folded));
                found.max_by_key(|(particular, length)| (Reverse(*particular), *length))?
            }
            TriggerKind::FirstMessage if situation.first_message => (4, 0),
            TriggerKind::AnyMessage => (5, 0),
            _ => return None,
        };
        Some((self.priority, Reverse(particular), length))
    }
}

impl ReadyKeyword {
    fn found(&self, text: &str, folded: &str) -> Option<(u8, usize)> {
        let (found, particular, length) = match self {
            Self::Is(word) => (folded == word || ends_bare(folded) == ends_bare(word), 0, word.len()),
            Self::Starts(word) => (folded.starts_with(word), 1, word.len()),
            Self::Regex(pattern) => (pattern::found(pattern, text), 2, 0),
            Self::Contains(word) => (folded.contains(word.as_str()), 3, word.len()),
        };
        found.then_some((particular, length))
    }
}

/// Prepares a keyword; one that is empty or not a pattern never fires (the checker reports it).
fn ready(keyword: &Keyword) -> Option<ReadyKeyword> {
    let word = fold(&keyword.text);
    if word.is_empty() {
        return None;
    }
    Some(match keyword.how {
        Match::Is => ReadyKeyword::Is(word),
        Match::Starts => ReadyKeyword::Starts(word),
        Match::Contains => ReadyKeyword::Contains(word),
        Match::Regex => ReadyKeyword::Regex(pattern::prepare(&keyword.text).ok()?),
    })
}

/// Without punctuation at the ends; the text itself where nothing else is in it ("?" is a keyword too).
fn ends_bare(text: &str) -> &str {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    if bare.is_empty() { text } else { bare }
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use serde_json::{Value, json};

    use super::*;
    use crate::Flow;

    fn flow(triggers: Value) -> Compiled {
        let flow = json!({ "schema": 1, "id": "f", "name": "", "triggers": triggers });
        Compiled::new(&Flow::from_value(flow).unwrap(), 1)
    }

    fn keyword(id: &str, how: &str, text: &str, priority: i32) -> Value {
        json!({ "id": id, "kind": "keyword", "priority": priority, "keywords": [{ "match": how, "text": text }] })
    }

    #[test]
    fn keywords() {
        for (how, word, text, fires) in [
            ("is", "привет", "Привет!", true),
            ("is", "привет", "  ПРИВЕТ  ", true),
            ("is", "привет", "привет всем", false),
            ("is", "еще", "Ещё", true),
            ("is", "Ёлка", "елка?", true),
            ("is", "?", "?", true),
            ("is", "?", "!", false),
            ("is", "good day", "Good   day.", true),
            ("starts", "запис", "Записаться хочу", true),
            ("starts", "запис", "хочу записаться", false),
            ("contains", "запис", "хочу записаться", true),
            ("contains", "запис", "хочу", false),
            ("regex", r"^заказ\s*\d+$", "Заказ 48213", true),
            ("regex", r"^заказ\s*\d+$", "мой заказ", false),
            ("regex", "ёж", "Еж", true),
            ("regex", "(", "(", false),
            ("contains", " ", "anything", false),
        ] {
            let flow = flow(json!([keyword("t", how, word, 0)]));
            let won = winner([&flow], Incoming { text }, Situation::default());
            assert_eq!(won.is_some(), fires, "{how} {word:?}: {text:?}");
        }
    }

    #[test]
    fn the_rule_of_which_wins() {
        let any = || json!({ "id": "any", "kind": "any_message" });
        let first = || json!({ "id": "first", "kind": "first_message" });
        let wins = |flows: &[Value], text: &str, situation: Situation| {
            let flows: Vec<_> = flows.iter().map(|triggers| flow(triggers.clone())).collect();
            let won = winner(&flows, Incoming { text }, situation);
            won.map(|won| format!("{}.{}", won.flow, won.trigger)).unwrap_or_default()
        };
        let idle = Situation::default();
        let new = Situation { first_message: true, busy: false };
        let busy = Situation { first_message: false, busy: true };
        let (is, starts) = (keyword("is", "is", "menu", 0), keyword("starts", "starts", "menu", 0));
        let (regex, contains) =
            (keyword("regex", "regex", "menu", 0), keyword("contains", "contains", "menu", 0));

        // Priority before all else.
        assert_eq!(wins(&[json!([is]), json!([keyword("p", "contains", "menu", 1)])], "menu", idle), "1.p");
        // Then the more particular.
        let all = json!([any(), first(), contains, regex, starts, is]);
        assert_eq!(wins(from_ref(&all), "Menu", new), "0.is");
        assert_eq!(wins(from_ref(&all), "menu please", new), "0.starts");
        assert_eq!(wins(from_ref(&all), "the menu", new), "0.regex");
        assert_eq!(wins(&[json!([any(), contains, first()])], "the menu", new), "0.contains");
        assert_eq!(wins(from_ref(&all), "hello", new), "0.first");
        assert_eq!(wins(from_ref(&all), "hello", idle), "0.any");
        // Then the longer keyword.
        let (short, long) = (keyword("short", "contains", "ord", 0), keyword("long", "contains", "order", 0));
        assert_eq!(wins(&[json!([short]), json!([long])], "my order", idle), "1.long");
        // Then the earlier.
        assert_eq!(wins(&[json!([any()]), json!([any()])], "hello", idle), "0.any");
        assert_eq!(
            wins(
                &[json!([is, { "id": "same", "kind": "keyword", "keywords": [{ "text": "menu" }] }])],
                "menu",
                idle
            ),
            "0.is"
        );
        // In the middle of a talk only commands.
        assert_eq!(wins(&[all], "menu", busy), "");
        let mut command = keyword("stop", "is", "стоп", 0);
        command["anywhere"] = json!(true);
        assert_eq!(wins(&[json!([any(), command])], "Стоп!", busy), "0.stop");
        // What is switched off or not known never wins.
        let off = json!({ "id": "off", "kind": "any_message", "disabled": true });
        assert_eq!(wins(&[json!([off, { "id": "moon", "kind": "full_moon" }])], "hello", new), "");
        assert_eq!(wins(&[], "hello", new), "");
    }
}
