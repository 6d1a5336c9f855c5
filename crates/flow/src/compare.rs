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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use Operator::{
        Contains, Empty, Ends, Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotContains, NotEqual, Set,
        Starts,
    };

    #[test]
    fn the_operators() {
        for (left, is, right, wanted) in [
            (json!("Да"), Equal, json!(" да "), true),
            (json!("Ещё"), Equal, json!("еще"), true),
            (json!("да"), Equal, json!("нет"), false),
            (json!(5), Equal, json!("5"), true),
            (json!("5,0"), Equal, json!(5), true),
            (json!(0), Equal, json!("-0"), true),
            (json!(null), Equal, json!(""), true),
            (json!(true), Equal, json!("true"), true),
            (json!(["a", "b"]), Equal, json!("A, B"), true),
            (json!("да"), NotEqual, json!("нет"), true),
            (json!("5"), NotEqual, json!(5), false),
            (json!("Хочу стрижку"), Contains, json!("СТРИЖ"), true),
            (json!("Хочу стрижку"), Contains, json!("маникюр"), false),
            (json!("anything"), Contains, json!(""), false),
            (json!(["Hair", "Nails"]), Contains, json!("nails"), true),
            (json!(["Hair", "Nails"]), Contains, json!("nail"), false),
            (json!([1, 2]), Contains, json!("2"), true),
            (json!("Хочу"), NotContains, json!("маникюр"), true),
            (json!(["Hair"]), NotContains, json!("hair"), false),
            (json!(null), NotContains, json!("x"), true),
            (json!(10), Greater, json!("9"), true),
            (json!("10"), Greater, json!("9"), true),
            (json!(9), Greater, json!(9), false),
            (json!("ten"), Greater, json!(9), false),
            (json!("2026-11-22"), Greater, json!("2026-02-01"), true),
            (json!("2026-11-22 15:30"), Greater, json!("2026-11-22 09:00"), true),
            (json!(null), Greater, json!(0), false),
            (json!(9), GreaterOrEqual, json!(9), true),
            (json!("2026-11-22"), GreaterOrEqual, json!("2026-11-22"), true),
            (json!(8), GreaterOrEqual, json!(9), false),
            (json!("1 000"), Less, json!(1001), true),
            (json!(-1), Less, json!(0), true),
            (json!("b"), Less, json!("a"), false),
            (json!(9), LessOrEqual, json!("9,0"), true),
            (json!("2026-11-23"), LessOrEqual, json!("2026-11-22"), false),
            (json!("x"), Set, json!(null), true),
            (json!(0), Set, json!(null), true),
            (json!(false), Set, json!(null), true),
            (json!(" "), Set, json!(null), false),
            (json!([]), Set, json!(null), false),
            (json!(null), Set, json!(null), false),
            (json!(null), Empty, json!(null), true),
            (json!({}), Empty, json!(null), true),
            (json!([""]), Empty, json!(null), false),
            (json!("+7916"), Starts, json!("+7"), true),
            (json!("Анна"), Starts, json!("ан"), true),
            (json!("Анна"), Starts, json!(""), false),
            (json!(79), Starts, json!(7), true),
            (json!("photo.JPG"), Ends, json!(".jpg"), true),
            (json!("photo.jpg"), Ends, json!("photo"), false),
        ] {
            assert_eq!(holds(&left, is, &right), wanted, "{left} {is:?} {right}");
        }
    }
}
