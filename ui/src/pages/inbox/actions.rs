//! What people do with the open conversation: answer, take over, close.

use beseda_wire::conversations::{Conversation, ConversationState, Handler, Person, UpdateConversation};
use beseda_wire::ids::ConversationId;
use beseda_wire::messages::{Content, Status};

use super::thread::{PAGE, Pending, PendingState, Thread, media_of};
use super::{Model, Msg, composer, outbox};
use crate::api::{self, Failure};
use crate::app::Told;
use crate::effect::{Effect, Effects};
use crate::pages::roles::answers;
use crate::pages::{Here, Load};
use crate::t;

/// Milliseconds between two signs that somebody is writing; one lasts for 25 seconds on the phone.
const TYPING: i64 = 20_000;

impl Model {
    pub(super) fn update_thread(&mut self, msg: Msg, here: &Here, told: &mut Vec<Told>) -> Effects {
        if !answers(here.role) && matches!(msg, Msg::TakeOver | Msg::GiveBack | Msg::ToggleClosed) {
            // Pressed by its key: there is no button.
            told.push(Told { is_problem: true, ..Told::words(t!("problem-forbidden")) });
            return vec![];
        }
        let Some(thread) = &mut self.thread else { return vec![] };
        match msg {
            Msg::Conversation(id, answer) if thread.id == id => {
                // A row of the list is better than nothing, so only a thread without one shows the failure.
                if answer.is_ok() || thread.conversation.ready().is_none() {
                    thread.conversation.answer(answer);
                }
                if let Some(row) = thread.conversation.ready().filter(|row| self.list.row(row.id).is_some()) {
                    self.list.changed(row, here.me);
                }
                self.want_customer().into_iter().chain(self.mark_read()).collect()
            }
            Msg::Messages { id, more, answer } if thread.id == id => {
                told.extend(thread.answer(more, answer).map(|failure| Told::failure(&failure)));
                vec![]
            }
            Msg::ThreadScrolled(scroll) => {
                // The box grows upwards, so the way that is left is what lies above what is shown.
                let left = scroll.content - scroll.shown - scroll.above.abs();
                if left < 600 { earlier(thread) } else { vec![] }
            }
            Msg::Earlier => earlier(thread),
            Msg::ThreadAgain => {
                thread.state = Load::Loading;
                super::load_thread(thread.id)
            }
            Msg::Typed(text) => {
                let id = thread.id;
                let empty = text.trim().is_empty();
                thread.draft.clone_from(&text);
                if empty {
                    self.drafts.remove(&id);
                } else {
                    self.drafts.insert(id, text.clone());
                }
                let mut effects = vec![Effect::Keep(format!("draft.{id}"), (!empty).then_some(text))];
                let told_lately = thread.typing_told.is_some_and(|told| here.now.millis_since(told) < TYPING);
                if !empty && !told_lately && thread.window_left(here.now).is_some() {
                    thread.typing_told = Some(here.now);
                    // Whether the customer sees it matters too little to speak of a failure.
                    effects.push(api::typing(id).then(|_| crate::Msg::Idle));
                }
                effects
            }
            Msg::Attach => vec![Effect::Press("attach".to_owned())],
            Msg::RemoveFile(file) => {
                thread.files.retain(|picked| picked.file != file);
                vec![Effect::DropFile(file)]
            }
            Msg::Send => self.send(here),
            Msg::SendAgain(number) => {
                let id = thread.id;
                self.send_again(id, number, here)
            }
            Msg::DropPending(number) => {
                let Some(pending) = thread.drop_pending(number) else { return vec![] };
                let mut effects = vec![Effect::CancelUpload(number), pending.forget(here.me, thread.id)];
                // What was written goes back to where it can be changed, unless something new is there.
                if let (Content::Text(text), true) = (&pending.content, thread.draft.trim().is_empty()) {
                    thread.draft.clone_from(&text.body);
                    effects.push(Effect::SetValue("composer".to_owned(), text.body.clone()));
                    effects.push(Effect::Focus("composer".to_owned()));
                }
                effects.extend(pending.file.map(|file| Effect::DropFile(file.file)));
                effects
            }
            Msg::Retry(message) => {
                let id = thread.id;
                if let Some(known) = thread.messages.iter_mut().find(|known| known.id == message) {
                    known.status = Some(Status::Queued);
                }
                vec![api::retry(id, message).then(move |answer| Msg::Retried(id, answer.map(Box::new)))]
            }
            Msg::Retried(id, Ok(message)) if thread.id == id => {
                thread.put(*message);
                vec![]
            }
            Msg::Retried(_, Err(failure)) => {
                told.push(Told::failure(&failure));
                super::load_thread(thread.id)
            }
            Msg::Quote(message) => {
                thread.quoted = message;
                if message.is_some() { vec![Effect::Focus("composer".to_owned())] } else { vec![] }
            }
            Msg::TakeOver => self.act(Action::TakeOver, here),
            Msg::GiveBack => self.act(Action::GiveBack, here),
            Msg::ToggleClosed => {
                let open = thread
                    .conversation
                    .ready()
                    .is_some_and(|conversation| conversation.state == ConversationState::Open);
                self.act(if open { Action::Close } else { Action::Reopen }, here)
            }
            Msg::Reopen(id) if thread.id == id => self.act(Action::Reopen, here),
            Msg::Reopen(id) => vec![Action::Reopen.ask(id, None)],
            Msg::Zoom(picture) => {
                thread.zoomed = picture;
                vec![if thread.zoomed.is_some() { Effect::Focus("zoom".to_owned()) } else { Effect::Refocus }]
            }
            Msg::Want(sha256) => {
                thread.wanted.push(sha256);
                vec![]
            }
            Msg::SaveFile { sha256, name } => vec![Effect::SaveMedia { sha256, name }],
            Msg::TogglePane => {
                self.pane_open = !self.pane_open;
                self.pane_on_top = !self.pane_on_top;
                // Where it lies over the thread, it has the focus; where it does not, there is nothing to focus.
                let to = if self.pane_on_top { "customer-pane" } else { super::PANE_BUTTON };
                vec![Effect::Focus(to.to_owned())]
            }
            Msg::Customer(id, answer) => {
                let same = thread.conversation.ready().is_some_and(|row| row.customer_id == id);
                if same {
                    thread.customer.answer(answer);
                }
                vec![]
            }
            Msg::Pane(msg) => {
                let Some(customer) = thread.customer.ready_mut() else { return vec![] };
                let (effects, changed) = thread.pane.update(msg, customer, told);
                if let Some(changed) = changed {
                    self.customer_changed(&changed);
                }
                effects
            }
            _ => vec![],
        }
    }

