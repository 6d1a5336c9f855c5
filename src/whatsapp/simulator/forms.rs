//! Forms (Meta calls them Flows): what an account has, what Meta says against their JSON, and what may become of them.
//! Pure.

use serde_json::{Map, Value, json};

use super::checks::AskedForm;
use super::ids::Ids;
use super::refusal::Refusal;

/// A form of one account.
#[derive(Debug, Clone)]
pub struct Form {
    pub id: String,
    pub name: String,
    pub categories: Vec<String>,
    status: Status,
    pub endpoint: Option<String>,
    /// As it was uploaded.
    pub json: Option<String>,
    /// What Meta says against it.
    problems: Vec<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Draft,
    Published,
    Deprecated,
}

const CATEGORIES: [&str; 8] = [
    "SIGN_UP",
    "SIGN_IN",
    "APPOINTMENT_BOOKING",
    "LEAD_GENERATION",
    "CONTACT_US",
    "CUSTOMER_SUPPORT",
    "SURVEY",
    "OTHER",
];

/// The categories of a form, which may come as a list or as the text of one.
pub fn categories(given: &Value) -> Result<Vec<String>, Refusal> {
    let read: Option<Vec<String>> = match given {
        Value::String(text) => serde_json::from_str(text).ok(),
        list => serde_json::from_value(list.clone()).ok(),
    };
    let found = read.filter(|list| !list.is_empty()).ok_or_else(|| Refusal::missing("categories"))?;
    match found.iter().find(|name| !CATEGORIES.contains(&name.as_str())) {
        Some(other) => Err(Refusal::one_of("categories[0]", &CATEGORIES.join(", "), other)),
        None => Ok(found),
    }
}

impl Form {
    pub fn new(id: String, name: String, categories: Vec<String>) -> Self {
        let (endpoint, json) = (None, None);
        Self { id, name, categories, status: Status::Draft, endpoint, json, problems: Vec::new() }
    }

    fn is_draft(&self) -> bool {
        self.status == Status::Draft
    }

    pub fn is_published(&self) -> bool {
        self.status == Status::Published
    }

    /// The form as `flows` lists it.
    pub fn node(&self, waba_id: &str) -> Map<String, Value> {
        let json: Value =
            self.json.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
        let node = json!({
            "id": self.id,
            "name": self.name,
            "status": match self.status {
                Status::Draft => "DRAFT",
                Status::Published => "PUBLISHED",
                Status::Deprecated => "DEPRECATED",
            },
            "categories": self.categories,
            "validation_errors": self.problems,
            "json_version": json["version"],
            "data_api_version": json["data_api_version"],
            "endpoint_uri": self.endpoint,
            "whatsapp_business_account": { "id": waba_id },
        });
        match node {
            Value::Object(node) => node,
            _ => Map::new(),
        }
    }

    /// Keeps the JSON whatever is said against it, as Meta does; gives what is.
    pub fn set_json(&mut self, json: &[u8]) -> Vec<Value> {
        self.problems = match serde_json::from_slice(json) {
            Ok(read) => problems(&read),
            Err(error) => vec![problem("INVALID_JSON", error.to_string(), "")],
        };
        self.json = Some(String::from_utf8_lossy(json).into_owned());
        self.problems.clone()
    }

    pub fn publish(&mut self) -> Result<(), Refusal> {
        if self.status != Status::Draft {
            return Err(refused(
                139_002,
                "Publishing Flow in invalid state",
                "You can only publish a DRAFT Flow.",
            ));
        }
        if self.json.is_none() || !self.problems.is_empty() {
            let why = "You attempted to publish a Flow with errors. Please fix the errors and try again.";
            return Err(refused(139_002, "Publishing failed", why));
        }
        self.status = Status::Published;
        Ok(())
    }

    pub fn deprecate(&mut self) -> Result<(), Refusal> {
        if self.status != Status::Published {
            let why = "You can only deprecate a PUBLISHED Flow.";
            return Err(refused(139_004, "Deprecating Flow in invalid state", why));
        }
        self.status = Status::Deprecated;
        Ok(())
    }

