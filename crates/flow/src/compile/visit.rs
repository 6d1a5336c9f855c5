//! Goes through the texts and expressions of a block, with the names of their fields: for the checker, and for what
//! a flow needs to know about itself (does anything read the transcript?).

use super::work::{
    Outside, ReadyAi, ReadyJson, ReadyMedia, ReadyOperand, ReadySource, ReadyTemplate, ReadyTest, ReadyTests,
    ReadyValue, ReadyWho, SealedPart, SealedTemplate, What, Work,
};
use crate::answer::{Ask, Choice, Kind};
use crate::template::{Formula, Path, Template};

/// A place in a block that reads variables or secrets.
#[derive(Clone, Copy)]
pub(crate) enum Spot<'a> {
    Text(&'a Template),
    Formula(&'a Formula),
    Path(&'a Path),
    Secret(&'a str),
}

/// Who is shown each place, with the name of its field.
pub(crate) type Visitor<'v, 'a> = dyn FnMut(&'static str, Spot<'a>) + 'v;

impl Work {
    /// Shows every place of the block.
    pub fn visit<'a>(&'a self, see: &mut Visitor<'_, 'a>) {
        match self {
            Self::Message { text, media } => {
                see("text", Spot::Text(text));
                if let Some(media) = media {
                    of_media(media, see);
                }
            }
            Self::Place(place) => {
                see("latitude", Spot::Text(&place.latitude));
                see("longitude", Spot::Text(&place.longitude));
                see("name", Spot::Text(&place.name));
                see("address", Spot::Text(&place.address));
            }
            Self::Contacts(cards) => {
                for card in cards {
                    for (field, text) in ["name", "phone", "email", "company", "url"].into_iter().zip(card) {
                        see(field, Spot::Text(text));
                    }
                }
            }
            Self::Menu { text, choice } => {
                see("text", Spot::Text(text));
                of_choice(choice, see);
            }
            Self::Link { text, title, url } => {
                see("text", Spot::Text(text));
                see("title", Spot::Text(title));
                see("url", Spot::Text(url));
            }
            Self::Template(template) => of_template(template, see),
            Self::Wait(wait) => {
                see("seconds", Spot::Text(&wait.seconds));
                if let Some(until) = &wait.until {
                    see("until", Spot::Text(until));
                }
            }
            Self::Ask(ask) => of_ask(ask, see),
            Self::Condition(branches) => {
                for (_, tests, _) in branches {
                    of_tests(tests, see);
                }
            }
            Self::Switch { variable, cases } => {
                if let Some(path) = variable {
                    see("variable", Spot::Path(path));
                }
                for case in cases {
                    of_operand(&case.value, see);
                }
            }
            Self::Set { to, .. } => of_value(to, "value", see),
            Self::Loop(work) => see("list", Spot::Formula(&work.list)),
            Self::SetFields(fields) => {
                for (_, value) in fields {
                    of_value(value, "value", see);
                }
            }
            Self::Tags { add, remove } => {
                for tag in add {
                    see("add", Spot::Text(tag));
                }
                for tag in remove {
                    see("remove", Spot::Text(tag));
                }
            }
            Self::Assign(who) => of_who(who, see),
            Self::CreateDeal(deal) => {
                see("title", Spot::Text(&deal.title));
                see("amount", Spot::Text(&deal.amount));
                if let Some(text) = &deal.pipeline {
                    see("pipeline", Spot::Text(text));
                }
                if let Some(text) = &deal.stage {
                    see("stage", Spot::Text(text));
                }
                for (_, value) in &deal.fields {
                    of_value(value, "value", see);
                }
            }
            Self::MoveDeal { pipeline, stage } => {
                if let Some(text) = pipeline {
                    see("pipeline", Spot::Text(text));
                }
                see("stage", Spot::Text(stage));
            }
            Self::CreateTask(task) => {
                see("title", Spot::Text(&task.title));
                see("text", Spot::Text(&task.text));
                if let Some(text) = &task.due {
                    see("due", Spot::Text(text));
                }
                of_who(&task.who, see);
            }
            Self::Subscription { topic, .. } => {
                if let Some(text) = topic {
                    see("topic", Spot::Text(text));
                }
            }
            Self::Note(text) | Self::End { text, .. } => see("text", Spot::Text(text)),
            Self::HandOver(work) => {
                see("text", Spot::Text(&work.text));
                see("note", Spot::Text(&work.note));
                of_who(&work.who, see);
            }
            Self::Outside(outside) => of_outside(outside, see),
            Self::Pass
            | Self::Off(_)
            | Self::Split(_)
            | Self::SubFlow { .. }
            | Self::Return
            | Self::Break
            | Self::Hours { .. }
            | Self::Unknown { .. } => {}
        }
    }
}

fn of_media<'a>(media: &'a ReadyMedia, see: &mut Visitor<'_, 'a>) {
    if let ReadySource::Url(url) = &media.source {
        see("url", Spot::Text(url));
    }
    if let Some(name) = &media.filename {
        see("filename", Spot::Text(name));
    }
}

fn of_template<'a>(template: &'a ReadyTemplate, see: &mut Visitor<'_, 'a>) {
    if let Some((_, text)) = &template.header_text {
        see("header", Spot::Text(text));
    }
    if let Some(media) = &template.header_media {
        of_media(media, see);
    }
    for (_, text) in &template.body {
        see("body", Spot::Text(text));
    }
    for button in &template.buttons {
        see("buttons", Spot::Text(&button.text));
    }
}

