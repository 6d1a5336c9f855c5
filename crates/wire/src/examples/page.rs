//! What went wrong.

use super::examples;
use crate::page::{FieldError, Problem};

examples! {
    Problem: Problem {
        kind: "/problems/invalid".to_owned(),
        title: "A field is wrong".to_owned(),
        status: 400,
        detail: None,
        errors: vec![FieldError {
            pointer: "/email".to_owned(),
            detail: "must be an e-mail address, as anna@example.com".to_owned(),
        }],
        retry_after: None,
    };
}
