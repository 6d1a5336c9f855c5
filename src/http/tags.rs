//! The groups of operations, in the order in which the document and the docs page show them.

use poem_openapi::Tags;

#[derive(Debug, Clone, Copy, Tags)]
#[oai(rename_all = "lowercase")]
pub enum Tag {
    /// The first owner and the first business of a new program.
    Setup,
    /// Signing in, staying signed in, signing out.
    Auth,
    /// You: your profile and your devices.
    Users,
    /// Tenants, and who belongs to them.
    Businesses,
    /// Numbers: connecting them, checking them, what they are called by Meta.
    Whatsapp,
    /// What Meta told us: the journal of webhooks, and replaying them.
    Webhooks,
    /// The threads of the inbox and their messages.
    Conversations,
    /// The people a business talks with.
    Customers,
    /// Bots: drafts, versions, trying them out.
    Bots,
    /// Pipelines, stages and deals.
    Deals,
    /// One message to many customers.
    Broadcasts,
    /// Counters and reports.
    Analytics,
    /// Plans and what they allow.
    Subscriptions,
    /// Search over everything.
    Search,
    /// The built-in WhatsApp to play with; only where the simulator runs.
    Simulator,
}

/// The names in the order of the declaration above.
pub const ORDER: &[&str] = &[
    "setup",
    "auth",
    "users",
    "businesses",
    "whatsapp",
    "webhooks",
    "conversations",
    "customers",
    "bots",
    "deals",
    "broadcasts",
    "analytics",
    "subscriptions",
    "search",
    "simulator",
];

#[cfg(test)]
mod tests {
    use poem_openapi::Tags;
    use poem_openapi::registry::Registry;

    use super::*;

    #[test]
    fn every_group_has_its_place() {
        let mut registry = Registry::new();
        Tag::Setup.register(&mut registry);
        let mut declared: Vec<_> = registry.tags.iter().map(|tag| tag.name).collect();
        let mut ordered = ORDER.to_vec();
        declared.sort_unstable();
        ordered.sort_unstable();
        assert_eq!(declared, ordered);
        assert_eq!(Tag::Setup.name(), ORDER[0]);
        assert_eq!(Tag::Simulator.name(), ORDER[ORDER.len() - 1]);
    }
}
