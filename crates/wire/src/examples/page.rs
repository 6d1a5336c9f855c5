//! What went wrong.

use serde_json::json;

use super::examples;
use crate::page::{FieldError, Problem};

examples! {
    Problem: Problem {
        kind: "/problems/invalid".to_owned(),
        title: "A field is wrong".to_owned(),
        status: 400,
        detail: None,
        errors: vec![FieldError {
            pointer: "/file/edges/0/to/groupId".to_owned(),
            detail: "no group has the id \"goodbye\"".to_owned(),
            code: Some("no_group".to_owned()),
            parameters: Some(json!({ "id": "goodbye" })),
        }],
        retry_after: None,
    };
}
