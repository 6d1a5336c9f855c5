//! All routes together.

use std::time::Duration;

use beseda_wire::live::{Hello, LiveEvent, ServerFrame};
use futures_util::{SinkExt, StreamExt};
use poem::EndpointExt;
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error as SocketError, Message};

use super::*;
use crate::http::health::Health;
use crate::http::lifecycle::Lifecycle;
use crate::http::live::LiveEndpoint;
use crate::http::metrics::Metrics;
use crate::http::program::{Parts, program as assemble};
use crate::http::server::{ServerOptions, serve};

fn whole() -> Program<impl Endpoint<Output = Response>> {
    whole_with(Lifecycle::new())
}

fn whole_with(lifecycle: Lifecycle) -> Program<impl Endpoint<Output = Response>> {
    let dir = tempfile::tempdir().unwrap();
    let stores = open_stores(&dir);
    let doorman = Arc::new(Doorman::new(Arc::clone(&stores)));
    let clock = Clock::system();
    let guard = Guard::new(Arc::clone(&doorman) as Arc<dyn Authenticator>, clock.clone(), 1 << 20);
    let done = Arc::new(Done::default());
    let live = crate::realtime::tests::live(Arc::clone(&doorman), lifecycle.clone());
    let live = LiveEndpoint { live, lifecycle: lifecycle.clone(), public_url: None };
    let hook = poem::endpoint::make_sync(|_| Response::builder().body("hooked"));
    let endpoint = assemble::<_, Table1>(Parts {
        api: Sample(Arc::clone(&done)),
        guard,
        health: Health { lifecycle, stores, min_free_bytes: 0 },
        metrics: Arc::new(Metrics::default()),
        metrics_token: None,
        proxies: TrustedProxies::default(),
        shortcut: None,
        others: vec![("/live", live.boxed()), ("/webhooks/sample", hook.boxed())],
        nested: vec![],
    })
    .unwrap();
    Program { endpoint, doorman, done, clock, _dir: dir }
}

#[tokio::test]
async fn every_route_answers_in_its_own_way() {
    let program = whole();
    let get = async |path: &str| program.call(Method::GET, path, &[], "").await;

    assert_eq!(get("/api/v1/open").await.body, "\"open\"");
    assert_eq!(get("/healthz").await.body, "{\"status\":\"alive\"}");
    assert_eq!(get("/readyz").await.body, "{\"status\":\"ready\"}");
    let counted = get("/metrics").await.body;
    assert!(counted.contains("beseda_http_requests_total"));
    assert!(counted.contains("beseda_store_move_failures_total 0"), "{counted}");

    let document = get("/api/v1/openapi.json").await;
    assert_eq!(document.headers["content-type"], "application/json");
    assert_eq!(document.body, super::super::openapi::document::<Sample, Table1>());
    let tag = document.headers["etag"].to_str().unwrap();
    let again = program.call(Method::GET, "/api/v1/openapi.json", &[("if-none-match", tag)], "").await;
    assert_eq!(again.status.as_u16(), 304);

    let schema = get("/api/v1/flow.schema.json").await;
    assert_eq!(schema.headers["content-type"], "application/schema+json");
    assert_eq!(schema.body, beseda_flow::JSON_SCHEMA);

    let page = get("/api/docs").await;
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    assert!(page.headers["content-security-policy"].to_str().unwrap().contains("script-src 'self'"));
    assert_eq!(get("/api/docs/docs.js").await.headers["content-type"], "text/javascript; charset=utf-8");
    assert_eq!(get("/api").await.headers["location"], "/api/docs");
    assert_eq!(get("/problems/not-found").await.headers["location"], "/api/docs#problem-not-found");

    for path in ["/healthz", "/readyz", "/metrics", "/api", "/problems/x", "/api/v1/openapi.json", "/live"] {
        let answer = program.call(Method::DELETE, path, &[], "").await;
        assert_eq!((answer.status.as_u16(), answer.kind().as_str()), (405, "/problems/method-not-allowed"));
        assert!(answer.headers["allow"].to_str().unwrap().starts_with("GET"), "{path}");
    }

    for path in ["/api/v1/nowhere", "/api/v9", "/webhooks/nowhere", "/api/docs/nowhere.js"] {
        let answer = get(path).await;
        assert_eq!((answer.status.as_u16(), answer.kind().as_str()), (404, "/problems/not-found"), "{path}");
    }
}

