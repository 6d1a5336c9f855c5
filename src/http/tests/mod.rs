//! The kernel's HTTP seen from outside: a sample API behind the guard and the edge.

mod guarding;
mod idempotency;
mod problems;
mod serving;
mod whole;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use beseda_wire::accounts::Locale;
use beseda_wire::businesses::{NewBusiness, Role};
use beseda_wire::ids::{BusinessId, SessionId, UserId};
use beseda_wire::page::Problem as ProblemBody;
use beseda_wire::time::Time;
use poem::http::{Method, StatusCode};
use poem::{Endpoint, IntoEndpoint, Request, Response, Route};
use poem_openapi::param::{Path, Query};
use poem_openapi::{OpenApi, OpenApiService};
use tempfile::TempDir;
use uuid::Uuid;

use super::caller::{Authenticator, BusinessCaller, Denied, PersonCaller};
use super::client_ip::TrustedProxies;
use super::edge::Edge;
use super::guard::{Guard, Guarded, Operation, Policy, Who, get, post};
use super::json::{Created, Json, NoContent};
use super::problem::Problem;
use crate::clock::Clock;
use crate::store::{BusinessStore, Schema, Stores, StoresOptions, Table};

pub const ROWS: Table<u32, String> = Table::new(1_000, "rows");

pub fn business_id(number: u128) -> BusinessId {
    BusinessId::from_uuid(Uuid::from_u128(number))
}

pub fn open_stores(dir: &TempDir) -> Arc<Stores> {
    let schema = |what| Schema { what, migrations: &[] };
    Stores::open(StoresOptions {
        dir: dir.path().to_owned(),
        cache_bytes: 8 << 20,
        open_businesses: 4,
        platform_schema: schema("the platform store"),
        business_schema: schema("a business"),
    })
    .unwrap()
}

/// Tokens are `<name>` or `<name>@<role>`; everybody belongs to business 1, "both" to business 2 as well.
pub struct Doorman {
    pub ready: AtomicBool,
    /// Every sign-in has ended.
    pub revoked: AtomicBool,
    pub stores: Arc<Stores>,
}

impl Doorman {
    pub fn new(stores: Arc<Stores>) -> Self {
        Self { ready: AtomicBool::new(true), revoked: AtomicBool::new(false), stores }
    }

    pub fn store(&self, number: u128) -> Arc<BusinessStore> {
        self.stores.business(business_id(number), Time::from_millis(0)).unwrap()
    }
}

impl Authenticator for Doorman {
    fn person(&self, token: &str) -> Result<PersonCaller, Denied> {
        let name = token.split('@').next().unwrap_or_default();
        if name == "nobody" || self.revoked.load(Ordering::Relaxed) {
            return Err(Denied::Token);
        }
        let number = name.bytes().fold(7, |sum, byte| sum * 31 + u128::from(byte));
        Ok(PersonCaller {
            user_id: UserId::from_uuid(Uuid::from_u128(number)),
            name: token.to_owned(),
            locale: Locale::En,
            session_id: SessionId::from_uuid(Uuid::from_u128(number)),
            expires_at: Time::from_millis(i64::MAX),
        })
    }

    fn business(
        &self,
        person: &PersonCaller,
        wanted: Option<BusinessId>,
    ) -> Result<(Role, Arc<BusinessStore>), Denied> {
        let role = match person.name.split_once('@').map(|(_, role)| role) {
            Some("owner") => Role::Owner,
            Some("admin") => Role::Admin,
            Some("operator") => Role::Operator,
            _ => Role::Viewer,
        };
        let wanted = wanted.unwrap_or(business_id(1));
        let belongs =
            wanted == business_id(1) || (wanted == business_id(2) && person.name.starts_with("both"));
        if belongs {
            Ok((role, self.stores.business(wanted, Time::from_millis(0))?))
        } else {
            Err(Denied::NoBusiness)
        }
    }

    fn platform(&self) -> Option<&crate::store::Store> {
        Some(self.stores.platform())
    }

    fn set_up(&self) -> bool {
        self.ready.load(Ordering::Relaxed)
    }
}

/// What the sample API did.
#[derive(Default)]
pub struct Done {
    pub made: AtomicUsize,
}

pub struct Sample(pub Arc<Done>);

#[OpenApi]
impl Sample {
    #[oai(path = "/open", method = "get")]
    async fn open(&self) -> Json<String> {
        Json("open".to_owned())
    }

    #[oai(path = "/setup", method = "get")]
    async fn setup(&self) -> NoContent {
        NoContent
    }

    #[oai(path = "/me", method = "get")]
    async fn me(&self, caller: PersonCaller) -> Json<String> {
        Json(caller.name)
    }

    #[oai(path = "/lists", method = "post")]
    async fn make_list(&self, caller: PersonCaller) -> Created<String> {
        let count = self.0.made.fetch_add(1, Ordering::Relaxed) + 1;
        Created(format!("{} {count}", caller.name))
    }

