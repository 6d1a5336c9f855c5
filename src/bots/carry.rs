//! What an engine's effects are to the rest of the business: the customer's record, the thread, the timer.

use beseda_flow::{
    Call, CallFault, Effect, Language, Now, Outcome, Summarize, is_writable_field, nobody_called,
};
use beseda_wire::messages::EventKind;
use beseda_wire::time::Time;
use serde_json::{Map, Value};

use super::content::content;
use super::flows::Around;
use super::run::{TIMEOUT, Timeout, Turn, stop_timer, timer_key};
use super::{PendingSummary, Run, store};
use crate::conversations::{Assignee, Conversation, service as threads};
use crate::customers::{Customer, store as customers};
use crate::store::{Actor, StoreError, Tx, timers};

/// Carries out what one turn of a bot leads to.
pub struct Carrier {
    pub turn: Turn,
    pub at: Time,
    now: Now,
    /// The blocks of what is said.
    pub said: Vec<String>,
    /// What the run's record tells of a block besides its steps.
    pub notes: Vec<(String, String)>,
    around: Around,
    /// That of the flow: in it the team is told of what goes wrong.
    language: Language,
    /// The customer as stored and as it is becoming, once something asked for it.
    customer: Option<(Customer, Customer)>,
}

impl Carrier {
    pub fn new(run: &Run, thread: &Conversation, around: Around, language: Language, now: Now) -> Self {
        let at = Time::from_millis(now.ms);
        let (said, notes) = (Vec::new(), Vec::new());
        Self { turn: Turn::of(run, thread), at, now, said, notes, around, language, customer: None }
    }

    /// Writes down what became of the customer.
    pub fn finish(self, tx: &mut Tx<'_>) -> Result<Turn, StoreError> {
        if let Some((before, after)) = self.customer
            && before != after
        {
            customers::put(tx, Some(&before), &after, &self.turn.actor, self.at)?;
        }
        Ok(self.turn)
    }

    /// What a call is answered with at once; `None` for one that goes outside.
    pub fn answer(
        &mut self,
        tx: &mut Tx<'_>,
        thread: &Conversation,
        call: &Call,
    ) -> Result<Option<Outcome>, StoreError> {
        Ok(match call {
            Call::Fields { fields } => {
                let customer = self.customer(tx, thread)?;
                let values: Map<String, Value> = fields
                    .iter()
                    .map(|name| {
                        (name.clone(), customer.map_or(Value::Null, |customer| field(customer, name)))
                    })
                    .collect();
                Some(Outcome::Done { value: Value::Object(values) })
            }
            Call::Http(_) | Call::Incoming | Call::Email(_) | Call::AiAnswer(_) | Call::AiExtract(_) => None,
            Call::Open => {
                let open = self.around.is_open(self.now.local());
                Some(Outcome::Done { value: open.into() })
            }
            Call::Online { person, team: None } => {
                let online = self.around.is_online(person.as_deref());
                Some(Outcome::Done { value: online.into() })
            }
            // The checker lets no flow be published that asks for what is not there.
            _ => Some(Outcome::Failed { reason: CallFault::NotAvailable.into() }),
        })
    }

