//! Plays dialogues into a thread, by the very rules by which real messages change one.

use beseda_flow::Now;
use beseda_wire::conversations::{ConversationState, Handler};
use beseda_wire::ids::{BotId, ConversationId, MessageId, NumberId, RunId};
use beseda_wire::messages::{
    Author, AuthorKind, Choice, Content, Direction, Event, EventKind, Failure, MediaKind, ReactionMark,
    Referral, ReplyKind, Status,
};
use beseda_wire::time::Time;

use super::calendar::Calendar;
use super::cast::Cast;
use super::chance::Chance;
use super::robots::{Robot, Timer, Turn};
use super::samples::Samples;
use super::say::{self, Stage};
use super::script::{Script, Step, When};
use super::words::Words;
use crate::bots::{self, Run, results};
use crate::conversations::service::{self, note_incoming, note_outgoing};
use crate::conversations::{Assignee, Conversation, Message, Pace};
use crate::customers::Customer;
use crate::store::Actor;

/// Milliseconds for which a talk that is over may stay open.
const LISTED: i64 = 6 * 86_400_000;

/// What every story of one demo shares.
pub struct World<'a> {
    pub words: &'static Words,
    pub calendar: Calendar,
    pub now: Time,
    pub number: NumberId,
    /// The owner first.
    pub staff: &'a [Assignee],
    pub robots: &'a [Robot],
    pub samples: &'a Samples,
}

/// One customer's thread.
#[derive(Debug, Clone)]
pub struct Thread {
    pub conversation: Conversation,
    pub messages: Vec<Message>,
    /// Where the bot stands, when it leads the talk.
    pub run: Option<Run>,
    /// What results tell of each run: where it began, its turns, and how it ended.
    pub runs: Vec<Told>,
    /// The token and due time of the bot's question.
    pub timer: Option<(u64, Time)>,
}

/// A run, as results tell of it.
#[derive(Debug, Clone)]
pub struct Told {
    pub bot: BotId,
    pub id: RunId,
    pub started_at: Time,
    pub begun: Option<results::Beginning>,
    pub turns: Vec<results::Turn>,
    pub end: Option<results::End>,
}

/// Tells one thread, dialogue after dialogue.
pub struct Teller<'a> {
    world: &'a World<'a>,
    chance: Chance,
    customer: &'a Customer,
    thread: Thread,
    choices: Vec<(ReplyKind, Choice)>,
    /// The newest moment told.
    at: Time,
    /// Steps that could not be played, for the tests.
    pub problems: Vec<String>,
}

impl<'a> Teller<'a> {
    pub fn new(world: &'a World<'a>, customer: &'a Customer, since: Time, mut chance: Chance) -> Self {
        let conversation = Conversation {
            id: ConversationId::from_uuid(chance.id(since)),
            customer: customer.id,
            number: world.number,
            state: ConversationState::Open,
            handler: Handler::Nobody,
            assignee: None,
            bot: None,
            unread: 0,
            called_at: None,
            last_in_at: None,
            last_in_wamid: None,
            waiting_since: None,
            people_called: false,
            pace: Pace::default(),
            created_at: since,
            updated_at: since,
        };
        let thread = Thread { conversation, messages: Vec::new(), run: None, runs: Vec::new(), timer: None };
        Self { world, chance, customer, thread, choices: Vec::new(), at: since, problems: Vec::new() }
    }

    /// Plays a dialogue from `start` on, as far as it happened before now; says whether that is all of it.
    pub fn play(&mut self, script: &Script, cast: &Cast, start: Time, staff: usize) -> bool {
        let live = matches!(script.when, When::Live(_));
        let delays: Vec<i64> = script.steps.iter().map(|step| self.delay(step)).collect();
        let mut at = match script.when {
            When::Live(minutes) => {
                let last = self.world.now.plus_seconds(-60 * minutes - 4);
                last.plus_millis(-delays.iter().sum::<i64>())
            }
            When::Any | When::Ago(_) => start,
        };
        at = at.max(self.free_from());
        for (step, delay) in script.steps.iter().zip(delays) {
            at = if step.who == "wait" {
                self.after_wait(step, at.plus_millis(delay), cast)
            } else {
                at.plus_millis(delay)
            };
            let by_staff = step.who.starts_with('o') || step.who == "e";
            if by_staff && !live {
                at = self.world.calendar.when_open(at, &mut self.chance);
            }
            if at > self.world.now {
                return false;
            }
            at = self.take(step, cast, at, staff);
        }
        self.at = at;
        self.quiet_customer();
        // Of the last days some are still on people's lists.
        let recent = self.world.now.millis_since(self.at) < LISTED;
        let listed = live || script.stay || (recent && self.chance.percent(30));
        if !listed && self.thread.conversation.state == ConversationState::Open {
            self.close_later(staff);
        }
        true
    }