fn of_ask<'a>(ask: &'a Ask, see: &mut Visitor<'_, 'a>) {
    see("text", Spot::Text(&ask.text));
    if let Some(text) = &ask.retry {
        see("retry", Spot::Text(text));
    }
    if let Some(template) = &ask.template {
        of_template(template, see);
    }
    match &ask.kind {
        Kind::Number { min, max, .. } | Kind::Date { min, max } | Kind::Time { min, max } => {
            if let Some(text) = min {
                see("min", Spot::Text(text));
            }
            if let Some(text) = max {
                see("max", Spot::Text(text));
            }
        }
        Kind::Choice(choice) => of_choice(choice, see),
        Kind::Rating(rating) => {
            see("low", Spot::Text(&rating.low));
            see("high", Spot::Text(&rating.high));
        }
        Kind::Form(form) => {
            if let Some(text) = &form.button {
                see("button", Spot::Text(text));
            }
            of_json(&form.data, see);
        }
        Kind::Text { .. }
        | Kind::Email
        | Kind::Phone { .. }
        | Kind::Url
        | Kind::Media { .. }
        | Kind::Location
        | Kind::Unknown(_) => {}
    }
}

fn of_choice<'a>(choice: &'a Choice, see: &mut Visitor<'_, 'a>) {
    if let Some(text) = &choice.button {
        see("button", Spot::Text(text));
    }
    if let Some(path) = &choice.items {
        see("items", Spot::Path(path));
    }
    for option in &choice.options {
        see("title", Spot::Text(&option.title));
        see("description", Spot::Text(&option.description));
        if let Some(tests) = &option.when {
            of_tests(tests, see);
        }
    }
}

fn of_tests<'a>(tests: &'a ReadyTests, see: &mut Visitor<'_, 'a>) {
    for test in &tests.tests {
        match test {
            ReadyTest::Group(group) => of_tests(group, see),
            ReadyTest::Compare { variable, value, .. } => {
                if let Some(path) = variable {
                    see("variable", Spot::Path(path));
                }
                of_operand(value, see);
            }
        }
    }
}

fn of_operand<'a>(operand: &'a ReadyOperand, see: &mut Visitor<'_, 'a>) {
    if let ReadyOperand::Text(text) = operand {
        see("value", Spot::Text(text));
    }
}

fn of_value<'a>(value: &'a ReadyValue, field: &'static str, see: &mut Visitor<'_, 'a>) {
    match value {
        ReadyValue::Text(text) => see(field, Spot::Text(text)),
        ReadyValue::Formula(formula) => see(field, Spot::Formula(formula)),
        ReadyValue::Nothing | ReadyValue::Literal(_) => {}
    }
}

fn of_who<'a>(who: &'a ReadyWho, see: &mut Visitor<'_, 'a>) {
    if let Some(text) = &who.person {
        see("person", Spot::Text(text));
    }
    if let Some(text) = &who.team {
        see("team", Spot::Text(text));
    }
}

fn of_outside<'a>(outside: &'a Outside, see: &mut Visitor<'_, 'a>) {
    match &outside.what {
        What::Http(http) => {
            of_sealed(&http.url, "url", see);
            for (_, value) in &http.query {
                of_sealed(value, "query", see);
            }
            for (_, value) in &http.headers {
                of_sealed(value, "headers", see);
            }
            if let Some(body) = &http.body {
                of_json(&body.json, see);
                of_sealed(&body.text, "body", see);
                for (_, value) in &body.fields {
                    of_sealed(value, "body", see);
                }
            }
        }
        What::Email(email) => {
            for text in &email.to {
                see("to", Spot::Text(text));
            }
            for text in &email.cc {
                see("cc", Spot::Text(text));
            }
            for text in &email.bcc {
                see("bcc", Spot::Text(text));
            }
            if let Some(text) = &email.reply_to {
                see("reply_to", Spot::Text(text));
            }
            see("subject", Spot::Text(&email.subject));
            see("text", Spot::Text(&email.text));
        }
        What::AiAnswer { ask, .. } | What::AiExtract { ask, .. } => of_ai(ask, see),
        What::Online(who) => of_who(who, see),
        What::Incoming | What::Fields | What::Open => {}
    }
}

fn of_ai<'a>(ask: &'a ReadyAi, see: &mut Visitor<'_, 'a>) {
    see("instructions", Spot::Text(&ask.instructions));
    if let Some(text) = &ask.text {
        see("text", Spot::Text(text));
    }
}

fn of_json<'a>(json: &'a ReadyJson, see: &mut Visitor<'_, 'a>) {
    match json {
        ReadyJson::Literal(_) => {}
        ReadyJson::Text(text) => of_sealed(text, "body", see),
        ReadyJson::Formula(formula) => see("body", Spot::Formula(formula)),
        ReadyJson::List(items) => {
            for item in items {
                of_json(item, see);
            }
        }
        ReadyJson::Object(fields) => {
            for (_, field) in fields {
                of_json(field, see);
            }
        }
    }
}

fn of_sealed<'a>(text: &'a SealedTemplate, field: &'static str, see: &mut Visitor<'_, 'a>) {
    for part in &text.0 {
        match part {
            SealedPart::Text(text) => see(field, Spot::Text(text)),
            SealedPart::Secret(name) => see(field, Spot::Secret(name)),
        }
    }
}
