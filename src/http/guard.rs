//! The guard: who may call what, declared in one place that both the check and the OpenAPI document read.
//!
//! Every operation has one line in `operations.rs`. [`Guarded`] wraps an API so that no handler runs before
//! its line was checked; it refuses to be made when an operation has no line or a line no operation, so a
//! forgotten declaration fails the tests and the start of the program, never a customer.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use beseda_wire::businesses::Role;
use beseda_wire::ids::{BusinessId, UserId};
use poem::endpoint::{BoxEndpoint, make_sync};
use poem::http::{HeaderValue, Method, header};
use poem::{Endpoint, EndpointExt, Request, Response};
use poem_openapi::OpenApi;
use poem_openapi::registry::{MetaApi, MetaOperationParam, MetaParamIn, Registry};

use super::caller::{Authenticator, BusinessCaller, PersonCaller, allows};
use super::idempotency::{self, Claimed, InFlight, Once};
use super::kinds::{self, Kind};
use super::limits;
use super::paging;
use super::problem::{Problem, Takes};
use super::schema;
use crate::clock::Clock;
use crate::store::Store;

/// The header that says in which business a person acts. Absent: the first one the person belongs to.
pub const BUSINESS_HEADER: &str = "Beseda-Business";

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Anyone, once the program is set up.
    Public,
    /// Anyone, also before the program is set up: `gate.rs` lets nothing else through then. The handler itself
    /// refuses what is over.
    Setup,
    /// Whoever is signed in.
    Person,
    /// Whoever has this role or a stronger one in the business that the request names.
    Business(Role),
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public => "anyone, without signing in",
            Self::Setup => "anyone, also before the program is set up",
            Self::Person => "anyone who is signed in",
            Self::Business(Role::Owner) => "the business's owner",
            Self::Business(Role::Admin) => "the business's owner and admins",
            Self::Business(Role::Operator) => "the business's owner, admins and operators",
            Self::Business(Role::Viewer) => "everyone in the business",
        })
    }
}

/// How large an operation's body may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodySize {
    /// What the settings say for the API.
    Usual,
    Bytes(u64),
    /// The handler streams the body and counts by itself.
    Streamed,
}

/// An operation's declaration.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    pub method: &'static str,
    /// As in the document, below `/api/v1`: `/customers/{id}`.
    pub path: &'static str,
    /// Stable name for generated clients, `snake_case`, verb first: `list_customers`.
    pub id: &'static str,
    pub who: Who,
    /// Whether `Idempotency-Key` is honoured.
    pub creating: bool,
    pub body: BodySize,
    /// The field that takes nearly all of its body, as a JSON pointer: told where the body is too large.
    pub large: &'static str,
    /// Problems it may answer with beside those that follow from the rest of its declaration.
    pub problems: &'static [Kind],
}

impl Operation {
    const fn new(method: &'static str, path: &'static str, id: &'static str, who: Who) -> Self {
        Self { method, path, id, who, creating: false, body: BodySize::Usual, large: "", problems: &[] }
    }

    /// It makes something: an `Idempotency-Key` protects it from being done twice.
    #[must_use]
    pub const fn creating(self) -> Self {
        Self { creating: true, ..self }
    }

    /// What else may be wrong, for the document.
    #[must_use]
    pub const fn problems(self, problems: &'static [Kind]) -> Self {
        Self { problems, ..self }
    }

    /// Its body may have another size, in bytes.
    #[must_use]
    pub const fn body_limit(self, bytes: u64) -> Self {
        Self { body: BodySize::Bytes(bytes), ..self }
    }

    /// Its body is one large field and a few words around it.
    #[must_use]
    pub const fn of_field(self, pointer: &'static str) -> Self {
        Self { large: pointer, ..self }
    }

    /// Its handler streams the body and counts the bytes itself.
    #[must_use]
    pub const fn streaming(self) -> Self {
        Self { body: BodySize::Streamed, ..self }
    }
}

pub const fn get(path: &'static str, id: &'static str, who: Who) -> Operation {
    Operation::new("GET", path, id, who)
}

