//! What a run writes about the customer: effects that nobody waits for, and the run's own view of them.

use serde_json::{Map, Value};

use super::pauses::instant;
use super::{Run, TEXT};
use crate::compile::{Node, ReadyDeal, ReadyTask, ReadyValue, ReadyWho, port};
use crate::contact::{field_text, is_own_field, is_writable_field};
use crate::effects::{Effect, EndReason, Event, Limit, Problem};
use crate::template::Template;
use crate::values::{is_same, number_in};

impl<'a> Run<'a> {
    pub(super) fn set_fields(
        &mut self,
        node: &'a Node,
        fields: &'a [(Box<str>, ReadyValue)],
    ) -> Result<(), EndReason> {
        for (field, value) in fields {
            if !is_writable_field(field) {
                self.problem(&node.id, Problem::ReadOnlyField { field: field.to_string() });
                continue;
            }
            // The run knows at once what the record will say: a text, or nothing.
            let kept = field_text(&self.value(node, value)?);
            let value = kept.clone().map_or(Value::Null, Value::from);
            self.contact(node, |contact| {
                if is_own_field(field) {
                    contact.insert(field.to_string(), value);
                } else if let Some(fields) =
                    part(contact, "fields", || Value::Object(Map::new())).as_object_mut()
                {
                    match value {
                        Value::Null => fields.remove(&**field),
                        value => fields.insert(field.to_string(), value),
                    };
                }
            })?;
            let block = node.id.to_string();
            self.step.effects.push(Effect::SetField { block, field: field.to_string(), value: kept });
        }
        self.left(node, port::NEXT);
        Ok(())
    }

    pub(super) fn tags(
        &mut self,
        node: &'a Node,
        add: &'a [Template],
        remove: &'a [Template],
    ) -> Result<(), EndReason> {
        for (templates, adds) in [(add, true), (remove, false)] {
            for template in templates {
                let tag = self.line(node, template)?;
                if tag.is_empty() {
                    continue;
                }
                let is_it = |other: &Value| other.as_str().is_some_and(|other| is_same(other, &tag));
                self.contact(node, |contact| {
                    if let Some(tags) = part(contact, "tags", || Value::Array(Vec::new())).as_array_mut() {
                        if !adds {
                            tags.retain(|other| !is_it(other));
                        } else if !tags.iter().any(is_it) {
                            tags.push(Value::from(&*tag));
                        }
                    }
                })?;
                let block = node.id.to_string();
                self.step.effects.push(if adds {
                    Effect::AddTag { block, tag }
                } else {
                    Effect::RemoveTag { block, tag }
                });
            }
        }
        self.left(node, port::NEXT);
        Ok(())
    }

    pub(super) fn assign(&mut self, node: &'a Node, who: &'a ReadyWho) -> Result<(), EndReason> {
        let (person, team) = self.who(node, who)?;
        let names_somebody = who.person.is_some() || who.team.is_some();
        if names_somebody && person.is_none() && team.is_none() {
            // A variable without a value is no wish to take the conversation away from whoever has it.
            self.problem(&node.id, Problem::BadValue { field: "person".to_owned() });
            self.left(node, port::NEXT);
        } else {
            self.done(node, |block| Effect::Assign { block, person, team });
        }
        Ok(())
    }

    pub(super) fn create_deal(&mut self, node: &'a Node, deal: &'a ReadyDeal) -> Result<(), EndReason> {
        let pipeline = self.some_line(node, deal.pipeline.as_ref())?;
        let stage = self.some_line(node, deal.stage.as_ref())?;
        let title = self.line(node, &deal.title)?;
        let amount = self.line(node, &deal.amount)?;
        let number = crate::answer::number(&amount, self.flow.language).as_ref().and_then(number_in);
        if number.is_none() && !amount.is_empty() {
            self.problem(&node.id, Problem::BadValue { field: "amount".to_owned() });
        }
        let mut fields = Map::new();
        for (field, value) in &deal.fields {
            fields.insert(field.to_string(), self.value(node, value)?);
        }
        let currency = deal.currency.clone();
        self.done(node, |block| Effect::CreateDeal {
            block,
            pipeline,
            stage,
            title,
            amount: number,
            currency,
            fields,
        });
        Ok(())
    }

