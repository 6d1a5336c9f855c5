//! Variables: their names, and whether somebody sets what somebody reads.

use std::collections::{BTreeSet, HashSet};

use serde_json::json;

use super::graph::blocks;
use super::{Code, Findings};
use crate::blocks::{Body, SetVariable, Test, Tests};
use crate::compile::{Compiled, Spot, Work};
use crate::model::Flow;
use crate::names::{FUNCTIONS, GIVEN, RESERVED};
use crate::template::{BUILT_IN, variable_path};
use crate::values::is_name;

pub fn check(flow: &Flow, compiled: &Compiled, found: &mut Findings) {
    let mut set: HashSet<&str> = BUILT_IN.into_iter().chain(GIVEN).chain(FUNCTIONS).collect();
    for variable in &flow.variables {
        name(&variable.name, None, found);
        if !variable.default.is_null() {
            set.insert(&variable.name);
        }
    }
    for block in blocks(flow) {
        match &block.body {
            Body::Condition(condition) => {
                condition.branches.iter().for_each(|branch| compared(&branch.when, &block.id, found));
            }
            Body::Question(question) => {
                let tests = question.options.iter().filter_map(|option| option.when.as_ref());
                tests.for_each(|tests| compared(tests, &block.id, found));
                question.items.iter().for_each(|items| path(items, &block.id, found));
            }
            Body::Switch(switch) => path(&switch.variable, &block.id, found),
            _ => {}
        }
        for variable in block.body.sets() {
            name(variable, Some(&block.id), found);
            set.insert(variable);
        }
        // A plain `set` names its variable always.
        if let Body::Set(SetVariable { list: Some(list), operation: Some(_), .. }) = &block.body {
            name(list, Some(&block.id), found);
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

/// The variables that runs of a flow may have: those that it declares or sets, and those that runs begin with.
pub fn variables(flow: &Flow) -> BTreeSet<&str> {
    let declared = flow.variables.iter().map(|variable| variable.name.as_str());
    declared.chain(blocks(flow).flat_map(|block| block.body.sets())).chain(GIVEN).collect()
}

fn name(name: &str, block: Option<&str>, found: &mut Findings) {
    if !is_name(name) {
        found.error(Code::BadName, block, [("name", json!(name))]);
    } else if RESERVED.contains(&name) {
        found.warning(Code::ReservedName, block, [("name", json!(name))]);
    }
}

fn compared(tests: &Tests, block: &str, found: &mut Findings) {
    for test in &tests.tests {
        match test {
            Test::Group(group) => compared(group, block, found),
            Test::Compare(comparison) => {
                path(&comparison.variable, block, found);
            }
        }
    }
}

fn path(written: &str, block: &str, found: &mut Findings) {
    if variable_path(written).is_none() {
        found.error(Code::BadName, Some(block), [("name", json!(written))]);
    }
}

impl Compiled {
    /// The variables that a block reads and that somebody has to give a value who tries it alone: what was said before is
    /// among them, what the engine knows of the time is not.
    pub fn reads(&self, block: &str) -> Vec<&str> {
        let mut read = Vec::new();
        if let Some(node) = self.find(block) {
            reads(&node.work, &mut read);
        }
        let said = |name: &str| matches!(name, "transcript" | "last_message");
        let known =
            |name: &&str| [&BUILT_IN[..], &FUNCTIONS, &RESERVED].iter().any(|names| names.contains(name));
        read.retain(|name| said(name) || !known(name));
        read.sort_unstable();
        read.dedup();
        read
    }
}

/// The variables that a block reads.
pub fn reads<'a>(work: &'a Work, read: &mut Vec<&'a str>) {
    work.visit(&mut |_, spot| match spot {
        Spot::Text(text) => read.extend(text.variables()),
        Spot::Formula(formula) => read.extend(formula.variables()),
        Spot::Path(path) => read.push(&path.name),
        Spot::Secret(_) => {}
    });
}
