//! The engine's time: an instant as the clocks of a business show it.

use beseda_flow::{ClockChange, Now};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// An instant in a zone, with the next two changes of its clocks.
pub fn now_in(zone: &TimeZone, at: Timestamp) -> Now {
    /// Some changes of a zone's rules leave its clocks alone.
    const LOOKED_AT: usize = 8;
    let offset = zone.to_offset(at).seconds();
    let mut changes = [None; 2];
    let mut last = offset;
    let following = zone.following(at).take(LOOKED_AT).filter_map(|transition| {
        let offset = transition.offset().seconds();
        let is_new = std::mem::replace(&mut last, offset) != offset;
        is_new.then(|| ClockChange { at: transition.timestamp().as_millisecond(), offset })
    });
    for (place, change) in changes.iter_mut().zip(following) {
        *place = Some(change);
    }
    Now { changes, ..Now::new(at.as_millisecond(), offset) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_changes_of_the_clocks_are_known() {
        let ms = |utc: &str| utc.parse::<Timestamp>().unwrap().as_millisecond();
        let seen = |zone: &str, at: &str| now_in(&TimeZone::get(zone).unwrap(), at.parse().unwrap());
        let london = seen("Europe/London", "2027-10-01T00:00:00Z");
        let changes = [("2027-10-31T01:00:00Z", 0), ("2028-03-26T01:00:00Z", 3_600)];
        assert_eq!(london.offset, 3_600);
        assert_eq!(london.changes, changes.map(|(at, offset)| Some(ClockChange { at: ms(at), offset })));
        // At the instant of a change it has happened.
        let after = seen("Europe/London", "2027-10-31T01:00:00Z");
        assert_eq!((after.offset, after.changes[0].unwrap().offset), (0, 3_600));
        let moscow = seen("Europe/Moscow", "2027-10-01T00:00:00Z");
        assert_eq!((moscow.offset, moscow.changes), (10_800, [None; 2]));
    }
}
