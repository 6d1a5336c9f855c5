//! Repeatable chance: the same seed gives the same demo.

use uuid::Uuid;

use crate::ids;
use beseda_wire::time::Time;

/// `SplitMix64` (Steele, Lea, Flood, 2014). `crypto::Random::seeded` would do, at thirty times the cost: a demo
/// draws some hundred thousand numbers before its first page can be shown.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to `bound - 1`; 0 when `bound` is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        // The high half of the product: no division, and the bias over a few thousand values cannot be seen.
        let wide = u128::from(self.next()) * bound as u128;
        usize::try_from(wide >> 64).unwrap_or_default()
    }

    /// From `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = usize::try_from(high - low + 1).unwrap_or(1);
        low + i64::try_from(self.below(span)).unwrap_or_default()
    }

    pub fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// One of several; the lists of the demo are never empty.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// The place of one of several, each as likely as its weight says.
    pub fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let total: usize = weights.clone().map(|weight| weight as usize).sum();
        let mut left = self.below(total);
        for (place, weight) in weights.enumerate() {
            let weight = weight as usize;
            if left < weight {
                return place;
            }
            left -= weight;
        }
        0
    }

    /// An id of that time, as `ids::fresh_at` makes them.
    pub fn id(&mut self, at: Time) -> Uuid {
        ids::compose(at, at, u32::try_from(self.next() >> 32).unwrap_or_default())
    }

    pub fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + u8::try_from(self.below(10)).unwrap_or_default())).collect()
    }

    /// Letters and digits as Meta's ids have them.
    pub fn letters(&mut self, count: usize) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..count).map(|_| char::from(*self.pick(LETTERS))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_itself_and_weights_are_kept() {
        let draw = |seed| {
            let mut chance = Chance::new(seed);
            (chance.next(), chance.between(-3, 3), chance.letters(5))
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        let mut chance = Chance::new(3);
        let mut seen = [0; 3];
        for _ in 0..4_000 {
            seen[chance.weighted([1, 0, 3].into_iter())] += 1;
        }
        assert!((900..1_100).contains(&seen[0]) && seen[1] == 0, "{seen:?}");
    }
}
