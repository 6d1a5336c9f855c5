//! What a trigger's panel says beyond its fields: which other triggers come before it, and the link and the picture of a
//! link's word.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use beseda_flow::{Ahead, Compiled, Flow, LostBy, Trigger, TriggerKind, ahead, start_link};
use beseda_wire::bots::{Bot, BotVersion};
use beseda_wire::ids::{BotId, NumberId};
use beseda_wire::page::Page;
use beseda_wire::whatsapp::Number;
use serde_json::{Value, json};

use super::Msg as BuilderMsg;
use super::document::{Item, Spot};
use super::kinds;
use super::model::Model as Builder;
use crate::api::{self, Failure};
use crate::bridge::ToApp;
use crate::effect::{Effect, Effects};
use crate::i18n::t;
use crate::kit::field::select;
use crate::kit::{Button, Icon, Look, el, event, icon, qr};
use crate::pages::Load;
use crate::{Node, t};

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    /// The flow with which another bot answers.
    Flow(BotId, u32, Result<Box<BotVersion>, Failure>),
    Numbers(Result<Page<Number>, Failure>),
    /// The link leads to this number.
    Number(String),
    CopyLink(String),
    /// An address or an example of a call.
    CopyText(String),
    SaveQr(String),
}

impl From<Msg> for crate::Msg {
    fn from(msg: Msg) -> Self {
        BuilderMsg::Triggers(msg).into()
    }
}

#[derive(Default)]
pub struct Model {
    /// All bots, the oldest first.
    pub bots: Vec<Bot>,
    /// Published flows of the others: they may answer first, and a try may run them.
    flows: BTreeMap<BotId, Other>,
    numbers: Load<Vec<Number>>,
    number: Option<NumberId>,
}

/// What another bot has published.
struct Other {
    version: u32,
    /// None while it is on its way, or where it cannot be read.
    flow: Option<Rc<Compiled>>,
    /// As it was written: what it writes may begin this one.
    written: Option<Arc<Flow>>,
    is_awaited: bool,
}

impl Model {
    /// The flows that a sub-flow may run.
    pub fn library(&self) -> Vec<Rc<Compiled>> {
        self.flows.values().filter_map(|other| other.flow.clone()).collect()
    }

    /// Flows of the others that answer customers, as far as they are here.
    pub fn answering(&self) -> Vec<Arc<Flow>> {
        let answers = |id: &BotId| self.bots.iter().any(|bot| bot.id == *id && bot.enabled);
        let others = self.flows.iter().filter(|(id, _)| answers(id));
        others.filter_map(|(_, other)| other.written.clone()).collect()
    }

    pub fn is_awaited(&self) -> bool {
        self.flows.values().any(|other| other.is_awaited)
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Triggers").field("bots", &self.bots.len()).finish_non_exhaustive()
    }
}

impl Builder {
    pub fn update_triggers(&mut self, msg: Msg) -> Effects {
        match msg {
            Msg::Flow(bot, version, answer) => {
                let flow = answer.ok().and_then(|version| Flow::from_value(version.flow?).ok());
                let compiled =
                    |flow: Flow| Rc::new(Compiled::new(&flow, u64::from(version)).of_bot(bot.to_string()));
                let written = flow.clone().map(Arc::new);
                let flow = flow.map(compiled);
                self.triggers.flows.insert(bot, Other { version, flow, written, is_awaited: false });
                let mut effects = self.flows_came();
                effects.extend(self.check_soon());
                effects
            }
            Msg::Numbers(answer) => {
                self.triggers.numbers.answer(answer.map(|page| page.items));
                vec![]
            }
            Msg::Number(id) => {
                self.triggers.number = id.parse().ok();
                vec![]
            }
            Msg::CopyLink(link) => vec![Effect::Copy(link), super::save::tell(t("link-copied"))],
            Msg::CopyText(text) => vec![Effect::Copy(text), super::save::tell(t("text-copied"))],
            Msg::SaveQr(link) => {
                let text = qr::file(&link).unwrap_or_default();
                vec![Effect::ToApp(ToApp::SaveText { name: "whatsapp-qr.svg".to_owned(), text })]
            }
        }
    }

    /// Asks for what the panel of a trigger needs and nobody has asked for yet.
    pub fn want_triggers(&mut self) -> Effects {
        let Some(Item::Trigger(id)) = self.only() else { return vec![] };
        let is_link = self.doc.trigger(id).is_some_and(|trigger| trigger.text("kind") == "link");
        let mut effects = self.ask_flows(|bot| bot.enabled);
        if is_link && matches!(self.triggers.numbers, Load::Not) {
            self.triggers.numbers = Load::Loading;
            effects.push(api::numbers().then(Msg::Numbers));
        }
        effects
    }

    /// Asks for the flows that may begin this one by what they write, where it waits for such.
    pub fn want_who_writes(&mut self) -> Effects {
        let events = ["tag_added", "field_changed", "deal_moved"];
        let waits = self.doc.triggers.iter().any(|trigger| events.contains(&trigger.text("kind")));
        if waits { self.ask_flows(|bot| bot.enabled) } else { vec![] }
    }

