//! Whether what a flow writes begins it again: by itself, or by way of other flows that answer customers.
//!
//! Nothing is said of whether the block is reached by that very beginning: a warning says "may".

use serde_json::{Value, json};

use super::graph::blocks;
use super::{Code, Findings, Surroundings};
use crate::blocks::{Body, Operator};
use crate::compare::holds;
use crate::model::{Flow, Trigger, TriggerKind};
use crate::values::fold;

pub fn check(flow: &Flow, around: &Surroundings, found: &mut Findings) {
    for (block, written) in writes(flow) {
        if let Some(trigger) = begun(flow, &written) {
            let parameters = [("what", json!(written.name())), ("trigger", json!(trigger.id))];
            found.warning(Code::BeginsItself, Some(block), parameters);
        } else if let Some((trigger, through)) = begun_through(flow, &written, around) {
            let what = ("what", json!(written.name()));
            let parameters = [what, ("trigger", json!(trigger.id)), ("through", json!(through.name))];
            found.warning(Code::BeginsItself, Some(block), parameters);
        }
    }
}

/// Something that a block writes and a trigger may wait for.
enum Written<'a> {
    Tag(&'a str),
    Field(&'a str, &'a Value),
    /// The stage to which a deal is moved, and its pipeline.
    Stage(Option<&'a str>, &'a str),
}

impl Written<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Tag(name) | Self::Field(name, _) | Self::Stage(_, name) => name,
        }
    }

    /// Whether the trigger may fire by it. What is filled in may be anything.
    fn begins(&self, trigger: &Trigger) -> bool {
        let is = |wanted: &Option<String>, name: &str| {
            let open = name.contains("{{");
            wanted.as_ref().is_none_or(|wanted| open || fold(wanted) == fold(name))
        };
        match (self, &trigger.kind) {
            (Self::Tag(tag), TriggerKind::TagAdded) => is(&trigger.tag, tag),
            (Self::Field(field, value), TriggerKind::FieldChanged) => {
                let open = value.as_str().is_some_and(|text| text.contains("{{"));
                let fits = |wanted: &Value| open || holds(value, Operator::Equal, wanted);
                is(&trigger.field, field) && trigger.value.as_ref().is_none_or(fits)
            }
            (Self::Stage(pipeline, stage), TriggerKind::DealMoved) => {
                is(&trigger.stage, stage) && pipeline.is_none_or(|name| is(&trigger.pipeline, name))
            }
            _ => false,
        }
    }
}

/// What a flow writes, with the blocks that do.
fn writes(flow: &Flow) -> Vec<(&str, Written<'_>)> {
    let mut all = Vec::new();
    for block in blocks(flow).filter(|block| !block.is_passed_by()) {
        let id = block.id.as_str();
        match &block.body {
            Body::Tags(tags) => all.extend(tags.add.iter().map(|tag| (id, Written::Tag(tag)))),
            Body::Subscribe(to) => all.extend(to.topic.as_deref().map(|tag| (id, Written::Tag(tag)))),
            Body::SetFields(set) => {
                all.extend(set.fields.iter().map(|one| (id, Written::Field(&one.field, &one.value))));
            }
            Body::MoveDeal(deal) => all.push((id, Written::Stage(deal.pipeline.as_deref(), &deal.stage))),
            _ => {}
        }
    }
    all.retain(|(_, written)| !written.name().trim().is_empty());
    all
}

fn begun<'a>(flow: &'a Flow, written: &Written) -> Option<&'a Trigger> {
    flow.triggers.iter().find(|trigger| !trigger.disabled && written.begins(trigger))
}

