"""The stand-in for validate_data: the types of settings, and what an init script's `eval` gets."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.practice.uci_router import Router
from wizard.practice.uci import validate
from wizard.practice.uci.datatypes import BOOL, INVALID, NUMBER, STRING, SyntaxFault, kind

PPTPD = """
config service 'pptpd'
	option enabled '1'
	option localip '192.168.0.1'
	option remoteip "it's 20-30"
	option wrong 'maybe'
	list mppe 'required'
	list mppe 'no40'

config login
	option username 'alice'
"""


@pytest.mark.parametrize(
    ("expression", "value", "result"),
    [
        ("uinteger", "0", NUMBER),
        ("uinteger", "0x1F", NUMBER),
        ("uinteger", "08", INVALID),
        ("uinteger", "0b1", INVALID),
        ("uinteger", "-1", INVALID),
        ("uinteger", "1 ", INVALID),
        ("uinteger", "", INVALID),
        ("integer", "-1", NUMBER),
        ("integer(16)", "ff", NUMBER),
        ("float", "-1.5", NUMBER),
        ("ufloat", "-1.5", INVALID),
        ("ufloat", "1e3", NUMBER),
        ("bool", "1", BOOL),
        ("bool", "On", BOOL),
        ("bool", "maybe", INVALID),
        ("string", "a b", STRING),
        ("string(2,3)", "abcd", INVALID),
        ("string(2,3)", "ab", STRING),
        ("hexstring", "0aF", INVALID),
        ("hexstring", "0aFf", STRING),
        ("ip4addr", "1.2.3.4", STRING),
        ("ip4addr", "1.2.3.4/24", INVALID),
        ("ip6addr", "fe80::1", STRING),
        ("ipaddr", "fe80::g", INVALID),
        ("cidr4", "10.0.0.0/8", STRING),
        ("cidr4", "10.0.0.0/33", INVALID),
        ("cidr", "fe80::/64", STRING),
        ("netmask4", "255.255.252.0", STRING),
        ("netmask4", "255.0.255.0", INVALID),
        ("ipmask", "10.0.0.0/255.0.0.0", STRING),
        ("port", "65535", NUMBER),
        ("port", "65536", INVALID),
        ("portrange", "1000-2000", STRING),
        ("portrange", "2000-1000", INVALID),
        ("portrange", "1000", STRING),
        ("macaddr", "0:1:2:a:b:ff", STRING),
        ("uciname", "a_b1", STRING),
        ("uciname", "a-b", INVALID),
        ("host", "my-router.lan", STRING),
        ("hostname", ".lan", INVALID),
        ("network", "lan", STRING),
        ("wpakey", "short", INVALID),
        ("min(5)", "4", INVALID),
        ("max(5)", "4", NUMBER),
        ("range(1, 3)", "3", NUMBER),
        ("range(1, 3)", "4", INVALID),
        ("minlength(2)", "a", INVALID),
        ('or("any", port)', "any", STRING),
        ('or("any", port)', "80", NUMBER),
        ('or("any", port)', "some", INVALID),
        ("and(uinteger, min(5))", "6", NUMBER),
        ("and(uinteger, min(5))", "4", INVALID),
        ("not(uinteger)", "1", INVALID),
        ("neg(ip4addr)", "! 1.2.3.4", STRING),
        ("list(uinteger)", "1 2  3", NUMBER),
        ("list(uinteger)", "1 x", INVALID),
        ("list(or('a', 'b'))", "a b a", STRING),
        ("'one', 'two'", "two", STRING),
        ("1", "1.0", NUMBER),
        ("regex('[a-c]+')", "abc", STRING),
        ("regex('[a-c]+')", "abcd", INVALID),
        ("directory", "/", STRING),
        ("file", "/", INVALID),
    ],
)
def test_a_value_is_of_a_type(expression: str, value: str, result: int) -> None:
    assert kind(expression, value) == result


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("nonsense", "unrecognized function"),
        ("or( ,bool)", "unexpected EOF"),
        ("bool bool", "expected '(' or EOF after function label"),
        ("'a", "unterminated string"),
    ],
)
def test_an_expression_that_is_none(expression: str, text: str) -> None:
    with pytest.raises(SyntaxFault, match=text.replace("(", r"\(")):
        kind(expression, "x")


@pytest.fixture
def router(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Router:
    monkeypatch.setenv("IPKG_INSTROOT", str(tmp_path))
    return Router(tmp_path).make({"pptpd": PPTPD})


def test_settings_become_assignments(router: Router, capfd: pytest.CaptureFixture[str]) -> None:
    """With what the stock pptpd's init script asks for."""
    rules = [
        "enabled:uinteger",
        "localip:string",
        "remoteip:string",
        "mppe:list(string):required no40",
        "logwtmp:bool:0",
        "none:string",
    ]
    assert validate.main(["pptpd", "service", "pptpd", *rules]) == 0
    out, err = capfd.readouterr()
    assert out == (
        "enabled=1; localip='192.168.0.1'; remoteip='it'\"'\"'s 20-30'; mppe='required'\\ 'no40'; "
        "logwtmp=0; unset -v none; "
    )
    assert err == (
        "pptpd.pptpd.enabled=1 validates as uinteger with true\n"
        "pptpd.pptpd.localip=192.168.0.1 validates as string with true\n"
        "pptpd.pptpd.remoteip=it's 20-30 validates as string with true\n"
        "pptpd.pptpd.mppe[0]=required validates as list(string) with true\n"
        "pptpd.pptpd.mppe[1]=no40 validates as list(string) with true\n"
        "pptpd.pptpd.logwtmp is unset and defaults to bool 0\n"
        "pptpd.pptpd.none is unset and defaults to string (null)\n"
    )


