use proptest::prelude::*;

use super::*;

fn at(millis: i64) -> Time {
    Time::from_millis(1_790_000_000_000 + millis)
}

/// The most sends in any window of this length, in milliseconds.
fn most_in(window: i64, sent: &[Time]) -> usize {
    let mut most = 0;
    let mut first = 0;
    for (index, time) in sent.iter().enumerate() {
        while time.millis_since(sent[first]) >= window {
            first += 1;
        }
        most = most.max(index + 1 - first);
    }
    most
}

/// Sends as fast as it is allowed from `from` on, waking up `late` milliseconds after each due time.
fn greedy(pace: &mut NumberPace, from: i64, until: i64, late: i64) -> Vec<Time> {
    let mut sent = Vec::new();
    let mut now = at(from);
    while now < at(until) {
        match pace.take(now) {
            Turn::Now => sent.push(now),
            Turn::At(due) => now = due.plus_millis(late),
        }
    }
    sent
}

#[test]
fn the_whole_rate_is_used() {
    for rate in [20, 80, 1000] {
        let sent = greedy(&mut NumberPace::new(rate), 0, 10_000, 0);
        assert_eq!(sent.len(), rate as usize * 10, "{rate}");
        assert_eq!(most_in(1000, &sent), rate as usize, "{rate}");
    }
    // A sender that wakes up late loses only the last lateness of each second.
    assert!(greedy(&mut NumberPace::new(80), 0, 10_000, 5).len() >= 795);
}

#[test]
fn a_pause_saves_nothing_up() {
    let mut pace = NumberPace::new(80);
    let mut sent = greedy(&mut pace, 0, 1_000, 0);
    sent.extend(greedy(&mut pace, 60_000, 61_000, 0));
    assert_eq!(most_in(1000, &sent), 80);
}

#[test]
fn complaints_halve_the_rate_and_it_recovers() {
    let mut pace = NumberPace::new(80);
    for _ in 0..50 {
        // Fifty sends of one moment are refused together: one complaint.
        pace.slow_down(at(0));
    }
    assert_eq!(pace.rate(at(0)), 40);
    pace.slow_down(at(1_000));
    assert_eq!(pace.rate(at(1_000)), 20);
    assert_eq!(greedy(&mut pace, 1_000, 2_000, 0).len(), 20);
    let rates: Vec<_> = [5_999, 6_000, 11_000, 31_000, 36_000].map(|millis| pace.rate(at(millis))).into();
    assert_eq!(rates, [20, 28, 36, 68, 76]);
    assert_eq!(pace.rate(at(41_000)), 80);
    for second in 100..200 {
        pace.slow_down(at(second * 1_000));
    }
    assert_eq!(pace.rate(at(199_500)), 1);
    assert_eq!(pace.rate(at(300_000)), 80);
}

#[test]
fn the_ceiling_follows_meta() {
    let mut pace = NumberPace::new(NumberPace::STANDARD);
    pace.set_ceiling(5_000);
    assert_eq!(pace.rate(at(0)), NumberPace::HIGH);
    pace.set_ceiling(NumberPace::COEXISTENCE);
    assert_eq!(greedy(&mut pace, 0, 2_000, 0).len(), 40);
    assert_eq!(NumberPace::new(0).rate(at(0)), 1);
}

#[test]
fn a_recipient_gets_a_burst_and_then_one_every_six_seconds() {
    let mut pace = RecipientPace::new(at(0));
    for _ in 0..45 {
        assert_eq!(pace.take(at(0)), Turn::Now);
    }
    assert_eq!(pace.take(at(0)), Turn::At(at(6_000)));
    assert_eq!(pace.take(at(6_000)), Turn::Now);
    assert_eq!(pace.take(at(6_001)), Turn::At(at(12_000)));
    // What was borrowed is paid back in four and a half minutes, and then the burst is there again.
    assert!(!pace.is_idle(at(275_999)));
    assert!(pace.is_idle(at(276_000)));
    for _ in 0..45 {
        assert_eq!(pace.take(at(276_000)), Turn::Now);
    }
    assert!(matches!(pace.take(at(276_000)), Turn::At(_)));
}

