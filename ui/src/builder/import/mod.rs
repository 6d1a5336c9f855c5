//! A bot of a file: what would become of every block, before anything is made.
//!
//! It stands in the editor's module and not in the app's: its many words are then no part of the first load, and the bot
//! that is made opens at once.

mod needs;
mod refusal;
mod view;
mod words;

use std::collections::HashMap;
use std::rc::Rc;

use beseda_flow::import::{MissingBot, Row, Told, Verdict};
use beseda_wire::bots::{Bot, ImportFile, ImportFormat, ImportedBot, NewBot};
use serde_json::Value;

use super::Msg as BuilderMsg;
use super::document::{Block, Doc, Group};
use super::kinds;
use crate::api::{self, Failure};
use crate::bridge::{Importing, ToApp};
use crate::effect::{Effect, Effects};
use crate::i18n::t;

/// Rows that are drawn before people ask for the rest: a file may hold thousands.
const FIRST: usize = 200;
/// The most characters of a bot's name; the server's rule.
const LONGEST_NAME: usize = 120;
const NAME: &str = "import-name";

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    PickFile,
    Read(Result<Box<ImportedBot>, Failure>),
    /// Show these rows alone, or all.
    Only(Option<Sort>),
    ShowAll,
    Name(String),
    Make,
    Made(Result<Box<Bot>, Failure>),
    Leave,
}

impl From<Msg> for crate::Msg {
    fn from(msg: Msg) -> Self {
        BuilderMsg::Import(msg).into()
    }
}

#[derive(Debug, Default)]
pub struct Model {
    seed: String,
    /// The file's name.
    name: String,
    state: State,
    foreign: bool,
    only: Option<Sort>,
    shows_all: bool,
    making: bool,
    /// Why no bot was made of what is shown.
    refused: Option<Failure>,
    /// Counts files: the keys of requests.
    files: u32,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    NoFile,
    Reading,
    /// The file is none of a bot: what it is instead.
    Strange(Strange),
    Failed(Failure),
    Shown(Box<Shown>),
}

/// Why a file is not even sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strange {
    NoJson,
    NoBot,
    TooLarge,
}

/// What the server made of it.
#[derive(Debug)]
struct Shown {
    flow: Value,
    /// Its blocks with their groups, by their ids.
    blocks: HashMap<String, (Rc<Group>, Rc<Block>)>,
    /// The file is the other program's, and says its kinds of blocks in its own words.
    foreign: bool,
    rows: Vec<Row>,
    missing: Vec<MissingBot>,
    /// Addresses within texts.
    told: Vec<Told>,
    /// How many of its files are not here.
    missing_files: usize,
}

/// The verdicts as they are counted and filtered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Imported,
    Adapted,
    NeedsKey,
    Unsupported,
}

impl Sort {
    /// What asks for people's attention comes first.
    pub const ALL: [Self; 4] = [Self::Unsupported, Self::NeedsKey, Self::Adapted, Self::Imported];

    pub const fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Imported => Self::Imported,
            Verdict::Adapted { .. } => Self::Adapted,
            Verdict::NeedsKey { .. } => Self::NeedsKey,
            Verdict::Unsupported { .. } => Self::Unsupported,
        }
    }
}

impl Shown {
    fn name(&self) -> &str {
        self.flow.get("name").and_then(Value::as_str).unwrap_or_default()
    }

    /// A name is one line that is not too long: what it has besides is cut.
    fn rename(&mut self, name: &str) {
        let line: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let cut: String = line.trim().chars().take(LONGEST_NAME).collect();
        if let Some(fields) = self.flow.as_object_mut() {
            fields.insert("name".to_owned(), cut.into());
        }
    }

    /// What a block of the file is called: as in the palette, or as the other program has it.
    fn called(&self, row: &Row) -> String {
        match row.kind.as_str() {
            "edge" | "variable" | "group" | "trigger" | "settings" => refusal::place(&row.place),
            "typingEmulation" => t("import-typing"),
            kind if self.foreign => kind.to_owned(),
            kind => self.becomes(row).unwrap_or_else(|| kind.to_owned()),
        }
    }

    /// The kind of the block of ours that it becomes.
    fn kind(&self, row: &Row) -> Option<&str> {
        Some(self.blocks.get(row.block.as_deref()?)?.1.kind.as_str())
    }

    /// What the block of ours is called that it becomes.
    fn becomes(&self, row: &Row) -> Option<String> {
        let (_, block) = self.blocks.get(row.block.as_deref()?)?;
        Some(kinds::title(block))
    }

    fn count(&self, sort: Sort) -> usize {
        self.rows.iter().filter(|row| Sort::of(&row.verdict) == sort).count()
    }

    fn rows(&self, only: Option<Sort>) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| only.is_none_or(|sort| Sort::of(&row.verdict) == sort))
    }
}

impl Model {
    pub fn open(importing: Importing) -> (Self, Effects) {
        let Importing { seed, file, .. } = importing;
        let mut model = Self { seed, ..Self::default() };
        let effects = match file {
            None => vec![],
            Some((name, Some(text))) => model.take(name, &text),
            Some((name, None)) => {
                (model.name, model.state) = (name, State::Strange(Strange::TooLarge));
                vec![]
            }
        };
        (model, effects)
    }

