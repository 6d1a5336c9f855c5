//! What the page of the business shows.

use beseda_wire::businesses::{BusinessSettings, DateHours, TimeRange, WorkingHours};
use beseda_wire::time::Time;

use super::{End, Model, Msg, Place, ZONE, add_id, date_id, field_id};
use crate::format::date_words;
use crate::kit::field::{Field, select};
use crate::kit::switch::switch;
use crate::kit::{Button, Icon, Look, el, event, icon_button, notice, skeleton};
use crate::pages::faults::Kind;
use crate::pages::roles::rules;
use crate::pages::{Around, Load};
use crate::router::{Route, Section};
use crate::{Node, shell, t};

impl Model {
    pub fn view(&self, around: &Around<'_>) -> Node {
        let again = || Some(crate::Msg::Go(Route::Settings(Section::Business)));
        let body = match (&self.load, &self.form) {
            (Load::Failed(failure), _) => notice::failure(failure, again()),
            (_, Some(form)) => self.view_form(form, rules(around.role), around.clock.now),
            _ => skeleton(6, "rows"),
        };
        shell::settings(Section::Business, &t!("business-lead"), body)
    }

    fn view_form(&self, form: &BusinessSettings, may: bool, now: Time) -> Node {
        let basics = el("div")
            .class("form")
            .child(
                Field::new("business-name", t!("business-name"))
                    .value(&form.name)
                    .autocomplete("organization")
                    .error(Kind::BusinessName.fault(&form.name))
                    .required()
                    .on(event::input(Msg::Name)),
            )
            .child(self.zone.view(ZONE, &t!("time-zone"), &form.time_zone, now, |msg| Msg::Zone(msg).into()))
            .child(select(
                "business-locale",
                &t!("business-locale"),
                &form.locale,
                crate::i18n::Locale::ALL.map(|each| (each.code().to_owned(), each.own_name().to_owned())),
                event::change(Msg::Locale),
            ));
        let is_on = form.hours.is_some();
        let hours = el("div")
            .class("hours")
            .child(el("div").class("form-switch").child(el("span").text(t!("hours-switch"))).child(switch(
                &t!("hours-switch"),
                is_on,
                Msg::Switch,
            )))
            .child(el("p").class("hint").text(if is_on {
                t!("hours-on-words")
            } else {
                t!("hours-off-words")
            }))
            .children(form.hours.iter().flat_map(|hours| self.view_hours(hours)));
        el("form")
            .class("panels")
            .attr("novalidate", "true")
            .on(event::submit(Msg::Save))
            .child(
                el("fieldset")
                    .class("plain-set")
                    .key("set")
                    .attr("disabled", !may)
                    .child(el("legend").class("unseen").text(t!("business")))
                    .child(el("section").class("panel").child(el("h2").text(t!("business"))).child(basics))
                    .child(el("section").class("panel").child(el("h2").text(t!("hours"))).child(hours)),
            )
            .maybe(self.failure.as_ref().map(|failure| {
                el("div").id("business-failure").key("failure").child(notice::failure(failure, None))
            }))
            .child(if may {
                el("div").class("form-buttons").key("buttons").child(
                    Button::new(Look::Primary, t!("business-save"))
                        .busy(self.busy)
                        .disabled(!self.changed())
                        .submit(),
                )
            } else {
                el("p").class("hint").key("buttons").text(t!("business-not-yours"))
            })
            .into()
    }

    fn view_hours(&self, hours: &WorkingHours) -> Vec<Node> {
        let week = hours.week.iter().enumerate().map(|(at, day)| {
            let name = t!(&format!("weekday-{}", day.day));
            let like = (at == 0 && !day.ranges.is_empty()).then(|| {
                Button::new(Look::Ghost, t!("hours-like-monday")).icon(Icon::Copy).on(Msg::LikeMonday)
            });
            el("li")
                .class("hours-day")
                .key(day.day)
                .child(el("b").text(&name))
                .child(self.view_ranges(Place::Day(at), &day.ranges, &name, &format!("hours/week/{at}")))
                .maybe(like)
        });
        let dates = hours.dates.iter().enumerate().map(|(at, date)| self.view_date(at, date));
        vec![
            el("ul").class("hours-list").key("week").label(t!("hours-week")).children(week).into(),
            el("h3").key("dates-head").text(t!("hours-dates")).into(),
            el("p").class("hint").key("dates-hint").text(t!("hours-dates-words")).into(),
            el("ul").class("hours-list").key("dates").label(t!("hours-dates")).children(dates).into(),
            Button::new(Look::Plain, t!("hours-add-date"))
                .icon(Icon::Plus)
                .id("hours-add-date")
                .on(Msg::AddDate),
        ]
    }

