"""Tests of mailtriage.judge."""
