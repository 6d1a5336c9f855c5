//! The inbox: conversations, the open thread, and the customer beside it.

mod actions;
mod bubble;
mod composer;
pub mod customer;
mod list;
mod list_view;
mod outbox;
pub mod rich;
mod thread;
mod view;
pub mod words;

use std::collections::HashMap;

use beseda_wire::conversations::{Conversation, InboxCounts, InboxView};
use beseda_wire::customers::Customer;
use beseda_wire::ids::{BusinessId, ConversationId, CustomerId, MessageId};
use beseda_wire::live::LiveEvent;
use beseda_wire::messages::{Direction, Message};
use beseda_wire::page::Page;

use super::{Here, Load};
use crate::api::{self, Failure};
use crate::app::{PickedFile, Told};
use crate::effect::{Effect, Effects, Live};
use crate::kit::event::Scroll;
use crate::kit::search::SEARCH;
use crate::router::Route;

use actions::Action;
use list::List;
use thread::{Pending, Thread};

pub use outbox::is_unsent;

/// Shows the customer beside the thread, or hides them.
const PANE_BUTTON: &str = "customer-toggle";

#[derive(Debug)]
pub struct Model {
    list: List,
    thread: Option<Thread>,
    /// What was typed and not sent, by conversation.
    drafts: HashMap<ConversationId, String>,
    /// What the server does not have yet, of the conversations that are not on the screen.
    outbox: HashMap<ConversationId, Vec<Pending>>,
    /// The business on the screen.
    business: Option<BusinessId>,
    /// Whether the customer is shown beside the thread.
    pane_open: bool,
    /// On a phone the customer covers the thread.
    pane_on_top: bool,
    /// Makes the keys of what is sent.
    seed: String,
    sent: u32,
    /// Whether anybody can see this page.
    visible: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Search(String),
    SearchDue(u32),
    ClearSearch,
    /// Shows the conversations of a customer by name.
    Find(String),
    Listed {
        asked: u32,
        more: bool,
        answer: Result<Page<Conversation>, Failure>,
    },
    ListAgain,
    Scrolled(Scroll),
    Hovered(bool),
    ShowHeld,
    Counts(Result<InboxCounts, Failure>),
    CountsDue,
    Conversation(ConversationId, Result<Box<Conversation>, Failure>),
    Messages {
        id: ConversationId,
        more: bool,
        answer: Result<Page<Message>, Failure>,
    },
    ThreadScrolled(Scroll),
    Earlier,
    ThreadAgain,
    Typed(String),
    Attach,
    RemoveFile(u32),
    Send,
    Sent {
        id: ConversationId,
        number: u32,
        answer: Result<Box<Message>, Failure>,
    },
    SendAgain(u32),
    DropPending(u32),
    Retry(MessageId),
    Retried(ConversationId, Result<Box<Message>, Failure>),
    Quote(Option<MessageId>),
    TakeOver,
    GiveBack,
    ToggleClosed,
    Reopen(ConversationId),
    Acted {
        id: ConversationId,
        action: Action,
        /// What the conversation was before.
        before: Option<Box<Conversation>>,
        answer: Result<(), Failure>,
    },
    Zoom(Option<String>),
    Want(String),
    SaveFile {
        sha256: String,
        name: String,
    },
    TogglePane,
    Visible(bool),
    Customer(CustomerId, Result<Box<Customer>, Failure>),
    Pane(customer::Msg),
}

impl Model {
    /// Name and phone of the customer whose thread is open.
    pub fn open_customer(&self) -> Option<(&str, &str)> {
        let row = self.thread.as_ref()?.conversation.ready()?;
        Some((&row.customer_name, row.customer_phone.as_deref()?))
    }

    /// Another place is shown: a list that comes back begins at its top, as the browser has it.
    pub fn left(&mut self) {
        self.list.scroll = Scroll::default();
        self.list.hovered(false);
    }

    pub fn new(seed: String, drafts: HashMap<ConversationId, String>) -> Self {
        Self {
            list: List::new(InboxView::Open),
            thread: None,
            drafts,
            outbox: HashMap::new(),
            business: None,
            pane_open: true,
            pane_on_top: false,
            seed,
            sent: 0,
            visible: true,
        }
    }

