//! What a text or an expression can never do, whatever its variables hold: it calls a function that does not exist, goes
//! through such a filter or test, or divides by a zero that is written there. The checker tells it, and not a customer
//! who meets it. The parser alone does not: to it all these are names like any other.

use super::language::{FILTERS, TESTS};
use super::mistake::{Mistake, MistakeKind};
use crate::names::FUNCTIONS;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Expressions stand between braces alone.
    Text,
    Expression,
}

/// The first such mistake in what the parser could read. `names` are those that the source takes from outside, as the
/// parser found them.
pub fn find(source: &str, kind: Kind, names: &[String]) -> Option<Mistake> {
    if kind == Kind::Expression {
        return look(source, kind, names).0;
    }
    let mut rest = source;
    loop {
        let begin = ["{{", "{%", "{#"].into_iter().filter_map(|open| rest.find(open)).min()?;
        let (open, inside) = rest[begin..].split_at(2);
        if open == "{#" {
            rest = inside.split_once("#}").map_or("", |(_, after)| after);
            continue;
        }
        let (mistake, after) = look(inside, kind, names);
        if mistake.is_some() {
            return mistake;
        }
        // What is raw is a text, whatever it looks like.
        let is_raw = open == "{%" && inside.trim_start_matches(['-', '+']).trim_start().starts_with("raw");
        rest = if is_raw { after.split_once("endraw").map_or("", |(_, after)| after) } else { after };
    }
}

/// The first mistake up to the end of the expression, and what comes after it.
fn look<'s>(inside: &'s str, kind: Kind, names: &[String]) -> (Option<Mistake>, &'s str) {
    let mut rest = inside;
    // What stands before: the last sign, and the last two words where nothing came between.
    let (mut before, mut words) = (' ', ["", ""]);
    while let Some(first) = rest.chars().next() {
        if kind == Kind::Text && (rest.starts_with("}}") || rest.starts_with("%}")) {
            return (None, &rest[2..]);
        }
        let mut length = first.len_utf8();
        if first == '"' || first == '\'' {
            length = quoted(rest, first);
            words = ["", ""];
        } else if first.is_alphabetic() || first == '_' {
            length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let name = &rest[..length];
            if let Some(mistake) = misnamed(name, &rest[length..], before, words, names) {
                return (Some(mistake), rest);
            }
            words = [words[1], name];
        } else if matches!(first, '/' | '%')
            && let Some(divisor) = zero(&rest[1..])
        {
            return (Some(Mistake::new(MistakeKind::DividedByZero, &rest[..=divisor])), rest);
        } else if !first.is_whitespace() && first != '.' {
            words = ["", ""];
        }
        if !first.is_whitespace() {
            before = first;
        }
        rest = &rest[length..];
    }
    (None, rest)
}

/// What is wrong with a name at its place.
fn misnamed(name: &str, after: &str, before: char, words: [&str; 2], names: &[String]) -> Option<Mistake> {
    if before == '|' {
        return (!FILTERS.contains(&name)).then(|| Mistake::new(MistakeKind::UnknownFilter, name));
    }
    let is_test = words[1] == "is" && name != "not" || words == ["is", "not"];
    if is_test {
        return (!TESTS.contains(&name)).then(|| Mistake::new(MistakeKind::UnknownTest, name));
    }
    if !after.trim_start().starts_with('(') {
        return None;
    }
    let is_known = if before == '.' {
        // A value has fields and nothing to call; a round of a loop does.
        words[1] == "loop"
    } else {
        FUNCTIONS.contains(&name) || !names.iter().any(|known| known == name)
    };
    (!is_known).then(|| Mistake::new(MistakeKind::UnknownFunction, name))
}

/// How long the zero is, with what stands before it, by which is divided here.
fn zero(after: &str) -> Option<usize> {
    let number = after.trim_start_matches(['/', ' ', '\t', '\n', '-']);
    let length =
        number.find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_').unwrap_or(number.len());
    let value: f64 = number[..length].replace('_', "").parse().ok()?;
    // Zero to some power may be one.
    let is_raised = number[length..].trim_start().starts_with("**");
    (value == 0.0 && !is_raised).then_some(after.len() - number.len() + length)
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
    fn what_can_never_be_is_found_and_nothing_else() {
        let names: Vec<String> = ["debug", "price", "join", "range"].map(str::to_owned).into();
        let function = |name| Some((MistakeKind::UnknownFunction, name));
        let filter = |name| Some((MistakeKind::UnknownFilter, name));
        let zero = |name| Some((MistakeKind::DividedByZero, name));
        for (text, wanted) in [
            ("{{ debug() }}", function("debug")),
            ("a {{ price }} b {% if debug (1) %}x{% endif %}", function("debug")),
            ("{{ \"it's\" ~ price() }}", function("price")),
            ("{{ price|join(',') ~ price.debug() }}", function("debug")),
            ("{{ debug }} debug()", None),
            ("price (about {{ price|round(1) }})", None),
            ("{{ 'price(' ~ price ~ \"debug()\" }}", None),
            ("{{ 'a\\'price(' ~ price }}", None),
            ("{# debug() #}{{ range(3) }}", None),
            ("{{ debug", None),
            ("{{ 'a'|nosuch }}", filter("nosuch")),
            ("{{ price | date_plus(3) }}", filter("date_plus")),
            ("{{ price|upper|nosuch|lower }}", filter("nosuch")),
            ("{{ 'a|nosuch' }} |nosuch {{ price|add_days(1) }}", None),
            ("{% raw %}{{ a|nosuch }}{% endraw %}{{ price|upper }}", None),
            ("{% raw %}{{ a }}{% endraw %}{{ price|nosuch }}", filter("nosuch")),
            ("{{ price is odd and price is not none }}", None),
            ("{{ price is wet }}", Some((MistakeKind::UnknownTest, "wet"))),
            ("{{ price is not wet }}", Some((MistakeKind::UnknownTest, "wet"))),
            ("{{ not price is defined or price.is }}", None),
            ("{{ 1/0 }}", zero("/0")),
            ("{{ price // 0.0 }}", zero("// 0.0")),
            ("{{ price % 0 }}", zero("% 0")),
            ("{{ price / 0.5 + 1 / 10 + 7 % 03 + 1 / 0 ** 0 }}{% if price %}0{% endif %}", None),
            ("{% for a in price %}{{ loop.cycle('a', 'b') }}{% endfor %}", None),
        ] {
            let found = find(text, Kind::Text, &names);
            let wanted = wanted.map(|(why, name)| Mistake::new(why, name));
            assert_eq!(found, wanted, "{text}");
        }
        assert!(find("1 + debug()", Kind::Expression, &names).is_some());
        assert!(find("debug + (1)", Kind::Expression, &names).is_none());
        assert!(find("\"a\"|nosuch", Kind::Expression, &names).is_some());
    }
}
