//! The journal: every webhook as it came and what became of it. It answers "why did this not arrive?".

mod json;
mod view;
mod words;

use beseda_wire::page::Page;
use beseda_wire::whatsapp::{JournalEntry, Number, Outcome};

use super::Load;
use crate::api::{self, Failure, JournalQuery};
use crate::app::Told;
use crate::effect::{Effect, Effects};
use crate::kit::event::Scroll;
use crate::kit::search::SEARCH;
use crate::kit::virtual_list::Window;
use crate::router::Route;
use crate::t;

/// Height of a row in pixels; `.webhook` in the style sheet has the same.
const ROW: usize = 56;
const PAGE: u32 = 60;

#[derive(Debug, Default)]
pub struct Model {
    outcome: Option<Outcome>,
    search: String,
    state: Load<()>,
    /// The newest first.
    rows: Vec<JournalEntry>,
    /// Came while nothing was to move: the pointer was over the list, or it was scrolled.
    held: Vec<JournalEntry>,
    hovered: bool,
    next: Option<String>,
    loading_more: bool,
    scroll: Scroll,
    /// Tells the answer of the newest question from those of older ones.
    asked: u32,
    open: Option<u64>,
    detail: Load<Box<JournalEntry>>,
    replay: Replay,
    /// For the names of numbers, and how many webhooks each refused.
    numbers: Vec<Number>,
}

/// How the replay of the open webhook stands.
#[derive(Debug, Default, PartialEq)]
enum Replay {
    #[default]
    Not,
    Going,
    Done(Outcome),
    Failed(Failure),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Search(String),
    SearchDue(u32),
    Listed(u32, bool, Result<Page<JournalEntry>, Failure>),
    Scrolled(Scroll),
    Hovered(bool),
    ShowHeld,
    Again,
    Detail(u64, Result<Box<JournalEntry>, Failure>),
    Replay,
    Replayed(u64, Result<Box<JournalEntry>, Failure>),
    Numbers(Result<Page<Number>, Failure>),
}

impl Model {
    pub fn open(&mut self, outcome: Option<Outcome>, search: &str, entry: Option<u64>) -> Effects {
        let mut effects = vec![];
        let other = self.outcome != outcome || self.search.trim() != search;
        if other {
            self.outcome = outcome;
            if self.search.trim() != search {
                search.clone_into(&mut self.search);
                effects.push(Effect::SetValue(SEARCH.to_owned(), self.search.clone()));
            }
            self.state = Load::Not;
        }
        if matches!(self.state, Load::Not | Load::Failed(_)) {
            effects.push(self.ask());
            effects.push(api::numbers().then(Msg::Numbers));
        }
        if self.open != entry {
            self.open = entry;
            self.detail = Load::Not;
            self.replay = Replay::Not;
            effects.extend(self.ask_detail());
        }
        effects
    }

    /// Another place is shown: a list that comes back begins at its top, as the browser has it.
    pub fn left(&mut self) {
        self.scroll = Scroll::default();
        self.hovered = false;
        self.settle();
    }

    /// More happened than was told.
    pub fn reload(&mut self) -> Effects {
        if self.state == Load::Not { vec![] } else { vec![self.ask()] }
    }

    /// The address with what is looked for now, once that was asked.
    pub fn searched(&self, msg: &Msg) -> Option<Route> {
        matches!(msg, Msg::SearchDue(asked) if *asked == self.asked).then(|| self.route(self.open))
    }

    /// Asks for the first page; what is shown stays until the answer comes.
    fn ask(&mut self) -> Effect {
        self.state.begin();
        self.ask_page(None)
    }

    fn ask_page(&mut self, cursor: Option<String>) -> Effect {
        self.asked += 1;
        let (asked, more) = (self.asked, cursor.is_some());
        let search = Some(self.search.trim().to_owned()).filter(|search| !search.is_empty());
        let query = JournalQuery { outcome: self.outcome, search, limit: PAGE, cursor };
        api::journal(&query).then(move |answer| Msg::Listed(asked, more, answer))
    }

    fn ask_detail(&mut self) -> Option<Effect> {
        let id = self.open?;
        self.detail.begin();
        Some(api::journal_entry(id).then(move |answer| Msg::Detail(id, answer.map(Box::new))))
    }

