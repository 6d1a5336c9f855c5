//! Making bots: a flow is kept as a draft, saved again and again, and published as a version that never changes.
//!
//! Each function that changes something is a step inside somebody's transaction. Flows are read and checked before it
//! ([`Flow`] is large, one thread writes for everybody, and a transaction may be run again): [`NewFlow`] is one that was
//! read, [`Whole`] a draft that was checked. What a flow may hold is the engine's to say (`beseda-flow`).

use std::collections::BTreeSet;
use std::sync::Arc;

use beseda_flow::{Body, Finding, Flow, KnownTemplate, LoadError, PRESENT, Severity, Surroundings, check_in};
use beseda_wire::connections::ConnectionKind;
use beseda_wire::ids::BotId;
use beseda_wire::time::Time;

use super::{Bot, Draft, Return, Version, connections, store};
use crate::ids;
use crate::names;
use crate::store::{Actor, Blobs, Read, StoreError, Tx};

/// Why a flow was not saved or published.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("there is no such bot")]
    NoBot,
    #[error("there is no such version")]
    NoVersion,
    /// It cannot be read as a flow.
    #[error(transparent)]
    Unreadable(#[from] LoadError),
    /// What it is called is no name; this is what it must be.
    #[error("the name {0}")]
    Name(String),
    /// Somebody else saved it meanwhile; this is their revision.
    #[error("the draft is at revision {0}")]
    Overtaken(u64),
    /// Conversations would break: where in the flow (a JSON pointer), and on what. At least one.
    #[error("the flow has {} mistakes", .0.len())]
    Mistakes(Vec<(String, Finding)>),
}

/// A flow that can be read, to be kept as a draft.
#[derive(Debug, Clone)]
pub struct NewFlow {
    json: Arc<str>,
    named: Named,
    /// Files of the business's own that it sends.
    files: Vec<String>,
}

impl NewFlow {
    /// Takes long for a large one: not in a transaction, and not where others wait for the thread.
    pub fn read(json: &str) -> Result<Self, DraftError> {
        let flow = Flow::from_json(json)?;
        let files = flow.files().into_iter().map(str::to_owned).collect();
        match names::fault(&flow.name, LONGEST_NAME) {
            Some(fault) => Err(DraftError::Name(fault)),
            None => Ok(Self { json: json.into(), named: Named { name: flow.name, id: flow.id }, files }),
        }
    }

    /// Those of its files that are not here.
    pub fn missing_files(&self, files: &Blobs) -> Vec<String> {
        missing(self.files.iter().map(String::as_str), files)
    }

    fn draft(&self, revision: u64, actor: &Actor, now: Time) -> Draft {
        Draft { flow: self.json.to_string(), revision, updated_at: now, author: author(actor) }
    }
}

/// Makes a bot of a flow. It is switched on, and answers nobody until its flow is published.
pub fn add(tx: &mut Tx<'_>, flow: &NewFlow, actor: &Actor, now: Time) -> Result<Bot, DraftError> {
    let bot = new(flow.named.clone(), now);
    store::put(tx, &bot, actor, now)?;
    let draft = flow.draft(1, actor, now);
    store::put_draft(tx, bot.id, &draft)?;
    Ok(bot)
}

/// Makes a bot whose flow is published at once: one of our own, which is known to be without mistakes.
pub fn add_published(
    tx: &mut Tx<'_>,
    name: String,
    flow: String,
    actor: &Actor,
    now: Time,
) -> Result<Bot, StoreError> {
    let bot = Bot { published: Some(1), ..new(Named { name, id: id_of(&flow) }, now) };
    store::put(tx, &bot, actor, now)?;
    let draft = Draft { flow: flow.clone(), revision: 1, updated_at: now, author: author(actor) };
    store::put_draft(tx, bot.id, &draft)?;
    let version = Version {
        flow,
        published_at: now,
        author: author(actor),
        note: None,
        takes_over: false,
        returns: Vec::new(),
    };
    store::put_version(tx, bot.id, 1, &version)?;
    Ok(bot)
}

