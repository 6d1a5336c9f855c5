//! Texts with variables (`{{name}}`) and expressions (`count + 1`).
//!
//! Three speeds, one meaning: a text without `{{` is itself; a text of plain names (nearly all) is put together
//! here; anything more is minijinja, with its fuel bounding time and memory. Nothing of a template can loop for
//! ever, grow without bound, include a file or reach anything but the run's variables.

mod address;
mod built_in;
mod dates;
mod language;
mod lists;
mod mistake;
mod unknown;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Value as Dynamic, ValueKind};
use minijinja::{Environment, ErrorKind, Expression, UndefinedBehavior};
use serde_json::{Map, Value};

use crate::effects::Now;
use crate::model::Language;
use crate::session::Variables;
use crate::values::{is_name, number_of_f64, step_into, text_of};

pub use built_in::{BUILT_IN, Own, Shadow};
pub use language::{ABILITIES, Ability, AbilityGroup, SAMPLE};
pub use mistake::{Mistake, MistakeKind};

/// Fuel of one template: about as many operations, or 64 bytes of new data each.
const FUEL: u64 = 10_000;
/// Single values that one result may hold.
const RESULT_VALUES: usize = 10_000;
const RESULT_DEPTH: usize = 32;

/// A prepared text.
pub enum Template {
    Literal(Box<str>),
    Parts(Box<[Part]>),
    /// A template of the flow's environment, and the variables it asks for.
    Full(Box<Full>),
    Broken(Box<Mistake>),
}

pub enum Part {
    Text(Box<str>),
    Value(Path),
}

pub struct Full {
    name: String,
    variables: Box<[String]>,
}

/// A variable, or a place in one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    pub name: Box<str>,
    pub rest: Box<[Box<str>]>,
}

/// A prepared expression.
pub enum Formula {
    Path(Path),
    Full { expression: Box<Expression<'static, 'static>>, variables: Box<[String]> },
    Broken(Box<Mistake>),
}

/// What a template can see.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    pub variables: &'a Variables,
    pub now: Now,
    /// What the run knows about itself.
    pub own: Option<Own<'a>>,
}

/// The templates of one flow.
pub struct Templates {
    environment: Environment<'static>,
    prepared: usize,
}

impl Templates {
    pub fn new(language: Language) -> Self {
        Self { environment: environment(language), prepared: 0 }
    }

    /// Prepares a text. A mistake in it is kept and comes up when it is rendered.
    pub fn text(&mut self, source: &str) -> Template {
        self.prepare(source, "")
    }

    /// The same; `kind` is how the template's name begins where its values are not written as they are.
    fn prepare(&mut self, source: &str, kind: &str) -> Template {
        if !source.contains("{{") && !source.contains("{%") {
            return Template::Literal(source.into());
        }
        if let Some(parts) = plain_parts(source) {
            return Template::Parts(parts);
        }
        let name = format!("{kind}{}", self.prepared);
        self.prepared += 1;
        match self.environment.add_template_owned(name.clone(), source.to_owned()) {
            Ok(()) => {
                let template = self.environment.get_template(&name);
                let variables =
                    template.map(|found| sorted(found.undeclared_variables(false))).unwrap_or_default();
                if let Some(mistake) = unknown::find(source, unknown::Kind::Text, &variables) {
                    return Template::Broken(Box::new(mistake));
                }
                Template::Full(Box::new(Full { name, variables }))
            }
            Err(error) => Template::Broken(Box::new(self.unreadable(source, &error))),
        }
    }

    /// Where a text cannot be read: the expression that cannot, or else the line.
    fn unreadable(&self, source: &str, error: &minijinja::Error) -> Mistake {
        let mut rest = source;
        while let Some((_, inside)) = rest.split_once("{{") {
            let Some((expression, after)) = inside.split_once("}}") else {
                return Mistake::new(MistakeKind::NotReadable, &rest[rest.len() - inside.len() - 2..]);
            };
            if self.environment.compile_expression(expression.trim_matches(['-', '+'])).is_err() {
                return Mistake::new(MistakeKind::NotReadable, &format!("{{{{{expression}}}}}"));
            }
            rest = after;
        }
        let line = error.line().and_then(|line| source.lines().nth(line - 1));
        Mistake::new(MistakeKind::NotReadable, line.unwrap_or(source))
    }

