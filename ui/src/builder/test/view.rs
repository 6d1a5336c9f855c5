//! The phone of a try, its steps and its variables. The bubbles are also the preview of a block.

use beseda_flow::{Call, Header, MediaKind, MediaSource, Outgoing, TemplateButtonKind};

use super::{Line, Msg, Sample};
use crate::builder::model::Model as Builder;
use crate::builder::{Msg as BuilderMsg, document::Item, files, words};
use crate::format;
use crate::i18n::t;
use crate::kit::{Button, Icon, Look, el, event, icon, icon_button};
use crate::native_form::Place;
use crate::pages::inbox::rich::rich;
use crate::{Node, t};

/// What the engine says, as WhatsApp shows it. In a try the buttons can be tapped.
pub fn bubble(message: &Outgoing, files: &files::Model, line: usize, taps: bool, open: bool) -> Vec<Node> {
    let text = |body: &str| el("p").class("words").children(rich(body));
    let says = |children: Vec<Node>| {
        el("div")
            .class("message in")
            .key(format!("l{line}"))
            .child(el("div").class("bubble").children(children))
    };
    let tap = |id: &str, title: &str, picture: Icon| -> Node {
        let button = el("button").key(id).class("handset-tap").attr("type", "button");
        let button = if taps {
            button.on(event::click(BuilderMsg::Test(Msg::Tap(id.to_owned(), title.to_owned()))))
        } else {
            button.attr("disabled", true)
        };
        button.child(icon(picture)).child(el("span").text(title)).into()
    };
    let has_taps = |message: crate::kit::El, buttons: Vec<Node>| -> Node {
        message.class("has-taps").child(el("div").class("handset-taps").children(buttons)).into()
    };
    let opens = |picture: Icon, title: &str| -> Node {
        el("span").class("handset-tap").key(title).child(icon(picture)).child(el("span").text(title)).into()
    };
    let node: Node = match message {
        Outgoing::Text { body } => says(vec![text(body).into()]).into(),
        Outgoing::Media { media, caption, filename, source, .. } => {
            let mut parts = vec![file(*media, source, filename.as_deref(), files, taps)];
            if !caption.is_empty() {
                parts.push(text(caption).into());
            }
            says(parts).into()
        }
        Outgoing::Buttons { body, buttons } => {
            let buttons = buttons.iter().map(|button| tap(&button.id, &button.title, Icon::Reply)).collect();
            has_taps(says(vec![text(body).into()]), buttons)
        }
        Outgoing::List { body, button, rows } => {
            let toggle = el("button").class("handset-tap").key("list").attr("type", "button");
            let toggle = if taps {
                let next = if open { None } else { Some(line) };
                toggle
                    .attr("aria-expanded", if open { "true" } else { "false" })
                    .on(event::click(BuilderMsg::Test(Msg::Open(next))))
            } else {
                toggle.attr("disabled", true)
            };
            let mut under: Vec<Node> =
                vec![toggle.child(icon(Icon::List)).child(el("span").text(button)).into()];
            if open || !taps {
                under.extend(rows.iter().map(|row| {
                    let click = BuilderMsg::Test(Msg::Tap(row.id.clone(), row.title.clone()));
                    let button = el("button").key(&row.id).class("preview-row").attr("type", "button");
                    let button =
                        if taps { button.on(event::click(click)) } else { button.attr("disabled", true) };
                    button
                        .child(el("b").text(&row.title))
                        .maybe((!row.description.is_empty()).then(|| el("span").text(&row.description)))
                        .into()
                }));
            }
            has_taps(says(vec![text(body).into()]), under)
        }
        Outgoing::Link { body, title, .. } => {
            has_taps(says(vec![text(body).into()]), vec![opens(Icon::ExternalLink, title)])
        }
        Outgoing::AskLocation { body } => {
            let button = el("button").class("handset-tap").attr("type", "button");
            let button = if taps {
                button.on(event::click(BuilderMsg::Test(Msg::Sample(Sample::Place))))
            } else {
                button.attr("disabled", true)
            };
            let button = button.child(icon(Icon::MapPin)).child(el("span").text(t("send-location")));
            has_taps(says(vec![text(body).into()]), vec![button.into()])
        }
        Outgoing::Form { body, button, .. } => {
            let open = if taps {
                el("button")
                    .key("form")
                    .class("handset-tap")
                    .attr("type", "button")
                    .on(event::click(BuilderMsg::Test(Msg::OpenForm(line))))
                    .child(icon(Icon::Form))
                    .child(el("span").text(button))
                    .into()
            } else {
                opens(Icon::Form, button)
            };
            has_taps(says(vec![text(body).into()]), vec![open])
        }
        Outgoing::Location { name, address, .. } => says(vec![
            el("div").class("preview-file").child(icon(Icon::MapPin)).child(el("span").text(name)).into(),
            text(address).into(),
        ])
        .into(),
        Outgoing::Contacts { contacts } => says(
            contacts
                .iter()
                .map(|contact| {
                    el("div")
                        .class("preview-file")
                        .child(icon(Icon::Contact))
                        .child(el("span").text(format!("{} {}", contact.name, contact.phone)))
                        .into()
                })
                .collect(),
        )
        .into(),
        Outgoing::Template(template) => {
            let mut parts =
                vec![named_file(Icon::SquareCheckBig, t!("preview-template", name = template.name.as_str()))];
            match &template.header {
                Some(Header::Text(header)) => parts.push(el("b").class("words").text(&header.text).into()),
                Some(Header::Media { media, source, filename }) => {
                    parts.push(file(*media, source, filename.as_deref(), files, taps));
                }
                None => {}
            }
            if template.text.is_empty() {
                parts.extend(template.body.iter().map(|parameter| text(&parameter.text).into()));
            } else {
                parts.push(text(&template.text).into());
            }
            let titled = template.buttons.iter().filter(|button| !button.title.is_empty());
            let buttons: Vec<Node> = titled
                .map(|button| match button.kind {
                    TemplateButtonKind::QuickReply => tap(&button.text, &button.title, Icon::Reply),
                    TemplateButtonKind::Url => opens(Icon::ExternalLink, &button.title),
                    TemplateButtonKind::CopyCode => opens(Icon::Copy, &button.title),
                })
                .collect();
            if buttons.is_empty() { says(parts).into() } else { has_taps(says(parts), buttons) }
        }
        _ => says(vec![text("…").into()]).into(),
    };
    vec![node]
}

