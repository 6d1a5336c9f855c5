//! The OpenAPI document: what the framework derives from the code, and what only the declarations know.
//!
//! The framework describes parameters and schemas. Added here, from `operations.rs` and `kinds.rs`: stable
//! operation names, who may call, the headers that every operation understands, and the problems it may
//! answer with. So the document cannot say something else than the guard does.

use std::collections::{BTreeSet, HashMap};
use std::marker::PhantomData;

use beseda_wire::page::Problem as Body;
use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem_openapi::registry::{MetaApi, MetaPath, Registry};
use poem_openapi::types::{Example, Type};
use poem_openapi::{OpenApi, OpenApiService};
use serde_json::{Map, Value, json};

use super::guard::{BUSINESS_HEADER, Operation, Policy, Who};
use super::json::CONTENT_TYPE;
use super::kinds::{self, Kind};
use super::{idempotency, paging, problem, tags};

/// Where the API lies. Relative, so that the document is true at every address of the program.
pub const BASE: &str = "/api/v1";

/// The document of an API with its declarations, as indented JSON with a line end.
pub fn document<T: OpenApi, P: Policy>() -> String {
    let described =
        OpenApiService::new(Described::<T>(PhantomData), "Beseda", env!("CARGO_PKG_VERSION")).spec();
    // The framework has just written it, so it is JSON; if ever it is not, the tests see an empty document.
    let mut document: Value = serde_json::from_str(&described).unwrap_or_default();
    complete(&mut document, P::OPERATIONS);
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn complete(document: &mut Value, operations: &[Operation]) {
    document["openapi"] = json!("3.0.3");
    document["info"] = json!({
        "title": "Beseda",
        "version": env!("CARGO_PKG_VERSION"),
        "description": ABOUT,
        "license": { "name": "MIT", "url": "https://opensource.org/license/mit" },
    });
    document["servers"] = json!([{ "url": BASE }]);
    order_tags(document);
    place_examples(document);
    for operation in operations {
        debug_assert!(operation.problems.iter().all(|kind| kinds::ALL.contains(kind)));
        let described = &mut document["paths"][operation.path][operation.method.to_lowercase()];
        if let Some(described) = described.as_object_mut() {
            declare(described, operation);
        }
    }
    let components = &mut document["components"];
    components["parameters"] = parameters();
    components["responses"] = responses();
    components["securitySchemes"] = json!({
        "token": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "An access token from `POST /auth/login`.",
        },
    });
    let problems = kinds::ALL.iter().map(|kind| {
        json!({ "type": kind.uri(), "status": kind.status, "title": kind.title, "meaning": kind.meaning })
    });
    document["x-problems"] = problems.collect();
}

