//! Texts: their variables filled in, and said within the bounds.

use std::borrow::Cow;

use serde_json::Value;

use super::{Run, TEXT};
use crate::answer::{Choice, Menu};
use crate::blocks::{MediaKind, MediaSource, TemplateButtonKind};
use crate::calls::Speaker;
use crate::compile::{Node, ReadyMedia, ReadyPlace, ReadySource, ReadyTemplate, Work, port};
use crate::effects::{Effect, EndReason, Limit, Problem};
use crate::outgoing::{self, Contact, Filled, Header, Labels, Outgoing, Parameter, Reply, whatsapp};
use crate::template::{Formula, Mistake, MistakeKind, Own, Scope, Template};
use crate::values::{number_in, units};

impl<'a> Run<'a> {
    pub(super) fn say_text(&mut self, node: &Node, text: &'a Template) -> Result<(), EndReason> {
        let text = self.render(node, text)?;
        if node.address_off && matches!(node.work, Work::Message { media: None, .. }) {
            self.problem(&node.id, Problem::AddressOff { address: text.trim().to_owned() });
            return Ok(());
        }
        self.say(node, &text)
    }

    pub(super) fn say_media(
        &mut self,
        node: &Node,
        text: &'a Template,
        media: &'a ReadyMedia,
    ) -> Result<(), EndReason> {
        let Some((source, filename)) = self.file(node, media)? else { return self.say_text(node, text) };
        let text = self.render(node, text)?;
        let text = text.trim();
        let has_caption = !matches!(media.kind, MediaKind::Audio | MediaKind::Sticker);
        let caption = if has_caption && units(text) <= whatsapp::CAPTION { text } else { "" };
        let voice = media.voice && media.kind == MediaKind::Audio;
        let (caption_of, mime) = (caption.to_owned(), media.mime.clone());
        let message =
            Outgoing::Media { media: media.kind, source, caption: caption_of, filename, mime, voice };
        self.say_all(node, vec![message])?;
        if caption.is_empty() { self.say(node, text) } else { Ok(()) }
    }

    /// The file with its name; none where its address is to be left out.
    pub(super) fn file(
        &mut self,
        node: &Node,
        media: &'a ReadyMedia,
    ) -> Result<Option<(MediaSource, Option<String>)>, EndReason> {
        let source = match &media.source {
            ReadySource::Url(url) => {
                let address = self.address(node, url)?;
                if node.address_off {
                    self.problem(&node.id, Problem::AddressOff { address });
                    return Ok(None);
                }
                MediaSource::Url(address)
            }
            ReadySource::Stored(id) => MediaSource::Stored(id.clone()),
        };
        let filename = match &media.filename {
            Some(name) => Some(self.render(node, name)?.trim().to_owned()).filter(|name| !name.is_empty()),
            None => None,
        };
        Ok(Some((source, filename)))
    }

    pub(super) fn say_place(&mut self, node: &'a Node, place: &'a ReadyPlace) -> Result<(), EndReason> {
        let mut degrees = [0.0; 2];
        let parts = [("latitude", &place.latitude, 90.0), ("longitude", &place.longitude, 180.0)];
        for (n, (field, template, most)) in parts.into_iter().enumerate() {
            let text = self.render(node, template)?.into_owned();
            let number = number_in(&Value::from(text)).filter(|degrees| degrees.abs() <= most);
            let Some(number) = number else {
                self.problem(&node.id, Problem::BadValue { field: field.to_owned() });
                self.left(node, port::NEXT);
                return Ok(());
            };
            degrees[n] = number;
        }
        let name = self.line(node, &place.name)?;
        let address = self.line(node, &place.address)?;
        let message = Outgoing::Location { latitude: degrees[0], longitude: degrees[1], name, address };
        self.say_all(node, vec![message])?;
        self.left(node, port::NEXT);
        Ok(())
    }

    pub(super) fn say_contacts(
        &mut self,
        node: &'a Node,
        cards: &'a [[Template; 5]],
    ) -> Result<(), EndReason> {
        let mut contacts = Vec::with_capacity(cards.len());
        for [name, phone, email, company, url] in cards {
            let mut contact = Contact {
                name: self.line(node, name)?,
                phone: self.line(node, phone)?,
                email: self.line(node, email)?,
                company: self.line(node, company)?,
                url: self.line(node, url)?,
            };
            if node.address_off && !contact.url.is_empty() {
                let address = std::mem::take(&mut contact.url);
                self.problem(&node.id, Problem::AddressOff { address });
            }
            // A card has to be called something.
            if contact.name.is_empty() {
                let other = [&contact.company, &contact.phone, &contact.email];
                contact.name = other.into_iter().find(|text| !text.is_empty()).cloned().unwrap_or_default();
            }
            if !contact.name.is_empty() {
                contacts.push(contact);
            }
        }
        if contacts.is_empty() {
            self.problem(&node.id, Problem::BadValue { field: "contacts".to_owned() });
        } else {
            self.say_all(node, vec![Outgoing::Contacts { contacts }])?;
        }
        self.left(node, port::NEXT);
        Ok(())
    }

