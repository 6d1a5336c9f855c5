//! What customers do: writing, tapping, reading, deleting.

use std::sync::Arc;
use std::time::Duration;

use beseda_wire::messages::{Content, MediaKind, ReplyKind, Status, Text};
use beseda_wire::simulator::{
    SimAct, SimActKind, SimChat, SimCustomer, SimEdit, SimMessage, SimSend, SimTemplateChange, SimWebhook,
};
use beseda_wire::time::Time;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::book::{Customer, Number, Refused};
use super::chat::{Category, Chat, Message, Said};
use super::counters::add;
use super::faults::WebhookFaults;
use super::payloads::{self, About};
use super::queue::Change;
use super::state::{Cell, Simulator};
use super::view;

/// Why a customer cannot do that.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    #[error(transparent)]
    Nobody(#[from] Refused),
    #[error("a customer cannot send `{0}`")]
    NotForCustomers(&'static str),
    #[error("there is no message `{0}` in this chat that this can be done to")]
    NoMessage(String),
    #[error("no message of the business offers the choice `{0}`")]
    NoChoice(String),
    #[error("no message of the business asks for a form, or not the one that is answered")]
    NoForm,
    #[error("a form's answers are a JSON object")]
    NoAnswers,
    #[error("there is no file `{0}`: upload it first, and give its id as `provider_id`")]
    NoFile(String),
    #[error("the account has no template `{0}`")]
    NoTemplate(String),
    #[error("the act needs a `message`")]
    NoTarget,
    #[error("a text has 1 to 4096 characters, and not only blanks")]
    Text,
    #[error("a latitude is from -90 to 90, and a longitude from -180 to 180")]
    Place,
}

/// Characters of a text at most (FACTS §2).
const TEXT: usize = 4_096;

/// A message on its way into a webhook.
struct Part {
    kind: String,
    object: Value,
    extra: Map<String, Value>,
    /// What it answers.
    quote: Option<String>,
}

/// What a chat was before this run.
#[derive(Debug, Default)]
pub struct History {
    /// When the customer last wrote.
    pub heard_at: Option<Time>,
    /// The oldest first.
    pub messages: Vec<SimMessage>,
}

impl Simulator {
    /// The customer says something to the business. Gives the message as the phone shows it.
    pub fn say(&self, phone_number_id: &str, wa_id: &str, send: &SimSend) -> Result<SimMessage, ActError> {
        let (number, customer) = self.pair(phone_number_id, wa_id)?;
        sayable(&send.content)?;
        let now = self.now();
        let faults: WebhookFaults =
            self.fault(|plan| plan.next_said(phone_number_id, &customer.wa_id, || self.0.ids.roll()));
        let id = self.0.ids.incoming(&customer.wa_id);
        let stored = serde_json::to_string(&send.content).unwrap_or_default();
        let shown = self.with_chat(&number, &customer, true, |cell| {
            let about = Self::about(&number, &customer, &cell.chat, now);
            let part = self.part(&about, &cell.chat, send)?;
            let shown = if let Content::Reaction(reaction) = &send.content {
                cell.chat.react(&reaction.target, reaction.emoji.as_deref().unwrap_or_default(), false);
                cell.chat.heard_at = Some(now);
                None
            } else {
                let message = said(&id, now, &stored, part.quote.as_deref());
                let shown = view::message(&message, &[]);
                cell.chat.say(message, self.0.options.history);
                Some(shown)
            };
            let json: Arc<str> =
                payloads::message(&about, &id, now, &part.kind, part.object, part.extra).into();
            for _ in 0..=u8::from(faults.twice) {
                self.post(&number, customer.key, Change::new(Arc::clone(&json), number.key, now, 0));
            }
            Ok::<_, ActError>(shown)
        });
        let shown = shown.unwrap_or(Ok(None))?;
        add(&self.0.counters.said, 1);
        Ok(shown.unwrap_or_else(|| view::message(&said(&id, now, &stored, None), &[])))
    }

    /// The customer writes another text instead of an own one.
    pub fn edit(&self, phone_number_id: &str, wa_id: &str, edit: &SimEdit) -> Result<(), ActError> {
        let message = edit.message.as_str();
        let content = Content::Text(Text { body: edit.text.clone(), preview_url: false });
        sayable(&content)?;
        let stored = serde_json::to_string(&content).unwrap_or_default();
        let part = json!({
            "original_message_id": message,
            "message": {"context": {"id": message}, "type": "text", "text": {"body": edit.text}},
        });
        self.alter(phone_number_id, wa_id, message, "edit", part, |chat| chat.edit(message, &stored))
    }

    /// The customer does something besides writing.
    pub fn act(&self, phone_number_id: &str, wa_id: &str, act: &SimAct) -> Result<(), ActError> {
        let message = act.message.as_deref();
        if act.act == SimActKind::Revoke {
            let message = message.ok_or(ActError::NoTarget)?;
            let part = json!({"original_message_id": message});
            return self.alter(phone_number_id, wa_id, message, "revoke", part, |chat| chat.revoke(message));
        }
        let (number, customer) = self.pair(phone_number_id, wa_id)?;
        let now = self.now();
        let done = self.with_chat(&number, &customer, true, |cell| {
            let about = Self::about(&number, &customer, &cell.chat, now);
            match act.act {
                SimActKind::Open | SimActKind::Read => {
                    if cell.chat.open != (act.act == SimActKind::Open) && act.act == SimActKind::Open {
                        cell.chat.open = true;
                        cell.chat.revision += 1;
                    }
                    self.tell_read(&about, cell);
                }
                SimActKind::Close => {
                    cell.chat.open = false;
                    cell.chat.revision += 1;
                }
                SimActKind::Play => {
                    let message = message.ok_or(ActError::NoTarget)?;
                    let ticket =
                        cell.chat.play(message).ok_or_else(|| ActError::NoMessage(message.to_owned()))?;
                    self.tell(
                        &about,
                        &ticket,
                        &[Status::Played],
                        None,
                        WebhookFaults::default(),
                        &self.rules(),
                    );
                }
                SimActKind::StopMarketing | SimActKind::ResumeMarketing => {
                    let stop = act.act == SimActKind::StopMarketing;
                    cell.chat.marketing_stopped = stop;
                    let change = payloads::preference(&about, now, stop);
                    self.post(&number, customer.key, Change::new(change, number.key, now, 0));
                }
                SimActKind::EndWindow => {
                    cell.chat.heard_at = now.checked_sub(SignedDuration::from_hours(25)).ok();
                    cell.chat.revision += 1;
                }
                SimActKind::Revoke => {}
            }
            Ok(())
        });
        done.unwrap_or(Ok(()))
    }

    /// The chat as the customer's phone shows it.
    pub fn chat(&self, phone_number_id: &str, wa_id: &str) -> Result<SimChat, Refused> {
        let (number, customer) = self.pair(phone_number_id, wa_id)?;
        let now = self.now();
        let shown = self.with_chat(&number, &customer, true, |cell| self.show(&number, &customer, cell, now));
        shown.ok_or_else(|| Refused::NoCustomer(wa_id.to_owned()))
    }

    /// The chat once it is no longer at revision `after`, or as it is when `patience` is over.
    pub async fn wait_chat(
        &self,
        phone_number_id: &str,
        wa_id: &str,
        after: u64,
        patience: Duration,
    ) -> Result<SimChat, Refused> {
        let (number, customer) = self.pair(phone_number_id, wa_id)?;
        let patience = tokio::time::sleep(patience);
        tokio::pin!(patience);
        loop {
            let now = self.now();
            let bell = self.with_chat(&number, &customer, true, Cell::bell).unwrap_or_default();
            let ringing = bell.notified();
            tokio::pin!(ringing);
            // Listen before looking, or a change between the two would be missed.
            ringing.as_mut().enable();
            let (revision, changes_at) = self
                .with_chat(&number, &customer, true, |cell| (cell.chat.revision, cell.chat.changes_at(now)))
                .unwrap_or_default();
            if revision != after {
                return self.chat(phone_number_id, wa_id);
            }
            let by_itself = async {
                match changes_at.map(|at| Duration::try_from(at.duration_since(now)).unwrap_or_default()) {
                    Some(time) => tokio::time::sleep(time).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = ringing => {}
                () = by_itself => return self.chat(phone_number_id, wa_id),
                () = &mut patience => return self.chat(phone_number_id, wa_id),
            }
        }
    }

    /// Whether a chat was told what was before this run.
    pub fn is_recalled(&self, phone_number_id: &str, wa_id: &str) -> Result<bool, Refused> {
        let (number, customer) = self.pair(phone_number_id, wa_id)?;
        Ok(self.with_chat(&number, &customer, false, |cell| cell.chat.recalled).unwrap_or(false))
    }

    /// Makes a chat look as if it had gone on before, where the business remembers what this simulator forgot: the
    /// customer's last message opens the window, and the messages lie on the phone. Nothing is told by webhook.
    pub fn recall(&self, phone_number_id: &str, wa_id: &str, before: &History) -> Result<(), Refused> {
        let (number, customer) = self.pair(phone_number_id, wa_id)?;
        self.with_chat(&number, &customer, true, |cell| {
            if !cell.chat.recalled {
                cell.chat
                    .recall(before.messages.iter().map(view::remembered).collect(), self.0.options.history);
                cell.chat.heard_at = cell.chat.heard_at.max(before.heard_at.map(Time::timestamp));
            }
        });
        Ok(())
    }

    fn show(&self, number: &Number, customer: &Customer, cell: &Cell, now: Timestamp) -> SimChat {
        let messages = self.read_templates(&number.waba_id, |templates| {
            cell.chat.messages().map(|message| view::message(message, templates)).collect()
        });
        SimChat {
            customer: SimCustomer::from(customer),
            messages,
            typing: cell.chat.typing(now),
            open: cell.chat.open,
            window_open: cell.chat.window_open(now),
            revision: cell.chat.revision,
        }
    }

    fn about<'a>(number: &'a Number, customer: &'a Customer, chat: &Chat, now: Timestamp) -> About<'a> {
        About { number, customer, shows_phone: !customer.hides_phone || chat.phone_known(now) }
    }

    fn tell_read(&self, about: &About<'_>, cell: &mut Cell) {
        let rules = self.rules();
        for ticket in cell.chat.read() {
            if rules.statuses != Status::Queued {
                self.tell(about, &ticket, &[Status::Read], None, WebhookFaults::default(), &rules);
            }
        }
    }

    /// Changes an own message of the customer and tells the business in a message of type `kind`.
    fn alter(
        &self,
        phone_number_id: &str,
        wa_id: &str,
        message: &str,
        kind: &str,
        part: Value,
        change: impl FnOnce(&mut Chat) -> bool,
    ) -> Result<(), ActError> {
        let (number, customer) = self.pair(phone_number_id, wa_id)?;
        let now = self.now();
        let changed = self.with_chat(&number, &customer, true, |cell| {
            if !change(&mut cell.chat) {
                return false;
            }
            let about = Self::about(&number, &customer, &cell.chat, now);
            let id = self.0.ids.incoming(&customer.wa_id);
            let change = payloads::message(&about, &id, now, kind, part, Map::new());
            self.post(&number, customer.key, Change::new(change, number.key, now, 0));
            true
        });
        if changed == Some(true) { Ok(()) } else { Err(ActError::NoMessage(message.to_owned())) }
    }

    /// What the customer says, in the shape of a webhook's message.
    fn part(&self, about: &About<'_>, chat: &Chat, send: &SimSend) -> Result<Part, ActError> {
        let mut quote = send.reply_to.clone();
        let (kind, part) = match &send.content {
            Content::Text(text) => ("text".to_owned(), json!({"body": text.body})),
            Content::Media(media) => {
                let id = media.provider_id.as_deref().unwrap_or_default();
                let file = self.file_of(about.number, id).ok_or_else(|| ActError::NoFile(id.to_owned()))?;
                let mut part = json!({
                    "mime_type": file.mime,
                    "sha256": file.sha256_base64(),
                    "id": file.id,
                });
                let word = match media.kind {
                    MediaKind::Image => "image",
                    MediaKind::Video => "video",
                    MediaKind::Audio => "audio",
                    MediaKind::Document => "document",
                    MediaKind::Sticker => "sticker",
                };
                if let Some(caption) = media.caption.as_deref().filter(|caption| !caption.is_empty()) {
                    part["caption"] = caption.into();
                }
                match media.kind {
                    MediaKind::Document => {
                        let name = media.filename.as_deref().or(file.name.as_deref()).unwrap_or("document");
                        part["filename"] = name.into();
                    }
                    MediaKind::Audio => part["voice"] = media.voice.into(),
                    MediaKind::Sticker => part["animated"] = media.animated.into(),
                    _ => {}
                }
                (word.to_owned(), part)
            }
            Content::Location(place) => {
                let mut part = json!({"latitude": place.latitude, "longitude": place.longitude});
                for (key, value) in [("name", &place.name), ("address", &place.address), ("url", &place.url)]
                {
                    if let Some(value) = value {
                        part[key] = value.as_str().into();
                    }
                }
                ("location".to_owned(), part)
            }
            Content::Contacts(contacts) => ("contacts".to_owned(), view::cards(&contacts.contacts)),
            Content::Reaction(reaction) => {
                if chat.find(&reaction.target).is_none() {
                    return Err(ActError::NoMessage(reaction.target.clone()));
                }
                let mut part = json!({"message_id": reaction.target});
                // A reaction that is taken back comes without an emoji.
                if let Some(emoji) = reaction.emoji.as_deref().filter(|emoji| !emoji.is_empty()) {
                    part["emoji"] = emoji.into();
                }
                ("reaction".to_owned(), part)
            }
            Content::Reply(reply) => {
                let offered = chat.offer(&reply.id);
                // A tap quotes the message that offered the choice.
                if quote.is_none() {
                    quote = offered.as_ref().map(|(message, _)| message.id.to_string());
                }
                match reply.kind {
                    ReplyKind::Template => {
                        let template = || chat.messages().rev().find(|message| view::is_template(message));
                        quote = quote.or_else(|| template().map(|message| message.id.to_string()));
                        if quote.is_none() {
                            return Err(ActError::NoChoice(reply.id.clone()));
                        }
                        ("button".to_owned(), json!({"payload": reply.id, "text": reply.title}))
                    }
                    kind => {
                        let (_, entry) = offered.ok_or_else(|| ActError::NoChoice(reply.id.clone()))?;
                        // The words are those of the business, whatever the phone says they were.
                        let word = if kind == ReplyKind::List { "list_reply" } else { "button_reply" };
                        ("interactive".to_owned(), json!({"type": word, word: entry}))
                    }
                }
            }
            Content::FormReply(form) => {
                // A form lies behind a message of the business, and sends that message's token back.
                let asking = |message: &&Message| view::form_token(message).is_some();
                let asked = match &quote {
                    Some(id) => chat.find(id).filter(asking),
                    None => chat.messages().rev().find(asking),
                };
                let asked = asked.ok_or(ActError::NoForm)?;
                quote = Some(asked.id.to_string());
                let mut answers = form.answers.as_object().cloned().ok_or(ActError::NoAnswers)?;
                answers.insert("flow_token".to_owned(), view::form_token(asked).into());
                let part = json!({
                    "type": "nfm_reply",
                    "nfm_reply": {
                        "name": form.name.as_deref().unwrap_or("flow"),
                        "body": form.body.as_deref().unwrap_or("Sent"),
                        "response_json": Value::Object(answers).to_string(),
                    },
                });
                ("interactive".to_owned(), part)
            }
            Content::Order(order) => {
                let items: Vec<_> = order
                    .items
                    .iter()
                    .map(|item| {
                        json!({
                            "product_retailer_id": item.product,
                            "quantity": item.quantity,
                            "item_price": item.price,
                            "currency": item.currency,
                        })
                    })
                    .collect();
                let part =
                    json!({"catalog_id": order.catalog_id, "text": order.text, "product_items": items});
                ("order".to_owned(), part)
            }
            Content::Other(other) => {
                let part = other.raw.clone().unwrap_or_else(|| json!({"type": other.kind}));
                (other.kind.clone(), part)
            }
            content => return Err(ActError::NotForCustomers(view::word(content))),
        };
        let mut extra = Map::new();
        let mut context = Map::new();
        if let Some(quote) = &quote {
            let quoted = chat.find(quote).ok_or_else(|| ActError::NoMessage(quote.clone()))?;
            if quoted.is_business() {
                context.insert("from".into(), about.number.phone.as_str().into());
            } else if about.shows_phone {
                context.insert("from".into(), about.customer.wa_id.as_str().into());
            }
            context.insert("id".into(), quote.as_str().into());
        }
        if send.forwarded {
            context.insert("forwarded".into(), true.into());
        }
        if let Some(referral) = &send.referral {
            // A product stands in the context as `catalog/retailer id`; an advertisement beside the message.
            if let Some((catalog, product)) =
                referral.product.as_deref().and_then(|product| product.split_once('/'))
            {
                let product = json!({"catalog_id": catalog, "product_retailer_id": product});
                context.insert("referred_product".into(), product);
            } else {
                extra.insert("referral".into(), view::referral(referral));
            }
        }
        if !context.is_empty() {
            extra.insert("context".into(), Value::Object(context));
        }
        if kind == "unsupported" {
            let error = super::refusal::in_webhook(131_051, None);
            extra.insert("errors".into(), json!([error]));
        }
        Ok(Part { kind, object: part, extra, quote })
    }

    /// Sends a webhook of whatever kind to the receiver of a number.
    pub fn send_webhook_of(&self, phone_number_id: &str, webhook: &SimWebhook) -> Result<(), Refused> {
        let number = self.number(phone_number_id)?;
        let change = payloads::any(&webhook.field, &webhook.value);
        self.post(&number, 0, Change::new(change, number.key, self.now(), 0));
        Ok(())
    }

    /// Puts a template of a number's account, by its id or name, into another state, and tells the business.
    pub fn set_template(
        &self,
        phone_number_id: &str,
        template: &str,
        change: &SimTemplateChange,
    ) -> Result<(), ActError> {
        let number = self.number(phone_number_id)?;
        let changed = self.templates(&number.waba_id, |templates| {
            let meant = templates.iter_mut().filter(|one| one.id == template || one.name == template);
            let changed = meant.map(|one| {
                one.status.clone_from(&change.status);
                one.approved_at = None;
                (one.id.clone(), one.name.clone(), one.language.clone())
            });
            changed.collect::<Vec<_>>()
        });
        let changed = changed.unwrap_or_default();
        if changed.is_empty() {
            return Err(ActError::NoTemplate(template.to_owned()));
        }
        let reason = change.reason.as_deref().unwrap_or("NONE");
        for (id, name, language) in changed {
            let told = payloads::template_status(&id, &name, &language, &change.status, reason);
            self.post(&number, 0, Change::new(told, number.key, self.now(), 0));
        }
        Ok(())
    }
}

/// Whether WhatsApp lets a customer say this at all.
fn sayable(content: &Content) -> Result<(), ActError> {
    match content {
        Content::Text(text) if text.body.trim().is_empty() || text.body.chars().count() > TEXT => {
            Err(ActError::Text)
        }
        Content::Location(place)
            if !(-90.0..=90.0).contains(&place.latitude) || !(-180.0..=180.0).contains(&place.longitude) =>
        {
            Err(ActError::Place)
        }
        _ => Ok(()),
    }
}

fn said(id: &str, at: Timestamp, stored: &str, quote: Option<&str>) -> Message {
    Message {
        id: id.into(),
        at,
        said: Said::Customer(stored.into()),
        status: Status::Delivered,
        quote: quote.map(Into::into),
        reaction: None,
        edited: false,
        revoked: false,
        callback: None,
        category: Category::Service,
    }
}