    /// Carries out one effect that is not a call.
    pub fn carry(
        &mut self,
        tx: &mut Tx<'_>,
        thread: &mut Conversation,
        effect: Effect,
    ) -> Result<(), StoreError> {
        let at = self.at;
        match effect {
            Effect::Say { block, message } => {
                if let Some(content) = content(message) {
                    self.turn.says.push(content);
                    self.said.push(block);
                }
            }
            Effect::Typing { seconds, .. } => self.turn.typing = Some(seconds),
            Effect::SetTimer { token, due } => {
                let body = Timeout { conversation: thread.id, token };
                timers::set(tx, &timer_key(thread.id), TIMEOUT, Time::from_millis(due), &body)?;
                self.turn.timers = true;
            }
            Effect::ClearTimer { .. } => stop_timer(tx, thread.id)?,
            Effect::HandOver { block, note, summary, summarize, person, .. } => {
                threads::nobody_answers(thread, at);
                let summary = match summarize {
                    Some(summarize) => self.sum_up(tx, thread, *summarize, summary.unwrap_or_default())?,
                    None => summary,
                };
                let missing = match person.map(|name| self.person(&name).ok_or(name)) {
                    Some(Ok(person)) => {
                        thread.assignee = Some(person);
                        None
                    }
                    Some(Err(name)) => Some(self.misses(block, &name)),
                    None => None,
                };
                let parts = [Some(note), missing, summary].into_iter().flatten();
                let parts: Vec<String> = parts.filter(|text| !text.trim().is_empty()).collect();
                let note = (!parts.is_empty()).then(|| parts.join("\n\n"));
                threads::add_event(tx, thread, EventKind::HandedOver, note, &self.turn.actor, at)?;
            }
            Effect::SetField { field, value, .. } => {
                self.change(tx, thread, |customer| set_field(customer, &field, value))?;
            }
            Effect::AddTag { tag, .. } => self.change(tx, thread, |customer| customer.add_tag(tag))?,
            Effect::RemoveTag { tag, .. } => {
                self.change(tx, thread, |customer| customer.remove_tag(&tag))?;
            }
            Effect::Subscribe { topic, .. } => self.change(tx, thread, |customer| match topic {
                Some(topic) => customer.add_tag(topic),
                None => customer.no_marketing_since = None,
            })?,
            Effect::Unsubscribe { topic, .. } => self.change(tx, thread, |customer| match topic {
                Some(topic) => customer.remove_tag(&topic),
                None => {
                    customer.no_marketing_since.get_or_insert(at);
                }
            })?,
            // Whoever is named and not there takes the conversation from nobody; nor does a team before there are teams.
            Effect::Assign { block, person, team } => {
                let found = person.as_deref().and_then(|name| self.person(name));
                match person.or(team) {
                    Some(name) if found.is_none() => {
                        let note = self.misses(block, &name);
                        threads::add_event(tx, thread, EventKind::Note, Some(note), &self.turn.actor, at)?;
                    }
                    _ => self.assign(tx, thread, found)?,
                }
            }
            Effect::Note { text, .. } => {
                threads::add_event(tx, thread, EventKind::Note, Some(text), &self.turn.actor, at)?;
            }
            Effect::Error { block, what } => {
                tracing::warn!(conversation.id = %thread.id, block, ?what, "a flow is broken here");
            }
            // The session holds the variables already; what else a newer engine says is not for us.
            _ => {}
        }
        Ok(())
    }

    /// Has a model sum the conversation up. Nothing is left to be said of it at once.
    fn sum_up(
        &mut self,
        tx: &mut Tx<'_>,
        thread: &Conversation,
        summarize: Summarize,
        otherwise: String,
    ) -> Result<Option<String>, StoreError> {
        let Actor::Bot { id: bot, name: bot_name } = self.turn.actor.clone() else {
            return Ok(Some(otherwise));
        };
        let pending = PendingSummary { summarize, otherwise, bot, bot_name, asked_at: self.at };
        store::put_summary(tx, thread.id, &pending)?;
        self.turn.calls = true;
        Ok(None)
    }

    /// Somebody of the team, by the id, the e-mail address or the name.
    fn person(&self, name: &str) -> Option<Assignee> {
        let found = self.around.people.iter().find(|person| person.is(name))?;
        Some(Assignee { id: found.id, name: found.name.clone() })
    }

    /// The block names somebody who is not there: what the team is told of it.
    fn misses(&mut self, block: String, name: &str) -> String {
        let text = nobody_called(name, self.language);
        self.notes.push((block, text.clone()));
        text
    }

    fn assign(
        &self,
        tx: &mut Tx<'_>,
        thread: &mut Conversation,
        person: Option<Assignee>,
    ) -> Result<(), StoreError> {
        if thread.assignee == person {
            return Ok(());
        }
        let name = person.as_ref().map(|person| person.name.clone());
        thread.assignee = person;
        threads::add_event(tx, thread, EventKind::Assigned, name, &self.turn.actor, self.at)
    }

    fn change(
        &mut self,
        tx: &mut Tx<'_>,
        thread: &Conversation,
        change: impl FnOnce(&mut Customer),
    ) -> Result<(), StoreError> {
        if self.customer(tx, thread)?.is_some()
            && let Some((_, customer)) = &mut self.customer
        {
            change(customer);
        }
        Ok(())
    }

    fn customer(&mut self, tx: &mut Tx<'_>, thread: &Conversation) -> Result<Option<&Customer>, StoreError> {
        if self.customer.is_none() {
            self.customer = customers::get(tx, thread.customer)?.map(|found| (found.clone(), found));
        }
        Ok(self.customer.as_ref().map(|(_, customer)| customer))
    }
}

