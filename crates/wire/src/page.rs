//! Paging and problems: the two shapes that every answer of the API may have.

use serde_json::Value;

use crate::wire;

/// One page of a list. `next` is the cursor of the following page, absent on the last.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A page's description: each item type has its own, `CustomerPage`.
#[cfg(feature = "openapi")]
impl<T: poem_openapi::types::Type> poem_openapi::types::Type for Page<T> {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> std::borrow::Cow<'static, str> {
        format!("{}Page", T::name()).into()
    }

    fn schema_ref() -> poem_openapi::registry::MetaSchemaRef {
        poem_openapi::registry::MetaSchemaRef::Reference(Self::name().into_owned())
    }

    fn register(registry: &mut poem_openapi::registry::Registry) {
        registry.create_schema::<Self, _>(Self::name().into_owned(), |registry| {
            T::register(registry);
            let mut next = poem_openapi::registry::MetaSchema::new("string");
            next.description = Some("The `cursor` of the following page; absent on the last.");
            // Of an item with an example, a page with it.
            let item = registry.schemas.get(T::name().as_ref()).and_then(|schema| schema.example.clone());
            poem_openapi::registry::MetaSchema {
                description: Some("One page of a list."),
                required: vec!["items"],
                properties: vec![
                    ("items", Vec::<T>::schema_ref()),
                    ("next", poem_openapi::registry::MetaSchemaRef::Inline(Box::new(next))),
                ],
                example: item
                    .map(|item| serde_json::json!({ "items": [item], "next": crate::examples::CURSOR })),
                ..poem_openapi::registry::MetaSchema::new("object")
            }
        });
    }

    fn as_raw_value(&self) -> Option<&Self::RawValueType> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

wire! {
    /// What went wrong, after RFC 9457.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct Problem {
        /// Stable name of the problem, for programs: `/problems/not-found`.
        #[serde(rename = "type")]
        #[cfg_attr(feature = "openapi", oai(rename = "type"))]
        pub kind: String,
        /// The problem in a few words.
        pub title: String,
        /// The HTTP status.
        pub status: u16,
        /// What happened, and what is allowed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub detail: Option<String>,
        /// The fields at fault; at most 100, and `detail` says how many more there are.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if_is_empty))]
        pub errors: Vec<FieldError>,
        /// Seconds after which another try makes sense.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub retry_after: Option<u32>,
    }

    /// One field at fault.
    pub struct FieldError {
        /// JSON pointer into the request body (RFC 6901), or the parameter's name.
        pub pointer: String,
        /// What is wrong with it and what is allowed.
        pub detail: String,
        /// Stable name of what is wrong, for programs: `no_group`. Mistakes in a bot's flow or in a file of one have it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub code: Option<String>,
        /// What a sentence about the code needs, by names: `{"id": "…"}`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub parameters: Option<Value>,
    }
}

impl FieldError {
    /// One that is told in words alone.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into(), code: None, parameters: None }
    }
}
