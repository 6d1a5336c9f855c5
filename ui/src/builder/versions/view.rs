//! What the panel of versions shows.

use beseda_wire::bots::BotVersion;
use beseda_wire::time::Time;
use serde_json::Value;

use super::diff::{Difference, Differences, Field, How, What, difference};
use super::{Model, Msg, PANEL};
use crate::Node;
use crate::builder::document::{Block, Doc, Source, Target};
use crate::builder::kinds::Input;
use crate::builder::model::Model as Builder;
use crate::builder::words::plain;
use crate::builder::{Msg as BuilderMsg, kinds, scene, words};
use crate::format::Clock;
use crate::i18n::{t, t_or};
use crate::kit::field::select;
use crate::kit::tag::{Tone, tag};
use crate::kit::{Button, El, Icon, Look, el, event, icon_button, notice, skeleton};
use crate::pages::Load;
use crate::t;

/// Characters of a value that are shown: nobody reads more of it in a narrow panel.
const LONGEST: usize = 280;
/// Of those, how many of what is the same stand before the change.
const LEAD: usize = 60;

impl Builder {
    pub fn view_versions(&self) -> Option<Node> {
        let versions = self.versions.as_ref()?;
        let (head, body) = match versions.pair {
            None => (t("versions"), self.version_list(versions)),
            Some((number, with)) => (version_name(number), self.view_comparison(versions, number, with)),
        };
        Some(
            el("aside")
                .id(PANEL)
                .class("flow-versions")
                .attr("tabindex", "-1")
                .label(t("versions"))
                .child(
                    el("header")
                        .key("head")
                        .maybe(
                            versions
                                .pair
                                .is_some()
                                .then(|| icon_button(Icon::ArrowLeft, &t("versions-back"), Msg::Back)),
                        )
                        .child(el("h2").text(head))
                        .child(icon_button(Icon::X, &t("close"), Msg::Close)),
                )
                .child(el("div").class("flow-versions-body").key("body").child(body))
                .into(),
        )
    }

    fn version_list(&self, versions: &Model) -> Node {
        match &versions.list {
            Load::Not | Load::Loading => skeleton(4, "rows"),
            Load::Failed(failure) => notice::failure(failure, Some(Msg::Open.into())),
            Load::Ready(list) if list.is_empty() => {
                notice::empty(Icon::History, &t("versions-none"), &t("versions-none-words"), None)
            }
            Load::Ready(list) => {
                let clock = Clock { now: Time::from_millis(self.now), zone: self.zone.clone() };
                el("ol")
                    .class("version-list")
                    .children(list.iter().map(|version| version_row(version, versions, &clock)))
                    .into()
            }
        }
    }

    fn view_comparison(&self, versions: &Model, number: u32, with: Option<u32>) -> Node {
        let others = versions.list.ready().into_iter().flatten().map(|version| version.number);
        let draft = [(String::new(), t("versions-draft"))];
        let options =
            others.filter(|other| *other != number).map(|other| (other.to_string(), version_name(other)));
        let chosen = with.map(|with| with.to_string()).unwrap_or_default();
        let choice = select(
            "compare-with",
            &t("compare-with"),
            &chosen,
            draft.into_iter().chain(options),
            event::input(Msg::With),
        );
        let of = |number: u32| match versions.flows.get(&number) {
            Some(Load::Ready(_)) => Ok(()),
            Some(Load::Failed(failure)) => Err(notice::failure(failure, Some(Msg::Compare(number).into()))),
            _ => Err(skeleton(4, "rows")),
        };
        let body = match versions.compared(&self.doc) {
            Some((before, after)) => self.view_differences(&difference(before, after), before, after),
            None => of(number)
                .err()
                .or_else(|| with.and_then(|with| of(with).err()))
                .unwrap_or_else(|| skeleton(4, "rows")),
        };
        el("div").class("compare").child(choice).child(body).into()
    }

