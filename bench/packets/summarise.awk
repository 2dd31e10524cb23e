# raw.tsv to Markdown: medians, packets a second, ratios to tcplens and the bars that were set. Needs ../peers/medians.awk.
BEGIN {
  FS = "\t"
  while ((getline line < bars) > 0) {
    if (line ~ /^#/) continue
    split(line, bar, "\t")
    least[bar[1], bar[2]] = bar[3]
  }
}
NR == 1 { next }
{
  key = $1 SUBSEP $2
  if (!($1 in seen)) { captures[++capture_count] = $1; seen[$1] = 1 }
  if (!(key in runs)) { tools[$1, ++tool_count[$1]] = $2 }
  n = ++runs[key]
  wall[key, n] = $4; cpu[key, n] = $5 + $6; peak[key, n] = $7
  packets[$1] = $9
  failed[key] += $8 != 0
}
function middle(values, key) { sorted(values, key, runs[key]); return median_of(runs[key]) }
function spread(values, key) { sorted(values, key, runs[key]); return runs[key] == 1 ? "" : sprintf(" (%.2f-%.2f)", order[1] / 1000, order[runs[key]] / 1000) }
END {
  print machine "\n"
  for (c = 1; c <= capture_count; c++) {
    name = captures[c]
    printf "### %s: %s packets\n\n", name, thousands(packets[name])
    print "| tool | runs | wall, s | CPU, s | packets/s | peak, MiB | wall over tcplens | at least | met |"
    print "|---|---:|---:|---:|---:|---:|---:|---:|---|"
    own = name SUBSEP "tcplens"
    base = own in runs ? middle(wall, own) : 0
    for (t = 1; t <= tool_count[name]; t++) {
      tool = tools[name, t]; key = name SUBSEP tool
      time = middle(wall, key)
      printf "| %s | %d%s | %.2f%s | %.2f | %s | %.0f |", tool, runs[key], failed[key] ? " (**" failed[key] " failed**)" : "", time / 1000, spread(wall, key), \
        middle(cpu, key) / 1000, thousands(packets[name] / time * 1000), middle(peak, key) / 1024
      if (tool == "tcplens" || base == 0) { print " 1 | | |"; continue }
      goal = least[name, tool]
      printf " %.1f | %s | %s |\n", time / base, goal, goal == "" ? "" : verdict(goal, time / base)
    }
    print ""
  }
}
