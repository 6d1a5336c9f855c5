//! What is secret in a file stays behind, in whichever format it comes; what is none stays as it is.

#![expect(clippy::unwrap_used, reason = "tests: a failure is the test's")]

use beseda_flow::import::{self, Imported, Verdict};
use beseda_flow::{Flow, Language, gallery};
use serde_json::{Value, json};

/// One bot in both formats. The editor's own tests paste it.
fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/secrets.json")).unwrap()
}

fn words(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().filter_map(Value::as_str).collect()
}

/// The places of what was left out.
fn left_out(imported: &Imported) -> Vec<&str> {
    let left = |verdict: &Verdict| serde_json::to_string(verdict).unwrap().contains("secret_left_out");
    imported.report.iter().filter(|row| left(&row.verdict)).map(|row| row.place.as_str()).collect()
}

#[test]
fn no_secret_comes_through_either_importer_and_the_report_says_where_one_was() {
    let fixture = fixture();
    let own = import::own(&fixture["beseda"].to_string()).unwrap();
    let typebot = import::typebot(fixture["typebot"].to_string().as_bytes()).unwrap();
    for imported in [&own, &typebot] {
        let whole = serde_json::to_string(&imported.flow).unwrap();
        let report = serde_json::to_string(&imported.report).unwrap();
        for secret in words(&fixture["secrets"]) {
            assert!(!whole.contains(secret), "{secret}: {whole}");
            assert!(!report.contains(secret), "{secret}: {report}");
        }
        assert!(whole.contains("morning"), "{whole}");
    }
    let whole = serde_json::to_string(&own.flow).unwrap();
    for kept in words(&fixture["kept"]) {
        assert!(whole.contains(kept), "{kept}: {whole}");
    }
    assert_eq!(
        left_out(&own),
        [
            "/groups/0/blocks/0",
            "/groups/0/blocks/1",
            "/groups/0/blocks/2",
            "/triggers/0",
            "/groups/0",
            "/edges/0",
            "/variables/0",
            "/variables/1",
            "/variables/2",
            "/settings",
            "/connections",
        ]
    );
    assert_eq!(
        left_out(&typebot),
        [
            "/groups/0/blocks/0",
            "/groups/0/blocks/1",
            "/groups/0/blocks/2",
            "/variables/0",
            "/variables/1",
            "/variables/2",
        ]
    );
    // What came in once stays as it is.
    for flow in [own.flow, typebot.flow] {
        let again = import::own(&serde_json::to_string(&flow).unwrap()).unwrap();
        assert_eq!(left_out(&again), [""; 0]);
        assert_eq!(again.flow, flow);
    }
}

/// An object with one member is no reference because of that.
#[test]
fn no_secret_comes_in_within_a_body_of_one_member() {
    let call = |body: Value| {
        json!({ "schema": 1, "id": "f", "name": "F", "groups": [{ "id": "g", "blocks": [
            { "id": "call", "kind": "http", "method": "POST", "url": "https://a.test/",
              "body": { "kind": "json", "value": body } }] }] })
    };
    let key = "sk-live-0123456789abcdef";
    for (body, kept) in [
        (json!({ "password": key }), json!({ "password": "{{ secret.password }}" })),
        (json!({ "password": "hunter2" }), json!({ "password": "{{ secret.password }}" })),
        (json!({ "data": { "password": key } }), json!({ "data": { "password": "{{ secret.password }}" } })),
        (json!([{ "token": "hunter2" }]), json!([{ "token": "{{ secret.token }}" }])),
        (json!({ "text": key }), json!({ "text": "{{ secret.text }}" })),
        (json!({ "name": key }), json!({ "name": "{{ secret.name }}" })),
        (json!({ "to": { "secret": key } }), json!({ "to": { "secret": "{{ secret.secret }}" } })),
    ] {
        let imported = import::own(&call(body.clone()).to_string()).unwrap();
        let flow = serde_json::to_value(&imported.flow).unwrap();
        assert_eq!(flow.pointer("/groups/0/blocks/0/body/value"), Some(&kept), "{body}");
        assert_eq!(left_out(&imported), ["/groups/0/blocks/0"], "{body}");
        assert!(matches!(&imported.report[0].verdict, Verdict::NeedsKey { what, .. } if what.len() == 1));
        let again = import::own(&flow.to_string()).unwrap();
        assert_eq!(left_out(&again), [""; 0], "{body}");
        assert_eq!(again.flow, imported.flow);
    }
    for body in
        [json!({ "secret": "crm_key" }), json!({ "auth": { "secret": "crm_key" } }), json!({ "a": "b" })]
    {
        let imported = import::own(&call(body.clone()).to_string()).unwrap();
        let flow = serde_json::to_value(&imported.flow).unwrap();
        assert_eq!(flow.pointer("/groups/0/blocks/0/body/value"), Some(&body));
        assert_eq!(left_out(&imported), [""; 0], "{body}");
    }
}

/// The ready bots are full of ordinary addresses, prices, times and passwords of Wi-Fi.
#[test]
fn the_ready_bots_come_through_with_every_word() {
    for bot in gallery::all() {
        for language in [Language::En, Language::Ru] {
            let flow = bot.load(language).unwrap();
            let imported = import::own(&serde_json::to_string(&flow).unwrap()).unwrap();
            assert_eq!(left_out(&imported), [""; 0], "{}", bot.id);
            assert_eq!(allowed(&imported.flow), allowed(&flow), "{}", bot.id);
        }
    }
}

/// The flow with what an import switches off.
fn allowed(flow: &Flow) -> Value {
    let mut flow = flow.clone();
    for block in flow.groups.iter_mut().flat_map(|group| &mut group.blocks) {
        block.address_off = false;
    }
    let mut value = serde_json::to_value(flow).unwrap();
    for block in
        value["groups"].as_array_mut().unwrap().iter_mut().flat_map(|g| g["blocks"].as_array_mut().unwrap())
    {
        block.as_object_mut().unwrap().retain(|name, _| name != "ai_summary");
    }
    value
}
