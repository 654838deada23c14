"""What opkg fetches, always by the router's own `wget` (opkg_download.c), and how it checks what came."""

from __future__ import annotations

import os

from wizard.practice import root
from wizard.practice.packages.opkg_session import Session
from wizard.practice.packages.opkg_settings import Feed
from wizard.practice.packages.opkg_store import Package


def fetch(session: Session, url: str, into: str) -> bool:
    """Download to a path of this machine. False with the errors collected when wget failed."""
    session.say(f"Downloading {url}{session.age.stop}")
    if url.startswith("file:"):
        return _copy(session, root.path(url[5:]), into)
    place = f"{session.work}/{os.path.basename(url)}"
    words = ["wget", "-q", *(["--no-check-certificate"] if session.on("no-check-certificate") else [])]
    code = run([*words, "-O", place, url])
    if code:
        _complain(session, url, code)
        return False
    return place == into or _copy(session, place, into)


def run(words: list[str]) -> int:
    """Run a program found on PATH and wait for it: its exit code, 255 when there is none of that name."""
    import sys

    sys.stdout.flush()
    try:
        child = os.posix_spawnp(words[0], words, os.environ)
    except OSError:
        return 255
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF


def _copy(session: Session, place: str, into: str) -> bool:
    import shutil

    try:
        shutil.copyfile(place, into)
    except OSError as error:
        session.error("file_copy", f"Failed to copy file {place} to {into}: {error.strerror}.")
        return False
    return True


def _complain(session: Session, url: str, code: int) -> None:
    if session.age.first:
        command = f"wget -q -O {session.work}/{os.path.basename(url)} {url}"
        session.more(f"opkg_download: ERROR: Command failed with return value {code}: `{command}'\n")
        return
    session.error("opkg_download", f"Failed to download {url}, wget returned {code}.")
    if code == 4 and session.age.lede:
        session.error("opkg_download", "Check your network settings and connectivity.\n")


def update(session: Session) -> int:
    """Fetch every list. Returns how many could not be had."""
    os.makedirs(root.path(session.settings.lists), exist_ok=True)
    return sum(_update_feed(session, feed) for feed in session.settings.feeds.values())


def _update_feed(session: Session, feed: Feed) -> int:
    """The number of failures: of the list, and of its signature where signatures are asked for."""
    name = f"{session.settings.lists}/{feed.name}"
    if not _list(session, feed, root.path(name)):
        if session.age.lede:
            session.say(f"*** Failed to download the package list from {feed.index}\n")
        return 1
    session.say(f"Updated list of available packages in {name}{session.age.stop}")
    return _signature(session, feed, name) if "check_signature" in session.settings.options else 0


def _list(session: Session, feed: Feed, place: str) -> bool:
    if session.age.lede or not feed.compressed:
        return fetch(session, feed.index, place)
    packed = f"{session.work}/{feed.name}.gz"
    if not fetch(session, feed.index, packed):
        return False
    session.say(f"Inflating {feed.index}{session.age.stop}")
    import gzip
    import zlib

    with open(packed, "rb") as source, open(place, "wb") as list_:
        try:
            list_.write(gzip.decompress(source.read()))
        except (OSError, EOFError, zlib.error):
            return False
    return True


def _signature(session: Session, feed: Feed, name: str) -> int:
    """Fetch and check the signature of a list; a list whose signature is missing or wrong goes."""
    place = root.path(f"{name}.sig")
    fetched = fetch(session, f"{feed.url}/Packages.sig", place)
    good = fetched and verified(session, name)
    if good:
        session.say("Signature check passed.")
        return 0
    session.say("Signature check failed." if fetched or not session.age.lede else "Signature file download failed.")
    if not session.on("force-signature"):
        session.say("Remove wrong Signature file.")
        for path in (place, root.path(name)):
            if os.path.exists(path):
                os.unlink(path)
    return 0 if fetched else 1


def verified(session: Session, name: str) -> bool:
    """Whether the list of that name fits its signature, in the opinion of the router's verifying program."""
    program = session.options.get("verify-program", "/usr/sbin/opkg-key")
    return run([root.path(program), "verify", root.path(f"{name}.sig"), root.path(name)]) == 0


def fetch_package(session: Session, package: Package, folder: str) -> bool:
    """Bring the archive of a package of a feed into a folder, by way of the cache if one was named."""
    filename = package.stanza.get("Filename", "")
    if not package.feed or not filename:
        session.error("opkg_download_pkg", f"Package {package.name} is not available from any configured src.")
        return False
    url = f"{session.settings.feeds[package.feed].url}/{filename.removeprefix('./')}"
    package.archive = f"{folder}/{os.path.basename(filename)}"
    cache = session.options.get("cache", "")
    if not cache:
        return fetch(session, url, package.archive)
    kept = f"{cache}/{os.path.basename(filename)}"
    if not os.path.isdir(root.path(cache)):
        session.error("opkg_download_cache", f"{cache} is not a directory.")
        return False
    if os.path.exists(root.path(kept)) and whole(package, root.path(kept)):
        session.say(f"Copying {kept}.")
    elif not fetch(session, url, root.path(kept)):
        return False
    return _copy(session, root.path(kept), package.archive)


def whole(package: Package, place: str) -> bool:
    """Whether an archive has the size and the sums that the list gives."""
    import hashlib

    with open(place, "rb") as file:
        data = file.read()
    if package.stanza.get("Size", str(len(data))) != str(len(data)):
        return False
    sums = {"MD5Sum": "md5", "MD5sum": "md5", "SHA256sum": "sha256"}
    return all(
        hashlib.new(kind, data, usedforsecurity=False).hexdigest() == package.stanza[field]
        for field, kind in sums.items()
        if field in package.stanza
    )
