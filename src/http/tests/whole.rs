//! All routes together.

use super::*;
use crate::http::health::Health;
use crate::http::lifecycle::Lifecycle;
use crate::http::metrics::Metrics;
use crate::http::program::{Parts, program as assemble};

fn whole() -> Program<impl Endpoint<Output = Response>> {
    let dir = tempfile::tempdir().unwrap();
    let stores = open_stores(&dir);
    let doorman = Arc::new(Doorman { ready: AtomicBool::new(true), stores: Arc::clone(&stores) });
    let clock = Clock::system();
    let guard = Guard::new(Arc::clone(&doorman) as Arc<dyn Authenticator>, clock.clone(), 1 << 20);
    let done = Arc::new(Done::default());
    let hook = poem::endpoint::make_sync(|_| Response::builder().body("hooked"));
    let gate = crate::http::guard::Gate::new(hook, Arc::clone(&guard), 8);
    let endpoint = assemble::<_, Table1>(Parts {
        api: Sample(Arc::clone(&done)),
        guard,
        health: Health { lifecycle: Lifecycle::new(), stores, min_free_bytes: 0 },
        metrics: Arc::new(Metrics::default()),
        metrics_token: None,
        proxies: TrustedProxies::default(),
        others: vec![("/webhooks/sample", poem::EndpointExt::boxed(gate))],
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
    assert!(get("/metrics").await.body.contains("beseda_http_requests_total"));

    let document = get("/api/v1/openapi.json").await;
    assert_eq!(document.headers["content-type"], "application/json");
    assert_eq!(document.body, super::super::openapi::document::<Sample, Table1>());
    let tag = document.headers["etag"].to_str().unwrap();
    let again = program.call(Method::GET, "/api/v1/openapi.json", &[("if-none-match", tag)], "").await;
    assert_eq!(again.status.as_u16(), 304);

    let page = get("/api/docs").await;
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    assert!(page.headers["content-security-policy"].to_str().unwrap().contains("script-src 'self'"));
    assert_eq!(get("/api/docs/docs.js").await.headers["content-type"], "text/javascript; charset=utf-8");
    assert_eq!(get("/api").await.headers["location"], "/api/docs");
    assert_eq!(get("/problems/not-found").await.headers["location"], "/api/docs#problem-not-found");

    for path in ["/api/v1/nowhere", "/api/v9", "/webhooks/nowhere", "/api/docs/nowhere.js"] {
        let answer = get(path).await;
        assert_eq!((answer.status.as_u16(), answer.kind().as_str()), (404, "/problems/not-found"), "{path}");
    }
}

#[tokio::test]
async fn a_webhook_waits_for_the_setup_too() {
    let program = whole();
    let post = async |body: &str| program.call(Method::POST, "/webhooks/sample", &[], body).await;
    assert_eq!(post("short").await.body, "hooked");
    program.doorman.ready.store(false, Ordering::Relaxed);
    assert_eq!(post("short").await.kind(), "/problems/setup-needed");
    assert_eq!(program.call(Method::GET, "/healthz", &[], "").await.status.as_u16(), 200);
}
