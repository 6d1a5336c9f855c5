//! A screen of a form, with its components.

use beseda_wire::forms::{FormAction, FormOption, FormPart, FormPartKind, FormScreen};
use serde_json::Value;

use super::{Filling, Msg, Place};
use crate::Node;
use crate::i18n::t;
use crate::kit::{Button, El, Icon, Look, el, event, icon};

/// Who shows it, and the name of what is answered.
type Asked = (Place, String);

fn answered((place, name): Asked, text: String) -> crate::Msg {
    (place.msg)(Msg::Answer(name, text))
}

fn toggled((place, name): Asked, choice: String) -> crate::Msg {
    (place.msg)(Msg::Toggle(name, choice))
}

fn agreed((place, name): Asked, _: String) -> crate::Msg {
    (place.msg)(Msg::Toggle(name, String::new()))
}

impl Filling {
    /// The screen that is shown: its title, its components, and what leads on.
    pub fn view(&self, place: Place) -> Vec<Node> {
        let Some(screen) = self.screen() else { return vec![] };
        let back = (self.way.len() > 1).then(|| {
            Button::new(Look::Ghost, t("native-form-back")).icon(Icon::ArrowLeft).on((place.msg)(Msg::Back))
        });
        let foot = self.foot(screen);
        let asks_server = foot.action == FormAction::DataExchange;
        let next =
            Button::new(Look::Primary, self.words(screen, &foot.button)).disabled(asks_server).submit();
        vec![
            el("form")
                .id(format!("{}-screen", place.prefix))
                .key(format!("screen-{}", screen.id))
                .class("native-form")
                .flag("novalidate", true)
                .on(event::submit((place.msg)(Msg::Next)))
                .child(
                    el("p").class("native-form-title").key("title").text(self.words(screen, &screen.title)),
                )
                .children(
                    screen
                        .parts
                        .iter()
                        .enumerate()
                        .filter(|(_, part)| self.is_shown(screen, part))
                        .map(|(at, part)| self.part(place, screen, at, part)),
                )
                .maybe(asks_server.then(|| {
                    el("div")
                        .key("server")
                        .class("notice amber native-form-server")
                        .attr("role", "status")
                        .child(icon(Icon::TriangleAlert))
                        .child(el("p").text(t("native-form-server")))
                }))
                .child(el("div").class("native-form-foot").key("foot").maybe(back).child(next))
                .into(),
        ]
    }

    fn part(&self, place: Place, screen: &FormScreen, at: usize, part: &FormPart) -> Node {
        let label = self.words(screen, &part.label);
        match part.kind {
            // As on a phone they are no part of the page's own outline.
            FormPartKind::Heading => el("p").class("native-form-heading").key(at).text(label).into(),
            FormPartKind::Subheading => el("p").class("native-form-subheading").key(at).text(label).into(),
            FormPartKind::Body => el("p").key(at).text(label).into(),
            FormPartKind::Caption => el("p").key(at).class("hint").text(label).into(),
            FormPartKind::Image => self.picture(screen, at, part, label),
            FormPartKind::Radio | FormPartKind::Checkbox => self.choices(place, screen, part, label),
            FormPartKind::OptIn => self.opt_in(place, screen, part, label),
            _ => self.field(place, screen, part, label),
        }
    }

    /// A picture; where it is none that a phone shows, its words.
    fn picture(&self, screen: &FormScreen, at: usize, part: &FormPart, label: String) -> Node {
        let file = part.picture.as_deref().map(|file| self.words(screen, file)).unwrap_or_default();
        match picture_kind(&file) {
            Some(kind) => el("img")
                .class("native-form-picture")
                .key(at)
                .attr("src", format!("data:{kind};base64,{file}"))
                .attr("alt", label)
                .into(),
            None => el("p").class("hint").key(at).text(label).into(),
        }
    }

