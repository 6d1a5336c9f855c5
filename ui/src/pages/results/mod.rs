//! What came of a bot's flow: its numbers, the funnel, customers' runs, and one run step by step.

mod elsewhere;
mod numbers;
mod run;
mod view;
mod words;

use beseda_wire::bots::{Bot, BotVersion, Draft};
use beseda_wire::ids::{BotId, RunId};
use beseda_wire::page::Page;
use beseda_wire::results::{BotRun, BotStats, MoveRun, RunState, RunTranscript};
use beseda_wire::time::Time;
use serde_json::Value;

use self::words::Blocks;
use super::Load;
use super::bots::file_name;
use crate::api::{self, Failure, RunQuery};
use crate::app::Told;
use crate::effect::{Effect, Effects};
use crate::kit::search::SEARCH;
use crate::router::{ResultsLook, Route};
use crate::{Node, i18n, t};

/// Runs of one page.
const PAGE: u32 = 50;
/// Milliseconds in which what happens is asked for together: a busy number has many messages a second.
const TOGETHER: u32 = 1_000;
/// Columns that are shown before anybody chooses.
const COLUMNS: usize = 4;

#[expect(clippy::struct_excessive_bools, reason = "each says something of its own")]
#[derive(Debug, Default)]
pub struct Model {
    bot: Option<BotId>,
    look: ResultsLook,
    stats: Load<Box<BotStats>>,
    /// The funnel as a table, with every block.
    as_table: bool,
    rows: Load<Vec<BotRun>>,
    next: Option<String>,
    loading_more: bool,
    /// Tells the answer of the newest question from those of older ones.
    asked: u32,
    /// The variables that people chose to see; `None` before they did.
    columns: Option<Vec<String>>,
    columns_shown: bool,
    /// What the bot and its blocks are called, once the flow is read.
    name: Option<String>,
    blocks: Blocks,
    /// The numbers of its versions, the newest first.
    versions: Vec<u32>,
    open: Option<RunId>,
    transcript: Load<Box<RunTranscript>>,
    dialog: Dialog,
    busy: bool,
    /// Somebody wrote: what is shown is asked for again in a moment.
    is_due: bool,
    now: Option<Time>,
}

/// What lies above everything.
#[derive(Debug, Clone, PartialEq, Default)]
enum Dialog {
    #[default]
    None,
    Reset,
    /// To the block with this id.
    Move(String),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Stats(u32, Result<Box<BotStats>, Failure>),
    Listed(u32, bool, Result<Page<BotRun>, Failure>),
    /// What happened meanwhile is asked for, and comes.
    Due,
    FreshStats(u32, Result<Box<BotStats>, Failure>),
    FreshRuns(u32, Result<Page<BotRun>, Failure>),
    Flow(BotId, Result<Box<Draft>, Failure>),
    Versions(BotId, Result<Page<BotVersion>, Failure>),
    /// Bots whose flows a run goes through, and the flow of one by its id, with the bot's name.
    Bots(BotId, Result<Page<Bot>, Failure>),
    Elsewhere(BotId, String, String, Result<Box<Draft>, Failure>),
    Search(String),
    SearchDue(u32),
    Version(String),
    Days(String),
    More,
    Again,
    AsTable(bool),
    ShowColumns,
    Column(String),
    /// All of them, or none.
    Columns(bool),
    Save(&'static str),
    Transcript(RunId, Result<Box<RunTranscript>, Failure>),
    AskReset,
    AskMove,
    MoveTo(String),
    /// What the dialog asks is meant.
    Do,
    Reset(RunId, Result<Box<BotRun>, Failure>),
    Moved(RunId, Result<Box<BotRun>, Failure>),
    Close,
}

impl Model {
    pub fn open(&mut self, bot: BotId, look: &ResultsLook, run: Option<RunId>, now: Time) -> Effects {
        self.now = Some(now);
        let mut effects = vec![];
        if self.bot != Some(bot) {
            *self = Self { bot: Some(bot), now: Some(now), asked: self.asked, ..Self::default() };
            effects.push(api::draft(bot).then(move |answer| Msg::Flow(bot, answer.map(Box::new))));
            effects.push(api::versions(bot).then(move |answer| Msg::Versions(bot, answer)));
        }
        if self.look != *look || self.stats == Load::Not || matches!(self.rows, Load::Failed(_)) {
            if self.look.search != look.search {
                effects.push(Effect::SetValue(SEARCH.to_owned(), look.search.clone()));
            }
            self.look = look.clone();
            effects.extend(self.ask());
        }
        if self.open != run {
            let before = std::mem::replace(&mut self.open, run);
            self.transcript = Load::Not;
            effects.extend(self.ask_run());
            // Closed, the focus goes back to the row that was open.
            effects.extend(match (run, before) {
                (Some(_), _) => Some(Effect::Focus(run::PANEL.to_owned())),
                (None, Some(before)) => Some(Effect::Focus(row_id(before))),
                (None, None) => None,
            });
        }
        effects
    }