/// The own trigger that fires in the end, and the flow that is begun first.
fn begun_through<'a>(
    flow: &'a Flow,
    written: &Written,
    around: &'a Surroundings,
) -> Option<(&'a Trigger, &'a Flow)> {
    let others: Vec<&Flow> =
        around.answering.iter().map(|other| &**other).filter(|other| other.id != flow.id).collect();
    let first = others.iter().filter(|other| begun(other, written).is_some());
    for first in first {
        let mut reached = vec![*first];
        let mut at = 0;
        while let Some(other) = reached.get(at).copied() {
            at += 1;
            for (_, written) in writes(other) {
                if let Some(trigger) = begun(flow, &written) {
                    return Some((trigger, first));
                }
                let next = others.iter().filter(|other| begun(other, &written).is_some());
                for next in next {
                    if !reached.iter().any(|known| known.id == next.id) {
                        reached.push(next);
                    }
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::check_in;
    use super::*;

    fn flow(id: &str, trigger: &Value, block: &Value) -> Flow {
        let mut trigger = trigger.clone();
        trigger["id"] = json!("t");
        let mut block = block.clone();
        block["id"] = json!("b");
        Flow::from_value(json!({ "schema": 1, "id": id, "name": id.to_uppercase(), "triggers": [trigger],
            "groups": [{ "id": "g", "blocks": [block] }] }))
        .unwrap()
    }

    fn found(flow: &Flow, others: &[&Flow]) -> Vec<String> {
        let answering = others.iter().map(|flow| Arc::new((*flow).clone())).collect();
        let around = Surroundings { answering, ..Surroundings::default() };
        let own = check_in(flow, &around).into_iter().filter(|finding| finding.code == Code::BeginsItself);
        own.map(|finding| {
            assert_eq!((finding.block.as_deref(), &finding.parameters["trigger"]), (Some("b"), &json!("t")));
            let part = |name: &str| {
                finding.parameters.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
            };
            format!("{} {}", part("what"), part("through")).trim_end().to_owned()
        })
        .collect()
    }

    #[test]
    fn a_flow_that_writes_what_begins_it_is_told() {
        let tagged = |tag: Value| json!({ "kind": "tag_added", "tag": tag });
        let changed =
            |field: Value, value: Value| json!({ "kind": "field_changed", "field": field, "value": value });
        let moved = |stage: Value| json!({ "kind": "deal_moved", "pipeline": "Sales", "stage": stage });
        let tags = |add: &str| json!({ "kind": "tags", "add": [add] });
        let field = |name: &str, value: Value| json!({ "kind": "set_fields", "fields": [{ "field": name, "value": value }] });
        let deal = |pipeline: Value, stage: &str| json!({ "kind": "move_deal", "pipeline": pipeline, "stage": stage });
        let any = Value::Null;
        for (trigger, block, warned) in [
            (tagged(json!("VIP")), tags("vip"), true),
            (tagged(json!("VIP")), tags("cold"), false),
            (tagged(any.clone()), tags("cold"), true),
            (tagged(json!("VIP")), tags("{{ chosen }}"), true),
            (tagged(json!("VIP")), json!({ "kind": "tags", "remove": ["vip"] }), false),
            (tagged(json!("VIP")), json!({ "kind": "subscribe", "topic": "vip" }), true),
            (tagged(json!("VIP")), json!({ "kind": "tags", "add": ["vip"], "disabled": true }), false),
            (changed(json!("State"), any.clone()), field("state", json!("new")), true),
            (changed(json!("State"), json!("new")), field("State", json!("old")), false),
            (changed(json!("State"), json!(5)), field("State", json!("5,0")), true),
            (changed(json!("State"), json!("new")), field("State", json!("{{ it }}")), true),
            (changed(json!("City"), any.clone()), field("State", json!("new")), false),
            (changed(any.clone(), any.clone()), field("State", json!("new")), true),
            (moved(json!("Won")), deal(json!("Sales"), "won"), true),
            (moved(json!("Won")), deal(any.clone(), "won"), true),
            (moved(json!("Won")), deal(json!("Support"), "won"), false),
            (moved(json!("Won")), deal(json!("Sales"), "lost"), false),
            (json!({ "kind": "any_message" }), tags("vip"), false),
        ] {
            assert_eq!(!found(&flow("a", &trigger, &block), &[]).is_empty(), warned, "{trigger} {block}");
        }
        let mut off = flow("a", &tagged(json!("vip")), &tags("vip"));
        assert_eq!(found(&off, &[]), ["vip"]);
        off.triggers[0].disabled = true;
        assert_eq!(found(&off, &[]), [""; 0]);
    }

    #[test]
    fn other_flows_may_lead_back() {
        let chain = |id: &str, waits: &str, writes: &str| {
            flow(
                id,
                &json!({ "kind": "tag_added", "tag": waits }),
                &json!({ "kind": "tags", "add": [writes] }),
            )
        };
        let own = chain("a", "one", "two");
        let (b, c, d) = (chain("b", "two", "three"), chain("c", "three", "one"), chain("d", "four", "one"));
        assert_eq!(found(&own, &[]), [""; 0]);
        assert_eq!(found(&own, &[&b]), [""; 0], "it leads on and not back");
        assert_eq!(found(&own, &[&d, &c]), [""; 0], "nothing begins them");
        assert_eq!(found(&own, &[&b, &c, &d]), ["two B"]);
        // A circle of others ends, and what is published of the flow itself is not another one.
        let round = chain("e", "three", "two");
        assert_eq!(found(&own, &[&b, &round]), [""; 0]);
        assert_eq!(found(&own, &[&chain("a", "two", "one")]), [""; 0]);
    }
}
