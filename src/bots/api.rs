//! Listing bots and switching them on and off. Building them comes with the editor.

use beseda_wire::bots::{Bot as WireBot, UpdateBot};
use beseda_wire::ids::BotId;
use beseda_wire::page::Page;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use super::store;
use crate::clock::Clock;
use crate::http::caller::BusinessCaller;
use crate::http::json::Json;
use crate::http::problem::Problem;
use crate::http::tags::Tag;
use crate::store::StoreError;

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
