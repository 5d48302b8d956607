"""Tests of mailtriage.store."""
