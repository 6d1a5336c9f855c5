//! Whatever the flow and whatever is said to it: no panic, bounded work, the same answer every time, messages that
//! WhatsApp takes, nothing lost of what the format does not know.

#![expect(clippy::unwrap_used, reason = "generators and checks of a test: a failure is the test's")]

use std::collections::BTreeMap;

use beseda_flow::replay::{Bots, Heard, Line, Replay, Script, Start, Verdict, compare};
use beseda_flow::{
    Compiled, Effect, EndReason, Fault, Flow, Input, LoadError, Now, Outgoing, Position, Session, Severity,
    Step, Variables, World, check, step, step_in, whatsapp,
};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

mod generated;

use generated::*;

fn start() -> Input {
    Input::Start { trigger: None, at: None, variables: Map::new() }
}

/// What holds after every step.
fn sound(before: &Session, input: &Input, step: &Step) {
    let says = step.effects.iter().filter(|effect| matches!(effect, Effect::Say { .. })).count();
    assert!(says <= 45, "{says} messages");
    assert!(step.effects.len() <= 2_300, "{} effects", step.effects.len());
    assert!(step.session.variables.size() <= Variables::MAX_SIZE);
    if step.ignored {
        assert_eq!(&step.session, before);
        assert_eq!(step.effects, []);
    }
    let ended = step.effects.iter().filter(|effect| matches!(effect, Effect::Ended(_))).count();
    match &step.ended {
        Some(ended) => {
            assert_eq!(step.effects.last(), Some(&Effect::Ended(ended.clone())));
            assert_eq!(step.session.position, Position::Ended);
        }
        None => assert_eq!(ended, 0),
    }
    assert!(step.session.stack.len() <= 32);
    assert!(step.session.transcript.lines().count() <= 60);
    // A paused call may keep one answer beside the variables.
    let stored = serde_json::to_string(&step.session).unwrap().len();
    assert!(stored < 4 * Variables::MAX_SIZE, "{stored} bytes");
    timers(before, input, step);
    for effect in &step.effects {
        if let Effect::Say { message, .. } = effect {
            fits_whatsapp(message);
        }
    }
}

/// Of the timers that were set and not cleared exactly the session's own is left.
fn timers(before: &Session, input: &Input, step: &Step) {
    let timer = |session: &Session| match &session.position {
        Position::Question(waiting) => waiting.timer,
        Position::Wait(pause) => pause.timer,
        Position::Call(calling) => calling.timer,
        _ => None,
    };
    let mut running = timer(before);
    if let Input::Timeout { token } = input
        && !step.ignored
    {
        assert_eq!(running.take(), Some(*token), "a timer that did not run has fired");
    }
    for effect in &step.effects {
        match effect {
            Effect::SetTimer { token, .. } => {
                assert_eq!(running.replace(*token), None, "a timer was forgotten");
            }
            Effect::ClearTimer { token } => assert_eq!(running.take(), Some(*token)),
            _ => {}
        }
    }
    assert_eq!(timer(&step.session), running);
}

