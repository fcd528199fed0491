"""Tests of what an operator declares."""
