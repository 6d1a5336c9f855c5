//! Waiting: for time to pass, and for a person to give the conversation back.

use jiff::civil::{Date, DateTime};
use jiff::{Span, ToSpan};
use serde_json::Value;

use super::questions::Prompt;
use super::{ALONE, Outcome, Run};
use crate::answer::{self, time};
use crate::calls::Speaker;
use crate::compile::{Exit, Node, ReadyHandOver, ReadyWait, What, Work, port};
use crate::effects::{Effect, EndReason, Input, Limit, Now, Problem};
use crate::load::limits;
use crate::outgoing::{Reply, whatsapp};
use crate::session::{Pause, Position};
use crate::values::number_in;

impl<'a> Run<'a> {
    pub(super) fn wait(&mut self, node: &'a Node, wait: &'a ReadyWait) -> Outcome {
        let due = if let Some(until) = &wait.until {
            let text = self.render(node, until)?;
            instant(&text, self.now)
        } else {
            let text = self.render(node, &wait.seconds)?.into_owned();
            number_in(&Value::from(text)).map(|seconds| {
                let seconds = seconds.clamp(0.0, f64::from(limits::TIMEOUT_SECONDS));
                #[expect(clippy::cast_possible_truncation, reason = "at most a year of milliseconds")]
                self.now.ms.saturating_add((seconds * 1000.0) as i64)
            })
        };
        let Some(due) = due else {
            let field = if wait.until.is_some() { "until" } else { "seconds" };
            self.problem(&node.id, Problem::BadValue { field: field.to_owned() });
            self.left(node, port::NEXT);
            return Ok(Some(node.next));
        };
        let due = due.min(self.now.after(limits::TIMEOUT_SECONDS));
        if due <= self.now.ms {
            self.left(node, port::NEXT);
            return Ok(Some(node.next));
        }
        if wait.typing {
            let seconds = u32::try_from((due - self.now.ms) / 1000).unwrap_or(u32::MAX);
            let seconds = seconds.clamp(1, whatsapp::TYPING);
            self.step.effects.push(Effect::Typing { block: node.id.to_string(), seconds });
        }
        if !wait.typing {
            // What comes after it may come days later.
            self.step.session.heard.clear();
        }
        let timer = Some(self.set_timer(due));
        self.step.session.position =
            Position::Wait(Pause { block: node.id.to_string(), due, timer, before: false });
        Ok(None)
    }

    pub(super) fn hand_over(&mut self, node: &'a Node, work: &'a ReadyHandOver) -> Outcome {
        self.say_text(node, &work.text)?;
        let told = self.render(node, &work.note)?.trim().to_owned();
        let (person, team) = self.who(node, &work.who)?;
        let summary =
            work.summary.then(|| self.step.session.transcript.text()).filter(|text| !text.is_empty());
        let summarize = match (&work.ai, &summary) {
            (Some(ai), Some(said)) => self.summarize(node, ai, said).map(Box::new),
            _ => None,
        };
        self.step.effects.push(Effect::HandOver {
            block: node.id.to_string(),
            note: told,
            summary,
            summarize,
            person,
            team,
        });
        // The way back may lead out of a sub-flow.
        if node.next == Exit::End && self.step.session.stack.is_empty() {
            return Err(EndReason::HandedOver);
        }
        self.step.session.position = Position::Person { block: node.id.to_string() };
        Ok(None)
    }

    pub(super) fn resume(&mut self) {
        match self.step.session.position.clone() {
            Position::Question(waiting) => {
                self.step.session.paused = false;
                self.step.session.alone = 0;
                self.at_question(&waiting.block, |run, node, ask| {
                    run.ask(node, ask, Prompt::Question, waiting.tries, waiting.page)
                });
            }
            Position::Person { block } => {
                self.step.session.paused = false;
                self.step.session.alone = 0;
                match self.flow.find(&block) {
                    Some(node) => {
                        self.left(node, port::RETURNED);
                        self.walk(Some(node), node.next);
                    }
                    None => self.missing(&block),
                }
            }
            // What did not stop while a person talked goes on by itself: the rest of the time is waited for.
            Position::Wait(pause) if self.step.session.paused => {
                self.step.session.paused = false;
                self.step.session.alone = 0;
                if pause.due > self.now.ms {
                    let timer = Some(self.set_timer(pause.due));
                    self.step.session.position = Position::Wait(Pause { timer, ..pause });
                } else {
                    self.waited(&pause);
                }
            }
            Position::Call(calling) if self.step.session.paused => {
                self.step.session.paused = false;
                self.step.session.alone = 0;
                self.call_again(calling);
            }
            // Nothing was taken, or nothing is there to give back.
            Position::Wait(_) | Position::Call(_) | Position::New | Position::Ended => {
                self.step.ignored = true;
            }
        }
    }

