//! Every limit of WhatsApp on what a flow can send: at the limit nothing is found, one above it is, with its place.
//!
//! The numbers are Meta's own, written out here: a limit that is changed in the engine by mistake fails. Of headers and
//! footers (60 characters) and of sections' titles (24) a flow has none, which [`what_a_flow_sends_has_no_other_texts`] holds.

use beseda_flow::{
    Code, Compiled, Effect, Finding, Flow, Input, LoadError, Session, Surroundings, check_in, limits, step,
};
use serde_json::{Value, json};

use super::{findings, flow, followed, with};

/// The findings about sizes in a flow of this block, but for what is known to stand there at the limit too.
fn of_sizes(flow: Value) -> Vec<Finding> {
    findings(flow).into_iter().filter(|finding| finding.parameters.contains_key("limit")).collect()
}

fn codes(findings: &[Finding]) -> Vec<Code> {
    findings.iter().map(|finding| finding.code).collect()
}

/// A block of which something is as long, or as many, as it is told.
type Sized = Box<dyn Fn(usize) -> Value>;

struct Limit {
    /// What it is of, for whoever reads a failure.
    of: &'static str,
    most: usize,
    code: Code,
    block: Sized,
    /// What is said of it at the limit all the same.
    besides: Vec<Code>,
}

fn limit(of: &'static str, most: usize, code: Code, block: impl Fn(usize) -> Value + 'static) -> Limit {
    Limit { of, most, code, block: Box::new(block), besides: Vec::new() }
}

/// A text of so many characters of which Meta and the engine count each as one.
fn text(length: usize) -> String {
    "я".repeat(length)
}

fn message(fields: Value) -> Value {
    with(json!({ "id": "x", "kind": "message" }), fields)
}

fn file(kind: &str, mime: &str, size: usize) -> Value {
    json!({ "kind": kind, "stored": "f", "mime": mime, "size": size })
}

fn ask(answer: &str, fields: Value) -> Value {
    with(json!({ "id": "x", "kind": "question", "text": "?", "answer": answer }), fields)
}

fn form(fields: Value) -> Value {
    ask("form", with(json!({ "form": { "id": "1" } }), fields))
}

fn choice(options: Value, fields: Value) -> Value {
    ask("choice", with(json!({ "options": options }), fields))
}

fn menu(options: Value, fields: Value) -> Value {
    with(json!({ "id": "x", "kind": "menu", "text": "?", "options": options }), fields)
}

/// So many answers with short titles; their payloads are a menu's.
fn options(count: usize) -> Value {
    (0..count)
        .map(|n| json!({ "id": format!("o{n}"), "title": format!("Answer {n}"), "payload": "p" }))
        .collect()
}

fn option(title: &str, description: &str) -> Value {
    json!([{ "id": "o", "title": title, "description": description, "payload": "p" }])
}

fn link(fields: Value) -> Value {
    with(
        json!({ "id": "x", "kind": "link_button", "text": "?", "title": "Open", "url": "https://a.b" }),
        fields,
    )
}

fn template(fields: Value) -> Value {
    with(json!({ "id": "x", "kind": "template", "name": "hello", "language": "ru" }), fields)
}

/// The same template as what a question is asked with.
fn asked(fields: Value) -> Value {
    ask("text", json!({ "template": template(fields) }))
}

fn button(kind: &str, text: String) -> Value {
    json!({ "buttons": [{ "id": "b", "kind": kind, "text": text }] })
}

