"""What a person may type for a router."""

from __future__ import annotations

from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.discover import parse_target
from wizard.model.door import Target
from wizard.model.errors import ExitCode, WizardError
from wizard.resources import page


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("192.168.1.1", Target("192.168.1.1")),
        (" openwrt.lan ", Target("openwrt.lan")),
        ("192.168.1.1:2222", Target("192.168.1.1", 2222)),
        ("admin@router", Target("router", user="admin")),
        ("root@my_router-2:22", Target("my_router-2")),
        ("[fe80::1%eth0]", Target("fe80::1%eth0")),
        ("root@[fd00::1]:65535", Target("fd00::1", 65535)),
    ],
)
def test_targets(text: str, target: Target) -> None:
    assert parse_target(text) == target


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@router",
        "router:",
        "router:0",
        "router:65536",
        "router:ssh",
        "router:²²",
        "192.168.1",
        "192.168.1.256",
        "1",
        "fe80::1",
        "[router]",
        "[192.168.1.1]",
        "[fe80::1",
        "-oProxyCommand=reboot",
        "-l@router",
        "two words",
        "http://192.168.1.1",
        "192.168.1.1/24",
        "a@b@c",
        "router\nother",
    ],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(WizardError) as caught:
        parse_target(text)
    assert (caught.value.code, caught.value.exit_code) == ("target-invalid", ExitCode.USAGE)
    assert page(caught.value.code, **caught.value.data).body


names = st.from_regex(r"[a-z_][a-z0-9_.-]{0,20}", fullmatch=True)
hosts = names | st.ip_addresses(v=4).map(str) | st.ip_addresses(v=6).map(str)


@given(host=hosts, port=st.integers(1, 65535), user=names)
def test_what_is_shown_can_be_typed(host: str, port: int, user: str) -> None:
    target = Target(host, port, user)
    assert parse_target(str(target)) == target


@given(st.text())
def test_any_text_is_a_target_or_is_refused(text: str) -> None:
    try:
        target = parse_target(text)
    except WizardError:
        return
    assert 1 <= target.port <= 65535
    assert not target.host.startswith("-")
    if ":" in target.host:
        IPv6Address(target.host)
