//! Starting, signing in and out, and what the live connection does.

use beseda_wire::live::{LiveEvent, ServerFrame};

use super::*;
use crate::effect::read;

const SIGNED_IN: &str = r#"{"access_token":"t","expires_at":"2026-11-22T12:15:00Z",
    "user":{"id":"01990000-0000-7000-8000-000000000001","email":"a@b.example","name":"Anna","locale":"ru"},
    "businesses":[
      {"id":"01990000-0000-7000-8000-00000000000b","name":"Lotus","role":"owner","time_zone":"Europe/Moscow","locale":"ru"},
      {"id":"01990000-0000-7000-8000-00000000000c","name":"Grain","role":"operator","time_zone":"UTC","locale":"en"}]}"#;

fn now() -> Time {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn flags(address: &str) -> Flags {
    Flags {
        now: now(),
        route: Route::parse(address),
        locale: Locale::En,
        theme: Theme::System,
        zone: "UTC".into(),
        origin: "https://chat.test".into(),
        wide: true,
        kept: HashMap::new(),
        seed: "seed".into(),
    }
}

/// Someone who came with a cookie that is still good, before the code of the office is there.
fn just_inside(address: &str) -> (App, Effects) {
    let (mut app, mut effects) = App::new(flags(address));
    let msg = read::answer(&mut effects, "POST /auth/refresh", Ok(SIGNED_IN));
    effects.extend(app.update(msg, now()));
    (app, effects)
}

/// Someone who is in and has the whole program.
fn inside(address: &str) -> (App, Effects) {
    let (mut app, mut effects) = just_inside(address);
    effects.extend(app.update(Msg::Office(Ok(())), now()));
    (app, effects)
}

fn refused() -> Failure {
    Failure::from_answer(401, r#"{"type":"/problems/unauthorized","title":"","status":401}"#)
}

#[test]
fn a_cookie_leads_straight_to_the_wanted_place() {
    let (app, effects) = inside("/customers");
    assert_eq!(app.route, Route::Customers { customer: None });
    assert_eq!(app.clock.zone, "Europe/Moscow");
    assert_eq!(app.locale, Locale::Ru, "the person's own language, where this browser knows none");
    let lines = read::lines(&effects);
    assert!(lines.contains(&"Live(Open { since: None })".to_owned()), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("Call(GET /customers?")), "{lines:?}");
    assert!(lines.contains(&"After(840000, RenewDue)".to_owned()), "a minute before the end: {lines:?}");
}

#[test]
fn without_a_cookie_the_place_is_kept_for_after_the_sign_in() {
    let (mut app, mut effects) = App::new(flags("/bots"));
    let msg = read::answer(&mut effects, "POST /auth/refresh", Err(refused()));
    let mut effects = app.update(msg, now());
    let state = r#"{"needed":false,"free_mb":1,"version":"1"}"#;
    let msg = read::answer(&mut effects, "GET /setup", Ok(state));
    app.update(msg, now());
    assert!(matches!(app.phase, Phase::SignIn(_)));
    let mut effects = app.update(sign_in::Msg::Send.into(), now());
    let msg = read::answer(&mut effects, "POST /auth/login", Ok(SIGNED_IN));
    app.update(msg, now());
    assert_eq!(app.route, Route::Bots);
    assert!(matches!(app.phase, Phase::Inside(_)));
}

#[test]
fn a_program_without_an_owner_asks_to_be_set_up() {
    let (mut app, mut effects) = App::new(flags("/setup?token=abc"));
    let state = r#"{"needed":true,"free_mb":1,"version":"1"}"#;
    let msg = read::answer(&mut effects, "GET /setup", Ok(state));
    let effects = app.update(msg, now());
    assert!(matches!(app.phase, Phase::Setup(_)));
    let lines = read::lines(&effects);
    assert!(lines.contains(&"Call(POST /setup/token)".to_owned()), "whether the address works: {lines:?}");
}

#[test]
fn an_ended_token_is_renewed_before_anybody_is_thrown_out() {
    let (mut app, _) = inside("/inbox/open");
    let frame = ServerFrame { seq: 5, event: LiveEvent::SignedOut };
    let mut effects = app.update(live::Msg::Frames(vec![frame]).into(), now());
    assert!(matches!(app.phase, Phase::Inside(_)));
    let msg = read::answer(&mut effects, "POST /auth/refresh", Err(refused()));
    app.update(msg, now());
    assert!(matches!(app.phase, Phase::SignIn(_)));
}

#[test]
fn after_a_break_the_connection_goes_on_where_it_was() {
    let (mut app, _) = inside("/inbox/open");
    app.update(live::Msg::Opened.into(), now());
    let frame = ServerFrame { seq: 41, event: LiveEvent::Pong };
    app.update(live::Msg::Frames(vec![frame]).into(), now());
    let effects = app.update(live::Msg::Closed.into(), now());
    assert_eq!(read::lines(&effects), ["After(500, Live(Retry))"]);
    let effects = app.update(live::Msg::Retry.into(), now());
    assert_eq!(read::lines(&effects), ["Live(Open { since: Some(41) })"]);
}

#[test]
fn after_a_nights_sleep_the_token_comes_first() {
    let (mut app, _) = inside("/inbox/open");
    let morning = now().plus_seconds(9 * 3600);
    app.update(live::Msg::Closed.into(), now());
    let effects = app.update(live::Msg::Retry.into(), morning);
    assert_eq!(read::lines(&effects), ["Call(POST /auth/refresh)"]);
}

#[test]
fn another_business_begins_with_nothing_of_the_first() {
    let (mut app, _) = inside("/inbox/mine/01990000-0000-7000-8000-000000000077");
    let grain = "01990000-0000-7000-8000-00000000000c".parse().unwrap();
    let effects = app.update(Msg::Business(grain), now());
    assert_eq!(app.route.path(), "/inbox/mine");
    assert_eq!(app.clock.zone, "UTC");
    let lines = read::lines(&effects);
    assert_eq!(lines[0], "Go(/inbox/mine)");
    assert!(lines.contains(&"Live(Open { since: None })".to_owned()));
}

const STOPPED: &str = r#"{"items":[{"id":"01990000-0000-7000-8000-0000000000aa","phone_number_id":"1","waba_id":"2",
    "name":"Main","state":"stopped","problem":"token_invalid","simulated":false,"verify_token":"v","callback_url":"u",
    "app_callback_url":"u","rejected":0,"created_at":"2026-01-01T00:00:00Z"}]}"#;

