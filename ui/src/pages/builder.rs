//! The place of the flow editor in the app: it opens the editor, makes its requests, and tells it what changed.

use std::collections::{BTreeSet, VecDeque};

use beseda_wire::bots::ReturnToVersion;
use beseda_wire::ids::{BotId, UserId};

use crate::api;
use crate::api::Failure;
use crate::app::{PickedFile, Told, UploadNews};
use crate::bridge::{Answering, HOST, Importing, Opened, ToApp, ToBuilder, UPLOADS};
use crate::effect::{Effect, Effects};
use crate::i18n::Locale;
use crate::kit::{Button, Icon, Look, el, notice, skeleton};
use crate::pages::media;
use crate::router::Route;
use crate::{Node, t};

#[derive(Debug, Default)]
pub struct Model {
    /// The bot whose flow is open.
    bot: Option<BotId>,
    /// What it is called.
    pub name: String,
    ready: bool,
    failed: bool,
    /// What the editor itself asked the address to say, and what will therefore be opened in this order: told back to it
    /// late, it would undo what was chosen meanwhile.
    echoes: VecDeque<Option<String>>,
    /// A file that a bot shall be made of, until the page for it is opened.
    file: Option<(String, Option<String>)>,
    /// Stored files that the editor wants to show, until it was told of them.
    wanted: BTreeSet<String>,
}

/// The most bytes of a bot's file; the server's limit.
const LARGEST: u64 = 10 * 1024 * 1024;

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Said(ToApp),
    /// An answer for the editor.
    Answered(u32, Result<String, Failure>),
    LoadFailed,
    /// The file of this name is too large to be one of a bot.
    TooLarge(String),
    /// The return to another version is taken back: this one answers again, as it did.
    ReturnTo(BotId, Answering),
    ReturnedTo(BotId, Result<(), Failure>),
}

impl Model {
    pub fn open(
        &mut self,
        bot: BotId,
        chosen: Option<String>,
        (me, may_change): (UserId, bool),
        (locale, zone): (Locale, &str),
        (seed, origin): (&str, &str),
    ) -> Effects {
        if self.bot != Some(bot) {
            self.name.clear();
            self.echoes.clear();
        } else if self.echoes.front() == Some(&chosen) {
            self.echoes.pop_front();
            return vec![];
        }
        self.bot = Some(bot);
        self.failed = false;
        let (locale, zone, seed) = (locale.code().to_owned(), zone.to_owned(), seed.to_owned());
        let opened = Opened { bot, chosen, locale, zone, me, may_change, seed, origin: origin.to_owned() };
        vec![Effect::ToBuilder(ToBuilder::Open(opened))]
    }

    /// The page that makes a bot of a file.
    pub fn open_import(&mut self, locale: Locale, seed: &str) -> Effects {
        let mut effects = self.left();
        self.failed = false;
        let (locale, seed) = (locale.code().to_owned(), seed.to_owned());
        let importing = Importing { locale, seed, file: self.file.take() };
        effects.push(Effect::ToBuilder(ToBuilder::Import(importing)));
        effects
    }

    /// A bot shall be made of this file, as soon as the page for it is opened; without a text it is too large.
    pub fn take_file(&mut self, name: String, text: Option<String>) {
        self.file = Some((name, text));
    }

    /// Another place is shown now.
    pub fn left(&mut self) -> Effects {
        if self.bot.take().is_some() { vec![Effect::ToBuilder(ToBuilder::Leave)] } else { vec![] }
    }

    /// A bot changed: the one that is open, or one that it may run.
    pub fn changed_somewhere(&self, bot: BotId) -> Effects {
        if self.bot.is_some() { vec![Effect::ToBuilder(ToBuilder::Changed(bot))] } else { vec![] }
    }

    /// Who has the flow open.
    pub fn editors(&self, bot: BotId, people: Vec<(UserId, String)>) -> Effects {
        if self.bot == Some(bot) { vec![Effect::ToBuilder(ToBuilder::Editors(bot, people))] } else { vec![] }
    }

    /// What happened during a pause of the live connection was not told.
    pub fn reconnected(&self) -> Effects {
        if self.bot.is_some() { vec![Effect::ToBuilder(ToBuilder::Reconnected)] } else { vec![] }
    }

    /// Stored files that the editor waits for.
    pub fn media_wanted(&self) -> Vec<String> {
        self.wanted.iter().cloned().collect()
    }

    /// What came of those.
    pub fn media_news(&mut self, media: &media::Cache) -> Effects {
        let (mut effects, wanted) = (vec![], std::mem::take(&mut self.wanted));
        for sha256 in wanted {
            let address = match media.get(&sha256) {
                Some(media::File::Here(address)) => Some(address.clone()),
                Some(media::File::Failed(_)) => None,
                Some(media::File::Loading) | None => {
                    self.wanted.insert(sha256);
                    continue;
                }
            };
            effects.push(Effect::ToBuilder(ToBuilder::File(sha256, address)));
        }
        effects
    }

