//! When a bot begins by the clock, in words.

use beseda_wire::trials::TriggerSchedule;

use crate::format::date_words;
use crate::i18n::t;
use crate::t;

/// `Mon–Fri, 09:30`. Without a time it begins never, and nothing is said.
pub fn words(schedule: &TriggerSchedule) -> String {
    if schedule.at.is_empty() {
        return String::new();
    }
    let days = match &schedule.date {
        Some(date) => date_words(date),
        None => days(&schedule.days, &schedule.month_days),
    };
    format!("{days}, {}", schedule.at)
}

/// A day of either list is enough.
fn days(week: &[u8], month: &[u8]) -> String {
    let (mut week, mut month) = (week.to_vec(), month.to_vec());
    week.sort_unstable();
    month.sort_unstable();
    let name = |day: &u8| t(&format!("day-{day}"));
    // Three in a row are read as from and to.
    let is_row = week.len() > 2 && week.windows(2).all(|two| two[0] + 1 == two[1]);
    let of_week = match (week.first(), week.last()) {
        _ if week.len() == 7 => return t("every-day"),
        (Some(first), Some(last)) if is_row => format!("{}–{}", name(first), name(last)),
        _ => week.iter().map(name).collect::<Vec<_>>().join(", "),
    };
    let of_month: Vec<String> = month.iter().map(u8::to_string).collect();
    let of_month = of_month.join(", ");
    match (week.is_empty(), month.is_empty()) {
        (true, true) => t("every-day"),
        (false, true) => of_week,
        (true, false) => t!("days-of-month", days = of_month.as_str()),
        (false, false) => format!("{of_week}, {}", t!("days-of-month", days = of_month.as_str())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::i18n::{Locale, set};

    #[test]
    fn a_schedule_says_its_time_and_its_days() {
        let said = |schedule: Value| words(&serde_json::from_value(schedule).unwrap());
        for (locale, schedule, wanted) in [
            (Locale::En, json!({ "at": "" }), ""),
            (Locale::En, json!({ "at": "09:30" }), "every day, 09:30"),
            (Locale::En, json!({ "at": "09:05", "days": [5, 1, 2, 4, 3] }), "Mon–Fri, 09:05"),
            (Locale::En, json!({ "at": "09:05", "days": [2, 1] }), "Mon, Tue, 09:05"),
            (Locale::En, json!({ "at": "18:00", "days": [1, 2, 3, 4, 5, 6, 7] }), "every day, 18:00"),
            (Locale::En, json!({ "at": "18:00", "month_days": [15, 1] }), "on day 1, 15 of the month, 18:00"),
            (
                Locale::En,
                json!({ "at": "18:00", "days": [7], "month_days": [1] }),
                "Sun, on day 1 of the month, 18:00",
            ),
            (Locale::Ru, json!({ "at": "09:30" }), "каждый день, 09:30"),
            (Locale::Ru, json!({ "at": "09:30", "days": [1, 3] }), "Пн, Ср, 09:30"),
            (Locale::Ru, json!({ "at": "09:30", "month_days": [31] }), "31-го числа, 09:30"),
        ] {
            set(locale);
            assert_eq!(said(schedule.clone()), wanted, "{schedule}");
        }
        set(Locale::En);
        // A single day goes before all others.
        let once = said(json!({ "at": "09:30", "date": "2026-12-25", "days": [1] }));
        assert_eq!(once, format!("{}, 09:30", date_words("2026-12-25")));
    }
}
