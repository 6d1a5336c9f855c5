//! The customers: a list to search, and one of them beside it.

use beseda_wire::customers::Customer;
use beseda_wire::ids::CustomerId;
use beseda_wire::page::Page;
use beseda_wire::time::Time;

use super::{Around, Load};
use crate::api::{self, Failure};
use crate::app::Told;
use crate::effect::{Effect, Effects};
use crate::format::phone;
use crate::kit::avatar::avatar;
use crate::kit::event::Scroll;
use crate::kit::search::search;
use crate::kit::tag::{Tone, tag};
use crate::kit::virtual_list::{Window, windowed};
use crate::kit::{Button, Icon, Look, el, event, icon_button, notice, skeleton};
use crate::router::Route;
use crate::{Node, t};

/// Height of a row in pixels; `.customer-row` in the style sheet has the same.
const ROW: usize = 56;
const PAGE: u32 = 100;

#[derive(Debug, Default)]
pub struct Model {
    search: String,
    list: Load<Vec<Customer>>,
    next: Option<String>,
    loading_more: bool,
    scroll: Scroll,
    /// The pointer is over the list: nothing moves under it.
    hovered: bool,
    /// Tells the answer of the newest search from those of older ones.
    asked: u32,
    open: Option<CustomerId>,
    detail: Load<Box<Customer>>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Search(String),
    SearchDue(u32),
    Listed(u32, bool, Result<Page<Customer>, Failure>),
    Scrolled(Scroll),
    Hovered(bool),
    Detail(CustomerId, Result<Box<Customer>, Failure>),
    Again,
}

impl Model {
    pub fn open(&mut self, customer: Option<CustomerId>) -> Effects {
        let mut effects = vec![];
        if matches!(self.list, Load::Not | Load::Failed(_)) {
            self.list.begin();
            effects.push(self.ask(None));
        }
        if self.open != customer {
            self.open = customer;
            self.detail = Load::Not;
        }
        if let Some(id) = customer {
            self.detail.begin();
            effects.push(api::customer(id).then(move |answer| Msg::Detail(id, answer.map(Box::new))));
        }
        effects
    }

    /// Another place is shown: a list that comes back begins at its top, as the browser has it.
    pub fn left(&mut self) {
        self.scroll = Scroll::default();
        self.hovered = false;
        self.settle();
    }

    fn ask(&mut self, cursor: Option<String>) -> Effect {
        self.asked += 1;
        let (asked, more) = (self.asked, cursor.is_some());
        let search = Some(self.search.trim().to_owned()).filter(|search| !search.is_empty());
        api::customers(search, PAGE, cursor).then(move |answer| Msg::Listed(asked, more, answer))
    }

    pub fn update(&mut self, msg: Msg, told: &mut Vec<Told>) -> Effects {
        match msg {
            Msg::Search(search) => {
                self.search = search;
                self.asked += 1;
                // A pause in typing asks; each letter by itself would only keep the server busy.
                return vec![Effect::After(150, Msg::SearchDue(self.asked).into())];
            }
            Msg::SearchDue(asked) if asked == self.asked => {
                return vec![self.ask(None), Effect::ScrollToTop("customers".to_owned())];
            }
            Msg::Listed(asked, more, answer) if asked == self.asked => {
                self.loading_more = false;
                match answer {
                    Ok(page) => {
                        self.next = page.next;
                        match self.list.ready_mut() {
                            Some(list) if more => list.extend(page.items),
                            _ => self.list = Load::Ready(page.items),
                        }
                    }
                    Err(failure) if more => told.push(Told::failure(&failure)),
                    Err(failure) => self.list = Load::Failed(failure),
                }
            }
            Msg::Scrolled(scroll) => {
                self.scroll = scroll;
                let count = self.list.ready().map_or(0, Vec::len);
                let near_end = Window::of(scroll, ROW, count).is_near_end(count);
                if near_end
                    && !self.loading_more
                    && let Some(cursor) = self.next.clone()
                {
                    self.loading_more = true;
                    return vec![self.ask(Some(cursor))];
                }
            }
            Msg::Hovered(hovered) => {
                self.hovered = hovered;
                self.settle();
            }
            Msg::Detail(id, answer) if self.open == Some(id) => self.detail.answer(answer),
            Msg::Again => {
                self.list = Load::Loading;
                return vec![self.ask(None)];
            }
            Msg::SearchDue(_) | Msg::Listed(..) | Msg::Detail(..) => {}
        }
        vec![]
    }

