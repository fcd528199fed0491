"""Tests of a configuration over time."""