    /// A timer is due.
    pub(super) fn timeout(&mut self, token: u64) {
        // A timer that has fired is not cleared any more.
        let timer = self.step.session.position.timer();
        if timer.and_then(|timer| timer.take_if(|running| *running == token)).is_none() {
            self.step.ignored = true;
            return;
        }
        if self.alone() {
            return;
        }
        match self.step.session.position.clone() {
            Position::Question(waiting) => self.at_question(&waiting.block, |run, node, ask| {
                run.step.session.silent = true;
                run.left(node, port::TIMEOUT);
                ask.timed_out.map_or(Err(EndReason::TimedOut), |exit| Ok(Some(exit)))
            }),
            Position::Wait(pause) => self.waited(&pause),
            Position::Call(calling) => self.call_timed_out(&calling.block),
            Position::New | Position::Person { .. } | Position::Ended => self.step.ignored = true,
        }
    }

    /// Counts a step that the customer has no part in. True where there were too many: then the run is over.
    pub(super) fn alone(&mut self) -> bool {
        self.step.session.alone = self.step.session.alone.saturating_add(1);
        let too_long = self.step.session.alone > ALONE;
        if too_long {
            let block = self.step.session.block().map(str::to_owned);
            let node = block.and_then(|block| self.flow.find(&block));
            self.end(node, EndReason::OutOfFuel { limit: Limit::Alone });
        }
        too_long
    }

    fn waited(&mut self, pause: &Pause) {
        let block = pause.block.as_str();
        match self.flow.find(block) {
            Some(node) if pause.before => {
                let outcome = self.spend_block().and_then(|()| self.enter(node));
                self.go_on(node, outcome);
            }
            Some(node) => {
                self.left(node, port::NEXT);
                self.walk(Some(node), node.next);
            }
            None => self.missing(block),
        }
    }

    /// Something of the customer's, to whatever the run waits for.
    pub(super) fn hear(&mut self, input: &Input) {
        let (block, message) = match &self.step.session.position {
            Position::Question(waiting) => (waiting.block.clone(), None),
            Position::Wait(pause) => (pause.block.clone(), Some(self.message_exit(&pause.block))),
            Position::Call(calling) => (calling.block.clone(), Some(self.message_exit(&calling.block))),
            Position::New | Position::Person { .. } | Position::Ended => {
                self.step.ignored = true;
                return;
            }
        };
        // A call to a service is not left halfway: what comes of it may matter. The caller may keep the message.
        let on_call = matches!(self.flow.find(&block).map(|node| &node.work), Some(Work::Outside(outside))
            if !matches!(outside.what, What::Incoming));
        let tap = if on_call { None } else { self.tap(input) };
        if tap.is_none() && message == Some(None) {
            self.step.ignored = !self.set_aside(input);
            return;
        }
        self.step.session.alone = 0;
        self.step.session.silent = false;
        self.remember(Speaker::Customer, &answer::words(input));
        if let Some((node, port, exit)) = tap {
            self.clear_timer();
            self.step.session.heard.clear();
            self.left(node, port);
            return self.walk(Some(node), exit);
        }
        let Some(exit) = message.flatten() else { return self.answer(&block, input, false) };
        self.clear_timer();
        let node = self.flow.find(&block);
        if let Some(node) = node {
            self.left(node, port::MESSAGE);
        }
        self.walk(node, exit);
    }

    /// Where a message leads while the block waits for something else.
    fn message_exit(&self, block: &str) -> Option<Exit> {
        match &self.flow.find(block)?.work {
            Work::Wait(wait) => wait.message,
            Work::Outside(outside) => outside.message,
            _ => None,
        }
    }

