//! What each of Meta's errors means for the message, the customer and the number: FACTS §8 as one table.
//!
//! Only the code decides (and one subcode), as Meta advises: titles, subcodes and HTTP statuses change. Whoever sends
//! acts on the [`Verdict`]; nothing else in the program looks at an error code.

use std::time::Duration;

use crate::whatsapp::error::GraphError;
use crate::whatsapp::graph::Usage;

/// What an error means and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Stable name, for programs and translations: `window_closed`, `undeliverable`, …
    pub reason: &'static str,
    pub action: Action,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Send it again after this time.
    Retry { after: Duration, others: Others },
    /// Send this customer nothing for this time, then send it again; messages to others go on.
    DelayRecipient { after: Duration },
    /// Fetch or upload the file anew, then send it again at once.
    RefetchMedia,
    /// The message failed for good.
    Final { also: Also },
    /// Nothing can be sent by this number until the owner has done something. The message stays queued.
    StopChannel,
}

/// What a message that must wait means for the others of its number ([`crate::whatsapp::pacing`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    GoOn,
    /// The number sends too fast: its rate must come down.
    Slower,
    /// Nothing at all is taken from it now: they wait as long.
    Wait,
}

/// What a final failure means beyond its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Also {
    Nothing,
    /// The customer cannot be reached on WhatsApp.
    FlagCustomer,
    /// The customer wants no marketing messages any more.
    SuppressMarketing,
    /// The customer gets no more marketing for now, from anybody: none is sent for [`CAPPED`].
    CapMarketing,
    /// What is known of the number's templates is out of date, and the owner should know: bots may send this one.
    DoubtTemplates,
    /// It will not pass by itself, or was tried until there was no more use: the owner should know.
    TellOwner,
}

/// What to do about `error` when it has come `attempt` times before for this message (0 for the first time).
///
/// `usage` is what came with the answer, where there was one.
pub fn verdict(error: &GraphError, attempt: u32, usage: Option<&Usage>) -> Verdict {
    let (reason, rule) = rule(error);
    let action = match rule {
        Rule::Final(also) => Action::Final { also },
        Rule::Stop => Action::StopChannel,
        Rule::Later { first, tries, others } => match attempt {
            _ if attempt >= tries => Action::Final { also: Also::TellOwner },
            _ => {
                let told = usage.and_then(|usage| usage.regain_after).unwrap_or_default();
                let waited = doubled(first, attempt).min(LONGEST);
                Action::Retry { after: waited.max(told), others }
            }
        },
        Rule::PairRate if attempt < PAIR_TRIES => Action::DelayRecipient { after: pair_wait(attempt) },
        Rule::Media if attempt == 0 => Action::RefetchMedia,
        Rule::PairRate => Action::Final { also: Also::TellOwner },
        Rule::Media => Action::Final { also: Also::Nothing },
    };
    Verdict { reason, action }
}

/// The stable name of what an error means: what is counted of it, and what people are told.
pub fn reason(error: &GraphError) -> &'static str {
    rule(error).0
}

/// Of several errors of one message the one that means the most; the first of those that mean as much.
pub fn gravest(errors: &[GraphError]) -> Option<&GraphError> {
    let weight = |error: &GraphError| match verdict(error, 0, None).action {
        Action::Final { also: Also::Nothing } => 0,
        Action::Retry { .. } | Action::DelayRecipient { .. } | Action::RefetchMedia => 1,
        Action::Final { .. } => 2,
        Action::StopChannel => 3,
    };
    // Of equals the last is the greatest.
    errors.iter().rev().max_by_key(|error| weight(error))
}

/// The reason of a refusal because one customer is written to too fast.
pub const PAIR_RATE: &str = "pair_rate";

/// The longest that a message may have to wait after so many refusals for [`PAIR_RATE`], the only ones whose wait grows
/// beyond minutes, unless Meta named a time of its own.
pub fn longest(attempts: u32) -> Duration {
    Duration::from_secs(4_u64.saturating_pow(attempts.min(PAIR_TRIES))).max(LONGEST)
}

/// How long a customer who is capped is sent no marketing: Meta asks for 24 hours at least (FACTS §8, 131049).
pub const CAPPED: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a customer is sent nothing after so many refusals for their pace in a row: Meta's rule, 4^X seconds from X = 0.
pub fn pair_wait(refusals: u32) -> Duration {
    Duration::from_secs(4_u64.saturating_pow(refusals.min(PAIR_TRIES - 1)))
}

/// How long to wait when Meta could not be reached at all, after `attempt` such failures before. It never gives up by
/// itself: the line to the internet may be down for a night, and nothing is wrong with the message.
pub fn unreachable(attempt: u32) -> Duration {
    doubled(Duration::from_secs(1), attempt).min(LONGEST)
}

