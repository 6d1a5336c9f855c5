//! Native forms of WhatsApp (Meta calls them Flows): what an account has, and what they look like on a phone.
//!
//! A form is read out of Meta's JSON into what can be drawn ([`read`]). What is not known of it is left out, as an older
//! phone leaves it out.

use serde_json::{Map, Value};

use crate::{wire, words};

wire! {
    /// A form of an account.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct NativeForm {
        /// Meta's id, by which it is sent.
        pub id: String,
        pub name: String,
        /// Only a published one is sent to customers; others can be tried as a draft.
        pub published: bool,
        /// Names of what it sends back. Absent in lists.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub fields: Vec<String>,
        /// What it shows, the first screen first. Absent in lists.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub screens: Vec<FormScreen>,
    }

    pub struct FormScreen {
        pub id: String,
        pub title: String,
        pub parts: Vec<FormPart>,
        /// What its data are where none were sent along.
        pub data: Value,
        /// The words on the button that leads on.
        pub button: String,
        pub action: FormAction,
        /// The screen that the button leads to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub next: Option<String>,
        /// What it hands on: texts may be `${form.name}`, `${data.name}` or `${screen.ID.form.name}`.
        pub payload: Value,
        /// Other buttons, of which the first whose `when` holds stands in the place of this one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if_is_empty))]
        pub feet: Vec<FormFoot>,
    }

    /// What leads on from a screen as long as a condition holds.
    pub struct FormFoot {
        /// As of a part.
        pub when: String,
        pub button: String,
        pub action: FormAction,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub next: Option<String>,
        pub payload: Value,
    }

    /// Something on a screen.
    pub struct FormPart {
        pub kind: FormPartKind,
        /// By which its answer is known; empty for what is only read.
        pub name: String,
        /// Its label or its words.
        pub label: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub hint: Option<String>,
        pub required: bool,
        pub options: Vec<FormOption>,
        /// Options that come with the data of the screen, by their name there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub options_from: Option<String>,
        /// `text`, `number`, `email`, `phone`, `password` or `passcode`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub input: Option<String>,
        /// The fewest and the most characters or choices.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub least: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub most: Option<u32>,
        /// The first and the last day, as `2026-11-26`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub from: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub to: Option<String>,
        /// Of an `image`: the file in base64, or `${data.name}` where it comes with the data.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub picture: Option<String>,
        /// Shown as long as this holds, in Meta's words: `${form.age} >= 18 && ${data.is_open}`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub when: Option<String>,
    }

    pub struct FormOption {
        pub id: String,
        pub title: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub description: Option<String>,
    }
}

words! {
    pub enum FormPartKind {
        Heading,
        Subheading,
        Body,
        Caption,
        Image,
        Text,
        LongText,
        Radio,
        Checkbox,
        Dropdown,
        Date,
        OptIn,
    }

    /// What the button of a screen does.
    pub enum FormAction {
        Navigate,
        Complete,
        /// The business's own server is asked for what comes next.
        DataExchange,
    }
}

impl FormPartKind {
    pub const fn is_asked(self) -> bool {
        !matches!(self, Self::Heading | Self::Subheading | Self::Body | Self::Caption | Self::Image)
    }
}

impl NativeForm {
    /// Whether the business's own server (Meta's "endpoint") says what comes next on one of its screens.
    pub fn asks_server(&self) -> bool {
        let asks = |action: FormAction| action == FormAction::DataExchange;
        self.screens
            .iter()
            .any(|screen| asks(screen.action) || screen.feet.iter().any(|foot| asks(foot.action)))
    }
}

/// The screens of a form, and the names of what it sends back.
pub fn read(json: &Value) -> (Vec<FormScreen>, Vec<String>) {
    let screens: Vec<FormScreen> = items(&json["screens"]).map(screen).collect();
    let mut fields = Vec::new();
    let completes = screens.iter().filter(|screen| screen.action == FormAction::Complete);
    for name in completes.filter_map(|screen| screen.payload.as_object()).flat_map(Map::keys) {
        if !fields.contains(name) {
            fields.push(name.clone());
        }
    }
    if fields.is_empty() {
        // A server of the business's says what comes back; what is asked is the best guess.
        let asked = screens.iter().flat_map(|screen| &screen.parts).filter(|part| part.kind.is_asked());
        fields.extend(asked.map(|part| part.name.clone()));
    }
    (screens, fields)
}

