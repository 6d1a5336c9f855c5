//! Fetches the code of the office and its words. Both parts are one module that was split: the second takes the first's
//! memory and tables, and puts its functions into the places that wait for them.

use std::collections::BTreeMap;

use js_sys::{Object, Promise, Reflect, WebAssembly};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use super::dom;
use super::http::text;
use crate::api::Failure;
use crate::i18n;

pub async fn fetch() -> Result<(), Failure> {
    // Both are on their way before either is waited for.
    let (code, words) = (ask("office")?, ask("office-words")?);
    let imports = Object::new();
    let set = Reflect::set(&imports, &"app".into(), &wasm_bindgen::exports());
    set.map_err(super::http::unreadable)?;
    let words = text(&answer(words).await?).await?;
    let words: BTreeMap<String, String> =
        serde_json::from_str(&words).map_err(|error| Failure::Unreadable(error.to_string()))?;
    let code = answer(code).await?;
    let made = WebAssembly::instantiate_streaming(&Promise::resolve(&code), &imports);
    JsFuture::from(made).await.map_err(super::http::unreadable)?;
    i18n::learn(words);
    Ok(())
}

/// The page names the files, since their names hold a hash of their content.
fn ask(name: &str) -> Result<Promise, Failure> {
    let meta = dom::document().query_selector(&format!("meta[name={name}]")).ok().flatten();
    let address = meta.and_then(|meta| meta.get_attribute("content"));
    let address = address.ok_or_else(|| Failure::Unreadable(format!("the page does not name its {name}")))?;
    Ok(dom::window().fetch_with_str(&address))
}

async fn answer(promise: Promise) -> Result<Response, Failure> {
    let answer: JsValue = JsFuture::from(promise).await.map_err(|_| Failure::Offline)?;
    let answer: Response = answer.dyn_into().map_err(super::http::unreadable)?;
    if answer.ok() { Ok(answer) } else { Err(Failure::Unreadable(format!("HTTP {}", answer.status()))) }
}
