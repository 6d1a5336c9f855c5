//! The phone: what a customer sees on the simulated number, to try things out without a real one.

use beseda_wire::messages::{
    Choice, Content, Direction, Location, Media, MediaKind, MediaState, Reply, ReplyKind, Text,
};
use beseda_wire::page::Page;
use beseda_wire::simulator::{SimActKind, SimChat, SimCustomer, SimFile, SimMessage, SimSend};
use beseda_wire::time::Time;
use beseda_wire::whatsapp::Number;

use super::inbox::{rich, words};
use super::{Around, Here, Load};
use crate::api::{self, Failure};
use crate::app::Told;
use crate::effect::{Effect, Effects};
use crate::format::{initials, phone};
use crate::kit::{Button, Icon, Look, el, event, icon, icon_button, notice, skeleton};
use crate::router::{Route, Section};
use crate::{Node, shell, t};

/// Customers shown to choose from.
const MOST: usize = 30;
const FIELD: &str = "phone-text";
const CHAT: &str = "phone-chat";

#[derive(Debug, Default)]
pub struct Model {
    number: Load<Option<String>>,
    customers: Vec<SimCustomer>,
    customer: Option<String>,
    chat: Option<SimChat>,
    text: String,
    /// The message whose list is open.
    sheet: Option<String>,
    /// Tells the answers of the chat on the screen from those of one that was left.
    watch: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Numbers(Result<Page<Number>, Failure>),
    Customers(Result<Vec<SimCustomer>, Failure>),
    Pick(String),
    NewCustomer,
    Added(Result<SimCustomer, Failure>),
    Chat(u32, Result<Box<SimChat>, Failure>),
    Again(u32),
    Text(String),
    Send,
    Sent(Result<(), Failure>),
    /// A button or a row of this message, by its id.
    Tap(String, String),
    Sheet(Option<String>),
    Sample(Sample),
    Taken(Sample, Result<SimFile, Failure>),
    Place,
}

/// A file out of the simulator's samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sample {
    Photo,
    Voice,
}

impl Sample {
    const fn name(self) -> &'static str {
        match self {
            Self::Photo => "coffee.jpg",
            Self::Voice => "voice.ogg",
        }
    }
}

impl Model {
    pub fn open(&mut self) -> Effects {
        self.number.begin();
        vec![api::numbers().then(Msg::Numbers)]
    }

    /// The page was left: what is still on its way is not waited for.
    pub fn close(&mut self) -> Effects {
        self.watch += 1;
        self.sheet = None;
        match self.place() {
            Some((number, customer)) if self.chat.take().is_some() => {
                vec![api::phone_act(&number, &customer, SimActKind::Close).then(|_| crate::Msg::Idle)]
            }
            _ => vec![],
        }
    }

