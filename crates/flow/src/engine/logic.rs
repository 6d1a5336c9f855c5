//! Deciding and remembering.

use std::borrow::Cow;

use serde_json::Value;

use super::{Outcome, Run};
use crate::blocks::{Join, ListOperation, Operator};
use crate::compare::holds;
use crate::compile::{Exit, Node, ReadyCase, ReadyOperand, ReadyTest, ReadyTests, ReadyValue, port};
use crate::effects::{EndReason, Problem};
use crate::pattern;
use crate::template::{Path, Template};
use crate::values::{hash, mixed, number_in, text_of};

impl<'a> Run<'a> {
    pub(super) fn hold(&mut self, node: &Node, tests: &'a ReadyTests) -> Result<bool, EndReason> {
        for test in &tests.tests {
            let holds = match test {
                ReadyTest::Group(group) => self.hold(node, group)?,
                ReadyTest::Compare { variable, is, value } => {
                    self.compare(node, variable.as_ref(), *is, value)?
                }
            };
            match tests.join {
                Join::And if !holds => return Ok(false),
                Join::Or if holds => return Ok(true),
                _ => {}
            }
        }
        Ok(tests.join == Join::And)
    }

    fn compare(
        &mut self,
        node: &Node,
        variable: Option<&'a Path>,
        is: Operator,
        value: &'a ReadyOperand,
    ) -> Result<bool, EndReason> {
        let right = match value {
            ReadyOperand::Text(Template::Literal(text)) => Value::from(&**text),
            ReadyOperand::Text(text) => Value::from(self.render(node, text)?.into_owned()),
            ReadyOperand::Value(value) => value.clone(),
            ReadyOperand::Pattern(_) => Value::Null,
        };
        let left = variable.and_then(|path| self.scope().find(path));
        let left = left.unwrap_or(Cow::Owned(Value::Null));
        Ok(match value {
            ReadyOperand::Pattern(Ok(pattern)) => {
                pattern::found(pattern, &text_of(&left)) == (is == Operator::Matches)
            }
            ReadyOperand::Pattern(Err(message)) => {
                let message = message.clone();
                self.problem(&node.id, Problem::Pattern { message });
                false
            }
            _ => holds(&left, is, &right),
        })
    }

    pub(super) fn switch(
        &mut self,
        node: &'a Node,
        variable: Option<&'a Path>,
        cases: &'a [ReadyCase],
    ) -> Outcome {
        for case in cases {
            if self.compare(node, variable, case.is, &case.value)? {
                self.left(node, &case.port);
                return Ok(Some(case.exit));
            }
        }
        self.left(node, port::ELSE);
        Ok(Some(node.next))
    }

    /// The share that the session's seed and the block's id fall on: a number of both, against the sum of the weights.
    pub(super) fn split(&mut self, node: &'a Node, shares: &'a [(Box<str>, u32, Exit)]) -> Exit {
        let sum: u64 = shares.iter().map(|(_, weight, _)| u64::from(*weight)).sum();
        if sum > 0 {
            let mut left = mixed(self.step.session.seed ^ hash(node.id.as_bytes())) % sum;
            for (port, weight, exit) in shares {
                let Some(rest) = left.checked_sub(u64::from(*weight)) else {
                    self.left(node, port);
                    return *exit;
                };
                left = rest;
            }
        }
        self.left(node, port::NEXT);
        node.next
    }

    /// Whether it is working time by the block's own hours.
    pub(super) fn hours(&mut self, node: &'a Node, open: &[(u16, u16)], closed: Exit) -> Exit {
        const WEEK: u16 = 7 * 24 * 60;
        let local = self.now.local();
        let of = |number: i8| u16::from(number.unsigned_abs());
        let day = of(local.weekday().to_monday_zero_offset());
        let minute = day * 24 * 60 + of(local.hour()) * 60 + of(local.minute());
        // Sunday's night goes on into Monday.
        let is_open = open
            .iter()
            .any(|(from, to)| (*from..*to).contains(&minute) || (*from..*to).contains(&(minute + WEEK)));
        let (port, exit) = if is_open { (port::OPEN, node.next) } else { (port::CLOSED, closed) };
        self.left(node, port);
        exit
    }

    pub(super) fn set_variable(
        &mut self,
        node: &'a Node,
        variable: &'a str,
        to: &'a ReadyValue,
        operation: Option<&'a (ListOperation, Option<Box<str>>)>,
    ) -> Result<(), EndReason> {
        let value = self.value(node, to)?;
        let Some((operation, list)) = operation else { return self.set(node, variable, value) };
        let list = list.as_deref().unwrap_or_default();
        match operation {
            ListOperation::Append => {
                let mut items = self.items(variable);
                match value {
                    Value::Null => {}
                    Value::Array(more) => items.extend(more),
                    value => items.push(value),
                }
                self.set(node, variable, Value::Array(items))
            }
            ListOperation::Pop | ListOperation::Shift => {
                let mut items = self.items(list);
                let taken = match operation {
                    ListOperation::Pop => items.pop(),
                    _ => (!items.is_empty()).then(|| items.remove(0)),
                };
                // The list first: the item may go where the list was.
                self.set(node, list, Value::Array(items))?;
                self.set(node, variable, taken.unwrap_or_default())
            }
            ListOperation::Item => {
                let items = self.items(list);
                let at = number_in(&value).filter(|number| number.fract() == 0.0).and_then(|number| {
                    let count = u32::try_from(items.len()).map_or(f64::MAX, f64::from);
                    let at = if number < 0.0 { number + count } else { number };
                    if !(0.0..count).contains(&at) {
                        return None;
                    }
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "whole and within the list's length, checked above"
                    )]
                    Some(at as usize)
                });
                let item = at.and_then(|at| items.get(at).cloned());
                self.set(node, variable, item.unwrap_or_default())
            }
            ListOperation::Other(name) => {
                self.problem(&node.id, Problem::UnknownKind { name: name.clone() });
                Err(EndReason::Broken)
            }
        }
    }

    pub(super) fn value(&mut self, node: &'a Node, value: &'a ReadyValue) -> Result<Value, EndReason> {
        Ok(match value {
            ReadyValue::Nothing => Value::Null,
            ReadyValue::Literal(value) => value.clone(),
            ReadyValue::Text(text) => Value::from(self.render(node, text)?.into_owned()),
            ReadyValue::Formula(formula) => self.reckon(node, formula)?,
        })
    }

    /// The variable as a list: nothing has no items, and what is no list is one of its own.
    fn items(&self, variable: &str) -> Vec<Value> {
        match self.step.session.variables.get(variable) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(items)) => items.clone(),
            Some(value) => vec![value.clone()],
        }
    }
}
