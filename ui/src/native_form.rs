//! Filling in a native form as WhatsApp shows it (Meta calls it a Flow): screen after screen, with what is needed and what fits
//! checked before one goes on, to the answers that are sent back. What stands on a screen may depend on them.
//!
//! The phone and the test panel have the same one. A screen whose next one a server of the business's decides says so and is
//! the end: what such a server would say nobody here knows.

mod condition;
mod view;

use std::collections::BTreeMap;

use beseda_wire::forms::{
    FormAction, FormFoot, FormOption, FormPart, FormPartKind, FormScreen, NativeForm, option, within,
};
use serde_json::{Map, Value};

/// A form that is being filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Filling {
    form: NativeForm,
    /// The screens one came through, by their places; the last is shown.
    way: Vec<usize>,
    /// Answers and what was handed on, by the screens' ids.
    answers: BTreeMap<String, Map<String, Value>>,
    data: BTreeMap<String, Map<String, Value>>,
    /// What is wrong with the answers of the screen that is shown: the key of its words.
    wrong: BTreeMap<String, &'static str>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    /// The answer to what has this name.
    Answer(String, String),
    /// One of several choices, or a consent, is taken or taken back.
    Toggle(String, String),
    Next,
    Back,
}

/// What comes of it.
#[derive(Debug, PartialEq)]
pub enum Step {
    Stays,
    /// Another screen is shown.
    Turned,
    /// It is filled in: these are the answers.
    Sent(Map<String, Value>),
}

/// Who shows the form: what the ids of its fields begin with, and where its messages go.
#[derive(Clone, Copy)]
pub struct Place {
    pub prefix: &'static str,
    pub msg: fn(Msg) -> crate::Msg,
}

impl PartialEq for Place {
    /// Each has a prefix of its own; functions cannot be compared.
    fn eq(&self, other: &Self) -> bool {
        self.prefix == other.prefix
    }
}

impl Filling {
    /// Begins with this screen, or the first one, and with what was sent along. Nothing where there is nothing to show.
    pub fn new(form: NativeForm, screen: Option<&str>, sent: Option<&Value>) -> Option<Self> {
        let first = screen.and_then(|id| form.screens.iter().position(|screen| screen.id == id));
        let at = first.unwrap_or_default();
        let begins = form.screens.get(at)?;
        let mut data = object(&begins.data);
        data.extend(sent.map(object).unwrap_or_default());
        let data = BTreeMap::from([(begins.id.clone(), data)]);
        Some(Self { form, way: vec![at], answers: BTreeMap::new(), data, wrong: BTreeMap::new() })
    }

    fn screen(&self) -> Option<&FormScreen> {
        self.form.screens.get(*self.way.last()?)
    }

    pub fn update(&mut self, msg: Msg) -> Step {
        let Some(screen) = self.screen().cloned() else { return Step::Stays };
        match msg {
            Msg::Answer(name, text) => {
                self.wrong.remove(&name);
                self.answers.entry(screen.id).or_default().insert(name, Value::String(text));
                Step::Stays
            }
            Msg::Toggle(name, choice) => {
                self.wrong.remove(&name);
                let consent = choice.is_empty();
                let answers = self.answers.entry(screen.id).or_default();
                let answer = answers
                    .entry(name)
                    .or_insert_with(|| if consent { false.into() } else { Value::Array(vec![]) });
                match answer {
                    Value::Bool(is_given) => *is_given = !*is_given,
                    Value::Array(chosen) => {
                        let before = chosen.len();
                        chosen.retain(|one| one.as_str() != Some(&choice));
                        if chosen.len() == before {
                            chosen.push(choice.into());
                        }
                    }
                    _ => {}
                }
                Step::Stays
            }
            Msg::Back => {
                if self.way.len() < 2 {
                    return Step::Stays;
                }
                self.way.pop();
                self.wrong.clear();
                Step::Turned
            }
            Msg::Next => self.next(&screen),
        }
    }

    fn next(&mut self, screen: &FormScreen) -> Step {
        let foot = self.foot(screen);
        if foot.action == FormAction::DataExchange {
            return Step::Stays;
        }
        let asked = screen.parts.iter().filter(|part| part.kind.is_asked() && self.is_shown(screen, part));
        let wrong = asked.filter_map(|part| Some((part.name.clone(), self.fault(screen, part)?)));
        self.wrong = wrong.collect();
        if !self.wrong.is_empty() {
            return Step::Stays;
        }
        let payload = object(&foot.payload);
        let told = payload.iter().filter_map(|(name, value)| Some((name.clone(), self.told(screen, value)?)));
        let told: Map<String, Value> = told.collect();
        match foot.action {
            FormAction::Complete => Step::Sent(told),
            FormAction::DataExchange => Step::Stays,
            FormAction::Navigate => {
                let to = foot.next.as_deref();
                let Some(at) = self.form.screens.iter().position(|one| Some(one.id.as_str()) == to) else {
                    return Step::Stays;
                };
                let next = &self.form.screens[at];
                let mut data = object(&next.data);
                data.extend(told);
                self.data.insert(next.id.clone(), data);
                self.way.push(at);
                Step::Turned
            }
        }
    }

