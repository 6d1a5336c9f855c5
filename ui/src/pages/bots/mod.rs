//! The bots of the business: what they are called, whether they answer, a switch, and the way into their flows.

mod new;
pub mod schedule;
mod winner;

use beseda_wire::bots::{Bot, Draft, GalleryBot, NewBot, UpdateBot};
use beseda_wire::ids::BotId;
use beseda_wire::page::Page;
use serde_json::{Value, json};

use super::roles::rules;
use super::{Around, Load};
use crate::api::{self, Failure};
use crate::app::Told;
use crate::effect::{Effect, Effects};
use crate::kit::dialog::dialog;
use crate::kit::menu::{Item, menu};
use crate::kit::switch::switch;
use crate::kit::table::{Row, table};
use crate::kit::tag::{Tone, tag};
use crate::kit::{Button, Icon, Look, el, event, icon, notice, skeleton};
use crate::router::Route;
use crate::{Node, i18n, shell, t};

#[derive(Debug, Default)]
pub struct Model {
    bots: Load<Vec<Bot>>,
    /// The bot whose menu is open.
    menu: Option<BotId>,
    seed: String,
    /// Counts new bots: the keys of their requests.
    made: u32,
    making: bool,
    /// The published bot that shall be deleted, while somebody is asked whether it is meant.
    removing: Option<BotId>,
    /// The ways to a new bot lie above everything.
    asks: bool,
    new: new::Model,
    winner: winner::Model,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Loaded(Result<Page<Bot>, Failure>),
    Switch(BotId, bool),
    Switched(BotId, bool, Result<(), Failure>),
    ToggleMenu(BotId),
    /// Asks how the new bot shall begin.
    New,
    CloseNew,
    Empty,
    Gallery(new::Msg),
    /// Which bot answers.
    Winner(winner::Msg),
    /// The flow out of the gallery.
    Taken(Result<Box<GalleryBot>, Failure>),
    Copy(BotId),
    Export(BotId),
    Exported(Result<Box<Draft>, Failure>),
    /// The flow of which a copy is made.
    Read(Result<Box<Draft>, Failure>),
    Made(Result<Box<Bot>, Failure>),
    /// One that was published is asked for first: what goes with it does not come back.
    Delete(BotId),
    KeepIt,
    DeleteIt,
    /// A draft can be made again of its flow, which is read before it goes.
    Keepsake(BotId, Result<Box<Draft>, Failure>),
    /// With its name, and the flow where it can be made again.
    Deleted(String, Option<Value>, Result<(), Failure>),
    Restore(Value),
    Restored(Result<Box<Bot>, Failure>),
}

impl Model {
    pub fn new(seed: String) -> Self {
        Self { seed, ..Self::default() }
    }

    pub fn open(&mut self) -> Effects {
        self.bots.begin();
        self.menu = None;
        self.ask()
    }

    /// A bot is new or changed: asks again, where the list was ever shown.
    pub fn changed_somewhere(&mut self) -> Effects {
        if self.bots == Load::Not { vec![] } else { self.ask() }
    }

    fn ask(&mut self) -> Effects {
        let mut effects = vec![api::bots().then(Msg::Loaded)];
        effects.extend(self.winner.open());
        effects
    }

