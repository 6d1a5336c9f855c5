//! What expressions can do, for the help in the editor and for `docs/EXPRESSIONS.md`. Each entry is shown by an example
//! that the tests evaluate. What stands in [`FILTERS`] and [`TESTS`] and in no entry works too, and is known by another
//! name or needed by few.

use crate::model::Language;

/// Something that expressions can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ability {
    pub group: AbilityGroup,
    /// An expression that shows it.
    pub example: &'static str,
    /// What comes of it, as a text, with [`SAMPLE`].
    pub gives: &'static str,
    about: [&'static str; 2],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AbilityGroup {
    Values,
    Numbers,
    Conditions,
    Texts,
    Lists,
    Dates,
    Functions,
}

impl AbilityGroup {
    pub const ALL: [Self; 7] = [
        Self::Values,
        Self::Numbers,
        Self::Conditions,
        Self::Texts,
        Self::Lists,
        Self::Dates,
        Self::Functions,
    ];

    pub fn title(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Values, Language::En) => "Variables and values",
            (Self::Values, Language::Ru) => "Переменные и значения",
            (Self::Numbers, Language::En) => "Numbers",
            (Self::Numbers, Language::Ru) => "Числа",
            (Self::Conditions, Language::En) => "Comparing and choosing",
            (Self::Conditions, Language::Ru) => "Сравнить и выбрать",
            (Self::Texts, Language::En) => "Texts",
            (Self::Texts, Language::Ru) => "Тексты",
            (Self::Lists, Language::En) => "Lists",
            (Self::Lists, Language::Ru) => "Списки",
            (Self::Dates, Language::En) => "Dates and times",
            (Self::Dates, Language::Ru) => "Даты и время",
            (Self::Functions, Language::En) => "Functions",
            (Self::Functions, Language::Ru) => "Функции",
        }
    }

    pub fn abilities(self) -> impl Iterator<Item = &'static Ability> {
        ABILITIES.iter().filter(move |ability| ability.group == self)
    }
}

impl Ability {
    pub fn about(&self, language: Language) -> &'static str {
        match language {
            Language::En => self.about[0],
            Language::Ru => self.about[1],
        }
    }
}

/// What the examples' variables hold.
pub const SAMPLE: [(&str, &str); 6] = [
    ("name", "\"Anna\""),
    ("count", "3"),
    ("price", "2.5"),
    ("items", "[\"tea\", \"milk\", \"salt\"]"),
    ("prices", "[40, 25, 10]"),
    ("visit", "\"2027-03-25 14:30\""),
];

