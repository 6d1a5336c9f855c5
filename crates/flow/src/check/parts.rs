//! The newer kinds of blocks, each by what it needs; and triggers that need more than words.

use serde_json::{Value, json};

use super::texts::{
    above_buttons, address, bad_pattern, bad_template, choice_of, cut, cut_parameters, least_length, said,
    said_above,
};
use super::{Code, Findings};
use crate::answer::{Kind, time};
use crate::blocks::{
    Answer, Block, Body, Email, Form, Http, ListOperation, Question, SendTemplate, SetFields, Shift,
    TemplateButtonKind, Wait,
};
use crate::compile::{Compiled, Node, ReadyOperand, ReadyTemplate, Spot, Work};
use crate::contact::is_writable_field;
use crate::effects::Now;
use crate::model::{Flow, TriggerKind};
use crate::outgoing::whatsapp;
use crate::template::Template;
use crate::values::{number_in, text_of};

/// What flows may write of a customer, for whoever reads an answer of the API.
const WRITABLE: &str = "name, email, or a field of the business's own";

/// What a block of one of the newer kinds lacks.
pub fn check(block: &Block, node: &Node, compiled: &Compiled, found: &mut Findings) {
    let id = Some(block.id.as_str());
    let mut need = |field: &str, text: &str| {
        if text.trim().is_empty() {
            found.error(Code::EmptyField, id, [("field", json!(field))]);
        }
    };
    match &block.body {
        Body::Location(place) => {
            degrees("latitude", &place.latitude, 90.0, id, found);
            degrees("longitude", &place.longitude, 180.0, id, found);
        }
        Body::ContactCard(block) => {
            let named =
                block.contacts.iter().any(|card| !(card.name.clone() + &card.company).trim().is_empty());
            if !named {
                found.error(Code::EmptyField, id, [("field", json!("contacts"))]);
            }
        }
        Body::Menu(menu) => {
            let Work::Menu { text, choice } = &node.work else { return };
            choice_of(&menu.options, choice, &[text], node, found);
            said(text, "text", node, found);
        }
        Body::LinkButton(link) => {
            need("title", &link.title);
            need("text", &link.text);
            address(&link.url, node, found);
            if let Work::Link { text, title, .. } = &node.work {
                cut(title, "title", whatsapp::LINK_TITLE, node, found);
                apart(text, whatsapp::LINK_BODY, node, found);
            }
        }
        Body::Template(template) => {
            let Work::Template(ready) = &node.work else { return };
            self::template(template, ready, node, found);
        }
        Body::Question(question) => self::question(question, node, found),
        Body::Wait(wait) => self::wait(wait, id, found),
        Body::Switch(switch) => {
            if switch.branches.is_empty() {
                found.warning(Code::EmptyCondition, id, []);
            }
            let Work::Switch { cases, .. } = &node.work else { return };
            for (written, case) in switch.branches.iter().zip(cases) {
                match &case.value {
                    ReadyOperand::Text(text) => bad_template(text.mistake(), "value", node, found),
                    ReadyOperand::Pattern(Err(message)) => {
                        bad_pattern(&text_of(&written.value), message, node, found);
                    }
                    ReadyOperand::Pattern(Ok(_)) | ReadyOperand::Value(_) => {}
                }
            }
        }
        Body::Split(split) if split.branches.iter().all(|share| share.weight == 0) => {
            found.warning(Code::EmptyCondition, id, []);
        }
        Body::Set(set) => {
            let takes = matches!(
                set.operation,
                Some(ListOperation::Pop | ListOperation::Shift | ListOperation::Item)
            );
            if takes {
                need("list", set.list.as_deref().unwrap_or_default());
            }
            if let Some(ListOperation::Other(kind)) = &set.operation {
                found.error(Code::UnknownKind, id, [("kind", json!(kind))]);
            }
        }
        Body::SubFlow(sub_flow) if sub_flow.to.is_none() => {
            need("bot", sub_flow.bot.as_deref().unwrap_or_default());
        }
        Body::Loop(work) => {
            need("list", &work.list);
            need("item", &work.item);
        }
        Body::Hours(hours) => hours.hours.iter().for_each(|shift| self::shift(shift, id, found)),
        Body::ReadFields(read) if read.save.is_empty() => {
            found.warning(Code::EmptyField, id, [("field", json!("save"))]);
        }
        Body::SetFields(set) if set.fields.is_empty() => {
            found.warning(Code::EmptyField, id, [("field", json!("fields"))]);
        }
        Body::SetFields(set) => writable(set, id, found),
        Body::Tags(tags) if tags.add.is_empty() && tags.remove.is_empty() => {
            found.warning(Code::EmptyField, id, [("field", json!("add"))]);
        }
        Body::CreateDeal(deal) => {
            need("title", &deal.title);
            let amount = text_of(&deal.amount);
            let written = !amount.trim().is_empty() && !amount.contains("{{");
            if written && crate::answer::number(&amount, compiled.language).is_none() {
                bad_value("amount", &deal.amount, id, found);
            }
        }
        Body::MoveDeal(deal) => need("stage", &deal.stage),
        Body::CreateTask(task) => {
            need("title", &task.title);
            instant("due", task.due.as_deref(), id, found);
        }
        Body::Note(written) => need("text", &written.text),
        Body::Http(http) => self::http(http, node, found),
        Body::Email(email) => {
            need("to", &email.to.join(""));
            need("subject", &email.subject);
            mailboxes(email, id, found);
        }
        Body::AiAnswer(block) => need("instructions", &block.instructions),
        Body::AiExtract(block) if block.fields.is_empty() => {
            found.error(Code::EmptyField, id, [("field", json!("fields"))]);
        }
        _ => {}
    }
    written(block, node, found);
}

