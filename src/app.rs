//! Puts the program together: the only place, with `http/routes.rs`, that knows every domain.

pub mod control;
mod doors;
pub mod live;
mod maintenance;
mod simulated;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use self::doors::Doors;
pub use self::simulated::invent as invent_number;

use self::control::Control;
use self::maintenance::Maintenance;

use crate::accounts::api::AccountsApi;
use crate::accounts::{Accounts, AccountsError};
use crate::bots::api::BotsApi;
use crate::bots::connections::api::ConnectionsApi;
use crate::bots::outside::Outside;
use crate::bots::phone_trials::api::PhoneTrialsApi;
use crate::businesses::api::BusinessesApi;
use crate::businesses::{self, Directory};
use crate::clock::Clock;
use crate::config::Settings;
use crate::conversations::api::ConversationsApi;
use crate::crypto::{KeyFileError, KeyRing, Random};
use crate::customers::api::CustomersApi;
use crate::http::client_ip::TrustedProxies;
use crate::http::guard::{Guard, Mismatch};
use crate::http::health::Health;
use crate::http::lifecycle::Lifecycle;
use crate::http::live::LiveEndpoint;
use crate::http::metrics::Metrics;
use crate::http::public_url::PublicUrl;
use crate::http::routes::{self, Routes};
use crate::http::server::{self, ServerOptions};
use crate::inbox::api::InboxApi;
use crate::inbox::runs::api::RunsApi;
use crate::inbox::trials::api::TrialsApi;
use crate::inbox::{Inbox, InboxOptions, Receiver};
use crate::presence::Presence;
use crate::realtime::{Live, LiveParts, Patience};
use crate::store::{Migration, Schema, StoreError, Stores, StoresOptions};
use crate::whatsapp::graph::{Graph, GraphSetupError};
use crate::whatsapp::numbers::Channels;
use crate::whatsapp::numbers::api::NumbersApi;
use crate::whatsapp::numbers::service::{NumberError, Numbers};
use crate::whatsapp::simulator::Simulator;
use crate::whatsapp::simulator::inside::api::SimulatorApi;

/// The schema of the platform's store; migrations are added at the end and never changed.
const PLATFORM: Schema = Schema { what: "the platform's store", migrations: &[] };
/// The schema of each business's store.
const BUSINESS: Schema = Schema {
    what: "a business's store",
    migrations: &[
        Migration { to: 2, run: crate::customers::store::index_seen },
        Migration { to: 3, run: crate::conversations::store::shorten_wamids },
    ],
};

/// How often counts are written.
const COUNTS: Duration = Duration::from_secs(60);

/// Everything the program consists of while it runs.
pub struct App {
    pub settings: Settings,
    pub clock: Clock,
    pub random: Random,
    pub keys: Arc<KeyRing>,
    pub stores: Arc<Stores>,
    pub accounts: Accounts,
    pub numbers: Arc<Numbers>,
    pub inbox: Arc<Inbox>,
    pub receiver: Receiver,
    pub simulator: Simulator,
    pub presence: Presence,
    pub lifecycle: Lifecycle,
    /// Where the program listens; port 0 is resolved.
    pub address: SocketAddr,
    listener: TcpListener,
}

