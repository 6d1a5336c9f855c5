//! Making identifiers. What they are is in `beseda_wire::ids`.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering};

use beseda_wire::time::Time;
use uuid::Uuid;

/// A new `UUIDv7` of the given instant: later ids sort later,
/// also those of one millisecond, because the bits after it hold `arrival`.
///
/// `at` is when the thing happened, `arrival` when we learnt of it; they differ for messages that come late.
pub fn fresh_at(at: Time, arrival: Time) -> Uuid {
    // Counts the ids of this process, so that those of one millisecond keep the order in which they were made:
    // a bot says several things in one.
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed) << 12;
    compose(at, arrival, count | (random() & 0x0FFF))
}

/// A number from the system's random source, which is asked for many at a time: a message needs several ids, and
/// each question is a call of the kernel.
fn random() -> u32 {
    thread_local! {
        static STOCK: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    }
    STOCK.with_borrow_mut(|stock| {
        if stock.len() < 2 {
            stock.resize(512, 0);
            // The source does not fail once it has started; without it the id is still ordered.
            let _ = getrandom::fill(stock);
        }
        let (high, low) = (stock.pop(), stock.pop());
        u32::from(u16::from_be_bytes([high.unwrap_or_default(), low.unwrap_or_default()]))
    })
}

/// Like [`fresh_at`], with the last 32 bits given: for data that shall come out the same every time.
pub fn compose(at: Time, arrival: Time, last: u32) -> Uuid {
    let millis = |time: Time| u128::from(time.millis().max(0).cast_unsigned());
    // 74 free bits: 42 of the arrival in milliseconds (they wrap in the year 2109), then the last 32.
    let free = ((millis(arrival) & ((1 << 42) - 1)) << 32) | u128::from(last);
    let (high, low) = (free >> 62, free & ((1 << 62) - 1));
    // RFC 9562 §5.7: 48 bits of Unix milliseconds, version 7, 12 bits, variant 2, 62 bits.
    Uuid::from_u128(((millis(at) & ((1 << 48) - 1)) << 80) | (7 << 76) | (high << 64) | (2 << 62) | low)
}

/// A new `UUIDv7` of this instant.
pub fn fresh(now: Time) -> Uuid {
    fresh_at(now, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_when_it_happened_and_then_by_arrival() {
        let at = Time::from_millis;
        let ids = [
            fresh_at(at(1_000), at(9_000)),
            fresh_at(at(1_000), at(9_001)),
            fresh_at(at(1_001), at(8_000)),
            fresh_at(at(2_000), at(2_000)),
        ];
        assert!(ids.is_sorted());
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
        let burst: Vec<_> = (0..100).map(|_| fresh(at(5_000))).collect();
        assert!(burst.is_sorted());
    }
}