    /// A tap on a button of a menu or a template that leads somewhere by itself.
    fn tap(&self, input: &Input) -> Option<(&'a Node, &'a str, Exit)> {
        answer::parts(input).iter().rev().find_map(|part| {
            let Input::Reply { id, .. } = part else { return None };
            let Reply::Option { block, option: tapped } = Reply::parse(id)? else { return None };
            let node = self.flow.find(block)?;
            let (port, exit) = match &node.work {
                Work::Menu { choice, .. } => {
                    let option = choice.options.iter().find(|option| *option.id == *tapped)?;
                    (&option.port, option.exit?)
                }
                Work::Template(template) => {
                    let button = template.buttons.iter().find(|button| *button.id == *tapped)?;
                    (&button.port, button.exit?)
                }
                _ => return None,
            };
            Some((node, &**port, exit))
        })
    }
}

/// The instant that a text means: `14:30` (the next time the clock shows it), a date, a date with its time.
pub(crate) fn instant(text: &str, now: Now) -> Option<i64> {
    let text = text.trim();
    let local = now.local();
    let at = if let Some(time) = time::bound(text) {
        let at = local.date().to_datetime(time);
        if at > local { at } else { at.checked_add(one_day()).ok()? }
    } else if text.len() <= "2027-03-25".len() {
        text.parse::<Date>().ok()?.at(0, 0, 0, 0)
    } else {
        text.parse::<DateTime>().ok()?
    };
    Some(now.instant(at))
}

fn one_day() -> Span {
    1.day()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants() {
        // Noon in Moscow.
        let now = Now::new(1_795_338_000_000, 10_800);
        let hour = 3_600_000;
        for (text, hours) in [
            ("12:30", Some(0.5)),
            ("12:00", Some(24.0)),
            ("09:00", Some(21.0)),
            ("2026-11-23", Some(12.0)),
            ("2026-11-22 18:00", Some(6.0)),
            ("2026-11-21", Some(-36.0)),
            ("soon", None),
            ("25:00", None),
            ("", None),
        ] {
            #[expect(clippy::cast_possible_truncation, reason = "hours of a test")]
            let wanted = hours.map(|hours: f64| now.ms + (hours * f64::from(hour)) as i64);
            assert_eq!(instant(text, now), wanted, "{text}");
        }
    }

    /// A wait until an hour ends when the clock on the wall shows it, whatever was done to the clock meanwhile.
    #[test]
    fn a_wait_keeps_to_the_clock_when_it_is_changed() {
        let evening = "2027-10-30T20:00:00Z";
        for (now, until, due) in [
            (evening, "22:00", "2027-10-30T21:00:00Z"),
            // The night has an hour more.
            (evening, "09:00", "2027-10-31T09:00:00Z"),
            (evening, "2027-10-31 09:00", "2027-10-31T09:00:00Z"),
            (evening, "2027-11-01", "2027-11-01T00:00:00Z"),
            // Shown twice: the first of them.
            (evening, "01:30", "2027-10-31T00:30:00Z"),
            // By summer it is an hour earlier again.
            (evening, "2028-04-01 09:00", "2028-04-01T08:00:00Z"),
            // Skipped: as much later as is skipped.
            ("2028-03-25T20:00:00Z", "01:30", "2028-03-26T01:30:00Z"),
            ("2028-03-25T20:00:00Z", "09:00", "2028-03-26T08:00:00Z"),
            // On the day itself, after the change.
            ("2027-10-31T08:00:00Z", "09:00", "2027-10-31T09:00:00Z"),
        ] {
            let flow = serde_json::json!({ "schema": 1, "id": "f", "name": "F", "groups": [{ "id": "g", "blocks": [
                { "id": "w", "kind": "wait", "until": until },
                { "id": "now", "kind": "message", "text": "{{now}}" }] }] });
            let flow = crate::Compiled::new(&crate::Flow::from_value(flow).unwrap(), 0);
            let start = Input::at("w", serde_json::Map::new());
            let now = Now::in_london(now);
            let waits = crate::step(&flow, crate::Session::new(&flow), &start, now);
            let Position::Wait(pause) = &waits.session.position else { panic!("{until}") };
            assert_eq!(jiff::Timestamp::from_millisecond(pause.due).unwrap().to_string(), due, "{until}");
            // The flow sees the clock as it is then.
            let over = Input::Timeout { token: pause.timer.unwrap() };
            let said = crate::step(&flow, waits.session.clone(), &over, now.at(pause.due));
            let Some(Effect::Say { message: crate::Outgoing::Text { body }, .. }) = said.effects.first()
            else {
                panic!("{:?}", said.effects)
            };
            assert!(
                until == "01:30" || body.contains(until.split(' ').next_back().unwrap()),
                "{until}: {body}"
            );
        }
    }
}
