"""Tests of mailtriage.act."""
