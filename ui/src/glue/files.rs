//! Files people pick, and their way to the server. The bytes stay with the browser; the app knows numbers.

use std::cell::RefCell;
use std::collections::HashMap;

use beseda_wire::messages::Media;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, BlobPropertyBag, File, FileList, ProgressEvent, Url, XmlHttpRequest};

use super::{dom, http, post};
use crate::Msg;
use crate::api::Failure;
use crate::app::{FileTarget, PickedFile, UploadNews};
use crate::pages::phone;

thread_local! {
    static FILES: RefCell<HashMap<u32, (File, String)>> = RefCell::default();
    static NEXT: RefCell<u32> = const { RefCell::new(0) };
    static UPLOADS: RefCell<HashMap<u32, XmlHttpRequest>> = RefCell::default();
}

/// Notes the files and tells the app of them.
pub fn picked(target: FileTarget, list: Option<FileList>) -> bool {
    let Some(list) = list else { return false };
    let files: Vec<PickedFile> = (0..list.length())
        .filter_map(|index| list.get(index))
        .map(|file| {
            let number = NEXT.with_borrow_mut(|next| {
                *next += 1;
                *next
            });
            let url = Url::create_object_url_with_blob(&file).unwrap_or_default();
            // A file's size is a whole number of bytes.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size in bytes")]
            let size = file.size() as u64;
            let picked =
                PickedFile { file: number, name: file.name(), mime: file.type_(), size, url: url.clone() };
            FILES.with_borrow_mut(|files| files.insert(number, (file, url)));
            picked
        })
        .collect();
    let any = !files.is_empty();
    if any {
        post(Msg::Files(target, files));
    }
    any
}

/// Reads a file as text.
pub fn read(file: u32, name: String) {
    let Some((file, url)) = FILES.with_borrow_mut(|files| files.remove(&file)) else { return };
    // Nobody is shown it.
    let _ = Url::revoke_object_url(&url);
    spawn_local(async move {
        let text = JsFuture::from(file.text()).await;
        let text = text.map_err(|error| Failure::Unreadable(super::words(&error)));
        post(Msg::BotFile(name, text.map(|text| text.as_string().unwrap_or_default())));
    });
}

/// Lets the browser save a text as a file.
pub fn save_text(name: &str, text: &str) {
    let options = BlobPropertyBag::new();
    options.set_type("application/json");
    let parts = js_sys::Array::of1(&text.into());
    let Ok(blob) = Blob::new_with_str_sequence_and_options(&parts, &options) else { return };
    let Ok(url) = Url::create_object_url_with_blob(&blob) else { return };
    dom::save(&url, name);
    // The browser has begun to read it; a minute is enough for any bot.
    dom::after(60_000, move || {
        let _ = Url::revoke_object_url(&url);
    });
}

pub fn forget(file: u32) {
    // Its local address is not revoked: a sent picture goes on being shown from it.
    FILES.with_borrow_mut(|files| files.remove(&file));
}

pub fn cancel(upload: u32) {
    if let Some(request) = UPLOADS.with_borrow_mut(|uploads| uploads.remove(&upload)) {
        // Aborting a finished request does nothing.
        let _ = request.abort();
    }
}

/// Puts a file onto the customer's phone in the simulator.
pub fn upload_to_phone(file: u32, mime: String, number: &str) {
    let Some((file, _)) = FILES.with_borrow_mut(|files| files.remove(&file)) else { return };
    let files = format!("/simulator/numbers/{number}/files");
    spawn_local(async move {
        let name = String::from(js_sys::encode_uri_component(&file.name()));
        let answer = http::send_file(&format!("{files}?name={name}"), &file).await;
        let answer = answer.and_then(|text| {
            serde_json::from_str(&text).map(Box::new).map_err(|error| Failure::Unreadable(error.to_string()))
        });
        post(phone::Msg::Uploaded(mime, answer));
    });
}

pub fn upload(upload: u32, file: u32) {
    let Some((file, _)) = FILES.with_borrow(|files| files.get(&file).cloned()) else {
        let failure = Failure::Unreadable(format!("file {file} is gone"));
        post(Msg::Upload(upload, UploadNews::Done(Err(failure))));
        return;
    };
    if begin(upload, &file, true).is_none() {
        let failure = Failure::Unreadable("the upload could not begin".to_owned());
        post(Msg::Upload(upload, UploadNews::Done(Err(failure))));
    }
}

/// `fetch` cannot tell how far an upload is, so this is the older request.
fn begin(upload: u32, file: &File, may_refresh: bool) -> Option<()> {
    let request = XmlHttpRequest::new().ok()?;
    let name = String::from(js_sys::encode_uri_component(&file.name()));
    request.open_with_async("POST", &format!("{}/media?filename={name}", http::BASE), true).ok()?;
    let header = |name: &str, value: &str| request.set_request_header(name, value).ok();
    if let Some(token) = http::token() {
        header("Authorization", &format!("Bearer {token}"))?;
    }
    if let Some(business) = http::business() {
        header("Beseda-Business", &business)?;
    }
    let mime = file.type_();
    header("Content-Type", if mime.is_empty() { "application/octet-stream" } else { &mime })?;

    let progress = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size in bytes")]
        let sent = event.loaded() as u64;
        post(Msg::Upload(upload, UploadNews::Progress(sent)));
    });
    request.upload().ok()?.set_onprogress(Some(progress.as_ref().unchecked_ref()));

    let ended = {
        let (request, file) = (request.clone(), file.clone());
        Closure::once_into_js(move || {
            drop(progress);
            // A cancelled upload was taken out before it ended.
            if UPLOADS.with_borrow_mut(|uploads| uploads.remove(&upload)).is_none() {
                return;
            }
            let status = request.status().unwrap_or(0);
            if status == 401 && may_refresh {
                spawn_local(async move {
                    if http::refresh().await.is_ok() && begin(upload, &file, false).is_some() {
                        return;
                    }
                    post(Msg::Upload(upload, UploadNews::Done(Err(Failure::Offline))));
                });
                return;
            }
            let body = request.response_text().ok().flatten().unwrap_or_default();
            let answer = match status {
                0 => Err(Failure::Offline),
                200..=299 => serde_json::from_str::<Media>(&body)
                    .map(Box::new)
                    .map_err(|error| Failure::Unreadable(error.to_string())),
                status => Err(Failure::from_answer(status, &body)),
            };
            post(Msg::Upload(upload, UploadNews::Done(answer)));
        })
    };
    request.set_onloadend(Some(ended.unchecked_ref()));
    request.send_with_opt_blob(Some(file)).ok()?;
    UPLOADS.with_borrow_mut(|uploads| uploads.insert(upload, request));
    Some(())
}
