//! Stored files as local addresses. Pictures need the access token, which an `<img>` cannot send, so
//! they are fetched and shown from memory.

use std::collections::HashMap;

use crate::api::Failure;

/// The files asked for in this session, by their SHA-256.
#[derive(Debug, Default)]
pub struct Cache {
    files: HashMap<String, File>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum File {
    Loading,
    /// Its local address.
    Here(String),
    Failed(Failure),
}

impl Cache {
    pub fn get(&self, sha256: &str) -> Option<&File> {
        self.files.get(sha256)
    }

    /// Notes what is wanted and returns what must be fetched for it.
    pub fn want(&mut self, wanted: Vec<String>) -> Vec<String> {
        wanted
            .into_iter()
            .filter(|sha256| {
                let new = !self.files.contains_key(sha256);
                if new {
                    self.files.insert(sha256.clone(), File::Loading);
                }
                new
            })
            .collect()
    }

    pub fn answer(&mut self, sha256: String, answer: Result<String, Failure>) {
        let file = answer.map_or_else(File::Failed, File::Here);
        self.files.insert(sha256, file);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_fetched_once() {
        let mut cache = Cache::default();
        assert_eq!(cache.want(vec!["a".into(), "a".into(), "b".into()]), ["a", "b"]);
        cache.answer("a".into(), Ok("blob:1".into()));
        assert!(cache.want(vec!["a".into(), "b".into()]).is_empty());
        assert_eq!(cache.get("a"), Some(&File::Here("blob:1".into())));
    }
}
