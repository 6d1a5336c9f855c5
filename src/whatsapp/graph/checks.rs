//! Everything about a number that can be asked before it is connected, in words for the person who connects it.
//!
//! It changes nothing at Meta.

use beseda_wire::whatsapp::{NumberCheck, NumberChecks};

use super::account::TokenInfo;
use super::answer::CallError;
use super::{Credentials, Graph};
use crate::crypto::Secret;
use crate::whatsapp::policy;

/// The permissions this program needs, and what fails without each.
const PERMISSIONS: [(&str, &str); 2] = [
    ("whatsapp_business_messaging", "without it nothing can be sent, and no messages are received"),
    (
        "whatsapp_business_management",
        "without it the account cannot be read, and Meta does not send its webhooks here",
    ),
];

/// Meta's subcode for a token whose time is over.
const EXPIRED: i64 = 463;

impl Graph {
    /// The checks, in this order:
    ///
    /// * `token`: `token_ok`, `token_expired`, `token_invalid`, `permission_missing`, `unreachable`.
    /// * `permissions`: `permissions_ok`, `permission_missing`, `permission_elsewhere` (for other accounts only);
    ///   `not_checked` in order where Meta does not tell.
    /// * `app_secret`: `app_secret_ok`, `app_secret_wrong`; `not_checked` in order where Meta does not tell.
    /// * `phone_number`: `phone_number_ok`, `phone_number_unknown`.
    /// * `waba`: `waba_ok`, `waba_unknown`, `number_not_in_waba`.
    /// * `subscription`: `subscribed`, `not_subscribed` (in order: connecting subscribes).
    ///
    /// Any of them may be `not_checked` after an earlier failure, or another of the policy's reasons.
    pub async fn check(&self, credentials: &Credentials, waba_id: &str, app_secret: &Secret) -> NumberChecks {
        let number = self.phone_number(credentials).await;
        let token = match &number {
            Ok(_) => good("token", "token_ok", None),
            Err(error) => match Blame::of(error) {
                Blame::Token(result) => bad("token", result, Some(error)),
                // Meta knows the token well enough to say that the number is not there.
                Blame::Object => good("token", "token_ok", None),
            },
        };
        if !token.ok {
            let rest = ["permissions", "app_secret", "phone_number", "waba", "subscription"];
            let rest = rest.map(|name| unchecked(name, false));
            return all(std::iter::once(token).chain(rest).collect());
        }
        let told = self.token(credentials).await.ok();
        let mut checks = vec![token, permissions(told.as_ref(), waba_id)];
        // Asked of the number; where that is not to be had, nothing is known of the secret.
        checks.push(match &number {
            Ok(_) => self.secret(credentials, app_secret).await,
            Err(_) => unchecked("app_secret", true),
        });
        checks.push(match &number {
            Ok(number) => {
                let names = [number.display_phone_number.as_deref(), number.verified_name.as_deref()];
                let detail = names.into_iter().flatten().collect::<Vec<_>>().join(", ");
                good("phone_number", "phone_number_ok", Some(detail))
            }
            Err(error) => bad("phone_number", "phone_number_unknown", Some(error)),
        });
        let waba = match self.waba(credentials, waba_id).await {
            Ok(waba) if waba.numbers.iter().any(|number| number.id == credentials.phone_number_id) => {
                good("waba", "waba_ok", waba.name)
            }
            Ok(_) => bad("waba", "number_not_in_waba", None),
            Err(error) => match Blame::of(&error) {
                Blame::Token(result) => bad("waba", result, Some(&error)),
                Blame::Object => bad("waba", "waba_unknown", Some(&error)),
            },
        };
        let known = waba.ok || waba.result == "number_not_in_waba";
        checks.push(waba);
        let app = told.and_then(|told| told.app_id);
        checks.push(if known {
            self.subscribed(credentials, waba_id, app.as_deref()).await
        } else {
            unchecked("subscription", false)
        });
        all(checks)
    }

    async fn secret(&self, credentials: &Credentials, app_secret: &Secret) -> NumberCheck {
        match self.proves(credentials, app_secret).await {
            Ok(true) => good("app_secret", "app_secret_ok", None),
            Ok(false) => bad("app_secret", "app_secret_wrong", None),
            Err(_) => unchecked("app_secret", true),
        }
    }

