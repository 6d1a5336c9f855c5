//! The rail on the left: the business, the places, the person. On a phone it is a bar below.

use beseda_wire::conversations::InboxCounts;

use super::places;
use crate::app::{App, Inside, Menu};
use crate::effect::Theme;
use crate::format::counted;
use crate::i18n::{self, Locale};
use crate::kit::avatar::avatar;
use crate::kit::menu::{Item, menu};
use crate::kit::{Icon, el, event, icon, kbd};
use crate::router::{Place, Route, Section};
use crate::shell::palette;
use crate::{Msg, Node, t};

pub fn rail(app: &App, inside: &Inside) -> Node {
    el("nav")
        .class("rail")
        .key("rail")
        .label(t!("places"))
        .child(business(app, inside))
        .child(
            el("button")
                .class("rail-search")
                .attr("type", "button")
                .attr("title", t!("palette"))
                .on(event::click(palette::Msg::Open))
                .child(icon(Icon::Search))
                .child(el("span").text(t!("palette-short")))
                .child(kbd("Ctrl K")),
        )
        .child(
            el("div").class("rail-places").children(
                places(inside)
                    .into_iter()
                    .map(|(place, route, words, which)| place_link(app, inside, place, route, &words, which)),
            ),
        )
        .child(person(app, inside))
        .into()
}

fn place_link(app: &App, inside: &Inside, place: Place, route: Route, words: &str, which: Icon) -> Node {
    if place == Place::Phone && app.wide && app.route != Route::Phone {
        return phone_switch(app, words, which);
    }
    let unread = if place == Place::Inbox { inside.counts.unread } else { 0 };
    el("a")
        .class("rail-place")
        .key(words)
        .attr("href", route.path())
        .attr_if(app.route.place() == Some(place), "aria-current", "page")
        .on(event::go(route))
        .child(icon(which))
        .child(el("span").class("rail-words").text(words))
        // A narrow screen has room for a short word.
        .child(el("span").class("rail-short").text(match place {
            Place::Start => t!("start-short"),
            Place::Settings => t!("settings-short"),
            _ => words.to_owned(),
        }))
        .maybe((unread > 0).then(|| {
            let all = if unread < InboxCounts::MOST {
                t!("unread-count", count = unread)
            } else {
                t!("unread-count", count = &counted(unread))
            };
            el("b").class("num").attr("title", all).text(if unread > 99 {
                "99+".to_owned()
            } else {
                unread.to_string()
            })
        }))
        .into()
}

/// Where there is room, the phone comes and goes beside whatever is shown.
fn phone_switch(app: &App, words: &str, which: Icon) -> Node {
    el("button")
        .class("rail-place")
        .class_if(app.phone_beside, "on")
        .key("phone-switch")
        .attr("type", "button")
        .attr("aria-pressed", if app.phone_beside { "true" } else { "false" })
        .on(event::click(Msg::TogglePhone))
        .child(icon(which))
        .child(el("span").text(words))
        .into()
}

fn business(app: &App, inside: &Inside) -> Node {
    let name = inside.business.as_ref().map_or_else(|| t!("app-name"), |business| business.name.clone());
    let current = inside.business.as_ref().map(|business| business.id);
    let letter: String = name.chars().find(|letter| letter.is_alphanumeric()).into_iter().collect();
    let items = inside.businesses.iter().map(|business| {
        Item::new(&business.name, Msg::Business(business.id)).checked(Some(business.id) == current)
    });
    menu(
        Menu::Business.button(),
        "business",
        None,
        app.menu == Some(Menu::Business),
        Msg::ToggleMenu(Menu::Business),
        [
            el("b").class("business-mark").attr("aria-hidden", "true").text(letter.to_uppercase()).into(),
            el("span").class("business-name").text(&name).into(),
            icon(Icon::ChevronDown),
        ],
        items,
    )
}

fn first_word(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or_default()
}

fn person(app: &App, inside: &Inside) -> Node {
    let mut items = vec![
        Item::new(t!("account"), Msg::Go(Route::Settings(Section::Account))).icon(Icon::UserRound),
        Item::new(t!("shortcuts"), Msg::ShowShortcuts(true)).icon(Icon::Keyboard),
    ];
    for (index, theme) in Theme::ALL.into_iter().enumerate() {
        let item = Item::new(t!(&format!("theme-{}", theme.name())), Msg::Theme(theme))
            .icon(theme_icon(theme))
            .checked(app.theme == theme);
        items.push(if index == 0 { item.heading(t!("theme")) } else { item });
    }
    for (index, locale) in Locale::ALL.into_iter().enumerate() {
        let item = Item::new(locale.own_name(), Msg::Locale(locale)).checked(i18n::current() == locale);
        items.push(if index == 0 { item.heading(t!("language")) } else { item });
    }
    items.push(Item::new(t!("sign-out"), Msg::SignOut).icon(Icon::LogOut).heading(&inside.user.email));
    menu(
        Menu::Person.button(),
        "person up",
        None,
        app.menu == Some(Menu::Person),
        Msg::ToggleMenu(Menu::Person),
        [
            avatar(&inside.user.name, "small"),
            el("span").class("person-name").text(&inside.user.name).into(),
            // A narrow screen has room for one word.
            el("span").class("person-first").text(first_word(&inside.user.name)).into(),
            el("i")
                .class(if inside.live.is_open { "dot on" } else { "dot" })
                .attr("role", "img")
                .label(if inside.live.is_open { t!("connected") } else { t!("not-connected") })
                .into(),
        ],
        items,
    )
}

pub const fn theme_icon(theme: Theme) -> Icon {
    match theme {
        Theme::Light => Icon::Sun,
        Theme::Dark => Icon::Moon,
        Theme::System => Icon::Monitor,
    }
}
