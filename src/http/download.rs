//! Answers that are files: what they are and what they are called, so that a browser saves them.

use poem::http::{HeaderValue, StatusCode, header};
use poem::{Body, IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{
    MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};

/// A table as comma-separated values.
pub struct Csv {
    pub name: String,
    pub body: Body,
}

/// A table as a spreadsheet.
pub struct Xlsx {
    pub name: String,
    pub body: Body,
}

const CSV: &str = "text/csv; charset=utf-8";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn respond(content_type: &'static str, name: &str, body: Body) -> Response {
    let mut response = Response::builder().status(StatusCode::OK).content_type(content_type).body(body);
    // Names are ours: letters, digits and hyphens.
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

fn described(content_type: &'static str) -> MetaResponses {
    let schema = MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "binary")));
    MetaResponses {
        responses: vec![MetaResponse {
            description: "The file.",
            status: Some(StatusCode::OK.as_u16()),
            status_range: None,
            content: vec![MetaMediaType { content_type, schema }],
            headers: vec![],
        }],
    }
}

macro_rules! files {
    ($($name:ident $content_type:ident;)*) => {$(
        impl IntoResponse for $name {
            fn into_response(self) -> Response {
                respond($content_type, &self.name, self.body)
            }
        }

        impl ApiResponse for $name {
            fn meta() -> MetaResponses {
                described($content_type)
            }

            fn register(_registry: &mut Registry) {}
        }
    )*};
}

files! {
    Csv CSV;
    Xlsx XLSX;
}