    /// Asks for the numbers and the first page; what is shown stays until the answers come.
    fn ask(&mut self) -> Effects {
        let Some(bot) = self.bot else { return vec![] };
        self.asked += 1;
        let asked = self.asked;
        self.stats.begin();
        self.rows.begin();
        self.loading_more = false;
        vec![
            api::bot_stats(bot, self.look.version, self.query().from)
                .then(move |answer| Msg::Stats(asked, answer.map(Box::new))),
            api::bot_runs(bot, &self.query(), PAGE, None)
                .then(move |answer| Msg::Listed(asked, false, answer)),
        ]
    }

    /// Something was said somewhere: perhaps by a run that is on the screen.
    pub fn somebody_wrote(&mut self) -> Option<Effect> {
        (!std::mem::replace(&mut self.is_due, true)).then(|| Effect::After(TOGETHER, Msg::Due.into()))
    }

    /// Asks for what happened meanwhile. Where nothing comes, what is shown stays.
    fn ask_fresh(&mut self) -> Effects {
        self.is_due = false;
        let Some(bot) = self.bot else { return vec![] };
        let asked = self.asked;
        let mut effects = vec![
            api::bot_stats(bot, self.look.version, self.query().from)
                .then(move |answer| Msg::FreshStats(asked, answer.map(Box::new))),
            api::bot_runs(bot, &self.query(), PAGE, None).then(move |answer| Msg::FreshRuns(asked, answer)),
        ];
        effects.extend(self.ask_run().filter(|_| self.is_live()));
        effects
    }

    /// Puts the newest page in the place of what was there; older rows, which were asked for, stay.
    fn freshen(&mut self, page: Page<BotRun>) {
        let Some(rows) = self.rows.ready_mut() else { return };
        let oldest = page.items.last().filter(|_| page.next.is_some()).map(|run| run.id);
        rows.retain(|run| oldest.is_some_and(|oldest| run.id < oldest));
        if rows.is_empty() {
            self.next = page.next;
        }
        rows.splice(0..0, page.items);
    }

    fn ask_run(&mut self) -> Option<Effect> {
        let (bot, run) = (self.bot?, self.open?);
        self.transcript.begin();
        Some(api::bot_run(bot, run).then(move |answer| Msg::Transcript(run, answer.map(Box::new))))
    }

    fn ask_more(&mut self) -> Option<Effect> {
        let (bot, cursor) = (self.bot?, self.next.clone()?);
        if std::mem::replace(&mut self.loading_more, true) {
            return None;
        }
        let asked = self.asked;
        let more = api::bot_runs(bot, &self.query(), PAGE, Some(cursor));
        Some(more.then(move |answer| Msg::Listed(asked, true, answer)))
    }

    fn query(&self) -> RunQuery {
        let begin = self.look.days.zip(self.now);
        let begin = begin.map(|(days, now)| now.plus_seconds(-86_400 * i64::from(days.saturating_sub(1))));
        RunQuery {
            state: self.look.state,
            version: self.look.version,
            search: Some(self.look.search.trim().to_owned()).filter(|search| !search.is_empty()),
            // The day of an instant in RFC 3339.
            from: begin.map(|begin| begin.to_string().chars().take(10).collect()),
        }
    }

