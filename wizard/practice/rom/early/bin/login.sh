#!/bin/sh
# What telnetd starts.
cat <<'EOF'
 === IMPORTANT ============================
  Use 'passwd' to set your login password
  this will disable telnet and enable SSH
 ------------------------------------------
EOF
exec /bin/ash --login
