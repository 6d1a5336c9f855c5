use std::collections::HashMap;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn at(millis: i64) -> Time {
    Time::from_millis(1_790_000_000_000 + millis)
}

fn lane(number: u128, customer: u128) -> Lane {
    (NumberId::from_uuid(Uuid::from_u128(number)), CustomerId::from_uuid(Uuid::from_u128(customer)))
}

fn message(number: u128) -> MessageId {
    MessageId::from_uuid(Uuid::from_u128(number))
}

fn again() -> After {
    After::Again { at: at(5_000), slow: Slow::Nobody }
}

/// Everything that may be sent now, at a number's rate.
fn go(lanes: &mut Lanes<u32>, now: i64, rate: u32) -> Vec<(Lane, MessageId)> {
    std::iter::from_fn(|| lanes.next(at(now), |_| rate)).map(|(lane, id, _)| (lane, id)).collect()
}

#[test]
fn a_customers_messages_go_one_after_another() {
    let mut lanes = Lanes::default();
    for (lane, id) in [(lane(1, 1), 1), (lane(1, 1), 2), (lane(1, 2), 3)] {
        lanes.push(lane, message(id), None, None, at(0));
    }
    assert_eq!(go(&mut lanes, 0, 80), [(lane(1, 1), message(1)), (lane(1, 2), message(3))]);
    assert_eq!(go(&mut lanes, 0, 80), []);
    lanes.tried(lane(1, 1), message(1), &After::Gone, at(10));
    assert_eq!(go(&mut lanes, 10, 80), [(lane(1, 1), message(2))]);
    // The one that must wait holds back what comes behind it.
    lanes.tried(lane(1, 1), message(2), &again(), at(20));
    lanes.push(lane(1, 1), message(4), None, None, at(30));
    assert_eq!(go(&mut lanes, 30, 80), []);
    assert_eq!(lanes.wakes_at(), Some(at(5_000)));
    assert_eq!(go(&mut lanes, 5_000, 80), [(lane(1, 1), message(2))]);
}

/// The fault that this file was written against: a number sends five a second, and a hundred customers talk without
/// pause. With a time of its own for each that waits, some were passed by the others for ever.
#[test]
fn nobody_is_passed_while_a_number_is_busy() {
    let mut lanes = Lanes::default();
    let mut served: HashMap<Lane, i64> = HashMap::new();
    for customer in 0..100 {
        lanes.push(lane(1, customer), message(customer), None, None, at(0));
    }
    let mut longest = 0;
    for now in (0..800_000).step_by(50) {
        for (lane, id) in go(&mut lanes, now, 5) {
            longest = longest.max(now - served.insert(lane, now).unwrap_or(0));
            lanes.tried(lane, id, &After::Gone, at(now));
            lanes.push(lane, id, None, None, at(now));
        }
    }
    assert_eq!(served.len(), 100);
    // A hundred at five a second are twenty seconds, and the beat of the test.
    assert!(longest <= 20_100, "somebody waited for {longest} ms");
}

#[test]
fn a_line_goes_on_when_its_first_has_nothing_to_send_any_more() {
    let mut lanes = Lanes::default();
    for customer in 0..4 {
        lanes.push(lane(1, customer), message(customer), Some(7), None, at(0));
    }
    // One a second: the second one waits at the head of the line.
    assert_eq!(go(&mut lanes, 0, 1), [(lane(1, 0), message(0))]);
    assert_eq!(lanes.settled(lane(1, 1), message(1)), Some(7));
    assert_eq!(lanes.settled(lane(1, 2), message(9)), None);
    assert_eq!(lanes.wakes_at(), Some(at(1_000)));
    assert_eq!(go(&mut lanes, 1_000, 1), [(lane(1, 2), message(2))]);
    // Its lane may be used again meanwhile.
    lanes.push(lane(1, 1), message(5), None, None, at(1_000));
    assert_eq!(go(&mut lanes, 2_000, 1), [(lane(1, 3), message(3))]);
    assert_eq!(go(&mut lanes, 3_000, 1), [(lane(1, 1), message(5))]);
    assert_eq!(lanes.wakes_at(), None);
}