pub const fn post(path: &'static str, id: &'static str, who: Who) -> Operation {
    Operation::new("POST", path, id, who)
}

pub const fn put(path: &'static str, id: &'static str, who: Who) -> Operation {
    Operation::new("PUT", path, id, who)
}

pub const fn patch(path: &'static str, id: &'static str, who: Who) -> Operation {
    Operation::new("PATCH", path, id, who)
}

pub const fn delete(path: &'static str, id: &'static str, who: Who) -> Operation {
    Operation::new("DELETE", path, id, who)
}

/// A table of declarations. A type and not a value, because the framework describes an API without one.
pub trait Policy: Send + Sync + 'static {
    const OPERATIONS: &'static [Operation];
}

/// What the checks need at run time.
pub struct Guard {
    authenticator: Arc<dyn Authenticator>,
    clock: Clock,
    api_body: u64,
    in_flight: InFlight,
    room: limits::Room,
}

impl Guard {
    /// `api_body` is the largest body of an ordinary operation, in bytes.
    pub fn new(authenticator: Arc<dyn Authenticator>, clock: Clock, api_body: u64) -> Arc<Self> {
        let in_flight = InFlight::default();
        Arc::new(Self { authenticator, clock, api_body, in_flight, room: limits::Room::default() })
    }

    pub fn authenticator(&self) -> &Arc<dyn Authenticator> {
        &self.authenticator
    }
}

/// An API whose every operation is checked. `P` is the table, the program's own or a test's.
pub struct Guarded<T, P> {
    api: T,
    guard: Arc<Guard>,
    policy: PhantomData<P>,
}

impl<T: OpenApi, P: Policy> Guarded<T, P> {
    /// Refuses an API and a table that do not belong together, saying how.
    pub fn new(api: T, guard: Arc<Guard>) -> Result<Self, Mismatch> {
        let faults = faults::<T>(P::OPERATIONS);
        if faults.is_empty() { Ok(Self { api, guard, policy: PhantomData }) } else { Err(Mismatch(faults)) }
    }
}

/// Where an API and its table of declarations differ.
#[derive(Debug, thiserror::Error)]
#[error("the operations and src/http/operations.rs do not belong together:\n{}", .0.join("\n"))]
pub struct Mismatch(pub Vec<String>);

/// Every operation has exactly one declaration with a name of its own, and every declaration an operation.
/// Only for somebody who is signed in can idempotency keys be kept.
pub fn faults<T: OpenApi>(declared: &[Operation]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut lines: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
    for operation in declared {
        *lines.entry((operation.path.to_owned(), operation.method.to_owned())).or_default() += 1;
        *ids.entry(operation.id).or_default() += 1;
        if operation.creating && matches!(operation.who, Who::Public | Who::Setup) {
            faults.push(format!("{} {} creates, but for nobody", operation.method, operation.path));
        }
    }
    for ((path, method), _) in lines.iter().filter(|(_, count)| **count > 1) {
        faults.push(format!("{method} {path} is declared twice"));
    }
    for (id, _) in ids.iter().filter(|(_, count)| **count > 1) {
        faults.push(format!("the name `{id}` is given to two operations"));
    }
    for path in T::meta().into_iter().flat_map(|api| api.paths) {
        for operation in path.operations {
            if lines.remove(&(path.path.clone(), operation.method.to_string())).is_none() {
                faults.push(format!("{} {} is not declared: who may call it?", operation.method, path.path));
            }
        }
    }
    faults.extend(
        lines.into_keys().map(|(path, method)| format!("{method} {path} is declared and does not exist")),
    );
    faults
}

