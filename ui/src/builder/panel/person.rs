//! Somebody of the business, picked by name. The flow keeps the e-mail address, which is one person's alone and means
//! somebody where the flow is taken to as well; or what an expression gives.

use beseda_wire::businesses::Member;

use super::inputs::{Read, Slot, settled};
use crate::builder::model::Model;
use crate::i18n::t;
use crate::kit::field::select;
use crate::kit::{el, event};
use crate::{Node, t};

/// What stands there when somebody begins to write an expression.
const FRESH: &str = "{{person}}";

/// What is stored and what people read, of each. What is chosen is always among them.
fn options(people: &[Member], meant: Option<&Member>, chosen: &str, nobody: &str) -> Vec<(String, String)> {
    let is_written = chosen.contains("{{");
    let mut options = vec![(String::new(), t(nobody))];
    options.extend(people.iter().map(|one| {
        let value = if meant == Some(one) { chosen } else { &one.email };
        let is_alone = people.iter().filter(|other| other.name == one.name).count() == 1;
        let words = if is_alone { one.name.clone() } else { format!("{} ({})", one.name, one.email) };
        (value.to_owned(), words)
    }));
    if !chosen.is_empty() && !is_written && meant.is_none() {
        options.push((chosen.to_owned(), t!("person-unknown", name = chosen)));
    }
    let written = if is_written { chosen } else { FRESH };
    options.push((written.to_owned(), t("person-written")));
    options
}

impl Model {
    /// The people there are; `nobody` has the words for none of them.
    pub(super) fn person_field(&self, slot: &Slot<'_>, chosen: &str, nobody: &str) -> Node {
        let Some(people) = &self.people.list else { return slot.line(chosen, Read::Optional, None) };
        let options = options(people, self.people.find(chosen), chosen, nobody);
        let id = format!("{}-of-list", slot.id());
        let listener = event::change_of(slot.place(Read::Optional), settled);
        let written = chosen.contains("{{").then(|| {
            let words = t("moment-variable");
            el("div")
                .key("written")
                .child(Slot { label: words, at: slot.at.clone(), ..*slot }.written(chosen))
        });
        el("div").key(&id).child(select(&id, &slot.label, chosen, options, listener)).maybe(written).into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn people() -> Vec<Member> {
        let one = |number: u8, name: &str, email: &str| {
            json!({ "id": format!("01990000-0000-7000-8000-00000000000{number}"), "name": name, "email": email,
                "role": "operator", "joined_at": "2026-01-01T00:00:00Z" })
        };
        let all = [one(1, "Anna", "a@b.co"), one(2, "Boris", "b@b.co"), one(3, "Boris", "c@b.co")];
        serde_json::from_value(json!(all)).unwrap()
    }

    #[test]
    fn people_are_offered_by_name_and_what_stands_there_stays() {
        let people = people();
        let of = |chosen: &str| {
            let known = crate::builder::people::Known { list: Some(people.clone()) };
            options(&people, known.find(chosen), chosen, "person-nobody")
        };
        let values = |chosen| of(chosen).into_iter().map(|(value, _)| value).collect::<Vec<_>>();
        assert_eq!(values(""), ["", "a@b.co", "b@b.co", "c@b.co", FRESH]);
        assert_eq!(values("anna")[1], "anna", "a name that was written means her, and is not written anew");
        assert_eq!(values("gone@b.co")[4], "gone@b.co");
        assert_eq!(values("{{who}}"), ["", "a@b.co", "b@b.co", "c@b.co", "{{who}}"]);
        let words: Vec<_> = of("").into_iter().map(|(_, words)| words).collect();
        assert_eq!(words[1..4], ["Anna", "Boris (b@b.co)", "Boris (c@b.co)"]);
    }
}