#[test]
fn a_stopped_number_is_told_on_every_page_to_who_can_put_it_right() {
    const ASKED: &str = "Call(GET /whatsapp/numbers)";
    let shown = |app: &App| {
        let Phase::Inside(inside) = &app.phase else { panic!("signed out") };
        inside.alarm.bar(&app.route).is_some()
    };
    let (mut app, mut effects) = inside("/customers");
    let msg = read::answer(&mut effects, "GET /whatsapp/numbers", Ok(r#"{"items":[]}"#));
    app.update(msg, now());
    assert!(!shown(&app));
    // It stops while somebody looks at another page.
    let id = "01990000-0000-7000-8000-0000000000aa".parse().unwrap();
    let frame = ServerFrame { seq: 6, event: LiveEvent::Number { id } };
    let mut effects = app.update(live::Msg::Frames(vec![frame.clone()]).into(), now());
    let msg = read::answer(&mut effects, "GET /whatsapp/numbers", Ok(STOPPED));
    app.update(msg, now());
    assert!(shown(&app));
    for address in ["/inbox/open", "/bots", "/settings/account"] {
        app.update(Msg::Go(Route::parse(address)), now());
        assert!(shown(&app), "{address}");
    }
    // In a business where one is an operator it is nobody's business.
    let grain = "01990000-0000-7000-8000-00000000000c".parse().unwrap();
    let effects = app.update(Msg::Business(grain), now());
    assert!(!shown(&app) && !read::lines(&effects).contains(&ASKED.to_owned()));
    let effects = app.update(live::Msg::Frames(vec![frame]).into(), now());
    assert!(!read::lines(&effects).contains(&ASKED.to_owned()));
}

#[test]
fn an_invitation_is_shown_to_whoever_opens_it_signed_in_or_not() {
    let (mut app, mut effects) = App::new(flags("/invitation?token=abc"));
    let msg = read::answer(&mut effects, "POST /auth/refresh", Err(refused()));
    let mut effects = app.update(msg, now());
    let state = r#"{"needed":false,"free_mb":1,"version":"1"}"#;
    let msg = read::answer(&mut effects, "GET /setup", Ok(state));
    let effects = app.update(msg, now());
    assert!(matches!(app.phase, Phase::Invitation(_)));
    assert!(read::lines(&effects).contains(&"Call(POST /auth/invitation)".to_owned()));
    // With an account: through the sign-in, and back.
    app.update(Msg::AskSignIn(app.route.clone()), now());
    let mut effects = app.update(sign_in::Msg::Send.into(), now());
    let msg = read::answer(&mut effects, "POST /auth/login", Ok(SIGNED_IN));
    let effects = app.update(msg, now());
    assert_eq!(app.route.path(), "/invitation?token=abc");
    assert!(read::lines(&effects).contains(&"Call(POST /auth/invitation)".to_owned()));

    let joined = r#"{"id":"01990000-0000-7000-8000-00000000000d","name":"Mill","role":"viewer","time_zone":"UTC","locale":"en"}"#;
    let mut effects = app.update(invitation::Msg::Join.into(), now());
    let msg = read::answer(&mut effects, "POST /businesses/join", Ok(joined));
    app.update(msg, now());
    let Phase::Inside(inside) = &app.phase else { panic!("signed out") };
    assert!(inside.businesses.iter().any(|business| business.name == "Mill"));
}

fn pressed(key: &str, code: &str) -> Key {
    Key {
        key: key.into(),
        code: code.into(),
        command: false,
        shift: false,
        alt: false,
        in_field: false,
        in_phone: false,
        in_dialog: false,
    }
}

#[test]
fn keys_do_nothing_to_what_lies_behind_a_dialog() {
    let (mut app, _) = inside("/inbox/open/01990000-0000-7000-8000-000000000077");
    for (key, code, command) in [("3", "Digit3", false), ("j", "KeyJ", false), ("k", "KeyK", true)] {
        let behind = Key { in_dialog: true, command, ..pressed(key, code) };
        assert_eq!(read::lines(&app.update(Msg::Key(behind), now())), [""; 0], "{key}");
    }
    assert_eq!(app.route.path(), "/inbox/open/01990000-0000-7000-8000-000000000077");
    app.update(Msg::Key(pressed("3", "Digit3")), now());
    assert_eq!(app.route.path(), "/bots");
}

#[test]
fn escape_leaves_the_field_before_it_leaves_the_conversation() {
    let (mut app, _) = inside("/inbox/open/01990000-0000-7000-8000-000000000077");
    let writing = Key { in_field: true, ..pressed("Escape", "Escape") };
    let effects = app.update(Msg::Key(writing), now());
    assert_eq!(read::lines(&effects), ["Focus(thread)"]);
    assert_eq!(app.route.path(), "/inbox/open/01990000-0000-7000-8000-000000000077");
    let effects = app.update(Msg::Key(pressed("Escape", "Escape")), now());
    assert_eq!(app.route.path(), "/inbox/open");
    let row = "Focus(row-01990000-0000-7000-8000-000000000077)".to_owned();
    assert!(read::lines(&effects).contains(&row));
}

#[test]
fn escape_closes_one_thing_at_a_time() {
    let escape = || pressed("Escape", "Escape");
    let (mut app, _) = inside("/inbox/open/01990000-0000-7000-8000-000000000077");
    app.update(palette::Msg::Open.into(), now());
    app.update(Msg::Key(escape()), now());
    let Phase::Inside(inside) = &app.phase else { panic!("signed out") };
    assert!(inside.palette.is_none());
    assert_eq!(app.route.path(), "/inbox/open/01990000-0000-7000-8000-000000000077");
    app.update(Msg::Key(escape()), now());
    assert_eq!(app.route.path(), "/inbox/open");
}

#[test]
fn only_the_last_three_toasts_stay() {
    let (mut app, _) = inside("/bots");
    for _ in 0..5 {
        app.update(Msg::Copy("x".into()), now());
    }
    assert_eq!(app.toasts.len(), 3);
    let last = app.toasts[2].id;
    app.update(Msg::DropToast(last), now());
    assert_eq!(app.toasts.len(), 2);
}

fn palette_text(app: &mut App, text: &str) -> Effects {
    app.update(palette::Msg::Open.into(), now());
    app.update(palette::Msg::Type(text.into()).into(), now())
}

fn enter(app: &mut App) -> Effects {
    app.update(palette::Msg::Key(crate::kit::event::ListKey::Enter).into(), now())
}

#[test]
fn the_palette_goes_where_its_first_match_leads() {
    let (mut app, _) = inside("/inbox/open");
    i18n::set(Locale::En);
    palette_text(&mut app, "cust");
    enter(&mut app);
    assert_eq!(app.route, Route::Customers { customer: None });
    let Phase::Inside(inside) = &app.phase else { panic!("signed out") };
    assert!(inside.palette.is_none(), "it closes by itself");
}

#[test]
fn the_palette_finds_conversations_and_forgets_old_questions() {
    let (mut app, _) = inside("/bots");
    palette_text(&mut app, "an");
    let late = app.update(palette::Msg::SearchDue(1).into(), now());
    let mut effects = app.update(palette::Msg::Type("anna".into()).into(), now());
    assert_eq!(read::lines(&effects), ["After(120, Palette(SearchDue(2)))"]);
    effects.extend(app.update(palette::Msg::SearchDue(2).into(), now()));
    let row = |name: &str| {
        let id = "01990000-0000-7000-8000-000000000077";
        format!(
            r#"{{"items":[{{"id":"{id}","customer_id":"{id}","customer_name":"{name}","number_id":"{id}",
                "state":"open","handler":"nobody","unread":0,"updated_at":"2026-01-01T00:00:00Z"}}]}}"#
        )
    };
    let msg = read::answer(&mut effects, "GET /conversations?view=all&search=anna", Ok(&row("Anna")));
    app.update(msg, now());
    let msg = read::answer(&mut { late }, "GET /conversations?view=all&search=an", Ok(&row("Ivan")));
    app.update(msg, now());
    enter(&mut app);
    assert_eq!(app.route.path(), "/inbox/all/01990000-0000-7000-8000-000000000077");
}