    fn view_differences(&self, found: &Differences, before: &Doc, after: &Doc) -> Node {
        if found.items.is_empty() && found.moved == 0 {
            return el("p").class("muted").key("same").text(t("compare-same")).into();
        }
        let moved = i64::try_from(found.moved).unwrap_or(i64::MAX);
        el("div")
            .class("compare-found")
            .key("found")
            .child(el("ul").class("differences").label(t("compare-found")).children(
                found.items.iter().enumerate().map(|(index, one)| {
                    // A thing and its lines may both be told: what it is alone is no key.
                    self.view_difference(one, before, after).key(format!("{index}-{:?}", one.what.item()))
                }),
            ))
            .maybe((moved > 0).then(|| el("p").class("muted").text(t!("compare-moved", count = moved))))
            .into()
    }

    fn view_difference(&self, one: &Difference, before: &Doc, after: &Doc) -> El {
        let (tone, how) = match &one.how {
            How::Added => (Tone::Green, t("compare-added")),
            How::Removed => (Tone::Red, t("compare-removed")),
            How::Changed(_) => (Tone::Amber, t("compare-changed")),
        };
        let title = title(&one.what, before, after);
        let item = one.what.item().filter(|item| self.doc.has(item));
        let name: Node = match item {
            Some(item) => el("button")
                .class("difference-name")
                .attr("type", "button")
                .on(event::click(BuilderMsg::GoTo(item)))
                .text(title)
                .into(),
            None => el("b").text(title).into(),
        };
        let row = el("li").child(el("div").class("difference-head").child(name).child(tag(tone, how)));
        match &one.how {
            How::Changed(changes) => row.children(changes.iter().map(|change| {
                let shown = |value: Option<&Value>, doc: &Doc| {
                    value.map(|value| said(&one.what, &change.field, value, doc))
                };
                let (old, new) = (shown(change.before.as_ref(), before), shown(change.after.as_ref(), after));
                let (old, new) = around_change(old, new);
                let words = field_words(&one.what, &change.field);
                el("div")
                    .class("difference-field")
                    .key(format!("{:?}", change.field))
                    .child(el("span").class("muted").text(&words))
                    .maybe(old.map(|text| el("del").text(text)))
                    .maybe(new.map(|text| el("ins").text(text)))
            })),
            // Of several texts of one group it must be seen which one.
            How::Added | How::Removed => {
                let doc = if one.how == How::Removed { before } else { after };
                row.maybe(
                    own_words(&one.what, doc).map(|words| el("p").class("difference-words").text(words)),
                )
            }
        }
    }
}

/// What a block says, or what starts the flow, where that is more than its kind.
fn own_words(what: &What, doc: &Doc) -> Option<String> {
    let (words, kind) = match what {
        What::Block(_, block) => (scene::words_in(doc, block), kinds::title(block)),
        What::Trigger(spot) => (kinds::trigger_summary(spot), kinds::trigger_title(spot.text("kind"))),
        What::Note(spot) => (spot.text("text").to_owned(), String::new()),
        What::Flow | What::Group(_) | What::Line(_) => return None,
    };
    let words = words.trim();
    (!words.is_empty() && words != kind).then(|| words.to_owned())
}

fn version_row(version: &BotVersion, versions: &Model, clock: &Clock) -> El {
    let number = version.number;
    el("li")
        .key(number)
        .child(
            el("div")
                .class("version-head")
                .child(el("b").class("num").text(version_name(number)))
                .maybe(version.answering.then(|| tag(Tone::Green, t("version-answering"))))
                .maybe(
                    (version.running > 0)
                        .then(|| tag(Tone::Grey, t!("version-running", count = version.running))),
                ),
        )
        .child(el("p").class("muted").text(t!(
            "version-about",
            name = version.author.as_str(),
            time = clock.full(version.published_at).as_str()
        )))
        .maybe(version.note.as_ref().map(|note| el("p").class("version-note").text(note)))
        .child(
            el("div")
                .class("version-do")
                .child(Button::new(Look::Plain, t("version-compare")).on(Msg::Compare(number)))
                .maybe((!version.answering).then(|| {
                    Button::new(Look::Plain, t("version-return"))
                        .icon(Icon::RotateCcw)
                        .busy(versions.returning == Some(number))
                        .on(Msg::Return(number))
                })),
        )
}

