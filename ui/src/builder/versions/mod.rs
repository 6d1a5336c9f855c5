//! The versions of a bot, in a panel beside the canvas: what was published when and by whom, what differs between two of
//! them or from the draft, and the way back to an earlier one.

pub mod diff;
mod gone;
mod view;
pub mod words;

use std::collections::BTreeMap;

use beseda_wire::bots::{Bot, BotVersion, ReturnToVersion};
use beseda_wire::ids::BotId;
use beseda_wire::page::Page;

use self::diff::{How, What};
use super::document::{Doc, Item};
use super::model::Model as Builder;
use super::save::{fail, tell};
use super::{Dialog, Msg as BuilderMsg};
use crate::api::{self, Failure};
use crate::bridge::{Answering, ToApp};
use crate::effect::{Effect, Effects};
use crate::pages::Load;
use crate::t;

/// The button that opens the panel.
pub const BUTTON: &str = "flow-versions-button";
const PANEL: &str = "flow-versions";
/// The button of the dialog that asks before a return.
const CONFIRM: &str = "version-return-do";

/// The button that compares this version: what stays in its row, whatever becomes of it.
fn compare_button(version: u32) -> String {
    format!("version-compare-{version}")
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Open,
    Close,
    Loaded(BotId, Result<Page<BotVersion>, Failure>),
    /// Compares this version with the draft.
    Compare(u32),
    /// With another version, by its number; with the draft otherwise.
    With(String),
    Flow(BotId, u32, Result<Box<BotVersion>, Failure>),
    Back,
    /// The draft becomes what this version is.
    Take(u32),
    /// Asks what becomes of conversations under way before this version answers again.
    AskReturn(u32),
    /// To the version of the dialog.
    Return,
    /// The answer, and the version that answered before.
    Returned(BotId, u32, Option<Answering>, Result<Box<Bot>, Failure>),
}

impl From<Msg> for crate::Msg {
    fn from(msg: Msg) -> Self {
        BuilderMsg::Versions(msg).into()
    }
}

#[derive(Debug, Default)]
pub struct Model {
    list: Load<Vec<BotVersion>>,
    /// What is compared: a version, and another one or the draft.
    pair: Option<(u32, Option<u32>)>,
    /// Flows that were asked for. A version never changes.
    flows: BTreeMap<u32, Load<Doc>>,
    /// The version that the draft becomes, once it is here.
    taking: Option<u32>,
    /// The version that shall answer again, while that is asked for.
    returning: Option<u32>,
    /// What differs, where it stands on the canvas.
    lit: BTreeMap<Item, Lit>,
    gone: gone::Gone,
}

/// How something on the canvas differs. What is gone from it is drawn by itself (`gone`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lit {
    Added,
    Changed,
}

impl Lit {
    /// The class of what is lit like this.
    pub fn class(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
        }
    }
}

impl Model {
    /// The two flows that are compared, the earlier one first; none before both are here.
    fn compared<'a>(&'a self, draft: &'a Doc) -> Option<(&'a Doc, &'a Doc)> {
        let (number, with) = self.pair?;
        let of = |number: u32| self.flows.get(&number)?.ready();
        let one = of(number)?;
        // The draft is the latest.
        Some(match with {
            Some(with) if with < number => (of(with)?, one),
            Some(with) => (one, of(with)?),
            None => (one, draft),
        })
    }

    fn ask_flow(&mut self, bot: BotId, number: u32) -> Effects {
        let flow = self.flows.entry(number).or_default();
        if matches!(flow, Load::Ready(_) | Load::Loading) {
            return vec![];
        }
        *flow = Load::Loading;
        let then = move |answer: Result<BotVersion, Failure>| Msg::Flow(bot, number, answer.map(Box::new));
        vec![api::version(bot, number).then(then)]
    }
}

impl Builder {
    pub fn update_versions(&mut self, msg: Msg) -> Effects {
        let effects = self.apply_versions(msg);
        self.light_differences();
        effects
    }

    /// How this differs between what is compared.
    pub fn differs(&self, item: &Item) -> Option<Lit> {
        self.versions.as_ref()?.lit.get(item).copied()
    }

    /// Lights on the canvas what differs between what is compared, as soon as both are here.
    pub fn light_differences(&mut self) {
        let Some(versions) = &self.versions else { return };
        let compared = versions.compared(&self.doc);
        let found = compared.map(|(before, after)| diff::difference(before, after));
        let gone = compared.map(|(before, after)| gone::gone(before, after, &self.doc, &self.scene));
        let mut lit = BTreeMap::new();
        for one in found.into_iter().flat_map(|found| found.items) {
            let whole = if one.how == How::Added { Lit::Added } else { Lit::Changed };
            let Some(item) = one.what.item() else { continue };
            let edge = match &one.what {
                What::Line(from) => self.doc.edge_from(from),
                _ => None,
            };
            match edge {
                Some(edge) => drop(lit.insert(Item::Edge(edge.id.clone()), whole)),
                // A thing of which something is gone is another; so is one that had a line.
                None => drop(lit.entry(item).or_insert(if matches!(one.what, What::Line(_)) {
                    Lit::Changed
                } else {
                    whole
                })),
            }
        }
        lit.retain(|item, _| self.doc.has(item));
        if let Some(versions) = &mut self.versions {
            versions.lit = lit;
            versions.gone = gone.unwrap_or_default();
        }
    }

