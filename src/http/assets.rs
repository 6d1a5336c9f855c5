//! The files that are part of the program: the interface (`assets/ui`, built by `cargo xtask ui`) and the API's
//! docs page (`assets/docs`). A release holds them in itself; a debug build reads them from the folder.
//!
//! Our own endpoint, because the framework's answers HEAD with 405, writes `ETag`s without quotes and copies the
//! file for every request. Where `X` gets smaller by it, `X.br` lies in its place, and a browser takes that where the
//! connection is safe or of this machine. For one that does not, a file is packed with gzip when it is first asked for: a
//! second copy of each in the program would be more than a twentieth of it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write as _};
use std::sync::{LazyLock, Mutex, PoisonError};

use brotli_decompressor::BrotliDecompress;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, Request, Response};
use rust_embed::RustEmbed;

use super::headers::PAGE_POLICY;
use super::kinds;
use super::problem::Problem;
use crate::store::apart;

#[derive(RustEmbed)]
#[folder = "assets/ui"]
#[allow_missing = true]
struct Interface;

#[derive(RustEmbed)]
#[folder = "assets/docs"]
struct Docs;

/// First parts of paths that are never a page of the interface: a wrong address there is told as wrong.
const NOT_PAGES: [&str; 9] =
    ["api", "webhooks", "hooks", "live", "healthz", "readyz", "metrics", "problems", "simulator"];

/// Whether an address can be a page or a file of the interface.
pub fn may_be_interface(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    !NOT_PAGES.contains(&first)
}

/// A file of the program, with the SHA-256 of its bytes.
struct File {
    bytes: Cow<'static, [u8]>,
    hash: [u8; 32],
}

fn embedded<E: RustEmbed>(path: &str) -> Option<File> {
    E::get(path).map(|file| File { hash: file.metadata.sha256_hash(), bytes: file.data })
}

/// A folder of files as an endpoint. It answers every path below where it is mounted.
#[derive(Clone, Copy)]
pub struct Assets {
    file: fn(&str) -> Option<File>,
    /// Whether an unknown path is a page of a program that runs in the browser and routes by itself.
    routes_itself: bool,
}

/// The interface. Its addresses (`/inbox/…`) all answer with the same page.
pub fn interface() -> Assets {
    Assets { file: embedded::<Interface>, routes_itself: true }
}

/// The API's docs page and what it loads.
pub fn docs() -> Assets {
    Assets { file: embedded::<Docs>, routes_itself: false }
}

impl Endpoint for Assets {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        Ok(self.answer(&request).await.unwrap_or_else(|problem| problem.response()))
    }
}

impl Assets {
    async fn answer(self, request: &Request) -> Result<Response, Problem> {
        if request.method() != Method::GET && request.method() != Method::HEAD {
            let allowed = HeaderValue::from_static("GET, HEAD");
            return Err(Problem::of(kinds::METHOD).header(header::ALLOW, allowed));
        }
        let path = request.uri().path().trim_start_matches('/');
        let path = if path.is_empty() { "index.html" } else { path };
        if let Some(found) = self.find(request, path).await? {
            return Ok(send(request, path, found));
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        // A missing script must not be answered with a page: the browser would run into its first `<`.
        let page = path == "index.html" || (!name.contains('.') && may_be_interface(path));
        if !(self.routes_itself && page) {
            return Err(Problem::of(kinds::NOT_FOUND).detail("There is nothing at this address."));
        }
        match self.find(request, "index.html").await? {
            Some(page) => Ok(send(request, "index.html", page)),
            None => Err(Problem::of(kinds::UNAVAILABLE).detail(
                "This build has no interface. Build it with `cargo xtask ui`, then build the program again; the API \
                 works without it, and /api/docs describes it.",
            )),
        }
    }

    /// The file as this client takes it.
    async fn find(self, request: &Request, path: &str) -> Result<Option<Found>, Problem> {
        let accepts = request.header(header::ACCEPT_ENCODING).unwrap_or_default();
        if let Some(File { bytes, hash }) = (self.file)(path) {
            return Ok(Some(Found { encoding: None, bytes: shared(bytes), tag: tag(hash, "") }));
        }
        let Some(File { bytes, hash }) = (self.file)(&format!("{path}.br")) else { return Ok(None) };
        if takes(accepts, "br") {
            return Ok(Some(Found { encoding: Some("br"), bytes: shared(bytes), tag: tag(hash, "") }));
        }
        let gzip = takes(accepts, "gzip");
        let repacked = apart(move || {
            let bytes = if gzip { gzipped(&bytes, hash) } else { unpacked(&bytes).map(Bytes::from) };
            bytes.map_err(|error| Problem::internal(&error))
        });
        let bytes = repacked.await?;
        // Not the packed file's own tag: the same address answers with other bytes.
        let (encoding, mark) = if gzip { (Some("gzip"), "-gzip") } else { (None, "-plain") };
        Ok(Some(Found { encoding, bytes, tag: tag(hash, mark) }))
    }
}

fn unpacked(brotli: &[u8]) -> io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    BrotliDecompress(&mut &brotli[..], &mut plain)?;
    Ok(plain)
}

