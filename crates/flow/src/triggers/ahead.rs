//! Which triggers may come before another one. [`winner`](super::winner) decides about one message; here nobody has
//! written yet, so it is about all messages that could come: a trigger is named when some message may fit both and it
//! would win. Patterns are not compared, so one of them may be named that never meets the other; none is left out.

use std::cmp::Reverse;

use serde::Serialize;

use super::{Ground, How, LostBy, Prepared, Rank, ReadyKeyword, Why, ends_bare, lost_by};
use crate::compile::Compiled;
use crate::model::TriggerKind;
use crate::values::fold;

/// A trigger that comes before another where both fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ahead {
    /// Position in the list that was given.
    pub flow: usize,
    pub trigger: String,
    /// What speaks for it.
    pub why: Why,
    /// What it has over the other.
    pub by: LostBy,
}

/// What may come before a trigger of one of these flows, the strongest first. The flows stand in the order of
/// [`winner`](super::winner).
pub fn ahead(flows: &[&Compiled], flow: usize, trigger: &str) -> Vec<Ahead> {
    let mut all: Vec<(usize, &Prepared)> = Vec::new();
    for (n, flow) in flows.iter().enumerate() {
        all.extend(flow.triggers.iter().map(|one| (n, one)));
    }
    let Some(place) = all.iter().position(|(n, one)| *n == flow && one.id == trigger) else {
        return Vec::new();
    };
    let own = all[place].1;
    let mut found: Vec<(Rank, Ahead)> = Vec::new();
    let others =
        all.into_iter().enumerate().filter(|(at, (_, other))| *at != place && !other.trigger.disabled);
    for (at, (n, other)) in others {
        let pairs = other
            .ways()
            .into_iter()
            .flat_map(|theirs| own.ways().into_iter().map(move |ours| (theirs, ours)));
        let strongest = pairs
            .filter(|(theirs, ours)| {
                let (before, after) = (other.rank(*theirs), own.rank(*ours));
                let wins = before > after || (before == after && at < place);
                wins && meet((other, *theirs), (own, *ours))
            })
            .max_by_key(|(theirs, _)| other.rank(*theirs));
        if let Some(((ground, keyword), ours)) = strongest {
            let rank = other.rank((ground, keyword));
            let keyword = keyword.map(|keyword| keyword.word.clone());
            let why = Why { priority: other.priority, ground, keyword };
            let by = lost_by(rank, own.rank(ours));
            found.push((rank, Ahead { flow: n, trigger: other.id.clone(), why, by }));
        }
    }
    // Stable: of equals the earlier stays first.
    found.sort_by_key(|(rank, _)| Reverse(*rank));
    found.into_iter().map(|(_, ahead)| ahead).collect()
}

/// One thing that a trigger may go by.
type Way<'a> = (Ground, Option<&'a ReadyKeyword>);

impl Prepared {
    fn rank(&self, (ground, keyword): Way) -> Rank {
        (self.priority, Reverse(ground), keyword.map_or(0, ReadyKeyword::length))
    }

    fn ways(&self) -> Vec<Way<'_>> {
        let trigger = &self.trigger;
        let by_words = |ground: Option<Ground>| {
            let way = |keyword| (ground.unwrap_or_else(|| ReadyKeyword::ground(keyword)), Some(keyword));
            self.keywords.iter().map(way).collect()
        };
        let event = |exact: bool| vec![(if exact { Ground::Event } else { Ground::AnyEvent }, None)];
        match &trigger.kind {
            TriggerKind::Keyword => by_words(None),
            TriggerKind::Payload => by_words(Some(Ground::Payload)),
            TriggerKind::Link => by_words(Some(Ground::Link)),
            TriggerKind::Referral => {
                vec![(if trigger.sources.is_empty() { Ground::AnyAd } else { Ground::Ad }, None)]
            }
            TriggerKind::FirstMessage => vec![(Ground::FirstMessage, None)],
            TriggerKind::AnyMessage => vec![(Ground::AnyMessage, None)],
            // With the first message, or without one.
            TriggerKind::NewCustomer => vec![(Ground::FirstMessage, None), (Ground::Event, None)],
            TriggerKind::Schedule | TriggerKind::Api => event(true),
            TriggerKind::TagAdded => event(trigger.tag.is_some()),
            TriggerKind::FieldChanged => event(trigger.field.is_some() && trigger.value.is_some()),
            TriggerKind::DealMoved => event(trigger.stage.is_some()),
            TriggerKind::Other(_) => Vec::new(),
        }
    }

    /// The name by which the API calls it.
    fn called(&self) -> &str {
        self.trigger.name.as_ref().unwrap_or(&self.id)
    }
}

impl ReadyKeyword {
    fn ground(&self) -> Ground {
        match self.how {
            How::Is => Ground::KeywordIs,
            How::Starts => Ground::KeywordStarts,
            How::Regex(_) => Ground::KeywordRegex,
            How::Contains => Ground::KeywordContains,
        }
    }
}

