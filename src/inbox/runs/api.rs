//! Runs over the API: numbers, lists, transcripts; ending a run and moving it.

use std::io;
use std::sync::Arc;

use beseda_wire::accounts::Locale;
use beseda_wire::bots::{Bot, UpdateBot};
use beseda_wire::ids::{BotId, RunId};
use beseda_wire::page::Page;
use beseda_wire::results::{BotRun, BotStats, MoveRun, RunEnd, RunScript, RunState, RunTranscript, RunsForm};
use beseda_wire::time::Time;
use bytes::Bytes;
use futures_util::Stream;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use poem::Body;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

use super::act::{self, ActError};
use super::export::{Export, ExportError};
use super::switch::switch;
use crate::bots::results::{self, Filter, fold};
use crate::bots::store as bots;
use crate::http::caller::BusinessCaller;
use crate::http::download::{Csv, Xlsx};
use crate::http::json::{Json, NoContent};
use crate::http::kinds;
use crate::http::paging::{List, Paging};
use crate::http::problem::Problem;
use crate::http::tags::Tag;
use crate::inbox::runtime::{Inbox, Runtime};
use crate::inbox::withdraw::Withdrawn;
use crate::store::{StoreError, Tx, View, apart};

pub struct RunsApi {
    pub inbox: Arc<Inbox>,
}

#[OpenApi(tag = "Tag::Bots")]
impl RunsApi {
    /// Tells the numbers of a bot's flow.
    ///
    /// Of the runs that began from `from` to `to`, days of the business's calendar (2026-11-22), both included. Without
    /// `version` all versions are taken together. The numbers outlive the runs that they were counted from.
    #[oai(path = "/bots/:id/stats", method = "get")]
    async fn stats(
        &self,
        caller: BusinessCaller,
        id: Path<BotId>,
        version: Query<Option<u32>>,
        from: Query<Option<String>>,
        to: Query<Option<String>>,
    ) -> Result<Json<BotStats>, Problem> {
        let (bot, zone, now) = (id.0, self.runtime(&caller)?.time_zone(), self.inbox.now());
        known(&caller.business.store.view()?, bot)?;
        let days = Days::read(from.0.as_deref(), to.0.as_deref())?;
        let asked = fold::Asked { bot, version: version.0, days: days.numbers() };
        fold::advance(&caller.business.store, bot, &zone, now).await?;
        let view = caller.business.store.view()?;
        let stats = apart(move || fold::stats(&view, asked, &zone, now)).await?;
        Ok(Json(stats))
    }

    /// Lists customers' runs through a bot.
    ///
    /// The newest first, with what they know. `search` looks for letters in the customer's name and phone, the outcome and the variables; `outcome` is the label of an end block. A page may hold fewer than `limit`, or none, where a search goes on: follow `next`.
    #[oai(path = "/bots/:id/runs", method = "get")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the address")]
    async fn list(
        &self,
        caller: BusinessCaller,
        list: List,
        id: Path<BotId>,
        state: Query<Option<RunState>>,
        reason: Query<Option<RunEnd>>,
        version: Query<Option<u32>>,
        outcome: Query<Option<String>>,
        block: Query<Option<String>>,
        search: Query<Option<String>>,
        from: Query<Option<String>>,
        to: Query<Option<String>>,
        limit: Query<Option<u32>>,
        cursor: Query<Option<String>>,
    ) -> Result<Json<Page<BotRun>>, Problem> {
        let page = Paging::read::<RunId>(list, limit.0, cursor.0.as_deref())?;
        let zone = self.runtime(&caller)?.time_zone();
        let wanted = Wanted {
            state: state.0,
            reason: reason.0,
            version: version.0,
            outcome: outcome.0,
            block: block.0,
            search: search.0,
            days: Days::read(from.0.as_deref(), to.0.as_deref())?,
        };
        let filter = wanted.filter(&zone);
        let (view, bot) = (caller.business.store.view()?, id.0);
        known(&view, bot)?;
        let read = move || results::page(&view, bot, &filter, page.after, page.limit());
        let (found, next) = apart(read).await?;
        let items = found.iter().map(|run| results::wire(bot, run)).collect();
        Ok(Json(Page { items, next: next.map(|id| page.cursor(&id)) }))
    }