fn texts() -> Vec<Limit> {
    let several = |n| choice(option(&text(n), ""), json!({ "multiple": true }));
    vec![
        limit("a message", 4096, Code::SplitText, |n| message(json!({ "text": text(n) }))),
        limit("a question", 4096, Code::SplitText, |n| ask("text", json!({ "text": text(n) }))),
        limit("a question asked again", 4096, Code::SplitText, |n| ask("text", json!({ "retry": text(n) }))),
        limit(
            "words at a hand-over",
            4096,
            Code::SplitText,
            |n| json!({ "id": "x", "kind": "hand_over", "text": text(n) }),
        ),
        limit("last words", 4096, Code::SplitText, |n| json!({ "id": "x", "kind": "end", "text": text(n) })),
        limit("a list", 4096, Code::SplitText, |n| {
            choice(option("A", "About it"), json!({ "text": text(n) }))
        }),
        limit("a menu's list", 4096, Code::SplitText, |n| {
            menu(option("A", "About it"), json!({ "text": text(n) }))
        }),
        limit("an image's caption", 1024, Code::CaptionApart, |n| {
            message(json!({ "text": text(n), "media": file("image", "image/png", 1) }))
        }),
        limit("a video's caption", 1024, Code::CaptionApart, |n| {
            message(json!({ "text": text(n), "media": file("video", "video/mp4", 1) }))
        }),
        limit("a document's caption", 1024, Code::CaptionApart, |n| {
            message(json!({ "text": text(n), "media": file("document", "application/pdf", 1) }))
        }),
        limit("a text above buttons", 1024, Code::ListInsteadOfButtons, |n| {
            choice(options(3), json!({ "text": text(n) }))
        }),
        limit("a text above buttons, said again", 1024, Code::ListInsteadOfButtons, |n| {
            choice(options(3), json!({ "retry": text(n) }))
        }),
        limit("a text above a rating's buttons", 1024, Code::ListInsteadOfButtons, |n| {
            ask("rating", json!({ "max": 3, "text": text(n) }))
        }),
        limit("a text above a menu's buttons", 1024, Code::ListInsteadOfButtons, |n| {
            menu(options(3), json!({ "text": text(n) }))
        }),
        limit("a text with a link", 1024, Code::TextApart, |n| link(json!({ "text": text(n) }))),
        limit("a text that asks for a place", 1024, Code::TextApart, |n| {
            ask("location", json!({ "text": text(n) }))
        }),
        limit("a text that asks for a place again", 1024, Code::TextApart, |n| {
            ask("location", json!({ "retry": text(n) }))
        }),
        limit("a form's text", 1024, Code::TextApart, |n| form(json!({ "text": text(n) }))),
        limit("a form's text, again", 1024, Code::TextApart, |n| form(json!({ "retry": text(n) }))),
        // Not WhatsApp's: the engine's own, for a numbered text.
        limit("a title of several", 200, Code::CutText, several),
    ]
}

fn buttons_and_rows() -> Vec<Limit> {
    vec![
        limit("a button", 20, Code::ListInsteadOfButtons, |n| choice(option(&text(n), ""), json!({}))),
        limit("a menu's button", 20, Code::ListInsteadOfButtons, |n| menu(option(&text(n), ""), json!({}))),
        limit("a link's button", 20, Code::CutText, |n| link(json!({ "title": text(n) }))),
        limit("a form's button", 20, Code::CutText, |n| form(json!({ "button": text(n) }))),
        limit("a form's button with a variable", 20, Code::CutText, |n| {
            form(json!({ "button": text(n) + "{{contact.name}}" }))
        }),
        limit("a list's button", 20, Code::CutText, |n| {
            choice(option("A", "About it"), json!({ "button": text(n) }))
        }),
        limit("a menu's list's button", 20, Code::CutText, |n| {
            menu(option("A", "About it"), json!({ "button": text(n) }))
        }),
        limit("the button of a list out of a variable", 20, Code::CutText, |n| {
            ask("choice", json!({ "items": "contact.orders", "button": text(n) }))
        }),
        limit("a row", 24, Code::NumberedInsteadOfList, |n| choice(option(&text(n), "About"), json!({}))),
        limit("a menu's row", 24, Code::NumberedInsteadOfList, |n| {
            menu(option(&text(n), "About"), json!({}))
        }),
        limit("a row's description", 72, Code::CutText, |n| choice(option("A", &text(n)), json!({}))),
        limit("a menu's row's description", 72, Code::CutText, |n| menu(option("A", &text(n)), json!({}))),
        limit("what stands at the lowest number", 72, Code::CutText, |n| {
            ask("rating", json!({ "low": text(n) + "{{contact.name}}" }))
        }),
        limit("what stands at the highest number", 72, Code::CutText, |n| {
            ask("rating", json!({ "high": text(n) }))
        }),
        limit("buttons", 3, Code::ListForMany, |n| choice(options(n), json!({}))),
        limit("a menu's buttons", 3, Code::ListForMany, |n| menu(options(n), json!({}))),
        Limit {
            besides: vec![Code::ListForMany],
            ..limit("rows", 10, Code::PagedList, |n| choice(options(n), json!({})))
        },
        Limit {
            besides: vec![Code::ListForMany],
            ..limit("a menu's rows", 10, Code::PagedList, |n| menu(options(n), json!({})))
        },
    ]
}

