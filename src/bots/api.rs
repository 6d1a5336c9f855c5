//! Listing bots, making one from a flow, switching them on and off. Building them by hand comes with the editor.

use beseda_flow::{Finding, Flow, Severity, check};
use beseda_wire::bots::{Bot as WireBot, CreateBot, UpdateBot};
use beseda_wire::ids::BotId;
use beseda_wire::page::{FieldError, Page};
use poem::http::StatusCode;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use super::store;
use crate::clock::Clock;
use crate::http::caller::BusinessCaller;
use crate::http::json::{Created, Json};
use crate::http::problem::Problem;
use crate::http::tags::Tag;
use crate::store::{StoreError, Tx};

pub struct BotsApi {
    pub clock: Clock,
}

#[OpenApi(tag = "Tag::Bots")]
impl BotsApi {
    /// Lists the bots.
    ///
    /// The oldest first: of two that would answer alike, the earlier one does.
    #[oai(path = "/bots", method = "get")]
    async fn list(&self, caller: BusinessCaller) -> Result<Json<Page<WireBot>>, Problem> {
        let from = caller.business.store.view()?;
        let running = store::running(&from)?;
        let wire = |bot: super::Bot| {
            let runs = running.get(&bot.id).copied().unwrap_or_default();
            bot.wire(runs)
        };
        let items = store::all(&from)?.into_iter().map(wire).collect();
        Ok(Json(Page { items, next: None }))
    }

    /// Makes a bot from a flow.
    ///
    /// It is published and answers at once. A flow with mistakes that would break conversations is not taken.
    #[oai(path = "/bots", method = "post")]
    async fn create(
        &self,
        caller: BusinessCaller,
        request: Json<CreateBot>,
    ) -> Result<Created<WireBot>, Problem> {
        let json = request.0.flow.to_string();
        let fault = |detail: String| FieldError { pointer: "/flow".to_owned(), detail };
        let flow = Flow::from_json(&json).map_err(|error| Problem::invalid([fault(error.to_string())]))?;
        let mistakes = check(&flow).into_iter().filter(|found| found.severity == Severity::Error);
        let mistakes: Vec<_> = mistakes.map(|found| fault(words(&found))).collect();
        if !mistakes.is_empty() {
            return Err(Problem::invalid(mistakes));
        }
        let now = self.clock.now().into();
        let (actor, once) = (caller.actor(), caller.once.clone());
        let write = move |tx: &mut Tx<'_>| {
            let bot = super::publish(tx, &flow.name, &json, &actor, now)?.wire(0);
            once.record(tx, StatusCode::CREATED, &bot)?;
            Ok::<_, StoreError>(bot)
        };
        Ok(Created(caller.business.store.write(write).await?))
    }

    /// Switches a bot on or off.
    ///
    /// Switched off it begins no conversation; those under way go on.
    #[oai(path = "/bots/:id", method = "patch")]
    async fn update(
        &self,
        caller: BusinessCaller,
        id: Path<BotId>,
        update: Json<UpdateBot>,
    ) -> Result<Json<WireBot>, Problem> {
        let (id, now, actor) = (id.0, self.clock.now().into(), caller.actor());
        let answer = caller
            .business
            .store
            .write(move |tx| {
                let Some(mut bot) = store::get(tx, id)? else { return Ok(None) };
                if let Some(enabled) = update.0.enabled {
                    bot.enabled = enabled;
                    bot.updated_at = now;
                    store::put(tx, &bot, &actor, now)?;
                }
                let running = store::running(tx)?.get(&id).copied().unwrap_or_default();
                Ok::<_, StoreError>(Some(bot.wire(running)))
            })
            .await?;
        answer.map(Json).ok_or_else(|| Problem::not_found("bot"))
    }
}

/// A mistake for a program's author: its stable code, and the block it is about.
fn words(found: &Finding) -> String {
    let code = serde_json::to_value(found.code).ok();
    let code = code.as_ref().and_then(serde_json::Value::as_str).unwrap_or("mistake");
    match &found.block {
        Some(block) => format!("{code} (block `{block}`)"),
        None => code.to_owned(),
    }
}