#[test]
fn what_is_settled_lets_those_behind_it_go_unless_it_is_being_sent() {
    let mut lanes = Lanes::default();
    lanes.push(lane(1, 1), message(1), None, Some(at(90_000)), at(0));
    lanes.push(lane(1, 1), message(2), Some(7), None, at(0));
    assert_eq!(go(&mut lanes, 0, 80), []);
    assert!(lanes.knows(lane(1, 1), message(1)));
    assert_eq!(lanes.settled(lane(1, 1), message(1)), None);
    assert_eq!(lanes.unsent().collect::<Vec<_>>(), [message(2)]);
    assert_eq!(lanes.next(at(0), |_| 80), Some((lane(1, 1), message(2), Some(7))));
    assert_eq!(lanes.settled(lane(1, 1), message(2)), None);
    assert!(lanes.knows(lane(1, 1), message(2)));
    assert_eq!(lanes.unsent().count(), 0);
    lanes.tried(lane(1, 1), message(2), &again(), at(0));
    // For another try it is claimed anew.
    assert_eq!(lanes.next(at(5_000), |_| 80), Some((lane(1, 1), message(2), None)));
}

#[test]
fn a_status_that_says_too_fast_holds_the_customer_and_slows_the_number() {
    let mut lanes = Lanes::default();
    lanes.push(lane(1, 1), message(1), None, None, at(0));
    assert_eq!(go(&mut lanes, 0, 80).len(), 1);
    lanes.tried(lane(1, 1), message(1), &After::Gone, at(0));
    // Meta took it, and told by webhook that this customer is written to too fast.
    lanes.too_fast(lane(1, 1), TooFast::Recipient, at(0));
    lanes.push(lane(1, 1), message(2), None, None, at(0));
    lanes.push(lane(1, 2), message(3), None, None, at(0));
    assert_eq!(go(&mut lanes, 0, 80), [(lane(1, 2), message(3))], "others go on");
    assert_eq!(go(&mut lanes, 900, 80), []);
    assert_eq!(go(&mut lanes, 1_000, 80), [(lane(1, 1), message(2))]);

    let served = |slowed: bool| {
        let mut lanes = Lanes::default();
        lanes.push(lane(1, 0), message(0), None, None, at(0));
        assert_eq!(go(&mut lanes, 0, 80).len(), 1);
        if slowed {
            lanes.too_fast(lane(1, 0), TooFast::Number, at(0));
        }
        for customer in 1..200 {
            lanes.push(lane(1, customer), message(customer), None, None, at(0));
        }
        (0..10).map(|beat| go(&mut lanes, beat * 100, 80).len()).sum::<usize>()
    };
    assert!(served(true) < served(false), "{} of {}", served(true), served(false));
}

#[test]
fn while_nothing_is_taken_from_a_number_nobody_of_it_is_tried() {
    let mut lanes = Lanes::default();
    for customer in 0..3 {
        lanes.push(lane(1, customer), message(customer), None, None, at(0));
    }
    lanes.push(lane(2, 9), message(9), None, None, at(0));
    assert_eq!(lanes.next(at(0), |_| 80).map(|(lane, ..)| lane), Some(lane(1, 0)));
    lanes.tried(lane(1, 0), message(0), &After::Again { at: at(60_000), slow: Slow::Everybody }, at(0));
    assert_eq!(go(&mut lanes, 0, 80), [(lane(2, 9), message(9))], "another number goes on");
    assert_eq!(go(&mut lanes, 59_999, 80), []);
    assert_eq!(go(&mut lanes, 60_000, 80).len(), 3);
}

#[test]
fn what_is_sent_again_while_its_first_try_is_under_way_is_sent_after_it() {
    let mut lanes = Lanes::default();
    lanes.push(lane(1, 1), message(1), None, None, at(0));
    assert_eq!(go(&mut lanes, 0, 80), [(lane(1, 1), message(1))]);
    // A status was faster than the answer, and somebody pressed "again".
    lanes.push(lane(1, 1), message(1), None, None, at(10));
    assert_eq!(go(&mut lanes, 10, 80), [], "one after the other");
    lanes.tried(lane(1, 1), message(1), &After::Gone, at(20));
    assert_eq!(go(&mut lanes, 20, 80), [(lane(1, 1), message(1))]);
}

