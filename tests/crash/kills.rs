//! `kill -9` in a loop. Two loads run meanwhile: webhooks of our own, of which we know which were acknowledged,
//! and customers of a simulator that outlives the program, to whom the bot answers.
//!
//! Five rounds; with `BESEDA_TEST_LONG=1` fifty.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::graph::GraphApi;
use crate::support::http_client;
use crate::support::program::Launch;
use crate::support::simulator::Simulator;
use crate::support::world::{EMAIL, PASSWORD, set_up};

pub const NUMBER: &str = "100200300400500";
pub const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// Senders of webhooks of our own.
const SENDERS: usize = 8;

/// A message from customer `n`, as Meta sends it.
pub fn webhook(n: u64, text: &str) -> (String, Vec<u8>) {
    let wamid = format!("wamid.direct{n}");
    let sender = format!("4477009{:05}", n % 40);
    let body = json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": [{
        "field": "messages",
        "value": {
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "15550100200", "phone_number_id": NUMBER },
            "contacts": [{ "profile": { "name": format!("Direct {}", n % 40) }, "wa_id": sender }],
            "messages": [{ "from": sender, "id": wamid, "timestamp": "1790000000", "type": "text",
                "text": { "body": format!("{text}{n}") } }],
        },
    }] }] });
    (wamid, body.to_string().into_bytes())
}

/// Numbers that look random and come again with the same seed.
fn next(state: &AtomicU64, below: u64) -> u64 {
    let mut x = state.load(Ordering::Relaxed);
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    state.store(x, Ordering::Relaxed);
    x % below
}

