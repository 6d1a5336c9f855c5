//! Bots over the API: listing, switching on and off, and their flows from draft to publication.

use std::collections::HashMap;
use std::sync::Arc;

use beseda_flow::import::{self, ImportError, Whose};
use beseda_flow::{Fault, Finding, Flow, Language, gallery};
use beseda_wire::bots::{
    Bot as WireBot, BotVersion, Draft as WireDraft, FormFields, GalleryBot, ImportFile, ImportFormat,
    ImportedBot, NewBot, PublishBot, ReturnToVersion, SaveDraft, VersionReturn,
};
use beseda_wire::ids::BotId;
use beseda_wire::page::{FieldError, Page};
use beseda_wire::time::Time;
use poem::http::StatusCode;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use serde_json::json;

use super::service::{NewFlow, Publication};
use super::{Draft, DraftError, Version, service, store, templates};
use crate::clock::Clock;
use crate::http::caller::BusinessCaller;
use crate::http::json::{Created, Json, at_place};
use crate::http::kinds;
use crate::http::problem::{Mistakes, Problem};
use crate::http::tags::Tag;
use crate::store::{BusinessStore, Stores, Tx, apart, sweep};
use crate::whatsapp::numbers::service::Numbers;

pub struct BotsApi {
    pub clock: Clock,
    /// Asked what templates may be sent.
    pub numbers: Arc<Numbers>,
    /// Where it stands who belongs to the business.
    pub stores: Arc<Stores>,
}

#[OpenApi(tag = "Tag::Bots")]
impl BotsApi {
    /// Lists the bots.
    ///
    /// The oldest first: of two that would answer alike, the earlier one does.
    #[oai(path = "/bots", method = "get")]
    async fn list(&self, caller: BusinessCaller) -> Result<Json<Page<WireBot>>, Problem> {
        let from = caller.business.store.view()?;
        let running = store::running(&from)?;
        let wire = |bot: super::Bot| {
            let runs = running.get(&bot.id).copied().unwrap_or_default();
            bot.wire(runs)
        };
        let items = service::all(&from)?.into_iter().map(wire).collect();
        Ok(Json(Page { items, next: None }))
    }

