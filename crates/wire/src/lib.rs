//! What the API says and the interface reads: request and response types, and nothing that acts on them.
//!
//! The browser builds this crate with serde alone. The server adds the feature `openapi`, which derives
//! the OpenAPI description of the very same types, and `examples/`, which the document shows. The examples' tests
//! prove that both encodings agree, because poem-openapi does not go through serde.

pub mod accounts;
pub mod bots;
pub mod businesses;
pub mod connections;
pub mod conversations;
pub mod customers;
#[cfg(feature = "openapi")]
pub mod examples;
pub mod forms;
pub mod ids;
pub mod live;
pub mod messages;
pub mod naming;
pub mod page;
pub mod results;
pub mod simulator;
pub mod time;
pub mod trials;
pub mod whatsapp;

/// Derives what every type of this crate derives, and the OpenAPI description where it is asked for.
macro_rules! wire {
    ($($item:item)*) => {$(
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
        #[cfg_attr(feature = "openapi", oai(skip_serializing_if_is_none))]
        $item
    )*};
}

/// Like `wire!`, for enumerations of plain words, written in `snake_case`.
macro_rules! words {
    ($($item:item)*) => {$(
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[cfg_attr(feature = "openapi", derive(poem_openapi::Enum))]
        #[cfg_attr(feature = "openapi", oai(rename_all = "snake_case"))]
        $item
    )*};
}

pub(crate) use wire;
pub(crate) use words;