    /// Exports runs as comma-separated values.
    ///
    /// The runs that the list gives with the same parameters, one a line, with a column for each variable. `columns` names those to be shown, with commas between; where it is there and empty, none is. For people: what `state`, `reason` and `cause` mean is said in words, blocks are called as the results page calls them, times are those of the business's clock, which the head names, and ids come last. The words are of `locale`, or of the caller's language; in Russian cells are parted by semicolons and numbers have a comma, as spreadsheets there expect. With `form=codes` for programs: a column for each field of the list, in its words, with times in UTC.
    #[oai(path = "/bots/:id/runs.csv", method = "get")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the address")]
    async fn csv(
        &self,
        caller: BusinessCaller,
        id: Path<BotId>,
        state: Query<Option<RunState>>,
        reason: Query<Option<RunEnd>>,
        version: Query<Option<u32>>,
        outcome: Query<Option<String>>,
        block: Query<Option<String>>,
        search: Query<Option<String>>,
        from: Query<Option<String>>,
        to: Query<Option<String>>,
        columns: Query<Option<String>>,
        form: Query<Option<RunsForm>>,
        locale: Query<Option<Locale>>,
    ) -> Result<Csv, Problem> {
        let wanted = Wanted {
            state: state.0,
            reason: reason.0,
            version: version.0,
            outcome: outcome.0,
            block: block.0,
            search: search.0,
            days: Days::read(from.0.as_deref(), to.0.as_deref())?,
        };
        let export = self.export(&caller, id.0, wanted, columns.0.as_deref())?.speaking(form.0, locale.0);
        let name = format!("runs-{}.csv", id.0);
        Ok(Csv { name, body: Body::from_bytes_stream(pieces(export)) })
    }

    /// Exports runs as a spreadsheet for Excel.
    ///
    /// The runs that the list gives with the same parameters, one a line, with a column for each variable. `columns` names those to be shown, with commas between; where it is there and empty, none is. For people: what `state`, `reason` and `cause` mean is said in words of `locale`, or of the caller's language, blocks are called as the results page calls them, and ids come last. With `form=codes` for programs: a column for each field of the list, in its words. Times are those of the business's clock.
    #[oai(path = "/bots/:id/runs.xlsx", method = "get")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the address")]
    async fn xlsx(
        &self,
        caller: BusinessCaller,
        id: Path<BotId>,
        state: Query<Option<RunState>>,
        reason: Query<Option<RunEnd>>,
        version: Query<Option<u32>>,
        outcome: Query<Option<String>>,
        block: Query<Option<String>>,
        search: Query<Option<String>>,
        from: Query<Option<String>>,
        to: Query<Option<String>>,
        columns: Query<Option<String>>,
        form: Query<Option<RunsForm>>,
        locale: Query<Option<Locale>>,
    ) -> Result<Xlsx, Problem> {
        let wanted = Wanted {
            state: state.0,
            reason: reason.0,
            version: version.0,
            outcome: outcome.0,
            block: block.0,
            search: search.0,
            days: Days::read(from.0.as_deref(), to.0.as_deref())?,
        };
        let export = self.export(&caller, id.0, wanted, columns.0.as_deref())?.speaking(form.0, locale.0);
        let name = format!("runs-{}.xlsx", id.0);
        let made = tokio::task::spawn_blocking(move || export.xlsx()).await;
        let made = made.map_err(|error| Problem::internal(&error))?;
        Ok(Xlsx { name, body: Body::from_vec(made.map_err(|error| Problem::internal(&error))?) })
    }

