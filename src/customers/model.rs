//! The records of a customer and the rules on them.

use beseda_flow::is_same;
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The name of the WhatsApp profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bsuid: Option<Bsuid>,
    /// User ids this person had before. What WhatsApp says late, under one of them, still finds the person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_bsuids: Vec<Bsuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_bsuid: Option<Bsuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// WhatsApp's name for the person where it is neither a phone nor a user id of a form we know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<(String, String)>,
    /// Asked not to get marketing, by word, button, WhatsApp's own switch or error 131050.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_marketing_since: Option<Time>,
    /// WhatsApp lets them have no more marketing until then (error 131049).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marketing_capped_until: Option<Time>,
    /// WhatsApp said that it cannot reach this person (error 131026).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreachable_since: Option<Time>,
    pub created_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<Time>,
}

/// What a webhook tells of who wrote. Any of it may be missing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Identity {
    pub phone: Option<Phone>,
    pub bsuid: Option<Bsuid>,
    pub parent_bsuid: Option<Bsuid>,
    /// A name of WhatsApp's that is neither of them, as it came.
    pub other_id: Option<String>,
    pub username: Option<String>,
    pub profile_name: Option<String>,
}

/// A customer is new or changed.
#[derive(Debug, Serialize, Deserialize)]
pub struct CustomerChanged {
    pub id: CustomerId,
    /// The customer was not there before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags_added: Vec<String>,
    /// Names of fields that have another value now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields_changed: Vec<String>,
}

impl CustomerChanged {
    pub fn between(before: Option<&Customer>, after: &Customer) -> Self {
        let mut change =
            Self { id: after.id, new: before.is_none(), tags_added: Vec::new(), fields_changed: Vec::new() };
        let Some(before) = before else { return change };
        if before.tags != after.tags {
            change.tags_added = after.tags.iter().filter(|tag| !before.has_tag(tag)).cloned().collect();
        }
        if before.fields != after.fields {
            let names = before.fields.iter().chain(&after.fields).map(|(name, _)| name);
            for name in names {
                if before.field(name) != after.field(name) && !change.fields_changed.contains(name) {
                    change.fields_changed.push(name.clone());
                }
            }
        }
        for (name, was, is) in [("name", &before.name, &after.name), ("email", &before.email, &after.email)] {
            if was != is {
                change.fields_changed.push(name.to_owned());
            }
        }
        change
    }
}

impl Change for CustomerChanged {
    const KIND: &'static str = "customer.changed";
}

/// Two records were one person: `from` is gone and its id leads to `into`.
#[derive(Debug, Serialize, Deserialize)]
pub struct CustomersMerged {
    pub from: CustomerId,
    pub into: CustomerId,
}

impl Change for CustomersMerged {
    const KIND: &'static str = "customers.merged";
}

impl Identity {
    /// Whether it holds a name that belongs to one person alone. A username does not: it can be given up and
    /// taken by somebody else.
    pub fn is_firm(&self) -> bool {
        self.phone.is_some() || self.bsuid.is_some() || self.parent_bsuid.is_some() || self.other_id.is_some()
    }
}

impl Customer {
    /// Somebody of whom nothing is known yet.
    pub fn new(id: CustomerId, now: Time) -> Self {
        Self {
            id,
            name: None,
            profile_name: None,
            phone: None,
            bsuid: None,
            former_bsuids: Vec::new(),
            parent_bsuid: None,
            username: None,
            other_id: None,
            email: None,
            tags: Vec::new(),
            fields: Vec::new(),
            no_marketing_since: None,
            marketing_capped_until: None,
            unreachable_since: None,
            created_at: now,
            last_seen_at: None,
        }
    }

    /// The value of one of the business's own fields.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Tags are shown as they were first written, and compared as flows compare them: without case.
    pub fn has_tag(&self, tag: &str) -> bool {
        self.tags.iter().any(|known| is_same(known, tag))
    }

    pub fn add_tag(&mut self, tag: String) {
        if !tag.is_empty() && !self.has_tag(&tag) {
            self.tags.push(tag);
        }
    }

