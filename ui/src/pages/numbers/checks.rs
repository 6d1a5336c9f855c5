//! The live checks in plain language: what was tried, what came of it, and what to do.

use beseda_wire::whatsapp::{NumberCheck, NumberChecks};

use crate::i18n::t_or;
use crate::kit::{Icon, el, icon, notice};
use crate::{Node, t};

/// What Meta's dashboard may be asked for next.
const NOT_CHECKED: &str = "not_checked";

pub fn list(checks: &NumberChecks) -> Node {
    el("ul").class("checks").label(t!("checks")).children(checks.checks.iter().map(check)).into()
}

fn check(check: &NumberCheck) -> Node {
    let skipped = check.result == NOT_CHECKED;
    let (class, which, state) = match (check.ok, skipped) {
        (_, true) => ("check", Icon::Circle, t!("check-skipped")),
        (true, false) => ("check good", Icon::CircleCheck, t!("check-good")),
        (false, false) => ("check bad", Icon::CircleX, t!("check-bad")),
    };
    let technical = check.detail.as_deref().filter(|_| !check.ok);
    el("li")
        .class(class)
        .key(&check.name)
        .child(icon(which))
        .child(
            el("div")
                .child(el("b").text(title(&check.name)).child(el("span").class("unseen").text(state)))
                .child(el("p").text(words(check)))
                .maybe(technical.map(notice::technical)),
        )
        .into()
}

fn title(name: &str) -> String {
    t_or(&format!("check-{}", name.replace('_', "-")), || name.to_owned())
}

/// A sentence or two: what it means, and what to do.
fn words(check: &NumberCheck) -> String {
    if check.ok && check.result == NOT_CHECKED {
        return t!("check-result-not-told");
    }
    let result = check.result.replace('_', "-");
    let said = t_or(&format!("check-result-{result}"), || {
        // Reasons that a message may fail for, too, have their words already.
        t_or(&format!("failure-{result}"), || t!("check-result-other"))
    });
    match &check.detail {
        Some(detail) if check.ok => format!("{said} {detail}"),
        _ => said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(name: &str, ok: bool, result: &str) -> String {
        words(&NumberCheck { name: name.into(), ok, result: result.into(), detail: None })
    }

    /// Every result that `Graph::check` documents says what it means.
    #[test]
    fn every_result_has_words_of_its_own() {
        let other = t!("check-result-other");
        for (name, outcome) in [
            ("token", "token_ok"),
            ("token", "token_expired"),
            ("token", "token_invalid"),
            ("token", "permission_missing"),
            ("token", "unreachable"),
            ("token", "account_locked"),
            ("permissions", "permissions_ok"),
            ("permissions", "permission_missing"),
            ("permissions", "permission_elsewhere"),
            ("app_secret", "app_secret_ok"),
            ("app_secret", "app_secret_wrong"),
            ("phone_number", "phone_number_ok"),
            ("phone_number", "phone_number_unknown"),
            ("waba", "waba_ok"),
            ("waba", "waba_unknown"),
            ("waba", "number_not_in_waba"),
            ("subscription", "subscribed"),
            ("subscription", "not_subscribed"),
            ("subscription", "subscription_failed"),
            ("subscription", "not_checked"),
        ] {
            let said = result(name, false, outcome);
            assert!(said != other && said.contains(' '), "{outcome}: {said}");
            assert_ne!(title(name), name);
        }
        assert_eq!(result("token", false, "never_heard_of"), other);
        assert_ne!(result("app_secret", true, "not_checked"), result("app_secret", false, "not_checked"));
    }
}
