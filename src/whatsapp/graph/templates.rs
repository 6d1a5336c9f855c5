//! Templates: those of an account that may be sent, as Meta lists them.

use beseda_wire::messages::TemplateCategory;
use beseda_wire::whatsapp::{
    MessageTemplate, TemplateButton, TemplateButtonKind, TemplateHeader, TemplateHeaderKind, TemplatePlace,
};
use reqwest::Method;
use serde_json::Value;

use super::answer::{CallError, exchange};
use super::{Credentials, Graph};
use crate::whatsapp::lax::Lax;

const FIELDS: &str = "id,name,language,status,category,parameter_format,components";
/// Templates of one page.
const PAGE: &str = "100";
/// Pages at most: a verified account has up to 6,000 templates (FACTS §4).
const PAGES: usize = 60;

impl Graph {
    /// The approved templates of an account, in Meta's order.
    pub async fn templates(
        &self,
        credentials: &Credentials,
        waba_id: &str,
    ) -> Result<Vec<MessageTemplate>, CallError> {
        let mut found = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..PAGES {
            let request = self.call(Method::GET, credentials, &[waba_id, "message_templates"])?.query(&[
                ("fields", FIELDS),
                ("status", "APPROVED"),
                ("limit", PAGE),
            ]);
            let request = match &after {
                Some(after) => request.query(&[("after", after)]),
                None => request,
            };
            let (answer, _) = exchange(request).await?;
            // Said once more by each: a filter that is not understood must not offer what cannot be sent.
            let approved = answer.items("data").iter().filter(|one| one.text("status") == Some("APPROVED"));
            found.extend(approved.filter_map(template));
            let paging = answer.member("paging");
            // The address of the next page holds the token; its cursor is all that is needed.
            after = paging.text("next").and(paging.member("cursors").word("after"));
            if after.is_none() {
                break;
            }
        }
        Ok(found)
    }
}

/// A template as Meta tells of it; `None` for one without a name.
fn template(told: &Value) -> Option<MessageTemplate> {
    let named = is(told, "parameter_format", "NAMED");
    let component = |kind: &str| told.items("components").iter().find(|one| is(one, "type", kind));
    let (header, body) = (component("HEADER"), component("BODY"));
    let words = body.and_then(|body| body.word("text")).unwrap_or_default();
    let examples = examples(body, "body_text", named);
    let buttons = component("BUTTONS").map(|buttons| buttons.items("buttons")).unwrap_or_default();
    Some(MessageTemplate {
        id: told.word("id").unwrap_or_default(),
        name: told.word("name")?,
        language: told.word("language")?,
        category: match told.text("category").unwrap_or_default() {
            "MARKETING" => Some(TemplateCategory::Marketing),
            "UTILITY" => Some(TemplateCategory::Utility),
            "AUTHENTICATION" => Some(TemplateCategory::Authentication),
            _ => None,
        },
        header: header.map(|header| self::header(header, named)),
        places: places(&words, &examples),
        body: words,
        named,
        footer: component("FOOTER").and_then(|footer| footer.word("text")),
        buttons: buttons.iter().map(button).collect(),
    })
}

fn header(told: &Value, named: bool) -> TemplateHeader {
    let kind = match told.text("format").unwrap_or("TEXT") {
        "TEXT" => TemplateHeaderKind::Text,
        "IMAGE" => TemplateHeaderKind::Image,
        "VIDEO" => TemplateHeaderKind::Video,
        "DOCUMENT" => TemplateHeaderKind::Document,
        "LOCATION" => TemplateHeaderKind::Location,
        _ => TemplateHeaderKind::Other,
    };
    let text = told.word("text").filter(|_| kind == TemplateHeaderKind::Text);
    let places = places(text.as_deref().unwrap_or_default(), &examples(Some(told), "header_text", named));
    TemplateHeader { kind, text, place: places.into_iter().next() }
}

fn button(told: &Value) -> TemplateButton {
    let kind = match told.text("type").unwrap_or_default() {
        "QUICK_REPLY" => TemplateButtonKind::QuickReply,
        "URL" => TemplateButtonKind::Url,
        "PHONE_NUMBER" => TemplateButtonKind::PhoneNumber,
        "COPY_CODE" => TemplateButtonKind::CopyCode,
        "FLOW" => TemplateButtonKind::Flow,
        _ => TemplateButtonKind::Other,
    };
    let url = told.word("url");
    let fillable = match kind {
        TemplateButtonKind::Url => url.as_ref().is_some_and(|url| url.contains("{{")),
        TemplateButtonKind::CopyCode => true,
        _ => false,
    };
    TemplateButton { kind, title: told.word("text").unwrap_or_default(), url, fillable }
}