    pub fn may_be_deleted(&self) -> Result<(), Refusal> {
        match self.status {
            Status::Draft => Ok(()),
            _ => Err(refused(139_003, "Deleting Flow in invalid state", "You can only delete a DRAFT Flow.")),
        }
    }

    pub fn may_be_changed(&self) -> Result<(), Refusal> {
        match self.status {
            Status::Draft => Ok(()),
            _ => Err(refused(139_001, "Updating attempt failed", "You can only update a DRAFT Flow.")),
        }
    }
}

/// Whether a message may open this form of an account: one that is published, or one that is not yet and is asked for as
/// that. The codes are those of FACTS §8; which of them Meta chooses is in no source that we have.
pub fn may_be_sent(forms: &[Form], asked: AskedForm<'_>) -> Result<(), Refusal> {
    let AskedForm { by, named, draft } = asked;
    let is_it = |form: &&Form| named == if by == "flow_id" { &form.id } else { &form.name };
    let path = format!("interactive['action']['parameters']['{by}']");
    let Some(form) = forms.iter().find(is_it) else {
        return Err(Refusal::with(131_009, format!("{path}: Flow {named} does not exist in this account.")));
    };
    if form.is_published() || (draft && form.is_draft()) {
        return Ok(());
    }
    let why = if form.is_draft() { "is not published: send it in mode draft" } else { "is deprecated" };
    Err(Refusal::with(131_009, format!("{path}: Flow {named} {why}.")))
}

fn refused(code: i64, title: &str, why: &str) -> Refusal {
    Refusal {
        code,
        message: format!("(#{code}) {title}"),
        user: Some(Box::new((title.to_owned(), why.to_owned()))),
        ..Refusal::parameter("")
    }
}

fn problem(error: &str, message: impl Into<String>, path: &str) -> Value {
    json!({
        "error": error,
        "error_type": if error == "INVALID_JSON" { "JSON_ERROR" } else { "FLOW_JSON_ERROR" },
        "message": message.into(),
        "pointers": [{ "path": path }],
    })
}

/// What Meta would say against the JSON of a form, in its words. Not all that Meta checks: what a form cannot be shown or
/// sent back without.
pub fn problems(form: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    if form["version"].as_str().is_none_or(str::is_empty) {
        found.push(problem("REQUIRED_PROPERTY", "The property \"version\" is required.", ""));
    }
    let none = Vec::new();
    let screens = form["screens"].as_array().unwrap_or(&none);
    if screens.is_empty() {
        found.push(problem(
            "MIN_ITEMS_REQUIRED",
            "The property \"screens\" needs at least one screen.",
            "screens",
        ));
    }
    let ids: Vec<&str> = screens.iter().map(|screen| word(screen, "id")).collect();
    for (n, screen) in screens.iter().enumerate() {
        let at = format!("screens[{n}]");
        let id = ids[n];
        let well_formed = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
        if !well_formed || id == "SUCCESS" || ids[..n].contains(&id) {
            let why =
                "A screen's id is made of letters and underscores, is its own alone, and is not SUCCESS.";
            found.push(problem("INVALID_SCREEN_ID", why, &format!("{at}.id")));
        }
        if word(&screen["layout"], "type") != "SingleColumnLayout" {
            let why = "The type of a layout is \"SingleColumnLayout\".";
            found.push(problem("INVALID_PROPERTY_VALUE", why, &format!("{at}.layout.type")));
        }
        let mut seen = Seen::default();
        components(&screen["layout"], &format!("{at}.layout"), &mut seen, &mut found);
        let [(footer, place)] = &seen.footers[..] else {
            let why = "A screen has exactly one Footer.";
            found.push(problem("MISSING_REQUIRED_TYPE_IN_COMPONENT", why, &at));
            continue;
        };
        let action = &footer["on-click-action"];
        match word(action, "name") {
            "complete" if screen["terminal"].as_bool() == Some(true) => {}
            "complete" => {
                let why = "Only a terminal screen completes the Flow.";
                found.push(problem("INVALID_ON_CLICK_ACTION", why, place));
            }
            "navigate" if ids.contains(&word(&action["next"], "name")) => {}
            "navigate" => {
                let why = format!("There is no screen \"{}\".", word(&action["next"], "name"));
                found.push(problem("INVALID_NAVIGATE_ACTION_NEXT_SCREEN_NAME", why, place));
            }
            "data_exchange" => {}
            _ => {
                let why = "An action is one of navigate, complete and data_exchange.";
                found.push(problem("INVALID_ON_CLICK_ACTION", why, place));
            }
        }
    }
    if !screens.is_empty() && screens.iter().all(|screen| screen["terminal"].as_bool() != Some(true)) {
        found.push(problem("MISSING_TERMINAL_SCREEN", "At least one screen must be terminal.", "screens"));
    }
    found
}

