"""Tables that never leave this device: change log, keys, drafts, outbox, audit chain, people and devices."""
