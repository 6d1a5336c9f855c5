//! What messages do to the inbox.

use beseda_wire::accounts::User;
use beseda_wire::businesses::Role;
use beseda_wire::conversations::{ConversationState, Handler};
use beseda_wire::ids::UserId;
use beseda_wire::messages::{self, Content, Media, Status};
use beseda_wire::time::Time;

use super::thread::PendingState;
use super::*;
use crate::app::UploadNews;
use crate::effect::read;
use crate::format::Clock;
use crate::i18n::{Locale, set};
use crate::pages::{Around, media};

const ME: &str = "01990000-0000-7000-8000-000000000001";
const MINUTE: i64 = 60_000;

fn now() -> Time {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn here() -> Here {
    Here { now: now(), me: ME.parse().unwrap(), my_name: "Anna".into(), role: Role::Operator, is_open: true }
}

fn id(number: u32) -> ConversationId {
    format!("01990000-0000-7000-8000-{number:012}").parse().unwrap()
}

fn conversation(number: u32, minutes_ago: i64) -> Conversation {
    Conversation {
        id: id(number),
        customer_id: format!("01990000-0000-7000-8000-9{number:011}").parse().unwrap(),
        customer_name: format!("Customer {number}"),
        customer_phone: None,
        tags: vec![],
        number_id: "01990000-0000-7000-8000-000000000002".parse().unwrap(),
        state: ConversationState::Open,
        handler: Handler::Nobody,
        assignee: None,
        bot: None,
        unread: 0,
        last: None,
        window_closes_at: Some(now().plus_millis(60 * MINUTE)),
        waiting_since: None,
        updated_at: now().plus_millis(-minutes_ago * MINUTE),
    }
}

fn message(number: u32, direction: &str, seconds: i64, author: &str, body: &str) -> Message {
    let at = now().plus_seconds(seconds);
    serde_json::from_str(&format!(
        r#"{{"id":"01990000-0000-7000-8000-5{number:011}","conversation_id":"{}","at":"{at}",
            "direction":"{direction}","author":{author},"content":{{"type":"text","body":"{body}"}},
            "wamid":"wamid.{number}"}}"#,
        id(1)
    ))
    .unwrap()
}

