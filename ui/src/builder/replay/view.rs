//! What the panel of replays shows.

use beseda_flow::Input;
use beseda_flow::Outcome;
use beseda_flow::replay::{Change, Difference, Ending, Line, Place, Said, Verdict};
use beseda_wire::results::ScriptGap;
use beseda_wire::time::Time;

use super::{COUNTS, DAYS, Model, Msg, PANEL, Played};
use crate::Node;
use crate::builder::kinds;
use crate::builder::model::Model as Builder;
use crate::format::Clock;
use crate::i18n::t;
use crate::kit::field::select;
use crate::kit::tag::{Tone, tag};
use crate::kit::{Button, El, Icon, Look, el, event, icon, icon_button, notice};
use crate::pages::inbox::rich::rich_within_button;
use crate::t;

impl Builder {
    pub fn view_replay(&self) -> Option<Node> {
        let replay = &self.replay;
        if !replay.is_open {
            return None;
        }
        let one = replay.shown.and_then(|at| replay.played.get(at));
        let body = match one {
            Some(one) => self.view_played(one),
            None => self.replay_list(replay),
        };
        Some(
            el("aside")
                .id(PANEL)
                .class("flow-versions flow-replay")
                .class_if(one.is_some(), "wide")
                .attr("tabindex", "-1")
                .label(t("replay-title"))
                .child(
                    el("header")
                        .key("head")
                        .maybe(one.map(|_| icon_button(Icon::ArrowLeft, &t("replay-back"), Msg::Back)))
                        .child(el("h2").text(one.map_or_else(|| t("replay-title"), name)))
                        .child(icon_button(Icon::X, &t("close"), Msg::Close)),
                )
                .child(el("div").class("flow-versions-body").key("body").child(body))
                .into(),
        )
    }

    /// In the dialog that asks whether to publish: how many would be answered differently.
    pub fn replay_notice(&self) -> Node {
        let replay = &self.replay;
        let different = replay.different().count();
        let shows = different > 0 && !replay.is_going;
        el("div")
            .class("replay-notice")
            .class_if(shows, "differs")
            .key("replay")
            .attr("role", "status")
            .maybe((!self.is_first_publication()).then(|| el("p").text(words(replay))))
            .maybe(shows.then(|| Button::new(Look::Plain, t("replay-show")).on(Msg::Open)))
            .into()
    }

    fn is_first_publication(&self) -> bool {
        self.about.as_ref().is_none_or(|bot| bot.published.is_none())
    }

    fn replay_list(&self, replay: &Model) -> Node {
        let days = replay.days.map(|days| days.to_string()).unwrap_or_default();
        let periods = DAYS.map(|days| (days.to_string(), t!("replay-days", count = days)));
        let counts = COUNTS.map(|count| (count.to_string(), count.to_string()));
        let clock = self.replay_clock();
        let unknown = replay.unknown().count();
        el("div")
            .class("replay-list")
            .child(el("p").class("muted").text(t("replay-lead")))
            .child(
                el("div")
                    .class("replay-choice")
                    .child(select(
                        "replay-count",
                        &t("replay-count"),
                        &replay.wanted.to_string(),
                        counts,
                        event::input(Msg::Count),
                    ))
                    .child(select(
                        "replay-period",
                        &t("replay-period"),
                        &days,
                        [(String::new(), t("replay-all-days"))].into_iter().chain(periods),
                        event::input(Msg::Days),
                    ))
                    .child(
                        Button::new(Look::Primary, t("replay-run"))
                            .icon(Icon::Play)
                            .busy(replay.is_going)
                            .id("replay-run")
                            .on(Msg::Run),
                    ),
            )
            .maybe(replay.failure.as_ref().map(|failure| notice::failure(failure, Some(Msg::Run.into()))))
            .child(
                el("div")
                    .class("replay-sum")
                    .key("sum")
                    .attr("role", "status")
                    .child(el("p").id("replay-sum").text(words(replay)))
                    .maybe((replay.untouched > 0 && !replay.is_going).then(|| {
                        let others = t!("replay-untouched", count = count(replay.untouched));
                        el("p").class("muted").key("untouched").text(others)
                    }))
                    .maybe(
                        (replay.is_stale && !replay.is_going)
                            .then(|| el("p").class("muted").key("stale").text(t("replay-stale"))),
                    ),
            )
            .maybe((!replay.played.is_empty() && !replay.is_going).then(|| self.not_covered()))
            .child(
                el("ul")
                    .class("replay-runs")
                    .key("runs")
                    .label(t("replay-different"))
                    .children(replay.different().map(|(at, one)| self.replay_row(at, one, &clock))),
            )
            .maybe((unknown > 0).then(|| {
                el("section")
                    .class("replay-unknown")
                    .key("unknown")
                    .attr("aria-labelledby", "replay-unknown")
                    .child(el("p").id("replay-unknown").text(t!("replay-unknown", count = count(unknown))))
                    .child(el("p").class("muted").text(t("replay-unknown-hint")))
                    .child(
                        el("ul")
                            .class("replay-runs")
                            .label(t("replay-in-part"))
                            .children(replay.unknown().map(|(at, one)| self.replay_row(at, one, &clock))),
                    )
            }))
            .maybe((!replay.answers.is_empty()).then(|| {
                let given = count(replay.answers.len());
                el("div")
                    .class("replay-given")
                    .key("given")
                    .child(el("p").class("muted").text(t!("replay-given", count = given)))
                    .child(Button::new(Look::Ghost, t("replay-forget")).on(Msg::Forget))
            }))
            .into()
    }

