//! Which domains the program's routes are made of. The only file of `http` that names them.

use std::sync::Arc;

use poem::endpoint::BoxEndpoint;
use poem::{Endpoint, EndpointExt, Response, Route};

use super::client_ip::TrustedProxies;
use super::edge::{Edge, OwnShape};
use super::gate::Gate as BeforeSetup;
use super::guard::{Guard, Mismatch};
use super::health::Health;
use super::live::LiveEndpoint;
use super::metrics::Metrics;
use super::openapi;
use super::operations::Declared;
use super::program::{Parts, program};
use crate::accounts::api::AccountsApi;
use crate::bots::api::BotsApi;
use crate::bots::connections::api::ConnectionsApi;
use crate::bots::phone_trials::api::PhoneTrialsApi;
use crate::businesses::api::BusinessesApi;
use crate::conversations::api::ConversationsApi;
use crate::crypto::Secret;
use crate::customers::api::CustomersApi;
use crate::inbox::api::InboxApi;
use crate::inbox::callback::{self, Receiver};
use crate::inbox::runs::api::RunsApi;
use crate::inbox::trials::api::TrialsApi;
use crate::inbox::{Inbox, hooks};
use crate::whatsapp::numbers::api::NumbersApi;
use crate::whatsapp::simulator::inside::api::SimulatorApi;
use crate::whatsapp::simulator::{GRAPH, Simulator};

/// Every domain's operations, in the order of the document. Tuples hold up to 16; nest them for more.
pub type Api = (
    AccountsApi,
    BusinessesApi,
    CustomersApi,
    NumbersApi,
    ConversationsApi,
    (BotsApi, PhoneTrialsApi),
    ConnectionsApi,
    InboxApi,
    RunsApi,
    TrialsApi,
    SimulatorApi,
);

/// All routes, with their outermost layer.
pub type Program = Edge<BeforeSetup<Route>>;

/// What the routes stand on.
pub struct Routes {
    pub api: Api,
    pub guard: Arc<Guard>,
    pub health: Health,
    pub metrics: Arc<Metrics>,
    pub metrics_token: Option<Secret>,
    pub proxies: TrustedProxies,
    pub receiver: Receiver,
    pub inbox: Arc<Inbox>,
    /// Bytes of a webhook at most.
    pub webhook_limit: u64,
    pub live: LiveEndpoint,
    pub simulator: Simulator,
}

/// The API's document, as `beseda openapi` prints it and `docs/openapi.json` holds it.
pub fn openapi_json() -> String {
    openapi::document::<Api, Declared>()
}

/// All routes of the program. Fails when an operation is not declared.
pub fn all(routes: Routes) -> Result<Program, Mismatch> {
    let (shortcut, mut others) = callback::api::routes(&routes.receiver, routes.webhook_limit);
    others.extend(hooks::api::routes(&routes.inbox));
    others.push(("/live", routes.live.boxed()));
    program::<Api, Declared>(Parts {
        api: routes.api,
        guard: routes.guard,
        health: routes.health,
        metrics: routes.metrics,
        metrics_token: routes.metrics_token,
        proxies: routes.proxies,
        shortcut: Some(shortcut),
        others,
        nested: vec![
            // Who calls it shows the token of a simulated number, as at Meta.
            (GRAPH, meta_shaped(routes.simulator.graph_routes().map_to_response())),
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

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value};

    use super::*;
    use crate::http::operations::OPERATIONS;

    fn document() -> Value {
        serde_json::from_str(&openapi_json()).unwrap()
    }

    #[test]
    fn every_operation_shows_what_it_takes_and_what_it_gives() {
        let document = document();
        let mut without = Vec::new();
        let mut shown = 0;
        for operation in OPERATIONS {
            let described = &document["paths"][operation.path][operation.method.to_lowercase()];
            let answers = described["responses"].as_object().into_iter().flatten();
            let good = answers.filter(|(status, _)| status.starts_with('2')).map(|(_, answer)| answer);
            for body in good.chain([&described["requestBody"]]) {
                let Some(body) = body["content"].as_object().and_then(|all| all.get("application/json"))
                else {
                    continue;
                };
                shown += 1;
                if body["example"].as_object().is_none_or(Map::is_empty) {
                    without.push(format!("{}: {}", operation.id, body["schema"]));
                }
            }
        }
        assert!(without.is_empty(), "no example, ask for one by `oai(example)`:\n{}", without.join("\n"));
        assert!(shown > 50, "{shown}");
    }
}