    /// The run beside one in the table, or the first.
    pub fn neighbour(&self, of: Option<RunId>, by: i32) -> Option<RunId> {
        let rows = self.rows.ready()?;
        let at = of.and_then(|id| rows.iter().position(|run| run.id == id));
        let last = rows.len().checked_sub(1)?;
        let next = at.map_or(0, |at| at.saturating_add_signed(by as isize).min(last));
        (Some(next) != at).then(|| rows[next].id)
    }

    /// The address with what is looked for, and this run open.
    pub fn route(&self, run: Option<RunId>) -> Route {
        match self.bot {
            Some(bot) => Route::Results { bot, look: self.look.clone(), run },
            None => Route::Bots,
        }
    }

    /// Looks for something else. The address leads; it comes back as `open`.
    fn look(&self, change: impl FnOnce(&mut ResultsLook)) -> Effects {
        let Some(bot) = self.bot else { return vec![] };
        let mut look = self.look.clone();
        change(&mut look);
        vec![Effect::After(0, crate::Msg::GoQuietly(Route::Results { bot, look, run: self.open }))]
    }

    pub fn update(&mut self, msg: Msg, told: &mut Vec<Told>) -> Effects {
        match msg {
            Msg::Stats(asked, answer) if asked == self.asked => {
                self.stats.answer(answer);
                return self.ask_elsewhere();
            }
            Msg::Listed(asked, more, answer) if asked == self.asked => {
                return self.listed(more, answer, told);
            }
            Msg::Due => return self.ask_fresh(),
            Msg::FreshStats(asked, Ok(stats)) if asked == self.asked => self.stats = Load::Ready(stats),
            Msg::FreshRuns(asked, Ok(page)) if asked == self.asked => self.freshen(page),
            Msg::Flow(bot, Ok(draft)) if self.bot == Some(bot) => {
                self.name = draft.flow.get("name").and_then(Value::as_str).map(str::to_owned);
                self.blocks.put(Blocks::of(&draft.flow));
            }
            Msg::Versions(bot, Ok(page)) if self.bot == Some(bot) => {
                self.versions = page.items.iter().map(|version| version.number).collect();
                self.versions.sort_unstable_by(|one, other| other.cmp(one));
            }
            Msg::Search(text) => {
                self.asked += 1;
                self.look.search = text;
                return vec![Effect::After(250, Msg::SearchDue(self.asked).into())];
            }
            Msg::SearchDue(asked) if asked == self.asked => {
                let mut effects = self.ask();
                // The address follows what is typed, without a step back for each letter.
                effects.extend(self.look(|_| {}));
                return effects;
            }
            Msg::Version(text) => return self.look(|look| look.version = text.parse().ok()),
            Msg::Days(text) => return self.look(|look| look.days = text.parse().ok()),
            Msg::More => return self.ask_more().into_iter().collect(),
            Msg::Again => return self.ask(),
            Msg::AsTable(as_table) => self.as_table = as_table,
            Msg::ShowColumns => self.columns_shown = !self.columns_shown,
            Msg::Column(name) => {
                let mut columns = self.shown_columns();
                match columns.iter().position(|known| *known == name) {
                    Some(at) => drop(columns.remove(at)),
                    None => columns.push(name),
                }
                self.columns = Some(columns);
            }
            Msg::Columns(all) => self.columns = Some(if all { self.all_columns() } else { vec![] }),
            Msg::Save(kind) => {
                let Some(bot) = self.bot else { return vec![] };
                // Before anybody chooses the file holds all; afterwards what is ticked, and be it nothing.
                let columns = self.columns.as_ref().map(|columns| columns.join(","));
                let path = api::runs_file(bot, kind, &self.query(), columns, i18n::current());
                let name = file_name(self.name.as_deref().unwrap_or_default(), kind);
                return vec![Effect::SaveMedia { sha256: path, name }];
            }
            Msg::Transcript(run, answer) if self.open == Some(run) => {
                self.transcript.answer(answer);
                return self.ask_elsewhere();
            }
            Msg::Bots(bot, Ok(page)) if self.bot == Some(bot) => return self.elsewhere(&page),
            Msg::Elsewhere(bot, flow, name, Ok(draft)) if self.bot == Some(bot) => {
                self.blocks.put_elsewhere(flow, name, Blocks::of(&draft.flow));
            }
            Msg::AskReset => {
                self.dialog = Dialog::Reset;
                return vec![Effect::Focus("run-dialog-cancel".to_owned())];
            }
            Msg::AskMove => {
                let run = self.transcript.ready().map(|told| &told.run);
                let stands = run.and_then(|run| run.block.clone());
                self.dialog = Dialog::Move(stands.unwrap_or_default());
                return vec![Effect::Focus("run-move-to".to_owned())];
            }
            Msg::MoveTo(block) => self.dialog = Dialog::Move(block),
            Msg::Do => return self.act(),
            Msg::Reset(run, answer) => return self.acted(run, t!("run-reset-done"), answer, told),
            // What the block said is sent: a way back would have to say something more.
            Msg::Moved(run, answer) => return self.acted(run, t!("run-moved"), answer, told),
            Msg::Close => {
                self.dialog = Dialog::None;
                return vec![Effect::Refocus];
            }
            // Answers to older questions; without the flow the blocks are called by their ids.
            Msg::Stats(..)
            | Msg::Listed(..)
            | Msg::FreshStats(..)
            | Msg::FreshRuns(..)
            | Msg::Flow(..)
            | Msg::Bots(..)
            | Msg::Elsewhere(..)
            | Msg::SearchDue(_)
            | Msg::Transcript(..)
            | Msg::Versions(..) => {}
        }
        vec![]
    }

