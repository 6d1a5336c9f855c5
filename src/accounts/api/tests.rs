//! Setting up, signing in and one's own account, as a browser sees them.

use beseda_wire::businesses::Role;
use beseda_wire::ids::BusinessId;
use jiff::SignedDuration;
use poem::http::{Method, StatusCode};
use poem::{Endpoint, EndpointExt, IntoEndpoint, Response, Route};
use poem_openapi::OpenApiService;
use serde_json::{Value, json};

use super::*;
use crate::accounts::tests::{Founder, PASSWORD};
use crate::config::Settings;
use crate::crypto::{KeyRing, Random};
use crate::http::caller::{Authenticator, Denied};
use crate::http::client_ip::TrustedProxies;
use crate::http::edge::Edge;
use crate::http::gate::Gate;
use crate::http::guard::{Guard, Guarded, Operation, Policy};
use crate::http::operations::OPERATIONS;
use crate::store::{BusinessStore, Schema, StoresOptions};

/// The first lines of the program's table, which are ours.
struct Ours;

impl Policy for Ours {
    const OPERATIONS: &'static [Operation] = OPERATIONS.split_at(13).0;
}

struct Doors(Accounts, Clock);

impl Authenticator for Doors {
    fn person(&self, token: &str) -> Result<PersonCaller, Denied> {
        let person = self.0.person(token, self.1.now().into()).map_err(|_| Denied::Token)?;
        Ok(PersonCaller {
            user_id: person.user,
            name: person.name,
            locale: person.locale,
            session_id: person.session,
            expires_at: person.expires_at,
        })
    }

    fn business(
        &self,
        _: &PersonCaller,
        _: Option<BusinessId>,
    ) -> Result<(Role, Arc<BusinessStore>), Denied> {
        Err(Denied::NoBusiness)
    }

    fn set_up(&self) -> bool {
        self.0.is_set_up()
    }
}

struct World {
    endpoint: poem::endpoint::BoxEndpoint<'static>,
    accounts: Accounts,
    clock: Clock,
    _folder: tempfile::TempDir,
}

struct Answer {
    status: StatusCode,
    body: Value,
    /// The whole `Set-Cookie` line.
    set_cookie: Option<String>,
}

impl Answer {
    fn kind(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default()
    }

    fn token(&self) -> String {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body["access_token"].as_str().unwrap().to_owned()
    }

    fn cookie(&self) -> String {
        self.set_cookie.as_ref().unwrap().split(';').next().unwrap().to_owned()
    }
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let schema = |what| Schema { what, migrations: &[] };
        let stores = Stores::open(StoresOptions {
            dir: folder.path().to_owned(),
            cache_bytes: 8 << 20,
            open_businesses: 1,
            platform_schema: schema("the platform store"),
            business_schema: schema("a business"),
        })
        .unwrap();
        let random = Random::seeded(1);
        let keys = KeyRing::ephemeral(&random);
        let settings = Settings::for_data(&folder.path().join("data")).unwrap();
        let accounts = Accounts::new(stores.platform().clone(), &keys, &settings.accounts, random).unwrap();
        let clock = Clock::manual("2026-11-23T10:00:00Z".parse().unwrap());
        let doors: Arc<dyn Authenticator> = Arc::new(Doors(accounts.clone(), clock.clone()));
        let guard = Guard::new(Arc::clone(&doors), clock.clone(), 1 << 20);
        let api = AccountsApi {
            accounts: accounts.clone(),
            businesses: Arc::new(Founder),
            stores,
            clock: clock.clone(),
        };
        let api = Guarded::<_, Ours>::new(api, guard).unwrap();
        let routes = Route::new().nest("/api/v1", OpenApiService::new(api, "test", "1").into_endpoint());
        let proxies = TrustedProxies::new(vec!["127.0.0.1/32".parse().unwrap()]);
        let endpoint = Edge::new(Gate::new(routes, doors, Ours::OPERATIONS), proxies, Arc::default()).boxed();
        Self { endpoint, accounts, clock, _folder: folder }
    }

    async fn set_up() -> Self {
        let world = Self::new();
        let link = world.accounts.setup_link(world.clock.now().into()).await.unwrap().unwrap();
        let answer = world.post("/setup", &setup(link.token.expose()), &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        world
    }

    async fn call(&self, method: Method, path: &str, headers: &[(&str, &str)], body: String) -> Answer {
        let mut request = poem::Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}").parse().unwrap())
            .header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response: Response = self.endpoint.call(request.body(body)).await.unwrap();
        let body = response.take_body().into_string().await.unwrap();
        Answer {
            status: response.status(),
            body: serde_json::from_str(&body).unwrap_or_default(),
            set_cookie: response.header("set-cookie").map(str::to_owned),
        }
    }

    async fn post(&self, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        self.call(Method::POST, path, headers, body.to_string()).await
    }

    async fn login(&self) -> Answer {
        self.post("/auth/login", &json!({"email": "anna@example.com", "password": PASSWORD}), &[]).await
    }

    async fn get(&self, path: &str, token: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        self.call(Method::GET, path, &[("authorization", &bearer)], String::new()).await
    }
}

