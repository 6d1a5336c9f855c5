//! The checks of interactive messages: buttons, lists, links, forms and the rest (FACTS §2). Pure.

use super::super::refusal::Refusal;
use super::param::{Param, entry, length};
use super::{AskedForm, Kind, media};

const TYPES: [&str; 8] = [
    "button",
    "catalog_message",
    "cta_url",
    "flow",
    "list",
    "location_request_message",
    "product",
    "product_list",
];

pub(super) fn check<'a>(part: Param<'a, '_>) -> Result<Kind<'a>, Refusal> {
    part.only(&["type", "header", "body", "footer", "action"])?;
    let kind = part.required_text("type")?;
    if !TYPES.contains(&kind) {
        return Err(Refusal::one_of("interactive['type']", &TYPES.join(", ").to_uppercase(), kind));
    }
    let media = header(part, kind)?;
    words(part, "body", if kind == "list" { 4096 } else { 1024 }, kind != "product")?;
    words(part, "footer", 60, false)?;
    let path = part.path.key("action");
    let action = Param { map: part.required_map("action")?, path: &path };
    let mut form = None;
    match kind {
        "button" => buttons(action)?,
        "list" => list(action)?,
        "cta_url" => cta_url(action)?,
        "flow" => form = Some(flow(action)?),
        "location_request_message" => {
            action.only(&["name"])?;
            named(action, "send_location")?;
        }
        "catalog_message" => named(action, "catalog_message")?,
        "product" => {
            action.required_text("catalog_id")?;
            action.required_text("product_retailer_id")?;
        }
        _ => products(action)?,
    }
    Ok(Kind::Interactive { kind, media, form })
}

/// The header: a text of at most 60 characters or, where the kind allows it, a file.
fn header<'a>(part: Param<'a, '_>, kind: &str) -> Result<Option<(&'static str, &'a str)>, Refusal> {
    let path = part.path.key("header");
    let Some(map) = part.map_of("header")? else {
        return if kind == "product_list" { Err(Refusal::missing(&path.to_string())) } else { Ok(None) };
    };
    let header = Param { map, path: &path };
    let files: &[&'static str] = match kind {
        "button" | "cta_url" | "flow" => &["document", "image", "video"],
        _ => &[],
    };
    match header.required_text("type")? {
        "text" => {
            header.only(&["type", "text", "sub_text"])?;
            length(header.required_text("text")?, 60, "Header text")?;
            Ok(None)
        }
        file => {
            let Some(file) = files.iter().find(|known| **known == file) else {
                let allowed = [&["text"], files].concat().join(", ").to_uppercase();
                return Err(Refusal::one_of(&path.key("type").to_string(), &allowed, file));
            };
            let file_path = path.key(file);
            let id = media(Param { map: header.required_map(file)?, path: &file_path }, "document")?;
            Ok(id.map(|id| (*file, id)))
        }
    }
}

/// `body` or `footer`: an object with `text`.
fn words(part: Param<'_, '_>, key: &'static str, most: usize, required: bool) -> Result<(), Refusal> {
    let path = part.path.key(key);
    let Some(map) = part.map_of(key)? else {
        return if required { Err(Refusal::missing(&path.to_string())) } else { Ok(()) };
    };
    let words = Param { map, path: &path };
    words.only(&["text"])?;
    let text = words.text("text")?.ok_or_else(|| Refusal::missing(&path.key("text").to_string()))?;
    length(text, most, if key == "body" { "Body text" } else { "Footer text" })
}

fn named(action: Param<'_, '_>, name: &str) -> Result<(), Refusal> {
    match action.required_text("name")? {
        got if got == name => Ok(()),
        got => Err(Refusal::one_of(&action.path.key("name").to_string(), &name.to_uppercase(), got)),
    }
}

fn buttons(action: Param<'_, '_>) -> Result<(), Refusal> {
    action.only(&["buttons"])?;
    let buttons = action.required_list("buttons")?;
    if !(1..=3).contains(&buttons.len()) {
        return Err(Refusal::with(
            131_009,
            "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3",
        ));
    }
    let path = action.path.key("buttons");
    let mut seen: Vec<(&str, &str)> = Vec::with_capacity(3);
    for (at, button) in buttons.iter().enumerate() {
        let path = path.at(at);
        let button = entry(button, &path)?;
        button.only(&["type", "reply"])?;
        match button.required_text("type")? {
            "reply" => {}
            other => return Err(Refusal::one_of(&path.key("type").to_string(), "REPLY", other)),
        }
        let path = path.key("reply");
        let reply = Param { map: button.required_map("reply")?, path: &path };
        reply.only(&["id", "title"])?;
        let (id, title) = choice(reply, 256, 20, "Button")?;
        if seen.iter().any(|(_, other)| *other == title) {
            return Err(Refusal::with(131_009, "Button titles are not unique"));
        }
        if seen.iter().any(|(other, _)| *other == id) {
            return Err(Refusal::with(131_009, "Button ids are not unique"));
        }
        seen.push((id, title));
    }
    Ok(())
}

/// An id and a title within their lengths.
fn choice<'a>(
    param: Param<'a, '_>,
    id: usize,
    title: usize,
    what: &str,
) -> Result<(&'a str, &'a str), Refusal> {
    let id_text = param.text("id")?.ok_or_else(|| Refusal::missing(&param.path.key("id").to_string()))?;
    length(id_text, id, &format!("{what} id"))?;
    let title_text =
        param.text("title")?.ok_or_else(|| Refusal::missing(&param.path.key("title").to_string()))?;
    length(title_text, title, &format!("{what} title"))?;
    Ok((id_text, title_text))
}

