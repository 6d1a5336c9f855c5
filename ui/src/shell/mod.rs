//! What surrounds the pages: the rail, the menus, the bar that says the connection is gone, and the
//! frames that pages stand in.

pub mod alarm;
pub mod palette;
mod rail;

pub use rail::theme_icon;

use crate::app::{App, Inside, Part, Phase, Shortcut};
use crate::format::counted;
use crate::kit::dialog::dialog;
use crate::kit::{Button, Icon, Look, el, event, icon, kbd, notice, skeleton, toast};
use crate::pages::Around;
use crate::router::{Place, Route, Section};
use crate::{Msg, Node, t};

/// The whole screen.
pub fn view(app: &App) -> Node {
    let body: Node = match &app.phase {
        Phase::Starting => el("div")
            .class("splash")
            .key("splash")
            .attr("role", "status")
            .child(mark())
            .child(el("span").class("unseen").text(t!("loading")))
            .into(),
        Phase::Unreachable(failure) => {
            entrance(&t!("unreachable"), None, notice::failure(failure, Some(Msg::StartAgain)))
        }
        Phase::Setup(model) => model.view(app.clock.now),
        Phase::SignIn(model) => model.view(),
        Phase::Invitation(model) => model.view(),
        Phase::Inside(inside) => inside_view(app, inside),
    };
    el("div")
        .class("root")
        .on(event::click(Msg::CloseMenus))
        .child(body)
        .maybe(overlay(app))
        .child(toast::toasts(&app.toasts))
        .into()
}

fn around<'a>(app: &'a App, inside: &'a Inside) -> Around<'a> {
    Around {
        clock: &app.clock,
        me: &inside.user,
        business: inside.business.as_ref().map_or("", |business| &business.name),
        role: inside.role(),
        media: &inside.media,
        online: app.online,
        origin: &app.origin,
    }
}

fn inside_view(app: &App, inside: &Inside) -> Node {
    let around = around(app, inside);
    let page = match &app.route {
        Route::Invitation { .. } => inside.invitation.view_inside(&inside.user),
        _ if inside.business.is_none() => {
            notice::empty_page(Icon::Building2, &t!("no-business"), &t!("no-business-words"), None)
        }
        Route::Inbox { .. } => inside.inbox.view(&inside.counts, &around),
        route if route.is_office() => {
            let page = inside.office.as_ref().map(|office| office.view(route, &around, app.theme, app.wide));
            page.unwrap_or_else(|| office_on_its_way(app, inside))
        }
        _ => notice::empty_page(
            Icon::CircleHelp,
            &t!("no-such-place"),
            &t!("no-such-place-words"),
            Some(Button::new(Look::Primary, t!("go-to-inbox")).on(Msg::Go(Route::home()))),
        ),
    };
    let covered = app.shortcuts_shown || inside.palette.is_some() || page_dialog(app, inside).is_some();
    let phone = app.route != Route::Phone && app.phone_is_shown() && inside.business.is_some();
    el("div")
        .class("app")
        .class_if(is_deep(&app.route), "deep")
        // The editor needs the whole width: its own bar leads back.
        .class_if(matches!(app.route, Route::Bot { .. }), "whole")
        .class_if(phone, "has-phone")
        .key("app")
        .flag("inert", covered)
        .child(el("a").class("skip").attr("href", "#main").text(t!("skip-to-content")))
        .child(rail::rail(app, inside))
        .child(
            el("main")
                .id("main")
                .class("main")
                .attr("tabindex", "-1")
                .maybe(connection_bar(app, inside))
                .maybe(inside.alarm.bar(&app.route))
                .child(page),
        )
        .maybe(
            inside
                .office
                .as_ref()
                .filter(|_| phone)
                .map(|office| office.phone_panel(open_customer(app, inside), &around)),
        )
        .into()
}

/// In the place of a page whose code is not here yet.
fn office_on_its_way(app: &App, inside: &Inside) -> Node {
    let body = match &app.office {
        Part::Failed(failure) => notice::failure(failure, Some(Msg::OfficeDue)),
        _ => skeleton(8, "rows"),
    };
    page(&place_name(app, inside), None, None, body)
}

