//! One customer's thread: bursts of messages over a year, answered by a bot or an agent.

use beseda_wire::conversations::{ConversationState, Handler};
use beseda_wire::ids::{ConversationId, CustomerId, MessageId};
use beseda_wire::messages::{
    Author, AuthorKind, Buttons, Choice, Content, Direction, Event, EventKind, Failure, Location, Media,
    MediaKind, MediaState, Reply, ReplyKind, Status, Template, Text,
};
use beseda_wire::time::Time;

use super::super::chance::Chance;
use super::World;
use crate::conversations::{Assignee, Bot, Conversation, Message, Pace};
use crate::customers::Customer;

/// Messages of one talk.
const TALK: usize = 9;
/// Days in which there were talks.
const YEAR: i64 = 365;

pub struct Talker<'w> {
    world: &'w World,
    chance: Chance,
    customer: CustomerId,
    /// As it stands in Meta's ids, which begin with the customer's phone.
    wamid: String,
    conversation: ConversationId,
    created: Time,
    messages: Vec<Message>,
    agent: Option<Assignee>,
    bot_talks: bool,
    closed: bool,
}

impl<'w> Talker<'w> {
    pub fn new(
        world: &'w World,
        customer: &Customer,
        conversation: ConversationId,
        mut chance: Chance,
    ) -> Self {
        let digits = customer.phone.as_ref().map_or("0", |phone| phone.digits());
        let bot_talks = world.parties.bot.is_some() && chance.percent(35);
        Self {
            world,
            customer: customer.id,
            wamid: format!("wamid.HBgM{digits}FQIAERgS"),
            conversation,
            created: customer.created_at,
            messages: Vec::new(),
            agent: None,
            bot_talks,
            closed: false,
            chance,
        }
    }

    /// Says so many messages.
    pub fn talk(&mut self, size: usize) {
        let talks = size.div_ceil(TALK).max(1);
        let since = self.created.max(self.world.now.plus_seconds(-86_400 * YEAR));
        let days = (self.world.now.millis_since(since) / 86_400_000).max(1);
        let until = self.world.now.plus_seconds(-3 * 3_600);
        let mut starts: Vec<Time> = (0..talks)
            .map(|_| self.world.calendar.busy_moment(&mut self.chance, until, days).max(since))
            .collect();
        starts.sort_unstable();
        let mut left = size;
        for (nth, start) in starts.into_iter().enumerate() {
            let said = if nth + 1 == talks { left } else { TALK.min(left) };
            left -= said;
            let after = self.messages.last().map_or(start, |last| last.at.plus_seconds(60));
            self.burst(start.max(after), said);
        }
    }

    fn burst(&mut self, start: Time, count: usize) {
        let agents = &self.world.parties.agents;
        if !agents.is_empty() && (self.agent.is_none() || self.chance.percent(20)) {
            self.agent = Some(agents[self.world.agent.draw(&mut self.chance)].clone());
        }
        let mut by_bot = self.world.parties.bot.is_some() && self.chance.percent(35);
        self.closed = false;
        let mut at = start;
        for place in 0..count {
            // A thread grown long in few days would run into the future: what is left comes in quick succession.
            let pause =
                if at.plus_seconds(600) < self.world.now { self.chance.between(5_000, 400_000) } else { 1 };
            at = at.plus_millis(pause);
            let last = place + 1 == count;
            if last && count > 3 && self.chance.percent(60) {
                self.event(at, EventKind::Closed);
                self.closed = true;
            } else if by_bot && place > 3 && self.chance.percent(30) {
                by_bot = false;
                self.event(at, EventKind::TakenOver);
            } else if place == 0 || self.chance.percent(45) {
                self.customer_says(at);
            } else {
                self.business_says(at, by_bot);
            }
        }
        self.bot_talks = by_bot;
    }

    fn customer_says(&mut self, at: Time) {
        let content = match self.chance.below(100) {
            0..=81 => self.text(),
            82..=89 => self.media("cake", MediaKind::Image),
            90..=93 => self.media("voice", MediaKind::Audio),
            94..=95 => self.media("prices", MediaKind::Document),
            96 => Content::Location(Location {
                latitude: self.world.words.place.0,
                longitude: self.world.words.place.1,
                name: None,
                address: Some(self.world.vocabulary.say(3, &mut self.chance)),
                url: None,
            }),
            _ => Content::Reply(Reply {
                kind: ReplyKind::Button,
                id: "b1".to_owned(),
                title: self.world.vocabulary.say(1, &mut self.chance),
                description: None,
            }),
        };
        let author = Author { kind: AuthorKind::Customer, name: None, user_id: None, bot_id: None };
        self.add(at, Direction::In, author, content);
    }

