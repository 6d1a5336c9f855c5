//! Instants: RFC 3339 in JSON, whole milliseconds since 1970 in binary formats.
//!
//! One type serves the wire and the store. Milliseconds are kept in the store because they sort,
//! take nine bytes and need no parsing; people read RFC 3339.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An instant with millisecond precision, between the years -9999 and 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Time(i64);

impl Time {
    /// The range that an RFC 3339 text can say; everything outside is moved to its nearest end.
    pub fn from_millis(millis: i64) -> Self {
        // Whole seconds, because that is where the library ends the range it takes milliseconds from.
        Self(millis.clamp(Timestamp::MIN.as_second() * 1000, Timestamp::MAX.as_second() * 1000))
    }

    pub fn from_seconds(seconds: i64) -> Self {
        Self::from_millis(seconds.saturating_mul(1000))
    }

    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This instant, `millis` later (earlier when negative).
    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Self {
        Self::from_millis(self.0.saturating_add(millis))
    }

    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_millis(seconds.saturating_mul(1000))
    }

    /// Milliseconds from `earlier` to this instant; negative when `earlier` is the later one.
    pub fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    pub fn timestamp(self) -> Timestamp {
        // The constructor keeps the value in range, so the fallback is never taken.
        Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

impl From<Timestamp> for Time {
    fn from(timestamp: Timestamp) -> Self {
        Self::from_millis(timestamp.as_millisecond())
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.timestamp().fmt(f)
    }
}

impl FromStr for Time {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<Timestamp>().map(Self::from)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_i64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            text.parse().map_err(de::Error::custom)
        } else {
            i64::deserialize(deserializer).map(Self::from_millis)
        }
    }
}

#[cfg(feature = "openapi")]
crate::ids::openapi_text!(Time, "date-time");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_rfc_3339() {
        let time = Time::from_millis(1_790_000_000_123);
        let json = serde_json::to_string(&time).unwrap();
        assert_eq!(json, "\"2026-09-21T14:13:20.123Z\"");
        assert_eq!(serde_json::from_str::<Time>(&json).unwrap(), time);
    }

    #[test]
    fn out_of_range_is_moved_to_the_end() {
        assert_eq!(
            Time::from_millis(i64::MAX).timestamp().as_millisecond(),
            Time::from_millis(i64::MAX).millis()
        );
    }
}
