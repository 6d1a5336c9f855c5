//! Times and days are picked as the browser shows them, in the person's own way of writing. The flow keeps `14:30` and
//! `2026-12-25`, which nobody has to see.

use beseda_wire::time::Time;
use serde_json::{Value, json};

use super::inputs::{Read, Slot};
use crate::Node;
use crate::builder::document::ops::Of;
use crate::builder::model::Model;
use crate::builder::{Edit, Msg};
use crate::format::{self, is_date};
use crate::i18n::t;
use crate::kit::field::select;
use crate::kit::{el, event};

/// How a day as a bound is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    None,
    Today,
    /// So many days from today.
    Ahead(i64),
    Day,
    /// With variables, or in a way that this form does not know.
    Written,
}

impl Bound {
    fn of(text: &str) -> Self {
        let text = text.trim();
        match text.strip_prefix("today") {
            Some("") => Self::Today,
            Some(days) => days.replace(' ', "").parse().map_or(Self::Written, Self::Ahead),
            None if text.is_empty() => Self::None,
            None if is_date(text) => Self::Day,
            None => Self::Written,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Today => "today",
            Self::Ahead(_) => "ahead",
            Self::Day => "day",
            Self::Written => "written",
        }
    }
}

/// A way of saying it was chosen: what stands there then, to be changed.
fn chosen((of, at, today): (Of, String, String), name: String) -> Msg {
    let value = match name.as_str() {
        "today" => json!("today"),
        "ahead" => ahead(1),
        "day" => json!(today),
        "written" => json!("{{day}}"),
        _ => Value::Null,
    };
    Msg::Edit(Edit::Set(of, at, value))
}

fn counted((of, at): (Of, String), days: String) -> Msg {
    Msg::Edit(Edit::Type(of, at, ahead(days.parse().unwrap_or_default())))
}

fn ahead(days: i64) -> Value {
    json!(format!("today{days:+}"))
}

impl Slot<'_> {
    /// A time of the day or a day, as the browser has them. What it could not show, it may hold variables, is a text.
    pub fn when(&self, kind: &'static str, value: &str) -> Node {
        let shown = match (kind, value.trim()) {
            // The end of the day, as clocks show it.
            ("time", "24:00") => "00:00".to_owned(),
            ("time", text) if text.len() == 4 => format!("0{text}"),
            (_, text) => text.to_owned(),
        };
        let fits = match kind {
            "time" => shown.len() == 5 && format::instant(&format!("2026-01-01T{shown}"), "UTC").is_some(),
            _ => is_date(&shown),
        };
        if !fits && !shown.is_empty() {
            return self.line(value, Read::Optional, None);
        }
        let input = el("input")
            .id(self.id())
            .class("input")
            .attr("type", kind)
            .attr("value", shown)
            .on(self.on(Read::Optional));
        self.wrapped(None, input, None)
    }
}

impl Model {
    /// A day as a bound: how it is said, and below it what that needs.
    pub(super) fn day_bound(&self, slot: &Slot<'_>, value: &str) -> Node {
        let bound = Bound::of(value);
        let ways = ["none", "today", "ahead", "day", "written"]
            .map(|name| (name.to_owned(), t(&format!("bound-{name}"))));
        let today = format::day(Time::from_millis(self.now), &self.zone);
        let listener = event::change_of((slot.of.clone(), slot.at.clone(), today), chosen);
        let how = select(&format!("{}-how", slot.id()), &slot.label, bound.name(), ways, listener);
        let inside = |label: &str| Slot { at: slot.at.clone(), label: t(label), ..*slot };
        let detail = match bound {
            Bound::None | Bound::Today => None,
            Bound::Ahead(days) => {
                let slot = inside("bound-ahead-days");
                let input = el("input")
                    .id(slot.id())
                    .class("input")
                    .attr("type", "number")
                    .attr("value", days.to_string())
                    .on(event::input_of((slot.of.clone(), slot.at.clone()), counted));
                Some(slot.wrapped(None, input, None))
            }
            Bound::Day => Some(inside("bound-day").when("date", value)),
            Bound::Written => Some(inside("bound-written").line(value, Read::Optional, None)),
        };
        el("div").class("day-bound").key(format!("{}-bound", slot.at)).child(how).maybe(detail).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_known_by_how_it_is_written() {
        for (text, bound) in [
            ("", Bound::None),
            (" today", Bound::Today),
            ("today + 3", Bound::Ahead(3)),
            ("today-1", Bound::Ahead(-1)),
            ("2026-12-25", Bound::Day),
            ("{{day}}", Bound::Written),
            ("today+x", Bound::Written),
            ("2026", Bound::Written),
        ] {
            assert_eq!(Bound::of(text), bound, "{text}");
        }
        assert_eq!((ahead(3), ahead(-1)), (json!("today+3"), json!("today-1")));
        for name in ["none", "today", "ahead", "day", "written"] {
            let of = (Of::Block("b".into()), "/min".to_owned(), "2026-12-25".to_owned());
            let Msg::Edit(Edit::Set(_, _, value)) = chosen(of, name.to_owned()) else { panic!("no edit") };
            assert_eq!(Bound::of(value.as_str().unwrap_or_default()).name(), name);
        }
    }
}
