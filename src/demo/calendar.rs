//! When a business is busy, and how its days are called.

use beseda_flow::Now;
use beseda_wire::time::Time;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::chance::Chance;
use super::words::Words;
use crate::bots::now_in;

/// People answer from this hour to that one.
const OPEN: std::ops::Range<i8> = 9..21;

/// How many customers write on a day, Monday first: a clinic is busiest before the weekend and shut on Sunday.
const DAYS: [u32; 7] = [10, 10, 9, 11, 12, 8, 3];

/// And in an hour: after breakfast, around lunch and after work.
const HOURS: [u32; 24] = [1, 0, 0, 0, 0, 0, 1, 3, 7, 12, 14, 12, 11, 9, 8, 8, 10, 13, 15, 12, 9, 6, 4, 2];

#[derive(Clone)]
pub struct Calendar {
    zone: TimeZone,
}

impl Calendar {
    /// A zone that the bundled database does not know is UTC.
    pub fn new(zone: &str) -> Self {
        Self { zone: TimeZone::get(zone).unwrap_or(TimeZone::UTC) }
    }

    /// What the engine is told.
    pub fn now(&self, at: Time) -> Now {
        now_in(&self.zone, at.timestamp())
    }

    pub fn date(&self, at: Time) -> Date {
        self.zone.to_datetime(at.timestamp()).date()
    }

    /// `hour:minute` on a day; one that the change of clocks skips is the next that there is.
    pub fn at(&self, date: Date, hour: i8, minute: i8) -> Time {
        let at = self.zone.to_zoned(date.at(hour, minute, 0, 0));
        at.map_or(Timestamp::UNIX_EPOCH, |at| at.timestamp()).into()
    }

    /// A moment of the last `days` days at which a customer might write, before `now`.
    pub fn busy_moment(&self, chance: &mut Chance, now: Time, days: i64) -> Time {
        let today = self.date(now);
        // Drawn again where the day's weight says so; the bound keeps a strange clock from holding us up.
        for _ in 0..50 {
            let date = today.saturating_sub(chance.between(0, days - 1).days());
            let weight = DAYS[usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default()];
            if chance.below(12) >= weight as usize {
                continue;
            }
            let hour = i8::try_from(chance.weighted(HOURS.iter().copied())).unwrap_or_default();
            let at = self.at(date, hour, 0).plus_seconds(chance.between(0, 3_599));
            if at < now {
                return at;
            }
        }
        now.plus_seconds(-3_600)
    }

    /// The same moment while the business is open, else soon after it opens next.
    pub fn when_open(&self, at: Time, chance: &mut Chance) -> Time {
        let local = self.zone.to_datetime(at.timestamp());
        if OPEN.contains(&local.hour()) {
            return at;
        }
        let day = if local.hour() < OPEN.start { local.date() } else { tomorrow(local.date()) };
        self.at(day, OPEN.start, 0).plus_seconds(chance.between(120, 2_400))
    }

    /// A free hour for a visit, one to six days after `at`, never on a Sunday.
    pub fn visit(&self, at: Time, chance: &mut Chance) -> Time {
        let mut date = self.date(at).saturating_add(chance.between(1, 6).days());
        if date.weekday() == Weekday::Sunday {
            date = tomorrow(date);
        }
        let hour = i8::try_from(chance.between(9, 19)).unwrap_or(12);
        self.at(date, hour, *chance.pick(&[0, 0, 30]))
    }

    /// `14:30`.
    pub fn clock(&self, at: Time) -> String {
        let local = self.zone.to_datetime(at.timestamp());
        format!("{}:{:02}", local.hour(), local.minute())
    }

    /// “on Thursday”, or “tomorrow” seen from `from`.
    pub fn on(&self, words: &Words, at: Time, from: Time) -> &'static str {
        let date = self.date(at);
        if date == tomorrow(self.date(from)) {
            return words.tomorrow;
        }
        words.on_days[usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default()]
    }

    /// “12 March”.
    pub fn day(&self, words: &Words, at: Time) -> String {
        day_of(words, self.date(at))
    }

    /// `12.03.2026`, or as the language writes it.
    pub fn full(&self, words: &Words, at: Time) -> String {
        full_date(words, self.date(at))
    }
}

pub fn tomorrow(date: Date) -> Date {
    date.saturating_add(1.day())
}

fn day_of(words: &Words, date: Date) -> String {
    let month = usize::try_from(date.month() - 1).unwrap_or_default();
    format!("{} {}", date.day(), words.months[month])
}

pub fn full_date(words: &Words, date: Date) -> String {
    if words.language == "ru" {
        format!("{:02}.{:02}.{}", date.day(), date.month(), date.year())
    } else {
        format!("{} {}", day_of(words, date), date.year())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::Language;
    use crate::demo::words::words;

    fn time(text: &str) -> Time {
        text.parse().unwrap()
    }

    #[test]
    fn days_and_hours_are_those_of_the_zone() {
        let moscow = Calendar::new("Europe/Moscow");
        let ru = words(Language::Ru);
        let at = time("2026-03-11T22:30:00Z");
        assert_eq!(moscow.clock(at), "1:30");
        assert_eq!(moscow.day(ru, at), "12 марта");
        assert_eq!(moscow.on(ru, at, at), "в четверг");
        assert_eq!(moscow.on(ru, at, time("2026-03-11T10:00:00Z")), "завтра");
        assert_eq!(moscow.now(at).offset, 3 * 3600);
    }

    #[test]
    fn nobody_answers_at_night() {
        let london = Calendar::new("Europe/London");
        let mut chance = Chance::new(1);
        let noon = time("2026-01-14T12:00:00Z");
        assert_eq!(london.when_open(noon, &mut chance), noon);
        for (night, morning) in
            [("2026-01-14T22:10:00Z", "2026-01-15"), ("2026-01-14T03:00:00Z", "2026-01-14")]
        {
            let answered = london.when_open(time(night), &mut chance);
            assert!(answered > time(&format!("{morning}T09:00:00Z")));
            assert!(answered < time(&format!("{morning}T10:00:00Z")));
        }
    }

    #[test]
    fn busy_moments_follow_the_week_and_lie_in_the_past() {
        let moscow = Calendar::new("Europe/Moscow");
        let mut chance = Chance::new(1);
        let now = time("2026-03-11T06:30:00Z");
        let (mut friday, mut sunday) = (0, 0);
        for _ in 0..3_000 {
            let at = moscow.busy_moment(&mut chance, now, 90);
            assert!(at < now && at > now.plus_seconds(-91 * 86_400));
            match moscow.date(at).weekday() {
                Weekday::Friday => friday += 1,
                Weekday::Sunday => sunday += 1,
                _ => {}
            }
        }
        assert!(friday > sunday * 2, "{friday} {sunday}");
    }
}
