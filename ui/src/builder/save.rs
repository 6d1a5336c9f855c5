//! Saving by itself, and meeting what somebody else saved meanwhile: brought together where that is possible, and
//! people's choice where it is not. Nothing is ever overwritten silently.

use std::hash::{DefaultHasher, Hash, Hasher};

use beseda_wire::bots::{Bot, Draft, NewBot, PublishBot, SaveDraft};
use beseda_wire::ids::BotId;

use super::dispute::{Clash, Dispute};
use super::document::Doc;
use super::document::merge::{Conflict, merge};
use super::document::ops::Of;
use super::document::settle::Side;
use super::model::Model;
use super::{Dialog, Msg as BuilderMsg, Tab, connections, people};
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
    /// Whose one disputed thing shall be, or all of them.
    Settle(Option<Conflict>, Side),
    /// What I have becomes a bot of its own.
    CopyMine,
    Copied(Result<Box<Bot>, Failure>),
    AskPublish,
    Note(String),
    Publish,
    Published(BotId, Result<Box<Bot>, Failure>),
    /// A field's JSON is none.
    Unreadable(String),
    /// After a failure.
    Again,
    /// What cannot be saved goes into a file.
    ToFile,
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
    /// What was on its way when the connection broke: it may have arrived.
    lost: Option<Doc>,
    due: bool,
    /// Somebody changed something while we were saving.
    look_again: bool,
    /// The server did not take our revision: whatever it has now counts, an older one too (it was set back).
    refused: bool,
    pub failure: Option<Failure>,
    /// What both changed, until people have decided.
    pub clash: Option<Clash>,
    /// Whether the draft differs from what is published.
    pub unpublished: bool,
    /// Publish as soon as everything is saved.
    publish_next: bool,
    pub publishing: bool,
    /// The server did not publish, because somebody had saved meanwhile.
    overtaken: bool,
}

/// What is unsaved of a bot that is not open any more.
#[derive(Debug)]
pub struct Kept {
    bot: BotId,
    doc: Doc,
    base: Doc,
    revision: u64,
    /// What was on its way when it was left.
    sending: Option<Doc>,
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

    /// Something would be lost with this page.
    pub fn has_unsaved(&self) -> bool {
        self.is_dirty() || !self.kept.is_empty()
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
            Msg::Saved(bot, answer) => self.kept_saved(bot, answer),
            Msg::Theirs(bot, _) | Msg::Published(bot, _) if Some(bot) != self.bot => vec![],
            Msg::Theirs(_, Ok(draft)) => self.meet(*draft),
            Msg::Theirs(_, Err(failure)) => self.unknown(failure),
            Msg::Settle(about, side) => self.settle(about.as_ref(), side),
            Msg::CopyMine => {
                let name = t!("copy-of", name = self.doc.name());
                let mine = self.doc.clone().set(&Of::Flow, "/name", name.into());
                let new = NewBot { flow: mine.to_json() };
                // The same copy again is no second bot; another one is.
                let mut hasher = DefaultHasher::new();
                new.flow.to_string().hash(&mut hasher);
                let key = format!("{}-copy-{:x}", self.seed, hasher.finish());
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
                } else {
                    // It took the place of a bot that is gone: nothing is unsaved any more.
                    self.save = State { base: self.doc.clone(), ..State::default() };
                    effects.push(Effect::ToApp(ToApp::Go(format!("/bots/{}", bot.id))));
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
            // Until it is decided what the flow is.
            Msg::Publish if self.save.clash.is_some() => vec![],
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
            Msg::Again => {
                self.save.failure = None;
                if self.is_dirty() { self.save_now() } else { self.changed_somewhere() }
            }
            Msg::ToFile => {
                let text = serde_json::to_string_pretty(&self.doc.to_json()).unwrap_or_default();
                let name = format!("{}.json", self.doc.name());
                vec![Effect::ToApp(ToApp::SaveText { name, text })]
            }
        }
    }

    pub fn save_now(&mut self) -> Effects {
        let Some(bot) = self.bot else { return vec![] };
        if !self.is_dirty() || self.is_read_only || self.save.is_saving() || self.save.clash.is_some() {
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
            Ok(draft) => self.arrived(bot, *draft, sent.unwrap_or_default()),
            Err(failure) if failure.kind() == "conflict" => {
                self.save.refused = true;
                vec![ask_draft(bot)]
            }
            Err(failure) => {
                self.save.lost = sent;
                self.hold_publishing();
                let told = self.not_saved(failure);
                let mut effects = self.save_again();
                effects.extend(told);
                effects
            }
        }
    }

