//! What is wrong with the fields of a form, in words for each of them: by a look at what was typed before the server is
//! asked, and by what the server says of it, whose own words are for programs.

use crate::api::Failure;
use crate::t;

/// What a field is for. The limits are the server's (accounts, businesses).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    PersonName,
    BusinessName,
    Email,
    NewPassword,
    CurrentPassword,
}

/// In characters.
const LONGEST_NAME: u32 = 100;
const LONGEST_BUSINESS: u32 = 120;
const SHORTEST_PASSWORD: usize = 10;
/// In bytes.
const LONGEST_PASSWORD: usize = 1024;

impl Kind {
    /// What can be seen to be wrong with a text.
    pub fn fault(self, text: &str) -> Option<String> {
        match self {
            Self::PersonName => name_fault(text, LONGEST_NAME),
            Self::BusinessName => name_fault(text, LONGEST_BUSINESS),
            Self::Email => (!is_address(text)).then(|| t!("needs-email")),
            Self::NewPassword if text.chars().count() < SHORTEST_PASSWORD => {
                Some(t!("needs-longer-password"))
            }
            Self::NewPassword => (text.len() > LONGEST_PASSWORD).then(|| t!("needs-shorter-password")),
            Self::CurrentPassword => text.is_empty().then(|| t!("needed")),
        }
    }

    /// What is said of a text that the server does not take.
    fn refusal(self, text: &str) -> String {
        self.fault(text).unwrap_or_else(|| match self {
            Self::PersonName | Self::BusinessName => t!("needs-plain-name"),
            Self::Email => t!("needs-email"),
            Self::NewPassword => t!("needs-better-password"),
            Self::CurrentPassword => t!("wrong-password"),
        })
    }
}

fn name_fault(text: &str, longest: u32) -> Option<String> {
    let length = u32::try_from(text.trim().chars().count()).unwrap_or(u32::MAX);
    if length == 0 {
        return Some(t!("needed"));
    }
    (length > longest).then(|| t!("too-long", longest = longest))
}

fn is_address(text: &str) -> bool {
    text.trim().split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}

/// What is wrong in a form, by the names of its fields in the request.
#[derive(Debug, Default, PartialEq)]
pub struct Faults(Vec<(&'static str, String)>);

impl Faults {
    /// By a look at the fields: name, kind and text, in the order of the form.
    pub fn seen(fields: &[(&'static str, Kind, &str)]) -> Self {
        Self(fields.iter().filter_map(|(name, kind, text)| Some((*name, kind.fault(text)?))).collect())
    }

    /// A field that may not stay empty.
    pub fn missing(field: &'static str, text: &str, words: impl FnOnce() -> String) -> Self {
        Self(if text.is_empty() { vec![(field, words())] } else { vec![] })
    }

    /// Those that the server names. What it says of no field here is to be told for the form as a whole.
    pub fn told(failure: &Failure, fields: &[(&'static str, Kind, &str)]) -> Self {
        let named = fields.iter().filter(|(name, ..)| failure.field(name).is_some());
        Self(named.map(|(name, kind, text)| (*name, kind.refusal(text))).collect())
    }

    pub fn of(&self, field: &str) -> Option<String> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, words)| words.clone())
    }

    /// The first field at fault, in the order of the form.
    pub fn first(&self) -> Option<&'static str> {
        self.0.first().map(|(name, _)| *name)
    }

    /// What is typed anew is not judged before it is sent anew.
    pub fn typed(&mut self, field: &str) {
        self.0.retain(|(name, _)| *name != field);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{Locale, set};

    #[test]
    fn what_the_server_objects_to_is_said_in_the_words_of_the_language() {
        let failure = Failure::from_answer(
            400,
            r#"{"type":"/problems/invalid","title":"x","status":400,"errors":[
                {"pointer":"/password","detail":"is one of the first that an attacker tries; choose another"},
                {"pointer":"/name","detail":"must have 1 to 100 characters"}]}"#,
        );
        let long = "n".repeat(101);
        let fields = [
            ("name", Kind::PersonName, long.as_str()),
            ("email", Kind::Email, "a@b.example"),
            ("password", Kind::NewPassword, "qwertyuiop"),
        ];
        for (locale, name, password) in [
            (Locale::En, "Too long", "Too easy to guess"),
            (Locale::Ru, "Слишком длинно", "Его легко угадать"),
        ] {
            set(locale);
            let mut faults = Faults::told(&failure, &fields);
            assert_eq!(faults.first(), Some("name"), "the order of the form");
            assert!(faults.of("name").unwrap().starts_with(name), "{faults:?}");
            assert!(faults.of("password").unwrap().starts_with(password), "{faults:?}");
            assert_eq!(faults.of("email"), None);
            faults.typed("name");
            assert_eq!(faults.first(), Some("password"));
        }
        assert_eq!(Faults::told(&Failure::Offline, &fields), Faults::default());
    }

    #[test]
    fn what_can_be_seen_is_said_before_the_server_is_asked() {
        set(Locale::En);
        let seen = |kind: Kind, text: &str| kind.fault(text).unwrap_or_default();
        assert_eq!(seen(Kind::PersonName, " "), "Needed");
        assert_eq!(seen(Kind::PersonName, &"я".repeat(100)), "");
        assert_eq!(seen(Kind::BusinessName, &"b".repeat(300)), "Too long: at most 120 letters");
        assert_eq!(seen(Kind::CurrentPassword, ""), "Needed");
        assert_eq!(seen(Kind::NewPassword, "short"), "Too short: at least 10 characters");
        assert_eq!(seen(Kind::NewPassword, &"p".repeat(1025)), "Too long for a password");
        assert_eq!(seen(Kind::Email, "anna@"), "An e-mail address looks like anna@example.com");
        assert_eq!(seen(Kind::Email, "anna@lotos.example"), "");
    }
}
