//! Tenants, and who belongs to them.

use crate::ids::{BusinessId, InvitationId, UserId};
use crate::time::Time;
use crate::{wire, words};

wire! {
    /// A business, as one of its people sees it.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct Membership {
        pub id: BusinessId,
        pub name: String,
        pub role: Role,
        pub time_zone: String,
        /// `en` or `ru`: the language its customers are greeted in.
        pub locale: String,
    }

    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct NewBusiness {
        pub name: String,
        pub time_zone: String,
        pub locale: String,
    }

    /// Somebody who belongs to a business.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct Member {
        pub id: UserId,
        pub name: String,
        pub email: String,
        pub role: Role,
        pub joined_at: Time,
    }

    /// Gives somebody another role.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct UpdateMember {
        pub role: Role,
    }

    /// An invitation to a business that nobody has accepted yet.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct Invitation {
        pub id: InvitationId,
        /// For whom it is.
        pub email: String,
        pub role: Role,
        /// The name of whoever invited them.
        pub invited_by: String,
        pub created_at: Time,
        pub expires_at: Time,
        /// The address to give to them. It works once, and is told only to whoever makes the invitation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub link: Option<String>,
    }

    /// Asks somebody to join.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct NewInvitation {
        pub email: String,
        pub role: Role,
    }
}

words! {
    /// What a person may do in a business; each may all that those after it may.
    pub enum Role { Owner, Admin, Operator, Viewer }
}
