//! Ids that look like Meta's, and the only randomness of the simulator.
//!
//! A seed and a counter make every id, so a test that seeds them gets the same ids each time, and no two ids of
//! one run are alike: the mixing step is a bijection of the counter.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// Makes ids. Shared by every thread without a lock.
#[derive(Debug)]
pub struct Ids {
    seed: u64,
    count: AtomicU64,
}

impl Ids {
    pub fn new(seed: u64) -> Self {
        Self { seed, count: AtomicU64::new(0) }
    }

    /// 64 bits that look random (`SplitMix64`), different at each call.
    pub fn bits(&self) -> u64 {
        let step = self.count.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        let mut mixed = self.seed.wrapping_add(step.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to but not including 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
    pub fn roll(&self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// An object's id as the Graph API makes them: 16 decimal digits.
    pub fn object(&self) -> String {
        (1_000_000_000_000_000 + self.bits() % 9_000_000_000_000_000).to_string()
    }

    /// The id of a message from a customer whose digits are `phone`.
    pub fn incoming(&self, phone: &str) -> String {
        wamid(phone, 0x12, &format!("3A{:016X}{:02X}", self.bits(), self.bits() & 0xFF))
    }

    /// The id of a message to a customer whose digits are `phone`.
    pub fn outgoing(&self, phone: &str) -> String {
        wamid(phone, 0x11, &format!("{:016X}{:02X}", self.bits(), self.bits() & 0xFF))
    }

    /// The `fbtrace_id` of an error.
    pub fn trace(&self) -> String {
        format!(
            "A{}",
            URL_SAFE_NO_PAD.encode([self.bits().to_be_bytes(), self.bits().to_be_bytes()].concat())
        )
    }

    /// A business-scoped user id of a customer from `country` (two capital letters).
    pub fn bsuid(&self, country: &str) -> String {
        format!(
            "{country}.{}{:04}",
            1_000_000_000_000_000 + self.bits() % 9_000_000_000_000_000,
            self.bits() % 10_000
        )
    }
}

/// The digits of the phone inside a message id, as every id of ours and Meta's newer ones hold them.
pub fn phone_in(wamid: &str) -> Option<String> {
    let raw = STANDARD.decode(wamid.strip_prefix("wamid.")?).ok()?;
    let (&[0x1C, 0x18, length], rest) = raw.split_first_chunk::<3>()? else { return None };
    let digits = rest.get(..usize::from(length))?;
    digits.iter().all(u8::is_ascii_digit).then(|| digits.iter().copied().map(char::from).collect())
}

/// `direction` is the byte that tells an incoming (0x12) from an outgoing (0x11) message in recorded ids.
fn wamid(phone: &str, direction: u8, unique: &str) -> String {
    let mut raw = Vec::with_capacity(phone.len() + unique.len() + 9);
    raw.extend([0x1C, 0x18, u8::try_from(phone.len()).unwrap_or(u8::MAX)]);
    raw.extend_from_slice(phone.as_bytes());
    raw.extend([0x15, 0x02, 0x00, direction, 0x18, u8::try_from(unique.len()).unwrap_or(u8::MAX)]);
    raw.extend_from_slice(unique.as_bytes());
    raw.push(0);
    format!("wamid.{}", STANDARD.encode(raw))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn an_outgoing_id_has_the_shape_of_a_recorded_one() {
        let recorded = "wamid.HBgLMTM0Mzc3NzI5MTAVAgARGBJDOEE3RTMxOEIzMzhCQTU4OTYA";
        let ours = Ids::new(1).outgoing("13437772910");
        assert_eq!(ours.len(), recorded.len());
        assert_eq!(ours[..32], recorded[..32]);
    }

    #[test]
    fn the_phone_is_found_in_ids_of_both_directions() {
        let ids = Ids::new(2);
        for phone in ["79261234567", "5541961273000", "1"] {
            assert_eq!(phone_in(&ids.incoming(phone)).as_deref(), Some(phone));
            assert_eq!(phone_in(&ids.outgoing(phone)).as_deref(), Some(phone));
        }
        assert_eq!(
            phone_in("wamid.HBgMNTU0MTk2MTI3MzAwFQIAEhgWM0VCMEQ3OTQ5OTNBODkwMzg1QTZDRgA=").as_deref(),
            Some("554196127300")
        );
        for wrong in ["", "wamid.", "wamid.!!", "wamid.ID", "wamid.gBGGFlCGg0cvAglAxydbAoy"] {
            assert_eq!(phone_in(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ids_do_not_repeat_and_follow_the_seed() {
        let (one, two, other) = (Ids::new(7), Ids::new(7), Ids::new(8));
        let first: Vec<_> = (0..10_000).map(|_| one.outgoing("1")).collect();
        assert_eq!(first.iter().collect::<HashSet<_>>().len(), first.len());
        assert_eq!(first[0], two.outgoing("1"));
        assert_ne!(first[0], other.outgoing("1"));
        assert!((0..1_000).all(|_| (0.0..1.0).contains(&one.roll())));
    }
}