fn templates() -> Vec<Limit> {
    let many = |n: usize| {
        let buttons: Vec<_> = (0..n).map(|n| json!({ "id": format!("b{n}"), "index": n })).collect();
        template(json!({ "buttons": buttons }))
    };
    let words =
        |n: usize| json!({ "text": "Hello {{1}}!", "body": [{ "text": text(n - 7) + "{{contact.name}}" }] });
    let named = |n: usize| json!({ "text": "{{who}}!", "body": [{ "name": "who", "text": text(n - 1) }] });
    vec![
        limit("a text in a template's header", 60, Code::CutText, |n| {
            template(json!({ "header": { "text": text(n) } }))
        }),
        limit("a text in the header of what is asked", 60, Code::CutText, |n| {
            asked(json!({ "header": { "text": text(n) + "{{contact.name}}" } }))
        }),
        limit("a value in a template", 1024, Code::CutText, |n| {
            template(json!({ "body": [{ "text": text(n) }] }))
        }),
        limit("a template's words with their value", 1024, Code::TooLong, move |n| template(words(n))),
        limit("a template's words with a value that has a name", 1024, Code::TooLong, move |n| {
            asked(named(n))
        }),
        limit("a template's words, which are not known", 1024, Code::TooLong, |n| {
            template(json!({ "body": [{ "text": text(512) }, { "text": text(n - 512) }] }))
        }),
        limit("a template's payload", 256, Code::TooLong, |n| template(button("quick_reply", text(n)))),
        limit("a template's address", 2000, Code::TooLong, |n| template(button("url", text(n)))),
        limit("a template's code", 20, Code::TooLong, |n| template(button("copy_code", text(n)))),
        limit("a template's buttons", 10, Code::TooManyButtons, many),
    ]
}

fn files() -> Vec<Limit> {
    const MB: usize = 1024 * 1024;
    let sent =
        |kind: &'static str, mime: &'static str| move |n| message(json!({ "media": file(kind, mime, n) }));
    let head = |kind: &'static str, mime: &'static str| {
        move |n| template(json!({ "header": { "media": file(kind, mime, n) } }))
    };
    vec![
        limit("an image", 5 * MB, Code::LargeFile, sent("image", "image/jpeg")),
        limit("a video", 16 * MB, Code::LargeFile, sent("video", "video/mp4")),
        limit("a sound", 16 * MB, Code::LargeFile, sent("audio", "audio/mpeg")),
        limit("a document", 100 * MB, Code::LargeFile, sent("document", "application/pdf")),
        limit("a sticker that stands still", 100 * 1024, Code::LargeFile, sent("sticker", "image/webp")),
        Limit {
            besides: vec![Code::LargeFile],
            ..limit("a sticker that moves", 500 * 1024, Code::LargeFile, sent("sticker", "image/webp"))
        },
        limit("an image in a header", 5 * MB, Code::LargeFile, head("image", "image/png")),
        limit("a video in a header", 16 * MB, Code::LargeFile, head("video", "video/mp4")),
        limit("a document in a header", 100 * MB, Code::LargeFile, head("document", "application/pdf")),
    ]
}

