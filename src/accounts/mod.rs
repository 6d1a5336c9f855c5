//! People who sign in: their accounts, their passwords, the devices they are signed in on.
//!
//! Lives in the platform's store. A sign-in gives two tokens: an access token (a JWT of some minutes, kept in the
//! page's memory) and a refresh token (a cookie that scripts cannot read), which changes each time it is used. Every
//! request looks whether its sign-in still stands, so revoking one works at once and not when its token expires.
//!
//! Not here: which business a person belongs to and what they may do there. That lies below, in `businesses/`; what
//! signing in must know of it comes in through [`Businesses`].

pub mod api;
mod device;
mod invited;
mod lockout;
mod model;
mod password;
mod password_rule;
mod refresh;
mod service;
mod setup;
pub mod store;

pub use lockout::Wait;
pub use model::{AccountChange, AccountEvent, Email, SignIn, User};
pub use service::{Accounts, AccountsError, Device, Granted, NewUser, Person};
pub use setup::{Businesses, SetupLink};

#[cfg(test)]
mod tests;
