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

    /// What a business goes by.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct BusinessSettings {
        pub name: String,
        /// IANA name: `Europe/Moscow`. Its hours, its bots' clocks and the times that are shown are in it.
        pub time_zone: String,
        /// `en` or `ru`: the language its customers are greeted in.
        pub locale: String,
        /// When somebody is there. Without any it counts as always open.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub hours: Option<WorkingHours>,
        /// Goes up with every change. Save with the one that was read: what somebody else saved meanwhile is not
        /// overwritten.
        pub revision: u64,
    }

    /// When a business is open, in its own time zone.
    pub struct WorkingHours {
        /// Each day once; a day that is not named is closed.
        pub week: Vec<DayHours>,
        /// Dates that differ from their day of the week, each once.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub dates: Vec<DateHours>,
    }

    /// The hours of a day of the week.
    pub struct DayHours {
        /// 1 is Monday, 7 is Sunday.
        pub day: u8,
        /// Of none it is closed.
        pub ranges: Vec<TimeRange>,
    }

    /// The hours of one date.
    pub struct DateHours {
        /// `2027-01-01`
        pub date: String,
        /// Of none it is closed.
        pub ranges: Vec<TimeRange>,
        /// What day it is, for people.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub note: Option<String>,
    }

    /// From a time to another.
    pub struct TimeRange {
        /// `09:00`
        pub from: String,
        /// `18:00`, or `24:00` for the day's end. One that is not after `from` is of the next day.
        pub to: String,
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
        /// The address to give to them; without `server.public_url` its path alone, to be put behind the address at which
        /// you reach the program. It works once, and is told only to whoever makes the invitation.
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