    /// Another business: nothing of the old one stays but what was typed.
    pub fn work_for(&mut self, business: Option<BusinessId>) {
        self.list = List::new(self.list.view);
        self.leave_thread();
        self.business = business;
    }

    pub fn drafts(&self) -> &HashMap<ConversationId, String> {
        &self.drafts
    }

    pub fn open(&mut self, view: InboxView, conversation: Option<ConversationId>, here: &Here) -> Effects {
        let mut effects = vec![];
        if self.list.view != view {
            let search = std::mem::take(&mut self.list.search);
            self.list = List::new(view);
            self.list.search = search;
        }
        if matches!(self.list.state, Load::Not | Load::Failed(_)) {
            effects.push(self.list.ask());
        }
        if self.thread.as_ref().map(|thread| thread.id) == conversation {
            return effects;
        }
        effects.push(Effect::Live(Live::Viewing(conversation)));
        self.pane_on_top = false;
        self.leave_thread();
        self.thread = conversation.map(|id| {
            let draft = self.drafts.get(&id).cloned().unwrap_or_default();
            let pending = self.outbox.remove(&id).unwrap_or_default();
            Thread { pending, ..Thread::new(id, self.list.row(id).cloned(), draft) }
        });
        if let Some(id) = conversation {
            effects.extend(load_thread(id));
            effects.extend(self.want_customer());
            effects.extend(self.mark_read());
        }
        let _ = here;
        effects
    }

    /// Loads everything again, since more happened than was told.
    pub fn reload(&mut self, _here: &Here) -> Effects {
        let mut effects = vec![];
        if !matches!(self.list.state, Load::Not) {
            effects.push(self.list.ask());
        }
        if let Some(thread) = &self.thread {
            effects.extend(load_thread(thread.id));
        }
        effects
    }

    pub fn update(&mut self, msg: Msg, here: &Here, told: &mut Vec<Told>) -> Effects {
        match msg {
            Msg::Search(search) => {
                let asked = self.list.typed(search);
                // A pause in typing asks; each letter by itself would only keep the server busy.
                vec![Effect::After(150, Msg::SearchDue(asked).into())]
            }
            Msg::SearchDue(asked) => self.list.search_due(asked).into_iter().collect(),
            Msg::ClearSearch => self.search_for(String::new()),
            Msg::Find(name) => {
                self.list = List::new(InboxView::All);
                self.list.search = name;
                let route = Route::Inbox { view: InboxView::All, conversation: None };
                vec![Effect::After(0, crate::Msg::Go(route))]
            }
            Msg::Listed { asked, more, answer } => {
                told.extend(self.list.answer(asked, more, answer).map(|failure| Told::failure(&failure)));
                vec![]
            }
            Msg::ListAgain => vec![self.list.ask()],
            Msg::Scrolled(scroll) => self.list.scrolled(scroll).into_iter().collect(),
            Msg::Hovered(hovered) => {
                self.list.hovered(hovered);
                vec![]
            }
            Msg::ShowHeld => {
                self.list.settle();
                vec![Effect::ScrollToTop("conversations".to_owned())]
            }
            // These two are the session's.
            Msg::Counts(_) | Msg::CountsDue => vec![],
            Msg::Visible(visible) => {
                self.visible = visible;
                if visible { self.mark_read().into_iter().collect() } else { vec![] }
            }
            Msg::Acted { id, action, before, answer } => {
                let (effects, said) = self.acted(id, action, before, answer, here);
                told.extend(said);
                effects
            }
            Msg::Sent { id, number, answer } => self.sent(id, number, answer, here, told),
            msg => self.update_thread(msg, here, told),
        }
    }

    fn search_for(&mut self, search: String) -> Effects {
        self.list.typed(search.clone());
        vec![self.list.ask(), Effect::SetValue(SEARCH.to_owned(), search)]
    }