    /// The customer so many places below this one; the first when none is open.
    /// Scrolls to it, too.
    pub fn neighbour(&mut self, of: Option<CustomerId>, by: i32) -> Option<CustomerId> {
        let list = self.list.ready()?;
        let at = of.and_then(|id| list.iter().position(|customer| customer.id == id));
        let end = list.len().checked_sub(1)?;
        let next = at.map_or(0, |at| at.saturating_add_signed(by as isize).min(end));
        self.scroll = Window::with(self.scroll, ROW, list.len(), next);
        (Some(next) != at).then(|| list[next].id)
    }

    /// Somebody changed this customer, here or elsewhere.
    pub fn changed(&mut self, customer: Customer) {
        if let Some(list) = self.list.ready_mut() {
            let at = list.iter().position(|known| known.id == customer.id);
            // Who just wrote stands before all; others may stand beyond what was read.
            let is_first = || list.iter().all(|known| seen(known) < seen(&customer));
            match at {
                Some(at) => list[at].clone_from(&customer),
                None if self.search.trim().is_empty() && is_first() => list.push(customer.clone()),
                None => {}
            }
        }
        self.settle();
        if self.open == Some(customer.id) {
            self.detail = Load::Ready(Box::new(customer));
        }
    }

    /// Who was there last comes first, as the server has it; not under a pointer, and not above somebody who reads below.
    fn settle(&mut self) {
        if self.hovered || self.scroll.above > 0 {
            return;
        }
        if let Some(list) = self.list.ready_mut() {
            list.sort_by_key(|customer| std::cmp::Reverse(seen(customer)));
        }
    }

    pub fn view(&self, around: &Around<'_>) -> Node {
        let search = search(&self.search, t!("customers-search"), Msg::Search);
        el("div")
            .class("customers")
            .key("customers-page")
            .class_if(self.open.is_some(), "has-detail")
            .child(
                el("section")
                    .class("customers-list")
                    .child(
                        el("header").class("pane-head").child(el("h1").text(t!("customers"))).child(search),
                    )
                    .child(self.list(around)),
            )
            .maybe(self.open.map(|_| self.detail(around)))
            .into()
    }

    fn list(&self, around: &Around<'_>) -> Node {
        match &self.list {
            Load::Not | Load::Loading => skeleton(8, "rows"),
            Load::Failed(failure) => notice::failure(failure, Some(Msg::Again.into())),
            Load::Ready(list) if list.is_empty() && self.search.trim().is_empty() => {
                notice::empty(Icon::Users, &t!("customers-none"), &t!("customers-none-words"), None)
            }
            Load::Ready(list) if list.is_empty() => {
                notice::empty(Icon::Search, &t!("nothing-found"), &t!("nothing-found-words"), None)
            }
            Load::Ready(list) => {
                let window = Window::of(self.scroll, ROW, list.len());
                let rows = &list[window.first..window.end];
                // One row alone is a stop of the Tab key: the others are reached by the arrows.
                let open = rows.iter().find(|customer| self.open == Some(customer.id));
                let stop = open.or(rows.first()).map(|customer| customer.id);
                let rows = rows.iter().map(|row| self.row(row, stop == Some(row.id), around));
                let body = el("div")
                    .id("customers")
                    .class("scroll")
                    .attr("role", "list")
                    .attr("tabindex", "0")
                    .label(t!("customers"))
                    .on(event::scroll(Msg::Scrolled))
                    .on(event::pointer_enter(Msg::Hovered(true)))
                    .on(event::pointer_leave(Msg::Hovered(false)));
                windowed(body, window, ROW, list.len(), rows).into()
            }
        }
    }