#[test]
fn each_limit_is_found_one_above_it() {
    for Limit { of, most, code, block, besides } in
        [texts(), buttons_and_rows(), templates(), files()].into_iter().flatten()
    {
        assert_eq!(codes(&of_sizes(followed(&block(most)))), besides, "{of}, at its limit");
        let above = of_sizes(followed(&block(most + 1)));
        let finding =
            above.iter().find(|finding| finding.code == code && finding.parameters["limit"] == most);
        let finding = finding.unwrap_or_else(|| panic!("{of}, one above its limit: {above:?}"));
        assert_eq!(finding.block.as_deref(), Some("x"), "{of}");
        let counted = ["length", "size", "count"].iter().find_map(|name| finding.parameters.get(*name));
        assert_eq!(counted, Some(&json!(most + 1)), "{of}");
    }
}

/// The words that Meta has count, whatever the flow remembers of them.
#[test]
fn a_templates_words_are_metas() {
    for remembered in ["", "Hi {{1}}"] {
        let told = |length: usize| {
            let known = json!({ "templates": [{ "name": "hello", "language": "RU", "places": [{ "name": "1" }],
                                                "body": text(length) + "{{1}}" }] });
            let block = template(json!({ "text": remembered, "body": [{ "text": "four{{contact.name}}" }] }));
            let flow = Flow::from_value(followed(&block)).unwrap();
            let found = check_in(&flow, &serde_json::from_value::<Surroundings>(known).unwrap());
            found.into_iter().map(|finding| (finding.code, finding.block.unwrap())).collect::<Vec<_>>()
        };
        assert_eq!(told(1020), []);
        assert_eq!(told(1021), [(Code::TooLong, "x".to_owned())]);
    }
}

/// What asks with a variable is held to what stands around it alone.
#[test]
fn variables_count_for_nothing() {
    let name = "{{contact.a_rather_long_name_of_a_field}}";
    for block in [
        choice(option(name, ""), json!({ "button": name })),
        ask("choice", json!({ "items": "contact.orders", "button": name })),
        ask("rating", json!({ "low": name.repeat(2), "high": name.repeat(2) })),
        form(json!({ "button": name })),
        link(json!({ "title": name })),
        template(
            json!({ "header": { "text": name.repeat(2) }, "text": text(1023) + "{{1}}", "body": [{ "text": name }] }),
        ),
        template(button("copy_code", name.to_owned())),
    ] {
        assert_eq!(codes(&of_sizes(followed(&block))), [], "{block}");
    }
}

#[test]
fn the_flows_own_words_are_held_to_what_they_become() {
    for (name, most, code) in [
        ("open", 20, Code::CutText),
        ("choose", 20, Code::CutText),
        ("more", 24, Code::CutText),
        ("choose_body", 1024, Code::CutText),
        ("retry_location", 1024, Code::CutText),
        ("retry_form", 1024, Code::CutText),
        ("retry_text", 4096, Code::SplitText),
        ("retry_number", 4096, Code::SplitText),
        ("retry_email", 4096, Code::SplitText),
        ("retry_phone", 4096, Code::SplitText),
        ("retry_date", 4096, Code::SplitText),
        ("retry_choice", 4096, Code::SplitText),
        ("retry_choices", 4096, Code::SplitText),
        ("retry_url", 4096, Code::SplitText),
        ("retry_time", 4096, Code::SplitText),
        ("retry_rating", 4096, Code::SplitText),
        ("retry_media", 4096, Code::SplitText),
        ("choose_many", 4096, Code::SplitText),
    ] {
        let with_words = |length: usize| {
            let mut flow = flow(json!([message(json!({ "text": "Hi" }))]));
            flow["settings"] = json!({ "texts": { name: text(length) } });
            of_sizes(flow)
        };
        assert_eq!(codes(&with_words(most)), [], "{name}, at its limit");
        let above = with_words(most + 1);
        assert_eq!(codes(&above), [code], "{name}, one above its limit");
        let told = |parameter: &str| &above[0].parameters[parameter];
        assert_eq!([told("own"), told("field")], [&json!(name), &json!(name)]);
        assert_eq!([told("limit"), told("length")], [&json!(most), &json!(most + 1)], "{name}");
    }
}

