//! Whether a draft is whole, with what it may rely on outside of its business's store: the people who belong to the
//! business, and the templates that its numbers may send. Asked before the transaction that publishes, for nothing in one
//! waits for a network, or reads a large flow.

use std::collections::BTreeSet;

use beseda_flow::{Feature, Flow, KnownTemplate};
use beseda_wire::ids::BotId;
use beseda_wire::time::Time;

use super::DraftError;
use super::service::{self, Elsewhere, Whole};
use crate::businesses::members;
use crate::store::{BusinessStore, StoreError, Stores, apart};
use crate::whatsapp::numbers::service::Numbers;
use crate::whatsapp::numbers::store as numbers;

/// Checks a draft, with all that it relies on.
pub async fn whole_draft(
    (stores, asked): (&Stores, &Numbers),
    business: &BusinessStore,
    bot: BotId,
    revision: Option<u64>,
    now: Time,
) -> Result<Whole, DraftError> {
    let templates = known(asked, business, bot, now).await?;
    let people = members::list(&stores.platform().view()?, business.id)?;
    let names = people.into_iter().flat_map(|one| [one.id.to_string(), one.email, one.name]);
    let elsewhere = Elsewhere { templates, people: names.collect() };
    let (view, files) = (business.store.view()?, business.blobs.clone());
    apart(move || service::whole_draft(&view, bot, revision, elsewhere, &files)).await
}

/// All of them; `None` where the draft needs none, or where Meta did not tell: a network that is down keeps nobody from
/// publishing, and what is wrong then is told when it is sent.
async fn known(
    asked: &Numbers,
    business: &BusinessStore,
    bot: BotId,
    now: Time,
) -> Result<Option<Vec<KnownTemplate>>, StoreError> {
    let view = business.store.view()?;
    let look = move || {
        let flow = service::draft(&view, bot)?.and_then(|draft| Flow::from_json(&draft.flow).ok());
        if flow.is_some_and(|flow| flow.needs(Feature::Templates)) {
            numbers::all(&view).map(Some)
        } else {
            Ok(None)
        }
    };
    let Some(all) = apart(look).await? else { return Ok(None) };
    // Numbers of one account have the same templates; without a number nothing can be told.
    let (mut accounts, mut known) = (BTreeSet::new(), Vec::new());
    for number in all.iter().filter(|number| accounts.insert(&number.waba_id)) {
        match asked.templates(business.id, number, now).await {
            // The checker knows them in the words of the API.
            Ok(told) => known.extend(
                told.iter().filter_map(|one| serde_json::from_value(serde_json::to_value(one).ok()?).ok()),
            ),
            Err(error) => {
                tracing::warn!(number.id = %number.id, %error, "a flow's templates are not checked");
                return Ok(None);
            }
        }
    }
    Ok((!all.is_empty()).then_some(known))
}