#[test]
fn meta_calls_a_number_or_a_customer_too_fast() {
    let mut lanes = Lanes::default();
    for customer in 0..30 {
        lanes.push(lane(1, customer), message(customer), None, None, at(0));
    }
    let sent = go(&mut lanes, 0, 50);
    assert_eq!(sent.len(), 10);
    let again = |slow| After::Again { at: at(1_000), slow };
    lanes.tried(sent[0].0, sent[0].1, &again(Slow::Number), at(100));
    // Half the rate: five in a tenth of a second.
    assert_eq!(go(&mut lanes, 200, 50).len(), 5);
    lanes.tried(sent[1].0, sent[1].1, &again(Slow::Recipient), at(200));
    lanes.tried(sent[2].0, sent[2].1, &After::Gone, at(200));
    for round in 0..2 {
        lanes.push(sent[1].0, message(100 + round), None, None, at(200));
    }
    let mut later = Vec::new();
    for beat in 0..4 {
        later.append(&mut go(&mut lanes, 60_000 + beat * 100, 50));
    }
    let theirs = later.iter().filter(|(lane, _)| *lane == sent[1].0).collect::<Vec<_>>();
    assert_eq!(theirs, [&sent[1]]);
    lanes.tried(sent[1].0, sent[1].1, &After::Gone, at(61_000));
    assert_eq!(go(&mut lanes, 61_000, 50), [(sent[1].0, message(100))]);
}

#[test]
fn a_stopped_numbers_lanes_wait_until_it_changes() {
    let mut lanes = Lanes::default();
    lanes.push(lane(1, 1), message(1), None, None, at(0));
    lanes.push(lane(2, 1), message(2), None, None, at(0));
    assert_eq!(go(&mut lanes, 0, 80).len(), 2);
    lanes.tried(lane(1, 1), message(1), &After::Stopped, at(0));
    lanes.tried(lane(2, 1), message(2), &After::Gone, at(0));
    lanes.push(lane(1, 1), message(3), None, None, at(0));
    assert_eq!(go(&mut lanes, 100_000, 80), []);
    assert_eq!(lanes.wakes_at(), None);
    lanes.numbers_changed(|_| 80);
    assert_eq!(go(&mut lanes, 100_000, 80), [(lane(1, 1), message(1))]);
}

#[test]
fn lanes_with_nothing_to_remember_are_forgotten() {
    let mut lanes = Lanes::default();
    for customer in 0..5_000_u32 {
        let (lane, id) = (lane(1, customer.into()), message(customer.into()));
        let now = i64::from(customer) * 1_000;
        lanes.push(lane, id, None, None, at(now));
        assert_eq!(go(&mut lanes, now, 80), [(lane, id)]);
        lanes.tried(lane, id, &After::Gone, at(now));
    }
    assert!(lanes.known.len() <= ROOMY, "{}", lanes.known.len());
}

/// What a test does to the lanes.
#[derive(Debug, Clone)]
enum Step {
    Push(u128, u128),
    /// Some of those under way end.
    End(usize, u8),
    Settle(u128, u128),
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let (number, customer) = (0..3_u128, 0..6_u128);
    prop_oneof![
        4 => (number.clone(), customer.clone()).prop_map(|(number, customer)| Step::Push(number, customer)),
        4 => (0..9_usize, 0..6_u8).prop_map(|(which, how)| Step::End(which, how)),
        1 => (number, customer).prop_map(|(number, customer)| Step::Settle(number, customer)),
        3 => (0..3_000_i64).prop_map(Step::Wait),
    ]
}

