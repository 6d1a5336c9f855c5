//! The phone: what a customer sees on the simulated number, to try things out without a real one.
//!
//! It lies beside the other places where there is room, and is a page of its own where there is not.

mod content;
mod form;
mod view;

use beseda_wire::conversations::{Conversation, Handler, InboxView};
use beseda_wire::messages::{
    Choice, Content, Location, Media, MediaKind, MediaState, Reply, ReplyKind, Template, Text,
};
use beseda_wire::page::Page;
use beseda_wire::simulator::{SimActKind, SimChat, SimCustomer, SimFile, SimMessage, SimSend};
use beseda_wire::time::Time;
use beseda_wire::whatsapp::Number;
use serde_json::Value;

use super::{Here, Load};
use crate::api::{self, ConversationQuery, Failure};
use crate::app::{PickedFile, Told};
use crate::effect::{Effect, Effects};
use crate::t;

use content::media_wanted;

/// The field, the chat, and the hidden file picker, by their ids.
pub const FIELD: &str = "phone-text";
pub const FILE: &str = "phone-file";
const CHAT: &str = "phone-chat";
const CUSTOMER: &str = "phone-customer";
/// What leads to where a simulated number is made.
const CONNECT: &str = "phone-connect";
/// The customer, as this browser keeps it.
const KEPT: &str = "phone-customer";
/// Open conversations that are looked through for who talks with whom.
const RECENT: u32 = 200;

#[derive(Debug, Default)]
pub struct Model {
    number: Load<Option<String>>,
    customers: Vec<SimCustomer>,
    customer: Option<String>,
    chat: Option<SimChat>,
    text: String,
    /// What lies over the chat.
    sheet: Option<Sheet>,
    form: form::Model,
    /// The message that is being answered.
    quoting: Option<String>,
    /// Files on their way onto the phone.
    uploading: usize,
    /// Tells the answers of the chat on the screen from those of one that was left.
    watch: u32,
    /// Whether it is on the screen.
    open: bool,
    /// Whether the field shall have the focus once the chat is there: not where the phone came back by itself.
    focus_due: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Sheet {
    /// The rows of this message's list.
    List(String),
    /// What can be sent besides words.
    Attach,
    /// The native form behind this message.
    Form(String),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Numbers(Result<Page<Number>, Failure>),
    Reload,
    Customers(Result<Page<SimCustomer>, Failure>),
    /// The customer whom this browser had last.
    Recalled(Option<String>),
    /// Who talks with these customers now.
    Served(Result<Page<Conversation>, Failure>),
    Pick(String),
    NewCustomer,
    Added(Result<SimCustomer, Failure>),
    Chat(u32, Result<Box<SimChat>, Failure>),
    Again(u32),
    Text(String),
    Send,
    Sent(Result<(), Failure>),
    /// A button or a row of this message, by its id.
    Tap(String, String),
    Sheet(Option<Sheet>),
    Form(form::Msg),
    Quote(Option<String>),
    Sample(Sample),
    Taken(Sample, Result<SimFile, Failure>),
    /// Opens the picker of an own file.
    PickFile,
    Uploaded(String, Result<Box<SimFile>, Failure>),
    Place,
}

/// A file out of the simulator's samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sample {
    Photo,
    Voice,
}

impl Sample {
    const fn name(self) -> &'static str {
        match self {
            Self::Photo => "coffee.jpg",
            Self::Voice => "voice.ogg",
        }
    }
}

impl Model {
    /// The phone is on the screen from now on. `by_hand`: somebody asked for it and wants to write.
    pub fn open(&mut self, by_hand: bool) -> Effects {
        let was_open = std::mem::replace(&mut self.open, true);
        self.focus_due |= by_hand;
        if was_open && self.chat.is_some() {
            return if by_hand { vec![Effect::Focus(FIELD.to_owned())] } else { vec![] };
        }
        self.number.begin();
        vec![api::numbers().then(Msg::Numbers)]
    }

