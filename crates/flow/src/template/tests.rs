use serde_json::json;

use super::*;

fn variables() -> Variables {
    let mut variables = Variables::default();
    for (name, value) in [
        ("name", json!("Анна")),
        ("имя", json!("Пётр")),
        ("count", json!(3)),
        ("price", json!(2.5)),
        ("items", json!(["tea", "milk"])),
        ("contact", json!({ "name": "Anna", "tags": ["vip"], "age": null })),
        ("visit", json!("2027-03-25")),
        ("long", json!("x".repeat(60_000))),
    ] {
        assert!(variables.set(name, value));
    }
    variables
}

fn render(text: &str) -> Result<String, Mistake> {
    let mut templates = Templates::new(Language::Ru);
    let template = templates.text(text);
    let variables = variables();
    let now = Now::new(1_795_338_000_000, 10_800);
    templates.render(&template, Scope { variables: &variables, now, own: None }).map(Cow::into_owned)
}

fn value(expression: &str) -> Result<Value, Mistake> {
    let scope = Scope { variables: &variables(), now: Now::utc(0), own: None };
    Formula::new(expression, Language::En).value(scope)
}

#[test]
fn texts() {
    for (text, wanted) in [
        ("plain", "plain"),
        ("100 % {sure} }}", "100 % {sure} }}"),
        ("Hi, {{name}}!", "Hi, Анна!"),
        ("Hi, {{ name }}!", "Hi, Анна!"),
        ("{{имя}} и {{name}}", "Пётр и Анна"),
        ("{{contact.name}}", "Anna"),
        ("{{contact.age}}{{contact.none.at.all}}{{nobody}}", ""),
        ("{{items}}", "tea, milk"),
        ("{{contact.tags}}", "vip"),
        ("{{items[1]}}", "milk"),
        ("{{count}} × {{price}} = {{ count * price }}", "3 × 2.5 = 7.5"),
        ("{{ price * 2 }}", "5"),
        ("{{ count > 2 }}", "true"),
        ("{{ none }}|{{ items|length }}", "|2"),
        ("{{ nobody or 'you' }}", "you"),
        ("{{ 'yes' if count == 3 }}", "yes"),
        ("{% for item in items %}– {{ item|upper }}\n{% endfor %}", "– TEA\n– MILK\n"),
        ("{{ имя|upper }}", "ПЁТР"),
        ("{{ visit|date }} и {{ name|date }}{{ nobody|date }}", "25 марта 2027 и Анна"),
        ("{{today}} {{now}}", "2026-11-22 2026-11-22 12:00"),
        ("<b>{{ '<i>' ~ name }}</b>", "<b><i>Анна</b>"),
        ("Line\n{{ name|lower }}\n", "Line\nанна\n"),
    ] {
        assert_eq!(render(text).as_deref(), Ok(wanted), "{text}");
    }
}

#[test]
fn expressions_keep_the_kind_of_their_value() {
    for (expression, wanted) in [
        ("count + 1", json!(4)),
        ("count / 2", json!(1.5)),
        ("count * 2.0", json!(6)),
        ("items + ['salt']", json!(["tea", "milk", "salt"])),
        ("items", json!(["tea", "milk"])),
        ("contact", json!({ "name": "Anna", "tags": ["vip"], "age": null })),
        ("{'a': count}", json!({ "a": 3 })),
        ("nobody", json!(null)),
        ("nobody|default('x')", json!("x")),
        ("count is odd and 'tea' in items", json!(true)),
        ("9223372036854775807 + 1", json!(9_223_372_036_854_775_808_f64)),
    ] {
        assert_eq!(value(expression), Ok(wanted), "{expression}");
    }
    assert!(Formula::of_whole_text("{{ count }}", Language::En).is_some());
    assert!(Formula::of_whole_text("{{ count }} {{ count }}", Language::En).is_none());
    assert!(Formula::of_whole_text("n: {{ count }}", Language::En).is_none());
}

#[test]
fn mistakes_are_errors_not_panics() {
    for text in
        ["{{", "{{ }}", "{{ 1 / 0 }}", "{{ name + }}", "{% for %}", "{{ name|nofilter }}", "{{ name() }}"]
    {
        assert!(render(text).is_err(), "{text}");
    }
    let deep = format!("{{{{ {}1{} }}}}", "(".repeat(10_000), ")".repeat(10_000));
    assert!(render(&deep).is_err());
}

