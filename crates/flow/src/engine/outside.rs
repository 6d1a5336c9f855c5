//! Calls: what is asked outside, and what becomes of the answer.

use serde_json::Value;

use super::{Outcome, Run};
use crate::answer;
use crate::blocks::AiFieldKind;
use crate::calls::{self, AiCall, AiWanted, Call, EmailCall, Summarize, pick};
use crate::compile::{Node, Outside, ReadyAi, ReadyAiField, ReadyEmail, ReadySave, What, Work, port};
use crate::effects::{Effect, EndReason, Event, Problem};
use crate::failure::CallFault;
use crate::outgoing;
use crate::session::{Calling, Position, Variables};
use crate::template::Template;
use crate::values::{fold, number_in, number_of_f64, size_of, text_of};

impl<'a> Run<'a> {
    pub(super) fn call(&mut self, node: &'a Node, outside: &'a Outside) -> Outcome {
        let call = match &outside.what {
            What::Http(http) => Call::Http(self.http(node, http, outside.timeout)?),
            What::Incoming => Call::Incoming,
            What::Email(email) => {
                let Some(email) = self.email(node, email)? else {
                    self.problem(&node.id, Problem::BadValue { field: "to".to_owned() });
                    return self.fail(node, outside);
                };
                Call::Email(email)
            }
            What::AiAnswer { ask, .. } | What::AiExtract { ask, .. } => {
                let used = self.step.session.ai_tokens;
                let left = self.root.ai_tokens.saturating_sub(used);
                if left == 0 {
                    self.problem(&node.id, Problem::AiTokens { used });
                    return self.fail(node, outside);
                }
                let mut call = self.ai(node, ask)?;
                call.max_tokens = call.max_tokens.min(u32::try_from(left).unwrap_or(u32::MAX));
                match &outside.what {
                    What::AiExtract { fields, .. } => {
                        call.fields = fields.iter().map(wanted).collect();
                        Call::AiExtract(call)
                    }
                    _ => Call::AiAnswer(call),
                }
            }
            What::Fields => {
                Call::Fields { fields: outside.save.iter().map(|save| save.path.to_string()).collect() }
            }
            What::Open => Call::Open,
            What::Online(who) => {
                let (person, team) = self.who(node, who)?;
                Call::Online { team, person }
            }
        };
        let block = node.id.to_string();
        if self.traced {
            self.step.trace.push(Event::Asked { block: block.clone(), call: call.name().to_owned() });
        }
        let token = self.token();
        self.step.effects.push(Effect::Call { token, block: block.clone(), call });
        let due = self.now.after(outside.timeout);
        let timer = Some(self.set_timer(due));
        self.step.session.position =
            Position::Call(Calling { block, token, due: Some(due), timer, outcome: None });
        Ok(None)
    }

    /// What came of a call. Of one that is no longer waited for nothing comes.
    pub(super) fn returned(&mut self, token: u64, outcome: &calls::Outcome) {
        let Position::Call(calling) = &mut self.step.session.position else {
            self.step.ignored = true;
            return;
        };
        if calling.token != token || calling.outcome.is_some() {
            self.step.ignored = true;
            return;
        }
        let outcome = match outcome {
            calls::Outcome::Done { value } if size_of(value) > Variables::MAX_SIZE => None,
            outcome => Some(outcome),
        };
        if self.step.session.paused {
            // A person talks: the run hears of it when it is given back.
            let too_large = || calls::Outcome::Failed { reason: CallFault::TooLarge.into() };
            calling.outcome = Some(outcome.cloned().unwrap_or_else(too_large));
            return;
        }
        let block = calling.block.clone();
        self.clear_timer();
        if !self.alone() {
            self.finish(&block, outcome);
        }
    }

    /// The conversation was given back while a call was under way.
    pub(super) fn call_again(&mut self, calling: Calling) {
        if let Some(outcome) = &calling.outcome {
            return self.finish(&calling.block, Some(outcome));
        }
        match calling.due {
            Some(due) if due <= self.now.ms => self.call_timed_out(&calling.block),
            due => {
                let timer = due.map(|due| self.set_timer(due));
                self.step.session.position = Position::Call(Calling { timer, ..calling });
            }
        }
    }

    pub(super) fn call_timed_out(&mut self, block: &str) {
        self.at_call(block, |run, node, outside| {
            if let What::Open | What::Online(_) = outside.what {
                return run.fail(node, outside);
            }
            match outside.timed_out {
                Some(exit) => {
                    run.left(node, port::TIMEOUT);
                    Ok(Some(exit))
                }
                None if outside.failed.is_some() => run.fail(node, outside),
                // Whoever did not answer is a service, and not the customer, who must not be lost over it.
                None => {
                    run.problem(&node.id, Problem::Call { why: CallFault::NoAnswer.into() });
                    run.fail(node, outside)
                }
            }
        });
    }

