//! Which bot answers: the rule in words, a message to try it with, and what comes before each trigger. The server decides,
//! by the rule that answers customers; the engine is no part of this page's first load.

use beseda_wire::ids::BotId;
use beseda_wire::page::Page;
use beseda_wire::trials::{
    BotTrigger, Candidate, LostBy, TriedMessage, TriggerAhead, TriggerGround, TryMessage,
};

use super::super::Load;
use super::schedule;
use crate::api::{self, Failure};
use crate::effect::Effects;
use crate::kit::switch::switch;
use crate::kit::{Button, Icon, Look, el, event, icon, notice};
use crate::router::Route;
use crate::{Node, t};

#[derive(Debug, Default)]
pub struct Model {
    text: String,
    first: bool,
    asks: bool,
    answer: Option<Result<Box<TriedMessage>, Failure>>,
    triggers: Load<Vec<BotTrigger>>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Typed(String),
    First(bool),
    Try,
    Tried(Result<Box<TriedMessage>, Failure>),
    Triggers(Result<Page<BotTrigger>, Failure>),
}

impl From<Msg> for crate::Msg {
    fn from(msg: Msg) -> Self {
        super::Msg::Winner(msg).into()
    }
}

impl Model {
    /// Asks for the triggers of the bots that answer: again, whenever a bot changed.
    pub fn open(&mut self) -> Effects {
        self.triggers.begin();
        // What was true before may not be so now.
        self.answer = None;
        vec![api::bot_triggers().then(Msg::Triggers)]
    }

    pub fn update(&mut self, msg: Msg) -> Effects {
        match msg {
            Msg::Typed(text) => self.text = text,
            Msg::First(first) => {
                self.first = first;
                if self.answer.is_some() {
                    return self.update(Msg::Try);
                }
            }
            Msg::Try if self.text.trim().is_empty() => self.answer = None,
            Msg::Try => {
                self.asks = true;
                let message = TryMessage { text: self.text.clone(), first: self.first, busy: false };
                return vec![api::try_message(&message).then(|answer| Msg::Tried(answer.map(Box::new)))];
            }
            Msg::Tried(answer) => {
                self.asks = false;
                self.answer = Some(answer);
            }
            Msg::Triggers(answer) => self.triggers.answer(answer.map(|page| page.items)),
        }
        vec![]
    }

    pub fn view(&self) -> Node {
        let told = match &self.answer {
            None => None,
            Some(Err(failure)) => Some(notice::failure(failure, None)),
            Some(Ok(tried)) => Some(answer(tried)),
        };
        let text = el("div")
            .class("field")
            .key("text")
            .child(el("label").attr("for", "winner-text").text(t!("winner-text")))
            .child(
                el("input")
                    .id("winner-text")
                    .class("input")
                    .attr("type", "text")
                    .attr("autocomplete", "off")
                    .attr("value", self.text.clone())
                    .on(event::input(Msg::Typed)),
            );
        let first = el("div")
            .class("form-switch")
            .key("first")
            .child(el("span").text(t!("winner-first")))
            .child(switch(&t!("winner-first"), self.first, Msg::First(!self.first)));
        el("section")
            .class("winner")
            .key("winner")
            .attr("aria-labelledby", "winner-title")
            .child(el("h2").id("winner-title").text(t!("winner")))
            .child(
                el("form")
                    .class("winner-form")
                    .key("form")
                    .on(event::submit(Msg::Try))
                    .child(text)
                    .child(
                        Button::new(Look::Plain, t!("winner-try"))
                            .icon(Icon::Play)
                            .id("winner-try")
                            .busy(self.asks)
                            .submit(),
                    )
                    .child(first),
            )
            .child(el("div").class("winner-told").key("told").attr("role", "status").maybe(told))
            .child(
                el("details")
                    .class("form-more")
                    .key("rule")
                    .child(el("summary").text(t!("winner-rule-title")))
                    .child(el("p").class("hint").text(t!("winner-rule"))),
            )
            .maybe(self.triggers.ready().filter(|all| !all.is_empty()).map(|all| triggers(all)))
            .into()
    }
}

