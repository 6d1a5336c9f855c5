//! The browser's `Intl`, with its formatters kept: making one costs more than using it a hundred times.

use std::cell::RefCell;
use std::collections::HashMap;

use beseda_wire::time::Time;
use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    Time,
    Seconds,
    DayMonthTime,
    Weekday,
    DayMonth,
    WeekdayDayMonth,
    Date,
    Full,
    Key,
    Minute,
}

thread_local! {
    static DATES: RefCell<HashMap<(Shape, String, String), Function>> = RefCell::default();
    static NUMBERS: RefCell<HashMap<(String, String), Function>> = RefCell::default();
}

pub fn date(at: Time, zone: &str, shape: Shape) -> String {
    // Days are named alike in every language, and Swedes write them year first.
    let locale = if matches!(shape, Shape::Key | Shape::Minute) { "sv".to_owned() } else { locale() };
    let format = DATES.with_borrow_mut(|made| {
        made.entry((shape, zone.to_owned(), locale.clone()))
            .or_insert_with(|| {
                let options = Object::new();
                for (key, value) in shape.options() {
                    set(&options, key, value);
                }
                if !zone.is_empty() {
                    set(&options, "timeZone", zone);
                }
                make_date(&locale, &options)
            })
            .clone()
    });
    // Milliseconds since 1970 are exact in f64 for 280,000 years.
    #[expect(clippy::cast_precision_loss, reason = "within the 53 bits for any date on earth")]
    let date = Date::new(&JsValue::from_f64(at.millis() as f64));
    format.call1(&JsValue::UNDEFINED, &date).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

pub fn number(number: f64) -> String {
    format_number(String::new(), &JsValue::from_f64(number))
}

pub fn money(amount: &str, currency: &str) -> String {
    // Numbers go to `Intl` as decimal texts, so that a price never becomes a float.
    format_number(currency.to_owned(), &JsValue::from_str(amount))
}

/// The browser's own variety of the language, if it has one: English is written in several ways.
fn locale() -> String {
    let code = crate::i18n::current().code();
    let own = web_sys::window().and_then(|window| window.navigator().language()).unwrap_or_default();
    if own.split('-').next() == Some(code) { own } else { code.to_owned() }
}

impl Shape {
    const fn options(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Time => &[("hour", "numeric"), ("minute", "2-digit")],
            Self::Seconds => &[("hour", "numeric"), ("minute", "2-digit"), ("second", "2-digit")],
            Self::DayMonthTime => {
                &[("day", "numeric"), ("month", "short"), ("hour", "numeric"), ("minute", "2-digit")]
            }
            Self::Weekday => &[("weekday", "short")],
            Self::DayMonth => &[("day", "numeric"), ("month", "short")],
            Self::WeekdayDayMonth => &[("weekday", "long"), ("day", "numeric"), ("month", "long")],
            Self::Date => &[("day", "numeric"), ("month", "short"), ("year", "numeric")],
            Self::Full => &[("dateStyle", "medium"), ("timeStyle", "medium")],
            Self::Minute => &[
                ("year", "numeric"),
                ("month", "2-digit"),
                ("day", "2-digit"),
                ("hour", "2-digit"),
                ("minute", "2-digit"),
            ],
            Self::Key => &[("year", "numeric"), ("month", "2-digit"), ("day", "2-digit")],
        }
    }
}

fn make_date(locale: &str, options: &Object) -> Function {
    let locales = Array::of1(&locale.into());
    // A zone the browser does not know throws; the browser's own zone is the next best.
    let made = construct("DateTimeFormat", &locales, options).unwrap_or_else(|| {
        let _ = Reflect::delete_property(options, &"timeZone".into());
        construct("DateTimeFormat", &locales, options).unwrap_or(JsValue::UNDEFINED)
    });
    bound_format(&made)
}

fn format_number(currency: String, value: &JsValue) -> String {
    let locale = locale();
    let format = NUMBERS.with_borrow_mut(|made| {
        made.entry((currency.clone(), locale.clone()))
            .or_insert_with(|| {
                let options = Object::new();
                if !currency.is_empty() {
                    set(&options, "style", "currency");
                    set(&options, "currency", &currency);
                }
                let locales = Array::of1(&locale.as_str().into());
                let made = construct("NumberFormat", &locales, &options)
                    .or_else(|| construct("NumberFormat", &locales, &Object::new()));
                bound_format(&made.unwrap_or(JsValue::UNDEFINED))
            })
            .clone()
    });
    format.call1(&JsValue::UNDEFINED, value).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// `new Intl.<class>(locales, options)`, where js-sys would panic on what it throws.
fn construct(class: &str, locales: &Array, options: &Object) -> Option<JsValue> {
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let class: Function = Reflect::get(&intl, &class.into()).ok()?.dyn_into().ok()?;
    Reflect::construct(&class, &Array::of2(locales, options)).ok()
}

fn bound_format(made: &JsValue) -> Function {
    Reflect::get(made, &"format".into())
        .ok()
        .and_then(|format| format.dyn_into().ok())
        .unwrap_or_else(|| Intl::NumberFormat::default().format())
}

fn set(options: &Object, key: &str, value: &str) {
    // Setting a property of a fresh object cannot fail.
    let _ = Reflect::set(options, &key.into(), &value.into());
}
