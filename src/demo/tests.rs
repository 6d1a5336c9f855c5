use std::collections::{BTreeMap, HashSet};

use beseda_flow::replay::{Bots, Replay, Script, Verdict, compare};
use beseda_flow::{Compiled, Flow};
use beseda_wire::conversations::{ConversationState, Handler, InboxView};
use beseda_wire::ids::{BusinessId, UserId};
use beseda_wire::messages::{Content, Direction, EventKind, MediaKind, Status};
use beseda_wire::whatsapp::Outcome;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::*;
use crate::bots::results::{self, AskedScripts, Filter};
use crate::conversations::{Conversation, Message, store as conversations};
use crate::crypto::{KeyRing, Random, Secret};
use crate::store::{Schema, Stores, StoresOptions, View};
use crate::whatsapp::journal::store as journal;
use crate::{bots, customers};

const NOW: &str = "2026-03-11T10:42:17Z";
const LANGUAGES: [Language; 2] = [Language::En, Language::Ru];

fn staff_ids() -> [UserId; 3] {
    [1, 2, 3].map(|id| UserId::from_uuid(Uuid::from_u128(id)))
}

fn made(language: Language, now: &str, seed: u64) -> DemoData {
    let names = profile(language).staff.map(|person| person.name.to_owned());
    let staff: Vec<_> = staff_ids().into_iter().zip(names).map(|(id, name)| Assignee { id, name }).collect();
    generate(&Setting {
        language,
        now: now.parse().unwrap(),
        seed,
        staff: &staff,
        number: NumberId::from_uuid(Uuid::from_u128(9)),
        phone_number_id: "100000000000001",
        waba_id: "200000000000001",
    })
}

fn messages(data: &DemoData) -> impl Iterator<Item = &Message> {
    data.threads.iter().flat_map(|thread| &thread.messages)
}

fn incoming(thread: &Thread) -> impl Iterator<Item = &Message> {
    thread.messages.iter().filter(|message| message.direction == Direction::In)
}

#[test]
fn every_step_of_every_dialogue_can_be_played() {
    for language in LANGUAGES {
        for seed in 0..4 {
            let data = made(language, NOW, seed);
            let problems: HashSet<_> = data.problems.iter().collect();
            assert!(problems.is_empty(), "{language:?}: {problems:?}");
            for message in messages(&data) {
                let text = serde_json::to_string(&message.content).unwrap();
                if let Content::Text(text) = &message.content {
                    assert!(
                        !text.body.contains(['{', '}', '|']) && !text.body.contains("  "),
                        "{}",
                        text.body
                    );
                    assert!(!text.body.is_empty());
                    // A gender that was not chosen.
                    assert!(text.body.contains("https://") || !text.body.contains('/'), "{}", text.body);
                }
                assert!(!text.contains("\\\\n"), "{text}");
            }
        }
    }
}

#[test]
fn the_same_setting_gives_the_same_demo() {
    let digest = |data: &DemoData| {
        let threads: Vec<_> =
            data.threads.iter().map(|thread| (&thread.conversation, &thread.messages)).collect();
        crate::crypto::sha256(&rmp_serde::to_vec(&(threads, &data.customers)).unwrap())
    };
    let (one, again, other) =
        (made(Language::En, NOW, 1), made(Language::En, NOW, 1), made(Language::En, NOW, 2));
    assert_eq!(digest(&one), digest(&again));
    assert_ne!(digest(&one), digest(&other));
}

