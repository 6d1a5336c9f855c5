//! Writes the invented business into the stores.

use std::sync::Arc;

use beseda_wire::ids::{BusinessId, NumberId, UserId};
use beseda_wire::messages::{Author, AuthorKind, Status};
use beseda_wire::time::Time;
use beseda_wire::whatsapp::NumberState;

use super::{DemoData, Language, Setting, generate, profile};
use crate::bots::results;
use crate::conversations::{Assignee, store as conversations};
use crate::crypto::{KeyRing, Random, Secret};
use crate::inbox::outbox::{self, Row, State};
use crate::store::{Actor, BlobError, Pending, StoreError, Stores, Tx, timers};
use crate::whatsapp::journal::store as journal;
use crate::whatsapp::numbers::{self, Number, Route, sealing_place};
use crate::{bots, customers, ids};

/// Every demo is made of the same chance: whoever writes about one writes about all.
const SEED: u64 = 2026;
/// Threads that one transaction writes. All of them share one commit; parts of this size leave room between them.
const THREADS: usize = 40;

/// What the simulator and the demo's number know of each other.
pub struct Simulated {
    pub phone_number_id: String,
    pub waba_id: String,
    pub token: Secret,
    pub app_secret: Secret,
    pub verify_token: String,
}

#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a sample file could not be kept: {0}")]
    Blob(#[from] BlobError),
}

/// Makes the demo in a business that exists and is empty; gives the number it talks through. The owner comes first
/// among the staff; their names are those of [`profile`].
#[expect(clippy::too_many_arguments, reason = "called once, by what wires the program together")]
pub async fn fill(
    stores: &Stores,
    keys: &KeyRing,
    random: &Random,
    business: BusinessId,
    staff: [UserId; 3],
    language: Language,
    simulated: Simulated,
    now: Time,
) -> Result<NumberId, DemoError> {
    let profile = profile(language);
    let staff: Vec<Assignee> = staff
        .into_iter()
        .zip(profile.staff)
        .map(|(id, person)| Assignee { id, name: person.name.to_owned() })
        .collect();
    let number = NumberId::from_uuid(ids::fresh(now));
    let data = generate(&Setting {
        language,
        now,
        seed: SEED,
        staff: &staff,
        number,
        phone_number_id: &simulated.phone_number_id,
        waba_id: &simulated.waba_id,
    });
    let (record, route) =
        number_of(number, business, profile.business, profile.phone, &simulated, keys, random, now);
    stores.platform().write(move |tx| numbers::store::claim(tx, &route)).await?;
    let opened = stores.business(business, now)?;
    let store = &opened.store;
    let data = Arc::new(data);
    let mut pending: Vec<Pending<(), StoreError>> = Vec::new();
    pending.push(store.submit({
        let data = Arc::clone(&data);
        move |tx| base(tx, &data, &record, now)
    }));
    for start in (0..data.threads.len()).step_by(THREADS) {
        let data = Arc::clone(&data);
        pending.push(store.submit(move |tx| threads(tx, &data, start, number)));
    }
    for sample in data.samples.all() {
        opened.blobs.put(sample.bytes, now)?;
    }
    for written in pending {
        written.await?;
    }
    Ok(number)
}