    /// The text with its variables filled in.
    pub fn render<'t>(&self, template: &'t Template, scope: Scope) -> Result<Cow<'t, str>, Mistake> {
        self.fill(template, scope, String::push_str)
    }

    /// The same; `write` says how a value goes behind the text so far.
    fn fill<'t>(
        &self,
        template: &'t Template,
        scope: Scope,
        write: impl Fn(&mut String, &str),
    ) -> Result<Cow<'t, str>, Mistake> {
        match template {
            Template::Literal(text) => Ok(Cow::Borrowed(text)),
            Template::Parts(parts) => {
                let mut text = String::with_capacity(64);
                for part in parts {
                    match part {
                        Part::Text(piece) => text.push_str(piece),
                        Part::Value(path) => {
                            if let Some(value) = scope.find(path) {
                                write(&mut text, &text_of(&value));
                            }
                        }
                    }
                }
                Ok(Cow::Owned(text))
            }
            Template::Full(full) => {
                let template = self.environment.get_template(&full.name)?;
                Ok(Cow::Owned(template.render(scope.context(&full.variables))?))
            }
            Template::Broken(mistake) => Err((**mistake).clone()),
        }
    }
}

impl Template {
    /// Whether rendering it costs more than putting texts together.
    pub fn is_costly(&self) -> bool {
        matches!(self, Self::Full(_))
    }

    /// The variables it reads.
    pub fn variables(&self) -> Vec<&str> {
        match self {
            Self::Literal(_) | Self::Broken(_) => Vec::new(),
            Self::Parts(parts) => parts
                .iter()
                .filter_map(|part| match part {
                    Part::Value(path) => Some(&*path.name),
                    Part::Text(_) => None,
                })
                .collect(),
            Self::Full(full) => full.variables.iter().map(String::as_str).collect(),
        }
    }

    /// Whether nothing is ever in it.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Literal(text) if text.trim().is_empty())
    }

    /// The mistake in it.
    pub fn mistake(&self) -> Option<&Mistake> {
        if let Self::Broken(message) = self { Some(message) } else { None }
    }
}

impl Formula {
    /// Prepares an expression. A mistake in it is kept and comes up when it is evaluated.
    pub fn new(source: &str, language: Language) -> Self {
        // Expressions need an environment that outlives them; they add nothing to it, so one serves all flows.
        static ENGLISH: LazyLock<Environment<'static>> = LazyLock::new(|| environment(Language::En));
        static RUSSIAN: LazyLock<Environment<'static>> = LazyLock::new(|| environment(Language::Ru));
        let environment = match language {
            Language::En => &ENGLISH,
            Language::Ru => &RUSSIAN,
        };
        if let Some(path) = plain_path(source) {
            return Self::Path(path);
        }
        match environment.compile_expression_owned(source.to_owned()) {
            Ok(expression) => {
                let variables = sorted(expression.undeclared_variables(false));
                if let Some(mistake) = unknown::find(source, unknown::Kind::Expression, &variables) {
                    return Self::Broken(Box::new(mistake));
                }
                Self::Full { expression: Box::new(expression), variables }
            }
            Err(_) => Self::Broken(Box::new(Mistake::new(MistakeKind::NotReadable, source))),
        }
    }

    /// For a text that is nothing but one `{{…}}`: the expression inside, so that its value keeps its kind.
    pub fn of_whole_text(text: &str, language: Language) -> Option<Self> {
        let inner = text.trim().strip_prefix("{{")?.strip_suffix("}}")?;
        let is_one = !inner.contains("{{") && !inner.contains("}}") && !inner.starts_with(['-', '+']);
        is_one
            .then(|| Self::new(inner.trim_end_matches('-'), language))
            .filter(|formula| formula.mistake().is_none())
    }