/// Whether something may happen that fits both.
fn meet((one, by_one): (&Prepared, Way), (other, by_other): (&Prepared, Way)) -> bool {
    use TriggerKind as T;
    let alike = |a: &Option<String>, b: &Option<String>| match (a, b) {
        (Some(a), Some(b)) => fold(a) == fold(b),
        _ => true,
    };
    let (a, b) = (&one.trigger, &other.trigger);
    match (&a.kind, &b.kind) {
        (T::TagAdded, T::TagAdded) => alike(&a.tag, &b.tag),
        (T::FieldChanged, T::FieldChanged) => alike(&a.field, &b.field),
        (T::DealMoved, T::DealMoved) => alike(&a.pipeline, &b.pipeline) && alike(&a.stage, &b.stage),
        (T::Api, T::Api) => one.called() == other.called(),
        (T::Referral, T::Referral) if !a.sources.is_empty() && !b.sources.is_empty() => {
            a.sources.iter().any(|named| b.sources.iter().any(|other| other.trim() == named.trim()))
        }
        (T::Payload, T::Payload) | (T::Keyword | T::Link, T::Keyword | T::Link) => {
            match (by_one.1, by_other.1) {
                (Some(one), Some(other)) => {
                    overlap(one, by_one.0 == Ground::Link, other, by_other.0 == Ground::Link)
                }
                _ => false,
            }
        }
        (T::NewCustomer, T::NewCustomer) => by_one.0 == by_other.0,
        (one, other) if comes_with_messages(one) && comes_with_messages(other) => {
            by_one.0 != Ground::Event && by_other.0 != Ground::Event
        }
        // A schedule is due for one trigger alone; things of different kinds happen one by one.
        _ => false,
    }
}

/// Words, taps and ads come together in one message; a new customer comes with the first.
const fn comes_with_messages(kind: &TriggerKind) -> bool {
    use TriggerKind as T;
    matches!(
        kind,
        T::Keyword | T::Link | T::Payload | T::Referral | T::FirstMessage | T::AnyMessage | T::NewCustomer
    )
}

/// Whether a text may fit both keywords. A link's word begins the text, whole.
fn overlap(one: &ReadyKeyword, one_links: bool, other: &ReadyKeyword, other_links: bool) -> bool {
    let begins = |keyword: &ReadyKeyword, links: bool| links || matches!(keyword.how, How::Starts);
    let is = |keyword: &ReadyKeyword, links: bool| !links && matches!(keyword.how, How::Is);
    match () {
        () if is(one, one_links) && is(other, other_links) => ends_bare(&one.word) == ends_bare(&other.word),
        () if is(one, one_links) => fits(&one.word, other, begins(other, other_links)),
        () if is(other, other_links) => fits(&other.word, one, begins(one, one_links)),
        () if begins(one, one_links) && begins(other, other_links) => {
            let ((short, links), long) = if one.word.len() <= other.word.len() {
                ((one, one_links), other)
            } else {
                ((other, other_links), one)
            };
            let rest = long.word.strip_prefix(short.word.as_str());
            rest.is_some_and(|rest| !(links && rest.starts_with(char::is_alphanumeric)))
        }
        // A text can hold anything besides.
        () => true,
    }
}

