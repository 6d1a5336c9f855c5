//! What the business sends: `POST /{number}/messages`, from its body to its answer and its webhooks.

use std::sync::Arc;

use beseda_wire::messages::Status;
use serde_json::Value;

use super::book::{Customer, Home, Number};
use super::chat::{CannotMark, Category, Message, Said, Ticket};
use super::checks::{self, Kind, Request, Send};
use super::counters::add;
use super::escape;
use super::faults::{Ordered, Outcome, WebhookFaults};
use super::forms;
use super::ids;
use super::media::Owner;
use super::payloads::{self, About};
use super::phone;
use super::queue::Change;
use super::refusal::Refusal;
use super::state::{Cell, Rules, Simulator};

/// What the caller gets, and after how many milliseconds more than needed.
#[derive(Debug)]
pub struct Answer {
    pub delay_ms: u64,
    pub result: Given,
}

#[derive(Debug)]
pub enum Given {
    /// Status 200 with this JSON.
    Accepted(String),
    Refused(Refusal),
    /// Status 500 and nothing else.
    ServerError,
    /// The connection closes without an answer.
    Nothing,
}

impl From<Refusal> for Given {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Where a message goes.
struct Recipient {
    /// As it was asked for.
    input: String,
    /// Reached by the phone number, not by the user id.
    dialled: bool,
    /// Nobody, when WhatsApp does not know the number.
    customer: Option<Arc<Customer>>,
    wa_id: String,
    user: Option<String>,
}

/// What is known of a message besides its text once its ids were looked up.
struct Looked {
    category: Category,
    preview: Option<String>,
    /// The code with which it will fail, though it is accepted.
    fails: Option<i64>,
}

impl Simulator {
    /// Takes the body of a request to `/messages` of a number the caller may use.
    pub(super) fn receive(&self, number: &Number, body: &[u8]) -> Answer {
        // Graph reads a body that is not JSON as an empty one.
        let value: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        let answer = match checks::request(&value) {
            Err(refusal) => Answer { delay_ms: 0, result: refusal.into() },
            Ok(Request::Mark { message, typing }) => {
                Answer { delay_ms: 0, result: self.mark(number, message, typing).unwrap_or_else(Given::from) }
            }
            Ok(Request::Send(send)) => self.send(number, &send, body),
        };
        if let Given::Refused(refusal) = &answer.result {
            self.0.counters.refuse(refusal.code);
        }
        answer
    }