#[test]
fn a_held_recipient_waits_and_then_goes_on_slowly() {
    let mut pace = RecipientPace::new(at(0));
    pace.hold(at(0), at(16_000));
    pace.hold(at(0), at(4_000));
    assert_eq!(pace.take(at(0)), Turn::At(at(16_000)));
    // In sixteen seconds two intervals have been paid back; nothing of the old burst is left.
    for _ in 0..3 {
        assert_eq!(pace.take(at(16_000)), Turn::Now);
    }
    assert_eq!(pace.take(at(16_000)), Turn::At(at(18_000)));
    pace.hold(at(20_000), at(2_000_000));
    assert!(matches!(pace.take(at(1_000_000)), Turn::At(_)));
}

#[test]
fn whoever_is_refused_by_status_again_and_again_waits_longer_each_time() {
    let mut pace = RecipientPace::new(at(0));
    let mut now = at(0);
    let mut waits = Vec::new();
    for _ in 0..9 {
        pace.refused(now);
        // Two more that were sent in the same moment.
        pace.refused(now.plus_millis(1));
        pace.refused(now.plus_millis(2));
        let Turn::At(until) = pace.take(now) else { panic!() };
        waits.push(until.millis_since(now) / 1_000);
        assert!(!pace.is_idle(until), "it remembers how often it was");
        // The next one goes at once and is refused a little later.
        now = until.plus_millis(900);
    }
    assert_eq!(waits, [1, 4, 16, 64, 256, 1024, 4096, 16_384, 16_384]);
    // After a time without a refusal it begins anew.
    now = now.plus_millis(100_000_000);
    assert!(pace.is_idle(now));
    pace.refused(now);
    assert_eq!(pace.take(now), Turn::At(now.plus_millis(1_000)));
}

#[test]
fn a_number_from_which_nothing_is_taken_waits_and_then_has_its_whole_rate() {
    let mut pace = NumberPace::new(80);
    assert_eq!(pace.take(at(0)), Turn::Now);
    pace.hold(at(0), at(60_000));
    pace.hold(at(10), at(5_000));
    assert_eq!(pace.take(at(100)), Turn::At(at(60_000)), "the longest counts");
    assert_eq!(greedy(&mut pace, 60_000, 61_000, 0).len(), 80);
    // A clock that is set back by a day keeps it for hours at most.
    pace.hold(at(100_000), at(160_000));
    let Turn::At(until) = pace.take(at(100_000 - 86_400_000)) else { panic!() };
    assert!(until <= at(100_000 - 86_400_000 + 16_384_000));
}

/// NTP sets the clock of a small computer right, by a day.
#[test]
fn a_clock_set_back_makes_nobody_wait_till_it_catches_up() {
    const DAY: i64 = 86_400_000;
    let mut pace = RecipientPace::new(at(0));
    for _ in 0..45 {
        assert_eq!(pace.take(at(0)), Turn::Now);
    }
    // As if all of the burst had been borrowed now, and no more.
    assert_eq!(pace.take(at(-DAY)), Turn::At(at(6_000 - DAY)));
    assert_eq!(pace.take(at(6_000 - DAY)), Turn::Now);
    let mut held = RecipientPace::new(at(0));
    held.hold(at(0), at(4_000));
    assert_eq!(held.take(at(-DAY)), Turn::At(at(16_384_000 - DAY)), "the longest that there is");
    // Whoever saw the clock jump moves it exactly.
    let mut moved = RecipientPace::new(at(0));
    moved.hold(at(0), at(4_000));
    moved.set_back(DAY);
    assert_eq!(moved.take(at(-DAY)), Turn::At(at(4_000 - DAY)));

    let mut number = NumberPace::new(80);
    assert_eq!(greedy(&mut number, 0, 1_000, 0).len(), 80);
    number.slow_down(at(1_000));
    assert_eq!(number.take(at(-DAY)), Turn::At(at(1_000 - DAY)));
    assert_eq!(greedy(&mut number, -DAY + 1_000, -DAY + 2_000, 0).len(), 40);
    // It recovers, and hears complaints.
    assert_eq!(number.rate(at(-DAY + 60_000)), 80);
    number.slow_down(at(-DAY + 60_000));
    assert_eq!(number.rate(at(-DAY + 60_000)), 40);
}