/// Whether a text that is this word, perhaps with punctuation around it, may fit a keyword.
fn fits(word: &str, keyword: &ReadyKeyword, begins: bool) -> bool {
    let word = ends_bare(word);
    let wanted = keyword.word.trim_matches(|c: char| !c.is_alphanumeric());
    match keyword.how {
        How::Regex(_) if !begins => true,
        _ if wanted.is_empty() => true,
        _ if begins => word.starts_with(wanted),
        _ => word.contains(wanted),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{Happening, Incoming, Situation, winner};
    use super::*;
    use crate::Flow;

    fn flow(id: &str, triggers: &Value) -> Compiled {
        let flow = json!({ "schema": 1, "id": id, "name": "", "triggers": triggers });
        Compiled::new(&Flow::from_value(flow).unwrap(), 1)
    }

    fn word(kind: &str, how: &str, text: &str, priority: i32) -> Value {
        let id = format!("{kind}-{how}-{}-{priority}", text.replace([' ', '!'], "_"));
        json!({ "id": id, "kind": kind, "priority": priority,
            "keywords": [{ "match": how, "text": text }] })
    }

    /// Whoever wins over a trigger that fits, of all these triggers and messages, is named as one who may.
    #[test]
    fn nobody_who_wins_is_left_out() {
        let mut triggers = vec![
            json!({ "id": "any", "kind": "any_message" }),
            json!({ "id": "loud", "kind": "any_message", "priority": 3 }),
            json!({ "id": "first", "kind": "first_message" }),
            json!({ "id": "ad", "kind": "referral", "sources": ["7"] }),
            json!({ "id": "ad2", "kind": "referral", "sources": ["8", " 7 "] }),
            json!({ "id": "ads", "kind": "referral" }),
            json!({ "id": "several", "kind": "keyword",
                "keywords": [{ "match": "is", "text": "hi" }, { "match": "contains", "text": "promo" }] }),
            json!({ "id": "new", "kind": "new_customer" }),
            json!({ "id": "vip", "kind": "tag_added", "tag": "VIP" }),
            json!({ "id": "tag", "kind": "tag_added" }),
        ];
        for how in ["is", "starts", "contains", "regex"] {
            for text in ["menu", "menu!", "the", "promo", "promotion", "!"] {
                triggers.push(word("keyword", how, text, 0));
            }
            triggers.push(word("keyword", how, "menu", 1));
        }
        for text in ["promo", "promotion", "menu 1"] {
            triggers.push(word("link", "is", text, 0));
            triggers.push(word("payload", "starts", text, 0));
        }
        let texts = [
            "menu",
            "Menu!",
            "!menu!!",
            "the menu",
            "menu 1, please",
            "promo",
            "promotion",
            "promo tion",
            "hi",
            "hi!",
            "?",
            "!",
            "",
        ];
        let mut happenings: Vec<(Happening, bool)> = vec![
            (Happening::NewCustomer, false),
            (Happening::TagAdded { tag: "vip" }, false),
            (Happening::TagAdded { tag: "x" }, false),
        ];
        for text in texts {
            for (payload, referral) in
                [(None, None), (Some("promo"), None), (None, Some("7")), (None, Some("9"))]
            {
                for first in [false, true] {
                    happenings.push((
                        Happening::Message(Incoming { text, payload, referral, ..Incoming::default() }),
                        first,
                    ));
                }
            }
        }
        let mut met = 0;
        for (n, one) in triggers.iter().enumerate() {
            for other in &triggers[n + 1..] {
                let (one, other) = (flow("a", &json!([one])), flow("b", &json!([other])));
                for (flows, lost) in [([&one, &other], 0), ([&one, &other], 1), ([&other, &one], 0)] {
                    let loser = &flows[lost].triggers[0].id;
                    let named = ahead(&flows, lost, loser);
                    for (happening, first_message) in &happenings {
                        let situation = Situation { first_message: *first_message, busy: false };
                        let Some(won) = winner(flows, *happening, situation) else { continue };
                        if won.flow != lost && won.others.iter().any(|rival| rival.flow == lost) {
                            met += 1;
                            assert_eq!(named.len(), 1, "{loser} loses {happening:?}");
                        }
                    }
                }
            }
        }
        assert!(met > 1000, "{met}");
    }

    #[test]
    fn who_cannot_meet_or_cannot_win_is_not_named() {
        let named = |flows: &[Value], flow_at: usize, trigger: &str| {
            let flows: Vec<Compiled> =
                flows.iter().enumerate().map(|(n, t)| flow(&n.to_string(), t)).collect();
            let flows: Vec<&Compiled> = flows.iter().collect();
            let ahead = ahead(&flows, flow_at, trigger);
            ahead
                .into_iter()
                .map(|one| format!("{}.{} {:?}", one.flow, one.trigger, one.by))
                .collect::<Vec<_>>()
        };
        let menu =
            || json!({ "id": "menu", "kind": "keyword", "keywords": [{ "match": "is", "text": "menu" }] });
        let price =
            json!({ "id": "price", "kind": "keyword", "keywords": [{ "match": "is", "text": "price" }] });
        let any = json!({ "id": "any", "kind": "any_message" });
        let off = json!({ "id": "off", "kind": "any_message", "priority": 9, "disabled": true });
        let flows = [json!([menu(), any]), json!([price, menu(), off])];
        assert_eq!(named(&flows, 0, "menu"), [""; 0]);
        assert_eq!(named(&flows, 1, "menu"), ["0.menu Order"]);
        assert_eq!(named(&flows, 0, "any"), ["1.price Ground", "0.menu Ground", "1.menu Ground"]);
        assert_eq!(named(&flows, 0, "nobody"), [""; 0]);
        let loud = json!([word("keyword", "contains", "menu", 2), word("keyword", "contains", "price", 2)]);
        assert_eq!(named(&[json!([menu()]), loud], 0, "menu"), ["1.keyword-contains-menu-2 Priority"]);
        // A new customer comes with a first message, and whatever takes that comes before.
        let first = json!({ "id": "first", "kind": "first_message", "priority": 1 });
        let new = |priority: i32| json!({ "id": "new", "kind": "new_customer", "priority": priority });
        assert_eq!(
            named(&[json!([new(0)]), json!([menu(), first, any])], 0, "new"),
            ["1.first Priority", "1.menu Ground"]
        );
        assert_eq!(named(&[json!([new(2)]), json!([menu(), first, any])], 0, "new"), [""; 0]);
        assert_eq!(named(&[json!([new(2)]), json!([menu(), first, any])], 1, "first"), ["0.new Priority"]);
    }
}
