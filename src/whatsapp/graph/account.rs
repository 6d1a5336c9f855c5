//! Numbers, accounts and tokens: what Meta says of them.

use beseda_wire::time::Time;
use reqwest::Method;
use serde_json::Value;

use super::answer::{CallError, exchange};
use super::{Credentials, Graph};
use crate::crypto::{Secret, hmac_sha256};
use crate::customers::Phone;
use crate::whatsapp::lax::Lax;
use crate::whatsapp::pacing::NumberPace;

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

/// A token as Meta knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenInfo {
    /// The app it was made for.
    pub app_id: Option<String>,
    pub valid: bool,
    /// The permissions it has.
    pub scopes: Vec<String>,
    /// Permissions that are good for some accounts only, with these; none named means all.
    pub granted: Vec<(String, Vec<String>)>,
    /// `None` for one that does not end.
    pub expires: Option<Time>,
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

    /// The apps that get the account's webhooks, by their ids where they are told.
    pub async fn subscriptions(
        &self,
        credentials: &Credentials,
        waba_id: &str,
    ) -> Result<Vec<Option<String>>, CallError> {
        let request = self.call(Method::GET, credentials, &[waba_id, "subscribed_apps"])?;
        let (answer, _) = exchange(request).await?;
        let apps = answer.items("data").iter();
        Ok(apps.map(|app| app.member("whatsapp_business_api_data").word("id")).collect())
    }

    /// What Meta says of the token itself. Meta tells it to those who develop the app, which the person whose token
    /// it is need not be.
    pub async fn token(&self, credentials: &Credentials) -> Result<TokenInfo, CallError> {
        let request = self
            .call(Method::GET, credentials, &["debug_token"])?
            .query(&[("input_token", credentials.token.expose())]);
        let (answer, _) = exchange(request).await?;
        let told = answer.member("data");
        let scopes = told.items("scopes").iter().filter_map(Value::as_str).map(ToOwned::to_owned);
        let granted = told.items("granular_scopes").iter().filter_map(|scope| {
            let accounts = scope.items("target_ids").iter().filter_map(Value::as_str).map(ToOwned::to_owned);
            Some((scope.word("scope")?, accounts.collect()))
        });
        Ok(TokenInfo {
            app_id: told.word("app_id"),
            valid: told.flag("is_valid"),
            scopes: scopes.collect(),
            granted: granted.collect(),
            expires: told.time("expires_at"),
        })
    }

    /// Whether this is the secret of the app that the token is of: Meta refuses a proof made with another one.
    pub async fn proves(&self, credentials: &Credentials, app_secret: &Secret) -> Result<bool, CallError> {
        let token = credentials.token.expose().as_bytes();
        let proof = crate::crypto::hex(&hmac_sha256(app_secret.expose().as_bytes(), token));
        let request = self
            .call(Method::GET, credentials, &[&credentials.phone_number_id])?
            .query(&[("fields", "id"), ("appsecret_proof", proof.as_str())]);
        match exchange(request).await.map_err(CallError::from) {
            Ok(_) => Ok(true),
            Err(CallError::Refused(error))
                if error.code == 100 && error.message.contains("appsecret_proof") =>
            {
                Ok(false)
            }
            Err(error) => Err(error),
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