/// Adds what the declaration says of an operation.
fn declare(described: &mut Map<String, Value>, operation: &Operation) {
    described.insert("operationId".to_owned(), json!(operation.id));
    let who = format!("Who may call: {}.", operation.who);
    let text = match described.get("description").and_then(Value::as_str) {
        Some(text) => format!("{text}\n\n{who}"),
        None => who,
    };
    described.insert("description".to_owned(), json!(text));
    described.insert("x-who-may-call".to_owned(), json!(operation.who.to_string()));
    let signed_in = !matches!(operation.who, Who::Public | Who::Setup);
    described.insert("security".to_owned(), if signed_in { json!([{ "token": [] }]) } else { json!([]) });

    let business = matches!(operation.who, Who::Business(_));
    let has_body = described.contains_key("requestBody");
    let mut added = Vec::new();
    if business {
        added.push(json!({ "$ref": "#/components/parameters/Business" }));
    }
    if operation.creating {
        added.push(json!({ "$ref": "#/components/parameters/IdempotencyKey" }));
    }
    let own = described.entry("parameters").or_insert_with(|| json!([])).as_array_mut();
    let mut problems = operation.problems.to_vec();
    let paged = own.as_ref().is_some_and(|own| own.iter().any(|parameter| parameter["name"] == "cursor"));
    problems.extend(paged.then_some(kinds::BAD_CURSOR));
    if let Some(own) = own {
        own.iter_mut().for_each(tidy_parameter);
        own.extend(added);
        if own.is_empty() {
            described.remove("parameters");
        }
    }

    // A parameter that is not taken is refused by all.
    let mut answers = vec!["default", "400"];
    answers.extend(signed_in.then_some("401"));
    answers.extend(
        matches!(operation.who, Who::Business(role) if role != beseda_wire::businesses::Role::Viewer)
            .then_some("403"),
    );
    answers.extend((business || operation.path.contains('{')).then_some("404"));
    answers.extend(operation.creating.then_some("409"));
    answers.extend(has_body.then_some("413"));
    answers.extend(has_body.then_some("415"));
    answers.extend(operation.creating.then_some("422"));
    answers.extend((operation.who != Who::Setup).then_some("503"));
    let special: BTreeSet<String> = problems.iter().map(|kind| kind.status.to_string()).collect();
    let own = described.entry("responses").or_insert_with(|| json!({}));
    if let Some(own) = own.as_object_mut() {
        own.remove("default");
        for status in &answers {
            let reference = format!("#/components/responses/{}", answer_name(status));
            own.entry(*status).or_insert_with(|| json!({ "$ref": reference }));
        }
        for status in special {
            let usual = answers.contains(&status.as_str());
            let kinds = general(&status).filter(|_| usual).chain(problems.iter().copied());
            let kinds = kinds.filter(|kind| kind.status.to_string() == status);
            own.insert(status.clone(), answer(kinds));
        }
        own.sort_keys();
    }
}

/// Puts each type's example where readers look for it: beside the body of every operation that takes or gives it, and
/// there alone.
fn place_examples(document: &mut Value) {
    let mut examples = HashMap::new();
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        for (name, schema) in schemas {
            if let Some(example) = schema.as_object_mut().and_then(|schema| schema.remove("example")) {
                examples.insert(format!("#/components/schemas/{name}"), example);
            }
        }
    }
    let operations = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    for operation in operations.filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        for body in json_bodies(operation) {
            if let Some(example) = body["schema"]["$ref"].as_str().and_then(|name| examples.get(name)) {
                body["example"] = example.clone();
            }
        }
    }
}

/// What an operation takes and gives as JSON, where all goes well.
fn json_bodies(operation: &mut Value) -> impl Iterator<Item = &mut Value> {
    let (mut request, mut answers) = (None, None);
    for (name, value) in operation.as_object_mut().into_iter().flatten() {
        match name.as_str() {
            "requestBody" => request = Some(value),
            "responses" => answers = value.as_object_mut(),
            _ => {}
        }
    }
    let good = answers.into_iter().flatten().filter(|(status, _)| status.starts_with('2'));
    let contents = request.into_iter().chain(good.map(|(_, answer)| answer));
    contents.filter_map(|said| said.get_mut("content")?.get_mut(CONTENT_TYPE))
}

/// Drops what says nothing, and explains the two parameters that every list has.
fn tidy_parameter(parameter: &mut Value) {
    if let Some(parameter) = parameter.as_object_mut() {
        // What the framework writes although it is what is meant without it.
        parameter.retain(|name, value| {
            !(name == "deprecated" && *value == false || name == "explode" && *value == true)
        });
    }
    let said = match parameter["name"].as_str() {
        Some("limit") => {
            format!("Items of the page, 1 to {}; {} when absent.", paging::MOST, paging::DEFAULT)
        }
        Some("cursor") => {
            "The `next` of the page before, of this very list; absent for the first page.".to_owned()
        }
        _ => return,
    };
    if parameter["in"] == "query" && parameter.get("description").is_none() {
        parameter["description"] = json!(said);
    }
}

fn parameters() -> Value {
    json!({
        "Business": {
            "name": BUSINESS_HEADER,
            "in": "header",
            "required": false,
            "description": "The business to act in. Absent: the first one you belong to.",
            "schema": { "type": "string", "format": "uuid" },
        },
        "IdempotencyKey": {
            "name": idempotency::HEADER,
            "in": "header",
            "required": false,
            "description": "A word of your choosing, new for each new request. The same request with the same word is done once and answered alike for 24 hours.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
        },
    })
}