    /// Makes a bot of a flow.
    ///
    /// The flow is kept as the draft: publish it, and it answers.
    #[oai(path = "/bots", method = "post")]
    async fn create(&self, caller: BusinessCaller, new: Json<NewBot>) -> Result<Created<WireBot>, Problem> {
        let (now, actor) = (self.clock.now().into(), caller.actor());
        let (flow, _) = read_flow(&caller.business, new.0.flow, now).await?;
        let once = caller.once.clone();
        let write = move |tx: &mut Tx<'_>| {
            let bot = service::add(tx, &flow, &actor, now)?.wire(0);
            once.record(tx, StatusCode::CREATED, &bot)?;
            Ok::<_, DraftError>(bot)
        };
        Ok(Created(caller.business.store.write(write).await?))
    }

    /// Reads the draft of a bot's flow.
    #[oai(path = "/bots/:id/draft", method = "get")]
    async fn draft(&self, caller: BusinessCaller, id: Path<BotId>) -> Result<Json<WireDraft>, Problem> {
        let (draft, changed) = {
            let from = caller.business.store.view()?;
            let draft = service::draft(&from, id.0)?.ok_or_else(|| Problem::not_found("bot"))?;
            let changed = service::is_changed(&from, id.0, &draft)?;
            (draft, changed)
        };
        let files = caller.business.blobs.clone();
        let read = move || {
            // A draft that cannot be read names none; it was read before it was kept.
            let flow = Flow::from_json(&draft.flow).ok();
            let missing = flow.map(|flow| service::missing_files(&flow, &files)).unwrap_or_default();
            Ok::<_, Problem>((missing, draft))
        };
        let (missing_files, draft) = apart(read).await?;
        Ok(Json(draft.wire(changed, missing_files)))
    }

    /// Saves the draft of a bot's flow.
    ///
    /// With the revision it was made from: when somebody else saved meanwhile, the answer is a conflict and
    /// nothing is overwritten.
    #[oai(path = "/bots/:id/draft", method = "put")]
    async fn save(
        &self,
        caller: BusinessCaller,
        id: Path<BotId>,
        draft: Json<SaveDraft>,
    ) -> Result<Json<WireDraft>, Problem> {
        let (id, now, actor) = (id.0, self.clock.now().into(), caller.actor());
        let SaveDraft { flow, revision } = draft.0;
        let (flow, missing_files) = read_flow(&caller.business, flow, now).await?;
        let write = move |tx: &mut Tx<'_>| {
            let draft = service::save(tx, id, &flow, revision, &actor, now)?;
            let changed = service::is_changed(tx, id, &draft)?;
            Ok::<_, DraftError>((draft, changed))
        };
        let (draft, changed) = caller.business.store.write(write).await?;
        Ok(Json(draft.wire(changed, missing_files)))
    }

    /// Publishes the draft as the bot's next version.
    ///
    /// New conversations begin with it; those under way finish with theirs, or move at a safe point. A flow with mistakes is not published; nor is one that somebody saved anew since the `revision` that is named, or while it was checked: that is a conflict. A bot that it runs and that is not published yet is no mistake: until it is, the block's way on is `failed`, and where that leads nowhere the customer waits for a person.
    #[oai(path = "/bots/:id/publish", method = "post")]
    async fn publish(
        &self,
        caller: BusinessCaller,
        id: Path<BotId>,
        publish: Json<PublishBot>,
    ) -> Result<Json<WireBot>, Problem> {
        let (id, now, actor) = (id.0, self.clock.now().into(), caller.actor());
        let PublishBot { note, move_running, revision } = publish.0;
        if note.as_ref().is_some_and(|note| note.chars().count() > service::LONGEST_NOTE) {
            return Err(Problem::invalid_field(
                "/note",
                format!("must have at most {} characters", service::LONGEST_NOTE),
            ));
        }
        let whole =
            templates::whole_draft((&self.stores, &self.numbers), &caller.business, id, revision, now)
                .await?;
        let publication = Publication { note, takes_over: move_running };
        let answer = caller
            .business
            .store
            .write(move |tx| {
                let bot = service::publish(tx, id, &whole, &publication, &actor, now)?;
                let running = store::running(tx)?.get(&id).copied().unwrap_or_default();
                Ok::<_, DraftError>(bot.wire(running))
            })
            .await?;
        Ok(Json(answer))
    }

    /// Lists a bot's versions.
    ///
    /// The newest first, without their flows.
    #[oai(path = "/bots/:id/versions", method = "get")]
    async fn versions(
        &self,
        caller: BusinessCaller,
        id: Path<BotId>,
    ) -> Result<Json<Page<BotVersion>>, Problem> {
        let from = caller.business.store.view()?;
        let bot = store::get(&from, id.0)?.ok_or_else(|| Problem::not_found("bot"))?;
        let running = store::running_versions(&from, id.0)?;
        let versions = store::versions(&from, id.0)?;
        let items = versions.into_iter().map(|(number, version)| version.wire(number, &bot, &running, false));
        Ok(Json(Page { items: items.collect(), next: None }))
    }

    /// Reads a version of a bot, with its flow.
    #[oai(path = "/bots/:id/versions/:number", method = "get")]
    async fn version(
        &self,
        caller: BusinessCaller,
        id: Path<BotId>,
        number: Path<u32>,
    ) -> Result<Json<BotVersion>, Problem> {
        let from = caller.business.store.view()?;
        let bot = store::get(&from, id.0)?.ok_or_else(|| Problem::not_found("bot"))?;
        let version = store::version(&from, id.0, number.0)?.ok_or_else(|| Problem::not_found("version"))?;
        let running = store::running_versions(&from, id.0)?;
        Ok(Json(version.wire(number.0, &bot, &running, true)))
    }

    /// Lets an earlier version answer again.
    ///
    /// From now on conversations begin with it; those under way finish with theirs, or move at a safe point. The draft stays as it is.
    #[oai(path = "/bots/:id/versions/:number/return", method = "post")]
    async fn return_to(
        &self,
        caller: BusinessCaller,
        id: Path<BotId>,
        number: Path<u32>,
        to: Json<ReturnToVersion>,
    ) -> Result<Json<WireBot>, Problem> {
        let (id, number, now, actor) = (id.0, number.0, self.clock.now().into(), caller.actor());
        let ReturnToVersion { move_running } = to.0;
        let write = move |tx: &mut Tx<'_>| {
            let bot = service::return_to(tx, id, number, move_running, &actor, now)?;
            let running = store::running(tx)?.get(&id).copied().unwrap_or_default();
            Ok::<_, DraftError>(bot.wire(running))
        };
        Ok(Json(caller.business.store.write(write).await?))
    }

    /// Shows what a file of a bot would become.
    ///
    /// Nothing is stored. A file that leads to what is not in it, or round without ever waiting, is refused with each place
    /// (`flow-mistakes`). What reaches outside is switched off until somebody allows it, and so are the addresses that customers would be sent (`address_off` of their block); those within texts stay on and are listed (`told`). Nothing secret is carried.
    #[oai(path = "/bots/import", method = "post")]
    async fn import(
        &self,
        caller: BusinessCaller,
        file: Json<ImportFile>,
    ) -> Result<Json<ImportedBot>, Problem> {
        let ImportFile { format, file } = file.0;
        let read = move || {
            match format {
                ImportFormat::Beseda => import::own(&file.to_string()),
                ImportFormat::Typebot => import::typebot(file.to_string().as_bytes()),
            }
            .map_err(|error| refusal(&error, &file))
        };
        let imported = apart(read).await?;
        let json =
            |value: serde_json::Result<serde_json::Value>| value.map_err(|error| Problem::internal(&error));
        let missing_files = service::missing_files(&imported.flow, &caller.business.blobs);
        Ok(Json(ImportedBot {
            missing_files,
            flow: json(serde_json::to_value(&imported.flow))?,
            report: json(serde_json::to_value(&imported.report))?,
            missing: json(serde_json::to_value(&imported.missing))?,
            told: json(serde_json::to_value(import::told(&imported.flow)))?,
        }))
    }

    /// Lists what flows read out of a native form.
    ///
    /// By Meta's id of the form; of the versions that answer. It is how the phone shows a form that only Meta knows.
    #[oai(path = "/bots/forms/:form", method = "get")]
    async fn form(&self, caller: BusinessCaller, form: Path<String>) -> Result<Json<FormFields>, Problem> {
        let fields = service::form_fields(&caller.business.store.view()?, &form.0)?;
        Ok(Json(FormFields { fields }))
    }

    /// Lists bots to begin with.
    ///
    /// `language` is `en` or `ru`.
    #[oai(path = "/bots/gallery", method = "get")]
    async fn gallery(
        &self,
        _caller: BusinessCaller,
        language: Query<Option<String>>,
    ) -> Result<Json<Page<GalleryBot>>, Problem> {
        let language = spoken(language.0.as_deref());
        let items = gallery::all().iter().map(|bot| shown(bot, language, false)).collect();
        Ok(Json(Page { items, next: None }))
    }

    /// Reads a bot to begin with, with its flow.
    #[oai(path = "/bots/gallery/:id", method = "get")]
    async fn gallery_bot(
        &self,
        _caller: BusinessCaller,
        id: Path<String>,
        language: Query<Option<String>>,
    ) -> Result<Json<GalleryBot>, Problem> {
        let bot = gallery::find(&id.0).ok_or_else(|| Problem::not_found("bot"))?;
        Ok(Json(shown(bot, spoken(language.0.as_deref()), true)))
    }
}

