//! The components of a template, which are Meta's own JSON: each parameter must have what its type names (FACTS §2,
//! Meta's examples of template messages).
//!
//! Whether the parameters are those of the template is known to Meta alone. Kinds that are not known here are let
//! through: Meta adds some every few months, and it says no by itself.

use serde_json::Value;

use super::Found;
use crate::whatsapp::lax::Lax;

pub(super) fn check(components: &Value, found: &mut Found) {
    let Some(components) = components.as_array() else {
        return found.add("/components", "malformed", "a list");
    };
    for (at, component) in components.iter().enumerate() {
        let at = format!("/components/{at}");
        let kind = component.text("type").unwrap_or_default().to_lowercase();
        if kind.is_empty() {
            found.add(format!("{at}/type"), "required", "`header`, `body` or `button`");
            continue;
        }
        let parameters = component.items("parameters");
        if kind == "button" {
            button(&at, component, parameters, found);
        }
        let mut named = 0;
        for (index, parameter) in parameters.iter().enumerate() {
            let at = format!("{at}/parameters/{index}");
            self::parameter(&at, &kind, parameter, found);
            named += usize::from(parameter.word("parameter_name").is_some());
        }
        if named != 0 && named != parameters.len() {
            found.add(format!("{at}/parameters"), "malformed", "a name for each parameter or for none");
        }
    }
}

/// Whether a component fills the header.
pub(super) fn is_header(component: &Value) -> bool {
    component.text("type").is_some_and(|kind| kind.eq_ignore_ascii_case("header"))
}

fn button(at: &str, component: &Value, parameters: &[Value], found: &mut Found) {
    let index = component.integer("index");
    if index.is_none_or(|index| !(0..10).contains(&index)) {
        found.add(format!("{at}/index"), "required", "the button's place, 0 to 9");
    }
    let sub_type = component.text("sub_type").unwrap_or_default().to_lowercase();
    let wanted = match sub_type.as_str() {
        "" => {
            return found.add(
                format!("{at}/sub_type"),
                "required",
                "`quick_reply`, `url`, `flow`, `copy_code`",
            );
        }
        "quick_reply" => "payload",
        "url" => "text",
        "flow" => "action",
        "copy_code" => "coupon_code",
        _ => return,
    };
    for (index, parameter) in parameters.iter().enumerate() {
        if !parameter.text("type").is_some_and(|kind| kind.eq_ignore_ascii_case(wanted)) {
            let allowed = format!("`{wanted}` for a button of type `{sub_type}`");
            found.add(format!("{at}/parameters/{index}/type"), "not_allowed", allowed);
        }
    }
}

fn parameter(at: &str, component: &str, parameter: &Value, found: &mut Found) {
    let kind = parameter.text("type").unwrap_or_default().to_lowercase();
    let value = parameter.member(&kind);
    let text = |found: &mut Found, most: usize| {
        found.text(&format!("{at}/{kind}"), value.as_str().unwrap_or_default(), most);
    };
    match kind.as_str() {
        "" => found.add(format!("{at}/type"), "required", "`text`, `image`, `payload`, …"),
        "text" => text(found, if component == "header" { 60 } else { 1024 }),
        "payload" => text(found, 256),
        // Meta: copy code at most 20 characters.
        "coupon_code" => text(found, 20),
        "currency" => {
            found.present(
                &format!("{at}/currency/fallback_value"),
                &value.word("fallback_value").unwrap_or_default(),
            );
            let code = value.text("code").unwrap_or_default();
            if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
                found.add(format!("{at}/currency/code"), "malformed", "three capital letters: `EUR`");
            }
            if value.integer("amount_1000").is_none() {
                found.add(format!("{at}/currency/amount_1000"), "required", "a thousand times the amount");
            }
        }
        "date_time" => {
            let fallback = value.word("fallback_value").unwrap_or_default();
            found.present(&format!("{at}/date_time/fallback_value"), &fallback);
        }
        "image" | "video" | "document" => match (value.word("id"), value.word("link")) {
            (Some(_), None) => {}
            (None, Some(link)) => found.address(&format!("{at}/{kind}/link"), &link),
            _ => found.add(format!("{at}/{kind}"), "required", "either `id` or `link` of a file"),
        },
        "location" => {
            found.degrees(
                &format!("{at}/location/latitude"),
                value.number("latitude").unwrap_or(f64::NAN),
                90.0,
            );
            found.degrees(
                &format!("{at}/location/longitude"),
                value.number("longitude").unwrap_or(f64::NAN),
                180.0,
            );
        }
        "action" if !value.is_object() => found.add(format!("{at}/action"), "required", "an object"),
        _ => {}
    }
}