/// Ids of buttons (256 characters) and of rows (200) are made of two ids of the flow, or are an option's payload.
#[test]
fn ids_that_whatsapp_would_not_carry_are_not_read() {
    const { assert!(limits::ID + 1 + limits::ID <= 200) };
    let read = |block: Value| -> Result<Flow, LoadError> { Flow::from_value(flow(json!([block]))) };
    let ids = |block: usize, option: usize| {
        with(
            choice(json!([{ "id": "o".repeat(option), "title": "A" }]), json!({})),
            json!({ "id": "x".repeat(block) }),
        )
    };
    let payload =
        |length: usize| menu(json!([{ "id": "o", "title": "A", "payload": "p".repeat(length) }]), json!({}));
    for (block, above, place) in [
        (ids(64, 64), ids(65, 64), "/groups/0/blocks/0/id"),
        (ids(64, 64), ids(64, 65), "/groups/0/blocks/0/options/0/id"),
        (payload(200), payload(201), "/groups/0/blocks/0/options/0/payload"),
    ] {
        read(block).unwrap();
        let refused = read(above).unwrap_err();
        assert!(format!("{refused:?} {refused}").contains(place), "{refused}");
    }
}

#[test]
fn what_has_no_size_has_to_be_right_all_the_same() {
    let place = |latitude: f64, longitude: f64| json!({ "id": "x", "kind": "location", "latitude": latitude, "longitude": longitude });
    let card = |name: &str| json!({ "id": "x", "kind": "contact_card", "contacts": [{ "name": name, "phone": "+44" }] });
    let media = |mime: &str| message(json!({ "media": file("image", mime, 1) }));
    for (right, wrong, code) in [
        (link(json!({})), link(json!({ "url": "tel:1" })), Code::BadAddress),
        (link(json!({})), link(json!({ "title": " " })), Code::EmptyField),
        (place(90.0, -180.0), place(90.1, 0.0), Code::BadValue),
        (place(-90.0, 180.0), place(0.0, -180.1), Code::BadValue),
        (card("Anna"), card(" "), Code::EmptyField),
        (media("image/png"), media("image/gif"), Code::BadFileType),
        (choice(options(1), json!({})), choice(json!([]), json!({})), Code::NoOptions),
        (
            choice(options(2), json!({})),
            choice(json!([{ "id": "a", "title": "A" }, { "id": "b", "title": "a" }]), json!({})),
            Code::NumberedInsteadOfList,
        ),
        (template(json!({})), template(json!({ "name": "Hello" })), Code::BadValue),
        (template(button("url", "a".into())), template(button("url", String::new())), Code::EmptyField),
    ] {
        let found = |block: &Value| {
            let of = findings(followed(block)).into_iter().filter(|finding| finding.code == code);
            of.map(|finding| finding.block.unwrap_or_default()).collect::<Vec<_>>()
        };
        assert_eq!(found(&right), [""; 0], "{right}");
        assert_eq!(found(&wrong), ["x"], "{wrong}");
    }
}

/// Titles and descriptions of a choice of several are texts like any other.
#[test]
fn the_answers_of_a_choice_of_several_are_looked_at() {
    let found = |title: &str, description: &str| {
        let block = choice(option(title, description), json!({ "multiple": true }));
        let of =
            findings(followed(&block)).into_iter().filter(|finding| finding.block.as_deref() == Some("x"));
        of.map(|finding| finding.code).filter(|code| *code != Code::NoWayOn).collect::<Vec<_>>()
    };
    assert_eq!(found("A", "About {{contact.name}}"), []);
    assert_eq!(found(" ", ""), [Code::EmptyText]);
    assert_eq!(found("{{ oops", ""), [Code::BadTemplate]);
    assert_eq!(found("A", "{{ oops"), [Code::BadTemplate]);
    let broken = ask("choice", json!({ "items": "contact.orders", "button": "{{ oops" }));
    assert!(findings(followed(&broken)).iter().any(|finding| finding.code == Code::BadTemplate));
}

