//! Dates as people write them.

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use crate::model::Language;
use crate::values::fold;

/// Reads a date within the bounds: `25.12.2026`, `25.12.26`, `25.12`, `25/12/2026`, `2026-12-25`, `25 December`,
/// `25 декабря 2026`, `today`, `завтра`, `monday`, `next friday`, `в пятницу`.
///
/// A day of the week is the next one that comes, never today: who means today says so. "Next friday" is the one of the
/// week that begins on the coming Monday, as Russian's "в следующую пятницу" is.
/// A day stands before its month, except in English after a month's name. Without a year it is the next such day,
/// unless only the one before is within the bounds; a year of two digits is of this century, unless only the last one
/// is within the bounds.
pub fn parse(
    text: &str,
    today: Date,
    min: Option<Date>,
    max: Option<Date>,
    language: Language,
) -> Option<Date> {
    let fits = |date: &Date| min.is_none_or(|min| *date >= min) && max.is_none_or(|max| *date <= max);
    let folded = fold(text);
    let folded = folded.trim_end_matches(['.', '!']).trim_end();
    let relative = match folded {
        "today" | "сегодня" => Some(0),
        "tomorrow" | "завтра" => Some(1),
        "day after tomorrow" | "the day after tomorrow" | "послезавтра" => Some(2),
        "yesterday" | "вчера" => Some(-1),
        _ => None,
    };
    if let Some(days) = relative {
        return today.checked_add(Span::new().days(days)).ok().filter(fits);
    }
    if let Some(date) = on_weekday(folded, today) {
        return Some(date).filter(fits);
    }
    let (day, month, year) = parts(folded, language)?;
    let date = |year: i16| Date::new(year, month, day).ok().filter(fits);
    match year {
        Some(year @ 0..=99) => date(2000 + year).or_else(|| date(1900 + year)),
        Some(year) => date(year),
        None => {
            let this_year = today.year();
            // The 29th of February may be years away.
            let coming =
                (0..=8).filter_map(|n| Date::new(this_year + n, month, day).ok()).find(|date| *date >= today);
            coming.filter(fits).or_else(|| date(this_year)).or_else(|| date(this_year - 1))
        }
    }
}

/// A day by its weekday's name.
fn on_weekday(text: &str, today: Date) -> Option<Date> {
    let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let words = match words.as_slice() {
        ["on" | "в" | "во", rest @ ..] => rest,
        all => all,
    };
    let (name, in_days): (&str, fn(i64) -> i64) = match words {
        // A day that has been this week comes in the next one.
        [name] | ["this" | "coming" | "этот" | "эту" | "это" | "этом", name] => {
            (*name, |ahead| if ahead > 0 { ahead } else { ahead + 7 })
        }
        ["next" | "следующий" | "следующую" | "следующее" | "следующая", name] => {
            (*name, |ahead| ahead + 7)
        }
        _ => return None,
    };
    let wanted = weekday_of(name)?;
    let ahead = wanted - i64::from(today.weekday().to_monday_zero_offset());
    today.checked_add(Span::new().days(in_days(ahead))).ok()
}

/// 0 for Monday. Russian names stand in the cases that answer "when?" ("среда", "в среду"), short ones as people write
/// them.
pub fn weekday_of(name: &str) -> Option<i64> {
    const NAMES: [&[&str]; 7] = [
        &["monday", "mon", "понедельник", "пн"],
        &["tuesday", "tue", "tues", "вторник", "вт"],
        &["wednesday", "wed", "среда", "среду", "ср"],
        &["thursday", "thu", "thur", "thurs", "четверг", "чт"],
        &["friday", "fri", "пятница", "пятницу", "пт"],
        &["saturday", "sat", "суббота", "субботу", "сб"],
        &["sunday", "sun", "воскресенье", "воскресение", "вс"],
    ];
    let name = name.trim_end_matches('.');
    let found = NAMES.iter().position(|names| names.contains(&name))?;
    i64::try_from(found).ok()
}

/// Reads a bound of a question: `2026-12-25`, `today`, `today+3`, `today-1`.
pub fn bound(text: &str, today: Date) -> Option<Date> {
    let text = text.trim();
    match text.strip_prefix("today") {
        Some("") => Some(today),
        Some(days) => {
            let days: i32 = days.replace(' ', "").parse().ok().filter(|days: &i32| days.abs() <= 36_525)?;
            today.checked_add(days.days()).ok()
        }
        None => text.parse().ok(),
    }
}

fn parts(text: &str, language: Language) -> Option<(i8, i8, Option<i16>)> {
    const IGNORED: [&str; 6] = ["of", "the", "г", "года", "го", "числа"];
    let pieces: Vec<&str> = text
        .split([' ', '.', '/', '-', ',', '\u{2013}'])
        .filter(|piece| !piece.is_empty() && !IGNORED.contains(piece))
        .collect();
    let number = |piece: &str| piece.parse::<i16>().ok().filter(|_| piece.len() <= 4);
    match pieces.as_slice() {
        [year, month, day] if year.len() == 4 => {
            Some((small(number(day)?)?, month_of(month)?, Some(number(year)?)))
        }
        [day, month] => day_and_month(day, month, language).map(|(day, month)| (day, month, None)),
        [day, month, year] => {
            let (day, month) = day_and_month(day, month, language)?;
            let ((2, year) | (4, year @ 100..)) = (year.len(), number(year)?) else { return None };
            Some((day, month, Some(year)))
        }
        _ => None,
    }
}