    fn business_says(&mut self, at: Time, by_bot: bool) {
        let content = match self.chance.below(100) {
            0..=5 if by_bot => Content::Buttons(Buttons {
                header: None,
                header_media: None,
                body: self.sentence(),
                footer: None,
                buttons: ["b1", "b2"]
                    .map(|id| Choice {
                        id: id.to_owned(),
                        title: self.world.vocabulary.say(1, &mut self.chance),
                        description: None,
                    })
                    .to_vec(),
            }),
            6..=9 => Content::Template(Template {
                name: ["reminder", "offer", "delivery"][self.chance.below(3)].to_owned(),
                language: self.world.words.language.to_owned(),
                components: None,
                header_media: None,
                preview: Some(self.sentence()),
                category: None,
            }),
            10..=13 => self.media("prices", MediaKind::Document),
            14..=16 => self.media("coffee", MediaKind::Image),
            _ => self.text(),
        };
        let bot = self.world.parties.bot.as_ref().filter(|_| by_bot);
        let author = match (bot, &self.agent) {
            (Some((id, name)), _) => {
                Author { kind: AuthorKind::Bot, name: Some(name.clone()), user_id: None, bot_id: Some(*id) }
            }
            (None, Some(agent)) => Author {
                kind: AuthorKind::User,
                name: Some(agent.name.clone()),
                user_id: Some(agent.id),
                bot_id: None,
            },
            (None, None) => Author { kind: AuthorKind::Api, name: None, user_id: None, bot_id: None },
        };
        self.add(at, Direction::Out, author, content);
        let status = match self.chance.below(100) {
            0..=69 => Status::Read,
            70..=89 => Status::Delivered,
            90..=97 => Status::Sent,
            _ => Status::Failed,
        };
        if let Some(message) = self.messages.last_mut() {
            message.status = Some(status);
            if status == Status::Failed {
                let (code, reason) =
                    [(131_026, "undeliverable"), (131_047, "window_closed")][self.chance.below(2)];
                message.failure =
                    Some(Failure { code, reason: reason.to_owned(), detail: "as Meta says".to_owned() });
            }
        }
    }

    fn event(&mut self, at: Time, event: EventKind) {
        let name = self.agent.as_ref().map(|agent| agent.name.clone());
        let author = Author {
            kind: AuthorKind::User,
            name: name.clone(),
            user_id: self.agent.as_ref().map(|agent| agent.id),
            bot_id: None,
        };
        self.add(at, Direction::Event, author, Content::Event(Event { event, name, note: None }));
    }

    fn add(&mut self, at: Time, direction: Direction, author: Author, content: Content) {
        let wamid = (direction != Direction::Event)
            .then(|| format!("{}{:010X}{}A", self.wamid, at.millis(), self.chance.letters(6)));
        self.messages.push(Message {
            id: MessageId::from_uuid(self.chance.id(at)),
            conversation: self.conversation,
            at,
            direction,
            author,
            content,
            status: None,
            failure: None,
            wamid,
            former_wamids: Vec::new(),
            reply_to: None,
            reactions: Vec::new(),
            edited: false,
            revoked: false,
            forwarded: false,
            referral: None,
            pricing: None,
        });
    }

    fn text(&mut self) -> Content {
        Content::Text(Text { body: self.sentence(), preview_url: false })
    }

    /// Most are short, and some are long.
    fn sentence(&mut self) -> String {
        let count = match self.chance.below(100) {
            0..=24 => self.chance.between(1, 3),
            25..=79 => self.chance.between(4, 12),
            80..=96 => self.chance.between(13, 35),
            _ => self.chance.between(36, 120),
        };
        self.world.vocabulary.say(usize::try_from(count).unwrap_or(1), &mut self.chance)
    }

    fn media(&mut self, name: &str, kind: MediaKind) -> Content {
        let sample = self.world.samples.get(name);
        let caption = self.chance.percent(30).then(|| self.sentence());
        Content::Media(Media {
            kind,
            state: MediaState::Stored,
            sha256: sample.map(|sample| sample.sha256.clone()),
            link: None,
            provider_id: None,
            mime: sample.map(|sample| sample.mime.to_owned()),
            size: sample.map(|sample| sample.bytes.len() as u64),
            caption: caption.filter(|_| kind != MediaKind::Audio),
            filename: (kind == MediaKind::Document).then(|| "prices.pdf".to_owned()),
            voice: kind == MediaKind::Audio,
            animated: false,
            problem: None,
        })
    }

    /// The thread as its last message leaves it: most are closed, and whoever asked last waits.
    pub fn finish(mut self) -> (Conversation, Vec<Message>) {
        let spoken = self.messages.iter().rev().filter(|message| message.direction != Direction::Event);
        let unread = spoken.clone().take_while(|message| message.direction == Direction::In).count();
        let newest_in = spoken.clone().find(|message| message.direction == Direction::In);
        let (last_in_at, last_in_wamid) =
            (newest_in.map(|message| message.at), newest_in.and_then(|message| message.wamid.clone()));
        let updated_at = self.messages.last().map_or(self.created, |message| message.at);
        // Old talks were closed by somebody, whatever was said last.
        let old = updated_at < self.world.now.plus_seconds(-14 * 86_400);
        let open = !self.closed && (!old || self.chance.percent(4));
        let waits = open && unread > 0 && !self.bot_talks;
        let bot = self.world.parties.bot.as_ref().filter(|_| self.bot_talks);
        let agent = self.agent.take().filter(|_| !self.bot_talks);
        let handler = match (bot, &agent) {
            (Some(_), _) => Handler::Bot,
            (None, Some(_)) => Handler::Person,
            (None, None) => Handler::Nobody,
        };
        let conversation = Conversation {
            id: self.conversation,
            customer: self.customer,
            number: self.world.parties.number,
            state: if open { ConversationState::Open } else { ConversationState::Closed },
            handler,
            assignee: agent,
            bot: bot.map(|(id, name)| Bot { id: *id, name: name.clone() }),
            unread: if waits { u32::try_from(unread).unwrap_or(u32::MAX) } else { 0 },
            last_in_at,
            called_at: None,
            last_in_wamid,
            waiting_since: last_in_at.filter(|_| waits),
            people_called: false,
            pace: Pace::default(),
            created_at: self.created,
            updated_at,
        };
        (conversation, self.messages)
    }
}
