//! Texts: templates and patterns that do not parse, and what WhatsApp would not take as it stands.
//!
//! Lengths are held against the text as written, without the variables in it: what is too long without them is too
//! long with them.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::graph::blocks;
use super::{Code, Findings, parts};
use crate::addresses::lacks_host;
use crate::answer::{CHOSEN, Kind, date_bound, is_country};
use crate::blocks::{
    Answer, Body, Condition, Media, MediaKind, MediaSource, Message, Opt, Question, Test, Tests,
};
use crate::compile::{Compiled, Node, ReadyOperand, ReadyTest, ReadyTests, ReadyValue, Work};
use crate::model::{Flow, Language, Match, TriggerKind};
use crate::outgoing::whatsapp;
use crate::pattern;
use crate::template::{Formula, Mistake, Part, Template, Templates};
use crate::values::{fold, number_in, text_of, units};

pub fn check(flow: &Flow, compiled: &Compiled, found: &mut Findings) {
    triggers(flow, found);
    settings(flow, found);
    for (block, node) in blocks(flow).zip(&compiled.nodes) {
        if block.is_passed_by() {
            continue;
        }
        parts::check(block, node, compiled, found);
        match &block.body {
            Body::Message(message) => self::message(message, node, found),
            Body::Question(question) => self::question(question, node, found),
            Body::Condition(condition) => self::condition(condition, node, found),
            Body::Set(_) => {
                if let Work::Set { to, .. } = &node.work {
                    let mistake = match to {
                        ReadyValue::Text(template) => template.mistake(),
                        ReadyValue::Formula(formula) => Formula::mistake(formula),
                        ReadyValue::Nothing | ReadyValue::Literal(_) => None,
                    };
                    bad_template(mistake, "value", node, found);
                }
            }
            Body::HandOver(_) => {
                if let Work::HandOver(work) = &node.work {
                    said(&work.text, "text", node, found);
                    bad_template(work.note.mistake(), "note", node, found);
                }
            }
            Body::End(_) => {
                if let Work::End { text, .. } = &node.work {
                    said(text, "text", node, found);
                }
            }
            _ => {}
        }
    }
}

fn triggers(flow: &Flow, found: &mut Findings) {
    let by_words =
        |kind: &TriggerKind| matches!(kind, TriggerKind::Keyword | TriggerKind::Payload | TriggerKind::Link);
    for trigger in flow.triggers.iter().filter(|trigger| by_words(&trigger.kind)) {
        let empty = |text: &str| fold(text).is_empty();
        if trigger.keywords.is_empty() || trigger.keywords.iter().any(|keyword| empty(&keyword.text)) {
            found.warning(Code::EmptyKeyword, None, [("trigger", json!(trigger.id))]);
        }
        for keyword in trigger.keywords.iter().filter(|keyword| keyword.how == Match::Regex) {
            if let Err(message) = pattern::prepare(&keyword.text) {
                let parameters = [
                    ("pattern", json!(keyword.text)),
                    ("message", json!(message)),
                    ("trigger", json!(trigger.id)),
                ];
                found.error(Code::BadPattern, None, parameters);
            }
        }
    }
}

fn settings(flow: &Flow, found: &mut Findings) {
    if let Some(country) = flow.settings.country.as_ref().filter(|name| !is_country(name)) {
        found.warning(Code::BadCountry, None, [("country", json!(country))]);
    }
    let texts = &flow.settings.texts;
    for (field, text, limit) in [
        ("more", &texts.more, whatsapp::ROW_TITLE),
        ("choose", &texts.choose, whatsapp::LIST_BUTTON),
        ("choose_body", &texts.choose_body, whatsapp::BUTTONS_BODY),
        ("open", &texts.open, whatsapp::FORM_BUTTON),
    ] {
        let length = text.as_deref().map_or(0, units);
        if length > limit {
            found.warning(Code::CutText, None, cut_parameters(field, length, limit));
        }
    }
}

