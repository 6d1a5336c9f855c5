//! The choice of a native form: one of those that the business's numbers have, or its id by hand.

use serde_json::Value;

use super::inputs::{Read, Slot};
use crate::Node;
use crate::builder::document::ops::Of;
use crate::builder::document::{Fields, pointer};
use crate::builder::model::Model;
use crate::builder::native_forms::Msg;
use crate::i18n::t;
use crate::kit::field::select;
use crate::kit::{Button, Icon, Look, el, event, icon};
use crate::t;

fn chosen(of: Of, id: String) -> Msg {
    Msg::Choose(of, id)
}

impl Model {
    /// `slot.at` is where the form's id stands.
    pub(super) fn native_form(&self, slot: &Slot<'_>, fields: &Fields, id: &str) -> Node {
        let known = &self.native_forms;
        let mut nodes: Vec<Node> = vec![];
        if !known.list.is_empty() {
            let is_listed = known.list.iter().any(|(_, form)| form.id == id);
            let none = (String::new(), t("native-form-none"));
            let own = (!id.is_empty() && !is_listed).then(|| (id.to_owned(), id.to_owned()));
            let listed = known.list.iter().map(|(_, form)| {
                let draft = || t!("native-form-draft", name = form.name.as_str());
                (form.id.clone(), if form.published { form.name.clone() } else { draft() })
            });
            let options = [none].into_iter().chain(own).chain(listed);
            let field = format!("{}-choice", slot.id());
            let listener = event::change_of(slot.of.clone(), chosen);
            nodes.push(select(&field, &t("native-form"), id, options, listener));
        }
        nodes.push(slot.line(id, Read::Optional, None));
        let hint = match () {
            () if known.is_waiting() => Some("native-forms-loading"),
            () if known.has_failed() => Some("native-forms-failed"),
            () => None,
        };
        nodes.extend(hint.map(|hint| el("p").class("hint").key("about").text(t(hint)).into()));
        nodes.extend(self.answers_of(slot.of, fields, id));
        // The line has its own label; two of the same would name two different things.
        el("fieldset")
            .class("field")
            .key(format!("{}-form", slot.id()))
            .child(el("legend").text(t("native-form-title")))
            .children(nodes)
            .into()
    }

    /// What the form sends back: offered where answers are put into variables, and all at once.
    fn answers_of(&self, of: &Of, fields: &Fields, id: &str) -> Vec<Node> {
        let Some(form) = self.native_forms.find(id) else { return vec![] };
        let saved = pointer::get(fields, "/form/save").and_then(Value::as_array);
        let is_saved = |name: &str| {
            let mut saved = saved.into_iter().flatten();
            saved.any(|one| one.get("path").and_then(Value::as_str) == Some(name))
        };
        let rest = form.fields.iter().filter(|name| !is_saved(name)).count();
        let names = el("datalist")
            .id("native-form-answers")
            .key("answers")
            .children(form.fields.iter().map(|name| el("option").key(name).attr("value", name.clone())));
        let mut nodes = vec![names.into()];
        if form.asks_server() {
            let notice = el("div").class("notice amber native-form-server").key("server");
            let words = el("p").text(t("native-form-endpoint"));
            nodes.push(notice.child(icon(Icon::TriangleAlert)).child(words).into());
        }
        if rest > 0 {
            let count = u32::try_from(rest).unwrap_or(u32::MAX);
            let words = t!("native-form-save-all", count = count);
            let msg = Msg::SaveAll(of.clone(), id.to_owned());
            let button = Button::new(Look::Plain, words).icon(Icon::Plus).id("native-form-save-all").on(msg);
            nodes.push(el("div").key("save-all").child(button).into());
        }
        nodes
    }
}
