//! Numbers of the built-in simulator. It keeps nothing, so what it must know is told anew at each start.

use std::sync::Arc;

use beseda_wire::ids::BusinessId;
use beseda_wire::messages::{Direction, Status};
use beseda_wire::simulator::{SimCustomer, SimMessage, SimRegister, SimRules};
use beseda_wire::whatsapp::ConnectNumber;

use super::App;
use crate::businesses::{self, Business};
use crate::conversations::{Message, store as conversations};
use crate::crypto::{KeyRing, Random, SealError, Secret, hex};
use crate::customers::Phone;
use crate::inbox::outbox;
use crate::store::{BusinessStore, StoreError, Stores, Tx};
use crate::whatsapp::numbers::{Number, api, sealing_place, store as numbers};
use crate::whatsapp::simulator::{History, Simulator};
use crate::{bots, customers};

/// Customers of a business who are told to the simulator, the newest first: those one may want to write to.
const CUSTOMERS: usize = 1_000;

/// Messages of before the start that lie on a customer's phone: what one sees of a chat before scrolling for long.
const HISTORY: usize = 30;

/// Makes numbers for businesses that want to try things out.
pub fn new_numbers(app: &App) -> api::Simulated {
    let (simulator, random, local) = (app.simulator.clone(), app.random.clone(), app.local_url());
    let stores = Arc::clone(&app.stores);
    let register = move |business| {
        let known = known(&stores, business).unwrap_or_else(|error| {
            tracing::error!(business.id = %business, %error, "the business of a simulated number cannot be read");
            None
        });
        let request = invent(&random, known.as_ref().map_or("", |known| known.locale.as_str()));
        if let Err(error) = simulator.register(registration(&request, &local)) {
            tracing::error!(%error, "the simulator took no number");
        }
        request
    };
    let simulator = app.simulator.clone();
    let forget = move |phone_number_id: &str| {
        // It may know of none: it took none, or was told so before.
        drop(simulator.forget_number(phone_number_id));
    };
    api::Simulated { register: Arc::new(register), forget: Arc::new(forget) }
}

/// Gives a business without a bot the one that its language's customers begin with.
pub fn greeter(app: &App) -> api::Greeter {
    let (stores, clock) = (Arc::clone(&app.stores), app.clock.clone());
    Arc::new(move |business, actor| {
        let (stores, now) = (Arc::clone(&stores), clock.now().into());
        Box::pin(async move {
            let Some(known) = known(&stores, business.id)? else { return Ok(()) };
            let write =
                move |tx: &mut Tx<'_>| bots::starter::ensure(tx, &known.locale, &known.name, &actor, now);
            business.store.write(write).await
        })
    })
}

fn known(stores: &Stores, business: BusinessId) -> Result<Option<Business>, StoreError> {
    businesses::store::get(&stores.platform().view()?, business)
}

/// A number nobody has, named for people of this language: its ids begin as no real one's do, its phone is of a range
/// kept for fiction.
pub fn invent(random: &Random, locale: &str) -> ConnectNumber {
    let digits = |count: u32| random.below(10_u64.pow(count));
    ConnectNumber {
        phone_number_id: format!("100000{:09}", digits(9)),
        waba_id: format!("200000{:09}", digits(9)),
        token: format!("SIM{}", hex(&random.bytes::<24>())),
        app_secret: hex(&random.bytes::<16>()),
        verify_token: Some(hex(&random.bytes::<12>())),
        name: Some(if locale == "ru" { "Симулятор" } else { "Simulator" }.to_owned()),
        // +1 555 0100 to 0199 are kept for fiction.
        phone: Some(format!("+1{}55501{:02}", 201 + digits(2), digits(2))),
        messages_per_second: None,
        skip_checks: false,
    }
}

/// What the simulator must know of a number.
pub fn registration(request: &ConnectNumber, local_url: &str) -> SimRegister {
    SimRegister {
        phone_number_id: request.phone_number_id.clone(),
        waba_id: request.waba_id.clone(),
        phone: request.phone.clone().unwrap_or_default(),
        name: request.name.clone().unwrap_or_default(),
        token: request.token.clone(),
        app_secret: request.app_secret.clone(),
        verify_token: request.verify_token.clone().unwrap_or_default(),
        callback_url: Some(format!("{local_url}/webhooks/whatsapp/{}", request.phone_number_id)),
        scopes: None,
    }
}

/// Tells the simulator of a business's numbers and customers, when the program starts.
pub struct Revival {
    simulator: Simulator,
    keys: Arc<KeyRing>,
    local_url: String,
}