/// A file that is packed with brotli, packed with gzip instead. Each once: there are few, and to pack the largest takes a
/// small machine a second.
fn gzipped(brotli: &[u8], hash: [u8; 32]) -> io::Result<Bytes> {
    static KNOWN: LazyLock<Mutex<HashMap<[u8; 32], Bytes>>> = LazyLock::new(Mutex::default);
    // Held meanwhile: who comes second waits instead of packing it again.
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(bytes) = known.get(&hash) {
        return Ok(bytes.clone());
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&unpacked(brotli)?)?;
    let bytes = Bytes::from(encoder.finish()?);
    known.insert(hash, bytes.clone());
    Ok(bytes)
}

/// A file as it is sent, with its `ETag`.
struct Found {
    encoding: Option<&'static str>,
    bytes: Bytes,
    tag: String,
}

fn tag(hash: [u8; 32], mark: &str) -> String {
    format!("\"{}{mark}\"", crate::crypto::hex(&hash[..12]))
}

fn shared(bytes: Cow<'static, [u8]>) -> Bytes {
    match bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    }
}

fn send(request: &Request, path: &str, found: Found) -> Response {
    let keep = if never_changes(path) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let response = Response::builder()
        .header(header::ETAG, &found.tag)
        .header(header::CACHE_CONTROL, keep)
        .header(header::VARY, "accept-encoding")
        .header(header::CONTENT_SECURITY_POLICY, PAGE_POLICY);
    if request.header(header::IF_NONE_MATCH).is_some_and(|known| names(known, &found.tag)) {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    let body = found.bytes;
    let mut response = response.content_type(media_type(path)).header(header::CONTENT_LENGTH, body.len());
    if let Some(encoding) = found.encoding {
        response = response.header(header::CONTENT_ENCODING, encoding);
    }
    if request.method() == Method::HEAD { response.finish() } else { response.body(body) }
}

/// Whether the name holds a hash of the content: `app-0f3a5b7c.js`. Such a file is kept for ever.
fn never_changes(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    let hash = stem.rsplit_once('-').map_or("", |(_, hash)| hash);
    hash.len() >= 8 && hash.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Whether `Accept-Encoding` takes this one: listed, and not with a weight of 0.
fn takes(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        let refused = parts
            .filter_map(|part| part.strip_prefix("q="))
            .any(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0));
        named && !refused
    })
}

