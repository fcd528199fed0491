"""Tests of the Graph adapter."""
