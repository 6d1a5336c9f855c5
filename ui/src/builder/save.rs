//! Saving by itself, and meeting what somebody else saved meanwhile: brought together where that is possible, and
//! people's choice where it is not. Nothing is ever overwritten silently.

use beseda_wire::bots::{Bot, Draft, NewBot, PublishBot, SaveDraft};
use beseda_wire::ids::BotId;

use super::document::Doc;
use super::document::merge::{Conflict, merge};
use super::document::ops::Of;
use super::model::Model;
use super::{Dialog, Msg as BuilderMsg, Tab};
use crate::api::{self, Failure};
use crate::bridge::ToApp;
use crate::effect::{Effect, Effects};
use crate::i18n::t;
use crate::t;

/// Milliseconds of quiet before a change is saved.
const AFTER: u32 = 700;
/// Before the next try when the server was not reached.
const AGAIN: u32 = 4_000;

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    /// Time to save.
    Due,
    Saved(BotId, Result<Box<Draft>, Failure>),
    /// What the server has now.
    Theirs(BotId, Result<Box<Draft>, Failure>),
    /// For what both changed: theirs, mine, or mine as a bot of its own.
    TakeTheirs,
    KeepMine,
    CopyMine,
    Copied(Result<Box<Bot>, Failure>),
    AskPublish,
    Note(String),
    /// Whether conversations under way move to the new version.
    Moves(bool),
    Publish,
    Published(BotId, Result<Box<Bot>, Failure>),
    /// A field's JSON is none.
    Unreadable(String),
}

/// How the saving stands.
#[expect(clippy::struct_excessive_bools, reason = "what is under way, each by itself")]
#[derive(Debug, Default)]
pub struct State {
    /// The revision that the server had last, as far as we know.
    pub revision: u64,
    /// The flow of that revision.
    pub base: Doc,
    /// What is on its way.
    sending: Option<Doc>,
    due: bool,
    /// Somebody changed something while we were saving.
    look_again: bool,
    pub failure: Option<Failure>,
    /// What both changed, until people have decided.
    pub clash: Option<Clash>,
    /// Whether the draft differs from what is published.
    pub unpublished: bool,
    /// Publish as soon as everything is saved.
    publish_next: bool,
    pub publishing: bool,
}

/// Two people changed the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Clash {
    pub author: String,
    pub revision: u64,
    theirs: Doc,
    pub conflicts: Vec<Conflict>,
}

impl State {
    /// Everything is as the server has it.
    pub fn begin(draft: &Draft, doc: &Doc) -> Self {
        Self { revision: draft.revision, base: doc.clone(), unpublished: draft.changed, ..Self::default() }
    }

    pub fn is_saving(&self) -> bool {
        self.sending.is_some()
    }
}

impl Model {
    pub fn is_dirty(&self) -> bool {
        self.doc != self.save.base
    }

    pub fn save_soon(&mut self) -> Effects {
        if self.save.due {
            return vec![];
        }
        self.save.due = true;
        vec![Effect::After(AFTER, BuilderMsg::Save(Msg::Due).into())]
    }

