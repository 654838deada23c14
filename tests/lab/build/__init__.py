"""Builds what the lab boots: a White Russian disk, a client's root and a package feed, from Debian's programs."""