    /// From when on the next dialogue may begin.
    pub fn free_from(&self) -> Time {
        self.at.plus_seconds(90)
    }

    /// The thread as it stands, with the ticks its messages have by now.
    pub fn finish(mut self) -> (Thread, Vec<String>) {
        let thread = &mut self.thread;
        let replies: Vec<Time> = thread
            .messages
            .iter()
            .filter(|message| message.direction == Direction::In)
            .map(|message| message.at)
            .collect();
        let newest_in = replies.last().copied();
        for message in &mut thread.messages {
            if message.direction == Direction::Out && message.status.is_none() {
                message.status = Some(ticks(message, newest_in, self.world.now, &mut self.chance));
            }
        }
        (self.thread, self.problems)
    }

    /// How long it takes until somebody says this, in milliseconds.
    fn delay(&mut self, step: &Step) -> i64 {
        let chance = &mut self.chance;
        match step.who {
            "c" if step.kind == "tap" => chance.between(4_000, 20_000),
            "c" => chance.between(9_000, 75_000),
            "o" | "o1" | "o2" | "o3" if step.kind == "react" => chance.between(5_000, 40_000),
            "o" | "o1" | "o2" | "o3" => chance.between(40_000, 280_000),
            "wait" => match duration(step.words.split(' ').next().unwrap_or_default()) {
                Some(seconds) => seconds * 1000 + chance.between(0, seconds * 100),
                None => chance.between(1_000, 600_000),
            },
            _ => chance.between(600, 2_400),
        }
    }

    /// Where waiting for a day or for the visit leads; not back.
    fn after_wait(&mut self, step: &Step, at: Time, cast: &Cast) -> Time {
        let calendar = &self.world.calendar;
        let mut words = step.words.split_whitespace();
        let (first, hour) = (words.next().unwrap_or_default(), words.next());
        let (from, shift) = match first.strip_prefix("visit") {
            Some(shift) => (cast.visit, shift),
            None => (at, first),
        };
        let sign = if shift.starts_with('-') { -1 } else { 1 };
        let shift = duration(shift.trim_start_matches(['+', '-'])).unwrap_or_default() * sign;
        let about_visit = first.starts_with("visit");
        // The delay of the step holds a plain duration already.
        let target = if about_visit { from.plus_seconds(shift) } else { at };
        let target = match hour.and_then(|hour| hour.split_once(':')) {
            Some((hour, minute)) => {
                let date = calendar.date(target);
                calendar.at(date, hour.parse().unwrap_or(10), minute.parse().unwrap_or(0))
            }
            None => target,
        };
        target.plus_seconds(self.chance.between(0, 240)).max(at.plus_seconds(1))
    }

    /// Plays one step at `at`; gives the time after it.
    fn take(&mut self, step: &Step, cast: &Cast, at: Time, staff: usize) -> Time {
        let words = cast.fill(step.words, &self.world.calendar, &mut self.chance);
        match step.who {
            "wait" => at,
            "bot" => match self.world.robots.iter().find(|robot| step.has(robot.key) || words == robot.key) {
                Some(robot) => self.bot_starts(robot, at),
                None => self.problem(step, "no such bot", at),
            },
            "e" => match event(step.argument()) {
                Some(kind) => {
                    self.event(kind, (!words.is_empty()).then_some(words), self.person(staff), at);
                    at
                }
                None => self.problem(step, "no such event", at),
            },
            who if step.kind == "react" => {
                let side = if who == "c" { Direction::In } else { Direction::Out };
                let other = if who == "c" { Direction::Out } else { Direction::In };
                let said = self.thread.messages.iter_mut().rev().find(|message| message.direction == other);
                match said {
                    Some(message) => {
                        message.reactions.push(ReactionMark { direction: side, emoji: words });
                        at
                    }
                    None => self.problem(step, "nothing to react to", at),
                }
            }
            _ => {
                let other = if step.who == "c" { Direction::Out } else { Direction::In };
                let target = self.thread.messages.iter().rev().find(|message| message.direction == other);
                let stage = Stage {
                    words: self.world.words,
                    samples: self.world.samples,
                    choices: &self.choices,
                    target: target.and_then(|message| message.wamid.as_deref()),
                };
                match say::content(step, &words, &stage, &mut self.chance) {
                    Some(content) if step.who == "c" => self.customer_says(step, content, at),
                    Some(content) => self.business_says(step, content, at, staff),
                    None => self.problem(step, "cannot be said", at),
                }
            }
        }
    }

