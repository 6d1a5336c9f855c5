//! Picking a time zone: by the city, its country or its distance from Greenwich, for nobody but programmers knows zones by
//! their names in the database. What is chosen is shown with the time that it is there.
//!
//! It opens in its place in the form. Not here: what times are shown in a zone, which is `format`'s.

use beseda_wire::time::Time;

use crate::effect::{Effect, Effects};
use crate::format::{Clock, offset};
use crate::kit::event::ListKey;
use crate::kit::{Icon, el, event, icon};
use crate::{Node, t};

/// Of cities that people know, at least one for each way in which clocks go in a country.
const ZONES: [&str; 120] = [
    "America/Anchorage",
    "America/Los_Angeles",
    "America/Vancouver",
    "America/Denver",
    "America/Phoenix",
    "America/Chicago",
    "America/Mexico_City",
    "America/Guatemala",
    "America/New_York",
    "America/Toronto",
    "America/Bogota",
    "America/Guayaquil",
    "America/Lima",
    "America/Panama",
    "America/Caracas",
    "America/Santo_Domingo",
    "America/La_Paz",
    "America/Santiago",
    "America/Asuncion",
    "America/Sao_Paulo",
    "America/Manaus",
    "America/Argentina/Buenos_Aires",
    "America/Montevideo",
    "Atlantic/Azores",
    "Atlantic/Reykjavik",
    "UTC",
    "Europe/London",
    "Europe/Dublin",
    "Europe/Lisbon",
    "Africa/Casablanca",
    "Africa/Accra",
    "Africa/Lagos",
    "Africa/Algiers",
    "Africa/Tunis",
    "Europe/Madrid",
    "Europe/Paris",
    "Europe/Brussels",
    "Europe/Amsterdam",
    "Europe/Berlin",
    "Europe/Zurich",
    "Europe/Vienna",
    "Europe/Rome",
    "Europe/Prague",
    "Europe/Warsaw",
    "Europe/Budapest",
    "Europe/Belgrade",
    "Europe/Stockholm",
    "Europe/Oslo",
    "Europe/Copenhagen",
    "Europe/Helsinki",
    "Europe/Tallinn",
    "Europe/Riga",
    "Europe/Vilnius",
    "Europe/Kyiv",
    "Europe/Chisinau",
    "Europe/Bucharest",
    "Europe/Sofia",
    "Europe/Athens",
    "Asia/Nicosia",
    "Asia/Jerusalem",
    "Asia/Beirut",
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Africa/Nairobi",
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Europe/Minsk",
    "Europe/Istanbul",
    "Asia/Riyadh",
    "Asia/Baghdad",
    "Asia/Tehran",
    "Europe/Samara",
    "Europe/Saratov",
    "Asia/Dubai",
    "Asia/Baku",
    "Asia/Tbilisi",
    "Asia/Yerevan",
    "Asia/Yekaterinburg",
    "Asia/Tashkent",
    "Asia/Almaty",
    "Asia/Ashgabat",
    "Asia/Dushanbe",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Colombo",
    "Asia/Kathmandu",
    "Asia/Dhaka",
    "Asia/Bishkek",
    "Asia/Omsk",
    "Asia/Yangon",
    "Asia/Novosibirsk",
    "Asia/Barnaul",
    "Asia/Tomsk",
    "Asia/Novokuznetsk",
    "Asia/Krasnoyarsk",
    "Asia/Bangkok",
    "Asia/Ho_Chi_Minh",
    "Asia/Jakarta",
    "Asia/Irkutsk",
    "Asia/Ulaanbaatar",
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Taipei",
    "Asia/Singapore",
    "Asia/Kuala_Lumpur",
    "Asia/Manila",
    "Asia/Makassar",
    "Australia/Perth",
    "Asia/Yakutsk",
    "Asia/Tokyo",
    "Asia/Seoul",
    "Australia/Adelaide",
    "Asia/Vladivostok",
    "Australia/Brisbane",
    "Australia/Sydney",
    "Asia/Magadan",
    "Asia/Sakhalin",
    "Asia/Kamchatka",
    "Pacific/Auckland",
    "Pacific/Honolulu",
];

/// The search, while the list is open.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Picker {
    open: Option<Search>,
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Search {
    text: String,
    at: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Toggle,
    Type(String),
    Key(ListKey),
    Choose(String),
}

/// How the messages of one picker become the page's.
pub type Wrap = fn(Msg) -> crate::Msg;

fn typed(wrap: Wrap, text: String) -> crate::Msg {
    wrap(Msg::Type(text))
}

fn pressed(wrap: Wrap, key: ListKey) -> crate::Msg {
    wrap(Msg::Key(key))
}

