"""Frozen values that every step shares. Nothing here imports the rest of the program or touches the world."""