    /// Lists conversations as scripts, to be played to another version of a bot's flow.
    ///
    /// The newest first: what began each, what the customer did and when, what services answered, and what was said. A
    /// conversation is a run with those that took its place or were begun by what it wrote to the customer's record, of
    /// whichever bot. Listed are those of this bot; with `others` those in which other bots talked and this one had no
    /// run: another version of it might have. Of conversations that began from `from` to `to`, days of the business's
    /// calendar, both included. What is not known of one is said with it. What began no run is not on record: a message
    /// that no bot answered, and a tag, a field, a schedule or a call over this API that no bot waited for or whose customer
    /// could not be spoken to.
    #[oai(path = "/bots/:id/scripts", method = "get")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the address")]
    async fn scripts(
        &self,
        caller: BusinessCaller,
        list: List,
        id: Path<BotId>,
        version: Query<Option<u32>>,
        others: Query<Option<bool>>,
        from: Query<Option<String>>,
        to: Query<Option<String>>,
        limit: Query<Option<u32>>,
        cursor: Query<Option<String>>,
    ) -> Result<Json<Page<RunScript>>, Problem> {
        let page = Paging::read::<RunId>(list, limit.0, cursor.0.as_deref())?;
        let (zone, now) = (self.runtime(&caller)?.time_zone(), self.inbox.now());
        let days = Days::read(from.0.as_deref(), to.0.as_deref())?;
        let (from, to) = days.instants(&zone);
        let others = others.0.unwrap_or_default();
        let filter = Filter { version: version.0, from, to, ..Filter::default() };
        let view = caller.business.store.view()?;
        let bot = bots::get(&view, id.0)?.ok_or_else(|| Problem::not_found("bot"))?;
        let read = move || {
            let (before, limit) = (page.after, page.limit());
            let asked = results::AskedScripts { bot: &bot, others, filter, before, limit };
            results::scripts(&view, &asked, &zone, now)
        };
        let (items, next) = apart(read).await?;
        Ok(Json(Page { items, next: next.map(|id| page.cursor(&id)) }))
    }

    /// Reads a run from its beginning: each step with its time, and what was said in between.
    #[oai(path = "/bots/:id/runs/:run", method = "get")]
    async fn transcript(
        &self,
        caller: BusinessCaller,
        id: Path<BotId>,
        run: Path<RunId>,
    ) -> Result<Json<RunTranscript>, Problem> {
        let view = caller.business.store.view()?;
        let found = results::find(&view, id.0, run.0)?.ok_or_else(|| Problem::not_found("run"))?;
        Ok(Json(results::transcript(&view, id.0, &found)?))
    }

