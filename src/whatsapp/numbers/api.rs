//! Connecting numbers over the API.

use std::sync::Arc;

use beseda_wire::businesses::Role;
use beseda_wire::forms::NativeForm;
use beseda_wire::ids::{BusinessId, NumberId};
use beseda_wire::page::{FieldError, Page};
use beseda_wire::whatsapp::{
    ConnectNumber, MessageTemplate, Number as WireNumber, NumberChecks, NumberState, UpdateNumber,
};
use futures_util::future::BoxFuture;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use super::service::{NumberError, Numbers};
use super::{Number, service, store};
use crate::clock::Clock;
use crate::customers::Phone;
use crate::http::caller::{BusinessCaller, allows};
use crate::http::json::{Created, Json, NoContent};
use crate::http::kinds;
use crate::http::problem::Problem;
use crate::http::public_url::PublicUrl;
use crate::http::tags::Tag;
use crate::names;
use crate::store::{Actor, BusinessStore, StoreError, Tx};

/// The numbers of the built-in simulator.
#[derive(Clone)]
pub struct Simulated {
    /// Registers a new one for a business and says what connects it.
    pub register: Arc<dyn Fn(BusinessId) -> ConnectNumber + Send + Sync>,
    /// Takes one back, by its phone number id.
    pub forget: Arc<dyn Fn(&str) + Send + Sync>,
}

/// Gives a business whose first number this is a bot that answers.
pub type Greeter =
    Arc<dyn Fn(Arc<BusinessStore>, Actor) -> BoxFuture<'static, Result<(), StoreError>> + Send + Sync>;

pub struct NumbersApi {
    pub numbers: Arc<Numbers>,
    pub clock: Clock,
    pub public_url: PublicUrl,
    pub simulated: Simulated,
    pub greeter: Greeter,
}

#[OpenApi(tag = "Tag::Whatsapp")]
impl NumbersApi {
    /// Lists the connected numbers.
    #[oai(path = "/whatsapp/numbers", method = "get")]
    async fn list(&self, caller: BusinessCaller) -> Result<Json<Page<WireNumber>>, Problem> {
        let all = store::all(&caller.business.store.view()?)?;
        let items = all.into_iter().map(|number| self.wire(number, &caller)).collect();
        Ok(Json(Page { items, next: None }))
    }

    /// Connects a number, or renews its credentials.
    ///
    /// The credentials are tried first; `skip_checks` connects all the same, once they have the right form. A number of
    /// another business here is refused in any case.
    #[oai(path = "/whatsapp/numbers", method = "post")]
    async fn connect(
        &self,
        caller: BusinessCaller,
        request: Json<ConnectNumber>,
    ) -> Result<Created<WireNumber>, Problem> {
        let number = self.connected(&caller, checked(request.0)?, false).await?;
        Ok(Created(self.wire(number, &caller)))
    }

    /// Tries credentials without connecting anything.
    ///
    /// Each check has its own plain result.
    #[oai(path = "/whatsapp/numbers/check", method = "post")]
    async fn check(
        &self,
        caller: BusinessCaller,
        request: Json<ConnectNumber>,
    ) -> Result<Json<NumberChecks>, Problem> {
        tracing::debug!(business.id = %caller.business.id, "credentials are tried");
        let request = checked(request.0)?;
        Ok(Json(self.numbers.check(&request, false).await))
    }

