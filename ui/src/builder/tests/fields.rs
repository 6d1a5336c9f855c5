//! Whatever the format of a flow holds can be filled in by people. The published schema says what there is; the forms are
//! drawn, and each value must have its field there: where nothing is filled in yet, and where all is. What has none stands
//! in `NOT_IN_FORMS`, with the reason.

use std::collections::BTreeSet;

use super::*;
use crate::builder::document::ops::Of;
use crate::builder::document::pointer;
use crate::builder::kinds::{Field, Input};

/// What no form fills in: whose it is, where in it, and why. `*` is any kind of block.
const NOT_IN_FORMS: &[(&str, &str, &str)] = &[
    ("flow", "/schema", "the version of the format"),
    ("flow", "/id", "what other bots know it by: given once"),
    ("flow", "/start", "set at a group: \"Begin here\""),
    ("flow", "/triggers", "on the canvas"),
    ("flow", "/groups", "on the canvas"),
    ("flow", "/edges", "on the canvas"),
    ("group", "/id", "lines are tied to it"),
    ("group", "/x", "dragged on the canvas"),
    ("group", "/y", "dragged on the canvas"),
    ("group", "/blocks", "on the canvas"),
    ("trigger", "/id", "lines are tied to it"),
    ("trigger", "/kind", "chosen where a trigger is put on the canvas"),
    ("trigger", "/x", "dragged on the canvas"),
    ("trigger", "/y", "dragged on the canvas"),
    ("*", "/id", "lines are tied to it"),
    ("*", "/address_off", "allowed by a button, and never switched off by hand"),
    ("message", "/media/kind", "chosen in the palette"),
    ("message", "/media/stored", "comes with a file that is chosen"),
    ("message", "/media/mime", "comes with a file that is chosen"),
    ("message", "/media/size", "comes with a file that is chosen"),
    ("question", "/answer", "chosen in the palette"),
    ("question", "/options/0/id", "lines are tied to it"),
    ("question", "/options/0/payload", "a question takes the tap as its answer"),
    ("question", "/template/buttons/0/id", "lines are tied to it"),
    ("menu", "/options/0/id", "lines are tied to it"),
    ("menu", "/options/0/value", "a menu keeps no answer"),
    ("template", "/buttons/0/id", "lines are tied to it"),
    ("condition", "/branches/0/id", "lines are tied to it"),
    ("switch", "/branches/0/id", "lines are tied to it"),
    ("split", "/branches/0/id", "lines are tied to it"),
    ("jump", "/to/group", "chosen together with the block, in one list of places"),
    ("jump", "/to/block", "chosen together with the group, in one list of places"),
    ("sub_flow", "/to/group", "chosen together with the block, in one list of places"),
    ("sub_flow", "/to/block", "chosen together with the group, in one list of places"),
    ("online", "/team", "there are no teams yet: a field only where it is filled"),
    ("assign", "/team", "there are no teams yet: a field only where it is filled"),
    ("create_task", "/team", "there are no teams yet: a field only where it is filled"),
    ("hand_over", "/team", "there are no teams yet: a field only where it is filled"),
];

/// How much is filled in of what a form is drawn over.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fill {
    /// Lists and records are there, and nothing is in them.
    Nothing,
    All,
}

fn schema() -> Value {
    serde_json::from_str(include_str!("../../../../crates/flow/flow.schema.json")).unwrap()
}

/// A part of the schema, with what it refers to.
fn resolved(schema: &Value, part: &Value) -> Value {
    let mut all = part.clone();
    let of = part["$ref"].as_str().map(|path| schema.pointer(&path[1..]).unwrap().clone());
    for (name, value) in of.iter().flat_map(|of| of.as_object().unwrap()) {
        match (name.as_str(), all.get_mut("properties").and_then(Value::as_object_mut)) {
            ("properties", Some(own)) => own.extend(value.as_object().unwrap().clone()),
            _ => all[name] = value.clone(),
        }
    }
    // An object or nothing; of a test and a group of tests the plain one, of a text and a secret the text.
    let ways = all["anyOf"].as_array().cloned().unwrap_or_default();
    let mut objects =
        ways.iter().map(|way| resolved(schema, way)).filter(|way| way["properties"].is_object());
    match objects.next_back() {
        Some(object) if !ways.iter().any(|way| way["type"] == "string") => object,
        _ => all,
    }
}