/// A file as the chat shows it: itself where it is here, else what it is called.
fn file(
    media: MediaKind,
    source: &MediaSource,
    filename: Option<&str>,
    files: &files::Model,
    plays: bool,
) -> Node {
    let (picture, kind) = match media {
        MediaKind::Image => (Icon::Image, t("entry-image")),
        MediaKind::Video => (Icon::Video, t("entry-video")),
        MediaKind::Audio => (Icon::Mic, t("entry-audio")),
        MediaKind::Document => (Icon::FileText, t("entry-document")),
        MediaKind::Sticker => (Icon::Sticker, t("entry-sticker")),
    };
    let (address, last) = match source {
        MediaSource::Stored(sha256) => (files.address(sha256), ""),
        // Nothing is loaded from elsewhere.
        MediaSource::Url(url) => (None, url.rsplit('/').next().unwrap_or_default()),
    };
    let called = filename.unwrap_or(last);
    let name = if called.is_empty() { kind } else { called.to_owned() };
    seen(media, address, &name, plays).unwrap_or_else(|| named_file(picture, name))
}

fn named_file(picture: Icon, name: String) -> Node {
    el("div").class("preview-file").child(icon(picture)).child(el("span").class("cut").text(name)).into()
}

/// A picture or a film, where it is here.
fn seen(media: MediaKind, address: Option<&str>, name: &str, plays: bool) -> Option<Node> {
    let address = address?.to_owned();
    let node = match media {
        MediaKind::Image => el("img").class("preview-picture").attr("alt", name.to_owned()),
        MediaKind::Sticker => el("img").class("preview-picture sticker").attr("alt", name.to_owned()),
        MediaKind::Video => el("video")
            .class("preview-picture")
            .attr("preload", "metadata")
            .flag("controls", plays)
            .label(name),
        MediaKind::Audio | MediaKind::Document => return None,
    };
    Some(node.attr("src", address).into())
}

