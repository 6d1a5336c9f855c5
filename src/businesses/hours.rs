//! Working hours: what may be written, and whether a business is open at an instant of its own calendar. Pure.

use std::ops::Range;

use beseda_wire::businesses::{DayHours, TimeRange, WorkingHours};
use beseda_wire::page::FieldError;
use jiff::civil::{Date, DateTime, Time};

use crate::names;

/// Minutes of a day.
const DAY: u16 = 24 * 60;
/// Ranges of one day at most.
const RANGES: usize = 12;
/// Dates with hours of their own at most: some years of holidays.
const DATES: usize = 366;
/// Characters of the note on a date at most.
const NOTE: usize = 120;

/// Whether the business is open at this time of its own calendar. What begins before midnight and ends after it belongs
/// to the day on which it begins.
pub fn is_open(hours: &WorkingHours, at: DateTime) -> bool {
    let minute = u16::from(at.hour().unsigned_abs()) * 60 + u16::from(at.minute().unsigned_abs());
    let within = |ranges: &[TimeRange], minute: u16| {
        ranges.iter().filter_map(minutes).any(|range| range.contains(&minute))
    };
    within(of_date(hours, at.date()), minute)
        || at.date().yesterday().is_ok_and(|before| within(of_date(hours, before), minute + DAY))
}

/// The hours of a date: its own, or those of its day of the week.
fn of_date(hours: &WorkingHours, date: Date) -> &[TimeRange] {
    let written = date.to_string();
    if let Some(own) = hours.dates.iter().find(|own| own.date == written) {
        return &own.ranges;
    }
    let day = date.weekday().to_monday_one_offset().unsigned_abs();
    hours.week.iter().find(|hours| hours.day == day).map_or(&[], |hours| hours.ranges.as_slice())
}

/// The minutes of a range, counted from the midnight before it begins; `None` where it is not written right.
fn minutes(range: &TimeRange) -> Option<Range<u16>> {
    let (from, to) = (minute(&range.from).filter(|from| *from < DAY)?, minute(&range.to)?);
    Some(from..if to <= from { to + DAY } else { to })
}

/// `HH:MM`, or `24:00` for a day's end.
fn minute(text: &str) -> Option<u16> {
    if text == "24:00" {
        return Some(DAY);
    }
    let time = Time::strptime("%H:%M", text).ok().filter(|_| text.len() == "09:00".len())?;
    Some(u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs()))
}

/// What is wrong with hours that are to be kept; the pointers begin with `at`.
pub fn faults(hours: &WorkingHours, at: &str) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut fault = |pointer: String, detail: &str| {
        faults.push(FieldError::new(format!("{at}{pointer}"), detail));
    };
    for (n, DayHours { day, ranges }) in hours.week.iter().enumerate() {
        let at = format!("/week/{n}");
        if !(1..=7).contains(day) {
            fault(format!("{at}/day"), "must be 1 (Monday) to 7 (Sunday)");
        }
        if hours.week[..n].iter().any(|earlier| earlier.day == *day) {
            fault(format!("{at}/day"), "must be there once: put all its ranges together");
        }
        of_ranges(ranges, &at, &mut fault);
    }
    if hours.dates.len() > DATES {
        fault("/dates".to_owned(), &format!("must be at most {DATES}"));
    }
    for (n, own) in hours.dates.iter().enumerate() {
        let at = format!("/dates/{n}");
        let read = Date::strptime("%Y-%m-%d", &own.date).ok();
        if read.is_none_or(|date| date.to_string() != own.date) {
            fault(format!("{at}/date"), "must be a date as 2027-01-01");
        }
        if hours.dates[..n].iter().any(|earlier| earlier.date == own.date) {
            fault(format!("{at}/date"), "must be there once");
        }
        if let Some(detail) = own.note.as_deref().and_then(|note| names::line_fault(note, NOTE)) {
            fault(format!("{at}/note"), &detail);
        }
        of_ranges(&own.ranges, &at, &mut fault);
    }
    faults
}

fn of_ranges(ranges: &[TimeRange], at: &str, fault: &mut impl FnMut(String, &str)) {
    if ranges.len() > RANGES {
        fault(format!("{at}/ranges"), &format!("must be at most {RANGES}"));
    }
    for (n, range) in ranges.iter().enumerate() {
        let at = format!("{at}/ranges/{n}");
        if minute(&range.from).is_none_or(|from| from == DAY) {
            fault(format!("{at}/from"), "must be a time as 09:00");
        }
        if minute(&range.to).is_none() {
            fault(format!("{at}/to"), "must be a time as 18:00, or 24:00");
        }
        let Some(own) = minutes(range) else { continue };
        let meets = |other: Range<u16>| own.start < other.end && other.start < own.end;
        if ranges[..n].iter().filter_map(minutes).any(meets) {
            fault(at, "must not overlap with another range of the day");
        }
    }
}

