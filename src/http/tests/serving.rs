//! The server on a real socket of this machine.

use std::time::Duration;

use poem::endpoint::make;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use super::*;
use crate::http::lifecycle::Lifecycle;
use crate::http::server::{ServerOptions, serve};

struct Running {
    address: std::net::SocketAddr,
    lifecycle: Lifecycle,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
}

/// Two people who wait for each other: the handler says that it has begun, the test lets it go on.
#[derive(Default)]
struct Slow {
    begun: Notify,
    go_on: Notify,
}

/// Answers `/slow` when it is told to, everything else at once.
async fn start(options: ServerOptions, slow: &Arc<Slow>) -> Running {
    let slow = Arc::clone(slow);
    let endpoint = make(move |request: Request| {
        let slow = Arc::clone(&slow);
        async move {
            if request.uri().path() == "/slow" {
                slow.begun.notify_one();
                slow.go_on.notified().await;
            }
            if request.uri().path() == "/odd" {
                // Its head is written before it is there.
                let later = futures_util::stream::once(async {
                    tokio::task::yield_now().await;
                    Ok::<_, std::io::Error>(ODD)
                });
                return Ok(Response::builder().body(poem::Body::from_bytes_stream(later)));
            }
            Ok::<_, poem::Error>(Response::builder().body("hello"))
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let lifecycle = Lifecycle::new();
    let task = tokio::spawn(serve(endpoint, listener, options, lifecycle.clone()));
    Running { address, lifecycle, task }
}

/// A file that reads like an answer of hyper's own.
const ODD: &str = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";

async fn ask(stream: &mut TcpStream, path: &str) {
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: here\r\n\r\n").as_bytes()).await.unwrap();
}

async fn until_closed(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    // A connection that is cut off may say so by an error; what came before counts.
    drop(stream.read_to_string(&mut text).await);
    text
}

#[tokio::test]
async fn what_is_under_way_is_answered_before_the_end() {
    let wait = Arc::new(Slow::default());
    let running = start(ServerOptions::default(), &wait).await;
    let mut idle = TcpStream::connect(running.address).await.unwrap();
    ask(&mut idle, "/").await;
    let mut first = [0; 12];
    idle.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    let mut slow = TcpStream::connect(running.address).await.unwrap();
    ask(&mut slow, "/slow").await;
    wait.begun.notified().await;

    running.lifecycle.stop();
    until_closed(&mut idle).await;
    assert!(!running.task.is_finished());
    wait.go_on.notify_one();
    assert!(until_closed(&mut slow).await.ends_with("hello"));
    running.task.await.unwrap().unwrap();
    assert!(TcpStream::connect(running.address).await.is_err());
}

#[tokio::test]
async fn what_takes_too_long_is_cut_off() {
    let options = ServerOptions { shutdown: Duration::from_millis(50), ..ServerOptions::default() };
    let wait = Arc::new(Slow::default());
    let running = start(options, &wait).await;
    let mut slow = TcpStream::connect(running.address).await.unwrap();
    ask(&mut slow, "/slow").await;
    wait.begun.notified().await;
    running.lifecycle.stop();
    running.task.await.unwrap().unwrap();
    assert_eq!(until_closed(&mut slow).await, "");
}

#[tokio::test]
async fn a_connection_that_sends_no_request_is_closed() {
    let options = ServerOptions { header_timeout: Duration::from_millis(50), ..ServerOptions::default() };
    let running = start(options, &Arc::default()).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: here\r\nx-slow: ").await.unwrap();
    assert_eq!(until_closed(&mut stream).await, "");
}

#[tokio::test]
async fn one_connection_too_many_is_closed_at_once() {
    let options = ServerOptions { connections: 1, ..ServerOptions::default() };
    let running = start(options, &Arc::default()).await;
    let mut first = TcpStream::connect(running.address).await.unwrap();
    ask(&mut first, "/").await;
    let mut head = [0; 12];
    first.read_exact(&mut head).await.unwrap();
    let mut second = TcpStream::connect(running.address).await.unwrap();
    assert_eq!(until_closed(&mut second).await, "");
    // Its place is free again when the first is gone.
    drop(first);
    loop {
        let mut third = TcpStream::connect(running.address).await.unwrap();
        if third.write_all(b"GET / HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n").await.is_ok()
            && until_closed(&mut third).await.ends_with("hello")
        {
            break;
        }
    }
}

/// What comes back for bytes that are no request, by themselves or after one on the same connection.
async fn unparsed(address: std::net::SocketAddr, after: bool, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    if after {
        ask(&mut stream, "/").await;
        let mut answer = Vec::new();
        while !answer.ends_with(b"hello") {
            answer.push(stream.read_u8().await.unwrap());
        }
    }
    // It may close before it has read all.
    drop(stream.write_all(bytes).await);
    until_closed(&mut stream).await
}

#[tokio::test]
async fn what_cannot_be_parsed_is_answered_like_every_other_mistake() {
    let metrics = Arc::new(crate::http::metrics::Metrics::default());
    let options = ServerOptions { metrics: Arc::clone(&metrics), ..ServerOptions::default() };
    let running = start(options, &Arc::default()).await;
    let many = "x: y\r\n".repeat(150);
    let cases = [
        (400, "NONSENSE\r\n\r\n".to_owned()),
        (400, "GET / HTTP/1.1\r\nhost: a\r\nbad header: x\r\n\r\n".to_owned()),
        (400, "GET / HTTP/7.3\r\n\r\n".to_owned()),
        (414, format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "a".repeat(70_000))),
        (431, format!("GET / HTTP/1.1\r\n{many}\r\n")),
        (431, format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "y".repeat(600_000))),
    ];
    for (status, bytes) in &cases {
        for after in [false, true] {
            let answer = unparsed(running.address, after, bytes.as_bytes()).await;
            let (head, body) = answer.split_once("\r\n\r\n").expect(&answer);
            assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
            let head = head.to_ascii_lowercase();
            for line in [
                "content-type: application/problem+json",
                "connection: close",
                "x-content-type-options: nosniff",
            ] {
                assert!(head.contains(line), "{line} in {head}");
            }
            assert!(head.contains(&format!("content-length: {}", body.len())), "{head}");
            let problem: serde_json::Value = serde_json::from_str(body).unwrap();
            assert_eq!(
                (&problem["status"], &problem["type"]),
                (&(*status).into(), &"/problems/bad-request".into())
            );
            assert!(problem["detail"].as_str().is_some_and(|detail| detail.len() > 20), "{problem}");
        }
    }
    assert!(metrics.text().contains("beseda_http_requests_total{group=\"pages\",status=\"4xx\"} 12"));
}

#[tokio::test]
async fn an_answer_that_reads_like_hypers_own_comes_through() {
    let running = start(ServerOptions::default(), &Arc::default()).await;
    for _ in 0..20 {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        for _ in 0..2 {
            ask(&mut stream, "/odd").await;
            let mut answer = Vec::new();
            while !String::from_utf8_lossy(&answer).contains(&format!("{ODD}\r\n0\r\n\r\n")) {
                answer.push(
                    tokio::time::timeout(Duration::from_secs(10), stream.read_u8()).await.unwrap().unwrap(),
                );
            }
            assert!(answer.starts_with(b"HTTP/1.1 200"));
        }
        // What is broken in the same packet is answered like what comes by itself, and not what was answered before it.
        stream.write_all(b"GET /odd HTTP/1.1\r\nhost: here\r\n\r\nNONSENSE\r\n\r\n").await.unwrap();
        let answer = until_closed(&mut stream).await;
        let (before, mistake) = answer.split_once("\r\n0\r\n\r\n").expect(&answer);
        assert!(before.starts_with("HTTP/1.1 200") && before.ends_with(ODD), "{answer}");
        assert!(
            mistake.starts_with("HTTP/1.1 400 ") && mistake.contains("application/problem+json"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn what_is_broken_after_whole_requests_in_one_packet_is_answered_like_every_other_mistake() {
    let running = start(ServerOptions::default(), &Arc::default()).await;
    let get = "GET / HTTP/1.1\r\nhost: here\r\n\r\n";
    let post = "POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 4\r\n\r\nbody";
    let head = "HEAD / HTTP/1.1\r\nhost: here\r\n\r\n";
    for whole in [get, post, head, &get.repeat(3), &format!("{post}{get}"), &format!("{head}{post}")] {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(format!("{whole}NONSENSE\r\n\r\n").as_bytes()).await.unwrap();
        let answer = until_closed(&mut stream).await;
        let requests = whole.matches("host").count();
        assert_eq!(answer.matches("HTTP/1.1 200 ").count(), requests, "{whole} is answered with {answer}");
        assert_eq!(answer.matches("HTTP/1.1 4").count(), 1, "{whole} is answered with {answer}");
        let (_, mistake) = answer.split_once("HTTP/1.1 400 ").expect(&answer);
        let (head, body) = mistake.split_once("\r\n\r\n").expect(&answer);
        assert!(head.contains("application/problem+json"), "{whole} is answered with {answer}");
        assert!(serde_json::from_str::<serde_json::Value>(body).is_ok(), "{answer}");
    }
}
