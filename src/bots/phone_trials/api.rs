//! Trials over the API.

use std::sync::Arc;

use beseda_wire::bots::{NewPhoneTrial, PhoneTrial as WireTrial};
use beseda_wire::ids::BotId;
use beseda_wire::page::Page;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use super::{PhoneTrialError, make, stop, wire, word};
use crate::bots::{store, templates};
use crate::clock::Clock;
use crate::crypto::Random;
use crate::http::caller::BusinessCaller;
use crate::http::json::Json;
use crate::http::problem::Problem;
use crate::http::tags::Tag;
use crate::store::{Stores, Tx};
use crate::whatsapp::numbers::service::Numbers;

pub struct PhoneTrialsApi {
    pub clock: Clock,
    pub random: Random,
    /// Asked what templates may be sent.
    pub numbers: Arc<Numbers>,
    /// Where it stands who belongs to the business.
    pub stores: Arc<Stores>,
}

#[OpenApi(tag = "Tag::Bots")]
impl PhoneTrialsApi {
    /// Makes a trial of the draft, for a real phone.
    ///
    /// The draft is frozen as it is. Whoever sends the word to the number within half an hour talks to it, and nobody else
    /// does: where a `phone` is named only that one may. It takes the place of the caller's earlier trials of the bot.
    #[oai(path = "/bots/:id/phone-trials", method = "post")]
    async fn make(
        &self,
        caller: BusinessCaller,
        id: Path<BotId>,
        new: Json<NewPhoneTrial>,
    ) -> Result<Json<WireTrial>, Problem> {
        let (bot, now, actor) = (id.0, self.clock.now().into(), caller.actor());
        let whole =
            templates::whole_draft((&self.stores, &self.numbers), &caller.business, bot, new.0.revision, now)
                .await?;
        let word = word(self.random.bytes());
        let write = move |tx: &mut Tx<'_>| {
            let flow = whole.still(tx, bot)?;
            let (version, trial) = make(tx, bot, &new.0, (word.clone(), flow), &actor, now)?;
            Ok::<_, PhoneTrialError>(wire(tx, bot, version, &trial, now)?)
        };
        Ok(Json(caller.business.store.write(write).await?))
    }

    /// Lists the trials of a bot on phones: those that go on, and each person's last.
    #[oai(path = "/bots/:id/phone-trials", method = "get")]
    async fn list(&self, caller: BusinessCaller, id: Path<BotId>) -> Result<Json<Page<WireTrial>>, Problem> {
        let (view, bot, now) = (caller.business.store.view()?, id.0, self.clock.now().into());
        store::get(&view, bot)?.ok_or_else(|| Problem::not_found("bot"))?;
        let trials = store::phone_trials(&view, bot)?;
        let items = trials.iter().map(|(version, trial)| wire(&view, bot, *version, trial, now));
        Ok(Json(Page { items: items.collect::<Result<_, _>>()?, next: None }))
    }

    /// Ends a trial.
    ///
    /// The draft says nothing more on the phone, and the word opens nothing any more.
    #[oai(path = "/bots/:id/phone-trials/:trial/stop", method = "post")]
    async fn stop(
        &self,
        caller: BusinessCaller,
        id: Path<BotId>,
        trial: Path<u32>,
    ) -> Result<Json<WireTrial>, Problem> {
        let (bot, version, now, actor) = (id.0, trial.0, self.clock.now().into(), caller.actor());
        let write = move |tx: &mut Tx<'_>| {
            let trial = stop(tx, bot, version, &actor, now)?;
            Ok::<_, PhoneTrialError>(wire(tx, bot, version, &trial, now)?)
        };
        Ok(Json(caller.business.store.write(write).await?))
    }
}

impl From<PhoneTrialError> for Problem {
    fn from(error: PhoneTrialError) -> Self {
        match error {
            PhoneTrialError::Draft(error) => error.into(),
            PhoneTrialError::Store(error) => error.into(),
            PhoneTrialError::NoTrial => Self::not_found("trial"),
            PhoneTrialError::Phone(fault) => Self::invalid_field("/phone", fault),
            PhoneTrialError::NoNumber => Self::invalid_field("/number_id", "is no number of this business"),
        }
    }
}
