//! Making identifiers. What they are is in `beseda_wire::ids`.

use beseda_wire::time::Time;
use uuid::{Builder, Uuid};

/// A new `UUIDv7` of the given instant: later ids sort later, also within a millisecond for the most part,
/// because the bits after it hold the microsecond of `arrival`.
///
/// `at` is when the thing happened, `arrival` when we learnt of it; they differ for messages that come late.
pub fn fresh_at(at: Time, arrival: Time) -> Uuid {
    let mut random = [0; 10];
    // The system's random source does not fail once it has started; without it the id is still ordered.
    let _ = getrandom::fill(&mut random);
    // 42 bits of arrival in milliseconds (it wraps in the year 2109), then 32 random ones.
    let arrival = arrival.millis().cast_unsigned() & ((1 << 42) - 1);
    let tail = (u128::from(arrival) << 32)
        | u128::from(u32::from_be_bytes([random[0], random[1], random[2], random[3]]));
    let mut bits = [0; 10];
    // Ten bytes hold 80 bits of which the builder keeps 74: 12 below the version, 62 below the variant.
    let high = (tail >> 62) as u16 & 0x0FFF;
    let low = (tail & ((1 << 62) - 1)) as u64;
    bits[..2].copy_from_slice(&high.to_be_bytes());
    bits[2..].copy_from_slice(&low.to_be_bytes());
    Builder::from_unix_timestamp_millis(at.millis().max(0).cast_unsigned(), &bits).into_uuid()
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
    }
}
