"""The stand-ins for `ipkg` and `nvram`, on the router and with a feed that is there or not."""

from __future__ import annotations

import pytest

from tests.lab import howto
from tests.lab.lab import Lab

pytestmark = [pytest.mark.lab, pytest.mark.turns]

FEED = "http://198.51.100.10/whiterussian/packages"
NOT_FOUND = """Nothing to be done
An error ocurred, return value: 4.
Collected errors:
Cannot find package {name}.
Check the spelling or perhaps run 'ipkg update'
"""


def test_ipkg_installs_what_it_was_asked_for_and_what_that_needs(lab: Lab) -> None:
    router = lab.router()
    fresh = router.run("ipkg list_installed").out
    assert "busybox - 1.00-3 - \n" in fresh
    assert "ppp" not in fresh
    assert router.run("ipkg install pptpd").out == NOT_FOUND.format(name="pptpd")  # nothing is known before `update`

    said = howto.install(router)

    assert said.startswith(f"Downloading {FEED}/Packages\nUpdated list of available packages in /usr/lib/ipkg/lists/")
    assert f"Installing pptpd (1.3.0-1) to root...\nDownloading {FEED}/pptpd_1.3.0-1_mipsel.ipk\n" in said
    assert said.endswith("Configuring pptpd\nSuccessfully terminated.\n")
    installed = router.run("ipkg list_installed").out
    for line in ("pptpd - 1.3.0-1 - PPTP server", "ppp - 2.4.3-7 -", "kmod-mppe -", "kmod-crypto -", "kmod-ppp -"):
        assert line in installed
    assert router.run("ipkg install pptpd").out.startswith("Package pptpd (1.3.0-1) installed in root is up to date.\n")
    assert "/etc/ppp/options.pptpd\n" in router.run("ipkg files pptpd").out
    assert "ppp - 2.4.3-7\n" in router.run("ipkg search /usr/sbin/pppd").out
    assert "Status: install ok installed" in router.run("ipkg status pptpd").out
    assert "Description: PPTP server" in router.run("ipkg info pptpd").out
    assert "172.16.1.1:\n" in router.read("/etc/ppp/options.pptpd").decode()
    assert f"\n{howto.OLD_WORDS}\n" in router.read("/etc/ppp/options.pptpd").decode()


def test_a_disk_with_pptpd_is_what_ipkg_makes(lab: Lab) -> None:
    router = lab.router()
    howto.install(router)
    by_ipkg = router.digest()

    ready = lab.router(pptpd=True).digest()

    different = {path for path in by_ipkg | ready if by_ipkg.get(path) != ready.get(path)}
    order_of_entries = {"/usr/lib/ipkg/status"}
    assert different <= order_of_entries | {
        "/usr/lib/ipkg/lists/whiterussian",
        "/usr/lib/ipkg/info/pptpd.conffiles",
    }


def test_ipkg_says_why_it_failed(lab: Lab) -> None:
    router = lab.router(ppp=True)
    assert router.run("ipkg update; ipkg install nonsense").out.endswith(NOT_FOUND.format(name="nonsense"))
    assert router.run("ipkg install nonsense").code == 4
    assert router.run("ipkg install /tmp/none.ipk").code == 4
    assert router.run("ipkg remove pptpd").out.endswith("Package pptpd is not installed.\n")
    assert router.run("ipkg").code == 1

    lab.internet_host.feed(False)
    unreachable = router.run("ipkg update")
    assert unreachable.code == 1
    assert "An error ocurred, return value: 1.\nCollected errors:\n" in unreachable.out
    assert router.run("ipkg install pptpd").code == 1
    assert "pptpd" not in router.run("ipkg list_installed").out
    lab.internet_host.feed(True)
    assert router.run("ipkg install pptpd").code == 0
    assert "/whiterussian/packages/pptpd_1.3.0-1_mipsel.ipk" in lab.internet_host.requests

    depended = router.run("ipkg remove ppp")
    assert depended.code == 1
    assert depended.out.endswith("Package ppp is depended upon by packages:\n\tpptpd\n")


def test_a_blank_at_the_end_of_the_feeds_line_makes_update_do_nothing(lab: Lab) -> None:
    router = lab.router()
    router.write("/etc/ipkg.conf", f"src whiterussian {FEED} \ndest root /\n".encode())
    assert router.run("ipkg update").out == "Successfully terminated.\n"
    assert lab.internet_host.requests == []


def test_ipkg_takes_a_file_and_keeps_changed_settings(lab: Lab) -> None:
    router = lab.router(pptpd=True)
    router.run("echo mine >>/etc/pptpd.conf")

    removed = router.run("ipkg remove pptpd").out
    assert "Not deleting modified conffile /etc/pptpd.conf\n" in removed
    assert router.run("which pptpd; ls /etc/ppp/options.pptpd").code != 0
    router.run(f"cd /tmp; wget {FEED}/pptpd_1.3.0-1_mipsel.ipk")
    again = router.run("ipkg install /tmp/pptpd_1.3.0-1_mipsel.ipk")

    assert again.code == 0, again.out
    assert router.read("/etc/pptpd.conf").endswith(b"mine\n")
    assert router.run("ls /usr/sbin/pptpd /etc/ppp/options.pptpd").code == 0


def test_nvram_forgets_what_was_not_committed(lab: Lab) -> None:
    router = lab.router(nvram={"wan_hostname": "a b"})
    assert router.run("nvram get wan_hostname").out == "a b\n"
    assert router.run("nvram get no_such_name").out == ""
    assert router.run("nvram set 'x=1 = 2'; nvram get x").out == "1 = 2\n"
    assert router.run("nvram unset x; nvram get x").out == ""
    assert router.run("nvram set y=1 set z=2 get z").out == "2\n"
    assert "lan_ipaddr=192.168.1.1\n" in router.run("nvram show").out
    assert router.run("nvram show | tail -n 1").out.startswith("size: ")
    assert router.run("nvram get").code == 1
    router.run("nvram commit; nvram set z=3")
    router.power_cut()
    assert router.run("nvram get y; nvram get z").out == "1\n2\n"