#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Refused(#[from] crate::whatsapp::simulator::Refused),
}

impl Revival {
    pub fn of(app: &App) -> Self {
        // The product keeps the window itself; the simulator has forgotten who wrote when. And a bot whose form only Meta
        // has is tried here all the same: the phone shows what the flow reads out of it.
        let rules = SimRules { window: Some(false), known_forms: Some(false), ..SimRules::default() };
        app.simulator.set_rules(&rules);
        Self { simulator: app.simulator.clone(), keys: Arc::clone(&app.keys), local_url: app.local_url() }
    }

    pub fn revive(&self, business: &BusinessStore) {
        if let Err(error) = self.tell(business) {
            tracing::error!(business.id = %business.id, %error, "the simulator does not know the business's numbers");
        }
    }

    fn tell(&self, business: &BusinessStore) -> Result<(), Lost> {
        let from = business.store.view()?;
        let simulated: Vec<Number> =
            numbers::all(&from)?.into_iter().filter(|number| number.simulated).collect();
        if simulated.is_empty() {
            return Ok(());
        }
        for number in &simulated {
            let id = number.id.to_string();
            let open = |field, sealed| -> Result<Secret, SealError> {
                self.keys.unseal(sealing_place(&business.id.to_string(), &id, field), sealed)
            };
            let request = ConnectNumber {
                phone_number_id: number.phone_number_id.clone(),
                waba_id: number.waba_id.clone(),
                token: open("token", &number.token)?.expose().to_owned(),
                app_secret: open("app_secret", &number.app_secret)?.expose().to_owned(),
                verify_token: Some(number.verify_token.clone()),
                name: Some(number.name.clone()),
                phone: number.phone.clone(),
                messages_per_second: None,
                skip_checks: true,
            };
            self.simulator.register(registration(&request, &self.local_url))?;
        }
        for customer in customers::store::page(&from, "", None, CUSTOMERS)? {
            let Some(phone) = &customer.phone else { continue };
            let known = SimCustomer {
                bsuid: customer.bsuid.as_ref().map(ToString::to_string),
                username: customer.username.clone(),
                ..SimCustomer::new(phone.digits(), customer.shown_name())
            };
            // They are told to the business's own accounts alone.
            for number in &simulated {
                drop(self.simulator.add_customer_of(&number.phone_number_id, &known));
            }
        }
        Ok(())
    }
}

/// What a business knows of a number's talk with the customer of a phone. Read when somebody looks at the phone: of a
/// thousand customers nearly nobody's is.
pub fn history(business: &BusinessStore, phone_number_id: &str, wa_id: &str) -> Result<History, StoreError> {
    let from = business.store.view()?;
    let number = numbers::all(&from)?.into_iter().find(|number| number.phone_number_id == phone_number_id);
    let (Some(number), Ok(phone)) = (number, Phone::parse(&format!("+{wa_id}"))) else {
        return Ok(History::default());
    };
    let Some(customer) = customers::store::by_phone(&from, &phone)? else { return Ok(History::default()) };
    let Some(thread) = conversations::by_customer(&from, customer, number.id)? else {
        return Ok(History::default());
    };
    let newest = conversations::messages(&from, thread.id, None, HISTORY)?;
    Ok(History { heard_at: thread.last_in_at, messages: newest.iter().rev().filter_map(on_phone).collect() })
}

/// A message as it lies on the customer's phone; nothing of what never came there.
fn on_phone(message: &Message) -> Option<SimMessage> {
    let arrived = match message.direction {
        Direction::In => true,
        Direction::Out => !matches!(message.status, Some(Status::Queued | Status::Failed)),
        Direction::Event => false,
    };
    if !arrived {
        return None;
    }
    // The simulator has no files of before: they are given out from where the business keeps them.
    let kept = outbox::file(&message.content).and_then(|media| media.sha256.clone());
    let content = match kept {
        Some(hash) => outbox::with_provider_id(&message.content, hash),
        None => message.content.clone(),
    };
    let reaction = message.reactions.iter().find(|mark| mark.direction != message.direction);
    Some(SimMessage {
        id: message.wamid.clone().unwrap_or_else(|| message.id.to_string()),
        at: message.at,
        direction: message.direction,
        content,
        status: message.status,
        reply_to: message.reply_to.clone(),
        reaction: reaction.map(|mark| mark.emoji.clone()),
        edited: message.edited,
        revoked: message.revoked,
    })
}
