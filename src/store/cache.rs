//! The memory for pages of the businesses' files: one budget, a share for each open file.
//!
//! The engine takes a cache's size when it opens a file and keeps it, so shares cannot follow use. Each file gets a
//! part that is kept for it whatever the others have, and half of what is left of the rest: where one business is
//! open it has the most, and sixty-four have what the budget says and not a byte more. Equal shares are refused: the
//! only business of most installations would have a sixty-fourth.

use std::sync::{Arc, Mutex, PoisonError};

pub struct Budget {
    /// What each of the first `files` gets in any case.
    floor: usize,
    left: Mutex<Left>,
}

struct Left {
    floors: usize,
    rest: usize,
}

/// A file's part of the budget; dropping it gives it back.
pub struct Share {
    budget: Arc<Budget>,
    /// Whether it is one of those that get the floor.
    counted: bool,
    extra: usize,
}

impl Budget {
    /// `bytes` for up to `files` at the same time. Files beyond those get no memory: the system's own cache serves
    /// them until others close.
    pub fn new(bytes: usize, files: usize) -> Arc<Self> {
        let files = files.max(1);
        let floor = bytes / 4 / files;
        let left = Mutex::new(Left { floors: files, rest: bytes - floor * files });
        Arc::new(Self { floor, left })
    }

    pub fn share(self: &Arc<Self>) -> Share {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        if left.floors == 0 {
            return Share { budget: Arc::clone(self), counted: false, extra: 0 };
        }
        let extra = left.rest / 2;
        left.floors -= 1;
        left.rest -= extra;
        Share { budget: Arc::clone(self), counted: true, extra }
    }
}

impl Share {
    pub fn bytes(&self) -> usize {
        if self.counted { self.budget.floor + self.extra } else { 0 }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut left = self.budget.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.floors += usize::from(self.counted);
        left.rest += self.extra;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_file_has_the_most_and_each_has_some() {
        let budget = Budget::new(28 << 20, 64);
        let shares: Vec<Share> = (0..64).map(|_| budget.share()).collect();
        assert!(shares[0].bytes() > 10 << 20);
        assert!(shares.iter().all(|share| share.bytes() >= 112 << 10));
        assert_eq!(budget.share().bytes(), 0, "the budget is for sixty-four");
        drop(shares);
        assert!(budget.share().bytes() > 10 << 20, "what was given back is lent again");
    }

    proptest! {
        #[test]
        fn it_is_never_exceeded(bytes in 0usize..1 << 30, files in 0usize..200, steps in prop::collection::vec(any::<u8>(), 0..300)) {
            let budget = Budget::new(bytes, files);
            let mut shares: Vec<Share> = Vec::new();
            for step in steps {
                if step % 3 > 0 || shares.is_empty() {
                    shares.push(budget.share());
                } else {
                    shares.swap_remove(usize::from(step) % shares.len());
                }
                prop_assert!(shares.iter().map(Share::bytes).sum::<usize>() <= bytes);
            }
            drop(shares);
            let left = budget.left.lock().unwrap();
            prop_assert_eq!(left.rest + left.floors * budget.floor, bytes);
        }
    }
}
