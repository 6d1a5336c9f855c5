//! Who has a screen open in which business, as of now. The live connections say so; a bot that asks whether somebody is
//! there reads it. It is memory alone: after a start nobody is there until their screen has connected again.
//!
//! Not here: what a screen shows, which is `realtime`'s, and whether somebody may answer, which is `businesses`'.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use beseda_wire::ids::{BusinessId, UserId};

/// Screens of one person in one business: more than anybody looks at, and few enough that their buffers hold no machine.
pub const MOST: usize = 256;

/// Open screens. Clones are the same one.
#[derive(Debug, Clone, Default)]
pub struct Presence(Arc<Mutex<HashMap<(BusinessId, UserId), usize>>>);

/// An open screen; dropping it closes it.
#[derive(Debug)]
pub struct Screen {
    presence: Presence,
    whose: (BusinessId, UserId),
}

impl Presence {
    /// Somebody opens a screen; none where they have as many as a person may have.
    pub fn open(&self, business: BusinessId, user: UserId) -> Option<Screen> {
        let mut screens = self.screens();
        let count = screens.entry((business, user)).or_default();
        if *count >= MOST {
            return None;
        }
        *count += 1;
        Some(Screen { presence: self.clone(), whose: (business, user) })
    }

    pub fn is_here(&self, business: BusinessId, user: UserId) -> bool {
        self.screens().contains_key(&(business, user))
    }

    fn screens(&self) -> MutexGuard<'_, HashMap<(BusinessId, UserId), usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let mut screens = self.presence.screens();
        if let Some(count) = screens.get_mut(&self.whose) {
            *count -= 1;
            if *count == 0 {
                screens.remove(&self.whose);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn somebody_is_here_until_their_last_screen_closes() {
        let presence = Presence::default();
        let (shop, salon) =
            (BusinessId::from_uuid(Uuid::from_u128(1)), BusinessId::from_uuid(Uuid::from_u128(2)));
        let (anna, boris) = (UserId::from_uuid(Uuid::from_u128(3)), UserId::from_uuid(Uuid::from_u128(4)));
        let first = presence.open(shop, anna).unwrap();
        let second = presence.clone().open(shop, anna).unwrap();
        assert!(presence.is_here(shop, anna));
        assert!(!presence.is_here(salon, anna), "not in another business");
        assert!(!presence.is_here(shop, boris));
        drop(first);
        assert!(presence.is_here(shop, anna));
        drop(second);
        assert!(!presence.is_here(shop, anna));
    }

    #[test]
    fn nobody_has_more_screens_than_anybody_looks_at() {
        let presence = Presence::default();
        let shop = BusinessId::from_uuid(Uuid::from_u128(1));
        let user = |n| UserId::from_uuid(Uuid::from_u128(n));
        let mut screens: Vec<_> = (0..MOST).map(|_| presence.open(shop, user(3)).unwrap()).collect();
        assert!(presence.open(shop, user(3)).is_none());
        assert!(presence.open(shop, user(4)).is_some(), "others have theirs");
        screens.pop();
        assert!(presence.open(shop, user(3)).is_some());
    }
}
