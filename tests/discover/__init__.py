"""Tests of `wizard.discover`."""