    fn row(&self, customer: &Customer, is_stop: bool, around: &Around<'_>) -> Node {
        let route = Route::Customers { customer: Some(customer.id) };
        let seen = customer.last_seen_at.map(|at| around.clock.short(at)).unwrap_or_default();
        el("div")
            .key(customer.id)
            .attr("role", "listitem")
            .child(
                el("a")
                    .class("customer-row")
                    .attr("id", format!("customer-{}", customer.id))
                    .attr("href", route.path())
                    .attr_if(self.open == Some(customer.id), "aria-current", "true")
                    .attr("tabindex", if is_stop { "0" } else { "-1" })
                    .on(event::go(route))
                    .child(avatar(&customer.name, ""))
                    .child(el("b").text(&customer.name))
                    .child(el("span").class("muted").text(contact(customer)))
                    .child(
                        el("span")
                            .class("tags")
                            .children(customer.tags.iter().take(3).map(|name| tag(Tone::Grey, name))),
                    )
                    .child(el("time").class("num muted").text(seen)),
            )
            .into()
    }

    fn detail(&self, around: &Around<'_>) -> Node {
        let body = match &self.detail {
            Load::Not | Load::Loading => skeleton(3, "rows"),
            Load::Failed(failure) => notice::failure(failure, None),
            Load::Ready(customer) => card(customer, around),
        };
        el("aside")
            .class("detail")
            .label(t!("customer"))
            .child(el("div").class("detail-bar").child(icon_button(
                Icon::X,
                &t!("close"),
                crate::Msg::Go(Route::Customers { customer: None }),
            )))
            .child(body)
            .into()
    }
}

/// The best way to tell this customer from others of the same name.
fn contact(customer: &Customer) -> String {
    customer
        .phone
        .as_deref()
        .map(phone)
        .or_else(|| customer.username.as_ref().map(|name| format!("@{name}")))
        .or_else(|| customer.email.clone())
        .unwrap_or_default()
}

fn card(customer: &Customer, around: &Around<'_>) -> Node {
    let mut facts: Vec<(String, String)> = vec![];
    let mut fact = |name: String, value: Option<String>| facts.extend(value.map(|value| (name, value)));
    fact(t!("phone"), customer.phone.as_deref().map(phone));
    fact(t!("email"), customer.email.clone());
    fact(t!("username"), customer.username.as_ref().map(|name| format!("@{name}")));
    fact(t!("bsuid"), customer.bsuid.clone());
    for field in &customer.fields {
        fact(field.name.clone(), Some(field.value.clone()));
    }
    fact(t!("customer-since"), Some(around.clock.day(customer.created_at)));
    fact(t!("last-seen"), customer.last_seen_at.map(|at| around.clock.ago(at)));
    fact(t!("reach"), customer.unreachable_since.map(|at| t!("reach-lost", day = &around.clock.day(at))));
    let refused = customer.no_marketing_since.map(|at| t!("marketing-since", day = &around.clock.day(at)));
    let capped = customer.marketing_capped_until.filter(|until| around.clock.now < *until);
    let capped = capped.map(|until| t!("marketing-capped", time = &around.clock.full(until)));
    fact(t!("marketing"), refused.or(capped));
    el("div")
        .class("card")
        .child(
            el("div").class("card-head").child(avatar(&customer.name, "large")).child(
                el("div")
                    .child(el("h1").text(&customer.name))
                    .child(el("p").class("muted").text(contact(customer))),
            ),
        )
        .child(el("div").class("tags").children(customer.tags.iter().map(|name| tag(Tone::Grey, name))))
        .child(el("dl").class("facts").children(facts.into_iter().enumerate().map(|(at, (name, value))| {
            // By its place: a field of their own may have the name of one of ours.
            el("div").key(at).child(el("dt").text(name)).child(el("dd").text(value))
        })))
        .child(
            Button::new(Look::Plain, t!("customer-conversations"))
                .icon(Icon::MessageSquare)
                .on(super::inbox::Msg::Find(customer.name.clone())),
        )
        .into()
}

