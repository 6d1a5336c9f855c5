//! The checks of template messages: the request by itself, and its parameters against the template. Pure.

use std::collections::HashMap;

use serde_json::Value;

use super::super::refusal::Refusal;
use super::super::templates::{Template, is};
use super::Kind;
use super::param::{Param, entry};

pub(super) fn check<'a>(part: Param<'a, '_>) -> Result<Kind<'a>, Refusal> {
    part.only(&["name", "language", "components", "namespace"])?;
    let name = part.required_text("name")?;
    let path = part.path.key("language");
    let language = Param { map: part.required_map("language")?, path: &path };
    let language = language.required_text("code")?;
    let components = part.list("components")?.unwrap_or_default();
    let path = part.path.key("components");
    for (at, component) in components.iter().enumerate() {
        let path = path.at(at);
        let component = entry(component, &path)?;
        let kind = component.required_text("type")?;
        if !["header", "body", "button", "carousel", "limited_time_offer", "order_status"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(kind))
        {
            let allowed = "BODY, BUTTON, CAROUSEL, HEADER, LIMITED_TIME_OFFER, ORDER_STATUS";
            return Err(Refusal::one_of(&path.key("type").to_string(), allowed, kind));
        }
        let list = path.key("parameters");
        for (at, parameter) in component.list("parameters")?.unwrap_or_default().iter().enumerate() {
            let path = list.at(at);
            parameter_shape(entry(parameter, &path)?)?;
        }
    }
    Ok(Kind::Template { name, language, components })
}

/// A parameter has the member that its type names.
fn parameter_shape(parameter: Param<'_, '_>) -> Result<(), Refusal> {
    let kind = parameter.required_text("type")?;
    let path = parameter.path.key(kind);
    match kind.to_lowercase().as_str() {
        "text" => parameter.required_text("text").map(drop)?,
        "payload" => parameter.required_text("payload").map(drop)?,
        "coupon_code" => parameter.required_text("coupon_code").map(drop)?,
        "image" | "video" | "document" => {
            super::media(Param { map: parameter.required_map(kind)?, path: &path }, "document")?;
        }
        "currency" => {
            let currency = Param { map: parameter.required_map(kind)?, path: &path };
            currency.required_text("fallback_value")?;
            currency.required_text("code")?;
            currency.required_number("amount_1000", f64::MIN, f64::MAX)?;
        }
        "date_time" => {
            Param { map: parameter.required_map(kind)?, path: &path }.required_text("fallback_value")?;
        }
        "location" | "action" => parameter.required_map(kind).map(drop)?,
        _ => {}
    }
    Ok(())
}

/// Checks the parameters of a send against its template and gives the text a person reads, header and footer
/// included.
pub fn fill(template: &Template, components: &[Value]) -> Result<String, Refusal> {
    let mut lines = Vec::new();
    if let Some(header) = template.component("HEADER") {
        let given = parameters(components, "header");
        match header.get("format").and_then(Value::as_str).unwrap_or("TEXT") {
            "TEXT" => lines.push(text("header", header, given, template.named)?),
            format => {
                let found =
                    given.first().and_then(|parameter| parameter.get("type")?.as_str()).unwrap_or("UNKNOWN");
                if !found.eq_ignore_ascii_case(format) {
                    return Err(Refusal::with(
                        132_012,
                        format!(
                            "header: Format mismatch, expected {format}, received {}",
                            found.to_uppercase()
                        ),
                    ));
                }
            }
        }
    } else if !parameters(components, "header").is_empty() {
        return Err(counts("header", parameters(components, "header").len(), 0));
    }
    if let Some(body) = template.component("BODY") {
        let filled = text("body", body, parameters(components, "body"), template.named)?;
        if filled.chars().count() > 1024 {
            return Err(Refusal::with(132_005, "body: Hydrated text must be at most 1024 characters long."));
        }
        lines.push(filled);
    }
    if let Some(footer) = template.component("FOOTER").and_then(|footer| footer.get("text")?.as_str()) {
        lines.push(footer.to_owned());
    }
    buttons(template, components)?;
    Ok(lines.join("\n"))
}

/// The uploaded file of the header: its kind and its id.
pub fn header_file(components: &[Value]) -> Option<(&'static str, &str)> {
    let parameter = parameters(components, "header").first()?;
    let kind = ["image", "video", "document"].into_iter().find(|kind| is(parameter, "type", kind))?;
    Some((kind, parameter.get(kind)?.get("id")?.as_str()?))
}