    pub fn update(&mut self, msg: Msg, told: &mut Vec<Told>) -> Effects {
        match msg {
            Msg::Loaded(answer) => {
                self.bots.answer(answer.map(|page| page.items));
            }
            Msg::Switch(id, enabled) => {
                self.set(id, enabled);
                let update = UpdateBot { enabled: Some(enabled) };
                let then =
                    move |answer: Result<api::Done, Failure>| Msg::Switched(id, enabled, answer.map(|_| ()));
                return vec![api::update_bot(id, &update).then(then)];
            }
            Msg::Switched(id, enabled, answer) => {
                if let Err(failure) = answer {
                    self.set(id, !enabled);
                    told.push(Told::failure(&failure));
                }
            }
            Msg::ToggleMenu(id) => {
                self.menu = if self.menu == Some(id) { None } else { Some(id) };
                // The last row's menu may lie below what is seen.
                return self
                    .menu
                    .map(|_| Effect::Reveal(format!("{}-list", menu_id(id))))
                    .into_iter()
                    .collect();
            }
            Msg::New => {
                self.asks = true;
                return self.new.open();
            }
            Msg::CloseNew => {
                self.asks = false;
                return vec![Effect::Refocus];
            }
            Msg::Empty => return self.make(first_flow(&self.free_name())),
            Msg::Gallery(msg) => return self.new.update(msg),
            Msg::Winner(msg) => return self.winner.update(msg),
            Msg::Taken(answer) => {
                self.new.taken();
                match answer {
                    Ok(bot) => return self.make(bot.flow.unwrap_or_default()),
                    Err(failure) => told.push(Told::failure(&failure)),
                }
            }
            Msg::Export(id) => {
                self.menu = None;
                return vec![api::draft(id).then(|answer| Msg::Exported(answer.map(Box::new)))];
            }
            Msg::Exported(Ok(draft)) => {
                let name = draft.flow.get("name").and_then(Value::as_str).unwrap_or_default();
                let text = serde_json::to_string_pretty(&draft.flow).unwrap_or_default();
                return vec![Effect::SaveText { name: file_name(name, "json"), text }];
            }
            Msg::Copy(id) => {
                self.menu = None;
                return vec![api::draft(id).then(|answer| Msg::Read(answer.map(Box::new)))];
            }
            Msg::Read(Ok(draft)) => {
                let mut flow = draft.flow;
                let name = flow.get("name").and_then(Value::as_str).unwrap_or_default();
                let name = t!("copy-of", name = name);
                if let Some(fields) = flow.as_object_mut() {
                    fields.insert("name".to_owned(), name.into());
                }
                return self.make(flow);
            }
            Msg::Made(Ok(bot)) => {
                self.making = false;
                self.asks = false;
                let route = Route::Bot { bot: bot.id, chosen: None };
                return vec![Effect::After(0, crate::Msg::Go(route))];
            }
            Msg::Read(Err(failure)) | Msg::Made(Err(failure)) | Msg::Exported(Err(failure)) => {
                self.making = false;
                told.push(Told::failure(&failure));
            }
            Msg::Delete(id) => return self.delete(id),
            Msg::KeepIt => {
                self.removing = None;
                return vec![Effect::Refocus];
            }
            Msg::DeleteIt => {
                let removed = self.removing.take().map(|id| self.remove(id, None));
                return removed.unwrap_or_default();
            }
            Msg::Keepsake(id, Ok(draft)) => return self.remove(id, Some(draft.flow)),
            Msg::Deleted(name, flow, Ok(())) => {
                let words = Told::words(t!("bot-deleted", name = &name));
                told.push(match flow {
                    Some(flow) => words.undo(Msg::Restore(flow)),
                    None => words,
                });
            }
            Msg::Deleted(_, _, Err(failure)) => {
                told.push(Told::failure(&failure));
                return vec![api::bots().then(Msg::Loaded)];
            }
            Msg::Restore(flow) => {
                self.made += 1;
                let key = format!("{}-bot-{}", self.seed, self.made);
                let then = |answer: Result<_, Failure>| Msg::Restored(answer.map(Box::new));
                return vec![api::create_bot(&NewBot { flow }, key).then(then)];
            }
            Msg::Restored(Ok(_)) => return vec![api::bots().then(Msg::Loaded)],
            Msg::Keepsake(_, Err(failure)) | Msg::Restored(Err(failure)) => {
                told.push(Told::failure(&failure));
            }
        }
        vec![]
    }

    fn make(&mut self, flow: Value) -> Effects {
        if self.making {
            return vec![];
        }
        self.making = true;
        self.made += 1;
        let key = format!("{}-bot-{}", self.seed, self.made);
        vec![api::create_bot(&NewBot { flow }, key).then(|answer| Msg::Made(answer.map(Box::new)))]
    }

    /// What a new bot is called: with a number where the name is taken.
    fn free_name(&self) -> String {
        let taken: Vec<&str> = self.bots.ready().into_iter().flatten().map(|bot| bot.name.as_str()).collect();
        let first = t!("bot-new-name");
        let mut name = first.clone();
        let mut number = 1_u32;
        while taken.contains(&name.as_str()) {
            number += 1;
            name = format!("{first} {number}");
        }
        name
    }

    fn known(&self, id: BotId) -> Option<&Bot> {
        self.bots.ready()?.iter().find(|bot| bot.id == id)
    }

    fn delete(&mut self, id: BotId) -> Effects {
        self.menu = None;
        match self.known(id) {
            None => vec![],
            Some(bot) if bot.published.is_some() || bot.running > 0 => {
                self.removing = Some(id);
                vec![Effect::Focus("remove-cancel".to_owned())]
            }
            Some(_) => vec![api::draft(id).then(move |answer| Msg::Keepsake(id, answer.map(Box::new)))],
        }
    }