    /// Sends the files and the text. They are on the screen at once.
    fn send(&mut self, here: &Here) -> Effects {
        let Some(thread) = &mut self.thread else { return vec![] };
        let text = thread.draft.trim().to_owned();
        if (text.is_empty() && thread.files.is_empty()) || thread.window_left(here.now).is_none() {
            return vec![];
        }
        let mut effects = vec![];
        // Two must not answer at once: who writes where the bot talks takes the conversation over.
        if let Some(conversation) = thread.conversation.ready_mut().filter(|row| row.handler == Handler::Bot)
        {
            Action::TakeOver.apply(conversation, here);
            effects.push(Action::TakeOver.ask(thread.id, None));
            self.list.changed(conversation, here.me);
        }
        let reply_to = thread
            .quoted
            .take()
            .and_then(|id| thread.messages.iter().find(|message| message.id == id))
            .and_then(|message| message.wamid.clone());
        // The text becomes the caption of the first file that can have one.
        let mut caption = Some(text).filter(|text| !text.is_empty());
        for file in std::mem::take(&mut thread.files) {
            let media = media_of(&file, caption.clone());
            if media.caption.is_some() {
                caption = None;
            }
            self.sent += 1;
            let number = self.sent;
            let upload = Effect::Upload { upload: number, file: file.file };
            thread.pending.push(Pending {
                number,
                key: format!("{}-{number}", self.seed),
                business: self.business,
                at: here.now,
                content: Content::Media(media),
                reply_to: reply_to.clone(),
                file: Some(file),
                state: PendingState::Uploading(0),
            });
            effects.push(upload);
        }
        for part in caption.into_iter().flat_map(|text| composer::parts(&text)) {
            self.sent += 1;
            let mut pending = Pending {
                number: self.sent,
                key: format!("{}-{}", self.seed, self.sent),
                business: self.business,
                at: here.now,
                content: Content::Text(part),
                reply_to: reply_to.clone(),
                file: None,
                state: PendingState::Sending,
            };
            effects.push(outbox::send(thread.id, &mut pending));
            // Before it is there: the page may be closed meanwhile.
            effects.extend(pending.keep(here.me, thread.id));
            thread.pending.push(pending);
        }
        thread.draft.clear();
        thread.typing_told = None;
        self.drafts.remove(&thread.id);
        effects.push(Effect::SetValue("composer".to_owned(), String::new()));
        effects.push(Effect::Keep(format!("draft.{}", thread.id), None));
        effects.push(Effect::Focus("composer".to_owned()));
        effects.push(Effect::ScrollToEnd("thread".to_owned()));
        effects
    }

