//! The fourteen ways to compare. Of lists `contains` asks for an item; every other way reads them as text.

use std::cmp::Ordering;

use jiff::civil::DateTime;
use serde_json::Value;

use crate::blocks::Operator;
use crate::values::{fold, is_empty, number_in, text_of};

/// Whether the comparison holds. Patterns are not compared here (they are prepared beforehand): they do not hold.
pub fn holds(left: &Value, is: Operator, right: &Value) -> bool {
    match is {
        Operator::Equal => equal(left, right),
        Operator::NotEqual => !equal(left, right),
        Operator::Contains => contains(left, right),
        Operator::NotContains => !contains(left, right),
        Operator::Greater => order(left, right).is_some_and(Ordering::is_gt),
        Operator::GreaterOrEqual => order(left, right).is_some_and(Ordering::is_ge),
        Operator::Less => order(left, right).is_some_and(Ordering::is_lt),
        Operator::LessOrEqual => order(left, right).is_some_and(Ordering::is_le),
        Operator::Set => !is_empty(left),
        Operator::Empty => is_empty(left),
        Operator::Starts => texts(left, right, |left, right| left.starts_with(right)),
        Operator::Ends => texts(left, right, |left, right| left.ends_with(right)),
        Operator::Matches | Operator::NotMatches => false,
    }
}

fn equal(left: &Value, right: &Value) -> bool {
    // "5" and 5 and "5,0" are one number, wherever each came from.
    match (number_in(left), number_in(right)) {
        (Some(left), Some(right)) => left.partial_cmp(&right).is_some_and(Ordering::is_eq),
        _ => fold(&text_of(left)) == fold(&text_of(right)),
    }
}

fn contains(left: &Value, right: &Value) -> bool {
    match left {
        Value::Array(items) => items.iter().any(|item| equal(item, right)),
        _ => texts(left, right, |left, right| left.contains(right)),
    }
}

/// Compares folded texts. An empty part is in no text: a variable that was never set must not match everything.
fn texts(left: &Value, right: &Value, holds: impl Fn(&str, &str) -> bool) -> bool {
    let right = fold(&text_of(right));
    !right.is_empty() && holds(&fold(&text_of(left)), &right)
}

fn order(left: &Value, right: &Value) -> Option<Ordering> {
    if let (Some(left), Some(right)) = (number_in(left), number_in(right)) {
        return left.partial_cmp(&right);
    }
    let time = |value: &Value| value.as_str()?.trim().parse::<DateTime>().ok();
    Some(time(left)?.cmp(&time(right)?))
}
