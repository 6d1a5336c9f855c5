//! What the report says, and that nothing secret is carried.

use std::collections::BTreeMap;

use beseda_flow::import::Verdict;
use beseda_flow::{Body, Flow, Language, Severity, TriggerKind, check};
use serde_json::{Value, json};

use crate::{imported, names};

/// What became of each block of a fixture: the verdict's word, then its codes.
fn verdicts(name: &str) -> BTreeMap<String, String> {
    let codes = |list: &Value| -> Vec<String> {
        let list = list.as_array().into_iter().flatten();
        list.map(|one| one["code"].as_str().unwrap().to_owned()).collect()
    };
    let rows = imported(name).report.into_iter().map(|row| {
        let verdict = serde_json::to_value(&row.verdict).unwrap();
        let mut words = vec![verdict["verdict"].as_str().unwrap().to_owned()];
        words.extend(verdict["why"]["code"].as_str().map(str::to_owned));
        words.extend(codes(&verdict["what"]));
        words.extend(codes(&verdict["how"]));
        (row.id, words.join(" "))
    });
    rows.collect()
}

fn expect(name: &str, wanted: &[(&str, &str)]) {
    let found = verdicts(name);
    for (id, verdict) in wanted {
        assert_eq!(found.get(*id).map(String::as_str), Some(*verdict), "{name}: {id}");
    }
}

#[test]
fn every_block_has_its_row() {
    for name in names() {
        let file: Value = serde_json::from_slice(&crate::file(&name)).unwrap();
        let groups = file["groups"].as_array().unwrap();
        let blocks = groups.iter().flat_map(|group| group["blocks"].as_array().unwrap());
        let blocks: Vec<&Value> = blocks.filter(|block| block["type"] != "start").collect();
        let imported = imported(&name);
        for row in &imported.report {
            let there = file.pointer(&row.place).unwrap_or_else(|| panic!("{name}: {}", row.place));
            assert_eq!(there["id"], json!(row.id), "{name}");
            let ours = row.block.as_deref();
            let exists = |id: &str| {
                imported.flow.groups.iter().flat_map(|group| &group.blocks).any(|block| block.id == id)
            };
            assert!(ours.is_none_or(exists), "{name}: {ours:?}");
        }
        let rows = imported.report.iter().filter(|row| row.block.is_some()).count();
        assert_eq!(rows, blocks.len(), "{name}");
    }
}

#[test]
fn bubbles() {
    expect(
        "bubbles",
        &[
            ("rich", "adapted formatting_lost"),
            ("plain", "imported"),
            ("html", "imported"),
            ("pic", "adapted address_below address_off address_off"),
            ("gif", "adapted as_link address_off"),
            ("film", "adapted address_off"),
            ("tube", "adapted as_link address_off"),
            ("sound", "adapted address_off"),
            ("wav", "adapted as_link address_off"),
            ("nothing", "adapted empty"),
            ("nopic", "adapted empty"),
            ("odd", "adapted inline_code_left_out"),
        ],
    );
}

#[test]
fn questions() {
    expect(
        "inputs",
        &[
            ("q1", "imported"),
            ("in-text", "adapted attachments_left_out"),
            ("in-number", "imported"),
            ("in-email", "imported"),
            ("in-url", "adapted placeholder_as_text"),
            ("in-phone", "imported"),
            ("in-date", "adapted format_left_out"),
            ("in-range", "adapted several_questions"),
            ("in-time", "imported"),
            ("in-rating", "imported"),
            ("in-file", "adapted file_kinds_widened text_skips"),
        ],
    );
    expect(
        "choices",
        &[
            ("one", "adapted numbered_title"),
            ("many", "adapted numbered_answers"),
            ("list", "adapted list"),
            ("long", "adapted numbered_text"),
            ("dynamic", "imported"),
            ("pages", "adapted paged_list"),
            ("none", "adapted empty"),
        ],
    );
    expect(
        "pictures",
        &[
            ("pic", "adapted pictures_before address_off as_link address_off"),
            ("dyn", "adapted pictures_left_out"),
        ],
    );
    expect(
        "cards",
        &[("c1", "adapted pictures_before address_off address_off"), ("c2", "adapted pictures_left_out")],
    );
}