    /// What the server tells while it happens.
    pub fn live(&mut self, event: LiveEvent, here: &Here) -> Effects {
        match event {
            LiveEvent::Message(message) => {
                let came_in = message.direction == Direction::In;
                let Some(thread) = self.thread.as_mut().filter(|thread| thread.id == message.conversation_id)
                else {
                    return vec![];
                };
                let arrived = thread.live(*message, here.me).map(|sent| sent.forget(here.me, thread.id));
                let read = if came_in { self.mark_read() } else { None };
                arrived.into_iter().chain(read).collect()
            }
            LiveEvent::Conversation(mut conversation) => {
                let open = self.thread.as_ref().is_some_and(|thread| thread.id == conversation.id);
                let mut effects = vec![];
                if open {
                    if self.visible && conversation.unread > 0 {
                        effects.push(read(conversation.id));
                        conversation.unread = 0;
                    }
                    if let Some(thread) = &mut self.thread {
                        thread.conversation = Load::Ready(conversation.clone());
                    }
                    effects.extend(self.want_customer());
                }
                self.list.changed(&conversation, here.me);
                effects
            }
            LiveEvent::Viewers { conversation, people } => {
                if let Some(thread) = self.thread.as_mut().filter(|thread| thread.id == conversation) {
                    let others = people.into_iter().filter(|(id, _)| *id != here.me);
                    thread.viewers = others.map(|(_, name)| name).collect();
                }
                vec![]
            }
            _ => vec![],
        }
    }

    pub fn customer_changed(&mut self, customer: &Customer) {
        for row in self.list.rows_of(customer.id) {
            row.customer_name.clone_from(&customer.name);
            row.customer_phone.clone_from(&customer.phone);
            row.tags.clone_from(&customer.tags);
        }
        let Some(thread) = &mut self.thread else { return };
        if let Some(conversation) = thread.conversation.ready_mut()
            && conversation.customer_id == customer.id
        {
            conversation.customer_name.clone_from(&customer.name);
            conversation.customer_phone.clone_from(&customer.phone);
            conversation.tags.clone_from(&customer.tags);
            thread.customer = Load::Ready(Box::new(customer.clone()));
        }
    }

    pub fn neighbour(&self, of: Option<ConversationId>, by: i32) -> Option<ConversationId> {
        self.list.neighbour(of, by)
    }

    pub fn bring(&mut self, id: ConversationId) {
        self.list.bring(id);
    }

    /// Closes what lies on top of the thread, if anything does.
    pub fn escape(&mut self) -> Option<Effects> {
        let thread = self.thread.as_mut()?;
        if thread.zoomed.take().is_some() {
            return Some(vec![Effect::Refocus]);
        }
        if thread.quoted.take().is_some() {
            return Some(vec![]);
        }
        if let Some(opener) = thread.pane.close() {
            return Some(vec![Effect::Focus(opener)]);
        }
        std::mem::take(&mut self.pane_on_top).then(|| vec![Effect::Focus(PANE_BUTTON.to_owned())])
    }

    pub fn media_wanted(&self) -> Vec<String> {
        self.thread.as_ref().map(Thread::media).unwrap_or_default()
    }

    pub fn files_picked(&mut self, files: Vec<PickedFile>) -> Effects {
        let Some(thread) = &mut self.thread else { return vec![] };
        thread.files.extend(files);
        vec![Effect::Focus("composer".to_owned())]
    }

    /// The customer's record, once it is known who it is.
    fn want_customer(&mut self) -> Option<Effect> {
        let thread = self.thread.as_mut()?;
        let id = thread.conversation.ready()?.customer_id;
        if !matches!(thread.customer, Load::Not) {
            return None;
        }
        thread.customer = Load::Loading;
        Some(api::customer(id).then(move |answer| Msg::Customer(id, answer.map(Box::new))))
    }

    /// What is on the screen is read, as soon as somebody can see it.
    fn mark_read(&mut self) -> Option<Effect> {
        let thread = self.thread.as_mut().filter(|_| self.visible)?;
        let id = thread.id;
        let conversation = thread.conversation.ready_mut()?;
        if conversation.unread == 0 {
            return None;
        }
        conversation.unread = 0;
        if let Some(row) = self.list.row_mut(id) {
            row.unread = 0;
        }
        Some(read(id))
    }
}

fn load_thread(id: ConversationId) -> Effects {
    vec![
        api::conversation(id).then(move |answer| Msg::Conversation(id, answer.map(Box::new))),
        api::messages(id, thread::PAGE, None).then(move |answer| Msg::Messages { id, more: false, answer }),
    ]
}

fn read(id: ConversationId) -> Effect {
    // Counts follow by the live connection; a failure only leaves the mark for the next time.
    api::mark_read(id).then(|_| crate::Msg::Idle)
}

#[cfg(test)]
mod tests;