    pub(super) fn say_menu(
        &mut self,
        node: &'a Node,
        text: &'a Template,
        choice: &'a Choice,
    ) -> Result<(), EndReason> {
        let text = self.render(node, text)?;
        let (menu, button) = self.menu(node, choice, 0)?;
        if menu.offers.is_empty() {
            self.problem(&node.id, Problem::NoOptions);
        } else {
            self.say_choice(node, &text, &menu, button.as_deref())?;
        }
        self.left(node, port::NEXT);
        Ok(())
    }

    /// Says a choice as buttons, as a list or as a numbered text.
    pub(super) fn say_choice(
        &mut self,
        node: &Node,
        text: &str,
        menu: &Menu,
        button: Option<&str>,
    ) -> Result<(), EndReason> {
        let words = &self.flow.words;
        let choose = button.map(str::trim).filter(|text| !text.is_empty());
        let labels = Labels {
            more: &words.more,
            choose: choose.unwrap_or(&words.choose),
            choose_body: &words.choose_body,
        };
        let messages = outgoing::choice(&node.id, text, &menu.offers, menu.page, &labels);
        self.say_all(node, messages)
    }

    pub(super) fn say_link(
        &mut self,
        node: &'a Node,
        text: &'a Template,
        title: &'a Template,
        url: &'a Template,
    ) -> Result<(), EndReason> {
        let text = self.render(node, text)?;
        let title = self.line(node, title)?;
        let url = self.address(node, url)?;
        if url.is_empty() || node.address_off {
            // A text that is the address itself would say it all the same.
            let text = if node.address_off && text.trim() == url { Cow::Borrowed("") } else { text };
            let what = if url.is_empty() {
                Problem::BadValue { field: "url".to_owned() }
            } else {
                Problem::AddressOff { address: url }
            };
            self.problem(&node.id, what);
            self.say(node, &text)?;
        } else {
            let title = if title.is_empty() { &self.flow.words.open } else { &title };
            let title = outgoing::cut(title, whatsapp::LINK_TITLE);
            let body = self.body(node, &text, whatsapp::LINK_BODY, &url)?;
            self.say_all(node, vec![Outgoing::Link { body, title, url }])?;
        }
        self.left(node, port::NEXT);
        Ok(())
    }

    /// The text of a message with something to tap under it: what is too long for it is said before.
    pub(super) fn body(
        &mut self,
        node: &Node,
        text: &str,
        limit: usize,
        otherwise: &str,
    ) -> Result<String, EndReason> {
        let text = text.trim();
        if units(text) > limit {
            self.say(node, text)?;
            return Ok(outgoing::cut(otherwise, limit));
        }
        Ok(if text.is_empty() { outgoing::cut(otherwise, limit) } else { text.to_owned() })
    }