#[test]
fn a_mistake_says_what_it_is_about() {
    use MistakeKind::*;
    for (text, why, name) in [
        ("Hi {{ name }}, {{ count + }}!", NotReadable, "{{ count + }}"),
        ("Hi {{ name", NotReadable, "{{ name"),
        ("Hi\n{% if %}\nthere", NotReadable, "{% if %}"),
        ("{{ name|nofilter }}", UnknownFilter, "nofilter"),
        ("{{ name is wet }}", UnknownTest, "wet"),
        ("{{ count / 0 }}", DividedByZero, "/ 0"),
        ("{{ count / (count - 3) }}", CannotCalculate, "3 / 0"),
        ("{{ name + 1 }}", DoesNotFit, "+"),
        ("{{ nobody * 2 }}", DoesNotFit, "*"),
        ("{{ visit|add_days }}", WrongArguments, ""),
        ("{{ 'x' * 1000000000 }}", TooMuch, ""),
    ] {
        let mistake = render(text).unwrap_err();
        assert_eq!((mistake.why, mistake.name.as_str()), (why, name), "{text}");
        for language in [Language::En, Language::Ru] {
            assert!(mistake.words(language).contains(name), "{text}");
        }
    }
    assert_eq!(value("count +").unwrap_err(), Mistake::new(NotReadable, "count +"));
}

/// What is shown works as it says, and each filter and test that the checker lets pass is there.
#[test]
fn what_expressions_can_do_is_as_it_is_told() {
    let mut variables = Variables::default();
    for (name, value) in SAMPLE {
        assert!(variables.set(name, serde_json::from_str(value).unwrap()));
    }
    assert!(variables.set("contact", json!({ "name": "Anna" })));
    let (draws, transcript) = (std::cell::Cell::new(0), crate::session::Transcript::default());
    let own = Own { shadow: Shadow::default(), seed: 1, draws: &draws, transcript: &transcript };
    // 12:00 on the 22nd of November 2026.
    let scope = Scope { variables: &variables, now: Now::new(1_795_338_000_000, 10_800), own: Some(own) };
    let value = |example: &str| Formula::new(example, Language::En).value(scope);
    let shown = |ability: &Ability| value(ability.example).map(|value| text_of(&value).into_owned());
    let wrong = ABILITIES.iter().map(|one| (one.example, one.gives, shown(one)));
    let wrong: Vec<_> = wrong.filter(|(_, gives, shown)| shown.as_deref() != Ok(*gives)).collect();
    assert_eq!(wrong, []);
    for group in AbilityGroup::ALL {
        assert!(group.abilities().next().is_some());
    }
    for filter in language::FILTERS {
        let kind = value(&format!("name|{filter}")).err().map(|mistake| mistake.why);
        assert!(kind != Some(MistakeKind::UnknownFilter), "{filter}");
    }
    for test in language::TESTS {
        let kind = value(&format!("name is {test}")).err().map(|mistake| mistake.why);
        assert!(!matches!(kind, Some(MistakeKind::UnknownTest | MistakeKind::NotReadable)), "{test}");
    }
}

#[test]
fn nobody_sees_the_engines_insides() {
    for text in ["{{ debug() }}", "a {{ debug(name) }}", "{% if true %}{{ debug () }}{% endif %}"] {
        let template = Templates::new(Language::En).text(text);
        assert!(template.mistake() == Some(&Mistake::new(MistakeKind::UnknownFunction, "debug")), "{text}");
        assert!(render(text).is_err(), "{text}");
    }
    assert!(value("debug()").is_err());
}

#[test]
fn nothing_grows_without_bound() {
    for text in [
        "{{ 'x' * 1000000000 }}",
        "{{ [1] * 1000000000 }}",
        "{{ ([1] * 1000000000)|length }}",
        "{{ ([1] * 1000000000)|join('x') }}",
        "{{ long|replace('x', long) }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{{ long }}{% endfor %}{% endfor %}",
        "{% set a = long %}{% for i in range(999) %}{% set a = a ~ a %}{% endfor %}{{ a }}",
        "{% set ns = namespace(a=long) %}{% for i in range(999) %}{% set ns.a = ns.a ~ ns.a %}{% endfor %}{{ ns.a }}",
    ] {
        // Cut short by the fuel, or harmless: a loop's own variables end with its round.
        if let Ok(text) = render(text) {
            assert!(text.len() <= 640_000, "{} bytes", text.len());
        }
    }
    assert!(value("[1] * 1000000000").is_err());
    assert!(value("2 ** 100000").is_err());
}
