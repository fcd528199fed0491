"""The whole engine over simulated tenants, in memory: the laws of the design, each with tests that fail without it."""