    /// It goes at once: what waited for a regret in the page would stay when the page is left.
    fn remove(&mut self, id: BotId, flow: Option<Value>) -> Effects {
        let Some(bots) = self.bots.ready_mut() else { return vec![] };
        let Some(at) = bots.iter().position(|bot| bot.id == id) else { return vec![] };
        let name = bots.remove(at).name;
        let then = move |answer: Result<api::Done, Failure>| Msg::Deleted(name, flow, answer.map(|_| ()));
        vec![api::delete_bot(id).then(then), Effect::Focus("bot-new".to_owned())]
    }

    fn set(&mut self, id: BotId, enabled: bool) {
        let bots = self.bots.ready_mut().into_iter().flatten();
        for bot in bots.filter(|bot| bot.id == id) {
            bot.enabled = enabled;
        }
    }

    /// What lies above everything, if anything does.
    pub fn dialog(&self) -> Option<Node> {
        let removing = self.removing.and_then(|id| self.known(id));
        removing.map(removal).or_else(|| self.asks.then(|| self.new.view(self.making)))
    }

    /// Closes it; says whether there was anything.
    pub fn escape(&mut self) -> bool {
        self.removing.take().is_some() || std::mem::take(&mut self.asks)
    }

    /// Closes the menu of a bot, if one is open.
    pub fn close_menu(&mut self) -> Option<Effects> {
        self.menu.take().map(|id| vec![Effect::Focus(menu_id(id))])
    }

    pub fn view(&self, around: &Around<'_>) -> Node {
        let may_change = rules(around.role);
        let new = || {
            Button::new(Look::Primary, t!("bot-new"))
                .icon(Icon::Plus)
                .id("bot-new")
                .busy(self.making)
                .on(Msg::New)
        };
        let body = match &self.bots {
            Load::Not | Load::Loading => skeleton(4, "rows"),
            Load::Failed(failure) => notice::failure(failure, Some(crate::Msg::Go(Route::Bots))),
            Load::Ready(bots) if bots.is_empty() => {
                notice::empty(Icon::Bot, &t!("bots-none"), &t!("bots-none-words"), may_change.then(new))
            }
            Load::Ready(bots) => {
                let heads = [
                    t!("name"),
                    t!("bots-state"),
                    t!("bots-running"),
                    t!("bots-version"),
                    t!("bots-switch"),
                    t!("more"),
                ];
                let list = table(&t!("bots"), &heads, bots.iter().map(|bot| self.row(bot, may_change)));
                let answers = bots.iter().any(|bot| bot.enabled && bot.published.is_some());
                el("div").class("bots-body").child(list).maybe(answers.then(|| self.winner.view())).into()
            }
        };
        let any = self.bots.ready().is_some_and(|bots| !bots.is_empty());
        let lead = if may_change { t!("bots-lead") } else { t!("bots-look") };
        shell::page(&t!("bots"), Some(&lead), (any && may_change).then(new), body)
    }

    fn row(&self, bot: &Bot, may_change: bool) -> Row {
        let state = match (bot.enabled, bot.published) {
            (_, None) => tag(Tone::Grey, t!("bots-draft")),
            (true, Some(_)) => tag(Tone::Green, t!("bots-answers")),
            (false, Some(_)) => tag(Tone::Amber, t!("bots-off")),
        };
        let version = bot.published.map_or_else(|| "–".to_owned(), |version| version.to_string());
        let number = |text: String| el("span").class("num").text(text).into();
        let route = Route::Bot { bot: bot.id, chosen: None };
        let id = bot.id;
        let mut items = vec![
            Item::new(t!("bot-edit"), crate::Msg::Go(route.clone())).icon(Icon::Pencil),
            Item::new(t!("results"), crate::Msg::Go(Route::results(id))).icon(Icon::Filter),
            Item::new(t!("bot-export"), Msg::Export(id)).icon(Icon::Download),
        ];
        if may_change {
            items.insert(2, Item::new(t!("duplicate"), Msg::Copy(id)).icon(Icon::Copy));
            items.push(Item::new(t!("delete"), Msg::Delete(id)).icon(Icon::Trash2));
        }
        Row {
            key: bot.id.to_string(),
            cells: vec![
                el("a")
                    .class("bot-name")
                    .attr("title", bot.name.clone())
                    .attr("href", route.path())
                    .on(event::go(route.clone()))
                    .child(el("b").text(&bot.name))
                    .into(),
                state,
                number(t!("bots-conversations", count = bot.running)),
                el("span").class("num wide-only").text(version).into(),
                // A draft answers nobody, so there is nothing to switch.
                match bot.published {
                    Some(_) if may_change => switch(
                        &t!("bots-switch-label", name = &bot.name),
                        bot.enabled,
                        Msg::Switch(bot.id, !bot.enabled),
                    ),
                    _ => el("span").class("muted wide-only").text("–").into(),
                },
                menu(
                    &menu_id(id),
                    "to-left",
                    Some(&t!("bot-menu", name = &bot.name)),
                    self.menu == Some(id),
                    Msg::ToggleMenu(id),
                    [icon(Icon::Ellipsis)],
                    items,
                ),
            ],
        }
    }
}

