//! What the phone asks of the simulator, and what it makes of the answers.

use beseda_wire::ids::UserId;
use beseda_wire::messages::{Buttons, Direction};

use super::*;
use crate::effect::read;

fn here() -> Here {
    Here {
        now: Time::from_millis(1_790_000_012_345),
        me: UserId::from_uuid("01990000-0000-7000-8000-000000000001".parse().unwrap()),
        my_name: "Anna".to_owned(),
        role: beseda_wire::businesses::Role::Operator,
        is_open: true,
    }
}

fn chat() -> SimChat {
    let customer = SimCustomer {
        wa_id: "447700912345".to_owned(),
        name: "Tom".to_owned(),
        bsuid: None,
        username: None,
        hides_phone: false,
        blocked: false,
    };
    let choice = |id: &str| Choice { id: id.to_owned(), title: id.to_uppercase(), description: None };
    let question = SimMessage {
        id: "wamid.1".to_owned(),
        at: Time::from_millis(0),
        direction: Direction::Out,
        content: Content::Buttons(Buttons {
            header: None,
            header_media: None,
            body: "Which one?".to_owned(),
            footer: None,
            buttons: vec![choice("a"), choice("b")],
        }),
        status: None,
        reply_to: None,
        reaction: None,
        edited: false,
        revoked: false,
    };
    SimChat { customer, messages: vec![question], typing: false, open: true, window_open: true, revision: 4 }
}

fn at_the_phone() -> Model {
    let mut model = Model {
        number: Load::Ready(Some("100".to_owned())),
        customer: Some("447700912345".to_owned()),
        ..Model::default()
    };
    let effects = model.update(Msg::Chat(0, Ok(Box::new(chat()))), &here(), &mut vec![]);
    assert_eq!(
        read::lines(&effects),
        ["Call(GET /simulator/numbers/100/chats/447700912345?after=4)", "ScrollToEnd(phone-chat)"]
    );
    model
}

#[test]
fn a_tap_quotes_the_message_it_answers() {
    let mut model = at_the_phone();
    let effects = model.update(Msg::Tap("wamid.1".into(), "b".into()), &here(), &mut vec![]);
    let [Effect::Call(call, _)] = effects.as_slice() else { panic!("{effects:?}") };
    let body: serde_json::Value = serde_json::from_str(call.body.as_deref().unwrap()).unwrap();
    assert_eq!(body["reply_to"], "wamid.1");
    assert_eq!((&body["content"]["id"], &body["content"]["title"]), (&"b".into(), &"B".into()));
    assert!(model.update(Msg::Tap("wamid.1".into(), "z".into()), &here(), &mut vec![]).is_empty());
}

#[test]
fn what_was_chosen_on_a_sheet_gives_the_focus_back() {
    for chosen in [Msg::Sample(Sample::Photo), Msg::Place, Msg::Tap("wamid.1".into(), "b".into())] {
        let mut model = at_the_phone();
        model.update(Msg::Sheet(Some(Sheet::Attach)), &here(), &mut vec![]);
        let effects = model.update(chosen.clone(), &here(), &mut vec![]);
        assert_eq!(read::lines(&effects)[0], "Focus(phone-text)", "{chosen:?}");
        assert!(model.sheet.is_none());
        // Without a sheet it stays where it is.
        let effects = model.update(chosen.clone(), &here(), &mut vec![]);
        assert!(!read::lines(&effects).contains(&"Focus(phone-text)".to_owned()), "{chosen:?}");
    }
}

#[test]
fn what_one_customer_was_writing_is_not_said_by_another() {
    let mut model = at_the_phone();
    model.update(Msg::Text("My code is 12".into()), &here(), &mut vec![]);
    model.update(Msg::Pick("447700912345".into()), &here(), &mut vec![]);
    assert_eq!(model.text, "My code is 12", "the same one");
    let effects = model.update(Msg::Pick("447700912346".into()), &here(), &mut vec![]);
    assert!(model.text.is_empty());
    assert!(read::lines(&effects).contains(&"SetValue(phone-text, \"\")".to_owned()), "{effects:?}");
}

