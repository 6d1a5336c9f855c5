//! Pages of a list: `?limit=&cursor=` in, `{items, next}` out.
//!
//! A cursor is the key of the last row shown, so a page costs the same however far in it lies, and rows that
//! come or go meanwhile neither repeat nor skip others. To callers it is opaque.
//!
//! A handler asks for one row more than it shows ([`Paging::rows`]): whether there is one says whether there
//! is a next page.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use beseda_wire::page::Page;

use super::json::Json;
use super::kinds;
use super::problem::Problem;
use crate::store::{Key, RowKey};

/// Rows of a page when the caller does not say, and at most.
pub const DEFAULT: u32 = 50;
pub const MOST: u32 = 200;

/// Which page is asked for. `K` is the key by which the list is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging<K> {
    limit: usize,
    /// The key of the last row of the page before.
    pub after: Option<K>,
}

impl Paging<()> {
    /// Reads the parameters `limit` (1 to 200, else 50) and `cursor` (the `next` of the page before).
    pub fn read<K: Key>(limit: Option<u32>, cursor: Option<&str>) -> Result<Paging<K>, Problem> {
        let limit = match limit {
            None => DEFAULT,
            Some(limit @ 1..=MOST) => limit,
            Some(_) => return Err(Problem::invalid_field("limit", format!("must be from 1 to {MOST}"))),
        };
        let after =
            cursor.map(|cursor| key(cursor).ok_or_else(|| Problem::of(kinds::BAD_CURSOR))).transpose()?;
        Ok(Paging { limit: limit as usize, after })
    }
}

impl<K: Key> Paging<K> {
    /// How many rows the page shows.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// How many rows to read: one more than the page shows.
    pub fn rows(&self) -> usize {
        self.limit + 1
    }

    /// Makes the page from the rows that were read. `show` gives a row's key and what is shown of it.
    pub fn page<R, T>(&self, rows: Vec<R>, mut show: impl FnMut(R) -> (K, T)) -> Json<Page<T>> {
        match self.try_page(rows, |row| Ok::<_, std::convert::Infallible>(show(row))) {
            Ok(page) => page,
            Err(never) => match never {},
        }
    }

    /// Like [`Self::page`], where showing a row can fail.
    pub fn try_page<R, T, E>(
        &self,
        rows: Vec<R>,
        mut show: impl FnMut(R) -> Result<(K, T), E>,
    ) -> Result<Json<Page<T>>, E> {
        let more = rows.len() > self.limit;
        let mut last = None;
        let mut items = Vec::with_capacity(rows.len().min(self.limit));
        for row in rows.into_iter().take(self.limit) {
            let (key, item) = show(row)?;
            last = Some(key);
            items.push(item);
        }
        let next = last.filter(|_| more).map(|key| cursor(&key));
        Ok(Json(Page { items, next }))
    }
}

/// The cursor that goes on after this key.
pub fn cursor(key: &impl Key) -> String {
    let mut bytes = RowKey::new();
    key.encode(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

fn key<K: Key>(cursor: &str) -> Option<K> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let bytes = &mut bytes.as_slice();
    K::decode(bytes).filter(|_| bytes.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (u32, String);

    fn walk(limit: u32) -> Vec<Vec<u32>> {
        let rows: Vec<Row> = (0..7).map(|number| (number, format!("row {number}"))).collect();
        let mut pages = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let paging = Paging::read::<Row>(Some(limit), cursor.as_deref()).unwrap();
            let found = rows.iter().filter(|row| paging.after.as_ref().is_none_or(|after| *row > after));
            let found: Vec<Row> = found.take(paging.rows()).cloned().collect();
            let Json(page) = paging.page(found, |row| (row.clone(), row.0));
            pages.push(page.items);
            match page.next {
                Some(next) => cursor = Some(next),
                None => return pages,
            }
        }
    }

    #[test]
    fn pages_show_each_row_once_and_the_last_has_no_next() {
        assert_eq!(walk(3), [vec![0, 1, 2], vec![3, 4, 5], vec![6]]);
        assert_eq!(walk(7), [vec![0, 1, 2, 3, 4, 5, 6]]);
        assert_eq!(walk(200), [vec![0, 1, 2, 3, 4, 5, 6]]);
    }

    #[test]
    fn what_is_out_of_range_or_not_ours_is_refused() {
        assert_eq!(Paging::read::<u32>(None, None).unwrap().rows(), 51);
        for limit in [0, 201, u32::MAX] {
            assert_eq!(Paging::read::<u32>(Some(limit), None).unwrap_err().body().errors[0].pointer, "limit");
        }
        // Not base64, too short for a key, too long for one.
        for cursor in ["!", "AAAA", "AAAAAAAA", "AAAAAAA="] {
            let problem = Paging::read::<u32>(None, Some(cursor)).unwrap_err();
            assert_eq!(problem.body().kind, "/problems/bad-cursor", "{cursor}");
        }
    }
}