    /// The server has what we sent.
    fn arrived(&mut self, bot: BotId, draft: Draft, sent: Doc) -> Effects {
        self.save.failure = None;
        self.save.lost = None;
        self.save.refused = false;
        self.files.missing = draft.missing_files.into_iter().collect();
        self.save.revision = draft.revision;
        self.save.unpublished = draft.changed;
        self.save.base = sent;
        if std::mem::take(&mut self.save.look_again) {
            return vec![ask_draft(bot)];
        }
        if self.is_dirty() {
            return self.save_soon();
        }
        if self.save.publish_next { self.publish() } else { vec![] }
    }

    /// Says why something is not saved; to somebody who is elsewhere already, in words of its own.
    fn not_saved(&mut self, failure: Failure) -> Effects {
        let is_news = self.save.failure.is_none();
        self.save.failure = Some(failure);
        if is_news && self.is_left { vec![self.tell_unsaved()] } else { vec![] }
    }

    /// What may work the next time is tried again by itself.
    fn save_again(&mut self) -> Effects {
        let passes = self.save.failure.as_ref().is_some_and(Failure::may_pass);
        if !passes || std::mem::replace(&mut self.save.due, true) {
            return vec![];
        }
        vec![Effect::After(AGAIN, BuilderMsg::Save(Msg::Due).into())]
    }

    /// It is not known what the server has: the bot may be gone, or not be ours to change any more.
    fn unknown(&mut self, failure: Failure) -> Effects {
        // Not reached: the connection's return asks again, and so does the next saving.
        if failure.may_pass() && !self.is_dirty() {
            return vec![];
        }
        self.hold_publishing();
        let mut effects = self.not_saved(failure);
        effects.extend(self.save_again());
        effects
    }

    /// What was to be published is not what was looked at.
    fn hold_publishing(&mut self) -> bool {
        self.save.publishing = false;
        std::mem::take(&mut self.save.publish_next)
    }

    /// What becomes of a bot's changes that were left unsaved.
    fn kept_saved(&mut self, bot: BotId, answer: Result<Box<Draft>, Failure>) -> Effects {
        if let Ok(draft) = answer {
            self.kept.retain_mut(|kept| {
                if kept.bot != bot {
                    return true;
                }
                if let Some(sent) = kept.sending.take() {
                    kept.base = sent;
                    kept.revision = draft.revision;
                }
                kept.doc != kept.base
            });
        }
        match self.kept.iter().find(|kept| kept.bot == bot) {
            Some(kept) => vec![tell_unsaved(kept.doc.name())],
            None => vec![],
        }
    }

    fn tell_unsaved(&self) -> Effect {
        tell_unsaved(self.doc.name())
    }

    /// Another place is shown: what can be saved is.
    pub fn leave_unsaved(&mut self) -> Effects {
        self.is_left = true;
        if self.is_dirty() && (self.save.clash.is_some() || self.save.failure.is_some()) {
            let mut effects = vec![self.tell_unsaved()];
            effects.extend(self.save_now());
            return effects;
        }
        self.save_now()
    }

    /// Another bot is opened: what this one has unsaved waits until it is opened again.
    pub fn keep_unsaved(&mut self) {
        let Some(bot) = self.bot.filter(|_| self.load.ready().is_some() && self.is_dirty()) else { return };
        self.kept.retain(|kept| kept.bot != bot);
        let save = std::mem::take(&mut self.save);
        let doc = std::mem::take(&mut self.doc);
        self.kept.push(Kept { bot, doc, base: save.base, revision: save.revision, sending: save.sending });
    }