    fn problem(&mut self, step: &Step, what: &str, at: Time) -> Time {
        self.problems.push(format!("line {}: {what}", step.line));
        at
    }

    fn customer_says(&mut self, step: &Step, content: Content, at: Time) -> Time {
        // WhatsApp tells whole seconds.
        let at = Time::from_seconds(at.millis() / 1000).max(self.at.plus_millis(1));
        let is_first = self.thread.messages.is_empty();
        let mut message = self.message(Direction::In, Actor::Customer { id: self.customer.id }, content, at);
        self.mark(step, &mut message);
        if is_first {
            self.event(EventKind::Opened, None, Actor::Program, at.plus_millis(-1));
            // The event tells of the thread, not of its activity.
            self.thread.conversation.created_at = at;
        }
        note_incoming(&mut self.thread.conversation, &message, at);
        let input = bots::input(&message.content);
        self.thread.messages.push(message);
        self.at = at;
        let leads = self.thread.conversation.handler == Handler::Bot;
        let robots = self.world.robots;
        let run = self.thread.run.take_if(|_| leads);
        if let Some(run) = run {
            let Some(robot) = robots.iter().find(|robot| robot.bot.id == run.bot) else { return at };
            let (run, turn) = robot.step(run, &input, self.engine_now(at));
            return self.bots_turn(robot, run, turn, at);
        }
        if !leads {
            self.thread.conversation.waiting_since.get_or_insert(at);
        }
        at
    }

    fn business_says(&mut self, step: &Step, content: Content, at: Time, staff: usize) -> Time {
        let person = match step.who {
            "o1" => 0,
            "o2" => 1,
            "o3" => 2,
            _ => staff,
        };
        let actor = self.person(person);
        if step.who == "a" {
            return self.say(step, content, None, at);
        }
        if step.kind != "template" && self.thread.conversation.handler != Handler::Person {
            self.event(EventKind::TakenOver, None, actor.clone(), at.plus_millis(-900));
        }
        self.thread.conversation.unread = 0;
        self.say(step, content, Some(actor), at)
    }

    /// Says something for the business; without an actor it is a program that speaks through the API.
    fn say(&mut self, step: &Step, content: Content, actor: Option<Actor>, at: Time) -> Time {
        let at = at.max(self.at.plus_millis(1));
        let shown = say::choices(&content);
        let mut message = self.message(Direction::Out, actor.clone().unwrap_or(Actor::Program), content, at);
        if actor.is_none() {
            message.author = Author {
                kind: AuthorKind::Api,
                name: Some(self.world.words.system.to_owned()),
                user_id: None,
                bot_id: None,
            };
        }
        self.mark(step, &mut message);
        self.put_out(message, shown, at);
        at
    }

    fn put_out(&mut self, message: Message, shown: Vec<(ReplyKind, Choice)>, at: Time) {
        note_outgoing(&mut self.thread.conversation, &message, at);
        self.thread.messages.push(message);
        if !shown.is_empty() {
            self.choices = shown;
        }
        self.at = at;
    }

    fn bot_starts(&mut self, robot: &Robot, at: Time) -> Time {
        let actor = Actor::Bot { id: robot.bot.id, name: robot.bot.name.clone() };
        service::bot_begins(&mut self.thread.conversation, robot.bot.id, &robot.bot.name);
        self.event(EventKind::BotStarted, None, actor, at);
        let said = self.thread.messages.iter().rev().find(|message| message.direction == Direction::In);
        let said = said.map(|message| bots::words(&message.content).to_owned()).unwrap_or_default();
        let (run, turn) = robot.start(self.customer, &said, self.engine_now(at));
        self.bots_turn(robot, run, turn, at)
    }