fn menu_id(id: BotId) -> String {
    format!("bot-menu-{id}")
}

/// What goes with a published bot, before it goes.
fn removal(bot: &Bot) -> Node {
    let running = (bot.running > 0).then(|| t!("bot-delete-running", count = bot.running));
    let lines = running.into_iter().chain([t!("bot-delete-goes"), t!("bot-delete-stays")]);
    dialog(
        "remove",
        &t!("bot-delete-title", name = &bot.name),
        Msg::KeepIt.into(),
        [
            el("ul").class("goes").children(lines.map(|line| el("li").key(&line).text(&line))).into(),
            el("div")
                .class("form-buttons")
                .child(Button::new(Look::Plain, t!("cancel")).id("remove-cancel").on(Msg::KeepIt))
                .child(Button::new(Look::Danger, t!("delete")).icon(Icon::Trash2).on(Msg::DeleteIt))
                .into(),
        ],
    )
}

/// The name of a file of a bot's, of this kind: without what some systems do not take.
pub fn file_name(name: &str, kind: &str) -> String {
    let kept = |c: char| if c.is_control() || "\\/:*?\"<>|".contains(c) { '-' } else { c };
    let name: String = name.trim().chars().take(80).map(kept).collect();
    format!("{}.{kind}", if name.is_empty() { "bot" } else { &name })
}