/// The problems that any operation may answer with; the others are declared by those that do.
const GENERAL: &[Kind] = &[
    kinds::UNREADABLE,
    kinds::INVALID,
    kinds::UNAUTHORIZED,
    kinds::FORBIDDEN,
    kinds::NOT_FOUND,
    kinds::KEY_IN_USE,
    kinds::KEY_UNKNOWN,
    kinds::TOO_LARGE,
    kinds::MEDIA_TYPE,
    kinds::KEY_REUSED,
    kinds::UNAVAILABLE,
    kinds::STORAGE_FAILING,
    kinds::SETUP_NEEDED,
];

fn general(status: &str) -> impl Iterator<Item = Kind> {
    GENERAL.iter().copied().filter(move |kind| kind.status.to_string() == status)
}

/// The error answers that many operations share.
fn responses() -> Value {
    let mut answers = Map::new();
    for status in ["400", "401", "403", "404", "409", "413", "415", "422", "503"] {
        answers.insert(answer_name(status), answer(general(status)));
    }
    answers.insert(answer_name("default"), explained("Any other problem; its `type` says which.".to_owned()));
    Value::Object(answers)
}

fn answer(kinds: impl Iterator<Item = Kind>) -> Value {
    let kinds: Vec<Kind> = kinds.collect();
    let said: Vec<String> = kinds.iter().map(|kind| format!("`{}`", kind.uri())).collect();
    let mut answer = explained(said.join(", "));
    // The one that callers meet most, and the only one with fields.
    if kinds.contains(&kinds::INVALID) {
        answer["content"][problem::CONTENT_TYPE]["example"] = json!(Body::example());
    }
    answer
}

fn explained(said: String) -> Value {
    let schema = json!({ "$ref": format!("#/components/schemas/{}", Body::name()) });
    json!({ "description": said, "content": { problem::CONTENT_TYPE: { "schema": schema } } })
}

fn answer_name(status: &str) -> String {
    if status == "default" { "Problem".to_owned() } else { format!("Problem{status}") }
}

fn order_tags(document: &mut Value) {
    if let Some(tags) = document["tags"].as_array_mut() {
        let used = |tag: &Value| tag["name"].as_str().map(str::to_owned).unwrap_or_default();
        tags.sort_by_key(|tag| tags::ORDER.iter().position(|name| *name == used(tag)));
    }
    let tagged: Vec<String> = operations_of(document)
        .flat_map(|operation| operation["tags"].as_array().cloned().unwrap_or_default())
        .filter_map(|tag| tag.as_str().map(str::to_owned))
        .collect();
    if let Some(tags) = document["tags"].as_array_mut() {
        // The framework lists every tag of the enumeration, also those that no operation has yet.
        tags.retain(|tag| tag["name"].as_str().is_some_and(|name| tagged.iter().any(|used| used == name)));
    }
}

fn operations_of(document: &Value) -> impl Iterator<Item = &Value> {
    document["paths"]
        .as_object()
        .into_iter()
        .flat_map(Map::values)
        .filter_map(Value::as_object)
        .flat_map(Map::values)
}

/// An API without its handlers: describing it needs no running program.
struct Described<T>(PhantomData<fn() -> T>);