fn parameters<'a>(components: &'a [Value], kind: &str) -> &'a [Value] {
    components
        .iter()
        .find(|component| is(component, "type", kind))
        .and_then(|component| component.get("parameters")?.as_array())
        .map_or(&[], Vec::as_slice)
}

fn counts(what: &str, got: usize, expected: usize) -> Refusal {
    Refusal::with(
        132_000,
        format!(
            "{what}: number of localizable_params ({got}) does not match the expected number of params ({expected})"
        ),
    )
}

/// The text of `component` with its variables filled in.
fn text(what: &str, component: &Value, given: &[Value], named: bool) -> Result<String, Refusal> {
    let text = component.get("text").and_then(Value::as_str).unwrap_or_default();
    let variables = Template::variables(text);
    if given.len() != variables.len() {
        return Err(counts(what, given.len(), variables.len()));
    }
    let mut values = HashMap::with_capacity(given.len());
    for (at, (parameter, variable)) in given.iter().zip(&variables).enumerate() {
        let name = if named {
            let name = parameter.get("parameter_name").and_then(Value::as_str).unwrap_or_default();
            if !variables.contains(&name) {
                return Err(Refusal::with(
                    132_000,
                    format!("{what}: Parameter name is missing or unknown: {name}"),
                ));
            }
            name
        } else {
            variable
        };
        values.insert(name, value(what, at, parameter)?);
    }
    if values.len() != variables.len() {
        return Err(counts(what, values.len(), variables.len()));
    }
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else { break };
        filled.push_str(before);
        filled.push_str(values.get(name.trim()).copied().unwrap_or_default());
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// What one parameter says: its text, or the fallback of a currency or a date.
fn value<'a>(what: &str, at: usize, parameter: &'a Value) -> Result<&'a str, Refusal> {
    let found = if is(parameter, "type", "text") {
        parameter.get("text")
    } else if is(parameter, "type", "currency") {
        parameter.get("currency").and_then(|currency| currency.get("fallback_value"))
    } else if is(parameter, "type", "date_time") {
        parameter.get("date_time").and_then(|date| date.get("fallback_value"))
    } else {
        None
    };
    match found.and_then(Value::as_str) {
        Some(text) if !text.is_empty() => Ok(text),
        _ => Err(Refusal::with(
            131_008,
            format!("{what}: Parameter of type text is missing text value at index {at}"),
        )),
    }
}

/// Every button with a variable in its address needs its value, and none may be given for a button that is not
/// there.
fn buttons(template: &Template, components: &[Value]) -> Result<(), Refusal> {
    let buttons = template
        .component("BUTTONS")
        .and_then(|component| component.get("buttons")?.as_array())
        .map_or(&[][..], Vec::as_slice);
    let given: Vec<(usize, &Value)> = components
        .iter()
        .filter(|component| is(component, "type", "button"))
        .map(|component| (index(component), component))
        .collect();
    for (at, component) in &given {
        let Some(button) = buttons.get(*at) else {
            return Err(Refusal::with(
                132_012,
                format!("buttons: Button at index {at} is not in the template"),
            ));
        };
        let sub_type = component.get("sub_type").and_then(Value::as_str).unwrap_or_default();
        if !is(button, "type", sub_type) {
            let expected = button.get("type").and_then(Value::as_str).unwrap_or_default();
            return Err(Refusal::with(
                132_012,
                format!(
                    "buttons: Button at index {at} is of type {expected}, received {}",
                    sub_type.to_uppercase()
                ),
            ));
        }
    }
    for (at, button) in buttons.iter().enumerate() {
        let needs = button.get("url").and_then(Value::as_str).is_some_and(|url| url.contains("{{"));
        let has = given.iter().any(|(index, component)| {
            *index == at
                && component.get("parameters").and_then(Value::as_array).is_some_and(|list| !list.is_empty())
        });
        if needs && !has {
            return Err(Refusal::with(
                131_008,
                format!("buttons: Button at index {at} of type Url requires a parameter"),
            ));
        }
    }
    Ok(())
}

/// A button's place; Meta's examples write it as text or as a number.
fn index(component: &Value) -> usize {
    let index = component.get("index");
    let number = index.and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok());
    number.or_else(|| index?.as_str()?.parse().ok()).unwrap_or(0)
}