/// The properties of a part, those of which it has one or the other among them.
fn properties(part: &Value) -> Vec<(String, Value)> {
    let ways = part["oneOf"].as_array().into_iter().flatten();
    let lists = ways.map(|way| &way["properties"]).chain([&part["properties"]]);
    let all = lists.filter_map(Value::as_object).flatten();
    all.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The pointers of everything that holds a value of its own.
fn leaves(schema: &Value, part: &Value, at: &str) -> Vec<(String, Value)> {
    let part = resolved(schema, part);
    let items = resolved(schema, &part["items"]);
    let (of, at) =
        if properties(&items).is_empty() { (part, at.to_owned()) } else { (items, format!("{at}/0")) };
    let inside = properties(&of);
    if inside.is_empty() {
        return vec![(at, of)];
    }
    inside.into_iter().flat_map(|(name, part)| leaves(schema, &part, &format!("{at}/{name}"))).collect()
}

/// Something that fits, filled as far as it goes; lists hold two, so that it is asked how they are joined.
fn filled(schema: &Value, part: &Value) -> Value {
    let part = resolved(schema, part);
    let inside = properties(&part);
    if !inside.is_empty() {
        return inside.into_iter().map(|(name, part)| (name, filled(schema, &part))).collect();
    }
    let first = |list: &Value| list.as_array().map(|list| list[0].clone());
    if let Some(value) = part.get("const").cloned().or_else(|| first(&part["enum"])) {
        return value;
    }
    if let Some(way) = first(&part["anyOf"]) {
        return filled(schema, &way);
    }
    let kind = first(&part["type"]).unwrap_or_else(|| part["type"].clone());
    match kind.as_str() {
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(true),
        Some("array") => json!([filled(schema, &part["items"]), filled(schema, &part["items"])]),
        Some("object") => json!({ "key": "x" }),
        _ => json!("x"),
    }
}

/// What is left of it where nothing is filled in.
fn emptied(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let holds = |value: &Value| match value {
                Value::Array(items) => items.iter().any(Value::is_object),
                value => value.is_object(),
            };
            fields
                .into_iter()
                .filter(|(_, value)| holds(value))
                .map(|(name, value)| (name, emptied(value)))
                .collect()
        }
        Value::Array(items) => items.into_iter().map(emptied).collect(),
        value => value,
    }
}

fn of_part(schema: &Value, part: &Value, fill: Fill) -> Value {
    let all = filled(schema, part);
    if fill == Fill::All { all } else { emptied(all) }
}

/// The elements of a drawn form by their ids; those that hold JSON fill in all that is inside.
fn drawn(html: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let (mut all, mut json) = (BTreeSet::new(), BTreeSet::new());
    for tag in html.split('<').filter_map(|tag| tag.split_once('>')).map(|(tag, _)| tag) {
        let Some(id) = attribute(tag, "id") else { continue };
        if tag.starts_with("textarea") && attribute(tag, "class").is_some_and(|class| class.contains("code"))
        {
            json.insert(id.clone());
        }
        all.insert(id);
    }
    (all, json)
}

/// The pointers of those leaves that a drawn form has no field for.
fn missing(leaves: &[(String, Value)], html: &str, of: &Of, epoch: u32) -> BTreeSet<String> {
    let (all, json) = drawn(html);
    let id = |at: &str| panel::field_id(of, at, epoch);
    let has = |at: &str| {
        let inside = at.match_indices('/').filter(|(n, _)| *n > 0).any(|(n, _)| json.contains(&id(&at[..n])));
        // A time is first asked how it is said.
        inside || all.contains(&id(at)) || all.contains(&format!("{}-how", id(at)))
    };
    leaves.iter().map(|(at, _)| at).filter(|at| !has(at)).cloned().collect()
}

/// A form over these values, drawn in every way that its fields ask for.
fn forms(values: &Value, fields: &[Field]) -> Vec<Value> {
    let mut ways = vec![values.clone()];
    for (at, wanted) in fields.iter().flat_map(|field| wishes(field, "")) {
        let mut other = values.as_object().cloned().unwrap();
        pointer::set(&mut other, &at, wanted);
        ways.push(Value::Object(other));
    }
    ways
}

/// What a field wants others to be before it is shown.
fn wishes(field: &Field, inside: &str) -> Vec<(String, Value)> {
    let mut all = match field.when {
        kinds::When::Is(at, values) => vec![(format!("{inside}{at}"), json!(values[0]))],
        kinds::When::On(_) | kinds::When::Always => vec![],
    };
    if let Input::Records { fields, .. } = field.input {
        let inside = format!("{inside}{}/0", field.at);
        all.extend(fields.iter().flat_map(|field| wishes(field, &inside)));
    }
    for (_, value) in &mut all {
        if *value == "" {
            *value = Value::Null;
        }
    }
    all
}