/// Whose thread is on the screen beside the phone.
fn open_customer<'a>(app: &App, inside: &'a Inside) -> Option<(&'a str, &'a str)> {
    matches!(app.route, Route::Inbox { .. }).then(|| inside.inbox.open_customer()).flatten()
}

/// On a phone such a place fills the screen, without the bar of places below.
const fn is_deep(route: &Route) -> bool {
    matches!(
        route,
        Route::Inbox { conversation: Some(_), .. }
            | Route::Customers { customer: Some(_) }
            | Route::Journal { entry: Some(_), .. }
            | Route::Bot { .. }
            | Route::Results { run: Some(_), .. }
    )
}

fn connection_bar(app: &App, inside: &Inside) -> Option<Node> {
    let lost = !app.online || (inside.business.is_some() && inside.live.is_worth_telling());
    lost.then(|| {
        el("div")
            .class("connection")
            .key("connection")
            .attr("role", "status")
            .child(icon(Icon::WifiOff))
            .child(el("span").text(if app.online { t!("connection-lost") } else { t!("offline") }))
            .into()
    })
}

fn overlay(app: &App) -> Option<Node> {
    let Phase::Inside(inside) = &app.phase else { return None };
    if app.shortcuts_shown {
        return Some(shortcuts());
    }
    inside.palette.as_ref().map(palette::Model::view).or_else(|| page_dialog(app, inside))
}

/// What the page on the screen asks before it does it.
fn page_dialog(app: &App, inside: &Inside) -> Option<Node> {
    if let Route::Inbox { .. } = app.route {
        return inside.inbox.dialog();
    }
    inside.office.as_ref().filter(|_| app.route.is_office())?.dialog(&app.route, &around(app, inside))
}

fn shortcuts() -> Node {
    let list = el("dl").class("shortcuts").children(Shortcut::LISTED.iter().map(|(_, keys, words)| {
        el("div")
            .key(words)
            .child(el("dt").text(t!(words)))
            .child(el("dd").children(keys.split(' ').map(kbd)))
    }));
    dialog("shortcuts", &t!("shortcuts"), Msg::ShowShortcuts(false), [list.into()])
}

/// The page's title in the browser's tab, with the unread messages before it.
pub fn title(app: &App) -> String {
    let Phase::Inside(inside) = &app.phase else { return t!("app-name") };
    let place = place_name(app, inside);
    let business = inside.business.as_ref().map_or_else(|| t!("app-name"), |business| business.name.clone());
    match inside.counts.unread {
        0 => format!("{place} · {business}"),
        unread => format!("({}) {place} · {business}", counted(unread)),
    }
}

fn place_name(app: &App, inside: &Inside) -> String {
    match &app.route {
        Route::Inbox { .. } => t!("inbox"),
        Route::Customers { .. } => t!("customers"),
        Route::Bots => t!("bots"),
        Route::ImportBot => t!("bot-import"),
        Route::Bot { .. } => match &inside.office {
            Some(office) if !office.builder.name.is_empty() => office.builder.name.clone(),
            _ => t!("bot"),
        },
        Route::Results { .. } => t!("results"),
        Route::Phone => t!("phone-title"),
        Route::Settings(_) => t!("settings"),
        Route::NewNumber => t!("connect-title"),
        Route::Number(_) => t!("number"),
        Route::Journal { .. } => t!("journal"),
        Route::Start => t!("start-title"),
        _ => t!("app-name"),
    }
}

/// The frame of sign-in and setup: one card in the middle.
pub fn entrance(title: &str, above: Option<Node>, body: Node) -> Node {
    el("main")
        .class("entrance")
        .key("entrance")
        .child(
            el("div")
                .class("entrance-card")
                .child(el("div").class("brand").child(mark()).child(el("span").text(t!("app-name"))))
                .maybe(above)
                .child(el("h1").text(title))
                .child(body),
        )
        .into()
}

/// The frame of a plain page: a heading, what can be done, and the content.
pub fn page(title: &str, lead: Option<&str>, action: Option<Node>, body: Node) -> Node {
    el("div")
        .class("page")
        .key(title)
        .child(
            el("header")
                .class("page-head")
                .child(el("div").child(el("h1").text(title)).maybe(lead.map(|lead| el("p").text(lead))))
                .maybe(action),
        )
        .child(el("div").class("page-body").child(body))
        .into()
}

