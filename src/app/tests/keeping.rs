//! How long what is kept.

use beseda_wire::bots::NewBot;
use poem_openapi::types::Example;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_kept_for_a_month_and_screens_from_before_load_again() {
    let mut run = Run::new().await;
    let bot = json!(NewBot::example());
    for _ in 0..5 {
        run.post("/api/v1/bots", &bot).await;
    }
    let told = run.screen(None).await;
    let (then, LiveEvent::Ready) = (told[0].seq, &told[0].event) else { panic!("{told:?}") };
    run.post("/api/v1/bots", &bot).await;
    run.post("/api/v1/bots", &bot).await;
    let bots = |told: &[ServerFrame]| {
        told.iter().filter(|frame| matches!(frame.event, LiveEvent::Bot { .. })).count()
    };

    run.days(29).await;
    assert_eq!(run.maintain().await.changes, 0, "not a month yet");
    assert_eq!(bots(&run.screen(Some(then)).await), 2, "what was missed is told");

    run.days(2).await;
    let removed = run.maintain().await;
    assert!(removed.changes >= 6 && removed.failures == 0, "{removed:?}");
    assert_eq!(run.maintain().await.changes, 0, "once");
    let told = run.screen(Some(then)).await;
    assert_eq!(bots(&told), 0);
    assert!(told.iter().any(|frame| frame.event == LiveEvent::Reload), "{told:?}");

    // Everything that was changed is still there, numbers go on, and who was here a moment ago is told what is new.
    let mut run = run.again().await;
    assert_eq!(run.get("/api/v1/bots").await["items"].as_array().unwrap().len(), 7);
    let now = run.screen(None).await[0].seq;
    assert!(now > then);
    run.post("/api/v1/bots", &bot).await;
    assert_eq!(bots(&run.screen(Some(now)).await), 1);
    run.days(31).await;
    assert_eq!(run.get("/api/v1/bots").await["items"].as_array().unwrap().len(), 8);
}
