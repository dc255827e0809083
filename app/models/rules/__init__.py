"""Rules as pure functions on plain values: no table, no clock, no file. Each names its section of domain.md."""
