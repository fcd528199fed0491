"""Tests of one entry's way through one pass."""
