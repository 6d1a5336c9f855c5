//! E-mail. It arrives switched off and needs the business's own mail server.

use super::build::{Builder, nothing, options};
use super::made::Made;
use super::place::Place;
use super::rich;
use super::source::Block as There;
use crate::blocks::{Body, Email};
use crate::import::{ChangeCode, ImportError, NeedCode};

impl Builder<'_> {
    pub fn email(&mut self, made: &mut Made, there: &There) -> Result<(), ImportError> {
        let nothing = nothing();
        let options = options(there, &nothing)?;
        made.needs(NeedCode::Mail, []);
        let mut email = Email {
            to: self.receivers(made, &options, "recipients")?,
            cc: self.receivers(made, &options, "cc")?,
            bcc: self.receivers(made, &options, "bcc")?,
            reply_to: options.words("replyTo")?.map(|address| self.text(made, address)),
            ..Email::default()
        };
        let subject = options.words("subject")?.unwrap_or(&self.source.name).to_owned();
        email.subject = self.text(made, &subject);
        let body = options.words("body")?;
        let custom = options.perhaps("isCustomBody")?.unwrap_or(body.is_some());
        email.text = match body.filter(|_| custom) {
            Some(body) if options.flag("isBodyCode")? => {
                made.how(ChangeCode::HtmlAsText, []);
                self.text(made, &rich::of_html(body, false))
            }
            Some(body) => self.text(made, body),
            None => {
                made.how(ChangeCode::AllVariables, []);
                let line = |(name, ours): (String, String)| format!("{name}: {{{{{ours}}}}}");
                let lines: Vec<String> = self.all_variables().into_iter().map(line).collect();
                // Names are no templates.
                lines.join("\n")
            }
        };
        if options.field("attachmentsVariableId")?.is_some() {
            made.how(ChangeCode::AttachmentLeftOut, []);
        }
        let id = made.push_outside(Body::Email(Box::new(email)));
        made.forgiving.push(id);
        Ok(())
    }

    fn receivers(
        &mut self,
        made: &mut Made,
        options: &Place,
        name: &str,
    ) -> Result<Vec<String>, ImportError> {
        let mut receivers = Vec::new();
        for receiver in options.list(name)? {
            let address = receiver.as_text()?.trim();
            if !address.is_empty() {
                receivers.push(self.text(made, address));
            }
        }
        Ok(receivers)
    }
}
