//! The bot a business begins with, so that its first number answers the first hello.

use beseda_flow::Flow;
use beseda_wire::time::Time;

use super::store;
use crate::store::{Actor, StoreError, Tx};

/// The variable that holds how the ready-made flows call the business.
const BUSINESS: &str = "salon";

/// Adds the ready-made appointment bot, published, to a business that has no bot yet. It greets in the business's name.
pub fn ensure(
    tx: &mut Tx<'_>,
    locale: &str,
    business: &str,
    actor: &Actor,
    now: Time,
) -> Result<(), StoreError> {
    if !store::all(tx)?.is_empty() {
        return Ok(());
    }
    let (name, flow) = called(flow(locale), business);
    super::add_published(tx, name, flow, actor, now).map(drop)
}

/// A flow's name, and the flow as it speaks for this business.
fn called(json: &str, business: &str) -> (String, String) {
    let Ok(mut flow) = Flow::from_json(json) else { return (String::new(), json.to_owned()) };
    for variable in flow.variables.iter_mut().filter(|variable| variable.name == BUSINESS) {
        variable.default = business.into();
    }
    let json = serde_json::to_string(&flow).unwrap_or_else(|_| json.to_owned());
    (flow.name, json)
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
            let (name, json) = called(flow(locale), "Пионы");
            let ready = Flow::from_json(&json).unwrap();
            assert!(!name.is_empty() && ready.name == name, "{locale}");
            // It differs from what is ready in how it calls the business, and in nothing else.
            let mut made = Flow::from_json(flow(locale)).unwrap();
            assert_ne!(made, ready, "{locale}");
            made.variables.iter_mut().find(|one| one.name == BUSINESS).unwrap().default = "Пионы".into();
            assert_eq!(made, ready, "{locale}");
        }
    }
}
