//! Texts: their variables filled in, and said within the bounds.

use std::borrow::Cow;

use serde_json::Value;

use super::{Run, TEXT};
use crate::blocks::{MediaKind, MediaSource};
use crate::compile::{Node, ReadyMedia, ReadySource};
use crate::effects::{Effect, EndReason, Limit, Problem};
use crate::outgoing::{self, Outgoing, whatsapp};
use crate::template::{Scope, Template, TemplateError};
use crate::values::units;

impl<'a> Run<'a> {
    pub(super) fn say_text(&mut self, node: &Node, text: &'a Template) -> Result<(), EndReason> {
        let text = self.render(node, text)?;
        self.say(node, &text)
    }

    pub(super) fn say_media(
        &mut self,
        node: &Node,
        text: &'a Template,
        media: &'a ReadyMedia,
    ) -> Result<(), EndReason> {
        let source = match &media.source {
            ReadySource::Url(url) => MediaSource::Url(self.render(node, url)?.trim().to_owned()),
            ReadySource::Stored(id) => MediaSource::Stored(id.clone()),
        };
        let filename = match &media.filename {
            Some(name) => Some(self.render(node, name)?.trim().to_owned()).filter(|name| !name.is_empty()),
            None => None,
        };
        let text = self.render(node, text)?;
        let text = text.trim();
        let has_caption = !matches!(media.kind, MediaKind::Audio | MediaKind::Sticker);
        let caption = if has_caption && units(text) <= whatsapp::CAPTION { text } else { "" };
        let message = Outgoing::Media {
            media: media.kind,
            source,
            caption: caption.to_owned(),
            filename,
            voice: false,
        };
        self.say_all(node, vec![message])?;
        if caption.is_empty() { self.say(node, text) } else { Ok(()) }
    }

    pub(super) fn say(&mut self, node: &Node, text: &str) -> Result<(), EndReason> {
        self.say_all(node, outgoing::text(text))
    }

    pub(super) fn say_all(&mut self, node: &Node, messages: Vec<Outgoing>) -> Result<(), EndReason> {
        let left = self.messages.checked_sub(messages.len());
        self.messages = left.ok_or(EndReason::OutOfFuel { limit: Limit::Messages })?;
        let say = |message| Effect::Say { block: node.id.to_string(), message };
        self.step.effects.extend(messages.into_iter().map(say));
        Ok(())
    }

    pub(super) fn render(&mut self, node: &Node, template: &'a Template) -> Result<Cow<'a, str>, EndReason> {
        if template.is_costly() {
            self.spend_template()?;
        }
        let flow = self.flow;
        let text = match flow.templates.render(template, self.scope()) {
            Ok(text) => text,
            Err(TemplateError(message)) => {
                self.problem(&node.id, Problem::Template { message });
                Cow::Borrowed("")
            }
        };
        // Bytes are never fewer than characters.
        if text.len() > TEXT && text.chars().count() > TEXT {
            return Err(EndReason::OutOfFuel { limit: Limit::Text });
        }
        Ok(text)
    }

    pub(super) fn or_empty(&mut self, node: &Node, value: Result<Value, TemplateError>) -> Value {
        value.unwrap_or_else(|TemplateError(message)| {
            self.problem(&node.id, Problem::Template { message });
            Value::Null
        })
    }

    pub(super) fn spend_template(&mut self) -> Result<(), EndReason> {
        self.templates =
            self.templates.checked_sub(1).ok_or(EndReason::OutOfFuel { limit: Limit::Templates })?;
        Ok(())
    }

    pub(super) fn scope(&self) -> Scope<'_> {
        Scope { variables: &self.step.session.variables, now: self.now }
    }
}