#[tokio::test]
async fn until_it_is_set_up_only_setup_health_and_the_wizard_answer() {
    let program = whole();
    let kind = async |method: Method, path: &str| {
        let answer = program.call(method, path, &[], "").await;
        if answer.status.as_u16() == 503 { answer.kind() } else { answer.status.to_string() }
    };
    assert_eq!(program.call(Method::POST, "/webhooks/sample", &[], "short").await.body, "hooked");
    program.doorman.ready.store(false, Ordering::Relaxed);
    assert_eq!(kind(Method::GET, "/api/v1/setup").await, "204 No Content");
    assert_eq!(kind(Method::GET, "/healthz").await, "200 OK");
    assert_eq!(kind(Method::GET, "/readyz").await, "200 OK");
    assert_ne!(kind(Method::GET, "/setup").await, "/problems/setup-needed");
    for path in [
        "/api/v1/open",
        "/api/v1/me",
        "/api/v1/setup/more",
        "/api/v1/openapi.json",
        "/api/docs",
        "/api",
        "/problems/not-found",
        "/metrics",
        "/live",
        "/webhooks/sample",
        "/webhooks/whatsapp",
        "/simulator/graph/v25.0/me",
    ] {
        assert_eq!(kind(Method::GET, path).await, "/problems/setup-needed", "{path}");
    }
    assert_eq!(kind(Method::POST, "/webhooks/sample").await, "/problems/setup-needed");
    assert_eq!(kind(Method::POST, "/setup").await, "/problems/setup-needed");
}

#[tokio::test]
async fn a_live_socket_over_the_real_server() {
    let lifecycle = Lifecycle::new();
    let program = whole_with(lifecycle.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let options = ServerOptions { shutdown: Duration::from_secs(5), ..ServerOptions::default() };
    let serving = tokio::spawn(serve(program.endpoint, listener, options, lifecycle.clone()));
    let connect = async |origin: String| {
        let mut request = format!("ws://{address}/live").into_client_request().unwrap();
        request.headers_mut().insert("origin", origin.parse().unwrap());
        tokio_tungstenite::connect_async(request).await
    };

    let Err(SocketError::Http(refused)) = connect("https://evil.example".to_owned()).await else { panic!() };
    assert_eq!(refused.status().as_u16(), 403);
    assert_eq!(refused.headers()["content-type"], "application/problem+json");

    let (mut socket, _) = connect(format!("http://{address}")).await.unwrap();
    let hello = Hello { token: "anna".to_owned(), business: business_id(1), since: None };
    socket.send(Message::text(serde_json::to_string(&hello).unwrap())).await.unwrap();
    let first = socket.next().await.unwrap().unwrap().into_text().unwrap();
    assert_eq!(serde_json::from_str::<ServerFrame>(&first).unwrap().event, LiveEvent::Ready);

    lifecycle.stop();
    let Message::Close(Some(goodbye)) = socket.next().await.unwrap().unwrap() else { panic!() };
    assert_eq!(u16::from(goodbye.code), 1001);
    while let Some(Ok(_)) = socket.next().await {}
    serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn the_live_address_speaks_websocket_alone() {
    let answer = whole().call(Method::GET, "/live", &[], "").await;
    assert_eq!(answer.kind(), "/problems/bad-request");
    let answer = whole().call(Method::POST, "/live", &[], "").await;
    assert_eq!(answer.status.as_u16(), 405);
}
