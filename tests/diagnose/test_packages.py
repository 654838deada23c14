"""What package managers say when they fail, and the page that it leads to."""

from __future__ import annotations

import pytest

from tests.recordings import recording
from wizard.diagnose.packages import cause, words
from wizard.model.facts import Packages
from wizard.resources import page

RECORDED = {
    "full_opkg_install": "packages-space",
    "full_opkg_install_big": "packages-space",
    "opkg_install_nospace": "packages-space",
    "opkg_install_kernel_mismatch": "packages-kernel",
    "opkg_install_missing_dep": "packages-unknown",
    "opkg_install_no_lists": "packages-unknown",
    "opkg_install_unknown": "packages-unknown",
    "opkg_update_nodns": "packages-offline",
    "opkg_update_unreachable": "packages-offline",
    "opkg_files_unknown": "packages-locked",
    "opkg_print_arch": "packages-locked",
    "opkg_update_ok": "no idea",
    "opkg_install_pptpd": "no idea",
    "opkg_install_already": "no idea",
}

GONE = "packages-gone"

# By the sources: opkg_download.c, opkg_conf.c, opkg_install.c; print.c, database.c, commit.c of apk-tools 3.0.5; the
# wget of busybox and uclient-fetch. Old transcripts for ipkg.
SAID = [
    ("wget: server returned error: HTTP/1.1 404 Not Found", "packages-gone"),
    ("wget: server returned error 404: HTTP/1.0 404 Not Found", "packages-gone"),
    ("HTTP error 404", "packages-gone"),
    (" * opkg_download: Failed to download http://x/Packages.gz, wget returned 8.", "packages-gone"),
    ("WARNING: updating and opening https://x/packages.adb: remote server returned error (try 'apk update')", GONE),
    ("wget: bad address 'downloads.example'", "packages-offline"),
    ("wget: can't connect to remote host (192.0.2.1): Connection refused", "packages-offline"),
    ("Failed to send request: Operation not permitted", "packages-offline"),
    ("WARNING: updating and opening https://x/packages.adb: DNS: name does not exist", "packages-offline"),
    ("WARNING: updating and opening https://x/packages.adb: Network unreachable", "packages-offline"),
    ("wget: not an http or ftp url: https://x/Packages.gz", "packages-tls"),
    ("SSL support not available, please install one of the libustream-.*[ssl] packages", "packages-tls"),
    ("Connection error: Invalid SSL certificate", "packages-tls"),
    ("Connection error: Server hostname does not match SSL certificate", "packages-tls"),
    (" * opkg_download: Failed to download https://x/Packages.gz, wget returned 5.", "packages-tls"),
    ("WARNING: updating https://x/packages.adb: TLS: server certificate not trusted", "packages-tls"),
    ("WARNING: updating https://x/packages.adb: Permission denied", "packages-tls"),
    (
        " * satisfy_dependencies_for: Cannot satisfy the following dependencies for kmod-ppp:\n"
        " * \tkernel (= 3.10.49-1-94831e5bcf361d1c03e87a15e152b0e8) * ",
        "packages-kernel",
    ),
    (
        "ERROR: unable to select packages:\n  kernel-6.12.94~aaaa-r1:\n    breaks: kmod-ppp-6.12.94-r1"
        "[kernel=6.12.94~bbbb-r1]",
        "packages-kernel",
    ),
    ("ERROR: Only have 12 available blocks on filesystem /jffs, pkg ppp needs 180", "packages-space"),
    ("ERROR: ppp-2.5.2-r3: failed to extract usr/sbin/pppd: No space left on device", "packages-space"),
    (" * opkg_conf_load: Could not create lock file /usr/lib/opkg/lock: No space left on device.", "packages-space"),
    ("Could not obtain administrative lock", "packages-locked"),
    ("ERROR: Unable to lock database: Resource temporarily unavailable", "packages-locked"),
    ("Signature check failed.\nRemove wrong Signature file.", "packages-unsigned"),
    (" * opkg_install_pkg: Failed to verify the signature of /var/opkg-lists/base.", "packages-unsigned"),
    ("WARNING: opening from cache https://x/packages.adb: UNTRUSTED signature", "packages-unsigned"),
    (
        "Nothing to be done\nAn error ocurred, return value: 4.\nCollected errors:\nCannot find package pptpd.\n"
        "Check the spelling or perhaps run 'ipkg update'",
        "packages-unknown",
    ),
    (
        "ERROR: unable to select packages:\n  pptpd (no such package):\n    required by: world[pptpd]",
        "packages-unknown",
    ),
    (
        " * opkg_install_pkg: Package ppp md5sum mismatch. Either the opkg or the package index are corrupt.",
        "packages-broken",
    ),
    (" * pkg_init_from_file: Malformed package file /tmp/x/ppp.ipk.", "packages-broken"),
    ("Segmentation fault", "no idea"),
]


@pytest.mark.parametrize(("name", "code"), RECORDED.items())
def test_what_opkg_really_said(name: str, code: str) -> None:
    said = recording("24.10", name)
    assert cause(said.out + said.err, "no idea") == code


@pytest.mark.parametrize(("said", "code"), SAID)
def test_what_the_sources_let_it_say(said: str, code: str) -> None:
    assert cause(said, "no idea") == code


def test_what_is_certain_wins_over_what_came_of_it() -> None:
    assert cause("HTTP error 404\nUnknown package 'pptpd'.", "") == "packages-gone"
    assert cause("Unknown package 'kmod-ppp'.\n cannot find dependency kernel (= 1) for kmod-ppp", "") == (
        "packages-kernel"
    )


@pytest.mark.parametrize("packages", Packages)
def test_a_page_speaks_of_this_routers_own_package_manager(packages: Packages) -> None:
    body = page("package-failed", said="", state="", **words(packages)).body
    assert {Packages.IPKG: "ipkg install", Packages.OPKG: "opkg install", Packages.APK: "apk add"}[packages] in body
    others = {"ipkg", "opkg", "apk "} - {word for word in ("ipkg", "opkg", "apk ") if word.strip() == packages.value}
    assert not any(word in body for word in others)