/// The editor with this in the flow chosen.
fn opened(change: impl Fn(&mut Value), item: Option<Item>) -> Model {
    let mut whole = flow();
    change(&mut whole);
    let mut model = editor();
    model.update(Msg::Loaded(bot(), Ok(Box::new(draft(whole, 4, "Anna")))));
    if let Some(item) = item {
        model.update(Msg::GoTo(item));
    }
    model
}

/// What no form of this kind of block has a field for.
fn missing_of_block(schema: &Value, kind: &str, fill: Fill) -> BTreeSet<String> {
    let block = &schema["$defs"]["Block"];
    let of_kind = block["anyOf"].as_array().unwrap().iter();
    let mut own =
        of_kind.filter(|one| one["properties"]["kind"]["const"] == kind).map(|one| resolved(schema, one));
    let mut part = own.next_back().unwrap_or_else(|| panic!("{kind} is not in the schema"));
    part["properties"].as_object_mut().unwrap().extend(block["properties"].as_object().unwrap().clone());
    part["properties"].as_object_mut().unwrap().remove("kind");
    let leaves = leaves(schema, &part, "");
    let entries = beseda_flow::catalogue().iter().filter(|entry| entry.kind == kind);
    let mut missing_everywhere: Option<BTreeSet<String>> = None;
    for entry in entries {
        let mut values = of_part(schema, &part, fill);
        values["id"] = json!("x");
        values["kind"] = json!(kind);
        // What waits to be allowed cannot be switched on.
        strip(&mut values, "address_off");
        match (kind, entry.variant) {
            ("question", variant) => values["answer"] = json!(variant),
            ("message", Some(variant)) => values["media"]["kind"] = json!(variant),
            ("message", None) => drop(values.as_object_mut().unwrap().remove("media")),
            _ => {}
        }
        // Of a file that is chosen no address is asked.
        strip(&mut values, "stored");
        for way in forms(&values, kinds::entry(entry.id).unwrap().look.form) {
            let item = Item::Block("x".into());
            let model = opened(|flow| flow["groups"][0]["blocks"] = json!([way]), Some(item));
            let html = model.view_form().render_to_string();
            let now = missing(&leaves, &html, &Of::Block("x".into()), model.epoch);
            missing_everywhere = Some(match missing_everywhere {
                Some(before) => before.intersection(&now).cloned().collect(),
                None => now,
            });
        }
    }
    missing_everywhere.unwrap_or_else(|| panic!("{kind} is not in the catalogue"))
}

fn strip(value: &mut Value, name: &str) {
    match value {
        Value::Object(fields) => {
            fields.remove(name);
            fields.values_mut().for_each(|value| strip(value, name));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| strip(value, name)),
        _ => {}
    }
}

/// The pointers that are missing there for a reason.
fn excused(of: &str, is_block: bool) -> BTreeSet<String> {
    let mine = |whose: &str| whose == of || (is_block && whose == "*");
    NOT_IN_FORMS.iter().filter(|(whose, ..)| mine(whose)).map(|(_, at, _)| (*at).to_owned()).collect()
}

fn kinds_of_blocks() -> BTreeSet<&'static str> {
    beseda_flow::catalogue().iter().map(|entry| entry.kind).collect()
}

#[test]
fn everything_that_a_block_holds_has_its_field() {
    let schema = schema();
    let differs = kinds_of_blocks().into_iter().filter_map(|kind| {
        let excused = excused(kind, true);
        let empty = missing_of_block(&schema, kind, Fill::Nothing);
        let lost = missing_of_block(&schema, kind, Fill::All);
        let surprises = empty.symmetric_difference(&excused).chain(lost.difference(&excused));
        let surprises: BTreeSet<String> = surprises.cloned().collect();
        (!surprises.is_empty()).then_some((kind, surprises))
    });
    let differs: Vec<_> = differs.collect();
    assert!(differs.is_empty(), "without a field, or excused in vain: {differs:#?}");
    let kinds: BTreeSet<&str> =
        kinds_of_blocks().into_iter().chain(["*", "flow", "group", "trigger"]).collect();
    for (of, at, reason) in NOT_IN_FORMS {
        assert!(kinds.contains(of) && !reason.is_empty(), "{of} {at}");
    }
}