#[test]
fn logic() {
    expect(
        "set",
        &[
            ("c1", "imported"),
            ("c2", "imported"),
            ("c3", "imported"),
            ("c4", "imported"),
            ("c5", "imported"),
            ("c6", "unsupported code"),
            ("a1", "imported"),
            ("m1", "imported"),
            ("p1", "imported"),
            ("p2", "imported"),
            ("odd", "unsupported action"),
            ("lost", "adapted unknown_variable empty"),
            ("k0", "imported"),
            ("k1", "adapted constant"),
            ("k4", "adapted random_id"),
            ("k5", "adapted date_form"),
            ("k9", "imported"),
        ],
    );
    expect("conditions", &[("if", "adapted ends_here"), ("ops", "adapted ends_here operator_assumed")]);
    expect("patterns", &[("bad", "unsupported pattern ends_here")]);
    expect(
        "logic",
        &[
            ("go", "adapted link_button address_off"),
            ("mail", "adapted as_link"),
            ("wait", "imported"),
            ("wait2", "adapted empty"),
            ("ab", "imported"),
            ("part", "imported"),
            ("jump", "imported"),
            ("other", "adapted other_bot from_beginning"),
            ("back", "imported"),
        ],
    );
    let missing = imported("logic").missing;
    assert_eq!((missing.len(), missing[0].bot.as_str()), (1, "another-bot"));
}

#[test]
fn what_reaches_outside_is_off() {
    expect(
        "http",
        &[
            (
                "post",
                "needs_key secret secret secret secret secret secret secret_left_out secret_left_out secret_left_out secret_left_out secret_left_out secret_left_out path_left_out off_until_allowed",
            ),
            ("raw", "adapted off_until_allowed"),
            ("all", "adapted all_variables off_until_allowed"),
            ("nourl", "adapted empty"),
            ("odd", "unsupported method"),
            ("zap", "needs_key secret plain_request secret_left_out all_variables off_until_allowed"),
            ("pause", "adapted other_address off_until_allowed"),
        ],
    );
    expect(
        "email",
        &[
            (
                "m1",
                "needs_key mail html_as_text attachment_left_out off_until_allowed off_until_allowed off_until_allowed",
            ),
            ("m2", "needs_key mail all_variables off_until_allowed"),
        ],
    );
    expect(
        "ai",
        &[
            ("a1", "needs_key model secret_left_out messages_joined field_left_out off_until_allowed"),
            ("a2", "needs_key model off_until_allowed"),
            ("a3", "needs_key model off_until_allowed"),
            ("a4", "needs_key model off_until_allowed"),
            ("a5", "unsupported action"),
        ],
    );
    for name in ["http", "email", "ai", "unsupported"] {
        for block in imported(name).flow.groups.iter().flat_map(|group| &group.blocks) {
            let speaks = matches!(block.body, Body::Message(_) | Body::Question(_));
            assert!(speaks || block.is_passed_by(), "{name}: {}", block.id);
        }
    }
}

#[test]
fn nothing_secret_is_carried() {
    for name in names() {
        let imported = imported(&name);
        let written = serde_json::to_string(&imported.flow).unwrap()
            + &serde_json::to_string(&imported.report).unwrap();
        for secret in [
            "very-secret",
            "another-secret",
            "topsecret1",
            "hunter22",
            "letmein99",
            "abc123def456ghi789",
            "12345/abcde",
            "cred-77",
        ] {
            assert!(!written.contains(secret), "{name} carries {secret}");
        }
    }
}

#[test]
fn a_request_is_what_it_was_without_its_secrets() {
    let imported = imported("http");
    let blocks: Vec<_> = imported.flow.groups.iter().flat_map(|group| &group.blocks).collect();
    let post = serde_json::to_value(&blocks[0].body).unwrap();
    assert_eq!(
        post,
        json!({
            "kind": "http", "method": "POST", "timeout": 15, "status": "Status",
            "url": "https://api.stock.example/v1/{{Item}}/{{ secret.api_stock_example_address }}?api_key={{ secret.api_key }}&q=1",
            "query": [{ "name": "token", "value": { "secret": "token" } }, { "name": "page", "value": "2" }],
            "headers": [
                { "name": "Authorization", "value": "Bearer {{ secret.authorization }}" },
                { "name": "X-Trace", "value": "{{Item}}" },
            ],
            "body": { "kind": "json", "value": { "item": "{{Item}}", "count": "{{Count}}", "password": "{{ secret.password }}" } },
            "save": [{ "variable": "Price", "path": "items.0.price" }],
        })
    );
}

