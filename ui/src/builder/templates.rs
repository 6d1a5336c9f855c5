//! The templates that the business's numbers may send, as WhatsApp has them: asked for once, when a flow first needs one.
//! They fill the form of a template's block, and tell the checker what each needs.

use std::collections::BTreeSet;

use beseda_flow::KnownTemplate;
use beseda_wire::page::Page;
use beseda_wire::whatsapp::{
    MessageTemplate, Number, TemplateButtonKind, TemplateHeader, TemplateHeaderKind,
};
use serde_json::{Map, Value, json};

use super::Edit;
use super::document::ops::{Ids, Of};
use super::document::{Doc, Fields, pointer};
use super::model::Model;
use crate::api::{self, Failure};
use crate::effect::Effects;

#[derive(Debug, Default)]
pub struct Known {
    asked: bool,
    /// Answers that are still to come.
    waiting: usize,
    failed: bool,
    pub list: Vec<MessageTemplate>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Numbers(Result<Page<Number>, Failure>),
    Of(Result<Page<MessageTemplate>, Failure>),
    /// This one is to be sent: the record, where in it, and the template's key.
    Choose(Of, String, String),
}

impl From<Msg> for crate::Msg {
    fn from(msg: Msg) -> Self {
        super::Msg::Templates(msg).into()
    }
}

impl Known {
    pub fn find(&self, name: &str, language: &str) -> Option<&MessageTemplate> {
        self.list.iter().find(|one| one.name == name && one.language == language)
    }

    /// What the checker may rely on; nothing while something was not told.
    pub fn told(&self) -> Option<Vec<KnownTemplate>> {
        let whole = self.asked && self.waiting == 0 && !self.failed;
        // The checker knows templates in the words of the API.
        let told = |one: &MessageTemplate| serde_json::from_value(serde_json::to_value(one).ok()?).ok();
        whole.then(|| self.list.iter().filter_map(told).collect())
    }

    pub fn is_waiting(&self) -> bool {
        self.waiting > 0
    }

    pub fn has_failed(&self) -> bool {
        self.failed
    }
}

/// How a template is called among all of them.
pub fn key(name: &str, language: &str) -> String {
    format!("{name}\n{language}")
}

impl Model {
    /// Asks for the templates, once, when the flow has a use for them.
    pub fn ask_templates(&mut self) -> Effects {
        if self.templates.asked || !uses(&self.doc) {
            return vec![];
        }
        self.templates = Known { asked: true, waiting: 1, ..Known::default() };
        vec![api::numbers().then(Msg::Numbers)]
    }

    pub fn update_templates(&mut self, msg: Msg) -> Effects {
        let known = &mut self.templates;
        let mut effects = vec![];
        match msg {
            Msg::Numbers(Ok(page)) => {
                known.waiting = 0;
                // Numbers of one account have the same templates; without a number nothing can be told.
                let mut accounts = BTreeSet::new();
                for number in page.items.into_iter().filter(|number| accounts.insert(number.waba_id.clone()))
                {
                    known.waiting += 1;
                    effects.push(api::templates(number.id).then(Msg::Of));
                }
                known.failed = accounts.is_empty();
            }
            Msg::Of(Ok(page)) => {
                known.waiting = known.waiting.saturating_sub(1);
                for template in page.items {
                    if known.find(&template.name, &template.language).is_none() {
                        known.list.push(template);
                    }
                }
                known.list.sort_by(|a, b| (&a.name, &a.language).cmp(&(&b.name, &b.language)));
            }
            Msg::Numbers(Err(_)) | Msg::Of(Err(_)) => {
                known.waiting = known.waiting.saturating_sub(1);
                known.failed = true;
            }
            Msg::Choose(of, base, chosen) => return self.choose_template(&of, &base, &chosen),
        }
        if self.templates.waiting == 0 {
            self.check();
        }
        effects
    }

