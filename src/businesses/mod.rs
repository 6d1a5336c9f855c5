//! Tenants and who belongs to them. Lives in the platform's store.
//!
//! Not here: what a business owns (its customers, threads, numbers), which lies in its own file.

pub mod api;
mod directory;
pub mod hours;
pub mod invitations;
pub mod members;
mod model;
pub mod service;
pub mod store;

pub use directory::Directory;
pub use model::{Business, Invitation, Member};