    pub fn update(&mut self, msg: Msg, told: &mut Vec<Told>) -> Effects {
        match msg {
            Msg::Said(said) => self.said(said, told),
            Msg::Answered(number, answer) => vec![Effect::ToBuilder(ToBuilder::Answer { number, answer })],
            Msg::LoadFailed => {
                self.failed = true;
                vec![]
            }
            Msg::TooLarge(name) => {
                self.take_file(name, None);
                vec![Effect::After(0, crate::Msg::Go(Route::ImportBot))]
            }
            Msg::ReturnTo(bot, Answering { version, moves }) => {
                let then = move |answer: Result<_, Failure>| Msg::ReturnedTo(bot, answer.map(|_| ()));
                let to = ReturnToVersion { move_running: moves };
                vec![api::return_version(bot, version, &to).then(then)]
            }
            Msg::ReturnedTo(bot, Ok(())) => self.changed_somewhere(bot),
            Msg::ReturnedTo(_, Err(failure)) => {
                told.push(Told::failure(&failure));
                vec![]
            }
        }
    }

    fn said(&mut self, said: ToApp, told: &mut Vec<Told>) -> Effects {
        match said {
            ToApp::Ready => {
                self.ready = true;
                vec![]
            }
            ToApp::Call { number, call } => {
                let then = move |answer| Msg::Answered(number, answer).into();
                vec![Effect::Call(call, Box::new(then))]
            }
            ToApp::Go(path) => vec![Effect::After(0, crate::Msg::Go(Route::parse(&path)))],
            // Said by an editor that is left already, it would lead back.
            ToApp::GoQuietly(_) if self.bot.is_none() => vec![],
            ToApp::GoQuietly(path) => {
                let route = Route::parse(&path);
                if let Route::Bot { chosen, .. } = &route {
                    self.echoes.push_back(chosen.clone());
                }
                vec![Effect::After(0, crate::Msg::GoQuietly(route))]
            }
            ToApp::Tell { words, is_problem, technical } => {
                told.push(Told { words, is_problem, technical, undo: None });
                vec![]
            }
            ToApp::Returned { bot, before, words } => {
                let told_now = Told::words(words);
                told.push(match before {
                    Some(before) => told_now.undo(Msg::ReturnTo(bot, before)),
                    None => told_now,
                });
                vec![]
            }
            ToApp::Title(name) => {
                self.name = name;
                vec![]
            }
            ToApp::Keep(key, text) => vec![Effect::Keep(key, text)],
            ToApp::Upload { upload, file } => vec![Effect::Upload { upload: UPLOADS | upload, file }],
            ToApp::CancelUpload(upload) => vec![Effect::CancelUpload(UPLOADS | upload)],
            ToApp::DropFile(file) => vec![Effect::DropFile(file)],
            ToApp::ShowFile(sha256) => {
                self.wanted.insert(sha256);
                vec![]
            }
            ToApp::SaveText { name, text } => vec![Effect::SaveText { name, text }],
        }
    }

    pub fn view(&self) -> Node {
        let waiting = if self.failed {
            Some(
                el("div")
                    .class("flow-wait")
                    .key("failed")
                    .child(notice::problem(&t!("builder-failed")))
                    .child(
                        Button::new(Look::Primary, t!("builder-reload"))
                            .icon(Icon::RefreshCw)
                            .on(crate::Msg::Reload),
                    ),
            )
        } else {
            (!self.ready).then(|| el("div").class("flow-wait").key("loading").child(skeleton(5, "rows")))
        };
        el("div")
            .class("flow-place")
            .key("flow-place")
            // The editor puts itself in here; nothing of ours ever stands inside.
            .child(el("div").id(HOST).class("flow-host"))
            .maybe(waiting)
            .into()
    }
}

/// Hands the first of the files to the editor.
pub fn pick_file(files: Vec<PickedFile>) -> Effects {
    let mut files = files.into_iter();
    let first = files.next().map(|file| Effect::ToBuilder(ToBuilder::Picked(file)));
    first.into_iter().chain(files.map(|file| Effect::DropFile(file.file))).collect()
}

pub fn upload_news(upload: u32, news: UploadNews) -> Effects {
    vec![Effect::ToBuilder(ToBuilder::Upload(upload & !UPLOADS, news))]
}

