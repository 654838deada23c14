"""The same tunnel again, without a question: where the router's own is ours already."""

from __future__ import annotations

from wizard.model.facts import RouterFacts

NEEDED = ("pptpd", "ppp", "kmod-mppe")


def gone(facts: RouterFacts) -> tuple[str, ...]:
    """Packages that our tunnel had and that are not there any more: a firmware upgrade keeps files, and no package.

    Empty where the tunnel is not ours, or all is there.
    """
    if facts.tunnel is None or not facts.tunnel.ours:
        return ()
    return tuple(name for name in NEEDED if name not in facts.installed)
