//! Every row of FACTS §8, in its order.

use super::*;

fn of(code: i64) -> GraphError {
    GraphError { code, http_status: Some(400), ..GraphError::default() }
}

fn first(code: i64) -> (&'static str, Action) {
    let verdict = verdict(&of(code), 0, None);
    (verdict.reason, verdict.action)
}

fn retry(after: u64) -> Action {
    Action::Retry { after: Duration::from_secs(after), others: Others::GoOn }
}

/// All of the number wait with it.
fn all_wait(after: u64) -> Action {
    Action::Retry { after: Duration::from_secs(after), others: Others::Wait }
}

const fn finally(also: Also) -> Action {
    Action::Final { also }
}

#[test]
fn every_row_of_the_table() {
    let nothing = finally(Also::Nothing);
    for (codes, reason, action) in [
        (&[0, 190][..], "token_invalid", Action::StopChannel),
        (&[3, 10, 200, 250, 299, 131_005], "permission_missing", Action::StopChannel),
        (&[4, 80_007], "call_limit", all_wait(60)),
        (&[130_429], "rate_limited", Action::Retry { after: Duration::from_secs(1), others: Others::Slower }),
        (&[131_056], "pair_rate", Action::DelayRecipient { after: Duration::from_secs(1) }),
        (&[131_048], "spam_limited", finally(Also::TellOwner)),
        (&[131_064], "template_misuse", finally(Also::TellOwner)),
        (&[131_049], "customer_cap", finally(Also::CapMarketing)),
        (&[131_050], "marketing_stopped", finally(Also::SuppressMarketing)),
        (&[131_047], "window_closed", nothing),
        (&[131_026], "undeliverable", finally(Also::FlagCustomer)),
        (&[130_472], "experiment", nothing),
        (&[130_403], "customer_blocked", nothing),
        (&[131_030], "not_on_test_list", nothing),
        (&[131_021], "to_oneself", nothing),
        (&[131_051], "unsupported_kind", nothing),
        (&[131_008], "parameter_missing", nothing),
        (&[131_009, 100], "parameter_invalid", nothing),
        (&[131_052], "media_download_failed", Action::RefetchMedia),
        (&[131_053], "media_refused", Action::RefetchMedia),
        (&[131_000, 131_016, 1, 2, 133_004], "meta_unavailable", retry(2)),
        (&[131_042], "payment_problem", Action::StopChannel),
        (&[131_045, 133_010], "not_registered", Action::StopChannel),
        (&[131_057], "maintenance", all_wait(60)),
        (&[131_031], "account_locked", Action::StopChannel),
        (&[368], "policy_violation", Action::StopChannel),
        (&[130_497], "country_restricted", Action::StopChannel),
        (&[131_037], "display_name_not_approved", Action::StopChannel),
        (&[131_062], "user_id_not_allowed", nothing),
        (&[131_063], "marketing_disabled", nothing),
        (&[132_000], "template_parameter_count", nothing),
        (&[132_012, 132_018, 132_008], "template_parameter_format", nothing),
        (&[132_001], "template_missing", finally(Also::DoubtTemplates)),
        (&[132_005], "template_too_long", nothing),
        (&[132_007], "template_policy", nothing),
        (&[132_015], "template_paused", finally(Also::DoubtTemplates)),
        (&[132_016], "template_disabled", finally(Also::DoubtTemplates)),
        (&[132_068], "form_blocked", nothing),
        (&[132_069], "form_throttled", nothing),
        (&[133_000, 133_005, 133_006, 133_008, 133_009, 133_016], "registration_failed", nothing),
        (&[133_015], "registration_too_soon", all_wait(300)),
        (&[134_100, 134_101, 134_102, 131_055], "marketing_api_only", nothing),
        (&[135_000], "parameter_invalid", nothing),
        (&[137_000], "identity_changed", nothing),
        (&[2_593_107, 2_593_108, 2_593_109], "history_sync_failed", nothing),
        (&[-1, 99, 130_501, 999_999], "unknown_error", nothing),
    ] {
        for code in codes {
            assert_eq!(first(*code), (reason, action), "{code}");
        }
    }
}