    fn listed(&mut self, more: bool, answer: Result<Page<BotRun>, Failure>, told: &mut Vec<Told>) -> Effects {
        self.loading_more = false;
        match answer {
            Ok(page) => {
                self.next = page.next;
                match self.rows.ready_mut().filter(|_| more) {
                    Some(rows) => rows.extend(page.items),
                    None => self.rows = Load::Ready(page.items),
                }
                // A rare word is looked for in steps.
                let few = self.rows.ready().is_some_and(|rows| rows.len() < 10);
                if few {
                    return self.ask_more().into_iter().collect();
                }
            }
            Err(failure) if more => told.push(Told::failure(&failure)),
            Err(failure) => self.rows = Load::Failed(failure),
        }
        vec![]
    }

    fn act(&mut self) -> Effects {
        let (Some(bot), Some(run)) = (self.bot, self.open) else { return vec![] };
        if self.busy {
            return vec![];
        }
        match std::mem::take(&mut self.dialog) {
            Dialog::None => vec![],
            Dialog::Reset => {
                self.busy = true;
                let then = move |answer: Result<BotRun, Failure>| Msg::Reset(run, answer.map(Box::new));
                vec![Effect::Refocus, api::reset_run(bot, run).then(then)]
            }
            Dialog::Move(block) => {
                self.busy = true;
                let call = api::move_run(bot, run, &MoveRun { block, version: None });
                let moved = call.then(move |answer| Msg::Moved(run, answer.map(Box::new)));
                vec![moved, Effect::Refocus]
            }
        }
    }

    fn acted(
        &mut self,
        id: RunId,
        words: String,
        answer: Result<Box<BotRun>, Failure>,
        told: &mut Vec<Told>,
    ) -> Effects {
        self.busy = false;
        match answer {
            Ok(run) => {
                told.push(Told::words(words));
                let rows = self.rows.ready_mut().into_iter().flatten();
                if let Some(row) = rows.into_iter().find(|row| row.id == id) {
                    *row = *run;
                }
            }
            Err(failure) => told.push(Told::failure(&failure)),
        }
        let shown = (self.open == Some(id)).then(|| self.ask_run()).flatten();
        shown.into_iter().collect()
    }

    /// Every variable: those of the flow in its order, whatever runs are on the screen, and then what else those hold.
    fn all_columns(&self) -> Vec<String> {
        let mut names = std::collections::BTreeSet::new();
        for run in self.rows.ready().into_iter().flatten() {
            names.extend(run.variables.as_object().into_iter().flat_map(|known| known.keys().cloned()));
        }
        let flow = self.blocks.variables();
        names.retain(|name| !flow.contains(name));
        flow.iter().cloned().chain(names).collect()
    }

