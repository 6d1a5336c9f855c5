//! Numbers, sizes, days and times as people of a language write them.
//!
//! The browser's `Intl` does the work; natively, where tests run, a plain form in UTC stands in for it.

use beseda_wire::conversations::InboxCounts;
use beseda_wire::time::Time;

use crate::t;

/// How many conversations there are, as far as they were counted: `999+`.
pub fn counted(count: u32) -> String {
    if count < InboxCounts::MOST { count.to_string() } else { format!("{}+", InboxCounts::MOST - 1) }
}

/// The time zone people of this business read times in, and the present.
#[derive(Debug, Clone, PartialEq)]
pub struct Clock {
    pub now: Time,
    /// IANA name; empty for the browser's own.
    pub zone: String,
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

impl Clock {
    /// `14:32`
    pub fn time(&self, at: Time) -> String {
        intl::date(at, &self.zone, intl::Shape::Time)
    }

    /// Today's are a time, this week's a weekday, the others a date.
    pub fn short(&self, at: Time) -> String {
        match self.days_ago(at) {
            i64::MIN..=0 => self.time(at),
            1 => t!("time-yesterday"),
            2..=6 => intl::date(at, &self.zone, intl::Shape::Weekday),
            7..=300 => intl::date(at, &self.zone, intl::Shape::DayMonth),
            _ => intl::date(at, &self.zone, intl::Shape::Date),
        }
    }

    /// The heading of a day in a thread: `Today`, `Yesterday`, `Monday, 3 August`.
    pub fn day(&self, at: Time) -> String {
        match self.days_ago(at) {
            0 => t!("time-today"),
            1 => t!("time-yesterday"),
            2..=300 => intl::date(at, &self.zone, intl::Shape::WeekdayDayMonth),
            _ => intl::date(at, &self.zone, intl::Shape::Date),
        }
    }

    /// Date and time in full, for titles and tables.
    pub fn full(&self, at: Time) -> String {
        intl::date(at, &self.zone, intl::Shape::Full)
    }

    /// To the second, for what many of happen within a minute; earlier days with their date.
    pub fn precise(&self, at: Time) -> String {
        let shape = if self.days_ago(at) <= 0 { intl::Shape::Seconds } else { intl::Shape::DayMonthTime };
        intl::date(at, &self.zone, shape)
    }

    /// `just now`, `4 minutes ago`, then as `short`.
    pub fn ago(&self, at: Time) -> String {
        let passed = self.now.millis_since(at);
        if passed < MINUTE {
            t!("time-just-now")
        } else if passed < HOUR {
            t!("time-minutes-ago", count = passed / MINUTE)
        } else {
            self.short(at)
        }
    }

    /// A text that may be a day or an instant as programs write them; of those what people write.
    pub fn plain(&self, text: &str) -> String {
        match text.parse::<Time>() {
            Ok(at) if text.contains('T') => self.full(at),
            _ => date_words(text),
        }
    }

    /// A day's own name, equal for all instants of the day in this zone.
    pub fn day_key(&self, at: Time) -> String {
        intl::date(at, &self.zone, intl::Shape::Key)
    }

