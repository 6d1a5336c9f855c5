//! Diff of keyed children.
//!
//! Patched in Beseda, see PATCHES.md: every path is the child's own, a gap between two nodes that stay
//! keeps its order, and nodes that move are moved.

use super::diff::diff_recursive;
use super::{Node, Patch, Tag, KEY};
use crate::dom::SkipPath;

/// The patches that turn `old_children` into `new_children`, where at least one child has a key.
///
/// All paths speak of the tree as it was: the DOM nodes are looked up before the first patch is applied.
/// Structure comes before content, since content may replace a node that structure uses as its foothold.
pub fn diff_keyed_nodes<'a, MSG>(
    old_tag: Option<&'a Tag>,
    old_children: &'a [Node<MSG>],
    new_children: &'a [Node<MSG>],
    path: &SkipPath,
) -> Vec<Patch<'a, MSG>> {
    if new_children.is_empty() {
        if old_children.is_empty() {
            return vec![];
        }
        return vec![Patch::clear_children(old_tag, path.path.clone())];
    }
    let matches = match_children(old_children, new_children);
    let stays = longest_increasing(&matches);
    let mut patches = vec![];

    let mut kept = vec![false; old_children.len()];
    for old in matches.iter().flatten() {
        kept[*old] = true;
    }
    for (index, old) in old_children.iter().enumerate() {
        if !kept[index] {
            patches.push(Patch::remove_node(old.tag(), path.traverse(index).path));
        }
    }

    match stays.iter().rposition(|stays| *stays) {
        // Nothing stays, so nothing was shared.
        None => patches.push(Patch::append_children(
            old_tag,
            path.path.clone(),
            new_children.iter().collect(),
        )),
        Some(last) => {
            // Each run of new or moving nodes goes before the next node that stays, in its order.
            let mut run_start = 0;
            for index in 0..=last {
                if stays[index] {
                    if let Some(anchor) = matches[index] {
                        let tag = old_children[anchor].tag();
                        let anchor = path.traverse(anchor).path;
                        for at in run_start..index {
                            patches.push(match matches[at] {
                                Some(old) => Patch::move_before_node(
                                    tag,
                                    anchor.clone(),
                                    [path.traverse(old).path],
                                ),
                                None => Patch::insert_before_node(tag, anchor.clone(), [&new_children[at]]),
                            });
                        }
                    }
                    run_start = index + 1;
                }
            }
            // The run behind the last one that stays: each goes right behind it, the last first.
            if let Some(anchor) = matches[last] {
                let tag = old_children[anchor].tag();
                let anchor = path.traverse(anchor).path;
                for at in (last + 1..new_children.len()).rev() {
                    patches.push(match matches[at] {
                        Some(old) => {
                            Patch::move_after_node(tag, anchor.clone(), [path.traverse(old).path])
                        }
                        None => Patch::insert_after_node(tag, anchor.clone(), vec![&new_children[at]]),
                    });
                }
            }
        }
    }

    for (index, old) in matches.iter().enumerate() {
        if let Some(old) = old {
            patches.extend(diff_recursive(&old_children[*old], &new_children[index], &path.traverse(*old)));
        }
    }
    patches
}

/// For each new child the old child with the same key. Children without keys match in their order with
/// the next of the same tag, so that one that comes or goes in between does not turn its neighbours into
/// something else: a field keeps its text and its focus when an error appears above it.
fn match_children<MSG>(old: &[Node<MSG>], new: &[Node<MSG>]) -> Vec<Option<usize>> {
    let old_keys: Vec<_> = old.iter().map(|node| node.attribute_value(KEY)).collect();
    let mut used = vec![false; old.len()];
    let mut next_guess = 0;
    let mut next_plain = 0;
    new.iter()
        .map(|node| {
            let found = match node.attribute_value(KEY) {
                // Lists mostly keep their order, so the search starts behind the last match.
                Some(key) => (next_guess..old.len())
                    .chain(0..next_guess)
                    .find(|at| !used[*at] && old_keys[*at].as_ref() == Some(&key)),
                None => {
                    let found = (next_plain..old.len())
                        .find(|at| !used[*at] && old_keys[*at].is_none() && is_alike(&old[*at], node));
                    next_plain = found.map_or(next_plain, |at| at + 1);
                    found
                }
            };
            if let Some(at) = found {
                used[at] = true;
                next_guess = at + 1;
            }
            found
        })
        .collect()
}

fn is_alike<MSG>(old: &Node<MSG>, new: &Node<MSG>) -> bool {
    std::mem::discriminant(old) == std::mem::discriminant(new) && old.tag() == new.tag()
}