impl Picker {
    /// What was chosen, if anything was. `id` is the field's.
    pub fn update(&mut self, id: &str, msg: Msg, own: &str, now: Time) -> (Option<String>, Effects) {
        match (msg, &mut self.open) {
            (Msg::Toggle, None) => {
                // Where it stands is where the search begins.
                let at = shown(own, "", now).iter().position(|zone| zone.name == own).unwrap_or_default();
                self.open = Some(Search { text: String::new(), at });
                let seen = Effect::Reveal(format!("{id}-{at}"));
                (None, vec![Effect::Focus(format!("{id}-search")), seen])
            }
            (Msg::Toggle, Some(_)) => {
                self.open = None;
                (None, vec![])
            }
            (Msg::Choose(zone), _) => {
                self.open = None;
                (Some(zone), vec![Effect::Focus(id.to_owned())])
            }
            (Msg::Type(text), Some(search)) => {
                *search = Search { text, at: 0 };
                (None, vec![])
            }
            (Msg::Key(ListKey::Enter), Some(search)) => {
                let zone = shown(own, &search.text, now).into_iter().nth(search.at);
                zone.map_or((None, vec![]), |zone| self.update(id, Msg::Choose(zone.name), own, now))
            }
            (Msg::Key(ListKey::Escape), Some(_)) => {
                self.open = None;
                (None, vec![Effect::Focus(id.to_owned())])
            }
            (Msg::Key(key), Some(search)) => {
                search.at = key.step(search.at, shown(own, &search.text, now).len());
                (None, vec![Effect::Reveal(format!("{id}-{}", search.at))])
            }
            (_, None) => (None, vec![]),
        }
    }

    /// The field: a button that says what is chosen, and below it the search while that is open.
    pub fn view(&self, id: &str, label: &str, own: &str, now: Time, wrap: Wrap) -> Node {
        let there = Clock { now, zone: own.to_owned() }.time(now);
        el("div")
            .class("field zone-field")
            .key(id)
            .child(el("label").attr("for", id.to_owned()).text(label))
            .child(
                el("button")
                    .id(id)
                    .class("input zone-button")
                    .attr("type", "button")
                    .attr("aria-expanded", if self.open.is_some() { "true" } else { "false" })
                    .attr("aria-describedby", format!("{id}-about"))
                    .on(event::click(wrap(Msg::Toggle)))
                    .child(el("span").text(city(own)))
                    .child(el("span").class("muted num").text(distance(own, now)))
                    .child(icon(Icon::ChevronDown)),
            )
            .maybe(self.open.as_ref().map(|search| view_search(search, id, own, now, wrap)))
            .child(el("p").id(format!("{id}-about")).class("hint").text(t!("zone-there", time = &there)))
            .into()
    }
}

fn view_search(search: &Search, id: &str, own: &str, now: Time, wrap: Wrap) -> Node {
    let zones = shown(own, &search.text, now);
    let list = format!("{id}-list");
    let options = zones.iter().enumerate().map(|(at, zone)| {
        el("div")
            .id(format!("{id}-{at}"))
            .key(&zone.name)
            .class("zone-option")
            .attr("role", "option")
            .attr("aria-selected", if at == search.at { "true" } else { "false" })
            .on(event::click(wrap(Msg::Choose(zone.name.clone()))))
            .child(el("span").text(&zone.city))
            .child(el("span").class("muted num").text(&zone.distance))
    });
    let found = if zones.is_empty() {
        el("p").class("zone-none").key("none").attr("role", "status").text(t!("zone-none"))
    } else {
        el("div")
            .id(list.clone())
            .class("zone-list")
            .key("list")
            .attr("role", "listbox")
            .attr("tabindex", "-1")
            .label(t!("time-zone"))
            .children(options)
    };
    el("div")
        .class("zone-search")
        .key("search")
        .child(
            el("div").class("search").child(icon(Icon::Search)).child(
                el("input")
                    .id(format!("{id}-search"))
                    .attr("type", "text")
                    .attr("role", "combobox")
                    .attr("autocomplete", "off")
                    .attr("spellcheck", "false")
                    .attr("aria-expanded", if zones.is_empty() { "false" } else { "true" })
                    .attr("aria-controls", list)
                    .attr_if(!zones.is_empty(), "aria-activedescendant", format!("{id}-{}", search.at))
                    .attr("placeholder", t!("zone-search"))
                    .label(t!("zone-search"))
                    .on(event::input_of(wrap, typed))
                    .on(event::closing_keys_of(wrap, pressed)),
            ),
        )
        .child(found)
        .into()
}

/// A zone as it is offered.
struct Zone {
    name: String,
    city: String,
    distance: String,
    ahead: i32,
}

