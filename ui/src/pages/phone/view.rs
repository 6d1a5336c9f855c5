//! The phone on the screen: beside the other places, or as a page.

use beseda_wire::messages::{Content, Direction};
use beseda_wire::simulator::{SimChat, SimMessage};

use super::{CHAT, CONNECT, CUSTOMER, FIELD, FILE, Model, Msg, Sample, Sheet, choices, content, form, links};
use crate::format::{initials, phone};
use crate::kit::avatar::avatar;
use crate::kit::dialog::backdrop;
use crate::kit::{Button, Icon, Look, el, event, icon, icon_button, notice, skeleton};
use crate::pages::inbox::words;
use crate::pages::{Around, Load};
use crate::router::{Route, Section};
use crate::{Node, shell, t};

/// Customers shown to choose from.
const MOST: usize = 30;

impl Model {
    /// The whole page: people to be on one side, the phone on the other.
    pub fn view(&self, around: &Around<'_>, wide: bool) -> Node {
        let body = match self.without_chat() {
            Some(instead) => instead,
            None => el("div")
                .class("phone-page")
                .child(self.people())
                .child(el("div").class("phone-narrow").child(self.switcher()))
                .child(self.handset(around))
                .into(),
        };
        let beside = wide.then(|| {
            Button::new(Look::Plain, t!("phone-beside"))
                .icon(Icon::PanelRight)
                .on(crate::Msg::PhoneBeside(true))
        });
        shell::page(&t!("phone-title"), Some(&t!("phone-lead")), beside, body)
    }

    /// The phone beside the other places.
    /// `open`: name and phone of the customer whose thread is on the screen, so that one can be them with one press.
    pub fn panel(&self, open: Option<(&str, &str)>, around: &Around<'_>) -> Node {
        let route = Route::Phone;
        el("aside")
            .id("phone-panel")
            .class("phone-panel")
            .label(t!("phone-title"))
            .child(
                el("header")
                    .class("phone-bar")
                    .child(self.switcher())
                    .child(
                        el("a")
                            .class("icon-button")
                            .attr("href", route.path())
                            .attr("title", t!("phone-alone"))
                            .label(t!("phone-alone"))
                            .on(event::go(route))
                            .child(icon(Icon::ExternalLink)),
                    )
                    .child(icon_button(Icon::X, &t!("phone-close"), crate::Msg::PhoneBeside(false))),
            )
            .maybe(open.and_then(|(name, phone)| self.be(name, phone.trim_start_matches('+'))))
            .child(self.without_chat().unwrap_or_else(|| self.handset(around)))
            .into()
    }

    /// The customer of the open thread, where the phone is somebody else's.
    fn be(&self, name: &str, wa_id: &str) -> Option<Node> {
        let other = self.customer.as_deref() != Some(wa_id) && self.knows(wa_id);
        other.then(|| {
            Button::new(Look::Plain, t!("phone-be", name = name))
                .icon(Icon::UserRound)
                .on(Msg::Pick(wa_id.to_owned()))
        })
    }

    /// What is shown in place of the phone while there is none.
    fn without_chat(&self) -> Option<Node> {
        match &self.number {
            Load::Not | Load::Loading => Some(skeleton(4, "rows")),
            Load::Failed(failure) => Some(notice::failure(failure, Some(Msg::Reload.into()))),
            Load::Ready(None) => Some(notice::empty(
                Icon::Smartphone,
                &t!("phone-none"),
                &t!("phone-none-words"),
                Some(
                    Button::new(Look::Primary, t!("phone-connect"))
                        .id(CONNECT)
                        .on(crate::Msg::Go(Route::Settings(Section::Numbers))),
                ),
            )),
            Load::Ready(Some(_)) => None,
        }
    }

