//! The allocator, and giving back what it holds for nobody.
//!
//! The C library's allocator takes a tenth of the program's time under load, and the static one of the file we give
//! away is slower still; ripgrep and Vaultwarden decide the same for their static builds.
//!
//! mimalloc gives freed memory back only while somebody allocates: a program that has moved its rows and then waits
//! for the next customer would keep twice what it needs. To have it give back everything at once (its purge delay of
//! 0) is refused: that took an eighth more processor time for a round trip. So threads that fall quiet say so.

use std::cell::Cell;
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long a thread has nothing to do before it gives memory back, and how often what ended threads left is.
pub const QUIET: Duration = Duration::from_secs(5);

/// Gives back what this thread has freed, and what no thread holds.
#[expect(unsafe_code, reason = "the allocator offers it as a C function")]
pub fn give_back() {
    // SAFETY: takes a flag, touches only what is free, and may be called from any thread at any time (mimalloc.h).
    unsafe { libmimalloc_sys::mi_collect(true) }
}

/// Gives back what a thread of the runtime has freed, when it has nothing to do and has not just done so.
pub fn parked() {
    thread_local! {
        static GAVE: Cell<Option<Instant>> = const { Cell::new(None) };
    }
    let now = Instant::now();
    if GAVE.get().is_none_or(|gave| now.duration_since(gave) >= QUIET) {
        GAVE.set(Some(now));
        give_back();
    }
}

/// Gives back from time to time, on a thread of its own, for as long as the program runs.
pub fn keep_giving_back() {
    let give = || {
        loop {
            std::thread::sleep(QUIET);
            give_back();
        }
    };
    // Without the thread everything works; it only takes more memory.
    let _ = std::thread::Builder::new().name("memory".into()).spawn(give);
}
