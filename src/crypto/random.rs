//! Where randomness comes from.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::sha256;

/// A source of random bytes. Cheap to clone.
///
/// It is a value that is handed in, not a global function, so that a test can make a run that repeats itself.
#[derive(Clone)]
pub struct Random(Source);

#[derive(Clone)]
enum Source {
    System,
    Seeded(Arc<Mutex<Stream>>),
}

/// SHA-256 over a seed and a counter: short, the same on every machine, and needs no further library.
struct Stream {
    seed: u64,
    counter: u64,
}

impl Random {
    /// The operating system's generator: the only one for anything that must not be guessed.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// The same bytes for the same seed, for tests and for the demo's made-up data. Clones continue one stream.
    /// Never for keys or tokens of a real installation.
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded(Arc::new(Mutex::new(Stream { seed, counter: 0 }))))
    }

    /// Fills `bytes`.
    ///
    /// # Panics
    /// When the system has no randomness to give. That happens on no Linux that has finished booting; going on would
    /// mean guessable keys, so stopping is the right answer and no caller has a better one.
    #[expect(
        clippy::expect_used,
        reason = "without randomness every secret would be guessable: stop instead"
    )]
    pub fn fill(&self, bytes: &mut [u8]) {
        match &self.0 {
            Source::System => getrandom::fill(bytes).expect("the system's random generator answers"),
            Source::Seeded(stream) => stream.lock().unwrap_or_else(PoisonError::into_inner).fill(bytes),
        }
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A random number of 64 bits.
    pub fn u64(&self) -> u64 {
        u64::from_le_bytes(self.bytes())
    }

    /// A random number from 0 to `bound - 1`, each equally likely; 0 when `bound` is 0.
    pub fn below(&self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        // Numbers above the last whole multiple of `bound` would favour the small results, so they are drawn again.
        let limit = u64::MAX - u64::MAX % bound;
        loop {
            let number = self.u64();
            if number < limit {
                return number % bound;
            }
        }
    }
}

impl Stream {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let mut input = [0; 16];
            input[..8].copy_from_slice(&self.seed.to_le_bytes());
            input[8..].copy_from_slice(&self.counter.to_le_bytes());
            self.counter = self.counter.wrapping_add(1);
            chunk.copy_from_slice(&sha256(&input)[..chunk.len()]);
        }
    }
}

impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The seed would tell every number to come.
        f.write_str(match self.0 {
            Source::System => "Random::system",
            Source::Seeded(_) => "Random::seeded",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_numbers_and_another_seed_has_others() {
        let draw = |seed| {
            let random = Random::seeded(seed);
            (random.bytes::<50>(), random.clone().u64(), random.below(1_000))
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn a_stream_does_not_repeat_itself() {
        for random in [Random::seeded(1), Random::system()] {
            assert_ne!(random.bytes::<32>(), random.bytes::<32>());
            assert_ne!(random.bytes::<64>()[..32], random.bytes::<64>()[32..]);
        }
    }

    #[test]
    fn below_stays_below_and_reaches_every_number() {
        let random = Random::seeded(3);
        let mut seen = [0_u32; 6];
        for _ in 0..6_000 {
            seen[usize::try_from(random.below(6)).unwrap()] += 1;
        }
        assert!(seen.iter().all(|count| (800..1_200).contains(count)), "{seen:?}");
        assert_eq!(random.below(1), 0);
        assert_eq!(random.below(0), 0);
    }
}