#[test]
fn undo_takes_its_toast_along() {
    let (mut app, _) = inside("/bots");
    app.show(Told::words("done").undo(Msg::ShowShortcuts(true)));
    let id = app.toasts[0].id;
    app.update(Msg::Undo(id), now());
    assert!(app.toasts.is_empty() && app.shortcuts_shown);
}

#[test]
fn every_page_can_be_drawn() {
    for address in
        ["/inbox/all", "/customers", "/bots", "/settings/account", "/settings/numbers", "/start", "/nowhere"]
    {
        let (app, _) = inside(address);
        let node = crate::shell::view(&app);
        assert!(node.node_count() > 10, "{address}");
    }
}

#[test]
fn a_page_of_the_office_waits_for_its_code() {
    let (mut app, effects) = just_inside("/customers");
    let lines = read::lines(&effects);
    assert_eq!(lines.iter().filter(|line| *line == "FetchOffice").count(), 1, "{lines:?}");
    assert!(!lines.iter().any(|line| line.starts_with("Call(GET /customers")), "{lines:?}");
    assert!(crate::shell::view(&app).node_count() > 10, "something stands in its place");
    // It could not be fetched: the page says so, and asks again when somebody wants that.
    app.update(Msg::Office(Err(Failure::Offline)), now());
    assert!(crate::shell::view(&app).node_count() > 10);
    assert_eq!(read::lines(&app.update(Msg::OfficeDue, now())), ["FetchOffice"]);
    assert!(
        app.update(Msg::Go(Route::Bots), now()).iter().all(|effect| !matches!(effect, Effect::FetchOffice))
    );
    let lines = read::lines(&app.update(Msg::Office(Ok(())), now()));
    assert!(lines.iter().any(|line| line.starts_with("Call(GET /bots")), "{lines:?}");
}

