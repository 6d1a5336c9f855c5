//! Several people at one bot: of savings at once one wins, nobody publishes what they have not seen, and who may not
//! change it any more does not.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::flows::{flow, says};
use super::members::joined;
use crate::support::api::Api;
use crate::support::program::Launch;
use crate::support::world::set_up;

fn saying(text: &str) -> Value {
    flow("shared", &json!([says("hi", text)]), None)
}

async fn new_bot(api: &Api, text: &str) -> String {
    let bot = api.post("/api/v1/bots", json!({ "flow": saying(text) })).await.expect(201);
    bot["id"].as_str().expect("an id").to_owned()
}

async fn save(api: &Api, bot: &str, text: &str, revision: u64) -> crate::support::api::Answer {
    let draft = json!({ "flow": saying(text), "revision": revision });
    api.put(&format!("/api/v1/bots/{bot}/draft"), draft).await
}

async fn draft(api: &Api, bot: &str) -> (u64, String) {
    let draft = api.get(&format!("/api/v1/bots/{bot}/draft")).await.ok();
    let text = draft["flow"]["groups"][0]["blocks"][0]["text"].as_str().expect("a text").to_owned();
    (draft["revision"].as_u64().expect("a revision"), text)
}

#[tokio::test]
async fn of_savings_at_once_exactly_one_wins() {
    let program = Launch::serve().start().await;
    let anna = set_up(&program).await;
    let boris = joined(&program, &anna, "boris@example.com", "admin").await;
    let bot = new_bot(&anna, "Hello").await;
    for revision in 1..=5 {
        let savings = (0..12).map(|n| {
            let (api, bot) = (if n % 2 == 0 { &anna } else { &boris }, &bot);
            async move { (n, save(api, bot, &format!("Of {n}"), revision).await) }
        });
        let answers = join_all(savings).await;
        let (won, lost): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|(_, answer)| answer.status.is_success());
        assert_eq!(won.len(), 1, "at revision {revision}");
        for (_, answer) in &lost {
            answer.problem(409, "conflict");
        }
        let (n, answer) = &won[0];
        assert_eq!(answer.ok()["revision"], revision + 1);
        assert_eq!(answer.ok()["author"], if n % 2 == 0 { "Anna" } else { "boris@example.com" });
        assert_eq!(draft(&anna, &bot).await, (revision + 1, format!("Of {n}")));
    }
    program.stop();
}

#[tokio::test]
async fn a_revision_that_is_none_or_of_the_future_saves_nothing() {
    let program = Launch::serve().start().await;
    let anna = set_up(&program).await;
    let bot = new_bot(&anna, "Hello").await;
    for revision in [0, 2, 99, u64::MAX] {
        save(&anna, &bot, "Wrong", revision).await.problem(409, "conflict");
    }
    for wrong in [json!(-1), json!("1"), json!(1.5), Value::Null] {
        let draft = json!({ "flow": saying("Wrong"), "revision": wrong });
        let refused = anna.put(&format!("/api/v1/bots/{bot}/draft"), draft).await.problem(400, "invalid");
        assert_eq!(refused["errors"][0]["pointer"], "/revision", "{refused}");
    }
    let without = json!({ "flow": saying("Wrong") });
    anna.put(&format!("/api/v1/bots/{bot}/draft"), without).await.problem(400, "invalid");
    assert_eq!(draft(&anna, &bot).await, (1, "Hello".to_owned()));
    // The same once more, after an answer that was lost, is a conflict that the draft explains.
    save(&anna, &bot, "Mine", 1).await.ok();
    save(&anna, &bot, "Mine", 1).await.problem(409, "conflict");
    assert_eq!(draft(&anna, &bot).await, (2, "Mine".to_owned()));
    program.stop();
}

