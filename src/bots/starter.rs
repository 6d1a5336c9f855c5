//! The bot a business begins with, so that its first number answers the first hello.

use beseda_flow::Flow;
use beseda_wire::time::Time;

use super::store;
use crate::store::{Actor, StoreError, Tx};

/// Adds the ready-made appointment bot, published, to a business that has no bot yet.
pub fn ensure(tx: &mut Tx<'_>, locale: &str, actor: &Actor, now: Time) -> Result<(), StoreError> {
    if !store::all(tx)?.is_empty() {
        return Ok(());
    }
    let json = flow(locale);
    let name = Flow::from_json(json).map(|flow| flow.name).unwrap_or_default();
    super::add_published(tx, name, json.to_owned(), actor, now).map(drop)
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