    /// What no replay knows of: what was not answered then is not on record.
    fn not_covered(&self) -> El {
        const EVENTS: [&str; 6] =
            ["new_customer", "tag_added", "field_changed", "deal_moved", "schedule", "api"];
        let mut begins: Vec<String> = vec![];
        for trigger in self.doc.triggers.iter() {
            let kind = trigger.text("kind");
            let is_off = trigger.fields.get("disabled") == Some(&true.into());
            let title = kinds::trigger_title(kind);
            if EVENTS.contains(&kind) && !is_off && !begins.contains(&title) {
                begins.push(title);
            }
        }
        let what = begins.join(", ");
        let events = (!begins.is_empty()).then(|| t!("replay-not-covered-events", what = what.as_str()));
        el("div")
            .class("replay-not-covered")
            .id("replay-not-covered")
            .key("not-covered")
            .child(el("p").class("muted").text(t("replay-not-covered")))
            .maybe(events.map(|words| el("p").class("muted").text(words)))
    }

    fn view_played(&self, one: &Played) -> Node {
        let nowhere = Place { then: None, now: None };
        // What follows a first difference proves nothing; and what is missing on one side is said.
        let (place, what, tone, differs) = match one.verdict {
            Verdict::Different { place, difference } => {
                (place, t(difference_words(difference)), Tone::Amber, Some(difference))
            }
            Verdict::Unknown { now } => {
                (Place { now: Some(now), ..nowhere }, t("replay-line-unknown"), Tone::Amber, None)
            }
            Verdict::Same => (nowhere, t("replay-same"), Tone::Green, None),
        };
        let is_talk = differs.is_some_and(|difference| difference != Difference::Record);
        let missing = match differs {
            Some(Difference::Record) => Some("replay-nothing-written"),
            Some(_) => Some("replay-nothing"),
            None => None,
        };
        let version = one.run.version.to_string();
        let gaps = one.gaps.iter().map(|gap| {
            el("li").key(format!("{gap:?}")).text(t(match gap {
                ScriptGap::Beginning => "replay-gap-beginning",
                ScriptGap::Customer => "replay-gap-customer",
                ScriptGap::Calls => "replay-gap-calls",
                ScriptGap::Blocks => "replay-gap-blocks",
                ScriptGap::Record => "replay-gap-record",
                ScriptGap::Cut => "replay-gap-cut",
            }))
        });
        el("div")
            .class("replay-one")
            .child(
                el("p")
                    .class("replay-what")
                    .key("what")
                    .child(tag(tone, what))
                    .maybe(is_talk.then(|| el("span").class("muted").text(t("replay-after")))),
            )
            .maybe(
                (!one.gaps.is_empty())
                    .then(|| el("ul").class("replay-gaps muted").key("gaps").children(gaps)),
            )
            .child(
                el("div")
                    .class("replay-sides")
                    .key("sides")
                    .child(self.side(
                        "then",
                        if one.of_others {
                            t!("replay-then-other", name = self.replay_bot(one).as_str())
                        } else {
                            t!("replay-then", version = version.as_str())
                        },
                        &one.script.then,
                        (place.then, is_talk, missing),
                    ))
                    .child(self.side("now", t("replay-now"), &one.now, (place.now, is_talk, missing))),
            )
            .maybe(one.stopped_at().map(|(block, call)| self.answer_form(block, call)))
            .into()
    }

