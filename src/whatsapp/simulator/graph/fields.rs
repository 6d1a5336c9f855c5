//! The fields of objects, and pages of them. Pure.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::super::book::Number;
use super::super::phone;
use super::super::refusal::Refusal;
use super::Call;

/// What a template gives when nothing is asked for.
pub(super) const TEMPLATE_FIELDS: [&str; 7] =
    ["name", "parameter_format", "components", "language", "status", "category", "id"];

pub(super) fn number_fields(number: &Number, per_second: u32) -> Map<String, Value> {
    let throughput = if per_second > 80 || per_second == 0 { "HIGH" } else { "STANDARD" };
    object(json!({
        "id": number.phone_number_id,
        "verified_name": number.name,
        "display_phone_number": format!("+{}", number.phone),
        "quality_rating": "GREEN",
        "code_verification_status": "VERIFIED",
        "account_mode": "LIVE",
        "certificate": "",
        "is_official_business_account": false,
        "is_pin_enabled": true,
        "name_status": "APPROVED",
        "new_name_status": "NONE",
        "status": "CONNECTED",
        "platform_type": "CLOUD_API",
        "search_visibility": "NON_VISIBLE",
        "throughput": {"level": throughput},
        "messaging_limit_tier": "TIER_UNLIMITED",
        "whatsapp_business_manager_messaging_limit": "TIER_UNLIMITED",
        "webhook_configuration": {"application": number.callback_url},
        "eligibility_for_api_business_global_search": "NON_ELIGIBLE_VERIFIED_LEVEL",
        "last_onboarded_time": null,
        "quality_score": {"score": "GREEN"},
    }))
}

pub(super) fn account_fields(number: &Number) -> Map<String, Value> {
    object(json!({
        "id": number.waba_id,
        "name": number.name,
        "timezone_id": "1",
        "currency": "USD",
        "country": phone::country(&number.phone),
        "message_template_namespace": "58e6d318_b627_4112_b9c7_2961197553ea",
        "account_review_status": "APPROVED",
        "business_verification_status": "verified",
        "ownership_type": "SELF",
        "status": "ACTIVE",
        "on_behalf_of_business_info": null,
        "primary_funding_id": "1",
        "purchase_order_number": null,
        "whatsapp_business_manager_messaging_limit": "TIER_UNLIMITED",
    }))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The named fields of a node and its id. A field that is not there is refused (recorded).
pub(super) fn pick(node: &Map<String, Value>, fields: &[&str], kind: &str) -> Result<Value, Refusal> {
    let mut picked = Map::new();
    for field in fields.iter().filter(|field| !field.is_empty()) {
        let value = node.get(*field).ok_or_else(|| {
            Refusal::parameter(format!("Tried accessing nonexisting field ({field}) on node type ({kind})"))
        })?;
        if !value.is_null() {
            picked.insert((*field).to_owned(), value.clone());
        }
    }
    if let Some(id) = node.get("id") {
        picked.insert("id".to_owned(), id.clone());
    }
    Ok(Value::Object(picked))
}

/// A page of nodes: `limit` of them behind the cursor `after`.
pub(super) fn page(call: &Call, nodes: Vec<Value>) -> Result<Value, Refusal> {
    let limit = call.query.get("limit").map_or(Ok(25), |limit| limit.parse::<usize>());
    let limit = limit.map_err(|_| Refusal::parameter("Param limit must be an integer."))?.clamp(1, 1000);
    let cursor = |at: usize| URL_SAFE_NO_PAD.encode(at.to_string());
    let start = match call.query.get("after") {
        None => 0,
        Some(after) => URL_SAFE_NO_PAD
            .decode(after)
            .ok()
            .and_then(|raw| String::from_utf8(raw).ok()?.parse::<usize>().ok())
            .ok_or_else(|| Refusal::parameter("Invalid cursors values."))?,
    };
    let total = nodes.len();
    let data: Vec<Value> = nodes.into_iter().skip(start).take(limit).collect();
    if data.is_empty() {
        return Ok(json!({"data": []}));
    }
    let end = start + data.len();
    let mut paging = json!({"cursors": {"before": cursor(start), "after": cursor(end)}});
    if end < total {
        let version = call.version.as_ref().map(|version| format!("/v{version}")).unwrap_or_default();
        let mut kept: Vec<_> = call
            .query
            .iter()
            .filter(|(key, _)| !["after", "limit", "access_token"].contains(&key.as_str()))
            .collect();
        kept.sort();
        let kept = kept.iter().fold(String::new(), |all, (key, value)| all + key + "=" + value + "&");
        paging["next"] = format!(
            "{}{version}/{}?{kept}limit={limit}&after={}",
            call.base,
            call.path.join("/"),
            cursor(end)
        )
        .into();
    }
    Ok(json!({"data": data, "paging": paging}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(query: &[(&str, &str)]) -> Call {
        Call {
            method: "get",
            version: Some("25.0".to_owned()),
            path: vec!["9".to_owned(), "message_templates".to_owned()],
            query: query.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            token: None,
            base: "http://h".to_owned(),
        }
    }

    #[test]
    fn pages_follow_each_other_until_next_is_gone() {
        let nodes: Vec<Value> = (0..5).map(|at| json!({ "id": at })).collect();
        let first = page(&call(&[("limit", "2"), ("fields", "id")]), nodes.clone()).unwrap();
        assert_eq!(first["data"], json!([{"id": 0}, {"id": 1}]));
        let next = first["paging"]["next"].as_str().unwrap();
        let after = first["paging"]["cursors"]["after"].as_str().unwrap();
        assert_eq!(next, format!("http://h/v25.0/9/message_templates?fields=id&limit=2&after={after}"));
        let last = page(&call(&[("limit", "3"), ("after", after)]), nodes.clone()).unwrap();
        assert_eq!(last["data"], json!([{"id": 2}, {"id": 3}, {"id": 4}]));
        assert!(last["paging"].get("next").is_none());
        assert_eq!(page(&call(&[]), vec![]).unwrap(), json!({"data": []}), "as recorded");
        assert!(page(&call(&[("after", "!")]), nodes.clone()).is_err());
        assert!(page(&call(&[("limit", "x")]), nodes).is_err());
    }

    #[test]
    fn only_fields_that_are_there_are_given() {
        let node = object(json!({"id": "1", "name": "N", "secret": "S", "empty": null}));
        assert_eq!(pick(&node, &["name", "empty"], "Kind").unwrap(), json!({"id": "1", "name": "N"}));
        assert_eq!(
            pick(&node, &["nothing"], "Kind").unwrap_err().message,
            "(#100) Tried accessing nonexisting field (nothing) on node type (Kind)"
        );
    }
}