/// What a component was approved with: by name, or in the order of the places.
fn examples(component: Option<&Value>, key: &str, named: bool) -> Vec<(Option<String>, String)> {
    let Some(example) = component.map(|component| component.member("example")) else { return Vec::new() };
    if named {
        let all = example.items(&format!("{key}_named_params")).iter();
        return all.filter_map(|one| Some((one.word("param_name"), one.word("example")?))).collect();
    }
    // Of a body a list of lists, of a header a list.
    let all = example.items(key);
    let all = all.first().and_then(Value::as_array).map_or(all, Vec::as_slice);
    all.iter().filter_map(|one| Some((None, one.as_str()?.to_owned()))).collect()
}

/// The places in a text. Numbers come in their order, as they are filled; names as they stand.
fn places(text: &str, examples: &[(Option<String>, String)]) -> Vec<TemplatePlace> {
    let mut names: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else { break };
        if !names.contains(&name.trim()) {
            names.push(name.trim());
        }
        rest = after;
    }
    if let Ok(mut numbers) = names.iter().map(|name| name.parse::<u32>()).collect::<Result<Vec<_>, _>>() {
        numbers.sort_unstable();
        let example = |at: usize| examples.get(at).map(|(_, example)| example.clone());
        let place =
            |(at, number): (usize, u32)| TemplatePlace { name: number.to_string(), example: example(at) };
        return numbers.into_iter().enumerate().map(place).collect();
    }
    let example = |name: &str| {
        let own = examples.iter().find(|(own, _)| own.as_deref() == Some(name));
        own.map(|(_, example)| example.clone())
    };
    names.into_iter().map(|name| TemplatePlace { name: name.to_owned(), example: example(name) }).collect()
}

fn is(value: &Value, key: &str, word: &str) -> bool {
    value.text(key).is_some_and(|text| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_template_says_what_has_to_be_filled() {
        let told = json!({"id": 7, "name": "ready", "language": "en_US", "status": "APPROVED", "category": "UTILITY",
            "parameter_format": "POSITIONAL", "components": [
                {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}", "example": {"header_text": ["A-1"]}},
                {"type": "BODY", "text": "At {{2}}, {{1}} and {{2}}", "example": {"body_text": [["one", "two"]]}},
                {"type": "FOOTER", "text": "Shop"},
                {"type": "BUTTONS", "buttons": [
                    {"type": "QUICK_REPLY", "text": "Fine"}, {"type": "URL", "text": "Go", "url": "https://a.b/{{1}}"},
                    {"type": "URL", "text": "Home", "url": "https://a.b"}, {"type": "COPY_CODE", "text": "Copy"},
                    {"type": "NEW_KIND"}]}]});
        let read = template(&told).unwrap();
        assert_eq!(read.id, "7");
        assert_eq!(read.category, Some(TemplateCategory::Utility));
        let header = read.header.unwrap();
        assert_eq!(header.place, Some(TemplatePlace { name: "1".into(), example: Some("A-1".into()) }));
        let places: Vec<_> =
            read.places.iter().map(|one| (one.name.as_str(), one.example.as_deref())).collect();
        assert_eq!(places, [("1", Some("one")), ("2", Some("two"))], "in the order in which they are filled");
        let buttons: Vec<_> = read.buttons.iter().map(|one| (one.kind, one.fillable)).collect();
        assert_eq!(
            buttons,
            [
                (TemplateButtonKind::QuickReply, false),
                (TemplateButtonKind::Url, true),
                (TemplateButtonKind::Url, false),
                (TemplateButtonKind::CopyCode, true),
                (TemplateButtonKind::Other, false),
            ]
        );
        assert_eq!(read.footer.as_deref(), Some("Shop"));
    }

    #[test]
    fn named_places_and_what_is_not_known() {
        let told = json!({"name": "hi", "language": "ru", "category": "NEW", "parameter_format": "named",
            "components": [{"type": "header", "format": "IMAGE"}, {"type": "body", "text": "{{ who }} at {{when}}, {{who}}",
                "example": {"body_text_named_params": [{"param_name": "when", "example": "9:00"}]}}]});
        let read = template(&told).unwrap();
        assert_eq!((read.category, read.named), (None, true));
        let places: Vec<_> =
            read.places.iter().map(|one| (one.name.as_str(), one.example.as_deref())).collect();
        assert_eq!(places, [("who", None), ("when", Some("9:00"))]);
        assert_eq!(read.header.unwrap().kind, TemplateHeaderKind::Image);
        assert_eq!(template(&json!({"language": "ru"})), None);
        assert_eq!(template(&json!({"name": "a", "language": "ru"})).unwrap().places, []);
    }
}