    /// One of the two transcripts, with the first line that differs marked; where what comes after it counts no more; and
    /// with what is said where that line is missing.
    fn side(
        &self,
        key: &str,
        title: String,
        lines: &[Line],
        (differs, is_over, missing): (Option<usize>, bool, Option<&str>),
    ) -> Node {
        let clock = self.replay_clock();
        let title_id = format!("replay-{key}");
        let missing = missing.filter(|_| differs.is_none());
        let nodes = lines.iter().enumerate().map(|(index, line)| {
            let marked = differs == Some(index);
            let after = is_over && differs.is_some_and(|at| index > at);
            self.replay_line(line, &clock)
                .key(index)
                .class_if(marked, "differs")
                .class_if(after, "after")
                .maybe(marked.then(|| el("small").class("replay-mark").text(t("replay-first"))))
        });
        el("section")
            .key(key)
            .attr("aria-labelledby", title_id.clone())
            .child(el("h3").id(title_id).text(title))
            .child(
                el("ol")
                    .class("replay-lines")
                    .children(nodes)
                    .maybe(missing.map(|words| el("li").key("short").class("replay-nothing").text(t(words)))),
            )
            .into()
    }

    fn replay_line(&self, line: &Line, clock: &Clock) -> El {
        let side = match line {
            Line::Customer { .. } => "out",
            Line::Person { .. } | Line::Said { .. } => "in",
            _ => "event",
        };
        let text = match line {
            Line::Customer { input, .. } => heard(input),
            Line::Person { text, .. } => t!("replay-person", text = text.as_str()),
            Line::Said { said, .. } => said_words(said),
            Line::HandedOver { .. } => t("replay-handed-over"),
            Line::Ended { ending, outcome, .. } => {
                let how = t(ending_words(*ending));
                outcome.as_ref().map_or_else(|| how.clone(), |outcome| format!("{how}: {outcome}"))
            }
            Line::Silent { .. } => t("replay-silent"),
            Line::Bot { bot: Some(bot), .. } => t!("replay-other-bot", name = self.bot_name(bot)),
            Line::Bot { bot: None, .. } => t("replay-this-bot"),
            Line::Changed { change, .. } => changed(change),
            Line::Given { call, outcome, .. } => match outcome {
                Outcome::Failed { .. } => t!("replay-given-failed", call = call.as_str()),
                Outcome::Done { .. } => t!("replay-given-answer", call = call.as_str()),
            },
            Line::Unknown { call, .. } => t!("replay-unknown-call", call = call.as_str()),
        };
        let choices = match line {
            Line::Said { said, .. } => said.choices.as_slice(),
            _ => &[],
        };
        let block = line.block().filter(|block| self.doc.block(block).is_some());
        let at = clock.precise(Time::from_millis(line.at()));
        let row = el("li").class("replay-line").class(side).attr("title", at);
        let words = el("p").class("words").children(rich_within_button(&text));
        let row = match block {
            // Its words alone are no name for what a press on them does.
            Some(block) => row.child(
                el("button")
                    .class("replay-jump")
                    .attr("type", "button")
                    .attr("title", self.replay_block(block))
                    .on(event::click(Msg::Jump(block.to_owned())))
                    .child(words),
            ),
            None => row.child(words),
        };
        row.maybe((!choices.is_empty()).then(|| {
            el("ul")
                .class("replay-choices")
                .children(choices.iter().enumerate().map(|(n, choice)| el("li").key(n).text(choice)))
        }))
    }

    fn replay_block(&self, block: &str) -> String {
        let title = self.doc.block(block).map(|(_, block)| kinds::title(block)).unwrap_or_default();
        t!("replay-to-block", block = title.as_str())
    }

    /// A bot by the id of its flow.
    fn bot_name<'a>(&'a self, flow: &'a str) -> &'a str {
        let named = self.triggers.bots.iter().find(|bot| bot.flow_id == flow);
        named.map_or(flow, |bot| &bot.name)
    }

    /// The bot that had a conversation which this one had no part in.
    fn replay_bot(&self, one: &Played) -> String {
        let named = self.triggers.bots.iter().find(|bot| bot.id == one.run.bot_id);
        named.map(|bot| bot.name.clone()).unwrap_or_default()
    }

    fn replay_row(&self, at: usize, one: &Played, clock: &Clock) -> El {
        let difference = match one.verdict {
            Verdict::Different { difference, .. } => t(difference_words(difference)),
            Verdict::Unknown { .. } => t("replay-line-unknown"),
            Verdict::Same => t("replay-same"),
        };
        el("li").key(one.run.id).child(
            el("button")
                .class("replay-run")
                .attr("type", "button")
                .on(event::click(Msg::Show(at)))
                .child(el("b").class("cut").text(name(one)))
                .child(el("span").class("muted num").text(clock.short(one.run.started_at)))
                .maybe(
                    one.of_others.then(|| el("span").key("bot").child(tag(Tone::Grey, self.replay_bot(one)))),
                )
                .child(tag(Tone::Amber, difference))
                .child(icon(Icon::ChevronRight)),
        )
    }

