//! Fields for numbers. They are plain lines of text: a browser's own field for numbers tells nothing of what it does not
//! understand, and what was there would be gone. What is no number that is allowed changes nothing, and it is said what is.

use serde_json::{Value, json};

use super::inputs::{Read, Slot};
use crate::Node;
use crate::builder::document::ops::Of;
use crate::builder::kinds::Numbers;
use crate::builder::variables::names::Named;
use crate::builder::{Edit, Msg, words};
use crate::i18n::t;
use crate::kit::{El, el, event};

/// Seconds of each unit, with the key of its words.
const UNITS: [(u32, &str); 4] =
    [(1, "unit-seconds"), (60, "unit-minutes"), (3600, "unit-hours"), (86_400, "unit-days")];

/// The unit that is none: a text with variables says how many seconds they are.
const WRITTEN: &str = "written";

fn typed((of, at, numbers): (Of, String, Numbers), text: String) -> Msg {
    Msg::Edit(match text.trim() {
        "" => Edit::Type(of, at, Value::Null),
        text => match numbers.read(text) {
            Some(value) => Edit::Type(of, at, value),
            None => Edit::Misread(of, at),
        },
    })
}

/// A length of time is typed in a unit of so many seconds.
type Timed = (Of, String, Numbers, u32);

fn timed((of, at, numbers, unit): Timed, text: String) -> Msg {
    match typed((of, at, numbers), text) {
        Msg::Edit(Edit::Type(of, at, Value::Number(count))) if unit > 1 => {
            let seconds = count.as_u64().unwrap_or(0) * u64::from(unit);
            Msg::Edit(Edit::Type(of, at, json!(seconds)))
        }
        msg => msg,
    }
}

/// Another unit was chosen for this count; no more seconds than so many are taken.
type Chosen = (Of, String, u64, u32);

fn unit_chosen((of, at, count, most): Chosen, unit: String) -> Msg {
    let value = match unit.parse::<u64>() {
        Ok(unit) => json!(count.max(1).saturating_mul(unit).min(most.into())),
        Err(_) => json!("{{seconds}}"),
    };
    Msg::Edit(Edit::Set(of, at, value))
}

/// A length of time as a form shows it.
#[derive(Debug, PartialEq)]
enum Length {
    None,
    /// So many of a unit of so many seconds.
    Whole(u64, u32),
    /// Seconds with a fraction.
    Fraction(String),
    /// A text that a run fills in.
    Written(String),
}

impl Length {
    fn of(value: Option<&Value>) -> Self {
        let Some(value) = value else { return Self::None };
        let text = words::plain(value);
        if let Ok(seconds) = text.trim().parse::<u64>() {
            let (count, key) = words::unit(seconds);
            let unit = match key {
                "days-count" => 86_400,
                "hours-count" => 3600,
                "minutes-count" => 60,
                _ => 1,
            };
            return Self::Whole(count, unit);
        }
        if text.trim().parse::<f64>().is_ok() { Self::Fraction(text) } else { Self::Written(text) }
    }
}

