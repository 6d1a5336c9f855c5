//! Numbers and accounts: what Meta says of them, and the checks before one is connected.

use beseda_wire::whatsapp::{NumberCheck, NumberChecks};
use reqwest::Method;
use serde_json::Value;

use super::answer::{CallError, exchange};
use super::{Credentials, Graph};
use crate::customers::Phone;
use crate::whatsapp::lax::Lax;
use crate::whatsapp::pacing::NumberPace;
use crate::whatsapp::policy;

/// A number as Meta knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneNumber {
    pub id: String,
    /// As Meta writes it: `+1 555-093-4873`.
    pub display_phone_number: Option<String>,
    pub phone: Option<Phone>,
    /// The name customers see.
    pub verified_name: Option<String>,
    /// `GREEN`, `YELLOW`, `RED`, `UNKNOWN`.
    pub quality: Option<String>,
    /// `CONNECTED`, `DISCONNECTED`, …
    pub status: Option<String>,
    /// How many messages a second Meta allows it, where it says so.
    pub rate: Option<u32>,
}

/// A WhatsApp Business account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waba {
    pub id: String,
    pub name: Option<String>,
    pub numbers: Vec<PhoneNumber>,
}

const FIELDS: &str = "id,display_phone_number,verified_name,quality_rating,status";

impl Graph {
    /// The number of these credentials.
    pub async fn phone_number(&self, credentials: &Credentials) -> Result<PhoneNumber, CallError> {
        let fields = format!("{FIELDS},throughput");
        let request = self
            .call(Method::GET, credentials, &[&credentials.phone_number_id])?
            .query(&[("fields", fields.as_str())]);
        let (answer, _) = exchange(request).await?;
        phone_number(&answer).ok_or_else(|| CallError::Unreachable("an answer without a number".to_owned()))
    }

    /// An account and its numbers.
    pub async fn waba(&self, credentials: &Credentials, waba_id: &str) -> Result<Waba, CallError> {
        let request = self.call(Method::GET, credentials, &[waba_id])?.query(&[("fields", "id,name")]);
        let (account, _) = exchange(request).await?;
        Ok(Waba {
            id: account.word("id").unwrap_or_else(|| waba_id.to_owned()),
            name: account.word("name"),
            numbers: self.numbers(credentials, waba_id).await?,
        })
    }

    async fn numbers(&self, credentials: &Credentials, waba_id: &str) -> Result<Vec<PhoneNumber>, CallError> {
        // An account has 2 numbers, or 20 when it is verified: one page holds them all.
        let request = self
            .call(Method::GET, credentials, &[waba_id, "phone_numbers"])?
            .query(&[("fields", FIELDS), ("limit", "100")]);
        let (answer, _) = exchange(request).await?;
        Ok(answer.items("data").iter().filter_map(phone_number).collect())
    }

    /// Makes Meta send the account's webhooks to the app of the token. It may be repeated.
    pub async fn subscribe(&self, credentials: &Credentials, waba_id: &str) -> Result<(), CallError> {
        exchange(self.call(Method::POST, credentials, &[waba_id, "subscribed_apps"])?).await?;
        Ok(())
    }

    /// How many apps get the account's webhooks.
    pub async fn subscriptions(&self, credentials: &Credentials, waba_id: &str) -> Result<usize, CallError> {
        let request = self.call(Method::GET, credentials, &[waba_id, "subscribed_apps"])?;
        let (answer, _) = exchange(request).await?;
        Ok(answer.items("data").len())
    }