#[test]
fn every_kind_of_message_status_and_event_occurs() {
    for language in LANGUAGES {
        let data = made(language, NOW, 2026);
        let mut kinds: HashSet<String> = HashSet::new();
        for message in messages(&data) {
            let kind = serde_json::to_value(&message.content).unwrap()["type"].as_str().unwrap().to_owned();
            kinds.insert(kind);
            if let Content::Media(media) = &message.content {
                kinds.insert(format!("{:?} {}", media.kind, media.voice));
            }
            for (mark, is) in [
                ("quote", message.reply_to.is_some()),
                ("edited", message.edited),
                ("revoked", message.revoked),
                ("forwarded", message.forwarded),
                ("referral", message.referral.is_some()),
                ("failure", message.failure.is_some()),
                ("reactions", !message.reactions.is_empty()),
            ] {
                if is {
                    kinds.insert(mark.to_owned());
                }
            }
            if let Some(status) = message.status {
                kinds.insert(format!("{status:?}"));
            }
        }
        for wanted in [
            "text",
            "media",
            "location",
            "contacts",
            "reaction",
            "buttons",
            "list",
            "link_button",
            "form",
            "location_request",
            "template",
            "reply",
            "form_reply",
            "order",
            "system",
            "event",
            "other",
            "quote",
            "edited",
            "revoked",
            "forwarded",
            "referral",
            "failure",
            "reactions",
            "Queued",
            "Sent",
            "Delivered",
            "Read",
            "Played",
            "Failed",
            "Image false",
            "Video false",
            "Audio true",
            "Audio false",
            "Document false",
            "Sticker false",
        ] {
            assert!(kinds.contains(wanted), "{language:?} has no {wanted}");
        }
        let events: HashSet<_> = messages(&data)
            .filter_map(|message| match &message.content {
                Content::Event(event) => Some(event.event),
                _ => None,
            })
            .collect();
        for wanted in [
            EventKind::Opened,
            EventKind::BotStarted,
            EventKind::HandedOver,
            EventKind::TakenOver,
            EventKind::Closed,
            EventKind::Note,
            EventKind::NumberChanged,
        ] {
            assert!(events.contains(&wanted), "{language:?} has no {wanted:?}");
        }
        let outcomes: HashSet<_> = data.journal.iter().map(|(_, state)| state.outcome).collect();
        assert_eq!(outcomes.len(), 5, "each outcome but pending: {outcomes:?}");
        assert!(data.journal.iter().any(|(_, state)| state.outcome == Outcome::Unreadable));
    }
}

#[test]
fn it_spans_ninety_days() {
    for (language, now) in [(Language::En, NOW), (Language::Ru, "2026-07-05T23:59:59.900Z")] {
        let data = made(language, now, 1);
        let first = messages(&data).map(|message| message.at).min().unwrap();
        let last = messages(&data).map(|message| message.at).max().unwrap();
        // Nobody writes at night, and the day may begin with one.
        assert!(last.millis_since(first) > 89 * 86_400_000, "{language:?}: {first} to {last}");
    }
}

#[test]
fn it_is_alive_at_any_hour_and_nothing_lies_in_the_future() {
    for language in LANGUAGES {
        for now in [NOW, "2026-03-29T01:10:00Z", "2026-07-05T23:59:59.900Z", "2026-12-31T22:00:00Z"] {
            let data = made(language, now, 2026);
            assert!(data.problems.is_empty(), "{:?}", data.problems);
            let now: Time = now.parse().unwrap();
            let newest = messages(&data).map(|message| message.at).max().unwrap();
            assert!(newest <= now && newest > now.plus_seconds(-120), "{newest} {now}");
            assert!(data.customers.iter().all(|customer| customer.created_at <= now));
            assert!(data.journal.iter().all(|(entry, _)| entry.received_at <= now));
            for thread in &data.threads {
                assert!(thread.messages.is_sorted_by_key(|message| message.id), "{:#?}", thread.messages);
                assert!(thread.messages.iter().all(|message| message.at <= now), "{:#?}", thread.messages);
                assert!(thread.conversation.updated_at <= now);
            }
            let threads: Vec<_> = data.threads.iter().map(|thread| &thread.conversation).collect();
            let count =
                |holds: &dyn Fn(&Conversation) -> bool| threads.iter().filter(|row| holds(row)).count();
            let open = |row: &Conversation| row.state == ConversationState::Open;
            let ago = |at: Time| now.millis_since(at) / 60_000;
            assert!(count(&|row| open(row) && row.handler == Handler::Bot) >= 3);
            let waiting = |row: &Conversation| open(row) && row.waiting_since.is_some_and(|at| ago(at) < 60);
            assert!(count(&waiting) >= 4);
            let me = staff_ids()[0];
            let mine =
                |row: &Conversation| open(row) && row.assignee.as_ref().is_some_and(|who| who.id == me);
            assert!(count(&mine) >= 4);
            assert!(count(&|row| row.state == ConversationState::Closed) >= 100);
            assert!(count(&|row| row.unread > 0) >= 5);
            let age = |row: &Conversation| row.last_in_at.map_or(0, ago);
            assert!(count(&|row| open(row) && (1_380..1_440).contains(&age(row))) >= 1, "about to close");
            assert!(count(&|row| open(row) && age(row) > 1_440) >= 1, "closed window");
        }
    }
}

