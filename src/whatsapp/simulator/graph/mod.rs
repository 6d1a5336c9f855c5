//! The Graph API's objects besides messages: numbers, accounts, templates, files (FACTS §3, §4, §9).
//!
//! Here is what a call means and what it gives; `api.rs` only carries it over HTTP.

pub(super) mod api;
mod fields;
mod forms;

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use self::fields::{TEMPLATE_FIELDS, account_fields, number_fields, page, pick};
use super::book::Number;
use super::escape;
use super::media::{ADDRESS_LIVES, StoredFile};
use super::payloads;
use super::queue::Change;
use super::refusal::Refusal;
use super::state::Simulator;
use super::templates;

/// A call of the Graph API, without its body.
pub(super) struct Call {
    /// In lower case.
    pub method: &'static str,
    /// `25.0`, when the path named one.
    pub version: Option<String>,
    /// The path behind the version.
    pub path: Vec<String>,
    pub query: HashMap<String, String>,
    pub token: Option<String>,
    /// The address under which the caller reaches the Graph API, without a slash at its end.
    pub base: String,
}

/// What a call gives, and the account whose use it counts to.
pub(super) struct Given {
    pub value: Value,
    pub waba_id: String,
}

impl Call {
    /// The parts of the path, for matching.
    pub fn parts(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    fn fields(&self) -> Option<Vec<&str>> {
        self.query.get("fields").map(|fields| fields.split(',').map(str::trim).collect())
    }
}

impl Simulator {
    /// The numbers that a token may use. A token nobody gave out is refused.
    fn numbers_of(&self, token: Option<&str>) -> Result<Vec<Arc<Number>>, Refusal> {
        let token = token.filter(|token| !token.is_empty()).ok_or_else(Refusal::bad_token)?;
        let numbers: Vec<_> =
            self.read_book(|book| book.numbers().filter(|number| number.token == token).cloned().collect());
        if numbers.is_empty() { Err(Refusal::bad_token()) } else { Ok(numbers) }
    }

    /// The number with this id, if the token may use it.
    pub(super) fn authorized(
        &self,
        token: Option<&str>,
        method: &str,
        id: &str,
    ) -> Result<Arc<Number>, Refusal> {
        if let Ok(number) = self.number(id)
            && token == Some(number.token.as_str())
        {
            return Ok(number);
        }
        self.numbers_of(token)?;
        Err(Refusal::no_object(method, id))
    }

    /// Answers a call that is not about messages or the bytes of files.
    pub(super) async fn node(&self, call: &Call, body: &Value) -> Result<Given, Refusal> {
        let numbers = self.numbers_of(call.token.as_deref())?;
        if let Some(proof) = call.query.get("appsecret_proof") {
            // The proof is over the token, with the secret of the app that the token is of.
            let token = call.token.as_deref().unwrap_or_default();
            let fits = |number: &Arc<Number>| {
                let expected = escape::signature(&number.app_secret, token.as_bytes());
                expected.strip_prefix("sha256=").unwrap_or(&expected) == proof
            };
            if !numbers.iter().any(fits) {
                return Err(Refusal::wrong_proof());
            }
        }
        let parts = call.parts();
        let Some(id) = parts.first().copied() else {
            return Err(Refusal::parameter("Unsupported request."));
        };
        if id == "debug_token" {
            let given = |value| Given { value, waba_id: numbers[0].waba_id.clone() };
            return Ok(given(self.debug_token(call.query.get("input_token").map_or("", String::as_str))));
        }
        let edge = parts.get(1).copied();
        if let Some(number) = numbers.iter().find(|number| number.phone_number_id == id) {
            let value = self.number_node(call, number, edge, body)?;
            return Ok(Given { value, waba_id: number.waba_id.clone() });
        }
        let account: Vec<_> = numbers.iter().filter(|number| number.waba_id == id).cloned().collect();
        if let Some(first) = account.first() {
            let value = self.account_node(call, &account, edge, body).await?;
            return Ok(Given { value, waba_id: first.waba_id.clone() });
        }
        for number in &numbers {
            if let Some(value) = self.form_node(call, number, id, edge, body)? {
                return Ok(Given { value, waba_id: number.waba_id.clone() });
            }
        }
        if edge.is_none() {
            for number in &numbers {
                if let Some(value) = self.template_node(call, number, id, body)? {
                    return Ok(Given { value, waba_id: number.waba_id.clone() });
                }
                if let Some(value) = self.file_node(call, number, id) {
                    return Ok(Given { value, waba_id: number.waba_id.clone() });
                }
            }
        }
        Err(Refusal::no_object(call.method, id))
    }

