//! Questions that are answered with a text, a number, a date, a rating or a file.

use serde_json::{Value, json};

use super::build::{Builder, nothing, options};
use super::lost;
use super::made::Made;
use super::place::Place;
use super::source::Block as There;
use super::text;
use crate::answer::is_country;
use crate::blocks::{Answer, Body, MediaKind, Question, SetVariable};
use crate::import::report::short;
use crate::import::{ChangeCode, ImportError};
use crate::model::Extra;
use crate::values::{number_in, number_of_f64};

/// The scale of a rating, where the block does not say.
const RATING: f64 = 10.0;
/// Asks for a time of day, and for the second of two dates, where the file has no words for it.
const CLOCK: &str = "🕒";
const UNTIL: &str = "📅 →";

impl Builder<'_> {
    pub fn input(
        &mut self,
        made: &mut Made,
        there: &There,
        asked: Option<String>,
    ) -> Result<(), ImportError> {
        let nothing = nothing();
        let options = options(there, &nothing)?;
        let answer = match there.kind {
            "number input" => Answer::Number,
            "email input" => Answer::Email,
            "url input" => Answer::Url,
            "phone number input" => Answer::Phone,
            "date input" => Answer::Date,
            "time input" => Answer::Time,
            "rating input" => Answer::Rating,
            "file input" => Answer::Media,
            _ => Answer::Text,
        };
        let mut question = question(answer, self.asked(made, &options, asked)?);
        question.variable = self.variable(made, &options, "variableId")?;
        question.retry = self.said_in(made, &options, "retryMessageContent")?;
        lost::of_question(made, there.kind, &options)?;
        match question.answer {
            Answer::Text => {
                for extra in ["attachments", "audioClip"] {
                    if let Some(extra) = options.field(extra)?
                        && extra.flag("isEnabled")?
                    {
                        made.how(ChangeCode::AttachmentsLeftOut, []);
                    }
                }
            }
            Answer::Number => self.number_bounds(made, &options, &mut question)?,
            Answer::Phone => {
                let country = options.words("defaultCountryCode")?.map(|code| code.trim().to_uppercase());
                question.country = country.clone().filter(|code| is_country(code));
                if question.country.is_none() && country.is_some() {
                    made.how(ChangeCode::OptionLeftOut, [("name", json!("defaultCountryCode"))]);
                }
            }
            Answer::Date => return self.date(made, &options, question),
            Answer::Time => format_left_out(made, &options)?,
            Answer::Rating => self.rating(made, &options, &mut question)?,
            Answer::Media => {
                question.multiple = options.flag("isMultipleAllowed")?;
                question.accept = accepted(made, &options)?;
                if !options.perhaps("isRequired")?.unwrap_or(true) {
                    // There a button goes on without a file.
                    made.how(ChangeCode::TextSkips, []);
                    question.tries = Some(1);
                    let id = made.push(Body::Question(Box::new(question)));
                    made.forgiving.push(id);
                    return Ok(());
                }
            }
            _ => {}
        }
        made.push(Body::Question(Box::new(question)));
        Ok(())
    }

    /// What is asked: the text above, else what stood in the empty field.
    fn asked(
        &mut self,
        made: &mut Made,
        options: &Place,
        asked: Option<String>,
    ) -> Result<String, ImportError> {
        if let Some(text) = asked {
            return Ok(text);
        }
        let Some(labels) = options.field("labels")? else { return Ok(String::new()) };
        let text = self.said_in(made, &labels, "placeholder")?.unwrap_or_default();
        if !text.is_empty() {
            made.how(ChangeCode::PlaceholderAsText, [("text", short(&text))]);
        }
        Ok(text)
    }

    fn number_bounds(
        &mut self,
        made: &mut Made,
        options: &Place,
        question: &mut Question,
    ) -> Result<(), ImportError> {
        let mut bound = |name: &str| -> Result<Option<Value>, ImportError> {
            let Some(value) = options.number_or_text(name)? else { return Ok(None) };
            match value.as_str() {
                Some(raw) if raw.trim().is_empty() => Ok(None),
                Some(raw) if text::only_variable(raw).is_some() => {
                    Ok(Some(Value::from(self.text(made, raw))))
                }
                _ => {
                    let number = number_in(value);
                    if number.is_none() {
                        made.how(ChangeCode::BoundLeftOut, [("value", value.clone())]);
                    }
                    Ok(number.map(number_of_f64))
                }
            }
        };
        (question.min, question.max) = (bound("min")?, bound("max")?);
        let numbers = [&question.min, &question.max].map(|bound| bound.as_ref().and_then(number_in));
        if let [Some(min), Some(max)] = numbers
            && min > max
        {
            made.how(ChangeCode::BoundLeftOut, [("value", json!(question.max))]);
            question.max = None;
        }
        let step = options.number_or_text("step")?.and_then(number_in);
        let whole = |number: Option<f64>| number.is_some_and(|number| number.fract() == 0.0);
        question.whole = whole(step) && (numbers[0].is_none() || whole(numbers[0]));
        Ok(())
    }

    fn rating(
        &mut self,
        made: &mut Made,
        options: &Place,
        question: &mut Question,
    ) -> Result<(), ImportError> {
        let length = options.number_or_text("length")?.and_then(number_in).unwrap_or(RATING);
        let from = options.number_or_text("startsAt")?.and_then(number_in).unwrap_or(1.0);
        question.min = Some(number_of_f64(from.round()));
        question.max = Some(number_of_f64(length.round().max(from.round())));
        if let Some(labels) = options.field("labels")? {
            question.low = self.said_in(made, &labels, "left")?.unwrap_or_default();
            question.high = self.said_in(made, &labels, "right")?.unwrap_or_default();
        }
        Ok(())
    }

    /// A date; a date and a time, or two dates, are asked one after another and put together.
    fn date(&mut self, made: &mut Made, options: &Place, first: Question) -> Result<(), ImportError> {
        format_left_out(made, options)?;
        let (two, timed) = (options.flag("isRange")?, options.flag("hasTime")?);
        let labels = options.field("labels")?;
        let bounds = [date_bound(made, options, "min")?, date_bound(made, options, "max")?];
        let [min, max] = bounds.map(|bound| {
            bound.map(|bound| Value::from(super::text::as_template(&bound, &mut self.names).template))
        });
        let first = Question { min, max, ..first };
        if !two && !timed {
            made.push(Body::Question(Box::new(first)));
            return Ok(());
        }
        let whole = first.variable.clone().unwrap_or_else(|| self.names.fresh("date"));
        let mut second = first.clone();
        let until = labels.as_ref().map(|labels| self.said_in(made, labels, "to")).transpose()?;
        second.text = until.flatten().unwrap_or_else(|| UNTIL.to_owned());
        let mut days = Vec::new();
        let mut count = 0;
        for (n, mut day) in [first, second].into_iter().take(if two { 2 } else { 1 }).enumerate() {
            let name = self.names.fresh(&format!("{whole}_{}", if n == 0 { "from" } else { "to" }));
            day.variable = Some(name.clone());
            made.push(Body::Question(Box::new(day)));
            count += 1;
            let mut value = format!("{{{{{name}}}}}");
            if timed {
                let name = self.names.fresh(&format!("{name}_time"));
                let mut time = question(Answer::Time, CLOCK.to_owned());
                time.variable = Some(name.clone());
                made.push(Body::Question(Box::new(time)));
                count += 1;
                value = format!("{value} {{{{{name}}}}}");
            }
            days.push(value);
        }
        made.how(ChangeCode::SeveralQuestions, [("count", json!(count))]);
        let value = Value::from(days.join(" – "));
        made.push(Body::Set(SetVariable { variable: whole, value, ..SetVariable::default() }));
        Ok(())
    }
}