fn setup(token: &str) -> Value {
    json!({
        "token": token, "email": "anna@example.com", "password": PASSWORD, "name": "Anna",
        "business_name": "Flowers", "locale": "en", "time_zone": "Europe/Moscow",
    })
}

#[test]
fn the_table_begins_with_our_operations() {
    assert!(Ours::OPERATIONS.iter().all(|operation| {
        ["/setup", "/auth/", "/users/me"].iter().any(|start| operation.path.starts_with(start))
    }));
    assert!(crate::http::guard::faults::<AccountsApi>(Ours::OPERATIONS).is_empty());
}

#[tokio::test]
async fn setup_works_once_and_signs_the_owner_in() {
    let world = World::new();
    let state = world.call(Method::GET, "/setup", &[], String::new()).await;
    assert_eq!((&state.body["needed"], state.body["free_mb"].as_u64() > Some(0)), (&json!(true), true));
    assert_eq!(world.login().await.kind(), "/problems/setup-needed");
    assert_eq!(world.post("/setup", &setup("guess"), &[]).await.kind(), "/problems/setup-link-expired");

    let link = world.accounts.setup_link(world.clock.now().into()).await.unwrap().unwrap();
    let mut wrong = setup(link.token.expose());
    wrong["password"] = json!("short");
    let refused = world.post("/setup", &wrong, &[]).await;
    assert_eq!(
        (refused.status.as_u16(), refused.body["errors"][0]["pointer"].as_str()),
        (400, Some("/password"))
    );

    let answer = world.post("/setup", &setup(link.token.expose()), &[]).await;
    let me = world.get("/users/me", &answer.token()).await;
    assert_eq!((&me.body["email"], &me.body["name"]), (&json!("anna@example.com"), &json!("Anna")));
    assert!(answer.cookie().len() > 60);
    let again = world.post("/setup", &setup(link.token.expose()), &[]).await;
    assert_eq!((again.status.as_u16(), again.kind()), (410, "/problems/setup-link-expired"));
    let state = world.call(Method::GET, "/setup", &[], String::new()).await;
    assert_eq!((&state.body["needed"], &state.body["free_mb"]), (&json!(false), &json!(0)));
}

#[tokio::test]
async fn the_cookie_is_for_us_alone() {
    let world = World::set_up().await;
    let plain = world.login().await.set_cookie.unwrap();
    let attributes: Vec<&str> = plain.split("; ").skip(1).collect();
    assert_eq!(attributes, ["Path=/api/v1/auth", "Max-Age=2592000", "HttpOnly", "SameSite=Strict"]);
    let login = json!({"email": "anna@example.com", "password": PASSWORD});
    let tls = world.post("/auth/login", &login, &[("x-forwarded-proto", "https")]).await.set_cookie.unwrap();
    assert!(tls.ends_with("; SameSite=Strict; Secure"), "{tls}");
    assert!(plain.starts_with(&format!("beseda-{}=", world.accounts.installation())));
}

#[tokio::test]
async fn a_sign_in_is_continued_by_its_cookie_and_ended_by_reuse() {
    let world = World::set_up().await;
    let first = world.login().await;
    world.clock.advance(SignedDuration::from_mins(16));
    assert_eq!(world.get("/users/me", &first.token()).await.status, 401);

    let others = format!("theme=dark; {}; beseda-00000000=other", first.cookie());
    let second = world.post("/auth/refresh", &json!(null), &[("cookie", &others)]).await;
    assert_eq!(world.get("/users/me", &second.token()).await.status, 200);
    assert_ne!(second.cookie(), first.cookie());

    world.clock.advance(SignedDuration::from_mins(1));
    let reused = world.post("/auth/refresh", &json!(null), &[("cookie", &first.cookie())]).await;
    assert_eq!((reused.status.as_u16(), reused.kind()), (401, "/problems/unauthorized"));
    assert!(reused.set_cookie.unwrap().contains("Max-Age=0"));
    assert_eq!(world.get("/users/me", &second.token()).await.status, 401);
    assert_eq!(world.post("/auth/refresh", &json!(null), &[]).await.status, 401);
}

#[tokio::test]
async fn failures_are_alike_and_end_in_a_wait() {
    let world = World::set_up().await;
    let mut told = Vec::new();
    for email in ["anna@example.com", "nobody@example.com"] {
        for _ in 0..6 {
            let login = json!({"email": email, "password": "a wrong password"});
            let answer = world.post("/auth/login", &login, &[]).await;
            told.push((answer.status.as_u16(), answer.body));
        }
    }
    let (known, unknown) = told.split_at(6);
    assert_eq!(known, unknown);
    assert_eq!(known[4].0, 401);
    assert_eq!(known[4].1["type"], "/problems/sign-in-failed");
    assert_eq!((known[5].0, &known[5].1["retry_after"]), (429, &json!(15)));
}

