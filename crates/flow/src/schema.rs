//! The published schema of the format is written from the types and kept beside them.

use crate::Flow;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/flow.schema.json");
const WRITE: &str = "BESEDA_WRITE_SCHEMA";

#[test]
fn the_published_schema_is_that_of_the_types() {
    let schema = schemars::schema_for!(Flow);
    let fresh = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(FILE, &fresh).unwrap();
    }
    let published = std::fs::read_to_string(FILE).unwrap_or_default();
    // Compared as JSON: the order of keys is no part of it.
    let same =
        serde_json::from_str::<serde_json::Value>(&published).is_ok_and(|read| read == schema.to_value());
    assert!(
        same,
        "crates/flow/flow.schema.json is stale. Write it anew, look at what changed and commit it:\n    \
         {WRITE}=1 cargo test -p beseda-flow --lib schema"
    );
}

/// A block of a kind that this version does not know: any fields, and a `kind` that is none of ours.
pub(crate) fn unknown_block(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "description": "A kind of a newer version: kept, and an end of the run with an error.",
        "type": "object",
        "required": ["kind"],
        "properties": {
            "kind": {
                "type": "string",
                "not": { "enum": crate::blocks::KINDS }
            }
        }
    })
}
