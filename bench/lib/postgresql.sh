# shellcheck shell=bash
# A private PostgreSQL cluster, durable, on a Unix socket only; as tests/contract/postgresql_cluster.cpp makes it.
pg_programs=/usr/lib/postgresql/15/bin
pg_folder=

# PostgreSQL refuses to run as root; the package made the user postgres.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

start_postgresql() {
  [ -x "$pg_programs/initdb" ] || { say "There is no PostgreSQL 15 in $pg_programs"; return 1; }
  # The path of a socket is 107 bytes at most, and the user postgres must get there.
  pg_folder=$(mktemp -d "${TMPDIR:-/tmp}/partnerd-bench-XXXXXX")
  chmod 755 "$pg_folder"
  mkdir "$pg_folder/data"
  [ "$(id -u)" != 0 ] || chown -R postgres "$pg_folder"
  as_postgres "$pg_programs/initdb" -D "$pg_folder/data" -U partnerd -A trust --encoding=UTF8 --locale=C.UTF-8 --no-instructions >"$work/initdb.log" 2>&1 || { tail -n 5 "$work/initdb.log"; return 1; }
  as_postgres "$pg_programs/pg_ctl" -D "$pg_folder/data" -w -t 60 -l "$pg_folder/log" \
    -o "-c listen_addresses='' -c unix_socket_directories=$pg_folder -c fsync=on -c synchronous_commit=on -c max_connections=200 -c shared_buffers=512MB -c max_wal_size=4GB" start >/dev/null || { tail -n 5 "$pg_folder/log"; return 1; }
}

stop_postgresql() {
  [ -n "$pg_folder" ] || return 0
  [ ! -f "$pg_folder/data/postmaster.pid" ] || as_postgres "$pg_programs/pg_ctl" -D "$pg_folder/data" -w -t 60 -m immediate stop >/dev/null
  rm -rf "$pg_folder"
  pg_folder=
}

# pg_database NAME: an empty database; prints its URL.
pg_database() {
  as_postgres "$pg_programs/createdb" -h "$pg_folder" -U partnerd "$1" && printf 'postgresql://partnerd@/%s?host=%s' "$1" "$pg_folder"
}