fn list(action: Param<'_, '_>) -> Result<(), Refusal> {
    action.only(&["button", "sections"])?;
    let button =
        action.text("button")?.ok_or_else(|| Refusal::missing(&action.path.key("button").to_string()))?;
    length(button, 20, "Button text")?;
    let sections = action.required_list("sections")?;
    if !(1..=10).contains(&sections.len()) {
        return Err(Refusal::with(
            131_009,
            "Invalid sections count. Min allowed sections: 1, Max allowed sections: 10",
        ));
    }
    let path = action.path.key("sections");
    let mut ids: Vec<&str> = Vec::with_capacity(10);
    for (at, value) in sections.iter().enumerate() {
        let path = path.at(at);
        let section = entry(value, &path)?;
        section.only(&["title", "rows"])?;
        match section.text("title")? {
            Some(title) if !title.is_empty() => length(title, 24, "Section title")?,
            _ if sections.len() > 1 => return Err(Refusal::missing(&path.key("title").to_string())),
            _ => {}
        }
        let rows = section.required_list("rows")?;
        if rows.is_empty() {
            return Err(Refusal::with(131_009, "Section must have at least one row"));
        }
        let path = path.key("rows");
        for (at, value) in rows.iter().enumerate() {
            let path = path.at(at);
            let row = entry(value, &path)?;
            row.only(&["id", "title", "description"])?;
            // Graph calls an empty title of a row a missing one (seen in the field).
            if row.text("title")?.is_some_and(str::is_empty) {
                return Err(Refusal::missing(&path.key("title").to_string()));
            }
            let (id, _) = choice(row, 200, 24, "Row")?;
            if let Some(description) = row.text("description")?
                && description.chars().count() > 72
            {
                return Err(Refusal::with(131_009, "Row description is too long. Max length is 72"));
            }
            if ids.contains(&id) {
                return Err(Refusal::with(131_009, format!("Duplicated row id: {id}")));
            }
            ids.push(id);
        }
    }
    if ids.len() > 10 {
        return Err(Refusal::with(131_009, "Total row count exceed max allowed count: 10"));
    }
    Ok(())
}

fn cta_url(action: Param<'_, '_>) -> Result<(), Refusal> {
    action.only(&["name", "parameters"])?;
    named(action, "cta_url")?;
    let path = action.path.key("parameters");
    let parameters = Param { map: action.required_map("parameters")?, path: &path };
    parameters.only(&["display_text", "url"])?;
    length(parameters.required_text("display_text")?, 20, "Display text")?;
    if !super::is_link(parameters.required_text("url")?) {
        return Err(Refusal::parameter(format!("Param {} is not a valid URI.", path.key("url"))));
    }
    Ok(())
}

fn flow<'a>(action: Param<'a, '_>) -> Result<AskedForm<'a>, Refusal> {
    action.only(&["name", "parameters"])?;
    named(action, "flow")?;
    let path = action.path.key("parameters");
    let parameters = Param { map: action.required_map("parameters")?, path: &path };
    let version = parameters.required_text("flow_message_version")?;
    if version != "3" {
        return Err(Refusal::one_of(&path.key("flow_message_version").to_string(), "3", version));
    }
    let (by, form) = match (parameters.text("flow_id")?, parameters.text("flow_name")?) {
        (Some(id), None) => ("flow_id", id),
        (None, Some(name)) => ("flow_name", name),
        _ => return Err(Refusal::with(131_009, "Exactly one of flow_id and flow_name is required.")),
    };
    // Meta advises thirty characters; a longer one is cut on the phone, so it is refused here.
    length(parameters.required_text("flow_cta")?, 30, "Flow CTA")?;
    parameters.text("flow_token")?;
    for (key, allowed) in [("mode", ["draft", "published"]), ("flow_action", ["navigate", "data_exchange"])] {
        if let Some(got) = parameters.text(key)?
            && !allowed.contains(&got)
        {
            return Err(Refusal::one_of(&path.key(key).to_string(), &allowed.join(", ").to_uppercase(), got));
        }
    }
    let path = path.key("flow_action_payload");
    if let Some(map) = parameters.map_of("flow_action_payload")? {
        let payload = Param { map, path: &path };
        payload.required_text("screen")?;
        if payload.map_of("data")?.is_some_and(serde_json::Map::is_empty) {
            return Err(Refusal::with(131_009, "flow_action_payload data must not be an empty object."));
        }
    }
    let draft = parameters.text("mode")? == Some("draft");
    Ok(AskedForm { by, named: form, draft })
}

fn products(action: Param<'_, '_>) -> Result<(), Refusal> {
    action.required_text("catalog_id")?;
    let sections = action.required_list("sections")?;
    let path = action.path.key("sections");
    let mut total = 0;
    for (at, section) in sections.iter().enumerate() {
        let path = path.at(at);
        let items_path = path.key("product_items");
        for (at, item) in entry(section, &path)?.required_list("product_items")?.iter().enumerate() {
            entry(item, &items_path.at(at))?.required_text("product_retailer_id")?;
            total += 1;
        }
    }
    if !(1..=30).contains(&total) {
        return Err(Refusal::with(131_009, "Invalid product items count. Min allowed: 1, Max allowed: 30"));
    }
    Ok(())
}