fn fits_whatsapp(message: &Outgoing) {
    let fits = |text: &str, limit: usize| {
        let length = text.encode_utf16().count();
        assert!((1..=limit).contains(&length) && !text.trim().is_empty(), "{length} of {limit}: {text:?}");
    };
    match message {
        Outgoing::Text { body } => fits(body, whatsapp::TEXT),
        Outgoing::Media { caption, .. } => assert!(caption.encode_utf16().count() <= whatsapp::CAPTION),
        Outgoing::Buttons { body, buttons } => {
            fits(body, whatsapp::BUTTONS_BODY);
            assert!((1..=whatsapp::BUTTONS).contains(&buttons.len()));
            for button in buttons {
                fits(&button.title, whatsapp::BUTTON_TITLE);
            }
            unique(buttons.iter().map(|button| (&button.id, &button.title)));
        }
        Outgoing::List { body, button, rows } => {
            fits(body, whatsapp::LIST_BODY);
            fits(button, whatsapp::LIST_BUTTON);
            assert!((1..=whatsapp::ROWS).contains(&rows.len()));
            for row in rows {
                fits(&row.title, whatsapp::ROW_TITLE);
                assert!(row.description.encode_utf16().count() <= whatsapp::ROW_DESCRIPTION);
            }
            unique(rows.iter().map(|row| (&row.id, &row.title)));
        }
        Outgoing::Location { latitude, longitude, .. } => {
            assert!(latitude.abs() <= 90.0 && longitude.abs() <= 180.0);
        }
        Outgoing::Contacts { contacts } => {
            assert!(!contacts.is_empty() && contacts.iter().all(|contact| !contact.name.is_empty()));
        }
        Outgoing::Link { body, title, url } => {
            fits(body, whatsapp::LINK_BODY);
            fits(title, whatsapp::LINK_TITLE);
            assert!(!url.is_empty());
        }
        Outgoing::Template(template) => {
            for parameter in &template.body {
                fits(&parameter.text, whatsapp::TEMPLATE_BODY);
                assert!(!parameter.text.contains(['\n', '\t']));
            }
        }
        Outgoing::AskLocation { body } => fits(body, whatsapp::LOCATION_BODY),
        Outgoing::Form { body, button, .. } => {
            fits(body, whatsapp::FORM_BODY);
            fits(button, whatsapp::FORM_BUTTON);
        }
        other => panic!("a message of an unknown kind: {other:?}"),
    }
}

fn unique<'a>(rows: impl Iterator<Item = (&'a String, &'a String)>) {
    let (mut ids, mut titles): (Vec<_>, Vec<_>) = rows.unzip();
    assert!(ids.iter().all(|id| id.len() <= 200));
    for list in [&mut ids, &mut titles] {
        let count = list.len();
        list.sort_unstable();
        list.dedup();
        assert_eq!(list.len(), count, "{list:?}");
    }
}

/// Puts a field that no version knows into every object that the format describes.
fn sprinkle(value: &mut Value, path: &str) {
    // What a variable or an option holds is the author's own.
    let own = ["/value", "/default", "/min", "/max"].iter().any(|end| path.ends_with(end));
    if own || path.ends_with("/data") {
        return;
    }
    match value {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                sprinkle(value, &format!("{path}/{name}"));
            }
            fields.insert("x_from_the_future".to_owned(), json!({ "deep": [1, null, path] }));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| sprinkle(item, path)),
        _ => {}
    }
}

