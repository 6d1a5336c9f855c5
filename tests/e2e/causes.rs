//! What a run ran into that ended because of its flow, in the words of both languages: in the table and on the run's page.

use serde_json::{Value, json};

use crate::support::browser::{Browser, Look, Theme};
use crate::support::until;
use crate::support::world::{EMAIL, PASSWORD, World};

/// What a customer writes, the cause that this leads to, and its words.
const CAUSES: [(&str, &str, [&str; 2]); 5] = [
    (
        "talk",
        "too_many_messages",
        ["Too many messages after one word of the customer", "Слишком много сообщений на одно слово клиента"],
    ),
    (
        "count",
        "too_many_expressions",
        [
            "Too many expressions after one word of the customer",
            "Слишком много выражений на одно слово клиента",
        ],
    ),
    (
        "write",
        "text_too_long",
        ["A text came out longer than any message", "Текст вышел длиннее любого сообщения"],
    ),
    (
        "keep",
        "variables_too_large",
        [
            "Its variables held more than a conversation may keep",
            "В переменных накопилось больше, чем может хранить разговор",
        ],
    ),
    ("call", "call_failed", ["A call to another service failed", "Не удался вызов другого сервиса"]),
];

/// For each of them blocks that run into it.
fn flow() -> Value {
    let many = |count: u32, block: &dyn Fn(u32) -> Value| (0..count).map(block).collect::<Vec<Value>>();
    let set = |id: String, name: String, value: &str| json!({"id": id, "kind": "set", "variable": name, "value": value});
    let blocks = |word: &str| match word {
        "talk" => many(
            50,
            &|n| json!({"id": format!("talk{n}"), "kind": "message", "text": format!("Message {n}")}),
        ),
        "count" => many(501, &|n| set(format!("count{n}"), "sum".to_owned(), "{{ 1 + 1 }}")),
        "write" => vec![json!({"id": "write0", "kind": "message", "text": "{{ 'x' * 20000 }}"})],
        "keep" => many(20, &|n| set(format!("keep{n}"), format!("v{n}"), "{{ 'x' * 16000 }}")),
        _ => vec![json!({"id": "call0", "kind": "http", "url": "http://127.0.0.1:1/"})],
    };
    let words = CAUSES.map(|(word, ..)| word);
    let trigger = |word: &str| json!({"id": format!("on-{word}"), "kind": "keyword", "keywords": [{"match": "is", "text": word}]});
    let edge = |word: &str| json!({"id": format!("e-{word}"), "from": {"trigger": format!("on-{word}")}, "to": {"group": word}});
    json!({
        "schema": 1, "id": "ends", "name": "Ends", "language": "en", "start": {"group": "talk"},
        "triggers": words.map(trigger),
        "groups": words.map(|word| json!({"id": word, "title": word, "blocks": blocks(word)})),
        "edges": words.map(edge),
    })
}

#[tokio::test]
async fn what_a_run_ran_into_is_said_in_words() {
    let world = World::new().await;
    for bot in world.api.all("/api/v1/bots").await {
        world.api.delete(&format!("/api/v1/bots/{}", bot["id"].as_str().expect("an id"))).await;
    }
    let bot = world.api.post("/api/v1/bots", json!({ "flow": flow() })).await.expect(201);
    let bot = bot["id"].as_str().expect("an id").to_owned();
    world.api.post(&format!("/api/v1/bots/{bot}/publish"), json!({})).await.ok();
    for (n, (word, ..)) in CAUSES.iter().enumerate() {
        let phone = format!("44770090001{n}");
        world.customer(&phone, word).await;
        world.writes(&phone, word).await;
    }
    let runs = until("all runs to end", || async {
        let runs = world.api.all(&format!("/api/v1/bots/{bot}/runs?state=ended")).await;
        (runs.len() == CAUSES.len()).then_some(runs)
    })
    .await;
    for (word, cause, _) in CAUSES {
        let run = runs.iter().find(|run| run["customer_name"] == word).expect("a run");
        assert_eq!(run["cause"], cause, "{run}");
    }
    for (at, language) in ["en", "ru"].into_iter().enumerate() {
        world.api.patch("/api/v1/users/me", json!({ "locale": language })).await.ok();
        let look = Look { language: language.to_owned(), ..Look::default() };
        let browser = Browser::open(&look).await;
        browser.sign_in_as(&world.program, EMAIL, PASSWORD).await;
        browser.goto(&world.program.address(&format!("/bots/{bot}/results"))).await;
        browser.find(".results-runs .run-cause").await;
        for (word, cause, words) in CAUSES {
            let row = format!(
                "[...document.querySelectorAll('.results-runs tbody tr')].some(row => row.textContent.includes('{word}') \
                 && row.querySelector('.run-cause')?.textContent === '{}')",
                words[at]
            );
            browser.until(&format!("{cause} in the table"), &row).await;
        }
        for (word, cause, words) in CAUSES {
            let run = runs.iter().find(|run| run["customer_name"] == word).expect("a run");
            let id = run["id"].as_str().expect("an id");
            browser.goto(&world.program.address(&format!("/bots/{bot}/results/{id}"))).await;
            let said = format!(
                "document.querySelector('.results-detail .run-cause')?.textContent === '{}'",
                words[at]
            );
            browser.until(&format!("{cause} on the run's page"), &said).await;
            // No code is among the steps either; a key of the configuration is what its owner needs.
            let raw = browser.value_of(
                "(document.querySelector('.results-detail').innerText.replace(/bots\\.private_addresses/g, '')\
                 .match(/\\b[a-z]+_[a-z_]+\\b/g) ?? []).join()",
            );
            assert_eq!(raw.await, "", "{cause} in {language}");
        }
        for (theme, width, height) in [(Theme::Light, 1440, 900), (Theme::Dark, 390, 844)] {
            browser.appear(&Look { width, height, theme, ..look.clone() }).await;
            browser.assert_accessible(&format!("a run that broke at {width} pixels, {language}")).await;
            browser.shot(&format!("run-cause-{language}-{width}")).await;
        }
        browser.assert_quiet().await;
    }
}