    fn apply_versions(&mut self, msg: Msg) -> Effects {
        let Some(bot) = self.bot else { return vec![] };
        if matches!(msg, Msg::Open) {
            self.versions = Some(Model { list: Load::Loading, ..Model::default() });
            self.replay.is_open = false;
            let mut effects = self.ask_versions();
            effects.push(Effect::Focus(PANEL.to_owned()));
            return effects;
        }
        if let Msg::Returned(of, number, before, answer) = msg {
            return self.returned(of, number, before, answer);
        }
        let Some(versions) = &mut self.versions else { return vec![] };
        match msg {
            Msg::Close => {
                self.versions = None;
                return vec![Effect::Focus(BUTTON.to_owned())];
            }
            Msg::Loaded(of, answer) if of == bot => versions.list.answer(answer.map(|page| page.items)),
            Msg::Compare(number) => {
                // What is published and was not changed since is the draft itself: what it changed is worth a look.
                let same =
                    newest_is(versions, number) && !self.save.unpublished && self.doc == self.save.base;
                let before = versions.list.ready().into_iter().flatten().map(|version| version.number);
                let with = before.filter(|other| same && *other < number).max();
                versions.pair = Some((number, with));
                let mut effects = versions.ask_flow(bot, number);
                effects.extend(with.map(|with| versions.ask_flow(bot, with)).unwrap_or_default());
                effects.push(Effect::Focus(PANEL.to_owned()));
                return effects;
            }
            Msg::With(other) => {
                let Some((number, with)) = &mut versions.pair else { return vec![] };
                *with = other.parse().ok().filter(|other| other != number);
                return with.map(|other| versions.ask_flow(bot, other)).unwrap_or_default();
            }
            Msg::Flow(of, number, answer) if of == bot => {
                let doc = answer.map(|version| Doc::from_json(&version.flow.unwrap_or_default()));
                versions.flows.entry(number).or_default().answer(doc);
                if versions.taking.take_if(|taking| *taking == number).is_some() {
                    return self.take_version(number);
                }
            }
            Msg::Take(number) => {
                versions.taking = Some(number);
                let effects = versions.ask_flow(bot, number);
                let is_here = versions.flows.get(&number).is_some_and(|flow| flow.ready().is_some());
                return if is_here { self.take_version(number) } else { effects };
            }
            // Of a bot that was left meanwhile, or done above.
            Msg::Loaded(..) | Msg::Flow(..) | Msg::Open | Msg::Returned(..) => {}
            Msg::Back => {
                versions.pair = None;
                return vec![Effect::Focus(PANEL.to_owned())];
            }
            Msg::AskReturn(_) if versions.returning.is_some() => {}
            Msg::AskReturn(version) => {
                self.dialog = Some(Dialog::Return { version, moves: false });
                return vec![Effect::Focus(CONFIRM.to_owned())];
            }
            Msg::Return => return self.return_to(bot),
        }
        vec![]
    }

    fn return_to(&mut self, bot: BotId) -> Effects {
        let Some(Dialog::Return { version, moves }) = self.dialog else { return vec![] };
        self.dialog = None;
        let Some(versions) = &mut self.versions else { return vec![] };
        versions.returning = Some(version);
        let listed = versions.list.ready().into_iter().flatten();
        let before = listed
            .filter(|one| one.answering)
            .map(|one| Answering { version: one.number, moves: one.draws_running() })
            .next();
        let then =
            move |answer: Result<Bot, Failure>| Msg::Returned(bot, version, before, answer.map(Box::new));
        let to = ReturnToVersion { move_running: moves };
        // The button that opened the dialog goes away with the version's return: what stands beside it stays.
        vec![api::return_version(bot, version, &to).then(then), Effect::Focus(compare_button(version))]
    }

    /// The draft becomes a version: a change like any other, which can be undone.
    fn take_version(&mut self, number: u32) -> Effects {
        let Some(versions) = &mut self.versions else { return vec![] };
        versions.taking = None;
        let Some(doc) = versions.flows.get(&number).and_then(|flow| flow.ready()).cloned() else {
            return vec![];
        };
        self.epoch += 1;
        let version = number.to_string();
        let mut effects = self.change(doc, None);
        effects.push(tell(t!("version-taken", version = version.as_str())));
        // While the version was fetched, the button was off and lost the focus.
        effects.push(Effect::Focus(compare_button(number)));
        effects
    }

