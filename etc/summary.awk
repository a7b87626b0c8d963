# Reads `ctest -V`: shows each test as it ends and counts Boost.Test cases; another test is one case. The last line is
# "PASSED FAILED SKIPPED" for ./test. A failed executable has as many failed cases as it names. Where it names none, crashed or ran out of
# time, all its cases count as failed, since nobody knows which of them ran.
function finish(id, name, state, seconds,    failed, total) {
  total = (id in cases) ? cases[id] : 1
  failed = 0
  if (state == "failed") failed = (id in failures) ? failures[id] : total
  if (state == "broken" || (state == "failed" && id in broken)) { failed = total; state = "failed" }
  if (failed > total) total = failed
  if (state == "skipped") { skipped += 1; total = 0 }
  else { passed_all += total - failed; failed_all += failed }
  ended += 1
  printf "%s: %s %s (%d of %d cases, %s s)\n", label, (state == "passed" ? "ok" : toupper(state)), name, total - failed, total, seconds
  if (state == "failed") printf "%s", tails[id]
  delete tails[id]
  fflush()
}

# Output of a test: "12: Running 17 test cases..."
match($0, /^[0-9]+: /) {
  id = substr($0, 1, RLENGTH - 2) + 0
  text = substr($0, RLENGTH + 1)
  if (text ~ /^Running [0-9]+ test cases?\.\.\./) { split(text, word, " "); cases[id] = word[2] + 0 }
  if (match(text, /(error|fatal error): in "[^"]+"/)) {
    where = substr(text, RSTART, RLENGTH)
    sub(/^.*error: in "/, "", where)
    if (!((id, where) in seen)) { seen[id, where] = 1; failures[id] += 1 }
  }
  # Boost.Test gives up after a signal.
  if (text ~ /fatal error: in .*signal:/) broken[id] = 1
  if (text ~ /(error|failure|ERROR|runtime error|terminate called|Assertion|INVARIANT|broken)/ && lines[id] < 60) {
    lines[id] += 1
    tails[id] = tails[id] "    " text "\n"
  }
  next
}

# " 3/41 Test  #7: unit_config .....   Passed    0.11 sec", or ***Failed, ***Timeout, ***Exception: SegFault, ***Skipped
match($0, /Test +#[0-9]+: /) {
  rest = substr($0, RSTART + RLENGTH)
  split(substr($0, RSTART, RLENGTH), word, "#")
  number = word[2] + 0
  split(rest, part, " ")
  seconds = rest
  sub(/ sec.*$/, "", seconds)
  sub(/^.* /, "", seconds)
  if (rest ~ /\*\*\*Skipped/) finish(number, part[1], "skipped", seconds)
  else if (rest ~ / Passed /) finish(number, part[1], "passed", seconds)
  else if (rest ~ /\*\*\*(Exception|Timeout|Not Run)/) finish(number, part[1], "broken", seconds)
  else if (rest ~ /\*\*\*/) finish(number, part[1], "failed", seconds)
}

END { printf "%d %d %d\n", passed_all, failed_all, skipped }
