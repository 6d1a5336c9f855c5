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

/// What a form asks: each lets the time be said in ways of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// A day as a bound of answers.
    Day,
    /// A time of the day as a bound of answers.
    Time,
    /// What a bot waits for.
    Until,
}

impl Asked {
    /// The ways by their names, with the keys of their words.
    const fn ways(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Day => &[
                ("none", "bound-none"),
                ("today", "bound-today"),
                ("ahead", "bound-ahead"),
                ("day", "bound-day"),
                ("written", "bound-written"),
            ],
            Self::Time => {
                &[("none", "bound-none-time"), ("time", "bound-time"), ("written", "bound-written")]
            }
            Self::Until => &[
                ("none", "until-none"),
                ("time", "until-time"),
                ("day", "until-day"),
                ("moment", "until-moment"),
                ("written", "until-written"),
            ],
        }
    }
}

/// How a time is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    None,
    Today,
    /// So many days from today.
    Ahead(i64),
    Time,
    Day,
    /// A day and a time.
    Moment,
    /// With variables, or in a way that this form does not know.
    Written,
}

impl Way {
    fn of(asked: Asked, text: &str) -> Self {
        let text = text.trim();
        let days = text.strip_prefix("today").filter(|_| asked == Asked::Day);
        match (days, asked) {
            (Some(""), _) => Self::Today,
            (Some(days), _) => days.replace(' ', "").parse().map_or(Self::Written, Self::Ahead),
            (None, _) if text.is_empty() => Self::None,
            (None, Asked::Day | Asked::Until) if is_date(text) => Self::Day,
            (None, Asked::Time | Asked::Until) if is_time(&clock(text)) => Self::Time,
            (None, Asked::Until) if is_moment(text) => Self::Moment,
            (None, _) => Self::Written,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Today => "today",
            Self::Ahead(_) => "ahead",
            Self::Time => "time",
            Self::Day => "day",
            Self::Moment => "moment",
            Self::Written => "written",
        }
    }
}

fn is_time(text: &str) -> bool {
    text.len() == 5 && format::instant(&format!("2026-01-01T{text}"), "UTC").is_some()
}

fn is_moment(text: &str) -> bool {
    text.split_once([' ', 'T']).is_some_and(|(day, time)| is_date(day) && is_time(time))
}

/// A time of the day as fields for times take it.
fn clock(text: &str) -> String {
    match text.trim() {
        // The end of the day, as clocks show it.
        "24:00" => "00:00".to_owned(),
        text if text.len() == 4 => format!("0{text}"),
        text => text.to_owned(),
    }
}

/// A way of saying it was chosen: what stands there then, to be changed.
fn chosen((of, at, day): (Of, String, String), name: String) -> Msg {
    let time = if at.ends_with("/max") { "18:00" } else { "09:00" };
    let value = match name.as_str() {
        "today" => json!("today"),
        "ahead" => ahead(1),
        "time" => json!(time),
        "day" => json!(day),
        "moment" => json!(format!("{day} {time}")),
        "written" => json!(if at.ends_with("/until") { "{{time}}" } else { "{{day}}" }),
        _ => Value::Null,
    };
    Msg::Edit(Edit::Set(of, at, value))
}

/// What stood there last: a field that is being typed in has no value for a while, and shall not vanish meanwhile.
type Last = (Of, String, Value);

fn counted((of, at, last): Last, days: String) -> Msg {
    Msg::Edit(Edit::Type(of, at, days.parse().map_or(last, ahead)))
}

fn picked((of, at, last): Last, text: String) -> Msg {
    // The flow writes a blank where the browser has a T.
    let value = if text.is_empty() { last } else { json!(text.replacen('T', " ", 1)) };
    Msg::Edit(Edit::Type(of, at, value))
}

fn named((of, at, last): Last, text: String) -> Msg {
    let value = match text.trim() {
        "" => last,
        name if name.contains(['{', '}']) => json!(text),
        name => json!(format!("{{{{{name}}}}}")),
    };
    Msg::Edit(Edit::Type(of, at, value))
}

fn ahead(days: i64) -> Value {
    json!(format!("today{days:+}"))
}

impl Slot<'_> {
    /// A time of the day or a day, as the browser has them. What it could not show, it may hold variables, is a text.
    pub fn when(&self, kind: &'static str, value: &str) -> Node {
        let shown = if kind == "time" { clock(value) } else { value.trim().to_owned() };
        let fits = if kind == "time" { is_time(&shown) } else { is_date(&shown) };
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

    /// A text that holds variables; of one that is nothing but a variable its name.
    pub(super) fn written(&self, value: &str) -> Node {
        let name = value.trim().strip_prefix("{{").and_then(|text| text.strip_suffix("}}"));
        let name = name.filter(|name| !name.contains(['{', '}'])).map(str::trim);
        let last = (self.of.clone(), self.at.clone(), json!(value));
        let input = el("input")
            .id(self.id())
            .class("input")
            .attr("type", "text")
            .attr("autocomplete", "off")
            .attr("value", name.unwrap_or(value).to_owned())
            .attr("list", "flow-variables")
            .attr("spellcheck", "false")
            .on(event::input_of(last, named));
        self.wrapped(None, input, None)
    }
}

