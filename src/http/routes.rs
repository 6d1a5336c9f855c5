//! Which domains the program's routes are made of. The only file of `http` that names them.

use std::sync::Arc;

use beseda_wire::businesses::Role;
use poem::endpoint::BoxEndpoint;
use poem::{Endpoint, EndpointExt, Request, Response, Route};

use super::caller::{Authenticator, allows};
use super::client_ip::TrustedProxies;
use super::edge::{Edge, OwnShape};
use super::guard::{Gate as Gated, Guard, Mismatch, bearer};
use super::health::Health;
use super::lifecycle::Lifecycle;
use super::live::LiveEndpoint;
use super::metrics::Metrics;
use super::openapi;
use super::operations::Declared;
use super::problem::Problem;
use super::program::{Parts, program};
use crate::accounts::api::AccountsApi;
use crate::bots::api::BotsApi;
use crate::businesses::api::BusinessesApi;
use crate::conversations::api::ConversationsApi;
use crate::crypto::Secret;
use crate::customers::api::CustomersApi;
use crate::inbox::api::InboxApi;
use crate::inbox::callback::{self, Receiver};
use crate::whatsapp::numbers::Channels;
use crate::whatsapp::numbers::api::NumbersApi;
use crate::whatsapp::simulator::{CONTROLS, GRAPH, Simulator};

/// Every domain's operations, in the order of the document. Tuples hold up to 16; nest them for more.
pub type Api = (AccountsApi, BusinessesApi, CustomersApi, NumbersApi, ConversationsApi, BotsApi, InboxApi);

/// All routes, with their outermost layer.
pub type Program = Edge<Route>;

/// What the routes stand on.
pub struct Routes {
    pub api: Api,
    pub guard: Arc<Guard>,
    pub health: Health,
    pub metrics: Arc<Metrics>,
    pub metrics_token: Option<Secret>,
    pub proxies: TrustedProxies,
    pub receiver: Receiver,
    /// Bytes of a webhook at most.
    pub webhook_limit: u64,
    pub live: LiveEndpoint,
    pub simulator: Simulator,
    pub channels: Channels,
}

/// The API's document, as `beseda openapi` prints it and `docs/openapi.json` holds it.
pub fn openapi_json() -> String {
    openapi::document::<Api, Declared>()
}

/// All routes of the program. Fails when an operation is not declared.
pub fn all(routes: Routes) -> Result<Program, Mismatch> {
    let gated = |(path, endpoint)| (path, Gated::new(endpoint, Arc::clone(&routes.guard)).boxed());
    let callbacks = callback::api::routes(&routes.receiver, routes.webhook_limit);
    let mut others: Vec<(&'static str, BoxEndpoint<'static>)> = callbacks.into_iter().map(gated).collect();
    others.push(("/live", routes.live.boxed()));
    let gate = Gate {
        inner: routes.simulator.control_routes().boxed(),
        authenticator: Arc::clone(routes.guard.authenticator()),
        channels: routes.channels,
        lifecycle: routes.health.lifecycle.clone(),
    };
    program::<Api, Declared>(Parts {
        api: routes.api,
        guard: routes.guard,
        health: routes.health,
        metrics: routes.metrics,
        metrics_token: routes.metrics_token,
        proxies: routes.proxies,
        others,
        nested: vec![
            // Who calls it shows the token of a simulated number, as at Meta.
            (GRAPH, meta_shaped(routes.simulator.graph_routes().map_to_response())),
            (CONTROLS, gate.boxed()),
        ],
    })
}

/// The simulator answers as Meta does, errors too.
fn meta_shaped(graph: impl Endpoint<Output = Response> + 'static) -> BoxEndpoint<'static> {
    let mark = |answer: poem::Result<Response>| async {
        answer.map(|mut response| {
            response.extensions_mut().insert(OwnShape);
            response
        })
    };
    graph.after(mark).boxed()
}

/// The simulator's controls behind the sign-in: what is below a number is for the people of its business, and the
/// files to send are for everyone. What concerns the simulator as a whole would reach into every business, so it is
/// for simulators that run by themselves.
struct Gate {
    inner: BoxEndpoint<'static>,
    authenticator: Arc<dyn Authenticator>,
    channels: Channels,
    lifecycle: Lifecycle,
}

impl Endpoint for Gate {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        match self.admit(&request) {
            // A look at a chat waits for what comes next, and must not hold up the end.
            Ok(()) => tokio::select! {
                answer = self.inner.call(request) => answer,
                () = self.lifecycle.stopping() => Ok(Problem::unavailable(1).response()),
            },
            Err(problem) => Ok(problem.response()),
        }
    }
}

impl Gate {
    fn admit(&self, request: &Request) -> Result<(), Problem> {
        let person = self.authenticator.person(bearer(request)?)?;
        let path = request.uri().path().trim_start_matches('/');
        let (first, rest) = path.split_once('/').unwrap_or((path, ""));
        let number = match first {
            "samples" | "files" => return Ok(()),
            // Where its webhooks go is the program's to say: elsewhere they would be requests on somebody's order.
            "numbers" if rest.split('/').nth(1).is_some_and(|rest| matches!(rest, "callback" | "verify")) => {
                return Err(Problem::not_found("control"));
            }
            "numbers" => rest.split('/').next().unwrap_or_default(),
            _ => return Err(Problem::not_found("control")),
        };
        let missing = || Problem::not_found("number");
        let channel = self.channels.get(number).ok_or_else(missing)?;
        let (role, _) = self.authenticator.business(&person, Some(channel.business))?;
        if allows(role, Role::Operator) { Ok(()) } else { Err(missing()) }
    }
}