    /// Who one is, to be somebody else.
    fn switcher(&self) -> Node {
        let chosen = self.customer.clone().unwrap_or_default();
        let shown = |wa_id: &str| self.customer.as_deref() == Some(wa_id);
        let choice = self.customers.iter().enumerate();
        let choice = choice.filter(|(at, customer)| *at < MOST || shown(&customer.wa_id));
        let options = choice.map(|(_, customer)| {
            let is_chosen = customer.wa_id == chosen;
            el("option")
                .key(&customer.wa_id)
                .attr("value", customer.wa_id.clone())
                .flag("selected", is_chosen)
                .text(&customer.name)
        });
        el("div")
            .class("phone-switch")
            .child(icon(Icon::Smartphone))
            .child(
                el("select")
                    .id(CUSTOMER)
                    .class("input")
                    .label(t!("phone-customers"))
                    .on(event::change(Msg::Pick))
                    .children(options),
            )
            .child(icon_button(Icon::Plus, &t!("phone-new-customer"), Msg::NewCustomer))
            .into()
    }

    fn people(&self) -> Node {
        el("div")
            .class("phone-people")
            .child(Button::new(Look::Plain, t!("phone-new-customer")).icon(Icon::Plus).on(Msg::NewCustomer))
            .child(el("ul").label(t!("phone-customers")).attr("tabindex", "0").children(
                self.customers.iter().take(MOST).map(|customer| {
                    let on = self.customer.as_deref() == Some(&*customer.wa_id);
                    el("li").key(&customer.wa_id).child(
                        el("button")
                            .class("phone-person")
                            .class_if(on, "on")
                            .attr("type", "button")
                            .attr("aria-pressed", if on { "true" } else { "false" })
                            .on(event::click(Msg::Pick(customer.wa_id.clone())))
                            .child(avatar(&customer.name, ""))
                            .child(el("span").child(el("b").text(&customer.name)).child(
                                el("span").class("phone-number").text(phone(&format!("+{}", customer.wa_id))),
                            )),
                    )
                }),
            ))
            .into()
    }

    fn handset(&self, around: &Around<'_>) -> Node {
        let Some(chat) = &self.chat else { return skeleton(5, "rows") };
        let business = around.business;
        el("section")
            .class("handset")
            .key("handset")
            .label(t!("phone-of", name = &chat.customer.name))
            .child(
                el("header")
                    .child(el("span").class("avatar").attr("aria-hidden", "true").text(initials(business)))
                    .child(el("div").child(el("b").text(business)).child(
                        el("span").attr("role", "status").text(if chat.typing {
                            t!("phone-typing")
                        } else {
                            t!("phone-business")
                        }),
                    )),
            )
            .child(
                el("div")
                    .id(CHAT)
                    .class("handset-chat")
                    .attr("role", "log")
                    .attr("tabindex", "0")
                    .attr("data-arrows", "")
                    .flag("inert", self.sheet.is_some())
                    .label(t!("phone-messages"))
                    .children(lines(self.number_id().unwrap_or_default(), chat, around)),
            )
            .maybe(self.sheet(chat))
            .child(self.writing(chat))
            .into()
    }

    fn sheet(&self, chat: &SimChat) -> Option<Node> {
        let (title, rows): (String, Vec<Node>) = match self.sheet.as_ref()? {
            Sheet::Attach => (t!("phone-attach"), attachments()),
            Sheet::Form(id) => {
                let message = chat.messages.iter().find(|message| message.id == *id)?;
                let Content::Form(form) = &message.content else { return None };
                (form.cta.clone(), self.form_rows())
            }
            Sheet::List(id) => {
                let message = chat.messages.iter().find(|message| message.id == *id)?;
                let Content::List(list) = &message.content else { return None };
                let rows = list.sections.iter().flat_map(|section| {
                    let heading = section.title.as_deref().filter(|title| !title.is_empty()).map(|title| {
                        el("p").class("handset-heading").key(format!("h-{title}")).text(title).into()
                    });
                    let rows = section.rows.iter().map(|choice| {
                        el("button")
                            .key(&choice.id)
                            .class("handset-row")
                            .attr("type", "button")
                            .on(event::click(Msg::Tap(id.clone(), choice.id.clone())))
                            .child(el("b").text(&choice.title))
                            .maybe(choice.description.as_ref().map(|words| el("span").text(words)))
                            .into()
                    });
                    heading.into_iter().chain(rows).collect::<Vec<Node>>()
                });
                (list.button.clone(), rows.collect())
            }
        };
        Some(
            el("div")
                .key("sheet")
                .class("handset-cover")
                .child(backdrop(Msg::Sheet(None).into()))
                .child(
                    el("div")
                        .id("phone-sheet")
                        .class("handset-sheet")
                        .attr("role", "dialog")
                        .attr("tabindex", "-1")
                        .label(&title)
                        .child(
                            el("div")
                                .class("handset-sheet-head")
                                .child(el("b").text(title))
                                .child(icon_button(Icon::X, &t!("close"), Msg::Sheet(None))),
                        )
                        .children(rows),
                )
                .into(),
        )
    }

