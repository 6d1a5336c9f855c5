//! Whether the invented crowd is like a real one where it matters for an index.

use std::collections::{HashMap, HashSet};

use beseda_wire::conversations::ConversationState;
use beseda_wire::ids::UserId;
use beseda_wire::messages::{Content, Direction};
use uuid::Uuid;

use super::*;
use crate::store::Schema;

fn world(language: Language) -> World {
    let agent =
        |id: u128| Assignee { id: UserId::from_uuid(Uuid::from_u128(id)), name: format!("Agent {id}") };
    let parties = Parties {
        agents: (1..=50).map(agent).collect(),
        bot: None,
        number: NumberId::from_uuid(Uuid::from_u128(1)),
    };
    World::new(parties, language, "2026-11-25T12:00:00Z".parse().unwrap())
}

#[test]
fn no_word_is_twice_in_a_vocabulary_and_frequencies_fall() {
    for language in [Language::En, Language::Ru] {
        let vocabulary = Vocabulary::new(language);
        let tail = &vocabulary.words()[200..];
        assert_eq!(tail.iter().collect::<HashSet<_>>().len(), tail.len());
        let mut chance = Chance::new(5);
        let mut seen: HashMap<String, usize> = HashMap::new();
        for _ in 0..4_000 {
            for word in vocabulary.say(10, &mut chance).trim_end_matches(['.', '?']).split(' ') {
                *seen.entry(word.to_owned()).or_default() += 1;
            }
        }
        let often = seen[&vocabulary.words()[0]];
        assert!((2_500..6_000).contains(&often), "the first word of forty thousand: {often}");
        assert!(seen.values().filter(|count| **count == 1).count() > 2_000, "and many once");
    }
}

#[test]
fn as_many_messages_as_were_asked_for_and_few_write_most() {
    let mut sizes = sizes(Many { customers: 1_000, messages: 20_000 }, &mut Chance::new(1));
    assert_eq!((sizes.len(), sizes.iter().sum::<usize>()), (1_000, 20_000));
    sizes.sort_unstable();
    let tenth: usize = sizes[900..].iter().sum();
    assert!((6_000..14_000).contains(&tenth), "{tenth}");
    assert!(sizes[0] >= 1);
}

#[test]
fn threads_are_in_order_and_in_the_past() {
    let world = world(Language::En);
    let mut wamids = HashSet::new();
    let (mut open, mut before) = (0, None);
    for place in 0..300 {
        let whole = world.invent(place, 300, 1 + place % 60, Chance::new(place as u64));
        assert!(before < Some(whole.conversation.id), "the store is written in the order of its keys");
        before = Some(whole.conversation.id);
        assert_eq!(whole.messages.len(), 1 + place % 60);
        for pair in whole.messages.windows(2) {
            assert!(pair[0].at < pair[1].at && pair[0].id < pair[1].id);
        }
        for message in &whole.messages {
            assert!(message.at <= world.now && message.at >= whole.customer.created_at);
            assert_eq!(message.status.is_some(), message.direction == Direction::Out);
            assert!(message.wamid.clone().is_none_or(|wamid| wamids.insert(wamid)));
        }
        open += usize::from(whole.conversation.state == ConversationState::Open);
    }
    assert!((10..150).contains(&open), "{open} of 300 are open");
}

#[tokio::test]
async fn what_is_written_is_what_the_product_would_have_written() {
    const SCHEMA: Schema = Schema { what: "the test store", migrations: &[] };
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("store.redb"), 1 << 20, &SCHEMA).unwrap();
    let World { parties, now, .. } = world(Language::Ru);
    let number = parties.number;
    let many = Many { customers: 40, messages: 400 };
    fill_many(&store, many, parties, Language::Ru, now, 7).await.unwrap();
    let view = store.view().unwrap();
    let all = customers::page(&view, "", None, 100).unwrap();
    assert_eq!(all.len(), 40);
    let mut found = 0;
    for customer in &all {
        assert_eq!(customers::by_phone(&view, customer.phone.as_ref().unwrap()).unwrap(), Some(customer.id));
        let thread = conversations::by_customer(&view, customer.id, number).unwrap().unwrap();
        let messages = conversations::messages(&view, thread.id, None, 1_000).unwrap();
        found += messages.len();
        assert_eq!(thread.updated_at, messages[0].at);
        for message in messages.iter().filter(|message| !matches!(message.content, Content::Event(_))) {
            let wamid = message.wamid.as_ref().unwrap();
            assert_eq!(conversations::by_wamid(&view, number, wamid).unwrap(), Some(message.place()));
        }
    }
    assert_eq!(found, 400);
    let changes = crate::store::changes_after(&view, 0, usize::MAX).unwrap();
    assert_eq!(changes.len(), 440, "each customer and each message is in the log");
    drop(view);
    store.close();
}