    fn number_node(
        &self,
        call: &Call,
        number: &Number,
        edge: Option<&str>,
        body: &Value,
    ) -> Result<Value, Refusal> {
        match (call.method, edge) {
            ("get", None) => {
                let fields = call.fields();
                let fields = fields.as_deref().unwrap_or(&[
                    "verified_name",
                    "code_verification_status",
                    "display_phone_number",
                    "quality_rating",
                    "id",
                ]);
                pick(&number_fields(number, self.rules().per_second), fields, "WhatsAppBusinessPhoneNumber")
            }
            ("get", Some("whatsapp_business_profile")) => {
                let mut profile = json!({"messaging_product": "whatsapp", "vertical": "UNDEFINED"});
                for (key, value) in &number.profile {
                    profile[key] = value.clone();
                }
                Ok(json!({"data": [profile]}))
            }
            ("post", Some("whatsapp_business_profile")) => {
                let known = [
                    "about",
                    "address",
                    "description",
                    "email",
                    "vertical",
                    "websites",
                    "profile_picture_handle",
                ];
                self.write_book(|book| {
                    book.change_number(&number.phone_number_id, |number| {
                        for (key, value) in body.as_object().into_iter().flatten() {
                            if known.contains(&key.as_str()) {
                                number.profile.insert(key.clone(), value.clone());
                            }
                        }
                    })
                });
                Ok(success())
            }
            ("post", Some("register" | "deregister" | "request_code" | "verify_code" | "smb_app_data")) => {
                Ok(success())
            }
            ("get" | "post" | "delete", Some("block_users")) => self.block_users(call.method, number, body),
            _ => Err(Refusal::no_object(call.method, &number.phone_number_id)),
        }
    }

    fn block_users(&self, method: &str, number: &Number, body: &Value) -> Result<Value, Refusal> {
        if method == "get" {
            let blocked = self.read_book(|book| {
                let blocked =
                    book.customers(number.home).filter(|customer| number.blocked.contains(&customer.key));
                blocked
                    .map(|customer| json!({"messaging_product": "whatsapp", "wa_id": customer.wa_id}))
                    .collect::<Vec<_>>()
            });
            return Ok(json!({ "data": blocked }));
        }
        let users = body["block_users"].as_array().ok_or_else(|| Refusal::missing("block_users"))?;
        let mut done = Vec::new();
        for user in users {
            let input = user["user"].as_str().ok_or_else(|| Refusal::missing("block_users[0]['user']"))?;
            let digits = super::phone::dialled(input, &number.phone);
            let Some(customer) = digits.and_then(|digits| self.customer(number, &digits).ok()) else {
                return Err(Refusal::with(131_009, format!("{input} is not a WhatsApp user.")));
            };
            self.write_book(|book| {
                book.change_number(&number.phone_number_id, |number| {
                    if method == "post" {
                        number.blocked.insert(customer.key);
                    } else {
                        number.blocked.remove(&customer.key);
                    }
                })
            });
            done.push(json!({"input": input, "wa_id": customer.wa_id}));
        }
        let key = if method == "post" { "added_users" } else { "removed_users" };
        Ok(json!({"messaging_product": "whatsapp", "block_users": { key: done }}))
    }