fn version_name(number: u32) -> String {
    let number = number.to_string();
    t!("version-name", number = number.as_str())
}

/// What a thing is called; of what is gone, what it was called.
fn title(what: &What, before: &Doc, after: &Doc) -> String {
    match what {
        What::Flow => t("flow"),
        What::Group(group) => t!("compare-group", name = group_title(group.title()).as_str()),
        What::Block(group, block) => block_title(block, group.title()),
        What::Trigger(spot) => kinds::trigger_title(spot.text("kind")),
        What::Note(_) => t("note"),
        What::Line(from) => {
            let begins = match from {
                Source::Port { block, port } => {
                    after.block(block).or_else(|| before.block(block)).map(|(group, block)| {
                        let title = block_title(block, group.title());
                        let ports = kinds::ports(block);
                        let port = port
                            .as_deref()
                            .and_then(|name| ports.into_iter().find(|port| port.is(Some(name))));
                        port.map_or_else(|| title.clone(), |port| format!("{title}: {}", port.title))
                    })
                }
                Source::Trigger(id) => {
                    let spot = after.trigger(id).or_else(|| before.trigger(id));
                    spot.map(|spot| kinds::trigger_title(spot.text("kind")))
                }
            };
            t!("compare-line", name = begins.unwrap_or_default().as_str())
        }
    }
}

fn block_title(block: &Block, group: &str) -> String {
    format!("{} · {}", kinds::title(block), group_title(group))
}

fn group_title(title: &str) -> String {
    if title.is_empty() { t("group-untitled") } else { title.to_owned() }
}

/// The form of a thing, where it has one.
fn form(what: &What) -> Option<&'static [kinds::Field]> {
    match what {
        What::Block(_, block) => kinds::entry_of(block).map(|entry| entry.look.form),
        What::Trigger(spot) => Some(kinds::trigger_form(spot.text("kind"))),
        _ => None,
    }
}

/// A field as its form calls it, where a form has it.
fn field_words(what: &What, field: &Field) -> String {
    let steps = match field {
        Field::Group => return t("group"),
        Field::Order => return t("compare-order"),
        Field::LeadsTo => return t("compare-leads"),
        Field::At(steps) => steps,
    };
    let form = form(what);
    let whole = format!("/{}", steps.join("/"));
    if let Some(known) = form.and_then(|form| form.iter().find(|field| field.at == whole)) {
        return t(&format!("field-{}", known.words));
    }
    let words = |(index, step): (usize, &String)| {
        let of_form = form
            .filter(|_| index == 0)
            .and_then(|form| form.iter().find(|field| field.at == format!("/{step}")));
        of_form.map_or_else(
            || t_or(&format!("field-{}", step.replace('_', "-")), || step.clone()),
            |known| t(&format!("field-{}", known.words)),
        )
    };
    steps.iter().enumerate().map(words).collect::<Vec<_>>().join(" › ")
}

/// A text; one of those that a form offers as the form calls it.
fn chosen(what: &What, steps: &[String], value: &str) -> String {
    let whole = format!("/{}", steps.join("/"));
    let field = form(what).and_then(|form| form.iter().find(|field| field.at == whole));
    let is_operator = steps.last().is_some_and(|step| step == "is") && kinds::OPERATORS.contains(&value);
    match field.map(|field| field.input) {
        Some(Input::Choice { values, words }) if values.contains(&value) => words::choice(words, value),
        None if is_operator => words::operator(value),
        _ => value.to_owned(),
    }
}

/// A value as people would say it.
fn said(what: &What, field: &Field, value: &Value, doc: &Doc) -> String {
    let text = match (field, value) {
        (Field::At(steps), Value::String(value)) => chosen(what, steps, value),
        (Field::LeadsTo, target) => {
            let target = Target::from_json(target).unwrap_or_default();
            let group = doc.group(&target.group).map(|group| group_title(group.title()));
            let block = target
                .block
                .and_then(|id| doc.block(&id))
                .map(|(group, block)| block_title(block, group.title()));
            block.or(group).unwrap_or_else(|| t("place-gone"))
        }
        (Field::Order, Value::Array(ids)) => {
            let block =
                |id: &Value| id.as_str().and_then(|id| doc.block(id)).map(|(_, block)| kinds::title(block));
            ids.iter().filter_map(block).collect::<Vec<_>>().join(", ")
        }
        (Field::Group, title) => group_title(&plain(title)),
        (_, Value::Bool(true)) => t("value-yes"),
        (_, Value::Bool(false)) => t("value-no"),
        (_, Value::Object(fields)) => {
            // An item of a list that came or went is known by its title.
            fields.get("title").and_then(Value::as_str).map_or_else(|| value.to_string(), str::to_owned)
        }
        (_, value) => plain(value),
    };
    if text.is_empty() { t("value-empty") } else { text }
}