fn screen(json: &Value) -> FormScreen {
    let mut found = Found::default();
    found.gather(&json["layout"], None, 0);
    let main = found.feet.iter().position(|(when, _)| when.is_none());
    // Where every button has its condition the last one stands for the rest.
    let main = main.or(found.feet.len().checked_sub(1)).map(|at| found.feet.remove(at));
    let (_, footer) = main.unwrap_or((None, &Value::Null));
    let data = json["data"].as_object().into_iter().flatten();
    let examples = data.filter_map(|(name, about)| Some((name.clone(), about.get("__example__")?.clone())));
    let FormFoot { button, action, next, payload, .. } = foot(String::new(), footer);
    FormScreen {
        id: text(&json["id"]),
        title: text(&json["title"]),
        parts: found.parts,
        data: Value::Object(examples.collect()),
        button,
        action,
        next,
        payload,
        feet: found.feet.into_iter().map(|(when, footer)| foot(when.unwrap_or_default(), footer)).collect(),
    }
}

fn foot(when: String, json: &Value) -> FormFoot {
    let action = &json["on-click-action"];
    FormFoot {
        when,
        button: text(&json["label"]),
        action: match action["name"].as_str() {
            Some("navigate") => FormAction::Navigate,
            Some("data_exchange") => FormAction::DataExchange,
            _ => FormAction::Complete,
        },
        next: action["next"]["name"].as_str().map(str::to_owned),
        payload: action["payload"].clone(),
    }
}

/// Conditions within conditions that are looked into; Meta takes three.
const DEPTH: u8 = 8;

/// What stands on a screen.
#[derive(Default)]
struct Found<'a> {
    parts: Vec<FormPart>,
    /// With the conditions of each.
    feet: Vec<(Option<String>, &'a Value)>,
}

impl<'a> Found<'a> {
    /// Whatever stands in a layout or a form, one after another.
    fn gather(&mut self, json: &'a Value, when: Option<&str>, depth: u8) {
        self.all(&json["children"], when, depth);
    }

    fn all(&mut self, children: &'a Value, when: Option<&str>, depth: u8) {
        if depth > DEPTH {
            return;
        }
        for child in items(children) {
            let visible = match &child["visible"] {
                Value::Bool(false) => continue,
                Value::String(condition) => Some(both(when, condition)),
                _ => when.map(str::to_owned),
            };
            let when = visible.as_deref();
            match child["type"].as_str() {
                Some("Footer") => self.feet.push((when.map(str::to_owned), child)),
                Some("Form") => self.gather(child, when, depth + 1),
                Some("If") => {
                    let condition = bare(child["condition"].as_str().unwrap_or_default());
                    self.all(&child["then"], Some(&both(when, condition)), depth + 1);
                    self.all(&child["else"], Some(&both(when, &format!("!({condition})"))), depth + 1);
                }
                Some("Switch") => self.switch(child, when, depth),
                Some(kind) => {
                    let part = |kind| FormPart { when: when.map(str::to_owned), ..part(kind, child) };
                    self.parts.extend(kind_of(kind).map(part));
                }
                None => {}
            }
        }
    }

    fn switch(&mut self, json: &'a Value, when: Option<&str>, depth: u8) {
        let value = bare(json["value"].as_str().unwrap_or_default());
        let cases = || json["cases"].as_object().into_iter().flatten();
        let written = |case: &str| case.replace('\\', "\\\\").replace('\'', "\\'");
        let is = |case: &str| format!("{value} == '{}'", written(case));
        for (case, children) in cases() {
            let condition = if case == "default" {
                let others = cases().filter(|(other, _)| *other != "default");
                let none: Vec<String> = others.map(|(other, _)| format!("!({})", is(other))).collect();
                if none.is_empty() { "true".to_owned() } else { none.join(" && ") }
            } else {
                is(case)
            };
            self.all(children, Some(&both(when, &condition)), depth + 1);
        }
    }
}

/// Both conditions.
fn both(one: Option<&str>, other: &str) -> String {
    let other = bare(other);
    match one {
        Some(one) => format!("({one}) && ({other})"),
        None => other.to_owned(),
    }
}

