//! Messages in a row: a try takes them together as the server does, for the flow's own pause and by the same rule.

use beseda_flow::{Burst, Input, Situation};

use super::chat::Line;
use super::{Msg, scroll};
use crate::builder::model::Model as Builder;
use crate::effect::{Effect, Effects};
use crate::i18n::t;

/// What was said, and is answered once nothing more comes.
#[derive(Debug, Clone)]
pub struct Gathered {
    /// By the time of the try.
    pub due: i64,
    /// The pause for which `due` stands: with each message another one begins.
    number: u32,
    said: Said,
}

#[derive(Debug, Clone)]
enum Said {
    /// It begins a run.
    Begins(Box<Begins>),
    /// It is an answer in one.
    Answers(Vec<Input>),
}

/// How a run begins: by this trigger, in this way.
#[derive(Debug, Clone)]
struct Begins {
    burst: Burst,
    trigger: Option<String>,
    start: Input,
}

impl Builder {
    /// The customer says something: it begins a run where a trigger fits, or is an answer.
    pub(super) fn hear(&mut self, input: Input) -> Effects {
        let Some(flow) = self.test.flow.clone() else { return vec![] };
        let waits = self.test.here().is_some();
        let (burst, mut answers) = match self.test.gathered.take().map(|gathered| gathered.said) {
            Some(Said::Begins(begins)) => {
                let mut burst = begins.burst;
                burst.add(input.clone(), None);
                (burst, vec![])
            }
            said => {
                let situation = Situation { first_message: self.is_first_message(), busy: waits };
                let answers = if let Some(Said::Answers(answers)) = said { answers } else { vec![] };
                (Burst::new(input.clone(), None, situation), answers)
            }
        };
        if let Some(won) = burst.winner(&[&*flow]) {
            let mut variables = self.test.customer.known();
            variables.extend(burst.told());
            let trigger = won.trigger.clone();
            let start = won.start(variables);
            return self.gather(Said::Begins(Box::new(Begins { burst, trigger, start })));
        }
        if !waits {
            self.test.lines.push(Line::Note(t("test-nobody-answers")));
            return scroll();
        }
        answers.push(input);
        self.gather(Said::Answers(answers))
    }

    /// Nothing was said to the business before, in this try or ever.
    fn is_first_message(&self) -> bool {
        !self.test.customer.wrote_before && self.test.steps.is_empty()
    }

    /// Waits for more, as long as the flow does.
    fn gather(&mut self, said: Said) -> Effects {
        let pause = self.test.flow.as_ref().map_or(0, |flow| flow.pause());
        let number = self.test.pauses.wrapping_add(1);
        self.test.pauses = number;
        let due = self.test_time().plus_seconds(i64::from(pause)).millis();
        self.test.gathered = Some(Gathered { due, number, said });
        if pause == 0 {
            return self.answer_gathered();
        }
        let after = Msg::NothingMore(Some(number));
        let mut effects = scroll();
        effects.push(Effect::After(pause.saturating_mul(1000), crate::builder::Msg::Test(after).into()));
        effects
    }

    /// Nothing more comes in this pause, or somebody does not want to wait for it.
    pub(super) fn nothing_more(&mut self, pause: Option<u32>) -> Effects {
        let is_it = |gathered: &Gathered| pause.is_none_or(|pause| pause == gathered.number);
        if self.test.gathered.as_ref().is_some_and(is_it) { self.answer_gathered() } else { vec![] }
    }

    fn answer_gathered(&mut self) -> Effects {
        match self.test.gathered.take().map(|gathered| gathered.said) {
            Some(Said::Begins(begins)) => {
                if let Some(trigger) = &begins.trigger {
                    self.take_trigger(trigger);
                }
                self.step(begins.start)
            }
            Some(Said::Answers(mut parts)) => match parts.pop() {
                Some(only) if parts.is_empty() => self.step(only),
                Some(last) => {
                    parts.push(last);
                    self.step(Input::Together { parts })
                }
                None => vec![],
            },
            None => vec![],
        }
    }

    /// What is gathered is answered if it is due by then.
    pub(super) fn gathered_by(&mut self, at: i64) -> Effects {
        let due = self.test.gathered.as_ref().is_some_and(|gathered| gathered.due <= at);
        if due { self.answer_gathered() } else { vec![] }
    }
}