/// No wait grows beyond this, so that a fault that has passed is noticed soon.
const LONGEST: Duration = Duration::from_secs(300);

/// 4^7 seconds are four and a half hours; who waits longer for a reply has gone elsewhere.
const PAIR_TRIES: u32 = 8;

enum Rule {
    Final(Also),
    Stop,
    Later { first: Duration, tries: u32, others: Others },
    PairRate,
    Media,
}

const fn seconds(first: u64, tries: u32, others: Others) -> Rule {
    Rule::Later { first: Duration::from_secs(first), tries, others }
}

fn doubled(first: Duration, attempt: u32) -> Duration {
    first.saturating_mul(1_u32.checked_shl(attempt).unwrap_or(u32::MAX))
}

fn rule(error: &GraphError) -> (&'static str, Rule) {
    use Also::{CapMarketing, DoubtTemplates, FlagCustomer, Nothing, SuppressMarketing, TellOwner};
    use Others::{GoOn, Slower, Wait};
    use Rule::{Final, Media, PairRate, Stop};

    match error.code {
        // The number, its token or its account.
        0 | 190 => ("token_invalid", Stop),
        3 | 10 | 200..=299 | 131_005 => ("permission_missing", Stop),
        131_042 => ("payment_problem", Stop),
        131_045 | 133_010 => ("not_registered", Stop),
        131_031 => ("account_locked", Stop),
        368 => ("policy_violation", Stop),
        130_497 => ("country_restricted", Stop),
        131_037 => ("display_name_not_approved", Stop),

        // Too much, too fast.
        4 | 80_007 => ("call_limit", seconds(60, 12, Wait)),
        130_429 => ("rate_limited", seconds(1, 12, Slower)),
        131_056 => (PAIR_RATE, PairRate),
        131_048 => ("spam_limited", Final(TellOwner)),
        131_064 => ("template_misuse", Final(TellOwner)),
        132_069 => ("form_throttled", Final(Nothing)),

        // It will pass.
        1 | 2 | 131_000 | 131_016 | 133_004 => ("meta_unavailable", seconds(2, 10, GoOn)),
        131_057 => ("maintenance", seconds(60, 10, Wait)),
        133_015 => ("registration_too_soon", seconds(300, 3, Wait)),

        // The customer.
        131_026 => ("undeliverable", Final(FlagCustomer)),
        131_047 => ("window_closed", Final(Nothing)),
        131_049 => ("customer_cap", Final(CapMarketing)),
        131_050 => ("marketing_stopped", Final(SuppressMarketing)),
        130_472 => ("experiment", Final(Nothing)),
        130_403 => ("customer_blocked", Final(Nothing)),
        131_030 => ("not_on_test_list", Final(Nothing)),
        131_021 => ("to_oneself", Final(Nothing)),
        131_062 => ("user_id_not_allowed", Final(Nothing)),
        137_000 => ("identity_changed", Final(Nothing)),

        // The message.
        131_051 => ("unsupported_kind", Final(Nothing)),
        131_008 => ("parameter_missing", Final(Nothing)),
        // Subcode 33: no object of this id, or none that the token may see.
        100 if error.subcode == Some(33) => ("wrong_id", Final(Nothing)),
        100 | 131_009 | 135_000 => ("parameter_invalid", Final(Nothing)),
        131_052 => ("media_download_failed", Media),
        131_053 => ("media_refused", Media),
        132_068 => ("form_blocked", Final(Nothing)),

        // The template.
        132_000 => ("template_parameter_count", Final(Nothing)),
        132_012 | 132_018 | 132_008 => ("template_parameter_format", Final(Nothing)),
        132_001 => ("template_missing", Final(DoubtTemplates)),
        132_005 => ("template_too_long", Final(Nothing)),
        132_007 => ("template_policy", Final(Nothing)),
        132_015 => ("template_paused", Final(DoubtTemplates)),
        132_016 => ("template_disabled", Final(DoubtTemplates)),
        131_063 => ("marketing_disabled", Final(Nothing)),
        131_055 | 134_100..=134_102 => ("marketing_api_only", Final(Nothing)),

        // Setting numbers up.
        133_000 | 133_005 | 133_006 | 133_008 | 133_009 | 133_016 => ("registration_failed", Final(Nothing)),
        2_593_107..=2_593_109 => ("history_sync_failed", Final(Nothing)),

        // Codes are added every few months. What Meta calls transient is tried again; what it does not is not, since
        // an unknown refusal repeated ten thousand times in a broadcast would cost the number its quality.
        _ if error.transient => ("meta_unavailable", seconds(2, 10, GoOn)),
        _ if error.http_status.is_some_and(|status| status == 429 || status >= 500) => {
            ("meta_unavailable", seconds(2, 10, GoOn))
        }
        _ => ("unknown_error", Final(Nothing)),
    }
}

#[cfg(test)]
mod tests;
