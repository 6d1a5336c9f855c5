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
                media.iter().for_each(|media| of_media(media, see));
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
                wait.until.iter().for_each(|until| see("until", Spot::Text(until)));
            }
            Self::Ask(ask) => of_ask(ask, see),
            Self::Condition(branches) => branches.iter().for_each(|(_, tests, _)| of_tests(tests, see)),
            Self::Switch { variable, cases } => {
                variable.iter().for_each(|path| see("variable", Spot::Path(path)));
                cases.iter().for_each(|case| of_operand(&case.value, see));
            }
            Self::Set { to, .. } => of_value(to, "value", see),
            Self::Loop(work) => see("list", Spot::Formula(&work.list)),
            Self::SetFields(fields) => fields.iter().for_each(|(_, value)| of_value(value, "value", see)),
            Self::Tags { add, remove } => {
                add.iter().for_each(|tag| see("add", Spot::Text(tag)));
                remove.iter().for_each(|tag| see("remove", Spot::Text(tag)));
            }
            Self::Assign(who) => of_who(who, see),
            Self::CreateDeal(deal) => {
                see("title", Spot::Text(&deal.title));
                see("amount", Spot::Text(&deal.amount));
                deal.pipeline.iter().for_each(|text| see("pipeline", Spot::Text(text)));
                deal.stage.iter().for_each(|text| see("stage", Spot::Text(text)));
                deal.fields.iter().for_each(|(_, value)| of_value(value, "value", see));
            }
            Self::MoveDeal { pipeline, stage } => {
                pipeline.iter().for_each(|text| see("pipeline", Spot::Text(text)));
                see("stage", Spot::Text(stage));
            }
            Self::CreateTask(task) => {
                see("title", Spot::Text(&task.title));
                see("text", Spot::Text(&task.text));
                task.due.iter().for_each(|text| see("due", Spot::Text(text)));
                of_who(&task.who, see);
            }
            Self::Subscription { topic, .. } => topic.iter().for_each(|text| see("topic", Spot::Text(text))),
            Self::Note(text) | Self::End { text, .. } => see("text", Spot::Text(text)),
            Self::HandOver(work) => {
                see("text", Spot::Text(&work.text));
                see("note", Spot::Text(&work.note));
                of_who(&work.who, see);
            }
            Self::Outside(outside) => of_outside(outside, see),
            Self::Pass
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
    media.filename.iter().for_each(|name| see("filename", Spot::Text(name)));
}

fn of_template<'a>(template: &'a ReadyTemplate, see: &mut Visitor<'_, 'a>) {
    template.header_text.iter().for_each(|text| see("header", Spot::Text(text)));
    template.header_media.iter().for_each(|media| of_media(media, see));
    template.body.iter().for_each(|(_, text)| see("body", Spot::Text(text)));
    template.buttons.iter().for_each(|button| see("buttons", Spot::Text(&button.text)));
}

fn of_ask<'a>(ask: &'a Ask, see: &mut Visitor<'_, 'a>) {
    see("text", Spot::Text(&ask.text));
    ask.retry.iter().for_each(|text| see("retry", Spot::Text(text)));
    ask.template.iter().for_each(|template| of_template(template, see));
    match &ask.kind {
        Kind::Number { min, max, .. } | Kind::Date { min, max } | Kind::Time { min, max } => {
            min.iter().for_each(|text| see("min", Spot::Text(text)));
            max.iter().for_each(|text| see("max", Spot::Text(text)));
        }
        Kind::Choice(choice) => of_choice(choice, see),
        Kind::Rating(rating) => {
            see("low", Spot::Text(&rating.low));
            see("high", Spot::Text(&rating.high));
        }
        Kind::Form(form) => {
            form.button.iter().for_each(|text| see("button", Spot::Text(text)));
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
    choice.button.iter().for_each(|text| see("button", Spot::Text(text)));
    choice.items.iter().for_each(|path| see("items", Spot::Path(path)));
    for option in &choice.options {
        see("title", Spot::Text(&option.title));
        see("description", Spot::Text(&option.description));
        option.when.iter().for_each(|tests| of_tests(tests, see));
    }
}

fn of_tests<'a>(tests: &'a ReadyTests, see: &mut Visitor<'_, 'a>) {
    for test in &tests.tests {
        match test {
            ReadyTest::Group(group) => of_tests(group, see),
            ReadyTest::Compare { variable, value, .. } => {
                variable.iter().for_each(|path| see("variable", Spot::Path(path)));
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
    who.person.iter().for_each(|text| see("person", Spot::Text(text)));
    who.team.iter().for_each(|text| see("team", Spot::Text(text)));
}

fn of_outside<'a>(outside: &'a Outside, see: &mut Visitor<'_, 'a>) {
    match &outside.what {
        What::Http(http) => {
            of_sealed(&http.url, "url", see);
            http.query.iter().for_each(|(_, value)| of_sealed(value, "query", see));
            http.headers.iter().for_each(|(_, value)| of_sealed(value, "headers", see));
            if let Some(body) = &http.body {
                of_json(&body.json, see);
                of_sealed(&body.text, "body", see);
                body.fields.iter().for_each(|(_, value)| of_sealed(value, "body", see));
            }
        }
        What::Email(email) => {
            email.to.iter().for_each(|text| see("to", Spot::Text(text)));
            email.cc.iter().for_each(|text| see("cc", Spot::Text(text)));
            email.bcc.iter().for_each(|text| see("bcc", Spot::Text(text)));
            email.reply_to.iter().for_each(|text| see("reply_to", Spot::Text(text)));
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
    ask.text.iter().for_each(|text| see("text", Spot::Text(text)));
}

fn of_json<'a>(json: &'a ReadyJson, see: &mut Visitor<'_, 'a>) {
    match json {
        ReadyJson::Literal(_) => {}
        ReadyJson::Text(text) => of_sealed(text, "body", see),
        ReadyJson::Formula(formula) => see("body", Spot::Formula(formula)),
        ReadyJson::List(items) => items.iter().for_each(|item| of_json(item, see)),
        ReadyJson::Object(fields) => fields.iter().for_each(|(_, field)| of_json(field, see)),
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