    pub fn update(&mut self, msg: Msg, told: &mut Vec<Told>) -> Effects {
        match msg {
            Msg::Search(search) => {
                self.search = search;
                self.asked += 1;
                // A pause in typing asks; each letter by itself would only keep the server busy.
                return vec![Effect::After(200, Msg::SearchDue(self.asked).into())];
            }
            Msg::SearchDue(asked) if asked == self.asked => {
                self.scroll = Scroll::default();
                return vec![self.ask_page(None), Effect::ScrollToTop("webhooks".to_owned())];
            }
            Msg::Listed(asked, more, answer) if asked == self.asked => {
                return self.listed(more, answer, told);
            }
            Msg::Scrolled(scroll) => {
                self.scroll = scroll;
                if scroll.above == 0 && !self.hovered {
                    self.settle();
                }
                return self.more().into_iter().collect();
            }
            Msg::Hovered(hovered) => {
                self.hovered = hovered;
                if !hovered && self.scroll.above == 0 {
                    self.settle();
                }
            }
            Msg::ShowHeld => {
                self.settle();
                self.scroll = Scroll::default();
                return vec![Effect::ScrollToTop("webhooks".to_owned())];
            }
            Msg::Again => return vec![self.ask(), api::numbers().then(Msg::Numbers)],
            Msg::Detail(id, answer) if self.open == Some(id) => self.detail.answer(answer),
            Msg::Replay if self.replay == Replay::Going => {}
            Msg::Replay => {
                let Some(id) = self.open else { return vec![] };
                self.replay = Replay::Going;
                return vec![api::replay(id).then(move |answer| Msg::Replayed(id, answer.map(Box::new)))];
            }
            Msg::Replayed(id, answer) => {
                let is_open = self.open == Some(id);
                match answer {
                    Ok(entry) => {
                        self.refresh(&entry);
                        if is_open {
                            self.replay = Replay::Done(entry.outcome);
                            self.detail = Load::Ready(entry);
                        }
                    }
                    Err(failure) if is_open => self.replay = Replay::Failed(failure),
                    Err(failure) => told.push(Told::failure(&failure)),
                }
            }
            Msg::Numbers(Ok(page)) => self.numbers = page.items,
            // Only names are missing then; the journal itself says what is wrong.
            Msg::Numbers(Err(_)) | Msg::SearchDue(_) | Msg::Listed(..) | Msg::Detail(..) => {}
        }
        vec![]
    }

    fn listed(
        &mut self,
        more: bool,
        answer: Result<Page<JournalEntry>, Failure>,
        told: &mut Vec<Told>,
    ) -> Effects {
        self.loading_more = false;
        match answer {
            Ok(page) => {
                if !more {
                    self.rows.clear();
                    self.held.clear();
                }
                self.next = page.next;
                let last = self.rows.last().map_or(u64::MAX, |row| row.id);
                self.rows.extend(page.items.into_iter().filter(|entry| entry.id < last));
                self.state = Load::Ready(());
                // A rare word is looked for in steps: the screen is filled before anybody scrolls.
                return self.more().into_iter().collect();
            }
            Err(failure) if more => told.push(Told::failure(&failure)),
            Err(failure) => self.state = Load::Failed(failure),
        }
        vec![]
    }

    fn more(&mut self) -> Option<Effect> {
        if self.loading_more || !self.window().is_near_end(self.rows.len()) {
            return None;
        }
        let cursor = self.next.clone()?;
        self.loading_more = true;
        Some(self.ask_page(Some(cursor)))
    }

    fn window(&self) -> Window {
        Window::of(self.scroll, ROW, self.rows.len())
    }

    /// Puts what was held back on top.
    fn settle(&mut self) {
        self.rows.append(&mut self.held);
        self.rows.sort_by_key(|entry| std::cmp::Reverse(entry.id));
        self.rows.dedup_by_key(|entry| entry.id);
    }

    /// A webhook was processed just now.
    pub fn live(&mut self, entry: JournalEntry) -> Effects {
        if self.state.ready().is_none() {
            return vec![];
        }
        if !self.refresh(&entry) && self.matches(&entry) {
            self.held.push(entry.clone());
            if !self.hovered && self.scroll.above == 0 {
                self.settle();
            }
        }
        match (&mut self.detail, self.open) {
            // Where it led is known only now, and only to whoever asks.
            (Load::Ready(detail), Some(id)) if id == entry.id && **detail != entry => {
                self.ask_detail().into_iter().collect()
            }
            _ => vec![],
        }
    }

    /// Changes a row in place, whether it still fits the filter or not: it must not vanish while it is read.
    fn refresh(&mut self, entry: &JournalEntry) -> bool {
        let known = self.rows.iter_mut().chain(&mut self.held).find(|known| known.id == entry.id);
        let found = known.is_some();
        if let Some(known) = known {
            known.clone_from(entry);
            known.body = None;
        }
        found
    }

    /// Whether the filter shows a new entry. Its body is not here, so that a search for letters in it finds what is new
    /// only when it is asked for.
    fn matches(&self, entry: &JournalEntry) -> bool {
        let search = self.search.trim().to_lowercase();
        let holds = |text: &str| text.to_lowercase().contains(&search);
        self.outcome.is_none_or(|outcome| outcome == entry.outcome)
            && (search.is_empty()
                || entry.kinds.iter().any(|kind| holds(kind))
                || entry.customer.as_deref().is_some_and(holds)
                || entry.phone_number_id.as_deref().is_some_and(holds)
                || entry.detail.as_deref().is_some_and(holds))
    }

