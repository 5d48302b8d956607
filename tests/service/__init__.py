"""Tests of mailtriage.service."""
