//! What people call the blocks of a flow: by what they say, or by where they stand and what they do. One rule for the
//! results page and for the files that are made of it.

use serde_json::Value;

/// Characters of a block's text by which it is called.
const NAME: usize = 48;

/// The blocks of a flow in its order, each with its id and the title of its group.
pub fn blocks(flow: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    list(flow, "groups").flat_map(|group| {
        let title = text(group, "title").unwrap_or_default();
        list(group, "blocks").filter_map(move |block| Some((text(block, "id")?, title, block)))
    })
}

/// What a block in a group of this title is called. `entry` says what the editor's palette calls a kind of block
/// (`ask-text`); a kind that it does not know stands for itself.
pub fn name(title: &str, block: &Value, entry: impl Fn(&str) -> Option<String>) -> String {
    let says = text(block, "text").unwrap_or_default().trim();
    let first = says.lines().next().unwrap_or_default();
    if !first.is_empty() {
        return brief(first);
    }
    let kind = text(block, "kind").unwrap_or_default();
    let does = entry(&palette_entry(kind, block)).unwrap_or_else(|| kind.to_owned());
    let words: Vec<&str> = [title, &does].into_iter().filter(|words| !words.is_empty()).collect();
    brief(&words.join(" · "))
}

/// The beginning of a text, with the names of its variables and without its expressions: nobody reads those in a list.
pub fn brief(text: &str) -> String {
    let text = readable(text);
    match text.char_indices().nth(NAME) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text,
    }
}

fn palette_entry(kind: &str, block: &Value) -> String {
    match kind {
        "question" => format!("ask-{}", text(block, "answer").unwrap_or("text")),
        "message" => block.pointer("/media/kind").and_then(Value::as_str).unwrap_or(kind).to_owned(),
        kind => kind.replace('_', "-"),
    }
}

fn readable(text: &str) -> String {
    let mut words = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((expression, left)) = after.split_once("}}") else { break };
        let name = expression.trim();
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.');
        words.push_str(before);
        words.extend(if is_name { ["‹", name, "›"] } else { ["…", "", ""] });
        rest = left;
    }
    words.push_str(rest);
    words
}

fn text<'v>(of: &'v Value, name: &str) -> Option<&'v str> {
    of.get(name).and_then(Value::as_str)
}

fn list<'v>(of: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    of.get(name).and_then(Value::as_array).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_block_is_called_by_what_it_says_or_by_where_it_stands_and_what_it_does() {
        let flow = json!({"groups": [{"title": "Ask", "blocks": [
            {"id": "a", "kind": "question", "text": "How old?\nIn years."},
            {"id": "b", "kind": "question", "answer": "form"},
            {"id": "c", "kind": "message", "media": {"kind": "image"}},
            {"id": "d", "kind": "from_tomorrow"},
            {"id": "e", "kind": "message", "text": "Hello{{ ', ' ~ x if x }}, {{ who.name }}!"},
            {"id": "f", "kind": "message", "text": "x".repeat(60)},
            {"kind": "message", "text": "without an id"},
        ]}, "hostile", {"blocks": {}}]});
        let entry = |kind: &str| (kind != "from-tomorrow").then(|| format!("<{kind}>"));
        let names: Vec<_> = blocks(&flow).map(|(id, title, block)| (id, name(title, block, entry))).collect();
        let long = format!("{}…", "x".repeat(48));
        let expected = [
            ("a", "How old?"),
            ("b", "Ask · <ask-form>"),
            ("c", "Ask · <image>"),
            ("d", "Ask · from_tomorrow"),
            ("e", "Hello…, ‹who.name›!"),
            ("f", &long),
        ];
        assert_eq!(names, expected.map(|(id, name)| (id, name.to_owned())));
    }
}
