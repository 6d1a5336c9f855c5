//! How rows get into redb's table: one by one, or those that lie side by side together.
//!
//! Most of what is moved was appended: the journal, the change log, what became of each webhook. Such rows follow each
//! other without a row of before between them, and redb takes them as one run: it fills pages instead of splitting one
//! after the other in the middle. In a flood of webhooks the moves took 14 hundredths of the processors before, and 6 so.

use std::ops::Bound;

use redb::{Table, TableDefinition};

pub const ROWS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("rows");

pub type Rows<'t> = Table<'t, &'static [u8], &'static [u8]>;

/// A key and its value; a row without a value is removed.
pub type Put<'r> = (&'r [u8], Option<&'r [u8]>);

/// Fewer than that are put one by one: a run begins with a search of its own. In tests so few that all of them meet runs.
const RUN: usize = if cfg!(test) { 2 } else { 8 };

/// Bytes of a key that say whose table it is.
const TAG: usize = 2;

pub fn put(rows: &mut Rows<'_>, (key, value): Put<'_>) -> Result<(), redb::Error> {
    match value {
        Some(value) => drop(rows.insert(key, value)?),
        None => drop(rows.remove(key)?),
    }
    Ok(())
}

/// Puts rows that are in the order of their keys. `each` is called after every one.
pub fn put_sorted(
    rows: &mut Rows<'_>,
    sorted: &[Put<'_>],
    mut each: impl FnMut(),
) -> Result<(), redb::Error> {
    let mut left = sorted;
    // Whether rows are appended is a habit of their table: it is looked for where one begins, and while it holds.
    let mut appended = true;
    while let Some((first, behind)) = left.split_first() {
        let taken = if appended { put_run(rows, left, &mut each)? } else { 0 };
        if taken == 0 {
            put(rows, *first)?;
            each();
            appended = behind.first().is_some_and(|next| next.0.get(..TAG) != first.0.get(..TAG));
        }
        left = &left[taken.max(1)..];
    }
    Ok(())
}

/// Puts the rows with which `sorted` begins and which lie side by side, if they are enough for a run; says how many.
fn put_run(rows: &mut Rows<'_>, sorted: &[Put<'_>], each: &mut impl FnMut()) -> Result<usize, redb::Error> {
    let Some((first, _)) = sorted.first() else { return Ok(0) };
    let mut gap = rows.lower_bound_mut(Bound::Included(*first))?;
    let length = {
        let next = gap.peek_next()?;
        let next = next.as_ref().map(|(key, _)| key.value());
        let belongs = |(key, value): &&Put<'_>| value.is_some() && next.is_none_or(|next| *key < next);
        sorted.iter().take_while(belongs).count()
    };
    if length < RUN {
        gap.close()?;
        return Ok(0);
    }
    for (key, value) in &sorted[..length] {
        gap.insert_before(*key, value.unwrap_or_default())?;
        each();
    }
    // Only here redb says whether it could be written.
    gap.close()?;
    Ok(length)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use redb::backends::InMemoryBackend;
    use redb::{Database, ReadableTable};

    use super::*;

    /// Rows of few tables, so that some are new, some there already, and some lie side by side.
    fn rows(most: usize) -> impl Strategy<Value = BTreeMap<Vec<u8>, Option<Vec<u8>>>> {
        let key = (0..3_u8, 0..40_u8).prop_map(|(table, row)| vec![0, table, row]);
        let value = prop_oneof![4 => any::<u8>().prop_map(|byte| Some(vec![byte; 300])), 1 => Just(None)];
        prop::collection::btree_map(key, value, 0..most)
    }

    proptest! {
        #[test]
        fn sorted_rows_are_put_whatever_is_there(batches in prop::collection::vec(rows(60), 1..5)) {
            let database = Database::builder().create_with_backend(InMemoryBackend::new()).unwrap();
            let mut model = BTreeMap::new();
            for batch in batches {
                let transaction = database.begin_write().unwrap();
                let sorted: Vec<Put<'_>> = batch.iter().map(|(key, value)| (&key[..], value.as_deref())).collect();
                let mut put = 0;
                put_sorted(&mut transaction.open_table(ROWS).unwrap(), &sorted, || put += 1).unwrap();
                transaction.commit().unwrap();
                prop_assert_eq!(put, batch.len());
                for (key, value) in batch {
                    match value {
                        Some(value) => model.insert(key, value),
                        None => model.remove(&key),
                    };
                }
                let transaction = database.begin_write().unwrap();
                let table = transaction.open_table(ROWS).unwrap();
                let stored = table.iter().unwrap().map(|row| {
                    let (key, value) = row.unwrap();
                    (key.value().to_vec(), value.value().to_vec())
                });
                prop_assert_eq!(stored.collect::<BTreeMap<_, _>>(), model.clone());
            }
        }
    }
}
