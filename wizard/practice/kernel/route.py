"""Stands in for busybox's `route`, which only shows here."""

from __future__ import annotations

import sys

from wizard.practice.kernel import links


def main(argv: list[str]) -> int:
    """Show the routes, with numbers whatever was asked for."""
    del argv
    lines = ["Kernel IP routing table", "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface"]
    for route in links.all_routes():
        to, _, length = route["to"].partition("/")
        via, flags = (route["via"], "UG") if route["via"] else ("0.0.0.0", "UH" if length == "32" else "U")
        lines.append(f"{to:<15} {via:<15} {links.mask(length):<15} {flags:<5} {0:<6} {0:<2} {0:>7} {route['device']}")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0