    /// The phone was put away: what is still on its way is not waited for.
    pub fn close(&mut self) -> Effects {
        self.open = false;
        self.leave_chat()
    }

    /// A number is new, changed or gone: perhaps there is a simulated one now.
    pub fn numbers_changed(&mut self) -> Effects {
        if self.open && self.chat.is_none() { vec![api::numbers().then(Msg::Numbers)] } else { vec![] }
    }

    fn leave_chat(&mut self) -> Effects {
        self.watch += 1;
        self.sheet = None;
        self.quoting = None;
        match self.place() {
            Some((number, customer)) if self.chat.take().is_some() => {
                vec![api::phone_act(&number, &customer, SimActKind::Close).then(|_| crate::Msg::Idle)]
            }
            _ => vec![],
        }
    }

    pub fn update(&mut self, msg: Msg, here: &Here, told: &mut Vec<Told>) -> Effects {
        match msg {
            Msg::Reload => return vec![api::numbers().then(Msg::Numbers)],
            Msg::Numbers(answer) => {
                let simulated = |page: Page<Number>| {
                    page.items
                        .into_iter()
                        .find(|number| number.simulated)
                        .map(|number| number.phone_number_id)
                };
                self.number.answer(answer.map(simulated));
                match self.number.ready() {
                    Some(Some(number)) => return vec![api::phone_customers(number).then(Msg::Customers)],
                    // There is nothing to write into, but the way to it.
                    Some(None) if std::mem::take(&mut self.focus_due) => {
                        return vec![Effect::Focus(CONNECT.to_owned())];
                    }
                    _ => {}
                }
            }
            Msg::Customers(Ok(page)) => {
                self.customers = page.items;
                let known = self.customer.clone().filter(|wa_id| self.knows(wa_id));
                return match known {
                    Some(wa_id) => self.pick(wa_id),
                    None if self.customers.is_empty() => self.invent(here.now),
                    // A page that was loaded anew goes on with whom it had.
                    None => vec![Effect::Recall(KEPT.to_owned(), |kept| Msg::Recalled(kept).into())],
                };
            }
            Msg::Recalled(Some(wa_id)) if self.knows(&wa_id) => return self.pick(wa_id),
            Msg::Recalled(_) => {
                let query =
                    ConversationQuery { view: InboxView::Open, search: None, limit: RECENT, cursor: None };
                return vec![api::conversations(&query).then(Msg::Served)];
            }
            // Somebody was picked meanwhile.
            Msg::Served(_) if self.customer.is_some() => {}
            Msg::Served(answer) => {
                let served = answer.ok();
                return match served.and_then(|page| self.answered_by_bots(&page)) {
                    Some(wa_id) => self.pick(wa_id),
                    None => self.invent(here.now),
                };
            }
            Msg::Pick(wa_id) => {
                self.focus_due = true;
                return self.pick(wa_id);
            }
            Msg::NewCustomer => {
                self.focus_due = true;
                return self.invent(here.now);
            }
            Msg::Added(Ok(customer)) => {
                let wa_id = customer.wa_id.clone();
                self.customers.insert(0, customer);
                return self.pick(wa_id);
            }
            Msg::Chat(watch, _) if watch != self.watch => {}
            Msg::Chat(_, Ok(chat)) => return self.show(*chat),
            // The next look may find the line mended.
            Msg::Chat(watch, Err(_)) => return vec![Effect::After(3_000, Msg::Again(watch).into())],
            Msg::Again(watch) if watch == self.watch => return self.watch_on(),
            Msg::Text(text) => self.text = text,
            Msg::Send => {
                let body = self.text.trim().to_owned();
                if body.is_empty() {
                    return vec![];
                }
                self.text.clear();
                let quoting = self.quoting.take();
                let mut effects = self.say(Content::Text(Text { body, preview_url: false }), quoting);
                effects.push(Effect::SetValue(FIELD.to_owned(), String::new()));
                effects.push(Effect::Focus(FIELD.to_owned()));
                return effects;
            }
            Msg::Tap(message, id) => return self.tap(&message, &id),
            Msg::Sheet(sheet) => {
                let opened = sheet.is_some();
                self.sheet = sheet;
                return vec![Effect::Focus(if opened { "phone-sheet" } else { FIELD }.to_owned())];
            }
            Msg::Form(msg) => return self.fill(msg),
            Msg::Quote(message) => {
                self.quoting = message;
                return vec![Effect::Focus(FIELD.to_owned())];
            }
            Msg::Sample(sample) => {
                let mut effects = self.close_sheet();
                let Some(number) = self.number_id() else { return effects };
                let take = api::phone_sample(number, sample.name());
                effects.push(take.then(move |answer| Msg::Taken(sample, answer)));
                return effects;
            }
            Msg::Taken(sample, Ok(file)) => {
                let kind = if sample == Sample::Voice { MediaKind::Audio } else { MediaKind::Image };
                let content = file_content(kind, file, sample == Sample::Voice);
                return self.say(content, None);
            }
            Msg::PickFile => {
                self.sheet = None;
                return vec![Effect::Press(FILE.to_owned())];
            }
            Msg::Uploaded(mime, answer) => {
                self.uploading = self.uploading.saturating_sub(1);
                match answer {
                    Ok(file) => return self.say(file_content(kind_of(&mime), *file, false), None),
                    Err(failure) => told.push(Told::failure(&failure)),
                }
            }
            Msg::Place => {
                let mut effects = self.close_sheet();
                let place = Location {
                    latitude: 51.507_4,
                    longitude: -0.127_8,
                    name: Some(t!("phone-place-name")),
                    address: Some(t!("phone-place-address")),
                    url: None,
                };
                effects.extend(self.say(Content::Location(place), None));
                return effects;
            }
            Msg::Again(_) | Msg::Sent(Ok(())) => {}
            Msg::Customers(Err(failure))
            | Msg::Added(Err(failure))
            | Msg::Sent(Err(failure))
            | Msg::Taken(_, Err(failure)) => told.push(Told::failure(&failure)),
        }
        vec![]
    }