fn message(message: &Message, node: &Node, found: &mut Findings) {
    let Work::Message { text, .. } = &node.work else { return };
    let Some(media) = &message.media else {
        if message.text.trim().is_empty() {
            found.error(Code::EmptyText, Some(&node.id), [("field", json!("text"))]);
        }
        return said(text, "text", node, found);
    };
    said(text, "text", node, found);
    media_address(media, node, found);
    let length = least_length(text);
    let has_caption = !matches!(media.kind, MediaKind::Audio | MediaKind::Sticker);
    if has_caption && length > whatsapp::CAPTION {
        let parameters = [("length", json!(length)), ("limit", json!(whatsapp::CAPTION))];
        found.hint(Code::CaptionApart, Some(&node.id), parameters);
    }
}

pub fn media_address(media: &Media, node: &Node, found: &mut Findings) {
    match &media.source {
        MediaSource::Url(url) => address(url, node, found),
        MediaSource::Stored(id) if id.trim().is_empty() => {
            found.error(Code::BadAddress, Some(&node.id), [("url", json!(id))]);
        }
        MediaSource::Stored(_) => file(media, node, found),
    }
}

/// A file of the business's own: whether WhatsApp would take it.
fn file(media: &Media, node: &Node, found: &mut Findings) {
    let id = Some(&*node.id);
    let (types, limit) = whatsapp::files(media.kind);
    // `audio/ogg; codecs=opus`: the parameters do not matter here.
    let mime = media.mime.as_deref().and_then(|mime| mime.split(';').next()).map(str::trim);
    // Where nobody says what it is, its name may, and WhatsApp has the last word.
    if let Some(mime) = mime.filter(|mime| !types.contains(mime)) {
        found.error(Code::BadFileType, id, [("media", json!(media.kind)), ("value", json!(mime))]);
    }
    let size = media.size.unwrap_or_default();
    let parameters = |limit: u64| [("size", json!(size)), ("limit", json!(limit))];
    if size > limit {
        found.error(Code::LargeFile, id, parameters(limit));
    } else if media.kind == MediaKind::Sticker && size > whatsapp::STILL_STICKER {
        // One that moves may be as large; which it is only its bytes know.
        found.warning(Code::LargeFile, id, parameters(whatsapp::STILL_STICKER));
    }
}

pub fn address(written: &str, node: &Node, found: &mut Findings) {
    let written = written.trim();
    let begins = ["https://", "http://", "{{"].iter().any(|start| written.starts_with(start));
    if !begins || lacks_host(written) {
        found.error(Code::BadAddress, Some(&node.id), [("url", json!(written))]);
    }
}

fn question(question: &Question, node: &Node, found: &mut Findings) {
    let Work::Ask(ask) = &node.work else { return };
    if question.text.trim().is_empty() && question.template.is_none() {
        found.warning(Code::EmptyText, Some(&node.id), [("field", json!("text"))]);
    }
    said(&ask.text, "text", node, found);
    if let Some(retry) = &ask.retry {
        said(retry, "retry", node, found);
    }
    match &ask.kind {
        Kind::Text { lengths, pattern } => {
            if let Some(Err(message)) = pattern {
                bad_pattern(question.pattern.as_deref().unwrap_or_default(), message, node, found);
            }
            if lengths.is_empty() {
                let parameters = [("field", json!("max_length")), ("value", json!(lengths.end()))];
                found.error(Code::BadBound, Some(&node.id), parameters);
            }
        }
        Kind::Number { .. } | Kind::Date { .. } => bounds(question, node, found),
        Kind::Phone { country: Some(country) } if !is_country(country) => {
            found.warning(Code::BadCountry, Some(&node.id), [("country", json!(country))]);
        }
        Kind::Choice(_) => choice(question, node, found),
        _ => {}
    }
}

/// Bounds that are written out: variables in them are only known in a run.
fn bounds(question: &Question, node: &Node, found: &mut Findings) {
    // Any day serves to tell a bound from something else.
    let day = Date::constant(2026, 1, 1);
    let read = |value: &Value| -> Option<f64> {
        if question.answer == Answer::Number {
            return number_in(value);
        }
        let date = date_bound(&text_of(value), day)?;
        day.until(date).ok().map(|span| f64::from(span.get_days()))
    };
    let mut limits = [None, None];
    for (n, (field, value)) in [("min", &question.min), ("max", &question.max)].into_iter().enumerate() {
        let Some(value) = value.as_ref().filter(|value| !text_of(value).contains("{{")) else { continue };
        limits[n] = read(value);
        if limits[n].is_none() {
            let parameters = [("field", json!(field)), ("value", value.clone())];
            found.error(Code::BadBound, Some(&node.id), parameters);
        }
    }
    if let [Some(min), Some(max)] = limits
        && min > max
    {
        let parameters = [("field", json!("max")), ("value", json!(question.max))];
        found.error(Code::BadBound, Some(&node.id), parameters);
    }
}