/// The place in the list.
fn seen(customer: &Customer) -> (Option<Time>, CustomerId) {
    (customer.last_seen_at, customer.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::read;

    #[test]
    fn only_the_newest_search_is_asked_and_shown() {
        let mut model = Model::default();
        let mut first = model.open(None);
        let crate::Msg::Customers(late) =
            read::answer(&mut first, "GET /customers?limit=100", Ok(r#"{"items":[]}"#))
        else {
            panic!("not for this page")
        };
        model.update(Msg::Search("а".into()), &mut vec![]);
        model.update(Msg::Search("ан".into()), &mut vec![]);
        model.update(late, &mut vec![]);
        assert_eq!(model.list, Load::Loading, "an old answer is not shown");
        assert!(model.update(Msg::SearchDue(2), &mut vec![]).is_empty());
        let effects = model.update(Msg::SearchDue(3), &mut vec![]);
        assert_eq!(read::lines(&effects)[0], "Call(GET /customers?search=%D0%B0%D0%BD&limit=100)");
    }

    #[test]
    fn the_neighbours_end_with_the_list() {
        let mut model = Model::default();
        let ids: Vec<CustomerId> =
            (1..=3).map(|n| format!("01990000-0000-7000-8000-{n:012}").parse().unwrap()).collect();
        let items =
            ids.iter().map(|id| format!(r#"{{"id":"{id}","name":"A","created_at":"2026-01-01T00:00:00Z"}}"#));
        let page = format!(r#"{{"items":[{}]}}"#, items.collect::<Vec<_>>().join(","));
        let mut effects = model.open(None);
        let crate::Msg::Customers(msg) = read::answer(&mut effects, "GET /customers", Ok(&page)) else {
            panic!("not for this page")
        };
        model.update(msg, &mut vec![]);
        assert_eq!(model.neighbour(None, 1), Some(ids[0]));
        assert_eq!(model.neighbour(Some(ids[0]), 1), Some(ids[1]));
        assert_eq!(model.neighbour(Some(ids[0]), -1), None);
        assert_eq!(model.neighbour(Some(ids[2]), 1), None);
    }

    #[test]
    fn who_writes_moves_to_the_top_but_not_under_the_pointer() {
        let customer = |n: u32, seen: &str| -> Customer {
            serde_json::from_str(&format!(
                r#"{{"id":"01990000-0000-7000-8000-{n:012}","name":"c{n}","created_at":"2026-01-01T00:00:00Z",
                    "last_seen_at":"2026-01-01T00:00:{seen}Z"}}"#
            ))
            .unwrap()
        };
        let names = |model: &Model| -> Vec<String> {
            model.list.ready().unwrap().iter().map(|customer| customer.name.clone()).collect()
        };
        let mut model = Model::default();
        model.open(None);
        let page = Page { items: vec![customer(1, "30"), customer(2, "20")], next: None };
        model.update(Msg::Listed(model.asked, false, Ok(page)), &mut vec![]);
        model.changed(customer(2, "40"));
        assert_eq!(names(&model), ["c2", "c1"]);
        // Somebody new writes while the pointer is there: they come when it is gone.
        model.update(Msg::Hovered(true), &mut vec![]);
        model.changed(customer(3, "50"));
        assert_eq!(names(&model), ["c2", "c1", "c3"]);
        model.update(Msg::Hovered(false), &mut vec![]);
        assert_eq!(names(&model), ["c3", "c2", "c1"]);
        // Of somebody who is changed and was not read nobody knows the place.
        model.changed(customer(4, "10"));
        assert_eq!(names(&model), ["c3", "c2", "c1"]);
        model.update(Msg::Search("c".into()), &mut vec![]);
        model.changed(customer(5, "59"));
        assert_eq!(names(&model), ["c3", "c2", "c1"]);
    }
}