#[expect(clippy::too_many_arguments, reason = "a record's parts, put together once")]
fn number_of(
    id: NumberId,
    business: BusinessId,
    name: &str,
    phone: &str,
    simulated: &Simulated,
    keys: &KeyRing,
    random: &Random,
    now: Time,
) -> (Number, Route) {
    let (owner, text) = (business.to_string(), id.to_string());
    let seal = |field, secret| keys.seal(sealing_place(&owner, &text, field), secret, random);
    let number = Number {
        id,
        phone_number_id: simulated.phone_number_id.clone(),
        waba_id: simulated.waba_id.clone(),
        name: name.to_owned(),
        phone: Some(phone.to_owned()),
        token: seal("token", &simulated.token),
        app_secret: seal("app_secret", &simulated.app_secret),
        verify_token: simulated.verify_token.clone(),
        simulated: true,
        messages_per_second: None,
        state: NumberState::Connected,
        problem: None,
        problem_detail: None,
        warnings: Vec::new(),
        templates_doubted_at: None,
        quality: Some("GREEN".to_owned()),
        verified_at: Some(now),
        first_webhook_at: Some(now),
        connected_at: Some(now),
        created_at: now,
    };
    let route = Route {
        business,
        number: id,
        phone_number_id: simulated.phone_number_id.clone(),
        waba_id: simulated.waba_id.clone(),
        app_secret: seal("route_app_secret", &simulated.app_secret),
        verify_token: simulated.verify_token.clone(),
    };
    (number, route)
}

/// All but the threads.
fn base(tx: &mut Tx<'_>, data: &DemoData, number: &Number, now: Time) -> Result<(), StoreError> {
    numbers::store::put(tx, number, &Actor::Program, now)?;
    for (bot, version) in &data.bots {
        bots::store::put(tx, bot, &Actor::Program, bot.created_at)?;
        if let Some(published) = bot.published {
            bots::store::put_version(tx, bot.id, published, version)?;
        }
    }
    for customer in &data.customers {
        customers::store::put(tx, None, customer, &Actor::Program, customer.created_at)?;
    }
    for (id, (entry, state)) in (1..).zip(&data.journal) {
        journal::append(tx, id, entry)?;
        journal::finish(tx, id, state, entry.received_at)?;
    }
    Ok(())
}

fn threads(tx: &mut Tx<'_>, data: &DemoData, start: usize, number: NumberId) -> Result<(), StoreError> {
    for thread in data.threads.iter().skip(start).take(THREADS) {
        let conversation = &thread.conversation;
        for message in &thread.messages {
            let actor = actor_of(&message.author, conversation.customer);
            conversations::add_message(tx, number, message, &actor, message.at)?;
            if message.status == Some(Status::Queued) {
                // It is on its way as any other: the program sends it as soon as it serves.
                let row = Row {
                    conversation: conversation.id,
                    customer: conversation.customer,
                    number,
                    state: State::Ready,
                    setbacks: outbox::Setbacks::default(),
                    withdrawn: false,
                };
                outbox::put(tx, message.id, &row)?;
            }
        }
        conversations::put(tx, None, conversation)?;
        for told in &thread.runs {
            let record = results::Record {
                conversation: conversation.id,
                customer: conversation.customer,
                number,
                version: told.turns.first().map_or(1, |turn| turn.version),
                started_at: told.started_at,
                end: told.end.clone(),
            };
            results::store::put_record(tx, told.bot, told.id, &record)?;
            if let Some(begun) = &told.begun {
                results::store::put_beginning(tx, told.bot, told.id, begun)?;
            }
            for (n, turn) in (0..).zip(&told.turns) {
                results::store::put_turn(tx, told.id, n, turn)?;
            }
        }
        if let Some(run) = &thread.run {
            bots::store::put_run(tx, conversation.id, run)?;
        }
        if let Some((token, due)) = thread.timer {
            let body = bots::Timeout { conversation: conversation.id, token };
            timers::set(tx, &bots::timer_key(conversation.id), bots::TIMEOUT, due, &body)?;
        }
    }
    Ok(())
}

pub(super) fn actor_of(author: &Author, customer: beseda_wire::ids::CustomerId) -> Actor {
    let name = author.name.clone().unwrap_or_default();
    match (author.kind, author.user_id, author.bot_id) {
        (AuthorKind::Customer, _, _) => Actor::Customer { id: customer },
        (AuthorKind::User, Some(id), _) => Actor::Person { id, name },
        (AuthorKind::Bot, _, Some(id)) => Actor::Bot { id, name },
        _ => Actor::Program,
    }
}
