"""One file per state: parse, ask, act, return one sentence."""