    /// Connects a number of the built-in simulator.
    ///
    /// It behaves like a number of Meta's, and its customers live on the phone page. One that is connected already stays the
    /// same; if it had stopped, it is tried and works again.
    #[oai(path = "/whatsapp/numbers/simulated", method = "post")]
    async fn simulate(&self, caller: BusinessCaller) -> Result<Created<WireNumber>, Problem> {
        let existing = store::all(&caller.business.store.view()?)?;
        if let Some(number) = existing.into_iter().find(|number| number.simulated) {
            let number = match number.state {
                NumberState::Stopped => self.started_again(&caller, &number).await?,
                NumberState::Connected => number,
            };
            return Ok(Created(self.wire(number, &caller)));
        }
        let (numbers, simulated, greeter) =
            (Arc::clone(&self.numbers), self.simulated.clone(), Arc::clone(&self.greeter));
        let (business, actor, now) = (Arc::clone(&caller.business), caller.actor(), self.clock.now().into());
        let number = to_its_end(async move {
            let request = (simulated.register)(business.id);
            let made = request.phone_number_id.clone();
            let connected = numbers.connect(&business, request, true, actor.clone(), now).await;
            // Of several that ask at once one gets its number; those of the others would be nobody's.
            let kept = store::all(&business.store.view()?)?;
            if kept.iter().all(|number| number.phone_number_id != made) {
                (simulated.forget)(&made);
            }
            let number = connected?;
            if number.phone_number_id == made {
                greeter(business, actor).await?;
            }
            Ok(number)
        });
        Ok(Created(self.wire(number.await?, &caller)))
    }

    /// Reads a number.
    #[oai(path = "/whatsapp/numbers/:id", method = "get")]
    async fn read(&self, caller: BusinessCaller, id: Path<NumberId>) -> Result<Json<WireNumber>, Problem> {
        let found = store::get(&caller.business.store.view()?, id.0)?;
        found.map(|number| Json(self.wire(number, &caller))).ok_or_else(|| Problem::not_found("number"))
    }

    /// Lists the templates that a number may send.
    ///
    /// Those that Meta has approved for its account, in all their languages. Meta is asked at most once a minute.
    #[oai(path = "/whatsapp/numbers/:id/templates", method = "get")]
    async fn templates(
        &self,
        caller: BusinessCaller,
        id: Path<NumberId>,
    ) -> Result<Json<Page<MessageTemplate>>, Problem> {
        let found = store::get(&caller.business.store.view()?, id.0)?;
        let number = found.ok_or_else(|| Problem::not_found("number"))?;
        let templates = self.numbers.templates(caller.business.id, &number, self.clock.now().into()).await?;
        Ok(Json(Page { items: templates.to_vec(), next: None }))
    }

    /// Lists the native forms of a number's account.
    ///
    /// Meta calls them Flows. Those that are not published can be tried as drafts; those given up are left out.
    #[oai(path = "/whatsapp/numbers/:id/forms", method = "get")]
    async fn forms(
        &self,
        caller: BusinessCaller,
        id: Path<NumberId>,
    ) -> Result<Json<Page<NativeForm>>, Problem> {
        let found = store::get(&caller.business.store.view()?, id.0)?;
        let number = found.ok_or_else(|| Problem::not_found("number"))?;
        let items = self.numbers.forms(caller.business.id, &number).await?;
        Ok(Json(Page { items, next: None }))
    }

    /// Reads a native form: its screens, and the names of what it sends back.
    #[oai(path = "/whatsapp/numbers/:id/forms/:form", method = "get")]
    async fn form(
        &self,
        caller: BusinessCaller,
        id: Path<NumberId>,
        form: Path<String>,
    ) -> Result<Json<NativeForm>, Problem> {
        let found = store::get(&caller.business.store.view()?, id.0)?;
        let number = found.ok_or_else(|| Problem::not_found("number"))?;
        let form = self.numbers.form(caller.business.id, &number, &form).await?;
        form.map(Json).ok_or_else(|| Problem::not_found("form"))
    }

    /// Renews a number's credentials, or its name.
    ///
    /// What is absent stays as it is; the whole is tried as when a number is connected. A number that had
    /// stopped works again.
    #[oai(path = "/whatsapp/numbers/:id", method = "patch")]
    async fn update(
        &self,
        caller: BusinessCaller,
        id: Path<NumberId>,
        change: Json<UpdateNumber>,
    ) -> Result<Json<WireNumber>, Problem> {
        let (number, request) = self.renewed(&caller, id.0, change.0)?;
        let number = self.connected(&caller, request, number.simulated).await?;
        Ok(Json(self.wire(number, &caller)))
    }

