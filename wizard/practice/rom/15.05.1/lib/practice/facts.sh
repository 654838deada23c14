# What differs between releases, for the start scripts of this layer and the ones below it.
# shellcheck shell=sh disable=SC2034
RC_HELP=plain
RC_RELOAD="that fails"
RC_PROCD="running trace"
RC_ENABLE=by-last-link
RC_ENABLED=start
RESOLV_AUTO=/tmp/resolv.conf.auto
DROPBEAR_KEYS="rsa dss"
DROPBEAR_TRIES=0
DROPBEAR_WINDOW=0
DNSMASQ_FILES=one
DNSMASQ_FOLDER=shared
DNSMASQ_BIND=bind-interfaces
DNSMASQ_BIND_DEFAULT=0
DNSMASQ_LOCAL=yes
DNSMASQ_SIX=