#[tokio::test]
async fn what_is_published_is_what_was_looked_at() {
    let program = Launch::serve().start().await;
    let anna = set_up(&program).await;
    let boris = joined(&program, &anna, "boris@example.com", "admin").await;
    let bot = new_bot(&anna, "Looked at").await;
    let publish = async |api: &Api, revision: u64| {
        api.post(&format!("/api/v1/bots/{bot}/publish"), json!({ "revision": revision })).await
    };
    save(&boris, &bot, "Half done", 1).await.ok();
    let refused = publish(&anna, 1).await.problem(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("revision 2"), "{refused}");
    publish(&anna, 3).await.problem(409, "conflict");
    assert!(anna.all(&format!("/api/v1/bots/{bot}/versions")).await.is_empty(), "nothing was published");
    assert_eq!(publish(&anna, 2).await.ok()["published"], 1);
    // An earlier version is brought back while the other works on: the draft stays theirs.
    save(&boris, &bot, "Done", 2).await.ok();
    assert_eq!(publish(&boris, 3).await.ok()["published"], 2);
    save(&boris, &bot, "Next", 3).await.ok();
    anna.post(&format!("/api/v1/bots/{bot}/versions/1/return"), json!({})).await.ok();
    assert_eq!(draft(&boris, &bot).await, (4, "Next".to_owned()));
    save(&boris, &bot, "Next one", 4).await.ok();
    assert_eq!(publish(&boris, 5).await.ok()["published"], 3);
    program.stop();
}

#[tokio::test]
async fn of_publications_and_savings_at_once_each_version_is_a_draft_that_was() {
    let program = Launch::serve().start().await;
    let anna = set_up(&program).await;
    let bot = new_bot(&anna, "Of 1").await;
    let path = format!("/api/v1/bots/{bot}/publish");
    for revision in 1..=6 {
        let next = format!("Of {}", revision + 1);
        let publish = json!({ "revision": revision });
        let (saved, published) = tokio::join!(save(&anna, &bot, &next, revision), anna.post(&path, publish));
        saved.ok();
        if !published.status.is_success() {
            published.problem(409, "conflict");
            continue;
        }
        let number = published.ok()["published"].as_u64().expect("a number");
        let version = anna.get(&format!("/api/v1/bots/{bot}/versions/{number}")).await.ok();
        let text = &version["flow"]["groups"][0]["blocks"][0]["text"];
        assert_eq!(*text, format!("Of {revision}"), "what was named, and not what came in between");
    }
    program.stop();
}

#[tokio::test]
async fn who_may_not_change_the_bot_any_more_does_not() {
    let program = Launch::serve().start().await;
    let anna = set_up(&program).await;
    let boris = joined(&program, &anna, "boris@example.com", "admin").await;
    let bot = new_bot(&anna, "Hello").await;
    save(&boris, &bot, "His", 1).await.ok();
    let members = anna.all("/api/v1/members").await;
    let him = members.iter().find(|member| member["email"] == "boris@example.com").expect("a member");
    let him = format!("/api/v1/members/{}", him["id"].as_str().unwrap());
    for role in ["viewer", "operator"] {
        anna.patch(&him, json!({ "role": role })).await.ok();
        save(&boris, &bot, "Not his", 2).await.problem(403, "forbidden");
        for at in ["publish", "phone-trials", "versions/1/return"] {
            boris.post(&format!("/api/v1/bots/{bot}/{at}"), json!({})).await.problem(403, "forbidden");
        }
        assert_eq!(draft(&boris, &bot).await, (2, "His".to_owned()), "he may still look");
    }
    anna.delete(&him).await.expect(204);
    save(&boris, &bot, "Not his", 2).await.problem(404, "not-found");
    assert_eq!(draft(&anna, &bot).await, (2, "His".to_owned()));
    // A bot that is gone takes nothing, whoever asks.
    anna.delete(&format!("/api/v1/bots/{bot}")).await.expect(204);
    save(&anna, &bot, "Late", 2).await.problem(404, "not-found");
    anna.post(&format!("/api/v1/bots/{bot}/publish"), json!({ "revision": 2 }))
        .await
        .problem(404, "not-found");
    anna.get(&format!("/api/v1/bots/{bot}/draft")).await.problem(404, "not-found");
    program.stop();
}

#[tokio::test]
async fn a_flow_that_cannot_be_read_is_refused_before_anything_else() {
    let program = Launch::serve().start().await;
    let anna = set_up(&program).await;
    let bot = new_bot(&anna, "Hello").await;
    let mut wrong = saying("Wrong");
    wrong["groups"][0]["blocks"][0]["text"] = json!(7);
    for revision in [1, 99] {
        let draft = json!({ "flow": wrong, "revision": revision });
        let refused = anna.put(&format!("/api/v1/bots/{bot}/draft"), draft).await.problem(400, "invalid");
        assert_eq!(refused["errors"][0]["pointer"], "/flow/groups/0/blocks/0/text", "{refused}");
    }
    assert_eq!(draft(&anna, &bot).await, (1, "Hello".to_owned()));
    program.stop();
}
