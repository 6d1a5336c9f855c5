//! Numbers of the built-in simulator: it has those that a business has, and no others.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_simulator_keeps_no_number_that_nobody_has() {
    let run = Run::new().await;
    let path = "/api/v1/whatsapp/numbers/simulated";
    let none = json!({});
    let connect = || run.post(path, &none);
    let answers = tokio::join!(connect(), connect(), connect(), connect(), connect(), connect());
    let id = answers.0["phone_number_id"].as_str().unwrap().to_owned();
    let known = || -> Vec<String> {
        run.simulator.numbers().into_iter().map(|number| number.phone_number_id).collect()
    };
    assert_eq!(known(), std::slice::from_ref(&id), "the numbers of those who came too late are taken back");
    assert_eq!(connect().await["phone_number_id"], id, "the number is there, and is not made again");
    assert_eq!(known(), [id]);

    let removed = format!("/api/v1/whatsapp/numbers/{}", answers.0["id"].as_str().unwrap());
    let answer = run.ask(reqwest::Method::DELETE, &removed).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 204);
    assert!(known().is_empty(), "a number that was let go is nobody's");
}