/// Templates and expressions that do not parse, where nothing else looks at them.
fn written(block: &Block, node: &Node, found: &mut Findings) {
    // The first kinds have their own checks; of a question this looks at what those do not.
    let seen: &[&str] = match &block.body {
        Body::Message(_)
        | Body::Condition(_)
        | Body::Set(_)
        | Body::HandOver(_)
        | Body::End(_)
        | Body::Switch(_) => {
            return;
        }
        Body::Question(_) => &["text", "retry", "title", "description", "button"],
        Body::Menu(_) => &["text", "title", "description", "button"],
        // Said to be empty already.
        Body::Loop(work) if work.list.trim().is_empty() => return,
        _ => &[],
    };
    node.work.visit(&mut |field, spot| {
        let mistake = match spot {
            Spot::Text(text) => text.mistake(),
            Spot::Formula(formula) => formula.mistake(),
            Spot::Path(_) | Spot::Secret(_) => None,
        };
        if !seen.contains(&field) {
            bad_template(mistake, field, node, found);
        }
    });
}

fn question(question: &Question, node: &Node, found: &mut Findings) {
    let id = Some(&*node.id);
    let Work::Ask(ask) = &node.work else { return };
    if let (Some(template), Some(ready)) = (&question.template, &ask.template) {
        self::template(template, ready, node, found);
    }
    let mut asked = |limit: usize| said_above(ask).iter().for_each(|text| apart(text, limit, node, found));
    match question.answer {
        Answer::Location => asked(whatsapp::LOCATION_BODY),
        Answer::Form => asked(whatsapp::FORM_BODY),
        _ => {}
    }
    match question.answer {
        Answer::Form => {
            if question.form.as_ref().is_none_or(|form| form.id.trim().is_empty()) {
                found.error(Code::EmptyField, id, [("field", json!("form"))]);
            }
            // Meta gives what a form begins with to a screen, and takes none without one.
            let lost =
                |form: &Form| !form.data.is_empty() && form.screen.as_ref().is_none_or(String::is_empty);
            if question.form.as_ref().is_some_and(lost) {
                found.error(Code::EmptyField, id, [("field", json!("screen"))]);
            }
            if let Kind::Form(form) = &ask.kind
                && let Some(button) = &form.button
            {
                cut(button, "button", whatsapp::FORM_BUTTON, node, found);
            }
        }
        Answer::Time => {
            for (field, bound) in [("min", &question.min), ("max", &question.max)] {
                let text = bound.as_ref().map(text_of).unwrap_or_default();
                if !text.is_empty() && !text.contains("{{") && time::bound(&text).is_none() {
                    let parameters = [("field", json!(field)), ("value", json!(text))];
                    found.error(Code::BadBound, id, parameters);
                }
            }
        }
        Answer::Rating => {
            let Kind::Rating(rating) = &ask.kind else { return };
            for (field, text) in [("low", &rating.low), ("high", &rating.high)] {
                cut(text, field, whatsapp::ROW_DESCRIPTION, node, found);
            }
            if rating.is_plain() {
                above_buttons(&said_above(ask), node, found);
            }
        }
        _ => {}
    }
}