fn customers(number: u32, body: &str) -> Message {
    message(number, "in", i64::from(number), r#"{"kind":"customer"}"#, body)
}

fn mine(number: u32, body: &str) -> Message {
    let author = format!(r#"{{"kind":"user","name":"Anna","user_id":"{ME}"}}"#);
    message(number, "out", i64::from(number), &author, body)
}

/// An inbox with three conversations, the first of them open.
fn model() -> Model {
    let mut model = Model::new("seed".into(), HashMap::new());
    model.open(InboxView::Open, None, &here());
    let items = vec![conversation(1, 1), conversation(2, 2), conversation(3, 3)];
    update(&mut model, Msg::Listed { asked: 1, more: false, answer: Ok(Page { items, next: None }) });
    model.open(InboxView::Open, Some(id(1)), &here());
    let items = vec![customers(2, "there"), customers(1, "hello")];
    update(&mut model, Msg::Messages { id: id(1), more: false, answer: Ok(Page { items, next: None }) });
    model
}

fn update(model: &mut Model, msg: Msg) -> Effects {
    model.update(msg, &here(), &mut vec![])
}

fn order(model: &Model) -> Vec<u32> {
    let window = model.list.window();
    model.list.shown(window).map(|row| row.id.to_string()[24..].parse().unwrap()).collect()
}

fn bodies(model: &Model) -> Vec<String> {
    let thread = model.thread.as_ref().unwrap();
    thread.messages.iter().map(|message| words::line(&message.content)).collect()
}

fn to_inbox(msg: crate::Msg) -> Msg {
    let crate::Msg::Inbox(msg) = msg else { panic!("not for the inbox: {msg:?}") };
    msg
}

#[test]
fn messages_are_shown_oldest_first_and_once() {
    let mut model = model();
    assert_eq!(bodies(&model), ["hello", "there"]);
    model.live(LiveEvent::Message(Box::new(customers(3, "anybody?"))), &here());
    model.live(LiveEvent::Message(Box::new(customers(3, "anybody?"))), &here());
    assert_eq!(bodies(&model), ["hello", "there", "anybody?"]);
}

#[test]
fn what_is_sent_is_on_the_screen_at_once_and_becomes_the_message() {
    let mut model = model();
    update(&mut model, Msg::Typed(" Good morning ".into()));
    assert_eq!(model.drafts.len(), 1);
    let mut effects = update(&mut model, Msg::Send);
    let thread = model.thread.as_ref().unwrap();
    assert_eq!(thread.pending.len(), 1);
    assert!(thread.draft.is_empty() && model.drafts.is_empty());
    let Effect::Call(call, _) = &effects[0] else { panic!("{effects:?}") };
    assert_eq!(call.idempotency_key.as_deref(), Some("seed-1"));
    assert_eq!(call.body.as_deref(), Some(r#"{"content":{"type":"text","body":"Good morning"}}"#));
    let answer = serde_json::to_string(&mine(9, "Good morning")).unwrap();
    let msg = to_inbox(read::answer(&mut effects, "POST /conversations/", Ok(&answer)));
    update(&mut model, msg);
    assert!(model.thread.as_ref().unwrap().pending.is_empty());
    assert_eq!(bodies(&model), ["hello", "there", "Good morning"]);
}

#[test]
fn the_live_connection_may_be_quicker_than_the_answer() {
    let mut model = model();
    update(&mut model, Msg::Typed("Yes".into()));
    let mut effects = update(&mut model, Msg::Send);
    model.live(LiveEvent::Message(Box::new(mine(9, "Yes"))), &here());
    assert!(model.thread.as_ref().unwrap().pending.is_empty(), "it is not shown twice meanwhile");
    let answer = serde_json::to_string(&mine(9, "Yes")).unwrap();
    let msg = to_inbox(read::answer(&mut effects, "POST /conversations/", Ok(&answer)));
    update(&mut model, msg);
    assert_eq!(bodies(&model), ["hello", "there", "Yes"]);
}

#[test]
fn a_failed_message_stays_and_is_sent_again_with_the_same_key() {
    let mut model = model();
    update(&mut model, Msg::Typed("Yes".into()));
    let mut effects = update(&mut model, Msg::Send);
    let msg = to_inbox(read::answer(&mut effects, "POST /conversations/", Err(Failure::Offline)));
    update(&mut model, msg);
    let pending = &model.thread.as_ref().unwrap().pending[0];
    assert_eq!(pending.state, PendingState::Failed(Failure::Offline));
    let effects = update(&mut model, Msg::SendAgain(1));
    let Effect::Call(call, _) = &effects[0] else { panic!("{effects:?}") };
    assert_eq!(call.idempotency_key.as_deref(), Some("seed-1"));
}

/// What the browser keeps after these effects.
fn keep(kept: &mut HashMap<String, String>, effects: &Effects) {
    for effect in effects {
        match effect {
            Effect::Keep(place, Some(text)) => drop(kept.insert(place.clone(), text.clone())),
            Effect::Keep(place, None) => drop(kept.remove(place)),
            _ => {}
        }
    }
}

/// Writes this, and the server is not reached.
fn send_in_vain(model: &mut Model, text: &str) -> Effects {
    update(model, Msg::Typed(text.into()));
    let mut effects = update(model, Msg::Send);
    let msg = to_inbox(read::answer(&mut effects, "POST /conversations/", Err(Failure::Offline)));
    effects.extend(update(model, msg));
    effects
}

#[test]
fn what_was_not_sent_survives_a_reload_and_goes_by_itself_once() {
    let mut kept = HashMap::new();
    keep(&mut kept, &send_in_vain(&mut model(), "Yes"));
    assert_eq!(kept.len(), 1, "{kept:?}");

    let mut model = Model::new("other".into(), HashMap::new());
    model.recall("01990000-0000-7000-8000-0000000000ff".parse().unwrap(), kept.iter());
    assert!(model.send_unsent(&here()).is_empty(), "nobody sends what another person wrote");
    model.recall(ME.parse().unwrap(), kept.iter());
    model.open(InboxView::Open, Some(id(1)), &here());
    let pending = &model.thread.as_ref().unwrap().pending;
    assert!(pending.len() == 1 && pending[0].state == PendingState::Failed(Failure::Offline), "{pending:?}");
    assert_eq!(model.unsent(ME.parse().unwrap()).collect::<HashMap<_, _>>(), kept);

    let mut effects = model.send_unsent(&here());
    let Effect::Call(call, _) = &effects[0] else { panic!("{effects:?}") };
    assert_eq!(call.idempotency_key.as_deref(), Some("seed-1"), "the key of the first try");
    assert!(model.send_unsent(&here()).is_empty(), "it is on its way");
    let answer = serde_json::to_string(&mine(9, "Yes")).unwrap();
    let msg = to_inbox(read::answer(&mut effects, "POST /conversations/", Ok(&answer)));
    keep(&mut kept, &update(&mut model, msg));
    assert!(kept.is_empty() && model.thread.as_ref().unwrap().pending.is_empty());
    assert_eq!(bodies(&model), ["Yes"]);
}

#[test]
fn what_waits_goes_in_its_order_and_only_while_its_key_is_known() {
    let mut model = model();
    send_in_vain(&mut model, "One");
    send_in_vain(&mut model, "Two");
    model.open(InboxView::Open, Some(id(2)), &here());
    let late = Here { now: now().plus_millis(25 * 60 * MINUTE), ..here() };
    assert!(model.send_unsent(&late).is_empty(), "after a day people say themselves whether it shall go");
    model.work_for("01990000-0000-7000-8000-00000000000b".parse().ok());
    assert!(model.send_unsent(&here()).is_empty(), "another business has other conversations");
    model.work_for(None);

    let calls = |effects: &Effects| {
        let bodies = effects.iter().filter_map(|effect| match effect {
            Effect::Call(call, _) => call.body.clone(),
            _ => None,
        });
        bodies.collect::<Vec<String>>()
    };
    let mut effects = model.send_unsent(&here());
    assert_eq!(calls(&effects), [r#"{"content":{"type":"text","body":"One"}}"#]);
    let answer = serde_json::to_string(&mine(9, "One")).unwrap();
    let msg = to_inbox(read::answer(&mut effects, "POST /conversations/", Ok(&answer)));
    let effects = update(&mut model, msg);
    assert_eq!(calls(&effects), [r#"{"content":{"type":"text","body":"Two"}}"#]);
}

#[test]
fn a_discarded_text_is_kept_nowhere() {
    let (mut model, mut kept) = (model(), HashMap::new());
    keep(&mut kept, &send_in_vain(&mut model, "Yes"));
    keep(&mut kept, &update(&mut model, Msg::DropPending(1)));
    assert!(kept.keys().all(|place| !place.starts_with("unsent.")), "{kept:?}");
}

#[test]
fn who_only_looks_on_changes_nothing_by_a_key() {
    let mut model = model();
    let viewer = Here { role: Role::Viewer, ..here() };
    let mut told = vec![];
    for msg in [Msg::TakeOver, Msg::ToggleClosed] {
        assert!(model.update(msg, &viewer, &mut told).is_empty());
    }
    assert!(told.len() == 2 && told.iter().all(|told| told.is_problem && told.undo.is_none()));
    let conversation = model.thread.as_ref().unwrap().conversation.ready().unwrap();
    assert_eq!((conversation.handler, conversation.state), (Handler::Nobody, ConversationState::Open));
}

#[test]
fn who_only_looks_on_is_offered_neither_another_try_nor_a_quotation() {
    set(Locale::En);
    let mut failed = mine(9, "Yes");
    failed.status = Some(Status::Failed);
    let (reason, detail) = ("window_closed".to_owned(), "Re-engagement message".to_owned());
    failed.failure = Some(messages::Failure { code: 131_047, reason, detail });
    let me = User { id: ME.parse().unwrap(), email: String::new(), name: "Anna".into(), locale: "en".into() };
    let clock = Clock { now: now(), zone: "UTC".into() };
    let shown = |role: Role| {
        let (business, origin, media) = ("Lotus", "https://chat.test", media::Cache::default());
        let around = Around { clock: &clock, me: &me, business, role, media: &media, online: true, origin };
        bubble::bubble(&failed, model().thread.as_ref().unwrap(), &around, false).render_to_string()
    };
    let (operator, viewer) = (shown(Role::Operator), shown(Role::Viewer));
    assert!(operator.contains("Try again") && operator.contains("message-tools"), "{operator}");
    assert!(!viewer.contains("Try again") && !viewer.contains("message-tools"), "{viewer}");
    assert!(viewer.contains("message-failure"), "why it failed is told to everybody: {viewer}");
}

#[test]
fn a_discarded_text_goes_back_to_the_composer() {
    let mut model = model();
    update(&mut model, Msg::Typed("Yes".into()));
    update(&mut model, Msg::Send);
    let effects = update(&mut model, Msg::DropPending(1));
    assert!(read::lines(&effects).contains(&"SetValue(composer, \"Yes\")".to_owned()));
}

#[test]
fn nothing_is_sent_into_a_closed_window() {
    let mut model = model();
    let mut closed = conversation(1, 1);
    closed.window_closes_at = Some(now());
    model.live(LiveEvent::Conversation(Box::new(closed)), &here());
    update(&mut model, Msg::Typed("Yes".into()));
    assert!(update(&mut model, Msg::Send).is_empty());
}

#[test]
fn who_writes_where_the_bot_talks_takes_over() {
    let mut model = model();
    let mut talks = conversation(1, 1);
    talks.handler = Handler::Bot;
    model.live(LiveEvent::Conversation(Box::new(talks)), &here());
    update(&mut model, Msg::Typed("Yes".into()));
    let lines = read::lines(&update(&mut model, Msg::Send));
    assert_eq!(lines[0], format!("Call(POST /conversations/{}/take-over)", id(1)));
    assert_eq!(lines[1], format!("Call(POST /conversations/{}/messages)", id(1)));
    assert!(!model.thread.as_ref().unwrap().bot_talks());
}

#[test]
fn a_file_is_uploaded_and_then_sent_with_the_text_as_its_caption() {
    let mut model = model();
    let file = PickedFile {
        file: 7,
        name: "menu.jpg".into(),
        mime: "image/jpeg".into(),
        size: 1000,
        url: "blob:x".into(),
    };
    model.files_picked(vec![file]);
    update(&mut model, Msg::Typed("Our menu".into()));
    let effects = update(&mut model, Msg::Send);
    assert_eq!(read::lines(&effects)[0], "Upload(1, 7)");
    assert_eq!(model.thread.as_ref().unwrap().pending.len(), 1, "the text is not sent by itself");
    let stored: Media = serde_json::from_str(
        r#"{"kind":"image","state":"stored","sha256":"ab","mime":"image/jpeg","size":1000}"#,
    )
    .unwrap();
    let effects = model.upload_news(1, UploadNews::Done(Ok(Box::new(stored))), &here());
    let Some(Effect::Call(call, _)) = effects.last() else { panic!("{effects:?}") };
    let sent: beseda_wire::messages::SendMessage =
        serde_json::from_str(call.body.as_deref().unwrap()).unwrap();
    let Content::Media(media) = sent.content else { panic!("not a file") };
    assert_eq!(media.caption.as_deref(), Some("Our menu"));
    assert_eq!(media.sha256.as_deref(), Some("ab"));
}

#[test]
fn nothing_moves_under_the_pointer() {
    let mut model = model();
    update(&mut model, Msg::Hovered(true));
    model.live(LiveEvent::Conversation(Box::new(conversation(3, 0))), &here());
    model.live(LiveEvent::Conversation(Box::new(conversation(4, 0))), &here());
    assert_eq!(order(&model), [1, 2, 3]);
    assert_eq!(model.list.held(), 1);
    update(&mut model, Msg::Hovered(false));
    assert_eq!(order(&model), [3, 4, 1, 2]);
}

#[test]
fn a_closed_conversation_leaves_the_open_ones_and_undo_brings_it_back() {
    let mut model = model();
    let mut told = vec![];
    let mut effects = model.update(Msg::ToggleClosed, &here(), &mut told);
    assert_eq!(order(&model), [2, 3]);
    let Effect::Call(call, _) = &effects[0] else { panic!("{effects:?}") };
    assert_eq!(call.body.as_deref(), Some(r#"{"state":"closed"}"#));
    assert!(told.is_empty(), "nothing is said to be done before it is");
    let done = to_inbox(read::answer(&mut effects, "PATCH /conversations/", Ok("")));
    model.update(done, &here(), &mut told);
    let undo = to_inbox(told[0].undo.clone().unwrap());
    update(&mut model, undo);
    assert_eq!(order(&model), [1, 2, 3]);
}

#[test]
fn taking_over_shows_at_once_and_a_refusal_asks_for_the_truth() {
    let mut model = model();
    let mut effects = update(&mut model, Msg::TakeOver);
    let conversation = model.thread.as_ref().unwrap().conversation.ready().unwrap().clone();
    assert_eq!(conversation.handler, Handler::Person);
    assert_eq!(conversation.assignee.unwrap().id, ME.parse::<UserId>().unwrap());
    let msg = to_inbox(read::answer(&mut effects, "POST /conversations/", Err(Failure::Offline)));
    let mut told = vec![];
    let effects = model.update(msg, &here(), &mut told);
    assert!(told.len() == 1 && told[0].is_problem, "{told:?}");
    assert!(read::lines(&effects)[0].starts_with("Call(GET /conversations/"));
    // Until the truth is heard, it is as it was, in the list as well.
    let shown = model.thread.as_ref().unwrap().conversation.ready().unwrap();
    assert_eq!((shown.handler, &shown.assignee), (Handler::Nobody, &None));
    assert_eq!(model.list.row(id(1)).unwrap().assignee, None);
}

#[test]
fn what_can_be_seen_is_read_and_what_cannot_is_not() {
    let mut model = model();
    let unread = || {
        let mut unread = conversation(1, 0);
        unread.unread = 2;
        LiveEvent::Conversation(Box::new(unread))
    };
    let effects = model.live(unread(), &here());
    assert_eq!(read::lines(&effects), [format!("Call(POST /conversations/{}/read)", id(1))]);
    update(&mut model, Msg::Visible(false));
    assert!(model.live(unread(), &here()).is_empty());
    let effects = update(&mut model, Msg::Visible(true));
    assert_eq!(read::lines(&effects), [format!("Call(POST /conversations/{}/read)", id(1))]);
}

#[test]
fn a_draft_waits_for_its_conversation() {
    let mut model = model();
    let effects = update(&mut model, Msg::Typed("half a".into()));
    assert_eq!(
        read::lines(&effects),
        [
            format!("Keep(draft.{}, Some(\"half a\"))", id(1)),
            format!("Call(POST /conversations/{}/typing)", id(1))
        ]
    );
    let effects = update(&mut model, Msg::Typed("half an".into()));
    assert_eq!(effects.len(), 1, "the customer is not told at every letter");
    model.open(InboxView::Open, Some(id(2)), &here());
    assert_eq!(model.thread.as_ref().unwrap().first_draft, "");
    model.open(InboxView::Open, Some(id(1)), &here());
    assert_eq!(model.thread.as_ref().unwrap().first_draft, "half an");
}

#[test]
fn an_answer_for_a_thread_that_was_left_is_not_shown() {
    let mut model = model();
    let mut effects = model.open(InboxView::Open, Some(id(2)), &here());
    let begins = format!("GET /conversations/{}/messages", id(2));
    model.open(InboxView::Open, Some(id(3)), &here());
    let page = serde_json::to_string(&Page { items: vec![customers(1, "hello")], next: None }).unwrap();
    let late = to_inbox(read::answer(&mut effects, &begins, Ok(&page)));
    update(&mut model, late);
    assert!(bodies(&model).is_empty());
}

#[test]
fn earlier_messages_are_asked_for_once_near_the_top() {
    let mut model = model();
    let page = Page { items: vec![customers(5, "x")], next: Some("c1".into()) };
    model.thread = Some(Thread::new(id(1), None, String::new()));
    update(&mut model, Msg::Messages { id: id(1), more: false, answer: Ok(page) });
    let far = Scroll { above: 0, content: 5000, shown: 700 };
    assert!(update(&mut model, Msg::ThreadScrolled(far)).is_empty());
    // The box grows upwards: the way up counts below zero.
    let near = Scroll { above: -4200, content: 5000, shown: 700 };
    let effects = update(&mut model, Msg::ThreadScrolled(near));
    assert_eq!(
        read::lines(&effects),
        [format!("Call(GET /conversations/{}/messages?limit=60&cursor=c1)", id(1))]
    );
    assert!(update(&mut model, Msg::ThreadScrolled(near)).is_empty());
}

#[test]
fn a_gap_after_a_long_break_begins_the_thread_anew() {
    let mut model = model();
    let items = vec![customers(90, "much later")];
    let answer = Ok(Page { items, next: Some("c".into()) });
    update(&mut model, Msg::Messages { id: id(1), more: false, answer });
    assert_eq!(bodies(&model), ["much later"]);
    assert_eq!(model.thread.as_ref().unwrap().earlier.as_deref(), Some("c"));
}

#[test]
fn a_status_moves_the_ticks_of_its_message() {
    let mut model = model();
    let mut sent = mine(9, "Yes");
    sent.status = Some(Status::Sent);
    model.live(LiveEvent::Message(Box::new(sent.clone())), &here());
    sent.status = Some(Status::Read);
    model.live(LiveEvent::Message(Box::new(sent)), &here());
    assert_eq!(model.thread.as_ref().unwrap().messages.last().unwrap().status, Some(Status::Read));
}
