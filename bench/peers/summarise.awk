# Turns raw.tsv into Markdown: medians with their range, ratios pair by pair, and the bars that were set. Needs medians.awk.
BEGIN {
  FS = "\t"
  while ((getline line < bars) > 0) {
    if (line !~ /^#/ && split(line, field, "\t") == 5) bar[field[4], field[1], field[2], field[3]] = field[5]
  }
}
FNR == 1 { next }
{
  row = $1 SUBSEP $2 SUBSEP $3
  if (!(row in runs)) {
    rows[++row_count] = row; command[row] = $10
    if (!($1 in sizes)) { sizes[$1]; size_order[++size_count] = $1 }
  }
  n = ++runs[row]
  cpu[row, n] = $6 + $7; wall[row, n] = $5; peak[row, n] = $8 / 1024; failed[row] += $9 != 0
  by_round[row, $4] = n
  if ($4 > rounds) rounds = $4
}
function range(values, row,    n) {
  n = runs[row]; sorted(values, row, n)
  return n == 1 ? number(order[1]) : sprintf("%s (%s-%s)", number(median_of(n)), number(order[1]), number(order[n]))
}
function median(values, row) { sorted(values, row, runs[row]); return median_of(runs[row]) }
function ratio(values, ours, theirs,    r, n) {
  n = 0
  for (r = 1; r <= rounds; r++) {
    if (((ours, r) in by_round) && ((theirs, r) in by_round) && values[theirs, by_round[theirs, r]] > 0) {
      pairs["", ++n] = values[ours, by_round[ours, r]] / values[theirs, by_round[theirs, r]]
    }
  }
  if (n == 0) return -1
  sorted(pairs, "", n)
  return median_of(n)
}
function measured(size,    i, part) {
  print "| question | command | runs | CPU, ms | wall, ms | peak, MiB |"
  print "|---|---|---:|---:|---:|---:|"
  for (i = 1; i <= row_count; i++) {
    split(rows[i], part, SUBSEP)
    if (part[1] != size) continue
    printf "| %s | %s | %d%s | %s | %s | %.1f |\n", part[2], shown(command[rows[i]]), runs[rows[i]], \
      failed[rows[i]] ? " (**" failed[rows[i]] " failed**)" : "", range(cpu, rows[i]), range(wall, rows[i]), median(peak, rows[i])
  }
}
function compared(size,    i, j, ours, theirs, c, w, key, limit, head) {
  for (i = 1; i <= row_count; i++) {
    split(rows[i], ours, SUBSEP)
    if (ours[1] != size || ours[3] !~ /^tcplens/) continue
    for (j = 1; j <= row_count; j++) {
      split(rows[j], theirs, SUBSEP)
      if (theirs[1] != size || theirs[2] != ours[2] || theirs[3] ~ /^tcplens/) continue
      c = ratio(cpu, rows[i], rows[j]); w = ratio(wall, rows[i], rows[j]); key = size SUBSEP ours[2] SUBSEP ours[3] SUBSEP theirs[3]
      limit = (key in bar) ? bar[key] : ""
      if (!head++) print "\n| question | tcplens to its peer | CPU | wall | bar | met |\n|---|---|---:|---:|---:|---|"
      printf "| %s | %s to %s | %.3f | %.3f | %s | %s |\n", ours[2], ours[3], theirs[3], c, w, limit, limit == "" ? "" : verdict(c > w ? c : w, limit)
    }
    key = size SUBSEP ours[2] SUBSEP ours[3] SUBSEP "peak KiB"
    if (key in bar) printf "| %s | peak memory of %s, MiB | %.1f | | %.0f | %s |\n", ours[2], ours[3], median(peak, rows[i]), bar[key] / 1024, verdict(median(peak, rows[i]) * 1024, bar[key])
    key = size SUBSEP ours[2] SUBSEP ours[3] SUBSEP "wall ms"
    if (key in bar) printf "| %s | %s, ms | | %.1f | %d | %s |\n", ours[2], ours[3], median(wall, rows[i]), bar[key], verdict(median(wall, rows[i]), bar[key])
  }
}
END {
  print machine "\n"
  print "Medians (least-most). CPU is user + system of the whole process, or of the whole pipeline. A ratio is the median of the ratios"
  print "round by round; a bar is met when the CPU and the wall ratio both stay under it."
  for (s = 1; s <= size_count; s++) {
    printf "\n### %s\n\n", size_order[s] == 0 ? "A quiet namespace: starting up" : thousands(size_order[s]) " sockets"
    measured(size_order[s]); compared(size_order[s])
  }
  print "\n### Did the tools agree?\n"
  while ((getline line < checks) > 0) { print "- " line; any = 1 }
  if (!any) print "- tcplens was not measured"
}