    fn writing(&self, chat: &SimChat) -> Node {
        let quoted = self.quoting.as_deref().and_then(|id| self.message(id));
        let send = if self.text.trim().is_empty() {
            el("button")
                .key("voice")
                .class("handset-send")
                .attr("type", "button")
                .label(t!("phone-voice"))
                .attr("title", t!("phone-voice"))
                .on(event::click(Msg::Sample(Sample::Voice)))
                .child(icon(Icon::Mic))
        } else {
            el("button")
                .key("send")
                .class("handset-send")
                .attr("type", "submit")
                .label(t!("phone-send"))
                .attr("title", t!("phone-send"))
                .child(icon(Icon::SendHorizontal))
        };
        el("form")
            .key("writing")
            .class("handset-writing")
            .flag("inert", self.sheet.is_some())
            .on(event::submit(Msg::Send))
            .maybe(quoted.map(|quoted| {
                el("div")
                    .class("composer-quote")
                    .key("quote")
                    .child(el("p").text(words::line(&quoted.content)))
                    .child(icon_button(Icon::X, &t!("quote-drop"), Msg::Quote(None)))
            }))
            .maybe((self.uploading > 0).then(|| {
                el("p")
                    .class("handset-uploading")
                    .key("uploading")
                    .attr("role", "status")
                    .text(t!("uploading"))
            }))
            .child(
                el("div")
                    .class("handset-line")
                    .key("line")
                    .child(icon_button(Icon::Plus, &t!("phone-attach"), Msg::Sheet(Some(Sheet::Attach))))
                    .child(
                        el("input")
                            .id(FIELD)
                            .class("input")
                            .attr("type", "text")
                            .attr("autocomplete", "off")
                            .attr("value", self.text.clone())
                            .attr("placeholder", t!("phone-write"))
                            .label(t!("phone-write-as", name = &chat.customer.name))
                            .on(event::input(Msg::Text)),
                    )
                    .child(send)
                    .child(
                        el("input")
                            .id(FILE)
                            .class("unseen")
                            .attr("type", "file")
                            .attr("tabindex", "-1")
                            .attr("aria-hidden", "true")
                            .label(t!("phone-own-file")),
                    ),
            )
            .into()
    }
}

/// Days, messages, and that the business is writing.
fn lines(number: &str, chat: &SimChat, around: &Around<'_>) -> Vec<Node> {
    let mut lines: Vec<Node> = vec![];
    if chat.messages.is_empty() {
        lines.push(
            el("p").class("handset-hint").key("hint").text(t!("phone-begin", name = around.business)).into(),
        );
    }
    let mut day = String::new();
    let mut last = None;
    for message in &chat.messages {
        let this = around.clock.day_key(message.at);
        if this != day {
            let words = around.clock.day(message.at);
            lines.push(el("div").class("day").key(format!("d{this}")).child(el("span").text(words)).into());
            day = this;
            last = None;
        }
        let follows = last == Some(message.direction);
        lines.push(bubble(number, message, chat, around, follows));
        last = Some(message.direction);
    }
    if chat.typing {
        lines.push(
            el("div")
                .class("message in")
                .key("typing")
                .child(
                    el("div")
                        .class("bubble typing")
                        .attr("role", "img")
                        .label(t!("phone-typing"))
                        .children((0..3).map(|_| el("i"))),
                )
                .into(),
        );
    }
    lines
}