/// The two values, where they are long cut so that the change is seen.
fn around_change(old: Option<String>, new: Option<String>) -> (Option<String>, Option<String>) {
    let is_short = |text: &Option<String>| text.as_ref().is_none_or(|text| text.chars().count() <= LONGEST);
    if is_short(&old) && is_short(&new) {
        return (old, new);
    }
    let same = match (&old, &new) {
        (Some(old), Some(new)) => old.chars().zip(new.chars()).take_while(|(a, b)| a == b).count(),
        _ => 0,
    };
    let from = same.saturating_sub(LEAD);
    let cut = |text: String| {
        let inside: String = text.chars().skip(from).take(LONGEST).collect();
        let is_cut = text.chars().count() > from + LONGEST;
        format!("{}{inside}{}", if from > 0 { "…" } else { "" }, if is_cut { "…" } else { "" })
    };
    (old.map(cut), new.map(cut))
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use serde_json::json;

    use super::*;
    use crate::builder::document::Group;
    use crate::i18n::{Locale, set};

    #[test]
    fn what_is_chosen_in_a_form_is_said_as_the_form_does() {
        set(Locale::En);
        let block = |fields: Value| {
            let block = Block::from_fields(fields.as_object().cloned().unwrap()).unwrap();
            What::Block(Rc::new(Group::default()), Rc::new(block))
        };
        let at = |steps: &[&str]| Field::At(steps.iter().map(|step| (*step).to_owned()).collect());
        let doc = Doc::default();
        let told = |what: &What, steps: &[&str], value: &str| said(what, &at(steps), &json!(value), &doc);
        let condition = block(json!({ "id": "c", "kind": "condition" }));
        let test = ["branches", "0", "when", "tests", "0", "is"];
        assert_eq!(told(&condition, &test, "not_contains"), "does not contain");
        assert_eq!(told(&condition, &["branches", "0", "title"], "equal"), "equal");
        for entry in beseda_flow::catalogue() {
            let entry = kinds::entry(entry.id).unwrap();
            let what = block(entry.block("x".to_owned()).to_json());
            for field in entry.look.form {
                let Input::Choice { values, words } = field.input else { continue };
                let steps: Vec<&str> = field.at.trim_start_matches('/').split('/').collect();
                for value in values.iter().filter(|value| !value.is_empty() && !words.is_empty()) {
                    assert_eq!(told(&what, &steps, value), words::choice(words, value), "{}", entry.id);
                }
            }
        }
    }

    #[test]
    fn a_change_far_into_a_long_text_is_seen() {
        let long = "слово ".repeat(200);
        let (old, new) = (format!("{long}one{long}"), format!("{long}two{long}"));
        let (old, new) = around_change(Some(old), Some(new));
        let (old, new) = (old.unwrap(), new.unwrap());
        assert!(old.contains("one") && new.contains("two"), "{old} {new}");
        assert!(old.starts_with('…') && old.ends_with('…') && old.chars().count() == LONGEST + 2);
        // What was appended, and what stands alone.
        let (old, new) = around_change(Some(long.clone()), Some(format!("{long}the end")));
        assert!(new.unwrap().ends_with("the end") && old.unwrap().chars().count() == LEAD + 1);
        let (none, alone) = around_change(None, Some(long.clone()));
        assert!(none.is_none() && long.starts_with(alone.unwrap().trim_end_matches('…')));
        let short = || Some("short".to_owned());
        assert_eq!(around_change(short(), None), (short(), None));
    }
}