/// Every trigger with what comes before it.
fn triggers(all: &[BotTrigger]) -> Node {
    let rows = all.iter().map(|trigger| {
        let ahead = trigger.ahead.iter().enumerate();
        let ahead = ahead.map(|(n, one)| el("li").key(n).text(ahead_words(one)));
        let ahead: Node = if trigger.ahead.is_empty() {
            el("span").class("muted").key("none").text(t!("winner-nothing-before")).into()
        } else {
            el("ul").key("ahead").children(ahead).into()
        };
        el("tr")
            .key(format!("{}-{}", trigger.bot, trigger.trigger))
            .child(el("th").attr("scope", "row").child(bot_link(
                trigger.bot,
                &trigger.trigger,
                &trigger.name,
            )))
            .child(el("td").text(trigger_words(&trigger.kind, &own_words(trigger))))
            .child(el("td").class("num").text(trigger.priority))
            .child(el("td").child(ahead))
    });
    let heads = [t!("winner-bot"), t!("winner-trigger"), t!("winner-priority"), t!("winner-before")];
    let heads = heads.iter().map(|head| el("th").attr("scope", "col").text(head));
    let table =
        el("table").child(el("thead").child(el("tr").children(heads))).child(el("tbody").children(rows));
    el("details")
        .class("form-more winner-triggers")
        .key("triggers")
        .child(el("summary").text(t!("winner-triggers")))
        .child(
            el("div")
                .class("winner-table")
                .attr("tabindex", "0")
                .attr("role", "region")
                .label(t!("winner-triggers"))
                .child(table),
        )
        .into()
}

fn answer(tried: &TriedMessage) -> Node {
    let Some(winner) = &tried.winner else {
        return el("p").class("hint").key("nobody").text(t!("winner-nobody")).into();
    };
    let others: Vec<_> = tried
        .others
        .iter()
        .enumerate()
        .map(|(n, one)| {
            let why = one.lost_by.map(|by| lost(by, one.priority)).unwrap_or_default();
            el("li")
                .key(n)
                .child(el("b").text(&one.name))
                .child(el("span").text(format!("{} – {why}", candidate_words(one))))
        })
        .collect();
    let also = (!others.is_empty()).then(|| el("p").class("muted").key("also").text(t!("winner-others")));
    el("div")
        .class("winner-answer")
        .key("answer")
        .child(
            el("p")
                .key("who")
                .child(icon(Icon::Bot))
                .child(bot_link(winner.bot, &winner.trigger, &winner.name))
                .child(el("span").text(candidate_words(winner))),
        )
        .maybe(also)
        .maybe((!others.is_empty()).then(|| el("ul").key("others").children(others)))
        .into()
}

fn bot_link(bot: BotId, trigger: &str, name: &str) -> Node {
    let route = Route::Bot { bot, chosen: Some(format!("t-{trigger}")) };
    el("a")
        .class("bot-name")
        .key("bot")
        .attr("href", route.path())
        .on(event::go(route))
        .child(el("b").text(name))
        .into()
}

fn candidate_words(one: &Candidate) -> String {
    match &one.keyword {
        Some(keyword) => format!("{}: {keyword}", ground(one.ground)),
        None => ground(one.ground),
    }
}

fn ahead_words(one: &TriggerAhead) -> String {
    let trigger = trigger_words(&one.kind, one.keyword.as_deref().unwrap_or_default());
    let name = t!("ahead-bot", name = one.name.as_str());
    format!("{name}, {trigger} – {}", has(one.by, one.priority))
}

/// What a trigger waits for, in its own words.
fn own_words(trigger: &BotTrigger) -> String {
    trigger.schedule.as_ref().map_or_else(|| trigger.keywords.join(", "), schedule::words)
}

