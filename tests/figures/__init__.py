"""Tests of the school's figures."""
