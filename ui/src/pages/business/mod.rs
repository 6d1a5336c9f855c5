//! What the business goes by: its name, its time zone, the language of its greetings, and when somebody is there.

mod view;

use beseda_wire::businesses::{BusinessSettings, DateHours, DayHours, TimeRange, WorkingHours};
use beseda_wire::time::Time;

use super::faults::Kind;
use super::{Load, zones};
use crate::api::{self, Failure};
use crate::app::Told;
use crate::effect::{Effect, Effects};
use crate::t;

#[derive(Debug, Default)]
pub struct Model {
    load: Load<BusinessSettings>,
    /// As they are being written.
    form: Option<BusinessSettings>,
    /// Why they were not saved.
    failure: Option<Failure>,
    busy: bool,
    /// The rows of the hours are drawn anew with each number: a row that moved up shows what it is now.
    epoch: u32,
    zone: zones::Picker,
}

/// The field of the time zone.
const ZONE: &str = "business-zone";

/// Whose hours they are: a day of the week's, counted from Monday, or a date's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Day(usize),
    Date(usize),
}

/// An end of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    From,
    To,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Loaded(Result<Box<BusinessSettings>, Failure>),
    Name(String),
    Zone(zones::Msg),
    Locale(String),
    /// Hours are set from now on, or it is always open.
    Switch,
    Type(Place, usize, End, String),
    Add(Place),
    Remove(Place, usize),
    /// The other working days are as Monday.
    LikeMonday,
    AddDate,
    Date(usize, String),
    Note(usize, String),
    RemoveDate(usize),
    Save,
    Saved(Result<Box<BusinessSettings>, Failure>),
}

impl Model {
    pub fn open(&mut self) -> Effects {
        // What is being written stays; what was read before may be old.
        if self.form.is_some() && self.changed() {
            return vec![];
        }
        self.load.begin();
        vec![api::business_settings().then(|answer| Msg::Loaded(answer.map(Box::new)))]
    }

    /// What was saved is given back, for the names and times of all other pages.
    pub fn update(
        &mut self,
        msg: Msg,
        now: Time,
        told: &mut Vec<Told>,
    ) -> (Effects, Option<BusinessSettings>) {
        match msg {
            Msg::Loaded(answer) => {
                let answer = answer.map(|settings| whole(*settings));
                self.form = answer.as_ref().ok().cloned();
                self.load.answer(answer);
                self.failure = None;
                self.epoch += 1;
            }
            Msg::Save if self.busy => {}
            Msg::Save => return (self.save(), None),
            Msg::Saved(Ok(saved)) => {
                self.busy = false;
                self.failure = None;
                told.push(Told::words(t!("business-saved")));
                let shown = whole(BusinessSettings::clone(&saved));
                self.form = Some(shown.clone());
                self.load = Load::Ready(shown);
                self.epoch += 1;
                return (vec![], Some(*saved));
            }
            Msg::Saved(Err(failure)) => {
                self.busy = false;
                self.failure = Some(failure);
                return (vec![Effect::Reveal("business-failure".to_owned())], None);
            }
            other => return (self.write(other, now), None),
        }
        (vec![], None)
    }

    fn write(&mut self, msg: Msg, now: Time) -> Effects {
        let Some(form) = &mut self.form else { return vec![] };
        let mut effects = vec![];
        match msg {
            Msg::Name(text) => form.name = text,
            Msg::Zone(msg) => {
                let (zone, told) = self.zone.update(ZONE, msg, &form.time_zone, now);
                form.time_zone = zone.unwrap_or_else(|| form.time_zone.clone());
                effects = told;
            }
            Msg::Locale(locale) => form.locale = locale,
            Msg::Switch if form.hours.is_some() => form.hours = None,
            Msg::Switch => {
                form.hours = Some(first_hours());
                self.epoch += 1;
            }
            other => {
                let Some(hours) = &mut form.hours else { return vec![] };
                effects = change(hours, other, self.epoch + 1);
                self.epoch += u32::from(!effects.is_empty());
            }
        }
        effects
    }

    fn save(&mut self) -> Effects {
        let Some(form) = &self.form else { return vec![] };
        self.failure = None;
        if let Some(first) = missing(form).first() {
            return vec![Effect::Focus(first.clone())];
        }
        self.busy = true;
        vec![api::save_business_settings(form).then(|answer| Msg::Saved(answer.map(Box::new)))]
    }

    /// Whether something is written that is not saved.
    fn changed(&self) -> bool {
        self.form.as_ref() != self.load.ready()
    }

    /// What the server says of a field, by its pointer.
    fn fault(&self, pointer: &str) -> Option<&str> {
        self.failure.as_ref()?.field(pointer)
    }
}

