"""Tests of training and evaluating."""
