//! The words of the interface in the person's language, from `locales/<lang>/*.ftl` (Fluent).
//!
//! Numbers and dates come in already formatted (`format`), so that Fluent needs no formatter of its own;
//! a count is passed as a number as well, for its plural.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;

pub use beseda_wire::accounts::Locale;
use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// The files that the app reads.
const fn app_sources(locale: Locale) -> &'static [&'static str] {
    match locale {
        Locale::En => &[
            include_str!("../locales/en/inbox.ftl"),
            include_str!("../locales/en/pages.ftl"),
            include_str!("../locales/en/zones.ftl"),
        ],
        Locale::Ru => &[
            include_str!("../locales/ru/inbox.ftl"),
            include_str!("../locales/ru/pages.ftl"),
            include_str!("../locales/ru/zones.ftl"),
        ],
    }
}

/// Those of the office, which come with its code (`learn`); `cargo xtask ui` reads the folder itself.
#[cfg(test)]
const fn office_sources(locale: Locale) -> &'static [&'static str] {
    match locale {
        Locale::En => &[
            include_str!("../locales/en/office/account.ftl"),
            include_str!("../locales/en/office/bots.ftl"),
            include_str!("../locales/en/office/business.ftl"),
            include_str!("../locales/en/office/connections.ftl"),
            include_str!("../locales/en/office/customers.ftl"),
            include_str!("../locales/en/office/journal.ftl"),
            include_str!("../locales/en/office/numbers.ftl"),
            include_str!("../locales/en/office/people.ftl"),
            include_str!("../locales/en/office/phone.ftl"),
            include_str!("../locales/en/office/results.ftl"),
            include_str!("../locales/en/office/start.ftl"),
        ],
        Locale::Ru => &[
            include_str!("../locales/ru/office/account.ftl"),
            include_str!("../locales/ru/office/bots.ftl"),
            include_str!("../locales/ru/office/business.ftl"),
            include_str!("../locales/ru/office/connections.ftl"),
            include_str!("../locales/ru/office/customers.ftl"),
            include_str!("../locales/ru/office/journal.ftl"),
            include_str!("../locales/ru/office/numbers.ftl"),
            include_str!("../locales/ru/office/people.ftl"),
            include_str!("../locales/ru/office/phone.ftl"),
            include_str!("../locales/ru/office/results.ftl"),
            include_str!("../locales/ru/office/start.ftl"),
        ],
    }
}

/// The files that both the app and the flow editor read.
const fn shared_sources(locale: Locale) -> &'static [&'static str] {
    match locale {
        Locale::En => &[include_str!("../locales/en/common.ftl"), include_str!("../locales/en/problems.ftl")],
        Locale::Ru => &[include_str!("../locales/ru/common.ftl"), include_str!("../locales/ru/problems.ftl")],
    }
}

/// Those of the flow editor.
const fn builder_sources(locale: Locale) -> &'static [&'static str] {
    match locale {
        Locale::En => &[
            include_str!("../locales/en/builder.ftl"),
            include_str!("../locales/en/office/kinds.ftl"),
            include_str!("../locales/en/office/triggers.ftl"),
            include_str!("../locales/en/blocks.ftl"),
            include_str!("../locales/en/findings.ftl"),
            include_str!("../locales/en/import.ftl"),
            include_str!("../locales/en/replay.ftl"),
            include_str!("../locales/en/phone_trial.ftl"),
            include_str!("../locales/en/versions.ftl"),
            include_str!("../locales/en/trials.ftl"),
        ],
        Locale::Ru => &[
            include_str!("../locales/ru/builder.ftl"),
            include_str!("../locales/ru/office/kinds.ftl"),
            include_str!("../locales/ru/office/triggers.ftl"),
            include_str!("../locales/ru/blocks.ftl"),
            include_str!("../locales/ru/findings.ftl"),
            include_str!("../locales/ru/import.ftl"),
            include_str!("../locales/ru/replay.ftl"),
            include_str!("../locales/ru/phone_trial.ftl"),
            include_str!("../locales/ru/versions.ftl"),
            include_str!("../locales/ru/trials.ftl"),
        ],
    }
}

/// What this module speaks: the words of the editor are not loaded with the app, nor the other way round.
pub(crate) fn sources(locale: Locale) -> impl Iterator<Item = &'static &'static str> {
    let builder = cfg!(feature = "builder");
    let app = if builder { &[] } else { app_sources(locale) };
    let editor = if builder || cfg!(test) { builder_sources(locale) } else { &[] };
    #[cfg(test)]
    let office = office_sources(locale);
    #[cfg(not(test))]
    let office: &[&str] = &[];
    shared_sources(locale).iter().chain(app).chain(editor).chain(office)
}

