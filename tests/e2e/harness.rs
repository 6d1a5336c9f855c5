//! The harness itself: that it sees what is wrong, and only then.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use crate::support::browser::{Browser, Look, Theme, key};

const PAGE: &str = "<!doctype html><html lang=en><title>Harness</title><style>body{background:#fff;color:#111}\
    @media(prefers-color-scheme:dark){body{background:#111;color:#eee}}</style><main><h1>Harness</h1>\
    <label>Name <input id=name></label> <button aria-label=Greet onclick=\"setTimeout(() => { \
    const p = document.createElement('p'); p.className = 'hello'; p.textContent = 'Hello, ' + \
    document.getElementById('name').value; document.querySelector('main').append(p); }, 100)\">→</button></main>";

/// Serves one page at every address, with a policy that forbids what tests inject.
fn serve(page: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}/", listener.local_addr().expect("its address"));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let _ = stream.read(&mut [0; 4096]);
            let policy =
                "default-src 'none'; style-src 'unsafe-inline'; script-src-attr 'unsafe-inline'; img-src *";
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
                 Content-Security-Policy: {policy}\r\nConnection: close\r\n\r\n{page}",
                page.len()
            );
        }
    });
    address
}

#[tokio::test]
async fn a_person_looks_types_and_presses() {
    let browser = Browser::open(&Look { language: "ru".to_owned(), ..Look::default() }).await;
    browser.goto(&serve(PAGE)).await;
    assert_eq!(browser.value_of("navigator.language").await, "ru");
    assert_eq!(browser.value_of("new Intl.NumberFormat().resolvedOptions().locale").await, "ru");
    browser.fill("#name", "Ольга").await;
    browser.press("Greet").await;
    browser.see("Hello, Ольга").await;
    assert_eq!(browser.text(".hello").await, "Hello, Ольга");
    assert_eq!(browser.count(".hello").await, 1);
    browser.click("#name").await;
    browser.keys(&[key::CONTROL], "a").await;
    browser.keys(&[], "Ira").await;
    browser.until("the new name", "document.getElementById('name').value === 'Ira'").await;
    browser.assert_accessible("the harness page").await;
    let missing = browser.complaints().await;
    // The page has no icon, which the policy forbids to load: the harness sees that.
    assert!(missing.iter().all(|line| line.contains("favicon")), "{missing:?}");
}

#[tokio::test]
async fn themes_and_sizes_are_what_the_page_sees() {
    let telephone = Look { width: 390, height: 844, theme: Theme::Dark, ..Look::default() };
    let browser = Browser::open(&telephone).await;
    browser.goto(&serve(PAGE)).await;
    assert_eq!(browser.value_of("matchMedia('(prefers-color-scheme: dark)').matches").await, true);
    assert_eq!(browser.value_of("getComputedStyle(document.body).backgroundColor").await, "rgb(17, 17, 17)");
    let shot = browser.shot("harness-390-dark").await;
    assert_eq!(png_size(&shot), (390, 844));
    browser.appear(&Look::default()).await;
    assert_eq!(browser.value_of("innerWidth").await, 1440);
    assert_eq!(browser.value_of("matchMedia('(prefers-color-scheme: dark)').matches").await, false);
}

#[tokio::test]
async fn what_is_wrong_with_a_page_is_found() {
    let page = "<!doctype html><html><title>Bad</title><body><img src=http://elsewhere.example/x.png><button></button>";
    let browser = Browser::open(&Look::default()).await;
    browser.goto(&serve(page)).await;
    let violations = browser.violations().await.join("\n");
    for rule in ["button-name", "html-has-lang", "image-alt"] {
        assert!(violations.contains(rule), "{rule} is not among\n{violations}");
    }
    let complaints = browser.complaints().await.join("\n");
    assert!(complaints.contains("elsewhere.example"), "a load from outside is not among\n{complaints}");
}

#[tokio::test]
async fn a_browser_ends_with_its_value() {
    let (process, profile) = {
        let browser = Browser::open(&Look::default()).await;
        (browser.process().expect("a process id"), browser.profile().to_owned())
    };
    // The kernel may take a moment to remove what was killed; nobody waits for a grandchild.
    crate::support::until("the browser's end", async || {
        let state = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        (state.is_empty() || state.contains(") Z ")).then_some(())
    })
    .await;
    assert!(!profile.exists(), "the profile is left in {}", profile.display());
}

/// Width and height from a PNG's header.
fn png_size(path: &std::path::Path) -> (u32, u32) {
    let bytes = std::fs::read(path).expect("a picture");
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    (number(16), number(20))
}
