//! The list of bots that a sub-flow may run.
//!
//! Flows name another bot by its flow's id, which it keeps when the flow is taken elsewhere. A copied bot has the id of
//! the flow that it was copied from: among such bots one is named by its own id, which is of this business alone.

use beseda_wire::bots::Bot;

use crate::format::Clock;
use crate::i18n::t;
use crate::t;

/// What is stored and what people read, of each bot. What is chosen is always among them.
pub fn options(bots: &[Bot], chosen: &str, clock: &Clock) -> Vec<(String, String)> {
    let mut options = vec![(String::new(), t("bot-none"))];
    options.extend(bots.iter().filter(|bot| !bot.flow_id.is_empty()).map(|bot| {
        let words = name(bot, bots, clock);
        let words = match bot.published {
            Some(_) => words,
            None => t!("bot-unpublished", name = words.as_str()),
        };
        (value(bot, bots, chosen), words)
    }));
    if options.iter().all(|(id, _)| id != chosen) {
        options.push((chosen.to_owned(), t!("bot-unknown", id = chosen)));
    }
    options
}

fn value(bot: &Bot, bots: &[Bot], chosen: &str) -> String {
    let own = bot.id.to_string();
    let mut same = bots.iter().filter(|other| other.flow_id == bot.flow_id);
    let is_alone = same.clone().count() == 1;
    // The one that is run where a flow says no more than the id of theirs: the first that is published.
    let first = same.clone().find(|other| other.published.is_some()).or_else(|| same.next());
    let is_meant = chosen == bot.flow_id && first.is_some_and(|first| first.id == bot.id);
    if chosen != own && (is_alone || is_meant) { bot.flow_id.clone() } else { own }
}

/// Of two that have one name, also since when they are there.
fn name(bot: &Bot, bots: &[Bot], clock: &Clock) -> String {
    let is_alone = bots.iter().filter(|other| other.name == bot.name).count() == 1;
    if is_alone {
        return bot.name.clone();
    }
    t!("bot-since", name = bot.name.as_str(), time = clock.full(bot.created_at).as_str())
}

#[cfg(test)]
mod tests {
    use beseda_wire::time::Time;
    use serde_json::json;

    use super::*;

    const OLD: &str = "01990000-0000-7000-8000-000000000001";
    const NEW: &str = "01990000-0000-7000-8000-000000000002";

    fn bot(id: &str, name: &str, flow: &str, published: Option<u32>) -> Bot {
        let created = if id == OLD { "2026-01-01T09:00:00Z" } else { "2026-02-01T09:00:00Z" };
        serde_json::from_value(json!({ "id": id, "name": name, "flow_id": flow, "enabled": true,
            "published": published, "running": 0, "created_at": created, "updated_at": created }))
        .unwrap()
    }

    fn values(bots: &[Bot], chosen: &str) -> Vec<String> {
        let clock = Clock { now: Time::from_millis(0), zone: "UTC".to_owned() };
        options(bots, chosen, &clock).into_iter().map(|(value, _)| value).collect()
    }

    #[test]
    fn of_two_bots_with_one_flow_each_can_be_chosen() {
        let bots = [bot(OLD, "Menu", "menu", Some(1)), bot(NEW, "Menu", "menu", Some(1))];
        assert_eq!(values(&bots, ""), ["", OLD, NEW]);
        assert_eq!(values(&bots, NEW), ["", OLD, NEW]);
        // What was stored before there were two means the first that is published.
        assert_eq!(values(&bots, "menu"), ["", "menu", NEW]);
        let bots = [bot(OLD, "Menu", "menu", None), bot(NEW, "Copy", "menu", Some(1))];
        assert_eq!(values(&bots, "menu"), ["", OLD, "menu"]);
    }

    #[test]
    fn a_bot_alone_is_named_by_its_flow() {
        let bots = [bot(OLD, "Menu", "menu", Some(1)), bot(NEW, "Lead", "lead", None)];
        assert_eq!(values(&bots, ""), ["", "menu", "lead"]);
        // The other one of two was deleted since.
        assert_eq!(values(&bots, OLD), ["", OLD, "lead"]);
        assert_eq!(values(&bots, "gone"), ["", "menu", "lead", "gone"]);
    }

    #[test]
    fn bots_with_one_name_are_told_apart() {
        let clock = Clock { now: Time::from_millis(0), zone: "UTC".to_owned() };
        let bots = [bot(OLD, "Menu", "menu", Some(1)), bot(NEW, "Menu", "menu", Some(1))];
        let words: Vec<String> = options(&bots, "", &clock).into_iter().map(|(_, words)| words).collect();
        assert!(words[1] != words[2] && words[1].starts_with("Menu"), "{words:?}");
    }
}