/// The zones that are offered, from west to east: those of which every word of the text begins a word.
fn shown(own: &str, text: &str, now: Time) -> Vec<Zone> {
    let strange = (!ZONES.contains(&own) && !own.is_empty()).then_some(own);
    let all = strange.into_iter().chain(ZONES).map(|name| Zone {
        name: name.to_owned(),
        city: city(name),
        distance: distance(name, now),
        ahead: offset(now, name),
    });
    let wanted = folded(text);
    let fits = |zone: &Zone| {
        // Who knows the database finds a zone by its name there too.
        let words =
            folded(&format!("{} {} {}", zone.city, zone.distance, zone.name.replace(['/', '_'], " ")));
        wanted.split_whitespace().all(|part| {
            words
                .split_whitespace()
                .any(|word| word.starts_with(part) || word.trim_start_matches("utc").starts_with(part))
        })
    };
    let mut zones: Vec<Zone> = all.filter(fits).collect();
    zones.sort_by(|a, b| (a.ahead, &a.city).cmp(&(b.ahead, &b.city)));
    zones
}

/// As people type it: in small letters, without commas and accents, with the hyphen for a minus.
fn folded(text: &str) -> String {
    let plain = |c: char| match c {
        'á' | 'ã' | 'ă' => 'a',
        'é' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ș' => 's',
        'ё' => 'е',
        '−' => '-',
        ',' => ' ',
        c => c,
    };
    text.to_lowercase().chars().map(plain).collect()
}

/// What people call a zone: its biggest cities and their country.
pub fn city(zone: &str) -> String {
    if ZONES.contains(&zone) {
        return t!(&format!("zone-at-{}", zone.to_lowercase().replace(['/', '_'], "-")));
    }
    // The last part of a name is a place.
    zone.rsplit('/').next().unwrap_or(zone).replace('_', " ")
}

/// How far the clocks of a zone are ahead of Greenwich: UTC+5:30.
pub fn distance(zone: &str, now: Time) -> String {
    let minutes = offset(now, zone) / 60;
    let sign = if minutes < 0 { '−' } else { '+' };
    let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
    let offset = if rest == 0 { format!("{sign}{hours}") } else { format!("{sign}{hours}:{rest:02}") };
    t!("zone-utc-offset", offset = &offset)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::effect::read;
    use crate::i18n::{Locale, set};

    fn now() -> Time {
        "2026-01-31T12:00:00Z".parse().unwrap()
    }

    fn found(text: &str) -> Vec<String> {
        shown("Europe/Berlin", text, now()).into_iter().map(|zone| zone.name).collect()
    }

    #[test]
    fn every_zone_has_a_city_of_its_own_in_every_language() {
        for locale in Locale::ALL {
            set(locale);
            let cities: BTreeSet<String> = ZONES.into_iter().map(city).collect();
            assert_eq!(cities.len(), ZONES.len());
            assert!(cities.iter().all(|city| !city.starts_with("zone-")), "{cities:?}");
        }
    }

    #[test]
    fn a_zone_is_found_by_its_city_its_country_and_its_name() {
        set(Locale::En);
        assert_eq!(found("germ"), ["Europe/Berlin"]);
        assert_eq!(found("sao paulo"), ["America/Sao_Paulo"]);
        assert_eq!(found("petersburg"), ["Europe/Moscow"]);
        assert_eq!(found("europe berl"), ["Europe/Berlin"]);
        assert!(found("x-y").is_empty());
        set(Locale::Ru);
        assert_eq!(found("ПЕТЕР"), Vec::<String>::new());
        assert_eq!(found("санкт"), ["Europe/Moscow"]);
        assert_eq!(found("кишинев"), ["Europe/Chisinau"]);
        assert!(found("россия").len() > 10);
        set(Locale::En);
        // One that is not among them is offered by its place.
        assert_eq!(city("America/North_Dakota/New_Salem"), "New Salem");
        assert_eq!(shown("America/North_Dakota/New_Salem", "salem", now()).len(), 1);
    }

    #[test]
    fn it_is_picked_by_keys() {
        set(Locale::En);
        let mut picker = Picker::default();
        let mut update = |msg| picker.update("zone", msg, "Europe/Berlin", now());
        assert_eq!(update(Msg::Key(ListKey::Enter)).0, None, "the list is closed");
        let (_, effects) = update(Msg::Toggle);
        assert_eq!(read::lines(&effects)[0], "Focus(zone-search)");
        update(Msg::Type("united".into()));
        update(Msg::Key(ListKey::Down));
        let (chosen, effects) = update(Msg::Key(ListKey::Enter));
        assert!(chosen.is_some_and(|zone| zone != "Europe/Berlin"));
        assert_eq!(read::lines(&effects), ["Focus(zone)"]);
        assert_eq!(picker, Picker::default(), "it is closed");
    }
}
