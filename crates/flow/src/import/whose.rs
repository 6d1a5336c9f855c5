//! Which block a place of a file is about, in the words in which people know it: a JSON pointer counts, and nobody counts
//! blocks.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Characters of a told name.
const LONGEST: usize = 100;

/// A block of a file, by what stands there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whose {
    /// Its id.
    pub block: String,
    /// Its kind, in the file's own word.
    pub kind: String,
    /// The title of its group.
    pub group: String,
}

/// The block that holds the place, or that the edge at the place begins at. Of either format; of anything else none.
pub fn whose(file: &Value, pointer: &str) -> Option<Whose> {
    let mut steps = pointer.split('/').skip(1);
    let (list, number) = (steps.next()?, steps.next()?.parse::<usize>().ok()?);
    let groups = file.get("groups")?.as_array()?;
    let blocks =
        |group: &'_ Value| group.get("blocks").and_then(Value::as_array).cloned().unwrap_or_default();
    match list {
        "groups" if steps.next()? == "blocks" => {
            let group = groups.get(number)?;
            named(group, group.get("blocks")?.get(steps.next()?.parse::<usize>().ok()?)?)
        }
        "edges" => {
            let from = file.get("edges")?.get(number)?.get("from")?;
            let id = ["block", "blockId"].into_iter().find_map(|name| from.get(name)?.as_str())?;
            groups.iter().find_map(|group| {
                let found = blocks(group)
                    .into_iter()
                    .find(|block| block.get("id").and_then(Value::as_str) == Some(id))?;
                named(group, &found)
            })
        }
        _ => None,
    }
}

fn named(group: &Value, block: &Value) -> Option<Whose> {
    let word = |value: &Value, name: &str| -> String {
        value.get(name).and_then(Value::as_str).unwrap_or_default().chars().take(LONGEST).collect()
    };
    let kind = if block.get("kind").is_some() { "kind" } else { "type" };
    block.is_object().then(|| Whose {
        block: word(block, "id"),
        kind: word(block, kind),
        group: word(group, "title"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_place_has_the_name_of_its_block() {
        let of = |file: &Value, pointer: &str| {
            whose(file, pointer).map(|whose| [whose.block, whose.kind, whose.group].join("/"))
        };
        let ours = json!({ "groups": [{ "id": "g", "title": "Menu", "blocks": [7, { "id": "j", "kind": "jump" }] }],
            "edges": [{ "from": { "block": "j" } }, { "from": { "trigger": "t" } }] });
        assert_eq!(of(&ours, "/groups/0/blocks/1/to/group").as_deref(), Some("j/jump/Menu"));
        assert_eq!(of(&ours, "/edges/0/to").as_deref(), Some("j/jump/Menu"));
        for nowhere in [
            "",
            "/groups",
            "/groups/0",
            "/groups/0/blocks/0",
            "/groups/0/blocks/9",
            "/edges/1/to",
            "/edges/9",
            "/start/group",
        ] {
            assert_eq!(of(&ours, nowhere), None, "{nowhere}");
        }
        let theirs = json!({ "groups": [{ "title": "Menu", "blocks": [{ "id": "j", "type": "Jump" }] }], "edges": [{ "from": { "blockId": "j" } }] });
        assert_eq!(of(&theirs, "/groups/0/blocks/0/options").as_deref(), Some("j/Jump/Menu"));
        assert_eq!(of(&theirs, "/edges/0/to").as_deref(), Some("j/Jump/Menu"));
    }
}