impl Slot<'_> {
    fn is_misread(&self) -> bool {
        self.model.misread.contains(&self.id())
    }

    /// A line for a number.
    fn number_line(&self, shown: String, numbers: Numbers) -> El {
        let misread = self.is_misread();
        let input = el("input")
            .id(self.id())
            .class("input")
            .attr("type", "text")
            .attr("autocomplete", "off")
            .attr("value", shown)
            .attr_if(misread, "aria-invalid", "true")
            .attr_if(misread, "aria-describedby", format!("{}-allowed", self.id()));
        // Keyboards for numbers have no minus.
        let keys = if numbers.whole { "numeric" } else { "decimal" };
        input.attr_if(numbers.least >= 0, "inputmode", keys)
    }

    /// Which numbers are allowed, where something else was typed.
    fn allowed(&self, numbers: Numbers) -> Option<Node> {
        let id = format!("{}-allowed", self.id());
        let said = || el("p").id(id).class("error").attr("role", "alert").text(numbers.words());
        self.is_misread().then(|| said().into())
    }

    pub(super) fn number(&self, value: &str, numbers: Numbers) -> Node {
        let listener = event::input_of((self.of.clone(), self.at.clone(), numbers), typed);
        let input = self.number_line(value.to_owned(), numbers).on(listener);
        self.wrapped(None, input, self.allowed(numbers))
    }

    /// A length of time, of at most so many seconds; `written`: a text with variables may say it.
    pub(super) fn duration(&self, value: Option<&Value>, most: u32, written: bool) -> Node {
        let length = Length::of(value);
        let (shown, unit, count) = match &length {
            Length::None => (String::new(), 60, 0),
            Length::Whole(count, unit) => (count.to_string(), *unit, *count),
            Length::Fraction(seconds) => (seconds.clone(), 1, 0),
            Length::Written(text) => (text.clone(), 0, 0),
        };
        if let Length::Written(text) = &length {
            return self.written_duration(text, most, written);
        }
        let fits = most / unit;
        let numbers = if written && unit == 1 { Numbers::any(0, fits) } else { Numbers::whole(1, fits) };
        let listener = event::input_of((self.of.clone(), self.at.clone(), numbers, unit), timed);
        let input = self.number_line(shown, numbers).on(listener);
        let units = self.units(&unit.to_string(), count, most, written);
        let input = el("div").class("duration").child(input).child(units);
        self.wrapped(None, input, self.allowed(numbers))
    }

    /// The text as it is: what it comes to is only known in a run.
    fn written_duration(&self, text: &str, most: u32, written: bool) -> Node {
        let input = el("input")
            .id(self.id())
            .class("input")
            .attr("type", "text")
            .attr("autocomplete", "off")
            .attr("value", text.to_owned())
            .on(self.on(Read::Text));
        let input = self.model.line_with_names(self.of, &self.at, input);
        let units = self.units(WRITTEN, 0, most, written);
        let hint = el("p").class("hint").text(t("seconds-written"));
        let input = el("div").class("duration").child(input).child(units);
        self.wrapped(self.names(Named::InText), input, Some(hint.into()))
    }

    fn units(&self, chosen: &str, count: u64, most: u32, written: bool) -> El {
        let units = UNITS.map(|(unit, words)| (unit.to_string(), words));
        let is_written = written || chosen == WRITTEN;
        let units = units.into_iter().chain(is_written.then(|| (WRITTEN.to_owned(), "unit-written")));
        el("select")
            .class("input")
            .key(format!("unit-{chosen}"))
            .label(t("unit"))
            .on(event::change_of((self.of.clone(), self.at.clone(), count, most), unit_chosen))
            .children(units.map(|(unit, words)| {
                let is_chosen = unit == chosen;
                el("option").key(&unit).attr("value", unit).flag("selected", is_chosen).text(t(words))
            }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: &str = "/timeout";

    fn of() -> Of {
        Of::Block("b".into())
    }

    fn set(value: Value) -> Msg {
        Msg::Edit(Edit::Type(of(), AT.into(), value))
    }

    #[test]
    fn what_is_no_number_that_is_allowed_changes_nothing() {
        let tries = Numbers::whole(-10, 100);
        let typed = |text: &str| typed((of(), AT.into(), tries), text.into());
        assert_eq!(typed("-3"), set(json!(-3)));
        assert_eq!(typed(" "), set(Value::Null));
        for text in ["-", "101", "three", "1.5"] {
            assert_eq!(typed(text), Msg::Edit(Edit::Misread(of(), AT.into())), "{text}");
        }
        let hours = |text: &str| timed((of(), AT.into(), Numbers::whole(1, 10), 3600), text.into());
        assert_eq!(hours("2"), set(json!(7200)));
        assert_eq!(hours("11"), Msg::Edit(Edit::Misread(of(), AT.into())));
        assert_eq!(hours(""), set(Value::Null));
    }

    #[test]
    fn a_length_of_time_is_shown_as_what_it_is() {
        for (value, length) in [
            (json!(90), Length::Whole(90, 1)),
            (json!(7200), Length::Whole(2, 3600)),
            (json!("120"), Length::Whole(2, 60)),
            (json!(1.5), Length::Fraction("1.5".into())),
            (json!("{{minutes * 60}}"), Length::Written("{{minutes * 60}}".into())),
        ] {
            assert_eq!(Length::of(Some(&value)), length, "{value}");
        }
        assert_eq!(Length::of(None), Length::None);
    }

    #[test]
    fn another_unit_stays_within_what_is_taken() {
        let chosen = |count, unit: &str| unit_chosen((of(), AT.into(), count, 86_400), unit.into());
        let set = |value: Value| Msg::Edit(Edit::Set(of(), AT.into(), value));
        assert_eq!(chosen(2, "3600"), set(json!(7200)));
        assert_eq!(chosen(90, "3600"), set(json!(86_400)));
        assert_eq!(chosen(0, "60"), set(json!(60)));
        assert_eq!(chosen(5, WRITTEN), set(json!("{{seconds}}")));
    }
}