fn format_left_out(made: &mut Made, options: &Place) -> Result<(), ImportError> {
    if let Some(format) = options.words("format")? {
        made.how(ChangeCode::FormatLeftOut, [("format", short(format))]);
    }
    Ok(())
}

/// The earliest or the latest date: a day, or a variable.
fn date_bound(made: &mut Made, options: &Place, name: &str) -> Result<Option<String>, ImportError> {
    let Some(written) = options.words(name)? else { return Ok(None) };
    let written = written.trim();
    if text::only_variable(written).is_some() {
        return Ok(Some(written.to_owned()));
    }
    let day = written.get(..10).filter(|day| day.parse::<jiff::civil::Date>().is_ok());
    if day.is_none() {
        made.how(ChangeCode::BoundLeftOut, [("value", short(written))]);
    }
    Ok(day.map(str::to_owned))
}

/// The kinds of files that are taken; of none all are, where the file names a kind that WhatsApp has not.
fn accepted(made: &mut Made, options: &Place) -> Result<Vec<MediaKind>, ImportError> {
    let Some(allowed) = options.field("allowedFileTypes")? else { return Ok(Vec::new()) };
    if !allowed.flag("isEnabled")? {
        return Ok(Vec::new());
    }
    let mut kinds = Vec::new();
    let mut narrower: Vec<String> = Vec::new();
    for kind in allowed.list("types")? {
        let kind = kind.as_text()?.trim().to_lowercase();
        if !["image/*", "video/*", "audio/*"].contains(&kind.as_str()) {
            narrower.push(kind.clone());
        }
        let is = |names: &[&str]| names.iter().any(|name| kind.trim_start_matches('.') == *name);
        let found = if kind.starts_with("image/") || is(&["jpg", "jpeg", "png"]) {
            MediaKind::Image
        } else if kind.starts_with("video/") || is(&["mp4", "3gp"]) {
            MediaKind::Video
        } else if kind.starts_with("audio/") || is(&["mp3", "ogg", "m4a", "aac"]) {
            MediaKind::Audio
        } else {
            MediaKind::Document
        };
        if !kinds.contains(&found) {
            kinds.push(found);
        }
    }
    if !narrower.is_empty() {
        let named = short(&narrower.join(", "));
        made.how(ChangeCode::FileKindsWidened, [("value", named)]);
    }
    Ok(kinds)
}

/// A question with nothing but its text.
pub fn question(answer: Answer, text: String) -> Question {
    Question {
        text,
        answer,
        variable: None,
        retry: None,
        tries: None,
        timeout: None,
        template: None,
        options: Vec::new(),
        items: None,
        multiple: false,
        button: None,
        min: None,
        max: None,
        whole: false,
        min_length: None,
        max_length: None,
        pattern: None,
        country: None,
        low: String::new(),
        high: String::new(),
        accept: Vec::new(),
        form: None,
        extra: Extra::new(),
    }
}
