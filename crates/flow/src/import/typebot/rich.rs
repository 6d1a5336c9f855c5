//! Rich text as WhatsApp writes it: `*bold*`, `_italic_`, `~struck~`, addresses as text.

use super::place::Place;
use crate::import::ImportError;

/// A text with WhatsApp's formatting; whether something of the formatting was lost.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Rich {
    pub text: String,
    pub lost: bool,
}

/// Marks of a stretch of text: bold, italic, struck, code.
type Marks = [bool; 4];

const SIGNS: [&str; 4] = ["*", "_", "~", "```"];

/// The text of a bubble: its rich text, or what older files have instead.
pub fn of_content(content: &Place) -> Result<Rich, ImportError> {
    if let Some(nodes) = content.field("richText")? {
        return of_nodes(&nodes);
    }
    if let Some(plain) = content.words("plainText")? {
        return Ok(Rich { text: plain.trim().to_owned(), lost: false });
    }
    let html = content.text("html")?.unwrap_or_default();
    Ok(Rich { text: of_html(html, true), lost: false })
}

pub fn of_nodes(nodes: &Place) -> Result<Rich, ImportError> {
    let mut lost = false;
    let mut lines = Vec::new();
    for node in nodes.as_list()? {
        block(&node, "", &mut lines, &mut lost)?;
    }
    Ok(Rich { text: lines.join("\n").trim().to_owned(), lost })
}

/// A node that stands on lines of its own.
fn block(node: &Place, indent: &str, lines: &mut Vec<String>, lost: &mut bool) -> Result<(), ImportError> {
    let kind = node.text("type")?.unwrap_or_default();
    let children = node.list("children")?;
    match kind {
        "ul" | "ol" => {
            for (n, item) in children.iter().enumerate() {
                let sign = if kind == "ol" { format!("{}. ", n + 1) } else { "- ".to_owned() };
                list_item(item, indent, &sign, lines, lost)?;
            }
            Ok(())
        }
        "blockquote" => {
            let from = lines.len();
            blocks_or_line(node, &children, indent, lines, lost)?;
            lines[from..].iter_mut().for_each(|line| line.insert_str(0, "> "));
            Ok(())
        }
        _ => blocks_or_line(node, &children, indent, lines, lost),
    }
}

fn list_item(
    item: &Place,
    indent: &str,
    sign: &str,
    lines: &mut Vec<String>,
    lost: &mut bool,
) -> Result<(), ImportError> {
    let deeper = format!("{indent}  ");
    let from = lines.len();
    let children = item.list("children")?;
    if children.iter().any(|child| is_block(child)) {
        for child in &children {
            let inner = if is_list(child) { deeper.as_str() } else { "" };
            block(child, inner, lines, lost)?;
        }
    } else {
        blocks_or_line(item, &children, "", lines, lost)?;
    }
    if let Some(first) = lines.get_mut(from) {
        first.insert_str(0, &format!("{indent}{sign}"));
    }
    Ok(())
}

fn blocks_or_line(
    node: &Place,
    children: &[Place],
    indent: &str,
    lines: &mut Vec<String>,
    lost: &mut bool,
) -> Result<(), ImportError> {
    if children.iter().any(is_block) {
        return children.iter().try_for_each(|child| block(child, indent, lines, lost));
    }
    let mut stretches = Vec::new();
    inline(node, [false; 4], &mut stretches, lost)?;
    lines.push(marked(&stretches));
    Ok(())
}

fn kind<'a>(node: &Place<'a>) -> Option<&'a str> {
    node.value.get("type").and_then(serde_json::Value::as_str)
}

fn is_list(node: &Place) -> bool {
    matches!(kind(node), Some("ul" | "ol"))
}

fn is_block(node: &Place) -> bool {
    kind(node).is_some_and(|kind| {
        matches!(
            kind,
            "p" | "ul" | "ol" | "li" | "lic" | "blockquote" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6"
        )
    })
}

