//! One request of a flow, made from the editor: what a block of a draft asks, with values that somebody typed in place
//! of a customer's. The engine puts it together as it does for a run, so that what is seen here is what runs will get.

use beseda_flow::{Body, Call, Compiled, Effect, Flow, HttpCall, Input, LoadError, Now, Session, step};
use serde_json::{Map, Value, json};

/// Why there is no request: where in what was sent, and what is allowed there.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    pub pointer: String,
    pub must: String,
}

/// The block's place in the flow that is made around it.
const PLACE: &str = "/groups/0/blocks/0";
const ID: &str = "asked";

/// The request that a block describes.
pub fn request(block: &Value, variables: Map<String, Value>, now: Now) -> Result<HttpCall, Fault> {
    let fault = |pointer: &str, must: &str| Fault { pointer: pointer.to_owned(), must: must.to_owned() };
    let Value::Object(fields) = block else { return Err(fault("/block", "must be a block of a flow")) };
    let mut fields = fields.clone();
    fields.insert("id".to_owned(), ID.into());
    // Switched off it would be passed by; whoever asks wants to know what it would do.
    fields.remove("disabled");
    let flow = json!({ "schema": 1, "id": ID, "name": ID, "groups": [{ "id": "g", "blocks": [fields] }] });
    let flow = Flow::from_value(flow).map_err(|LoadError { pointer: at, fault }| Fault {
        pointer: format!("/block{}", at.strip_prefix(PLACE).unwrap_or_default()),
        must: fault.to_string(),
    })?;
    if !matches!(flow.groups[0].blocks[0].body, Body::Http(_)) {
        return Err(fault("/block/kind", "must be `http`"));
    }
    let compiled = Compiled::new(&flow, 0);
    let begun = step(&compiled, Session::new(&compiled), &Input::at(ID, variables), now);
    let asked = begun.effects.into_iter().find_map(|effect| match effect {
        Effect::Call { call: Call::Http(call), .. } => Some(call),
        _ => None,
    });
    // The engine's bounds: it is larger than a run may send.
    asked.ok_or_else(|| fault("/block", "must come to a request of at most 128 KB"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(block: &Value, variables: &Value) -> Result<HttpCall, Fault> {
        request(block, variables.as_object().cloned().unwrap(), Now::utc(0))
    }

    #[test]
    fn a_block_becomes_its_request_with_the_values_that_were_typed() {
        let block = json!({ "id": "b7", "kind": "http", "disabled": true, "method": "PUT", "timeout": 7,
            "url": "https://shop.test/{{order}}", "query": [{ "name": "who", "value": "{{contact.name}}" }],
            "headers": [{ "name": "X-Key", "value": { "secret": "shop" } }] });
        let call = asked(&block, &json!({ "order": 12, "contact": { "name": "A & B" } })).unwrap();
        assert_eq!(call.url.open(|_| None).unwrap(), "https://shop.test/12?who=A%20%26%20B");
        assert_eq!((call.timeout, call.headers[0].1.secrets().collect::<Vec<_>>()), (7, vec!["shop"]));
    }

    #[test]
    fn what_is_no_request_is_named() {
        let pointer = |block: Value| asked(&block, &json!({})).unwrap_err().pointer;
        assert_eq!(pointer(json!("x")), "/block");
        assert_eq!(pointer(json!({ "kind": "message", "text": "x" })), "/block/kind");
        assert_eq!(pointer(json!({ "kind": "http", "method": "DANCE" })), "/block/method");
        let block = json!({ "kind": "http", "url": "https://shop.test", "method": "POST",
            "body": { "kind": "text", "text": "{{much}}{{much}}{{much}}" } });
        let much = json!({ "much": "x".repeat(60_000) });
        assert_eq!(asked(&block, &much).unwrap_err().pointer, "/block");
    }
}