    /// What is wrong with an answer: the key of its words.
    fn fault(&self, screen: &FormScreen, part: &FormPart) -> Option<&'static str> {
        let answer = self.answer(screen, &part.name);
        let (is_empty, size) = match answer {
            None => (true, 0),
            Some(Value::Bool(given)) => (!given, 1),
            Some(Value::Array(chosen)) => (chosen.is_empty(), chosen.len()),
            Some(other) => {
                let text = other.as_str().unwrap_or_default().trim();
                (text.is_empty(), text.chars().count())
            }
        };
        if is_empty {
            return part.required.then_some("native-form-required");
        }
        let counts =
            matches!(part.kind, FormPartKind::Text | FormPartKind::LongText | FormPartKind::Checkbox);
        let fits = |bound: Option<u32>, fits: fn(usize, usize) -> bool| {
            bound.and_then(|bound| usize::try_from(bound).ok()).is_none_or(|bound| fits(size, bound))
        };
        if counts
            && !(fits(part.least, |size, least| size >= least) && fits(part.most, |size, most| size <= most))
        {
            let chosen = part.kind == FormPartKind::Checkbox;
            return Some(if chosen { "native-form-count" } else { "native-form-length" });
        }
        let text = answer.and_then(Value::as_str).unwrap_or_default().trim();
        let good = match (part.kind, part.input.as_deref()) {
            (FormPartKind::Text, Some("number")) => text.parse::<f64>().is_ok(),
            (FormPartKind::Text, Some("email")) => {
                text.split_once('@').is_some_and(|(who, at)| !who.is_empty() && at.contains('.'))
            }
            (FormPartKind::Text, Some("phone")) => text.chars().filter(char::is_ascii_digit).count() >= 5,
            // Days as they are written here sort as they follow one another.
            (FormPartKind::Date, _) => {
                part.from.as_deref().is_none_or(|from| text >= from)
                    && part.to.as_deref().is_none_or(|to| text <= to)
            }
            _ => true,
        };
        (!good).then_some("native-form-wrong")
    }

    fn answer(&self, screen: &FormScreen, name: &str) -> Option<&Value> {
        self.answers.get(&screen.id)?.get(name)
    }

    /// A value that is handed on, with what it stands for; none for what was not answered.
    fn told(&self, screen: &FormScreen, value: &Value) -> Option<Value> {
        match value {
            Value::String(text) => match within(text, "") {
                Some(place) => self.found(screen, place),
                None => Some(value.clone()),
            },
            Value::Array(items) => Some(items.iter().filter_map(|item| self.told(screen, item)).collect()),
            Value::Object(members) => {
                let members = members.iter();
                let told =
                    members.filter_map(|(name, value)| Some((name.clone(), self.told(screen, value)?)));
                Some(Value::Object(told.collect()))
            }
            other => Some(other.clone()),
        }
    }

    /// `form.name`, `data.name`, or `screen.ID.` and one of the two.
    fn found(&self, screen: &FormScreen, place: &str) -> Option<Value> {
        let (id, place) = match place.strip_prefix("screen.") {
            Some(rest) => rest.split_once('.')?,
            None => (screen.id.as_str(), place),
        };
        let (of, name) = place.split_once('.')?;
        let from = if of == "form" { &self.answers } else { &self.data };
        from.get(id)?.get(name).cloned()
    }

    /// Whether it stands on the screen, as the answers are now.
    fn is_shown(&self, screen: &FormScreen, part: &FormPart) -> bool {
        part.when.as_deref().is_none_or(|when| self.holds(screen, when))
    }

    fn holds(&self, screen: &FormScreen, when: &str) -> bool {
        condition::holds(when, &|place| self.found(screen, place))
    }

    /// What leads on, as the answers are now.
    fn foot(&self, screen: &FormScreen) -> FormFoot {
        let other = screen.feet.iter().find(|foot| self.holds(screen, &foot.when));
        other.cloned().unwrap_or_else(|| FormFoot {
            when: String::new(),
            button: screen.button.clone(),
            action: screen.action,
            next: screen.next.clone(),
            payload: screen.payload.clone(),
        })
    }

    /// Words on the screen, which may come with its data.
    fn words(&self, screen: &FormScreen, text: &str) -> String {
        match within(text, "").and_then(|place| self.found(screen, place)) {
            Some(Value::String(found)) => found,
            Some(other) => other.to_string(),
            None => text.to_owned(),
        }
    }

    fn options(&self, screen: &FormScreen, part: &FormPart) -> Vec<FormOption> {
        let Some(name) = &part.options_from else { return part.options.clone() };
        let data = self.data.get(&screen.id).and_then(|data| data.get(name));
        data.and_then(Value::as_array).into_iter().flatten().map(option).collect()
    }
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn form() -> NativeForm {
        let json = json!({ "screens": [
            { "id": "VISIT", "title": "Visit", "layout": { "children": [
                { "type": "TextHeading", "text": "${data.hello}" },
                { "type": "Dropdown", "name": "service", "label": "What", "required": true, "data-source": "${data.services}" },
                { "type": "DatePicker", "name": "day", "label": "Day", "required": true, "min-date": "2026-12-01" },
                { "type": "Footer", "label": "On", "on-click-action": { "name": "navigate",
                  "next": { "name": "YOU" }, "payload": { "service": "${form.service}", "fixed": 1 } } },
            ] } },
            { "id": "YOU", "title": "You", "terminal": true, "layout": { "children": [
                { "type": "TextInput", "name": "mail", "label": "E-mail", "input-type": "email" },
                { "type": "TextInput", "name": "name", "label": "Name", "required": true, "min-chars": 2 },
                { "type": "CheckboxGroup", "name": "remind", "label": "Remind", "max-selected-items": 1,
                  "data-source": [{ "id": "d", "title": "Day" }, { "id": "h", "title": "Hour" }] },
                { "type": "OptIn", "name": "agrees", "label": "I agree", "required": true },
                { "type": "Footer", "label": "Send", "on-click-action": { "name": "complete", "payload": {
                  "service": "${data.service}", "day": "${screen.VISIT.form.day}", "who": { "name": "${form.name}", "mail": "${form.mail}" },
                  "remind": "${form.remind}", "agrees": "${form.agrees}" } } },
            ] } },
        ] });
        let (screens, fields) = beseda_wire::forms::read(&json);
        NativeForm { id: "1".to_owned(), name: "Visit".to_owned(), published: true, fields, screens }
    }

    fn answers(filling: &mut Filling, name: &str, text: &str) {
        filling.update(Msg::Answer(name.to_owned(), text.to_owned()));
    }

    fn toggles(filling: &mut Filling, name: &str, choice: &str) {
        filling.update(Msg::Toggle(name.to_owned(), choice.to_owned()));
    }

    #[test]
    fn a_form_is_filled_in_from_screen_to_screen() {
        let data = json!({ "hello": "Good day", "services": [{ "id": "cut", "title": "A cut" }] });
        let mut filling = Filling::new(form(), None, Some(&data)).unwrap();
        let screen = filling.screen().unwrap().clone();
        assert_eq!(filling.words(&screen, "${data.hello}"), "Good day");
        assert_eq!(filling.options(&screen, &screen.parts[1])[0].title, "A cut");
        // What is needed is asked for, and what does not fit is told.
        assert_eq!(filling.update(Msg::Next), Step::Stays);
        assert_eq!(filling.wrong.len(), 2);
        answers(&mut filling, "service", "cut");
        answers(&mut filling, "day", "2026-11-30");
        assert_eq!(filling.update(Msg::Next), Step::Stays);
        assert_eq!(filling.wrong, BTreeMap::from([("day".to_owned(), "native-form-wrong")]));
        answers(&mut filling, "day", "2026-12-01");
        assert_eq!(filling.update(Msg::Next), Step::Turned);

        for (name, text, fault) in [("name", "A", "native-form-length"), ("mail", "a@b", "native-form-wrong")]
        {
            answers(&mut filling, name, text);
            filling.update(Msg::Next);
            assert_eq!(filling.wrong.get(name), Some(&fault));
        }
        answers(&mut filling, "name", "Anna");
        answers(&mut filling, "mail", "");
        toggles(&mut filling, "agrees", "");
        toggles(&mut filling, "remind", "d");
        toggles(&mut filling, "remind", "h");
        assert_eq!(filling.update(Msg::Next), Step::Stays);
        assert_eq!(filling.wrong, BTreeMap::from([("remind".to_owned(), "native-form-count")]));
        toggles(&mut filling, "remind", "d");
        // Back and forth: what was answered stays.
        assert_eq!((filling.update(Msg::Back), filling.update(Msg::Back)), (Step::Turned, Step::Stays));
        assert_eq!(filling.update(Msg::Next), Step::Turned);
        filling.view(Place { prefix: "test", msg: |_| crate::Msg::Idle });
        let Step::Sent(sent) = filling.update(Msg::Next) else { panic!("not sent: {:?}", filling.wrong) };
        assert_eq!(
            Value::Object(sent),
            json!({ "service": "cut", "day": "2026-12-01", "who": { "name": "Anna", "mail": "" }, "remind": ["h"], "agrees": true })
        );
    }

    #[test]
    fn it_begins_where_it_was_sent_to_and_stops_where_nobody_knows_more() {
        let filling = Filling::new(form(), Some("YOU"), None).unwrap();
        assert_eq!(filling.screen().unwrap().title, "You");
        let mut asks = form();
        asks.screens[0].action = FormAction::DataExchange;
        asks.screens[0].parts.clear();
        let mut filling = Filling::new(asks.clone(), Some("GONE"), None).unwrap();
        assert_eq!(filling.update(Msg::Next), Step::Stays);
        assert!(shown(&filling).contains("Fill this form in on a real phone"), "{}", shown(&filling));
        assert!(!shown(&Filling::new(form(), None, None).unwrap()).contains("real phone"));
        asks.screens.clear();
        assert_eq!(Filling::new(asks, None, None), None);
    }

    fn shown(filling: &Filling) -> String {
        let nodes = filling.view(Place { prefix: "test", msg: |_| crate::Msg::Idle });
        nodes.iter().map(crate::Node::render_to_string).collect()
    }

    /// A screen whose components depend on what was answered.
    fn pets() -> NativeForm {
        let foot = |label: &str, payload: Value| json!({ "type": "Footer", "label": label, "on-click-action": { "name": "complete", "payload": payload } });
        let json = json!({ "screens": [{ "id": "PET", "data": {
            "photo": { "type": "string", "__example__": "/9j/4AAQ" } }, "layout": { "children": [
            { "type": "Image", "src": "iVBORw0KGgo=", "alt-text": "Our logo", "height": 90 },
            { "type": "Image", "src": "${data.photo}" },
            { "type": "Image", "src": "<svg onload=x>", "alt-text": "A drawing" },
            { "type": "Dropdown", "name": "pet", "label": "Pet", "data-source": [{ "id": "cat", "title": "Cat" }] },
            { "type": "Switch", "value": "${form.pet}", "cases": {
                "cat": [{ "type": "TextInput", "name": "purrs", "label": "Purrs how", "required": true }],
                "default": [{ "type": "TextBody", "text": "Choose one" }] } },
            { "type": "If", "condition": "${form.pet} == 'cat'",
              "then": [foot("Feed", json!({ "pet": "${form.pet}", "purrs": "${form.purrs}" }))],
              "else": [foot("Leave", json!({ "pet": "none" }))] },
        ] } }] });
        let (screens, fields) = beseda_wire::forms::read(&json);
        NativeForm { id: "2".to_owned(), name: "Pets".to_owned(), published: true, fields, screens }
    }

    #[test]
    fn what_is_shown_depends_on_the_answers() {
        let mut filling = Filling::new(pets(), None, None).unwrap();
        let screen = shown(&filling);
        assert!(screen.contains("Choose one") && screen.contains("Leave"), "{screen}");
        assert!(!screen.contains("Purrs how") && !screen.contains("Feed"), "{screen}");
        answers(&mut filling, "pet", "cat");
        let screen = shown(&filling);
        assert!(screen.contains("Purrs how") && screen.contains("Feed"), "{screen}");
        assert!(!screen.contains("Choose one") && !screen.contains("Leave"), "{screen}");
        // What is shown is asked for; what is not shown is not.
        assert_eq!(filling.update(Msg::Next), Step::Stays);
        assert_eq!(filling.wrong, BTreeMap::from([("purrs".to_owned(), "native-form-required")]));
        answers(&mut filling, "purrs", "loudly");
        let Step::Sent(sent) = filling.update(Msg::Next) else { panic!("{:?}", filling.wrong) };
        assert_eq!(Value::Object(sent), json!({ "pet": "cat", "purrs": "loudly" }));
        answers(&mut filling, "pet", "");
        let Step::Sent(sent) = filling.update(Msg::Next) else { panic!("{:?}", filling.wrong) };
        assert_eq!(Value::Object(sent), json!({ "pet": "none" }));
    }

    #[test]
    fn pictures_are_drawn_and_nothing_else_is() {
        let screen = shown(&Filling::new(pets(), None, None).unwrap());
        assert!(screen.contains("src=\"data:image/png;base64,iVBORw0KGgo=\""), "{screen}");
        assert!(screen.contains("alt=\"Our logo\""), "{screen}");
        assert!(
            screen.contains("src=\"data:image/jpeg;base64,/9j/4AAQ\""),
            "it comes with the data: {screen}"
        );
        // What is no picture that a phone shows is told by its words.
        assert!(!screen.contains("onload") && screen.contains("A drawing"), "{screen}");
    }
}