/// Changes hours. What makes rows come or go has an effect: the focus goes to where one goes on.
fn change(hours: &mut WorkingHours, msg: Msg, epoch: u32) -> Effects {
    let focus = |id: String| vec![Effect::Focus(id)];
    match msg {
        Msg::Type(place, at, end, text) => {
            let range = ranges(hours, place).and_then(|ranges| ranges.get_mut(at));
            if let Some(range) = range {
                match end {
                    End::From => range.from = text,
                    End::To => range.to = text,
                }
            }
            vec![]
        }
        Msg::Add(place) => {
            let Some(ranges) = ranges(hours, place) else { return vec![] };
            // The next range of a day begins later than the last one has ended.
            let range = if ranges.is_empty() { range("09:00", "18:00") } else { range("", "") };
            ranges.push(range);
            focus(field_id(place, ranges.len() - 1, End::From, epoch))
        }
        Msg::Remove(place, at) => {
            let Some(ranges) = ranges(hours, place).filter(|ranges| at < ranges.len()) else { return vec![] };
            ranges.remove(at);
            focus(add_id(place))
        }
        Msg::LikeMonday => {
            let monday = hours.week[0].ranges.clone();
            for day in &mut hours.week[1..5] {
                day.ranges.clone_from(&monday);
            }
            focus(add_id(Place::Day(0)))
        }
        Msg::AddDate => {
            hours.dates.push(DateHours { date: String::new(), ranges: vec![], note: None });
            focus(date_id(hours.dates.len() - 1, epoch))
        }
        Msg::Date(at, text) => {
            if let Some(date) = hours.dates.get_mut(at) {
                date.date = text;
            }
            vec![]
        }
        Msg::Note(at, text) => {
            if let Some(date) = hours.dates.get_mut(at) {
                date.note = Some(text).filter(|text| !text.trim().is_empty());
            }
            vec![]
        }
        Msg::RemoveDate(at) if at < hours.dates.len() => {
            hours.dates.remove(at);
            focus("hours-add-date".to_owned())
        }
        _ => vec![],
    }
}

fn ranges(hours: &mut WorkingHours, place: Place) -> Option<&mut Vec<TimeRange>> {
    match place {
        Place::Day(at) => hours.week.get_mut(at).map(|day| &mut day.ranges),
        Place::Date(at) => hours.dates.get_mut(at).map(|date| &mut date.ranges),
    }
}

/// The fields that must be filled and are not, by their ids' beginnings and the epoch at which they are drawn.
fn missing(form: &BusinessSettings) -> Vec<String> {
    let mut missing = vec![];
    if Kind::BusinessName.fault(&form.name).is_some() {
        missing.push("business-name".to_owned());
    }
    missing
}

/// With a row for each day of the week, in their order, and ends as a field for times shows them.
fn whole(mut settings: BusinessSettings) -> BusinessSettings {
    if let Some(hours) = &mut settings.hours {
        let known = std::mem::take(&mut hours.week);
        hours.week = (1..=7)
            .map(|day| DayHours {
                day,
                ranges: known
                    .iter()
                    .filter(|own| own.day == day)
                    .flat_map(|own| own.ranges.clone())
                    .collect(),
            })
            .collect();
        let all = hours.week.iter_mut().map(|day| &mut day.ranges);
        for range in all.chain(hours.dates.iter_mut().map(|date| &mut date.ranges)).flatten() {
            // The same end, in the way in which a clock shows it.
            if range.to == "24:00" {
                "00:00".clone_into(&mut range.to);
            }
        }
    }
    settings
}

/// What most shops begin with.
fn first_hours() -> WorkingHours {
    let ranges = |day: u8| if day < 6 { vec![range("09:00", "18:00")] } else { vec![] };
    WorkingHours { week: (1..=7).map(|day| DayHours { day, ranges: ranges(day) }).collect(), dates: vec![] }
}

fn range(from: &str, to: &str) -> TimeRange {
    TimeRange { from: from.to_owned(), to: to.to_owned() }
}

fn place_id(place: Place) -> String {
    match place {
        Place::Day(at) => format!("day-{at}"),
        Place::Date(at) => format!("date-{at}"),
    }
}

fn field_id(place: Place, at: usize, end: End, epoch: u32) -> String {
    let end = if end == End::From { "from" } else { "to" };
    format!("hours-{epoch}-{}-{at}-{end}", place_id(place))
}

fn date_id(at: usize, epoch: u32) -> String {
    format!("hours-{epoch}-date-{at}")
}