    /// The list once more, where it is shown.
    pub fn ask_versions(&self) -> Effects {
        let Some(bot) = self.bot.filter(|_| self.versions.is_some()) else { return vec![] };
        vec![api::versions(bot).then(move |answer| Msg::Loaded(bot, answer))]
    }

    fn returned(
        &mut self,
        of: BotId,
        number: u32,
        before: Option<Answering>,
        answer: Result<Box<Bot>, Failure>,
    ) -> Effects {
        if let Some(versions) = &mut self.versions {
            versions.returning = None;
        }
        match answer {
            Ok(bot) => {
                let version = number.to_string();
                let words = t!("version-returned", version = version.as_str());
                let mut effects = vec![Effect::ToApp(ToApp::Returned { bot: of, before, words })];
                if Some(of) == self.bot {
                    self.about = Some(*bot);
                    effects.extend(self.ask_versions());
                    // The draft may be what is published now.
                    effects.extend(self.changed_somewhere());
                }
                effects
            }
            Err(failure) => vec![fail(&failure)],
        }
    }
}

/// Whether a version answers, and none after it was published.
fn newest_is(versions: &Model, number: u32) -> bool {
    let list = versions.list.ready().map_or(&[][..], Vec::as_slice);
    list.iter().any(|version| version.number == number && version.answering)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::read;

    const BOT: &str = "01990000-0000-7000-8000-000000000001";

    fn bot() -> BotId {
        BOT.parse().unwrap()
    }

    fn about(published: u32) -> String {
        format!(
            r#"{{"id":"{BOT}","name":"A","enabled":true,"published":{published},"running":0,
                "created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}}"#
        )
    }

    fn version(number: u32, flow: &str) -> String {
        let answering = number == 2;
        format!(
            r#"{{"number":{number},"published_at":"2026-01-01T00:00:00Z","author":"Anna","answering":{answering},
                "running":3{flow}}}"#
        )
    }

    fn versions(msg: crate::Msg) -> Msg {
        let crate::Msg::Editor(BuilderMsg::Versions(msg)) = msg else { panic!("not of the versions") };
        msg
    }

    /// An editor whose versions 2, which answers, and 1 are listed.
    fn editor() -> Builder {
        let about = serde_json::from_str(&about(2)).unwrap();
        let doc = Doc::from_json(&serde_json::json!({ "name": "Now" }));
        let mut model = Builder { bot: Some(bot()), about, load: Load::Ready(()), doc, ..Builder::default() };
        let mut effects = model.update_versions(Msg::Open);
        let page = format!(r#"{{"items":[{},{}]}}"#, version(2, r#","move_running":true"#), version(1, ""));
        let msg = versions(read::answer(&mut effects, "GET /bots/", Ok(&page)));
        model.update_versions(msg);
        model
    }

    fn lines(effects: &Effects) -> Vec<String> {
        read::lines(effects)
    }

    #[test]
    fn a_flow_is_asked_for_once() {
        let mut model = editor();
        let mut effects = model.update_versions(Msg::Compare(1));
        assert_eq!(lines(&effects)[0], format!("Call(GET /bots/{BOT}/versions/1)"));
        let answer = version(1, r#","flow":{"name":"Then"}"#);
        let msg = versions(read::answer(&mut effects, "GET /bots/", Ok(&answer)));
        model.update_versions(msg);
        let asked = model.update_versions(Msg::With("2".into()));
        assert_eq!(lines(&asked), [format!("Call(GET /bots/{BOT}/versions/2)")]);
        assert!(model.update_versions(Msg::With("2".into())).is_empty());
        model.update_versions(Msg::With(String::new()));
        assert_eq!(model.versions.as_ref().unwrap().pair, Some((1, None)));
        assert_eq!(lines(&model.update_versions(Msg::Compare(1))), ["Focus(flow-versions)"]);
        model.view_versions();
    }

    #[test]
    fn the_draft_becomes_a_version_and_that_is_undone() {
        let mut model = editor();
        model.save.base = model.doc.clone();
        let mut effects = model.update_versions(Msg::Take(1));
        let answer = version(1, r#","flow":{"name":"Then"}"#);
        let msg = versions(read::answer(&mut effects, "GET /bots/", Ok(&answer)));
        model.update_versions(msg);
        assert_eq!(model.doc.name(), "Then");
        assert!(model.is_dirty(), "it is saved like any other change");
        model.act(super::super::Action::Undo);
        assert_eq!(model.doc.name(), "Now");
    }

    #[test]
    fn what_is_published_unchanged_is_compared_with_what_was_before() {
        let mut model = editor();
        model.save.base = model.doc.clone();
        let asked = lines(&model.update_versions(Msg::Compare(2)));
        assert_eq!(model.versions.as_ref().unwrap().pair, Some((2, Some(1))));
        assert!(asked.contains(&format!("Call(GET /bots/{BOT}/versions/1)")), "{asked:?}");
        // A draft that differs is what people mean.
        model.save.unpublished = true;
        model.update_versions(Msg::Compare(2));
        assert_eq!(model.versions.as_ref().unwrap().pair, Some((2, None)));
    }

    #[test]
    fn what_differs_is_lit_on_the_canvas() {
        let flow = |text: &str, more: serde_json::Value| {
            let mut blocks = vec![serde_json::json!({ "id": "b1", "kind": "message", "text": text })];
            blocks.extend(more.as_object().map(|_| more.clone()));
            serde_json::json!({ "schema": 1, "id": "f", "name": "Now", "groups": [{ "id": "g1", "blocks": blocks }] })
        };
        let mut model = editor();
        model.doc = Doc::from_json(&flow(
            "New",
            serde_json::json!({ "id": "b2", "kind": "message", "text": "More" }),
        ));
        let mut effects = model.update_versions(Msg::Compare(1));
        assert_eq!(model.differs(&Item::Block("b1".into())), None);
        let answer = version(1, &format!(r#","flow":{}"#, flow("Old", serde_json::Value::Null)));
        let msg = versions(read::answer(&mut effects, "GET /bots/", Ok(&answer)));
        model.update_versions(msg);
        assert_eq!(model.differs(&Item::Block("b1".into())), Some(Lit::Changed));
        assert_eq!(model.differs(&Item::Block("b2".into())), Some(Lit::Added));
        model.update_versions(Msg::Back);
        assert_eq!(model.differs(&Item::Block("b2".into())), None);
    }

    #[test]
    fn a_return_asks_what_becomes_of_people_in_the_middle() {
        let mut model = editor();
        assert_eq!(lines(&model.update_versions(Msg::AskReturn(1))), ["Focus(version-return-do)"]);
        assert!(model.is_covered(), "what lies behind takes no keys");
        model.view();
        assert_eq!(model.dialog, Some(Dialog::Return { version: 1, moves: false }));
        model.update(BuilderMsg::CloseDialog);
        assert!(model.update_versions(Msg::Return).is_empty(), "without the dialog nothing is asked for");
        for moves in [false, true] {
            let mut model = editor();
            model.update_versions(Msg::AskReturn(1));
            model.update(BuilderMsg::Moves(moves));
            let effects = model.update_versions(Msg::Return);
            let Effect::Call(call, _) = &effects[0] else { panic!("{effects:?}") };
            assert_eq!(call.body.as_deref(), Some(&*format!(r#"{{"move_running":{moves}}}"#)));
        }
    }

    #[test]
    fn a_return_can_be_taken_back_to_what_answered_before() {
        let mut model = editor();
        model.update_versions(Msg::AskReturn(1));
        let mut effects = model.update_versions(Msg::Return);
        assert_eq!(lines(&effects)[1], "Focus(version-compare-1)", "what stays in the row has the focus");
        assert!(model.dialog.is_none());
        assert!(model.update_versions(Msg::AskReturn(1)).is_empty(), "pressed twice is once");
        let path = format!("POST /bots/{BOT}/versions/1/return");
        let msg = versions(read::answer(&mut effects, &path, Ok(&about(1))));
        let effects = model.update_versions(msg);
        let Effect::ToApp(ToApp::Returned { before, .. }) = &effects[0] else { panic!("{effects:?}") };
        assert_eq!(*before, Some(Answering { version: 2, moves: true }));
        assert!(lines(&effects).contains(&format!("Call(GET /bots/{BOT}/versions)")));
        assert_eq!(model.about.as_ref().and_then(|bot| bot.published), Some(1));
    }

    #[test]
    fn a_version_draws_people_as_was_chosen_last() {
        let row = |published: bool, returns: &str| {
            let more = format!(r#","move_running":{published},"returns":[{returns}]"#);
            serde_json::from_str::<BotVersion>(&version(1, &more)).unwrap().draws_running()
        };
        let back = |more: &str| format!(r#"{{"at":"2026-01-01T00:00:00Z","author":"Anna"{more}}}"#);
        assert!(row(true, "") && !row(false, ""));
        let (moving, staying) = (back(r#","move_running":true"#), back(""));
        assert!(!row(true, &staying) && row(false, &moving) && !row(true, &format!("{moving},{staying}")));
    }

    #[test]
    fn closing_gives_the_focus_back_to_the_button() {
        let mut model = editor();
        assert_eq!(lines(&model.update_versions(Msg::Close)), [format!("Focus({BUTTON})")]);
        assert!(model.versions.is_none() && model.update_versions(Msg::Back).is_empty());
    }
}
