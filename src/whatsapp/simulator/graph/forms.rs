//! Forms (Meta calls them Flows) over the Graph API, as Meta documents it: those of an account, one by its id, its JSON as a
//! file, and what becomes of it.

use beseda_wire::forms::{self as shown, NativeForm};
use serde_json::{Map, Value, json};

use super::super::book::{Number, Refused};
use super::super::escape;
use super::super::forms::{Form, categories, problems};
use super::super::refusal::Refusal;
use super::super::state::Simulator;
use super::fields::{page, pick};
use super::{Call, Given, success};

/// What a form tells where nothing is asked for.
const FIELDS: [&str; 5] = ["id", "name", "status", "categories", "validation_errors"];
const NODE: &str = "WhatsAppBusinessFlow";

impl Simulator {
    pub(super) fn list_forms(&self, call: &Call, waba_id: &str) -> Result<Value, Refusal> {
        let nodes: Vec<Map<String, Value>> =
            self.forms(waba_id, |forms| forms.iter().map(|form| form.node(waba_id)).collect());
        let fields = call.fields();
        let fields = fields.as_deref().unwrap_or(&FIELDS);
        page(call, nodes.iter().map(|node| pick(node, fields, NODE)).collect::<Result<Vec<_>, _>>()?)
    }

    pub(super) fn create_form(&self, waba_id: &str, body: &Value) -> Result<Value, Refusal> {
        let name = body["name"].as_str().filter(|name| !name.trim().is_empty());
        let name = name.ok_or_else(|| Refusal::missing("name"))?.to_owned();
        let categories = categories(&body["categories"])?;
        let id = self.0.ids.object();
        self.forms(waba_id, |forms| {
            if forms.iter().any(|form| form.name == name) {
                return Err(Refusal {
                    subcode: Some(4_016_019),
                    ..Refusal::parameter("Flow name is not unique: choose a different name.")
                });
            }
            let mut form = Form::new(id.clone(), name, categories);
            if let Some(source) = body["clone_flow_id"].as_str() {
                let source = forms.iter().find(|form| form.id == source);
                form.json.clone_from(&source.ok_or_else(|| Refusal::no_object("post", &id))?.json);
            }
            form.endpoint = body["endpoint_uri"].as_str().map(str::to_owned);
            let mut given = json!({ "id": form.id });
            if let Some(text) = body["flow_json"].as_str() {
                given["success"] = true.into();
                given["validation_errors"] = form.set_json(text.as_bytes()).into();
            }
            if is_true(&body["publish"]) {
                form.publish()?;
            }
            forms.push(form);
            Ok(given)
        })
    }

    /// A form by its id and what is asked of it; nothing when there is none.
    pub(super) fn form_node(
        &self,
        call: &Call,
        number: &Number,
        id: &str,
        edge: Option<&str>,
        body: &Value,
    ) -> Result<Option<Value>, Refusal> {
        let waba_id = number.waba_id.as_str();
        self.forms(waba_id, |forms| {
            let Some(at) = forms.iter().position(|form| form.id == id) else { return Ok(None) };
            let form = &mut forms[at];
            let given = match (call.method, edge) {
                ("get", None) => {
                    let fields = call.fields();
                    pick(&form.node(waba_id), fields.as_deref().unwrap_or(&FIELDS), NODE)?
                }
                ("post", None) => {
                    if let Some(name) = body["name"].as_str() {
                        name.clone_into(&mut form.name);
                    }
                    if !body["categories"].is_null() {
                        form.categories = categories(&body["categories"])?;
                    }
                    if let Some(endpoint) = body["endpoint_uri"].as_str() {
                        form.endpoint = Some(endpoint.to_owned());
                    }
                    success()
                }
                ("delete", None) => {
                    form.may_be_deleted()?;
                    forms.remove(at);
                    success()
                }
                ("get", Some("assets")) => {
                    let address = format!("{}/sim-form/?form={id}&hash={}", call.base, self.form_hash(id));
                    let file =
                        json!({ "name": "flow.json", "asset_type": "FLOW_JSON", "download_url": address });
                    page(call, if form.json.is_some() { vec![file] } else { vec![] })?
                }
                ("post", Some("publish")) => form.publish().map(|()| success())?,
                ("post", Some("deprecate")) => form.deprecate().map(|()| success())?,
                _ => return Err(Refusal::no_object(call.method, id)),
            };
            Ok(Some(given))
        })
    }

    /// Takes the JSON of a form, as a file.
    pub(super) fn take_form_json(
        &self,
        call: &Call,
        id: &str,
        kind: &str,
        json: &[u8],
    ) -> Result<Given, Refusal> {
        if kind != "FLOW_JSON" {
            return Err(Refusal::one_of("asset_type", "FLOW_JSON", kind));
        }
        for number in self.numbers_of(call.token.as_deref())? {
            let taken = self.forms(&number.waba_id, |forms| {
                let form = forms.iter_mut().find(|form| form.id == id)?;
                Some(form.may_be_changed().map(|()| form.set_json(json)))
            });
            if let Some(problems) = taken {
                let value = json!({ "success": true, "validation_errors": problems? });
                return Ok(Given { value, waba_id: number.waba_id.clone() });
            }
        }
        Err(Refusal::no_object(call.method, id))
    }

    /// The JSON behind an address of ours. As at Meta, the address itself is the right to it.
    pub(super) fn form_file(&self, call: &Call) -> Option<String> {
        let id = call.query.get("form")?;
        if *call.query.get("hash")? != self.form_hash(id) {
            return None;
        }
        self.all_forms(|form| (form.id == *id).then(|| form.json.clone()).flatten())
    }

    fn form_hash(&self, id: &str) -> String {
        let signed = escape::signature(&self.0.address_key, format!("form|{id}").as_bytes());
        signed.trim_start_matches("sha256=").chars().take(32).collect()
    }

    /// A form as the phone of a customer of this number shows it; nothing where the account has none of this id or name, or
    /// where nothing can be shown of it.
    pub fn shown_form(&self, phone_number_id: &str, form: &str) -> Result<Option<NativeForm>, Refused> {
        let number = self.number(phone_number_id)?;
        Ok(self.forms(&number.waba_id, |forms| {
            let form = forms.iter().find(|one| one.id == form || one.name == form)?;
            let json: Value = serde_json::from_str(form.json.as_deref()?).ok()?;
            let (screens, fields) = shown::read(&json);
            let can_be_shown = problems(&json).is_empty();
            can_be_shown.then(|| NativeForm {
                id: form.id.clone(),
                name: form.name.clone(),
                published: form.is_published(),
                fields,
                screens,
            })
        }))
    }
}

/// Graph takes a flag as a word too.
fn is_true(value: &Value) -> bool {
    value.as_bool().unwrap_or_else(|| value == "true")
}