/// Why the program cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("cannot listen on {address}: {error}")]
    Listen { address: SocketAddr, error: io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Keys(#[from] KeyFileError),
    #[error(
        "{} is missing, and without it the secrets in {} cannot be opened: put the key file back, or name it in storage.key_file",
        .key_file.display(), .data.display()
    )]
    KeyFileMissing { key_file: std::path::PathBuf, data: std::path::PathBuf },
    #[error("{} holds no data: Beseda was never started there", .0.display())]
    NoData(std::path::PathBuf),
    #[error(transparent)]
    Graph(#[from] GraphSetupError),
    #[error(transparent)]
    Numbers(#[from] NumberError),
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    #[error(transparent)]
    Operations(#[from] Mismatch),
    #[error("the HTTP client of flows could not be made: {0}")]
    Outside(#[from] reqwest::Error),
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl App {
    /// Opens the data and takes the address. Nothing is served before [`Self::run`].
    pub async fn open(settings: Settings, clock: Clock, random: Random) -> Result<Self, StartError> {
        let listen = settings.server.listen;
        let refused = |error| StartError::Listen { address: listen, error };
        // The data first: of two instances on one directory, the second must fail before it takes the address.
        let stores = open_stores(&settings)?;
        let keys = Arc::new(open_keys(&settings, &stores, &random)?);
        let listener = TcpListener::bind(listen).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;

        let accounts = Accounts::new(stores.platform().clone(), &keys, &settings.accounts, random.clone())?;
        let graph = Graph::new(&settings.whatsapp.api_base, &settings.whatsapp.api_version)?;
        let presence = Presence::default();
        let options = InboxOptions {
            simulator_base: simulator_base(address),
            concurrency: settings.whatsapp.send_concurrency,
            reconcile: settings.whatsapp.reconcile.unsigned_abs(),
            media_limit: settings.whatsapp.media_max_bytes,
            url: settings.server.public_url.clone().unwrap_or_else(|| local_url(address)),
            outside: Outside::new(settings.bots.private_addresses)?,
            presence: presence.clone(),
        };
        let channels = Channels::default();
        let inbox = Inbox::new(
            Arc::clone(&stores),
            Arc::clone(&keys),
            graph.clone(),
            clock.clone(),
            channels.clone(),
            options,
        );
        let changed = Arc::clone(&inbox);
        let numbers = Arc::new(Numbers {
            stores: Arc::clone(&stores),
            keys: Arc::clone(&keys),
            random: random.clone(),
            channels: channels.clone(),
            graph,
            simulator_base: simulator_base(address),
            templates: Mutex::default(),
            clock: clock.clone(),
            changed: Arc::new(move |business| changed.numbers_changed(business)),
        });
        numbers.load()?;
        let receiver = Receiver::new(channels, Arc::clone(&inbox), clock.clone());
        let simulator = Simulator::new(crate::whatsapp::simulator::Options::default(), clock.clone());
        let lifecycle = Lifecycle::new();
        Ok(Self {
            settings,
            clock,
            random,
            keys,
            stores,
            accounts,
            numbers,
            inbox,
            receiver,
            simulator,
            presence,
            lifecycle,
            address,
            listener,
        })
    }

    /// The address of the interface, as somebody on this machine opens it.
    pub fn url(&self) -> String {
        self.settings.server.public_url.clone().unwrap_or_else(|| self.local_url())
    }

    /// The program as it reaches itself.
    pub fn local_url(&self) -> String {
        local_url(self.address)
    }

    /// Serves until [`Lifecycle::stop`], then stops in order: requests, tasks, stores.
    pub async fn run(self) -> Result<(), StartError> {
        let metrics = Arc::new(Metrics::default());
        let routes = self.routes(&metrics)?;
        let _delivery = self.simulator.spawn_delivery();
        let settings = &self.settings.server;
        let options = ServerOptions {
            connections: settings.max_connections,
            shutdown: settings.shutdown,
            proxies: TrustedProxies::new(settings.trusted_proxies.clone()),
            metrics: Arc::clone(&metrics),
            ..ServerOptions::default()
        };
        self.wake();
        let upkeep = Maintenance::new(Arc::clone(&self.stores), &self.settings);
        let maintenance = upkeep.start(self.clock.clone());
        let control = self.hear_commands(upkeep);
        let counting = tokio::spawn(keep_counts(Arc::clone(&self.numbers)));
        server::serve(routes, self.listener, options, self.lifecycle.clone()).await?;
        maintenance.abort();
        control.abort();
        counting.abort();
        if let Err(error) = self.numbers.keep_rejected().await {
            tracing::error!(%error, "counts of refused webhooks are not kept");
        }
        // Tasks end at their next safe point; whatever they leave is in the store.
        if tokio::time::timeout(Duration::from_secs(10), self.inbox.stop()).await.is_err() {
            tracing::warn!("some tasks did not end in time");
        }
        let stores = self.stores;
        tokio::task::spawn_blocking(move || stores.close()).await.map_err(io::Error::other)?;
        Ok(())
    }

    /// Answers commands of this machine's owner while the program runs.
    fn hear_commands(&self, maintenance: Maintenance) -> JoinHandle<()> {
        let (accounts, clock) = (self.accounts.clone(), self.clock.clone());
        let control = Control { accounts, maintenance, clock, url: self.url() };
        let listening = control.listen(&self.settings.storage.data);
        tokio::spawn(async {
            match listening {
                Ok(listening) => listening.serve().await,
                // Some file systems hold no sockets; everything else works there.
                Err(error) => tracing::warn!(%error, "commands like `beseda setup-link` will not be heard"),
            }
        })
    }

    fn routes(&self, metrics: &Arc<Metrics>) -> Result<routes::Program, Mismatch> {
        let (clock, stores) = (self.clock.clone(), Arc::clone(&self.stores));
        let doors =
            Doors { accounts: self.accounts.clone(), stores: Arc::clone(&stores), clock: clock.clone() };
        let guard = Guard::new(Arc::new(doors), clock.clone(), self.settings.limits.api_bytes);
        let live = Live::new(LiveParts {
            authenticator: Arc::clone(guard.authenticator()),
            translate: Arc::new(live::Screens),
            clock: clock.clone(),
            lifecycle: self.lifecycle.clone(),
            metrics: Arc::clone(metrics),
            presence: self.presence.clone(),
            patience: Patience::default(),
        });
        tokio::spawn(Arc::clone(&live).follow(stores.platform().committed()));
        let accounts = AccountsApi {
            accounts: self.accounts.clone(),
            businesses: Arc::new(Directory),
            stores: Arc::clone(&stores),
            clock: clock.clone(),
        };
        let public_url = PublicUrl(self.settings.server.public_url.clone());
        let numbers = NumbersApi {
            numbers: Arc::clone(&self.numbers),
            clock: clock.clone(),
            public_url: public_url.clone(),
            simulated: simulated::new_numbers(self),
            greeter: simulated::greeter(self),
        };
        let channels = self.numbers.channels.clone();
        let inbox = Arc::clone(&self.inbox);
        let api = (
            accounts,
            BusinessesApi {
                stores: Arc::clone(&stores),
                clock: clock.clone(),
                random: self.random.clone(),
                most: self.settings.limits.businesses_per_person,
                public_url,
                changed: Arc::new(move |business| {
                    let inbox = Arc::clone(&inbox);
                    Box::pin(async move { inbox.business_changed(business).await })
                }),
            },
            CustomersApi { clock: clock.clone() },
            numbers,
            ConversationsApi { clock: clock.clone() },
            (
                BotsApi {
                    clock: clock.clone(),
                    numbers: Arc::clone(&self.numbers),
                    stores: Arc::clone(&stores),
                },
                PhoneTrialsApi {
                    clock: clock.clone(),
                    random: self.random.clone(),
                    numbers: Arc::clone(&self.numbers),
                    stores: Arc::clone(&stores),
                },
            ),
            ConnectionsApi { clock, keys: Arc::clone(&self.keys), random: self.random.clone() },
            InboxApi { inbox: Arc::clone(&self.inbox) },
            RunsApi { inbox: Arc::clone(&self.inbox) },
            TrialsApi { inbox: Arc::clone(&self.inbox) },
            SimulatorApi {
                simulator: self.simulator.clone(),
                owner_of: Arc::new(move |number| channels.get(number).map(|channel| channel.business)),
                history_of: Arc::new(simulated::history),
                lifecycle: self.lifecycle.clone(),
            },
        );
        routes::all(Routes {
            api,
            health: Health {
                lifecycle: self.lifecycle.clone(),
                stores,
                min_free_bytes: self.settings.storage.min_free_bytes,
            },
            metrics: Arc::clone(metrics),
            metrics_token: self.settings.server.metrics_token.clone(),
            proxies: TrustedProxies::new(self.settings.server.trusted_proxies.clone()),
            receiver: self.receiver.clone(),
            inbox: Arc::clone(&self.inbox),
            webhook_limit: self.settings.limits.webhook_bytes,
            live: LiveEndpoint {
                live,
                lifecycle: self.lifecycle.clone(),
                public_url: self.settings.server.public_url.clone(),
            },
            guard,
            simulator: self.simulator.clone(),
        })
    }

    /// Starts what waits since the last run: webhooks, messages, timers, files of every business. One by one: a
    /// business without work is closed again where there are more than shall be open.
    fn wake(&self) {
        let (stores, inbox) = (Arc::clone(&self.stores), Arc::clone(&self.inbox));
        let simulated = simulated::Revival::of(self);
        tokio::task::spawn_blocking(move || {
            let all = stores.platform().view().and_then(|view| businesses::store::all(&view));
            for business in all.unwrap_or_else(|error| {
                tracing::error!(%error, "the businesses cannot be read");
                Vec::new()
            }) {
                let opened = inbox.runtime(business.id).map(|runtime| simulated.revive(&runtime.business));
                if let Err(error) = opened {
                    tracing::error!(business.id = %business.id, %error, "a business could not be opened");
                }
                if stores.surplus() > 0 {
                    let now = inbox.now();
                    inbox.rest(business.id, now.plus_millis(1), now);
                }
            }
            inbox.keep_rest();
        });
    }
}

/// What answers commands while the program does not run. Fails while it does, for then it holds the store.
pub fn offline(settings: &Settings) -> Result<(Control, Arc<Stores>), StartError> {
    let data = &settings.storage.data;
    if !Stores::lie_in(data) {
        return Err(StartError::NoData(data.clone()));
    }
    let (stores, random) = (open_stores(settings)?, Random::system());
    let keys = open_keys(settings, &stores, &random)?;
    let accounts = Accounts::new(stores.platform().clone(), &keys, &settings.accounts, random)?;
    let url = settings.server.public_url.clone().unwrap_or_else(|| local_url(settings.server.listen));
    let maintenance = Maintenance::new(Arc::clone(&stores), settings);
    Ok((Control { accounts, maintenance, clock: Clock::system(), url }, stores))
}

/// Writes the counts of what strangers do, seldom, so that they have no power over the disk.
async fn keep_counts(numbers: Arc<Numbers>) {
    loop {
        tokio::time::sleep(COUNTS).await;
        if let Err(error) = numbers.keep_rejected().await {
            tracing::error!(%error, "counts of refused webhooks are not kept");
        }
    }
}

fn open_stores(settings: &Settings) -> Result<Arc<Stores>, StoreError> {
    Stores::open(StoresOptions {
        dir: settings.storage.data.clone(),
        cache_bytes: settings.storage.cache_bytes,
        open_businesses: settings.storage.open_businesses,
        platform_schema: PLATFORM,
        business_schema: BUSINESS,
    })
}

fn local_url(address: SocketAddr) -> String {
    let ip = match address.ip() {
        ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

/// The Graph host of numbers that live in the built-in simulator.
fn simulator_base(address: SocketAddr) -> String {
    format!("{}/simulator/graph", local_url(address))
}

/// The keys that seal secrets. A new installation gets a new file; an old one without its file is refused, because a
/// new key would make every sealed secret unreadable without saying so.
fn open_keys(settings: &Settings, stores: &Stores, random: &Random) -> Result<KeyRing, StartError> {
    let key_file = &settings.storage.key_file;
    if key_file.exists() {
        return Ok(KeyRing::open(key_file)?);
    }
    if crate::accounts::store::has_users(&stores.platform().view()?)? {
        return Err(StartError::KeyFileMissing {
            key_file: key_file.clone(),
            data: settings.storage.data.clone(),
        });
    }
    Ok(KeyRing::create(key_file, random)?)
}

#[cfg(test)]
mod tests;