/// Reads the first of the files that a bot shall be made of. Of one that is too large the page says so, and goes on
/// saying it.
pub fn read_file(files: &[PickedFile]) -> Effects {
    let mut effects: Effects = files.iter().skip(1).map(|file| Effect::DropFile(file.file)).collect();
    if let Some(file) = files.first() {
        if file.size > LARGEST {
            effects.push(Effect::DropFile(file.file));
            effects.push(Effect::After(0, Msg::TooLarge(file.name.clone()).into()));
        } else {
            effects.push(Effect::ReadFile { file: file.file, name: file.name.clone() });
        }
    }
    effects
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::read;

    const BOT: &str = "01990000-0000-7000-8000-000000000001";

    fn opened() -> Model {
        let mut model = Model::default();
        let me = BOT.parse().unwrap();
        model.open(
            BOT.parse().unwrap(),
            None,
            (me, true),
            (Locale::En, "UTC"),
            ("seed", "https://chat.test"),
        );
        model
    }

    #[test]
    fn requests_go_out_and_their_answers_come_back() {
        let mut model = opened();
        let Effect::Call(call, _) = api::draft(BOT.parse().unwrap()).then(|_| crate::Msg::Idle) else {
            panic!("no call")
        };
        let mut effects = model.update(Msg::Said(ToApp::Call { number: 7, call }), &mut vec![]);
        let crate::Msg::Builder(answer) = read::answer(&mut effects, "GET /bots/", Ok("{}")) else {
            panic!("not for this page")
        };
        let lines = read::lines(&model.update(answer, &mut vec![]));
        assert!(lines[0].starts_with("ToBuilder(Answer { number: 7"), "{lines:?}");
    }

    #[test]
    fn what_the_editor_put_into_the_address_is_not_told_back() {
        let mut model = opened();
        let (bot, me) = (BOT.parse().unwrap(), BOT.parse().unwrap());
        for at in ["g-a", "b-x"] {
            model.update(Msg::Said(ToApp::GoQuietly(format!("/bots/{BOT}?at={at}"))), &mut vec![]);
        }
        let mut open = |at: &str| {
            model
                .open(
                    bot,
                    Some(at.to_owned()),
                    (me, true),
                    (Locale::En, "UTC"),
                    ("seed", "https://chat.test"),
                )
                .len()
        };
        // Both come back in their order; the same address again is somebody going back.
        assert_eq!([open("g-a"), open("b-x"), open("g-a")], [0, 0, 1]);
    }

    #[test]
    fn a_file_is_read_once_and_handed_to_the_page_that_makes_a_bot_of_it() {
        let picked = |size| PickedFile {
            file: 3,
            name: "bot.json".into(),
            mime: String::new(),
            size,
            url: String::new(),
        };
        assert_eq!(read::lines(&read_file(&[picked(9)])), ["ReadFile(3, bot.json)"]);
        let lines = read::lines(&read_file(&[picked(LARGEST + 1)]));
        assert!(lines[0] == "DropFile(3)" && lines[1].contains("TooLarge"), "{lines:?}");
        let mut model = opened();
        let lines = read::lines(&model.update(Msg::TooLarge("large.json".into()), &mut vec![]));
        assert!(lines[0].contains("ImportBot"), "the page says what is wrong: {lines:?}");
        model.take_file("bot.json".into(), Some("{}".into()));
        let effects = model.open_import(Locale::En, "seed");
        assert!(matches!(effects[0], Effect::ToBuilder(ToBuilder::Leave)), "what was open is saved");
        let file = |effect: &Effect| match effect {
            Effect::ToBuilder(ToBuilder::Import(importing)) => importing.file.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(file(&effects[1]), Some(("bot.json".into(), Some("{}".into()))));
        assert_eq!(file(&model.open_import(Locale::En, "seed")[0]), None);
    }

    #[test]
    fn a_return_is_taken_back_even_when_the_editor_is_left() {
        let (mut model, mut told) = (opened(), vec![]);
        let bot = BOT.parse().unwrap();
        let before = Some(Answering { version: 2, moves: true });
        let said = ToApp::Returned { bot, before, words: "Version 1".into() };
        model.update(Msg::Said(said), &mut told);
        model.left();
        let Some(crate::Msg::Builder(undo)) = told.remove(0).undo else { panic!("no way back") };
        let effects = model.update(undo, &mut told);
        assert_eq!(read::lines(&effects), [format!("Call(POST /bots/{BOT}/versions/2/return)")]);
        let Effect::Call(call, _) = &effects[0] else { panic!("{effects:?}") };
        assert_eq!(call.body.as_deref(), Some(r#"{"move_running":true}"#), "as it was before");
        // The first version has nothing before it.
        let said = ToApp::Returned { bot, before: None, words: String::new() };
        model.update(Msg::Said(said), &mut told);
        assert_eq!(told[0].undo, None);
    }

    #[test]
    fn an_editor_that_was_left_moves_nobody() {
        let mut model = opened();
        assert_eq!(model.left().len(), 1);
        assert!(model.left().is_empty());
        let quiet = Msg::Said(ToApp::GoQuietly(format!("/bots/{BOT}?at=b-x")));
        assert!(model.update(quiet, &mut vec![]).is_empty());
        assert!(model.changed_somewhere(BOT.parse().unwrap()).is_empty());
    }
}