    fn shown_columns(&self) -> Vec<String> {
        self.columns.clone().unwrap_or_else(|| {
            // What started the flow says little of what came of it.
            let asked = self.all_columns().into_iter().filter(|name| !words::GIVEN.contains(&name.as_str()));
            asked.take(COLUMNS).collect()
        })
    }

    /// What lies above everything, if anything does.
    pub fn dialog(&self) -> Option<Node> {
        self.overlay()
    }

    /// Closes it; says whether there was anything.
    pub fn escape(&mut self) -> bool {
        std::mem::take(&mut self.dialog) != Dialog::None
    }

    /// Whether a run of the open transcript goes on.
    fn is_live(&self) -> bool {
        self.transcript.ready().is_some_and(|told| told.run.state == RunState::Live)
    }
}

/// The id of a run's link in the table.
pub fn row_id(run: RunId) -> String {
    format!("run-{run}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::read;

    const ID: &str = "01990000-0000-7000-8000-000000000001";

    fn run(state: &str) -> String {
        format!(
            r#"{{"id":"{ID}","bot_id":"{ID}","version":1,"customer_id":"{ID}","customer_name":"Tom",
                "conversation_id":"{ID}","number_id":"{ID}","state":"{state}","block":"age","waits_for":"answer",
                "started_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z",
                "variables":{{"age":33,"message":"hi","who":"Tom"}}}}"#
        )
    }

