"""Tests of the templates, as far as they can be checked without a subscription."""