    /// Switches a bot on or off.
    ///
    /// Switched off it begins no conversation; those under way go on. One of which the customer has not been sent a word yet
    /// has not begun for them either: it ends, what is queued of it is not sent, and who wrote waits for a person.
    #[oai(path = "/bots/:id", method = "patch")]
    async fn update(
        &self,
        caller: BusinessCaller,
        id: Path<BotId>,
        update: Json<UpdateBot>,
    ) -> Result<Json<Bot>, Problem> {
        let (id, now, actor) = (id.0, self.inbox.now(), caller.actor());
        let runtime = self.runtime(&caller)?;
        let write = move |tx: &mut Tx<'_>| {
            let withdrawn = match update.0.enabled {
                Some(enabled) => switch(tx, id, enabled, &actor, now)?,
                None => Withdrawn::new(),
            };
            let Some(bot) = bots::get(tx, id)? else { return Ok(None) };
            let running = bots::running(tx)?.get(&id).copied().unwrap_or_default();
            Ok::<_, StoreError>(Some((bot.wire(running), withdrawn)))
        };
        let answer = caller.business.store.write(write).await?;
        let (bot, withdrawn) = answer.ok_or_else(|| Problem::not_found("bot"))?;
        runtime.let_go(withdrawn);
        Ok(Json(bot))
    }

    /// Deletes a bot with its draft.
    ///
    /// It begins no conversation any more, and those under way end: what it had queued is not sent.
    #[oai(path = "/bots/:id", method = "delete")]
    async fn delete(&self, caller: BusinessCaller, id: Path<BotId>) -> Result<NoContent, Problem> {
        let (id, now, actor) = (id.0, self.inbox.now(), caller.actor());
        let runtime = self.runtime(&caller)?;
        let write = move |tx: &mut Tx<'_>| act::delete(tx, id, &actor, now);
        runtime.let_go(caller.business.store.write(write).await?);
        Ok(NoContent)
    }

    /// Ends a run that goes on.
    ///
    /// The bot says nothing more, not even what it had queued; the customer's next message may begin a flow anew. What the run knew stays in its
    /// result.
    #[oai(path = "/bots/:id/runs/:run/reset", method = "post")]
    async fn reset(
        &self,
        caller: BusinessCaller,
        id: Path<BotId>,
        run: Path<RunId>,
    ) -> Result<Json<BotRun>, Problem> {
        let (bot, run, actor, now) = (id.0, run.0, caller.actor(), self.inbox.now());
        let runtime = self.runtime(&caller)?;
        let write = move |tx: &mut Tx<'_>| act::reset(tx, bot, run, &actor, now);
        runtime.let_go(caller.business.store.write(write).await?);
        read(&caller, bot, run)
    }

    /// Moves a run that goes on to a block.
    ///
    /// It goes on there as if it had come there by itself: the block says what it says. Not while a person has the
    /// conversation, nor outside the 24-hour window.
    #[oai(path = "/bots/:id/runs/:run/move", method = "post")]
    async fn move_to(
        &self,
        caller: BusinessCaller,
        id: Path<BotId>,
        run: Path<RunId>,
        to: Json<MoveRun>,
    ) -> Result<Json<BotRun>, Problem> {
        let runtime = self.runtime(&caller)?;
        let context = runtime.context(&self.inbox)?;
        let (bot, run, to, actor) = (id.0, run.0, to.0, caller.actor());
        let write = move |tx: &mut Tx<'_>| act::move_to(tx, &context, bot, run, &to, &actor);
        let led = caller.business.store.write(write).await?;
        runtime.follow(&self.inbox, led);
        read(&caller, bot, run)
    }
}

impl RunsApi {
    fn runtime(&self, caller: &BusinessCaller) -> Result<Arc<Runtime>, StoreError> {
        self.inbox.runtime(caller.business.id)
    }

    fn export(
        &self,
        caller: &BusinessCaller,
        bot: BotId,
        wanted: Wanted,
        columns: Option<&str>,
    ) -> Result<Export, Problem> {
        let zone = self.runtime(caller)?.time_zone();
        let view = caller.business.store.view()?;
        known(&view, bot)?;
        let columns = columns.map(|columns| {
            let names = columns.split(',').map(str::trim).filter(|name| !name.is_empty());
            names.map(ToOwned::to_owned).collect::<Vec<_>>()
        });
        let filter = wanted.filter(&zone);
        let form = RunsForm::default();
        let export = Export { view, bot, filter, columns, zone, form, locale: caller.locale };
        let known = export.known().map_err(|error| Problem::internal(&error))?;
        let unknown = export.columns.iter().flatten().find(|name| !known.contains(*name));
        if let Some(name) = unknown {
            let allowed: Vec<_> = known.iter().take(SHOWN).map(String::as_str).collect();
            let more = if known.len() > SHOWN { ", …" } else { "" };
            let must = format!("no run of this bot has `{name}`; allowed: {}{more}", allowed.join(", "));
            return Err(Problem::invalid_field("columns", must));
        }
        Ok(export)
    }
}

/// So many names are told to whoever asks for one that is not among them.
const SHOWN: usize = 100;

