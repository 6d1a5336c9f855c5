//! What one block of the file becomes: blocks of ours, their ways on, and what the report says of it.

use serde_json::Value;

use super::names::Ids;
use super::source::Aim;
use crate::blocks::{Block, Body, Message};
use crate::import::report::short;
use crate::import::{Change, ChangeCode, Need, NeedCode, Parameters, Reason, ReasonCode, Verdict};

/// Remarks about one block: more than anybody reads.
const REMARKS: usize = 200;

pub struct Made {
    pub blocks: Vec<Block>,
    pub ways: Vec<Way>,
    /// Blocks that go on where success does when they fail, as theirs do.
    pub forgiving: Vec<String>,
    /// Free ids. Lent by the builder while the block is made.
    pub ids: Ids,
    /// The first block's id; further ones have it with a number.
    id: String,
    next: Option<String>,
    how: Vec<Change>,
    needs: Vec<Need>,
    why: Option<Reason>,
}

/// A way on from a block of ours.
pub struct Way {
    pub block: String,
    pub port: String,
    pub to: To,
}

/// Where a way leads.
#[derive(Debug, Clone, PartialEq)]
pub enum To {
    /// Where an edge of the file leads.
    Aim(Aim),
    /// Another of the blocks that this one became.
    Own(String),
    /// Where a run goes on after the last of these by itself.
    Below,
    /// The end of the run, or of the part that runs.
    Stop,
}

impl Made {
    pub fn new(id: &str, ids: Ids) -> Self {
        Self {
            blocks: Vec::new(),
            ways: Vec::new(),
            forgiving: Vec::new(),
            ids,
            id: id.to_owned(),
            next: None,
            how: Vec::new(),
            needs: Vec::new(),
            why: None,
        }
    }

    /// The id that the next block will have.
    pub fn next_id(&mut self) -> String {
        let id = self.next.take().unwrap_or_else(|| match self.blocks.len() {
            0 => self.id.clone(),
            n => self.ids.fresh(&format!("{}-{}", self.id, n + 1)),
        });
        self.next.insert(id).clone()
    }

    pub fn push(&mut self, body: Body) -> String {
        let id = self.next_id();
        self.next = None;
        let addresses: Vec<String> = body.addresses().into_iter().map(str::to_owned).collect();
        for address in &addresses {
            self.how(ChangeCode::AddressOff, [("address", short(address))]);
        }
        self.blocks.push(Block { id: id.clone(), disabled: false, address_off: !addresses.is_empty(), body });
        id
    }

    /// A block that reaches outside: off until somebody allows it.
    pub fn push_outside(&mut self, body: Body) -> String {
        let reached: Vec<String> = body.reached().into_iter().map(str::to_owned).collect();
        for address in &reached {
            self.how(ChangeCode::OffUntilAllowed, [("address", short(address))]);
        }
        if reached.is_empty() {
            self.how(ChangeCode::OffUntilAllowed, []);
        }
        let id = self.push(body);
        if let Some(block) = self.blocks.last_mut() {
            block.address_off = true;
        }
        id
    }

    /// A block that is there and stepped over.
    pub fn push_off(&mut self, body: Body) -> String {
        let id = self.push(body);
        if let Some(block) = self.blocks.last_mut() {
            block.disabled = true;
        }
        id
    }

    /// A text that is an address, of which nothing would be left without it. It may be a variable's alone.
    pub fn say_address(&mut self, address: String) {
        self.how(ChangeCode::AddressOff, [("address", short(&address))]);
        self.say(address);
        if let Some(block) = self.blocks.last_mut() {
            block.address_off = true;
        }
    }

    pub fn say(&mut self, text: String) {
        self.push(Body::Message(Message { text, ..Message::default() }));
    }

    pub fn way(&mut self, block: &str, port: impl Into<String>, to: To) {
        self.ways.push(Way { block: block.to_owned(), port: port.into(), to });
    }

    pub fn how<const N: usize>(&mut self, code: ChangeCode, parameters: [(&str, Value); N]) {
        let change = Change { code, parameters: named(parameters) };
        if self.how.len() < REMARKS && !self.how.contains(&change) {
            self.how.push(change);
        }
    }

    pub fn needs<const N: usize>(&mut self, code: NeedCode, parameters: [(&str, Value); N]) {
        let need = Need { code, parameters: named(parameters) };
        if self.needs.len() < REMARKS && !self.needs.contains(&need) {
            self.needs.push(need);
        }
    }

    /// The first reason counts.
    pub fn cannot<const N: usize>(&mut self, code: ReasonCode, parameters: [(&str, Value); N]) {
        self.why.get_or_insert(Reason { code, parameters: named(parameters) });
    }

    /// Puts a note in the place of everything.
    pub fn only(&mut self, note: Body) {
        self.blocks.clear();
        self.ways.clear();
        self.forgiving.clear();
        self.next = None;
        self.push_off(note);
    }

    pub fn verdict(self) -> Verdict {
        match self.why {
            Some(why) => Verdict::Unsupported { why, how: self.how },
            None if !self.needs.is_empty() => Verdict::NeedsKey { what: self.needs, how: self.how },
            None if !self.how.is_empty() => Verdict::Adapted { how: self.how },
            None => Verdict::Imported,
        }
    }
}

pub fn named<const N: usize>(parameters: [(&str, Value); N]) -> Parameters {
    parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
