//! One customer's chat with one number: messages, the 24-hour window, reading. Pure.

use std::collections::VecDeque;

use beseda_wire::messages::Status;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::bucket::Bucket;

/// How long the business may write freely after the customer's last message (FACTS §7).
const WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// How long "writing…" stays (FACTS §2).
const TYPING: SignedDuration = SignedDuration::from_secs(25);

/// How long after being written to, a customer who hides the phone still shows it to that business (FACTS §9).
const KNOWN: SignedDuration = SignedDuration::from_hours(30 * 24);

#[derive(Debug, Default)]
pub struct Chat {
    messages: VecDeque<Message>,
    /// Changes with everything that changes the chat.
    pub revision: u64,
    /// How many messages of the business ever arrived.
    pub arrived: u64,
    /// When the customer last wrote.
    pub heard_at: Option<Timestamp>,
    /// When the business last wrote to the phone number, not to the business-scoped id.
    dialled_at: Option<Timestamp>,
    typing_until: Option<Timestamp>,
    /// The customer looks at it.
    pub open: bool,
    pub marketing_stopped: bool,
    /// It was told what was before this run.
    pub recalled: bool,
    /// The pair rate (FACTS §6).
    pub pair: Bucket,
}

#[derive(Debug)]
pub struct Message {
    pub id: Box<str>,
    pub at: Timestamp,
    pub said: Said,
    pub status: Status,
    pub quote: Option<Box<str>>,
    /// What the other side put on it.
    pub reaction: Option<Box<str>>,
    pub edited: bool,
    pub revoked: bool,
    pub callback: Option<Box<str>>,
    pub category: Category,
}

/// What a message says, as it came: it is read again only when somebody looks, since most are never looked at.
#[derive(Debug)]
pub enum Said {
    /// The JSON of a `wire` content.
    Customer(Box<str>),
    /// The body of the request to `/messages`; for a template, its text with the variables filled in.
    Business { body: Box<[u8]>, preview: Option<Box<str>> },
    /// The JSON of a `wire` content the business sent before the simulator was there.
    Remembered(Box<str>),
}

/// What a message is charged as (FACTS §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    Service,
    Marketing,
    Utility,
    Authentication,
}

impl Category {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Marketing => "marketing",
            Self::Utility => "utility",
            Self::Authentication => "authentication",
        }
    }

    pub fn of_template(category: &str) -> Self {
        match category {
            "MARKETING" => Self::Marketing,
            "AUTHENTICATION" => Self::Authentication,
            _ => Self::Utility,
        }
    }
}

/// What of a message a status webhook tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    pub id: Box<str>,
    pub callback: Option<Box<str>>,
    pub category: Category,
}

/// Why a message cannot be marked as read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CannotMark {
    Unknown,
    Outgoing,
}

impl Message {
    pub const fn is_business(&self) -> bool {
        matches!(self.said, Said::Business { .. } | Said::Remembered(_))
    }

    pub fn ticket(&self) -> Ticket {
        Ticket { id: self.id.clone(), callback: self.callback.clone(), category: self.category }
    }
}

