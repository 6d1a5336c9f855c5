//! The lines of a flow that comes as a file: each has to begin and to end at what is in the file. The editor draws no
//! other, so a file that has one is damaged, and nobody can say where it was to lead.

use std::collections::{HashMap, HashSet};

use crate::blocks::{Block, Body, SubFlow};
use crate::check::has_port;
use crate::fault::Fault;
use crate::load::LoadError;
use crate::model::{Edge, Flow, Target};

/// All lines, jumps and parts that begin or end at what is not there, with their places.
pub fn astray(flow: &Flow) -> Vec<LoadError> {
    let there = There::of(flow);
    let mut found = Vec::new();
    if let Some(start) = &flow.start {
        there.leads("/start", start, &mut found);
    }
    for (n, group) in flow.groups.iter().enumerate() {
        for (m, block) in group.blocks.iter().enumerate() {
            let Some(to) = target(block).filter(|to| !is_open(to)) else { continue };
            there.leads(&format!("/groups/{n}/blocks/{m}/to"), to, &mut found);
        }
    }
    for (n, edge) in flow.edges.iter().enumerate() {
        if let Some((field, fault)) = there.begins(edge) {
            found.push(LoadError::at(format!("/edges/{n}/from{field}"), fault));
        }
        there.leads(&format!("/edges/{n}/to"), &edge.to, &mut found);
    }
    found
}

/// Whether it is still to be chosen where the block leads: half done, and no mistake of the file's.
pub fn is_to_be_chosen(block: &Block) -> bool {
    target(block).is_some_and(is_open)
}

/// Where a jump or a part leads.
fn target(block: &Block) -> Option<&Target> {
    match &block.body {
        Body::Jump(jump) => Some(&jump.to),
        Body::SubFlow(SubFlow { to, bot: None, .. }) => to.as_ref(),
        _ => None,
    }
}

fn is_open(to: &Target) -> bool {
    to.group.is_empty() && to.block.is_none()
}

/// What lines may begin and end at.
struct There<'f> {
    groups: HashSet<&'f str>,
    blocks: HashMap<&'f str, &'f Block>,
    triggers: HashSet<&'f str>,
}

impl<'f> There<'f> {
    fn of(flow: &'f Flow) -> Self {
        let blocks = flow.groups.iter().flat_map(|group| &group.blocks);
        Self {
            groups: flow.groups.iter().map(|group| &*group.id).collect(),
            blocks: blocks.map(|block| (&*block.id, block)).collect(),
            triggers: flow.triggers.iter().map(|trigger| &*trigger.id).collect(),
        }
    }

    fn leads(&self, place: &str, to: &Target, found: &mut Vec<LoadError>) {
        if !self.groups.contains(to.group.as_str()) {
            found.push(LoadError::at(format!("{place}/group"), Fault::NoGroup { id: to.group.clone() }));
        }
        if let Some(id) = to.block.as_ref().filter(|id| !self.blocks.contains_key(id.as_str())) {
            found.push(LoadError::at(format!("{place}/block"), Fault::NoBlock { id: id.clone() }));
        }
    }

    /// What an edge begins at that is not there, and the field that says so.
    fn begins(&self, edge: &Edge) -> Option<(&'static str, Fault)> {
        let from = &edge.from;
        match (&from.block, &from.trigger) {
            (Some(id), _) => match self.blocks.get(id.as_str()) {
                None => Some(("/block", Fault::NoBlock { id: id.clone() })),
                Some(block) if has_port(block, from.port.as_deref()) => None,
                Some(_) => Some(("/port", Fault::NoPort { id: from.port.clone().unwrap_or_default() })),
            },
            (None, Some(id)) if self.triggers.contains(id.as_str()) => None,
            (None, Some(id)) => Some(("/trigger", Fault::NoTrigger { id: id.clone() })),
            (None, None) => Some(("", Fault::MissingField { name: "block".to_owned() })),
        }
    }
}
