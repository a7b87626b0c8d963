#!/bin/sh
# The PostgreSQL of one ctest run, on a Unix socket only. Usage: cluster.sh start|stop FILE FSYNC
# With FSYNC off it is quick in everything; with on it also orders texts as no program should rely on.
# FILE holds the folder of the socket while the cluster runs. It ends with ctest, however ctest ends.
set -eu
programs=/usr/lib/postgresql/15/bin
file=$2 fsync=${3:-on}

# PostgreSQL refuses to run as root; the package made the user postgres.
as_its_user() {
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

stop() {
  [ -f "$file" ] || return 0
  folder=$(cat "$file")
  rm -f "$file"
  [ -d "$folder/data" ] || return 0
  cd /
  as_its_user "$programs/pg_ctl" -D "$folder/data" -w -t 60 -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$folder"
}

start() {
  stop
  folder=$(mktemp -d "${TMPDIR:-/tmp}/partnerd-pg-XXXXXX")
  [ "$(id -u)" != 0 ] || chown postgres "$folder"
  chmod 755 "$folder"
  cd /
  order="--locale-provider=icu --icu-locale=en-US"
  [ "$fsync" = on ] || order=--lc-collate=C
  # shellcheck disable=SC2086 # the words are meant to be split
  as_its_user "$programs/initdb" -D "$folder/data" -U partnerd -A trust --encoding=UTF8 --locale=C.UTF-8 $order --no-instructions -N >/dev/null
  as_its_user "$programs/pg_ctl" -D "$folder/data" -w -t 60 -l "$folder/data/log" -o "-c listen_addresses='' \
    -c unix_socket_directories=$folder -c fsync=$fsync -c max_connections=400 -c shared_buffers=64MB -c max_wal_size=256MB" start >/dev/null
  printf '%s\n' "$folder" >"$file"
}

# ctest may be killed before it runs the test that stops the cluster.
stop_with() {
  while kill -0 "$1" 2>/dev/null; do sleep 1; done
  [ "$(cat "$file" 2>/dev/null)" != "$2" ] || stop
}

case $1 in
  start)
    start
    # ctest waits until nobody holds the output any more.
    # A signal to the whole process group leaves it to its work.
    (trap "" HUP INT TERM; exec </dev/null >/dev/null 2>&1; stop_with "$PPID" "$folder") &
    ;;
  stop) stop ;;
  *) sed -n 's/^# //p' "$0"; exit 2 ;;
esac
