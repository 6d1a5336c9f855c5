//! Connecting a number, changing it, letting it go.
//!
//! Two stores are written: the business's first, with the record, then the platform's, with the route. If
//! the program ends in between, the number is there without webhooks, and connecting it again finishes it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use beseda_wire::forms::NativeForm;
use beseda_wire::ids::{BusinessId, NumberId};
use beseda_wire::time::Time;
use beseda_wire::whatsapp::{ConnectNumber, MessageTemplate, NumberChecks, NumberState, UpdateNumber};

use super::{Channels, Number, Route, sealing_place, store};
use crate::clock::Clock;
use crate::crypto::{KeyRing, Random, Secret};
use crate::ids;
use crate::store::{Actor, BusinessStore, StoreError, Stores, Tx};
use crate::whatsapp::graph::checks::not_subscribed;
use crate::whatsapp::graph::{CallError, Credentials, Graph};

/// How long what Meta told of templates serves, in milliseconds. Somebody who has just had one approved waits no longer
/// than this for it to be offered.
const TEMPLATES: i64 = 60_000;

/// Why a number was not connected, or could not be asked about.
#[derive(Debug, thiserror::Error)]
pub enum NumberError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("another business here has this number")]
    TakenElsewhere,
    #[error("the live checks failed")]
    ChecksFailed(NumberChecks),
    #[error("{0}")]
    Meta(Box<CallError>),
    #[error("a sealed secret cannot be opened: {0}")]
    Seal(#[from] crate::crypto::SealError),
}

/// What connecting needs besides the store of the business.
pub struct Numbers {
    pub stores: Arc<Stores>,
    pub keys: Arc<KeyRing>,
    pub random: Random,
    pub channels: Channels,
    pub graph: Graph,
    /// The Graph host of simulated numbers.
    pub simulator_base: String,
    /// Templates that Meta told of lately, by the number through which it was asked.
    pub templates: Mutex<HashMap<NumberId, (Time, Arc<[MessageTemplate]>)>>,
    pub clock: Clock,
    /// Told after a business's numbers changed, for what it keeps in memory.
    pub changed: Arc<dyn Fn(BusinessId) + Send + Sync>,
}

impl Numbers {
    /// Opens every route, when the program starts.
    pub fn load(&self) -> Result<(), NumberError> {
        let view = self.stores.platform().view()?;
        if let Some(rejected) = store::rejected_nameless(&view)? {
            self.channels.nameless().restore(rejected);
        }
        for route in store::routes(&view)? {
            if let Err(error) = self.channels.add(&route, &self.keys) {
                // One number without its secret must not keep the others from working.
                tracing::error!(number.id = %route.number, %error, "a number receives nothing: connect it again");
                continue;
            }
            let rejected = store::rejected(&view, &route.phone_number_id)?;
            if let (Some(rejected), Some(channel)) = (rejected, self.channels.get(&route.phone_number_id)) {
                channel.rejected.restore(rejected);
            }
        }
        Ok(())
    }

    /// Writes how many webhooks were refused, where that has changed.
    pub async fn keep_rejected(&self) -> Result<(), StoreError> {
        let counts = self.channels.all().into_iter().filter_map(|channel| {
            channel.rejected.unwritten().map(|rejected| (channel.phone_number_id.clone(), rejected))
        });
        let counts: Vec<_> = counts.collect();
        let nameless = self.channels.nameless().unwritten();
        if counts.is_empty() && nameless.is_none() {
            return Ok(());
        }
        self.stores.platform().write(move |tx| store::put_rejected(tx, &counts, nameless.as_ref())).await
    }

    /// Asks Meta whether these credentials work.
    pub async fn check(&self, request: &ConnectNumber, simulated: bool) -> NumberChecks {
        let secret = Secret::new(request.app_secret.clone());
        self.graph.check(&self.credentials(request, simulated), &request.waba_id, &secret).await
    }

