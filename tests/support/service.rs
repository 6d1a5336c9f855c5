//! Services that flows call: one that speaks HTTP, one that takes mail.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

/// An HTTP service that says what it is told to say, and remembers what it was asked.
pub struct Service {
    pub url: String,
    heard: Arc<Mutex<Vec<Heard>>>,
}

/// A request, as it came.
#[derive(Debug, Clone)]
pub struct Heard {
    pub line: String,
    pub headers: String,
    pub body: String,
}

impl Service {
    /// `answers` are of paths (with what follows them) and what is said there: a status and a body. Several of one path
    /// are said in turn, and the last of them from then on.
    pub async fn start(answers: Vec<(&'static str, u16, Value)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let (answers, noted) = (Arc::new(answers), Arc::clone(&heard));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (answers, noted) = (Arc::clone(&answers), Arc::clone(&noted));
                tokio::spawn(async move {
                    let Some(request) = read(&mut stream).await else { return };
                    let path = request.line.split(' ').nth(1).unwrap_or_default().to_owned();
                    let asked = |heard: &Heard| heard.line.split(' ').nth(1) == Some(&*path);
                    let before = {
                        let mut noted = noted.lock().expect("no test has panicked here");
                        let before = noted.iter().filter(|heard| asked(heard)).count();
                        noted.push(request);
                        before
                    };
                    let said: Vec<_> =
                        answers.iter().filter(|(begins, ..)| path.starts_with(begins)).collect();
                    let found = said.get(before).or(said.last());
                    let (status, body) =
                        found.map_or((404, Value::Null), |(_, status, body)| (*status, body.clone()));
                    let body = body.to_string();
                    let answer = format!(
                        "HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                        body.len()
                    );
                    let _ = stream.write_all(answer.as_bytes()).await;
                });
            }
        });
        Self { url, heard }
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().expect("no test has panicked here").clone()
    }
}

async fn read(stream: &mut tokio::net::TcpStream) -> Option<Heard> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).await.ok()?;
    let (mut headers, mut length) = (String::new(), 0);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).await.ok()?;
        if header.trim().is_empty() {
            break;
        }
        if let Some(told) = header.to_lowercase().strip_prefix("content-length:") {
            length = told.trim().parse().ok()?;
        }
        headers.push_str(&header);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).await.ok()?;
    Some(Heard { line: line.trim().to_owned(), headers, body: String::from_utf8_lossy(&body).into_owned() })
}

/// A mail server that takes everything (RFC 5321), and what it took.
pub struct Mailbox {
    pub port: u16,
    mails: Arc<Mutex<Vec<String>>>,
}

impl Mailbox {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let mails: Arc<Mutex<Vec<String>>> = Arc::default();
        let taken = Arc::clone(&mails);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let taken = Arc::clone(&taken);
                tokio::spawn(async move { take(stream, &taken).await });
            }
        });
        Self { port, mails }
    }

    pub fn mails(&self) -> Vec<String> {
        self.mails.lock().expect("no test has panicked here").clone()
    }
}

async fn take(stream: tokio::net::TcpStream, taken: &Mutex<Vec<String>>) -> Option<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 mail.example\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let answer = match line.split(' ').next().unwrap_or_default().to_uppercase().as_str() {
            "EHLO" | "HELO" => "250 mail.example\r\n",
            "DATA" => {
                writer.write_all(b"354 go on\r\n").await.ok()?;
                let mut mail = String::new();
                while let Some(line) = lines.next_line().await.ok()? {
                    if line == "." {
                        break;
                    }
                    mail.push_str(&line);
                    mail.push('\n');
                }
                taken.lock().expect("no test has panicked here").push(mail);
                "250 taken\r\n"
            }
            "QUIT" => "221 bye\r\n",
            _ => "250 well\r\n",
        };
        writer.write_all(answer.as_bytes()).await.ok()?;
    }
    Some(())
}
