//! Filters on lists, numbers and texts. Each pays for the data it makes, so that none can be looped into a flood.

use minijinja::value::Value as Dynamic;
use minijinja::{Environment, Error, ErrorKind, State};
use serde_json::Value;

use super::{RESULT_DEPTH, RESULT_VALUES, dynamic, plain_value};
use crate::answer;
use crate::calls::encoded;
use crate::model::Language;
use crate::values::text_of;

pub fn add(environment: &mut Environment<'static>, language: Language) {
    // `{{ names|at(-1) }}`
    environment.add_filter("at", |state: &State, list: Dynamic, position: i64| {
        Ok::<_, Error>(items(state, &list)?.get_at(position))
    });
    // `{{ prices|at(names|index_of(name)) }}`
    environment.add_filter("index_of", |state: &State, list: Dynamic, item: Dynamic| {
        let found = items(state, &list)?.0.iter().position(|each| *each == item);
        Ok::<_, Error>(found.and_then(|n| i64::try_from(n).ok()).map_or(Dynamic::from(()), Dynamic::from))
    });
    environment.add_filter("append", |state: &State, list: Dynamic, item: Dynamic| {
        let mut items = items(state, &list)?.0;
        items.push(item);
        Ok::<_, Error>(Dynamic::from(items))
    });
    environment.add_filter("without", |state: &State, list: Dynamic, item: Dynamic| {
        let mut items = items(state, &list)?.0;
        items.retain(|each| *each != item);
        Ok::<_, Error>(Dynamic::from(items))
    });
    // "1 200,50" as a number; what is none gives nothing.
    environment.add_filter("number", move |value: Dynamic| match value.as_str() {
        Some(text) => answer::number(text, language).map_or(Dynamic::from(()), |number| dynamic(&number)),
        None if value.is_number() => value,
        None => Dynamic::from(()),
    });
    environment.add_filter("urlencode", |state: &State, value: Dynamic| {
        let text = text_of(&plain(&value)?).into_owned();
        pay(state, text.len())?;
        Ok::<_, Error>(Dynamic::from(encoded(&text)))
    });
    environment.add_filter("json", |state: &State, value: Dynamic| {
        let text = plain(&value)?.to_string();
        pay(state, text.len())?;
        Ok::<_, Error>(Dynamic::from(text))
    });
}

struct Items(Vec<Dynamic>);

impl Items {
    /// The item at a position, from the end where it is negative.
    fn get_at(&self, position: i64) -> Dynamic {
        let count = i64::try_from(self.0.len()).unwrap_or(i64::MAX);
        let position = if position < 0 { position.saturating_add(count) } else { position };
        usize::try_from(position).ok().and_then(|n| self.0.get(n)).cloned().unwrap_or(Dynamic::from(()))
    }
}

/// The items of a list; nothing is a list of none.
fn items(state: &State, list: &Dynamic) -> Result<Items, Error> {
    if list.is_undefined() || list.is_none() {
        return Ok(Items(Vec::new()));
    }
    let mut items = Vec::new();
    for item in list.try_iter()? {
        state.consume_fuel(1)?;
        items.push(item);
    }
    Ok(Items(items))
}

fn plain(value: &Dynamic) -> Result<Value, Error> {
    plain_value(value, &mut RESULT_VALUES.clone(), RESULT_DEPTH)
}

/// One unit for 64 bytes, as the engine of the templates itself counts.
fn pay(state: &State, bytes: usize) -> Result<(), Error> {
    let units = u64::try_from(bytes / 64).map_err(|_| Error::from(ErrorKind::OutOfFuel))?;
    state.consume_fuel(units + 1)
}