#[test]
fn unsupported_blocks_keep_their_place_as_notes() {
    let imported = imported("unsupported");
    for row in imported.report.iter().filter(|row| !matches!(row.kind.as_str(), "text" | "start")) {
        assert!(matches!(row.verdict, Verdict::Unsupported { .. }), "{}", row.kind);
    }
    let blocks = &imported.flow.groups[0].blocks;
    let notes =
        blocks.iter().filter(|block| matches!(&block.body, Body::Note(note) if note.text.contains("kept")));
    assert_eq!(notes.count(), blocks.len() - 2);
    expect(
        "unsupported",
        &[
            ("u0", "unsupported not_on_whatsapp"),
            ("u2", "unsupported code"),
            ("u3", "unsupported other_service"),
            ("u18", "unsupported unknown_kind"),
        ],
    );
}

#[test]
fn events() {
    expect(
        "events",
        &[
            ("begin", "imported"),
            ("stop", "adapted command_word"),
            ("nocmd", "unsupported event"),
            ("any", "adapted after_answers"),
            // It leads nowhere.
            ("bad", "unsupported event"),
            ("e-left", "adapted edge_left_out"),
        ],
    );
    let flow = imported("events").flow;
    assert_eq!(flow.triggers.len(), 2);
    assert_eq!((&flow.triggers[0].kind, flow.triggers[0].keywords.len()), (&TriggerKind::Keyword, 2));
    assert!(flow.triggers[1].anywhere);
    let notes = flow.extra["notes"].as_array().unwrap();
    assert_eq!(notes.len(), 2);
    assert_eq!((&notes[1]["x"], &notes[1]["y"]), (&json!(-300.0), &json!(700.0)));
    assert!(notes[1]["text"].as_str().unwrap().starts_with("invalidReply"));
}

#[test]
fn versions_are_one_bot() {
    let talk = |name: &str| {
        let flow = imported(name).flow;
        let blocks = |flow: &Flow| -> Vec<Value> {
            let blocks = flow.groups.iter().flat_map(|group| &group.blocks).filter(|block| !block.disabled);
            blocks.map(|block| serde_json::to_value(block).unwrap()).collect()
        };
        (
            blocks(&flow),
            flow.start.clone(),
            flow.edges.len(),
            flow.groups.iter().map(|group| (group.x, group.y)).collect::<Vec<_>>(),
        )
    };
    let newest = talk("v6_1");
    for name in ["v3", "v4", "v5", "v6"] {
        assert_eq!(talk(name), newest, "{name}");
    }
    expect("v3", &[("w1", "unsupported request_not_in_file")]);
}

#[test]
fn the_bot_speaks_the_language_of_its_texts() {
    assert_eq!(imported("russian").flow.language, Language::Ru);
    assert_eq!(imported("v6").flow.language, Language::En);
}

#[test]
fn well_made_bots_raise_no_warning() {
    for name in ["v6_1", "russian"] {
        let worst: Vec<_> = check(&imported(name).flow)
            .into_iter()
            .filter(|found| found.severity != Severity::Hint)
            .collect();
        assert_eq!(worst, [], "{name}");
    }
}

#[test]
fn typing_becomes_a_setting_of_the_bot() {
    let file = |typing: Value| {
        json!({
            "version": "6.1", "id": "t", "name": "T", "variables": [], "settings": typing, "theme": {},
            "events": [{ "id": "e", "type": "start", "outgoingEdgeId": "x", "graphCoordinates": { "x": 0, "y": 0 } }],
            "groups": [{ "id": "g", "title": "G", "graphCoordinates": { "x": 0, "y": 0 }, "blocks": [
                { "id": "w", "type": "Wait", "options": { "secondsToWaitFor": 3 } },
                { "id": "m", "type": "text", "content": { "richText": [{ "type": "p", "children": [{ "text": "Hi" }] }] } } ] }],
            "edges": [{ "id": "x", "from": { "eventId": "e" }, "to": { "groupId": "g" } }],
        })
    };
    for (settings, types) in [
        (
            json!({ "typingEmulation": { "enabled": true, "speed": 300, "maxDelay": 1.5 } }),
            Some(json!({ "speed": 300.0, "most": 1.5 })),
        ),
        (
            json!({ "typingEmulation": { "enabled": true, "maxDelay": 99, "delayBetweenBubbles": 2,
                "isDisabledOnFirstMessage": false } }),
            Some(json!({ "most": 25.0, "between": 2.0, "first": true })),
        ),
        (json!({ "typingEmulation": { "enabled": false } }), None),
        (json!({ "typingEmulation": {} }), None),
        (json!({}), None),
    ] {
        let imported = beseda_flow::import::typebot(file(settings.clone()).to_string().as_bytes()).unwrap();
        let Body::Wait(wait) = &imported.flow.groups[0].blocks[0].body else { panic!("no wait") };
        assert_eq!(wait.typing, types.is_some(), "{settings}");
        let typing =
            imported.flow.settings.typing.as_ref().map(|typing| serde_json::to_value(typing).unwrap());
        assert_eq!(typing, types, "{settings}");
        let told = imported.report.iter().find(|row| row.kind == "typingEmulation");
        assert_eq!(told.map(|row| row.place.as_str()), types.map(|_| "/settings/typingEmulation"));
    }
    let wrong = file(json!({ "typingEmulation": { "enabled": "yes" } })).to_string();
    let error = beseda_flow::import::typebot(wrong.as_bytes()).unwrap_err().to_string();
    assert!(error.contains("/settings/typingEmulation/enabled"), "{error}");
}

