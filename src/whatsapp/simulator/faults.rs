//! Faults on order. Pure.

use beseda_wire::simulator::{SimFault, SimFaultKind};

/// The faults that wait for their send.
#[derive(Debug, Default)]
pub struct Plan {
    armed: Vec<Armed>,
}

#[derive(Debug)]
struct Armed {
    fault: SimFault,
    /// How many times it may still happen; without end when absent.
    left: Option<u64>,
}

/// What shall go wrong with one send.
#[derive(Debug, Default, PartialEq)]
pub struct Ordered {
    /// What happens to the request itself, if anything does.
    pub outcome: Option<Outcome>,
    pub delay_ms: u64,
    pub webhooks: WebhookFaults,
    /// The address of a file leads nowhere.
    pub file_gone: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outcome {
    Refuse(i64),
    ServerError,
    LostAnswer,
    LostRequest,
    FailLater(i64),
}

/// What happens to the webhooks of one send.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct WebhookFaults {
    pub twice: bool,
    pub late_ms: u64,
    pub reversed: bool,
    pub none: bool,
}

/// Why an order is not understood.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadOrder {
    #[error("`{0}` needs a `code`")]
    NoCode(&'static str),
    #[error("`{0}` needs `ms`")]
    NoTime(&'static str),
    #[error("`probability` lies between 0 and 1")]
    Probability,
    #[error("`times` is at least 1")]
    Times,
}

impl Plan {
    /// Adds a fault behind those that are already there.
    pub fn order(&mut self, fault: SimFault) -> Result<(), BadOrder> {
        match fault.kind {
            SimFaultKind::Error if fault.code.is_none() => return Err(BadOrder::NoCode("error")),
            SimFaultKind::FailedStatus if fault.code.is_none() => {
                return Err(BadOrder::NoCode("failed_status"));
            }
            SimFaultKind::Delay if fault.ms.is_none() => return Err(BadOrder::NoTime("delay")),
            SimFaultKind::LateStatuses if fault.ms.is_none() => {
                return Err(BadOrder::NoTime("late_statuses"));
            }
            _ => {}
        }
        if fault.probability.is_some_and(|chance| !(0.0..=1.0).contains(&chance)) {
            return Err(BadOrder::Probability);
        }
        if fault.times == Some(0) {
            return Err(BadOrder::Times);
        }
        // An order without a number and without a chance is for one time.
        let left = fault.times.or_else(|| fault.probability.is_none().then_some(1));
        self.armed.push(Armed { fault, left });
        Ok(())
    }

    pub fn clear(&mut self) {
        self.armed.clear();
    }

    /// Forgets what was meant for one number alone.
    pub fn clear_of(&mut self, number: &str) {
        self.armed.retain(|armed| armed.fault.phone_number_id.as_deref() != Some(number));
    }

    pub fn is_empty(&self) -> bool {
        self.armed.is_empty()
    }

    /// The faults that wait, with how often they still will happen.
    pub fn list(&self) -> Vec<SimFault> {
        self.armed.iter().map(|armed| SimFault { times: armed.left, ..armed.fault.clone() }).collect()
    }

    /// What shall go wrong with a send from `number` to `customer`. Faults add up, but a request has one outcome: an
    /// order that finds another before it waits for the next send.
    pub fn next(&mut self, number: &str, customer: &str, roll: impl FnMut() -> f64) -> Ordered {
        self.take(number, customer, roll, |kind| kind != SimFaultKind::FileGone)
    }

    /// What shall go wrong with something the customer says: its webhook may come twice.
    pub fn next_said(&mut self, number: &str, customer: &str, roll: impl FnMut() -> f64) -> WebhookFaults {
        self.take(number, customer, roll, |kind| kind == SimFaultKind::DuplicateWebhook).webhooks
    }

    /// Whether a download by `number` shall find nothing.
    pub fn next_file(&mut self, number: &str, roll: impl FnMut() -> f64) -> bool {
        self.take(number, "", roll, |kind| kind == SimFaultKind::FileGone).file_gone
    }

    fn take(
        &mut self,
        number: &str,
        customer: &str,
        mut roll: impl FnMut() -> f64,
        fits: impl Fn(SimFaultKind) -> bool,
    ) -> Ordered {
        let mut ordered = Ordered::default();
        for armed in &mut self.armed {
            let fault = &armed.fault;
            let meant = fits(fault.kind)
                && fault.phone_number_id.as_deref().is_none_or(|id| id == number)
                && fault.wa_id.as_deref().is_none_or(|id| id == customer);
            let outcome = outcome(fault);
            if !meant
                || (outcome.is_some() && ordered.outcome.is_some())
                || fault.probability.is_some_and(|chance| roll() >= chance)
            {
                continue;
            }
            if let Some(left) = &mut armed.left {
                *left = left.saturating_sub(1);
            }
            let ms = fault.ms.unwrap_or(0);
            match fault.kind {
                SimFaultKind::Delay => ordered.delay_ms = ordered.delay_ms.saturating_add(ms),
                SimFaultKind::DuplicateWebhook => ordered.webhooks.twice = true,
                SimFaultKind::LateStatuses => ordered.webhooks.late_ms = ordered.webhooks.late_ms.max(ms),
                SimFaultKind::ReversedStatuses => ordered.webhooks.reversed = true,
                SimFaultKind::NoStatuses => ordered.webhooks.none = true,
                SimFaultKind::FileGone => ordered.file_gone = true,
                _ => ordered.outcome = outcome,
            }
        }
        self.armed.retain(|armed| armed.left != Some(0));
        ordered
    }
}

fn outcome(fault: &SimFault) -> Option<Outcome> {
    match fault.kind {
        SimFaultKind::Error => fault.code.map(Outcome::Refuse),
        SimFaultKind::ServerError => Some(Outcome::ServerError),
        SimFaultKind::LostAnswer => Some(Outcome::LostAnswer),
        SimFaultKind::LostRequest => Some(Outcome::LostRequest),
        SimFaultKind::FailedStatus => fault.code.map(Outcome::FailLater),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(kind: SimFaultKind) -> SimFault {
        SimFault::new(kind)
    }

    #[test]
    fn an_order_happens_as_often_as_it_says() {
        let mut plan = Plan::default();
        plan.order(SimFault { code: Some(130_429), times: Some(2), ..fault(SimFaultKind::Error) }).unwrap();
        plan.order(fault(SimFaultKind::LostAnswer)).unwrap();
        let outcomes: Vec<_> = (0..4).map(|_| plan.next("n", "c", || 0.5).outcome).collect();
        assert_eq!(
            outcomes,
            [Some(Outcome::Refuse(130_429)), Some(Outcome::Refuse(130_429)), Some(Outcome::LostAnswer), None]
        );
        assert!(plan.is_empty());
    }

    #[test]
    fn a_chance_is_rolled_each_time_and_never_ends() {
        let mut plan = Plan::default();
        plan.order(SimFault { probability: Some(0.3), ..fault(SimFaultKind::ServerError) }).unwrap();
        let mut rolls = [0.1, 0.9, 0.29, 0.3].into_iter();
        let hits: Vec<_> =
            (0..4).map(|_| plan.next("n", "c", || rolls.next().unwrap()).outcome.is_some()).collect();
        assert_eq!(hits, [true, false, true, false]);
        assert!(!plan.is_empty());
    }

    #[test]
    fn orders_wait_for_the_one_they_are_meant_for() {
        let mut plan = Plan::default();
        plan.order(SimFault { wa_id: Some("7".into()), ..fault(SimFaultKind::LostRequest) }).unwrap();
        plan.order(SimFault { phone_number_id: Some("m".into()), ms: Some(9), ..fault(SimFaultKind::Delay) })
            .unwrap();
        assert_eq!(plan.next("n", "8", || 0.0), Ordered::default());
        assert_eq!(plan.next("n", "7", || 0.0).outcome, Some(Outcome::LostRequest));
        assert_eq!(plan.next("m", "7", || 0.0), Ordered { delay_ms: 9, ..Ordered::default() });
    }

    #[test]
    fn faults_of_different_kinds_add_up() {
        let mut plan = Plan::default();
        plan.order(SimFault { ms: Some(5), ..fault(SimFaultKind::LateStatuses) }).unwrap();
        plan.order(fault(SimFaultKind::DuplicateWebhook)).unwrap();
        plan.order(fault(SimFaultKind::ReversedStatuses)).unwrap();
        plan.order(SimFault { code: Some(131_026), ..fault(SimFaultKind::FailedStatus) }).unwrap();
        let ordered = plan.next("n", "c", || 0.0);
        assert_eq!(ordered.outcome, Some(Outcome::FailLater(131_026)));
        assert_eq!(ordered.webhooks, WebhookFaults { twice: true, late_ms: 5, reversed: true, none: false });
    }

    #[test]
    fn what_a_customer_says_only_comes_twice() {
        let mut plan = Plan::default();
        plan.order(fault(SimFaultKind::LostAnswer)).unwrap();
        plan.order(fault(SimFaultKind::DuplicateWebhook)).unwrap();
        assert!(plan.next_said("n", "c", || 0.0).twice);
        assert!(!plan.next_said("n", "c", || 0.0).twice);
        assert_eq!(plan.next("n", "c", || 0.0).outcome, Some(Outcome::LostAnswer), "it waited for a send");
    }

    #[test]
    fn a_file_that_is_gone_waits_for_a_download() {
        let mut plan = Plan::default();
        plan.order(fault(SimFaultKind::FileGone)).unwrap();
        assert_eq!(plan.next("n", "c", || 0.0), Ordered::default());
        assert!(plan.next_file("n", || 0.0));
        assert!(!plan.next_file("n", || 0.0));
    }

    #[test]
    fn an_order_that_says_too_little_is_refused() {
        let mut plan = Plan::default();
        for (wrong, expected) in [
            (fault(SimFaultKind::Error), BadOrder::NoCode("error")),
            (fault(SimFaultKind::Delay), BadOrder::NoTime("delay")),
            (SimFault { probability: Some(1.5), ..fault(SimFaultKind::ServerError) }, BadOrder::Probability),
            (SimFault { times: Some(0), ..fault(SimFaultKind::ServerError) }, BadOrder::Times),
        ] {
            assert_eq!(plan.order(wrong), Err(expected));
        }
        assert!(plan.is_empty());
    }
}