#[tokio::test]
async fn devices_are_listed_and_signed_out() {
    let world = World::set_up().await;
    let (here, there) = (world.login().await, world.login().await);
    let listed = world.get("/auth/sessions", &here.token()).await;
    let sessions = listed.body["items"].as_array().unwrap();
    assert_eq!(sessions.len(), 3, "and the one of the setup");
    let current: Vec<_> = sessions.iter().filter(|session| session["current"] == true).collect();
    assert_eq!(current.len(), 1);

    let bearer = format!("Bearer {}", here.token());
    let own = [("authorization", bearer.as_str())];
    for session in sessions.iter().filter(|session| session["current"] == false) {
        let path = format!("/auth/sessions/{}", session["id"].as_str().unwrap());
        assert_eq!(world.call(Method::DELETE, &path, &own, String::new()).await.status, 204);
        assert_eq!(world.call(Method::DELETE, &path, &own, String::new()).await.status, 404);
    }
    assert_eq!(world.get("/users/me", &there.token()).await.status, 401);

    let out = world.post("/auth/logout", &json!(null), &[("cookie", &here.cookie())]).await;
    assert_eq!(out.status, 204);
    assert!(out.set_cookie.unwrap().contains("=; Path=/api/v1/auth; Max-Age=0"));
    assert_eq!(world.get("/users/me", &here.token()).await.status, 401);
    assert_eq!(world.post("/auth/logout", &json!(null), &[]).await.status, 204);
}

#[tokio::test]
async fn an_access_token_signs_out_without_the_cookie() {
    let world = World::set_up().await;
    let (here, there) = (world.login().await, world.login().await);
    let bearer = format!("Bearer {}", here.token());
    for _ in 0..2 {
        let out = world.post("/auth/logout", &json!(null), &[("authorization", &bearer)]).await;
        assert_eq!(out.status, 204, "who is out already is out in any case");
    }
    assert_eq!(world.get("/users/me", &here.token()).await.status, 401);
    let refreshed = world.post("/auth/refresh", &json!(null), &[("cookie", &here.cookie())]).await;
    assert_eq!(refreshed.status, 401);
    assert_eq!(world.get("/users/me", &there.token()).await.status, 200, "another device stays");
    let nonsense = world.post("/auth/logout", &json!(null), &[("authorization", "Bearer nonsense")]).await;
    assert_eq!(nonsense.status, 204);
}

#[tokio::test]
async fn an_expired_setup_address_stays_expired_when_the_clock_goes_back() {
    let world = World::new();
    let made_at = world.clock.now();
    let link = world.accounts.setup_link(made_at.into()).await.unwrap().unwrap();
    world.clock.advance(SignedDuration::from_secs(1_801));
    assert_eq!(world.post("/setup", &setup(link.token.expose()), &[]).await.status, 410);
    world.clock.advance(SignedDuration::from_secs(-1_801));
    let answer = world.post("/setup", &setup(link.token.expose()), &[]).await;
    assert_eq!((answer.status.as_u16(), answer.kind()), (410, "/problems/setup-link-expired"));
    let newer = world.accounts.setup_link(made_at.into()).await.unwrap().unwrap();
    assert_eq!(world.post("/setup", &setup(newer.token.expose()), &[]).await.status, 200);
}

#[tokio::test]
async fn a_person_changes_password_and_profile() {
    let world = World::set_up().await;
    let token = world.login().await.token();
    let bearer = format!("Bearer {token}");
    let own = [("authorization", bearer.as_str())];
    let change = |current: &str, new: &str| json!({"current": current, "new": new});

    let wrong = world.post("/auth/password", &change("not my password", "another blue car"), &own).await;
    assert_eq!((wrong.status.as_u16(), &wrong.body["errors"][0]["pointer"]), (400, &json!("/current")));
    let weak = world.post("/auth/password", &change(PASSWORD, "1234567890"), &own).await;
    assert_eq!((weak.status.as_u16(), &weak.body["errors"][0]["pointer"]), (400, &json!("/new")));
    assert_eq!(world.post("/auth/password", &change(PASSWORD, "another blue car"), &own).await.status, 204);
    assert_eq!(world.login().await.kind(), "/problems/sign-in-failed");

    let body = json!({"name": "Анна", "locale": "ru"}).to_string();
    let changed = world.call(Method::PATCH, "/users/me", &own, body).await;
    assert_eq!((&changed.body["name"], &changed.body["locale"]), (&json!("Анна"), &json!("ru")));
    let refused = world.call(Method::PATCH, "/users/me", &own, r#"{"locale":"de"}"#.into()).await;
    assert_eq!(refused.body["errors"][0]["pointer"], "/locale");
}
