# raw.tsv and starts.tsv to Markdown: what a traced connection costs over an untraced one, what was seen and lost, how soon the first
# event came, and the bars that were set. Needs ../peers/medians.awk.
BEGIN { FS = "\t"; pending = "" }
FNR == 1 { ++file; next }

file == 1 {
  if (!($2 in runs)) { tracers[++tracer_count] = $2; command[$2] = $14 }
  n = ++runs[$2]
  rate[$2, n] = $3 / $4
  load[$2, n] = $5 / $3 * 1000
}
file == 1 && $2 == "none" {
  if (pending != "") {
    ratio[pending, runs[pending]] = total / ((untraced + load["none", n]) / 2)
    pending = ""
  }
  untraced = load["none", n]
}
file == 1 && $2 != "none" {
  pending = $2
  own[$2, n] = ($7 + $8) / $3 * 1000
  total = load[$2, n] + own[$2, n]
  peak[$2, n] = $9 / 1024
  expected[$2] += $11; seen[$2] += $12; said[$2] += $13
  missing[$2] += $12 < $11 ? $11 - $12 : 0
  failed[$2] += $10 != 0 && $10 != 130
}

file == 2 {
  if (!($2 in starts)) { starters[++starter_count] = $2; command["start", $2] = $5 }
  n = ++starts[$2]
  first[$2, n] = $3
  if ($4 != "-") event[$2, ++stamped[$2]] = $4
}

function written(value, decimals) {
  if (decimals == "whole") return thousands(sprintf("%.0f", value))
  return sprintf("%.*f", decimals, value)
}
function range(values, row, n, decimals) {
  if (n == 0) return "-"
  sorted(values, row, n)
  return n == 1 ? written(order[1], decimals) \
    : sprintf("%s (%s-%s)", written(median_of(n), decimals), written(order[1], decimals), written(order[n], decimals))
}
function under_load(    i, t, n) {
  printf "\n### Full load: two workers connect and close as fast as they can, %d s a run\n\n", seconds
  print "| tracer | runs | connections/s | load's CPU, µs/conn. | tracer's CPU, µs/conn. | cost over untraced | seen, % | missing | said lost | peak, MiB |"
  print "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
  for (i = 1; i <= tracer_count; i++) {
    t = tracers[i]; n = runs[t]
    printf "| %s | %d%s | %s | %s |", t, n, failed[t] ? " (**" failed[t] " failed**)" : "", range(rate, t, n, "whole"), range(load, t, n, 1)
    if (t == "none") { print " | 1 | | | | |"; continue }
    printf " %s | %s | %.2f | %s | %s | %s |\n", range(own, t, n, 1), range(ratio, t, n, 3), \
      100 * seen[t] / expected[t], thousands(missing[t]), thousands(said[t]), range(peak, t, n, 1)
  }
}
function starting(    i, t) {
  print "\n### Starting up: from command to first event, at 3,000 connections a second\n"
  print "| tracer | runs | first event written, ms | the event's own time, ms |"
  print "|---|---:|---:|---:|"
  for (i = 1; i <= starter_count; i++) {
    t = starters[i]
    printf "| %s | %d | %s | %s |\n", t, starts[t], range(first, t, starts[t], 0), range(event, t, stamped[t], 0)
  }
}
function commands(    i, t) {
  print "\n### The commands\n"
  for (i = 1; i <= tracer_count; i++) if (tracers[i] != "none") print "- " tracers[i] ": " shown(command[tracers[i]])
  for (i = 1; i <= starter_count; i++) print "- starting, " starters[i] ": " shown(command["start", starters[i]])
}
# What was measured for a bar; "" when it was not.
function measure_of(t, what) {
  if (what == "first") {
    if (!starts[t]) return ""
    sorted(first, t, starts[t]); return median_of(starts[t])
  }
  if (!runs[t]) return ""
  if (what == "lost") return missing[t] > said[t] ? missing[t] : said[t]
  if (what == "cost") sorted(ratio, t, runs[t]); else sorted(peak, t, runs[t])
  return what == "cost" ? median_of(runs[t]) : order[runs[t]]
}
function judged(    line, field, value, head) {
  unit["cost"] = "times the untraced CPU"; unit["lost"] = "events missing or lost, all runs"
  unit["peak"] = "MiB at most"; unit["first"] = "ms to the first event"
  while ((getline line < bars) > 0) {
    if (line ~ /^#/ || split(line, field, "\t") != 3) continue
    value = measure_of(field[1], field[2])
    if (value == "") continue
    if (!head++) print "\n### The bars\n\n| tracer | what | measured | bar | met |\n|---|---|---:|---:|---|"
    printf "| %s | %s | %s | %s | %s |\n", field[1], unit[field[2]], field[2] == "lost" ? thousands(value) : number(value), field[3], verdict(value, field[3])
  }
}
END {
  print machine "\n"
  print "Medians (least-most). CPU is user + system; a tracer's is that of the whole process, from its start to its end. The cost of a run"
  print "is (load's CPU + tracer's CPU) for each connection, over the mean of the untraced runs just before and after it. What the kernel"
  print "does for a tracer while a connection changes state is part of the load's CPU. Seen is of what the connections must have made; it can"
  print "be above 100 where all is counted without a look at addresses: perf record and bpftrace count have the whole machine, the matrix"
  print "has listeners and ends of TIME_WAIT."
  if (tracer_count) under_load()
  if (starter_count) starting()
  judged()
  commands()
  while ((getline line < checks) > 0) { if (!any++) print "\n### What went wrong\n"; print "- " line }
}
