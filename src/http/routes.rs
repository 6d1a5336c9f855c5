//! Which domains the API is made of. The only file of `http` that names them.

use super::openapi;
use super::operations::Declared;

/// Every domain's operations, in the order of the document. Tuples hold up to 16; nest them for more.
pub type Api = ();

/// The API's document, as `beseda openapi` prints it and `docs/openapi.json` holds it.
pub fn openapi_json() -> String {
    openapi::document::<Api, Declared>()
}
