"""Tests of sandbox.campaign."""