    async fn account_node(
        &self,
        call: &Call,
        account: &[Arc<Number>],
        edge: Option<&str>,
        body: &Value,
    ) -> Result<Value, Refusal> {
        let number = &account[0];
        let waba_id = number.waba_id.as_str();
        match (call.method, edge) {
            ("get", None) => {
                let fields = call.fields();
                let fields =
                    fields.as_deref().unwrap_or(&["id", "name", "timezone_id", "message_template_namespace"]);
                pick(&account_fields(number), fields, "WhatsAppBusinessAccount")
            }
            ("get", Some("phone_numbers")) => {
                let fields = call.fields();
                let fields = fields.as_deref().unwrap_or(&[
                    "verified_name",
                    "code_verification_status",
                    "display_phone_number",
                    "quality_rating",
                    "id",
                ]);
                let nodes = account.iter().map(|number| {
                    pick(
                        &number_fields(number, self.rules().per_second),
                        fields,
                        "WhatsAppBusinessPhoneNumber",
                    )
                });
                page(call, nodes.collect::<Result<Vec<_>, _>>()?)
            }
            ("get", Some("subscribed_apps")) => {
                let app = json!({"whatsapp_business_api_data": {
                    "link": "https://example.com/", "name": "Simulated app", "id": "7234002551525653"}});
                let subscribed = account.iter().any(|number| number.subscribed);
                Ok(json!({"data": if subscribed { vec![app] } else { vec![] }}))
            }
            ("post", Some("subscribed_apps")) => {
                let callback = body["override_callback_uri"].as_str();
                if let Some(url) = callback {
                    let verified =
                        self.handshake(url, body["verify_token"].as_str().unwrap_or_default()).await;
                    if !verified.ok {
                        return Err(Refusal {
                            code: 2200,
                            message: format!(
                                "(#2200) Callback verification failed with the following errors: {}",
                                verified.detail
                            ),
                            ..Refusal::parameter("")
                        });
                    }
                }
                self.subscribe(account, true, callback);
                Ok(success())
            }
            ("delete", Some("subscribed_apps")) => {
                self.subscribe(account, false, None);
                Ok(success())
            }
            ("get", Some("flows")) => self.list_forms(call, waba_id),
            ("post", Some("flows")) => self.create_form(waba_id, body),
            ("get", Some("message_templates")) => self.list_templates(call, waba_id),
            ("post", Some("message_templates")) => self.create_template(number, body),
            ("delete", Some("message_templates")) => self.delete_template(call, waba_id),
            _ => Err(Refusal::no_object(call.method, waba_id)),
        }
    }

    fn subscribe(&self, account: &[Arc<Number>], subscribed: bool, callback: Option<&str>) {
        self.write_book(|book| {
            for number in account {
                book.change_number(&number.phone_number_id, |number| {
                    number.subscribed = subscribed;
                    if let Some(callback) = callback {
                        number.callback_url = Some(callback.to_owned());
                    }
                });
            }
        });
        self.wake_lanes();
    }

    fn list_templates(&self, call: &Call, waba_id: &str) -> Result<Value, Refusal> {
        let now = self.now();
        let asked = |key: &str| call.query.get(key).map(|value| value.to_lowercase());
        let (name, status, language, category) =
            (asked("name"), asked("status"), asked("language"), asked("category"));
        let fits = |asked: &Option<String>, value: &str| {
            asked.as_ref().is_none_or(|asked| asked.split(',').any(|one| one == value.to_lowercase()))
        };
        let nodes: Vec<Map<String, Value>> = self.read_templates(waba_id, |templates| {
            templates
                .iter()
                .filter(|template| {
                    fits(&name, &template.name)
                        && fits(&status, template.status(now))
                        && fits(&language, &template.language)
                        && fits(&category, &template.category)
                })
                .map(|template| template.node(now))
                .collect()
        });
        let fields = call.fields();
        let nodes = nodes.into_iter().map(|node| match &fields {
            Some(fields) => pick(&node, fields, "WhatsAppMessageTemplate"),
            None => pick(&node, &TEMPLATE_FIELDS, "WhatsAppMessageTemplate"),
        });
        page(call, nodes.collect::<Result<Vec<_>, _>>()?)
    }

    fn create_template(&self, number: &Number, body: &Value) -> Result<Value, Refusal> {
        let (now, after) = (self.now(), self.0.options.approve_templates_after);
        let created = self.templates(&number.waba_id, |templates| {
            let template = templates::create(body, templates, now, after, &self.0.ids)?;
            templates.push(template.clone());
            Ok(template)
        });
        let template = created.unwrap_or_else(|| Err(Refusal::no_object("post", &number.waba_id)))?;
        let change =
            payloads::template_status(&template.id, &template.name, &template.language, "APPROVED", "NONE");
        let after = u64::try_from(after.as_millis()).unwrap_or(0);
        self.post(number, 0, Change::new(change, number.key, now, after));
        Ok(json!({"id": template.id, "status": "PENDING", "category": template.category}))
    }

    fn delete_template(&self, call: &Call, waba_id: &str) -> Result<Value, Refusal> {
        let name = call.query.get("name").ok_or_else(|| Refusal::missing("name"))?;
        let id = call.query.get("hsm_id");
        let deleted = self.templates(waba_id, |templates| {
            let before = templates.len();
            templates.retain(|template| template.name != *name || id.is_some_and(|id| template.id != *id));
            templates.len() < before
        });
        if deleted == Some(true) {
            return Ok(success());
        }
        Err(Refusal::template(
            2_593_002,
            "Message Template Not Found",
            format!("The message template {name} wasn't found for this account."),
        ))
    }