proptest! {
    /// Whatever is asked and whenever: no second holds more than the rate, and who waits as told is let through.
    #[test]
    fn a_number_never_exceeds_its_rate(
        rate in 1_u32..=1000,
        asks in prop::collection::vec((0_i64..400, 1_usize..200, prop::bool::weighted(0.05)), 1..60),
    ) {
        let mut pace = NumberPace::new(rate);
        let mut now = at(0);
        let mut sent = Vec::new();
        for (wait, count, complaint) in asks {
            now = now.plus_millis(wait);
            if complaint {
                pace.slow_down(now);
            }
            for _ in 0..count {
                match pace.take(now) {
                    Turn::Now => sent.push(now),
                    Turn::At(due) => {
                        prop_assert!(due > now && due.millis_since(now) <= 1000);
                        prop_assert_eq!(pace.clone().take(due), Turn::Now);
                        break;
                    }
                }
            }
        }
        prop_assert!(most_in(1000, &sent) <= rate as usize);
    }

    #[test]
    fn a_number_recovers(rate in 1_u32..=1000, complaints in prop::collection::vec(0_i64..5_000, 0..40)) {
        let mut pace = NumberPace::new(rate);
        let mut now = at(0);
        for wait in complaints {
            now = now.plus_millis(wait);
            pace.slow_down(now);
            prop_assert!(pace.rate(now) >= 1 && pace.rate(now) <= rate);
        }
        prop_assert_eq!(pace.rate(now.plus_millis(60_000)), rate);
    }

    #[test]
    fn a_clock_set_back_stops_nothing(jumps in prop::collection::vec(-5_000_i64..5_000, 1..100)) {
        let mut pace = NumberPace::new(80);
        let mut to_one = RecipientPace::new(at(0));
        let mut now = at(0);
        for jump in jumps {
            now = now.plus_millis(jump);
            if let Turn::At(due) = to_one.take(now) {
                prop_assert!(due > now && due.millis_since(now) <= 6_000);
                prop_assert_eq!(to_one.clone().take(due), Turn::Now);
            }
            if let Turn::At(due) = pace.take(now) {
                prop_assert!(due > now && due.millis_since(now) <= 1_000);
                prop_assert_eq!(pace.clone().take(due), Turn::Now);
            }
        }
    }

    /// In any window of t seconds at most 45 + t / 6, and who waits as told is let through.
    #[test]
    fn a_recipient_never_gets_too_much(asks in prop::collection::vec((0_i64..20_000, 1_usize..60), 1..60)) {
        let mut pace = RecipientPace::new(at(0));
        let mut now = at(0);
        let mut sent: Vec<Time> = Vec::new();
        for (wait, count) in asks {
            now = now.plus_millis(wait);
            for _ in 0..count {
                match pace.take(now) {
                    Turn::Now => sent.push(now),
                    Turn::At(due) => {
                        prop_assert!(due > now && due.millis_since(now) <= 6_000);
                        prop_assert_eq!(pace.clone().take(due), Turn::Now);
                        break;
                    }
                }
            }
        }
        for window in [6_000, 60_000, 3_600_000] {
            let allowed = 45 + usize::try_from(window / 6_000).unwrap();
            prop_assert!(most_in(window, &sent) <= allowed);
        }
    }
}