    fn opened() -> Model {
        let mut model = Model::default();
        let now = "2026-01-31T12:00:00Z".parse().unwrap();
        model.open(ID.parse().unwrap(), &ResultsLook::default(), Some(ID.parse().unwrap()), now);
        let page = format!(r#"{{"items":[{}]}}"#, run("live"));
        model.update(Msg::Listed(model.asked, false, Ok(serde_json::from_str(&page).unwrap())), &mut vec![]);
        let draft =
            r#"{"flow":{"name":"Form"},"revision":1,"updated_at":"2026-01-01T00:00:00Z","author":"Anna"}"#;
        model.update(Msg::Flow(ID.parse().unwrap(), Ok(serde_json::from_str(draft).unwrap())), &mut vec![]);
        let told = format!(r#"{{"run":{},"lines":[]}}"#, run("live"));
        let told = serde_json::from_str(&told).unwrap();
        model.update(Msg::Transcript(ID.parse().unwrap(), Ok(told)), &mut vec![]);
        model
    }

    fn results(msg: crate::Msg) -> Msg {
        let crate::Msg::Results(msg) = msg else { panic!("not for this page") };
        msg
    }

    #[test]
    fn the_address_says_what_is_asked() {
        let mut model = opened();
        let look = ResultsLook { state: Some(RunState::Live), days: Some(30), ..ResultsLook::default() };
        let now = "2026-01-31T12:00:00Z".parse().unwrap();
        let lines = read::lines(&model.open(ID.parse().unwrap(), &look, Some(ID.parse().unwrap()), now));
        assert_eq!(
            lines,
            [
                format!("Call(GET /bots/{ID}/stats?from=2026-01-02)"),
                format!("Call(GET /bots/{ID}/runs?state=live&from=2026-01-02&limit=50)"),
            ]
        );
        let lines = read::lines(&model.update(Msg::Save("csv"), &mut vec![]));
        assert_eq!(
            lines,
            [format!("SaveMedia(/bots/{ID}/runs.csv?state=live&from=2026-01-02&locale=en, Form.csv)")]
        );
    }

    #[test]
    fn answers_to_older_questions_change_nothing() {
        let mut model = opened();
        let old = model.asked;
        model.update(Msg::Search("x".into()), &mut vec![]);
        model.update(Msg::Listed(old, false, Ok(Page { items: vec![], next: None })), &mut vec![]);
        assert_eq!(model.rows.ready().map(Vec::len), Some(1));
    }

    #[test]
    fn what_happens_meanwhile_is_asked_for_once_and_older_rows_stay() {
        let mut model = opened();
        assert!(model.somebody_wrote().is_some());
        assert!(model.somebody_wrote().is_none());
        let lines = read::lines(&model.update(Msg::Due, &mut vec![]));
        assert_eq!(
            lines,
            [
                format!("Call(GET /bots/{ID}/stats)"),
                format!("Call(GET /bots/{ID}/runs?limit=50)"),
                format!("Call(GET /bots/{ID}/runs/{ID})"),
            ]
        );
        assert!(model.somebody_wrote().is_some(), "what comes after it is asked for again");
        // A page that is not the last leaves what is older than it; the last takes the place of all.
        let newer = "01990000-0000-7000-8000-000000000002";
        let page = |next: &str| {
            let page = format!(r#"{{"items":[{}]{next}}}"#, run("ended").replacen(ID, newer, 1));
            serde_json::from_str::<Page<BotRun>>(&page).unwrap()
        };
        let asked = model.asked;
        model.update(Msg::FreshRuns(asked, Ok(page(r#","next":"x""#))), &mut vec![]);
        let ids: Vec<String> = model.rows.ready().unwrap().iter().map(|run| run.id.to_string()).collect();
        assert_eq!(ids, [newer, ID]);
        model.update(Msg::FreshRuns(asked, Err(Failure::Offline)), &mut vec![]);
        assert_eq!(model.rows.ready().map(Vec::len), Some(2));
        model.update(Msg::FreshRuns(asked, Ok(page(""))), &mut vec![]);
        assert_eq!(model.rows.ready().map(Vec::len), Some(1));
    }

    #[test]
    fn the_panel_of_a_run_takes_the_focus_and_gives_it_back() {
        let mut model = opened();
        let bot = model.bot.unwrap();
        let look = model.look.clone();
        let lines = read::lines(&model.open(bot, &look, None, Time::from_millis(0)));
        assert_eq!(lines, [format!("Focus(run-{ID})")]);
        let lines = read::lines(&model.open(bot, &look, ID.parse().ok(), Time::from_millis(0)));
        assert_eq!(lines.last().map(String::as_str), Some("Focus(run-panel)"));
        assert!(model.open(bot, &look, ID.parse().ok(), Time::from_millis(0)).is_empty());
    }

    #[test]
    fn columns_are_chosen_and_go_into_the_file() {
        let mut model = opened();
        assert_eq!(model.shown_columns(), ["age", "who"]);
        model.update(Msg::Column("age".into()), &mut vec![]);
        model.update(Msg::Column("message".into()), &mut vec![]);
        assert_eq!(model.shown_columns(), ["who", "message"]);
        let lines = read::lines(&model.update(Msg::Save("xlsx"), &mut vec![]));
        assert!(lines[0].contains("columns=who%2Cmessage"), "{lines:?}");
        model.update(Msg::Columns(false), &mut vec![]);
        assert!(model.shown_columns().is_empty());
        let lines = read::lines(&model.update(Msg::Save("csv"), &mut vec![]));
        assert_eq!(lines, [format!("SaveMedia(/bots/{ID}/runs.csv?columns=&locale=en, Form.csv)")]);
        model.update(Msg::Columns(true), &mut vec![]);
        assert_eq!(model.shown_columns(), ["age", "message", "who"]);
    }

    #[test]
    fn a_move_is_not_taken_back_and_an_end_is_asked_about() {
        let (mut model, mut told) = (opened(), vec![]);
        model.update(Msg::AskMove, &mut told);
        model.update(Msg::MoveTo("who".into()), &mut told);
        let mut effects = model.update(Msg::Do, &mut told);
        let answer = read::answer(&mut effects, &format!("POST /bots/{ID}/runs/{ID}/move"), Ok(&run("live")));
        model.update(results(answer), &mut told);
        // What the block said is sent already.
        assert_eq!(told.pop().unwrap().undo, None);
        model.update(Msg::AskReset, &mut told);
        assert!(model.escape(), "closed, nothing is done");
        model.update(Msg::AskReset, &mut told);
        let mut effects = model.update(Msg::Do, &mut told);
        assert!(model.update(Msg::Do, &mut told).is_empty(), "a second press asks nothing");
        let answer =
            read::answer(&mut effects, &format!("POST /bots/{ID}/runs/{ID}/reset"), Ok(&run("ended")));
        model.update(results(answer), &mut told);
        assert_eq!(model.rows.ready().unwrap()[0].state, RunState::Ended);
    }
}
