# shellcheck shell=sh
# For scripts that know the place of earlier releases.
# shellcheck source=/dev/null
type fw_is_loaded >/dev/null 2>&1 || . "$IPKG_INSTROOT/lib/firewall/core.sh"
