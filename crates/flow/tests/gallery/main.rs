//! The ready bots: each without a finding, the same in both languages, laid out to be read, talked to along all of its
//! ways.

/// A test for every bot of the gallery, and the list of them.
macro_rules! each_bot {
    ($test:ident) => {
        each_bot! { $test:
            clinic restaurant shop_cart courses real_estate support feedback_nps lead event delivery loyalty recruitment
            salon hotel debt_reminder car_service
        }
    };
    ($test:ident: $($id:ident)*) => {
        $(#[test]
        fn $id() {
            $test(stringify!($id));
        })*

        /// None is left out.
        #[test]
        fn all_of_them() {
            let tested = [$(stringify!($id)),*];
            let all: Vec<_> = beseda_flow::gallery::all().iter().map(|bot| bot.id).collect();
            assert_eq!(all, tested);
        }
    };
}

mod explorer;
mod shape;
mod talks;

#[allow(dead_code, reason = "of the driver only the talk itself is needed here")]
#[path = "../driver/mod.rs"]
mod driver;