    /// Reads a row.
    #[oai(path = "/rows/:number/text", method = "get")]
    async fn row(&self, caller: BusinessCaller, number: Path<u32>) -> Result<Json<String>, Problem> {
        let found = ROWS.get(&caller.business.store.view()?, &number)?;
        found.map(Json).ok_or_else(|| Problem::not_found("row"))
    }

    #[oai(path = "/rows/:number/text", method = "put")]
    async fn write_row(
        &self,
        caller: BusinessCaller,
        number: Path<u32>,
        text: Json<String>,
    ) -> Result<NoContent, Problem> {
        let number = *number;
        caller.business.store.write(move |tx| ROWS.put(tx, &number, &text.0)).await?;
        Ok(NoContent)
    }

    /// Makes something; `fail` says how it shall go wrong, `exact` records the answer with the effect.
    #[oai(path = "/things", method = "post")]
    async fn make(
        &self,
        caller: BusinessCaller,
        thing: Json<NewBusiness>,
        fail: Query<Option<String>>,
        exact: Query<Option<bool>>,
    ) -> Result<Created<String>, Problem> {
        match fail.as_deref() {
            Some("conflict") => return Err(Problem::conflict("taken")),
            Some("panic") => panic!("as ordered"),
            _ => {}
        }
        let name = thing.0.name.clone();
        if exact.unwrap_or_default() {
            let once = caller.once.clone();
            caller
                .business
                .store
                .write::<_, crate::store::StoreError, _>(move |tx| {
                    ROWS.put(tx, &0, &name)?;
                    once.record(tx, StatusCode::CREATED, &name)
                })
                .await?;
        }
        let count = self.0.made.fetch_add(1, Ordering::Relaxed) + 1;
        Ok(Created(format!("{} {count}", thing.0.name)))
    }

    #[oai(path = "/forgetful", method = "get")]
    async fn forgetful(&self, _caller: BusinessCaller) -> NoContent {
        NoContent
    }
}

pub struct Table1;

impl Policy for Table1 {
    const OPERATIONS: &'static [Operation] = &[
        get("/open", "open", Who::Public),
        get("/setup", "setup", Who::Setup),
        get("/me", "me", Who::Person),
        get("/rows/{number}/text", "get_row", Who::Business(Role::Viewer)),
        super::guard::put("/rows/{number}/text", "put_row", Who::Business(Role::Admin))
            .body_limit(64)
            .of_field("/text"),
        post("/lists", "make_list", Who::Person).creating(),
        post("/things", "make_thing", Who::Business(Role::Operator))
            .creating()
            .problems(&[super::kinds::WINDOW_CLOSED]),
        get("/forgetful", "forgetful", Who::Person),
    ];
}

/// A whole program of sample operations.
pub struct Program<E> {
    pub endpoint: E,
    pub doorman: Arc<Doorman>,
    pub done: Arc<Done>,
    pub clock: Clock,
    _dir: TempDir,
}

pub fn program() -> Program<impl Endpoint<Output = Response>> {
    let dir = tempfile::tempdir().unwrap();
    let doorman = Arc::new(Doorman::new(open_stores(&dir)));
    let clock = Clock::manual("2026-11-01T10:00:00Z".parse().unwrap());
    let guard = Guard::new(Arc::clone(&doorman) as Arc<dyn Authenticator>, clock.clone(), 1 << 20);
    let done = Arc::new(Done::default());
    let api = Guarded::<_, Table1>::new(Sample(Arc::clone(&done)), guard).unwrap();
    let routes = Route::new().nest("/api/v1", OpenApiService::new(api, "sample", "1").into_endpoint());
    Program {
        endpoint: Edge::new(routes, TrustedProxies::default(), Arc::default()),
        doorman,
        done,
        clock,
        _dir: dir,
    }
}

/// An answer as a test looks at it.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: poem::http::HeaderMap,
    pub body: String,
}

impl Answer {
    /// The problem, after checking that it is one in every respect.
    pub fn problem(&self) -> ProblemBody {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{self:?}");
        let problem: ProblemBody = serde_json::from_str(&self.body).unwrap();
        assert_eq!(problem.status, self.status.as_u16());
        assert!(super::kinds::ALL.iter().any(|kind| kind.uri() == problem.kind), "{problem:?}");
        problem
    }

    pub fn kind(&self) -> String {
        self.problem().kind
    }
}

impl<E: Endpoint<Output = Response>> Program<E> {
    pub async fn call(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path.parse().unwrap());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = self.endpoint.call(request.body(body.to_owned())).await.unwrap();
        let body = response.take_body().into_string().await.unwrap();
        Answer { status: response.status(), headers: response.headers().clone(), body }
    }

    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.call(Method::GET, path, &[("authorization", &format!("Bearer {token}"))], "").await
    }
}