    /// The templates that a number may send, as Meta told of them not long ago.
    pub async fn templates(
        &self,
        business: BusinessId,
        number: &Number,
        now: Time,
    ) -> Result<Arc<[MessageTemplate]>, NumberError> {
        let known = || self.templates.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, templates)) = known().get(&number.id)
            && now.millis_since(*at).abs() < TEMPLATES
            && number.templates_doubted_at.is_none_or(|doubted| doubted < *at)
        {
            return Ok(Arc::clone(templates));
        }
        let credentials = self.credentials_of(business, number)?;
        let templates: Arc<[MessageTemplate]> = self
            .graph
            .templates(&credentials, &number.waba_id)
            .await
            .map_err(|error| NumberError::Meta(Box::new(error)))?
            .into();
        let mut known = known();
        known.retain(|_, (at, _)| now.millis_since(*at).abs() < TEMPLATES);
        known.insert(number.id, (now, Arc::clone(&templates)));
        Ok(templates)
    }

    /// The native forms of a number's account, without what they look like.
    pub async fn forms(&self, business: BusinessId, number: &Number) -> Result<Vec<NativeForm>, NumberError> {
        let credentials = self.credentials_of(business, number)?;
        let forms = self.graph.forms(&credentials, &number.waba_id).await;
        forms.map_err(|error| NumberError::Meta(Box::new(error)))
    }

    /// One of them, with what it looks like.
    pub async fn form(
        &self,
        business: BusinessId,
        number: &Number,
        id: &str,
    ) -> Result<Option<NativeForm>, NumberError> {
        let credentials = self.credentials_of(business, number)?;
        let form = self.graph.form(&credentials, &number.waba_id, id).await;
        form.map_err(|error| NumberError::Meta(Box::new(error)))
    }

    fn credentials_of(&self, business: BusinessId, number: &Number) -> Result<Credentials, NumberError> {
        let (business, id) = (business.to_string(), number.id.to_string());
        let token = self.keys.unseal(sealing_place(&business, &id, "token"), &number.token)?;
        let base = number.simulated.then_some(self.simulator_base.as_str());
        Ok(Credentials::new(&number.phone_number_id, token, base))
    }

    fn forget_templates(&self, id: NumberId) {
        self.templates.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    /// Connects a number, or renews the credentials of one that is connected.
    pub async fn connect(
        &self,
        business: &BusinessStore,
        request: ConnectNumber,
        simulated: bool,
        actor: Actor,
        now: Time,
    ) -> Result<Number, NumberError> {
        let known = store::route(&self.stores.platform().view()?, &request.phone_number_id)?;
        if known.as_ref().is_some_and(|route| route.business != business.id) {
            return Err(NumberError::TakenElsewhere);
        }
        if !request.skip_checks {
            let checks = self.check(&request, simulated).await;
            if !checks.ok {
                return Err(NumberError::ChecksFailed(checks));
            }
        }
        let id = match known {
            Some(route) => Some(route.number),
            None => store::id_of(&business.store.view()?, &request.phone_number_id)?,
        };
        let id = id.unwrap_or_else(|| NumberId::from_uuid(ids::fresh(now)));
        let existing = store::get(&business.store.view()?, id)?;
        // Without it Meta sends the account's webhooks to nobody. Made again it changes nothing.
        let credentials = self.credentials(&request, simulated);
        if let Err(error) = self.graph.subscribe(&credentials, &request.waba_id).await {
            if !request.skip_checks {
                return Err(NumberError::ChecksFailed(not_subscribed(&error)));
            }
            tracing::warn!(business.id = %business.id, %error, "the app is not subscribed to the account");
        }
        let record = self.record(business.id, id, request, existing, simulated).await;
        let number = business
            .store
            .write(move |tx| {
                // A business has one simulated number, however often at once it is asked for.
                let another =
                    store::all(tx)?.into_iter().find(|known| known.simulated && known.id != record.id);
                if let Some(another) = another.filter(|_| simulated) {
                    return Ok::<_, StoreError>(another);
                }
                // News may have come while Meta was asked.
                let number = match store::get(tx, record.id)? {
                    Some(kept) => record.clone().over(kept),
                    None => record.clone(),
                };
                store::put(tx, &number, &actor, now)?;
                Ok(number)
            })
            .await?;
        if number.id != id {
            return Ok(number);
        }
        let route = self.route(business.id, &number)?;
        let kept = route.clone();
        let claimed = self.stores.platform().write(move |tx| store::claim(tx, &kept)).await?;
        if !claimed {
            // Another business was faster by a moment; what was just written is nobody's number.
            business.store.write(move |tx| store::remove(tx, id, &Actor::Program, now)).await?;
            return Err(NumberError::TakenElsewhere);
        }
        self.channels.add(&route, &self.keys)?;
        self.forget_templates(number.id);
        (self.changed)(business.id);
        Ok(number)
    }

    /// What would connect this number with a change to it: the kept secrets where the change has none. Blank
    /// secrets are none, since a form that shows no secret sends an empty one.
    pub fn renewed(
        &self,
        business: BusinessId,
        number: &Number,
        change: UpdateNumber,
    ) -> Result<ConnectNumber, NumberError> {
        let (business, id) = (business.to_string(), number.id.to_string());
        let secret = |field, given: Option<String>, kept| match given.filter(|text| !text.trim().is_empty()) {
            Some(given) => Ok(given),
            None => self
                .keys
                .unseal(sealing_place(&business, &id, field), kept)
                .map(|secret| secret.expose().to_owned()),
        };
        Ok(ConnectNumber {
            phone_number_id: number.phone_number_id.clone(),
            waba_id: number.waba_id.clone(),
            token: secret("token", change.token, &number.token)?,
            app_secret: secret("app_secret", change.app_secret, &number.app_secret)?,
            verify_token: change.verify_token.filter(|text| !text.trim().is_empty()),
            name: change.name.or_else(|| Some(number.name.clone())),
            phone: number.phone.clone(),
            messages_per_second: number.messages_per_second,
            skip_checks: change.skip_checks,
        })
    }

    /// Lets a number go. Its threads stay.
    pub async fn remove(
        &self,
        business: &BusinessStore,
        id: NumberId,
        actor: Actor,
        now: Time,
    ) -> Result<bool, NumberError> {
        let Some(number) = store::get(&business.store.view()?, id)? else { return Ok(false) };
        let phone_number_id = number.phone_number_id.clone();
        self.channels.remove(&phone_number_id);
        self.stores
            .platform()
            .write(move |tx| {
                store::remove_route(tx, &phone_number_id);
                Ok::<_, StoreError>(())
            })
            .await?;
        business.store.write(move |tx| store::remove(tx, id, &actor, now)).await?;
        self.forget_templates(id);
        (self.changed)(business.id);
        Ok(true)
    }

    fn credentials(&self, request: &ConnectNumber, simulated: bool) -> Credentials {
        let base = simulated.then_some(self.simulator_base.as_str());
        Credentials::new(&request.phone_number_id, Secret::new(request.token.clone()), base)
    }

    async fn record(
        &self,
        business: BusinessId,
        id: NumberId,
        request: ConnectNumber,
        existing: Option<Number>,
        simulated: bool,
    ) -> Number {
        let (business, text) = (business.to_string(), id.to_string());
        let seal = |field, secret: &str| {
            self.keys.seal(sealing_place(&business, &text, field), &Secret::new(secret), &self.random)
        };
        let told = if request.phone.is_some() && request.name.is_some() {
            None
        } else {
            self.graph.phone_number(&self.credentials(&request, simulated)).await.ok()
        };
        let rate = request.messages_per_second.or(told.as_ref().and_then(|told| told.rate));
        let (name, phone) =
            told.map_or((None, None), |told| (told.verified_name, told.phone.map(|phone| phone.to_string())));
        let phone = request.phone.or(phone);
        // Only now that Meta was asked: what it refused until then was about the credentials of before.
        let now = self.clock.now().into();
        let fallback = phone.clone().unwrap_or_else(|| request.phone_number_id.clone());
        Number {
            id,
            name: request.name.or(name).unwrap_or(fallback),
            phone,
            token: seal("token", &request.token),
            app_secret: seal("app_secret", &request.app_secret),
            verify_token: request
                .verify_token
                .filter(|token| !token.is_empty())
                .or_else(|| existing.map(|number| number.verify_token))
                .unwrap_or_else(|| verify_token(&self.random)),
            phone_number_id: request.phone_number_id,
            waba_id: request.waba_id,
            simulated,
            messages_per_second: rate,
            state: NumberState::Connected,
            problem: None,
            problem_detail: None,
            warnings: Vec::new(),
            templates_doubted_at: None,
            quality: None,
            verified_at: None,
            first_webhook_at: None,
            connected_at: Some(now),
            created_at: now,
        }
    }

    /// The platform's route to a number, with the app secret sealed anew for that place.
    fn route(&self, business: BusinessId, number: &Number) -> Result<Route, NumberError> {
        let (business_text, id) = (business.to_string(), number.id.to_string());
        let place = |field| sealing_place(&business_text, &id, field);
        let app_secret = self.keys.unseal(place("app_secret"), &number.app_secret)?;
        Ok(Route {
            business,
            number: number.id,
            phone_number_id: number.phone_number_id.clone(),
            waba_id: number.waba_id.clone(),
            app_secret: self.keys.seal(place("route_app_secret"), &app_secret, &self.random),
            verify_token: number.verify_token.clone(),
        })
    }
}

/// Takes a number's warning of this reason away; says whether there is such a number.
pub fn dismiss_warning(
    tx: &mut Tx<'_>,
    id: NumberId,
    reason: &str,
    actor: &Actor,
    now: Time,
) -> Result<bool, StoreError> {
    let Some(mut number) = store::get(tx, id)? else { return Ok(false) };
    let before = number.warnings.len();
    number.warnings.retain(|warning| warning.reason != reason);
    if number.warnings.len() < before {
        store::put(tx, &number, actor, now)?;
    }
    Ok(true)
}

/// A word for Meta to send back: random, and short enough to be copied by hand.
fn verify_token(random: &Random) -> String {
    crate::crypto::hex(&random.bytes::<12>())
}
