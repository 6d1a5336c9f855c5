//! WhatsApp's Cloud API: what comes from Meta, what goes to Meta, and the numbers in between.

pub mod journal;
pub mod numbers;
