//! Puts an HTTP request together. Its secrets stay names; what a customer wrote is written as its place demands.

use serde_json::Value;

use super::{Run, TEXT};
use crate::blocks::{HttpBodyKind, Method};
use crate::calls::{HttpCall, Sealed, Writing, encoded};
use crate::compile::{Node, ReadyBody, ReadyHttp, ReadyJson, SealedPart, SealedTemplate};
use crate::effects::{EndReason, Limit};

/// Characters of all of a request.
const REQUEST: usize = 32 * TEXT;

impl<'a> Run<'a> {
    pub(super) fn http(
        &mut self,
        node: &'a Node,
        http: &'a ReadyHttp,
        timeout: u32,
    ) -> Result<HttpCall, EndReason> {
        let mut url = self.sealed(node, &http.url, Writing::Plain)?.trimmed();
        let mut joint = if url.contains('?') { "&" } else { "?" };
        for (name, value) in &http.query {
            url.push(&format!("{joint}{}=", encoded(name)));
            let value = self.sealed(node, value, Writing::Encoded)?;
            url.append(value);
            joint = "&";
        }
        let mut headers = Vec::with_capacity(http.headers.len());
        for (name, value) in &http.headers {
            headers.push((name.to_string(), self.sealed(node, value, Writing::Plain)?.in_one_line()));
        }
        let (content_type, body) = match &http.body {
            Some(body) if http.method != Method::Trace => self.request_body(node, body)?,
            _ => (None, None),
        };
        let length = url.len() + body.as_ref().map_or(0, Sealed::len);
        if length > REQUEST {
            return Err(EndReason::OutOfFuel { limit: Limit::Text });
        }
        let wanted_headers = http.save_headers.iter().map(|save| save.path.to_string()).collect();
        Ok(HttpCall { method: http.method, url, headers, content_type, body, wanted_headers, timeout })
    }

    fn request_body(
        &mut self,
        node: &'a Node,
        body: &'a ReadyBody,
    ) -> Result<(Option<String>, Option<Sealed>), EndReason> {
        let mut text = Sealed::default();
        let content_type = match body.kind {
            HttpBodyKind::Json => {
                self.json(node, &body.json, &mut text)?;
                "application/json"
            }
            HttpBodyKind::Text => {
                text = self.sealed(node, &body.text, Writing::Plain)?;
                "text/plain; charset=utf-8"
            }
            HttpBodyKind::Form => {
                for (n, (name, value)) in body.fields.iter().enumerate() {
                    text.push(&format!("{}{}=", if n == 0 { "" } else { "&" }, encoded(name)));
                    let value = self.sealed(node, value, Writing::Encoded)?;
                    text.append(value);
                }
                "application/x-www-form-urlencoded"
            }
        };
        let own = body.content_type.clone().filter(|own| !own.trim().is_empty());
        Ok((Some(own.unwrap_or_else(|| content_type.to_owned())), Some(text)))
    }

    fn sealed(
        &mut self,
        node: &Node,
        template: &'a SealedTemplate,
        writing: Writing,
    ) -> Result<Sealed, EndReason> {
        let mut sealed = Sealed::default();
        self.seal(node, template, writing, &mut sealed)?;
        Ok(sealed)
    }

    fn seal(
        &mut self,
        node: &Node,
        template: &'a SealedTemplate,
        writing: Writing,
        into: &mut Sealed,
    ) -> Result<(), EndReason> {
        for part in &template.0 {
            match part {
                SealedPart::Text(text) => into.push(&writing.write(&self.render(node, text)?)),
                SealedPart::Secret(name) => into.push_secret(name, writing),
            }
        }
        Ok(())
    }

    /// Writes JSON, its secrets left open.
    fn json(&mut self, node: &'a Node, json: &'a ReadyJson, into: &mut Sealed) -> Result<(), EndReason> {
        if into.len() > REQUEST {
            return Err(EndReason::OutOfFuel { limit: Limit::Text });
        }
        match json {
            ReadyJson::Literal(value) => into.push(&value.to_string()),
            ReadyJson::Text(text) => {
                into.push("\"");
                self.seal(node, text, Writing::Json, into)?;
                into.push("\"");
            }
            ReadyJson::Formula(formula) => {
                into.push(&self.reckon(node, formula)?.to_string());
            }
            ReadyJson::List(items) => {
                into.push("[");
                for (n, item) in items.iter().enumerate() {
                    if n > 0 {
                        into.push(",");
                    }
                    self.json(node, item, into)?;
                }
                into.push("]");
            }
            ReadyJson::Object(fields) => {
                into.push("{");
                for (n, (name, field)) in fields.iter().enumerate() {
                    let name = Value::from(&**name);
                    into.push(&format!("{}{name}:", if n == 0 { "" } else { "," }));
                    self.json(node, field, into)?;
                }
                into.push("}");
            }
        }
        Ok(())
    }

    /// JSON without secrets, as a value.
    pub(super) fn json_value(&mut self, node: &'a Node, json: &'a ReadyJson) -> Result<Value, EndReason> {
        let mut text = Sealed::default();
        self.json(node, json, &mut text)?;
        // What was written here can be read.
        let text = text.open(|_| None).unwrap_or_default();
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }
}