    fn take(&mut self, name: String, text: &str) -> Effects {
        // The same page may make several bots.
        self.files += 1;
        self.name = name;
        self.refused = None;
        let Ok(file) = serde_json::from_str::<Value>(text) else {
            self.state = State::Strange(Strange::NoJson);
            return vec![];
        };
        let Some(format) = format_of(&file) else {
            self.state = State::Strange(Strange::NoBot);
            return vec![];
        };
        self.state = State::Reading;
        self.foreign = format == ImportFormat::Typebot;
        let call = api::import_bot(&ImportFile { format, file });
        vec![call.then(|answer| Msg::Read(answer.map(Box::new)))]
    }

    pub fn update(&mut self, msg: Msg) -> Effects {
        match msg {
            Msg::PickFile => return vec![Effect::Press("bot-file".to_owned())],
            Msg::Read(answer) => {
                self.state = match answer.and_then(|imported| shown(*imported, self.foreign)) {
                    Ok(shown) => State::Shown(Box::new(shown)),
                    Err(failure) => State::Failed(failure),
                };
                return vec![Effect::Focus("import-told".to_owned())];
            }
            Msg::Only(only) => {
                self.only = if self.only == only { None } else { only };
                self.shows_all = false;
            }
            Msg::ShowAll => self.shows_all = true,
            Msg::Name(name) => {
                if let State::Shown(shown) = &mut self.state {
                    shown.rename(&name);
                }
            }
            Msg::Make => {
                let State::Shown(shown) = &self.state else { return vec![] };
                if std::mem::replace(&mut self.making, true) {
                    return vec![];
                }
                let key = format!("{}-import-{}-{}", self.seed, self.name, self.files);
                self.refused = None;
                let new = NewBot { flow: shown.flow.clone() };
                return vec![api::create_bot(&new, key).then(|answer| Msg::Made(answer.map(Box::new)))];
            }
            Msg::Made(Ok(bot)) => return vec![Effect::ToApp(ToApp::Go(format!("/bots/{}", bot.id)))],
            Msg::Made(Err(failure)) => {
                self.making = false;
                // Another try is another request.
                self.files += 1;
                self.refused = Some(failure);
                return vec![Effect::Focus("import-told".to_owned())];
            }
            Msg::Leave => return vec![Effect::ToApp(ToApp::Go("/bots".to_owned()))],
        }
        vec![]
    }
}

/// Which program wrote the file: ours says which schema it follows.
pub fn format_of(file: &Value) -> Option<ImportFormat> {
    let has_groups = file.get("groups").is_some_and(Value::is_array);
    match file.get("schema") {
        Some(Value::Number(_)) if has_groups => Some(ImportFormat::Beseda),
        _ if has_groups => Some(ImportFormat::Typebot),
        _ => None,
    }
}