    fn view_date(&self, at: usize, date: &DateHours) -> Node {
        let number = (at + 1).to_string();
        let name = if date.date.is_empty() {
            t!("hours-date-number", number = &number)
        } else {
            date_words(&date.date)
        };
        let wrong = self.fault(&format!("hours/dates/{at}/date")).is_some();
        let note = date.note.clone().unwrap_or_default();
        el("li")
            .class("hours-day hours-date")
            .key(format!("{}-{at}", self.epoch))
            .child(
                el("div")
                    .class("hours-when")
                    .child(
                        el("input")
                            .id(date_id(at, self.epoch))
                            .class("input num")
                            .attr("type", "date")
                            .attr("value", date.date.clone())
                            .attr_if(wrong, "aria-invalid", "true")
                            .label(t!("hours-date"))
                            .on(event::input_of(at, Msg::Date)),
                    )
                    .child(
                        el("input")
                            .class("input")
                            .attr("type", "text")
                            .attr("maxlength", "120")
                            .attr("value", note)
                            .attr("placeholder", t!("hours-note"))
                            .label(t!("hours-note-of", name = &name))
                            .on(event::input_of(at, Msg::Note)),
                    )
                    .child(icon_button(
                        Icon::Trash2,
                        &t!("hours-remove-date", name = &name),
                        Msg::RemoveDate(at),
                    )),
            )
            .maybe(wrong.then(|| el("p").class("error").text(t!("hours-date-wrong"))))
            .child(self.view_ranges(Place::Date(at), &date.ranges, &name, &format!("hours/dates/{at}")))
            .into()
    }

    /// `name` is the day, for those who hear it; `pointer` is where the server knows it.
    fn view_ranges(&self, place: Place, ranges: &[TimeRange], name: &str, pointer: &str) -> Node {
        let rows = ranges.iter().enumerate().map(|(at, range)| {
            let fault = |end: &str| self.fault(&format!("{pointer}/ranges/{at}{end}")).is_some();
            let (overlaps, from, to) = (fault(""), fault("/from"), fault("/to"));
            let field = |end: End, value: &str, wrong: bool| {
                let words = if end == End::From {
                    t!("hours-from", name = name)
                } else {
                    t!("hours-to", name = name)
                };
                el("input")
                    .id(field_id(place, at, end, self.epoch))
                    .class("input num")
                    .attr("type", "time")
                    .attr("value", value.to_owned())
                    .attr_if(wrong, "aria-invalid", "true")
                    .label(words)
                    .on(event::input_of((place, at, end), typed))
            };
            // `00:00` to `00:00` is the whole day; else what ends before it begins ends on the next.
            let next_day = !range.to.is_empty() && range.to != "00:00" && range.to <= range.from;
            let number = (at + 1).to_string();
            el("div")
                .class("hours-range")
                .key(format!("{}-{at}", self.epoch))
                .child(field(End::From, &range.from, overlaps || from))
                .child(el("span").attr("aria-hidden", "true").text("–"))
                .child(field(End::To, &range.to, overlaps || to))
                .child(icon_button(
                    Icon::X,
                    &t!("hours-remove", name = name, number = &number),
                    Msg::Remove(place, at),
                ))
                .maybe(next_day.then(|| el("span").class("hint").text(t!("hours-next-day"))))
                .maybe(overlaps.then(|| el("p").class("error").text(t!("hours-overlap"))))
                .maybe((from || to).then(|| el("p").class("error").text(t!("hours-time-wrong"))))
        });
        el("div")
            .class("hours-ranges")
            .maybe(ranges.is_empty().then(|| el("span").class("hint").key("closed").text(t!("hours-closed"))))
            .children(rows)
            .child(
                el("button")
                    .id(add_id(place))
                    .key("add")
                    .class("icon-button")
                    .attr("type", "button")
                    .label(t!("hours-add", name = name))
                    .attr("title", t!("hours-add", name = name))
                    .on(event::click(Msg::Add(place)))
                    .child(crate::kit::icon(Icon::Plus)),
            )
            .into()
    }
}

fn typed((place, at, end): (Place, usize, End), text: String) -> Msg {
    Msg::Type(place, at, end, text)
}