    pub(super) fn move_deal(
        &mut self,
        node: &'a Node,
        pipeline: Option<&'a Template>,
        stage: &'a Template,
    ) -> Result<(), EndReason> {
        let pipeline = self.some_line(node, pipeline)?;
        let stage = self.line(node, stage)?;
        self.done(node, |block| Effect::MoveDeal { block, pipeline, stage });
        Ok(())
    }

    pub(super) fn create_task(&mut self, node: &'a Node, task: &'a ReadyTask) -> Result<(), EndReason> {
        let title = self.line(node, &task.title)?;
        let text = self.render(node, &task.text)?.trim().to_owned();
        let due = self.some_line(node, task.due.as_ref())?;
        let instant = due.as_ref().and_then(|due| instant(due, self.now));
        if due.is_some() && instant.is_none() {
            self.problem(&node.id, Problem::BadValue { field: "due".to_owned() });
        }
        let (person, team) = self.who(node, &task.who)?;
        self.done(node, |block| Effect::CreateTask { block, title, text, due: instant, person, team });
        Ok(())
    }

    pub(super) fn subscription(
        &mut self,
        node: &'a Node,
        topic: Option<&'a Template>,
        on: bool,
    ) -> Result<(), EndReason> {
        let topic = self.some_line(node, topic)?;
        self.done(node, |block| {
            if on { Effect::Subscribe { block, topic } } else { Effect::Unsubscribe { block, topic } }
        });
        Ok(())
    }

    pub(super) fn note(&mut self, node: &'a Node, text: &'a Template) -> Result<(), EndReason> {
        let text = self.render(node, text)?.trim().to_owned();
        if text.is_empty() {
            self.left(node, port::NEXT);
        } else {
            self.done(node, |block| Effect::Note { block, text });
        }
        Ok(())
    }

    pub(super) fn who(
        &mut self,
        node: &Node,
        who: &'a ReadyWho,
    ) -> Result<(Option<String>, Option<String>), EndReason> {
        Ok((self.some_line(node, who.person.as_ref())?, self.some_line(node, who.team.as_ref())?))
    }

    /// A text in one line.
    pub(super) fn line(&mut self, node: &Node, template: &'a Template) -> Result<String, EndReason> {
        let text = self.render(node, template)?;
        if text.contains(['\n', '\r', '\t']) {
            return Ok(text.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        Ok(text.trim().to_owned())
    }

    pub(super) fn some_line(
        &mut self,
        node: &Node,
        template: Option<&'a Template>,
    ) -> Result<Option<String>, EndReason> {
        let Some(template) = template else { return Ok(None) };
        Ok(Some(self.line(node, template)?).filter(|text| !text.is_empty()))
    }

    fn done(&mut self, node: &'a Node, effect: impl FnOnce(String) -> Effect) {
        self.step.effects.push(effect(node.id.to_string()));
        self.left(node, port::NEXT);
    }

    /// Changes what the run knows of the customer.
    fn contact(
        &mut self,
        node: &Node,
        change: impl FnOnce(&mut Map<String, Value>),
    ) -> Result<(), EndReason> {
        const NAME: &str = "contact";
        let variables = &mut self.step.session.variables;
        let mut contact = match variables.get(NAME) {
            Some(Value::Object(contact)) => contact.clone(),
            _ => Map::new(),
        };
        change(&mut contact);
        let full = EndReason::OutOfFuel { limit: Limit::Variables };
        // It is written whole each time; what that costs is counted like any value.
        self.values = self.values.checked_sub(TEXT.min(variables.size())).ok_or(full)?;
        let value = Value::Object(contact);
        if self.traced {
            let (block, name) = (node.id.to_string(), NAME.to_owned());
            self.step.trace.push(Event::Changed { block, name, value: value.clone() });
        }
        if variables.set(NAME, value) { Ok(()) } else { Err(full) }
    }
}

/// A part of the customer, made where it is not there or not what it should be.
fn part<'m>(contact: &'m mut Map<String, Value>, name: &str, empty: impl Fn() -> Value) -> &'m mut Value {
    let part = contact.entry(name).or_insert_with(&empty);
    if std::mem::discriminant(part) != std::mem::discriminant(&empty()) {
        *part = empty();
    }
    part
}
