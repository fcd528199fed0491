"""Tests of sandbox.storage_proxy."""
