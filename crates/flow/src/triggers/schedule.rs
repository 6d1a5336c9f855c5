//! When a schedule is due next.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::answer::time;
use crate::effects::Now;
use crate::model::Schedule;

impl Schedule {
    /// The next instant after now, in milliseconds since 1970-01-01 UTC; none where it never comes.
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
        let now = Now::new(1_795_338_000_000, 10_800);
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
            let due = read.next(now).map(|ms| now.at(ms).minute()).unwrap_or_default();
            assert_eq!(due, wanted, "{schedule}");
        }
    }

    #[test]
    fn a_schedule_keeps_to_the_clock_when_it_is_changed() {
        let daily: Schedule = serde_json::from_value(json!({ "at": "09:00" })).unwrap();
        let mut now = Now::in_london("2027-10-29T12:00:00Z");
        let mut due = Vec::new();
        while due.len() < 4 {
            now = now.at(daily.next(now).unwrap());
            due.push(jiff::Timestamp::from_millisecond(now.ms).unwrap().to_string());
        }
        // Once a day, at nine by the clock on the wall.
        assert_eq!(
            due,
            ["2027-10-30T08:00:00Z", "2027-10-31T09:00:00Z", "2027-11-01T09:00:00Z", "2027-11-02T09:00:00Z"]
        );
        for (at, date, wanted) in [
            ("09:00", "2027-10-30", "2027-10-30T08:00:00Z"),
            ("09:00", "2028-02-01", "2028-02-01T09:00:00Z"),
            ("09:00", "2028-04-05", "2028-04-05T08:00:00Z"),
            // Shown twice, and skipped.
            ("01:30", "2027-10-31", "2027-10-31T00:30:00Z"),
            ("02:00", "2027-10-31", "2027-10-31T02:00:00Z"),
            ("01:30", "2028-03-26", "2028-03-26T01:30:00Z"),
        ] {
            let once: Schedule = serde_json::from_value(json!({ "at": at, "date": date })).unwrap();
            let next = once.next(Now::in_london("2027-10-29T12:00:00Z")).unwrap();
            let next = jiff::Timestamp::from_millisecond(next).unwrap().to_string();
            assert_eq!(next, wanted, "{date} {at}");
        }
    }
}
