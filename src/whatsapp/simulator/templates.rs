//! Message templates: what a new account has, what may be created, and what a filled one says. Pure.

use jiff::SignedDuration;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::ids::Ids;
use super::refusal::Refusal;

/// A template of one account in one language.
#[derive(Debug, Clone)]
pub struct Template {
    pub id: String,
    pub name: String,
    pub language: String,
    /// `MARKETING`, `UTILITY` or `AUTHENTICATION`.
    pub category: String,
    pub named: bool,
    /// The components as they were created.
    pub components: Vec<Value>,
    /// Meta's word, once it is decided.
    pub status: String,
    /// A pending one is approved from then on.
    pub approved_at: Option<Timestamp>,
}

impl Template {
    /// Meta's word for the state at `now`.
    pub fn status(&self, now: Timestamp) -> &str {
        if self.status == "PENDING" && self.approved_at.is_some_and(|at| at <= now) {
            "APPROVED"
        } else {
            &self.status
        }
    }

    /// The template as `message_templates` lists it.
    pub fn node(&self, now: Timestamp) -> Map<String, Value> {
        let node = json!({
            "name": self.name,
            "parameter_format": if self.named { "NAMED" } else { "POSITIONAL" },
            "components": self.components,
            "language": self.language,
            "status": self.status(now),
            "category": self.category,
            "id": self.id,
            "quality_score": {"score": "UNKNOWN"},
            "rejected_reason": "NONE",
        });
        match node {
            Value::Object(node) => node,
            _ => Map::new(),
        }
    }

    pub fn component(&self, kind: &str) -> Option<&Value> {
        self.components.iter().find(|component| is(component, "type", kind))
    }

    /// The names of the variables in `text`, in their order of first appearance.
    pub fn variables(text: &str) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        let mut rest = text;
        while let Some((_, after)) = rest.split_once("{{") {
            let Some((name, after)) = after.split_once("}}") else { break };
            let name = name.trim();
            if !found.contains(&name) {
                found.push(name);
            }
            rest = after;
        }
        found
    }
}

/// Whether `value[key]` is `word`, in whatever case.
pub fn is(value: &Value, key: &str, word: &str) -> bool {
    value.get(key).and_then(Value::as_str).is_some_and(|text| text.eq_ignore_ascii_case(word))
}

