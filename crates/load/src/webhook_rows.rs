//! How many webhooks a second are durable and acknowledged, and how long one waits at half that rate.

use std::path::Path;

use serde_json::json;
use tokio::process::Command;

use crate::Result;
use crate::program::{Product, Running};
use crate::webhooks::{self, Options};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const NUMBER: &str = "100200300";

pub async fn measure(program: &Path, data: &Path) -> Result<()> {
    let options = |url: &str, run: &str, per_second: Option<f64>| Options {
        url: url.to_owned(),
        secret: SECRET.to_owned(),
        phone_number_id: NUMBER.to_owned(),
        run: run.to_owned(),
        customers: 5_000,
        connections: 64,
        seconds: 6.0,
        warm_up_seconds: 2.0,
        per_second,
    };
    let bare = bare(None).await?;
    let bare_fast = webhooks::run(options(bare.text("url")?, "BARE", None)).await?;
    drop(bare);
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
    let fast = webhooks::run(options(&callback, "FAST", None)).await?;
    let backlog = product.processed().await?;
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
        ("bare", &bare_fast),
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
            "bare": bare_fast.json(), "keeping": keeping_fast.json(), "fast": fast.json(), "half": half.json(),
            "keeping_half": keeping_half.json(), "backlog_seconds": backlog, "backlog_at_half_seconds": backlog_at_half,
            "memory_mb": memory,
        })
    );
    Ok(())
}

async fn bare(keep: Option<&Path>) -> Result<Running> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["bare", "--secret", SECRET]);
    if let Some(keep) = keep {
        command.arg("--keep").arg(keep);
    }
    Running::start(command).await
}
