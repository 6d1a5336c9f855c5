//! How many webhooks a second are durable and acknowledged, and how long one waits at half that rate.

use std::path::Path;

use serde_json::json;
use tokio::process::Command;

use crate::Result;
use crate::program::{Product, Running};
use crate::webhooks::{self, Options, Report};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const NUMBER: &str = "100200300";

pub async fn measure(program: &Path, data: &Path) -> Result<()> {
    let options = |url: &str, run: &str, per_second: Option<f64>| Options {
        url: url.to_owned(),
        secret: SECRET.to_owned(),
        phone_number_id: NUMBER.to_owned(),
        run: run.to_owned(),
        customers: 5_000,
        // With half as many, processors stand still while all of them wait for the disk: also the bare server's.
        connections: 128,
        seconds: 6.0,
        warm_up_seconds: 2.0,
        per_second,
    };
    std::fs::create_dir_all(data)?;
    let kept = data.join("kept");
    let keeping = self::bare(Some(&kept)).await?;
    let keeping_fast = webhooks::run(options(keeping.text("url")?, "KEEP", None)).await?;
    drop(keeping);
    std::fs::remove_file(&kept)?;

    // Nothing is sent from here, so no Graph host is needed.
    let product = Product::start(program, data, "http://127.0.0.1:9").await?;
    product.connect(NUMBER, SECRET).await?;
    let callback = format!("{}/webhooks/whatsapp", product.url);
    // Before and after: a machine that others share is a fifth slower in one minute than in the next.
    let bare_before = bare_fast(options).await?;
    let fast = webhooks::run(options(&callback, "FAST", None)).await?;
    let backlog = product.processed().await?;
    let bare_after = bare_fast(options).await?;
    let bare_per_second = f64::midpoint(bare_before.per_second, bare_after.per_second);
    let half = webhooks::run(options(&callback, "HALF", Some(fast.per_second / 2.0))).await?;
    let backlog_at_half = product.processed().await?;
    let memory = product.running.memory_mb()?;
    drop(product);
    // What the disk alone makes wait at that pace.
    let keeping = self::bare(Some(&kept)).await?;
    let keeping_half =
        webhooks::run(options(keeping.text("url")?, "DISK", Some(fast.per_second / 2.0))).await?;
    drop(keeping);
    std::fs::remove_file(&kept)?;
    for (name, report) in [
        ("bare_before", &bare_before),
        ("bare_after", &bare_after),
        ("keeping", &keeping_fast),
        ("fast", &fast),
        ("half", &half),
        ("keeping_half", &keeping_half),
    ] {
        if report.refused > 0 {
            return Err(format!("{} webhooks of `{name}` were not answered with 200", report.refused).into());
        }
    }
    println!(
        "{}",
        json!({
            "bare_per_second": bare_per_second, "keeping": keeping_fast.json(), "fast": fast.json(), "half": half.json(),
            "keeping_half": keeping_half.json(), "backlog_seconds": backlog, "backlog_at_half_seconds": backlog_at_half,
            "memory_mb": memory,
        })
    );
    Ok(())
}

/// What the server takes that checks the signature and keeps nothing.
async fn bare_fast(options: impl Fn(&str, &str, Option<f64>) -> Options) -> Result<Report> {
    let bare = bare(None).await?;
    webhooks::run(options(bare.text("url")?, "BARE", None)).await
}

async fn bare(keep: Option<&Path>) -> Result<Running> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["bare", "--secret", SECRET]);
    if let Some(keep) = keep {
        command.arg("--keep").arg(keep);
    }
    Running::start(command).await
}
