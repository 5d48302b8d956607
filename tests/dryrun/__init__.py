"""Tests of the dry-run and of explaining."""
