//! Tenants, and who belongs to them.

use crate::ids::BusinessId;
use crate::{wire, words};

wire! {
    /// A business, as one of its people sees it.
    pub struct Membership {
        pub id: BusinessId,
        pub name: String,
        pub role: Role,
        pub time_zone: String,
        /// `en` or `ru`: the language its customers are greeted in.
        pub locale: String,
    }

    pub struct NewBusiness {
        pub name: String,
        pub time_zone: String,
        pub locale: String,
    }
}

words! {
    /// What a person may do in a business; each may all that those after it may.
    pub enum Role { Owner, Admin, Operator, Viewer }
}
