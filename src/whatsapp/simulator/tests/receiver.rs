//! A business's webhook receiver: a socket that keeps what it is sent and answers as it is told.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::whatsapp::simulator::escape::signature;

/// The webhooks that came, in order.
pub struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    tasks: Option<JoinSet<()>>,
}

struct Shared {
    taken: Mutex<Vec<Webhook>>,
    bell: Notify,
    /// The status it answers with.
    answers: AtomicU16,
}

#[derive(Clone)]
pub struct Webhook {
    pub head: String,
    pub body: String,
}

impl Webhook {
    /// The changes it carries.
    pub fn changes(&self) -> Vec<Value> {
        let body: Value = serde_json::from_str(&self.body).unwrap();
        body["entry"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|entry| entry["changes"].as_array().unwrap().clone())
            .collect()
    }
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared =
            Arc::new(Shared { taken: Mutex::default(), bell: Notify::new(), answers: AtomicU16::new(200) });
        let mut receiver = Self { address, shared, tasks: None };
        receiver.listen(listener);
        receiver
    }

    pub fn url(&self) -> String {
        format!("http://{}/webhooks/whatsapp", self.address)
    }

    pub fn answer_with(&self, status: u16) {
        self.shared.answers.store(status, Ordering::Relaxed);
    }

    /// Goes away, connections and all.
    pub async fn stop(&mut self) {
        if let Some(mut tasks) = self.tasks.take() {
            tasks.shutdown().await;
        }
    }

    /// Comes back at the same address.
    pub fn come_back(&mut self) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(self.address).unwrap();
        self.listen(socket.listen(64).unwrap());
    }

    fn listen(&mut self, listener: TcpListener) {
        let shared = Arc::clone(&self.shared);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(connection(stream, Arc::clone(&shared)));
            }
        });
        self.tasks = Some(tasks);
    }

    /// Everything that came so far, once there are at least `count` changes of what `pick` picks.
    pub async fn wait_for<T>(&self, count: usize, pick: impl Fn(&Value) -> Option<T>) -> Vec<T> {
        let waiting = async {
            loop {
                let ringing = self.shared.bell.notified();
                let picked: Vec<T> = self
                    .taken()
                    .iter()
                    .flat_map(Webhook::changes)
                    .filter_map(|change| pick(&change))
                    .collect();
                if picked.len() >= count {
                    return picked;
                }
                ringing.await;
            }
        };
        let patience = tokio::time::timeout(Duration::from_secs(20), waiting).await;
        patience.unwrap_or_else(|_| panic!("{count} did not come; these did: {:?}", self.bodies()))
    }

    /// The messages that came, once there are `count`.
    pub async fn messages(&self, count: usize) -> Vec<Value> {
        self.wait_for(count, |change| change["value"]["messages"].get(0).cloned()).await
    }

    /// The statuses that came, once there are `count`.
    pub async fn statuses(&self, count: usize) -> Vec<Value> {
        self.wait_for(count, |change| change["value"]["statuses"].get(0).cloned()).await
    }

    pub fn taken(&self) -> Vec<Webhook> {
        self.shared.taken.lock().unwrap().clone()
    }

    fn bodies(&self) -> Vec<String> {
        self.taken().into_iter().map(|webhook| webhook.body).collect()
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head).await.unwrap_or(0) == 0 {
                return;
            }
        }
        let header = |name: &str| {
            head.lines().find_map(|line| {
                let (key, value) = line.split_once(':')?;
                key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
            })
        };
        let length = header("content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.unwrap();
        let mut answer = String::new();
        if let Some(query) =
            head.lines().next().unwrap().split(' ').nth(1).and_then(|path| path.split_once('?'))
        {
            // The handshake: the challenge goes back if the word is right.
            let asked =
                |key: &str| query.1.split('&').find_map(|pair| pair.strip_prefix(key)).unwrap_or_default();
            assert_eq!(asked("hub.mode="), "subscribe");
            if asked("hub.verify_token=") == "verify" {
                asked("hub.challenge=").clone_into(&mut answer);
            }
        } else {
            assert_eq!(header("x-hub-signature-256").unwrap(), signature("app-secret", &body));
            let body = String::from_utf8(body).unwrap();
            assert!(body.is_ascii(), "{body}");
            if shared.answers.load(Ordering::Relaxed) == 200 {
                shared.taken.lock().unwrap().push(Webhook { head: head.clone(), body });
                shared.bell.notify_waiters();
            }
        }
        let status = shared.answers.load(Ordering::Relaxed);
        let text = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{answer}", answer.len());
        if stream.write_all(text.as_bytes()).await.is_err() {
            return;
        }
    }
}