fn read(caller: &BusinessCaller, bot: BotId, run: RunId) -> Result<Json<BotRun>, Problem> {
    let found = results::find(&caller.business.store.view()?, bot, run)?;
    found.map(|found| Json(results::wire(bot, &found))).ok_or_else(|| Problem::not_found("run"))
}

fn known(view: &View, bot: BotId) -> Result<(), Problem> {
    bots::get(view, bot)?.map(drop).ok_or_else(|| Problem::not_found("bot"))
}

/// What is asked for, as it stands in the address.
struct Wanted {
    state: Option<RunState>,
    reason: Option<RunEnd>,
    version: Option<u32>,
    outcome: Option<String>,
    block: Option<String>,
    search: Option<String>,
    days: Days,
}

impl Wanted {
    fn filter(self, zone: &TimeZone) -> Filter {
        let (from, to) = self.days.instants(zone);
        Filter {
            state: self.state,
            version: self.version,
            reason: self.reason,
            outcome: self.outcome,
            block: self.block,
            search: self.search.unwrap_or_default().trim().to_lowercase(),
            from,
            to,
        }
    }
}

/// The pieces of a table, made as they are read. One that cannot be made cuts the answer off, which its reader sees.
fn pieces(export: Export) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let (give, take) = tokio::sync::mpsc::channel(4);
    tokio::task::spawn_blocking(move || {
        let write = |piece| give.blocking_send(Ok(piece)).map_err(|_| ExportError::Gone);
        match export.csv(write) {
            Ok(()) | Err(ExportError::Gone) => {}
            Err(error) => {
                tracing::error!(%error, "an export broke off");
                // Whoever reads it may be gone; then nobody needs to know.
                let _ = give.blocking_send(Err(io::Error::other(error)));
            }
        }
    });
    futures_util::stream::unfold(take, |mut take| async { take.recv().await.map(|piece| (piece, take)) })
}

/// The days that are asked for, both included.
#[derive(Debug, Clone, Copy)]
struct Days {
    from: Option<Date>,
    to: Option<Date>,
}

impl Days {
    fn read(from: Option<&str>, to: Option<&str>) -> Result<Self, Problem> {
        let date = |name: &str, text: Option<&str>| {
            text.filter(|text| !text.is_empty())
                .map(str::parse)
                .transpose()
                .map_err(|_| Problem::invalid_field(name, "must be a day such as 2026-11-22"))
        };
        Ok(Self { from: date("from", from)?, to: date("to", to)? })
    }

    /// In days since 1970.
    fn numbers(self) -> (u32, u32) {
        // Of the calendar alone: the last days that it has are no instants any more.
        let number = |date: Date| {
            let hours = date.duration_since(Date::constant(1970, 1, 1)).as_hours();
            u32::try_from(hours.div_euclid(24)).unwrap_or_default()
        };
        (self.from.map_or(0, number), self.to.map_or(u32::MAX, number))
    }

    /// From the first instant to that after the last.
    fn instants(self, zone: &TimeZone) -> (Option<Time>, Option<Time>) {
        let start = |date: Date| date.to_zoned(zone.clone()).ok().map(|zoned| Time::from(zoned.timestamp()));
        // After the last day that there is comes nothing, and from it on there is nothing.
        let never = Time::from(Timestamp::MAX);
        let from = self.from.map(|from| start(from).unwrap_or(never));
        (from, self.to.and_then(|to| to.tomorrow().ok()).and_then(start))
    }
}

impl From<ActError> for Problem {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Store(error) => error.into(),
            ActError::NoRun => Self::not_found("run"),
            ActError::NoVersion => Self::not_found("version"),
            ActError::Over => Self::conflict("The run is over: the customer's next message begins another."),
            ActError::NoBlock => Self::invalid_field("/block", "is not in this version of the flow"),
            ActError::Person => {
                Self::conflict("A person has the conversation. Give it back to the bot first.")
            }
            ActError::WindowClosed(closed) => Self::of(kinds::WINDOW_CLOSED).detail(closed.to_string()),
        }
    }
}