#[cfg(test)]
mod tests {
    use beseda_wire::businesses::DateHours;

    use super::*;

    fn ranges(texts: &[(&str, &str)]) -> Vec<TimeRange> {
        texts.iter().map(|(from, to)| TimeRange { from: (*from).into(), to: (*to).into() }).collect()
    }

    fn hours() -> WorkingHours {
        let day = |day, texts: &[(&str, &str)]| DayHours { day, ranges: ranges(texts) };
        let date = |date: &str, texts: &[(&str, &str)]| DateHours {
            date: date.into(),
            ranges: ranges(texts),
            note: None,
        };
        WorkingHours {
            week: vec![
                day(1, &[("09:00", "13:00"), ("14:00", "18:00")]),
                day(5, &[("18:00", "02:00")]),
                day(6, &[("00:00", "24:00")]),
                day(7, &[("22:00", "06:00")]),
            ],
            dates: vec![
                date("2026-12-25", &[]),
                date("2026-12-28", &[("10:00", "12:00")]),
                date("2026-12-31", &[("20:00", "03:00")]),
            ],
        }
    }

    #[test]
    fn open_or_closed_by_the_day_by_the_date_and_through_the_night() {
        let hours = hours();
        for (at, open) in [
            // A Monday in two parts; the end is no longer open.
            ("2026-11-23T08:59", false),
            ("2026-11-23T09:00", true),
            ("2026-11-23T12:59", true),
            ("2026-11-23T13:00", false),
            ("2026-11-23T17:59", true),
            // A Tuesday that nobody named.
            ("2026-11-24T10:00", false),
            // Friday's night goes on into Saturday, which is open all day, and ends with it.
            ("2026-11-27T17:59", false),
            ("2026-11-28T01:59", true),
            ("2026-11-28T23:59", true),
            ("2026-11-29T00:00", false),
            // Sunday's night goes on into Monday.
            ("2026-11-29T22:00", true),
            ("2026-11-30T05:59", true),
            ("2026-11-30T06:00", false),
            // A holiday on a Friday has no evening, and no night after it; Saturday is itself.
            ("2026-12-25T19:00", false),
            ("2026-12-26T01:00", true),
            // A Monday with hours of its own: the night of the Sunday before still ends at six.
            ("2026-12-28T05:00", true),
            ("2026-12-28T09:30", false),
            ("2026-12-28T11:00", true),
            ("2026-12-28T15:00", false),
            // The night of a date goes on into a day that is closed.
            ("2027-01-01T02:59", true),
            ("2027-01-01T03:00", false),
        ] {
            assert_eq!(is_open(&hours, at.parse().unwrap()), open, "{at}");
        }
        assert!(!is_open(&WorkingHours { week: vec![], dates: vec![] }, "2026-11-23T10:00".parse().unwrap()));
    }

    #[test]
    fn what_cannot_be_meant_is_told_by_its_place() {
        assert_eq!(faults(&hours(), "/hours"), []);
        let told = |change: &dyn Fn(&mut WorkingHours)| -> Vec<String> {
            let mut hours = hours();
            change(&mut hours);
            faults(&hours, "/hours").into_iter().map(|fault| fault.pointer).collect()
        };
        assert_eq!(told(&|hours| hours.week[0].day = 0), ["/hours/week/0/day"]);
        assert_eq!(told(&|hours| hours.week[1].day = 1), ["/hours/week/1/day"]);
        for from in ["9:00", "24:00", "25:00", "09.00", "", "09:00:00", "９:00"] {
            assert_eq!(
                told(&|hours| hours.week[0].ranges[0].from = from.into()),
                ["/hours/week/0/ranges/0/from"],
                "{from}"
            );
        }
        assert_eq!(told(&|hours| hours.week[0].ranges[0].to = "24:01".into()), ["/hours/week/0/ranges/0/to"]);
        // Till two in the afternoon and from two on is fine; a minute more is not.
        assert_eq!(told(&|hours| hours.week[0].ranges[0].to = "14:00".into()), [""; 0]);
        assert_eq!(told(&|hours| hours.week[0].ranges[0].to = "14:01".into()), ["/hours/week/0/ranges/1"]);
        assert_eq!(told(&|hours| hours.week[0].ranges = vec![hours.week[0].ranges[0].clone(); 13]).len(), 13);
        for date in ["2026-02-30", "26-12-25", "2026-12-25 ", "tomorrow"] {
            assert_eq!(told(&|hours| hours.dates[1].date = date.into()), ["/hours/dates/1/date"], "{date}");
        }
        assert_eq!(told(&|hours| hours.dates[1].date = "2026-12-25".into()), ["/hours/dates/1/date"]);
        assert_eq!(told(&|hours| hours.dates[0].note = Some("a\nb".into())), ["/hours/dates/0/note"]);
    }
}
