//! A value of the file and where it stands: every refusal names its place.

use serde_json::{Map, Value};

use crate::fault::Fault;
use crate::import::ImportError;
use crate::load::LoadError;

/// Items of a list inside a block: more than any block may keep, so that a file which means harm is refused early.
const ITEMS: usize = 2_000;

/// A value that is there (`null` counts as absent) with its JSON pointer.
#[derive(Debug, Clone)]
pub struct Place<'a> {
    pub value: &'a Value,
    pub pointer: String,
}

impl<'a> Place<'a> {
    pub fn root(value: &'a Value) -> Self {
        Self { value, pointer: String::new() }
    }

    pub fn refuse<T>(&self, fault: Fault) -> Result<T, ImportError> {
        Err(LoadError::at(&self.pointer, fault).into())
    }

    pub fn object(&self) -> Result<&'a Map<String, Value>, ImportError> {
        self.value.as_object().map_or_else(|| self.refuse(Fault::NeedsObject), Ok)
    }

    /// The field of an object.
    pub fn field(&self, name: &str) -> Result<Option<Self>, ImportError> {
        let field = self.object()?.get(name).filter(|value| !value.is_null());
        Ok(field.map(|value| Self { value, pointer: format!("{}/{}", self.pointer, step(name)) }))
    }

    /// The first of several fields that is there: versions name the same thing differently.
    pub fn any_field(&self, names: &[&str]) -> Result<Option<Self>, ImportError> {
        for name in names {
            if let Some(found) = self.field(name)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    pub fn needed(&self, name: &str) -> Result<Self, ImportError> {
        let missing = || LoadError::at(format!("{}/{}", self.pointer, step(name)), Fault::Missing).into();
        self.field(name)?.ok_or_else(missing)
    }

    pub fn as_text(&self) -> Result<&'a str, ImportError> {
        self.value.as_str().map_or_else(|| self.refuse(Fault::NeedsText), Ok)
    }

    pub fn as_list(&self) -> Result<Vec<Self>, ImportError> {
        let Some(items) = self.value.as_array() else { return self.refuse(Fault::NeedsList) };
        let place = |(n, value)| Self { value, pointer: format!("{}/{n}", self.pointer) };
        Ok(items.iter().enumerate().map(place).collect())
    }

    pub fn text(&self, name: &str) -> Result<Option<&'a str>, ImportError> {
        self.field(name)?.map(|field| field.as_text()).transpose()
    }

    /// The field's text; nothing where it is absent or blank.
    pub fn words(&self, name: &str) -> Result<Option<&'a str>, ImportError> {
        Ok(self.text(name)?.filter(|text| !text.trim().is_empty()))
    }

    pub fn flag(&self, name: &str) -> Result<bool, ImportError> {
        Ok(self.perhaps(name)?.unwrap_or(false))
    }

    pub fn perhaps(&self, name: &str) -> Result<Option<bool>, ImportError> {
        let Some(field) = self.field(name)? else { return Ok(None) };
        field.value.as_bool().map_or_else(|| field.refuse(Fault::NeedsFlag), |flag| Ok(Some(flag)))
    }

    /// The items of a list; none where it is absent.
    pub fn list(&self, name: &str) -> Result<Vec<Self>, ImportError> {
        self.list_of(name, ITEMS)
    }

    /// The items of a list that has at most so many.
    pub fn list_of(&self, name: &str, max: usize) -> Result<Vec<Self>, ImportError> {
        let Some(field) = self.field(name)? else { return Ok(Vec::new()) };
        let count = field.value.as_array().map_or(0, Vec::len);
        if count > max {
            return field.refuse(Fault::TooMany { found: count, most: max });
        }
        field.as_list()
    }

    /// A number, or a text (with a number or a variable in it).
    pub fn number_or_text(&self, name: &str) -> Result<Option<&'a Value>, ImportError> {
        let Some(field) = self.field(name)? else { return Ok(None) };
        if field.value.is_number() || field.value.is_string() {
            return Ok(Some(field.value));
        }
        field.refuse(Fault::NeedsNumberOrText)
    }

    pub fn number(&self, name: &str) -> Result<Option<f64>, ImportError> {
        let Some(field) = self.field(name)? else { return Ok(None) };
        field.value.as_f64().map_or_else(|| field.refuse(Fault::NeedsNumber), |number| Ok(Some(number)))
    }
}

/// A field's name as a step of a JSON pointer.
fn step(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