/// How many options are to be chosen, of those that there are. Variables count for nothing here.
fn how_many(question: &Question, node: &Node, found: &mut Findings) {
    let mut bad = |field: &str, value: &Value| {
        found.error(Code::BadBound, Some(&node.id), [("field", json!(field)), ("value", value.clone())]);
    };
    let mut limits = [None, None];
    for (n, (field, value)) in [("min", &question.min), ("max", &question.max)].into_iter().enumerate() {
        let Some(value) = value else { continue };
        limits[n] = number_in(value).filter(|count| CHOSEN.contains(count) && count.fract() == 0.0);
        if limits[n].is_none() {
            bad(field, value);
        }
    }
    let [least, most] = limits;
    let is_above = |most: f64| least.is_some_and(|least| least > most);
    if most.is_some_and(is_above) {
        bad("max", question.max.as_ref().unwrap_or(&Value::Null));
    }
    // How long a list will be is only known in a run.
    let there_are = u32::try_from(question.options.len()).unwrap_or(u32::MAX);
    if question.items.is_none() && is_above(f64::from(there_are)) {
        bad("min", question.min.as_ref().unwrap_or(&Value::Null));
    }
}

fn choice(question: &Question, node: &Node, found: &mut Findings) {
    if question.multiple {
        how_many(question, node, found);
    }
    if question.items.is_some() && question.options.is_empty() {
        return;
    }
    if question.multiple {
        // Written as a numbered text whatever the titles.
        if question.options.is_empty() {
            found.error(Code::NoOptions, Some(&node.id), []);
        }
        return;
    }
    choice_of(&question.options, question.button.as_deref(), &question.text, node, found);
}

/// The options of a choice or of a menu, as WhatsApp would show them.
pub fn choice_of(options: &[Opt], button: Option<&str>, text: &str, node: &Node, found: &mut Findings) {
    let block = Some(&*node.id);
    if options.is_empty() {
        return found.error(Code::NoOptions, block, []);
    }
    let mut templates = Templates::new(Language::default());
    let mut titles = Vec::new();
    let (mut long_title, mut described, mut numbered) = (None, false, false);
    for (index, option) in options.iter().enumerate() {
        let (title, description) = (templates.text(&option.title), templates.text(&option.description));
        bad_template(title.mistake(), "title", node, found);
        bad_template(description.mistake(), "description", node, found);
        // People count from one, and know an answer by its place.
        let number = || ("number", json!(index + 1));
        let is_empty = option.title.trim().is_empty();
        if is_empty {
            let parameters = [("field", json!("title")), ("option", json!(option.id)), number()];
            found.error(Code::EmptyText, block, parameters);
        }
        let length = least_length(&title);
        let same = titles.iter().position(|title| !is_empty && *title == fold(&option.title));
        if length > whatsapp::ROW_TITLE || same.is_some() {
            let parameters = [
                ("length", json!(length)),
                ("limit", json!(whatsapp::ROW_TITLE)),
                ("option", json!(option.id)),
                number(),
                ("same", json!(same.map(|same| same + 1))),
            ];
            found.warning(Code::NumberedInsteadOfList, block, parameters);
            numbered = true;
        } else if length > whatsapp::BUTTON_TITLE {
            long_title = Some((index, length));
        }
        titles.push(fold(&option.title));
        described |= !option.description.trim().is_empty();
        let length = least_length(&description);
        if length > whatsapp::ROW_DESCRIPTION {
            let [field, length, limit] = cut_parameters("description", length, whatsapp::ROW_DESCRIPTION);
            let parameters = [field, length, limit, ("option", json!(option.id)), number()];
            found.warning(Code::CutText, block, parameters);
        }
    }
    if options.len() <= whatsapp::BUTTONS && !described {
        let body = least_length(&templates.text(text));
        if let Some((index, length)) = long_title {
            let parameters = [
                ("length", json!(length)),
                ("limit", json!(whatsapp::BUTTON_TITLE)),
                ("option", json!(options[index].id)),
                ("number", json!(index + 1)),
            ];
            found.hint(Code::ListInsteadOfButtons, block, parameters);
        } else if body > whatsapp::BUTTONS_BODY {
            let parameters = [("length", json!(body)), ("limit", json!(whatsapp::BUTTONS_BODY))];
            found.hint(Code::ListInsteadOfButtons, block, parameters);
        }
    }
    let many = |limit: usize| [("count", json!(options.len())), ("limit", json!(limit))];
    if options.len() > whatsapp::ROWS && !numbered {
        found.hint(Code::PagedList, block, many(whatsapp::ROWS));
    } else if options.len() > whatsapp::BUTTONS && !numbered {
        found.hint(Code::ListForMany, block, many(whatsapp::BUTTONS));
    }
    if let Some(button) = button {
        let button = templates.text(button);
        bad_template(button.mistake(), "button", node, found);
        let length = least_length(&button);
        if length > whatsapp::LIST_BUTTON {
            found.warning(Code::CutText, block, cut_parameters("button", length, whatsapp::LIST_BUTTON));
        }
    }
}

