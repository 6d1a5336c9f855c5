//! What the roles in a business are called, and which of them rule or answer.

use beseda_wire::businesses::Role;

use crate::t;

/// Whether somebody with this role changes who belongs to the business.
pub const fn rules(role: Role) -> bool {
    matches!(role, Role::Owner | Role::Admin)
}

/// Whether somebody with this role answers customers and writes down what is known of them; viewers look on.
pub const fn answers(role: Role) -> bool {
    !matches!(role, Role::Viewer)
}

pub fn role_words(role: Role) -> String {
    match role {
        Role::Owner => t!("role-owner"),
        Role::Admin => t!("role-admin"),
        Role::Operator => t!("role-operator"),
        Role::Viewer => t!("role-viewer"),
    }
}
