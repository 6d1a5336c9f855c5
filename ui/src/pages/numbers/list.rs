//! The connected numbers.

use beseda_wire::whatsapp::{Number, NumberState};

use super::Msg;
use crate::format::phone;
use crate::kit::tag::{Tone, tag};
use crate::kit::{Button, Icon, Look, el, event, icon, notice, skeleton};
use crate::pages::{Around, Load};
use crate::router::{Route, Section};
use crate::{Node, shell, t};

pub fn view(numbers: &Load<Vec<Number>>, busy: bool, around: &Around<'_>) -> Node {
    let route = Route::Settings(Section::Numbers);
    let body = match numbers {
        Load::Not | Load::Loading => skeleton(3, "rows"),
        Load::Failed(failure) => notice::failure(failure, Some(crate::Msg::Go(route))),
        Load::Ready(numbers) => {
            let simulated = numbers.iter().any(|number| number.simulated);
            el("div")
                .class("numbers")
                .maybe((!numbers.is_empty()).then(|| {
                    el("ul")
                        .class("number-list")
                        .label(t!("numbers"))
                        .children(numbers.iter().map(|number| row(number, around)))
                }))
                .child(ways(simulated, busy))
                .into()
        }
    };
    shell::settings(Section::Numbers, &t!("numbers-lead"), body)
}

fn row(number: &Number, around: &Around<'_>) -> Node {
    let route = Route::Number(number.id);
    let phone = number.phone.as_deref().map(phone).unwrap_or_default();
    el("li")
        .key(number.id)
        .child(
            el("a")
                .class("number-row")
                .attr("href", route.path())
                .on(event::go(route))
                .child(el("span").class("number-icon").child(icon(if number.simulated {
                    Icon::Smartphone
                } else {
                    Icon::Phone
                })))
                .child(
                    el("div").child(el("b").text(&number.name)).child(el("span").class("muted").text(phone)),
                )
                .child(
                    el("span")
                        .class("number-tags")
                        .child(state(number))
                        .maybe(number.simulated.then(|| tag(Tone::Blue, t!("numbers-simulated"))))
                        .maybe((number.rejected > 0).then(|| {
                            let count = i64::try_from(number.rejected).unwrap_or(i64::MAX);
                            tag(Tone::Amber, t!("numbers-refused", count = count))
                        })),
                )
                .child(el("span").class("muted num number-last").text(match number.last_webhook_at {
                    Some(at) => t!("numbers-last", time = &around.clock.ago(at)),
                    None => t!("numbers-last-none"),
                }))
                .child(icon(Icon::ChevronRight)),
        )
        .into()
}

/// How a number stands, in a word. A number of Meta's is only at work once its webhooks come.
pub fn state(number: &Number) -> Node {
    match number.state {
        NumberState::Stopped => tag(Tone::Red, t!("numbers-stopped")),
        NumberState::Connected if !number.simulated && number.first_webhook_at.is_none() => {
            tag(Tone::Amber, t!("numbers-unfinished"))
        }
        NumberState::Connected if !number.warnings.is_empty() => tag(Tone::Amber, t!("numbers-warned")),
        NumberState::Connected => tag(Tone::Green, t!("numbers-connected")),
    }
}

/// The two ways to another number.
fn ways(simulated: bool, busy: bool) -> Node {
    let way = |which: Icon, title: String, words: String, action: Node| {
        el("section")
            .class("way")
            .key(&title)
            .child(el("span").class("number-icon").child(icon(which)))
            .child(el("div").child(el("h2").text(title)).child(el("p").text(words)).child(action))
    };
    let form = Route::NewNumber;
    el("div")
        .class("ways")
        .child(way(
            Icon::Phone,
            t!("numbers-real"),
            t!("numbers-real-words"),
            el("a")
                .class("button primary")
                .attr("href", form.path())
                .on(event::go(form))
                .child(icon(Icon::Plus))
                .child(el("span").text(t!("numbers-connect")))
                .into(),
        ))
        .maybe((!simulated).then(|| {
            way(
                Icon::Smartphone,
                t!("numbers-try"),
                t!("numbers-none-words"),
                Button::new(Look::Plain, t!("start-simulator"))
                    .icon(Icon::Smartphone)
                    .busy(busy)
                    .on(Msg::ConnectSimulator),
            )
        }))
        .into()
}
