//! Native forms (Meta calls them Flows): those of an account, and what each looks like.

use beseda_wire::forms::{self, NativeForm};
use futures_util::StreamExt;
use reqwest::Method;
use serde_json::Value;

use super::answer::{CallError, exchange};
use super::media::MediaError;
use super::{Credentials, Graph};
use crate::whatsapp::lax::Lax;

const FIELDS: &str = "id,name,status";
const PAGE: &str = "100";
/// Pages at most.
const PAGES: usize = 20;
/// The largest JSON of a form that Meta takes.
const LARGEST: u64 = 10 << 20;
/// What Meta calls the file that says what a form looks like.
const ASSET: &str = "FLOW_JSON";

impl Graph {
    /// The forms of an account that may be used still, without what they look like.
    pub async fn forms(
        &self,
        credentials: &Credentials,
        waba_id: &str,
    ) -> Result<Vec<NativeForm>, CallError> {
        let mut found = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..PAGES {
            let request = self
                .call(Method::GET, credentials, &[waba_id, "flows"])?
                .query(&[("fields", FIELDS), ("limit", PAGE)]);
            let request = match &after {
                Some(after) => request.query(&[("after", after)]),
                None => request,
            };
            let (answer, _) = exchange(request).await?;
            found.extend(answer.items("data").iter().filter_map(form));
            let paging = answer.member("paging");
            after = paging.text("next").and(paging.member("cursors").word("after"));
            if after.is_none() {
                break;
            }
        }
        Ok(found)
    }

    /// A form of this account with what it looks like; `None` where the account has none of this id.
    pub async fn form(
        &self,
        credentials: &Credentials,
        waba_id: &str,
        id: &str,
    ) -> Result<Option<NativeForm>, CallError> {
        // A token may see other accounts: only what this one has can be sent from its numbers.
        let known = self.forms(credentials, waba_id).await?.into_iter().find(|form| form.id == id);
        let Some(mut form) = known else { return Ok(None) };
        let (answer, _) = exchange(self.call(Method::GET, credentials, &[id, "assets"])?).await?;
        let asset = answer.items("data").iter().find(|one| one.text("asset_type") == Some(ASSET));
        if let Some(address) = asset.and_then(|asset| asset.word("download_url")) {
            let json = self.form_json(credentials, &address).await?;
            (form.screens, form.fields) = forms::read(&json);
        }
        Ok(Some(form))
    }

    async fn form_json(&self, credentials: &Credentials, address: &str) -> Result<Value, CallError> {
        let unreachable = |error: MediaError| CallError::Unreachable(error.to_string());
        let mut pieces = self.open_file(credentials, address, LARGEST).await.map_err(unreachable)?;
        let mut bytes = Vec::new();
        while let Some(piece) = pieces.next().await {
            bytes.extend_from_slice(&piece.map_err(unreachable)?);
        }
        serde_json::from_slice(&bytes)
            .map_err(|error| CallError::Unreachable(format!("a form that is no JSON: {error}")))
    }
}

/// A form as Meta tells of it; `None` for one that is given up.
fn form(told: &Value) -> Option<NativeForm> {
    let status = told.text("status").unwrap_or_default();
    if matches!(status, "DEPRECATED" | "BLOCKED") {
        return None;
    }
    Some(NativeForm {
        id: told.word("id")?,
        name: told.word("name")?,
        published: matches!(status, "PUBLISHED" | "THROTTLED"),
        fields: Vec::new(),
        screens: Vec::new(),
    })
}