#[test]
fn who_stays_in_the_inbox_gets_the_rest_a_little_later() {
    let (mut app, effects) = just_inside("/inbox/open");
    let lines = read::lines(&effects);
    assert!(!lines.contains(&"FetchOffice".to_owned()), "{lines:?}");
    assert!(lines.contains(&"After(1500, OfficeDue)".to_owned()), "{lines:?}");
    assert_eq!(read::lines(&app.update(Msg::OfficeDue, now())), ["FetchOffice"]);
    // Another business has pages of its own, and the code is there already.
    app.update(Msg::Office(Ok(())), now());
    app.update(Msg::Business("01990000-0000-7000-8000-00000000000c".parse().unwrap()), now());
    let lines = read::lines(&app.update(Msg::Go(Route::Bots), now()));
    assert!(lines.iter().any(|line| line.starts_with("Call(GET /bots")), "{lines:?}");
    assert!(!lines.contains(&"FetchOffice".to_owned()), "{lines:?}");
}

#[test]
fn the_phone_stays_beside_the_places_and_is_there_again_after_a_reload() {
    let (mut app, _) = inside("/inbox/open");
    let lines = read::lines(&app.update(Msg::TogglePhone, now()));
    assert!(lines.contains(&"Keep(phone, Some(\"beside\"))".to_owned()), "{lines:?}");
    assert!(app.phone_is_shown() && app.route == Route::home());
    let lines = read::lines(&app.update(Msg::TogglePhone, now()));
    assert!(!app.phone_is_shown() && lines.contains(&"LeavePhone".to_owned()), "{lines:?}");
    app.update(Msg::TogglePhone, now());
    app.update(Msg::Go(Route::Bots), now());
    assert!(app.phone_is_shown(), "it stays from place to place");
    app.update(Msg::Wide(false), now());
    assert!(!app.phone_is_shown(), "where there is no room it is a page");
    app.update(Msg::TogglePhone, now());
    assert_eq!(app.route, Route::Phone);
}