/// What became of one block with these options, and the sticky notes that came of it.
fn lost(kind: &str, options: Value) -> (Vec<String>, String) {
    let file = json!({ "version": "6.1", "id": "b", "name": "B", "edges": [], "variables": [],
        "events": [{ "id": "s", "type": "start" }],
        "groups": [{ "id": "g", "title": "", "blocks": [{ "id": "x", "type": kind, "options": options }] }] });
    let imported = beseda_flow::import::typebot(file.to_string().as_bytes()).unwrap();
    let verdict = serde_json::to_value(&imported.report[0].verdict).unwrap();
    let how = verdict["how"].as_array().into_iter().flatten();
    let said = how.map(|change| {
        let named = ["name", "value", "format", "count"].iter().find_map(|name| change.get(*name));
        let named = named.map(|value| value.to_string().replace('"', "")).unwrap_or_default();
        format!("{} {named}", change["code"].as_str().unwrap()).trim().to_owned()
    });
    (said.collect(), serde_json::to_string(&imported.flow.extra).unwrap())
}

#[test]
fn no_option_is_lost_without_a_word() {
    for (kind, options, wanted) in [
        ("number input", json!({ "step": 1, "style": "decimal", "labels": { "button": "Go" } }), vec![]),
        (
            "number input",
            json!({ "step": 0.5, "style": "currency", "currency": "EUR", "locale": "de" }),
            vec!["step_left_out 0.5", "number_style_left_out EUR"],
        ),
        ("number input", json!({ "step": "{{Step}}" }), vec!["step_left_out {{Step}}"]),
        ("number input", json!({ "style": "percent" }), vec!["number_style_left_out percent"]),
        (
            "number input",
            json!({ "style": "unit", "unit": "kilogram" }),
            vec!["number_style_left_out kilogram"],
        ),
        ("text input", json!({ "isLong": true, "inputMode": "decimal" }), vec![]),
        (
            "text input",
            json!({ "newer": { "isEnabled": true }, "off": { "isEnabled": false } }),
            vec!["option_left_out newer"],
        ),
        (
            "phone number input",
            json!({ "defaultCountryCode": "Atlantis" }),
            vec!["option_left_out defaultCountryCode"],
        ),
        ("rating input", json!({ "length": 5, "buttonType": "Icons" }), vec!["option_left_out buttonType"]),
        (
            "file input",
            json!({ "allowedFileTypes": { "isEnabled": true, "types": [".pdf", "image/*"] }, "visibility": "Private" }),
            vec!["option_left_out visibility", "file_kinds_widened .pdf"],
        ),
        ("file input", json!({ "allowedFileTypes": { "isEnabled": true, "types": ["image/*"] } }), vec![]),
    ] {
        assert_eq!(lost(kind, options).0, wanted, "{kind}");
    }
    let tool = json!({ "type": "function", "name": "weather", "code": "return fetch(url)" });
    let options = json!({ "action": "Create chat completion", "temperature": 0.2, "tools": [tool],
        "messages": [{ "role": "user", "content": "Hi" }] });
    let (how, notes) = lost("openai", options);
    assert_eq!(how, ["tools_left_out 1", "option_left_out temperature", "off_until_allowed"]);
    assert!(notes.contains("return fetch(url)") && notes.contains("openai: tools"), "{notes}");
}