    fn mark(&self, number: &Number, message: &str, typing: bool) -> Result<Given, Refusal> {
        let owner = ids::phone_in(message).and_then(|phone| self.customer(number, &phone).ok());
        let now = self.now();
        let marked = owner.and_then(|customer| {
            self.with_chat(number, &customer, false, |cell| cell.chat.mark(message, typing, now))
        });
        match marked.unwrap_or(Err(CannotMark::Unknown)) {
            Ok(()) => {
                add(&self.0.counters.marks, 1);
                Ok(Given::Accepted(r#"{"success":true}"#.to_owned()))
            }
            Err(CannotMark::Outgoing) => Err(Refusal::with(
                100,
                format!(
                    "Message supplied to mark message as read API with message ID: {message} is outgoing. Please use an \
                     incoming message ID."
                ),
            )),
            Err(CannotMark::Unknown) => Err(Refusal::with(
                100,
                format!(
                    "Message supplied to mark message as read API with message ID: {message} was not found."
                ),
            )),
        }
    }

    fn send(&self, number: &Number, send: &Send<'_>, body: &[u8]) -> Answer {
        let recipient = match self.recipient(number, send) {
            Ok(recipient) => recipient,
            Err(refusal) => return Answer { delay_ms: 0, result: refusal.into() },
        };
        let Ordered { outcome, delay_ms, webhooks, file_gone: _ } =
            self.fault(|plan| plan.next(&number.phone_number_id, &recipient.wa_id, || self.0.ids.roll()));
        let mut fails = None;
        let mut lost = false;
        match outcome {
            Some(Outcome::Refuse(code)) => return Answer { delay_ms, result: Refusal::of(code).into() },
            Some(Outcome::ServerError) => return Answer { delay_ms, result: Given::ServerError },
            Some(Outcome::LostRequest) => return Answer { delay_ms, result: Given::Nothing },
            Some(Outcome::FailLater(code)) => fails = Some(code),
            Some(Outcome::LostAnswer) => lost = true,
            None => {}
        }
        let accepted = self.look(number, send, &recipient).and_then(|mut looked| {
            looked.fails = fails.or(looked.fails);
            self.accept(number, send, &recipient, looked, webhooks, body)
        });
        let result = match accepted {
            Err(refusal) => refusal.into(),
            Ok(_) if lost => {
                add(&self.0.counters.answers_lost, 1);
                Given::Nothing
            }
            Ok(answer) => Given::Accepted(answer),
        };
        Answer { delay_ms, result }
    }

    fn recipient(&self, number: &Number, send: &Send<'_>) -> Result<Recipient, Refusal> {
        let user = send.user.map(str::to_owned);
        // Where both are given, the phone number wins (FACTS §2).
        if let Some(to) = &send.to {
            let malformed = || {
                Refusal::with(131_009, "The phone number is malformed: Please use the format: +1234567890.")
            };
            let dialled = phone::dialled(to, &number.phone).ok_or_else(malformed)?;
            if dialled == number.phone {
                return Err(Refusal::of(131_021));
            }
            let customer = self.customer(number, &dialled).ok();
            let wa_id = customer
                .as_ref()
                .map_or_else(|| phone::registered(&dialled), |customer| customer.wa_id.clone());
            return Ok(Recipient { input: to.clone(), dialled: true, customer, wa_id, user });
        }
        let user = user.ok_or_else(|| Refusal::missing("to"))?;
        let customer = self.read_book(|book| book.customer_by_user(number.home, &user));
        let wa_id = customer.as_ref().map(|customer| customer.wa_id.clone()).unwrap_or_default();
        Ok(Recipient { input: user.clone(), dialled: false, customer, wa_id, user: Some(user) })
    }

    /// Looks up what the message names: files, forms and templates.
    fn look(&self, number: &Number, send: &Send<'_>, recipient: &Recipient) -> Result<Looked, Refusal> {
        let mut looked = Looked { category: Category::Service, preview: None, fails: None };
        let file = match &send.kind {
            Kind::Media { kind, id: Some(id) } => Some((*kind, *id, format!("{kind}['id']"))),
            Kind::Interactive { media: Some((kind, id)), .. } => {
                Some((*kind, *id, format!("interactive['header']['{kind}']['id']")))
            }
            _ => None,
        };
        let header = match &send.kind {
            Kind::Template { components, .. } => checks::header_file(components).map(|(kind, id)| {
                (kind, id, format!("template['components'][0]['parameters'][0]['{kind}']['id']"))
            }),
            _ => None,
        };
        if let Some((kind, id, path)) = file.or(header) {
            let file =
                self.0.media.get(id, self.now()).filter(|file| file.owner == Owner::Number(number.key));
            let file = file.ok_or_else(|| {
                Refusal::parameter(format!(
                    "Param {path} is not a valid whatsapp business account media attachment ID"
                ))
            })?;
            // A document may be of any type; the others must be what they say.
            if kind != "document" && file.kind() != kind {
                looked.fails = Some(131_053);
            }
        }
        if let Kind::Interactive { form: Some(asked), .. } = &send.kind
            && self.rules().known_forms
        {
            self.forms(&number.waba_id, |known| forms::may_be_sent(known, *asked))?;
        }
        if let Kind::Template { name, language, components } = &send.kind {
            let now = self.now();
            let (category, preview) = self.read_templates(&number.waba_id, |templates| {
                let found = templates
                    .iter()
                    .find(|template| template.name == *name && template.language == *language);
                let missing =
                    || Refusal::with(132_001, format!("template name ({name}) does not exist in {language}"));
                let template = found.ok_or_else(missing)?;
                match template.status(now) {
                    "APPROVED" => {}
                    "PAUSED" => return Err(Refusal::of(132_015)),
                    "DISABLED" => return Err(Refusal::of(132_016)),
                    _ => return Err(missing()),
                }
                Ok((Category::of_template(&template.category), checks::fill(template, components)?))
            })?;
            if category == Category::Authentication && !recipient.dialled {
                return Err(Refusal::of(131_062));
            }
            (looked.category, looked.preview) = (category, Some(preview));
        }
        Ok(looked)
    }

    /// The last checks, those of the chat; then the message is accepted and its statuses are on their way.
    fn accept(
        &self,
        number: &Number,
        send: &Send<'_>,
        recipient: &Recipient,
        looked: Looked,
        webhooks: WebhookFaults,
        body: &[u8],
    ) -> Result<String, Refusal> {
        let rules = self.rules();
        let now = self.now();
        if rules.per_second > 0 && !self.within_rate(number.key, rules.per_second, now) {
            return Err(Refusal::of(130_429));
        }
        let template = matches!(send.kind, Kind::Template { .. });
        let id = self.0.ids.outgoing(&recipient.wa_id);
        let ticket = Ticket {
            id: id.as_str().into(),
            callback: send.callback.map(Into::into),
            category: looked.category,
        };
        let Some(customer) = &recipient.customer else {
            if !template && rules.window {
                return Err(Refusal::of(131_047));
            }
            self.0.counters.accept(send.callback);
            let stranger = stranger(recipient);
            let about = About { number, customer: &stranger, shows_phone: recipient.dialled };
            self.tell(&about, &ticket, &[Status::Failed], Some(131_026), webhooks, &rules);
            return Ok(answer(recipient, &id, template));
        };
        if number.blocked.contains(&customer.key) {
            return Err(Refusal::of(130_403));
        }
        let accepted = self.with_chat(number, customer, true, |cell| {
            if !template && rules.window && !cell.chat.window_open(now) {
                return Err(Refusal::of(131_047));
            }
            if rules.pair_limit && !cell.chat.pair.take(now, 45.0, 1.0 / 6.0) {
                return Err(Refusal::of(131_056));
            }
            self.0.counters.accept(send.callback);
            let mut fails = looked.fails;
            if looked.category == Category::Marketing && cell.chat.marketing_stopped {
                fails = fails.or(Some(131_050));
            }
            if let Kind::Reaction { message, emoji } = send.kind
                && fails.is_none()
                && !cell.chat.react(message, emoji, true)
            {
                fails = Some(131_009);
            }
            let statuses = statuses(&rules, cell, customer.blocked, fails.is_some());
            if fails.is_none() && !matches!(send.kind, Kind::Reaction { .. }) {
                let message = Message {
                    id: ticket.id.clone(),
                    at: now,
                    said: Said::Business { body: body.into(), preview: looked.preview.map(Into::into) },
                    status: reached(&statuses, customer.blocked),
                    quote: send.quote.filter(|quote| cell.chat.find(quote).is_some()).map(Into::into),
                    reaction: None,
                    edited: false,
                    revoked: false,
                    callback: ticket.callback.clone(),
                    category: looked.category,
                };
                cell.chat.arrive(message, recipient.dialled, self.0.options.history);
            }
            let shows_phone = recipient.dialled || !customer.hides_phone || cell.chat.phone_known(now);
            let about = About { number, customer, shows_phone };
            self.tell(&about, &ticket, &statuses, fails, webhooks, &rules);
            Ok(())
        });
        accepted.unwrap_or(Ok(()))?;
        Ok(answer(recipient, &id, template))
    }

    /// Puts the statuses of a message on their way.
    pub(super) fn tell(
        &self,
        about: &About<'_>,
        ticket: &Ticket,
        statuses: &[Status],
        fails: Option<i64>,
        faults: WebhookFaults,
        rules: &Rules,
    ) {
        if faults.none || !about.number.subscribed {
            return;
        }
        let now = self.now();
        for (at, status) in statuses.iter().enumerate() {
            // A reversed order gives the last status the time of the first.
            let turn = if faults.reversed { statuses.len() - 1 - at } else { at };
            // One more millisecond each, so that a reversed order is one even without a delay.
            let between = rules.status_delay_ms + u64::from(faults.reversed);
            let after = faults.late_ms + turn as u64 * between;
            let said_at = now
                + jiff::SignedDuration::from_millis(
                    i64::try_from(at as u64 * rules.status_delay_ms).unwrap_or(0),
                );
            let priced = matches!(status, Status::Sent) || at == 1;
            let json: Arc<str> = payloads::status(about, ticket, *status, said_at, fails, priced).into();
            for _ in 0..=u8::from(faults.twice) {
                self.post(
                    about.number,
                    about.customer.key,
                    Change::new(Arc::clone(&json), about.number.key, now, after),
                );
            }
        }
    }
}

/// The statuses a message will go through by itself.
fn statuses(rules: &Rules, cell: &Cell, blocked: bool, fails: bool) -> Vec<Status> {
    if fails {
        return vec![Status::Failed];
    }
    let mut statuses = match rules.statuses {
        Status::Queued | Status::Failed => vec![],
        Status::Sent => vec![Status::Sent],
        Status::Delivered => vec![Status::Sent, Status::Delivered],
        Status::Read | Status::Played => vec![Status::Sent, Status::Delivered, Status::Read],
    };
    if blocked {
        statuses.truncate(1);
    } else if cell.chat.open && statuses.last() == Some(&Status::Delivered) {
        statuses.push(Status::Read);
    }
    statuses
}

/// How far the message is, as the phone knows it.
fn reached(statuses: &[Status], blocked: bool) -> Status {
    match statuses.last() {
        Some(status) => *status,
        // No statuses are told, but the message is there all the same.
        None if blocked => Status::Sent,
        None => Status::Delivered,
    }
}

/// Somebody WhatsApp does not know.
fn stranger(recipient: &Recipient) -> Customer {
    Customer {
        key: 0,
        home: Home::EVERYWHERE,
        wa_id: recipient.wa_id.clone(),
        name: String::new(),
        bsuid: recipient.user.clone().unwrap_or_default(),
        username: None,
        hides_phone: false,
        blocked: false,
    }
}

fn answer(recipient: &Recipient, id: &str, template: bool) -> String {
    use std::fmt::Write as _;
    let mut answer = String::with_capacity(220);
    let _ = write!(
        answer,
        r#"{{"messaging_product":"whatsapp","contacts":[{{"input":{}"#,
        escape::json(&recipient.input)
    );
    if recipient.dialled {
        let _ = write!(answer, r#","wa_id":"{}""#, recipient.wa_id);
    }
    if let Some(user) = &recipient.user {
        let _ = write!(answer, r#","user_id":"{user}""#);
    }
    let _ = write!(answer, r#"}}],"messages":[{{"id":"{id}""#);
    if template {
        answer.push_str(r#","message_status":"accepted""#);
    }
    answer.push_str("}]}");
    answer
}
