//! Tables of records.

use super::el;
use crate::Node;

/// A row: its id, the address it leads to if any, and its cells.
pub struct Row {
    pub key: String,
    pub cells: Vec<Node>,
}

/// `caption` names the table for those who do not see it.
pub fn table(caption: &str, heads: &[String], rows: impl IntoIterator<Item = Row>) -> Node {
    el("div")
        .class("table-box")
        // A narrow screen scrolls it sideways, so the keyboard must reach it.
        .attr("tabindex", "0")
        .attr("role", "region")
        .label(caption)
        .child(
            el("table")
                .class("table")
                .child(el("caption").class("unseen").text(caption))
                .child(el("thead").child(
                    el("tr").children(heads.iter().map(|head| el("th").attr("scope", "col").text(head))),
                ))
                .child(el("tbody").children(rows.into_iter().map(|row| {
                    // A narrow screen shows cards without the row of heads: there each cell says its own.
                    let cells = row.cells.into_iter().zip(heads);
                    el("tr").key(row.key).children(
                        cells.map(|(cell, head)| el("td").attr("data-head", head.clone()).child(cell)),
                    )
                }))),
        )
        .into()
}
