//! Many customers who talk at once: the load of the benches, counted at the far end.
//!
//! Each customer says something, waits until the answer is on the phone, and says the next. A bench needs no traffic
//! of its own for that: what it measures is the business, not a second load on the same machine.

use std::sync::Arc;
use std::time::{Duration, Instant};

use beseda_wire::messages::{Content, Reply, ReplyKind, Text};
use beseda_wire::simulator::{SimCrowd, SimCrowdReport, SimCustomer, SimSend};
use tokio::task::JoinSet;

use super::acts::ActError;
use super::book::{Customer, Number};
use super::state::{Cell, Simulator};

/// Phones of the crowd: a range of its own, so that it meets nobody.
const FIRST_PHONE: u64 = 79_001_000_000;

/// One customer of the crowd.
struct Member {
    simulator: Simulator,
    number: Arc<Number>,
    customer: Arc<Customer>,
    texts: Arc<[String]>,
    answers: u64,
    patience: Duration,
    /// From one turn to the next, where the pace is set.
    every: Option<Duration>,
    /// The first turn waits this long, so that not all begin at once.
    offset: Duration,
    counts_from: Instant,
    until: Instant,
}

/// How one customer fared.
#[derive(Default)]
struct Fared {
    /// Microseconds of each answered turn.
    answered: Vec<u32>,
    unanswered: u64,
}

impl Simulator {
    /// Lets a crowd talk to a number, and tells how it went.
    pub async fn crowd(&self, crowd: &SimCrowd) -> Result<SimCrowdReport, ActError> {
        let number = self.number(&crowd.phone_number_id)?;
        let count = crowd.customers.clamp(1, 100_000);
        let seconds = |seconds: f64| Duration::try_from_secs_f64(seconds).unwrap_or_default();
        let every = crowd.per_second.filter(|rate| *rate > 0.0).map(|rate| seconds(f64::from(count) / rate));
        let texts: Arc<[String]> =
            if crowd.texts.is_empty() { Arc::new(["hello".to_owned()]) } else { crowd.texts.clone().into() };
        let mut members = Vec::with_capacity(count as usize);
        for at in 0..count {
            let phone = (FIRST_PHONE + u64::from(at)).to_string();
            let member = SimCustomer::new(&phone, format!("Crowd {at}"));
            self.add_customer_of(&crowd.phone_number_id, &member)?;
            members.push(self.customer(&number, &phone)?);
        }
        let begun = Instant::now();
        let counts_from = begun + seconds(crowd.warm_up_seconds);
        let until = counts_from + seconds(crowd.seconds);
        let mut talking = JoinSet::new();
        for (at, customer) in (0_u32..).zip(members) {
            let member = Member {
                simulator: self.clone(),
                number: Arc::clone(&number),
                customer,
                texts: Arc::clone(&texts),
                answers: crowd.answers.unwrap_or(1).into(),
                patience: Duration::from_millis(crowd.patience_ms.unwrap_or(10_000)),
                every,
                offset: every.map_or(Duration::ZERO, |every| every * at / count),
                counts_from,
                until,
            };
            talking.spawn(member.talk());
        }
        let mut all = Fared::default();
        while let Some(fared) = talking.join_next().await {
            let fared = fared.unwrap_or_default();
            all.answered.extend(fared.answered);
            all.unanswered += fared.unanswered;
        }
        Ok(all.report(until.duration_since(counts_from)))
    }
}

impl Member {
    async fn talk(self) -> Fared {
        let mut fared = Fared::default();
        let mut turn = 0;
        let mut next = Instant::now() + self.offset;
        loop {
            let wait = next.saturating_duration_since(Instant::now());
            if !wait.is_zero() {
                tokio::time::sleep(wait).await;
            }
            let begun = Instant::now();
            if begun >= self.until {
                return fared;
            }
            let answered = self.turn(turn).await;
            // A turn counts where it ends: what is still under way at the end is nobody's.
            let ended = Instant::now();
            if ended >= self.counts_from && ended < self.until {
                if answered {
                    let micros = ended.duration_since(begun).as_micros();
                    fared.answered.push(u32::try_from(micros).unwrap_or(u32::MAX));
                } else {
                    fared.unanswered += 1;
                }
            }
            turn += 1;
            next = self.every.map_or(ended, |every| next + every);
        }
    }

    /// Says one thing and waits for the answer. False when it did not come in time.
    async fn turn(&self, turn: usize) -> bool {
        let (before, tap) = self.look(|cell| (cell.chat.arrived, cell.chat.tappable()));
        let content = match tap {
            Some((id, row)) => {
                let kind = if row { ReplyKind::List } else { ReplyKind::Button };
                Content::Reply(Reply { kind, title: id.clone(), id, description: None })
            }
            None => {
                Content::Text(Text { body: self.texts[turn % self.texts.len()].clone(), preview_url: false })
            }
        };
        let said =
            self.simulator.say(&self.number.phone_number_id, &self.customer.wa_id, &SimSend::new(content));
        if said.is_err() {
            // The number is gone, or a message lost its choice to the bound of the history: a turn without an answer.
            tokio::time::sleep(self.patience).await;
            return false;
        }
        let answer = async {
            loop {
                let bell = self.look(Cell::bell);
                let ringing = bell.notified();
                tokio::pin!(ringing);
                ringing.as_mut().enable();
                if self.look(|cell| cell.chat.arrived) >= before + self.answers {
                    return;
                }
                ringing.await;
            }
        };
        tokio::time::timeout(self.patience, answer).await.is_ok()
    }

    fn look<T: Default>(&self, look: impl FnOnce(&mut Cell) -> T) -> T {
        self.simulator.with_chat(&self.number, &self.customer, true, look).unwrap_or_default()
    }
}

impl Fared {
    #[expect(clippy::cast_precision_loss, reason = "counts and times far below 2^52")]
    fn report(mut self, counted: Duration) -> SimCrowdReport {
        self.answered.sort_unstable();
        let seconds = counted.as_secs_f64();
        let at = |percent: usize| {
            let place = (self.answered.len() * percent / 100).min(self.answered.len().saturating_sub(1));
            self.answered.get(place).map_or(0.0, |micros| f64::from(*micros) / 1_000.0)
        };
        SimCrowdReport {
            answered: self.answered.len() as u64,
            unanswered: self.unanswered,
            seconds,
            per_second: if seconds > 0.0 { self.answered.len() as f64 / seconds } else { 0.0 },
            p50_ms: at(50),
            p99_ms: at(99),
            max_ms: at(100),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_counts_and_ranks() {
        let fared = Fared { answered: (1..=1_000).rev().map(|at| at * 1_000).collect(), unanswered: 3 };
        let report = fared.report(Duration::from_secs(2));
        assert_eq!((report.answered, report.unanswered), (1_000, 3));
        assert!((report.per_second - 500.0).abs() < f64::EPSILON);
        let ranks = [report.p50_ms, report.p99_ms, report.max_ms].map(|ms| ms.to_string());
        assert_eq!(ranks, ["501", "991", "1000"]);
        let empty = Fared::default().report(Duration::ZERO);
        assert_eq!((empty.answered, empty.per_second.to_bits(), empty.max_ms.to_bits()), (0, 0, 0));
    }
}
