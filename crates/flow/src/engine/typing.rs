//! "Typing…" before a message, for as long as somebody would write it: a setting of the bot.
//!
//! It is a pause of the run before the block that speaks, with a timer of its own, so it outlives a restart and a person who
//! takes over. To have the sender hold messages back was refused: what comes after them would wait there too, and the
//! engine in the page would know nothing of it. Files, places and contact cards come at once: nobody types them.
//!
//! What the customer says meanwhile is kept, as it is during a wait that shows "typing…": had the bot said all at once,
//! it would have been an answer to what is asked then. So it is one, if it fits; if not, nobody has refused to answer a
//! question that they had not read, so no try is used up and nothing is said. A wait without "typing…" is long, and has
//! a way out for messages instead.

use super::Run;
use crate::answer::{self, Ask};
use crate::calls::Speaker;
use crate::compile::{Node, ReadyTyping, Work};
use crate::effects::{Effect, EndReason, Input};
use crate::outgoing::whatsapp;
use crate::session::{Pause, Position};
use crate::template::Template;

/// Messages that are kept at most.
const MOST_HEARD: usize = 20;

impl<'a> Run<'a> {
    /// Waits before this block, if what it says takes time to write. It is entered once the time is over.
    pub(super) fn types_before(&mut self, node: &'a Node) -> Result<bool, EndReason> {
        let Some(typing) = self.root.typing else { return Ok(false) };
        let Some(text) = written(&node.work) else { return Ok(false) };
        if !self.step.session.spoke && !typing.first {
            return Ok(false);
        }
        if text.is_costly() {
            self.spend_template()?;
        }
        // What is wrong with the text is told when it is said.
        let Ok(text) = self.flow.templates.render(text, self.scope()) else { return Ok(false) };
        let said = |effect: &Effect| matches!(effect, Effect::Say { .. });
        let follows = self.step.session.alone > 0 || self.step.effects.iter().any(said);
        let ms = typing.millis(&text, follows);
        if ms == 0 {
            return Ok(false);
        }
        let due = self.now.ms.saturating_add(ms);
        let seconds = u32::try_from(ms.div_euclid(1000)).unwrap_or(u32::MAX).clamp(1, whatsapp::TYPING);
        self.step.effects.push(Effect::Typing { block: node.id.to_string(), seconds });
        let timer = Some(self.set_timer(due));
        let block = node.id.to_string();
        self.step.session.position = Position::Wait(Pause { block, due, timer, before: true });
        Ok(true)
    }
}

impl Run<'_> {
    /// Keeps what was said while the bot types; false where it does not.
    pub(super) fn set_aside(&mut self, input: &Input) -> bool {
        let types = match &self.step.session.position {
            Position::Wait(pause) if pause.before => true,
            Position::Wait(pause) => matches!(
                self.flow.find(&pause.block).map(|node| &node.work),
                Some(Work::Wait(wait)) if wait.typing
            ),
            _ => false,
        };
        let heard = &mut self.step.session.heard;
        let keeps = types && heard.len() < MOST_HEARD && !matches!(input, Input::Other);
        if keeps {
            heard.extend_from_slice(answer::parts(input));
            heard.truncate(MOST_HEARD);
        }
        keeps
    }

    /// What was kept is said to what asks now.
    pub(super) fn hear_early(&mut self) {
        if self.step.session.heard.is_empty() || self.step.session.paused {
            return;
        }
        let block = match &self.step.session.position {
            Position::Question(waiting) => Some(waiting.block.clone()),
            Position::Wait(_) | Position::Call(_) => return,
            Position::New | Position::Person { .. } | Position::Ended => None,
        };
        let parts = std::mem::take(&mut self.step.session.heard);
        // Whoever has the conversation now reads it there.
        let Some(block) = block else { return };
        self.step.session.alone = 0;
        let input = Input::Together { parts };
        self.remember(Speaker::Customer, &answer::words(&input));
        self.answer(&block, &input, true);
    }
}

/// What a block says in words.
fn written(work: &Work) -> Option<&Template> {
    Some(match work {
        Work::Message { text, .. }
        | Work::Menu { text, .. }
        | Work::Link { text, .. }
        | Work::End { text, .. } => text,
        Work::Ask(ask) => {
            let Ask { text, .. } = &**ask;
            text
        }
        _ => return None,
    })
}

impl ReadyTyping {
    /// How long this is written; `follows` where it comes right after another message.
    fn millis(&self, text: &str, follows: bool) -> i64 {
        let words = u32::try_from(text.split_whitespace().count()).unwrap_or(u32::MAX);
        if words == 0 {
            return 0;
        }
        let written = (f64::from(words) / self.speed * 60.0).min(self.most);
        let seconds = written + if follows { self.between } else { 0.0 };
        #[expect(clippy::cast_possible_truncation, reason = "at most a minute of milliseconds")]
        let ms = (seconds * 1000.0) as i64;
        ms
    }
}
