//! Texts with variables: there `{{Any Name}}`, here a template with our names. What a template would take for its own
//! (`{%`, a brace before a variable) is written so that it comes out as it stood.

use super::names::Names;
use super::sealed;

/// A piece of a text of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    Literal(&'a str),
    Variable(&'a str),
    /// Code between `{{=` and `=}}`.
    Code,
}

/// A text as ours.
pub struct Text {
    pub template: String,
    pub had_code: bool,
    pub had_secret: bool,
}

pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut literal = 0;
    let mut from = 0;
    while let Some(open) = text[from..].find("{{").map(|n| from + n) {
        let (start, end, piece) = if text[open..].starts_with("{{=") {
            let Some(end) = text[open..].find("=}}").map(|n| open + n + 3) else { break };
            (open, end, Piece::Code)
        } else {
            let Some(end) = text[open..].find("}}").map(|n| open + n) else { break };
            // The innermost braces count: `{{{Name}}}` is the variable between braces.
            let start = text[open..end].rfind("{{").map_or(open, |n| open + n);
            let inner = &text[start + 2..end];
            if inner.trim().is_empty() || inner.contains(['{', '}']) {
                from = end + 2;
                continue;
            }
            (start, end + 2, Piece::Variable(inner.trim()))
        };
        if start > literal {
            pieces.push(Piece::Literal(&text[literal..start]));
        }
        pieces.push(piece);
        literal = end;
        from = end;
    }
    if literal < text.len() {
        pieces.push(Piece::Literal(&text[literal..]));
    }
    pieces
}

/// The name, where the text is nothing but one variable.
pub fn only_variable(text: &str) -> Option<&str> {
    match pieces(text.trim())[..] {
        [Piece::Variable(name)] => Some(name),
        _ => None,
    }
}

pub fn has_variables(text: &str) -> bool {
    pieces(text).iter().any(|piece| !matches!(piece, Piece::Literal(_)))
}

/// The text as a template, without what looks like a key.
pub fn template(raw: &str, names: &mut Names) -> Text {
    let clean = sealed::painted_over(raw);
    Text { had_secret: clean != raw, ..as_template(&clean, names) }
}

/// The text as a template, as it is.
pub fn as_template(raw: &str, names: &mut Names) -> Text {
    let mut text = Text { template: String::with_capacity(raw.len()), had_code: false, had_secret: false };
    let pieces = pieces(raw);
    for (n, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Literal(literal) => {
                let before_variable = matches!(pieces.get(n + 1), Some(Piece::Variable(_)));
                literally(literal, before_variable, &mut text.template);
            }
            Piece::Variable(name) => {
                text.template += "{{";
                text.template += &names.named(name);
                text.template += "}}";
            }
            Piece::Code => text.had_code = true,
        }
    }
    text
}

/// Adds a text so that a template says it as it stands.
fn literally(literal: &str, before_variable: bool, out: &mut String) {
    let mut chars = literal.chars().peekable();
    while let Some(c) = chars.next() {
        let opens = match chars.peek() {
            Some('{' | '%' | '#') => true,
            Some(_) => false,
            None => before_variable,
        };
        if c == '{' && opens {
            out.push_str("{{ '{' }}");
        } else {
            out.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(raw: &str) -> String {
        template(raw, &mut Names::new(&[])).template
    }

    #[test]
    fn variables_are_found_where_they_are() {
        use Piece::{Code, Literal, Variable};
        assert_eq!(pieces("a {{ B c }}!"), [Literal("a "), Variable("B c"), Literal("!")]);
        assert_eq!(pieces("{{{A}}}"), [Literal("{"), Variable("A"), Literal("}")]);
        assert_eq!(pieces("{{= {a: 1}['a'] =}}x"), [Code, Literal("x")]);
        for text in ["{{", "{{}}", "}}", "{{ {a} }}", "{{=x"] {
            assert_eq!(pieces(text), [Literal(text)]);
        }
    }

    #[test]
    fn texts_come_out_as_they_stood() {
        assert_eq!(ours("Hi {{First name}}!"), "Hi {{First_name}}!");
        for text in ["{% if %}", "{# no #}", "{{", "a {{ {b} }}", "{{{A}}}"] {
            let flow = serde_json::json!({
                "schema": 1, "id": "f", "name": "f",
                "variables": [{ "name": "A", "default": "x" }],
                "groups": [{ "id": "g", "blocks": [{ "id": "b", "kind": "message", "text": ours(text) }] }],
            });
            let flow = crate::Compiled::new(&crate::Flow::from_value(flow).unwrap(), 1);
            let input = crate::Input::Start { trigger: None, at: None, variables: serde_json::Map::new() };
            let step = crate::step(&flow, crate::Session::new(&flow), &input, crate::Now::utc(0));
            let said = step.effects.iter().find_map(|effect| match effect {
                crate::Effect::Say { message: crate::Outgoing::Text { body }, .. } => Some(body.clone()),
                _ => None,
            });
            assert_eq!(said, Some(text.replace("{{A}}", "x")), "{text}");
        }
    }
}