fn day_and_month(first: &str, second: &str, language: Language) -> Option<(i8, i8)> {
    let day = |piece: &str| {
        let digits = piece.trim_end_matches(|c: char| c.is_alphabetic());
        digits.parse::<i16>().ok().and_then(small)
    };
    match month_name(first) {
        Some(month) if language == Language::En => Some((day(second)?, month)),
        Some(_) => None,
        None => Some((day(first)?, month_of(second)?)),
    }
}

fn month_of(piece: &str) -> Option<i8> {
    month_name(piece).or_else(|| piece.parse::<i16>().ok().and_then(small))
}

/// A month by its name in either language, or the beginning of it, of at least three letters. Russian months are
/// written in two cases ("декабрь", "декабря").
pub fn month_name(piece: &str) -> Option<i8> {
    const NAMES: [[&str; 3]; 12] = [
        ["january", "январь", "января"],
        ["february", "февраль", "февраля"],
        ["march", "март", "марта"],
        ["april", "апрель", "апреля"],
        ["may", "май", "мая"],
        ["june", "июнь", "июня"],
        ["july", "июль", "июля"],
        ["august", "август", "августа"],
        ["september", "сентябрь", "сентября"],
        ["october", "октябрь", "октября"],
        ["november", "ноябрь", "ноября"],
        ["december", "декабрь", "декабря"],
    ];
    if piece.chars().count() < 3 {
        return None;
    }
    let month = NAMES.iter().position(|names| names.iter().any(|name| name.starts_with(piece)))?;
    i8::try_from(month + 1).ok()
}

fn small(number: i16) -> Option<i8> {
    i8::try_from(number).ok().filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 22);

    fn read(text: &str) -> Option<String> {
        parse(text, TODAY, None, None, Language::En).map(|date| date.to_string())
    }

    #[test]
    fn dates() {
        for (text, date) in [
            ("25.12.2026", "2026-12-25"),
            ("5.1.2027", "2027-01-05"),
            ("05.01.27", "2027-01-05"),
            ("25/12/2026", "2026-12-25"),
            ("25-12-2026", "2026-12-25"),
            ("2026-12-25", "2026-12-25"),
            ("2026.12.25", "2026-12-25"),
            ("25.12", "2026-12-25"),
            ("21.11", "2027-11-21"),
            ("22.11", "2026-11-22"),
            ("29.02", "2028-02-29"),
            ("25 December", "2026-12-25"),
            ("December 25", "2026-12-25"),
            ("Dec 25th, 2027", "2027-12-25"),
            ("1st of May 2027", "2027-05-01"),
            ("25 декабря", "2026-12-25"),
            ("25-го дек.", "2026-12-25"),
            ("3 авг", "2027-08-03"),
            ("25 Декабря 2027 г.", "2027-12-25"),
            ("25 декабря 2027 года", "2027-12-25"),
            ("9 мая", "2027-05-09"),
            ("сегодня", "2026-11-22"),
            ("Завтра!", "2026-11-23"),
            ("tomorrow", "2026-11-23"),
        ] {
            assert_eq!(read(text).as_deref(), Some(date), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_date() {
        for text in [
            "",
            "31.02.2026",
            "32.01.2026",
            "12.13.2026",
            "25",
            "soon",
            "1.2.3",
            "1.2.3.4",
            "25.12.026",
            "0.1.2026",
            "5 marvin",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn bounds_and_the_missing_year() {
        let min = bound("today", TODAY);
        let max = bound("today+30", TODAY);
        let within = |text| parse(text, TODAY, min, max, Language::Ru).map(|date| date.to_string());
        assert_eq!(within("22.12.2026").as_deref(), Some("2026-12-22"));
        assert_eq!(within("23.12.2026"), None);
        assert_eq!(within("вчера"), None);
        // A birthday lies behind.
        let past = |text| parse(text, TODAY, None, min, Language::Ru).map(|date| date.to_string());
        assert_eq!(past("25.12").as_deref(), Some("2025-12-25"));
        assert_eq!(past("1.03").as_deref(), Some("2026-03-01"));
        assert_eq!(past("05.01.85").as_deref(), Some("1985-01-05"));
        assert_eq!(bound("2026-12-25", TODAY), Some(Date::constant(2026, 12, 25)));
        assert_eq!(bound("today - 1", TODAY), Some(Date::constant(2026, 11, 21)));
        assert_eq!(bound("today+99999999", TODAY), None);
        assert_eq!(bound("someday", TODAY), None);
    }

    #[test]
    fn days_of_the_week() {
        // A Wednesday.
        let today = Date::constant(2026, 11, 25);
        for (text, wanted) in [
            ("Friday", "2026-11-27"),
            ("on friday!", "2026-11-27"),
            ("fri.", "2026-11-27"),
            ("this friday", "2026-11-27"),
            ("next friday", "2026-12-04"),
            ("next monday", "2026-11-30"),
            ("Monday", "2026-11-30"),
            ("Wednesday", "2026-12-02"),
            ("next wednesday", "2026-12-02"),
            ("sunday", "2026-11-29"),
            ("В пятницу", "2026-11-27"),
            ("понедельник", "2026-11-30"),
            ("во вторник", "2026-12-01"),
            ("в следующую пятницу", "2026-12-04"),
            ("в эту субботу", "2026-11-28"),
            ("пт", "2026-11-27"),
            ("в воскресенье", "2026-11-29"),
        ] {
            for language in [Language::En, Language::Ru] {
                let date = parse(text, today, None, None, language);
                assert_eq!(date.map(|date| date.to_string()).as_deref(), Some(wanted), "{text}");
            }
        }
        for text in ["someday", "next", "friday friday", "last friday", "в"] {
            assert_eq!(parse(text, today, None, None, Language::En), None, "{text}");
        }
        // Within the bounds alone.
        assert_eq!(parse("friday", today, None, Some(today), Language::En), None);
    }
}