    /// The value of the expression.
    pub fn value(&self, scope: Scope) -> Result<Value, Mistake> {
        match self {
            Self::Path(path) => Ok(scope.find(path).map_or(Value::Null, Cow::into_owned)),
            Self::Full { expression, variables } => {
                let value = expression.eval(scope.context(variables))?;
                plain_value(&value, &mut RESULT_VALUES.clone(), RESULT_DEPTH).map_err(Mistake::from)
            }
            Self::Broken(mistake) => Err((**mistake).clone()),
        }
    }

    /// The path, where it is nothing more.
    pub fn path(&self) -> Option<&Path> {
        if let Self::Path(path) = self { Some(path) } else { None }
    }

    /// The variables it reads.
    pub fn variables(&self) -> Vec<&str> {
        match self {
            Self::Path(path) => vec![&path.name],
            Self::Full { variables, .. } => variables.iter().map(String::as_str).collect(),
            Self::Broken(_) => Vec::new(),
        }
    }

    /// The mistake in it.
    pub fn mistake(&self) -> Option<&Mistake> {
        if let Self::Broken(message) = self { Some(message) } else { None }
    }
}

impl<'a> Scope<'a> {
    /// The value at a path.
    pub fn find(&self, path: &Path) -> Option<Cow<'a, Value>> {
        if path.rest.is_empty() {
            return self.variable(&path.name);
        }
        let mut value = self.variables.get(&path.name)?;
        for name in &path.rest {
            value = step_into(value, name)?;
        }
        Some(Cow::Borrowed(value))
    }

    fn variable(&self, name: &str) -> Option<Cow<'a, Value>> {
        let set = self.variables.get(name).map(Cow::Borrowed);
        set.or_else(|| built_in::find(name, self.now, self.own).map(Cow::Owned))
    }

    fn context(&self, names: &[String]) -> Dynamic {
        let found: BTreeMap<&str, Dynamic> =
            names.iter().filter_map(|name| Some((name.as_str(), dynamic(&*self.variable(name)?)))).collect();
        Dynamic::from(found)
    }
}

fn environment(language: Language) -> Environment<'static> {
    let mut environment = Environment::new();
    // It would show a customer the engine's insides.
    environment.remove_global("debug");
    dates::add(&mut environment, language);
    lists::add(&mut environment, language);
    environment.set_fuel(Some(FUEL));
    environment.set_auto_escape_callback(address::escaping);
    // What is not set reads as nothing, and so does everything in it.
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    if let Ok(syntax) = SyntaxConfig::builder().keep_trailing_newline(true).build() {
        environment.set_syntax(syntax);
    }
    environment.set_formatter(|out, state, value| {
        let mut write = |text: &str| match address::escaped(state.auto_escape(), text) {
            Some(text) => out.write_str(&text).map_err(minijinja::Error::from),
            None => out.write_str(text).map_err(minijinja::Error::from),
        };
        if let Some(text) = value.as_str() {
            return write(text);
        }
        let value = plain_value(value, &mut RESULT_VALUES.clone(), RESULT_DEPTH)?;
        write(&text_of(&value))
    });
    environment
}

fn dynamic(value: &Value) -> Dynamic {
    match value {
        Value::Null => Dynamic::from(()),
        Value::Bool(yes) => Dynamic::from(*yes),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(whole), _) => Dynamic::from(whole),
            (None, Some(whole)) => Dynamic::from(whole),
            (None, None) => Dynamic::from(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => Dynamic::from(text.as_str()),
        Value::Array(items) => Dynamic::from(items.iter().map(dynamic).collect::<Vec<_>>()),
        Value::Object(fields) => {
            Dynamic::from_pairs(fields.iter().map(|(name, value)| (name.as_str(), dynamic(value))))
        }
    }
}