@pytest.mark.parametrize("shell", ["dash", "busybox ash"])
def test_a_shell_gets_the_values(shell: str, router: Router, capfd: pytest.CaptureFixture[str]) -> None:
    validate.main(["pptpd", "service", "pptpd", "remoteip:string", "mppe:list(string)"])
    assignments = capfd.readouterr().out
    done = subprocess.run(
        [*shell.split(), "-c", f'{assignments} echo "$remoteip" $mppe'], capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("it's 20-30 required no40\n", "")


def test_what_does_not_fit_is_unset_and_fails(router: Router, capfd: pytest.CaptureFixture[str]) -> None:
    assert validate.main(["pptpd", "service", "pptpd", "wrong:bool:1", "localip:ip6addr", "enabled:bool"]) == 255
    assert capfd.readouterr().out == "unset -v wrong; unset -v localip; enabled=1; "
    assert validate.main(["nowhere", "service", "pptpd", "wrong:bool:1"]) == 255
    assert validate.main(["pptpd", "service", "pptpd", "wrong"]) == 255
    assert capfd.readouterr() == ("", "wrong is not a valid option\n")
    assert validate.main(["pptpd", "service", "pptpd", "wrong:nonsense"]) == 255
    assert capfd.readouterr().out == "Syntax error, unrecognized function\nunset -v wrong; "


def test_other_uses(router: Router, capfd: pytest.CaptureFixture[str]) -> None:
    assert validate.main(["uinteger", "5"]) == 0
    assert validate.main(["uinteger", "x"]) == 1
    assert capfd.readouterr() == ("", "uinteger - 5 = true\nuinteger - x = false\n")
    assert validate.main([]) == 255
    assert capfd.readouterr().err.startswith("validate_data <datatype> <value>")
    assert validate.main(["pptpd", "service", "", "enabled:bool:1", "x\\:y:string"]) == 0
    assert capfd.readouterr().out == (
        'json_add_object; json_add_string "package" "pptpd"; json_add_string "type" "service"; json_add_object "data"; '
        'json_add_string "enabled" "bool"; json_add_string "x\\:y" "string"; json_close_object; json_close_object; '
    )


def test_it_starts_without_slow_modules(tmp_path: Path) -> None:
    loaded = "import sys; sys.path.insert(0, sys.argv[1]); import wizard.practice.uci.validate; print(*sys.modules)"
    root = str(Path(__file__).parents[2])
    done = subprocess.run([sys.executable, "-IS", "-c", loaded, root], capture_output=True, text=True, check=True)
    assert not {"typing", "socket", "ipaddress", "pathlib", "json"} & set(done.stdout.split())