/// A field by its name; `name`, `email` and `phone` are the customer's own.
pub fn field(customer: &Customer, name: &str) -> Value {
    match name {
        "name" => Value::from(customer.shown_name()),
        "email" => Value::from(customer.email.clone()),
        "phone" => Value::from(customer.phone.as_ref().map(ToString::to_string)),
        "tags" => Value::from(customer.tags.clone()),
        _ => customer.field(name).map_or(Value::Null, Value::from),
    }
}

fn set_field(customer: &mut Customer, name: &str, text: Option<String>) {
    match name {
        "name" => customer.name = text,
        "email" => customer.email = text,
        field if !is_writable_field(field) => {}
        _ => {
            let at = customer.fields.iter().position(|(known, _)| known == name);
            match (at, text) {
                (Some(at), Some(text)) => customer.fields[at].1 = text,
                (Some(at), None) => drop(customer.fields.remove(at)),
                (None, Some(text)) => customer.fields.push((name.to_owned(), text)),
                (None, None) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use beseda_flow::{Compiled, Flow, Input, Session, step};
    use beseda_wire::ids::CustomerId;
    use serde_json::json;

    use super::*;
    use crate::bots::run::known;

    /// The customer as they are after what the flow writes of them, and as its run believes them to be.
    fn written(blocks: &Value, tags: &[&str]) -> (Value, Value) {
        let at = Time::from_millis(0);
        let mut customer = Customer::new(CustomerId::from_uuid(uuid::Uuid::from_u128(1)), at);
        customer.name = Some("Tom".to_owned());
        customer.tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        let flow = json!({ "schema": 1, "id": "f", "name": "F", "language": "en", "start": { "group": "a" },
            "groups": [{ "id": "a", "blocks": blocks }],
            "variables": [{ "name": "list", "default": [1, "two"] }] });
        let flow = Compiled::new(&Flow::from_value(flow).unwrap(), 1);
        let begin = Input::Start { trigger: None, at: None, variables: known(&customer) };
        let step = step(&flow, Session::new(&flow), &begin, Now::new(0, 0));
        for effect in step.effects {
            match effect {
                Effect::SetField { field, value, .. } => set_field(&mut customer, &field, value),
                Effect::AddTag { tag, .. } => customer.add_tag(tag),
                Effect::RemoveTag { tag, .. } => customer.remove_tag(&tag),
                _ => {}
            }
        }
        let believed = step.session.variables.get("contact").cloned().unwrap();
        (known(&customer)["contact"].clone(), believed)
    }

    #[test]
    fn a_run_believes_what_the_record_says() {
        for value in [json!("{{list}}"), json!(2), json!(2.5), json!(true), json!({ "a": 1 }), json!("x")] {
            let fields = ["name", "email", "phone", "tags", "fields", "Own", "language"];
            let fields: Vec<Value> =
                fields.iter().map(|field| json!({ "field": field, "value": value })).collect();
            let (record, believed) =
                written(&json!([{ "id": "s", "kind": "set_fields", "fields": fields }]), &[]);
            assert_eq!(record, believed, "{value}");
            assert_eq!((&record["phone"], &record["tags"]), (&Value::Null, &json!([])), "{value}");
            assert!(record["fields"].as_object().unwrap().keys().eq(["Own", "language"]), "{record}");
        }
        let (record, believed) = written(
            &json!([
                { "id": "s", "kind": "set_fields", "fields": [{ "field": "Own", "value": "x" }, { "field": "email", "value": "a@b.co" }] },
                { "id": "e", "kind": "set_fields", "fields": [{ "field": "Own" }, { "field": "email", "value": "{{ [] }}" }] },
            ]),
            &[],
        );
        assert_eq!(record, believed);
        assert_eq!((&record["fields"], &record["email"]), (&json!({}), &Value::Null));
    }

    #[test]
    fn tags_are_one_whatever_their_case_and_stay_as_they_were_written() {
        for (add, remove, tags) in [
            (json!([]), json!(["vip"]), json!(["Новый"])),
            (json!(["vip", " НОВЫЙ"]), json!([]), json!(["VIP", "Новый"])),
            (json!(["cold", "Cold"]), json!(["новый"]), json!(["VIP", "cold"])),
        ] {
            let block = json!([{ "id": "t", "kind": "tags", "add": add, "remove": remove }]);
            let (record, believed) = written(&block, &["VIP", "Новый"]);
            assert_eq!((&record["tags"], &believed["tags"]), (&tags, &tags), "{add} {remove}");
        }
    }
}
