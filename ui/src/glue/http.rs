//! Requests: the access token, one refresh when it has ended, and failures as values.

use std::cell::RefCell;

use beseda_wire::accounts::SignedIn;
use beseda_wire::ids::BusinessId;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{Blob, File, Headers, RequestCredentials, RequestInit, Response, Url};

use super::{dom, post, words};
use crate::Msg;
use crate::api::{Call, Failure, Method};

pub const BASE: &str = "/api/v1";

thread_local! {
    static TOKEN: RefCell<Option<String>> = const { RefCell::new(None) };
    static BUSINESS: RefCell<Option<String>> = const { RefCell::new(None) };
    /// The refresh under way: many requests may find at once that the token has ended.
    static REFRESHING: RefCell<Option<Promise>> = const { RefCell::new(None) };
}

pub fn set_token(token: Option<String>) {
    TOKEN.with_borrow_mut(|kept| *kept = token);
}

pub fn token() -> Option<String> {
    TOKEN.with_borrow(Clone::clone)
}

pub fn set_business(business: Option<BusinessId>) {
    BUSINESS.with_borrow_mut(|kept| *kept = business.map(|id| id.to_string()));
}

pub fn business() -> Option<String> {
    BUSINESS.with_borrow(Clone::clone)
}

/// Sends a request and returns the body of its answer.
pub async fn send(call: &Call) -> Result<String, Failure> {
    let response = if call.method == Method::Post && call.path == "/auth/refresh" {
        alone(call).await?
    } else {
        let response = fetch(call).await?;
        if response.status() == 401 && call.signed_in {
            refresh().await?;
            fetch(call).await?
        } else {
            response
        }
    };
    body(response).await
}

/// A stored file as a local address.
pub async fn media_url(sha256: &str) -> Result<String, Failure> {
    let call = Call {
        method: Method::Get,
        // The simulator's files stand under other addresses.
        path: if sha256.starts_with('/') { sha256.to_owned() } else { format!("/media/{sha256}") },
        body: None,
        idempotency_key: None,
        signed_in: true,
    };
    let mut response = fetch(&call).await?;
    if response.status() == 401 {
        refresh().await?;
        response = fetch(&call).await?;
    }
    if !response.ok() {
        let status = response.status();
        return Err(Failure::from_answer(status, &text(&response).await?));
    }
    let blob = response.blob().map_err(unreadable)?;
    let blob: Blob = JsFuture::from(blob).await.map_err(|_| Failure::Offline)?.unchecked_into();
    Url::create_object_url_with_blob(&blob).map_err(unreadable)
}

/// Sends a file as it is and returns the body of the answer.
pub async fn send_file(path: &str, file: &File) -> Result<String, Failure> {
    let mut response = post_file(path, file).await?;
    if response.status() == 401 {
        refresh().await?;
        response = post_file(path, file).await?;
    }
    body(response).await
}

async fn post_file(path: &str, file: &File) -> Result<Response, Failure> {
    let headers = headers()?;
    let mime = file.type_();
    let mime = if mime.is_empty() { "application/octet-stream" } else { &mime };
    headers.set("Content-Type", mime).map_err(unreadable)?;
    let init = RequestInit::new();
    init.set_method(Method::Post.name());
    init.set_credentials(RequestCredentials::SameOrigin);
    init.set_headers(&headers);
    init.set_body(file);
    let promise = dom::window().fetch_with_str_and_init(&format!("{BASE}{path}"), &init);
    let response = JsFuture::from(promise).await.map_err(|_| Failure::Offline)?;
    response.dyn_into::<Response>().map_err(unreadable)
}

/// Makes a new access token with the cookie. When that is refused the sign-in is over.
pub async fn refresh() -> Result<(), Failure> {
    let promise = REFRESHING.with_borrow_mut(|under_way| {
        under_way.get_or_insert_with(|| future_to_promise(refresh_once())).clone()
    });
    let answer = JsFuture::from(promise).await;
    REFRESHING.with_borrow_mut(|under_way| *under_way = None);
    match answer {
        Ok(_) => Ok(()),
        // The failure was told where it happened; here it only ends the request that waited.
        Err(_) => Err(Failure::Offline),
    }
}