const fn ability(
    group: AbilityGroup,
    example: &'static str,
    gives: &'static str,
    about: [&'static str; 2],
) -> Ability {
    Ability { group, example, gives, about }
}

use AbilityGroup::{Conditions, Dates, Functions, Lists, Numbers, Texts, Values};

/// Everything that is shown, in the order in which it is read.
pub const ABILITIES: &[Ability] = &[
    ability(Values, "name", "Anna", ["the value of a variable", "значение переменной"]),
    ability(Values, "'Hello'", "Hello", ["a text stands in quotes", "текст пишут в кавычках"]),
    ability(Values, "contact.name", "Anna", ["a part of a value", "часть значения"]),
    ability(Values, "items[0]", "tea", ["an item of a list, counted from 0", "элемент списка, счёт с 0"]),
    ability(
        Values,
        "nobody|default('friend')",
        "friend",
        ["another value where there is none", "другое значение, если своего нет"],
    ),
    ability(Values, "[1, 2, 3]", "1, 2, 3", ["a list", "список"]),
    ability(Values, "{'size': 'L'}.size", "L", ["several values by names", "несколько значений по именам"]),
    ability(Numbers, "count + 1", "4", ["add; - subtracts", "прибавить; - вычитает"]),
    ability(Numbers, "count * price", "7.5", ["multiply", "умножить"]),
    ability(Numbers, "count / 2", "1.5", ["divide", "разделить"]),
    ability(Numbers, "7 // 2", "3", ["divide to a whole number", "разделить нацело"]),
    ability(Numbers, "7 % 2", "1", ["what is left over", "остаток"]),
    ability(Numbers, "2 ** 3", "8", ["a power", "степень"]),
    ability(
        Numbers,
        "(10 / 3)|round(2)",
        "3.33",
        ["round to digits after the point", "округлить до знаков после точки"],
    ),
    ability(Numbers, "(2 - 5)|abs", "3", ["without its sign", "без знака"]),
    ability(
        Numbers,
        "'1 200,50'|number",
        "1200.5",
        ["a text as a number; none if it is no number", "текст как число; пусто, если это не число"],
    ),
    ability(Numbers, "'3'|int + 1", "4", ["a text as a whole number", "текст как целое число"]),
    ability(Conditions, "count > 2", "true", ["also <, >=, <=, ==, !=", "также <, >=, <=, ==, !="]),
    ability(
        Conditions,
        "count > 2 and name == 'Anna'",
        "true",
        ["both; or: one of the two", "и то и другое; or: одно из двух"],
    ),
    ability(Conditions, "not count == 3", "false", ["the opposite", "наоборот"]),
    ability(
        Conditions,
        "'tea' in items",
        "true",
        ["whether a list or a text has it", "есть ли это в списке или тексте"],
    ),
    ability(
        Conditions,
        "'many' if count > 2 else 'few'",
        "many",
        ["one value or another", "одно значение или другое"],
    ),
    ability(Conditions, "nobody is defined", "false", ["whether it has a value", "есть ли значение"]),
    ability(Conditions, "count is odd", "true", ["also even, number, string", "также even, number, string"]),
    ability(Texts, "'Hi, ' ~ name ~ '!'", "Hi, Anna!", ["join texts", "соединить тексты"]),
    ability(
        Texts,
        "name|upper",
        "ANNA",
        ["in capitals; lower: in small letters", "заглавными; lower: строчными"],
    ),
    ability(Texts, "'anna lee'|title", "Anna Lee", ["each word with a capital", "каждое слово с заглавной"]),
    ability(Texts, "'  hi '|trim", "hi", ["without spaces around it", "без пробелов по краям"]),
    ability(Texts, "name|length", "4", ["how many letters", "сколько букв"]),
    ability(Texts, "name|replace('a', 'e')", "Anne", ["other letters for some", "заменить буквы"]),
    ability(Texts, "'a,b'|split(',')", "a, b", ["cut into a list", "разрезать в список"]),
    ability(Texts, "'a b'|urlencode", "a%20b", ["for an address", "для адреса"]),
    ability(Lists, "items|length", "3", ["how many items", "сколько элементов"]),
    ability(Lists, "items|first", "tea", ["the first; last: the last", "первый; last: последний"]),
    ability(
        Lists,
        "items|at(-1)",
        "salt",
        ["the item at a place, from the end below 0", "элемент по месту, с конца ниже 0"],
    ),
    ability(Lists, "items|index_of('milk')", "1", ["at which place it stands", "на каком месте стоит"]),
    ability(
        Lists,
        "prices|at(items|index_of('milk'))",
        "25",
        ["the price beside an item", "цена рядом с товаром"],
    ),
    ability(Lists, "items|append('jam')", "tea, milk, salt, jam", ["one more", "добавить"]),
    ability(Lists, "items|without('milk')", "tea, salt", ["without an item", "убрать"]),
    ability(Lists, "items + ['jam']", "tea, milk, salt, jam", ["two lists as one", "два списка в один"]),
    ability(Lists, "items|join(' + ')", "tea + milk + salt", ["as a text", "в текст"]),
    ability(Lists, "prices|sum", "75", ["all added up", "сумма"]),
    ability(Lists, "prices|max", "40", ["the greatest; min: the least", "наибольшее; min: наименьшее"]),
    ability(Lists, "items|sort", "milk, salt, tea", ["in order", "по порядку"]),
    ability(Lists, "items|reverse", "salt, milk, tea", ["the other way round", "в обратном порядке"]),
    ability(Lists, "[1, 1, 2]|unique", "1, 2", ["each once", "без повторов"]),
    ability(Lists, "items|map('upper')", "TEA, MILK, SALT", ["do it to each", "сделать с каждым"]),
    ability(
        Lists,
        "[1, 2, 3]|select('odd')",
        "1, 3",
        ["only those; reject: all but those", "только такие; reject: все кроме"],
    ),
    ability(Lists, "items|json", "[\"tea\",\"milk\",\"salt\"]", ["as JSON", "как JSON"]),
    ability(Dates, "visit|date", "25 March 2027", ["as people say it", "как говорят люди"]),
    ability(
        Dates,
        "visit|date('dd.MM.yyyy')",
        "25.03.2027",
        ["also yy, MMMM, d, EEEE, HH, mm", "также yy, MMMM, d, EEEE, HH, mm"],
    ),
    ability(Dates, "visit|time", "14:30", ["the time alone", "только время"]),
    ability(
        Dates,
        "visit|add_days(3)",
        "2027-03-28 14:30",
        ["later; below 0: earlier", "позже; ниже 0: раньше"],
    ),
    ability(Dates, "'2027-01-31'|add_months(1)", "2027-02-28", ["also add_weeks", "также add_weeks"]),
    ability(Dates, "visit|add_hours(2)", "2027-03-25 16:30", ["also add_minutes", "также add_minutes"]),
    ability(Dates, "visit|weekday", "4", ["1 is Monday", "1 — понедельник"]),
    ability(
        Dates,
        "'2027-03-20'|days_to(visit)",
        "5",
        ["days from one to the other", "дней от одной до другой"],
    ),
    ability(
        Dates,
        "today",
        "2026-11-22",
        ["also tomorrow, yesterday, now", "также tomorrow, yesterday, now"],
    ),
    ability(
        Dates,
        "moment",
        "afternoon",
        ["morning, afternoon, evening or night", "morning, afternoon, evening или night"],
    ),
    ability(Functions, "range(3)|list", "0, 1, 2", ["numbers from 0", "числа с 0"]),
    ability(
        Functions,
        "range(1, 4)|list",
        "1, 2, 3",
        ["from one to before another", "от одного, не доходя до другого"],
    ),
    ability(
        Functions,
        "dict(size='L').size",
        "L",
        ["several values by names", "несколько значений по именам"],
    ),
];

/// All filters there are.
pub const FILTERS: [&str; 63] = [
    "abs",
    "add_days",
    "add_hours",
    "add_minutes",
    "add_months",
    "add_weeks",
    "append",
    "at",
    "attr",
    "batch",
    "bool",
    "capitalize",
    "chain",
    "count",
    "d",
    "date",
    "days_to",
    "default",
    "dictsort",
    "e",
    "escape",
    "first",
    "float",
    "format",
    "groupby",
    "indent",
    "index_of",
    "int",
    "items",
    "join",
    "json",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "number",
    "pprint",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "safe",
    "select",
    "selectattr",
    "slice",
    "sort",
    "split",
    "string",
    "sum",
    "time",
    "title",
    "trim",
    "unique",
    "upper",
    "urlencode",
    "weekday",
    "without",
    "zip",
];

/// All tests there are: what stands after `is`.
pub const TESTS: [&str; 36] = [
    "boolean",
    "defined",
    "divisibleby",
    "endingwith",
    "eq",
    "equalto",
    "escaped",
    "even",
    "false",
    "filter",
    "float",
    "ge",
    "greaterthan",
    "gt",
    "in",
    "int",
    "integer",
    "iterable",
    "le",
    "lessthan",
    "lower",
    "lt",
    "mapping",
    "ne",
    "none",
    "number",
    "odd",
    "safe",
    "sameas",
    "sequence",
    "startingwith",
    "string",
    "test",
    "true",
    "undefined",
    "upper",
];
