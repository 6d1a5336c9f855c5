//! How much memory the program takes with much data while customers write and people read.
//!
//! The crowd of the round trips writes, and bots answer; meanwhile some people turn the pages of the inbox, open threads
//! and look at customers, everywhere in the data, so that no cache can hold what is read.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::process::Command;
use tokio::task::JoinSet;

use crate::Result;
use crate::program::{Product, Running};
use crate::round_trips;
use crate::webhooks::to_f64;

/// People who read at the same time.
const READERS: usize = 16;
/// Customers who write at the same time, for each of the numbers.
const CUSTOMERS_PER_NUMBER: u64 = 600;
/// After the load: what is given back late is not the load's.
const BREATH: Duration = Duration::from_secs(2);

/// `data` is what `beseda demo` has made, and is written to.
pub async fn measure(program: &Path, data: &Path, seconds: f64) -> Result<()> {
    let mut command = Command::new(program);
    command.args(["simulator", "--json", "--listen", "127.0.0.1:0"]);
    let simulator = Running::start(command).await?;
    let product = Product::demo(program, data, simulator.text("graph")?).await?;
    let before = product.running.memory_mb()?;
    let mut crowds =
        round_trips::begin(&product, simulator.text("controls")?, CUSTOMERS_PER_NUMBER, seconds, true)
            .await?;
    let pages = Arc::new(AtomicU64::new(0));
    let mut readers = JoinSet::new();
    for reader in 0..READERS {
        let (product, pages) = (product.clone(), Arc::clone(&pages));
        readers.spawn(async move { read(&product, &pages, reader).await });
    }
    let mut answered = 0.0;
    while let Some(report) = crowds.join_next().await {
        answered += report??["answered"].as_f64().unwrap_or_default();
    }
    // One that ended has failed: they read for ever.
    if let Some(ended) = readers.try_join_next() {
        return Err(ended?.err().unwrap_or_else(|| "a reader ended".into()));
    }
    let read = pages.load(Ordering::Relaxed);
    readers.abort_all();
    let peak = product.running.peak_memory_mb()?;
    tokio::time::sleep(BREATH).await;
    println!(
        "{}",
        json!({
            "peak_mb": peak,
            "before_mb": before,
            "after_mb": product.running.memory_mb()?,
            "answered": answered,
            "pages_per_second": to_f64(read) / seconds,
        })
    );
    Ok(())
}

/// Reads through everything, beginning somewhere else than the others.
async fn read(product: &Product, pages: &AtomicU64, reader: usize) -> Result<()> {
    let get = async |path: String| {
        pages.fetch_add(1, Ordering::Relaxed);
        product.get(&path).await
    };
    let mut cursor = String::new();
    // Nobody begins where another one is.
    let mut skip = reader * 5;
    loop {
        let page = get(format!("/api/v1/conversations?view=all&limit=50{cursor}")).await?;
        cursor = page["next"].as_str().map(|next| format!("&cursor={next}")).unwrap_or_default();
        if skip > 0 {
            skip -= 1;
            continue;
        }
        for thread in page["items"].as_array().into_iter().flatten() {
            let text = |name: &str| thread[name].as_str().map(str::to_owned).ok_or("no id");
            let messages = get(format!("/api/v1/conversations/{}/messages?limit=50", text("id")?)).await?;
            if messages["items"].as_array().is_none_or(Vec::is_empty) {
                return Err("a thread is empty".into());
            }
            let customer: Value = get(format!("/api/v1/customers/{}", text("customer_id")?)).await?;
            if customer["id"] != thread["customer_id"] {
                return Err("another customer was read".into());
            }
        }
    }
}
