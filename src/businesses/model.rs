//! The records of a business.

use beseda_wire::businesses::{
    BusinessSettings, Invitation as InvitationWire, Membership, Role, WorkingHours,
};
use beseda_wire::ids::{BusinessId, InvitationId, UserId};
use beseda_wire::time::Time;
use serde::{Deserialize, Serialize};

use crate::accounts::Email;
use crate::crypto::TokenHash;
use crate::store::Change;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Business {
    pub id: BusinessId,
    pub name: String,
    /// IANA name: `Europe/Moscow`.
    pub time_zone: String,
    /// `en` or `ru`.
    pub locale: String,
    /// Without any it counts as always open.
    #[serde(default)]
    pub hours: Option<WorkingHours>,
    /// Goes up with every change of what stands above.
    #[serde(default)]
    pub revision: u64,
    pub created_at: Time,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Member {
    pub role: Role,
    pub joined_at: Time,
}

/// Somebody who was asked to join and has not answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Invitation {
    pub id: InvitationId,
    pub business: BusinessId,
    pub email: Email,
    pub role: Role,
    pub token: TokenHash,
    pub inviter: UserId,
    /// As it was then.
    pub inviter_name: String,
    pub created_at: Time,
    pub expires_at: Time,
}

/// What a business goes by was changed, for the audit.
#[derive(Debug, Serialize, Deserialize)]
pub struct BusinessChanged {
    pub business: BusinessId,
}

impl Change for BusinessChanged {
    const KIND: &'static str = "business.changed";
}

/// What happened to the people of a business, for the audit.
#[derive(Debug, Serialize, Deserialize)]
pub struct MembersChanged {
    pub business: BusinessId,
    pub user: UserId,
    pub event: MemberEvent,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberEvent {
    Joined { role: Role, invited_by: UserId },
    Role { from: Role, to: Role },
    Removed { role: Role },
}

impl Change for MembersChanged {
    const KIND: &'static str = "members.changed";
}

impl Invitation {
    /// As the business's people see it, with its address for whoever has just made it.
    pub fn shown(&self, link: Option<String>) -> InvitationWire {
        InvitationWire {
            id: self.id,
            email: self.email.as_str().to_owned(),
            role: self.role,
            invited_by: self.inviter_name.clone(),
            created_at: self.created_at,
            expires_at: self.expires_at,
            link,
        }
    }
}

impl Business {
    pub fn settings(&self) -> BusinessSettings {
        BusinessSettings {
            name: self.name.clone(),
            time_zone: self.time_zone.clone(),
            locale: self.locale.clone(),
            hours: self.hours.clone(),
            revision: self.revision,
        }
    }

    pub fn membership(&self, role: Role) -> Membership {
        Membership {
            id: self.id,
            name: self.name.clone(),
            role,
            time_zone: self.time_zone.clone(),
            locale: self.locale.clone(),
        }
    }
}