/// Reads a flow that is to be kept, and holds the files that it names; with those that are not here.
async fn read_flow(
    business: &BusinessStore,
    flow: serde_json::Value,
    now: Time,
) -> Result<(NewFlow, Vec<String>), Problem> {
    let files = business.blobs.clone();
    apart(move || {
        let json = flow.to_string();
        let flow = NewFlow::read(&json)?;
        sweep::hold_named(&json, &files, now)?;
        let missing = flow.missing_files(&files);
        Ok((flow, missing))
    })
    .await
}

fn spoken(language: Option<&str>) -> Language {
    if language == Some("ru") { Language::Ru } else { Language::En }
}

fn shown(bot: &gallery::ReadyBot, language: Language, with_flow: bool) -> GalleryBot {
    let trade = serde_json::to_value(bot.trade).ok();
    GalleryBot {
        id: bot.id.to_owned(),
        trade: trade.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned(),
        title: bot.title.of(language).to_owned(),
        description: bot.description.of(language).to_owned(),
        fields: bot.fields.iter().map(|field| (*field).to_owned()).collect(),
        flow: with_flow.then(|| serde_json::from_str(bot.flow.of(language)).unwrap_or_default()),
    }
}

/// Where in the file, what, and of which block. What leads nowhere or round can be read, and is a mistake of the flow's.
fn refusal(error: &ImportError, file: &serde_json::Value) -> Problem {
    let errors = error.errors();
    let kind = match errors.first().map(|error| &error.fault) {
        Some(Fault::TooLarge { .. }) => kinds::TOO_LARGE,
        Some(fault) if fault.is_of_lines() => kinds::FLOW_MISTAKES,
        _ => kinds::INVALID,
    };
    let mut mistakes = Mistakes::default();
    for error in errors {
        mistakes.add(|| {
            let mut told = at_place("/file", error);
            if let Some(whose) = import::whose(file, &error.pointer) {
                let Whose { block, kind, group } = &whose;
                told.detail =
                    format!("{} (the block {block:?}, {kind}, in the group {group:?})", told.detail);
                told.parameters.get_or_insert_with(|| json!({}))["of"] = json!(whose);
            }
            told
        });
    }
    Problem::of(kind).mistakes(mistakes)
}

