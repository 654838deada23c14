"""Stands in for the kernel where a router is a folder: packet filter, devices, processes, all in files."""
