# shellcheck shell=bash
# Clicks at a fixed rate while millions of old ones are let go, beside the same with none to go; what a million rows take in each table
# and what is written for one.
growth_rate=${PARTNERD_BENCH_GROWTH_RATE:-10000}

# written_bytes: what the server at `server` has had written, in its log and in its tables.
written_bytes() { awk '/^write_bytes/ {print $2}' "/proc/$server/io"; }

# clicks_at_rate SERIES ROUND SECONDS: a fixed rate of clicks against the server at `port`; how many old ones went meanwhile.
clicks_at_rate() {
  local pruned steal figure
  pruned=$(metric partnerd_clicks_pruned)
  clock_steal
  load "$port" "$3" --warmup 1 --stream "request=$rows_of/click.http,rows=$rows_of/links.tsv,order=random,rate=$growth_rate,connections=256" || return 1
  steal=$(steal_since)
  only_status 302 || return 1
  for figure in p50_ms p99_ms p999_ms max_ms per_second; do sample "$1.$figure" "$2" "$steal" "$(answered ".$figure")"; done
  pruned=$(($(metric partnerd_clicks_pruned) - pruned))
  sample "$1.pruned" "$2" "$steal" "$pruned"
  say "$1, round $2: p99 $(answered .p99_ms) ms, p99.9 $(answered .p999_ms) ms, longest $(answered .max_ms) ms; $pruned old clicks went"
}

# serve_keeping DAYS FOLDER [URL]: its pruning begins when the load does.
serve_keeping() {
  local days=$1
  shift
  PARTNERD__CLICKS__KEEP_DAYS=$days start_server "$@"
}

growth_on_sqlite() {
  local folder round old=4000000 took=35 # two or three turns of the job
  [ "$quick" = 0 ] || { old=400000; took=4; }
  folder=$(fresh_copy growth)
  "$tools/bench_fill" "$folder/partnerd.db" "$old" 400 || return 1
  cp "$folder/partnerd.db" "$folder/filled.db"
  for round in $(seq $((rounds > 3 ? 3 : rounds))); do
    for days in 0 37; do
      rm -f "$folder"/partnerd.db*
      cp "$folder/filled.db" "$folder/partnerd.db"
      sqlite3 "$folder/partnerd.db" "update job set lease_until_us = 0, next_due_us = (unixepoch() + 2) * 1000000 where id = 'core.clicks'"
      sync
      serve_keeping "$days" "$folder" || return 1
      clicks_at_rate "growth.sqlite.keep_$days" "$round" "$took" || return 1
      stop "$server"
    done
  done
  rm -f "$folder/filled.db"
}