    /// Midnights of this zone between that instant and now.
    fn days_ago(&self, at: Time) -> i64 {
        days(&self.day_key(self.now)) - days(&self.day_key(at))
    }
}

/// Whether a text is a day as it is stored: `2026-11-22`.
pub fn is_date(text: &str) -> bool {
    let shape = |(at, c): (usize, char)| if matches!(at, 4 | 7) { c == '-' } else { c.is_ascii_digit() };
    let part = |from: usize| text.get(from..from + 2).and_then(|part| part.parse::<u8>().ok());
    text.len() == 10
        && text.chars().enumerate().all(shape)
        && part(5).is_some_and(|month| (1..=12).contains(&month))
        && part(8).is_some_and(|day| (1..=31).contains(&day))
}

/// A day as it is stored as people write it. What is none stays as it is.
pub fn date_words(date: &str) -> String {
    let day = utc_of(&format!("{date}T00:00")).filter(|_| is_date(date));
    day.map_or_else(|| date.to_owned(), |day| intl::date(Time::from_millis(day), "UTC", intl::Shape::Date))
}

/// The day in a zone, `2026-11-22`.
pub fn day(at: Time, zone: &str) -> String {
    intl::date(at, zone, intl::Shape::Key)
}

/// The date and time in a zone as a form's field has them: `2026-11-22T14:32`.
pub fn minute(at: Time, zone: &str) -> String {
    intl::date(at, zone, intl::Shape::Minute).replace(' ', "T")
}

/// How many seconds a zone is ahead of UTC at an instant.
pub fn offset(at: Time, zone: &str) -> i32 {
    let whole = at.millis() - at.millis().rem_euclid(MINUTE);
    let ahead = utc_of(&minute(at, zone)).map_or(0, |local| local - whole);
    i32::try_from(ahead / 1000).unwrap_or_default()
}

/// The next two changes of a zone's clocks within a year and a month: when, and how many seconds it is ahead of UTC then.
pub fn clock_changes(at: Time, zone: &str) -> [Option<(Time, i32)>; 2] {
    let ahead = |at: i64| offset(Time::from_millis(at), zone);
    changes_of(at.millis(), ahead).map(|change| change.map(|(at, offset)| (Time::from_millis(at), offset)))
}

fn changes_of(at: i64, ahead: impl Fn(i64) -> i32) -> [Option<(i64, i32)>; 2] {
    /// Clocks are changed for longer than that.
    const STEP: i64 = 28 * 24 * HOUR;
    let last = at + 14 * STEP;
    let mut changes = [None; 2];
    let mut from = at;
    for change in &mut changes {
        let known = ahead(from);
        let mut until = from + STEP;
        while until <= last && ahead(until) == known {
            from = until;
            until += STEP;
        }
        if until > last {
            break;
        }
        while until - from > 1 {
            let middle = i64::midpoint(from, until);
            if ahead(middle) == known { from = middle } else { until = middle }
        }
        *change = Some((until, ahead(until)));
        from = until;
    }
    changes
}

/// The instant of a date and time in a zone, as [`minute`] writes them.
pub fn instant(local: &str, zone: &str) -> Option<Time> {
    let local = utc_of(local)?;
    let ahead = |at: i64| i64::from(offset(Time::from_millis(at), zone)) * 1000;
    // Where the clocks are changed the offset of the guess may be that of the other side.
    let guess = local - ahead(local);
    Some(Time::from_millis(local - ahead(guess)))
}

/// A local date and time, read as if it were UTC.
fn utc_of(local: &str) -> Option<i64> {
    let (date, time) = local.split_once('T')?;
    let mut parts = time.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    Some(days(date) * 24 * HOUR + hour * HOUR + minute * MINUTE)
}

/// How long something lasts or takes, in its two largest units: `23 h 41 min`, `4 min`.
pub fn duration(millis: i64) -> String {
    let minutes = millis.max(0) / MINUTE;
    let (hours, minutes) = (minutes / 60, minutes % 60);
    let (days, rest) = (hours / 24, hours % 24);
    if days > 1 {
        t!("time-days", days = days)
    } else if hours > 0 && minutes > 0 {
        t!("time-hours-minutes", hours = rest + days * 24, minutes = minutes)
    } else if hours > 0 {
        t!("time-hours", hours = hours)
    } else if minutes > 0 {
        t!("time-minutes", minutes = minutes)
    } else {
        t!("time-under-minute")
    }
}

/// `12,345`
pub fn number(number: f64) -> String {
    intl::number(number)
}

/// A price as Meta sends it, a decimal text, with its currency.
pub fn money(amount: &str, currency: &str) -> String {
    intl::money(amount, currency)
}

/// A file's size: `340 KB`, `2.1 MB`.
pub fn size(bytes: u64) -> String {
    // Whole kilobytes and tenths of megabytes are exact in f64 far beyond any file.
    #[expect(clippy::cast_precision_loss, reason = "a size shown with one decimal")]
    let bytes = bytes as f64;
    let (number, unit) = if bytes < 1024.0 {
        (bytes, "size-b")
    } else if bytes < 1024.0 * 1024.0 {
        ((bytes / 1024.0).round(), "size-kb")
    } else if bytes < 1024.0 * 1024.0 * 1024.0 {
        ((bytes / (1024.0 * 102.4)).round() / 10.0, "size-mb")
    } else {
        ((bytes / (1024.0 * 1024.0 * 102.4)).round() / 10.0, "size-gb")
    };
    t!(unit, number = &intl::number(number))
}

/// A phone number as people read it: `+7 912 345-67-89`, `+44 7700 900123`. What is no number stays as it is.
pub fn phone(e164: &str) -> String {
    let digits = e164.trim_start_matches('+');
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || !(8..=15).contains(&digits.len()) {
        return e164.to_owned();
    }
    let (code, rest) = digits.split_at(country_code(digits));
    let part = |from: usize, to: usize| &rest[from..to];
    match (code, rest.len()) {
        ("7", 10) => format!("+7 {} {}-{}-{}", part(0, 3), part(3, 6), part(6, 8), part(8, 10)),
        ("1", 10) => format!("+1 {} {}-{}", part(0, 3), part(3, 6), part(6, 10)),
        ("44", 10) if rest.starts_with('2') => format!("+44 {} {} {}", part(0, 2), part(2, 6), part(6, 10)),
        ("44", 10) => format!("+44 {} {}", part(0, 4), part(4, 10)),
        ("55", 11) => format!("+55 {} {}-{}", part(0, 2), part(2, 7), part(7, 11)),
        (_, length) => {
            // Groups of three, and a last one of four where three would leave a digit alone.
            let mut groups = vec![];
            let mut at = 0;
            while at < length {
                let left = length - at;
                let take = if matches!(left, 4 | 8) { 4 } else { left.min(3) };
                groups.push(part(at, at + take));
                at += take;
            }
            format!("+{code} {}", groups.join(" "))
        }
    }
}

/// How many digits the country code has (ITU E.164, assigned codes): one for North America and Russia, two for those
/// that are listed, else three.
fn country_code(digits: &str) -> usize {
    const TWO: [&str; 44] = [
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48",
        "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81",
        "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
    ];
    match digits.as_bytes() {
        [b'1' | b'7', ..] => 1,
        _ if TWO.iter().any(|code| digits.starts_with(code)) => 2,
        _ => 3,
    }
}

/// The first letters of up to two words, for a round picture.
pub fn initials(name: &str) -> String {
    let mut letters: Vec<char> = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|letter| letter.is_alphabetic()))
        .collect();
    letters.truncate(2);
    if letters.is_empty() {
        return name
            .chars()
            .filter(char::is_ascii_digit)
            .rev()
            .take(2)
            .collect::<Vec<_>>()
            .iter()
            .rev()
            .collect();
    }
    letters.iter().flat_map(|letter| letter.to_uppercase()).collect()
}