impl Model {
    /// A time: how it is said, and below it what that needs.
    pub(super) fn time_of(&self, asked: Asked, slot: &Slot<'_>, value: &str) -> Node {
        let way = Way::of(asked, value);
        let ways = asked.ways().iter().map(|(name, words)| ((*name).to_owned(), t(words)));
        // What has passed is not waited for.
        let days = i64::from(asked == Asked::Until);
        let day = format::day(Time::from_millis(self.now).plus_millis(days * 86_400_000), &self.zone);
        let listener = event::change_of((slot.of.clone(), slot.at.clone(), day), chosen);
        let how = select(&format!("{}-how", slot.id()), &slot.label, way.name(), ways, listener);
        let last = || (slot.of.clone(), slot.at.clone(), json!(value));
        let input = |kind: &str, shown: String, words: &str| {
            let slot = Slot { at: slot.at.clone(), label: t(words), ..*slot };
            let input = el("input").id(slot.id()).class("input").attr("type", kind.to_owned());
            (slot, input.attr("autocomplete", "off").attr("value", shown))
        };
        let detail = match way {
            Way::None | Way::Today => None,
            Way::Ahead(days) => {
                let (slot, input) = input("number", days.to_string(), "bound-ahead-days");
                Some(slot.wrapped(None, input.on(event::input_of(last(), counted)), None))
            }
            Way::Time => {
                let (slot, input) = input("time", clock(value), "moment-time");
                Some(slot.wrapped(None, input.on(event::input_of(last(), picked)), None))
            }
            Way::Day => {
                let (slot, input) = input("date", value.trim().to_owned(), "moment-day");
                Some(slot.wrapped(None, input.on(event::input_of(last(), picked)), None))
            }
            Way::Moment => {
                let shown = value.trim().replacen(' ', "T", 1);
                let (slot, input) = input("datetime-local", shown, "moment-both");
                Some(slot.wrapped(None, input.on(event::input_of(last(), picked)), None))
            }
            Way::Written => {
                Some(Slot { at: slot.at.clone(), label: t("moment-variable"), ..*slot }.written(value))
            }
        };
        let detail = detail.map(|detail| el("div").key(way.name()).child(detail));
        el("div").class("time-of").key(format!("{}-time", slot.at)).child(how).maybe(detail).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_known_by_how_it_is_written() {
        for (asked, text, way) in [
            (Asked::Day, "", Way::None),
            (Asked::Day, " today", Way::Today),
            (Asked::Day, "today + 3", Way::Ahead(3)),
            (Asked::Day, "today-1", Way::Ahead(-1)),
            (Asked::Day, "2026-12-25", Way::Day),
            (Asked::Day, "{{day}}", Way::Written),
            (Asked::Day, "today+x", Way::Written),
            (Asked::Day, "2026", Way::Written),
            (Asked::Day, "14:30", Way::Written),
            (Asked::Time, "9:30", Way::Time),
            (Asked::Time, "24:00", Way::Time),
            (Asked::Time, "2026-12-25", Way::Written),
            (Asked::Time, "{{opens}}", Way::Written),
            (Asked::Until, "14:30", Way::Time),
            (Asked::Until, "2026-12-25", Way::Day),
            (Asked::Until, "2026-12-25 14:30", Way::Moment),
            (Asked::Until, "2026-12-25T14:30", Way::Moment),
            (Asked::Until, "2026-12-25 {{time}}", Way::Written),
            (Asked::Until, "today", Way::Written),
        ] {
            assert_eq!(Way::of(asked, text), way, "{text}");
        }
        assert_eq!((ahead(3), ahead(-1)), (json!("today+3"), json!("today-1")));
    }

    #[test]
    fn each_way_stands_for_something_that_is_said_so() {
        for (asked, at) in [(Asked::Day, "/min"), (Asked::Time, "/max"), (Asked::Until, "/until")] {
            for (name, _) in asked.ways() {
                let of = (Of::Block("b".into()), at.to_owned(), "2026-12-25".to_owned());
                let Msg::Edit(Edit::Set(_, _, value)) = chosen(of, (*name).to_owned()) else {
                    panic!("no edit")
                };
                assert_eq!(Way::of(asked, value.as_str().unwrap_or_default()).name(), *name);
            }
        }
    }

    #[test]
    fn what_is_half_typed_changes_nothing() {
        let last = |value: &str| (Of::Block("b".into()), "/until".to_owned(), json!(value));
        let value = |msg: Msg| match msg {
            Msg::Edit(Edit::Type(_, _, value)) => value,
            _ => panic!("no edit"),
        };
        assert_eq!(value(picked(last("2026-12-25"), String::new())), "2026-12-25");
        assert_eq!(value(picked(last("x"), "2026-12-25T14:30".into())), "2026-12-25 14:30");
        assert_eq!(value(counted(last("today+3"), String::new())), "today+3");
        assert_eq!(value(named(last("{{day}}"), " ".into())), "{{day}}");
        assert_eq!(value(named(last("{{day}}"), "visit".into())), "{{visit}}");
        assert_eq!(value(named(last("{{day}}"), "{{day}} 10:00".into())), "{{day}} 10:00");
    }
}
