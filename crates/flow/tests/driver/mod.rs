//! Plays a transcript against a flow and compares it, line by line.
//!
//! `C: text` is the customer, `C: [Title]` taps a button or a row shown before, `C: (photo)`, `C: (place)`,
//! `C: (card: +79161234567)`, `C: (form: {…})`; `C: one && two` are messages that come together.
//! `C: (silence)` lets the timer run out, `C: (done: {…})` and `C: (failed: why)` are what came of a call,
//! `C: (anew) text` begins again where a trigger fires on it (`C: (payload: x)` by a template's button, `C: (anew) [Title]`
//! by a tap on a menu shown before).
//! `C: (taken over)` and `C: (given back)` are a person's doing.
//! `B: text` is the bot, with `[Button]`s or `{Open: row | row}` after it. `*:` lines are what else happened.
//! The first line of the customer starts the flow, by its triggers where it has any.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test's driver: a failure is the test's")]

use std::fmt::Write as _;

use std::collections::BTreeMap;

use beseda_flow::{
    Call, Compiled, Effect, Flow, Incoming, Input, Now, Outcome, Outgoing, Piece, Sealed, Session, Situation,
    Step, World, step_in, winner,
};
use serde_json::{Map, Value, json};

/// 22 November 2026, noon in Moscow.
pub const NOON: Now = Now::new(1_795_338_000_000, 10_800);

pub fn check_flow(flow: &str, transcript: &str) {
    check_flows(&[flow], transcript);
}

/// The first of the flows talks; the others are bots that it may run.
pub fn check_flows(flows: &[&str], transcript: &str) {
    let wanted: Vec<&str> = transcript.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let compile = |flow: &&str| {
        let flow = Flow::from_json(flow).unwrap_or_else(|error| panic!("the flow does not load: {error}"));
        Compiled::new(&flow, 1)
    };
    let compiled: Vec<Compiled> = flows.iter().map(compile).collect();
    let mut talk = Talk::new(&compiled[0], compiled[1..].iter().collect());
    for line in &wanted {
        if let Some(said) = line.strip_prefix("C:") {
            talk.hear(said.trim());
        }
    }
    let got = talk.lines;
    assert!(wanted == got, "\n-- wanted --\n{}\n-- got --\n{}\n", wanted.join("\n"), got.join("\n"));
}

/// What random choices of a transcript go by.
const SEED: u64 = 7;

pub struct Talk<'a> {
    flow: &'a Compiled,
    others: Vec<&'a Compiled>,
    session: Session,
    begun: bool,
    over: bool,
    pub now: Now,
    /// What is known of the customer.
    pub contact: Value,
    /// Titles and ids of everything that could be tapped, newest last.
    taps: Vec<(String, String)>,
    timer: Option<(u64, i64)>,
    call: u64,
    pub lines: Vec<String>,
}

impl<'a> Talk<'a> {
    pub fn new(flow: &'a Compiled, others: Vec<&'a Compiled>) -> Self {
        Self {
            flow,
            others,
            call: 0,
            session: Session::seeded(flow, SEED),
            begun: false,
            over: false,
            now: NOON,
            contact: json!({ "name": "Анна", "phone": "+79161234567" }),
            taps: Vec::new(),
            timer: None,
            lines: Vec::new(),
        }
    }

    pub fn hear(&mut self, said: &str) {
        self.lines.push(format!("C: {said}"));
        self.now.ms += 1000;
        let anew = said.strip_prefix("(anew) ").or_else(|| Some(said).filter(|_| !self.begun));
        let input = match anew {
            Some(said) => self.start(said),
            None if said.starts_with("(payload: ") => self.start(said),
            None => self.input(said),
        };
        self.begun = true;
        if let Input::Start { .. } = input {
            // Each run has its own session.
            self.session = Session::seeded(self.flow, SEED);
            self.timer = None;
        }
        let step = self.step(self.session.clone(), &input);
        self.same_after_storing(&input, &step);
        if step.ignored {
            self.lines.push("*: ignored".to_owned());
        }
        for effect in &step.effects {
            self.note(effect);
        }
        self.over = step.ended.is_some();
        self.session = step.session;
    }