    /// Asks for what those other bots have published, unless that is here or on its way.
    pub fn ask_flows(&mut self, which: impl Fn(&Bot) -> bool) -> Effects {
        let mut effects = vec![];
        for bot in self.triggers.bots.iter().filter(|bot| Some(bot.id) != self.bot && which(bot)) {
            let Some(version) = bot.published else { continue };
            if self.triggers.flows.get(&bot.id).is_none_or(|known| known.version != version) {
                let id = bot.id;
                self.triggers
                    .flows
                    .insert(id, Other { version, flow: None, written: None, is_awaited: true });
                let then =
                    move |answer: Result<BotVersion, Failure>| Msg::Flow(id, version, answer.map(Box::new));
                effects.push(api::version(id, version).then(then));
            }
        }
        effects
    }

    /// This bot's own triggers alone: the rest of a large flow has no say in who wins.
    fn own_triggers(&self) -> Option<Compiled> {
        let own: Vec<Value> = self.doc.triggers.iter().map(|trigger| trigger.to_json()).collect();
        let own = json!({ "schema": 1, "id": "own", "name": "own", "triggers": own });
        Some(Compiled::new(&Flow::from_value(own).ok()?, 0))
    }

    /// What this bot will take from others that answer. That a keyword goes before any message is how bots share a number,
    /// and not told.
    fn taken(&self) -> Vec<Taken> {
        let Some(own) = self.own_triggers() else { return vec![] };
        let mut found = vec![];
        for bot in self.triggers.bots.iter().filter(|bot| bot.enabled && Some(bot.id) != self.bot) {
            let Some(Other { flow: Some(theirs), .. }) = self.triggers.flows.get(&bot.id) else { continue };
            // The older bot comes first, as where customers are answered.
            let place = |id: Option<BotId>| self.triggers.bots.iter().position(|bot| Some(bot.id) == id);
            let is_older = place(self.bot).is_some_and(|own| Some(own) < place(Some(bot.id)));
            let (flows, at): ([&Compiled; 2], usize) =
                if is_older { ([&own, &**theirs], 1) } else { ([&**theirs, &own], 0) };
            for trigger in theirs.triggers().filter(|trigger| !trigger.disabled) {
                let before =
                    |one: &Ahead| one.flow != at && matches!(one.by, LostBy::Priority | LostBy::Order);
                let ahead = ahead(&flows, at, &trigger.id).into_iter().filter(before);
                let mut takers: Vec<&Trigger> = ahead
                    .filter_map(|one| own.triggers().find(|own| own.id == one.trigger))
                    .filter(|ours| takes_all(ours) || !takes_all(trigger))
                    .collect();
                // The one that leaves nothing to the other says it all.
                takers.sort_by_key(|ours| !takes_all(ours));
                let Some(ours) = takers.first() else { continue };
                let (all, theirs, ours) = (takes_all(ours), title(trigger), title(ours));
                found.push(Taken { bot: bot.name.clone(), theirs, ours, all });
            }
        }
        found.dedup();
        found
    }

    /// Says in the publishing whose messages this bot will take.
    pub fn view_taken(&self) -> Option<Node> {
        let taken = self.taken();
        (!taken.is_empty()).then(|| {
            el("div")
                .class("notice amber publish-taken")
                .key("taken")
                .child(icon(Icon::TriangleAlert))
                .child(el("div").child(el("p").child(el("b").text(t("publish-taken")))).child(
                    el("ul").children(taken.into_iter().enumerate().map(|(index, taken)| {
                        let Taken { bot, theirs, ours, all } = &taken;
                        let words = if *all { "publish-taken-all" } else { "publish-taken-of" };
                        el("li").key(index).text(t!(words, bot = bot, theirs = theirs, ours = ours))
                    })),
                ))
                .into()
        })
    }

    /// What may come before a trigger: the bot's name (none for this one's own triggers), the trigger in words, and why.
    fn ahead_of(&self, trigger: &Spot) -> Vec<(Option<String>, String, Ahead)> {
        let Some(own) = self.own_triggers() else { return vec![] };
        let mut names: Vec<Option<&str>> = vec![];
        let mut flows: Vec<&Compiled> = vec![];
        let mut place = None;
        for bot in &self.triggers.bots {
            if Some(bot.id) == self.bot {
                place = Some(flows.len());
                names.push(None);
                flows.push(&own);
            } else if let Some(Other { flow: Some(flow), .. }) =
                self.triggers.flows.get(&bot.id).filter(|_| bot.enabled)
            {
                names.push(Some(&bot.name));
                flows.push(flow);
            }
        }
        let place = place.unwrap_or_else(|| {
            names.push(None);
            flows.push(&own);
            flows.len() - 1
        });
        let found = ahead(&flows, place, &trigger.id).into_iter().map(|one| {
            let other = flows[one.flow].triggers().find(|other| other.id == one.trigger);
            let kind = other.and_then(|other| serde_json::to_value(&other.kind).ok());
            let kind = kind.as_ref().and_then(Value::as_str).unwrap_or_default();
            let title = kinds::trigger_title(kind);
            let words = match &one.why.keyword {
                Some(keyword) => format!("{title}: {keyword}"),
                None => title,
            };
            (names[one.flow].map(str::to_owned), words, one)
        });
        found.collect()
    }