/// The templates every account of the simulator begins with, in English and Russian.
pub fn first(ids: &Ids) -> Vec<Template> {
    let template = |name: &str, language: &str, category: &str, components: Value| Template {
        id: ids.object(),
        name: name.to_owned(),
        language: language.to_owned(),
        category: category.to_owned(),
        named: false,
        components: components.as_array().cloned().unwrap_or_default(),
        status: "APPROVED".to_owned(),
        approved_at: None,
    };
    vec![
        template(
            "hello_world",
            "en_US",
            "UTILITY",
            json!([
                {"type": "HEADER", "format": "TEXT", "text": "Hello World"},
                {"type": "BODY", "text": "Welcome and congratulations! This message shows that your number can send."},
                {"type": "FOOTER", "text": "The simulator"},
            ]),
        ),
        template(
            "appointment_reminder",
            "en_US",
            "UTILITY",
            json!([
                {"type": "BODY", "text": "Hello {{1}}, we are expecting you on {{2}} at {{3}}. Will you come?",
                 "example": {"body_text": [["Anna", "12 May", "15:00"]]}},
                {"type": "BUTTONS", "buttons": [
                    {"type": "QUICK_REPLY", "text": "I will come"},
                    {"type": "QUICK_REPLY", "text": "Another time"},
                ]},
            ]),
        ),
        template(
            "appointment_reminder",
            "ru",
            "UTILITY",
            json!([
                {"type": "BODY", "text": "Здравствуйте, {{1}}! Ждём вас {{2}} в {{3}}. Вы придёте?",
                 "example": {"body_text": [["Анна", "12 мая", "15:00"]]}},
                {"type": "BUTTONS", "buttons": [
                    {"type": "QUICK_REPLY", "text": "Приду"},
                    {"type": "QUICK_REPLY", "text": "Перенести"},
                ]},
            ]),
        ),
        template(
            "order_ready",
            "en_US",
            "UTILITY",
            json!([
                {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["https://example.com/order.jpg"]}},
                {"type": "BODY", "text": "Your order {{1}} is ready. You can pick it up today until {{2}}.",
                 "example": {"body_text": [["A-204", "21:00"]]}},
                {"type": "BUTTONS", "buttons": [
                    {"type": "URL", "text": "Track the order", "url": "https://example.com/orders/{{1}}",
                     "example": ["https://example.com/orders/204"]},
                ]},
            ]),
        ),
        template(
            "order_ready",
            "ru",
            "UTILITY",
            json!([
                {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["https://example.com/order.jpg"]}},
                {"type": "BODY", "text": "Ваш заказ {{1}} готов. Его можно забрать сегодня до {{2}}.",
                 "example": {"body_text": [["А-204", "21:00"]]}},
                {"type": "BUTTONS", "buttons": [
                    {"type": "URL", "text": "Где мой заказ", "url": "https://example.com/orders/{{1}}",
                     "example": ["https://example.com/orders/204"]},
                ]},
            ]),
        ),
        template(
            "spring_offer",
            "en_US",
            "MARKETING",
            json!([
                {"type": "HEADER", "format": "TEXT", "text": "Spring is here"},
                {"type": "BODY", "text": "Hi {{1}}! Until Sunday everything is 15% off with the code {{2}} in our shop.",
                 "example": {"body_text": [["Mark", "SPRING"]]}},
                {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Stop promotions"}]},
            ]),
        ),
        template(
            "spring_offer",
            "ru",
            "MARKETING",
            json!([
                {"type": "HEADER", "format": "TEXT", "text": "Весна пришла"},
                {"type": "BODY", "text": "Добрый день, {{1}}! До воскресенья на всё скидка 15% по коду {{2}}. Ждём вас!",
                 "example": {"body_text": [["Марк", "ВЕСНА"]]}},
                {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Отписаться"}]},
            ]),
        ),
    ]
}

/// A template that `body` asks to create, pending until `approve_after` from now; the rules are those of FACTS §4.
pub fn create(
    body: &Value,
    existing: &[Template],
    now: Timestamp,
    approve_after: SignedDuration,
    ids: &Ids,
) -> Result<Template, Refusal> {
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
    let (name, language, category) = (text("name"), text("language"), text("category"));
    for (key, value) in [("name", name), ("language", language), ("category", category)] {
        if value.is_empty() {
            return Err(Refusal::missing(key));
        }
    }
    let good = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_';
    if name.len() > 512 || !name.bytes().all(good) {
        return Err(Refusal::template(
            2_388_023,
            "Invalid template name",
            "A template name holds only lowercase letters, numbers and underscores.".to_owned(),
        ));
    }
    if !["MARKETING", "UTILITY", "AUTHENTICATION"].contains(&category) {
        return Err(Refusal::one_of("category", "MARKETING, UTILITY, AUTHENTICATION", category));
    }
    if existing.iter().any(|template| template.name == name && template.language == language) {
        return Err(Refusal::template(
            2_388_024,
            "Content in this language already exists",
            format!(
                "There is already content in {language} for {name}. Use another name or edit that template."
            ),
        ));
    }
    let named = is(body, "parameter_format", "NAMED");
    let components = body.get("components").and_then(Value::as_array).cloned().unwrap_or_default();
    components_are_good(&components)?;
    Ok(Template {
        id: ids.object(),
        name: name.to_owned(),
        language: language.to_owned(),
        category: category.to_owned(),
        named,
        components,
        status: "PENDING".to_owned(),
        approved_at: now.checked_add(approve_after).ok(),
    })
}