impl Chat {
    /// An empty chat whose revisions go on from `revision`.
    pub fn from_revision(revision: u64) -> Self {
        Self { revision, ..Self::default() }
    }

    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.iter()
    }

    pub fn find(&self, id: &str) -> Option<&Message> {
        self.messages.iter().rev().find(|message| &*message.id == id)
    }

    fn find_mut(&mut self, id: &str) -> Option<&mut Message> {
        self.messages.iter_mut().rev().find(|message| &*message.id == id)
    }

    /// Whether the business may write freely.
    pub fn window_open(&self, now: Timestamp) -> bool {
        self.heard_at.is_some_and(|heard| now.duration_since(heard) < WINDOW)
    }

    pub fn typing(&self, now: Timestamp) -> bool {
        self.typing_until.is_some_and(|until| now < until)
    }

    /// When the chat will look different without anything happening.
    pub fn changes_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.typing_until.filter(|until| *until > now)
    }

    /// Whether this business may see the phone of a customer who hides it.
    pub fn phone_known(&self, now: Timestamp) -> bool {
        self.dialled_at.is_some_and(|at| now.duration_since(at) < KNOWN)
    }

    /// The business's message arrives. `dialled`: it was sent to the phone number. At most `limit` messages stay.
    pub fn arrive(&mut self, message: Message, dialled: bool, limit: usize) {
        if dialled {
            self.dialled_at = Some(message.at);
        }
        self.typing_until = None;
        self.arrived += 1;
        self.push(message, limit);
    }

    /// The customer says something.
    pub fn say(&mut self, message: Message, limit: usize) {
        self.heard_at = Some(message.at);
        self.push(message, limit);
    }

    /// What was here before this run, oldest first: it lies above what has come since, of which it may hold some too.
    pub fn recall(&mut self, before: Vec<Message>, limit: usize) {
        self.recalled = true;
        for message in before.into_iter().rev() {
            if self.messages.len() < limit.max(1) && self.find(&message.id).is_none() {
                self.messages.push_front(message);
                self.revision += 1;
            }
        }
    }

    fn push(&mut self, message: Message, limit: usize) {
        self.messages.push_back(message);
        while self.messages.len() > limit.max(1) {
            self.messages.pop_front();
        }
        self.revision += 1;
    }

    /// The customer reads everything: the messages that were unread.
    pub fn read(&mut self) -> Vec<Ticket> {
        let mut read = Vec::new();
        for message in &mut self.messages {
            if message.is_business() && message.status == Status::Delivered {
                message.status = Status::Read;
                read.push(message.ticket());
            }
        }
        if !read.is_empty() {
            self.revision += 1;
        }
        read
    }

    /// The customer listens to a voice note or watches a video: its ticket, if it had not been played.
    pub fn play(&mut self, id: &str) -> Option<Ticket> {
        let message = self.find_mut(id)?;
        if !message.is_business() || !matches!(message.status, Status::Delivered | Status::Read) {
            return None;
        }
        message.status = Status::Played;
        let ticket = message.ticket();
        self.revision += 1;
        Some(ticket)
    }

    /// The business marks a message and all before it as read, and may show that it is writing.
    pub fn mark(&mut self, id: &str, typing: bool, now: Timestamp) -> Result<(), CannotMark> {
        let at = self.messages.iter().rposition(|message| &*message.id == id).ok_or(CannotMark::Unknown)?;
        if self.messages[at].is_business() {
            return Err(CannotMark::Outgoing);
        }
        for message in self.messages.iter_mut().take(at + 1).filter(|message| !message.is_business()) {
            message.status = Status::Read;
        }
        if typing {
            self.typing_until = now.checked_add(TYPING).ok();
        }
        self.revision += 1;
        Ok(())
    }

    /// Puts `emoji` on a message, or takes it away when it is empty. False when the message is not here.
    pub fn react(&mut self, id: &str, emoji: &str, by_business: bool) -> bool {
        let Some(message) = self.find_mut(id) else { return false };
        if message.is_business() == by_business {
            // One may put an emoji on one's own message too; the phone shows the other side's only.
            return true;
        }
        message.reaction = (!emoji.is_empty()).then(|| emoji.into());
        self.revision += 1;
        true
    }

    /// Another text for an own message of the customer. False when there is no such message.
    pub fn edit(&mut self, id: &str, content: &str) -> bool {
        let Some(message) = self.find_mut(id).filter(|message| !message.is_business() && !message.revoked)
        else {
            return false;
        };
        message.said = Said::Customer(content.into());
        message.edited = true;
        self.revision += 1;
        true
    }

    /// The customer deletes an own message for everyone. False when there is no such message.
    pub fn revoke(&mut self, id: &str) -> bool {
        let Some(message) = self.find_mut(id).filter(|message| !message.is_business() && !message.revoked)
        else {
            return false;
        };
        message.revoked = true;
        self.revision += 1;
        true
    }

    /// The first thing that can be tapped on the last message: its id, and whether it is a row of a list.
    pub fn tappable(&self) -> Option<(String, bool)> {
        let Said::Business { body, .. } = &self.messages.back()?.said else { return None };
        let body: Value = serde_json::from_slice(body).ok()?;
        let action = body.get("interactive")?.get("action")?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        if let Some(id) = text(&action["buttons"][0]["reply"]["id"]) {
            return Some((id, false));
        }
        Some((text(&action["sections"][0]["rows"][0]["id"])?, true))
    }

    /// The newest message of the business that offers a choice with this id: itself and the choice's entry in it.
    pub fn offer(&self, id: &str) -> Option<(&Message, Value)> {
        self.messages.iter().rev().find_map(|message| Some((message, choice(message, id)?)))
    }
}