fn condition(condition: &Condition, node: &Node, found: &mut Findings) {
    let Work::Condition(ready) = &node.work else { return };
    if condition.branches.is_empty() {
        found.warning(Code::EmptyCondition, Some(&node.id), []);
    }
    for (branch, (_, ready, _)) in condition.branches.iter().zip(ready) {
        if branch.when.tests.is_empty() {
            found.warning(Code::EmptyCondition, Some(&node.id), [("branch", json!(branch.id))]);
        }
        tests(&branch.when, ready, node, found);
    }
}

fn tests(written: &Tests, ready: &ReadyTests, node: &Node, found: &mut Findings) {
    for pair in written.tests.iter().zip(&ready.tests) {
        match pair {
            (Test::Group(written), ReadyTest::Group(ready)) => tests(written, ready, node, found),
            (Test::Compare(written), ReadyTest::Compare { value, .. }) => match value {
                ReadyOperand::Text(template) => bad_template(template.mistake(), "value", node, found),
                ReadyOperand::Pattern(Err(message)) => {
                    bad_pattern(&text_of(&written.value), message, node, found);
                }
                ReadyOperand::Pattern(Ok(_)) if text_of(&written.value).contains("{{") => {
                    let parameters = [("pattern", written.value.clone())];
                    found.warning(Code::PatternWithVariables, Some(&node.id), parameters);
                }
                ReadyOperand::Pattern(Ok(_)) | ReadyOperand::Value(_) => {}
            },
            _ => {}
        }
    }
}

/// A text that becomes messages of its own.
pub fn said(text: &Template, field: &str, node: &Node, found: &mut Findings) {
    bad_template(text.mistake(), field, node, found);
    let length = least_length(text);
    if length > whatsapp::TEXT {
        found.hint(Code::SplitText, Some(&node.id), cut_parameters(field, length, whatsapp::TEXT));
    }
}

pub fn bad_template(mistake: Option<&Mistake>, field: &str, node: &Node, found: &mut Findings) {
    if let Some(mistake) = mistake {
        let parameters = [
            ("field", json!(field)),
            ("message", json!(mistake.words(Language::En))),
            ("why", json!(mistake.why)),
            ("name", json!(mistake.name)),
        ];
        found.error(Code::BadTemplate, Some(&node.id), parameters);
    }
}

pub fn bad_pattern(pattern: &str, message: &str, node: &Node, found: &mut Findings) {
    let code = if pattern.contains("{{") { Code::PatternWithVariables } else { Code::BadPattern };
    let parameters = [("pattern", json!(pattern)), ("message", json!(message))];
    found.error(code, Some(&node.id), parameters);
}

pub fn cut_parameters(field: &str, length: usize, limit: usize) -> [(&'static str, Value); 3] {
    [("field", json!(field)), ("length", json!(length)), ("limit", json!(limit))]
}

/// The length of what stands in the text whatever its variables hold.
pub fn least_length(text: &Template) -> usize {
    match text {
        Template::Literal(text) => units(text.trim()),
        Template::Parts(parts) => {
            parts.iter().map(|part| if let Part::Text(text) = part { units(text) } else { 0 }).sum()
        }
        // With expressions in it nothing is known before it runs.
        Template::Full(_) | Template::Broken(_) => 0,
    }
}
