//! Requests to services. They arrive switched off, and everything in them that may be secret is left behind: a
//! reference to a secret of the business stands in its place.

use serde_json::{Map, Value, json};

use super::bubbles::{empty, host, web_address};
use super::build::{Builder, nothing, options};
use super::made::Made;
use super::place::Place;
use super::sealed::Care;
use super::source::Block as There;
use super::{kept, sealed, secrets, text};
use crate::blocks::{Body, Http, HttpBody, HttpBodyKind, Method, Pair, Save, Sealable};
use crate::import::report::short;
use crate::import::{ChangeCode, ImportError, NeedCode, ReasonCode};
use crate::load::limits;
use crate::model::Extra;

impl Builder<'_> {
    /// `service`: whose own block it was.
    pub fn request(
        &mut self,
        made: &mut Made,
        there: &There,
        service: Option<&str>,
    ) -> Result<(), ImportError> {
        let nothing = nothing();
        let options = options(there, &nothing)?;
        let webhook = match options.field("webhook")? {
            Some(webhook) => Some(webhook),
            None => there.place.field("webhook")?,
        };
        let Some(webhook) = webhook else {
            // Files of the third version name a request that only the other program's database holds.
            if there.place.field("webhookId")?.is_some() {
                made.cannot(ReasonCode::RequestNotInFile, []);
                made.only(kept::in_place(there));
            } else {
                empty(made);
            }
            return Ok(());
        };
        let Some(url) = webhook.words("url")?.and_then(web_address) else {
            empty(made);
            return Ok(());
        };
        let written = webhook.text("method")?.unwrap_or("POST");
        let Some(method) = method(written) else {
            made.cannot(ReasonCode::Method, [("method", short(written))]);
            made.only(kept::in_place(there));
            return Ok(());
        };
        if let Some(service) = service {
            made.how(ChangeCode::PlainRequest, [("service", json!(service))]);
        }
        let mut http = Http { method, ..Http::default() };
        let (url, signed) = self.request_url(made, &url, service);
        http.url = url;
        for pair in webhook.list("queryParams")? {
            http.query.extend(self.pair(made, &pair)?);
        }
        let mut content_type = None;
        for pair in webhook.list("headers")? {
            if pair.text("key")?.is_some_and(|name| name.trim().eq_ignore_ascii_case("content-type")) {
                content_type = pair.words("value")?.map(|value| self.text(made, value));
            } else {
                http.headers.extend(self.pair(made, &pair)?);
            }
        }
        let signs = |pair: &Pair| pair.name.eq_ignore_ascii_case("authorization");
        http.headers.extend(signed.filter(|_| !http.headers.iter().any(signs)));
        if !matches!(method, Method::Get | Method::Head | Method::Trace) {
            let body = webhook.words("body")?;
            let custom = options.perhaps("isCustomBody")?.unwrap_or(body.is_some());
            http.body = match body.filter(|_| custom) {
                Some(body) => Some(self.body(made, body, content_type)),
                None if custom => None,
                None => Some(self.everything(made)),
            };
        }
        let timeout = options.number("timeout")?.filter(|seconds| *seconds >= 1.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 120, and whole")]
        let whole = |seconds: f64| seconds.min(f64::from(limits::CALL_SECONDS)).round() as u32;
        http.timeout = timeout.map(whole);
        (http.save, http.status) = saves(self, made, &options)?;
        let id = made.push_outside(Body::Http(Box::new(http)));
        made.forgiving.push(id);
        Ok(())
    }

    /// A reference to the secret that stands for this value.
    fn secret(&mut self, made: &mut Made, value: &str, wanted: &str) -> String {
        let name = self.secrets.named(value, wanted);
        made.needs(NeedCode::Secret, [("name", json!(name))]);
        made.how(ChangeCode::SecretLeftOut, [("name", json!(name))]);
        name
    }

    /// A text of a request as a template, with references for the keys in it.
    fn sealed(&mut self, made: &mut Made, raw: &str, wanted: &str) -> String {
        let done = text::as_template(raw, &mut self.names);
        if done.had_code {
            made.how(ChangeCode::InlineCodeLeftOut, []);
        }
        let mut refer = |key: &str, wanted: &str| self.reference(made, key, wanted);
        sealed::cleaned(&done.template, Care::Request, wanted, &mut refer)
    }

    fn reference(&mut self, made: &mut Made, value: &str, wanted: &str) -> String {
        format!("{{{{ secret.{} }}}}", self.secret(made, value, wanted))
    }

    /// The address without its secrets, and the header for a name and password that stood in it.
    fn request_url(&mut self, made: &mut Made, raw: &str, service: Option<&str>) -> (String, Option<Pair>) {
        // As a template first: no name in it holds a sign that parts an address.
        let url = text::as_template(raw, &mut self.names).template;
        let host = host(&url).unwrap_or_default();
        let wanted = service.map_or_else(|| host.replace('.', "_"), str::to_owned);
        let Some((scheme, rest)) = url.split_once("://") else {
            return (self.sealed(made, &url, &wanted), None);
        };
        let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        // A name and password are a header: a run may not send them in an address.
        let (signed, bare) = match authority.rsplit_once('@') {
            Some((user, bare)) => {
                let name = self.secret(made, user, &format!("{wanted}_authorization"));
                let value = Sealable::Text(format!("Basic {{{{ secret.{name} }}}}"));
                (Some(Pair { name: "Authorization".to_owned(), value, extra: Extra::new() }), bare)
            }
            None => (None, authority),
        };
        let mut refer = |value: &str, wanted: &str| self.reference(made, value, wanted);
        (sealed::request_address(&format!("{scheme}://{bare}{rest}"), service, &mut refer), signed)
    }

    /// A header or a parameter.
    fn pair(&mut self, made: &mut Made, place: &Place) -> Result<Option<Pair>, ImportError> {
        let Some(name) = place.words("key")? else { return Ok(None) };
        let name = name.trim().to_owned();
        let raw = place.text("value")?.unwrap_or_default();
        let secret = secrets::is_secret_name(&name) && !raw.trim().is_empty() && !text::has_variables(raw);
        let value = if secret {
            let (scheme, value) = sealed::apart(raw.trim());
            let secret = self.secret(made, value, &name);
            match scheme {
                "" => Sealable::Secret { secret, extra: Extra::new() },
                scheme => Sealable::Text(format!("{scheme}{{{{ secret.{secret} }}}}")),
            }
        } else {
            Sealable::Text(self.sealed(made, raw, &name))
        };
        Ok(Some(Pair { name, value, extra: Extra::new() }))
    }

    fn body(&mut self, made: &mut Made, raw: &str, content_type: Option<String>) -> HttpBody {
        let is_json = content_type.as_deref().is_none_or(|kind| kind.to_lowercase().contains("json"));
        let parsed: Option<Value> = serde_json::from_str(&with_quoted_variables(raw)).ok();
        match parsed.filter(|value| is_json && !value.is_string() && !has_reference(value)) {
            Some(value) => HttpBody { value: self.sealed_json(made, value, "body"), ..HttpBody::default() },
            None => HttpBody {
                kind: HttpBodyKind::Text,
                text: self.sealed(made, raw, "body"),
                content_type: content_type.or_else(|| Some("application/json".to_owned())),
                ..HttpBody::default()
            },
        }
    }

    fn sealed_json(&mut self, made: &mut Made, value: Value, name: &str) -> Value {
        match value {
            Value::String(text) => {
                let secret = secrets::is_secret_name(name) && !text.is_empty() && !text::has_variables(&text);
                Value::from(if secret {
                    format!("{{{{ secret.{} }}}}", self.secret(made, &text, name))
                } else {
                    self.sealed(made, &text, name)
                })
            }
            Value::Array(items) => items.into_iter().map(|item| self.sealed_json(made, item, name)).collect(),
            Value::Object(fields) => {
                let sealed = |(name, value): (String, Value)| {
                    let value = self.sealed_json(made, value, &name);
                    (name, value)
                };
                Value::Object(fields.into_iter().map(sealed).collect())
            }
            other => other,
        }
    }

    /// What is sent where the block does not say: there all answers, here all variables.
    fn everything(&mut self, made: &mut Made) -> HttpBody {
        made.how(ChangeCode::AllVariables, []);
        let variables = self.all_variables().into_iter();
        let fields: Map<String, Value> =
            variables.map(|(name, ours)| (name, Value::from(format!("{{{{{ours}}}}}")))).collect();
        HttpBody { value: Value::Object(fields), ..HttpBody::default() }
    }
}

