"""Tests of mailtriage.decide."""