impl<T: OpenApi> OpenApi for Described<T> {
    /// One entry for each path. Two APIs may share a path (reading messages is the conversations', sending
    /// them the inbox's), and the framework would then write it twice, so that readers keep the last only.
    fn meta() -> Vec<MetaApi> {
        let mut paths: Vec<MetaPath> = Vec::new();
        for path in T::meta().into_iter().flat_map(|api| api.paths) {
            match paths.iter_mut().find(|known| known.path == path.path) {
                Some(known) => known.operations.extend(path.operations),
                None => paths.push(path),
            }
        }
        vec![MetaApi { paths }]
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn add_routes(self, _routes: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {}
}

const ABOUT: &str = "\
Everything that the interface can do, a program can do here.

**Signing in.** `POST /auth/login` gives an access token for 15 minutes; send it as `Authorization: Bearer …`. \
The refresh token travels in a cookie that scripts cannot read.

**Businesses.** Most operations act in one business. Name it by the header `Beseda-Business`; without it you act in \
the first one you belong to. What belongs to another business is not found.

**Lists** come in pages: `?limit=&cursor=` gives `{items, next}`, and `next` is the `cursor` of the following page.

**Errors** are problems after RFC 9457 (`application/problem+json`) with a stable `type`; fields at fault are listed \
in `errors`, by JSON pointer.

**Doing things once.** Operations with the parameter `Idempotency-Key` do the same request with the same key once, and \
answer it alike for 24 hours. The others take no notice of it.

**Times** are RFC 3339 in UTC, ids are UUIDs that sort by age. A 2xx answer means that the change is on the disk.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::tests::{Sample, Table1};

    fn sample() -> Value {
        serde_json::from_str(&document::<Sample, Table1>()).unwrap()
    }

    #[test]
    fn an_operation_says_who_may_call_it_and_what_can_go_wrong() {
        let document = sample();
        let make = &document["paths"]["/things"]["post"];
        assert_eq!(make["operationId"], "make_thing");
        assert_eq!(make["x-who-may-call"], "the business's owner, admins and operators");
        assert!(
            make["description"]
                .as_str()
                .unwrap()
                .ends_with("Who may call: the business's owner, admins and operators.")
        );
        assert_eq!(make["security"], json!([{ "token": [] }]));
        let statuses: Vec<_> = make["responses"].as_object().unwrap().keys().collect();
        assert_eq!(
            statuses,
            ["201", "400", "401", "403", "404", "409", "413", "415", "422", "503", "default"]
        );
        let headers: Vec<_> =
            make["parameters"].as_array().unwrap().iter().filter_map(|p| p["$ref"].as_str()).collect();
        assert_eq!(headers, ["#/components/parameters/Business", "#/components/parameters/IdempotencyKey"]);

        // Its own problem beside those that follow from its declaration.
        let said = make["responses"]["422"]["description"].as_str().unwrap();
        assert_eq!(said, "`/problems/idempotency-key-reused`, `/problems/window-closed`");

        let open = &document["paths"]["/open"]["get"];
        assert_eq!(open["security"], json!([]));
        assert_eq!(
            open["responses"].as_object().unwrap().keys().collect::<Vec<_>>(),
            ["200", "400", "503", "default"]
        );
    }

    #[test]
    fn both_methods_of_a_path_are_there_though_two_apis_may_share_it() {
        let document = sample();
        let path = document["paths"]["/rows/{number}/text"].as_object().unwrap();
        assert_eq!(path.keys().collect::<Vec<_>>(), ["get", "put"]);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
            match value {
                Value::Object(map) => {
                    found.extend(map.get("$ref").and_then(Value::as_str));
                    map.values().for_each(|value| references(value, found));
                }
                Value::Array(items) => items.iter().for_each(|value| references(value, found)),
                _ => {}
            }
        }
        let document = sample();
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > 20);
        for reference in found {
            assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
        }
    }

    #[test]
    fn a_wrong_field_is_shown_as_callers_meet_it() {
        let document = sample();
        let content = &document["components"]["responses"]["Problem400"]["content"];
        assert_eq!(content[problem::CONTENT_TYPE]["example"]["type"], kinds::INVALID.uri());
        assert_eq!(content[problem::CONTENT_TYPE]["example"]["errors"][0]["pointer"], "/email");
        assert!(document["components"]["schemas"]["Problem"]["example"].is_null(), "it stands in one place");
    }

    #[test]
    fn it_lists_every_problem() {
        assert_eq!(sample()["x-problems"].as_array().unwrap().len(), kinds::ALL.len());
    }
}
