//! Bot flows: model, pure engine, checker.
