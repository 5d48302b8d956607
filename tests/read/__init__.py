"""Tests of reading: bytes to Message, and from whom it is."""