    /// `outcome` is none where it was too large to look at.
    fn finish(&mut self, block: &str, outcome: Option<&calls::Outcome>) {
        self.at_call(block, |run, node, outside| match outcome {
            Some(calls::Outcome::Done { value }) => run.answered(node, outside, value),
            Some(calls::Outcome::Failed { reason }) => {
                run.problem(&node.id, Problem::Call { why: reason.clone() });
                run.fail(node, outside)
            }
            None => {
                run.problem(&node.id, Problem::Call { why: CallFault::TooLarge.into() });
                run.fail(node, outside)
            }
        });
    }

    fn answered(&mut self, node: &'a Node, outside: &'a Outside, value: &Value) -> Outcome {
        match &outside.what {
            What::Http(http) => {
                let status = value.get("status").and_then(Value::as_u64).unwrap_or_default();
                if let Some(variable) = &http.status {
                    self.set(node, variable, Value::from(status))?;
                }
                // Also of a refusal: when to come again stands there.
                let headers = value.get("headers").unwrap_or(&Value::Null);
                if !self.keep(node, &http.save_headers, headers, |headers, name| headers.get(name))? {
                    return self.fail(node, outside);
                }
                if !(200..300).contains(&status) {
                    let status = u16::try_from(status).unwrap_or(u16::MAX);
                    self.problem(&node.id, Problem::Call { why: CallFault::Status { status }.into() });
                    return self.fail(node, outside);
                }
                let body = value.get("body").unwrap_or(&Value::Null);
                if !self.keep(node, &outside.save, body, pick)? {
                    return self.fail(node, outside);
                }
            }
            What::Incoming => {
                if !self.keep(node, &outside.save, value, pick)? {
                    return self.fail(node, outside);
                }
            }
            What::Fields => {
                // A field's name is no path: there may be a point in it.
                if !self.keep(node, &outside.save, value, |value, name| value.get(name))? {
                    return self.fail(node, outside);
                }
            }
            What::Email(_) => {}
            What::AiAnswer { variable, silent, .. } => {
                self.count_tokens(value);
                let text = value.get("text").map(|text| text_of(text).trim().to_owned()).unwrap_or_default();
                if text.is_empty() {
                    self.problem(&node.id, Problem::Call { why: CallFault::Empty.into() });
                    return self.fail(node, outside);
                }
                if let Some(variable) = variable {
                    self.set(node, variable, Value::from(text.as_str()))?;
                }
                if !silent {
                    self.say_all(node, outgoing::text(&text))?;
                }
            }
            What::AiExtract { fields, .. } => {
                self.count_tokens(value);
                let mut whole = true;
                for field in fields {
                    let found = value.get("fields").and_then(|fields| fields.get(&*field.variable));
                    let found = found.and_then(|found| self.fitting(field, found));
                    whole &= found.is_some() || !field.required;
                    if !field.variable.is_empty() {
                        self.set(node, &field.variable, found.unwrap_or_default())?;
                    }
                }
                if !whole {
                    return self.fail(node, outside);
                }
            }
            What::Open | What::Online(_) if value.as_bool() != Some(true) => return self.fail(node, outside),
            What::Open => self.left(node, port::OPEN),
            What::Online(_) => self.left(node, port::ONLINE),
        }
        if !matches!(outside.what, What::Open | What::Online(_)) {
            self.left(node, port::NEXT);
        }
        Ok(Some(node.next))
    }