#[test]
fn people_look_like_people() {
    for language in LANGUAGES {
        let data = made(language, NOW, 2026);
        assert_eq!(data.customers.len(), 300);
        let names: HashSet<_> = data.customers.iter().map(Customer::shown_name).collect();
        assert!(names.len() > 285, "{}", names.len());
        let phones: HashSet<_> = data.customers.iter().filter_map(Customer::phone_key).collect();
        assert_eq!(phones.len(), 288, "one in 25 hides the phone, and no two share one");
        for phone in &phones {
            let nobodys = phone.starts_with("+447700900")
                || (phone.starts_with("+1") && phone[5..].starts_with("55501"))
                || (phone.starts_with("+7") && phone[5..].starts_with("000"));
            assert!(nobodys, "{phone}");
        }
        assert!(data.customers.iter().all(|customer| customer.phone.is_some() || customer.bsuid.is_some()));
        assert!(messages(&data).count() > 3_000, "{}", messages(&data).count());
        let texts: HashSet<_> = messages(&data)
            .filter(|message| message.direction == Direction::In)
            .filter_map(|message| match &message.content {
                Content::Text(text) => Some(&text.body),
                _ => None,
            })
            .collect();
        assert!(texts.len() > 200, "{}", texts.len());
    }
}

#[test]
fn a_week_has_its_rhythm() {
    let data = made(Language::En, NOW, 2026);
    let calendar = Calendar::new("Europe/London");
    let mut hours = [0; 24];
    for message in data.threads.iter().flat_map(incoming) {
        let hour: usize = calendar.clock(message.at).split(':').next().unwrap().parse().unwrap();
        hours[hour] += 1;
    }
    let night: i32 = hours[..6].iter().sum();
    let day: i32 = hours[9..21].iter().sum();
    assert!(day > night * 15, "{hours:?}");
}

#[tokio::test]
async fn written_it_is_what_was_invented() {
    static PLATFORM: Schema = Schema { what: "platform", migrations: &[] };
    for language in LANGUAGES {
        let dir = tempfile::tempdir().unwrap();
        let stores = Stores::open(StoresOptions {
            dir: dir.path().to_owned(),
            cache_bytes: 32 << 20,
            open_businesses: 4,
            platform_schema: Schema { what: PLATFORM.what, migrations: PLATFORM.migrations },
            business_schema: Schema { what: "business", migrations: &[] },
        })
        .unwrap();
        let now: Time = NOW.parse().unwrap();
        let business = BusinessId::from_uuid(Uuid::from_u128(7));
        let random = Random::seeded(1);
        let keys = KeyRing::ephemeral(&random);
        let simulated = Simulated {
            phone_number_id: "100000000000001".into(),
            waba_id: "200000000000001".into(),
            token: Secret::new("token"),
            app_secret: Secret::new("secret"),
            verify_token: "verify".into(),
        };
        let started = std::time::Instant::now();
        let number =
            fill(&stores, &keys, &random, business, staff_ids(), language, simulated, now).await.unwrap();
        eprintln!("{language:?}: written in {:?}", started.elapsed());
        let data = made(language, NOW, 2026);
        let opened = stores.business(business, now).unwrap();
        let view = opened.store.view().unwrap();

        assert_eq!(customers::store::page(&view, "", None, 1_000).unwrap().len(), 300);
        assert_eq!(bots::store::all(&view).unwrap().len(), 2);
        let last = u64::try_from(data.journal.len()).unwrap();
        assert_eq!((journal::last_id(&view).unwrap(), journal::processed(&view).unwrap()), (last, last));
        let rows: Vec<_> = data.threads.iter().map(|thread| &thread.conversation).collect();
        for (place, me) in staff_ids().into_iter().enumerate() {
            let counts = conversations::counts(&view, me).unwrap();
            let open = |row: &&&Conversation| row.state == ConversationState::Open;
            let count = |rows: usize| u32::try_from(rows).unwrap();
            assert_eq!(counts.open, count(rows.iter().filter(open).count()));
            let waiting = rows.iter().filter(open).filter(|row| row.waiting_since.is_some());
            assert_eq!(counts.waiting, count(waiting.count()));
            let mine =
                rows.iter().filter(open).filter(|row| row.assignee.as_ref().is_some_and(|who| who.id == me));
            assert_eq!(counts.mine, count(mine.count()), "{place}");
            assert_eq!(counts.unread, count(rows.iter().filter(|row| row.unread > 0).count()));
            for view_name in [InboxView::Open, InboxView::Closed, InboxView::All] {
                let page = conversations::page(&view, view_name, me, None, 1_000, |_| Ok(true)).unwrap();
                assert!(page.is_sorted_by_key(|row| std::cmp::Reverse(row.updated_at)));
                assert!(!page.is_empty());
            }
        }
        // A duplicate of a message that is there is known as such.
        let message = messages(&data).find(|message| message.wamid.is_some()).unwrap();
        let found = conversations::by_wamid(&view, number, message.wamid.as_ref().unwrap()).unwrap();
        assert!(found.is_some() || data.threads[0].conversation.number != number);
        // The files are there, and the bot can go on.
        for message in messages(&data) {
            if let Content::Media(media) = &message.content
                && let Some(hash) = &media.sha256
            {
                assert!(opened.blobs.path(&hash.parse().unwrap()).is_some(), "{:?}", media.kind);
                assert!(media.kind != MediaKind::Audio || message.status != Some(Status::Queued));
            }
        }
        let led = data.threads.iter().filter(|thread| thread.conversation.handler == Handler::Bot);
        assert!(led.clone().all(|thread| thread.run.is_some() && thread.timer.is_some()));
        assert!(led.count() >= 3);
        played_again(&view, language, now);
        stores.close();
    }
}