fn template(template: &SendTemplate, ready: &ReadyTemplate, node: &Node, found: &mut Findings) {
    let id = Some(&*node.id);
    for (field, text) in [("name", &template.name), ("language", &template.language)] {
        if text.trim().is_empty() {
            found.error(Code::EmptyField, id, [("field", json!(field))]);
        }
    }
    let name = template.name.bytes();
    if !name.clone().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
        bad_value("name", &json!(template.name), id, found);
    }
    for button in &template.buttons {
        if button.kind != TemplateButtonKind::QuickReply && button.text.trim().is_empty() {
            found.error(Code::EmptyField, id, [("field", json!("buttons"))]);
        }
    }
    if let Some(media) = template.header.as_ref().and_then(|header| header.media.as_ref()) {
        super::texts::media_address(media, node, found);
    }
    filled(ready, node, found);
}

/// What fills a template, as far as it is known before a run.
fn filled(template: &ReadyTemplate, node: &Node, found: &mut Findings) {
    if let Some((_, text)) = &template.header_text {
        cut(text, "header", whatsapp::TEMPLATE_HEADER, node, found);
    }
    for (_, text) in &template.body {
        cut(text, "body", whatsapp::TEMPLATE_BODY, node, found);
    }
    for button in &template.buttons {
        let limit = match button.kind {
            TemplateButtonKind::QuickReply => whatsapp::TEMPLATE_PAYLOAD,
            TemplateButtonKind::Url => whatsapp::TEMPLATE_URL,
            TemplateButtonKind::CopyCode => whatsapp::TEMPLATE_CODE,
        };
        let length = least_length(&button.text);
        if length > limit {
            found.error(Code::TooLong, Some(&node.id), cut_parameters("buttons", length, limit));
        }
    }
}

fn wait(wait: &Wait, id: Option<&str>, found: &mut Findings) {
    if wait.until.as_deref().is_some_and(|text| !text.trim().is_empty()) {
        return instant("until", wait.until.as_deref(), id, found);
    }
    let text = text_of(&wait.seconds);
    if text.trim().is_empty() {
        found.error(Code::EmptyField, id, [("field", json!("seconds"))]);
    } else if !text.contains("{{") && number_in(&wait.seconds).is_none_or(|seconds| seconds < 0.0) {
        bad_value("seconds", &wait.seconds, id, found);
    }
}

/// A time or date that is written out: those in variables are only known in a run.
fn instant(field: &str, text: Option<&str>, id: Option<&str>, found: &mut Findings) {
    if let Some(text) = text.filter(|text| !text.trim().is_empty() && !text.contains("{{"))
        && crate::engine::instant(text, Now::utc(0)).is_none()
    {
        bad_value(field, &json!(text), id, found);
    }
}