/// Replaces the value at the `n`-th place of the tree.
fn damage(value: &mut Value, n: &mut usize, with: &Value) {
    if *n == 0 {
        *value = with.clone();
    }
    *n = n.wrapping_sub(1);
    match value {
        Value::Object(fields) => fields.values_mut().for_each(|value| damage(value, n, with)),
        Value::Array(items) => items.iter_mut().for_each(|value| damage(value, n, with)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, max_shrink_iters: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_flow_and_any_talk(json in flow(), inputs in vec(input(), 1..30), begins in any::<i64>()) {
        let flow = Flow::from_value(json).unwrap();
        let healthy = check(&flow).iter().all(|finding| finding.severity != Severity::Error);
        let compiled = Compiled::new(&flow, 7);
        let other = other();
        let flows = [&other];
        let mut session = Session::seeded(&compiled, 7);
        let mut now = Now::new(begins, 10_800);
        for input in [start()].iter().chain(&inputs) {
            now.ms = now.ms.saturating_add(1_000);
            let done = step_in(&compiled, session.clone(), input, World { now, flows: &flows, traced: true });
            sound(&session, input, &done);
            // The same again, without a trace, from a session that was stored in between.
            let stored: Session = serde_json::from_str(&serde_json::to_string(&session).unwrap()).unwrap();
            let again = step_in(&compiled, stored, input, World { now, flows: &flows, traced: false });
            prop_assert_eq!(&again.session, &done.session);
            prop_assert_eq!(&again.effects, &done.effects);
            prop_assert_eq!(&again.ended, &done.ended);
            prop_assert!(again.trace.is_empty());
            // Effects go over the wire to the test panel.
            let sent = serde_json::to_string(&done.effects).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Vec<Effect>>(&sent).unwrap(), &done.effects);
            let jumped = matches!(input, Input::Start { at: Some(_), .. });
            if let Some(ended) = done.ended.as_ref().filter(|_| healthy && !jumped) {
                prop_assert!(ended.reason != EndReason::Broken, "the checker found no error: {:?}", done.effects);
            }
            session = done.session;
        }
    }

    /// A run that began on one version goes on with another, whatever became of its blocks.
    #[test]
    fn a_session_meets_another_version(first in flow(), second in flow(), inputs in vec(input(), 1..12)) {
        let (first, second) = (Flow::from_value(first).unwrap(), Flow::from_value(second).unwrap());
        let versions = [Compiled::new(&first, 1), Compiled::new(&second, 2)];
        let mut session = Session::new(&versions[0]);
        for (n, input) in [start()].iter().chain(&inputs).enumerate() {
            let done = step(&versions[n % 2], session.clone(), input, 0);
            sound(&session, input, &done);
            session = done.session;
        }
    }

    /// A replay of any script to any flow comes to its end, in slices as at once, and against itself nothing differs.
    #[test]
    fn any_script_is_played_to_its_end(json in flow(), heard in vec(input(), 0..20), until in 0..1_000_000_i64) {
        let flow = Compiled::new(&Flow::from_value(json).unwrap(), 0);
        let other = other();
        let at = |seconds: i64| Now::new(seconds * 1_000, 3_600);
        let script = Script {
            start: Start {
                at: at(0), message: None, happening: None, trigger: None, bot: None, referral: None, first_message: true, busy: false,
                variables: Map::new(), seed: 7, draws: 0,
            },
            heard: (1..).zip(heard).map(|(n, input)| Heard { at: at(n), input }).collect(),
            happened: Vec::new(),
            came: Vec::new(),
            until,
            then: Vec::new(),
            changes: true,
            without: false,
        };
        let answers = BTreeMap::new();
        let all = [&flow, &other];
        let bots = Bots { draft: &flow, answering: &all, library: &all, answers: &answers };
        let mut whole = Replay::new(script.clone());
        prop_assert!(whole.advance(&bots, &mut 100_000), "it goes on for ever");
        let mut sliced = Replay::new(script);
        while !sliced.advance(&bots, &mut 3) {}
        prop_assert_eq!(&sliced.now, &whole.now);
        if !whole.now.iter().any(|line| matches!(line, Line::Unknown { .. })) {
            prop_assert_eq!(compare(&whole.now, &sliced.now), Verdict::Same);
        }
    }

    #[test]
    fn what_is_not_known_is_kept(mut json in flow()) {
        sprinkle(&mut json, "");
        let flow = Flow::from_value(json.clone()).unwrap();
        prop_assert_eq!(serde_json::to_value(&flow).unwrap(), json);
    }

    #[test]
    fn a_damaged_flow_is_refused_or_runs(mut json in flow(), place in 0_usize..400, with in value(Temper::Wild)) {
        let whole = json.clone();
        damage(&mut json, &mut place.clone(), &with);
        match Flow::from_value(json) {
            Ok(flow) => {
                check(&flow);
                let compiled = Compiled::new(&flow, 1);
                let session = Session::new(&compiled);
                sound(&session, &start(), &step(&compiled, session.clone(), &start(), 0));
            }
            Err(LoadError { fault: Fault::Newer { .. }, .. }) => {}
            Err(LoadError { fault: Fault::TooLarge { .. } | Fault::Syntax { .. }, .. }) => {
                prop_assert!(false, "it is read from a value");
            }
            Err(LoadError { pointer, .. }) => {
                // The place is one of the flow, or a field that is missing there.
                let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
                prop_assert!(whole.pointer(parent).is_some(), "{pointer}");
            }
        }
    }
}
