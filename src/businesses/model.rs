//! The records of a business.

use beseda_wire::businesses::{Membership, Role};
use beseda_wire::ids::BusinessId;
use beseda_wire::time::Time;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Business {
    pub id: BusinessId,
    pub name: String,
    /// IANA name: `Europe/Moscow`.
    pub time_zone: String,
    /// `en` or `ru`.
    pub locale: String,
    pub created_at: Time,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Member {
    pub role: Role,
    pub joined_at: Time,
}

impl Business {
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
