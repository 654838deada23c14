"""Tests of `wizard.router`."""
