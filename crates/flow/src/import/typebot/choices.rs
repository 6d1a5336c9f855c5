//! Questions with options: buttons, pictures to choose from, cards.

use serde_json::{Value, json};

use super::bubbles::{empty, web_address};
use super::build::{Builder, nothing, options};
use super::inputs::question;
use super::lost;
use super::made::{Made, To};
use super::names::Ids;
use super::place::Place;
use super::source::Block as There;
use super::text;
use crate::blocks::{Answer, Body, Branch, Case, Condition, Operator, Opt, Question, SetVariable, Switch};
use crate::compile::port;
use crate::import::report::short;
use crate::import::{ChangeCode, ImportError};
use crate::load::limits;
use crate::model::Extra;
use crate::outgoing::whatsapp;
use crate::values::{fold, units};

/// Pictures that are sent before a question; more would be a flood.
const PICTURES: usize = 10;

/// An option as the file has it.
struct Offer<'p, 'a> {
    place: &'p Place<'a>,
    id: String,
    title: String,
    description: String,
}

impl Builder<'_> {
    pub fn choice(
        &mut self,
        made: &mut Made,
        there: &There,
        asked: Option<String>,
    ) -> Result<(), ImportError> {
        let nothing = nothing();
        let options = options(there, &nothing)?;
        lost::of_question(made, there.kind, &options)?;
        let items = there.place.list("items")?;
        let dynamic = self.variable(made, &options, "dynamicVariableId")?;
        if let Some(list) = dynamic {
            let way =
                items.first().map(|item| self.source.way(item, there.id, item.text("id")?)).transpose()?;
            return self.items_of(made, there, &options, list, asked, way.flatten());
        }
        let mut offers = Vec::new();
        let mut ids = Ids::default();
        for item in &items {
            let title = self.title(made, item, "content", offers.len() + 1)?;
            let id = ids.fresh(item.text("id")?.unwrap_or_default());
            offers.push(Offer { place: item, id, title, description: String::new() });
        }
        self.offer(made, there, &options, offers, asked)
    }

    pub fn picture_choice(
        &mut self,
        made: &mut Made,
        there: &There,
        asked: Option<String>,
    ) -> Result<(), ImportError> {
        let nothing = nothing();
        let options = options(there, &nothing)?;
        lost::of_question(made, there.kind, &options)?;
        let items = there.place.list("items")?;
        if let Some(dynamic) = options.field("dynamicItems")?
            && dynamic.flag("isEnabled")?
            && let Some(list) = self.variable(made, &dynamic, "titlesVariableId")?
        {
            made.how(ChangeCode::PicturesLeftOut, []);
            let way =
                items.first().map(|item| self.source.way(item, there.id, item.text("id")?)).transpose()?;
            return self.items_of(made, there, &options, list, asked, way.flatten());
        }
        let mut offers = Vec::new();
        let mut ids = Ids::default();
        let pictures = items.iter().filter(|item| matches!(picture(item, "pictureSrc"), Ok(Some(_)))).count();
        let shown = pictures <= PICTURES;
        match pictures {
            0 => {}
            count if shown => made.how(ChangeCode::PicturesBefore, [("count", json!(count))]),
            _ => made.how(ChangeCode::PicturesLeftOut, []),
        }
        for item in &items {
            let title = self.title(made, item, "title", offers.len() + 1)?;
            let mut description = self.said_in(made, item, "description")?.unwrap_or_default();
            if shown && let Some(url) = picture(item, "pictureSrc")? {
                let caption = format!("*{title}*\n{description}").trim().to_owned();
                self.picture_where_offered(made, item, &url, caption)?;
                description = String::new();
            }
            let id = ids.fresh(item.text("id")?.unwrap_or_default());
            offers.push(Offer { place: item, id, title, description });
        }
        self.offer(made, there, &options, offers, asked)
    }

    /// A picture of an option; where the option is offered only sometimes, the picture is shown only then.
    fn picture_where_offered(
        &mut self,
        made: &mut Made,
        item: &Place,
        url: &str,
        caption: String,
    ) -> Result<(), ImportError> {
        let Some(when) = self.when(made, item)? else {
            self.picture(made, url, caption);
            return Ok(());
        };
        let branch = Branch { id: "shown".to_owned(), title: String::new(), when, extra: Extra::new() };
        let condition = made.push(Body::Condition(Condition { branches: vec![branch], extra: Extra::new() }));
        self.picture(made, url, caption);
        let behind = made.next_id();
        made.way(&condition, port::ELSE, To::Own(behind));
        Ok(())
    }

    /// The title of an option; without one its number.
    fn title(&mut self, made: &mut Made, item: &Place, field: &str, n: usize) -> Result<String, ImportError> {
        if let Some(title) = self.said_in(made, item, field)? {
            return Ok(title.trim().to_owned());
        }
        made.how(ChangeCode::NumberedTitle, []);
        Ok(n.to_string())
    }

    /// A question with these options.
    fn offer(
        &mut self,
        made: &mut Made,
        there: &There,
        place: &Place,
        offers: Vec<Offer>,
        asked: Option<String>,
    ) -> Result<(), ImportError> {
        if offers.is_empty() {
            if let Some(text) = asked {
                made.say(text);
            }
            empty(made);
            return Ok(());
        }
        let id = made.next_id();
        let mut question = self.question_of(made, place, asked)?;
        for Offer { place: item, id: option, title, description } in offers {
            let value = match item.words("value")? {
                Some(value) if text::has_variables(value) => {
                    made.how(ChangeCode::ValueLeftOut, []);
                    None
                }
                value => value.map(Value::from),
            };
            let when = self.when(made, item)?;
            if !question.multiple
                && let Some(edge) = self.source.way(item, there.id, item.text("id")?)?
            {
                made.way(&id, format!("{}{option}", port::OPTION), To::Aim(self.source.edges[edge].to));
            }
            let payload = None;
            question.options.push(Opt {
                id: option,
                title,
                description,
                value,
                when,
                payload,
                extra: Extra::new(),
            });
        }
        shape(made, &question);
        let may_be_empty = question.options.iter().all(|option| option.when.is_some());
        let id = made.push(Body::Question(Box::new(question)));
        if may_be_empty {
            // With nothing to choose the run goes on.
            made.forgiving.push(id);
        }
        Ok(())
    }

    /// A question with what stands in a list: all of them go one way.
    fn items_of(
        &mut self,
        made: &mut Made,
        there: &There,
        place: &Place,
        list: String,
        asked: Option<String>,
        way: Option<usize>,
    ) -> Result<(), ImportError> {
        let mut question = self.question_of(made, place, asked)?;
        question.items = Some(list);
        if question.multiple {
            made.how(ChangeCode::NumberedAnswers, []);
        }
        let id = made.push(Body::Question(Box::new(question)));
        // With nothing in the list the run goes on.
        made.forgiving.push(id.clone());
        if let (None, Some(edge)) = (there.way, way) {
            made.way(&id, port::ANSWERED, To::Aim(self.source.edges[edge].to));
        }
        Ok(())
    }

    fn question_of(
        &mut self,
        made: &mut Made,
        place: &Place,
        asked: Option<String>,
    ) -> Result<Question, ImportError> {
        let mut question = question(Answer::Choice, asked.unwrap_or_default());
        question.variable = self.variable(made, place, "variableId")?;
        question.retry = self.said_in(made, place, "retryMessageContent")?;
        question.multiple = place.flag("isMultipleChoice")?;
        Ok(question)
    }

    /// Cards, each with a picture and buttons of its own: pictures, and one question with all of the buttons.
    pub fn cards(
        &mut self,
        made: &mut Made,
        there: &There,
        asked: Option<String>,
    ) -> Result<(), ImportError> {
        let nothing = nothing();
        let options = options(there, &nothing)?;
        lost::of_question(made, there.kind, &options)?;
        let cards = there.place.list("items")?;
        let saved = self.saved_fields(made, &options)?;
        if let [card] = &cards[..]
            && let Some(list) = card.words("title")?.and_then(text::only_variable)
        {
            return self.card_list(made, there, card, list, saved, asked);
        }
        let pictures = cards.iter().filter(|card| matches!(picture(card, "imageUrl"), Ok(Some(_)))).count();
        if pictures > 0 {
            let code =
                if pictures <= PICTURES { ChangeCode::PicturesBefore } else { ChangeCode::PicturesLeftOut };
            made.how(code, [("count", json!(pictures))]);
        }
        let mut question = question(Answer::Choice, String::new());
        let mut ways = Vec::new();
        let mut ids = Ids::default();
        for (n, card) in cards.iter().enumerate() {
            let title = self.title(made, card, "title", n + 1)?;
            let description = self.said_in(made, card, "description")?.unwrap_or_default();
            if let Some(url) = picture(card, "imageUrl")?.filter(|_| pictures <= PICTURES) {
                let caption = format!("*{title}*\n{description}").trim().to_owned();
                self.picture_where_offered(made, card, &url, caption)?;
            }
            let when = self.when(made, card)?;
            let paths = card.list("paths")?;
            for path in &paths {
                let button = self.title(made, path, "text", question.options.len() + 1)?;
                let id = ids.fresh(path.text("id")?.unwrap_or_default());
                ways.push((id.clone(), self.source.way(path, there.id, path.text("id")?)?));
                if title.contains("{{") {
                    made.how(ChangeCode::ValueLeftOut, []);
                }
                let shown = if paths.len() == 1 { title.clone() } else { format!("{title}: {button}") };
                let value = json!({
                    "title": title, "description": description, "button": button, "path": id,
                    "image": card.text("imageUrl")?.unwrap_or_default(),
                    "value": card.text("value")?.unwrap_or_default(),
                });
                question.options.push(Opt {
                    id,
                    title: shown,
                    description: String::new(),
                    value: Some(value),
                    when: when.clone(),
                    payload: None,
                    extra: Extra::new(),
                });
            }
        }
        if question.options.is_empty() {
            if let Some(text) = asked {
                made.say(text);
            }
            empty(made);
            return Ok(());
        }
        question.text = asked.unwrap_or_default();
        shape(made, &question);
        let chosen = self.names.fresh("card");
        question.variable = Some(chosen.clone());
        let may_be_empty = question.options.iter().all(|option| option.when.is_some());
        let asked = made.push(Body::Question(Box::new(question)));
        if may_be_empty {
            made.forgiving.push(asked.clone());
        }
        let ways: Vec<(String, usize)> = ways.into_iter().filter_map(|(id, way)| Some((id, way?))).collect();
        if saved.is_empty() {
            for (id, edge) in ways {
                made.way(&asked, format!("{}{id}", port::OPTION), To::Aim(self.source.edges[edge].to));
            }
            return Ok(());
        }
        for (field, variable) in saved {
            let value = Value::from(format!("{{{{{chosen}.{field}}}}}"));
            made.push(Body::Set(SetVariable { variable, value, ..SetVariable::default() }));
        }
        self.switch(made, &chosen, ways);
        Ok(())
    }

    /// What was chosen is stored first; then every button leads its way.
    fn switch(&self, made: &mut Made, chosen: &str, ways: Vec<(String, usize)>) {
        // A switch has fewer branches than a question has options.
        let ways: Vec<_> = ways.into_iter().take(limits::BRANCHES).collect();
        if ways.is_empty() {
            return;
        }
        let id = made.next_id();
        let mut branches = Vec::new();
        for (path, edge) in ways {
            made.way(&id, format!("{}{path}", port::BRANCH), To::Aim(self.source.edges[edge].to));
            branches.push(Case {
                id: path.clone(),
                title: String::new(),
                is: Operator::Equal,
                value: Value::from(path),
                extra: Extra::new(),
            });
        }
        let variable = format!("{chosen}.path");
        made.push(Body::Switch(Switch { variable, branches, extra: Extra::new() }));
    }

    /// Cards made of lists: what is chosen is one of the titles, and all buttons are one.
    fn card_list(
        &mut self,
        made: &mut Made,
        there: &There,
        card: &Place,
        list: &str,
        saved: Vec<(&'static str, String)>,
        asked: Option<String>,
    ) -> Result<(), ImportError> {
        let paths = card.list("paths")?;
        made.how(ChangeCode::PicturesLeftOut, []);
        if paths.len() > 1 {
            made.how(ChangeCode::WaysLeftOut, [("count", json!(paths.len()))]);
        }
        let mut question = question(Answer::Choice, asked.unwrap_or_default());
        question.items = Some(self.names.named(list));
        for (field, variable) in saved {
            if field == "title" && question.variable.is_none() {
                question.variable = Some(variable);
            } else {
                made.how(ChangeCode::FieldLeftOut, [("field", json!(field))]);
            }
        }
        let id = made.push(Body::Question(Box::new(question)));
        for path in &paths {
            let way = self.source.way(path, there.id, path.text("id")?)?;
            if let (Some(edge), None) = (way, there.way) {
                made.way(&id, port::ANSWERED, To::Aim(self.source.edges[edge].to));
                break;
            }
        }
        Ok(())
    }

    /// Which fields of a chosen card go into which variables.
    fn saved_fields(
        &mut self,
        made: &mut Made,
        options: &Place,
    ) -> Result<Vec<(&'static str, String)>, ImportError> {
        let mut saved = Vec::new();
        for mapping in options.list("saveResponseMapping")? {
            let Some(variable) = self.variable(made, &mapping, "variableId")? else { continue };
            match mapping.text("field")?.unwrap_or_default() {
                "Title" => saved.push(("title", variable)),
                "Description" => saved.push(("description", variable)),
                "Image URL" | "Image" => saved.push(("image", variable)),
                "Button" => saved.push(("button", variable)),
                "Internal Value" | "Internal value" => saved.push(("value", variable)),
                other => made.how(ChangeCode::FieldLeftOut, [("field", short(other))]),
            }
        }
        Ok(saved)
    }
}

/// The address of an option's picture.
fn picture(item: &Place, field: &str) -> Result<Option<String>, ImportError> {
    Ok(item.words(field)?.and_then(web_address))
}

/// Says how WhatsApp shows the options, where it is not as buttons.
fn shape(made: &mut Made, question: &Question) {
    let count = question.options.len();
    if question.multiple {
        return made.how(ChangeCode::NumberedAnswers, []);
    }
    let longest = question.options.iter().map(|option| units(&option.title)).max().unwrap_or_default();
    let mut titles: Vec<String> = question.options.iter().map(|option| fold(&option.title)).collect();
    titles.sort_unstable();
    titles.dedup();
    if longest > whatsapp::ROW_TITLE || titles.len() < count {
        let parameters = [("longest", json!(longest)), ("limit", json!(whatsapp::ROW_TITLE))];
        made.how(ChangeCode::NumberedText, parameters);
    } else if count > whatsapp::ROWS {
        made.how(ChangeCode::PagedList, [("count", json!(count))]);
    } else if count > whatsapp::BUTTONS || longest > whatsapp::BUTTON_TITLE {
        made.how(ChangeCode::List, [("count", json!(count))]);
    }
}