/// The frame of a settings page, with its neighbours.
pub fn settings(section: Section, lead: &str, body: Node) -> Node {
    let title = section_name(section);
    el("div")
        .class("page")
        .key("settings")
        .child(settings_nav(Some(section)))
        .child(
            el("header")
                .class("page-head")
                .child(el("div").child(el("h1").text(title)).child(el("p").text(lead))),
        )
        .child(el("div").class("page-body").key(section.name()).child(body))
        .into()
}

/// The frame of a page within the settings that is no section itself, with the way back.
pub fn settings_page(title: &str, lead: Option<&str>, back: (Route, String), body: Node) -> Node {
    let (route, words) = back;
    el("div")
        .class("page")
        .key("settings-page")
        .child(
            el("a")
                .class("way-back")
                .attr("href", route.path())
                .on(event::go(route))
                .child(icon(Icon::ArrowLeft))
                .child(el("span").text(words)),
        )
        .child(
            el("header")
                .class("page-head")
                .child(el("div").child(el("h1").text(title)).maybe(lead.map(|lead| el("p").text(lead)))),
        )
        .child(el("div").class("page-body").child(body))
        .into()
}

/// The sections of the settings side by side.
pub fn settings_nav(current: Option<Section>) -> Node {
    el("nav")
        .class("subnav")
        .label(t!("settings"))
        .children(Section::ALL.map(|each| {
            let route = each.route();
            el("a")
                .key(each.name())
                .attr("href", route.path())
                .attr_if(Some(each) == current, "aria-current", "page")
                .on(event::go(route))
                .child(icon(section_icon(each)))
                .child(el("span").text(section_name(each)))
        }))
        .into()
}

pub fn section_name(section: Section) -> String {
    match section {
        Section::Account => t!("account"),
        Section::Business => t!("business"),
        Section::People => t!("people"),
        Section::Numbers => t!("numbers"),
        Section::Connections => t!("connections"),
        Section::Journal => t!("journal"),
    }
}

pub const fn section_icon(section: Section) -> Icon {
    match section {
        Section::Account => Icon::UserRound,
        Section::Business => Icon::Store,
        Section::People => Icon::Users,
        Section::Numbers => Icon::Phone,
        Section::Connections => Icon::Plug,
        Section::Journal => Icon::Webhook,
    }
}

/// The places of the rail, with their addresses, names and icons.
pub fn places(inside: &Inside) -> Vec<(Place, Route, String, Icon)> {
    let mut places = vec![
        (Place::Inbox, Route::home(), t!("inbox"), Icon::MessageSquare),
        (Place::Customers, Route::Customers { customer: None }, t!("customers"), Icon::Users),
        (Place::Bots, Route::Bots, t!("bots"), Icon::Bot),
        (Place::Phone, Route::Phone, t!("phone-title"), Icon::Smartphone),
        (Place::Settings, Route::Settings(Section::Account), t!("settings"), Icon::Settings),
    ];
    if inside.counts.open == 0 {
        places.insert(0, (Place::Start, Route::Start, t!("start-title"), Icon::SquareCheckBig));
    }
    places
}

/// Beseda's mark: two bubbles that talk.
pub fn mark() -> Node {
    use crate::kit::el::svg;
    svg("svg")
        .class("mark")
        .attr("viewBox", "0 0 32 32")
        .attr("aria-hidden", "true")
        .child(svg("rect").class("mark-ground").attr("width", "32").attr("height", "32").attr("rx", "8"))
        .child(svg("path").class("mark-one").attr(
            "d",
            "M8.500 7.500h10a3 3 0 0 1 3 3v3.500a3 3 0 0 1-3 3h-5.900l-3 2.500c-.5.4-1.200.1-1.200-.6v-2a3 3 0 0 1-2.900-2.900v-3.500a3 3 0 0 1 3-3z",
        ))
        .child(svg("path").class("mark-two").attr(
            "d",
            "M23.300 13v1a5 5 0 0 1-5 5h-4.600a3 3 0 0 0 2.800 2h4.400l2.700 2.300c.5.4 1.200.1 1.200-.6v-1.800a3 3 0 0 0 2.400-2.900v-2a3 3 0 0 0-3-3z",
        ))
        .into()
}