    /// Own files were picked: they go onto the phone and then into the chat.
    pub fn files_picked(&mut self, files: Vec<PickedFile>) -> Effects {
        let Some(number) = self.number_id().map(str::to_owned) else { return vec![] };
        self.uploading += files.len();
        let upload = |file: PickedFile| Effect::UploadToPhone {
            file: file.file,
            mime: file.mime,
            number: number.clone(),
        };
        let mut effects: Effects = files.into_iter().map(upload).collect();
        // What opened the picker is gone with its sheet.
        effects.push(Effect::Focus(FIELD.to_owned()));
        effects
    }

    /// Takes away what lies over the chat. The focus, if it was there, goes where one writes.
    fn close_sheet(&mut self) -> Effects {
        if self.sheet.take().is_some() { vec![Effect::Focus(FIELD.to_owned())] } else { vec![] }
    }

    /// Closes what lies on top in the phone; says whether there was anything.
    pub fn escape(&mut self) -> Option<Effects> {
        let focus = || vec![Effect::Focus(FIELD.to_owned())];
        if self.sheet.take().is_some() || self.quoting.take().is_some() {
            return Some(focus());
        }
        None
    }

    fn knows(&self, wa_id: &str) -> bool {
        self.customers.iter().any(|customer| customer.wa_id == wa_id)
    }