    pub fn update(&mut self, msg: Msg, here: &Here, told: &mut Vec<Told>) -> Effects {
        match msg {
            Msg::Numbers(answer) => {
                let simulated = |page: Page<Number>| {
                    page.items
                        .into_iter()
                        .find(|number| number.simulated)
                        .map(|number| number.phone_number_id)
                };
                self.number.answer(answer.map(simulated));
                if let Some(Some(number)) = self.number.ready() {
                    return vec![api::phone_customers(number).then(Msg::Customers)];
                }
            }
            Msg::Customers(Ok(customers)) => {
                self.customers = customers;
                return match self.customer.clone().or_else(|| Some(self.customers.first()?.wa_id.clone())) {
                    Some(wa_id) => self.pick(wa_id),
                    None => self.invent(here.now),
                };
            }
            Msg::Pick(wa_id) => return self.pick(wa_id),
            Msg::NewCustomer => return self.invent(here.now),
            Msg::Added(Ok(customer)) => {
                let wa_id = customer.wa_id.clone();
                self.customers.insert(0, customer);
                return self.pick(wa_id);
            }
            Msg::Chat(watch, _) if watch != self.watch => {}
            Msg::Chat(_, Ok(chat)) => {
                let grew = self.chat.as_ref().map_or(0, |chat| chat.messages.len()) < chat.messages.len();
                self.chat = Some(*chat);
                let mut effects = self.watch_on();
                if grew {
                    effects.push(Effect::ScrollToEnd(CHAT.to_owned()));
                }
                return effects;
            }
            // The next look may find the line mended.
            Msg::Chat(watch, Err(_)) => return vec![Effect::After(3_000, Msg::Again(watch).into())],
            Msg::Again(watch) if watch == self.watch => return self.watch_on(),
            Msg::Text(text) => self.text = text,
            Msg::Send => {
                let body = self.text.trim().to_owned();
                if body.is_empty() {
                    return vec![];
                }
                self.text.clear();
                let mut effects = self.say(Content::Text(Text { body, preview_url: false }), None);
                effects.push(Effect::SetValue(FIELD.to_owned(), String::new()));
                return effects;
            }
            Msg::Tap(message, id) => return self.tap(&message, &id),
            Msg::Sheet(message) => self.sheet = message,
            Msg::Sample(sample) => {
                return vec![api::phone_sample(sample.name()).then(move |answer| Msg::Taken(sample, answer))];
            }
            Msg::Taken(sample, Ok(file)) => return self.say(file_content(sample, file), None),
            Msg::Place => {
                let place = Location {
                    latitude: 51.507_4,
                    longitude: -0.127_8,
                    name: Some(t!("phone-place-name")),
                    address: Some(t!("phone-place-address")),
                    url: None,
                };
                return self.say(Content::Location(place), None);
            }
            Msg::Again(_) | Msg::Sent(Ok(())) => {}
            Msg::Customers(Err(failure))
            | Msg::Added(Err(failure))
            | Msg::Sent(Err(failure))
            | Msg::Taken(_, Err(failure)) => told.push(Told::failure(&failure)),
        }
        vec![]
    }

    fn place(&self) -> Option<(String, String)> {
        Some((self.number.ready()?.clone()?, self.customer.clone()?))
    }

    fn pick(&mut self, wa_id: String) -> Effects {
        let mut effects = self.close();
        self.customer = Some(wa_id);
        self.chat = None;
        let Some((number, customer)) = self.place() else { return effects };
        let watch = self.watch;
        effects.push(api::phone_act(&number, &customer, SimActKind::Open).then(|_| crate::Msg::Idle));
        effects.push(
            api::phone_chat(&number, &customer, None)
                .then(move |answer| Msg::Chat(watch, answer.map(Box::new))),
        );
        effects.push(Effect::Focus(FIELD.to_owned()));
        effects
    }

    /// Waits for the next change of the chat.
    fn watch_on(&self) -> Effects {
        let Some((number, customer)) = self.place() else { return vec![] };
        let (watch, after) = (self.watch, self.chat.as_ref().map(|chat| chat.revision));
        vec![
            api::phone_chat(&number, &customer, after)
                .then(move |answer| Msg::Chat(watch, answer.map(Box::new))),
        ]
    }

    /// A customer nobody is, with a number of a range that is kept for fiction.
    fn invent(&self, now: Time) -> Effects {
        let Some(Some(number)) = self.number.ready() else { return vec![] };
        let count = (self.customers.len() + 1).to_string();
        let wa_id = format!("4477009{:05}", now.millis().rem_euclid(100_000));
        let customer = SimCustomer::new(wa_id, t!("phone-customer", number = &count));
        vec![api::phone_add_customer(number, &customer).then(Msg::Added)]
    }

    fn say(&self, content: Content, reply_to: Option<String>) -> Effects {
        let Some((number, customer)) = self.place() else { return vec![] };
        let send = SimSend { reply_to, ..SimSend::new(content) };
        vec![api::phone_say(&number, &customer, &send).then(|answer| Msg::Sent(answer.map(|_| ())))]
    }

