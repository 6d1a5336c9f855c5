//! Every body of `tests/fixtures/whatsapp/payloads` decodes into what its index says, raw and escaped.

use std::path::Path;

use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Fixture {
    file: String,
    kinds: Vec<String>,
    negative: bool,
}

fn fixtures() -> Vec<(Fixture, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/whatsapp");
    let index = std::fs::read_to_string(folder.join("payloads/INDEX.json")).unwrap();
    let fixtures: Vec<Fixture> = serde_json::from_str(&index).unwrap();
    fixtures
        .into_iter()
        .map(|fixture| {
            let body = std::fs::read_to_string(folder.join(&fixture.file)).unwrap();
            (fixture, body)
        })
        .collect()
}

/// The index's word for what an event is.
fn indexed(event: &Event) -> String {
    match event {
        Event::System(system) => format!("message.system.{}", system.event),
        // The index calls what has no news of its field "empty".
        Event::Unknown(unknown) if unknown.kind == "field.messages" => "empty".to_owned(),
        // The index names what changed, where we have no event.
        Event::Notice(notice) if notice.field == "template_category_update" => {
            "field.template_category_update.category".to_owned()
        }
        event => event.kind(),
    }
}

#[test]
fn every_fixture_decodes_into_its_kinds() {
    let fixtures = fixtures();
    assert!(fixtures.len() >= 138);
    for (fixture, raw) in &fixtures {
        // The escaping is done to compact JSON, as Meta sends it: between tokens nothing may be escaped.
        let compact = serde_json::from_str::<Value>(raw).unwrap().to_string();
        for body in [raw.clone(), compact.clone(), escaped(&compact)] {
            let events = decoded(&body);
            let found: Vec<_> = events.iter().map(indexed).collect();
            let expected: Vec<_> = fixture.kinds.iter().filter(|kind| !kind.starts_with("with:")).collect();
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{}", fixture.file);
            let marks = |mark: &str| fixture.kinds.iter().any(|kind| kind == mark);
            for event in &events {
                check_marks(event, &fixture.file, marks);
            }
        }
        assert_eq!(decoded(raw), decoded(&escaped(&compact)), "{}", fixture.file);
    }
}

/// What the index says a body carries is found in our fields.
fn check_marks(event: &Event, file: &str, marks: impl Fn(&str) -> bool) {
    match event {
        Event::Message(message) => {
            assert_eq!(message.reply_to.is_some(), marks("with:reply_context"), "{file}");
            assert_eq!(message.forwarded, marks("with:forwarded"), "{file}");
            let referral = message.referral.as_ref();
            assert_eq!(
                referral.is_some_and(|referral| referral.source_url.is_some()),
                marks("with:referral"),
                "{file}"
            );
            assert_eq!(
                referral.is_some_and(|referral| referral.product.is_some()),
                marks("with:referred_product"),
                "{file}"
            );
            if let Content::Other(other) = &message.content {
                assert!(["unsupported", "unknown"].contains(&message.kind.as_str()), "{file}: {other:?}");
                assert!(marks("with:message.errors") && other.detail.is_some(), "{file}");
            }
            assert!(!message.customer.is_nobody(), "{file}");
        }
        Event::Status(status) => {
            assert_eq!(!status.errors.is_empty(), marks("with:status.errors"), "{file}");
            assert_eq!(status.pricing.is_some(), marks("with:pricing"), "{file}");
            assert_eq!(status.conversation.is_some(), marks("with:conversation"), "{file}");
        }
        Event::System(system) => {
            let change = system.change.as_ref().unwrap();
            assert_eq!(change.new.wa_id.as_deref(), Some("NEW_PHONE_NUMBER_ID"), "{file}");
        }
        _ => {}
    }
}

#[test]
fn negative_fixtures_are_unknown_and_say_why() {
    for (fixture, body) in fixtures().iter().filter(|(fixture, _)| fixture.negative) {
        let events = decoded(body);
        let [Event::Unknown(unknown)] = events.as_slice() else { panic!("{}: {events:?}", fixture.file) };
        assert!(
            unknown.why.contains("INVALID_EVENT") || unknown.why.contains("invalid_field"),
            "{unknown:?}"
        );
    }
}

#[test]
fn the_routes_of_every_fixture_are_found_without_decoding() {
    for (fixture, body) in fixtures() {
        let routes = route(body.as_bytes()).unwrap();
        let deliveries = decode(body.as_bytes(), received()).unwrap();
        assert!(!routes.is_empty() && routes[0].waba_id.is_some(), "{}", fixture.file);
        for delivery in deliveries {
            assert!(routes.contains(&delivery.route), "{}", fixture.file);
        }
    }
}