    /// A customer to whom a bot will answer: one with whom nobody talks now, or else one with whom a bot does or did last. Where a
    /// person has taken over, what is tried here would stay without an answer.
    fn answered_by_bots(&self, open: &Page<Conversation>) -> Option<String> {
        let of = |customer: &SimCustomer| {
            let phone = |conversation: &&Conversation| {
                let digits =
                    conversation.customer_phone.as_deref().map(|phone| phone.trim_start_matches('+'));
                digits == Some(customer.wa_id.as_str())
            };
            let mut own = open.items.iter().filter(phone).peekable();
            own.peek().is_some().then(|| own.all(is_open_to_bots))
        };
        // Whose phone is hidden cannot be told from the inbox.
        let known = || self.customers.iter().filter(|customer| !customer.blocked && !customer.hides_phone);
        // Of more open conversations than these nothing is known.
        let all_known = open.next.is_none();
        let alone = known().find(|customer| all_known && of(customer).is_none());
        let customer = alone.or_else(|| known().find(|customer| of(customer) == Some(true)))?;
        Some(customer.wa_id.clone())
    }

    /// Meta's id of the simulated number.
    fn number_id(&self) -> Option<&str> {
        self.number.ready()?.as_deref()
    }

    fn place(&self) -> Option<(String, String)> {
        Some((self.number_id()?.to_owned(), self.customer.clone()?))
    }

    fn show(&mut self, chat: SimChat) -> Effects {
        let first = self.chat.is_none();
        let grew = self.chat.as_ref().map_or(0, |chat| chat.messages.len()) < chat.messages.len();
        let typing = chat.typing && !self.chat.as_ref().is_some_and(|before| before.typing);
        self.chat = Some(chat);
        let mut effects = self.watch_on();
        if grew || typing {
            effects.push(Effect::ScrollToEnd(CHAT.to_owned()));
        }
        if first && std::mem::take(&mut self.focus_due) {
            effects.push(Effect::Focus(FIELD.to_owned()));
        }
        effects
    }

    fn pick(&mut self, wa_id: String) -> Effects {
        let mut effects = self.leave_chat();
        if self.customer.as_ref() != Some(&wa_id) {
            // What was being written was another person's.
            self.text.clear();
            effects.push(Effect::SetValue(FIELD.to_owned(), String::new()));
        }
        effects.push(Effect::SetValue(CUSTOMER.to_owned(), wa_id.clone()));
        effects.push(Effect::Keep(KEPT.to_owned(), Some(wa_id.clone())));
        self.customer = Some(wa_id);
        let Some((number, customer)) = self.place() else { return effects };
        let watch = self.watch;
        effects.push(api::phone_act(&number, &customer, SimActKind::Open).then(|_| crate::Msg::Idle));
        effects.push(
            api::phone_chat(&number, &customer, None)
                .then(move |answer| Msg::Chat(watch, answer.map(Box::new))),
        );
        effects
    }

    /// Waits for the next change of the chat.
    fn watch_on(&self) -> Effects {
        let Some((number, customer)) = self.place() else { return vec![] };
        let (watch, after) = (self.watch, self.chat.as_ref().map(|chat| chat.revision));
        vec![
            api::phone_chat(&number, &customer, after)
                .then(move |answer| Msg::Chat(watch, answer.map(Box::new))),
        ]
    }

    /// A customer nobody is, with a number of a range that is kept for fiction.
    fn invent(&self, now: Time) -> Effects {
        let Some(Some(number)) = self.number.ready() else { return vec![] };
        let count = (self.customers.len() + 1).to_string();
        let wa_id = format!("4477009{:05}", now.millis().rem_euclid(100_000));
        let customer = SimCustomer::new(wa_id, t!("phone-customer", number = &count));
        vec![api::phone_add_customer(number, &customer).then(Msg::Added)]
    }

    fn say(&self, content: Content, reply_to: Option<String>) -> Effects {
        let Some((number, customer)) = self.place() else { return vec![] };
        let send = SimSend { reply_to, ..SimSend::new(content) };
        vec![api::phone_say(&number, &customer, &send).then(|answer| Msg::Sent(answer.map(|_| ())))]
    }