impl<T: OpenApi, P: Policy> OpenApi for Guarded<T, P> {
    fn meta() -> Vec<MetaApi> {
        T::meta()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn add_routes(self, table: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {
        let mut routes = HashMap::new();
        self.api.add_routes(&mut routes);
        let mut takes = all_take::<T>();
        for (path, methods) in routes {
            let allowed = allowed_methods(methods.keys());
            let place = table.entry(path.clone()).or_default();
            for (method, inner) in methods {
                let key = (path.clone(), method.to_string());
                let Some(operation) = P::OPERATIONS
                    .iter()
                    .find(|operation| operation.method == key.1 && numbered(operation.path) == key.0)
                else {
                    // `new` has compared both lists; a hidden operation alone gets here, and it stays shut.
                    tracing::error!(method = key.1, path, "an operation without a declaration is not served");
                    continue;
                };
                let mut takes = takes.remove(&key).unwrap_or_default();
                takes.variables = variables(operation.path);
                takes.large = operation.large;
                let checked = Checked { inner, operation, guard: Arc::clone(&self.guard), takes };
                place.insert(method, checked.boxed());
            }
            for method in [
                Method::GET,
                Method::POST,
                Method::PUT,
                Method::PATCH,
                Method::DELETE,
                Method::OPTIONS,
                Method::TRACE,
            ] {
                let allowed = allowed.clone();
                place.entry(method).or_insert_with(|| make_sync(move |_| not_allowed(&allowed)).boxed());
            }
        }
    }
}

/// An operation behind its check.
struct Checked {
    inner: BoxEndpoint<'static>,
    operation: &'static Operation,
    guard: Arc<Guard>,
    takes: Takes,
}

impl Endpoint for Checked {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let answer = self.answer(request).await;
        Ok(answer.unwrap_or_else(|problem| match self.guard.authenticator.platform() {
            Some(store) => problem.with_failing(store).response(),
            None => problem.response(),
        }))
    }
}

impl Checked {
    async fn answer(&self, mut request: Request) -> Result<Response, Problem> {
        let authenticator = &self.guard.authenticator;
        let limit = match self.operation.body {
            BodySize::Usual => Some(self.guard.api_body),
            BodySize::Bytes(limit) => Some(limit),
            BodySize::Streamed => None,
        };
        let _held = match limit {
            Some(limit) => {
                limits::cap(&mut request, limit)
                    .map_err(|failed| Problem::of_body(failed, self.operation.large))?;
                let (body, held) = self.guard.room.count(request.take_body());
                request.set_body(body);
                Some(held)
            }
            None => None,
        };
        match self.operation.who {
            Who::Public | Who::Setup => {}
            Who::Person => {
                let person = authenticator.person(bearer(&request)?)?;
                let user = person.user_id;
                request.extensions_mut().insert(person);
                if self.operation.creating && idempotency::key(&request)?.is_some() {
                    let platform = authenticator
                        .platform()
                        .ok_or_else(|| Problem::internal(&"no store keeps a person's idempotency keys"))?
                        .clone();
                    return self.once(request, None, &platform, user, |_, _| {}).await;
                }
            }
            Who::Business(needed) => {
                let person = authenticator.person(bearer(&request)?)?;
                let (role, business) = authenticator.business(&person, wanted_business(&request)?)?;
                if !allows(role, needed) {
                    return Err(Problem::forbidden(format!("This is for {}.", self.operation.who)));
                }
                let (id, store, user) = (business.id, business.store.clone(), person.user_id);
                let caller = BusinessCaller { person, role, business, once: Once::default() };
                let answer = if self.operation.creating && idempotency::key(&request)?.is_some() {
                    let admit =
                        |request: &mut Request, once| admit(request, BusinessCaller { once, ..caller });
                    self.once(request, Some(id), &store, user, admit).await
                } else {
                    admit(&mut request, caller);
                    self.run(request).await
                };
                // Not before: a key stays taken where a write failed, which may be on the disk all the same.
                return answer.map_err(|problem| problem.with_failing(&store));
            }
        }
        self.run(request).await
    }

    /// Runs the handler once for its key, or answers as it was answered then.
    async fn once(
        &self,
        mut request: Request,
        business: Option<BusinessId>,
        store: &Store,
        user: UserId,
        admit: impl FnOnce(&mut Request, Once) + Send,
    ) -> Result<Response, Problem> {
        let Some(key) = idempotency::key(&request)? else { return self.run(request).await };
        let body = request.take_body().into_bytes().await.map_err(|error| self.refused(error.into()))?;
        let print = idempotency::print(self.operation.id, request.uri(), &body);
        request.set_body(body);
        let now = self.guard.clock.now().into();
        match self.guard.in_flight.claim(store, (business, user, key), print, now).await? {
            Claimed::Done(answer) => Ok(answer),
            Claimed::New(claim) => {
                request.extensions_mut().insert(claim.once());
                admit(&mut request, claim.once());
                let answer = self.run(request).await;
                claim.settle(store, answer).await
            }
        }
    }