    /// Everything about a number that can be asked before it is connected. It changes nothing at Meta.
    ///
    /// Results: `token` is `token_ok`, `token_invalid`, `permission_missing`, `unreachable`; `phone_number` is
    /// `phone_number_ok`, `phone_number_unknown`; `waba` is `waba_ok`, `waba_unknown`, `number_not_in_waba`;
    /// `subscription` is `subscribed`, `not_subscribed` (in order: connecting subscribes). Any of them may be
    /// `not_checked` after an earlier failure, or another of the policy's reasons.
    pub async fn check(&self, credentials: &Credentials, waba_id: &str) -> NumberChecks {
        let mut checks = Vec::new();
        let number = self.phone_number(credentials).await;
        let token = match &number {
            Ok(_) => good("token", "token_ok", None),
            Err(error) => match Blame::of(error) {
                Blame::Token(result) => bad("token", result, error),
                // Meta knows the token well enough to say that the number is not there.
                Blame::Object => good("token", "token_ok", None),
            },
        };
        let usable = token.ok;
        checks.push(token);
        checks.push(match &number {
            Ok(number) => {
                let names = [number.display_phone_number.as_deref(), number.verified_name.as_deref()];
                let detail = names.into_iter().flatten().collect::<Vec<_>>().join(", ");
                good("phone_number", "phone_number_ok", Some(detail))
            }
            Err(error) if usable => bad("phone_number", "phone_number_unknown", error),
            Err(_) => unchecked("phone_number"),
        });
        if !usable {
            checks.extend([unchecked("waba"), unchecked("subscription")]);
            return NumberChecks { ok: false, checks };
        }
        let waba = match self.waba(credentials, waba_id).await {
            Ok(waba) if waba.numbers.iter().any(|number| number.id == credentials.phone_number_id) => {
                good("waba", "waba_ok", waba.name)
            }
            Ok(waba) => NumberCheck {
                name: "waba".to_owned(),
                ok: false,
                result: "number_not_in_waba".to_owned(),
                detail: waba.name,
            },
            Err(error) => match Blame::of(&error) {
                Blame::Token(result) => bad("waba", result, &error),
                Blame::Object => bad("waba", "waba_unknown", &error),
            },
        };
        let known = waba.ok || waba.result == "number_not_in_waba";
        checks.push(waba);
        checks.push(if known {
            match self.subscriptions(credentials, waba_id).await {
                Ok(0) => good("subscription", "not_subscribed", None),
                Ok(_) => good("subscription", "subscribed", None),
                Err(error) => match Blame::of(&error) {
                    Blame::Token(result) => bad("subscription", result, &error),
                    Blame::Object => bad("subscription", "waba_unknown", &error),
                },
            }
        } else {
            unchecked("subscription")
        });
        NumberChecks { ok: checks.iter().all(|check| check.ok), checks }
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
            CallError::Refused(error) => match policy::verdict(error, 0, None).reason {
                "wrong_id" | "parameter_invalid" => Self::Object,
                reason => Self::Token(reason),
            },
        }
    }
}

fn phone_number(told: &Value) -> Option<PhoneNumber> {
    let display = told.word("display_phone_number");
    Some(PhoneNumber {
        id: told.word("id")?,
        phone: display.as_deref().and_then(|display| Phone::parse(display).ok()),
        display_phone_number: display,
        verified_name: told.word("verified_name"),
        quality: told.word("quality_rating"),
        status: told.word("status"),
        rate: match told.member("throughput").text("level") {
            Some("HIGH") => Some(NumberPace::HIGH),
            Some("STANDARD") => Some(NumberPace::STANDARD),
            _ => None,
        },
    })
}

fn good(name: &str, result: &str, detail: Option<String>) -> NumberCheck {
    let detail = detail.filter(|detail| !detail.is_empty());
    NumberCheck { name: name.to_owned(), ok: true, result: result.to_owned(), detail }
}

fn bad(name: &str, result: &str, error: &CallError) -> NumberCheck {
    NumberCheck {
        name: name.to_owned(),
        ok: false,
        result: result.to_owned(),
        detail: Some(error.to_string()),
    }
}

fn unchecked(name: &str) -> NumberCheck {
    NumberCheck { name: name.to_owned(), ok: false, result: "not_checked".to_owned(), detail: None }
}