/// Which parts of what came back go into which variables, and which takes the status.
pub fn saves(
    builder: &Builder,
    made: &mut Made,
    options: &Place,
) -> Result<(Vec<Save>, Option<String>), ImportError> {
    let (mut save, mut status) = (Vec::new(), None);
    for mapping in options.list("responseVariableMapping")? {
        let written = mapping.text("bodyPath")?.unwrap_or("data").trim();
        let Some(variable) = builder.variable(made, &mapping, "variableId")? else { continue };
        if written == "statusCode" {
            status = Some(variable);
            continue;
        }
        match path(written) {
            Some(path) => save.push(Save { variable, path, extra: Extra::new() }),
            None => made.how(ChangeCode::PathLeftOut, [("path", short(written))]),
        }
    }
    Ok((save, status))
}

/// `data.items[0].name` as ours, which begins in the body: `items.0.name`.
fn path(written: &str) -> Option<String> {
    if written.contains(['(', '{']) {
        return None;
    }
    let dotted = written.replace('[', ".").replace([']', '"', '\''], "");
    let mut names = dotted.split('.').filter(|name| !name.is_empty()).peekable();
    if names.peek() == Some(&"data") {
        names.next();
    }
    Some(names.collect::<Vec<_>>().join("."))
}

fn method(written: &str) -> Option<Method> {
    serde_json::from_value(Value::from(written.trim().to_uppercase())).ok()
}

