//! Where in a flow's JSON a finding is: for programs, which have a file before them and no canvas.

use serde_json::Value;

use super::{Code, Finding};

impl Finding {
    /// The JSON pointer of the place: of the field where it is known, else of the block, the trigger, the edge or the group;
    /// empty for the flow as a whole. Takes the flow's JSON, which is written once for all findings.
    pub fn pointer(&self, flow: &Value) -> String {
        if self.code == Code::NoStart {
            return "/start".to_owned();
        }
        if let Some(own) = self.text("own") {
            return format!("/settings/texts/{own}");
        }
        self.edge(flow)
            .or_else(|| self.twice(flow))
            .or_else(|| self.trigger(flow))
            .or_else(|| self.block(flow))
            .or_else(|| self.variable(flow))
            .unwrap_or_default()
    }

    fn edge(&self, flow: &Value) -> Option<String> {
        let at = last(&flow["edges"], "id", self.text("edge")?)?;
        let end = match self.code {
            Code::DanglingEdge => "/to",
            Code::EdgeFromNowhere => "/from",
            _ => "",
        };
        Some(format!("/edges/{at}{end}"))
    }

    /// The second of two that have the same id.
    fn twice(&self, flow: &Value) -> Option<String> {
        if self.code != Code::DuplicateId {
            return None;
        }
        let id = self.text("id")?;
        let (list, key) = match self.text("what")? {
            "group" => ("groups", "id"),
            "edge" => ("edges", "id"),
            "trigger" => ("triggers", "id"),
            "variable" => ("variables", "name"),
            "block" => return Some(block(flow, id)?.0 + "/id"),
            // Of a block's own lists.
            _ => {
                let (at, block) = block(flow, self.block.as_deref()?)?;
                let mut lists = block.as_object()?.iter();
                let found = lists.find_map(|(name, list)| Some((name, last(list, "id", id)?)));
                return Some(found.map_or(at.clone(), |(name, n)| format!("{at}/{name}/{n}/id")));
            }
        };
        Some(format!("/{list}/{}/{key}", last(&flow[list], key, id)?))
    }

    fn trigger(&self, flow: &Value) -> Option<String> {
        let n = last(&flow["triggers"], "id", self.text("trigger")?)?;
        Some(format!("/triggers/{n}{}", self.within(&flow["triggers"][n])))
    }

    fn block(&self, flow: &Value) -> Option<String> {
        let (at, block) = block(flow, self.block.as_deref()?)?;
        let option = self.text("option").and_then(|option| {
            let mut lists = block.as_object()?.iter();
            let (name, n) = lists.find_map(|(name, list)| Some((name, last(list, "id", option)?)))?;
            Some((format!("{at}/{name}/{n}"), &block[name][n]))
        });
        let (at, of) = option.unwrap_or((at, block));
        Some(at + &self.within(of))
    }

    fn variable(&self, flow: &Value) -> Option<String> {
        Some(format!("/variables/{}/name", last(&flow["variables"], "name", self.text("name")?)?))
    }

    /// The field within what the finding is about: by its name, else by what is written there. Empty where neither tells
    /// one place.
    fn within(&self, of: &Value) -> String {
        let by_name = self.text("field").and_then(|field| only(of, &|key, _| key == field));
        let by_value = || {
            let mut written =
                ["url", "pattern", "file", "value", "name", "to"].iter().filter_map(|name| self.text(name));
            written.find_map(|text| only(of, &|_, value| value.as_str() == Some(text)))
        };
        let unwritten = || {
            (self.code == Code::EmptyText && self.text("field") == Some("text")).then(|| "/text".to_owned())
        };
        by_name.or_else(by_value).or_else(unwritten).unwrap_or_default()
    }

    pub(super) fn text(&self, parameter: &str) -> Option<&str> {
        self.parameters.get(parameter)?.as_str()
    }
}

fn block<'f>(flow: &'f Value, id: &str) -> Option<(String, &'f Value)> {
    let mut groups = flow["groups"].as_array()?.iter().enumerate().rev();
    groups.find_map(|(g, group)| {
        let n = last(&group["blocks"], "id", id)?;
        Some((format!("/groups/{g}/blocks/{n}"), &group["blocks"][n]))
    })
}

fn last(list: &Value, key: &str, id: &str) -> Option<usize> {
    list.as_array()?.iter().rposition(|item| item[key] == id)
}

/// The only place that is meant, of those that lie least deep.
fn only(of: &Value, is_meant: &dyn Fn(&str, &Value) -> bool) -> Option<String> {
    let mut level = vec![(String::new(), of)];
    while !level.is_empty() {
        let mut below = Vec::new();
        for (at, value) in level {
            match value {
                Value::Object(fields) => below.extend(fields.iter().map(|(key, value)| {
                    let step = key.replace('~', "~0").replace('/', "~1");
                    (is_meant(key, value), format!("{at}/{step}"), value)
                })),
                Value::Array(items) => below.extend(
                    items
                        .iter()
                        .enumerate()
                        .map(|(n, value)| (is_meant("", value), format!("{at}/{n}"), value)),
                ),
                _ => {}
            }
        }
        let mut meant = below.iter().filter(|(meant, ..)| *meant);
        match (meant.next(), meant.next()) {
            (Some((_, at, _)), None) => return Some(at.clone()),
            (Some(_), Some(_)) => return None,
            _ => {}
        }
        level = below.into_iter().map(|(_, at, value)| (at, value)).collect();
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::check::{Code, check};
    use crate::model::Flow;

    #[test]
    fn a_word_of_the_flows_own_is_found_in_the_settings() {
        let flow = json!({
            "schema": 1, "id": "f", "name": "f", "language": "en", "groups": [], "triggers": [], "edges": [],
            "settings": { "texts": { "open": "x".repeat(21) } },
        });
        let found = check(&Flow::from_value(flow.clone()).unwrap());
        let cut = found.iter().find(|finding| finding.code == Code::CutText).unwrap();
        assert_eq!(cut.pointer(&flow), "/settings/texts/open");
    }
}
