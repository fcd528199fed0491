"""Storage, Graph and their twins in memory."""
