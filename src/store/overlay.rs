//! Layers of rows read as one: what an upper layer says of a key hides what is below it.

use std::ops::ControlFlow;

use super::StoreError;
use super::engine::{Range, Visit};

/// A layer that is walked in the order of its keys; a key without a value is a removed row.
pub trait Upper {
    fn peek(&mut self) -> Option<(&[u8], Option<&[u8]>)>;
    /// Moves past what `peek` showed.
    fn advance(&mut self);
}

/// Two layers as one; where both have a key, the first says what it is.
pub struct Both<A, B> {
    pub first: A,
    pub second: B,
    pub reverse: bool,
}

/// Visits what a range of all layers together holds. `lower` scans the lowest of them.
pub fn scan(
    upper: &mut impl Upper,
    range: Range<'_>,
    lower: impl FnOnce(Visit<'_>) -> Result<(), StoreError>,
    visit: Visit<'_>,
) -> Result<(), StoreError> {
    let mut stopped = false;
    lower(&mut |key, value| {
        while let Some((written_key, written)) = upper.peek() {
            let order = if range.reverse { key.cmp(written_key) } else { written_key.cmp(key) };
            if order.is_gt() {
                break;
            }
            if let Some(written) = written
                && visit(written_key, written).is_break()
            {
                stopped = true;
                return ControlFlow::Break(());
            }
            upper.advance();
            if order.is_eq() {
                // The upper layer's value, or its removal, stands for the lower one's.
                return ControlFlow::Continue(());
            }
        }
        let flow = visit(key, value);
        stopped = flow.is_break();
        flow
    })?;
    while !stopped {
        let Some((key, written)) = upper.peek() else { break };
        if let Some(written) = written {
            stopped = visit(key, written).is_break();
        }
        upper.advance();
    }
    Ok(())
}

/// Whether a range can hold nothing; `BTreeMap::range` panics on those.
pub fn is_empty(range: &Range<'_>) -> bool {
    use std::ops::Bound::{Excluded, Included, Unbounded};
    match (range.start, range.end) {
        (Unbounded, _) | (_, Unbounded) => false,
        (Included(start), Included(end)) => start > end,
        (Included(start) | Excluded(start), Excluded(end)) | (Excluded(start), Included(end)) => start >= end,
    }
}

impl<A: Upper, B: Upper> Both<A, B> {
    /// Which of the two come next: the first, the second, or both with the same key.
    fn turn(&mut self) -> (bool, bool) {
        match (self.first.peek(), self.second.peek()) {
            (Some((first, _)), Some((second, _))) => {
                let order = if self.reverse { second.cmp(first) } else { first.cmp(second) };
                (order.is_le(), order.is_ge())
            }
            (first, second) => (first.is_some(), second.is_some()),
        }
    }
}

impl<A: Upper, B: Upper> Upper for Both<A, B> {
    fn peek(&mut self) -> Option<(&[u8], Option<&[u8]>)> {
        if self.turn().0 { self.first.peek() } else { self.second.peek() }
    }

    fn advance(&mut self) {
        let (first, second) = self.turn();
        if first {
            self.first.advance();
        }
        if second {
            self.second.advance();
        }
    }
}

impl<U: Upper> Upper for Option<U> {
    fn peek(&mut self) -> Option<(&[u8], Option<&[u8]>)> {
        self.as_mut().and_then(Upper::peek)
    }

    fn advance(&mut self) {
        if let Some(upper) = self {
            upper.advance();
        }
    }
}
