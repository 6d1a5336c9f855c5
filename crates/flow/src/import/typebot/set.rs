//! Variables given a value.

use serde_json::{Value, json};

use super::bubbles::empty;
use super::build::{Builder, nothing, options};
use super::formula::{Meaning, meaning};
use super::made::Made;
use super::place::Place;
use super::source::Block as There;
use super::{kept, sealed};
use crate::blocks::{Body, ListOperation, SetVariable};
use crate::import::{ChangeCode, ImportError, ReasonCode};

impl Builder<'_> {
    pub fn set(&mut self, made: &mut Made, there: &There) -> Result<(), ImportError> {
        let nothing = nothing();
        let options = options(there, &nothing)?;
        let Some(variable) = self.variable(made, &options, "variableId")? else {
            empty(made);
            return Ok(());
        };
        let kind = options.text("type")?.unwrap_or("Custom");
        let mut set = SetVariable { variable, ..SetVariable::default() };
        match kind {
            "Custom" => {
                let raw = options.text("expressionToEvaluate")?.unwrap_or_default();
                self.custom(made, there, set, raw, options.perhaps("isCode")?);
                return Ok(());
            }
            "Empty" => {}
            "Append value(s)" => {
                set.operation = Some(ListOperation::Append);
                let item = options.text("item")?.unwrap_or_default();
                set.value = Value::from(self.text(made, item));
            }
            "Pop" | "Shift" => {
                let taken = self.variable(made, &options, "saveItemInVariableId")?;
                let list = std::mem::replace(
                    &mut set.variable,
                    taken.unwrap_or_else(|| self.names.fresh("taken_item")),
                );
                set.list = Some(list);
                set.operation = Some(if kind == "Pop" { ListOperation::Pop } else { ListOperation::Shift });
            }
            "Map item with same index" => {
                set.expression = self.same_index(made, &options)?;
                if set.expression.is_none() {
                    empty(made);
                    return Ok(());
                }
            }
            _ => {
                let Some((value, change)) = constant(kind) else {
                    made.cannot(ReasonCode::Action, [("action", crate::import::report::short(kind))]);
                    made.only(kept::in_place(there));
                    return Ok(());
                };
                match change {
                    Some(ChangeCode::Constant) => made.how(ChangeCode::Constant, [("value", json!(value))]),
                    Some(code) => made.how(code, []),
                    None => {}
                }
                set.value = Value::from(value);
            }
        }
        made.push(Body::Set(set));
        Ok(())
    }

    fn custom(
        &mut self,
        made: &mut Made,
        there: &There,
        mut set: SetVariable,
        raw: &str,
        code: Option<bool>,
    ) {
        match meaning(raw, code, &mut self.names) {
            Meaning::Constant(Value::Array(items)) => {
                let item = |item: Value| match item {
                    Value::String(text) => Value::from(sealed::painted_over(&text)),
                    other => other,
                };
                set.value = items.into_iter().map(item).collect();
            }
            Meaning::Constant(value) => set.value = value,
            Meaning::Text(text) => set.value = Value::from(self.text(made, &text)),
            Meaning::Sum(expression) => set.expression = Some(expression),
            Meaning::Code => {
                made.cannot(ReasonCode::Code, []);
                made.only(kept::code(there.kind, &format!("{} =\n{raw}", set.variable)));
                return;
            }
        }
        made.push(Body::Set(set));
    }

    /// The item of one list that stands where the value stands in another.
    fn same_index(&mut self, made: &mut Made, options: &Place) -> Result<Option<String>, ImportError> {
        let Some(lists) = options.field("mapListItemParams")? else { return Ok(None) };
        let item = self.variable(made, &lists, "baseItemVariableId")?;
        let base = self.variable(made, &lists, "baseListVariableId")?;
        let target = self.variable(made, &lists, "targetListVariableId")?;
        let (Some(item), Some(base), Some(target)) = (item, base, target) else { return Ok(None) };
        Ok(Some(format!("{target}|at({base}|index_of({item})) if {item} in ({base} or []) else none")))
    }
}

/// What the engine knows by itself, and how that differs from what it was there.
fn constant(kind: &str) -> Option<(&'static str, Option<ChangeCode>)> {
    Some(match kind {
        "Transcript" => ("{{transcript}}", None),
        "Random ID" => ("{{random_id}}", None),
        "Moment of the day" => ("{{moment}}", None),
        "Phone number" => ("{{contact.phone}}", None),
        "Contact name" => ("{{contact.name}}", None),
        "Referral Click ID" => ("{{referral.ctwa_clid}}", None),
        "Referral Source ID" => ("{{referral.source_id}}", None),
        "Now" => ("{{now}}", Some(ChangeCode::DateForm)),
        "Today" => ("{{today}}", Some(ChangeCode::DateForm)),
        "Yesterday" => ("{{yesterday}}", Some(ChangeCode::DateForm)),
        "Tomorrow" => ("{{tomorrow}}", Some(ChangeCode::DateForm)),
        "Result ID" | "User ID" => ("{{random_id}}", Some(ChangeCode::RandomId)),
        "Environment name" => ("whatsapp", Some(ChangeCode::Constant)),
        "Device type" => ("mobile", Some(ChangeCode::Constant)),
        _ => return None,
    })
}