fn bundle(locale: Locale) -> FluentBundle<FluentResource> {
    let language: LanguageIdentifier = locale.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new(vec![language]);
    // The isolation marks would show up in copied text, and both languages run left to right.
    bundle.set_use_isolating(false);
    for source in sources(locale) {
        add(&mut bundle, (*source).to_owned());
    }
    LEARNT.with_borrow(|learnt| {
        if let Some(source) = learnt.get(locale.code()) {
            add(&mut bundle, source.clone());
        }
    });
    bundle
}

fn add(bundle: &mut FluentBundle<FluentResource>, source: String) {
    // What cannot be parsed is found by a test; people would see the key.
    let resource = match FluentResource::try_new(source) {
        Ok(resource) | Err((resource, _)) => resource,
    };
    bundle.add_resource_overriding(resource);
}

thread_local! {
    /// What came later, by the code of its language.
    static LEARNT: RefCell<BTreeMap<String, String>> = RefCell::default();
    // The language belongs to the page, not to the model: views are plain functions, and passing a bundle
    // through each of them would say nothing. WebAssembly here has one thread; tests have one each.
    static CURRENT: RefCell<(Locale, FluentBundle<FluentResource>)> =
        RefCell::new((Locale::En, bundle(Locale::En)));
}

/// Speaks this language from now on.
pub fn set(locale: Locale) {
    CURRENT.with_borrow_mut(|current| {
        if current.0 != locale {
            *current = (locale, bundle(locale));
        }
    });
}

/// Knows these texts, too, from now on: by the code of their language, as they stand in files.
pub fn learn(texts: BTreeMap<String, String>) {
    LEARNT.with_borrow_mut(|learnt| *learnt = texts);
    CURRENT.with_borrow_mut(|(locale, known)| *known = bundle(*locale));
}

pub fn current() -> Locale {
    CURRENT.with_borrow(|current| current.0)
}

/// The text with this key. A missing key shows itself; a test finds it first.
pub fn t(key: &str) -> String {
    t_or(key, || key.to_owned())
}

/// The text with this key, or something else: for names that come from the server.
pub fn t_or(key: &str, otherwise: impl FnOnce() -> String) -> String {
    lookup(key, None).unwrap_or_else(otherwise)
}

/// The text with this key and its variables.
pub fn t_with(key: &str, pairs: &[(&'static str, Arg<'_>)]) -> String {
    let mut args = FluentArgs::with_capacity(pairs.len());
    for (name, value) in pairs {
        let value = match value {
            Arg::Text(text) => FluentValue::String(Cow::Borrowed(text)),
            Arg::Number(number) => FluentValue::from(*number),
        };
        args.set(*name, value);
    }
    lookup(key, Some(&args)).unwrap_or_else(|| key.to_owned())
}

/// A variable of a text: words, or a count that chooses the plural.
#[derive(Debug, Clone, Copy)]
pub enum Arg<'a> {
    Text(&'a str),
    Number(i64),
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Arg<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Arg<'_> {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

/// `t!("inbox-waits", time = "4 min")`
#[macro_export]
macro_rules! t {
    ($key:expr) => { $crate::i18n::t($key) };
    ($key:expr, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::i18n::t_with($key, &[$((stringify!($name), $crate::i18n::Arg::from($value))),+])
    };
}

fn lookup(key: &str, args: Option<&FluentArgs>) -> Option<String> {
    CURRENT.with_borrow(|(_, bundle)| {
        let pattern = bundle.get_message(key)?.value()?;
        let mut problems = vec![];
        Some(bundle.format_pattern(pattern, args, &mut problems).into_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // That every key is there and used, in every language, is checked for the whole tree by `tests/tidy.rs`.
    #[test]
    fn every_file_can_be_parsed() {
        for locale in Locale::ALL {
            for source in sources(locale) {
                let resource = FluentResource::try_new((*source).to_owned());
                let errors = resource.err().map(|(_, errors)| errors);
                assert!(errors.is_none(), "{}: {errors:?}", locale.code());
            }
        }
    }

    #[test]
    fn russian_plurals_have_three_forms() {
        set(Locale::Ru);
        let forms: Vec<_> =
            [1_u32, 2, 5, 21].map(|count| t!("time-minutes-ago", count = count)).into_iter().collect();
        assert_eq!(forms, ["1 минуту назад", "2 минуты назад", "5 минут назад", "21 минуту назад"]);
    }

    #[test]
    fn what_comes_later_is_spoken_in_both_languages() {
        set(Locale::Ru);
        assert_eq!(t!("later"), "later");
        learn([("en", "later = Later"), ("ru", "later = Позже")].map(|(a, b)| (a.into(), b.into())).into());
        assert_eq!(t!("later"), "Позже");
        set(Locale::En);
        assert_eq!(t!("later"), "Later");
    }

    #[test]
    fn languages_are_found_by_their_codes() {
        assert_eq!(Locale::parse("ru-RU"), Locale::Ru);
        assert_eq!(Locale::parse("de"), Locale::En);
    }
}