    fn start(&self, said: &str) -> Input {
        let situation = Situation { first_message: !self.begun, busy: self.begun && !self.over };
        let within = |begin, end| said.strip_prefix(begin).and_then(|rest: &str| rest.strip_suffix(end));
        let (text, payload) = match (within("(payload: ", ')'), within("[", ']')) {
            (Some(payload), _) => ("", Some(payload)),
            (None, Some(title)) => (title, Some(self.tap(title).1.as_str())),
            (None, None) => (said, None),
        };
        let found = winner([self.flow], Incoming { text, payload, ..Incoming::default() }, situation);
        let variables = Map::from_iter([("contact".to_owned(), self.contact.clone())]);
        match found {
            Some(winner) => winner.start(variables),
            None => Input::Start { trigger: None, at: None, variables },
        }
    }

    /// What was shown under this title last.
    fn tap(&self, title: &str) -> &(String, String) {
        let tap = self.taps.iter().rev().find(|(shown, _)| shown == title);
        tap.unwrap_or_else(|| panic!("nothing says {title:?}"))
    }

    fn input(&mut self, said: &str) -> Input {
        if said.contains(" && ") {
            return Input::Together { parts: said.split(" && ").map(|part| self.input(part)).collect() };
        }
        let within = |begin: &str| said.strip_prefix(begin).and_then(|rest| rest.strip_suffix(')'));
        if let Some(json) = within("(done: ") {
            let value = serde_json::from_str(json).unwrap();
            return Input::Returned { token: self.call, outcome: Outcome::Done { value } };
        }
        if let Some(reason) = within("(failed: ") {
            return Input::Returned { token: self.call, outcome: Outcome::Failed { reason: reason.into() } };
        }
        if let Some(json) = within("(form: ") {
            return Input::Form { fields: serde_json::from_str(json).unwrap() };
        }
        if let Some(phone) = within("(card: ") {
            return Input::Contact { name: "Anna".to_owned(), phone: phone.to_owned() };
        }
        match said {
            "(photo)" => Input::Media {
                media: beseda_flow::MediaKind::Image,
                id: "m1".to_owned(),
                caption: String::new(),
                filename: String::new(),
                voice: false,
            },
            "(place)" => Input::Location {
                latitude: 55.75,
                longitude: 37.61,
                name: String::new(),
                address: String::new(),
            },
            "(taken over)" => Input::Pause,
            "(given back)" => Input::Resume,
            "(silence)" => {
                let (token, due) = self.timer.expect("no question waits with a time-out");
                self.now.ms = due;
                Input::Timeout { token }
            }
            _ => match said.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                Some(title) => {
                    let (title, id) = self.tap(title).clone();
                    Input::tap(id, title)
                }
                None => Input::Text { text: said.to_owned() },
            },
        }
    }

    /// A session that was stored and read again goes on as if nothing had happened.
    fn same_after_storing(&self, input: &Input, step: &Step) {
        let stored = serde_json::to_string(&self.session).unwrap();
        let read: Session = serde_json::from_str(&stored).unwrap();
        assert_eq!(&self.step(read, input), step);
    }

    fn step(&self, session: Session, input: &Input) -> Step {
        step_in(self.flow, session, input, World { now: self.now, flows: &self.others, traced: true })
    }

    fn note(&mut self, effect: &Effect) {
        let line = match effect {
            Effect::Say { message, .. } => format!("B: {}", self.shown(message)),
            Effect::SetTimer { token, due } => {
                self.timer = Some((*token, *due));
                return;
            }
            Effect::ClearTimer { token } => {
                assert_eq!(self.timer.map(|timer| timer.0), Some(*token), "clears a timer that was not set");
                self.timer = None;
                return;
            }
            Effect::SetVariable { name, value } => {
                format!("*: {name} = {}", plain(value).replace('\n', " / "))
            }
            Effect::HandOver { note, summary, summarize, person, team, .. } => {
                let mut line = format!("*: handed over: {}", note.replace('\n', " / "));
                if let Some(asked) = summarize {
                    let call = &asked.call;
                    assert!(!asked.heading.is_empty() && !call.instructions.is_empty());
                    assert_eq!((Some(&call.text), call.history.len()), (summary.as_ref(), 0));
                    write!(line, " (asks a model for {} tokens in {} s)", call.max_tokens, call.timeout)
                        .unwrap();
                }
                for (what, text) in [("summary", summary), ("person", person), ("team", team)] {
                    if let Some(text) = text {
                        write!(line, " ({what}: {})", text.replace('\n', " / ")).unwrap();
                    }
                }
                line
            }
            Effect::Call { token, call, .. } => {
                self.call = *token;
                format!("*: call {}", called(call))
            }
            // What the team is told of a run that cannot go on has tests of its own.
            Effect::Note { text, .. }
                if ["The bot could not go on", "Бот не смог продолжить"]
                    .iter()
                    .any(|told| text.starts_with(told)) =>
            {
                return;
            }
            Effect::Ended(ended) => {
                let why = serde_json::to_value(ended.reason).unwrap();
                let limit = why.get("limit").map(|limit| format!(" ({})", plain(limit))).unwrap_or_default();
                let outcome = ended.outcome.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
                format!("*: ended {}{limit}{outcome}", plain(&why["why"]))
            }
            Effect::Error { block, what } => {
                format!("*: error at {block}: {}", plain(&serde_json::to_value(what).unwrap()["what"]))
            }
            other => format!("*: {}", told(&serde_json::to_value(other).unwrap())),
        };
        self.lines.push(line.trim_end().to_owned());
    }

    fn shown(&mut self, message: &Outgoing) -> String {
        match message {
            Outgoing::Text { body } => body.replace('\n', " / "),
            Outgoing::Media { media, source, caption, .. } => {
                format!("({media:?} {source:?}) {caption}").trim().to_owned()
            }
            Outgoing::Buttons { body, buttons } => {
                let mut line = body.replace('\n', " / ");
                for button in buttons {
                    self.taps.push((button.title.clone(), button.id.clone()));
                    write!(line, " [{}]", button.title).unwrap();
                }
                line
            }
            Outgoing::List { body, button, rows } => {
                let mut titles = Vec::new();
                for row in rows {
                    self.taps.push((row.title.clone(), row.id.clone()));
                    let about = Some(&row.description).filter(|about| !about.is_empty());
                    titles.push(
                        row.title.clone() + &about.map(|about| format!(" – {about}")).unwrap_or_default(),
                    );
                }
                format!("{} {{{button}: {}}}", body.replace('\n', " / "), titles.join(" | "))
            }
            other => told(&serde_json::to_value(other).unwrap()),
        }
    }
}

