"""Which names of `~/.ssh/config` are looked at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paramiko import SSHConfig

from wizard.discover.sshconfig import MOST, ConfiguredHost, configured_hosts

CONFIG = """
# Host commented-out
Port 2200

Host router "my router"
    HostName = 192.168.7.1
    User root

Host *.lan !guest.lan
    HostName 10.0.0.9

Host attic.lan guest.lan
    Port 22
HOST cellar
  hostname %h.example.org
  HostName second.example.org
  port 24

Host github.com
    User git
Host behind
    ProxyJump router
Host command
    ProxyCommand nc %h %p
Match host router
    HostName 1.1.1.1
Host *
    HostName default.example.org
"""


def test_names_their_addresses_and_ports() -> None:
    assert configured_hosts(CONFIG) == (
        ConfiguredHost("router", "192.168.7.1", 2200),
        ConfiguredHost("my router", "192.168.7.1", 2200),
        ConfiguredHost("attic.lan", "10.0.0.9", 2200),
        ConfiguredHost("guest.lan", "default.example.org", 2200),
        ConfiguredHost("cellar", "cellar.example.org", 2200),
    )


def test_a_name_without_an_address_is_its_own() -> None:
    assert configured_hosts("Host router\n") == (ConfiguredHost("router", "router", 22),)


def test_no_detour_is_no_detour() -> None:
    assert len(configured_hosts("Host a\n ProxyJump none\nHost b\n ProxyCommand none\n")) == 2


def test_a_port_that_is_none_is_passed_over() -> None:
    assert configured_hosts("Host odd\n Port many\nHost even\n Port 24") == (ConfiguredHost("even", "even", 24),)


def test_not_more_than_can_be_looked_at() -> None:
    assert len(configured_hosts("".join(f"Host h{number}\n" for number in range(MOST + 5)))) == MOST


@pytest.mark.parametrize("text", ["", "Host\n", "Host *\n", "HostName x\n", 'Host "open\n', "\0\n"])
def test_texts_without_a_name(text: str) -> None:
    assert [host.name for host in configured_hosts(text)] in ([], ['"open'])


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    configured_hosts(text)
    configured_hosts(f"Host {text}\n  HostName {text}\n  Port {text}")


def test_logging_in_reads_the_same() -> None:
    """It is paramiko that reads the file then."""
    config = SSHConfig.from_text(CONFIG.replace("Match host router\n    HostName 1.1.1.1\n", ""))
    for host in configured_hosts(CONFIG):
        options = config.lookup(host.name)
        assert (options["hostname"], int(options["port"])) == (host.host, host.port)