#[test]
fn what_comes_for_a_chat_that_was_left_is_not_heard() {
    let mut model = at_the_phone();
    model.close();
    assert!(model.update(Msg::Chat(0, Ok(Box::new(chat()))), &here(), &mut vec![]).is_empty());
    assert!(model.chat.is_none());
}

#[test]
fn the_first_visitor_gets_a_customer() {
    let mut model = Model { number: Load::Ready(Some("100".to_owned())), ..Model::default() };
    let effects = model.update(Msg::Customers(Ok(Page { items: vec![], next: None })), &here(), &mut vec![]);
    assert_eq!(read::lines(&effects), ["Call(POST /simulator/numbers/100/customers)"]);
}

#[test]
fn nothing_is_sent_without_words() {
    let mut model = at_the_phone();
    model.update(Msg::Text("  ".to_owned()), &here(), &mut vec![]);
    assert!(model.update(Msg::Send, &here(), &mut vec![]).is_empty());
}

#[test]
fn the_customer_at_hand_is_one_whom_a_bot_answers() {
    let customer = |wa_id: &str| SimCustomer::new(wa_id.to_owned(), "C".to_owned());
    let conversation = |phone: &str, handler: &str| -> Conversation {
        let waits = (handler == "waiting").then_some("2026-01-01T00:00:00Z");
        let handler = if waits.is_some() { "nobody" } else { handler };
        serde_json::from_value(serde_json::json!({ "waiting_since": waits,
            "id": "01990000-0000-7000-8000-00000000000a", "customer_id": "01990000-0000-7000-8000-00000000000b",
            "customer_name": "C", "customer_phone": phone, "number_id": "01990000-0000-7000-8000-00000000000c",
            "state": "open", "handler": handler, "unread": 0, "updated_at": "2026-01-01T00:00:00Z" }))
        .unwrap()
    };
    let picked = |customers: &[&str], open: Vec<Conversation>, next: Option<&str>| {
        let mut model = Model { number: Load::Ready(Some("100".to_owned())), ..Model::default() };
        let items = customers.iter().map(|wa_id| customer(wa_id)).collect();
        let effects = model.update(Msg::Customers(Ok(Page { items, next: None })), &here(), &mut vec![]);
        assert_eq!(read::lines(&effects), ["Recall(phone-customer)"]);
        let effects = model.update(Msg::Recalled(Some("gone".to_owned())), &here(), &mut vec![]);
        assert!(read::lines(&effects)[0].starts_with("Call(GET /conversations?"), "{effects:?}");
        let answer = Msg::Served(Ok(Page { items: open, next: next.map(str::to_owned) }));
        let effects = model.update(answer, &here(), &mut vec![]);
        match model.customer {
            Some(wa_id) => wa_id,
            None => read::lines(&effects).join(" "),
        }
    };
    let open =
        || vec![conversation("+1", "person"), conversation("+2", "bot"), conversation("+4", "waiting")];
    let invents = "Call(POST /simulator/numbers/100/customers)";
    assert_eq!(picked(&["1", "2", "3"], open(), None), "3");
    assert_eq!(picked(&["1", "4", "2"], open(), None), "2");
    assert_eq!(picked(&["1", "4"], open(), None), invents);
    assert_eq!(picked(&["1", "2"], vec![conversation("+1", "nobody")], Some("more")), "1");
    // With one number a bot talks, with another a person.
    let both = || vec![conversation("+2", "bot"), conversation("+2", "person")];
    assert_eq!(picked(&["2"], both(), None), invents);
    // Of more conversations than were read nobody knows who has them.
    assert_eq!(picked(&["1", "3", "2"], open(), Some("more")), "2");
}

#[test]
fn a_page_that_is_loaded_anew_goes_on_with_its_customer() {
    let mut model = Model { number: Load::Ready(Some("100".to_owned())), ..Model::default() };
    let items = ["1", "2"].map(|wa_id| SimCustomer::new(wa_id.to_owned(), "C".to_owned())).into();
    model.update(Msg::Customers(Ok(Page { items, next: None })), &here(), &mut vec![]);
    let effects = model.update(Msg::Recalled(Some("2".to_owned())), &here(), &mut vec![]);
    assert_eq!(model.customer.as_deref(), Some("2"));
    assert!(read::lines(&effects).contains(&"Keep(phone-customer, Some(\"2\"))".to_owned()), "{effects:?}");
}