    async fn run(&self, request: Request) -> Result<Response, Problem> {
        let unknown = self.takes.unknown(request.uri().query().unwrap_or_default());
        if !unknown.told.is_empty() {
            return Err(Problem::of(kinds::INVALID).mistakes(unknown));
        }
        self.inner.call(request).await.map_err(|error| self.refused(error))
    }

    fn refused(&self, error: poem::Error) -> Problem {
        Problem::from_framework(error, &self.takes)
    }
}

fn admit(request: &mut Request, caller: BusinessCaller) {
    request.extensions_mut().insert::<PersonCaller>(caller.person.clone());
    request.extensions_mut().insert(caller);
}

/// The token of `Authorization: Bearer <token>`.
pub(crate) fn bearer(request: &Request) -> Result<&str, Problem> {
    request
        .header(header::AUTHORIZATION)
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && !token.is_empty())
        .map(|(_, token)| token.trim())
        .ok_or_else(Problem::unauthorized)
}

fn wanted_business(request: &Request) -> Result<Option<BusinessId>, Problem> {
    match request.header(BUSINESS_HEADER) {
        None => Ok(None),
        // What is not an id is nobody's business.
        Some(text) => text.parse().map(Some).map_err(|_| Problem::not_found("business")),
    }
}

fn not_allowed(allowed: &HeaderValue) -> Response {
    let listed = allowed.to_str().unwrap_or_default();
    Problem::of(kinds::METHOD)
        .detail(format!("This address takes {listed}."))
        .header(header::ALLOW, allowed.clone())
        .response()
}

fn allowed_methods<'m>(methods: impl Iterator<Item = &'m Method>) -> HeaderValue {
    let mut names: Vec<&str> = methods.map(Method::as_str).collect();
    if names.contains(&"GET") {
        names.push("HEAD");
    }
    names.sort_unstable();
    HeaderValue::from_str(&names.join(", ")).unwrap_or(HeaderValue::from_static("GET"))
}

/// What each operation takes, by its route and method.
fn all_take<T: OpenApi>() -> HashMap<(String, String), Takes> {
    let mut all = HashMap::new();
    let mut registry = Registry::new();
    T::register(&mut registry);
    for path in T::meta().into_iter().flat_map(|api| api.paths) {
        for operation in path.operations {
            let bodies = operation.request.iter().flat_map(|request| &request.content);
            let media_types =
                bodies.map(|body| body.content_type.split(';').next().unwrap_or_default()).collect();
            let key = (numbered(&path.path), operation.method.to_string());
            let is_list = operation.params.iter().any(|one| one.name == paging::CURSOR);
            let must = |one: &MetaOperationParam| {
                // The type of a list's `limit` takes more than a page may have.
                let is_limit = is_list && one.name == paging::LIMIT;
                if is_limit { Some(paging::limit_must()) } else { schema::parameter(&one.schema, &registry) }
            };
            let parameters =
                operation.params.iter().filter_map(|one| Some((one.name.clone(), must(one)?))).collect();
            let queries = operation.params.iter().filter(|one| one.in_type == MetaParamIn::Query);
            let queries = queries.map(|one| one.name.clone()).collect();
            all.insert(key, Takes { media_types, parameters, queries, ..Takes::default() });
        }
    }
    all
}

/// The names between braces.
fn variables(path: &'static str) -> Vec<&'static str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect()
}

/// The document names a path's variables, the router numbers them: `/customers/{id}` is `/customers/:param0`.
fn numbered(path: &str) -> String {
    let mut count = 0;
    let parts = path.split('/').map(|part| {
        if part.starts_with('{') {
            count += 1;
            format!(":param{}", count - 1)
        } else {
            part.to_owned()
        }
    });
    parts.collect::<Vec<_>>().join("/")
}
