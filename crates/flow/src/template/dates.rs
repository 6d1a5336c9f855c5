//! Filters on dates and times. Dates are texts (`2027-03-25`, `2027-03-25 14:30`), so that they read and compare alike
//! wherever they come from; each filter gives back the shape that it was given.

use jiff::Span;
use jiff::civil::{Date, DateTime};
use minijinja::Environment;
use minijinja::value::Value as Dynamic;

use crate::model::Language;

/// A date, or a date with its time.
#[derive(Clone, Copy)]
enum Moment {
    Day(Date),
    Time(DateTime),
}

pub fn add(environment: &mut Environment<'static>, language: Language) {
    // `{{ visit|date }}`: dates are kept as YYYY-MM-DD, which nobody says to a customer.
    environment.add_filter("date", move |value: Dynamic, pattern: Option<String>| {
        let shown = match pattern {
            None => {
                value.as_str().and_then(|text| text.trim().parse().ok()).map(|date| written(date, language))
            }
            Some(pattern) => read(&value).map(|moment| formatted(moment.time(), &pattern, language)),
        };
        shown.map_or(value, Dynamic::from)
    });
    environment.add_filter("time", |value: Dynamic| match read(&value) {
        Some(Moment::Time(time)) => Dynamic::from(format!("{:02}:{:02}", time.hour(), time.minute())),
        Some(Moment::Day(_)) | None => Dynamic::from(""),
    });
    environment.add_filter("add_days", |value: Dynamic, days: i64| {
        moved(&value, days, |days| Span::new().try_days(days))
    });
    environment.add_filter("add_weeks", |value: Dynamic, weeks: i64| {
        moved(&value, weeks, |weeks| Span::new().try_weeks(weeks))
    });
    environment.add_filter("add_months", |value: Dynamic, months: i64| {
        moved(&value, months, |months| Span::new().try_months(months))
    });
    environment.add_filter("add_hours", |value: Dynamic, hours: i64| {
        timed(&value, hours, |hours| Span::new().try_hours(hours))
    });
    environment.add_filter("add_minutes", |value: Dynamic, minutes: i64| {
        timed(&value, minutes, |minutes| Span::new().try_minutes(minutes))
    });
    // 1 is Monday.
    environment.add_filter("weekday", |value: Dynamic| {
        read(&value).map_or(Dynamic::from(()), |moment| {
            Dynamic::from(i64::from(moment.day().weekday().to_monday_one_offset()))
        })
    });
    // `{{ today|days_to(visit) }}`
    environment.add_filter("days_to", |from: Dynamic, to: Dynamic| {
        let days = read(&from).zip(read(&to)).and_then(|(from, to)| from.day().until(to.day()).ok());
        days.map_or(Dynamic::from(()), |span| Dynamic::from(i64::from(span.get_days())))
    });
}

/// Characters of a date without a time.
const DAY: usize = 10;

impl Moment {
    fn day(self) -> Date {
        match self {
            Self::Day(date) => date,
            Self::Time(time) => time.date(),
        }
    }

    fn time(self) -> DateTime {
        match self {
            Self::Day(date) => date.at(0, 0, 0, 0),
            Self::Time(time) => time,
        }
    }

    fn shown(self) -> Dynamic {
        Dynamic::from(match self {
            Self::Day(date) => date.to_string(),
            Self::Time(time) => format!("{} {:02}:{:02}", time.date(), time.hour(), time.minute()),
        })
    }
}

fn read(value: &Dynamic) -> Option<Moment> {
    let text = value.as_str()?.trim();
    if text.len() <= DAY {
        return text.parse().ok().map(Moment::Day);
    }
    text.parse().ok().map(Moment::Time)
}

/// Days and more leave a time alone. What is no date, or lies out of the calendar, gives nothing.
fn moved(value: &Dynamic, count: i64, span: impl Fn(i64) -> Result<Span, jiff::Error>) -> Dynamic {
    let Some((moment, span)) = read(value).zip(span(count).ok()) else { return Dynamic::from(()) };
    let moved = match moment {
        Moment::Day(date) => date.checked_add(span).map(Moment::Day),
        Moment::Time(time) => time.checked_add(span).map(Moment::Time),
    };
    moved.map_or(Dynamic::from(()), Moment::shown)
}

/// Hours and minutes make a time of a date.
fn timed(value: &Dynamic, count: i64, span: impl Fn(i64) -> Result<Span, jiff::Error>) -> Dynamic {
    let Some((moment, span)) = read(value).zip(span(count).ok()) else { return Dynamic::from(()) };
    moment.time().checked_add(span).map_or(Dynamic::from(()), |time| Moment::Time(time).shown())
}

/// "25 March 2027", "25 марта 2027".
fn written(date: Date, language: Language) -> String {
    format!("{} {} {}", date.day(), name(months(language), date.month() - 1), date.year())
}

/// By a pattern of `yyyy`, `yy`, `MMMM`, `MM`, `M`, `dd`, `d`, `EEEE`, `HH`, `H`, `mm`; all else stands as it is, and so
/// does what is between quotes.
fn formatted(time: DateTime, pattern: &str, language: Language) -> String {
    const LONGEST: usize = 100;
    let mut text = String::new();
    let mut rest: &str = pattern.char_indices().nth(LONGEST).map_or(pattern, |(end, _)| &pattern[..end]);
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let (quoted, after) = rest[1..].split_once('\'').unwrap_or((&rest[1..], ""));
            text.push_str(quoted);
            rest = after;
            continue;
        }
        let run: usize = rest.chars().take_while(|c| *c == first).map(char::len_utf8).sum();
        let (letters, after) = rest.split_at(run);
        let two = |number: i16| format!("{number:02}");
        let part = match letters {
            "yyyy" => time.year().to_string(),
            "yy" => two(time.year().rem_euclid(100)),
            "MMMM" => name(months(language), time.month() - 1).to_owned(),
            "MM" => two(time.month().into()),
            "M" => time.month().to_string(),
            "dd" => two(time.day().into()),
            "d" => time.day().to_string(),
            "EEEE" => name(weekdays(language), time.weekday().to_monday_zero_offset()).to_owned(),
            "HH" => two(time.hour().into()),
            "H" => time.hour().to_string(),
            "mm" => two(time.minute().into()),
            other => other.to_owned(),
        };
        text.push_str(&part);
        rest = after;
    }
    text
}

fn name(names: &'static [&'static str], number: i8) -> &'static str {
    usize::try_from(number).ok().and_then(|number| names.get(number)).copied().unwrap_or_default()
}

fn months(language: Language) -> &'static [&'static str] {
    match language {
        Language::En => &[
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        Language::Ru => &[
            "января",
            "февраля",
            "марта",
            "апреля",
            "мая",
            "июня",
            "июля",
            "августа",
            "сентября",
            "октября",
            "ноября",
            "декабря",
        ],
    }
}

fn weekdays(language: Language) -> &'static [&'static str] {
    match language {
        Language::En => &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        Language::Ru => &["понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"],
    }
}