#[test]
fn what_is_new_in_the_format_and_in_no_form_is_noticed() {
    let mut schema = schema();
    let text = json!({ "type": "string" });
    for (of, name) in [("Opt", "colour"), ("SendTemplate", "footer"), ("Wait", "reason")] {
        schema["$defs"][of]["properties"][name] = text.clone();
    }
    for (kind, at) in [("menu", "/options/0/colour"), ("template", "/footer"), ("wait", "/reason")] {
        let mut noticed = missing_of_block(&schema, kind, Fill::Nothing);
        noticed.retain(|at| !excused(kind, true).contains(at));
        assert_eq!(noticed.into_iter().collect::<Vec<_>>(), [at]);
    }
}

#[test]
fn everything_that_a_trigger_holds_has_its_field() {
    let schema = schema();
    let part = &schema["$defs"]["Trigger"];
    let leaves = leaves(&schema, part, "");
    for fill in [Fill::Nothing, Fill::All] {
        let mut missing_everywhere: BTreeSet<String> = leaves.iter().map(|(at, _)| at.clone()).collect();
        for entry in beseda_flow::trigger_catalogue() {
            let mut values = of_part(&schema, part, fill);
            values["id"] = json!("t");
            values["kind"] = json!(entry.kind);
            let item = Item::Trigger("t".into());
            let model = opened(|flow| flow["triggers"] = json!([values]), Some(item));
            let html = model.view_form().render_to_string();
            let now = missing(&leaves, &html, &Of::Trigger("t".into()), model.epoch);
            missing_everywhere = missing_everywhere.intersection(&now).cloned().collect();
            // Which of several is taken, and whether it interrupts, goes for all of them.
            assert!(!now.contains("/anywhere"), "{}", entry.kind);
            assert!(!now.contains("/priority") || entry.kind == "schedule", "{}", entry.kind);
        }
        assert_eq!(missing_everywhere, excused("trigger", false), "{fill:?}");
    }
}

#[test]
fn everything_that_a_flow_and_a_group_hold_has_its_field() {
    let schema = schema();
    let mut whole = leaves(&schema, &schema, "");
    // On the canvas they have forms of their own.
    for list in ["/triggers", "/groups", "/edges", "/start"] {
        whole.retain(|(at, _)| !at.starts_with(list));
        whole.push((list.to_owned(), Value::Null));
    }
    for fill in [Fill::Nothing, Fill::All] {
        let change = |flow: &mut Value| {
            for name in ["variables", "settings"] {
                flow[name] = of_part(&schema, &schema["properties"][name], fill);
            }
        };
        let model = opened(change, None);
        let html = model.view_form().render_to_string();
        assert_eq!(missing(&whole, &html, &Of::Flow, model.epoch), excused("flow", false), "{fill:?}");
    }

    let mut group = leaves(&schema, &schema["$defs"]["Group"], "");
    group.retain(|(at, _)| !at.starts_with("/blocks"));
    group.push(("/blocks".to_owned(), Value::Null));
    let model = opened(|_| {}, Some(Item::Group("a".into())));
    let html = model.view_form().render_to_string();
    assert_eq!(missing(&group, &html, &Of::Group("a".into()), model.epoch), excused("group", false));
}

/// A field reads the numbers that the format keeps: with fractions where it has them, and below nothing alike.
#[test]
fn fields_for_numbers_take_what_the_format_takes() {
    let schema = schema();
    let check = |leaves: &[(String, Value)], fields: &[Field], of: &str| {
        for field in fields {
            let Input::Number(numbers) = field.input else { continue };
            let Some((_, leaf)) = leaves.iter().find(|(at, _)| at == field.at) else { continue };
            let kind = leaf["type"].to_string();
            if kind.contains("integer") || kind.contains("number") {
                assert_eq!(numbers.whole, kind.contains("integer"), "{} of {of}", field.at);
                assert_eq!(numbers.least < 0, leaf["format"] == "int32", "{} of {of}", field.at);
            }
        }
    };
    for entry in beseda_flow::catalogue() {
        let block = schema["$defs"]["Block"]["anyOf"].as_array().unwrap();
        let part = block.iter().find(|one| one["properties"]["kind"]["const"] == entry.kind).unwrap();
        check(&leaves(&schema, part, ""), kinds::entry(entry.id).unwrap().look.form, entry.id);
    }
    let trigger = leaves(&schema, &schema["$defs"]["Trigger"], "");
    for one in beseda_flow::trigger_catalogue() {
        check(&trigger, kinds::trigger_form(one.kind), one.kind);
    }
    let settings = leaves(&schema, &schema["properties"]["settings"], "/settings");
    check(&settings, kinds::FLOW_SETTINGS, "flow");
}