fn bubble(number: &str, message: &SimMessage, chat: &SimChat, around: &Around<'_>, follows: bool) -> Node {
    // What came in for the business went out from here.
    let own = message.direction == Direction::In;
    let id = &message.id;
    let buttons: Vec<Node> = if own {
        vec![]
    } else if let Content::List(content) = &message.content {
        vec![tap(&content.button, Some(Icon::List), Msg::Sheet(Some(Sheet::List(id.clone()))))]
    } else if let Content::LocationRequest(_) = &message.content {
        vec![tap(&t!("send-location"), Some(Icon::MapPin), Msg::Place)]
    } else if let Content::Form(form) = &message.content {
        vec![tap(&form.cta, Some(Icon::Form), form::Msg::Open(id.clone()))]
    } else {
        let taps = choices(&message.content).into_iter();
        let taps = taps.map(|choice| tap(&choice.title, Some(Icon::Reply), Msg::Tap(id.clone(), choice.id)));
        taps.chain(links(&message.content).iter().map(|(title, url)| link(title, url))).collect()
    };
    el("div")
        .key(id)
        .class("message")
        .class(if own { "out" } else { "in" })
        .class_if(follows, "follows")
        .class_if(!buttons.is_empty(), "has-taps")
        .child(
            el("div")
                .class("bubble")
                .class_if(message.revoked, "revoked")
                .maybe(message.reply_to.as_deref().map(|target| quote(target, chat, around)))
                .children(content::shown(number, message, around))
                .child(
                    el("span")
                        .class("meta num")
                        .maybe(message.edited.then(|| el("i").text(t!("edited"))))
                        .child(el("span").text(around.clock.time(message.at)))
                        .maybe(message.status.filter(|_| own).map(words::tick)),
                )
                .maybe(message.reaction.as_ref().map(|emoji| {
                    el("span")
                        .class("reactions")
                        .attr("role", "img")
                        .label(t!("reactions", emoji = emoji))
                        .text(emoji)
                })),
        )
        .maybe((!own && !message.revoked).then(|| {
            el("div").class("message-tools").child(icon_button(
                Icon::Reply,
                &t!("quote"),
                Msg::Quote(Some(id.clone())),
            ))
        }))
        .maybe((!buttons.is_empty()).then(|| el("div").class("handset-taps").children(buttons)))
        .into()
}

fn attachments() -> Vec<Node> {
    let row = |which: Icon, words: String, msg: Msg| {
        el("button")
            .key(&words)
            .class("handset-row with-icon")
            .attr("type", "button")
            .on(event::click(msg))
            .child(icon(which))
            .child(el("b").text(words))
            .into()
    };
    vec![
        row(Icon::Image, t!("phone-photo"), Msg::Sample(Sample::Photo)),
        row(Icon::Mic, t!("phone-voice"), Msg::Sample(Sample::Voice)),
        row(Icon::MapPin, t!("phone-location"), Msg::Place),
        row(Icon::Paperclip, t!("phone-own-file"), Msg::PickFile),
    ]
}

fn quote(target: &str, chat: &SimChat, around: &Around<'_>) -> Node {
    let quoted = chat.messages.iter().find(|message| message.id == target);
    let whose = quoted
        .map(|quoted| if quoted.direction == Direction::In { t!("you") } else { around.business.to_owned() });
    let said = quoted.map_or_else(|| t!("quote-earlier"), |quoted| words::line(&quoted.content));
    el("div")
        .class("quote")
        .maybe(whose.map(|name| el("b").text(name)))
        .child(el("p").class("clipped").text(said))
        .into()
}

/// A button that opens an address, which is shown: whoever tries a bot wants to see where it leads. Only the web's own
/// addresses open; of a page that opened from here nothing leads back.
fn link(title: &str, url: &str) -> Node {
    let words = el("span").class("handset-link").child(el("span").text(title)).child(el("small").text(url));
    let opens = url.starts_with("https://") || url.starts_with("http://");
    let button = if opens {
        el("a")
            .attr("href", url.to_owned())
            .attr("target", "_blank")
            .attr("rel", "noopener noreferrer nofollow")
    } else {
        el("span")
    };
    button.key(url).class("handset-tap").child(icon(Icon::ExternalLink)).child(words).into()
}

fn tap(title: &str, picture: Option<Icon>, msg: impl Into<crate::Msg>) -> Node {
    el("button")
        .key(title)
        .class("handset-tap")
        .attr("type", "button")
        .on(event::click(msg))
        .maybe(picture.map(icon))
        .child(el("span").text(title))
        .into()
}
