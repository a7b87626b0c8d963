# shellcheck shell=bash
# Conversions over HTTP beside the same rows written by a bare program, on SQLite and on PostgreSQL.

# One conversion's rows by table, as the server wrote them. Jobs write beside it, roll-ups and accounts are added to.
count_rows() {
  local table
  for table in $(sqlite3 "$1" "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"); do
    case "$table" in job | instance | seal | seal_block | account | rollup_*) continue ;; esac
    printf '%s\t%s\n' "$table" "$(sqlite3 "$1" "select count(*) from $table")"
  done
}

# The bare program must write what the server writes, or the comparison is worth nothing.
compare_rows() {
  local folder=$1 bare=$2 ours theirs
  count_rows "$folder/partnerd.db" >"$work/rows-before"
  load "$port" 10 --stream "request=$work/seed/conversion.http,rows=$work/seed/clicks.tsv,most=1,connections=1" && only_status 201 || return 1
  count_rows "$folder/partnerd.db" >"$work/rows-after"
  ours=$(awk -F '\t' 'NR == FNR {before[$1] = $2; next} $2 > before[$1] {print $1 "=" $2 - before[$1]}' "$work/rows-before" "$work/rows-after" | sort | tr '\n' ' ')
  theirs=$("$tools/bench_bare_sqlite" "$bare/partnerd.db" 0.01 1 | awk 'NR > 1 && $1 != "account" && $1 !~ /^rollup_/ {print $1 "=" $2}' | sort | tr '\n' ' ')
  say "A conversion inserts: $ours"
  [ "$ours" = "$theirs" ] || note conversion_over_bare_sqlite "the bare program inserts other rows: $theirs" broken
}

# convert SERIES ROUND CONNECTIONS: one run against the server at `port`, whose pid is `server`.
convert() {
  local before after steal units batches
  units=$(metric partnerd_storage_units) batches=$(metric partnerd_storage_batches) before=$(cpu_us "$server")
  clock_steal
  load "$port" "$seconds" --warmup 0.5 --stream "request=$work/seed/conversion.http,rows=$3,connections=64"
  steal=$(steal_since)
  after=$(cpu_us "$server")
  only_status 201 || return 1
  batch=$(divide "$(($(metric partnerd_storage_units) - units))" "$(($(metric partnerd_storage_batches) - batches))")
  sample "$1.rps" "$2" "$steal" "$(answered .per_second)"
  sample "$1.p50_ms" "$2" "$steal" "$(answered .p50_ms)"
  sample "$1.p99_ms" "$2" "$steal" "$(answered .p99_ms)"
  sample "$1.cpu_us" "$2" "$steal" "$(divide $((after - before)) "$(answered .sent)")"
  sample "$1.batch" "$2" "$steal" "$batch"
}

measure_conversion() {
  conversions_on_sqlite || note conversion_over_bare_sqlite "the measurement failed"
  if start_postgresql; then
    conversions_on_postgresql || note conversion_over_bare_postgresql "the measurement failed"
    stop_postgresql
  else
    note conversion_over_bare_postgresql "PostgreSQL could not be started"
  fi
}

conversions_on_sqlite() {
  local folder bare round rate at_64
  folder=$(fresh_copy conversion)
  bare=$(fresh_copy conversion-bare)
  start_server "$folder" || return 1
  compare_rows "$folder" "$bare" || return 1
  for round in $(seq "$rounds"); do
    convert conversion.sqlite "$round" "$work/seed/clicks.tsv" || return 1
    clock_steal
    rate=$("$tools/bench_bare_sqlite" "$bare/partnerd.db" "$seconds" "$(printf '%.0f' "$batch")" | head -n 1)
    [ -n "$rate" ] || return 1
    sample conversion.bare_sqlite.rps "$round" "$(steal_since)" "$rate"
    clock_steal
    at_64=$("$tools/bench_bare_sqlite" "$bare/partnerd.db" "$seconds" 64 | head -n 1)
    sample conversion.bare_sqlite_64.rps "$round" "$(steal_since)" "$at_64"
    say "SQLite, round $round of $rounds: $(answered .per_second) conversions a second, in batches of $batch; bare $rate"
  done
  stop "$server"
}

conversions_on_postgresql() {
  local folder=$work/on-postgresql url bare round out
  url=$(pg_database ours) && bare=$(pg_database bare) || return 1
  mkdir "$folder"
  if ! start_server "$folder" "$bare"; then
    note conversion_over_bare_postgresql "the server does not start on PostgreSQL: $(tail -n 1 "$folder/server.log")"
    return 0
  fi
  stop "$server"
  if ! seed_data "$folder" "$url" || ! start_server "$folder" "$url"; then
    note conversion_over_bare_postgresql "the data could not be prepared on PostgreSQL"
    stop "$server"
    return 0
  fi
  for round in $(seq "$rounds"); do
    convert conversion.postgresql "$round" "$folder/clicks.tsv" || return 1
    clock_steal
    out=$("$tools/bench_bare_postgresql" "$bare" "$work/seed/partnerd.db" "$seconds" 16 | tr '\n' ' ')
    [ -n "$out" ] || return 1
    sample conversion.bare_postgresql.rps "$round" "$(steal_since)" "${out%% *}"
    say "PostgreSQL, round $round of $rounds: $(answered .per_second) conversions a second; bare and re-run: $out"
  done
  stop "$server"
}
