//! What came of a bot's flow.

use serde_json::json;

use super::{at, examples, ids, some};
use crate::messages::Message;
use crate::results::{
    BlockStats, BotRun, BotStats, EndCount, FunnelStep, MoveRun, OutcomeCount, PortStats, RunEnd, RunLine,
    RunScript, RunState, RunStep, RunStepKind, RunTranscript, ScriptGap,
};

fn answered() -> RunStep {
    RunStep {
        kind: RunStepKind::Answered,
        block: some("occasion"),
        port: None,
        text: some("A wedding"),
        flow: None,
        by: None,
    }
}

examples! {
    BotRun: BotRun {
        id: ids::RUN,
        bot_id: ids::GREETER,
        version: 3,
        customer_id: ids::OLGA,
        customer_name: "Olga Meyer".to_owned(),
        customer_phone: some("+15550100234"),
        conversation_id: ids::THREAD,
        number_id: ids::NUMBER,
        state: RunState::Ended,
        reason: Some(RunEnd::Finished),
        cause: None,
        outcome: some("ordered"),
        block: some("done"),
        waits_for: None,
        started_at: at(0),
        updated_at: at(3),
        ended_at: Some(at(3)),
        variables: json!({ "occasion": "A wedding", "guests": 40 }),
    };

    RunTranscript: RunTranscript {
        run: BotRun::example(),
        lines: vec![
            RunLine { at: at(1), step: Some(answered()), message: None },
            RunLine { at: at(2), step: None, message: Some(Message::example()) },
        ],
        cut: false,
    };

    RunScript: RunScript {
        run: BotRun::example(),
        script: json!({
            "start": {
                "at": { "ms": 1_790_000_000_000_i64, "offset": 7200 },
                "message": { "kind": "text", "text": "hello" },
                "trigger": "greeting",
                "variables": { "contact": { "name": "Olga Meyer" }, "message": "hello" },
            },
            "heard": [{ "at": { "ms": 1_790_000_060_000_i64, "offset": 7200 }, "input": { "kind": "text", "text": "A wedding" } }],
            "came": [],
            "until": 1_790_000_180_000_i64,
            "then": [{ "line": "said", "at": 1_790_000_000_500_i64, "block": "occasion", "kind": "text", "text": "What is the occasion?" }],
        }),
        gaps: vec![ScriptGap::Blocks],
    };

    MoveRun: MoveRun { block: "occasion".to_owned(), version: Some(3) };

    BotStats: BotStats {
        started: 120,
        live: 6,
        finished: 80,
        handed_over: 21,
        dropped: 11,
        failed: 1,
        replaced: 1,
        reset: 0,
        median_ms: Some(184_000),
        funnel: vec![FunnelStep { block: "occasion".to_owned(), flow: None, reached: 118, answered: 101 }],
        blocks: vec![BlockStats {
            block: "occasion".to_owned(),
            flow: None,
            entered: 121,
            runs: 118,
            answered: 101,
            refused: 4,
            dropped: 13,
            waiting: 4,
            median_ms: Some(21_000),
            ports: vec![PortStats { port: "answered".to_owned(), left: 101 }],
        }],
        ends: vec![EndCount { reason: RunEnd::Finished, runs: 80 }],
        outcomes: vec![OutcomeCount { outcome: "ordered".to_owned(), runs: 64 }],
    };
}