/// The draft of a bot. One that was published without ever having been a draft begins with what is published.
pub fn draft(from: &dyn Read, id: BotId) -> Result<Option<Draft>, StoreError> {
    if let Some(draft) = store::draft(from, id)? {
        return Ok(Some(draft));
    }
    let Some(number) = store::get(from, id)?.and_then(|bot| bot.published) else { return Ok(None) };
    let of = |version: Version| Draft {
        flow: version.flow,
        revision: 0,
        updated_at: version.published_at,
        author: version.author,
    };
    Ok(store::version(from, id, number)?.map(of))
}

/// Whether a draft differs from what is published; before the first publication every draft does.
pub fn is_changed(from: &dyn Read, id: BotId, draft: &Draft) -> Result<bool, StoreError> {
    let Some(number) = store::get(from, id)?.and_then(|bot| bot.published) else { return Ok(true) };
    Ok(store::version(from, id, number)?.is_none_or(|version| version.flow != draft.flow))
}

/// Deletes a bot with its draft and its trials. The caller has ended its runs.
pub fn remove(tx: &mut Tx<'_>, id: BotId, actor: &Actor, now: Time) -> Result<(), DraftError> {
    store::get(tx, id)?.ok_or(DraftError::NoBot)?;
    for (version, trial) in store::phone_trials(tx, id)? {
        store::remove_phone_trial(tx, id, version, &trial.word);
    }
    store::remove(tx, id, actor, now)?;
    Ok(())
}

/// Saves the draft that was made from `revision`.
pub fn save(
    tx: &mut Tx<'_>,
    id: BotId,
    flow: &NewFlow,
    revision: u64,
    actor: &Actor,
    now: Time,
) -> Result<Draft, DraftError> {
    let mut bot = store::get(tx, id)?.ok_or(DraftError::NoBot)?;
    let before = draft(tx, id)?.ok_or(DraftError::NoBot)?;
    if before.revision != revision {
        return Err(DraftError::Overtaken(before.revision));
    }
    let draft = flow.draft(revision + 1, actor, now);
    store::put_draft(tx, id, &draft)?;
    bot.name.clone_from(&flow.named.name);
    bot.flow_id.clone_from(&flow.named.id);
    bot.updated_at = now;
    store::put(tx, &bot, actor, now)?;
    Ok(draft)
}

/// What goes with a publication.
#[derive(Debug, Clone, Default)]
pub struct Publication {
    pub note: Option<String>,
    /// Runs of other versions move to this one at a safe point. Otherwise they finish with theirs.
    pub takes_over: bool,
}

/// Lets an earlier version answer again. The draft stays as it is. Runs of other versions finish with theirs, or move to
/// this one at a safe point (`takes_over`), as they do at a publication.
pub fn return_to(
    tx: &mut Tx<'_>,
    id: BotId,
    number: u32,
    takes_over: bool,
    actor: &Actor,
    now: Time,
) -> Result<Bot, DraftError> {
    let mut bot = store::get(tx, id)?.ok_or(DraftError::NoBot)?;
    let mut version = store::version(tx, id, number)?.ok_or(DraftError::NoVersion)?;
    // The same asked for once more is no other return.
    if bot.published != Some(number) || takes_over != version.draws_runs() {
        version.returns.push(Return { at: now, author: author(actor), takes_over });
        // Somebody may go to and fro; the latest are what people ask about.
        let old = version.returns.len().saturating_sub(RETURNS);
        version.returns.drain(..old);
        store::put_version(tx, id, number, &version)?;
    }
    bot.published = Some(number);
    bot.updated_at = now;
    store::put(tx, &bot, actor, now)?;
    Ok(bot)
}

