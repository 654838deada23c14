PATH=/bin:/sbin:/usr/bin:/usr/sbin; LC_ALL=C; export PATH LC_ALL; umask 077
ram="${IPKG_INSTROOT}/tmp"
[ -d "$ram/pptp-wizard.lock" ] || rm -rf "$ram"/pptp-wizard-packages.*
free=$(df -k "$ram/" | awk 'END { print $(NF - 2) }')
[ "$free" -ge {{ need_kb }} ] || { echo "$free kB are free in RAM"; exit 9; }
mkdir "$ram/"{{ folder }} && cd "$ram/"{{ folder }} && tar xf - && echo received