    fn choose_template(&mut self, of: &Of, base: &str, chosen: &str) -> Effects {
        // The form's fields are others from now on.
        self.epoch += 1;
        if chosen.is_empty() {
            return self.edit(Edit::Set(of.clone(), base.to_owned(), Value::Null));
        }
        let (name, language) = chosen.split_once('\n').unwrap_or((chosen, ""));
        let Some(template) = self.templates.find(name, language).cloned() else { return vec![] };
        let mut ids = self.ids.clone();
        let doc = self.doc.clone().changed(of, |fields| fill(fields, base, &template, &mut ids));
        self.ids = ids;
        self.edited(doc, of, None)
    }
}

fn uses(doc: &Doc) -> bool {
    doc.blocks().any(|(_, block)| block.kind == "template" || block.fields.contains_key("template"))
}

/// Puts a template into a record, with a place for all it needs. What was written stays where it fits.
fn fill(fields: &mut Fields, base: &str, template: &MessageTemplate, ids: &mut Ids) {
    let before = |fields: &Fields, at: &str| pointer::get(fields, &format!("{base}{at}")).cloned();
    let body: Vec<Value> = template
        .places
        .iter()
        .enumerate()
        .map(|(at, place)| {
            let text = before(fields, &format!("/body/{at}/text")).unwrap_or_else(|| json!(""));
            if template.named { json!({ "name": place.name, "text": text }) } else { json!({ "text": text }) }
        })
        .collect();
    let header = template.header.as_ref().and_then(|header| fresh_header(header, template.named));
    let header = match (before(fields, "/header"), header) {
        // A picture stays a picture, whatever template it goes with.
        (Some(old), Some(new)) if same_kind(&old, &new) => Some(old),
        (_, new) => new,
    };
    let buttons = fresh_buttons(template, before(fields, "/buttons").as_ref(), !base.is_empty(), ids);
    let values = [
        ("/name", json!(template.name)),
        ("/language", json!(template.language)),
        ("/category", json!(template.category)),
        ("/text", json!(template.body)),
        ("/header", header.unwrap_or_default()),
        ("/body", if body.is_empty() { Value::Null } else { Value::Array(body) }),
        ("/buttons", if buttons.is_empty() { Value::Null } else { Value::Array(buttons) }),
    ];
    for (at, value) in values {
        pointer::set(fields, &format!("{base}{at}"), value);
    }
}

fn fresh_header(header: &TemplateHeader, named: bool) -> Option<Value> {
    let media = |kind: &str| Some(json!({ "media": { "kind": kind, "url": "" } }));
    match header.kind {
        TemplateHeaderKind::Image => media("image"),
        TemplateHeaderKind::Video => media("video"),
        TemplateHeaderKind::Document => media("document"),
        TemplateHeaderKind::Text => {
            let place = header.place.as_ref()?;
            Some(if named { json!({ "name": place.name, "text": "" }) } else { json!({ "text": "" }) })
        }
        TemplateHeaderKind::Location | TemplateHeaderKind::Other => None,
    }
}

fn same_kind(old: &Value, new: &Value) -> bool {
    let kind = |header: &Value| header.pointer("/media/kind").cloned();
    kind(old) == kind(new)
        && old.get("text").is_some() == new.get("text").is_some()
        && old.get("name") == new.get("name")
}