    /// Tries a number's credentials.
    ///
    /// Those that are kept, with whatever the body gives in their place. Nothing changes, but that a number of the built-in
    /// simulator which had stopped works again when all is well: nobody could enter a new token for it.
    #[oai(path = "/whatsapp/numbers/:id/check", method = "post")]
    async fn check_connected(
        &self,
        caller: BusinessCaller,
        id: Path<NumberId>,
        change: Json<UpdateNumber>,
    ) -> Result<Json<NumberChecks>, Problem> {
        let (number, request) = self.renewed(&caller, id.0, change.0)?;
        let checks = self.numbers.check(&request, number.simulated).await;
        if checks.ok && number.simulated && number.state == NumberState::Stopped {
            self.started_again(&caller, &number).await?;
        }
        Ok(Json(checks))
    }

    /// Takes a number's warning of this reason away: somebody has seen it.
    ///
    /// What happens again is told again. One that is not there is as good as seen.
    #[oai(path = "/whatsapp/numbers/:id/warnings/:reason", method = "delete")]
    async fn dismiss_warning(
        &self,
        caller: BusinessCaller,
        id: Path<NumberId>,
        reason: Path<String>,
    ) -> Result<NoContent, Problem> {
        let (actor, now) = (caller.actor(), self.clock.now().into());
        let dismiss = move |tx: &mut Tx<'_>| service::dismiss_warning(tx, id.0, &reason.0, &actor, now);
        if caller.business.store.write(dismiss).await? {
            Ok(NoContent)
        } else {
            Err(Problem::not_found("number"))
        }
    }

    /// Lets a number go.
    ///
    /// Its conversations stay; nothing more is received or sent.
    #[oai(path = "/whatsapp/numbers/:id", method = "delete")]
    async fn remove(&self, caller: BusinessCaller, id: Path<NumberId>) -> Result<NoContent, Problem> {
        let number = store::get(&caller.business.store.view()?, id.0)?;
        let now = self.clock.now().into();
        if !self.numbers.remove(&caller.business, id.0, caller.actor(), now).await? {
            return Err(Problem::not_found("number"));
        }
        if let Some(number) = number.filter(|number| number.simulated) {
            (self.simulated.forget)(&number.phone_number_id);
        }
        Ok(NoContent)
    }
}

impl NumbersApi {
    async fn connected(
        &self,
        caller: &BusinessCaller,
        request: ConnectNumber,
        simulated: bool,
    ) -> Result<Number, NumberError> {
        let (numbers, business) = (Arc::clone(&self.numbers), Arc::clone(&caller.business));
        let (actor, now) = (caller.actor(), self.clock.now().into());
        to_its_end(async move { numbers.connect(&business, request, simulated, actor, now).await }).await
    }

    /// A number of the simulator that had stopped, connected again with what is kept of it: what waits is sent.
    async fn started_again(&self, caller: &BusinessCaller, number: &Number) -> Result<Number, Problem> {
        let (_, kept) = self.renewed(caller, number.id, UpdateNumber::default())?;
        Ok(self.connected(caller, kept, true).await?)
    }

    /// A number with what a change makes of its credentials.
    fn renewed(
        &self,
        caller: &BusinessCaller,
        id: NumberId,
        change: UpdateNumber,
    ) -> Result<(Number, ConnectNumber), Problem> {
        let found = store::get(&caller.business.store.view()?, id)?;
        let number = found.ok_or_else(|| Problem::not_found("number"))?;
        let request = checked(self.numbers.renewed(caller.business.id, &number, change)?)?;
        Ok((number, request))
    }

    fn wire(&self, number: Number, caller: &BusinessCaller) -> WireNumber {
        let (channels, now) = (&self.numbers.channels, self.clock.now().into());
        let channel = channels.get(&number.phone_number_id);
        WireNumber {
            id: number.id,
            callback_url: self.public_url.address(&format!("/webhooks/whatsapp/{}", number.phone_number_id)),
            app_callback_url: self.public_url.address("/webhooks/whatsapp"),
            phone_number_id: number.phone_number_id,
            waba_id: number.waba_id,
            name: number.name,
            phone: number.phone,
            state: number.state,
            problem: number.problem,
            problem_detail: number.problem_detail,
            warnings: number.warnings,
            simulated: number.simulated,
            quality: number.quality,
            verify_token: allows(caller.role, Role::Admin).then_some(number.verify_token),
            verified_at: number.verified_at,
            first_webhook_at: number.first_webhook_at,
            last_webhook_at: channel.as_ref().and_then(|channel| channel.last_webhook_at()),
            rejected: channel.map_or(0, |channel| channel.rejected.at(now)),
            app_rejected: if number.simulated { 0 } else { channels.nameless().at(now) },
            created_at: number.created_at,
        }
    }
}