    async fn subscribed(&self, credentials: &Credentials, waba_id: &str, app: Option<&str>) -> NumberCheck {
        match self.subscriptions(credentials, waba_id).await {
            Ok(apps) => {
                // Where the ids are not told, any app is taken for ours.
                let ours = |id: &Option<String>| id.as_deref().zip(app).is_none_or(|(id, app)| id == app);
                let result = if apps.iter().any(ours) { "subscribed" } else { "not_subscribed" };
                good("subscription", result, None)
            }
            Err(error) => match Blame::of(&error) {
                Blame::Token(result) => bad("subscription", result, Some(&error)),
                Blame::Object => bad("subscription", "waba_unknown", Some(&error)),
            },
        }
    }
}

/// The check that failed when Meta would not send the account's webhooks here.
pub fn not_subscribed(error: &CallError) -> NumberChecks {
    all(vec![bad("subscription", "subscription_failed", Some(error))])
}

fn permissions(told: Option<&TokenInfo>, waba_id: &str) -> NumberCheck {
    let Some(told) = told.filter(|told| !told.scopes.is_empty()) else {
        return unchecked("permissions", true);
    };
    let missing: Vec<String> = PERMISSIONS
        .iter()
        .filter_map(|(permission, loss)| {
            if !told.scopes.iter().any(|scope| scope == permission) {
                return Some(format!("The token lacks the permission {permission}: {loss}."));
            }
            let accounts = told.granted.iter().find(|(scope, _)| scope == permission);
            let elsewhere = accounts.is_some_and(|(_, accounts)| {
                !accounts.is_empty() && !accounts.iter().any(|id| id == waba_id)
            });
            elsewhere.then(|| {
                format!(
                    "The token has the permission {permission} for other accounts only: the account id is wrong, or \
                     the token was made for another account."
                )
            })
        })
        .collect();
    if missing.is_empty() {
        let ends = told.expires.map(|at| format!("The token ends at {at}."));
        return good("permissions", "permissions_ok", ends);
    }
    let has = |permission: &str| told.scopes.iter().any(|scope| scope == permission);
    let has_all = PERMISSIONS.iter().all(|(permission, _)| has(permission));
    NumberCheck {
        name: "permissions".to_owned(),
        ok: false,
        result: if has_all { "permission_elsewhere" } else { "permission_missing" }.to_owned(),
        detail: Some(missing.join(" ")),
    }
}

/// What an error of a check speaks of.
enum Blame {
    /// The token or the line, with the stable name.
    Token(&'static str),
    /// The number or account that was asked for.
    Object,
}

impl Blame {
    fn of(error: &CallError) -> Self {
        match error {
            CallError::Unreachable(_) => Self::Token("unreachable"),
            CallError::Refused(error) if error.code == 190 && error.subcode == Some(EXPIRED) => {
                Self::Token("token_expired")
            }
            CallError::Refused(error) => match policy::verdict(error, 0, None).reason {
                "wrong_id" | "parameter_invalid" => Self::Object,
                reason => Self::Token(reason),
            },
        }
    }
}

/// What a failed check means and what to do, in plain words; Meta's own follow.
fn advice(result: &str) -> &'static str {
    match result {
        "token_expired" => {
            "The token has expired. Make a new one for a system user: such a token does not end."
        }
        "token_invalid" => "The token is not valid: it is not complete, was revoked, or is not of this app.",
        "permission_missing" => {
            "The token lacks a permission: it needs whatsapp_business_messaging and whatsapp_business_management."
        }
        "unreachable" => "Meta could not be reached from this machine.",
        "app_secret_wrong" => {
            "The app secret is not that of the app the token is of. Webhooks would be refused: copy it again from \
             the app's basic settings."
        }
        "phone_number_unknown" => "There is no such phone number id, or the token may not see it.",
        "waba_unknown" => "There is no such account id, or the token may not see it.",
        "number_not_in_waba" => "The number is not one of this account: one of the two ids is wrong.",
        "subscription_failed" => "Meta would not send the account's webhooks to the app.",
        _ => "Meta refused.",
    }
}

fn all(checks: Vec<NumberCheck>) -> NumberChecks {
    NumberChecks { ok: checks.iter().all(|check| check.ok), checks }
}

fn good(name: &str, result: &str, detail: Option<String>) -> NumberCheck {
    let detail = detail.filter(|detail| !detail.is_empty());
    NumberCheck { name: name.to_owned(), ok: true, result: result.to_owned(), detail }
}

fn bad(name: &str, result: &str, error: Option<&CallError>) -> NumberCheck {
    let advice = advice(result);
    let detail = error.map_or_else(|| advice.to_owned(), |error| format!("{advice} ({error})"));
    NumberCheck { name: name.to_owned(), ok: false, result: result.to_owned(), detail: Some(detail) }
}

fn unchecked(name: &str, ok: bool) -> NumberCheck {
    NumberCheck { name: name.to_owned(), ok, result: "not_checked".to_owned(), detail: None }
}
