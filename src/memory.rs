//! The allocator, and giving back what it holds for nobody.
//!
//! The C library's allocator takes a tenth of the program's time under load, and the static one of the file we give
//! away is slower still; ripgrep and Vaultwarden decide the same for their static builds.
//!
//! mimalloc gives freed memory back only while somebody allocates: a program that has moved its rows and then waits
//! for the next customer would keep twice what it needs. To have it give back everything at once (its purge delay of
//! 0) is refused: that took an eighth more processor time for a round trip. So threads that fall quiet say so.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::time::{Duration, Instant};

use libmimalloc_sys::{
    mi_collect, mi_free, mi_malloc, mi_malloc_aligned, mi_realloc, mi_realloc_aligned, mi_zalloc,
    mi_zalloc_aligned,
};

#[global_allocator]
static ALLOCATOR: Mimalloc = Mimalloc;

/// Asks mimalloc for aligned memory only where its ordinary memory is not aligned already.
///
/// The crate `mimalloc` always asks so, and mimalloc 3 then takes a slow path and room for the alignment, unless a
/// block of a power of two happens to be free.
struct Mimalloc;

/// Whether ordinary memory will do: it lies at multiples of 16, smaller pieces at least at multiples of their size
/// (`MI_MAX_ALIGN_SIZE` in mimalloc/types.h).
const fn is_aligned(size: usize, align: usize) -> bool {
    align <= 16 && align <= size
}

#[expect(unsafe_code, reason = "an allocator's functions are")]
// SAFETY: each function passes its arguments on to the one of mimalloc that promises the same; memory of either kind
// may be given to `mi_free` and to both kinds of `mi_realloc` (mimalloc.h).
unsafe impl GlobalAlloc for Mimalloc {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        let memory =
            unsafe { if is_aligned(size, align) { mi_malloc(size) } else { mi_malloc_aligned(size, align) } };
        memory.cast()
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        let memory =
            unsafe { if is_aligned(size, align) { mi_zalloc(size) } else { mi_zalloc_aligned(size, align) } };
        memory.cast()
    }

    #[inline]
    unsafe fn dealloc(&self, memory: *mut u8, _: Layout) {
        unsafe { mi_free(memory.cast()) }
    }

    #[inline]
    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let (memory, align) = (memory.cast(), layout.align());
        let memory = unsafe {
            if is_aligned(size, align) {
                mi_realloc(memory, size)
            } else {
                mi_realloc_aligned(memory, size, align)
            }
        };
        memory.cast()
    }
}

/// How long a thread has nothing to do before it gives memory back, and how often what ended threads left is.
pub const QUIET: Duration = Duration::from_secs(5);

/// Gives back what this thread has freed, and what no thread holds.
#[expect(unsafe_code, reason = "the allocator offers it as a C function")]
pub fn give_back() {
    // SAFETY: takes a flag, touches only what is free, and may be called from any thread at any time (mimalloc.h).
    unsafe { mi_collect(true) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_aligned_as_asked_and_keeps_what_it_holds() {
        for size in (1..200).chain([1_000, 1_025, 1_100, 4_096, 5_000, 100_000, 3 << 20]) {
            for align in [1, 2, 4, 8, 16, 32, 64, 4_096] {
                let layout = Layout::from_size_align(size, align).unwrap();
                let lies = |memory: *mut u8| {
                    assert!(!memory.is_null());
                    assert_eq!(memory.addr() % align, 0, "{size} bytes at multiples of {align}");
                };
                #[expect(unsafe_code, reason = "an allocator's functions are")]
                // SAFETY: memory is used within its size, and freed with its layout.
                unsafe {
                    // Twice: the first block of a page lies better than the others.
                    let (first, second) = (ALLOCATOR.alloc(layout), ALLOCATOR.alloc_zeroed(layout));
                    lies(first);
                    lies(second);
                    assert!(std::slice::from_raw_parts(second, size).iter().all(|byte| *byte == 0));
                    std::ptr::write_bytes(second, 7, size);
                    let grown = ALLOCATOR.realloc(second, layout, size * 3);
                    lies(grown);
                    assert!(std::slice::from_raw_parts(grown, size).iter().all(|byte| *byte == 7));
                    ALLOCATOR.dealloc(first, layout);
                    ALLOCATOR.dealloc(grown, Layout::from_size_align(size * 3, align).unwrap());
                }
            }
        }
    }
}
