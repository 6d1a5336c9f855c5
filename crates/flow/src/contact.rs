//! The customer's record as flows know it, the variable `contact`: one rule for the engine, for the replay and for the
//! program that keeps the record.

/// What stands in `contact` itself; the business's own fields stand in `contact.fields`.
const OWN: [&str; 4] = ["name", "email", "phone", "tags"];
/// What `contact` gives and no field is: the phone is WhatsApp's, and tags are added and removed one by one.
const READ_ONLY: [&str; 3] = ["phone", "tags", "fields"];

/// Whether a field is a part of every customer's record, and not one of the business's own.
pub fn is_own_field(field: &str) -> bool {
    OWN.contains(&field)
}

/// Whether flows may write a field: the name, the e-mail address, and every field of the business's own.
pub fn is_writable_field(field: &str) -> bool {
    !READ_ONLY.contains(&field.trim())
}