fn trigger_words(kind: &str, words: &str) -> String {
    let title = t!(&format!("trigger-{}", kind.replace('_', "-")));
    if words.is_empty() { title } else { format!("{title}: {words}") }
}

/// What the one that comes before has.
fn has(by: LostBy, priority: i32) -> String {
    match by {
        LostBy::Priority => t!("lost-by-priority", priority = priority.to_string().as_str()),
        LostBy::Ground => t!("lost-by-ground"),
        LostBy::Keyword => t!("lost-by-keyword"),
        LostBy::Order => t!("lost-by-order"),
    }
}

/// What the one that lost lacks.
fn lost(by: LostBy, priority: i32) -> String {
    match by {
        LostBy::Priority => t!("lost-for-priority", priority = priority.to_string().as_str()),
        LostBy::Ground => t!("lost-for-ground"),
        LostBy::Keyword => t!("lost-for-keyword"),
        LostBy::Order => t!("lost-for-order"),
    }
}

fn ground(ground: TriggerGround) -> String {
    match ground {
        TriggerGround::Tap => t!("ground-tap"),
        TriggerGround::Payload => t!("trigger-payload"),
        TriggerGround::Ad => t!("ground-ad"),
        TriggerGround::Link => t!("trigger-link"),
        TriggerGround::KeywordIs => t!("ground-is"),
        TriggerGround::KeywordStarts => t!("ground-starts"),
        TriggerGround::KeywordRegex => t!("ground-regex"),
        TriggerGround::KeywordContains => t!("ground-contains"),
        TriggerGround::AnyAd => t!("ground-any-ad"),
        TriggerGround::FirstMessage => t!("trigger-first-message"),
        TriggerGround::AnyMessage => t!("trigger-any-message"),
        TriggerGround::Event | TriggerGround::AnyEvent => t!("ground-event"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::read;
    use crate::i18n::{Locale, set};

    const BOT: &str = "01990000-0000-7000-8000-000000000001";

    #[test]
    fn a_message_is_tried_and_the_answer_says_who_and_why() {
        set(Locale::En);
        let mut model = Model::default();
        assert!(model.update(Msg::Try).is_empty(), "nothing is written yet");
        model.update(Msg::Typed("menu".into()));
        let answer = format!(
            r#"{{"winner":{{"bot":"{BOT}","name":"A","trigger":"t","priority":2,"ground":"keyword_contains","keyword":"men"}},
                "others":[{{"bot":"{BOT}","name":"B","trigger":"u","priority":0,"ground":"any_message","lost_by":"priority"}}]}}"#
        );
        let mut effects = model.update(Msg::Try);
        let crate::Msg::Bots(super::super::Msg::Winner(told)) =
            read::answer(&mut effects, "POST /bots/try-message", Ok(&answer))
        else {
            panic!("not for this page")
        };
        model.update(told);
        let Some(Ok(known)) = &model.answer else { panic!("no answer") };
        assert_eq!(candidate_words(known.winner.as_ref().unwrap()), "The message contains: men");
        assert_eq!(lost(known.others[0].lost_by.unwrap(), 0), "its priority is lower (0)");
        // Another situation is another answer; a changed bot makes it void.
        assert_eq!(model.update(Msg::First(true)).len(), 1);
        model.open();
        assert!(model.answer.is_none());
    }

    #[test]
    fn every_kind_and_reason_has_words() {
        for locale in Locale::ALL {
            set(locale);
            for trigger in beseda_flow::trigger_catalogue() {
                assert!(!trigger_words(trigger.kind, "").starts_with("trigger-"), "{}", trigger.kind);
            }
            for reason in [LostBy::Priority, LostBy::Ground, LostBy::Keyword, LostBy::Order] {
                assert!(!has(reason, 1).starts_with("lost-") && !lost(reason, 1).starts_with("lost-"));
            }
        }
    }
}
