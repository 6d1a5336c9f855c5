//! `beseda openapi`: prints the API's document.

use super::{Outcome, print};
use crate::http::routes;

pub fn run() -> Outcome {
    print(routes::openapi_json())
}
