//! Which functions a text or an expression calls: a call of one that does not exist is a mistake that the checker tells,
//! and not one that a customer meets. The parser alone does not say it: to it a function is a name like any other.

use crate::names::FUNCTIONS;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Expressions stand between braces alone.
    Text,
    Expression,
}

/// What is wrong with the first call of a name that no function has. `names` are those that the source takes from
/// outside, as the parser found them.
pub fn unknown(source: &str, kind: Kind, names: &[String]) -> Option<String> {
    let mut rest = source;
    loop {
        let inside = match kind {
            Kind::Expression => rest,
            Kind::Text => {
                let begin = ["{{", "{%", "{#"].into_iter().filter_map(|open| rest.find(open)).min()?;
                &rest[begin + 2..]
            }
        };
        let comment = kind == Kind::Text && rest[..rest.len() - inside.len()].ends_with("{#");
        let (called, after) = if comment {
            (Vec::new(), inside.split_once("#}").map_or("", |(_, after)| after))
        } else {
            calls(inside, kind)
        };
        let unknown = called
            .into_iter()
            .find(|name| !FUNCTIONS.contains(name) && names.iter().any(|known| known == name));
        if let Some(name) = unknown {
            return Some(format!("unknown function: {name}; allowed: {}", FUNCTIONS.join(", ")));
        }
        if after.is_empty() {
            return None;
        }
        rest = after;
    }
}

/// The names before round brackets up to the end of the expression, and what comes after it. What follows a dot is a
/// field's, what follows a bar a filter's.
fn calls(inside: &str, kind: Kind) -> (Vec<&str>, &str) {
    let mut called = Vec::new();
    let mut rest = inside;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        if kind == Kind::Text && (rest.starts_with("}}") || rest.starts_with("%}")) {
            return (called, &rest[2..]);
        }
        let length = if first == '"' || first == '\'' {
            quoted(rest, first)
        } else if first.is_alphabetic() || first == '_' {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            if rest[length..].trim_start().starts_with('(') && !matches!(before, '.' | '|') {
                called.push(&rest[..length]);
            }
            length
        } else {
            first.len_utf8()
        };
        if !first.is_whitespace() {
            before = first;
        }
        rest = &rest[length..];
    }
    (called, rest)
}

/// How long the text in quotes is that `rest` begins with.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (place, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            letter if letter == quote => return place + letter.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_of_what_is_no_function_is_found_and_nothing_else() {
        let names: Vec<String> = ["debug", "price", "join", "range"].map(str::to_owned).into();
        for (text, unknown_name) in [
            ("{{ debug() }}", Some("debug")),
            ("a {{ price }} b {% if debug (1) %}x{% endif %}", Some("debug")),
            ("{{ \"it's\" ~ price() }}", Some("price")),
            ("{{ debug }} debug()", None),
            ("price (about {{ price|round(1) }})", None),
            ("{{ 'price(' ~ price ~ \"debug()\" }}", None),
            ("{{ 'a\\'price(' ~ price }}", None),
            ("{{ price|join(',') ~ price.debug() }}", None),
            ("{# debug() #}{{ range(3) }}", None),
            ("{{ debug", None),
        ] {
            let found = unknown(text, Kind::Text, &names);
            let wanted =
                unknown_name.map(|name| format!("unknown function: {name}; allowed: range, dict, namespace"));
            assert_eq!(found, wanted, "{text}");
        }
        assert!(unknown("1 + debug()", Kind::Expression, &names).is_some());
        assert!(unknown("debug + (1)", Kind::Expression, &names).is_none());
    }
}