    fn replay_clock(&self) -> Clock {
        Clock { now: Time::from_millis(self.now), zone: self.zone.clone() }
    }
}

fn name(one: &Played) -> String {
    if one.run.customer_name.is_empty() { t("replay-somebody") } else { one.run.customer_name.clone() }
}

/// How it stands, in a sentence.
fn words(replay: &Model) -> String {
    let played = count(replay.played.len());
    if replay.is_going {
        return t!("replay-going", count = played);
    }
    if replay.played.is_empty() {
        return if replay.failure.is_some() { t("replay-failed") } else { t("replay-none") };
    }
    let different = count(replay.different().count());
    if different == 0 {
        // Of those that were played in part nobody knows the rest.
        let is_whole = replay.unknown().next().is_none();
        return if is_whole {
            t!("replay-sum-same", count = played)
        } else {
            format!("{} {}", t!("replay-sum", count = played), t("replay-sum-none"))
        };
    }
    format!("{} {}", t!("replay-sum", count = played), t!("replay-sum-different", count = different))
}

pub(super) fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

fn heard(input: &Input) -> String {
    match input {
        Input::Text { text } => text.clone(),
        Input::Reply { title, .. } => title.clone(),
        Input::Media { caption, .. } if !caption.is_empty() => caption.clone(),
        Input::Media { filename, .. } if !filename.is_empty() => filename.clone(),
        Input::Media { .. } => t("replay-file"),
        Input::Location { name, .. } if !name.is_empty() => name.clone(),
        Input::Location { .. } => t("replay-place"),
        Input::Contact { name, .. } => name.clone(),
        Input::Form { .. } => t("replay-form"),
        _ => t("replay-other"),
    }
}

fn said_words(said: &Said) -> String {
    let with = match said.kind.as_str() {
        // Of a list the button stands there; its rows say more.
        "text" | "buttons" | "list" | "ask_location" => "",
        _ => &said.with,
    };
    match (said.text.is_empty(), with.is_empty()) {
        (false, true) => said.text.clone(),
        (true, _) => with.to_owned(),
        (false, false) => format!("{}\n{with}", said.text),
    }
}

/// What became of the customer's record, in a sentence.
fn changed(change: &Change) -> String {
    let who = |person: &Option<String>, team: &Option<String>| {
        let who = person.as_ref().or(team.as_ref());
        who.map_or_else(|| t("replay-assigned-nobody"), |name| t!("replay-assigned", name = name.as_str()))
    };
    match change {
        Change::Field { field, value } if value.is_empty() => {
            t!("replay-field-emptied", field = field.as_str())
        }
        Change::Field { field, value } => t!("replay-field", field = field.as_str(), value = value.as_str()),
        Change::TagAdded { tag } => t!("replay-tag-added", tag = tag.as_str()),
        Change::TagRemoved { tag } => t!("replay-tag-removed", tag = tag.as_str()),
        Change::Subscribed { topic } => {
            t!("replay-subscribed", topic = topic.as_deref().unwrap_or_default())
        }
        Change::Unsubscribed { topic } => {
            t!("replay-unsubscribed", topic = topic.as_deref().unwrap_or_default())
        }
        Change::Assigned { person, team } => who(person, team),
    }
}

const fn difference_words(difference: Difference) -> &'static str {
    match difference {
        Difference::Silent => "replay-differs-silent",
        Difference::OtherBot => "replay-differs-other-bot",
        Difference::Record => "replay-differs-record",
        Difference::Text => "replay-differs-text",
        Difference::Choices => "replay-differs-choices",
        Difference::Kind => "replay-differs-kind",
        Difference::Block => "replay-differs-block",
        Difference::HandOver => "replay-differs-hand-over",
        Difference::End => "replay-differs-end",
        Difference::More => "replay-differs-more",
        Difference::Less => "replay-differs-less",
    }
}

const fn ending_words(ending: Ending) -> &'static str {
    match ending {
        Ending::Finished => "replay-ended-finished",
        Ending::HandedOver => "replay-ended-handed-over",
        Ending::NoAnswer => "replay-ended-no-answer",
        Ending::TimedOut => "replay-ended-timed-out",
        Ending::Failed => "replay-ended-failed",
        Ending::Broken => "replay-ended-broken",
    }
}
