//! When a schedule is due next.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::answer::time;
use crate::effects::Now;
use crate::model::Schedule;

impl Schedule {
    /// The next instant after now, in milliseconds since 1970-01-01 UTC; none where it never comes. By the offset of
    /// now: ask again when the zone's clock is changed.
    pub fn next(&self, now: Now) -> Option<i64> {
        /// A day of the month, of a month, of a week: each comes within a year.
        const DAYS: i32 = 366;
        let time = time::bound(&self.at)?;
        let instant = |date: Date| Some(now.instant(date.to_datetime(time))).filter(|due| *due > now.ms);
        if let Some(date) = &self.date {
            return instant(date.trim().parse().ok()?);
        }
        (0..=DAYS).find_map(|days| {
            let date = now.date().checked_add(days.days()).ok()?;
            if self.is_on(date) { instant(date) } else { None }
        })
    }

    fn is_on(&self, date: Date) -> bool {
        let number = |number: i8| number.unsigned_abs();
        let weekday = number(date.weekday().to_monday_one_offset());
        let (day, last) = (number(date.day()), number(date.days_in_month()));
        let of_week = self.days.is_empty() || self.days.contains(&weekday);
        let of_month = self.month_days.is_empty()
            || self.month_days.contains(&day)
            || (day == last && self.month_days.iter().any(|wanted| *wanted > last));
        of_week && of_month
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn when_it_is_due() {
        // Sunday the 22nd of November 2026, noon in Moscow.
        let now = Now { ms: 1_795_338_000_000, offset: 10_800 };
        for (schedule, wanted) in [
            (json!({ "at": "12:01" }), "2026-11-22 12:01"),
            (json!({ "at": "12:00" }), "2026-11-23 12:00"),
            (json!({ "at": "10:00", "days": [3] }), "2026-11-25 10:00"),
            (json!({ "at": "13:00", "days": [7] }), "2026-11-22 13:00"),
            (json!({ "at": "10:00", "month_days": [1, 15] }), "2026-12-01 10:00"),
            (json!({ "at": "10:00", "month_days": [31] }), "2026-11-30 10:00"),
            (json!({ "at": "10:00", "date": "2027-03-25" }), "2027-03-25 10:00"),
            (json!({ "at": "10:00", "date": "2026-11-22" }), ""),
            (json!({ "at": "10:00", "days": [8] }), ""),
            (json!({ "at": "soon" }), ""),
        ] {
            let read: Schedule = serde_json::from_value::<Schedule>(schedule.clone()).unwrap();
            let due = read.next(now).map(|ms| Now { ms, ..now }.minute()).unwrap_or_default();
            assert_eq!(due, wanted, "{schedule}");
        }
    }
}
