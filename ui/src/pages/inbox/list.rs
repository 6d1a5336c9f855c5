//! The list of conversations: what is in it, in which order, and how live changes come in without moving
//! what is under the pointer.

use std::collections::HashMap;

use beseda_wire::conversations::{Conversation, ConversationState, InboxView};
use beseda_wire::ids::{ConversationId, CustomerId, UserId};
use beseda_wire::page::Page;

use crate::api::{self, ConversationQuery, Failure};
use crate::effect::Effect;
use crate::kit::event::Scroll;
use crate::kit::virtual_list::Window;
use crate::pages::Load;

use super::Msg;

/// Height of a row in pixels; `.row` in the style sheet has the same.
pub const ROW: usize = 88;
const PAGE: u32 = 50;

#[derive(Debug)]
pub struct List {
    pub view: InboxView,
    pub search: String,
    pub state: Load<()>,
    rows: HashMap<ConversationId, Conversation>,
    /// The order on the screen.
    order: Vec<ConversationId>,
    /// Came while the pointer was over the list; shown when it leaves or when asked for.
    held: Vec<ConversationId>,
    hovered: bool,
    pub next: Option<String>,
    loading_more: bool,
    pub scroll: Scroll,
    /// Tells the answer of the newest question from those of older ones.
    asked: u32,
}

impl List {
    pub fn new(view: InboxView) -> Self {
        Self {
            view,
            search: String::new(),
            state: Load::Not,
            rows: HashMap::new(),
            order: vec![],
            held: vec![],
            hovered: false,
            next: None,
            loading_more: false,
            scroll: Scroll::default(),
            asked: 0,
        }
    }

    /// Asks for the first page; what is shown stays until the answer comes.
    pub fn ask(&mut self) -> Effect {
        self.state.begin();
        self.ask_page(None)
    }

    fn ask_page(&mut self, cursor: Option<String>) -> Effect {
        self.asked += 1;
        let (asked, more) = (self.asked, cursor.is_some());
        let search = Some(self.search.trim().to_owned()).filter(|search| !search.is_empty());
        let query = ConversationQuery { view: self.view, search, limit: PAGE, cursor };
        api::conversations(&query).then(move |answer| Msg::Listed { asked, more, answer })
    }

    /// A letter was typed; the number must come back in `search_due`.
    pub fn typed(&mut self, search: String) -> u32 {
        self.search = search;
        self.asked += 1;
        self.asked
    }

    pub fn search_due(&mut self, asked: u32) -> Option<Effect> {
        (asked == self.asked).then(|| self.ask_page(None))
    }

    /// Returns the failure of a further page, which leaves the list as it is.
    pub fn answer(
        &mut self,
        asked: u32,
        more: bool,
        answer: Result<Page<Conversation>, Failure>,
    ) -> Option<Failure> {
        if asked != self.asked {
            return None;
        }
        self.loading_more = false;
        match answer {
            Ok(page) => {
                if !more {
                    self.order.clear();
                    self.held.clear();
                    self.rows.clear();
                }
                self.next = page.next;
                for conversation in page.items {
                    if self.rows.insert(conversation.id, conversation.clone()).is_none() {
                        self.order.push(conversation.id);
                    }
                }
                self.state = Load::Ready(());
                None
            }
            Err(failure) if more => Some(failure),
            Err(failure) => {
                self.state = Load::Failed(failure);
                None
            }
        }
    }

    pub fn scrolled(&mut self, scroll: Scroll) -> Option<Effect> {
        self.scroll = scroll;
        if self.loading_more || !self.window().is_near_end(self.order.len()) {
            return None;
        }
        let cursor = self.next.clone()?;
        self.loading_more = true;
        Some(self.ask_page(Some(cursor)))
    }

    /// Whether the pointer is over the list: then nothing moves.
    pub fn hovered(&mut self, hovered: bool) {
        self.hovered = hovered;
        if !hovered {
            self.settle();
        }
    }

    /// Puts everything where it belongs.
    pub fn settle(&mut self) {
        self.order.append(&mut self.held);
        let rows = &self.rows;
        self.order.retain(|id| rows.contains_key(id));
        self.order.sort_by_key(|id| std::cmp::Reverse(rows.get(id).map(|row| row.updated_at)));
    }

    /// A conversation is new or changed.
    pub fn changed(&mut self, conversation: &Conversation, me: UserId) {
        let id = conversation.id;
        let known = self.rows.contains_key(&id);
        if !belongs(conversation, self.view, me) {
            // Under the pointer it stays, changed, until the pointer leaves.
            if known && !self.hovered {
                self.rows.remove(&id);
                self.order.retain(|other| *other != id);
                self.held.retain(|other| *other != id);
            } else if known {
                self.rows.insert(id, conversation.clone());
            }
            return;
        }
        // While searching, only what was found is kept up to date: whether others match only the server knows.
        if !known && (!self.search.trim().is_empty() || self.state.ready().is_none()) {
            return;
        }
        self.rows.insert(id, conversation.clone());
        if !known {
            self.held.push(id);
        }
        if !self.hovered {
            self.settle();
        }
    }

    /// Changes a row in place, before the server confirms it.
    pub fn row_mut(&mut self, id: ConversationId) -> Option<&mut Conversation> {
        self.rows.get_mut(&id)
    }

    pub fn row(&self, id: ConversationId) -> Option<&Conversation> {
        self.rows.get(&id)
    }

    pub fn rows_of(&mut self, customer: CustomerId) -> impl Iterator<Item = &mut Conversation> {
        self.rows.values_mut().filter(move |row| row.customer_id == customer)
    }

    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Conversations that wait for the pointer to leave.
    pub fn held(&self) -> usize {
        self.held.len()
    }

    pub fn window(&self) -> Window {
        Window::of(self.scroll, ROW, self.order.len())
    }

    /// The rows of the window.
    pub fn shown(&self, window: Window) -> impl Iterator<Item = &Conversation> {
        self.order[window.first..window.end].iter().filter_map(|id| self.rows.get(id))
    }

    /// Scrolls to a row that is not in the document, so that it can have the focus.
    pub fn bring(&mut self, id: ConversationId) {
        let Some(at) = self.order.iter().position(|other| *other == id) else { return };
        self.scroll = Window::with(self.scroll, ROW, self.order.len(), at);
    }

    /// The conversation so many places below this one; the first when none is open.
    pub fn neighbour(&self, of: Option<ConversationId>, by: i32) -> Option<ConversationId> {
        let at = of.and_then(|id| self.order.iter().position(|other| *other == id));
        let last = self.order.len().checked_sub(1)?;
        let next = match at {
            None => 0,
            Some(at) => at.saturating_add_signed(by as isize).min(last),
        };
        (Some(next) != at).then(|| self.order[next])
    }
}

/// Whether a view shows this conversation. The server decides what is loaded; this decides what a live
/// change does to it.
pub fn belongs(conversation: &Conversation, view: InboxView, me: UserId) -> bool {
    let open = conversation.state == ConversationState::Open;
    match view {
        InboxView::All => true,
        InboxView::Open => open,
        InboxView::Closed => !open,
        InboxView::Mine => open && conversation.assignee.as_ref().is_some_and(|person| person.id == me),
        InboxView::Waiting => open && conversation.waiting_since.is_some(),
    }
}