/// Each conversation of the demo, played to the flows that are there: nothing is answered in another way.
fn played_again(view: &View, language: Language, now: Time) {
    let all = bots::store::all(view).unwrap();
    let flow = |bot: &bots::Bot| {
        let version = bots::store::version(view, bot.id, bot.published.unwrap()).unwrap().unwrap();
        Compiled::new(&Flow::from_json(&version.flow).unwrap(), 0)
    };
    let flows: Vec<Compiled> = all.iter().map(flow).collect();
    let every: Vec<&Compiled> = flows.iter().collect();
    let answers = BTreeMap::new();
    let zone = TimeZone::get(profile(language).time_zone).unwrap();
    for (bot, draft) in all.iter().zip(&flows) {
        let asked =
            AskedScripts { bot, others: false, filter: Filter::default(), before: None, limit: 1_000 };
        let (scripts, _) = results::scripts(view, &asked, &zone, now).unwrap();
        assert!(scripts.len() > 20, "{}: {}", bot.name, scripts.len());
        for script in scripts {
            let script: Script = serde_json::from_value(script.script).unwrap();
            let mut replay = Replay::new(script.clone());
            let bots = Bots { draft, answering: &every, library: &every, answers: &answers };
            assert!(replay.advance(&bots, &mut 10_000));
            let verdict = compare(&script.then, &replay.now);
            assert_eq!(verdict, Verdict::Same, "{}: {:#?}\n{:#?}", bot.name, script.then, replay.now);
        }
    }
}

/// Not a check but a look: `cargo test demo::tests::look -- --ignored --nocapture`.
#[test]
#[ignore = "prints the demo for reading"]
fn look() {
    for language in LANGUAGES {
        let data = made(language, NOW, 2026);
        println!("{language:?}: {} messages, {} threads", messages(&data).count(), data.threads.len());
        for (customer, thread) in data.customers.iter().zip(&data.threads).step_by(10) {
            let row = &thread.conversation;
            println!(
                "\n== {} {:?} {:?} unread {} waiting {:?} {:?}",
                customer.shown_name(),
                row.state,
                row.handler,
                row.unread,
                row.waiting_since.map(|at| at.to_string()),
                customer.fields
            );
            for message in &thread.messages {
                let line = crate::conversations::preview(message);
                println!(
                    "{} {:?} {} [{}] {} {:?}",
                    message.at,
                    message.direction,
                    message.author.name.as_deref().unwrap_or(""),
                    line.kind,
                    line.text,
                    message.status
                );
            }
        }
    }
}