/// What was met on one screen.
#[derive(Default)]
struct Seen<'a> {
    names: Vec<&'a str>,
    footers: Vec<(&'a Value, String)>,
}

fn components<'a>(inside: &'a Value, at: &str, seen: &mut Seen<'a>, found: &mut Vec<Value>) {
    for (n, component) in inside["children"].as_array().into_iter().flatten().enumerate() {
        let at = format!("{at}.children[{n}]");
        let kind = word(component, "type");
        let (words, most) = match kind {
            "Form" => {
                components(component, &at, seen, found);
                continue;
            }
            "Footer" => {
                seen.footers.push((component, at.clone()));
                ("label", 35)
            }
            "TextHeading" | "TextSubheading" => ("text", 80),
            "TextBody" | "TextCaption" => ("text", 4_096),
            "TextInput" | "TextArea" | "Dropdown" => ("label", 20),
            "RadioButtonsGroup" | "CheckboxGroup" => ("label", 30),
            "DatePicker" => ("label", 40),
            "OptIn" => ("label", 120),
            "Image" | "EmbeddedLink" | "PhotoPicker" | "DocumentPicker" | "If" | "Switch"
            | "CalendarPicker" | "ChipsSelector" | "NavigationList" | "ImageCarousel" | "RichText" => {
                continue;
            }
            other => {
                let why = format!("There is no component \"{other}\".");
                found.push(problem("INVALID_ENUM_VALUE", why, &format!("{at}.type")));
                continue;
            }
        };
        let text = match &component[words] {
            Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
            text => text.as_str().unwrap_or_default().to_owned(),
        };
        if text.is_empty() || text.chars().count() > most && !text.contains("${") {
            let why = format!("\"{words}\" has from 1 to {most} characters.");
            found.push(problem("INVALID_PROPERTY_VALUE", why, &format!("{at}.{words}")));
        }
        if words == "text" || kind == "Footer" {
            continue;
        }
        let name = word(component, "name");
        if name.is_empty() || seen.names.contains(&name) {
            let why = "A component that is answered has a name of its own.";
            found.push(problem("INVALID_COMPONENT_NAME", why, &format!("{at}.name")));
        }
        seen.names.push(name);
        if matches!(kind, "Dropdown" | "RadioButtonsGroup" | "CheckboxGroup")
            && !offers(&component["data-source"])
        {
            let why = "\"data-source\" is a list of options with ids and titles, or data of the screen.";
            found.push(problem("INVALID_PROPERTY_VALUE", why, &format!("{at}.data-source")));
        }
    }
}

fn offers(source: &Value) -> bool {
    let option = |option: &Value| !word(option, "id").is_empty() && !word(option, "title").is_empty();
    match source {
        Value::String(text) => text.starts_with("${data."),
        Value::Array(options) => !options.is_empty() && options.iter().all(option),
        _ => false,
    }
}

fn word<'a>(json: &'a Value, name: &str) -> &'a str {
    json[name].as_str().unwrap_or_default()
}