    fn tap(&mut self, message: &str, id: &str) -> Effects {
        self.sheet = None;
        let Some(found) =
            self.chat.as_ref().and_then(|chat| chat.messages.iter().find(|known| known.id == message))
        else {
            return vec![];
        };
        let kind =
            if matches!(found.content, Content::List(_)) { ReplyKind::List } else { ReplyKind::Button };
        let Some(choice) = choices(&found.content).into_iter().find(|choice| choice.id == id).cloned() else {
            return vec![];
        };
        let reply = Reply { kind, id: choice.id, title: choice.title, description: choice.description };
        self.say(Content::Reply(reply), Some(message.to_owned()))
    }

    pub fn view(&self, around: &Around<'_>) -> Node {
        let body = match &self.number {
            Load::Not | Load::Loading => skeleton(4, "rows"),
            Load::Failed(failure) => notice::failure(failure, Some(crate::Msg::Go(Route::Phone))),
            Load::Ready(None) => notice::empty(
                Icon::Smartphone,
                &t!("phone-none"),
                &t!("phone-none-words"),
                Some(
                    Button::new(Look::Primary, t!("phone-connect"))
                        .on(crate::Msg::Go(Route::Settings(Section::Numbers))),
                ),
            ),
            Load::Ready(Some(_)) => {
                el("div").class("phone-page").child(self.people()).child(self.handset(around)).into()
            }
        };
        shell::page(&t!("phone-title"), Some(&t!("phone-lead")), None, body)
    }

    fn people(&self) -> Node {
        el("div")
            .class("phone-people")
            .child(Button::new(Look::Plain, t!("phone-new-customer")).icon(Icon::Plus).on(Msg::NewCustomer))
            .child(el("ul").label(t!("phone-customers")).children(self.customers.iter().take(MOST).map(
                |customer| {
                    let on = self.customer.as_deref() == Some(&*customer.wa_id);
                    el("li").key(&customer.wa_id).child(
                        el("button")
                            .class("phone-person")
                            .class_if(on, "on")
                            .attr("type", "button")
                            .attr("aria-pressed", if on { "true" } else { "false" })
                            .on(event::click(Msg::Pick(customer.wa_id.clone())))
                            .child(el("b").text(&customer.name))
                            .child(el("span").class("num").text(phone(&format!("+{}", customer.wa_id)))),
                    )
                },
            )))
            .into()
    }

    fn handset(&self, around: &Around<'_>) -> Node {
        let business = around.me.name.clone();
        let Some(chat) = &self.chat else { return skeleton(5, "rows") };
        el("section")
            .class("handset")
            .label(t!("phone-of", name = &chat.customer.name))
            .child(
                el("header")
                    .child(
                        el("span")
                            .class("avatar tone-1")
                            .attr("aria-hidden", "true")
                            .text(initials(&business)),
                    )
                    .child(el("div").child(el("b").text(t!("phone-business"))).child(
                        el("span").text(if chat.typing { t!("phone-typing") } else { t!("phone-online") }),
                    )),
            )
            .child(
                el("div")
                    .id(CHAT)
                    .class("handset-chat")
                    .attr("role", "log")
                    .attr("tabindex", "0")
                    .label(t!("phone-messages"))
                    .children(chat.messages.iter().map(|message| Self::bubble(message, around))),
            )
            .maybe(self.open_sheet(chat))
            .child(Self::writing())
            .into()
    }