/// The value as JSON. Lists of minijinja may be lazy and endless (`[1] * 1000000000`): they are counted here.
fn plain_value(value: &Dynamic, left: &mut usize, depth: usize) -> Result<Value, minijinja::Error> {
    let Some(rest) = left.checked_sub(1).filter(|_| depth > 0) else {
        return Err(ErrorKind::OutOfFuel.into());
    };
    *left = rest;
    Ok(match value.kind() {
        ValueKind::Undefined | ValueKind::None => Value::Null,
        ValueKind::Bool => Value::Bool(value.is_true()),
        ValueKind::Number => match i64::try_from(value.clone()) {
            Ok(whole) if value.is_integer() => Value::from(whole),
            _ => f64::try_from(value.clone()).map_or(Value::Null, number_of_f64),
        },
        ValueKind::String => Value::from(value.as_str().unwrap_or_default()),
        ValueKind::Map => {
            let mut fields = Map::new();
            for key in value.try_iter()? {
                let field = plain_value(&value.get_item(&key)?, left, depth - 1)?;
                fields.insert(text_of(&plain_value(&key, left, depth - 1)?).into_owned(), field);
            }
            Value::Object(fields)
        }
        ValueKind::Seq | ValueKind::Iterable => {
            let mut items = Vec::new();
            for item in value.try_iter()? {
                items.push(plain_value(&item, left, depth - 1)?);
            }
            Value::Array(items)
        }
        _ => return Err(minijinja::Error::new(ErrorKind::InvalidOperation, "not a value to keep")),
    })
}

/// The pieces of a text in which only plain names stand between `{{` and `}}`.
fn plain_parts(source: &str) -> Option<Box<[Part]>> {
    if source.contains("{%") || source.contains("{#") {
        return None;
    }
    let mut parts = Vec::new();
    let mut rest = source;
    while let Some((before, after)) = rest.split_once("{{") {
        let (inner, after) = after.split_once("}}")?;
        if !before.is_empty() {
            parts.push(Part::Text(before.into()));
        }
        parts.push(Part::Value(plain_path(inner)?));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.into()));
    }
    Some(parts.into())
}

/// A name, or names joined by dots.
pub fn plain_path(source: &str) -> Option<Path> {
    const WORDS: [&str; 11] =
        ["true", "false", "none", "True", "False", "None", "not", "and", "or", "if", "in"];
    let mut names = source.trim().split('.');
    let name = names.next().filter(|name| is_name(name) && !WORDS.contains(name))?;
    let rest = names.map(|name| is_name(name).then(|| name.into())).collect::<Option<Box<[_]>>>()?;
    Some(Path { name: name.into(), rest })
}

/// A variable's name, or a path into it: names and positions joined by dots (`cart.0.title`).
pub fn variable_path(source: &str) -> Option<Path> {
    let mut names = source.trim().split('.');
    let name = names.next().filter(|name| is_name(name))?;
    let part =
        |part: &str| is_name(part) || (!part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    let rest = names.map(|name| part(name).then(|| name.into())).collect::<Option<Box<[_]>>>()?;
    Some(Path { name: name.into(), rest })
}

/// The name of a secret, for what stands between the braces of `{{ secret.name }}`.
pub fn secret_name(inner: &str) -> Option<&str> {
    inner.trim().strip_prefix("secret.").filter(|name| is_name(name))
}

fn sorted(names: std::collections::HashSet<String>) -> Box<[String]> {
    let mut names: Vec<_> = names.into_iter().collect();
    names.sort_unstable();
    names.into()
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(text) => f.debug_tuple("Literal").field(text).finish(),
            Self::Parts(parts) => f.debug_tuple("Parts").field(&parts.len()).finish(),
            Self::Full(full) => f.debug_tuple("Full").field(&full.name).finish(),
            Self::Broken(message) => f.debug_tuple("Broken").field(message).finish(),
        }
    }
}

#[cfg(test)]
mod tests;
