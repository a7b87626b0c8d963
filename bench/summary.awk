# Reads goals.tsv, notes.tsv (key, why there is no figure or what breaks it) and samples.tsv (series, round, steal in %, value), in this
# order; prints the table and writes the JSON to the file `json`. Of each series the quiet samples count: those with at most `steal_max`
# of steal, or the `fewest` with the least when there are not that many.
BEGIN { FS = OFS = "\t"; n_goals = 0; n_series = 0 }
FNR == 1 { file++ }
/^#/ || !NF { next }
file == 1 { key[++n_goals] = $1; op[n_goals] = $2; goal[n_goals] = $3; how[n_goals] = $4; top[n_goals] = $5; bottom[n_goals] = $6; next }
file == 2 { why[$1] = $2; if ($3 == "broken") broken[$1] = 1; next }
{
  if (!($1 in count)) series[++n_series] = $1
  i = ++count[$1]
  round[$1, i] = $2; steal[$1, i] = $3 + 0; value[$1, i] = $4 + 0
}
END {
  for (s = 1; s <= n_series; s++) keep(series[s])
  printf "{\n  \"run\": %s,\n  \"goals\": {", about > json
  line = "%-36s %8s %10s  %-21s %s\n"
  printf "\n" line, "goal", "is to be", "value", "spread", "verdict"
  for (g = 1; g <= n_goals; g++) judge(g)
  printf "\n  },\n  \"figures\": {" >> json
  printf "\n%-36s %12s  %-27s %7s %6s\n", "figure", "median", "range of the quiet", "rounds", "steal"
  for (s = 1; s <= n_series; s++) show(series[s], s)
  printf "\n  }\n}\n" >> json
}

# Marks the quiet samples of a series, sorts their values, takes the median.
function keep(name,   i, j, n, limit, sorted) {
  n = count[name]
  for (i = 1; i <= n; i++) sorted[i] = steal[name, i]
  sort(sorted, n)
  limit = steal_max
  if (n >= fewest && sorted[fewest] > limit) limit = sorted[fewest]
  if (n < fewest && sorted[n] > limit) limit = sorted[n]
  j = 0
  for (i = 1; i <= n; i++) if (steal[name, i] <= limit) { kept[name, ++j] = value[name, i]; quiet[name, round[name, i]] = value[name, i] }
  kept_count[name] = j
  for (i = 1; i <= j; i++) sorted[i] = kept[name, i]
  sort(sorted, j)
  low[name] = sorted[1]; high[name] = sorted[j]
  median[name] = middle(sorted, j)
  worst_steal[name] = 0
  for (i = 1; i <= n; i++) if (steal[name, i] <= limit && steal[name, i] > worst_steal[name]) worst_steal[name] = steal[name, i]
}
function middle(sorted, n) { return n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2 }
function sort(a, n,   i, j, v) {
  for (i = 2; i <= n; i++) { v = a[i] + 0; for (j = i - 1; j >= 1 && a[j] + 0 > v; j--) a[j + 1] = a[j]; a[j + 1] = v }
}

# The series among names (with commas) whose median is the highest, or the lowest; "" without any.
function best(names, lowest,   part, n, i, found) {
  n = split(names, part, ",")
  found = ""
  for (i = 1; i <= n; i++) {
    if (!(part[i] in median)) continue
    if (found == "" || (lowest ? median[part[i]] < median[found] : median[part[i]] > median[found])) found = part[i]
  }
  return found
}

# The value of a goal; from and to are the spread: of the ratio round by round, or of the samples.
function judge(g,   under, v, r, i, n, from, to, verdict, name, met, ratios) {
  name = top[g]
  under = how[g] == "value" ? "" : best(bottom[g], how[g] == "ratio-low")
  if (!(name in median) || (how[g] != "value" && (under == "" || median[under] == 0))) {
    verdict = "no figure: " ((key[g] in why) ? why[key[g]] : "not measured in this run")
    printf line, key[g], op[g] " " goal[g], "-", "", verdict
    printf "%s\n    \"%s\": {\"goal\": \"%s %s\", \"value\": null, \"spread\": null, \"verdict\": %s}", (g > 1 ? "," : ""), key[g], op[g], goal[g], quoted(verdict) >> json
    return
  }
  if (how[g] == "value") { v = median[name]; from = low[name]; to = high[name] }
  else {
    n = 0
    for (i = 1; i <= count[name]; i++) {
      r = round[name, i]
      if ((name, r) in quiet && (under, r) in quiet && quiet[under, r] > 0) ratios[++n] = quiet[name, r] / quiet[under, r]
    }
    if (n == 0) ratios[++n] = median[name] / median[under]
    sort(ratios, n)
    v = middle(ratios, n); from = ratios[1]; to = ratios[n]
  }
  met = op[g] == ">=" ? v >= goal[g] : op[g] == "<=" ? v <= goal[g] : v < goal[g]
  verdict = (key[g] in broken) ? "missed: " why[key[g]] : (met ? "met" : "missed") ((key[g] in why) ? " (" why[key[g]] ")" : "")
  printf line, key[g], op[g] " " goal[g], figure(v), figure(from) " .. " figure(to), verdict
  printf "%s\n    \"%s\": {\"goal\": \"%s %s\", \"value\": %s, \"spread\": [%s, %s], \"verdict\": %s}", (g > 1 ? "," : ""), key[g], op[g], goal[g], figure(v), figure(from), figure(to), quoted(verdict) >> json
}

function show(name, s,   i, all) {
  printf "%-36s %12s  %-27s %3d/%-3d %5.1f%%\n", name, figure(median[name]), figure(low[name]) " .. " figure(high[name]), kept_count[name], count[name], worst_steal[name]
  all = ""
  for (i = 1; i <= count[name]; i++) all = all (i > 1 ? ", " : "") "[" round[name, i] ", " steal[name, i] ", " value[name, i] "]"
  printf "%s\n    \"%s\": {\"median\": %s, \"low\": %s, \"high\": %s, \"kept\": %d, \"samples\": [%s]}", (s > 1 ? "," : ""), name, figure(median[name]), figure(low[name]), figure(high[name]), kept_count[name], all >> json
}
function figure(v) { return v >= 1000 || v <= -1000 ? sprintf("%.0f", v) : v >= 10 ? sprintf("%.1f", v) : sprintf("%.3f", v) }
function quoted(text) { gsub(/["\\]/, "\\\\&", text); return "\"" text "\"" }