/// Waits for what takes longer than one look: a lost answer is found again after the time for reconciling.
async fn wait(what: &str, mut done: impl AsyncFnMut() -> Result<(), String>) {
    let started = Instant::now();
    loop {
        let missing = match done().await {
            Ok(()) => return,
            Err(missing) => missing,
        };
        assert!(started.elapsed() < Duration::from_secs(180), "waited in vain for {what}: {missing}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_and_nothing_confirmed_is_sent_twice() {
    let rounds = if std::env::var_os("BESEDA_TEST_LONG").is_some() { 50 } else { 5 };
    let seed = AtomicU64::new(0x9E37_79B9_7F4A_7C15);
    let simulator = Simulator::start();
    let mut program = Launch::serve()
        .setting("BESEDA_WHATSAPP__API_BASE", simulator.graph.clone())
        .setting("BESEDA_WHATSAPP__RECONCILE_SECONDS", "30")
        .start()
        .await;
    let api = set_up(&program).await;
    // The business begins with a bot that answers a first message.
    api.post("/api/v1/whatsapp/numbers/simulated", json!({})).await.expect(201);
    let callback = program.address(&format!("/webhooks/whatsapp/{NUMBER}"));
    let register = json!({
        "phone_number_id": NUMBER, "waba_id": "500", "phone": "+15550100200", "name": "Main", "token": "T",
        "app_secret": SECRET, "verify_token": "v", "callback_url": callback,
    });
    assert!(simulator.controls.post("/numbers", register).await.status.is_success());
    let rules = json!({ "per_second": 0, "pair_limit": false, "window": false, "status_delay_ms": 20 });
    assert!(simulator.controls.patch("/rules", rules).await.status.is_success());
    // Some sends are refused for the time being, and of some the answer is lost.
    for (kind, code, probability) in [("error", json!(131_000), 0.05), ("lost_answer", json!(null), 0.02)] {
        let fault = json!({"kind": kind, "code": code, "probability": probability});
        assert!(simulator.controls.post("/faults", fault).await.status.is_success());
    }
    api.post(
        "/api/v1/whatsapp/numbers",
        json!({
            "phone_number_id": NUMBER, "waba_id": "500", "token": "T", "app_secret": SECRET, "name": "Main",
            "phone": "+15550100200", "messages_per_second": 1000, "skip_checks": true,
        }),
    )
    .await
    .expect(201);

    let stop = Arc::new(AtomicBool::new(false));
    let acknowledged = Arc::new(Mutex::new(BTreeSet::new()));
    // Several at once: each waits for its answer, and what shares a commit must survive as well.
    let direct = (0..SENDERS).map(|first| {
        let (stop, acknowledged) = (Arc::clone(&stop), Arc::clone(&acknowledged));
        let callback = callback.clone();
        tokio::spawn(async move {
            let (meta, http) = (GraphApi::new(SECRET), http_client());
            for n in (first..).step_by(SENDERS) {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let (wamid, body) = webhook(n as u64, "message ");
                match meta.webhook(&http, &callback, body).send().await {
                    Ok(answer) if answer.status() == 200 => drop(acknowledged.lock().unwrap().insert(wamid)),
                    // The program is down: what was not acknowledged may be lost.
                    _ => tokio::time::sleep(Duration::from_millis(10)).await,
                }
            }
        })
    });
    let direct: Vec<_> = direct.collect();
    let wrote = Arc::new(AtomicU64::new(0));
    let customers = tokio::spawn({
        let (stop, wrote) = (Arc::clone(&stop), Arc::clone(&wrote));
        let controls = simulator.controls.clone();
        async move {
            for n in 0u64.. {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let wa_id = format!("15550{n:06}");
                let customer = json!({ "wa_id": wa_id, "name": format!("Customer {n}") });
                assert!(controls.post("/customers", customer).await.status.is_success());
                let path = format!("/numbers/{NUMBER}/chats/{wa_id}/messages");
                let hello = json!({ "content": { "type": "text", "body": "Hello" } });
                assert!(controls.post(&path, hello).await.status.is_success());
                wrote.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    });

    // More where the machine is slow: what is not under load is not tested.
    let loaded = || acknowledged.lock().unwrap().len() > 20 && wrote.load(Ordering::Relaxed) > 20;
    let mut round = 0;
    while round < rounds || (!loaded() && round < 10 * rounds) {
        round += 1;
        tokio::time::sleep(Duration::from_millis(100 + next(&seed, 700))).await;
        program = program.start_again().await;
    }
    stop.store(true, Ordering::Relaxed);
    for sender in direct {
        sender.await.unwrap();
    }
    customers.await.unwrap();

    let acknowledged = acknowledged.lock().unwrap().clone();
    let wrote = wrote.load(Ordering::Relaxed);
    assert!(acknowledged.len() > 20 && wrote > 20, "there was a load: {} and {wrote}", acknowledged.len());
    let api = program.api().sign_in(EMAIL, PASSWORD).await;
    wait("every webhook to be processed", async || {
        let pending = api.get("/api/v1/webhooks/journal?outcome=pending&limit=1").await.ok();
        let waiting = simulator.controls.get("/counters").await.ok()["changes_waiting"].as_u64().unwrap();
        let open = pending["items"].as_array().unwrap().len();
        if open == 0 && waiting == 0 {
            Ok(())
        } else {
            Err(format!("{open} pending, {waiting} at the simulator"))
        }
    })
    .await;
    let failed = api.all("/api/v1/webhooks/journal?outcome=failed").await;
    assert!(failed.is_empty(), "{failed:#?}");

    // Each acknowledged webhook is one message, once; each customer of the simulator is there and was answered.
    wait("every message to be sent", async || {
        let mut queued = 0;
        for thread in api.all("/api/v1/conversations?view=all").await {
            let id = thread["id"].as_str().unwrap();
            let messages = api.all(&format!("/api/v1/conversations/{id}/messages")).await;
            queued += messages.iter().filter(|message| message["status"] == "queued").count();
        }
        if queued == 0 { Ok(()) } else { Err(format!("{queued} queued")) }
    })
    .await;
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    let mut answered = 0;
    for thread in api.all("/api/v1/conversations?view=all").await {
        let id = thread["id"].as_str().unwrap();
        let messages = api.all(&format!("/api/v1/conversations/{id}/messages")).await;
        for message in messages.iter().filter(|message| message["direction"] == "in") {
            *found.entry(message["wamid"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        let name = thread["customer_name"].as_str().unwrap();
        if name.starts_with("Customer ") {
            let out: Vec<&Value> = messages.iter().filter(|message| message["direction"] == "out").collect();
            assert!(!out.is_empty(), "{name} was not answered");
            // One greeting is one run, which says each of its words once: a step made twice would say them again.
            let begun =
                messages.iter().filter(|message| message["content"]["event"] == "bot_started").count();
            assert_eq!(begun, 1, "{name}: {messages:#?}");
            let words: BTreeSet<String> = out.iter().map(|message| message["content"].to_string()).collect();
            assert_eq!(words.len(), out.len(), "{name} was told something twice: {out:#?}");
            answered += 1;
        }
    }
    let lost: Vec<_> = acknowledged.iter().filter(|wamid| !found.contains_key(*wamid)).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    let doubled: Vec<_> = found.iter().filter(|(_, times)| **times > 1).collect();
    assert!(doubled.is_empty(), "twice in a thread: {doubled:?}");
    assert_eq!(answered, wrote, "every customer of the simulator is there");
    let counters = simulator.controls.get("/counters").await.ok();
    assert_eq!(counters["duplicates"], 0, "sent twice: {}", counters["duplicated"]);
    println!(
        "{round} kills: {} webhooks acknowledged, {wrote} customers answered, {} messages sent, none twice",
        acknowledged.len(),
        counters["accepted"],
    );
    program.stop();
}