fn shown(imported: ImportedBot, foreign: bool) -> Result<Shown, Failure> {
    let unreadable = |error: serde_json::Error| Failure::Unreadable(error.to_string());
    let mut shown = Shown {
        blocks: Doc::from_json(&imported.flow)
            .blocks()
            .map(|(group, block)| (block.id.clone(), (Rc::clone(group), Rc::clone(block))))
            .collect(),
        flow: imported.flow,
        foreign,
        rows: serde_json::from_value(imported.report).map_err(unreadable)?,
        missing: serde_json::from_value(imported.missing).map_err(unreadable)?,
        told: serde_json::from_value(imported.told).map_err(unreadable)?,
        missing_files: imported.missing_files.len(),
    };
    let name = shown.name().to_owned();
    shown.rename(&name);
    Ok(shown)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::effect::read;

    fn open(text: &str) -> (Model, Effects) {
        let file = Some(("bot.json".to_owned(), Some(text.to_owned())));
        Model::open(Importing { locale: "en".into(), seed: "s".into(), file })
    }

    fn import(msg: crate::Msg) -> Msg {
        let crate::Msg::Editor(BuilderMsg::Import(msg)) = msg else { panic!("not for this page") };
        msg
    }

    /// A file of the other program with its answer, as the server would give it.
    fn answered() -> (Model, Effects) {
        let text = include_str!("../../../../crates/flow/tests/fixtures/typebot/logic.json");
        let imported = beseda_flow::import::typebot(text.as_bytes()).unwrap();
        read_as(text, &imported)
    }

    fn read_as(text: &str, imported: &beseda_flow::import::Imported) -> (Model, Effects) {
        let told = beseda_flow::import::told(&imported.flow);
        let answer = json!({ "flow": imported.flow, "report": imported.report, "missing": imported.missing, "told": told });
        let (mut model, mut effects) = open(text);
        let msg = import(read::answer(&mut effects, "POST /bots/import", Ok(&answer.to_string())));
        let effects = model.update(msg);
        (model, effects)
    }

    #[test]
    fn our_own_blocks_are_called_as_in_the_palette() {
        use crate::i18n::{Locale, set};
        let blocks: Vec<Value> = beseda_flow::catalogue()
            .iter()
            .map(|entry| {
                let fresh = kinds::entry(entry.id).unwrap().block(entry.id.to_owned());
                fresh.to_json()
            })
            .collect();
        let file = json!({ "schema": 1, "id": "f", "name": "F", "groups": [{ "id": "g", "title": "All", "blocks": blocks }] });
        let text = file.to_string();
        let (model, _) = read_as(&text, &beseda_flow::import::own(&text).unwrap());
        let State::Shown(shown) = &model.state else { panic!("{:?}", model.state) };
        assert_eq!(shown.rows.len(), blocks.len());
        for locale in Locale::ALL {
            set(locale);
            for row in &shown.rows {
                assert_eq!(shown.called(row), kinds::entry(&row.id).unwrap().title(), "{}", row.id);
            }
        }
        // The other program's people know its words.
        let (model, _) = answered();
        let State::Shown(shown) = &model.state else { panic!("{:?}", model.state) };
        let redirect = shown.rows.iter().find(|row| row.kind == "Redirect").unwrap();
        set(Locale::Ru);
        assert_eq!(shown.called(redirect), "Redirect");
        assert_eq!(shown.becomes(redirect), kinds::entry("link_button").map(|entry| entry.title()));
    }

    #[test]
    fn files_are_told_apart() {
        let format = |file: Value| format_of(&file);
        assert_eq!(format(json!({ "schema": 1, "groups": [] })), Some(ImportFormat::Beseda));
        assert_eq!(format(json!({ "version": "6.1", "groups": [] })), Some(ImportFormat::Typebot));
        assert_eq!(format(json!({ "groups": 1 })), None);
        assert_eq!(format(json!([1])), None);
        assert!(matches!(open("{").0.state, State::Strange(Strange::NoJson)));
        let (model, effects) = open("{}");
        assert!(matches!(model.state, State::Strange(Strange::NoBot)) && effects.is_empty());
    }

    #[test]
    fn the_report_is_counted_and_filtered() {
        let (mut model, effects) = answered();
        assert_eq!(read::lines(&effects), ["Focus(import-told)"]);
        let State::Shown(shown) = &model.state else { panic!("{:?}", model.state) };
        let counted: usize = Sort::ALL.into_iter().map(|sort| shown.count(sort)).sum();
        assert_eq!(counted, shown.rows.len());
        let adapted = shown.count(Sort::Adapted);
        assert!(adapted > 0 && adapted < shown.rows.len());
        assert_eq!(shown.rows(Some(Sort::Adapted)).count(), adapted);
        model.update(Msg::Only(Some(Sort::Adapted)));
        model.view();
        model.update(Msg::Only(Some(Sort::Adapted)));
        assert_eq!(model.only, None, "pressed again it shows all");
    }

    #[test]
    fn a_name_that_is_too_long_is_cut_and_can_be_changed() {
        let flow = json!({ "name": "long ".repeat(100), "schema": 1, "groups": [] });
        let answer = json!({ "flow": flow, "report": [], "missing": [], "told": [] });
        let (mut model, mut effects) = open(&flow.to_string());
        let msg = import(read::answer(&mut effects, "POST /bots/import", Ok(&answer.to_string())));
        model.update(msg);
        let name = |model: &Model| match &model.state {
            State::Shown(shown) => shown.name().to_owned(),
            other => panic!("{other:?}"),
        };
        assert!(name(&model).chars().count() <= LONGEST_NAME && name(&model).starts_with("long"));
        model.update(Msg::Name("Our bot".into()));
        assert_eq!(name(&model), "Our bot");
        // What is refused all the same stays on the page, and can be tried again.
        model.update(Msg::Make);
        model.update(Msg::Made(Err(Failure::Offline)));
        assert_eq!(model.refused, Some(Failure::Offline));
        model.view();
        assert_eq!(model.update(Msg::Make).len(), 1);
    }

    #[test]
    fn a_bot_is_made_once_and_opened() {
        let (mut model, _) = answered();
        let mut effects = model.update(Msg::Make);
        assert!(model.update(Msg::Make).is_empty());
        let id = "01990000-0000-7000-8000-000000000001";
        let bot = format!(
            r#"{{"id":"{id}","name":"A","enabled":true,"running":0,
                "created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}}"#
        );
        let msg = import(read::answer(&mut effects, "POST /bots", Ok(&bot)));
        assert_eq!(read::lines(&model.update(msg)), [format!("ToApp(Go(\"/bots/{id}\"))")]);
    }

    #[test]
    fn a_refused_file_can_be_changed_for_another() {
        let (mut model, mut effects) = open(r#"{"groups":[]}"#);
        let msg = import(read::answer(&mut effects, "POST /bots/import", Err(Failure::Offline)));
        model.update(msg);
        assert!(matches!(model.state, State::Failed(_)));
        assert_eq!(read::lines(&model.update(Msg::PickFile)), ["Press(bot-file)"]);
    }
}