/// Publishes the draft, which was checked, as the next version.
pub fn publish(
    tx: &mut Tx<'_>,
    id: BotId,
    whole: &Whole,
    publication: &Publication,
    actor: &Actor,
    now: Time,
) -> Result<Bot, DraftError> {
    let mut bot = store::get(tx, id)?.ok_or(DraftError::NoBot)?;
    let flow = whole.still(tx, id)?;
    let number = store::last_version(tx, id)? + 1;
    let Publication { note, takes_over } = publication.clone();
    let version =
        Version { flow, published_at: now, author: author(actor), note, takes_over, returns: Vec::new() };
    store::put_version(tx, id, number, &version)?;
    bot.published = Some(number);
    bot.updated_at = now;
    store::put(tx, &bot, actor, now)?;
    Ok(bot)
}

/// A draft on which conversations would not break, as it was at one revision.
///
/// What it relies on outside of itself (other bots, secrets, files) may go between the check and the transaction, as it may
/// right after that: runs know what to do then. Refused: to check once more when anything has changed, since every saving
/// of any bot is a change.
#[derive(Debug, Clone)]
pub struct Whole {
    revision: u64,
}

impl Whole {
    /// The flow, if the draft is still the one that was checked.
    pub fn still(&self, tx: &Tx<'_>, id: BotId) -> Result<String, DraftError> {
        let draft = draft(tx, id)?.ok_or(DraftError::NoBot)?;
        if draft.revision == self.revision {
            Ok(draft.flow)
        } else {
            Err(DraftError::Overtaken(draft.revision))
        }
    }
}

/// What a draft may rely on that the business's store does not hold.
#[derive(Debug, Clone, Default)]
pub struct Elsewhere {
    /// What the business's numbers may send; of what is not known nothing is checked.
    pub templates: Option<Vec<KnownTemplate>>,
    /// All that the business's people are called by.
    pub people: BTreeSet<String>,
}

/// Checks the draft. Where a revision is named it must be that one.
pub fn whole_draft(
    from: &dyn Read,
    id: BotId,
    revision: Option<u64>,
    elsewhere: Elsewhere,
    files: &Blobs,
) -> Result<Whole, DraftError> {
    let draft = draft(from, id)?.ok_or(DraftError::NoBot)?;
    if revision.is_some_and(|revision| revision != draft.revision) {
        return Err(DraftError::Overtaken(draft.revision));
    }
    let flow = Flow::from_json(&draft.flow)?;
    let around = Surroundings {
        missing_files: missing_files(&flow, files).into_iter().collect(),
        templates: elsewhere.templates,
        people: Some(elsewhere.people),
        ..surroundings(from)?
    };
    let mistakes = mistakes(&flow, &around);
    if mistakes.is_empty() {
        Ok(Whole { revision: draft.revision })
    } else {
        let json = serde_json::to_value(&flow).unwrap_or_default();
        let placed = mistakes.into_iter().map(|finding| (finding.pointer(&json), finding));
        Err(DraftError::Mistakes(placed.collect()))
    }
}

/// The files that a flow sends and that are not here: it was made elsewhere.
pub fn missing_files(flow: &Flow, files: &Blobs) -> Vec<String> {
    missing(flow.files().into_iter(), files)
}

fn missing<'f>(named: impl Iterator<Item = &'f str>, files: &Blobs) -> Vec<String> {
    let is_here = |file: &str| file.parse().is_ok_and(|hash| files.path(&hash).is_some());
    named.filter(|file| !is_here(file)).map(str::to_owned).collect()
}

/// What conversations would break on.
fn mistakes(flow: &Flow, around: &Surroundings) -> Vec<Finding> {
    let mut mistakes = check_in(flow, around);
    mistakes.retain(|finding| finding.severity == Severity::Error);
    mistakes
}

