//! The frame around the news: `{object, entry: [{id, time, changes: [{field, value}]}]}`.
//!
//! Read as slices of the body, so that a batch can be routed and divided without decoding what it holds, and so that
//! nothing inside one item can spoil another. The frame is read in one pass and each change in a second; a tree of the
//! whole body would cost more than everything else that is done to a webhook.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// Why a body is no webhook. It was signed, so it is kept and shown all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("the body is not UTF-8")]
    NotText,
    #[error("the body is not JSON: {0}")]
    NotJson(String),
    #[error("the body is JSON without `entry`")]
    NoEntry,
}

/// For whom a change is. Template and account news name only the WABA (FACTS §1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Route {
    pub waba_id: Option<String>,
    pub phone_number_id: Option<String>,
}

/// A body cut into its changes.
pub struct Envelope<'a> {
    body: &'a str,
    /// What the body has besides `entry`.
    top: Fields<'a>,
    entries: Vec<Entry<'a>>,
}

struct Entry<'a> {
    /// What the entry has besides `changes`.
    fields: Fields<'a>,
    changes: Vec<Change<'a>>,
}

/// One change of one entry.
pub struct Change<'a> {
    raw: &'a RawValue,
    pub field: String,
    /// The members of `value`.
    pub value: Fields<'a>,
    /// `time` of the entry, as it came.
    pub time: Option<&'a RawValue>,
    pub route: Route,
    pub display_phone: Option<String>,
}

impl<'a> Envelope<'a> {
    pub fn read(body: &'a [u8]) -> Result<Self, Unreadable> {
        let body = std::str::from_utf8(body).map_err(|_| Unreadable::NotText)?;
        let body = body.strip_prefix('\u{feff}').unwrap_or(body);
        let frame: Frame<'a> = serde_json::from_str(body).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => Unreadable::NoEntry,
            _ => Unreadable::NotJson(error.to_string()),
        })?;
        let entries = frame.entries.ok_or(Unreadable::NoEntry)?.0.into_iter().map(Entry::of).collect();
        Ok(Self { body, top: frame.top, entries })
    }

    pub fn changes(&self) -> impl Iterator<Item = &Change<'a>> {
        self.entries.iter().flat_map(|entry| &entry.changes)
    }

    /// Everyone whom the body concerns, each once, in the order of the body.
    pub fn routes(&self) -> Vec<Route> {
        let mut known = HashSet::new();
        let new = self.changes().map(|change| &change.route).filter(|route| known.insert(*route));
        new.cloned().collect()
    }

    /// One body for each owner, with that owner's changes alone, made of slices of this body.
    ///
    /// `owner_of` may not know an owner; those changes come out together under its `None`. A body that concerns one
    /// owner comes out as it is, so that the journal keeps the very bytes which were signed.
    pub fn split<O: PartialEq>(&self, mut owner_of: impl FnMut(&Route) -> O) -> Vec<(O, Cow<'a, str>)> {
        let mut owners: Vec<O> = Vec::new();
        // The place in `owners` of each change's owner, in the order of `changes()`.
        let mut places: Vec<usize> = Vec::new();
        for change in self.changes() {
            let owner = owner_of(&change.route);
            let known = owners.iter().position(|known| *known == owner);
            places.push(known.unwrap_or_else(|| {
                owners.push(owner);
                owners.len() - 1
            }));
        }
        let single = owners.len() == 1;
        let share = |(index, owner)| {
            let body = if single { Cow::Borrowed(self.body) } else { Cow::Owned(self.part(&places, index)) };
            (owner, body)
        };
        owners.into_iter().enumerate().map(share).collect()
    }

    /// The body with only those changes of the owner at `place`.
    fn part(&self, places: &[usize], place: usize) -> String {
        let mut places = places.iter();
        let mut entries = String::from("[");
        for entry in &self.entries {
            let theirs: Vec<_> =
                entry.changes.iter().zip(places.by_ref()).filter(|(_, owner)| **owner == place).collect();
            if theirs.is_empty() {
                continue;
            }
            let changes: Vec<&str> = theirs.iter().map(|(change, _)| change.raw.get()).collect();
            if entries.len() > 1 {
                entries.push(',');
            }
            entry.fields.write_with(&mut entries, "changes", &format!("[{}]", changes.join(",")));
        }
        entries.push(']');
        let mut body = String::with_capacity(entries.len() + 64);
        self.top.write_with(&mut body, "entry", &entries);
        body
    }
}

impl<'a> Entry<'a> {
    fn of(Parts { fields, changes }: Parts<'a>) -> Self {
        let waba_id = fields.word("id");
        let time = fields.get("time");
        let changes = changes.0.into_iter().map(|raw| Change::read(raw, waba_id.clone(), time)).collect();
        Self { fields, changes }
    }
}

impl<'a> Change<'a> {
    fn read(raw: &'a RawValue, waba_id: Option<String>, time: Option<&'a RawValue>) -> Self {
        let News { field, value } = serde_json::from_str(raw.get()).unwrap_or_default();
        let metadata = value.get("metadata").map(Fields::of).unwrap_or_default();
        Self {
            raw,
            field,
            time,
            route: Route { waba_id, phone_number_id: metadata.word("phone_number_id") },
            display_phone: metadata.word("display_phone_number"),
            value,
        }
    }