    /// Says a template; `options` are the ids of a question's options, which its quick replies stand for.
    pub(super) fn say_template(
        &mut self,
        node: &'a Node,
        template: &'a ReadyTemplate,
        options: &[&str],
    ) -> Result<(), EndReason> {
        let header = match (&template.header_text, &template.header_media) {
            (_, Some(media)) => {
                // WhatsApp takes no template without its header.
                let Some((source, filename)) = self.file(node, media)? else { return Ok(()) };
                Some(Header::Media { media: media.kind, source, filename })
            }
            (Some((name, text)), None) => {
                let text = outgoing::cut(&self.line(node, text)?, whatsapp::TEMPLATE_HEADER);
                let name = name.clone();
                Some(text).filter(|text| !text.is_empty()).map(|text| Header::Text(Parameter { name, text }))
            }
            (None, None) => None,
        };
        let mut body = Vec::with_capacity(template.body.len());
        for (name, text) in &template.body {
            // Line ends, tabs and rows of spaces are refused by WhatsApp; so is an empty value.
            let text = self.render(node, text)?;
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let text = if text.is_empty() {
                "–".to_owned()
            } else {
                outgoing::cut(&text, whatsapp::TEMPLATE_BODY)
            };
            body.push(Parameter { name: name.clone(), text });
        }
        let mut buttons = Vec::with_capacity(template.buttons.len() + options.len());
        for (n, option) in options.iter().enumerate() {
            let text = Reply::Option { block: &node.id, option }.id();
            let (kind, title) = (TemplateButtonKind::QuickReply, String::new());
            buttons.push(Filled { index: index(n), kind, title, text });
        }
        for button in &template.buttons {
            if buttons.iter().any(|filled| filled.index == button.index) {
                continue;
            }
            let text = self.line(node, &button.text)?;
            let text = match button.kind {
                TemplateButtonKind::QuickReply if text.is_empty() => {
                    Reply::Option { block: &node.id, option: &button.id }.id()
                }
                TemplateButtonKind::Url => outgoing::url_ending(&text),
                _ => text,
            };
            let title = button.title.clone();
            buttons.push(Filled { index: button.index, kind: button.kind, title, text });
        }
        let (name, language) = (template.name.clone(), template.language.clone());
        let (category, text) = (template.category, outgoing::filled(&template.words, &body));
        let filled = outgoing::Template { name, language, category, text, header, body, buttons };
        self.say_all(node, vec![Outgoing::Template(Box::new(filled))])
    }

    pub(super) fn say(&mut self, node: &Node, text: &str) -> Result<(), EndReason> {
        self.say_all(node, outgoing::text(text))
    }

    pub(super) fn say_all(&mut self, node: &Node, messages: Vec<Outgoing>) -> Result<(), EndReason> {
        let left = self.messages.checked_sub(messages.len());
        self.messages = left.ok_or(EndReason::OutOfFuel { limit: Limit::Messages })?;
        self.step.session.spoke |= !messages.is_empty();
        for message in messages {
            if self.root.keeps_transcript || self.flow.keeps_transcript {
                self.step.session.transcript.add(Speaker::Bot, &message.words());
            }
            self.step.effects.push(Effect::Say { block: node.id.to_string(), message });
        }
        Ok(())
    }

    pub(super) fn render(&mut self, node: &Node, template: &'a Template) -> Result<Cow<'a, str>, EndReason> {
        if template.is_costly() {
            self.spend_template()?;
        }
        let text = self.flow.templates.render(template, self.scope());
        self.bounded(node, text)
    }

    /// An address on the web, with its values encoded.
    fn address(&mut self, node: &Node, template: &'a Template) -> Result<String, EndReason> {
        if template.is_costly() {
            self.spend_template()?;
        }
        let address = self.flow.templates.render_address(template, self.scope());
        let address = self.bounded(node, address)?;
        Ok(address.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    fn bounded(
        &mut self,
        node: &Node,
        text: Result<Cow<'a, str>, Mistake>,
    ) -> Result<Cow<'a, str>, EndReason> {
        let text = text.map_err(|mistake| self.mistaken(node, mistake))?;
        // Bytes are never fewer than characters.
        if text.len() > TEXT && text.chars().count() > TEXT {
            return Err(EndReason::OutOfFuel { limit: Limit::Text });
        }
        Ok(text)
    }

    /// What a formula gives.
    pub(super) fn reckon(&mut self, node: &Node, formula: &Formula) -> Result<Value, EndReason> {
        self.spend_template()?;
        let value = formula.value(self.scope());
        value.map_err(|mistake| self.mistaken(node, mistake))
    }

    /// A text or an expression gave nothing. To go on with nothing in its place was refused: a customer who is told the
    /// wrong thing, or nothing, is lost, and nobody learns of it.
    fn mistaken(&mut self, node: &Node, mistake: Mistake) -> EndReason {
        let is_bound = mistake.why == MistakeKind::TooMuch;
        self.problem(&node.id, Problem::Template { mistake });
        if is_bound { EndReason::OutOfFuel { limit: Limit::Templates } } else { EndReason::Failed }
    }

    pub(super) fn spend_template(&mut self) -> Result<(), EndReason> {
        self.templates =
            self.templates.checked_sub(1).ok_or(EndReason::OutOfFuel { limit: Limit::Templates })?;
        Ok(())
    }

    pub(super) fn scope(&self) -> Scope<'_> {
        let session = &self.step.session;
        let own = Own {
            shadow: self.flow.shadow,
            seed: session.seed,
            draws: &self.draws,
            transcript: &session.transcript,
        };
        Scope { variables: &session.variables, now: self.now, own: Some(own) }
    }
}

fn index(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
