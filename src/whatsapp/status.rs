//! How far a message got, when the news of it comes twice, late or in the wrong order.

use beseda_wire::messages::Status;

/// The status after `news`, or `None` when the news changes nothing.
///
/// A status moves forward only: queued, sent, delivered, read, played. Steps may be skipped: `delivered` does not come
/// when a message is read at once (FACTS §5). `failed` ends a message that was not delivered; of one that was
/// delivered it cannot be true, so it is not believed.
pub fn advance(current: Status, news: Status) -> Option<Status> {
    let forward = match (current, news) {
        (Status::Failed, _) => false,
        (_, Status::Failed) => rank(current) < rank(Status::Delivered),
        _ => rank(news) > rank(current),
    };
    forward.then_some(news)
}

/// `Failed` has no rank of its own; `advance` asks for none.
fn rank(status: Status) -> u8 {
    match status {
        Status::Queued => 0,
        Status::Sent => 1,
        Status::Delivered => 2,
        Status::Read => 3,
        Status::Played => 4,
        Status::Failed => u8::MAX,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NEWS: [Status; 5] = [Status::Sent, Status::Delivered, Status::Read, Status::Played, Status::Failed];

    fn after(news: &[Status]) -> Status {
        news.iter().fold(Status::Queued, |current, news| advance(current, *news).unwrap_or(current))
    }

    #[test]
    fn table() {
        for (current, news, becomes) in [
            (Status::Queued, Status::Sent, Some(Status::Sent)),
            (Status::Queued, Status::Read, Some(Status::Read)),
            (Status::Sent, Status::Sent, None),
            (Status::Read, Status::Delivered, None),
            (Status::Read, Status::Played, Some(Status::Played)),
            (Status::Queued, Status::Failed, Some(Status::Failed)),
            (Status::Sent, Status::Failed, Some(Status::Failed)),
            (Status::Delivered, Status::Failed, None),
            (Status::Played, Status::Failed, None),
            (Status::Failed, Status::Sent, None),
            (Status::Failed, Status::Delivered, None),
            (Status::Sent, Status::Queued, None),
        ] {
            assert_eq!(advance(current, news), becomes, "{current:?} then {news:?}");
        }
    }

    /// Every order of every selection of news, duplicates among them.
    #[test]
    fn every_order_of_the_same_news_ends_alike() {
        for length in 0..=5_u32 {
            for code in 0..5_usize.pow(length) {
                let news: Vec<_> = (0..length).map(|place| NEWS[code / 5_usize.pow(place) % 5]).collect();
                let end = after(&news);
                let farthest = news
                    .iter()
                    .copied()
                    .filter(|news| *news != Status::Failed)
                    .max_by_key(|news| rank(*news));
                if news.contains(&Status::Failed) {
                    // Failure and delivery contradict each other: the first of the two is believed.
                    let first = news.iter().find(|news| rank(**news) >= rank(Status::Delivered)).unwrap();
                    assert_eq!(end == Status::Failed, *first == Status::Failed, "{news:?}");
                } else {
                    assert_eq!(end, farthest.unwrap_or(Status::Queued), "{news:?}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn news_told_again_changes_nothing(news in prop::collection::vec(prop::sample::select(&NEWS[..]), 0..12)) {
            let mut current = Status::Queued;
            for (count, one) in news.iter().enumerate() {
                let before = current;
                current = advance(current, *one).unwrap_or(current);
                prop_assert!(current == Status::Failed || rank(current) >= rank(before));
                for old in &news[..=count] {
                    prop_assert_eq!(advance(current, *old).filter(|_| *old != Status::Failed), None);
                }
            }
        }
    }
}