/// Checks components that were sent to be created or to replace others.
pub fn components_are_good(components: &[Value]) -> Result<(), Refusal> {
    let Some(body) = components.iter().find(|component| is(component, "type", "BODY")) else {
        return Err(Refusal::parameter("A template needs a component of type BODY."));
    };
    let lengths = [("HEADER", 60), ("BODY", 1024), ("FOOTER", 60)];
    for component in components {
        let text = component.get("text").and_then(Value::as_str).unwrap_or_default();
        if let Some((kind, most)) = lengths.iter().find(|(kind, _)| is(component, "type", kind))
            && text.chars().count() > *most
        {
            return Err(Refusal::template(
                2_388_040,
                "Character limit exceeded",
                format!("The field {kind} has more than {most} characters."),
            ));
        }
    }
    let text = body.get("text").and_then(Value::as_str).unwrap_or_default().trim();
    if text.starts_with("{{") || text.ends_with("}}") {
        return Err(Refusal::template(
            2_388_299,
            "Variables at the start or end",
            "Variables can't be at the start or end of the template.".to_owned(),
        ));
    }
    if !Template::variables(text).is_empty() && body.get("example").is_none() {
        return Err(Refusal::template(
            2_388_043,
            "Example missing",
            "Every variable needs an example.".to_owned(),
        ));
    }
    let buttons = components.iter().filter(|component| is(component, "type", "BUTTONS"));
    for button in buttons.filter_map(|component| component.get("buttons")?.as_array()).flatten() {
        let label = button.get("text").and_then(Value::as_str).unwrap_or_default();
        if label.chars().count() > 25 {
            return Err(Refusal::template(
                2_388_040,
                "Character limit exceeded",
                "A button's text has more than 25 characters.".to_owned(),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn create_one(body: &Value) -> Result<Template, Refusal> {
        create(body, &first(&Ids::new(1)), NOW, SignedDuration::from_secs(3), &Ids::new(2))
    }

    #[test]
    fn variables_are_found_once_each_in_order() {
        for (text, expected) in [
            ("Hello {{1}}, see {{2}} and {{1}}", &["1", "2"][..]),
            ("{{ first_name }}!", &["first_name"]),
            ("no {{end", &[]),
            ("", &[]),
        ] {
            assert_eq!(Template::variables(text), expected, "{text}");
        }
    }

    #[test]
    fn what_every_account_begins_with_could_be_created() {
        for template in first(&Ids::new(1)) {
            assert_eq!(template.status(NOW), "APPROVED");
            components_are_good(&template.components).unwrap();
        }
    }

    #[test]
    fn a_new_template_waits_and_is_then_approved() {
        let body = json!({"name": "bye", "language": "en_US", "category": "UTILITY",
            "components": [{"type": "BODY", "text": "Good bye"}]});
        let template = create_one(&body).unwrap();
        assert_eq!(template.status(NOW), "PENDING");
        assert_eq!(template.status(NOW + SignedDuration::from_secs(3)), "APPROVED");
    }

    #[test]
    fn what_meta_refuses_is_refused() {
        let good = json!({"name": "bye", "language": "en_US", "category": "UTILITY",
            "components": [{"type": "BODY", "text": "Good bye"}]});
        let cases = [
            ("name", json!("Bye!"), Some(2_388_023)),
            ("name", json!(null), None),
            ("name", json!("hello_world"), Some(2_388_024)),
            ("category", json!("NEWS"), None),
            ("components", json!([]), None),
            ("components", json!([{"type": "BODY", "text": "{{1}} hello"}]), Some(2_388_299)),
            ("components", json!([{"type": "BODY", "text": "Dear {{1}}!"}]), Some(2_388_043)),
            ("components", json!([{"type": "BODY", "text": "a".repeat(1025)}]), Some(2_388_040)),
        ];
        for (key, value, subcode) in cases {
            let mut body = good.clone();
            body[key] = value.clone();
            let refusal = create_one(&body).expect_err(&format!("{key} = {value}"));
            assert_eq!((refusal.code, refusal.subcode), (100, subcode), "{key} = {value}");
        }
    }
}
