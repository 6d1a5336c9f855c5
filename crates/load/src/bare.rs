//! What the product is compared with: the same HTTP library, the signature, 200. Nothing is parsed, and nothing kept
//! but, where a file is named, the bodies one behind another: with one sync for all that wait, the least that a durable
//! receiver can do.

use std::convert::Infallible;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::sign::Key;

/// A body that waits for the disk, and whom to tell.
type Waiting = (Bytes, oneshot::Sender<()>);

pub async fn serve(secret: &str, keep: Option<&Path>) -> crate::Result<()> {
    let key = Arc::new(Key::new(secret)?);
    let keeper = match keep {
        Some(path) => {
            let (sender, receiver) = channel();
            let file = File::create(path)?;
            std::thread::spawn(move || keep_all(&receiver, file));
            Some(sender)
        }
        None => None,
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    println!("{}", json!({ "url": format!("http://{address}/") }));
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (key, keeper) = (Arc::clone(&key), keeper.clone());
        tokio::spawn(async move {
            let service = service_fn(|request| answer(Arc::clone(&key), keeper.clone(), request));
            // A client that goes away is how each measurement ends.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// Writes bodies until nobody sends any; those that came during a sync share the next.
fn keep_all(bodies: &Receiver<Waiting>, mut file: File) {
    while let Ok(first) = bodies.recv() {
        let batch: Vec<Waiting> = std::iter::once(first).chain(bodies.try_iter()).collect();
        let bytes: Vec<u8> = batch.iter().flat_map(|(body, _)| body.iter().copied()).collect();
        if file.write_all(&bytes).and_then(|()| file.sync_data()).is_err() {
            return;
        }
        for (_, kept) in batch {
            let _ = kept.send(());
        }
    }
}

async fn answer(
    key: Arc<Key>,
    keeper: Option<Sender<Waiting>>,
    request: Request<Incoming>,
) -> Result<Response<Empty<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let given = head.headers.get("x-hub-signature-256");
    let mut response = Response::new(Empty::new());
    *response.status_mut() = match (given, body.collect().await) {
        (Some(given), Ok(body)) => {
            let body = body.to_bytes();
            if *given != key.header(&body) {
                StatusCode::UNAUTHORIZED
            } else if kept(keeper, body).await {
                StatusCode::OK
            } else {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
        _ => StatusCode::UNAUTHORIZED,
    };
    Ok(response)
}

/// Whether the body is on the disk, or need not be.
async fn kept(keeper: Option<Sender<Waiting>>, body: Bytes) -> bool {
    let Some(keeper) = keeper else { return true };
    let (sender, receiver) = oneshot::channel();
    keeper.send((body, sender)).is_ok() && receiver.await.is_ok()
}