    pub fn view_ahead(&self, trigger: &Spot) -> Node {
        let ahead = self.ahead_of(trigger);
        let list = ahead.iter().enumerate().map(|(index, (bot, words, one))| {
            let bot = match bot {
                Some(name) => t!("ahead-bot", name = name.as_str()),
                None => t("ahead-own"),
            };
            el("li").key(index).child(icon(Icon::ChevronUp)).child(
                el("span")
                    .child(el("b").text(words))
                    .child(el("span").class("muted").text(format!("{bot} · {}", by(one)))),
            )
        });
        let told: Node = if ahead.is_empty() {
            el("p").class("hint").key("none").text(t("ahead-none")).into()
        } else {
            el("ul").class("ahead").key("list").children(list).into()
        };
        el("section")
            .class("ahead-part")
            .key("ahead")
            .attr("aria-labelledby", "ahead-title")
            .child(el("h3").id("ahead-title").text(t("ahead")))
            .child(told)
            .child(
                el("details")
                    .class("form-more")
                    .key("rule")
                    .child(el("summary").text(t("winner-rule-title")))
                    .child(el("p").class("hint").text(t("winner-rule"))),
            )
            .into()
    }

    /// The link of a link's word, and the picture of it.
    pub fn view_link(&self, trigger: &Spot) -> Option<Node> {
        if trigger.text("kind") != "link" {
            return None;
        }
        let section = |inside: Vec<Node>| {
            el("section")
                .class("start-link")
                .key("link")
                .attr("aria-labelledby", "link-title")
                .child(el("h3").id("link-title").text(t("start-link")))
                .children(inside)
                .into()
        };
        let hint = |words: String| -> Node { el("p").class("hint").key("hint").text(words).into() };
        let keywords = trigger.fields.get("keywords").and_then(Value::as_array).into_iter().flatten();
        let mut words = keywords.filter_map(|keyword| keyword.get("text")?.as_str()).map(str::trim);
        let Some(word) = words.find(|word| !word.is_empty()) else {
            return Some(section(vec![hint(t("start-link-no-word"))]));
        };
        let numbers = self.triggers.numbers.ready().map_or(&[][..], Vec::as_slice);
        let numbers: Vec<(&Number, &str)> =
            numbers.iter().filter_map(|number| Some((number, number.phone.as_deref()?))).collect();
        let chosen = numbers.iter().find(|(number, _)| Some(number.id) == self.triggers.number);
        let Some((number, phone)) = chosen.or(numbers.first()) else {
            return Some(section(vec![hint(t("start-link-no-number"))]));
        };
        let link = start_link(phone, word);
        let mut inside = vec![];
        if numbers.len() > 1 {
            let options = numbers
                .iter()
                .map(|(number, phone)| (number.id.to_string(), format!("{} · {phone}", number.name)));
            inside.push(select(
                "start-link-number",
                &t("start-link-number"),
                &number.id.to_string(),
                options.collect::<Vec<_>>(),
                event::change(Msg::Number),
            ));
        }
        inside.extend(qr::qr(&link, &t!("start-link-picture", link = link.as_str())));
        inside.push(el("p").class("start-link-address").key("address").child(el("code").text(&link)).into());
        inside.push(
            el("div")
                .class("row-of-buttons")
                .key("do")
                .child(
                    Button::new(Look::Plain, t("start-link-copy"))
                        .icon(Icon::Copy)
                        .id("start-link-copy")
                        .on(Msg::CopyLink(link.clone())),
                )
                .child(
                    Button::new(Look::Plain, t("start-link-save"))
                        .icon(Icon::Download)
                        .id("start-link-save")
                        .on(Msg::SaveQr(link)),
                )
                .into(),
        );
        Some(section(inside))
    }
}

/// What one of this bot's triggers takes from another bot's.
#[derive(PartialEq)]
struct Taken {
    /// The other bot's name.
    bot: String,
    theirs: String,
    ours: String,
    /// Every message: more particular words of ours would leave no more to the other.
    all: bool,
}

fn takes_all(trigger: &Trigger) -> bool {
    trigger.kind == TriggerKind::AnyMessage
}

/// A trigger by its kind, as the canvas calls it.
fn title(trigger: &Trigger) -> String {
    let kind = serde_json::to_value(&trigger.kind).ok();
    kinds::trigger_title(kind.as_ref().and_then(Value::as_str).unwrap_or_default())
}

/// What a trigger has over another, in words.
fn by(one: &Ahead) -> String {
    let word = serde_json::to_value(one.by).ok();
    let word = word.as_ref().and_then(Value::as_str).unwrap_or_default();
    t!(&format!("lost-by-{word}"), priority = one.why.priority.to_string().as_str())
}
