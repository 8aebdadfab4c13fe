#!/bin/sh
# The administrator's command. What changes the installation itself runs as root (riskcontrol/deploy/console.py); all
# else is a command of the register: with its settings, as its account.
set -eu
[ "$(id -u)" -eq 0 ] || { echo "riskcontrol: 请在前面加 sudo (call it with sudo)" >&2; exit 1; }
case "${1:-help}" in
  help | -h | --help | status | rename | certificate | mail | move | bundle | uninstall)
    CALLER_DIR=$PWD
    export CALLER_DIR
    cd @program@
    exec python3 -m riskcontrol.deploy.console "$@"
    ;;
  upgrade) exec @program@/run "$@" ;;
esac
while IFS= read -r line; do
  case "$line" in "" | "#"*) ;; *=*) export "$line" ;; esac
done <@environment@
HOME=@data@
export HOME
umask 027
# What is put in the place of the data must not be written to meanwhile.
if [ "$1" = restore ] && systemctl is-active --quiet riskcontrol.service 2>/dev/null; then
  case " $* " in
    *" --into"*) ;;
    *" --replace "* | *" --damaged "*)
      echo "· 正在停止服务 (stopping the service)"
      systemctl stop riskcontrol.service
      trap 'systemctl start riskcontrol.service && echo "· 服务已重新启动 (started again)"' EXIT
      runuser -u @user@ -- @program@/.venv/bin/python @program@/manage.py "$@"
      exit
      ;;
  esac
fi
exec runuser -u @user@ -- @program@/.venv/bin/python @program@/manage.py "$@"
