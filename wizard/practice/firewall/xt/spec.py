"""Which options each kind of section may have."""

from __future__ import annotations

from wizard.practice.firewall.xt import values
from wizard.practice.firewall.xt.notices import Option
from wizard.practice.firewall.xt.values import Resolver

Spec = dict[str, Option]

_TIMES = ("utc_time", "start_date", "stop_date", "start_time", "stop_time", "weekdays", "monthdays")


def _beyond(*names: str) -> Spec:
    return {name: Option(values.string, beyond=True) for name in names}


DEFAULTS: Spec = {
    **{name: Option(values.target) for name in ("input", "forward", "output")},
    **{name: Option(values.reject_code) for name in ("tcp_reject_code", "any_reject_code")},
    **{name: Option(values.boolean) for name in ("drop_invalid", "syn_flood", "synflood_protect")},
    "synflood_rate": Option(values.limit),
    "synflood_burst": Option(values.integer),
    "tcp_syncookies": Option(values.boolean),
    "tcp_ecn": Option(values.integer),
    "tcp_window_scaling": Option(values.boolean),
    "accept_redirects": Option(values.boolean),
    "accept_source_route": Option(values.boolean),
    "auto_helper": Option(values.boolean),
    "custom_chains": Option(values.boolean),
    "disable_ipv6": Option(values.boolean),
    "flow_offloading": Option(values.boolean),
    "flow_offloading_hw": Option(values.boolean),
}

FORWARD: Spec = {
    "enabled": Option(values.boolean),
    "name": Option(values.string),
    "family": Option(values.family),
    "src": Option(values.device),
    "dest": Option(values.device),
}

INCLUDE: Spec = {
    "enabled": Option(values.boolean),
    "path": Option(values.string),
    "type": Option(values.include_type),
    "family": Option(values.family),
    "reload": Option(values.boolean),
}


def zone_spec(resolver: Resolver) -> Spec:
    """A zone's."""
    return {
        "enabled": Option(values.boolean),
        "name": Option(values.string),
        "family": Option(values.family),
        "network": Option(values.device, many=True),
        "device": Option(values.device, many=True),
        "subnet": Option(resolver.addresses, many=True),
        **{name: Option(values.target) for name in ("input", "forward", "output")},
        "masq": Option(values.boolean),
        "masq_allow_invalid": Option(values.boolean),
        "masq_src": Option(resolver.addresses, many=True),
        "masq_dest": Option(resolver.addresses, many=True),
        "mtu_fix": Option(values.boolean),
        "custom_chains": Option(values.boolean),
        "auto_helper": Option(values.boolean),
        **_beyond("extra", "extra_src", "extra_dest", "log", "log_limit", "helper"),
    }


def rule_spec(resolver: Resolver) -> Spec:
    """A rule's."""
    return {
        **FORWARD,
        "device": Option(values.string),
        "direction": Option(values.direction),
        "proto": Option(values.protocol, many=True),
        "src_ip": Option(resolver.addresses, many=True),
        "src_mac": Option(values.mac, many=True),
        "src_port": Option(values.port, many=True),
        "dest_ip": Option(resolver.addresses, many=True),
        "dest_port": Option(values.port, many=True),
        "icmp_type": Option(values.icmp_type, many=True),
        "limit": Option(values.limit),
        "limit_burst": Option(values.integer),
        "target": Option(values.target),
        **_beyond("ipset", "helper", "set_helper", "extra", "mark", "set_mark", "set_xmark", "dscp", "set_dscp"),
        **_beyond(*_TIMES),
    }


def redirect_spec(resolver: Resolver) -> Spec:
    """A redirect's."""
    return {
        **FORWARD,
        "proto": Option(values.protocol, many=True),
        "src_ip": Option(resolver.address),
        "src_mac": Option(values.mac, many=True),
        "src_port": Option(values.port),
        "src_dip": Option(resolver.address),
        "src_dport": Option(values.port),
        "dest_ip": Option(resolver.address),
        "dest_port": Option(values.port),
        "limit": Option(values.limit),
        "limit_burst": Option(values.integer),
        "reflection": Option(values.boolean),
        "reflection_src": Option(values.reflection_source),
        "reflection_zone": Option(values.device, many=True),
        "target": Option(values.target),
        **_beyond("ipset", "helper", "extra", "mark", *_TIMES),
    }