    fn bots_turn(&mut self, robot: &Robot, run: Run, turn: Turn, at: Time) -> Time {
        let actor = Actor::Bot { id: robot.bot.id, name: robot.bot.name.clone() };
        let mut at = at;
        if turn.broken {
            self.problems.push(format!("the bot {} is broken", robot.key));
        }
        if self.thread.runs.last().is_none_or(|told| told.id != run.id) {
            let (turns, end) = (Vec::new(), None);
            let (bot, id, started_at) = (run.bot, run.id, run.started_at);
            self.thread.runs.push(Told { bot, id, started_at, begun: turn.begun, turns, end });
        }
        if let Some(told) = self.thread.runs.last_mut() {
            told.turns.extend(turn.noted);
            told.end = turn.end;
        }
        for content in turn.says {
            at = at.plus_millis(self.chance.between(500, 1_400));
            let shown = say::choices(&content);
            let message = self.message(Direction::Out, actor.clone(), content, at);
            self.put_out(message, shown, at);
        }
        match turn.timer {
            Timer::Kept => {}
            Timer::Cleared => self.thread.timer = None,
            Timer::Set(token, due) => self.thread.timer = Some((token, due)),
        }
        if let Some(note) = turn.handed_over {
            at = at.plus_millis(20);
            service::nobody_answers(&mut self.thread.conversation, at);
            let note = (!note.trim().is_empty()).then_some(note);
            self.event(EventKind::HandedOver, note, actor, at);
        }
        // A run is over once all is said and done.
        if let Some(end) = self.thread.runs.last_mut().and_then(|told| told.end.as_mut()) {
            end.at = at;
        }
        if turn.ended {
            self.thread.timer = None;
            if self.thread.conversation.handler == Handler::Bot {
                self.thread.conversation.handler = Handler::Nobody;
            }
        } else {
            self.thread.run = Some(run);
        }
        at
    }

    /// The bot's question was never answered: what it says then, if its time came before now.
    fn quiet_customer(&mut self) {
        let Some((token, due)) = self.thread.timer else { return };
        let robots = self.world.robots;
        let robot = |run: &Run| robots.iter().find(|robot| robot.bot.id == run.bot);
        if due >= self.world.now || self.thread.conversation.handler != Handler::Bot {
            return;
        }
        if let Some(run) = self.thread.run.take()
            && let Some(robot) = robot(&run)
        {
            self.thread.timer = None;
            let (run, turn) = robot.step(run, &beseda_flow::Input::Timeout { token }, self.engine_now(due));
            self.at = due;
            self.at = self.bots_turn(robot, run, turn, due);
        }
    }

    /// Somebody tidies up some hours after the last word.
    fn close_later(&mut self, staff: usize) {
        let at = self.at.plus_seconds(self.chance.between(900, 18 * 3600));
        let at = self.world.calendar.when_open(at, &mut self.chance);
        if at < self.world.now {
            self.event(EventKind::Closed, None, self.person(staff), at);
        }
    }

    fn event(&mut self, event: EventKind, note: Option<String>, actor: Actor, at: Time) {
        let thread = &mut self.thread.conversation;
        match (event, &actor) {
            (EventKind::TakenOver, Actor::Person { id, name }) => {
                thread.handler = Handler::Person;
                thread.assignee = Some(Assignee { id: *id, name: name.clone() });
                self.thread.run = None;
                self.thread.timer = None;
            }
            (EventKind::GivenBack, _) => {
                thread.handler = Handler::Nobody;
                thread.assignee = None;
                thread.waiting_since = None;
            }
            (EventKind::Closed, _) => {
                thread.state = ConversationState::Closed;
                thread.waiting_since = None;
                thread.unread = 0;
                thread.handler = Handler::Nobody;
                thread.assignee = None;
                self.thread.run = None;
                self.thread.timer = None;
            }
            _ => {}
        }
        let name = match &actor {
            Actor::Person { name, .. } | Actor::Bot { name, .. } => Some(name.clone()),
            Actor::Customer { .. } | Actor::Program => None,
        };
        let at = if event == EventKind::Opened { at } else { at.max(self.at.plus_millis(1)) };
        let content = Content::Event(Event { event, name, note });
        let message = self.message(Direction::Event, actor, content, at);
        self.thread.messages.push(message);
        self.at = self.at.max(at);
    }

    fn message(&mut self, direction: Direction, actor: Actor, content: Content, at: Time) -> Message {
        let wamid =
            (direction != Direction::Event).then(|| format!("wamid.HBgL{}==", self.chance.letters(38)));
        let id = MessageId::from_uuid(self.chance.id(at));
        let author = service::author_of(&actor);
        let thread = self.thread.conversation.id;
        let mut message = service::draft_message(thread, direction, author, content, at, at);
        message.id = id;
        message.wamid = wamid;
        message.status = None;
        message
    }