impl Builder {
    pub fn view_test(&self) -> Node {
        let test = &self.test;
        let lines = test.lines.iter().enumerate().flat_map(|(index, line)| match line {
            Line::Own(words) => vec![
                el("div")
                    .class("message out")
                    .key(format!("l{index}"))
                    .child(el("div").class("bubble").child(el("p").class("words").children(rich(words))))
                    .into(),
            ],
            Line::Said(_, message) => bubble(message, &self.files, index, true, test.open == Some(index)),
            Line::Note(words) => {
                vec![el("p").class("handset-hint").key(format!("l{index}")).text(words).into()]
            }
        });
        el("div")
            .class("test")
            .key("test")
            .child(self.test_bar())
            .child(self.test_clock())
            .child(self.test_customer())
            .maybe(test.is_stale.then(|| {
                el("div")
                    .class("test-stale")
                    .key("stale")
                    .attr("role", "status")
                    .child(el("span").text(t("test-stale")))
                    .child(
                        Button::new(Look::Ghost, t("test-again"))
                            .icon(Icon::RotateCcw)
                            .on(BuilderMsg::Test(Msg::Restart)),
                    )
            }))
            .child(
                el("div")
                    .id("test-chat")
                    .class("handset-chat test-chat")
                    .attr("role", "log")
                    .attr("tabindex", "0")
                    .attr("data-arrows", "")
                    .label(t("test-chat"))
                    .children(lines),
            )
            .maybe(self.test_waiting())
            .child(self.test_writing())
            .child(self.test_variables())
            .maybe((!test.steps.is_empty()).then(|| self.test_steps()))
            .into()
    }

    fn test_bar(&self) -> Node {
        let can = matches!(self.only(), Some(Item::Block(_) | Item::Group(_)));
        el("div")
            .class("test-bar")
            .key("bar")
            .child(
                Button::new(Look::Plain, t("test-restart"))
                    .icon(Icon::RotateCcw)
                    .on(BuilderMsg::Test(Msg::Restart)),
            )
            .child(
                Button::new(Look::Ghost, t("test-from-here"))
                    .icon(Icon::Play)
                    .disabled(!can)
                    .on(BuilderMsg::Test(Msg::FromChosen)),
            )
            // What others said and who is on a phone is for those alone who may change the bot.
            .maybe((!self.is_read_only).then(|| {
                Button::new(Look::Ghost, t("phone-trial"))
                    .icon(Icon::Smartphone)
                    .id(super::super::phone_trial::BUTTON)
                    .on(super::super::phone_trial::Msg::Open)
            }))
            .maybe((!self.is_read_only).then(|| {
                Button::new(Look::Ghost, t("replay"))
                    .icon(Icon::History)
                    .id(super::super::replay::BUTTON)
                    .on(super::super::replay::Msg::Open)
            }))
            .into()
    }

    /// What time it is in the try; another one can be set.
    fn test_clock(&self) -> Node {
        let test = &self.test;
        let now = format::minute(self.test_time(), &self.zone);
        let is_set = test.shift != 0 || test.ahead != 0;
        el("div")
            .class("test-clock")
            .class_if(is_set, "set")
            .key("clock")
            .child(icon(Icon::Clock))
            .child(el("label").attr("for", "test-clock").text(t("test-clock")))
            .child(
                el("input")
                    .id("test-clock")
                    .class("input")
                    .attr("type", "datetime-local")
                    .attr("value", now)
                    .attr("title", t("test-clock-zone"))
                    .on(event::change(|local| BuilderMsg::Test(Msg::Clock(local)))),
            )
            .maybe(
                is_set.then(|| {
                    Button::new(Look::Ghost, t("test-real-time")).on(BuilderMsg::Test(Msg::RealTime))
                }),
            )
            .into()
    }

