//! Conditions: branches with comparisons, of blocks and of options.

use serde_json::{Value, json};

use super::bubbles::empty;
use super::build::Builder;
use super::made::Made;
use super::names::Ids;
use super::place::Place;
use super::source::Block as There;
use super::text;
use crate::blocks::{Body, Branch, Comparison, Condition, Join, Operator, Test, Tests};
use crate::fault::Fault;
use crate::import::{ChangeCode, ImportError, ReasonCode};
use crate::load::limits;
use crate::model::Extra;
use crate::pattern;
use crate::values::text_of;

impl Builder<'_> {
    pub fn condition(&mut self, made: &mut Made, there: &There, is_last: bool) -> Result<(), ImportError> {
        let items = there.place.list("items")?;
        if items.is_empty() {
            empty(made);
            return Ok(());
        }
        let id = made.next_id();
        let mut ids = Ids::default();
        let mut branches = Vec::new();
        for item in &items {
            let branch = ids.fresh(item.text("id")?.unwrap_or_default());
            let when = match item.field("content")? {
                Some(content) => self.tests(made, &content)?,
                None => never(),
            };
            let way = self.source.way(item, there.id, item.text("id")?)?;
            self.branch_way(made, &id, &branch, way, is_last);
            branches.push(Branch { id: branch, title: String::new(), when, extra: Extra::new() });
        }
        made.push(Body::Condition(Condition { branches, extra: Extra::new() }));
        Ok(())
    }

    /// When an option is offered.
    pub fn when(&mut self, made: &mut Made, item: &Place) -> Result<Option<Tests>, ImportError> {
        let Some(display) = item.field("displayCondition")? else { return Ok(None) };
        if !display.flag("isEnabled")? {
            return Ok(None);
        }
        display.field("condition")?.map(|condition| self.tests(made, &condition)).transpose()
    }

    fn tests(&mut self, made: &mut Made, condition: &Place) -> Result<Tests, ImportError> {
        let join = match condition.text("logicalOperator")? {
            None | Some("AND") => Join::And,
            Some("OR") => Join::Or,
            Some(other) => {
                let (value, allowed) = (other.to_owned(), "AND, OR".to_owned());
                return condition.refuse(Fault::UnknownWord { value, allowed });
            }
        };
        let mut tests = Vec::new();
        for comparison in condition.list("comparisons")? {
            tests.push(self.test(made, &comparison)?);
        }
        Ok(Tests { join, tests, extra: Extra::new() })
    }

    fn test(&mut self, made: &mut Made, place: &Place) -> Result<Test, ImportError> {
        let variable = self.variable(made, place, "variableId")?;
        let Some(variable) = variable else { return Ok(Test::Group(never())) };
        let raw = match place.field("value")? {
            Some(field) if field.value.is_object() || field.value.is_array() => {
                return field.refuse(Fault::NeedsText);
            }
            Some(field) => text_of(field.value).into_owned(),
            None => String::new(),
        };
        let written = place.text("comparisonOperator")?;
        if written.is_none() {
            made.how(ChangeCode::OperatorAssumed, [("variable", json!(variable))]);
        }
        let Some(is) = written.map_or(Some(Operator::Equal), operator) else {
            let allowed = OPERATORS.map(|(name, _)| name).join(", ");
            return place
                .refuse(Fault::UnknownWord { value: written.unwrap_or_default().to_owned(), allowed });
        };
        let value = match is {
            Operator::Set | Operator::Empty => Value::Null,
            Operator::Matches | Operator::NotMatches => {
                let pattern = our_pattern(&raw);
                let fits = pattern.len() <= limits::PATTERN
                    && !text::has_variables(&pattern)
                    && pattern::prepare(&pattern).is_ok();
                if !fits {
                    made.cannot(ReasonCode::Pattern, [("pattern", crate::import::report::short(&raw))]);
                    self.note("Condition", &raw);
                    return Ok(Test::Group(never()));
                }
                Value::from(pattern)
            }
            _ => Value::from(self.text(made, &raw)),
        };
        Ok(Test::Compare(Comparison { variable, is, value, extra: Extra::new() }))
    }
}

/// Tests that never hold, for those that cannot be asked.
fn never() -> Tests {
    Tests { join: Join::Or, tests: Vec::new(), extra: Extra::new() }
}

/// The ways to compare, by their names in the file.
const OPERATORS: [(&str, Operator); 14] = [
    ("Equal to", Operator::Equal),
    ("Not equal", Operator::NotEqual),
    ("Contains", Operator::Contains),
    ("Does not contain", Operator::NotContains),
    ("Greater than", Operator::Greater),
    ("Greater or equal to", Operator::GreaterOrEqual),
    ("Less than", Operator::Less),
    ("Less or equal to", Operator::LessOrEqual),
    ("Is set", Operator::Set),
    ("Is empty", Operator::Empty),
    ("Starts with", Operator::Starts),
    ("Ends with", Operator::Ends),
    ("Matches regex", Operator::Matches),
    ("Does not match regex", Operator::NotMatches),
];

fn operator(written: &str) -> Option<Operator> {
    OPERATORS.into_iter().find(|(name, _)| *name == written).map(|(_, operator)| operator)
}

/// A pattern without the slashes and flags that it may stand between.
pub fn our_pattern(raw: &str) -> String {
    let between = raw.trim().strip_prefix('/').and_then(|rest| rest.rsplit_once('/'));
    match between {
        Some((pattern, flags)) if flags.chars().all(|c| "dgimsuvy".contains(c)) => {
            let kept: String = flags.chars().filter(|c| "ms".contains(*c)).collect();
            if kept.is_empty() { pattern.to_owned() } else { format!("(?{kept}){pattern}") }
        }
        _ => raw.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_lose_their_slashes() {
        for (raw, wanted) in
            [("/^a+$/i", "^a+$"), ("^a/b$", "^a/b$"), ("/a/ms", "(?ms)a"), ("/a/b/", "a/b"), ("/a", "/a")]
        {
            assert_eq!(our_pattern(raw), wanted, "{raw}");
        }
    }
}