/// A condition without the marks that say that it is one.
fn bare(condition: &str) -> &str {
    condition.trim().trim_matches('`').trim()
}

fn kind_of(kind: &str) -> Option<FormPartKind> {
    Some(match kind {
        "TextHeading" => FormPartKind::Heading,
        "TextSubheading" => FormPartKind::Subheading,
        "TextBody" => FormPartKind::Body,
        "TextCaption" => FormPartKind::Caption,
        "Image" => FormPartKind::Image,
        "TextInput" => FormPartKind::Text,
        "TextArea" => FormPartKind::LongText,
        "RadioButtonsGroup" => FormPartKind::Radio,
        "CheckboxGroup" => FormPartKind::Checkbox,
        "Dropdown" => FormPartKind::Dropdown,
        "DatePicker" => FormPartKind::Date,
        "OptIn" => FormPartKind::OptIn,
        _ => return None,
    })
}

fn part(kind: FormPartKind, json: &Value) -> FormPart {
    let number = |names: [&str; 2]| {
        let told = names.into_iter().find_map(|name| json.get(name));
        // Meta takes numbers as texts too.
        let number = told.and_then(|told| told.as_u64().or_else(|| told.as_str()?.parse().ok()));
        number.and_then(|number| u32::try_from(number).ok())
    };
    let label = match kind {
        FormPartKind::Image => &json["alt-text"],
        kind if kind.is_asked() => &json["label"],
        _ => &json["text"],
    };
    let source = &json["data-source"];
    let maybe = |name: &str| json[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    FormPart {
        kind,
        name: text(&json["name"]),
        label: text(label),
        hint: maybe("helper-text").or_else(|| maybe("description")),
        required: json["required"].as_bool().unwrap_or_default(),
        options: items(source).map(option).collect(),
        options_from: source.as_str().and_then(|name| within(name, "data.")).map(str::to_owned),
        input: maybe("input-type"),
        least: number(["min-chars", "min-selected-items"]),
        most: number(["max-chars", "max-selected-items"]).or_else(|| number(["max-length", "max-length"])),
        from: maybe("min-date"),
        to: maybe("max-date"),
        picture: (kind == FormPartKind::Image).then(|| maybe("src")).flatten(),
        when: None,
    }
}

/// One of what a choice offers.
pub fn option(json: &Value) -> FormOption {
    let description = json["description"].as_str().map(str::to_owned);
    FormOption { id: text(&json["id"]), title: text(&json["title"]), description }
}

/// What stands in `${…}`, behind this prefix.
pub fn within<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    text.trim().strip_prefix("${")?.strip_suffix('}')?.trim().strip_prefix(prefix)
}

fn items(json: &Value) -> impl Iterator<Item = &Value> {
    json.as_array().into_iter().flatten()
}