fn shift(shift: &Shift, id: Option<&str>, found: &mut Findings) {
    for (field, text) in [("from", &shift.from), ("to", &shift.to)] {
        if time::bound(text).is_none() && text.trim() != "24:00" {
            bad_value(field, &json!(text), id, found);
        }
    }
    if let Some(day) = shift.days.iter().find(|day| !(1..=7).contains(*day)) {
        bad_value("days", &json!(day), id, found);
    }
}

fn http(http: &Http, node: &Node, found: &mut Findings) {
    address(&http.url, node, found);
    let sent = http.headers.iter().map(|header| ("headers", &header.name));
    let saved = http.save_headers.iter().map(|save| ("save_headers", &save.header));
    for (field, name) in sent.chain(saved) {
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.trim().is_empty() || !name.trim().bytes().all(token) {
            bad_value(field, &json!(name), Some(&node.id), found);
        }
    }
    if http.query.iter().any(|pair| pair.name.trim().is_empty()) {
        found.error(Code::EmptyField, Some(&node.id), [("field", json!("query"))]);
    }
}

/// Receivers that are surely none: the mail server would refuse the letter.
fn mailboxes(email: &Email, id: Option<&str>, found: &mut Findings) {
    let several = [("to", &email.to), ("cc", &email.cc), ("bcc", &email.bcc)];
    let several = several.into_iter().flat_map(|(field, texts)| texts.iter().map(move |text| (field, text)));
    for (field, text) in several.chain(email.reply_to.iter().map(|text| ("reply_to", text))) {
        let is_written = !text.trim().is_empty() && !text.contains("{{") && !text.contains("{%");
        if is_written && !may_be_mailbox(text) {
            bad_value(field, &json!(text), id, found);
        }
    }
}

/// Whether a text may be an address, with a name before it (`Anna <anna@shop.test>`) or without.
fn may_be_mailbox(text: &str) -> bool {
    let text = text.trim();
    let address = match text.strip_suffix('>') {
        Some(named) => named.rsplit_once('<').map_or("", |(_, address)| address),
        None => text,
    };
    let parts = address.rsplit_once('@');
    parts.is_some_and(|(name, host)| {
        !name.is_empty() && !host.is_empty() && !host.contains(char::is_whitespace)
    })
}

fn degrees(field: &str, value: &Value, most: f64, id: Option<&str>, found: &mut Findings) {
    if text_of(value).contains("{{") {
        return;
    }
    if number_in(value).is_none_or(|degrees| degrees.abs() > most) {
        bad_value(field, value, id, found);
    }
}

/// Whether what a block writes of the customer may be written.
fn writable(set: &SetFields, id: Option<&str>, found: &mut Findings) {
    for field in set.fields.iter().map(|value| value.field.trim()) {
        if field.is_empty() {
            found.error(Code::EmptyField, id, [("field", json!("field"))]);
        } else if !is_writable_field(field) {
            found.error(Code::ReadOnlyField, id, [("field", json!(field)), ("allowed", json!(WRITABLE))]);
        }
    }
}

fn bad_value(field: &str, value: &Value, id: Option<&str>, found: &mut Findings) {
    found.error(Code::BadValue, id, [("field", json!(field)), ("value", value.clone())]);
}

/// A text too long to stand with a button: it is said before it.
fn apart(text: &Template, limit: usize, node: &Node, found: &mut Findings) {
    let length = least_length(text);
    if length > limit {
        let parameters = [("length", json!(length)), ("limit", json!(limit))];
        found.hint(Code::TextApart, Some(&node.id), parameters);
    }
}