/// The forms every account of the simulator begins with, in English and Russian. Their ids follow from the account's: a
/// bot that asks by one does so after the simulator has been started anew, too.
pub fn first(waba_id: &str) -> Vec<Form> {
    let seed = waba_id.bytes().fold(0_u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
    let ids = Ids::new(seed);
    let form = |name: &str, json: &str| {
        let mut form = Form::new(ids.object(), name.to_owned(), vec!["APPOINTMENT_BOOKING".to_owned()]);
        form.set_json(json.as_bytes());
        form.status = Status::Published;
        form
    };
    vec![
        form("Book a visit", include_str!("forms/visit.en.json")),
        form("Запись на приём", include_str!("forms/visit.ru.json")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Value {
        serde_json::from_str(include_str!("forms/visit.en.json")).unwrap()
    }

    #[test]
    fn the_first_forms_have_no_fault_and_ask_the_same() {
        let forms = first("1");
        let asked = |form: &Form| {
            let json: Value = serde_json::from_str(form.json.as_deref().unwrap()).unwrap();
            assert_eq!(form.problems, Vec::<Value>::new(), "{}", form.name);
            beseda_wire::forms::read(&json).1
        };
        let asked: Vec<_> = forms.iter().map(asked).collect();
        assert_eq!(asked[0], asked[1]);
        assert_eq!(asked[0], ["service", "day", "time", "name", "wishes", "remind", "agrees"]);
    }

    #[test]
    fn the_first_forms_of_an_account_have_the_same_ids_at_each_start() {
        let ids = |account| first(account).into_iter().map(|form| form.id).collect::<Vec<_>>();
        assert_eq!(ids("200000000000001"), ids("200000000000001"));
        assert_ne!(ids("200000000000001"), ids("200000000000002"));
        assert_ne!(ids("1")[0], ids("1")[1]);
    }

    #[test]
    fn what_cannot_be_shown_is_named_with_its_place() {
        let against = |change: fn(&mut Value)| {
            let mut form = good();
            change(&mut form);
            let first = problems(&form).into_iter().next().unwrap_or_default();
            (word(&first, "error").to_owned(), word(&first["pointers"][0], "path").to_owned())
        };
        let cases: [(fn(&mut Value), &str, &str); 9] = [
            (|form| form["version"] = json!(null), "REQUIRED_PROPERTY", ""),
            (|form| form["screens"] = json!([]), "MIN_ITEMS_REQUIRED", "screens"),
            (|form| form["screens"][0]["id"] = json!("A1"), "INVALID_SCREEN_ID", "screens[0].id"),
            (
                |form| form["screens"][0]["layout"]["type"] = json!("Grid"),
                "INVALID_PROPERTY_VALUE",
                "screens[0].layout.type",
            ),
            (
                |form| form["screens"][0]["layout"]["children"][0]["text"] = json!(""),
                "INVALID_PROPERTY_VALUE",
                "screens[0].layout.children[0].text",
            ),
            (
                |form| form["screens"][0]["layout"]["children"][0]["type"] = json!("Sound"),
                "INVALID_ENUM_VALUE",
                "screens[0].layout.children[0].type",
            ),
            (
                |form| form["screens"][0]["layout"]["children"][1]["children"][0]["data-source"] = json!([]),
                "INVALID_PROPERTY_VALUE",
                "screens[0].layout.children[1].children[0].data-source",
            ),
            (
                |form| form["screens"][0]["layout"]["children"] = json!([]),
                "MISSING_REQUIRED_TYPE_IN_COMPONENT",
                "screens[0]",
            ),
            (
                |form| form["screens"][1]["terminal"] = json!(false),
                "INVALID_ON_CLICK_ACTION",
                "screens[1].layout.children[0].children[4]",
            ),
        ];
        for (change, error, path) in cases {
            assert_eq!(against(change), (error.to_owned(), path.to_owned()));
        }
    }

    #[test]
    fn a_form_goes_from_draft_to_published_to_given_up() {
        let mut form = Form::new("1".to_owned(), "F".to_owned(), vec!["OTHER".to_owned()]);
        assert_eq!(form.publish().unwrap_err().code, 139_002, "without JSON");
        assert_eq!(form.set_json(b"{").len(), 1);
        assert_eq!(form.publish().unwrap_err().code, 139_002, "with faults");
        assert_eq!(form.deprecate().unwrap_err().code, 139_004);
        assert!(form.set_json(good().to_string().as_bytes()).is_empty());
        form.publish().unwrap();
        let codes = [form.may_be_changed().unwrap_err().code, form.may_be_deleted().unwrap_err().code];
        assert_eq!(codes, [139_001, 139_003]);
        form.deprecate().unwrap();
        assert_eq!(form.node("9")["status"], "DEPRECATED");
        assert!(categories(&json!("[\"SURVEY\"]")).is_ok() && categories(&json!(["X"])).is_err());
    }
}
