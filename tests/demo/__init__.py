"""Tests of mailtriage.demo."""
