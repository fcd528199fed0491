"""The same as storage, in memory: for tests and for trying things; held to the same contracts."""