fn add_id(place: Place) -> String {
    format!("hours-add-{}", place_id(place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::read;

    fn now() -> Time {
        "2026-01-31T12:00:00Z".parse().unwrap()
    }

    const SAVED: &str = r#"{"name":"Peony","time_zone":"Europe/London","locale":"en","revision":3,
        "hours":{"week":[{"day":6,"ranges":[{"from":"10:00","to":"24:00"}]}],"dates":[]}}"#;

    fn model() -> Model {
        let mut model = Model::default();
        assert_eq!(read::lines(&model.open()), ["Call(GET /business)"]);
        model.update(Msg::Loaded(Ok(serde_json::from_str(SAVED).unwrap())), now(), &mut vec![]);
        model
    }

    fn does(model: &mut Model, msgs: impl IntoIterator<Item = Msg>) -> Effects {
        let all = msgs.into_iter().map(|msg| model.update(msg, now(), &mut vec![]).0);
        all.last().unwrap_or_default()
    }

    fn body(effects: &Effects) -> serde_json::Value {
        let Effect::Call(call, _) = &effects[0] else { panic!("{effects:?}") };
        serde_json::from_str(call.body.as_deref().unwrap()).unwrap()
    }

    #[test]
    fn a_week_has_seven_days_and_midnight_is_midnight() {
        let mut model = model();
        assert!(!model.changed());
        let saved = body(&does(&mut model, [Msg::Save]));
        let days = saved["hours"]["week"].as_array().unwrap();
        assert_eq!(days.len(), 7);
        assert_eq!(days[5], serde_json::json!({"day": 6, "ranges": [{"from": "10:00", "to": "00:00"}]}));
        assert_eq!(saved["revision"], 3);
    }

    #[test]
    fn hours_are_written_by_day_and_by_date() {
        let mut model = model();
        let monday = Place::Day(0);
        does(&mut model, [Msg::Switch, Msg::Switch, Msg::Add(monday)]);
        let lines = read::lines(&does(&mut model, [Msg::Type(monday, 0, End::To, "13:00".into())]));
        assert!(lines.is_empty(), "a letter moves nothing");
        does(
            &mut model,
            [
                Msg::Type(monday, 1, End::From, "14:00".into()),
                Msg::Type(monday, 1, End::To, "18:00".into()),
                Msg::LikeMonday,
                Msg::Remove(Place::Day(4), 1),
                Msg::AddDate,
                Msg::Date(0, "2026-12-25".into()),
                Msg::Note(0, "Christmas".into()),
                Msg::AddDate,
                Msg::RemoveDate(1),
            ],
        );
        let hours = body(&does(&mut model, [Msg::Save]))["hours"].clone();
        let both = serde_json::json!([{"from": "09:00", "to": "13:00"}, {"from": "14:00", "to": "18:00"}]);
        assert_eq!(hours["week"][3]["ranges"], both);
        assert_eq!(hours["week"][4]["ranges"], serde_json::json!([{"from": "09:00", "to": "13:00"}]));
        assert_eq!(hours["week"][5]["ranges"], serde_json::json!([]));
        assert_eq!(
            hours["dates"],
            serde_json::json!([{"date": "2026-12-25", "ranges": [], "note": "Christmas"}])
        );
    }

    #[test]
    fn what_is_written_is_not_lost_by_going_away_and_is_told_once_saved() {
        let mut model = model();
        does(&mut model, [Msg::Name("Rose".into())]);
        assert!(model.open().is_empty(), "it is not read anew over what is written");
        let mut told = vec![];
        let (mut effects, _) = model.update(Msg::Save, now(), &mut told);
        assert!(model.update(Msg::Save, now(), &mut told).0.is_empty(), "pressed twice is once");
        let answer = SAVED.replace("Peony", "Rose").replace(":3", ":4");
        let crate::Msg::BusinessSettings(answer) = read::answer(&mut effects, "PUT /business", Ok(&answer))
        else {
            panic!("not for this page")
        };
        let (_, saved) = model.update(answer, now(), &mut told);
        assert_eq!(saved.map(|saved| saved.name).as_deref(), Some("Rose"));
        assert!(!told[0].is_problem && !model.changed());
    }

    #[test]
    fn what_the_server_refuses_stays_to_be_mended() {
        let mut model = model();
        let refused = Failure::from_answer(
            400,
            r#"{"type":"/problems/invalid","title":"x","status":400,"errors":[{"pointer":"/hours/week/5/ranges/0/from","detail":"d"}]}"#,
        );
        does(&mut model, [Msg::Type(Place::Day(5), 0, End::From, String::new())]);
        does(&mut model, [Msg::Save, Msg::Saved(Err(refused))]);
        assert!(model.fault("hours/week/5/ranges/0/from").is_some() && model.fault("name").is_none());
        assert!(model.changed());
        does(&mut model, [Msg::Name(" ".into())]);
        assert_eq!(read::lines(&does(&mut model, [Msg::Save])), ["Focus(business-name)"]);
    }
}