    /// What is waited for, and how to go on.
    fn test_waiting(&self) -> Option<Node> {
        let test = &self.test;
        if let Some((_, filling)) = &test.filling {
            let place = Place { prefix: "test-form", msg: |msg| BuilderMsg::Test(Msg::Fill(msg)).into() };
            return Some(el("div").class("test-form").key("filling").children(filling.view(place)).into());
        }
        if let Some((_, answers)) = &test.form {
            return Some(
                el("div")
                    .class("test-call")
                    .key("form")
                    .child(
                        el("textarea")
                            .id("test-form")
                            .class("input code")
                            .attr("rows", "4")
                            .label(t("test-form"))
                            .on(event::input(|text| BuilderMsg::Test(Msg::Answers(text))))
                            .text(answers),
                    )
                    .child(
                        Button::new(Look::Primary, t("test-form-send")).on(BuilderMsg::Test(Msg::SendForm)),
                    )
                    .into(),
            );
        }
        if let Some((_, call, answer)) = &test.call {
            let yes_or_no = matches!(call, Call::Open | Call::Online { .. });
            let bar = el("div").class("test-call").key("call");
            if yes_or_no {
                return Some(
                    bar.child(Button::new(Look::Plain, t("yes")).on(BuilderMsg::Test(Msg::Say(true))))
                        .child(Button::new(Look::Plain, t("no")).on(BuilderMsg::Test(Msg::Say(false))))
                        .into(),
                );
            }
            return Some(
                bar.child(
                    el("textarea")
                        .id("test-answer")
                        .class("input code")
                        .attr("rows", "3")
                        .label(t("test-answer"))
                        .on(event::input(|text| BuilderMsg::Test(Msg::Answer(text))))
                        .text(answer),
                )
                .child(Button::new(Look::Primary, t("test-return")).on(BuilderMsg::Test(Msg::Return)))
                .child(Button::new(Look::Plain, t("test-fail")).on(BuilderMsg::Test(Msg::Fail)))
                .into(),
            );
        }
        if test.gathered.is_some() {
            return Some(
                el("div")
                    .class("test-call")
                    .key("gathered")
                    .child(icon(Icon::Hourglass))
                    .child(el("span").text(t("test-gathers")))
                    .child(
                        Button::new(Look::Plain, t("test-nothing-more"))
                            .icon(Icon::SkipForward)
                            .on(BuilderMsg::Test(Msg::NothingMore(None))),
                    )
                    .into(),
            );
        }
        let (_, due) = test.timer?;
        let seconds = u64::try_from((due - self.test_time().millis()).max(0) / 1000).unwrap_or(0);
        // A minute more or less says nothing; whole minutes read better.
        let seconds = if seconds > 60 { seconds.div_ceil(60) * 60 } else { seconds };
        let time = words::duration(seconds);
        Some(
            el("div")
                .class("test-call")
                .key("timer")
                .child(icon(Icon::Hourglass))
                .child(el("span").text(t!("test-waits", time = time.as_str())))
                .child(
                    Button::new(Look::Plain, t("test-skip"))
                        .icon(Icon::SkipForward)
                        .on(BuilderMsg::Test(Msg::Skip)),
                )
                .into(),
        )
    }

    fn test_writing(&self) -> Node {
        el("form")
            .class("handset-writing")
            .key("writing")
            .on(event::submit(BuilderMsg::Test(Msg::Send)))
            .child(
                el("div")
                    .class("handset-line")
                    .child(icon_button(
                        Icon::Image,
                        &t("test-photo"),
                        BuilderMsg::Test(Msg::Sample(Sample::Photo)),
                    ))
                    .child(
                        el("input")
                            .id("test-text")
                            .class("input")
                            .attr("type", "text")
                            .attr("autocomplete", "off")
                            .attr("value", self.test.text.clone())
                            .attr("placeholder", t("test-write"))
                            .label(t("test-write"))
                            .on(event::input(|text| BuilderMsg::Test(Msg::Typed(text)))),
                    )
                    .child(
                        el("button")
                            .class("handset-send")
                            .attr("type", "submit")
                            .label(t("send"))
                            .attr("title", t("send"))
                            .child(icon(Icon::SendHorizontal)),
                    ),
            )
            .into()
    }

    fn test_variables(&self) -> Node {
        let variables = self.test.variables();
        el("details")
            .class("test-part")
            .key("variables")
            .flag("open", true)
            .child(el("summary").on(event::click(BuilderMsg::Test(Msg::Folded))).text(t("test-variables")))
            .maybe(variables.is_empty().then(|| el("p").class("hint").text(t("test-no-variables"))))
            .child(el("dl").class("test-variables").children(variables.into_iter().map(
                |(name, value, changed)| {
                    el("div")
                        .key(name)
                        .class_if(changed, "changed")
                        .child(el("dt").text(name))
                        .child(el("dd").class("cut").attr("title", value.clone()).text(value))
                },
            )))
            .into()
    }

    fn test_steps(&self) -> Node {
        let count = self.test.steps.len();
        let steps = self.test.steps.iter().enumerate().rev().map(|(index, events)| {
            let lines = events.iter().filter_map(|event| self.event_words(event)).enumerate().map(
                |(at, (block, words))| {
                    let line = el("li").key(format!("{index}-{at}"));
                    match block {
                        Some(block) => line.child(
                            el("button")
                                .class("step-line cut")
                                .attr("type", "button")
                                .on(event::click(BuilderMsg::GoTo(Item::Block(block))))
                                .text(words),
                        ),
                        None => line.text(words),
                    }
                },
            );
            el("ol").class("test-step").key(index).attr("data-step", (index + 1).to_string()).children(lines)
        });
        el("details")
            .class("test-part")
            .key("steps")
            .child(
                el("summary")
                    .on(event::click(BuilderMsg::Test(Msg::Folded)))
                    .text(t!("test-steps", count = u32::try_from(count).unwrap_or(u32::MAX))),
            )
            .children(steps)
            .into()
    }
}
