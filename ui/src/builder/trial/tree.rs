//! JSON as a tree whose values can be taken.

use beseda_flow::pick;
use serde_json::Value;

use super::Msg;
use crate::Node;
use crate::builder::words;
use crate::i18n::t;
use crate::kit::{El, Icon, el, event, icon};
use crate::t;

/// Values that are drawn: an answer may have thousands, and who maps them looks at the first.
const MOST: usize = 400;
/// Characters of a text that are shown.
const LONGEST: usize = 120;

/// What is needed at every value.
pub struct Tree<'a> {
    pub body: &'a Value,
    /// Paths that are kept, and in which variables.
    pub saved: &'a [(String, String)],
    drawn: usize,
}

impl<'a> Tree<'a> {
    pub fn new(body: &'a Value, saved: &'a [(String, String)]) -> Self {
        Self { body, saved, drawn: 0 }
    }

    pub fn view(mut self) -> Node {
        let body = self.body;
        let root = self.item(body, "", &t("trial-body"), 0);
        let left = count(body).saturating_sub(MOST);
        el("div")
            .class("json-tree")
            .key("tree")
            .child(el("ul").child(root))
            .maybe((left > 0).then(|| {
                el("p").class("hint").text(t!("trial-more", count = i64::try_from(left).unwrap_or(i64::MAX)))
            }))
            .into()
    }

    fn item(&mut self, value: &Value, path: &str, name: &str, depth: usize) -> Node {
        self.drawn += 1;
        let row = |inside: Vec<Node>| el("li").key(path).children(inside);
        let (size, children): (String, Vec<(String, &Value)>) = match value {
            Value::Object(fields) => (
                format!("{{{}}}", fields.len()),
                fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
            ),
            Value::Array(items) => {
                let named = items.iter().enumerate().map(|(n, value)| (n.to_string(), value));
                (format!("[{}]", items.len()), named.collect())
            }
            _ => return row(vec![self.taker(value, path, name, &shown(value))]).into(),
        };
        let mut inside = Vec::new();
        for (name, value) in children {
            if self.drawn >= MOST {
                break;
            }
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            inside.push(self.item(value, &path, &name, depth + 1));
        }
        let opened = el("details")
            .key("in")
            .attr_if(depth < 3, "open", true)
            .child(
                el("summary")
                    .child(el("span").class("json-key").text(name))
                    .child(el("span").class("json-value").text(&size)),
            )
            .child(el("ul").children(inside));
        row(vec![opened.into(), self.taker(value, path, "", &size)]).class("json-branch").into()
    }

    /// The button that keeps a value; a value that no path leads to is shown alone.
    fn taker(&self, value: &Value, path: &str, name: &str, text: &str) -> Node {
        let kept = self.saved.iter().find(|(at, variable)| at == path && !variable.is_empty());
        // Of a branch name and size stand in its own line; there this is a button at its end.
        let is_branch = value.is_object() || value.is_array();
        let parts = |el: El| {
            let letters = if value.is_string() { "json-text" } else { "json-value" };
            el.maybe((!is_branch).then(|| self::el("span").class("json-key").text(name)))
                .maybe((!is_branch).then(|| self::el("span").class(letters).text(text)))
        };
        // What the engine would find there: names with dots and spaces lead elsewhere.
        if pick(self.body, path) != Some(value) {
            return parts(el("span").class("json-row").key("row")).into();
        }
        let into = kept.map(|(_, variable)| variable.as_str());
        parts(taker(into).attr("data-path", path.to_owned()).on(event::click(Msg::Pick(path.to_owned()))))
            .children(self::kept(&place(path), into))
            .into()
    }
}

/// A button that keeps a part of an answer; its words come last, see [`kept`].
pub fn taker(into: Option<&str>) -> El {
    el("button").key("row").class("json-row").class_if(into.is_some(), "kept").attr("type", "button")
}

/// What stands at the end of such a button: the variable that takes the part, or that one may.
pub fn kept(part: &str, into: Option<&str>) -> Vec<Node> {
    let (sign, words) = match into {
        Some(name) => (
            el("span").class("json-into").text(format!("→ {name}")).into(),
            t!("trial-kept", path = part, name = name),
        ),
        None => (icon(Icon::Plus), t!("trial-keep", path = part)),
    };
    // Behind what is seen, so that people who say what they see reach it.
    vec![sign, el("span").class("unseen").text(format!(" {words}")).into()]
}

fn place(path: &str) -> String {
    if path.is_empty() { t("trial-body") } else { path.to_owned() }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        value => cut(&words::plain(value)),
    }
}

/// As much of a text as is shown.
pub fn cut(text: &str) -> String {
    let cut: String = text.chars().take(LONGEST).collect();
    if cut.len() < text.len() { cut + "…" } else { cut }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(fields) => fields.values().map(count).sum(),
        _ => 0,
    }
}
