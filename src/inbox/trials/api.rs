//! Trying out bots over the API.

use std::sync::Arc;

use beseda_flow::{CallFault, Language};
use beseda_wire::accounts::Locale;
use beseda_wire::page::Page;
use beseda_wire::trials::{
    BotTrigger, HttpHeader, RequestFailure, TriedMessage, TriedRequest, TryMessage, TryRequest,
};
use poem_openapi::OpenApi;

use super::Answering;
use crate::bots::{attempt, store as bots};
use crate::http::caller::BusinessCaller;
use crate::http::json::Json;
use crate::http::problem::Problem;
use crate::http::tags::Tag;
use crate::inbox::outside;
use crate::inbox::runtime::Inbox;

pub struct TrialsApi {
    pub inbox: Arc<Inbox>,
}

#[OpenApi(tag = "Tag::Bots")]
impl TrialsApi {
    /// Makes the request of a block and shows what comes back.
    ///
    /// As a run would make it: with its time-out and its secrets, and not to private addresses unless they are allowed. Nothing is stored; what the service does with the request it does.
    #[oai(path = "/bots/try-request", method = "post")]
    async fn try_request(
        &self,
        caller: BusinessCaller,
        asked: Json<TryRequest>,
    ) -> Result<Json<TriedRequest>, Problem> {
        let serde_json::Value::Object(variables) = asked.0.variables else {
            return Err(Problem::invalid_field("/variables", "must be an object: values by names"));
        };
        let runtime = self.inbox.runtime(caller.business.id)?;
        let now = runtime.now(self.inbox.clock());
        let call = attempt::request(&asked.0.block, variables, now)
            .map_err(|fault| Problem::invalid_field(fault.pointer, fault.must))?;
        Ok(Json(match outside::show(&self.inbox, &runtime, &call).await {
            Ok(said) => {
                let headers = said.headers.into_iter().map(|(name, value)| HttpHeader { name, value });
                TriedRequest {
                    status: Some(said.status),
                    headers: headers.collect(),
                    body: Some(said.body),
                    failure: None,
                    why: None,
                }
            }
            Err(fault) => {
                let language = match caller.locale {
                    Locale::En => Language::En,
                    Locale::Ru => Language::Ru,
                };
                let failure = Some(fault.words(language));
                TriedRequest {
                    status: None,
                    headers: Vec::new(),
                    body: None,
                    failure,
                    why: Some(why(&fault)),
                }
            }
        }))
    }

    /// Says which bot a message would reach, and why.
    ///
    /// By the rule that answers customers; nobody is answered.
    #[oai(path = "/bots/try-message", method = "post")]
    async fn try_message(
        &self,
        caller: BusinessCaller,
        message: Json<TryMessage>,
    ) -> Result<Json<TriedMessage>, Problem> {
        Ok(Json(self.answering(&caller)?.of_message(&message.0)))
    }

    /// Lists the triggers of the bots that answer, and what may come before each.
    ///
    /// In the order in which the rule asks them. A trigger stands in `ahead` when a message may fit both and the other would win.
    #[oai(path = "/bots/triggers", method = "get")]
    async fn triggers(&self, caller: BusinessCaller) -> Result<Json<Page<BotTrigger>>, Problem> {
        Ok(Json(Page { items: self.answering(&caller)?.triggers(), next: None }))
    }
}

impl TrialsApi {
    fn answering(&self, caller: &BusinessCaller) -> Result<Answering, Problem> {
        let runtime = self.inbox.runtime(caller.business.id)?;
        let view = caller.business.store.view()?;
        let published = runtime.flows.published(&view)?;
        let bots = bots::all(&view)?;
        let named = published.answering.iter().map(|(id, _, flow)| {
            let name = bots.iter().find(|bot| bot.id == *id).map(|bot| bot.name.clone());
            (*id, name.unwrap_or_default(), Arc::clone(flow))
        });
        Ok(Answering(named.collect()))
    }
}

/// A failed request, as one of the words that stay.
fn why(fault: &CallFault) -> RequestFailure {
    match fault {
        CallFault::UnknownHost { .. } => RequestFailure::UnknownHost,
        CallFault::Refused { .. } => RequestFailure::Refused,
        CallFault::Unreachable { .. } => RequestFailure::Unreachable,
        CallFault::NoAnswer => RequestFailure::TimedOut,
        CallFault::NotSecure { .. } => RequestFailure::NotSecure,
        CallFault::PrivateAddress => RequestFailure::PrivateAddress,
        CallFault::TooLarge => RequestFailure::TooLarge,
        CallFault::CutOff { .. } => RequestFailure::CutOff,
        CallFault::NoAddress | CallFault::OtherScheme => RequestFailure::BadAddress,
        CallFault::TraceWithSecrets | CallFault::HeaderName { .. } | CallFault::HeaderValue { .. } => {
            RequestFailure::BadRequest
        }
        CallFault::NoSecret { .. } => RequestFailure::NoSecret,
        _ => RequestFailure::Other,
    }
}
