//! Sub-flows and loops: where a run has to come back to.

use std::borrow::Cow;

use serde_json::Value;

use super::{DEPTH, Outcome, Run};
use crate::compile::{Exit, Node, ReadyFlow, ReadyLoop, Work, port};
use crate::effects::{EndReason, Event, Limit, Problem};
use crate::session::{Came, Frame, Inside, Round};

impl<'a> Run<'a> {
    /// Finds the flow that the run is in.
    pub(super) fn find_inside(&mut self) -> Result<(), EndReason> {
        match self.step.session.inside.clone() {
            None => Ok(()),
            Some(inside) => self.switch_to(Some(inside)),
        }
    }

    /// Goes into a flow: another bot's, or with none the run's own.
    fn switch_to(&mut self, inside: Option<Inside>) -> Result<(), EndReason> {
        self.flow = match &inside {
            None => self.root,
            Some(Inside { flow, version, bot }) => {
                let mut named = self.others.iter().filter(|other| other.id() == flow);
                let same_bot = named.clone().find(|other| bot.is_some() && other.bot() == bot.as_deref());
                let same = named.clone().find(|other| other.version() == *version);
                // A run outlives a version, as it does with its own flow.
                let Some(other) = same_bot.or(same).or_else(|| named.next()) else {
                    self.problem("", Problem::NoFlow { flow: flow.clone() });
                    return Err(EndReason::Broken);
                };
                other
            }
        };
        if self.traced {
            self.step.trace.push(Event::In { flow: self.flow.id().to_owned() });
        }
        self.step.session.inside = inside;
        Ok(())
    }

    fn push(&mut self, frame: Frame) -> Result<(), EndReason> {
        if self.step.session.stack.len() >= DEPTH {
            return Err(EndReason::OutOfFuel { limit: Limit::Depth });
        }
        self.step.session.stack.push(frame);
        Ok(())
    }

    pub(super) fn sub_flow(&mut self, node: &'a Node, to: &'a ReadyFlow, failed: Option<Exit>) -> Outcome {
        let block = node.id.to_string();
        let id = match to {
            ReadyFlow::Here(exit) => {
                self.push(Frame { block, round: None, came: None })?;
                return Ok(Some(*exit));
            }
            ReadyFlow::Bot(id) => id,
        };
        // A flow's id may be that of several bots' flows, the first of which is meant; a bot's own id is of one.
        let of_bot = self.others.iter().find(|other| other.bot() == Some(id.as_str()));
        let Some(other) = of_bot.or_else(|| self.others.iter().find(|other| other.id() == id)) else {
            self.problem(&node.id, Problem::NoFlow { flow: id.clone() });
            self.left(node, port::FAILED);
            return failed.map_or(Err(EndReason::Failed), |exit| Ok(Some(exit)));
        };
        let came = self.step.session.inside.clone().map_or(Came::Own, Came::From);
        self.push(Frame { block, round: None, came: Some(came) })?;
        let (flow, bot) = (other.id().to_owned(), other.bot().map(str::to_owned));
        self.switch_to(Some(Inside { flow, version: other.version(), bot }))?;
        // The other bot's defaults, where the run knows nothing of its own.
        for (name, value) in &other.defaults {
            if self.step.session.variables.get(name).is_none()
                && !self.step.session.variables.set(name, value.clone())
            {
                return Err(EndReason::OutOfFuel { limit: Limit::Variables });
            }
        }
        match other.entry(None, None) {
            Exit::Broken => {
                self.problem(&node.id, Problem::NoStart);
                Err(EndReason::Broken)
            }
            entry => Ok(Some(entry)),
        }
    }

    /// The way on where a way has ended: out of the innermost sub-flow or loop. None at the outermost.
    pub(super) fn back(&mut self) -> Result<Option<(&'a Node, Exit)>, EndReason> {
        let Some(frame) = self.step.session.stack.pop() else { return Ok(None) };
        // Coming back is work too: a loop with nothing in it must not be free.
        self.spend_block()?;
        match frame.came {
            Some(Came::Own) => self.switch_to(None)?,
            Some(Came::From(inside)) => self.switch_to(Some(inside))?,
            None => {}
        }
        let Some(node) = self.flow.find(&frame.block) else {
            self.problem(&frame.block, Problem::MissingBlock);
            return Err(EndReason::Broken);
        };
        if let (Work::Loop(work), Some(round)) = (&node.work, frame.round) {
            let round = Round { index: round.index.saturating_add(1), ..round };
            return self.round(node, work, round).map(|exit| Some((node, exit)));
        }
        self.left(node, port::NEXT);
        Ok(Some((node, node.next)))
    }

    /// Begins a loop; led back here from within it, the next round of it.
    pub(super) fn begin_loop(&mut self, node: &'a Node, work: &'a ReadyLoop) -> Outcome {
        let stack = &mut self.step.session.stack;
        // Loops around this one may be left in this way, but no sub-flow.
        let within = stack.iter().rposition(|frame| frame.round.is_none()).map_or(0, |at| at + 1);
        let under_way = stack[within..].iter().rposition(|frame| *frame.block == *node.id);
        if let Some(frame) = under_way.map(|at| stack.drain(within + at..).next())
            && let Some(round) = frame.and_then(|frame| frame.round)
        {
            let round = Round { index: round.index.saturating_add(1), ..round };
            return self.round(node, work, round).map(Some);
        }
        let list = self.list(node, work)?;
        let count = match &*list {
            Value::Null => 0,
            Value::Array(items) => u32::try_from(items.len()).unwrap_or(u32::MAX),
            _ => 1,
        };
        self.round(node, work, Round { index: 0, count }).map(Some)
    }

    fn round(&mut self, node: &'a Node, work: &'a ReadyLoop, round: Round) -> Result<Exit, EndReason> {
        let item = if round.index < round.count {
            match &*self.list(node, work)? {
                Value::Array(items) => usize::try_from(round.index).ok().and_then(|n| items.get(n)).cloned(),
                Value::Null => None,
                single => (round.index == 0).then(|| single.clone()),
            }
        } else {
            None
        };
        // A list that became shorter meanwhile ends the loop sooner.
        let Some(item) = item else {
            self.left(node, port::NEXT);
            return Ok(node.next);
        };
        if !work.item.is_empty() {
            self.set(node, &work.item, item)?;
        }
        if let Some(index) = &work.index {
            self.set(node, index, Value::from(round.index))?;
        }
        self.push(Frame { block: node.id.to_string(), round: Some(round), came: None })?;
        self.left(node, port::EACH);
        Ok(work.each.unwrap_or(Exit::End))
    }

    fn list(&mut self, node: &Node, work: &'a ReadyLoop) -> Result<Cow<'_, Value>, EndReason> {
        if work.list.path().is_none() {
            return self.reckon(node, &work.list).map(Cow::Owned);
        }
        let found = work.list.path().and_then(|path| self.scope().find(path));
        Ok(found.unwrap_or(Cow::Owned(Value::Null)))
    }

    /// Leaves the innermost loop by its ordinary way on; in none it is the end of the way.
    pub(super) fn leave_loop(&mut self) -> Outcome {
        let Some(frame) = self.step.session.stack.pop_if(|frame| frame.round.is_some()) else {
            return Ok(Some(Exit::End));
        };
        let Some(node) = self.flow.find(&frame.block) else {
            self.problem(&frame.block, Problem::MissingBlock);
            return Err(EndReason::Broken);
        };
        self.left(node, port::NEXT);
        Ok(Some(node.next))
    }
}
