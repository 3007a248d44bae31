"""The tests: one file a module, cases as data in `cases/`, one small notebook a behaviour in `notebooks/`."""