    pub fn update_save(&mut self, msg: Msg) -> Effects {
        match msg {
            Msg::Due => {
                self.save.due = false;
                self.save_now()
            }
            Msg::Saved(bot, answer) if Some(bot) == self.bot => self.saved(bot, answer),
            Msg::Theirs(bot, Ok(draft)) if Some(bot) == self.bot => self.meet(*draft),
            // Not reached: the next saving, or the next change elsewhere, asks again.
            Msg::Saved(..) | Msg::Theirs(..) | Msg::Published(..) if self.bot_of(&msg) != self.bot => vec![],
            Msg::Theirs(..) => self.save_soon(),
            Msg::TakeTheirs => self.decide(true),
            Msg::KeepMine => self.decide(false),
            Msg::CopyMine => {
                let name = t!("copy-of", name = self.doc.name());
                let mine = self.doc.clone().set(&Of::Flow, "/name", name.into());
                let key = format!("{}-copy-{}", self.seed, self.save.revision);
                let new = NewBot { flow: mine.to_json() };
                vec![
                    api::create_bot(&new, key)
                        .then(|answer| BuilderMsg::Save(Msg::Copied(answer.map(Box::new)))),
                ]
            }
            Msg::Copied(Ok(bot)) => {
                let told = tell(t!("copied-as", name = bot.name.as_str()));
                let mut effects = vec![told];
                if let Some(clash) = self.save.clash.take() {
                    effects.extend(self.take(clash.theirs.clone(), clash.theirs, clash.revision));
                }
                effects
            }
            Msg::Copied(Err(failure)) => vec![fail(&failure)],
            Msg::AskPublish => self.ask_publish(),
            Msg::Note(text) => {
                if let Some(Dialog::Publish { note, .. }) = &mut self.dialog {
                    *note = text;
                }
                vec![]
            }
            Msg::Moves(all) => {
                if let Some(Dialog::Publish { moves, .. }) = &mut self.dialog {
                    *moves = all;
                }
                vec![]
            }
            Msg::Publish => {
                self.save.publish_next = true;
                self.save.publishing = true;
                if self.is_dirty() || self.save.is_saving() { self.save_now() } else { self.publish() }
            }
            Msg::Published(_, answer) => self.published(answer),
            Msg::Unreadable(words) => vec![Effect::ToApp(ToApp::Tell {
                words: t("json-unreadable"),
                is_problem: true,
                technical: Some(words),
            })],
            Msg::Saved(..) => vec![],
        }
    }

    fn bot_of(&self, msg: &Msg) -> Option<BotId> {
        match msg {
            Msg::Saved(bot, _) | Msg::Theirs(bot, _) | Msg::Published(bot, _) => Some(*bot),
            _ => self.bot,
        }
    }

    pub fn save_now(&mut self) -> Effects {
        let Some(bot) = self.bot else { return vec![] };
        if !self.is_dirty() || self.save.is_saving() || self.save.clash.is_some() {
            return vec![];
        }
        self.save.sending = Some(self.doc.clone());
        let draft = SaveDraft { flow: self.doc.to_json(), revision: self.save.revision };
        vec![
            api::save_draft(bot, &draft)
                .then(move |answer| BuilderMsg::Save(Msg::Saved(bot, answer.map(Box::new)))),
        ]
    }

    fn saved(&mut self, bot: BotId, answer: Result<Box<Draft>, Failure>) -> Effects {
        let sent = self.save.sending.take();
        match answer {
            Ok(draft) => {
                self.save.failure = None;
                self.files.missing = draft.missing_files.into_iter().collect();
                self.save.revision = draft.revision;
                self.save.unpublished = draft.changed;
                self.save.base = sent.unwrap_or_default();
                if std::mem::take(&mut self.save.look_again) {
                    return vec![ask_draft(bot)];
                }
                if self.is_dirty() {
                    return self.save_soon();
                }
                if self.save.publish_next { self.publish() } else { vec![] }
            }
            Err(failure) if failure.kind() == "conflict" => vec![ask_draft(bot)],
            Err(failure) => {
                let again = failure == Failure::Offline;
                self.save.publish_next = false;
                self.save.publishing = false;
                self.save.failure = Some(failure);
                if again && !self.save.due {
                    self.save.due = true;
                    return vec![Effect::After(AGAIN, BuilderMsg::Save(Msg::Due).into())];
                }
                vec![]
            }
        }
    }

    /// Something about this bot changed somewhere: perhaps by our own saving.
    pub fn changed_somewhere(&mut self) -> Effects {
        let Some(bot) = self.bot.filter(|_| self.load.ready().is_some()) else { return vec![] };
        if self.save.is_saving() {
            self.save.look_again = true;
            return vec![];
        }
        vec![ask_draft(bot), api::bots().then(BuilderMsg::Bots)]
    }