    fn bubble(message: &SimMessage, around: &Around<'_>) -> Node {
        // What came in for the business went out from here.
        let own = message.direction == Direction::In;
        let id = &message.id;
        let options = choices(&message.content);
        let list = matches!(message.content, Content::List(_));
        let buttons: Vec<Node> = if own {
            vec![]
        } else if let Content::List(content) = &message.content {
            vec![tap(&content.button, Some(Icon::List), Msg::Sheet(Some(id.clone())))]
        } else {
            options
                .iter()
                .map(|choice| tap(&choice.title, None, Msg::Tap(id.clone(), choice.id.clone())))
                .collect()
        };
        el("div")
            .key(id)
            .class("message")
            .class(if own { "out" } else { "in" })
            .child(
                el("div")
                    .class("bubble")
                    .class_if(message.revoked, "revoked")
                    .child(el("span").class("words").children(said(&message.content)))
                    .child(
                        el("span")
                            .class("meta")
                            .child(el("span").text(around.clock.time(message.at)))
                            .maybe(message.status.filter(|_| own).map(words::tick)),
                    )
                    .maybe(message.reaction.as_ref().map(|emoji| el("span").class("reactions").text(emoji))),
            )
            .maybe(
                (!buttons.is_empty())
                    .then(|| el("div").class("handset-taps").class_if(list, "one").children(buttons)),
            )
            .into()
    }

    fn open_sheet(&self, chat: &SimChat) -> Option<Node> {
        let id = self.sheet.as_ref()?;
        let message = chat.messages.iter().find(|message| message.id == *id)?;
        let rows = choices(&message.content).into_iter().map(|choice| {
            el("button")
                .key(&choice.id)
                .class("handset-row")
                .attr("type", "button")
                .on(event::click(Msg::Tap(id.clone(), choice.id.clone())))
                .child(el("b").text(&choice.title))
                .maybe(choice.description.as_ref().map(|words| el("span").text(words)))
        });
        Some(
            el("div")
                .key("sheet")
                .class("handset-sheet")
                .attr("role", "dialog")
                .label(t!("phone-choose"))
                .child(
                    el("div")
                        .class("handset-sheet-head")
                        .child(el("b").text(t!("phone-choose")))
                        .child(icon_button(Icon::X, &t!("close"), Msg::Sheet(None))),
                )
                .children(rows)
                .into(),
        )
    }

    fn writing() -> Node {
        el("form")
            .key("writing")
            .class("handset-writing")
            .on(event::submit(Msg::Send))
            .child(icon_button(Icon::Image, &t!("phone-photo"), Msg::Sample(Sample::Photo)))
            .child(icon_button(Icon::Mic, &t!("phone-voice"), Msg::Sample(Sample::Voice)))
            .child(icon_button(Icon::MapPin, &t!("phone-location"), Msg::Place))
            .child(
                el("input")
                    .id(FIELD)
                    .class("input")
                    .attr("type", "text")
                    .attr("autocomplete", "off")
                    .attr("placeholder", t!("phone-write"))
                    .label(t!("phone-write"))
                    .on(event::input(Msg::Text)),
            )
            .child(
                el("button")
                    .class("button primary icon-only")
                    .attr("type", "submit")
                    .label(t!("phone-send"))
                    .child(icon(Icon::SendHorizontal)),
            )
            .into()
    }
}

fn tap(title: &str, picture: Option<Icon>, msg: Msg) -> Node {
    el("button")
        .key(title)
        .class("handset-tap")
        .attr("type", "button")
        .on(event::click(msg))
        .maybe(picture.map(icon))
        .child(el("span").text(title))
        .into()
}

/// What can be tapped: buttons, or the rows of a list.
fn choices(content: &Content) -> Vec<&Choice> {
    match content {
        Content::Buttons(buttons) => buttons.buttons.iter().collect(),
        Content::List(list) => list.sections.iter().flat_map(|section| &section.rows).collect(),
        _ => vec![],
    }
}

/// What a message says, as WhatsApp shows it.
fn said(content: &Content) -> Vec<Node> {
    match content {
        Content::Text(text) => rich::rich(&text.body),
        Content::Buttons(buttons) => rich::rich(&buttons.body),
        Content::List(list) => rich::rich(&list.body),
        other => vec![el("span").text(words::line(other)).into()],
    }
}