    /// The entry so many places below this one; the first when none is open.
    /// Scrolls to it, too.
    pub fn neighbour(&mut self, of: Option<u64>, by: i32) -> Option<u64> {
        let at = of.and_then(|id| self.rows.iter().position(|entry| entry.id == id));
        let last = self.rows.len().checked_sub(1)?;
        let next = at.map_or(0, |at| at.saturating_add_signed(by as isize).min(last));
        self.scroll = Window::with(self.scroll, ROW, self.rows.len(), next);
        (Some(next) != at).then(|| self.rows[next].id)
    }

    /// The address of an entry, or of the list, with what is filtered now.
    pub fn route(&self, entry: Option<u64>) -> Route {
        Route::Journal { outcome: self.outcome, search: self.search.trim().to_owned(), entry }
    }

    /// What people call the number with this id of Meta's.
    fn number(&self, entry: &JournalEntry) -> String {
        let Some(id) = &entry.phone_number_id else { return t!("journal-no-number") };
        let known = self.numbers.iter().find(|number| number.phone_number_id == *id);
        known.map_or_else(|| id.clone(), |number| number.name.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::read;

    fn entry(id: u64, outcome: &str) -> JournalEntry {
        serde_json::from_str(&format!(
            r#"{{"id":{id},"received_at":"2026-01-01T00:00:00Z","outcome":"{outcome}","kinds":["message.text"],
                "customer":"447700900123","size":400,"replays":0}}"#
        ))
        .unwrap()
    }

    fn listed(ids: &[u64]) -> Model {
        let mut model = Model::default();
        let effects = model.open(None, "", None);
        assert_eq!(read::lines(&effects)[0], "Call(GET /webhooks/journal?limit=60)");
        let items = ids.iter().map(|id| entry(*id, "processed")).collect();
        model.update(Msg::Listed(model.asked, false, Ok(Page { items, next: None })), &mut vec![]);
        model
    }

    fn ids(model: &Model) -> Vec<u64> {
        model.rows.iter().map(|entry| entry.id).collect()
    }

    #[test]
    fn nothing_moves_under_the_pointer() {
        let mut model = listed(&[2, 1]);
        model.live(entry(3, "processed"));
        assert_eq!(ids(&model), [3, 2, 1], "at the top and not looked at: at once");
        model.update(Msg::Hovered(true), &mut vec![]);
        model.live(entry(4, "failed"));
        assert_eq!((ids(&model), model.held.len()), (vec![3, 2, 1], 1));
        model.live(entry(2, "duplicate"));
        assert_eq!(model.rows[1].outcome, Outcome::Duplicate, "what is there changes in place");
        model.update(Msg::Hovered(false), &mut vec![]);
        assert_eq!(ids(&model), [4, 3, 2, 1]);
    }

    #[test]
    fn a_filter_keeps_out_what_it_does_not_mean() {
        let mut model = listed(&[1]);
        model.outcome = Some(Outcome::Failed);
        model.live(entry(2, "processed"));
        model.live(entry(3, "failed"));
        assert_eq!(ids(&model), [3, 1]);
        model.search = "447700900124".to_owned();
        model.live(entry(4, "failed"));
        assert_eq!(ids(&model), [3, 1]);
    }

    #[test]
    fn a_rare_word_is_looked_for_to_the_end() {
        let mut model = listed(&[]);
        model.update(Msg::Search("rare".into()), &mut vec![]);
        let effects = model.update(Msg::SearchDue(model.asked), &mut vec![]);
        assert_eq!(read::lines(&effects)[0], "Call(GET /webhooks/journal?search=rare&limit=60)");
        let page = Page { items: vec![], next: Some("5".to_owned()) };
        let effects = model.update(Msg::Listed(model.asked, false, Ok(page)), &mut vec![]);
        assert_eq!(read::lines(&effects), ["Call(GET /webhooks/journal?search=rare&limit=60&cursor=5)"]);
    }

    #[test]
    fn a_replay_shows_what_came_of_it() {
        let mut model = listed(&[7]);
        model.open(None, "", Some(7));
        let mut effects = model.update(Msg::Replay, &mut vec![]);
        assert!(model.update(Msg::Replay, &mut vec![]).is_empty(), "a second press asks nothing");
        let answer = serde_json::to_string(&entry(7, "duplicate")).unwrap();
        let crate::Msg::Journal(msg) =
            read::answer(&mut effects, "POST /webhooks/journal/7/replay", Ok(&answer))
        else {
            panic!("not for this page")
        };
        model.update(msg, &mut vec![]);
        assert_eq!(model.replay, Replay::Done(Outcome::Duplicate));
        assert_eq!(model.rows[0].outcome, Outcome::Duplicate);
    }

    #[test]
    fn the_address_leads_back_to_the_filter() {
        let mut model = listed(&[1]);
        let effects = model.open(Some(Outcome::Failed), "anna", None);
        let lines = read::lines(&effects);
        assert_eq!(lines[0], "SetValue(search, \"anna\")");
        assert_eq!(lines[1], "Call(GET /webhooks/journal?outcome=failed&search=anna&limit=60)");
    }
}