/// Collects the stretches of text of a node that stands within a line.
fn inline(
    node: &Place,
    outer: Marks,
    stretches: &mut Vec<(Marks, String)>,
    lost: &mut bool,
) -> Result<(), ImportError> {
    let mut marks = outer;
    for (mark, name) in marks.iter_mut().zip(["bold", "italic", "strikethrough", "code"]) {
        *mark |= node.flag(name)?;
    }
    *lost |= node.flag("underline")?;
    let mut add = |text: &str| match stretches.last_mut() {
        Some((same, before)) if *same == marks => before.push_str(text),
        _ => stretches.push((marks, text.to_owned())),
    };
    match kind(node) {
        Some("a") => {
            let mut label = Vec::new();
            for child in node.list("children")? {
                inline(&child, [false; 4], &mut label, lost)?;
            }
            let label: String = label.into_iter().map(|(_, text)| text).collect();
            let url = node.text("url")?.unwrap_or_default().trim();
            add(&link(label.trim(), url));
            return Ok(());
        }
        Some("inline-variable" | "variable") => {
            let value = node.text("value")?.unwrap_or_default();
            add(&if value.contains("{{") || value.is_empty() {
                value.to_owned()
            } else {
                format!("{{{{{value}}}}}")
            });
        }
        _ => add(node.text("text")?.unwrap_or_default()),
    }
    node.list("children")?.iter().try_for_each(|child| inline(child, marks, stretches, lost))
}

fn link(label: &str, url: &str) -> String {
    let bare = |address: &str| address.trim_end_matches('/').replace("mailto:", "");
    match (label, url) {
        ("", _) => url.to_owned(),
        (_, "") => label.to_owned(),
        _ if bare(label) == bare(url) => url.to_owned(),
        _ => format!("{label} ({url})"),
    }
}

/// Stretches with their signs, which have to touch the words they are about.
fn marked(stretches: &[(Marks, String)]) -> String {
    let mut line = String::new();
    for (marks, text) in stretches {
        let core = text.trim();
        if core.is_empty() || *marks == [false; 4] {
            line.push_str(text);
            continue;
        }
        let start = text.len() - text.trim_start().len();
        let signs: Vec<&str> =
            SIGNS.iter().zip(marks).filter(|(_, on)| **on).map(|(sign, _)| *sign).collect();
        line.push_str(&text[..start]);
        line.extend(signs.iter().copied());
        line.push_str(core);
        line.extend(signs.iter().rev().copied());
        line.push_str(&text[start + core.len()..]);
    }
    line
}

/// The text of a web page's piece; `signs`: with WhatsApp's formatting.
pub fn of_html(html: &str, signs: bool) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        if !after.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!')) {
            text.push('<');
            rest = after;
            continue;
        }
        let Some((tag, after)) = after.split_once('>') else {
            // No tag any more: the sign is one like any other.
            rest = &rest[before.len()..];
            break;
        };
        let name: String = tag
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        match name.as_str() {
            "br" => text.push('\n'),
            "p" | "div" | "li" | "tr" | "h1" | "h2" | "h3" if tag.starts_with('/') => text.push('\n'),
            "b" | "strong" if signs => text.push('*'),
            "i" | "em" if signs => text.push('_'),
            "s" | "del" | "strike" if signs => text.push('~'),
            _ => {}
        }
        rest = after;
    }
    text.push_str(rest);
    for (entity, sign) in
        [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
    {
        text = text.replace(entity, sign);
    }
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rich_text_is_written_as_whatsapp_writes_it() {
        let nodes = json!([
            { "type": "p", "children": [
                { "text": "Say " }, { "text": " hello ", "bold": true }, { "text": "now", "italic": true, "bold": true },
            ]},
            { "type": "p", "children": [{ "text": "" }] },
            { "type": "p", "children": [
                { "text": "See " }, { "type": "a", "url": "https://a.example/", "children": [{ "text": "our page" }] },
                { "type": "a", "url": "https://b.example", "children": [{ "text": "https://b.example/" }] },
            ]},
            { "type": "ul", "children": [
                { "type": "li", "children": [{ "type": "lic", "children": [{ "text": "one" }] }] },
                { "type": "li", "children": [{ "type": "lic", "children": [{ "text": "two", "strikethrough": true }] }] },
            ]},
            { "type": "p", "children": [{ "type": "inline-variable", "value": "Name" }, { "text": "!", "underline": true }] },
        ]);
        let rich = of_nodes(&Place::root(&nodes)).unwrap();
        let wanted = "Say  *hello* *_now_*\n\nSee our page (https://a.example/)https://b.example\n- one\n- ~two~\n{{Name}}!";
        assert_eq!(rich, Rich { text: wanted.to_owned(), lost: true });
    }

    #[test]
    fn pages_become_text() {
        assert_eq!(of_html("<p>a &amp; <b>b</b></p><p>c<br/>d 1 < 2</p>", true), "a & *b*\nc\nd 1 < 2");
        assert_eq!(of_html("<b>b</b>", false), "b");
    }
}
