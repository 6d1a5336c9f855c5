//! A whole talk as data: what is said to a flow, and all that comes of it. For those who want to know whether two
//! builds of the engine say the same; a test plays the same scripts on the server's and on the page's.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::compile::Compiled;
use crate::effects::{Input, Now, Step};
use crate::engine::{World, step_in};
use crate::load::LoadError;
use crate::model::Flow;
use crate::session::Session;

/// What is said to a flow, a second apart.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Script {
    pub flow: Value,
    /// Other bots that it may run.
    pub others: Vec<Value>,
    pub seed: u64,
    pub begins: Now,
    pub inputs: Vec<Input>,
}

impl Script {
    pub const PAUSE: i64 = 1_000;

    /// One step for each input, from a new session on.
    pub fn play(&self) -> Result<Vec<Step>, LoadError> {
        let flow = compiled(&self.flow)?;
        let others = self.others.iter().map(compiled).collect::<Result<Vec<_>, _>>()?;
        let others: Vec<&Compiled> = others.iter().collect();
        let mut now = self.begins;
        let mut session = Session::seeded(&flow, self.seed);
        let play = |input| {
            now.ms = now.ms.saturating_add(Self::PAUSE);
            let step = step_in(&flow, session.clone(), input, World { now, flows: &others, traced: true });
            session.clone_from(&step.session);
            step
        };
        Ok(self.inputs.iter().map(play).collect())
    }
}

fn compiled(flow: &Value) -> Result<Compiled, LoadError> {
    Ok(Compiled::new(&Flow::from_value(flow.clone())?, 1))
}