impl Version {
    fn wire(self, number: u32, bot: &super::Bot, running: &HashMap<u32, u32>, with_flow: bool) -> BotVersion {
        BotVersion {
            number,
            published_at: self.published_at,
            author: self.author,
            note: self.note,
            move_running: self.takes_over,
            returns: self
                .returns
                .into_iter()
                .map(|back| VersionReturn { at: back.at, author: back.author, move_running: back.takes_over })
                .collect(),
            answering: bot.published == Some(number),
            running: running.get(&number).copied().unwrap_or_default(),
            // It was read as JSON before it was published.
            flow: with_flow.then(|| serde_json::from_str(&self.flow).unwrap_or_default()),
        }
    }
}

impl Draft {
    fn wire(self, changed: bool, missing_files: Vec<String>) -> WireDraft {
        WireDraft {
            missing_files,
            // It was read as JSON before it was kept.
            flow: serde_json::from_str(&self.flow).unwrap_or_default(),
            revision: self.revision,
            updated_at: self.updated_at,
            author: self.author,
            changed,
        }
    }
}

impl From<DraftError> for Problem {
    fn from(error: DraftError) -> Self {
        match error {
            DraftError::Store(error) => error.into(),
            DraftError::NoBot => Self::not_found("bot"),
            DraftError::NoVersion => Self::not_found("version"),
            DraftError::Unreadable(error) => Self::invalid([at_place("/flow", &error)]),
            DraftError::Name(fault) => Self::invalid_field("/flow/name", fault),
            DraftError::Overtaken(revision) => Self::conflict(format!(
                "The draft was saved by somebody else and is at revision {revision} now."
            )),
            DraftError::Mistakes(mistakes) => {
                Self::of(kinds::FLOW_MISTAKES).fields(mistakes.iter().map(mistake))
            }
        }
    }
}

/// A mistake at its place: a sentence for people, and the code with its parameters for the program that asked.
fn mistake((pointer, finding): &(String, Finding)) -> FieldError {
    let code = serde_json::to_value(finding.code).ok();
    FieldError {
        pointer: pointer.clone(),
        detail: finding.to_string(),
        code: code.as_ref().and_then(serde_json::Value::as_str).map(str::to_owned),
        parameters: (!finding.parameters.is_empty()).then(|| json!(finding.parameters)),
    }
}
