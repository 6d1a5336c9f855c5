//! Whether a customer may be sent marketing now. Asked when something is said, so that people are told at once, and again
//! when it is sent: a refusal may come while it waits.

use beseda_wire::ids::CustomerId;
use beseda_wire::messages::{Content, Failure, TemplateCategory};
use beseda_wire::time::Time;

use crate::customers::store as customers;
use crate::store::{Read, StoreError};

/// Why they may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoMarketing {
    /// They asked for none.
    #[error("the customer wants no marketing messages")]
    Refused,
    /// WhatsApp said lately that they have had enough of it.
    #[error("WhatsApp takes no marketing message for this customer before {until}")]
    Capped { until: Time },
}

impl NoMarketing {
    /// What a message says that is not sent because of it.
    pub fn failure(self) -> Failure {
        let reason = match self {
            Self::Refused => "marketing_stopped",
            Self::Capped { .. } => "customer_cap",
        };
        Failure { code: 0, reason: reason.to_owned(), detail: self.to_string() }
    }
}

/// Why this must not be sent to them, if it is marketing or may be: before Meta refuses it (131050, 131049) and takes it ill.
pub fn refusal(
    from: &dyn Read,
    customer: CustomerId,
    content: &Content,
    now: Time,
) -> Result<Option<NoMarketing>, StoreError> {
    let Content::Template(template) = content else { return Ok(None) };
    let harmless =
        matches!(template.category, Some(TemplateCategory::Utility | TemplateCategory::Authentication));
    if harmless {
        return Ok(None);
    }
    let Some(customer) = customers::get(from, customer)? else { return Ok(None) };
    if customer.no_marketing_since.is_some() {
        return Ok(Some(NoMarketing::Refused));
    }
    let capped = customer.marketing_capped_until.filter(|until| now < *until);
    Ok(capped.map(|until| NoMarketing::Capped { until }))
}
