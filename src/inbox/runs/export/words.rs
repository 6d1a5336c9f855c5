//! The words of a table: those of the results page, read from the interface's own texts, so that the file says what the
//! screen said.

use beseda_wire::accounts::Locale;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

/// One language's words.
pub struct Words(FluentBundle<FluentResource>);

const fn sources(locale: Locale) -> [&'static str; 3] {
    match locale {
        Locale::En => [
            include_str!("../../../../ui/locales/en/server/results.ftl"),
            include_str!("../../../../ui/locales/en/office/results.ftl"),
            include_str!("../../../../ui/locales/en/office/kinds.ftl"),
        ],
        Locale::Ru => [
            include_str!("../../../../ui/locales/ru/server/results.ftl"),
            include_str!("../../../../ui/locales/ru/office/results.ftl"),
            include_str!("../../../../ui/locales/ru/office/kinds.ftl"),
        ],
    }
}

impl Words {
    pub fn of(locale: Locale) -> Self {
        let language = locale.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // The isolation marks would be letters of a cell.
        bundle.set_use_isolating(false);
        for source in sources(locale) {
            // What cannot be parsed is found by a test of the interface; people would see the key.
            let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(source.to_owned());
            bundle.add_resource_overriding(resource);
        }
        Self(bundle)
    }

    /// The text with this key. A missing key shows itself; a test finds it first.
    pub fn t(&self, key: &str) -> String {
        self.find(key, None).unwrap_or_else(|| key.to_owned())
    }

    /// The text with this key and its one variable.
    pub fn t_with(&self, key: &str, name: &str, value: &str) -> String {
        let args: FluentArgs<'_> = [(name, value)].into_iter().collect();
        self.find(key, Some(&args)).unwrap_or_else(|| key.to_owned())
    }

    /// The text with this key, if there is one.
    pub fn find(&self, key: &str, args: Option<&FluentArgs<'_>>) -> Option<String> {
        let pattern = self.0.get_message(key)?.value()?;
        Some(self.0.format_pattern(pattern, args, &mut Vec::new()).into_owned())
    }
}