    /// A template by its id; nothing when there is none.
    fn template_node(
        &self,
        call: &Call,
        number: &Number,
        id: &str,
        body: &Value,
    ) -> Result<Option<Value>, Refusal> {
        let now = self.now();
        match call.method {
            "get" => {
                let node = self.read_templates(&number.waba_id, |templates| {
                    templates.iter().find(|template| template.id == id).map(|template| template.node(now))
                });
                let fields = call.fields();
                node.map(|node| {
                    pick(&node, fields.as_deref().unwrap_or(&TEMPLATE_FIELDS), "WhatsAppMessageTemplate")
                })
                .transpose()
            }
            "post" => {
                let edited = self.templates(&number.waba_id, |templates| {
                    let Some(template) = templates.iter_mut().find(|template| template.id == id) else {
                        return Ok(None);
                    };
                    if let Some(components) = body["components"].as_array() {
                        templates::components_are_good(components)?;
                        template.components.clone_from(components);
                    }
                    if let Some(category) = body["category"].as_str() {
                        category.clone_into(&mut template.category);
                    }
                    Ok(Some(success()))
                });
                edited.unwrap_or(Ok(None))
            }
            _ => Ok(None),
        }
    }

    /// A file by its id, as `number` may see it.
    fn file_node(&self, call: &Call, number: &Number, id: &str) -> Option<Value> {
        let file = self.0.media.get(id, self.now()).filter(|file| file.owner.shows_to(number))?;
        match call.method {
            "get" => {
                let expires = self.now().checked_add(ADDRESS_LIVES).ok()?.as_second();
                Some(json!({
                    "url": format!("{}/sim-media/?mid={id}&ext={expires}&hash={}", call.base, self.address_hash(id, expires)),
                    "mime_type": file.mime.split(';').next().unwrap_or_default(),
                    "sha256": file.sha256_hex(),
                    "file_size": file.size,
                    "id": id,
                    "messaging_product": "whatsapp",
                }))
            }
            "delete" => Some(json!({"success": self.0.media.forget(id)})),
            _ => None,
        }
    }

    /// The file behind an address to download from, or the HTTP status that tells why not.
    fn download(&self, call: &Call) -> Result<Arc<StoredFile>, u16> {
        let numbers = self.numbers_of(call.token.as_deref()).map_err(|_| 401_u16)?;
        let asked = |key: &str| call.query.get(key).map_or("", String::as_str);
        let id = asked("mid");
        let expires: i64 = asked("ext").parse().map_err(|_| 404_u16)?;
        if asked("hash") != self.address_hash(id, expires) || self.now().as_second() >= expires {
            return Err(404);
        }
        let file = self.0.media.get(id, self.now());
        let seen =
            file.filter(|file| numbers.iter().any(|number| file.owner.shows_to(number))).ok_or(404_u16)?;
        let gone = |number: &Arc<Number>| {
            self.fault(|plan| plan.next_file(&number.phone_number_id, || self.0.ids.roll()))
        };
        if numbers.iter().any(gone) { Err(404) } else { Ok(seen) }
    }

    /// What makes an address for a download one of ours.
    fn address_hash(&self, id: &str, expires: i64) -> String {
        let signed = escape::signature(&self.0.address_key, format!("{id}|{expires}").as_bytes());
        format!("AT{}", URL_SAFE_NO_PAD.encode(&signed.as_bytes()[7..31]))
    }

    fn debug_token(&self, token: &str) -> Value {
        let wabas: Vec<_> = self.numbers_of(Some(token)).unwrap_or_default();
        let valid = !wabas.is_empty();
        let mut data = json!({"app_id": "7234002551525653", "type": "SYSTEM_USER", "application": "Simulated app", "is_valid": valid});
        if valid {
            let targets: Vec<_> = wabas.iter().map(|number| number.waba_id.as_str()).collect();
            data["expires_at"] = 0.into();
            let scopes = &wabas[0].scopes;
            let granted = scopes.iter().map(|scope| json!({"scope": scope, "target_ids": targets}));
            data["granular_scopes"] = granted.collect();
            data["scopes"] = json!(scopes);
        }
        json!({ "data": data })
    }
}

fn success() -> Value {
    json!({"success": true})
}