    /// `value` as it came; the whole change where it has none.
    pub fn raw_value(&self) -> &'a RawValue {
        Fields::of(self.raw).get("value").unwrap_or(self.raw)
    }
}

/// The members of an object, each value as the slice it came in. A name given twice counts as its last.
#[derive(Default)]
pub struct Fields<'a>(Vec<(Key<'a>, &'a RawValue)>);

impl<'a> Fields<'a> {
    /// What is not an object has no members.
    pub fn of(raw: &'a RawValue) -> Self {
        serde_json::from_str(raw.get()).unwrap_or_default()
    }

    pub fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.0.iter().rev().find(|(name, _)| name.0 == key).map(|(_, value)| *value)
    }

    /// The elements of a list member.
    pub fn items(&self, key: &str) -> Vec<&'a RawValue> {
        self.get(key).map(elements).unwrap_or_default()
    }

    /// A text or number as text.
    pub fn word(&self, key: &str) -> Option<String> {
        word(self.get(key)?)
    }

    /// Writes the object with one member more.
    fn write_with(&self, out: &mut String, key: &str, value: &str) {
        out.push('{');
        for (name, raw) in &self.0 {
            out.push_str(&serde_json::Value::from(name.0.as_ref()).to_string());
            out.push(':');
            out.push_str(raw.get());
            out.push(',');
        }
        out.push('"');
        out.push_str(key);
        out.push_str("\":");
        out.push_str(value);
        out.push('}');
    }
}

/// A text or number as text.
fn word(raw: &RawValue) -> Option<String> {
    let raw = raw.get();
    if raw.starts_with('"') {
        return serde_json::from_str(raw).ok().filter(|text: &String| !text.is_empty());
    }
    raw.starts_with(|first: char| first.is_ascii_digit()).then(|| raw.to_owned())
}

/// The elements of a list; an object alone counts as a list of one, anything else as an empty list.
fn elements(raw: &RawValue) -> Vec<&RawValue> {
    match raw.get().as_bytes().first() {
        Some(b'[') => {
            serde_json::from_str::<Many<&RawValue>>(raw.get()).map(|list| list.0).unwrap_or_default()
        }
        Some(b'{') => vec![raw],
        _ => Vec::new(),
    }
}

/// The whole body.
struct Frame<'a> {
    top: Fields<'a>,
    entries: Option<Many<Parts<'a>>>,
}

/// One entry.
#[derive(Default)]
struct Parts<'a> {
    fields: Fields<'a>,
    changes: Many<&'a RawValue>,
}

/// One change.
#[derive(Default)]
struct News<'a> {
    field: String,
    value: Fields<'a>,
}

/// The elements of a list; none of what is not a list.
struct Many<T>(Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// A name, borrowed unless it has escapes. serde's own `Cow` is always owned.
struct Key<'a>(Cow<'a, str>);

/// Answers with the default for every JSON value that the visitor has no use for.
macro_rules! nothing_else {
    (seq) => {
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            Ok(Default::default())
        }
        nothing_else!();
    };
    (map) => {
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(Default::default())
        }
        nothing_else!();
    };
    () => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any JSON")
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Default::default())
        }
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok(Default::default())
        }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok(Default::default())
        }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok(Default::default())
        }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok(Default::default())
        }
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok(Default::default())
        }
    };
}

impl<'de: 'a, 'a> Deserialize<'de> for Frame<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Frame<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut frame = Frame { top: Fields::default(), entries: None };
                while let Some(name) = map.next_key::<Key<'de>>()? {
                    match &*name.0 {
                        "entry" => frame.entries = Some(map.next_value()?),
                        _ => frame.top.0.push((name, map.next_value()?)),
                    }
                }
                Ok(frame)
            }
        }
        deserializer.deserialize_map(Members)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Parts<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Parts<'de>;

            nothing_else!(seq);

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut parts = Parts::default();
                while let Some(name) = map.next_key::<Key<'de>>()? {
                    match &*name.0 {
                        "changes" => parts.changes = map.next_value()?,
                        _ => parts.fields.0.push((name, map.next_value()?)),
                    }
                }
                Ok(parts)
            }
        }
        deserializer.deserialize_any(Members)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for News<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = News<'de>;

            nothing_else!(seq);

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut news = News::default();
                while let Some(name) = map.next_key::<Key<'de>>()? {
                    match &*name.0 {
                        "field" => news.field = word(map.next_value()?).unwrap_or_default(),
                        "value" => news.value = map.next_value()?,
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(news)
            }
        }
        deserializer.deserialize_any(Members)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Fields<'de>;

            nothing_else!(seq);

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(4);
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Fields(members))
            }
        }
        deserializer.deserialize_any(Members)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
            type Value = Many<T>;

            nothing_else!(map);

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = seq.next_element()? {
                    elements.push(element);
                }
                Ok(Many(elements))
            }
        }
        deserializer.deserialize_any(List(PhantomData))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl<'de> Visitor<'de> for Name {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E: de::Error>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(name)))
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(Name)
    }
}
