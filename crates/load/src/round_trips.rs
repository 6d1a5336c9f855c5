//! A customer writes, the bot answers, the answer is on the phone: how many such round trips a second.
//!
//! Both ends are real HTTP: the simulator, a process of its own, posts signed webhooks and is the Graph API. It counts
//! where the answers arrive. Both processes and this one share the machine's processors.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::process::Command;
use tokio::task::JoinSet;

use crate::Result;
use crate::program::{Product, Running, answer};
use crate::webhooks::to_f64;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
/// Meta lets one number send a thousand messages a second at most: enough of them that this is nobody's limit.
const NUMBERS: u64 = 8;
/// Together with the counted time few enough that none passes 20 messages, beyond which the bot takes it for a machine, or
/// 45, beyond which Meta slows a pair down.
const CUSTOMERS_PER_NUMBER: u64 = 800;
const WARM_UP: f64 = 3.0;

pub async fn measure(program: &Path, data: &Path, seconds: f64, statuses: bool) -> Result<()> {
    let mut command = Command::new(program);
    command.args(["simulator", "--json", "--listen", "127.0.0.1:0"]);
    let simulator = Running::start(command).await?;
    let product = Product::start(program, data, simulator.text("graph")?).await?;
    let controls = simulator.text("controls")?.to_owned();
    let mut crowds = begin(&product, &controls, CUSTOMERS_PER_NUMBER, seconds, statuses).await?;
    tokio::time::sleep(Duration::from_secs_f64(WARM_UP)).await;
    let (before, load_before) = (product.running.processor_seconds()?, simulator.processor_seconds()?);
    let counted = std::time::Instant::now();
    let mut reports = Vec::new();
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
    let (after, load_after) = (product.running.processor_seconds()?, simulator.processor_seconds()?);
    let measured = counted.elapsed().as_secs_f64();
    while let Some(report) = crowds.join_next().await {
        reports.push(report??);
    }
    let sum = |name: &str| reports.iter().filter_map(|report| report[name].as_f64()).sum::<f64>();
    let worst = |name: &str| reports.iter().filter_map(|report| report[name].as_f64()).fold(0.0, f64::max);
    let answered = sum("answered");
    if answered < 1.0 {
        return Err("nobody was answered".into());
    }
    let counters: Value = answer(reqwest::Client::new().get(format!("{controls}/counters"))).await?;
    if counters["duplicates"] != 0 {
        return Err(format!("answers were sent twice: {}", counters["duplicated"]).into());
    }
    println!(
        "{}",
        json!({
            "answered": answered,
            "unanswered": sum("unanswered"),
            "per_second": sum("per_second"),
            "processor_ms": (after - before) / measured * seconds * 1_000.0 / answered,
            "load_processor_ms": (load_after - load_before) / measured * seconds * 1_000.0 / answered,
            "p50_ms": worst("p50_ms"),
            "p99_ms": worst("p99_ms"),
            "customers": to_f64(NUMBERS * CUSTOMERS_PER_NUMBER),
            "memory_mb": product.running.memory_mb()?,
            "counters": counters,
        })
    );
    Ok(())
}

/// Connects the product and the simulator with each other, publishes the bot, and lets the customers write.
pub async fn begin(
    product: &Product,
    controls: &str,
    customers_per_number: u64,
    seconds: f64,
    statuses: bool,
) -> Result<JoinSet<Result<Value>>> {
    let http = reqwest::Client::new();
    let numbers: Vec<String> = (0..NUMBERS).map(|at| format!("10020030{at}")).collect();
    for number in &numbers {
        let register = json!({
            "phone_number_id": number, "waba_id": "500", "phone": format!("+1555{number}"), "name": "Main", "token": "T",
            "app_secret": SECRET, "verify_token": "v",
            "callback_url": format!("{}/webhooks/whatsapp/{number}", product.url),
        });
        answer(http.post(format!("{controls}/numbers")).json(&register)).await?;
        product.connect(number, SECRET).await?;
    }
    // As Meta keeps them: the limit of a pair, and the window.
    let statuses = if statuses { "delivered" } else { "queued" };
    let rules = json!({
        "per_second": 0, "pair_limit": true, "window": true, "statuses": statuses, "status_delay_ms": 20,
    });
    answer(http.patch(format!("{controls}/rules")).json(&rules)).await?;
    let bot = product.post("/api/v1/bots", json!({ "flow": flow() })).await?;
    let bot = bot["id"].as_str().ok_or("the bot has no id")?.to_owned();
    product.post(&format!("/api/v1/bots/{bot}/publish"), json!({})).await?;

    let mut crowds = JoinSet::new();
    for number in numbers {
        let crowd = json!({
            "phone_number_id": number, "customers": customers_per_number, "seconds": seconds,
            "warm_up_seconds": WARM_UP, "texts": ["Good morning! Is the table by the window still free?"],
        });
        let request = http.post(format!("{controls}/crowd")).json(&crowd);
        crowds.spawn(async move { answer(request).await });
    }
    Ok(crowds)
}

/// A bot that asks again and again, so that each message is a step of a conversation under way.
fn flow() -> Value {
    json!({
        "schema": 1, "id": "bench", "name": "Bench", "language": "en", "start": { "group": "ask" },
        "triggers": [{ "id": "any", "kind": "any_message", "x": 0, "y": 0 }],
        "variables": [{ "id": "said", "name": "said" }, { "id": "count", "name": "count" }],
        "groups": [{ "id": "ask", "title": "Ask", "x": 0, "y": 0, "blocks": [
            { "id": "q", "kind": "question", "answer": "text", "variable": "said",
              "text": "You said: {{said}}. What else may I do for you, {{ contact.name }}?" },
            { "id": "again", "kind": "jump", "to": { "group": "ask" } },
        ] }],
        "edges": [],
    })
}
