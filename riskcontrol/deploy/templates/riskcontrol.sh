#!/bin/sh
# The register's own commands, with its settings and as its account: riskcontrol backup, riskcontrol verify_register, …
set -eu
[ "$(id -u)" -eq 0 ] || { echo "riskcontrol: call it with sudo" >&2; exit 1; }
while IFS= read -r line; do
  case "$line" in "" | "#"*) ;; *=*) export "$line" ;; esac
done <@environment@
HOME=@data@
export HOME
exec runuser -u @user@ -- @program@/.venv/bin/python @program@/manage.py "$@"
