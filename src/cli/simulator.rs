//! `beseda simulator`: the WhatsApp simulator alone.

use std::net::SocketAddr;

use clap::Args;

use super::serve::block_on;
use super::{Failure, Outcome};
use crate::http::lifecycle::Lifecycle;
use crate::whatsapp::simulator::{self, Options};

#[derive(Debug, Args)]
pub struct SimulatorCommand {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8085")]
    listen: SocketAddr,
    /// Print one line of JSON when it serves
    #[arg(long)]
    json: bool,
}

pub fn run(command: SimulatorCommand) -> Outcome {
    block_on(async move {
        let lifecycle = Lifecycle::new();
        tokio::spawn(super::serve::stop_on_signal(lifecycle.clone()));
        simulator::run(command.listen, Options::default(), lifecycle, |serving| {
            let text =
                format!("The simulator's Graph API: {}\nIts controls: {}", serving.graph, serving.controls);
            super::serve::announce(command.json, serving, &text);
        })
        .await
        .map_err(Failure::failed)
    })
}