/// What a question makes sure of, by the kind of answer; the others take nothing that is not of their kind.
const VALIDATION: &[(&str, &[&str])] = &[
    ("ask_text", &["/min_length", "/max_length", "/pattern"]),
    ("ask_number", &["/min", "/max", "/whole"]),
    ("ask_email", &[]),
    ("ask_phone", &["/country"]),
    ("ask_url", &[]),
    ("ask_date", &["/min", "/max"]),
    ("ask_time", &["/min", "/max"]),
    ("ask_choice", &["/options", "/multiple", "/min", "/max"]),
    ("ask_rating", &["/min", "/max"]),
    ("ask_media", &["/accept", "/multiple"]),
    ("ask_location", &[]),
    ("ask_form", &["/form/id"]),
];

#[test]
fn every_asking_block_has_its_validation_own_words_tries_and_time_out() {
    let schema = schema();
    let question = leaves(&schema, &schema["$defs"]["Question"], "");
    let in_schema =
        |at: &str| question.iter().any(|(leaf, _)| leaf == at || leaf.starts_with(&format!("{at}/")));
    let asking: Vec<_> = beseda_flow::catalogue()
        .iter()
        .filter(|entry| entry.group == beseda_flow::PaletteGroup::Ask)
        .collect();
    assert_eq!(
        asking.iter().map(|entry| entry.id).collect::<Vec<_>>(),
        VALIDATION.iter().map(|(id, _)| *id).collect::<Vec<_>>()
    );
    for entry in asking {
        let form = kinds::entry(entry.id).unwrap().look.form;
        let (_, own) = VALIDATION.iter().find(|(id, _)| *id == entry.id).unwrap();
        for at in ["/retry", "/tries", "/timeout", "/template"].iter().chain(*own) {
            assert!(form.iter().any(|field| field.at == *at), "{at} in the form of {}", entry.id);
            assert!(in_schema(at), "{at} in the schema");
        }
        assert!(entry.ports.contains(&"failed") && entry.ports.contains(&"timeout"), "{}", entry.id);
    }
}

#[test]
fn what_is_no_number_is_said_and_changes_nothing() {
    let mut model = opened(|_| {}, Some(Item::Block("ask".into())));
    let of = || Of::Block("ask".into());
    let before = model.doc.clone();
    let is_told = |model: &Model| model.view_form().render_to_string().contains("aria-invalid=\"true\"");
    assert!(!is_told(&model));
    model.update(Msg::Edit(Edit::Misread(of(), "/tries".into())));
    assert!(model.doc == before && !model.is_dirty() && is_told(&model));
    model.update(Msg::Edit(Edit::Type(of(), "/tries".into(), json!(2))));
    assert!(model.doc != before && !is_told(&model));
    // Elsewhere nobody is reminded of it.
    model.update(Msg::Edit(Edit::Misread(of(), "/tries".into())));
    model.update(Msg::GoTo(Item::Block("hello".into())));
    model.update(Msg::GoTo(Item::Block("ask".into())));
    assert!(!is_told(&model));
}

#[test]
fn a_line_that_is_too_long_is_counted_and_kept_whole() {
    let title = |title: &str| {
        let link =
            json!([{ "id": "x", "kind": "link_button", "text": "a", "title": title, "url": "https://a.b" }]);
        let model = opened(|flow| flow["groups"][0]["blocks"] = link.clone(), Some(Item::Block("x".into())));
        (model.view_form().render_to_string(), model.doc.block("x").unwrap().1.text("title").to_owned())
    };
    assert!(!title("Look").0.contains("of 20"));
    assert!(title("Look at all of them").0.contains("19 of 20"));
    let (form, kept) = title("Look at all of them now");
    assert!(form.contains("hint num over") && form.contains("23 of 20"));
    assert_eq!(kept, "Look at all of them now");
}

#[test]
fn the_reply_of_a_template_that_is_known_takes_a_payload() {
    let template = json!({ "id": "1", "name": "n", "language": "en_US", "category": "utility", "body": "Hi", "places": [],
        "named": false, "buttons": [{ "kind": "quick_reply", "title": "Yes", "fillable": false }] });
    let block = json!([{ "id": "x", "kind": "template", "name": "n", "language": "en_US",
        "buttons": [{ "id": "o", "index": 0, "kind": "quick_reply", "title": "Yes" }] }]);
    let item = Item::Block("x".into());
    let mut model = opened(|flow| flow["groups"][0]["blocks"] = block.clone(), Some(item));
    model.templates.list = vec![serde_json::from_value(template).unwrap()];
    let form = model.view_form().render_to_string();
    let id = panel::field_id(&Of::Block("x".into()), "/buttons/0/text", model.epoch);
    assert!(drawn(&form).0.contains(&id) && form.contains("“Yes”: button payload"));
}
