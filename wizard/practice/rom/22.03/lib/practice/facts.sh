# What differs between releases, for the start scripts of this layer and the ones below it.
# shellcheck shell=sh disable=SC2034
RC_HELP=aligned
RC_RELOAD="service does not implement reload"
RC_PROCD="running status trace info"
RC_ENABLE=by-result
RC_ENABLED=both
RESOLV_AUTO=/tmp/resolv.conf.d/resolv.conf.auto
DROPBEAR_KEYS="ed25519 rsa"
DROPBEAR_TRIES=3
DROPBEAR_WINDOW=0
DNSMASQ_FILES=section
DNSMASQ_FOLDER=shared
DNSMASQ_BIND=bind-dynamic
DNSMASQ_BIND_DEFAULT=1
DNSMASQ_LOCAL=yes
DNSMASQ_SIX=yes