proptest! {
    /// Whatever happens, each lane's messages go in their order with one under way, and all go in the end.
    #[test]
    fn every_message_goes_once_and_in_its_order(steps in prop::collection::vec(step(), 1..200)) {
        let mut lanes: Lanes<u32> = Lanes::default();
        let mut now = 0;
        let mut model: HashMap<Lane, VecDeque<MessageId>> = HashMap::new();
        let mut under_way: Vec<(Lane, MessageId)> = Vec::new();
        let mut count = 0;
        for step in steps {
            match step {
                Step::Push(number, customer) => {
                    count += 1;
                    let lane = lane(number, customer);
                    lanes.push(lane, message(count), None, None, at(now));
                    model.entry(lane).or_default().push_back(message(count));
                }
                Step::End(which, how) if !under_way.is_empty() => {
                    let (lane, id) = under_way.swap_remove(which % under_way.len());
                    let again = |slow| After::Again { at: at(now + 700), slow };
                    let after = match how {
                        0 => again(Slow::Nobody),
                        1 => again(Slow::Number),
                        2 => again(Slow::Recipient),
                        3 => After::Stopped,
                        _ => {
                            prop_assert_eq!(model.get_mut(&lane).unwrap().pop_front(), Some(id));
                            After::Gone
                        }
                    };
                    lanes.tried(lane, id, &after, at(now));
                }
                Step::End(..) => lanes.numbers_changed(|_| 9),
                Step::Settle(number, customer) => {
                    let lane = lane(number, customer);
                    let first = model.get(&lane).and_then(|waiting| waiting.front()).copied();
                    if let Some(first) = first {
                        lanes.settled(lane, first);
                        if !under_way.iter().any(|(busy, _)| *busy == lane) {
                            model.get_mut(&lane).unwrap().pop_front();
                        }
                    }
                }
                Step::Wait(millis) => now += millis,
            }
            while let Some((lane, id, _)) = lanes.next(at(now), |_| 9) {
                prop_assert_eq!(model[&lane].front(), Some(&id));
                prop_assert!(!under_way.iter().any(|(busy, _)| *busy == lane));
                under_way.push((lane, id));
            }
        }
        // All that is left goes, each as soon as the lanes say that it may.
        lanes.numbers_changed(|_| 9);
        for _ in 0..10_000 {
            for (lane, id) in std::mem::take(&mut under_way) {
                prop_assert_eq!(model.get_mut(&lane).unwrap().pop_front(), Some(id));
                lanes.tried(lane, id, &After::Gone, at(now));
            }
            while let Some((lane, id, _)) = lanes.next(at(now), |_| 9) {
                under_way.push((lane, id));
            }
            match lanes.wakes_at() {
                Some(wakes) if under_way.is_empty() => now = now.max(wakes.millis_since(at(0))),
                None if under_way.is_empty() => break,
                _ => {}
            }
        }
        prop_assert!(model.values().all(VecDeque::is_empty), "left: {model:?}");
    }
}

#[test]
fn what_is_withdrawn_leaves_its_lane_unless_it_was_given_out() {
    let tom = lane(1, 1);
    let mut lanes: Lanes<u32> = Lanes::default();
    for id in 1..=4 {
        lanes.push(tom, message(id), Some(10), None, at(0));
    }
    assert_eq!(go(&mut lanes, 0, 80), [(tom, message(1))]);
    // The first is being sent, whatever the store says of it; the others were never given out.
    assert_eq!(lanes.withdraw(tom, message(1), true), Held::Tried);
    assert_eq!(lanes.withdraw(tom, message(2), false), Held::Unsent(Some(10)));
    assert_eq!(lanes.withdraw(tom, message(9), true), Held::Nowhere);
    assert_eq!(lanes.withdraw(lane(1, 2), message(3), true), Held::Nowhere);
    // It comes back for another try: it may have been sent as long as the store has it.
    lanes.tried(tom, message(1), &again(), at(0));
    assert_eq!(lanes.withdraw(tom, message(1), false), Held::Tried);
    assert_eq!(go(&mut lanes, 0, 80), []);
    // What a person says behind it does not wait for its time any more.
    assert_eq!(lanes.withdraw(tom, message(1), true), Held::Unsent(None));
    assert_eq!(lanes.withdraw(tom, message(3), true), Held::Unsent(Some(10)));
    assert_eq!(go(&mut lanes, 0, 80), [(tom, message(4))]);
    lanes.tried(tom, message(4), &After::Gone, at(0));
    assert_eq!((go(&mut lanes, 0, 80), lanes.wakes_at()), (vec![], None));
}

#[test]
fn a_clock_set_back_makes_no_lane_wait_till_it_catches_up() {
    const DAY: i64 = 86_400_000;
    let (tom, ann) = (lane(1, 1), lane(1, 2));
    let mut lanes: Lanes<u32> = Lanes::default();
    lanes.push(tom, message(1), None, None, at(0));
    assert_eq!(go(&mut lanes, 0, 1), [(tom, message(1))]);
    lanes.tried(tom, message(1), &After::Again { at: at(4_000), slow: Slow::Recipient }, at(0));
    lanes.push(ann, message(2), None, None, at(0));
    // One waits for Meta's patience, the other for its number; each waits as long as before.
    assert_eq!(go(&mut lanes, 0, 1), []);
    assert_eq!(go(&mut lanes, -DAY, 1), []);
    assert_eq!(lanes.wakes_at(), Some(at(1_000 - DAY)));
    assert_eq!(go(&mut lanes, 1_000 - DAY, 1), [(ann, message(2))]);
    assert_eq!(go(&mut lanes, 3_999 - DAY, 1), []);
    assert_eq!(go(&mut lanes, 4_000 - DAY, 1), [(tom, message(1))]);
}