    fn mark(&mut self, step: &Step, message: &mut Message) {
        let other = if message.direction == Direction::In { Direction::Out } else { Direction::In };
        if step.has("quote") || step.kind == "tap" {
            let said = self.thread.messages.iter().rev().find(|said| said.direction == other);
            message.reply_to = said.and_then(|said| said.wamid.clone());
        }
        message.edited = step.has("edited");
        message.revoked = step.has("revoked");
        message.forwarded = step.has("forwarded");
        if step.has("ad") || step.has("product") {
            message.referral = Some(referral(self.world.words, step.has("product"), &mut self.chance));
        }
        message.status = match () {
            () if step.has("queued") => Some(Status::Queued),
            () if step.has("sent") => Some(Status::Sent),
            () if step.has("delivered") => Some(Status::Delivered),
            () if step.has("read") => Some(Status::Read),
            () if step.has("played") => Some(Status::Played),
            () => None,
        };
        if step.has("queued") {
            // Meta has given no id yet.
            message.wamid = None;
        }
        if let Some(code) = step.mark("fail").and_then(|code| code.parse().ok()) {
            message.status = Some(Status::Failed);
            message.failure = Some(failure(code));
        }
    }

    fn person(&self, place: usize) -> Actor {
        let person = &self.world.staff[place % self.world.staff.len()];
        Actor::Person { id: person.id, name: person.name.clone() }
    }

    fn engine_now(&self, at: Time) -> Now {
        self.world.calendar.now(at)
    }
}

/// How far a message of the business got, where the dialogue does not say.
fn ticks(message: &Message, newest_in: Option<Time>, now: Time, chance: &mut Chance) -> Status {
    let is_voice = matches!(&message.content, Content::Media(media) if media.kind == MediaKind::Audio);
    let answered = newest_in.is_some_and(|at| at > message.at);
    let age = now.millis_since(message.at);
    match chance.below(100) {
        _ if answered && is_voice => Status::Played,
        _ if answered => Status::Read,
        _ if age < 20_000 => Status::Sent,
        0..=3 => Status::Sent,
        4..=19 => Status::Delivered,
        20..=59 if is_voice => Status::Played,
        _ => Status::Read,
    }
}

fn event(name: &str) -> Option<EventKind> {
    Some(match name {
        "taken_over" => EventKind::TakenOver,
        "given_back" => EventKind::GivenBack,
        "opened" => EventKind::Opened,
        "closed" => EventKind::Closed,
        "assigned" => EventKind::Assigned,
        "number_changed" => EventKind::NumberChanged,
        "bot_ended" => EventKind::BotEnded,
        "note" => EventKind::Note,
        _ => return None,
    })
}

/// `20m`, `3h`, `2d` in seconds.
fn duration(text: &str) -> Option<i64> {
    let unit = match text.chars().last()? {
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    text[..text.len() - 1].parse::<i64>().ok().map(|count| count * unit)
}

fn referral(words: &Words, product: bool, chance: &mut Chance) -> Referral {
    let advert = !product;
    Referral {
        source_url: advert.then(|| format!("https://fb.me/{}", chance.letters(9))),
        source_id: advert.then(|| chance.digits(15)),
        source_type: advert.then(|| "ad".to_owned()),
        headline: advert.then(|| words.advert.0.to_owned()),
        body: advert.then(|| words.advert.1.to_owned()),
        ctwa_clid: advert.then(|| chance.letters(40)),
        product: product.then(|| format!("{}/gift-{}", chance.digits(15), chance.digits(3))),
    }
}

/// Meta's words for a code, with the name the policy has for it.
fn failure(code: i64) -> Failure {
    let (reason, detail) = match code {
        131_047 => (
            "window_closed",
            "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
        ),
        131_026 => ("undeliverable", "Message undeliverable."),
        131_049 => {
            ("customer_cap", "This message was not delivered to maintain healthy ecosystem engagement.")
        }
        131_050 => (
            "marketing_stopped",
            "Unable to deliver the message. This recipient has chosen to stop receiving marketing messages on WhatsApp from your business.",
        ),
        131_053 => ("media_refused", "Unable to upload the media used in the message."),
        _ => ("unknown_error", "Something went wrong."),
    };
    Failure { code, reason: reason.to_owned(), detail: detail.to_owned() }
}
