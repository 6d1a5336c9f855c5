//! All routes of the program in one place, around whatever API it is given.

use std::sync::Arc;

use poem::endpoint::{BoxEndpoint, make_sync};
use poem::http::{StatusCode, header};
use poem::{Endpoint, EndpointExt, IntoEndpoint, Request, Response, Route, get};
use poem_openapi::{OpenApi, OpenApiService};

use super::assets;
use super::client_ip::TrustedProxies;
use super::edge::Edge;
use super::gate::Gate;
use super::guard::{Guard, Guarded, Mismatch, Policy};
use super::health::{Health, healthz, readyz};
use super::json::CONTENT_TYPE;
use super::methods::{READ, taking};
use super::metrics::{Metrics, MetricsAccess, read_metrics};
use super::openapi::{self, BASE};
use super::shortcut::Shortcut;
use crate::crypto::Secret;

/// What the program is made of. `T` is the API, a tuple of the domains' own.
pub struct Parts<T> {
    pub api: T,
    pub guard: Arc<Guard>,
    pub health: Health,
    pub metrics: Arc<Metrics>,
    pub metrics_token: Option<Secret>,
    pub proxies: TrustedProxies,
    /// Takes a flood past the routes: WhatsApp's callbacks.
    pub shortcut: Option<Shortcut>,
    /// Routes outside the API, with their paths: WhatsApp's callbacks, the live socket.
    pub others: Vec<(&'static str, BoxEndpoint<'static>)>,
    /// Whole trees of routes, with their prefixes: the simulator.
    pub nested: Vec<(&'static str, BoxEndpoint<'static>)>,
}

/// Puts everything together. Fails when an operation is not declared.
pub fn program<T, P>(parts: Parts<T>) -> Result<Edge<Gate<Route>>, Mismatch>
where
    T: OpenApi + 'static,
    P: Policy,
{
    let Parts { api, guard, health, metrics, metrics_token, proxies, shortcut, others, nested } = parts;
    metrics.watch(&health.stores);
    let described = kept_by_its_tag(openapi::document::<T, P>().into(), CONTENT_TYPE);
    let flows = kept_by_its_tag(beseda_flow::JSON_SCHEMA.into(), "application/schema+json");
    let doors = Arc::clone(guard.authenticator());
    let api = OpenApiService::new(Guarded::<T, P>::new(api, guard)?, "Beseda", "1").into_endpoint();
    let mut routes = Route::new()
        .at(format!("{BASE}/openapi.json"), taking(READ, get(described)))
        .at(format!("{BASE}/flow.schema.json"), taking(READ, get(flows)))
        .nest(BASE, api)
        .nest("/api/docs", assets::docs())
        .at("/api", taking(READ, get(make_sync(|_| moved("/api/docs")))))
        .at("/problems/:slug", taking(READ, get(make_sync(|request| moved(&problem_page(&request))))))
        .at("/healthz", taking(READ, get(healthz)))
        .at("/readyz", taking(READ, get(readyz.data(health))))
        .at(
            "/metrics",
            taking(
                READ,
                get(read_metrics.data(Arc::clone(&metrics)).data(MetricsAccess { token: metrics_token })),
            ),
        );
    for (path, endpoint) in others {
        routes = routes.at(path, endpoint);
    }
    for (prefix, endpoint) in nested {
        routes = routes.nest(prefix, endpoint);
    }
    let shortcut = shortcut.map(|it| it.around(|taken| Gate::new(taken, Arc::clone(&doors), P::OPERATIONS)));
    let gate = Gate::new(routes.nest("/", assets::interface()), doors, P::OPERATIONS);
    Ok(Edge::new(gate, proxies, metrics).with(shortcut))
}

/// A document that changes only with the program, so a reader keeps it by its tag.
fn kept_by_its_tag(document: Arc<str>, media_type: &'static str) -> impl Endpoint<Output = Response> {
    let tag = format!("\"{}\"", crate::crypto::hex(&crate::crypto::sha256(document.as_bytes())[..12]));
    make_sync(move |request: Request| {
        let answer = Response::builder().header(header::ETAG, &tag).header(header::CACHE_CONTROL, "no-cache");
        if request.header(header::IF_NONE_MATCH) == Some(tag.as_str()) {
            return answer.status(StatusCode::NOT_MODIFIED).finish();
        }
        answer.content_type(media_type).body(document.to_string())
    })
}

/// A problem's `type` is an address: it leads to what the type means.
fn problem_page(request: &Request) -> String {
    let slug = request.uri().path().rsplit('/').next().unwrap_or_default();
    format!("/api/docs#problem-{slug}")
}

fn moved(to: &str) -> Response {
    Response::builder().status(StatusCode::SEE_OTHER).header(header::LOCATION, to).finish()
}
