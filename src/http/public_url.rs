//! Addresses of the program that are told to somebody who gives them to others: an invitation's, a callback's.
//!
//! They are made of `server.public_url` alone. Without it the path is told, and whoever asked puts their own address of
//! the program before it, as the interface does with that of the page. To take the request's `Host` was refused: whoever
//! sends a request or passes it on chooses it, and the address goes to somebody else.

/// The address at which people reach the program, where it is configured; without a slash at its end.
#[derive(Debug, Clone, Default)]
pub struct PublicUrl(pub Option<String>);

impl PublicUrl {
    /// The address of `path`, which begins with a slash.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.0.as_deref().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_public_address_the_path_is_told() {
        assert_eq!(PublicUrl(None).address("/invitation"), "/invitation");
        let known = PublicUrl(Some("https://chat.example.com".to_owned()));
        assert_eq!(known.address("/invitation"), "https://chat.example.com/invitation");
    }
}