    /// The draft of a bot that was opened: with what was left unsaved of it, if anything was.
    pub fn meet_unsaved(&mut self, draft: Draft) -> Effects {
        let Some(place) = self.kept.iter().position(|kept| Some(kept.bot) == self.bot) else {
            return vec![];
        };
        let Kept { doc, base, revision, sending, .. } = self.kept.remove(place);
        self.save.base = base;
        self.save.revision = revision;
        self.save.lost = sending;
        self.save.refused = draft.revision != revision;
        self.put(doc);
        self.meet(draft)
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
        let Some(bot) = self.bot else { return vec![] };
        if self.save.is_saving() {
            self.save.look_again = true;
            return vec![];
        }
        let was_overtaken = std::mem::take(&mut self.save.overtaken);
        if draft.revision == self.save.revision && !self.save.refused {
            self.save.unpublished = draft.changed;
            if was_overtaken {
                return vec![tell(overtaken(&draft.author))];
            }
            if self.is_dirty() {
                return self.save_soon();
            }
            return if self.save.publish_next { self.publish() } else { vec![] };
        }
        // Asked for before our own saving was done.
        if draft.revision < self.save.revision && !self.save.refused {
            return vec![];
        }
        let theirs = Doc::from_json(&draft.flow);
        if self.save.lost.take().is_some_and(|lost| lost == theirs) {
            // It had arrived, and only the answer was lost: no quarrel with oneself.
            return self.arrived(bot, draft, theirs);
        }
        self.save.refused = false;
        self.save.failure = None;
        self.save.unpublished = draft.changed;
        self.files.missing = draft.missing_files.iter().cloned().collect();
        let was_publishing = self.hold_publishing() || was_overtaken;
        let merged = merge(&self.save.base, &self.doc, &theirs);
        if merged.conflicts.is_empty() {
            let told = match draft.author.as_str() {
                name if was_publishing => overtaken(name),
                "" => t("changed-elsewhere"),
                name => t!("changed-by", name = name),
            };
            let mut effects = self.take(merged.doc, theirs, draft.revision);
            effects.push(tell(told));
            return effects;
        }
        let Draft { author, revision, updated_at: at, .. } = draft;
        let disputes = merged.conflicts.into_iter().map(Dispute::from).collect();
        self.save.clash = Some(Clash { author, at, revision, theirs, disputes });
        if self.is_left { vec![self.tell_unsaved()] } else { vec![] }
    }

    /// Goes on with `doc`, the server having `theirs`.
    pub(super) fn take(&mut self, doc: Doc, theirs: Doc, revision: u64) -> Effects {
        let base = std::mem::take(&mut self.save.base);
        self.history.rebase(&base, &theirs);
        self.save.base = theirs;
        self.save.revision = revision;
        self.save.clash = None;
        // Whoever is typing goes on typing: the form is drawn anew only where it shows something else now.
        let of = self.form();
        if doc.fields(&of) != self.doc.fields(&of) {
            self.epoch += 1;
        }
        self.gesture.settle(&doc);
        self.put(doc);
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
        // Whose messages this one would take is said in the dialog.
        effects.extend(self.ask_flows(|bot| bot.enabled));
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
        let note = (!note.is_empty()).then_some(note);
        let publish = PublishBot { note, move_running, revision: Some(self.save.revision) };
        vec![
            api::publish_bot(bot, &publish)
                .then(move |answer| BuilderMsg::Save(Msg::Published(bot, answer.map(Box::new)))),
        ]
    }

    fn published(&mut self, answer: Result<Box<Bot>, Failure>) -> Effects {
        self.save.publishing = false;
        // Somebody saved meanwhile. What was written of this version stays, to be published once that is looked at.
        if let (Err(failure), Some(bot)) = (&answer, self.bot)
            && failure.kind() == "conflict"
        {
            self.save.overtaken = true;
            return vec![ask_draft(bot)];
        }
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
            Err(failure) if failure.kind() == "flow-mistakes" => {
                // Something around the flow went away since the page looked: it looks again, and says where.
                self.tab = Tab::Problems;
                let look = [connections::ask(), people::ask(), api::bots().then(BuilderMsg::Bots)];
                let mut effects = vec![fail(&failure), Effect::Focus("tab-problems".to_owned())];
                effects.extend(look);
                effects
            }
            Err(failure) => vec![fail(&failure), Effect::Refocus],
        }
    }
}

fn ask_draft(bot: BotId) -> Effect {
    api::draft(bot).then(move |answer| BuilderMsg::Save(Msg::Theirs(bot, answer.map(Box::new))))
}

fn overtaken(author: &str) -> String {
    match author {
        "" => t("publish-overtaken-elsewhere"),
        name => t!("publish-overtaken", name = name),
    }
}

fn tell_unsaved(name: &str) -> Effect {
    Effect::ToApp(ToApp::Tell { words: t!("left-unsaved", name = name), is_problem: true, technical: None })
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
