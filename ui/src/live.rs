//! The live connection: when to try again, and how it stands. `glue::socket` holds the socket itself.

use beseda_wire::live::ServerFrame;

/// What the socket says.
#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Opened,
    /// The events of one frame of the screen together.
    Frames(Vec<ServerFrame>),
    Closed,
    /// The pause before the next try is over.
    Retry,
}

/// How the connection stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    pub is_open: bool,
    /// Tries since it was last open.
    tries: u32,
    /// The last event that was seen.
    pub seen: Option<u64>,
}

impl State {
    pub fn opened(&mut self) {
        self.is_open = true;
        self.tries = 0;
    }

    /// Milliseconds until the next try: half a second, doubled each time up to half a minute. `spread`
    /// (0 to 1) shortens it by up to a half, so that a restarted server is not met by everybody at once.
    pub fn closed(&mut self, spread: f64) -> u32 {
        self.is_open = false;
        let pause = 500_u32.saturating_mul(1 << self.tries.min(6)).min(30_000);
        self.tries = self.tries.saturating_add(1);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 30,000")]
        let pause = (f64::from(pause) * (1.0 - spread.clamp(0.0, 1.0) / 2.0)) as u32;
        pause
    }

    /// Whether people should be told: a short break is nobody's business.
    pub fn is_worth_telling(&self) -> bool {
        !self.is_open && self.tries > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_begin_anew_after_success() {
        let mut state = State::default();
        let pauses: Vec<_> = (0..9).map(|_| state.closed(0.0)).collect();
        assert_eq!(pauses, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
        state.opened();
        assert!(!state.is_worth_telling());
        assert_eq!(state.closed(1.0), 250);
    }

    #[test]
    fn a_single_break_is_not_told() {
        let mut state = State::default();
        state.opened();
        state.closed(0.5);
        assert!(!state.is_worth_telling());
        state.closed(0.5);
        assert!(state.is_worth_telling());
    }
}
