//! Which domains the API is made of. The only file of `http` that names them.

use super::openapi;
use super::operations::Declared;
use crate::accounts::api::AccountsApi;
use crate::bots::api::BotsApi;
use crate::businesses::api::BusinessesApi;
use crate::conversations::api::ConversationsApi;
use crate::customers::api::CustomersApi;
use crate::inbox::api::InboxApi;
use crate::whatsapp::numbers::api::NumbersApi;

/// Every domain's operations, in the order of the document. Tuples hold up to 16; nest them for more.
pub type Api = (AccountsApi, BusinessesApi, CustomersApi, NumbersApi, ConversationsApi, BotsApi, InboxApi);

/// The API's document, as `beseda openapi` prints it and `docs/openapi.json` holds it.
pub fn openapi_json() -> String {
    openapi::document::<Api, Declared>()
}