#[test]
fn who_asks_for_the_phone_writes_on_it_also_when_its_code_comes_later() {
    let (mut app, _) = just_inside("/inbox/open");
    app.update(Msg::TogglePhone, now());
    let mut effects = app.update(Msg::Office(Ok(())), now());
    let msg = read::answer(&mut effects, "GET /whatsapp/numbers", Ok(r#"{"items":[]}"#));
    // Without a number there is nothing to write into, but the way to one.
    assert_eq!(read::lines(&app.update(msg, now())), ["Focus(phone-connect)"]);
    // What comes by itself takes the focus from nobody.
    app.update(Msg::Wide(false), now());
    let mut effects = app.update(Msg::Wide(true), now());
    let msg = read::answer(&mut effects, "GET /whatsapp/numbers", Ok(r#"{"items":[]}"#));
    assert!(app.update(msg, now()).is_empty());
}

#[test]
fn the_address_follows_what_is_looked_for_in_the_journal() {
    let (mut app, _) = inside("/settings/journal?outcome=failed");
    let mut effects = app.update(journal::Msg::Search("an".into()).into(), now());
    let Some(Effect::After(_, due)) = effects.pop() else { panic!("{effects:?}") };
    app.update(journal::Msg::Search("ann".into()).into(), now());
    assert!(app.update(due, now()).is_empty(), "a letter came meanwhile");
    let mut effects = app.update(journal::Msg::Search("anna".into()).into(), now());
    let Some(Effect::After(_, due)) = effects.pop() else { panic!("{effects:?}") };
    let lines = read::lines(&app.update(due, now()));
    assert!(
        lines.contains(&"GoQuietly(/settings/journal?outcome=failed&search=anna)".to_owned()),
        "{lines:?}"
    );
    assert_eq!(app.route.path(), "/settings/journal?outcome=failed&search=anna");
}