/// Days since 1970 of a `2026-11-23`.
fn days(key: &str) -> i64 {
    let mut parts = key.split('-').filter_map(|part| part.parse::<i64>().ok());
    let (Some(year), Some(month), Some(day)) = (parts.next(), parts.next(), parts.next()) else { return 0 };
    // Howard Hinnant's days_from_civil: years begin in March, so that the leap day is the last.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(target_arch = "wasm32")]
#[path = "glue/intl.rs"]
mod intl;

#[cfg(not(target_arch = "wasm32"))]
mod intl {
    //! Stands in for the browser's `Intl` where tests run.

    use beseda_wire::time::Time;

    pub enum Shape {
        Time,
        Seconds,
        DayMonthTime,
        Weekday,
        DayMonth,
        WeekdayDayMonth,
        Date,
        Full,
        Key,
        Minute,
    }

    pub fn date(at: Time, _zone: &str, shape: Shape) -> String {
        let text = at.to_string();
        let (date, rest) = text.split_once('T').unwrap_or((&text, ""));
        let time = rest.get(..5).unwrap_or_default();
        match shape {
            Shape::Time | Shape::Seconds => time.to_owned(),
            Shape::DayMonthTime => format!("{} {time}", date.get(5..).unwrap_or_default()),
            Shape::Weekday | Shape::DayMonth | Shape::WeekdayDayMonth => {
                date.get(5..).unwrap_or_default().to_owned()
            }
            Shape::Date | Shape::Key => date.to_owned(),
            Shape::Full | Shape::Minute => format!("{date} {time}"),
        }
    }

    pub fn number(number: f64) -> String {
        number.to_string()
    }

    pub fn money(amount: &str, currency: &str) -> String {
        format!("{amount} {currency}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(now: &str) -> Clock {
        Clock { now: now.parse().unwrap(), zone: String::new() }
    }

    #[test]
    fn a_stored_day_is_said_and_nothing_else_is_taken_for_one() {
        for no in ["", "2026-1-1", "2026-13-01", "2026-12-32", "20261-2-01", "2026-12-01T", "in 2026-12"] {
            assert!(!is_date(no), "{no}");
            assert_eq!(date_words(no), no);
        }
        assert!(is_date("2026-12-25"));
        let clock = clock("2026-01-31T12:00:00Z");
        assert_eq!(clock.plain("2026-01-01T10:30:00Z"), "2026-01-01 10:30");
        assert_eq!(clock.plain("Tom"), "Tom");
    }

    #[test]
    fn a_date_and_time_is_an_instant() {
        let at: Time = "2026-03-01T00:30:00Z".parse().unwrap();
        assert_eq!(minute(at, ""), "2026-03-01T00:30");
        assert_eq!(instant("2026-03-01T00:30", ""), Some(at));
        assert_eq!(instant("1969-12-31T23:59:30", ""), Some(Time::from_millis(-60_000)));
        assert_eq!(offset(Time::from_millis(-1), ""), 0);
        for wrong in ["", "2026-03-01", "2026-03-01T", "2026-03-01Tnoon", "2026-03-01T10"] {
            assert_eq!(instant(wrong, ""), None, "{wrong}");
        }
    }

    #[test]
    fn days_are_counted_by_midnights() {
        let clock = clock("2026-03-01T00:30:00Z");
        assert_eq!(clock.day("2026-02-28T23:59:00Z".parse().unwrap()), "Yesterday");
        assert_eq!(clock.day("2026-03-01T00:01:00Z".parse().unwrap()), "Today");
        assert_eq!(clock.short("2026-03-01T00:01:00Z".parse().unwrap()), "00:01");
        assert_eq!(clock.short("2025-01-15T08:00:00Z".parse().unwrap()), "2025-01-15");
    }

    #[test]
    fn durations_have_at_most_two_units() {
        assert_eq!(duration(23 * HOUR + 41 * MINUTE), "23 h 41 min");
        assert_eq!(duration(HOUR), "1 h");
        assert_eq!(duration(25 * HOUR + MINUTE), "25 h 1 min");
        assert_eq!(duration(38 * MINUTE), "38 min");
        assert_eq!(duration(-5), "under a minute");
    }

    #[test]
    fn what_was_not_counted_to_the_end_says_so() {
        let counted = [0, 1, 999, 1_000].map(counted);
        assert_eq!(counted, ["0", "1", "999", "999+"]);
    }

    #[test]
    fn phones_are_grouped() {
        assert_eq!(phone("+79123456789"), "+7 912 345-67-89");
        assert_eq!(phone("+15551234567"), "+1 555 123-4567");
        assert_eq!(phone("+447700900123"), "+44 7700 900123");
        assert_eq!(phone("+442079460144"), "+44 20 7946 0144");
        assert_eq!(phone("+5511999998888"), "+55 11 99999-8888");
        assert_eq!(phone("+33612345678"), "+33 612 345 678");
        assert_eq!(phone("+380501234567"), "+380 501 234 567");
        assert_eq!(phone("+4915112345678"), "+49 151 1234 5678");
        assert_eq!(phone("+6591234567"), "+65 9123 4567");
        assert_eq!(phone("GB.444"), "GB.444");
        assert_eq!(phone("12345"), "12345");
    }

    #[test]
    fn initials_of_names_and_numbers() {
        assert_eq!(initials("елена соколова петровна"), "ЕС");
        assert_eq!(initials("+7 912 345-67-89"), "89");
        assert_eq!(initials("«Лотос»"), "Л");
    }

    #[test]
    fn sizes() {
        assert_eq!(size(900), "900 B");
        assert_eq!(size(348_160), "340 KB");
        assert_eq!(size(2_202_010), "2.1 MB");
        assert_eq!(size(50_553_000_000), "47.1 GB");
    }

    #[test]
    fn changes_of_clocks_are_found_to_the_minute() {
        let day = 24 * HOUR;
        // Back in October, forward in March, and so on every year.
        let (back, forward) = (30 * day + HOUR, 177 * day + HOUR);
        let ahead = |at: i64| {
            let of_year = at.rem_euclid(365 * day);
            if (back..forward).contains(&of_year) { 0 } else { 3_600 }
        };
        assert_eq!(changes_of(0, ahead), [Some((back, 0)), Some((forward, 3_600))]);
        // What is there already does not come.
        assert_eq!(changes_of(back, ahead), [Some((forward, 3_600)), Some((back + 365 * day, 0))]);
        assert_eq!(changes_of(forward - 1, ahead)[0], Some((forward, 3_600)));
        assert_eq!(changes_of(5, |_| 10_800), [None; 2]);
    }
}
