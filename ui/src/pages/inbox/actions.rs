//! What people do with the open conversation: answer, take over, close.

use beseda_wire::conversations::{Conversation, ConversationState, Handler, Person, UpdateConversation};
use beseda_wire::messages::{Content, Media, SendMessage, Status};

use super::thread::{PAGE, Pending, PendingState, Thread, media_of};
use super::{Model, Msg, composer};
use crate::api::{self, Failure};
use crate::app::{PickedFile, Told, UploadNews};
use crate::effect::{Effect, Effects};
use crate::pages::{Here, Load};
use crate::t;

/// Milliseconds between two signs that somebody is writing; one lasts for 25 seconds on the phone.
const TYPING: i64 = 20_000;

impl Model {
    pub(super) fn update_thread(&mut self, msg: Msg, here: &Here, told: &mut Vec<Told>) -> Effects {
        let Some(thread) = &mut self.thread else { return vec![] };
        match msg {
            Msg::Conversation(id, answer) if thread.id == id => {
                // A row of the list is better than nothing, so only a thread without one shows the failure.
                if answer.is_ok() || thread.conversation.ready().is_none() {
                    thread.conversation.answer(answer);
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
            Msg::Sent { id, number, answer } if thread.id == id => {
                match answer {
                    Ok(message) => {
                        thread.drop_pending(number);
                        thread.put(*message);
                    }
                    Err(failure) => {
                        if let Some(pending) = thread.pending_mut(number) {
                            pending.state = PendingState::Failed(failure);
                        }
                    }
                }
                vec![]
            }
            // The thread was left meanwhile; what could not be sent must not vanish unseen.
            Msg::Sent { answer: Err(failure), .. } => {
                told.push(Told::failure(&failure));
                vec![]
            }
            Msg::SendAgain(number) => {
                let id = thread.id;
                thread.pending_mut(number).map(|pending| again(id, pending)).into_iter().collect()
            }
            Msg::DropPending(number) => {
                let Some(pending) = thread.drop_pending(number) else { return vec![] };
                let mut effects = vec![Effect::CancelUpload(number)];
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
            Msg::TakeOver => self.act(Action::TakeOver, here, told),
            Msg::GiveBack => self.act(Action::GiveBack, here, told),
            Msg::ToggleClosed => {
                let open = thread
                    .conversation
                    .ready()
                    .is_some_and(|conversation| conversation.state == ConversationState::Open);
                self.act(if open { Action::Close } else { Action::Reopen }, here, told)
            }
            Msg::Reopen(id) if thread.id == id => self.act(Action::Reopen, here, told),
            Msg::Reopen(id) => vec![Action::Reopen.ask(id)],
            Msg::Acted(id, answer) => {
                let Err(failure) = answer else { return vec![] };
                told.push(Told::failure(&failure));
                // What was shown ahead was wrong: the truth is the server's.
                vec![api::conversation(id).then(move |answer| Msg::Conversation(id, answer.map(Box::new)))]
            }
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
                vec![]
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
            effects.push(Action::TakeOver.ask(thread.id));
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
                at: here.now,
                content: Content::Text(part),
                reply_to: reply_to.clone(),
                file: None,
                state: PendingState::Sending,
            };
            effects.push(again(thread.id, &mut pending));
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

    /// An upload goes on or ends. A thread that was left goes on sending what was given to it.
    pub fn upload_news(
        &mut self,
        upload: u32,
        news: UploadNews,
        _here: &Here,
        _told: &mut Vec<Told>,
    ) -> Effects {
        let Some(thread) = &mut self.thread else { return vec![] };
        let id = thread.id;
        let Some(pending) = thread.pending_mut(upload) else { return vec![] };
        match news {
            UploadNews::Progress(bytes) => {
                pending.state = PendingState::Uploading(bytes);
                vec![]
            }
            UploadNews::Done(Ok(stored)) => {
                let mut effects = vec![];
                if let Content::Media(media) = &mut pending.content {
                    store(media, &stored);
                    if let (Some(sha256), Some(file)) = (&media.sha256, &pending.file) {
                        // The file is here already; it need not come back from the server to be shown.
                        let known = crate::Msg::Media(sha256.clone(), Ok(file.url.clone()));
                        effects.push(Effect::After(0, known));
                    }
                }
                effects.push(again(id, pending));
                effects
            }
            UploadNews::Done(Err(failure)) => {
                pending.state = PendingState::Failed(failure);
                vec![]
            }
        }
    }

    fn act(&mut self, action: Action, here: &Here, told: &mut Vec<Told>) -> Effects {
        let Some(thread) = &mut self.thread else { return vec![] };
        let id = thread.id;
        let Some(conversation) = thread.conversation.ready_mut() else { return vec![] };
        if !action.is_open_to(conversation) {
            return vec![];
        }
        action.apply(conversation, here);
        let conversation = conversation.clone();
        self.list.changed(&conversation, here.me);
        match action {
            Action::Close => told.push(Told::words(t!("closed-now")).undo(Msg::Reopen(id))),
            Action::TakeOver => told.push(Told::words(t!("taken-over-now")).undo(Msg::GiveBack)),
            Action::GiveBack => told.push(Told::words(t!("given-back-now")).undo(Msg::TakeOver)),
            Action::Reopen => {}
        }
        let mut effects = vec![action.ask(id)];
        if action == Action::TakeOver {
            effects.push(Effect::Focus("composer".to_owned()));
        }
        effects
    }
}

/// What can be done with a conversation in one press.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
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

    fn ask(self, id: beseda_wire::ids::ConversationId) -> Effect {
        let then = move |answer: Result<api::Done, Failure>| Msg::Acted(id, answer.map(|_| ()));
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

/// Sends what is pending: the bytes first, where they are not there yet.
fn again(id: beseda_wire::ids::ConversationId, pending: &mut Pending) -> Effect {
    let number = pending.number;
    if let (Content::Media(media), Some(PickedFile { file, .. })) = (&pending.content, &pending.file)
        && media.sha256.is_none()
    {
        pending.state = PendingState::Uploading(0);
        return Effect::Upload { upload: number, file: *file };
    }
    pending.state = PendingState::Sending;
    let message = SendMessage { content: pending.content.clone(), reply_to: pending.reply_to.clone() };
    api::send(id, &message, pending.key.clone()).then(move |answer| Msg::Sent {
        id,
        number,
        answer: answer.map(Box::new),
    })
}

/// The stored file with the caption and the name people gave it.
fn store(media: &mut Media, stored: &Media) {
    media.state = stored.state;
    media.sha256.clone_from(&stored.sha256);
    media.size = stored.size.or(media.size);
    media.mime = stored.mime.clone().or_else(|| media.mime.take());
}