/// Triggers that need more than words.
pub fn triggers(flow: &Flow, found: &mut Findings) {
    for trigger in flow.triggers.iter().filter(|trigger| trigger.kind == TriggerKind::Api) {
        if trigger.name.as_deref().unwrap_or_default().trim().is_empty() {
            found.hint(Code::NamelessTrigger, None, [("trigger", json!(trigger.id))]);
        }
    }
    for trigger in flow.triggers.iter().filter(|trigger| trigger.kind == TriggerKind::Schedule) {
        let schedule = trigger.schedule.clone().unwrap_or_default();
        let mut bad = |field: &str, value: Value| {
            let parameters = [("field", json!(field)), ("value", value), ("trigger", json!(trigger.id))];
            found.error(Code::BadValue, None, parameters);
        };
        if time::bound(&schedule.at).is_none() {
            bad("at", json!(schedule.at));
        }
        if let Some(date) = schedule.date.as_ref().filter(|date| date.parse::<jiff::civil::Date>().is_err()) {
            bad("date", json!(date));
        }
        if let Some(day) = schedule.days.iter().find(|day| !(1..=7).contains(*day)) {
            bad("days", json!(day));
        }
        if let Some(day) = schedule.month_days.iter().find(|day| !(1..=31).contains(*day)) {
            bad("month_days", json!(day));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(block: Value) -> Vec<super::super::Finding> {
        let mut block = block;
        block["id"] = json!("x");
        let flow = json!({ "schema": 1, "id": "f", "name": "F",
            "triggers": [{ "id": "t", "kind": "any_message" }], "groups": [{ "id": "g", "blocks": [block] }] });
        super::super::check(&Flow::from_value(flow).unwrap())
    }

    fn has(block: Value, code: Code) -> bool {
        found(block).iter().any(|finding| finding.code == code)
    }

    #[test]
    fn an_address_needs_a_host() {
        for (url, is_bad) in [
            ("https://", true),
            ("https:///path?x=a.b", true),
            ("http://:80/x", true),
            ("https://me@/x", true),
            ("https://{{contact.site}}", false),
            ("https://{{contact.site}}.shop.test/x", false),
            ("{{contact.site}}", false),
            ("https://localhost:80", false),
        ] {
            assert_eq!(has(json!({ "kind": "http", "url": url }), Code::BadAddress), is_bad, "{url}");
            let link = json!({ "kind": "link_button", "text": "a", "title": "b", "url": url });
            assert_eq!(has(link, Code::BadAddress), is_bad, "{url}");
        }
    }

    #[test]
    fn a_receiver_has_to_be_a_mailbox_unless_variables_say_it() {
        for (fields, wrong) in [
            (json!({ "to": ["a@b.co"] }), vec![]),
            (json!({ "to": ["Anna <anna@b.co>", "{{contact.email}}", ""] }), vec![]),
            (json!({ "to": ["nope"] }), vec!["nope"]),
            (json!({ "to": ["a@b.co", "Anna <anna>"] }), vec!["Anna <anna>"]),
            (json!({ "to": ["a@b.co"], "cc": ["@b.co"], "reply_to": "me" }), vec!["@b.co", "me"]),
        ] {
            let mut block = json!({ "kind": "email", "subject": "Hi" });
            block.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            let bad = found(block).into_iter().filter(|finding| finding.code == Code::BadValue);
            let bad: Vec<Value> = bad.map(|finding| finding.parameters["value"].clone()).collect();
            assert_eq!(bad, wrong, "{fields}");
        }
    }

    #[test]
    fn what_is_too_long_says_where() {
        let option = |id: &str, title: usize, description: usize| json!({ "id": id, "title": "x".repeat(title) + id, "description": "x".repeat(description), "payload": "p" });
        let menu = |options: Value| json!({ "kind": "menu", "text": "?", "options": options });
        let told = |options: Value| -> Vec<(Code, Value)> {
            let long = |finding: &super::super::Finding| finding.parameters.contains_key("length");
            let found = found(menu(options)).into_iter().filter(long);
            found.map(|finding| (finding.code, finding.parameters["number"].clone())).collect()
        };
        assert_eq!(
            told(json!([option("a", 1, 1), option("b", 1, 73), option("c", 1, 80)])),
            [(Code::CutText, json!(2)), (Code::CutText, json!(3))]
        );
        assert_eq!(
            told(json!([option("a", 1, 0), option("b", 20, 0)])),
            [(Code::ListInsteadOfButtons, json!(2))]
        );
    }
}
