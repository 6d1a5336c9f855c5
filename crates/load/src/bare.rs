//! What the product is compared with: the same HTTP library, the signature, 200. Nothing is parsed or kept.

use std::convert::Infallible;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpListener;

use crate::sign::Key;

pub async fn serve(secret: &str) -> crate::Result<()> {
    let key = Arc::new(Key::new(secret)?);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    println!("{}", json!({ "url": format!("http://{address}/") }));
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let key = Arc::clone(&key);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(Arc::clone(&key), request));
            // A client that goes away is how each measurement ends.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(key: Arc<Key>, request: Request<Incoming>) -> Result<Response<Empty<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let given = head.headers.get("x-hub-signature-256");
    let status = match (given, body.collect().await) {
        (Some(given), Ok(body)) => {
            if *given == key.header(&body.to_bytes()) {
                StatusCode::OK
            } else {
                StatusCode::UNAUTHORIZED
            }
        }
        _ => StatusCode::UNAUTHORIZED,
    };
    let mut response = Response::new(Empty::new());
    *response.status_mut() = status;
    Ok(response)
}