/// Whether `If-None-Match` names this `ETag`. Weak comparison, as RFC 9110 §13.1.2 asks.
fn names(known: &str, tag: &str) -> bool {
    known == "*" || known.split(',').any(|entry| entry.trim().trim_start_matches("W/") == tag)
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        _ => mime_guess::from_path(path).first_raw().unwrap_or("application/octet-stream"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    /// `plain script`, packed with brotli: one piece that is stored as it is (RFC 7932, section 9.2).
    const BROTLI: &[u8] = b"\x8b\x05\x80plain script\x03";

    fn built(path: &str) -> Option<File> {
        let bytes: &[u8] = match path {
            "index.html" => b"<page>",
            "app-0123abcd.js.br" => BROTLI,
            _ => return None,
        };
        Some(File { bytes: Cow::Borrowed(bytes), hash: [7; 32] })
    }

    const BUILT: Assets = Assets { file: built, routes_itself: true };
    const EMPTY: Assets = Assets { file: |_| None, routes_itself: true };

    async fn ask(assets: Assets, method: Method, path: &str, headers: &[(&str, &str)]) -> (Response, String) {
        let mut request = Request::builder().method(method).uri(path.parse().unwrap());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = assets.call(request.finish()).await.unwrap();
        let body = response.take_body().into_vec().await.unwrap();
        (response, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn a_file_is_sent_as_the_browser_takes_it() {
        let mut tags = Vec::new();
        for (accepts, encoding) in [
            ("gzip, deflate, br, zstd", Some("br")),
            ("gzip", Some("gzip")),
            ("br;q=0, gzip;q=0.5", Some("gzip")),
            ("identity", None),
        ] {
            let mut request = Request::builder().uri("/app-0123abcd.js".parse().unwrap());
            request = request.header("accept-encoding", accepts);
            let mut response = BUILT.call(request.finish()).await.unwrap();
            let sent = response.take_body().into_vec().await.unwrap();
            let plain = match encoding {
                Some("br") => unpacked(&sent).unwrap(),
                Some(_) => {
                    let mut plain = Vec::new();
                    flate2::read::GzDecoder::new(&*sent).read_to_end(&mut plain).unwrap();
                    plain
                }
                None => sent,
            };
            assert_eq!(String::from_utf8(plain).unwrap(), "plain script", "{accepts}");
            assert_eq!(response.header("content-encoding"), encoding);
            assert_eq!(response.header("content-type"), Some("text/javascript; charset=utf-8"));
            assert_eq!(response.header("cache-control"), Some("public, max-age=31536000, immutable"));
            tags.push(response.header("etag").unwrap().to_owned());
        }
        tags.dedup();
        assert_eq!(tags.len(), 3, "each form has a tag of its own: {tags:?}");
    }

    #[tokio::test]
    async fn a_known_etag_is_answered_without_the_file() {
        let (first, _) = ask(BUILT, Method::GET, "/", &[]).await;
        let tag = first.header("etag").unwrap();
        assert!(tag.starts_with('"') && tag.ends_with('"'));
        assert_eq!(first.header("cache-control"), Some("no-cache"));
        let weak = format!("\"other\", W/{tag}");
        let (again, body) = ask(BUILT, Method::GET, "/", &[("if-none-match", &weak)]).await;
        assert_eq!((again.status(), body.as_str()), (StatusCode::NOT_MODIFIED, ""));
        assert_eq!(again.header("etag"), Some(tag));
    }

    #[tokio::test]
    async fn head_says_what_get_would() {
        let (response, body) = ask(BUILT, Method::HEAD, "/app-0123abcd.js", &[]).await;
        assert_eq!((response.header("content-length"), body.as_str()), (Some("12"), ""));
        let (refused, _) = ask(BUILT, Method::POST, "/", &[]).await;
        assert_eq!((refused.status().as_u16(), refused.header("allow")), (405, Some("GET, HEAD")));
    }

    #[tokio::test]
    async fn an_address_of_the_interface_is_its_page_and_a_missing_file_is_missing() {
        for path in ["/", "/inbox", "/inbox/0192-abc/details"] {
            assert_eq!(ask(BUILT, Method::GET, path, &[]).await.1, "<page>", "{path}");
        }
        for path in ["/app-99999999.js", "/api/v2/customers", "/webhooks/other", "/hooks/x/", "/live/x"] {
            assert_eq!(ask(BUILT, Method::GET, path, &[]).await.0.status().as_u16(), 404, "{path}");
        }
    }

    #[tokio::test]
    async fn a_build_without_the_interface_says_so() {
        let (response, body) = ask(EMPTY, Method::GET, "/", &[]).await;
        assert_eq!(response.status().as_u16(), 503);
        assert!(body.contains("cargo xtask ui"), "{body}");
    }

    #[test]
    fn only_a_hash_makes_a_name_for_ever() {
        for (name, ever) in [
            ("fonts/Inter-0011aabbccddeeff.woff2", true),
            ("app-0123abcd.js", true),
            ("app-main.js", false),
            ("favicon.svg", false),
            ("icon-512.png", false),
        ] {
            assert_eq!(never_changes(name), ever, "{name}");
        }
    }
}
