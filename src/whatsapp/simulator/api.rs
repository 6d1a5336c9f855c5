//! The simulator by itself, without the rest of the program: `beseda simulator`.

use std::io;
use std::net::SocketAddr;

use beseda_wire::simulator::SimServing;
use poem::{Endpoint, EndpointExt as _, Response, Route};
use tokio::net::TcpListener;

use super::control::api::told;
use super::state::{Options, Simulator};
use crate::clock::Clock;
use crate::http::lifecycle::Lifecycle;
use crate::http::server::{ServerOptions, serve};

/// Where the Graph API and the controls lie, below the program's address; by itself as well as inside the program.
pub const GRAPH: &str = "/simulator/graph";
pub const CONTROLS: &str = "/simulator";

impl Simulator {
    /// The Graph API and the controls, each at its place. Nobody is asked who they are.
    pub fn open_routes(&self) -> impl Endpoint<Output = Response> + 'static + use<> {
        let routes = Route::new().nest(GRAPH, self.graph_routes()).nest(CONTROLS, self.control_routes());
        routes.catch_all_error(|error| async { told(error) })
    }
}

/// Runs a simulator of its own at `listen` until `lifecycle` stops. `ready` is called once it serves, with where.
pub async fn run(
    listen: SocketAddr,
    options: Options,
    lifecycle: Lifecycle,
    ready: impl FnOnce(&SimServing),
) -> io::Result<()> {
    let listener = TcpListener::bind(listen).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let simulator = Simulator::new(options, Clock::system());
    let _delivery = simulator.spawn_delivery();
    ready(&SimServing {
        graph: format!("{url}{GRAPH}"),
        controls: format!("{url}{CONTROLS}"),
        url,
        pid: std::process::id(),
    });
    // A look at a chat waits for longer than anyone should wait for the end.
    let server = ServerOptions { shutdown: std::time::Duration::from_secs(1), ..ServerOptions::default() };
    serve(simulator.open_routes(), listener, server, lifecycle).await
}