/// Does what takes several steps, whether or not its caller stays: one who leaves in the middle must not leave a number
/// that is recorded and receives nothing, or that the simulator alone knows.
async fn to_its_end<T: Send + 'static>(
    steps: impl Future<Output = Result<T, NumberError>> + Send + 'static,
) -> Result<T, NumberError> {
    // It does not come back when it panicked, or when the program ends.
    tokio::spawn(steps).await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
}

/// What a number is connected with has its form whether Meta is asked or not: `skip_checks` skips what only Meta knows.
fn checked(mut request: ConnectNumber) -> Result<ConnectNumber, Problem> {
    for text in
        [&mut request.phone_number_id, &mut request.waba_id, &mut request.token, &mut request.app_secret]
    {
        *text = text.trim().to_owned();
    }
    let mut errors = Vec::new();
    let mut fault = |pointer: &str, detail: &str| {
        errors.push(FieldError::new(pointer, detail));
    };
    for (pointer, id) in [("/phone_number_id", &request.phone_number_id), ("/waba_id", &request.waba_id)] {
        if id.is_empty() {
            fault(pointer, "is required");
        } else if !id.bytes().all(|byte| byte.is_ascii_digit()) || id.len() > 32 {
            fault(pointer, "must be the number that Meta's dashboard shows: digits only");
        }
    }
    for (pointer, secret, lengths) in [
        ("/token", Some(&request.token), 1..=1024),
        ("/app_secret", Some(&request.app_secret), 6..=128),
        ("/verify_token", request.verify_token.as_ref().filter(|word| !word.is_empty()), 1..=128),
    ] {
        match secret {
            Some(secret) if secret.is_empty() => fault(pointer, "is required"),
            Some(secret)
                if !secret.bytes().all(|byte| byte.is_ascii_graphic())
                    || !lengths.contains(&secret.len()) =>
            {
                let (least, most) = (lengths.start(), lengths.end());
                fault(
                    pointer,
                    &format!("must be {least} to {most} letters, digits and signs, without blanks"),
                );
            }
            _ => {}
        }
    }
    if let Some(detail) = request.name.as_deref().and_then(|name| names::fault(name, NAME)) {
        fault("/name", &detail);
    }
    match request.phone.as_deref().map(Phone::parse) {
        Some(Ok(phone)) => request.phone = Some(phone.to_string()),
        Some(Err(error)) => fault("/phone", &error.to_string()),
        None => {}
    }
    if request.messages_per_second.is_some_and(|rate| !(1..=1000).contains(&rate)) {
        fault("/messages_per_second", "must be 1 to 1000");
    }
    if errors.is_empty() { Ok(request) } else { Err(Problem::invalid(errors)) }
}

/// Characters of a number's name at most.
const NAME: usize = 100;

impl From<NumberError> for Problem {
    fn from(error: NumberError) -> Self {
        match error {
            NumberError::Store(error) => error.into(),
            NumberError::TakenElsewhere => {
                Self::conflict("This number is connected to another business of this installation.")
            }
            NumberError::ChecksFailed(checks) => {
                let failed = checks.checks.into_iter().filter(|check| !check.ok);
                Self::of(kinds::CHECKS_FAILED).fields(
                    failed.map(|check| FieldError::new(check.name, check.detail.unwrap_or(check.result))),
                )
            }
            NumberError::Meta(error) => Self::of(kinds::META_FAILED).detail(error.to_string()),
            NumberError::Seal(error) => Self::internal(&error),
        }
    }
}