/// The buttons that are filled, and those that lead somewhere. Of a question the options are the quick replies.
fn fresh_buttons(
    template: &MessageTemplate,
    before: Option<&Value>,
    is_question: bool,
    ids: &mut Ids,
) -> Vec<Value> {
    let old = before.and_then(Value::as_array).into_iter().flatten();
    let old: Vec<&Map<String, Value>> = old.filter_map(Value::as_object).collect();
    let mut buttons = vec![];
    for (index, button) in template.buttons.iter().enumerate() {
        let kind = match button.kind {
            TemplateButtonKind::QuickReply if !is_question => "quick_reply",
            TemplateButtonKind::Url if button.fillable => "url",
            TemplateButtonKind::CopyCode => "copy_code",
            _ => continue,
        };
        // A line that begins at the first reply goes on beginning there.
        let same = |old: &&Map<String, Value>| {
            old.get("kind").and_then(Value::as_str).unwrap_or("quick_reply") == kind
                && old.get("index").and_then(Value::as_u64).unwrap_or(0) == index as u64
        };
        let mut fresh = match old.iter().copied().find(same) {
            Some(old) => old.clone(),
            None => Map::from_iter([("id".to_owned(), ids.next("o").into())]),
        };
        fresh.insert("index".to_owned(), index.into());
        fresh.insert("kind".to_owned(), kind.into());
        fresh.insert("title".to_owned(), button.title.clone().into());
        buttons.push(Value::Object(fresh));
    }
    buttons
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(name: &str, more: Value) -> MessageTemplate {
        let mut all = json!({ "id": "1", "name": name, "language": "en_US", "category": "utility", "body": "Hi {{1}}",
            "places": [{ "name": "1" }], "named": false, "buttons": [] });
        all.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        serde_json::from_value(all).unwrap()
    }

    fn rich() -> MessageTemplate {
        template(
            "rich",
            json!({ "header": { "kind": "image" }, "buttons": [
                { "kind": "quick_reply", "title": "Yes", "fillable": false },
                { "kind": "phone_number", "title": "Call", "fillable": false },
                { "kind": "url", "title": "Open", "url": "https://a.b/{{1}}", "fillable": true }] }),
        )
    }

    fn filled(fields: Value, base: &str, template: &MessageTemplate) -> Value {
        let mut fields: Fields = fields.as_object().cloned().unwrap();
        fill(&mut fields, base, template, &mut Ids::new(1));
        Value::Object(fields)
    }

    #[test]
    fn a_chosen_template_has_a_place_for_all_it_needs_and_keeps_what_fits() {
        let first = filled(
            json!({ "name": "old", "body": [{ "text": "{{who}}" }, { "text": "gone" }] }),
            "",
            &rich(),
        );
        assert_eq!(first["body"], json!([{ "text": "{{who}}" }]));
        assert_eq!(first["header"], json!({ "media": { "kind": "image", "url": "" } }));
        assert_eq!((&first["text"], &first["category"]), (&json!("Hi {{1}}"), &json!("utility")));
        let buttons = first["buttons"].as_array().unwrap();
        assert_eq!(buttons.len(), 2, "what needs nothing and leads nowhere has no place");
        assert_eq!((&buttons[1]["kind"], &buttons[1]["index"]), (&json!("url"), &json!(2)));
        // Chosen once more, all of it stays, and so do the lines that begin at its replies.
        let mut written = first.clone();
        written["header"]["media"]["url"] = json!("https://a.b/c.png");
        written["buttons"][1]["text"] = json!("x");
        assert_eq!(filled(written.clone(), "", &rich()), written);
        let plain = filled(written, "", &template("plain", json!({ "places": [], "body": "Hi" })));
        assert_eq!(
            plain,
            json!({ "name": "plain", "language": "en_US", "category": "utility", "text": "Hi" })
        );
    }

    #[test]
    fn a_questions_options_are_its_replies() {
        let asked = filled(json!({ "answer": "choice" }), "/template", &rich());
        let buttons = asked["template"]["buttons"].as_array().unwrap();
        assert_eq!(buttons.len(), 1);
        assert_eq!(buttons[0]["kind"], "url");
        assert_eq!(asked["template"]["name"], "rich");
    }

    #[test]
    fn named_places_are_named() {
        let named = template(
            "n",
            json!({ "named": true, "places": [{ "name": "who" }],
            "header": { "kind": "text", "text": "For {{who}}", "place": { "name": "who" } } }),
        );
        let filled = filled(json!({}), "", &named);
        assert_eq!(filled["body"], json!([{ "name": "who", "text": "" }]));
        assert_eq!(filled["header"], json!({ "name": "who", "text": "" }));
    }

    #[test]
    fn the_checker_is_told_only_once_all_is_known() {
        let mut known = Known { asked: true, waiting: 1, ..Known::default() };
        known.list.push(rich());
        assert_eq!(known.told(), None);
        known.waiting = 0;
        let told = known.told().unwrap();
        let buttons: Vec<_> = told[0].buttons.iter().map(|one| (one.kind.as_str(), one.fillable)).collect();
        assert_eq!(buttons, [("quick_reply", false), ("phone_number", false), ("url", true)]);
        assert_eq!((told[0].places.len(), told[0].header.as_ref().unwrap().kind.as_str()), (1, "image"));
        known.failed = true;
        assert_eq!(known.told(), None);
    }
}
