//! Reading threads. What sends or hands over is in `inbox/api.rs`, since it needs several domains.

use beseda_wire::conversations::{Conversation, InboxCounts, InboxView, UpdateConversation};
use beseda_wire::ids::{ConversationId, MessageId};
use beseda_wire::messages::Message;
use beseda_wire::page::Page;
use beseda_wire::time::Time;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

use super::{Conversation as Record, service, store};
use crate::clock::Clock;
use crate::customers::store as customers;
use crate::http::caller::BusinessCaller;
use crate::http::json::Json;
use crate::http::paging::{List, Paging};
use crate::http::problem::Problem;
use crate::http::tags::Tag;
use crate::store::{Read, StoreError};

pub struct ConversationsApi {
    pub clock: Clock,
}

#[OpenApi(tag = "Tag::Conversations")]
impl ConversationsApi {
    /// Lists conversations.
    ///
    /// The newest activity first. `search` looks for letters of the customer's name or digits of the phone.
    #[oai(path = "/conversations", method = "get")]
    async fn list(
        &self,
        caller: BusinessCaller,
        list: List,
        view: Query<Option<InboxView>>,
        search: Query<Option<String>>,
        limit: Query<Option<u32>>,
        cursor: Query<Option<String>>,
    ) -> Result<Json<Page<Conversation>>, Problem> {
        let paging = Paging::read::<(Time, ConversationId)>(list, limit.0, cursor.0.as_deref())?;
        let from = caller.business.store.view()?;
        let search = search.0.unwrap_or_default().trim().to_lowercase();
        let keep = |row: &Record| {
            if search.is_empty() {
                return Ok(true);
            }
            let customer = customers::get(&from, row.customer)?;
            Ok(customer.is_some_and(|customer| customers::matches(&customer, &search)))
        };
        let view = view.0.unwrap_or(InboxView::Open);
        let rows = store::page(&from, view, caller.user_id, paging.after, paging.rows(), keep)?;
        paging.try_page(rows, |row| {
            let key = (row.updated_at, row.id);
            Ok::<_, Problem>((key, wire(&from, row)?))
        })
    }

    /// Counts the conversations of each view.
    ///
    /// Up to 1,000 each: that number says 1,000 or more.
    #[oai(path = "/conversations/counts", method = "get")]
    async fn counts(&self, caller: BusinessCaller) -> Result<Json<InboxCounts>, Problem> {
        Ok(Json(store::counts(&caller.business.store.view()?, caller.user_id)?))
    }

    /// Reads a conversation.
    #[oai(path = "/conversations/:id", method = "get")]
    async fn read(
        &self,
        caller: BusinessCaller,
        id: Path<ConversationId>,
    ) -> Result<Json<Conversation>, Problem> {
        let from = caller.business.store.view()?;
        let row = store::get(&from, id.0)?.ok_or_else(|| Problem::not_found("conversation"))?;
        Ok(Json(wire(&from, row)?))
    }

    /// Closes a conversation or opens it again.
    ///
    /// A closed one opens by itself when the customer writes.
    #[oai(path = "/conversations/:id", method = "patch")]
    async fn update(
        &self,
        caller: BusinessCaller,
        id: Path<ConversationId>,
        update: Json<UpdateConversation>,
    ) -> Result<Json<Conversation>, Problem> {
        let (id, now, actor, state) = (id.0, self.clock.now().into(), caller.actor(), update.0.state);
        let answer = caller
            .business
            .store
            .write(move |tx| {
                let Some(row) = store::get(tx, id)? else { return Ok(None) };
                let row = match state {
                    Some(state) => service::set_state(tx, &row, state, &actor, now)?,
                    None => row,
                };
                wire(tx, row).map(Some)
            })
            .await?;
        answer.map(Json).ok_or_else(|| Problem::not_found("conversation"))
    }

    /// Lists the messages of a conversation.
    ///
    /// The newest first; events of the thread are among them.
    #[oai(path = "/conversations/:id/messages", method = "get")]
    async fn messages(
        &self,
        caller: BusinessCaller,
        list: List,
        id: Path<ConversationId>,
        limit: Query<Option<u32>>,
        cursor: Query<Option<String>>,
    ) -> Result<Json<Page<Message>>, Problem> {
        let paging = Paging::read::<MessageId>(list, limit.0, cursor.0.as_deref())?;
        let from = caller.business.store.view()?;
        let row = store::get(&from, id.0)?.ok_or_else(|| Problem::not_found("conversation"))?;
        let rows = store::messages(&from, row.id, paging.after, paging.rows())?;
        Ok(paging.page(rows, |row| (row.id, row.wire())))
    }
}

/// A thread as the API says it.
pub fn wire(from: &dyn Read, row: Record) -> Result<Conversation, StoreError> {
    let customer = customers::get(from, row.customer)?;
    let last = store::last_message(from, row.id)?;
    Ok(row.wire(customer.as_ref(), last.as_ref()))
}