/// What the business has that a flow may rely on.
pub fn surroundings(from: &dyn Read) -> Result<Surroundings, StoreError> {
    let (mut bots, mut unpublished, mut shared) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for bot in all(from)? {
        if let Some(version) = bot.published
            && let Some(version) = store::version(from, bot.id, version)?
            && let Ok(flow) = Flow::from_json(&version.flow)
        {
            if bots.contains(&flow.id) {
                shared.insert(flow.id.clone());
            }
            bots.extend([flow.id, bot.id.to_string()]);
        } else {
            unpublished.extend([bot.flow_id, bot.id.to_string()]);
        }
    }
    Ok(Surroundings {
        features: Some(PRESENT.iter().copied().collect()),
        secrets: Some(connections::of_kind(from, ConnectionKind::Secret)?),
        models: Some(connections::of_kind(from, ConnectionKind::Ai)?),
        mail: Some(connections::of_kind(from, ConnectionKind::Email)?),
        bots: Some(bots),
        unpublished_bots: unpublished,
        shared_flows: shared,
        ..Surroundings::default()
    })
}

/// The business's bots with the ids of their flows, the oldest first.
pub fn all(from: &dyn Read) -> Result<Vec<Bot>, StoreError> {
    let mut bots = store::all(from)?;
    for bot in bots.iter_mut().filter(|bot| bot.flow_id.is_empty()) {
        bot.flow_id = draft(from, bot.id)?.map(|draft| id_of(&draft.flow)).unwrap_or_default();
    }
    Ok(bots)
}

/// What the published flows read out of a native form, by Meta's id of it.
pub fn form_fields(from: &dyn Read, form: &str) -> Result<Vec<String>, StoreError> {
    let mut fields: Vec<String> = Vec::new();
    for bot in store::all(from)? {
        let Some(number) = bot.published else { continue };
        let Some(version) = store::version(from, bot.id, number)? else { continue };
        let Ok(flow) = Flow::from_json(&version.flow) else { continue };
        for block in flow.groups.iter().flat_map(|group| &group.blocks) {
            let Body::Question(question) = &block.body else { continue };
            let Some(asked) = question.form.as_ref().filter(|asked| asked.id == form) else { continue };
            for save in &asked.save {
                if !save.path.is_empty() && !fields.contains(&save.path) {
                    fields.push(save.path.clone());
                }
            }
        }
    }
    Ok(fields)
}

/// What a flow says of its bot.
#[derive(Debug, Clone)]
struct Named {
    name: String,
    id: String,
}

/// The id alone, of a flow that was read before it was kept.
fn id_of(flow: &str) -> String {
    #[derive(serde::Deserialize)]
    struct Id {
        #[serde(default)]
        id: String,
    }
    serde_json::from_str(flow).map(|Id { id }| id).unwrap_or_default()
}

/// Returns that a version remembers.
const RETURNS: usize = 20;
/// Characters of a bot's name at most.
const LONGEST_NAME: usize = 120;

/// Characters of what is told of a version.
pub const LONGEST_NOTE: usize = 1_000;

fn new(Named { name, id }: Named, now: Time) -> Bot {
    Bot {
        id: BotId::from_uuid(ids::fresh(now)),
        name,
        flow_id: id,
        enabled: true,
        published: None,
        created_at: now,
        updated_at: now,
    }
}

fn author(actor: &Actor) -> String {
    match actor {
        Actor::Person { name, .. } => name.clone(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use beseda_wire::bots::NewBot;
    use poem_openapi::types::Example;

    use super::*;

    #[test]
    fn the_flow_that_the_documentation_shows_could_be_published() {
        let flow = NewBot::example().flow.to_string();
        assert_eq!(mistakes(&Flow::from_json(&flow).unwrap(), &Surroundings::default()), []);
        let named = NewFlow::read(&flow).unwrap().named;
        assert_eq!((named.name.as_str(), named.id), ("Greeter", id_of(&flow)));
        let unreadable = flow.replace("Greeter", "Gree\\nter");
        assert!(matches!(NewFlow::read(&unreadable), Err(DraftError::Name(_))));
    }
}
