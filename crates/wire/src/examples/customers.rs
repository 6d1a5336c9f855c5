//! The shop's customers.

use super::{at, examples, ids, some};
use crate::customers::{Customer, FieldValue, UpdateCustomer};

fn occasion() -> FieldValue {
    FieldValue { name: "Occasion".to_owned(), value: "Wedding on the 5th of December".to_owned() }
}

examples! {
    Customer: Customer {
        id: ids::OLGA,
        name: "Olga Meyer".to_owned(),
        phone: some("+15550100234"),
        bsuid: some("US.13491208655302741918"),
        email: some("olga@example.com"),
        username: None,
        tags: vec!["wedding".to_owned()],
        fields: vec![occasion()],
        no_marketing_since: None,
        marketing_capped_until: None,
        unreachable_since: None,
        created_at: at(-20_160),
        last_seen_at: Some(at(0)),
    };

    UpdateCustomer: UpdateCustomer {
        name: some("Olga Meyer"),
        email: some("olga@example.com"),
        tags: Some(vec!["wedding".to_owned()]),
        fields: Some(vec![occasion()]),
        no_marketing: Some(true),
    };
}