/// What a new bot begins with: it greets whoever writes.
fn first_flow(name: &str) -> Value {
    json!({
        "schema": 1,
        "id": "bot",
        "name": name,
        "language": i18n::current().code(),
        "triggers": [{ "id": "t1", "kind": "any_message", "x": -300, "y": 12 }],
        "groups": [{
            "id": "g1", "title": t!("start"), "x": 0, "y": 0,
            "blocks": [{ "id": "b1", "kind": "message", "text": t!("bot-new-hello") }],
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::read;

    const ID: &str = "01990000-0000-7000-8000-000000000001";

    fn model() -> Model {
        let mut model = Model::default();
        let page = format!(
            r#"{{"items":[{{"id":"{ID}","name":"A","enabled":true,"published":1,"running":0,
                "created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}}]}}"#
        );
        model.update(Msg::Loaded(Ok(serde_json::from_str(&page).unwrap())), &mut vec![]);
        model
    }

    fn id() -> BotId {
        ID.parse().unwrap()
    }

    #[test]
    fn a_refused_switch_goes_back() {
        let (mut model, mut told) = (model(), vec![]);
        let mut effects = model.update(Msg::Switch(id(), false), &mut told);
        assert!(!model.bots.ready().unwrap()[0].enabled);
        let crate::Msg::Bots(answer) = read::answer(&mut effects, "PATCH /bots/", Err(Failure::Offline))
        else {
            panic!("not for this page")
        };
        model.update(answer, &mut told);
        assert!(model.bots.ready().unwrap()[0].enabled && told[0].is_problem);
    }

    #[test]
    fn a_published_bot_is_deleted_when_that_is_meant_and_then_at_once() {
        let (mut model, mut told) = (model(), vec![]);
        assert_eq!(read::lines(&model.update(Msg::Delete(id()), &mut told)), ["Focus(remove-cancel)"]);
        assert!(model.dialog().is_some() && model.escape() && model.dialog().is_none());
        assert!(model.update(Msg::DeleteIt, &mut told).is_empty(), "nobody asked for it any more");
        model.update(Msg::Delete(id()), &mut told);
        let mut effects = model.update(Msg::DeleteIt, &mut told);
        let lines = read::lines(&effects);
        assert_eq!(lines, [format!("Call(DELETE /bots/{ID})"), "Focus(bot-new)".to_owned()]);
        let answer = for_bots(read::answer(&mut effects, "DELETE /bots/", Ok("")));
        model.update(answer, &mut told);
        // Its runs do not come back, so nothing is offered that would say so.
        assert!(told[0].words.contains('A') && told[0].undo.is_none());
    }

    #[test]
    fn a_draft_is_deleted_at_once_and_made_again_of_its_flow() {
        let (mut model, mut told) = (model(), vec![]);
        model.bots.ready_mut().unwrap()[0].published = None;
        let mut effects = model.update(Msg::Delete(id()), &mut told);
        let draft = r#"{"flow":{"name":"A"},"revision":1,"updated_at":"2026-01-01T00:00:00Z","author":""}"#;
        let read = for_bots(read::answer(&mut effects, "GET /bots/", Ok(draft)));
        let mut effects = model.update(read, &mut told);
        assert!(model.bots.ready().unwrap().is_empty());
        let deleted = for_bots(read::answer(&mut effects, "DELETE /bots/", Ok("")));
        model.update(deleted, &mut told);
        let undo = for_bots(told.remove(0).undo.unwrap());
        let Effect::Call(call, _) = &model.update(undo, &mut told)[0] else { panic!("no call") };
        assert_eq!(call.body.as_deref(), Some(r#"{"flow":{"name":"A"}}"#));
    }

    #[test]
    fn a_bot_that_could_not_be_deleted_is_there_again() {
        let (mut model, mut told) = (model(), vec![]);
        model.update(Msg::Delete(id()), &mut told);
        let mut effects = model.update(Msg::DeleteIt, &mut told);
        let answer = for_bots(read::answer(&mut effects, "DELETE /bots/", Err(Failure::Offline)));
        let lines = read::lines(&model.update(answer, &mut told));
        assert!(told[0].is_problem && lines[0].starts_with("Call(GET /bots"), "{lines:?}");
    }

    fn for_bots(msg: crate::Msg) -> Msg {
        let crate::Msg::Bots(msg) = msg else { panic!("not for this page") };
        msg
    }

    #[test]
    fn a_new_bot_opens_in_the_editor() {
        let mut model = model();
        let mut effects = model.update(Msg::Empty, &mut vec![]);
        assert!(model.update(Msg::Empty, &mut vec![]).is_empty(), "pressed twice is once");
        let bot = format!(
            r#"{{"id":"{ID}","name":"A","enabled":true,"running":0,
                "created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}}"#
        );
        let crate::Msg::Bots(answer) = read::answer(&mut effects, "POST /bots", Ok(&bot)) else {
            panic!("not for this page")
        };
        let lines = read::lines(&model.update(answer, &mut vec![]));
        assert!(lines[0].contains("Bot {"), "{lines:?}");
    }

    #[test]
    fn new_bots_are_told_apart_by_a_number() {
        i18n::set(i18n::Locale::En);
        let mut model = model();
        assert_eq!(model.free_name(), "New bot");
        let bots = model.bots.ready_mut().unwrap();
        let other = bots[0].clone();
        bots.extend(
            ["New bot", "New bot 2", "New bot 4"].map(|name| Bot { name: name.into(), ..other.clone() }),
        );
        assert_eq!(model.free_name(), "New bot 3");
    }

    #[test]
    fn a_bot_out_of_the_gallery_is_made_of_its_flow() {
        let (mut model, mut told) = (model(), vec![]);
        model.update(Msg::New, &mut told);
        assert!(model.dialog().is_some());
        let mut effects = model.update(Msg::Gallery(new::Msg::Take("clinic".into())), &mut told);
        let answer = r#"{"id":"clinic","trade":"health","title":"C","description":"D","fields":[],"flow":{"id":"clinic"}}"#;
        let crate::Msg::Bots(taken) = read::answer(&mut effects, "GET /bots/gallery/clinic", Ok(answer))
        else {
            panic!("not for this page")
        };
        let effects = model.update(taken, &mut told);
        let Effect::Call(call, _) = &effects[0] else { panic!("{effects:?}") };
        assert_eq!(call.body.as_deref(), Some(r#"{"flow":{"id":"clinic"}}"#));
        assert!(model.escape() && !model.escape());
    }

    #[test]
    fn a_flow_is_saved_under_a_name_that_every_system_takes() {
        let mut model = model();
        let mut effects = model.update(Msg::Export(id()), &mut vec![]);
        let draft =
            r#"{"flow":{"name":"Обед: а/б?"},"revision":1,"updated_at":"2026-01-01T00:00:00Z","author":""}"#;
        let crate::Msg::Bots(answer) = read::answer(&mut effects, "GET /bots/", Ok(draft)) else {
            panic!("not for this page")
        };
        let lines = read::lines(&model.update(answer, &mut vec![]));
        assert_eq!(lines, ["SaveText(Обед- а-б-.json)"]);
        assert_eq!(file_name(" ", "json"), "bot.json");
    }

    #[test]
    fn a_new_flow_is_without_mistakes() {
        let flow = beseda_flow::Flow::from_value(first_flow("A")).unwrap();
        let bad = |finding: &&beseda_flow::Finding| finding.severity == beseda_flow::Severity::Error;
        assert_eq!(beseda_flow::check(&flow).iter().filter(bad).count(), 0);
    }
}