    fn act(&mut self, action: Action, here: &Here) -> Effects {
        let Some(thread) = &mut self.thread else { return vec![] };
        let id = thread.id;
        let Some(conversation) = thread.conversation.ready_mut() else { return vec![] };
        if !action.is_open_to(conversation) {
            return vec![];
        }
        let before = conversation.clone();
        action.apply(conversation, here);
        self.list.changed(conversation, here.me);
        let mut effects = vec![action.ask(id, Some(before))];
        if action == Action::TakeOver {
            effects.push(Effect::Focus("composer".to_owned()));
        }
        effects
    }

    /// What was shown ahead is done, or was wrong: then it is as it was, until the server says how it is.
    pub(super) fn acted(
        &mut self,
        id: ConversationId,
        action: Action,
        before: Option<Box<Conversation>>,
        answer: Result<(), Failure>,
        here: &Here,
    ) -> (Effects, Option<Told>) {
        let Err(failure) = answer else { return (vec![], before.and_then(|_| action.done(id))) };
        if let Some(before) = before {
            self.list.changed(&before, here.me);
            if let Some(thread) = self.thread.as_mut().filter(|thread| thread.id == id) {
                thread.conversation = Load::Ready(before);
            }
        }
        let ask = api::conversation(id).then(move |answer| Msg::Conversation(id, answer.map(Box::new)));
        (vec![ask], Some(Told::failure(&failure)))
    }
}

/// What can be done with a conversation in one press.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    TakeOver,
    GiveBack,
    Close,
    Reopen,
}

impl Action {
    pub fn is_open_to(self, conversation: &Conversation) -> bool {
        let open = conversation.state == ConversationState::Open;
        match self {
            Self::TakeOver => {
                open && (conversation.handler != Handler::Person || conversation.assignee.is_none())
            }
            Self::GiveBack => open && conversation.handler == Handler::Person && conversation.bot.is_some(),
            Self::Close => open,
            Self::Reopen => !open,
        }
    }

    /// What it will look like, before the server says so.
    fn apply(self, conversation: &mut Conversation, here: &Here) {
        match self {
            Self::TakeOver => {
                conversation.handler = Handler::Person;
                conversation.assignee = Some(Person { id: here.me, name: here.my_name.clone() });
            }
            Self::GiveBack => {
                conversation.handler = Handler::Bot;
                conversation.assignee = None;
                conversation.waiting_since = None;
            }
            Self::Close => conversation.state = ConversationState::Closed,
            Self::Reopen => conversation.state = ConversationState::Open,
        }
    }

    /// What is said once it is done, with the way back.
    fn done(self, id: ConversationId) -> Option<Told> {
        match self {
            Self::Close => Some(Told::words(t!("closed-now")).undo(Msg::Reopen(id))),
            Self::TakeOver => Some(Told::words(t!("taken-over-now")).undo(Msg::GiveBack)),
            Self::GiveBack => Some(Told::words(t!("given-back-now")).undo(Msg::TakeOver)),
            Self::Reopen => None,
        }
    }

    /// Asks the server. `before` is what the conversation was, where it is shown as if this were done; then people
    /// hear of it.
    pub(super) fn ask(self, id: ConversationId, before: Option<Box<Conversation>>) -> Effect {
        let action = self;
        let then = move |answer: Result<api::Done, Failure>| Msg::Acted {
            id,
            action,
            before,
            answer: answer.map(|_| ()),
        };
        let state = |state| UpdateConversation { state: Some(state) };
        match self {
            Self::TakeOver => api::take_over(id).then(then),
            Self::GiveBack => api::give_back(id).then(then),
            Self::Close => api::update_conversation(id, &state(ConversationState::Closed)).then(then),
            Self::Reopen => api::update_conversation(id, &state(ConversationState::Open)).then(then),
        }
    }
}

fn earlier(thread: &mut Thread) -> Effects {
    if thread.loading_earlier {
        return vec![];
    }
    let Some(cursor) = thread.earlier.clone() else { return vec![] };
    thread.loading_earlier = true;
    let id = thread.id;
    vec![api::messages(id, PAGE, Some(cursor)).then(move |answer| Msg::Messages { id, more: true, answer })]
}
