//! The bot a business begins with, so that its first number answers the first hello.

use beseda_flow::Flow;
use beseda_wire::ids::BotId;
use beseda_wire::time::Time;

use super::{Bot, Version, store};
use crate::ids;
use crate::store::{Actor, StoreError, Tx};

/// Adds the ready-made appointment bot, published, to a business that has no bot yet.
pub fn ensure(tx: &mut Tx<'_>, locale: &str, actor: &Actor, now: Time) -> Result<(), StoreError> {
    if !store::all(tx)?.is_empty() {
        return Ok(());
    }
    let json = flow(locale);
    let name = Flow::from_json(json).map(|flow| flow.name).unwrap_or_default();
    publish(tx, &name, json, actor, now).map(drop)
}

/// Adds a bot whose first version answers at once.
pub fn publish(tx: &mut Tx<'_>, name: &str, flow: &str, actor: &Actor, now: Time) -> Result<Bot, StoreError> {
    let author = match actor {
        Actor::Person { name, .. } => name.clone(),
        _ => String::new(),
    };
    let bot = Bot {
        id: BotId::from_uuid(ids::fresh(now)),
        name: name.to_owned(),
        enabled: true,
        published: Some(1),
        created_at: now,
        updated_at: now,
    };
    let version = Version { flow: flow.to_owned(), published_at: now, author, note: None };
    store::put_version(tx, bot.id, 1, &version)?;
    store::put(tx, &bot, actor, now)?;
    Ok(bot)
}

fn flow(locale: &str) -> &'static str {
    match locale {
        "ru" => include_str!("../../crates/flow/examples/appointment.ru.json"),
        _ => include_str!("../../crates/flow/examples/appointment.en.json"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ready_made_flows_can_be_read() {
        for locale in ["en", "ru", "pt"] {
            assert!(!Flow::from_json(flow(locale)).unwrap().name.is_empty(), "{locale}");
        }
    }
}