#[test]
fn the_wrong_id_is_told_from_other_parameters() {
    let error = GraphError { subcode: Some(33), ..of(100) };
    assert_eq!(verdict(&error, 0, None).reason, "wrong_id");
}

#[test]
fn unknown_errors_are_tried_again_only_when_they_pass() {
    let passing = GraphError { transient: true, ..of(999_999) };
    assert_eq!(verdict(&passing, 0, None), Verdict { reason: "meta_unavailable", action: retry(2) });
    for (status, reason) in [(429, "meta_unavailable"), (503, "meta_unavailable"), (400, "unknown_error")] {
        let error = GraphError { http_status: Some(status), ..of(999_999) };
        assert_eq!(verdict(&error, 0, None).reason, reason, "{status}");
    }
    // A known code is judged by its row, whatever else the answer says.
    let known = GraphError { transient: true, http_status: Some(500), ..of(131_047) };
    assert_eq!(verdict(&known, 0, None).action, finally(Also::Nothing));
}

#[test]
fn the_pair_rate_waits_four_times_longer_each_time() {
    let waits: Vec<_> = (0..PAIR_TRIES)
        .map(|attempt| match verdict(&of(131_056), attempt, None).action {
            Action::DelayRecipient { after } => after.as_secs(),
            action => panic!("{action:?}"),
        })
        .collect();
    assert_eq!(waits, [1, 4, 16, 64, 256, 1024, 4096, 16_384]);
    assert_eq!(verdict(&of(131_056), PAIR_TRIES, None).action, finally(Also::TellOwner));
}

#[test]
fn waits_grow_to_five_minutes_and_end() {
    for code in [130_429, 131_000, 131_057, 4, 133_015] {
        let mut last = Duration::ZERO;
        let mut attempt = 0;
        while let Action::Retry { after, .. } = verdict(&of(code), attempt, None).action {
            assert!(after >= last && after <= LONGEST, "{code}");
            last = after;
            attempt += 1;
        }
        assert!((3..=12).contains(&attempt), "{code}: {attempt}");
        assert_eq!(verdict(&of(code), attempt, None).action, finally(Also::TellOwner));
        assert_eq!(verdict(&of(code), u32::MAX, None).action, finally(Also::TellOwner));
    }
}

#[test]
fn files_are_tried_anew_once() {
    for code in [131_052, 131_053] {
        assert_eq!(verdict(&of(code), 1, None).action, finally(Also::Nothing));
    }
}

#[test]
fn what_meta_says_of_its_call_limit_is_waited_for() {
    let usage = Usage { percent: 100, regain_after: Some(Duration::from_secs(1800)) };
    assert_eq!(verdict(&of(80_007), 0, Some(&usage)).action, all_wait(1800));
    let usage = Usage { percent: 10, regain_after: None };
    assert_eq!(verdict(&of(80_007), 1, Some(&usage)).action, all_wait(120));
}

#[test]
fn without_a_line_it_is_tried_for_ever() {
    let waits: Vec<_> = [0, 1, 2, 8, 9, 40, u32::MAX].map(|attempt| unreachable(attempt).as_secs()).into();
    assert_eq!(waits, [1, 2, 4, 256, 300, 300, 300]);
}

#[test]
fn of_several_errors_the_gravest_counts() {
    let gravest = |codes: &[i64]| {
        let errors: Vec<_> = codes.iter().map(|code| of(*code)).collect();
        gravest(&errors).map(|error| error.code)
    };
    assert_eq!(gravest(&[]), None);
    assert_eq!(gravest(&[999, 131_042]), Some(131_042));
    assert_eq!(gravest(&[131_026, 131_042, 190]), Some(131_042), "the first of equals");
    assert_eq!(gravest(&[999, 131_016, 131_026]), Some(131_026));
    assert_eq!(gravest(&[999, 131_047]), Some(999));
}