/// What goes out a second before the 24 hours are over, and when they are.
#[test]
fn a_closed_window_takes_templates_alone() {
    let ai = json!({ "id": "x", "kind": "ai_answer", "instructions": "Be kind." });
    let free = [
        message(json!({ "text": "Hi" })),
        message(json!({ "media": file("image", "image/png", 1) })),
        json!({ "id": "x", "kind": "location", "latitude": 1, "longitude": 1 }),
        json!({ "id": "x", "kind": "contact_card", "contacts": [{ "name": "Anna" }] }),
        menu(options(2), json!({})),
        link(json!({})),
        ask("text", json!({})),
        choice(options(2), json!({})),
        ask("rating", json!({})),
        ask("location", json!({})),
        form(json!({})),
        ai,
        json!({ "id": "x", "kind": "hand_over", "text": "Wait" }),
        json!({ "id": "x", "kind": "end", "text": "Bye" }),
    ];
    let after = |seconds: u32, block: &Value| -> Vec<String> {
        let ask = json!({ "id": "name", "kind": "question", "text": "Name?", "answer": "text" });
        let wait = json!({ "id": "w", "kind": "wait", "seconds": seconds });
        let found = findings(flow(json!([ask, wait, block])));
        let closed = found.into_iter().filter(|finding| finding.code == Code::ClosedWindow);
        closed.map(|finding| finding.block.unwrap_or_default()).collect()
    };
    for block in free {
        assert_eq!(after(86_399, &block), [""; 0], "{block}");
        assert_eq!(after(86_400, &block), ["x"], "{block}");
    }
    for block in [template(json!({})), asked(json!({}))] {
        assert_eq!(after(86_400, &block), [""; 0], "{block}");
    }
}

/// What a bot says, played: nothing but the texts that have a limit above. Who gives a message a header, a footer or a
/// section meets this, and adds its limit.
#[test]
fn what_a_flow_sends_has_no_other_texts() {
    let described = option("A", "About it");
    for (block, texts) in [
        (choice(options(3), json!({})), "body buttons type"),
        (choice(described, json!({})), "body button rows type"),
        (link(json!({})), "body title type url"),
        (ask("location", json!({})), "body type"),
        (form(json!({})), "body button data draft form screen token type"),
    ] {
        let said = says(block);
        let mut names: Vec<_> = said.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        let mut wanted: Vec<_> = texts.split(' ').collect();
        wanted.sort_unstable();
        assert_eq!(names, wanted, "{said}");
    }
}

/// Words of the flow's own that stand where a text came out empty are cut as the checker says.
#[test]
fn own_words_above_buttons_are_cut() {
    let mut flow = flow(json!([choice(options(3), json!({ "text": "{{contact.nothing}}" }))]));
    flow["settings"] = json!({ "texts": { "choose_body": text(1025) } });
    let said = said_by(flow);
    assert_eq!(said["type"], "buttons");
    assert_eq!(said["body"].as_str().unwrap().chars().count(), 1024);
}

fn says(block: Value) -> Value {
    said_by(flow(json!([block])))
}

/// The first message of a run.
fn said_by(mut flow: Value) -> Value {
    flow["start"] = json!({ "group": "g" });
    let flow = Compiled::new(&Flow::from_value(flow).unwrap(), 1);
    let start = Input::Start { trigger: None, at: None, variables: serde_json::Map::new() };
    let step = step(&flow, Session::new(&flow), &start, 0);
    let said = step.effects.into_iter().find_map(|effect| match effect {
        Effect::Say { message, .. } => Some(message),
        _ => None,
    });
    serde_json::to_value(said.unwrap()).unwrap()
}
