//! Language models. They arrive switched off and need a connection of the business's own.

use serde_json::json;

use super::build::{Builder, nothing, options};
use super::made::Made;
use super::place::Place;
use super::source::Block as There;
use super::{kept, lost};
use crate::blocks::{AiAnswer, AiExtract, AiField, AiFieldKind, AiModel, Body};
use crate::import::report::short;
use crate::import::{ChangeCode, ImportError, NeedCode, ReasonCode};
use crate::load::limits;
use crate::model::Extra;
use crate::values::number_in;

/// What one message to the model is, in the words of the file.
const SYSTEM: &str = "system";
const USER: &str = "user";

/// What the messages of a block come to.
#[derive(Default)]
struct Told {
    instructions: Vec<String>,
    question: Option<String>,
    history: bool,
}

impl Builder<'_> {
    pub fn model(&mut self, made: &mut Made, there: &There) -> Result<(), ImportError> {
        let nothing = nothing();
        let options = options(there, &nothing)?;
        let action = match options.any_field(&["action", "task"])? {
            Some(action) => action.as_text()?,
            None => "Create chat completion",
        };
        let model = options.words("model")?.map(str::to_owned);
        let mut need = vec![("provider", json!(there.kind.to_lowercase()))];
        need.extend(model.as_deref().map(|model| ("model", short(model))));
        let connection = AiModel { model, max_tokens: tokens(&options)?, ..AiModel::default() };
        let body = match action.to_lowercase().as_str() {
            "create chat completion" | "create chat message" | "ask model" => {
                self.answer(made, &options, connection)?
            }
            "generate variables" => self.extract(made, &options, connection)?,
            _ => {
                made.cannot(ReasonCode::Action, [("action", short(action))]);
                made.only(kept::in_place(there));
                return Ok(());
            }
        };
        self.tools(made, &options, there.kind)?;
        lost::of_model(made, &options)?;
        match need.as_slice() {
            [provider, model] => made.needs(NeedCode::Model, [provider.clone(), model.clone()]),
            [provider, ..] => made.needs(NeedCode::Model, [provider.clone()]),
            [] => {}
        }
        let id = made.push_outside(body);
        made.forgiving.push(id);
        Ok(())
    }

    fn answer(&mut self, made: &mut Made, options: &Place, model: AiModel) -> Result<Body, ImportError> {
        let mut told = Told::default();
        for field in ["systemMessage", "systemPrompt", "instructions"] {
            told.instructions.extend(options.words(field)?.map(|raw| self.text(made, raw)));
        }
        for message in options.list("messages")? {
            self.message(made, &message, &mut told)?;
        }
        for field in ["userMessage", "message", "prompt", "input"] {
            if let Some(field) = options.field(field)?
                && let Some(raw) = field.value.as_str().filter(|raw| !raw.trim().is_empty())
            {
                told.question = Some(self.text(made, raw));
            }
        }
        if told.instructions.len() > 1 {
            made.how(ChangeCode::MessagesJoined, []);
        }
        if told.instructions.is_empty() {
            // A model has to be told something; the bot's name says what it is about.
            let name = self.source.name.clone();
            told.instructions.push(self.text(made, &name));
        }
        let mut variable = None;
        for mapping in options.list("responseMapping")? {
            // Tokens and ids of the answer have no place here.
            let wanted = mapping.text("item")?.unwrap_or("Message content").to_lowercase();
            if variable.is_none() && matches!(wanted.as_str(), "message content" | "message" | "text") {
                let field =
                    if mapping.field("variableId")?.is_some() { "variableId" } else { "valueExtractor" };
                variable = self.variable(made, &mapping, field)?;
            } else {
                made.how(ChangeCode::FieldLeftOut, [("field", short(&wanted))]);
            }
        }
        // The answer is said by a text of the bot that names the variable.
        let silent = variable.is_some();
        Ok(Body::AiAnswer(Box::new(AiAnswer {
            instructions: told.instructions.join("\n\n"),
            question: told.question,
            history: told.history,
            model,
            variable,
            silent,
            extra: Extra::new(),
        })))
    }

    fn message(&mut self, made: &mut Made, message: &Place, told: &mut Told) -> Result<(), ImportError> {
        let role = message.text("role")?.unwrap_or(USER);
        let Some(content) = message.field("content")? else {
            // What was said before, which the run itself knows.
            told.history |=
                message.field("dialogueVariableId")?.is_some() || role.eq_ignore_ascii_case("dialogue");
            return Ok(());
        };
        let Some(raw) = content.value.as_str() else {
            told.history = true;
            return Ok(());
        };
        let text = self.text(made, raw);
        match role {
            SYSTEM => told.instructions.push(text),
            // The last words of the customer are the question; those before, and the model's own, are told.
            USER => {
                if let Some(before) = told.question.replace(text) {
                    told.instructions.push(format!("{USER}: {before}"));
                }
            }
            other => told.instructions.push(format!("{}: {text}", other.to_lowercase())),
        }
        Ok(())
    }

    fn extract(&mut self, made: &mut Made, options: &Place, model: AiModel) -> Result<Body, ImportError> {
        let mut fields = Vec::new();
        for wanted in options.list("variablesToExtract")? {
            let Some(variable) = self.variable(made, &wanted, "variableId")? else { continue };
            let mut choices = Vec::new();
            for choice in wanted.list("values")? {
                choices.push(choice.as_text()?.to_owned());
            }
            fields.push(AiField {
                variable,
                kind: match wanted.text("type")?.unwrap_or("string") {
                    "number" => AiFieldKind::Number,
                    "boolean" => AiFieldKind::Boolean,
                    "enum" if !choices.is_empty() => AiFieldKind::Choice,
                    _ => AiFieldKind::Text,
                },
                description: wanted.words("description")?.map(|raw| self.text(made, raw)).unwrap_or_default(),
                options: choices,
                required: wanted.flag("isRequired")?,
                extra: Extra::new(),
            });
        }
        let text = options.words("prompt")?.map(|raw| self.text(made, raw));
        Ok(Body::AiExtract(Box::new(AiExtract { text, fields, model, ..AiExtract::default() })))
    }
}

fn tokens(options: &Place) -> Result<Option<u32>, ImportError> {
    let field = options.any_field(&["maxTokens", "max_tokens"])?;
    let number = field.and_then(|field| number_in(field.value)).filter(|number| *number >= 1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at least 1, and at most 4,000"
    )]
    let whole = |number: f64| number.min(f64::from(limits::AI_TOKENS)) as u32;
    Ok(number.map(whole))
}
