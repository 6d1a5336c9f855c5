//! Whether it is a machine that answers a bot: another bot, an automatic reply. The two would go on for ever, and each
//! message may cost money.
//!
//! Only texts that answer something a bot has said count. Whoever taps a button or fills in a form is a person, and all is
//! counted anew; files and places say nothing, since people send many at once. Three rules, because a machine that thinks
//! before it answers is as slow as a person: many answers in a row within moments, many in an hour, many in a day.
//! Refused: to compare the texts with one another; a bot that a language model speaks for never says the same twice.

use beseda_wire::messages::Content;
use beseda_wire::time::Time;
use serde::{Deserialize, Serialize};

use crate::store::is_default;

/// Seconds between what a bot says and a text that nobody has read, thought about and typed. WhatsApp tells whole
/// seconds, and its clock is not ours: a text may seem to be a little older than what it answers.
const MOMENT: i64 = 3;
/// Texts in a row that come within a moment each.
const IN_A_ROW: u16 = 20;
/// Texts in so many seconds, without a tap between.
const MOST: [(i64, u16); 2] = [(3_600, 100), (86_400, 300)];

/// How a customer answers bots, as long as nothing shows that it is a person. It is written with each message, so times are
/// whole seconds since 1970: five bytes, where a time in words has thirty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pace {
    /// When a bot said what the customer has not answered yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    said: Option<i64>,
    /// Texts in a row that came within moments.
    #[serde(default, skip_serializing_if = "is_default")]
    quick: u16,
    /// For each of `MOST` since when, and how many texts.
    #[serde(default, skip_serializing_if = "is_default")]
    many: [(i64, u16); MOST.len()],
}

impl Pace {
    /// A bot says something.
    pub fn said(&mut self, at: Time) {
        self.said = Some(seconds(at));
    }

    /// The customer says something. True if it is a machine, by all signs.
    pub fn heard(&mut self, content: &Content, at: Time) -> bool {
        match content {
            Content::Reply(_) | Content::FormReply(_) => *self = Self::default(),
            Content::Text(_) => return self.said.take().is_some_and(|said| self.text(seconds(at), said)),
            _ => {}
        }
        false
    }

    fn text(&mut self, at: i64, said: i64) -> bool {
        let in_a_moment = (at - said).abs() <= MOMENT;
        self.quick = if in_a_moment { self.quick.saturating_add(1) } else { 0 };
        let mut is_machine = self.quick >= IN_A_ROW;
        for ((since, texts), (long, most)) in self.many.iter_mut().zip(MOST) {
            if at - *since >= long {
                (*since, *texts) = (at, 0);
            }
            *texts = texts.saturating_add(1);
            is_machine |= *texts >= most;
        }
        is_machine
    }
}

fn seconds(at: Time) -> i64 {
    at.timestamp().as_second()
}

#[cfg(test)]
mod tests {
    use beseda_wire::messages::{Media, Reply, ReplyKind, Text};

    use super::*;

    fn text() -> Content {
        Content::Text(Text { body: "We are closed today.".to_owned(), preview_url: false })
    }

    fn tap() -> Content {
        let (id, title) = ("o".to_owned(), "Yes".to_owned());
        Content::Reply(Reply { kind: ReplyKind::Button, id, title, description: None })
    }

    /// After how many answers, each so many milliseconds after what the bot says, it is taken for a machine.
    fn after(millis: impl Fn(i64) -> i64, said: impl Fn(i64) -> Content) -> Option<i64> {
        let mut pace = Pace::default();
        let mut now = Time::from_millis(1_795_338_000_000);
        (1..=2_000).find(|nth| {
            pace.said(now);
            now = now.plus_millis(millis(*nth));
            pace.heard(&said(*nth), now)
        })
    }

    #[test]
    fn whoever_answers_again_and_again_without_a_tap_is_a_machine() {
        for (name, millis, wanted) in [
            ("at once", 300, Some(20)),
            ("a clock that is behind", -900, Some(20)),
            ("within a moment", 3_000, Some(20)),
            ("as a language model does", 9_000, Some(100)),
            ("every half a minute", 30_000, Some(100)),
            ("every minute", 60_000, Some(300)),
            // 288 in a day: some hundred messages are no loop that costs a fortune.
            ("every five minutes", 300_000, None),
        ] {
            assert_eq!(after(|_| millis, |_| text()), wanted, "{name}");
        }
    }

    #[test]
    fn people_are_no_machines() {
        let once_in_ten = |nth: i64| if nth % 10 == 0 { tap() } else { text() };
        assert_eq!(after(|_| 300, once_in_ten), None, "taps between");
        assert_eq!(after(|_| 300, |_| tap()), None, "taps alone");
        let slower = |nth: i64| if nth % 15 == 0 { 60_000 } else { 40_000 };
        assert_eq!(after(slower, |_| text()), Some(300), "a day of nothing but typing");
        let hesitates = |nth: i64| if nth % 19 == 0 { 5_000 } else { 1_000 };
        assert_eq!(after(hesitates, |_| text()), Some(100), "quick, but not as a machine is");
    }

    #[test]
    fn what_answers_nothing_does_not_count() {
        let mut pace = Pace::default();
        let now = Time::from_millis(1_795_338_000_000);
        for _ in 0..1_000 {
            assert!(!pace.heard(&text(), now), "no bot has said anything");
        }
        let photo: Media =
            serde_json::from_value(serde_json::json!({ "kind": "image", "state": "stored" })).unwrap();
        for _ in 0..1_000 {
            pace.said(now);
            assert!(!pace.heard(&Content::Media(photo.clone()), now), "an album");
        }
        // One text for each thing said, however many come.
        for _ in 0..19 {
            pace.said(now);
            assert!(!pace.heard(&text(), now) && !pace.heard(&text(), now));
        }
        pace.said(now);
        assert!(pace.heard(&text(), now));
    }
}