/// The entry of a button, row or template's quick reply with this id in a business's message.
pub fn choice(message: &Message, id: &str) -> Option<Value> {
    let body: Value = match &message.said {
        Said::Business { body, .. } => serde_json::from_slice(body).ok()?,
        Said::Remembered(content) => {
            // A `wire` content lists its choices under plainer names.
            let content: Value = serde_json::from_str(content).ok()?;
            let sections = content["sections"].as_array().cloned().unwrap_or_default();
            let rows = sections.iter().filter_map(|section| section["rows"].as_array());
            let mut choices = content["buttons"].as_array().into_iter().chain(rows).flatten();
            return choices.find(|choice| choice["id"] == id).cloned();
        }
        Said::Customer(_) => return None,
    };
    if let Some(components) = body["template"]["components"].as_array() {
        return components
            .iter()
            .find(|component| component["parameters"][0]["payload"] == id)
            .map(|component| component["parameters"][0].clone());
    }
    let action = &body["interactive"]["action"];
    if let Some(buttons) = action["buttons"].as_array() {
        return buttons.iter().map(|button| &button["reply"]).find(|reply| reply["id"] == id).cloned();
    }
    let sections = action["sections"].as_array()?;
    let mut rows = sections.iter().filter_map(|section| section["rows"].as_array()).flatten();
    rows.find(|row| row["id"] == id).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn message(id: &str, second: i64, said: Said, status: Status) -> Message {
        Message {
            id: id.into(),
            at: at(second),
            said,
            status,
            quote: None,
            reaction: None,
            edited: false,
            revoked: false,
            callback: None,
            category: Category::Service,
        }
    }

    fn theirs(id: &str, second: i64) -> Message {
        let body = br#"{"type":"text","text":{"body":"hello"}}"#.as_slice().into();
        message(id, second, Said::Business { body, preview: None }, Status::Delivered)
    }

    fn own(id: &str, second: i64) -> Message {
        message(id, second, Said::Customer("{}".into()), Status::Delivered)
    }

    #[test]
    fn the_window_is_open_for_a_day_after_the_customer_spoke() {
        let mut chat = Chat::default();
        assert!(!chat.window_open(at(0)));
        chat.arrive(theirs("b1", 5), true, 10);
        assert!(!chat.window_open(at(5)), "a business opens no window");
        chat.say(own("c1", 10), 10);
        assert!(chat.window_open(at(10)));
        assert!(chat.window_open(at(10 + 86_399)));
        assert!(!chat.window_open(at(10 + 86_400)));
    }

    #[test]
    fn history_is_bounded_and_every_change_is_a_revision() {
        let mut chat = Chat::default();
        for number in 0..20 {
            chat.say(own(&number.to_string(), number), 5);
        }
        assert_eq!(
            chat.messages().map(|message| &*message.id).collect::<Vec<_>>(),
            ["15", "16", "17", "18", "19"]
        );
        assert_eq!(chat.revision, 20);
    }

    #[test]
    fn reading_happens_once_and_only_to_what_was_delivered() {
        let mut chat = Chat::default();
        chat.arrive(theirs("b1", 1), true, 10);
        let mut undelivered = theirs("b2", 2);
        undelivered.status = Status::Sent;
        chat.arrive(undelivered, true, 10);
        assert_eq!(chat.read().iter().map(|ticket| &*ticket.id).collect::<Vec<_>>(), ["b1"]);
        assert!(chat.read().is_empty());
        assert!(chat.play("b2").is_none());
        assert_eq!(chat.play("b1").map(|ticket| ticket.id), Some("b1".into()));
        assert!(chat.play("b1").is_none(), "it is played once");
    }

    #[test]
    fn a_mark_reaches_back_and_shows_writing_until_the_next_message() {
        let mut chat = Chat::default();
        chat.say(own("c1", 1), 10);
        chat.arrive(theirs("b1", 2), true, 10);
        chat.say(own("c2", 3), 10);
        chat.say(own("c3", 4), 10);
        assert_eq!(chat.mark("b1", false, at(5)), Err(CannotMark::Outgoing));
        assert_eq!(chat.mark("zz", false, at(5)), Err(CannotMark::Unknown));
        assert_eq!(chat.mark("c2", true, at(5)), Ok(()));
        let statuses: Vec<_> = chat.messages().map(|message| message.status).collect();
        assert_eq!(statuses, [Status::Read, Status::Delivered, Status::Read, Status::Delivered]);
        assert!(chat.typing(at(29)) && !chat.typing(at(30)));
        chat.arrive(theirs("b2", 6), true, 10);
        assert!(!chat.typing(at(7)));
    }

    #[test]
    fn only_own_messages_are_edited_and_revoked() {
        let mut chat = Chat::default();
        chat.say(own("c1", 1), 10);
        chat.arrive(theirs("b1", 2), true, 10);
        assert!(chat.edit("c1", "{\"type\":\"text\"}") && !chat.edit("b1", "{}") && !chat.edit("zz", "{}"));
        assert!(chat.revoke("c1") && !chat.revoke("c1") && !chat.revoke("b1"));
        assert!(!chat.edit("c1", "{}"), "what is gone cannot be edited");
    }

    #[test]
    fn a_phone_is_known_for_thirty_days_after_it_was_dialled() {
        let mut chat = Chat::default();
        chat.arrive(theirs("b1", 0), false, 10);
        assert!(!chat.phone_known(at(1)));
        chat.arrive(theirs("b2", 0), true, 10);
        assert!(chat.phone_known(at(30 * 86_400 - 1)) && !chat.phone_known(at(30 * 86_400)));
    }

    #[test]
    fn a_choice_is_found_in_the_newest_message_that_offers_it() {
        let offer = |id: &str, body: &str| {
            message(id, 1, Said::Business { body: body.as_bytes().into(), preview: None }, Status::Delivered)
        };
        let mut chat = Chat::default();
        let buttons =
            r#"{"interactive":{"action":{"buttons":[{"type":"reply","reply":{"id":"yes","title":"Yes"}}]}}}"#;
        let list = r#"{"interactive":{"action":{"sections":[{"rows":[{"id":"r1","title":"Row","description":"D"}]}]}}}"#;
        let template = r#"{"template":{"components":[{"type":"button","parameters":[{"type":"payload","payload":"p1"}]}]}}"#;
        for (id, body) in [("b1", buttons), ("b2", list), ("b3", template), ("b4", buttons)] {
            chat.arrive(offer(id, body), true, 10);
        }
        let before = r#"{"type":"buttons","body":"?","buttons":[{"id":"old","title":"Old"}]}"#;
        chat.arrive(message("b0", 1, Said::Remembered(before.into()), Status::Read), true, 10);
        assert_eq!(chat.offer("old").unwrap().1["title"], "Old");
        for (choice, expected) in [("yes", Some("b4")), ("r1", Some("b2")), ("p1", Some("b3")), ("no", None)]
        {
            assert_eq!(chat.offer(choice).map(|(message, _)| &*message.id), expected, "{choice}");
        }
        assert_eq!(chat.offer("r1").unwrap().1["description"], "D");
        assert_eq!((chat.tappable(), chat.arrived), (None, 5), "the last message is a remembered one");
        for (body, expected) in [(list, Some(("r1", true))), (buttons, Some(("yes", false))), ("{}", None)] {
            chat.arrive(offer("b5", body), true, 10);
            assert_eq!(chat.tappable(), expected.map(|(id, row)| (id.to_owned(), row)), "{body}");
        }
    }
}