    pub fn remove_tag(&mut self, tag: &str) {
        self.tags.retain(|known| !is_same(known, tag));
    }

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
        // The same number written another way (Brazil's ninth digit) is not a change.
        if identity.phone.as_ref().map(phone_key) != self.phone_key() {
            learn(&mut self.phone, identity.phone.as_ref());
        }
        if let Some(bsuid) = identity.bsuid.as_ref().filter(|told| self.bsuid.as_ref() != Some(told)) {
            self.retire_bsuid();
            self.former_bsuids.retain(|former| former != bsuid);
            self.bsuid = Some(bsuid.clone());
        }
        learn(&mut self.parent_bsuid, identity.parent_bsuid.as_ref());
        learn(&mut self.other_id, identity.other_id.as_ref());
        learn(&mut self.username, identity.username.as_ref());
        learn(&mut self.profile_name, identity.profile_name.as_ref());
        *self != before
    }

    /// The user id is no longer this person's, but news of before may still come under it.
    pub fn retire_bsuid(&mut self) {
        if let Some(bsuid) = self.bsuid.take()
            && !self.former_bsuids.contains(&bsuid)
        {
            self.former_bsuids.push(bsuid);
        }
    }

    pub fn had_bsuid(&self, bsuid: &Bsuid) -> bool {
        self.former_bsuids.contains(bsuid)
    }

    /// Takes over everything of another record of the same person. Where both say something, this one stays as
    /// it is, except that whoever refused marketing on either record has refused it.
    pub fn absorb(&mut self, other: Self) {
        fill(&mut self.name, other.name);
        fill(&mut self.profile_name, other.profile_name);
        fill(&mut self.phone, other.phone);
        self.former_bsuids.retain(|former| other.bsuid.as_ref() != Some(former));
        for former in other.former_bsuids {
            if self.bsuid.as_ref() != Some(&former) && !self.former_bsuids.contains(&former) {
                self.former_bsuids.push(former);
            }
        }
        match other.bsuid {
            Some(bsuid) if self.bsuid.is_some() && self.bsuid.as_ref() != Some(&bsuid) => {
                self.former_bsuids.push(bsuid);
            }
            told => fill(&mut self.bsuid, told),
        }
        fill(&mut self.parent_bsuid, other.parent_bsuid);
        fill(&mut self.username, other.username);
        fill(&mut self.other_id, other.other_id);
        fill(&mut self.email, other.email);
        for tag in other.tags {
            self.add_tag(tag);
        }
        for (name, value) in other.fields {
            match self.fields.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) if known.is_empty() => *known = value,
                Some(_) => {}
                None => self.fields.push((name, value)),
            }
        }
        self.no_marketing_since =
            [self.no_marketing_since, other.no_marketing_since].into_iter().flatten().min();
        self.marketing_capped_until = self.marketing_capped_until.max(other.marketing_capped_until);
        // Reachable under one of the names is reachable.
        self.unreachable_since = self.unreachable_since.zip(other.unreachable_since).map(|(a, b)| a.max(b));
        self.created_at = self.created_at.min(other.created_at);
        self.last_seen_at = self.last_seen_at.max(other.last_seen_at);
    }

    /// What `other` says differently and [`Self::absorb`] would drop, for people to read.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let mut differences = Vec::new();
        let mut note = |what: &str, ours: Option<&str>, theirs: Option<&str>| {
            if let (Some(ours), Some(theirs)) = (ours, theirs)
                && ours != theirs
                && !ours.is_empty()
                && !theirs.is_empty()
            {
                differences.push(format!("{what}: {theirs}"));
            }
        };
        note("name", self.name.as_deref(), other.name.as_deref());
        note("email", self.email.as_deref(), other.email.as_deref());
        for (name, value) in &other.fields {
            let ours = self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
            note(name, ours, Some(value));
        }
        differences
    }

    /// Takes over what a person of the team changed. Repeated tags are left out, and an empty e-mail is none.
    pub fn apply(&mut self, update: &UpdateCustomer, now: Time) {
        if let Some(name) = &update.name {
            self.name = Some(name.clone());
        }
        if let Some(email) = &update.email {
            self.email = (!email.is_empty()).then(|| email.clone());
        }
        if let Some(tags) = &update.tags {
            self.tags.clear();
            for tag in tags {
                self.add_tag(tag.clone());
            }
        }
        if let Some(fields) = &update.fields {
            self.fields = fields.iter().map(|field| (field.name.clone(), field.value.clone())).collect();
        }
        if let Some(refused) = update.no_marketing {
            // The first time they said so stays.
            self.no_marketing_since = refused.then(|| self.no_marketing_since.unwrap_or(now));
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
            no_marketing_since: self.no_marketing_since,
            marketing_capped_until: self.marketing_capped_until,
            unreachable_since: self.unreachable_since,
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

fn fill<T>(known: &mut Option<T>, other: Option<T>) {
    if known.is_none() {
        *known = other;
    }
}
