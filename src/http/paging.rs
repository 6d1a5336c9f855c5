//! Pages of a list: `?limit=&cursor=` in, `{items, next}` out.
//!
//! A cursor is the key of the last row shown, so a page costs the same however far in it lies, and rows that
//! come or go meanwhile neither repeat nor skip others. Before the key stands which list it is of ([`List`]): the keys of
//! two lists may look alike, and one's cursor would begin the other somewhere. To callers it is opaque.
//!
//! What a list is filtered by is no part of that: it leaves rows out and changes no order.
//!
//! A handler asks for one row more than it shows ([`Paging::rows`]): whether there is one says whether there
//! is a next page.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use beseda_wire::page::{FieldError, Page};
use poem::{FromRequest, Request, RequestBody};

use super::caller::BusinessCaller;
use super::json::Json;
use super::kinds;
use super::problem::Problem;
use crate::crypto::sha256;
use crate::store::{Key, RowKey};

/// Rows of a page when the caller does not say, and at most.
pub const DEFAULT: u32 = 50;
pub const MOST: u32 = 200;

/// The parameters of every list.
pub const LIMIT: &str = "limit";
pub const CURSOR: &str = "cursor";

/// What `limit` must be, for whoever gave something else.
pub fn limit_must() -> String {
    format!("must be a whole number from 1 to {MOST}")
}

/// Which list a request asks for: its address, in one business. Handlers of lists name it among their arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct List([u8; 4]);

impl List {
    fn of(path: &str, business: &str) -> Self {
        let [a, b, c, d, ..] = sha256(format!("{business}\n{path}").as_bytes());
        Self([a, b, c, d])
    }
}

impl<'a> FromRequest<'a> for List {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> poem::Result<Self> {
        let business =
            request.extensions().get::<BusinessCaller>().map(|caller| caller.business.id.to_string());
        Ok(Self::of(request.original_uri().path(), &business.unwrap_or_default()))
    }
}

/// Which page is asked for. `K` is the key by which the list is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging<K> {
    list: List,
    limit: usize,
    /// The key of the last row of the page before.
    pub after: Option<K>,
}

impl Paging<()> {
    /// Reads the parameters `limit` (1 to 200, else 50) and `cursor` (the `next` of the page before).
    pub fn read<K: Key>(list: List, limit: Option<u32>, cursor: Option<&str>) -> Result<Paging<K>, Problem> {
        let limit = match limit {
            None => DEFAULT,
            Some(limit @ 1..=MOST) => limit,
            Some(_) => return Err(Problem::invalid_field(LIMIT, limit_must())),
        };
        let after = cursor.map(|cursor| key(list, cursor)).transpose().map_err(|fault| {
            let detail = format!("{fault}; give the `next` of an earlier page of this list, or nothing");
            Problem::of(kinds::BAD_CURSOR).fields([FieldError::new("cursor", detail)])
        })?;
        Ok(Paging { list, limit: limit as usize, after })
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
        let next = last.filter(|_| more).map(|key| self.cursor(&key));
        Ok(Json(Page { items, next }))
    }

    /// The cursor that goes on after this key.
    pub fn cursor(&self, key: &K) -> String {
        let mut bytes = RowKey::new();
        bytes.extend_from_slice(&self.list.0);
        key.encode(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

/// The key in a cursor of this list, or what is wrong with the cursor.
fn key<K: Key>(list: List, cursor: &str) -> Result<K, &'static str> {
    const NONE: &str = "is no cursor";
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| NONE)?;
    let (of, mut key) = bytes.split_at_checked(list.0.len()).ok_or(NONE)?;
    if of != list.0 {
        return Err("is of another list");
    }
    K::decode(&mut key).filter(|_| key.is_empty()).ok_or(NONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (u32, String);

    fn list() -> List {
        List::of("/api/v1/customers", "lotus")
    }

    fn walk(limit: u32) -> Vec<Vec<u32>> {
        let rows: Vec<Row> = (0..7).map(|number| (number, format!("row {number}"))).collect();
        let mut pages = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let paging = Paging::read::<Row>(list(), Some(limit), cursor.as_deref()).unwrap();
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
        assert_eq!(Paging::read::<u32>(list(), None, None).unwrap().rows(), 51);
        for limit in [0, 201, u32::MAX] {
            assert_eq!(
                Paging::read::<u32>(list(), Some(limit), None).unwrap_err().body().errors[0].pointer,
                "limit"
            );
        }
        let whole = |list: List, key: &[u8]| URL_SAFE_NO_PAD.encode([&list.0, key].concat());
        let good = whole(list(), &[0, 0, 0, 7]);
        assert_eq!(Paging::read::<u32>(list(), None, Some(&good)).unwrap().after, Some(7));
        for (cursor, fault) in [
            ("!", "is no cursor"),
            ("AAAA", "is no cursor"),
            // A key that is too short, and one that is too long.
            (&whole(list(), &[0, 0, 0]), "is no cursor"),
            (&whole(list(), &[0, 0, 0, 7, 0]), "is no cursor"),
            (&format!("{good}="), "is no cursor"),
            ("AAAAAAAA", "is of another list"),
            (&whole(List::of("/api/v1/conversations", "lotus"), &[0, 0, 0, 7]), "is of another list"),
            (&whole(List::of("/api/v1/customers", "rose"), &[0, 0, 0, 7]), "is of another list"),
        ] {
            let problem = Paging::read::<u32>(list(), None, Some(cursor)).unwrap_err();
            let body = problem.body();
            assert_eq!(
                (&*body.kind, &*body.errors[0].pointer),
                ("/problems/bad-cursor", "cursor"),
                "{cursor}"
            );
            assert!(body.errors[0].detail.starts_with(fault), "{cursor}: {}", body.errors[0].detail);
        }
    }
}