    /// Puts parts of an answer into variables. False where they are too large to keep.
    fn keep(
        &mut self,
        node: &'a Node,
        save: &'a [ReadySave],
        value: &Value,
        part: impl for<'v> Fn(&'v Value, &str) -> Option<&'v Value>,
    ) -> Result<bool, EndReason> {
        let found: Vec<_> = save.iter().map(|save| (save, part(value, &save.path))).collect();
        let bytes: usize = found.iter().filter_map(|(_, part)| part.map(size_of)).sum();
        if bytes > Variables::MAX_SIZE.saturating_sub(self.step.session.variables.size()) {
            self.problem(&node.id, Problem::TooLarge { bytes });
            return Ok(false);
        }
        for (save, part) in found {
            if !save.variable.is_empty() {
                self.set(node, &save.variable, part.cloned().unwrap_or_default())?;
            }
        }
        Ok(true)
    }

    /// The way on from what did not work: of a question with yes or no, the way for no.
    fn fail(&mut self, node: &'a Node, outside: &'a Outside) -> Outcome {
        let port = match outside.what {
            What::Open => port::CLOSED,
            What::Online(_) => port::OFFLINE,
            _ => port::FAILED,
        };
        self.left(node, port);
        match port {
            port::FAILED => outside.failed.map_or(Err(EndReason::Failed), |exit| Ok(Some(exit))),
            _ => Ok(Some(outside.no)),
        }
    }

    fn at_call(&mut self, block: &str, go: impl FnOnce(&mut Self, &'a Node, &'a Outside) -> Outcome) {
        let flow = self.flow;
        let Some(node) = flow.find(block) else { return self.missing(block) };
        let Work::Outside(outside) = &node.work else { return self.missing(block) };
        let outcome = go(self, node, outside);
        self.go_on(node, outcome);
    }

    fn email(&mut self, node: &'a Node, email: &'a ReadyEmail) -> Result<Option<EmailCall>, EndReason> {
        let mut addresses = |templates: &'a [Template]| -> Result<Vec<String>, EndReason> {
            let mut found = Vec::new();
            for template in templates {
                // A variable may hold several.
                let text = self.line(node, template)?;
                found.extend(text.split([',', ';']).filter_map(answer::email));
            }
            Ok(found)
        };
        let (to, cc, bcc) = (addresses(&email.to)?, addresses(&email.cc)?, addresses(&email.bcc)?);
        if to.is_empty() {
            return Ok(None);
        }
        let reply_to = self.some_line(node, email.reply_to.as_ref())?.and_then(|text| answer::email(&text));
        let subject = self.line(node, &email.subject)?;
        let text = self.render(node, &email.text)?.into_owned();
        Ok(Some(EmailCall { to, cc, bcc, reply_to, subject, text }))
    }

    fn ai(&mut self, node: &'a Node, ask: &'a ReadyAi) -> Result<AiCall, EndReason> {
        let instructions = self.render(node, &ask.instructions)?.into_owned();
        let text = match &ask.text {
            Some(text) => self.render(node, text)?.into_owned(),
            None => self.step.session.transcript.last_words().to_owned(),
        };
        let history =
            if ask.history { self.step.session.transcript.lines().cloned().collect() } else { Vec::new() };
        Ok(AiCall {
            connection: ask.connection.clone(),
            model: ask.model.clone(),
            instructions,
            history,
            text,
            fields: Vec::new(),
            max_tokens: ask.max_tokens,
            timeout: ask.timeout,
        })
    }

    /// What a model is asked of a conversation that is handed over; nothing where it may say no more.
    pub(super) fn summarize(&mut self, node: &'a Node, ask: &'a ReadyAi, said: &str) -> Option<Summarize> {
        let used = self.step.session.ai_tokens;
        let left = self.root.ai_tokens.saturating_sub(used);
        if left == 0 {
            self.problem(&node.id, Problem::AiTokens { used });
            return None;
        }
        let max_tokens = ask.max_tokens.min(u32::try_from(left).unwrap_or(u32::MAX));
        // The run does not wait and is not told what was used: the most of it counts.
        self.step.session.ai_tokens = used.saturating_add(u64::from(max_tokens));
        let words = &self.flow.words;
        Some(Summarize {
            heading: words.summary.clone(),
            call: AiCall {
                connection: ask.connection.clone(),
                model: ask.model.clone(),
                instructions: words.summarize.clone(),
                // As one text: lines of their own would have the model go on with the conversation.
                history: Vec::new(),
                text: said.to_owned(),
                fields: Vec::new(),
                max_tokens,
                timeout: ask.timeout,
            },
        })
    }

    fn count_tokens(&mut self, value: &Value) {
        let tokens = value.get("tokens").and_then(Value::as_u64).unwrap_or_default();
        self.step.session.ai_tokens = self.step.session.ai_tokens.saturating_add(tokens);
    }

    /// What a model found, as what it has to be.
    fn fitting(&self, field: &ReadyAiField, found: &Value) -> Option<Value> {
        let text = text_of(found).trim().to_owned();
        if text.is_empty() {
            return None;
        }
        let language = self.flow.language;
        match field.kind {
            AiFieldKind::Text => Some(Value::from(text)),
            AiFieldKind::Number => match number_in(found) {
                Some(number) => Some(number_of_f64(number)),
                None => answer::number(&text, language),
            },
            AiFieldKind::Boolean => match fold(&text).as_str() {
                "true" | "yes" | "да" => Some(Value::from(true)),
                "false" | "no" | "нет" => Some(Value::from(false)),
                _ => None,
            },
            AiFieldKind::Date => answer::date(&text, self.now.date(), None, None, language)
                .map(|date| Value::from(date.to_string())),
            AiFieldKind::Email => answer::email(&text).map(Value::from),
            AiFieldKind::Phone => answer::phone(&text, self.flow.country()).map(Value::from),
            AiFieldKind::Choice => {
                let option = field.options.iter().find(|option| fold(option) == fold(&text));
                option.map(|option| Value::from(option.as_str()))
            }
        }
    }
}

fn wanted(field: &ReadyAiField) -> AiWanted {
    AiWanted {
        name: field.variable.to_string(),
        kind: field.kind,
        description: field.description.clone(),
        options: field.options.to_vec(),
        required: field.required,
    }
}
