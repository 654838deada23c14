#!/bin/sh
# Shared by the start scripts: the address settings of one side ("lan" or "wan"), as nvram has them.

setting() { # side name -> value, empty when unset
	nvram get "${1}_${2}"
}