/// JSON in which variables stand without quotes (`{"age": {{Age}}}`), with quotes: a text of nothing but a variable
/// keeps the kind of its value.
fn with_quoted_variables(raw: &str) -> String {
    let mut quoted = String::with_capacity(raw.len());
    let mut within = false;
    for piece in text::pieces(raw) {
        match piece {
            text::Piece::Literal(literal) => {
                let mut escaped = false;
                for c in literal.chars() {
                    within ^= c == '"' && !escaped;
                    escaped = c == '\\' && !escaped;
                }
                quoted += literal;
            }
            text::Piece::Variable(name) => {
                // A name with quotes in it may break the JSON: then the body is a text.
                let quote = if within { "" } else { "\"" };
                quoted.extend([quote, "{{", name, "}}", quote]);
            }
            text::Piece::Code => {}
        }
    }
    quoted
}

/// Whether JSON holds what would be read as a reference to a secret.
fn has_reference(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_reference),
        Value::Object(fields) => {
            (fields.len() == 1 && fields.contains_key("secret")) || fields.values().any(has_reference)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_begin_in_the_body() {
        for (written, wanted) in [
            ("data.value", Some("value")),
            ("data", Some("")),
            ("data.items[0].name", Some("items.0.name")),
            ("data['a'].b", Some("a.b")),
            ("other", Some("other")),
            ("data.flatMap(item => item.name)", None),
        ] {
            assert_eq!(path(written).as_deref(), wanted, "{written}");
        }
    }

    #[test]
    fn variables_in_json_get_quotes() {
        let raw = r#"{"a": {{Age}}, "b": "I am {{Name}} \" {{X}}", "c": [{{L}}]}"#;
        let wanted = r#"{"a": "{{Age}}", "b": "I am {{Name}} \" {{X}}", "c": ["{{L}}"]}"#;
        assert_eq!(with_quoted_variables(raw), wanted);
    }
}
