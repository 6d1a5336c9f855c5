//! The people a business talks with: who they are on WhatsApp, their tags and fields.
//!
//! A customer's key is our own id. Phone, business-scoped user id and e-mail are separate identifiers that
//! may be missing, since WhatsApp users may hide their phone (Meta, business-scoped user ids).

pub mod api;
pub mod bsuid;
mod model;
pub mod phone;
pub mod sight;
pub mod store;

pub use bsuid::Bsuid;
pub use model::{Customer, CustomerChanged, CustomersMerged, Identity};
pub use phone::Phone;