    fn tap(&mut self, message: &str, id: &str) -> Effects {
        let mut effects = self.close_sheet();
        let Some(found) = self.message(message) else { return effects };
        let kind = match found.content {
            Content::List(_) => ReplyKind::List,
            Content::Template(_) => ReplyKind::Template,
            _ => ReplyKind::Button,
        };
        let Some(choice) = choices(&found.content).into_iter().find(|choice| choice.id == id) else {
            return effects;
        };
        let reply = Reply { kind, id: choice.id, title: choice.title, description: choice.description };
        effects.extend(self.say(Content::Reply(reply), Some(message.to_owned())));
        effects
    }

    fn message(&self, id: &str) -> Option<&SimMessage> {
        self.chat.as_ref()?.messages.iter().find(|message| message.id == id)
    }

    /// Files of the chat on the screen, by their addresses.
    pub fn media_wanted(&self) -> Vec<String> {
        let Some(number) = self.number_id() else { return vec![] };
        let messages = self.chat.iter().flat_map(|chat| &chat.messages);
        messages.filter_map(|message| media_wanted(number, message)).collect()
    }
}

/// What can be tapped: buttons, the rows of a list, or a template's quick replies.
fn choices(content: &Content) -> Vec<Choice> {
    match content {
        Content::Buttons(buttons) => buttons.buttons.clone(),
        Content::List(list) => list.sections.iter().flat_map(|section| section.rows.clone()).collect(),
        Content::Template(template) => {
            let replies = buttons(template).filter(|button| text(button, "sub_type") == "quick_reply");
            let choice = |button: &Value| Choice {
                id: text(&button["parameters"][0], "payload").to_owned(),
                title: text(button, "text").to_owned(),
                description: None,
            };
            replies.map(choice).collect()
        }
        _ => vec![],
    }
}

/// What opens an address: its words, and where it leads.
fn links(content: &Content) -> Vec<(String, String)> {
    match content {
        Content::LinkButton(link) => vec![(link.text.clone(), link.url.clone())],
        Content::Template(template) => {
            let opening = buttons(template).filter(|button| !text(button, "url").is_empty());
            opening.map(|button| (text(button, "text").to_owned(), text(button, "url").to_owned())).collect()
        }
        _ => vec![],
    }
}

/// A template's buttons, as the simulator's phone is told of them.
fn buttons(template: &Template) -> impl Iterator<Item = &Value> {
    let components = template.components.as_ref().and_then(Value::as_array).into_iter().flatten();
    components.filter(|component| text(component, "type") == "button")
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// How WhatsApp sends a file of this type.
fn kind_of(mime: &str) -> MediaKind {
    match mime.split(';').next().unwrap_or_default() {
        "image/jpeg" | "image/png" => MediaKind::Image,
        "video/mp4" | "video/3gpp" => MediaKind::Video,
        "audio/aac" | "audio/amr" | "audio/mpeg" | "audio/mp4" | "audio/ogg" => MediaKind::Audio,
        _ => MediaKind::Document,
    }
}

fn file_content(kind: MediaKind, file: SimFile, voice: bool) -> Content {
    Content::Media(Media {
        kind,
        state: MediaState::Stored,
        sha256: None,
        link: None,
        provider_id: Some(file.id),
        mime: Some(file.mime),
        size: Some(file.size),
        caption: None,
        // WhatsApp shows a name on documents alone.
        filename: file.name.filter(|_| kind == MediaKind::Document),
        voice,
        animated: false,
        problem: None,
    })
}

/// Whether a bot answers what comes next: nobody has taken over, and nobody is waited for.
fn is_open_to_bots(conversation: &Conversation) -> bool {
    match conversation.handler {
        Handler::Bot => true,
        Handler::Nobody => conversation.waiting_since.is_none(),
        Handler::Person => false,
    }
}

#[cfg(test)]
mod tests;