# fill_weeks URL ROWS: old clicks of a year, in their weeks, written past the server.
fill_weeks() {
  psql -q "$1" >/dev/null <<END
do \$\$ declare span constant bigint = 604800000 * 4194304::bigint; week bigint; name text; begin
  for week in select w from generate_series((((extract(epoch from now()) * 1000)::bigint - 1735689600000) * 4194304) / span - 59,
                                            (((extract(epoch from now()) * 1000)::bigint - 1735689600000) * 4194304) / span - 8) w loop
    name = to_char(to_timestamp(((week + 1) * span / 4194304 + 1735689600000) / 1000.0) at time zone 'UTC', '"click_until_"YYYY_MM_DD');
    execute format('create table if not exists %I (like click including all)', name);
    execute format('insert into %I (id, program, link, sub1, sub2, sub3, sub4, sub5, visitor, is_unique, referrer)
      select \$1 + n * (\$2 / \$3), l.program, l.id, '''', '''', '''', '''', '''', n * 7919, n %% 4 / 3, ''https://www.example.org/reviews/the-best-of-the-year''
      from generate_series(0, \$3 - 1) n join (select row_number() over () - 1 as place, program, id, (select count(*) from link) as links from link) l on l.place = n %% l.links', name)
      using week * span, span, ($2 / 52)::bigint;
    execute format('alter table click attach partition %I for values from (%s) to (%s)', name, week * span, (week + 1) * span);
    execute format('analyze %I', name);
  end loop; end \$\$
END
}

# The job is due two seconds from now, so that it begins under the load; and no mark is there from an earlier round.
due_soon() { psql -q "$1" -c "delete from instance where name = 'clicks.kept_from'" -c "update job set lease_until_us = 0, next_due_us = (extract(epoch from now()) * 1000000)::bigint + 2000000 where id = 'core.clicks'" >/dev/null; }

growth_on_postgresql() {
  local url=$1 round old=4000000 took=35 days
  [ "$quick" = 0 ] || { old=400000; took=4; }
  for round in $(seq $((rounds > 3 ? 3 : rounds))); do
    fill_weeks "$url" "$old" || return 1
    for days in 0 37; do
      psql -q "$url" -c checkpoint # what was filled in is written before, not under the load
      sync
      due_soon "$url"
      serve_keeping "$days" "$work/growth-pg" "$url" || return 1
      clicks_at_rate "growth.postgresql.keep_$days" "$round" "$took" || return 1
      stop "$server"
    done
  done
}

# table_bytes URL: name and bytes of each table with its indexes, for either database.
table_bytes() {
  case "$1" in
    postgresql:*) psql -qAt -F "$(printf '\t')" "$1" -c "select c.relname, coalesce(sum(pg_total_relation_size(p.relid)), 0)::bigint from pg_class c, pg_partition_tree(c.oid) p where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition group by 1 union all select c.relname, pg_total_relation_size(c.oid) from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not c.relispartition order by 1" ;;
    *) sqlite3 -separator "$(printf '\t')" "$1" "select m.tbl_name, sum(d.pgsize) from dbstat d join sqlite_master m on m.name = d.name where d.aggregate = 1 group by 1 order by 1" ;;
  esac
}

# wal_position URL: bytes of log since ever; nothing on SQLite.
wal_position() { case "$1" in postgresql:*) psql -qAt "$1" -c "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint" ;; esac; }

# Processor time of the private cluster's sessions so far, in microseconds.
database_cpu_us() { cpu_us $(pgrep -P "$(head -n 1 "$pg_folder/data/postmaster.pid")"); }

# grow SERIES URL WHAT COUNT REQUEST ROWS ORDER STATUS: so many of one kind, at 64 connections; what each table grew by, per million.
grow() {
  local series=$1 url=$2 what=$3 count=$4 sent written wal cpu database_cpu table bytes
  table_bytes "$url" >"$work/tables-before"
  written=$(written_bytes) wal=$(wal_position "$url") cpu=$(cpu_us "$server")
  [ -z "$wal" ] || database_cpu=$(database_cpu_us)
  load "$port" 600 --stream "request=$rows_of/$5,rows=$6,order=$7,connections=64,most=$count" && only_status "$8" || return 1
  sent=$(answered .sent)
  sample "growth.$series.$what.per_second" 1 0 "$(answered .per_second)"
  sample "growth.$series.$what.cpu_us" 1 0 "$(divide $(($(cpu_us "$server") - cpu)) "$sent")"
  [ -z "$wal" ] || sample "growth.$series.$what.database_cpu_us" 1 0 "$(divide $(($(database_cpu_us) - database_cpu)) "$sent")"
  sleep 12 # the seal comes behind
  if [ -n "$wal" ]; then sample "growth.$series.$what.wal_bytes_each" 1 0 "$(divide $(($(wal_position "$url") - wal)) "$sent")"
  else sample "growth.$series.$what.written_bytes_each" 1 0 "$(divide $(($(written_bytes) - written)) "$sent")"; fi
  table_bytes "$url" >"$work/tables-after"
  while read -r table bytes; do sample "growth.$series.$what.$table.mb_per_million" 1 0 "$(divide "$bytes" "$sent")"
  done < <(awk -F '\t' 'NR == FNR {before[$1] = $2; next} $2 > before[$1] {print $1, $2 - before[$1]}' "$work/tables-before" "$work/tables-after")
}

# sizes SERIES URL: the server runs at `port`.
sizes() {
  local clicks=300000 conversions=50000
  [ "$quick" = 0 ] || { clicks=20000; conversions=5000; }
  grow "$1" "$2" click "$clicks" click.http "$rows_of/links.tsv" random 302 || return 1
  grow "$1" "$2" conversion "$conversions" conversion.http "$rows_of/clicks.tsv" cycle 201
}

measure_growth() {
  local folder url
  rows_of=$work/seed
  growth_on_sqlite || unmeasured "Pruning on SQLite was not measured"
  folder=$(fresh_copy growth-sizes)
  PARTNERD__CLICKS__KEEP_DAYS=0 start_server "$folder" && sizes sqlite "$folder/partnerd.db" && stop "$server" || return 1
  start_postgresql || return 1
  rows_of=$work/growth-pg
  url=$(pg_database growth) && seed_data "$rows_of" "$url" && start_server "$rows_of" "$url" && sizes postgresql "$url" && stop "$server" || return 1
  growth_on_postgresql "$url" || unmeasured "Pruning on PostgreSQL was not measured"
  stop_postgresql
}