    /// A label over an input.
    fn field(&self, place: Place, screen: &FormScreen, part: &FormPart, label: String) -> Node {
        let id = format!("{}-{}", place.prefix, part.name);
        let asked = (place, part.name.clone());
        let value = self.answer(screen, &part.name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let input = match part.kind {
            FormPartKind::LongText => el("textarea")
                .attr("rows", "3")
                .attr("value", value.clone())
                .on(event::input_of(asked, answered)),
            FormPartKind::Dropdown => {
                let nothing =
                    FormOption { id: String::new(), title: t("native-form-choose"), description: None };
                let options = [nothing].into_iter().chain(self.options(screen, part)).map(|option| {
                    let is_chosen = option.id == value;
                    let node = el("option").key(&option.id).flag("selected", is_chosen);
                    node.attr("value", option.id).text(option.title)
                });
                el("select").on(event::change_of(asked, answered)).children(options)
            }
            FormPartKind::Date => el("input")
                .attr("type", "date")
                .attr("value", value.clone())
                .attr_if(part.from.is_some(), "min", part.from.clone().unwrap_or_default())
                .attr_if(part.to.is_some(), "max", part.to.clone().unwrap_or_default())
                .on(event::change_of(asked, answered)),
            _ => el("input")
                .attr("type", kind(part.input.as_deref()))
                .attr("autocomplete", "off")
                .attr("value", value.clone())
                .on(event::input_of(asked, answered)),
        };
        let input = self.described(input.id(&id).class("input").flag("required", part.required), &id, part);
        el("div")
            .class("field")
            .key(&part.name)
            .child(el("label").attr("for", id.clone()).text(named(label, part)))
            .child(input)
            .maybe(self.about(&id, part))
            .into()
    }

    /// Choices of which one is taken, or several.
    fn choices(&self, place: Place, screen: &FormScreen, part: &FormPart, label: String) -> Node {
        let id = format!("{}-{}", place.prefix, part.name);
        let answer = self.answer(screen, &part.name);
        let is_radio = part.kind == FormPartKind::Radio;
        let options = self.options(screen, part).into_iter().map(|option| {
            let is_chosen = match answer {
                Some(Value::Array(chosen)) => chosen.iter().any(|one| one.as_str() == Some(&option.id)),
                Some(chosen) => chosen.as_str() == Some(&option.id),
                None => false,
            };
            let asked = (place, part.name.clone());
            let input = el("input")
                .attr("type", if is_radio { "radio" } else { "checkbox" })
                .attr("name", id.clone())
                .attr("value", option.id.clone())
                .flag("checked", is_chosen)
                .on(event::change_of(asked, if is_radio { answered } else { toggled }));
            el("label")
                .class("native-form-option")
                .key(&option.id)
                .child(input)
                .child(el("span").text(option.title))
                .maybe(option.description.map(|words| el("small").class("muted").text(words)))
        });
        let group = el("fieldset").class("native-form-choices").key(&part.name);
        self.described(group, &id, part)
            .child(el("legend").text(named(label, part)))
            .children(options)
            .maybe(self.about(&id, part))
            .into()
    }

    fn opt_in(&self, place: Place, screen: &FormScreen, part: &FormPart, label: String) -> Node {
        let id = format!("{}-{}", place.prefix, part.name);
        let is_given = self.answer(screen, &part.name) == Some(&Value::Bool(true));
        let input = el("input")
            .id(&id)
            .attr("type", "checkbox")
            .flag("checked", is_given)
            .flag("required", part.required)
            .on(event::change_of((place, part.name.clone()), agreed));
        let input = self.described(input, &id, part);
        el("div")
            .key(&part.name)
            .child(
                el("label")
                    .class("native-form-option")
                    .child(input)
                    .child(el("span").text(named(label, part))),
            )
            .maybe(self.about(&id, part))
            .into()
    }

    fn described(&self, input: El, id: &str, part: &FormPart) -> El {
        let is_wrong = self.wrong.contains_key(&part.name);
        let described = is_wrong || part.hint.is_some();
        let input = input.attr_if(described, "aria-describedby", format!("{id}-about"));
        // A group is not invalid, what is in it is.
        let is_group = matches!(part.kind, FormPartKind::Radio | FormPartKind::Checkbox);
        input.attr_if(is_wrong && !is_group, "aria-invalid", "true")
    }

    fn about(&self, id: &str, part: &FormPart) -> Option<El> {
        let wrong = self.wrong.get(&part.name).map(|key| t(key));
        let class = if wrong.is_some() { "error" } else { "hint" };
        let words = wrong.or_else(|| part.hint.clone())?;
        Some(el("p").id(format!("{id}-about")).class(class).text(words))
    }
}

/// A label that says whether an answer is needed: WhatsApp says so of those that are not.
fn named(label: String, part: &FormPart) -> String {
    if part.required { label } else { crate::t!("native-form-optional", label = label.as_str()) }
}

/// What a file in base64 is, by how it begins: Meta takes these two.
fn picture_kind(file: &str) -> Option<&'static str> {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
    if !file.chars().all(is_base64) {
        return None;
    }
    match file {
        file if file.starts_with("iVBOR") => Some("image/png"),
        file if file.starts_with("/9j/") => Some("image/jpeg"),
        _ => None,
    }
}

fn kind(input: Option<&str>) -> &'static str {
    match input {
        Some("number") => "number",
        Some("email") => "email",
        Some("phone") => "tel",
        Some("password" | "passcode") => "password",
        _ => "text",
    }
}
