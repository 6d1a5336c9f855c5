//! The records of a customer and the rules on them.

use beseda_wire::customers::{Customer as WireCustomer, FieldValue, UpdateCustomer};
use beseda_wire::ids::CustomerId;
use beseda_wire::time::Time;
use serde::{Deserialize, Serialize};

use super::{Bsuid, Phone};
use crate::store::Change;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    pub id: CustomerId,
    /// The name the team gave.
    #[serde(default)]
    pub name: Option<String>,
    /// The name of the WhatsApp profile.
    #[serde(default)]
    pub profile_name: Option<String>,
    #[serde(default)]
    pub phone: Option<Phone>,
    #[serde(default)]
    pub bsuid: Option<Bsuid>,
    #[serde(default)]
    pub parent_bsuid: Option<Bsuid>,
    #[serde(default)]
    pub username: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    pub fields: Vec<(String, String)>,
    /// Asked not to get marketing, by word, button, WhatsApp's own switch or error 131050.
    #[serde(default)]
    pub no_marketing_since: Option<Time>,
    /// WhatsApp said that it cannot reach this person (error 131026).
    #[serde(default)]
    pub unreachable_since: Option<Time>,
    pub created_at: Time,
    #[serde(default)]
    pub last_seen_at: Option<Time>,
}

/// What a webhook tells of who wrote. At least one of phone and BSUID is there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Identity {
    pub phone: Option<Phone>,
    pub bsuid: Option<Bsuid>,
    pub parent_bsuid: Option<Bsuid>,
    pub username: Option<String>,
    pub profile_name: Option<String>,
}

/// A customer is new or changed.
#[derive(Debug, Serialize, Deserialize)]
pub struct CustomerChanged {
    pub id: CustomerId,
}

impl Change for CustomerChanged {
    const KIND: &'static str = "customer.changed";
}

impl Customer {
    /// The name to show: the team's, the profile's, the phone, the username, or a part of the user id.
    pub fn shown_name(&self) -> String {
        let phone = self.phone.as_ref().map(ToString::to_string);
        let bsuid = self.bsuid.as_ref().map(ToString::to_string);
        let name = [self.name.clone(), self.profile_name.clone(), phone, self.username.clone(), bsuid];
        name.into_iter().flatten().find(|name| !name.trim().is_empty()).unwrap_or_else(|| "?".to_owned())
    }

    /// Takes over what a webhook tells; says whether anything is different.
    pub fn learn(&mut self, identity: &Identity) -> bool {
        let before = self.clone();
        learn(&mut self.phone, identity.phone.as_ref());
        learn(&mut self.bsuid, identity.bsuid.as_ref());
        learn(&mut self.parent_bsuid, identity.parent_bsuid.as_ref());
        learn(&mut self.username, identity.username.as_ref());
        learn(&mut self.profile_name, identity.profile_name.as_ref());
        *self != before
    }

    /// Takes over what a person of the team changed. Empty texts and repeated tags are left out.
    pub fn apply(&mut self, update: &UpdateCustomer) {
        let filled = |text: &String| (!text.is_empty()).then(|| text.clone());
        if let Some(name) = &update.name {
            self.name = filled(name);
        }
        if let Some(email) = &update.email {
            self.email = filled(email);
        }
        if let Some(tags) = &update.tags {
            self.tags.clear();
            for tag in tags.iter().filter_map(filled) {
                if !self.tags.contains(&tag) {
                    self.tags.push(tag);
                }
            }
        }
        if let Some(fields) = &update.fields {
            let named = fields.iter().filter(|field| !field.name.is_empty());
            self.fields = named.map(|field| (field.name.clone(), field.value.clone())).collect();
        }
    }

    /// The phone as it is found by: every way of writing one number gives the same key.
    pub fn phone_key(&self) -> Option<String> {
        self.phone.as_ref().map(phone_key)
    }

    pub fn wire(&self) -> WireCustomer {
        WireCustomer {
            id: self.id,
            name: self.shown_name(),
            phone: self.phone.as_ref().map(ToString::to_string),
            bsuid: self.bsuid.as_ref().map(ToString::to_string),
            email: self.email.clone(),
            username: self.username.clone(),
            tags: self.tags.clone(),
            fields: self
                .fields
                .iter()
                .map(|(name, value)| FieldValue { name: name.clone(), value: value.clone() })
                .collect(),
            created_at: self.created_at,
            last_seen_at: self.last_seen_at,
        }
    }
}

pub fn phone_key(phone: &Phone) -> String {
    phone.canonical().as_str().to_owned()
}

/// What is not told stays as it is known.
fn learn<T: Clone>(known: &mut Option<T>, told: Option<&T>) {
    if let Some(told) = told {
        *known = Some(told.clone());
    }
}