/// What a call asks, without its empty parts.
fn called(call: &Call) -> String {
    let Call::Http(http) = call else { return told(&serde_json::to_value(call).unwrap()) };
    let sealed = |text: &Sealed| {
        let open = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Secret { name, writing } => format!("<{name} {writing:?}>"),
        };
        text.pieces.iter().map(open).collect::<String>()
    };
    let mut line = format!("{} {} in {} s", plain(&json!(http.method)), sealed(&http.url), http.timeout);
    if !http.wanted_headers.is_empty() {
        write!(line, " wants {}", http.wanted_headers.join(", ")).unwrap();
    }
    for (name, value) in &http.headers {
        write!(line, " ({name}: {})", sealed(value)).unwrap();
    }
    if let Some(body) = &http.body {
        write!(line, " {} {}", http.content_type.as_deref().unwrap_or("?"), sealed(body)).unwrap();
    }
    line
}

/// A tagged value in one line: its kind, then what else it says.
fn told(value: &Value) -> String {
    let fields = value.as_object().unwrap();
    let kind = ["kind", "type", "call"].iter().find_map(|name| fields.get(*name)).map(plain);
    let empty =
        |value: &Value| value.is_null() || *value == json!("") || *value == json!([]) || *value == json!({});
    // By their names: whether a map keeps the order of its making depends on who else is built along.
    let said: BTreeMap<_, _> = fields
        .iter()
        .filter(|(name, value)| {
            !["kind", "type", "call", "block", "token"].contains(&name.as_str()) && !empty(value)
        })
        .collect();
    let said = said.iter().map(|(name, value)| format!(" {name}={}", plain(value).replace('\n', " / ")));
    kind.unwrap_or_default() + &said.collect::<String>()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| sorted(value).to_string(), str::to_owned)
}

/// With the members of each object by their names.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<_, _> =
                members.iter().map(|(name, value)| (name.clone(), sorted(value))).collect();
            Value::Object(members.into_iter().collect())
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

/// A flow of one group.
#[allow(dead_code, reason = "not every test file that plays transcripts makes its own flows")]
pub fn flow(blocks: Value, edges: Value) -> String {
    json!({
        "schema": 1, "id": "f", "name": "Test",
        "groups": [
            { "id": "g", "blocks": blocks },
            { "id": "g2", "blocks": [{ "id": "other", "kind": "message", "text": "Other way" }] },
        ],
        "edges": edges,
    })
    .to_string()
}