/// Marks the new children that need not move: the longest run of matches whose old order is the new one.
fn longest_increasing(matches: &[Option<usize>]) -> Vec<bool> {
    // `tails[n]` is the end of the best run of n + 1 matches found so far.
    let mut tails: Vec<usize> = vec![];
    let mut before: Vec<Option<usize>> = vec![None; matches.len()];
    for (index, old) in matches.iter().enumerate() {
        if old.is_none() {
            continue;
        }
        let length = tails.partition_point(|tail| matches[*tail] < *old);
        before[index] = length.checked_sub(1).map(|n| tails[n]);
        if length == tails.len() {
            tails.push(index);
        } else {
            tails[length] = index;
        }
    }
    let mut stays = vec![false; matches.len()];
    let mut at = tails.last().copied();
    while let Some(index) = at {
        stays[index] = true;
        at = before[index];
    }
    stays
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::attributes::key;
    use crate::html::{div, text};
    use crate::vdom::{diff, PatchType};

    fn tree(keys: &[u32]) -> Node<()> {
        div([], keys.iter().map(|n| div([key(*n)], [text(n.to_string())])))
    }

    /// Applies patches to a list of keys as the DOM would, the nodes being found before the first patch.
    fn apply(old: &[u32], patches: &[Patch<()>], new: &[u32]) -> Vec<u32> {
        let mut list = old.to_vec();
        let at = |path: &crate::vdom::TreePath| old[*path.path.last().unwrap()];
        let key_of = |node: &Node<()>| {
            let text = node.attribute_value(KEY).unwrap()[0].get_simple().unwrap().to_string();
            text.parse::<u32>().unwrap()
        };
        for patch in patches {
            let target = |list: &[u32]| list.iter().position(|n| *n == at(patch.path())).unwrap();
            match &patch.patch_type {
                PatchType::RemoveNode => {
                    let index = target(&list);
                    list.remove(index);
                }
                PatchType::InsertBeforeNode { nodes } => {
                    let index = target(&list);
                    for node in nodes.iter().rev() {
                        list.insert(index, key_of(node));
                    }
                }
                PatchType::InsertAfterNode { nodes } => {
                    let index = target(&list) + 1;
                    for node in nodes.iter().rev() {
                        list.insert(index, key_of(node));
                    }
                }
                PatchType::AppendChildren { children } => list.extend(children.iter().map(|n| key_of(n))),
                PatchType::ClearChildren => list.clear(),
                PatchType::MoveBeforeNode { nodes_path } => {
                    for path in nodes_path {
                        let moved = at(path);
                        list.retain(|n| *n != moved);
                        let index = target(&list);
                        list.insert(index, moved);
                    }
                }
                PatchType::MoveAfterNode { nodes_path } => {
                    for path in nodes_path {
                        let moved = at(path);
                        list.retain(|n| *n != moved);
                        let index = target(&list) + 1;
                        list.insert(index, moved);
                    }
                }
                other => panic!("content must not change here: {other:?} for {old:?} -> {new:?}"),
            }
        }
        list
    }

    #[test]
    fn every_order_of_five_is_reached_from_every_other() {
        fn orders(rest: &[u32], so_far: &mut Vec<u32>, all: &mut Vec<Vec<u32>>) {
            all.push(so_far.clone());
            for (index, n) in rest.iter().enumerate() {
                let mut rest = rest.to_vec();
                rest.remove(index);
                so_far.push(*n);
                orders(&rest, so_far, all);
                so_far.pop();
            }
        }
        let mut all = vec![];
        orders(&[1, 2, 3, 4, 5], &mut vec![], &mut all);
        for old in &all {
            for new in &all {
                let (old_tree, new_tree) = (tree(old), tree(new));
                let patches = diff(&old_tree, &new_tree);
                assert_eq!(&apply(old, &patches, new), new, "{old:?} -> {new:?}");
            }
        }
    }

    #[test]
    fn what_comes_in_between_leaves_its_neighbours_alone() {
        use crate::html::{input, p};
        let old: Node<()> = div([], [p([], []), input([], [])]);
        let new = div([], [p([], []), p([], [text("wrong")]), input([], [])]);
        let patches = diff(&old, &new);
        assert_eq!(patches.len(), 1, "{patches:?}");
        assert!(matches!(patches[0].patch_type, PatchType::InsertBeforeNode { .. }), "{patches:?}");
    }

    #[test]
    fn changed_content_is_patched_where_the_node_was() {
        let item = |n: u32, words: &'static str| -> Node<()> { div([key(n)], [text(words)]) };
        let old = div([], [item(1, "a"), item(2, "b"), item(3, "c")]);
        let new = div([], [item(3, "C"), item(1, "a"), item(2, "b")]);
        let patches = diff(&old, &new);
        let replaced: Vec<_> = patches
            .iter()
            .filter(|patch| matches!(patch.patch_type, PatchType::ReplaceNode { .. }))
            .map(|patch| patch.path().path.to_vec())
            .collect();
        assert_eq!(replaced, [[2, 0]]);
    }
}
