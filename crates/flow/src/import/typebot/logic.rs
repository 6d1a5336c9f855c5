//! Blocks that decide where a run goes.

use serde_json::{Value, json};

use super::bubbles::{empty, host, web_address};
use super::build::{Builder, nothing, options};
use super::made::{Made, To};
use super::requests::saves;
use super::source::{Aim, Block as There};
use super::text;
use crate::blocks::{Body, Jump, LinkButton, Share, Split, SubFlow, Wait, WaitCall};
use crate::compile::port;
use crate::import::report::short;
use crate::import::{ChangeCode, ImportError, MissingBot};
use crate::model::Extra;
use crate::outgoing::{cut, whatsapp};
use crate::values::number_in;

/// What runs the bot that the block stands in.
const THIS_BOT: &str = "current";
/// Percent of the first way, where the block does not say.
const HALF: f64 = 50.0;

impl Builder<'_> {
    pub fn redirect(
        &mut self,
        made: &mut Made,
        there: &There,
        asked: Option<String>,
    ) -> Result<(), ImportError> {
        let nothing = nothing();
        let options = options(there, &nothing)?;
        let Some(raw) = options.words("url")? else {
            if let Some(text) = asked {
                made.say(text);
            }
            empty(made);
            return Ok(());
        };
        let other = ["mailto:", "tel:", "sms:"].iter().any(|scheme| raw.trim().starts_with(scheme));
        let address = web_address(raw).filter(|_| !other);
        let raw = address.clone().unwrap_or_else(|| raw.trim().to_owned());
        let url = self.address(made, &raw);
        if address.is_none() {
            made.how(ChangeCode::AsLink, []);
            made.say(asked.map_or_else(|| url.clone(), |text| format!("{text}\n{url}")));
            return Ok(());
        }
        let title = cut(&host(&raw).unwrap_or_else(|| "↗".to_owned()), whatsapp::LINK_TITLE);
        made.how(ChangeCode::LinkButton, [("title", json!(title))]);
        let text = asked.unwrap_or_else(|| url.clone());
        made.push(Body::LinkButton(LinkButton { text, title, url, extra: Extra::new() }));
        Ok(())
    }

    pub fn wait(&mut self, made: &mut Made, there: &There) -> Result<(), ImportError> {
        let nothing = nothing();
        let options = options(there, &nothing)?;
        let seconds = match options.number_or_text("secondsToWaitFor")? {
            Some(Value::String(text)) if text::only_variable(text).is_some() => {
                Some(Value::from(self.text(made, text)))
            }
            Some(value) => {
                number_in(value).filter(|seconds| *seconds >= 0.0).map(crate::values::number_of_f64)
            }
            None => None,
        };
        match seconds {
            Some(seconds) => {
                made.push(Body::Wait(Wait { seconds, typing: self.types, ..Wait::default() }));
            }
            None => empty(made),
        }
        Ok(())
    }

    pub fn jump(&mut self, made: &mut Made, there: &There) -> Result<(), ImportError> {
        let nothing = nothing();
        let options = options(there, &nothing)?;
        if options.field("groupId")?.is_none() && options.field("blockId")?.is_none() {
            empty(made);
            return Ok(());
        }
        if let Some(aim) = self.source.aim(&options)? {
            made.push(Body::Jump(Jump { to: self.target(aim), extra: Extra::new() }));
        }
        Ok(())
    }

    pub fn split(&mut self, made: &mut Made, there: &There, is_last: bool) -> Result<(), ImportError> {
        let nothing = nothing();
        let first = options(there, &nothing)?.number("aPercent")?.unwrap_or(HALF).clamp(0.0, 100.0).round();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100, and whole")]
        let first = first as u32;
        let id = made.next_id();
        let mut branches = Vec::new();
        let mut ids = super::names::Ids::default();
        for (n, item) in there.place.list("items")?.iter().take(2).enumerate() {
            let branch = ids.fresh(item.text("id")?.unwrap_or_default());
            let is_first = item.text("path")?.map_or(n == 0, |path| path == "a");
            let weight = if is_first { first } else { 100 - first };
            let title = if is_first { "A" } else { "B" };
            let way = self.source.way(item, there.id, item.text("id")?)?;
            self.branch_way(made, &id, &branch, way, is_last);
            branches.push(Share { id: branch, title: title.to_owned(), weight, extra: Extra::new() });
        }
        if branches.is_empty() {
            empty(made);
        } else {
            made.push(Body::Split(Split { branches, extra: Extra::new() }));
        }
        Ok(())
    }

    /// The way on from a branch. Without an edge it ends the run, and does not fall to the block below.
    pub fn branch_way(&self, made: &mut Made, block: &str, branch: &str, way: Option<usize>, is_last: bool) {
        let port = format!("{}{branch}", port::BRANCH);
        match way {
            Some(edge) => made.way(block, port, To::Aim(self.source.edges[edge].to)),
            None if is_last => {}
            None => {
                made.how(ChangeCode::EndsHere, []);
                made.way(block, port, To::Stop);
            }
        }
    }

    /// Runs another bot, or a part of this one, and comes back.
    pub fn link(&mut self, made: &mut Made, there: &There, is_last: bool) -> Result<(), ImportError> {
        let nothing = nothing();
        let options = options(there, &nothing)?;
        let group = options.field("groupId")?;
        let bot = options.words("typebotId")?.unwrap_or_default();
        if bot == THIS_BOT || bot == self.source.id {
            let start = || {
                let event = self.source.events.iter().find(|event| event.kind == "start")?;
                Some(self.source.edges[event.way?].to)
            };
            let aim = if group.is_some() { self.source.aim(&options)? } else { start() };
            let aim = aim.or_else(|| self.source.groups.first().map(|_| Aim::Group(0)));
            let to = aim.map(|aim| self.target(aim));
            if let Some(to) = to.clone().filter(|_| is_last && there.way.is_none()) {
                // There is nothing to come back to: so bots begin again, as often as anybody likes.
                made.push(Body::Jump(Jump { to, extra: Extra::new() }));
                return Ok(());
            }
            made.push(Body::SubFlow(SubFlow { to, bot: None, extra: Extra::new() }));
            return Ok(());
        }
        if bot.is_empty() {
            empty(made);
            return Ok(());
        }
        let ours = super::names::clean_id(bot);
        made.how(ChangeCode::OtherBot, [("bot", json!(ours))]);
        if let Some(group) = group {
            made.how(ChangeCode::FromBeginning, [("group", short(group.as_text()?))]);
        }
        let id = made.push(Body::SubFlow(SubFlow { to: None, bot: Some(ours.clone()), extra: Extra::new() }));
        made.forgiving.push(id.clone());
        match self.missing.iter_mut().find(|missing| missing.bot == ours) {
            Some(missing) => missing.blocks.push(id),
            None => self.missing.push(MissingBot { id: bot.to_owned(), bot: ours, blocks: vec![id] }),
        }
        Ok(())
    }

    /// Waits for a call from outside: at an address of ours, which nobody there knows yet.
    pub fn wait_call(&mut self, made: &mut Made, there: &There) -> Result<(), ImportError> {
        let nothing = nothing();
        let options = options(there, &nothing)?;
        made.how(ChangeCode::OtherAddress, [("variable", json!("callback"))]);
        let (save, _) = saves(self, made, &options)?;
        made.push_outside(Body::WaitCall(WaitCall { save, ..WaitCall::default() }));
        Ok(())
    }
}