fn file_content(sample: Sample, file: SimFile) -> Content {
    let voice = sample == Sample::Voice;
    Content::Media(Media {
        kind: if voice { MediaKind::Audio } else { MediaKind::Image },
        state: MediaState::Stored,
        sha256: None,
        link: None,
        provider_id: Some(file.id),
        mime: Some(file.mime),
        size: Some(file.size),
        caption: None,
        filename: None,
        voice,
        animated: false,
        problem: None,
    })
}

#[cfg(test)]
mod tests {
    use beseda_wire::ids::UserId;
    use beseda_wire::messages::Buttons;

    use super::*;
    use crate::effect::read;

    fn here() -> Here {
        Here {
            now: Time::from_millis(1_790_000_012_345),
            me: UserId::from_uuid("01990000-0000-7000-8000-000000000001".parse().unwrap()),
            my_name: "Anna".to_owned(),
            is_open: true,
        }
    }

    fn chat() -> SimChat {
        let customer = SimCustomer {
            wa_id: "447700912345".to_owned(),
            name: "Tom".to_owned(),
            bsuid: None,
            username: None,
            hides_phone: false,
            blocked: false,
        };
        let choice = |id: &str| Choice { id: id.to_owned(), title: id.to_uppercase(), description: None };
        let question = SimMessage {
            id: "wamid.1".to_owned(),
            at: Time::from_millis(0),
            direction: Direction::Out,
            content: Content::Buttons(Buttons {
                header: None,
                header_media: None,
                body: "Which one?".to_owned(),
                footer: None,
                buttons: vec![choice("a"), choice("b")],
            }),
            status: None,
            reply_to: None,
            reaction: None,
            edited: false,
            revoked: false,
        };
        SimChat {
            customer,
            messages: vec![question],
            typing: false,
            open: true,
            window_open: true,
            revision: 4,
        }
    }

    fn at_the_phone() -> Model {
        let mut model = Model {
            number: Load::Ready(Some("100".to_owned())),
            customer: Some("447700912345".to_owned()),
            ..Model::default()
        };
        let effects = model.update(Msg::Chat(0, Ok(Box::new(chat()))), &here(), &mut vec![]);
        assert_eq!(
            read::lines(&effects),
            ["Call(GET /simulator/numbers/100/chats/447700912345?after=4)", "ScrollToEnd(phone-chat)"]
        );
        model
    }

    #[test]
    fn a_tap_quotes_the_message_it_answers() {
        let mut model = at_the_phone();
        let effects = model.update(Msg::Tap("wamid.1".into(), "b".into()), &here(), &mut vec![]);
        let [Effect::Call(call, _)] = effects.as_slice() else { panic!("{effects:?}") };
        let body: serde_json::Value = serde_json::from_str(call.body.as_deref().unwrap()).unwrap();
        assert_eq!(body["reply_to"], "wamid.1");
        assert_eq!((&body["content"]["id"], &body["content"]["title"]), (&"b".into(), &"B".into()));
        assert!(model.update(Msg::Tap("wamid.1".into(), "z".into()), &here(), &mut vec![]).is_empty());
    }

    #[test]
    fn what_comes_for_a_chat_that_was_left_is_not_heard() {
        let mut model = at_the_phone();
        model.close();
        assert!(model.update(Msg::Chat(0, Ok(Box::new(chat()))), &here(), &mut vec![]).is_empty());
        assert!(model.chat.is_none());
    }

    #[test]
    fn the_first_visitor_gets_a_customer() {
        let mut model = Model { number: Load::Ready(Some("100".to_owned())), ..Model::default() };
        let effects = model.update(Msg::Customers(Ok(vec![])), &here(), &mut vec![]);
        assert_eq!(read::lines(&effects), ["Call(POST /simulator/numbers/100/customers)"]);
    }

    #[test]
    fn nothing_is_sent_without_words() {
        let mut model = at_the_phone();
        model.update(Msg::Text("  ".to_owned()), &here(), &mut vec![]);
        assert!(model.update(Msg::Send, &here(), &mut vec![]).is_empty());
    }
}
