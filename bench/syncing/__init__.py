"""The parts of `bench.sync`: stores, servers, stations, made-up work, the bare limit, and many devices at once."""
