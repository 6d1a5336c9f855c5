//! Types that the API and the interface share.