    /// The server has this: brings it together with what is here.
    fn meet(&mut self, draft: Draft) -> Effects {
        if draft.revision == self.save.revision {
            self.save.unpublished = draft.changed;
            return vec![];
        }
        if self.save.is_saving() || draft.revision < self.save.revision {
            self.save.look_again = self.save.is_saving();
            return vec![];
        }
        self.save.unpublished = draft.changed;
        self.files.missing = draft.missing_files.iter().cloned().collect();
        let theirs = Doc::from_json(&draft.flow);
        let merged = merge(&self.save.base, &self.doc, &theirs);
        if merged.conflicts.is_empty() {
            let told = match draft.author.as_str() {
                "" => t("changed-elsewhere"),
                name => t!("changed-by", name = name),
            };
            let mut effects = self.take(merged.doc, theirs, draft.revision);
            effects.push(tell(told));
            return effects;
        }
        let Draft { author, revision, .. } = draft;
        self.save.clash = Some(Clash { author, revision, theirs, conflicts: merged.conflicts });
        vec![]
    }

    fn decide(&mut self, theirs_first: bool) -> Effects {
        let Some(Clash { theirs, revision, .. }) = self.save.clash.take() else { return vec![] };
        let base = &self.save.base;
        // What the first says goes where both differ.
        let doc =
            if theirs_first { merge(base, &theirs, &self.doc) } else { merge(base, &self.doc, &theirs) }.doc;
        self.take(doc, theirs, revision)
    }

    /// Goes on with `doc`, the server having `theirs`.
    fn take(&mut self, doc: Doc, theirs: Doc, revision: u64) -> Effects {
        let base = std::mem::take(&mut self.save.base);
        self.history.rebase(&base, &theirs);
        self.save.base = theirs;
        self.save.revision = revision;
        self.put(doc);
        self.epoch += 1;
        self.changed()
    }

    fn ask_publish(&mut self) -> Effects {
        self.check();
        if self.has_mistakes() {
            if self.narrow {
                return self.update(BuilderMsg::ShowProblems);
            }
            self.tab = Tab::Problems;
            return vec![tell(t("publish-mistakes")), Effect::Focus("tab-problems".to_owned())];
        }
        self.dialog = Some(Dialog::Publish { note: String::new(), moves: false });
        let mut effects = vec![Effect::Focus("publish-note".to_owned())];
        // Before the first publication there is nothing that could be answered differently.
        if self.about.as_ref().is_some_and(|bot| bot.published.is_some()) {
            effects.extend(self.begin_replay());
        }
        effects
    }

    fn publish(&mut self) -> Effects {
        self.save.publish_next = false;
        let Some(bot) = self.bot else { return vec![] };
        let (note, move_running) = match &self.dialog {
            Some(Dialog::Publish { note, moves }) => (note.trim().to_owned(), *moves),
            _ => (String::new(), false),
        };
        let publish = PublishBot { note: (!note.is_empty()).then_some(note), move_running };
        vec![
            api::publish_bot(bot, &publish)
                .then(move |answer| BuilderMsg::Save(Msg::Published(bot, answer.map(Box::new)))),
        ]
    }

    fn published(&mut self, answer: Result<Box<Bot>, Failure>) -> Effects {
        self.save.publishing = false;
        self.dialog = None;
        match answer {
            Ok(bot) => {
                self.save.unpublished = false;
                let version = bot.published.unwrap_or_default().to_string();
                self.about = Some(*bot);
                let mut effects = vec![tell(t!("published-as", version = version.as_str())), Effect::Refocus];
                effects.extend(self.ask_versions());
                effects
            }
            Err(failure) => vec![fail(&failure), Effect::Refocus],
        }
    }
}

fn ask_draft(bot: BotId) -> Effect {
    api::draft(bot).then(move |answer| BuilderMsg::Save(Msg::Theirs(bot, answer.map(Box::new))))
}

/// Says something in the corner.
pub fn tell(words: String) -> Effect {
    Effect::ToApp(ToApp::Tell { words, is_problem: false, technical: None })
}

pub fn fail(failure: &Failure) -> Effect {
    Effect::ToApp(ToApp::Tell {
        words: failure.words(),
        is_problem: true,
        technical: Some(failure.technical()),
    })
}