/// A text as it is; in several pieces, one below another.
fn text(json: &Value) -> String {
    match json {
        Value::String(text) => text.clone(),
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_form_is_read_as_it_is_drawn() {
        let form = json!({ "version": "7.0", "screens": [
            { "id": "WHO", "title": "Who", "data": { "name": { "type": "string", "__example__": "Anna" } },
              "layout": { "type": "SingleColumnLayout", "children": [
                { "type": "TextHeading", "text": "Hello" },
                { "type": "Image", "src": "iVBORw", "alt-text": "Our house" },
                { "type": "Form", "name": "f", "children": [
                    { "type": "TextInput", "name": "phone", "label": "Phone", "input-type": "phone", "required": true,
                      "min-chars": 5, "max-chars": "20", "helper-text": "With the country" },
                    { "type": "Dropdown", "name": "day", "label": "Day", "data-source": "${data.days}" },
                    { "type": "Footer", "label": "On", "on-click-action": { "name": "navigate",
                      "next": { "type": "screen", "name": "END" }, "payload": { "phone": "${form.phone}" } } },
                ] },
            ] } },
            { "id": "END", "title": "End", "terminal": true, "layout": { "children": [
                { "type": "CheckboxGroup", "name": "more", "label": "More", "max-selected-items": 2,
                  "data-source": [{ "id": "a", "title": "A", "description": "first" }] },
                { "type": "Footer", "label": "Send", "on-click-action": { "name": "complete",
                  "payload": { "phone": "${data.phone}", "more": "${form.more}" } } },
            ] } },
        ] });
        let (screens, fields) = read(&form);
        assert_eq!(fields, ["phone", "more"]);
        let [who, end] = &screens[..] else { panic!("two screens") };
        assert_eq!((who.button.as_str(), who.next.as_deref()), ("On", Some("END")));
        assert_eq!((who.action, end.action), (FormAction::Navigate, FormAction::Complete));
        assert_eq!(who.data, json!({ "name": "Anna" }));
        let kinds: Vec<_> = who.parts.iter().map(|part| part.kind).collect();
        let (heading, image) = (FormPartKind::Heading, FormPartKind::Image);
        assert_eq!(kinds, [heading, image, FormPartKind::Text, FormPartKind::Dropdown]);
        let phone = &who.parts[2];
        assert!(phone.required && phone.input.as_deref() == Some("phone"));
        assert_eq!(
            (phone.least, phone.most, phone.hint.as_deref()),
            (Some(5), Some(20), Some("With the country"))
        );
        assert_eq!(who.parts[3].options_from.as_deref(), Some("days"));
        assert_eq!((end.parts[0].most, end.parts[0].options[0].title.as_str()), (Some(2), "A"));
        assert_eq!(
            (&who.parts[1].picture, &who.parts[1].label),
            (&Some("iVBORw".to_owned()), &"Our house".to_owned())
        );
        // A form whose answers a server makes: what it asks.
        let (_, fields) = read(&json!({ "screens": [{ "id": "A", "layout": { "children": [
            { "type": "DatePicker", "name": "day", "label": "Day" },
            { "type": "Footer", "label": "On", "on-click-action": { "name": "data_exchange", "payload": {} } },
        ] } }] }));
        assert_eq!(fields, ["day"]);
        assert_eq!(read(&json!({ "screens": 4 })), (vec![], vec![]));
    }

    #[test]
    fn what_stands_under_a_condition_says_so() {
        let foot = |label: &str| json!({ "type": "Footer", "label": label, "on-click-action": { "name": "complete" } });
        let says = |text: &str| json!({ "type": "TextBody", "text": text });
        let form = json!({ "screens": [{ "id": "A", "layout": { "children": [
            says("all"),
            { "type": "TextBody", "text": "never", "visible": false },
            { "type": "TextBody", "text": "open", "visible": "${data.is_open}" },
            { "type": "If", "condition": "`${form.age} > 17`",
              "then": [says("old"), { "type": "If", "condition": "${form.vip}", "then": [says("both")] }, foot("Buy")],
              "else": [says("young"), foot("Leave")] },
            { "type": "Switch", "value": "${form.pet}",
              "cases": { "cat": [says("cat")], "default": [says("none")], "it's": [says("other")] } },
        ] } }] });
        let (screens, _) = read(&form);
        let [screen] = &screens[..] else { panic!("one screen") };
        let shown: Vec<_> =
            screen.parts.iter().map(|part| (part.label.as_str(), part.when.as_deref())).collect();
        assert_eq!(
            shown,
            [
                ("all", None),
                ("open", Some("${data.is_open}")),
                ("old", Some("${form.age} > 17")),
                ("both", Some("(${form.age} > 17) && (${form.vip})")),
                ("young", Some("!(${form.age} > 17)")),
                ("cat", Some("${form.pet} == 'cat'")),
                ("none", Some("!(${form.pet} == 'cat') && !(${form.pet} == 'it\\'s')")),
                ("other", Some("${form.pet} == 'it\\'s'")),
            ]
        );
        assert_eq!((screen.button.as_str(), screen.feet.len()), ("Leave", 1));
        assert_eq!(
            (screen.feet[0].button.as_str(), screen.feet[0].when.as_str()),
            ("Buy", "${form.age} > 17")
        );
        // However deep somebody nests them, it ends.
        let mut deep = says("deep");
        for _ in 0..100 {
            deep = json!({ "type": "If", "condition": "true", "then": [deep] });
        }
        let (screens, _) = read(&json!({ "screens": [{ "id": "A", "layout": { "children": [deep] } }] }));
        assert!(screens[0].parts.is_empty());
    }
}
