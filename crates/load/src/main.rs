//! The other end of the benches: what posts webhooks, what they are compared with, and what measures the round trip.
//!
//! A program of its own, so that its processor time is not the product's. It shares no code with the product and knows
//! it only from outside: by addresses, by an app secret, by what the kernel says of its process. `cargo xtask bench`
//! builds and runs it.

mod bare;
mod memory;
mod program;
mod round_trips;
mod sign;
mod webhook_rows;
mod webhooks;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Errors here are read by the person who measures; a sentence is all they need.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[derive(Parser)]
#[command(about = "The load of Beseda's benches")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// A server that checks the signature, answers 200 and does nothing else; prints its address as JSON.
    Bare {
        #[arg(long)]
        secret: String,
        /// Writes the bodies into this file, on the disk before each answer
        #[arg(long)]
        keep: Option<PathBuf>,
    },
    /// Posts webhooks and prints how it went as JSON.
    Webhooks(webhooks::Options),
    /// Measures how many webhooks a second are taken, and how fast; prints JSON.
    WebhookRows {
        /// The program to measure
        #[arg(long)]
        program: PathBuf,
        /// Where it keeps its data meanwhile
        #[arg(long)]
        data: PathBuf,
    },
    /// Measures round trips from a customer's phone to a bot and back; prints JSON.
    RoundTrips {
        #[arg(long)]
        program: PathBuf,
        #[arg(long)]
        data: PathBuf,
        /// How long it counts
        #[arg(long, default_value_t = 10.0)]
        seconds: f64,
        /// Each answer also comes back as sent and as delivered, in a webhook each
        #[arg(long)]
        statuses: bool,
    },
    /// Measures memory on much data while customers write and people read; prints JSON.
    Memory {
        #[arg(long)]
        program: PathBuf,
        /// What `beseda demo` has made; it is written to
        #[arg(long)]
        data: PathBuf,
        /// How long the load takes
        #[arg(long, default_value_t = 20.0)]
        seconds: f64,
    },
}

fn main() -> ExitCode {
    // The client library wants to be told which cryptography is meant, although nothing here is encrypted.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let result = runtime.map_err(Into::into).and_then(|runtime| {
        runtime.block_on(async {
            match Arguments::parse().command {
                Command::Bare { secret, keep } => bare::serve(&secret, keep.as_deref()).await,
                Command::Webhooks(options) => {
                    println!("{}", webhooks::run(options).await?.json());
                    Ok(())
                }
                Command::WebhookRows { program, data } => webhook_rows::measure(&program, &data).await,
                Command::RoundTrips { program, data, seconds, statuses } => {
                    round_trips::measure(&program, &data, seconds, statuses).await
                }
                Command::Memory { program, data, seconds } => memory::measure(&program, &data, seconds).await,
            }
        })
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}
