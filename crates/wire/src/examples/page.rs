//! What went wrong.

use super::examples;
use crate::page::{FieldError, Problem};

examples! {
    Problem: Problem {
        kind: "/problems/invalid".to_owned(),
        title: "A field is wrong".to_owned(),
        status: 400,
        detail: None,
        errors: vec![FieldError::new("/email", "must be an e-mail address, as anna@example.com")],
        retry_after: None,
    };
}
