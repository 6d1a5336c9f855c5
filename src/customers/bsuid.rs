//! Meta's business-scoped user id: how WhatsApp names a person who hides the phone number.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A business-scoped user id (BSUID): `US.13491208655302741918`, or `US.ENT.…` for the id that spans the linked
/// portfolios of one enterprise (FACTS §9). It belongs to one business portfolio and changes with the phone number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Bsuid(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a business-scoped user id is two capital letters, a dot, and 1 to 128 letters and digits")]
pub struct NotABsuid;

impl Bsuid {
    pub fn parse(text: &str) -> Result<Self, NotABsuid> {
        let (country, rest) = text.split_once('.').ok_or(NotABsuid)?;
        let id = rest.strip_prefix("ENT.").unwrap_or(rest);
        let fits = country.len() == 2
            && country.bytes().all(|byte| byte.is_ascii_uppercase())
            && (1..=128).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if fits { Ok(Self(text.to_owned())) } else { Err(NotABsuid) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Bsuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Bsuid {
    type Error = NotABsuid;

    fn try_from(text: String) -> Result<Self, NotABsuid> {
        Self::parse(&text)
    }
}

impl From<Bsuid> for String {
    fn from(bsuid: Bsuid) -> Self {
        bsuid.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let longest = format!("BR.{}", "a".repeat(128));
        for good in ["US.13491208655302741918", "BR.a", "US.ENT.506847293015824", "US.ENT", &longest] {
            assert_eq!(Bsuid::parse(good).unwrap().as_str(), good);
        }
        let too_long = format!("BR.{}", "a".repeat(129));
        for bad in [
            "",
            "US",
            "US.",
            "US.ENT.",
            "us.123",
            "USA.123",
            "U.123",
            "US.12-3",
            "US.é",
            "16505551234",
            "US.A.B",
            &too_long,
        ] {
            assert_eq!(Bsuid::parse(bad), Err(NotABsuid), "{bad}");
        }
    }

    #[test]
    fn json_is_checked() {
        assert_eq!(serde_json::from_str::<Bsuid>("\"US.1\"").unwrap().as_str(), "US.1");
        assert!(serde_json::from_str::<Bsuid>("\"+16505551234\"").is_err());
    }
}
