"""The synchronization engine: pure decisions, orchestration, adapters, web."""
