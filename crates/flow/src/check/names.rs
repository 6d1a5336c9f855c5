//! Variables: their names, and whether somebody sets what somebody reads.

use std::collections::HashSet;

use serde_json::json;

use super::graph::blocks;
use super::{Code, Findings};
use crate::answer::{Ask, Kind};
use crate::blocks::{Body, Test, Tests};
use crate::compile::{Compiled, ReadyOperand, ReadySource, ReadyTest, ReadyTests, ReadyValue, Work};
use crate::model::Flow;
use crate::template::{Formula, Template, variable_path};
use crate::values::is_name;

/// What templates know without a block setting it: the engine's own, and what every run is started with.
const BUILT_IN: [&str; 2] = ["now", "today"];
const GIVEN: [&str; 1] = ["contact"];

pub fn check(flow: &Flow, compiled: &Compiled, found: &mut Findings) {
    let mut set: HashSet<&str> = BUILT_IN.into_iter().chain(GIVEN).collect();
    for variable in &flow.variables {
        name(&variable.name, None, found);
        if !variable.default.is_null() {
            set.insert(&variable.name);
        }
    }
    for block in blocks(flow) {
        let variable = match &block.body {
            Body::Question(question) => question.variable.as_deref().filter(|name| !name.is_empty()),
            Body::Set(set) => Some(set.variable.as_str()),
            Body::Condition(condition) => {
                for branch in &condition.branches {
                    compared(&branch.when, &block.id, found);
                }
                None
            }
            _ => None,
        };
        if let Some(variable) = variable {
            name(variable, Some(&block.id), found);
            set.insert(variable);
        }
    }
    for node in &compiled.nodes {
        let mut read = Vec::new();
        reads(&node.work, &mut read);
        read.sort_unstable();
        read.dedup();
        for name in read.into_iter().filter(|name| !set.contains(name)) {
            found.warning(Code::UnsetVariable, Some(&node.id), [("name", json!(name))]);
        }
    }
}

fn name(name: &str, block: Option<&str>, found: &mut Findings) {
    if !is_name(name) {
        found.error(Code::BadName, block, [("name", json!(name))]);
    } else if BUILT_IN.contains(&name) {
        found.warning(Code::ReservedName, block, [("name", json!(name))]);
    }
}

fn compared(tests: &Tests, block: &str, found: &mut Findings) {
    for test in &tests.tests {
        match test {
            Test::Group(group) => compared(group, block, found),
            Test::Compare(comparison) => {
                if variable_path(&comparison.variable).is_none() {
                    found.error(Code::BadName, Some(block), [("name", json!(comparison.variable))]);
                }
            }
        }
    }
}

/// The variables that a block reads.
fn reads<'a>(work: &'a Work, read: &mut Vec<&'a str>) {
    let mut text = |template: &'a Template| read.extend(template.variables());
    match work {
        Work::Message { text: body, media } => {
            text(body);
            if let Some(media) = media {
                if let ReadySource::Url(url) = &media.source {
                    text(url);
                }
                media.filename.iter().for_each(text);
            }
        }
        Work::Ask(ask) => {
            let Ask { text: body, retry, kind, .. } = &**ask;
            text(body);
            retry.iter().for_each(&mut text);
            match kind {
                Kind::Number { min, max, .. } | Kind::Date { min, max } => {
                    min.iter().chain(max).for_each(text);
                }
                Kind::Choice(choice) => {
                    choice.button.iter().for_each(&mut text);
                    for option in &choice.options {
                        text(&option.title);
                        text(&option.description);
                    }
                }
                _ => {}
            }
        }
        Work::Condition(branches) => branches.iter().for_each(|(_, tests, _)| tested(tests, read)),
        Work::Set { to, .. } => match to {
            ReadyValue::Text(template) => text(template),
            ReadyValue::Formula(formula) => read.extend(Formula::variables(formula)),
            ReadyValue::Nothing | ReadyValue::Literal(_) => {}
        },
        Work::HandOver { text: body, note } => {
            text(body);
            text(note);
        }
        Work::End { text: body, .. } => text(body),
        Work::Pass | Work::Unknown { .. } => {}
    }
}

fn tested<'a>(tests: &'a ReadyTests, read: &mut Vec<&'a str>) {
    for test in &tests.tests {
        match test {
            ReadyTest::Group(group) => tested(group, read),
            ReadyTest::Compare { variable, value, .. } => {
                read.extend(variable.iter().map(|path| &*path.name));
                if let ReadyOperand::Text(template) = value {
                    read.extend(template.variables());
                }
            }
        }
    }
}