async fn refresh_once() -> Result<JsValue, JsValue> {
    let call = Call {
        method: Method::Post,
        path: "/auth/refresh".to_owned(),
        body: None,
        idempotency_key: None,
        signed_in: false,
    };
    let answer = match alone(&call).await {
        Ok(response) => body(response).await,
        Err(failure) => Err(failure),
    };
    match answer {
        Ok(text) => {
            let signed_in: SignedIn = serde_json::from_str(&text).map_err(|error| error.to_string())?;
            set_token(Some(signed_in.access_token.clone()));
            post(Msg::Renewed(Box::new(signed_in)));
            Ok(JsValue::UNDEFINED)
        }
        Err(failure) => {
            if failure.is_signed_out() {
                post(Msg::SignedOut);
            }
            Err(JsValue::from_str(failure.kind()))
        }
    }
}

/// Fetches while no other tab does the same: a refresh token is good for one use, and two tabs that use the
/// same look like a thief. Pages without TLS have no locks and take the risk.
async fn alone(call: &Call) -> Result<Response, Failure> {
    let navigator = dom::window().navigator();
    let Some(locks) = Reflect::get(&navigator, &"locks".into()).ok().filter(|locks| !locks.is_undefined())
    else {
        return fetch(call).await;
    };
    let Some(request) =
        Reflect::get(&locks, &"request".into()).ok().and_then(|found| found.dyn_into::<Function>().ok())
    else {
        return fetch(call).await;
    };
    let call = call.clone();
    let work = Closure::once_into_js(move |_lock: JsValue| {
        future_to_promise(async move {
            fetch(&call).await.map(JsValue::from).map_err(|failure| JsValue::from_str(failure.kind()))
        })
    });
    let promise: Promise =
        request.call2(&locks, &"beseda-refresh".into(), &work).map_err(unreadable)?.unchecked_into();
    let response = JsFuture::from(promise).await.map_err(|_| Failure::Offline)?;
    response.dyn_into::<Response>().map_err(unreadable)
}

/// What every request says of who asks, and for which business.
fn headers() -> Result<Headers, Failure> {
    let headers = Headers::new().map_err(unreadable)?;
    let set = |name: &str, value: &str| headers.set(name, value).map_err(unreadable);
    set("Accept", "application/json")?;
    if let Some(token) = token() {
        set("Authorization", &format!("Bearer {token}"))?;
    }
    if let Some(business) = business() {
        set("Beseda-Business", &business)?;
    }
    Ok(headers)
}

async fn fetch(call: &Call) -> Result<Response, Failure> {
    let headers = headers()?;
    let set = |name: &str, value: &str| headers.set(name, value).map_err(unreadable);
    if let Some(key) = &call.idempotency_key {
        set("Idempotency-Key", key)?;
    }
    let init = RequestInit::new();
    init.set_method(call.method.name());
    init.set_credentials(RequestCredentials::SameOrigin);
    if let Some(body) = &call.body {
        set("Content-Type", "application/json")?;
        init.set_body(&JsValue::from_str(body));
    }
    init.set_headers(&headers);
    if call.idempotency_key.is_some() {
        // What was sent goes out even if the page is left in that instant. Setting a property of a fresh object cannot
        // fail.
        let _ = Reflect::set(&init, &"keepalive".into(), &JsValue::TRUE);
    }
    let promise = dom::window().fetch_with_str_and_init(&format!("{BASE}{}", call.path), &init);
    let response = JsFuture::from(promise).await.map_err(|_| Failure::Offline)?;
    response.dyn_into::<Response>().map_err(unreadable)
}

async fn body(response: Response) -> Result<String, Failure> {
    let (ok, status) = (response.ok(), response.status());
    let text = text(&response).await?;
    if ok { Ok(text) } else { Err(Failure::from_answer(status, &text)) }
}

pub async fn text(response: &Response) -> Result<String, Failure> {
    let promise = response.text().map_err(unreadable)?;
    let text = JsFuture::from(promise).await.map_err(|_| Failure::Offline)?;
    Ok(text.as_string().unwrap_or_default())
}

pub fn unreadable(error: JsValue) -> Failure {
    Failure::Unreadable(words(&error))
}
